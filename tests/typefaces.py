"""A typeface made here: WOFF2 files that browsers take, whose every letter is as wide as the test says."""

from __future__ import annotations

import struct

UNITS = 1000
LETTERS = range(0x20, 0x17F)


def woff2(width: int, padding: int = 0) -> bytes:
    """A font in WOFF 2.0 with one glyph for all letters, `width` thousandths wide; `padding` bytes make it larger."""
    tables = _tables(width)
    if padding:
        tables["zzzz"] = bytes(padding)
    # WOFF 2.0, 4.1 to 4.3: header, directory (63: the tag follows; version 3 of glyf and loca: not transformed), data.
    directory = b""
    for tag, data in tables.items():
        flags = 63 | (3 << 6 if tag in ("glyf", "loca") else 0)
        directory += bytes([flags]) + tag.encode() + _base128(len(data))
    body = _brotli(b"".join(tables.values()))
    size = 48 + len(directory) + len(body)
    # Browsers want the file to end on a boundary of four bytes, as tables do.
    end = bytes(-size % 4)
    sfnt = 12 + sum(16 + (len(data) + 3) // 4 * 4 for data in tables.values())
    head = struct.pack(
        ">4sIIHHIIHHIIIII",
        *(b"wOF2", 0x00010000, size + len(end), len(tables), 0, sfnt, len(body), 1, 0),
        *(0, 0, 0, 0, 0),
    )
    return head + directory + body + end


def _base128(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def _brotli(data: bytes) -> bytes:
    """Brotli without compression (RFC 7932, 9.2): a window, meta-blocks of plain bytes, and an empty last one."""
    out, bits, count = bytearray(), 0, 0

    def put(value: int, width: int) -> None:
        nonlocal bits, count
        bits |= value << count
        count += width
        while count >= 8:
            out.append(bits & 0xFF)
            bits >>= 8
            count -= 8

    put(0, 1)  # a window of 16 bits
    for at in range(0, len(data), 0x10000):
        piece = data[at : at + 0x10000]
        put(0, 1)  # not the last
        put(0, 2)  # its length in four nibbles
        put(len(piece) - 1, 16)
        put(1, 1)  # uncompressed
        if count:
            put(0, 8 - count)
        out += piece
    put(3, 2)
    if count:
        put(0, 8 - count)
    return bytes(out)


def _tables(width: int) -> dict[str, bytes]:
    glyph = _glyph(width)
    # Glyph 0 stands for what is missing, glyph 1 for every letter.
    glyf = glyph + glyph
    loca = struct.pack(">3H", 0, len(glyph) // 2, len(glyf) // 2)
    first, last = LETTERS[0], LETTERS[-1]
    # Format 12, OpenType "cmap": one group would number its letters, so each letter is a group.
    groups = b"".join(struct.pack(">3I", letter, letter, 1) for letter in range(first, last + 1))
    count = last - first + 1
    twelve = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, count) + groups
    cmap = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + twelve
    head = struct.pack(
        ">HHIIIHHqqhhhhHHhhh",
        *(1, 0, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, 0, 0, 0, 0, width, 700, 0, 8, 2, 0, 0),
    )
    hhea = struct.pack(">HHhhhHhhhhhhhhhhhH", 1, 0, 800, -200, 0, width, 0, 0, width, 1, *([0] * 7), 2)
    maxp = struct.pack(">I14H", 0x10000, 2, 4, 1, 0, 0, 2, *([0] * 8))
    os2 = struct.pack(
        ">HhHHHhhhhhhhhhhh10sIIII4sHHHhhhHHIIhhHHH",
        *(4, width, 400, 5, 0, *([0] * 11), bytes(10), 1, 0, 0, 0, b"TEST", 0x40, first, last),
        *(800, -200, 0, 800, 200, 1, 0, 500, 700, 0, 32, 1),
    )
    post = struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0)
    words = "Test".encode("utf-16-be")
    records = b"".join(struct.pack(">6H", 3, 1, 0x409, name, len(words), 0) for name in (1, 2, 4, 6))
    name = struct.pack(">3H", 0, 4, 6 + len(records)) + records + words
    hmtx = struct.pack(">HhHh", width, 0, width, 0)
    return {
        "OS/2": os2,
        "cmap": cmap,
        "glyf": glyf,
        "head": head,
        "hhea": hhea,
        "hmtx": hmtx,
        "loca": loca,
        "maxp": maxp,
        "name": name,
        "post": post,
    }


def _glyph(width: int) -> bytes:
    """A box: one contour of four points on the curve."""
    points = [(0, 0), (0, 700), (width, 700), (width, 0)]
    head = struct.pack(">5h", 1, 0, 0, width, 700) + struct.pack(">HH", 3, 0) + bytes([1] * 4)
    xs, ys, before = b"", b"", (0, 0)
    for point in points:
        xs += struct.pack(">h", point[0] - before[0])
        ys += struct.pack(">h", point[1] - before[1])
        before = point
    data = head + xs + ys
    return data + bytes(-len(data) % 4)
