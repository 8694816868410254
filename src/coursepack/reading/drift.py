"""Finds captions that are out of step with the sound, by comparing when cues and sounds begin."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from statistics import linear_regression, mean
from typing import NamedTuple

from coursepack.media.examination import Span

_STEPS = 10
"""Steps of a second."""
_NEAR = 3
"""Steps between a cue and the sound that it belongs to. People who write captions are about as exact."""
_FARTHEST = 30 * _STEPS
LEAST_SHIFT = 1.5
"""Seconds that a reader notices."""
_FASTEST = 0.06
"""The largest difference of speed. That between films of 24 and 25 pictures a second is 0.04."""
_MOST_SECONDS = 900.0
"""Seconds that are compared: enough to be certain, and the search takes longer by the square of them."""
_IN_STEP, _CERTAIN = 0.6, 0.5
"""Shares of the cues that begin with a sound: of captions that are in step, and the least when they are moved."""
_BETTER, _SECOND, _SIMPLER = 1.5, 0.8, 1.1
"""How many times as many cues must fit as before; the share that may fit as well elsewhere; the weight of speed 1."""
_SHIFTS = range(2 * _FARTHEST + 1)
_CHANCE = 1e-4
"""How probable it may be that captions without any relation to the sound fit it as well somewhere."""


class Drift(NamedTuple):
    """What must be done with the times of captions so that they fit the sound: times `speed`, plus `shift` seconds."""

    speed: float
    shift: float

    def at(self, time: float) -> float:
        """Seconds by which captions at a time come too early; negative if too late."""
        return time * self.speed + self.shift - time


def drift_of(cues: Sequence[Span], sounds: Sequence[Span]) -> Drift | None:
    """How captions are out of step with the sound; None unless it is certain.

    Every shift and every speed is tried, and how many cues then begin with a sound is compared with what chance gives.
    If there are too few to be certain, how many end with a sound is counted too: many captions stay until the next one.
    """
    cues = [span for span in cues if span[1] < _MOST_SECONDS]
    sounds = [span for span in sounds if span[1] < _MOST_SECONDS + _FARTHEST / _STEPS]
    if not cues or not sounds:
        return None
    starts = _Events([start for start, _ in cues], [start for start, _ in sounds])
    if starts.unmoved() >= _IN_STEP * len(cues):
        return None
    ends = _Events([end for _, end in cues], [end for _, end in sounds])
    return _best([starts]) or _best([starts, ends])


class _Events:
    """When cues begin and when sounds begin, or when both end, as bits of large numbers."""

    def __init__(self, cues: Sequence[float], sounds: Sequence[float]) -> None:
        self.cues, self._sounds = cues, sounds
        self._heard = 0
        for time in sounds:
            # Bit n is n steps after -_FARTHEST.
            self._heard |= ((1 << (2 * _NEAR + 1)) - 1) << (round(time * _STEPS) + _FARTHEST - _NEAR)
        length = round((max(*cues, *sounds) + 1) * _STEPS)
        self.share = min(0.99, self._heard.bit_count() / length)

    def fitting(self, speed: float, shifts: range) -> list[int]:
        """How many cues come with a sound at that speed, for each shift; _FARTHEST is none."""
        bits = 0
        for time in self.cues:
            bits |= 1 << round(time * speed * _STEPS)
        return [(self._heard & (bits << shift)).bit_count() for shift in shifts]

    def pairs(self, drift: Drift) -> Iterator[tuple[float, float]]:
        """Each cue that comes with a sound, and that sound."""
        for time in self.cues:
            expected = time + drift.at(time)
            nearest = min(self._sounds, key=partial(_distance, expected))
            if _distance(expected, nearest) <= (_NEAR + 1) / _STEPS:
                yield time, nearest

    def unmoved(self) -> int:
        """How many cues come with a sound when they are hardly moved."""
        least = round(LEAST_SHIFT * _STEPS)
        return max(self.fitting(1.0, range(_FARTHEST - least + 1, _FARTHEST + least)))


def _best(events: Sequence[_Events]) -> Drift | None:
    """The speed and the shift with which most cues fit, if that is no chance."""
    cues = [time for each in events for time in each.cues]
    found: list[tuple[int, float, float]] = []
    tried = 0
    for speed in _speeds(max(cues)):
        fits = [sum(each) for each in zip(*(each.fitting(speed, _SHIFTS) for each in events), strict=True)]
        tried += len(fits)
        count = max(fits)
        best = [at for at, fit in enumerate(fits) if fit == count]
        # Next to the best shift, others fit nearly as well; far from it, none may.
        far = (fit for at, fit in enumerate(fits) if abs(at - best[0]) > 2 * _STEPS)
        is_only = max(far, default=0) <= _SECOND * count
        shift = ((best[0] + best[-1]) / 2 - _FARTHEST) / _STEPS if is_only else math.nan
        found.append((count, speed, shift))
    # Without a reason, the speed is right.
    count, speed, shift = max(found, key=lambda each: each[0] * (_SIMPLER if each[1] == 1 else 1))
    share = sum(each.share for each in events) / len(events)
    is_certain = (
        not math.isnan(shift)
        and count >= max(_CERTAIN * len(cues), _BETTER * sum(each.unmoved() for each in events))
        and _chance(count, len(cues), share) * tried <= _CHANCE
    )
    if not is_certain:
        return None
    drift = _refined(
        Drift(speed, shift), [pair for each in events for pair in each.pairs(Drift(speed, shift))]
    )
    is_noticed = max(abs(drift.at(min(cues))), abs(drift.at(max(cues)))) >= LEAST_SHIFT
    return drift if is_noticed else None


def _distance(one: float, other: float) -> float:
    return abs(one - other)


def _refined(drift: Drift, pairs: Sequence[tuple[float, float]]) -> Drift:
    """The straight line through the times of cues and of the sounds that belong to them."""
    cues, sounds = zip(*pairs, strict=True)
    if drift.speed == 1:
        return Drift(1.0, mean(sounds) - mean(cues))
    return Drift(*linear_regression(cues, sounds))


def _speeds(length: float) -> Iterator[float]:
    """1, then all others that differ at the end of the captions by the tolerance."""
    yield 1.0
    step = _NEAR / _STEPS / max(length, 10.0)
    for number in range(1, math.floor(_FASTEST / step) + 1):
        yield 1 + number * step
        yield 1 - number * step


def _chance(count: int, of: int, share: float) -> float:
    """The probability that at least `count` of so many cues begin with a sound by chance."""
    return sum(
        math.exp(
            math.lgamma(of + 1)
            - math.lgamma(n + 1)
            - math.lgamma(of - n + 1)
            + n * math.log(share)
            + (of - n) * math.log(1 - share)
        )
        for n in range(count, of + 1)
    )
