"""Rules for how large a course is as a whole: what LMSs take, and what a telephone shows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from coursepack.course.model import Course
from coursepack.course.variant import media, shown_as_text, variants
from coursepack.problems import Count, Location, Message, Names, Quoted
from coursepack.reading.draft import Draft
from coursepack.reading.rules.rule import Finding, rule

LONG_TEXT = 600_000
"""Bytes of text. Of questions, a document has nine times as many, and five megabytes of one are checked."""

PER_PAGE = 300
"""Bytes of text that the frame of a page counts for: its place in the menu, its head and its links."""

LARGE, TOO_LARGE = 500_000_000, 10_000_000_000

_SHOWN = 5


class Whole(NamedTuple):
    """A course without errors, the bytes of its media by their names, and those of all its texts together.

    `has_extra`: the extra `media` is installed.
    """

    course: Course
    draft: Draft
    weights: Mapping[str, int]
    texts: int
    has_extra: bool = False

    def packages(self) -> Iterator[tuple[str, float, Location]]:
        """The packages that are asked for, with the bytes of their media, and where they are asked for."""
        asked = {each.id: at for at, each in enumerate(self.course.definition.packages)}
        for each in variants(self.course):
            place = self.draft.at("packages", asked[each.name]) if asked else self.draft.at("id")
            size = sum(self._weight(src, each.course) for src in media(each.course))
            yield each.name, size if each.most is None else min(size, each.most), place

    def _weight(self, src: str, course: Course) -> float:
        """The bytes of a file of the package `course`, or the most that it can have when it is converted."""
        picture = course.picture_conversions.get(src)
        if picture:
            return min(self.weights[src], picture.limits.weight)
        conversion = course.conversions.get(src)
        most = conversion.most_bytes(course.lengths.get(src)) if conversion else math.inf
        return min(self.weights[src], most)


@rule("course", "note")
def long_text(whole: Whole) -> Iterator[Finding]:
    """The texts of the course fill a book of hundreds of pages.

    All of it is one document, which takes a telephone long to show, and of a document with more than five megabytes the
    check after the build reads nothing. Divide the course into several.
    """
    pages = len(whole.course.pages) * (1 + len(whole.course.editions))
    if whole.texts + PER_PAGE * pages > LONG_TEXT:
        size = Count(whole.texts // 1000)
        message = (
            Message("it has 1 page and {0} kB of text", size)
            if pages == 1
            else Message("it has {0} pages and {1} kB of text", Count(pages), size)
        )
        yield message, whole.draft.at("id"), "Divide the course into several."


def _larger(whole: Whole, most: int) -> Iterator[Finding]:
    for name, size, place in whole.packages():
        if size > most:
            yield (
                Message(
                    "the media of the package {0} have {1} MB together; the limit is {2} MB",
                    Quoted(name),
                    Count(int(size // 1_000_000)),
                    Count(most // 1_000_000),
                ),
                place,
                "Compress the films, or make packages of some parts each: packages.",
            )


@rule("course", "warning")
def large_package(whole: Whole) -> Iterator[Finding]:
    """A package is larger than many LMSs take.

    Limits of 50 to 500 MB are common. Compress the films harder, publish them elsewhere and link to them, or make a
    package of each part.
    """
    yield from _larger(whole, LARGE)


@rule("course")
def too_large_package(whole: Whole) -> Iterator[Finding]:
    """A package would have more than 10 GB.

    No LMS takes it, and the check after the build would refuse it as an attack. Publish the films elsewhere and link to
    them, or make a package of each part.
    """
    yield from _larger(whole, TOO_LARGE)


@rule("course", "note")
def larger_than_rung(whole: Whole) -> Iterator[Finding]:
    """Media of a package are larger than the `rung` of the package.

    They are converted for this package alone, and stay as they are in others. The result is kept, so this takes time
    only once.
    """
    own = {**whole.course.conversions, **whole.course.picture_conversions}
    for at, package in enumerate(variants(whole.course)):
        made = {**package.conversions, **package.picture_conversions}
        names = [src for src, each in made.items() if each != own.get(src)]
        if names:
            listed = Names(", ".join(names[:_SHOWN]), max(len(names) - _SHOWN, 0))
            message = Message("for the package {0}, the build converts {1}", Quoted(package.name), listed)
            yield message, whole.draft.at("packages", at, "rung")


@rule("course", "note")
def text_without_pictures(whole: Whole) -> Iterator[Finding]:
    """A film that is text in a package has no pictures there, since what takes them is not installed.

    A package of the rung `text` shows a film as some of its pictures and its text version. Install the extra `media` of
    coursepack with `pip install 'coursepack[media]'`, and the build takes pictures of the film. Its poster is shown
    either way.
    """
    if whole.has_extra:
        return
    definition = whole.course.definition
    for at, package in enumerate(variants(whole.course)):
        films = dict.fromkeys(each.src for each in shown_as_text(package.course) if each.kind == "film")
        own = bool(definition.packages) and definition.packages[at].rung == "text"
        for src in films:
            yield (
                Message("the package {0} has no pictures of {1}", Quoted(package.name), Quoted(src)),
                whole.draft.at("packages", at, "rung") if own else whole.course.recordings[src].place,
                "Install what takes them: pip install 'coursepack[media]'.",
            )
