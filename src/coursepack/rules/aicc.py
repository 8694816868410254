"""Rules for AICC courses: the four description files and what they refer to.

Names of groups, columns and identifiers are case-insensitive.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote

from coursepack.problems import Location, Message, Quoted, listed
from coursepack.rules.container import AICC_ENDINGS, aicc_folder
from coursepack.rules.descriptions import COURSE, STRUCTURE, TITLES, UNITS, Row, description, stem_of
from coursepack.rules.ims import alike, path_of
from coursepack.rules.rule import Finding, rule, several, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.package import Package

LMS_CALLS = ("AICC_", "aicc_", "LMSInitialize")

_NEEDED = {
    UNITS: ("system_id", "file_name"),
    TITLES: ("system_id", "title"),
    STRUCTURE: ("block", "member"),
}
"""The columns that are needed to open, name and order units."""

_ROOT = "root"
# A drive letter is not a scheme.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")


def launch_files(package: Package) -> tuple[str, ...]:
    """The files of the package that units open, each once, in the order of the units."""
    paths = (_path(package, row.get("file_name")) for row in description(package).rows(UNITS))
    return tuple(dict.fromkeys(path for path in paths if path is not None and path in package.files))


@rule("error", spec="AICC CMI001")
def missing_file(package: Package) -> Iterator[Finding]:
    """One of the four description files is missing.

    The course (`.crs`), its units (`.au`), their titles (`.des`) and its structure (`.cst`) belong together. Without
    one of them, an LMS imports nothing or half a course. Export the course again with all four.
    """
    files = description(package).files
    missing = [f".{ending}" for ending in AICC_ENDINGS if ending not in files]
    if missing:
        yield Message("There is no file that ends in {0}.", listed(missing, "or")), Location(package.name)


@rule("error", spec="AICC CMI001")
def damaged_file(package: Package) -> Iterator[Finding]:
    """A description file cannot be read.

    It is damaged or larger than 1 MB, or has a value that does not end. An LMS then imports nothing. Export the course
    again.
    """
    for name, why in description(package).damaged.items():
        yield why, Location(name)


@rule("warning", spec="AICC CMI001")
def other_name(package: Package) -> Iterator[Finding]:
    """The description files of the course have different names.

    All four must have the same name, such as `course.crs`, `course.au`, `course.des` and `course.cst`: Moodle and
    others treat a file with another name as part of another course. Rename them.
    """
    names = list(description(package).files.values())
    if len({stem_of(name) for name in names}) > 1:
        yield Message("They are called {0}.", several(names)), Location(package.name)


@rule("warning", spec="AICC CMI001")
def wrong_line_ends(package: Package) -> Iterator[Finding]:
    """The lines of a description file do not end in CR LF.

    Moodle knows no other line ending: it reads the whole file as one line and finds neither units nor titles. Save the
    file with Windows line endings.
    """
    names = list(description(package).lone_ends)
    if names:
        yield (
            Message("There are lines that end in LF or CR alone: {0}.", several(names)),
            Location(package.name),
        )


@rule("error", spec="AICC CMI001")
def missing_column(package: Package) -> Iterator[Finding]:
    """A description file lacks a required column.

    The first line names the columns. Units need `system_id` and `file_name`, titles `system_id` and `title`, the
    structure `block` and `member`; without them, nothing can be opened, named or ordered. Add the column.
    """
    for ending, needed in _NEEDED.items():
        table = description(package).tables.get(ending)
        if table:
            for column in needed:
                if column not in table.columns:
                    yield Message("There is no column {0}.", Quoted(column)), Location(table.file, 1)


@rule("warning", spec="AICC CMI001")
def missing_course_title(package: Package) -> Iterator[Finding]:
    """The course file lacks the title or the identifier of the course.

    Moodle and others show the title, and recognize the course by the identifier when it is replaced. Write
    `Course_Title` and `Course_ID` in the group `[Course]`.
    """
    read = description(package)
    name = read.files.get(COURSE)
    if name and name not in read.damaged:
        for keyword in ("Course_Title", "Course_ID"):
            if not read.course.get(keyword.lower()):
                yield Message("There is no {0} in [Course].", keyword), Location(name)


@rule("error", spec="AICC CMI001")
def no_units(package: Package) -> Iterator[Finding]:
    """The course has no assignable unit.

    A unit is what learners open; without one, there is nothing to import. Add a line for each to the `.au` file.
    """
    table = description(package).tables.get(UNITS)
    if table and not table.rows:
        yield "There is no line for a unit.", Location(table.file)


@rule("error", spec="AICC CMI001")
def missing_launch_address(package: Package) -> Iterator[Finding]:
    """A unit has no address to open.

    Learners who choose it get an empty window. Write the page or its address as `file_name`.
    """
    for name, row in _rows(package, UNITS, "file_name"):
        if not row.get("file_name"):
            yield (
                Message("The unit {0} has no file_name.", shortened(row.get("system_id"))),
                Location(name, row.line),
            )


@rule("error", spec="AICC CMI001")
def missing_launch_file(package: Package) -> Iterator[Finding]:
    """The file that a unit opens is not in the package.

    Learners get an error page. Add the file, correct `file_name` (upper and lower case count), or write the full
    address if the page is on a server.
    """
    for name, row in _rows(package, UNITS, "file_name"):
        address = row.get("file_name")
        path = _path(package, address) if address else None
        if path is not None and path not in package.files:
            yield (
                Message("{0} is not in the package.", shortened(address)),
                Location(name, row.line),
                alike(package, path),
            )


@rule("warning", spec="AICC CMI001")
def missing_identifier(package: Package) -> Iterator[Finding]:
    """A line has no identifier.

    The LMS cannot assign it to anything. Write the `system_id` of the unit or block, such as A1 or B1; in the
    structure, the `block`.
    """
    for ending, column in ((UNITS, "system_id"), (TITLES, "system_id"), (STRUCTURE, "block")):
        for name, row in _rows(package, ending, column):
            if not row.get(column):
                yield Message("The line has no {0}.", column), Location(name, row.line)


@rule("warning", spec="AICC CMI001")
def repeated_identifier(package: Package) -> Iterator[Finding]:
    """Two lines of units or of titles have the same identifier.

    The LMS keeps one of them, and a unit or a title is lost. Give each unit its own identifier, and each identifier
    one title.
    """
    for ending in (UNITS, TITLES):
        counts = Counter(_id(row) for _, row in _rows(package, ending, "system_id"))
        reported: set[str] = set()
        for name, row in _rows(package, ending, "system_id"):
            identifier = _id(row)
            if identifier and counts[identifier] > 1 and identifier not in reported:
                reported.add(identifier)
                name_shown, count = shortened(row.get("system_id")), counts[identifier]
                yield Message("{0} appears {1} times.", name_shown, count), Location(name, row.line)


@rule("warning", spec="AICC CMI001")
def missing_root(package: Package) -> Iterator[Finding]:
    """The structure has no block `root`.

    It represents the course and contains everything that is not in another block; an LMS that starts from it shows an
    empty course. Add a line for `root` with the outermost blocks and units.
    """
    found = list(_rows(package, STRUCTURE, "block"))
    if found and all(row.get("block").lower() != _ROOT for _, row in found):
        name, row = found[0]
        yield "There is no block 'root'.", Location(name, row.line)


@rule("warning", spec="AICC CMI001")
def unknown_member(package: Package) -> Iterator[Finding]:
    """The structure names a unit or a block that does not exist.

    LMSs refuse the course, or show an entry that opens nothing. Correct the identifier, or add its unit to the `.au`
    file or its line to the structure.
    """
    if UNITS not in description(package).tables:
        return
    known = {_id(row) for _, row in _rows(package, UNITS, "system_id")} | _blocks(package)
    # A member can also be an objective, which only has a title.
    known |= {_id(row) for _, row in _rows(package, TITLES, "system_id") if _id(row).startswith("j")}
    for name, row in _rows(package, STRUCTURE, "block"):
        for member in row.members:
            if member.lower() not in known:
                yield Message("There is no unit or block {0}.", shortened(member)), Location(name, row.line)


@rule("warning", spec="AICC CMI001")
def unit_left_out(package: Package) -> Iterator[Finding]:
    """A unit is not in the structure.

    Some LMSs then never show it, others show it at the end. Add it as a member of `root` or of another block.
    """
    if not description(package).rows(STRUCTURE):
        return
    members = {member.lower() for row in description(package).rows(STRUCTURE) for member in row.members}
    for name, row in _rows(package, UNITS, "system_id"):
        if _id(row) and _id(row) not in members:
            yield (
                Message("The structure does not name {0}.", shortened(row.get("system_id"))),
                Location(name, row.line),
            )


@rule("warning", spec="AICC CMI001")
def missing_title(package: Package) -> Iterator[Finding]:
    """A unit or a block has no title.

    Learners see its identifier in the menu, or nothing. Add a line with its `system_id` and `title` to the `.des`
    file.
    """
    titles = description(package).tables.get(TITLES)
    if titles is None or not {"system_id", "title"}.issubset(titles.columns):
        return
    titled = {_id(row) for row in titles.rows if row.get("title")} | {_ROOT}
    for name, row in (*_rows(package, UNITS, "system_id"), *_rows(package, STRUCTURE, "block")):
        identifier = row.get("system_id") or row.get("block")
        if identifier and identifier.lower() not in titled:
            titled.add(identifier.lower())
            yield (
                Message("The file of titles has no title for {0}.", shortened(identifier)),
                Location(name, row.line),
            )


def _rows(package: Package, ending: str, column: str) -> Iterator[tuple[str, Row]]:
    """The rows of a description file, with its name. None when the column is missing, which is reported once."""
    table = description(package).tables.get(ending)
    if table and column in table.columns:
        yield from ((table.file, row) for row in table.rows)


def _id(row: Row) -> str:
    return row.get("system_id").lower()


def _blocks(package: Package) -> set[str]:
    return {row.get("block").lower() for row in description(package).rows(STRUCTURE)}


def _path(package: Package, address: str) -> str | None:
    """The path in the package that a unit's address refers to; None for an address on a server."""
    if not address or _ADDRESS.match(address):
        return None
    written = address.replace("\\", "/")
    # Some courses write paths from the top of the package, not from the description files.
    folder = aicc_folder(package) or ""
    found = [
        posixpath.normpath(posixpath.join(inside, path))
        for path in (written, unquote(path_of(written)))
        for inside in (folder, "")
    ]
    return next((path for path in found if path in package.files), found[2])
