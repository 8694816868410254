"""Reads `statements.js` of our own packages, and checks every statement that the player can create from it.

`ims.shared` turns the functions that yield findings into rules of a standard. Packages of other tools have no such
file, and their statements are not checked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coursepack.package import Package, UnreadableError
from coursepack.problems import Location, Message, Quoted
from coursepack.rules.rule import Finding, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.xapi.statement import Finding as StatementFinding

NAME = "statements.js"

Json = dict[str, Any]

_START = b"window.coursepackStatements="
_LIMIT = 5 * 1024 * 1024
# Objects defined by xAPI have at most ten levels; deeper JSON is only meant to overflow a stack.
_DEEPEST = 30

_ADL = "http://adlnet.gov/expapi/"
_VERBS = {
    f"{_ADL}verbs/": (
        "initialized launched attempted experienced progressed interacted answered asked completed passed failed "
        "scored mastered suspended resumed terminated exited commented preferred responded registered shared voided"
    ),
    "https://w3id.org/xapi/adl/verbs/": "satisfied waived abandoned logged-in logged-out",
    "https://w3id.org/xapi/video/verbs/": "played paused seeked",
    "https://w3id.org/xapi/audio/verbs/": "played paused seeked",
}
_TYPES = (
    "course module lesson assessment question cmi.interaction interaction objective attempt media file link "
    "simulation meeting performance profile"
)
KNOWN_VERBS = frozenset(base + name for base, names in _VERBS.items() for name in names.split())

_GROUPS = ("parts", "pages", "questions", "media")
_ABOUT = {"experienced": "pages", "answered": "questions", "partCompleted": "parts"}

_VIDEO = "https://w3id.org/xapi/video/extensions/"
_SCORE = {"scaled": 0.8, "raw": 80, "min": 0, "max": 100}
_PLAYED = {
    "extensions": {f"{_VIDEO}time": 1.5, f"{_VIDEO}progress": 0.5, f"{_VIDEO}played-segments": "0[.]1.5"}
}
_RESULTS: dict[str, Json] = {
    "answered": {"success": True},
    "progressed": {"extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 50}},
    "completed": {"duration": "PT1M30S"},
    "partCompleted": {"duration": "PT1M30S"},
    "passed": {"score": _SCORE, "duration": "PT1M30S"},
    "failed": {"score": _SCORE, "duration": "PT1M30S"},
    "suspended": {"duration": "PT1M30S"},
    "terminated": {"duration": "PT1M30S"},
    "mediaPlayed": _PLAYED,
    "mediaPaused": _PLAYED,
    "mediaSeeked": {"extensions": {f"{_VIDEO}time-from": 1.5, f"{_VIDEO}time-to": 3}},
    "mediaCompleted": {**_PLAYED, "duration": "PT1M30S"},
    "mediaTerminated": _PLAYED,
}
"""What the player adds to a result, with sample values."""

SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"


# The rules for statements are imported where they are needed: SCORM packages do not need them.


def is_iri(value: object) -> bool:
    """Whether a value is an IRI with a scheme."""
    from coursepack.xapi import statement

    return statement.is_iri(value)


def is_language(value: str) -> bool:
    """Whether a value is a language tag of BCP 47."""
    from coursepack.xapi.statement.values import How, language

    return next(language(value, "", How()), None) is None


def is_known_type(value: str) -> bool:
    """Whether an activity type is an IRI, and one of ADL's if it looks like one."""
    name = value.removeprefix(f"{_ADL}activities/")
    if name != value:
        return name in _TYPES.split()
    return is_iri(value) and "adlnet.gov/expapi/" not in value


@dataclass(frozen=True, slots=True)
class StatementTemplates:
    """The contents of `statements.js`: activities, and the parts of statements that are the same for every learner."""

    course: Json
    groups: dict[str, Json]
    shapes: dict[str, Json]

    def activities(self) -> Iterator[tuple[str, Any]]:
        """All activities, with the names of their places."""
        yield "course", self.course
        for group, found in self.groups.items():
            for key, value in found.items():
                yield f"{group}.{key}", value if group == "parts" else value.get("object")

    def statements(self) -> Iterator[tuple[str, Json]]:
        """A statement of each shape, assembled as in the player, with the name of the shape."""
        for name, shape in self.shapes.items():
            group = _ABOUT.get(name, "media" if name.startswith("media") else "")
            if not group:
                yield name, _put_together(name, shape, self.course)
                continue
            about = next(iter(self.groups[group].values()), None)
            if about is not None and group == "parts":
                yield name, _put_together(name, shape, about)
            elif about is not None:
                yield name, _put_together(name, shape, about["object"], about.get("parent"))


def _put_together(name: str, shape: Json, thing: Json, parent: Any = None) -> Json:
    context = dict(shape.get("context", {}))
    context["registration"] = "8a4b0f52-94a1-4a4e-9f0b-5e0b1a0c3d11"
    context["extensions"] = {SESSION: "session"}
    if parent is not None:
        context["contextActivities"] = {**context.get("contextActivities", {}), "parent": parent}
    result = {**_RESULTS.get(name, {}), **shape.get("result", {})}
    if name == "answered":
        patterns = thing.get("definition", {}).get("correctResponsesPattern")
        result["response"] = patterns[0] if isinstance(patterns, list) and patterns else ""
    statement = {
        "id": "6d5c2b1a-3f4e-4d5c-8b7a-0f1e2d3c4b5a",
        "actor": {"account": {"homePage": "https://lms.example/", "name": "learner"}},
        "timestamp": "2026-01-01T12:00:00.000Z",
        "verb": shape.get("verb"),
        "object": thing,
        "context": context,
    }
    return {**statement, "result": result} if result else statement


def damaged_statements(package: Package) -> Iterator[Finding]:
    """The course's statement templates cannot be read.

    `statements.js` contains the activities and kinds of statements of the course; if it is damaged, the player sends
    nothing. Rebuild the package.
    """
    fault = package.cached(_read)[1]
    if fault:
        yield fault, Location(NAME)


def wrong_activity(package: Package) -> Iterator[Finding]:
    """An activity of the course's statements is not valid in xAPI.

    An LRS answers 400 to each of these statements, and their results are lost. Fix it in the course and rebuild the
    package.
    """
    from coursepack.xapi.statement import activity_findings

    known = statement_templates(package)
    for place, activity in known.activities() if known else ():
        for found in activity_findings(activity, content=True):
            yield _message(place, found), Location(NAME)
        definition = activity.get("definition") if isinstance(activity, dict) else None
        kind = definition.get("type") if isinstance(definition, dict) else None
        if isinstance(kind, str) and is_iri(kind) and not is_known_type(kind):
            yield Message("{0}: {1} is not a known type of activity.", place, shortened(kind)), Location(NAME)


def wrong_statement(package: Package) -> Iterator[Finding]:
    """A statement that the player would send is not valid in xAPI.

    An LRS answers 400 to it, and its results are lost. Rebuild the package with an unmodified coursepack.
    """
    from coursepack.xapi.statement import findings

    known = statement_templates(package)
    for name, statement in known.statements() if known else ():
        for found in findings(statement, content=True):
            # The object is checked as an activity.
            if not found.path.startswith("object"):
                yield _message(name, found), Location(NAME)


def unknown_verb(package: Package) -> Iterator[Finding]:
    """A statement's verb is not one of ADL or of the video profile.

    LMSs and reports use the whole IRI: with one letter changed, they do not see what the learner did. ADL's verbs
    start with `http://adlnet.gov/expapi/verbs/`, without an s after http.
    """
    known = statement_templates(package)
    for name, shape in known.shapes.items() if known else ():
        verb = shape.get("verb")
        value = verb.get("id") if isinstance(verb, dict) else None
        if is_iri(value) and value not in KNOWN_VERBS:
            yield Message("{0}: {1} is not a known verb.", name, shortened(str(value))), Location(NAME)


def _message(name: str, found: StatementFinding) -> Message:
    return Message("{0}: {1}", f"{name}: {found.path}" if found.path else name, found.says)


def statement_templates(package: Package) -> StatementTemplates | None:
    """The contents of the file; None when it is missing, not from coursepack, or damaged."""
    return package.cached(_read)[0]


def _read(package: Package) -> tuple[StatementTemplates | None, str | Message]:
    """The contents of the file, or why it cannot be read; empty when it is missing or not from coursepack."""
    if NAME not in package.files:
        return None, ""
    try:
        data = package.read(NAME, _LIMIT)
    except UnreadableError as error:
        return None, error.fault.message
    if not data.startswith(_START):
        return None, ""
    try:
        value = json.loads(data.removeprefix(_START).rstrip().removesuffix(b";"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None, "It is not the JSON that it should be."
    fault = _shape_fault(value)
    if fault:
        return None, fault
    return StatementTemplates(value["course"], {g: value[g] for g in _GROUPS}, value["shapes"]), ""


def _refuse(name: str) -> None:
    raise ValueError(name)


def _shape_fault(value: Any) -> str | Message:
    """Why the rules cannot process it; empty when they can."""
    if _is_deeper(value, _DEEPEST):
        return Message("It nests more than {0} levels.", _DEEPEST)
    for name in ("course", *_GROUPS, "shapes"):
        if not isinstance(value, dict) or not isinstance(value.get(name), dict):
            return Message("There is no {0} in it.", Quoted(name))
    entries = [(name, key, inner) for name in (*_GROUPS, "shapes") for key, inner in value[name].items()]
    for name, key, inner in entries:
        wanted: tuple[object, ...] = (inner,)
        if name == "shapes" and isinstance(inner, dict):
            context = inner.get("context", {})
            wanted = (context, inner.get("result", {}))
            wanted += (context.get("contextActivities", {}),) if isinstance(context, dict) else ()
        elif name != "parts" and isinstance(inner, dict):
            thing = inner.get("object")
            wanted = (thing, thing.get("definition", {}) if isinstance(thing, dict) else None)
        if not all(isinstance(each, dict) for each in wanted):
            return Message("{0} is not what it should be.", f"{name}.{key}")
    return ""


def _is_deeper(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True
