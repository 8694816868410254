"""Rules for the chapters of films and sounds."""

from __future__ import annotations

from collections.abc import Iterator

from coursepack.course.blocks.block import clock
from coursepack.problems import Message
from coursepack.reading.captions import Captions
from coursepack.reading.rules.captions import once
from coursepack.reading.rules.rule import Finding, rule


@rule("captions")
def late_chapter(chapters: Captions) -> Iterator[Finding]:
    """A chapter begins when its film or sound has ended.

    Learners who choose it get to the end. The chapters are probably those of another cut of the film. Name the chapters
    of this film, or correct the times.
    """
    length = chapters.length
    if length is None:
        return
    message = "the chapter begins at {0}, and the film or sound ends at {1}"
    places = (
        (Message(message, clock(each.cue.start), clock(length)), each.line)
        for each in chapters.cues
        if each.cue.start >= length
    )
    yield from once(chapters, places, "Are these the chapters of this film? Correct the times.")
