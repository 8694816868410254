"""`coursepack build`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from coursepack.cli.terminal import (
    Progress,
    StrictCommand,
    course_folder,
    failing_categories,
    fails,
    language_option,
    print_json,
    print_report,
    report_dict,
    strict_option,
)
from coursepack.targets import TARGETS, USUAL_TARGETS

if TYPE_CHECKING:
    from coursepack.result import Built


@click.command(cls=StrictCommand)
@click.argument("course", type=click.Path(), required=False)
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    help=f"Target to build: {', '.join(TARGETS)}. Can be repeated. [default: {', '.join(USUAL_TARGETS)}]",
)
@click.option("--part", metavar="ID", help="Build only this part of the course, as a package of its own.")
@click.option(
    "--out",
    type=click.Path(),
    help="Output folder. [default: build, or ../build when the working folder is the course]",
)
@click.option(
    "--schemas",
    type=click.Path(exists=True, file_okay=False),
    help="Folder of XSD files to include in SCORM packages.",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Folder for converted films and sounds. [default: .coursepack/media beside the course]",
)
@strict_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@language_option("Language of the text output.")
def build(
    course: str | None,
    targets: tuple[str, ...],
    part: str | None,
    out: str | None,
    schemas: str | None,
    cache: str | None,
    strict: str | None,
    as_json: bool,
    language: str,
) -> None:
    """Build packages from a course folder.

    COURSE is the course folder. [default: the working folder when it has a course.yaml, else course_source]
    """
    from coursepack.building.build import build_packages
    from coursepack.problems import CoursepackError

    unknown = [name for name in targets if name not in TARGETS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is not one of: {', '.join(TARGETS)}", param_hint="--target")
    wanted = tuple(dict.fromkeys(targets or USUAL_TARGETS))
    # Raises when the working folder is gone, which would otherwise show up as another error.
    os.getcwd()
    course = course or course_folder()
    # The output folder cannot be in the course.
    out = out or ("../build" if os.path.realpath(course) == os.getcwd() else "build")
    try:
        progress = Progress(language)
        packages = build_packages(
            course, wanted, out, part=part, schemas=schemas, progress=progress, cache=cache
        )
    except CoursepackError as error:
        if as_json:
            print_json({**report_dict(error.report), "packages": []})
        else:
            print_report(error.report, language)
        sys.exit(1)
    ok = all(package.report.ok for package in packages)
    if as_json:
        print_json({"ok": ok, "packages": [package.as_dict() for package in packages]})
    else:
        _print_packages(packages, language)
    failing = failing_categories(strict)
    sys.exit(1 if any(fails(problem, failing) for package in packages for problem in package.report) else 0)


def _print_packages(packages: list[Built], language: str) -> None:
    """Prints the packages, and every problem once."""
    from coursepack.outputs.plain import built_lines
    from coursepack.problems import Report

    for line in built_lines(packages, language):
        click.echo(line)
    print_report(
        Report.of(dict.fromkeys(problem for package in packages for problem in package.report)), language
    )
