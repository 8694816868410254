"""Rules for pictures: whether they are converted, and whether they are larger than necessary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coursepack.problems import Location, Message, Quoted
from coursepack.reading.rules.rule import Finding, rule

LARGE_BYTES, LARGE_PIXELS = 1_000_000, 2_400


class ShownPicture(NamedTuple):
    """A picture that is not a drawing: width and height in pixels, bytes, and the place of its name.

    `is_converted`: the build converts it. `moves`: it is an animation.
    """

    src: str
    size: tuple[int, int]
    weight: int
    place: Location
    is_converted: bool
    moves: bool


@rule("media", "note")
def converted_picture(picture: ShownPicture) -> Iterator[Finding]:
    """A picture is converted by the build, so that every browser shows it, or that it loads fast.

    Browsers do not show it or show other colours, or it is larger than the rung of the course, which is `standard`
    unless `media` in `course.yaml` has another one. One that moves becomes a film, which moves when learners play it.
    The file in the course folder stays as it is. The result is kept, so this takes time only once.
    """
    if picture.is_converted:
        yield (
            Message("the build makes a film of {0}", Quoted(picture.src))
            if picture.moves
            else Message(
                "the build converts {0} ({1} x {2}, {3} MB)",
                Quoted(picture.src),
                *picture.size,
                f"{picture.weight / 1_000_000:.1f}",
            ),
            picture.place,
        )


@rule("media", "note")
def large_picture(picture: ShownPicture) -> Iterator[Finding]:
    """A moving picture is large, and the build does not convert it.

    On a slow connection a megabyte takes seconds, and no screen shows more than 2,000 pixels. Make it smaller, or hand
    it in as a film, which takes far fewer bytes and can be stopped.
    """
    if not picture.moves or picture.is_converted:
        return
    if max(picture.size) >= LARGE_PIXELS:
        message = Message("{0} has {1} x {2} pixels", Quoted(picture.src), *picture.size)
    elif picture.weight >= LARGE_BYTES:
        message = Message("{0} is {1} MB large", Quoted(picture.src), f"{picture.weight / 1_000_000:.1f}")
    else:
        return
    yield (
        message,
        picture.place,
        "Make it smaller, or a film: a video block needs far fewer bytes, and learners can stop it.",
    )
