"""Long words of headings can be broken where their language does, and stand whole everywhere else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import lxml.html
import pytest
from pyphen import Pyphen  # type: ignore[import-untyped]
from strategies import COURSE, PAGE, QUESTION, MakeCourse

from coursepack import TARGETS, read_course, render_site
from coursepack.languages.hyphenation import LONG, SOFT_HYPHEN, hyphenated

WORD = "Människohandel"
"""Between its parts it may be broken: människo-handel (Svenska Akademiens ordlista)."""


def shown(text: str, language: str = "sv") -> str:
    return hyphenated(text, language).replace(SOFT_HYPHEN, "|")


def test_a_long_word_is_broken_between_its_parts() -> None:
    (word,) = re.findall('<span class="long">(.*)</span>', shown(WORD))
    assert word.replace("|", "") == WORD
    assert "sko|handel" in word
    assert all(len(part) >= 2 for part in word.split("|"))
    assert "straight|for" in shown("A straightforward question", "en")


@pytest.mark.parametrize(
    "text",
    ["x" * (LONG - 1), "Kort & <gott>", "1234567890123", "Män­nisko­handel", "kunskaps_kontroll_ett", ""],
)
def test_other_words_stay(text: str) -> None:
    assert "long" not in hyphenated(text, "sv")
    assert lxml.html.fromstring(f"<p>{hyphenated(text, 'sv')}</p>").text_content() == text


@pytest.mark.parametrize("language", ["sv", "en", "eu"])
def test_words_are_broken_where_pyphen_breaks_them(language: str) -> None:
    docs = Path(__file__).parents[1] / "docs"
    words = {
        word for path in docs.rglob("*.md") for word in re.findall(r"[^\W\d_]{10,}", path.read_text("utf-8"))
    }
    assert len(words) > 300
    peer = Pyphen(lang=language, left=4, right=4)
    broken = {
        word: shown(word, language).replace('<span class="long">', "").replace("</span>", "")
        for word in words
    }
    assert broken == {word: peer.inserted(word, "|") for word in words}


def test_signs_stay_with_their_word_and_are_text() -> None:
    assert shown("Om (människohandel), <b>&").startswith('Om <span class="long">(')
    assert shown("Om (människohandel), <b>&").endswith(",</span> &lt;b&gt;&amp;")


def test_a_number_at_the_end_stays_with_the_word_before_it() -> None:
    assert shown("Kunskapskontroll spår 1").endswith("</span> spår\u00a01")
    assert shown("Kunskapskontroll del ett").endswith("</span> del ett")


def test_a_language_without_a_dictionary_is_as_it_was() -> None:
    assert hyphenated("Lääkinnällinen & kuntoutus", "fi") == "Lääkinnällinen &amp; kuntoutus"


def test_headings_have_soft_hyphens_and_nothing_else_of_a_document_has(make_course: MakeCourse) -> None:
    page = f"""\
{WORD}.

## {WORD} och *{WORD}* [{WORD}](https://example.org)

::: cards
### {WORD}
Text.
### Mer
Text.
:::

::: accordion
### {WORD} & mer
Text.
:::

{QUESTION.format(id="q-1").replace("Which?", f"{WORD}?")}"""
    course = COURSE.replace("language: en", "language: sv").replace("title: Page", f"title: {WORD}")
    files = render_site(read_course(make_course({"course.yaml": course, PAGE: page})), TARGETS["web"])
    document = lxml.html.document_fromstring(bytes(files["index.html"]))  # type: ignore[arg-type]
    soft = document.xpath(f"//*[@class='long'][contains(., '{SOFT_HYPHEN}')]")
    assert {up.tag for each in soft for up in each.iterancestors()} >= {
        "h1",
        "h2",
        "h3",
        "summary",
        "legend",
        "nav",
    }
    for each in soft:
        each.text = ""
    assert SOFT_HYPHEN not in document.text_content()
    assert not [name for each in document.iter() for name in each.attrib.values() if SOFT_HYPHEN in name]
    (data,) = document.xpath("//script[@id='course-data']")
    assert SOFT_HYPHEN not in json.dumps(json.loads(data.text), ensure_ascii=False)
