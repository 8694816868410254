"""What all blocks have in common that headings divide into sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup

from coursepack.blocks.block import Shown


@dataclass(frozen=True)
class Sections:
    """`items` are pairs of heading (HTML of one line) and body (HTML), `level` is that of the headings."""

    type: ClassVar[str]

    items: tuple[tuple[str, str], ...]
    level: int

    def view(self, _shown: Shown) -> dict[str, Any]:
        """The HTML as it is: it was cleaned when it was read."""
        items = [{"title": Markup(title), "html": Markup(body)} for title, body in self.items]
        return {"items": items, "level": self.level}
