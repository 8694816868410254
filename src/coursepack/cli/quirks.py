"""`coursepack quirks`."""

from __future__ import annotations

import click

from coursepack.cli.terminal import language_option, print_json


@click.command()
@click.argument("name", required=False, metavar="[NAME|LMS]")
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def quirks(name: str | None, language: str, as_json: bool) -> None:
    """List what LMSs do unexpectedly.

    NAME is a quirk, of which all is printed that is known; LMS is the name of a profile, as for `check --for`, whose
    quirks are listed.
    """
    import shutil

    from coursepack.outputs.quirks import list_lines, quirk_dict, quirk_lines
    from coursepack.problems import nearest
    from coursepack.profiles import PROFILES
    from coursepack.profiles import quirks as known

    every = known()
    profile = PROFILES.get(name or "")
    if name is None:
        found = list(every.values())
    elif profile:
        found = [every[each] for each in profile.quirks]
    elif name in every:
        found = [every[name]]
    else:
        hint = nearest(name, [*every, *PROFILES])
        raise click.BadParameter(f"there is no quirk or LMS {name!r}. {hint}".strip(), param_hint="NAME")
    width = shutil.get_terminal_size().columns
    if as_json:
        print_json({"quirks": [quirk_dict(each) for each in found]})
    elif name in every:
        click.echo("\n".join(quirk_lines(found[0], width, language)))
    else:
        click.echo("\n".join(list_lines(found, profile, width, language)))
