"""Writes packages, reproducibly and atomically."""

from __future__ import annotations

import os
import stat
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, NamedTuple

from coursepack.atomic import BINARY, temporary_path
from coursepack.out_folder import OutFolder
from coursepack.source_date import FIRST, source_date

CHUNK = 1 << 18
LEVEL = 4
"""Deflate level: 6 % larger than level 6, in a third of the time."""

_DEFLATED = (".html", ".js", ".css", ".xml", ".xsd", ".dtd", ".svg", ".vtt", ".json", ".txt", ".csv")

# APPNOTE 4.3.7, 4.3.12, 4.3.14, 4.3.15 and 4.3.16
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_END = struct.Struct("<4s4H2LH")
_FULL, _MANY = 0xFFFFFFFF, 0xFFFF
"""The value of a field that is moved to the zip64 extra field."""

# APPNOTE 4.4.3.2: deflate needs 2.0, zip64 needs 4.5.
_PLAIN, _ZIP64 = 20, 45
_UNIX = 3 << 8
_UTF8 = 0x0800


class Entry(NamedTuple):
    """A file in a package: checksum, size, compressed size, method, and start of its data."""

    crc: int
    size: int
    packed: int
    method: int
    start: int


class Stream(NamedTuple):
    """A file with a custom open function, which can raise OSError, and its size in bytes."""

    size: int
    open: Callable[[], RawIOBase]


Piece = bytes | tuple[int, int]
"""Bytes, or a run of a file as (start, length)."""


class Excerpt(NamedTuple):
    """Pieces of a file on disk, in order."""

    path: Path
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        """Bytes of all pieces."""
        return sum(len(piece) if isinstance(piece, bytes) else piece[1] for piece in self.pieces)

    def chunks(self) -> Iterator[bytes | memoryview]:
        """The pieces in order. Raises OSError."""
        with self.path.open("rb", buffering=0) as file:
            for piece in self.pieces:
                if isinstance(piece, bytes):
                    yield piece
                else:
                    file.seek(piece[0])
                    yield from _read(file, piece[1])


Content = bytes | Path | Excerpt | Entry | Stream
"""Bytes, a file on disk, pieces of a file, a stream, or an entry of the earlier package."""


def source_of(content: object) -> Path | None:
    """The file on disk that content is read from, or None."""
    path = content.path if isinstance(content, Excerpt) else content
    return path if isinstance(path, Path) else None


def _time() -> tuple[int, int]:
    """The time of all entries in zip format: SOURCE_DATE_EPOCH, or the first second of 1980.

    Raises OSError when it is not an integer.
    """
    year, month, day, hour, minute, second = time.gmtime(source_date() or FIRST)[:6]
    # Times in zips have a resolution of two seconds.
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


def _give_name(handle: int, path: Path) -> None:
    """Names an unnamed file: linkat(2) with AT_SYMLINK_FOLLOW, see O_TMPFILE in open(2)."""
    handles = os.open("/proc/self/fd", os.O_RDONLY)
    try:
        os.link(str(handle), path, src_dir_fd=handles, follow_symlinks=True)
    finally:
        os.close(handles)


@contextmanager
def _aside(path: Path, work: Path) -> Iterator[BinaryIO]:
    """A file that becomes `path` when the block succeeds, and is discarded when it fails.

    On Linux it has no name until it is complete, so that even a killed build leaves nothing behind. Elsewhere, it has a
    unique name in `work`.
    """
    named = temporary_path(work)
    try:
        handle = os.open(work, os.O_TMPFILE | os.O_RDWR, 0o644)
        nameless = True
    except (AttributeError, OSError):
        # open(2): O_EXCL follows no links and fails if the path exists.
        handle = os.open(named, os.O_RDWR | os.O_CREAT | os.O_EXCL | BINARY, 0o644)
        nameless = False
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            if nameless:
                _give_name(file.fileno(), named)
        os.replace(named, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(named)
        raise


def _copy(package: RawIOBase, entry: Entry, file: BinaryIO) -> None:
    """Copies the data of an entry to the current position of `file`. Raises OSError."""
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
    """Writes a zip and, optionally, a folder with the same files unpacked."""

    def __init__(self, file: BinaryIO, folder: Path | None, earlier: RawIOBase | None) -> None:
        self.file, self.folder, self.earlier = file, folder, earlier
        self.time, self.date = _time()
        self.entries: dict[str, Entry] = {}
        self.header = 0

    def begin(self, name: str, size: int) -> int:
        """Reserves space for the header of a file, which is written when checksum and size are known."""
        self.header = self.file.tell()
        start = self.header + _LOCAL.size + len(name.encode()) + (20 if size >= _FULL else 0)
        self.file.seek(start)
        return start

    def end(self, name: str, entry: Entry) -> None:
        """Writes the header of the last file."""
        self.file.seek(self.header)
        self.file.write(self._header(name, entry, entry.size >= _FULL))
        self.file.seek(entry.start + entry.packed)
        self.entries[name] = entry

    def reuse(self, name: str, entry: Entry) -> None:
        """Copies a file of the earlier package without decompressing it."""
        assert self.earlier is not None
        start = self.begin(name, entry.size)
        _copy(self.earlier, entry, self.file)
        self.end(name, entry._replace(start=start))
        if self.folder:
            with self.unpacked(name).open("wb") as file:
                if entry.method:
                    self.earlier.seek(entry.start)
                    file.write(zlib.decompress(self.earlier.read(entry.packed), -zlib.MAX_WBITS))
                else:
                    _copy(self.earlier, entry, file)

    def unpacked(self, name: str) -> Path:
        """The path of a file in the folder. Creates its parents."""
        assert self.folder is not None
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

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
        """The record of an entry in the central directory."""
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
        """Writes the central directory."""
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


class Output(NamedTuple):
    """A package to write: the zip at `path`, and optionally `folder` with the same files unpacked.

    `first` names the first entry: importers find a manifest faster there, and some find it only there.
    Entries among the files are copied from `earlier`, an open package. `out` is the locked output folder;
    `folder` requires it.
    """

    path: Path
    files: Mapping[str, Content]
    first: str | None = None
    earlier: RawIOBase | None = None
    folder: Path | None = None
    out: OutFolder | None = None

    @property
    def size(self) -> int:
        """Bytes of all files. Raises OSError."""
        return sum(map(content_size, self.files.values()))


class _Run:
    """Writes one output, completely or not at all. A failure is recorded and does not affect other outputs."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.stack = ExitStack()
        self.writer: _Writer | None = None
        self.failure: OSError | None = None
        with self.recording():
            work = output.out.work() if output.out else output.path.parent
            file = self.stack.enter_context(_aside(output.path, work))
            folder = None
            if output.folder:
                assert output.out
                folder = self.stack.enter_context(_folder_aside(output.folder, output.out))
            self.writer = _Writer(file, folder, output.earlier)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Ends the run and cleans up when the block fails. Records an OSError; re-raises other exceptions."""
        try:
            yield
        except BaseException as error:
            self.writer = None
            with suppress(type(error)):
                self.stack.__exit__(type(error), error, error.__traceback__)
            if not isinstance(error, OSError):
                raise
            self.failure = error

    def finish(self) -> dict[str, Entry] | OSError:
        """Writes the central directory and names the output. Returns its entries, or the error."""
        entries: dict[str, Entry] = {}
        with self.recording():
            if self.writer:
                self.writer.finish()
                self.stack.close()
                entries = self.writer.entries
        return self.failure or entries


def write_zips(
    outputs: Sequence[Output], progress: Callable[[int, int], None] | None = None
) -> list[dict[str, Entry] | OSError]:
    """Writes several packages at once: a file on disk that they share is read and deflated once.

    The first entry comes first, the rest sorted; media are stored, text is deflated; times and modes are
    fixed. `progress(done, total)` counts bytes. Returns the entries of each output, or the error that prevented it;
    an earlier file at its path is then unchanged.
    """
    runs = [_Run(output) for output in outputs]
    sizes = [{name: content_size(content) for name, content in output.files.items()} for output in outputs]
    total, done = sum(size for each in sizes for size in each.values()), 0

    def advance(size: int) -> None:
        nonlocal done
        done += size
        if progress:
            progress(done, total)

    try:
        for run in runs:
            if run.output.first is not None:
                _add([run], run.output.first, advance)
        for name in sorted({name for output in outputs for name in output.files}):
            takers = [run for run in runs if name in run.output.files and name != run.output.first]
            contents = {run.output.files[name] for run in takers}
            together = len(contents) == 1 and source_of(next(iter(contents))) is not None
            for group in [takers] if together else [[run] for run in takers]:
                _add(group, name, advance)
    except BaseException as error:
        for run in runs:
            with suppress(type(error)), run.recording():
                raise error
        raise
    return [run.finish() for run in runs]


def _add(runs: Sequence[_Run], name: str, advance: Callable[[int], None]) -> None:
    """Adds a file with the same content to all runs that have not failed."""
    content = runs[0].output.files[name]
    if isinstance(content, Entry):
        for run in runs:
            with run.recording():
                if run.writer:
                    run.writer.reuse(name, content)
        advance(content.size * len(runs))
    else:
        try:
            _stream(runs, name, content, advance)
        except OSError as error:
            for run in runs:
                with run.recording():
                    raise error


def _stream(
    runs: Sequence[_Run], name: str, content: bytes | Path | Excerpt | Stream, advance: Callable[[int], None]
) -> None:
    """Writes a file to several runs. Raises OSError when it cannot be read, or changes while it is read."""
    size = content_size(content)
    starts = {}
    with ExitStack() as folders:
        sinks = {}
        for run in runs:
            with run.recording():
                if run.writer:
                    starts[run] = run.writer.begin(name, size)
                    if run.writer.folder:
                        sinks[run] = folders.enter_context(run.writer.unpacked(name).open("wb"))
        deflate = (
            zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS) if name.endswith(_DEFLATED) else None
        )
        crc = packed = read = 0
        for chunk in _chunks(content):
            read += len(chunk)
            crc = zlib.crc32(chunk, crc)
            part = deflate.compress(chunk) if deflate else chunk
            packed += len(part)
            for run in starts:
                with run.recording():
                    if run.writer:
                        run.writer.file.write(part)
                        if run in sinks:
                            sinks[run].write(chunk)
            advance(len(chunk) * len(runs))
    if read != size:
        raise OSError(f"{name} changed while it was read")
    rest = deflate.flush() if deflate else b""
    for run, start in starts.items():
        with run.recording():
            if run.writer:
                run.writer.file.write(rest)
                method = zlib.DEFLATED if deflate else 0
                run.writer.end(name, Entry(crc, size, packed + len(rest), method, start))


def _chunks(content: bytes | Path | Excerpt | Stream) -> Iterator[bytes | memoryview]:
    if isinstance(content, bytes):
        yield content
        return
    if isinstance(content, Excerpt):
        yield from content.chunks()
        return
    with content.open() if isinstance(content, Stream) else content.open("rb", buffering=0) as source:
        yield from _read(source, sys.maxsize)


def content_size(content: Content) -> int:
    """The bytes of content before it is compressed. Raises OSError."""
    if isinstance(content, bytes):
        return len(content)
    return content.stat().st_size if isinstance(content, Path) else content.size


def zip_size(output: Output) -> int:
    """The bytes of the zip that `write_zips` makes of an output with less than 4 GB. Raises OSError."""
    total = _END.size
    for name, content in output.files.items():
        total += _LOCAL.size + _CENTRAL.size + 2 * len(name.encode())
        if isinstance(content, Entry):
            total += content.packed
        elif name.endswith(_DEFLATED):
            deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
            total += sum(len(deflate.compress(chunk)) for chunk in _chunks(content)) + len(deflate.flush())
        else:
            total += content_size(content)
    return total


def write_zip(
    path: Path,
    files: Mapping[str, Content],
    progress: Callable[[int, int], None] | None = None,
    earlier: RawIOBase | None = None,
    first: str | None = None,
    folder: Path | None = None,
    out: OutFolder | None = None,
) -> dict[str, Entry]:
    """Writes one package, as `write_zips` does, and returns its entries. Raises OSError."""
    (written,) = write_zips([Output(path, files, first, earlier, folder, out)], progress)
    if isinstance(written, OSError):
        raise written
    return written


@contextmanager
def _folder_aside(folder: Path, out: OutFolder) -> Iterator[Path]:
    """A folder that becomes `folder` when the block succeeds. Otherwise it is removed with the temporary files."""
    aside = temporary_path(out.work())
    aside.mkdir()
    yield aside
    out.replace(folder, aside)
