"""Previews the new package: the findings that it will no longer have."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from coursepack.package import Package
    from coursepack.problems import Problem
    from coursepack.repair.names import Plan
    from coursepack.rules.rule import Rule

_UTF8 = 0x0800


def gone(plan: Plan, changed: Mapping[str, bytes], problems: Iterable[Problem]) -> frozenset[Problem]:
    """The findings that the new package will not have, by running their rules again.

    If a rule will find something new, such as the same fault in fewer files, all its findings are kept.
    """
    package = _planned(plan, changed)
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.rule, []).append(problem)
    mended: set[Problem] = set()
    for name, before in found.items():
        after = Counter(problem.message for problem in _rule(name).check(package))
        if not after.keys() - {problem.message for problem in before}:
            mended.update(problem for problem in before if problem.message not in after)
    return frozenset(mended)


def _planned(plan: Plan, changed: Mapping[str, bytes]) -> Package:
    """The package of a plan as if written: a zip whose names are marked as UTF-8."""
    package = plan.package.under_other_names(plan.files, changed)
    package.entries = tuple(entry._replace(flags=_UTF8, privileged=False) for entry in package.entries)
    package.is_zip = True
    return package


def _rule(name: str) -> Rule:
    """A rule by name, without loading those of other standards."""
    area, _, fault = name.partition("/")
    return cast("Rule", getattr(import_module(f"coursepack.rules.{area}"), fault.replace("-", "_")))
