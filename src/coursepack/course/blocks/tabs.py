"""Tabs: one of a few things of the same kind is shown at a time. A `:::` container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coursepack.course.blocks.block import RenderContext
from coursepack.course.blocks.sections import Sections

MOST_TABS = 6
"""More of them are a menu, and are looked through rather than compared."""


@dataclass(frozen=True)
class Tabs(Sections):
    """`type` is `tabs`: each section is a panel. `name` begins the ids of its elements; `label` says what is chosen."""

    name: str
    label: str

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The sections, and how they are named."""
        return {**Sections.view(self, context), "name": self.name, "label": self.label}
