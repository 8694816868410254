"""Rules for captions: whether they can be read in time, and match their film or sound."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from coursepack.course.blocks.block import clock
from coursepack.problems import Message
from coursepack.reading.captions import Captions
from coursepack.reading.rules.rule import Finding, rule

LINE_LENGTH = 42
"""Most characters of a line: what players show without wrapping it."""
LINES = 2
LEAST_SECONDS = 1
MOST_A_SECOND = 17
"""Characters per second that viewers can read while watching the picture."""
LONGEST_GAP = 20
"""Longest gap in seconds: in a longer silence, captions should describe what is heard."""


@rule("captions", "warning")
def long_line(captions: Captions) -> Iterator[Finding]:
    """A line of captions is longer than 42 characters.

    Players wrap it anywhere or shrink it, and on a phone it covers the picture. Break it between two phrases, or split
    the cue.
    """
    for each in captions.cues:
        for at, line in enumerate(each.lines, 1):
            if len(line) > LINE_LENGTH:
                yield (
                    Message("the line is {0} characters; at most {1} fit", len(line), LINE_LENGTH),
                    captions.at(each.line + at),
                    "Break it between two phrases, or split the cue.",
                )


@rule("captions", "warning")
def many_lines(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions has more than two lines.

    Three lines hide much of the picture, and nobody has time for both. Split the cue into two, one after the other.
    """
    for each in captions.cues:
        if len(each.lines) > LINES:
            yield (
                Message("the cue has {0} lines; more than {1} hide the picture", len(each.lines), LINES),
                captions.at(each.line),
                "Split the cue.",
            )


@rule("captions", "warning")
def short_cue(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions is shown for less than a second.

    It is gone before viewers notice it. Show it longer if nothing follows at once, or merge it with the next one.
    """
    for each in captions.cues:
        if each.seconds < LEAST_SECONDS:
            yield (
                Message(
                    "the cue is shown for {0} seconds; less than {1} is missed",
                    f"{each.seconds:.1f}",
                    str(LEAST_SECONDS),
                ),
                captions.at(each.line),
                "Show it longer, or merge it with the next one.",
            )


@rule("captions", "warning")
def fast_cue(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions has more than 17 characters a second.

    Viewers who read it cannot watch the picture, and slow readers do not finish it. Use fewer words, or show it longer.
    """
    for each in captions.cues:
        # A cue that is too short has its own problem.
        if each.seconds < LEAST_SECONDS:
            continue
        speed = sum(map(len, each.lines)) / each.seconds
        if speed > MOST_A_SECOND:
            yield (
                Message(
                    "the cue has {0} characters a second; more than {1} cannot be read in time",
                    f"{speed:.0f}",
                    MOST_A_SECOND,
                ),
                captions.at(each.line),
                "Use fewer words, or show it longer.",
            )


@rule("captions", "warning")
def overlap(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions begins before the one above it has ended.

    Both are shown at once, one above the other, and few viewers can read both. End the earlier one when the later one
    begins. For two people who speak at once, write one cue with a line each.
    """
    for one, other in pairwise(captions.cues):
        if other.cue.start < one.cue.end:
            yield (
                Message("the cue begins before the one above it has ended, at {0}", clock(one.cue.end)),
                captions.at(other.line),
                "End the one above earlier.",
            )


@rule("captions", "warning")
def long_gap(captions: Captions) -> Iterator[Finding]:
    """There are no captions for more than 20 seconds.

    Viewers who cannot hear do not know whether the film is silent or captions are missing. Describe what is heard, such
    as steps or music, or that it is silent, in a cue in italics.
    """
    hint = "Describe what is heard, or that it is silent: <i>Silence.</i>"
    first, last = captions.cues[0], captions.cues[-1]
    if first.cue.start > LONGEST_GAP:
        message = Message("there are no captions before {0}", clock(first.cue.start))
        yield message, captions.at(first.line), hint
    for one, other in pairwise(captions.cues):
        if other.cue.start - one.cue.end > LONGEST_GAP:
            message = Message(
                "there are no captions from {0} to {1}", clock(one.cue.end), clock(other.cue.start)
            )
            yield message, captions.at(other.line), hint
    if captions.length is not None and captions.length - last.cue.end > LONGEST_GAP:
        message = Message(
            "there are no captions from {0} to the end at {1}", clock(last.cue.end), clock(captions.length)
        )
        yield message, captions.at(last.line), hint


@rule("captions", "warning")
def past_the_end(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions ends after its film or sound.

    The captions are probably for another cut of the film, with other times too. Name the captions of this film, or
    shift the times.
    """
    last = captions.cues[-1]
    # Half a second, since `duration` is in whole seconds.
    if captions.length is not None and last.cue.end > captions.length + 0.5:
        yield (
            Message(
                "the cue ends at {0}, and the film or sound at {1}",
                clock(last.cue.end),
                clock(captions.length),
            ),
            captions.at(last.line),
            "Are these the captions of this film? Move the times.",
        )
