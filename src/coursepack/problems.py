"""Problems, their places and their messages: the values that every step reports."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias, get_args

Severity = Literal["fatal", "error", "warning", "note"]
"""fatal: the check ends. error: it fails. warning: it fails in some systems. note: for information."""

Category = Literal["function", "accessibility", "privacy", "security"]
"""What a problem affects.

function: the import, the start or the result. accessibility: learners with a disability. privacy: what others learn
about learners. security: how others can misuse the contents of the package.
"""

CATEGORIES: tuple[Category, ...] = get_args(Category)

_ORDER: dict[str, int] = {"fatal": 0, "error": 1, "warning": 2, "note": 3}


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file. `file` is relative to what was read; lines and columns count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    @property
    def sort_key(self) -> tuple[str, int, int]:
        """Orders places by file, line and column; a whole file comes before its lines."""
        return self.file, self.line or 0, self.column or 0


class Quoted(NamedTuple):
    """A name or a text from the input, in quotation marks."""

    text: str

    def __str__(self) -> str:
        return repr(self.text)


def quoted(value: object) -> Value:
    """A text in quotation marks; anything else as Python writes it."""
    return Quoted(value) if isinstance(value, str) else repr(value)


class Count(NamedTuple):
    """A number with thousands separators."""

    number: int

    def __str__(self) -> str:
        return f"{self.number:,}"


class Number(NamedTuple):
    """A number as Python writes it, such as `1.5` or `-3`."""

    text: str

    def __str__(self) -> str:
        return self.text


class Names(NamedTuple):
    """The first names of a list, and the number of the others."""

    shown: str
    more: int = 0

    def __str__(self) -> str:
        return f"{self.shown} and {self.more} more" if self.more else self.shown


class Reason(NamedTuple):
    """The reason that the operating system or a parser gives, in its own words.

    Other languages translate the text or, where it contains names or depends on the system, the `code`: its source,
    and the number or name of the error. What they have no translation for, they quote as the words of that source.
    """

    text: str
    code: str = ""

    @classmethod
    def of(cls, error: OSError) -> Reason:
        """The text of an error; when it has a number, without the number and the file name."""
        name = errno.errorcode.get(error.errno or 0)
        return cls(error.strerror or str(error), f"system {name}" if name else "")

    def __str__(self) -> str:
        return self.text


class Parts(NamedTuple):
    """Messages within a message, each translated separately."""

    messages: tuple[Message, ...]
    joint: str = "; "

    def __str__(self) -> str:
        return self.joint.join(map(str, self.messages))


def parts(*messages: str | Message, joint: str = "; ") -> Parts:
    """Messages to fill in; a text is a message without values."""
    return Parts(tuple(each if isinstance(each, Message) else Message(each) for each in messages), joint)


Value: TypeAlias = str | int | Quoted | Count | Number | Names | Reason | Parts
"""A value to fill in. Plain texts and numbers are the same in every language; the others are formatted by each."""

_PLACEHOLDER = re.compile(r"\{(\d)\}")


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """An English sentence with `{0}`, `{1}` for its values. The sentence is its key in other languages.

    A message among the values becomes a part of the sentence.
    """

    template: str
    values: tuple[Value, ...]

    def __init__(self, template: str, *values: Value | Message) -> None:
        flat: list[Value] = []

        def placeholder(number: re.Match[str]) -> str:
            value = values[int(number[1])]
            first = len(flat)
            if not isinstance(value, Message):
                flat.append(value)
                return f"{{{first}}}"
            flat.extend(value.values)
            return fill(value.template, [f"{{{first + n}}}" for n in range(len(value.values))])

        object.__setattr__(self, "template", _PLACEHOLDER.sub(placeholder, template) if values else template)
        object.__setattr__(self, "values", tuple(flat))

    def __str__(self) -> str:
        return fill(self.template, [str(value) for value in self.values])

    def __bool__(self) -> bool:
        return bool(self.template)


def listed(names: Sequence[str | Message], word: str = "and") -> Message:
    """Names joined by a word."""
    return Message(f" {word} ".join(f"{{{number}}}" for number in range(len(names))), *names)


def fill(template: str, values: Sequence[str]) -> str:
    """A template filled with its values, or unchanged without values."""
    return _PLACEHOLDER.sub(lambda hole: values[int(hole[1])], template) if values else template


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark about a place, or about everything, that is not a problem."""

    location: Location | None
    says: Message

    def __str__(self) -> str:
        return f"{self.location}: {self.says}" if self.location else str(self.says)


@dataclass(frozen=True, slots=True, init=False)
class Problem:
    """A problem. `rule` is `area/name`, and never changes once released.

    `message` and `hint` are English; `says` and `advises` are the same as templates with values, for other languages.
    `category` is what it affects.
    """

    rule: str
    severity: Severity
    says: Message
    location: Location
    advises: Message
    category: Category

    def __init__(
        self,
        rule: str,
        severity: Severity,
        says: str | Message,
        location: Location,
        advises: str | Message = "",
        category: Category = "function",
    ) -> None:
        # Named like the fields, so that dataclasses.replace works.
        says, advises = (each if isinstance(each, Message) else Message(each) for each in (says, advises))
        values = (rule, severity, says, location, advises, category)
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

    @property
    def message(self) -> str:
        """The message in English."""
        return str(self.says)

    @property
    def hint(self) -> str:
        """The hint in English, or empty."""
        return str(self.advises)

    def __str__(self) -> str:
        text = f"{self.location}: {self.severity} {self.rule}: {self.message}"
        return f"{text}\n    {self.hint}" if self.hint else text

    def at(self, location: Location) -> Problem:
        """The same problem at another place."""
        return replace(self, location=location)

    def as_dict(self) -> dict[str, str | int | None]:
        """The problem as plain values for JSON."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "category": self.category,
            "message": self.message,
            "file": self.location.file,
            "line": self.location.line,
            "column": self.location.column,
            "hint": self.hint,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All problems of a run, sorted by place, without duplicates."""

    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Report:
        """Sorts by place, severity, rule and message, and removes duplicates."""
        unique = dict.fromkeys(problems)
        return cls(
            tuple(sorted(unique, key=lambda p: (p.location.sort_key, _ORDER[p.severity], p.rule, p.message)))
        )

    @property
    def ok(self) -> bool:
        """True without fatal problems and errors; warnings and notes are allowed."""
        return not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Fatal problems and errors."""
        return tuple(p for p in self.problems if p.severity in ("fatal", "error"))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The warnings."""
        return tuple(p for p in self.problems if p.severity == "warning")

    @property
    def notes(self) -> tuple[Problem, ...]:
        """The notes."""
        return tuple(p for p in self.problems if p.severity == "note")

    @property
    def worst(self) -> Severity | None:
        """The highest severity; None without problems."""
        return min((p.severity for p in self.problems), key=lambda severity: _ORDER[severity], default=None)

    def of_category(self, category: Category) -> Report:
        """The problems of one category."""
        return Report(tuple(p for p in self.problems if p.category == category))

    @property
    def counts(self) -> str:
        """The number of each severity: `1 error, 2 warnings`; notes only if there are any."""
        found = [("error", len(self.errors)), ("warning", len(self.warnings)), ("note", len(self.notes))]
        shown = [(word, number) for word, number in found if number or word != "note"]
        return ", ".join(f"{number} {word if number == 1 else f'{word}s'}" for word, number in shown)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class CoursepackError(Exception):
    """Base class of the errors of coursepack; `report` holds all problems that were found."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


class CourseError(CoursepackError):
    """The course definition is wrong."""


class PackageError(CoursepackError):
    """A package cannot be read or written."""


def nearest(word: str, known: Iterable[str], most: int = 12) -> Message:
    """A hint: the known word most similar to `word`, or all known words if at most `most`, or nothing."""
    # Imported here: most runs do not need it.
    import difflib

    names = list(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return Message("Did you mean {0}?", Quoted(close[0]))
    if 0 < len(names) <= most:
        return Message("Known: {0}.", ", ".join(sorted(names)))
    return Message("")
