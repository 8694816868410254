"""Timeline: what happened when. A `:::` container."""

from __future__ import annotations

from coursepack.blocks.sections import Sections


class Timeline(Sections):
    """Each section is a point in time, and its heading tells which."""

    type = "timeline"
