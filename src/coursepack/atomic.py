"""Atomic writes, unique temporary names, and locks that end with their process."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TEMPORARY_PREFIX = ".coursepack-"
"""Prefix of temporary files and folders."""

BINARY = getattr(os, "O_BINARY", 0)


def temporary_path(folder: Path) -> Path:
    """A unique path in `folder` for a temporary file or folder."""
    return folder / f"{TEMPORARY_PREFIX}{os.urandom(8).hex()}"


def write_atomically(path: Path, data: bytes, *, keeps_mode: bool = False) -> None:
    """Writes a file atomically. A link is replaced, not its target. Raises OSError.

    With `keeps_mode`, the file exists, and keeps its permissions.
    """
    aside = temporary_path(path.parent)
    # open(2): O_EXCL follows no links and fails if the path exists.
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if keeps_mode:
            os.chmod(aside, stat.S_IMODE(os.stat(path).st_mode))
        os.replace(aside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(aside)
        raise


def leftovers(folder: Path) -> list[Path]:
    """Temporary files and folders of killed processes. Raises OSError."""
    return [folder / name for name in os.listdir(folder) if name.startswith(TEMPORARY_PREFIX)]


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Lets one process at a time write in a folder, where the system can lock one."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        # Windows cannot open folders; an unreadable one is reported when its files are read.
        yield
        return
    try:
        lock_file(handle)
        yield
    finally:
        os.close(handle)


def lock_file(handle: int, waiting: Callable[[], object] = lambda: None) -> None:
    """Locks an open file until it is closed or the process ends.

    Calls `waiting` once when another process holds the lock. Does nothing when the file system has no locks.
    """
    try:
        _lock(handle, wait=False)
    except BlockingIOError:
        waiting()
        _lock(handle, wait=True)
    except OSError:
        # Some network file systems have no locks; writing without one is better than failing.
        return


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, *, wait: bool) -> None:
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
                return
            except OSError as error:
                # LK_LOCK gives up after ten seconds.
                if not wait:
                    raise BlockingIOError from error

else:
    import fcntl

    def _lock(handle: int, *, wait: bool) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
