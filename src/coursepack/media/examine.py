"""Examines a film or a sound from beginning to end: its loudness, silence, black pictures and flashes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from coursepack.media.examination import LEAST_SILENCE, LONG_BLACK, Examination, Span
from coursepack.media.failures import ConversionError
from coursepack.media.filters import Filters, SteadySound, sound_filters
from coursepack.media.look import audio_of, opened, video_of
from coursepack.media.loudness import Loudness, Meter

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.video.frame import VideoFrame

_STEP = 0.05
"""Seconds of sound with one level."""
_ENVELOPE_RATE = 16_000
_BELOW_SPEECH = 20.0
"""LU below the loudness of the whole; what is quieter is background."""
_SILENT, _BELOW_ALL = -55.0, 35.0
"""dB, and LU below the loudness of the whole; what is quieter than both is silence."""
_PAUSE, _CLICK = 0.25, 0.1
"""Seconds: shorter pauses belong to a phrase, and shorter sounds are none."""

_GRID = 8
"""Pictures are compared in so many columns and rows."""
_FLASHING, _WITHIN = 7, 0.92
"""Changes within a second that are more than three flashes: a flash is a change and the one back (WCAG 2.2, 2.3.1).

Exactly three a second are allowed, and take a little less where the times of frames are rounded.
"""
_CALM = 2.0
"""Seconds between two stretches of flashes."""
_AREA = _GRID * _GRID // 8
"""Cells that flash at the same time: a quarter of 10 degrees of the visual field is a ninth of a screen (WCAG 2.2)."""
_CHANGE, _BRIGHT = 0.1, 0.8
"""Of the relative luminance: a change of a flash, and how bright its darker side may be (WCAG 2.2)."""
_RED_CHANGE, _RED_SHARE = 20.0, 0.8
"""Of (R - G - B) x 320: a change of a red flash; and the share of red in a saturated red (Understanding 2.3.1)."""


_LINEAR = [
    value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in range(256)
]
"""sRGB as light (IEC 61966-2-1)."""


def examine(source: str, on_read: Callable[[int], object]) -> Examination:
    """Examines a file. Calls `on_read` with the number of bytes that have been read.

    Raises ConversionError and av.FFmpegError.
    """
    import av

    with opened(source) as container:
        video, audio = video_of(container), audio_of(container)
        start = Fraction(container.start_time or 0, 1_000_000)
        streams = [each for each in (video, audio) if each and each.codec_context is not None]
        if not streams:
            raise ConversionError("codec" if video or audio else "damaged")
        pictures, sound = _Pictures(start), _Sound()
        steady = (
            SteadySound(audio, 48_000, min(audio.codec_context.channels, 2), start)
            if audio in streams
            else None
        )
        if video:
            video.thread_type = "AUTO"
        done = 0
        for packet in container.demux(streams):
            done += packet.size
            # Damage in the middle of a file costs its frames.
            try:
                if steady and packet.stream.type == "audio":
                    for heard in steady.frames(packet):
                        sound.hear(heard)
                elif video:
                    for seen in video.decode(packet):
                        pictures.see(seen)
            except av.error.InvalidDataError:
                pass
            on_read(done)
        for heard in steady.rest() if steady else ():
            sound.hear(heard)
        pictures.end()
    if not pictures.seen and not sound.loudness:
        raise ConversionError("damaged")
    return Examination(
        round(max(pictures.seconds, sound.seconds), 2),
        sound.loudness,
        tuple(sound.sounds()),
        tuple(sound.silences()),
        tuple(pictures.black),
        tuple(pictures.flashes),
    )


class _Sound:
    """Listens to a track of sound: its loudness, and its level in each step."""

    def __init__(self) -> None:
        self._meter = Meter()
        self._filters: Filters | None = None
        self._levels: list[float] = []

    def hear(self, frame: AudioFrame) -> None:
        if self._filters is None:
            self._filters = sound_filters(
                frame,
                ("aformat", f"sample_fmts=flt:sample_rates={_ENVELOPE_RATE}:channel_layouts=mono"),
                # Hum and wind are not heard as sound.
                ("highpass", "f=120"),
                ("asetnsamples", f"n={round(_STEP * _ENVELOPE_RATE)}:p=0"),
                ("astats", "metadata=1:reset=1:measure_perchannel=none:measure_overall=RMS_level"),
            )
        self._meter.hear(frame)
        for heard in self._filters.passed(frame):
            self._levels.append(max(-99.0, float(heard.metadata["lavfi.astats.Overall.RMS_level"])))

    @property
    def loudness(self) -> Loudness | None:
        return self._meter.loudness

    @property
    def seconds(self) -> float:
        return len(self._levels) * _STEP

    def sounds(self) -> Iterator[Span]:
        """Stretches that stand out from the background."""
        if self.loudness is None:
            return
        least = max(self.loudness.integrated - _BELOW_SPEECH, _SILENT)
        merged: list[Span] = []
        for start, end in _stretches([level >= least for level in self._levels]):
            if merged and start - merged[-1][1] < _PAUSE:
                merged[-1] = (merged[-1][0], end)
            else:
                merged.append((start, end))
        yield from ((start, end) for start, end in merged if end - start > _CLICK)

    def silences(self) -> Iterator[Span]:
        """Stretches without anything to hear."""
        if self.loudness is None:
            return
        most = min(self.loudness.integrated - _BELOW_ALL, _SILENT)
        if self.loudness.integrated <= -70:
            most = _SILENT
        for start, end in _stretches([level < most for level in self._levels]):
            if end - start >= LEAST_SILENCE:
                yield start, end


def _stretches(marks: Sequence[bool]) -> Iterator[Span]:
    """The times of unbroken rows of True."""
    start: int | None = None
    for at, mark in enumerate((*marks, False)):
        if mark and start is None:
            start = at
        elif not mark and start is not None:
            yield round(start * _STEP, 2), round(at * _STEP, 2)
            start = None


class _Pictures:
    """Looks at a track of pictures: where they are black, and where they flash."""

    def __init__(self, start: Fraction) -> None:
        self._start = start
        self._filters: Filters | None = None
        self._form: tuple[object, ...] = ()
        self._black_since: float | None = None
        self._last = self._step = 0.0
        self._grid = _Grid()
        self._flashed = -math.inf
        self.seen = False
        self.black: list[Span] = []
        self.flashes: list[float] = []

    @property
    def seconds(self) -> float:
        return self._last + self._step

    def see(self, frame: VideoFrame) -> None:
        form = (frame.width, frame.height, frame.format.name)
        if self._filters is None or form != self._form:
            self._finish()
            source = (
                f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}"
                f":time_base={frame.time_base}:pixel_aspect=1/1"
            )
            self._filters, self._form = (
                Filters(
                    ("buffer", source),
                    # White words on black are no black picture.
                    ("blackdetect", "black_min_duration=0:picture_black_ratio_th=0.999"),
                    # In two steps, since one would need too large a filter.
                    ("scale", "w=128:h=128:flags=area"),
                    ("scale", f"w={_GRID}:h={_GRID}:flags=area"),
                    ("format", "pix_fmts=rgb24"),
                    ("buffersink", ""),
                ),
                form,
            )
        for small in self._filters.passed(frame):
            self._look(small)

    def end(self) -> None:
        """Ends what goes on at the end."""
        self._finish()
        self._turn_bright(self.seconds)

    def _finish(self) -> None:
        for small in self._filters.passed(None) if self._filters else ():
            self._look(small)

    def _look(self, small: VideoFrame) -> None:
        if small.pts is None or small.time_base is None:
            return
        self.seen = True
        at = float(small.pts * small.time_base - self._start)
        self._step, self._last = max(0.0, min(1.0, at - self._last)), at
        if "lavfi.black_start" in small.metadata:
            self._black_since = at
        if "lavfi.black_end" in small.metadata:
            self._turn_bright(at)
        plane = small.planes[0]
        data, width = bytes(plane), plane.line_size
        rows = (data[row * width : row * width + 3 * _GRID] for row in range(_GRID))
        cells = b"".join(rows)
        since = self._grid.flashes_since(at, cells)
        if since is None:
            return
        if since - self._flashed > _CALM:
            self.flashes.append(round(since, 2))
        self._flashed = at

    def _turn_bright(self, at: float) -> None:
        if self._black_since is not None and at - self._black_since >= LONG_BLACK:
            self.black.append((round(self._black_since, 2), round(at, 2)))
        self._black_since = None


class _Grid:
    """Counts flashes in the cells of pictures: changes of brightness or of red, each followed by one back."""

    def __init__(self) -> None:
        self._cells = b""
        cells = range(_GRID * _GRID)
        self._bright = [_Changes(_CHANGE, _BRIGHT) for _ in cells]
        self._red = [_Changes(_RED_CHANGE, math.inf) for _ in cells]

    def flashes_since(self, at: float, cells: bytes) -> float | None:
        """Since when there have been more than three flashes, if this picture is one of them.

        `cells` are its colours in RGB.
        """
        if cells == self._cells:
            return None
        self._cells = cells
        for number in range(_GRID * _GRID):
            red, green, blue = (_LINEAR[value] for value in cells[3 * number : 3 * number + 3])
            self._bright[number].add(at, 0.2126 * red + 0.7152 * green + 0.0722 * blue)
            is_red = red >= _RED_SHARE * (red + green + blue)
            self._red[number].add(at, 320 * max(0.0, red - green - blue) if is_red else 0.0)
        for kind in (self._bright, self._red):
            since = sorted(each.times[0] for each in kind if each.are_flashes(at))
            if len(since) >= _AREA:
                return since[0]
        return None


class _Changes:
    """The last changes of a value up and down by at least `least`, which reach below `bright`."""

    def __init__(self, least: float, bright: float) -> None:
        self._least, self._bright = least, bright
        self._low, self._high = math.inf, -math.inf
        self._way = 0
        self.times: deque[float] = deque(maxlen=_FLASHING)

    def add(self, at: float, value: float) -> None:
        """The value of the next picture."""
        self._low, self._high = min(self._low, value), max(self._high, value)
        if self._way <= 0 and value - self._low >= self._least and self._low < self._bright:
            self._way = 1
        elif self._way >= 0 and self._high - value >= self._least and value < self._bright:
            self._way = -1
        else:
            return
        self._low = self._high = value
        self.times.append(at)

    def are_flashes(self, at: float) -> bool:
        """True when there were too many in the last second."""
        return len(self.times) == _FLASHING and at - self.times[0] <= _WITHIN
