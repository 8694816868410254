"""Sizes by kind of file, from the list of files alone."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from coursepack.inspection.nodes import File, Share, Sizes, printable_path

if TYPE_CHECKING:
    from coursepack.package import Package

MOST_FILES = 10

_ENDINGS = {
    "html": "html htm xhtml",
    "script": "js mjs cjs wasm",
    "style": "css",
    "picture": "png jpg jpeg gif svg webp avif bmp ico tif tiff",
    "video": "mp4 m4v webm ogv mov avi flv f4v mpg mpeg wmv",
    "audio": "mp3 m4a ogg oga opus wav aac wma",
    "document": "pdf doc docx ppt pptx pps ppsx xls xlsx odt odp ods rtf txt md epub",
    "font": "woff woff2 ttf otf eot",
    "data": "json xml xsd dtd vtt srt csv tsv yaml yml map",
}
_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}

# APPNOTE 4.3.12 and 4.3.16: a record in the list of files without its name, and the end of the list.
_RECORD, _END = 46, 22


def file_kind(path: str) -> str:
    """The kind of a file, by its extension in any case."""
    return _KINDS.get(path.rpartition("/")[2].rpartition(".")[2].lower(), "other")


def sizes_of(package: Package) -> Sizes:
    """The sizes. Of several files with one name the last counts; extra fields of the zip are not counted."""
    counts: dict[str, list[int]] = {}
    for path, entry in package.files.items():
        found = counts.setdefault(file_kind(path), [0, 0])
        found[0] += 1
        found[1] += entry.size
    shares = (Share(kind, files, size) for kind, (files, size) in counts.items())
    files = (File(path, entry.size) for path, entry in package.files.items())
    largest = heapq.nsmallest(MOST_FILES, files, key=lambda file: (-file.size, file.path))
    return Sizes(
        packed=_packed(package),
        unpacked=sum(size for _, size in counts.values()),
        files=len(package.files),
        by_kind=tuple(sorted(shares, key=lambda share: (-share.size, share.kind))),
        largest=tuple(File(printable_path(file.path), file.size) for file in largest),
    )


def _packed(package: Package) -> int | None:
    """The size of the zip: its data and its central directory."""
    if not package.is_zip:
        return None
    listed = sum(_RECORD + len(entry.name.encode("utf-8", "replace")) for entry in package.entries)
    return max((entry.end for entry in package.entries), default=0) + listed + _END
