"""Reads a course folder: it becomes a Course, or every mistake becomes a problem at its place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from coursepack.course.lock import Lock, read_lock
from coursepack.course.model import Course, Definition, Page, wanted_slots
from coursepack.languages import ENGLISH
from coursepack.problems import CourseError, Location, Report
from coursepack.reading.definition import (
    COURSE_FILE,
    Anything,
    Lists,
    page_entries,
    page_stubs,
    read_definition,
    read_lists,
)
from coursepack.reading.definition_checks import check_definition
from coursepack.reading.editions import Main, read_edition
from coursepack.reading.folder import Folder
from coursepack.reading.media import Media
from coursepack.reading.pages import Pages, check_blocks, check_unused, page_context, read_pages
from coursepack.reading.yaml_validation import Yaml


def read_folder(path: str | Path) -> tuple[Course | None, Report]:
    """The course in a folder and every problem found; no course when there is an error."""
    folder = Folder(Path(path))
    course = _read(folder)
    return course, Report.of(folder.problems)


def _read(folder: Folder) -> Course | None:
    definition, read = read_definition(folder)
    if read is None:
        return None
    lists = read_lists(folder)
    lock = _read_lock(folder)
    media = Media(folder)
    if definition is not None:
        media.read_look(definition, read)
    pages = _read_pages(folder, media, definition, read, lists)
    if definition is None:
        return None
    check_unused(folder, pages.files, folder.path / "pages")
    check_definition(folder, definition, read, lists, pages, media.fonts)
    main = Main(definition, lists, pages)
    editions = [
        edition
        for at, language in enumerate(definition.translations)
        if (edition := read_edition(folder, media, language, read.place(("translations", at)), main))
    ]
    if not Report.of(folder.problems).ok:
        return None
    whole = tuple(Page(entry, pages.blocks[entry.id]) for entry in definition.pages)
    course = Course(
        definition=definition,
        pages=whole,
        glossary=tuple(lists.terms or ()),
        contacts=lists.contacts,
        sources=lists.sources,
        media=media.files,
        captions=media.captions,
        transcripts=media.transcripts,
        sizes=media.sizes,
        lock=lock.extended(wanted_slots(definition, whole)),
    )
    return replace(course, editions=tuple(edition.course(course) for edition in editions))


def _read_lock(folder: Folder) -> Lock:
    try:
        return read_lock(folder.path)
    except CourseError as error:
        folder.problems += error.report.problems
        return Lock()


def _read_pages(
    folder: Folder, media: Media, definition: Definition | None, read: Yaml, lists: Lists
) -> Pages:
    """The pages that course.yaml lists, checked; also when it is wrong elsewhere, so that all is told at once."""
    if definition is not None:
        language = definition.language
        objectives: Collection[str] = [objective.id for objective in definition.objectives]
        listed = [
            (page.id, page.path, read.place((*path, "file" if page.file else "id")))
            for path, page in page_entries(definition)
        ]
    else:
        language, objectives = ENGLISH, Anything()
        listed = [(name, file, Location(COURSE_FILE)) for name, file in page_stubs(read.data)]
    context = page_context([name for name, _, _ in listed], lists.terms, language)
    pages = read_pages(folder, listed, context)
    known = {"contact": lists.contacts, "source": lists.sources, "objective": objectives}
    check_blocks(folder, media, pages.placed, known)
    return pages


def read_course(folder: str | Path) -> Course:
    """The course in a folder. Raises CourseError with every problem when there is an error."""
    course, report = read_folder(folder)
    if course is None:
        raise CourseError(report)
    return course
