"""The cache of what was found in films and sounds, which can be read without the extra `media`."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from coursepack.atomic import write_atomically
from coursepack.media import examinations_in
from coursepack.media.checksums import sum_of
from coursepack.media.examination import VERSION, Examination, examination_of


class Examinations:
    """The examinations in a cache of media, by the checksum of the file.

    For each path, the checksum is kept with the size and the time of the file, so that nothing is read to find one.
    """

    def __init__(self, cache: Path) -> None:
        self.folder = examinations_in(cache)

    def known(self, path: Path) -> Examination | None:
        """The examination of a file that has not changed since. The file is not read."""
        try:
            # The time of both files is that of the last use. A shared folder can be read-only.
            with suppress(OSError):
                os.utime(self._seen(path))
            checksum, *facts = json.loads(self._seen(path).read_bytes())
            return self._read(checksum) if facts == _facts(path) else None
        except (OSError, ValueError, TypeError):
            return None

    def made(self, path: Path, on_read: Callable[[int], object]) -> Examination:
        """The examination of a file, made now if there is none. Calls `on_read` with the number of bytes read.

        Raises ConversionError and OSError.
        """
        known = self.known(path)
        if known is not None:
            return known
        from coursepack.media.process import examine_file

        # Before the file is read: if it changes meanwhile, it is examined again.
        facts = _facts(path)
        checksum = sum_of(path)
        found = self._read(checksum) or examine_file(path, on_read)
        self._write(path, [checksum, *facts], found)
        return found

    def keep(self, path: Path, found: Examination) -> None:
        """Stores the examination of a file. Raises OSError."""
        self._write(path, [sum_of(path), *_facts(path)], found)

    def names(self, path: Path) -> tuple[str, ...]:
        """The names of what the cache has of a file. The file is not read."""
        try:
            checksum = json.loads(self._seen(path).read_bytes())[0]
            return self._seen(path).name, self._entry(checksum).name
        except (OSError, ValueError, TypeError, LookupError):
            return (self._seen(path).name,)

    def _write(self, path: Path, seen: list[str | int], found: Examination) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._entry(str(seen[0])), json.dumps(found).encode())
        write_atomically(self._seen(path), json.dumps(seen).encode())

    def _read(self, checksum: str) -> Examination | None:
        try:
            with suppress(OSError):
                os.utime(self._entry(checksum))
            return examination_of(json.loads(self._entry(checksum).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def _entry(self, checksum: str) -> Path:
        return self.folder / f"{checksum}.{VERSION}.json"

    def _seen(self, path: Path) -> Path:
        name = hashlib.sha256(os.path.abspath(path).encode(errors="surrogateescape")).hexdigest()
        return self.folder / f"{name}.path.json"


def _facts(path: Path) -> list[int]:
    facts = path.stat()
    return [facts.st_size, facts.st_mtime_ns]
