"""Sections: a block that headings divide, as folds, steps, cards or points of time. A `:::` container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from coursepack.course.blocks.block import Shown

KINDS = ("accordion", "steps", "cards", "timeline")


@dataclass(frozen=True)
class Sections:
    """`type` is one of KINDS; `items` are pairs of heading (HTML of one line) and body (HTML), `level` is that of the
    headings.
    """

    type: str
    items: tuple[tuple[str, str], ...]
    level: int

    def view(self, _shown: Shown) -> dict[str, Any]:
        """The HTML as it is: it was cleaned when it was read."""
        items = [{"title": Markup(title), "html": Markup(body)} for title, body in self.items]
        return {"items": items, "level": self.level}
