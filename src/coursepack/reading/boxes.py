"""The boxes of MP4, M4A and AVIF files (ISO/IEC 14496-12, 4.2)."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

LIMIT = 1000
"""Boxes that are read in one container; fragmented films have more, without new information."""


class Box(NamedTuple):
    """A box: its kind, its start, and the start and end of its contents."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes(file: BinaryIO, start: int, end: int) -> list[Box]:
    """The boxes between two offsets, up to one that does not fit. Raises struct.error when bytes are missing."""
    found: list[Box] = []
    at = start
    while at + 8 <= end and len(found) < LIMIT:
        file.seek(at)
        size, kind = struct.unpack(">L4s", file.read(8))
        body = at + 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            body += 8
        stop = end if size == 0 else at + size
        if stop < body or stop > end:
            break
        found.append(Box(kind, at, body, stop))
        at = stop
    return found


def inside(file: BinaryIO, box: Box, *path: bytes) -> Box | None:
    """The first box at a path of kinds inside a box."""
    found: Box | None = box
    for kind in path:
        if found is None:
            return None
        found = next((each for each in boxes(file, found.body, found.end) if each.kind == kind), None)
    return found
