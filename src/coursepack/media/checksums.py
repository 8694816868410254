"""Checksums of files, by which the caches of media know what was handed in."""

from __future__ import annotations

import hashlib
from pathlib import Path


def sum_of(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Checksums(dict[Path, str]):
    """The checksums of files, each read once. Raises OSError."""

    def __missing__(self, path: Path) -> str:
        self[path] = sum_of(path)
        return self[path]
