"""The manifest says what SCORM 1.2 asks for, by our golden file and by the official schemas."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree
from strategies import COURSE, PAGE, QUESTION, SVG, Drawn, MakeCourse, courses
from xsd import scorm12_schema

from coursepack import TARGETS, build_package, load_course, render_site
from coursepack.build import TARGET_NAMES
from coursepack.built import Built
from coursepack.targets.scorm12 import manifest

GOLDEN = Path(__file__).parent / "golden/scorm12"
NS = {
    "cp": "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
    "adlcp": "http://www.adlnet.org/xsd/adlcp_rootv1p2",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
GRADED = "final-check: {page: p1-c1-s1, mastery: 80}\n"
ASKING = {PAGE: "Text.\n\n" + QUESTION.format(id="q-1")}


def tree(folder: Path) -> etree._Element:
    course = load_course(folder)
    return etree.fromstring(manifest(course, render_site(course, "scorm12")))


def assert_golden(name: str, text: str, renew: bool) -> None:
    path = GOLDEN / name
    if renew:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text


def test_the_example_course_s_manifest_and_files_are_golden(
    sample_built: Built, request: pytest.FixtureRequest
) -> None:
    renew = request.config.getoption("--renew")
    with zipfile.ZipFile(sample_built.path) as package:
        assert_golden("imsmanifest.xml", package.read("imsmanifest.xml").decode() + "\n", renew)
        assert_golden("files.txt", "".join(f"{name}\n" for name in package.namelist()), renew)


def test_the_example_course_is_clean_and_valid(sample_built: Built) -> None:
    assert [str(problem) for problem in sample_built.report if problem.rule != "course/empty-part"] == []
    with zipfile.ZipFile(sample_built.path) as package:
        root = etree.fromstring(package.read("imsmanifest.xml"))
    schema = scorm12_schema()
    assert schema.validate(root.getroottree()), schema.error_log


def test_the_manifest_names_every_file_and_nothing_else(sample_built: Built) -> None:
    with zipfile.ZipFile(sample_built.path) as package:
        names = package.namelist()
        root = etree.fromstring(package.read("imsmanifest.xml"))
    # CAM 1.2, 2.3.2.5: every file of the SCO; the manifest itself is none.
    assert root.xpath("//cp:file/@href", namespaces=NS) == ["index.html", *(n for n in names if n not in ("imsmanifest.xml", "index.html"))]  # fmt: skip


def test_the_manifest_says_what_scorm_1_2_asks_for(make_course: MakeCourse) -> None:
    root = tree(make_course())
    find = lambda path: root.xpath(path, namespaces=NS)  # noqa: E731
    # CAM 1.2, 2.3.2.1 and 2.4.1: the vocabulary of schema and version, and one organization as the default.
    assert root.tag == f"{{{NS['cp']}}}manifest"
    assert [element.text for element in find("cp:metadata/*")] == ["ADL SCORM", "1.2"]
    assert find("cp:organizations/@default") == find("cp:organizations/cp:organization/@identifier")
    # CAM 1.2, 2.3.2.5.1: what an item names is a resource with a start, which is an SCO.
    (item,) = find("//cp:item")
    (resource,) = find("//cp:resource")
    assert item.get("identifierref") == resource.get("identifier")
    assert resource.attrib == {
        "identifier": "least-sco",
        "type": "webcontent",
        f"{{{NS['adlcp']}}}scormtype": "sco",
        "href": "index.html",
    }
    assert [e.text for e in find("//cp:title")] == ["Least course", "Least course"]
    identifiers = find("//@identifier")
    assert len(set(identifiers)) == len(identifiers)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in identifiers)
    assert find("//adlcp:masteryscore | //adlcp:prerequisites | //adlcp:datafromlms") == []


def test_importers_that_read_no_namespaces_find_literal_names(make_course: MakeCourse) -> None:
    course = load_course(make_course())
    text = manifest(course, render_site(course, "scorm12")).decode()
    assert text.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<manifest ")
    for literal in (
        "<organizations default=",
        '<resource identifier="least-sco"',
        'adlcp:scormtype="sco"',
        "<schemaversion>1.2<",
    ):
        assert literal in text
    assert "ns0:" not in text
    assert "schemaLocation" not in text


def test_a_new_version_keeps_every_identifier(make_course: MakeCourse) -> None:
    old = tree(make_course())
    two = COURSE.replace("version: 1.0.0", "version: 2.0.0").replace("Least course", "Other title")
    two += "          - {id: p1-c1-s2, title: More, minutes: 1}\n"
    new = tree(make_course({"course.yaml": two, "pages/p1-c1-s2.md": "Text.\n"}))
    assert new.xpath("//@identifier | //@identifierref") == old.xpath("//@identifier | //@identifierref")
    assert (old.get("version"), new.get("version")) == ("1.0.0", "2.0.0")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", []),
        ("final-check: {page: p1-c1-s1}\nstatus: passed\n", []),
        (GRADED, []),
        (GRADED + "status: completed\n", []),
        (GRADED + "status: passed\n", ["80"]),
        (GRADED + "status: both\n", ["80"]),
        (GRADED + "status: passed\ncompletion: {rule: score}\n", ["80"]),
    ],
)
def test_a_mastery_score_only_where_the_lms_may_set_passed(
    make_course: MakeCourse, more: str, expected: list[str]
) -> None:
    root = tree(make_course({**ASKING, "course.yaml": COURSE + more}))
    assert [element.text for element in root.xpath("//adlcp:masteryscore", namespaces=NS)] == expected
    schema = scorm12_schema()
    assert schema.validate(root.getroottree()), schema.error_log


def test_schemas_are_packed_and_named_when_given(make_course: MakeCourse, tmp_path: Path) -> None:
    schemas = tmp_path / "xsd"
    schemas.mkdir()
    for name in ("imscp_rootv1p1p2.xsd", "adlcp_rootv1p2.xsd", "ims_xml.xsd", "notes.txt"):
        (schemas / name).write_text("<xsd/>")
    built = build_package(make_course(), out=tmp_path / "out", schemas=schemas)
    with zipfile.ZipFile(built.path) as package:
        names = package.namelist()
        root = etree.fromstring(package.read("imsmanifest.xml"))
    assert names == [
        *("imsmanifest.xml", "adlcp_rootv1p2.xsd", "ims_xml.xsd", "imscp_rootv1p1p2.xsd"),
        *("index.html", "player.js"),
    ]
    assert root.get(f"{{{NS['xsi']}}}schemaLocation").split() == [
        *(NS["cp"], "imscp_rootv1p1p2.xsd", NS["adlcp"], "adlcp_rootv1p2.xsd")
    ]
    assert root.xpath("//cp:file/@href", namespaces=NS) == ["index.html", "player.js"]


def test_file_names_are_addresses(make_course: MakeCourse) -> None:
    files = {PAGE: "![A](<media/100 % å.svg>)\n".replace("%", "%25"), "media/100 % å.svg": SVG}
    root = tree(make_course(files))
    assert root.xpath("//cp:file/@href", namespaces=NS) == [
        "index.html",
        "media/100-a.svg",
        "player.js",
    ]


def test_every_target_has_its_names_in_order() -> None:
    assert tuple(TARGETS) == TARGET_NAMES
    assert [target.name for target in TARGETS.values()] == list(TARGETS)
    # SCORM 1.2 RTE, 3.4.7: suspend_data is a CMIString4096.
    assert TARGETS["scorm12"].state_limit <= 4096


@settings(max_examples=30, deadline=None)
@given(courses())
def test_the_title_of_any_course_comes_back_from_a_valid_manifest(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn
) -> None:
    root = tree(drawn.write(tmp_path_factory.mktemp("drawn")))
    assert [element.text for element in root.xpath("//cp:title", namespaces=NS)] == [drawn.title] * 2
    schema = scorm12_schema()
    assert schema.validate(root.getroottree()), schema.error_log
