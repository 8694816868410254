"""The output folder of a build. One build at a time writes to it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

from coursepack.atomic import leftovers, lock_file, temporary_path

HIDDEN = ".coursepack"
"""Hidden folder next to the packages: cache entries, the lock, and temporary files."""

_OLD = "old"


class OutFolder:
    """The output folder `path`, locked by this build while the context is active.

    `make` creates and locks a folder that does not exist: a course that cannot be built leaves nothing behind.
    Calls `waiting` when another build has the lock.
    """

    def __init__(self, path: Path, waiting: Callable[[], object] = lambda: None) -> None:
        self.path = path
        self.hidden = path / HIDDEN
        self._lock = self.hidden / "lock"
        self._waiting = waiting
        self._stack = ExitStack()
        self._held = False
        self._work: Path | None = None

    def __enter__(self) -> OutFolder:
        if os.path.isdir(self.hidden):
            self._hold()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def make(self) -> None:
        """Creates the folder when it is missing. Raises OSError."""
        self.hidden.mkdir(parents=True, exist_ok=True)
        if not self._held:
            self._hold()
        # Not in a helper process, whose folder would never be removed.
        self.work()

    def work(self) -> Path:
        """A folder for temporary files on the same file system, removed when the build ends. Raises OSError."""
        if self._work is None:
            work = temporary_path(self.hidden)
            work.mkdir()
            self._stack.callback(self._clear, work)
            self._work = work
        return self._work

    def replace(self, folder: Path, made: Path) -> None:
        """Replaces `folder` with the complete folder `made`. Raises OSError.

        If it is interrupted between its two steps, the earlier folder is restored, at the latest by the next build.
        """
        old = self.work() / _OLD
        old.mkdir(exist_ok=True)
        if os.path.lexists(folder):
            os.replace(folder, old / folder.name)
        os.replace(made, folder)

    def _hold(self) -> None:
        """Waits for other builds, locks the folder, and cleans up after killed ones. Raises OSError."""
        self._held = True
        while True:
            handle = self._opened()
            if handle is None:
                return
            lock_file(handle, self._waiting)
            if self._is_lock(handle):
                break
            os.close(handle)
        self._stack.callback(os.close, handle)
        for left in leftovers(self.hidden):
            self._clear(left)

    def _opened(self) -> int | None:
        """The lock file, or None for a user who cannot write here and needs no lock."""
        for mode in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
            try:
                return os.open(self._lock, mode | getattr(os, "O_NOFOLLOW", 0), 0o666)
            except OSError as error:
                if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT):
                    raise
        return None

    def _is_lock(self, handle: int) -> bool:
        """False when the file was removed while another build held the lock."""
        try:
            return os.path.samestat(os.fstat(handle), os.stat(self._lock))
        except OSError:
            return False

    def _clear(self, left: Path) -> None:
        """Removes temporary files. A folder that was being replaced and is missing is restored first."""
        with suppress(OSError):
            # It is usually empty, and importing shutil takes time.
            os.rmdir(left)
            return
        import shutil

        try:
            if os.path.isdir(left / _OLD):
                for name in os.listdir(left / _OLD):
                    if not os.path.lexists(self.path / name):
                        os.replace(left / _OLD / name, self.path / name)
            elif not os.path.isdir(left):
                os.unlink(left)
        except OSError:
            # Left for the next build.
            return
        shutil.rmtree(left, ignore_errors=True)
