"""The texts of rules and findings by language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.languages import ENGLISH
from coursepack.languages.messages import Words, translated, words_of

if TYPE_CHECKING:
    from coursepack.problems import Problem


def explained(name: str, language: str) -> Words | None:
    """What a rule or a mistake says in a language; None when it is neither, or not written."""
    words = words_of(name, language)
    if words or language != ENGLISH:
        return words
    # What a build prints has no need of the rules.
    from coursepack.rules import RULES

    if name not in RULES:
        return None
    what, _, why = RULES[name].text.partition("\n\n")
    return Words(what, why)


def in_language(problem: Problem, language: str) -> Problem:
    """A finding in a language. What is known of an LMS has its words in the profile."""
    name = problem.rule.removeprefix("for-").partition("/")[0]
    if language == ENGLISH or not problem.rule.startswith("for-"):
        return translated(problem, language)
    from coursepack.profiles import PROFILES

    return PROFILES[name].translated(problem, language) if name in PROFILES else problem
