"""The cache of converted pictures: files for each combination of input, rung and encoder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from coursepack.atomic import temporary_path, write_atomically
from coursepack.course.pictures import PictureConversion, PictureRung
from coursepack.media import reads_heic
from coursepack.media.cache import HALF, encoder, remove_abandoned
from coursepack.media.checksums import Checksums, sum_of
from coursepack.media.process import convert_picture, take_stills
from coursepack.media.task import Kind, MediaTask

_FORMAT = 2
"""To be increased when a change of `pictures` changes its output."""


class PictureFile(NamedTuple):
    """A file of a converted picture: its width and height in pixels, and where it is."""

    width: int
    height: int
    path: Path


class PictureCache:
    """Converted pictures in a folder, which builds and machines can share.

    An entry is some files and a list of them with their checksums, `<key>-<number>.<extension>` and `<key>.json`. All
    are renamed when complete, the list last. An entry that does not match its list is replaced. The time of the list is
    that of the last use.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._encoder = [encoder("pillow"), encoder("pillow-heif") if reads_heic() else ""]
        self._sums = Checksums()

    def key(self, source: Path, conversion: PictureConversion) -> str:
        """The name of an entry. Raises OSError."""
        return self.conversion(source, conversion).key

    def conversion(self, source: Path, conversion: PictureConversion) -> MediaTask:
        """The task that converts a picture. Raises OSError."""
        checksum, settings = self._sums[source], (conversion.limits, conversion.hdr)
        key = self.key_of("picture", checksum, settings)
        return MediaTask("picture", key, os.path.abspath(source), checksum, settings)

    def key_of(self, _kind: Kind, checksum: str, settings: Sequence[object]) -> str:
        """The name of the entry that a task makes here: another encoder makes another one."""
        known = [_FORMAT, self._encoder, settings, checksum]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()

    def has(self, task: MediaTask) -> bool:
        """True when the entry of a task is in the cache and undamaged."""
        return self.found(task.key) is not None

    def found(self, key: str) -> tuple[PictureFile, ...] | None:
        """The files of an entry, the one for every browser first, if it is in the cache and undamaged.

        No files: the picture stays as it is.
        """
        index = self.folder / f"{key}.json"
        # Before the entry is read: it must not be pruned meanwhile. A shared folder can be read-only.
        with suppress(OSError):
            os.utime(index)
        try:
            listed = json.loads(index.read_bytes())
            files = []
            for number, (ending, width, height, expected) in enumerate(listed):
                path = self._path(key, number, ending)
                if sum_of(path) != expected:
                    return None
                files.append(PictureFile(width, height, path))
        except (OSError, ValueError, TypeError):
            return None
        return tuple(files)

    def stills_key(self, source: Path, seconds: Sequence[float]) -> str:
        """The name of the entry with the pictures of a film at these times. Raises OSError."""
        sum_ = self._sums[source]
        settings = [_FORMAT, self._encoder, encoder("av"), "stills", seconds, sum_]
        return sum_[:HALF] + hashlib.sha256(json.dumps(settings).encode()).hexdigest()[HALF:]

    def make(self, task: MediaTask, source: Path, _on_read: Callable[[int], object]) -> None:
        """Converts a picture into the cache. Raises ConversionError and OSError."""
        rung, hdr = task.settings
        self._make(task.key, lambda aside: convert_picture(source, aside, PictureRung(*rung), hdr))

    def stills(self, key: str, source: Path, seconds: Sequence[float]) -> tuple[PictureFile, ...]:
        """Takes pictures of a film into the cache, one for each time. Raises ConversionError and OSError."""
        return self._make(key, lambda aside: take_stills(source, aside, seconds))

    def _make(
        self, key: str, make: Callable[[Path], Iterable[tuple[str, int, int]]]
    ) -> tuple[PictureFile, ...]:
        """Makes an entry of the files that `make` writes, whose names begin with the path that it is given."""
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(self.folder)
        aside = temporary_path(self.folder)
        files, listed = [], []
        try:
            for number, (ending, width, height) in enumerate(make(aside)):
                path = self._path(key, number, ending)
                part = aside.with_name(f"{aside.name}-{number}.{ending}")
                listed.append((ending, width, height, sum_of(part)))
                os.replace(part, path)
                files.append(PictureFile(width, height, path))
        finally:
            for part in self.folder.glob(f"{aside.name}-*"):
                with suppress(OSError):
                    part.unlink()
        write_atomically(self.folder / f"{key}.json", json.dumps(listed).encode())
        return tuple(files)

    def _path(self, key: str, number: int, ending: str) -> Path:
        return self.folder / f"{key}-{number}.{ending}"
