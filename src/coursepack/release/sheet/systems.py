"""Which file an LMS takes, what is known of it, and what to set in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from coursepack.course.model import Definition
from coursepack.package import open_package
from coursepack.problems import Problem
from coursepack.profiles import PROFILES, Fact, Profile, Setting
from coursepack.result import Built
from coursepack.targets import TARGETS
from coursepack.targets.reported import final_status

FIRST = ("moodle", "totara", "canvas", "learnifier", "luvit", "cornerstone", "successfactors", "openedx")
"""The profiles that come first, by name; the others follow by title."""

_COMMON = "common"


class Applied(NamedTuple):
    """A fact that applies to a package, and the first finding of it there, which has the details."""

    fact: Fact
    problem: Problem


class System(NamedTuple):
    """An LMS or LRS. `package` is the file that it takes, and `facts` are those that apply to it.

    If it takes none, `package` is None, and `facts` say what is wrong with the first file.
    """

    profile: Profile
    package: Built | None
    facts: tuple[Applied, ...]
    settings: tuple[Setting, ...]


def systems(packages: Sequence[Built], definition: Definition) -> list[System]:
    """Every system of which there is a profile, and what it takes of the packages for LMSs of one variant.

    The packages are in the order in which they are tried. None if there is no package.
    """
    built = {package.target: package for package in packages}
    found = {package.target: _problems(package) for package in packages}
    names = _names() if built else []
    return [_system(PROFILES[name], list(built), built, found, definition) for name in names]


def _names() -> list[str]:
    rest = (name for name in PROFILES if name not in (*FIRST, _COMMON))
    return [*FIRST, *sorted(rest, key=lambda name: PROFILES[name].title.casefold())]


def _problems(package: Built) -> dict[str, list[Problem]]:
    """What each profile says of a package."""
    with open_package(package.path) as opened:
        return {name: profile.check(opened) for name, profile in PROFILES.items()}


def _system(
    profile: Profile,
    targets: Sequence[str],
    built: Mapping[str, Built],
    found: Mapping[str, Mapping[str, Sequence[Problem]]],
    definition: Definition,
) -> System:
    taken = next((target for target in targets if _takes(profile, found[target][profile.name])), None)
    # Without a file that it takes, what is wrong with the first.
    first: dict[str, Problem] = {}
    for problem in found[taken or targets[0]][profile.name]:
        first.setdefault(problem.rule, problem)
    rules = ((fact, f"for-{profile.name}/{fact.id}") for fact in profile.facts)
    facts = tuple(Applied(fact, first[rule]) for fact, rule in rules if rule in first)
    if taken is None:
        return System(profile, None, facts, ())
    return System(profile, built[taken], facts, tuple(_settings(profile, built[taken], definition)))


def _takes(profile: Profile, problems: Sequence[Problem]) -> bool:
    """Whether an LMS takes a package: it is of one of its standards, and nothing in it is an error."""
    (standards,) = (fact for fact in profile.facts if fact.test == "standards")
    refused = f"for-{profile.name}/{standards.id}"
    return all(problem.severity != "error" and problem.rule != refused for problem in problems)


def _settings(profile: Profile, package: Built, definition: Definition) -> Iterator[Setting]:
    kinds = {
        "graded" if definition.graded else "ungraded",
        "completes" if final_status(definition) == "completed" else "passes",
        "several-units" if package.units > 1 else "one-unit",
    }
    standard = TARGETS[package.target].family
    for setting in profile.settings:
        if kinds.issuperset(setting.kinds) and standard in (setting.standards or (standard,)):
            yield setting
