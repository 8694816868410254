"""Remembers of what a package was built, so that nothing is done again that need not be."""

from __future__ import annotations

import json
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursepack import __version__
from coursepack.built import Built, built_of
from coursepack.problems import Report
from coursepack.resources import templates_dir

if TYPE_CHECKING:
    from io import FileIO

    from coursepack.archive import Entry
    from coursepack.revision import Kept

STAMPS = ".coursepack"
"""Folder beside the packages that remembers of what each was built."""

_HERE = Path(__file__).parent


def _tree(folder: Path) -> dict[str, list[int]]:
    """Size and time of every file below a folder."""
    found: dict[str, list[int]] = {}
    pending = [os.fspath(folder)]
    while pending:
        here = pending.pop()
        with os.scandir(here) as entries:
            for entry in entries:
                if entry.name in (".git", "__pycache__"):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                else:
                    facts = entry.stat()
                    found[entry.path] = [facts.st_size, facts.st_mtime_ns]
    return found


def _libraries() -> int:
    """The time when something was last installed beside the libraries that build; 0 when they are not found."""
    for folder in sys.path:
        if os.path.isdir(os.path.join(folder, "markdown_it")):
            return os.stat(folder).st_mtime_ns
    return 0


@dataclass(frozen=True, slots=True)
class Earlier:
    """The package that the last build made, open, and which of the files it was made of have changed.

    `file` is None when there is none that can be used.
    """

    file: FileIO | None = None
    entries: Mapping[str, Entry] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()

    def unchanged(self, files: Mapping[str, bytes | Path]) -> dict[str, Entry]:
        """The entries of those files on disk that have not changed since."""
        return {
            name: self.entries[name]
            for name, content in files.items()
            if isinstance(content, Path)
            and self.sources.get(name) == str(content)
            and str(content) not in self.changed
        }

    def inflated(self, name: str) -> bytes:
        """The data of a file that was deflated. Raises ValueError, zlib.error and OSError."""
        assert self.file is not None
        entry = self.entries[name]
        self.file.seek(entry.start)
        data = zlib.decompress(self.file.read(entry.packed), -zlib.MAX_WBITS)
        if zlib.crc32(data) != entry.crc:
            raise ValueError(name)
        return data


class Stamp:
    """Remembers of what a package was built: paths, sizes and times of all it was made from.

    A package is built anew when any of it differs, when the package itself was touched, or when a file is
    so young that it may still be being written.
    """

    YOUNG = 20_000_000
    """Nanoseconds within which two writes may bear one time."""

    def __init__(self, folder: Path, out: Path, target: str, schemas: str | Path | None) -> None:
        self.folder, self.out, self.target, self.schemas = folder, out, target, schemas
        self.path = out / STAMPS / f"{target}.json"
        self.path_of_pages = out / STAMPS / f"{target}.pages.json"
        self.began = time.time_ns()
        self.inputs: dict[str, Any] = {}
        self.kept: dict[str, Any] = {}

    def _now(self) -> dict[str, Any]:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        made_by = [__version__, sys.version, zlib.ZLIB_RUNTIME_VERSION, _libraries(), epoch]
        made_by += [os.path.abspath(self.folder), str(self.schemas or "")]
        files: dict[str, list[int]] = {}
        for folder in (self.folder, templates_dir(), _HERE, self.schemas):
            if folder is not None:
                files |= _tree(Path(folder))
        return {"made_by": made_by, "files": files}

    def built(self) -> Built | None:
        """What the last build made, when it still stands for what the folder holds."""
        try:
            self.inputs = self._now()
            kept = json.loads(self.path.read_bytes())
            facts = os.stat(kept["built"]["path"])
            if [facts.st_size, facts.st_mtime_ns] != kept["package"]:
                return None
            self.kept = kept
            if kept["inputs"] != self.inputs:
                return None
            return built_of(kept["built"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @contextmanager
    def earlier(self) -> Iterator[Earlier]:
        """The package of the last build, when it is whole and was made by this very program."""
        with ExitStack() as stack:
            try:
                file = stack.enter_context(Path(self.kept["built"]["path"]).open("rb", buffering=0))
            except (OSError, KeyError, TypeError):
                yield Earlier()
                return
            yield self._earlier(file)

    def _earlier(self, file: FileIO) -> Earlier:
        from coursepack.archive import Entry

        facts = os.fstat(file.fileno())
        try:
            then, now = self.kept["inputs"], self.inputs
            before, after = then["files"], now["files"]
            changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
            if (
                [facts.st_size, facts.st_mtime_ns] != self.kept["package"]
                or then["made_by"] != now["made_by"]
                or any(name.startswith(f"{_HERE}{os.sep}") for name in changed)
            ):
                return Earlier()
            entries = {name: Entry(*values) for name, values in self.kept["entries"].items()}
            return Earlier(file, entries, self.kept["sources"], frozenset(changed))
        except (KeyError, TypeError, AttributeError):
            return Earlier()

    def pages(self) -> str:
        """What was kept of the pages. Raises OSError, KeyError and ValueError."""
        data = self.path_of_pages.read_bytes()
        if zlib.crc32(data) != self.kept["pages"]:
            raise ValueError("not of the same build")
        return data.decode()

    def keep(
        self,
        built: Built,
        course: Report,
        entries: Mapping[str, Entry],
        sources: Mapping[str, str],
        pages: int | None,
    ) -> None:
        """Remembers a build. What cannot be remembered is only built again."""
        try:
            inputs = self._now()
            before, after = self.inputs.get("files", {}), inputs["files"]
            for name in before.keys() | after.keys():
                # The lock may just have been written.
                if name == os.path.join(self.folder, "course.lock") and name not in before:
                    continue
                if before.get(name) != after.get(name) or after[name][1] > self.began - self.YOUNG:
                    return
            facts = built.path.stat()
            kept = {
                "inputs": inputs,
                "package": [facts.st_size, facts.st_mtime_ns],
                "built": {**asdict(built), "path": str(built.path), "new_slots": 0},
                "course": asdict(course),
                "entries": entries,
                "sources": sources,
                "pages": pages,
            }
            self._write(self.path, json.dumps(kept).encode())
        except OSError:
            return

    def keep_pages(self, kept: Callable[[], Kept]) -> int | None:
        """Writes what a revision needs to know of the pages; the checksum of it, or None."""
        try:
            data = str(kept()).encode()
            self._write(self.path_of_pages, data)
        except (OSError, UnicodeDecodeError):
            return None
        return zlib.crc32(data)

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}")
        aside.write_bytes(data)
        aside.replace(path)
