"""Selects the rules for a package: container, then standard, then content."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coursepack.rules import container, media, metadata, pages, scripts
from coursepack.rules.rule import Rule, printable, rules_of
from coursepack.rules.standards import STANDARDS, standard_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.package import Package
    from coursepack.problems import Problem

_CONTENT = (metadata, pages, scripts, media)

RULES: dict[str, Rule]
"""All rules by name, in the order in which they run; collected at first use."""


def __getattr__(name: str) -> dict[str, Rule]:
    if name != "RULES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    modules = (container, *(standard.rules for standard in STANDARDS), *_CONTENT)
    rules = {rule.name: rule for module in modules for rule in rules_of(module)}
    globals()["RULES"] = rules
    return rules


def check_package(package: Package) -> list[Problem]:
    """All problems that the rules find; the first fatal one ends the run."""
    problems: list[Problem] = []
    for rule in _rules_for(package):
        found = rule.check(package)
        problems += found
        if found and rule.severity == "fatal":
            break
    if package.is_single_manifest:
        # Read under the name that its standard requires, reported under its own.
        name = printable(package.name)
        problems = [one.at(replace(one.location, file=name)) for one in problems]
    return problems


def _rules_for(package: Package) -> Iterator[Rule]:
    yield from (rule for rule in rules_of(container) if rule is not container.unknown_standard)
    # Evaluated after the container rules: they ensure that there is a manifest, which identifies the standard.
    standard = standard_of(package)
    if standard:
        yield from rules_of(standard.rules)
    elif package.manifest.name:
        from coursepack.rules.scorm12 import other_standard

        yield other_standard
    else:
        yield container.unknown_standard
    for module in _CONTENT:
        yield from rules_of(module)
