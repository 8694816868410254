"""Turns a course folder into packages that a learning management system imports."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from coursepack.version import __version__ as __version__

if TYPE_CHECKING:
    from coursepack.building.build import build_package as build_package
    from coursepack.building.build import build_packages as build_packages
    from coursepack.building.courses import BuiltCourse as BuiltCourse
    from coursepack.building.courses import build_courses as build_courses
    from coursepack.building.order import Progress as Progress
    from coursepack.building.render import render_site as render_site
    from coursepack.checking import CheckResult as CheckResult
    from coursepack.checking import check as check
    from coursepack.course.model import Course as Course
    from coursepack.course.model import Definition as Definition
    from coursepack.course.model import Page as Page
    from coursepack.inspection import Facts as Facts
    from coursepack.inspection import File as File
    from coursepack.inspection import Node as Node
    from coursepack.inspection import Share as Share
    from coursepack.inspection import Sizes as Sizes
    from coursepack.inspection import inspect as inspect
    from coursepack.problems import Count as Count
    from coursepack.problems import CourseError as CourseError
    from coursepack.problems import CoursepackError as CoursepackError
    from coursepack.problems import Location as Location
    from coursepack.problems import Message as Message
    from coursepack.problems import Names as Names
    from coursepack.problems import Number as Number
    from coursepack.problems import PackageError as PackageError
    from coursepack.problems import Parts as Parts
    from coursepack.problems import Problem as Problem
    from coursepack.problems import Quoted as Quoted
    from coursepack.problems import Reason as Reason
    from coursepack.problems import Remark as Remark
    from coursepack.problems import Report as Report
    from coursepack.problems import Severity as Severity
    from coursepack.reading.source import read_course as read_course
    from coursepack.release.diff import Change as Change
    from coursepack.release.diff import Changes as Changes
    from coursepack.release.diff import Side as Side
    from coursepack.release.diff import Verdict as Verdict
    from coursepack.release.diff import diff as diff
    from coursepack.release.release import Release as Release
    from coursepack.release.release import ReleasedFile as ReleasedFile
    from coursepack.release.release import release_course as release_course
    from coursepack.release.standing import Compliance as Compliance
    from coursepack.release.standing import Update as Update
    from coursepack.release.verify import Verified as Verified
    from coursepack.release.verify import verify_release as verify_release
    from coursepack.repair import Mended as Mended
    from coursepack.repair import mend as mend
    from coursepack.result import Built as Built
    from coursepack.result import FilmSize as FilmSize
    from coursepack.result import TextSize as TextSize
    from coursepack.targets import TARGETS as TARGETS
    from coursepack.targets.target import Target as Target

_HOMES = {
    "read_course": "reading.source",
    "render_site": "building.render",
    "build_package": "building.build",
    "build_packages": "building.build",
    "build_courses": "building.courses",
    "BuiltCourse": "building.courses",
    "check": "checking",
    "inspect": "inspection",
    "mend": "repair",
    "release_course": "release.release",
    "Release": "release.release",
    "ReleasedFile": "release.release",
    "Compliance": "release.standing",
    "Update": "release.standing",
    "verify_release": "release.verify",
    "Verified": "release.verify",
    "diff": "release.diff",
    "Change": "release.diff",
    "Changes": "release.diff",
    "Side": "release.diff",
    "Verdict": "release.diff",
    "TARGETS": "targets",
    "Target": "targets.target",
    "Course": "course.model",
    "Definition": "course.model",
    "Page": "course.model",
    "Progress": "building.order",
    "Built": "result",
    "FilmSize": "result",
    "TextSize": "result",
    "Report": "problems",
    "Severity": "problems",
    "Problem": "problems",
    "Location": "problems",
    "Message": "problems",
    "Quoted": "problems",
    "Count": "problems",
    "Number": "problems",
    "Names": "problems",
    "Reason": "problems",
    "Parts": "problems",
    "Remark": "problems",
    "Facts": "inspection",
    "Sizes": "inspection",
    "Share": "inspection",
    "File": "inspection",
    "Node": "inspection",
    "Mended": "repair",
    "CheckResult": "checking",
    "CoursepackError": "problems",
    "CourseError": "problems",
    "PackageError": "problems",
}
"""The module of each public name."""

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    # Importing lazily keeps `coursepack --help` and a build that has nothing to do quick.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"coursepack.{_HOMES[name]}"), name)
