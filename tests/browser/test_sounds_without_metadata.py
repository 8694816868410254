"""Sounds and films of which metadata were taken play in a real Chromium as they did: every sample, and every pixel."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from test_told_by_sounds import TOLD, cleaned

SAMPLES = """
async ([one, other]) => {
    const decoded = async (text) => {
        const data = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer;
        return (await new OfflineAudioContext(1, 1, 48000).decodeAudioData(data)).getChannelData(0);
    };
    const [first, second] = [await decoded(one), await decoded(other)];
    return {
        length: first.length,
        loudest: first.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
        same: first.length === second.length && first.every((value, at) => value === second[at]),
    };
}
"""
PICTURE = """
async (text) => {
    const film = document.createElement("video");
    film.muted = true;
    film.src = URL.createObjectURL(new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))]));
    await new Promise((done, failed) => { film.onloadeddata = done; film.onerror = failed; });
    document.body.append(film);
    // A browser has gone there before it has the picture.
    const there = new Promise((done) => {
        const see = (_, { mediaTime }) => mediaTime > 0.25 ? done() : film.requestVideoFrameCallback(see);
        film.requestVideoFrameCallback(see);
    });
    film.currentTime = 0.5;
    await there;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [film.videoWidth, film.videoHeight];
    canvas.getContext("2d").drawImage(film, 0, 0);
    return [film.duration, canvas.toDataURL()];
}
"""


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_a_sound_is_heard_as_before(path: Path, browser: Browser) -> None:
    data = path.read_bytes()
    assert cleaned(data) != data
    page = browser.new_page()
    try:
        found = page.evaluate(SAMPLES, [text(data), text(cleaned(data))])
    finally:
        page.close()
    assert found["same"]
    # A second at 48 kHz, with the silence that encoders add.
    assert 47_000 < found["length"] < 60_000
    assert found["loudest"] > 0.05


@pytest.mark.parametrize(
    "path", [path for path in TOLD if path.suffix == ".webm"], ids=lambda path: path.name
)
def test_a_film_is_seen_as_before(path: Path, browser: Browser) -> None:
    data = path.read_bytes()
    page = browser.new_page()
    try:
        seen, again = (page.evaluate(PICTURE, text(each)) for each in (data, cleaned(data)))
    finally:
        page.close()
    assert seen == again
    assert seen[0] == pytest.approx(1, abs=0.1)
