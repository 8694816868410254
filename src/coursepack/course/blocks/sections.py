"""Sections: a block that headings divide into folds, steps, cards or points in time. A `:::` container."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from coursepack.course.blocks.block import RenderContext
from coursepack.course.blocks.html import Html, Link

KINDS = ("accordion", "steps", "cards", "timeline")


@dataclass(frozen=True)
class Sections:
    """`type` is one of KINDS; `items` are pairs of heading (HTML of one line) and body (HTML), `level` is that of the
    headings.
    """

    type: str
    items: tuple[tuple[Html, Html], ...]
    level: int

    def view(self, _context: RenderContext) -> dict[str, Any]:
        """The HTML unchanged: it was cleaned when it was read."""
        items = [{"title": title, "html": body} for title, body in self.items]
        return {"items": items, "level": self.level}

    def links(self, _context: RenderContext) -> Iterator[Link]:
        """The links of each heading and its body."""
        for title, body in self.items:
            yield from title.links
            yield from body.links
