"""Steps: what is done or comes one after the other, numbered. A `:::` container."""

from __future__ import annotations

from coursepack.blocks.sections import Sections


class Steps(Sections):
    """Each section is a step."""

    type = "steps"
