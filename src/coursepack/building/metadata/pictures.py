"""Pictures: each function returns the pieces of one to pack, as runs of the file and bytes between them."""

from __future__ import annotations

import re
import struct
import zlib
from typing import BinaryIO

from coursepack.archive import CHUNK, Piece
from coursepack.building.metadata.credits import BLOCK_LIMIT, exif, photoshop, xmp

_EXIF, _XMP, _PHOTOSHOP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0"
_SEGMENT_LIMIT = 65_533

_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
"""A marker that ends a scan (ISO/IEC 10918-1, B.1.1.2): neither a stuffed byte nor a restart."""


def jpeg(file: BinaryIO, size: int) -> list[Piece]:
    """ISO/IEC 10918-1, B.1.1: the image, JFIF, the colour profile, and Adobe's colour transform.

    Data after the image is removed: cameras put other pictures and films there.
    """
    pieces: list[Piece] = [(0, 2)]
    at = 2
    is_changed = False
    while at + 4 <= size:
        file.seek(at)
        mark, kind, length = struct.unpack(">BBH", file.read(4))
        if mark != 0xFF:
            break
        if kind == 0xFF:  # any number of fill bytes may precede a marker
            pieces.append((at, 1))
            at += 1
            continue
        if kind == 0xD9:
            break
        end = at + 2 + length
        kept = _segment(kind, file.read(length - 2)) if 0xE0 <= kind <= 0xEF or kind == 0xFE else None
        if kept is None:
            pieces.append((at, end - at))
        else:
            is_changed = True
            pieces.append(kept)
        at = end
        if kind == 0xDA:
            # A picture without metadata is not from a camera: no need to search its scans for their end.
            file.seek(size - 2)
            if not is_changed and file.read(2) == b"\xff\xd9":
                break
            after = _after_scan(file, at, size)
            pieces.append((at, after - at))
            at = after
    file.seek(at)
    end = at + 2 if is_changed and file.read(2) == b"\xff\xd9" else size
    return [*pieces, (at, end - at)]


def _after_scan(file: BinaryIO, start: int, size: int) -> int:
    """The offset of the marker that ends a scan."""
    file.seek(start)
    at, last = start, b""
    while part := file.read(CHUNK):
        found = _AFTER_SCAN.search(last + part)
        if found:
            return at - len(last) + found.end() - 2
        at += len(part)
        last = b"\xff" if part.endswith(b"\xff") else b""
    return size


def _segment(kind: int, body: bytes) -> bytes | None:
    """The replacement of an application segment, or None when it is unchanged."""
    kept = b""
    if kind == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 14:
        # JFIF 1.02: the segment can hold a thumbnail, which shows the picture before it was cropped.
        kept = body[:12] + b"\0\0"
    elif kind == 0xE1 and body.startswith(_EXIF):
        kept = _prefixed(_EXIF, exif(body[len(_EXIF) :]))
    elif kind == 0xE1 and body.startswith(_XMP):
        kept = _prefixed(_XMP, xmp(body[len(_XMP) :]))
    elif kind == 0xED and body.startswith(_PHOTOSHOP):
        kept = _prefixed(_PHOTOSHOP, photoshop(body[len(_PHOTOSHOP) :]))
    elif (kind == 0xE2 and body.startswith(b"ICC_PROFILE\0")) or (kind == 0xEE and body.startswith(b"Adobe")):
        return None
    if kept == body:
        return None
    if not kept or len(kept) > _SEGMENT_LIMIT:
        return b""
    return struct.pack(">BBH", 0xFF, kind, len(kept) + 2) + kept


def _prefixed(prefix: bytes, block: bytes) -> bytes:
    return prefix + block if block else b""


_PNG_KEPT = (
    *(b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD", b"hIST"),
    *(b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"),
)
_PNG_CREDITS = (b"Author", b"Copyright")
_PNG_XMP = b"XML:com.adobe.xmp"


def png(file: BinaryIO, size: int) -> list[Piece]:
    """PNG 5.3 and 11.3: the chunks needed to show the picture, up to its end."""
    pieces: list[Piece] = [(0, 8)]
    at = 8
    while at + 12 <= size:
        file.seek(at)
        length, kind = struct.unpack(">L4s", file.read(8))
        end = at + 12 + length
        # A chunk whose name begins with a capital is needed to show the picture (PNG 5.4).
        if kind[:1].isupper() or kind in _PNG_KEPT:
            pieces.append((at, end - at))
        elif kind in (b"eXIf", b"tEXt", b"zTXt", b"iTXt") and length <= BLOCK_LIMIT:
            body = file.read(length)
            kept = exif(body) if kind == b"eXIf" else _png_text(kind, body)
            if kept == body:
                pieces.append((at, end - at))
            elif kept:
                checksum = zlib.crc32(kind + kept)
                pieces.append(struct.pack(">L4s", len(kept), kind) + kept + struct.pack(">L", checksum))
        at = end
        if kind == b"IEND":
            break
    return pieces


def _png_text(kind: bytes, body: bytes) -> bytes:
    keyword, _, rest = body.partition(b"\0")
    if keyword in _PNG_CREDITS:
        return body
    if kind != b"iTXt" or keyword != _PNG_XMP:
        return b""
    is_packed, text = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[2]
    try:
        packet = zlib.decompressobj().decompress(text, BLOCK_LIMIT) if is_packed else text
    except zlib.error:
        return b""
    kept = xmp(packet)
    # PNG 11.3.3.4: after the keyword, flags for no compression and no language.
    return keyword + bytes(5) + kept if kept else b""


_WEBP_KEPT = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP")
_WEBP_HAS = {b"EXIF": 0x08, b"XMP ": 0x04}
"""Flags of VP8X (WebP Container Specification, "Extended File Format")."""


def webp(file: BinaryIO, size: int) -> list[Piece]:
    """WebP Container Specification: the chunks needed to show the picture, with flags for those that are left."""
    chunks: list[tuple[bytes, Piece]] = []
    file.seek(4)
    at, end = 12, min(size, 8 + int.from_bytes(file.read(4), "little"))
    while at + 8 <= end:
        file.seek(at)
        kind, length = struct.unpack("<4sL", file.read(8))
        # Some writers omit the padding byte at the end.
        whole = min(8 + length + length % 2, size - at)
        if kind in (*_WEBP_KEPT, b"VP8X"):
            chunks.append((kind, (at, whole)))
        elif kind in _WEBP_HAS and length <= BLOCK_LIMIT:
            body = file.read(length)
            kept = exif(body.removeprefix(_EXIF)) if kind == b"EXIF" else xmp(body)
            if kept == body:
                chunks.append((kind, (at, whole)))
            elif kept:
                filler = b"\0" * (len(kept) % 2)
                chunks.append((kind, struct.pack("<4sL", kind, len(kept)) + kept + filler))
        at += whole
    has = {kind for kind, _ in chunks}
    pieces: list[Piece] = []
    for kind, piece in chunks:
        if kind == b"VP8X" and isinstance(piece, tuple):
            file.seek(piece[0])
            head = file.read(piece[1])
            flags = head[8] & ~sum(_WEBP_HAS.values()) | sum(
                _WEBP_HAS[name] for name in has & _WEBP_HAS.keys()
            )
            pieces.append(head[:8] + bytes([flags]) + head[9:] if flags != head[8] else piece)
        else:
            pieces.append(piece)
    length = 4 + sum(len(piece) if isinstance(piece, bytes) else piece[1] for piece in pieces)
    file.seek(4)
    is_same = file.read(4) == length.to_bytes(4, "little")
    return [(0, 12) if is_same else b"RIFF" + length.to_bytes(4, "little") + b"WEBP", *pieces]


_GIF_APPLICATIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
"""The loop count of an animation, and the colour profile."""


def gif(file: BinaryIO, size: int) -> list[Piece]:
    """GIF 89a, appendix B: the blocks needed to show the picture, up to its trailer."""
    file.seek(10)
    flags = file.read(3)[0]
    at = 13 + _colours(flags)
    pieces: list[Piece] = [(0, at)]
    while at < size:
        file.seek(at)
        head = file.read(14)
        if head[:1] == b"!":
            start = at + 2
            is_kept = head[1] != 0xFE and (head[1] != 0xFF or head[3:14] in _GIF_APPLICATIONS)
        elif head[:1] == b",":
            start, is_kept = at + 11 + _colours(head[9]), True
        else:
            break
        end = _after_blocks(file, start)
        if is_kept:
            pieces.append((at, end - at))
        at = end
    return [*pieces, (at, min(1, size - at))]


def _colours(flags: int) -> int:
    """Bytes of a colour table, 0 without its flag."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(file: BinaryIO, start: int) -> int:
    """The end of the sub-blocks that begin at `start`."""
    at = start
    while True:
        file.seek(at)
        length = file.read(1)[0]
        at += 1 + length
        if not length:
            return at
