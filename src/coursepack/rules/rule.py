"""What a rule is: a function that finds one kind of fault, with its severity, its source and its words."""

from __future__ import annotations

import inspect
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from coursepack.problems import Location, Message, Names, Problem, Quoted, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from coursepack.package import Package

Finding = tuple[str | Message, Location] | tuple[str | Message, Location, str | Message]
"""A message, a place, and perhaps a hint; a text is a message without values."""

_MOST_FINDINGS = 100


class Rule(NamedTuple):
    """One rule. `name` is `area/fault`."""

    name: str
    severity: Severity
    spec: str
    find: Callable[[Package], Iterator[Finding]]

    @property
    def text(self) -> str:
        """What is wrong, why it matters and how to mend it: the docstring of the rule's function."""
        return inspect.getdoc(self.find) or ""

    def check(self, package: Package) -> list[Problem]:
        """The rule's problems in a package. A hostile package could cause millions, so they are cut off."""
        findings = list(islice(self.find(package), _MOST_FINDINGS + 1))
        if len(findings) > _MOST_FINDINGS:
            message = Message("There are more than {0} of these.", _MOST_FINDINGS)
            findings[-1] = (message, Location(package.name))
        return [self._problem(*finding) for finding in findings]

    def _problem(self, message: str | Message, location: Location, hint: str | Message = "") -> Problem:
        place = Location(printable(location.file), location.line, location.column)
        return Problem(self.name, self.severity, safe(message), place, safe(hint))


def rule(severity: Severity, spec: str = "") -> Callable[[Callable[[Package], Iterator[Finding]]], Rule]:
    """Makes a rule of a generator function; its name comes from the module and the function."""

    def decorate(find: Callable[[Package], Iterator[Finding]]) -> Rule:
        area = find.__module__.rpartition(".")[2]
        name = f"{area}/{find.__name__.replace('_', '-')}"
        return Rule(name, severity, spec, find)

    return decorate


def rules_of(module: ModuleType) -> tuple[Rule, ...]:
    """The rules that a module defines, in its order."""
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


def printable(text: str) -> str:
    """A package's text with control characters escaped, so that it cannot steer a terminal."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def safe(message: str | Message) -> Message:
    """A message with nothing in its values that could steer a terminal."""
    if isinstance(message, str):
        return Message(printable(message))
    values = (printable(value) if isinstance(value, str) else value for value in message.values)
    return Message(printable(message.template), *values)


def shortened(text: str, most: int = 80) -> Quoted:
    """Quoted text, cut when it is long."""
    return Quoted(text if len(text) <= most else text[: most - 3] + "...")


def several(names: list[str]) -> Names:
    """Names for one line: the first three, and how many more."""
    return Names(", ".join(str(shortened(name)) for name in names[:3]), max(len(names) - 3, 0))
