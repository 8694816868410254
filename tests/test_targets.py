"""Manifests say what SCORM 1.2 and 2004 ask for, by our golden files and by the official schemas."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree
from strategies import COURSE, PAGE, QUESTION, SVG, Drawn, MakeCourse, courses
from xsd import scorm12_schema, scorm2004_schema

from coursepack import TARGETS, build_package, read_course, render_site
from coursepack.building.build import build_packages
from coursepack.course.variant import whole
from coursepack.result import Built
from coursepack.targets import USUAL_TARGETS

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = Path(__file__).parent / "golden"
MANIFESTS = {
    "scorm12": "imsmanifest.xml",
    "scorm2004": "imsmanifest.xml",
    "scorm2004-3rd": "imsmanifest.xml",
    "xapi": "tincan.xml",
    "cmi5": "cmi5.xml",
    "web": None,
}
NS04 = {
    "cp": "http://www.imsglobal.org/xsd/imscp_v1p1",
    "adlcp": "http://www.adlnet.org/xsd/adlcp_v1p3",
    "adlseq": "http://www.adlnet.org/xsd/adlseq_v1p3",
    "adlnav": "http://www.adlnet.org/xsd/adlnav_v1p3",
    "ss": "http://www.imsglobal.org/xsd/imsss",
}
NS = {
    "cp": "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
    "adlcp": "http://www.adlnet.org/xsd/adlcp_rootv1p2",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
GRADED = "final-check: {page: p1-c1-s1, mastery: 80}\n"
SCHEMAS = {
    "scorm12": scorm12_schema,
    "scorm2004": lambda: scorm2004_schema(4),
    "scorm2004-3rd": lambda: scorm2004_schema(3),
}
ASKING = {PAGE: "Text.\n\n" + QUESTION.format(id="q-1")}


def manifest(folder: Path, target: str = "scorm12") -> bytes:
    course = read_course(folder)
    files = TARGETS[target].extras(whole(course), render_site(course, TARGETS[target]))
    data = files["imsmanifest.xml"]
    assert isinstance(data, bytes)
    return data


def tree(folder: Path, target: str = "scorm12") -> etree._Element:
    return etree.fromstring(manifest(folder, target))


def assert_golden(name: str, text: str, renew: bool) -> None:
    path = GOLDEN / name
    if renew:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text


@pytest.fixture(scope="module")
def all_built(sample: Path) -> dict[str, Built]:
    """The example course for every target."""
    packages = build_packages(sample, tuple(TARGETS), sample.parent / "all")
    return {built.target: built for built in packages}


@pytest.mark.parametrize("target", tuple(TARGETS))
def test_the_example_course_s_manifest_and_files_are_golden(
    all_built: dict[str, Built], target: str, request: pytest.FixtureRequest
) -> None:
    renew = request.config.getoption("--renew")
    name = MANIFESTS[target]
    with zipfile.ZipFile(all_built[target].path) as package:
        if name:
            assert_golden(f"{target}/{name}", package.read(name).decode() + "\n", renew)
            assert package.namelist()[0] == name
        assert_golden(f"{target}/files.txt", "".join(f"{name}\n" for name in package.namelist()), renew)


@pytest.mark.parametrize("target", tuple(TARGETS))
def test_the_example_course_is_clean(all_built: dict[str, Built], target: str) -> None:
    report = all_built[target].report
    # Its English edition is the start page and part 1.
    assert [str(problem) for problem in report if problem.rule != "translation/incomplete"] == []


@pytest.mark.parametrize("target", ["scorm12", "scorm2004", "scorm2004-3rd"])
def test_the_example_course_is_valid(all_built: dict[str, Built], target: str) -> None:
    with zipfile.ZipFile(all_built[target].path) as package:
        root = etree.fromstring(package.read("imsmanifest.xml"))
    schema = SCHEMAS[target]()
    assert schema.validate(root.getroottree()), schema.error_log


def test_the_manifest_names_every_file_and_nothing_else(sample_built: Built) -> None:
    with zipfile.ZipFile(sample_built.path) as package:
        names = package.namelist()
        root = etree.fromstring(package.read("imsmanifest.xml"))
    # CAM 1.2, 2.3.2.5: every file of the SCO; the manifest itself is none.
    assert root.xpath("//cp:file/@href", namespaces=NS) == ["index.html", *(n for n in names if n not in ("imsmanifest.xml", "index.html"))]  # fmt: skip


LOM = {
    # IMS Meta-Data 1.2.1 and IEEE 1484.12.3: the same record in other names.
    "scorm12": """
        general/title/langstring@en general/language general/description/langstring@en general/keyword/langstring@en
        general/keyword/langstring@en lifecycle/version/langstring@en educational/typicallearningtime/datetime
        educational/description/langstring@en rights/description/langstring@en""",
    "scorm2004": """
        general/title/string@en general/language general/description/string@en general/keyword/string@en
        general/keyword/string@en lifeCycle/version/string@en educational/typicalLearningTime/duration
        educational/description/string@en rights/description/string@en""",
}


@pytest.mark.parametrize("target", LOM)
def test_the_manifest_describes_the_course_to_catalogues(make_course: MakeCourse, target: str) -> None:
    course = COURSE.replace("minutes: 1\n", "minutes: 90\nkeywords: [fire, alarm]\naudience: All\n")
    assert course != COURSE
    root = tree(make_course({"course.yaml": course}), target)
    space = {
        "scorm12": "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1",
        "scorm2004": "http://ltsc.ieee.org/xsd/LOM",
    }
    (record,) = root[0].iterchildren(f"{{{space[target]}}}lom")

    def path(leaf: etree._Element) -> str:
        names = [etree.QName(each).localname for each in leaf.iterancestors()][:-3]
        language = leaf.get("language") or leaf.get("{http://www.w3.org/XML/1998/namespace}lang")
        return "/".join([*names[::-1], etree.QName(leaf).localname]) + (f"@{language}" if language else "")

    leaves = [each for each in record.iter() if not len(each)]
    assert [path(leaf) for leaf in leaves] == LOM[target].split()
    assert [leaf.text for leaf in leaves] == [
        "Least course", "en", "As little as a course can be.", "fire", "alarm", "1.0.0", "PT1H30M", "All", "CC BY 4.0"
    ]  # fmt: skip


@pytest.mark.parametrize(("minutes", "time"), [("0.4", "PT0M"), ("45", "PT45M"), ("120", "PT2H")])
def test_the_time_is_a_duration(make_course: MakeCourse, minutes: str, time: str) -> None:
    # ISO 8601, as IEEE 1484.12.1 writes durations.
    root = tree(
        make_course({"course.yaml": COURSE.replace("minutes: 1\n", f"minutes: {minutes}\n", 1)}), "scorm2004"
    )
    assert root.findtext(".//{http://ltsc.ieee.org/xsd/LOM}duration") == time


def test_the_manifest_says_what_scorm_1_2_asks_for(make_course: MakeCourse) -> None:
    root = tree(make_course())
    find = lambda path: root.xpath(path, namespaces=NS)  # noqa: E731
    # CAM 1.2, 2.3.2.1 and 2.4.1: the vocabulary of schema and version, and one organization as the default.
    assert root.tag == f"{{{NS['cp']}}}manifest"
    assert [element.text for element in find("cp:metadata/cp:*")] == ["ADL SCORM", "1.2"]
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
    text = manifest(make_course()).decode()
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
    "more",
    [
        "",
        GRADED,
        GRADED + "status: passed\n",
        GRADED + "status: both\ncompletion: {rule: score}\n",
        "final-check: {page: p1-c1-s1, mastery: 80, feedback: after, attempts: 1}\nstatus: passed\n",
    ],
)
def test_the_lms_is_given_no_mastery_score_to_grade_by(make_course: MakeCourse, more: str) -> None:
    # RTE 1.2, 3.4.4, mastery_score: an LMS that has one overwrites the status at the end of every session, also before
    # all pages are read, and with attempts left.
    root = tree(make_course({**ASKING, "course.yaml": COURSE + more}))
    assert root.xpath("//adlcp:masteryscore", namespaces=NS) == []
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
        *("index.html", "later.js", "player.js"),
    ]
    assert root.get(f"{{{NS['xsi']}}}schemaLocation").split() == [
        *(NS["cp"], "imscp_rootv1p1p2.xsd", NS["adlcp"], "adlcp_rootv1p2.xsd")
    ]
    assert root.xpath("//cp:file/@href", namespaces=NS) == ["index.html", "later.js", "player.js"]


def test_file_names_are_addresses(make_course: MakeCourse) -> None:
    files = {PAGE: "![A](<media/100 % å.svg>)\n".replace("%", "%25"), "media/100 % å.svg": SVG}
    root = tree(make_course(files))
    assert root.xpath("//cp:file/@href", namespaces=NS) == [
        "index.html",
        "later.js",
        "media/100-a.svg",
        "player.js",
    ]


def test_every_target_has_its_names_in_order() -> None:
    assert list(TARGETS) == ["scorm12", "scorm2004", "xapi", "cmi5", "web", "scorm2004-3rd"]
    assert [target.name for target in TARGETS.values()] == list(TARGETS)
    assert USUAL_TARGETS == ("scorm12", "scorm2004", "xapi", "cmi5", "web")
    limits = {name: target.state_limit for name, target in TARGETS.items()}
    # SCORM 1.2 RTE, 3.4.7: suspend_data is a CMIString4096. SCORM 2004 RTE 4th edition, 4.2.23: 64,000 characters.
    assert limits["scorm12"] <= 4096
    assert limits["scorm2004"] == 64000
    assert limits["scorm2004-3rd"] == 4000
    assert {name for name, limit in limits.items() if limit is None} == {"xapi", "cmi5", "web"}


def test_every_target_has_its_bundle_and_its_page() -> None:
    for target in TARGETS.values():
        assert (ROOT / f"templates/player/{target.adapter}.js").is_file()
        assert (ROOT / f"docs/{target.adapter}.md").is_file(), target.adapter


def find04(root: etree._Element, path: str) -> list[str]:
    return [each if isinstance(each, str) else each.text or "" for each in root.xpath(path, namespaces=NS04)]


def test_the_manifest_says_what_scorm_2004_asks_for(make_course: MakeCourse) -> None:
    root = tree(make_course(), "scorm2004")
    assert find04(root, "cp:metadata/cp:*") == ["ADL SCORM", "2004 4th Edition"]
    assert find04(root, "//cp:resource/@adlcp:scormType") == ["sco"]
    # CAM 4th edition, 3.4.1.4: both are true when they are left out, and would share data between courses.
    assert find04(root, "//cp:organization/@adlseq:objectivesGlobalToSystem") == ["false"]
    assert find04(root, "//cp:organization/@adlcp:sharedDataGlobalToSystem") == ["false"]
    # SN 4th edition, 3.2 and 3.13: free choice, and a SCO that is silent is not taken for finished.
    assert find04(root, "//cp:organization/ss:sequencing/ss:controlMode/@*") == ["true", "true"]
    assert find04(root, "//cp:item/ss:sequencing/ss:deliveryControls/@*") == ["true", "true"]
    # RTE 4th edition, 4.2.17: a SCO may add objectives, and so the adapter does for parts. An LMS that takes the mark to
    # pass from the last one of the manifest finds the primary one.
    assert find04(root, "//ss:objectives/*/@objectiveID") == ["obj-course"]
    assert find04(root, "//ss:minNormalizedMeasure") == []
    assert find04(root, "//adlnav:hideLMSUI") == ["continue", "previous"]


def test_the_third_edition_has_none_of_the_fourth(make_course: MakeCourse) -> None:
    root = tree(make_course(), "scorm2004-3rd")
    assert find04(root, "cp:metadata/cp:*") == ["ADL SCORM", "2004 3rd Edition"]
    assert find04(root, "//@adlcp:sharedDataGlobalToSystem") == []


@pytest.mark.parametrize("target", ["scorm2004", "scorm2004-3rd"])
def test_a_graded_course_is_passed_by_its_measure(make_course: MakeCourse, target: str) -> None:
    root = tree(make_course({**ASKING, "course.yaml": COURSE + GRADED}), target)
    assert find04(root, "//ss:primaryObjective/@satisfiedByMeasure") == ["true"]
    assert find04(root, "//ss:primaryObjective/ss:minNormalizedMeasure") == ["0.8"]
    schema = SCHEMAS[target]()
    assert schema.validate(root.getroottree()), schema.error_log


def test_of_separate_scos_one_without_core_pages_counts_for_nothing(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    more = """\
  - id: p2
    title: To read
    chapters:
      - id: p2-c1
        title: Chapter
        pages:
          - {id: p2-c1-s1, title: Page, minutes: 1, core: false}
start: {id: hello, title: Hello, minutes: 1, core: false}
packages: [{id: units, separate: true}]
"""
    files = {"course.yaml": COURSE + more, "pages/hello.md": "Text.\n", "pages/p2-c1-s1.md": "Text.\n"}
    built = build_package(make_course(files), "scorm2004", tmp_path / "out")
    assert built.report.errors == ()
    with zipfile.ZipFile(built.path) as package:
        root = etree.fromstring(package.read("imsmanifest.xml"))
    counted = "//cp:item[cp:title='{}']/ss:sequencing/ss:rollupRules/@rollupProgressCompletion"
    assert find04(root, "//cp:item/cp:title") == ["Part", "To read"]
    assert find04(root, counted.format("To read")) == ["false"]
    assert find04(root, counted.format("Part")) == []
    assert find04(root, "//adlnav:hideLMSUI") == []
    schema = scorm2004_schema(4)
    assert schema.validate(root.getroottree()), schema.error_log


@pytest.mark.long
@settings(max_examples=30)
@given(courses())
def test_the_title_of_any_course_comes_back_from_a_valid_manifest(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn
) -> None:
    folder = drawn.write(tmp_path_factory.mktemp("drawn"))
    for target, schema in SCHEMAS.items():
        root = tree(folder, target)
        titles = root.xpath("//*[local-name()='organizations']//*[local-name()='title']")
        assert [element.text for element in titles] == [drawn.title] * 2
        validator = schema()
        assert validator.validate(root.getroottree()), validator.error_log
