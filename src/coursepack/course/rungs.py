"""What films and sounds are converted to: the rungs, from the largest to the smallest. The last is text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from coursepack.course.blocks.block import RungName
    from coursepack.problems import Location


class Rung(NamedTuple):
    """Limits of a film or sound: pixels of its longer and its shorter side, and bits a second.

    Below `video_rate`, the quality is constant: `crf` is x264's rate factor. `audio_rate` is for two channels.
    """

    longer: int
    shorter: int
    crf: int
    video_rate: int
    audio_rate: int

    def holds(self, size: tuple[int, int] | None, rate: float | None) -> bool:
        """True when a film of this size, or a sound, is within the limits. None is unknown, and within them."""
        longer, shorter = max(size or (0, 0)), min(size or (0, 0))
        most = self.audio_rate + (self.video_rate if size else 0)
        return longer <= self.longer and shorter <= self.shorter and (rate or 0) <= most * TOLERANCE


TOLERANCE = 1.25
"""Factor by which a finished file can exceed the rate: encoding it again would cost more than it gains."""

RUNGS: dict[RungName, Rung] = {
    "standard": Rung(1280, 720, 23, 1_500_000, 128_000),
    "light": Rung(960, 540, 23, 700_000, 96_000),
    "fragile": Rung(640, 360, 23, 350_000, 64_000),
}
"""What is converted. A sound that a package of the rung `text` has is `fragile`."""
USUAL_RUNG: RungName = "standard"
_ORDER: tuple[RungName, ...] = (*RUNGS, "text")


def larger(one: RungName | None, other: RungName | None) -> RungName | None:
    """The larger of two rungs; None is no rung."""
    return min((each for each in (one, other) if each), key=_ORDER.index, default=None)


def smaller(one: RungName | None, other: RungName | None) -> RungName | None:
    """The smaller of two rungs; None is no rung."""
    return max((each for each in (one, other) if each), key=_ORDER.index, default=None)


class Recording(NamedTuple):
    """A film or sound as its author handed it in: pixels, bits a second, and the place where a page names it.

    `must_convert`: browsers do not play it. `starts_slowly`: its index must be moved to the start. `rung` is the
    largest that the course or one of its blocks names.
    """

    is_film: bool
    size: tuple[int, int] | None
    rate: float | None
    must_convert: bool
    starts_slowly: bool
    rung: RungName | None
    place: Location

    def conversion(self, ceiling: RungName | None = None) -> Conversion | None:
        """What a package converts it to whose films and sounds are at most `ceiling`; None: it is packed as it is."""
        rung = smaller(self.rung, ceiling)
        rung = "fragile" if rung == "text" else rung
        is_large = rung is not None and not RUNGS[rung].holds(self.size, self.rate)
        if not (is_large or self.must_convert or self.starts_slowly):
            return None
        # What only has its index in the wrong place stays as large as it is.
        rung = rung or (USUAL_RUNG if self.must_convert else None)
        return Conversion(self.is_film, RUNGS[rung] if rung else None, self.place)

    def is_text(self, ceiling: RungName | None, has_sounds: bool) -> bool:
        """True when a package whose media are at most `ceiling` shows it as text.

        `has_sounds`: the package has sounds in spite of that.
        """
        return smaller(self.rung, ceiling) == "text" and (self.is_film or not has_sounds)


class Conversion(NamedTuple):
    """A film or sound that the build converts, and the place where a page names it.

    `limits` is None for a file that plays everywhere and only needs its index at the start. `is_animation`: it is a
    moving picture, which becomes a film.
    """

    is_film: bool
    limits: Rung | None
    place: Location
    is_animation: bool = False

    @property
    def rung(self) -> RungName | None:
        """The name of its limits, or None."""
        return next((name for name, rung in RUNGS.items() if rung == self.limits), None)

    @property
    def ending(self) -> str:
        """The extension of the result."""
        return "mp4" if self.is_film else "m4a"

    def most_bytes(self, seconds: float | None) -> float:
        """The largest possible size of the result in bytes."""
        if self.limits is None or seconds is None:
            return math.inf
        return seconds * (self.limits.audio_rate + self.is_film * self.limits.video_rate) / 8


class Animation(NamedTuple):
    """A moving picture that the build makes a film of. `rung` is that of the course; `place` is where it is named."""

    rung: RungName | None
    place: Location

    def conversion(self, ceiling: RungName | None = None) -> Conversion:
        """What a package makes of it whose films are at most `ceiling`."""
        rung = smaller(self.rung, ceiling) or USUAL_RUNG
        return Conversion(True, RUNGS["fragile" if rung == "text" else rung], self.place, is_animation=True)


def conversions(
    recordings: Mapping[str, Recording | Animation], ceiling: RungName | None = None
) -> dict[str, Conversion]:
    """The conversions of a package whose films and sounds are at most `ceiling`, by path in the course folder."""
    found = ((src, recording.conversion(ceiling)) for src, recording in recordings.items())
    return {src: conversion for src, conversion in found if conversion}


def texts(
    recordings: Mapping[str, Recording], ceiling: RungName | None = None, has_sounds: bool = False
) -> frozenset[str]:
    """The films and sounds that such a package shows as text, by path in the course folder: see Recording.is_text."""
    return frozenset(src for src, each in recordings.items() if each.is_text(ceiling, has_sounds))
