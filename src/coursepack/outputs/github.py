"""Turns check results into workflow commands, which GitHub Actions shows as annotations beside the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.outputs.places import file_address
from coursepack.rules.rule import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coursepack.checking import CheckResult
    from coursepack.problems import Problem

_COMMANDS = {"fatal": "error", "error": "error", "warning": "warning", "note": "notice"}


def github(results: Sequence[CheckResult]) -> str:
    """A line for each problem: `::error file=pages/a.md,line=3,col=7,title=page/x::message`."""
    return "\n".join(_command(each, problem) for each in results for problem in each.report)


def _command(result: CheckResult, problem: Problem) -> str:
    place = problem.location
    values = {
        "file": file_address(result, problem),
        "line": place.line,
        "col": place.column,
        "title": problem.rule,
    }
    given = ",".join(f"{name}={_value(str(value))}" for name, value in values.items() if value)
    lines = [printable(text) for text in (problem.message, problem.hint) if text]
    return f"::{_COMMANDS[problem.severity]} {given}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    """Text as the runner reads it: `escapeData` of the toolkit's `command.ts`."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
