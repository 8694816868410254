"""Checklist: things to tick. What is ticked is kept and sent nowhere. A `:::` container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup

from coursepack.course.blocks.block import Shown


@dataclass(frozen=True, slots=True)
class Checklist:
    """`items` are HTML of one paragraph each; `title` may be empty."""

    type: ClassVar[str] = "checklist"

    title: str
    items: tuple[str, ...]

    def view(self, _shown: Shown) -> dict[str, Any]:
        """The HTML as it is: it was cleaned when it was read."""
        return {"title": self.title, "items": [Markup(item) for item in self.items]}
