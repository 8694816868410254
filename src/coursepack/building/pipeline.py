"""Makes packages of a course folder: read once, rendered once, written for each target."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coursepack.building.cache import Earlier, Memory, Stamp
from coursepack.course.severity import mistake
from coursepack.problems import (
    CourseError,
    Location,
    Message,
    PackageError,
    Quoted,
    Reason,
    Report,
    quoted,
)
from coursepack.result import Built

if TYPE_CHECKING:
    from coursepack.archive import Entry, Output
    from coursepack.building.render import Document
    from coursepack.building.revision import Kept
    from coursepack.course.model import Course
    from coursepack.course.variant import Variant
    from coursepack.targets.target import Target

_MANY_BYTES = 32_000_000
"""From so many on a second process pays, which takes some milliseconds to begin."""

Progress = Callable[[str, int, int], None]
"""Hears what is being done, and how much of how much of it."""


class Made(NamedTuple):
    """A package that was written and is not judged yet: `built` has the course's report alone.

    `pages` is the checksum of what was kept of the pages, None when they are not kept.
    """

    stamp: Stamp
    built: Built
    entries: Mapping[str, Entry]
    sources: Mapping[str, str]
    pages: int | None


def assemble(
    memory: Memory,
    targets: Sequence[str],
    part: str | None,
    ready: dict[tuple[str, str], Built | Made],
    say: Progress,
) -> list[tuple[str, str]]:
    """Builds what is not ready yet, each under the names of its variant and target; returns what there is to be.

    Only media that are unchanged come from an earlier package, or from the first one of this run. Raises
    CourseError and PackageError.
    """
    # Imported here: a build that has little to do needs none of it.
    from coursepack.course.lock import extend_lock, state_problems
    from coursepack.reading.source import read_folder
    from coursepack.targets import TARGETS

    chosen = [TARGETS[name] for name in targets]
    limits = [target.state_limit for target in chosen if target.state_limit is not None]
    new_slots: int | None = None
    while new_slots is None:
        say("reading the course", 0, 0)
        course, report = read_folder(memory.folder)
        if course is None:
            raise CourseError(report)
        too_long = state_problems(course.lock, min(limits, default=None))
        if too_long:
            raise CourseError(Report.of([*report, *too_long]))
        wanted = _variants(course, part)
        try:
            memory.out.make()
            # Before the packages: once a learner can have one, its slots must be kept for ever.
            new_slots = extend_lock(memory.folder, course.lock)
        except OSError as error:
            raise unwritable(error, memory.out.path / package_name(wanted[0], chosen[0])) from None
    line = _Line(memory, report, new_slots, say)
    for variant in wanted:
        missing = [target for target in chosen if (variant.name, target.name) not in ready]
        for made in line.made(variant, missing):
            ready[variant.name, made.built.target] = made
    if part is None:
        memory.keep_variants(variant.name for variant in wanted)
    return [(variant.name, target.name) for variant in wanted for target in chosen]


class _Plan(NamedTuple):
    """A package before it is written: `built` lacks what is known only then."""

    stamp: Stamp
    built: Built
    sources: Mapping[str, str]
    pages: int | None
    output: Output

    def made(self) -> Made:
        """What has come of it. Raises PackageError when it could not be written."""
        if self.output.failure:
            raise unwritable(self.output.failure, self.built.path) from None
        entries = self.output.entries
        built = replace(
            self.built,
            size=self.built.path.stat().st_size,
            unpacked=sum(entry.size for entry in entries.values()),
            files=len(entries),
        )
        return Made(self.stamp, built, entries, self.sources, self.pages)


class _Line:
    """One run: what all of its packages have in common."""

    def __init__(self, memory: Memory, report: Report, new_slots: int, say: Progress) -> None:
        self.memory, self.report, self.new_slots, self.say = memory, report, new_slots, say
        self.first: Made | None = None

    def made(self, variant: Variant, targets: Sequence[Target]) -> list[Made]:
        """Writes the packages of a variant side by side."""
        from coursepack.building.render import render_documents

        documents: dict[bool, dict[str, Document]] = {}
        plans: list[_Plan] = []
        with ExitStack() as stack:
            for target in targets:
                held = variant if target.holds_units else variant.joined()
                one = len(held.units) == 1
                if one not in documents:
                    self.say("rendering", 0, 0)
                    documents[one] = render_documents(held)
                plans.append(self._plan(held, target, documents[one], stack))
            self._write([plan.output for plan in plans])
        made = [plan.made() for plan in plans]
        self.first = self.first or next(iter(made), None)
        return made

    def _write(self, outputs: list[Output]) -> None:
        """Writes them in one pass over the media, or in two at once when there are many bytes."""
        from coursepack.archive import write_zips

        def say(done: int, total: int) -> None:
            self.say("writing", done, total)

        half = (len(outputs) + 1) // 2
        if len(outputs) < 2 or sum(output.size for output in outputs) < _MANY_BYTES:
            half = len(outputs)

        def here() -> list[Output]:
            write_zips(outputs[:half], say)
            return []

        def beside() -> list[Output]:
            write_zips(outputs[half:])
            # What was written need not come back, and documents are large.
            return [replace(output, files={}, earlier=None, out=None) for output in outputs[half:]]

        if half == len(outputs):
            here()
            return
        from coursepack.building.parallel import both

        _, written = both(here, beside)
        for output, told in zip(outputs[half:], written, strict=True):
            output.entries, output.failure = told.entries, told.failure

    def _plan(
        self, variant: Variant, target: Target, documents: Mapping[str, Document], stack: ExitStack
    ) -> _Plan:
        from coursepack.archive import Output

        path = self.memory.out.path / package_name(variant, target)
        built = _built(path, variant, target, self.new_slots, self.report)
        _spare_inputs(self.memory, built)
        try:
            stamp = self.memory.stamp(variant.name, target.name)
            stamp.built()
            files = _files(variant, target, documents, self.memory.schemas)
            earlier = stack.enter_context(stamp.earlier())
            if self.first:
                # An earlier variant of this run holds what the course folder would have to be read for.
                opened = stack.enter_context(self.first.built.path.open("rb", buffering=0))
                earlier = Earlier(opened, self.first.entries, self.first.sources)
            content = {**files, **earlier.unchanged(files)}
            return _Plan(
                stamp,
                built,
                {name: str(content) for name, content in files.items() if isinstance(content, Path)},
                _keep_pages(stamp, variant, target, documents),
                Output(path, content, target.manifest, earlier.file, built.folder, self.memory.out),
            )
        except OSError as error:
            raise unwritable(error, path) from None


def _spare_inputs(memory: Memory, built: Built) -> None:
    """Raises PackageError when the package's folder would take the place of what it is made from."""
    if built.folder is None:
        return
    whole = os.path.realpath(built.folder)
    for each in (memory.folder, memory.schemas):
        if each is not None and Path(os.path.realpath(each)).is_relative_to(whole):
            place = Location(built.folder.as_posix())
            message = Message("{0} is in the folder that would be replaced", Quoted(str(each)))
            hint = "Choose another folder for the packages."
            raise PackageError(Report.of([mistake("package/unwritable", message, place, hint)]))


def _variants(course: Course, part: str | None) -> tuple[Variant, ...]:
    from coursepack.course.variant import variants
    from coursepack.problems import nearest

    try:
        return variants(course, part)
    except KeyError:
        parts = [each.id for each in course.definition.parts if each.chapters]
        place = Location("course.yaml")
        message = Message("there is no part {0} with pages", quoted(part))
        raise CourseError(
            Report.of([mistake("course/unknown-part", message, place, nearest(str(part), parts))])
        ) from None


def _built(path: Path, variant: Variant, target: Target, new_slots: int, report: Report) -> Built:
    """What is known of a package before it is written."""
    from coursepack.course.lock import longest_state
    from coursepack.course.model import completion_sentence
    from coursepack.languages import codes

    return Built(
        path=path,
        folder=path.with_suffix("") if target.is_published else None,
        variant=variant.name,
        target=target.name,
        title=target.title,
        units=len(variant.units),
        unit=target.unit,
        size=0,
        unpacked=0,
        files=0,
        state=longest_state(variant.course.lock),
        state_limit=target.state_limit,
        completions={
            language: completion_sentence(variant.course.definition, language) for language in codes()
        },
        new_slots=new_slots,
        report=report,
    )


def _keep_pages(
    stamp: Stamp, variant: Variant, target: Target, documents: Mapping[str, Document]
) -> int | None:
    """Keeps what a revision needs to know of a package's pages. Only one of a single document is revised."""
    if len(documents) > 1:
        return None
    (document,) = documents.values()
    return stamp.keep_pages(lambda: _kept(variant.course, document, document.headed(target)[1]))


def _kept(course: Course, document: Document, shift: int) -> Kept:
    from coursepack.building.revision import Kept, KeptPage, page_kind
    from coursepack.languages import strings
    from coursepack.reading.markdown import Words

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


def _files(
    variant: Variant, target: Target, documents: Mapping[str, Document], schemas: str | Path | None
) -> dict[str, bytes | Path]:
    from coursepack.building.render import site

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
        what = Message("" if found else "holds no XSD files")
    except OSError as error:
        what = Message("cannot be read: {0}", Reason.of(error))
    if what:
        place = Location(Path(folder).as_posix())
        raise PackageError(Report.of([mistake("package/no-schemas", what, place)]))
    return found


def unwritable(error: OSError, path: Path) -> PackageError:
    """Tells why a package could not be written."""
    name = str(error.filename or path)
    hint = "An earlier package of this name is as it was." if os.path.exists(path) else ""
    return PackageError(
        Report.of(
            [
                mistake(
                    "package/unwritable",
                    Message("cannot be written: {0} ({1})", Reason.of(error), name),
                    Location(path.as_posix()),
                    hint,
                )
            ]
        )
    )
