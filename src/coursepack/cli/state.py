"""`coursepack state`."""

from __future__ import annotations

import sys

import click

from coursepack.cli.terminal import course_folder, language_option, print_error, print_json, print_report


@click.command()
@click.argument("code", metavar="CODE_OR_SUSPEND_DATA")
@click.argument("course", type=click.Path(), default=course_folder)
@click.option("--unit", metavar="ID", help="Package or part that the LMS launches.")
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def state(code: str, course: str, unit: str | None, language: str, as_json: bool) -> None:
    """Decode a support code or suspend data.

    Prints the pages that were opened, the answers, and why the course is or is not complete. COURSE is the folder that
    the learner's package was built from, or a later version of it. [default: the working folder when it has a
    course.yaml, else course_source]
    """
    from coursepack.course.resume import ResumeError, read_resume
    from coursepack.problems import CoursepackError
    from coursepack.progress import MismatchError, decode, describe, describe_error
    from coursepack.reading.source import read_course

    try:
        progress = decode(read_resume(code), read_course(course), unit)
    except CoursepackError as error:
        print_report(error.report, language)
        sys.exit(1)
    except (ResumeError, MismatchError) as error:
        if as_json:
            print_json({"ok": False, "fault": error.fault, "message": describe_error(error, language)})
        else:
            print_error(describe_error(error, language))
        sys.exit(1)
    if as_json:
        print_json({"ok": True, **progress.as_dict()})
    else:
        click.echo(describe(progress, language))
