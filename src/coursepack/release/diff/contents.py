"""What a package holds of which an update can take something away: pages, questions, media, and how they are stored.

A package of ours names all of it in the data of its player. Of others, only the manifest and the list of files are
known.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from coursepack.inspection import Facts, Node, facts_of
from coursepack.inspection.nodes import nodes_of, printable_text
from coursepack.package import UnreadableError, open_package
from coursepack.problems import Location, PackageError, Problem, Report
from coursepack.release.diff.document import QuestionText, Section, read_document
from coursepack.rules.rule import printable
from coursepack.targets.target import family_of

COURSE = "course folder"
"""The kind of a course folder, which has not become a package of a standard yet."""

_MOST_DOCUMENT = 32 * 1024 * 1024
_MOST_DOCUMENTS = 96 * 1024 * 1024
_MOST_SLOT = 1 << 20
_CHUNK = 1024 * 1024
_DATA = re.compile(r'<script type="application/json" id="course-data">(.*?)</script>', re.DOTALL)
_IDS = re.compile(r"[\w.-]{1,200}")


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `answers` has what can be chosen, by id: its slot in the resume state, and whether it is right."""

    id: str
    page: str
    kind: str
    scored: bool
    answers: Mapping[str, tuple[int, bool]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the course. `bookmark` is its number among the bookmarks, None where there are none."""

    id: str
    slot: int
    minutes: float
    core: bool
    part: str | None
    bookmark: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """The final check. `hand` has the slots of its submissions and best score, empty unless it is handed in."""

    page: str
    mastery: float | None
    hand: tuple[int, ...]
    attempts: int | None


@dataclass(frozen=True, slots=True)
class Unit:
    """What an LMS launches and stores progress for. `identifier` is the name under which it does.

    `marks` are the hashes of `course.lock`, `slots` the number of its lines, `positions` the number of films and sounds
    that are remembered, and `media` the slots of these by path. `rule` is the completion rule in one sentence.
    `sections` and `questions_text` have the words of pages and questions by language and id, the main language first.
    """

    identifier: str
    id: str
    version: str
    title: str
    language: str
    slots: int
    marks: str
    positions: int
    draw: tuple[int, ...]
    pages: Mapping[str, Page]
    questions: Mapping[str, Question]
    completion: Mapping[str, Any]
    check: Check | None
    status: str
    report: Mapping[str, bool]
    media: Mapping[str, int]
    rule: str
    sections: Mapping[str, Mapping[str, Section]]
    asked: Mapping[str, Mapping[str, QuestionText]]

    @property
    def mastery(self) -> float | None:
        """Per cent that the final check asks for; None: it asks for none."""
        return self.check.mastery if self.check else None

    @property
    def demands(self) -> bool:
        """Whether nobody is done who has not passed (`isOpen` in `player/src/state.js`)."""
        return self.mastery is not None and (self.status != "completed" or self.completion["rule"] == "score")

    @property
    def notes_passes(self) -> bool:
        """Whether everyone who is done has passed, and the state says so (`settle` in `player/src/state.js`)."""
        return self.demands or (self.mastery is None and self.status != "completed")


@dataclass(frozen=True, slots=True)
class Medium:
    """A file. `checksum` returns its CRC-32, for which that of a folder is read."""

    path: str
    size: int
    checksum: Callable[[], int] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Contents:
    """A package or a course folder, as far as it can be known. `units` is empty for a package of another tool."""

    name: str
    kind: str
    title: str
    version: str
    language: str
    size: int
    maker: str
    tree: tuple[Node, ...]
    units: tuple[Unit, ...]
    files: Mapping[str, Medium]

    @property
    def family(self) -> str:
        """The standard without its edition: progress in one edition of SCORM 2004 can be read in another."""
        return family_of(self.kind)


@contextmanager
def open_contents(path: Path) -> Iterator[Contents]:
    """Reads a package or a course folder. Raises CoursepackError.

    Checksums of files in a folder can be asked for as long as it is open.
    """
    if path.is_dir() and (path / "course.yaml").is_file():
        yield _of_course(path)
        return
    with open_package(path) as package:
        if package.fault:
            problem = Problem(
                f"container/{package.fault.kind}",
                "fatal",
                package.fault.message,
                Location(printable(path.name)),
            )
            raise PackageError(Report.of([problem]))
        facts = facts_of(package)

        def checksum(name: str) -> Callable[[], int]:
            entry = package.files[name]
            return lambda: entry.crc if package.is_zip else _checksum(package.open_file(name))

        def read(name: str) -> bytes:
            return package.read(name, _MOST_DOCUMENT)

        units = tuple(_units(facts, read))
        yield Contents(
            name=facts.name,
            kind=facts.kinds[0] if facts.kinds else "",
            title=units[0].title if units else facts.title or facts.name,
            version=units[0].version if units else facts.version,
            language=units[0].language if units else (facts.languages or ("und",))[0],
            size=facts.sizes.packed or facts.sizes.unpacked,
            maker="coursepack" if units else facts.maker,
            tree=facts.tree,
            units=units,
            files={
                name: Medium(name, entry.size, checksum(name))
                for name, entry in package.files.items()
                if not entry.special
            },
        )


def _checksum(file: Any) -> int:
    crc = 0
    with file:
        while chunk := file.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
    return crc


def _of_course(folder: Path) -> Contents:
    from coursepack.building.render import render_site
    from coursepack.reading.source import read_course

    course = read_course(folder)
    files = render_site(course, "web")

    def medium(name: str, content: bytes | Path) -> Medium:
        if isinstance(content, bytes):
            return Medium(name, len(content), lambda: zlib.crc32(content))
        return Medium(name, content.stat().st_size, lambda: _checksum(content.open("rb")))

    media = {name: medium(name, content) for name, content in files.items()}
    document = files["index.html"]
    assert isinstance(document, bytes)
    unit = _unit(document.decode(), course.definition.id)
    assert unit
    return Contents(
        name=folder.name or str(folder),
        kind=COURSE,
        title=unit.title,
        version=unit.version,
        language=unit.language,
        size=sum(each.size for each in media.values()),
        maker="coursepack",
        tree=(),
        units=(unit,),
        files=media,
    )


def _units(facts: Facts, read: Callable[[str], bytes]) -> Iterator[Unit]:
    """The units of a package of ours, in the order of its manifest; none of another one."""
    identifiers: dict[str, str] = {}
    for node in nodes_of(facts.tree):
        if node.launch:
            identifiers.setdefault(node.launch, node.identifier)
    room = _MOST_DOCUMENTS
    for name in facts.launch_files:
        try:
            data = read(name)
        except UnreadableError:
            continue
        room -= len(data)
        if room < 0:
            return
        unit = _unit(data.decode("utf-8", "replace"), identifiers.get(name, ""))
        if unit:
            yield unit


def _unit(text: str, identifier: str) -> Unit | None:
    """The unit of a document, or None when it does not have the data of our player."""
    found = _DATA.search(text)
    if not found:
        return None
    try:
        data = _Fields(json.loads(found[1]))
        unit = _read(data, identifier or data.text("id"))
    except (ValueError, RecursionError):
        return None
    document = read_document(text, unit.language, unit.pages.keys())
    return replace(
        unit,
        media={path: slot for path, slot in document.media.items() if 0 <= slot <= _MOST_SLOT},
        rule=document.rule,
        sections=document.sections,
        asked=document.questions,
    )


class _Fields:
    """Reads an object of JSON that nobody has checked. Raises ValueError."""

    def __init__(self, values: Any) -> None:
        if not isinstance(values, dict):
            raise ValueError("not an object")
        self.values = values

    def of(self, name: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        value = self.values.get(name, default)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(f"{name}: {value!r}")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        return printable_text(self.of(name, str, default))

    def id(self, name: str) -> str:
        value: str = self.of(name, str)
        if not _IDS.fullmatch(value):
            raise ValueError(f"{name}: {value!r}")
        return value

    def slot(self, name: str) -> int:
        return _slot(self.of(name, int))

    def maybe(self, name: str, kind: type | tuple[type, ...]) -> Any:
        return None if self.values.get(name) is None else self.of(name, kind)

    def inner(self, name: str) -> list[_Fields]:
        return [_Fields(each) for each in self.of(name, list, [])]


def _slot(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= _MOST_SLOT:
        raise ValueError(f"slot: {value!r}")
    return value


def _read(data: _Fields, identifier: str) -> Unit:
    pages = [
        Page(
            id=each.id("id"),
            slot=each.slot("slot"),
            minutes=each.of("minutes", (int, float)),
            core=each.of("core", bool),
            part=each.maybe("part", str),
            bookmark=each.maybe("bookmark", int),
        )
        for each in data.inner("pages")
    ]
    questions = [
        Question(
            id=each.id("id"),
            page=each.id("page"),
            kind=each.text("kind", "choice"),
            scored=each.of("scored", bool, True),
            answers={
                answer.text("id"): (answer.slot("slot"), answer.of("right", bool))
                for answer in each.inner("answers")
            },
        )
        for each in data.inner("questions")
    ]
    completion = data.of("completion", dict)
    _Fields(completion).text("rule")
    check = data.maybe("check", dict)
    report = data.of("report", dict, {})
    return Unit(
        identifier=identifier,
        id=data.text("id"),
        version=data.text("version"),
        title=data.text("title"),
        language=data.text("lang"),
        slots=data.slot("slots"),
        marks=data.of("marks", str, ""),
        positions=data.of("positions", int, 0),
        draw=tuple(map(_slot, data.of("draw", list, []))),
        pages={page.id: page for page in pages},
        questions={question.id: question for question in questions},
        completion=completion,
        check=_check(_Fields(check)) if check else None,
        status=data.text("status", "completed"),
        report={name: report.get(name) is True for name in ("answers", "media")},
        media={},
        rule="",
        sections={},
        asked={},
    )


def _check(check: _Fields) -> Check:
    hand = check.maybe("hand", dict)
    slots = [*hand.get("turn", []), *hand.get("best", [])] if hand else []
    return Check(
        page=check.id("page"),
        mastery=check.maybe("mastery", (int, float)),
        hand=tuple(map(_slot, slots)),
        attempts=_Fields(hand).maybe("attempts", int) if hand else None,
    )
