"""Films and sounds that the build has converted, played to their end in Chromium, Firefox and WebKit."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from conftest import PLAIN, Launch, Learner, served, unpacked
from engines import Engine, firefox, home, webkit
from small import a_page, write_small

from coursepack.course.resume import read_resume
from coursepack.media import is_installed
from coursepack.profiles import serving

pytestmark = pytest.mark.long

SECONDS = 2.4
PICTURES = f"-f lavfi -i testsrc2=duration={SECONDS}:size=160x120:rate=10"
TONE = f"-f lavfi -i sine=frequency=440:duration={SECONDS}"

FILMS: dict[str, tuple[str, tuple[int, int]]] = {
    # As telephones make them when they are held upright: 10 bits, and a mark that says how to turn the pictures.
    "telefon.mov": ("-display_rotation -90 -i liggande.mov -c copy", (120, 160)),
    "gammal.avi": (f"{PICTURES.replace('160x120', '161x121')} {TONE} -c:v mpeg4 -c:a libmp3lame -ac 1", (160, 120)),
    "klippt.mov": (f"{PICTURES} {TONE} -c:v prores_ks -c:a pcm_s24le -ac 6", (160, 120)),
    "webb.mkv": (f"{PICTURES} {TONE} -c:v libvpx-vp9 -deadline realtime -c:a libopus -ac 2", (160, 120)),
    # Frames of 0.1 s, then of 0.4 s.
    "ojamn.mkv": (
        f"{PICTURES} {TONE} -vf select='lt(t,1)+not(mod(n,4))' -fps_mode vfr -c:v ffv1 -c:a flac",
        (160, 120),
    ),
    "stum.mov": (f"{PICTURES} -c:v mjpeg", (160, 120)),
}  # fmt: skip
SOUNDS = {
    "fil.flac": f"{TONE} -ac 6",
    "fil.oga": f"{TONE} -c:a libvorbis -ac 2",
    "fil.wav": f"{TONE} -c:a adpcm_ms -ac 1",
    "fil.m4a": f"{TONE} -c:a alac -ac 1",
}
LYING = (
    f"{PICTURES} {TONE} -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le -tag:v hvc1 -c:a aac"
)
WORDS = "WEBVTT\n\n00:00.200 --> 00:01.000\n<v Anna>Hej.\n\n00:01.300 --> 00:02.300\n<v Bo>Hej då.\n"
FILM = """\
```video
src: media/{name}
title: En film
captions: media/ord.vtt
transcript: media/ord.vtt
described: {{not-needed: Allt sägs.}}
```
"""
SOUND = """\
```audio
src: media/{name}
title: Ett ljud
captions: media/ord.vtt
transcript: media/ord.vtt
```
"""

PAGES = {
    name.replace(".", "-"): (FILM if name in FILMS else SOUND).format(name=name) for name in [*FILMS, *SOUNDS]
}

# What goes wrong in the course is told by the window that its frame begins with: the course takes that one over.
START = """start({}, {}, "");
window.wrong = [];
const { contentWindow } = document.querySelector("iframe");
contentWindow.addEventListener("error", ({ message, target }) => wrong.push(message || target.src), true);
contentWindow.addEventListener("unhandledrejection", ({ reason }) => wrong.push(String(reason)));"""

# The player remembers the speed that a learner has chosen, which that of the test is not.
LISTEN = """medium.muted = true;
window.log = [];
addEventListener("ratechange", (event) => event.stopImmediatePropagation(), { capture: true });
for (const name of ["seeked", "ended", "error"])
  medium.addEventListener(name, () => log.push([name, medium.currentTime]));"""


class Browser(Protocol):
    """As much of `Engine` as is used here."""

    def js(self, script: str) -> Any: ...

    def wait(self, expression: str) -> None: ...

    def press(self, *keys: str) -> None: ...


class Chromium:
    """The same by Playwright."""

    def __init__(self, learner: Learner) -> None:
        self.learner = learner

    def js(self, script: str) -> Any:
        return self.learner.course.evaluate(f"() => {{ {script} }}")

    def wait(self, expression: str) -> None:
        self.learner.wait(f"Boolean({expression})", 90)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.learner.page.keyboard.press({"Down": "ArrowDown", "Up": "ArrowUp"}.get(key, key))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with every film and sound on a page of its own, converted and unpacked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(sys.modules, "av")
        if not is_installed() or not shutil.which("ffmpeg"):
            pytest.skip("the extra media or ffmpeg is not installed")
        top = tmp_path_factory.mktemp("played")
        pages = [a_page(name, text) for name, text in PAGES.items()]
        folder = write_small(top / "course", pages, files={"media/ord.vtt": WORDS})
        made = {"liggande.mov": LYING, **{name: how for name, (how, _) in FILMS.items()}, **SOUNDS}
        for name, how in made.items():
            subprocess.run(["ffmpeg", "-v", "error", *how.split(), name], cwd=folder / "media", check=True)
        (folder / "media/liggande.mov").unlink()
        return unpacked(folder, top)


def of(page: str, script: str) -> str:
    return f'const medium = document.querySelector("#{page} :is(video, audio)"); {script}'


class Player:
    """The film or the sound of a page that was gone to."""

    def __init__(self, browser: Browser, page: str) -> None:
        self.browser, self.page = browser, page
        browser.js(f"location.hash = '#{page}'")
        browser.wait(
            f"document.activeElement.id === 'h-{page}' && document.querySelector('#{page} .lines button')"
        )
        self.do(LISTEN)

    def do(self, script: str) -> Any:
        return self.browser.js(of(self.page, script))

    def wait(self, condition: str) -> None:
        self.browser.wait(f"(() => {{ {of(self.page, f'return {condition};')} }})()")

    def wait_for(self, event: str, at: float) -> None:
        """Or a little later, where a busy machine plays on before it tells."""
        self.wait(
            f"log.some(([name, time]) => name === '{event}' && time > {at - 0.15} && time < {at + 0.5})"
        )

    def choose(self, *keys: str) -> None:
        """A line of the text version, by keys."""
        self.do(f"log.length = 0; document.querySelector('#{self.page} .lines [tabindex=\"0\"]').focus();")
        self.browser.press(*keys, "Enter")

    def go(self, seconds: float) -> None:
        self.do(f"log.length = 0; medium.currentTime = {seconds};")

    def is_shown(self, what: str) -> bool:
        return bool(self.browser.js(f"return !document.querySelector('#{self.page} [data-{what}]').hidden"))

    def play(self) -> None:
        """Four times as fast: it is decoded all the same."""
        self.do("log.length = 0; medium.playbackRate = 4; medium.play();")
        self.wait("medium.ended")
        self.wait("log.some(([name]) => name === 'ended')")
        self.do("medium.playbackRate = 1;")
        assert self.do("return medium.error") is None
        assert not self.is_shown("failed")


def seek_and_play(browser: Browser, page: str) -> None:
    player = Player(browser, page)
    # By the lines of the text version: on to the second, and back to the first.
    player.choose("Down")
    player.wait_for("seeked", 1.3)
    player.choose("Up")
    player.wait_for("seeked", 0.2)
    player.do("medium.pause()")
    for seconds in (1.9, 0.6):
        player.go(seconds)
        player.wait_for("seeked", seconds)
        # A place is kept in whole seconds.
        player.wait(
            f"(document.querySelector('#{page} [data-place]').textContent !== '') === {str(seconds > 1).lower()}"
        )
    assert abs(player.do("return medium.duration") - SECONDS) < 0.2
    player.play()
    assert not player.is_shown("stuck")
    # Who has seen it all begins anew the next time.
    player.wait(f"document.querySelector('#{page} [data-place]').textContent === ''")


def jump_or_be_told_and_play(browser: Browser, page: str) -> None:
    """Where the server sends files only whole, some browsers jump within what has come, and others cannot."""
    player = Player(browser, page)
    player.play()
    player.choose("Down")
    player.wait(
        f"log.some(([name, time]) => name === 'seeked' && time > 1.1) || !document.querySelector('#{page} [data-stuck]').hidden"
    )
    player.play()


@contextmanager
def opened(name: str, address: str, launch: Launch) -> Iterator[tuple[Browser, Callable[[str], Any]]]:
    """The course in a browser, and what tells the LMS's values. Fails at the end for what went wrong."""
    if name == "chromium":
        learner = launch(address=address)
        yield Chromium(learner), learner.lms
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(home()))
        engine: Engine = stack.enter_context({"firefox": firefox, "webkit": webkit}[name](folder))
        engine.visit(f"{address}/standin.html")
        engine.js(START)
        engine.frame()
        engine.wait("document.querySelector('[data-save]')?.dataset.state === 'yes'")

        def lms(value: str) -> Any:
            engine.top()
            told = engine.js(f"return JSON.stringify(window.lms.{value})")
            engine.frame()
            return json.loads(told)

        yield engine, lms
        assert lms("refused") == []
        engine.top()
        assert engine.js("return window.wrong") == []
        assert engine.console() == []


@pytest.mark.share(1)
@pytest.mark.parametrize("ranges", [True, False], ids=["with ranges", "without ranges"])
@pytest.mark.parametrize("name", ["chromium", "firefox", "webkit"])
def test_converted_films_and_sounds_play_to_their_end(
    name: str, ranges: bool, played: Path, launch: Launch
) -> None:
    lms = PLAIN if ranges else serving([*PLAIN.quirks, "no-range"])
    with served(played, serving=lms) as address, opened(name, address, launch) as (browser, lms):
        for page in PAGES:
            (seek_and_play if ranges else jump_or_be_told_and_play)(browser, page)
        for film, (_, size) in FILMS.items():
            page = film.replace(".", "-")
            assert browser.js(of(page, "return [medium.videoWidth, medium.videoHeight]")) == list(size)
        # All has been seen: the LMS has it so, and no place is left to go on from.
        browser.wait("document.querySelector('[data-save]').dataset.state === 'yes'")
        saved = lms("saved")
        assert saved["status"] == "completed"
        assert all(at == 0 for _, at in read_resume(saved["suspendData"]).positions)
