"""AVIF, MP4 and M4A: other boxes hold the offsets of boxes, so metadata is overwritten in place, not removed."""

from __future__ import annotations

import struct
from typing import BinaryIO

from coursepack.archive import Piece
from coursepack.media.credits import BLOCK_LIMIT, exif, xmp
from coursepack.reading.boxes import Box, boxes

_CREDITS = (b"cprt", b"\xa9cpy", b"\xa9ART", b"auth", b"aART")
_XMP_ID = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
"""The box `uuid` of XMP (ISO 16684-3, 1.1.4)."""
_XMP_TYPE = b"application/rdf+xml"

_Patch = tuple[int, bytes]
"""An offset and the bytes to write there."""


def pieces(file: BinaryIO, size: int) -> list[Piece]:
    """The file with patches over its metadata."""
    top = boxes(file, 0, size)
    meta = next((box for box in top if box.kind == b"meta"), None)
    patches = _items(file, meta) if meta else []
    for box in top:
        if box.kind == b"moov":
            patches += _movie(file, box)
        elif box.kind == b"udta" or (box.kind == b"uuid" and _read(file, box.body, box.body + 16) == _XMP_ID):
            patches += _freed(box)
    found: list[Piece] = []
    at = 0
    for start, data in sorted(patches):
        found += [(at, start - at), data]
        at = start + len(data)
    return [*found, (at, size - at)]


def _read(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(min(end - start, BLOCK_LIMIT))


def _freed(box: Box) -> list[_Patch]:
    """Makes a box free space (8.1.2)."""
    return [(box.start + 4, b"free"), (box.body, bytes(box.end - box.body))]


def _movie(file: BinaryIO, movie: Box) -> list[_Patch]:
    """Overwrites the metadata of a film or sound and of its tracks, except the author."""
    patches = []
    for box in boxes(file, movie.body, movie.end):
        if box.kind == b"trak":
            patches += _movie(file, box)
        elif box.kind == b"udta":
            patches += _user_data(file, box)
        elif box.kind == b"meta":
            patches += _freed(box)
    return patches


def _user_data(file: BinaryIO, data: Box) -> list[_Patch]:
    patches = []
    for box in boxes(file, data.body, data.end):
        if box.kind == b"meta":
            patches += _tags(file, box)
        elif box.kind not in _CREDITS:
            patches += _freed(box)
    return patches


def _tags(file: BinaryIO, meta: Box) -> list[_Patch]:
    """The tags of iTunes, in a box that is a full box in MP4 but not in QuickTime."""
    full = _read(file, meta.body + 4, meta.body + 8) != b"hdlr"
    inner = boxes(file, meta.body + 4 * full, meta.end)
    tags = next((box for box in inner if box.kind == b"ilst"), None)
    if tags is None or any(box.kind == b"keys" for box in inner):
        return _freed(meta)
    unwanted = (box for box in boxes(file, tags.body, tags.end) if box.kind not in _CREDITS)
    return [patch for box in unwanted for patch in _freed(box)]


def _items(file: BinaryIO, meta: Box) -> list[_Patch]:
    """The Exif and XMP items of a picture (ISO/IEC 23008-12, annex A). Its orientation is stored elsewhere."""
    inner = {box.kind: box for box in boxes(file, meta.body + 4, meta.end)}
    if b"iinf" not in inner or b"iloc" not in inner:
        return []
    kinds = _kinds(file, inner[b"iinf"])
    data = inner[b"idat"].body if b"idat" in inner else 0
    patches: list[_Patch] = []
    for number, extents in _places(file, inner[b"iloc"], data).items():
        kind = kinds.get(number)
        if not kind:
            continue
        block = b"".join(_read(file, start, start + length) for start, length in extents)
        kept = _item(kind, block)
        for start, length in extents:
            patches.append((start, kept[:length]))
            kept = kept[length:]
    return patches


def _item(kind: bytes, block: bytes) -> bytes:
    """The replacement of an item, of the same length."""
    if kind == _XMP_TYPE:
        kept = xmp(block)
        return (kept if len(kept) <= len(block) else b"").ljust(len(block))
    # ISO/IEC 23008-12, A.2.1: the offset of the TIFF header comes first.
    (place,) = struct.unpack_from(">L", block)
    kept = bytes(4) + exif(block[4 + place :])
    return (kept if len(kept) <= len(block) else b"").ljust(len(block), b"\0")


def _kinds(file: BinaryIO, info: Box) -> dict[int, bytes]:
    """The ids of items that hold metadata: `Exif`, or the type of XMP."""
    head = _read(file, info.body, info.body + 8)
    kinds = {}
    for box in boxes(file, info.body + (6 if head[0] == 0 else 8), info.end):
        entry = _read(file, box.body, box.end)
        if box.kind != b"infe" or entry[0] < 2:
            continue
        wide = entry[0] == 3
        number, _, kind = struct.unpack_from(">LH4s" if wide else ">HH4s", entry, 4)
        content = entry[12 + 2 * wide :].split(b"\0")[:2][-1]
        if kind == b"Exif":
            kinds[number] = kind
        elif kind == b"mime" and content == _XMP_TYPE:
            kinds[number] = content
    return kinds


def _places(file: BinaryIO, location: Box, data: int) -> dict[int, list[tuple[int, int]]]:
    """The extents of each item (ISO/IEC 14496-12, 8.11.3); `data` is the offset of those in `idat`."""
    table = _read(file, location.body, location.end)
    version = table[0]
    offset, length, base, index = (table[4] >> 4, table[4] & 15, table[5] >> 4, table[5] & 15)
    at = 6

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(table[at - size : at])

    places: dict[int, list[tuple[int, int]]] = {}
    for _ in range(number(4 if version == 2 else 2)):
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version else 0
        number(2)
        first = number(base)
        extents = []
        for _ in range(number(2)):
            if version:
                number(index)
            start = first + number(offset)
            extents.append((start + (data if method == 1 else 0), number(length)))
        if method < 2:
            places[item] = extents
    return places
