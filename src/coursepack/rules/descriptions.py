"""Reads the description files of an AICC course: the course, its units, their titles and its structure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from coursepack.package import Package, UnreadableError
from coursepack.problems import Message, Reason
from coursepack.rules.container import AICC_ENDINGS, aicc_folder, is_junk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COURSE, UNITS, TITLES, STRUCTURE = AICC_ENDINGS

_MOST_READ = 1024 * 1024
_MOST_ROWS = 20_000
_KEYWORD = re.compile(r"([^=\n]{1,200}?)=(.*)")
_LONE_END = re.compile(r"(?<!\r)\n|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a table: its values by column name in lower case, and its first line."""

    line: int
    values: Mapping[str, str]
    members: tuple[str, ...] = ()
    """In the structure: the members of the block."""

    def get(self, column: str) -> str:
        """The value of a column, or empty."""
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A comma-delimited file: its name, its column names in lower case, and its rows."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """The contents of the description files. `files` are their names by extension; `damaged` those that cannot be read.

    `course` has the values of the course by keyword in lower case. `lone_ends` are files with lines that do
    not end in CR LF.
    """

    files: Mapping[str, str]
    course: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    damaged: Mapping[str, str | Message] = field(default_factory=dict)
    lone_ends: tuple[str, ...] = ()

    def rows(self, ending: str) -> tuple[Row, ...]:
        """The records of a table; none when it is missing or cannot be read."""
        return self.tables[ending].rows if ending in self.tables else ()


def description(package: Package) -> Description:
    """The contents of a package's description files."""
    return package.cached(_read)


def prerequisites(package: Package) -> dict[str, str]:
    """The prerequisites of units and blocks, by id in lower case (CMI001, prerequisites file)."""
    folder = aicc_folder(package)
    names = [name for name in package.files if name.lower().endswith(".pre") and not is_junk(name)]
    name = next((name for name in sorted(names) if name.rpartition("/")[0] == folder), "")
    try:
        rows = _table(name, _decoded(package.read(name, _MOST_READ))).rows if name else ()
    except (UnreadableError, csv.Error):
        rows = ()
    return {
        row.get("structure_element").lower(): row.get("prerequisite")
        for row in rows
        if row.get("prerequisite")
    }


def _read(package: Package) -> Description:
    files = _files(package)
    course: dict[str, str] = {}
    tables: dict[str, Table] = {}
    damaged: dict[str, str | Message] = {}
    lone_ends = []
    for ending, name in files.items():
        try:
            text = _decoded(package.read(name, _MOST_READ))
            if ending == COURSE:
                course = _keywords(text)
            else:
                tables[ending] = _table(name, text)
        except UnreadableError as error:
            damaged[name] = error.fault.message
            continue
        except csv.Error as error:
            damaged[name] = Message("It is not comma-delimited text: {0}.", Reason(str(error), "csv"))
            continue
        if _LONE_END.search(text):
            lone_ends.append(name)
    return Description(files, course, tables, damaged, tuple(lone_ends))


def _files(package: Package) -> dict[str, str]:
    """The description files by extension: of several with the same extension, the one named like most of the others."""
    folder = aicc_folder(package)
    there: dict[str, list[str]] = {}
    for name in sorted(package.files):
        inside, _, last = name.rpartition("/")
        ending = last.rpartition(".")[2].lower()
        if inside == folder and ending in AICC_ENDINGS and not is_junk(name):
            there.setdefault(ending, []).append(name)
    stems = [stem_of(name) for names in there.values() for name in names]
    return {
        ending: max(there[ending], key=lambda name: stems.count(stem_of(name)))
        for ending in AICC_ENDINGS
        if ending in there
    }


def stem_of(name: str) -> str:
    """A file name without folder and extension, in lower case."""
    return name.rpartition("/")[2].rpartition(".")[0].lower()


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _keywords(text: str) -> dict[str, str]:
    """The keywords of the group `[Course]`; the first of several with the same name counts."""
    found: dict[str, str] = {}
    group = ""
    for line in islice(text.splitlines(), _MOST_ROWS):
        bare = line.strip()
        if bare.startswith("["):
            group = bare.strip("[] ").lower()
        elif group == "course" and (match := _KEYWORD.match(bare)):
            found.setdefault(match[1].strip().lower(), match[2].strip())
    return found


def _table(name: str, text: str) -> Table:
    records = _records(text)
    _, heads = next(records, (1, []))
    columns = tuple(head.lower() for head in heads)
    rows = (
        Row(line, dict(zip(columns, given, strict=False)), tuple(filter(None, given[1:])))
        for line, given in records
    )
    return Table(name, columns, tuple(rows))


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each non-empty record, with its first line."""
    lines: Iterable[str] = io.StringIO(text, newline="")
    reader = csv.reader(lines, skipinitialspace=True)
    line = 1
    for values in islice(reader, _MOST_ROWS):
        bare = [value.strip() for value in values]
        if any(bare):
            yield line, bare
        line = reader.line_num + 1
