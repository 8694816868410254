"""Soft hyphens for the long words of headings, which a narrow screen would otherwise break anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from markupsafe import Markup, escape

SOFT_HYPHEN = "\u00ad"

LONG = 10
"""Letters of the shortest word that may be longer than a line: twice the text on the narrowest telephone."""

_LEAST = 4
"""Letters before and after a hyphen."""

_LONG_WORD = re.compile(rf"(?<![\w{SOFT_HYPHEN}])[^\W\d_]{{{LONG},}}(?![\w{SOFT_HYPHEN}])")


def hyphenated(text: str, language: str) -> Markup:
    """The text as HTML, with soft hyphens in its long words where the language has a dictionary.

    Each stands in an element of the class `long`, with the signs around it. As a block inside the line it is broken
    when it is too long for a line of its own, and not where half of it would fit. A word that has soft hyphens of its
    author's keeps those.
    """
    if not _LONG_WORD.search(text) or not (insert := _dictionary(language)):
        return escape(text)
    parts = []
    for part in re.split(r"(\s+)", text):
        soft = _LONG_WORD.sub(lambda word: insert(word[0], SOFT_HYPHEN), part)
        parts.append(escape(part) if soft == part else Markup('<span class="long">{}</span>').format(soft))
    return Markup("").join(parts)


@lru_cache
def _dictionary(language: str) -> Callable[[str, str], str] | None:
    # Reading one takes as long as rendering a small course.
    from pyphen import Pyphen, language_fallback  # type: ignore[import-untyped]

    name = language_fallback(language)
    return name and cast(Callable[[str, str], str], Pyphen(lang=name, left=_LEAST, right=_LEAST).inserted)
