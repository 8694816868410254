"""Cards: a few things of the same kind, side by side where there is room. A `:::` container."""

from __future__ import annotations

from coursepack.blocks.sections import Sections


class Cards(Sections):
    """Each section is a card."""

    type = "cards"
