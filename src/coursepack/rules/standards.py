"""The standards that a package can be of, a row each: how it is known, its rules, and what its pages must do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coursepack.rules import cmi5, scorm12, scorm2004, web, xapi

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from coursepack.package import Package


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard. `lms_calls` are words of which a script that speaks to an LMS holds one; none needs none."""

    name: str
    matches: Callable[[Package], bool]
    rules: ModuleType
    launch_files: Callable[[Package], tuple[str, ...]]
    lms_calls: tuple[str, ...]


STANDARDS = (
    Standard("SCORM 1.2", scorm12.is_scorm12, scorm12, scorm12.launch_files, scorm12.LMS_CALLS),
    Standard("SCORM 2004", scorm2004.is_scorm2004, scorm2004, scorm2004.launch_files, scorm2004.LMS_CALLS),
    Standard("xAPI", xapi.is_xapi, xapi, xapi.launch_files, xapi.LMS_CALLS),
    Standard("cmi5", cmi5.is_cmi5, cmi5, cmi5.launch_files, cmi5.LMS_CALLS),
    Standard("web edition", web.is_web, web, web.launch_files, web.LMS_CALLS),
)
"""Every standard; a package is of the first that matches."""


def standard_of(package: Package) -> Standard | None:
    """The standard of a package whose container was read; None when there are no rules for it."""
    return next((standard for standard in STANDARDS if standard.matches(package)), None)
