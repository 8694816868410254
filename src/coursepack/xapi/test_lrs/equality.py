"""Equality of agents and statements in an LRS (xAPI part 2, 2.3.1; part 3, 2.1.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from coursepack.xapi.statement import moment

Json = dict[str, Any]

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_SET_BY_LRS = ("id", "authority", "stored", "timestamp", "version")


def agent_key(agent: Mapping[str, Any]) -> str | None:
    """The identifier of an agent or group as a key; None for an anonymous group."""
    for name in IDENTIFIERS:
        if name in agent:
            return json.dumps([name, agent[name]], sort_keys=True)
    return None


def with_members(agent: Mapping[str, Any]) -> Iterator[Json]:
    """An agent, or a group and its members."""
    yield dict(agent)
    yield from agent.get("member", ())


def activities_of(statement: Json) -> Iterator[Json]:
    """All activities of a statement and its SubStatement, the object first."""
    thing = statement["object"]
    kind = thing.get("objectType", "Activity")
    if kind == "Activity":
        yield thing
    for listed in statement.get("context", {}).get("contextActivities", {}).values():
        yield from listed if isinstance(listed, list) else [listed]
    if kind == "SubStatement":
        yield from activities_of(thing)


def agents_of(statement: Json) -> Iterator[Json]:
    """All agents, groups and members of a statement and its SubStatement."""
    thing, context = statement["object"], statement.get("context", {})
    kind = thing.get("objectType", "Activity")
    yield from with_members(statement["actor"])
    if kind in ("Agent", "Group"):
        yield from with_members(thing)
    for agent in (statement.get("authority"), context.get("instructor"), context.get("team")):
        if agent:
            yield from with_members(agent)
    for related, name in (("contextAgents", "agent"), ("contextGroups", "group")):
        for entry in context.get(related, ()):
            yield from with_members(entry[name])
    if kind == "SubStatement":
        yield from agents_of(thing)


def same_statement(one: Json, other: Json) -> bool:
    """Whether two statements differ only in what an LRS may add or change."""
    times = [moment(statement.get("timestamp")) for statement in (one, other)]
    return _normalized(one) == _normalized(other) and (None in times or times[0] == times[1])


def _normalized(statement: Json) -> Json:
    """A statement without definitions and displays of verbs, with members sorted and ids in lower case."""
    bare = {name: value for name, value in statement.items() if name not in _SET_BY_LRS}
    bare["actor"] = _normalized_agent(bare["actor"])
    bare["verb"] = bare["verb"]["id"]
    thing = bare["object"]
    match thing.get("objectType", "Activity"):
        case "Activity":
            bare["object"] = thing["id"]
        case "Agent" | "Group":
            bare["object"] = _normalized_agent(thing)
        case "SubStatement":
            bare["object"] = [_normalized(thing), str(moment(thing.get("timestamp")))]
        case "StatementRef":
            bare["object"] = ["StatementRef", thing["id"].lower()]
    if "context" in bare:
        bare["context"] = _normalized_context(bare["context"])
    return bare


def _normalized_context(context: Json) -> Json:
    bare = dict(context)
    for name in ("instructor", "team"):
        if name in bare:
            bare[name] = _normalized_agent(bare[name])
    if "registration" in bare:
        bare["registration"] = bare["registration"].lower()
    if "contextActivities" in bare:
        bare["contextActivities"] = {
            name: [activity["id"] for activity in (listed if isinstance(listed, list) else [listed])]
            for name, listed in bare["contextActivities"].items()
        }
    return bare


def _normalized_agent(agent: Json) -> Json:
    bare = {"objectType": "Agent", **agent}
    if "member" in bare:
        bare["member"] = sorted((_normalized_agent(member) for member in bare["member"]), key=json.dumps)
    return bare
