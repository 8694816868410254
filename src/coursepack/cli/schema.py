"""`coursepack schema`."""

from __future__ import annotations

import click

from coursepack.cli.terminal import print_json


@click.command()
@click.argument("name", default="course")
def schema(name: str) -> None:
    """Print a JSON Schema for your editor.

    NAME is `course` for course.yaml, or a block such as `choice`. [default: course]
    """
    from coursepack.reading.schema import SCHEMAS, json_schema

    if name not in SCHEMAS:
        raise click.BadParameter(f"{name!r} is not one of: {', '.join(SCHEMAS)}", param_hint="NAME")
    print_json(json_schema(name))
