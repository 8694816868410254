"""Builds the packages that are not up to date."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from coursepack.building.cache import build_cached
from coursepack.building.order import Order, Progress, Work, check_target, unwritable
from coursepack.course.severity import course_problem
from coursepack.out_folder import OutFolder
from coursepack.problems import Location, PackageError, Report
from coursepack.result import Built
from coursepack.targets import USUAL_TARGETS

if TYPE_CHECKING:
    from concurrent.futures import Executor

WAITING = "waiting for another build in this folder"
"""The step that is passed to `progress` meanwhile."""


def build_package(
    folder: str | Path,
    target: str = "scorm12",
    out: str | Path = "build",
    *,
    part: str | None = None,
    schemas: str | Path | None = None,
    progress: Progress | None = None,
    cache: str | Path | None = None,
    max_size: int | None = None,
    executor: Executor | None = None,
) -> Built:
    """Builds the first package of one target: see `build_packages`."""
    return build_packages(
        folder,
        (target,),
        out,
        part=part,
        schemas=schemas,
        progress=progress,
        cache=cache,
        max_size=max_size,
        executor=executor,
    )[0]


def build_packages(
    folder: str | Path,
    targets: Sequence[str] = USUAL_TARGETS,
    out: str | Path = "build",
    *,
    part: str | None = None,
    schemas: str | Path | None = None,
    progress: Progress | None = None,
    cache: str | Path | None = None,
    max_size: int | None = None,
    executor: Executor | None = None,
) -> list[Built]:
    """Builds packages of a course folder into the folder `out`: all that `course.yaml` defines, for each target.

    With `part`, builds only the package of that part. `schemas` is a folder whose XSD and DTD files are included in
    the packages. `progress(step, done, total)` is called during the build. `cache` is the folder for converted films
    and sounds, which several courses and machines can share; the default is `.coursepack/media` beside the course
    folder. `max_size` is the largest size of each package in bytes: films become smaller where that is necessary.
    `executor` converts media; by default, processes here do. Its workers can be on other machines that have the folder
    `cache` under the same path.
    Raises CourseError for problems of the course, and PackageError for an unknown target or a package that cannot be
    written; earlier packages are then unchanged. Does nothing when nothing has changed since the last build.
    Waits while another build uses the folder `out`.
    """
    with ExitStack() as stack:
        work = None
        if executor is not None:
            from coursepack.building.work import Workers

            work = stack.enter_context(Workers(executor))
        return build_with(
            work,
            folder,
            targets,
            out,
            part=part,
            schemas=schemas,
            progress=progress,
            cache=cache,
            max_size=max_size,
        )


def build_with(
    work: Work | None,
    folder: str | Path,
    targets: Sequence[str],
    out: str | Path,
    *,
    part: str | None = None,
    schemas: str | Path | None = None,
    progress: Progress | None = None,
    cache: str | Path | None = None,
    max_size: int | None = None,
) -> list[Built]:
    """Builds packages whose media are converted by `work`, or by processes here: see `build_packages`."""
    folder, out = Path(folder), Path(out)
    for name in targets:
        check_target(name)
    check_out(folder, out)
    say = progress or (lambda step, done, total: None)
    with ExitStack() as stack:
        try:
            place = stack.enter_context(OutFolder(out, lambda: say(WAITING, 0, 0)))
            order = Order(folder, place, targets, part, _path(schemas), say, _path(cache), max_size, work)
            return build_cached(order)
        except OSError as error:
            raise unwritable(error, out) from None


def _path(name: str | Path | None) -> Path | None:
    return None if name is None else Path(name)


def check_out(folder: Path, out: Path) -> None:
    """Raises PackageError for an output folder that is a file, or lies in the course folder."""
    place = Location(out.as_posix())
    # os.path, because Path.exists raises when a parent folder cannot be searched.
    if os.path.exists(out) and not os.path.isdir(out):
        raise PackageError(
            Report.of(
                [
                    course_problem(
                        "package/unwritable",
                        "the output folder is a file",
                        place,
                        "Choose a folder.",
                    )
                ]
            )
        )
    if os.path.isdir(folder) and Path(os.path.realpath(out)).is_relative_to(os.path.realpath(folder)):
        hint = "Choose one next to the course folder, so that packages never end up in packages."
        raise PackageError(
            Report.of(
                [
                    course_problem(
                        "package/inside-course",
                        "the output folder is inside the course folder",
                        place,
                        hint,
                    )
                ]
            )
        )
