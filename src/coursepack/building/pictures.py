"""Converts pictures for the packages that cannot hold them as they are: the step before rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coursepack.building.order import Workshop
from coursepack.course.blocks.block import Rendition
from coursepack.course.model import Course
from coursepack.course.pictures import PictureConversion
from coursepack.course.severity import course_problem
from coursepack.course.variant import Variant
from coursepack.problems import CourseError, Message, Problem, Quoted, Reason, Report

if TYPE_CHECKING:
    from coursepack.media.picture_cache import PictureCache, PictureFile
    from coursepack.media.task import MediaTask

Task = tuple[str, PictureConversion]
"""A picture by its path in the course folder, and what it is converted to."""


def with_pictures(packages: Sequence[Variant], cache: Path, workshop: Workshop) -> tuple[Variant, ...]:
    """The packages of a course with converted pictures in place of those that they do not hold as they are.

    `cache` is the folder of those that were converted before. Raises CourseError with every picture that cannot be
    converted, and PackageError if the cache cannot be written.
    """
    from coursepack.media.picture_cache import PictureCache

    wanted = [package.picture_conversions for package in packages]
    # Packages share the files that they have in common.
    tasks = list(dict.fromkeys(task for each in wanted for task in each.items()))
    made = _made(packages[0].course, tasks, PictureCache(cache), workshop)
    return tuple(
        _holding(package, {src: made[src, conversion] for src, conversion in each.items()})
        for package, each in zip(packages, wanted, strict=True)
    )


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


def _made(
    course: Course, tasks: Sequence[Task], cache: PictureCache, workshop: Workshop
) -> dict[Task, Sequence[PictureFile]]:
    """The files of each picture; none for one that stays as it is."""
    from coursepack.building.work import done_in, not_convertible

    problems: dict[str, Problem] = {}
    made: dict[Task, Sequence[PictureFile]] = {}
    missing: dict[Task, MediaTask] = {}
    for src, conversion in tasks:
        try:
            task = cache.conversion(course.media[src], conversion)
        except OSError as error:
            message = Message("{0} cannot be read: {1}", Quoted(src), Reason.of(error))
            problems[src] = course_problem("media/unreadable", message, conversion.place)
            continue
        found = cache.found(task.key)
        if found is None:
            missing[src, conversion] = task
        else:
            made[src, conversion] = found
    failures = done_in(workshop, "converting pictures", missing.values(), cache.folder)
    for (src, conversion), task in missing.items():
        if task.key in failures:
            problems[src] = not_convertible(src, failures[task.key], conversion.place)
        else:
            made[src, conversion] = cache.found(task.key) or ()
    if problems:
        raise CourseError(Report.of(problems.values()))
    return made
