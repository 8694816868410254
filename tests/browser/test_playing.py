"""Films and sounds in a real Chromium: tools, text version, the place where one was, notes, and what can go wrong."""

from __future__ import annotations

import shutil
import threading
import wave
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import BEGUN, TOP, Launch, Learner, PoorLine, served, unpacked, wait_for_frame
from playwright.sync_api import Locator, expect
from small import a_page, write_small
from strategies import mp4

from coursepack import build_package

FILM = "det-som-inte-syns"
VIDEO = f"""\
```video
src: media/{{src}}.mp4
title: En film
captions: media/{FILM}.vtt
transcript: media/{FILM}.transcript.vtt
poster: media/{FILM}.jpg
duration: "2:41"
width: 1280
height: 720
{{more}}
```
"""
SOUND = """\
```audio
src: media/ton.wav
title: Hon frågade en gång till
text: Personerna finns inte. Rösterna är syntetiska.
captions: media/ton.vtt
transcript: media/ton.vtt
duration: "0:40"
cover: media/two-chairs.svg
```
"""
TON = """\
WEBVTT

00:00.500 --> 00:10.000
<v Röst 2>Steg i en korridor.

00:10.000 --> 00:20.000
<v Berättare>Det är tyst.

00:20.000 --> 00:40.000
<v Röst 1>Är det någon där?
"""
CHAPTERS = """\
WEBVTT

00:00.000 --> 00:20.000
Ett hus

00:20.000 --> 01:22.000
Fyra fönster

01:22.000 --> 02:41.000
Vad som går att göra
"""
PARTS = "WEBVTT\n\n00:00.000 --> 00:20.000\nKorridoren\n\n00:20.000 --> 00:40.000\nRösten\n"


def write(folder: Path) -> Path:
    note = "described: media/syntolkad.mp4\nnote:\n  about: Om våld.\n  summary: Fyra personer berättar."
    texts = {
        "start": "Början.",
        "film": VIDEO.format(src=FILM, more="described: media/syntolkad.mp4") + "\nEfter filmen.",
        "en-fil": VIDEO.format(src=FILM, more="described: {not-needed: Allt sägs.}").replace(
            f"captions: media/{FILM}.vtt\n", ""
        ),
        "textad": VIDEO.format(src=FILM, more="described: {not-needed: Allt sägs.}").replace(
            f"transcript: media/{FILM}.transcript.vtt\n", ""
        ),
        "ljud": SOUND,
        "kapitel": VIDEO.format(
            src=FILM, more="described: {not-needed: Allt sägs.}\nchapters: media/kapitel.vtt"
        )
        + SOUND.replace("captions: media/ton.vtt\n", "chapters: media/delar.vtt\n"),
        "svar": VIDEO.format(src="svar", more=note) + "\n## Sedan\n\nEfter filmen.",
        **{
            name: VIDEO.format(src=name, more="described: {not-needed: Inget syns.}")
            for name in ("trasig", "bildlos")
        },
    }
    write_small(
        folder,
        [
            a_page(name, text if name == "svar" else f"Se och hör.\n\n{text}\n")
            for name, text in texts.items()
        ],
        files={"media/ton.vtt": TON, "media/kapitel.vtt": CHAPTERS, "media/delar.vtt": PARTS},
    )
    for name in (f"{FILM}.vtt", f"{FILM}.transcript.vtt", f"{FILM}.jpg", f"{FILM}.mp4", "two-chairs.svg"):
        shutil.copy(TOP / "course_source/media" / name, folder / "media")
    film = (folder / f"media/{FILM}.mp4").read_bytes()
    for name in ("syntolkad", "svar"):
        (folder / f"media/{name}.mp4").write_bytes(film)
    # Heads that are whole, so that they are built, and this browser can play neither: the second has HEVC, which some play.
    (folder / "media/trasig.mp4").write_bytes(mp4(161))
    (folder / "media/bildlos.mp4").write_bytes(film.replace(b"avc1", b"hev1"))
    with wave.open(str(folder / "media/ton.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes([128]) * 8000 * 40)
    return folder


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("playing") / "course")


@pytest.fixture(scope="module")
def playing_site(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(unpacked(source, tmp_path_factory.mktemp("playing"))) as address:
        yield address


@pytest.fixture
def learner(launch: Launch, playing_site: str) -> Learner:
    return launch(address=playing_site)


def here(learner: Learner, selector: str) -> Locator:
    return learner.course.locator(f".page[data-now] {selector}")


def do(learner: Learner, script: str) -> Any:
    """Does something with the medium of the page, which is called so, and is muted as a browser without sound is."""
    return learner.course.evaluate(
        f"""async () => {{ const medium = document.querySelector(".page[data-now] :is(video, audio)");
        medium.muted = true;
        const when = (name) => new Promise((done) => medium.addEventListener(name, done, {{ once: true }}));
        {script} }}"""
    )


SLOWLY = "medium.playbackRate = 0.0625;"
"""As slowly as the browser can: what is played is where it was, however long a test takes to look."""


def begin(learner: Learner, at: float = 0, speed: str = SLOWLY) -> None:
    """Plays, from somewhere."""
    do(
        learner,
        f'{speed} await medium.play(); if ({at}) {{ medium.currentTime = {at}; await when("seeked"); }}',
    )


def time(learner: Learner) -> float:
    return float(do(learner, "return medium.currentTime;"))


def wait(learner: Learner, condition: str) -> None:
    learner.wait(
        f'(() => {{ const medium = document.querySelector(".page[data-now] :is(video, audio)"); return {condition}; }})()'
    )


def suspended(saved: Any) -> str:
    return str(saved["suspendData"])


def test_nothing_plays_or_loads_by_itself(learner: Learner) -> None:
    learner.go("film")
    learner.settle()
    assert do(learner, "return [medium.paused, medium.autoplay, medium.readyState];") == [True, False, 0]
    assert not [url for url in learner.requests if url.endswith((".mp4", ".wav"))]


@pytest.mark.share(2)
@pytest.mark.parametrize("page", ["film", "ljud", "svar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_with_something_to_play_has_no_violations(
    launch: Launch, playing_site: str, axe: Any, page: str, scheme: str
) -> None:
    learner = launch(address=playing_site, color_scheme=scheme, viewport={"width": 360, "height": 740})
    learner.go(page)
    assert axe(learner.course) == []
    if page == "svar":
        here(learner, "[data-sum]").click()
        assert axe(learner.course) == []
        here(learner, "[data-go]").click()
    begin(learner, 10)
    here(learner, "[data-seek]").fill("en")
    expect(here(learner, ".lines mark").first).to_be_visible()
    assert axe(learner.course) == []
    assert learner.course.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_line_plays_from_its_start_and_the_lines_follow(learner: Learner) -> None:
    learner.go("ljud")
    do(learner, SLOWLY)
    lines = here(learner, ".lines button")
    expect(lines).to_have_count(3)
    lines.nth(1).click()
    wait(learner, "medium.currentTime >= 10 && !medium.paused")
    assert time(learner) < 20
    expect(lines.nth(1)).to_have_attribute("aria-current", "true")
    do(learner, 'medium.currentTime = 25; await when("seeked");')
    expect(lines.nth(2)).to_have_attribute("aria-current", "true")
    assert lines.nth(1).get_attribute("aria-current") is None


def test_the_lines_follow_only_while_the_learner_is_elsewhere(learner: Learner) -> None:
    learner.go("film")
    top = "document.querySelector('#film .lines').scrollTop"
    begin(learner, 130)
    current = here(learner, ".lines li:has([aria-current])")
    expect(current).to_contain_text("Ingen av dem behövde vara säker")
    assert learner.course.evaluate(top) > 0
    here(learner, ".lines button").first.focus()
    learner.course.evaluate("document.querySelector('#film .lines').scrollTop = 0")
    do(learner, 'medium.currentTime = 100.2; await when("seeked");')
    expect(current).to_contain_text("Läraren frågar")
    assert learner.course.evaluate(top) == 0


def test_the_lines_are_one_stop_and_arrows_go_between_them(learner: Learner) -> None:
    learner.go("ljud")
    do(learner, "")
    here(learner, "[data-seek]").focus()
    keys = learner.page.keyboard
    keys.press("Tab")
    focused = 'document.activeElement.closest("li")?.dataset.t'
    assert learner.course.evaluate(focused) == "0.5"
    for key, at in (
        ("ArrowDown", "10"),
        ("End", "20"),
        ("ArrowUp", "10"),
        ("Home", "0.5"),
        ("ArrowDown", "10"),
    ):
        keys.press(key)
        assert learner.course.evaluate(focused) == at, key
    keys.press("Enter")
    wait(learner, "medium.currentTime >= 10")
    keys.press("Tab")
    assert learner.course.evaluate(focused) is None
    keys.press("Shift+Tab")
    assert learner.course.evaluate(focused) == "10"


def test_the_text_version_is_searched(learner: Learner) -> None:
    learner.go("film")
    field, count, rows = (
        here(learner, "[data-seek]"),
        here(learner, "[data-lines]"),
        here(learner, ".lines li:visible"),
    )
    every = rows.count()
    # Scenes, not every sentence by itself.
    assert 8 <= every <= 20
    field.fill("MADRASS")
    expect(count).to_have_text("1 stycke")
    expect(rows).to_have_count(1)
    expect(here(learner, ".lines mark")).to_have_text("madrass")
    # What is found can be played.
    do(learner, SLOWLY)
    here(learner, ".lines button:visible").click()
    wait(learner, "medium.currentTime >= 62 && medium.currentTime < 72")
    field.fill("qzx")
    expect(count).to_have_text("Inget stycke med ”qzx”. Pröva ett kortare ord.")
    field.fill("")
    expect(rows).to_have_count(every)
    expect(count).to_have_text("")
    expect(here(learner, ".lines mark")).to_have_count(0)


def test_captions_are_on_until_they_are_switched_off(learner: Learner) -> None:
    learner.go("film")
    button = here(learner, "[data-captions]")
    mode = "return medium.textTracks[0].mode;"
    expect(button).to_have_attribute("aria-pressed", "true")
    assert do(learner, mode) == "showing"
    begin(learner, 1.5)
    wait(learner, "medium.textTracks[0].activeCues?.[0]?.text === 'Personerna är påhittade.'")
    button.press("Space")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert do(learner, mode) == "disabled"
    # The browser's own menu switches them too.
    do(learner, 'medium.textTracks[0].mode = "showing";')
    expect(button).to_have_attribute("aria-pressed", "true")


def test_captions_and_a_text_version_that_are_made_from_each_other_are_shown(learner: Learner) -> None:
    learner.go("en-fil")
    begin(learner, 21)
    made = "I det första fönstret sitter en lärare\\noch ser på en tom stol."
    wait(learner, f"medium.textTracks[0].activeCues?.[0]?.text === '{made}'")
    expect(here(learner, ".lines")).to_contain_text("Fyra fönster tänds, ett i taget.")
    learner.go("textad")
    expect(here(learner, ".lines")).to_contain_text("sitter en lärare och ser på en tom stol.")
    expect(here(learner, ".lines")).not_to_contain_text("Fyra fönster tänds")
    begin(learner, 1.5)
    wait(learner, "medium.textTracks[0].activeCues?.[0]?.text === 'Personerna är påhittade.'")


def test_a_chapter_is_played_and_marked(learner: Learner) -> None:
    learner.go("kapitel")
    chapters = here(learner, ".chapters").first.get_by_role("button")
    expect(chapters).to_have_text(["0:00 Ett hus", "0:20 Fyra fönster", "1:22 Vad som går att göra"])
    begin(learner, 2)
    expect(chapters.nth(0)).to_have_attribute("aria-current", "true")
    chapters.nth(2).click()
    wait(learner, "!medium.paused && medium.currentTime >= 82 && medium.currentTime < 90")
    expect(chapters.nth(2)).to_have_attribute("aria-current", "true")
    expect(here(learner, ".chapters [aria-current]")).to_have_count(1)
    # The browser's own menu has them too, and the captions are still the first track.
    kinds = do(learner, "return [...medium.textTracks].map(({ kind, mode }) => `${kind} ${mode}`);")
    assert kinds == ["captions showing", "chapters disabled"]
    # Chapters of a sound are not taken for captions.
    expect(here(learner, ".chapters").last.get_by_role("button")).to_have_text(
        ["0:00 Korridoren", "0:20 Rösten"]
    )
    expect(here(learner, "[data-said]")).to_have_count(0)


def test_the_captions_of_a_sound_are_shown_beside_it(learner: Learner) -> None:
    learner.go("ljud")
    begin(learner, 22)
    said = here(learner, "[data-said]")
    expect(said).to_have_text("Är det någon där?")
    here(learner, "[data-captions]").click()
    expect(said).to_be_hidden()


def test_audio_description_is_another_version_at_the_same_place_and_speed(learner: Learner) -> None:
    learner.go("film")
    here(learner, "[data-speed]").select_option("0.75")
    begin(learner, 30, speed="")
    button = here(learner, "[data-version=described]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    wait(learner, "medium.currentSrc.endsWith('/syntolkad.mp4') && !medium.paused && medium.currentTime > 29")
    assert 30 <= time(learner) < 60
    assert do(learner, "return medium.playbackRate;") == 0.75
    assert do(learner, "return medium.textTracks[0].mode;") == "showing"
    do(learner, 'medium.pause(); await when("pause");')
    button.click()
    wait(learner, f"medium.currentSrc.endsWith('/{FILM}.mp4') && medium.currentTime > 29")
    assert 30 <= time(learner) < 60
    assert do(learner, "return medium.paused;")
    # Back before the other version has come: the place is not lost.
    learner.course.evaluate(
        "for (const _ of [1, 2]) document.querySelector('#film [data-version=described]').click()"
    )
    wait(learner, f"medium.currentSrc.endsWith('/{FILM}.mp4') && medium.currentTime > 29")


def test_a_film_behind_a_note_has_its_description_and_comes_back(learner: Learner) -> None:
    learner.go("svar")
    here(learner, "[data-go]").click()
    button = here(learner, "[data-version=described]")
    begin(learner, 30)
    button.click()
    wait(learner, "medium.currentSrc.endsWith('/syntolkad.mp4') && medium.currentTime > 29")
    button.click()
    wait(learner, "medium.currentSrc.endsWith('/svar.mp4') && medium.currentTime > 29")


def test_the_speed_is_kept_for_every_film_and_at_the_next_visit(learner: Learner) -> None:
    learner.go("ljud")
    here(learner, "[data-speed]").select_option("1.5")
    learner.go("film")
    expect(here(learner, "[data-speed]")).to_have_value("1.5")
    learner.page.reload()
    learner.page.evaluate("start({}, {}, '#ljud')")
    wait_for_frame(learner.page)
    learner.course.wait_for_selector("html[data-js]", state="attached")
    learner.wait(BEGUN)
    expect(here(learner, "[data-speed]")).to_have_value("1.5")
    begin(learner, speed="")
    assert do(learner, "return medium.playbackRate;") == 1.5
    # A speed of the browser's own menu is told too.
    do(learner, "medium.playbackRate = 1.75;")
    expect(here(learner, "[data-speed]")).to_have_value("1.75")
    expect(here(learner, "[data-speed] option:checked")).to_have_text("1,75")


def test_one_thing_plays_at_a_time(learner: Learner) -> None:
    learner.go("film")
    begin(learner)
    learner.go("ljud")
    assert learner.course.evaluate("document.querySelector('#film video').paused")
    begin(learner)
    learner.course.evaluate("document.querySelector('#film video').play()")
    wait(learner, "medium.paused")


def test_the_place_is_there_again_on_another_device(launch: Launch, playing_site: str) -> None:
    learner = launch(address=playing_site)
    learner.go("film")
    begin(learner, 42.4)
    do(learner, 'medium.pause(); await when("pause");')
    expect(here(learner, "[data-place]")).to_have_text("Du är vid 0:42. Vi minns det till nästa gång.")
    learner.go("ljud")
    begin(learner, 12.2)
    learner.settle()
    # Nobody pauses: the window is closed while the sound plays.
    at = int(time(learner))
    saved = learner.leave()
    assert suspended(saved).split(".")[4].split("_")[1].endswith("-16")

    back = launch(address=playing_site, saved=saved)
    assert back.now == "ljud"
    expect(here(back, "[data-place]")).to_contain_text("Du är vid 0:1")
    begin(back)
    wait(back, f"medium.currentTime >= {at}")
    assert time(back) < at + 20
    back.go("film")
    expect(here(back, "[data-place]")).to_contain_text("Du är vid 0:42.")
    here(back, ".lines button").first.focus()
    begin(back)
    wait(back, "medium.currentTime >= 42")
    assert time(back) < 60


def test_what_was_seen_to_its_end_begins_at_the_beginning(launch: Launch, playing_site: str) -> None:
    learner = launch(address=playing_site)
    learner.go("ljud")
    begin(learner, 39.5, speed="")
    wait(learner, "medium.ended")
    expect(here(learner, "[data-place]")).to_have_text("")
    learner.settle()
    saved = learner.leave()
    assert suspended(saved).split(".")[4].endswith("-0")
    back = launch(address=playing_site, saved=saved)
    begin(back)
    assert time(back) < 20


def test_a_position_is_saved_now_and_then_while_something_plays(launch: Launch, playing_site: str) -> None:
    learner = launch(address=playing_site)
    learner.go("ljud")
    learner.settle()
    before = len(learner.calls("LMSCommit"))
    begin(learner)
    # Fifteen seconds from where it was noted last, and at the end.
    for at, commits in ((10, 0), (16, 1), (30, 1), (32, 2)):
        do(learner, f'medium.currentTime = {at}; await when("seeked");')
        learner.settle()
        assert len(learner.calls("LMSCommit")) - before == commits, at
    do(learner, "medium.currentTime = 39.5; medium.playbackRate = 1;")
    wait(learner, "medium.ended")
    learner.settle()
    assert len(learner.calls("LMSCommit")) - before == 3


def test_a_note_stands_before_what_is_hard_and_leaves_no_trace(launch: Launch, playing_site: str) -> None:
    learner = launch(address=playing_site)
    learner.go("svar")
    film, keys = here(learner, "video"), learner.page.keyboard
    expect(film).to_be_hidden()
    expect(here(learner, ".lines")).to_be_hidden()
    expect(here(learner, "[data-note]")).to_contain_text("Om våld.")
    summary = here(learner, ".summary")
    expect(summary).to_be_hidden()
    here(learner, "[data-text]").focus()
    keys.press("Tab")
    keys.press("Enter")
    expect(summary).to_be_visible()
    expect(here(learner, "[data-sum]")).to_have_attribute("aria-expanded", "true")
    keys.press("Tab")
    keys.press("Enter")
    # Skipped: on to what follows, and nothing has changed.
    assert learner.course.evaluate("document.activeElement.textContent").startswith("Sedan")
    expect(film).to_be_hidden()
    learner.settle()
    skipped = learner.leave()

    other = launch(address=playing_site)
    other.go("svar")
    here(other, "[data-go]").press("Enter")
    expect(here(other, "[data-note]")).to_be_hidden()
    assert other.course.evaluate("document.activeElement.tagName") == "VIDEO"
    begin(other, 50)
    do(other, 'medium.pause(); await when("pause");')
    other.settle()
    seen = other.leave()
    for saved in (skipped, seen):
        del saved["totalTime"]
        # Without the seal, in which every attempt has a mark of its own.
        saved["suspendData"] = suspended(saved).split(".")[:5]
    assert seen == skipped


def test_what_is_hard_can_be_read_as_text_at_once(launch: Launch, playing_site: str, axe: Any) -> None:
    learner = launch(address=playing_site, viewport={"width": 360, "height": 740})
    learner.go("svar")
    here(learner, "[data-text]").press("Enter")
    expect(here(learner, "[data-note]")).to_be_hidden()
    expect(here(learner, "video")).to_be_hidden()
    expect(here(learner, ".lines li").first).to_contain_text(
        "Personerna är påhittade. Bild och röst är syntetiska."
    )
    assert learner.course.evaluate("document.activeElement.textContent") == "Textversion: En film"
    # There is nothing to play from, and no list to scroll.
    expect(here(learner, ".lines button:visible")).to_have_count(0)
    assert learner.course.evaluate(
        "(list => list.scrollHeight <= list.clientHeight)(document.querySelector('#svar .lines'))"
    )
    assert axe(learner.course) == []
    assert not [url for url in learner.requests if url.endswith(".mp4")]
    here(learner, "[data-instead]").press("Enter")
    expect(here(learner, "video")).to_be_visible()
    assert learner.course.evaluate("document.activeElement.tagName") == "VIDEO"
    expect(here(learner, ".lines button").first).to_be_visible()
    expect(here(learner, "[data-instead]")).to_be_hidden()


def test_the_whole_course_on_paper_has_every_text_version(launch: Launch, playing_site: str) -> None:
    learner = launch(address=playing_site)
    learner.page.emulate_media(media="print")
    text = learner.course.locator("#svar .lines")
    expect(text).to_be_hidden()
    learner.course.evaluate("document.documentElement.dataset.print = 'all'")
    expect(text).to_be_visible()
    expect(learner.course.locator("#svar video")).to_be_hidden()
    expect(learner.course.locator(":is(#svar, #film) .lines .t").first).to_be_hidden()


@pytest.mark.parametrize("page", ["trasig", "bildlos"])
def test_what_cannot_be_played_is_told_and_can_be_taken_away(
    launch: Launch, playing_site: str, page: str
) -> None:
    learner = launch(address=playing_site)
    learner.go(page)
    failed = here(learner, "[data-failed]")
    expect(failed).to_be_hidden()
    do(learner, "medium.play().catch(() => {});")
    expect(failed).to_be_visible()
    expect(failed).to_contain_text("Filmen går inte att spela här. Läs textversionen i stället.")
    with learner.page.expect_download() as download:
        failed.get_by_role("link", name="Ladda ner filmen").click()
    assert download.value.suggested_filename == f"{page}.mp4"
    expect(here(learner, ".lines button").first).to_be_visible()


class _Whole(SimpleHTTPRequestHandler):
    """A server that sends whole files only, as some LMSs do."""

    def log_message(self, *args: object) -> None:
        """Says nothing."""


def test_where_the_server_lets_nobody_jump_it_is_told(launch: Launch, source: Path, tmp_path: Path) -> None:
    built = build_package(source, "web", tmp_path / "out")
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(tmp_path / "site")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Whole, directory=str(tmp_path / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        learner = launch(None, address=address, path="/index.html")
        learner.go("film")
        do(learner, "")
        stuck = here(learner, "[data-stuck]")
        expect(stuck).to_be_hidden()
        here(learner, ".lines button").nth(8).click()
        expect(stuck).to_be_visible()
        expect(stuck).to_contain_text("Det går inte att hoppa i filmen här.")
        expect(stuck.get_by_role("link", name="Ladda ner filmen")).to_be_visible()
        # It plays all the same.
        wait(learner, "!medium.paused && medium.currentTime > 0")
    finally:
        server.shutdown()
        server.server_close()


def test_without_the_script_everything_can_be_read_and_the_described_film_reached(
    launch: Launch, playing_site: str
) -> None:
    learner = launch(None, address=playing_site, java_script_enabled=False, settled=False, hash="#film")
    page = learner.page
    expect(page.locator("#film .lines li").first).to_be_visible()
    expect(page.locator("#film .tools")).to_be_hidden()
    expect(page.locator("#film .seek")).to_be_hidden()
    expect(page.locator("#film").get_by_role("link", name="En film med syntolkning")).to_be_visible()


def test_a_film_plays_before_its_tools_have_come_and_gets_them_when_they_do(
    launch: Launch, source: Path, tmp_path: Path
) -> None:
    line = PoorLine(held="later.js")
    with served(unpacked(source, tmp_path), line) as address:
        learner = launch(address=address, settled=False)
        learner.wait("document.readyState === 'interactive'")
        learner.settle()
        learner.go("ljud")
        learner.go("film")
        begin(learner, 7.1)
        do(learner, "medium.pause();")
        expect(here(learner, ".lines button")).to_have_count(0)
        line.good.set()
        expect(here(learner, ".lines button").first).to_be_visible()
        # Whoever has begun is where they are.
        assert int(time(learner)) == 7
        # A page that was shown before they came has them too.
        learner.go("ljud")
        expect(here(learner, ".lines button").first).to_be_visible()
