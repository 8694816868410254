"""The new package before it is written, and which findings it will no longer have."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, cast

from coursepack.package import Entry, Package

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from coursepack.problems import Problem
    from coursepack.repair.names import Plan
    from coursepack.rules.rule import Rule

_UTF8 = 0x0800
_AREAS = ("container", "scorm12", "scorm2004", "xapi", "cmi5")
"""Whose rules look at names and the manifest only; pages and scripts are copied as they are."""


class _Planned:
    """What a plan makes of its package, as if it were written."""

    zip64 = False
    extra_bytes = (0, 0)
    file = None

    def __init__(self, plan: Plan, changed: Mapping[str, bytes]) -> None:
        self._plan, self._changed = plan, changed
        self.entries = tuple(
            entry._replace(
                name=name, size=len(changed.get(name, b"")) or entry.size, flags=_UTF8, privileged=False
            )
            for name, entry in plan.files.items()
        )

    def read(self, entry: Entry) -> bytes:
        changed = self._changed.get(entry.name)
        return self._plan.read(entry.name, entry.size) if changed is None else changed

    def head(self, entry: Entry, most: int) -> bytes:
        changed = self._changed.get(entry.name)
        return self._plan.head(entry.name, most) if changed is None else changed[:most]


def may_be_mended(problem: Problem) -> bool:
    """True for a finding of the kind that mending can do something about."""
    return problem.rule.partition("/")[0] in _AREAS


def gone(plan: Plan, changed: Mapping[str, bytes], problems: Iterable[Problem]) -> frozenset[Problem]:
    """Those of the findings that the new package will not have: the rules that found them are asked again.

    A rule that will find something new, such as the same fault in fewer files, keeps all of its findings.
    """
    package = Package(plan.package.name, _Planned(plan, changed))
    package.is_zip = True
    found: dict[str, list[Problem]] = {}
    for problem in filter(may_be_mended, problems):
        found.setdefault(problem.rule, []).append(problem)
    mended: set[Problem] = set()
    for name, before in found.items():
        after = Counter(problem.message for problem in _rule(name).check(package))
        if not after.keys() - {problem.message for problem in before}:
            mended.update(problem for problem in before if problem.message not in after)
    return frozenset(mended)


def _rule(name: str) -> Rule:
    """A rule by its name, without loading those of other standards."""
    area, _, fault = name.partition("/")
    return cast("Rule", getattr(import_module(f"coursepack.rules.{area}"), fault.replace("-", "_")))
