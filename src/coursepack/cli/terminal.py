"""Output of the commands: results on standard output, progress and errors on standard error."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from coursepack.languages import ENGLISH, authors, authors_language, codes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from coursepack.problems import Category, Problem, Report


def course_folder() -> str:
    """The course folder when no path is given."""
    # Where there is none, the author is told of the working folder.
    is_above = os.path.isdir("course_source") and not os.path.exists("course.yaml")
    return "course_source" if is_above else "."


def locale_language() -> str:
    """The language of the system, if it has texts for authors; otherwise English."""
    # POSIX.1-2024, 8.2: the first one that is set and not empty. Windows has none of them.
    name = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    if name is None and sys.platform == "win32":
        import ctypes
        import locale

        name = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return authors_language((name or "").partition("_")[0].lower())


def language_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option `--language`. Its value is a language with texts for authors."""
    return click.option(
        "--language",
        type=click.Choice(codes()),
        default=locale_language,
        show_default="that of the system",
        callback=lambda _context, _option, code: authors_language(code),
        help=text,
    )


def cache_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--cache`."""
    return click.option(
        "--cache",
        type=click.Path(file_okay=False),
        metavar="DIR",
        help="Folder for converted media. [default: .coursepack/media beside the course]",
    )(command)


class Progress:
    """Prints progress on standard error, at most once a second. Waiting for another build is printed at once."""

    def __init__(self, language: str = ENGLISH) -> None:
        self.language = language
        self.began = time.monotonic()
        self.printed = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Progress callback: step, done, total."""
        now = time.monotonic()
        if not what.startswith("waiting") and (now - self.began < 1 or now - self.printed < 1):
            return
        self.printed = now
        share = f" {done / total:.0%}" if total else ""
        print_error(f"{authors(self.language)['steps'].get(what, what)}{share} ...")


def print_error(line: str) -> None:
    """Prints a line on standard error; does nothing when that cannot be written."""
    with suppress(OSError):
        click.echo(line, err=True)


def print_report(report: Report, language: str = ENGLISH) -> None:
    """Prints a report as text."""
    from coursepack.outputs.plain import report_lines

    for line in report_lines(report, language):
        click.echo(line)


def print_json(values: dict[str, Any]) -> None:
    """Prints a JSON object."""
    import json

    click.echo(json.dumps(values, ensure_ascii=False, indent=2))


def report_dict(report: Report) -> dict[str, Any]:
    """A report as plain values for JSON."""
    return {"ok": report.ok, "problems": [problem.as_dict() for problem in report]}


class StrictCommand(click.Command):
    """A command whose option `--strict` takes a value only after an equals sign: a path can follow it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Gives `--strict` alone its value."""
        end = args.index("--") if "--" in args else len(args)
        options = ["--strict=function" if arg == "--strict" else arg for arg in args[:end]]
        return super().parse_args(ctx, options + args[end:])


strict_option = click.option(
    "--strict",
    type=click.Choice(("function", "all")),
    metavar="[=all]",
    help="Exit with 1 on warnings too; with =all on those of accessibility, privacy and security as well.",
)


def failing_categories(strict: str | None) -> Collection[Category]:
    """The categories whose warnings end a command with 1, by the value of `--strict`."""
    from coursepack.problems import CATEGORIES

    return {"function": CATEGORIES[:1], "all": CATEGORIES}.get(strict or "", ())


def fails(problem: Problem, failing: Collection[Category]) -> bool:
    """True for an error, and for a warning of the given categories."""
    return problem.severity in ("fatal", "error") or (
        problem.severity == "warning" and problem.category in failing
    )
