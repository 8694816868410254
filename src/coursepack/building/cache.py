"""The build cache: the inputs of each package, so that unchanged packages are not built again."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from io import FileIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursepack.atomic import write_atomically
from coursepack.building.order import Order, Progress
from coursepack.media import examinations_in, usual_folder
from coursepack.resources import templates_dir
from coursepack.result import Built, built_fields, built_of
from coursepack.source_date import today
from coursepack.version import __version__

if TYPE_CHECKING:
    from coursepack.archive import Entry
    from coursepack.building.pipeline import Package

_HERE = Path(__file__).parents[1]

_YOUNG = 20_000_000
"""Nanoseconds within which two writes can have the same time."""


def build_cached(order: Order) -> list[Built]:
    """Builds the packages of an order that are not up to date. Raises as the pipeline does."""
    cache = Cache(order)
    fresh = {name: packages for name in order.targets if (packages := cache.packages(name))}
    stale = [name for name in dict.fromkeys(order.targets) if name not in fresh]
    built = []
    if stale:
        from coursepack.building.pipeline import build

        built = build(order._replace(targets=stale), cache.write)
        cache.keep(built)
    found = {(each.variant, each.target): each for each in chain(built, *fresh.values())}
    names = dict.fromkeys(variant for variant, _ in found)
    return [found[variant, target] for variant in names for target in order.targets]


def _tree(folder: Path, *, links: bool = True) -> dict[str, list[int]]:
    """Size and time of every file below a folder. Links are followed, unless `links` is False."""
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
    """The contents of a package's folder; empty when the folder is a link. Raises OSError."""
    return _tree(Path(folder), links=False) if folder and not os.path.islink(folder) else {}


def _facts(file: str | Path | int) -> list[int]:
    facts = os.stat(file)
    return [facts.st_size, facts.st_mtime_ns]


def _libraries() -> int:
    """The time of the last installation next to the libraries of the build; 0 when they are not found."""
    for folder in sys.path:
        if os.path.isdir(os.path.join(folder, "markdown_it")):
            return os.stat(folder).st_mtime_ns
    return 0


def _source(content: object) -> str:
    """The file that content is read from, and the checksum of what is added to it."""
    from coursepack.archive import Excerpt, source_of

    added = content.pieces if isinstance(content, Excerpt) else ()
    return f"{hashlib.sha256(repr(added).encode()).hexdigest()} {source_of(content)}"


class Cache:
    """The inputs of the packages of an order at the last build: a JSON file for each, in the hidden folder.

    A package is built again when a path, size or time of its inputs differs, when the package itself was modified,
    or when a file is so recent that it may still be written to. Without an entry it is only built again.
    """

    def __init__(self, order: Order) -> None:
        self.order = order
        self.began = time.time_ns()
        self._program: dict[str, list[int]] = {}
        try:
            self.inputs = self._now()
        except OSError:
            # Reported when the course is read.
            self.inputs = {}
        self.written: dict[Path, dict[str, Any]] = {}

    def packages(self, target: str) -> list[Built]:
        """The packages of a target when all are up to date, otherwise none."""
        names = [self.order.part] if self.order.part else self._variants()
        found = [self._package(name, target) for name in names]
        return [] if None in found else [each for each in found if each]

    def write(self, packages: Sequence[Package], progress: Progress) -> list[dict[str, Entry]]:
        """Writes packages. Files on disk that are unchanged since the last build come from its package."""
        from coursepack.archive import source_of
        from coursepack.building.pipeline import write_packages

        with ExitStack() as stack:
            entries = write_packages([self._reusing(package, stack) for package in packages], progress)
        for package, each in zip(packages, entries, strict=True):
            files = package.output.files.items()
            sources = {name: _source(content) for name, content in files if source_of(content)}
            self.written[package.output.path] = {"entries": each, "sources": sources}
        return entries

    def keep(self, built: Iterable[Built]) -> None:
        """Writes entries for packages without errors, if no file has changed during the build."""
        with suppress(OSError, KeyError):
            now = self._now()
            if self.order.part is None:
                names = list(dict.fromkeys(each.variant for each in built))
                self._write("variants", [self._definition(), names])
            for each in built:
                if each.report.ok and self._is_settled(now):
                    self._write(f"{each.variant}_{each.target}", self._entry(each, now))

    def _entry(self, built: Built, now: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "inputs": now,
            "package": _facts(built.path),
            "unpacked": _unpacked(built.folder),
            "built": {**built_fields(built), "new_slots": 0},
            **self.written[built.path],
        }

    def _package(self, variant: str, target: str) -> Built | None:
        """The package of the last build, when it is up to date."""
        try:
            entry = self._read(f"{variant}_{target}")
            is_same = (
                entry["package"] == _facts(entry["built"]["path"])
                and entry["inputs"] == self.inputs
                and entry["unpacked"] == _unpacked(entry["built"]["folder"])
            )
            return built_of(entry["built"]) if is_same else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _reusing(self, package: Package, stack: ExitStack) -> Package:
        """The package, with its unchanged files as entries of the earlier one. Opens the earlier one on `stack`."""
        output = package.output
        try:
            entry = self._read(f"{package.variant.name}_{package.target.name}")
            file = stack.enter_context(FileIO(entry["built"]["path"]))
            unchanged = self._unchanged(entry, file, output.files)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return package
        return package._replace(output=output._replace(files={**output.files, **unchanged}, earlier=file))

    def _unchanged(
        self, entry: Mapping[str, Any], file: FileIO, files: Mapping[str, object]
    ) -> dict[str, Entry]:
        """The entries of the earlier package for files on disk that have not changed since, by package path.

        Empty when that package was modified, or made by another version of the program or its libraries.
        """
        from coursepack.archive import Entry, source_of

        then, now = entry["inputs"], self.inputs
        before, after = then["files"], now["files"]
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        if (
            _facts(file.fileno()) != entry["package"]
            or then["made_by"] != now["made_by"]
            or any(name.startswith(f"{_HERE}{os.sep}") for name in changed)
        ):
            return {}
        return {
            name: Entry(*entry["entries"][name])
            for name, content in files.items()
            if (source := source_of(content))
            and entry["sources"].get(name) == _source(content)
            and str(source) not in changed
        }

    def _is_settled(self, now: Mapping[str, Any]) -> bool:
        """Whether no file has changed since the build began, or so shortly before that it may still be written to."""
        before, after = self.inputs.get("files", {}), now["files"]
        lock = os.path.join(self.order.folder, "course.lock")
        return all(
            # This build can have written the lock.
            (name == lock and name not in before)
            or (before.get(name) == after.get(name) and after[name][1] <= self.began - _YOUNG)
            for name in before.keys() | after.keys()
        )

    def _variants(self) -> list[str]:
        """Names of the packages of the course at the last build; empty when `course.yaml` has changed."""
        try:
            definition, names = self._read("variants")
            return [str(name) for name in names] if definition == self._definition() else []
        except (OSError, ValueError, TypeError, KeyError):
            return []

    def _definition(self) -> list[int]:
        facts: list[int] = self.inputs["files"][os.path.join(self.order.folder, "course.yaml")]
        return facts

    def _read(self, name: str) -> Any:
        return json.loads((self.order.out.hidden / f"{name}.json").read_bytes())

    def _write(self, name: str, value: object) -> None:
        write_atomically(self.order.out.hidden / f"{name}.json", json.dumps(value).encode())

    def _now(self) -> dict[str, Any]:
        """Paths, sizes and times of all inputs of a package. Raises OSError."""
        order = self.order
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        made_by = [__version__, sys.version, zlib.ZLIB_RUNTIME_VERSION, _libraries(), epoch]
        made_by += [os.path.abspath(order.folder), str(order.schemas or ""), order.max_size]
        # It runs as it was at the beginning, whatever happens to its files meanwhile.
        self._program = self._program or _tree(_HERE)
        files = dict(self._program)
        for folder in (order.folder, templates_dir(), order.schemas):
            if folder is not None:
                files |= _tree(folder)
        # What was found in films and sounds meanwhile is reported, too.
        found = examinations_in(order.media_cache or usual_folder(order.folder))
        examined = found.stat().st_mtime_ns if found.is_dir() else 0
        # Facts become overdue while no file changes.
        return {"made_by": made_by, "files": files, "examined": examined, "day": str(today())}
