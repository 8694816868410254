"""MP3, WAV and Ogg: what is said of a sound beside it, but for who made it, its licence, and how loud it is played."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO, NamedTuple

from coursepack.archive import Piece
from coursepack.media.credits import BLOCK_LIMIT, xmp

# ID3v2.2, 2.3 and 2.4: lead performer, band, copyright, address of the copyright, and relative volume.
_FRAMES = (b"TPE1", b"TPE2", b"TCOP", b"WCOP", b"RVA2", b"RVAD", b"TP1", b"TP2", b"TCR", b"WCP", b"RVA")
_DESCRIBED = (b"TX" + b"XX", b"TXX", b"COMM", b"COM")
_LOUDNESS = r"(?i)(replaygain|mp3gain|r128)_|itunsmpb$|itunnorm$"
"""Fields of ReplayGain and its like, and what iTunes says of the pause before and after a sound."""
_CREDITS = ("artist", "albumartist", "album artist", "performer", "copyright", "license")


def is_kept(field: str) -> bool:
    """Whether a field of comments, by its name, is a credit or tells how a sound is played."""
    return field.lower() in _CREDITS or re.match(_LOUDNESS, field) is not None


def mp3(file: BinaryIO, size: int) -> list[Piece]:
    """The frames of the sound, which tell the delay of the encoder themselves, and what is kept of the tags around."""
    pieces: list[Piece] = []
    start = 0
    while (length := _id3_length(_at(file, start, 10))) and start + length <= size:
        pieces.append(_kept(file, start, length, id3))
        start += length
    end = size
    behind: list[Piece] = []
    while end > start and (tag := _last_tag(file, start, end)):
        at, piece = tag
        behind.insert(0, piece)
        end = at
    return [*pieces, (start, end - start), *behind]


def _at(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _kept(file: BinaryIO, start: int, length: int, keep: Callable[[bytes], bytes]) -> Piece:
    """What is kept of a block of tags: the block as it is when that is all of it."""
    if length > BLOCK_LIMIT:
        return b""
    block = _at(file, start, length)
    kept = keep(block)
    return (start, length) if kept == block else kept


def _id3_length(head: bytes) -> int:
    """The length of the tag that a head begins (ID3v2.4, 3.1), or 0."""
    if head[:3] != b"ID3" or len(head) < 10 or max(head[6:10]) > 0x7F:
        return 0
    # A footer is as long as the head.
    return 10 + _synchsafe(head[6:10]) + 10 * bool(head[5] & 0x10)


def _synchsafe(data: bytes) -> int:
    return sum(byte << shift for byte, shift in zip(data, (21, 14, 7, 0), strict=True))


def id3(tag: bytes) -> bytes:
    """An ID3v2 tag with the frames that are kept, or nothing. A tag of these alone stays as it is."""
    major, flags = tag[3], tag[5]
    body = tag[10 : 10 + _synchsafe(tag[6:10])]
    if flags & 0x80 and major < 4:
        # ID3v2.3, 5: a tag contains nothing that a player could take for sound.
        body = body.replace(b"\xff\x00", b"\xff")
    if major not in (2, 3, 4) or flags & 0x40:
        # The compression of 2.2, or an extended head, which hardly any program writes.
        return b""
    frames, is_whole = _frames(body, major)
    if is_whole:
        return tag
    kept = b"".join(frames)
    length = bytes(len(kept) >> shift & 0x7F for shift in (21, 14, 7, 0))
    # In 2.4 each frame tells for itself whether it is unsynchronised.
    return tag[:5] + b"\0" + length + kept if kept else b""


def _frames(body: bytes, major: int) -> tuple[list[bytes], bool]:
    """The frames that are kept, and whether these are all."""
    kept: list[bytes] = []
    name_length, head = (3, 6) if major == 2 else (4, 10)
    at, is_whole = 0, True
    while at + head <= len(body) and body[at]:
        name = body[at : at + name_length]
        size = body[at + name_length : at + 2 * name_length]
        length = _synchsafe(size) if major == 4 else int.from_bytes(size)
        end = at + head + length
        # Frames that are compressed or encrypted (2.3, 3.3.1; 2.4, 4.1.2) are not looked into.
        is_plain = major == 2 or not body[at + 9] & (0xC0 if major == 3 else 0x0C)
        if end > len(body):
            return kept, False
        if is_plain and _is_kept_frame(name, body[at + head : end]):
            kept.append(body[at:end])
        else:
            is_whole = False
        at = end
    return kept, is_whole and not any(body[at:])


def _is_kept_frame(name: bytes, content: bytes) -> bool:
    if name not in _DESCRIBED:
        return name in _FRAMES
    described = content[1:] if name[0] == ord("T") else content[4:]
    # In Latin-1, UTF-16 or UTF-8: names of these fields are ASCII.
    text = described[:64].replace(b"\0\0", b"\n").replace(b"\0", b"" if content[:1] in b"\1\2" else b"\n")
    return re.match(_LOUDNESS, text.lstrip(b"\xff\xfe").decode("latin-1").partition("\n")[0]) is not None


def _last_tag(file: BinaryIO, start: int, end: int) -> tuple[int, Piece] | None:
    """Where the last tag behind a sound begins, and what is kept of it."""
    at = end - 128
    if at >= start and _at(file, at, 3) == b"TAG":
        return at, _kept(file, at, 128, _id3v1)
    at = end - 227
    if at >= start and _at(file, at, 4) == b"TAG+":
        return at, b""
    if end - 32 >= start and (foot := _at(file, end - 32, 32)).startswith(b"APETAGEX"):
        length, _, flags = struct.unpack_from("<LLL", foot, 12)
        length += 32 * bool(flags & 1 << 31)
        if 32 <= length <= end - start:
            return end - length, _kept(file, end - length, length, _ape)
    if end - 10 >= start and (foot := _at(file, end - 10, 10)).startswith(b"3DI"):
        length = _id3_length(b"ID3" + foot[3:])
        if 20 <= length <= end - start:
            return end - length, b""
    if end - 15 >= start and (foot := _at(file, end - 15, 15)).endswith(b"LYRICS200") and foot[:6].isdigit():
        length = int(foot[:6]) + 15
        if length <= end - start:
            return end - length, b""
    return None


def _id3v1(tag: bytes) -> bytes:
    """The artist alone."""
    artist = tag[33:63]
    return b"TAG" + bytes(30) + artist + bytes(64) + b"\xff" if artist.strip(b"\0 ") else b""


def _ape(tag: bytes) -> bytes:
    """APEv2: items of a length, flags, a name and a value."""
    has_head = bool(struct.unpack_from("<L", tag, len(tag) - 12)[0] & 1 << 31)
    body = tag[32 * has_head : -32]
    kept: list[bytes] = []
    at = 0
    while at + 9 <= len(body):
        (length,) = struct.unpack_from("<L", body, at)
        name_end = body.find(b"\0", at + 8)
        end = name_end + 1 + length
        if name_end < 0 or end > len(body):
            break
        if is_kept(body[at + 8 : name_end].decode("latin-1")):
            kept.append(body[at:end])
        at = end
    items = b"".join(kept)
    if items == body:
        return tag
    # Without a head, which may be left out.
    return items + struct.pack("<8sLLLL8x", b"APETAGEX", 2000, len(items) + 32, len(kept), 0) if kept else b""


_WAVE_KEPT = (b"fmt ", b"fact", b"data", b"wavl", b"slnt")
_INFO_KEPT = (b"IART", b"ICOP")


def wav(file: BinaryIO, size: int) -> list[Piece]:
    """RIFF WAVE: the chunks of the sound, with artist and copyright of the others."""
    pieces: list[Piece] = []
    at, is_open = 12, False
    while at + 8 <= size and not is_open:
        kind, length = struct.unpack("<4sL", _at(file, at, 8))
        # Written while it was recorded: the length of the last chunk was not known yet.
        is_open = at + 8 + length > size
        whole = size - at if is_open else 8 + length + length % 2
        whole = min(whole, size - at)
        if kind in _WAVE_KEPT or (kind == b"LIST" and _at(file, at + 8, 4) == b"wavl"):
            pieces.append((at, whole))
        elif not is_open and length <= BLOCK_LIMIT:
            block = _at(file, at + 8, length)
            kept = _chunk(kind, block)
            piece = struct.pack("<4sL", kind, len(kept)) + kept + b"\0" * (len(kept) % 2)
            pieces.append((at, whole) if kept == block else piece if kept else b"")
        at += whole
    declared = _at(file, 4, 4)
    length = 4 + sum(len(piece) if isinstance(piece, bytes) else piece[1] for piece in pieces)
    head: Piece = (0, 12)
    if not is_open and int.from_bytes(declared, "little") != length:
        head = b"RIFF" + struct.pack("<L", length) + b"WAVE"
    return [head, *pieces]


def _chunk(kind: bytes, block: bytes) -> bytes:
    if kind in (b"id3 ", b"ID3 "):
        return id3(block) if _id3_length(block[:10]) else b""
    if kind == b"_PMX":
        return xmp(block)
    if kind != b"LIST" or block[:4] != b"INFO":
        return b""
    kept = b""
    at = 4
    while at + 8 <= len(block):
        name, length = struct.unpack_from("<4sL", block, at)
        end = at + 8 + length + length % 2
        kept += block[at:end] if name in _INFO_KEPT else b""
        at = end
    return b"INFO" + kept if kept else b""


class _Page(NamedTuple):
    """A page of Ogg (RFC 3533, 6): where it starts, its stream, its flags, and the lengths of its segments."""

    start: int
    stream: bytes
    flags: int
    lengths: bytes

    @property
    def body(self) -> int:
        """Where its segments begin."""
        return self.start + 27 + len(self.lengths)

    @property
    def end(self) -> int:
        """Where the next page starts."""
        return self.body + sum(self.lengths)


_MOST_PAGES = 1000
"""Pages that are looked at for the heads of streams: the picture of a cover takes some hundred."""


def ogg(file: BinaryIO, size: int) -> list[Piece]:
    """Comments of Vorbis and Opus, overwritten where they stand, so that no page has another length or number."""
    heads: dict[bytes, bytes] = {}
    comments: dict[bytes, list[tuple[int, int]]] = {}
    pages: dict[int, _Page] = {}
    for page in _pages(file, size):
        if page.flags & 2:
            heads[page.stream] = _at(file, page.body, 8)
            continue
        if not any(stream not in comments or not _is_ended(comments[stream]) for stream in heads):
            break
        if page.stream in heads and not _is_ended(comments.get(page.stream, [])):
            runs = comments.setdefault(page.stream, [])
            at = page.body
            for length in page.lengths:
                runs.append((at, length))
                pages[page.start] = page
                at += length
                if length < 255:
                    break
    patches: dict[int, bytes] = {}
    for stream, runs in comments.items():
        length = sum(length for _, length in runs)
        if not _is_ended(runs) or length > BLOCK_LIMIT:
            continue
        packet = b"".join(_at(file, *run) for run in runs)
        kept = _comments(packet, heads[stream])
        at = 0
        for start, length in runs if kept != packet else ():
            patches[start] = kept[at : at + length]
            at += length
    return _patched(file, size, pages.values(), patches)


def _is_ended(runs: list[tuple[int, int]]) -> bool:
    return bool(runs) and runs[-1][1] < 255


def _pages(file: BinaryIO, size: int) -> Iterator[_Page]:
    at = 0
    for _ in range(_MOST_PAGES):
        head = _at(file, at, 27)
        if len(head) < 27 or not head.startswith(b"OggS"):
            return
        page = _Page(at, head[14:18], head[5], _at(file, at + 27, head[26]))
        if page.end > size:
            return
        yield page
        at = page.end


def _comments(packet: bytes, head: bytes) -> bytes:
    """A packet of comments with what is kept of them, as long as it was."""
    if head.startswith(b"\x01vorbis") and packet.startswith(b"\x03vorbis"):
        start, end = 7, b"\1"
    elif head.startswith(b"OpusHead") and packet.startswith(b"OpusTags"):
        start, end = 8, b""
    else:
        return packet
    # Vorbis I, 5.2.1; RFC 7845, 5.2: the program, then comments, each after its length.
    (length,) = struct.unpack_from("<L", packet, start)
    at = start + 4 + length
    (count,) = struct.unpack_from("<L", packet, at)
    vendor = packet[start:at]
    at += 4
    kept: list[bytes] = []
    for _ in range(count):
        (length,) = struct.unpack_from("<L", packet, at)
        comment = packet[at : at + 4 + length]
        at += 4 + length
        if is_kept(comment[4:].partition(b"=")[0].decode("latin-1")):
            kept.append(comment)
    if len(kept) == count and not any(packet[at + len(end) :]):
        return packet
    comments = packet[:start] + vendor + struct.pack("<L", len(kept)) + b"".join(kept) + end
    # Zeros behind are padding, by RFC 7845, 5.2, and as taggers write it for Vorbis.
    return comments.ljust(len(packet), b"\0")


_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _checksum(page: bytes) -> bytes:
    """RFC 3533, 6: that of zlib, with the bits of each byte in the other order, and nothing added."""
    value = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{value:032b}"[::-1], 2).to_bytes(4, "little")


def _patched(file: BinaryIO, size: int, pages: Iterable[_Page], patches: Mapping[int, bytes]) -> list[Piece]:
    """The file with patches in some of its pages, and their checksums."""
    pieces: list[Piece] = []
    at = 0
    for page in pages:
        inside = {start: data for start, data in patches.items() if page.body <= start < page.end}
        if not inside:
            continue
        data = bytearray(_at(file, page.start, page.end - page.start))
        for start, patch in inside.items():
            data[start - page.start : start - page.start + len(patch)] = patch
        data[22:26] = bytes(4)
        data[22:26] = _checksum(bytes(data))
        pieces += [(at, page.start - at), bytes(data)]
        at = page.end
    return [*pieces, (at, size - at)]
