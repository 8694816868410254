"""A film in a real Chromium with its versions, with audio description and with sign language, which are one film."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import BEGUN, Launch, Learner, served, unpacked, wait_for_frame
from playwright.sync_api import Browser, Locator, expect
from small import a_page, write_small
from tracked import content_at, room, verb

WORDS = "WEBVTT\n\n00:00.500 --> 00:04.000\n<v Anna>Hej.\n\n00:04.000 --> 00:06.000\n<v Bo>Hej då.\n"
# Other frames in other places, a key frame at the start alone, and less than the rest by as much as may be.
FILMS = {"film": "8:rate=25", "syntolkad": "8:rate=25", "tecken": "7:rate=30", "bilder": "8:rate=1/8"}
VERSIONS = "described: media/syntolkad.mp4\nsigned: media/tecken.mp4"
VIDEO = """\
```video
src: media/film.mp4
title: {title}
captions: media/film.vtt
transcript: media/film.vtt
{versions}
```
"""
VIDEO_PROFILE = "https://w3id.org/xapi/video"
AT = f"{VIDEO_PROFILE}/extensions/"
NONE = "described: {not-needed: Allt sägs.}"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("ffmpeg"):
        pytest.skip("there is no ffmpeg to make films with")
    pages = [
        a_page(name, VIDEO.format(title=f"Filmen {name}", versions=versions))
        for name, versions in {
            "alla": VERSIONS,
            "ocksa": VERSIONS,
            "tecken": f"{NONE}\nsigned: media/tecken.mp4",
            "ingen": NONE,
            "dold": f"{VERSIONS}\nnote:\n  about: Om våld.\n  summary: Två säger hej.",
        }.items()
    ]
    stills = f"{NONE}\nsigned: media/bilder.mp4"
    films = (VIDEO.format(title=title, versions=stills) for title in ("Ett", "Två"))
    pages.append(a_page("bilder", "\n".join(films)))
    folder = write_small(
        tmp_path_factory.mktemp("versions") / "course", pages, files={"media/film.vtt": WORDS}
    )
    for name, how in FILMS.items():
        seconds = how.partition(":")[0]
        command = (
            f"ffmpeg -v error -f lavfi -i testsrc2=duration={how}:size=160x90 -f lavfi -i sine=duration={seconds} "
            f"-c:v libx264 -preset ultrafast -g 999 -pix_fmt yuv420p -c:a aac -movflags +faststart {name}.mp4"
        )
        subprocess.run(command.split(), cwd=folder / "media", check=True)
    return folder


@pytest.fixture(scope="module")
def versions_site(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(unpacked(source, tmp_path_factory.mktemp("versions"))) as address:
        yield address


@pytest.fixture
def learner(launch: Launch, versions_site: str) -> Learner:
    return launch(address=versions_site)


def here(learner: Learner, selector: str) -> Locator:
    return learner.course.locator(f".page[data-now] {selector}")


def button(learner: Learner, version: str) -> Locator:
    return here(learner, f"[data-version={version}]")


def do(learner: Learner, script: str) -> Any:
    """Does something with the film of the page, which is called so, and is muted."""
    return learner.course.evaluate(
        f"""async () => {{ const medium = document.querySelector(".page[data-now] video");
        medium.muted = true;
        const when = (name) => new Promise((done) => medium.addEventListener(name, done, {{ once: true }}));
        const name = () => medium.currentSrc.split("/").pop().split(".")[0];
        {script} }}"""
    )


def switched(learner: Learner, version: str) -> tuple[str, float, list[float], float]:
    """Presses the button of a version.

    Returns what is shown then, where the film was when it was pressed, the times in the film of the pictures that
    come into sight afterwards, and how long the first of them took, in seconds.
    """
    src, at, seen, took = do(
        learner,
        f"""const seen = [];
        let shown = null;
        let first = 0;
        const see = (_, frame) => {{ shown = frame.mediaTime; medium.requestVideoFrameCallback(see); }};
        const at = medium.currentTime;
        const pressed = performance.now();
        const loaded = when("loadstart");
        document.querySelector(".page[data-now] [data-version={version}]").click();
        await loaded;
        medium.requestVideoFrameCallback(see);
        while (seen.length < 8) {{
          await new Promise(requestAnimationFrame);
          const inSight = getComputedStyle(medium).objectPosition === "50% 50%";
          if (shown === null || !inSight) continue;
          first ||= performance.now();
          seen.push(shown);
        }}
        return [name(), at, [...new Set(seen)], (first - pressed) / 1000];""",
    )
    return src, at, seen, took


def play_from(learner: Learner, at: float, speed: float = 1) -> None:
    do(
        learner,
        f"medium.playbackRate = {speed}; await medium.play(); medium.currentTime = {at}; await when('seeked');",
    )


def pause(learner: Learner) -> None:
    do(learner, "medium.pause(); await when('pause');")


def shown(learner: Learner) -> str:
    return str(do(learner, "return name();"))


WAYS = [("signed", "tecken"), ("signed", "film"), ("described", "syntolkad"), ("signed", "tecken")]
"""Buttons one after another, and the file that each leads to."""


@pytest.mark.parametrize("speed", [1, 2])
def test_another_version_goes_on_where_the_film_is(learner: Learner, speed: float) -> None:
    learner.go("alla")
    play_from(learner, 1.5, speed)
    for version, file in WAYS:
        src, at, seen, took = switched(learner, version)
        assert src == file
        assert at >= 1.5
        # A busy machine may have played on before it was looked at.
        assert at - 0.2 <= seen[0] <= at + 0.2 + took * speed
        assert seen == sorted(seen)
    assert do(learner, "return [medium.paused, medium.playbackRate];") == [False, speed]


def test_another_version_of_a_paused_film_shows_the_same_moment(learner: Learner) -> None:
    learner.go("alla")
    play_from(learner, 2.6)
    pause(learner)
    for version, file in WAYS:
        src, at, seen, _ = switched(learner, version)
        assert src == file
        assert len(seen) == 1
        assert abs(seen[0] - at) <= 0.2
        assert abs(do(learner, "return medium.currentTime;") - at) <= 0.2
    assert do(learner, "return medium.paused;")


def test_each_film_whose_picture_stays_for_long_is_shown(learner: Learner) -> None:
    """Its picture is one from long before, and no other comes."""
    learner.go("bilder")
    first, second = (
        f"[...document.querySelectorAll('.page[data-now] [data-playable]')][{each}]" for each in (0, 1)
    )
    for film in (first, second):
        learner.course.evaluate(
            f"""async () => {{ const film = {film}.querySelector("video");
            film.muted = true;
            await film.play();
            film.pause();
            film.currentTime = 2.6;
            await new Promise((done) => film.addEventListener("seeked", done, {{ once: true }})); }}"""
        )
    # The second changes while the first may still wait for its picture.
    learner.course.evaluate(
        f"""async () => {{ const film = {first}.querySelector("video");
        const there = new Promise((done) => film.addEventListener("seeked", done, {{ once: true }}));
        {first}.querySelector("[data-version=signed]").click();
        await there;
        {second}.querySelector("[data-version=signed]").click(); }}"""
    )
    for film in (first, second):
        learner.wait(f"{film}.querySelector('video').currentSrc.endsWith('bilder.mp4')")
        learner.wait(f"!('changing' in {film}.querySelector('video').dataset)")


def test_a_shorter_version_ends_where_the_film_still_went_on(learner: Learner) -> None:
    learner.go("alla")
    play_from(learner, 7.4, 0.0625)
    button(learner, "signed").click()
    learner.wait("document.querySelector('.page[data-now] video').ended")
    assert do(learner, "return [name(), Math.round(medium.currentTime)];") == ["tecken", 7]
    expect(here(learner, "[data-place]")).to_have_text("")
    # What has ended begins again.
    button(learner, "signed").click()
    do(learner, "await medium.play();")
    assert do(learner, "return [name(), medium.currentTime < 5];") == ["film", True]


def test_pressed_twice_at_once_the_film_goes_on_as_it_was(learner: Learner) -> None:
    learner.go("alla")
    play_from(learner, 1.5)
    at = do(
        learner,
        """const button = document.querySelector(".page[data-now] [data-version=signed]");
        const at = medium.currentTime;
        const loaded = when("loadstart");
        button.click();
        button.click();
        await loaded;
        await when("playing");
        return at;""",
    )
    assert shown(learner) == "film"
    assert abs(do(learner, "return medium.currentTime;") - at) < 2
    # No change is left to be made at the next pause.
    pause(learner)
    assert do(learner, "return [medium.paused, medium.readyState > 0];") == [True, True]
    expect(button(learner, "signed")).to_have_attribute("aria-pressed", "false")


def test_one_version_is_chosen_at_a_time_by_name_and_keyboard(learner: Learner) -> None:
    learner.go("alla")
    tools = here(learner, "[role=group]")
    described = tools.get_by_role("button", name="Syntolkning", exact=True)
    signed = tools.get_by_role("button", name="Teckenspråk", exact=True)
    described.press("Space")
    expect(described).to_have_attribute("aria-pressed", "true")
    learner.page.keyboard.press("Tab")
    expect(signed).to_be_focused()
    learner.page.keyboard.press("Enter")
    expect(signed).to_have_attribute("aria-pressed", "true")
    expect(signed).to_be_focused()
    expect(described).to_have_attribute("aria-pressed", "false")
    learner.page.keyboard.press("Enter")
    expect(signed).to_have_attribute("aria-pressed", "false")


def test_captions_and_text_version_serve_every_version(learner: Learner) -> None:
    learner.go("alla")
    play_from(learner, 0.6, 0.0625)
    button(learner, "signed").click()
    learner.wait("document.querySelector('.page[data-now] video').currentSrc.endsWith('/tecken.mp4')")
    learner.wait(
        "document.querySelector('.page[data-now] video').textTracks[0].activeCues?.[0]?.text === '<v Anna>Hej.'"
    )
    assert do(learner, "return [name(), medium.textTracks[0].mode];") == ["tecken", "showing"]
    here(learner, ".lines button").nth(1).click()
    expect(here(learner, ".lines [aria-current]")).to_have_text("0:04")
    assert do(learner, "return [name(), medium.currentTime >= 3.9];") == ["tecken", True]


def test_the_version_is_kept_for_the_next_films_and_the_next_visit(learner: Learner) -> None:
    learner.go("alla")
    play_from(learner, 1.5)
    pause(learner)
    learner.go("ocksa")
    button(learner, "signed").click()
    assert learner.course.evaluate("localStorage.getItem('coursepack:version')") == "signed"
    # A film that has begun stays as it is.
    learner.go("alla")
    expect(button(learner, "signed")).to_have_attribute("aria-pressed", "false")
    assert shown(learner) == "film"
    learner.go("tecken")
    expect(button(learner, "signed")).to_have_attribute("aria-pressed", "true")
    expect(button(learner, "described")).to_have_count(0)
    learner.go("ingen")
    do(learner, "await medium.play();")
    assert shown(learner) == "film"
    learner.page.reload()
    learner.page.evaluate("start({}, {}, '#alla')")
    wait_for_frame(learner.page)
    learner.course.wait_for_selector("html[data-js]", state="attached")
    learner.wait(BEGUN)
    expect(button(learner, "signed")).to_have_attribute("aria-pressed", "true")
    assert not [url for url in learner.requests if url.endswith("tecken.mp4")]
    do(learner, "await medium.play();")
    assert shown(learner) == "tecken"
    button(learner, "signed").click()
    assert learner.course.evaluate("localStorage.getItem('coursepack:version')") is None


def test_the_place_in_a_version_is_that_in_the_film(launch: Launch, versions_site: str) -> None:
    learner = launch(address=versions_site)
    learner.go("alla")
    button(learner, "signed").click()
    play_from(learner, 3.2)
    pause(learner)
    expect(here(learner, "[data-place]")).to_contain_text("Du är vid 0:03.")
    learner.settle()
    saved = learner.leave()
    # Another device, which knows nothing of versions.
    back = launch(address=versions_site, saved=saved)
    expect(button(back, "signed")).to_have_attribute("aria-pressed", "false")
    expect(here(back, "[data-place]")).to_contain_text("Du är vid 0:03.")
    button(back, "signed").click()
    do(back, "medium.playbackRate = 0.0625; await medium.play();")
    assert do(back, "return [name(), Math.floor(medium.currentTime)];") == ["tecken", 3]


def test_a_version_behind_a_note_leaves_no_trace(launch: Launch, versions_site: str) -> None:
    learner = launch(address=versions_site)
    learner.go("dold")
    here(learner, "[data-go]").click()
    play_from(learner, 2)
    button(learner, "signed").click()
    film = "document.querySelector('.page[data-now] video')"
    learner.wait(f"{film}.currentSrc.includes('tecken') && {film}.currentTime >= 2")
    pause(learner)
    learner.settle()
    assert learner.leave()["suspendData"].split(".")[4] == ""


@pytest.mark.parametrize("look", [{}, {"forced_colors": "active"}], ids=["colours", "forced colours"])
def test_the_choice_fits_a_narrow_screen_and_is_seen(
    launch: Launch, versions_site: str, axe: Any, look: dict[str, Any]
) -> None:
    learner = launch(address=versions_site, viewport={"width": 320, "height": 640}, **look)
    learner.go("alla")
    border = "(each) => [getComputedStyle(each).borderColor, getComputedStyle(each).outlineStyle]"
    before = button(learner, "signed").evaluate(border)
    button(learner, "signed").click()
    here(learner, "[data-speed]").focus()
    assert button(learner, "signed").evaluate(border) != before
    assert axe(learner.course) == []
    assert learner.course.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_the_script_every_version_can_be_reached(launch: Launch, versions_site: str) -> None:
    learner = launch(None, address=versions_site, java_script_enabled=False, settled=False, hash="#alla")
    for name in ("med syntolkning", "med teckenspråk"):
        expect(learner.page.locator("#alla").get_by_role("link", name=f"Filmen alla {name}")).to_be_visible()


def test_all_versions_are_reported_as_one_film(browser: Browser, source: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(source, course)
    definition = course / "course.yaml"
    definition.write_text(definition.read_text("utf-8") + "report: {media: true}\n", "utf-8")
    with served(unpacked(course, tmp_path, "xapi")) as address, room(browser) as lrs:
        learner = lrs.open(content_at(address))
        learner.go("alla")
        do(learner, "await medium.play();")
        film = "document.querySelector('.page[data-now] video')"
        for until, version, file in ((0.5, "signed", "tecken"), (1, "described", "syntolkad"), (1.5, "", "")):
            learner.wait(f"!{film}.seeking && {film}.currentTime > {until}")
            if version:
                button(learner, version).click()
                learner.wait(f"{film}.currentSrc.endsWith('/{file}.mp4')")
        lrs.leave(learner)
        told = [each for each in lrs.lrs.statements if VIDEO_PROFILE in json.dumps(each["context"])]
    assert len({each["object"]["id"] for each in told}) == 1
    assert len({each["context"]["extensions"][f"{AT}session-id"] for each in told}) == 1
    assert [verb(each) for each in told] == [
        "initialized", "played", "paused", "played", "paused", "played", "terminated",
    ]  # fmt: skip
    times = [each["result"]["extensions"][f"{AT}time"] for each in told[1:]]
    assert times[0] == 0
    # When it was told that the film plays, it may have played for a while on a busy machine.
    gaps = [begun - left for left, begun in (times[1:3], times[3:5])]
    assert all(-0.2 <= gap <= 1 for gap in gaps)
    # No second of it is missing.
    last = told[-1]["result"]["extensions"]
    assert last[f"{AT}progress"] == pytest.approx(
        (times[-1] - sum(max(gap, 0) for gap in gaps)) / 8, abs=0.03
    )
