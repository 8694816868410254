"""`coursepack media`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from coursepack.cli.terminal import (
    Progress,
    course_folder,
    language_option,
    print_json,
    print_report,
    report_dict,
)


@click.command()
@click.argument("course", type=click.Path(), required=False)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder for converted films and sounds. [default: .coursepack/media beside the course]",
)
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def media(course: str | None, cache: Path | None, language: str, as_json: bool) -> None:
    """List the pictures, films, sounds and documents of a course.

    Shows what goes in, what the build packs, where each file is used, and what is missing. Films and sounds are
    examined from beginning to end, each once, for their loudness, silence, black pictures, flashes and captions out of
    step. Nothing is converted. COURSE is the course folder. [default: the working folder when it has a course.yaml,
    else course_source]
    """
    import shutil

    from coursepack.building.examining import examined
    from coursepack.inventory import inventory
    from coursepack.inventory.text import lines
    from coursepack.media import usual_folder
    from coursepack.problems import PackageError, Report
    from coursepack.reading.source import read_folder

    folder = Path(course or course_folder())
    cache = cache or usual_folder(folder)
    read, report = read_folder(folder, cache)
    if read is None:
        if as_json:
            print_json({**report_dict(report), "media": []})
        else:
            print_report(report, language)
        sys.exit(1)
    try:
        examinations, problems = examined(read, cache, Progress(language))
    except PackageError as error:
        print_report(error.report, language)
        sys.exit(1)
    told = (each for each in read_folder(folder, cache)[1] if each.rule.startswith(("media/", "captions/")))
    report = Report.of([*told, *problems])
    found = inventory(read, folder, cache, examinations)
    if as_json:
        print_json({**report_dict(report), "media": [medium.as_dict() for medium in found]})
    else:
        columns = shutil.get_terminal_size().columns
        for line in lines(found, read.definition.licence, columns, language):
            click.echo(line)
        if report.problems:
            click.echo("")
            print_report(report, language)
    sys.exit(0 if report.ok else 1)
