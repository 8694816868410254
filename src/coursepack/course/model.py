"""The course as values: the contents of `course.yaml` and of its pages, independent of files."""

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from coursepack.course.blocks import Block
from coursepack.course.blocks.block import (
    ByteSize,
    Flag,
    Id,
    MediaPath,
    Minutes,
    Model,
    NamedPicture,
    Origin,
    Percent,
    PlacedError,
    Rendition,
    RungName,
    Still,
    Text,
    check,
    number,
    wrong,
)
from coursepack.course.blocks.html import Html
from coursepack.course.blocks.playable import Playable
from coursepack.course.blocks.question import Question
from coursepack.course.claims import Claim, Period
from coursepack.course.lock import DRAW, MOST_ATTEMPTS, Lock, Slot, best_slots, media_slot, turn_slots
from coursepack.course.pictures import Picture, PictureConversion
from coursepack.course.rungs import Animation, Conversion, Recording
from coursepack.course.theme import Fonts, Logo, NamedTheme, Theme
from coursepack.languages import codes, format_of, strings
from coursepack.problems import Message, quoted

RESERVED_IDS = (
    "ordlista",
    "kontakter",
    "lattlast",
    "resurser",
    "roller",
    "klar",
    "om",
    "titelsida",
    "innehall",
    "course-data",
    "menu-title",
)
"""Ids that the document uses itself."""

if TYPE_CHECKING:
    Language = str
else:
    Language = Literal[codes()]
"""The languages of the player: the folders in `languages`."""


def _language(value: Any) -> Any:
    if value not in codes():
        raise wrong(
            "unknown-language",
            "the player has no words in the language {0}. It has them in: {1}",
            quoted(value),
            ", ".join(codes()),
        )
    return value


def _version(value: Any) -> Any:
    # IMS CP 1.1.2: manifest/@version holds at most 20 characters.
    if not isinstance(value, str) or not re.fullmatch(r"[0-9][0-9A-Za-z.+-]{0,19}", value):
        raise wrong("bad-version", "is not a version like 1.2.0 (at most 20 characters): {0}", quoted(value))
    return value


def _date(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise wrong("bad-date", "is not a date like 2026-04-14: {0}", quoted(value)) from None
    return value


Date = Annotated[datetime.date, BeforeValidator(_date)]


def _web(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s<>\"']+", value):
        raise wrong("bad-address", "is not a web address: {0}", quoted(value))
    return value


Web = Annotated[str, BeforeValidator(_web)]
Email = Annotated[Text, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


def _iri(value: Any) -> Any:
    # Few courses have one.
    from coursepack.xapi.statement.values import is_iri

    if not is_iri(_web(value)):
        raise wrong(
            "bad-address",
            "has signs that no web address may have: {0}",
            quoted(value),
            hint=Message("Write % and its two digits for each of them."),
        )
    return value


Iri = Annotated[str, BeforeValidator(_iri)]


def _page_id(value: Any) -> Any:
    text = str(value)
    # The document derives ids from others with prefixes such as `h-`, `fn-` and `fnref-`, and the suffix `-hint`.
    if text in RESERVED_IDS or re.match(r"([a-z]|fn|fnref)-|.*-hint$", text):
        raise wrong("reserved-id", "is an id that the player uses itself: {0}. Choose another", quoted(text))
    return value


PageId = Annotated[Id, BeforeValidator(_page_id)]
SourceId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]


class Objective(Model):
    """What learners can do after the course."""

    id: Text
    text: Text


class Dates(Model):
    """The days when the course was published and last reviewed, and of its version of the law."""

    published: Date | None = None
    reviewed: Date | None = None
    law: Date | None = None


class Reviewer(Model):
    """Somebody who has read the course, as what, and when."""

    name: Text
    role: Text
    date: Date


class Shortcoming(Model):
    """Something that is not accessible to everybody."""

    what: Text
    why: Text | None = None


class Accessibility(Model):
    """The accessibility statement, with what the Swedish act (2018:1937), section 13, requires of public bodies.

    `burden` names what would be a disproportionate burden, `outside` what the requirements do not cover, `supervision`
    whom to contact when the publisher does not answer.
    """

    conformance: Literal["full", "partial", "none"]
    standard: Text = "WCAG 2.1 A, AA (EN 301 549 V3.2.1)"
    assessed: Date
    updated: Date | None = None
    method: Text
    shortcomings: tuple[Shortcoming, ...] = ()
    burden: Text | None = None
    outside: Text | None = None
    email: Email | None = None
    phone: Annotated[Text, Field(pattern=r"^\+?[0-9][0-9 -]{1,24}$")] | None = None
    web: Web | None = None
    supervision: Web | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.conformance != "full" and not self.shortcomings:
            raise wrong(
                "missing-shortcomings",
                "the accessibility statement says conformance: {0} and names no shortcomings",
                self.conformance,
            )
        if self.conformance == "full" and self.shortcomings:
            raise wrong(
                "unexpected-shortcomings",
                "the accessibility statement says conformance: full and names shortcomings",
            )
        if not (self.email or self.phone or self.web):
            raise wrong("nobody-to-tell", "the accessibility statement has neither email, phone nor web")
        if self.updated and self.updated < self.assessed:
            raise wrong("updated-too-early", "the accessibility statement was updated before it was assessed")
        return self


class PageEntry(Model):
    """A page as `course.yaml` lists it. `minutes` in whole or half minutes."""

    id: PageId
    title: Annotated[Text, Field(max_length=200)]
    minutes: Minutes
    core: Flag = True
    roles: tuple[Id, ...] = ()
    sources: tuple[SourceId, ...] = ()
    reviewed: Date | None = None
    facts: tuple[Text, ...] = ()
    """What the whole page rests on: ids of sources or contacts, each with `@` and the day of a check, or without."""
    pool: Annotated[int, Field(ge=1), BeforeValidator(number)] | None = None
    """The number of the page's questions with a right answer that each learner is asked; None: all."""
    file: MediaPath | None = None

    @property
    def path(self) -> str:
        """The page's Markdown file inside the course folder."""
        return self.file or f"pages/{self.id}.md"


class Chapter(Model):
    """A sequence of pages under one heading."""

    id: PageId
    title: Annotated[Text, Field(max_length=200)]
    takeaway: Annotated[Text, Field(max_length=200)] | None = None
    """The sentence to remember, shown at the end of the chapter and on the closing page."""
    pages: Annotated[tuple[PageEntry, ...], Field(min_length=1)]


class Part(Model):
    """A part of the course; `track` marks one of several tracks that can be taken in any order."""

    id: PageId
    title: Annotated[Text, Field(max_length=200)]
    description: Text | None = None
    track: Flag = False
    icon: Literal["door", "book", "text", "film", "sound", "question", "choice", "none"] = "door"
    """The icon of the part; a door opens as its pages are done."""
    objectives: tuple[Text, ...] = ()
    """Ids of the course's objectives, shown on the part's first page."""
    easy: tuple[Text, ...] = ()
    """An easy-to-read summary, a line at a time."""
    chapters: tuple[Chapter, ...]

    @property
    def pages(self) -> Iterator[PageEntry]:
        """All pages of the part, in order."""
        return (page for chapter in self.chapters for page in chapter.pages)


class AllCorePages(Model):
    """Complete when every core page has been opened, and with `questions` its questions have been answered."""

    rule: Literal["all-core-pages"] = "all-core-pages"
    questions: Literal["answered"] | None = None


class NamedParts(Model):
    """Complete when the core pages of `parts` and of `tracks` of the tracks in `of` have been opened."""

    rule: Literal["parts"]
    parts: tuple[Id, ...] = ()
    tracks: Annotated[int, Field(ge=0), BeforeValidator(number)] = 0
    of: tuple[Id, ...] | None = None


class CheckSubmitted(Model):
    """Complete when every question of the final check has been answered."""

    rule: Literal["check-submitted"]


class ScoreReached(Model):
    """Complete when the final check has been answered with at least its mastery score."""

    rule: Literal["score"]


Completion = Annotated[AllCorePages | NamedParts | CheckSubmitted | ScoreReached, Field(discriminator="rule")]


class FinalCheck(Model):
    """The page whose questions determine the score. With `mastery` (percent) the course is graded.

    `feedback` is when learners see which answers are right. `each`: at each question, which can be tried again.
    Otherwise the page is handed in as a whole, at most `attempts` times, and the best attempt counts: `after` shows it
    then, with the right answers unless `review` is false; `none` shows only the result.
    """

    page: Id
    mastery: Percent | None = None
    feedback: Literal["each", "after", "none"] = "each"
    attempts: Annotated[int, Field(ge=1, le=MOST_ATTEMPTS), BeforeValidator(number)] | None = None
    review: Flag | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check(self, self._errors())
        return self

    def _errors(self) -> Iterator[PlacedError]:
        if self.attempts and not self.is_handed_in:
            yield (
                ("attempts",),
                wrong(
                    "attempts-not-counted",
                    "attempts are counted only when the page is handed in, with feedback: after or none",
                ),
            )
        if self.review is not None and self.feedback != "after":
            yield (
                ("review",),
                wrong("nothing-to-review", "there is nothing to review with feedback: {0}", self.feedback),
            )

    @property
    def is_handed_in(self) -> bool:
        """True when the page is handed in as a whole."""
        return self.feedback != "each"


class Reported(Model):
    """What is reported to the LMS in addition to status, progress and opened pages: nothing by default."""

    answers: Flag = False
    media: Flag = False


class MediaSettings(Model):
    """How large films and sounds may be in packages. Without a `rung`, what every browser plays is packed as it is.

    With the rung `text`, pages have pictures and text in place of films, and in place of sounds unless `sound`. With
    `mark_synthetic`, pages say of edited and synthetic media what they are.
    """

    rung: RungName | None = None
    sound: Flag = False
    mark_synthetic: Flag = False


class FactSettings(Model):
    """How long a fact is `valid` after it was checked, where its source does not say."""

    valid: Period = "12 months"


class LixLimits(Model):
    """The readability index from which a page, and all pages together, are too hard to read."""

    page: Annotated[int, Field(ge=1, le=100), BeforeValidator(number)] = 55
    course: Annotated[int, Field(ge=1, le=100), BeforeValidator(number)] = 45


class Packaging(Model):
    """A package to build: of the whole course, or of some `parts`; with `separate`, a unit for each part.

    Films and sounds that are larger than its `rung` are converted for it. With `max_size`, films become so small that
    the package has that size at most. `sound`: it has sounds, although its rung is `text`; None: as the course says.
    """

    id: Id
    title: Annotated[Text, Field(max_length=200)] | None = None
    parts: tuple[Id, ...] = ()
    separate: Flag = False
    rung: RungName | None = None
    sound: Flag | None = None
    max_size: ByteSize | None = None


class Definition(Model):
    """The contents of `course.yaml`."""

    id: Annotated[Id, Field(min_length=2)]
    iri: Iri | None = None
    """The permanent id of the course in xAPI and cmi5; the address does not have to exist."""
    title: Annotated[Text, Field(max_length=200)]
    subtitle: Text | None = None
    short_title: Annotated[Text, Field(max_length=100)] | None = None
    description: Text
    language: Language
    translations: tuple[Annotated[Language, BeforeValidator(_language)], ...] = ()
    """The other languages, each with a folder in `translations`."""
    version: Annotated[str, BeforeValidator(_version)]
    publisher: Text
    licence: Text
    audience: Text | None = None
    objectives: tuple[Objective, ...] = ()
    keywords: tuple[Text, ...] = ()
    dates: Dates = Dates.model_construct()
    accessibility: Accessibility | None = None
    reviewers: tuple[Reviewer, ...] = ()
    """Who has read this version as an expert: named in the passport of a release."""
    minutes: Annotated[float, Field(gt=0, le=6000), BeforeValidator(number)]
    cover: NamedPicture | None = None
    theme: NamedTheme = Theme.model_construct()
    logo: Logo | None = None
    fonts: Fonts | None = None
    roles: dict[Id, Text] = {}
    help: tuple[Id, ...] = ()
    feedback: Email | None = None
    """Where learners write to who have something to say of a page."""
    quick_exit: Flag = False
    completion: Completion = AllCorePages.model_construct()
    content_note: Annotated[Text, Field(max_length=200)] | None = None
    """What is hard to read or watch in the course, beside the button that begins it."""
    closing: Text | None = None
    tomorrow: Annotated[tuple[Annotated[Text, Field(max_length=200)], ...], Field(max_length=5)] = ()
    """What learners can do at once with what they have learned, on the closing page."""
    certificate: Flag = False
    final_check: FinalCheck | None = None
    status: Literal["completed", "passed", "both"] = "completed"
    report: Reported = Reported.model_construct()
    commit: Literal["every", "throttled", "sparing"] = "every"
    """How often progress is sent to a SCORM LMS."""
    media: MediaSettings = MediaSettings.model_construct()
    facts: FactSettings = FactSettings.model_construct()
    lix: LixLimits = LixLimits.model_construct()
    packages: tuple[Packaging, ...] = ()
    start: PageEntry | None = None
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_pages(self) -> Self:
        if not any(True for _ in self.pages):
            raise wrong("no-pages", "the course has no pages")
        check(self, self._repeated_languages())
        return self

    def _repeated_languages(self) -> Iterator[PlacedError]:
        for at, language in enumerate(self.translations):
            if language in (self.language, *self.translations[:at]):
                yield (
                    ("translations", at),
                    wrong("repeated-language", "the course is in {0} already", quoted(language)),
                )

    @property
    def pages(self) -> Iterator[PageEntry]:
        """All pages in the recommended order, the start page first."""
        if self.start:
            yield self.start
        for part in self.parts:
            yield from part.pages

    @property
    def tracks(self) -> tuple[str, ...]:
        """Ids of the tracks that can be done: those with core pages."""
        return tuple(part.id for part in self.parts if part.track and any(page.core for page in part.pages))

    @property
    def core_minutes(self) -> float:
        """Sum of the minutes of all core pages."""
        return sum(page.minutes for page in self.pages if page.core)

    @property
    def graded(self) -> bool:
        """True when a score is reported."""
        return bool(self.final_check and self.final_check.mastery)


class Term(Model):
    """A word of the glossary."""

    id: Id
    term: Text
    text: Text


class Person(Model):
    """A person or organization to contact: an entry of `contacts.yaml`."""

    id: Id
    name: Text
    phone: Annotated[Text, Field(pattern=r"^\+?[0-9][0-9 -]{1,24}$")] | None = None
    hours: Text | None = None
    purpose: Text | None = None
    web: Web | None = None
    checked: Date
    valid: Period | None = None
    group: Text | None = None


class Source(Model):
    """The source of a fact: an entry of `sources.yaml`.

    `checked` is the day on which the facts were compared with it, `valid` how long they hold.
    """

    title: Text
    url: Web | None = None
    checked: Date | None = None
    valid: Period | None = None


class Cue(NamedTuple):
    """One line of a transcript. Times in seconds; `sound` marks what is heard or seen, not spoken."""

    start: float
    end: float
    speaker: str
    text: str
    sound: bool = False


class Page(NamedTuple):
    """A page with its content."""

    entry: PageEntry
    blocks: tuple[Block, ...]

    def kind_with(self, texts: Collection[str] = ()) -> str:
        """The main content of the page: `scenario`, `film`, `sound`, `check` or `text`.

        `texts` are films and sounds that are shown as text.
        """
        types = {
            block.type for block in self.blocks if not (isinstance(block, Playable) and block.src in texts)
        }
        if "scenario" in types:
            return "scenario"
        if "video" in types:
            return "film"
        if "audio" in types:
            return "sound"
        questions = sum(isinstance(block, Question) for block in self.blocks)
        return "check" if questions * 2 >= len(self.blocks) else "text"

    @property
    def questions(self) -> tuple[Question, ...]:
        """The page's questions whose answers are stored, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Question) and block.is_remembered)

    @property
    def pool(self) -> tuple[Question, ...]:
        """The questions to draw from when not all are asked: those with a right answer."""
        return tuple(question for question in self.questions if question.scored)


class Course(NamedTuple):
    """A complete course without errors: the result of `read_course`.

    `media` holds the files that the course names, by their path in the course folder; `captions`, `transcripts`,
    `sizes` and `lengths` (in seconds) are read from them, and `origins` are those that the author gives. `lock` gives
    each page, answer and film its place in the resume state, including those that are new in this version. `absent`
    holds ids of pages that are only in other packages of the course: links to them become plain text; `unit` then
    names the content, and `separate` is True when it is launched next to other parts: texts about completion are then
    about the part. `elsewhere` holds the ids of the questions on absent pages.

    `recordings` are all films and sounds, and `conversions` what those become that are not packed as they are;
    `pictures` are all pictures but drawings and animations, and `picture_conversions` what becomes of them. Once they
    are converted, `renditions` are their smaller files, the best format and the widest first. Films and sounds in
    `texts` are shown as text, with the `stills` that the build takes from films; `animations` are the moving pictures
    that it makes films of, whose first picture is in `stills` too; `films_in` is the title of the package
    that has them, empty if it has the same title, None if there is none.

    `editions` are the course in its other languages. An edition has the lock and the files of the main language;
    `stand_ins` maps its own films and sounds to those of the main language that they replace. `untranslated` is what
    it has in the main language: ("pages", id), ("blocks", "<page>:<place>"), ("terms", id), ("contacts", id), or a
    field of translation.yaml with the id in it.

    `claims` are the marked facts in all languages, and the contacts.
    """

    definition: Definition
    pages: tuple[Page, ...]
    glossary: tuple[Term, ...]
    contacts: Mapping[str, Person]
    sources: Mapping[str, Source]
    media: Mapping[str, Path]
    captions: Mapping[str, str]
    transcripts: Mapping[str, tuple[Cue, ...] | Html]
    sizes: Mapping[str, tuple[int, int]]
    lengths: Mapping[str, float]
    lock: Lock
    absent: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    unit: str | None = None
    separate: bool = False
    editions: "tuple[Course, ...]" = ()
    stand_ins: Mapping[str, str] = {}
    untranslated: frozenset[tuple[str, str]] = frozenset()
    recordings: Mapping[str, Recording] = {}
    conversions: Mapping[str, Conversion] = {}
    pictures: Mapping[str, Picture] = {}
    picture_conversions: Mapping[str, PictureConversion] = {}
    renditions: Mapping[str, tuple[Rendition, ...]] = {}
    origins: Mapping[str, Origin] = {}
    claims: tuple[Claim, ...] = ()
    animations: Mapping[str, Animation] = {}
    texts: frozenset[str] = frozenset()
    stills: Mapping[str, tuple[Still, ...]] = {}
    films_in: str | None = None

    def questions(self, page: str) -> tuple[Question, ...]:
        """The questions of the page with that id."""
        return next(p.questions for p in self.pages if p.entry.id == page)


def wanted_slots(definition: Definition, pages: Iterable[Page]) -> Iterator[Slot]:
    """The slots of the resume state: each page, each option of each question, each film and sound.

    With pools, also the digits of the seed that draws questions; with a final check that is handed in, those of its
    turn counter and its best score.
    """
    pages = tuple(pages)
    for page in pages:
        yield "page", page.entry.id
        for block in page.blocks:
            if isinstance(block, Playable) and block.is_remembered:
                yield media_slot(block.src)
        for question in page.questions:
            for option in question.options():
                yield "answer", question.id, option.id
    if any(page.entry.pool for page in pages):
        yield from DRAW
    final = definition.final_check
    if final and final.is_handed_in:
        yield from turn_slots(final.page)
        yield from best_slots(final.page)


def completion_sentence(definition: Definition, language: str, separate: bool = False) -> str:
    """The completion rule in a plain sentence, with the pass that it requires.

    With `separate`, the definition is that of a part that is launched by itself, and the sentence is about the part.
    """
    final = definition.final_check
    sentence = _rule_sentence(definition, language, separate)
    if final is None or final.mastery is None or definition.status == "completed":
        return sentence
    if definition.completion.rule == "score":
        return sentence
    words: Mapping[str, str] = strings(language)["completion"]
    page = next(page for page in definition.pages if page.id == final.page)
    spent = words["spent"] if final.attempts else ""
    return f"{sentence} {words['pass'].format(mastery=final.mastery, page=page.title, spent=spent)}"


def _rule_sentence(definition: Definition, language: str, separate: bool) -> str:
    words: Mapping[str, str] = strings(language)["completion"]
    form = format_of(language)
    course = words["part" if separate else "course"]
    parts = {part.id: part for part in definition.parts}
    rule = definition.completion

    def listed(names: Iterable[str]) -> str:
        return form.listed([form.quoted(parts[name].title) for name in names])

    def pages(entries: Iterable[PageEntry]) -> str:
        return words["pages" if all(page.core for page in entries) else "core-pages"]

    def pages_of(names: Iterable[str]) -> str:
        return pages(page for name in names for page in parts[name].pages)

    if isinstance(rule, NamedParts):
        what = []
        if rule.parts:
            what.append(words["parts-named"].format(pages=pages_of(rule.parts), parts=listed(rule.parts)))
        if rule.tracks:
            of = definition.tracks if rule.of is None else rule.of
            what.append(words["tracks"].format(pages=pages_of(of), n=rule.tracks, of=listed(of)))
        return words["parts"].format(course=course, what=form.listed(what))
    final = definition.final_check
    if rule.rule == "all-core-pages" or not final:
        if not isinstance(rule, AllCorePages):
            return words[rule.rule].format(course=course)
        kind = "-answered" if rule.questions else ""
        return words[rule.rule + kind].format(course=course, pages=pages(definition.pages))
    page = next(page for page in definition.pages if page.id == final.page)
    kind = "-handed-in" if final.is_handed_in else "-pool" if page.pool else ""
    return words[rule.rule + kind].format(course=course, page=page.title, mastery=final.mastery)
