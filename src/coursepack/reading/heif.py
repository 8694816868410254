"""The size and the colours of a HEIC or AVIF picture (ISO/IEC 23008-12), from its header."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import BinaryIO, NamedTuple

from coursepack.reading.boxes import Box, boxes, inside

_LIMIT = 1_000_000
"""Bytes of the largest header that is read. A picture of 50 megapixels has some ten kB."""


class Colours(NamedTuple):
    """Primaries and transfer characteristics by their numbers (ITU-T H.273, tables 2 and 3)."""

    primaries: int
    transfer: int


def heif_size(file: BinaryIO) -> tuple[int, int] | None:
    """Width and height as shown of the primary item in pixels; None when the header does not tell them."""
    size: tuple[int, int] | None = None
    try:
        for kind, body in _primary(file):
            # 6.5.3, 6.5.9 and 6.5.10, in the order in which they are applied.
            if kind == b"ispe":
                width, height = struct.unpack(">LL", body[4:12])
                size = width, height
            elif kind == b"clap" and size:
                size = _clean(body)
            elif kind == b"irot" and size and body[0] & 1:
                size = size[::-1]
    except (struct.error, IndexError):
        return None
    return size if size and all(size) else None


def heif_colours(file: BinaryIO) -> Colours | None:
    """The colours of the primary item, of which a gain map only makes HDR; None when the header does not tell them."""
    with suppress(struct.error, IndexError):
        for kind, body in _primary(file):
            if kind == b"colr" and body[:4] == b"nclx":
                return Colours(*struct.unpack(">HH", body[4:8]))
    return None


def _primary(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The properties of the primary item: their kinds and contents. Raises struct.error and IndexError."""
    file.seek(0, 2)
    meta = next((box for box in boxes(file, 0, file.tell()) if box.kind == b"meta"), None)
    if meta is None or meta.end - meta.body > _LIMIT:
        return
    file.seek(meta.body)
    data = BytesIO(file.read(meta.end - meta.body))
    # A full box: its version and flags come first (ISO/IEC 14496-12, 4.2).
    whole = Box(b"meta", 0, 4, meta.end - meta.body)
    primary, container, links = (
        inside(data, whole, *path) for path in ([b"pitm"], [b"iprp", b"ipco"], [b"iprp", b"ipma"])
    )
    if primary is None or container is None or links is None:
        return
    head = _read(data, primary)
    item = struct.unpack(">H" if head[0] == 0 else ">L", head[4 : 8 if head[0] else 6])[0]
    properties = boxes(data, container.body, container.end)
    for number in _properties(_read(data, links), item):
        box = properties[number - 1]
        yield box.kind, _read(data, box)


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
