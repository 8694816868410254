"""Converts media for the packages that cannot hold them as they are: the step before rendering."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from coursepack.building.order import Progress, unwritable
from coursepack.course.model import Course
from coursepack.course.rungs import Conversion
from coursepack.course.severity import course_problem
from coursepack.course.variant import Variant, media, variants
from coursepack.media import is_installed
from coursepack.problems import CourseError, Message, Problem, Quoted, Reason, Report
from coursepack.reading.films import media_facts

if TYPE_CHECKING:
    from coursepack.media.cache import MediaCache

T = TypeVar("T")

Task = tuple[str, Conversion]
"""A film or sound by its path in the course folder, and what it is converted to."""


def converted(packages: Sequence[Variant], cache: Path | None, progress: Progress) -> tuple[Variant, ...]:
    """The packages of a course with converted files in place of those that they do not hold as they are.

    Files that were converted before come from the folder `cache`; None is `.coursepack/media` beside the course.
    Raises CourseError with every file that cannot be converted, and PackageError if the cache cannot be written.
    """
    packages = tuple(packages)
    if is_installed() and any(package.course.texts for package in packages):
        from coursepack.building.stills import with_stills

        packages = with_stills(packages, media_cache(packages[0].course, cache), progress)
    films = [package.conversions for package in packages]
    pictures = [package.picture_conversions for package in packages]
    src = next(chain(chain.from_iterable(films), chain.from_iterable(pictures)), None)
    if src is None:
        return packages
    folder = cache or _usual_cache(packages[0].course, src)
    if any(films):
        packages = _with_films(packages, films, folder, progress)
        if any(each.is_animation for package in films for each in package.values()):
            from coursepack.building.stills import with_first_pictures

            packages = with_first_pictures(packages, folder, films)
    if any(pictures):
        from coursepack.building.pictures import with_pictures

        packages = with_pictures(packages, folder, progress)
    return packages


def _with_films(
    packages: Sequence[Variant],
    wanted: Sequence[Mapping[str, Conversion]],
    folder: Path,
    progress: Progress,
) -> tuple[Variant, ...]:
    """The packages with converted films and sounds."""
    from coursepack.media.cache import MediaCache

    course = packages[0].course
    # Packages share the files that they have in common.
    tasks = list(dict.fromkeys(task for each in wanted for task in each.items()))
    files = _files(course, tasks, MediaCache(folder), progress)
    return tuple(
        holding(package, {src: files[src, conversion] for src, conversion in each.items()})
        for package, each in zip(packages, wanted, strict=True)
    )


def holding(package: Variant, files: Mapping[str, Path]) -> Variant:
    """The package with these files in place of those of the course folder."""
    course = package.course
    facts = {src: media_facts(path) for src, path in files.items()}
    return package.changed(
        media={**course.media, **files},
        sizes={**course.sizes, **{src: each.size for src, each in facts.items() if each.size}},
        lengths={**course.lengths, **{src: each.seconds for src, each in facts.items() if each.seconds}},
    )


def keys_of(course: Course, cache: MediaCache) -> frozenset[str]:
    """The names of the entries that builds of the course use. Raises OSError."""
    from coursepack.media.picture_cache import PictureCache

    packages = variants(course)
    films = {task for package in packages for task in package.conversions.items()}
    pictures = {task for package in packages for task in package.picture_conversions.items()}
    recordings = {
        src
        for package in packages
        for src in (media(package.course) | package.course.texts) & course.recordings.keys()
    }
    of_pictures = PictureCache(cache.folder)
    animations = [
        found
        for src, conversion in films
        if conversion.is_animation
        and (found := cache.found(cache.key(course.media[src], conversion), conversion))
    ]
    return frozenset(
        [
            *(cache.key(course.media[src], conversion) for src, conversion in films),
            *(of_pictures.key(course.media[src], conversion.limits) for src, conversion in pictures),
            # What they became in packages with a largest size, and their pictures.
            *(key for src in recordings for key in cache.fits_of(course.media[src])),
            *(key for made in animations for key in cache.fits_of(made)),
        ]
    )


def media_cache(course: Course, folder: Path | None) -> MediaCache:
    """The cache of converted files; without a folder, that beside the course folder."""
    from coursepack.media.cache import MediaCache

    return MediaCache(folder or _usual_cache(course, next(iter(course.recordings))))


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
            make = partial(cache.made, keys[src, conversion], course.media[src], conversion, on_read)
            result = attempted(make, src, course, cache)
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


def attempted(make: Callable[[], T], src: str, course: Course, cache: MediaCache) -> T | Problem:
    """What `make` returns, or why a film or sound cannot be converted. Raises PackageError."""
    from coursepack.media.failures import ConversionError

    try:
        return make()
    except ConversionError as error:
        message = Message("{0}: {1}", Quoted(src), error.message)
        known = course.recordings.get(src) or course.animations[src]
        return course_problem("media/not-convertible", message, known.place, error.hint)
    except OSError as error:
        raise unwritable(error, cache.folder) from None
