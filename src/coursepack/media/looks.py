"""The facts of films and sounds, kept so that reading a course starts no process for a file that has not changed."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from coursepack.atomic import write_atomically
from coursepack.media import looks_in


class Seen(NamedTuple):
    """A film or a sound: its stated duration in seconds, the size of its pictures as shown, whether it has sound."""

    seconds: float | None
    size: tuple[int, int] | None
    has_sound: bool


class Looks:
    """The facts of files in a cache of media, by the path of each, with its size and time.

    They are only kept in a cache that a build has made: a check leaves no folder behind.
    """

    def __init__(self, cache: Path) -> None:
        self._cache, self._folder = cache, looks_in(cache)

    def at(self, path: Path) -> Seen:
        """What a film or a sound is. Raises ConversionError and OSError."""
        status = path.stat()
        facts = [status.st_size, status.st_mtime_ns]
        entry = self._folder / self.name(path)
        # Its time is that of the last use. A shared cache can be read-only.
        with suppress(OSError):
            os.utime(entry)
        with suppress(OSError, ValueError, TypeError):
            known, seconds, size, has_sound = json.loads(entry.read_bytes())
            if known == facts:
                return Seen(seconds, (size[0], size[1]) if size else None, has_sound)
        # Takes time to import.
        from coursepack.media.process import look_at

        found = look_at(path)
        seen = Seen(found.seconds, found.video.size if found.video else None, found.audio is not None)
        if self._cache.is_dir():
            with suppress(OSError):
                entry.parent.mkdir(exist_ok=True)
                write_atomically(entry, json.dumps([facts, *seen]).encode())
        return seen

    def name(self, path: Path) -> str:
        """The name of what the cache has of a file."""
        return f"{hashlib.sha256(os.path.abspath(path).encode(errors='surrogateescape')).hexdigest()}.json"
