"""Judges a course folder or a package, and says what it is and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from coursepack.problems import Problem, Report

if TYPE_CHECKING:
    from coursepack.inspection import Facts


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found of one path. `kinds`: its standards in words for people; `maker`: what made it, or empty.

    `systems` holds by their name what single LMSs would make of it, and `facts` what it is at a glance, where
    that was asked for and there is a package.
    """

    path: Path
    kinds: tuple[str, ...]
    maker: str
    report: Report
    systems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    facts: Facts | None = None

    def with_systems(self, wanted: bool) -> Examination:
        """With what the LMSs say among the problems, when that is wanted."""
        if not wanted:
            return self
        return replace(
            self, report=Report.of([*self.report, *(p for each in self.systems.values() for p in each)])
        )

    def choosing(self, select: Iterable[str], ignore: Iterable[str]) -> Examination:
        """With what was found by rules that match a pattern of `select` (all when empty) and none of `ignore`."""
        chosen, left = tuple(select) or ("*",), tuple(ignore)
        problems = [
            problem
            for problem in self.report
            if any(fnmatchcase(problem.rule, pattern) for pattern in chosen)
            and not any(fnmatchcase(problem.rule, pattern) for pattern in left)
        ]
        return replace(self, report=Report.of(problems))

    def as_dict(self) -> dict[str, Any]:
        """The examination as plain values for JSON."""
        return {
            "path": self.path.as_posix(),
            "kinds": list(self.kinds),
            "maker": self.maker,
            "ok": self.report.ok,
            "problems": [problem.as_dict() for problem in self.report],
            "systems": self._systems_as_dicts(),
        }

    def _systems_as_dicts(self) -> list[dict[str, Any]]:
        if not self.systems:
            return []
        from coursepack import profiles

        return [profiles.as_dict(name, found) for name, found in self.systems.items()]


def check(path: str | Path, verified: bool = False) -> Report:
    """Every problem of a course folder, a package folder or a zip. Never raises for what it finds.

    `verified` says that the checksums of a zip are known to be right, since it has just been written.
    """
    path = Path(path)
    if _is_course(path):
        return _check_course(path)
    # Whoever asks for problems alone does not wait for the search for the maker.
    from coursepack.package import open_package
    from coursepack.rules import judge

    with open_package(path, verified) as package:
        return Report.of(judge(package))


def examine(
    path: str | Path, systems: Sequence[str] = (), look: bool = False, language: Literal["en", "sv"] = "en"
) -> Examination:
    """What a course folder, a package folder or a zip is, and every problem of it. Never raises for what it finds.

    `systems` are names of profiles whose LMSs are asked too, in words of `language`, and `look` asks for the
    facts of a package. Raises KeyError for a profile that is not there.
    """
    path = Path(path)
    if _is_course(path):
        return Examination(path, ("course folder",), "", _check_course(path))
    from coursepack.detection import kinds_of, maker_of
    from coursepack.package import open_package
    from coursepack.rules import judge

    with open_package(path) as package:
        report = Report.of(judge(package))
        asked: dict[str, tuple[Problem, ...]] = {}
        if systems:
            from coursepack.profiles import PROFILES, judge_for

            fatal = tuple(problem for problem in report if problem.severity == "fatal")
            asked = {name: fatal or tuple(judge_for(package, PROFILES[name], language)) for name in systems}
        facts = None
        if look:
            from coursepack.inspection import inspect

            facts = inspect(package)
        return Examination(path, kinds_of(package), maker_of(package), report, asked, facts)


def _is_course(path: Path) -> bool:
    """True for a folder that is no package: a course, or one that wants its first file."""
    from coursepack.package import MANIFESTS, WEB_PAGE

    if not os.path.isdir(path) or any(os.path.exists(path / name) for name in MANIFESTS):
        return False
    if os.path.exists(path / "course.yaml"):
        return True
    return not os.path.exists(path / WEB_PAGE) and not _has_aicc(path)


def _has_aicc(folder: Path) -> bool:
    """True when the structure of an AICC course lies in a folder."""
    try:
        return any(name.lower().endswith(".cst") for name in os.listdir(folder))
    except OSError:
        return False


def _check_course(folder: Path) -> Report:
    from coursepack.course.lock import state_problems
    from coursepack.reading.source import read_course
    from coursepack.targets import TARGETS

    course, report = read_course(folder)
    if course is None:
        return report
    limit = min(target.state_limit for target in TARGETS.values() if target.state_limit)
    return Report.of([*report, *state_problems(course.lock, limit)])
