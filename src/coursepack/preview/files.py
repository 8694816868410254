"""The files of a course that the panel may ask for: none that is outside of its folder."""

from __future__ import annotations

import os
from pathlib import Path

from coursepack.reading.folder import TEXT_LIMIT
from coursepack.reading.markdown import text_of


def inside(folder: Path, file: str) -> Path | None:
    """The path of a file of a course, following links, or None when it is outside of the course's folder."""
    root = Path(os.path.realpath(folder))
    path = Path(os.path.realpath(root / file))
    return path if path.is_relative_to(root) else None


def path_in(folder: Path, file: str) -> Path | None:
    """The path of a file of a course, or None for a name that leads out of its folder or to a hidden file."""
    parts = file.split("/")
    if not file or "\0" in file or "\\" in file or any(not part or part[0] == "." for part in parts):
        return None
    return inside(folder, file)


def source_of(path: Path) -> bytes | None:
    """The bytes of a text file; None for one that is not there, too long or no text."""
    try:
        if not path.is_file() or path.stat().st_size > TEXT_LIMIT:
            return None
        data = path.read_bytes()
        text_of(data)
    except (OSError, UnicodeDecodeError):
        return None
    return data
