"""Pictures: each function returns the pieces of one to pack, as runs of the file and bytes between them.

`source_type` is the IRI of the digital source type that its XMP is to have, if any.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import BinaryIO

from coursepack.archive import CHUNK, Piece
from coursepack.media.credits import BLOCK_LIMIT, exif, photoshop, xmp

_EXIF, _XMP, _PHOTOSHOP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0"
_SEGMENT_LIMIT = 65_533

_AFTER_SCAN = rb"\xff+[^\x00\xff\xd0-\xd7]"
"""A marker that ends a scan (ISO/IEC 10918-1, B.1.1.2): neither a stuffed byte nor a restart."""


def jpeg(file: BinaryIO, size: int, source_type: str = "") -> list[Piece]:
    """ISO/IEC 10918-1, B.1.1: the image, JFIF, the colour profile, and Adobe's colour transform.

    Data after the image is removed: cameras put other pictures and films there.
    """
    pieces: list[Piece] = [(0, 2)]
    at = 2
    is_changed = False
    # JFIF and Exif come first (Exif 3.0, 4.5.4).
    place_of_xmp = 1
    wanted = source_type
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
        body = file.read(length - 2) if 0xE0 <= kind <= 0xEF or kind == 0xFE else b""
        kept = _segment(kind, body, wanted) if body else None
        if kind == 0xE1 and body.startswith(_XMP):
            wanted = ""
        if kept is None:
            pieces.append((at, end - at))
        else:
            is_changed = True
            pieces.append(kept)
        if kind == 0xE0 or (kind == 0xE1 and body.startswith(_EXIF)):
            place_of_xmp = len(pieces)
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
    if wanted:
        pieces.insert(place_of_xmp, _app1(_XMP + xmp(b"", wanted)))
    return [*pieces, (at, end - at)]


def _app1(body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, 0xE1, len(body) + 2) + body


def _after_scan(file: BinaryIO, start: int, size: int) -> int:
    """The offset of the marker that ends a scan."""
    file.seek(start)
    at, last = start, b""
    while part := file.read(CHUNK):
        found = re.search(_AFTER_SCAN, last + part)
        if found:
            return at - len(last) + found.end() - 2
        at += len(part)
        last = b"\xff" if part.endswith(b"\xff") else b""
    return size


def _segment(kind: int, body: bytes, source_type: str) -> bytes | None:
    """The replacement of an application segment, or None when it is unchanged."""
    kept = b""
    if kind == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 14:
        # JFIF 1.02: the segment can hold a thumbnail, which shows the picture before it was cropped.
        kept = body[:12] + b"\0\0"
    elif kind == 0xE1 and body.startswith(_EXIF):
        kept = _prefixed(_EXIF, exif(body[len(_EXIF) :]))
    elif kind == 0xE1 and body.startswith(_XMP):
        kept = _prefixed(_XMP, xmp(body[len(_XMP) :], source_type))
        if len(kept) > _SEGMENT_LIMIT:
            kept = _prefixed(_XMP, xmp(b"", source_type))
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


def png(file: BinaryIO, size: int, source_type: str = "") -> list[Piece]:
    """PNG 5.3 and 11.3: the chunks needed to show the picture, up to its end."""
    pieces: list[Piece] = [(0, 8)]
    at = 8
    wanted = source_type
    while at + 12 <= size:
        file.seek(at)
        length, kind = struct.unpack(">L4s", file.read(8))
        end = at + 12 + length
        # A chunk whose name begins with a capital is needed to show the picture (PNG 5.4).
        if kind[:1].isupper() or kind in _PNG_KEPT:
            pieces.append((at, end - at))
        elif kind in (b"eXIf", b"tEXt", b"zTXt", b"iTXt") and length <= BLOCK_LIMIT:
            body = file.read(length)
            kept = exif(body) if kind == b"eXIf" else _png_text(kind, body, wanted)
            if kind == b"iTXt" and body.startswith(_PNG_XMP + b"\0"):
                wanted = ""
            if kept == body:
                pieces.append((at, end - at))
            elif kept:
                pieces.append(_chunk(kind, kept))
        at = end
        if kind == b"IEND":
            break
    if wanted:
        # After IHDR.
        pieces.insert(2, _chunk(b"iTXt", _png_xmp(xmp(b"", wanted))))
    return pieces


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L4s", len(body), kind) + body + struct.pack(">L", zlib.crc32(kind + body))


def _png_xmp(packet: bytes) -> bytes:
    # PNG 11.3.3.4: after the keyword, flags for no compression and no language.
    return _PNG_XMP + bytes(5) + packet


def _png_text(kind: bytes, body: bytes, source_type: str) -> bytes:
    keyword, _, rest = body.partition(b"\0")
    if keyword in _PNG_CREDITS:
        return body
    if kind != b"iTXt" or keyword != _PNG_XMP:
        return b""
    is_packed, text = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[2]
    try:
        packet = zlib.decompressobj().decompress(text, BLOCK_LIMIT) if is_packed else text
    except zlib.error:
        packet = b""
    kept = xmp(packet, source_type)
    return _png_xmp(kept) if kept else b""


_WEBP_KEPT = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP")
_WEBP_HAS = {b"EXIF": 0x08, b"XMP ": 0x04}
"""Flags of VP8X (WebP Container Specification, "Extended File Format")."""


def webp(file: BinaryIO, size: int, source_type: str = "") -> list[Piece]:
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
            kept = exif(body.removeprefix(_EXIF)) if kind == b"EXIF" else xmp(body, source_type)
            if kept == body:
                chunks.append((kind, (at, whole)))
            elif kept:
                chunks.append((kind, _riff_chunk(kind, kept)))
        at += whole
    has = {kind for kind, _ in chunks}
    if source_type and b"XMP " not in has:
        has.add(b"XMP ")
        chunks.append((b"XMP ", _riff_chunk(b"XMP ", xmp(b"", source_type))))
        if b"VP8X" not in has:
            chunks.insert(0, (b"VP8X", _webp_head(file)))
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


def _riff_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack("<4sL", kind, len(body)) + body + b"\0" * (len(body) % 2)


def _webp_head(file: BinaryIO) -> bytes:
    """The VP8X chunk of a picture of the simple format, for XMP. Raises struct.error."""
    file.seek(12)
    kind, _, body = struct.unpack("<4sL10s", file.read(18))
    if kind == b"VP8L":
        # WebP Lossless Bitstream, 4: width and height less one in 14 bits each, and whether there is alpha.
        bits = int.from_bytes(body[1:5], "little")
        width, height, alpha = bits & 0x3FFF, bits >> 14 & 0x3FFF, bits >> 28 & 1
    else:
        # RFC 6386, 9.1: width and height in 14 bits each.
        width, height = (each & 0x3FFF for each in struct.unpack_from("<HH", body, 6))
        width, height, alpha = width - 1, height - 1, 0
    flags = _WEBP_HAS[b"XMP "] | alpha << 4
    sizes = width.to_bytes(3, "little") + height.to_bytes(3, "little")
    return _riff_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + sizes)


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
