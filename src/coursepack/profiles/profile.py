"""Reads what is known of an LMS from YAML that people edit, and tells their mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from coursepack.languages import ENGLISH
from coursepack.languages.messages import Words, translated
from coursepack.problems import CoursepackError, Location, Message, Problem, Quoted, Report
from coursepack.profiles.predicates import PREDICATES, is_of_any
from coursepack.profiles.quirks import Quirk, quirks
from coursepack.profiles.reading import Language, Path, Reader, Severity
from coursepack.reading.yaml_validation import read_yaml
from coursepack.rules.rule import printable, safe

if TYPE_CHECKING:
    from coursepack.package import Package

_PROFILE = ("name", "title", "quirks", "facts")
_FACT = ("id", "what", "test", "severity", "source", "date")
_MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of an LMS.

    `what` is a sentence for people by language; `test` the name of a predicate and `value` its parameter. `source` says
    where it is known from, `date` (year and month) when it was so. It holds for packages of `standards`, or for all
    when there are none.
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
class Profile:
    """What is known of one LMS. `name` is for the command line, `title` for people.

    `quirks` are the names of those that it has. Those that a package can show to suffer from stand among `facts` too.
    """

    name: str
    title: str
    facts: tuple[Fact, ...]
    quirks: tuple[str, ...] = ()

    def judge(self, package: Package) -> list[Problem]:
        """What the LMS would refuse or do otherwise, fact by fact; at most 100 places of one fact.

        The rule is `for-<name>/<id>`, the hint names the source. An opened package without a manifest is judged by its
        names and sizes; a fault of the zip itself is not repeated here.
        """
        problems = []
        for fact in self.facts:
            if fact.standards and not is_of_any(package, fact.standards):
                continue
            what = fact.what[ENGLISH]
            hint = Message("Source: {0} ({1}).", fact.source, fact.date)
            for detail, place, *_ in islice(PREDICATES[fact.test].find(package, fact.value), _MOST_FINDINGS):
                message = Message(_with_detail(what), detail) if detail else Message(what)
                location = Location(printable(place.file), place.line, place.column)
                rule = f"for-{self.name}/{fact.id}"
                problems.append(Problem(rule, fact.severity, safe(message), location, hint))
        return problems

    def translated(self, problem: Problem, language: str) -> Problem:
        """One of the problems that `judge` found, in another language that the facts are written in."""
        fact = next((fact for fact in self.facts if problem.rule == f"for-{self.name}/{fact.id}"), None)
        if fact is None or language not in fact.what:
            return problem
        english, other = fact.what[ENGLISH], fact.what[language]
        sentences = {english: other, _with_detail(english): _with_detail(other)}
        return translated(problem, language, Words(other, "", sentences))


def _with_detail(sentence: str) -> str:
    """The template of a fact's sentence with what of the package it is about."""
    return f"{sentence[:-1]}: {{0}}."


class ProfileError(CoursepackError):
    """A profile is not written as it should be."""


def read_profile(words: str, file: str) -> Profile:
    """The profile that a YAML text describes. `ProfileError` tells every mistake in it, each with its line."""
    yaml, problems = read_yaml(words, file)
    if yaml is None:
        raise ProfileError(Report.of(problems))
    reader = Reader(yaml, problems)
    profile = _profile(reader)
    if reader.problems:
        raise ProfileError(Report.of(reader.problems))
    return profile


def _profile(reader: Reader) -> Profile:
    data = reader.mapping(reader.yaml.data, (), _PROFILE, optional=("quirks",))
    facts = data.get("facts")
    if facts and not isinstance(facts, list):
        reader.say("wrong-shape", ("facts",), "must be a list of facts")
    name = reader.slug(data.get("name"), ("name",))
    stem = reader.yaml.file.rpartition("/")[2].removesuffix(".yaml")
    if name and name != stem:
        reader.say("wrong-value", ("name",), Message("must be {0}, as the file is called", Quoted(stem)))
    title = reader.text(data.get("title"), ("title",), "a text")
    has = reader.names(data.get("quirks"), ("quirks",), quirks(), "quirk")
    # A quirk's name and a fact's id are told alike, after the profile's name.
    seen: set[str] = set(has)
    read = []
    for number, value in enumerate(facts if isinstance(facts, list) else []):
        fact = _fact(reader, value, ("facts", number))
        if fact.id and fact.id in seen:
            whose = "the name of a quirk" if fact.id in has else "the id of a fact above"
            reader.say("repeated-id", ("facts", number, "id"), Message("{0} is {1}", Quoted(fact.id), whose))
        seen.add(fact.id)
        read.append(fact)
    read += [_judged(quirk) for quirk in map(quirks().get, has) if quirk and quirk.test]
    return Profile(name, title, tuple(read), has)


def _judged(quirk: Quirk) -> Fact:
    """A quirk as a fact about a system that has it."""
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


def _fact(reader: Reader, value: Any, path: Path) -> Fact:
    data = reader.mapping(value, path, _FACT)
    test, parameter = reader.test(data.get("test"), (*path, "test"))
    return Fact(
        id=reader.slug(data.get("id"), (*path, "id")),
        what=reader.sentences(data.get("what"), (*path, "what")),
        test=test,
        value=parameter,
        severity=reader.severity(data.get("severity"), (*path, "severity"), test),
        source=reader.text(data.get("source"), (*path, "source"), "a text"),
        date=reader.date(data.get("date"), (*path, "date")),
    )
