"""The whole line: a course folder becomes a package that has been judged."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coursepack.built import Built, built_of, report_of
from coursepack.problems import CourseError, Location, PackageError, Problem, Report
from coursepack.stamp import Earlier, Stamp

if TYPE_CHECKING:
    from coursepack.archive import Content, Entry
    from coursepack.model import Course
    from coursepack.render import Document
    from coursepack.revision import Kept
    from coursepack.targets import Target

TARGET_NAMES = ("scorm12",)
"""Names of the targets, without importing them."""

_LONG = 1_000_000
"""Bytes of a page that a revision does not read: whether it is too long is told by a whole build."""

Progress = Callable[[str, int, int], None]


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
    stamp = Stamp(folder, out, target, schemas)
    known = stamp.built()
    if known is not None:
        return known
    say = progress or (lambda what, done, total: None)
    with stamp.earlier() as earlier:
        made = _revised(stamp, earlier, say) or _whole(stamp, earlier, say)
    # What the package was made of is no longer in memory: to judge it takes as much.
    return _judged(stamp, made, say)


@dataclass(frozen=True, slots=True)
class _Made:
    """A package that was written and is not judged yet: `built` has the course's report alone.

    `pages` is the checksum of what was kept of the pages, None when they are not kept.
    """

    built: Built
    entries: Mapping[str, Entry]
    sources: Mapping[str, str]
    pages: int | None


def _whole(stamp: Stamp, earlier: Earlier, say: Progress) -> _Made:
    """Builds from the course folder; only media that are unchanged come from the earlier package."""
    # Imported here: a build that has little to do needs none of it.
    from coursepack.lock import longest_state, read_lock, state_problems, write_lock
    from coursepack.model import completion_sentence
    from coursepack.render import render_document
    from coursepack.source import read_course
    from coursepack.targets import TARGETS

    say("reading the course", 0, 0)
    course, report = read_course(stamp.folder)
    if course is None:
        raise CourseError(report)
    chosen = TARGETS[stamp.target]
    too_long = state_problems(course.lock, chosen.state_limit)
    if too_long:
        raise CourseError(Report.of([*report, *too_long]))
    say("rendering", 0, 0)
    path = stamp.out / package_name(course, chosen)
    new_slots = len(course.lock.slots) - len(read_lock(stamp.folder).slots)
    try:
        document = render_document(course)
        files = _files(course, chosen, document, stamp.schemas)
        stamp.out.mkdir(parents=True, exist_ok=True)
        if new_slots:
            # Before the package: once a learner can have it, its slots must be kept for ever.
            write_lock(stamp.folder, course.lock)
        entries = _write(path, {**files, **earlier.unchanged(files)}, earlier, say)
    except OSError as error:
        raise _unwritable(error, path) from None
    built = Built(
        path=path,
        target=chosen.name,
        title=chosen.title,
        size=path.stat().st_size,
        unpacked=sum(entry.size for entry in entries.values()),
        files=len(entries),
        state=longest_state(course.lock),
        state_limit=chosen.state_limit,
        completion=completion_sentence(course.definition, "en"),
        new_slots=new_slots,
        report=report,
    )
    sources = {name: str(content) for name, content in files.items() if isinstance(content, Path)}
    return _Made(built, entries, sources, stamp.keep_pages(lambda: _kept(course, document)))


def _revised(stamp: Stamp, earlier: Earlier, say: Progress) -> _Made | None:
    """Builds from the earlier package alone when only the prose of pages has changed."""
    if earlier.file is None:
        return None
    from coursepack.revision import DOCUMENT, Kept, revise

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
        entries = _write(built.path, {**earlier.entries, DOCUMENT: document}, earlier, say)
    except OSError as error:
        raise _unwritable(error, built.path) from None
    unpacked = sum(entry.size for entry in entries.values())
    built = replace(built, size=built.path.stat().st_size, unpacked=unpacked)
    return _Made(built, entries, earlier.sources, stamp.keep_pages(lambda: kept))


def _judged(stamp: Stamp, made: _Made, say: Progress) -> Built:
    from coursepack.judge import check

    say("checking", 0, 0)
    course = made.built.report
    built = replace(made.built, report=Report.of([*course, *check(made.built.path)]))
    if built.report.ok:
        stamp.keep(built, course, made.entries, made.sources, made.pages)
    return built


def _texts(stamp: Stamp, kept: Kept, changed: Iterable[str]) -> dict[str, str]:
    """The new texts of changed pages by id; none when anything else has changed, or a page is not as simple."""
    from coursepack.markdown import text_of

    ids = {os.path.join(stamp.folder, page.file): name for name, page in kept.pages.items()}
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


def _kept(course: Course, document: Document) -> Kept:
    """What a revision needs to know of the pages."""
    from coursepack.markdown import Words
    from coursepack.resources import strings
    from coursepack.revision import Kept, KeptPage, page_kind

    known = {page.entry.id: page for page in course.pages}
    pages: dict[str, KeptPage] = {}
    for name, place in document.places.items():
        page = known[name]
        types = [block.type for block in page.blocks]
        others = [
            None if type_ == "prose" else html
            for type_, html in zip(types, document.blocks[name], strict=True)
        ]
        pages[name] = KeptPage(page.entry.path, page.text, page_kind(types), others, *place)
    terms = {term.id: (term.term, term.text) for term in course.glossary}
    return Kept(pages, terms, Words.of(strings(course.definition.language)["prose"]))


def package_name(course: Course, target: Target) -> str:
    """The zip's name: course, variant, standard, language and version."""
    d = course.definition
    return f"{d.id}_full_{target.name}_{d.language}_v{d.version}.zip"


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
    course: Course, target: Target, document: Document, schemas: str | Path | None
) -> dict[str, bytes | Path]:
    from coursepack.render import site

    files = _joined(site(course, target.adapter, document), _schemas(schemas))
    return _joined(files, target.extras(course, files))


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


def _write(path: Path, files: Mapping[str, Content], earlier: Earlier, say: Progress) -> dict[str, Entry]:
    from coursepack.archive import write_zip

    return write_zip(path, files, lambda done, total: say("writing", done, total), earlier.file)


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
