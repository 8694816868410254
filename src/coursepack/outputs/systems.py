"""The results of each package for each LMS, as lines for a terminal: a table, and the reasons below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.languages import authors
from coursepack.outputs.plain import severity_word
from coursepack.outputs.texts import in_language
from coursepack.profiles import PROFILES, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coursepack.checking import CheckResult

_COLUMNS = 6


def system_lines(results: Sequence[CheckResult], language: str = "en") -> Iterator[str]:
    """A line for each LMS and a column for each package, six to a block; then the reasons for errors and warnings.

    Packages are numbered above the table. The reasons for fatal problems are in the report itself.
    """
    asked = [result for result in results if result.systems]
    if not asked:
        return
    words = authors(language)["terminal"]
    names = list(asked[0].systems)
    width = max(len(PROFILES[name].title) for name in names) + 2
    rows = [[_cell(result, name, language) for result in asked] for name in names]
    column = max(len(cell) for row in rows for cell in row) + 2
    for start in range(0, len(asked), _COLUMNS):
        part = range(start, min(start + _COLUMNS, len(asked)))
        yield ""
        yield from (f"[{number + 1}] {asked[number].path.name}" for number in part)
        yield ""
        yield (" " * width + "".join(f"[{number + 1}]".ljust(column) for number in part)).rstrip()
        for name, row in zip(names, rows, strict=True):
            cells = "".join(row[number].ljust(column) for number in part)
            yield f"{PROFILES[name].title.ljust(width)}{cells}".rstrip()
    for number, result in enumerate(asked):
        reasons = list(_reasons(result, language))
        if reasons:
            yield ""
            yield words["reasons"].format(package=f"[{number + 1}] {result.path.name}")
            yield from reasons


def _cell(result: CheckResult, name: str, language: str) -> str:
    found = verdict(result.path.name, PROFILES[name], result.systems[name])
    if not found.worst:
        return str(authors(language)["terminal"]["nothing_known"])
    return f"{severity_word(found.worst, language)} {found.count}"


def _reasons(result: CheckResult, language: str) -> Iterator[str]:
    """Every reason once, without notes, which are only counted in the table."""
    for name, problems in result.systems.items():
        relevant = [problem for problem in problems if problem.severity in ("error", "warning")]
        lines = (
            f"{PROFILES[name].title}: {severity_word(problem.severity, language)}: "
            f"{in_language(problem, language).message}"
            for problem in relevant
        )
        yield from dict.fromkeys(lines)
