"""`coursepack new`."""

from __future__ import annotations

import sys

import click

from coursepack.cli.terminal import complain


@click.command()
@click.argument("folder", type=click.Path())
def new(folder: str) -> None:
    """Write a small course to start from into FOLDER, which must be new or empty."""
    import shutil
    from pathlib import Path

    from coursepack.resources import templates_dir

    place = Path(folder)
    try:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise click.UsageError(f"{folder} exists and is not empty; choose a new folder.")
        shutil.copytree(templates_dir() / "starter", place, dirs_exist_ok=True)
    except OSError as error:
        # copytree goes on after a file that failed, and hands over a list of (from, to, why).
        why = error.args[0][0][2] if isinstance(error, shutil.Error) else error.strerror
        complain(f"{folder}: cannot be written: {why}")
        sys.exit(1)
    click.echo(f"A new course stands in {folder}. Write in it, then: coursepack build {folder}")
