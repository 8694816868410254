"""Converts media for the packages that cannot hold them as they are: the step before rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from coursepack.building.order import Workshop
from coursepack.course.model import Course
from coursepack.course.rungs import Conversion
from coursepack.course.severity import course_problem
from coursepack.course.variant import Variant, media, variants
from coursepack.media import is_installed
from coursepack.problems import CourseError, Message, Problem, Quoted, Reason, Report
from coursepack.reading.films import media_facts

if TYPE_CHECKING:
    from coursepack.media.cache import MediaCache
    from coursepack.media.task import MediaTask
    from coursepack.problems import Location

Task = tuple[str, Conversion]
"""A film or sound by its path in the course folder, and what it is converted to."""


def converted(packages: Sequence[Variant], workshop: Workshop) -> tuple[Variant, ...]:
    """The packages of a course with converted files in place of those that they do not hold as they are.

    Raises CourseError with every file that cannot be converted, and PackageError if the cache cannot be written.
    """
    packages = tuple(packages)
    if is_installed() and any(package.course.texts for package in packages):
        from coursepack.building.stills import with_stills

        packages = with_stills(packages, media_cache(packages[0].course, workshop.cache), workshop.progress)
    films = [package.conversions for package in packages]
    pictures = [package.picture_conversions for package in packages]
    src = next(chain(chain.from_iterable(films), chain.from_iterable(pictures)), None)
    if src is None:
        return packages
    folder = workshop.cache or _usual_cache(packages[0].course, src)
    if any(films):
        packages = _with_films(packages, films, folder, workshop)
        if any(each.is_animation for package in films for each in package.values()):
            from coursepack.building.stills import with_first_pictures

            packages = with_first_pictures(packages, folder, films)
    if any(pictures):
        from coursepack.building.pictures import with_pictures

        packages = with_pictures(packages, folder, workshop)
    return packages


def _with_films(
    packages: Sequence[Variant],
    wanted: Sequence[Mapping[str, Conversion]],
    folder: Path,
    workshop: Workshop,
) -> tuple[Variant, ...]:
    """The packages with converted films and sounds."""
    from coursepack.media.cache import MediaCache

    course = packages[0].course
    # Packages share the files that they have in common.
    tasks = list(dict.fromkeys(task for each in wanted for task in each.items()))
    files = _files(course, tasks, MediaCache(folder), workshop)
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


class Planned(NamedTuple):
    """A task of a course: its file by its path in the course folder, and the place where a page names it."""

    src: str
    place: Location
    task: MediaTask


def planned(course: Course, folder: Path) -> list[Planned]:
    """The tasks that convert the media of all packages of a course into the cache `folder`, each once.

    What a largest size asks for is known only when the rest of a package is there. Raises OSError.
    """
    from coursepack.media.picture_cache import PictureCache

    packages = variants(course)
    films = dict.fromkeys(each for package in packages for each in package.conversions.items())
    pictures = dict.fromkeys(each for package in packages for each in package.picture_conversions.items())
    found = []
    if films:
        from coursepack.media.cache import MediaCache

        cache = MediaCache(folder)
        found += [
            Planned(src, conversion.place, cache.conversion(course.media[src], conversion))
            for src, conversion in films
        ]
    of_pictures = PictureCache(folder)
    found += [
        Planned(src, conversion.place, of_pictures.conversion(course.media[src], conversion))
        for src, conversion in pictures
    ]
    return list({each.task.key: each for each in found}.values())


def keys_of(course: Course, cache: MediaCache) -> frozenset[str]:
    """The names of the entries that builds of the course use. Raises OSError."""
    packages = variants(course)
    recordings = {
        src
        for package in packages
        for src in (media(package.course) | package.course.texts) & course.recordings.keys()
    }
    animations = [
        found
        for package in packages
        for src, conversion in package.conversions.items()
        if conversion.is_animation
        and (found := cache.found(cache.key(course.media[src], conversion), conversion))
    ]
    return frozenset(
        [
            *(each.task.key for each in planned(course, cache.folder)),
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


def _files(course: Course, tasks: Sequence[Task], cache: MediaCache, workshop: Workshop) -> dict[Task, Path]:
    """The converted files."""
    from coursepack.building.work import done_in, not_convertible

    problems: dict[str, Problem] = {}
    files: dict[Task, Path] = {}
    missing: dict[Task, MediaTask] = {}
    for src, conversion in tasks:
        try:
            task = cache.conversion(course.media[src], conversion)
        except OSError as error:
            message = Message("{0} cannot be read: {1}", Quoted(src), Reason.of(error))
            problems[src] = course_problem("media/unreadable", message, conversion.place)
            continue
        path = cache.found(task.key, conversion)
        if path:
            files[src, conversion] = path
        else:
            missing[src, conversion] = task
    failures = done_in(workshop, "converting films and sounds", missing.values(), cache.folder)
    for (src, conversion), task in missing.items():
        if task.key in failures:
            problems[src] = not_convertible(src, failures[task.key], conversion.place)
        else:
            files[src, conversion] = cache.path(task.key, conversion)
    if problems:
        raise CourseError(Report.of(problems.values()))
    return files
