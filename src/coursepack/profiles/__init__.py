"""Profiles of LMSs: what each is known to refuse or to do differently. A YAML file for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from coursepack.profiles.profile import Fact, Profile, ProfileError, Setting, read_profile
from coursepack.profiles.quirks import Quirk, QuirkError, quirks, read_quirks
from coursepack.profiles.sources import Origin, origin
from coursepack.serving import Serving, serving

if TYPE_CHECKING:
    from coursepack.package import Package
    from coursepack.problems import Problem, Severity

__all__ = [
    "PROFILES",
    "Fact",
    "Origin",
    "Profile",
    "ProfileError",
    "Quirk",
    "QuirkError",
    "Serving",
    "Setting",
    "Verdict",
    "as_dict",
    "origin",
    "profiles_with",
    "quirks",
    "read_profile",
    "read_quirks",
    "serving",
    "verdict",
    "verdicts",
]

_DATA = Path(__file__).parent / "data"
_ORDER: tuple[Severity, ...] = ("fatal", "error", "warning", "note")


class _Profiles(Mapping[str, Profile]):
    """All profiles by name, in alphabetical order; each is read at first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Profile] = {}

    def __getitem__(self, name: str) -> Profile:
        if name not in self._read:
            # Only names of known profiles become paths.
            if name not in list(self):
                raise KeyError(name)
            file = self._folder / f"{name}.yaml"
            self._read[name] = read_profile(file.read_text("utf-8"), file.name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(path.stem for path in self._folder.glob("*.yaml")))

    def __len__(self) -> int:
        return sum(1 for _ in self)


PROFILES: Mapping[str, Profile] = _Profiles(_DATA)
"""The profiles of LMSs, by the name for `--for`. Each is read at first use."""


def profiles_with(quirk: str) -> tuple[str, ...]:
    """The names of the profiles with a quirk."""
    return tuple(name for name, profile in PROFILES.items() if quirk in profile.quirks)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a package for an LMS: the worst severity, empty for none, and the number of problems with it."""

    package: str
    system: str
    worst: Severity | Literal[""]
    count: int

    def __str__(self) -> str:
        return f"{self.worst} {self.count}" if self.worst else "nothing known"


def verdict(package: str, profile: Profile, found: Iterable[Problem]) -> Verdict:
    """Sums up the problems of a package for an LMS: the worst severity, and how many problems have it."""
    severities = [problem.severity for problem in found]
    worst = next((severity for severity in _ORDER if severity in severities), None)
    return Verdict(package, profile.title, worst or "", severities.count(worst) if worst else 0)


def verdicts(package: Package, found: Iterable[Problem] = ()) -> list[Verdict]:
    """The verdicts of all LMSs on an open package.

    `found` are the problems that the rules find: those that are fatal are fatal in every LMS.
    """
    fatal = [problem for problem in found if problem.severity == "fatal"]
    return [verdict(package.name, profile, fatal or profile.check(package)) for profile in PROFILES.values()]


def as_dict(name: str, found: Iterable[Problem]) -> dict[str, Any]:
    """The result of a package for an LMS as plain values for JSON: each finding with its source and date.

    Problems that are fatal in every LMS have no source and date: they are None.
    """
    profile = PROFILES[name]
    facts = {f"for-{name}/{fact.id}": fact for fact in profile.facts}
    found = tuple(found)
    findings = []
    for problem in found:
        fact = facts.get(problem.rule)
        values = problem.as_dict()
        # The hint of a fact is its source as a sentence.
        values |= (
            {"source": fact.source, "date": fact.date, "hint": ""} if fact else {"source": None, "date": None}
        )
        findings.append(values)
    worst = verdict("", profile, found).worst or None
    return {"name": name, "title": profile.title, "worst": worst, "findings": findings}
