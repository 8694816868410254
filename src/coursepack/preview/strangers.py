"""A package of somebody else, or a finished one of ours: served from its zip or folder as it is."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from coursepack.detection import folder_of_manifest
from coursepack.inspection import facts_of
from coursepack.package import UnreadableError, open_package
from coursepack.preview.launching import Unit, units_of
from coursepack.preview.serving import Content
from coursepack.problems import Message, parts
from coursepack.rules.standards import standard_of

MOST_FILE = 2_000_000_000
"""Bytes of one file, as `check` allows a package to have."""

_LARGE = 4_000_000
"""Bytes from which a file is unpacked once, under a name of ours, so that parts of a film can be asked for."""

_MOST_MANIFEST = 20_000_000

_EDITIONS = {"3rd": 3, "2nd": 3}


class UnlaunchableError(Exception):
    """There is nothing to launch. `reason` is a sentence without the path."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Stranger:
    """A package: a zip or a folder. It is only read, and no name in it becomes a path on this machine.

    Raises UnlaunchableError for what is no package with something to launch. To be closed, as a context.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        with ExitStack() as stack:
            self._package = stack.enter_context(open_package(path))
            self._kept = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coursepack-preview-")))
            self._unpacked: dict[str, Path] = {}
            self._facts = facts_of(self._package)
            if self._package.fault:
                raise UnlaunchableError(Message("{0}", parts(self._package.fault.message)))
            # Some are zipped with the folder around them, which LMSs refuse and the preview does not.
            wrapped = any(kind.endswith(" in a folder") for kind in self._facts.kinds)
            folder = folder_of_manifest(self._package) if wrapped else ""
            self._names = {
                name.removeprefix(folder): name for name in self._package.files if name.startswith(folder)
            }
            inner = (
                self._package.under_other_names(
                    {own: self._package.files[name] for own, name in self._names.items()}
                )
                if folder
                else self._package
            )
            found = standard_of(inner)
            self.standard = found.name if found and found.name in _LAUNCHED else ""
            self.manifest = ""
            root = inner.manifest.root
            self.units: list[Unit] = []
            if self.standard and root is not None:
                self.units = units_of(self.standard, root)
                self.manifest = self._manifest(inner.manifest.name)
            elif found and found.name == "web edition":
                self.units = [Unit("", self._facts.title, "index.html")]
            if not self.units:
                raise UnlaunchableError(Message("It holds nothing that an LMS could launch."))
            kinds = " ".join(self._facts.kinds)
            self.edition = next((number for word, number in _EDITIONS.items() if word in kinds), 4)
            self._close = stack.pop_all()

    def __enter__(self) -> Self:
        """The package itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the package, and forgets what was unpacked."""
        self._close.close()

    def _manifest(self, name: str) -> str:
        data = self._package.read(self._names[name], _MOST_MANIFEST)
        return data.decode("utf-8", "replace").partition("?>")[2] or data.decode("utf-8", "replace")

    @property
    def names(self) -> Collection[str]:
        """The files of the package by their paths."""
        return self._names

    def content(self, name: str) -> Content | None:
        """A file of the package; None when there is no such file, or it cannot be read."""
        known = self._names.get(name)
        if known is None:
            return None
        try:
            # One at a time: all share the place in the zip.
            with self._lock:
                if name in self._unpacked:
                    return self._unpacked[name]
                data = self._package.read(known, MOST_FILE)
                if len(data) < _LARGE:
                    return data
                # Its own name is never one of these.
                place = self._kept / str(len(self._unpacked))
                place.write_bytes(data)
                self._unpacked[name] = place
                return place
        except (UnreadableError, OSError):
            return None

    def facts(self, language: str) -> dict[str, Any]:
        """What `course.json` says of a package."""
        return {
            "course": False,
            "title": self._facts.title or self._facts.name,
            "language": next(iter(self._facts.languages), language),
            "target": "",
            "standard": self.standard,
            "targets": [],
            "aim": None,
            "room": {"limit": ROOM.get((self.standard, self.edition)), "most": None},
            "pages": [],
            "units": [{"title": unit.title or unit.id, "href": unit.href} for unit in self.units],
            "maker": self._facts.maker,
            "file": self._facts.name,
        }


_LAUNCHED = ("SCORM 1.2", "SCORM 2004", "xAPI", "cmi5")
ROOM = {("SCORM 1.2", 4): 4096, ("SCORM 2004", 3): 4000, ("SCORM 2004", 4): 64000}
"""Characters of suspend data by standard and edition (SCORM 1.2 has none, which counts as the newest)."""
