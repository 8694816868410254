"""`coursepack new`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

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

    FOLDER must be new or empty. It gets what editors and other tools need too: JSON Schemas, settings and AGENTS.md.
    """
    import shutil

    from coursepack.languages.messages import sentence
    from coursepack.problems import Message, Reason
    from coursepack.resources import templates_dir

    place = Path(folder)
    try:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            message = Message("{0} exists and is not empty; choose a new folder.", folder)
            raise click.UsageError(sentence(message, language, "new"))
        shutil.copytree(templates_dir() / "starter" / language, place, dirs_exist_ok=True)
        _write_for_tools(place, templates_dir() / "starter-tools")
    except OSError as error:
        # copytree collects its errors in a list of (source, destination, reason).
        why = error.args[0][0][2] if isinstance(error, shutil.Error) else Reason.of(error)
        print_error(sentence(Message("{0}: cannot be written: {1}", folder, why), language, "new"))
        sys.exit(1)
    click.echo(authors(language)["terminal"]["created"].format(folder=folder))


def _write_for_tools(course: Path, templates: Path) -> None:
    """Writes what editors and version control need. Names with a dot are no part of the course."""
    from coursepack.reading.schema import json_schema

    schemas = course / ".schemas"
    schemas.mkdir()
    for name in ("course", "glossary", "contacts", "sources"):
        text = json.dumps(json_schema(name), ensure_ascii=False, indent=2)
        (schemas / f"{name}.schema.json").write_text(f"{text}\n", "utf-8", newline="\n")
    (course / ".vscode").mkdir()
    for name, target in (("settings.json", ".vscode/settings.json"), ("gitignore", ".gitignore")):
        (course / target).write_bytes((templates / name).read_bytes())
