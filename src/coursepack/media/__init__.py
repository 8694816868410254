"""Converts films and sounds to what every browser plays, with the extra `media`.

Only `worker` and what it calls load FFmpeg, in a process of its own: a damaged or hostile file may end that process,
which costs an error.
"""

from __future__ import annotations

from importlib.util import find_spec


def is_installed() -> bool:
    """True when the extra `media` is installed."""
    return find_spec("av") is not None
