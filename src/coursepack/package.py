"""Reads third-party packages, zips or folders, with limits on time and memory and without unpacking."""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
import struct
import zlib
from contextlib import ExitStack, contextmanager
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from coursepack.problems import Count, Message, Quoted, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from lxml.etree import XMLParser, XMLSyntaxError, _Element

MANIFEST = "imsmanifest.xml"
MANIFESTS = (MANIFEST, "cmi5.xml", "tincan.xml")
"""Names of manifests, in order of precedence."""

WEB_PAGE = "index.html"
"""The start page of a web edition, which has no manifest."""

MAX_ENTRIES = 100_000
MAX_MANIFEST = 20 * 1024 * 1024

_MAX_TAGS = 250_000

STORED, DEFLATED = 0, 8

_MAX_DIRECTORY = 24 * 1024 * 1024
_CHUNK = 64 * 1024
_LARGE_CHUNK = 1024 * 1024

# Without these, opening a pipe would block, and a terminal could become the controlling one.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_LISTS_HANDLES = os.scandir in os.supports_fd

_ENCRYPTED, _UTF8 = 0x0001, 0x0800

# APPNOTE 4.3.16, 4.3.15, 4.3.14, 4.3.12 and 4.3.7
_END = struct.Struct("<4s4H2LH")
_LOCATOR64 = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
# Indexes of flags, method, checksum, the two sizes and the three lengths in a central record.
_FIELDS = (3, 4, 7, 8, 9, 10, 11, 12)

_GENERATOR = rb"""<meta\s+name=["']?generator["']?\s+content=["']coursepack ([a-z0-9-]{1,40})["']"""

_ROOT_TAG = rb"<(?:[\w.-]+:)?(manifest|tincan|courseStructure)[\s/>]"
_NAME_BY_ROOT = {b"manifest": MANIFEST, b"tincan": "tincan.xml", b"courseStructure": "cmi5.xml"}
_COMMENT = rb"(?s)<!--.*?(?:-->|\Z)"

T = TypeVar("T")


class Fault(NamedTuple):
    """Why something cannot be read. `kind` is a word for the rule that reports it."""

    kind: str
    message: str | Message
    line: int | None = None
    column: int | None = None


class UnreadableError(Exception):
    """A package or one of its files cannot be read."""

    def __init__(self, kind: str, message: str | Message) -> None:
        super().__init__(str(message))
        self.fault = Fault(kind, message)


class Entry(NamedTuple):
    """An entry of a package. In a folder, the fields of zips have their defaults.

    `start` and `end` bound the bytes of the entry; `special` marks links, devices and pipes, which are never opened;
    `privileged` marks setuid and setgid files.
    """

    name: str
    size: int
    compressed: int
    method: int = STORED
    flags: int = 0
    crc: int = 0
    start: int = 0
    end: int = 0
    special: bool = False
    privileged: bool = False

    @property
    def is_folder(self) -> bool:
        """True for the entry of a folder."""
        return self.name.endswith("/")

    @property
    def encrypted(self) -> bool:
        """True when a password is needed."""
        return bool(self.flags & _ENCRYPTED)

    @property
    def utf8(self) -> bool:
        """True when the zip says that the name is UTF-8."""
        return bool(self.flags & _UTF8)


class Manifest(NamedTuple):
    """A parsed manifest, or the fault that prevents it.

    `name` is one of `MANIFESTS`, or empty without a manifest. `encoding` is the declared one, or empty.
    """

    name: str
    root: _Element | None
    fault: Fault | None = None
    encoding: str = ""
    byte_order_mark: bool = False


class _Source(Protocol):
    """Access to the bytes of entries."""

    entries: tuple[Entry, ...]
    zip64: bool
    extra_bytes: tuple[int, int]

    def read(self, entry: Entry) -> bytes:
        """All bytes of an entry whose size has been checked."""

    def head(self, entry: Entry, most: int) -> bytes:
        """The first bytes of an entry, at most `most`, without checking size and checksum."""

    @property
    def file(self) -> FileIO | None:
        """The zip file, for copying from it; None for a folder."""


class Package:
    """An open package: its entries, its manifest, and files on demand."""

    def __init__(
        self, name: str, source: _Source | None, fault: Fault | None = None, verified: bool = False
    ) -> None:
        self.name = name
        self.fault = fault
        self.verified = verified
        """True when sizes and checksums are known to be right, since the zip has just been written."""
        self.entries: tuple[Entry, ...] = source.entries if source else ()
        self.is_zip = isinstance(source, _Zip)
        self.is_single_manifest = isinstance(source, _SingleManifest)
        """True for a single manifest, without the files that it names."""
        self.zip64 = source is not None and source.zip64
        self.extra_bytes = source.extra_bytes if source else (0, 0)
        """Bytes of the file before and after the zip."""
        self._source = source
        self._known: dict[Hashable, Any] = {}

    @cached_property
    def files(self) -> dict[str, Entry]:
        """All files by name; of duplicates the last, as after unpacking.

        As in unpackers, backslashes are slashes, and a leading './' is removed.
        """
        return {
            entry.name.replace("\\", "/").removeprefix("./"): entry
            for entry in self.entries
            if not entry.is_folder
        }

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest of any standard, parsed once."""
        name = next((name for name in MANIFESTS if name in self.files), "")
        return (
            self.manifest_in(name) if name else Manifest("", None, Fault("missing", "There is no manifest."))
        )

    def manifest_in(self, name: str) -> Manifest:
        """A file parsed as a manifest, with the same limits; cached."""
        key = ("manifest", name)
        if key not in self._known:
            self._known[key] = self._read_manifest(name)
        known: Manifest = self._known[key]
        return known

    def _read_manifest(self, name: str) -> Manifest:
        try:
            data = self.read(name, MAX_MANIFEST)
        except UnreadableError as error:
            return Manifest(name, None, Fault("unreadable", error.fault.message))
        return _parse_manifest(name, data)

    @cached_property
    def declared_target(self) -> str:
        """The target that a package of coursepack declares when it has no known manifest, or empty.

        `web` is a course without an LMS.
        """
        if self.manifest.name or WEB_PAGE not in self.files:
            return ""
        try:
            page = self.read(WEB_PAGE, MAX_MANIFEST)
        except UnreadableError:
            return ""
        found = re.search(_GENERATOR, page[:_CHUNK])
        return found[1].decode() if found else ""

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a file. Raises UnreadableError when it is missing, damaged, encrypted or larger than `limit`."""
        entry = self.files.get(name)
        if entry is None or self._source is None:
            raise UnreadableError("missing", "There is no such file.")
        if entry.special:
            raise UnreadableError("special", "It is a link or a device, which is not followed.")
        if entry.size > limit:
            raise UnreadableError(
                "large", Message("It has {0} bytes; at most {1} are read.", Count(entry.size), Count(limit))
            )
        return self._source.read(entry)

    def head(self, name: str, most: int = _CHUNK) -> bytes:
        """The first bytes of a file, at most `most`, unchecked; empty when it is missing or unreadable."""
        entry = self.files.get(name)
        if entry is None or self._source is None or entry.special:
            return b""
        try:
            return self._source.head(entry, most)
        except UnreadableError:
            return b""

    def verify(self, entry: Entry) -> None:
        """Checks size and checksum of an entry of a zip. Raises UnreadableError."""
        if isinstance(self._source, _Zip):
            self._source.verify(entry)

    def open_file(self, name: str) -> FileIO:
        """Opens a file of a folder. Raises OSError, also for what has become a link or a pipe."""
        assert isinstance(self._source, _Folder)
        return self._source.open_file(name)

    @property
    def zip_file(self) -> FileIO | None:
        """The zip file, for copying from it; None for a folder or an unreadable file."""
        return self._source.file if self._source else None

    def under_other_names(
        self, names: Mapping[str, Entry], changed: Mapping[str, bytes] | None = None
    ) -> Package:
        """A package of some of its entries, by their new names; `changed` holds other bytes for some of these."""
        return Package(self.name, _OtherNames(self._source, names, changed or {}), self.fault)

    def cached(self, derive: Callable[[Package], T]) -> T:
        """The result of `derive` for this package, cached."""
        if derive not in self._known:
            self._known[derive] = derive(self)
        known: T = self._known[derive]
        return known


@contextmanager
def open_package(path: Path, verified: bool = False) -> Iterator[Package]:
    """Opens a zip, a folder or a single manifest. Problems do not raise: see `Package.fault`.

    An XML file, by its name or its first bytes, becomes a package of that file, named as its root element requires.
    With `verified`, sizes and checksums of a zip are trusted.
    """
    with ExitStack() as stack:
        yield _open(path, verified, stack)


def _open(path: Path, verified: bool, stack: ExitStack) -> Package:
    name = path.name or str(path)
    try:
        if path.is_dir():
            return Package(name, _Folder(path))
        file = stack.enter_context(open_regular(path))
        return Package(name, _of_file(path.name, file), verified=verified)
    except OSError as error:
        return Package(
            name, None, Fault("unreadable", Message("It cannot be opened: {0}.", Reason.of(error)))
        )
    except UnreadableError as error:
        return Package(name, None, error.fault)


def open_regular(path: Path) -> FileIO:
    """Opens a file for reading. Raises OSError, and UnreadableError for a pipe or a device, which is not waited for."""
    file = FileIO(os.open(path, _READ), "rb")
    # Checks the open file, since the path can have changed.
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise UnreadableError("unreadable", "It is neither a file nor a folder.")


def _of_file(name: str, file: FileIO) -> _Zip | _SingleManifest:
    start = file.read(_CHUNK)
    is_text = name.lower().endswith(".xml") or start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml")
    return _SingleManifest(name, file, start) if is_text and not start.startswith(b"PK") else _Zip(file)


def manifest_name(start: bytes) -> str:
    """The correct name of a manifest, by its first bytes; empty for other files."""
    # Without the zeros of UTF-16, tag names are readable in all encodings of XML.
    found = re.search(_ROOT_TAG, re.sub(_COMMENT, b"", start.replace(b"\0", b"")))
    return _NAME_BY_ROOT[found[1]] if found else ""


class _SingleManifest:
    """A manifest without its package."""

    zip64 = False
    extra_bytes = (0, 0)

    def __init__(self, name: str, file: FileIO, start: bytes) -> None:
        self.file = file
        named = name.lower() if name.lower() in MANIFESTS else MANIFEST
        size = os.fstat(file.fileno()).st_size
        self.entries: tuple[Entry, ...] = (Entry(manifest_name(start) or named, size, size),)

    def read(self, entry: Entry) -> bytes:
        return _whole(self.head(entry, entry.size + 1), entry)

    def head(self, entry: Entry, most: int) -> bytes:
        self.file.seek(0)
        return self.file.read(most)


def _whole(data: bytes, entry: Entry) -> bytes:
    if len(data) != entry.size:
        raise UnreadableError("damaged", "It changed while it was read.")
    return data


class _OtherNames:
    """Entries of a package under other names, some of them with other data."""

    zip64 = False
    extra_bytes = (0, 0)
    file = None

    def __init__(
        self, source: _Source | None, names: Mapping[str, Entry], changed: Mapping[str, bytes]
    ) -> None:
        self._source, self._names, self._changed = source, names, changed
        self.entries = tuple(
            entry._replace(name=name, size=len(changed[name]) if name in changed else entry.size)
            for name, entry in names.items()
        )

    def read(self, entry: Entry) -> bytes:
        changed = self._changed.get(entry.name)
        return self._known().read(self._names[entry.name]) if changed is None else changed

    def head(self, entry: Entry, most: int) -> bytes:
        changed = self._changed.get(entry.name)
        return self._known().head(self._names[entry.name], most) if changed is None else changed[:most]

    def _known(self) -> _Source:
        if self._source is None:
            raise UnreadableError("missing", "There is no such file.")
        return self._source


def _identity(status: os.stat_result) -> tuple[int, ...]:
    """Identifies a file, also when its inode number has been reused."""
    is_folder = stat.S_ISDIR(status.st_mode)
    return (status.st_dev, status.st_ino, status.st_mode, 0 if is_folder else status.st_ctime_ns)


class _Folder:
    """An unpacked package."""

    zip64 = False
    extra_bytes = (0, 0)
    file = None

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, tuple[int, ...]] = {}
        self.entries = tuple(sorted(self._walk(), key=lambda entry: entry.name))

    def _walk(self) -> Iterator[Entry]:
        # os.walk recurses, so deep folders would exhaust the stack.
        count = 0
        waiting = [""]
        while waiting:
            inner = waiting.pop()
            for name, status in self._found(inner):
                count += 1
                if count > MAX_ENTRIES:
                    raise UnreadableError(
                        "too-many", Message("It holds more than {0} files.", Count(MAX_ENTRIES))
                    )
                is_folder = stat.S_ISDIR(status.st_mode)
                path = f"{inner}{name}/" if is_folder else inner + name
                self._known[path] = _identity(status)
                if is_folder:
                    waiting.append(path)
                else:
                    size, mode = status.st_size, status.st_mode
                    yield Entry(path, size, size, special=_is_special(mode), privileged=_is_privileged(mode))

    def _found(self, inner: str) -> Iterator[tuple[str, os.stat_result]]:
        """The entries of a folder with their status, links not followed."""
        path = os.path.join(self._root, inner)
        try:
            if not _LISTS_HANDLES:
                with os.scandir(path) as found:
                    yield from ((one.name, os.lstat(one.path)) for one in found)
                return
            # The path of the package can be a link, but nothing inside it.
            handle = os.open(path, _READ | os.O_DIRECTORY | (_NO_LINK if inner else 0))
            try:
                if inner and _identity(os.fstat(handle)) != self._known[inner]:
                    return
                with os.scandir(handle) as found:
                    yield from ((one.name, one.stat(follow_symlinks=False)) for one in found)
            finally:
                os.close(handle)
        except OSError:
            # A folder that cannot be read, or whose path is too long, counts as empty.
            return

    def open_file(self, name: str) -> FileIO:
        """Opens a file that has not been replaced since it was listed. Raises OSError."""
        try:
            handle = os.open(os.path.join(self._root, name), _READ | _NO_LINK)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
        else:
            if _identity(os.fstat(handle)) == self._known[name]:
                return FileIO(handle, "rb")
            os.close(handle)
        raise OSError(errno.ESTALE, "It changed while it was read")

    def read(self, entry: Entry) -> bytes:
        return _whole(self.head(entry, entry.size + 1), entry)

    def head(self, entry: Entry, most: int) -> bytes:
        try:
            with self.open_file(entry.name) as file:
                return file.read(most)
        except OSError as error:
            is_other = error.errno == errno.ESTALE
            message = (
                "It changed while it was read."
                if is_other
                else Message("It cannot be read: {0}.", Reason.of(error))
            )
            raise UnreadableError("damaged", message) from error


class _Zip:
    """A package in a zip file.

    `zipfile` creates all entries before their number can be checked, and cuts names at a NUL.
    """

    def __init__(self, file: FileIO) -> None:
        self.file = file
        self.zip64 = False
        self.after = 0
        self.entries = tuple(self._directory())
        self.extra_bytes = (min((entry.start for entry in self.entries), default=0), self.after)

    def _directory(self) -> Iterator[Entry]:
        count, size, offset, end = self._end()
        start = end - size
        # Data before the zip, such as a self-extractor, shifts all offsets.
        shift = start - offset
        if start < 0 or shift < 0:
            raise UnreadableError("damaged", "Its list of files lies outside the file: it is cut short.")
        if count > MAX_ENTRIES:
            raise UnreadableError(
                "too-many",
                Message("It lists {0} files; at most {1} are read.", Count(count), Count(MAX_ENTRIES)),
            )
        if size > _MAX_DIRECTORY:
            raise UnreadableError(
                "too-many", Message("Its list of files alone takes {0} bytes.", Count(size))
            )
        listed = 0
        for entry in _entries(self._at(start, size), shift):
            if entry.end > start:
                raise UnreadableError(
                    "damaged", Message("The data of {0} would lie beyond the end.", Quoted(entry.name))
                )
            listed += 1
            if listed > MAX_ENTRIES:
                raise UnreadableError(
                    "too-many", Message("It lists more than {0} files.", Count(MAX_ENTRIES))
                )
            yield entry
        # Old writers count modulo 65,536.
        if listed & 0xFFFF != count & 0xFFFF:
            message = (
                Message("It declares 1 file but lists {0}.", listed)
                if count == 1
                else Message("It declares {0} files but lists {1}.", count, listed)
            )
            raise UnreadableError("damaged", message)

    def _end(self) -> tuple[int, int, int, int]:
        """Number of entries, size and offset of the central directory, and its end."""
        length = self.file.seek(0, os.SEEK_END)
        tail_start = max(0, length - _END.size - 0xFFFF)
        tail = self._at(tail_start, length - tail_start)
        found = tail.rfind(b"PK\5\6", 0, max(0, len(tail) - _END.size + 4))
        if found < 0:
            if self._at(0, min(length, 4)) == b"PK\3\4":
                raise UnreadableError(
                    "damaged", "It begins as a zip and has no list of files: it is cut short."
                )
            raise UnreadableError("not-a-zip", "It is neither a zip nor a folder.")
        end = tail_start + found
        _, disk, start_disk, _, count, size, offset, comment = _END.unpack_from(tail, found)
        self.after = max(0, length - end - _END.size - comment)
        locator = self._at(end - _LOCATOR64.size, _LOCATOR64.size) if end >= _LOCATOR64.size else b""
        if locator.startswith(b"PK\6\7"):
            self.zip64 = True
            end -= _LOCATOR64.size + _END64.size
            record = self._at(end, _END64.size) if end >= 0 else b""
            if not record.startswith(b"PK\6\6"):
                raise UnreadableError("damaged", "Its zip64 record is not where it should be.")
            _, _, _, _, disk, start_disk, _, count, size, offset = _END64.unpack(record)
        if disk or start_disk:
            raise UnreadableError("damaged", "It is one volume of a zip in several files.")
        return count, size, offset, end

    def _at(self, position: int, size: int) -> bytes:
        self.file.seek(position)
        return self.file.read(size)

    def read(self, entry: Entry) -> bytes:
        # One byte more than listed shows that the size is wrong.
        data = self.head(entry, entry.size + 1)
        _compare(entry, len(data), zlib.crc32(data))
        return data

    def verify(self, entry: Entry) -> None:
        size = crc = 0
        for chunk in self._chunks(entry, entry.size + 1, _LARGE_CHUNK):
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
        _compare(entry, size, crc)

    def head(self, entry: Entry, most: int) -> bytes:
        return b"".join(self._chunks(entry, most, _CHUNK))

    def _chunks(self, entry: Entry, most: int, size: int) -> Iterator[bytes]:
        """The unpacked data, at most `most` bytes, read in chunks of `size`."""
        if entry.encrypted:
            raise UnreadableError("damaged", "It is encrypted.")
        if entry.method not in (STORED, DEFLATED):
            raise UnreadableError("damaged", Message("It is compressed by method {0}.", entry.method))
        try:
            decoder = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == DEFLATED else None
            left = min(entry.compressed, _most_packed(most))
            chunk = self._begin(entry, min(left, size))
            while left and most > 0:
                # Small entries were read together with their header.
                chunk = chunk or self.file.read(min(left, size))
                if not chunk:
                    break
                left -= len(chunk)
                data = decoder.decompress(chunk, most) if decoder else chunk[:most]
                most -= len(data)
                chunk = b""
                yield data
        except OSError as error:
            raise UnreadableError("damaged", Message("It cannot be read: {0}.", Reason.of(error))) from error
        except zlib.error as error:
            raise UnreadableError("damaged", "Its compressed data are broken.") from error

    def _begin(self, entry: Entry, most: int) -> bytes:
        """The first data of an entry, at most `most` bytes, possibly none; the file position is after them.

        Raises UnreadableError when the local header belongs to another entry.
        """
        # The local header is nearly always as long as the central directory suggests: one read is enough.
        room = entry.end - entry.start - entry.compressed
        read = self._at(entry.start, room + most)
        if len(read) < _LOCAL.size or not read.startswith(b"PK\3\4"):
            raise UnreadableError("damaged", "Its data are not where the list of files says.")
        _, _, flags, _, _, _, _, _, _, name_size, extra_size = _LOCAL.unpack_from(read)
        begin = _LOCAL.size + name_size + extra_size
        if begin == room:
            raw, data = read[_LOCAL.size : room], read[room:]
        else:
            raw, data = self._at(entry.start + _LOCAL.size, name_size), b""
            self.file.seek(entry.start + begin)
        # Some writers set the UTF-8 flag in only one of the two headers.
        if entry.name != _decode_name(raw, flags) and entry.name != _decode_name(raw, entry.flags):
            raise UnreadableError("damaged", "Its name in the list of files is not the one at its data.")
        return data


def _compare(entry: Entry, size: int, crc: int) -> None:
    """Raises UnreadableError when size or checksum differ from the central directory."""
    if entry.compressed > _most_packed(entry.size):
        raise UnreadableError("damaged", "It is larger compressed than uncompressed.")
    if size != entry.size:
        message = (
            Message("It has 1 byte or more, not {0} as listed.", Count(entry.size))
            if size == 1
            else Message("It has {0} bytes or more, not {1} as listed.", Count(size), Count(entry.size))
        )
        raise UnreadableError("damaged", message)
    if crc != entry.crc:
        raise UnreadableError("damaged", "Its checksum is wrong.")


def _most_packed(size: int) -> int:
    """The limit of a compressed stream: Deflate never makes data much larger."""
    return 2 * size + 1024


def _is_special(mode: int) -> bool:
    """True for what is neither a file nor a folder; many zip programs write no type."""
    return stat.S_IFMT(mode) in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK)


def _is_privileged(mode: int) -> bool:
    return not stat.S_ISDIR(mode) and bool(mode & (stat.S_ISUID | stat.S_ISGID))


def _entries(directory: bytes, shift: int) -> Iterator[Entry]:
    """The entries of a zip's central directory."""
    position = 0
    while position < len(directory):
        if directory[position : position + 4] != b"PK\1\2" or position + _CENTRAL.size > len(directory):
            raise UnreadableError("damaged", "Its list of files is broken.")
        record = _CENTRAL.unpack_from(directory, position)
        flags, method, crc, compressed, size, name_size, extra_size, comment_size = (
            record[i] for i in _FIELDS
        )
        attributes, offset = record[-2:]
        extra_start = position + _CENTRAL.size + name_size
        position = extra_start + extra_size + comment_size
        if position > len(directory):
            raise UnreadableError("damaged", "Its list of files is broken.")
        extra = directory[extra_start : extra_start + extra_size]
        size, compressed, offset = _large_values(extra, size, compressed, offset)
        start = offset + shift
        yield Entry(
            name=_decode_name(directory[extra_start - name_size : extra_start], flags),
            size=size,
            compressed=compressed,
            method=method,
            flags=flags,
            crc=crc,
            start=start,
            end=start + _LOCAL.size + name_size + compressed,
            special=_is_special(attributes >> 16),
            privileged=_is_privileged(attributes >> 16),
        )


def _large_values(extra: bytes, *values: int) -> list[int]:
    """Sizes and offset, each from the zip64 field when its own field is full (APPNOTE 4.5.3)."""
    position = 0
    large = b""
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        if kind == 0x0001:
            large = extra[position + 4 : position + 4 + length]
        position += 4 + length
    result = []
    for value in values:
        if value < 0xFFFFFFFF:
            result.append(value)
        elif len(large) < 8:
            raise UnreadableError("damaged", "A zip64 field is missing from its list of files.")
        else:
            result.append(int.from_bytes(large[:8], "little"))
            large = large[8:]
    return result


def _decode_name(raw: bytes, flags: int) -> str:
    if flags & _UTF8:
        return raw.decode("utf-8", "replace")
    try:
        # Many tools write UTF-8 without the flag; text in other encodings is rarely valid UTF-8.
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


_DECLARATION = re.compile(rb"""<\?xml\s[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# The parser skips one more byte order mark than is removed here.
_DOCTYPE = re.compile(r"(?>[\s\ufeff]+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings in which the syntax of XML is ASCII, unlike UTF-7.
_TEXT_ENCODINGS = (
    r"utf-8|utf-16(-[lb]e)?|ascii|iso8859-\d+|cp125\d|cp(437|850|932|949)|koi8-[ru]|mac-roman"
    r"|gb2312|gbk|gb18030|big5|shift_jis|euc_(jp|kr)"
)


def _parse_manifest(name: str, data: bytes) -> Manifest:
    """Decodes before parsing, so that the parser gets the same text that was searched for a DOCTYPE."""
    mark, marked = next(((mark, name) for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), (b"", ""))
    body = data[len(mark) :]
    wide = marked.startswith("utf-16")
    declared = _DECLARATION.match(body[:400].replace(b"\0", b"") if wide else body)
    encoding = declared[1].decode() if declared else ""
    try:
        codec = codecs.lookup(encoding or marked or "utf-8").name
    except LookupError:
        codec = ""
    fault = None
    text = ""
    if codec != "utf-8" and not re.fullmatch(_TEXT_ENCODINGS, codec):
        fault = Fault("encoding", Message("The encoding {0} is not known.", Quoted(encoding)))
    elif marked and codec != marked and not (wide and codec == "utf-16"):
        found = "UTF-16" if wide else "UTF-8"
        fault = Fault(
            "encoding",
            Message("It declares {0} and begins with the byte order mark of {1}.", encoding, found),
        )
    else:
        try:
            text = body.decode(marked or codec)
        except UnicodeDecodeError as error:
            said = (
                Message("declares {0}", encoding)
                if encoding
                else Message("declares no encoding, which means UTF-8,")
            )
            line = body.count(b"\n", 0, error.start) + 1
            fault = Fault("encoding", Message("It {0} but its bytes are not.", said), line)
    root = None
    if not fault:
        root, fault = parse_xml(text)
    return Manifest(name, root, fault, encoding, bool(mark))


def parse_xml(text: str, whole: bool = False) -> tuple[_Element | None, Fault | None]:
    """The root of a text, or why it is not parsed. Nothing is loaded.

    With `whole`, comments, processing instructions and CDATA sections are kept.
    """
    if text.count("<") > _MAX_TAGS:
        return None, Fault("unreadable", Message("It has more than {0} tags.", Count(_MAX_TAGS)))
    if _DOCTYPE.match(text):
        return None, Fault("doctype", "It has a DOCTYPE.")
    # Importing lxml takes longer than checking most packages.
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=not whole,
        remove_pis=not whole,
        strip_cdata=not whole,
    )
    try:
        return etree.fromstring(text.encode(), parser), None
    except etree.XMLSyntaxError as error:
        words, line, column = why_not_xml(error, parser)
        return None, Fault("malformed", Message("It is not well-formed XML: {0}.", words), line, column)


def local(element: _Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children_named(element: _Element | None, *names: str) -> list[_Element]:
    """Children with one of these lower-case local names, in any namespace and case."""
    return [] if element is None else [child for child in element if local(child).lower() in names]


def first(element: _Element | None, *way: str) -> _Element | None:
    """The first descendant on a path of local names, or None."""
    for name in way:
        element = next(iter(children_named(element, name)), None)
    return element


def why_not_xml(error: XMLSyntaxError, parser: XMLParser) -> tuple[Reason, int | None, int | None]:
    """The first fatal error that libxml2 reports, and its location: an invalid namespace URI before it is harmless."""
    found = next((entry for entry in parser.error_log if entry.level_name == "FATAL"), None)
    code, words, place = (
        (found.type, found.message, (found.line, found.column))
        if found
        else (error.code, error.msg or "", error.position)
    )
    # For an unclosed tag, libxml2 repeats the line in its message.
    return Reason(words.split(", line ")[0].strip(), f"libxml2 {code}"), place[0] or None, place[1] or None
