"""The cache of converted films and sounds: a file for each combination of input, rung and encoder."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from coursepack.atomic import TEMPORARY_PREFIX, temporary_path, write_atomically
from coursepack.course.rungs import Conversion, Rung
from coursepack.media import examinations_in, looks_in
from coursepack.media.checksums import Checksums, sum_of
from coursepack.media.task import Kind, MediaTask
from coursepack.media.x264 import THREADS
from coursepack.result import FilmSize

if TYPE_CHECKING:
    from coursepack.media.fit_samples import Measures

T = TypeVar("T")

_FORMAT = 5
"""To be increased when a change of `encode` changes its output."""
SHIPPED = "shipped"
"""The folder in a cache with what workers on other machines need while a build runs."""
IN_USE = 86_400
"""Seconds within which a running build can still need what it has found or made, or write a temporary file."""

_ENTRY = re.compile(r"([0-9a-f]{64})(?:\.(?:mp4|m4a|json|measured)|-\d+\.(?:jpg|png|webp|avif))")
_TEMPORARY = re.compile(rf"{re.escape(TEMPORARY_PREFIX)}[0-9a-f]+(?:-\d+)?(?:\.\w+)*")
_KNOWN = re.compile(r"[0-9a-f]{64}(?:\.\d+|\.path)?\.json")
_ANY = re.compile(r".*")
_LIBRARY = re.compile(r"^[^,]*\.(?:so|pyd|dll|dylib)\b[^,/]*,")
HALF = 32
"""Signs of a film's checksum with which the keys of what belongs to a largest size begin."""


@cache
def encoder(package: str) -> str:
    """Identifies the installed build of a package by the checksums of its libraries: the same one gives the same bytes.

    Other files depend on where and how it was installed.
    """
    found = distribution(package)
    recorded = (found.read_text("RECORD") or "").splitlines()
    sums = sorted(line.split(",")[1] for line in recorded if _LIBRARY.search(line))
    return hashlib.sha256("\n".join(sums or [found.version]).encode()).hexdigest()


class MediaCache:
    """Converted films and sounds in a folder, which builds and machines can share.

    An entry is a file and its checksum, `<key>.mp4` and `<key>.json`. Both are renamed when complete, the checksum
    last. An entry without a matching checksum is replaced. The time of the checksum is that of the last use. What has
    been measured of a film is in `<key>.measured`. The key of all that belongs to a largest size begins as the
    checksum of the film that was handed in.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._encoder = encoder("av")
        self._sums = Checksums()

    def conversion(self, source: Path, conversion: Conversion) -> MediaTask:
        """The task that converts a file. Raises OSError, as do those that follow."""
        return self._task("convert", source, conversion.is_film, conversion.limits, conversion.is_animation)

    def measuring(self, source: Path, limits: Sequence[Rung], sounds: Sequence[Rung]) -> MediaTask:
        """The task that tells what a film becomes within limits: see `process.measure`."""
        return self._task("measure", source, limits, sounds)

    def comparing(self, source: Path, result: Path, largest: Rung) -> MediaTask:
        """The task that tells how like its source a converted film in the cache is: see `process.likeness`."""
        return self._task("compare", source, result.name, largest)

    def fitting(self, source: Path, rung: Rung, most: int, largest: Rung) -> MediaTask:
        """The task that converts a film to at most `most` bytes: see `process.fit`."""
        return self._task("fit", source, rung, most, largest)

    def _task(self, kind: Kind, source: Path, *settings: object) -> MediaTask:
        checksum = self._sums[source]
        return MediaTask(
            kind, self.key_of(kind, checksum, settings), os.path.abspath(source), checksum, settings
        )

    def key_of(self, kind: Kind, checksum: str, settings: Sequence[object]) -> str:
        """The name of the entry that a task makes here: another encoder makes another one."""
        if kind == "convert":
            return self._key([*settings, checksum])
        return checksum[:HALF] + self._key([kind, *settings, checksum])[HALF:]

    def make(self, task: MediaTask, source: Path, on_read: Callable[[int], object]) -> None:
        """Makes the entry of a task from its input. Calls `on_read` with the number of bytes that have been read.

        Raises ConversionError and OSError.
        """
        # Takes time to import, and a build that finds what it needs has no use for it.
        from coursepack.media import process

        match task.kind, task.settings:
            case "convert", (is_film, limits, is_animation):
                rung = Rung(*limits) if limits else None
                kind = {"is_animation": True} if is_animation else {}
                self._make(
                    self._path(task),
                    lambda aside: process.convert(source, aside, rung, is_film, on_read, **kind),
                )
            case "measure", (limits, sounds):
                within, heard = ([Rung(*each) for each in rungs] for rungs in (limits, sounds))
                found = self._aside(lambda aside: process.measure(source, aside, within, heard, on_read))
                self._keep(task.key, found)
            case "compare", (result, largest):
                self._keep(task.key, process.likeness(source, self.folder / result, Rung(*largest), on_read))
            case "fit", (limits, most, largest):
                rung, most_pixels = Rung(*limits), Rung(*largest)
                made = self._make(
                    self._path(task),
                    lambda aside: process.fit(source, aside, rung, most, most_pixels, on_read),
                )
                self._keep(task.key, made)

    def has(self, task: MediaTask) -> bool:
        """True when the entry of a task is in the cache and undamaged."""
        if task.kind == "convert":
            return self.found(task) is not None
        if task.kind == "fit":
            return self.fitted(task) is not None
        return self._known(task.key) is not None

    def found(self, task: MediaTask) -> Path | None:
        """The converted file, if it is in the cache and undamaged."""
        return self._found(self._path(task))

    def fitted(self, task: MediaTask) -> tuple[Path, float] | None:
        """A film of at most so many bytes, and its likeness to the source, if both are in the cache and undamaged."""
        path, ssim = self._found(self._path(task)), self._known(task.key)
        return None if path is None or ssim is None else (path, float(ssim))

    def measures(self, task: MediaTask) -> Measures | None:
        """What a film becomes within limits, if that is in the cache and undamaged."""
        from coursepack.media.fit_samples import Measured, Measures

        found = self._known(task.key)
        if found is None:
            return None
        points, weights = found
        return Measures([Measured((p[0], p[1]), size, ssim) for p, size, ssim in points], weights)

    def likeness(self, task: MediaTask) -> float | None:
        """The likeness of a converted film to its source, if that is in the cache and undamaged."""
        found = self._known(task.key)
        return None if found is None else float(found)

    def _path(self, task: MediaTask) -> Path:
        """Where the file of a task is."""
        is_film = task.kind == "fit" or task.settings[0]
        return self.folder / f"{task.key}.{'mp4' if is_film else 'm4a'}"

    def _found(self, path: Path) -> Path | None:
        # Before the entry is read: it must not be pruned meanwhile. A shared folder can be read-only.
        with suppress(OSError):
            os.utime(path.with_suffix(".json"))
        try:
            size, checksum = json.loads(path.with_suffix(".json").read_bytes())
            is_whole = path.stat().st_size == size and sum_of(path) == checksum
        except (OSError, ValueError, TypeError):
            return None
        return path if is_whole else None

    def keep_fit(self, source: Path, package: str, most: int, told: FilmSize) -> None:
        """Keeps what the last build with a largest size of a package told of a film. Raises OSError."""
        self._keep(self._told_key(source, package, most), list(told))

    def last_fit(self, source: Path, package: str, most: int) -> FilmSize | None:
        """What the last build told of a film in a package with that largest size. Raises OSError."""
        told = self._known(self._told_key(source, package, most))
        return None if told is None else FilmSize(*told)

    def _told_key(self, source: Path, package: str, most: int) -> str:
        sum_ = self._sums[source]
        return sum_[:HALF] + self._key(["told", package, most, sum_])[HALF:]

    def fits_of(self, source: Path) -> list[str]:
        """The keys of all that belongs to a film in packages with a largest size. Raises OSError."""
        begins = self._sums[source][:HALF]
        return [path.stem for path in self.folder.glob(f"{begins}*")]

    def _known(self, key: str) -> Any:
        """What was measured, if it is in the cache and undamaged."""
        path = self.folder / f"{key}.measured"
        with suppress(OSError):
            os.utime(path)
        with suppress(OSError, ValueError, TypeError):
            text, checksum = json.loads(path.read_bytes())
            if hashlib.sha256(text.encode()).hexdigest() == checksum:
                return json.loads(text)
        return None

    def _keep(self, key: str, value: object) -> None:
        """Stores what was measured, with its checksum."""
        text = json.dumps(value)
        self.folder.mkdir(parents=True, exist_ok=True)
        whole = json.dumps([text, hashlib.sha256(text.encode()).hexdigest()])
        write_atomically(self.folder / f"{key}.measured", whole.encode())

    def _make(self, path: Path, make: Callable[[Path], T]) -> T:
        """Makes an entry, and returns what `make` does."""

        def moved(aside: Path) -> tuple[T, int, str]:
            made = make(aside)
            size, checksum = aside.stat().st_size, sum_of(aside)
            os.replace(aside, path)
            return made, size, checksum

        made, size, checksum = self._aside(moved, path.suffix)
        write_atomically(path.with_suffix(".json"), json.dumps([size, checksum]).encode())
        return made

    def _aside(self, make: Callable[[Path], T], ending: str = "") -> T:
        """What `make` returns, which gets the path of a temporary file. Others can begin with that path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(self.folder)
        aside = temporary_path(self.folder).with_suffix(ending)
        try:
            return make(aside)
        finally:
            for left in self.folder.glob(f"{aside.name}*"):
                with suppress(OSError):
                    left.unlink()

    def _key(self, settings: Sequence[object]) -> str:
        known = [_FORMAT, self._encoder, THREADS, *settings]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()


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


def known_in(folder: Path) -> list[CacheEntry]:
    """What a cache knows of films and sounds, the longest unused first. Raises OSError."""
    entries = []
    for each in (examinations_in(folder), looks_in(folder)):
        for path, name in _regular_files(each, _KNOWN):
            with suppress(FileNotFoundError):
                facts = path.stat()
                entries.append(CacheEntry(name[0], (path,), facts.st_size, facts.st_mtime))
    return sorted(entries, key=lambda entry: (entry.used, entry.key))


def remove_abandoned(folder: Path) -> None:
    """Deletes what killed processes have left. Raises OSError when the folder cannot be read."""
    now = time.time()
    for path, _ in (
        *_regular_files(folder, _TEMPORARY),
        *_regular_files(examinations_in(folder), _TEMPORARY),
        *_regular_files(looks_in(folder), _TEMPORARY),
        *_regular_files(folder / SHIPPED, _ANY),
    ):
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
