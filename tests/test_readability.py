"""LIX as Björnsson defined it in 1968: words in a sentence plus the percentage of words with more than six letters."""

from __future__ import annotations

import pytest
from strategies import fence
from test_markdown import CONTEXT

from coursepack.reading.markdown import read_page
from coursepack.reading.readability import Readability, counted, said, total, upper_bound


def counts(text: str) -> tuple[int, int, int]:
    """Words, long words and sentences of a page."""
    page = read_page(text, "p1.md", "p1", CONTEXT)
    assert page.problems == []
    return tuple(counted(said(page.blocks)))


@pytest.mark.parametrize(
    ("text", "words", "long_words", "sentences", "lix"),
    [
        # 10 / 2 + 100 * 3 / 10
        ("Barn har rätt till skydd. Socialtjänsten utreder alltid oron skyndsamt.", 10, 3, 2, 35),
        # 4 / 2 + 0
        ("Se. Du kan fråga.", 4, 0, 2, 2),
        # 8 / 1 + 100 * 2 / 8
        ("En person med erfarenhet av sex mot ersättning", 8, 2, 1, 33),
        # Six letters are not more than six.
        ("Alltid ensam. Aldrig utsatt!", 4, 0, 2, 2),
        ("Är det fara? Ring 112: någon svarar.", 7, 0, 3, 2),
        # A full stop of an abbreviation ends no sentence: 8 / 1 + 100 * 1 / 8 = 20.5
        ("Brottsbalken 6 kap. 9 § om bl.a. köp gäller.", 8, 1, 1, 21),
        ("Läs EU-direktivet från 2017–2026 på s. 12.", 8, 1, 1, 21),
        ("", 0, 0, 0, 0),
        ("§ – .", 0, 0, 0, 0),
    ],
)
def test_a_text_is_counted_as_by_hand(
    text: str, words: int, long_words: int, sentences: int, lix: int
) -> None:
    found = Readability.of(text)
    assert found == (words, long_words, sentences)
    assert found.lix == lix


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ett *kort* stycke\n\n## En rubrik om prostitution\n\nEtt till.\n", (9, 1, 3)),
        ("Två saker:\n\n- den första\n- den andra saken\n", (7, 0, 3)),
        ("Text.\n\n::: tabs\n## Ett\nEn rad.\n## Två\nEn rad.\n:::\n", (7, 0, 5)),
        ("Text.\n\n::: checklist Att göra\n- Fråga\n- Lyssna\n:::\n", (5, 0, 4)),
        ("Text.\n\n::: note En titel\nInget mer.\n:::\n", (5, 0, 3)),
        ("Text.\n\n::: table Siffror\n| a | b |\n| - | - |\n| 1 | 2 |\n:::\n", (6, 1, 6)),
        ("Text.\n\n::: code\n```\nsocialtjänsten = None\n```\n:::\n", (1, 0, 1)),
        ("A [fire](term:fire), [law](https://example.org/socialtjansten).\n", (3, 0, 1)),
        ("Text `socialtjänsten` och $`a+b`$.\n", (2, 0, 1)),
        ("Text.[^1]\n\n[^1]: En fotnot.\n", (3, 0, 2)),
    ],
    ids=["heading", "list", "tabs", "checklist", "note", "table", "code block", "links", "code", "footnote"],
)
def test_what_learners_read_of_a_page_is_counted(text: str, expected: tuple[int, int, int]) -> None:
    assert counts(text) == expected


def test_what_learners_read_of_a_question_is_counted_and_nothing_else() -> None:
    question = {
        "id": "en-lang-identifierare",
        "question": "Vad gör du?",
        "answers": [
            {"id": "a", "text": "Frågar", "right": True, "feedback": "Ja, alltid."},
            {"id": "b", "text": "Ingenting"},
        ],
    }
    image = {"src": "media/socialtjansten.svg", "alt": "En alternativtext", "caption": "En bild"}
    assert counts("Text.\n\n" + fence("choice", question)) == (8, 1, 5)
    assert counts("Text.\n\n" + fence("image", image)) == (3, 0, 2)


@pytest.mark.parametrize(
    ("text", "bound", "lix"),
    [
        # The same words: 6 in one line, and in three sentences of it.
        ("Se. Ring. Du kan alltid fråga.", 6, 2),
        ("En rad\nEn rad till\n– . –\n", 3, 3),
    ],
)
def test_a_bound_counts_lines_with_words_as_sentences(text: str, bound: int, lix: int) -> None:
    assert upper_bound(text.encode("cp1252")).lix == bound
    assert counted(text.encode("cp1252")).lix == lix


def test_texts_are_counted_as_one() -> None:
    assert total([Readability(10, 5, 1), Readability(30, 5, 9)]) == Readability(40, 10, 10)
    assert total([Readability(10, 5, 1), Readability(30, 5, 9)]).lix == 4 + 25
    assert total([]) == Readability()
