"""Makes a film of a moving picture: GIF, APNG, and animated WebP and AVIF, on white where it is transparent."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from PIL import Image, UnidentifiedImageError

from coursepack.course.rungs import RUNGS, Rung
from coursepack.media.encode import CLOCK, SKIPS, KeyFrames, add_pictures, fitted, upright
from coursepack.media.failures import ConversionError
from coursepack.media.filters import Filters
from coursepack.media.look import VideoFacts
from coursepack.media.stills import JPEG

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from PIL.ImageFile import ImageFile

_FORMATS = ["GIF", "PNG", "WEBP", "AVIF"]
_SHORTEST, _INSTEAD = Fraction(2, 100), Fraction(1, 10)
"""Seconds of a frame below which browsers take a tenth of a second instead."""
_HOLD = Fraction(1, 30)
"""Seconds before the end at which the last picture comes again, since a film's last frame has no length of its own."""


def convert(source: str, target: str, rung: Rung, on_read: Callable[[int], object]) -> None:
    """Writes an MP4 without sound. Calls `on_read` with the number of bytes that have been read, about.

    Raises ConversionError, OSError and av.FFmpegError.
    """
    import av
    from av.video.frame import PictureType

    weight = os.path.getsize(source)
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with (
        _opened(source) as moving,
        av.open(f"file:{target}", "w", format="mp4", options=options) as output,
    ):
        facts = VideoFacts("", "", "rgb24", moving.size, (1, 0, 0, 1), False, None, None)
        size = fitted(moving.size, rung)
        stream = add_pictures(output, size, Fraction(25), rung)
        filters: Filters | None = None
        keys = KeyFrames()

        def write(frame: VideoFrame | None) -> None:
            for each in filters.passed(frame) if filters else ():
                at = each.pts * each.time_base
                each.pict_type = PictureType.I if keys.has(at) else PictureType.NONE
                each.pts, each.time_base = round(at / CLOCK), CLOCK
                output.mux(stream.encode(each))

        for number, (picture, at) in enumerate(_pictures(moving)):
            frame = cast("VideoFrame", av.VideoFrame.from_image(picture))  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = round(at / CLOCK), CLOCK
            filters = filters or upright(frame, facts, size)
            write(frame)
            on_read(weight * (number + 1) // (getattr(moving, "n_frames", 1) + 1))
        write(None)
        output.mux(stream.encode(None))


def take_first(source: str, target: str) -> list[tuple[str, int, int]]:
    """Writes the first picture as a JPEG `target` and `-0.jpg`; returns extension, width and height.

    Raises ConversionError and OSError.
    """
    with _opened(source) as moving:
        picture = _on_white(moving).resize(fitted(moving.size, RUNGS["fragile"]))
        picture.save(f"{target}-0.jpg", "JPEG", **JPEG)
    return [("jpg", *picture.size)]


@contextmanager
def _opened(source: str) -> Iterator[ImageFile]:
    """A moving picture, and what ends in an error while it is read."""
    with warnings.catch_warnings():
        # Browsers show pictures with damaged metadata.
        warnings.simplefilter("ignore")
        try:
            with Image.open(source, formats=_FORMATS) as moving:
                yield moving
        except (Image.DecompressionBombError, MemoryError):
            raise ConversionError("memory") from None
        except (UnidentifiedImageError, SyntaxError, EOFError):
            raise ConversionError("damaged") from None


def _pictures(moving: ImageFile) -> Iterator[tuple[Image.Image, Fraction]]:
    """The pictures with their times in seconds. What would come too soon after another is left out."""
    at, last = Fraction(0), None
    shown = None
    for number in range(getattr(moving, "n_frames", 1)):
        moving.seek(number)
        shown = _on_white(moving)
        length = Fraction(moving.info.get("duration", 0) or 0).limit_denominator(1000) / 1000
        if last is None or at >= last + SKIPS:
            yield shown, at
            last = at
        at += length if length >= _SHORTEST else _INSTEAD
    if shown is not None and last is not None and at - _HOLD > last + SKIPS:
        yield shown, at - _HOLD


def _on_white(picture: Image.Image) -> Image.Image:
    rgba = picture.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    white.alpha_composite(rgba)
    return white.convert("RGB")
