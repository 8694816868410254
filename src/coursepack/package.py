"""Reads strangers' packages, zips or folders, within bounds of time and memory and without unpacking."""

from __future__ import annotations

import codecs
import os
import re
import stat
import struct
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from lxml.etree import _Element

MANIFEST = "imsmanifest.xml"
MANIFESTS = (MANIFEST, "cmi5.xml", "tincan.xml")
"""The names of manifests. In a package with several the first of these counts."""

WEB_PAGE = "index.html"
"""The start page of a web edition, which has no manifest."""

MAX_ENTRIES = 100_000
MAX_MANIFEST = 20 * 1024 * 1024

_MAX_TAGS = 250_000

STORED, DEFLATED = 0, 8

_MAX_DIRECTORY = 64 * 1024 * 1024
_CHUNK = 64 * 1024

_ENCRYPTED, _UTF8 = 0x0001, 0x0800

# APPNOTE 4.3.16, 4.3.15, 4.3.14, 4.3.12 and 4.3.7
_END = struct.Struct("<4s4H2LH")
_LOCATOR64 = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
# Places of flags, method, checksum, the two sizes and the three lengths in a central record.
_WANTED = (3, 4, 7, 8, 9, 10, 11, 12)

_GENERATOR = re.compile(
    rb"""<meta\s+name=["']?generator["']?\s+content=["']coursepack ([a-z0-9-]{1,40})["']"""
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something could not be read. `kind` is one word for the rule that tells it."""

    kind: str
    message: str
    line: int | None = None
    column: int | None = None


class UnreadableError(Exception):
    """A package or one of its files cannot be read."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(kind, message)


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a package. For a file in a folder the zip's own fields keep their defaults.

    `start` and `end` bound the bytes that the entry takes at least; `special` is a link, a device or a pipe,
    which is never opened.
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

    @property
    def is_folder(self) -> bool:
        """True for an entry that stands for a folder and holds nothing."""
        return self.name.endswith("/")

    @property
    def encrypted(self) -> bool:
        """True when a password is needed."""
        return bool(self.flags & _ENCRYPTED)

    @property
    def utf8(self) -> bool:
        """True when the zip says that the name is UTF-8."""
        return bool(self.flags & _UTF8)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest, parsed, or the fault that hinders it.

    `name` is the file's, one of `MANIFESTS`, or empty when there is none. `encoding` is what it declares, or empty.
    """

    name: str
    root: _Element | None
    fault: Fault | None = None
    encoding: str = ""
    byte_order_mark: bool = False


class _Store(Protocol):
    """Where the bytes of entries come from."""

    entries: tuple[Entry, ...]
    zip64: bool

    def read(self, entry: Entry) -> bytes:
        """All bytes of an entry whose size is known to be acceptable."""


class Package:
    """A package that is open for reading: its entries, its manifest, and single files on demand."""

    def __init__(self, name: str, store: _Store | None, fault: Fault | None = None) -> None:
        self.name = name
        self.fault = fault
        self.entries: tuple[Entry, ...] = store.entries if store else ()
        self.is_zip = isinstance(store, _Zip)
        self.zip64 = store is not None and store.zip64
        self._store = store
        self._known: dict[Hashable, Any] = {}

    @cached_property
    def files(self) -> dict[str, Entry]:
        """Every file by name; of two with one name the last, as unpacking leaves it."""
        return {entry.name: entry for entry in self.entries if not entry.is_folder}

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest of whichever standard, read and parsed once."""
        name = next((name for name in MANIFESTS if name in self.files), "")
        if not name:
            return Manifest("", None, Fault("missing", "There is no manifest."))
        try:
            data = self.read(name, MAX_MANIFEST)
        except UnreadableError as error:
            return Manifest(name, None, Fault("unreadable", error.fault.message))
        return _parse_manifest(name, data)

    @cached_property
    def said_standard(self) -> str:
        """The standard that a package of coursepack's without a known manifest says it is for, or empty.

        `web` is a course without LMS.
        """
        if self.manifest.name or WEB_PAGE not in self.files:
            return ""
        try:
            page = self.read(WEB_PAGE, MAX_MANIFEST)
        except UnreadableError:
            return ""
        found = _GENERATOR.search(page, 0, _CHUNK)
        return found[1].decode() if found else ""

    def read(self, name: str, limit: int) -> bytes:
        """A file's bytes; `UnreadableError` when it is larger than `limit`, damaged, locked or not there."""
        entry = self.files.get(name)
        if entry is None or self._store is None:
            raise UnreadableError("missing", "There is no such file.")
        if entry.special:
            raise UnreadableError("special", "It is a link or a device, which is not followed.")
        if entry.size > limit:
            raise UnreadableError("large", f"It has {entry.size:,} bytes; at most {limit:,} are read.")
        return self._store.read(entry)

    def once(self, derive: Callable[[Package], T]) -> T:
        """What `derive` makes of this package, worked out at the first call only."""
        if derive not in self._known:
            self._known[derive] = derive(self)
        known: T = self._known[derive]
        return known


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Opens a zip or a folder. What is wrong with it is in `Package.fault`; nothing is raised for it."""
    with ExitStack() as stack:
        yield _open(path, stack)


def _open(path: Path, stack: ExitStack) -> Package:
    name = path.name or str(path)
    try:
        store = _Folder(path) if path.is_dir() else _Zip(stack.enter_context(path.open("rb")))
    except OSError as error:
        return Package(name, None, Fault("unreadable", f"It cannot be opened: {error.strerror}."))
    except UnreadableError as error:
        return Package(name, None, error.fault)
    return Package(name, store)


class _Folder:
    """A package that lies unpacked in a folder."""

    zip64 = False

    def __init__(self, root: Path) -> None:
        self._root = root
        self.entries = tuple(sorted(self._walk(), key=lambda entry: entry.name))

    def _walk(self) -> Iterator[Entry]:
        count = 0
        for folder, folders, files in os.walk(self._root):
            linked = [name for name in folders if Path(folder, name).is_symlink()]
            for name in (*files, *linked):
                count += 1
                if count > MAX_ENTRIES:
                    raise UnreadableError("too-many", f"It holds more than {MAX_ENTRIES:,} files.")
                path = Path(folder, name)
                status = path.lstat()
                inner = path.relative_to(self._root).as_posix()
                yield Entry(inner, status.st_size, status.st_size, special=not stat.S_ISREG(status.st_mode))

    def read(self, entry: Entry) -> bytes:
        try:
            with (self._root / entry.name).open("rb") as file:
                data = file.read(entry.size + 1)
        except OSError as error:
            raise UnreadableError("damaged", f"It cannot be read: {error.strerror}.") from error
        if len(data) != entry.size:
            raise UnreadableError("damaged", "It changed while it was read.")
        return data


class _Zip:
    """A package in a zip file.

    Read by own code and not by `zipfile`, which builds every entry before their number can be refused, and
    cuts names at a NUL.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.zip64 = False
        self.entries = tuple(self._directory())

    def _directory(self) -> Iterator[Entry]:
        count, size, offset, end = self._end()
        start = end - size
        # Whatever stands before the zip (a program that unpacks it, say) moves every offset.
        shift = start - offset
        if start < 0 or shift < 0:
            raise UnreadableError("damaged", "Its list of files lies outside the file: it is cut short.")
        if count > MAX_ENTRIES:
            raise UnreadableError("too-many", f"It lists {count:,} files; at most {MAX_ENTRIES:,} are read.")
        if size > _MAX_DIRECTORY:
            raise UnreadableError("too-many", f"Its list of files alone takes {size:,} bytes.")
        listed = 0
        for entry in _entries(self._at(start, size), shift):
            if entry.end > start:
                raise UnreadableError("damaged", f"The data of {entry.name!r} would lie beyond the end.")
            listed += 1
            if listed > MAX_ENTRIES:
                raise UnreadableError("too-many", f"It lists more than {MAX_ENTRIES:,} files.")
            yield entry
        # Old writers count modulo 65,536.
        if listed & 0xFFFF != count & 0xFFFF:
            raise UnreadableError("damaged", f"It says that it holds {count} files and lists {listed}.")

    def _end(self) -> tuple[int, int, int, int]:
        """Count of entries, size and offset of their list, and where the list ends."""
        length = self._file.seek(0, os.SEEK_END)
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
        _, disk, start_disk, _, count, size, offset, _ = _END.unpack_from(tail, found)
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
        self._file.seek(position)
        return self._file.read(size)

    def read(self, entry: Entry) -> bytes:
        if entry.encrypted:
            raise UnreadableError("damaged", "It is encrypted.")
        if entry.method not in (STORED, DEFLATED):
            raise UnreadableError("damaged", f"It is compressed by method {entry.method}.")
        # Deflate never makes data much larger, so a longer stream only serves to keep a reader busy.
        if entry.compressed > 2 * entry.size + 1024:
            raise UnreadableError("damaged", "It is larger compressed than as it is.")
        try:
            self._skip_header(entry)
            data = self._inflate(entry)
        except OSError as error:
            raise UnreadableError("damaged", f"It cannot be read: {error.strerror}.") from error
        except zlib.error as error:
            raise UnreadableError("damaged", "Its compressed data are broken.") from error
        if len(data) != entry.size:
            raise UnreadableError(
                "damaged", f"It has {len(data):,} bytes or more, not {entry.size:,} as listed."
            )
        if zlib.crc32(data) != entry.crc:
            raise UnreadableError("damaged", "Its checksum is wrong.")
        return data

    def _skip_header(self, entry: Entry) -> None:
        header = self._at(entry.start, _LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\3\4"):
            raise UnreadableError("damaged", "Its data are not where the list of files says.")
        _, _, flags, _, _, _, _, _, _, name_size, extra_size = _LOCAL.unpack(header)
        if _decode_name(self._file.read(name_size), flags) != entry.name:
            raise UnreadableError("damaged", "It has another name in the list of files than at its data.")
        self._file.seek(extra_size, os.SEEK_CUR)

    def _inflate(self, entry: Entry) -> bytes:
        data = bytearray()
        decoder = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == DEFLATED else None
        left = entry.compressed
        while left and len(data) <= entry.size:
            chunk = self._file.read(min(left, _CHUNK))
            if not chunk:
                break
            left -= len(chunk)
            # One byte more than listed is enough to see a lie.
            most = entry.size - len(data) + 1
            data += decoder.decompress(chunk, most) if decoder else chunk[:most]
        return bytes(data)


def _entries(directory: bytes, shift: int) -> Iterator[Entry]:
    """The entries of a zip's central directory."""
    position = 0
    while position < len(directory):
        if directory[position : position + 4] != b"PK\1\2" or position + _CENTRAL.size > len(directory):
            raise UnreadableError("damaged", "Its list of files is broken.")
        record = _CENTRAL.unpack_from(directory, position)
        flags, method, crc, compressed, size, name_size, extra_size, comment_size = (
            record[i] for i in _WANTED
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
            special=stat.S_ISLNK(attributes >> 16),
        )


def _large_values(extra: bytes, *values: int) -> list[int]:
    """Sizes and offset, each taken from the zip64 field when its own place is full. APPNOTE 4.5.3."""
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
        # Many tools write UTF-8 without saying so; text in another encoding is hardly ever valid UTF-8.
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


_DECLARATION = re.compile(rb"""<\?xml\s[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DOCTYPE = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_TEXT_ENCODINGS = re.compile(r"utf-8|utf-16(-[lb]e)?|ascii|iso8859-\d+|cp125\d")


def _parse_manifest(name: str, data: bytes) -> Manifest:
    """Decodes here and not in the parser, so that what was searched for a DOCTYPE is what is parsed."""
    mark, marked = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", ""))
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
    if not _TEXT_ENCODINGS.fullmatch(codec):
        fault = Fault("encoding", f"The encoding {encoding!r} is not known.")
    elif marked and codec != marked and not (wide and codec == "utf-16"):
        found = "UTF-16" if wide else "UTF-8"
        fault = Fault("encoding", f"It declares {encoding} and begins with the byte order mark of {found}.")
    else:
        try:
            text = body.decode(marked or codec)
        except UnicodeDecodeError as error:
            said = f"declares {encoding}" if encoding else "declares no encoding, which means UTF-8,"
            line = body.count(b"\n", 0, error.start) + 1
            fault = Fault("encoding", f"It {said} but its bytes are not.", line)
    if text.count("<") > _MAX_TAGS:
        fault = Fault("unreadable", f"It has more than {_MAX_TAGS:,} tags.")
    elif _DOCTYPE.match(text):
        fault = Fault("doctype", "It has a DOCTYPE.")
    root = None
    if not fault:
        root, fault = _parse_xml(text)
    return Manifest(name, root, fault, encoding, bool(mark))


def _parse_xml(text: str) -> tuple[_Element | None, Fault | None]:
    # lxml takes longer to import than most packages to judge.
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode(), parser), None
    except etree.XMLSyntaxError as error:
        line, column = error.position
        words = (error.msg or "").split(", line ")[0].strip()
        return None, Fault("malformed", f"It is not well-formed XML: {words}.", line or None, column or None)
