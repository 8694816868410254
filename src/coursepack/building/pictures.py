"""Converts pictures for the packages that cannot hold them as they are: a step before rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from coursepack.building.order import Workshop
from coursepack.building.tasks import Planned, results, tasks_of
from coursepack.course.blocks.block import Rendition
from coursepack.course.variant import Variant

if TYPE_CHECKING:
    from coursepack.media.picture_cache import PictureCache, PictureFile


def picture_tasks(package: Variant, cache: PictureCache) -> dict[str, Planned]:
    """The tasks that convert pictures of a package, by path in the course folder. Raises CourseError."""
    return tasks_of(package.course, package.picture_conversions, cache.conversion)


def with_pictures(
    packages: Sequence[Variant], cache: PictureCache, workshop: Workshop
) -> tuple[Variant, ...]:
    """The packages of a course with converted pictures in place of those that they do not hold as they are.

    Raises CourseError with every picture that cannot be converted, and PackageError if the cache cannot be written.
    """
    tasks = [picture_tasks(package, cache) for package in packages]
    made = results(workshop, cache.folder, "converting pictures", tasks, cache.found)
    return tuple(_holding(package, files) for package, files in zip(packages, made, strict=True))


def _holding(package: Variant, pictures: Mapping[str, Sequence[PictureFile]]) -> Variant:
    """The package with these files in place of those of the course folder."""
    course = package.course
    media, sizes, renditions = dict(course.media), dict(course.sizes), dict(course.renditions)
    origins = dict(course.origins)
    for src, files in pictures.items():
        # What would not become smaller stays as it is.
        if not files:
            continue
        first, *others = files
        media[src] = first.path
        # That of the widest, which sets how large the picture is on the page.
        sizes[src] = max((each.width, each.height) for each in files)
        # No path of an author has a colon.
        named = [(f"{src}:{each.width}{each.path.suffix}", each) for each in others]
        media.update((name, each.path) for name, each in named)
        if src in origins:
            origins.update((name, origins[src]) for name, _ in named)
        renditions[src] = tuple(
            Rendition(name, each.width, f"image/{each.path.suffix[1:]}") for name, each in named
        )
    return package.changed(media=media, sizes=sizes, renditions=renditions, origins=origins)
