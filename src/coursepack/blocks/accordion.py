"""Accordion: headings that fold their text. A `:::` container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from coursepack.blocks.block import Shown


@dataclass(frozen=True, slots=True)
class Accordion:
    """`items` are pairs of heading (HTML of one line) and body (HTML)."""

    items: tuple[tuple[str, str], ...]
    type: str = "accordion"

    def view(self, _shown: Shown) -> dict[str, Any]:
        """The HTML as it is: it was cleaned when it was read."""
        return {"items": [{"title": Markup(title), "html": Markup(body)} for title, body in self.items]}
