"""Converts films and sounds that browsers do not play: the step between reading and rendering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from coursepack.building.order import Progress, unwritable
from coursepack.course.model import Course
from coursepack.course.severity import course_problem
from coursepack.problems import CourseError, Message, Problem, Quoted, Reason, Report
from coursepack.reading.films import media_facts

if TYPE_CHECKING:
    from coursepack.media.cache import MediaCache


def converted(course: Course, cache: Path | None, progress: Progress) -> Course:
    """The course with converted files in place of those that browsers do not play.

    Files that were converted before come from the folder `cache`; None is `.coursepack/media` beside the course.
    Raises CourseError with every file that cannot be converted, and PackageError if the cache cannot be written.
    """
    if not course.conversions:
        return course
    from coursepack.media.cache import MediaCache

    files = _files(course, MediaCache(cache or _usual_cache(course)), progress)
    facts = {src: media_facts(path) for src, path in files.items()}
    media = {**course.media, **files}
    sizes = {**course.sizes, **{src: each.size for src, each in facts.items() if each.size}}
    lengths = {**course.lengths, **{src: each.seconds for src, each in facts.items() if each.seconds}}
    editions = (replace(each, media=media, sizes=sizes, lengths=lengths) for each in course.editions)
    return replace(course, media=media, sizes=sizes, lengths=lengths, editions=tuple(editions))


def keys_of(course: Course, cache: MediaCache) -> frozenset[str]:
    """The names of the entries that a build of the course uses. Raises OSError."""
    return frozenset(cache.key(course.media[src], each) for src, each in course.conversions.items())


def _usual_cache(course: Course) -> Path:
    """The folder beside the course folder. Media paths start at the course folder."""
    from coursepack.media.cache import usual_folder

    src = next(iter(course.conversions))
    return usual_folder(course.media[src].absolute().parents[len(PurePosixPath(src).parts) - 1])


def _files(course: Course, cache: MediaCache, progress: Progress) -> dict[str, Path]:
    """The converted files, by path in the course folder."""
    problems: list[Problem] = []
    files: dict[str, Path] = {}
    keys: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for src, conversion in course.conversions.items():
        try:
            sizes[src] = course.media[src].stat().st_size
            keys[src] = cache.key(course.media[src], conversion)
        except OSError as error:
            message = Message("{0} cannot be read: {1}", Quoted(src), Reason.of(error))
            problems.append(course_problem("media/unreadable", message, conversion.place))
            continue
        path = cache.found(keys[src], conversion)
        if path:
            files[src] = path
    missing = [src for src in keys if src not in files]
    done, total = 0, sum(sizes[src] for src in missing)
    for src in missing:
        on_read = partial(_report, progress, done, total)
        on_read(0)
        result = _made(course, src, keys[src], cache, on_read)
        if isinstance(result, Problem):
            problems.append(result)
        else:
            files[src] = result
        done += sizes[src]
        _report(progress, done, total, 0)
    if problems:
        raise CourseError(Report.of(problems))
    return files


def _report(progress: Progress, before: int, total: int, done: int) -> None:
    # Overlapping parts of a file are counted more than once.
    progress("converting films and sounds", min(before + done, total), total)


def _made(
    course: Course, src: str, key: str, cache: MediaCache, on_read: Callable[[int], None]
) -> Path | Problem:
    """The converted file, or the problem."""
    from coursepack.media.failures import ConversionError

    conversion = course.conversions[src]
    try:
        return cache.made(key, course.media[src], conversion, on_read)
    except ConversionError as error:
        message = Message("{0}: {1}", Quoted(src), error.message)
        return course_problem("media/not-convertible", message, conversion.place, error.hint)
    except OSError as error:
        raise unwritable(error, cache.folder) from None
