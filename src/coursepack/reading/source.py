"""Reads a course folder as a Course, or as problems with their places."""

from __future__ import annotations

from pathlib import Path

from coursepack.course.claims import Claim
from coursepack.course.lock import Lock, read_lock
from coursepack.course.model import Course, Definition, Page, wanted_slots
from coursepack.course.pictures import picture_conversions
from coursepack.course.rungs import conversions, texts
from coursepack.kept import NOTHING, Kept
from coursepack.languages import ENGLISH
from coursepack.media import examinations_in, usual_folder
from coursepack.problems import CourseError, Location, Report
from coursepack.reading.definition import (
    COURSE_FILE,
    Anything,
    page_stubs,
    read_definition,
    read_lists,
)
from coursepack.reading.draft import Draft, Lists, Pages, page_entries
from coursepack.reading.editions import read_edition
from coursepack.reading.facts import Mark, claims_of
from coursepack.reading.folder import Folder
from coursepack.reading.media import Media
from coursepack.reading.pages import check_pages, page_context, read_pages
from coursepack.reading.rules import completion, facts, readability, sizes, structure
from coursepack.reading.rules.rule import apply_rules
from coursepack.reading.yaml_validation import Yaml
from coursepack.source_date import today


def read_folder(
    path: str | Path, cache: Path | None = None, kept: Kept = NOTHING
) -> tuple[Course | None, Report]:
    """The course in a folder and every problem found; no course when there is an error.

    `cache` has what is known of films and sounds; None is the one beside the course. `kept` has what was read before.
    """
    folder = Folder(Path(path), kept)
    cache = cache or usual_folder(folder.path)
    media = Media(folder, cache)
    course = _read(folder, media)
    if examinations_in(cache).is_dir():
        folder.problems += media.examined(cache)
    return course, Report.of(folder.problems)


def _read(folder: Folder, media: Media) -> Course | None:
    definition, read = read_definition(folder)
    if read is None:
        return None
    lists = read_lists(folder)
    lock = _read_lock(folder)
    if definition is None:
        # The rest is checked too, so that all problems are reported at once.
        check_pages(folder, media, _read_stubs(folder, read, lists))
        _check_facts(folder, lists)
        return None
    media.read_look(definition, read)
    pages = _read_pages(folder, definition, read, lists)
    check_pages(folder, media, pages)
    draft = Draft(definition, read, lists, pages, media.fonts)
    folder.problems += apply_rules(structure, draft) + apply_rules(completion, draft)
    editions = [
        edition
        for at, language in enumerate(definition.translations)
        if (edition := read_edition(folder, media, language, draft.at("translations", at), draft))
    ]
    claims = _check_facts(folder, lists, draft)
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
        lengths=media.lengths,
        recordings=media.recordings,
        animations=media.animations,
        conversions=conversions({**media.recordings, **media.animations}),
        pictures=media.pictures,
        picture_conversions=picture_conversions(media.pictures),
        origins=media.origins,
        claims=claims,
        texts=texts(media.recordings, has_sounds=definition.media.sound),
        lock=lock.extended(wanted_slots(definition, whole)),
    )
    course = course._replace(editions=tuple(edition.course(course) for edition in editions))
    for each in readability.texts(course, draft):
        folder.problems += apply_rules(readability, each)
    media.check_packages(course)
    folder.problems += apply_rules(
        sizes, sizes.Whole(course, draft, media.weights, folder.texts, media.has_extra)
    )
    return course if Report.of(folder.problems).ok else None


def _check_facts(folder: Folder, lists: Lists, draft: Draft | None = None) -> tuple[Claim, ...]:
    """Checks the marks of facts in everything that was read; returns the claims of a course without errors."""
    claims: tuple[Claim, ...] = ()
    if draft:
        for path, page in page_entries(draft.definition):
            for at, fact in enumerate(page.facts):
                folder.marks.append(Mark(None, fact, draft.at(*path, "facts", at), page.id))
        if Report.of(folder.problems).ok:
            claims = tuple(claims_of(folder.marks, draft.definition, lists.sources, lists.contacts))
    marked = facts.Marked(folder.marks, lists.sources, lists.contacts)
    if claims:
        marked = marked._replace(claims=claims, today=today())
    folder.problems += apply_rules(facts, marked)
    return claims


def _read_lock(folder: Folder) -> Lock:
    try:
        return read_lock(folder.path)
    except CourseError as error:
        folder.problems += error.report.problems
        return Lock()


def _read_pages(folder: Folder, definition: Definition, read: Yaml, lists: Lists) -> Pages:
    """The pages that course.yaml lists."""
    listed = [
        (page.id, page.path, read.place((*path, "file" if page.file else "id")))
        for path, page in page_entries(definition)
    ]
    ids = [name for name, _, _ in listed]
    context = page_context(ids, lists.terms, definition.language)
    objectives = [objective.id for objective in definition.objectives]
    known = {"contact": lists.contacts, "source": lists.sources, "objective": objectives, "page": ids}
    return read_pages(folder, listed, context, known, "pages")


def _read_stubs(folder: Folder, read: Yaml, lists: Lists) -> Pages:
    """The pages that a course.yaml with errors lists."""
    listed = [(name, file, Location(COURSE_FILE)) for name, file in page_stubs(read.data)]
    context = page_context([name for name, _, _ in listed], lists.terms, ENGLISH)
    known = {
        "contact": lists.contacts,
        "source": lists.sources,
        "objective": Anything(),
        "page": [name for name, _, _ in listed],
    }
    return read_pages(folder, listed, context, known, None)


def read_course(folder: str | Path) -> Course:
    """The course in a folder. Raises CourseError with all problems when there is an error."""
    course, report = read_folder(folder)
    if course is None:
        raise CourseError(report)
    return course
