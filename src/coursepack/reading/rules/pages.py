"""Rules for the pages of a course or of a translation, independent of problems in course.yaml."""

from __future__ import annotations

from collections.abc import Iterator

from coursepack.course.blocks.question import Question
from coursepack.problems import Location, Message, Quoted
from coursepack.reading.draft import Pages
from coursepack.reading.rules.rule import Finding, rule
from coursepack.reading.rules.structure import unknown


@rule("course", "warning")
def unused_page(pages: Pages) -> Iterator[Finding]:
    """A file in `pages/` belongs to no page of course.yaml.

    Nobody will read it, and often an id is misspelt or a line is missing. Add the page to course.yaml, or delete the
    file.
    """
    for file in pages.unlisted:
        yield (
            "no page of course.yaml has this file",
            Location(file),
            "Add the page to course.yaml, or delete the file.",
        )


@rule("page")
def repeated_id(pages: Pages) -> Iterator[Finding]:
    """Two questions of the course, or two things in a question, have the same id.

    Answers are stored under these ids. Change the newer one; never change an id that learners have used.
    """
    seen: dict[str, Location] = {}
    for block, _, read in pages.placed:
        if not isinstance(block, Question) or read is None:
            continue
        place = read.place(("id",))
        if block.id in seen:
            yield (
                Message("the question id {0} is used at {1} already", Quoted(block.id), str(seen[block.id])),
                place,
                "Every question of the course needs its own id.",
            )
        seen.setdefault(block.id, place)


def _unknown(pages: Pages, kind: str) -> Iterator[Finding]:
    for block, _, read in pages.placed:
        for each in block.references():
            if read and each.kind == kind:
                yield from unknown(kind, each.name, pages.known[kind], read.place(each.place))


@rule("page")
def unknown_contact(pages: Pages) -> Iterator[Finding]:
    """A block names a contact that contacts.yaml does not have.

    Learners would see no contact. Add it to `contacts.yaml`, or correct the id.
    """
    yield from _unknown(pages, "contact")


@rule("page")
def unknown_source(pages: Pages) -> Iterator[Finding]:
    """A block names a source that sources.yaml does not have.

    Its list of sources would be incomplete. Add the source to `sources.yaml`, or correct the id; ids are
    case-sensitive.
    """
    yield from _unknown(pages, "source")


@rule("page")
def unknown_objective(pages: Pages) -> Iterator[Finding]:
    """A block names an objective that the course does not have.

    Add the objective to `objectives` in course.yaml, or correct the id. Put ids such as "1.1" in quotation marks.
    """
    yield from _unknown(pages, "objective")


@rule("page")
def unknown_page(pages: Pages) -> Iterator[Finding]:
    """A question names a page to read again that the course does not have.

    The link after a wrong answer would lead nowhere. Correct the id in `reread`, or add the page.
    """
    yield from _unknown(pages, "page")
