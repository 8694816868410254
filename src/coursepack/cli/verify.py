"""`coursepack verify`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from coursepack.cli.terminal import (
    Progress,
    cache_option,
    language_option,
    print_json,
    print_report,
    report_dict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.release.verify import Verified


@click.command()
@click.argument("path", type=click.Path(exists=True))
@click.option(
    "--key",
    metavar="PUB",
    help="Public key of minisign of those who made the release, or a file with it.",
)
@click.option(
    "--source",
    type=click.Path(exists=True, file_okay=False),
    metavar="COURSE",
    help="Course folder to build again from, and to compare with byte by byte.",
)
@click.option(
    "--since",
    type=click.Path(exists=True),
    metavar="OLD",
    help="Older release that this one was compared with, for --source.",
)
@cache_option
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(
    path: str,
    key: str | None,
    source: str | None,
    since: str | None,
    cache: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Find out whether a release was changed.

    PATH is the folder of a release, or a package in it. Compares its files with their checksums; with --key, verifies
    who has made these, and with --source, makes the release again and compares it byte by byte.
    """
    from coursepack.problems import CoursepackError
    from coursepack.release.verify import verify_release

    try:
        found = verify_release(
            path, key=key, source=source, since=since, cache=cache, progress=Progress(language)
        )
    except CoursepackError as error:
        # The key cannot be used, or the course cannot be built.
        if as_json:
            print_json(
                {
                    **report_dict(error.report),
                    "path": path,
                    "files": [],
                    "rebuilt": [],
                    "signed_by": None,
                    "comment": None,
                }
            )
        else:
            print_report(error.report, language)
        sys.exit(1)
    if as_json:
        print_json(found.as_dict())
    else:
        print_report(found.report, language)
        for line in _lines(found, language):
            click.echo(line)
    sys.exit(0 if found.report.ok else 1)


def _lines(found: Verified, language: str) -> Iterator[str]:
    """What was compared, and the verdict."""
    from coursepack.languages import authors
    from coursepack.rules.rule import printable

    told = authors(language)["verify"]
    if found.files:
        yield told["files"].format(files=len(found.files))
    if found.rebuilt:
        yield told["rebuilt"].format(files=len(found.rebuilt))
    if not found.report.ok:
        yield told["changed"]
    elif found.signed_by:
        yield told["signed"].format(key=found.signed_by, comment=printable(found.comment or ""))
    else:
        yield told["unchanged"]
