"""`coursepack state`."""

from __future__ import annotations

import sys
from typing import Literal

import click

from coursepack.cli.terminal import complain, print_json, print_report


@click.command()
@click.argument("code", metavar="CODE_OR_SUSPEND_DATA")
@click.argument("course", type=click.Path(), default="course_source")
@click.option("--unit", metavar="ID", help="The package or part of the course that the LMS launches.")
@click.option("--language", type=click.Choice(["en", "sv"]), default="en", help="Of the words.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def state(code: str, course: str, unit: str | None, language: Literal["en", "sv"], as_json: bool) -> None:
    """Say what a learner's support code, or the suspend data of an LMS, holds: pages, answers, and why complete or not.

    COURSE is the folder that the learner's package was built from (course_source when not given), or a later version
    of it.
    """
    from coursepack.course.resume import ResumeError, read_resume
    from coursepack.problems import CoursepackError
    from coursepack.progress import UnfitError, fault, hold, tell
    from coursepack.reading.source import load_course

    try:
        held = hold(read_resume(code), load_course(course), unit)
    except CoursepackError as error:
        print_report(error.report)
        sys.exit(1)
    except (ResumeError, UnfitError) as error:
        if as_json:
            print_json({"ok": False, "fault": error.fault, "message": fault(error, language)})
        else:
            complain(fault(error, language))
        sys.exit(1)
    if as_json:
        print_json({"ok": True, **held.as_dict()})
    else:
        click.echo(tell(held, language))
