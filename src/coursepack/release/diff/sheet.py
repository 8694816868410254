"""The changes since an older release, as files of a new one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coursepack.release.diff import diff, report
from coursepack.release.handover import Document, Handover

_PACKAGES = "packages"


def documents(handover: Handover) -> Iterator[Document]:
    """What has changed since `handover.since`, once for all packages in which it is the same; nothing without it.

    `since` is the folder of an older release, whose packages are compared with those of the same target, or one
    package. Raises PackageError when an older package cannot be read.
    """
    if handover.since is None:
        return
    told: list[dict[str, object]] = []
    for old, new in _pairs(handover, handover.since):
        changes = diff(old, new)
        values = {**changes.as_dict(), "old": None, "new": None}
        if values not in told:
            yield from report.documents(changes, f"changes-{new.stem}" if told else "changes")
        told.append(values)


def _pairs(handover: Handover, since: Path) -> Iterator[tuple[Path, Path]]:
    """Older packages and those that replace them."""
    definition = handover.course.definition
    packages = [each.path for each in handover.packages]
    if not (since / _PACKAGES).is_dir():
        alike = [
            new
            for new in packages
            if since.name.endswith(_target(new, f"{definition.id}-{definition.version}"))
        ]
        yield from ((since, new) for new in (alike or packages)[:1])
        return
    for new in packages:
        old = since / _PACKAGES / f"{since.name}{_target(new, f'{definition.id}-{definition.version}')}"
        if old.is_file():
            yield old, new


def _target(package: Path, release: str) -> str:
    """What the name of a package adds to that of its release."""
    return package.name.removeprefix(release)
