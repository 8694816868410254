"""The cache of converted films and sounds: a file for each combination of input, rung and encoder."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

from coursepack.atomic import TEMPORARY_PREFIX, temporary_path, write_atomically
from coursepack.course.rungs import Conversion
from coursepack.media.encode import THREADS
from coursepack.media.process import convert

_FORMAT = 2
"""To be increased when a change of `encode` changes its output."""
IN_USE = 86_400
"""Seconds within which a running build can still need what it has found or made, or write a temporary file."""

_ENTRY = re.compile(r"([0-9a-f]{64})\.(?:mp4|m4a|json)")
_TEMPORARY = re.compile(rf"{re.escape(TEMPORARY_PREFIX)}[0-9a-f]+(?:\.\w+)?")


def encoder() -> str:
    """Identifies the installed build of FFmpeg by its checksums. The same build gives the same bytes."""
    files = distribution("av").files or ()
    sums = sorted(each.hash.value for each in files if each.hash and each.suffix not in (".py", ".pyi"))
    return hashlib.sha256("\n".join([distribution("av").version, *sums]).encode()).hexdigest()


class MediaCache:
    """Converted films and sounds in a folder, which builds and machines can share.

    An entry is a file and its checksum, `<key>.mp4` and `<key>.json`. Both are renamed when complete, the checksum
    last. An entry without a matching checksum is replaced. The time of the checksum is that of the last use.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._encoder = encoder()
        self._sums: dict[Path, str] = {}

    def key(self, source: Path, conversion: Conversion) -> str:
        """The name of an entry. Raises OSError."""
        if source not in self._sums:
            self._sums[source] = _sum(source)
        sum_ = self._sums[source]
        settings = [_FORMAT, self._encoder, THREADS, conversion.is_film, conversion.limits, sum_]
        return hashlib.sha256(json.dumps(settings).encode()).hexdigest()

    def found(self, key: str, conversion: Conversion) -> Path | None:
        """The converted file, if it is in the cache and undamaged."""
        path = self._path(key, conversion)
        # Before the entry is read: it must not be pruned meanwhile. A shared folder can be read-only.
        with suppress(OSError):
            os.utime(path.with_suffix(".json"))
        try:
            size, checksum = json.loads(path.with_suffix(".json").read_bytes())
            is_whole = path.stat().st_size == size and _sum(path) == checksum
        except (OSError, ValueError, TypeError):
            return None
        return path if is_whole else None

    def made(self, key: str, source: Path, conversion: Conversion, on_read: Callable[[int], object]) -> Path:
        """Converts a file into the cache. Calls `on_read` with the number of bytes that have been read.

        Raises ConversionError and OSError.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(self.folder)
        path = self._path(key, conversion)
        aside = temporary_path(self.folder).with_suffix(path.suffix)
        try:
            convert(source, aside, conversion.limits, conversion.is_film, on_read)
            size, checksum = aside.stat().st_size, _sum(aside)
            os.replace(aside, path)
        finally:
            with suppress(OSError):
                aside.unlink()
        write_atomically(path.with_suffix(".json"), json.dumps([size, checksum]).encode())
        return path

    def _path(self, key: str, conversion: Conversion) -> Path:
        return self.folder / f"{key}.{conversion.ending}"


class CacheEntry(NamedTuple):
    """An entry as it is on disk: its files, the checksum first, their bytes, and when a build used it (POSIX time)."""

    key: str
    files: tuple[Path, ...]
    size: int
    used: float

    def remove(self) -> None:
        """Deletes the entry. Raises OSError."""
        for path in self.files:
            path.unlink(missing_ok=True)


def entries_in(folder: Path) -> list[CacheEntry]:
    """The entries of a cache, the one that was not used for the longest time first; other files are none.

    A folder that does not exist has none. Raises OSError.
    """
    found: dict[str, list[tuple[Path, os.stat_result]]] = {}
    for path, name in _regular_files(folder, _ENTRY):
        with suppress(FileNotFoundError):
            found.setdefault(name[1], []).append((path, path.stat()))
    entries = []
    for key, files in found.items():
        # Without its checksum, an entry is not used any more.
        files.sort(key=lambda each: each[0].suffix != ".json")
        paths, facts = zip(*files, strict=True)
        entries.append(CacheEntry(key, paths, sum(each.st_size for each in facts), facts[0].st_mtime))
    return sorted(entries, key=lambda entry: (entry.used, entry.key))


def remove_abandoned(folder: Path) -> None:
    """Deletes temporary files of killed processes. Raises OSError when the folder cannot be read."""
    now = time.time()
    for path, _ in _regular_files(folder, _TEMPORARY):
        with suppress(OSError):
            if now - path.stat().st_mtime > IN_USE:
                path.unlink()


def _regular_files(folder: Path, pattern: re.Pattern[str]) -> Iterator[tuple[Path, re.Match[str]]]:
    """The files with such names; links and folders are not of the cache."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return
    for name in names:
        match = pattern.fullmatch(name)
        with suppress(FileNotFoundError):
            if match and stat.S_ISREG(os.lstat(folder / name).st_mode):
                yield folder / name, match


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
