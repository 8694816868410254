"""What a package reports, field by field, at the four moments that an administrator asks about.

The tests compare these values with what an LMS received.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from coursepack.course.model import Definition

Moment = Literal["left", "complete", "again", "anew"]
MOMENTS: tuple[Moment, ...] = ("left", "complete", "again", "anew")
"""After: leaving a course that is begun; completing it; opening it again; and leaving it in a new attempt."""

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


def is_graded(definition: Definition) -> bool:
    """True for a course that reports a score."""
    return definition.graded


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


def _once_complete(value: Value, before: Value | None = None) -> dict[Moment, Value | None]:
    return {"left": before, "complete": value, "again": value, "anew": before}


def _scorm12(definition: Definition) -> Iterator[Field]:
    status = _once_complete(Value(final_status(definition)), Value("incomplete"))
    yield Field("cmi.core.lesson_status", "status", status)
    if definition.graded:
        yield Field("cmi.core.score", "score", _once_complete(Value(kind="score")), ("raw", "min", "max"))
    yield Field("cmi.core.session_time", "time", _each(Value(kind="time")))
    yield Field("cmi.core.lesson_location", "location", _each(Value(kind="page")))
    yield Field("cmi.suspend_data", "state", _each(Value(kind="state")))
    # RTE 3.4.4: empty is for leaving for good.
    yield Field("cmi.core.exit", "exit", _once_complete(Value(""), Value("suspend")))
    if definition.report.answers:
        yield Field(
            "cmi.interactions.n",
            "answers",
            _once_complete(Value(kind="present")),
            ("id", "time", "type", "correct_responses.n.pattern", "student_response", "result"),
        )


def _scorm2004(definition: Definition) -> Iterator[Field]:
    yield Field(
        "cmi.completion_status", "completion", _once_complete(Value("completed"), Value("incomplete"))
    )
    if can_pass(definition):
        yield Field("cmi.success_status", "success", _once_complete(Value("passed")))
    yield Field("cmi.progress_measure", "progress", _once_complete(Value("1"), Value(kind="share")))
    if definition.graded:
        score = _once_complete(Value(kind="score"))
        yield Field("cmi.score", "score", score, ("scaled", "raw", "min", "max"))
    yield Field("cmi.session_time", "time", _each(Value(kind="time")))
    yield Field("cmi.location", "location", _each(Value(kind="page")))
    yield Field("cmi.suspend_data", "state", _each(Value(kind="state")))
    yield Field("cmi.exit", "exit2004", _each(Value("suspend")))
    parts = ("id", "completion_status", "progress_measure")
    yield Field("cmi.objectives.n", "parts", _each(Value(kind="present")), parts)
    if definition.report.answers:
        yield Field(
            "cmi.interactions.n",
            "answers",
            _once_complete(Value(kind="present")),
            (
                *("id", "type", "timestamp", "correct_responses.n.pattern"),
                *("learner_response", "result", "description"),
            ),
        )


def _statements(definition: Definition, target: str) -> Iterator[Statement]:
    always = frozenset(MOMENTS)
    working: frozenset[Moment] = frozenset({"left", "complete", "anew"})
    complete: frozenset[Moment] = frozenset({"complete"})
    yield Statement("initialized", "course", always)
    if target == "xapi":
        yield Statement("resumed", "course", complete)
    yield Statement("experienced", "page", working)
    yield Statement("progressed", "course", working)
    if definition.report.answers:
        yield Statement("answered", "question", complete)
    if target == "xapi":
        yield Statement("completed", "part", complete)
    yield Statement("completed", "course", complete)
    if can_pass(definition):
        yield Statement("passed", "course", complete)
    if target == "xapi":
        yield Statement("suspended", "course", frozenset({"left", "anew"}))
    yield Statement("terminated", "course", always)
