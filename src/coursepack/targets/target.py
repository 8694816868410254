"""What a target is: a standard that packages are written for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coursepack.model import Course

Files = dict[str, bytes | Path]
"""A package's files by their path in it: content in memory, or a file on disk that is streamed."""


@dataclass(frozen=True, slots=True)
class Target:
    """A standard. `extras(course, files)` returns what the standard adds to the site: its manifest."""

    name: str
    title: str
    adapter: str
    state_limit: int
    extras: Callable[[Course, Mapping[str, bytes | Path]], Files]
