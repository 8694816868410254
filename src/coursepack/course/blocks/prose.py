"""Prose: everything in a page that is plain Markdown."""

from __future__ import annotations

from typing import Any, NamedTuple

from coursepack.course.blocks.block import Shown


class Prose(NamedTuple):
    """HTML made from the page's Markdown, cleaned; links to pages and terms are resolved."""

    html: str
    type: str = "prose"

    def view(self, _shown: Shown) -> dict[str, Any]:
        """Prose has no template: it is what it is."""
        return {"html": self.html}
