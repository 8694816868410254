"""Makes the sound file of a reportage.

    python course_source/studio/voice.py hon-fragade-en-gang-till
    python course_source/studio/reportage.py hon-fragade-en-gang-till

Without a name, of all of them. Needs numpy and ffmpeg.
"""

import sys
import tempfile
from pathlib import Path

from soundtrack import ffmpeg, soundtrack
from timeline import MEDIA, PRODUCTIONS, REPORTAGES


def make(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "sound.wav")
        soundtrack(name, wav)
        ffmpeg(
            *("-i", str(wav), "-c:a", "aac", "-b:a", "64k", "-ac", "1", "-movflags", "+faststart"),
            *(
                "-map_metadata",
                "-1",
                "-metadata",
                f"title={PRODUCTIONS[name]}",
                "-metadata:s:a:0",
                "language=swe",
            ),
            *("-fflags", "+bitexact", "-flags:a", "+bitexact", "-y", str(MEDIA / f"{name}.m4a")),
        )


if __name__ == "__main__":
    for each in sys.argv[1:] or REPORTAGES:
        make(each)
