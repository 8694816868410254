"""The severity of each problem that is found while reading a course. Rules for courses have their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.problems import Problem

if TYPE_CHECKING:
    from coursepack.problems import Location, Message, Severity

_FATAL = (
    *("course/missing-folder", "course/missing-file", "lock/unreadable"),
    *("package/unwritable", "package/inside-course", "package/no-schemas", "package/unknown-target"),
    *("package/crashed", "package/executor-failed"),
)
_WARNINGS = (
    *("page/removed-html", "page/second-key", "page/crowded-points", "page/poster-shape"),
    "page/undescribed-transcript",
)
_NOTES = (
    *("page/made-captions", "page/made-transcript"),
    "verify/unchecked-signature",
)
_SEVERITIES: dict[str, Severity] = {
    **dict.fromkeys(_FATAL, "fatal"),
    **dict.fromkeys(_WARNINGS, "warning"),
    **dict.fromkeys(_NOTES, "note"),
}


def severity_of(rule: str) -> Severity:
    """The severity of a problem of a course by name."""
    return _SEVERITIES.get(rule, "error")


def course_problem(
    rule: str, message: str | Message, location: Location, hint: str | Message = ""
) -> Problem:
    """A problem of a course, with the severity of its name."""
    return Problem(rule, severity_of(rule), message, location, hint)
