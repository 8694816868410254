"""Reads the profile of an LMS from YAML, and reports all errors in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from coursepack.languages import ENGLISH
from coursepack.languages.messages import Words, translated
from coursepack.problems import CoursepackError, Location, Message, Problem, Quoted, Report, quoted
from coursepack.profiles.predicates import PREDICATES, is_of_any
from coursepack.profiles.quirks import Quirk, quirks
from coursepack.profiles.reading import (
    Data,
    Date,
    Given,
    Labels,
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
from coursepack.reading.yaml_validation import read_yaml
from coursepack.rules.rule import printable, safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.package import Package

_MOST_FINDINGS = 100
_STANDARDS = "standards"

Kind = Literal["graded", "ungraded", "completes", "passes", "one-unit", "several-units"]
"""What a course is like: whether it reports a score, with which word it ends, and how many units its package has."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A known fact about an LMS.

    `what` is a sentence by language; `test` the name of a predicate and `value` its parameter. `source` is where it is
    known from, `date` (year and month) when it was true. It applies to packages of `standards`, or to all if there are
    none.
    """

    id: str
    what: dict[Language, str]
    test: str
    value: Any
    severity: Severity
    source: str
    date: str
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A field to fill in when a package is added to an LMS.

    `name` and `choice` are the words on its screen by language, `where` the part of the form; `why` is a sentence by
    language. `choice` may contain `{mastery}`. `change`: the LMS fills in something else. It applies to courses that
    are of all `kinds`, and to packages of `standards`, or of all if there are none.
    """

    name: dict[Language, str]
    where: dict[Language, str]
    choice: dict[Language, str]
    why: dict[Language, str]
    change: bool
    kinds: tuple[Kind, ...]
    standards: tuple[str, ...]
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Profile:
    """The known facts about an LMS. `name` is for the command line, `title` for display.

    `quirks` are the names of its quirks. Those that can be tested on a package are also in `facts`. `settings` are in
    the order of the LMS's form.
    """

    name: str
    title: str
    facts: tuple[Fact, ...]
    quirks: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()

    def check(self, package: Package) -> list[Problem]:
        """What the LMS would refuse or treat differently, by fact; at most 100 places for each.

        The rule is `for-<name>/<id>`, and the hint names the source. For a package without a manifest, only names and
        sizes are checked. Faults of the zip itself are not repeated. If the LMS does not support the standard of the
        package, only that is reported.
        """
        problems: list[Problem] = []
        for fact in sorted(self.facts, key=lambda fact: fact.test != _STANDARDS):
            if fact.standards and not is_of_any(package, fact.standards):
                continue
            found = list(self._found(package, fact))
            if found and fact.test == _STANDARDS:
                return found
            problems += found
        return problems

    def _found(self, package: Package, fact: Fact) -> Iterator[Problem]:
        what = fact.what[ENGLISH]
        hint = Message("Source: {0} ({1}).", fact.source, fact.date)
        for detail, place, *_ in islice(PREDICATES[fact.test].find(package, fact.value), _MOST_FINDINGS):
            message = Message(_with_detail(what), detail) if detail else Message(what)
            location = Location(printable(place.file), place.line, place.column)
            yield Problem(f"for-{self.name}/{fact.id}", fact.severity, safe(message), location, hint)

    def translated(self, problem: Problem, language: str) -> Problem:
        """A problem found by `check`, in another language of the facts."""
        fact = next((fact for fact in self.facts if problem.rule == f"for-{self.name}/{fact.id}"), None)
        if fact is None or language not in fact.what:
            return problem
        english, other = fact.what[ENGLISH], fact.what[language]
        sentences = {english: other, _with_detail(english): _with_detail(other)}
        return translated(problem, language, Words(other, "", sentences))


def _with_detail(sentence: str) -> str:
    """The template of a fact's sentence with the part of the package that it is about."""
    return f"{sentence[:-1]}: {{0}}."


class ProfileError(CoursepackError):
    """A profile is invalid."""


_QuirkNames = Annotated[tuple[str, ...], names("quirk", quirks)]


class _Fact(Data):
    id: Slug
    what: Annotated[Sentences, Given]
    test: Question
    severity: Annotated[Severity, Given]
    source: Text
    date: Date

    @field_validator("severity")
    @classmethod
    def _is_certain(cls, severity: Severity, info: ValidationInfo) -> Severity:
        check_severity(severity, info.data.get("test"))
        return severity


class _Setting(Data):
    name: Annotated[Labels, Given]
    where: Labels | None = None
    choice: Annotated[Labels, Given]
    why: Annotated[Sentences, Given]
    change: Literal["true"] | None = None
    kinds: tuple[Kind, ...] = ()
    standards: tuple[Literal["SCORM 1.2", "SCORM 2004", "xAPI", "cmi5"], ...] = ()
    source: Text
    date: Date


class _Profile(Data):
    name: Slug
    title: Text
    quirks: _QuirkNames = ()
    facts: Annotated[tuple[_Fact, ...], Given]
    settings: tuple[_Setting, ...] = ()

    @field_validator("name")
    @classmethod
    def _is_the_files(cls, name: str, info: ValidationInfo) -> str:
        if info.context and name != info.context:
            raise wrong("wrong-value", "must be {0}, as the file is called", quoted(info.context))
        return name

    @model_validator(mode="after")
    def _has_each_id_once(self) -> Self:
        # Quirks and facts share the rule names `for-<profile>/<id>`.
        seen = set(self.quirks)
        found: list[tuple[tuple[int | str, ...], PydanticCustomError]] = []
        for number, fact in enumerate(self.facts):
            if fact.id in seen:
                whose = "the name of a quirk" if fact.id in self.quirks else "the id of a fact above"
                error = wrong("repeated-id", f"{{0}} is {whose}", Quoted(fact.id))
                found.append((("facts", number, "id"), error))
            seen.add(fact.id)
        if found:
            raise faults(found)
        return self


def read_profile(words: str, file: str, *, is_named_by_file: bool = True) -> Profile:
    """The profile in a YAML (or JSON) text. Raises ProfileError with all problems and their lines.

    Its name must be that of the file, unless the text comes without one of ours: `is_named_by_file`.
    """
    yaml, problems = read_yaml(words, file)
    if yaml is None:
        raise ProfileError(Report.of(problems))
    name = file.rpartition("/")[2].removesuffix(".yaml") if is_named_by_file else ""
    profile, wrong_values = read(_Profile, yaml, name)
    if problems or wrong_values:
        raise ProfileError(Report.of([*problems, *wrong_values]))
    has = {name: quirks()[name] for name in profile.quirks}
    facts = [
        Fact(
            fact.id,
            fact.what.by_language(),
            fact.test.name,
            fact.test.value,
            fact.severity,
            fact.source,
            fact.date,
        )
        for fact in profile.facts
    ]
    facts += [_fact_of(quirk) for quirk in has.values() if quirk.test]
    settings = (
        Setting(
            each.name.by_language(),
            each.where.by_language() if each.where else {},
            each.choice.by_language(),
            each.why.by_language(),
            bool(each.change),
            each.kinds,
            each.standards,
            each.source,
            each.date,
        )
        for each in profile.settings
    )
    return Profile(profile.name, profile.title, tuple(facts), profile.quirks, tuple(settings))


def _fact_of(quirk: Quirk) -> Fact:
    """A quirk as a fact about an LMS that has it."""
    return Fact(
        quirk.name,
        quirk.what,
        quirk.test,
        quirk.value,
        quirk.severity,
        quirk.source,
        quirk.date,
        quirk.standards,
    )
