"""Accordion: headings that fold their text. A `:::` container."""

from __future__ import annotations

from coursepack.blocks.sections import Sections


class Accordion(Sections):
    """Each section is a fold."""

    type = "accordion"
