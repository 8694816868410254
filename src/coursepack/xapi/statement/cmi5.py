"""Validates the statements of a cmi5 session against cmi5 (Quartz). Section numbers are those of cmi5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coursepack.problems import Message
from coursepack.xapi.statement.values import Finding, How, join, moment, quoted, timestamp
from coursepack.xapi.statement.xapi import VOIDED, findings

_ADL = "http://adlnet.gov/expapi/verbs/"
_LMS = "https://w3id.org/xapi/adl/verbs/"
INITIALIZED, COMPLETED, PASSED, FAILED, TERMINATED = (
    _ADL + name for name in ("initialized", "completed", "passed", "failed", "terminated")
)
LAUNCHED = _ADL + "launched"
ABANDONED, WAIVED, SATISFIED = (_LMS + name for name in ("abandoned", "waived", "satisfied"))
CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"
CONTEXT = "https://w3id.org/xapi/cmi5/context/extensions/"
SESSION_ID, MASTERY_SCORE = CONTEXT + "sessionid", CONTEXT + "masteryscore"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"

# 9.5: completion, success, whether a score is allowed, whether a duration is required.
_RESULTS: Mapping[str, tuple[bool | None, bool | None, bool, bool]] = {
    INITIALIZED: (None, None, False, False),
    COMPLETED: (True, None, False, True),
    PASSED: (None, True, True, True),
    FAILED: (None, False, True, True),
    TERMINATED: (None, None, False, True),
}


@dataclass(frozen=True, slots=True)
class Launch:
    """The launch of an assignable unit: launch parameters, and the document LMS.LaunchData."""

    actor: Mapping[str, Any]
    registration: str
    activity: str
    data: Mapping[str, Any]


def cmi5_findings(
    statements: Sequence[Mapping[str, Any]],
    launch: Launch,
    *,
    earlier: Sequence[Mapping[str, Any]] = (),
    ended: bool = True,
    content: bool = True,
) -> list[Finding]:
    """All findings of the statements of a session; paths start with the index of the statement.

    `earlier` are the statements of the same unit and registration in earlier sessions. Unless the session has `ended`,
    its last statement can be missing. Statements can be in any order, since they are sorted by timestamp (9.3).
    Without `content`, the rules of xAPI that only bind the sender do not count.
    """
    found: list[Finding] = []
    for number, statement in enumerate(statements):
        wrong = findings(statement, content=content) or statement_findings(statement, launch)
        found += (Finding(f"[{number}].{finding.path}".rstrip("."), finding.says) for finding in wrong)
    return [*found, *_session(statements, launch, ended), *_registration(statements, earlier)]


def statement_findings(statement: Mapping[str, Any], launch: Launch) -> list[Finding]:
    """All findings of a valid xAPI statement of the unit in this launch."""
    found = [*_common(statement, launch)]
    if is_defined(statement):
        found += _defined(statement, launch)
    return found


def verb_of(statement: Mapping[str, Any]) -> str:
    """The verb's IRI."""
    return str(_get(statement, "verb", "id"))


def is_defined(statement: Mapping[str, Any]) -> bool:
    """Whether a statement is "cmi5 defined", by its category (7.1.3, 9.6.2.1)."""
    return CATEGORY in _ids(statement, "category")


def _get(value: object, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _ids(statement: Mapping[str, Any], kind: str) -> list[str]:
    listed = _get(statement, "context", "contextActivities", kind) or []
    return [str(_get(activity, "id")) for activity in (listed if isinstance(listed, list) else [listed])]


# One statement


def _common(statement: Mapping[str, Any], launch: Launch) -> Iterator[Finding]:
    """Rules for all statements of a unit, cmi5 defined or allowed."""
    verb = verb_of(statement)
    if "id" not in statement:  # 9.1
        yield Finding("id", "The unit gives every statement an id.")
    if "timestamp" not in statement:  # 9.7
        yield Finding("timestamp", "Every statement has a timestamp.")
    else:
        yield from timestamp(statement["timestamp"], "timestamp", How(content=True))
    if {"objectType": "Agent", **launch.actor} != {
        "objectType": "Agent",
        **(_get(statement, "actor") or {}),
    }:  # 8.1
        yield Finding(
            "actor", Message("The actor {0} is not the one of the launch.", quoted(statement.get("actor")))
        )
    if _get(statement, "context", "registration") != launch.registration:  # 9.6.1
        found = quoted(_get(statement, "context", "registration"))
        yield Finding(
            "context.registration", Message("The registration {0} is not the one of the launch.", found)
        )
    yield from _kept(launch.data.get("contextTemplate", {}), _get(statement, "context") or {}, "context")
    if verb == VOIDED:  # 6.3
        yield Finding("verb.id", "A unit voids nothing.")
    if verb in (LAUNCHED, ABANDONED, WAIVED, SATISFIED):  # 9.3.1, 9.3.6, 9.3.7, 9.3.9
        yield Finding("verb.id", Message("The verb {0} is reserved for the LMS.", quoted(verb)))
    result = _get(statement, "result") or {}
    is_graded = is_defined(statement) and bool({"success", "completion"} & result.keys())
    if is_graded != (MOVE_ON in _ids(statement, "category")):  # 9.6.2.2
        message = (
            "The moveon category is missing." if is_graded else "The moveon category does not belong here."
        )
        yield Finding("context.contextActivities.category", message)
    progress = _get(result, "extensions", PROGRESS)
    if progress is not None and (type(progress) is not int or not 0 <= progress <= 100):  # 9.5.5.1
        place = join("result.extensions", PROGRESS)
        yield Finding(
            place, Message("The progress {0} is not a whole number from 0 to 100.", quoted(progress))
        )


def _kept(template: object, context: object, path: str) -> Iterator[Finding]:
    """The context must contain the contextTemplate unchanged (10.2.1), and can have more."""
    if isinstance(template, Mapping) and isinstance(context, Mapping):
        for name, value in template.items():
            if name not in context:
                yield Finding(join(path, name), "The property of the contextTemplate is missing.")
            else:
                yield from _kept(value, context[name], join(path, name))
    elif isinstance(template, list) and isinstance(context, list):
        for value in template:
            if value not in context:
                yield Finding(path, Message("{0} of the contextTemplate is missing.", quoted(value)))
    elif template != context:
        yield Finding(
            path, Message("The contextTemplate says {0}, not {1}.", quoted(template), quoted(context))
        )


def _defined(statement: Mapping[str, Any], launch: Launch) -> Iterator[Finding]:
    """Rules for "cmi5 defined" statements."""
    verb = verb_of(statement)
    if verb not in _RESULTS:
        if not verb.startswith(_LMS) and verb not in (LAUNCHED, VOIDED):  # 7.1.3
            yield Finding(
                "verb.id",
                Message(
                    "cmi5 does not define the verb {0}, but the statement has its category.", quoted(verb)
                ),
            )
        return
    if "account" not in (_get(statement, "actor") or {}):  # 9.2
        yield Finding("actor", "The actor is not known by an account.")
    if _get(statement, "object", "id") != launch.activity:  # 9.4
        found = quoted(_get(statement, "object", "id"))
        yield Finding("object.id", Message("The object {0} is not the activity of the launch.", found))
    mode = launch.data.get("launchMode", "Normal")
    if mode != "Normal" and verb not in (INITIALIZED, TERMINATED):  # 10.2.2
        yield Finding("verb.id", Message("In the mode {0} there is nothing to grade.", quoted(mode)))
    yield from _result(statement, verb, launch.data.get("masteryScore"))


def _result(statement: Mapping[str, Any], verb: str, mastery: Any) -> Iterator[Finding]:
    completion, success, scored, timed = _RESULTS[verb]
    result = _get(statement, "result") or {}
    for name, wanted in (("completion", completion), ("success", success)):  # 9.5.2, 9.5.3
        if result.get(name) is not wanted:
            duty = "be there" if wanted is None else f"be {quoted(wanted)}"
            yield Finding(
                f"result.{name}",
                Message("With this verb the property must {0}{1}.", "not " * (wanted is None), duty),
            )
    if timed and "duration" not in result:  # 9.5.4.1
        yield Finding("result.duration", "With this verb the duration is needed.")
    score = result.get("score")
    if score is not None and not scored:  # 9.5.1
        yield Finding("result.score", "With this verb there is no score.")
    if isinstance(score, Mapping):
        yield from _score(score)
    if verb in (PASSED, FAILED) and mastery is not None:
        scaled = _get(score, "scaled")
        if isinstance(scaled, int | float) and (scaled >= mastery) != (verb == PASSED):  # 9.3.4, 9.3.5
            side = "below" if verb == PASSED else "not below"
            yield Finding(
                "result.score.scaled",
                Message("The score {0} is {1} the mastery score {2}.", quoted(scaled), side, mastery),
            )
        found = _get(statement, "context", "extensions", MASTERY_SCORE)
        if found != mastery:  # 9.6.3.2
            place = join("context.extensions", MASTERY_SCORE)
            yield Finding(
                place, Message("The mastery score is {0}, not {1}.", quoted(mastery), quoted(found))
            )


def _score(score: Mapping[str, Any]) -> Iterator[Finding]:
    scaled = score.get("scaled", 0)
    if isinstance(scaled, int | float) and not 0 <= scaled <= 1:
        yield Finding("result.score.scaled", Message("The score {0} is not from 0 to 1.", quoted(scaled)))
    if "raw" in score and not {"min", "max"} <= score.keys():
        yield Finding("result.score.raw", "A raw score needs the lowest and the highest beside it.")
    for name in ("raw", "min", "max"):
        if isinstance(score.get(name), float) and not score[name].is_integer():
            yield Finding(
                f"result.score.{name}", Message("The score {0} is not a whole number.", quoted(score[name]))
            )


# Statements together


def _session(statements: Sequence[Mapping[str, Any]], launch: Launch, ended: bool) -> Iterator[Finding]:
    """Once each, initialized first and terminated last (9.3), by timestamp."""
    times = [moment(statement.get("timestamp")) for statement in statements]
    defined = {
        number: verb_of(statement) for number, statement in enumerate(statements) if is_defined(statement)
    }
    seen: dict[str, int] = {}
    for number, verb in defined.items():
        if verb in seen:
            yield Finding(
                f"[{number}].verb.id",
                Message("The verb {0} already occurs in [{1}].", quoted(verb), seen[verb]),
            )
        seen.setdefault(verb, number)
    if PASSED in seen and FAILED in seen:
        yield Finding(
            f"[{max(seen[PASSED], seen[FAILED])}].verb.id", "The session has both passed and failed."
        )
    if statements and INITIALIZED not in seen:
        yield Finding("", "The session has no statement with the verb initialized.")
    if ended and TERMINATED not in seen:
        yield Finding("", "The session has no statement with the verb terminated.")
    for verb, word, wrong in ((INITIALIZED, "before", -1), (TERMINATED, "after", 1)):
        own = times[seen[verb]] if verb in seen else None
        for number, at in enumerate(times):
            if own and at and _sign(at, own) == wrong:
                name = verb.removeprefix(_ADL)
                yield Finding(
                    f"[{number}].timestamp",
                    Message("The statement is {0} the one with the verb {1}.", word, name),
                )


def _sign(one: datetime, other: datetime) -> int:
    return (one > other) - (one < other)


def _registration(
    statements: Sequence[Mapping[str, Any]], earlier: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Completed and passed once per registration, and no failed after passed (9.3)."""
    before = [verb_of(statement) for statement in earlier if is_defined(statement)]
    verbs = [verb_of(statement) if is_defined(statement) else "" for statement in statements]
    times = [moment(statement.get("timestamp")) for statement in statements]
    done = [at for at, verb in zip(times, verbs, strict=True) if at and verb == COMPLETED]
    for number, (statement, verb, at) in enumerate(zip(statements, verbs, times, strict=True)):
        if verb in (COMPLETED, PASSED) and verb in before:
            yield Finding(
                f"[{number}].verb.id", Message("The registration already has the verb {0}.", quoted(verb))
            )
        if verb == FAILED and PASSED in before:
            yield Finding(f"[{number}].verb.id", "The registration is passed already.")
        # 9.5.5.1
        late = COMPLETED in (verb, *before) or (at is not None and any(at > other for other in done))
        if late and _get(statement, "result", "extensions", PROGRESS) is not None:
            place = join(f"[{number}].result.extensions", PROGRESS)
            yield Finding(place, "No progress can be reported after completed.")
