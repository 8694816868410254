"""What can be written in a course, and by what it is checked: for editors, agents and other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coursepack.course.blocks import CONTAINERS, DATA_BLOCKS
from coursepack.course.severity import severity_of
from coursepack.languages import ENGLISH, authors, codes
from coursepack.languages.messages import problem_names
from coursepack.outputs.quirks import quirk_dict
from coursepack.outputs.texts import explained
from coursepack.profiles import PROFILES, quirks
from coursepack.reading.rules import RULES as COURSE_RULES
from coursepack.reading.schema import SCHEMAS, json_schema
from coursepack.rules import RULES
from coursepack.targets import TARGETS, USUAL_TARGETS
from coursepack.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.profiles import Fact, Profile


def description(language: str = ENGLISH) -> dict[str, Any]:
    """What there is, as plain values for JSON, as in `description.schema.json`.

    Texts are in `language`, but for the descriptions in JSON Schemas, which are in English.
    """
    return {
        "version": __version__,
        "language": language,
        "player_languages": list(codes()),
        "files": {name: json_schema(name) for name in SCHEMAS if name not in DATA_BLOCKS},
        "blocks": list(_blocks(language)),
        "rules": list(_rules(language)),
        "targets": [
            {"name": name, "title": target.title, "default": name in USUAL_TARGETS}
            for name, target in TARGETS.items()
        ],
        "profiles": [_profile(each, language) for each in PROFILES.values()],
        "quirks": [
            quirk_dict(each) | {"what": each.what.get(language, each.what[ENGLISH])}
            for each in quirks().values()
        ],
    }


def summary(language: str = ENGLISH) -> Iterator[str]:
    """The names of what there is, a line for each kind."""
    words = authors(language)["describe"]
    yield f"{words['files']}: {', '.join(name for name in SCHEMAS if name not in DATA_BLOCKS)}"
    yield f"{words['blocks']}: {', '.join((*CONTAINERS, *DATA_BLOCKS))}"
    yield f"{words['targets']}: {', '.join(TARGETS)}"
    yield f"{words['profiles']}: {', '.join(PROFILES)}"
    yield words["rest"].format(rules=sum(1 for _ in _rules(language)), quirks=len(quirks()))


def _blocks(language: str) -> Iterator[dict[str, Any]]:
    containers = authors(language)["describe"]["containers"]
    for name in CONTAINERS:
        yield {"name": name, "form": "container", "what": containers[name], "schema": None}
    for name in DATA_BLOCKS:
        schema = json_schema(name)
        yield {"name": name, "form": "yaml", "what": schema["description"], "schema": schema}


def _rules(language: str) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys((*RULES, *COURSE_RULES, *problem_names())):
        package, course = RULES.get(name), COURSE_RULES.get(name)
        words = explained(name, language) or explained(name, ENGLISH)
        rule = package or course
        yield {
            "name": name,
            "of": "package" if package else "course",
            "severity": rule.severity if rule else severity_of(name),
            "spec": package.spec if package else "",
            "what": words.what if words else "",
            "why": words.text if words else "",
        }


def _profile(profile: Profile, language: str) -> dict[str, Any]:
    return {
        "name": profile.name,
        "title": profile.title,
        "facts": [_fact(fact, language) for fact in profile.facts],
        "quirks": list(profile.quirks),
    }


def _fact(fact: Fact, language: str) -> dict[str, Any]:
    return {
        "id": fact.id,
        "what": fact.what.get(language, fact.what[ENGLISH]),
        "severity": fact.severity,
        "source": fact.source,
        "date": fact.date,
    }
