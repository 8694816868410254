"""`coursepack cache`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coursepack.cli.terminal import course_folder, language_option, print_json, print_report, report_dict
from coursepack.languages import authors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coursepack.media.cache import CacheEntry


@click.command()
@click.argument("courses", type=click.Path(path_type=Path), nargs=-1, metavar="[COURSE]...")
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the cache. [default: .coursepack/media beside the course]",
)
@click.option("--prune", is_flag=True, help="Delete what no course uses, or with --older-than what is old.")
@click.option(
    "--older-than",
    type=click.FloatRange(min=1),
    metavar="DAYS",
    help="With --prune: delete what no build has used for this many days.",
)
@language_option("Language of the text output.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def cache(
    courses: tuple[Path, ...],
    cache: Path | None,
    prune: bool,
    older_than: float | None,
    language: str,
    as_json: bool,
) -> None:
    """Show or prune the cache of converted media.

    COURSE is a course folder; several can share a cache. [default: the working folder when it has a course.yaml, else
    course_source]

    --prune deletes what none of these courses uses, nor any other course beside the usual cache. With --older-than,
    courses are only read when they are named. What a build has used in the last day stays.
    """
    from coursepack.media.cache import entries_in, known_in, remove_abandoned

    if older_than is not None and not prune:
        raise click.UsageError("--older-than needs --prune")
    named = courses or (Path(course_folder()),)
    folder = cache or shared_cache(named)
    entries, of_films = entries_in(folder), known_in(folder)
    unused: list[CacheEntry] = []
    recent: list[CacheEntry] = []
    if prune:
        used: frozenset[str] = frozenset()
        if older_than is None or courses:
            used = _used(folder, [*named, *(() if cache else _beside(folder))], language, as_json)
        unused, recent = _unused([*entries, *of_films], used, older_than)
        for entry in unused:
            entry.remove()
        remove_abandoned(folder)
    left, known = ([entry for entry in some if entry not in unused] for some in (entries, of_films))
    if as_json:
        print_json(
            {
                "ok": True,
                "problems": [],
                "folder": str(folder),
                **_sum(left),
                "oldest": _day(left[0]) if left else None,
                "examined": _sum(known),
                "removed": _sum(unused),
                "recent": _sum(recent),
            }
        )
    else:
        _print(folder, left, known, unused, recent, prune, language)


def shared_cache(courses: Iterable[Path]) -> Path:
    """The usual cache of the courses. Raises UsageError when they have more than one."""
    from coursepack.media import usual_folder

    for course in courses:
        if not course.is_dir():
            raise click.UsageError(f"{course} is not a folder")
    folders = {usual_folder(course) for course in courses}
    if len(folders) > 1:
        raise click.UsageError(
            "The courses are in different folders, each with a cache. Choose one with --cache."
        )
    return folders.pop()


def _beside(folder: Path) -> list[Path]:
    """All courses whose usual cache is this folder."""
    return sorted(path.parent for path in folder.parents[1].glob("*/course.yaml"))


def _used(folder: Path, courses: Iterable[Path], language: str, as_json: bool) -> frozenset[str]:
    """The keys of entries that courses use. Ends the command when a course has errors: what it uses is not known."""
    from coursepack.building.conversion import keys_of
    from coursepack.media import is_installed
    from coursepack.media.cache import MediaCache
    from coursepack.media.examinations import Examinations
    from coursepack.media.looks import Looks
    from coursepack.problems import CourseError
    from coursepack.reading.source import read_course

    if not is_installed():
        raise click.UsageError(
            "What courses use is only known with the extra: pip install 'coursepack[media]'. "
            "Or prune by age, with --older-than."
        )
    cache, examinations, looks = MediaCache(folder), Examinations(folder), Looks(folder)
    used: frozenset[str] = frozenset()
    for course in {os.path.realpath(course): course for course in courses}.values():
        try:
            read = read_course(course)
            used |= keys_of(read, cache)
            films = [read.media[src] for src in read.recordings]
            used |= {name for film in films for name in (*examinations.names(film), looks.name(film))}
        except CourseError as error:
            if as_json:
                print_json({**report_dict(error.report), "folder": str(folder), "course": str(course)})
            else:
                click.echo(course)
                print_report(error.report, language)
            sys.exit(1)
    return used


def _unused(
    entries: Sequence[CacheEntry], used: frozenset[str], days: float | None
) -> tuple[list[CacheEntry], list[CacheEntry]]:
    """The entries to delete, and those that are kept only since a running build can still need them."""
    import time

    from coursepack.media.cache import IN_USE

    now = time.time()
    unused = [entry for entry in entries if entry.key not in used]
    if days is not None:
        return [entry for entry in unused if now - entry.used > days * 86_400], []
    old = [entry for entry in unused if now - entry.used > IN_USE]
    return old, [entry for entry in unused if entry not in old]


def _sum(entries: Sequence[CacheEntry]) -> dict[str, int]:
    return {"entries": len(entries), "size": sum(entry.size for entry in entries)}


def _day(entry: CacheEntry) -> str:
    """The day of its last use, in UTC."""
    import datetime

    return datetime.datetime.fromtimestamp(entry.used, datetime.UTC).date().isoformat()


def _print(
    folder: Path,
    left: Sequence[CacheEntry],
    known: Sequence[CacheEntry],
    removed: Sequence[CacheEntry],
    recent: Sequence[CacheEntry],
    pruned: bool,
    language: str,
) -> None:
    from coursepack.inspection import size_in
    from coursepack.inspection.terminal import files_words

    words = authors(language)["cache"]

    def told(kind: str, entries: Sequence[CacheEntry]) -> str:
        files, size = files_words(len(entries), language), size_in(_sum(entries)["size"], language)
        return str(words[kind].format(files=files, size=size, oldest=_day(entries[0]) if entries else ""))

    click.echo(folder)
    click.echo(f"  {told('holds' if left else 'empty', left)}")
    if known:
        click.echo(f"  {told('examined', known)}")
    if pruned:
        click.echo(f"  {told('removed', removed)}")
    if recent:
        click.echo(f"  {told('recent', recent)}")
