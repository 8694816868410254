"""`coursepack diff`."""

from __future__ import annotations

import sys

import click

from coursepack.cli.terminal import language_option, print_report

FORMATS = ("text", "html", "json", "release-notes")


@click.command()
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="Output format.")
@language_option("Language of the text, the HTML and the release notes.")
def diff(old: str, new: str, form: str, language: str) -> None:
    """Show what has changed between two packages.

    Prints what was added, removed, moved and reworded, and in one sentence whether the new package can replace the old
    one in an LMS. OLD and NEW are zips, package folders or course folders.
    """
    import shutil

    from coursepack.problems import CoursepackError
    from coursepack.release.diff import diff as changes_of
    from coursepack.release.diff import report

    try:
        changes = changes_of(old, new)
    except CoursepackError as error:
        print_report(error.report, language)
        sys.exit(1)
    if form == "json":
        click.echo(report.as_json(changes))
    elif form == "html":
        click.echo(report.html(changes, language), nl=False)
    elif form == "release-notes":
        click.echo(report.release_notes(changes, language), nl=False)
    else:
        click.echo(report.text(changes, shutil.get_terminal_size().columns, language))
