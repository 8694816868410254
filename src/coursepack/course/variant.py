"""The content of a package: the whole course, some of its parts, or each part as a separate unit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any, NamedTuple

from coursepack.course.blocks.block import DataBlock, File, FileKind, byte_count
from coursepack.course.blocks.playable import Playable
from coursepack.course.blocks.video import Video
from coursepack.course.model import AllCorePages, Completion, Course, Definition, NamedParts, Packaging
from coursepack.course.pictures import PictureConversion, picture_conversions
from coursepack.course.rungs import Conversion, conversions, texts
from coursepack.languages import strings
from coursepack.resources import DOCUMENT
from coursepack.result import FilmSize, TextSize

WHOLE = Packaging.model_construct(id="full")


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

    @property
    def texts(self) -> tuple[TextSize, ...]:
        """The films and sounds that it shows as text. Raises OSError."""
        course = self.course

        def told(src: str) -> TextSize:
            sizes = [course.media[each.src].stat().st_size for each in course.stills.get(src, ())]
            return TextSize(src, course.media[src].stat().st_size, len(sizes), sum(sizes))

        return tuple(map(told, dict.fromkeys(each.src for each in shown_as_text(course))))

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
            conversions=conversions({**course.recordings, **course.animations}, packaging.rung),
            picture_conversions=picture_conversions(course.pictures, packaging.rung),
        )
    if packaging.rung or packaging.sound is not None:
        course = _changed(course, texts=_texts(course, packaging))
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
    kinds = _text_kinds(content)
    if kinds:
        other = _edition_with_films(content, packaging)
        course, content = (
            _as_text(each, kinds, other, titled, definition.language) for each in (course, content)
        )
    if not packaging.separate:
        return Variant(packaging.id, title, content, (Unit(None, title, DOCUMENT, content),), most)
    return Variant(packaging.id, title, content, tuple(_units(course, parts, bool(packaging.parts))), most)


def _texts(course: Course, packaging: Packaging) -> frozenset[str]:
    """The films and sounds that a package shows as text, of all pages."""
    own = packaging.sound
    has_sounds = course.definition.media.sound if own is None else own
    return texts(course.recordings, packaging.rung, has_sounds)


def _edition_with_films(course: Course, packaging: Packaging) -> Packaging | None:
    """Another package with all that is text in this one, if there is one."""
    parts = {part.id for part in course.definition.parts if part.chapters}
    others = (
        each
        for each in course.definition.packages
        if each.id != packaging.id and (not each.parts or parts.issubset(each.parts))
    )
    return next((each for each in others if not _texts(course, each) & course.texts), None)


def _text_kinds(course: Course) -> set[FileKind]:
    """The kinds of films and sounds that its pages show as text."""
    return {block.kind for block in shown_as_text(course)}


def shown_as_text(course: Course) -> Iterator[Playable]:
    """The films and sounds that the pages of a course show as text, in all languages."""
    return (
        block
        for each in (course, *course.editions)
        for page in each.pages
        for block in page.blocks
        if isinstance(block, Playable) and block.src in course.texts
    )


def _as_text(
    course: Course,
    kinds: Collection[FileKind],
    other: Packaging | None,
    titled: Callable[[Definition], str],
    main: str,
) -> Course:
    """The course with a description that says what is text in it. `other` is a package that has no text for it.

    `main` is the main language.
    """
    definition = course.definition
    is_own = ("description", "description") not in course.untranslated
    words = strings(definition.language if is_own else main)["page"]["edition_of"]
    said = words["both" if len(kinds) > 1 else next(iter(kinds))]
    films_in = None
    if other:
        own = next((each.title for each in definition.packages if each.id == other.id), None)
        title = (other.title and own) or definition.title
        films_in = "" if title == titled(definition) else title
    return course._replace(
        definition=definition.model_copy(update={"description": f"{definition.description} {said}"}),
        films_in=films_in,
        editions=tuple(_as_text(edition, kinds, other, titled, main) for edition in course.editions),
    )


def _changed(course: Course, **fields: Any) -> Course:
    editions = tuple(_changed(edition, **fields) for edition in course.editions)
    return course._replace(**fields, editions=editions)


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
    return course._replace(
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


def _packed(block: DataBlock, texts: Collection[str]) -> Iterator[File]:
    """The files of a block that are packed; of a film or sound that is text, only its picture."""
    is_text = isinstance(block, Playable) and block.src in texts
    return (file for file in block.files() if file.is_packed and not (is_text and file.kind != "poster"))


def made_posters(course: Course) -> list[File]:
    """The posters that the pages of a course take from films, in all languages.

    Where the author names no time, only films that are converted have one: what is finished is packed as it is. A film
    that is text has other pictures.
    """
    return [
        file
        for block in _data_blocks(course)
        if isinstance(block, Video)
        for file in block.files()
        if file.kind == "made-poster" and (file.second is not None or _is_chosen(course, file.src))
    ]


def _is_chosen(course: Course, film: str) -> bool:
    return film not in course.texts and course.recordings[film].conversion() is not None


def _data_blocks(course: Course) -> Iterator[DataBlock]:
    return (
        block
        for each in (course, *course.editions)
        for page in each.pages
        for block in page.blocks
        if isinstance(block, DataBlock)
    )


def media(course: Course) -> set[str]:
    """The pictures, films, sounds, downloads and fonts that the course's pages use, by path in its folder.

    Pictures that were converted have their renditions, and films the posters that were taken from them.

    A course of some parts also has the files of the others, so that a file has the same name in every package.
    """
    blocks = list(_data_blocks(course))
    files = [file for block in blocks for file in _packed(block, course.texts)]
    named = {file.src for file in files}
    for block in blocks:
        named.update(each.src for file in block.files() for each in course.stills.get(file.src, ()))
    named.update(file.taken for file in made_posters(course) if file.taken in course.media)
    definition = course.definition
    logo = definition.logo.src if definition.logo else None
    fonts = definition.fonts.files if definition.fonts else ()
    cover = definition.cover.src if definition.cover else None
    found = {path for path in (*named, *fonts, cover, logo) if path}
    if not course.renditions:
        return found
    chosen = {cover, *(file.src for file in files if file.kind == "picture")}
    return found.union(each.src for path in chosen if path for each in course.renditions.get(path, ()))
