"""What a package takes on a line: bytes before the first page, and of the largest film or sound."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from coursepack.package import open_package
from coursepack.result import Built

SPEEDS = (0.4, 1.6, 10.0)
"""Megabits a second: a phone with a bad connection, a usual bad line, and an office."""

_SCRIPT = "player.js"
_PLAYED = (".mp4", ".m4v", ".webm", ".mp3", ".m4a", ".ogg", ".oga", ".opus", ".wav", ".flac", ".aac")


class Medium(NamedTuple):
    """A film or sound: its name in the package, bytes, and length in seconds, None if it is not known."""

    name: str
    size: int
    seconds: float | None

    @property
    def rate(self) -> float | None:
        """Megabits a second that suffice to play it without a pause."""
        return self.size * 8 / self.seconds / 1e6 if self.seconds else None


class Load(NamedTuple):
    """Bytes before the first page: as they are, and as a server sends them that compresses."""

    first: int
    first_compressed: int
    largest: Medium | None


def load(package: Built, lengths: Mapping[str, float]) -> Load:
    """The load of a package. `lengths` are those of films and sounds in seconds, by their paths in the course."""
    by_stem = {posixpath.splitext(src)[0].lower(): length for src, length in lengths.items()}
    with open_package(package.path) as opened:
        documents = (each for each in opened.entries if "/" not in each.name and each.name.endswith(".html"))
        # Of several units, the largest.
        document = max(documents, key=lambda each: (each.compressed, each.name))
        first = [document, *(each for each in opened.entries if each.name == _SCRIPT)]
        played = [each for each in opened.entries if each.name.lower().endswith(_PLAYED)]
    largest = max(played, key=lambda each: (each.size, each.name), default=None)
    return Load(
        sum(each.size for each in first),
        sum(each.compressed for each in first),
        largest
        and Medium(largest.name, largest.size, by_stem.get(posixpath.splitext(largest.name)[0].lower())),
    )


def seconds(size: int, speed: float) -> float:
    """How long a line of so many megabits a second needs for some bytes."""
    return size * 8 / (speed * 1e6)
