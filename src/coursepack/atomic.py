"""Files that appear whole or not at all, under names of one's own; and locks that end with their process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

OWN = ".coursepack-"
"""How the names of files and folders begin that are not whole yet."""

BINARY = getattr(os, "O_BINARY", 0)


def own_name(folder: Path) -> Path:
    """A path in `folder` that nobody else has, for what is not whole yet."""
    return folder / f"{OWN}{os.urandom(8).hex()}"


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all. A link is replaced, not what it leads to. Raises OSError."""
    aside = own_name(path.parent)
    # open(2): with O_EXCL no link is followed, and nothing that is there is written to.
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(aside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(aside)
        raise


def left_over(folder: Path) -> list[Path]:
    """What processes that were killed left in a folder. Raises OSError."""
    return [folder / name for name in os.listdir(folder) if name.startswith(OWN)]


def hold(handle: int, waiting: Callable[[], object] = lambda: None) -> None:
    """Locks an open file until it is closed; of a process that is gone the system closes it.

    `waiting` is called once when another process has the lock. Where the file system knows none, nothing is locked.
    """
    try:
        _lock(handle, wait=False)
    except BlockingIOError:
        waiting()
        _lock(handle, wait=True)
    except OSError:
        # Some network file systems have none. To write without is better than not at all.
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
