"""Validates statements strictly against xAPI 1.0.3 part 2 (Data). Section numbers are those of that part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from coursepack.problems import Message, listed
from coursepack.xapi.statement.interaction import (
    LISTS,
    components,
    interaction_findings,
    kind,
    response_findings,
    score_findings,
)
from coursepack.xapi.statement.values import (
    Check,
    Finding,
    How,
    boolean,
    constant,
    duration,
    extensions,
    fields,
    iri,
    is_uuid,
    items,
    join,
    language,
    language_map,
    list_of,
    natural,
    number,
    quoted,
    text,
    timestamp,
    uuid,
)

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_MOST = 1000
IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")


def findings(statement: object, version: str = "1.0.3", *, content: bool = False) -> list[Finding]:
    """All findings of a statement, in the order of its properties, at most a thousand.

    `version` is the version of xAPI: 1.0.3 or 2.0.0. `content` adds the rules that only bind the sender: id, timestamp,
    display of the verb, lists of context activities, and no properties that the LRS sets.
    """
    return list(islice(_statement(statement, "", How(version.startswith("2."), content)), _MOST))


def activity_findings(activity: object, version: str = "1.0.3", *, content: bool = False) -> list[Finding]:
    """All findings of an Activity, at most a thousand."""
    return list(islice(_activity(activity, "", How(version.startswith("2."), content)), _MOST))


def agent_findings(agent: object, version: str = "1.0.3") -> list[Finding]:
    """All findings of an Agent or identified Group in a request parameter."""
    how = How(version.startswith("2."))
    found = list(_actor(agent, "", how))
    if not found and isinstance(agent, dict) and not set(IDENTIFIERS) & agent.keys():
        found.append(Finding("", "A group without an identifier cannot be queried."))
    return found


# Actors


def _mailto(value: object, path: str, _: How) -> Iterator[Finding]:
    if not isinstance(value, str) or not re.fullmatch(
        r"mailto:[^@\s<>()\[\],;:\"\\]+@[^@\s<>()\[\],;:\"\\]+", value
    ):
        yield Finding(path, Message("{0} is not an e-mail address after 'mailto:'.", quoted(value)))


def _sha1(value: object, path: str, _: How) -> Iterator[Finding]:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{40}", value):
        yield Finding(path, Message("{0} is not a SHA-1 in hexadecimal.", quoted(value)))


def _account(value: object, path: str, how: How) -> Iterator[Finding]:
    yield from fields(value, path, how, {"homePage": iri, "name": text}, ("homePage", "name"))


_AGENT: Mapping[str, Check] = {
    "objectType": constant("Agent"),
    "name": text,
    "mbox": _mailto,
    "mbox_sha1sum": _sha1,
    "openid": iri,
    "account": _account,
}


def _agent(value: object, path: str, how: How) -> Iterator[Finding]:
    """An Agent, with exactly one identifier (2.4.2.1)."""
    yield from fields(value, path, how, _AGENT)
    if isinstance(value, dict):
        yield from _identified(value, path, least=1)


def _identified(value: Mapping[str, object], path: str, least: int) -> Iterator[Finding]:
    has = [name for name in IDENTIFIERS if name in value]
    if not least <= len(has) <= 1:
        found = listed(has) if has else Message("none")
        yield Finding(
            path,
            Message(
                "Exactly one of mbox, mbox_sha1sum, openid and account belongs here; there is {0}.", found
            ),
        )


_GROUP: Mapping[str, Check] = {**_AGENT, "objectType": constant("Group"), "member": list_of(_agent)}


def _group(value: object, path: str, how: How) -> Iterator[Finding]:
    """A Group, with an identifier or with members (2.4.2.2)."""
    yield from fields(value, path, how, _GROUP, ("objectType",))
    if isinstance(value, dict):
        anonymous = "member" in value
        yield from _identified(value, path, least=0 if anonymous else 1)


def _actor(value: object, path: str, how: How) -> Iterator[Finding]:
    """An Agent, or a Group by its objectType."""
    group = isinstance(value, dict) and value.get("objectType") == "Group"
    yield from (_group if group else _agent)(value, path, how)


def _authority(value: object, path: str, how: How) -> Iterator[Finding]:
    """An Agent, or the two Agents of an application and its user (2.4.9)."""
    yield from _actor(value, path, how)
    if isinstance(value, dict) and value.get("objectType") == "Group":
        members = value.get("member")
        if not isinstance(members, list) or len(members) != 2:
            yield Finding(path, "A group as an authority has exactly two members.")


# Objects


def _verb(value: object, path: str, how: How) -> Iterator[Finding]:
    required = ("id", "display") if how.content else ("id",)
    yield from fields(value, path, how, {"id": iri, "display": language_map}, required)
    if how.content and isinstance(value, dict) and value.get("display") == {}:
        yield Finding(join(path, "display"), "The verb has no display in any language.")


_DEFINITION: Mapping[str, Check] = {
    "name": language_map,
    "description": language_map,
    "type": iri,
    "moreInfo": iri,
    "interactionType": kind,
    "correctResponsesPattern": list_of(text),
    **{name: components for names in LISTS.values() for name in names},
    "extensions": extensions,
}


def _definition(value: object, path: str, how: How) -> Iterator[Finding]:
    yield from fields(value, path, how, _DEFINITION)
    if isinstance(value, dict):
        yield from interaction_findings(value, path)


def _activity(value: object, path: str, how: How) -> Iterator[Finding]:
    table: dict[str, Check] = {"objectType": constant("Activity"), "id": iri, "definition": _definition}
    yield from fields(value, path, how, table, ("id",))


def _activities(value: object, path: str, how: How) -> Iterator[Finding]:
    """A list; a single activity is the format of 0.95 (2.4.6.2.s4)."""
    if isinstance(value, dict) and not how.content:
        yield from _activity(value, path, how)
    else:
        yield from items(value, path, how, _activity)


def _reference(value: object, path: str, how: How) -> Iterator[Finding]:
    table = {"objectType": constant("StatementRef"), "id": uuid}
    yield from fields(value, path, how, table, ("objectType", "id"))


def _object(value: object, path: str, how: How) -> Iterator[Finding]:
    """The object, an Activity by default (2.4.4)."""
    kind = value.get("objectType", "Activity") if isinstance(value, dict) else "Activity"
    checks: dict[str, Check] = {
        "Activity": _activity,
        "Agent": _agent,
        "Group": _group,
        "StatementRef": _reference,
        "SubStatement": _substatement,
    }
    if not isinstance(kind, str) or kind not in checks:
        yield Finding(join(path, "objectType"), Message("{0} is not a kind of object.", quoted(kind)))
    else:
        yield from checks[kind](value, path, how)


# Result, context, attachments


def _score(value: object, path: str, how: How) -> Iterator[Finding]:
    yield from fields(value, path, how, dict.fromkeys(("scaled", "raw", "min", "max"), number))
    if isinstance(value, dict):
        yield from score_findings(value, path)


def _result(value: object, path: str, how: How) -> Iterator[Finding]:
    table: dict[str, Check] = {
        "score": _score,
        "success": boolean,
        "completion": boolean,
        "response": text,
        "duration": duration,
        "extensions": extensions,
    }
    yield from fields(value, path, how, table)


def _context_activities(value: object, path: str, how: How) -> Iterator[Finding]:
    yield from fields(
        value, path, how, dict.fromkeys(("parent", "grouping", "category", "other"), _activities)
    )


def _relevant(value: object, path: str, how: How) -> Iterator[Finding]:
    yield from items(value, path, how, iri)
    if value == []:
        yield Finding(path, "The list is empty.")


def _related(kind: str, name: str, check: Check) -> Check:
    """A check for contextAgents and contextGroups of xAPI 2.0."""
    table: dict[str, Check] = {"objectType": constant(kind), name: check, "relevantTypes": _relevant}
    return list_of(lambda value, path, how: fields(value, path, how, table, ("objectType", name)))


_CONTEXT: Mapping[str, Check] = {
    "registration": uuid,
    "instructor": _actor,
    "team": _group,
    "contextActivities": _context_activities,
    "revision": text,
    "platform": text,
    "language": language,
    "statement": _reference,
    "extensions": extensions,
}
_LATER_CONTEXT: Mapping[str, Check] = {
    **_CONTEXT,
    "contextAgents": _related("contextAgent", "agent", _agent),
    "contextGroups": _related("contextGroup", "group", _group),
}


def _context(value: object, path: str, how: How) -> Iterator[Finding]:
    yield from fields(value, path, how, _LATER_CONTEXT if how.later else _CONTEXT)


def _media_type(value: object, path: str, _: How) -> Iterator[Finding]:
    part = r"[A-Za-z0-9!#$&^_.+-]+"
    if not isinstance(value, str) or not re.fullmatch(rf"{part}/{part}(?:\s*;.+)?", value):
        yield Finding(path, Message("{0} is not a media type.", quoted(value)))


def _sha2(value: object, path: str, _: How) -> Iterator[Finding]:
    if (
        not isinstance(value, str)
        or not re.fullmatch(r"[0-9a-fA-F]+", value)
        or len(value) not in (56, 64, 96, 128)
    ):
        yield Finding(path, Message("{0} is not a SHA-2 in hexadecimal.", quoted(value)))


def _attachment(value: object, path: str, how: How) -> Iterator[Finding]:
    table: dict[str, Check] = {
        "usageType": iri,
        "display": language_map,
        "description": language_map,
        "contentType": _media_type,
        "length": natural,
        "sha2": _sha2,
        "fileUrl": iri,
    }
    yield from fields(value, path, how, table, ("usageType", "display", "contentType", "length", "sha2"))


# Statements


def _version(value: object, path: str, how: How) -> Iterator[Finding]:
    """1.0.x (2.4.10); 2.0 accepts this and its own."""
    known = r"(?:1\.0|2\.0)\.\d+" if how.later else r"1\.0\.\d+"
    if not isinstance(value, str) or not re.fullmatch(known, value, re.ASCII):
        yield Finding(path, Message("{0} is not a version of statements here.", quoted(value)))


_SUBSTATEMENT: Mapping[str, Check] = {
    "actor": _actor,
    "verb": _verb,
    "object": _object,
    "result": _result,
    "context": _context,
    "timestamp": timestamp,
    "attachments": list_of(_attachment),
}
_STATEMENT: Mapping[str, Check] = {
    "id": uuid,
    **_SUBSTATEMENT,
    "stored": timestamp,
    "authority": _authority,
    "version": _version,
}


def _substatement(value: object, path: str, how: How) -> Iterator[Finding]:
    """A SubStatement, without the properties that only a statement has (2.4.4.3.s8)."""
    inner = value.get("object") if isinstance(value, dict) else None
    nested = isinstance(inner, dict) and inner.get("objectType") == "SubStatement"
    table = {**_SUBSTATEMENT, "objectType": constant("SubStatement")}
    if nested:
        yield Finding(join(path, "object"), "A SubStatement is inside another.")
        table["object"] = lambda *_: iter(())
    yield from fields(value, path, how, table, ("actor", "verb", "object"))
    if isinstance(value, dict):
        yield from _whole(value, path)


def _statement(value: object, path: str, how: How) -> Iterator[Finding]:
    required = ("actor", "verb", "object")
    yield from fields(
        value, path, how, _STATEMENT, ("id", *required, "timestamp") if how.content else required
    )
    if isinstance(value, dict):
        yield from _whole(value, path)
        if how.content:
            yield from _sender(value, how)


def _whole(value: Mapping[str, object], path: str) -> Iterator[Finding]:
    """Rules between properties."""
    verb, thing, context, result = (
        _mapping(value.get(name)) for name in ("verb", "object", "context", "result")
    )
    kind = thing.get("objectType", "Activity")
    # 2.3.2: the object of a voiding statement is a StatementRef.
    if verb.get("id") == VOIDED and kind != "StatementRef":
        yield Finding(join(path, "object.objectType"), "What is voided is not a StatementRef.")
    # 2.4.6.s4
    if kind != "Activity":
        for name in ("revision", "platform"):
            if name in context:
                yield Finding(join(path, f"context.{name}"), "The property belongs to Activities only.")
    response, definition = result.get("response"), _mapping(thing.get("definition"))
    if kind == "Activity" and isinstance(response, str):
        yield from response_findings(response, join(path, "result.response"), definition)


def _sender(value: Mapping[str, object], how: How) -> Iterator[Finding]:
    """What an LRS must accept, but content must not send (2.4.1, 2.4.8 to 2.4.10)."""
    for name in ("stored", "authority"):
        if name in value:
            yield Finding(name, "The LRS sets this property.")
    if value.get("version", "1.0.0") not in ("1.0.0", "2.0.0" if how.later else "1.0.0"):
        yield Finding(
            "version",
            Message("Content that sends a version must send 1.0.0, not {0}.", quoted(value.get("version"))),
        )
    own = value.get("id")
    if is_uuid(own) and not re.fullmatch(r"[^A-Z]{14}4[^A-Z]{4}[89ab][^A-Z]+", str(own)):
        yield Finding("id", Message("{0} is not a UUID of version 4 in small letters.", quoted(own)))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
