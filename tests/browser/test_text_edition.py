"""A package with text in place of films in a real Chromium: read to its end, and continued from one with films."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import BEGUN, Launch, Learner, served
from playwright.sync_api import Frame, expect
from small import a_page, write_small

from coursepack import build_packages
from coursepack.media import is_installed

WORDS = (
    "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Bild>Ett testmönster.\n\n00:01.000 --> 00:03.000\n<v Anna>Hej.\n"
)
VIDEO = """\
```video
src: media/film.mp4
title: Filmen {0}
captions: media/film.vtt
transcript: media/film.vtt
described: {{not-needed: Allt sägs.}}
{1}
```
"""
AUDIO = "```audio\nsrc: media/film.m4a\ntitle: Ljudet\ntranscript: media/film.vtt\n```\n"
NOTE = "note:\n  about: Om våld.\n  summary: Någon säger hej."
HEAD = "packages: [{id: full}, {id: text, title: Prov som text, rung: text}]"


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of the package with films and of that with text, by name."""
    if not shutil.which("ffmpeg"):
        pytest.skip("there is no ffmpeg to make films with")
    folder = tmp_path_factory.mktemp("editions")
    pages = [
        a_page("film", VIDEO.format("ett", "")),
        a_page("ljud", AUDIO),
        a_page("dold", VIDEO.format("två", NOTE)),
    ]
    course = write_small(folder / "course", pages, head=HEAD, files={"media/film.vtt": WORDS})
    command = (
        "ffmpeg -v error -f lavfi -i testsrc2=duration=4:size=320x180:rate=10 -f lavfi -i sine=duration=4 "
        "-c:v libx264 -g 5 -pix_fmt yuv420p -c:a aac -movflags +faststart film.mp4 -map 1 -c:a aac film.m4a"
    )
    subprocess.run(command.split(), cwd=course / "media", check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(sys.modules, "av")
        if not is_installed():
            pytest.skip("the extra media is not installed")
        packages = [_unpacked(course, folder, at) for at in (0, 1)]
    with served(packages[0]) as full, served(packages[1]) as text:
        yield {"full": full, "text": text}


def _unpacked(course: Path, folder: Path, at: int) -> Path:
    built = build_packages(course, ["scorm12"], folder / "out")[at]
    assert built.report.ok, str(built.report)
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(folder / built.variant)
    return folder / built.variant


def status(learner: Learner) -> str:
    return str(learner.lms("saved")["status"])


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 900)])
def test_it_is_read_to_its_end_and_completes(
    launch: Launch, editions: dict[str, str], axe: Callable[[Frame], list[str]], width: int, height: int
) -> None:
    learner = launch(address=editions["text"], viewport={"width": width, "height": height})
    course = learner.course
    assert course.locator("video, audio").count() == 0
    for page in ("film", "ljud"):
        learner.go(page)
        expect(course.locator(".page[data-now]")).to_contain_text("Hej.")
        assert axe(course) == [], page
    expect(course.locator("#film .stills img").first).to_have_js_property("complete", True)
    assert course.evaluate("document.querySelector('#film .stills img').naturalWidth") == 320
    assert course.evaluate("document.documentElement.scrollWidth") <= width
    learner.settle()
    assert status(learner) == "incomplete"
    learner.go("dold")
    learner.settle()
    assert status(learner) == "completed"
    assert not [each for each in learner.requests if each.endswith((".mp4", ".m4a"))]


def test_a_content_note_is_closed_by_the_keyboard(
    launch: Launch, editions: dict[str, str], axe: Callable[[Frame], list[str]]
) -> None:
    learner = launch(address=editions["text"])
    learner.go("dold")
    words = learner.course.locator("#dold .told")
    expect(words).to_be_hidden()
    learner.course.locator("#dold [data-text]").focus()
    learner.page.keyboard.press("Enter")
    expect(words).to_be_visible()
    expect(words.locator("h2")).to_be_focused()
    expect(words.locator("img").first).to_be_visible()
    assert axe(learner.course) == []


def test_progress_goes_on_from_the_package_with_films(launch: Launch, editions: dict[str, str]) -> None:
    learner = launch(address=editions["full"])
    learner.go("film")
    learner.course.evaluate(
        """async () => { const film = document.querySelector("#film video"); film.muted = true; await film.play();
        film.currentTime = 2; await new Promise((done) => film.addEventListener("seeked", done, { once: true }));
        film.pause(); }"""
    )
    learner.wait("document.querySelector('#film [data-place]').textContent")
    learner.settle()
    saved = learner.leave()
    later = launch(saved=saved, address=editions["text"])
    later.wait(BEGUN)
    assert later.now == "film"
    for page in ("ljud", "dold"):
        later.go(page)
    later.settle()
    assert status(later) == "completed"
    # Back with the films, the place is where it was.
    last = launch(saved=later.leave(), address=editions["full"])
    last.go("film")
    last.wait("document.querySelector('#film [data-place]').textContent.includes('0:02')")
