"""`coursepack check`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from coursepack.cli.terminal import (
    StrictCommand,
    course_folder,
    failing_categories,
    fails,
    language_option,
    print_error,
    strict_option,
)
from coursepack.languages import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Collection

    from coursepack.checking import CheckResult
    from coursepack.package import Package
    from coursepack.problems import Category, Problem, Report


FORMATS = ("text", "json", "sarif", "junit", "html", "github", "gitlab")


@click.command(cls=StrictCommand)
@click.argument("paths", type=click.Path(), nargs=-1, metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="Output format.")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@language_option("Language of the text and HTML output.")
@click.option(
    "--cache",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Folder of what is known of films and sounds. [default: .coursepack/media beside the course]",
)
@click.option("--out", type=click.Path(dir_okay=False), help="Write to this file instead of standard output.")
@click.option(
    "--for",
    "systems",
    multiple=True,
    metavar="LMS",
    help="Check against the profile of this LMS too; `all` prints a table. Can be repeated.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    help="Only report these rules; * matches anything. Can be repeated.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="RULE",
    help="Do not report these rules; * matches anything. Can be repeated.",
)
@strict_option
@click.option(
    "--require-package",
    is_flag=True,
    help="Exit with 1 for what is neither a course nor a training package, such as H5P or a web site.",
)
def check(
    paths: tuple[str, ...],
    form: str,
    as_json: bool,
    language: str,
    cache: str | None,
    out: str | None,
    systems: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: str | None,
    require_package: bool,
) -> None:
    """Check courses, packages and manifests.

    PATH is a course folder, a package folder, a zip or a single manifest. [default: the working folder when it has a
    course.yaml, else course_source]
    """
    from coursepack.problems import CoursepackError

    paths = paths or (course_folder(),)
    form = "json" if as_json else form
    if out is not None:
        _refuse_overwriting(paths, out)
    language_used = language if form in ("text", "html") else ENGLISH
    try:
        profiles = _profiles(systems)
        results = [
            _checked(path, profiles, form, cache).with_systems("all" not in systems).filtered(select, ignore)
            for path in paths
        ]
    except CoursepackError as error:
        # An invalid profile.
        from coursepack.outputs.plain import report_lines

        for line in report_lines(error.report, language):
            print_error(line)
        sys.exit(1)
    failing = failing_categories(strict)
    text = _check_text(results, form, language_used, failing, "all" in systems)
    if out is None:
        click.echo(text)
    else:
        _write_text(out, text)
    problems = [problem for each in results for problem in each.report]
    is_refused = require_package and not all(each.is_training for each in results)
    sys.exit(1 if is_refused or any(fails(problem, failing) for problem in problems) else 0)


def _checked(path: str, profiles: tuple[str, ...], form: str, cache: str | None) -> CheckResult:
    """The result for a path, with the details that its format shows."""
    from coursepack.checking import check_path

    if form not in ("text", "json", "html"):
        return check_path(path, profiles, cache=cache)
    return check_path(path, profiles, form == "html", _mendable, cache)


def _mendable(package: Package, report: Report) -> frozenset[Problem]:
    """What `mend` would fix. Imports it only if it could fix something: the import takes longer than a small check."""
    from coursepack.rules.rule import is_of_manifest

    if not any(map(is_of_manifest, report)):
        return frozenset()
    from coursepack.repair import mendable

    return mendable(package, report)


def _profiles(systems: tuple[str, ...]) -> tuple[str, ...]:
    """Names of profiles. Raises BadParameter for an unknown name."""
    if not systems:
        return ()
    from coursepack.problems import nearest
    from coursepack.profiles import PROFILES

    for name in systems:
        if name != "all" and name not in PROFILES:
            hint = f"There is no profile {name!r}. {nearest(name, PROFILES)}".strip()
            raise click.BadParameter(hint, param_hint="--for")
    return tuple(PROFILES) if "all" in systems else tuple(dict.fromkeys(systems))


def _check_text(
    results: list[CheckResult],
    form: str,
    language: str,
    failing: Collection[Category],
    as_table: bool,
) -> str:
    """The output, in one of `FORMATS`."""
    if form == "sarif":
        from coursepack.outputs.sarif import sarif

        return sarif(results)
    if form == "github":
        from coursepack.outputs.github import github

        return github(results)
    if form == "gitlab":
        from coursepack.outputs.gitlab import gitlab

        return gitlab(results)
    if form == "junit":
        from coursepack.outputs.junit import junit

        return junit(results, failing)
    if form == "json":
        from coursepack.outputs import as_json

        return as_json(results)
    if form == "html":
        from coursepack.outputs.page import page
        from coursepack.profiles import PROFILES

        names = dict.fromkeys(name for each in results for name in each.systems)
        asked = {PROFILES[name].title: [each.systems.get(name) for each in results] for name in names}
        return page(results, [each.facts for each in results], asked or None, language)
    from coursepack.outputs import plain

    lines = [line for each in results for line in plain.lines(each, language)]
    if as_table:
        from coursepack.outputs.systems import system_lines

        lines += system_lines(results, language)
    return "\n".join(lines)


def _refuse_overwriting(paths: tuple[str, ...], out: str) -> None:
    """Raises BadParameter when `out` is or is in one of the paths: it would overwrite what is checked."""
    from pathlib import Path

    written = Path(os.path.realpath(out))
    for path in paths:
        if written.is_relative_to(os.path.realpath(path)) or _same_file(path, out):
            hint = f"{out!r} would overwrite, or be written into, what is checked: {path!r}"
            raise click.BadParameter(hint, param_hint="--out")


def _same_file(one: str, other: str) -> bool:
    """True when both paths lead to the same file."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _write_text(out: str, text: str) -> None:
    """Writes a file atomically. Links, devices and pipes are written to in place, as a shell does."""
    from pathlib import Path

    from coursepack.atomic import write_atomically

    data = f"{text.removesuffix(chr(10))}\n".encode(errors="backslashreplace")
    try:
        if os.path.exists(out) and (os.path.islink(out) or not os.path.isfile(out)):
            with open(out, "wb") as file:
                file.write(data)
        else:
            write_atomically(Path(out), data)
    except OSError as error:
        print_error(f"{out}: cannot be written: {error.strerror or error}")
        sys.exit(1)
