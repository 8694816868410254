"""Names a course in xAPI, and writes `statements.js`: the parts of its statements that are known at build time.

The only module that uses the tincan library. These parts do not depend on the learner: the activities with their
definitions, and for each kind of statement its verb and the constant part of its result and context. The player adds
the actor, the time, the duration and the score.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from coursepack.course.blocks.playable import Playable
from coursepack.course.blocks.question import Question
from coursepack.course.model import Course, Definition
from coursepack.course.variant import WHOLE, Variant
from coursepack.languages import ENGLISH, strings

NAME = "statements.js"
GLOBAL = "coursepackStatements"
"""The global variable that the player reads."""

_NAMESPACE = uuid.UUID("7f3a3c0e-5d0b-4c52-9d0e-6c1b0d5f4a21")
"""The namespace of courses without an IRI (RFC 9562 5.5). It never changes: LRSs store results under its names."""

_ADL = "http://adlnet.gov/expapi/"
_VIDEO = "https://w3id.org/xapi/video"
_CMI5 = "https://w3id.org/xapi/cmi5/context/categories/"

COURSE, MODULE, LESSON = (f"{_ADL}activities/{name}" for name in ("course", "module", "lesson"))
"""The activity types of a course, a part and a page in ADL's vocabulary.

A page takes some minutes and can have films and questions: a lesson, not the `slide` of a presentation.
"""
_QUESTION = f"{_ADL}activities/cmi.interaction"
_MEDIA = {"film": f"{_VIDEO}/activity-type/video", "sound": "https://w3id.org/xapi/audio/activity-type/audio"}

_ACTOR = {"account": {"homePage": "https://example.org/", "name": "learner"}}
"""A placeholder for the learner, since the library only makes complete statements."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Shape:
    """A kind of statement. `about` is the group of its activity in `statements.js`.

    `result` is the constant part of the result; `defined` marks the statements that cmi5 defines (9.3).
    """

    verb: str
    about: str = "course"
    result: Mapping[str, bool] | None = None
    base: str = f"{_ADL}verbs/"
    defined: bool = False
    only_xapi: bool = False


_VIDEO_VERBS = f"{_VIDEO}/verbs/"
_COMPLETION, _SUCCESS, _FAILURE = {"completion": True}, {"success": True}, {"success": False}
_SHAPES = {
    "initialized": _Shape("initialized", defined=True),
    "resumed": _Shape("resumed", only_xapi=True),
    "experienced": _Shape("experienced", "pages"),
    "answered": _Shape("answered", "questions"),
    "progressed": _Shape("progressed"),
    "completed": _Shape("completed", result=_COMPLETION, defined=True),
    "partCompleted": _Shape("completed", "parts", _COMPLETION, only_xapi=True),
    "passed": _Shape("passed", result=_SUCCESS, defined=True),
    "failed": _Shape("failed", result=_FAILURE, defined=True),
    "suspended": _Shape("suspended", only_xapi=True),
    "terminated": _Shape("terminated", defined=True),
    # Video profile 1.0.3; sounds use it too, with their own activity type.
    "mediaInitialized": _Shape("initialized", "media"),
    "mediaPlayed": _Shape("played", "media", base=_VIDEO_VERBS),
    "mediaPaused": _Shape("paused", "media", base=_VIDEO_VERBS),
    "mediaSeeked": _Shape("seeked", "media", base=_VIDEO_VERBS),
    "mediaCompleted": _Shape("completed", "media", _COMPLETION),
    "mediaTerminated": _Shape("terminated", "media"),
}


def iri(definition: Definition, *steps: str) -> str:
    """The IRI of the course, or of what the steps lead to in it, such as `pages` and a page's id.

    It begins with the course's IRI. Without one it is a URN that depends only on the course's id and the steps, so
    that it is the same in every version and package.
    """
    path = "/".join(quote(step, safe="/") for step in steps)
    if definition.iri:
        return f"{definition.iri.rstrip('/')}/{path}" if path else definition.iri
    course = uuid.uuid5(_NAMESPACE, definition.id)
    return f"urn:uuid:{uuid.uuid5(course, path) if path else course}"


def steps_of(variant: Variant) -> tuple[str, ...]:
    """The steps to the content of a package: none for the whole course.

    A package of one part differs from that part, since both can be completed, each with its own statement.
    """
    return () if variant.name == WHOLE.id else ("packages", variant.name)


def statements_js(variant: Variant, files: Mapping[str, bytes | Path], *, cmi5: bool = False) -> bytes:
    """`statements.js` for a package with these files: a script, since a page opened from disk cannot read JSON.

    It is ASCII, so that an encoding that a server declares does not matter. Answers and media are included only
    when the course reports them.
    """
    # Imported here: it takes longer to import than to use.
    import tincan  # type: ignore[import-untyped]

    def activity(name: str, definition: Mapping[str, Any]) -> Json:
        return cast(Json, tincan.Activity(id=name, definition=_copy(definition)).as_version())

    definition = variant.course.definition
    report = definition.report
    root = iri(definition, *steps_of(variant))
    language = definition.language
    groups: dict[str, Json] = {"parts": {}, "pages": {}, "questions": {}, "media": {}}
    course = activity(root, _defined(variant.course, partial(_course, titles=variant.titles)))
    for at, part in enumerate(definition.parts):
        if part.chapters:
            name = iri(definition, "parts", part.id)
            groups["parts"][part.id] = activity(name, _defined(variant.course, partial(_part, at=at)))
    reported = {"pages"} | {group for group, name in _REPORTED.items() if getattr(report, name)}
    others = [
        {(found.group, found.key): found.definition for found in _placed(edition, files, root, reported)}
        for edition in variant.course.editions
    ]
    for found in _placed(variant.course, files, root, reported):
        whole = reduce(_merged, (other[found.group, found.key] for other in others), found.definition)
        groups[found.group][found.key] = {
            "object": activity(found.iri, whole),
            "parent": [_reference(parent) for parent in found.parents],
        }
    spoken = sorted(
        {ENGLISH, *(each.definition.language for each in (variant.course, *variant.course.editions))}
    )
    shapes: Json = {}
    for name, shape in _SHAPES.items():
        if (cmi5 and shape.only_xapi) or (shape.about in _REPORTED and shape.about not in reported):
            continue
        statement = tincan.Statement(
            actor=_copy(_ACTOR),
            verb={"id": shape.base + shape.verb, "display": _display(shape.verb, spoken)},
            object={"id": root},
            result=shape.result and dict(shape.result),
            context=_context(shape, root, language, cmi5),
        ).as_version()
        shapes[name] = {key: statement[key] for key in ("verb", "result", "context") if key in statement}
    data = {"course": course, **groups, "shapes": shapes, "report": report.model_dump()}
    return f"window.{GLOBAL}={json.dumps(data, separators=(',', ':'))};\n".encode("ascii")


_REPORTED = {"questions": "answers", "media": "media"}
"""The field of `report` that a group requires."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """An activity with parents, and its group and key in `statements.js`."""

    group: str
    key: str
    iri: str
    definition: Json
    parents: tuple[str, ...]


def _placed(
    course: Course, files: Mapping[str, bytes | Path], root: str, groups: Collection[str]
) -> Iterator[_Placed]:
    """The activities of pages and of what is on them, of these groups."""
    definition = course.definition
    language = definition.language
    part_of = {page.id: iri(definition, "parts", part.id) for part in definition.parts for page in part.pages}
    paths = {content: path for path, content in files.items() if isinstance(content, Path)}
    played: dict[str, tuple[Json, dict[str, None]]] = {}
    for page in course.pages:
        name = iri(definition, "pages", page.entry.id)
        lesson = _texts(language, page.entry.title) | {"type": LESSON}
        yield _Placed("pages", page.entry.id, name, lesson, (part_of.get(page.entry.id, root),))
        for block in page.blocks:
            if isinstance(block, Question) and block.is_remembered and "questions" in groups:
                question = iri(definition, "questions", block.id)
                yield _Placed("questions", block.id, question, _interaction(block, language), (name,))
            elif isinstance(block, Playable) and "media" in groups and block.src not in course.texts:
                media = _texts(language, block.title) | {"type": _MEDIA[block.kind]}
                # A file that several pages show is one activity with several parents.
                src = course.stand_ins.get(block.src, block.src)
                played.setdefault(paths[course.media[src]], (media, {}))[1][name] = None
    for path, (media, parents) in played.items():
        yield _Placed(
            "media", path, iri(definition, "media", path.removeprefix("media/")), media, tuple(parents)
        )


def _course(course: Course, titles: Mapping[str, str]) -> Json:
    language = course.definition.language
    return _texts(language, titles[language], course.definition.description) | {"type": COURSE}


def _part(course: Course, at: int) -> Json:
    part = course.definition.parts[at]
    return _texts(course.definition.language, part.title, part.description) | {"type": MODULE}


def _defined(course: Course, define: Callable[[Course], Json]) -> Json:
    """A definition with the texts of all languages."""
    return reduce(_merged, (define(edition) for edition in course.editions), define(course))


def _merged(one: Any, other: Any) -> Any:
    """Two definitions of one activity merged: language maps, accepted answers, and the texts of components."""
    if isinstance(one, dict):
        rest = {key: value for key, value in other.items() if key not in one}
        return {
            key: _merged(value, other[key]) if key in other else value for key, value in one.items()
        } | rest
    if isinstance(one, list) and all(isinstance(each, dict) for each in one):
        return [_merged(two, three) for two, three in zip(one, other, strict=True)]
    return [*one, *(each for each in other if each not in one)] if isinstance(one, list) else one


def _texts(language: str, name: str, description: str | None = None) -> Json:
    texts: Json = {"name": {language: name}}
    return texts | {"description": {language: description}} if description else texts


def _interaction(question: Question, language: str) -> Json:
    """The definition of a question (xAPI 1.0.3 Data, appendix C)."""
    texts = _texts(language, question.question, question.question)
    return texts | {"type": _QUESTION} | question.interaction(language)


def _context(shape: _Shape, root: str, language: str, cmi5: bool) -> Json:
    activities: Json = {}
    if shape.about != "course":
        activities["grouping"] = [_reference(root)]
    if shape.about == "media":
        activities["category"] = [_reference(_VIDEO)]
    if cmi5 and shape.defined:
        # cmi5 9.6.2: moveon when the result has success or completion.
        names = ("cmi5", "moveon") if shape.result else ("cmi5",)
        activities["category"] = [_reference(_CMI5 + name) for name in names]
    return {"language": language} | ({"context_activities": activities} if activities else {})


def _display(verb: str, languages: Iterable[str]) -> dict[str, str]:
    """The display of a verb, by language."""
    return {language: strings(language)["verbs"][verb] for language in languages}


def _reference(name: str) -> Json:
    return {"id": name, "objectType": "Activity"}


def _copy(value: Any) -> Any:
    # The library renames keys in its arguments.
    if isinstance(value, Mapping):
        return {key: _copy(inner) for key, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_copy(inner) for inner in value]
    return value
