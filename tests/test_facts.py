"""Facts with a shelf life: the marks in texts, which learners do not see."""

from __future__ import annotations

import pytest
from test_markdown import CONTEXT, markup

from coursepack.reading.facts import Mark, take_marks, without_marks
from coursepack.reading.markdown import PageText, read_page, render_text
from coursepack.reading.yaml_validation import read_yaml


def read(text: str) -> PageText:
    return read_page(text, "p1.md", "p1", CONTEXT)


def html_of(text: str) -> str:
    page = read(text)
    assert page.problems == []
    return "".join(markup(block) for block in page.blocks)


def places(marks: list[Mark]) -> list[tuple[str | None, str, str]]:
    return [(mark.passage, mark.target, str(mark.place)) for mark in marks]


CHOICE = """```choice
id: q
question: "[375 cases](fact:JM6) were reported. What does it mean?"
answers:
  - {id: a, text: "More is found, [§ 4 [1]](fact:LAW@2026-04-30)", right: true}
  - {id: b, text: Nothing}
```
"""


@pytest.mark.parametrize(
    "text",
    [
        "The [fine is 100](fact:LAW).",
        "The **[fine](fact:LAW@2026-04-30) is** 100.",
        "The [fine *is*](fact:LAW) 100.",
        "A [word [in brackets]](fact:LAW).",
        "Text.\n\n## A [heading about prostitution](fact:LAW)",
        "- one\n- [two](fact:LAW)",
        "| a | b |\n| --- | --- |\n| [1](fact:LAW) | 2 |",
        "> [Words](fact:LAW)\n>\n> — Somebody",
        "Text.[^1]\n\n[^1]: A [note](fact:LAW)",
        "::: note\n[Two](fact:LAW) of three\n:::",
        "::: note [Two](fact:LAW) of three\nText.\n:::",
        "::: table [Cases](fact:LAW) in a year\n| a |\n| --- |\n| 1 |\n:::",
        "::: tabs\n## [One](fact:LAW)\nText.\n## Two\nText.\n:::",
        "::: checklist\n- [One](fact:LAW)\n- Two\n:::",
        "::: cards\n## [One](fact:LAW)\n[Text](fact:LAW)\n:::",
        "<b>Bold</b> and [two](fact:LAW)",
        "[Two lines\nof a passage](fact:LAW)",
    ],
)  # fmt: skip
def test_a_mark_leaves_the_page_as_it_would_be_without_it(text: str) -> None:
    bare, marks = without_marks(text)
    assert marks
    assert html_of(text) == html_of(bare)
    assert len(read(text).marks) == len(marks)


def test_a_passage_can_have_links_and_terms_in_it() -> None:
    text = "[Call [112](tel:112) in a [fire](term:fire)](fact:sos), see [two](page:p2).\n"
    assert html_of(text) == html_of("Call [112](tel:112) in a [fire](term:fire), see [two](page:p2).\n")
    assert places(read(text).marks) == [("Call 112 in a fire", "sos", "p1.md:1:46")]


def test_code_is_shown_as_it_is_written() -> None:
    page = read("Write `[passage](fact:LAW)`.\n\n::: code\n```\n[passage](fact:LAW)\n```\n:::\n")
    assert page.marks == page.problems == []
    assert "".join(map(markup, page.blocks)).count("[passage](fact:LAW)") == 2


def test_marks_know_their_places_and_what_they_say() -> None:
    page = read("One [a *b*](fact:LAW), [c](fact:LAW)\nand [d](fact:LAW@2026-04-30).\n\n- [e](fact:LAW)\n")
    assert places(page.marks) == [
        ("a b", "LAW", "p1.md:1:13"),
        ("c", "LAW", "p1.md:1:28"),
        ("d", "LAW@2026-04-30", "p1.md:2:9"),
        ("e", "LAW", "p1.md:4:7"),
    ]
    assert [(mark.source, mark.day, mark.page) for mark in page.marks[1:3]] == [
        ("LAW", None, "p1"),
        ("LAW", "2026-04-30", "p1"),
    ]


def test_the_fields_of_a_block_can_have_marks() -> None:
    page = read(f"Text.\n\n{CHOICE}")
    assert page.problems == []
    question = page.blocks[1]
    assert question.question == "375 cases were reported. What does it mean?"
    assert question.answers[0].text == "More is found, § 4 [1]"
    assert places(page.marks) == [
        ("375 cases", "JM6", "p1.md:5:24"),
        ("§ 4 [1]", "LAW@2026-04-30", "p1.md:7:45"),
    ]


def test_marks_of_yaml_are_found_in_texts_of_several_lines() -> None:
    text = "- text: >-\n    One\n    [two](fact:A) and\n    [three](fact:A)\n- [x, 'a [b](fact:B)']\n"
    source, _ = read_yaml(text, "glossary.yaml", 1)
    marks = list(take_marks(source, text))
    assert source.data == [{"text": "One two and three"}, ["x", "a b"]]
    assert places(marks) == [
        ("two", "A", "glossary.yaml:3:11"),
        ("three", "A", "glossary.yaml:4:13"),
        ("b", "B", "glossary.yaml:5:14"),
    ]


def test_a_transcript_can_have_marks() -> None:
    body, marks, problems = render_text("Call [112](fact:sos).\n", "media/a.md")
    assert body == "<p>Call 112.</p>\n"
    assert places(marks) == [("112", "sos", "media/a.md:1:12")]
    assert problems == []


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("[](fact:LAW)", "LAW"),
        ("passage](fact:LAW)", "LAW"),
        ("[a [passage](fact:LAW)", None),
        ("[the [passage](fact:LAW) here](https://example.org)", "LAW"),
        ("![alt [a](fact:LAW)](media/a.svg)", "LAW"),
        ("::: note passage](fact:LAW)\nText.\n:::", "LAW"),
        ('```reflection\nid: r\nquestion: "[](fact:LAW)"\n```', "LAW"),
    ],
)
def test_a_mark_without_a_passage_is_found(text: str, target: str | None) -> None:
    found = [mark.target for mark in read(f"Text.\n\n{text}\n").marks if mark.passage == ""]
    assert found == ([] if target is None else [target])


def test_text_without_marks_is_the_same_text() -> None:
    assert without_marks("a [b](page:c) fact: d") == ("a [b](page:c) fact: d", [])
