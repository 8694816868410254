"""What the packages of a course process of a learner: each item with its place and its fields, by standard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from coursepack.course.blocks.playable import Playable
from coursepack.course.blocks.video import Video
from coursepack.course.model import Course
from coursepack.targets import TARGETS

Place = Literal["lms", "lrs", "every", "state", "device", "tab", "read"]
"""lms: written to the LMS. lrs: statements; every: what all statements have; state: a document in the LRS.

device and tab: in the browser's storage. read: read in the LMS.
"""

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is processed. `name` and `lasts` are the keys of its words.

    `fields` are elements of the standard, verbs of statements, or kinds of storage and their keys, in which `<...>`
    stands for what differs. `holds` are the fields of the value.
    """

    name: str
    at: Place
    lasts: str
    fields: tuple[str, ...]
    holds: tuple[str, ...] = ()


def standard_of(target: str) -> str:
    """The name of the file of a target's standard: targets of one adapter process the same."""
    found = TARGETS[target]
    return found.tracking or found.adapter


def recipient(target: str) -> str:
    """Who gets what a package of a target writes: lms, lrs or nobody."""
    return str(_read(f"standards/{standard_of(target)}")["recipient"])


def settings(course: Course) -> frozenset[str]:
    """The settings and contents of a course on which items depend."""
    definition = course.definition
    blocks = [block for each in (course, *course.editions) for page in each.pages for block in page.blocks]
    played = [block for block in blocks if isinstance(block, Playable)]
    films = [block for block in played if isinstance(block, Video)]
    has_questions = any(page.questions for page in course.pages)
    known = {
        "graded": definition.graded,
        "judged": definition.graded or definition.status != "completed",
        "answers": definition.report.answers and has_questions,
        "media": definition.report.media and any(block.is_remembered for block in played),
        "certificate": definition.certificate,
        "translations": bool(course.editions),
        "plays": bool(played),
        "versions": any(isinstance(film.described, str) or film.signed for film in films),
    }
    return frozenset(name for name, is_set in known.items() if is_set)


def items(target: str, has: Iterable[str], course: str = "<course>") -> Iterator[Item]:
    """What a package of a target processes with these settings. `course` is the id that keys on the device contain."""
    known = frozenset(has)
    for entry in (*_read(f"standards/{standard_of(target)}")["items"], *_read("device")):
        if known.issuperset(entry.get("when", ())):
            fields = (field.replace("<course>", course) for field in entry["fields"])
            more = (each for name, holds in entry.get("more", {}).items() if name in known for each in holds)
            holds = (*entry.get("holds", ()), *more)
            yield Item(entry["item"], entry["at"], entry["lasts"], tuple(fields), holds)


@cache
def _read(name: str) -> Any:
    found: Mapping[str, Any] = yaml.load(
        (_FOLDER / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return found
