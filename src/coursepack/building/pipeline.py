"""The pipeline: builds packages from a course folder, step by step."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coursepack.archive import Entry, Excerpt, Output, content_size, write_zips, zip_size
from coursepack.building.conversion import converted
from coursepack.building.metadata import origins_of, without_metadata
from coursepack.building.order import Order, Progress, unwritable
from coursepack.building.parallel import both
from coursepack.building.render import Document, package_names, render_documents, site
from coursepack.checking import check
from coursepack.course.lock import extend_lock, longest_state, state_problems
from coursepack.course.model import Course, completion_sentence
from coursepack.course.severity import course_problem
from coursepack.course.variant import Variant, media, variants
from coursepack.languages import codes
from coursepack.problems import (
    CourseError,
    Location,
    Message,
    PackageError,
    Problem,
    Quoted,
    Reason,
    Report,
    nearest,
    quoted,
)
from coursepack.reading.source import read_folder
from coursepack.result import Built
from coursepack.targets import TARGETS
from coursepack.targets.target import Target

if TYPE_CHECKING:
    from coursepack.building.ceiling import Weight

_MANY_BYTES = 32_000_000
"""Size from which a second process pays off: it takes some milliseconds to start."""


class Rendered(NamedTuple):
    """The documents of a package by their package paths."""

    variant: Variant
    target: Target
    documents: Mapping[str, Document]


class Package(NamedTuple):
    """A package with all its files, before it is written."""

    variant: Variant
    target: Target
    output: Output


_COURSE_RULES = {
    "container/large-package": "course/large-package",
    "media/large-image": "media/large-picture",
    "media/large-medium": "media/large-film",
    "pages/start-page-not-judged": "course/long-text",
    "xapi/example-activity-id": "course/example-iri",
}
"""Rules for packages, with the rule for courses that reports the same problem in the author's files."""

Write = Callable[[Sequence[Package], Progress], list[dict[str, Entry]]]
"""Writes packages and returns the entries of each. Raises PackageError."""


def build(order: Order, write: Write) -> list[Built]:
    """Builds the packages of an order, each checked. Raises CourseError, PackageError and OSError."""
    targets = [TARGETS[name] for name in order.targets]
    course, report = _read(order, targets)
    while (new_slots := _lock(order, course, targets)) is None:
        # Another build has extended the lock since the course was read.
        course, report = _read(order, targets)
    cleaned: dict[Path, Path | Excerpt] = {}
    content = _content(course, targets, order, cleaned)
    built: list[Built] = []
    for variant in content:
        rendered = _render(variant, targets, order.progress)
        packages = [_describe(each, order, cleaned) for each in rendered]
        entries = write(packages, order.progress)
        built += (_result(*each, new_slots, report) for each in zip(packages, entries, strict=True))
    # Checking takes as much memory as building.
    del course, content, variant, rendered, packages
    return _check(built, order.progress)


def _read(order: Order, targets: Sequence[Target]) -> tuple[Course, Report]:
    """The course, checked for these targets, and the problems that were found in it."""
    order.progress("reading the course", 0, 0)
    course, report = read_folder(order.folder, order.media_cache)
    if course is None:
        raise CourseError(report)
    limits = [target.state_limit for target in targets if target.state_limit is not None]
    too_long = state_problems(course.lock, min(limits, default=None))
    if too_long:
        raise CourseError(Report.of([*report, *too_long]))
    parts = [part.id for part in course.definition.parts if part.chapters]
    if order.part is not None and order.part not in parts:
        place = Location("course.yaml")
        message = Message("there is no part {0} with pages", quoted(order.part))
        hint = nearest(order.part, parts)
        raise CourseError(Report.of([course_problem("course/unknown-part", message, place, hint)]))
    return course, report


def _lock(order: Order, course: Course, targets: Sequence[Target]) -> int | None:
    """The number of slots appended to the lock; None when the course must be read again.

    This precedes the packages: once a learner can have one, its slots must never change.
    """
    try:
        order.out.make()
        return extend_lock(order.folder, course.lock)
    except OSError as error:
        first = variants(course, order.part)[0]
        raise unwritable(error, order.out.path / _name(first, targets[0])) from None


def _content(
    course: Course, targets: Sequence[Target], order: Order, cleaned: dict[Path, Path | Excerpt]
) -> list[Variant]:
    """The contents of the packages, with all films and sounds as the packages hold them."""
    originals = [_limited(each, order.max_size) for each in variants(course, order.part)]
    content = converted(originals, order.workshop)
    if all(each.most is None for each in content):
        return list(content)
    from coursepack.building.ceiling import within

    def weigh(variant: Variant) -> Weight:
        packages = [_describe(each, order, cleaned) for each in _render(variant, targets, order.progress)]
        try:
            return max(map(_weight, packages), key=lambda each: each.total)
        except OSError as error:
            raise unwritable(error, packages[0].output.path) from None

    return [
        within(original, each, weigh, order.workshop) if each.most is not None else each
        for original, each in zip(originals, content, strict=True)
    ]


def _limited(variant: Variant, most: int | None) -> Variant:
    sizes = [size for size in (variant.most, most) if size is not None]
    return variant._replace(most=min(sizes, default=None))


def _weight(package: Package) -> Weight:
    """The size of a package, and of its films and sounds. Raises OSError."""
    from coursepack.building.ceiling import Weight

    course, names, files = package.variant.course, package_names(package.variant.course), package.output.files
    used = media(course)
    films = {src: content_size(files[names[src]]) for src in course.recordings if src in used}
    return Weight(zip_size(package.output), films)


def _render(variant: Variant, targets: Sequence[Target], progress: Progress) -> list[Rendered]:
    """The documents for each target. Targets with the same units share them."""
    documents: dict[bool, dict[str, Document]] = {}
    rendered = []
    for target in targets:
        held = variant if target.holds_units else variant.joined()
        is_one = len(held.units) == 1
        if is_one not in documents:
            progress("rendering", 0, 0)
            documents[is_one] = render_documents(held)
        rendered.append(Rendered(held, target, documents[is_one]))
    return rendered


def _describe(rendered: Rendered, order: Order, cleaned: dict[Path, Path | Excerpt]) -> Package:
    """A package's files: documents, scripts and media, and the manifest that describes them.

    `cleaned` caches the media without metadata for later packages.
    """
    variant, target, documents = rendered
    path = order.out.path / _name(variant, target)
    folder = path.with_suffix("") if target.is_published else None
    if folder:
        _spare_inputs(folder, order)
    try:
        files = site(variant, target, documents)
        if target.takes_schemas:
            files = _joined(files, _schemas(order.schemas))
        files = _joined(files, target.extras(variant, files))
        contents = without_metadata(files, cleaned, origins_of(variant.course))
    except OSError as error:
        raise unwritable(error, path) from None
    return Package(variant, target, Output(path, contents, target.manifest, folder=folder, out=order.out))


def write_packages(packages: Sequence[Package], progress: Progress) -> list[dict[str, Entry]]:
    """Writes packages in one pass over the media, or in two at once when there are many bytes.

    Returns the entries of each. Raises PackageError for the first that could not be written; others are complete.
    """
    outputs = [package.output for package in packages]

    def say(done: int, total: int) -> None:
        progress("writing", done, total)

    try:
        is_large = len(outputs) > 1 and sum(output.size for output in outputs) >= _MANY_BYTES
    except OSError as error:
        raise unwritable(error, outputs[0].path) from None
    if is_large:
        half = (len(outputs) + 1) // 2
        first, rest = both(lambda: write_zips(outputs[:half], say), lambda: write_zips(outputs[half:]))
        written = [*first, *rest]
    else:
        written = write_zips(outputs, say)
    entries = []
    for output, each in zip(outputs, written, strict=True):
        if isinstance(each, OSError):
            raise unwritable(each, output.path) from None
        entries.append(each)
    return entries


def _result(package: Package, entries: Mapping[str, Entry], new_slots: int, report: Report) -> Built:
    """The result for a package that was written; `report` is that of the course."""
    variant, target, output = package
    definition = variant.course.definition
    return Built(
        path=output.path,
        folder=output.folder,
        variant=variant.name,
        target=target.name,
        title=target.title,
        units=len(variant.units),
        unit=target.unit,
        size=output.path.stat().st_size,
        unpacked=sum(entry.size for entry in entries.values()),
        files=len(entries),
        state=longest_state(variant.course.lock),
        state_limit=target.state_limit,
        completions={language: completion_sentence(definition, language) for language in codes()},
        new_slots=new_slots,
        report=report,
        films=variant.films,
        texts=variant.texts,
    )


def _check(built: Sequence[Built], progress: Progress) -> list[Built]:
    """The packages, each with its problems added to the report of the course."""
    progress("checking", 0, 0)

    def reports(some: Sequence[Built]) -> list[Report]:
        return [check(each.path, verified=True) for each in some]

    if len(built) > 2:
        half = (len(built) + 1) // 2
        first, rest = both(lambda: reports(built[:half]), lambda: reports(built[half:]))
        found = [*first, *rest]
    else:
        found = reports(built)
    return [
        each._replace(report=Report.of([*each.report, *_new_problems(each.report, report)]))
        for each, report in zip(built, found, strict=True)
    ]


def _new_problems(course: Report, package: Report) -> list[Problem]:
    """The problems of a package that its course does not already have."""
    known = {problem.rule for problem in course}
    return [problem for problem in package if _COURSE_RULES.get(problem.rule) not in known]


def _name(variant: Variant, target: Target) -> str:
    """The zip's name: course, variant, standard, language and version."""
    d = variant.course.definition
    return f"{d.id}_{variant.name}_{target.name}_{d.language}_v{d.version}.zip"


def _spare_inputs(folder: Path, order: Order) -> None:
    """Raises PackageError when a package's folder would replace its inputs."""
    whole = os.path.realpath(folder)
    for each in (order.folder, order.schemas):
        if each is not None and Path(os.path.realpath(each)).is_relative_to(whole):
            place = Location(folder.as_posix())
            message = Message("{0} is in the folder that would be replaced", Quoted(str(each)))
            hint = "Choose another folder for the packages."
            raise PackageError(Report.of([course_problem("package/unwritable", message, place, hint)]))


def _joined(files: Mapping[str, bytes | Path], more: Mapping[str, bytes | Path]) -> dict[str, bytes | Path]:
    twice = files.keys() & more.keys()
    assert not twice, twice
    return {**files, **more}


def _schemas(folder: Path | None) -> Mapping[str, bytes | Path]:
    if folder is None:
        return {}
    try:
        found = {p.name: p for p in sorted(folder.iterdir()) if p.suffix in (".xsd", ".dtd")}
        what = Message("" if found else "holds no XSD files")
    except OSError as error:
        what = Message("cannot be read: {0}", Reason.of(error))
    if what.template:
        place = Location(folder.as_posix())
        raise PackageError(Report.of([course_problem("package/no-schemas", what, place)]))
    return found
