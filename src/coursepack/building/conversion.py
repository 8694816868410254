"""Converts films and sounds for the packages that cannot hold them as they are: the step before rendering."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from coursepack.building.order import Progress, unwritable
from coursepack.course.model import Course
from coursepack.course.rungs import Conversion
from coursepack.course.severity import course_problem
from coursepack.course.variant import Variant, variants
from coursepack.problems import CourseError, Message, Problem, Quoted, Reason, Report
from coursepack.reading.films import media_facts

if TYPE_CHECKING:
    from coursepack.media.cache import MediaCache

Task = tuple[str, Conversion]
"""A film or sound by its path in the course folder, and what it is converted to."""


def converted(packages: Sequence[Variant], cache: Path | None, progress: Progress) -> tuple[Variant, ...]:
    """The packages of a course with converted files in place of those that they do not hold as they are.

    Files that were converted before come from the folder `cache`; None is `.coursepack/media` beside the course.
    Raises CourseError with every file that cannot be converted, and PackageError if the cache cannot be written.
    """
    wanted = [package.conversions for package in packages]
    if not any(wanted):
        return tuple(packages)
    from coursepack.media.cache import MediaCache

    course = packages[0].course
    # Packages share the files that they have in common.
    tasks = list(dict.fromkeys(task for each in wanted for task in each.items()))
    files = _files(course, tasks, MediaCache(cache or _usual_cache(course, tasks[0][0])), progress)
    return tuple(
        _holding(package, {src: files[src, conversion] for src, conversion in each.items()})
        for package, each in zip(packages, wanted, strict=True)
    )


def _holding(package: Variant, files: Mapping[str, Path]) -> Variant:
    """The package with these files in place of those of the course folder."""
    course = package.course
    facts = {src: media_facts(path) for src, path in files.items()}
    return package.changed(
        media={**course.media, **files},
        sizes={**course.sizes, **{src: each.size for src, each in facts.items() if each.size}},
        lengths={**course.lengths, **{src: each.seconds for src, each in facts.items() if each.seconds}},
    )


def keys_of(course: Course, cache: MediaCache) -> frozenset[str]:
    """The names of the entries that a build of the course uses. Raises OSError."""
    tasks = {task for package in variants(course) for task in package.conversions.items()}
    return frozenset(cache.key(course.media[src], conversion) for src, conversion in tasks)


def _usual_cache(course: Course, src: str) -> Path:
    """The folder beside the course folder, in which `src` is. Media paths start at the course folder."""
    from coursepack.media import usual_folder

    return usual_folder(course.media[src].absolute().parents[len(PurePosixPath(src).parts) - 1])


def _files(course: Course, tasks: Sequence[Task], cache: MediaCache, progress: Progress) -> dict[Task, Path]:
    """The converted files."""
    problems: dict[str, Problem] = {}
    files: dict[Task, Path] = {}
    keys: dict[Task, str] = {}
    sizes: dict[str, int] = {}
    for src, conversion in tasks:
        try:
            sizes[src] = course.media[src].stat().st_size
            key = keys[src, conversion] = cache.key(course.media[src], conversion)
        except OSError as error:
            message = Message("{0} cannot be read: {1}", Quoted(src), Reason.of(error))
            problems[src] = course_problem("media/unreadable", message, conversion.place)
            continue
        path = cache.found(key, conversion)
        if path:
            files[src, conversion] = path
    missing = [task for task in keys if task not in files]
    done, total = 0, sum(sizes[src] for src, _ in missing)
    for src, conversion in missing:
        on_read = partial(_report, progress, done, total)
        on_read(0)
        if src not in problems:
            result = _made(course, src, conversion, keys[src, conversion], cache, on_read)
            if isinstance(result, Problem):
                problems[src] = result
            else:
                files[src, conversion] = result
        done += sizes[src]
        _report(progress, done, total, 0)
    if problems:
        raise CourseError(Report.of(problems.values()))
    return files


def _report(progress: Progress, before: int, total: int, done: int) -> None:
    # Overlapping parts of a file are counted more than once.
    progress("converting films and sounds", min(before + done, total), total)


def _made(
    course: Course,
    src: str,
    conversion: Conversion,
    key: str,
    cache: MediaCache,
    on_read: Callable[[int], None],
) -> Path | Problem:
    """The converted file, or the problem."""
    from coursepack.media.failures import ConversionError

    try:
        return cache.made(key, course.media[src], conversion, on_read)
    except ConversionError as error:
        message = Message("{0}: {1}", Quoted(src), error.message)
        return course_problem("media/not-convertible", message, conversion.place, error.hint)
    except OSError as error:
        raise unwritable(error, cache.folder) from None
