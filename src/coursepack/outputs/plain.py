"""What `check` found as lines for a terminal, in English or Swedish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from coursepack.outputs.texts import kind_words
from coursepack.rules.words import Language, translated

if TYPE_CHECKING:
    from coursepack.judge import Examination
    from coursepack.problems import Problem, Report

_WORDS = {
    "en": {
        "fatal": "fatal",
        "error": "error",
        "warning": "warning",
        "note": "note",
        "and": " and ",
        "made": ", made by {maker}",
        "clean": "no problems",
    },
    "sv": {
        "fatal": "allvarligt fel",
        "error": "fel",
        "warning": "varning",
        "note": "upplysning",
        "and": " och ",
        "made": ", gjort med {maker}",
        "clean": "inga problem",
    },
}


def lines(examination: Examination, language: Language = "en") -> Iterator[str]:
    """What a path is, and what was found of it.

    In Swedish the findings of the judge's rules are Swedish; those of a course folder stay English.
    """
    words = _WORDS[language]
    kinds = [kind_words(kind, language) for kind in examination.kinds]
    made = words["made"].format(maker=examination.maker) if examination.maker else ""
    head = str(examination.path)
    if kinds:
        head = f"{head}: {words['and'].join(kinds)}{made}"
    report = examination.report
    if not report.problems:
        yield f"{head}: {words['clean']}"
        return
    yield head
    for problem in report:
        yield _line(translated(problem, language), words[problem.severity])
    yield _counts(report, language)


def _line(problem: Problem, severity: str) -> str:
    text = f"{problem.location}: {severity} {problem.rule}: {problem.message}"
    return f"{text}\n    {problem.hint}" if problem.hint else text


def _counts(report: Report, language: Language) -> str:
    if language == "en":
        return report.counts
    notes = f", {len(report.notes)} {_many(report.notes, 'upplysning')}" if report.notes else ""
    return f"{len(report.errors)} fel, {len(report.warnings)} {_many(report.warnings, 'varning')}{notes}"


def _many(found: Sequence[Problem], word: str) -> str:
    return word if len(found) == 1 else f"{word}ar"
