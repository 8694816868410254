"""Converts media for the packages that cannot hold them as they are: the step before rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from coursepack.building.order import Workshop
from coursepack.building.tasks import Planned, results, tasks_of
from coursepack.course.model import Course
from coursepack.course.variant import Variant, made_posters, media, variants
from coursepack.media import is_installed
from coursepack.reading.films import media_facts

if TYPE_CHECKING:
    from coursepack.media.cache import MediaCache


def converted(packages: Sequence[Variant], workshop: Workshop) -> tuple[Variant, ...]:
    """The packages of a course with converted files in place of those that they do not hold as they are.

    Raises CourseError with every file that cannot be converted, and PackageError if the cache cannot be written.
    """
    packages = tuple(packages)
    has_films, has_pictures, has_stills, has_posters = (
        any(map(each, packages)) for each in (_has_films, _has_pictures, _has_stills, _has_posters)
    )
    if not (has_films or has_pictures or has_stills or has_posters):
        return packages
    folder = workshop.cache or _usual_cache(packages[0].course)
    # First those that are taken of films as they were handed in.
    if has_stills:
        from coursepack.building.stills import with_stills
        from coursepack.media.picture_cache import PictureCache

        packages = with_stills(packages, PictureCache(folder), workshop)
    if has_posters:
        from coursepack.building.posters import with_posters
        from coursepack.media.picture_cache import PictureCache

        packages = with_posters(packages, PictureCache(folder), workshop)
    if has_films:
        packages = _with_films(packages, folder, workshop)
    if has_pictures:
        from coursepack.building.pictures import with_pictures
        from coursepack.media.picture_cache import PictureCache

        packages = with_pictures(packages, PictureCache(folder), workshop)
    return packages


def _has_films(package: Variant) -> bool:
    return bool(package.conversions)


def _has_pictures(package: Variant) -> bool:
    return bool(package.picture_conversions)


def _has_stills(package: Variant) -> bool:
    # Without the extra, a film that is shown as text has its poster alone.
    is_text = bool(package.course.texts) and is_installed()
    return is_text or any(each.is_animation for each in package.conversions.values())


def _has_posters(package: Variant) -> bool:
    return is_installed() and bool(made_posters(package.course))


def _with_films(packages: Sequence[Variant], folder: Path, workshop: Workshop) -> tuple[Variant, ...]:
    """The packages with converted films and sounds."""
    from coursepack.media.cache import MediaCache

    cache = MediaCache(folder)
    tasks = [_film_tasks(package, cache) for package in packages]
    made = results(workshop, folder, "converting films and sounds", tasks, cache.found)
    return tuple(holding(package, files) for package, files in zip(packages, made, strict=True))


def _film_tasks(package: Variant, cache: MediaCache) -> dict[str, Planned]:
    return tasks_of(package.course, package.conversions, cache.conversion)


def holding(package: Variant, files: Mapping[str, Path]) -> Variant:
    """The package with these files in place of those of the course folder."""
    course = package.course
    facts = {src: media_facts(path) for src, path in files.items()}
    return package.changed(
        media={**course.media, **files},
        sizes={**course.sizes, **{src: each.size for src, each in facts.items() if each.size}},
        lengths={**course.lengths, **{src: each.seconds for src, each in facts.items() if each.seconds}},
    )


def planned(course: Course, folder: Path) -> list[Planned]:
    """The tasks that convert the media of all packages of a course into the cache `folder`, each once.

    What a largest size asks for is known only when the rest of a package is there. Raises CourseError.
    """
    found: list[Planned] = []
    for package in variants(course):
        if _has_films(package):
            from coursepack.media.cache import MediaCache

            found += _film_tasks(package, MediaCache(folder)).values()
        if _has_pictures(package):
            from coursepack.building.pictures import picture_tasks
            from coursepack.media.picture_cache import PictureCache

            found += picture_tasks(package, PictureCache(folder)).values()
        if _has_stills(package):
            from coursepack.building.stills import still_tasks
            from coursepack.media.picture_cache import PictureCache

            found += still_tasks(package, PictureCache(folder)).values()
        if _has_posters(package):
            from coursepack.building.posters import poster_tasks
            from coursepack.media.picture_cache import PictureCache

            found += poster_tasks(package, PictureCache(folder)).values()
    return list({each.task.key: each for each in found}.values())


def keys_of(course: Course, cache: MediaCache) -> frozenset[str]:
    """The names of the entries that builds of the course use. Raises CourseError and OSError."""
    packages = variants(course)
    recordings = {
        src
        for package in packages
        for src in (media(package.course) | package.course.texts) & course.recordings.keys()
    }
    return frozenset(
        [
            *(each.task.key for each in planned(course, cache.folder)),
            # What they became in packages with a largest size.
            *(key for src in recordings for key in cache.fits_of(course.media[src])),
        ]
    )


def media_cache(course: Course, folder: Path | None) -> MediaCache:
    """The cache of converted files; without a folder, that beside the course folder."""
    from coursepack.media.cache import MediaCache

    return MediaCache(folder or _usual_cache(course))


def _usual_cache(course: Course) -> Path:
    """The folder beside the course folder. Paths of media start at the course folder."""
    from coursepack.media import usual_folder

    src, path = next(iter(course.media.items()))
    return usual_folder(path.absolute().parents[len(PurePosixPath(src).parts) - 1])
