"""The pages of mistakes in the documentation: each is made in a real course, and what is said of it is exact.

The first blocks of a page, whose info strings end in a path, are the course. A heading of level 3 begins a mistake: in
"In `file`, `this` becomes `that`." ("I `fil` byts `det här` mot `det där`."), a block with a path that takes the place of a
file or adds it, or both. The last block is what `coursepack check` prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from strategies import SVG, mp4

from coursepack.checking import check
from coursepack.outputs.plain import report_lines

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = {"en": DOCS / "mistakes.md", "sv": DOCS / "sv" / "mistakes.md"}
CHANGE = re.compile(r"(?:In|I) `([^`]+)`(?:,| byts) `([^`]+)` (?:becomes|mot) `([^`]*)`")
RENAME = re.compile(r"`([^`]+)` (?:is renamed|byter namn till) (?:to )?`([^`]+)`")
FENCE = re.compile(r"^(`{3,})([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
HEIC = (Path(__file__).parent / "films/upright.heic").read_bytes()
MEDIA: dict[str, str | bytes] = {
    "media/door.svg": SVG,
    "media/film.mp4": mp4(12),
    "media/film.mov": mp4(12),
    "media/photo.heic": HEIC,
    "media/photo.jpg": HEIC,
    "media/text.md": "What is said.\n",
    "media/film.ass": "[Script Info]\n",
}


@dataclass
class Mistake:
    language: str
    title: str
    files: dict[str, str] = field(default_factory=dict)
    report: str = ""

    def __str__(self) -> str:
        return f"{self.language}: {self.title}"


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """The path of each fenced block, or nothing, and what is in it."""
    for found in FENCE.finditer(text):
        yield found[2].strip().partition(" ")[2], found[3]


def mistakes(language: str) -> Iterator[Mistake]:
    head, *cases = re.split(r"^### ", PAGES[language].read_text("utf-8"), flags=re.MULTILINE)
    base = {path: text for path, text in blocks(head) if path}
    for case in cases:
        title, _, rest = case.partition("\n")
        files = dict(base)
        said = FENCE.sub("", rest)
        for path, old, new in CHANGE.findall(said):
            assert files[path].count(old) == 1, (title, old)
            files[path] = files[path].replace(old, new)
        for path, new in RENAME.findall(said):
            files[new] = files.pop(path)
        found = list(blocks(rest))
        files.update({path: text for path, text in found if path})
        yield Mistake(language, title, files, found[-1][1])


MISTAKES = [mistake for language in PAGES for mistake in mistakes(language)]


def write_mistake(mistake: Mistake, folder: Path) -> None:
    for path, content in {**MEDIA, **mistake.files}.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_told_at_its_place_with_its_cause_and_cure(mistake: Mistake, tmp_path: Path) -> None:
    write_mistake(mistake, tmp_path)
    told = "\n".join(report_lines(check(tmp_path), mistake.language))
    assert told + "\n" == mistake.report


def test_both_languages_have_the_same_mistakes_at_least_fifty() -> None:
    pages = [[each for each in MISTAKES if each.language == language] for language in PAGES]
    assert len(pages[0]) >= 50
    places = [
        re.findall(r"^\S*?(?::(\d+):\d+)?: .*?(\S+/\S+): ", each.report, re.MULTILINE)
        for page in pages
        for each in page
    ]
    assert places[: len(pages[0])] == places[len(pages[0]) :]
