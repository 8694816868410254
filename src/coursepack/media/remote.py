"""Does tasks, here or on the workers of an executor, which see the cache but not the course folder.

An input is put into the cache by its checksum. A worker that begins a task leaves a mark there until the task
ends. What has ended its worker again and again is known by its marks, and not begun any more.
"""

from __future__ import annotations

import os
import platform
import shutil
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from coursepack.atomic import temporary_path
from coursepack.media.cache import SHIPPED, MediaCache
from coursepack.media.checksums import sum_of
from coursepack.media.failures import ConversionError
from coursepack.media.picture_cache import PictureCache
from coursepack.media.task import MediaTask

TRIES = 3
"""Times that a task is begun on a worker: one that ends each of them is to blame, and none is ended any more."""

Answer = tuple[str | int | None, ...]
"""How a task ended: `made`; `failed` and the cause; `unwritable`, and the code, the text and the file of the error;
`no-input`; `other-version`; `raised` and the name and text of any other error."""


def done(task: MediaTask, folder: str, on_read: Callable[[int], object] = lambda done: None) -> Answer:
    """Does a task with its input where the course has it. Calls `on_read` with the bytes that have been read."""
    return _made(task, Path(task.source), Path(folder), on_read)


def done_in_pool(task: MediaTask, folder: str) -> Answer:
    """Does a task as `done` does, in a process or a thread of a pool."""
    return _told(lambda: done(task, folder))


def done_remotely(task: MediaTask, folder: str, run: str) -> Answer:
    """Does a task with the input that was shipped. The marks of a run begin with its name."""
    return _told(lambda: _done_remotely(task, folder, run))


def _told(do: Callable[[], Answer]) -> Answer:
    try:
        return do()
    except Exception as error:
        # An error need not survive its way to another process, and executors differ in what they make of that.
        return "raised", error_text(error)


def error_text(error: BaseException) -> str:
    """The name and the text of an error."""
    return traceback.format_exception_only(error)[-1].strip()


def _done_remotely(task: MediaTask, folder: str, run: str) -> Answer:
    cache, shipped = Path(folder), Path(folder) / SHIPPED
    source = shipped / task.checksum
    try:
        if _cache_of(task, cache).key_of(task.kind, task.checksum, task.settings) != task.key:
            return ("other-version",)
    except PackageNotFoundError:
        return ("other-version",)
    try:
        if sum_of(source) != task.checksum:
            source.unlink()
            return ("no-input",)
    except OSError:
        return ("no-input",)
    marks = [shipped / f"{run}-{task.key}-{number}" for number in range(TRIES)]
    with _TURNS.turn(alone=marks[0].exists()):
        for mark in marks:
            try:
                with mark.open("x", encoding="utf-8") as file:
                    file.write(f"{platform.node()} {os.getpid()}\n")
            except FileExistsError:
                continue
            except OSError as error:
                return "unwritable", error.errno, error.strerror, error.filename
            try:
                return ("made",) if is_made(task, cache) else _made(task, source, cache, lambda done: None)
            finally:
                mark.unlink(missing_ok=True)
    return "failed", "crash"


def is_made(task: MediaTask, folder: Path) -> bool:
    """True when the entry of a task is in the cache and undamaged."""
    return _cache_of(task, folder).has(task)


def ship(task: MediaTask, folder: Path) -> None:
    """Puts the input of a task into a cache, where workers find it. Raises OSError."""
    target = folder / SHIPPED / task.checksum
    with suppress(FileNotFoundError):
        if target.stat().st_size == os.stat(task.source).st_size:
            # What nobody has used for long is deleted.
            os.utime(target)
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = temporary_path(target.parent)
    try:
        shutil.copyfile(task.source, aside)
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)


def unship(folder: Path, run: str, checksums: set[str]) -> None:
    """Deletes the inputs that a run has shipped, and its marks. Another run that needs an input ships it again."""
    for path in (
        *(folder / SHIPPED / checksum for checksum in checksums),
        *(folder / SHIPPED).glob(f"{run}-*"),
    ):
        with suppress(OSError):
            path.unlink(missing_ok=True)
    with suppress(OSError):
        (folder / SHIPPED).rmdir()


def _made(task: MediaTask, source: Path, folder: Path, on_read: Callable[[int], object]) -> Answer:
    try:
        _cache_of(task, folder).make(task, source, on_read)
    except ConversionError as error:
        return "failed", error.cause
    except OSError as error:
        return "unwritable", error.errno, error.strerror, error.filename
    return ("made",)


def _cache_of(task: MediaTask, folder: Path) -> MediaCache | PictureCache:
    return (
        PictureCache(folder) if task.kind in ("picture", "stills", "frame", "poster") else MediaCache(folder)
    )


class _Turns:
    """Lets tasks of a process run side by side, except one that may have ended another: it runs alone.

    Otherwise those that run beside it would be blamed with it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._is_taken = False

    @contextmanager
    def turn(self, *, alone: bool) -> Iterator[None]:
        """Waits until the task may run, and lets others run after it."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_taken)
            self._is_taken = alone
            if alone:
                self._changed.wait_for(lambda: not self._running)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._is_taken = self._is_taken and not alone
                self._changed.notify_all()


# An executor begins tasks in one process by the name of a function alone.
_TURNS = _Turns()
