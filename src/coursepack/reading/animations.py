"""Tells for how long a moving picture moves: GIF, APNG, and animated WebP and AVIF. Reads headers alone."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_SHORTEST = 0.02
"""Seconds of a frame below which browsers take a tenth of a second instead, as all of them do for GIF and APNG."""
_INSTEAD = 0.1


def moving_seconds(path: Path) -> float:
    """For how many seconds a moving picture moves, all its rounds together; infinite when it never stops.

    Raises OSError.
    """
    with path.open("rb") as file:
        head = file.read(12)
        if head.startswith(b"GIF8"):
            frames, rounds = _gif(file)
        elif head.startswith(b"\x89PNG"):
            frames, rounds = _png(file)
        elif head.startswith(b"RIFF"):
            frames, rounds = _webp(file)
        else:
            # A sequence of AVIF can have an edit list with repetitions, and browsers repeat it without one too.
            return math.inf
    once = sum(_INSTEAD if each < _SHORTEST else each for each in frames)
    return once * rounds if rounds else math.inf


def _gif(file: BinaryIO) -> tuple[list[float], int]:
    """Seconds of each frame, and the rounds; 0 without end. GIF 89a, and the extension NETSCAPE2.0."""
    file.seek(10)
    _skip_colours(file, file.read(3)[:1])
    frames: list[float] = []
    rounds, delay = 1, 0.0
    while (kind := file.read(1)) in (b"!", b","):
        label = b""
        if kind == b"!":
            label = file.read(1)
        else:
            _skip_colours(file, file.read(9)[8:])
            file.read(1)
            frames.append(delay)
            delay = 0.0
        found = list(_parts(file))
        if label == b"\xf9" and found and len(found[0]) == 4:
            # Of the picture that follows.
            delay = int.from_bytes(found[0][1:3], "little") / 100
        elif label == b"\xff" and found[:1] in ([b"NETSCAPE2.0"], [b"ANIMEXTS1.0"]) and len(found) > 1:
            again = int.from_bytes(found[1][1:3], "little")
            rounds = again + 1 if again else 0
    return frames, rounds


def _skip_colours(file: BinaryIO, flags: bytes) -> None:
    if flags and flags[0] & 0x80:
        file.seek(3 << (flags[0] & 7) + 1, 1)


def _parts(file: BinaryIO) -> Iterator[bytes]:
    while (length := file.read(1)) not in (b"", b"\0"):
        yield file.read(length[0])


def _png(file: BinaryIO) -> tuple[list[float], int]:
    """APNG 1.0: `acTL` has the rounds, each `fcTL` the delay of a frame as a fraction."""
    frames, rounds = [], 1
    file.seek(8)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"acTL":
            rounds = struct.unpack(">II", file.read(8))[1]
            length -= 8
        elif kind == b"fcTL":
            number, of = struct.unpack(">20xHH2x", file.read(26))
            frames.append(number / (of or 100))
            length -= 26
        file.seek(length + 4, 1)
    return frames, rounds


def _webp(file: BinaryIO) -> tuple[list[float], int]:
    """WebP container: `ANIM` has the rounds, each `ANMF` the milliseconds of a frame."""
    frames, rounds = [], 1
    file.seek(12)
    while len(head := file.read(8)) == 8:
        kind, length = struct.unpack("<4sI", head)
        body = file.read(min(length, 16))
        if kind == b"ANIM" and len(body) >= 6:
            rounds = int.from_bytes(body[4:6], "little")
        elif kind == b"ANMF" and len(body) >= 15:
            frames.append(int.from_bytes(body[12:15], "little") / 1000)
        file.seek(length - len(body) + (length & 1), 1)
    return frames, rounds
