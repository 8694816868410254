"""Names what was changed in a zip of ours as far as the zip itself shows it, without the one that was expected."""

from __future__ import annotations

import os
import stat
import struct
import zlib
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from coursepack.package import (
    DEFLATED,
    MAX_ENTRIES,
    Entry,
    Package,
    UnreadableError,
    open_package,
    open_regular,
)
from coursepack.release.zip_parts import Part, What
from coursepack.rules.container import expands_too_far, overlapping_files

# APPNOTE 4.3.7, 4.3.12 and 4.3.16, without the signatures
_LOCAL = struct.Struct("<4x5H3L2H")
_CENTRAL = struct.Struct("<4x6H3L5H2L")
_END = struct.Struct("<4x4H2LH")

_CHUNK = 1 << 18
_MOST_LISTED = 24 * 1024 * 1024
# What `coursepack.archive` writes for every file: Unix, version 2.0, a regular file that all may read.
_ATTRIBUTES = (3 << 8 | 20, 0, (stat.S_IFREG | 0o644) << 16)
# After these, the data of an entry cannot be found, or their length is not known.
_WITHOUT_DATA: frozenset[What] = frozenset({"header", "place", "size", "extra"})


class _Local(NamedTuple):
    """The header before the data of an entry."""

    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name_size: int
    extra_size: int


class _Record(NamedTuple):
    """The record of an entry in the list of files."""

    made_by: int
    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name_size: int
    extra_size: int
    comment_size: int
    disk: int
    internal: int
    external: int
    offset: int


def shown_parts(path: Path) -> Iterator[Part]:
    """The parts in which the zip at `path`, which can be anything, contradicts itself or is unlike any zip of ours.

    Most fields are there twice, and all data have a checksum. What was changed together with its checksum and all
    copies does not show. Of zips for more than 4 GB, the data alone are compared. Raises OSError and UnreadableError.
    """
    with open_regular(path) as file, open_package(path) as package:
        yield from dict.fromkeys(_Zip(file, package).parts())


class _Zip:
    """A zip whose parts are compared with each other."""

    def __init__(self, file: FileIO, package: Package) -> None:
        self.file, self.package = file, package
        self.length = file.seek(0, os.SEEK_END)
        # Nothing is unpacked without end.
        self.is_sound = not package.fault and not any(expands_too_far.find(package))
        self.is_sound = self.is_sound and not any(overlapping_files.find(package))

    def parts(self) -> Iterator[Part]:
        if self.package.zip64:
            for entry in self.package.entries:
                if not self._has_data(entry):
                    yield Part("content", entry.name)
            return
        start = max(0, self.length - 22 - 0xFFFF)
        found = self._at(start, self.length - start).rfind(b"PK\5\6")
        if found < 0 or self.length - start - found < 22:
            yield Part("end")
            return
        end = start + found
        disk, list_disk, here, count, size, offset, comment = _END.unpack(self._at(end, 22))
        if comment:
            yield Part("comment")
        if end + 22 + comment < self.length:
            yield Part("after")
        shift = 0
        if offset + size != end:
            # With bytes before the zip, all places are too small by their number.
            shift = end - size - offset
            if shift > 0 and self._has(shift, b"PK\3\4") and self._has(offset + shift, b"PK\1\2"):
                yield Part("before")
            else:
                shift = 0
                yield Part("end")
                if not self._has(offset, b"PK\1\2"):
                    offset = end - size
        if disk or list_disk or here != count:
            yield Part("end")
        if offset + shift >= 0 and end - offset - shift <= _MOST_LISTED:
            yield from self._of_list(offset + shift, end, shift, count if here == count else None)

    def _of_list(self, position: int, end: int, shift: int, count: int | None) -> Iterator[Part]:
        """What differs in the files and in their list, which goes from `position` to `end`.

        `count` is the number of files that the end of the zip declares, None when it contradicts itself.
        """
        begin, after, is_known = position, shift, True
        names: list[str] = []
        number = 0
        while position + 46 <= end and number < MAX_ENTRIES:
            record = _Record(*_CENTRAL.unpack(self._at(position, 46)))
            place = record.offset + shift
            if not self._has(place, b"PK\3\4") and self._has(after, b"PK\3\4"):
                place = after
            found = self._at(place, 30)
            if len(found) < 30:
                yield Part("list")
                return
            local = _Local(*_LOCAL.unpack(found))
            # A wrong length of a name in the list would hide all that follows.
            has_lengths = self._has(position + 46 + record.name_size + record.extra_size, b"PK")
            lengths = record if has_lengths else local
            raw = self._at(position + 46, lengths.name_size)
            name = raw.decode("utf-8", "replace")
            kinds = dict.fromkeys(self._of_entry(record, local, raw, position, place, shift))
            if place > after and is_known:
                yield Part("between")
            elif place < after and is_known:
                kinds["place"] = None
            # Where another name would stand in the order is not known.
            names += [] if "name" in kinds else [name]
            is_known = not _WITHOUT_DATA & set(kinds)
            after = place + 30 + local.name_size + local.extra_size + local.packed
            if is_known and self.is_sound and number < len(self.package.entries):
                entry = self.package.entries[number]
                alike = entry._replace(
                    name=self._at(place + 30, local.name_size).decode("utf-8", "replace"), crc=local.crc
                )
                if not self._has_data(entry) and not self._has_data(alike):
                    kinds["content"] = None
            yield from (Part(kind, name) for kind in kinds)
            number += 1
            position += 46 + lengths.name_size + lengths.extra_size
            position += record.comment_size if self._has(position + record.comment_size, b"PK") else 0
        if position != end or count not in (None, number):
            yield Part("list")
        if after < begin and is_known:
            yield Part("between")
        # The first one is chosen.
        if names[1:] != sorted(names[1:]):
            yield Part("order")

    def _of_entry(
        self, record: _Record, local: _Local, raw: bytes, position: int, place: int, shift: int
    ) -> Iterator[What]:
        """What differs between the two headers of an entry, or is unlike any entry of ours."""
        if not self._has(position, b"PK\1\2") or not self._has(place, b"PK\3\4"):
            yield "header"
        if (
            record[1:4] != local[:3]
            or record[9:11] != local[8:]
            or (local.version, local.flags & ~0x800) != (20, 0)
        ):
            yield "header"
        if record[4:6] != local[3:5]:
            yield "time"
        if record.crc != local.crc:
            yield "checksum"
        if record[7:9] != local[6:8]:
            yield "size"
        if record.name_size == local.name_size and self._at(place + 30, local.name_size) != raw:
            yield "name"
        if record.extra_size and record.extra_size == local.extra_size:
            yield "extra"
        if record.comment_size:
            yield "comment"
        if (record.made_by, record.internal, record.external) != _ATTRIBUTES:
            yield "attributes"
        if record.disk or record.offset + shift != place:
            yield "place"

    def _has_data(self, entry: Entry) -> bool:
        try:
            self.package.verify(entry)
        except UnreadableError:
            return False
        return entry.method != DEFLATED or self._ends(entry)

    def _ends(self, entry: Entry) -> bool:
        """Whether compressed data, which have the right checksum, end where the entry does."""
        decoder = zlib.decompressobj(-zlib.MAX_WBITS)
        self.file.seek(entry.end - entry.compressed)
        left = entry.compressed
        while left and not decoder.eof:
            data = self.file.read(min(left, _CHUNK))
            left -= len(data)
            while data and not decoder.eof:
                decoder.decompress(data, _CHUNK)
                data = decoder.unconsumed_tail
        return decoder.eof and not left and not decoder.unused_data

    def _has(self, position: int, start: bytes) -> bool:
        return position >= 0 and self._at(position, len(start)) == start

    def _at(self, position: int, size: int) -> bytes:
        self.file.seek(position)
        return self.file.read(size)
