"""Tells whether a picture is HDR, from its header: PNG and AVIF. Pillow decodes both as if they were SDR."""

from __future__ import annotations

import struct
from typing import BinaryIO

from coursepack.reading.heif import Colours, heif_colours

_HDR = (16, 18)
"""PQ and HLG (ITU-T H.273, table 3)."""


def hdr_colours(file: BinaryIO) -> Colours | None:
    """The colours of a PNG or AVIF of high dynamic range; None for every other picture."""
    file.seek(0)
    head = file.read(12)
    found = None
    if head.startswith(b"\x89PNG"):
        found = _png_colours(file)
    elif head[4:8] == b"ftyp":
        found = heif_colours(file)
    return found if found and found.transfer in _HDR else None


def _png_colours(file: BinaryIO) -> Colours | None:
    """PNG 3, 11.3.2.6: `cICP`, which comes before the pixels and takes precedence over all other colour chunks."""
    at = 8
    while True:
        file.seek(at)
        chunk = file.read(12)
        if len(chunk) < 12:
            return None
        length, kind = struct.unpack(">I4s", chunk[:8])
        if kind == b"cICP":
            return Colours(chunk[8], chunk[9])
        if kind in (b"IDAT", b"IEND"):
            return None
        at += 12 + length
