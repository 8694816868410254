"""`coursepack build`."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from coursepack.cli.terminal import (
    Progress,
    StrictCommand,
    cache_option,
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
    from collections.abc import Collection, Iterable, Sequence
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from coursepack.building.courses import BuiltCourse
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
@cache_option
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
@click.option(
    "--executor",
    metavar="ADDRESS",
    help="Cluster that converts media, such as dask://HOST:PORT. Its workers need the folder of --cache.",
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
    executor: str | None,
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
    if len(courses) > 1 and part is not None:
        raise click.UsageError("--part is for one course.")
    if executor and not cache:
        raise click.UsageError("--executor needs --cache: a folder that all machines have under this path.")
    from coursepack.problems import CoursepackError

    printing = _Printing(failing_categories(strict), as_json, language)
    options: dict[str, Any] = {
        "schemas": schemas,
        "cache": cache,
        "max_size": max_size,
        "progress": Progress(language),
    }
    try:
        with _executor(executor) as options["executor"]:
            if len(courses) > 1:
                from coursepack.building.courses import build_courses

                built = build_courses(courses, wanted, out or "build", jobs=jobs, **options)
                failed = _print_courses(built, printing)
            else:
                from coursepack.building.build import build_packages

                course = courses[0] if courses else course_folder()
                # The output folder cannot be in the course.
                out = out or ("../build" if os.path.realpath(course) == os.getcwd() else "build")
                packages = build_packages(course, wanted, out, part=part, **options)
                failed = _print_course(packages, printing)
    except CoursepackError as error:
        if as_json:
            print_json({**report_dict(error.report), "courses" if len(courses) > 1 else "packages": []})
        else:
            print_report(error.report, language)
        sys.exit(1)
    sys.exit(1 if failed else 0)


def _executor(address: str | None) -> AbstractContextManager[Executor | None]:
    if address is None:
        return nullcontext()
    from coursepack.building.executors import executor_at

    return executor_at(address)


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


class _Printing(NamedTuple):
    """How results are printed, and the categories of warnings that fail."""

    failing: Collection[Category]
    as_json: bool
    language: str

    def fails(self, reports: Iterable[Report]) -> bool:
        """True when a problem of one of them fails."""
        return any(fails(problem, self.failing) for report in reports for problem in report)


def _print_course(packages: Sequence[Built], printing: _Printing) -> bool:
    """Prints the packages of a course. True when one has failed."""
    from coursepack.result import reported

    if printing.as_json:
        ok = all(package.report.ok for package in packages)
        print_json({"ok": ok, "packages": [package.as_dict() for package in packages]})
    else:
        _print_packages(packages, printing.language, reported(packages))
    return printing.fails(package.report for package in packages)


def _print_courses(built: Sequence[BuiltCourse], printing: _Printing) -> bool:
    """Prints the packages of several courses. True when one has failed."""
    if printing.as_json:
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
            _print_packages(course.packages, printing.language, course.report)
    return printing.fails(course.report for course in built)


def _print_packages(packages: Sequence[Built], language: str, report: Report) -> None:
    """Prints the packages of a course, and every problem once."""
    from coursepack.outputs.plain import built_lines

    for line in built_lines(packages, language) if packages else ():
        click.echo(line)
    print_report(report, language)
