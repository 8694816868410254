"""The folder that packages are built into: one build at a time writes in it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

from coursepack.atomic import hold, left_over, own_name

HIDDEN = ".coursepack"
"""Folder beside the packages: of what each was built, the lock, and what is not whole yet."""

_OLD = "old"


class OutFolder:
    """The folder `path`, which this build has for itself from when it is entered until it is left.

    One that is not there yet is made, and held, by `make` only: a course that cannot be built leaves nothing.
    `waiting` is called when another build has to end first.
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
        """Makes the folder when it is missing. Raises OSError."""
        self.hidden.mkdir(parents=True, exist_ok=True)
        if not self._held:
            self._hold()
        # Here, and not by a second process that helps to write: it would be nobody's to clear.
        self.work()

    def work(self) -> Path:
        """A folder on the same file system for what is not whole yet; gone when the build ends. Raises OSError."""
        if self._work is None:
            work = own_name(self.hidden)
            work.mkdir()
            self._stack.callback(self._clear, work)
            self._work = work
        return self._work

    def replace(self, folder: Path, made: Path) -> None:
        """Puts the folder `made`, which is whole, into the place of `folder`. Raises OSError.

        Whatever stops it between its two steps, the earlier folder is put back: now, or by the next build.
        """
        old = self.work() / _OLD
        old.mkdir(exist_ok=True)
        if os.path.lexists(folder):
            os.replace(folder, old / folder.name)
        os.replace(made, folder)

    def _hold(self) -> None:
        """Waits until no other build is in the folder, and puts right what a killed one left. Raises OSError."""
        self._held = True
        while True:
            handle = self._opened()
            if handle is None:
                return
            hold(handle, self._waiting)
            if self._is_lock(handle):
                break
            os.close(handle)
        self._stack.callback(os.close, handle)
        for left in left_over(self.hidden):
            self._clear(left)

    def _opened(self) -> int | None:
        """The lock file; None for a user who may not write here, and so has nothing to be alone for."""
        for mode in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
            try:
                return os.open(self._lock, mode | getattr(os, "O_NOFOLLOW", 0), 0o666)
            except OSError as error:
                if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT):
                    raise
        return None

    def _is_lock(self, handle: int) -> bool:
        """False when the file was removed while another build held it."""
        try:
            return os.path.samestat(os.fstat(handle), os.stat(self._lock))
        except OSError:
            return False

    def _clear(self, left: Path) -> None:
        """Removes unfinished work. A folder that was to be replaced and is missing is put back first."""
        with suppress(OSError):
            # Mostly nothing is left in it, and what removes whole trees takes long to import.
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
            # What could not be put back stays for the next build.
            return
        shutil.rmtree(left, ignore_errors=True)
