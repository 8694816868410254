"""Rules for courses: functions that find one kind of problem, with its severity and its explanation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any, Generic, NamedTuple, TypeVar

from coursepack.problems import Category, Location, Message, Problem, Severity

T = TypeVar("T")

Finding = tuple[str | Message, Location] | tuple[str | Message, Location, str | Message]
"""A message, a place, and perhaps a hint; a text is a message without values."""


class Rule(NamedTuple, Generic[T]):
    """A rule. `name` is `area/problem`; `find` gets the value to check, `category` is what problems affect."""

    name: str
    severity: Severity
    find: Callable[[T], Iterator[Finding]]
    category: Category = "function"

    @property
    def text(self) -> str:
        """What is wrong, why it matters and how to fix it: the docstring of the rule's function."""
        return inspect.getdoc(self.find) or ""

    def check(self, subject: T) -> Iterator[Problem]:
        """The rule's problems."""
        for finding in self.find(subject):
            hint = finding[2] if len(finding) == 3 else ""
            yield Problem(self.name, self.severity, finding[0], finding[1], hint, self.category)


def rule(
    area: str, severity: Severity = "error", *, category: Category = "function"
) -> Callable[[Callable[[T], Iterator[Finding]]], Rule[T]]:
    """Turns a generator function with the rule's name into a rule."""

    def decorate(find: Callable[[T], Iterator[Finding]]) -> Rule[T]:
        return Rule(f"{area}/{find.__name__.replace('_', '-')}", severity, find, category)

    return decorate


@cache
def rules_of(module: ModuleType) -> tuple[Rule[Any], ...]:
    """The rules that a module defines, in order."""
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


def apply_rules(module: ModuleType, subject: object) -> list[Problem]:
    """All problems that the rules of a module find."""
    return [problem for each in rules_of(module) for problem in each.check(subject)]
