"""`coursepack describe`."""

from __future__ import annotations

import click

from coursepack.cli.terminal import language_option, print_json


@click.command()
@language_option("Language of the texts.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def describe(language: str, as_json: bool) -> None:
    """List what a course can contain, for editors and other programs.

    With --json: the files of a course and all blocks with the JSON Schemas of their fields, rules, targets, LMS
    profiles and quirks.
    """
    import shutil

    from coursepack.inspection.terminal import LEAST_WIDTH, wrapped
    from coursepack.outputs.description import description, summary

    if as_json:
        print_json(description(language))
        return
    width = max(shutil.get_terminal_size().columns, LEAST_WIDTH)
    for line in summary(language):
        click.echo("\n".join(wrapped(line, width, "", "  ")))
