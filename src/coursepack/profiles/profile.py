"""Reads what is known of an LMS from YAML that people edit, and tells their mistakes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from coursepack.definition import Yaml, read_yaml
from coursepack.problems import CoursepackError, Location, Problem, Report, nearest
from coursepack.profiles.predicates import PREDICATES
from coursepack.rules.rule import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coursepack.package import Package

Language = Literal["en", "sv"]

_SEVERITIES: tuple[Literal["error", "warning", "note"], ...] = ("error", "warning", "note")
_LANGUAGES: tuple[Language, ...] = ("en", "sv")
_PROFILE = ("name", "title", "facts")
_FACT = ("id", "what", "test", "severity", "source", "date")
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DATE = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_SENTENCE = re.compile(r"\S.*\.", re.DOTALL)
_MOST_FINDINGS = 100
_SOURCE: dict[Language, str] = {"en": "Source", "sv": "Källa"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of an LMS.

    `what` is a sentence for people by language; `test` the name of a predicate and `value` its parameter. `source` says
    where it is known from, `date` (year and month) when it was so.
    """

    id: str
    what: dict[Language, str]
    test: str
    value: Any
    severity: Literal["error", "warning", "note"]
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one LMS. `name` is for the command line, `title` for people."""

    name: str
    title: str
    facts: tuple[Fact, ...]

    def judge(self, package: Package, language: Language = "en") -> list[Problem]:
        """What the LMS would refuse or do otherwise, fact by fact; at most 100 places of one fact.

        The rule is `for-<name>/<id>`, the hint names the source. An opened package without a manifest is judged by its
        names and sizes; a fault of the zip itself is not repeated here.
        """
        problems = []
        for fact in self.facts:
            what = fact.what[language]
            hint = f"{_SOURCE[language]}: {fact.source} ({fact.date})."
            for detail, place, *_ in islice(PREDICATES[fact.test].find(package, fact.value), _MOST_FINDINGS):
                message = f"{what[:-1]}: {detail}." if detail else what
                location = Location(printable(place.file), place.line, place.column)
                problems.append(
                    Problem(f"for-{self.name}/{fact.id}", fact.severity, printable(message), location, hint)
                )
        return problems


class ProfileError(CoursepackError):
    """A profile is not written as it should be."""


def read_profile(words: str, file: str) -> Profile:
    """The profile that a YAML text describes. `ProfileError` tells every mistake in it, each with its line."""
    yaml, problems = read_yaml(words, file)
    if yaml is None:
        raise ProfileError(Report.of(problems))
    reader = _Reader(yaml, problems)
    profile = reader.profile()
    if reader.problems:
        raise ProfileError(Report.of(reader.problems))
    return profile


class _Reader:
    """Collects the mistakes of one text. What it returns counts only when there are none."""

    def __init__(self, yaml: Yaml, problems: Iterable[Problem]) -> None:
        self._yaml = yaml
        self.problems = list(problems)

    def _say(self, rule: str, path: tuple[int | str, ...], message: str, hint: str = "") -> None:
        place = self._yaml.place(path)
        self.problems.append(Problem(f"profile/{rule}", "error", message, place, hint))

    def _mapping(self, value: Any, path: tuple[int | str, ...], keys: Iterable[str]) -> dict[str, Any]:
        """The value as a mapping with all of these keys and no other."""
        keys = tuple(keys)
        if not isinstance(value, dict):
            self._say("wrong-shape", path, f"must be a mapping with {', '.join(keys)}")
            return dict.fromkeys(keys)
        for key in value:
            if key not in keys:
                self._say("unknown-key", (*path, key), f"{key!r} is not known here", nearest(key, keys))
        for key in keys:
            if value.get(key) in (None, "", [], {}):
                self._say("missing", path, f"{key!r} is missing")
        return value

    def _text(
        self, value: Any, path: tuple[int | str, ...], pattern: re.Pattern[str] | None, wanted: str
    ) -> str:
        """The value as a text of one form; what is missing was told already."""
        if value in (None, "", [], {}):
            return ""
        if not isinstance(value, str) or (pattern and not pattern.fullmatch(value)):
            self._say("wrong-value", path, f"must be {wanted}")
            return ""
        return " ".join(value.split())

    def profile(self) -> Profile:
        data = self._mapping(self._yaml.data, (), _PROFILE)
        facts = data.get("facts")
        if facts and not isinstance(facts, list):
            self._say("wrong-shape", ("facts",), "must be a list of facts")
        name = self._text(data.get("name"), ("name",), _SLUG, "of a-z, 0-9 and '-'")
        stem = self._yaml.file.rpartition("/")[2].removesuffix(".yaml")
        if name and name != stem:
            self._say("wrong-value", ("name",), f"must be {stem!r}, as the file is called")
        title = self._text(data.get("title"), ("title",), None, "a text")
        read = [
            self._fact(fact, ("facts", i)) for i, fact in enumerate(facts if isinstance(facts, list) else [])
        ]
        seen: set[str] = set()
        for number, fact in enumerate(read):
            if fact.id and fact.id in seen:
                self._say("repeated-id", ("facts", number, "id"), f"{fact.id!r} is the id of a fact above")
            seen.add(fact.id)
        return Profile(name, title, tuple(read))

    def _fact(self, value: Any, path: tuple[int | str, ...]) -> Fact:
        data = self._mapping(value, path, _FACT)
        said = data.get("what")
        what = self._mapping(said, (*path, "what"), _LANGUAGES) if said else {}
        sentences: dict[Language, str] = {
            language: self._text(
                what.get(language),
                (*path, "what", language),
                _SENTENCE,
                "a sentence that ends with '.'",
            )
            for language in _LANGUAGES
        }
        test, parameter = self._test(data.get("test"), (*path, "test"))
        word = data.get("severity")
        severity = next((known for known in _SEVERITIES if known == word), None)
        if word and severity is None:
            self._say("wrong-value", (*path, "severity"), f"must be one of {', '.join(_SEVERITIES)}")
        if severity in ("error", "warning") and test and not PREDICATES[test].certain:
            message = f"must be note: {test!r} cannot be seen in a package"
            self._say("wrong-value", (*path, "severity"), message)
        return Fact(
            id=self._text(data.get("id"), (*path, "id"), _SLUG, "of a-z, 0-9 and '-'"),
            what=sentences,
            test=test,
            value=parameter,
            severity=severity or "note",
            source=self._text(data.get("source"), (*path, "source"), None, "a text"),
            date=self._text(data.get("date"), (*path, "date"), _DATE, "a year and a month like 2026-11"),
        )

    def _test(self, value: Any, path: tuple[int | str, ...]) -> tuple[str, Any]:
        if not value:
            return "", None
        if not isinstance(value, dict) or len(value) != 1:
            self._say("wrong-shape", path, "must be one predicate with its parameter, as in largest: 250 MB")
            return "", None
        ((name, said),) = value.items()
        if name not in PREDICATES:
            self._say(
                "unknown-predicate", (*path, name), f"{name!r} is no predicate", nearest(name, PREDICATES)
            )
            return "", None
        try:
            return name, PREDICATES[name].parse(said)
        except ValueError as error:
            self._say("wrong-parameter", (*path, name), f"{name!r} wants {error}")
            return "", None
