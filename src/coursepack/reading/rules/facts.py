"""Rules for facts: what the marked passages of a course rest on, and when they were checked."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from coursepack.problems import Message, Quoted, nearest
from coursepack.reading.facts import Mark
from coursepack.reading.rules.rule import Finding, rule


class Marked(NamedTuple):
    """The marks of a course, and the ids of its sources and contacts."""

    marks: Sequence[Mark]
    sources: Collection[str]
    contacts: Collection[str]


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
        if mark.day is None:
            continue
        try:
            datetime.date.fromisoformat(mark.day)
        except ValueError:
            yield Message("is not a date like 2026-04-14: {0}", Quoted(mark.day)), mark.place


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
