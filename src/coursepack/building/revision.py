"""Renews the document when only prose was edited, without the libraries that a whole build needs.

The last build keeps of each page its Markdown, the HTML of its blocks that are not prose, and where its HTML
stands in the document. Whatever else an edit touches is left to a whole build.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from coursepack.building.links import outside_links
from coursepack.reading.markdown import Piece, Surroundings, Words, read_pieces

DOCUMENT = "index.html"


QUESTIONS = frozenset(("choice", "matching", "ordering", "fill-in", "numeric", "likert", "scenario"))
"""Types of the blocks that are questions: to renew prose needs none of their models."""


def page_kind(types: Iterable[str]) -> str:
    """What a page mostly is, by the types of its blocks: scenario, film, sound, check or text."""
    names = list(types)
    if "scenario" in names:
        return "scenario"
    if "video" in names:
        return "film"
    if "audio" in names:
        return "sound"
    return "check" if sum(name in QUESTIONS for name in names) * 2 >= len(names) else "text"


class KeptPage(NamedTuple):
    """A page as it was built. `blocks`: the HTML of each, None for prose; `start`, `end`: its place."""

    file: str
    text: str
    kind: str
    blocks: list[str | None]
    start: int
    end: int


class Kept(NamedTuple):
    """The pages by id in the order of the document, and what their links and terms were resolved by."""

    pages: dict[str, KeptPage]
    terms: Mapping[str, tuple[str, str]]
    words: Words

    def __str__(self) -> str:
        return json.dumps([self.pages, self.terms, self.words], ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> Kept:
        """Reads what `str` wrote. Raises ValueError, TypeError or AttributeError when it is damaged."""
        pages, terms, words = json.loads(text)
        return cls({name: KeptPage(*page) for name, page in pages.items()}, terms, Words(*words))


def revise(kept: Kept, document: bytes, texts: Mapping[str, str]) -> tuple[bytes, Kept] | None:
    """The document with the new texts of some pages, by id, and what to keep of it.

    None when more than prose has changed.
    """
    around = Surroundings(kept.pages.keys(), kept.terms, kept.words)
    parts: list[bytes] = []
    pages: dict[str, KeptPage] = {}
    done = shift = 0
    for name, page in kept.pages.items():
        text, blocks, start, end = page.text, page.blocks, page.start + shift, page.end + shift
        if texts.get(name, text) != text:
            text = texts[name]
            before = read_pieces(page.text, page.file, name, around)
            after = read_pieces(text, page.file, name, around)
            # What was kept must make the very thing that stands in the document.
            if before is None or _html(before, page.blocks) != document[page.start : page.end]:
                return None
            again = None if after is None else _matched(before, after, page)
            if after is None or again is None:
                return None
            html = _html(after, again)
            # They stand on the page of resources too.
            if outside_links(html.decode()) != outside_links(document[page.start : page.end].decode()):
                return None
            parts += document[done : page.start], html
            done, blocks, end = page.end, again, start + len(html)
            shift = end - page.end
        pages[name] = KeptPage(page.file, text, page.kind, blocks, start, end)
    parts.append(document[done:])
    return b"".join(parts), Kept(pages, kept.terms, kept.words)


def _html(pieces: list[Piece], blocks: list[str | None]) -> bytes:
    html = (piece.html if kept is None else kept for piece, kept in zip(pieces, blocks, strict=True))
    return "".join(html).encode()


def _matched(before: list[Piece], after: list[Piece], page: KeptPage) -> list[str | None] | None:
    """The blocks of an edited page, when those that are not prose are the same and it is still of its kind."""
    others = [html for html in page.blocks if html is not None]
    if [piece for piece in before if piece.source] != [piece for piece in after if piece.source]:
        return None
    if page_kind(piece.type for piece in after) != page.kind:
        return None
    rest = iter(others)
    return [next(rest) if piece.source else None for piece in after]
