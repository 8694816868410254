"""Table: data in rows and columns that have names, with a caption. A `:::` container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup

from coursepack.course.blocks.block import Shown


@dataclass(frozen=True, slots=True)
class Table:
    """HTML made from the Markdown table, cleaned; the first cell of each row names it."""

    type: ClassVar[str] = "table"

    html: str

    def view(self, _shown: Shown) -> dict[str, Any]:
        """The HTML as it is: it was cleaned when it was read."""
        return {"html": Markup(self.html)}
