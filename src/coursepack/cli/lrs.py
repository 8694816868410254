"""`coursepack lrs`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from coursepack.cli.terminal import Progress, count, print_json

if TYPE_CHECKING:
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
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def lrs(url: str, origin: str, strict: bool, as_json: bool) -> None:
    """Check whether packages work with an LRS.

    URL is the xAPI endpoint. The check writes statements and state documents as a test learner, then voids the
    statements and deletes the documents.

    Set the credentials in COURSEPACK_LRS_KEY and COURSEPACK_LRS_SECRET, or the whole value of the Authorization header
    in COURSEPACK_LRS_AUTH. Otherwise the command prompts for key and secret.
    """
    from coursepack.xapi.lrs_check import LrsReport, check_address, check_lrs, is_origin

    origin = origin.rstrip("/").lower()
    if not is_origin(origin):
        raise click.BadParameter(
            "an origin is a scheme and a host, such as https://lms.example", param_hint="--origin"
        )
    address = check_address(url, origin)
    if address.verdict == "fail":
        report = LrsReport("", origin, (address,))
    else:
        report = check_lrs(url, _authorization(), origin=origin, progress=Progress())
    if as_json:
        print_json(report.as_dict())
    else:
        _print_lrs_report(report)
    sys.exit(0 if report.works and not (strict and report.warned) else 1)


def _authorization() -> str:
    """The Authorization header, from the environment or a prompt. Error messages never hold it."""
    from coursepack.xapi.lrs_check import basic_authorization, check_authorization

    whole, key, secret = (os.environ.get(f"COURSEPACK_LRS_{name}", "") for name in ("AUTH", "KEY", "SECRET"))
    try:
        if whole:
            return check_authorization(whole)
        if not (key and secret) and not sys.stdin.isatty():
            raise click.UsageError(
                "No credentials: set COURSEPACK_LRS_KEY and COURSEPACK_LRS_SECRET, or COURSEPACK_LRS_AUTH."
            )
        key = key or click.prompt("Key", err=True)
        return basic_authorization(key, secret or click.prompt("Secret", hide_input=True, err=True))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _print_lrs_report(report: LrsReport) -> None:
    """Prints the results as a table."""
    if report.endpoint:
        click.echo(f"{report.endpoint}, from pages of {report.origin}")
    width = max(len(row.name) for row in report.rows)
    for row in report.rows:
        click.echo(f"{row.verdict:4}  {row.name:{width}}  {row.seen}")
        if row.ask:
            click.echo(f"{'':{width + 8}}{row.ask}")
    written = report.written
    if written:
        click.echo(
            f"Written: {count(written.statements, 'statement')} by {written.actor} about {written.activity}, "
            f"registration {written.registration}."
        )
        click.echo(
            f"Statements cannot be deleted: {written.voided} are voided and stay in the LRS, as do the statements that "
            f"void them. State documents left: {written.documents}."
        )
    fails = sum(row.verdict == "fail" for row in report.rows)
    warnings = sum(row.verdict == "warn" for row in report.rows)
    verdict = "Packages work with this LRS" if report.works else "Packages do not work with this LRS"
    click.echo(f"{verdict}: {count(fails, 'failure')}, {count(warnings, 'warning')}.")
