"""Unexpected behaviour of LMSs and LRSs, read from `quirks.yaml`; profiles name the quirks that they have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import ValidationInfo, field_validator, model_validator

from coursepack.problems import CoursepackError, Problem, Report
from coursepack.profiles.reading import (
    Data,
    Date,
    Given,
    Language,
    Question,
    Sentences,
    Severity,
    Slug,
    Text,
    check_severity,
    faults,
    names,
    read,
    wrong,
)
from coursepack.profiles.sources import Kind, origin
from coursepack.reading.yaml_validation import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

Confidence = Literal["high", "medium", "low"]
Simulator = Literal["lms", "moodle", "lrs", "server"]
"""What behaves so in the preview and in tests: the stand-in LMS, the stand-in Moodle, the test LRS, or the server of
a package's files."""

_FILE = Path(__file__).parent / "quirks.yaml"
_STANDARDS = ("SCORM 1.2", "SCORM 2004", "xAPI", "cmi5")


@dataclass(frozen=True, slots=True)
class Quirk:
    """Unexpected behaviour of an LMS or LRS.

    `what` is a sentence by language; `standards` those whose packages are affected. `source` is where it is known
    from, `date` (year and month) when it was true, and `confidence` how certain it is. If a package shows whether it
    is affected, `test` names a predicate, `value` its parameter, and `severity` the severity; otherwise `test` is
    empty. `simulated` is None for what happens before a launch.
    """

    name: str
    what: dict[Language, str]
    standards: tuple[str, ...]
    source: str
    date: str
    confidence: Confidence
    test: str
    value: Any
    severity: Severity
    simulated: Simulator | None

    @property
    def known(self) -> Kind:
        """How it is known: tried, read in code, documented, reported, inferred or unknown."""
        return origin(self.source).kind


class QuirkError(CoursepackError):
    """The file of quirks is invalid."""


@cache
def quirks() -> Mapping[str, Quirk]:
    """All quirks by name, in the order of the file."""
    return read_quirks(_FILE.read_text("utf-8"), _FILE.name)


class _Quirk(Data):
    what: Annotated[Sentences, Given]
    standards: Annotated[tuple[str, ...], Given, names("standard", lambda: _STANDARDS)]
    test: Question | None = None
    severity: Annotated[Severity, Given] | None = None
    simulated: Simulator | None = None
    source: Text
    date: Date
    confidence: Annotated[Confidence, Given]

    @field_validator("severity")
    @classmethod
    def _is_certain(cls, severity: Severity | None, info: ValidationInfo) -> Severity | None:
        check_severity(severity, info.data.get("test"))
        return severity

    @model_validator(mode="after")
    def _has_both(self) -> Self:
        for name, other in (("test", self.severity), ("severity", self.test)):
            if other and not getattr(self, name):
                raise faults([((name,), wrong("missing", "is missing"))])
        return self


def read_quirks(words: str, file: str) -> Mapping[str, Quirk]:
    """The quirks in a YAML text. Raises QuirkError with all problems and their lines."""
    yaml, problems = read_yaml(words, file)
    if yaml is None:
        raise QuirkError(Report.of(problems))
    if not isinstance(yaml.data, dict):
        message = "must be a mapping of quirks by name"
        raise QuirkError(Report.of([Problem("profile/wrong-shape", "error", message, yaml.place(()))]))
    found, wrong_values = read(dict[Slug, _Quirk], yaml)
    if problems or wrong_values:
        raise QuirkError(Report.of([*problems, *wrong_values]))
    return {
        name: Quirk(
            name=name,
            what=each.what.by_language(),
            standards=each.standards,
            source=each.source,
            date=each.date,
            confidence=each.confidence,
            test=each.test.name if each.test else "",
            value=each.test.value if each.test else None,
            severity=each.severity or "note",
            simulated=each.simulated,
        )
        for name, each in found.items()
    }
