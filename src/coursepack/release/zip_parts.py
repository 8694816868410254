"""Compares a zip with the one that was expected, byte by byte, and names the parts that differ."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import Literal, NamedTuple

from coursepack.package import Package, open_package, open_regular

What = Literal[
    "header",
    "time",
    "checksum",
    "size",
    "name",
    "extra",
    "content",
    "attributes",
    "comment",
    "place",
    "end",
    "missing",
    "unknown",
    "order",
    "length",
    "before",
    "after",
    "between",
    "list",
]

_CHUNK = 1 << 18

# APPNOTE 4.3.7 and 4.3.12: the fields of a header before the name, in order, with their bytes.
_LOCAL: tuple[tuple[What, int], ...] = (
    ("header", 4 + 2 + 2 + 2),
    ("time", 2 + 2),
    ("checksum", 4),
    ("size", 4 + 4),
    ("header", 2 + 2),
)
_CENTRAL: tuple[tuple[What, int], ...] = (
    ("header", 4),
    ("attributes", 2),
    ("header", 2 + 2 + 2),
    ("time", 2 + 2),
    ("checksum", 4),
    ("size", 4 + 4),
    ("header", 2 + 2),
    ("comment", 2),
    ("place", 2),
    ("attributes", 2 + 4),
    ("place", 4),
)
_LOCAL_SIZE, _CENTRAL_SIZE = (sum(size for _, size in fields) for fields in (_LOCAL, _CENTRAL))


class Part(NamedTuple):
    """What differs, and in which entry; empty for what belongs to the whole zip."""

    what: What
    entry: str = ""


def differing_parts(expected: Path, path: Path) -> Iterator[Part]:
    """The parts in which the zip at `path`, which can be anything, differs from ours at `expected`, each once.

    Raises OSError and UnreadableError.
    """
    with (
        open_regular(expected) as file,
        open_package(expected) as ours,
        open_regular(path) as found,
        open_package(path) as package,
    ):
        length = file.seek(0, os.SEEK_END)
        expected_names, names = ([entry.name for entry in each.entries] for each in (ours, package))
        if names != expected_names and sorted(names) == sorted(expected_names):
            yield from _of_entries(ours, package)
        elif length == found.seek(0, os.SEEK_END):
            yield from dict.fromkeys(_differing(_spans(file, ours, length), file, found))
        elif _is_same(file, found, length - 2):
            # Only what follows the length of the comment is more or less.
            yield Part("comment")
        else:
            yield from _of_entries(ours, package)


def _of_entries(ours: Package, theirs: Package) -> Iterator[Part]:
    """The differences of zips of different lengths or orders, whose bytes are at other places."""
    expected, found = ([entry.name for entry in package.entries] for package in (ours, theirs))
    listed = {entry.name: entry for entry in theirs.entries}
    known = set(expected)
    parts = [Part("missing", name) for name in expected if name not in listed]
    parts += [Part("unknown", name) for name in dict.fromkeys(found) if name not in known]
    if [name for name in found if name in known] != [name for name in expected if name in listed]:
        parts.append(Part("order"))
    for entry in ours.entries:
        other = listed.get(entry.name)
        if other and (entry.crc, entry.size) != (other.crc, other.size):
            parts.append(Part("content", entry.name))
    # They can also be packed in another way, or have other bytes between them.
    yield from parts or [Part("length")]


def _differing(spans: Iterable[tuple[int, Part]], expected: FileIO, found: FileIO) -> Iterator[Part]:
    """The parts with different bytes in two files of the same length. `spans` has the length of each part, in order."""
    position = 0
    for length, part in spans:
        if not _is_same(expected, found, length, position):
            yield part
        position += length


def _is_same(one: FileIO, other: FileIO, length: int, position: int = 0) -> bool:
    while length:
        size = min(length, _CHUNK)
        if _at(one, position, size) != _at(other, position, size):
            return False
        position += size
        length -= size
    return True


def _at(file: FileIO, position: int, size: int) -> bytes:
    file.seek(position)
    return file.read(size)


def _spans(file: FileIO, package: Package, length: int) -> Iterator[tuple[int, Part]]:
    """The parts of our zip, from its first byte to its last."""
    # Its data are in the order of its list of files, without gaps.
    for entry, after in zip(package.entries, (*package.entries[1:], None), strict=True):
        name_size, extra_size = struct.unpack("<2H", _at(file, entry.start + _LOCAL_SIZE - 4, 4))
        yield from _fields(_LOCAL, entry.name, name_size, extra_size)
        yield entry.compressed, Part("content", entry.name)
        begin = entry.start + _LOCAL_SIZE + name_size + extra_size + entry.compressed
        assert after is None or after.start == begin
    position = begin
    for entry in package.entries:
        name_size, extra_size = struct.unpack("<2H", _at(file, position + 28, 4))
        yield from _fields(_CENTRAL, entry.name, name_size, extra_size)
        position += _CENTRAL_SIZE + name_size + extra_size
    yield length - position - 2, Part("end")
    yield 2, Part("comment")


def _fields(
    header: Iterable[tuple[What, int]], entry: str, name_size: int, extra_size: int
) -> Iterator[tuple[int, Part]]:
    for what, size in header:
        yield size, Part(what, entry)
    yield name_size, Part("name", entry)
    yield extra_size, Part("extra", entry)
