"""Prose: everything in a page that is plain Markdown."""

from typing import Any, NamedTuple

from coursepack.course.blocks.block import RenderContext
from coursepack.course.blocks.html import Html, Link


class Prose(NamedTuple):
    """Cleaned HTML from the page's Markdown; links to pages and terms are resolved."""

    html: Html
    type: str = "prose"

    def view(self, _context: RenderContext) -> dict[str, Any]:
        """Empty: prose has no template."""
        return {"html": self.html}

    def links(self, _context: RenderContext) -> tuple[Link, ...]:
        """The links in the text."""
        return self.html.links
