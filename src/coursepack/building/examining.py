"""Examines the films and sounds of a course from beginning to end, for findings that need it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from coursepack.building.order import Progress, unwritable
from coursepack.course.model import Course
from coursepack.course.severity import course_problem
from coursepack.media import is_installed
from coursepack.media.examination import Examination
from coursepack.media.examinations import Examinations
from coursepack.problems import Message, Problem, Quoted


def examined(
    course: Course, cache: Path, progress: Progress
) -> tuple[Mapping[str, Examination], list[Problem]]:
    """What was found in the films and sounds of a course, by their path in it, and those that cannot be examined.

    A file that has not changed since is not read again: the results are in the folder `cache`, from which every reading
    of the course takes its findings. Without the extra `media`, only those are known that are there. Raises
    PackageError if the cache cannot be written.
    """
    from coursepack.media.failures import ConversionError

    examinations = Examinations(cache)
    found = {src: each for src in course.recordings if (each := examinations.known(course.media[src]))}
    if not is_installed():
        return found, []
    missing = {src: course.media[src].stat().st_size for src in course.recordings if src not in found}
    problems = []
    done, total = 0, sum(missing.values())
    for src, size in missing.items():
        on_read = partial(_report, progress, done, total)
        on_read(0)
        try:
            found[src] = examinations.made(course.media[src], on_read)
        except ConversionError as error:
            message = Message("{0}: {1}", Quoted(src), error.message)
            place = course.recordings[src].place
            problems.append(course_problem("media/not-convertible", message, place, error.hint))
        except OSError as error:
            raise unwritable(error, cache) from None
        done += size
        _report(progress, done, total, 0)
    return found, problems


def _report(progress: Progress, before: int, total: int, done: int) -> None:
    # Overlapping parts of a file are counted more than once.
    progress("examining films and sounds", min(before + done, total), total)
