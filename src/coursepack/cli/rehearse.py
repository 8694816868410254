"""`coursepack rehearse`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from coursepack.cli.terminal import language_option, print_error, print_json
from coursepack.rehearsal import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coursepack.rehearsal.rehearse import Rehearsal


@click.command()
@click.argument("packages", type=click.Path(exists=True), nargs=-1, required=True, metavar="PACKAGE...")
@click.option(
    "--as",
    "systems",
    multiple=True,
    metavar="LMS",
    help="Rehearse with the quirks of this LMS; see `check --for`. Can be repeated. [default: a strict one]",
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(SCENARIOS),
    metavar="SCENARIO",
    help=f"Rehearse only this: {', '.join(SCENARIOS)}. Can be repeated.",
)
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, with every call to the LMS.")
def rehearse(
    packages: tuple[str, ...], systems: tuple[str, ...], only: tuple[str, ...], language: str, as_json: bool
) -> None:
    """Go through packages in a real browser as learners do.

    A learner goes through all of a package in a stand-in LMS, leaves, comes back, has the window killed, and has a
    narrow screen. PACKAGE is anybody's SCORM 1.2, SCORM 2004, xAPI or cmi5 package, a zip or a folder. Nothing that
    it asks of other servers leaves this computer.
    """
    import datetime
    import gc
    from importlib.util import find_spec
    from pathlib import Path

    from coursepack.problems import Message, Quoted, nearest, parts
    from coursepack.profiles import PROFILES

    for name in systems:
        if name not in PROFILES:
            wrong = _said(Message("there is no {0}", Quoted(name)), language)
            hint = _said(nearest(name, PROFILES), language)
            raise click.BadParameter(f"{wrong}. {hint}", param_hint="--as")
    if not all(map(find_spec, ("playwright", "starlette", "uvicorn"))):
        raise click.UsageError(
            _said(
                Message("It needs a browser's remote control: pip install 'coursepack[rehearse]'"), language
            )
        )

    from coursepack.preview.strangers import UnlaunchableError
    from coursepack.rehearsal.browser import NoBrowserError
    from coursepack.rehearsal.rehearse import rehearse as rehearsed

    # A rehearsal goes on for minutes, and leaves circles behind at each step.
    gc.enable()
    words = _words(language)
    found: list[Rehearsal] = []
    for package in packages:

        def progress(scenario: str, package: str = package) -> None:
            print_error(f"{package}: {words['scenarios'][scenario]} ...")

        try:
            for each in rehearsed(
                Path(package), systems=systems, only=only, language=language, progress=progress
            ):
                found.append(each)
                if not as_json:
                    click.echo("\n".join(_lines(each, language)))
        except UnlaunchableError as error:
            wrong = _said(Message("{0} cannot be rehearsed: {1}", package, parts(error.reason)), language)
            raise click.UsageError(wrong) from None
        except NoBrowserError as error:
            wrong = _said(
                Message(
                    "There is no Chromium that starts ({0}). Install it, name it in COURSEPACK_CHROMIUM, or run: "
                    "playwright install chromium. Where its sandbox does not work, as in many containers, set "
                    "COURSEPACK_NO_SANDBOX=1.",
                    str(error),
                ),
                language,
            )
            raise click.UsageError(wrong) from None
    failed = [each for each in found if not each.report.ok]
    if as_json:
        today = datetime.datetime.now(datetime.UTC).date()
        print_json({"ok": not failed, "date": str(today), "rehearsals": [each.as_dict() for each in found]})
    elif failed:
        click.echo(words["failed"].format(failed=len(failed), all=len(found)))
    else:
        states = {each.state for each in found}
        click.echo(words[next(state for state in ("warned", "unfinished", "ok") if state in states)])
    sys.exit(1 if failed else 0)


def _said(message: object, language: str) -> str:
    from coursepack.languages.messages import sentence
    from coursepack.problems import Message

    assert isinstance(message, Message)
    return sentence(message, language, "preview")


def _words(language: str) -> Mapping[str, Any]:
    from coursepack.languages import authors

    words: Mapping[str, Any] = authors(language)["rehearse"]
    return words


def _lines(found: Rehearsal, language: str) -> Iterator[str]:
    """The table of a rehearsal, its findings, and how to see them oneself."""
    from coursepack.languages import authors, format_of
    from coursepack.outputs.plain import report_lines
    from coursepack.profiles import PROFILES
    from coursepack.rules.rule import printable

    words = _words(language)
    system = PROFILES[found.system].title if found.system else words["strict"]
    seconds = format_of(language).number(f"{found.seconds:.1f}")
    facts = words["facts"].format(pages=found.pages, steps=found.steps, seconds=seconds)
    # A web edition is in no LMS.
    where = f"{found.standard}, {system}" if found.standard else authors(language)["titles"]["Web"]
    yield f"{found.path}: {printable(found.title)}, {where}, {facts}"
    heads = [words["scenarios"][name] for name in found.outcomes]
    states = [words["states"][state] for state in found.outcomes.values()]
    widths = [max(len(head), len(state)) for head, state in zip(heads, states, strict=True)]
    for row in (heads, states):
        yield ("  " + "  ".join(each.ljust(width) for each, width in zip(row, widths, strict=True))).rstrip()
    yield from report_lines(found.report, language)
    if not found.report.ok:
        option = f" --as {found.system}" if found.system else ""
        only = "".join(f" --only {name}" for name, state in found.outcomes.items() if state == "failed")
        yield words["again"].format(command=f"coursepack rehearse {found.path}{option}{only}")
        yield words["see"].format(command=f"coursepack preview {found.path}{option}")
