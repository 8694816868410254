"""`coursepack inspect`."""

from __future__ import annotations

import sys

import click

from coursepack.cli.terminal import print_json


@click.command()
@click.argument("path", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def inspect(path: str, as_json: bool) -> None:
    """Show what a package contains.

    Prints the standard, the parts, the completion criteria and the sizes. PATH is a package folder, a zip or a single
    manifest.
    """
    import shutil

    from coursepack.checking import check_path
    from coursepack.inspection import text

    facts = check_path(path, look=True).facts
    if facts is None:
        raise click.UsageError(f"{path} is not a package. For a course folder, run: coursepack check {path}")
    if as_json:
        print_json(facts.as_dict())
    else:
        click.echo(text(facts, shutil.get_terminal_size().columns))
    sys.exit(1 if facts.faults else 0)
