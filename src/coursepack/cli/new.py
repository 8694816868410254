"""`coursepack new`."""

from __future__ import annotations

import sys

import click

from coursepack.cli.terminal import locale_language, print_error
from coursepack.languages import author_codes, authors


@click.command()
@click.argument("folder", type=click.Path())
@click.option(
    "--language",
    type=click.Choice(author_codes()),
    default=locale_language,
    show_default="that of the system",
    help="Language of the course.",
)
def new(folder: str, language: str) -> None:
    """Create a small course to start from.

    FOLDER must be new or empty.
    """
    import shutil
    from pathlib import Path

    from coursepack.resources import templates_dir

    place = Path(folder)
    try:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise click.UsageError(f"{folder} exists and is not empty; choose a new folder.")
        shutil.copytree(templates_dir() / "starter" / language, place, dirs_exist_ok=True)
    except OSError as error:
        # copytree collects its errors in a list of (source, destination, reason).
        why = error.args[0][0][2] if isinstance(error, shutil.Error) else error.strerror
        print_error(f"{folder}: cannot be written: {why}")
        sys.exit(1)
    click.echo(authors(language)["terminal"]["created"].format(folder=folder))
