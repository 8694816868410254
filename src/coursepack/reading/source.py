"""Reads a course folder: it becomes a Course, or every mistake becomes a problem at its place."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import Field

from coursepack.course.blocks import Block
from coursepack.course.blocks.block import DataBlock, File, FileKind, clock, seconds
from coursepack.course.blocks.html import Html
from coursepack.course.blocks.question import Question
from coursepack.course.lock import Lock, read_lock
from coursepack.course.model import (
    Course,
    Cue,
    Definition,
    NamedParts,
    Page,
    PageEntry,
    Person,
    ScoreReached,
    Source,
    SourceId,
    Term,
    wanted_slots,
)
from coursepack.course.severity import mistake
from coursepack.course.theme import faint
from coursepack.languages import ENGLISH, strings
from coursepack.problems import (
    CourseError,
    Location,
    Message,
    Problem,
    Quoted,
    Reason,
    Report,
    Value,
    nearest,
    quoted,
)
from coursepack.reading.captions import judge_captions, read_captions
from coursepack.reading.markdown import PageContext, Placed, Words, read_page, render_text, text_of
from coursepack.reading.media_heads import (
    AUDIO_TYPES,
    DOWNLOAD_TYPES,
    FONT_TYPES,
    IMAGE_TYPES,
    VIDEO_TYPES,
    MediaError,
    check_font,
    image_size,
    media_seconds,
    suffix,
)
from coursepack.reading.yaml_validation import Yaml, read_yaml, validate

TEXT_LIMIT = 2_000_000
"""Bytes of one Markdown page or caption file; the longest novel chapter is a tenth of it."""


class Folder:
    """A course folder: opens its files safely, and collects what is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._root = os.path.join(os.path.realpath(path), "")
        self._reals: dict[str, str] = {}
        self.problems: list[Problem] = []

    def say(
        self,
        rule: str,
        message: str | Message,
        place: Location,
        hint: str | Message = "",
    ) -> None:
        """Adds a problem."""
        self.problems.append(mistake(rule, message, place, hint))

    def inside(self, path: Path) -> bool:
        """True when a file lies in the course folder, links followed. A link to itself raises nothing."""
        if os.path.islink(path):
            return os.path.realpath(path).startswith(self._root)
        # To follow links is to look at every folder on the way, and most files share theirs.
        folder = os.path.dirname(path)
        if folder not in self._reals:
            self._reals[folder] = os.path.join(os.path.realpath(folder), "")
        return self._reals[folder].startswith(self._root)

    def lacks(self, name: str) -> bool:
        """True when nothing is there. What is there and cannot be reached is told when it is read."""
        try:
            (self.path / name).stat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return False

    def text(self, name: str, place: Location, limit: int, area: str) -> str | None:
        """The text of a file of the course, or None and the reason told at `place`."""
        path = self.path / name
        try:
            facts = path.stat()
            # Opening a pipe would wait for ever.
            if not stat.S_ISREG(facts.st_mode):
                self.say(
                    f"{area}/unreadable",
                    Message("{0} cannot be read: {1}", name, Reason("it is not a file")),
                    place,
                )
                return None
            if facts.st_size > limit:
                size = f"{facts.st_size / 1_000_000:.1f}"
                self.say(
                    f"{area}/too-long",
                    Message("is {0} MB; at most {1} MB can be read", size, f"{limit / 1_000_000:g}"),
                    Location(name),
                )
                return None
            data = path.read_bytes()
        except OSError as error:
            self.say(f"{area}/unreadable", Message("{0} cannot be read: {1}", name, Reason.of(error)), place)
            return None
        try:
            return text_of(data)
        except UnicodeDecodeError as error:
            before = text_of(error.object[: error.start])
            line = before.count("\n") + 1
            column = len(before) - before.rfind("\n")
            binary = b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))
            what = "is not text" if binary else "is not UTF-8"
            hint = "" if binary else "Open the file in your editor and save it with the encoding UTF-8."
            self.say(f"{area}/not-utf-8", what, Location(name, line, column), hint)
            return None


def printable(name: str) -> str:
    """A file's name in which bytes that are not UTF-8 are escaped."""
    return name.encode("utf-8", "backslashreplace").decode()


_PLAYED: dict[FileKind, tuple[Mapping[str, str], Message]] = {
    "film": (VIDEO_TYPES, Message("a film")),
    "described": (VIDEO_TYPES, Message("a film")),
    "sound": (AUDIO_TYPES, Message("a sound")),
}


class Media:
    """The media of a course: each file is opened and judged once, however many blocks show it."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self.files: dict[str, Path] = {}
        self.captions: dict[str, str] = {}
        self.transcripts: dict[str, tuple[Cue, ...] | Html] = {}
        self.sizes: dict[str, tuple[int, int]] = {}
        self.fonts: dict[str, int] = {}
        self._listings: dict[Path, frozenset[str]] = {}
        self._judged: dict[tuple[str, str], bool] = {}

    def read_look(self, definition: Definition, read: Yaml) -> None:
        """The cover, the logo and the fonts of a course."""
        if definition.cover:
            self.picture(definition.cover, read.place(("cover",)))
        if definition.logo:
            self.picture(definition.logo.src, read.place(("logo", "src")))
        for role in ("text", "headings"):
            face = getattr(definition.fonts, role, None)
            for at, file in enumerate(face.files if face else ()):
                if file.src not in self.fonts:
                    self.font(file.src, read.place(("fonts", role, "files", at, "src")))

    def read_block(self, placed: Placed) -> None:
        """The files of a block."""

        def at(place: tuple[int | str, ...]) -> Location:
            return placed.yaml.place(place) if placed.yaml else placed.location

        for file in placed.block.files():
            place = at(file.place)
            if file.kind == "picture":
                self.picture(file.src, place)
            elif file.kind in _PLAYED:
                # The length stands beside the name.
                length = at((*file.place[:-1], "duration"))
                self.playable(file, place, *_PLAYED[file.kind], length)
            elif file.kind == "captions":
                self.subtitles(file, place)
            elif file.kind == "transcript":
                self.transcript(file.src, place)
            elif file.kind == "document":
                self.document(file.src, place)
            else:
                self.typed(
                    file.src, place, DOWNLOAD_TYPES, Message("a file that may be offered for download")
                )

    def file(self, src: str, place: Location) -> Path | None:
        """The media file that `src` names, or None and the reason told."""
        known = self.files.get(src)
        if known is not None:
            return known
        pure = PurePosixPath(src)
        if "\\" in src or pure.is_absolute() or ".." in pure.parts or ":" in src:
            self._folder.say(
                "media/outside",
                Message("{0} is not a path inside the course folder", Quoted(src)),
                place,
                "Write a path from the course folder with /, such as media/picture.svg.",
            )
            return None
        path = self._folder.path.joinpath(*pure.parts)
        folder = path.parent
        if folder not in self._listings:
            try:
                self._listings[folder] = frozenset(os.listdir(folder))
            except OSError:
                self._listings[folder] = frozenset()
        # A Mac may have written å as a and a ring; the author's editor has not.
        if pure.name not in self._listings[folder]:
            same = unicodedata.normalize("NFC", pure.name)
            for name in self._listings[folder]:
                if unicodedata.normalize("NFC", name) == same:
                    pure, path = pure.with_name(name), path.with_name(name)
        # A name that differs by case only is found on some disks, and missing for every learner.
        if pure.name not in self._listings[folder]:
            near = nearest(pure.name, self._listings[folder], most=0)
            self._folder.say(
                "media/missing",
                Message("there is no file {0}", Quoted(src)),
                place,
                near,
            )
            return None
        if not self._folder.inside(path):
            self._folder.say(
                "media/outside",
                Message("{0} is a link to a place outside the course folder", Quoted(src)),
                place,
                "Copy the file.",
            )
            return None
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise OSError("it is not a file")
            with path.open("rb") as file:
                empty = not file.read(1)
        except OSError as error:
            self._folder.say(
                "media/unreadable",
                Message("{0} cannot be read: {1}", Quoted(src), Reason.of(error)),
                place,
            )
            return None
        if empty:
            self._folder.say("media/empty", Message("{0} is empty", Quoted(src)), place)
            return None
        self.files[src] = path
        return path

    def typed(self, src: str, place: Location, types: Any, what: Message) -> Path | None:
        """A media file whose ending is one of `types`."""
        if suffix(src) not in types:
            known = ", ".join(types)
            self._folder.say(
                "media/unknown-type",
                Message("{0} is not {1}", Quoted(src), what),
                place,
                Message("Known endings: {0}.", known),
            )
            return None
        return self.file(src, place)

    def look(self, src: str, path: Path, place: Location, look: Callable[[Path], T]) -> T | None:
        """What `look` finds in a media file, or None and the reason told."""
        try:
            return look(path)
        except MediaError as error:
            self._folder.say(
                f"media/{error.rule}",
                Message("{0}: {1}", Quoted(src), error.message),
                place,
                error.hint,
            )
        except OSError as error:
            self._folder.say(
                "media/unreadable",
                Message("{0} cannot be read: {1}", Quoted(src), Reason.of(error)),
                place,
            )
        return None

    def picture(self, src: str, place: Location) -> None:
        """A picture, and how large it is."""
        path = self.typed(src, place, IMAGE_TYPES, Message("a picture"))
        if path is None or src in self.sizes:
            return
        size = self.look(src, path, place, image_size)
        if size:
            self.sizes[src] = size

    def document(self, src: str, place: Location) -> None:
        """A PDF, which law asks to be readable for everybody wherever it asks it of the page."""
        from coursepack.reading.pdf import read_pdf

        path = self.typed(src, place, ("pdf",), Message("a PDF document"))
        if path is None or (src, "") in self._judged:
            return
        self._judged[src, ""] = True
        found = self.look(src, path, place, read_pdf)
        if found and not found.is_tagged:
            self._folder.say(
                "media/untagged-pdf",
                Message(
                    "{0} has no tags: a screen reader finds neither headings nor order in it", Quoted(src)
                ),
                place,
                "Export it with tags, which programs call an accessible or structured PDF.",
            )
        if found and not found.has_language:
            self._folder.say(
                "media/pdf-without-language",
                Message("{0} does not say which language it is in", Quoted(src)),
                place,
                "Set the document's language before you export it.",
            )

    def font(self, src: str, place: Location) -> None:
        """A font, and how many bytes it has: 0 when it is none."""
        path = self.typed(src, place, FONT_TYPES, Message("a font"))
        self.fonts[src] = (self.look(src, path, place, check_font) if path else None) or 0

    def playable(self, file: File, place: Location, types: Any, what: Message, at: Location) -> None:
        """A film or a sound, which is as long as `at` says."""
        src, duration = file.src, file.duration
        path = self.typed(src, place, types, what)
        if path is None or (src, duration) in self._judged:
            return
        self._judged[src, duration] = True
        length = self.look(src, path, place, media_seconds)
        if length is not None and abs(length - seconds(duration)) > 1.5:
            told = clock(length + 0.5)
            if file.kind == "described":
                self._folder.say(
                    "media/other-length",
                    Message("{0} is {1} long, and duration says {2}", Quoted(src), told, duration),
                    place,
                    "Captions and text version belong to both: describe in the pauses of the film.",
                )
                return
            self._folder.say(
                "media/wrong-duration",
                Message("{0} is {1} long, not {2}", Quoted(src), told, duration),
                at,
                Message("Write duration: {0}.", Quoted(told)),
            )

    def subtitles(self, file: File, place: Location) -> None:
        """A file of captions."""
        src = file.src
        if (
            src in self.captions
            or self.typed(src, place, ("vtt",), Message("a caption file (WebVTT)")) is None
        ):
            return
        text = self._folder.text(src, place, TEXT_LIMIT, "captions")
        if text is not None:
            self._folder.problems += judge_captions(text, src, seconds(file.duration))
            self.captions[src] = text

    def transcript(self, src: str, place: Location) -> None:
        """Read into the document: it is no file of the package."""
        if src in self.transcripts or self.typed(src, place, ("vtt", "md"), Message("a transcript")) is None:
            return
        text = self._folder.text(src, place, TEXT_LIMIT, "captions")
        if text is None:
            return
        if suffix(src) == "md":
            body, problems = render_text(text, src)
            self._folder.problems += problems
            self.transcripts[src] = body
        else:
            cues, problems = read_captions(text, src)
            self._folder.problems += problems
            self.transcripts[src] = cues


T = TypeVar("T")
YamlPath = tuple[int | str, ...]

COURSE_FILE = "course.yaml"
GLOSSARY_FILE = "glossary.yaml"
CONTACTS_FILE = "contacts.yaml"
SOURCES_FILE = "sources.yaml"
YAML_LIMIT = 20_000_000
Sources = dict[Annotated[SourceId, Field()], Source]


def read_definition(folder: Folder) -> tuple[Definition | None, Yaml | None]:
    """course.yaml, and what it was read from to find places in; None for what is wrong."""
    what = _no_folder(folder.path)
    if what:
        place = Location(printable(folder.path.as_posix()))
        folder.say("course/missing-folder", what, place)
        return None, None
    if folder.lacks(COURSE_FILE):
        folder.say(
            "course/missing-file",
            "the course folder has no course.yaml",
            Location(COURSE_FILE),
            "Is this the course's folder? Start a new course with: coursepack new FOLDER",
        )
        return None, None
    return read_values(folder, COURSE_FILE, Definition)


def _no_folder(folder: Path) -> str | Message:
    """Why there is no folder of that name, or nothing."""
    try:
        return "" if stat.S_ISDIR(folder.stat().st_mode) else "is not a folder"
    except FileNotFoundError:
        return "does not exist"
    except OSError as error:
        return Message("cannot be read: {0}", Reason.of(error))


def read_values(folder: Folder, name: str, model: type[T]) -> tuple[T | None, Yaml | None]:
    """A definition file: its value, and what it was read from to find places in; None for what is wrong."""
    text = folder.text(name, Location(name), YAML_LIMIT, "course")
    if text is None:
        return None, None
    read, problems = read_yaml(text, name)
    folder.problems += problems
    if read is None:
        return None, None
    value, problems = validate(model, read, "course")
    folder.problems += problems
    return value, read


def read_optional(folder: Folder, name: str, model: Any, none: Any) -> tuple[Any, Yaml | None]:
    """A definition file that a course may lack: `none` when it does, and None when the file is wrong."""
    if folder.lacks(name):
        return none, None
    return read_values(folder, name, model)


class Lists(NamedTuple):
    """What course.yaml and pages refer to by id. A list that is wrong itself has every id."""

    terms: Sequence[Term] | None
    contacts: Mapping[str, Person]
    sources: Mapping[str, Source]


def read_lists(folder: Folder) -> Lists:
    """The glossary, the contacts and the sources of a course."""
    terms, read = read_optional(folder, GLOSSARY_FILE, tuple[Term, ...], ())
    check_unique(folder, terms, read, "terms")
    persons, read = read_optional(folder, CONTACTS_FILE, tuple[Person, ...], ())
    check_unique(folder, persons, read, "contacts")
    sources, _ = read_optional(folder, SOURCES_FILE, Sources, {})
    return Lists(terms, by_id(persons), Anything() if sources is None else sources)


def check_unique(folder: Folder, items: Any, read: Yaml | None, what: str, path: YamlPath = ()) -> None:
    """That no two of `items`, which are at `path` in their file, have the same id."""
    seen: set[str] = set()
    for at, item in enumerate(items or ()):
        if item.id in seen and read is not None:
            place = read.place((*path, at, "id"))
            folder.say(
                "course/repeated-id",
                Message("there are two {0} with the id {1}", Message(what), Quoted(item.id)),
                place,
            )
        seen.add(item.id)


def by_id(items: Sequence[Any] | None) -> Any:
    """A list by its ids; a list that is wrong has all of them."""
    return Anything() if items is None else {item.id: item for item in items}


class Anything(Mapping[str, Any]):
    """Holds every name: when a definition file itself is wrong, what it lacks is no mistake of a page."""

    def __getitem__(self, name: str) -> Any:
        return ("", "")

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def page_entries(definition: Definition) -> Iterator[tuple[YamlPath, PageEntry]]:
    """Every page with its place in the YAML."""
    if definition.start:
        yield ("start",), definition.start
    for p, part in enumerate(definition.parts):
        for c, chapter in enumerate(part.chapters):
            for s, page in enumerate(chapter.pages):
                yield ("parts", p, "chapters", c, "pages", s), page


def page_stubs(data: Any) -> Iterator[tuple[str, str]]:
    """Ids and files of pages in a definition that is wrong elsewhere, so that its pages are read too."""
    if isinstance(data, dict):
        if isinstance(data.get("id"), str) and "minutes" in data and "title" in data and "parts" not in data:
            file = data.get("file")
            yield data["id"], file if isinstance(file, str) else f"pages/{data['id']}.md"
        for value in data.values():
            yield from page_stubs(value)
    elif isinstance(data, list):
        for value in data:
            yield from page_stubs(value)


class Pages(NamedTuple):
    """The pages that could be read: blocks by page id, data blocks with their places, and the page of each file."""

    blocks: Mapping[str, tuple[Block, ...]]
    placed: Sequence[Placed]
    files: Mapping[str, str]


def page_context(pages: Collection[str], terms: Sequence[Term] | None, language: str) -> PageContext:
    """What the Markdown of a page may refer to: ids of pages, and terms, which are any when None."""
    known = Anything() if terms is None else {term.id: (term.term, term.text) for term in terms}
    return PageContext(set(pages), known, Words.of(strings(language)["prose"]))


def read_pages(folder: Folder, listed: list[tuple[str, str, Location]], context: PageContext) -> Pages:
    """Reads pages, each listed with its id, its file and the place that names it."""
    pages: dict[str, tuple[Block, ...]] = {}
    placed: list[Placed] = []
    used: dict[str, str] = {}
    for name, given, place in listed:
        pure = PurePosixPath(given)
        if pure.is_absolute() or ".." in pure.parts or "\\" in given:
            folder.say(
                "course/outside", Message("{0} is not a path inside the course folder", Quoted(given)), place
            )
            continue
        file = pure.as_posix()
        if folder.lacks(file):
            folder.say(
                "course/missing-page",
                Message("the page {0} has no file {1}", Quoted(name), file),
                place,
                "Write it, or name its file with file:.",
            )
            continue
        if file in used:
            folder.say(
                "course/shared-file", Message("{0} is the page {1} already", file, Quoted(used[file])), place
            )
            continue
        used[file] = name
        if not folder.inside(folder.path / file):
            folder.say(
                "course/outside",
                Message("{0} is a link to a place outside the course folder", Quoted(file)),
                place,
            )
            continue
        text = folder.text(file, place, TEXT_LIMIT, "page")
        if text is None:
            continue
        if not text.strip():
            folder.say("page/empty", "the page has no text", Location(file, 1, 1))
            continue
        blocks, found, problems = read_page(text, file, name, context)
        pages[name] = blocks
        placed += found
        folder.problems += problems
        if not blocks and not problems:
            folder.say("page/empty", "the page has no text", Location(file, 1, 1))
    return Pages(pages, placed, used)


def check_unused(folder: Folder, used: Mapping[str, str], top: Path) -> None:
    """That every file below `top` is of a page."""
    for below, _, names in os.walk(top):
        inside = Path(below).relative_to(folder.path).as_posix()
        for name in sorted(names):
            file = f"{inside}/{name}"
            if name.endswith(".md") and file not in used:
                folder.say(
                    "course/unused-page",
                    "no page of course.yaml has this file",
                    Location(printable(file)),
                    "Add the page to course.yaml, or delete the file.",
                )


def check_blocks(
    folder: Folder, media: Media, placed: Sequence[Placed], known: Mapping[str, Collection[str]]
) -> None:
    """Reads the media of data blocks, and checks each block and what it refers to.

    `known` holds the ids of contacts, sources and objectives, by kind.
    """
    seen: dict[str, Location] = {}
    for each in placed:
        media.read_block(each)
        _check_block(folder, media, each, seen, known)


def _check_block(
    folder: Folder,
    media: Media,
    placed: Placed,
    seen: dict[str, Location],
    known: Mapping[str, Collection[str]],
) -> None:
    block, read = placed.block, placed.yaml
    if read is None:
        return
    for finding in block.findings(media.sizes):
        place = read.place(finding.place)
        folder.say(f"page/{finding.rule}", finding.message, place, finding.hint)
    if isinstance(block, Question):
        place = read.place(("id",))
        if block.id in seen:
            folder.say(
                "page/repeated-id",
                Message("the question id {0} is used at {1} already", Quoted(block.id), str(seen[block.id])),
                place,
                "Every question of the course has an id of its own.",
            )
        seen.setdefault(block.id, place)
    for kind, name, at in block.references():
        if name not in known[kind]:
            folder.say(
                f"page/unknown-{kind}",
                Message("there is no {0} {1}", Message(kind), Quoted(name)),
                read.place(at),
                nearest(name, known[kind]),
            )


FONTS_LIMIT = 100_000
"""Bytes of all fonts together; on the line of a poor phone they take half a second."""


def check_definition(
    folder: Folder, definition: Definition, read: Yaml, lists: Lists, pages: Pages, fonts: Mapping[str, int]
) -> None:
    """Everything that is seen only when the whole definition and its pages are there; `fonts` are sizes in bytes."""
    questions = {
        name: [block for block in blocks if isinstance(block, Question) and block.is_remembered]
        for name, blocks in pages.blocks.items()
    }
    _check_ids(folder, definition, read)
    _check_references(folder, definition, read, lists)
    _check_look(folder, fonts, definition, read)
    _check_parts(folder, definition, read)
    _check_packages(folder, definition, read)
    _check_pools(folder, definition, read, questions)
    _check_completion(folder, definition, read, questions)


def _check_ids(folder: Folder, definition: Definition, read: Yaml) -> None:
    seen: dict[str, Location] = {}
    ids: list[tuple[YamlPath, str]] = [(path, page.id) for path, page in page_entries(definition)]
    for p, part in enumerate(definition.parts):
        ids.append((("parts", p), part.id))
        ids += [(("parts", p, "chapters", c), chapter.id) for c, chapter in enumerate(part.chapters)]
    placed = [(read.place((*path, "id")), name) for path, name in ids]
    for place, name in sorted(placed, key=lambda item: item[0].sort_key):
        if name in seen:
            folder.say(
                "course/repeated-id",
                Message("the id {0} is used on line {1} already", Quoted(name), seen[name].line or 0),
                place,
                "Every part, chapter and page has an id of its own.",
            )
        seen.setdefault(name, place)


def _check_references(folder: Folder, definition: Definition, read: Yaml, lists: Lists) -> None:
    def known(name: str, names: Any, path: YamlPath, kind: str) -> None:
        if name not in names:
            folder.say(
                f"course/unknown-{kind}",
                Message("there is no {0} {1}", Message(kind), Quoted(name)),
                read.place(path),
                nearest(name, names),
            )

    for at, name in enumerate(definition.help):
        known(name, lists.contacts, ("help", at), "contact")
    for path, page in page_entries(definition):
        for at, name in enumerate(page.roles):
            known(name, definition.roles, (*path, "roles", at), "role")
        for at, name in enumerate(page.sources):
            known(name, lists.sources, (*path, "sources", at), "source")


def _check_parts(folder: Folder, definition: Definition, read: Yaml) -> None:
    for at, part in enumerate(definition.parts):
        if not part.chapters:
            folder.say(
                "course/empty-part",
                Message("the part {0} has no pages and is left out of packages", Quoted(part.id)),
                read.place(("parts", at)),
            )
    total = definition.core_minutes
    # Declared and added up may differ by a tenth; learners plan by it.
    if abs(total - definition.minutes) > max(1, 0.1 * definition.minutes):
        folder.say(
            "course/minutes-differ",
            Message(
                "declares {0} minutes, but its core pages add up to {1}",
                f"{definition.minutes:g}",
                f"{total:g}",
            ),
            read.place(("minutes",)),
        )


def _check_look(folder: Folder, fonts: Mapping[str, int], definition: Definition, read: Yaml) -> None:
    for each in faint(definition.theme):
        folder.say(
            "course/low-contrast",
            Message(
                "the contrast of {0} is too low in {1}: {2}",
                Quoted(each.name),
                each.mode,
                ", ".join(each.pairs),
            ),
            read.place(("theme", each.mode, each.name)),
            Message("The nearest colour of this hue that is enough is {0}.", Quoted(each.cure))
            if each.cure
            else "No colour of this hue is enough beside the others as they are: change those as well.",
        )
    total = sum(fonts.values())
    if total > FONTS_LIMIT:
        named = ", ".join(f"{name} {size / 1000:.0f} kB" for name, size in fonts.items())
        folder.say(
            "course/large-fonts",
            Message(
                "the fonts are {0} kB together, which is more than {1} kB: {2}",
                f"{total / 1000:.0f}",
                FONTS_LIMIT // 1000,
                named,
            ),
            read.place(("fonts",)),
            "Keep only the letters and the weights that the course uses: on a slow line words change face "
            "when a font has come.",
        )


def _check_units(folder: Folder, definition: Definition, read: Yaml) -> None:
    """What one should know of packages whose parts are launched one by one."""
    check = definition.final_check
    units: set[str] = set()
    for at, package in enumerate(definition.packages):
        parts = [
            part for part in definition.parts if part.chapters and part.id in (package.parts or (part.id,))
        ]
        if package.separate and len(parts) > 1:
            units.update(part.id for part in parts)
            folder.say(
                "course/several-units",
                Message(
                    "the package {0} has {1} units: an LMS may take the first that is completed for the "
                    "whole course, unless it is told otherwise before anybody begins",
                    Quoted(package.id),
                    len(parts),
                ),
                read.place(("packages", at, "separate")),
                "In Moodle: course structure in the player disabled or as a drop-down menu; completion by status "
                "completed and passed, required of all SCOs, and not by view.",
            )
    for number, part in enumerate(definition.parts):
        if part.id not in units or any(page.core for page in part.pages):
            continue
        if check is None or all(page.id != check.page for page in part.pages):
            folder.say(
                "course/unit-without-core-pages",
                Message(
                    "the part {0} has no core page: as a unit of its own it is completed as soon as it is "
                    "opened",
                    Quoted(part.id),
                ),
                read.place(("parts", number, "id")),
                "Give it a core page, or build the course as one unit.",
            )


def _check_packages(folder: Folder, definition: Definition, read: Yaml) -> None:
    full = {part.id: bool(part.chapters) for part in definition.parts}
    check_unique(folder, definition.packages, read, "packages", ("packages",))
    for at, package in enumerate(definition.packages):
        # The package of one part is named after it: `coursepack build --part` makes it too.
        if package.id in full and package.parts != (package.id,):
            folder.say(
                "course/package-named-as-part",
                Message(
                    "the package {0} has the id of a part, but is not that part alone", Quoted(package.id)
                ),
                read.place(("packages", at, "id")),
                "Give the package another id.",
            )
        for number, name in enumerate(package.parts):
            where = read.place(("packages", at, "parts", number))
            if name not in full:
                folder.say(
                    "course/unknown-part",
                    Message("there is no part {0}", Quoted(name)),
                    where,
                    nearest(name, full),
                )
            elif not full[name]:
                folder.say("course/unknown-part", Message("the part {0} has no pages", Quoted(name)), where)
            if name in package.parts[:number]:
                folder.say(
                    "course/repeated-part", Message("the part {0} is named twice", Quoted(name)), where
                )
    _check_units(folder, definition, read)
    rule = definition.completion
    if any(package.separate for package in definition.packages) and isinstance(rule, NamedParts):
        of = definition.tracks if rule.of is None else rule.of
        if rule.tracks and rule.tracks < len(of):
            folder.say(
                "course/rule-asks-for-some",
                Message(
                    "the completion rule asks for {0} of {1} tracks; where each part is a unit of its own, "
                    "the LMS asks for all of them",
                    rule.tracks,
                    len(of),
                ),
                read.place(("completion",)),
            )


def _check_pools(
    folder: Folder, definition: Definition, read: Yaml, questions: Mapping[str, Collection[Question]]
) -> None:
    for path, page in page_entries(definition):
        scored = sum(question.scored for question in questions.get(page.id, ()))
        if page.pool and page.id in questions and page.pool >= scored:
            folder.say(
                "course/pool-too-large",
                Message(
                    "asks {0} questions of a pool, but the page {1} has {2} with a right answer",
                    page.pool,
                    Quoted(page.id),
                    scored,
                ),
                read.place((*path, "pool")),
                "Write more questions, or take pool away: then every learner is asked all of them.",
            )


def _is_complete_early(definition: Definition) -> bool:
    """Whether an LMS is told that a course is complete while a better score may still come."""
    rule, check = definition.completion.rule, definition.final_check
    if check is None or check.mastery is None or definition.status != "completed":
        return False
    return rule != "score" and not (rule == "check-submitted" and check.attempts == 1)


def _check_completion(
    folder: Folder, definition: Definition, read: Yaml, questions: Mapping[str, Collection[Question]]
) -> None:
    """Refuses a rule that no way through the course can meet. `questions` are those of each page, by its id."""

    def refuse(name: str, message: str | Message, path: YamlPath, hint: str | Message = "") -> None:
        folder.say(f"course/{name}", message, read.place(path), hint)

    rule, check = definition.completion, definition.final_check
    ids = {part.id: part for part in definition.parts}
    core = {part.id: any(page.core for page in part.pages) for part in definition.parts}
    if check:
        pages = [page.id for page in definition.pages]
        if check.page not in pages:
            refuse(
                "unknown-page",
                Message("there is no page {0}", Quoted(check.page)),
                ("final-check", "page"),
                nearest(check.page, pages),
            )
        elif not questions.get(check.page):
            refuse(
                "check-without-questions",
                Message("the page {0} has no questions", Quoted(check.page)),
                ("final-check", "page"),
            )
        elif (check.mastery or check.is_handed_in) and not any(
            question.scored for question in questions[check.page]
        ):
            refuse(
                "check-without-questions",
                Message("the page {0} has no questions that can be answered right", Quoted(check.page)),
                ("final-check", "page"),
            )
    if rule.rule in ("check-submitted", "score") and check is None:
        refuse(
            "missing-final-check",
            Message("the rule {0} needs a final-check", Quoted(rule.rule)),
            ("completion", "rule"),
        )
    if isinstance(rule, ScoreReached) and check and check.mastery is None:
        refuse("missing-mastery", "the rule 'score' needs final-check: mastery", ("final-check",))
    if isinstance(rule, ScoreReached) and check and check.attempts:
        folder.say(
            "course/attempts-run-out",
            Message(
                "with the rule 'score' and attempts: {0}, a learner who does not pass can never "
                "complete the course",
                check.attempts,
            ),
            read.place(("final-check", "attempts")),
            "Leave attempts out, or write completion: {rule: check-submitted}; if it is to be so, say in the course "
            "whom to turn to.",
        )
    if _is_complete_early(definition):
        folder.say(
            "course/complete-before-passed",
            "with status: completed an LMS is told that the course is complete before the final check is passed; "
            "in Moodle and others a later, better score then counts only in a new attempt",
            read.place(("final-check", "mastery")),
            "Write status: both, or completion: {rule: score}.",
        )
    if definition.status == "both" and not definition.graded:
        refuse("missing-mastery", "the status 'both' needs final-check: mastery", ("status",))
    if rule.rule == "all-core-pages" and not any(page.core for page in definition.pages):
        refuse(
            "unreachable-completion",
            "no page is core, so the course would never be complete",
            ("completion",),
        )
    if not isinstance(rule, NamedParts):
        return
    of = definition.tracks if rule.of is None else rule.of
    if not rule.parts and not rule.tracks:
        refuse("unreachable-completion", "the rule 'parts' names neither parts nor tracks", ("completion",))
    for field, names in (("parts", rule.parts), ("of", rule.of or ())):
        for at, name in enumerate(names):
            path = ("completion", field, at)
            if name not in ids:
                refuse(
                    "unknown-part", Message("there is no part {0}", Quoted(name)), path, nearest(name, ids)
                )
            elif not core[name]:
                refuse(
                    "unreachable-completion",
                    Message("the part {0} has no core page to open", Quoted(name)),
                    path,
                )
            if name in names[:at]:
                refuse("repeated-part", Message("the part {0} is named twice", Quoted(name)), path)
    reachable = sum(core.get(name, False) for name in dict.fromkeys(of))
    if rule.tracks > reachable:
        refuse(
            "unreachable-completion",
            Message("asks for {0} tracks, but only {1} have core pages", rule.tracks, reachable),
            ("completion", "tracks"),
            "Mark the parts with track: true, or ask for fewer.",
        )


class Main(NamedTuple):
    """What has been read of the main language."""

    definition: Definition
    lists: Lists
    pages: Pages


class Edition(NamedTuple):
    """What has been read of another language."""

    definition: Definition
    lists: Lists
    pages: Pages
    stand_ins: Mapping[str, str]

    def course(self, main: Course) -> Course:
        """The course in that language, once everything is known to be right."""
        return replace(
            main,
            definition=self.definition,
            pages=tuple(Page(entry, self.pages.blocks[entry.id]) for entry in self.definition.pages),
            glossary=tuple(self.lists.terms or ()),
            contacts=self.lists.contacts,
            sources=self.lists.sources,
            stand_ins=self.stand_ins,
        )


def read_edition(folder: Folder, media: Media, language: str, place: Location, main: Main) -> Edition | None:
    """A translation, compared with the main language; None when there is too little of it to go on."""
    from coursepack.reading.translation import FILE, FOLDER, Translation, stand_ins, translated

    top = f"{FOLDER}/{language}"
    definition = main.definition
    if not _has(folder, f"{top}/{FILE}", place, COURSE_FILE):
        return None
    words, read = read_values(folder, f"{top}/{FILE}", Translation)
    if words is None or read is None:
        return None
    _check_words(folder, definition, words, read)
    lists = _read_lists(folder, top, place, main.lists)
    listed = [
        (entry.id, f"{top}/{entry.path}", place)
        for entry in definition.pages
        if entry.id in main.pages.blocks and _has(folder, f"{top}/{entry.path}", place, entry.path)
    ]
    entries = {entry.id: entry for entry in definition.pages}
    pages = read_pages(folder, listed, page_context(entries, lists.terms, language))
    check_unused(folder, pages.files, folder.path / top / "pages")
    known = {
        "contact": lists.contacts,
        "source": main.lists.sources,
        "objective": [objective.id for objective in definition.objectives],
    }
    check_blocks(folder, media, pages.placed, known)
    for name, blocks in pages.blocks.items():
        _check_same_blocks(
            folder, f"{top}/{entries[name].path}", blocks, pages.placed, main.pages, entries[name]
        )
    return Edition(
        translated(definition, words, language),
        lists,
        pages,
        {
            own: other
            for name, blocks in pages.blocks.items()
            for own, other in stand_ins(main.pages.blocks[name], blocks)
        },
    )


def _read_lists(folder: Folder, top: str, place: Location, main: Lists) -> Lists:
    """The glossary, the contacts and the sources of a translation in the folder `top`."""
    terms, contacts = main.terms, main.contacts
    name = f"{top}/{GLOSSARY_FILE}"
    if main.terms and _has(folder, name, place, GLOSSARY_FILE):
        terms, read = read_values(folder, name, tuple[Term, ...])
        _check_same(folder, main.terms, terms, read)
    name = f"{top}/{CONTACTS_FILE}"
    if main.contacts and _has(folder, name, place, CONTACTS_FILE):
        persons, read = read_values(folder, name, tuple[Person, ...])
        _check_same(folder, list(main.contacts.values()), persons, read)
        contacts = by_id(persons)
    # A source bears the title that it was published under, so that most need no translation.
    sources, read = read_optional(folder, f"{top}/{SOURCES_FILE}", Sources, {})
    for each in sources or ():
        if each not in main.sources and read is not None:
            _say_unknown(folder, read, (each,), main.sources)
    return Lists(terms, contacts, {**main.sources, **(sources or {})})


def _has(folder: Folder, name: str, place: Location, main: str) -> bool:
    """Whether a file of a translation is there; that it is missing is told at `place`."""
    if not folder.lacks(name):
        return True
    folder.say(
        "translation/missing-file",
        Message("there is no file {0}", Quoted(name)),
        place,
        Message("Translate {0} into it.", Quoted(main)),
    )
    return False


def _check_words(folder: Folder, definition: Definition, words: Any, read: Yaml) -> None:
    from coursepack.reading.translation import missing_words, unknown_words

    for path in missing_words(definition, words):
        folder.say(
            "translation/missing-words",
            Message("{0} has no words for {1}", quoted(path[0]), quoted(path[1]))
            if path[1:]
            else Message("the words of {0} are missing", quoted(path[0])),
            read.place(path),
            "Translate what course.yaml says.",
        )
    for path, known in unknown_words(definition, words):
        _say_unknown(folder, read, path, known)
    statement, own = definition.accessibility, words.accessibility
    if statement and own and len(statement.shortcomings) != len(own.shortcomings):
        folder.say(
            "translation/other-value",
            Message(
                "names {0} shortcomings, and course.yaml {1}",
                len(own.shortcomings),
                len(statement.shortcomings),
            ),
            read.place(("accessibility", "shortcomings")),
        )


def _say_unknown(
    folder: Folder, read: Yaml, path: YamlPath, known: Collection[str], name: str | None = None
) -> None:
    """Of an id, which is the last step to it unless it is the value there."""
    name = name or str(path[-1])
    folder.say(
        "translation/unknown-id",
        Message("the main language has no {0} here", Quoted(name)),
        read.place(path, key=True),
        nearest(name, known),
    )


def _check_same(folder: Folder, main: Sequence[Any], own: Sequence[Any] | None, read: Yaml | None) -> None:
    """That a glossary or contacts have the ids that those of the main language have."""
    if own is None or read is None:
        return
    ids = [each.id for each in own]
    wanted = [each.id for each in main]
    for name in wanted:
        if name not in ids:
            folder.say(
                "translation/missing-words",
                Message("has no entry {0}, which the main language has", Quoted(name)),
                read.place(()),
            )
    for at, name in enumerate(ids):
        if name in ids[:at] or name not in wanted:
            _say_unknown(folder, read, (at, "id"), wanted, name)


def _check_same_blocks(
    folder: Folder, file: str, own: Sequence[Block], placed: Sequence[Placed], main: Pages, entry: PageEntry
) -> None:
    """That a page has the blocks of the main language, and that they differ in words only."""
    from coursepack.reading.translation import differences, kind_of, own_blocks

    def where(block: Block, file: str, placed: Sequence[Placed], path: YamlPath = ()) -> Location:
        for each in placed:
            if each.block is block:
                return each.yaml.place(path) if each.yaml else each.location
        return Location(file, 1, 1)

    one, two = own_blocks(main.blocks[entry.id]), own_blocks(own)
    for number, (first, second) in enumerate(zip_longest(one, two), 1):
        kinds = [kind_of(block) if block else "" for block in (first, second)]
        if kinds[0] != kinds[1]:
            if second is None:
                message = Message(
                    "block {0} is missing: {1} has {2} there", number, entry.path, Quoted(kinds[0])
                )
            elif first is None:
                message = Message(
                    "block {0} is {1}, and {2} has no more blocks", number, Quoted(kinds[1]), entry.path
                )
            else:
                message = Message(
                    "block {0} is {1}, and in {2} it is {3}",
                    number,
                    Quoted(kinds[1]),
                    entry.path,
                    Quoted(kinds[0]),
                )
            folder.say(
                "translation/other-blocks",
                message,
                where(second, file, placed) if second else Location(file, 1, 1),
                "A page has the same blocks in the same order in every language. Prose may differ.",
            )
            return
        if not isinstance(first, DataBlock) or not isinstance(second, DataBlock):
            sections = [len(getattr(block, "items", ())) for block in (first, second)]
            if sections[0] != sections[1]:
                folder.say(
                    "translation/other-blocks",
                    Message(
                        "the {0} has {1} sections, and in {2} it has {3}",
                        kinds[0],
                        sections[1],
                        entry.path,
                        sections[0],
                    ),
                    Location(file, 1, 1),
                )
            continue
        for path, there, here, is_count in differences(first, second):
            name = next(step for step in reversed(path) if isinstance(step, str))
            told = where(first, entry.path, main.placed, path)
            if is_count:
                message = Message(
                    "{0} has {1} entries, and at {2} it has {3}", Quoted(name), here, str(told), there
                )
            elif here is None:
                message = Message("{0} is missing, and at {1} it is there", Quoted(name), str(told))
            elif there is None:
                message = Message("{0} is there, and at {1} it is missing", Quoted(name), str(told))
            else:
                message = Message(
                    "{0} is {1}, and at {2} it is {3}",
                    Quoted(name),
                    _written(here),
                    str(told),
                    _written(there),
                )
            folder.say(
                "translation/other-value",
                message,
                where(second, file, placed, path),
                "A translation has other words and nothing else. Write what the main language has.",
            )


def _written(value: Any) -> Value:
    """A value as an author writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, (int, float)) else quoted(value)


def read_folder(path: str | Path) -> tuple[Course | None, Report]:
    """The course in a folder and every problem found; no course when there is an error."""
    folder = Folder(Path(path))
    course = _read(folder)
    return course, Report.of(folder.problems)


def _read(folder: Folder) -> Course | None:
    definition, read = read_definition(folder)
    if read is None:
        return None
    lists = read_lists(folder)
    lock = _read_lock(folder)
    media = Media(folder)
    if definition is not None:
        media.read_look(definition, read)
    pages = _read_pages(folder, media, definition, read, lists)
    if definition is None:
        return None
    check_unused(folder, pages.files, folder.path / "pages")
    check_definition(folder, definition, read, lists, pages, media.fonts)
    main = Main(definition, lists, pages)
    editions = [
        edition
        for at, language in enumerate(definition.translations)
        if (edition := read_edition(folder, media, language, read.place(("translations", at)), main))
    ]
    if not Report.of(folder.problems).ok:
        return None
    whole = tuple(Page(entry, pages.blocks[entry.id]) for entry in definition.pages)
    course = Course(
        definition=definition,
        pages=whole,
        glossary=tuple(lists.terms or ()),
        contacts=lists.contacts,
        sources=lists.sources,
        media=media.files,
        captions=media.captions,
        transcripts=media.transcripts,
        sizes=media.sizes,
        lock=lock.extended(wanted_slots(definition, whole)),
    )
    return replace(course, editions=tuple(edition.course(course) for edition in editions))


def _read_lock(folder: Folder) -> Lock:
    try:
        return read_lock(folder.path)
    except CourseError as error:
        folder.problems += error.report.problems
        return Lock()


def _read_pages(
    folder: Folder, media: Media, definition: Definition | None, read: Yaml, lists: Lists
) -> Pages:
    """The pages that course.yaml lists, checked; also when it is wrong elsewhere, so that all is told at once."""
    if definition is not None:
        language = definition.language
        objectives: Collection[str] = [objective.id for objective in definition.objectives]
        listed = [
            (page.id, page.path, read.place((*path, "file" if page.file else "id")))
            for path, page in page_entries(definition)
        ]
    else:
        language, objectives = ENGLISH, Anything()
        listed = [(name, file, Location(COURSE_FILE)) for name, file in page_stubs(read.data)]
    context = page_context([name for name, _, _ in listed], lists.terms, language)
    pages = read_pages(folder, listed, context)
    known = {"contact": lists.contacts, "source": lists.sources, "objective": objectives}
    check_blocks(folder, media, pages.placed, known)
    return pages


def read_course(folder: str | Path) -> Course:
    """The course in a folder. Raises CourseError with every problem when there is an error."""
    course, report = read_folder(folder)
    if course is None:
        raise CourseError(report)
    return course
