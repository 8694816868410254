"""Callout: a note, a law or a key sentence in a box. A `:::` container."""

from typing import Any, NamedTuple

from coursepack.course.blocks.block import RenderContext
from coursepack.course.blocks.html import Html, Link

KINDS = ("note", "law", "key")


class Callout(NamedTuple):
    """`kind` is one of KINDS; a key sentence has no title."""

    kind: str
    title: str
    html: Html
    type: str = "callout"

    def view(self, _context: RenderContext) -> dict[str, Any]:
        """The HTML unchanged: it was cleaned when it was read."""
        return {"kind": self.kind, "title": self.title, "html": self.html}

    def links(self, _context: RenderContext) -> tuple[Link, ...]:
        """The links in the text."""
        return self.html.links
