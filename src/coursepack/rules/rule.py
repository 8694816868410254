"""What a rule is: a function that finds one kind of fault, with its severity, its source and its words."""

from __future__ import annotations

import inspect
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from coursepack.problems import Location, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from coursepack.package import Package

Finding = tuple[str, Location] | tuple[str, Location, str]
"""A message, a place, and perhaps a hint."""

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

    def judge(self, package: Package) -> list[Problem]:
        """The rule's problems in a package. A hostile package could cause millions, so they are cut off."""
        findings = list(islice(self.find(package), _MOST_FINDINGS + 1))
        if len(findings) > _MOST_FINDINGS:
            findings[-1] = (f"There are more than {_MOST_FINDINGS} of these.", Location(package.name))
        return [self._problem(*finding) for finding in findings]

    def _problem(self, message: str, location: Location, hint: str = "") -> Problem:
        place = Location(printable(location.file), location.line, location.column)
        return Problem(self.name, self.severity, printable(message), place, printable(hint))


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


def shortened(text: str, most: int = 80) -> str:
    """Quoted text, cut when it is long."""
    return repr(text if len(text) <= most else text[: most - 3] + "...")


def several(names: list[str]) -> str:
    """Names for one line: the first three, and how many more."""
    shown = ", ".join(shortened(name) for name in names[:3])
    more = len(names) - 3
    return f"{shown} and {more} more" if more > 0 else shown
