"""Finds what a picture or a film says about its digital source type, in XMP or in a C2PA manifest."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from coursepack.reading.boxes import boxes
from coursepack.reading.media_heads import IMAGE_TYPES, jpeg_segments, suffix

# The IRI of a term of the vocabulary (https://cv.iptc.org/newscodes/digitalsourcetype/). XMP and C2PA hold it as text.
_VOCABULARY = b"cv.iptc.org/newscodes/digitalsourcetype/"
_TERM = re.compile(rb"[A-Za-z]{1,50}")
_PICTURE_LIMIT, _BOX_LIMIT = 20_000_000, 5_000_000
_FILMS = ("mp4", "m4a", "mov", "m4v")


def source_type(path: Path) -> str:
    """The first term that a picture, or an MP4 or QuickTime film, has in its metadata; empty without one.

    Raises OSError.
    """
    kind = suffix(path.name)
    if kind not in (*IMAGE_TYPES, *_FILMS):
        return ""
    with path.open("rb") as file:
        parts = _boxes(file, path.stat().st_size) if kind in _FILMS else _parts(file)
        return next(filter(None, map(_term, parts)), "")


def _parts(file: BinaryIO) -> Iterator[bytes]:
    """The application segments of a JPEG, before its pixels (ISO/IEC 10918-1, B.2.1); of others, the whole picture."""
    if file.read(2) != b"\xff\xd8":
        file.seek(0)
        yield file.read(_PICTURE_LIMIT)
        return
    for kind, start, length in jpeg_segments(file):
        if 0xE0 <= kind <= 0xEF:
            file.seek(start)
            yield file.read(max(0, length))


def _term(part: bytes) -> str:
    # Searching for a pattern would take ten times as long.
    at = part.find(_VOCABULARY)
    found = _TERM.match(part, at + len(_VOCABULARY)) if at >= 0 else None
    return found[0].decode() if found else ""


def _boxes(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The boxes that hold metadata: XMP (XMP part 3, 1.2.7) and C2PA (C2PA 2.2, A.5) are in boxes of the top level."""
    try:
        found = boxes(file, 0, size)
    except struct.error:
        return
    for box in found:
        if box.kind in (b"uuid", b"moov"):
            file.seek(box.body)
            yield file.read(min(box.end - box.body, _BOX_LIMIT))
