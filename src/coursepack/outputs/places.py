"""The location of a problem as one address, for programs that read reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.rules.rule import printable

if TYPE_CHECKING:
    from coursepack.checking import CheckResult
    from coursepack.problems import Problem


def address(result: CheckResult) -> str:
    """The path that was checked, for display."""
    return printable(result.path.as_posix())


def file_address(result: CheckResult, problem: Problem) -> str:
    """The path of a problem's file; in a zip as `course.zip!/imsmanifest.xml`, as for Java archives."""
    path = result.path
    # Problems of a whole package or a single manifest have the name of the path.
    if problem.location.file in (path.name, printable(path.name), str(path)):
        return address(result)
    joint = "/" if path.is_dir() else "!/"
    return f"{address(result).rstrip('/')}{joint}{printable(problem.location.file)}"
