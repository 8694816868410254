"""Every rule for courses against its case pages, and every problem of a course explained in English and Swedish.

The case pages in `tests/course_rules/<area>/<name>.md` are read as those of the rules for packages: test_rules.py says how.
A case begins with the least course of the area in tests/least_courses, or with the least of all. A line
"film: path 30 s" adds a film of that length, "font: path 90 kB" a font of that size, "text: path 90 kB" a page of that
size, "picture: path 300 px" a picture of that width, "copy: path hevc.mp4" a real film of tests/films, and "grow: path 60 MB" makes a file so
large. With "extra: media" the extra is installed. A block "examined path" holds what was found in a film or a sound, as
YAML, where it differs from a film of ten minutes with speech.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from strategies import LEAST, mp4
from test_layers import SRC
from test_media import raster
from test_rules import Case, files_of, read_cases
from typefaces import woff2

from coursepack.checking import check
from coursepack.course.lock import Lock, state_problems
from coursepack.course.severity import _SEVERITIES, severity_of
from coursepack.languages.messages import problem_names, translated, words_of
from coursepack.media.examination import examination_of
from coursepack.media.examinations import Examinations
from coursepack.outputs.texts import explained
from coursepack.problems import Report
from coursepack.reading.rules import RULES as COURSE_RULES
from coursepack.reading.source import read_folder
from coursepack.rules import RULES

HERE = Path(__file__).parent
LEAST_OF = files_of(HERE / "least_courses")
CASES = [
    case
    for page in sorted((HERE / "course_rules").glob("*/*.md"))
    for case in read_cases(page, LEAST_OF, LEAST)
]
NAMES = {*COURSE_RULES, *problem_names()}
COURSES = sorted(path.parent for path in (HERE / "courses").glob("*/expected.txt"))


def made(kind: str, size: int) -> bytes:
    """A film of so many seconds, a picture so many pixels wide, or a font or a text of so many kB."""
    if kind == "film":
        return mp4(size)
    if kind == "text":
        return b"A line of twenty b.\n" * (size * 50)
    if kind == "picture":
        return raster("PNG", (size, 3))
    return woff2(10, padding=size * 1000 - len(woff2(10)))


def write_case(case: Case, folder: Path) -> None:
    files = {name: made(*each) for name, each in case.made.items()}
    files |= {name: (HERE / "films" / source).read_bytes() for name, source in case.copies.items()}
    for name, content in {**{name: text.encode() for name, text in case.files.items()}, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for name, megabytes in case.grown.items():
        # Without blocks on the disk.
        os.truncate(folder / name, megabytes * 1_000_000)


def report_of_course(case: Case, folder: Path) -> Report:
    cache = folder / "cache"
    folder = folder / "course"
    write_case(case, folder)
    for name, text in case.examined.items():
        values = {**yaml.safe_load(text)}
        loudness = values.get("loudness", -16)
        if loudness is not None:
            values["loudness"] = (loudness, 5, -3, values.get("seconds", 600))
        plain = [values.get(key, usual) for key, usual in EXAMINED.items()]
        Examinations(cache).keep(folder / name, examination_of(plain))
    return read_folder(folder, cache)[1]


EXAMINED = {"seconds": 600, "loudness": None, "sounds": [], "silences": [], "black": [], "flashes": []}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_report_of_a_case_is_exact(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coursepack.reading.media.is_installed", lambda: case.with_media)
    assert str(report_of_course(case, tmp_path)) == case.report


@pytest.mark.parametrize("name", sorted(COURSE_RULES))
def test_a_rule_has_a_failing_and_a_passing_case(name: str) -> None:
    reports = [case.report or "" for case in CASES if case.rule == name]
    assert any(f" {COURSE_RULES[name].severity} {name}: " in report for report in reports), "no failing case"
    assert any(f" {name}: " not in report for report in reports), "no passing case"


def test_every_case_page_belongs_to_a_rule() -> None:
    assert {case.rule for case in CASES} == COURSE_RULES.keys()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_problem_says_what_why_and_how_to_mend_in_both_languages(name: str) -> None:
    english, other = explained(name, "en"), explained(name, "sv")
    assert english
    assert other
    for words in (english, other):
        assert words.what.endswith(".")
        assert words.text.endswith(".")
        assert len(words.text.split()) > 5
    assert english.what != other.what
    assert english.text != other.text
    assert other.messages


def test_no_words_are_of_no_rule_and_of_no_problem() -> None:
    known = RULES.keys() | NAMES
    for path in (SRC / "languages/sv/findings").glob("*.yaml"):
        # What the commands say belongs to no rule.
        if path.stem not in ("inspect", "lrs", "mend", "new", "preview", "shared", "values"):
            names = yaml.safe_load(path.read_text("utf-8"))
            assert {f"{path.stem}/{name}" for name in names} <= known


def test_no_rule_has_the_name_of_a_problem() -> None:
    assert RULES.keys() & NAMES == set()
    assert COURSE_RULES.keys() & set(problem_names()) == set()


@pytest.mark.parametrize("course", COURSES, ids=lambda path: path.name)
def test_what_is_told_of_a_course_is_explained(course: Path) -> None:
    assert {problem.rule for problem in check(course)} <= NAMES


def test_what_has_a_severity_of_its_own_is_a_problem() -> None:
    assert _SEVERITIES.keys() <= set(problem_names())
    assert severity_of("course/missing-file") == "fatal"
    assert severity_of("page/empty") == "error"


def test_the_longest_message_is_told_with_all_its_numbers() -> None:
    lock = Lock(tuple(("page", f"p-{number}") for number in range(30_000)))
    (problem,) = state_problems(lock, 4000)
    told = translated(problem, "sv")
    # 1.3.<slot>., 30,000 bits, six a character, and the seal: SCORM keeps 4,000.
    assert told.message == (
        "det som sparas kan bli 5\xa0020 tecken; 4\xa0000 sparas säkert. "
        "Det är 30\xa0000 bitar, sex per tecken; sidor: 30\xa0000, svar: 0, frågor: 0"
    )
    assert told.hint == "Sidorna tar mest plats. Dela upp kursen i flera."


def test_a_problem_is_explained_in_both_languages() -> None:
    english, other = words_of("page/dangling-term", "en"), words_of("page/dangling-term", "sv")
    assert english
    assert other
    assert english.what == "A link names a term that the glossary does not have."
    assert "glossary.yaml" in english.text
    assert "glossary.yaml" in other.text
    assert words_of("page/nothing", "en") is words_of("page/nothing", "sv") is None
    assert words_of("../page/empty", "sv") is None
