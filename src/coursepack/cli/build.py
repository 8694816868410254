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
    from collections.abc import Collection, Sequence
    from typing import NoReturn

    from coursepack.problems import Category, Report
    from coursepack.result import Built


@click.command(cls=StrictCommand)
@click.argument("courses", type=click.Path(), nargs=-1, metavar="[COURSE]...")
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
@click.option(
    "--max-size",
    callback=lambda _context, _option, value: _bytes_of(value),
    metavar="SIZE",
    help="Largest size of each package, such as 100MB: films become smaller.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Number of courses to build at once. [default: the number of processors]",
)
@strict_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@language_option("Language of the text output.")
def build(
    courses: tuple[str, ...],
    targets: tuple[str, ...],
    part: str | None,
    out: str | None,
    schemas: str | None,
    cache: str | None,
    max_size: int | None,
    jobs: int | None,
    strict: str | None,
    as_json: bool,
    language: str,
) -> None:
    """Build packages from course folders.

    COURSE is a course folder. [default: the working folder when it has a course.yaml, else course_source] The packages
    of each of several courses are in a folder of their own.
    """
    unknown = [name for name in targets if name not in TARGETS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is not one of: {', '.join(TARGETS)}", param_hint="--target")
    wanted = tuple(dict.fromkeys(targets or USUAL_TARGETS))
    # Raises when the working folder is gone, which would otherwise show up as another error.
    os.getcwd()
    failing = failing_categories(strict)
    if len(courses) > 1:
        if part is not None:
            raise click.UsageError("--part is for one course.")
        _build_several(
            courses, wanted, out or "build", schemas, cache, max_size, jobs, failing, as_json, language
        )
    from coursepack.building.build import build_packages
    from coursepack.problems import CoursepackError
    from coursepack.result import reported

    course = courses[0] if courses else course_folder()
    # The output folder cannot be in the course.
    out = out or ("../build" if os.path.realpath(course) == os.getcwd() else "build")
    try:
        progress = Progress(language)
        packages = build_packages(
            course, wanted, out, part=part, schemas=schemas, progress=progress, cache=cache, max_size=max_size
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
        _print_packages(packages, language, reported(packages))
    sys.exit(1 if any(fails(problem, failing) for package in packages for problem in package.report) else 0)


def _bytes_of(size: str | None) -> int | None:
    """The value of `--max-size` in bytes."""
    if size is None:
        return None
    # Few builds have a largest size, and this is not quick to import.
    from coursepack.course.blocks.block import byte_count

    try:
        return byte_count(size)
    except ValueError:
        raise click.BadParameter(f"{size!r} is not a size like 100MB.") from None


def _build_several(
    courses: tuple[str, ...],
    targets: tuple[str, ...],
    out: str,
    schemas: str | None,
    cache: str | None,
    max_size: int | None,
    jobs: int | None,
    failing: Collection[Category],
    as_json: bool,
    language: str,
) -> NoReturn:
    from coursepack.building.courses import build_courses

    progress = Progress(language)
    built = build_courses(
        courses, targets, out, jobs=jobs, schemas=schemas, cache=cache, max_size=max_size, progress=progress
    )
    if as_json:
        print_json(
            {
                "ok": all(course.report.ok for course in built),
                "courses": [
                    {
                        "course": course.folder.as_posix(),
                        **report_dict(course.report),
                        "packages": [package.as_dict() for package in course.packages],
                    }
                    for course in built
                ],
            }
        )
    else:
        for course in built:
            click.echo(f"{course.folder}:")
            _print_packages(list(course.packages), language, course.report)
    sys.exit(1 if any(fails(problem, failing) for course in built for problem in course.report) else 0)


def _print_packages(packages: Sequence[Built], language: str, report: Report) -> None:
    """Prints the packages of a course, and every problem once."""
    from coursepack.outputs.plain import built_lines

    for line in built_lines(packages, language) if packages else ():
        click.echo(line)
    print_report(report, language)
