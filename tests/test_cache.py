"""What a build keeps for the next one never shows: the package is the one that a first build would make."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import QUESTION, SVG, MakeCourse, write_course
from translated import EN
from translated import FILES as TRANSLATED

from coursepack import CoursepackError, archive, build_package
from coursepack.building import pipeline, render
from coursepack.out_folder import HIDDEN
from coursepack.resources import templates_dir

ROOT = Path(__file__).resolve().parents[1]
FIRST, SECOND = "pages/p1-c1-s1.md", "pages/p1-c1-s2.md"
COURSE = """\
id: kept
title: Kept course
description: A course that is built again.
language: en
version: 1.0.0
publisher: Publisher
licence: CC BY 4.0
minutes: 2
parts:
  - id: p1
    title: Part
    chapters:
      - id: p1-c1
        title: Chapter
        pages:
          - {id: p1-c1-s1, title: First, minutes: 1}
          - {id: p1-c1-s2, title: Second, minutes: 1}
"""
NOTE = "::: note Note\nA note with a [word](term:word).\n:::\n"
PICTURE = "```image\nsrc: media/house.svg\nalt: A house.\n```\n"
CONTENT = f"""\
The first paragraph with a [word](term:word).

{NOTE}
Between them, to [the second](page:p1-c1-s2).

::: accordion
### Fold
Folded, a [word](term:word).
:::

{PICTURE}
![A house](media/house.svg)

{QUESTION.format(id="q-1")}
The last paragraph.
"""
FILES: dict[str, str] = {
    "course.yaml": COURSE,
    "glossary.yaml": "- {id: word, term: word, text: What it means.}\n",
    "media/house.svg": SVG,
    FIRST: CONTENT,
    SECOND: "Another page.\n",
}

_moments = itertools.count(1_700_000_000 * 10**9, 10**9)


def write(path: Path, text: str) -> None:
    """Writes a file that looks old, and other than before."""
    path.write_text(text, "utf-8")
    moment = next(_moments)
    os.utime(path, ns=(moment, moment))


@pytest.fixture
def course(make_course: MakeCourse, age: Callable[[Path], None]) -> Path:
    """A course that has its lock and is old enough to be remembered."""
    folder = make_course(FILES)
    build_package(folder, "scorm12", folder.with_name("lock"))
    age(folder)
    return folder


def outcome(folder: Path, out: Path) -> bytes | list[str]:
    """The package, or the problems."""
    try:
        return build_package(folder, "scorm12", out).path.read_bytes()
    except CoursepackError as error:
        return [str(problem) for problem in error.report]


def first(folder: Path) -> bytes | list[str]:
    """What a build makes that knows nothing of an earlier one."""
    out = folder.with_name("first")
    shutil.rmtree(out, ignore_errors=True)
    return outcome(folder, out)


EDITS = {
    "words": ("The last paragraph", "Some other words"),
    "first-paragraph": ("The first paragraph", "**Another** beginning"),
    "paragraph-at-the-end": ("The last paragraph.", "The last paragraph.\n\nAnd one more."),
    "prose-where-there-was-none": (PICTURE, f"{PICTURE}\nBetween the pictures.\n"),
    "heading-and-list": ("The last paragraph.", "## Heading\n\n- one\n- two\n\n1. three\n"),
    "link": ("The last", "The [very](page:p1-c1-s2) last"),
    "html-behind-all-blocks": ("The last", 'The <span lang="sv">sista</span>'),
    "term-behind-all-blocks": ("The last", "The [last](term:word)"),
    "nothing-but-a-blank-line": ("The last", "\nThe last"),
    "note": ("A note", "Another note"),
    "note-not-closed": (NOTE, NOTE.replace("\n:::", "")),
    "fold": ("Folded", "Unfolded"),
    "alt": ("A house.", "A small house."),
    "answer": ("text: This", "text: These"),
    "answers-id": ("id: a", "id: c"),
    "term-before-a-note": ("The first", "The [first](term:word)"),
    "html-before-a-note": ("The first", 'The <span lang="sv">första</span>'),
    "footnote": ("The last paragraph.", "The last[^1] paragraph.\n\n[^1]: A footnote."),
    "blocks-in-another-order": (f"{NOTE}\nBetween them", f"Between them\n\n{NOTE}\nThen"),
    "another-block": ("The last paragraph.", f"{PICTURE}\nThe last paragraph."),
    "outside-link": ("The last", "The [very](https://example.org/) last"),
    "dangling-link": ("page:p1-c1-s2", "page:p1-c9"),
    "heading-jump": ("The last paragraph.", "#### Heading"),
    "removed-html": ("The last", "The <u>final</u>"),
    "control-character": ("The last", "The \x08last"),
    "only-a-question": (CONTENT, QUESTION.format(id="q-1")),
    "nothing": (CONTENT, " \n"),
}


@pytest.mark.share(9)
@pytest.mark.parametrize("name", EDITS)
def test_an_edited_page_gives_what_a_first_build_gives(name: str, course: Path) -> None:
    out = course.with_name("out")
    before = outcome(course, out)
    write(course / FIRST, CONTENT.replace(*EDITS[name]))
    assert outcome(course, out) == first(course)
    assert (outcome(course, out) == before) == (name == "nothing-but-a-blank-line")


def test_edits_of_a_translation_and_beside_it_give_what_a_first_build_gives(
    make_course: MakeCourse, age: Callable[[Path], None]
) -> None:
    folder = make_course(TRANSLATED)
    build_package(folder, "scorm12", folder.with_name("lock"))
    age(folder)
    out = folder.with_name("out")
    outcome(folder, out)
    for name, old, new in [
        (f"{EN}/pages/start.md", "Take it easy", "Take your time"),
        (f"{EN}/pages/p1-c1-s2.md", "text: Run", "text: Hurry"),
        (f"{EN}/translation.yaml", "Doors", "The doors"),
        ("pages/start.md", "Ta det lugnt", "Ta god tid"),
        (f"{EN}/glossary.yaml", "A way out", "The way out"),
    ]:
        before = outcome(folder, out)
        write(folder / name, (folder / name).read_text("utf-8").replace(old, new))
        after = outcome(folder, out)
        assert isinstance(after, bytes)
        assert after != before, name
        assert after == first(folder), name


def test_a_warning_about_an_edited_page_goes_with_its_cause(course: Path) -> None:
    out = course.with_name("out")
    write(course / SECOND, "The <u>last</u> page.\n")
    assert len(build_package(course, "scorm12", out).report.warnings) == 1
    write(course / SECOND, "The last page.\n")
    assert build_package(course, "scorm12", out).report.problems == ()


def test_a_warning_about_another_page_stays(course: Path) -> None:
    out = course.with_name("out")
    write(course / SECOND, "The <u>last</u> page.\n")
    before = build_package(course, "scorm12", out).report
    write(course / FIRST, CONTENT.replace("The last", "Some last"))
    assert build_package(course, "scorm12", out).report == before
    assert len(before.warnings) == 1


SNIPPETS = (
    "Plain words.\n",
    "A [word](term:word).\n",
    "## Heading\n",
    "To [a page](page:p1-c1-s1).\n",
    "To [no page](page:p9).\n",
    '<span lang="sv">ord\n',
    "> Quoted.\n>\n> — Somebody\n",
    "| a | b |\n| - | - |\n| 1 | 2 |\n",
    "- item\n\n  ```image\n",
    "Noted[^n].\n\n[^n]: Below.\n",
    "[word]: https://example.org/\n",
    "A [word] by reference.\n",
    NOTE,
    NOTE.replace("note Note", "key"),
    PICTURE,
    ":::\n",
    "```\n",
    QUESTION.format(id="q-2"),
)


# `make soak` tries more.
COURSES_OF_EDITS = int(os.environ.get("COURSEPACK_EDITS", "8"))


@given(st.lists(st.lists(st.sampled_from(SNIPPETS), min_size=1, max_size=5), min_size=2, max_size=3))
@settings(max_examples=COURSES_OF_EDITS, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_course_of_edits_gives_what_first_builds_give(tmp_path: Path, pages: list[list[str]]) -> None:
    shutil.rmtree(tmp_path)
    course = write_course(tmp_path / "course", FILES)
    for snippets in pages:
        write(course / SECOND, "\n".join(snippets))
        assert outcome(course, tmp_path / "out") == first(course)


def damages(out: Path) -> Iterator[Path]:
    """Damages what was kept, one way after another, each from whole."""
    for path in sorted((out / HIDDEN).glob("*.json")):
        whole, facts = path.read_bytes(), path.stat()
        other = whole.replace(b"1", b"2")
        for data in (b"", b"{}", b"[]", b"\xff", whole[:-9], other, b"[1,2,3]"):
            assert data != whole
            path.write_bytes(data)
            yield path
            path.write_bytes(whole)
            os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def test_what_is_kept_and_damaged_is_not_used(course: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome(course, out)
    write(course / FIRST, CONTENT.replace("The last", "Some last"))
    expected = first(course)
    number = 0
    for number, _ in enumerate(damages(out), 1):
        again = shutil.copytree(out, tmp_path / f"out-{number}", copy_function=shutil.copy2)
        assert outcome(course, again) == expected, number
    assert number == 2 * 7


def test_an_earlier_package_that_was_touched_is_not_used(course: Path) -> None:
    out = course.with_name("out")
    package = build_package(course, "scorm12", out).path
    package.write_bytes(bytes(package.stat().st_size))
    write(course / FIRST, CONTENT.replace("The last", "Some last"))
    assert outcome(course, out) == first(course)


def test_a_package_is_built_anew_when_something_was_installed(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    libraries = tmp_path / "site-packages"
    (libraries / "markdown_it").mkdir(parents=True)
    monkeypatch.syspath_prepend(libraries)
    out = course.with_name("out")
    outcome(course, out)
    monkeypatch.setattr(pipeline, "build", lambda *_: pytest.fail("was built"))
    outcome(course, out)
    os.utime(libraries, ns=(1, 1))
    with pytest.raises(pytest.fail.Exception):
        outcome(course, out)


@pytest.fixture
def no_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing a file from disk into a package fails."""
    chunks = archive._chunks

    def refuse(content: bytes | Path) -> Iterator[bytes | memoryview]:
        assert isinstance(content, bytes), content
        return chunks(content)

    monkeypatch.setattr(archive, "_chunks", refuse)


def test_unchanged_media_are_not_read_again(course: Path, request: pytest.FixtureRequest) -> None:
    out = course.with_name("out")
    outcome(course, out)
    write(course / "course.yaml", COURSE.replace("Kept course", "Renamed course"))
    expected = first(course)
    request.getfixturevalue("no_file_is_read")
    assert outcome(course, out) == expected


def test_media_of_the_same_size_and_another_time_are_read_again(course: Path) -> None:
    out = course.with_name("out")
    before = outcome(course, out)
    write(course / "media/house.svg", SVG.replace("h16", "h12"))
    assert outcome(course, out) == first(course) != before


def test_media_that_take_over_a_name_are_read(course: Path) -> None:
    out = course.with_name("out")
    write(course / "media/HOUSE.svg", SVG.replace("h16", "h12"))
    outcome(course, out)
    write(course / FIRST, CONTENT.replace("media/house.svg", "media/HOUSE.svg"))
    assert outcome(course, out) == first(course)


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The templates in a folder of their own, without what was compiled of them."""
    folder = tmp_path / "templates"
    shutil.copytree(templates_dir(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(render, "templates_dir", lambda: folder)
    return folder


def test_compiled_templates_of_another_python_or_jinja_are_compiled_again(
    course: Path, templates: Path
) -> None:
    expected = first(course)
    compiled = sorted((templates / "__pycache__").iterdir())
    assert compiled
    for data in (b"", b"\xff" * 1000):
        for path in compiled:
            path.write_bytes(data)
        assert first(course) == expected


def test_a_template_that_changed_is_compiled_again(course: Path, templates: Path) -> None:
    before = first(course)
    template = templates / "index.html"
    template.write_text(template.read_text("utf-8") + "<!-- changed -->\n", "utf-8")
    assert first(course) != before


def test_templates_that_nothing_can_be_kept_of_are_compiled(course: Path, templates: Path) -> None:
    expected = first(course)
    shutil.rmtree(templates / "__pycache__")
    (templates / "__pycache__").write_text("a file where the folder should be")
    assert first(course) == expected


HEAVY = ("jinja2", "lxml", "markdown_it", "PIL", "pydantic", "yaml")


def imported(*arguments: str) -> set[str]:
    """The heavy libraries that a command imports."""
    code = (
        "import sys\nfrom coursepack.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print(*({HEAVY!r} & sys.modules.keys()), file=sys.stderr)\n".replace(
            f"{HEAVY!r}", f"set({HEAVY!r})"
        )
    )
    run = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(run.stderr.splitlines()[-1].split())


def test_a_command_imports_no_more_than_it_needs(course: Path) -> None:
    arguments = ("build", str(course), "--out", str(course.with_name("out")))
    assert imported("--help") == set()
    assert imported(*arguments) >= {"jinja2", "lxml", "markdown_it", "pydantic", "yaml"}
    assert imported(*arguments) == set()
