"""What has changed between two packages, and what an update by the newer one does to those who have begun."""

from __future__ import annotations

from pathlib import Path

from coursepack.release.diff.changes import Change, Changes, Side, changes_between
from coursepack.release.diff.contents import open_contents
from coursepack.release.diff.verdict import Verdict

__all__ = ["Change", "Changes", "Side", "Verdict", "diff"]


def diff(old: str | Path, new: str | Path) -> Changes:
    """Compares two packages, each a zip or a folder, or two course folders.

    Of packages of other tools, only manifests and lists of files are compared. Media in zips are compared by size and
    checksum, without reading them. Raises PackageError when one of them cannot be read, and CourseError for a course
    with errors.
    """
    with open_contents(Path(old)) as before, open_contents(Path(new)) as after:
        return changes_between(before, after)
