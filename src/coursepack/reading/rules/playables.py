"""Rules for films and sounds: whether they are as long as their author says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coursepack.course.blocks.block import File, clock, seconds
from coursepack.problems import Location, Message, Quoted
from coursepack.reading.rules.rule import Finding, rule

DIFFERENCE = 1.5
"""Seconds that the length may differ by: `duration` is told in whole seconds."""


class PlayedFile(NamedTuple):
    """A film or a sound with its length in seconds, and the places of its name and of its duration."""

    file: File
    length: float
    place: Location
    duration: Location

    @property
    def differs(self) -> bool:
        """True when it is longer or shorter than its author says."""
        return abs(self.length - seconds(self.file.duration)) > DIFFERENCE


@rule("media")
def other_length(played: PlayedFile) -> Iterator[Finding]:
    """A version with audio description has another length than its film.

    Captions and text version belong to both, and in a longer version every time after the first description would be
    wrong. Describe in the pauses of the film, or put a film of the same length there.
    """
    if played.file.kind == "described" and played.differs:
        yield (
            Message(
                "{0} is {1} long, and duration says {2}",
                Quoted(played.file.src),
                clock(played.length + 0.5),
                played.file.duration,
            ),
            played.place,
            "Captions and text version belong to both: describe in the pauses of the film.",
        )


@rule("media")
def wrong_duration(played: PlayedFile) -> Iterator[Finding]:
    """A film or sound has another length than the page tells.

    Learners plan by it, and a length that is wrong most often belongs to an older film. Write the length that the hint
    names, or put the right file there.
    """
    if played.file.kind != "described" and played.differs:
        told = clock(played.length + 0.5)
        yield (
            Message("{0} is {1} long, not {2}", Quoted(played.file.src), told, played.file.duration),
            played.duration,
            Message("Write duration: {0}.", Quoted(told)),
        )
