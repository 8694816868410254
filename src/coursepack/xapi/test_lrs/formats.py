"""Formats of statements in the answers of the test LRS: ids and canonical (part 3, 2.1.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coursepack.xapi.test_lrs.equality import IDENTIFIERS, Json
from coursepack.xapi.test_lrs.store import Store

Change = Callable[[Json], Json]


def only_ids(statement: Json) -> Json:
    """A statement whose agents, activities, verbs and groups only have identifiers."""
    return _changed(statement, _agent_id, _activity_id, lambda verb: {"id": verb["id"]})


def _agent_id(agent: Json) -> Json:
    kept = {name: agent[name] for name in ("objectType", *IDENTIFIERS) if name in agent}
    if not set(IDENTIFIERS) & agent.keys():
        kept["member"] = [_agent_id(member) for member in agent.get("member", ())]
    return kept


def _activity_id(activity: Json) -> Json:
    return {name: activity[name] for name in ("objectType", "id") if name in activity}


def canonical(statement: Json, store: Store, languages: str) -> Json:
    """A statement with the canonical definitions of activities and verbs, each text in one language."""
    wanted = _preferences(languages)

    def activity(given: Json) -> Json:
        definition = _in_one_language(store.definition(given["id"]), wanted)
        return {**_activity_id(given), **({"definition": definition} if definition else {})}

    def verb(given: Json) -> Json:
        display = _chosen(store.display(given["id"]), wanted)
        return {"id": given["id"], **({"display": display} if display else {})}

    return _changed(statement, lambda agent: agent, activity, verb)


def _changed(statement: Json, agent: Change, activity: Change, verb: Change) -> Json:
    result = dict(statement)
    result["actor"] = agent(result["actor"])
    result["verb"] = verb(result["verb"])
    thing = result["object"]
    match thing.get("objectType", "Activity"):
        case "Activity":
            result["object"] = activity(thing)
        case "Agent" | "Group":
            result["object"] = agent(thing)
        case "SubStatement":
            result["object"] = _changed(thing, agent, activity, verb)
    if "authority" in result:
        result["authority"] = agent(result["authority"])
    if "context" in result:
        context = dict(result["context"])
        for name in ("instructor", "team"):
            if name in context:
                context[name] = agent(context[name])
        if "contextActivities" in context:
            context["contextActivities"] = {
                name: [activity(one) for one in listed]
                for name, listed in context["contextActivities"].items()
            }
        result["context"] = context
    return result


def _in_one_language(definition: Json, wanted: list[str]) -> Json:
    result: dict[str, Any] = {}
    for name, value in definition.items():
        if name in ("name", "description"):
            result[name] = _chosen(value, wanted)
        elif name in ("choices", "scale", "source", "target", "steps"):
            result[name] = [
                {**one, "description": _chosen(one["description"], wanted)} if "description" in one else one
                for one in value
            ]
        else:
            result[name] = value
    return result


def _preferences(languages: str) -> list[str]:
    """The language ranges of an Accept-Language header by weight (RFC 9110 12.5.4)."""
    weighed = []
    for place, part in enumerate(languages.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, tag.strip().lower()))
        except ValueError:
            continue
    return [tag for weight, _, tag in sorted(weighed) if tag and weight]


def _chosen(texts: Mapping[str, str], wanted: list[str]) -> dict[str, str]:
    """The text in the first language that matches, or the first text."""
    for tag in wanted:
        for own, words in texts.items():
            if own.lower() == tag or own.lower().startswith(f"{tag}-"):
                return {own: words}
    return dict(list(texts.items())[:1])
