"""The size of a HEIC picture (ISO/IEC 23008-12), from its header."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import BinaryIO

from coursepack.reading.boxes import Box, boxes, inside

_LIMIT = 1_000_000
"""Bytes of the largest header that is read. A picture of 50 megapixels has some ten kB."""


def heif_size(file: BinaryIO) -> tuple[int, int] | None:
    """Width and height as shown of the primary item in pixels; None when the header does not tell them."""
    file.seek(0, 2)
    try:
        meta = next((box for box in boxes(file, 0, file.tell()) if box.kind == b"meta"), None)
        if meta is None or meta.end - meta.body > _LIMIT:
            return None
        file.seek(meta.body)
        data = BytesIO(file.read(meta.end - meta.body))
        # A full box: its version and flags come first (ISO/IEC 14496-12, 4.2).
        return _size(data, Box(b"meta", 0, 4, meta.end - meta.body))
    except struct.error:
        return None


def _size(file: BinaryIO, meta: Box) -> tuple[int, int] | None:
    primary, container, links = (
        inside(file, meta, *path) for path in ([b"pitm"], [b"iprp", b"ipco"], [b"iprp", b"ipma"])
    )
    if primary is None or container is None or links is None:
        return None
    head = _read(file, primary)
    item = struct.unpack(">H" if head[0] == 0 else ">L", head[4 : 8 if head[0] else 6])[0]
    properties = boxes(file, container.body, container.end)
    size: tuple[int, int] | None = None
    for number in _properties(_read(file, links), item):
        if not 1 <= number <= len(properties):
            return None
        box = properties[number - 1]
        body = _read(file, box)
        # 6.5.3, 6.5.9 and 6.5.10, in the order in which they are applied.
        if box.kind == b"ispe":
            width, height = struct.unpack(">LL", body[4:12])
            size = width, height
        elif box.kind == b"clap" and size:
            size = _clean(body)
        elif box.kind == b"irot" and size and body[0] & 1:
            size = size[::-1]
    return size if size and all(size) else None


def _clean(body: bytes) -> tuple[int, int] | None:
    """The clean aperture (ISO/IEC 14496-12, 12.1.4)."""
    width, width_of, height, height_of = struct.unpack(">4L", body[:16])
    return (round(width / width_of), round(height / height_of)) if width_of and height_of else None


def _properties(links: bytes, item: int) -> list[int]:
    """The numbers of an item's properties, from 1 (9.3.2)."""
    version, is_wide = links[0], links[3] & 1
    (entries,) = struct.unpack(">L", links[4:8])
    at = 8
    for _ in range(min(entries, _LIMIT)):
        name, count = struct.unpack_from(">HB" if version == 0 else ">LB", links, at)
        at += 3 if version == 0 else 5
        kind, mask = ("H", 0x7FFF) if is_wide else ("B", 0x7F)
        numbers = struct.unpack_from(f">{count}{kind}", links, at)
        if name == item:
            return [number & mask for number in numbers]
        at += count * (1 + is_wide)
    return []


def _read(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.body)
    return file.read(box.end - box.body)
