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

    def activity(told: Json) -> Json:
        definition = _in_one_language(store.definition(told["id"]), wanted)
        return {**_activity_id(told), **({"definition": definition} if definition else {})}

    def verb(told: Json) -> Json:
        display = _chosen(store.display(told["id"]), wanted)
        return {"id": told["id"], **({"display": display} if display else {})}

    return _changed(statement, lambda agent: agent, activity, verb)


def _changed(statement: Json, agent: Change, activity: Change, verb: Change) -> Json:
    whole = dict(statement)
    whole["actor"] = agent(whole["actor"])
    whole["verb"] = verb(whole["verb"])
    thing = whole["object"]
    match thing.get("objectType", "Activity"):
        case "Activity":
            whole["object"] = activity(thing)
        case "Agent" | "Group":
            whole["object"] = agent(thing)
        case "SubStatement":
            whole["object"] = _changed(thing, agent, activity, verb)
    if "authority" in whole:
        whole["authority"] = agent(whole["authority"])
    if "context" in whole:
        context = dict(whole["context"])
        for name in ("instructor", "team"):
            if name in context:
                context[name] = agent(context[name])
        if "contextActivities" in context:
            context["contextActivities"] = {
                name: [activity(one) for one in listed]
                for name, listed in context["contextActivities"].items()
            }
        whole["context"] = context
    return whole


def _in_one_language(definition: Json, wanted: list[str]) -> Json:
    told: dict[str, Any] = {}
    for name, value in definition.items():
        if name in ("name", "description"):
            told[name] = _chosen(value, wanted)
        elif name in ("choices", "scale", "source", "target", "steps"):
            told[name] = [
                {**one, "description": _chosen(one["description"], wanted)} if "description" in one else one
                for one in value
            ]
        else:
            told[name] = value
    return told


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
