"""Renders a Course to the files of a site: a document for each unit, scripts, and media."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache, partial
from itertools import count, pairwise
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple, cast

import jinja2
from markupsafe import Markup, escape
from pydantic import BaseModel

from coursepack.archive import Excerpt
from coursepack.building.conversion import converted
from coursepack.building.lights import drawing_with_lights
from coursepack.building.metadata import origins_of, without_metadata
from coursepack.building.order import Workshop, check_target
from coursepack.bytecode import BytecodeCache
from coursepack.course.blocks import Block
from coursepack.course.blocks.block import DataBlock, File, RenderContext
from coursepack.course.blocks.playable import Playable
from coursepack.course.blocks.prose import Prose
from coursepack.course.blocks.question import Question
from coursepack.course.lock import DRAW, best_slots, bookmarks, media_slot, positions, turn_slots
from coursepack.course.model import (
    Course,
    Definition,
    FinalCheck,
    NamedParts,
    Objective,
    Page,
    PageEntry,
    Part,
    completion_sentence,
)
from coursepack.course.resume import fingerprint, marks
from coursepack.course.theme import Logo, style
from coursepack.course.variant import Variant, media, whole
from coursepack.kept import NOTHING, Kept
from coursepack.languages import format_of, strings
from coursepack.languages.hyphenation import hyphenated
from coursepack.reading.media_heads import MEDIA_TYPES, suffix
from coursepack.resources import templates_dir
from coursepack.targets import TARGETS
from coursepack.targets.target import Target

_MARK = "\0"
"""Occurs in no text of a course: the readers reject control characters."""

NAME_LIMIT = 60
"""Characters of one component of a path in a package."""

_IDENTIFIER_LIMIT = 40
"""Characters of an answer's identifier in a report, enough to recognize it."""

_RESOURCE = "resource"
"""The part of a block's template (`{% block resource %}`) that is also shown on the page of resources."""

_NOTHING = Markup()

PATH_LIMIT = 200
"""Characters of a name in a package with its folders, which the LMS puts behind its own."""

_TAKEN = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)|__macosx$|(node_modules|bower_components)$")
"""Names that Windows keeps for devices, and folders that LMSs take for leftovers of a tool."""


def safe_names(sources: Iterable[str], converted: Mapping[str, str] | None = None) -> dict[str, str]:
    """A package path for each media path: small ASCII letters, digits, `.`, `_` and `-`, under `media/`.

    Paths that would be the same get six characters of the hash of the author's path, so that a path does not
    depend on the order of the files. `converted` has the
    new extensions of converted files, by media path.
    """
    wanted: dict[str, list[str]] = {}
    for source in sorted(sources):
        ending = (converted or {}).get(source)
        name = f"{source.rpartition('.')[0]}.{ending}" if ending else source
        wanted.setdefault(_package_path(name), []).append(source)
    folders = {name[:at] for name in wanted for at in range(len(name)) if name[at] == "/"}
    names: dict[str, str] = {}
    for name, same in wanted.items():
        for source in same:
            is_alone = len(same) == 1 and name not in folders
            names[source] = name if is_alone or source == name else _marked(name, source)
    return names


def _package_path(source: str) -> str:
    parts = [_safe(part) for part in _below_media(source)]
    path = "/".join(("media", *parts))
    return path if len(path) <= PATH_LIMIT else _marked(f"media/{parts[-1]}", source)


def _marked(name: str, source: str) -> str:
    """A name that no other source has."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{hashlib.sha256(source.encode()).hexdigest()[:6]}{dot}{ending}"


def _below_media(source: str) -> list[str]:
    parts = [part for part in source.split("/") if part not in ("", ".")]
    return parts[1:] if parts[0] == "media" and len(parts) > 1 else parts


def _safe(part: str) -> str:
    plain = unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode().lower()
    stem, dot, ending = re.sub(r"[^a-z0-9._-]+", "-", plain).rpartition(".")
    if not stem and not dot:
        stem, ending = ending, ""
    # A name without ASCII letters keeps its extension: servers derive a file's type from it.
    stem, ending = stem.strip("-.") or "file", ending.strip("-")
    if len(stem) + len(ending) >= NAME_LIMIT:
        mark = hashlib.sha256(part.encode()).hexdigest()[:6]
        ending = ending[:8]
        stem = f"{stem[: NAME_LIMIT - len(ending) - 8]}-{mark}"
    name = f"{stem}.{ending}" if ending else stem
    return f"file-{name}" if _TAKEN.match(name) else name


@lru_cache
def duration(minutes: float, language: str) -> str:
    """Minutes in the player's format: `2 h 40 min`."""
    hours, rest = divmod(int(minutes + 0.5), 60)
    kind = "hoursMinutes" if hours and rest else "hours" if hours else "minutes"
    return cast(str, strings(language)["player"][kind].format(h=hours, m=rest))


@dataclass(slots=True)
class _ChapterView:
    id: str
    number: int
    title: str
    takeaway: str | None
    minutes: float
    pages: list[_PageView] = field(default_factory=list)


@dataclass(slots=True)
class _PartView:
    id: str
    number: int
    title: str
    description: str | None
    track: bool
    track_number: int | None
    icon: str
    minutes: float
    objectives: tuple[Objective, ...]
    easy: tuple[str, ...]
    chapters: list[_ChapterView] = field(default_factory=list)


@dataclass(slots=True)
class _PageView:
    id: str
    title: str
    kind: str
    minutes: float
    core: bool
    number_of_questions: int
    pool: int | None
    number_in_pool: int
    reviewed: datetime.date | None
    sources: list[Any]
    part: _PartView | None = None
    chapter: _ChapterView | None = None
    previous: _PageView | None = None
    next: _PageView | None = None
    html: str = ""
    first: bool = False
    is_start: bool = False
    is_made: bool = False
    """Made by the build: no page of the course, of which nothing is recorded."""
    lang: Markup = _NOTHING
    """The attributes of its title, when that is in another language."""

    @property
    def number_asked(self) -> int:
        """The number of questions that each learner is asked."""
        return self.number_of_questions - self.number_in_pool + (self.pool or self.number_in_pool)


@dataclass(slots=True)
class _Resources:
    """The entries of the page of resources, each once, with the page where it occurs first.

    `cards` are parts of blocks as on their pages; `links` are links out of the course by address.
    """

    cards: dict[Markup, _PageView] = field(default_factory=dict)
    links: dict[Markup, tuple[Markup, _PageView]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.cards or self.links)


class _Renderer:
    """Renders the blocks of one course, and collects its resources."""

    def __init__(self, course: Course, environment: jinja2.Environment, names: Mapping[str, str]) -> None:
        language = course.definition.language
        # Templates look up attributes first, and many words for each page.
        self.words = SimpleNamespace(**_words(course)["page"])
        slots = course.lock.index()
        self.context = RenderContext(
            language,
            names,
            course.sizes,
            course.lengths,
            course.captions,
            course.transcripts,
            course.contacts,
            weigh=lambda src: format_of(language).size(course.media[src].stat().st_size),
            mime=lambda src: MEDIA_TYPES[suffix(course.media[src].name)],
            main=lambda src: course.stand_ins.get(src, src),
            slot=lambda src: slots[media_slot(src)],
            renditions=course.renditions,
            texts=course.texts,
            stills=course.stills,
        )
        self.films_in = course.films_in
        self.sent = course.definition.report.answers
        self.exits = course.definition.quick_exit
        self.marks = course.definition.media.mark_synthetic
        self.absent = course.absent
        self.environment = environment
        self.resources = _Resources()

    def note_resources(self, block: Block, page: _PageView) -> None:
        """Notes that a block has entries on the page of resources, without what they show."""
        for link in block.links(self.context):
            self.resources.links.setdefault(link.address, (link.text, page))
        if self.resources or isinstance(block, Prose):
            return
        if _RESOURCE in self.environment.get_template(f"blocks/{block.type}.html").blocks:
            self.resources.cards.setdefault(_NOTHING, page)

    def block(self, block: Block, page: _PageView, number: int, key: str) -> str:
        """The HTML of a block. `key` is the prefix of the ids inside it, unique in the document."""
        context = self.context._replace(number=number, of=page.number_of_questions)
        for link in block.links(context):
            self.resources.links.setdefault(link.address, (link.text, page))
        if isinstance(block, Prose):
            return self._without_dead_links(block.html)
        template = self.environment.get_template(f"blocks/{block.type}.html")
        view = block.view(context)
        given = {
            "b": view,
            "t": self.words,
            "page": page,
            "sent": self.sent,
            "exits": self.exits,
            "mark": self.mark,
            "films_in": self.films_in,
            "absent": self.absent,
            "key": key,
        }
        if _RESOURCE in template.blocks:
            card = Markup("".join(template.blocks[_RESOURCE](template.new_context(given))))
            self.resources.cards.setdefault(card, page)
        return self._without_dead_links(template.render(given))

    def mark(self, made: Mapping[str, Any]) -> Markup:
        """The mark of an edited or synthetic picture, film or sound, if the course is to show it."""
        word = self.words.origins.get(made["origin"]) if self.marks else None
        if word is None:
            return _NOTHING
        return Markup('<span class="made">{}</span>').format(_with_tool(word, made["made_with"]))

    def _without_dead_links(self, html: str) -> str:
        # Most packages have all pages, and most fragments have no link.
        if not self.absent or "<a " not in html:
            return html
        # The parser takes longer to import than to read most fragments.
        from coursepack.building.dead_links import without_dead_links

        return without_dead_links(html, self.absent)


def _with_tool(word: str, tool: str | None) -> str:
    return f"{word}: {tool}" if tool else word


class _Disclosed(NamedTuple):
    """A medium that is edited or synthetic: its page, kind and title, and how it was made.

    `lang` has the attributes of title and tool, when these are in another language.
    """

    page: _PageView
    kind: str
    title: str
    made: str
    lang: Markup


def _disclosed(
    course: Course, pages: Sequence[_PageView], words: SimpleNamespace, marked: _Untranslated
) -> list[_Disclosed]:
    """The edited and synthetic media of the pages, each once on a page; the cover is on the first."""
    found: dict[tuple[str, str], _Disclosed] = {}

    def add(page: _PageView, file: File, title: str, lang: Markup) -> None:
        word = words.origins.get(file.origin)
        # Nothing of a sound that is text is in the package; of a film, some pictures are.
        is_gone = file.kind == "sound" and file.src in course.texts
        if word and not file.of and not is_gone:
            made = _with_tool(word, file.made_with)
            kind = "picture" if file.kind == "poster" else file.kind
            found.setdefault((page.id, file.src), _Disclosed(page, kind, title, made, lang))

    cover = course.definition.cover
    if cover:
        add(pages[0], cover.file("cover"), "", _NOTHING)
    # A title page is none of the course.
    for view, page in zip(pages[-len(course.pages) :], course.pages, strict=True):
        for at, block in enumerate(page.blocks):
            if isinstance(block, DataBlock):
                lang = marked.attribute("blocks", f"{view.id}:{at}") or marked.attribute("pages", view.id)
                src, title = (block.src, block.title) if isinstance(block, Playable) else ("", "")
                for file in block.files():
                    add(view, file, title if file.src == src else "", lang)
    return list(found.values())


def _page_view(page: Page, course: Course) -> _PageView:
    entry = page.entry
    return _PageView(
        id=entry.id,
        title=entry.title,
        kind=page.kind_with(course.texts),
        minutes=entry.minutes,
        core=entry.core,
        number_of_questions=sum(question.numbered for question in page.questions),
        pool=entry.pool,
        number_in_pool=len(page.pool),
        reviewed=entry.reviewed,
        sources=[{"id": name, **course.sources[name].model_dump()} for name in entry.sources],
    )


def _tree(course: Course) -> tuple[list[_PageView], list[_PartView]]:
    """Views of pages and parts, linked to each other."""
    definition = course.definition
    views = {page.entry.id: _page_view(page, course) for page in course.pages}
    ordered: list[_PageView] = []
    if definition.start:
        start = views[definition.start.id]
        start.is_start = True
        ordered.append(start)
    parts: list[_PartView] = []
    tracks = 0
    for number, part in enumerate(definition.parts, 1):
        tracks += part.track
        if not part.chapters:
            continue
        view = _part_view(part, number, tracks, definition.objectives)
        parts.append(view)
        for at, chapter in enumerate(part.chapters, 1):
            inner = _ChapterView(
                chapter.id, at, chapter.title, chapter.takeaway, _core_minutes(chapter.pages)
            )
            view.chapters.append(inner)
            for entry in chapter.pages:
                page = views[entry.id]
                page.part, page.chapter = view, inner
                inner.pages.append(page)
                ordered.append(page)
    for one, two in pairwise(ordered):
        one.next, two.previous = two, one
    return ordered, parts


TITLE_PAGE = "titelsida"
"""The id of the page that introduces a course without a start page."""


def _title_page(first: _PageView, title: str) -> _PageView:
    """A start page without content of its own, before the first page.

    It has no slot in the resume state and no part in completion, so that a course gets or loses it without any effect
    on what learners have done.
    """
    page = _PageView(TITLE_PAGE, title, "text", 0, False, 0, None, 0, None, [], is_start=True, is_made=True)
    page.next, first.previous = first, page
    return page


_LIGHT = re.compile(r'data-light="(\d+)"')
_ICONS = {"question": "ask", "choice": "fork", "none": ""}
"""Icons that have another name in the document."""


def _core_minutes(pages: Iterable[PageEntry]) -> float:
    return sum(page.minutes for page in pages if page.core)


def _part_view(part: Part, number: int, tracks: int, objectives: Iterable[Objective]) -> _PartView:
    return _PartView(
        part.id,
        number,
        part.title,
        part.description,
        part.track,
        tracks if part.track else None,
        _ICONS.get(part.icon, part.icon),
        _core_minutes(part.pages),
        tuple(each for each in objectives if each.id in part.objectives),
        part.easy,
    )


def _runs(parts: list[_PartView]) -> list[list[_PartView]]:
    """Groups of parts: adjacent tracks together, every other part alone."""
    runs: list[list[_PartView]] = []
    for part in parts:
        if runs and part.track and runs[-1][0].track:
            runs[-1].append(part)
        else:
            runs.append([part])
    return runs


def _words(course: Course) -> Mapping[str, Any]:
    """The texts of the document and the player; those of a part when each part is a unit."""
    words = strings(course.definition.language)
    if not course.separate:
        return words
    page, player = words["page"], words["player"]
    done = page["closing_part"]
    of_part = {name: page[f"{name}_part"] for name in ("closing", "closing_told", "has_completed")}
    return {
        "page": {**page, **of_part},
        "player": {**player, "completed": f"{done}."},
    }


def course_data(course: Course) -> dict[str, Any]:
    """The data for the player that the document contains."""
    definition = course.definition
    slots = course.lock.index()
    parts = {page.id: part.id for part in definition.parts for page in part.pages}
    marked = bookmarks(course.lock)
    check = definition.final_check
    # The key of progress on a device: completing one part does not complete the course.
    name = f"{definition.id}-{course.unit}" if course.unit else definition.id
    return {
        "id": name,
        "fingerprint": fingerprint(name, definition.version),
        "version": definition.version,
        "title": definition.short_title or definition.title,
        "lang": definition.language,
        "slots": len(slots),
        "marks": marks(course.lock.lines()),
        "positions": positions(course.lock),
        **({"draw": [slots[digit] for digit in DRAW]} if any(page.pool for page in definition.pages) else {}),
        "pages": [
            {
                **_page_data(entry, slots, parts.get(entry.id)),
                **({"bookmark": marked[entry.id]} if marked else {}),
            }
            for entry in definition.pages
        ],
        "questions": [
            {
                "id": question.id,
                "page": page.entry.id,
                "kind": question.type,
                "scored": question.scored,
                "answers": [
                    {"id": option.id, "slot": slots["answer", question.id, option.id], "right": option.right}
                    for option in question.options()
                ],
                **({"key": key} if (key := question.key()) else {}),
                **(_reported(question, definition.language) if definition.report.answers else {}),
            }
            for page in course.pages
            for question in page.questions
        ],
        **({"columns": _columns(course)} if definition.report.answers else {}),
        "parts": [{"id": part.id, "track": part.track} for part in definition.parts if part.chapters],
        "completion": _completion(definition),
        "check": _check(check, slots) if check else None,
        "status": definition.status,
        "report": definition.report.model_dump(),
        "commit": definition.commit,
        "strings": _words(course)["player"],
    }


def _columns(course: Course) -> list[str]:
    """Ids of questions in the order of the lock, which is their permanent column in an LMS's report.

    Questions of earlier versions keep their columns.
    """
    known = dict.fromkeys(slot[1] for slot in course.lock.slots if slot[0] == "answer")
    return [name for name in known if name not in course.elsewhere]


def _reported(question: Question, language: str) -> dict[str, Any]:
    """The texts for a SCORM 2004 report: the question, and its answers by id."""
    sign = f"{{lang={language}}}"
    # RTE 4th edition, 4.2.9: a localized string of 250 characters.
    description = sign + _shortened(" ".join(question.question.split()), 250 - len(sign))
    interaction = question.interaction(language)
    groups = [
        {
            ("." if key == "target" else "") + each["id"]: each["description"][language]
            for each in interaction[key]
        }
        for key in ("choices", "scale", "steps", "source", "target")
        if key in interaction
    ]
    scenes: dict[str, dict[str, str]] = {}
    for name, text in question.words().items():
        scenes.setdefault(name.partition(".")[0], {})[name] = text
    names = {
        key: name
        for group in (*groups, *scenes.values())
        for key, name in _identifiers(group).items()
        if name != key
    }
    return {"description": description, **({"names": names} if names else {})}


def _shortened(text: str, most: int) -> str:
    """A text of at most `most` UTF-16 units, which JavaScript counts."""
    while len(text.encode("utf-16-le")) > 2 * most:
        text = f"{text.removesuffix('…')[:-1]}…"
    return text


def _identifiers(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts as unique identifiers of SCORM 2004 (RTE 4th edition, 4.1.1.7, short_identifier_type).

    When nothing is left of a text, the identifier is the id, as the player writes it.
    """
    names: dict[str, str] = {}
    for key, text in texts.items():
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        words = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:_IDENTIFIER_LIMIT].strip("_")
        words = words or key.rpartition(".")[2].replace("-", "_")
        taken = set(names.values())
        numbered = (f"{words}_{number}" for number in count(2))
        names[key] = words if words not in taken else next(each for each in numbered if each not in taken)
    return names


def _check(check: FinalCheck, slots: Mapping[Any, int]) -> dict[str, Any]:
    data: dict[str, Any] = {"page": check.page, "mastery": check.mastery}
    if check.is_handed_in:
        data["hand"] = {
            "feedback": check.feedback == "after",
            "review": check.review is not False,
            "attempts": check.attempts,
            "turn": [slots[digit] for digit in turn_slots(check.page)],
            "best": [slots[digit] for digit in best_slots(check.page)],
        }
    return data


def _page_data(entry: PageEntry, slots: Mapping[Any, int], part: str | None) -> dict[str, Any]:
    return {
        "id": entry.id,
        "slot": slots["page", entry.id],
        "minutes": int(entry.minutes) if entry.minutes == int(entry.minutes) else entry.minutes,
        "core": entry.core,
        "part": part,
        **({"pool": entry.pool} if entry.pool else {}),
    }


def _completion(definition: Definition) -> dict[str, Any]:
    rule, check = definition.completion, definition.final_check
    if isinstance(rule, NamedParts):
        of = definition.tracks if rule.of is None else rule.of
        return {"rule": rule.rule, "parts": rule.parts, "of": of, "tracks": rule.tracks}
    if rule.rule == "check-submitted" and check:
        return {"rule": rule.rule, "page": check.page}
    if rule.rule == "score" and check:
        return {"rule": rule.rule, "page": check.page, "mastery": check.mastery}
    return rule.model_dump(exclude_none=True)


def json_in_html(value: Any) -> Markup:
    """JSON that cannot end the script element around it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _soft(text: str, language: str) -> Markup:
    """A title or a question, which can contain formulas, as a heading shows it."""
    return escape(text) if hasattr(text, "__html__") else hyphenated(text, language)


def _environment(language: str, instead: Path | None = None) -> jinja2.Environment:
    """The templates of packages. Those in the folder `instead` take their places, and see them in `package/`."""
    templates = templates_dir()
    loader: jinja2.BaseLoader = jinja2.FileSystemLoader(templates)
    if instead:
        own = jinja2.FileSystemLoader(instead)
        loader = jinja2.ChoiceLoader([own, jinja2.PrefixLoader({"package": loader}), loader])
    environment = jinja2.Environment(
        loader=loader,
        bytecode_cache=BytecodeCache(os.fspath(templates / "__pycache__")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        duration=partial(duration, language=language),
        date=format_of(language).date,
        plain=str,
        # Search and copies of a text would have its soft hyphens.
        soft=escape if instead else partial(_soft, language=language),
        tel=lambda phone: "tel:" + re.sub(r"[^0-9+]", "", phone),
    )
    return environment


class Document(NamedTuple):
    """A document without the head elements of a target, which are inserted between `start` and `rest`.

    `scripts` and `styles` hold the checksums of inline elements in Content-Security-Policy syntax; `has_fonts` is
    True when the style uses fonts, `has_frames` when a page shows a document, `has_editions` when there are other
    languages.
    """

    start: bytes
    rest: bytes
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    has_fonts: bool
    has_frames: bool
    has_editions: bool

    def headed(self, target: Target) -> bytes:
        """The document for a target."""
        # A page opened from disk has an opaque origin, and browsers interpret `self` differently: hence `file:`.
        policy = {
            "default-src": "'none'",
            "script-src": " ".join(("'self' file:", *self.scripts)),
            "style-src": " ".join(self.styles),
            "img-src": "'self' file: data:",
            "media-src": "'self' file: data:",
            **({"font-src": "'self' file:"} if self.has_fonts else {}),
            **({"frame-src": "'self' file:"} if self.has_frames else {}),
            "connect-src": target.connects,
            "base-uri": "'none'",
            "form-action": "'none'",
            # No text becomes code: only the loader of tracking.js and statements.js sets a script URL (Trusted Types).
            "require-trusted-types-for": "'script'",
            "trusted-types": self._trusts(target),
        }
        text = "; ".join(f"{name} {value}" for name, value in policy.items())
        head = (
            f'<meta http-equiv="Content-Security-Policy" content="{text}">\n'
            f'<meta name="generator" content="coursepack {target.name}">'
        ).encode()
        return self.start + head + self.rest

    def _trusts(self, target: Target) -> str:
        # The second policy turns texts of this document into elements, and no other text.
        names = (target.trusts, "coursepack-editions" if self.has_editions else "'none'")
        return " ".join(name for name in names if name != "'none'") or "'none'"


def _composed(frame: _Frame, has_fonts: bool, has_frames: bool, has_editions: bool) -> Document:
    """Puts pages into the frame, where two marks around a page's id are the place of its HTML.

    Two adjacent marks are the place of the head elements.
    """
    before, _, rest = frame.html.partition(_MARK * 2)
    # In bytes, since one character beyond Latin-1 doubles the memory of a string.
    filled = b"".join(
        (frame.pages[piece] if number % 2 else piece).encode()
        for number, piece in enumerate(rest.split(_MARK))
    )
    scripts, styles = (
        tuple(_checksum(text) for kind, text in frame.inline if kind == name) for name in ("script", "style")
    )
    return Document(before.encode(), filled, scripts, styles, has_fonts, has_frames, has_editions)


def _checksum(text: str) -> str:
    """The checksum of a script or a style in the document, in Content-Security-Policy syntax."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def render_document(course: Course, kept: Kept = NOTHING) -> Document:
    """The course as one document, with its other languages after the main one."""
    editions = [_kept_edition(edition, course, kept) for edition in course.editions]
    return _document(course, editions, [edition.html for edition in editions])


def render_begun(course: Course, *, only_first: bool = False) -> Document:
    """The document as `render_document` has it, without its other languages: see `render_edition`.

    With `only_first`, it is right up to the end of its first page; the others are empty. It is for a preview: without
    scripts, links to a language find nothing where its own text has its mark.
    """
    editions: list[_Edition] = []
    for each in course.editions:
        language = each.definition.language
        # The style depends on whether there is a formula.
        has_formula = _has_formula((each.definition, each.pages, each.glossary))
        editions.append(_Edition(language, _first_mark(language), "<math" if has_formula else ""))
    return _document(course, editions, [], only_first=only_first)


def _has_formula(value: object) -> bool:
    """Whether there is a formula in the texts of a value."""
    if isinstance(value, str):
        return "<math" in str(getattr(value, "html", value))
    if isinstance(value, Mapping):
        return any(map(_has_formula, value.values()))
    if isinstance(value, tuple | list):
        return any(map(_has_formula, value))
    if isinstance(value, BaseModel):
        return any(map(_has_formula, vars(value).values()))
    return is_dataclass(value) and any(_has_formula(getattr(value, each.name)) for each in fields(value))


def render_edition(edition: Course, main: Course, kept: Kept = NOTHING) -> str:
    """The HTML of another language of the course `main`, for the place before the last `</body>` of the document."""
    return _kept_edition(edition, main, kept).html


def _kept_edition(edition: Course, main: Course, kept: Kept) -> _Edition:
    # An edition has its own pages, and the main language's where they are not translated.
    around = main._replace(pages=(), editions=()), _languages(main)
    return kept.once(
        f"edition {edition.definition.language}", (edition, around), partial(_edition, edition, main)
    )


def _document(
    course: Course, editions: Sequence[_Edition], last: Sequence[str], *, only_first: bool = False
) -> Document:
    """The document with links to its other languages, and `last` of all the HTML of these."""
    frame = _frame(course, course, editions, only_first=only_first)
    before, end, after = frame.html.rpartition("</body>")
    frame = frame._replace(html="".join((before, *last, end, after)))
    pages = (page for each in (course, *course.editions) for page in each.pages)
    has_frames = any(block.type == "document" for page in pages for block in page.blocks)
    return _composed(frame, course.definition.fonts is not None, has_frames, bool(editions))


class _Edition(NamedTuple):
    """Another language in the document. `mark` is the prefix of its ids; the rest is as in the main language."""

    language: str
    mark: str
    html: str


def _edition(course: Course, main: Course) -> _Edition:
    """The body of the document in another language.

    It is in a `noscript` element. Without scripts it is shown after the main language. With scripts it is a text
    that costs a browser nothing until it is needed, loads no pictures, and matches no selector.
    """
    language = course.definition.language
    body = _frame(course, main, []).html.partition("<body>\n")[2].rpartition("</body>")[0]
    body, mark = _apart(body, language)
    # Only this text could end the element.
    body = re.sub("</(?=noscript)", "&lt;/", body, flags=re.IGNORECASE)
    direction = strings(language)["page"]["direction"]
    html = (
        f'<noscript data-edition="{language}" data-mark="{mark}"><div lang="{language}" dir="{direction}">\n'
        f'{body}<script type="application/json">{json_in_html(_edition_data(course))}</script>\n</div></noscript>\n'
    )
    return _Edition(language, mark, html)


_REFERS = (
    "id|for|href|list|headers|form|popovertarget|commandfor|"
    "aria-(?:labelledby|describedby|controls|owns|details|errormessage|activedescendant|flowto)"
)


def _apart(html: str, language: str) -> tuple[str, str]:
    """The HTML with a mark as prefix of ids and references to them, and the mark.

    The mark occurs nowhere else, so that removing it restores the text.
    """
    mark = _first_mark(language)
    while mark in html:
        mark += "-"
    ids = set(re.findall(r'\sid="([^"]+)"', html))

    def marked(found: re.Match[str]) -> str:
        name, sign, value = found.groups()
        if name == "href" and not sign:
            return found[0]
        words = " ".join(mark + word if word in ids else word for word in value.split(" "))
        return f' {name}="{sign}{words}"'

    return re.sub(rf'\s({_REFERS})="(#?)([^"]*)"', marked, html), mark


def _first_mark(language: str) -> str:
    return f"{language}--"


def _edition_data(course: Course) -> dict[str, Any]:
    """The data for the player about an edition, in addition to that of the main language."""
    definition = course.definition
    questions = [question for page in course.pages for question in page.questions]
    return {
        "lang": definition.language,
        "title": definition.short_title or definition.title,
        "strings": _words(course)["player"],
        "keys": {question.id: key for question in questions if (key := question.key())},
    }


class _Frame(NamedTuple):
    """The document in one language, the HTML of its pages by id, and kind and text of its inline scripts and styles.

    The document has marks in place of the pages of the main language: see `_composed`.
    """

    html: str
    pages: Mapping[str, str]
    inline: Sequence[tuple[str, str]]


def render_text(course: Course, main: Course, templates: Path, values: Mapping[str, object]) -> str:
    """A course in one language as a document that is only read. `main` is the course in its main language.

    Files in `templates` take the place of the templates of packages, among them `index.html`, which also gets `values`.
    """
    return _frame(course, main, [], templates, values).html


def _frame(
    course: Course,
    main: Course,
    editions: Sequence[_Edition],
    instead: Path | None = None,
    values: Mapping[str, object] = MappingProxyType({}),
    *,
    only_first: bool = False,
) -> _Frame:
    """The document of a package, or with the folder `instead`, of these templates. `only_first`: see `render_begun`."""
    definition = course.definition
    language = definition.language
    is_main = course is main and not instead
    environment = _environment(language, instead)
    names = package_names(course)
    pages, parts = _tree(course)
    renderer = _Renderer(course, environment, names)
    inline: list[tuple[str, str]] = []

    def collected(text: str, kind: str) -> str:
        inline.append((kind, text))
        return text

    environment.filters["inline"] = collected
    marked = _Untranslated(course.untranslated, main.definition.language)
    environment.globals["foreign"] = marked.attribute
    in_main = renderer
    if course.untranslated:
        # A block of the main language is marked as a whole.
        in_main = _Renderer(main, _environment(main.definition.language, instead), names)
        in_main.environment.globals["foreign"] = lambda *_: ""
        in_main.resources = renderer.resources
    html: dict[str, str] = {}
    before_id = ""
    for view, page in zip(pages, course.pages, strict=True):
        view.lang = marked.attribute("titles", view.id)
        number = others = 0
        blocks: list[str] = []
        if only_first and view is not pages[0]:
            for block in page.blocks:
                renderer.note_resources(block, view)
            # The style depends on whether there is a formula.
            blocks = ["<math"] if _has_formula(page.blocks) else []
        for at, block in enumerate(page.blocks if not only_first or view is pages[0] else ()):
            number += isinstance(block, Question) and block.numbered
            # Prose needs no ids, so new prose between other blocks does not change theirs.
            others += not isinstance(block, Prose)
            places = {("pages", view.id), ("blocks", f"{view.id}:{at}")}
            used = renderer if course.untranslated.isdisjoint(places) else in_main
            text = used.block(block, view, number, f"b-{view.id}-{others}")
            blocks.append(text if used is renderer else marked.html(text))
        if definition.content_note and view.is_start:
            blocks, before_id = _with_anchor(page.blocks, blocks, f"n-{view.id}")
        html[view.id] = "".join(blocks)
        view.html = Markup(f"{_MARK}{view.id}{_MARK}" if is_main else html[view.id])
    roles = _roles(definition, pages)
    # A part that is a unit is introduced by the LMS's list of units.
    if definition.start is None and not course.separate:
        pages.insert(0, _title_page(pages[0], renderer.words.start_page))
    # A script shows the pages of another language.
    pages[0].first = is_main
    cited = {name for page in course.pages for name in page.entry.sources}
    cited |= {name for page in course.pages for question in page.questions for name in question.sources}
    cover = definition.cover.src if definition.cover else None
    drawing = drawing_with_lights(course.media[cover], titled=course is main) if cover else None
    document = environment.get_template("index.html").render(
        course=_CourseView(definition),
        t=renderer.words,
        main=is_main,
        languages=_languages(main),
        editions=editions,
        pages=pages,
        parts=parts,
        track_runs=_runs(parts),
        glossary=sorted(course.glossary, key=lambda term: format_of(language).sort_key(term.term)),
        resources=renderer.resources,
        roles=roles,
        contacts=course.contacts,
        easy=[part for part in parts if part.easy],
        help=[course.contacts[name] for name in definition.help],
        sources=[{"id": name, **course.sources[name].model_dump()} for name in sorted(cited)],
        disclosed=_disclosed(course, pages, renderer.words, marked),
        cover={**renderer.context.picture(cover), "alt": ""} if cover else None,
        before_id=before_id,
        drawing=drawing,
        lights=max((int(number) for number in _LIGHT.findall(drawing or "")), default=0),
        logo=_logo(definition.logo, course.sizes, names),
        typefaces=definition.fonts.typefaces if definition.fonts else (),
        head=Markup(_MARK * 2),
        data=json_in_html(course_data(course)) if is_main else "",
        completion=completion_sentence(definition, language, course.separate),
        # Inline, since separate files would cost the first page a round trip.
        look=Markup((templates_dir() / "player" / "look.js").read_text("utf-8")) if is_main else "",
        style=Markup(_style_of(course, names, (*html.values(), *(each.html for each in editions))))
        if is_main
        else "",
        **values,
    )
    return _Frame(document, html, inline)


def _with_anchor(blocks: Sequence[Block], html: list[str], name: str) -> tuple[list[str], str]:
    """The HTML of blocks with an id on the first heading that their prose has, and that id; empty where it has none."""
    for at, block in enumerate(blocks):
        changed, found = re.subn(r"<h2(?=[ >])", f'<h2 id="{name}"', html[at], count=1)
        if isinstance(block, Prose) and found:
            return [*html[:at], changed, *html[at + 1 :]], name
    return html, ""


_TAG = r"""<(/?)([a-zA-Z][\w-]*)((?:[^"'<>]|"[^"]*"|'[^']*')*)>"""
_VOID = ("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr")


class _Untranslated:
    """Marks the parts of an edition that are in the main language, for screen readers (WCAG 3.1.2)."""

    def __init__(self, names: frozenset[tuple[str, str]], language: str) -> None:
        self._names = names
        direction = strings(language)["page"]["direction"]
        self.words = Markup(f' lang="{language}" dir="{direction}"')

    def attribute(self, kind: str, name: str = "") -> Markup:
        """The attributes of an element in the main language, or nothing."""
        return self.words if (kind, name or kind) in self._names else _NOTHING

    def html(self, text: str) -> str:
        """HTML with its outermost elements marked: a wrapper around them would break the page's grid."""
        depth = 0

        def marked(tag: re.Match[str]) -> str:
            nonlocal depth
            is_end, name, rest = tag[1] == "/", tag[2], tag[3]
            outermost = depth == 0 and not is_end
            if not rest.endswith("/") and name not in _VOID:
                depth += -1 if is_end else 1
            return f"<{name}{self.words}{rest}>" if outermost and " lang=" not in rest else tag[0]

        return re.sub(_TAG, marked, text)


def _style_of(course: Course, names: Mapping[str, str], html: Iterable[str]) -> str:
    """The style of a document with the blocks in it, of all languages."""
    pages = (page for each in (course, *course.editions) for page in each.pages)
    blocks = {
        "text-version" if isinstance(block, Playable) and block.src in course.texts else block.type
        for page in pages
        for block in page.blocks
    }
    if course.definition.tomorrow:
        blocks.add("steps")
    # Any text can contain formulas.
    if any("<math" in each for each in html):
        blocks.add("math")
    return style(course.definition.theme, course.definition.fonts, names, blocks)


def _languages(main: Course) -> list[dict[str, Any]]:
    """The languages that learners can choose from, each with its own name; empty when there is only one."""
    codes = [course.definition.language for course in (main, *main.editions)]
    return [
        {"code": code, "name": words["language_name"], "direction": words["direction"]}
        for code in (codes if main.editions else ())
        for words in (strings(code)["page"],)
    ]


def _logo(
    logo: Logo | None, sizes: Mapping[str, tuple[int, int]], names: Mapping[str, str]
) -> dict[str, Any] | None:
    if logo is None:
        return None
    width, height = sizes[logo.src]
    return {"url": names[logo.src], "alt": logo.alt or "", "width": width, "height": height}


def _roles(definition: Definition, pages: list[_PageView]) -> list[tuple[str, str, list[_PageView]]]:
    """Ids and titles of the roles that pages are tagged with, and those pages in their order."""
    tags = {entry.id: entry.roles for entry in definition.pages}
    found = [
        (name, title, [page for page in pages if name in tags[page.id]])
        for name, title in definition.roles.items()
    ]
    return [each for each in found if each[2]]


def package_names(course: Course) -> dict[str, str]:
    """The package path of each file that the course names, by path in the course folder."""
    converted = {src: conversion.ending for src, conversion in course.conversions.items()}
    converted |= {src: suffix(course.media[src].name) for src in course.picture_conversions}
    return safe_names(course.media.keys() - course.captions.keys() - course.transcripts.keys(), converted)


def site(variant: Variant, target: Target, documents: Mapping[str, Document]) -> dict[str, bytes | Path]:
    """The files of a site with these documents, which are given by package path."""
    files: dict[str, bytes | Path] = {name: document.headed(target) for name, document in documents.items()}
    scripts = {
        "player.js": target.adapter,
        "later.js": "later",
        "tracking.js": target.tracking,
        "editions.js": "editions" if variant.course.editions else None,
    }
    for name, bundle in scripts.items():
        if bundle:
            files[name] = (templates_dir() / "player" / f"{bundle}.js").read_bytes()
    course, names = variant.course, package_names(variant.course)
    files.update((names[source], course.media[source]) for source in media(course))
    return files


def render_documents(variant: Variant, kept: Kept = NOTHING) -> dict[str, Document]:
    """A document for each unit of a package, by its package path: the same for every target.

    `kept` has what was rendered before, of a variant of one unit.
    """
    return {unit.launch: render_document(unit.course, kept) for unit in variant.units}


def render_site(course: Course, target: Target | str) -> dict[str, bytes | Path]:
    """The whole course as a site for a target, or for one by its name: files by their path, without a manifest.

    Media that must be converted are converted into `.coursepack/media` beside the course folder. A picture,
    film or sound with personal metadata is bytes without it. Raises PackageError for an unknown target or a cache that
    cannot be written, and CourseError for a file that cannot be converted.
    """
    if isinstance(target, str):
        check_target(target)
        target = TARGETS[target]
    (variant,) = converted((whole(course),), Workshop(None, lambda step, done, total: None))
    files = without_metadata(site(variant, target, render_documents(variant)), {}, origins_of(variant.course))
    return {
        name: b"".join(content.chunks()) if isinstance(content, Excerpt) else content
        for name, content in files.items()
    }


class _CourseView:
    """The definition as templates see it: the short title falls back to the title."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self.short_title = definition.short_title or definition.title

    def __getattr__(self, name: str) -> Any:
        return getattr(self._definition, name)
