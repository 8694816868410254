"""The order of a build: packages, targets and output folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coursepack.course.severity import course_problem
from coursepack.out_folder import OutFolder
from coursepack.problems import Location, Message, PackageError, Quoted, Reason, Report, nearest
from coursepack.targets import TARGETS

if TYPE_CHECKING:
    from coursepack.media.failures import ConversionError
    from coursepack.media.task import MediaTask

Progress = Callable[[str, int, int], None]
"""Progress callback: step, done, total. Both numbers are 0 for a step that is not counted."""


OnRead = Callable[["MediaTask", int], object]
Work = Callable[[Sequence["MediaTask"], Path, OnRead], Iterator[tuple["MediaTask", "ConversionError | None"]]]
"""Does tasks in the cache in a folder, and tells of each, as it ends, why it failed, or None.

Calls `OnRead` with the bytes of an input that have been read, where they are known. Raises PackageError when the cache
cannot be written, or no worker does its work.
"""


class Workshop(NamedTuple):
    """Where and how the media of a course are converted.

    `cache` is the folder of those that were converted before; None is `.coursepack/media` beside the course. Without
    `work`, they are converted by processes here.
    """

    cache: Path | None
    progress: Progress
    work: Work | None = None


class Order(NamedTuple):
    """The packages to build from a course folder: those it defines, or that of one part, for each target by name.

    `max_size` is the largest size of each package in bytes.
    """

    folder: Path
    out: OutFolder
    targets: Sequence[str]
    part: str | None
    schemas: Path | None
    progress: Progress
    media_cache: Path | None = None
    max_size: int | None = None
    work: Work | None = None

    @property
    def workshop(self) -> Workshop:
        """Where and how its media are converted."""
        return Workshop(self.media_cache, self.progress, self.work)


def check_target(name: str) -> None:
    """Raises PackageError for an unknown target."""
    if name not in TARGETS:
        message = Message("there is no target {0}", Quoted(name))
        place = Location(name)
        raise PackageError(
            Report.of([course_problem("package/unknown-target", message, place, nearest(name, TARGETS))])
        )


def unwritable(error: OSError, path: Path) -> PackageError:
    """The error for a package that could not be written."""
    name = str(error.filename or path)
    hint = "An earlier package of this name is as it was." if os.path.exists(path) else ""
    return PackageError(
        Report.of(
            [
                course_problem(
                    "package/unwritable",
                    Message("cannot be written: {0} ({1})", Reason.of(error), name),
                    Location(path.as_posix()),
                    hint,
                )
            ]
        )
    )
