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

    from coursepack.languages.messages import sentence
    from coursepack.problems import Message, Reason
    from coursepack.resources import templates_dir

    place = Path(folder)
    try:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            message = Message("{0} exists and is not empty; choose a new folder.", folder)
            raise click.UsageError(sentence(message, language, "new"))
        shutil.copytree(templates_dir() / "starter" / language, place, dirs_exist_ok=True)
    except OSError as error:
        # copytree collects its errors in a list of (source, destination, reason).
        why = error.args[0][0][2] if isinstance(error, shutil.Error) else Reason.of(error)
        print_error(sentence(Message("{0}: cannot be written: {1}", folder, why), language, "new"))
        sys.exit(1)
    click.echo(authors(language)["terminal"]["created"].format(folder=folder))
