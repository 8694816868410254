"""The cache of converted pictures: files for each combination of input, rung and encoder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coursepack.atomic import temporary_path, write_atomically
from coursepack.course.pictures import PictureConversion, PictureRung
from coursepack.course.rungs import Rung
from coursepack.media import reads_heic
from coursepack.media.cache import encoder, remove_abandoned
from coursepack.media.checksums import Checksums, sum_of
from coursepack.media.task import Kind, MediaTask

if TYPE_CHECKING:
    from coursepack.media.process import Written

_FORMAT = 3
"""To be increased when a change of `pictures` changes its output."""


class PictureFile(NamedTuple):
    """A file of a converted picture, or a picture of a film: its width and height in pixels, and where it is.

    `second` is the time of a picture in its film; else 0.
    """

    width: int
    height: int
    path: Path
    second: float


class PictureCache:
    """Converted pictures in a folder, which builds and machines can share.

    An entry is some files and a list of them with their checksums, `<key>-<number>.<extension>` and `<key>.json`. All
    are renamed when complete, the list last. An entry that does not match its list is replaced. The time of the list is
    that of the last use.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sums = Checksums()

    def conversion(self, source: Path, conversion: PictureConversion) -> MediaTask:
        """The task that converts a picture. Raises OSError, as do those that follow."""
        return self._task("picture", source, conversion.limits, conversion.hdr)

    def stills(self, source: Path, begins: Sequence[float], most: int) -> MediaTask:
        """The task that takes the key pictures of a film: see `process.take_stills`."""
        return self._task("stills", source, begins, most)

    def frame(self, source: Path, second: float | None, rung: Rung) -> MediaTask:
        """The task that takes the poster of a film: see `process.take_frame`."""
        return self._task("frame", source, second, rung)

    def poster(self, source: Path) -> MediaTask:
        """The task that takes the first picture of a moving one."""
        return self._task("poster", source)

    def _task(self, kind: Kind, source: Path, *settings: object) -> MediaTask:
        checksum = self._sums[source]
        return MediaTask(
            kind, self.key_of(kind, checksum, settings), os.path.abspath(source), checksum, settings
        )

    def key_of(self, kind: Kind, checksum: str, settings: Sequence[object]) -> str:
        """The name of the entry that a task makes here: another encoder makes another one."""
        encoders = [encoder("pillow"), encoder("pillow-heif") if reads_heic() else ""]
        if kind in ("stills", "frame"):
            encoders.append(encoder("av"))
        known = [_FORMAT, kind, encoders, settings, checksum]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()

    def has(self, task: MediaTask) -> bool:
        """True when the entry of a task is in the cache and undamaged."""
        return self.found(task) is not None

    def found(self, task: MediaTask) -> tuple[PictureFile, ...] | None:
        """The files of an entry, if it is in the cache and undamaged.

        The first of a converted picture is for every browser. No files: the picture stays as it is.
        """
        index = self.folder / f"{task.key}.json"
        # Before the entry is read: it must not be pruned meanwhile. A shared folder can be read-only.
        with suppress(OSError):
            os.utime(index)
        try:
            listed = json.loads(index.read_bytes())
            files = []
            for number, (ending, width, height, second, expected) in enumerate(listed):
                path = self._path(task.key, number, ending)
                if sum_of(path) != expected:
                    return None
                files.append(PictureFile(width, height, path, second))
        except (OSError, ValueError, TypeError):
            return None
        return tuple(files)

    def make(self, task: MediaTask, source: Path, on_read: Callable[[int], object]) -> None:
        """Makes the entry of a task from its input. Calls `on_read` with the number of bytes that have been read.

        Raises ConversionError and OSError.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(self.folder)
        aside = temporary_path(self.folder)
        listed = []
        try:
            for number, (ending, *facts) in enumerate(self._written(task, source, aside, on_read)):
                part = aside.with_name(f"{aside.name}-{number}.{ending}")
                listed.append((ending, *facts, sum_of(part)))
                os.replace(part, self._path(task.key, number, ending))
        finally:
            for part in self.folder.glob(f"{aside.name}-*"):
                with suppress(OSError):
                    part.unlink()
        write_atomically(self.folder / f"{task.key}.json", json.dumps(listed).encode())

    def _written(
        self, task: MediaTask, source: Path, aside: Path, on_read: Callable[[int], object]
    ) -> Sequence[Written]:
        """Writes the files of a task, whose names begin with `aside`."""
        from coursepack.media import process

        match task.kind, task.settings:
            case "stills", (begins, most):
                return process.take_stills(source, aside, begins, most, on_read)
            case "frame", (second, limits):
                return process.take_frame(source, aside, second, Rung(*limits), on_read)
            case "poster", _:
                return process.take_poster(source, aside)
        rung, hdr = task.settings
        return process.convert_picture(source, aside, PictureRung(*rung), hdr)

    def _path(self, key: str, number: int, ending: str) -> Path:
        return self.folder / f"{key}-{number}.{ending}"
