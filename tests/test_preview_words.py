"""The words of the preview's panel: in each language for authors, and all of them used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coursepack.languages import author_codes
from coursepack.preview.panel import panel_page, policy, words

ROOT = Path(__file__).resolve().parents[1]
PREVIEW = ROOT / "templates/preview"
SITE = "http://127.0.0.1:4321"


def leaves(values: Any, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each text with its path; the forms for one and several are two texts."""
    if isinstance(values, str):
        yield path, values
    else:
        items = values.items() if isinstance(values, dict) else enumerate(values)
        for name, value in items:
            yield from leaves(value, *path, str(name))


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("code", author_codes())
def test_each_language_has_all_words_with_the_same_values(code: str) -> None:
    english = {path: fields(text) for path, text in leaves(words("en"))}
    assert {path: fields(text) for path, text in leaves(words(code))} == english


def test_no_word_is_left_over() -> None:
    script = "".join(
        path.read_text("utf-8") for path in [PREVIEW / "panel.js", *sorted((PREVIEW / "panel").glob("*.js"))]
    )
    document = (PREVIEW / "panel.html").read_text("utf-8")
    unused = {f"script.{name}" for name in words("en")["script"] if f"words.{name}" not in script}
    unused |= {f"page.{name}" for name in words("en")["page"] if f"t.{name}" not in document}
    assert unused == set()


@pytest.mark.parametrize("code", author_codes())
def test_the_document_is_in_the_language_of_its_words(code: str) -> None:
    document = panel_page(code, token="t", site=SITE)
    assert f'<html lang="{code}" data-site="{SITE}" data-lms="">' in document
    found = re.search(r'<script type="application/json" id="words">(.*?)</script>', document, re.DOTALL)
    assert found
    assert json.loads(found[1]) == words(code)["script"]


def test_a_language_without_words_for_authors_has_english_ones() -> None:
    assert '<html lang="en"' in panel_page("fi", token="t", site=SITE)


def test_what_is_written_into_the_document_cannot_be_read_as_html() -> None:
    document = panel_page("en", token='"><script>', site='"><script>')
    assert '"><script>' not in document


def test_the_document_has_nothing_that_its_policy_forbids() -> None:
    document = panel_page("en", token="t", site=SITE)
    assert f"frame-src {SITE};" in policy(SITE)
    assert "unsafe" not in policy(SITE)
    assert not re.search(r"\bstyle=|<style|\bon\w+=|javascript:", document)
    scripts = re.findall(r"<script[^>]*>", document)
    assert scripts == [
        '<script type="application/json" id="words">',
        '<script type="module" src="/panel.js">',
    ]
