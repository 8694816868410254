"""Packages of parts: what is in them, what they ask of a learner, and which names stay the same."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from strategies import PAGE, MakeCourse

from coursepack import TARGETS, CoursepackError, read_course
from coursepack.building.build import build_package, build_packages
from coursepack.course.model import AllCorePages, NamedParts
from coursepack.course.variant import media, variants
from coursepack.languages.messages import translated
from coursepack.reading.source import read_folder
from coursepack.result import Built

QUESTION = """
```choice
id: {0}
question: Which?
answers:
  - {{id: a, text: This, right: true}}
  - {{id: b, text: That}}
```
"""
COURSE = """\
id: house
title: A whole house
short-title: House
description: For tests.
language: en
version: 1.0.0
publisher: Nobody
licence: CC0
minutes: 6
cover: media/cover.svg
start: {id: welcome, title: Welcome, minutes: 1}
parts:
  - id: p1
    title: Walls
    chapters:
      - {id: c1, title: One, pages: [{id: wall, title: Wall, minutes: 2}]}
  - id: p2
    title: Roof
    chapters:
      - {id: c2, title: Two, pages: [{id: tile, title: Tile, minutes: 2}, {id: check, title: Check, minutes: 1}]}
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3"/></svg>\n'
FILES = {
    "course.yaml": COURSE,
    "pages/welcome.md": "Go to [the *tile*](page:tile), or to [the wall](page:wall).\n",
    "pages/wall.md": "See [the tile](page:tile) and [this wall](page:wall).\n\n![Wall](media/wall.svg)\n",
    "pages/tile.md": "![Tile](media/tile.svg)\n",
    "pages/check.md": QUESTION.format("q1"),
    "media/cover.svg": SVG,
    "media/wall.svg": SVG,
    "media/tile.svg": SVG,
}


def course_with(make_course: MakeCourse, more: str = "", files: dict[str, str] = FILES) -> Path:
    folder = make_course({**files, "course.yaml": COURSE + more})
    (folder / PAGE).unlink()
    return folder


def read(built: Built, name: str = "index.html") -> str:
    with zipfile.ZipFile(built.path) as package:
        return package.read(name).decode()


def data(built: Built, name: str = "index.html") -> dict[str, Any]:
    found = re.search(r'id="course-data">(.*?)</script>', read(built, name))
    assert found
    return dict(json.loads(found[1]))


def names(built: Built) -> list[str]:
    with zipfile.ZipFile(built.path) as package:
        return package.namelist()


def test_without_asking_the_whole_course_is_one_unit(make_course: MakeCourse) -> None:
    (variant,) = variants(read_course(course_with(make_course)))
    (unit,) = variant.units
    assert (variant.name, variant.id, unit.id, unit.launch) == ("full", "house", None, "index.html")
    assert unit.course is variant.course


def test_a_package_of_one_part_holds_that_part_only(make_course: MakeCourse, tmp_path: Path) -> None:
    built = build_package(course_with(make_course), out=tmp_path / "out", part="p1")
    assert built.report.problems == ()
    assert built.path.name == "house_p1_scorm12_en_v1.0.0.zip"
    assert names(built) == ["imsmanifest.xml", "index.html", "later.js", "media/wall.svg", "player.js"]
    told = data(built)
    assert [page["id"] for page in told["pages"]] == ["wall"]
    assert [part["id"] for part in told["parts"]] == ["p1"]
    html = read(built)
    assert "<title>House: Walls</title>" in html
    assert 'See the tile and <a href="#wall">this wall</a>' in html


def test_what_is_inside_a_dead_link_stays(make_course: MakeCourse, tmp_path: Path) -> None:
    # The start page stands in the unit of the first part.
    folder = course_with(make_course, "packages: [{id: units, separate: true}]\n")
    built = build_package(folder, out=tmp_path / "out")
    assert 'Go to the <em>tile</em>, or to <a href="#wall">the wall</a>.' in read(built)


def test_a_question_leads_to_a_page_to_read_again_where_that_is_in_the_package(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    asked = QUESTION.format("q1").replace("question:", "reread: wall\nquestion:")
    root = course_with(make_course, files={**FILES, "pages/check.md": asked})
    whole = read(build_package(root, "scorm12", tmp_path / "out"))
    assert 'data-reread="wall"' in whole
    roof = read(build_package(root, "scorm12", tmp_path / "out", part="p2"))
    assert "data-reread=" not in roof


def test_a_part_keeps_its_number_and_every_slot_its_place(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = course_with(make_course)
    whole = data(build_package(folder, out=tmp_path / "out"))
    part = build_package(folder, out=tmp_path / "out", part="p2")
    slots = {page["id"]: page["slot"] for page in whole["pages"]}
    assert {page["id"]: page["slot"] for page in data(part)["pages"]} == {
        name: slots[name] for name in ("tile", "check")
    }
    assert data(part)["questions"] == whole["questions"]
    assert "Part 2" in read(part)
    assert "Part 1" not in read(part)


def test_a_part_has_identifiers_of_its_own_that_stay(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = course_with(make_course)

    def identifiers(part: str | None) -> list[str]:
        built = build_package(folder, out=tmp_path / "out", part=part)
        root = etree.fromstring(read(built, "imsmanifest.xml").encode())
        return [str(each) for each in root.xpath("//@identifier")]

    whole, first = identifiers(None), identifiers("p1")
    assert not set(whole) & set(first)
    text = (folder / "course.yaml").read_text("utf-8")
    (folder / "course.yaml").write_text(
        text.replace("version: 1.0.0", "version: 2.0.0").replace("Walls", "Thick walls"), "utf-8"
    )
    assert (identifiers(None), identifiers("p1")) == (whole, first)


def test_a_unit_for_each_part_is_a_sco_with_a_document(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = course_with(make_course, "packages: [{id: units, separate: true}]\n")
    built = build_package(folder, out=tmp_path / "out")
    assert [problem.rule for problem in built.report if problem.severity != "warning"] == [
        "course/several-units"
    ]
    assert (built.units, built.unit) == (2, "SCO")
    root = etree.fromstring(read(built, "imsmanifest.xml").encode())
    find = lambda path: [str(each) for each in root.xpath(path)]  # noqa: E731
    assert find("//*[local-name()='item']/*[local-name()='title']/text()") == ["Walls", "Roof"]
    assert find("//*[local-name()='resource']/@href") == ["index.html", "part-p2.html"]
    # A unit of the start page alone would be completed by being opened.
    assert [page["id"] for page in data(built)["pages"]] == ["welcome", "wall"]
    assert [page["id"] for page in data(built, "part-p2.html")["pages"]] == ["tile", "check"]
    # Learners' results hang on these: they say nothing of order, title or version.
    assert find("//*[local-name()='item']/@identifier") == [
        "house-units-p1-item",
        "house-units-p2-item",
    ]
    listed = find("//*[local-name()='file']/@href")
    assert sorted(listed) == sorted(set(names(built)) - {"imsmanifest.xml"})


def test_a_package_of_parts_has_a_title_page_and_a_unit_has_none(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    more = "packages:\n  - {id: p1, parts: [p1]}\n  - {id: units, parts: [p1, p2], separate: true}\n"
    part, units = build_packages(course_with(make_course, more), ("scorm12",), tmp_path / "out")
    shown = re.compile(r'<section class="page[^"]*" id="([^"]+)"[^>]* data-now>')
    assert shown.findall(read(part)) == ["titelsida"]
    assert re.findall(r"<h1[^>]*>(.+?)</h1>", read(part))[0] == "House: Walls"
    # The LMS lists them by their titles.
    assert shown.findall(read(units)) == ["wall"]
    assert shown.findall(read(units, "part-p2.html")) == ["tile"]
    assert all("titelsida" not in read(units, name) for name in ("index.html", "part-p2.html"))


def test_what_a_learner_reads_of_being_done_with_a_unit_is_about_the_unit(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    more = (
        "closing: You know the house now.\ntomorrow: [Go through it again.]\ncertificate: true\n"
        "packages: [{id: full}, {id: units, separate: true}]\n"
    )
    whole, units = build_packages(course_with(make_course, more), ("scorm12",), tmp_path / "out")
    assert "You know the house now." in read(whole)
    assert "Go through it again." in read(whole)
    assert data(whole)["strings"]["completed"] == "You have completed the course."
    for name in ("index.html", "part-p2.html"):
        document = read(units, name)
        assert "You know the house now." not in document
        assert "Go through it again." not in document
        assert '<span class="then">You have completed this part</span>' in document
        assert "You can close this part, or read on as much as you like." in document
        assert "You can close the course" not in document
        assert "has completed this part of the course." in document
        assert "This part is complete when all pages have been opened." in document
        assert "The course is complete" not in document
        assert data(units, name)["strings"]["completed"] == "You have completed this part."


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", {"p1": True, "p2": True}),
        ("completion: {rule: parts, parts: [p1]}\n", {"p1": True, "p2": False}),
        ("completion: {rule: score}\nfinal-check: {page: check, mastery: 80}\n", {"p1": False, "p2": True}),
        # To be passed is asked for too.
        (
            "completion: {rule: parts, parts: [p1]}\nstatus: passed\nfinal-check: {page: check, mastery: 80}\n",
            {"p1": True, "p2": True},
        ),
    ],
)
def test_a_unit_counts_when_the_course_s_own_rule_asks_for_it(
    make_course: MakeCourse, more: str, expected: dict[str, bool]
) -> None:
    folder = course_with(make_course, more + "packages: [{id: units, separate: true}]\n")
    (variant,) = variants(read_course(folder))
    assert {unit.id: variant.counts(unit) for unit in variant.units} == expected


def test_the_author_is_told_what_an_lms_of_several_units_needs(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    more = "packages: [{id: full}, {id: units, separate: true}, {id: p1, parts: [p1], separate: true}]\n"
    packages = build_packages(course_with(make_course, more), ("scorm12",), tmp_path / "out")
    for built in packages:
        assert [(found.rule, found.severity) for found in built.report] == [("course/several-units", "note")]
    (found,) = packages[0].report
    assert "'units' has 2 units" in found.message
    assert "all SCOs" in found.hint
    assert translated(found, "sv").message.startswith("paketet 'units' har 2 enheter")


@pytest.mark.parametrize("check", [False, True])
def test_a_unit_that_is_completed_by_being_opened_is_a_warning(make_course: MakeCourse, check: bool) -> None:
    graded = "final-check: {page: check, mastery: 80}\nstatus: passed\n" if check else ""
    folder = course_with(make_course, graded + "packages: [{id: units, separate: true}]\n")
    text = (folder / "course.yaml").read_text("utf-8")
    text = re.sub(r"(title: (Tile|Check), minutes: \d)", r"\1, core: false", text)
    (folder / "course.yaml").write_text(text, "utf-8")
    course, report = read_folder(folder)
    assert course is not None
    told = [problem for problem in report if problem.rule == "course/unit-without-core-pages"]
    # To pass the check is something to do.
    assert [problem.severity for problem in told] == ["warning"] * (not check)
    assert all("'p2'" in problem.message for problem in told)


def test_a_unit_without_core_pages_does_not_count(make_course: MakeCourse) -> None:
    folder = course_with(make_course, "packages: [{id: units, separate: true}]\n")
    text = (folder / "course.yaml").read_text("utf-8").replace("title: Wall, minutes: 2", "title: Wall, minutes: 2, core: false")  # fmt: skip
    (folder / "course.yaml").write_text(text, "utf-8")
    (variant,) = variants(read_course(folder))
    # The start page is a core page of the whole course, and stands in the first unit.
    assert [(unit.id, variant.counts(unit)) for unit in variant.units] == [("p1", False), ("p2", True)]


def test_standards_that_launch_one_unit_get_the_whole_as_one(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = course_with(make_course, "packages: [{id: units, separate: true}]\n")
    packages = build_packages(folder, tuple(TARGETS), tmp_path / "out")
    assert {built.target: built.units for built in packages} == {
        "scorm12": 2,
        "scorm2004": 2,
        "scorm2004-3rd": 2,
        "cmi5": 2,
        "xapi": 1,
        "web": 1,
    }
    assert all(built.report.ok for built in packages)


def test_course_yaml_lists_the_packages(make_course: MakeCourse, tmp_path: Path) -> None:
    more = "packages:\n  - id: full\n  - {id: p1, parts: [p1]}\n  - {id: both, title: Both parts, parts: [p1, p2]}\n"
    folder = course_with(make_course, more)
    packages = build_packages(folder, ("scorm12", "web"), tmp_path / "out")
    assert [(built.variant, built.target) for built in packages] == [
        (variant, target) for variant in ("full", "p1", "both") for target in ("scorm12", "web")
    ]
    assert "<title>Both parts</title>" in read(packages[4])
    assert all(built.report.problems == () for built in packages)


@pytest.mark.parametrize(
    ("more", "part", "rule", "checked"),
    [
        ("", "p1", "all-core-pages", False),
        (
            "final-check: {page: check, mastery: 80}\ncompletion: {rule: score}\n",
            "p1",
            "all-core-pages",
            False,
        ),
        ("final-check: {page: check, mastery: 80}\ncompletion: {rule: score}\n", "p2", "score", True),
        ("completion: {rule: parts, parts: [p2]}\n", "p2", "parts", False),
        ("completion: {rule: parts, parts: [p1, p2]}\n", "p2", "all-core-pages", False),
    ],
)
def test_a_part_asks_for_what_it_holds(
    make_course: MakeCourse, more: str, part: str, rule: str, checked: bool
) -> None:
    (variant,) = variants(read_course(course_with(make_course, more)), part)
    definition = variant.course.definition
    assert definition.completion.rule == rule
    assert (definition.final_check is not None) is checked
    assert isinstance(definition.completion, AllCorePages | NamedParts) or checked


def test_a_part_without_the_check_is_not_asked_to_be_passed(make_course: MakeCourse) -> None:
    more = "final-check: {page: check, mastery: 80}\nstatus: both\n"
    course = read_course(course_with(make_course, more))
    assert variants(course, "p1")[0].course.definition.status == "completed"
    assert variants(course, "p2")[0].course.definition.status == "both"


def test_a_file_has_one_name_in_every_package(make_course: MakeCourse, tmp_path: Path) -> None:
    # The two names meet when they are made safe; alone, each would be `media/a-b.svg`.
    changes = {
        **FILES,
        "pages/wall.md": "![Wall](<media/a b.svg>)\n",
        "pages/tile.md": "![Tile](media/aåb.svg)\n",
        "media/a b.svg": SVG,
        "media/aåb.svg": SVG.replace("4 3", "3 4"),
    }
    folder = course_with(make_course, files=changes)
    whole = build_package(folder, out=tmp_path / "out")
    for part in ("p1", "p2"):
        built = build_package(folder, out=tmp_path / "out", part=part)
        media = {name for name in names(built) if name.startswith("media/")}
        assert media
        assert media < set(names(whole))


def test_the_media_of_a_course_are_what_its_pages_show(make_course: MakeCourse) -> None:
    course = read_course(course_with(make_course))
    assert media(course) == {"media/cover.svg", "media/wall.svg", "media/tile.svg"}
    assert media(variants(course, "p2")[0].course) == {"media/tile.svg"}


def test_an_unknown_part_is_told_with_the_nearest(make_course: MakeCourse, tmp_path: Path) -> None:
    with pytest.raises(CoursepackError) as caught:
        build_package(course_with(make_course), out=tmp_path / "out", part="p3")
    assert "error course/unknown-part: there is no part 'p3' with pages" in str(caught.value.report)
    assert not (tmp_path / "out").exists()


def test_a_second_build_knows_the_packages_without_reading_the_course(
    make_course: MakeCourse, tmp_path: Path, age: Any
) -> None:
    folder = course_with(make_course, "packages: [{id: full}, {id: p1, parts: [p1]}]\n")
    build_packages(folder, ("scorm12",), tmp_path / "out")
    age(folder)
    first = build_packages(folder, ("scorm12", "web"), tmp_path / "out")
    times = {built.path: built.path.stat().st_mtime_ns for built in first}
    again = build_packages(folder, ("scorm12", "web"), tmp_path / "out")
    assert [(built.variant, built.target) for built in again] == [(b.variant, b.target) for b in first]
    assert {built.path: built.path.stat().st_mtime_ns for built in again} == times


def test_the_packages_of_five_standards_differ_in_manifest_script_and_head_only(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    packages = build_packages(course_with(make_course), out=tmp_path / "out")
    assert [built.target for built in packages] == ["scorm12", "scorm2004", "xapi", "cmi5", "web"]
    bodies = {re.sub(r"<meta (http-equiv|name=.generator).*?>\n", "", read(built)) for built in packages}
    assert len(bodies) == 1
    for built in packages:
        with zipfile.ZipFile(built.path) as package:
            assert package.testzip() is None
            assert package.read("media/wall.svg").decode() == SVG


def test_the_web_edition_is_a_folder_too(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = course_with(make_course)
    built = build_package(folder, "web", tmp_path / "out")
    assert built.folder == tmp_path / "out" / "house_full_web_en_v1.0.0"
    with zipfile.ZipFile(built.path) as package:
        inside = {name: package.read(name) for name in package.namelist()}
    found = {p.relative_to(built.folder).as_posix(): p for p in built.folder.rglob("*") if p.is_file()}
    assert {name: path.read_bytes() for name, path in found.items()} == inside
    (built.folder / "left-over.txt").write_text("old", "utf-8")
    (folder / "pages/tile.md").write_text("Other words.\n", "utf-8")
    again = build_package(folder, "web", tmp_path / "out")
    assert again.folder
    assert not (again.folder / "left-over.txt").exists()
    assert "Other words." in (again.folder / "index.html").read_text("utf-8")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".coursepack",
        "house_full_web_en_v1.0.0",
        "house_full_web_en_v1.0.0.zip",
    ]


def test_a_web_folder_that_was_deleted_comes_back(make_course: MakeCourse, tmp_path: Path, age: Any) -> None:
    folder = course_with(make_course)
    build_package(folder, "web", tmp_path / "out")
    age(folder)
    built = build_package(folder, "web", tmp_path / "out")
    assert built.folder
    for path in sorted(built.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    built.folder.rmdir()
    again = build_package(folder, "web", tmp_path / "out")
    assert (again.folder or Path()).joinpath("index.html").is_file()


def test_a_package_that_cannot_be_written_spoils_no_other(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = course_with(make_course)
    in_the_way = tmp_path / "out" / "house_full_xapi_en_v1.0.0.zip"
    in_the_way.mkdir(parents=True)
    with pytest.raises(CoursepackError) as caught:
        build_packages(folder, ("scorm12", "xapi", "web"), tmp_path / "out")
    assert f"{in_the_way.as_posix()}: fatal package/unwritable" in str(caught.value.report)
    in_the_way.rmdir()
    packages = build_packages(folder, ("scorm12", "xapi", "web"), tmp_path / "out")
    assert all(built.report.problems == () for built in packages)
    for built in packages:
        with zipfile.ZipFile(built.path) as package:
            assert package.testzip() is None
    assert not list((tmp_path / "out").glob(".house*"))
