"""What a finding says in another language, and what a mistake in a course is about.

The English of a rule stands in its docstring and in its function; its Swedish in `rules/sv`, a YAML file an area. The
words of what can be wrong with a course folder stand in `mistakes`, in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursepack.languages.mistakes import mistake

if TYPE_CHECKING:
    from coursepack.problems import Problem

_RULES = Path(__file__).parents[1] / "rules"
_VALUE = re.compile(r"\\\{(\d)\\\}")

# Hints that `problems.nearest` gives wherever a name is looked up.
_NEAREST = {"Did you mean {0}?": "Menar du {0}?", "Known: {0}.": "De som finns: {0}."}
# What the system says of a file, and we of what is none.
_REASONS = {
    "it is not a file": "det är ingen fil",
    "No such file or directory": "det finns ingen sådan fil eller mapp",
    "Permission denied": "du saknar behörighet",
    "Is a directory": "det är en mapp",
    "Not a directory": "det är ingen mapp",
    "Input/output error": "disken svarar inte som den ska",
    "No space left on device": "disken är full",
    "Read-only file system": "disken är skrivskyddad",
    "File name too long": "namnet är för långt",
    "File too large": "filen är för stor",
    "Disk quota exceeded": "utrymmet är slut",
    "Too many levels of symbolic links": "länkarna leder runt",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a rule or a mistake says. `messages` and `hints`: patterns of the English ones, and what they become."""

    what: str
    text: str
    messages: tuple[tuple[re.Pattern[str], str], ...] = ()
    hints: tuple[tuple[re.Pattern[str], str], ...] = ()


def _patterns(given: Mapping[str, str] | None) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each English sentence with `{0}`, `{1}` where values stand, as a pattern; those with most words of ours first."""
    ordered = sorted((given or {}).items(), key=lambda pair: -len(re.sub(r"\{\d\}", "", pair[0])))
    return tuple(
        (re.compile(_VALUE.sub(r"(?P<v\1>.*)", re.escape(english)), re.DOTALL), other)
        for english, other in ordered
    )


@lru_cache(maxsize=32)
def _area(language: str, area: str) -> Mapping[str, Words]:
    import yaml

    path = _RULES / language / f"{area}.yaml"
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


@lru_cache(maxsize=256)
def words_of(name: str, language: str) -> Words | None:
    """What a mistake says in a language, or a rule in one other than English; None when it is not written."""
    area, _, fault = name.partition("/")
    known = mistake(name)
    if known and language in known.text:
        what, _, why = known.text[language].partition("\n\n")
        if language == "en":
            return Words(what, why)
        return Words(what, why, _patterns(known.messages), _patterns({**known.hints, **_NEAREST}))
    return _area(language, area).get(fault)


def translated(problem: Problem, language: str) -> Problem:
    """A finding with its message and hint in another language; what has no words there stays as it is."""
    words = words_of(problem.rule, language) if language != "en" else None
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
    values = {name: _value(text) for name, text in found.groupdict().items()}
    return re.sub(r"\{(\d)\}", lambda place: values[f"v{place[1]}"], other)


def _value(text: str) -> str:
    """A value as Swedish writes it: what the system says, a large number, and a list that is cut (`rule.several`)."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        return text.replace(",", "\N{NO-BREAK SPACE}")
    return _REASONS.get(text) or re.sub(r" and (\d+) more$", r" och \1 till", text)
