"""Shares the bytes of a package among its films: first so that the worst is as good as it can be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_STEPS = 40
"""How often the interval of what the worst film can have is halved."""
_GAIN, _LEAST_GAIN = 0.004, 0.00001
"""Gain of SSIM for which what is left is spent, at one film at a time: at first, and at last."""


class Point(NamedTuple):
    """A file that a film can become: bytes, likeness to the source (SSIM, at most 1), and the most pixels of its sides.

    `pixels` is None for the file that the package would hold without a ceiling.
    """

    size: int
    ssim: float
    pixels: tuple[int, int] | None


class Film(NamedTuple):
    """What a film can become: `whole` without a ceiling, or something between the points of one of the curves.

    A curve has one number of pixels. Its points grow in bytes and in likeness, and are worse than `whole` in both.
    """

    whole: Point
    curves: tuple[tuple[Point, ...], ...]

    @classmethod
    def of(cls, whole: Point, measured: Sequence[Sequence[Point]]) -> Film:
        """The film of what has been measured, the most pixels first."""
        curves = [
            tuple(
                _rising(
                    point for point in sorted(points) if point.size < whole.size and point.ssim < whole.ssim
                )
            )
            for points in measured
        ]
        # As many pixels as the whole has: between the best of these and the whole lie others.
        if curves and curves[0]:
            curves[0] += (Point(whole.size, whole.ssim, curves[0][0].pixels),)
        return cls(whole, tuple(curve for curve in curves if curve))

    @property
    def least(self) -> Point:
        """The smallest file."""
        return min((curve[0] for curve in self.curves), default=self.whole)

    def reaching(self, ssim: float) -> Point:
        """The smallest file with this likeness, or the whole if there is none."""
        found = [each for curve in self.curves if (each := _on(curve, ssim))]
        return min((each for each in found if each.size < self.whole.size), default=self.whole)


def _rising(points: Iterable[Point]) -> list[Point]:
    """Those points that are better than all smaller ones."""
    found: list[Point] = []
    for point in points:
        if not found or (point.size > found[-1].size and point.ssim > found[-1].ssim):
            found.append(point)
    return found


def _on(curve: Sequence[Point], ssim: float) -> Point | None:
    """The point of a curve with this likeness. Between two points, it grows with the logarithm of the bytes."""
    if ssim <= curve[0].ssim:
        return curve[0]
    for one, two in pairwise(curve):
        if ssim <= two.ssim:
            share = (ssim - one.ssim) / (two.ssim - one.ssim)
            size = one.size * math.exp(share * math.log(two.size / one.size))
            return Point(min(math.ceil(size), two.size), ssim, one.pixels)
    return None


def least(films: Sequence[Film]) -> int:
    """The bytes of all films when each is as small as it can be."""
    return sum(film.least.size for film in films)


def shared(films: Sequence[Film], budget: int) -> list[Point]:
    """What each film becomes when all together may have `budget` bytes, which is at least `least(films)`.

    The worst film is as good as it can be. What is then left goes where SSIM gains most by the byte.
    """
    most = min((film.whole.ssim for film in films), default=1.0)
    chosen = _best(most, lambda ssim: [film.reaching(ssim) for film in films], budget)
    gain = _GAIN
    while gain > _LEAST_GAIN:
        left = budget - sum(point.size for point in chosen)
        gains = []
        for at, (film, now) in enumerate(zip(films, chosen, strict=True)):
            better = film.reaching(min(now.ssim + gain, film.whole.ssim))
            if now.size < better.size <= now.size + left and better.ssim > now.ssim:
                gains.append(((better.ssim - now.ssim) / (better.size - now.size), -at, better))
        if gains:
            _, at, better = max(gains)
            chosen[-at] = better
        else:
            # The same with less at a time, until next to nothing is left.
            gain /= 4
    return chosen


def _best(most: float, choose: Callable[[float], list[Point]], budget: int) -> list[Point]:
    """What is chosen for the largest SSIM, up to `most`, that the budget allows."""
    if sum(point.size for point in choose(most)) <= budget:
        return choose(most)
    low, high = 0.0, most
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if sum(point.size for point in choose(middle)) <= budget:
            low = middle
        else:
            high = middle
    return choose(low)
