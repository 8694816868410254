"""Notices which files of a folder were saved."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

_PAUSE = 0.05
"""Seconds between two looks at the folder, at least: as long as nobody notices."""

_SHARE = 20
"""A look may take this part of the time, whatever the size of the folder."""

_STILL = 0.01
"""Seconds for which a file must not change before it is read: editors write in several steps."""

_MOST_WAITS = 50

Fact = tuple[int, int, int]
Seen = Mapping[str, Fact]
"""Time, size and number of each file by its path in the folder."""


def seen(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What is known of each file of a folder without reading it. Hidden ones are left out: no course has any."""
    return dict(_walk(os.fspath(folder), ""))


def _walk(folder: str, inside: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        # It went meanwhile.
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        name = f"{inside}{entry.name}"
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, f"{name}/")
                continue
            facts = entry.stat()
        except OSError:
            continue
        yield name, (facts.st_mtime_ns, facts.st_size, facts.st_ino)


def changed(before: Seen, after: Seen) -> frozenset[str]:
    """The paths of files that are new, gone or different."""
    return frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


class Watcher:
    """A thread that calls `tell` with the paths of the files that were saved, once they are complete.

    It looks at times and sizes: that works on every file system, and costs less than a hundredth of a second.
    """

    def __init__(self, folder: Path, tell: Callable[[frozenset[str]], object]) -> None:
        self._folder, self._tell = folder, tell
        self._before = seen(folder)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ends once what was saved last is told."""
        self._end.set()
        self._thread.join(10)

    def _watch(self) -> None:
        pause = _PAUSE
        while not self._end.wait(pause):
            began = time.perf_counter()
            now = seen(self._folder)
            pause = max(_PAUSE, _SHARE * (time.perf_counter() - began))
            paths = changed(self._before, now)
            if paths:
                now = self._still(now)
                self._tell(changed(self._before, now) or paths)
                self._before = now

    def _still(self, now: dict[str, Fact]) -> dict[str, Fact]:
        """The folder when nothing is written to it any more, or after half a second."""
        for _ in range(_MOST_WAITS):
            time.sleep(_STILL)
            then, now = now, seen(self._folder)
            if then == now:
                break
        return now
