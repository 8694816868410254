"""The tasks of media that the packages of a course need, and what has come of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from coursepack.building.order import Workshop
from coursepack.course.model import Course
from coursepack.course.severity import course_problem
from coursepack.problems import CourseError, Message, Quoted, Reason, Report

if TYPE_CHECKING:
    from coursepack.media.task import MediaTask
    from coursepack.problems import Location


class _Placed(Protocol):
    @property
    def place(self) -> Location: ...


P = TypeVar("P", bound=_Placed)
T = TypeVar("T")


class Planned(NamedTuple):
    """A task of a course: its file by its path in the course folder, and the place where a page names it."""

    src: str
    place: Location
    task: MediaTask


def tasks_of(
    course: Course, wanted: Mapping[str, P], task_of: Callable[[Path, P], MediaTask]
) -> dict[str, Planned]:
    """The task of each file, by its path in the course folder. Raises CourseError with all that cannot be read."""
    tasks, problems = {}, []
    for src, each in wanted.items():
        try:
            tasks[src] = Planned(src, each.place, task_of(course.media[src], each))
        except OSError as error:
            message = Message("{0} cannot be read: {1}", Quoted(src), Reason.of(error))
            problems.append(course_problem("media/unreadable", message, each.place))
    if problems:
        raise CourseError(Report.of(problems))
    return tasks


def results(
    workshop: Workshop,
    folder: Path,
    step: str,
    tasks: Sequence[Mapping[str, Planned]],
    found: Callable[[MediaTask], T | None],
) -> list[dict[str, T]]:
    """What the tasks of each package make in the cache in a folder. What `found` finds there is not made again.

    Raises CourseError with every file that cannot be converted, and PackageError if the cache cannot be written.
    """
    # Packages share the files that they have in common.
    wanted = {each.task.key: each for some in tasks for each in some.values()}
    made = {key: found(each.task) for key, each in wanted.items()}
    missing = [each for key, each in wanted.items() if made[key] is None]
    if missing:
        from coursepack.building.work import done_in, not_convertible

        failures = done_in(workshop, step, [each.task for each in missing], folder)
        problems = {
            each.src: not_convertible(each.src, failures[each.task.key], each.place)
            for each in missing
            if each.task.key in failures
        }
        if problems:
            raise CourseError(Report.of(problems.values()))
        made |= {each.task.key: found(each.task) for each in missing}
    return [{src: _made(made[each.task.key]) for src, each in some.items()} for some in tasks]


def _made(entry: T | None) -> T:
    assert entry is not None
    return entry
