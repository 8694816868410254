"""The marks of facts in texts: `[passage](fact:SOURCE)`, and with the day of a check `fact:SOURCE@2026-04-30`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from coursepack.course.claims import Claim, after
from coursepack.problems import Location

if TYPE_CHECKING:
    from coursepack.course.model import Definition, Person, Source
    from coursepack.reading.yaml_validation import Yaml

SCHEME = "fact:"
TARGET = re.compile(r"\]\(\s*fact:([^()\n]*)\)")
"""The end of a mark, with what the passage rests on."""

_MARK = r"\[((?:[^\[\]]|\[[^\[\]]*\])*)" + TARGET.pattern


class Mark(NamedTuple):
    """A mark as an author wrote it. `target` is what follows `fact:`, with a day or without.

    `passage` is None for a whole page, and empty where nothing is marked. `page` is empty outside the pages.
    """

    passage: str | None
    target: str
    place: Location
    page: str = ""

    @property
    def source(self) -> str:
        """The id that is looked up in sources.yaml and contacts.yaml."""
        return self.target.partition("@")[0].strip()

    @property
    def written_day(self) -> str | None:
        """The day of the check, as written; None without one."""
        _, at, day = self.target.partition("@")
        return day.strip() if at else None

    @property
    def day(self) -> datetime.date | None:
        """The day of the check; None without one, or when it is not a date."""
        written = self.written_day or ""
        try:
            # Python reads other forms of ISO 8601 too, from 3.11.
            return datetime.date.fromisoformat(written) if len(written) == 10 else None
        except ValueError:
            return None

    @property
    def has_bad_day(self) -> bool:
        """True when something else than a date follows the source."""
        return self.written_day is not None and self.day is None


def without_marks(text: str) -> tuple[str, list[tuple[str, str]]]:
    """A plain text without its marks, and these as passage and target."""
    if SCHEME not in text:
        return text, []
    found: list[tuple[str, str]] = []

    def passage(match: re.Match[str]) -> str:
        found.append((" ".join(match[1].split()), match[2]))
        return match[1]

    plain = re.sub(_MARK, passage, text)
    return plain, [*found, *(("", left[1]) for left in TARGET.finditer(plain))]


def take_marks(read: Yaml, text: str, page: str = "") -> Iterator[Mark]:
    """The marks in the texts of a YAML source, which it loses. `text` is what was read as YAML."""
    if SCHEME in text and isinstance(read.data, dict | list):
        yield from _take(read, text.split("\n"), page, read.data, ())


def _take(
    read: Yaml, lines: list[str], page: str, values: Any, path: tuple[int | str, ...]
) -> Iterator[Mark]:
    items = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in list(items):
        here = (*path, key)
        if isinstance(value, dict | list):
            yield from _take(read, lines, page, value, here)
        elif isinstance(value, str) and SCHEME in value:
            values[key], found = without_marks(value)
            place = read.place(here)
            line, column = (place.line or 1) - read.first_line, (place.column or 1) - 1
            for passage, target in found:
                line, column = _next(lines, line, column, target)
                yield Mark(passage, target, Location(read.file, line + read.first_line, column + 1), page)
                column += 1


def _next(lines: list[str], line: int, column: int, target: str) -> tuple[int, int]:
    """The place of the next `fact:TARGET)`, counted from 0; the given one where a text has escapes."""
    for number in range(line, len(lines)):
        at = lines[number].find(f"{SCHEME}{target})", column if number == line else 0)
        if at >= 0:
            return number, at
    return line, column


def contact_marks(persons: Sequence[Person] | None, read: Yaml | None) -> Iterator[Mark]:
    """The number of each contact, or what else leads to it, with the day on which it was checked."""
    if persons is not None and read is not None:
        for at, person in enumerate(persons):
            shown = person.phone or person.web or person.name
            yield Mark(
                shown, f"{person.id}@{person.checked}", read.place((at, "phone" if person.phone else "id"))
            )


def claims_of(
    marks: Iterable[Mark],
    definition: Definition,
    sources: Mapping[str, Source],
    contacts: Mapping[str, Person],
) -> Iterator[Claim]:
    """The claims of those marks that are valid.

    A claim was checked on the day in its mark, that of its source or contact, or that of the course's law or review.
    """
    for mark in marks:
        if mark.passage == "" or mark.has_bad_day:
            continue
        source, contact = sources.get(mark.source), contacts.get(mark.source)
        if source is not None:
            title, own, valid = source.title, source.checked, source.valid
        elif contact is not None:
            title, own, valid = contact.name, contact.checked, contact.valid
        else:
            continue
        checked = mark.day or own or definition.dates.law or definition.dates.reviewed
        due = checked and after(checked, valid or definition.facts.valid)
        yield Claim(mark.passage, mark.page, mark.source, title, checked, due, mark.place)
