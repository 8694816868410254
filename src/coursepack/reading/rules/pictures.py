"""Rules for pictures: whether they are larger than necessary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coursepack.problems import Location, Message, Quoted
from coursepack.reading.rules.rule import Finding, rule

LARGE_BYTES, LARGE_PIXELS = 1_000_000, 2_400


class Picture(NamedTuple):
    """A picture that is not a drawing: width and height in pixels, bytes, and the place of its name."""

    src: str
    size: tuple[int, int]
    weight: int
    place: Location


@rule("media", "note")
def large_picture(picture: Picture) -> Iterator[Finding]:
    """A picture has the full size of a camera.

    On a slow connection a megabyte takes seconds, and no screen shows that many pixels. Make the picture at most 2,000
    pixels wide and save it as JPEG or WebP. A picture that learners enlarge can be larger.
    """
    if max(picture.size) >= LARGE_PIXELS:
        message = Message("{0} has {1} x {2} pixels", Quoted(picture.src), *picture.size)
    elif picture.weight >= LARGE_BYTES:
        message = Message("{0} is {1} MB large", Quoted(picture.src), f"{picture.weight / 1_000_000:.1f}")
    else:
        return
    yield (
        message,
        picture.place,
        "2,000 pixels are enough for any screen. Save it as JPEG or WebP of that width.",
    )
