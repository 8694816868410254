"""The first course of the documentation, written by following its page word for word, in both languages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coursepack.checking import check

DOCS = Path(__file__).resolve().parents[1] / "docs"
FENCE = re.compile(r"^(`{3,})([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
DELETE = re.compile(r"^(?:Delete|Ta bort) `([^`]+)` (?:and|och) `([^`]+)`", re.MULTILINE)
CHANGE = re.compile(r"(?:In|I) `([^`]+)`, (?:change|ändra) `([^`]+)` (?:to|till) `([^`]+)`")


def steps(page: str) -> Iterator[tuple[str, str]]:
    """What a reader does, in the order of the page: blocks with their info strings, and sentences between them."""
    at = 0
    for fence in FENCE.finditer(page):
        yield "text", page[at : fence.start()]
        yield fence[2], fence[3]
        at = fence.end()
    yield "text", page[at:]


class Reader:
    """Somebody at a terminal whose system speaks a language."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder = folder
        self.environment = {**os.environ, "LC_ALL": f"{language}.UTF-8"}

    def type(self, session: str) -> None:
        """Types the commands of a session, each of which prints what the session shows."""
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE):
            program, *arguments = command.split()
            if program == "cd":
                self.folder /= arguments[0]
                continue
            assert program == "coursepack"
            done = subprocess.run(
                [sys.executable, "-m", program, *arguments],
                cwd=self.folder,
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            # A slow machine says which step it is at.
            assert all(line.endswith(" ...") for line in done.stderr.splitlines())
            assert shown in ("...\n", done.stdout)

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, "utf-8")

    def read(self, sentences: str) -> None:
        """Does what the sentences say, one after the other."""
        for pair in DELETE.findall(sentences):
            for path in pair:
                (self.folder / path).unlink()
        for path, old, new in CHANGE.findall(sentences):
            text = (self.folder / path).read_text("utf-8")
            assert text.count(old) == 1
            self.write(path, text.replace(old, new))


@pytest.mark.long
@pytest.mark.parametrize(
    ("page", "language", "built"),
    [
        ("first-course.md", "en_GB", "fire-doors_full_{}_en_v1.0.0"),
        ("sv/first-course.md", "sv_SE", "branddorrar_full_{}_sv_v1.0.0"),
    ],
)
def test_a_first_course_is_written_by_following_its_page(
    tmp_path: Path, page: str, language: str, built: str
) -> None:
    reader = Reader(tmp_path, language)
    text = (DOCS / page).read_text("utf-8")
    done = 0
    for kind, content in steps(text):
        if kind == "text":
            reader.read(content)
        elif kind == "console":
            reader.type(content)
            done += 1
        else:
            reader.write(kind.split()[1], content)
    assert done == text.count("```console") == 4
    assert check(tmp_path / "first-course").problems == ()
    names = {path.name for path in (tmp_path / "build").iterdir()}
    assert {f"{built.format(name)}.zip" for name in ("scorm12", "scorm2004", "xapi", "cmi5", "web")} <= names
    folder = tmp_path / "build" / built.format("web")
    assert folder.name in text
    assert (folder / "index.html").is_file()
