"""The whole line: a course folder becomes packages that have been judged."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coursepack.built import Built, built_of, report_of
from coursepack.problems import CourseError, Location, PackageError, Problem, Report
from coursepack.resources import DOCUMENT
from coursepack.stamp import Earlier, Memory, Stamp

if TYPE_CHECKING:
    from coursepack.archive import Content, Entry
    from coursepack.model import Course
    from coursepack.render import Document
    from coursepack.revision import Kept
    from coursepack.targets import Target
    from coursepack.variant import Variant

TARGET_NAMES = ("scorm12", "scorm2004", "xapi", "cmi5", "web", "scorm2004-3rd")
"""Names of the targets, without importing them."""

USUAL_TARGETS = TARGET_NAMES[:5]
"""What is built when nothing is asked for. The 3rd edition of SCORM 2004 is for systems that take no higher."""

_LONG = 1_000_000
"""Bytes of a page that a revision does not read: whether it is too long is told by a whole build."""

Progress = Callable[[str, int, int], None]


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
    are. Nothing is done when nothing has changed since the last build.
    """
    folder, out = Path(folder), Path(out)
    _check_out(folder, out)
    memory = Memory(folder, out, schemas)
    say = progress or (lambda what, done, total: None)
    names = [part] if part else memory.variants()
    wanted = [(name, target) for name in names or () for target in targets]
    ready: dict[tuple[str, str], Built | _Made] = {}
    for name, target in wanted:
        stamp = memory.stamp(name, target)
        made: Built | _Made | None = stamp.built()
        if made is None:
            with stamp.earlier() as earlier:
                made = _revised(stamp, earlier, say)
        if made is not None:
            ready[name, target] = made
    if not wanted or len(ready) < len(wanted):
        wanted = _whole(memory, targets, part, ready, say)
    # What the packages were made of is no longer in memory: to judge them takes as much.
    return _judged(memory, [ready[each] for each in wanted], say)


@dataclass(frozen=True, slots=True)
class _Made:
    """A package that was written and is not judged yet: `built` has the course's report alone.

    `pages` is the checksum of what was kept of the pages, None when they are not kept.
    """

    stamp: Stamp
    built: Built
    entries: Mapping[str, Entry]
    sources: Mapping[str, str]
    pages: int | None


def _whole(
    memory: Memory,
    targets: Sequence[str],
    part: str | None,
    ready: dict[tuple[str, str], Built | _Made],
    say: Progress,
) -> list[tuple[str, str]]:
    """Builds what is not ready yet from the course folder, and returns what there is to be.

    Only media that are unchanged come from an earlier package, or from the first one of this run.
    """
    # Imported here: a build that has little to do needs none of it.
    from coursepack.lock import read_lock, state_problems, write_lock
    from coursepack.render import render_documents
    from coursepack.source import read_course
    from coursepack.targets import TARGETS

    say("reading the course", 0, 0)
    course, report = read_course(memory.folder)
    if course is None:
        raise CourseError(report)
    chosen = [TARGETS[name] for name in targets]
    limits = [target.state_limit for target in chosen if target.state_limit is not None]
    too_long = state_problems(course.lock, min(limits, default=None))
    if too_long:
        raise CourseError(Report.of([*report, *too_long]))
    wanted = _variants(course, part)
    new_slots = len(course.lock.slots) - len(read_lock(memory.folder).slots)
    path = memory.out
    with ExitStack() as stack:
        sibling = Earlier()
        try:
            memory.out.mkdir(parents=True, exist_ok=True)
            if new_slots:
                # Before the packages: once a learner can have one, its slots must be kept for ever.
                write_lock(memory.folder, course.lock)
            for variant in wanted:
                missing = [target for target in chosen if (variant.name, target.name) not in ready]
                if not missing:
                    continue
                documents: dict[bool, dict[str, Document]] = {}
                for target in missing:
                    held = variant if target.holds_units else variant.joined()
                    one = len(held.units) == 1
                    if one not in documents:
                        say("rendering", 0, 0)
                        documents[one] = render_documents(held)
                    path = memory.out / package_name(variant, target)
                    stamp = memory.stamp(variant.name, target.name)
                    stamp.built()
                    files = _files(held, target, documents[one], memory.schemas)
                    earlier = stack.enter_context(stamp.earlier())
                    from_ = sibling if sibling.file else earlier
                    folder = path.with_suffix("") if target.is_published else None
                    entries = _write(path, folder, {**files, **from_.unchanged(files)}, from_, say)
                    sources = {n: str(content) for n, content in files.items() if isinstance(content, Path)}
                    if not sibling.file:
                        opened = stack.enter_context(path.open("rb", buffering=0))
                        sibling = Earlier(opened, entries, sources)
                    built = _built(path, folder, held, target, entries, new_slots, report)
                    pages = _keep_pages(stamp, held, target, documents[one])
                    ready[variant.name, target.name] = _Made(stamp, built, entries, sources, pages)
        except OSError as error:
            raise _unwritable(error, path) from None
    if part is None:
        memory.keep_variants(variant.name for variant in wanted)
    return [(variant.name, target.name) for variant in wanted for target in chosen]


def _variants(course: Course, part: str | None) -> tuple[Variant, ...]:
    from coursepack.problems import nearest
    from coursepack.variant import variants

    try:
        return variants(course, part)
    except KeyError:
        parts = [each.id for each in course.definition.parts if each.chapters]
        place = Location("course.yaml")
        message = f"there is no part {part!r} with pages"
        raise CourseError(
            Report.of([Problem("course/unknown-part", "error", message, place, nearest(str(part), parts))])
        ) from None


def _built(
    path: Path,
    folder: Path | None,
    variant: Variant,
    target: Target,
    entries: Mapping[str, Entry],
    new_slots: int,
    report: Report,
) -> Built:
    from coursepack.lock import longest_state
    from coursepack.model import completion_sentence

    return Built(
        path=path,
        folder=folder,
        variant=variant.name,
        target=target.name,
        title=target.title,
        units=len(variant.units),
        unit=target.unit,
        size=path.stat().st_size,
        unpacked=sum(entry.size for entry in entries.values()),
        files=len(entries),
        state=longest_state(variant.course.lock),
        state_limit=target.state_limit,
        completion=completion_sentence(variant.course.definition, "en"),
        new_slots=new_slots,
        report=report,
    )


def _revised(stamp: Stamp, earlier: Earlier, say: Progress) -> _Made | None:
    """Builds from the earlier package alone when only the prose of pages has changed."""
    if earlier.file is None:
        return None
    from coursepack.revision import Kept, revise

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
        entries = _write(built.path, built.folder, {**earlier.entries, DOCUMENT: document}, earlier, say)
    except OSError as error:
        raise _unwritable(error, built.path) from None
    unpacked = sum(entry.size for entry in entries.values())
    built = replace(built, size=built.path.stat().st_size, unpacked=unpacked)
    return _Made(stamp, built, entries, earlier.sources, stamp.keep_pages(lambda: kept))


def _judged(memory: Memory, ready: Sequence[Built | _Made], say: Progress) -> list[Built]:
    """Judges what was made, and unfolds what is to be published."""
    from coursepack.judge import check

    done: list[Built] = []
    now = None
    for each in ready:
        if isinstance(each, Built):
            done.append(each)
            continue
        say("checking", 0, 0)
        course = each.built.report
        built = replace(each.built, report=Report.of([*course, *check(each.built.path)]))
        now = now or memory.now()
        if built.report.ok:
            each.stamp.keep(built, course, each.entries, each.sources, each.pages, now)
        done.append(built)
    return done


def _texts(stamp: Stamp, kept: Kept, changed: Iterable[str]) -> dict[str, str]:
    """The new texts of changed pages by id; none when anything else has changed, or a page is not as simple."""
    from coursepack.markdown import text_of

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


def _keep_pages(
    stamp: Stamp, variant: Variant, target: Target, documents: Mapping[str, Document]
) -> int | None:
    """Keeps what a revision needs to know of a package's pages. Only one of a single document is revised."""
    if len(documents) > 1:
        return None
    (document,) = documents.values()
    return stamp.keep_pages(lambda: _kept(variant.course, document, document.headed(target)[1]))


def _kept(course: Course, document: Document, shift: int) -> Kept:
    from coursepack.markdown import Words
    from coursepack.resources import strings
    from coursepack.revision import Kept, KeptPage, page_kind

    known = {page.entry.id: page for page in course.pages}
    pages: dict[str, KeptPage] = {}
    for name, (start, end) in document.places.items():
        page = known[name]
        types = [block.type for block in page.blocks]
        others = [
            None if type_ == "prose" else html
            for type_, html in zip(types, document.blocks[name], strict=True)
        ]
        pages[name] = KeptPage(
            page.entry.path, page.text, page_kind(types), others, start + shift, end + shift
        )
    terms = {term.id: (term.term, term.text) for term in course.glossary}
    return Kept(pages, terms, Words.of(strings(course.definition.language)["prose"]))


def package_name(variant: Variant, target: Target) -> str:
    """The zip's name: course, variant, standard, language and version."""
    d = variant.course.definition
    return f"{d.id}_{variant.name}_{target.name}_{d.language}_v{d.version}.zip"


def _check_out(folder: Path, out: Path) -> None:
    place = Location(out.as_posix())
    # os.path, because Path.exists raises where a folder above may not be searched.
    if os.path.exists(out) and not os.path.isdir(out):
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
    if os.path.isdir(folder) and Path(os.path.realpath(out)).is_relative_to(os.path.realpath(folder)):
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


def _files(
    variant: Variant, target: Target, documents: Mapping[str, Document], schemas: str | Path | None
) -> dict[str, bytes | Path]:
    from coursepack.render import site

    files = site(variant, target, documents)
    if target.takes_schemas:
        files = _joined(files, _schemas(schemas))
    return _joined(files, target.extras(variant, files))


def _joined(files: Mapping[str, bytes | Path], more: Mapping[str, bytes | Path]) -> dict[str, bytes | Path]:
    twice = files.keys() & more.keys()
    assert not twice, twice
    return {**files, **more}


def _schemas(folder: str | Path | None) -> Mapping[str, bytes | Path]:
    if folder is None:
        return {}
    try:
        found = {p.name: p for p in sorted(Path(folder).iterdir()) if p.suffix in (".xsd", ".dtd")}
        what = "" if found else "holds no XSD files"
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
    if what:
        place = Location(Path(folder).as_posix())
        raise PackageError(Report.of([Problem("package/no-schemas", "fatal", what, place)]))
    return found


def _write(
    path: Path, folder: Path | None, files: Mapping[str, Content], earlier: Earlier, say: Progress
) -> dict[str, Entry]:
    """Writes the zip, and the folder when there is to be one."""
    from coursepack.archive import unfold, write_zip

    entries = write_zip(path, files, lambda done, total: say("writing", done, total), earlier.file)
    if folder:
        unfold(path, entries, folder)
    return entries


def _unwritable(error: OSError, path: Path) -> PackageError:
    name = str(error.filename or path)
    why = error.strerror or str(error)
    hint = "An earlier package of this name is as it was." if os.path.exists(path) else ""
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
