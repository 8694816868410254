"""The languages of courses and of the command line: a folder each, named by its code.

`strings.json` holds the texts for learners; a folder with this file is a language. `authors.json` holds the texts for
authors: reports and the output of the command line. They are in English for languages without it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    import datetime

ENGLISH = "en"

_HERE = Path(__file__).parent
_LEARNERS, _AUTHORS = "strings.json", "authors.json"
_FOLDER = " in a folder"

Strings = Mapping[str, Mapping[str, Any]]


@lru_cache(maxsize=1)
def codes() -> tuple[str, ...]:
    """The codes of all languages (BCP 47), sorted."""
    return tuple(sorted(path.parent.name for path in _HERE.glob(f"*/{_LEARNERS}")))


@lru_cache(maxsize=64)
def strings(code: str) -> Strings:
    """The texts for learners in a language.

    `page` is for templates, `player` for the script, `prose` for the text of pages, `completion` for the completion
    rule, `verbs` for the display of xAPI verbs, `format` for numbers, dates and lists.
    """
    return _read(code, _LEARNERS)


@lru_cache(maxsize=1)
def author_codes() -> tuple[str, ...]:
    """The codes of the languages with texts for authors."""
    return tuple(code for code in codes() if (_HERE / code / _AUTHORS).is_file())


def authors_language(code: str) -> str:
    """The language of the texts for authors who request `code`: this one, or English."""
    return code if code in author_codes() else ENGLISH


@lru_cache(maxsize=64)
def authors(code: str) -> Strings:
    """The texts for authors in one of `author_codes`.

    `terminal` is for the command line, with the singular and plural of what is `counted`, the `steps` of a build and
    the `titles` of targets; `kinds` are kinds of packages, `report` is for the HTML report of `check`.
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


class Format(NamedTuple):
    """Formats dates, numbers and lists in a language, and sorts its words."""

    words: Mapping[str, str]
    months: Sequence[str]
    alphabet: str

    def date(self, day: datetime.date) -> str:
        """A date with the name of its month."""
        return self.words["date"].format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def number(self, text: str) -> str:
        """A number that is in Python's format, such as `1,234.5` or `-3`."""
        signs = {",": self.words["thousands"], ".": self.words["decimal"], "-": "\N{MINUS SIGN}"}
        return "".join(signs.get(sign, sign) for sign in text)

    def interval(self, low: str | None, high: str | None) -> str:
        """The range from `low` to `high`, which are in Python's format; None leaves an end open."""
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
        """A title in quotation marks."""
        return self.words["quoted"].format(text=text)

    def listed(self, items: Sequence[str]) -> str:
        """Items with `and` before the last one."""
        *rest, last = items
        return f"{', '.join(rest)} {self.words['and']} {last}" if rest else last

    def sort_key(self, word: str) -> tuple[str, str]:
        """The key of dictionary order: by the alphabet; diacritics that make no separate letter count last."""
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
    """The format of a language."""
    words = strings(code)
    return Format(words["format"], words["format"]["months"], words["player"]["alphabet"])
