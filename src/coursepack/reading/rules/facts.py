"""Rules for facts: what the marked passages of a course rest on, and when they were checked."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from coursepack.course.claims import Claim
from coursepack.problems import Count, Message, Quoted, nearest
from coursepack.reading.facts import Mark
from coursepack.reading.rules.rule import Finding, rule


class Marked(NamedTuple):
    """The marks of a course, the ids of its sources and contacts, and what could be read of it: its claims today."""

    marks: Sequence[Mark]
    sources: Collection[str]
    contacts: Collection[str]
    claims: Sequence[Claim] = ()
    today: datetime.date = datetime.date.min


@rule("fact")
def unknown_source(facts: Marked) -> Iterator[Finding]:
    """A passage is marked with a source that neither sources.yaml nor contacts.yaml has.

    Nobody could look up what it rests on. Add the source to `sources.yaml`, or correct the id after `fact:`; ids are
    case-sensitive.
    """
    for mark in facts.marks:
        if mark.source not in facts.sources and mark.source not in facts.contacts:
            message = Message("neither sources.yaml nor contacts.yaml has {0}", Quoted(mark.source))
            yield message, mark.place, nearest(mark.source, (*facts.sources, *facts.contacts))


@rule("fact")
def bad_day(facts: Marked) -> Iterator[Finding]:
    """The day after the source of a mark is not a date.

    The claim would never be due. Write year, month and day after the id and `@`, as in `fact:LAW@2026-04-30`.
    """
    for mark in facts.marks:
        if mark.has_bad_day:
            message = Message("is not a date like 2026-04-14: {0}", Quoted(mark.written_day or ""))
            yield message, mark.place


@rule("fact")
def no_passage(facts: Marked) -> Iterator[Finding]:
    """A mark has no passage: nothing is between its brackets, a bracket is missing, or it is inside a link.

    Learners would see the mark, and nobody would know what is claimed. Write the passage in brackets directly before
    it: `[passage](fact:SOURCE)`. A link can be inside a passage; a passage cannot be inside a link.
    """
    for mark in facts.marks:
        if mark.passage == "":
            yield (
                Message("there is no passage before {0}", Quoted(f"(fact:{mark.target})")),
                mark.place,
                "Write [passage](fact:SOURCE), and a link inside the passage.",
            )


@rule("fact", "warning")
def overdue(facts: Marked) -> Iterator[Finding]:
    """Facts of the course were checked so long ago that they should be checked again.

    Learners may be told of a law that has changed, or of a number that nobody answers. `coursepack facts` lists what is
    due, by source. Look each up, correct what has changed, and write the day as `checked` in `sources.yaml` or
    `contacts.yaml`, or after the source in the mark.
    """
    found = [claim for claim in facts.claims if claim.is_overdue(facts.today)]
    if found:
        first = min(found, key=lambda claim: (claim.due, claim.place.sort_key))
        yield (
            Message(
                "facts that should have been checked again: {0}, the first by {1}",
                Count(len(found)),
                str(first.due),
            ),
            first.place,
            "List them with: coursepack facts COURSE",
        )


@rule("fact", "warning")
def unchecked(facts: Marked) -> Iterator[Finding]:
    """Facts of the course are marked with their sources, and nothing says when they were checked.

    They are never due, so nobody is reminded of them. Write the day as `checked` in `sources.yaml`, after the source in
    the mark, or as `law` in the `dates` of course.yaml.
    """
    found = [claim for claim in facts.claims if claim.checked is None]
    if found:
        yield (
            Message("facts without the day of a check: {0}", Count(len(found))),
            min((claim.place for claim in found), key=lambda place: place.sort_key),
            "Write checked: and the day in sources.yaml, or the day in the mark, as in fact:LAW@2026-04-30.",
        )
