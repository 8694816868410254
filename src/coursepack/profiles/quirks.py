"""What LMSs and LRSs do otherwise than one thinks, read from `quirks.yaml`; profiles name those that they have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from coursepack.problems import CoursepackError, Message, Report
from coursepack.profiles.reading import Reader
from coursepack.reading.yaml_validation import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coursepack.profiles.reading import Language, Severity

Confidence = Literal["high", "medium", "low"]

_FILE = Path(__file__).parent / "quirks.yaml"
_KEYS = ("what", "standards", "test", "severity", "source", "date", "confidence")
_STANDARDS = ("SCORM 1.2", "SCORM 2004", "xAPI", "cmi5")
_CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Quirk:
    """What a system does otherwise than one thinks.

    `what` is a sentence for people by language; `standards` those whose packages meet it. `source` says where it is
    known from, `date` (year and month) when it was so, and `confidence` how sure that is. Where a package shows whether
    it will suffer, `test` names a predicate, `value` its parameter, and `severity` how badly; else `test` is empty.
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


class QuirkError(CoursepackError):
    """The file of quirks is not written as it should be."""


@cache
def quirks() -> Mapping[str, Quirk]:
    """Every quirk by name, in the order of the file."""
    return read_quirks(_FILE.read_text("utf-8"), _FILE.name)


def read_quirks(words: str, file: str) -> Mapping[str, Quirk]:
    """The quirks that a YAML text describes. `QuirkError` tells every mistake in it, each with its line."""
    yaml, problems = read_yaml(words, file)
    if yaml is None:
        raise QuirkError(Report.of(problems))
    reader = Reader(yaml, problems)
    if not isinstance(yaml.data, dict):
        reader.say("wrong-shape", (), "must be a mapping of quirks by name")
        raise QuirkError(Report.of(reader.problems))
    found = {name: _quirk(reader, name, value) for name, value in yaml.data.items()}
    if reader.problems:
        raise QuirkError(Report.of(reader.problems))
    return found


def _quirk(reader: Reader, name: str, value: Any) -> Quirk:
    path = (name,)
    reader.slug(name, path)
    is_tested = isinstance(value, dict) and ("test" in value or "severity" in value)
    data = reader.mapping(value, path, _KEYS, optional=() if is_tested else ("test", "severity"))
    test, parameter = reader.test(data.get("test"), (*path, "test"))
    said = data.get("confidence")
    confidence = next((known for known in _CONFIDENCES if known == said), None)
    if said and confidence is None:
        reader.say(
            "wrong-value", (*path, "confidence"), Message("must be one of {0}", ", ".join(_CONFIDENCES))
        )
    return Quirk(
        name=name,
        what=reader.sentences(data.get("what"), (*path, "what")),
        standards=reader.names(data.get("standards"), (*path, "standards"), _STANDARDS, "standard"),
        source=reader.text(data.get("source"), (*path, "source"), "a text"),
        date=reader.date(data.get("date"), (*path, "date")),
        confidence=confidence or "low",
        test=test,
        value=parameter,
        severity=reader.severity(data.get("severity"), (*path, "severity"), test),
    )
