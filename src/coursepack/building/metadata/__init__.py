"""Removes personal metadata from pictures, films and sounds: where, when and with what device they were made.

Nothing is decoded: the content is copied unchanged. Orientation, colour profile, loudness, author and licence are kept,
and whether a picture is synthetic, which is added to those of which the author says it.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from coursepack.archive import Excerpt, Piece
from coursepack.building.metadata import films, pictures
from coursepack.course.blocks.block import Origin
from coursepack.course.model import Course
from coursepack.reading.media_heads import IMAGE_TYPES, MEDIA_TYPES, suffix

_TYPES = (*IMAGE_TYPES, *MEDIA_TYPES)

_EMBEDDED = rb"data:image/(?:png|jpe?g|gif|webp|avif);base64,([A-Za-z0-9+/=\s]+)(?=[\"')])"
"""A picture in a drawing (RFC 2397)."""


SOURCE_TYPES: Mapping[Origin, str] = {
    "edited": "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia",
    "synthetic": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
}
"""The term of IPTC's vocabulary (https://cv.iptc.org/newscodes/digitalsourcetype/) for origins to be disclosed."""


def origins_of(course: Course) -> dict[Path, Origin]:
    """What the author says of the origin of the files that a package holds."""
    return {course.media[src]: origin for src, origin in course.origins.items()}


def without_metadata(
    files: Mapping[str, bytes | Path],
    known: dict[Path, Path | Excerpt],
    origins: Mapping[Path, Origin] | None = None,
) -> dict[str, bytes | Path | Excerpt]:
    """The files of a package without personal metadata. `known` caches the results for other packages of the build.

    `origins` are those of pictures: their XMP tells which are edited or synthetic. Raises OSError.
    """
    found: dict[str, bytes | Path | Excerpt] = {}
    for name, content in files.items():
        found[name] = content
        if isinstance(content, Path) and suffix(content.name) in _TYPES:
            if content not in known:
                origin = (origins or {}).get(content)
                known[content] = _cleaned(content, SOURCE_TYPES.get(origin, "") if origin else "")
            found[name] = known[content]
    return found


def _cleaned(path: Path, source_type: str) -> Path | Excerpt:
    size = path.stat().st_size
    with path.open("rb") as file:
        is_drawing = suffix(path.name) == "svg"
        pieces = _drawing(file.read()) if is_drawing else pieces_of(file, size, source_type)
    return path if pieces == [(0, size)] else Excerpt(path, tuple(pieces))


def pieces_of(file: BinaryIO, size: int, source_type: str = "") -> list[Piece]:
    """The pieces of a file to pack: runs of it as (start, length), and bytes that replace others.

    A JPEG, PNG or WebP gets `source_type`, the IRI of a digital source type. A file of another kind, or a damaged one,
    is packed unchanged.
    """
    read = _reader(file.read(12), source_type)
    if read is None:
        return [(0, size)]
    try:
        pieces = _merged(read(file, size))
    except (struct.error, IndexError, ValueError):
        return [(0, size)]
    is_inside = all(isinstance(piece, bytes) or (piece[1] >= 0 and sum(piece) <= size) for piece in pieces)
    return pieces if is_inside else [(0, size)]


def _reader(head: bytes, source_type: str) -> Callable[[BinaryIO, int], list[Piece]] | None:
    """The reader of a file that begins with these bytes."""
    if head.startswith(b"\xff\xd8"):
        return partial(pictures.jpeg, source_type=source_type)
    if head.startswith(b"\x89PNG"):
        return partial(pictures.png, source_type=source_type)
    if head.startswith(b"GIF8"):
        return pictures.gif
    if head.startswith(b"RIFF") and head.endswith(b"WEBP"):
        return partial(pictures.webp, source_type=source_type)
    if head[4:8] == b"ftyp":
        return films.pieces
    # Most packages have none of these.
    from coursepack.building.metadata import matroska, sounds

    if head.startswith(b"RIFF") and head.endswith(b"WAVE"):
        return sounds.wav
    if head.startswith(b"OggS"):
        return sounds.ogg
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return matroska.pieces
    # An ID3 tag, or the eleven set bits that begin a frame of MPEG audio.
    if head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] >= b"\xe0"):
        return sounds.mp3
    return None


def _merged(pieces: list[Piece]) -> list[Piece]:
    """The same with adjacent runs joined."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, tuple) and isinstance(last, tuple) and sum(last) == piece[0]:
            merged[-1] = (last[0], last[1] + piece[1])
        elif piece and piece[1:] != (0,):
            merged.append(piece)
    return merged


def _drawing(data: bytes) -> list[Piece]:
    """The pieces of a drawing, with its embedded pictures without their metadata."""
    pieces: list[Piece] = []
    at = 0
    for found in re.finditer(_EMBEDDED, data):
        try:
            picture = base64.b64decode(found[1])
        except binascii.Error:
            continue
        kept = pieces_of(BytesIO(picture), len(picture))
        if kept == [(0, len(picture))]:
            continue
        cleaned = b"".join(
            piece if isinstance(piece, bytes) else picture[piece[0] : sum(piece)] for piece in kept
        )
        pieces += [(at, found.start(1) - at), base64.b64encode(cleaned)]
        at = found.end(1)
    return _merged([*pieces, (at, len(data) - at)])
