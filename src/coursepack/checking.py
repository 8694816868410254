"""Checks course folders and packages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coursepack.problems import CATEGORIES, Problem, Report

if TYPE_CHECKING:
    from coursepack.inspection import Facts
    from coursepack.package import Package


class CheckResult(NamedTuple):
    """The result for a path. `kinds`: its standards as text; `maker`: the tool that made it, or empty.

    `systems` holds the problems of each LMS profile that was requested, by name. `facts` are those of a package, when
    requested. `mendable` are the findings that `mend` would repair, when requested.
    """

    path: Path
    kinds: tuple[str, ...]
    maker: str
    report: Report
    systems: Mapping[str, tuple[Problem, ...]] = {}
    facts: Facts | None = None
    mendable: frozenset[Problem] = frozenset()

    @property
    def is_training(self) -> bool:
        """True for a course folder, and for a package of a standard that has rules."""
        from coursepack.rules.standards import STANDARDS

        names = ("course folder", *(standard.name for standard in STANDARDS))
        return any(kind.startswith(names) for kind in self.kinds)

    def with_systems(self, wanted: bool) -> CheckResult:
        """With the problems of the LMS profiles in the report, when `wanted`."""
        if not wanted:
            return self
        return self._replace(
            report=Report.of([*self.report, *(p for each in self.systems.values() for p in each)])
        )

    def filtered(self, select: Iterable[str], ignore: Iterable[str]) -> CheckResult:
        """With problems of rules that match a pattern of `select` (all when empty) and none of `ignore`."""
        chosen, left = tuple(select) or ("*",), tuple(ignore)
        problems = [
            problem
            for problem in self.report
            if any(fnmatchcase(problem.rule, pattern) for pattern in chosen)
            and not any(fnmatchcase(problem.rule, pattern) for pattern in left)
        ]
        return self._replace(report=Report.of(problems))

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values for JSON."""
        return {
            "path": self.path.as_posix(),
            "kinds": list(self.kinds),
            "maker": self.maker,
            "ok": self.report.ok,
            "verdicts": {category: self.report.of_category(category).worst for category in CATEGORIES},
            "problems": self.problems_as_dicts(),
            "systems": self._systems_as_dicts(),
        }

    def problems_as_dicts(self) -> list[dict[str, Any]]:
        """The problems as plain values for JSON, each with whether `mend` would repair it."""
        return [problem.as_dict() | {"mendable": problem in self.mendable} for problem in self.report]

    def _systems_as_dicts(self) -> list[dict[str, Any]]:
        if not self.systems:
            return []
        from coursepack import profiles

        return [profiles.as_dict(name, found) for name, found in self.systems.items()]


def check(path: str | Path, verified: bool = False) -> Report:
    """All problems of a course folder, a package folder or a zip. Problems are returned, never raised.

    With `verified`, the checksums of a zip are trusted, since it has just been written.
    """
    path = Path(path)
    if _is_course(path):
        return _check_course(path)
    # Without the detection of the authoring tool, which takes time.
    from coursepack.package import open_package
    from coursepack.rules import check_package

    with open_package(path, verified) as package:
        return Report.of(check_package(package))


def check_path(
    path: str | Path,
    systems: Sequence[str] = (),
    look: bool = False,
    mendable: Callable[[Package, Report], frozenset[Problem]] = lambda *_: frozenset(),
    cache: str | Path | None = None,
) -> CheckResult:
    """Checks a course folder, a package folder or a zip. Problems are returned, never raised.

    `systems` are names of LMS profiles to check against; `look` requests the facts of a package, `mendable` finds what
    `mend` would fix. `cache` has what is known of the films and sounds of a course; None is `.coursepack/media` beside
    the course folder. Raises KeyError for an unknown profile.
    """
    path = Path(path)
    if _is_course(path):
        return CheckResult(path, ("course folder",), "", _check_course(path, cache))
    from coursepack.detection import detect_kinds, detect_maker
    from coursepack.package import open_package
    from coursepack.rules import check_package

    with open_package(path) as package:
        report = Report.of(check_package(package))
        asked: dict[str, tuple[Problem, ...]] = {}
        if systems:
            from coursepack.profiles import PROFILES

            fatal = tuple(problem for problem in report if problem.severity == "fatal")
            asked = {name: fatal or tuple(PROFILES[name].check(package)) for name in systems}
        facts = None
        if look:
            from coursepack.inspection import facts_of

            facts = facts_of(package)
        repaired = mendable(package, report)
        return CheckResult(path, detect_kinds(package), detect_maker(package), report, asked, facts, repaired)


def _is_course(path: Path) -> bool:
    """True for a course folder, or an empty folder for one."""
    from coursepack.package import MANIFESTS, WEB_PAGE

    if not os.path.isdir(path) or any(os.path.exists(path / name) for name in MANIFESTS):
        return False
    if os.path.exists(path / "course.yaml"):
        return True
    return not os.path.exists(path / WEB_PAGE) and not _has_aicc(path)


def _has_aicc(folder: Path) -> bool:
    """True when a folder has an AICC course structure file."""
    try:
        return any(name.lower().endswith(".cst") for name in os.listdir(folder))
    except OSError:
        return False


def _check_course(folder: Path, cache: str | Path | None = None) -> Report:
    from coursepack.course.lock import state_problems
    from coursepack.reading.source import read_folder
    from coursepack.targets import TARGETS

    course, report = read_folder(folder, Path(cache) if cache else None)
    if course is None:
        return report
    limit = min(target.state_limit for target in TARGETS.values() if target.state_limit)
    return Report.of([*report, *state_problems(course.lock, limit)])
