"""Looks into a PDF document: is it one, can it be opened, and is it made for everybody?

No more is understood of the format than leads to the catalog, where that is said (ISO 32000-1, 7.5 and 7.7.2).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple

from coursepack.reading.media_heads import MediaError

UNPACKED_LIMIT = 20_000_000
"""Bytes of one object stream; the largest that programs write are a hundredth of it."""

_HEAD = 1024
"""Bytes at either end in which the marks of a PDF stand; some programs write others around them (annex H)."""

_TRAILER = re.compile(rb"trailer\s*<<(.{0,4096}?)startxref", re.DOTALL)
_CROSS_REFERENCES = re.compile(
    rb"obj\s*<<((?:(?!endobj|stream).){0,4096}?/Type\s*/XRef\b.{0,4096}?)stream", re.DOTALL
)
_OBJECT_STREAM = re.compile(
    rb"obj\s*<<((?:(?!endobj|stream).){0,4096}?/Type\s*/ObjStm\b.{0,4096}?)stream\r?\n", re.DOTALL
)


class Pdf(NamedTuple):
    """What a document's catalog says.

    `is_tagged`: which text is a heading, a list or a table, and in which order it is read, stands in the document.
    """

    is_tagged: bool
    has_language: bool


def read_pdf(path: Path) -> Pdf | None:
    """What a document says of itself; None when that stands where only a whole reader finds it.

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
        return Pdf(_is_tagged(data, catalog), _has_language(catalog))


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


def _object(data: mmap, number: int) -> bytes | None:
    """The newest version of an object; None when there is none that can be found."""
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
