"""Rules for films and sounds: whether their length is right, and whether browsers play them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coursepack.course.blocks.block import File, clock, seconds
from coursepack.problems import Location, Message, Quoted, parts
from coursepack.reading.films import MediaFacts, Played
from coursepack.reading.rules.rule import Finding, rule

LARGE = 50_000_000
DIFFERENCE = 1.5
"""Tolerance of the length in seconds, since `duration` is in whole seconds."""
_FAST_START = Message(
    "Export it with “fast start” (web optimised), or install what converts it: "
    "pip install 'coursepack[media]'."
)
_OTHER_FILM = Message(
    "Export it as MP4 with H.264 and AAC, or install what converts it: pip install 'coursepack[media]'."
)
_OTHER_SOUND = Message(
    "Export it as MP3 or as M4A with AAC, or install what converts it: pip install 'coursepack[media]'."
)


class PlayedFile(NamedTuple):
    """A film or a sound with the facts of its file, its bytes, and the places of its name and of its duration.

    `film` is the length in seconds of the film that it is a version of, if known. `is_converted`: the build converts
    it.
    """

    file: File
    facts: MediaFacts
    weight: int
    film: float | None
    place: Location
    duration: Location
    is_converted: bool = False

    def differs(self, length: float) -> bool:
        """True when its length is known and differs from `length`."""
        return self.facts.seconds is not None and abs(self.facts.seconds - length) > DIFFERENCE

    @property
    def length(self) -> str:
        """The length as authors write it."""
        return clock((self.facts.seconds or 0) + 0.5)


@rule("media")
def other_length(played: PlayedFile) -> Iterator[Finding]:
    """The version with audio description or sign language does not have the length of its film.

    Both share captions and text version, and learners change between them in mid-play: in a longer version all times
    after the first description would be wrong. Describe in the pauses of the film, or use a version of the same length.
    """
    if played.film is not None and played.differs(played.film):
        yield (
            Message(
                "{0} is {1} long, and {2} is {3}",
                Quoted(played.file.src),
                played.length,
                Quoted(played.file.of),
                clock(played.film + 0.5),
            ),
            played.place,
            "Captions and text version belong to both: describe in the pauses of the film."
            if played.file.kind == "described"
            else "Captions and text version belong to both: cut it to the length of the film.",
        )


@rule("media")
def wrong_duration(played: PlayedFile) -> Iterator[Finding]:
    """The length of a film or sound differs from that on the page.

    Learners plan by it, and a wrong length is usually that of an older film. Remove `duration`, since the file has it,
    or use the right file.
    """
    duration = played.file.duration
    if duration and played.differs(seconds(duration)):
        yield (
            Message("{0} is {1} long, not {2}", Quoted(played.file.src), played.length, duration),
            played.duration,
            Message("Write duration: {0}, or leave it out: the file has it.", Quoted(played.length)),
        )


@rule("media", "warning")
def slow_start(played: PlayedFile) -> Iterator[Finding]:
    """An MP4 file has its index at the end.

    Nothing plays before the whole file has loaded, which takes minutes on a slow connection. Export it with “fast
    start”, which some programs call web optimised; the film itself stays the same.
    """
    if played.facts.starts_slowly and not played.is_converted:
        yield (
            Message(
                "{0}: the MP4 file has its index at the end, so nothing plays before it has loaded completely",
                Quoted(played.file.src),
            ),
            played.place,
            _FAST_START,
        )


@rule("media", "warning")
def large_film(played: PlayedFile) -> Iterator[Finding]:
    """A film or a sound is larger than 50 MB.

    It starts late or stops on a slow connection, and some LMSs reject larger packages. Compress it more, split it, or
    publish it elsewhere and link to it.
    """
    if played.weight > LARGE and not played.is_converted:
        yield (
            Message("{0} is {1} MB large", Quoted(played.file.src), f"{played.weight / 1_000_000:.0f}"),
            played.place,
            "Compress it: 1280 by 720 pixels in H.264 take about 10 MB a minute or less.",
        )


@rule("media", "note")
def converted(played: PlayedFile) -> Iterator[Finding]:
    """A film or a sound is converted by the build, so that every browser plays it.

    Some or all browsers do not play it, or it is larger than the `rung` of the course or of its block. A film becomes
    MP4 with H.264 and AAC, a sound M4A with AAC. The result is kept, so this takes time only once.
    """
    if played.is_converted:
        yield (
            Message("the build converts {0} to M4A with AAC", Quoted(played.file.src))
            if played.file.kind == "sound"
            else Message("the build converts {0} to MP4 with H.264 and AAC", Quoted(played.file.src)),
            played.place,
        )


def _played_by(played: PlayedFile, by: Played, template: str) -> Iterator[Finding]:
    is_sound = played.file.kind == "sound"
    for codec in played.facts.codecs:
        if codec.played == by and not played.is_converted:
            yield (
                Message(template, Quoted(played.file.src), parts(codec.name)),
                played.place,
                _OTHER_SOUND if is_sound else _OTHER_FILM,
            )


@rule("media", "warning")
def seldom_played_codec(played: PlayedFile) -> Iterator[Finding]:
    """A film or a sound has a codec that only some browsers play.

    HEVC (H.265), with which many telephones record, plays in Safari, and in other browsers only if the computer can
    decode it. AV1, Dolby and Apple Lossless have the same problem. Some learners see a black picture or hear nothing.
    Export the film as MP4 with H.264 and AAC, the sound as MP3 or M4A with AAC.
    """
    yield from _played_by(played, "some", "{0} has {1}, which only some browsers play")


@rule("media")
def unplayed_codec(played: PlayedFile) -> Iterator[Finding]:
    """A film or a sound has a codec that no browser plays.

    It is a format for cameras, editing or older telephones. MP4 in the file name only names the container.
    Export the film as MP4 with H.264 and AAC, the sound as MP3 or M4A with AAC.
    """
    yield from _played_by(played, "none", "{0} has {1}, which no browser plays")
