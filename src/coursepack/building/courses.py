"""Builds several courses, each in a process of its own: one that fails or crashes costs no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from coursepack.building.order import Progress, check_target
from coursepack.building.work import Workers
from coursepack.course.severity import course_problem
from coursepack.media.task import MediaTask
from coursepack.problems import Location, Message, PackageError, Quoted, Report
from coursepack.result import Built, built_of, report_fields, report_of
from coursepack.targets import USUAL_TARGETS

_TRIES = 2
"""A process that was killed, for example for want of memory, gets another try."""


class BuiltCourse(NamedTuple):
    """The packages of a course, or none and the problems that prevent them.

    With packages, `report` has the problems of all of them, each once.
    """

    folder: Path
    packages: tuple[Built, ...]
    report: Report


def build_courses(
    folders: Sequence[str | Path],
    targets: Sequence[str] = USUAL_TARGETS,
    out: str | Path = "build",
    *,
    jobs: int | None = None,
    schemas: str | Path | None = None,
    progress: Progress | None = None,
    cache: str | Path | None = None,
    max_size: int | None = None,
    executor: Executor | None = None,
) -> list[BuiltCourse]:
    """Builds the packages of several course folders, `jobs` of them at once; by default as many as processors.

    The packages of a course are in a folder of their own in `out`: the path of the course without what is common to
    all. The other arguments are those of `build_packages`; `progress` counts courses. Courses are read and packed by
    processes here; an `executor` does what takes long, their media. Each file is converted once for all courses. A
    course with errors has no packages, and its report says why. Raises PackageError for an unknown target.
    """
    for name in targets:
        check_target(name)
    say = progress or (lambda step, done, total: None)
    courses = list({os.path.realpath(folder): Path(folder) for folder in folders}.items())
    outs = _outs([path for path, _ in courses], Path(out))
    tasks = [
        {
            "folder": str(folder),
            "targets": list(targets),
            "out": str(own),
            "schemas": schemas and str(schemas),
            "cache": cache and str(cache),
            "max_size": max_size,
        }
        for (_, folder), own in zip(courses, outs, strict=True)
    ]
    workers = Workers(executor)
    builders = _Builders(workers)
    with workers, ThreadPoolExecutor(jobs or _processors()) as pool:
        try:
            say("building courses", 0, len(tasks))
            futures = [pool.submit(builders.built, task) for task in tasks]
            done, left = 0, set(futures)
            while left:
                # Not without an end: Ctrl-C that another thread gets does not wake this one.
                finished, left = wait(left, timeout=0.5, return_when=FIRST_COMPLETED)
                for _ in finished:
                    done += 1
                    say("building courses", done, len(tasks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            builders.stop()
            workers.close()
            raise
    return [future.result() for future in futures]


def _outs(courses: Sequence[str], out: Path) -> list[Path]:
    """The output folder of each course, by its path without what is common to all."""
    if len(courses) == 1:
        return [out]
    try:
        common = os.path.commonpath([os.path.dirname(course) for course in courses])
    except ValueError:
        # Windows: they are on different drives.
        return [out / course.replace(":", "").lstrip("\\/") for course in courses]
    return [out / os.path.relpath(course, common) for course in courses]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Builders:
    """The processes that build courses, and have their media converted by workers."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._is_stopped = False

    def built(self, task: dict[str, Any]) -> BuiltCourse:
        """A course, built in a process."""
        folder = Path(task["folder"])
        for _ in range(_TRIES):
            values, code = self._run(task)
            if values:
                packages = tuple(map(built_of, values["packages"]))
                return BuiltCourse(folder, packages, report_of(values["report"]))
            # With another code than that of a signal, it would fail again.
            if code >= 0:
                break
        message = Message("the build of {0} ended unexpectedly ({1})", Quoted(str(folder)), code)
        return BuiltCourse(
            folder, (), Report.of([course_problem("package/crashed", message, Location(folder.as_posix()))])
        )

    def stop(self) -> None:
        """Ends all processes."""
        with self._lock:
            self._is_stopped = True
            for process in self._running:
                process.kill()

    def _run(self, task: dict[str, Any]) -> tuple[dict[str, Any] | None, int]:
        """What a process answers, and its exit code, which is negative for a signal."""
        # -P: a file in the working folder must not be imported as a module.
        command = [sys.executable, "-P", "-m", "coursepack.building.child"]
        with self._lock:
            if self._is_stopped:
                return None, 0
            process = subprocess.Popen(  # noqa: S603 - our own module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
            self._running.add(process)
        answer = None
        try:
            with suppress(BrokenPipeError), process:
                answer = self._answer(process, task)
        finally:
            with self._lock:
                self._running.discard(process)
        return answer if process.returncode == 0 else None, process.returncode

    def _answer(self, process: subprocess.Popen[str], task: dict[str, Any]) -> dict[str, Any] | None:
        """What a process answers in its last line. In the others, it asks for media."""
        assert process.stdin
        assert process.stdout
        values = None
        _write(process.stdin, task)
        for line in process.stdout:
            values = json.loads(line)
            if "tasks" in values:
                for answer in self._converted(values):
                    _write(process.stdin, answer)
        return values

    def _converted(self, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Does the tasks that a process asks for. Answers for each, or once with why none is done."""
        tasks = [MediaTask(*fields) for fields in wanted["tasks"]]
        try:
            for task, failure in self._workers(tasks, Path(wanted["cache"]), lambda task, done: None):
                yield {"key": task.key, "failed": failure and failure.cause}
        except PackageError as error:
            yield report_fields(error.report)
        except CancelledError:
            return


def _write(stream: IO[str], values: dict[str, Any]) -> None:
    # ASCII: paths can hold bytes that are not UTF-8.
    stream.write(json.dumps(values) + "\n")
    stream.flush()
