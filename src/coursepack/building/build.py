"""The whole line: a course folder becomes packages that have been judged."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coursepack.building.cache import Earlier, Memory, Stamp
from coursepack.building.pipeline import Made, Progress, assemble, unwritable
from coursepack.course.severity import mistake
from coursepack.out_folder import OutFolder
from coursepack.problems import Location, PackageError, Report
from coursepack.resources import DOCUMENT
from coursepack.result import Built, built_of, report_of
from coursepack.targets import USUAL_TARGETS

if TYPE_CHECKING:
    from coursepack.building.revision import Kept

WAITING = "waiting for another build in this folder"
"""What `progress` hears when that is so."""

_LONG = 1_000_000
"""Bytes of a page that a revision does not read: whether it is too long is told by a whole build."""


def build_package(
    folder: str | Path,
    target: str = "scorm12",
    out: str | Path = "build",
    *,
    part: str | None = None,
    schemas: str | Path | None = None,
    progress: Progress | None = None,
) -> Built:
    """Builds the first package of one target: see `build_packages`."""
    return build_packages(folder, (target,), out, part=part, schemas=schemas, progress=progress)[0]


def build_packages(
    folder: str | Path,
    targets: Sequence[str] = USUAL_TARGETS,
    out: str | Path = "build",
    *,
    part: str | None = None,
    schemas: str | Path | None = None,
    progress: Progress | None = None,
) -> list[Built]:
    """Builds packages of a course folder into the folder `out`: all that `course.yaml` asks for, for each target.

    With `part` only the package of that part is built. `schemas` is a folder whose XSD and DTD files are put
    into the packages. `progress(what, done, total)` hears how far it has come. Raises CourseError when the
    course is wrong and PackageError when a package cannot be written; earlier packages then stay as they
    are. Nothing is done when nothing has changed since the last build. While another build is in the folder `out`,
    this one waits.
    """
    folder, out = Path(folder), Path(out)
    _check_out(folder, out)
    say = progress or (lambda what, done, total: None)
    with ExitStack() as stack:
        try:
            place = stack.enter_context(OutFolder(out, lambda: say(WAITING, 0, 0)))
            return _packages(Memory(folder, place, schemas), targets, part, say)
        except OSError as error:
            raise unwritable(error, out) from None


def _packages(memory: Memory, targets: Sequence[str], part: str | None, say: Progress) -> list[Built]:
    """Builds packages into a folder that no other build is in."""
    names = [part] if part else memory.variants()
    wanted = [(name, target) for name in names or () for target in targets]
    ready: dict[tuple[str, str], Built | Made] = {}
    for name, target in wanted:
        stamp = memory.stamp(name, target)
        made: Built | Made | None = stamp.built()
        if made is None:
            with stamp.earlier() as earlier:
                made = _revised(stamp, earlier, say)
        if made is not None:
            ready[name, target] = made
    if not wanted or len(ready) < len(wanted):
        wanted = assemble(memory, targets, part, ready, say)
    # What the packages were made of is no longer in memory: to judge them takes as much.
    return _judged(memory, [ready[each] for each in wanted], say)


def _revised(stamp: Stamp, earlier: Earlier, say: Progress) -> Made | None:
    """Builds from the earlier package alone when only the prose of pages has changed."""
    if earlier.file is None:
        return None
    from coursepack.archive import write_zip
    from coursepack.building.revision import Kept, revise

    try:
        kept = Kept.of(stamp.pages())
        texts = _texts(stamp, kept, earlier.changed)
        revised = revise(kept, earlier.inflated(DOCUMENT), texts) if texts else None
        built = replace(built_of(stamp.kept["built"]), report=report_of(stamp.kept["course"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error):
        return None
    if revised is None:
        return None
    document, kept = revised
    try:
        entries = write_zip(
            built.path,
            {**earlier.entries, DOCUMENT: document},
            lambda done, total: say("writing", done, total),
            earlier.file,
            next(iter(earlier.entries)),
            built.folder,
            stamp.memory.out,
        )
    except OSError as error:
        raise unwritable(error, built.path) from None
    unpacked = sum(entry.size for entry in entries.values())
    built = replace(built, size=built.path.stat().st_size, unpacked=unpacked)
    return Made(stamp, built, entries, earlier.sources, stamp.keep_pages(lambda: kept))


def _judged(memory: Memory, ready: Sequence[Built | Made], say: Progress) -> list[Built]:
    """Judges what was made, and remembers it."""
    from coursepack.checking import check

    made = [each for each in ready if isinstance(each, Made)]
    paths = [each.built.path for each in made]
    half = (len(paths) + 1) // 2
    if made:
        say("checking", 0, 0)
    if len(paths) > 2:
        from coursepack.building.parallel import both

        one, other = both(
            lambda: [check(p, verified=True) for p in paths[:half]],
            lambda: [check(p, verified=True) for p in paths[half:]],
        )
        found = [*one, *other]
    else:
        found = [check(path, verified=True) for path in paths]
    now = memory.now() if made else {}
    judged: dict[Path, Built] = {}
    for each, report in zip(made, found, strict=True):
        course = each.built.report
        built = replace(each.built, report=Report.of([*course, *report]))
        if built.report.ok:
            each.stamp.keep(built, course, each.entries, each.sources, each.pages, now)
        judged[built.path] = built
    return [each if isinstance(each, Built) else judged[each.built.path] for each in ready]


def _texts(stamp: Stamp, kept: Kept, changed: Iterable[str]) -> dict[str, str]:
    """The new texts of changed pages by id; none when anything else has changed, or a page is not as simple."""
    from coursepack.reading.markdown import text_of

    ids = {os.path.join(stamp.memory.folder, page.file): name for name, page in kept.pages.items()}
    troubled = {problem["location"]["file"] for problem in stamp.kept["course"]["problems"]}
    texts: dict[str, str] = {}
    for path in changed:
        name = ids.get(path)
        if name is None or kept.pages[name].file in troubled:
            return {}
        facts = os.lstat(path)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > _LONG:
            return {}
        texts[name] = text_of(Path(path).read_bytes())
    return texts


def _check_out(folder: Path, out: Path) -> None:
    place = Location(out.as_posix())
    # os.path, because Path.exists raises where a folder above may not be searched.
    if os.path.exists(out) and not os.path.isdir(out):
        raise PackageError(
            Report.of(
                [
                    mistake(
                        "package/unwritable",
                        "the output folder is a file",
                        place,
                        "Choose a folder.",
                    )
                ]
            )
        )
    if os.path.isdir(folder) and Path(os.path.realpath(out)).is_relative_to(os.path.realpath(folder)):
        hint = "Choose one beside the course folder, so that packages never end up in packages."
        raise PackageError(
            Report.of(
                [
                    mistake(
                        "package/inside-course",
                        "the output folder is inside the course folder",
                        place,
                        hint,
                    )
                ]
            )
        )
