"""Writes a package: the same files give the same bytes, and it appears whole or not at all."""

from __future__ import annotations

import os
import stat
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, NamedTuple

CHUNK = 1 << 18
LEVEL = 4
"""Of deflate: text grows by 6 % beside level 6, in a third of its time."""

_DEFLATED = (".html", ".js", ".css", ".xml", ".xsd", ".dtd", ".svg", ".vtt", ".json", ".txt", ".csv")

# APPNOTE 4.3.7, 4.3.12, 4.3.14, 4.3.15 and 4.3.16
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_END = struct.Struct("<4s4H2LH")
_FULL, _MANY = 0xFFFFFFFF, 0xFFFF
"""What a field holds whose value stands in the zip64 field beside it."""

# APPNOTE 4.4.3.2: deflate needs 2.0, zip64 needs 4.5.
_PLAIN, _ZIP64 = 20, 45
_UNIX = 3 << 8
_UTF8 = 0x0800


class Entry(NamedTuple):
    """A file in a package: checksum, size, size in the package, method, and where its data begin."""

    crc: int
    size: int
    packed: int
    method: int
    start: int


Content = bytes | Path | Entry
"""Content in memory, a file on disk that is streamed, or an entry of the earlier package."""


def _time() -> tuple[int, int]:
    """The one time of every entry, as a zip tells it: SOURCE_DATE_EPOCH, or the first that a zip can tell."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = time.gmtime(int(epoch) if epoch.isdigit() else 0)
    year, month, day, hour, minute, second = moment[:6]
    if year < 1980:
        year, month, day, hour, minute, second = 1980, 1, 1, 0, 0, 0
    # A zip tells years 1980 to 2107, and every second second.
    return hour << 11 | minute << 5 | second // 2, (min(year, 2107) - 1980) << 9 | month << 5 | day


def _give_name(handle: int, path: Path) -> None:
    """Gives a file without a name one: linkat(2) with AT_SYMLINK_FOLLOW, as open(2) tells of O_TMPFILE."""
    handles = os.open("/proc/self/fd", os.O_RDONLY)
    try:
        os.link(str(handle), path, src_dir_fd=handles, follow_symlinks=True)
    finally:
        os.close(handles)


@contextmanager
def _aside(path: Path) -> Iterator[BinaryIO]:
    """A file to write that becomes `path` when the block ends well, and nothing when it does not.

    On Linux it has no name until it is whole, so that even a killed build leaves nothing behind.
    """
    named = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(path.parent, os.O_TMPFILE | os.O_RDWR, 0o644)
        nameless = True
    except (AttributeError, OSError):
        handle = os.open(named, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
        nameless = False
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            if nameless:
                named.unlink(missing_ok=True)
                _give_name(file.fileno(), named)
        os.replace(named, path)
    except BaseException:
        named.unlink(missing_ok=True)
        raise


def _copy(package: RawIOBase, entry: Entry, file: BinaryIO) -> None:
    """Copies an entry's data to where `file` stands. Raises OSError."""
    package.seek(entry.start)
    left = entry.packed
    for chunk in _read(package, left):
        left -= file.write(chunk)
    if left:
        raise OSError("the earlier package changed while it was read")


def _read(source: RawIOBase, left: int) -> Iterator[memoryview]:
    buffer = memoryview(bytearray(CHUNK))
    while left:
        size = source.readinto(buffer[: min(left, CHUNK)])
        if not size:
            return
        yield buffer[:size]
        left -= size


class _Writer:
    """A zip that is being written: its file, the entries so far, and who hears of the bytes."""

    def __init__(self, file: BinaryIO, earlier: RawIOBase | None, say: Callable[[int], None]) -> None:
        self.file, self.earlier, self.say = file, earlier, say
        self.time, self.date = _time()
        self.entries: dict[str, Entry] = {}

    def add(self, name: str, content: Content, size: int) -> None:
        """Writes one file, its header last: only then are checksum and size known."""
        large = size >= _FULL
        header = self.file.tell()
        start = header + _LOCAL.size + len(name.encode()) + (20 if large else 0)
        self.file.seek(start)
        if isinstance(content, Entry):
            self._again(content)
            entry = content._replace(start=start)
        elif name.endswith(_DEFLATED):
            crc, packed = self._deflated(content)
            entry = Entry(crc, size, packed, zlib.DEFLATED, start)
        else:
            entry = Entry(self._stored(content), size, size, 0, start)
        self.file.seek(header)
        self.file.write(self._header(name, entry, large))
        self.file.seek(start + entry.packed)
        self.entries[name] = entry

    def _again(self, entry: Entry) -> None:
        """Takes over an entry's data without looking at them."""
        assert self.earlier is not None
        _copy(self.earlier, entry, self.file)
        self.say(entry.size)

    def _stored(self, content: bytes | Path) -> int:
        crc = 0
        for chunk in self._chunks(content):
            crc = zlib.crc32(chunk, crc)
            self.file.write(chunk)
            self.say(len(chunk))
        return crc

    def _deflated(self, content: bytes | Path) -> tuple[int, int]:
        deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        crc = packed = 0
        for chunk in self._chunks(content):
            crc = zlib.crc32(chunk, crc)
            packed += self.file.write(deflate.compress(chunk))
            self.say(len(chunk))
        return crc, packed + self.file.write(deflate.flush())

    def _chunks(self, content: bytes | Path) -> Iterator[bytes | memoryview]:
        if isinstance(content, bytes):
            yield content
            return
        with content.open("rb", buffering=0) as source:
            yield from _read(source, sys.maxsize)

    def _header(self, name: str, entry: Entry, large: bool) -> bytes:
        extra = struct.pack("<2H2Q", 1, 16, entry.size, entry.packed) if large else b""
        raw = name.encode()
        return (
            _LOCAL.pack(
                b"PK\3\4",
                _ZIP64 if large else _PLAIN,
                0 if name.isascii() else _UTF8,
                entry.method,
                self.time,
                self.date,
                entry.crc,
                _FULL if large else entry.packed,
                _FULL if large else entry.size,
                len(raw),
                len(extra),
            )
            + raw
            + extra
        )

    def _record(self, name: str, entry: Entry) -> bytes:
        """The entry's line in the list at the zip's end."""
        raw = name.encode()
        header = entry.start - _LOCAL.size - len(raw) - (20 if entry.size >= _FULL else 0)
        values = (entry.size, entry.packed, header)
        far = b"".join(struct.pack("<Q", value) for value in values if value >= _FULL)
        extra = struct.pack("<2H", 1, len(far)) + far if far else b""
        version = _ZIP64 if far else _PLAIN
        return (
            _CENTRAL.pack(
                b"PK\1\2",
                _UNIX | version,
                version,
                0 if name.isascii() else _UTF8,
                entry.method,
                self.time,
                self.date,
                entry.crc,
                min(entry.packed, _FULL),
                min(entry.size, _FULL),
                len(raw),
                len(extra),
                0,
                0,
                0,
                (stat.S_IFREG | 0o644) << 16,
                min(header, _FULL),
            )
            + raw
            + extra
        )

    def finish(self) -> None:
        """Writes the list of files."""
        start = self.file.tell()
        count = len(self.entries)
        for name, entry in self.entries.items():
            self.file.write(self._record(name, entry))
        end = self.file.tell()
        if count >= _MANY or start >= _FULL or end - start >= _FULL:
            version = _UNIX | _ZIP64
            self.file.write(
                _END64.pack(b"PK\6\6", 44, version, _ZIP64, 0, 0, count, count, end - start, start)
            )
            self.file.write(_LOCATOR64.pack(b"PK\6\7", 0, end, 1))
        count = min(count, _MANY)
        self.file.write(
            _END.pack(b"PK\5\6", 0, 0, count, count, min(end - start, _FULL), min(start, _FULL), 0)
        )


def _size(content: Content) -> int:
    if isinstance(content, bytes):
        return len(content)
    return content.stat().st_size if isinstance(content, Path) else content.size


def write_zip(
    path: Path,
    files: Mapping[str, Content],
    progress: Callable[[int, int], None] | None = None,
    earlier: RawIOBase | None = None,
    first: str | None = None,
) -> dict[str, Entry]:
    """Writes the zip at `path`: `first` first, the rest sorted; media stored, text deflated.

    Importers find a manifest faster, and some only, when it is the first entry. Times and modes are fixed. A
    file on disk is streamed; an Entry is taken over from `earlier`, an open package. `progress(done, total)`
    hears bytes. Returns the entries. Raises OSError; an earlier file at `path` then stays as it is.
    """
    sizes = {name: _size(content) for name, content in files.items()}
    total, done = sum(sizes.values()), 0

    def say(size: int) -> None:
        nonlocal done
        done += size
        if progress:
            progress(done, total)

    with _aside(path) as file:
        writer = _Writer(file, earlier, say)
        for name in sorted(files, key=lambda n: (n != first, n)):
            before = done
            writer.add(name, files[name], sizes[name])
            if done - before != sizes[name]:
                raise OSError(f"{name} changed while it was read")
        writer.finish()
    return writer.entries


def unfold(path: Path, entries: Mapping[str, Entry], folder: Path) -> None:
    """Unpacks a zip that was written here into `folder`, which then holds nothing else. Raises OSError.

    An earlier folder stays as it is until the new one is whole.
    """
    import shutil

    aside, old = (folder.with_name(f".{folder.name}.{ending}") for ending in ("part", "old"))
    for left in (aside, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        with path.open("rb", buffering=0) as package:
            for name, entry in entries.items():
                place = aside / name
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("wb") as file:
                    if entry.method:
                        package.seek(entry.start)
                        file.write(zlib.decompress(package.read(entry.packed), -zlib.MAX_WBITS))
                    else:
                        _copy(package, entry, file)
        if os.path.lexists(folder):
            os.replace(folder, old)
        os.replace(aside, folder)
    finally:
        for left in (aside, old):
            shutil.rmtree(left, ignore_errors=True)
