"""Rules for posters that are taken from films."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coursepack.course.blocks.block import clock
from coursepack.problems import Location, Message, Quoted
from coursepack.reading.rules.rule import Finding, rule


class TakenPoster(NamedTuple):
    """The time of a poster that its author names, in seconds, and the film with its length, if that is known.

    `has_extra`: what takes it is installed.
    """

    film: str
    second: float
    length: float | None
    has_extra: bool
    place: Location


@rule("media")
def late_poster(poster: TakenPoster) -> Iterator[Finding]:
    """A poster is to be taken from a film when that has ended.

    The film shows nothing then. The time is probably that of another cut of the film. Name a time before the end.
    """
    if poster.length is not None and poster.second >= poster.length:
        yield (
            Message(
                "the poster is at {0}, and {1} ends at {2}",
                clock(poster.second),
                Quoted(poster.film),
                clock(poster.length),
            ),
            poster.place,
            "Name a time in the film, such as 0:12 or 12.5.",
        )


@rule("media", "warning")
def untaken_poster(poster: TakenPoster) -> Iterator[Finding]:
    """A film has no poster, since what takes it from the film is not installed.

    Its frame on the page is empty until the film is played. Install the extra `media` of coursepack with
    `pip install 'coursepack[media]'`, and the build takes the poster at the time that you name. Or name a picture.
    """
    if not poster.has_extra:
        yield (
            Message("the poster of {0} is not taken from the film", Quoted(poster.film)),
            poster.place,
            "Install what takes it: pip install 'coursepack[media]'. Or name a picture.",
        )
