"""Measures films by samples: how many bytes they need for how much likeness to their source.

The measure is SSIM (Z. Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004),
as FFmpeg's filter computes it of all three planes. Pictures of fewer pixels are enlarged to those of the film first.
"""

from __future__ import annotations

import math
import os
from collections.abc import Generator, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from coursepack.course.rungs import Rung
from coursepack.media.encode import (
    CLOCK,
    SKIPS,
    OnRead,
    convert,
    fitted,
    upright,
)
from coursepack.media.failures import ConversionError
from coursepack.media.filters import Filters
from coursepack.media.look import look, opened, video_of
from coursepack.media.x264 import THREADS, preset

CRFS = (23, 32, 42)
"""Rate factors of x264 that are tried: from what rungs have to what can barely be followed."""
_SPAN = 2.0
"""Seconds of a sample: a key frame and what follows it up to the next."""
_FEWEST, _MOST = 4, 8
"""Samples of a film. One of eight seconds or less is measured as a whole."""
_FEW_PIXELS, _MANY_PIXELS = 1080, 1920
"""The sides of pictures that are compared, at most."""
_TOGETHER = 0.002
"""Seconds by which the times of the same picture in two files can differ."""

Span = tuple[float, float]


_INDEX, _INDEX_OF_PICTURE, _INDEX_BESIDE_SOUND = 700, 12, 26
"""Bytes of the index of a film, and of each of its pictures in it, alone and beside sound: about what they are."""


class Measured(NamedTuple):
    """What a film needs within one of the limits: bytes without the sound, and its SSIM.

    `pixels` are the most of the longer and the shorter side.
    """

    pixels: tuple[int, int]
    size: int
    ssim: float


class Measures(NamedTuple):
    """All measures of a film, and the bytes of its sound at each of some rates."""

    points: list[Measured]
    sounds: list[int]


def spans(seconds: float) -> list[Span]:
    """The samples of a film: from and to in seconds."""
    if seconds <= _FEWEST * _SPAN:
        return [(at * _SPAN, (at + 1) * _SPAN) for at in range(max(1, math.ceil(seconds / _SPAN)))]
    count = min(_MOST, max(_FEWEST, math.ceil(seconds / 60)))
    starts = ((at + 0.5) * seconds / count - _SPAN / 2 for at in range(count))
    return [(start, start + _SPAN) for start in starts]


def length_of(source: str) -> float:
    """The seconds of a film. Where the file does not tell, its packets do."""
    seconds = look(source).seconds
    if seconds is not None:
        return seconds
    with opened(source) as container:
        stream = video_of(container)
        times = (
            float(packet.pts * packet.time_base)
            for packet in container.demux(*([stream] if stream else []))
            if packet.pts is not None
        )
        return max(times, default=0.0)


def measure(
    source: str, aside: str, limits: Sequence[Rung], sounds: Sequence[Rung], on_read: OnRead
) -> Measures:
    """What a film becomes within each of the limits, of which the first are the largest, judged by samples.

    The sound is converted within each of `sounds`, to the path `aside`. Raises ConversionError, OSError and
    av.FFmpegError.
    """
    found = look(source)
    if found.video is None:
        raise ConversionError("no-pictures")
    compared = _compared(found.video.size, limits[0])
    sizes = list(dict.fromkeys(fitted(found.video.size, each) for each in limits))
    sums: dict[tuple[tuple[int, int], int], list[Any]] = {
        (size, crf): [0, 0.0] for size in sizes for crf in CRFS
    }
    frames, seconds = 0, 0.0
    whole = length_of(source)
    samples, weight = spans(whole), os.path.getsize(source)
    steps, step = len(samples) * len(sums), 0
    for span in samples:
        pictures = list(_pictures(source, compared, span))
        if not pictures:
            continue
        frames += len(pictures)
        seconds += _length(pictures)
        for (size, crf), each in sums.items():
            made, bytes_ = _encoded(pictures, compared, size, crf)
            each[0] += bytes_
            each[1] += sum(_ssims(pictures, made, compared))
            step += 1
            on_read(weight * step // steps)
    if not frames:
        raise ConversionError("damaged")
    index = _INDEX + whole * frames / seconds * (_INDEX_BESIDE_SOUND if found.audio else _INDEX_OF_PICTURE)
    sides = {fitted(found.video.size, each): (each.longer, each.shorter) for each in reversed(limits)}
    points = [
        Measured(sides[size], round(bytes_ * whole / seconds + index), likeness / frames)
        for (size, _), (bytes_, likeness) in sums.items()
    ]
    return Measures(points, [_sound_size(source, aside, each) if found.audio else 0 for each in sounds])


def _sound_size(source: str, aside: str, rung: Rung) -> int:
    convert(source, aside, rung, False, lambda done: None)
    return os.path.getsize(aside)


def likeness(source: str, result: str, largest: Rung, on_read: OnRead) -> float:
    """The SSIM of samples of a converted film and its source, compared at the sides that `largest` gives the film."""
    found = look(source)
    if found.video is None:
        raise ConversionError("no-pictures")
    compared = _compared(found.video.size, largest)
    values: list[float] = []
    samples, weight = spans(length_of(source)), os.path.getsize(source)
    for at, span in enumerate(samples, 1):
        before, after = list(_pictures(source, compared, span)), list(_pictures(result, compared, span))
        pairs = list(_pairs(before, after))
        values += _ssims([one for one, _ in pairs], [two for _, two in pairs], compared)
        on_read(weight * at // len(samples))
    if not values:
        raise ConversionError("damaged")
    return sum(values) / len(values)


def _compared(size: tuple[int, int], largest: Rung) -> tuple[int, int]:
    longer, shorter = min(largest.longer, _MANY_PIXELS), min(largest.shorter, _FEW_PIXELS)
    return fitted(size, largest._replace(longer=longer, shorter=shorter))


def _length(pictures: Sequence[Any]) -> float:
    times = [float(each.pts * CLOCK) for each in pictures]
    if len(times) < 2:
        return 1 / 25
    return (times[-1] - times[0]) * len(times) / (len(times) - 1)


def _pictures(path: str, size: tuple[int, int], span: Span) -> Iterator[Any]:
    """The pictures of a film in a span, upright and in this size, at their times."""
    facts = look(path).video
    with opened(path) as container:
        stream = video_of(container)
        if stream is None or facts is None:
            raise ConversionError("no-pictures")
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = THREADS
        start = Fraction(container.start_time or 0, 1_000_000)
        if span[0] > 0:
            container.seek(round((span[0] + float(start)) * 1_000_000))
        filters: Filters | None = None
        last: Fraction | None = None
        form: tuple[object, ...] = ()
        for frame in _between(container.decode(stream), span, start):
            of_frame = (frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range)
            if filters is None or of_frame != form:
                if filters is not None:
                    # Samples are of one form.
                    break
                filters, form = upright(frame, facts, size), of_frame
            for each in filters.passed(frame):
                last = yield from _placed(each, start, last)
        if filters is not None:
            for each in filters.passed(None):
                last = yield from _placed(each, start, last)


def _between(frames: Iterator[Any], span: Span, start: Fraction) -> Iterator[Any]:
    for frame in frames:
        if frame.pts is None or frame.time_base is None:
            continue
        at = frame.pts * frame.time_base - start
        if at >= span[1]:
            return
        if at >= span[0]:
            yield frame


def _placed(frame: Any, start: Fraction, last: Fraction | None) -> Generator[Any, None, Fraction | None]:
    """The frame at its time, unless the encoder would leave it out. Returns the time of the last one that is kept."""
    at: Fraction = frame.pts * frame.time_base - start
    if last is not None and at < last + SKIPS:
        return last
    frame.pts, frame.time_base = round(at / CLOCK), CLOCK
    yield frame
    return at


def _encoded(
    pictures: Sequence[Any], given: tuple[int, int], size: tuple[int, int], crf: int
) -> tuple[list[Any], int]:
    """The pictures after encoding them in this size, and the bytes."""
    import av
    from av.video.frame import PictureType

    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = CLOCK
    encoder.framerate = Fraction(len(pictures) / _length(pictures)).limit_denominator(1001)
    encoder.thread_count = THREADS
    encoder.colorspace = encoder.color_range = 1
    encoder.options = {**preset(size[0]), "crf": str(crf)}
    decoder = av.CodecContext.create("h264", "r")
    scaled = _scaled(given, size)
    made: list[Any] = []
    weight = 0
    for frame in (*pictures, None):
        for small in scaled.passed(frame) if frame else (*scaled.passed(None), None):
            if small is not None:
                small.pict_type = PictureType.NONE
            for packet in encoder.encode(small):
                weight += packet.size
                made += decoder.decode(packet)
    made += decoder.decode(None)
    return made, weight


def _scaled(given: tuple[int, int], size: tuple[int, int]) -> Filters:
    return Filters(
        ("buffer", _source(given)),
        ("scale", f"w={size[0]}:h={size[1]}:flags=bicubic+accurate_rnd+full_chroma_int"),
        ("buffersink", ""),
    )


def _source(size: tuple[int, int]) -> str:
    # All pictures have these colours. Without them, the filter scale would change some.
    colours = "colorspace=bt709:range=tv"
    return f"video_size={size[0]}x{size[1]}:pix_fmt=yuv420p:time_base={CLOCK}:pixel_aspect=1/1:{colours}"


def _ssims(before: Sequence[Any], after: Sequence[Any], size: tuple[int, int]) -> list[float]:
    """The SSIM of each picture, of which those in `after` can have fewer pixels."""
    from av.filter import Graph

    if not after:
        return []
    graph = Graph()
    # Each thread has a sum of its own, and another number of sums is rounded to another one.
    graph.threads = 1
    one = graph.add("buffer", _source(size))
    two = graph.add("buffer", _source((after[0].width, after[0].height)))
    scale = graph.add("scale", f"w={size[0]}:h={size[1]}:flags=bicubic+accurate_rnd+full_chroma_int")
    ssim, sink = graph.add("ssim", ""), graph.add("buffersink", "")
    one.link_to(ssim, 0, 0)
    two.link_to(scale)
    scale.link_to(ssim, 0, 1)
    ssim.link_to(sink)
    graph.configure()
    values: list[float] = []
    for at, (first, second) in enumerate(zip(before, after, strict=True)):
        # The filter pairs frames by time. The first ones are needed again.
        kept, first.pts = first.pts, at
        second.pts, second.time_base = at, CLOCK
        one.push(first)
        two.push(second)
        first.pts = kept
        values += _pulled(sink)
    one.push(None)
    two.push(None)
    return [*values, *_pulled(sink)]


def _pulled(sink: Any) -> Iterator[float]:
    import av

    while True:
        try:
            yield float(sink.pull().metadata["lavfi.ssim.All"])
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _pairs(before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """The pictures with the same time."""
    others = iter(after)
    other = next(others, None)
    for one in before:
        at = float(one.pts * CLOCK)
        while other is not None and float(other.pts * CLOCK) < at - _TOGETHER:
            other = next(others, None)
        if other is not None and float(other.pts * CLOCK) <= at + _TOGETHER:
            yield one, other
            other = next(others, None)
