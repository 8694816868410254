"""Remembers of what a package was built, so that nothing is done again that need not be."""

from __future__ import annotations

import json
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursepack.atomic import write_atomically
from coursepack.out_folder import OutFolder
from coursepack.problems import Report
from coursepack.resources import templates_dir
from coursepack.result import Built, built_fields, built_of, report_fields
from coursepack.version import __version__

if TYPE_CHECKING:
    from io import FileIO

    from coursepack.archive import Entry
    from coursepack.building.revision import Kept

_HERE = Path(__file__).parents[1]


def _tree(folder: Path, *, links: bool = True) -> dict[str, list[int]]:
    """Size and time of every file below a folder; of a link those of what it leads to, unless `links` is False."""
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
                    facts = entry.stat(follow_symlinks=links)
                    found[entry.path] = [facts.st_size, facts.st_mtime_ns]
    return found


def _unpacked(folder: str | Path | None) -> dict[str, list[int]]:
    """What stands in a package's folder, and nothing where there is a link in its place. Raises OSError."""
    return _tree(Path(folder), links=False) if folder and not os.path.islink(folder) else {}


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


class Memory:
    """What the packages of one run are made of, and which packages the course asks for."""

    def __init__(self, folder: Path, out: OutFolder, schemas: str | Path | None) -> None:
        self.folder, self.out, self.schemas = folder, out, schemas
        self.began = time.time_ns()
        try:
            self.inputs = self.now()
        except OSError:
            # Told when the course is read.
            self.inputs = {}

    def stamp(self, variant: str, target: str) -> Stamp:
        """What is remembered of one package."""
        return Stamp(self, f"{variant}_{target}")

    def variants(self) -> list[str] | None:
        """Names of the packages that the course asked for at the last build, when `course.yaml` is still the same."""
        try:
            definition, names = json.loads((self.out.hidden / "variants.json").read_bytes())
            return [str(name) for name in names] if definition == self._definition() else None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def keep_variants(self, names: Iterable[str]) -> None:
        """Remembers them. What cannot be remembered is only found out again."""
        with suppress(OSError, KeyError):
            kept = json.dumps([self._definition(), list(names)]).encode()
            write_atomically(self.out.hidden / "variants.json", kept)

    def _definition(self) -> list[int]:
        facts: list[int] = self.inputs["files"][os.path.join(self.folder, "course.yaml")]
        return facts

    def now(self) -> dict[str, Any]:
        """Paths, sizes and times of all that a package is made from. Raises OSError."""
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        made_by = [__version__, sys.version, zlib.ZLIB_RUNTIME_VERSION, _libraries(), epoch]
        made_by += [os.path.abspath(self.folder), str(self.schemas or "")]
        files: dict[str, list[int]] = {}
        for folder in (self.folder, templates_dir(), _HERE, self.schemas):
            if folder is not None:
                files |= _tree(Path(folder))
        return {"made_by": made_by, "files": files}


class Stamp:
    """Remembers of what a package was built: paths, sizes and times of all it was made from.

    A package is built anew when any of it differs, when the package itself was touched, or when a file is
    so young that it may still be being written.
    """

    YOUNG = 20_000_000
    """Nanoseconds within which two writes may bear one time."""

    def __init__(self, memory: Memory, name: str) -> None:
        self.memory = memory
        self.path = memory.out.hidden / f"{name}.json"
        self.path_of_pages = memory.out.hidden / f"{name}.pages.json"
        self.kept: dict[str, Any] = {}

    def built(self) -> Built | None:
        """What the last build made, when it still stands for what the folder holds."""
        try:
            kept = json.loads(self.path.read_bytes())
            facts = os.stat(kept["built"]["path"])
            if [facts.st_size, facts.st_mtime_ns] != kept["package"]:
                return None
            self.kept = kept
            if kept["inputs"] != self.memory.inputs:
                return None
            if kept["unpacked"] != _unpacked(kept["built"]["folder"]):
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
            then, now = self.kept["inputs"], self.memory.inputs
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
        inputs: Mapping[str, Any],
    ) -> None:
        """Remembers a build, of which `inputs` are what it was made of as that stands now.

        What cannot be remembered is only built again.
        """
        memory = self.memory
        try:
            before, after = memory.inputs.get("files", {}), inputs["files"]
            for name in before.keys() | after.keys():
                # The lock may just have been written.
                if name == os.path.join(memory.folder, "course.lock") and name not in before:
                    continue
                if before.get(name) != after.get(name) or after[name][1] > memory.began - self.YOUNG:
                    return
            facts = built.path.stat()
            kept = {
                "inputs": inputs,
                "package": [facts.st_size, facts.st_mtime_ns],
                "unpacked": _unpacked(built.folder),
                "built": {**built_fields(built), "new_slots": 0},
                "course": report_fields(course),
                "entries": entries,
                "sources": sources,
                "pages": pages,
            }
            write_atomically(self.path, json.dumps(kept).encode())
        except OSError:
            return

    def keep_pages(self, kept: Callable[[], Kept]) -> int | None:
        """Writes what a revision needs to know of the pages; the checksum of it, or None."""
        try:
            data = str(kept()).encode()
            write_atomically(self.path_of_pages, data)
        except (OSError, UnicodeDecodeError):
            return None
        return zlib.crc32(data)
