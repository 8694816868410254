"""`coursepack mend`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from coursepack.cli.terminal import language_option, print_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.problems import Message
    from coursepack.repair import Mended


@click.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("target", metavar="OUT", type=click.Path())
@language_option("Language of the output.")
def mend(source: str, target: str, language: str) -> None:
    """Fix mechanical faults of a package.

    Writes the repaired copy of IN to OUT, and lists what was fixed and what was left.
    """
    from coursepack.problems import CoursepackError
    from coursepack.repair import mend as mend_package

    try:
        mended = mend_package(source, target)
    except CoursepackError as error:
        print_report(error.report, language)
        sys.exit(1)
    for line in _lines(mended, target, language):
        click.echo(line)
    sys.exit(1 if mended.after.report.errors else 0)


def _lines(mended: Mended, target: str, language: str) -> Iterator[str]:
    """The lines of the output: what was fixed, what is left, and the number of remaining problems."""
    from coursepack.languages.messages import sentence
    from coursepack.outputs.plain import counts, severity_word
    from coursepack.outputs.texts import in_language
    from coursepack.problems import Message, Remark

    def translated(message: Message) -> str:
        return sentence(message, language, "mend")

    def remark(one: Remark) -> str:
        return f"{one.location}: {translated(one.says)}" if one.location else translated(one.says)

    after = mended.after.report
    wrong = [
        f"{p.location}: {severity_word(p.severity, language)} {p.rule}: {in_language(p, language).message}"
        for p in after
    ]
    for title, lines in (
        ("Mended:", [*map(remark, mended.done)]),
        ("Left as it is:", [*map(remark, mended.kept), *wrong]),
    ):
        if lines:
            yield translated(Message(title))
            yield from (f"  {line}" for line in lines)
    yield f"{target}: {counts(after, language) if after.problems else translated(Message('no problems'))}"
