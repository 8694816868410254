"""Prose: everything in a page that is plain Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coursepack.blocks.block import Shown


@dataclass(frozen=True, slots=True)
class Prose:
    """HTML made from the page's Markdown, cleaned; links to pages and terms are resolved."""

    html: str
    type: str = "prose"

    def view(self, _shown: Shown) -> dict[str, Any]:
        """Prose has no template: it is what it is."""
        return {"html": self.html}
