"""Converts media to what every browser plays and shows: films, sounds and HEIC with the extra `media`.

Only `worker` and what it calls load FFmpeg or decode pictures, in a process of its own: a damaged or hostile file may
end that process, which costs an error.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def is_installed() -> bool:
    """True when the extra `media` is installed."""
    return find_spec("av") is not None


def usual_folder(course: Path) -> Path:
    """The cache of a course folder: it is beside the course."""
    return course.resolve().parent / ".coursepack" / "media"


def examinations_in(cache: Path) -> Path:
    """Where a cache has what was found in films and sounds; the folder is missing when none was examined."""
    return cache / "examined"


def looks_in(cache: Path) -> Path:
    """Where a cache has the facts of films and sounds that browsers do not open; the folder can be missing."""
    return cache / "looks"


def reads_heic() -> bool:
    """True when what reads HEIC is installed, which is in the extra `media`."""
    return find_spec("pillow_heif") is not None
