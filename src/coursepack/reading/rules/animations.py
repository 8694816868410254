"""Rules for pictures that move: whether learners can stop them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from coursepack.problems import Location, Message, Quoted
from coursepack.reading.rules.rule import Finding, rule

LONGEST = 5
"""Seconds (WCAG 2.2, 2.2.2)."""


class ShownAnimation(NamedTuple):
    """A picture that moves on its page, and that nobody can stop: all its seconds, and the place of its name.

    `could_play`: it would become a film if the extra `media` were installed.
    """

    src: str
    seconds: float
    could_play: bool
    place: Location


@rule("media", "warning")
def unstoppable_animation(shown: ShownAnimation) -> Iterator[Finding]:
    """A picture moves for more than five seconds, and learners cannot stop it.

    Nobody who is distracted by movement can read beside it (WCAG 2.2.2, level A), and most animations begin again
    without end. With the extra `media`, the build makes a film of one that is in an image block or written as a
    picture in the text: it moves when learners play it. Elsewhere, such as in a gallery, use a picture that is still.
    """
    if shown.seconds <= LONGEST:
        return
    yield (
        Message("{0} never stops moving, and nobody can stop it", Quoted(shown.src))
        if shown.seconds == math.inf
        else Message(
            "{0} moves for {1} seconds, and nobody can stop it", Quoted(shown.src), round(shown.seconds)
        ),
        shown.place,
        "Install what makes a film of it: pip install 'coursepack[media]'."
        if shown.could_play
        else "Show it in an image block, of which the build makes a film, or use a picture that is still.",
    )
