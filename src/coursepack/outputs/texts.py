"""The texts of rules and findings by language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.languages import ENGLISH, authors
from coursepack.languages.messages import Words, translated, words_of

if TYPE_CHECKING:
    from coursepack.problems import Category, Problem, Report


def explained(name: str, language: str) -> Words | None:
    """The explanation of a rule in a language; None when there is none."""
    words = words_of(name, language)
    if words or language != ENGLISH:
        return words
    text = _text_of_rule(name)
    if text is None:
        return None
    what, _, why = text.partition("\n\n")
    return Words(what, why)


def _text_of_rule(name: str) -> str | None:
    """The docstring of a rule for packages or courses."""
    # The output of a build does not need the rules, and packages do not need those for courses.
    from coursepack.rules import RULES

    if name in RULES:
        return RULES[name].text
    from coursepack.reading.rules import RULES as COURSE_RULES

    return COURSE_RULES[name].text if name in COURSE_RULES else None


def in_language(problem: Problem, language: str) -> Problem:
    """A finding in a language. The texts of facts about an LMS are in the profile."""
    name = problem.rule.removeprefix("for-").partition("/")[0]
    if language == ENGLISH or not problem.rule.startswith("for-"):
        return translated(problem, language)
    from coursepack.profiles import PROFILES

    return PROFILES[name].translated(problem, language) if name in PROFILES else problem


def category_verdict(category: Category, report: Report, language: str) -> str:
    """A category and what its worst problem means: `Privacy: others learn who takes the course`."""
    words = authors(language)["categories"][category]
    worst = report.worst or "clean"
    return f"{words['name']}: {words['error' if worst == 'fatal' else worst]}"
