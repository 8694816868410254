"""What pictures are converted to, for each rung."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from coursepack.course.rungs import TOLERANCE, USUAL_RUNG, smaller

if TYPE_CHECKING:
    from coursepack.course.blocks.block import RungName
    from coursepack.problems import Location


class PictureRung(NamedTuple):
    """Limits of a picture: pixels of its width, and bytes. One that is held upright is three quarters as wide."""

    width: int
    weight: int

    def widest(self, size: tuple[int, int]) -> int:
        """The width in pixels of the largest picture that is made of one of this size."""
        width, height = size
        return min(width, self.width if width >= height else self.width * 3 // 4)

    def holds(self, size: tuple[int, int], weight: int) -> bool:
        """True when a picture of this size and as many bytes is within the limits."""
        return size[0] <= self.widest(size) * TOLERANCE and weight <= self.weight * TOLERANCE


_SMALLEST = PictureRung(960, 120_000)
PICTURE_RUNGS: dict[RungName, PictureRung] = {
    "standard": PictureRung(1920, 400_000),
    "light": PictureRung(1440, 250_000),
    "fragile": _SMALLEST,
    "text": _SMALLEST,
}


class Picture(NamedTuple):
    """A still picture as its author handed it in: pixels as shown, bytes, and the place where it is named first.

    `must_convert`: browsers do not show it, or not in its colours. `rung` is that of the course, if it names one. `hdr`
    are the primaries and the transfer of one of high dynamic range (ITU-T H.273), if its header tells them.
    """

    size: tuple[int, int]
    weight: int
    must_convert: bool
    rung: RungName | None
    place: Location
    hdr: tuple[int, int] | None = None

    def conversion(self, ceiling: RungName | None = None) -> PictureConversion | None:
        """What a package converts it to whose media are at most `ceiling`; None: it is packed as it is."""
        rung = smaller(self.rung, ceiling) or USUAL_RUNG
        limits = PICTURE_RUNGS[rung]
        if not self.must_convert and limits.holds(self.size, self.weight):
            return None
        return PictureConversion(rung, limits, self.place, self.hdr)


class PictureConversion(NamedTuple):
    """A picture that the build converts, and the place where it is named first."""

    rung: RungName
    limits: PictureRung
    place: Location
    hdr: tuple[int, int] | None = None


def picture_conversions(
    pictures: Mapping[str, Picture], ceiling: RungName | None = None
) -> dict[str, PictureConversion]:
    """The conversions of a package whose media are at most `ceiling`, by path in the course folder."""
    found = ((src, picture.conversion(ceiling)) for src, picture in pictures.items())
    return {src: conversion for src, conversion in found if conversion}
