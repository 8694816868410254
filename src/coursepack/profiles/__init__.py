"""What single LMSs are known to refuse or to do otherwise: a YAML file for each, and a table of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from coursepack.profiles.profile import Fact, Profile, ProfileError, read_profile
from coursepack.profiles.quirks import Quirk, QuirkError, quirks, read_quirks

if TYPE_CHECKING:
    from coursepack.package import Package
    from coursepack.problems import Problem, Severity

__all__ = [
    "PROFILES",
    "Fact",
    "Profile",
    "ProfileError",
    "Quirk",
    "QuirkError",
    "Verdict",
    "as_dict",
    "profiles_with",
    "quirks",
    "read_profile",
    "read_quirks",
    "verdict",
    "verdicts",
]

_DATA = Path(__file__).parent / "data"
_ORDER: tuple[Severity, ...] = ("fatal", "error", "warning", "note")


class _Profiles(Mapping[str, Profile]):
    """Every profile by name, in alphabetical order; each is read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Profile] = {}

    def __getitem__(self, name: str) -> Profile:
        if name not in self._read:
            # Only the name of a known profile becomes a path.
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
"""What is known of each LMS, by the name that `--for` takes. A profile is read at first use."""


def profiles_with(quirk: str) -> tuple[str, ...]:
    """The names of the profiles with a quirk."""
    return tuple(name for name, profile in PROFILES.items() if quirk in profile.quirks)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one LMS makes of one package: the worst that was found, empty for nothing, and how much of it."""

    package: str
    system: str
    worst: Severity | Literal[""]
    count: int

    def __str__(self) -> str:
        return f"{self.worst} {self.count}" if self.worst else "nothing known"


def verdict(package: str, profile: Profile, found: Iterable[Problem]) -> Verdict:
    """Sums up what was found of a package for an LMS: the worst severity, and how many problems have it."""
    severities = [problem.severity for problem in found]
    worst = next((severity for severity in _ORDER if severity in severities), None)
    return Verdict(package, profile.title, worst or "", severities.count(worst) if worst else 0)


def verdicts(package: Package, found: Iterable[Problem] = ()) -> list[Verdict]:
    """A verdict of every LMS on an open package.

    `found` is what the rules say of it: what is fatal there is fatal in every LMS.
    """
    fatal = [problem for problem in found if problem.severity == "fatal"]
    return [verdict(package.name, profile, fatal or profile.check(package)) for profile in PROFILES.values()]


def as_dict(name: str, found: Iterable[Problem]) -> dict[str, Any]:
    """What the LMS of a profile makes of a package as plain values for JSON: each finding with its source and date.

    What is fatal in every LMS is no fact of this one: its source and date are None.
    """
    profile = PROFILES[name]
    facts = {f"for-{name}/{fact.id}": fact for fact in profile.facts}
    found = tuple(found)
    findings = []
    for problem in found:
        fact = facts.get(problem.rule)
        values = problem.as_dict()
        # Of a fact the hint is its source, in words.
        values |= (
            {"source": fact.source, "date": fact.date, "hint": ""} if fact else {"source": None, "date": None}
        )
        findings.append(values)
    worst = verdict("", profile, found).worst or None
    return {"name": name, "title": profile.title, "worst": worst, "findings": findings}
