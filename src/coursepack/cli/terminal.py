"""What commands print: results on standard output, progress and complaints on standard error."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coursepack.problems import Report


STEPS_SV = {
    "reading the course": "läser kursen",
    "rendering": "gör sidorna",
    "writing": "skriver",
    "checking": "granskar",
    "waiting for another build in this folder": "väntar på ett annat bygge i samma mapp",
}


class Progress:
    """Tells on standard error what goes on, once it has taken more than a second; at once what is waited for."""

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        self.words = words or {}
        self.began = time.monotonic()
        self.told = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Progress callback: step, done, total."""
        now = time.monotonic()
        if not what.startswith("waiting") and (now - self.began < 1 or now - self.told < 1):
            return
        self.told = now
        share = f" {done / total:.0%}" if total else ""
        complain(f"{self.words.get(what, what)}{share} ...")


def complain(line: str) -> None:
    """Prints a line on standard error. Where it cannot be written there is nobody to tell."""
    with suppress(OSError):
        click.echo(line, err=True)


def count(number: int, word: str) -> str:
    """A number and its noun: `1 failure`, `2 failures`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def print_report(report: Report, language: Literal["en", "sv"] = "en") -> None:
    """Prints a report for people."""
    from coursepack.outputs.plain import report_lines

    for line in report_lines(report, language):
        click.echo(line)


def print_json(values: dict[str, Any]) -> None:
    """Prints a JSON object."""
    import json

    click.echo(json.dumps(values, ensure_ascii=False, indent=2))


def report_dict(report: Report) -> dict[str, Any]:
    """A report as the JSON of the commands holds it."""
    return {"ok": report.ok, "problems": [problem.as_dict() for problem in report]}
