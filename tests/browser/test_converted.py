"""A film of a telephone in a real Chromium, once the build has converted it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Launch, served, unpacked
from small import a_page, write_small

from coursepack.media import is_installed

FILM = """\
```video
src: media/telefon.mov
title: En film
captions: media/film.vtt
transcript: media/film.vtt
described: {not-needed: Allt sägs.}
```
"""
WORDS = "WEBVTT\n\n00:00.000 --> 00:01.500\n<v Anna>Hej.\n"
# HEVC with 10 bits, held upright.
TELEPHONE = (
    "-f lavfi -i testsrc2=duration=1.5:size=160x120:rate=10 -f lavfi -i sine=duration=1.5 -c:v libx265 -x265-params "
    "log-level=none -pix_fmt yuv420p10le -tag:v hvc1 -c:a aac"
)


def test_a_converted_film_plays_to_its_end(
    launch: Launch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "av")
    if not is_installed() or not shutil.which("ffmpeg"):
        pytest.skip("the extra media or ffmpeg is not installed")
    folder = write_small(tmp_path / "course", [a_page("film", FILM)], files={"media/film.vtt": WORDS})
    for options, name in (
        (TELEPHONE, "lying.mov"),
        ("-display_rotation -90 -i lying.mov -c copy", "telefon.mov"),
    ):
        subprocess.run(["ffmpeg", "-v", "error", *options.split(), name], cwd=folder / "media", check=True)
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch(address=address)
        learner.go("film")
        film = "document.querySelector('video')"
        learner.course.evaluate(f"{film}.muted = true; {film}.play()")
        learner.wait(f"{film}.ended")
        assert learner.course.evaluate(f"[{film}.videoWidth, {film}.videoHeight]") == [120, 160]
        assert 1.4 < learner.course.evaluate(f"{film}.duration") < 1.7
        learner.course.evaluate(f"{film}.currentTime = 1")
        learner.wait(f"!{film}.seeking && {film}.currentTime === 1 && !{film}.error")
