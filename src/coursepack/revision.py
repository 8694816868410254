"""Renews the document when only prose was edited, without the libraries that a whole build needs.

The last build keeps of each page its Markdown, the HTML of its blocks that are not prose, and where its HTML
stands in the document. Whatever else an edit touches is left to a whole build.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from coursepack.markdown import Piece, Surroundings, Words, read_pieces


def page_kind(types: Iterable[str]) -> str:
    """What a page mostly is, by the types of its blocks: film, sound, check or text."""
    names = list(types)
    if "video" in names:
        return "film"
    if "audio" in names:
        return "sound"
    return "check" if names.count("choice") * 2 >= len(names) else "text"


class KeptPage(NamedTuple):
    """A page as it was built. `blocks`: its HTML block by block; `start`, `end`: its place in the document."""

    file: str
    text: str
    kind: str
    blocks: list[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Kept:
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


def revise(kept: Kept, document: str, texts: Mapping[str, str]) -> tuple[str, Kept] | None:
    """The document with the new texts of some pages, by id, and what to keep of it.

    None when more than prose has changed.
    """
    around = Surroundings(kept.pages.keys(), kept.terms, kept.words)
    parts: list[str] = []
    pages: dict[str, KeptPage] = {}
    done = shift = 0
    for name, page in kept.pages.items():
        blocks, text = page.blocks, page.text
        if texts.get(name, text) != text:
            text = texts[name]
            before = read_pieces(page.text, page.file, name, around)
            after = read_pieces(text, page.file, name, around)
            found = _blocks(before, after, page)
            # What was kept must be the very thing that stands in the document.
            if found is None or "".join(page.blocks) != document[page.start : page.end]:
                return None
            blocks = found
            parts += document[done : page.start], *blocks
            done = page.end
        start = page.start + shift
        end = start + sum(map(len, blocks))
        shift = end - page.end
        pages[name] = KeptPage(page.file, text, page.kind, blocks, start, end)
    parts.append(document[done:])
    return "".join(parts), Kept(pages, kept.terms, kept.words)


def _blocks(before: list[Piece] | None, after: list[Piece] | None, page: KeptPage) -> list[str] | None:
    """The HTML of an edited page's blocks: prose anew, the others as they were."""
    if before is None or after is None or len(before) != len(page.blocks):
        return None
    others = [(piece, html) for piece, html in zip(before, page.blocks, strict=True) if piece.type != "prose"]
    prose = [
        (piece.html, html) for piece, html in zip(before, page.blocks, strict=True) if piece.type == "prose"
    ]
    if (
        any(again != html for again, html in prose)
        or [piece for piece in after if piece.type != "prose"] != [piece for piece, _ in others]
        or page_kind(piece.type for piece in after) != page.kind
    ):
        return None
    rest = iter(others)
    return [piece.html if piece.type == "prose" else next(rest)[1] for piece in after]
