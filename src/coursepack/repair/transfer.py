"""Copies files from a source unchanged: from a zip without unpacking or loading them, from a folder as streams."""

from __future__ import annotations

import os
import struct
from functools import partial
from typing import TYPE_CHECKING

from coursepack.archive import Content, Entry, Stream
from coursepack.problems import Location, Message, PackageError, Problem, Report
from coursepack.rules.rule import printable, safe, shortened

if TYPE_CHECKING:
    from io import FileIO

    from coursepack.package import Entry as Listed
    from coursepack.repair.names import Plan

# APPNOTE 4.3.7: the lengths of name and extra field are the last of the thirty bytes.
_HEADER_SIZE = 30
_LENGTHS = struct.Struct("<2H")
_FULL, _LONGEST_NAME = 0xFFFFFFFF, 0xFFFF


def failure(rule: str, message: str | Message, file: str) -> PackageError:
    """An error with one fatal problem."""
    return PackageError(Report.of([Problem(rule, "fatal", safe(message), Location(printable(file)))]))


def contents(plan: Plan) -> dict[str, Content]:
    """The sources of the bytes of all files. Raises PackageError and OSError."""
    for name in plan.files:
        if not _is_writable(name):
            message = Message(
                "The name {0} cannot be written in UTF-8, or is too long for a zip.", shortened(name)
            )
            raise failure("mend/unwritable-name", message, plan.package.name)
    raw = plan.package.zip_file
    if raw is None:
        return {
            name: Stream(found.size, partial(plan.package.open_file, found.name))
            for name, found in plan.files.items()
        }
    end = raw.seek(0, os.SEEK_END)
    return {name: _entry(plan, name, found, raw, end) for name, found in plan.files.items()}


def _is_writable(name: str) -> bool:
    try:
        return len(name.encode()) <= _LONGEST_NAME
    except UnicodeEncodeError:
        return False


def _entry(plan: Plan, name: str, found: Listed, raw: FileIO, end: int) -> Entry:
    """The position of a file's bytes in a zip."""
    raw.seek(found.start)
    header = raw.read(_HEADER_SIZE)
    is_header = len(header) == _HEADER_SIZE and header.startswith(b"PK\3\4")
    name_size, extra_size = _LENGTHS.unpack(header[-_LENGTHS.size :]) if is_header else (0, 0)
    start = found.start + _HEADER_SIZE + name_size + extra_size
    if not is_header or start + found.compressed > end or found.compressed >= _FULL > found.size:
        message = Message("The data of {0} are not where the list of files says.", shortened(found.name))
        raise failure("container/damaged-zip", message, plan.package.name)
    # Code page 437 unless the zip declares another: APPNOTE D.1
    known = (found.name.encode(), found.name.encode("cp437", "replace"))
    if raw.read(name_size) not in known and "\ufffd" not in found.name:
        plan.report(
            "{0} had another name at its data; the one in the list of files was kept.", shortened(name)
        )
    return Entry(found.crc, found.size, found.compressed, found.method, start)
