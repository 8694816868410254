"""A course while it is being written: as it was last without errors, and what a save has changed of it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

from coursepack.building.conversion import converted
from coursepack.building.order import Workshop
from coursepack.building.render import site
from coursepack.course.model import Course
from coursepack.course.variant import whole
from coursepack.kept import Kept
from coursepack.package import parse_xml
from coursepack.preview.growing import Growing
from coursepack.preview.launching import Unit, units_of
from coursepack.preview.marks import Marks
from coursepack.preview.serving import Content
from coursepack.problems import CourseError, Report
from coursepack.reading.source import read_folder
from coursepack.resources import DOCUMENT, templates_dir
from coursepack.targets.target import Target

_TEXT = (".md", ".yaml", ".yml", ".vtt", ".lock")
"""Files of a course whose contents are in the document, in so far as they are shown."""

_SECTION = re.compile(r"<(/?)section\b[^>]*>")
_PAGE = re.compile(r'class="page[ "].*?\bid="([^"]+)"')
_EDITION = re.compile(r'(<noscript data-edition="([^"]+)"[^>]*>)(.*?)(?=</noscript>)', re.DOTALL)
_DATA = re.compile(r'(<script type="application/json" id="course-data">)(.*?)(?=</script>)', re.DOTALL)

SCRIPTS = ("exchange.js", "source.js")
"""Scripts that the preview adds to the document of a course, from `templates/preview`."""


class Parts(NamedTuple):
    """A document in parts: what is not shown, each page, each other language, the player's data, and the rest."""

    head: str
    pages: Mapping[str, str]
    editions: Mapping[str, str]
    data: Mapping[str, Any]
    rest: str
    """The body without what is above."""

    body: str


def parts_of(document: str) -> Parts:
    """Takes a document of ours apart."""
    head, _, body = document.partition("<body>")
    pages: dict[str, str] = {}
    rest: list[str] = []
    editions: dict[str, str] = {}
    data: dict[str, Any] = {}

    def edition(found: re.Match[str]) -> str:
        editions[found[2]] = found[3]
        return found[1]

    def own(found: re.Match[str]) -> str:
        data.update(json.loads(found[2]))
        return found[1]

    own_body = _DATA.sub(own, _EDITION.sub(edition, body), count=1)
    at = 0
    for start, end, name in _sections(own_body):
        rest.append(own_body[at:start])
        pages[name] = own_body[start:end]
        at = end
    rest.append(own_body[at:])
    # Where the pages are, so that another order is another document.
    return Parts(head, pages, editions, data, "\0".join(rest), own_body)


def _sections(body: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and id of each page."""
    depth = start = 0
    name = ""
    for tag in _SECTION.finditer(body):
        if tag[1]:
            depth -= 1
            if depth == 0 and name:
                yield start, tag.end(), name
                name = ""
        else:
            if depth == 0:
                page = _PAGE.search(tag[0])
                start, name = tag.start(), page[1] if page else ""
            depth += 1


@dataclass(frozen=True)
class Shown:
    """A course that can be shown: its document, and its files by their path in the package."""

    course: Course
    target: Target
    files: Mapping[str, Content]
    document: Growing

    @cached_property
    def parts(self) -> Parts:
        """The parts of its document, without our scripts."""
        return parts_of(self.document.whole().decode().replace(_scripts(), "", 1))


class Change(NamedTuple):
    """What was saved: `exchange` replaces these pages in the open document, `reload` loads it again.

    The page "" is the whole body, and `#en` the English edition. `course` is the player's data, when they are other
    ones.
    """

    how: Literal["exchange", "reload", "nothing"]
    pages: Mapping[str, str]
    course: Mapping[str, Any] | None
    files: tuple[str, ...]
    seconds: float


class Live:
    """A course folder. Any thread may ask for what it shows.

    `report` is of the newest sources, `shown` of the newest that had no errors, or None. Raises PackageError for an
    unknown target.
    """

    def __init__(self, folder: Path, target: Target) -> None:
        self.folder, self.target = folder, target
        self.marks = Marks(folder)
        self._kept, self._documents = Kept(), Kept()
        self.report = Report()
        self.shown: Shown | None = None
        self.shown_at = 0.0
        """When that was read, in seconds since 1970."""
        self._lock = threading.Lock()

    def read(self, paths: frozenset[str] = frozenset()) -> Change:
        """Reads the sources again, of which `paths` were saved."""
        began = time.perf_counter()
        with self._lock:
            if not all(name.endswith(_TEXT) for name in paths):
                # A document can hold what a picture or a file was like.
                self._documents = Kept()
            before, shown = self.shown, self._rendered()
            if shown is not None:
                self.shown, self.shown_at = shown, time.time()
            how, pages, data = _difference(before, shown, paths)
        return Change(how, pages, data, tuple(sorted(paths)), time.perf_counter() - began)

    def finish(self) -> None:
        """Makes what is left of the document that is shown, so that the first save finds it."""
        with self._lock:
            if self.shown is not None:
                _ = self.shown.parts

    def switch(self, target: Target) -> None:
        """Shows the course as a package for another standard."""
        self.target = target
        self.read()

    # As a subject of the server

    @property
    def standard(self) -> str:
        """The standard without its edition."""
        return self.target.family

    @property
    def edition(self) -> int:
        """Of SCORM 2004."""
        return 3 if "3rd" in self.target.title else 4

    @property
    def units(self) -> list[Unit]:
        """The course as one unit; none as long as it has errors."""
        if self.shown is None:
            return []
        root = parse_xml(self.manifest)[0] if self.manifest else None
        if root is None:
            return [Unit("", self._title, DOCUMENT)]
        return units_of(self.standard, root)

    @property
    def _title(self) -> str:
        return self.shown.course.definition.title if self.shown else ""

    @property
    def manifest(self) -> str:
        """The manifest; empty for a web site."""
        found = self.content(self.target.manifest) if self.target.manifest else None
        # The declaration of its encoding is none of a text.
        return found.decode().partition("?>")[2] if isinstance(found, bytes) else ""

    @property
    def names(self) -> Collection[str]:
        """The files of the package by their paths."""
        return self.shown.files if self.shown else ()

    def content(self, name: str) -> Content | None:
        """A file of the package as it was last without errors."""
        found = self.shown.files.get(name) if self.shown else None
        return found.whole() if isinstance(found, Growing) and found.is_whole else found

    def _rendered(self) -> Shown | None:
        course, self.report = read_folder(self.folder, kept=self._kept)
        if course is None:
            return None
        try:
            (variant,) = converted((whole(course),), Workshop(None, lambda step, done, total: None))
        except CourseError as error:
            self.report = Report.of([*self.report, *error.report])
            return None
        variant = variant.joined()
        marked = self.marks.documents(variant, self._documents)
        files: dict[str, Content] = dict(
            site(variant, self.target, {name: each.begun for name, each in marked.items()})
        )
        files |= self.target.extras(
            variant, {name: each for name, each in files.items() if isinstance(each, bytes | Path)}
        )
        begun = files[DOCUMENT]
        assert isinstance(begun, bytes)
        text = begun.decode().replace('<meta name="referrer"', f'{_scripts()}<meta name="referrer"', 1)
        document = Growing(text.encode(), marked[DOCUMENT].parts)
        return Shown(variant.course, self.target, {**files, DOCUMENT: document}, document)


def _scripts() -> str:
    """Our scripts, before all others. The policy of a package allows files of its own origin."""
    return "".join(
        f'<script src="/preview/{name}"></script>\n'
        for name in SCRIPTS
        if (templates_dir() / "preview" / name).is_file()
    )


def _difference(
    before: Shown | None, after: Shown | None, paths: frozenset[str]
) -> tuple[Literal["exchange", "reload", "nothing"], dict[str, str], Mapping[str, Any] | None]:
    if after is None:
        return "nothing", {}, None
    if before is None or before.target is not after.target:
        return "reload", {}, None
    old, new = before.parts, after.parts
    is_same = (
        old.head == new.head
        and old.pages.keys() == new.pages.keys()
        and old.editions.keys() == new.editions.keys()
    )
    if not is_same or _shape(old.data) != _shape(new.data):
        return "reload", {}, None
    if any(not name.endswith(_TEXT) for name in paths):
        # A picture or a film has no other name than before, so the browser would show the old one.
        return "reload", {}, None
    data = new.data if old.data != new.data else None
    if old.rest == new.rest:
        pages = {name: html for name, html in new.pages.items() if html != old.pages[name]}
    else:
        pages = {"": new.body}
    pages |= {f"#{name}": html for name, html in new.editions.items() if html != old.editions[name]}
    return ("exchange" if pages or data else "nothing"), pages, data


def _shape(data: Mapping[str, Any]) -> Any:
    """The player's data without the words: what the state of learners depends on."""
    questions = [
        {name: value for name, value in each.items() if name not in ("key", "description", "names")}
        for each in data["questions"]
    ]
    return {
        **{name: value for name, value in data.items() if name not in ("title", "strings")},
        "questions": questions,
    }
