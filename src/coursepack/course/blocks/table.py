"""Table: data in named rows and columns, with a caption. A `:::` container."""

from dataclasses import dataclass
from typing import Any, ClassVar

from coursepack.course.blocks.block import RenderContext
from coursepack.course.blocks.html import Html, Link


@dataclass(frozen=True, slots=True)
class Table:
    """Cleaned HTML from the Markdown table; the first cell of each row names it."""

    type: ClassVar[str] = "table"

    html: Html

    def view(self, _context: RenderContext) -> dict[str, Any]:
        """The HTML unchanged: it was cleaned when it was read."""
        return {"html": self.html}

    def links(self, _context: RenderContext) -> tuple[Link, ...]:
        """The links in the table."""
        return self.html.links
