"""What a package of each target reports, field by field, at the moments that an administrator asks about.

The tests compare these values with what an LMS received.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from coursepack.course.model import Definition

Moment = Literal["left", "complete", "failed", "again", "anew"]
MOMENTS: tuple[Moment, ...] = ("left", "complete", "failed", "again", "anew")
"""After: leaving a course that is begun; completing it; reading all of it in one session without passing its check;
opening it again when it is complete; and leaving it in a new attempt."""

Kind = Literal["exact", "page", "state", "time", "score", "share", "present"]


class Value(NamedTuple):
    """A value that the LMS has: this text, or one of a kind. `share` is below 1; `present` may be anything."""

    text: str = ""
    kind: Kind = "exact"


class Field(NamedTuple):
    """A SCORM element, or several with a common beginning: `name` and its `parts`.

    `about` is the key of its words. `held` is what the LMS has after each moment, None for nothing. An index is `n`.
    """

    name: str
    about: str
    held: Mapping[Moment, Value | None]
    parts: tuple[str, ...] = ()

    @property
    def elements(self) -> tuple[str, ...]:
        """The full names of the elements."""
        return tuple(f"{self.name}.{part}" for part in self.parts) or (self.name,)


class Statement(NamedTuple):
    """A statement by the last word of its verb and what it is about: `course`, `part`, `page`, `question` or `media`.

    `moments` are those before which it is sent.
    """

    verb: str
    about: str
    moments: frozenset[Moment]


class Reported(NamedTuple):
    """All that a package of a standard reports; nothing for the web.

    `document` has the keys of what it keeps in the State resource of an LRS.
    """

    fields: tuple[Field, ...] = ()
    statements: tuple[Statement, ...] = ()
    document: tuple[str, ...] = ()


def moments(definition: Definition) -> tuple[Moment, ...]:
    """The moments that a course has: only one with a mastery can be read without passing."""
    return tuple(each for each in MOMENTS if each != "failed" or definition.graded)


def final_status(definition: Definition) -> str:
    """The word with which a course ends in SCORM 1.2."""
    return "completed" if definition.status == "completed" else "passed"


def can_pass(definition: Definition) -> bool:
    """True for a course that can report that it is passed, apart from completed."""
    return definition.graded or definition.status != "completed"


def reported(target: str, definition: Definition) -> Reported:
    """What a package for `target` reports of a course."""
    if target == "scorm12":
        return Reported(tuple(_scorm12(definition)))
    if target.startswith("scorm2004"):
        return Reported(tuple(_scorm2004(definition)))
    if target in ("xapi", "cmi5"):
        return Reported((), tuple(_statements(definition, target)), _DOCUMENT)
    return Reported()


_DOCUMENT = ("format", "mark", "state", "location", "at", "answered", "time", "sent")


def _each(value: Value) -> dict[Moment, Value | None]:
    return dict.fromkeys(MOMENTS, value)


def _held(
    complete: Value, before: Value | None = None, failed: Value | None = None
) -> dict[Moment, Value | None]:
    return {"left": before, "complete": complete, "failed": failed, "again": complete, "anew": before}


def _stays_open(definition: Definition) -> bool:
    """Whether a graded course is incomplete until it is passed."""
    return definition.status != "completed" or definition.completion.rule == "score"


def _scorm12(definition: Definition) -> Iterator[Field]:
    begun, ended = Value("incomplete"), Value(final_status(definition))
    is_open = _stays_open(definition)
    yield Field("cmi.core.lesson_status", "status", _held(ended, begun, begun if is_open else ended))
    score, present = Value(kind="score"), Value(kind="present")
    if definition.graded:
        yield Field("cmi.core.score", "score", _held(score, failed=score), ("raw", "min", "max"))
    yield Field("cmi.core.session_time", "time", _each(Value(kind="time")))
    yield Field("cmi.core.lesson_location", "location", _each(Value(kind="page")))
    yield Field("cmi.suspend_data", "state", _each(Value(kind="state")))
    # RTE 3.4.4: empty is for leaving for good.
    suspended, gone = Value("suspend"), Value("")
    yield Field("cmi.core.exit", "exit", _held(gone, suspended, suspended if is_open else gone))
    if definition.report.answers:
        yield Field(
            "cmi.interactions.n",
            "answers",
            _held(present, failed=present),
            ("id", "time", "type", "correct_responses.n.pattern", "student_response", "result"),
        )


def _scorm2004(definition: Definition) -> Iterator[Field]:
    is_open = _stays_open(definition)
    begun, ended = Value("incomplete"), Value("completed")
    score, share, present = Value(kind="score"), Value(kind="share"), Value(kind="present")
    yield Field("cmi.completion_status", "completion", _held(ended, begun, begun if is_open else ended))
    if can_pass(definition):
        # As long as an attempt is left, nothing has failed.
        failed = None if is_open or _has_attempts(definition) else Value("failed")
        yield Field("cmi.success_status", "success", _held(Value("passed"), failed=failed))
    whole = Value("1")
    yield Field("cmi.progress_measure", "progress", _held(whole, share, share if is_open else whole))
    if definition.graded:
        yield Field("cmi.score", "score", _held(score, failed=score), ("scaled", "raw", "min", "max"))
    yield Field("cmi.session_time", "time", _each(Value(kind="time")))
    yield Field("cmi.location", "location", _each(Value(kind="page")))
    yield Field("cmi.suspend_data", "state", _each(Value(kind="state")))
    yield Field("cmi.exit", "exit2004", _each(Value("suspend")))
    parts = ("id", "completion_status", "progress_measure")
    yield Field("cmi.objectives.n", "parts", _each(present), parts)
    if definition.report.answers:
        yield Field(
            "cmi.interactions.n",
            "answers",
            _held(present, failed=present),
            (
                *("id", "type", "timestamp", "correct_responses.n.pattern"),
                *("learner_response", "result", "description"),
            ),
        )


def _has_attempts(definition: Definition) -> bool:
    return bool(definition.final_check and definition.final_check.attempts)


def _statements(definition: Definition, target: str) -> Iterator[Statement]:
    def sent(*moments: Moment) -> frozenset[Moment]:
        return frozenset(moments)

    read = sent("complete", "failed")
    yield Statement("initialized", "course", frozenset(MOMENTS))
    if target == "xapi":
        yield Statement("resumed", "course", sent("complete"))
    for verb, about in (("experienced", "page"), ("progressed", "course")):
        yield Statement(verb, about, sent("left", "complete", "failed", "anew"))
    if definition.report.answers:
        yield Statement("answered", "question", read)
    if target == "xapi":
        yield Statement("completed", "part", read)
    yield Statement("completed", "course", read)
    if can_pass(definition):
        yield Statement("passed", "course", sent("complete"))
    if definition.graded:
        yield Statement("failed", "course", sent() if _has_attempts(definition) else sent("failed"))
    if target == "xapi":
        yield Statement("suspended", "course", sent("left", "anew"))
    yield Statement("terminated", "course", frozenset(MOMENTS))
