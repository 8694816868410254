"""WebM: other elements point to positions in the file, so removed elements are overwritten in place."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from coursepack.archive import CHUNK, Piece
from coursepack.building.metadata.sounds import is_kept
from coursepack.media.credits import BLOCK_LIMIT

# RFC 9559, 5.1
_SEGMENT, _CLUSTER, _INFO, _TRACKS, _TAGS, _ATTACHMENTS = (
    *(0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B),
    *(0x1254C367, 0x1941A469),
)
_TRACK, _NAME = 0xAE, 0x536E
_TOLD = (0x4461, 0x7BA9, 0x7384, 0x73A4, 0x3CB923, 0x3C83AB, 0x3EB923, 0x3E83BB)
"""Of the whole: when it was made, its title, its own name and the identifier and those of files before and after it."""
_TAG, _SIMPLE, _TAG_NAME = 0x7373, 0x67C8, 0x45A3
_VOID, _CRC = 0xEC, 0xBF
"""RFC 8794, 11.3: what takes the room of an element, and the checksum that may come first in one."""

_ZEROS = bytes(CHUNK)


class _Element(NamedTuple):
    """An element: its id, where it starts, where its contents start, and where they end if that `is_length`."""

    id: int
    start: int
    body: int
    end: int
    is_length: bool = True


def pieces(file: BinaryIO, size: int) -> list[Piece]:
    """The file with empty room in place of what is left out."""
    found: list[Piece] = []
    at = 0
    for start, end, patch in _patches(file, size):
        found += [(at, start - at), *patch]
        at = end
    return [*found, (at, size - at)]


def _patches(file: BinaryIO, size: int) -> Iterator[tuple[int, int, list[Piece]]]:
    """Runs of the file, and what takes their place."""
    for each in _elements(file, 0, size):
        if not each.is_length:
            continue
        if each.id == _ATTACHMENTS:
            yield each.start, each.end, _room(each.end - each.start)
        elif each.id in (_INFO, _TRACKS, _TAGS) and each.end - each.start <= BLOCK_LIMIT:
            file.seek(each.start)
            block = file.read(each.end - each.start)
            kept = _kept(block, each)
            if kept != block:
                yield each.start, each.end, [kept]


def _elements(file: BinaryIO, at: int, end: int) -> Iterator[_Element]:
    """The top-level elements of a file: those of the segment, and of clusters of unknown size."""
    while at + 2 <= end:
        file.seek(at)
        head = file.read(12)
        wide, long = 9 - head[0].bit_length(), 9 - head[min(9 - head[0].bit_length(), 11)].bit_length()
        if wide > 4 or long > 8:
            return
        body = at + wide + long
        length = int.from_bytes(head[wide : wide + long]) & ((1 << 7 * long) - 1)
        is_open = length == (1 << 7 * long) - 1
        number = int.from_bytes(head[:wide])
        if number != _SEGMENT and not is_open and body + length > end:
            return
        yield _Element(number, at, body, end if is_open else min(body + length, end), not is_open)
        at = body if is_open or number == _SEGMENT else body + length


def _inside(block: bytes, start: int, end: int) -> Iterator[_Element]:
    """The elements of a block between two places, up to one that does not fit."""
    at = start
    while at + 2 <= end:
        wide = 9 - block[at].bit_length()
        if wide > 4 or at + wide >= end:
            return
        long = 9 - block[at + wide].bit_length()
        body = at + wide + long
        length = int.from_bytes(block[at + wide : body]) & ((1 << 7 * long) - 1)
        if long > 8 or body + length > end:
            return
        yield _Element(int.from_bytes(block[at : at + wide]), at, body, body + length)
        at = body + length


def _kept(block: bytes, whole: _Element) -> bytes:
    """An element with what is kept of it, as long as it was."""
    kept = bytearray(block)
    start = whole.body - whole.start
    inner = list(_inside(block, start, len(block)))
    for each in inner:
        _empty_inside(kept, block, whole.id, each)
    if kept == block:
        return block
    if whole.id == _TAGS and not any(each.id == _TAG and _tells(kept, each) for each in inner):
        return _void(len(block))
    _seal(kept, _Element(whole.id, 0, start, len(block)))
    return bytes(kept)


def _empty_inside(kept: bytearray, block: bytes, whole: int, each: _Element) -> None:
    """Overwrites what is not kept of an element of the info, of the tracks or of the tags."""
    inner: list[_Element] = []
    if whole == _INFO and each.id in _TOLD:
        inner = [each]
    elif whole == _TRACKS and each.id == _TRACK:
        inner = [one for one in _inside(block, each.body, each.end) if one.id == _NAME]
    elif whole == _TAGS and each.id == _TAG:
        simple = (one for one in _inside(block, each.body, each.end) if one.id == _SIMPLE)
        inner = [one for one in simple if not is_kept(_tag_name(block, one))]
    for one in inner:
        kept[one.start : one.end] = _void(one.end - one.start)
    if inner and whole != _INFO:
        _seal(kept, each)


def _seal(kept: bytearray, each: _Element) -> None:
    """Renews the checksum of an element that has one."""
    first = next(_inside(bytes(kept[: each.end]), each.body, each.end), None)
    if first and first.id == _CRC:
        kept[first.body : first.end] = zlib.crc32(kept[first.end : each.end]).to_bytes(4, "little")


def _tag_name(block: bytes, simple: _Element) -> str:
    names = (one for one in _inside(block, simple.body, simple.end) if one.id == _TAG_NAME)
    return next((block[one.body : one.end].rstrip(b"\0").decode("utf-8", "replace") for one in names), "")


def _tells(block: bytearray, tag: _Element) -> bool:
    return any(one.id == _SIMPLE for one in _inside(bytes(block[: tag.end]), tag.body, tag.end))


def _void(length: int) -> bytes:
    """An empty element of so many bytes, at least two."""
    head = (
        bytes([_VOID, 0x80 | length - 2]) if length <= 128 else bytes([_VOID, 1]) + (length - 9).to_bytes(7)
    )
    return head.ljust(length, b"\0")


def _room(length: int) -> list[Piece]:
    """The same in pieces, of which a large one takes no memory."""
    if length <= CHUNK:
        return [_void(length)]
    left = length - 9
    head = bytes([_VOID, 1]) + left.to_bytes(7)
    return [head, *[_ZEROS] * (left // CHUNK), _ZEROS[: left % CHUNK]]
