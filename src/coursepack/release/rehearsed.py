"""What a rehearsal of the packages found, for the passport of their release."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coursepack.course.severity import course_problem
from coursepack.problems import Location, Message, PackageError, Report

_MOST = 200_000_000
"""Bytes: each call to the LMS is in it."""

State = Literal["impossible", "ok", "unfinished", "warned", "failed"]


class _Read(BaseModel):
    # There is more in the output of the command, and there may be more some day.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Finding(_Read):
    """A finding of a rehearsal."""

    rule: str
    severity: Literal["error", "warning", "note"]


class Rehearsal(_Read):
    """What was found in one unit of the package with the checksum `sha256`, in the LMS of a profile or a strict one."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    unit: str
    lms: str | None
    scenarios: dict[str, State]
    problems: tuple[Finding, ...]


class Rehearsals(_Read):
    """What `coursepack rehearse --json` prints, as far as it belongs in a passport."""

    date: datetime.date
    rehearsals: Annotated[tuple[Rehearsal, ...], Field(min_length=1)]


def read_rehearsals(path: Path) -> Rehearsals:
    """Reads what `coursepack rehearse --json` has printed of zips. Raises PackageError."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise _refused(Message("cannot be read: {0}", error.strerror or str(error)), path) from None
    try:
        if len(data) > _MOST:
            raise ValueError
        return Rehearsals.model_validate_json(data)
    except (ValidationError, ValueError):
        raise _refused("is not what `coursepack rehearse --json` prints of zips", path) from None


def require_packages(rehearsals: Rehearsals, digests: Iterable[str], path: Path) -> None:
    """Raises PackageError when a rehearsal was of another package than those with these checksums."""
    if not {each.sha256 for each in rehearsals.rehearsals}.issubset(digests):
        raise _refused("is of other packages than those of this release", path)


def _refused(message: str | Message, path: Path) -> PackageError:
    hint = (
        "Rehearse the packages of this release, and release them again: they have the same bytes each time."
    )
    return PackageError(
        Report.of([course_problem("release/rehearsal", message, Location(path.as_posix()), hint)])
    )
