"""The explanations and messages of rules by language: a YAML file for each area, in `languages/<code>/findings`.

The English texts of a rule are in its docstring and its function. Problems of course folders and profiles are explained
in `en/findings`. Other languages have all explanations, and each message and hint by its English template. Their
`values.yaml` has what belongs to no single rule: shared sentences, and the format of values.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coursepack.languages import ENGLISH, format_of
from coursepack.problems import Count, Message, Names, Number, Parts, Problem, Reason, fill

if TYPE_CHECKING:
    from coursepack.problems import Value

_HERE = Path(__file__).parent
_SHARED, _VALUES = "shared", "values"


class Words(NamedTuple):
    """The explanation of a rule. `messages` and `hints` map English templates to those of the language."""

    what: str
    text: str
    messages: Mapping[str, str] = {}
    hints: Mapping[str, str] = {}


@cache
def problem_names() -> tuple[str, ...]:
    """The names of all problems of a course folder or a profile that no rule finds, by area."""
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
    """The explanation of a rule in a language; None when it is not in a file: English ones are in docstrings."""
    area, _, problem = name.partition("/")
    entry = _entries(language, area).get(problem)
    if entry is None and name in problem_names():
        entry = _entries(language, _SHARED).get(problem)
    if entry is None:
        return None
    return Words(entry["what"], entry["text"].strip(), entry.get("messages", {}), entry.get("hints", {}))


def sentence(message: Message, language: str, *areas: str) -> str:
    """A message in a language, from the catalogues of these areas; in English without a translation.

    The catalogue of an area has sentences of its own and those of its rules.
    """
    if language == ENGLISH:
        return str(message)
    return str(_written(message, _sentences(language, areas), language))


@cache
def _sentences(language: str, areas: tuple[str, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for area in reversed(areas):
        entries = dict(_entries(language, area))
        own = entries.pop("messages", {})
        for entry in entries.values():
            found |= entry.get("messages", {})
        found |= own
    return found


def translated(problem: Problem, language: str, words: Words | None = None) -> Problem:
    """A finding with its message and hint in another language; untranslated ones stay in English.

    `words` is for rules that are in no catalogue.
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
        problem.category,
    )


def _written(message: Message, words: Mapping[str, str], language: str) -> Message:
    common = _entries(language, _VALUES).get("messages", {})
    # A translation can be for one plain value, such as the name of an element.
    of_word = Message(message.template, *(Message(v) if isinstance(v, str) else v for v in message.values))
    for each, sentences in product((of_word, message), (words, common)):
        template = sentences.get(each.template)
        if template is not None:
            return Message(fill(template, [_value(value, words, language) for value in each.values]))
    if any(sign.isalpha() for sign in message.template):
        return message
    # A template without words, such as "{0}: {1}", is the same in all languages.
    return Message(fill(message.template, [_value(value, words, language) for value in message.values]))


def _value(value: Value, words: Mapping[str, str], language: str) -> str:
    """A value in the format of the language; `words` translate messages within it."""
    common = _entries(language, _VALUES)
    match value:
        case Count() | Number():
            return format_of(language).number(str(value))
        case Parts(messages, joint):
            return joint.join(str(_written(each, words, language)) for each in messages)
        case Names(shown, more) if more and "more" in common:
            return fill(common["more"], [shown, str(more)])
        case Reason(text, code):
            reasons = common.get("reasons", {})
            known = reasons.get(text) or reasons.get(code)
            quoting = reasons.get(code.partition(" ")[0])
            return str(known or (fill(quoting, [text]) if quoting else text))
        case _:
            return str(value)


@cache
def _entries(language: str, file: str) -> Mapping[str, Any]:
    import yaml

    path = _HERE / language / "findings" / f"{file}.yaml"
    found: dict[str, Any] = (
        yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader) if path.is_file() else {}
    )
    return found
