"""Checklist: things to tick. Ticks are neither stored nor sent. A `:::` container."""

from dataclasses import dataclass
from typing import Any, ClassVar

from coursepack.course.blocks.block import RenderContext
from coursepack.course.blocks.html import Html, Link


@dataclass(frozen=True, slots=True)
class Checklist:
    """`items` are HTML of one paragraph each; `title` may be empty."""

    type: ClassVar[str] = "checklist"

    title: str
    items: tuple[Html, ...]

    def view(self, _context: RenderContext) -> dict[str, Any]:
        """The HTML unchanged: it was cleaned when it was read."""
        return {"title": self.title, "items": self.items}

    def links(self, _context: RenderContext) -> tuple[Link, ...]:
        """None: items cannot contain links."""
        return ()
