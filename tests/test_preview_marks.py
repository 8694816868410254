"""Marks of a preview: each text of a course knows its place in the source, and packages stay as they are."""

from __future__ import annotations

import html
import random
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import pytest
from showcase import write_showcase
from strategies import PAGE, MakeCourse

from coursepack import read_course
from coursepack.building.render import Document, render_documents
from coursepack.course.model import Course
from coursepack.course.variant import whole
from coursepack.preview.marks import Marks

ROOT = Path(__file__).resolve().parents[1]
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def document(course: Course) -> Document:
    return render_documents(whole(course))["index.html"]


def shown_by(marks: Marks, course: Course) -> str:
    begun, parts = marks.documents(whole(course))["index.html"]
    return begun.rest.decode() + "".join(parts)


def marked(folder: Path) -> str:
    return shown_by(Marks(folder), read_course(folder))


def without_marks(text: str) -> str:
    return re.sub(r' data-(?:source|edit|fixed|text)="[^"]*"|</?cp-text[^>]*>', "", text)


class Place(NamedTuple):
    """An element with a mark, and what it says: its own text, and what it says to a screen reader."""

    source: str
    text: str
    name: str


class Places(HTMLParser):
    """The marked elements of a document, each with the text that is in no marked element inside it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Place] = []
        self._open: list[tuple[str, str | None, list[str], str]] = []
        _, _, body = text.rpartition("<body>\n")
        self.feed(body.partition("</body>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        source, name = given.get("data-source"), tag
        if tag == "math" or given.get("class") in ("sr", "footnote-ref"):
            # A formula is text in another way; the words for screen readers and the numbers are the player's.
            source = "nothing"
        label = given.get("alt") or ""
        if "data-edit" not in given and "data-fixed" not in given:
            # The name of a picture's point, or of a film's tools: it ends with what the author wrote.
            label = given.get("aria-label") or given.get("title") or ""
            name = f"named {tag}"
        if tag in VOID:
            if source:
                self.found.append(Place(source, label, name))
            return
        self._open.append((name, source, [], label))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_data(self, data: str) -> None:
        for _, source, texts, _ in reversed(self._open):
            if source:
                texts.append(data)
                return

    def handle_endtag(self, tag: str) -> None:
        name, source, texts, label = self._open.pop()
        assert name.removeprefix("named ") == tag
        if source and source != "nothing":
            self.found.append(Place(source, label or "".join(texts), name))


def words(text: str) -> list[str]:
    """The words of a text, or of a source without what it says of them: links, notes, formulas and tags."""
    plain = re.sub(r"\]\([^)]*\)|\[\^[^]]*\]|\$`[^`]*`\$|</?[a-z][^>]*>", " ", text)
    plain = html.unescape(plain).replace("\u00ad", "")
    return re.findall(r"\w+", re.sub(r"\\(.)", r"\1", plain))


def is_there(place: Place, folder: Path) -> bool:
    """Whether the words of a text begin on the line that its mark names, or in the long text that begins there."""
    file, _, line = place.source.rpartition(":")
    first, *rest = (folder / file).read_text("utf-8").split("\n")[int(line) - 1 :]
    block = [first]
    if re.search(r": [|>][-+]?$", first):
        depth = len(first) - len(first.lstrip())
        block += takewhile(lambda each: not each or each[depth : depth + 1] == " ", rest)
    wanted, said = words(place.text), words("\n".join((first, *rest)))
    starts = range(len(words("\n".join(block))))
    # The player's own words can come first in a name.
    texts = [wanted[at:] for at in range(len(wanted))] if place.name.startswith("named ") else [wanted]
    return any(said[at : at + len(text)] == text for text in texts for at in starts)


@pytest.fixture(scope="module")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_showcase(tmp_path_factory.mktemp("marks") / "course", translated=True)


@pytest.fixture(scope="module")
def shown(showcase: Path) -> str:
    return marked(showcase)


def test_marks_change_nothing_else_in_the_document(showcase: Path, shown: str) -> None:
    assert without_marks(shown) == document(read_course(showcase)).rest.decode()


def test_a_course_that_was_marked_builds_the_same_document(showcase: Path) -> None:
    course = read_course(showcase)
    before = document(course)
    shown_by(Marks(showcase), course)
    assert document(course) == before
    assert b"data-source" not in before.rest


def test_the_example_course_is_the_same_but_for_its_marks(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    shutil.copytree(ROOT / "course_source", folder)
    assert without_marks(marked(folder)) == document(read_course(folder)).rest.decode()


def test_a_thousand_places_of_the_showcase_lead_to_their_lines(showcase: Path, shown: str) -> None:
    # The slider between two pictures is named by both.
    places = [each for each in Places(shown).found if words(each.text) and each.name != "named input"]
    chosen = random.Random(17).sample(places, 1000)
    wrong = [each for each in chosen if not is_there(each, showcase)]
    assert "\n".join(map(str, wrong)) == ""


def test_every_text_of_a_page_is_marked(showcase: Path, shown: str) -> None:
    """What learners read of a page but what the player says itself is in a marked element."""
    page = shown[shown.index('id="choice"') :]
    page = page[: page.index("</section>")]
    sources = {each.source.partition(":")[0] for each in Places(page[page.index("<h1") :]).found}
    assert sources == {"course.yaml", "pages/choice.md"}
    said = "\n".join(each.text for each in Places(page[page.index("<h1") :]).found)
    for text in re.findall(r"^(?:    text|    feedback|question): (.+)$", (showcase / "pages/choice.md").read_text("utf-8"), re.MULTILINE):  # fmt: skip
        assert text.strip("\"'") in said.replace("\u00ad", ""), text


@pytest.fixture
def mark_of(make_course: MakeCourse) -> Callable[[str, str], tuple[str, str]]:
    """Where an element with a text leads in a course of one page, and the element's tag."""

    def find(page: str, text: str) -> tuple[str, str]:
        folder = make_course({PAGE: page})
        found = [each for each in Places(marked(folder)).found if words(text) == words(each.text)]
        return found[0].source, found[0].name

    return find


@pytest.mark.parametrize(
    ("page", "text", "place"),
    [
        ("Ett stycke.\n", "Ett stycke.", ("p", 1)),
        ("Ett stycke.\n\n## En rubrik\n\nText.\n", "En rubrik", ("h2", 3)),
        ("Text.\n\n- en sak\n- en annan\n", "en annan", ("li", 4)),
        ("Text.\n\n1. en sak\n\n   med mer\n", "med mer", ("p", 5)),
        ("Text.\n\n> Citat.\n>\n> — Någon\n", "Någon", ("footer", 5)),
        ("Text.\n\n::: table Tabell\n| a | b |\n| - | - |\n| ett | två |\n:::\n", "två", ("td", 6)),
        ("Text.\n\n::: table Tabell\n| a | b |\n| - | - |\n| ett | två |\n:::\n", "Tabell", ("caption", 3)),
        ("Text.\n\n::: note Rubriken\nInnehåll.\n:::\n", "Rubriken", ("p", 3)),
        ("Text.\n\n::: accordion\n## Första\n\nA.\n\n## Andra\n\nB.\n:::\n", "Andra", ("span", 8)),
        ("Text[^1].\n\n[^1]: Noten.\n", "Noten. ↩\ufe0e", ("cp-text", 3)),
        ("Text.\n\n```reflection\nquestion: Vad tänker du?\n```\n", "Vad tänker du?", ("h2", 4)),
        ("Text.\n\n```reflection\nquestion: Hur?\nafterwards: >\n  Så\n  här.\n```\n", "Så här.", ("p", 5)),
    ],
)
def test_a_text_leads_to_its_line(
    mark_of: Callable[[str, str], tuple[str, str]], page: str, text: str, place: tuple[str, int]
) -> None:
    name, line = place
    source, tag = mark_of(page, text.removesuffix("↩\ufe0e"))
    assert (source, tag) == (f"{PAGE}:{line}", name)


def test_an_unchanged_page_is_not_marked_again(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "Ett stycke.\n"})
    marks = Marks(folder)
    first = shown_by(marks, read_course(folder))
    assert shown_by(marks, read_course(folder)) == first


def test_a_page_that_changed_is_marked_with_its_new_lines(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "Ett stycke.\n"})
    marks = Marks(folder)
    shown_by(marks, read_course(folder))
    (folder / PAGE).write_text("Nytt.\n\nEtt stycke.\n", "utf-8")
    found = Places(shown_by(marks, read_course(folder))).found
    assert next(each.source for each in found if each.text == "Ett stycke.") == f"{PAGE}:3"


def test_texts_keep_their_marks_when_another_text_of_the_page_changes(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "Ett stycke.\n\nEtt till.\n"})
    marks = Marks(folder)
    first = shown_by(marks, read_course(folder))
    (folder / PAGE).write_text("Ett nytt stycke.\n\nEtt till.\n", "utf-8")
    second = shown_by(marks, read_course(folder))
    (same,) = re.findall(r"<p[^>]*>Ett till\.", first)
    assert same in second
    (old,), (new,) = re.findall(r"<p([^>]*)>Ett stycke\.", first), re.findall(r"<p([^>]*)>Ett nytt", second)
    assert old != new


def test_a_file_that_changed_since_the_course_was_read_is_shown_as_it_was(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "Ett stycke.\n"})
    course = read_course(folder)
    (folder / PAGE).write_text("Ett stycke.\n\n```reflection\nquestion: Hur?\n```\n", "utf-8")
    assert without_marks(shown_by(Marks(folder), course)) == document(course).rest.decode()
