"""Texts that are edited in the preview: the bytes of the text change in the source, and nothing else."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from showcase import write_showcase
from strategies import PAGE, SVG, MakeCourse

from coursepack import build_package, read_course
from coursepack.preview.editing import Editor
from coursepack.preview.marks import Marks
from coursepack.preview.spots import Spot

pytestmark = pytest.mark.long

TEXT = "Den som andas in rök kan svimma."


def marked(folder: Path) -> Marks:
    marks = Marks(folder)
    marks.course(read_course(folder))
    return marks


def spots(marks: Marks) -> dict[str, Spot]:
    """All texts by their marks."""
    found: dict[str, Spot] = {}
    while spot := marks.spot(str(len(found))):
        found[str(len(found))] = spot
    return found


def edited(folder: Path, old: str, new: str, language: str = "en") -> dict[str, Any]:
    """Edits the only text of a course that is `old`."""
    marks = marked(folder)
    (mark,) = (mark for mark, spot in spots(marks).items() if spot.text == old)
    return Editor(folder, marks, language).edit(mark, old, new)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def question(text: str) -> str:
    return f"Text.\n\n```reflection\nquestion: {text}\n```\n"


CASES = {
    "a word of a paragraph": ("Ett stycke här.\n", "Ett stycke här.", "Ett kort stycke här.", "Ett kort stycke här.\n"),
    "a wrapped paragraph keeps its lines": (
        "Rök är farligare\nän eld. Gå\nut nu.\n",
        "Rök är farligare än eld. Gå ut nu.",
        "Rök är mycket farligare än eld. Gå ut genast.",
        "Rök är mycket farligare\nän eld. Gå\nut genast.\n",
    ),
    "a heading": ("Text.\n\n## Vad du gör ##\n", "Vad du gör", "Vad du kan göra", "Text.\n\n## Vad du kan göra ##\n"),
    "an item with its indent": (
        "Text.\n\n- ett\n  två\n- tre\n",
        "ett två",
        "ett eller två",
        "Text.\n\n- ett\n  eller två\n- tre\n",
    ),
    "a quotation": ("Text.\n\n> Ett ord\n> till.\n", "Ett ord till.", "Ett sista ord till.", "Text.\n\n> Ett sista ord\n> till.\n"),
    "a source of a quotation": ("Text.\n\n> Ord.\n>\n> — Kim\n", "— Kim", "— Kim Ek", "Text.\n\n> Ord.\n>\n> — Kim Ek\n"),
    "a cell": (
        "Text.\n\n::: table Tal\n| a | b |\n| - | - |\n| ett  | två |\n:::\n",
        "två",
        "två|tre",
        "Text.\n\n::: table Tal\n| a | b |\n| - | - |\n| ett  | två\\|tre |\n:::\n",
    ),
    "a caption of a table": (
        "Text.\n\n::: table Tal\n| a | b |\n| - | - |\n| c | d |\n:::\n",
        "Tal",
        "Alla tal",
        "Text.\n\n::: table Alla tal\n| a | b |\n| - | - |\n| c | d |\n:::\n",
    ),
    "markup is escaped": ("Ett stycke.\n", "Ett stycke.", "Ett *stycke* [1].", "Ett \\*stycke\\* \\[1\\].\n"),
    "what is no markup is not": ("Ett stycke.\n", "Ett stycke.", "2 * 3 & 4_5.", "2 * 3 & 4_5.\n"),
    "what would begin a list": ("Ett stycke.\n", "Ett stycke.", "- nytt stycke.", "\\- nytt stycke.\n"),
    "what would begin a numbered list": ("Ett stycke.\n", "Ett stycke.", "1. stycke.", "1\\. stycke.\n"),
    "emphasis stays": ("Gå **ut** nu.\n", "Gå ut nu.", "Gå ut genast.", "Gå **ut** genast.\n"),
    "a word in bold": ("Gå **ut** nu.\n", "Gå ut nu.", "Gå hem nu.", "Gå **hem** nu.\n"),
    "an escaped sign": ("Ett \\*stycke till.\n", "Ett *stycke till.", "Två *stycke till.", "Två \\*stycke till.\n"),
    "a reference": ("A &amp; B är två.\n", "A & B är två.", "A & B är båda.", "A &amp; B är båda.\n"),
    "a marked fact": (
        "Det är [12 meter](fact:lag) långt.\n",
        "Det är 12 meter långt.",
        "Det är 14 meter långt.",
        "Det är [14 meter](fact:lag) långt.\n",
    ),
    "a word before a link": (
        "Läs [vår sida](page:p1-c1-s1) nu.\n",
        "Läs vår sida nu.",
        "Se vår sida nu.",
        "Se [vår sida](page:p1-c1-s1) nu.\n",
    ),
    "a word of a link": (
        'Läs [vår **egna** sida](https://example.org/a_(b)?c=vår "En vår titel") nu.\n',
        "Läs vår egna sida nu.",
        "Läs vår långa sida nu.",
        'Läs [vår **långa** sida](https://example.org/a_(b)?c=vår "En vår titel") nu.\n',
    ),
    "a word that a link ends in": (
        "Se [vår sida](page:p1-c1-s1). Läs [mer](https://example.org), nu.\n",
        "Se vår sida. Läs mer, nu.",
        "Se vår plats. Läs mer, nu.",
        "Se [vår plats](page:p1-c1-s1). Läs [mer](https://example.org), nu.\n",
    ),
    "words around the beginning of a link": (
        "Se [vår sida](page:p1-c1-s1) nu.\n",
        "Se vår sida nu.",
        "Läs en sida nu.",
        "Läs [en sida](page:p1-c1-s1) nu.\n",
    ),
    "a text that is a link": (
        "Text.\n\n- [Vår sida](page:p1-c1-s1)\n",
        "Vår sida",
        "Vår egen sida",
        "Text.\n\n- [Vår egen sida](page:p1-c1-s1)\n",
    ),
    "a sign of links is escaped": (
        "Se [vår sida](page:p1-c1-s1) nu.\n",
        "Se vår sida nu.",
        "Se vår sida [1](2) nu.",
        "Se [vår sida](page:p1-c1-s1) \\[1\\](2) nu.\n",
    ),
    "a picture": (
        'Text.\n\n![En skylt](media/a.svg "Skylten")\n',
        "En skylt",
        "En grön skylt",
        'Text.\n\n![En grön skylt](media/a.svg "Skylten")\n',
    ),
    "the caption of a picture": (
        'Text.\n\n![En skylt](media/a.svg "Skylten")\n',
        "Skylten",
        'Den "nya" skylten',
        'Text.\n\n![En skylt](media/a.svg "Den \\"nya\\" skylten")\n',
    ),
    "a plain value": (question("Hur gör du?"), "Hur gör du?", "Hur gör du nu?", question("Hur gör du nu?")),
    "a plain value that needs quotation marks": (
        question("Hur gör du?"),
        "Hur gör du?",
        "Hur: gör du?",
        question('"Hur: gör du?"'),
    ),
    "a plain value that would be a comment": (question("Hur?"), "Hur?", "Hur? #1", question('"Hur? #1"')),
    "a value in single quotation marks": (
        question("'Vad är det?'"),
        "Vad är det?",
        "Vad är 'det'?",
        question("'Vad är ''det''?'"),
    ),
    "a value in double quotation marks": (
        question('"Vad \\"är\\" det?"'),
        'Vad "är" det?',
        'Vad "är" "det"?',
        question('"Vad \\"är\\" \\"det\\"?"'),
    ),
    "a folded value keeps its lines": (
        question(">\n  Vad gör du\n  när larmet går?"),
        "Vad gör du när larmet går?",
        "Vad gör du när larmet ljuder?",
        question(">\n  Vad gör du\n  när larmet ljuder?"),
    ),
    "a plain value on several lines": (
        question("Vad gör du\n  när larmet går?"),
        "Vad gör du när larmet går?",
        "Vad gör ni när larmet går?",
        question("Vad gör ni\n  när larmet går?"),
    ),
    "a value in braces": (
        "Text.\n\n```likert\nid: q\nquestion: Hur?\nscale:\n  - {id: a, text: Bra}\n  - {id: b, text: Illa}\n```\n",
        "Illa",
        "Illa, mycket",
        "Text.\n\n```likert\nid: q\nquestion: Hur?\nscale:\n"
        '  - {id: a, text: Bra}\n  - {id: b, text: "Illa, mycket"}\n```\n',
    ),
    "a paragraph of a description": (
        "Text.\n\n```image\nsrc: media/a.svg\nalt: Skylt\ndescription: |\n  Ett.\n\n  Två.\n```\n",
        "Två.",
        "Två och tre.",
        "Text.\n\n```image\nsrc: media/a.svg\nalt: Skylt\ndescription: |\n  Ett.\n\n  Två och tre.\n```\n",
    ),
    "an alternative text": (
        "Text.\n\n```image\nsrc: media/a.svg\nalt: Skylt\n```\n",
        "Skylt",
        "Grön skylt",
        "Text.\n\n```image\nsrc: media/a.svg\nalt: Grön skylt\n```\n",
    ),
    "line ends and byte order mark": (
        "\ufeffEtt\r\nstycke.\r\n\r\nEtt till.\r\n",
        "Ett till.",
        "Ett par till.",
        "\ufeffEtt\r\nstycke.\r\n\r\nEtt par till.\r\n",
    ),
    "old line ends": ("Ett.\r\rEtt till.\r", "Ett till.", "Två till.", "Ett.\r\rTvå till.\r"),
    "the last line without a line end": ("Ett stycke.", "Ett stycke.", "Ett stycke till.", "Ett stycke till."),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_text_is_written_into_its_place(make_course: MakeCourse, name: str) -> None:
    page, old, new, wanted = CASES[name]
    sources = "lag:\n  title: Lagen\n  checked: 2026-01-01\n"
    folder = make_course({PAGE: page, "media/a.svg": SVG, "sources.yaml": sources})
    before = contents(folder)
    answer = edited(folder, old, new)
    assert (folder / PAGE).read_bytes().decode() == wanted, answer
    assert answer["file"] == PAGE
    assert {**contents(folder), Path(PAGE).name: b""} == {**before, Path(PAGE).name: b""}


def test_a_title_is_written_into_course_yaml(make_course: MakeCourse) -> None:
    folder = make_course()
    before = (folder / "course.yaml").read_text("utf-8")
    answer = edited(folder, "Page", "Page: one, two")
    assert (answer["file"], answer["line"]) == ("course.yaml", before.split("\n").index("          - {id: p1-c1-s1, title: Page, minutes: 1}") + 1)  # fmt: skip
    assert (folder / "course.yaml").read_text("utf-8") == before.replace(
        "title: Page,", 'title: "Page: one, two",'
    )


@pytest.mark.parametrize(
    ("page", "old", "new", "why"),
    [
        ("Text[^1] här.\n\n[^1]: Not.\n", "Text[^1] här.", "Ny.", "Texten innehåller en fotnot, och den skulle tappas."),
        ("En [länk][1].\n\n[1]: page:p1-c1-s1\n", "En [länk][1].", "Ny.", "Texten innehåller en bild, eller en länk med adressen på ett annat ställe, och den skulle tappas."),
        ("En [länk](page:p1-c1-s1) här.\n", "En länk här.", "En här.", "Ändringen skulle ta bort en länk, betoning eller kod i texten, eller lägga till något sådant."),
        ("Se <https://example.org> nu.\n", "Se https://example.org nu.", "Se https://example.com nu.", "Ändringen skulle ta bort en länk, betoning eller kod i texten, eller lägga till något sådant."),
        ("H<sub>2</sub>O.\n", "H<sub>2</sub>O.", "Ny.", "Texten innehåller HTML, och den skulle tappas."),
        ("Talet $`x`$.\n", "Talet $`x`$.", "Ny.", "Texten innehåller en formel, och den skulle tappas."),
        ("Text.\n\n::: code\n```\nls\n```\n:::\n", "ls", "cd", "Kod går inte att ändra här, eftersom radbrytningarna betyder något."),
        ("Gå **ut** nu.\n", "Gå ut nu.", "Gå nu.", "Ändringen skulle ta bort en länk, betoning eller kod i texten, eller lägga till något sådant."),
        ("Ett stycke.\n", "Ett stycke.", " \n ", "En text kan inte vara tom."),
    ],
)  # fmt: skip
def test_what_cannot_be_written_exactly_is_refused(
    make_course: MakeCourse, page: str, old: str, new: str, why: str
) -> None:
    folder = make_course({PAGE: page})
    before = contents(folder)
    answer = edited(folder, old, new, "sv")
    assert answer["refused"] == why
    assert "källan" in answer["cure"]
    assert contents(folder) == before


def test_a_text_that_the_course_may_not_have_is_refused_with_its_reason(make_course: MakeCourse) -> None:
    page = "Text.\n\n```likert\nid: q\nquestion: Hur?\nscale:\n  - {id: a, text: Bra}\n  - {id: b, text: Illa}\n```\n"
    folder = make_course({PAGE: page})
    assert "the text 'Bra' is used twice here" in edited(folder, "Illa", "Bra")["refused"]
    assert "is longer than 200 characters" in edited(folder, "Chapter", "x" * 201)["refused"]
    assert (folder / PAGE).read_text("utf-8") == page


def test_a_file_that_was_changed_meanwhile_is_left_as_it_is(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "Ett stycke.\n"})
    marks = marked(folder)
    mark = next(mark for mark, spot in spots(marks).items() if spot.text == "Ett stycke.")
    (folder / PAGE).write_text("Ett annat stycke.\n", "utf-8")
    editor = Editor(folder, marks, "en")
    assert "has been changed" in str(editor.edit(mark, "Ett stycke.", "Nytt.")["refused"])
    assert (folder / PAGE).read_text("utf-8") == "Ett annat stycke.\n"


def test_a_change_elsewhere_in_the_file_is_no_hindrance(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "Ett stycke.\n"})
    marks = marked(folder)
    mark = next(mark for mark, spot in spots(marks).items() if spot.text == "Ett stycke.")
    (folder / PAGE).write_text("Något före.\n\nEtt stycke.\n", "utf-8")
    answer = Editor(folder, marks, "en").edit(mark, "Ett stycke.", "Nytt.")
    assert answer["line"] == 3
    assert (folder / PAGE).read_text("utf-8") == "Något före.\n\nNytt.\n"


def test_a_text_that_is_there_twice_is_not_guessed(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "Ett stycke.\n"})
    marks = marked(folder)
    mark = next(mark for mark, spot in spots(marks).items() if spot.text == "Ett stycke.")
    (folder / PAGE).write_text("Något.\n\nEtt stycke.\n\nEtt stycke.\n", "utf-8")
    assert "refused" in Editor(folder, marks, "en").edit(mark, "Ett stycke.", "Nytt.")


def test_another_old_text_than_that_of_the_source_is_refused(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "Ett stycke.\n"})
    marks = marked(folder)
    mark = next(mark for mark, spot in spots(marks).items() if spot.text == "Ett stycke.")
    assert "refused" in Editor(folder, marks, "en").edit(mark, "Något annat.", "Nytt.")


@pytest.mark.parametrize("mark", ["99999", "-1", "", "../course.yaml", "1e3", "0" * 400])
def test_an_unknown_mark_is_refused(make_course: MakeCourse, mark: str) -> None:
    folder = make_course()
    answer = Editor(folder, Marks(folder), "en").edit(mark, "Text.", "Nytt.")
    assert answer["cure"] == "Load the page again."


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_a_file_outside_of_the_course_is_not_written(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course()
    marks = marked(folder)
    mark = next(mark for mark, spot in spots(marks).items() if spot.text == "Text.")
    outside = tmp_path / "outside.md"
    outside.write_text("Text.\n", "utf-8")
    (folder / PAGE).unlink()
    (folder / PAGE).symlink_to(outside)
    assert "outside of the course" in str(Editor(folder, marks, "en").edit(mark, "Text.", "Nytt.")["refused"])
    assert outside.read_text("utf-8") == "Text.\n"


@pytest.mark.skipif(os.name == "nt", reason="needs links and permissions")
def test_a_file_keeps_its_permissions_and_a_link_its_target(make_course: MakeCourse) -> None:
    folder = make_course()
    target = folder / "pages/shared.txt"
    (folder / PAGE).rename(target)
    target.chmod(0o640)
    (folder / PAGE).symlink_to("shared.txt")
    assert "undo" in edited(folder, "Text.", "Nytt.")
    assert (folder / PAGE).is_symlink()
    assert target.read_text("utf-8") == "Nytt.\n"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_file_that_cannot_be_written_is_whole(
    make_course: MakeCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_course()
    before = contents(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert "cannot be written: " in edited(folder, "Text.", "Nytt.")["refused"]
    assert contents(folder) == before


def test_undo_takes_the_change_back_and_then_makes_it_again(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "\ufeffEtt\r\nstycke.\r\n"})
    before = (folder / PAGE).read_bytes()
    marks = marked(folder)
    mark = next(mark for mark, spot in spots(marks).items() if spot.text == "Ett stycke.")
    editor = Editor(folder, marks, "en")
    done = editor.edit(mark, "Ett stycke.", "Nytt stycke.")
    after = (folder / PAGE).read_bytes()
    undone = editor.undo(str(done["undo"]))
    assert (folder / PAGE).read_bytes() == before
    assert undone["file"] == PAGE
    editor.undo(str(undone["undo"]))
    assert (folder / PAGE).read_bytes() == after
    (folder / PAGE).write_bytes(before)
    assert "has been changed" in str(editor.undo(str(done["undo"]))["refused"])
    assert "cannot be taken back" in str(editor.undo("17x")["refused"])


def test_a_word_is_corrected_at_its_place_and_taken_back(make_course: MakeCourse) -> None:
    before = "\ufeffEtt.\r\n\r\n```choice\r\nanswrs: answrs\r\n```\r\n".encode()
    folder = make_course({PAGE: before})
    editor = Editor(folder, Marks(folder), "en")
    done = editor.correct(PAGE, 4, 1, "answrs", "answers")
    assert (folder / PAGE).read_bytes() == before.replace(b"answrs", b"answers", 1)
    assert (done["file"], done["line"]) == (PAGE, 4)
    editor.undo(str(done["undo"]))
    assert (folder / PAGE).read_bytes() == before


@pytest.mark.parametrize(("line", "column"), [(3, 1), (4, 2), (99, 1), (1, 99)])
def test_a_word_that_is_not_there_is_not_corrected(make_course: MakeCourse, line: int, column: int) -> None:
    folder = make_course({PAGE: "Ett.\n\n```choice\nanswrs: x\n```\n"})
    before = contents(folder)
    answer = Editor(folder, Marks(folder), "en").correct(PAGE, line, column, "answrs", "answers")
    assert "has been changed" in str(answer["refused"])
    assert contents(folder) == before


def test_a_word_outside_of_the_course_is_not_corrected(make_course: MakeCourse, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("answrs", "utf-8")
    answer = Editor(make_course(), Marks(make_course()), "en").correct(
        "../outside.md", 1, 1, "answrs", "answers"
    )
    assert "outside of the course" in str(answer["refused"])
    assert (tmp_path / "outside.md").read_text("utf-8") == "answrs"


def test_edits_at_the_same_time_are_all_written(make_course: MakeCourse) -> None:
    """By several editors, as of two previews of one course."""
    folder = make_course({PAGE: "".join(f"Stycke nummer {number}.\n\n" for number in range(16))})
    marks = [marked(folder) for _ in range(4)]
    editors = [Editor(folder, each, "en") for each in marks]
    found = {spot.text: mark for mark, spot in spots(marks[0]).items()}

    def edit(number: int) -> dict[str, str | int]:
        old = f"Stycke nummer {number}."
        return editors[number % 4].edit(found[old], old, f"Ändrat stycke {number}.")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(edit, range(16)))
    assert [each for each in answers if "refused" in each] == []
    assert (folder / PAGE).read_text("utf-8") == "".join(
        f"Ändrat stycke {number}.\n\n" for number in range(16)
    )


def words(data: bytes) -> list[str]:
    return re.findall(r"\w+", data.decode())


def alike(one: list[str], two: list[str]) -> int:
    """The number of words that are the same from the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))


def varied(text: str, chance: random.Random) -> str:
    """A text as an author could change it."""
    changed = text.split(" ")
    at = chance.randrange(len(changed))
    match chance.randrange(4):
        case 0:
            changed[at] = "brandlarm"
        case 1:
            changed.insert(
                at, chance.choice(["till exempel", "*", "(kl. 12)", "A&B", "a_b", 'sagt: "nu"', "#1"])
            )
        case 2 if len(changed) > 2:
            del changed[at]
        case _:
            changed.append("Mer.")
    return " ".join(changed)


def addresses(data: bytes) -> list[str]:
    """The addresses of the links in Markdown."""
    return re.findall(r"\]\([^)]*\)", data.decode())


def links_between_words(chance: random.Random, count: int) -> Iterator[str]:
    """Paragraphs of Markdown with links around some of their words, also inside of a word and around emphasis."""
    for number in range(count):
        words = [f"{word}{number}" for word in ("rök", "dörr", "larm", "trappa", "ljus", "hiss", "rum")]
        at = chance.randrange(len(words))
        to = chance.randrange(at, len(words))
        address = chance.choice(
            ["page:table", "https://example.org/rök_(a)?b=dörr", '<https://example.org/a> "En dörr"']
        )
        if chance.random() < 0.3:
            words[to] = f"**{words[to]}**"
        words[at] = f"{chance.choice(['', '(', 'o'])}[{words[at]}"
        words[to] += f"]({address}){chance.choice(['', '.', 's'])}"
        yield " ".join(words)


def has_link(folder: Path, spot: Spot) -> bool:
    """Whether a text of Markdown has a link in its block."""
    first, last = spot.lines
    lines = (folder / spot.file).read_text("utf-8").split("\n")[first:last]
    return spot.kind == "line" and any(addresses(line.encode()) for line in lines)


@pytest.mark.parametrize("count", [100, pytest.param(300, marks=pytest.mark.soak)])
def test_edits_of_the_showcase_change_their_texts_alone(tmp_path: Path, count: int) -> None:
    folder = write_showcase(tmp_path / "course", translated=True)
    with (folder / "pages/prose.md").open("a", encoding="utf-8") as page:
        page.writelines(f"\n{text}\n" for text in links_between_words(random.Random(3), 60))
    original = contents(folder)
    marks = marked(folder)
    editor = Editor(folder, marks, "en")
    chance = random.Random(17)
    texts = {mark: spot for mark, spot in spots(marks).items() if spot.text and not spot.why}
    linked = [mark for mark, spot in texts.items() if has_link(folder, spot)]
    links = 0
    undos: list[str] = []
    wanted: list[tuple[str, str]] = []
    refused = 0
    others = sorted(texts.keys() - set(linked))
    for mark in [*linked, *chance.sample(others, count + 40 - len(linked))]:
        spot = texts[mark]
        new = varied(spot.text, chance)
        before = contents(folder)
        path = folder / spot.file
        one = path.read_bytes()
        answer = editor.edit(mark, spot.text, new)
        two = path.read_bytes()
        assert {**contents(folder), path.name: b""} == {**before, path.name: b""}
        assert addresses(two) == addresses(one)
        if "refused" in answer:
            refused += 1
            assert two == one
            continue
        # The words of the file differ by words of the text.
        old_words, new_words = words(one), words(two)
        start = alike(old_words, new_words)
        end = alike(old_words[start:][::-1], new_words[start:][::-1])
        assert set(old_words[start : len(old_words) - end]) <= set(words(spot.text.encode())), spot
        assert set(new_words[start : len(new_words) - end]) <= set(words(new.encode())), spot
        links += mark in linked
        undos.append(str(answer["undo"]))
        wanted.append((spot.file, new))
        if len(wanted) == count:
            break
    # Of what could be changed, little is refused: emphasis that would be lost, a text that becomes too long.
    assert len(wanted) == count
    assert refused < 25
    # Of words that are links as a whole, some are deleted.
    assert links > 55
    build_package(folder, "scorm12", tmp_path / "build")
    found = {(spot.file, spot.text) for spot in spots(marked(folder)).values()}
    assert set(wanted) <= found
    for undo in reversed(undos):
        assert "refused" not in editor.undo(undo)
    (folder / "course.lock").unlink()
    assert contents(folder) == original
