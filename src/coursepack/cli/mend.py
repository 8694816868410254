"""`coursepack mend`."""

from __future__ import annotations

import sys

import click

from coursepack.cli.terminal import print_report


@click.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("target", metavar="OUT", type=click.Path())
def mend(source: str, target: str) -> None:
    """Fix mechanical faults of a package.

    Writes the repaired copy of IN to OUT, and lists what was fixed and what was left.
    """
    from coursepack.problems import CoursepackError
    from coursepack.repair import mend as mend_package

    try:
        mended = mend_package(source, target)
    except CoursepackError as error:
        print_report(error.report)
        sys.exit(1)
    for title, lines in (("Mended:", mended.lines), ("Left as it is:", mended.left)):
        if lines:
            click.echo(title)
            for line in lines:
                click.echo(f"  {line}")
    after = mended.after.report
    click.echo(f"{target}: {after.counts if after.problems else 'no problems'}")
    sys.exit(1 if after.errors else 0)
