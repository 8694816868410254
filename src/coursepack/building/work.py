"""Has tasks of media done: by processes here, or by an executor whose workers can be on other machines."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self, cast

from coursepack.building.order import OnRead, Workshop, unwritable
from coursepack.course.severity import course_problem
from coursepack.media.failures import Cause, ConversionError
from coursepack.media.remote import (
    TRIES,
    Answer,
    done,
    done_in_pool,
    done_remotely,
    error_text,
    is_made,
    ship,
    unship,
)
from coursepack.media.task import PICTURE_KINDS, MediaTask
from coursepack.problems import Location, Message, PackageError, Problem, Quoted, Report

_PASSES = {"fit": 2}
"""How often a task reads its input, if more than once."""
_AT_ONCE = min(4, os.cpu_count() or 1)
"""Tasks that are done here at the same time, each in a process of its own with several threads."""

_Event = tuple[MediaTask, "int | Future[Answer]"] | None
"""The bytes that have been read for a task, or its end; None when all is to end."""


class _LostError(Exception):
    """A task has no result, and gets another try."""


class Workers:
    """Does tasks, each once, for all who ask for them.

    Without an executor, each is done by a process here. An executor of the standard library is on this machine, and
    reads inputs from their course; others get them by the cache. A task whose worker is lost gets another try; where
    the executor is broken by that, what is left is done here.
    """

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor
        self._own: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._futures: dict[tuple[Path, str], Future[Answer]] = {}
        self._waiting: set[SimpleQueue[_Event]] = set()
        self._run = os.urandom(8).hex()
        self._shipped: dict[Path, set[str]] = {}
        self._is_stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(
        self, tasks: Sequence[MediaTask], folder: Path, on_read: OnRead
    ) -> Iterator[tuple[MediaTask, ConversionError | None]]:
        """Does tasks in the cache in a folder: see `order.Work`."""
        # Workers have other working folders.
        folder = folder.absolute()
        events: SimpleQueue[_Event] = SimpleQueue()
        tries: Counter[str] = Counter()
        self._waiting.add(events)
        try:
            for task in tasks:
                self._begin(task, folder, events)
            left = len(tasks)
            while left:
                event = events.get()
                if event is None:
                    raise CancelledError
                task, what = event
                if isinstance(what, int):
                    on_read(task, what)
                    continue
                tries[task.key] += 1
                try:
                    failure = self._result(task, what, folder)
                except _LostError as lost:
                    # Once more than a worker begins it, to hear that it has ended too many.
                    if tries[task.key] > TRIES:
                        raise _failed(*lost.args) from None
                    self._begin(task, folder, events, what)
                    continue
                left -= 1
                yield task, failure
        finally:
            self._waiting.discard(events)

    def close(self) -> None:
        """Ends what is not done yet, where that is possible, and deletes what was shipped."""
        with self._lock:
            self._is_stopped = True
            for future in self._futures.values():
                future.cancel()
            for events in list(self._waiting):
                events.put(None)
        if self._own:
            self._own.shutdown(cancel_futures=True)
        for folder, checksums in self._shipped.items():
            unship(folder, self._run, checksums)

    def _begin(
        self,
        task: MediaTask,
        folder: Path,
        events: SimpleQueue[_Event],
        failed: Future[Answer] | None = None,
    ) -> None:
        """Begins a task that nobody has begun, or that has been begun and `failed`."""
        if self._is_elsewhere():
            try:
                ship(task, folder)
            except OSError as error:
                raise unwritable(error, folder) from None
        with self._lock:
            future = self._futures.get((folder, task.key))
            if future is None or future is failed:
                future = self._futures[folder, task.key] = self._submitted(task, folder, events)
        future.add_done_callback(lambda future: events.put((task, future)))

    def _submitted(self, task: MediaTask, folder: Path, events: SimpleQueue[_Event]) -> Future[Answer]:
        if self._is_stopped:
            raise CancelledError
        if self._executor is None:
            return self._done_here(task, folder, events)
        try:
            if not self._is_elsewhere():
                return self._executor.submit(done_in_pool, task, str(folder))
            self._shipped.setdefault(folder, set()).add(task.checksum)
            return self._executor.submit(done_remotely, task, str(folder), self._run)
        except BrokenExecutor:
            self._executor = None
            return self._done_here(task, folder, events)
        except Exception as error:
            raise _failed(_cause(error)) from None

    def _is_elsewhere(self) -> bool:
        """True when workers may be on other machines."""
        return not isinstance(self._executor, ThreadPoolExecutor | ProcessPoolExecutor | None)

    def _done_here(self, task: MediaTask, folder: Path, events: SimpleQueue[_Event]) -> Future[Answer]:
        def report(read: int) -> None:
            # Ends the process of the encoder, too.
            if self._is_stopped:
                raise CancelledError
            events.put((task, read))

        self._own = self._own or ThreadPoolExecutor(_AT_ONCE)
        return self._own.submit(done, task, str(folder), report)

    def _result(self, task: MediaTask, future: Future[Answer], folder: Path) -> ConversionError | None:
        """Why a task has failed; None when it is done. Raises _LostError and PackageError."""
        try:
            kind, *more = future.result()
        except BrokenExecutor as error:
            self._executor = None
            raise _LostError(_cause(error)) from None
        except Exception as error:
            if self._executor is None:
                raise
            # An executor may raise anything: only its own code knows what a lost worker is.
            raise _LostError(_cause(error)) from None
        match kind, more:
            case "failed", [cause]:
                return ConversionError(cast(Cause, cause), is_picture=task.kind in PICTURE_KINDS)
            case "unwritable", [code, text, name]:
                raise unwritable(OSError(code, text, name), folder)
            case "raised", [text]:
                raise _LostError(_cause(str(text)))
            case "other-version", _:
                hint = "Install the same versions on all machines."
                raise _failed(Message("a worker has another version of coursepack or of its encoders"), hint)
        if kind == "made" and is_made(task, folder):
            return None
        message = Message("a worker does not see what is in the cache {0}", Quoted(str(folder)))
        raise _LostError(message, "Name a folder with --cache that all machines have under this path.")


def _cause(error: BaseException | str) -> Message:
    text = error if isinstance(error, str) else error_text(error)
    return Message("the executor has failed: {0}", Quoted(text))


def _failed(message: Message, hint: str = "") -> PackageError:
    return PackageError(
        Report.of([course_problem("package/executor-failed", message, Location("executor"), hint)])
    )


def not_convertible(src: str, failure: ConversionError, place: Location) -> Problem:
    """The problem of a file that a page names at `place`."""
    message = Message("{0}: {1}", Quoted(src), failure.message)
    return course_problem("media/not-convertible", message, place, failure.hint)


def done_in(
    workshop: Workshop, step: str, tasks: Iterable[MediaTask], folder: Path
) -> dict[str, ConversionError]:
    """Does tasks in the cache in a folder, and returns why some have failed, by their keys.

    Progress is told by the bytes of inputs. Raises PackageError.
    """
    wanted = {task.key: task for task in tasks}
    if not wanted:
        return {}
    if workshop.work is None:
        with Workers() as workers:
            return done_in(workshop._replace(work=workers), step, wanted.values(), folder)
    try:
        sizes = {
            key: _PASSES.get(task.kind, 1) * os.stat(task.source).st_size for key, task in wanted.items()
        }
    except OSError as error:
        raise unwritable(error, folder) from None
    read, total = dict.fromkeys(sizes, 0), sum(sizes.values())

    def on_read(task: MediaTask, done: int) -> None:
        # Overlapping parts of a file are counted more than once.
        read[task.key] = min(done, sizes[task.key])
        workshop.progress(step, sum(read.values()), total)

    workshop.progress(step, 0, total)
    failures = {}
    for task, failure in workshop.work(list(wanted.values()), folder, on_read):
        if failure:
            failures[task.key] = failure
        on_read(task, sizes[task.key])
    return failures
