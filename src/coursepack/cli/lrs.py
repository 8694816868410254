"""`coursepack lrs`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from coursepack.cli.terminal import Progress, language_option, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.problems import Message
    from coursepack.xapi.lrs_check import LrsReport


@click.command()
@click.argument("url")
@click.option(
    "--origin",
    metavar="ORIGIN",
    default="https://lms.example",
    show_default=True,
    help="Origin (scheme and host) of the LMS that opens the course.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def lrs(url: str, origin: str, strict: bool, language: str, as_json: bool) -> None:
    """Check whether packages work with an LRS.

    URL is the xAPI endpoint. The check writes statements and state documents as a test learner, then voids the
    statements and deletes the documents.

    Set the credentials in COURSEPACK_LRS_KEY and COURSEPACK_LRS_SECRET, or the whole value of the Authorization header
    in COURSEPACK_LRS_AUTH. Otherwise the command prompts for key and secret.
    """
    from coursepack.xapi.lrs_check import LrsReport, check_address, check_lrs, is_origin

    origin = origin.rstrip("/").lower()
    if not is_origin(origin):
        wrong = "an origin is a scheme and a host, such as https://lms.example"
        raise click.BadParameter(_translated(wrong, language), param_hint="--origin")
    address = check_address(url, origin)
    if address.verdict == "fail":
        report = LrsReport("", origin, (address,))
    else:
        shown = Progress(language)

        def progress(what: str, done: int, total: int) -> None:
            shown(_translated(what, language), done, total)

        report = check_lrs(url, _authorization(language), origin=origin, progress=progress)
    if as_json:
        print_json(report.as_dict())
    else:
        for line in _lines(report, language):
            click.echo(line)
    sys.exit(0 if report.works and not (strict and report.warned) else 1)


def _translated(message: str | Message, language: str) -> str:
    """A message in a language; a text is a message without values."""
    from coursepack.languages.messages import sentence
    from coursepack.problems import Message

    return sentence(Message(message) if isinstance(message, str) else message, language, "lrs")


def _authorization(language: str) -> str:
    """The Authorization header, from the environment or a prompt. Error messages never hold it."""
    from coursepack.xapi.lrs_check import basic_authorization, check_authorization

    whole, key, secret = (os.environ.get(f"COURSEPACK_LRS_{name}", "") for name in ("AUTH", "KEY", "SECRET"))
    try:
        if whole:
            return check_authorization(whole)
        if not (key and secret) and not sys.stdin.isatty():
            wrong = (
                "No credentials: set COURSEPACK_LRS_KEY and COURSEPACK_LRS_SECRET, or COURSEPACK_LRS_AUTH."
            )
            raise click.UsageError(_translated(wrong, language))
        key = key or click.prompt(_translated("Key", language), err=True)
        secret = secret or click.prompt(_translated("Secret", language), hide_input=True, err=True)
        return basic_authorization(key, secret)
    except ValueError as error:
        raise click.UsageError(_translated(str(error), language)) from None


def _lines(report: LrsReport, language: str) -> Iterator[str]:
    """The results as a table, and what was written."""
    from coursepack.problems import Message, parts

    if report.endpoint:
        yield _translated(Message("{0}, from pages of {1}", report.endpoint, report.origin), language)
    rows = [
        tuple(_translated(each, language) for each in (row.verdict, row.title, row.says, row.advises))
        for row in report.rows
    ]
    verdicts = max(len(_translated(verdict, language)) for verdict in ("ok", "warn", "fail"))
    width = max(len(name) for _, name, _, _ in rows)
    for verdict, name, seen, ask in rows:
        yield f"{verdict:{verdicts}}  {name:{width}}  {seen}"
        if ask:
            yield f"{'':{verdicts + width + 4}}{ask}"
    written = report.written
    if written:
        yield _translated(
            Message(
                "Written: {0} by {1} about {2}, registration {3}.",
                parts(_counted(written.statements, "statement")),
                parts(Message("{0} of {1}", written.name, written.home_page)),
                written.activity,
                written.registration,
            ),
            language,
        )
        yield _translated(
            Message(
                "Statements cannot be deleted: {0} are voided and stay in the LRS, as do the statements that void "
                "them. State documents left: {1}.",
                written.voided,
                written.documents,
            ),
            language,
        )
    fails = sum(row.verdict == "fail" for row in report.rows)
    warnings = sum(row.verdict == "warn" for row in report.rows)
    verdict = "Packages work with this LRS" if report.works else "Packages do not work with this LRS"
    counts = parts(_counted(fails, "failure"), _counted(warnings, "warning"), joint=", ")
    yield _translated(Message("{0}: {1}.", parts(verdict), counts), language)


def _counted(number: int, word: str) -> Message:
    """A number and its noun: `1 failure`, `2 failures`."""
    from coursepack.problems import Message

    return Message(f"{{0}} {word}" if number == 1 else f"{{0}} {word}s", number)
