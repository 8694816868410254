"""Detects what a package can report to an LMS by words in its scripts, without running them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coursepack.problems import Message
from coursepack.rules.container import is_junk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.package import Package

_MOST_READ = 5 * 1024 * 1024
_MOST_FILES = 2_000
_SCRIPT = (".js", ".mjs", ".html", ".htm", ".xhtml")

_SCORM12 = {
    "status": r"lesson_status",
    "score": r"score\.raw",
    "answers": r"cmi\.interactions|interactions\.",
    "objectives": r"cmi\.objectives|objectives\.",
    "time": r"session_time",
    "bookmark": r"lesson_location",
    "suspend data": r"suspend_data",
}
_SCORM2004 = {
    "completion": r"completion_status",
    "success": r"success_status",
    "score": r"score\.(?:scaled|raw)",
    "progress": r"progress_measure",
    "answers": _SCORM12["answers"],
    "objectives": _SCORM12["objectives"],
    "time": r"session_time",
    "bookmark": r"cmi\.location",
    "suspend data": r"suspend_data",
}
_STATEMENTS = {
    "completion": r"verbs/completed\b",
    "success": r"verbs/(?:passed|failed)\b",
    "score": r"\bscaled\b",
    "progress": r"verbs/progressed\b|extensions/progress\b",
    "answers": r"verbs/answered\b",
    "state": r"activities/state\b",
}
_AICC = {
    "status": r"lesson_status",
    # In a script, a line of the data begins after an escaped line break.
    "score": r"(?:\b|\\n)score\s*=|score\.raw",
    "time": r"(?:\b|\\n)time\s*=|session_time",
    "bookmark": r"lesson_location",
    "suspend data": r"\[core_lesson\]|suspend_data",
}
_WORDS = {
    "SCORM 1.2": _SCORM12,
    "SCORM 2004": _SCORM2004,
    "xAPI": _STATEMENTS,
    "cmi5": _STATEMENTS,
    "AICC": _AICC,
}


def find(package: Package, standard: str) -> tuple[Message, ...]:
    """What the scripts can report, each as a word; empty when no word of the standard is found."""
    asked = {what: re.compile(words, re.IGNORECASE) for what, words in _WORDS.get(standard, {}).items()}
    left = dict(asked)
    for text in _texts(package) if asked else ():
        left = {what: words for what, words in left.items() if not words.search(text)}
        if not left:
            break
    return tuple(Message(what) for what in asked if what not in left)


def _texts(package: Package) -> Iterator[str]:
    """Scripts and pages, those near the top first, within limits."""
    names = sorted(
        (name for name in package.files if name.lower().endswith(_SCRIPT) and not is_junk(name)),
        key=lambda name: (name.count("/"), name),
    )
    room = _MOST_READ
    for name in names[:_MOST_FILES]:
        size = package.files[name].size
        if size <= room:
            room -= size
            yield package.head(name, size).decode("latin-1")
