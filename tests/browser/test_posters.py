"""The poster that the build takes from a film, in a real Chromium, before the film is played."""

from __future__ import annotations

import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from conftest import Launch, Learner, served, unpacked
from PIL import Image
from small import a_page, write_small

from coursepack.media import is_installed

FILM = """\
```video
src: media/film.mp4
title: En film
captions: media/film.vtt
transcript: media/film.vtt
described: {not-needed: Allt sägs.}
POSTER
```
"""
WORDS = "WEBVTT\n\n00:00.000 --> 00:01.500\n<v Anna>Hej.\n"
# Black for four seconds, then a picture, whose field at the right of the upper edge is green at the end.
PARTS = [
    "color=black:size=640x360:rate=10:duration=4",
    "testsrc2=size=640x360:rate=10:duration=6,drawbox=x=320:y=0:w=320:h=180:color=lime:t=fill:enable='gte(t,5)'",
]
LIME = (0, 255, 0)


def seen(learner: Learner) -> tuple[int, ...]:
    """The colour in the middle of the upper right quarter of the film on the screen."""
    shot = Image.open(BytesIO(learner.course.locator("video").screenshot())).convert("RGB")
    return shot.getpixel((shot.width * 3 // 4, shot.height // 4))  # type: ignore[return-value]


@pytest.mark.share(1)
@pytest.mark.parametrize(
    ("poster", "is_lime"), [("poster: 0:09.5", True), ("poster: 0:08.5", False), ("", False)]
)
def test_a_film_shows_its_poster_until_it_is_played(
    launch: Launch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, poster: str, is_lime: bool
) -> None:
    monkeypatch.delitem(sys.modules, "av")
    if not is_installed() or not shutil.which("ffmpeg"):
        pytest.skip("the extra media or ffmpeg is not installed")
    page = a_page("film", FILM.replace("POSTER", poster))
    folder = write_small(tmp_path / "course", [page], files={"media/film.vtt": WORDS})
    inputs = [word for part in PARTS for word in ("-f", "lavfi", "-i", part)]
    how = "-filter_complex [0][1]concat=n=2,format=yuv420p -c:v libx264 -g 10"
    # Only where a film is converted is its poster chosen: its index is at the end.
    index = "-movflags +faststart" if poster else ""
    words = [*inputs, *how.split(), *index.split(), "film.mp4"]
    subprocess.run(["ffmpeg", "-v", "error", *words], cwd=folder / "media", check=True)
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch(address=address)
        learner.go("film")
        size = learner.course.evaluate(
            """async () => { const poster = new Image();
            poster.src = document.querySelector("video").poster;
            await poster.decode();
            return [poster.naturalWidth, poster.naturalHeight]; }"""
        )
        assert size == [640, 360]
        # The poster is drawn some time after it has loaded; until then, the frame is black.
        colour = next(found for _ in range(1000) if max(found := seen(learner)) >= 40)
        assert (colour == pytest.approx(LIME, abs=25)) == is_lime
        # Nothing of the film itself has been loaded.
        assert not [url for url in learner.requests if url.endswith("film.mp4")]
        learner.course.evaluate("document.querySelector('video').muted = true")
        learner.course.evaluate("document.querySelector('video').play()")
        learner.wait("document.querySelector('video').currentTime > 0.2")
