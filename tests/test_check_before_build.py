"""`check` of a course finds all that a build of it finds or refuses: no author meets a finding first when building.

What a package's own rules find is told of the course at its place: `pipeline._TOLD` says which finding is which.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from strategies import COURSE, PAGE, SVG, write_course
from test_course_rules import CASES, COURSES, write_case
from test_mistake_pages import MISTAKES, Mistake, write_mistake
from test_rules import Case

from coursepack.building.build import build_packages
from coursepack.building.render import safe_names
from coursepack.checking import check
from coursepack.problems import CoursepackError, Problem
from coursepack.targets import TARGETS

ROOT = Path(__file__).resolve().parents[1]
BUILT = 100
"""Megabytes of a file from which a case is not built: six copies of it take too long to write."""


def untold(course: Path, out: Path, targets: tuple[str, ...] = tuple(TARGETS)) -> list[Problem]:
    """What a build finds and a check does not."""
    told = set(check(course))
    try:
        built = build_packages(course, targets, out)
    except CoursepackError as error:
        return [problem for problem in error.report if problem not in told]
    return [problem for package in built for problem in package.report if problem not in told]


@pytest.mark.long
@pytest.mark.parametrize(
    "case", [case for case in CASES if max(case.grown.values(), default=0) < BUILT], ids=str
)
def test_of_the_cases_of_rules(case: Case, tmp_path: Path) -> None:
    write_case(case, tmp_path / "course")
    assert (
        untold(tmp_path / "course", tmp_path / "build", ("xapi",) if case.grown else ("scorm12", "xapi"))
        == []
    )


@pytest.mark.parametrize("mistake", [each for each in MISTAKES if each.language == "en"], ids=str)
def test_of_common_mistakes(mistake: Mistake, tmp_path: Path) -> None:
    write_mistake(mistake, tmp_path / "course")
    assert untold(tmp_path / "course", tmp_path / "build") == []


@pytest.mark.parametrize("course", [*COURSES, ROOT / "course_source"], ids=lambda path: path.name)
def test_of_whole_courses(course: Path, tmp_path: Path) -> None:
    shutil.copytree(course, tmp_path / "course")
    assert untold(tmp_path / "course", tmp_path / "build") == []


def shown(name: str) -> dict[str, str]:
    return {PAGE: f"```image\nsrc: {name}\nalt: Door\n```\n", name: SVG}


def asked(text: str) -> dict[str, str]:
    """A question whose words the packages for xAPI and cmi5 hold in a script."""
    question = f"id: q\nquestion: '{text}'\nanswers:\n  - {{id: a, text: '{text}'}}\n  - {{id: b, text: B, right: true}}\n"
    return {
        "course.yaml": COURSE.replace("minutes: 1\n", "minutes: 1\nreport: {answers: true}\n", 1),
        PAGE: f"{text}\n\n```choice\n{question}```\n",
    }


ODD: dict[str, Mapping[str, str]] = {
    "an iri with signs that none may have": {
        "course.yaml": COURSE.replace("id: least", "id: least\niri: 'http://a.se/{}'", 1)
    },
    "an iri for examples": {
        "course.yaml": COURSE.replace("id: least", "id: least\niri: https://example.com/a", 1)
    },
    "a file that is named as a folder in the package": {
        PAGE: shown("media/å.svg")[PAGE] + shown("media/a.svg/b.svg")[PAGE],
        "media/å.svg": SVG,
        "media/a.svg/b.svg": SVG,
    },
    **{
        f"a picture called {name[:40]}": shown(name)
        for name in (
            "media/con.svg",
            "media/aux/door.svg",
            "media/com1.door.svg",
            "media/__MACOSX/door.svg",
            "media/node_modules/door.svg",
            f"media/{'/'.join(['folder' * 8] * 5)}/door.svg",
        )
    },
    **{
        f"a question about {text}": asked(text)
        for text in (
            "document.write(x)",
            "document.cookie = 1",
            "localStorage",
            "eval(x)",
            "parent.document",
            "top.API",
            "async: false",
            "//www.google-analytics.com",
            "window.onunload = save",
            'addEventListener("unload", save)',
        )
    },
    "a paragraph with a hundred thousand blanks": {PAGE: "a / " * 60_000 + "\n"},
}


@pytest.mark.parametrize("name", ODD)
def test_of_odd_courses(name: str, tmp_path: Path) -> None:
    assert untold(write_course(tmp_path / "course", ODD[name]), tmp_path / "build") == []


def test_two_thousand_questions_can_be_built(tmp_path: Path) -> None:
    # The data of the script, in one element, have more than 100,000 quotes.
    answers = "".join(f"  - {{id: a{n}, text: Answer, right: {str(n == 2).lower()}}}\n" for n in range(4))
    pages = {
        f"pages/s{page}.md": "".join(
            f"```choice\nid: q{page}-{number}\nquestion: Which?\nanswers:\n{answers}```\n\n"
            for number in range(100)
        )
        for page in range(20)
    }
    entries = "".join(f"          - {{id: s{page}, title: Page, minutes: 1}}\n" for page in range(20))
    course = COURSE.replace("          - {id: p1-c1-s1, title: Page, minutes: 1}\n", entries)
    folder = write_course(
        tmp_path / "course", {"course.yaml": course.replace("minutes: 1\n", "minutes: 20\n", 1), **pages}
    )
    (folder / PAGE).unlink()
    assert untold(folder, tmp_path / "build", ("scorm12",)) == []


@pytest.mark.long
def test_a_document_that_is_too_long_to_be_checked_is_told_of_many_small_pages(tmp_path: Path) -> None:
    entries = "".join(f"          - {{id: s{n}, title: Page, minutes: 0.5}}\n" for n in range(4000))
    course = COURSE.replace("          - {id: p1-c1-s1, title: Page, minutes: 1}\n", entries)
    pages = {f"pages/s{n}.md": "Text.\n" for n in range(4000)}
    folder = write_course(
        tmp_path / "course", {"course.yaml": course.replace("minutes: 1\n", "minutes: 2000\n", 1), **pages}
    )
    (folder / PAGE).unlink()
    assert [problem.rule for problem in check(folder)] == ["course/long-text"]
    assert untold(folder, tmp_path / "build", ("scorm12",)) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("media/con.svg", "media/file-con.svg"),
        ("media/CON", "media/file-con"),
        ("media/nul/a.svg", "media/file-nul/a.svg"),
        ("media/control.svg", "media/control.svg"),
        ("media/__MACOSX/a.svg", "media/file-__macosx/a.svg"),
    ],
)
def test_no_file_has_a_name_with_a_meaning_of_its_own(name: str, expected: str) -> None:
    assert safe_names([name]) == {name: expected}


def test_a_long_path_becomes_a_short_one() -> None:
    first, second = (f"media/{folder * 50}/{'b' * 50}/{'c' * 50}/{'d' * 50}/door.svg" for folder in "ae")
    names = safe_names([first, second])
    assert len({*names.values()}) == 2
    assert all(name.startswith("media/door-") and name.endswith(".svg") for name in names.values())
