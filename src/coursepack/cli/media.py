"""`coursepack media`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from coursepack.cli.terminal import course_folder, language_option, print_json, print_report, report_dict


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

    Shows what goes in, what the build packs, where each file is used, and what is missing. Nothing is converted. COURSE
    is the course folder. [default: the working folder when it has a course.yaml, else course_source]
    """
    import shutil

    from coursepack.inventory import inventory
    from coursepack.inventory.text import lines
    from coursepack.problems import CourseError
    from coursepack.reading.source import read_course

    folder = Path(course or course_folder())
    try:
        read = read_course(folder)
    except CourseError as error:
        if as_json:
            print_json({**report_dict(error.report), "media": []})
        else:
            print_report(error.report, language)
        sys.exit(1)
    found = inventory(read, folder, cache)
    if as_json:
        print_json({"ok": True, "problems": [], "media": [medium.as_dict() for medium in found]})
        return
    columns = shutil.get_terminal_size().columns
    for line in lines(found, read.definition.licence, columns, language):
        click.echo(line)
