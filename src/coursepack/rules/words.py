"""The judge's words in other languages: a YAML file an area, with what each rule says and how its findings read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from coursepack.problems import Problem

Language = Literal["en", "sv"]

_HERE = Path(__file__).parent
_VALUE = re.compile(r"\\\{(\d)\\\}")


@dataclass(frozen=True, slots=True)
class Words:
    """A rule in another language. `messages` and `hints`: patterns of the English ones, and what they become."""

    what: str
    text: str
    messages: tuple[tuple[re.Pattern[str], str], ...]
    hints: tuple[tuple[re.Pattern[str], str], ...]


def _patterns(given: Mapping[str, str] | None) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each English sentence with `{0}`, `{1}` where values stand, as a pattern; those with most words of ours first."""
    ordered = sorted((given or {}).items(), key=lambda pair: -len(re.sub(r"\{\d\}", "", pair[0])))
    return tuple(
        (re.compile(_VALUE.sub(r"(?P<v\1>.*)", re.escape(english)), re.DOTALL), other)
        for english, other in ordered
    )


@lru_cache(maxsize=32)
def _area(language: Language, area: str) -> Mapping[str, Words]:
    import yaml

    path = _HERE / language / f"{area}.yaml"
    if not path.is_file():
        return {}
    entries: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return {
        name: Words(
            entry["what"],
            " ".join(str(entry["text"]).split()),
            _patterns(entry.get("messages")),
            _patterns(entry.get("hints")),
        )
        for name, entry in entries.items()
    }


def words_of(rule: str, language: Language) -> Words | None:
    """What a rule says in another language; None where that is not written, and for English."""
    if language == "en":
        return None
    area, _, name = rule.partition("/")
    return _area(language, area).get(name)


def translated(problem: Problem, language: Language) -> Problem:
    """A finding with its message and hint in another language; what has no words there stays as it is."""
    words = words_of(problem.rule, language)
    if words is None:
        return problem
    message = _told(problem.message, words.messages)
    return replace(problem, message=message, hint=_told(problem.hint, words.hints))


def _told(text: str, patterns: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    if text.startswith("There are more than ") and text.endswith(" of these."):
        return f"Det finns fler än {text.split()[4]} sådana."
    for pattern, other in patterns:
        found = pattern.fullmatch(text)
        if found:
            return _filled(other, found)
    return text


def _filled(other: str, found: re.Match[str]) -> str:
    # A list of names ends so when it is cut: see `rule.several`.
    values = {
        name: re.sub(r" and (\d+) more$", r" och \1 till", value) for name, value in found.groupdict().items()
    }
    return re.sub(r"\{(\d)\}", lambda place: values[f"v{place[1]}"], other)
