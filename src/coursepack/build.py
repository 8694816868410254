"""The whole line: a course folder becomes a package that has been judged."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursepack import __version__
from coursepack.problems import CourseError, Location, PackageError, Problem, Report
from coursepack.resources import templates_dir

if TYPE_CHECKING:
    from coursepack.model import Course
    from coursepack.targets import Target

TARGET_NAMES = ("scorm12",)
"""Names of the targets, without importing them."""

STAMPS = ".coursepack"
"""Folder beside the packages that remembers of what each was built."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """A package that was built and judged. Sizes in bytes; `state`: characters of resume state at most."""

    path: Path
    target: str
    title: str
    size: int
    unpacked: int
    files: int
    state: int
    state_limit: int
    completion: str
    new_slots: int
    report: Report

    def as_dict(self) -> dict[str, Any]:
        """The package as plain values for JSON."""
        return {
            **{name: getattr(self, name) for name in self.__slots__ if name not in ("path", "report")},
            "path": self.path.as_posix(),
            "ok": self.report.ok,
            "problems": [problem.as_dict() for problem in self.report],
        }


def build_package(
    folder: str | Path,
    target: str = "scorm12",
    out: str | Path = "build",
    *,
    schemas: str | Path | None = None,
    progress: Progress | None = None,
) -> Built:
    """Builds the package of one target from a course folder into the folder `out`.

    `schemas` is a folder whose XSD and DTD files are put into the package. `progress(what, done, total)`
    hears how far it has come. Raises CourseError when the course is wrong and PackageError when the
    package cannot be written; an earlier package then stays as it is. Nothing is done when nothing has
    changed since the last build.
    """
    folder, out = Path(folder), Path(out)
    _check_out(folder, out)
    stamp = _Stamp(folder, out, target, schemas)
    known = stamp.built()
    if known is not None:
        return known

    # Imported here: a build that has nothing to do needs none of it.
    from coursepack.lock import read_lock, state_problems, write_lock
    from coursepack.source import read_course
    from coursepack.targets import TARGETS

    say = progress or (lambda what, done, total: None)
    say("reading the course", 0, 0)
    course, report = read_course(folder)
    if course is None:
        raise CourseError(report)
    chosen = TARGETS[target]
    too_long = state_problems(course.lock, chosen.state_limit)
    if too_long:
        raise CourseError(Report.of([*report, *too_long]))
    say("rendering", 0, 0)
    files = _files(course, chosen, schemas)
    path = out / package_name(course, chosen)
    new_slots = len(course.lock.slots) - len(read_lock(folder).slots)
    try:
        out.mkdir(parents=True, exist_ok=True)
        if new_slots:
            # Before the package: once a learner can have it, its slots must be kept for ever.
            write_lock(folder, course.lock)
        _write(path, files, lambda done, total: say("writing", done, total))
    except OSError as error:
        raise _unwritable(error, path) from None
    say("checking", 0, 0)
    built = _judged(course, chosen, path, files, report, new_slots)
    if built.report.ok:
        stamp.keep(built)
    return built


def package_name(course: Course, target: Target) -> str:
    """The zip's name: course, variant, standard, language and version."""
    d = course.definition
    return f"{d.id}_full_{target.name}_{d.language}_v{d.version}.zip"


def _check_out(folder: Path, out: Path) -> None:
    place = Location(out.as_posix())
    if out.exists() and not out.is_dir():
        raise PackageError(
            Report.of(
                [
                    Problem(
                        "package/unwritable",
                        "fatal",
                        "the output folder is a file",
                        place,
                        "Choose a folder.",
                    )
                ]
            )
        )
    if folder.is_dir() and out.resolve().is_relative_to(folder.resolve()):
        hint = "Choose one beside the course folder, so that packages never end up in packages."
        raise PackageError(
            Report.of(
                [
                    Problem(
                        "package/inside-course",
                        "fatal",
                        "the output folder is inside the course folder",
                        place,
                        hint,
                    )
                ]
            )
        )


def _files(course: Course, target: Target, schemas: str | Path | None) -> dict[str, bytes | Path]:
    from coursepack.render import render_site

    files = render_site(course, target.adapter)
    for extra in (_schemas(schemas), target.extras(course, {**files, **_schemas(schemas)})):
        twice = files.keys() & extra.keys()
        assert not twice, twice
        files |= extra
    return files


def _schemas(folder: str | Path | None) -> Mapping[str, bytes | Path]:
    if folder is None:
        return {}
    found = {p.name: p for p in sorted(Path(folder).iterdir()) if p.suffix in (".xsd", ".dtd")}
    if not found:
        place = Location(Path(folder).as_posix())
        raise PackageError(Report.of([Problem("package/no-schemas", "fatal", "holds no XSD files", place)]))
    return found


def _write(path: Path, files: Mapping[str, bytes | Path], progress: Callable[[int, int], None]) -> None:
    from coursepack.archive import write_zip

    write_zip(path, files, progress)


def _unwritable(error: OSError, path: Path) -> PackageError:
    name = str(error.filename or path)
    why = error.strerror or str(error)
    hint = "An earlier package of this name is as it was." if path.exists() else ""
    return PackageError(
        Report.of(
            [
                Problem(
                    "package/unwritable",
                    "fatal",
                    f"cannot be written: {why} ({name})",
                    Location(path.as_posix()),
                    hint,
                )
            ]
        )
    )


def _judged(
    course: Course,
    target: Target,
    path: Path,
    files: Mapping[str, bytes | Path],
    report: Report,
    new_slots: int,
) -> Built:
    from coursepack.check import check
    from coursepack.lock import longest_state
    from coursepack.model import completion_sentence

    return Built(
        path=path,
        target=target.name,
        title=target.title,
        size=path.stat().st_size,
        unpacked=sum(len(c) if isinstance(c, bytes) else c.stat().st_size for c in files.values()),
        files=len(files),
        state=longest_state(course.lock),
        state_limit=target.state_limit,
        completion=completion_sentence(course.definition, "en"),
        new_slots=new_slots,
        report=Report.of([*report, *check(path)]),
    )


def _tree(folder: Path) -> dict[str, list[int]]:
    """Size and time of every file below a folder; hidden ones are nobody's."""
    found: dict[str, list[int]] = {}
    pending = [os.fspath(folder)]
    while pending:
        here = pending.pop()
        with os.scandir(here) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name == "__pycache__":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                else:
                    facts = entry.stat()
                    found[entry.path] = [facts.st_size, facts.st_mtime_ns]
    return found


class _Stamp:
    """Remembers of what a package was built: paths, sizes and times of all it was made from.

    A package is built anew when any of it differs, when the package itself was touched, or when a file is
    so young that it may still be being written.
    """

    YOUNG = 20_000_000
    """Nanoseconds within which two writes may bear one time."""

    def __init__(self, folder: Path, out: Path, target: str, schemas: str | Path | None) -> None:
        self.folder, self.schemas = folder, schemas
        self.path = out / STAMPS / f"{target}.json"
        self.began = time.time_ns()
        self.inputs: dict[str, Any] = {}

    def _now(self) -> dict[str, Any]:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        made_by = [__version__, sys.version, epoch, os.path.abspath(self.folder), str(self.schemas or "")]
        files: dict[str, list[int]] = {}
        for folder in (self.folder, templates_dir(), Path(__file__).parent, self.schemas):
            if folder is not None:
                files |= _tree(Path(folder))
        return {"made_by": made_by, "files": files}

    def built(self) -> Built | None:
        """What the last build made, when it still stands for what the folder holds."""
        try:
            self.inputs = self._now()
            kept = json.loads(self.path.read_bytes())
            if kept["inputs"] != self.inputs:
                return None
            facts = os.stat(kept["built"]["path"])
            if [facts.st_size, facts.st_mtime_ns] != kept["package"]:
                return None
            fields = kept["built"]
            problems = [
                Problem(**{**p, "location": Location(**p["location"])})
                for p in fields.pop("report")["problems"]
            ]
            return Built(**{**fields, "path": Path(fields["path"]), "report": Report(tuple(problems))})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, built: Built) -> None:
        """Remembers a build. What cannot be remembered is only built again."""
        try:
            # The lock may just have been written.
            inputs = self._now()
            if any(
                time_ > self.began - self.YOUNG
                for name, (_, time_) in inputs["files"].items()
                if name in self.inputs.get("files", ())
            ):
                return
            facts = built.path.stat()
            kept = {
                "inputs": inputs,
                "package": [facts.st_size, facts.st_mtime_ns],
                "built": {**asdict(built), "path": str(built.path), "new_slots": 0},
            }
            self.path.parent.mkdir(exist_ok=True)
            aside = self.path.with_suffix(f".{os.getpid()}")
            aside.write_text(json.dumps(kept), "utf-8")
            aside.replace(self.path)
        except OSError:
            return
