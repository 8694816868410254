"""A moving picture in a real Chromium: still until the learner plays it, and stopped by them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from conftest import Launch, served, unpacked
from PIL import Image
from playwright.sync_api import Frame
from small import a_page, write_small

from coursepack.media import is_installed


def test_a_moving_picture_moves_when_it_is_played(
    launch: Launch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, axe: Callable[[Frame], list[str]]
) -> None:
    monkeypatch.delitem(sys.modules, "av")
    if not is_installed():
        pytest.skip("the extra media is not installed")
    first, *rest = (Image.new("RGB", (320, 180), colour) for colour in ("red", "lime", "blue"))
    data = BytesIO()
    first.save(data, "GIF", save_all=True, append_images=rest, duration=1000, loop=0)
    page = a_page("bild", "![Tre färger](media/a.gif)\n")
    course = write_small(tmp_path / "course", [page], files={"media/a.gif": data.getvalue()})
    with served(unpacked(course, tmp_path)) as address:
        learner = launch(address=address)
        learner.go("bild")
        film = "document.querySelector('video')"
        assert learner.course.evaluate(f"[{film}.paused, {film}.currentTime, {film}.muted]") == [
            True,
            0,
            True,
        ]
        learner.wait(f"{film}.poster.endsWith('.jpg')")
        assert axe(learner.course) == []
        learner.course.evaluate(f"{film}.play()")
        learner.wait(f"{film}.currentTime > 0.5")
        learner.course.evaluate(f"{film}.pause()")
        assert learner.course.evaluate(f"{film}.paused") is True
        learner.course.evaluate(f"{film}.play()")
        # It ends, and does not begin again.
        learner.wait(f"{film}.ended")
