"""Runs tasks of FFmpeg and Pillow in processes of their own, which may crash, hang or run out of memory."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from coursepack.course.pictures import PictureRung
from coursepack.course.rungs import Rung
from coursepack.media.examination import Examination, examination_of
from coursepack.media.failures import CAUSES, ConversionError
from coursepack.media.fit_samples import Measured, Measures
from coursepack.media.look import AudioFacts, Look, VideoFacts

MEMORY = 4_000_000_000
"""Bytes of address space; a film of 4K needs a third."""
PATIENCE = 300.0
"""Seconds without progress after which the process is killed. The first frame of HDR can take half a minute."""


class Written(NamedTuple):
    """A file with a picture, named as its target, a hyphen, its number from 0, and its extension.

    `second` is the time of a picture in its film; else 0.
    """

    ending: str
    width: int
    height: int
    second: float = 0.0


def look_at(path: Path) -> Look:
    """What a film or a sound is. Raises ConversionError and OSError."""
    container, seconds, video, audio = _run({"do": "look", "source": os.path.abspath(path)})
    return Look(
        container,
        seconds,
        _video(*video) if video else None,
        AudioFacts(*audio) if audio else None,
    )


def _video(
    codec: str, profile: str, pixels: str, size: list[int], turn: list[int], is_hdr: bool, *rates: Any
) -> VideoFacts:
    a, b, c, d = turn
    return VideoFacts(codec, profile, pixels, (size[0], size[1]), (a, b, c, d), is_hdr, *rates)


def examine_file(path: Path, on_read: Callable[[int], object] = lambda done: None) -> Examination:
    """Examines a film or a sound from beginning to end.

    Calls `on_read` with the number of bytes that have been read. Raises ConversionError and OSError.
    """
    return examination_of(_run({"do": "examine", "source": os.path.abspath(path)}, on_read))


def convert(
    source: Path,
    target: Path,
    rung: Rung | None,
    is_film: bool,
    on_read: Callable[[int], object] = lambda done: None,
    *,
    is_animation: bool = False,
    memory: int = MEMORY,
    patience: float = PATIENCE,
) -> None:
    """Converts a file, or only moves its index to the start where there is no rung. A moving picture becomes a film.

    Calls `on_read` with the number of bytes that have been read. `memory` is the limit of address space in bytes,
    `patience` that of seconds without progress. Raises ConversionError and OSError.
    """
    do = "animation" if is_animation else "convert"
    task = {"do": do, "source": os.path.abspath(source), "target": os.path.abspath(target)}
    _run({**task, "rung": rung, "is_film": is_film}, on_read, memory, patience)


def measure(
    source: Path,
    aside: Path,
    limits: Sequence[Rung],
    sounds: Sequence[Rung],
    on_read: Callable[[int], object],
) -> Measures:
    """What a film becomes within limits: see `fit_samples.measure`. Raises ConversionError and OSError."""
    paths = {"source": os.path.abspath(source), "aside": os.path.abspath(aside)}
    points, weights = _run({"do": "measure", **paths, "limits": limits, "sounds": sounds}, on_read)
    return Measures([Measured((p[0], p[1]), size, ssim) for p, size, ssim in points], weights)


def likeness(source: Path, result: Path, largest: Rung, on_read: Callable[[int], object]) -> float:
    """The SSIM of a converted film: see `fit_samples.likeness`. Raises ConversionError and OSError."""
    paths = {"source": os.path.abspath(source), "result": os.path.abspath(result)}
    return float(_run({"do": "likeness", **paths, "largest": largest}, on_read))


def fit(
    source: Path, target: Path, rung: Rung, most: int, largest: Rung, on_read: Callable[[int], object]
) -> float:
    """Converts a film to at most `most` bytes: see `fit_encode.fit`. Raises ConversionError and OSError.

    Calls `on_read` with the number of bytes that have been read in all passes, of which there are two or more.
    """
    task = {"do": "fit", "source": os.path.abspath(source), "target": os.path.abspath(target)}
    return float(_run({**task, "rung": rung, "most": most, "largest": largest}, on_read))


def take_stills(
    source: Path,
    target: Path,
    begins: Sequence[float],
    most: int,
    on_read: Callable[[int], object] = lambda done: None,
) -> Sequence[Written]:
    """Writes key pictures of a film: see `stills.take`. Raises ConversionError and OSError."""
    task = {"do": "stills", "source": os.path.abspath(source), "target": os.path.abspath(target)}
    return _written(_run({**task, "begins": begins, "most": most}, on_read))


def take_frame(
    source: Path,
    target: Path,
    second: float | None,
    rung: Rung,
    on_read: Callable[[int], object] = lambda done: None,
) -> Sequence[Written]:
    """Writes the poster of a film: see `poster.take`. Raises ConversionError and OSError."""
    task = {"do": "frame", "source": os.path.abspath(source), "target": os.path.abspath(target)}
    return _written(_run({**task, "second": second, "rung": rung}, on_read))


def take_poster(source: Path, target: Path) -> Sequence[Written]:
    """Writes the first picture of a moving one: see `animation.take_first`. Raises ConversionError and OSError."""
    task = {"do": "poster", "source": os.path.abspath(source), "target": os.path.abspath(target)}
    return _written(_run_for_picture(task))


def convert_picture(
    source: Path,
    target: Path,
    rung: PictureRung,
    hdr: tuple[int, int] | None = None,
    *,
    memory: int = MEMORY,
    patience: float = PATIENCE,
) -> Sequence[Written]:
    """Converts a picture; to no files when none would be smaller. `hdr` is as in `pictures.convert`.

    The limits are those of `convert`. Raises ConversionError and OSError.
    """
    task = {"do": "picture", "source": os.path.abspath(source), "target": os.path.abspath(target)}
    return _written(_run_for_picture({**task, "rung": rung, "hdr": hdr}, memory, patience))


def _run_for_picture(task: dict[str, Any], memory: int = MEMORY, patience: float = PATIENCE) -> Any:
    try:
        return _run(task, memory=memory, patience=patience)
    except ConversionError as error:
        raise ConversionError(error.cause, is_picture=True) from None


def _written(files: Any) -> Sequence[Written]:
    return [Written(*each) for each in files]


def _run(
    task: dict[str, Any],
    on_read: Callable[[int], object] = lambda done: None,
    memory: int = MEMORY,
    patience: float = PATIENCE,
) -> Any:
    """The result of a task."""
    # -P: a file in the working folder must not be imported as a module.
    command = [sys.executable, "-P", "-m", "coursepack.media.worker"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        reader.start()
        try:
            try:
                process.stdin.write(json.dumps({**task, "memory": memory}))
                process.stdin.close()
            except BrokenPipeError:
                raise ConversionError("crash") from None
            return _result(lines, on_read, patience)
        finally:
            process.kill()
            reader.join()


def _read(stream: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    """Forwards each line, then None: waiting for a pipe with a timeout is not possible on every system."""
    for line in stream:
        lines.put(line)
    lines.put(None)


def _result(lines: queue.SimpleQueue[str | None], on_read: Callable[[int], object], patience: float) -> Any:
    while True:
        try:
            line = lines.get(timeout=patience)
        except queue.Empty:
            raise ConversionError("time") from None
        if line is None:
            raise ConversionError("crash")
        answer = json.loads(line)
        if "done" in answer:
            on_read(answer["done"])
            continue
        cause = answer.get("failed")
        if cause in CAUSES:
            raise ConversionError(cause)
        return answer["result"]
