"""The marks of facts in texts: `[passage](fact:SOURCE)`, and with the day of a check `fact:SOURCE@2026-04-30`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from coursepack.problems import Location

if TYPE_CHECKING:
    from coursepack.reading.yaml_validation import Yaml

SCHEME = "fact:"
TARGET = re.compile(r"\]\(\s*fact:([^()\n]*)\)")
"""The end of a mark, with what the passage rests on."""

_MARK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)" + TARGET.pattern)


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
    def day(self) -> str | None:
        """The day of the check, as written; None without one."""
        _, at, day = self.target.partition("@")
        return day.strip() if at else None


def without_marks(text: str) -> tuple[str, list[tuple[str, str]]]:
    """A plain text without its marks, and these as passage and target."""
    if SCHEME not in text:
        return text, []
    found: list[tuple[str, str]] = []

    def passage(match: re.Match[str]) -> str:
        found.append((" ".join(match[1].split()), match[2]))
        return match[1]

    plain = _MARK.sub(passage, text)
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
