"""`coursepack plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coursepack.cli.cache import shared_cache
from coursepack.cli.terminal import (
    Progress,
    cache_option,
    course_folder,
    language_option,
    print_json,
    print_report,
    report_dict,
)
from coursepack.languages import authors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coursepack.building.tasks import Planned
    from coursepack.problems import Report


@click.command()
@click.argument("courses", type=click.Path(path_type=Path), nargs=-1, metavar="[COURSE]...")
@cache_option
@click.option("--run", "wanted", metavar="ID", help="Do this task, if it is not done yet.")
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def plan(
    courses: tuple[Path, ...], cache: str | None, wanted: str | None, language: str, as_json: bool
) -> None:
    """List the media that a build would convert.

    Each is a task that another program can run.

    COURSE is a course folder; several can share a cache. [default: the working folder when it has a course.yaml, else
    course_source]

    A task makes one entry of the cache, and needs no other. When all are done, `coursepack build` with the same
    cache converts nothing, except for packages with a largest size.
    """
    from coursepack.building.conversion import planned
    from coursepack.course.variant import variants
    from coursepack.problems import CourseError
    from coursepack.reading.source import read_folder

    named = tuple(dict.fromkeys(courses)) or (Path(course_folder()),)
    folder = Path(cache) if cache else shared_cache(named)
    reports: dict[Path, Report] = {}
    tasks: dict[Path, list[Planned]] = {}
    limited: dict[Path, list[str]] = {}
    for each in named:
        course, reports[each] = read_folder(each, folder)
        try:
            tasks[each] = planned(course, folder) if course else []
        except CourseError as error:
            tasks[each], reports[each] = [], error.report
        limited[each] = [package.name for package in variants(course) if package.most] if course else []
    if wanted is not None:
        _do(wanted, tasks, folder, language, as_json)
    elif as_json:
        _print_json(reports, tasks, limited, folder)
    else:
        _print(reports, tasks, limited, folder, language)
    sys.exit(0 if all(report.ok for report in reports.values()) else 1)


def _do(
    wanted: str, tasks: Mapping[Path, Sequence[Planned]], folder: Path, language: str, as_json: bool
) -> None:
    """Does a task. Ends the command with 1 if it fails."""
    from coursepack.building.order import Workshop
    from coursepack.building.work import done_in, not_convertible
    from coursepack.media.remote import is_made
    from coursepack.problems import PackageError, Report

    found = next((each for some in tasks.values() for each in some if each.task.key == wanted), None)
    if found is None:
        raise click.UsageError(f"There is no task {wanted!r}.")
    report = Report.of([])
    try:
        if not is_made(found.task, folder):
            step = "converting pictures" if found.task.kind == "picture" else "converting films and sounds"
            failures = done_in(Workshop(folder, Progress(language)), step, [found.task], folder)
            report = Report.of(not_convertible(found.src, each, found.place) for each in failures.values())
    except PackageError as error:
        report = error.report
    if as_json:
        print_json(report_dict(report))
    elif report.problems:
        print_report(report, language)
    sys.exit(0 if report.ok else 1)


def _print_json(
    reports: Mapping[Path, Report],
    tasks: Mapping[Path, Sequence[Planned]],
    limited: Mapping[Path, Sequence[str]],
    folder: Path,
) -> None:
    from coursepack.media.remote import is_made

    listed: dict[str, dict[str, object]] = {}
    for course, some in tasks.items():
        for src, _, task in some:
            # Courses share what they have in common.
            listed[task.key] = {
                "id": task.key,
                "kind": task.kind,
                "inputs": [(course / src).as_posix()],
                "output": task.output,
                "depends": [],
                "cached": is_made(task, folder),
            }
    for course, report in reports.items():
        if report.ok:
            name = f"build {course.as_posix()}"
            listed[name] = {
                "id": name,
                "kind": "build",
                "inputs": [course.as_posix()],
                "output": None,
                "depends": [each.task.key for each in tasks[course]],
                "cached": None,
            }
    print_json(
        {
            "ok": all(report.ok for report in reports.values()),
            "cache": str(folder),
            "courses": [
                {"course": course.as_posix(), **report_dict(report), "limited": limited[course]}
                for course, report in reports.items()
            ],
            "tasks": list(listed.values()),
        }
    )


def _print(
    reports: Mapping[Path, Report],
    tasks: Mapping[Path, Sequence[Planned]],
    limited: Mapping[Path, Sequence[str]],
    folder: Path,
    language: str,
) -> None:
    from coursepack.media.remote import is_made

    words = authors(language)["plan"]
    for course, some in tasks.items():
        click.echo(f"{course}:")
        if not reports[course].ok:
            print_report(reports[course], language)
        for src, _, task in some:
            click.echo(f"  {task.key}  {src}: {words['cached' if is_made(task, folder) else 'missing']}")
        if reports[course].ok and not some:
            click.echo(f"  {words['nothing']}")
        for name in limited[course]:
            click.echo(f"  {words['limited'].format(package=name)}")
