"""Interactions: their component lists and the format of responses (xAPI part 2, 2.4.4.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from coursepack.problems import Message
from coursepack.xapi.statement.values import Finding, How, fields, is_number, join, language_map, quoted, text

LISTS: Mapping[str, tuple[str, ...]] = {
    "true-false": (),
    "choice": ("choices",),
    "fill-in": (),
    "long-fill-in": (),
    "matching": ("source", "target"),
    "performance": ("steps",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "numeric": (),
    "other": (),
}
"""Interaction types with their component lists."""

_PARAMETERS = re.compile(r"(?:\{(?:case_matters|order_matters)=(?:true|false)\})*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)


def kind(value: object, path: str, _: How) -> Iterator[Finding]:
    """An interaction type."""
    if not isinstance(value, str) or value not in LISTS:
        yield Finding(path, Message("{0} is not a kind of interaction.", quoted(value)))


def components(value: object, path: str, how: How) -> Iterator[Finding]:
    """A component list with unique ids."""
    if not isinstance(value, list):
        yield Finding(path, Message("A list belongs here, not {0}.", quoted(value)))
        return
    seen: set[str] = set()
    for number, inner in enumerate(value):
        place = f"{path}[{number}]"
        yield from fields(inner, place, how, {"id": text, "description": language_map}, ("id",))
        name = inner.get("id") if isinstance(inner, dict) else None
        if not isinstance(name, str):
            continue
        if name in seen:
            yield Finding(join(place, "id"), Message("The id {0} already exists.", quoted(name)))
        if how.content and (not name or re.search(r"\s", name)):
            yield Finding(
                join(place, "id"), Message("The id {0} is empty or holds white space.", quoted(name))
            )
        seen.add(name)


def interaction_findings(definition: Mapping[str, object], path: str) -> Iterator[Finding]:
    """Contradictions in a definition whose single values are valid."""
    lists = {name for names in LISTS.values() for name in names} & definition.keys()
    has = definition.get("interactionType")
    if has is None:
        for name in sorted(lists | {"correctResponsesPattern"} & definition.keys()):
            yield Finding(join(path, name), "The property requires an interactionType.")
        # 2.4.4.1.s13: an interaction activity has a type.
        if definition.get("type") == "http://adlnet.gov/expapi/activities/cmi.interaction":
            yield Finding(join(path, "interactionType"), "The property 'interactionType' is missing.")
        return
    if not isinstance(has, str) or has not in LISTS:
        return
    for name in sorted(lists - set(LISTS[has])):
        yield Finding(
            join(path, name), Message("An interaction of the kind {0} has no such list.", quoted(has))
        )
    patterns = definition.get("correctResponsesPattern")
    if isinstance(patterns, list):
        ids = _component_ids(definition)
        for number, pattern in enumerate(patterns):
            if isinstance(pattern, str):
                place = f"{join(path, 'correctResponsesPattern')}[{number}]"
                yield from _findings_of_response(pattern, place, has, ids)


def response_findings(response: str, path: str, definition: Mapping[str, object]) -> Iterator[Finding]:
    """All findings of a response, or of a pattern of correct responses, for this definition."""
    yield from _findings_of_response(
        response, path, definition.get("interactionType"), _component_ids(definition)
    )


def _findings_of_response(
    response: str, path: str, kind: object, ids: Mapping[str, set[str]]
) -> Iterator[Finding]:
    match kind:
        case "true-false":
            if response not in ("true", "false"):
                yield Finding(
                    path, Message("The response {0} is neither 'true' nor 'false'.", quoted(response))
                )
        case "choice" | "sequencing":
            yield from _known(_listed(response), path, ids.get("choices"))
        case "likert":
            yield from _known([response], path, ids.get("scale"))
        case "numeric":
            ends = response.split("[:]")
            if (
                len(ends) > 2
                or ends in ([""], ["", ""])
                or any(end and not _NUMBER.fullmatch(end) for end in ends)
            ):
                yield Finding(
                    path, Message("The response {0} is neither a number nor a range.", quoted(response))
                )
            elif len(ends) == 2 and all(ends) and float(ends[0]) > float(ends[1]):
                yield Finding(path, Message("The range {0} ends before it begins.", quoted(response)))
        case "matching" | "performance" as name:
            parameters = _PARAMETERS.match(response) if name == "performance" else None
            pairs = [item.split("[.]") for item in _listed(response[parameters.end() if parameters else 0 :])]
            for pair in pairs:
                if len(pair) != 2:
                    yield Finding(
                        path, Message("{0} is not a pair joined by '[.]'.", quoted("[.]".join(pair)))
                    )
                    return
            first, second = ("source", "target") if name == "matching" else ("steps", "")
            yield from _known([pair[0] for pair in pairs], path, ids.get(first))
            if second:
                yield from _known([pair[1] for pair in pairs], path, ids.get(second))


def _listed(response: str) -> list[str]:
    """The items of a response; the empty string has none."""
    return response.split("[,]") if response else []


def _component_ids(definition: Mapping[str, object]) -> dict[str, set[str]]:
    """The ids of each component list of the definition."""
    found = {}
    for name, listed in definition.items():
        if isinstance(listed, list):
            ids = (item.get("id") for item in listed if isinstance(item, dict))
            # An invalid id may not be hashable.
            found[name] = {one for one in ids if isinstance(one, str)}
    return found


def _known(names: list[str], path: str, ids: set[str] | None) -> Iterator[Finding]:
    """Ids must not be empty, and must be in the list if the definition has one."""
    for name in names:
        if not name:
            yield Finding(path, "An id in the response is empty.")
        elif ids is not None and name not in ids:
            yield Finding(path, Message("The id {0} is not among the components.", quoted(name)))


def score_findings(score: Mapping[str, object], path: str) -> Iterator[Finding]:
    """Contradictions in a score (2.4.5.1)."""
    values = (score.get(name) for name in ("scaled", "raw", "min", "max"))
    scaled, raw, low, high = (value if is_number(value) else None for value in values)
    if scaled is not None and not -1 <= scaled <= 1:
        yield Finding(join(path, "scaled"), Message("The score {0} is not from -1 to 1.", quoted(scaled)))
    if low is not None and high is not None and low >= high:
        yield Finding(
            join(path, "min"),
            Message("The lowest score {0} is not below the highest, {1}.", quoted(low), quoted(high)),
        )
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        yield Finding(
            join(path, "raw"), Message("The score {0} is outside the lowest and the highest.", quoted(raw))
        )
