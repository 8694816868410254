"""What rules and mistakes say in a language: a YAML file an area, in `languages/<code>/findings`.

The English of a rule is in its docstring and in its function. What can be wrong with a course folder is explained in
`en/findings`. Another language has both, and each message and hint by its English template. Its `values.yaml` has what
belongs to no single rule: sentences that many have, and how values are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursepack.languages import ENGLISH, format_of
from coursepack.problems import Count, Message, Names, Problem, Reason, fill

if TYPE_CHECKING:
    from coursepack.problems import Value

_HERE = Path(__file__).parent
_SHARED, _VALUES = "shared", "values"


@dataclass(frozen=True, slots=True)
class Words:
    """What a rule or a mistake says. `messages` and `hints` are those of the language by the English template."""

    what: str
    text: str
    messages: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)


@cache
def mistakes() -> tuple[str, ...]:
    """The names of all that can be wrong with a course folder, by area."""
    areas = sorted(
        path.stem for path in (_HERE / ENGLISH / "findings").glob("*.yaml") if path.stem != _SHARED
    )
    shared = _entries(ENGLISH, _SHARED)
    return tuple(
        f"{area}/{name}"
        for area in areas
        for name in (*_entries(ENGLISH, area), *(name for name in shared if area in shared[name]["areas"]))
    )


def words_of(name: str, language: str) -> Words | None:
    """What a mistake says in a language, or a rule in one other than English; None when it is not written."""
    area, _, fault = name.partition("/")
    entry = _entries(language, area).get(fault)
    if entry is None and name in mistakes():
        entry = _entries(language, _SHARED).get(fault)
    if entry is None:
        return None
    return Words(entry["what"], entry["text"].strip(), entry.get("messages", {}), entry.get("hints", {}))


def sentence(message: Message, language: str, area: str) -> str:
    """A message in a language, by what its `area` says beside its rules; in English where there are no words."""
    return str(_written(message, _entries(language, area).get("messages", {}), language))


def translated(problem: Problem, language: str, words: Words | None = None) -> Problem:
    """A finding with its message and hint in another language; what has no words there stays as it is.

    `words` are its own where no catalogue has them.
    """
    if language == ENGLISH:
        return problem
    words = words or words_of(problem.rule, language)
    if words is None:
        words = Words("", "", _entries(language, problem.rule.partition("/")[0]).get("messages", {}))
    return Problem(
        problem.rule,
        problem.severity,
        _written(problem.says, words.messages, language),
        problem.location,
        _written(problem.advises, words.hints, language),
    )


def _written(message: Message, words: Mapping[str, str], language: str) -> Message:
    common = _entries(language, _VALUES).get("messages", {})
    # A sentence may read otherwise with a certain word of ours, such as the name of an element.
    of_word = Message(message.template, *(Message(v) if isinstance(v, str) else v for v in message.values))
    for each, sentences in product((of_word, message), (words, common)):
        template = sentences.get(each.template)
        if template is not None:
            return Message(fill(template, [_value(value, language) for value in each.values]))
    return message


def _value(value: Value, language: str) -> str:
    """A value as the language writes it."""
    common = _entries(language, _VALUES)
    match value:
        case Count():
            return format_of(language).number(str(value))
        case Names(shown, more) if more and "more" in common:
            return fill(common["more"], [shown, str(more)])
        case Reason(text):
            return str(common.get("reasons", {}).get(text, text))
        case _:
            return str(value)


@cache
def _entries(language: str, file: str) -> Mapping[str, Any]:
    import yaml

    path = _HERE / language / "findings" / f"{file}.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else {}
    return found
