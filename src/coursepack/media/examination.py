"""What was found in a film or a sound."""

from __future__ import annotations

from typing import Any, NamedTuple

from coursepack.media.loudness import Loudness

VERSION = 1
"""To be increased when a change of `examine` changes what it finds."""

Span = tuple[float, float]
"""A stretch of time: its first and its last second."""


class Examination(NamedTuple):
    """What was found in a film or a sound; all times in seconds.

    `loudness` is None without sound, `sounds` are stretches that stand out from the background, such as phrases, and
    `silences` those of at least LEAST_SILENCE without anything to hear. `black` are stretches of at least LONG_BLACK.
    `flashes` are the times at which more than three flashes in a second begin.
    """

    seconds: float
    loudness: Loudness | None
    sounds: tuple[Span, ...]
    silences: tuple[Span, ...]
    black: tuple[Span, ...]
    flashes: tuple[float, ...]


LEAST_SILENCE = 2.0
LONG_BLACK = 3.0


def examination_of(values: Any) -> Examination:
    """An examination as JSON has it. Raises TypeError or ValueError for anything else."""
    seconds, loudness, sounds, silences, black, flashes = values
    return Examination(
        float(seconds),
        Loudness(*map(float, loudness)) if loudness else None,
        _spans(sounds),
        _spans(silences),
        _spans(black),
        tuple(map(float, flashes)),
    )


def _spans(values: Any) -> tuple[Span, ...]:
    return tuple((float(start), float(end)) for start, end in values)
