"""Judges a course folder or a package, and says what is wrong with it."""

from __future__ import annotations

import os
from pathlib import Path

from coursepack.problems import Report


def check(path: str | Path) -> Report:
    """Every problem of a course folder, a package folder or a zip. Never raises for what it finds."""
    path = Path(path)
    if _is_course(path):
        return _check_course(path)
    from coursepack.package import open_package
    from coursepack.rules import judge

    with open_package(path) as package:
        return Report.of(judge(package))


def _is_course(path: Path) -> bool:
    """True for a folder that is no package: a course, or one that wants its first file."""
    from coursepack.package import MANIFESTS, WEB_PAGE

    if not os.path.isdir(path) or any(os.path.exists(path / name) for name in MANIFESTS):
        return False
    return os.path.exists(path / "course.yaml") or not os.path.exists(path / WEB_PAGE)


def _check_course(folder: Path) -> Report:
    from coursepack.lock import state_problems
    from coursepack.source import read_course
    from coursepack.targets import TARGETS

    course, report = read_course(folder)
    if course is None:
        return report
    limit = min(target.state_limit for target in TARGETS.values() if target.state_limit)
    return Report.of([*report, *state_problems(course.lock, limit)])
