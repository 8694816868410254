"""Tabs: a few things of the same kind, one shown at a time. A `:::` container."""

from dataclasses import dataclass
from typing import Any

from coursepack.course.blocks.block import RenderContext
from coursepack.course.blocks.sections import Sections

MOST_TABS = 6
"""More of them would be a menu, for browsing rather than comparing."""


@dataclass(frozen=True)
class Tabs(Sections):
    """`type` is `tabs`: each section is a panel. `name` is the prefix of ids; `label` is the name of the tab list."""

    name: str
    label: str

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The sections, with their names."""
        return {**Sections.view(self, context), "name": self.name, "label": self.label}
