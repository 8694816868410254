"""The manifests of xAPI and cmi5 say what importers ask for, and a web edition has none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given, settings
from lxml import etree
from strategies import COURSE, PAGE, QUESTION, Drawn, MakeCourse, courses
from test_rules import CASES, LEAST_OF

from coursepack import TARGETS, read_course, render_site
from coursepack.course.variant import Variant, variants
from coursepack.targets import cmi5, xapi

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = Path(os.environ.get("COURSEPACK_SCHEMAS", ROOT / "schemas")) / "cmi5/CourseStructure.xsd"

T = {"t": "http://projecttincan.com/tincan.xsd"}
Valid = Callable[[etree._Element], None]
C = {"c": "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"}
IRI = "iri: https://courses.test/least\n"
ASKING = {PAGE: "Text.\n\n" + QUESTION.format(id="q-1")}
CHECK = "final-check: {page: p1-c1-s1, mastery: 80}\n"
PARTS = """\
start: {id: welcome, title: Welcome, minutes: 1}
packages:
  - {id: full}
  - {id: units, separate: true}
  - {id: second, title: The second one, parts: [p2]}
"""
SECOND = """\
  - id: p2
    title: Second part
    description: More of it.
    chapters:
      - id: p2-c1
        title: Chapter
        pages:
          - {id: p2-c1-s1, title: Page, minutes: 1}
"""
IN_PARTS = {
    "course.yaml": COURSE + SECOND + IRI + PARTS,
    "pages/welcome.md": "Text.\n",
    "pages/p2-c1-s1.md": "Text.\n",
}


def variant_of(folder: Path, name: str = "full") -> Variant:
    return next(variant for variant in variants(read_course(folder)) if variant.name == name)


def tincan_of(folder: Path, name: str = "full") -> etree._Element:
    return etree.fromstring(xapi.manifest(variant_of(folder, name).joined()))


def cmi5_of(folder: Path, name: str = "full") -> etree._Element:
    return etree.fromstring(cmi5.manifest(variant_of(folder, name)))


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The official schema of course structures, which no package registry carries."""
    if not SCHEMA.is_file():
        pytest.skip("COURSEPACK_SCHEMAS names no folder with cmi5/CourseStructure.xsd")
    return etree.XMLSchema(etree.parse(SCHEMA))


@pytest.fixture(scope="module")
def valid() -> Valid:
    """Validates by the official schema where it is available."""
    official = etree.XMLSchema(etree.parse(SCHEMA)) if SCHEMA.is_file() else None

    def validate(root: etree._Element) -> None:
        assert official is None or official.validate(root.getroottree()), official.error_log

    return validate


# xAPI


def test_importers_find_the_launch_in_the_first_activity(make_course: MakeCourse) -> None:
    root = tincan_of(make_course({"course.yaml": COURSE + IRI}))
    # The Moodle plugin reads the first child of the first child of the root, by its place.
    activity = root[0][0]
    assert [root.tag, root[0].tag, activity.tag] == [
        f"{{{T['t']}}}{name}" for name in ("tincan", "activities", "activity")
    ]
    assert activity.attrib == {
        "id": "https://courses.test/least",
        "type": "http://adlnet.gov/expapi/activities/course",
    }
    assert [(etree.QName(child).localname, child.text, dict(child.attrib)) for child in activity] == [
        ("name", "Least course", {"lang": "en"}),
        ("description", "As little as a course can be.", {"lang": "en"}),
        ("launch", "index.html", {"lang": "en"}),
    ]
    assert len(root.xpath("//t:activity", namespaces=T)) == 1


def test_tincan_xml_has_no_prefixes(make_course: MakeCourse) -> None:
    text = xapi.manifest(variant_of(make_course())).decode()
    assert text.startswith(
        "<?xml version='1.0' encoding='UTF-8'?>\n<tincan xmlns=\"http://projecttincan.com/tincan.xsd\">"
    )
    assert "xml:lang" not in text


def test_a_package_in_parts_is_launched_as_one_activity(make_course: MakeCourse) -> None:
    folder = make_course(IN_PARTS)
    for name, expected in (("units", "packages/units"), ("second", "packages/second")):
        root = tincan_of(folder, name)
        assert root.xpath("//@id") == [f"https://courses.test/least/{expected}"]
        assert root.xpath("string(//t:launch)", namespaces=T) == "index.html"


# cmi5


def test_a_course_is_one_assignable_unit(make_course: MakeCourse, valid: Valid) -> None:
    root = cmi5_of(make_course({"course.yaml": COURSE + IRI}))
    valid(root)
    (au,) = root.xpath("//c:au", namespaces=C)
    assert au.attrib == {
        "id": "https://courses.test/least/au",
        "moveOn": "Completed",
        "launchMethod": "AnyWindow",
        "activityType": "http://adlnet.gov/expapi/activities/course",
    }
    assert root.xpath("//c:course/@id", namespaces=C) == ["https://courses.test/least"]
    assert root.xpath("//c:url/text()", namespaces=C) == ["index.html"]
    assert root.xpath("//c:title/c:langstring/text()", namespaces=C) == ["Least course", "Least course"]
    assert set(root.xpath("//c:langstring/@lang", namespaces=C)) == {"en"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        # cmi5 13.1.4: what satisfies a unit, and the score that the LMS compares with.
        ("", ("Completed", None)),
        (CHECK, ("Completed", None)),
        (CHECK + "status: passed\n", ("Passed", "0.8")),
        (CHECK + "status: both\n", ("CompletedAndPassed", "0.8")),
        (CHECK.replace("80", "100") + "status: passed\n", ("Passed", "1")),
        (CHECK.replace("80", "7") + "status: passed\n", ("Passed", "0.07")),
        ("final-check: {page: p1-c1-s1}\nstatus: passed\n", ("Passed", None)),
    ],
)
def test_a_unit_says_what_satisfies_it(
    make_course: MakeCourse, valid: Valid, more: str, expected: tuple[str, str | None]
) -> None:
    root = cmi5_of(make_course({**ASKING, "course.yaml": COURSE + more}))
    (au,) = root.xpath("//c:au", namespaces=C)
    assert (au.get("moveOn"), au.get("masteryScore")) == expected
    valid(root)


def test_each_part_is_a_unit_in_a_block_when_asked(make_course: MakeCourse, valid: Valid) -> None:
    root = cmi5_of(make_course(IN_PARTS), "units")
    valid(root)
    base = "https://courses.test/least"
    assert root.xpath("/*/*/@id") == [f"{base}/packages/units", f"{base}/parts/p1", f"{base}/parts/p2"]
    assert root.xpath("//c:block/c:au/@id", namespaces=C) == [f"{base}/parts/p1/au", f"{base}/parts/p2/au"]
    assert root.xpath("//c:url/text()", namespaces=C) == ["index.html", "part-p2.html"]
    assert root.xpath("//c:block/c:description/c:langstring/text()", namespaces=C) == ["Part", "More of it."]
    assert root.xpath("//@activityType") == ["http://adlnet.gov/expapi/activities/module"] * 2


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ["Completed", "Completed"]),
        ("completion: {rule: parts, parts: [p2]}\n", ["NotApplicable", "Completed"]),
    ],
)
def test_of_several_units_only_those_count_that_the_rule_asks_for(
    make_course: MakeCourse, more: str, expected: list[str]
) -> None:
    root = cmi5_of(make_course({**IN_PARTS, "course.yaml": IN_PARTS["course.yaml"] + more}), "units")
    assert root.xpath("//c:au/@moveOn", namespaces=C) == expected


def test_objectives_are_declared_where_the_whole_course_reaches_them(
    make_course: MakeCourse, valid: Valid
) -> None:
    objectives = 'objectives:\n  - {id: "1.1", text: Know this.}\n  - {id: "1.2", text: Do that.}\n'
    folder = make_course({**IN_PARTS, "course.yaml": IN_PARTS["course.yaml"] + objectives})
    root = cmi5_of(folder)
    valid(root)
    ids = [f"https://courses.test/least/objectives/1.{n}" for n in (1, 2)]
    assert root.xpath("/*/c:objectives/c:objective/@id", namespaces=C) == ids
    assert root.xpath("//c:au/c:objectives/c:objective/@idref", namespaces=C) == ids
    for name in ("units", "second"):
        assert cmi5_of(folder, name).xpath("//c:objectives", namespaces=C) == []


def test_ids_stay_when_version_and_titles_change(make_course: MakeCourse) -> None:
    old = make_course(IN_PARTS)
    text = (
        IN_PARTS["course.yaml"]
        .replace("1.0.0", "2.0.0")
        .replace("Least course", "Other")
        .replace("Part", "Piece")
    )
    new = make_course({**IN_PARTS, "course.yaml": text}, "new")
    for name in ("full", "units", "second"):
        assert cmi5_of(new, name).xpath("//@id") == cmi5_of(old, name).xpath("//@id")
        assert tincan_of(new, name).xpath("//@id") == tincan_of(old, name).xpath("//@id")


@pytest.mark.parametrize("name", ["xapi", "cmi5"])
def test_extras_are_the_same_bytes_every_time(make_course: MakeCourse, name: str) -> None:
    variant = variant_of(make_course(IN_PARTS))
    files = render_site(variant.course, TARGETS[name])
    made = TARGETS[name].extras(variant, files)
    assert list(made) == [{"xapi": "tincan.xml", "cmi5": "cmi5.xml"}[name], "statements.js"]
    assert TARGETS[name].extras(variant, files) == made


@settings(max_examples=30)
@given(courses())
def test_manifests_of_any_course_hold_its_title(
    tmp_path_factory: pytest.TempPathFactory, valid: Valid, drawn: Drawn
) -> None:
    folder = drawn.write(tmp_path_factory.mktemp("drawn"))
    assert tincan_of(folder).xpath("string(//t:name)", namespaces=T) == drawn.title
    root = cmi5_of(folder)
    assert root.xpath("//c:title/c:langstring/text()", namespaces=C) == [drawn.title] * 2
    valid(root)


def test_the_least_cmi5_package_is_valid_by_the_official_schema(schema: etree.XMLSchema) -> None:
    tree = etree.fromstring(LEAST_OF["cmi5"]["cmi5.xml"].encode()).getroottree()
    assert schema.validate(tree), schema.error_log


def test_what_the_official_schema_refuses_the_rules_report_too(schema: etree.XMLSchema) -> None:
    refused = [
        case
        for case in CASES
        if case.rule.startswith("cmi5/")
        and not schema.validate(etree.fromstring(case.files["cmi5.xml"].encode()).getroottree())
    ]
    assert [str(case) for case in refused if not case.report] == []
    # The schema refuses whole kinds of fault, so a validator that accepts everything would fail here.
    assert {
        f"cmi5/{name}" for name in ("wrong-order", "unknown-attribute", "missing-title", "wrong-moveon")
    } <= {case.rule for case in refused}


# Web


def test_a_web_edition_has_no_manifest(make_course: MakeCourse) -> None:
    variant = variant_of(make_course())
    files = render_site(variant.course, TARGETS["web"])
    assert TARGETS["web"].extras(variant, files) == {}
    # Content Security Policy Level 3, 6.1.2.
    assert TARGETS["web"].connects == "'none'"
    assert b'<meta name="generator" content="coursepack web">' in files["index.html"]


def test_the_document_tells_search_engines_what_it_is_about(make_course: MakeCourse) -> None:
    course = COURSE.replace("licence:", 'keywords: [fire, "alarm & escape"]\nlicence:')
    files = render_site(variant_of(make_course({"course.yaml": course})).course, TARGETS["web"])
    document = lxml.html.document_fromstring(bytes(files["index.html"]))  # type: ignore[arg-type]
    described = {each.get("name"): each.get("content") for each in document.iter("meta")}
    assert described["description"] == "As little as a course can be."
    assert described["keywords"] == "fire, alarm & escape"
