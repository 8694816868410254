"""Filters of FFmpeg in a row, and sound that they give one form."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.packet import Packet


class Filters:
    """Filters in a row."""

    def __init__(self, *filters: tuple[str, str]) -> None:
        from av.filter import Graph

        # Its filters do not keep it alive.
        self._graph = Graph()
        row = [self._graph.add(name, options) for name, options in filters]
        for one, two in pairwise(row):
            one.link_to(two)
        self._graph.configure()
        self._first, self._last = row[0], row[-1]

    def passed(self, frame: Any) -> Iterator[Any]:
        """The frames that are ready when one more has been given; after None, the last ones."""
        import av

        self._first.push(frame)
        while True:
            try:
                yield self._last.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return


def sound_filters(frame: AudioFrame, *filters: tuple[str, str]) -> Filters:
    """Filters for sound of the form that `frame` has."""
    source = (
        f"sample_rate={frame.sample_rate}:sample_fmt={frame.format.name}"
        f":channel_layout={frame.layout.name}:time_base={frame.time_base}"
    )
    return Filters(("abuffer", source), *filters, ("abuffersink", ""))


def layout_of(channels: int) -> str:
    """FFmpeg's name for one or two channels."""
    return "mono" if channels == 1 else "stereo"


class SteadySound:
    """A track of sound with one rate, one or two channels and no gaps, whatever it has on its way.

    Its times begin at `start`, that of the file in seconds.
    """

    def __init__(self, stream: AudioStream, rate: int, channels: int, start: Fraction) -> None:
        self._stream, self._start = stream, start
        self._form = f"sample_fmts=fltp:sample_rates={rate}:channel_layouts={layout_of(channels)}"
        self._filters: Filters | None = None
        self._given: tuple[object, ...] = ()
        self._end: int | None = None

    def frames(self, packet: Packet[Any]) -> Iterator[AudioFrame]:
        """The frames that are ready when one more packet has been given."""
        for frame in self._stream.decode(packet):
            if frame.time_base:
                # Of several frames in a packet, only the first has a time.
                frame.pts = (
                    self._end if frame.pts is None else round(frame.pts - self._start / frame.time_base)
                )
                length = frame.samples / (frame.sample_rate * frame.time_base)
                self._end = None if frame.pts is None else frame.pts + round(length)
            given = (frame.format.name, frame.layout.name, frame.sample_rate)
            if self._filters is None or given != self._given:
                # Gaps become silence, so that sound and pictures stay together; so does what is missing at the start.
                gaps = "async=1" if self._filters else "async=1:first_pts=0"
                yield from self.rest()
                self._filters = sound_filters(frame, ("aresample", gaps), ("aformat", self._form))
                self._given = given
            yield from self._filters.passed(frame)

    def rest(self) -> Iterator[AudioFrame]:
        """The last frames; none if there was no sound."""
        if self._filters is not None:
            yield from self._filters.passed(None)
