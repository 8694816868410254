"""The cache of converted films and sounds: a file for each combination of input, rung and encoder."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import distribution
from pathlib import Path

from coursepack.atomic import TEMPORARY_PREFIX, temporary_path, write_atomically
from coursepack.course.rungs import Conversion
from coursepack.media.encode import THREADS
from coursepack.media.process import convert

_FOLDER = Path(".coursepack", "media")

_FORMAT = 1
"""To be increased when a change of `encode` changes its output."""
_ABANDONED = 86_400
"""Age in seconds of temporary files that only a killed process can have left."""


def usual_folder(course: Path) -> Path:
    """The cache of a course folder: it is beside the course."""
    return course.resolve().parent / _FOLDER


def encoder() -> str:
    """Identifies the installed build of FFmpeg by its checksums. The same build gives the same bytes."""
    files = distribution("av").files or ()
    sums = sorted(each.hash.value for each in files if each.hash and each.suffix not in (".py", ".pyi"))
    return hashlib.sha256("\n".join([distribution("av").version, *sums]).encode()).hexdigest()


class MediaCache:
    """Converted films and sounds in a folder, which builds and machines can share.

    An entry is a file and its checksum, `<key>.mp4` and `<key>.json`. Both are renamed when complete, the checksum
    last. An entry without a matching checksum is replaced.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._encoder = encoder()

    def key(self, source: Path, conversion: Conversion) -> str:
        """The name of an entry. Raises OSError."""
        settings = [_FORMAT, self._encoder, THREADS, conversion.is_film, conversion.limits, _sum(source)]
        return hashlib.sha256(json.dumps(settings).encode()).hexdigest()

    def found(self, key: str, conversion: Conversion) -> Path | None:
        """The converted file, if it is in the cache and undamaged."""
        path = self._path(key, conversion)
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
        self._clean()
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
        return self.folder / f"{key}.{'mp4' if conversion.is_film else 'm4a'}"

    def _clean(self) -> None:
        """Removes temporary files of killed processes."""
        now = time.time()
        for path in self.folder.glob(f"{TEMPORARY_PREFIX}*"):
            with suppress(OSError):
                if now - path.stat().st_mtime > _ABANDONED:
                    path.unlink()


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
