"""`coursepack release`."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import click

from coursepack.cli.terminal import (
    Progress,
    cache_option,
    course_folder,
    language_option,
    print_json,
    print_report,
    report_dict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.release.release import Release
    from coursepack.release.standing import Update

_WIDTH = 80
# Enough to recognize a key by.
_KEY = 8


@click.command()
@click.argument("course", type=click.Path(), required=False)
@click.option(
    "--out",
    type=click.Path(),
    metavar="DIR",
    help="Folder of the releases. [default: release, or ../release when the working folder is the course]",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Secret key of minisign that signs the checksums. The password of an encrypted one is that of"
    " COURSEPACK_KEY_PASSWORD, or asked for.",
)
@click.option(
    "--since",
    type=click.Path(exists=True),
    metavar="OLD",
    help="Older release, or a package of it, to compare with.",
)
@click.option(
    "--rehearsal",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="What `coursepack rehearse --json` has printed of these packages, for the passport.",
)
@cache_option
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def release(
    course: str | None,
    out: str | None,
    key: str | None,
    since: str | None,
    rehearsal: str | None,
    cache: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Write all that is handed over with a course.

    Builds and checks the packages of all targets, writes the sheets that go with them, in Swedish and English, and the
    checksums of all files, into the folder ID-VERSION in DIR. COURSE is the course folder. [default: the working
    folder when it has a course.yaml, else course_source]
    """
    from coursepack.problems import CoursepackError
    from coursepack.release.release import release_course

    began = time.monotonic()
    course = course or course_folder()
    # The output folder cannot be in the course.
    out = out or ("../release" if os.path.realpath(course) == os.getcwd() else "release")
    try:
        made = release_course(
            course,
            out,
            since=since,
            rehearsal=rehearsal,
            key=key,
            password=lambda: _password(language),
            cache=cache,
            progress=Progress(language),
        )
    except CoursepackError as error:
        if as_json:
            print_json({**report_dict(error.report), "release": None})
        else:
            print_report(error.report, language)
        sys.exit(1)
    if as_json:
        print_json({**report_dict(made.report), "release": made.as_dict()})
        return
    for line in _lines(made, language):
        click.echo(line)
    print_report(made.report, language)
    for line in _verdict(made, time.monotonic() - began, language):
        click.echo(line)


def _password(language: str) -> str:
    """The password of the key: that of the environment, or asked for on the terminal."""
    from coursepack.languages import authors

    given = os.environ.get("COURSEPACK_KEY_PASSWORD")
    if given is not None:
        return given
    asked: str = click.prompt(authors(language)["release"]["password"], hide_input=True, err=True)
    return asked


def _lines(made: Release, language: str) -> Iterator[str]:
    """What the release has: its packages, and the files of each sheet."""
    from coursepack.inspection.terminal import wrapped
    from coursepack.languages import authors, format_of
    from coursepack.release.index import in_language
    from coursepack.release.layout import words
    from coursepack.release.release import PACKAGES
    from coursepack.release.sums import NAME

    told = authors(language)["release"]
    groups = words("index", language)["groups"]
    size = format_of(language).size(sum(package.size for package in made.packages))
    yield f"{made.path.as_posix()}/"
    rows = [(f"{PACKAGES}/", told["packages"].format(packages=len(made.packages), size=size))]
    rows.append(("index.html", words("index", language)["title"]))
    for name, files in made.sheets.items():
        if name == "diff":
            rows += ((f"{each.name}.{language}.html", _update(each, language)) for each in made.updates)
        else:
            rows.append(
                (in_language(files, language)[0], _said(made, name, language) or groups[name]["title"])
            )
    key = f"{made.signed_by[:_KEY]}…" if made.signed_by else ""
    signed = told["signed"].format(key=key) if key else told["unsigned"]
    rows.append((NAME, f"{told['sums'].format(files=len(made.files))}, {signed}"))
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        yield from wrapped(text, _WIDTH, f"  {name:{width}}  ", " " * (width + 4))


def _update(update: Update, language: str) -> str:
    """The verdict on replacing the older version."""
    from coursepack.languages import authors
    from coursepack.rules.rule import printable

    verdict = update.sentences[language]
    since: str = authors(language)["release"]["since"]
    # The older package can be anybody's.
    return printable(since.format(version=update.version, verdict=verdict) if update.version else verdict)


def _said(made: Release, sheet: str, language: str) -> str:
    """What a sheet says in a few words, as far as the build knows; empty when its title is all."""
    from coursepack.languages import authors

    told = authors(language)["release"]
    if sheet == "accessibility" and made.accessibility:
        number = made.accessibility.shortcomings
        counted = told["shortcomings"]["one" if number == 1 else "many"].format(n=number)
        level = told["levels"][made.accessibility.level]
        return f"{level}, {counted}" if number else level
    if sheet == "edition":
        kinds = {name.rpartition(".")[2].upper() for name in made.sheets[sheet]}
        return ", ".join(kind for kind in ("HTML", "PDF", "EPUB") if kind in kinds)
    if sheet == "administrator" and made.has_pdf:
        return str(told["administrator"].format(page=f"administrator-a4.{language}.pdf"))
    return str(told["sheets"].get(sheet, ""))


def _to_fill_in(made: Release, language: str) -> list[str]:
    """What only those who give the course to learners know, with the place."""
    from coursepack.languages import authors
    from coursepack.release.index import in_language

    told = authors(language)["release"]["open"]
    found = []
    if files := made.sheets.get("data-protection"):
        found.append(told["controller"].format(file=in_language(files, language)[0]))
    if made.accessibility and made.accessibility.level == "unknown":
        found.append(told["statement"])
    return found


def _verdict(made: Release, seconds: float, language: str) -> Iterator[str]:
    """What was left out, and the outcome, with the next command."""
    from coursepack.inspection.terminal import wrapped
    from coursepack.languages import authors, format_of

    told = authors(language)["release"]
    if open_ones := _to_fill_in(made, language):
        text = told["fill_in"].format(what=format_of(language).listed(open_ones))
        yield from wrapped(text, _WIDTH, "", "  ")
    if not made.has_pdf:
        yield told["no_pdf"]
    yield told["done"].format(seconds=format_of(language).number(f"{seconds:.1f}"))
    yield told["verify"].format(path=made.path.as_posix())
