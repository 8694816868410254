"""The process of FFmpeg and Pillow: reads a task from standard input and writes lines of JSON to standard output."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import Any

from coursepack.course.rungs import Rung
from coursepack.media.failures import Cause, ConversionError

_PAUSE = 0.1
"""Seconds between two lines about progress."""


def main() -> None:
    """Does one task, and writes its result or the cause of its failure."""
    task = json.load(sys.stdin)
    _limit(task["memory"])
    try:
        answer = {"result": _done(task)}
    except ConversionError as error:
        answer = {"failed": error.cause}
    except MemoryError:
        answer = {"failed": "memory"}
    except Exception as error:
        cause = _cause(error)
        if cause is None:
            raise
        answer = {"failed": cause}
    _write(answer)


def _limit(memory: int) -> None:
    """Limits the memory of this process in bytes, where the system supports it."""
    if sys.platform != "win32":
        import resource

        # A limit that is lower already stays, and a core file would be as large as this one.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _done(task: dict[str, Any]) -> object:
    if task["do"] == "picture":
        from coursepack.course.pictures import PictureRung
        from coursepack.media import pictures

        hdr = tuple(task["hdr"]) if task["hdr"] else None
        return pictures.convert(task["source"], task["target"], PictureRung(*task["rung"]), hdr)
    import av

    # Causes are reported in our own words.
    av.logging.set_level(None)
    if task["do"] == "look":
        from coursepack.media.look import look

        return look(task["source"])
    if task["do"] == "examine":
        from coursepack.media.examine import examine

        return examine(task["source"], _Progress())
    if task["do"] == "measure":
        from coursepack.media.fit_samples import measure

        limits, sounds = ([Rung(*each) for each in task[name]] for name in ("limits", "sounds"))
        return measure(task["source"], task["aside"], limits, sounds, _Progress())
    if task["do"] == "likeness":
        from coursepack.media.fit_samples import likeness

        return likeness(task["source"], task["result"], Rung(*task["largest"]), _Progress())
    if task["do"] == "stills":
        from coursepack.media.stills import take

        return take(task["source"], task["target"], task["begins"], task["most"], _Progress())
    if task["do"] == "frame":
        from coursepack.media.poster import take as take_frame

        return take_frame(task["source"], task["target"], task["second"], Rung(*task["rung"]), _Progress())
    if task["do"] == "poster":
        from coursepack.media.animation import take_first

        return take_first(task["source"], task["target"])
    from coursepack.media.encode import convert
    from coursepack.media.fit_encode import fit

    rung = Rung(*task["rung"]) if task["rung"] else None
    try:
        if task["do"] == "fit":
            assert rung
            largest = Rung(*task["largest"])
            return fit(task["source"], task["target"], rung, task["most"], largest, _Progress())
        if task["do"] == "animation":
            from coursepack.media import animation

            assert rung
            animation.convert(task["source"], task["target"], rung, _Progress())
            return None
        convert(task["source"], task["target"], rung, task["is_film"], _Progress())
    except BaseException:
        with suppress(OSError):
            os.unlink(task["target"])
        raise
    return None


def _cause(error: Exception) -> Cause | None:
    """The cause of an error of FFmpeg or the system; None for a bug of ours."""
    if isinstance(error, OSError) and error.errno in (13, 28, 30, 122):
        return "disk"
    # What converts pictures has no need of it.
    if "av" not in sys.modules:
        return None
    import av

    match error:
        case av.error.DecoderNotFoundError():
            return "codec"
        # Without memory, threads do not start and x264 gives up.
        case av.error.BlockingIOError() | av.error.ExternalError():
            return "memory"
        case av.error.FFmpegError() | UnicodeError():
            return "damaged"
    return None


class _Progress:
    """Writes regularly how many bytes have been read.

    Writing fails when the build was killed, which also ends this process.
    """

    def __init__(self) -> None:
        self._written = 0.0

    def __call__(self, done: int) -> None:
        import time

        now = time.monotonic()
        if now - self._written >= _PAUSE:
            self._written = now
            _write({"done": done})


def _write(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
