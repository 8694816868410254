"""What can be wrong, and where: the values that every step hands to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["fatal", "error", "warning", "note"]
"""fatal: nothing more can be judged. error: importers or learners will fail; warning: some will; note: good to know."""

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


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `rule` is `area/name`, names the fault and never changes once released."""

    rule: str
    severity: Severity
    message: str
    location: Location
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.location}: {self.severity} {self.rule}: {self.message}"
        return f"{text}\n    {self.hint}" if self.hint else text

    def as_dict(self) -> dict[str, str | int | None]:
        """The problem as plain values for JSON."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "file": self.location.file,
            "line": self.location.line,
            "column": self.location.column,
            "hint": self.hint,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Every problem of a run, sorted by place and each told once."""

    problems: tuple[Problem, ...] = field(default=())

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Report:
        """Sorts by place, then severity, rule and words, and drops repetitions."""
        unique = dict.fromkeys(problems)
        return cls(
            tuple(sorted(unique, key=lambda p: (p.location.sort_key, _ORDER[p.severity], p.rule, p.message)))
        )

    @property
    def ok(self) -> bool:
        """True when nothing is fatal or an error; warnings and notes may remain."""
        return not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What is fatal or an error."""
        return tuple(p for p in self.problems if p.severity in ("fatal", "error"))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is only a warning."""
        return tuple(p for p in self.problems if p.severity == "warning")

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is good to know."""
        return tuple(p for p in self.problems if p.severity == "note")

    @property
    def counts(self) -> str:
        """How many of each severity: `1 error, 2 warnings`; notes only when there are some."""
        found = [("error", len(self.errors)), ("warning", len(self.warnings)), ("note", len(self.notes))]
        told = [(word, number) for word, number in found if number or word != "note"]
        return ", ".join(f"{number} {word if number == 1 else f'{word}s'}" for word, number in told)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class CoursepackError(Exception):
    """There is nothing to return; `report` holds every problem that was found."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


class CourseError(CoursepackError):
    """The course definition is wrong."""


class PackageError(CoursepackError):
    """A package cannot be read or written."""


def nearest(word: str, known: Iterable[str], most: int = 12) -> str:
    """A hint: the known word most like `word`, or the known words when they are at most `most`, or nothing."""
    # Hardly any run has something to correct.
    import difflib

    names = list(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    if 0 < len(names) <= most:
        return "Known: " + ", ".join(sorted(names)) + "."
    return ""
