"""The languages that courses and the command line can be in: a folder each, named by its code.

`strings.json` holds all that learners meet; a folder that has it is a language. `authors.json` holds what authors read:
reports, and what the command line prints. Where a language has none they are in English.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import datetime

ENGLISH = "en"

_HERE = Path(__file__).parent
_LEARNERS, _AUTHORS = "strings.json", "authors.json"
_FOLDER = " in a folder"

Strings = Mapping[str, Mapping[str, Any]]


@lru_cache(maxsize=1)
def codes() -> tuple[str, ...]:
    """The codes of all languages (BCP 47), in their order."""
    return tuple(sorted(path.parent.name for path in _HERE.glob(f"*/{_LEARNERS}")))


@lru_cache(maxsize=64)
def strings(code: str) -> Strings:
    """What learners meet in a language.

    `page` is for templates, `player` for the script, `prose` for the text of pages, `completion` for the rule of
    completion, `verbs` the display of xAPI verbs, `format` how numbers, dates and lists are written.
    """
    return _read(code, _LEARNERS)


@lru_cache(maxsize=1)
def author_codes() -> tuple[str, ...]:
    """The codes of the languages that authors can be addressed in."""
    return tuple(code for code in codes() if (_HERE / code / _AUTHORS).is_file())


def authors_language(code: str) -> str:
    """The language that authors are addressed in when they ask for one: this one, or English."""
    return code if code in author_codes() else ENGLISH


@lru_cache(maxsize=64)
def authors(code: str) -> Strings:
    """What authors read in one of `author_codes`.

    `terminal` is for the command line, with the forms of what is `counted`, the `steps` of a build and the `titles` of
    targets; `kinds` are kinds of packages, `report` is for the page of `check`.
    """
    return _read(code, _AUTHORS)


def kind_words(name: str, language: str) -> str:
    """A kind of package in a language; the names of standards are the same in all."""
    kinds = authors(language)["kinds"]
    bare = name.removesuffix(_FOLDER)
    kind = kinds.get(bare, bare)
    return str(kind if bare == name else kinds[f"{{kind}}{_FOLDER}"].format(kind=kind))


def _read(code: str, name: str) -> Strings:
    return cast(Strings, json.loads((_HERE / code / name).read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Format:
    """How a language writes dates, numbers and lists, and in what order it sorts words."""

    words: Mapping[str, str]
    months: Sequence[str]
    alphabet: str

    def date(self, day: datetime.date) -> str:
        """A date with the name of its month."""
        return self.words["date"].format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def number(self, text: str) -> str:
        """A number of Python's format, such as `1,234.5` or `-3`."""
        signs = {",": self.words["thousands"], ".": self.words["decimal"], "-": "\N{MINUS SIGN}"}
        return "".join(signs.get(sign, sign) for sign in text)

    def interval(self, low: str | None, high: str | None) -> str:
        """All numbers from `low` to `high`, which are of Python's format; None: there is no such end."""
        if low == high and low is not None:
            return self.number(low)
        kind = "between" if low and high else "from" if low else "to"
        ends = {"low": self.number(low or ""), "high": self.number(high or "")}
        return self.words[kind].format(**ends)

    def size(self, size: int) -> str:
        """A file's size in bytes, as kilobytes or megabytes."""
        if size >= 1_000_000:
            return self.words["megabytes"].format(n=self.number(f"{size / 1_000_000:.1f}"))
        return self.words["kilobytes"].format(n=max(1, round(size / 1000)))

    def quoted(self, text: str) -> str:
        """A title between quotation marks."""
        return self.words["quoted"].format(text=text)

    def listed(self, items: Sequence[str]) -> str:
        """Items with `and` before the last one."""
        *rest, last = items
        return f"{', '.join(rest)} {self.words['and']} {last}" if rest else last

    def sort_key(self, word: str) -> tuple[str, str]:
        """Sorts as a dictionary does: by the alphabet, where marks that make no other letter count last."""
        letters = unicodedata.normalize("NFC", word.casefold())
        whole = "".join(
            chr(ord("a") + at)
            if (at := self.alphabet.find(letter)) >= 0
            else unicodedata.normalize("NFKD", letter)
            for letter in letters
        )
        return "".join(letter for letter in whole if not unicodedata.combining(letter)), whole


@lru_cache(maxsize=64)
def format_of(code: str) -> Format:
    """How a language writes dates, numbers and lists."""
    words = strings(code)
    return Format(words["format"], words["format"]["months"], words["player"]["alphabet"])
