"""`coursepack inspect`."""

from __future__ import annotations

import sys

import click

from coursepack.cli.terminal import language_option, print_json


@click.command()
@click.argument("path", type=click.Path())
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def inspect(path: str, language: str, as_json: bool) -> None:
    """Show what a package contains.

    Prints the standard, the parts, the completion criteria and the sizes. PATH is a package folder, a zip or a single
    manifest.
    """
    import shutil

    from coursepack.checking import check_path
    from coursepack.inspection import said, text
    from coursepack.problems import Message

    facts = check_path(path, look=True).facts
    if facts is None:
        message = Message("{0} is not a package. For a course folder, run: coursepack check {0}", path)
        raise click.UsageError(said(message, language))
    if as_json:
        print_json(facts.as_dict())
    else:
        click.echo(text(facts, shutil.get_terminal_size().columns, language))
    sys.exit(1 if facts.faults else 0)
