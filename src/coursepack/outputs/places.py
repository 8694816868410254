"""Where a problem is, as one address for the programs that read reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.rules.rule import printable

if TYPE_CHECKING:
    from coursepack.checking import CheckResult
    from coursepack.problems import Problem


def address(examination: CheckResult) -> str:
    """The path of what was judged, fit to be shown."""
    return printable(examination.path.as_posix())


def file_address(examination: CheckResult, problem: Problem) -> str:
    """The path of a problem's file; in a zip as `course.zip!/imsmanifest.xml`, in the way of Java archives."""
    path = examination.path
    # A rule that judges the whole names it as it is called, and so does one that judges a lone manifest.
    if problem.location.file in (path.name, printable(path.name), str(path)):
        return address(examination)
    joint = "/" if path.is_dir() else "!/"
    return f"{address(examination).rstrip('/')}{joint}{printable(problem.location.file)}"
