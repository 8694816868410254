"""`coursepack facts`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from coursepack.cli.terminal import course_folder, language_option, print_json, print_report, report_dict


@click.command()
@click.argument("course", type=click.Path(), required=False)
@click.option(
    "--due",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Only what is to be checked by this day, such as 2026-12-31.",
)
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def facts(course: str | None, due: datetime | None, language: str, as_json: bool) -> None:
    """List the facts of a course and when they are due.

    These are the passages that are marked with a source, and the contacts. What should have been checked again comes
    first. COURSE is the course folder. [default: the working folder when it has a course.yaml, else course_source]
    """
    import shutil

    from coursepack.inventory.claims import claim_dict, due_by, lines
    from coursepack.problems import Report
    from coursepack.reading.source import read_folder
    from coursepack.source_date import today

    read, report = read_folder(Path(course or course_folder()))
    if read is None:
        if as_json:
            print_json({**report_dict(report), "today": str(today()), "facts": []})
        else:
            print_report(report, language)
        sys.exit(1)
    day = today()
    found = due_by(read.claims, due.date() if due else None)
    if as_json:
        told = Report.of([each for each in report if each.rule.startswith("fact/")])
        print_json(
            {**report_dict(told), "today": str(day), "facts": [claim_dict(each, day) for each in found]}
        )
    else:
        for line in lines(found, day, shutil.get_terminal_size().columns, language):
            click.echo(line)
