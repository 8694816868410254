"""Encodes a film so that its file is as large as it may be, in two passes."""

from __future__ import annotations

import os
from collections.abc import Callable

from coursepack.course.rungs import Rung
from coursepack.media.encode import OnRead, Pass, convert
from coursepack.media.failures import ConversionError
from coursepack.media.fit_samples import length_of, likeness
from coursepack.media.look import look

_AIM, _ENOUGH = 0.993, 0.985
"""Shares of the bytes that are aimed at, and that are enough. The rate of x264 is never quite what was asked for."""
_TRIES = 5
_LEAST_RATE = 2_000
"""Bits a second that can be asked for, at least."""


def fit(source: str, target: str, rung: Rung, most: int, largest: Rung, on_read: OnRead) -> float:
    """Converts a film to at most `most` bytes, and hardly fewer, with the pixels and the sound of a rung.

    Returns its likeness to the source, with `largest`. A film that cannot be so small becomes as small as it can.
    Raises ConversionError, OSError and av.FFmpegError.
    """
    found = look(source)
    if found.video is None:
        raise ConversionError("no-pictures")
    seconds = max(length_of(source), 0.1)
    log, weight = f"{target}.log", os.path.getsize(source)
    rate = max(_LEAST_RATE, int(most * 8 / seconds - (rung.audio_rate if found.audio else 0)))
    pictures = convert(source, target, rung, True, on_read, Pass(1, rate, log))
    # Sound and index are the same in each pass.
    room = most * _AIM - (os.path.getsize(target) - pictures)
    rate = max(_LEAST_RATE, int(room * 8 / seconds))
    kept = 0
    for at in range(1, _TRIES + 1):
        made = f"{target}.tried"
        pictures = convert(source, made, rung, True, _after(at * weight, on_read), Pass(2, rate, log))
        size = os.path.getsize(made)
        if not kept or kept < size <= most or size < kept > most:
            os.replace(made, target)
            kept = size
        if _ENOUGH * most <= size <= most or (size > most and rate == _LEAST_RATE):
            break
        rate = max(_LEAST_RATE, int(rate * room / pictures))
    return likeness(source, target, largest, _after((at + 1) * weight, on_read))


def _after(before: int, on_read: OnRead) -> Callable[[int], object]:
    return lambda done: on_read(before + done)
