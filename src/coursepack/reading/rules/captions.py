"""Rules for captions: whether they can be read in time, and match their film or sound.

A problem is reported once for a file, at its first line, with the lines of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from coursepack.course.blocks.block import clock
from coursepack.problems import Message, Number
from coursepack.reading.captions import (
    LEAST_SECONDS,
    LINES,
    MOST_SECONDS,
    OPEN_GAP,
    Captions,
    characters,
    with_lines,
)
from coursepack.reading.rules.rule import Finding, rule

CLOSED_GAP = 0.1
"""A gap of two frames (80 ms) shows that the text has changed, and does not flicker."""
LONGEST_GAP = 20
"""Longest gap in seconds: in a longer silence, captions should describe what is heard."""


def once(captions: Captions, places: Iterable[tuple[Message, int]], hint: str) -> Iterator[Finding]:
    """One finding for all places: messages with the lines that they are about."""
    found = list(places)
    if found:
        (message, line), *others = found
        yield with_lines(message, [other for _, other in others]), captions.at(line), hint


@rule("captions", "warning")
def long_line(captions: Captions) -> Iterator[Finding]:
    """A line of captions is longer than 42 characters, or 32 with `easy-captions`.

    Players wrap it anywhere or shrink it, and on a phone it covers the picture. Break it between two phrases, or split
    the cue.
    """
    most = captions.limits.line
    places = (
        (Message("the line is {0} characters; at most {1} fit", length, most), each.line + at)
        for each in captions.cues
        for at, line in enumerate(each.lines, 1)
        if (length := characters(line)) > most
    )
    yield from once(captions, places, "Break it between two phrases, or split the cue.")


@rule("captions", "warning")
def many_lines(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions has more than two lines.

    Three lines hide much of the picture, and nobody has time for both. Split the cue into two, one after the other.
    """
    places = (
        (Message("the cue has {0} lines; more than {1} hide the picture", len(each.lines), LINES), each.line)
        for each in captions.cues
        if len(each.lines) > LINES
    )
    yield from once(captions, places, "Split the cue.")


@rule("captions", "warning")
def short_cue(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions is shown for less than a second.

    It is gone before viewers notice it. Show it longer if nothing follows at once, or merge it with the next one.
    """
    message = "the cue is shown for {0} seconds; less than {1} is missed"
    places = (
        (Message(message, Number(f"{each.seconds:.1f}"), str(LEAST_SECONDS)), each.line)
        for each in captions.cues
        if round(each.seconds, 1) < LEAST_SECONDS
    )
    yield from once(captions, places, "Show it longer, or merge it with the next one.")


@rule("captions", "note")
def long_cue(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions is shown for more than seven seconds.

    Viewers have read it long ago, read it again, and do not know what is said now. End it when the voice falls silent,
    or split it. A cue in italics, which describes a sound, can be shown as long as the sound.
    """
    message = "the cue is shown for {0} seconds; after {1} it is read again"
    places = (
        (Message(message, Number(f"{each.seconds:.1f}"), str(MOST_SECONDS)), each.line)
        for each in captions.cues
        if round(each.seconds, 1) > MOST_SECONDS and not each.cue.sound
    )
    yield from once(captions, places, "End it when the voice falls silent, or split it.")


@rule("captions", "warning")
def fast_cue(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions has more than 17 characters a second, or 10 with `easy-captions`.

    Viewers who read it cannot watch the picture, and slow readers do not finish it. Use fewer words, or show it longer.
    """
    most = captions.limits.speed
    places = (
        (
            Message("the cue has {0} characters a second; more than {1} cannot be read in time", speed, most),
            each.line,
        )
        for each in captions.cues
        # A cue that is too short has its own problem.
        if each.seconds >= LEAST_SECONDS
        and (speed := round(sum(map(characters, each.lines)) / each.seconds)) > most
    )
    yield from once(captions, places, "Use fewer words, or show it longer.")


@rule("captions", "warning")
def overlap(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions begins before an earlier one has ended.

    Both are shown at once, one above the other, and few viewers can read both. End the earlier one when the later one
    begins. For two people who speak at once, write one cue with a line each.
    """

    def places() -> Iterator[tuple[Message, int]]:
        shown = 0.0
        for each in captions.cues:
            if each.cue.start < shown:
                yield (
                    Message("the cue begins before an earlier one has ended, at {0}", clock(shown)),
                    each.line,
                )
            shown = max(shown, each.cue.end)

    yield from once(captions, places(), "End the earlier one when this one begins.")


@rule("captions", "note")
def short_gap(captions: Captions) -> Iterator[Finding]:
    """Between two cues, the captions are gone for less than half a second.

    The text flickers, and draws the eye from the picture. Show the earlier cue until the next one begins, or until two
    frames before it.
    """
    message = "the captions are gone for {0} seconds before this cue"
    places = (
        (Message(message, Number(f"{gap:.2g}")), other.line)
        for one, other in pairwise(captions.cues)
        if CLOSED_GAP < (gap := round(other.cue.start - one.cue.end, 3)) < OPEN_GAP
    )
    yield from once(captions, places, "Show the cue above until this one begins.")


@rule("captions", "warning")
def long_gap(captions: Captions) -> Iterator[Finding]:
    """There are no captions for more than 20 seconds.

    Viewers who cannot hear do not know whether the film is silent or captions are missing. Describe what is heard, such
    as steps or music, or that it is silent, in a cue in italics.
    """

    def places() -> Iterator[tuple[Message, int]]:
        first, last = captions.cues[0], captions.cues[-1]
        if first.cue.start > LONGEST_GAP:
            yield Message("there are no captions before {0}", clock(first.cue.start)), first.line
        for one, other in pairwise(captions.cues):
            if other.cue.start - one.cue.end > LONGEST_GAP:
                times = clock(one.cue.end), clock(other.cue.start)
                yield Message("there are no captions from {0} to {1}", *times), other.line
        if captions.length is not None and captions.length - last.cue.end > LONGEST_GAP:
            times = clock(last.cue.end), clock(captions.length)
            yield Message("there are no captions from {0} to the end at {1}", *times), last.line

    yield from once(captions, places(), "Describe what is heard, or that it is silent: <i>Silence.</i>")


@rule("captions", "warning")
def past_the_end(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions ends after its film or sound.

    The captions are probably for another cut of the film, with other times too. Name the captions of this film, or
    shift the times.
    """
    if captions.length is None:
        return
    message = "the cue ends at {0}, and the film or sound at {1}"
    places = (
        (Message(message, clock(each.cue.end), clock(captions.length)), each.line)
        for each in captions.cues
        # Half a second, since `duration` is in whole seconds.
        if each.cue.end > captions.length + 0.5
    )
    yield from once(captions, places, "Are these the captions of this film? Move the times.")
