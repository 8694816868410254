"""How long a film stands still: python course_source/studio/stillness.py FILM.mp4 ...

A picture stands if fewer than 12 of 480 x 270 points change by more than 6 of 255 in a fifth of a second. A film fails if
it stands for more than four seconds at a time.
"""

import subprocess
import sys
from itertools import groupby, pairwise

import numpy as np

LONGEST = 4.0
A_SECOND = 5


def stands(film: str) -> list[tuple[float, float]]:
    """When the film stands still, and for how long, in seconds."""
    shape = f"fps={A_SECOND},scale=480:270"
    command = (
        "ffmpeg",
        "-loglevel",
        "error",
        "-i",
        film,
        "-vf",
        shape,
        "-f",
        "rawvideo",
        "-pix_fmt",
        "gray",
        "-",
    )
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    seen = np.frombuffer(raw, np.uint8).reshape(-1, 270, 480).astype(np.int16)
    still = [int((np.abs(after - before) > 6).sum()) < 12 for before, after in pairwise(seen)]
    found, at = [], 0
    for stood, same in groupby(still):
        length = len(list(same))
        if stood:
            found.append((at / A_SECOND, length / A_SECOND))
        at += length
    return found


def main() -> None:
    too_long = False
    for film in sys.argv[1:]:
        found = stands(film)
        longest = max((length for _, length in found), default=0.0)
        print(f"{film}: {sum(length for _, length in found):.0f} s still, {longest:.1f} s at the most")
        for at, length in found:
            if length > LONGEST:
                print(f"  {length:.1f} s from {at:.1f}")
                too_long = True
    sys.exit(too_long)


if __name__ == "__main__":
    main()
