"""Writes the release of a course: its packages, the sheets that go with them, and the sums of all files."""

from __future__ import annotations

import datetime
import os
import platform
import shutil
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from coursepack.building.build import WAITING, build_packages, check_out
from coursepack.building.order import Progress, unwritable
from coursepack.course.severity import course_problem
from coursepack.out_folder import OutFolder
from coursepack.package import UnreadableError
from coursepack.problems import CourseError, Location, Message, Names, PackageError, Report
from coursepack.reading.source import read_folder
from coursepack.release import sheets, signing, sums
from coursepack.release.handover import Document, Handover
from coursepack.release.index import index
from coursepack.release.printing import Printer
from coursepack.release.rehearsed import read_rehearsals, require_packages
from coursepack.release.standing import Compliance, Update, compliance, updates
from coursepack.result import Built, reported
from coursepack.source_date import on_day, source_date
from coursepack.targets import USUAL_TARGETS

if TYPE_CHECKING:
    from coursepack.course.model import Course, Definition

PACKAGES = "packages"
"""The folder of the packages in a release."""

SHEETS_STEP = "writing sheets"
"""The step that is passed to `progress` meanwhile."""

_SHOWN = 5


class ReleasedFile(NamedTuple):
    """A file of a release: its path in the folder, its bytes, and its SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """A release that was written to the folder `path`.

    `date` is that of all that depends on a date. `files` are all but `SHA256SUMS`, sorted by name, and `sheets` has the
    names of those of each sheet. `report` has the problems of the course and its packages, each once, which are no
    errors. `has_pdf` is False without the extra `pdf` or what that needs: then the sheets are not there as PDF.
    `signed_by` is the public key of the signature, None without one. `accessibility` is what the statement says, None
    without one, and `updates` are the verdicts on replacing the older release, one unless packages differ.
    """

    path: Path
    date: datetime.date
    packages: tuple[Built, ...]
    files: tuple[ReleasedFile, ...]
    sheets: Mapping[str, tuple[str, ...]]
    report: Report
    has_pdf: bool
    signed_by: str | None
    accessibility: Compliance | None
    updates: tuple[Update, ...]

    def as_dict(self) -> dict[str, Any]:
        """The release as plain values for JSON."""
        return {
            "path": self.path.as_posix(),
            "date": str(self.date),
            "packages": [package.as_dict() for package in self.packages],
            "files": [file._asdict() for file in self.files],
            "sheets": {name: list(files) for name, files in self.sheets.items()},
            "has_pdf": self.has_pdf,
            "signed_by": self.signed_by,
            "accessibility": self.accessibility and self.accessibility._asdict(),
            "updates": [each._asdict() for each in self.updates],
            # Neither is part of the release: see `provenance.PYTHON`.
            "made_with": {"python": platform.python_version(), "zlib": zlib.ZLIB_RUNTIME_VERSION},
        }


def release_course(
    folder: str | Path,
    out: str | Path = "release",
    *,
    since: str | Path | None = None,
    rehearsal: str | Path | None = None,
    date: datetime.date | None = None,
    key: str | Path | None = None,
    password: Callable[[], str] | None = None,
    progress: Progress | None = None,
    cache: str | Path | None = None,
) -> Release:
    """Writes the release of a course to the folder `<id>-<version>` in `out`: all packages, sheets and checksums.

    `date` is the day on which everything depends; by default that of SOURCE_DATE_EPOCH, or `dates.published` of the
    course. The same course, date, coursepack and libraries give the same bytes. `since` is an older release, or a
    package of it, to compare with. `rehearsal` is a file with what `coursepack rehearse --json` has printed of the same
    packages, which goes into the passport.
    With `key`, a file with a secret key of minisign, the sums are signed; `password` is called when it is encrypted.
    `progress(step, done, total)` is called meanwhile, `cache` is the folder for converted films and sounds.
    Raises CourseError for problems of the course, also when it has no date, and PackageError when a package has errors,
    the key cannot be used, the rehearsal is of other packages, or the folder cannot be written or has files that are
    not those of a release. A release that is there already is replaced when the new one is whole, and is as it was
    after an error. Waits while another build uses `out`.
    """
    folder, out = Path(folder), Path(out)
    say = progress or (lambda step, done, total: None)
    check_out(folder, out)
    # Nobody should wait for a build to find out about a key.
    secret = signing.secret_key_in(Path(key), password) if key else None
    rehearsals = read_rehearsals(Path(rehearsal)) if rehearsal else None
    course = _read(folder, cache)
    date = date or _date(course.definition)
    name = f"{course.definition.id}-{course.definition.version}"
    path = out / name
    with ExitStack() as stack:
        try:
            stack.enter_context(on_day(date))
            place = stack.enter_context(OutFolder(out, lambda: say(WAITING, 0, 0)))
            _spare_others(path)
            place.make()
            made, printing = place.work() / name, place.work() / "printing"
            printing.mkdir()
            # It imports what it needs while the packages are built.
            printer = stack.enter_context(Printer(printing))
            packages = _build(folder, name, place, say, cache)
            if rehearsals:
                digests = [sums.of_file(package.path) for package in packages]
                require_packages(rehearsals, digests, Path(rehearsal or ""))
            if any(package.new_slots for package in packages):
                course = _read(folder, cache)
            handover = Handover(
                course,
                folder,
                packages,
                reported(packages),
                date,
                Path(cache) if cache else None,
                Path(since) if since else None,
                printer.missing is None,
                rehearsals,
            )
            say(SHEETS_STEP, 0, 0)
            groups = {
                each: tuple(printer.begin(sheets.documents(each, handover)))
                for each in sorted(sheets.SHEETS, key=lambda each: each != sheets.FIRST)
            }
            # A sheet can have nothing to say, such as what has changed without an older release.
            written = printer.finish({each: groups[each] for each in sheets.SHEETS if groups[each]})
            complies = compliance(handover) if "accessibility" in written else None
            pages = tuple(index(handover, written))
            found = _write(made, [*pages, *(each for group in written.values() for each in group)])
            if secret:
                signing.sign(made, secret, f"{course.definition.id} {course.definition.version}, {date}")
            place.replace(path, made)
        except OSError as error:
            raise unwritable(error, path) from None
    return Release(
        path=path,
        date=date,
        packages=tuple(each._replace(path=path / PACKAGES / each.path.name) for each in packages),
        files=found,
        sheets={name: tuple(each.name for each in group) for name, group in written.items()},
        report=handover.report,
        has_pdf=handover.has_pdf,
        signed_by=str(secret.public) if secret else None,
        accessibility=complies,
        updates=tuple(updates(written.get("diff", ()))),
    )


def _date(definition: Definition) -> datetime.date:
    """The date of a release. Raises CourseError when there is none, and OSError as `source_date`."""
    seconds = source_date()
    if seconds is not None:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date()
    if definition.dates.published is None:
        hint = "Write dates: {published: 2026-12-01}, or set SOURCE_DATE_EPOCH."
        place = Location("course.yaml")
        message = "the course has no date of publication"
        raise CourseError(Report.of([course_problem("release/no-date", message, place, hint)]))
    return definition.dates.published


def _spare_others(path: Path) -> None:
    """Raises PackageError when a release would replace files of others, or what was changed. Raises OSError."""
    if not os.path.lexists(path):
        return
    others = [] if path.is_dir() and not path.is_symlink() else [path.name]
    try:
        listed = sums.parsed(sums.read(path))
        # What is missing is no loss.
        others += [each.name for each in sums.differences(path, listed) if each.kind != "missing"]
    except sums.MalformedError:
        others.append(sums.NAME)
    except UnreadableError:
        others.append(path.name)
    if others:
        shown = Names(", ".join(others[:_SHOWN]), max(0, len(others) - _SHOWN))
        message = Message("has files that no release has written, or that were changed since: {0}", shown)
        hint = "Move them to another folder, or choose another one for the release with --out."
        place = Location(path.as_posix())
        raise PackageError(Report.of([course_problem("release/other-files", message, place, hint)]))


def _read(folder: Path, cache: str | Path | None) -> Course:
    course, report = read_folder(folder, Path(cache) if cache else None)
    if course is None:
        raise CourseError(report)
    return course


def _build(
    folder: Path, name: str, place: OutFolder, say: Progress, cache: str | Path | None
) -> tuple[Built, ...]:
    """The packages for all usual targets in the temporary folder `name`, under the names of the release."""
    made = place.work() / name / PACKAGES
    built = build_packages(folder, USUAL_TARGETS, place.work() / "build", progress=say, cache=cache)
    report = reported(built)
    if not report.ok:
        raise PackageError(report)
    made.mkdir(parents=True)
    is_one = len({each.variant for each in built}) == 1
    packages = []
    for each in built:
        variant = "" if is_one else f"-{each.variant}"
        path = made / f"{name}{variant}-{each.target}.zip"
        os.replace(each.path, path)
        packages.append(each._replace(path=path, folder=None))
    shutil.rmtree(place.work() / "build")
    return tuple(packages)


def _write(folder: Path, documents: Iterable[Document]) -> tuple[ReleasedFile, ...]:
    """Writes documents beside the packages, and the sums of all. Raises OSError."""
    for each in documents:
        assert not PurePosixPath(each.name).is_absolute()
        assert ".." not in PurePosixPath(each.name).parts
        path = folder / each.name
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two documents of one name would be a fault of ours.
        with path.open("xb") as file:
            file.write(each.data)
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            found.append(ReleasedFile(name, path.stat().st_size, sums.of_file(path)))
    found.sort()
    (folder / sums.NAME).write_bytes(sums.text((each.name, each.sha256) for each in found))
    return tuple(found)
