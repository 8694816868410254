"""Checks a PDF document: its format, encryption, and accessibility.

Parses only what leads to the catalog, which has this information (ISO 32000-1, 7.5 and 7.7.2).
"""

from __future__ import annotations

import codecs
import html
import re
import zlib
from collections.abc import Iterator, Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple

from coursepack.reading.media_heads import MediaError

UNPACKED_LIMIT = 20_000_000
"""Bytes of one object stream, a hundred times the largest that programs write."""

_HEAD = 1024
"""Bytes at either end that contain the PDF markers; some programs write other bytes around them (annex H)."""

_TRAILER = re.compile(rb"trailer\s*<<(.{0,4096}?)startxref", re.DOTALL)
_CROSS_REFERENCES = re.compile(
    rb"obj\s*<<((?:(?!endobj|stream).){0,4096}?/Type\s*/XRef\b.{0,4096}?)stream", re.DOTALL
)
_OBJECT_STREAM = re.compile(
    rb"obj\s*<<((?:(?!endobj|stream).){0,4096}?/Type\s*/ObjStm\b.{0,4096}?)stream\r?\n", re.DOTALL
)
_AUTHOR = re.compile(rb"/Author\s*(?:\(((?:\\.|[^\\()]){0,1000}+)\)|<([0-9A-Fa-f\s]{0,4000}+)>)", re.DOTALL)
_CREATOR = re.compile(rb"<dc:creator>.{0,200}?<rdf:li[^>]{0,100}>([^<]{1,1000})</rdf:li>", re.DOTALL)


class Pdf(NamedTuple):
    """The information in a document's catalog.

    `is_tagged`: the document declares headings, lists and tables, and the reading order. `author` can be empty.
    """

    is_tagged: bool
    has_language: bool
    author: str = ""


def read_pdf(path: Path) -> Pdf | None:
    """The catalog's information; None when finding it requires a full PDF reader.

    Raises MediaError, OSError.
    """
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        if data.find(b"%PDF-", 0, _HEAD) < 0:
            raise MediaError("not-a-pdf", "is not a PDF document", "Export it again as PDF.")
        if data.rfind(b"%%EOF", max(0, len(data) - _HEAD)) < 0:
            raise MediaError("not-a-pdf", "is a PDF document that is cut short", "Copy or export it again.")
        ends = [*_TRAILER.findall(data), *_CROSS_REFERENCES.findall(data)]
        if any(re.search(rb"/Encrypt\b", end) for end in ends):
            raise MediaError(
                "locked-pdf",
                "is a PDF document that is locked",
                "Export it again without a password or limits.",
            )
        root = next(
            (found for end in ends if (found := re.search(rb"/Root\s+(\d{1,10})\s+\d+\s+R", end))), None
        )
        catalog = _object(data, int(root[1])) if root else None
        if catalog is None:
            return None
        return Pdf(_is_tagged(data, catalog), _has_language(catalog), _author(data, catalog, ends))


def _is_tagged(data: mmap, catalog: bytes) -> bool:
    # ISO 32000-1, 14.8.1: a tagged document is marked as one, and has a tree of its structure.
    if b"/StructTreeRoot" not in catalog:
        return False
    elsewhere = re.search(rb"/MarkInfo\s+(\d{1,10})\s+\d+\s+R", catalog)
    marks = (_object(data, int(elsewhere[1])) or b"") if elsewhere else catalog
    return re.search(rb"/Marked\s+true\b", marks) is not None


def _has_language(catalog: bytes) -> bool:
    # 14.9.2: a string, which may be empty, or a reference to one.
    return re.search(rb"/Lang\s*(?:\(\s*[A-Za-z\xfe]|<\s*[0-9A-Fa-f]|\d+\s+\d+\s+R)", catalog) is not None


def _author(data: mmap, catalog: bytes, ends: Sequence[bytes]) -> str:
    """The author of the information dictionary (14.3.3), or of XMP where that is not compressed (14.3.2)."""
    info = next((found for end in ends if (found := re.search(rb"/Info\s+(\d{1,10})\s+\d+\s+R", end))), None)
    author = _AUTHOR.search((info and _object(data, int(info[1]))) or b"")
    if author:
        text = bytes.fromhex(_hex(author[2])) if author[2] is not None else _unescaped(author[1])
        return " ".join(_decoded(text).split())
    place = re.search(rb"/Metadata\s+(\d{1,10})\s+\d+\s+R", catalog)
    creator = _CREATOR.search((place and _object(data, int(place[1]))) or b"")
    return " ".join(html.unescape(creator[1].decode("utf-8", "replace")).split()) if creator else ""


def _hex(text: bytes) -> str:
    """7.3.4.3: white space means nothing, and a digit that is missing at the end is 0."""
    digits = b"".join(text.split()).decode("ascii")
    return digits + "0" * (len(digits) % 2)


def _unescaped(text: bytes) -> bytes:
    """A string with its escapes undone (7.3.4.2)."""

    def plain(escape: re.Match[bytes]) -> bytes:
        if escape[1]:
            return bytes([int(escape[1], 8) & 0xFF])
        return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\n": b""}.get(escape[2], escape[2])

    return re.sub(rb"\\(?:([0-7]{1,3})|(.))", plain, text, flags=re.DOTALL)


def _decoded(text: bytes) -> str:
    """7.9.2.2: UTF-16 with a mark, UTF-8 with one, or an encoding that is Latin-1 for the letters of most names."""
    if text.startswith(b"\xfe\xff"):
        return text[2:].decode("utf-16-be", "replace")
    if text.startswith(codecs.BOM_UTF8):
        return text[3:].decode("utf-8", "replace")
    return text.decode("latin-1")


def _object(data: mmap, number: int) -> bytes | None:
    """The newest version of an object; None when it cannot be found."""
    found = None
    for match in re.finditer(rb"(?<!\d)%d\s+\d+\s+obj\b" % number, data):
        end = data.find(b"endobj", match.end(), match.end() + 1_000_000)
        found = data[match.end() : end] if end >= 0 else found
    return found or next((inner[number] for inner in _packed(data) if number in inner), None)


def _packed(data: mmap) -> Iterator[dict[int, bytes]]:
    """The objects of each object stream, the newest stream first (7.5.7)."""
    for match in reversed(list(_OBJECT_STREAM.finditer(data))):
        first, count = (re.search(rb"/%b\s+(\d{1,10})" % name, match[1]) for name in (b"First", b"N"))
        if not first or not count or b"FlateDecode" not in match[1]:
            continue
        try:
            packed = data[match.end() : data.find(b"endstream", match.end())]
            text = zlib.decompressobj().decompress(packed, UNPACKED_LIMIT)
        except zlib.error:
            continue
        places = list(map(int, re.findall(rb"\d{1,10}", text[: int(first[1])])))[: 2 * int(count[1])]
        starts = [int(first[1]) + place for place in places[1::2]]
        yield {
            number: text[start:end]
            for number, start, end in zip(places[::2], starts, [*starts[1:], len(text)], strict=False)
        }
