"""Rules for how hard texts are to read, in the languages that have a scale for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coursepack.course.model import Course, LixLimits
from coursepack.problems import Location, Message, Number
from coursepack.reading.draft import Draft
from coursepack.reading.readability import LANGUAGES, Readability, counted, said, total, upper_bound
from coursepack.reading.rules.rule import Finding, rule

LEAST_WORDS = 100
"""Of fewer words, the index says little: a single long word would change it."""


class Page(NamedTuple):
    """What a page says, and an upper bound of how hard it is: with it, most pages need no exact count."""

    place: Location
    text: bytes
    bound: Readability


class Texts(NamedTuple):
    """The pages of a course in one language. `place` is that of the course."""

    pages: Sequence[Page]
    limits: LixLimits
    place: Location


def texts(course: Course, draft: Draft) -> Iterator[Texts]:
    """Those of a course in each language that has a scale. Pages in another language are left out."""
    for edition in (course, *course.editions):
        language = edition.definition.language
        if language in LANGUAGES:
            top = "" if edition is course else f"translations/{language}/"
            read = [
                (Location(f"{top}{page.entry.path}"), said(page.blocks))
                for page in edition.pages
                if ("pages", page.entry.id) not in edition.untranslated
            ]
            pages = [Page(place, text, upper_bound(text)) for place, text in read]
            yield Texts(pages, course.definition.lix, draft.at("id"))


_HINT = "Write shorter sentences, and shorter words where there are any."


@rule("page", "note")
def hard_to_read(texts: Texts) -> Iterator[Finding]:
    """The text of a page is hard to read: its sentences and words are long.

    The readability index LIX is the number of words in a sentence plus the percentage of words with more than six
    letters. Newspapers have 40 to 50, and texts of agencies 60. Divide sentences, and prefer shorter words. `lix` in
    course.yaml sets the limit, which is 55.
    """
    limit = texts.limits.page
    for page in texts.pages:
        if _is_hard(page.bound, limit) and _is_hard(exact := counted(page.text), limit):
            yield _message(exact.lix, limit), page.place, _HINT


def _is_hard(text: Readability, limit: int) -> bool:
    return text.words >= LEAST_WORDS and text.lix > limit


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
    limit = texts.limits.course
    if _is_hard(total(page.bound for page in texts.pages), limit):
        whole = total(counted(page.text) for page in texts.pages)
        if _is_hard(whole, limit):
            yield _message(whole.lix, limit), texts.place, _HINT
