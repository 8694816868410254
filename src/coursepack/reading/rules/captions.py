"""Rules for captions: whether they can be read in time, and belong to their film or sound."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from coursepack.course.blocks.block import clock
from coursepack.problems import Message
from coursepack.reading.captions import Captions
from coursepack.reading.rules.rule import Finding, rule

LINE_LENGTH = 42
"""Characters of a line at most: what players show without breaking it once more."""
LINES = 2
LEAST_SECONDS = 1
MOST_A_SECOND = 17
"""Characters that can be read a second while one also looks at the picture."""
LONGEST_GAP = 20
"""Seconds without captions: so long nobody says anything, but something is heard, or that nothing is."""


@rule("captions", "warning")
def long_line(captions: Captions) -> Iterator[Finding]:
    """A line of captions is longer than 42 characters.

    Players break it once more where it happens to fit, or shrink it, and on a phone it covers the picture. Break it
    where the sentence has a joint, or divide the cue into two.
    """
    for each in captions.cues:
        for at, line in enumerate(each.lines, 1):
            if len(line) > LINE_LENGTH:
                yield (
                    Message("the line is {0} characters; at most {1} fit", len(line), LINE_LENGTH),
                    captions.at(each.line + at),
                    "Break it where the sentence has a joint, or divide the cue.",
                )


@rule("captions", "warning")
def many_lines(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions has more than two lines.

    Three lines hide much of the picture, and nobody has time to look at both. Divide the cue into two that follow each
    other.
    """
    for each in captions.cues:
        if len(each.lines) > LINES:
            yield (
                Message("the cue has {0} lines; more than {1} hide the picture", len(each.lines), LINES),
                captions.at(each.line),
                "Divide the cue.",
            )


@rule("captions", "warning")
def short_cue(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions is shown for less than a second.

    Before the eye has found it, it is gone. Let it stay longer, where nothing follows at once, or join it to the next
    one.
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
                "Let it stay longer, or join it to the next one.",
            )


@rule("captions", "warning")
def fast_cue(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions has more than 17 characters a second.

    Whoever reads it cannot look at the picture meanwhile, and slow readers do not come to its end. Say the same in
    fewer words, or let it stay longer.
    """
    for each in captions.cues:
        # One that is too short has that to be told of it.
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
                "Say it in fewer words, or let it stay longer.",
            )


@rule("captions", "warning")
def overlap(captions: Captions) -> Iterator[Finding]:
    """A cue of the captions begins before the one above it has ended.

    Both are shown at once, the later one above or below the earlier, and few readers follow both. End the earlier one
    where the later begins; two people who speak at once fit into one cue, a line each.
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
    """For more than 20 seconds there are no captions.

    Whoever cannot hear does not know whether the film is silent or the captions are missing. Tell what is heard, such
    as steps or music, or that nothing is, in a cue in italics.
    """
    hint = "Tell what is heard, or that it is silent: <i>Silence.</i>"
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
    """A cue of the captions ends after its film or sound has.

    Then it often belongs to another cut of the film, and all the other times are wrong too. Name the captions of this
    film, or move the times.
    """
    last = captions.cues[-1]
    # Half a second: `duration` is told in whole seconds.
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
