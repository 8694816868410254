"""Hotspots: a picture with numbered points, and the same points as a list below it."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from math import dist
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from coursepack.course.blocks.block import (
    DataBlock,
    File,
    Finding,
    MediaPath,
    Model,
    RenderContext,
    Text,
    TextWithMath,
    WithOrigin,
    number,
)
from coursepack.problems import Message

Share = Annotated[float, Field(ge=0, le=100), BeforeValidator(number)]

_NARROW = 284
"""Width of a picture in pixels in a window of 320, the smallest to support (WCAG 2.2, 1.4.10)."""

_RADIUS = 22
"""Radius of a point in pixels: the target is 44 pixels wide."""


class Point(Model):
    """A place on the picture, in per cent from the left and from the top, with its text."""

    x: Share
    y: Share
    title: Annotated[TextWithMath, Field(max_length=80)]
    text: TextWithMath


class Hotspots(DataBlock, WithOrigin):
    """More than twelve numbers hide the picture that they explain."""

    type: ClassVar[str] = "hotspots"

    src: MediaPath
    alt: Text
    caption: TextWithMath | None = None
    points: Annotated[tuple[Point, ...], Field(min_length=1, max_length=12)]

    def files(self) -> Iterator[File]:
        """The picture."""
        yield File("picture", self.src, ("src",), **self.made())

    def findings(self, sizes: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
        """Points that cannot be pressed separately on a narrow screen."""
        if self.src not in sizes:
            return
        width, height = sizes[self.src]
        high = _NARROW * height / width
        places = [(point.x * _NARROW / 100, point.y * high / 100) for point in self.points]
        for at, (x, y) in enumerate(places):
            if min(x, _NARROW - x, y, high - y) < _RADIUS:
                yield Finding(
                    ("points", at),
                    "crowded-points",
                    Message(
                        "point {0} is cut off at the edge of the picture on a screen 320 pixels wide",
                        at + 1,
                    ),
                    Message(
                        "Keep {0} per cent away from left and right, and {1} from top and bottom.",
                        _per_cent(_RADIUS, _NARROW),
                        _per_cent(_RADIUS, high),
                    ),
                )
        for one, two in combinations(range(len(places)), 2):
            if dist(places[one], places[two]) < 2 * _RADIUS:
                yield Finding(
                    ("points", two),
                    "crowded-points",
                    Message(
                        "points {0} and {1} overlap on a screen 320 pixels wide",
                        one + 1,
                        two + 1,
                    ),
                    Message(
                        "Keep them {0} per cent apart horizontally, or {1} vertically; or merge them.",
                        _per_cent(2 * _RADIUS, _NARROW),
                        _per_cent(2 * _RADIUS, high),
                    ),
                )

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with the address and size."""
        return {
            **context.picture(self.src),
            "alt": self.alt,
            "caption": self.caption,
            **self.made(),
            "points": self.points,
        }


def _per_cent(pixels: float, of: float) -> int:
    """Rounded up, so that authors who follow the hint get no second problem."""
    return -int(-100 * pixels // of)
