"""Code: lines that are shown verbatim, with an optional label. A `:::` container."""

from dataclasses import dataclass
from typing import Any, ClassVar

from coursepack.course.blocks.block import RenderContext
from coursepack.course.blocks.html import Link


@dataclass(frozen=True, slots=True)
class Code:
    """`label` names the language or the code; it can be empty."""

    type: ClassVar[str] = "code"

    label: str
    text: str

    def view(self, _context: RenderContext) -> dict[str, Any]:
        """The fields."""
        return {"label": self.label, "text": self.text}

    def links(self, _context: RenderContext) -> tuple[Link, ...]:
        """None: code is shown verbatim."""
        return ()
