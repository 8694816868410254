"""Takes the poster out of a film: what it shows at a time, or a picture that stands for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageFilter, ImageStat

from coursepack.course.rungs import Rung
from coursepack.media.failures import ConversionError
from coursepack.media.filters import Filters
from coursepack.media.look import opened
from coursepack.media.stills import FULL, GRID, OnRead, Seen, film_of, frames, grey, written

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_CANDIDATES = 24
"""Pictures from all over a film, of which one is chosen."""
_FEW = _CANDIDATES // 3
"""Key frames from which there are enough to choose; with fewer, others are looked at too."""
_UNKNOWN_STEP = 2
"""Seconds between two candidates in a film whose length is not known."""
_SIZE = 320, 180
"""Pixels in which edges are looked for: noise is gone, and what is out of focus is still seen."""
_EMPTY = 4.0
"""Contrast, of 255, below which a picture shows one colour, such as black."""
_LAPLACE = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), 1, 128)


class _Candidate(NamedTuple):
    """A picture of a film, and how sharp its edges are."""

    seen: Seen
    sharpness: float


def take(
    source: str, target: str, second: float | None, rung: Rung, on_read: OnRead
) -> list[tuple[str, int, int, float]]:
    """Writes the picture that a film shows at a time as a JPEG `target` and `-0.jpg`, within a rung.

    Without a time, one is chosen that is neither black nor blurred, and most like the rest of the film. Calls `on_read`
    with the number of bytes that have been read when the whole film is. Returns extension, width, height and second.
    Raises ConversionError, OSError and av.FFmpegError.
    """
    if second is None:
        second = _chosen(_keys(source) or list(_steady(source, on_read)))
    (size,) = written(source, target, [second], rung)
    return [("jpg", *size, second)]


def _chosen(candidates: Sequence[_Candidate]) -> float:
    """The second of the one that stands for all."""
    if not candidates:
        raise ConversionError("damaged")
    shown = [each for each in candidates if each.seen.contrast >= _EMPTY] or candidates
    full = median(each.seen.contrast for each in shown) * FULL
    shown = [each for each in shown if each.seen.contrast >= full]
    # The sharper half.
    sharp = median(each.sharpness for each in shown)
    return min(
        (each.seen for each in shown if each.sharpness >= sharp),
        key=lambda seen: sum(seen.differs(each.seen) for each in shown),
    ).second


def _keys(source: str) -> list[_Candidate]:
    """Key frames from all over a film; none when there are too few, or they cannot be found."""
    import av

    with opened(source) as container:
        stream = film_of(container)
        if not container.duration or container.duration < 0:
            return []
        start, step = container.start_time or 0, container.duration / _CANDIDATES
        stream.codec_context.skip_frame = "NONKEY"
        found: dict[Fraction, _Candidate] = {}
        for number in range(_CANDIDATES):
            # A file without an index cannot be searched, and damage costs its frames.
            try:
                container.seek(int(start + (number + 0.5) * step), backward=True)
                frame = next(_whole(container, stream), None)
            except av.FFmpegError:
                continue
            if frame is not None and frame.pts is not None and frame.time_base:
                at = frame.pts * frame.time_base - Fraction(start, 1_000_000)
                if at not in found:
                    found[at] = _candidate(frame, at)
    return list(found.values()) if len(found) >= _FEW else []


def _whole(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    return (frame for frame in container.decode(stream) if not frame.is_corrupt)


def _steady(source: str, on_read: OnRead) -> Iterator[_Candidate]:
    """Pictures from all over a film, which is read to its end."""
    with opened(source) as container:
        length = Fraction(max(container.duration or 0, 0), 1_000_000)
    step, due = length / _CANDIDATES or Fraction(_UNKNOWN_STEP), Fraction(0)
    for frame, at in frames(source, on_read):
        if at >= due and not frame.is_corrupt:
            due = at + step
            yield _candidate(frame, at)


def _candidate(frame: VideoFrame, at: Fraction) -> _Candidate:
    picture = _small(grey(frame, *_SIZE), frame)
    edges = ImageStat.Stat(picture.filter(_LAPLACE)).var[0]
    return _Candidate(Seen(float(at), picture.resize(GRID, Image.Resampling.BOX).tobytes()), edges)


def _small(filters: Filters, frame: VideoFrame) -> Image.Image:
    plane = next(filters.passed(frame)).planes[0]
    return Image.frombytes("L", _SIZE, bytes(plane), "raw", "L", plane.line_size, 1)
