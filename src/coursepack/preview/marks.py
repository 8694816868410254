"""Marks the texts of a course with their places in its source, for a preview alone.

`Marks.course` puts invisible signs around each text of a course, beside the values that a build uses. They pass
through views and templates like letters, and `Marks.shown` turns them into attributes of the HTML.
"""

from __future__ import annotations

import posixpath
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, partial
from html import unescape
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args, get_origin

from markdown_it.token import Token
from markupsafe import Markup, escape
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from coursepack.building.render import Document, course_data, json_in_html, render_begun, render_edition
from coursepack.course.blocks import Block
from coursepack.course.blocks.block import DataBlock, Paragraphs, RenderContext, Text, TextWithMath
from coursepack.course.blocks.formula import INLINE, WithMath
from coursepack.course.blocks.html import Html
from coursepack.course.blocks.image import Image
from coursepack.course.blocks.question import Question
from coursepack.course.model import (
    Course,
    Cue,
    Definition,
    Objective,
    Page,
    PageEntry,
    Part,
    Person,
    Term,
)
from coursepack.course.variant import Variant
from coursepack.kept import NOTHING, Kept
from coursepack.preview.spots import Kind, Spot, Why, shown_text, why_fixed
from coursepack.problems import Problem
from coursepack.reading.captions import read_placed
from coursepack.reading.definition import CONTACTS_FILE, COURSE_FILE, GLOSSARY_FILE, SOURCES_FILE, Sources
from coursepack.reading.facts import take_marks
from coursepack.reading.markdown import PageContext, read_page, render_text, text_of
from coursepack.reading.pages import page_context
from coursepack.reading.translation import FILE, FOLDER, Translation, translated
from coursepack.reading.yaml_validation import Yaml, read_yaml, validate

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
YamlPath = tuple[int | str, ...]

# Signs of plane 16, which is for private use: no text of an author has them, no rule takes them for a letter.
_START, _ENDS, _DIGIT = 0x100000, 0x100001, 0x100010
_WIDTH = 6
_SIGNS = f"[{chr(_START)}-{chr(_DIGIT + 15)}]"
_ALL_SIGNS = re.compile(f"{_SIGNS}+")
_STARTS = f"{chr(_START)}([{chr(_DIGIT)}-{chr(_DIGIT + 15)}]{{{_WIDTH}}})"
_END = f"[{chr(_ENDS)}-{chr(_ENDS + 2)}]"

_TEXTS = [get_args(each)[1] for each in (Text, TextWithMath)]
_PARAGRAPHS = get_args(Paragraphs)[1]
# What is written as text and compared with other texts.
_NAMES: tuple[tuple[type[BaseModel], str], ...] = (
    (Question, "objective"),
    (Question, "sources"),
    (Objective, "id"),
    (Part, "objectives"),
    (PageEntry, "facts"),
    (Person, "group"),
)


class Recorder:
    """Numbers the texts of one source file from `first` on, in the order in which they are read.

    Those in `known`, which have not changed, keep their numbers.
    """

    def __init__(self, file: str, first: int = 0, known: Mapping[Spot, int] | None = None) -> None:
        self.file = file
        self.first = first
        self.spots: list[Spot] = []
        self.numbers: dict[Spot, int] = {}
        self.fresh: list[Spot] = []
        """Those with new numbers."""
        self._known = known or {}

    def add(self, spot: Spot) -> int:
        """The number of a text."""
        self.spots.append(spot)
        number = self._known.get(spot)
        if number is None:
            number = self.first + len(self.fresh)
            self.fresh.append(spot)
        self.numbers[spot] = number
        return number

    def text(self, _file: str, token: Token, text: str) -> tuple[str, str]:
        """The signs around a text of a Markdown file: the `mark` of a PageContext."""
        first, last = token.map or (0, 1)
        kind: Kind
        why: Why
        if token.type == "fence":
            kind, why = "code", "code"
        elif token.type != "inline":
            kind, why = "title", "formula" if INLINE.search(text) else ""
        elif text is token.content:
            kind, why = "line", why_fixed(text)
        else:
            picture = (token.children or [token])[0]
            kind = "alt" if picture.content.strip() == text else "caption"
            why = "formula" if INLINE.search(text) else ""
        plain = shown_text(text) if kind == "line" and not why else " ".join(text.split())
        same = sum(each.kind == kind and each.lines[0] == first for each in self.spots)
        # Code begins after the line that opens it.
        line = first + (2 if kind == "code" else 1)
        number = self.add(Spot(self.file, line, plain, kind, why, (first, last), nth=same))
        return _sign(number), _ending()

    def value(self, source: Yaml, path: YamlPath, text: str, of: tuple[int, int] = (0, 1)) -> str:
        """A text of YAML between its signs, or the text itself where the source does not have it.

        `of` is its number among the paragraphs of the value, and how many these are.
        """
        place = _line_of(source, path)
        if place is None:
            return text
        why: Why = "formula" if isinstance(text, WithMath) or INLINE.search(text) else ""
        spot = Spot(self.file, place, str(text), "yaml", why, (source.first_line, 0), path, of)
        return _between(self.add(spot), text)


def _sign(number: int) -> str:
    return chr(_START) + f"{number:0{_WIDTH}x}".translate(_TO_SIGNS)


_TO_SIGNS = {ord(f"{value:x}"): _DIGIT + value for value in range(16)}


def _ending(tail: int = 0) -> str:
    return chr(_ENDS + tail)


class _Marked(str):
    """A text between its signs, of which order and end are those of the text itself."""

    def casefold(self) -> str:
        """For the order of the alphabet."""
        return without_signs(self).casefold()

    def endswith(self, *given: Any) -> bool:
        """For the end of a sentence."""
        return without_signs(self).endswith(*given)


def _between(number: int, text: str) -> str:
    """A text between its signs."""
    if isinstance(text, WithMath):
        marked = WithMath(f"{_sign(number)}{text}{_ending()}")
        marked.html = Markup(_sign(number)) + text.html + Markup(_ending())
        return marked
    # A letter or number that ends a title stays with the word before it: see `hyphenated`.
    tail = 2 if text[-2:-1] == " " else 0
    end = len(text) - tail
    return _Marked(f"{_sign(number)}{text[:end]}{_ending(tail)}{text[end:]}")


def without_signs(text: str) -> str:
    """A text without the signs of `Marks`."""
    return _ALL_SIGNS.sub("", text)


def _line_of(source: Yaml, path: YamlPath) -> int | None:
    """The line of the value at `path` in the file, or None where the source has no value there."""
    mark = source.mark
    for step in path:
        inner = mark.inner
        if isinstance(inner, dict) and step in inner:
            mark = inner[str(step)][1]
        elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
            mark = inner[step]
        else:
            return None
    return mark.line + source.first_line


# Texts of models


@cache
def _texts_of(model: type[BaseModel]) -> Mapping[str, Literal["text", "paragraphs", "models"]]:
    """The fields of a model with texts for learners."""
    found: dict[str, Literal["text", "paragraphs", "models"]] = {}
    for name, field in model.model_fields.items():
        if any(issubclass(model, of) and name == named for of, named in _NAMES):
            continue
        kind = _kind(field.annotation, field.metadata)
        if kind:
            found[name] = kind
    return found


def _kind(annotation: Any, metadata: Iterable[Any] = ()) -> Literal["text", "paragraphs", "models"] | None:
    given = [
        inner for each in metadata for inner in (each.metadata if isinstance(each, FieldInfo) else (each,))
    ]
    if any(getattr(each, "pattern", None) for each in given):
        # An address, a telephone number.
        return None
    if _PARAGRAPHS in given:
        return "paragraphs"
    if any(each in _TEXTS for each in given):
        return "text"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "models"
    args = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _kind(args[0], args[1:])
    if get_origin(annotation) is dict:
        args = args[1:]
    return next((kind for each in args if (kind := _kind(each))), None)


def _model(model: M, source: Yaml, recorder: Recorder, path: YamlPath = ()) -> M:
    """A value that was read at `path` of a YAML source, with its texts between signs."""
    changes: dict[str, Any] = {}
    for name, kind in _texts_of(type(model)).items():
        value = getattr(model, name)
        if value is not None:
            here = (*path, type(model).model_fields[name].alias or name)
            changes[name] = _value(value, kind, source, recorder, here)
    copy = model.model_copy(update=changes)
    if isinstance(copy, Image) and copy.decorative:
        sign = recorder.value(source, (*path, "src"), "")
        return _Decorative.model_construct(**dict(copy), sign=sign)  # type: ignore[return-value]
    return copy


class _Decorative(Image):
    """A picture without a text, whose sign is in its address."""

    sign: str

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with the sign."""
        view = Image.view(self, context)
        return {**view, "url": f"{self.sign}{view['url']}"}


def _value(value: Any, kind: str, source: Yaml, recorder: Recorder, path: YamlPath) -> Any:
    if isinstance(value, BaseModel):
        return _model(value, source, recorder, path)
    if isinstance(value, tuple):
        return tuple(_value(each, kind, source, recorder, (*path, at)) for at, each in enumerate(value))
    if isinstance(value, dict):
        return {name: _value(each, kind, source, recorder, (*path, name)) for name, each in value.items()}
    if not isinstance(value, str) or kind == "models":
        return value
    if kind == "paragraphs":
        parts = value.split("\n\n")
        return "\n\n".join(
            recorder.value(source, path, part, (at, len(parts))) for at, part in enumerate(parts)
        )
    return recorder.value(source, path, value)


def marked_page(
    text: str, recorder: Recorder, page: str, context: PageContext
) -> tuple[tuple[Block, ...], list[Problem]]:
    """The blocks of a page with their texts between signs, and its problems."""
    read = read_page(text, recorder.file, page, context._replace(mark=recorder.text))
    sources = {id(each.block): each.yaml for each in read.placed}
    blocks = (
        _model(block, source, recorder)
        if isinstance(block, DataBlock) and (source := sources.get(id(block)))
        else block
        for block in read.blocks
    )
    return tuple(blocks), read.problems


def marked_values(model: Any, text: str, recorder: Recorder) -> tuple[Any, list[Problem]]:
    """The value of a definition file with its texts between signs, None where it has errors, and its problems."""
    source, problems = read_yaml(text, recorder.file)
    if source is None:
        return None, problems
    # As when it is built: texts have no marks of facts.
    list(take_marks(source, text))
    value, more = validate(model, source, "course")
    if value is None:
        return None, [*problems, *more]
    kind = "models"
    return _value(value, kind, source, recorder, ()), [*problems, *more]


def _marked_text(text: str, recorder: Recorder) -> tuple[Html, list[Problem]]:
    """A transcript in Markdown with its texts between signs, and its problems."""
    html, _, problems = render_text(text, recorder.file, recorder.text)
    return html, problems


def _marked_cues(text: str, recorder: Recorder) -> tuple[tuple[Cue, ...], list[Problem]]:
    """The cues of a caption file with their texts between signs, and its problems."""
    placed, problems = read_placed(text, recorder.file)
    cues = (
        cue._replace(
            text=_between(recorder.add(Spot(recorder.file, line + 1, cue.text, "cue", "captions")), cue.text)
        )
        for line, cue, _ in placed
    )
    return tuple(cues), problems


def _chosen(shown: Mapping[str, T], own: Mapping[str, T], borrowed: Mapping[int, Any]) -> dict[str, T]:
    """The marked values in place of those that are shown."""
    return {name: borrowed.get(id(each)) or own.get(name, each) for name, each in shown.items()}


Read = Callable[[str, Recorder], tuple[Any, list[Problem]]]
"""Reads a text of a file: what it says, between signs, and its problems."""


class Reading(NamedTuple):
    """What a file says: `value` with signs, whose numbers begin at `first`, its texts, and its problems."""

    value: Any
    spots: Sequence[Spot]
    first: int
    problems: Sequence[Problem]

    def around(self, at: int) -> tuple[str, tuple[str, ...]]:
        """All that the file says but the text `at`, and the tags inside that text."""
        inside: list[str] = []

        def cut(found: re.Match[str]) -> str:
            if self.spots[at].kind == "line":
                # Only headings have soft hyphens, in elements of their own.
                plain = re.sub('<span class="long">([^<]*)</span>', r"\1", found[1])
                inside.extend(re.findall(r"<[^>]*>", plain))
            return "\0"

        # The last sign of a title can come before its last word, which is one character.
        text = rf"{_sign(self.first + at)}(.*?)(?:{_ending()}|{_ending(2)} .)"
        return re.sub(text, cut, _flat(self.value), flags=re.DOTALL), tuple(inside)


def _flat(value: Any) -> str:
    """All values in a value, as one text."""
    if isinstance(value, str):
        return str(getattr(value, "html", value))
    if isinstance(value, BaseModel):
        return _flat(dict(value))
    if isinstance(value, Mapping):
        return _flat(tuple(value.items()))
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_flat, value))})"
    if is_dataclass(value):
        return _flat(tuple(getattr(value, field.name) for field in fields(value)))
    return repr(value)


class _Known(NamedTuple):
    """What a file said, between signs, when its text and its context were `version`, and the numbers of its texts."""

    version: Any
    value: Any
    numbers: Mapping[Spot, int]


class MarkedDocument(NamedTuple):
    """A document that `begun` has up to the end of its first page; `parts` are the rest, made one by one."""

    begun: Document
    parts: Iterator[str]


class Marks:
    """The places of the texts of a course that is written while it is shown.

    What a file says is marked again only when the file has changed, so the HTML of the others stays as it was.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._spots: list[Spot] = []
        self._known: dict[str, _Known] = {}
        self._readers: dict[str, Read] = {}
        self._resolved: dict[str, str] = {}
        """The parts of the documents as they were last, with marks in place of signs."""
        self._lock = threading.RLock()

    def spot(self, mark: str) -> Spot | None:
        """The text with a mark of `data-edit` or `data-fixed`; None for what is no mark of this preview."""
        is_mark = re.fullmatch(r"[0-9]{1,9}", mark) and int(mark) < len(self._spots)
        return self._spots[int(mark)] if is_mark else None

    def read(self, file: str, text: str) -> Reading | None:
        """What a file of the course would say with this text; None for a file that says nothing."""
        reader = self._readers.get(file)
        if reader is None:
            return None
        # Above the numbers of all texts that the file can refer to.
        recorder = Recorder(file, 1 << 4 * _WIDTH - 1)
        value, problems = reader(text, recorder)
        return Reading(value, recorder.spots, recorder.first, problems)

    def course(self, course: Course) -> Course:
        """The course with all its texts between signs. It is shown, and nothing else: never checked, never packed."""
        with self._lock:
            marked = self._main(course)
            return marked._replace(
                editions=tuple(self._edition(each, course, marked) for each in course.editions)
            )

    def _main(self, course: Course, most: int | None = None) -> Course:
        """The course with the texts of its main language between signs, of its first `most` pages or of all."""
        definition = self._values(COURSE_FILE, Definition, course.definition)
        main = self._marked(course, course, definition, "", most=most)
        transcripts = {src: self._transcript(src, each) for src, each in course.transcripts.items()}
        return main._replace(transcripts=transcripts)

    def _edition(self, course: Course, main: Course, marked: Course) -> Course:
        language = course.definition.language
        top = f"{FOLDER}/{language}/"
        words = self._values(f"{top}{FILE}", Translation, None)
        definition = translated(marked.definition, words, language) if words else course.definition
        lists: dict[int, Any] = {
            id(mine): other for mine, other in zip(main.glossary, marked.glossary, strict=True)
        }
        lists |= {id(mine): marked.contacts[name] for name, mine in main.contacts.items()}
        lists |= {id(mine): marked.sources[name] for name, mine in main.sources.items()}
        for mine, other in zip(main.pages, marked.pages, strict=True):
            lists |= {id(one): two for one, two in zip(mine.blocks, other.blocks, strict=True)}
        edition = self._marked(course, main, definition, top, lists)
        return edition._replace(transcripts=marked.transcripts)

    def _marked(
        self,
        course: Course,
        main: Course,
        definition: Definition,
        top: str,
        borrowed: Mapping[int, Any] | None = None,
        most: int | None = None,
    ) -> Course:
        """A course in one language, whose files are in `top`, with marks in its first `most` pages or in all.

        `borrowed` are the marked values of the main language, by the identity of what they are shown for.
        """
        borrowed = borrowed or {}
        terms = self._terms(course, top, borrowed)
        persons = self._named(f"{top}{CONTACTS_FILE}", tuple[Person, ...])
        sources = self._named(f"{top}{SOURCES_FILE}", Sources)
        language = course.definition.language
        others = {name for kind, name in course.untranslated if kind == "terms"}
        context = page_context(
            [entry.id for entry in course.definition.pages],
            terms,
            language,
            dict.fromkeys(others, main.definition.language),
        )
        entries = {entry.id: entry for entry in definition.pages}
        return course._replace(
            definition=definition,
            glossary=terms,
            contacts=_chosen(course.contacts, persons, borrowed),
            sources=_chosen(course.sources, sources, borrowed),
            pages=tuple(
                Page(
                    entries.get(page.entry.id, page.entry),
                    self._blocks(page, top, context, borrowed)
                    if most is None or number < most
                    else page.blocks,
                )
                for number, page in enumerate(course.pages)
            ),
        )

    def _terms(self, course: Course, top: str, borrowed: Mapping[int, Any]) -> tuple[Term, ...]:
        own = self._named(f"{top}{GLOSSARY_FILE}", tuple[Term, ...])
        found = _chosen({term.id: term for term in course.glossary}, own, borrowed)
        return tuple(found.values())

    def _blocks(
        self, page: Page, top: str, context: PageContext, borrowed: Mapping[int, Any]
    ) -> tuple[Block, ...]:
        file = posixpath.normpath(f"{top}{page.entry.path}")
        own = [block for block in page.blocks if id(block) not in borrowed]
        marked = iter(own)
        text = self._text(file) if own else None
        if text is not None:
            name = page.entry.id
            read = self._once(
                file, text, lambda text, to: marked_page(text, to, name, context), (name, context)
            )
            # The file may have changed since the course was read.
            if [block.type for block in read] == [block.type for block in own]:
                marked = iter(read)
        return tuple(borrowed[id(block)] if id(block) in borrowed else next(marked) for block in page.blocks)

    def _transcript(self, src: str, read: tuple[Cue, ...] | Html) -> tuple[Cue, ...] | Html:
        text = self._text(src)
        if text is None:
            return read
        if isinstance(read, Html):
            html: Html = self._once(src, text, _marked_text)
            return html
        cues: tuple[Cue, ...] = self._once(src, text, _marked_cues)
        return cues if len(cues) == len(read) else read

    def _values(self, file: str, model: Any, instead: Any) -> Any:
        text = self._text(file)
        if text is None:
            return instead
        value = self._once(file, text, lambda text, to: marked_values(model, text, to))
        return instead if value is None else value

    def _named(self, file: str, model: Any) -> dict[str, Any]:
        """The entries of a definition file by id."""
        value = self._values(file, model, ())
        if isinstance(value, dict):
            return value
        return {each.id: each for each in value}

    def _text(self, file: str) -> str | None:
        try:
            return text_of((self.folder / file).read_bytes())
        except (OSError, UnicodeDecodeError):
            return None

    def _once(self, file: str, text: str, reader: Read, context: Any = None) -> Any:
        """What a file says, between signs. It is read when its text or its context is another one."""
        version = text, context
        known = self._known.get(file)
        if known is None or known.version != version:
            recorder = Recorder(file, len(self._spots), known.numbers if known else None)
            value, _ = reader(text, recorder)
            known = self._known[file] = _Known(version, value, recorder.numbers)
            self._readers[file] = reader
            self._spots += recorder.fresh
        return known.value

    def documents(self, variant: Variant, kept: Kept = NOTHING) -> dict[str, MarkedDocument]:
        """The documents of a package of the whole course, by their package paths, with marks.

        `kept` has what was rendered before.
        """
        with self._lock:
            before, self._resolved = self._resolved, {}
            resolve = partial(self._resolve, before, self._resolved)
            return {unit.launch: self._document(unit.course, resolve, kept) for unit in variant.units}

    def _document(self, course: Course, resolve: Callable[[str], str], kept: Kept) -> MarkedDocument:
        """The document of a course with marks, which `resolve` puts in place of signs."""
        # Nobody waits for more than its first page at first; afterwards, what has changed is looked for in all of it.
        is_first = not self._known
        marked = self._main(course, most=1 if is_first else None)
        document = render_begun(marked, only_first=is_first)
        first, *pages = document.rest.decode().split(_PAGE, 2 if is_first else -1)
        # Texts are cut to what an LMS takes, signs and all.
        before, opening, after = resolve(first).partition('<script type="application/json" id="course-data">')
        _, closing, after = after.partition("</script>")
        data = json_in_html(course_data(course)) if opening else ""
        beginning = "".join((before, opening, data, closing, after, *map(resolve, _as_pages(pages[:1]))))
        start = without_signs(document.start.decode())
        begun = document._replace(start=start.encode(), rest=beginning.encode())
        return MarkedDocument(begun, self._rest(course, None if is_first else (marked, pages), resolve, kept))

    def _rest(
        self,
        course: Course,
        made: tuple[Course, Sequence[str]] | None,
        resolve: Callable[[str], str],
        kept: Kept,
    ) -> Iterator[str]:
        """The document after its first page. `made` is the course between signs, and its pages."""
        marked, pages = made or self._whole(course)
        last, end, after = pages[-1].rpartition("</body>")
        yield from map(resolve, _as_pages((*pages[1:-1], last)))
        for edition in course.editions:
            with self._lock:
                html = render_edition(self._edition(edition, course, marked), marked, kept)
            first, *others = html.split(_PAGE)
            yield from map(resolve, (first, *_as_pages(others)))
        yield f"{end}{after}"

    def _whole(self, course: Course) -> tuple[Course, Sequence[str]]:
        """The course with its main language between signs, and the HTML of all its pages."""
        with self._lock:
            marked = self._main(course)
        return marked, render_begun(marked).rest.decode().split(_PAGE)[1:]

    def _resolve(self, before: Mapping[str, str], now: dict[str, str], part: str) -> str:
        """A part of a document with marks. `before` and `now` are the parts of the document before and of this one."""
        known = now[part] = now.get(part) or before.get(part) or self.shown(part)
        return known

    def shown(self, html: str) -> str:
        """HTML of a marked course with attributes in place of its signs.

        `data-source` is `file:line`. `data-edit` is the mark of a text that can be edited in place, `data-fixed` of one
        that cannot; `data-text` is the text where what is shown differs from it, for example by soft hyphens.
        """
        return _Signs(html, self._spots).html() if _ALL_SIGNS.search(html) else html


_PAGE = '<section class="page'


def _as_pages(parts: Iterable[str]) -> Iterator[str]:
    """The parts of a document that was split at its pages, but for what is before the first."""
    return (_PAGE + each for each in parts)


# Attributes with a text that learners hear or read, and a picture's file, which has the sign of a decorative picture.
_READ = re.compile(rf' (src|alt|aria-label|title)="[^"]*?{_STARTS}')
_WHOLE = re.compile(rf' alt="{_STARTS}[^"{chr(_ENDS)}]+{_END}')
_NEXT_START, _NEXT_END = re.compile(_STARTS), re.compile(_END)
_TAG = re.compile(r"<[^>]*>")
_CLOSING = re.compile(r"\s*</")
_VOID = ("<area", "<br", "<hr", "<img", "<input", "<link", "<meta", "<source", "<track", "<wbr")
_BARE = ("<script", "<style", "<title", "<textarea", "<option")
"""Elements that have only text: none in them can be marked."""


class _Signs:
    """Turns the signs of a document into attributes."""

    def __init__(self, html: str, spots: Sequence[Spot]) -> None:
        self._html = html
        self._spots = spots
        self._added: dict[int, str] = {}
        """What is added, by its place in the document."""

    def html(self) -> str:
        """The document."""
        html = self._html
        for sign in _NEXT_START.finditer(html):
            tag = html.rfind("<", 0, sign.start())
            if html.find(">", tag, sign.start()) < 0:
                self._mark_tag(tag)
            elif not html.startswith(_BARE, tag):
                self._mark_text(sign)
        parts: list[str] = []
        at = 0
        for place in sorted(self._added):
            parts += html[at:place], self._added[place]
            at = place
        return without_signs("".join((*parts, html[at:])))

    def _mark_tag(self, tag: int) -> None:
        """Marks an element by the text in an attribute."""
        end = self._html.find(">", tag)
        whole = self._html[tag:end]
        found = _READ.search(whole)
        place = end - whole.endswith("/")
        if found and place not in self._added:
            is_whole = _WHOLE.search(whole) is not None
            self._added[place] = self._attributes(_number(found[2]), can_edit=is_whole)

    def _mark_text(self, sign: re.Match[str]) -> None:
        """Marks the element that has a whole text, or puts the text into one of its own."""
        html, first = self._html, sign.start()
        stop = _NEXT_END.search(html, sign.end())
        if stop is None:
            return
        last, inner = stop.end(), html[sign.end() : stop.start()]
        if "<" in inner:
            outer = self._balanced(first, last, inner)
            if outer is None:
                return
            first, last = outer
        last += _tail(html, last, ord(stop[0]) - _ENDS)
        shown = without_signs(html[first:last])
        if "<" in shown or "&" in shown:
            shown = unescape(_TAG.sub("", shown))
        shown = re.sub(r"[ \t\r\n]+", " ", shown).strip()
        attributes = self._attributes(_number(sign[1]), shown)
        before = first
        while html[before - 1].isspace():
            before -= 1
        is_only = (
            html[before - 1] == ">"
            and html[before - 2] != "/"
            and not html.startswith(("</", "<!", *_VOID), html.rfind("<", 0, first))
            and _CLOSING.match(html, last) is not None
        )
        if is_only and before - 1 not in self._added:
            self._added[before - 1] = attributes
        elif shown:
            self._added[first] = f"<cp-text{attributes}>"
            self._added[last] = f"</cp-text>{self._added.get(last, '')}"

    def _balanced(self, first: int, last: int, inner: str) -> tuple[int, int] | None:
        """The start and the end of a text, moved so that they are in one element; None where that is not possible.

        A long word at the end of a title is in an element that ends after the sign, and one at its start begins before.
        """
        depth = lowest = 0
        for tag in _TAG.findall(inner):
            if not tag.endswith("/>") and not tag.startswith(_VOID):
                depth += -1 if tag.startswith("</") else 1
                lowest = min(lowest, depth)
        for _ in range(-lowest):
            if self._html[first - 1] != ">":
                return None
            first = self._html.rfind("<", 0, first)
        for _ in range(depth - lowest):
            found = re.compile(r"</[^>]*>").match(self._html, last)
            if not found:
                return None
            last = found.end()
        return first, last

    def _attributes(self, number: int, shown: str | None = None, *, can_edit: bool = True) -> str:
        spot = self._spots[number]
        given = f' data-source="{escape(spot.file)}:{spot.line}"'
        if can_edit:
            given += f' data-{"fixed" if spot.why else "edit"}="{number}"'
        if shown is not None and not spot.why and shown != spot.text:
            given += f' data-text="{escape(spot.text)}"'
        return given


def _tail(html: str, at: int, length: int) -> int:
    """The characters of a text that follow its last sign: a space, and a character or its reference."""
    found = re.compile(r"(?:\s|&nbsp;)(?:&[^;\s]+;|.)").match(html, at) if length else None
    return found.end() - at if found else 0


_FROM_SIGNS = {_DIGIT + value: f"{value:x}" for value in range(16)}


def _number(digits: str) -> int:
    return int(digits.translate(_FROM_SIGNS), 16)
