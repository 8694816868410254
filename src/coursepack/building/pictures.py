"""Converts pictures for the packages that cannot hold them as they are: the step before rendering."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coursepack.building.order import Progress, unwritable
from coursepack.course.blocks.block import Rendition
from coursepack.course.model import Course
from coursepack.course.pictures import PictureConversion
from coursepack.course.severity import course_problem
from coursepack.course.variant import Variant
from coursepack.problems import CourseError, Message, Problem, Quoted, Reason, Report

if TYPE_CHECKING:
    from coursepack.media.picture_cache import PictureCache, PictureFile

_AT_ONCE = min(4, os.cpu_count() or 1)
"""Pictures that are converted at the same time, each in a process of its own."""

Task = tuple[str, PictureConversion]
"""A picture by its path in the course folder, and what it is converted to."""


def with_pictures(packages: Sequence[Variant], cache: Path, progress: Progress) -> tuple[Variant, ...]:
    """The packages of a course with converted pictures in place of those that they do not hold as they are.

    `cache` is the folder of those that were converted before. Raises CourseError with every picture that cannot be
    converted, and PackageError if the cache cannot be written.
    """
    from coursepack.media.picture_cache import PictureCache

    wanted = [package.picture_conversions for package in packages]
    # Packages share the files that they have in common.
    tasks = list(dict.fromkeys(task for each in wanted for task in each.items()))
    made = _made(packages[0].course, tasks, PictureCache(cache), progress)
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
    course: Course, tasks: Sequence[Task], cache: PictureCache, progress: Progress
) -> dict[Task, Sequence[PictureFile]]:
    """The files of each picture."""
    # Takes time to import.
    from concurrent.futures import ThreadPoolExecutor, as_completed

    from coursepack.media.failures import ConversionError

    problems: dict[str, Problem] = {}
    made: dict[Task, Sequence[PictureFile]] = {}
    missing: dict[Task, tuple[str, int]] = {}
    for task in tasks:
        src, conversion = task
        try:
            key = cache.key(course.media[src], conversion.limits)
            found = cache.found(key)
            if found is None:
                missing[task] = key, course.media[src].stat().st_size
            else:
                made[task] = found
        except OSError as error:
            message = Message("{0} cannot be read: {1}", Quoted(src), Reason.of(error))
            problems[src] = course_problem("media/unreadable", message, conversion.place)
    done, total = 0, sum(size for _, size in missing.values())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = {
            pool.submit(cache.made, key, course.media[src], conversion.limits, conversion.hdr): (
                src,
                conversion,
            )
            for (src, conversion), (key, _) in missing.items()
        }
        try:
            if missing:
                progress("converting pictures", 0, total)
            for future in as_completed(futures):
                task = futures[future]
                src, conversion = task
                try:
                    made[task] = future.result()
                except ConversionError as error:
                    message = Message("{0}: {1}", Quoted(src), error.message)
                    problems[src] = course_problem(
                        "media/not-convertible", message, conversion.place, error.hint
                    )
                done += missing[task][1]
                progress("converting pictures", done, total)
        except OSError as error:
            raise unwritable(error, cache.folder) from None
        finally:
            pool.shutdown(cancel_futures=True)
    if problems:
        raise CourseError(Report.of(problems.values()))
    return made
