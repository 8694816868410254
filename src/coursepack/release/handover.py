"""What the sheets of a release are made from, and what they are."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from coursepack.course.model import Course
from coursepack.problems import Report
from coursepack.release.rehearsed import Rehearsals
from coursepack.result import Built

LANGUAGES = ("sv", "en")
"""The languages in which each sheet is written, the first one first."""


class Document(NamedTuple):
    """A file of a release. `name` is its path in the folder of the release, such as `administrator.sv.html`."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Handover:
    """A course, its built packages and what the check found.

    `course` is the whole course as it was read, in its main language; `folder` is its folder. `packages` are in the
    order of the build; they can be read, and the names of their files are those in the release. `date` is that of the
    release: the sheets know no other clock. `cache` is the folder of converted media, None the usual one. `since` is an
    older release to compare with, if one is given. `has_pdf` says whether PDFs can be made. `rehearsals` are what was
    found when the packages were rehearsed, None when they were not.
    """

    course: Course
    folder: Path
    packages: tuple[Built, ...]
    report: Report
    date: datetime.date
    cache: Path | None = None
    since: Path | None = None
    has_pdf: bool = False
    rehearsals: Rehearsals | None = None
