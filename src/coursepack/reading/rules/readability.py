"""Rules for how hard texts are to read, in the languages that have a scale for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coursepack.course.model import Course, LixLimits
from coursepack.problems import Location, Message, Number
from coursepack.reading.draft import Draft
from coursepack.reading.readability import LANGUAGES, Readability, readability, total
from coursepack.reading.rules.rule import Finding, rule

LEAST_WORDS = 100
"""Of fewer words, the index says little: a single long word would change it."""


class Texts(NamedTuple):
    """How hard the pages of a course are in one language, each with its file. `place` is that of the course."""

    pages: Sequence[tuple[Location, Readability]]
    limits: LixLimits
    place: Location


def texts(course: Course, draft: Draft) -> Iterator[Texts]:
    """Those of a course in each language that has a scale. Pages in another language are left out."""
    for edition in (course, *course.editions):
        language = edition.definition.language
        if language in LANGUAGES:
            top = "" if edition is course else f"translations/{language}/"
            pages = [
                (Location(f"{top}{page.entry.path}"), readability(page.blocks))
                for page in edition.pages
                if ("pages", page.entry.id) not in edition.untranslated
            ]
            yield Texts(pages, course.definition.lix, draft.at("id"))


_HINT = "Write shorter sentences, and shorter words where there are any."


@rule("page", "note")
def hard_to_read(texts: Texts) -> Iterator[Finding]:
    """The text of a page is hard to read: its sentences and words are long.

    The readability index LIX is the number of words in a sentence plus the percentage of words with more than six
    letters. Newspapers have 40 to 50, and texts of agencies 60. Divide sentences, and prefer shorter words. `lix` in
    course.yaml sets the limit, which is 55.
    """
    for place, page in texts.pages:
        if page.words >= LEAST_WORDS and page.lix > texts.limits.page:
            yield _message(page.lix, texts.limits.page), place, _HINT


def _message(lix: int, limit: int) -> Message:
    return Message(
        "its readability index (LIX) is {0}; the limit is {1}", Number(str(lix)), Number(str(limit))
    )


@rule("course", "note")
def hard_to_read_as_a_whole(texts: Texts) -> Iterator[Finding]:
    """The text of all pages together is hard to read: its sentences and words are long.

    The readability index LIX is the number of words in a sentence plus the percentage of words with more than six
    letters. Newspapers have 40 to 50, and texts of agencies 60. Begin with the longest sentences. `lix` in course.yaml
    sets the limit, which is 45.
    """
    whole = total(page for _, page in texts.pages)
    if whole.words >= LEAST_WORDS and whole.lix > texts.limits.course:
        yield _message(whole.lix, texts.limits.course), texts.place, _HINT
