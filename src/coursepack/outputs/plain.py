"""What `check` found and `build` made as lines for a terminal, in English or Swedish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from coursepack.outputs.texts import kind_words

if TYPE_CHECKING:
    from coursepack.checking import CheckResult
    from coursepack.languages.words import Language
    from coursepack.problems import Problem, Report, Severity
    from coursepack.result import Built

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "fatal": "fatal",
        "error": "error",
        "warning": "warning",
        "note": "note",
        "and": " and ",
        "made": ", made by {maker}",
        "clean": "no problems",
        "unpacked": "{size} unpacked",
        "folder": "also as the folder {folder}",
        "state": "resume state: at most {state} of {limit} characters",
        "lock": "course.lock: {lines}; commit the file",
    },
    "sv": {
        "fatal": "allvarligt fel",
        "error": "fel",
        "warning": "varning",
        "note": "upplysning",
        "and": " och ",
        "made": ", gjort med {maker}",
        "clean": "inga problem",
        "unpacked": "{size} uppackat",
        "folder": "också som mappen {folder}",
        "state": "det som sparas om en deltagare: högst {state} av {limit} tecken",
        "lock": "course.lock: {lines}; lägg in filen i versionshanteringen",
    },
}

_COUNTED: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    "en": {
        "file": ("file", "files"),
        "line": ("new line", "new lines"),
        "SCO": ("SCO", "SCOs"),
        "activity": ("activity", "activities"),
        "assignable unit": ("assignable unit", "assignable units"),
        "site": ("site", "sites"),
    },
    "sv": {
        "file": ("fil", "filer"),
        "line": ("ny rad", "nya rader"),
        "SCO": ("SCO", "SCO:er"),
        "activity": ("aktivitet", "aktiviteter"),
        "assignable unit": ("enhet (AU)", "enheter (AU)"),
        "site": ("webbplats", "webbplatser"),
    },
}
"""One and several of what is counted; the last four are the standards' words for what can be launched."""


def severity_word(severity: Severity, language: Language) -> str:
    """How grave a problem is, in a word."""
    return _WORDS[language][severity]


def lines(examination: CheckResult, language: Language = "en") -> Iterator[str]:
    """What a path is, and what was found of it."""
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
    yield from report_lines(report, language)


def report_lines(report: Report, language: Language = "en") -> Iterator[str]:
    """Every problem of a report, and how many there are; nothing when there is none."""
    for problem in report:
        # Most builds have no problem to tell.
        from coursepack.languages.words import translated

        yield _line(translated(problem, language), severity_word(problem.severity, language))
    if report.problems:
        yield _counts(report, language)


def built_lines(packages: Sequence[Built], language: Language = "en") -> Iterator[str]:
    """What was built; what is the same for all packages once."""
    words = _WORDS[language]
    for package in packages:
        title = "Webb" if language == "sv" and package.title == "Web" else package.title
        yield f"{package.path}  {_size(package.size, language)}  {title}"
        facts = [
            _count(package.files, "file", language),
            words["unpacked"].format(size=_size(package.unpacked, language)),
            words["folder"].format(folder=package.folder)
            if package.folder
            else _count(package.units, package.unit, language),
        ]
        yield f"  {', '.join(facts)}"
    for sentence in dict.fromkeys(package.completions[language] for package in packages):
        yield f"  {sentence}"
    limits = [package.state_limit for package in packages if package.state_limit]
    if limits:
        state, limit = _number(packages[0].state, language), _number(min(limits), language)
        yield f"  {words['state'].format(state=state, limit=limit)}"
    new_slots = max(package.new_slots for package in packages)
    if new_slots:
        yield f"  {words['lock'].format(lines=_count(new_slots, 'line', language))}"


def _count(number: int, what: str, language: Language) -> str:
    one, many = _COUNTED[language][what]
    return f"{number} {one if number == 1 else many}"


def _number(number: int, language: Language) -> str:
    text = f"{number:,}"
    return text.replace(",", "\N{NO-BREAK SPACE}") if language == "sv" else text


def _size(size: int, language: Language) -> str:
    text = f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size / 1000:.1f} kB"
    return text.replace(".", ",") if language == "sv" else text


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
