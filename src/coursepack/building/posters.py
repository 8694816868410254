"""Takes posters out of films that have no picture for it: a step before rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coursepack.building.order import Workshop
from coursepack.building.tasks import Planned, results, tasks_of
from coursepack.course.rungs import RUNGS, USUAL_RUNG, Rung
from coursepack.course.variant import Variant, made_posters

if TYPE_CHECKING:
    from coursepack.media.picture_cache import PictureCache, PictureFile
    from coursepack.media.task import MediaTask
    from coursepack.problems import Location


class Poster(NamedTuple):
    """A poster that is taken from a film: its time in seconds, None if it is chosen, and the limits of its size."""

    film: str
    second: float | None
    rung: Rung
    place: Location


def posters_of(package: Variant) -> dict[str, Poster]:
    """The posters that are taken from films for a package, by their keys in its media.

    They are as large as the film of the package, or that of the usual rung if it is packed as it is.
    """
    course = package.course
    return {
        file.taken: Poster(
            file.src, file.second, _limits(package, file.src), course.recordings[file.src].place
        )
        for file in made_posters(course)
    }


def _limits(package: Variant, film: str) -> Rung:
    conversion = package.conversions.get(film)
    usual = "fragile" if film in package.course.texts else USUAL_RUNG
    return (conversion and conversion.limits) or RUNGS[usual]


def poster_tasks(package: Variant, cache: PictureCache) -> dict[str, Planned]:
    """The tasks that take posters of films for a package, by their keys in its media. Raises CourseError."""

    def task(path: Path, poster: Poster) -> MediaTask:
        return cache.frame(path, poster.second, poster.rung)

    return {
        key: tasks_of(package.course, {poster.film: poster}, task)[poster.film]
        for key, poster in posters_of(package).items()
    }


def with_posters(packages: Sequence[Variant], cache: PictureCache, workshop: Workshop) -> tuple[Variant, ...]:
    """The packages with posters that are taken from their films.

    Raises CourseError with every film that cannot be read, and PackageError if the cache cannot be written.
    """
    tasks = [poster_tasks(package, cache) for package in packages]
    made = results(workshop, cache.folder, "taking posters of films", tasks, cache.found)
    return tuple(_with(package, posters) for package, posters in zip(packages, made, strict=True))


def _with(package: Variant, posters: Mapping[str, Sequence[PictureFile]]) -> Variant:
    course = package.course
    films = {key: each.film for key, each in posters_of(package).items()}
    files = {key: each[0] for key, each in posters.items()}
    return package.changed(
        media={**course.media, **{key: each.path for key, each in files.items()}},
        sizes={**course.sizes, **{key: (each.width, each.height) for key, each in files.items()}},
        origins={
            **course.origins,
            **{key: course.origins[film] for key, film in films.items() if film in course.origins},
        },
    )
