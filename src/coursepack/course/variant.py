"""The content of a package: the whole course, some of its parts, or each part as a separate unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from coursepack.course.blocks.block import DataBlock, byte_count
from coursepack.course.model import AllCorePages, Completion, Course, Definition, NamedParts, Packaging
from coursepack.course.pictures import PictureConversion, picture_conversions
from coursepack.course.rungs import Conversion, conversions
from coursepack.resources import DOCUMENT
from coursepack.result import FilmSize

WHOLE = Packaging(id="full")


class Unit(NamedTuple):
    """What an LMS launches: a SCO, an activity or an assignable unit.

    `id` is None for the only unit of a package, else the id of its part. `launch` is the package path of its document.
    """

    id: str | None
    title: str
    launch: str
    course: Course


class Variant(NamedTuple):
    """The content of a package. `name` is part of the file name: `full` is the whole course as one unit.

    `most` is the largest size of the package in bytes, and `films` tells what its films became for that.
    """

    name: str
    title: str
    course: Course
    units: tuple[Unit, ...]
    most: int | None = None
    films: tuple[FilmSize, ...] = ()

    @property
    def id(self) -> str:
        """The id of the package in every version: the course's id, and the variant's unless it is the whole course."""
        return (
            self.course.definition.id if self.name == WHOLE.id else f"{self.course.definition.id}-{self.name}"
        )

    @property
    def titles(self) -> dict[str, str]:
        """The title by language, the main one first."""
        titles: dict[str, str] = {self.course.definition.language: self.title}
        titles.update((edition.definition.language, self._own(edition)) for edition in self.course.editions)
        return titles

    def _own(self, edition: Course) -> str:
        # The edition of a part already has the package's title.
        packages = () if edition.unit else edition.definition.packages
        named = (each.title for each in packages if each.id == self.name and each.title)
        return next(named, edition.definition.title)

    @property
    def conversions(self) -> dict[str, Conversion]:
        """The conversions of the films and sounds that its pages use."""
        used = media(self.course)
        return {src: each for src, each in self.course.conversions.items() if src in used}

    @property
    def picture_conversions(self) -> dict[str, PictureConversion]:
        """The conversions of the pictures that its pages use."""
        used = media(self.course)
        return {src: each for src, each in self.course.picture_conversions.items() if src in used}

    def changed(self, **fields: Any) -> Variant:
        """The variant with these fields in its courses, in every language."""
        units = tuple(unit._replace(course=_changed(unit.course, **fields)) for unit in self.units)
        return self._replace(course=_changed(self.course, **fields), units=units)

    def counts(self, unit: Unit) -> bool:
        """Whether the completion rule requires a unit."""
        if len(self.units) == 1:
            return True
        definition, rule = self.course.definition, self.course.definition.completion
        check = unit.course.definition.final_check
        if check and check.mastery and definition.status != "completed":
            return True
        if isinstance(rule, NamedParts):
            tracks = definition.tracks if rule.of is None else rule.of
            return unit.id in rule.parts or (rule.tracks > 0 and unit.id in tracks)
        if not isinstance(rule, AllCorePages):
            return check is not None
        return any(page.core for part in unit.course.definition.parts for page in part.pages)

    def joined(self) -> Variant:
        """The same pages as one unit, for standards that launch only one."""
        return self._replace(units=(Unit(None, self.title, DOCUMENT, self.course),))


def whole(course: Course) -> Variant:
    """The whole course as one unit."""
    return _variant(course, WHOLE)


def variants(course: Course, part: str | None = None) -> tuple[Variant, ...]:
    """The packages that `course.yaml` defines, or that of one part. Raises KeyError for an unknown part.

    A part that is a package in `course.yaml` is built as that says.
    """
    definition = course.definition
    if part is None:
        return tuple(_variant(course, each) for each in definition.packages or (WHOLE,))
    if not any(each.id == part and each.chapters for each in definition.parts):
        raise KeyError(part)
    own = (each for each in definition.packages if each.id == part)
    return (_variant(course, next(own, Packaging(id=part, parts=(part,)))),)


def _variant(course: Course, packaging: Packaging) -> Variant:
    definition = course.definition
    if packaging.rung:
        course = _changed(
            course,
            conversions=conversions(course.recordings, packaging.rung),
            picture_conversions=picture_conversions(course.pictures, packaging.rung),
        )
    parts = packaging.parts or tuple(part.id for part in definition.parts if part.chapters)

    def titled(definition: Definition) -> str:
        # Each language has its own titles.
        own = next((each.title for each in definition.packages if each.id == packaging.id), None)
        return (packaging.title and own) or (
            _title(definition, parts[0]) if len(packaging.parts) == 1 else definition.title
        )

    title = titled(definition)
    most = byte_count(packaging.max_size) if packaging.max_size else None
    content = course if not packaging.parts else _narrowed(course, parts, titled, packaging.id)
    if not packaging.separate:
        return Variant(packaging.id, title, content, (Unit(None, title, DOCUMENT, content),), most)
    return Variant(packaging.id, title, content, tuple(_units(course, parts, bool(packaging.parts))), most)


def _changed(course: Course, **fields: Any) -> Course:
    editions = tuple(_changed(edition, **fields) for edition in course.editions)
    return replace(course, **fields, editions=editions)


def _units(course: Course, parts: tuple[str, ...], is_partial: bool) -> Iterator[Unit]:
    """A unit for each part. The start page of a whole course belongs to the first of them.

    A unit of that page alone would be completed when opened, and some LMSs take the first completed unit for the
    whole activity.
    """
    titles = {part.id: part.title for part in course.definition.parts}
    for at, part in enumerate(parts):
        is_first = at == 0
        titled = partial(_title, part=part)
        content = _narrowed(course, (part,), titled, part, start=is_first and not is_partial, separate=True)
        yield Unit(part, titles[part], DOCUMENT if is_first else f"part-{part}.html", content)


def _title(definition: Definition, part: str) -> str:
    name = definition.short_title or definition.title
    title = f"{name}: {next(each.title for each in definition.parts if each.id == part)}"
    # Importers store at most 200 characters (IMS CP 1.1.2).
    return title if len(title) <= 200 else f"{title[:199]}…"


def _narrowed(
    course: Course,
    parts: tuple[str, ...],
    titled: Callable[[Definition], str],
    name: str,
    start: bool = False,
    separate: bool = False,
) -> Course:
    """The course with only the pages of some parts.

    Other parts stay but are empty, so that a part keeps its number. The lock stays complete: progress has the same
    slots in every package.
    """
    old = course.definition
    definition = old.model_copy(
        update={
            "title": titled(old),
            "short_title": None,
            "start": old.start if start else None,
            "cover": old.cover if start else None,
            "parts": tuple(
                part if part.id in parts else part.model_copy(update={"chapters": ()}) for part in old.parts
            ),
        }
    )
    kept = {entry.id for entry in definition.pages}
    check = old.final_check if old.final_check and old.final_check.page in kept else None
    status = "completed" if old.status == "both" and check is None else old.status
    changes: dict[str, Any] = {"final_check": check, "status": status}
    changes["completion"] = _completion(old.completion, parts, check is not None, old)
    if separate:
        # What the author says at the end is about the whole course.
        changes["closing"], changes["tomorrow"] = None, ()
    changes["minutes"] = definition.core_minutes or sum(entry.minutes for entry in definition.pages)
    definition = definition.model_copy(update=changes)
    return replace(
        course,
        definition=definition,
        pages=tuple(page for page in course.pages if page.entry.id in kept),
        unit=name,
        separate=separate,
        absent=course.absent | {page.entry.id for page in course.pages} - kept,
        elsewhere=course.elsewhere
        | {each.id for page in course.pages if page.entry.id not in kept for each in page.questions},
        editions=tuple(
            _narrowed(edition, parts, titled, name, start, separate) for edition in course.editions
        ),
    )


def _completion(
    rule: Completion, parts: tuple[str, ...], checked: bool, definition: Definition
) -> Completion:
    """The course's rule if the package contains everything that it requires, otherwise all core pages."""
    if isinstance(rule, NamedParts):
        of = definition.tracks if rule.of is None else rule.of
        held = set(parts).issuperset(rule.parts) and (not rule.tracks or set(parts).issuperset(of))
        return rule if held else AllCorePages()
    return rule if rule.rule == "all-core-pages" or checked else AllCorePages()


def media(course: Course) -> set[str]:
    """The pictures, films, sounds, downloads and fonts that the course's pages use, by path in its folder.

    Pictures that were converted have their renditions.

    A course of some parts also has the files of the others, so that a file has the same name in every package.
    """
    blocks = (
        block
        for each in (course, *course.editions)
        for page in each.pages
        for block in page.blocks
        if isinstance(block, DataBlock)
    )
    files = [file for block in blocks for file in block.files() if file.is_packed]
    named = {file.src for file in files}
    definition = course.definition
    logo = definition.logo.src if definition.logo else None
    fonts = definition.fonts.files if definition.fonts else ()
    cover = definition.cover.src if definition.cover else None
    found = {path for path in (*named, *fonts, cover, logo) if path}
    if not course.renditions:
        return found
    chosen = {cover, *(file.src for file in files if file.kind == "picture")}
    return found.union(each.src for path in chosen if path for each in course.renditions.get(path, ()))
