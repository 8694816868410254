"""Decodes a resume state: pages, tracks, answers, and what is left until the course is complete."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from coursepack.course.blocks.playable import Playable
from coursepack.course.blocks.question import Question
from coursepack.course.lock import DRAW, Slot, best_slots, bookmarks, media_slot, turn_slots
from coursepack.course.model import AllCorePages, Course, Definition, NamedParts, Page, PageEntry, Part
from coursepack.course.resume import Resume, marks
from coursepack.course.variant import Unit, variants, whole
from coursepack.progress.pool import drawn


class MismatchError(ValueError):
    """The state does not belong to the course. `fault` is the reason, `values` fills in its message."""

    def __init__(
        self, fault: Literal["other-course", "other-lock", "no-unit", "not-a-page"], **values: str
    ) -> None:
        super().__init__(fault)
        self.fault = fault
        self.values = values


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the ids that were chosen, and whether they are right (None: nothing chosen, or not scored).

    `asked` is False for a question of a pool that the learner does not get. `is_given` is False for an unfinished
    answer, such as that of a scenario whose end was not reached.
    """

    question: Question
    page: str
    chosen: tuple[str, ...]
    right: bool | None
    is_given: bool
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Submissions:
    """Submissions of the final check, the best score in per cent, and whether an attempt is under way."""

    times: int
    attempts: int | None
    best: float | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Track:
    """A part or track of the completion rule, with its core pages that are not done."""

    part: Part
    is_track: bool
    left: tuple[PageEntry, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """A decoded resume state.

    `course` is the unit that it belongs to. `opened` and `bookmarked` hold ids of pages in the course, `lost` ids of
    opened pages that have been removed; `beyond` counts slots of a later version.
    """

    course: Course
    resume: Resume
    opened: frozenset[str]
    lost: tuple[str, ...]
    beyond: int
    last: PageEntry | None
    answers: tuple[Answer, ...]
    played: tuple[tuple[str, int], ...]
    """Titles of films and sounds that were left before the end, with the position in seconds."""
    bookmarked: frozenset[str] = frozenset()
    handed_in: Submissions | None = None
    """None unless the final check is handed in as a whole."""

    @property
    def definition(self) -> Definition:
        """The definition of the unit."""
        return self.course.definition

    @property
    def left(self) -> tuple[PageEntry, ...]:
        """Core pages that are not done. Done means opened and, if the rule requires it, answered."""
        return tuple(page for page in self.definition.pages if page.core and not self._is_done(page))

    def _is_done(self, page: PageEntry) -> bool:
        rule, check = self.definition.completion, self.definition.final_check
        if page.id not in self.opened or not isinstance(rule, AllCorePages) or not rule.questions:
            return page.id in self.opened
        if self.handed_in and check and check.page == page.id:
            return self.score is not None
        return all(each.is_given for each in self.answers if each.page == page.id and each.asked)

    @property
    def asked(self) -> tuple[Track, ...]:
        """The parts and tracks that the completion rule names."""
        rule = self.definition.completion
        if not isinstance(rule, NamedParts):
            return ()
        of = self._tracks_of(rule)
        return tuple(
            Track(part, part.id not in rule.parts, tuple(page for page in part.pages if page in self.left))
            for part in self.definition.parts
            if part.id in rule.parts or part.id in of
        )

    def _tracks_of(self, rule: NamedParts) -> Collection[str]:
        if not rule.tracks:
            return ()
        return self.definition.tracks if rule.of is None else rule.of

    @property
    def tracks_done(self) -> int:
        """Completed tracks of the rule, including those that it names as parts."""
        rule = self.definition.completion
        of = self._tracks_of(rule) if isinstance(rule, NamedParts) else ()
        return sum(each.part.id in of and not each.left for each in self.asked)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Unanswered questions of the final check that the rule requires."""
        rule, check = self.definition.completion.rule, self.definition.final_check
        return tuple(
            each.question.id
            for each in self.answers
            if check
            and each.page == check.page
            and each.asked
            and (rule == "check-submitted" or each.question.scored)
            and not each.is_given
        )

    @property
    def score(self) -> float | None:
        """Score of the final check in per cent once all is answered; of the best attempt, if it is handed in."""
        if self.handed_in:
            return self.handed_in.best
        check = self.definition.final_check
        asked = [
            each
            for each in self.answers
            if check and each.page == check.page and each.asked and each.question.scored
        ]
        if not asked or any(not each.chosen for each in asked):
            return None
        # Rounded as in the player.
        return math.floor(10000 * sum(bool(each.right) for each in asked) / len(asked) + 0.5) / 100

    @property
    def is_met(self) -> bool:
        """Whether the state meets the completion rule, regardless of an earlier completion."""
        rule, check = self.definition.completion, self.definition.final_check
        if rule.rule == "check-submitted":
            if self.handed_in:
                return self.score is not None
            return any(check and each.page == check.page for each in self.answers) and not self.unanswered
        if rule.rule == "score":
            return self.score is not None and self.score >= ((check.mastery if check else None) or 0)
        if isinstance(rule, NamedParts):
            named = all(not track.left for track in self.asked if not track.is_track)
            return named and self.tracks_done >= rule.tracks
        return not self.left

    @property
    def is_complete(self) -> bool:
        """Whether the course is complete, now or by an earlier completion."""
        return self.resume.completed or self.resume.passed or self.is_met

    def as_dict(self) -> dict[str, Any]:
        """The progress as plain values for JSON."""
        definition, resume = self.definition, self.resume
        return {
            "form": resume.form,
            "course": definition.id,
            "unit": self.course.unit,
            "title": definition.title,
            "version": definition.version,
            "same_version": resume.is_of_version(key(self.course), definition.version),
            "last": self.last.id if self.last else None,
            "pages": [
                {
                    "id": page.id,
                    "title": page.title,
                    "core": page.core,
                    "opened": page.id in self.opened,
                    "bookmarked": page.id in self.bookmarked,
                }
                for page in definition.pages
            ],
            "pages_no_longer_there": list(self.lost),
            "slots_of_a_later_version": self.beyond,
            "unread": resume.is_unread,
            "aside": resume.aside,
            "questions": [
                {
                    "id": each.question.id,
                    "page": each.page,
                    "question": each.question.question,
                    "chosen": list(each.chosen),
                    "right": each.right,
                    "asked": each.asked,
                    "answered": each.is_given,
                }
                for each in self.answers
            ],
            "played": [{"title": title, "seconds": seconds} for title, seconds in self.played],
            "completion": {
                "rule": definition.completion.rule,
                "complete": self.is_complete,
                "noted": resume.completed or resume.passed,
                "met": self.is_met,
                "passed": resume.passed,
                "pages_left": [page.id for page in self.left],
                "parts": [
                    {
                        "id": each.part.id,
                        "track": each.is_track,
                        "pages_left": [page.id for page in each.left],
                    }
                    for each in self.asked
                ],
                "tracks_asked": getattr(definition.completion, "tracks", 0),
                "questions_left": list(self.unanswered),
                "score": self.score,
                "handed_in": asdict(self.handed_in) if self.handed_in else None,
                "mastery": definition.final_check.mastery if definition.final_check else None,
            },
        }


def key(course: Course) -> str:
    """The id under which the player stores progress of a course or unit."""
    return f"{course.definition.id}-{course.unit}" if course.unit else course.definition.id


def _units(course: Course) -> Iterator[Unit]:
    """The whole course, then every unit that an LMS can launch."""
    yield from whole(course).units
    for variant in variants(course):
        yield from variant.units
    for part in course.definition.parts:
        if part.chapters:
            yield from variants(course, part.id)[0].units


def decode(resume: Resume, course: Course, unit: str | None = None) -> Progress:
    """Decodes a state of the course, or of its package or part `unit`. Raises MismatchError.

    A code names its unit; a state without `unit` is decoded as one of the whole course.
    """
    known: dict[str, Course] = {}
    for each in _units(course):
        # A package that the author defines takes precedence over a part of the same name.
        known.setdefault(key(each.course), each.course)
    if unit is not None:
        known = {name: each for name, each in known.items() if each.unit == unit}
        if not known:
            raise MismatchError("no-unit", unit=unit)
    fitting = [each for name, each in known.items() if resume.is_of(name)]
    if not fitting:
        raise MismatchError("other-course", course=course.definition.title)
    return _decoded(resume, fitting[0])


def _decoded(resume: Resume, course: Course) -> Progress:
    slots = course.lock.slots
    if not resume.is_by(marks(course.lock.lines())):
        raise MismatchError("other-lock", course=course.definition.title)
    entries = {page.id: page for page in course.definition.pages}
    opened = [slot[1] for at, slot in enumerate(slots) if slot[0] == "page" and at in resume.slots]
    last = None
    if resume.last is not None and resume.last < len(slots):
        kind, name = slots[resume.last][:2]
        if kind != "page":
            raise MismatchError("not-a-page", course=course.definition.title)
        last = entries.get(name)
    there = entries.keys() | course.absent
    return Progress(
        course,
        resume,
        frozenset(entries.keys() & set(opened)),
        tuple(name for name in opened if name not in there),
        sum(slot >= len(slots) for slot in resume.slots),
        last,
        tuple(_answers(resume, course)),
        tuple(_played(resume, course)),
        frozenset(
            name
            for name, number in bookmarks(course.lock).items()
            if number in resume.bookmarks and name in entries
        ),
        _handed_in(resume, course),
    )


def _played(resume: Resume, course: Course) -> Iterator[tuple[str, int]]:
    """Media that were left before the end, in course order."""
    places, positions = course.lock.index(), dict(resume.positions)
    for block in (block for page in course.pages for block in page.blocks if isinstance(block, Playable)):
        seconds = positions.get(places.get(media_slot(block.src), -1), 0)
        if block.is_remembered and seconds:
            yield block.title, seconds


def _turn(resume: Resume, course: Course) -> int:
    """The turn counter of the final check: odd when handed in, even while it is answered."""
    check = course.definition.final_check
    return _number(resume, course, turn_slots(check.page)) if check and check.is_handed_in else 0


def _handed_in(resume: Resume, course: Course) -> Submissions | None:
    check = course.definition.final_check
    if not check or not check.is_handed_in:
        return None
    turn = _turn(resume, course)
    best = _number(resume, course, best_slots(check.page)) / 100 if turn else None
    return Submissions((turn + 1) // 2, check.attempts, best, turn % 2 == 0)


def _number(resume: Resume, course: Course, digits: Iterable[Slot]) -> int:
    """The number whose binary digits are these slots."""
    places = course.lock.index()
    return sum(
        2**power for power, digit in enumerate(reversed(tuple(digits))) if places.get(digit) in resume.slots
    )


def _answers(resume: Resume, course: Course) -> Iterator[Answer]:
    """All questions. Without a seed, all questions of a pool count as asked."""
    seed = _number(resume, course, DRAW)
    check = course.definition.final_check
    for page in course.pages:
        found = list(_answers_on(resume, course, page))
        if not page.entry.pool or not seed:
            yield from found
            continue
        pool = [each.question.id for each in found if each.question.scored]
        answered = [each.question.id for each in found if each.chosen]
        attempt = _turn(resume, course) // 2 if check and check.page == page.entry.id else 0
        met = drawn(pool, page.entry.pool, seed, attempt, answered)
        for each in found:
            yield replace(each, asked=not each.question.scored or each.question.id in met)


def _answers_on(resume: Resume, course: Course, page: Page) -> Iterator[Answer]:
    places = course.lock.index()
    for question in page.questions:
        options = list(question.options())
        chosen = [option for option in options if places["answer", question.id, option.id] in resume.slots]
        right = [option for option in options if option.right] == chosen
        yield Answer(
            question,
            page.entry.id,
            tuple(option.id for option in chosen if not option.mark),
            right if chosen and question.scored else None,
            question.is_answered({option.id for option in chosen}),
        )
