"""A text of a course at its place in the source, and what learners see of a line of Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from markdown_it.token import Token

from coursepack.reading.markdown_parser import PARSER

Kind = Literal["line", "title", "alt", "caption", "code", "yaml", "cue"]
"""A paragraph, heading, list item or table cell; the title of a `:::` container; alternative text and caption of a
Markdown picture; code; a value of YAML; a line of captions."""

Why = Literal["", "footnote", "link", "html", "formula", "code", "captions"]
"""Why a text is not edited in place; empty for one that can be."""

_PLAIN = {
    *("text", "softbreak", "code_inline", "em_open", "em_close", "strong_open", "strong_close"),
    *("fact_open", "fact_close", "link_open", "link_close"),
}
_WHY: dict[str, Why] = {"html_inline": "html", "formula": "formula"}


class Spot(NamedTuple):
    """A text as learners read it, on one line, and where it is.

    `line` counts from 1. `lines` are the first line of its block and the one after its last, counted from 0; for YAML,
    the first is the line of the file where the YAML begins, counted from 1. `path` leads to a value of YAML, of which
    the text is paragraph `of[0]` of `of[1]`. `nth` counts texts of the same kind that begin on the same line.
    """

    file: str
    line: int
    text: str
    kind: Kind
    why: Why = ""
    lines: tuple[int, int] = (0, 1)
    path: tuple[int | str, ...] = ()
    of: tuple[int, int] = (0, 1)
    nth: int = 0


def tokens_of(markdown: str) -> Sequence[Token]:
    """The inline tokens of a line of Markdown."""
    return PARSER.parseInline(markdown, {})[0].children or []


TAIL = r"\]\((?:\\.|[^()\\\n]|\((?:\\.|[^()\\\n])*\))*\)"
"""The end of an inline link or of a marked fact: its address, and its title (CommonMark 6.3)."""

_SPECIAL = re.compile(r"[\\`*_\[\]<&$]")


def why_fixed(markdown: str) -> Why:
    """Why a line of Markdown cannot be edited as plain text; empty where it can."""
    if not _SPECIAL.search(markdown):
        return ""
    if re.search(r"\[\^[^\]\s]+\]", markdown):
        return "footnote"
    for token in tokens_of(markdown):
        if token.type not in _PLAIN:
            return _WHY.get(token.type, "link")
    # The end of a link to a definition elsewhere on the page.
    return "link" if re.search(r"\]\[|\](?!\()(?<!\\\])", re.sub(TAIL, "", markdown)) else ""


def shown_text(markdown: str) -> str:
    """What learners read of a line of Markdown that has only text, emphasis, links and code."""
    if not _SPECIAL.search(markdown):
        return re.sub(r"[ \t\r\n]+", " ", markdown).strip()
    said = (
        " " if token.type == "softbreak" else token.content
        for token in tokens_of(markdown)
        if token.type not in ("fact_open", "fact_close")
    )
    return re.sub(r"[ \t\r\n]+", " ", "".join(said)).strip()
