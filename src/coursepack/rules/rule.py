"""Defines a rule: a function that finds one kind of fault, with its severity, source and explanation."""

from __future__ import annotations

import inspect
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from coursepack.problems import Category, Location, Message, Names, Problem, Quoted, Reason, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from coursepack.package import Package
    from coursepack.problems import Value


class Minor(NamedTuple):
    """A finding that is reported as a note, whatever the severity of its rule."""

    message: str | Message
    location: Location
    hint: str | Message = ""


Finding = tuple[str | Message, Location] | tuple[str | Message, Location, str | Message] | Minor
"""A message, a location and an optional hint; a string is a message without values."""

_MOST_FINDINGS = 100

_OF_MANIFESTS = ("container/", "scorm12/", "scorm2004/", "xapi/", "cmi5/")


def is_of_manifest(problem: Problem) -> bool:
    """True for a finding about file names or the manifest: repairs leave pages and scripts unchanged."""
    return problem.rule.startswith(_OF_MANIFESTS)


class Rule(NamedTuple):
    """One rule. `name` is `area/fault`; `category` is what the fault threatens."""

    name: str
    severity: Severity
    spec: str
    find: Callable[[Package], Iterator[Finding]]
    category: Category = "function"

    @property
    def text(self) -> str:
        """What is wrong, why it matters and how to fix it: the docstring of the rule's function."""
        return inspect.getdoc(self.find) or ""

    def check(self, package: Package) -> list[Problem]:
        """The rule's problems in a package, limited in number: a hostile package could cause millions."""
        findings = list(islice(self.find(package), _MOST_FINDINGS + 1))
        if len(findings) > _MOST_FINDINGS:
            message = Message("There are more than {0} of these.", _MOST_FINDINGS)
            last = Minor(message, Location(package.name))
            findings[-1] = last if all(isinstance(each, Minor) for each in findings[:-1]) else last[:2]
        return [self._problem(finding) for finding in findings]

    def _problem(self, finding: Finding) -> Problem:
        message, location, *hint = finding
        place = Location(printable(location.file), location.line, location.column)
        severity = "note" if isinstance(finding, Minor) else self.severity
        advice = safe(hint[0]) if hint else ""
        return Problem(self.name, severity, safe(message), place, advice, self.category)


def rule(
    severity: Severity, spec: str = "", category: Category = "function"
) -> Callable[[Callable[[Package], Iterator[Finding]]], Rule]:
    """Turns a generator function into a rule, named after its module and function."""

    def decorate(find: Callable[[Package], Iterator[Finding]]) -> Rule:
        area = find.__module__.rpartition(".")[2]
        name = f"{area}/{find.__name__.replace('_', '-')}"
        return Rule(name, severity, spec, find, category)

    return decorate


def rules_of(module: ModuleType) -> tuple[Rule, ...]:
    """The rules of a module, in order of definition."""
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


def printable(text: str) -> str:
    """A package's text with control characters escaped, so that it cannot control a terminal."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def safe(message: str | Message) -> Message:
    """A message without control characters, which could control a terminal."""
    if isinstance(message, str):
        return Message(printable(message))
    return Message(printable(message.template), *map(_safe_value, message.values))


def _safe_value(value: Value) -> Value:
    if isinstance(value, str):
        return printable(value)
    return value._replace(text=printable(value.text)) if isinstance(value, Reason) else value


def shortened(text: str, most: int = 80) -> Quoted:
    """Quoted text. Long text is cut in the middle, since file names and addresses differ at the end."""
    if len(text) <= most:
        return Quoted(text)
    kept = most - 3
    return Quoted(f"{text[: kept - kept // 2]}...{text[len(text) - kept // 2 :]}")


def several(names: list[str]) -> Names:
    """Names for one line: the first three, and how many more."""
    return Names(", ".join(str(shortened(name)) for name in names[:3]), max(len(names) - 3, 0))
