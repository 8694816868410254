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
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from coursepack.atomic import TEMPORARY_PREFIX, temporary_path, write_atomically
from coursepack.course.rungs import Conversion, Rung
from coursepack.media.checksums import Checksums, sum_of
from coursepack.media.encode import THREADS
from coursepack.media.fit_samples import Measured, Measures
from coursepack.media.process import convert, fit, likeness, measure, moments
from coursepack.result import FilmSize

T = TypeVar("T")

_FORMAT = 3
"""To be increased when a change of `encode` changes its output."""
IN_USE = 86_400
"""Seconds within which a running build can still need what it has found or made, or write a temporary file."""

_ENTRY = re.compile(r"([0-9a-f]{64})(?:\.(?:mp4|m4a|json|measured)|-\d+\.(?:jpg|png|webp|avif))")
_TEMPORARY = re.compile(rf"{re.escape(TEMPORARY_PREFIX)}[0-9a-f]+(?:-\d+)?(?:\.\w+)*")
HALF = 32
"""Signs of a film's checksum with which the keys of what belongs to a largest size, and of its pictures, begin."""


def encoder(package: str) -> str:
    """Identifies the installed build of a package by its checksums. The same build gives the same bytes."""
    found = distribution(package)
    files = found.files or ()
    sums = sorted(each.hash.value for each in files if each.hash and each.suffix not in (".py", ".pyi"))
    return hashlib.sha256("\n".join([found.version, *sums]).encode()).hexdigest()


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

    def key(self, source: Path, conversion: Conversion) -> str:
        """The name of an entry. Raises OSError."""
        return self._key([conversion.is_film, conversion.limits, self._sums[source]])

    def found(self, key: str, conversion: Conversion) -> Path | None:
        """The converted file, if it is in the cache and undamaged."""
        return self._found(self._path(key, conversion))

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

    def made(self, key: str, source: Path, conversion: Conversion, on_read: Callable[[int], object]) -> Path:
        """Converts a file into the cache. Calls `on_read` with the number of bytes that have been read.

        Raises ConversionError and OSError.
        """
        path = self._path(key, conversion)

        def make(aside: Path) -> None:
            kind = {"is_animation": True} if conversion.is_animation else {}
            convert(source, aside, conversion.limits, conversion.is_film, on_read, **kind)

        self._make(path, make)
        return path

    def fitted(
        self, source: Path, rung: Rung, most: int, largest: Rung, on_read: Callable[[int], object]
    ) -> tuple[Path, float]:
        """A film converted to at most `most` bytes, and its likeness to the source: see `process.fit`.

        Raises ConversionError and OSError.
        """
        key = self._fit_key(source, ["fitted", rung, most, largest])
        path = self.folder / f"{key}.mp4"

        def make() -> float:
            return self._make(path, lambda aside: fit(source, aside, rung, most, largest, on_read))

        if self._found(path) is None:
            path.with_suffix(".measured").unlink(missing_ok=True)
        return path, float(self._measured(key, make))

    def measures(
        self, source: Path, limits: Sequence[Rung], sounds: Sequence[Rung], on_read: Callable[[int], object]
    ) -> Measures:
        """What a film becomes within limits: see `process.measure`. Raises ConversionError and OSError."""
        key = self._fit_key(source, ["measures", limits, sounds])
        points, weights = self._measured(
            key, lambda: self._aside(lambda aside: measure(source, aside, limits, sounds, on_read))
        )
        return Measures([Measured((p[0], p[1]), size, ssim) for p, size, ssim in points], weights)

    def likeness(self, source: Path, result: Path, largest: Rung, on_read: Callable[[int], object]) -> float:
        """The likeness of a converted film to its source: see `process.likeness`.

        Raises ConversionError and OSError.
        """
        key = self._fit_key(source, ["likeness", largest, self._sums[result]])
        return float(self._measured(key, lambda: likeness(source, result, largest, on_read)))

    def keep_fit(self, source: Path, package: str, most: int, told: FilmSize) -> None:
        """Keeps what the last build with a largest size of a package told of a film. Raises OSError."""
        self._write_measured(self._told_key(source, package, most), list(told))

    def last_fit(self, source: Path, package: str, most: int) -> FilmSize | None:
        """What the last build told of a film in a package with that largest size. Raises OSError."""
        told = self._known(self._told_key(source, package, most))
        return None if told is None else FilmSize(*told)

    def _told_key(self, source: Path, package: str, most: int) -> str:
        return self._fit_key(source, ["told", package, most])

    def moments(
        self, source: Path, begins: Sequence[float], most: int, on_read: Callable[[int], object]
    ) -> list[float]:
        """The seconds of the key pictures of a film: see `process.moments`. Raises ConversionError and OSError."""
        key = self._moments_key(source, begins, most)
        return list(self._measured(key, lambda: moments(source, begins, most, on_read)))

    def known_moments(self, source: Path, begins: Sequence[float], most: int) -> list[float] | None:
        """The seconds of the key pictures of a film, if they are in the cache. Raises OSError."""
        known = self._known(self._moments_key(source, begins, most))
        return None if known is None else list(known)

    def _moments_key(self, source: Path, begins: Sequence[float], most: int) -> str:
        return self._fit_key(source, ["moments", begins, most])

    def fits_of(self, source: Path) -> list[str]:
        """The keys of all that belongs to a film in packages with a largest size or as text. Raises OSError."""
        begins = self._sums[source][:HALF]
        return [path.stem for path in self.folder.glob(f"{begins}*")]

    def _fit_key(self, source: Path, settings: Sequence[object]) -> str:
        sum_ = self._sums[source]
        return sum_[:HALF] + self._key([*settings, sum_])[HALF:]

    def _measured(self, key: str, make: Callable[[], Any]) -> Any:
        """A value that is kept too, with its checksum."""
        known = self._known(key)
        if known is not None:
            return known
        return self._write_measured(key, make())

    def _write_measured(self, key: str, value: Any) -> Any:
        text = json.dumps(value)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(
            self.folder / f"{key}.measured",
            json.dumps([text, hashlib.sha256(text.encode()).hexdigest()]).encode(),
        )
        return json.loads(text)

    def _known(self, key: str) -> Any:
        """A value that was kept, or None."""
        path = self.folder / f"{key}.measured"
        with suppress(OSError):
            os.utime(path)
        with suppress(OSError, ValueError, TypeError):
            text, checksum = json.loads(path.read_bytes())
            if hashlib.sha256(text.encode()).hexdigest() == checksum:
                return json.loads(text)
        return None

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
