"""Several languages in one package: one document, one session, and what was done holds in all of them."""

from __future__ import annotations

import re
import wave
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import Launch, Learner, PoorLine, page_ids, served, unpacked, wait_for_frame
from playwright.sync_api import Frame, Locator, expect
from showcase import write_showcase
from small import a_page, questions, write_small
from strategies import VTT
from translated import EN, FILES, translate_showcase, write_translated
from using import heard, listen, speak

from coursepack import languages
from coursepack.building import render
from coursepack.reading import pages

Axe = Callable[[Frame], list[str]]
SWEDE = {"locale": "sv-SE"}
WIDE = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("translated")
    with served(unpacked(write_translated(folder / "course"), folder)) as address:
        yield address


def language(learner: Learner) -> str:
    return str(learner.course.evaluate("document.documentElement.lang"))


def choose(learner: Learner, code: str, within: str = "[data-menu-nav]") -> None:
    learner.course.locator(f"{within} [data-language={code}]").click()
    learner.wait(f"document.documentElement.lang === '{code}'")


def heading(learner: Learner) -> str:
    return str(learner.course.locator("[data-now] h1").inner_text())


def test_a_change_of_language_keeps_page_answers_focus_and_what_is_written(
    launch: Launch, address: str, axe: Axe
) -> None:
    learner = launch(address=address, **SWEDE, **WIDE)
    assert language(learner) == "sv"
    learner.go("p1-c1-s2")
    learner.course.get_by_label("Går lugnt ut").check()
    learner.course.locator("[data-q=q1] [type=submit]").click()
    expect(learner.course.locator("[data-q=q1] .fb")).to_contain_text("Det stämmer")
    learner.course.locator("[data-q=q2] input").fill("ett ett")
    learner.settle()
    learner.wait("document.querySelector('[data-say]').textContent !== ''")
    listen(learner)
    choose(learner, "en")
    assert learner.now == "p1-c1-s2"
    assert heading(learner) == "Questions"
    assert learner.course.evaluate("document.title") == "Questions – Two languages"
    assert learner.course.evaluate("document.documentElement.dir") == "ltr"
    focused = learner.course.locator(":focus")
    assert focused.get_attribute("data-language") == "en"
    assert focused.get_attribute("aria-pressed") == "true"
    learner.wait("window.heard.length > 0")
    assert heard(learner) == ["The course is now in English."]
    # What was answered is shown as answered, in the words of this language; what is only written is there.
    expect(learner.course.locator("[data-q=q1] .fb")).to_have_text("That is right")
    expect(learner.course.locator("[data-q=q1] .why").first).to_have_text("Good.")
    assert learner.course.get_by_label("Walk out calmly").is_checked()
    assert learner.course.locator("[data-q=q2] input").input_value() == "ett ett"
    expect(learner.course.locator("[data-progress]")).to_contain_text("2 of 3 pages opened")
    expect(learner.course.locator("[data-save]")).to_have_text("Saved")
    expect(learner.course.locator("[data-menu-nav] [aria-current]")).to_contain_text("You are here")
    assert axe(learner.course) == []
    # What is right is asked of the language that is shown.
    learner.course.locator("[data-q=q2] input").fill("one one two")
    learner.course.locator("[data-q=q2] [type=submit]").click()
    expect(learner.course.locator("[data-q=q2] .fb")).to_contain_text("That is right")
    learner.settle()
    choose(learner, "sv")
    expect(learner.course.locator("[data-q=q2] .fb")).to_contain_text("Det stämmer")
    assert heading(learner) == "Frågor"
    assert axe(learner.course) == []


def test_a_language_that_was_left_on_another_page_shows_one_page(launch: Launch, address: str) -> None:
    learner = launch(address=address, **SWEDE, **WIDE)
    choose(learner, "en")
    learner.go("p1-c1-s2")
    for code in ("sv", "en"):
        choose(learner, code)
        shown = learner.course.locator("[data-now]").evaluate_all("(all) => all.map(({ id }) => id)")
        assert shown == ["p1-c1-s2"]
        learner.go("p1-c1-s1")
        learner.go("p1-c1-s2")


def test_the_choice_is_remembered_and_what_was_done_is_there(launch: Launch, address: str) -> None:
    learner = launch("standin", address=address, **SWEDE, **WIDE)
    learner.go("p1-c1-s1")
    choose(learner, "en")
    learner.go("p1-c1-s2")
    learner.settle()
    saved = learner.leave()
    learner.page.goto(f"{address}/standin.html")
    learner.page.evaluate("saved => start(saved, {}, '')", saved)
    wait_for_frame(learner.page)
    learner.course.wait_for_selector("html[data-js]", state="attached")
    learner.wait("document.documentElement.lang === 'en'")
    learner.wait("document.querySelector('[data-now]')?.id === 'p1-c1-s2'")
    expect(learner.course.locator("[data-progress]")).to_have_text("You have completed the course.")
    assert heading(learner) == "Questions"


@pytest.mark.parametrize(
    ("locale", "expected"), [("sv-SE", "sv"), ("en-GB", "en"), ("de-DE", "sv")], ids=["main", "other", "none"]
)
def test_a_course_begins_in_the_language_of_the_browser(
    launch: Launch, address: str, locale: str, expected: str
) -> None:
    learner = launch(address=address, locale=locale)
    learner.wait("document.readyState === 'complete'")
    learner.settle()
    assert language(learner) == expected
    assert heading(learner) == {"sv": "Två språk", "en": "Two languages"}[expected]
    assert learner.course.evaluate("document.activeElement === document.body")


def test_search_glossary_settings_and_the_quick_exit_follow(launch: Launch, address: str, axe: Axe) -> None:
    learner = launch(address=address, **SWEDE, **WIDE)
    choose(learner, "en")
    learner.course.locator(".top [data-open=search]").click()
    learner.wait("document.activeElement?.matches('[data-find]')")
    learner.page.keyboard.type("door")
    expect(learner.course.locator("[data-count]")).to_have_text("1 result.")
    expect(learner.course.locator("[data-hits] a")).to_have_text("Doors")
    learner.course.locator("[data-find]").fill("dörr")
    expect(learner.course.locator("[data-count]")).to_have_text("No pages with “dörr”. Try a shorter word.")
    assert axe(learner.course) == []
    learner.page.keyboard.press("Escape")
    learner.go("p1-c1-s1")
    learner.course.locator("[data-now] [data-term]").click()
    expect(learner.course.locator("[data-now] .gloss")).to_contain_text("A way out.")
    learner.course.locator(".top [data-open=settings]").click()
    learner.course.get_by_label("Dark").check()
    assert learner.course.evaluate("document.documentElement.dataset.light") == "dark"
    learner.course.locator("#d-settings [data-close]").click()
    choose(learner, "sv")
    learner.course.locator(".top [data-open=settings]").click()
    assert learner.course.locator("#d-settings [name=light][value=dark]").is_checked()
    learner.course.get_by_label("Ljust").check()
    assert learner.course.evaluate("document.documentElement.dataset.light") == "light"
    learner.course.locator("#d-settings [data-close]").click()
    choose(learner, "en")
    learner.course.locator(".top [data-exit]").click()
    expect(learner.course.locator(".plain h1")).to_have_text("Notes")
    learner.course.get_by_role("button", name="Show previous").click()
    assert heading(learner) == "Doors"


def test_what_is_written_for_oneself_is_carried_over(launch: Launch, address: str) -> None:
    learner = launch(address=address, **SWEDE, **WIDE)
    learner.go("p1-c1-s1")
    learner.course.locator("textarea").fill("Mina tankar")
    learner.go("p1-c1-s2")
    learner.course.get_by_label("Springer").check()
    learner.course.locator("[data-q=q2] input").fill("one")
    learner.go("start")
    choose(learner, "en", "main")
    learner.go("p1-c1-s1")
    assert learner.course.locator("[data-now] textarea").input_value() == "Mina tankar"
    learner.go("p1-c1-s2")
    assert learner.course.get_by_label("Run").is_checked()
    assert learner.course.locator("[data-q=q2] input").input_value() == "one"
    # It is not answered, and so not marked or kept.
    assert learner.course.locator("[data-now] .mark").count() == 0


def test_rows_that_were_moved_stay_where_they_are(launch: Launch, translated: str) -> None:
    learner = launch(address=translated, **SWEDE, **WIDE)
    learner.go("ordering")
    form = learner.course.locator("form[data-q=q-ordning]")
    rows = form.locator("[data-item]")
    order = "(rows) => rows.map(({ dataset }) => dataset.item)"
    limits = "(buttons) => buttons.map((button) => button.hasAttribute('aria-disabled'))"
    rows.nth(1).locator("[data-move='-1']").click()
    before, ends = rows.evaluate_all(order), form.locator("[data-move]").evaluate_all(limits)
    speak(learner, "en")
    assert rows.evaluate_all(order) == before
    assert form.locator("[data-move]").evaluate_all(limits) == ends == [True, *6 * [False], True]
    assert form.locator(".mark").count() == 0
    # What is submitted is what is seen; and then another order is tried.
    form.get_by_role("button", name="Answer", exact=True).click()
    expect(form.locator(".fb")).to_be_visible()
    form.get_by_role("button", name="Try again").click()
    rows.nth(2).locator("[data-move='1']").click()
    before = rows.evaluate_all(order)
    speak(learner, "sv")
    assert rows.evaluate_all(order) == before
    assert form.locator(".mark, .fb").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_changes_language_in_the_menu_and_stays_in_it(
    launch: Launch, address: str, axe: Axe, scheme: str
) -> None:
    learner = launch(address=address, **SWEDE, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    learner.course.locator("[data-open=menu]").click()
    choose(learner, "en", "#d-menu")
    assert learner.course.locator("#d-menu").evaluate("(dialog) => dialog.matches(':modal')")
    assert learner.course.locator(":focus").get_attribute("data-language") == "en"
    assert axe(learner.course) == []
    assert learner.course.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    learner.page.keyboard.press("Escape")
    expect(learner.course.locator("#d-menu")).not_to_be_visible()
    # The focus comes back in a moment of its own.
    learner.wait("document.activeElement.dataset.open === 'menu'")
    # On the start page as well, by keyboard.
    learner.course.locator("main [data-language=sv]").focus()
    learner.page.keyboard.press("Enter")
    learner.wait("document.documentElement.lang === 'sv'")
    assert learner.course.locator("main [data-language=sv]").evaluate("(b) => b === document.activeElement")
    assert axe(learner.course) == []


def edges(place: Locator) -> Mapping[str, float]:
    box = place.bounding_box()
    assert box is not None
    return box


def test_a_language_that_is_written_from_right_to_left(
    launch: Launch, tmp_path: Path, axe: Axe, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = render.strings

    def turned(code: str) -> Any:
        words = known(code)
        return words if code == "sv" else {**words, "page": {**words["page"], "direction": "rtl"}}

    monkeypatch.setattr(render, "strings", turned)
    with served(unpacked(write_translated(tmp_path / "course"), tmp_path)) as address:
        learner = launch(address=address, **SWEDE, **WIDE)
        menu = learner.course.locator("[data-side]")
        assert edges(menu)["x"] == 0
        choose(learner, "en")
        assert learner.course.evaluate("document.documentElement.dir") == "rtl"
        assert (
            learner.course.evaluate("getComputedStyle(document.querySelector('main p')).direction") == "rtl"
        )
        assert edges(menu)["x"] + edges(menu)["width"] == 1440
        assert axe(learner.course) == []
        learner.go("p1-c1-s2")
        assert axe(learner.course) == []
        choose(learner, "sv")
        assert learner.course.evaluate("document.documentElement.dir") == "ltr"
        assert edges(menu)["x"] == 0


def test_the_certificate_has_the_dates_of_its_language(launch: Launch, address: str) -> None:
    learner = launch(address=address, **SWEDE, **WIDE)
    for page in ("p1-c1-s1", "p1-c1-s2", "klar"):
        learner.go(page)
    today = learner.course.locator("[data-today]")
    expect(today).to_have_text(re.compile(r"^\d+ [a-z]+ 20\d\d$"))
    choose(learner, "en")
    # As the build writes its own.
    expect(today).to_have_text(re.compile(r"^\d+ [A-Z][a-z]+ 20\d\d$"))


def test_without_a_script_all_languages_can_be_read(launch: Launch, address: str) -> None:
    learner = launch(None, address=address, java_script_enabled=False, **SWEDE)
    page = learner.page
    assert page.locator("section.page:visible").count() == 2 * 7
    english = page.locator("div[lang=en]")
    assert english.get_by_text("Welcome here. Take it easy.").is_visible()
    assert english.get_by_text("When it is urgent").first.is_visible()
    assert page.locator("[data-language]:visible").count() == 0
    page.get_by_role("link", name="English").first.click()
    assert page.url.endswith("#en--innehall")
    # Its links lead to its own pages.
    english.locator("main").get_by_role("link", name="next page").click()
    assert page.url.endswith("#en--p1-c1-s2")


def test_a_course_of_one_language_offers_none(launch: Launch) -> None:
    learner = launch()
    assert learner.course.locator("[data-language]").count() == 0
    assert not any("editions.js" in url for url in learner.requests)


def test_nothing_is_asked_for_when_the_language_changes(launch: Launch, address: str) -> None:
    learner = launch(address=address, **SWEDE, **WIDE)
    learner.settle()
    before = len(learner.requests)
    choose(learner, "en")
    choose(learner, "sv")
    learner.rest()
    assert learner.requests[before:] == []


def test_the_lms_is_asked_once_what_the_learner_prefers(launch: Launch, address: str) -> None:
    learner = launch(address=address, **SWEDE, **WIDE)
    learner.settle()
    asked = [call["given"][0] for call in learner.calls("LMSGetValue")]
    assert asked.count("cmi.student_preference.language") == 1
    assert language(learner) == "sv"


def test_an_alarm_is_told_in_the_language_that_is_chosen(launch: Launch, address: str) -> None:
    learner = launch(address=address, options={"refuseCommit": True}, refusals=True, **SWEDE, **WIDE)
    expect(learner.course.locator("[data-alarm]")).to_contain_text("lärplattformen")
    learner.page.evaluate("lms.become({ refuseCommit: false, throws: true })")
    learner.go("p1-c1-s1")
    expect(learner.course.locator("[data-alarm]")).to_contain_text("Vi kommer inte fram")
    choose(learner, "en")
    expect(learner.course.locator("[data-alarm]")).to_be_visible()
    expect(learner.course.locator("[data-alarm]")).to_contain_text("We cannot reach it.")
    expect(learner.course.locator("[data-save]")).to_have_text("Not saved")
    # What comes at the same moment is said in one go.
    expect(learner.course.locator("[data-say]")).to_have_text("The course is now in English.")
    learner.course.locator("[data-alarm] [data-retry]").click()
    expect(learner.course.locator("[data-say]")).to_have_text(
        "Not saved. The learning platform does not answer. You can continue reading."
    )


SOUND = """\
```audio
src: media/{0}.wav
title: {0}
text: {0}
captions: media/{0}.vtt
transcript: media/{0}.vtt
duration: "0:40"
```
"""


def test_a_sound_goes_on_in_another_language_where_it_was_left(launch: Launch, tmp_path: Path) -> None:
    page = "pages/p1-c1-s1.md"
    with wave.open(str(tmp_path / "tone.wav"), "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(bytes([128]) * 8000 * 40)
    tone = (tmp_path / "tone.wav").read_bytes()
    changes: dict[str, str | bytes] = {page: SOUND.format("ton"), f"{EN}/{page}": SOUND.format("tone")}
    for name in ("ton", "tone"):
        changes |= {f"media/{name}.wav": tone, f"media/{name}.vtt": VTT}
    with served(unpacked(write_translated(tmp_path / "course", changes), tmp_path)) as address:
        learner = launch(address=address, **SWEDE, **WIDE)
        learner.go("p1-c1-s1")
        learner.course.evaluate(
            """async () => { const sound = document.querySelector("[data-now] audio"); sound.muted = true;
            window.sound = sound; await sound.play();
            await new Promise((done) => { sound.onseeked = done; sound.currentTime = 20; }); }"""
        )
        choose(learner, "en")
        assert learner.course.evaluate("window.sound.paused")
        expect(learner.course.locator("[data-now] [data-place]")).to_contain_text("You are at 0:20")
        source = learner.course.locator("[data-now] audio source")
        assert source.get_attribute("src") == "media/tone.wav"
        assert learner.course.locator("[data-now] .lines button").count() == 1
        place = learner.course.evaluate(
            """async () => { const sound = document.querySelector("[data-now] audio"); sound.muted = true;
            await sound.play(); sound.pause(); return sound.currentTime; }"""
        )
        assert 19 < place < 22


def test_a_language_that_has_not_come_yet_is_shown_when_it_has(launch: Launch, tmp_path: Path) -> None:
    line = PoorLine("<noscript data-edition")
    package = unpacked(write_translated(tmp_path / "course"), tmp_path)
    with served(package, line) as address:
        learner = launch(address=address, **SWEDE, **WIDE)
        assert learner.course.evaluate("document.readyState") == "loading"
        learner.go("p1-c1-s1")
        learner.course.locator("textarea").fill("Mina tankar")
        learner.course.locator("[data-menu-nav] [data-language=en]").click()
        assert language(learner) == "sv"
        listen(learner)
        line.good.set()
        learner.wait("document.documentElement.lang === 'en'")
        assert heading(learner) == "Doors"
        assert learner.course.locator("textarea").input_value() == "Mina tankar"
        assert learner.course.locator(":focus").get_attribute("data-language") == "en"
        learner.wait("window.heard.length > 0")
        assert heard(learner) == ["The course is now in English."]


def test_who_changes_their_mind_before_a_language_has_come_is_not_sent_there(
    launch: Launch, tmp_path: Path
) -> None:
    line = PoorLine("<noscript data-edition")
    package = unpacked(write_translated(tmp_path / "course"), tmp_path)
    with served(package, line) as address:
        learner = launch(address=address, **SWEDE, **WIDE)
        for code in ("en", "sv"):
            learner.course.locator(f"[data-menu-nav] [data-language={code}]").click()
        line.good.set()
        learner.wait("document.readyState === 'complete'")
        learner.settle()
        assert language(learner) == "sv"


@pytest.mark.parametrize("locale", ["sv-SE", "en-GB"])
def test_no_letter_is_lost_by_whoever_writes_while_the_rest_of_the_course_comes(
    launch: Launch, tmp_path: Path, locale: str
) -> None:
    """For an instant the browser takes focus away, as it does when it has read a whole document."""
    line = PoorLine("<noscript data-edition")
    package = unpacked(write_translated(tmp_path / "course"), tmp_path)
    with served(package, line) as address:
        learner = launch(address=address, locale=locale, **WIDE)
        learner.go("p1-c1-s1")
        learner.course.locator("textarea").focus()
        written = "".join(chr(97 + at % 26) for at in range(300))
        for at, letter in enumerate(written):
            if at == 40:
                line.good.set()
            learner.page.keyboard.type(letter)
        learner.wait("document.readyState === 'complete'")
        assert learner.course.locator("textarea").input_value() == written
        # The page that is written on stays in its language, and the next one comes in the other.
        assert language(learner) == "sv"
        learner.go("p1-c1-s2")
        learner.wait(f"document.documentElement.lang === '{locale[:2]}'")
        assert learner.course.locator("[data-now] h1").evaluate("(h1) => h1 === document.activeElement")
        assert heading(learner) == {"sv": "Frågor", "en": "Questions"}[locale[:2]]
        learner.go("p1-c1-s1")
        assert learner.course.locator("textarea").input_value() == written


def test_every_block_is_made_ready_in_another_language_as_in_the_first(
    launch: Launch, tmp_path: Path, axe: Axe, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    swedish = languages.strings("sv")
    languages.format_of.cache_clear()
    for module in (languages, render, pages):
        monkeypatch.setattr(module, "strings", lambda code: swedish)
    request.addfinalizer(languages.format_of.cache_clear)
    folder = translate_showcase(write_showcase(tmp_path / "course"))
    package = unpacked(folder, tmp_path)
    ids = page_ids(package)
    # Words are broken as each language breaks them.
    look = """(id) => {
        const page = document.getElementById(id).cloneNode(true);
        for (const word of page.querySelectorAll(".long")) word.replaceWith(word.textContent.replaceAll("\u00ad", ""));
        page.normalize();
        // Where it leads depends on what was opened before.
        page.querySelector("[data-left]")?.remove();
        // Its lights depend on that, too, and its title is in the main language alone.
        page.querySelector("svg[data-lit]")?.remove();
        return page.outerHTML;
    }"""
    seen: list[dict[str, str]] = []
    with served(package) as address:
        for code in ("sv", "en"):
            learner = launch(address=address, luck=0.5, **SWEDE, **WIDE)
            learner.wait("document.readyState === 'complete'")
            if code == "en":
                # Furnished in the one language, and anew in the other.
                for name in ids:
                    learner.go(name)
                choose(learner, "en")
            found = {}
            for name in ids:
                learner.go(name)
                # Some of what is made ready waits for an idle moment.
                learner.rest()
                found[name] = re.sub(
                    r'aria-pressed="\w+">(Svenska|English)|srclang="\w\w"|lang="\w\w"|(?<=\d)[.,](?=\d)',
                    "",
                    learner.course.evaluate(look, name),
                )
            seen.append(found)
    for name in ids[1:]:
        assert seen[1][name] == seen[0][name], name


def test_a_final_check_goes_on_and_tells_its_result_in_another_language(
    launch: Launch, tmp_path: Path
) -> None:
    check = "final-check: {page: p1-c1-s2, mastery: 80, feedback: after, attempts: 2}\n"
    folder = write_translated(tmp_path / "course", {"course.yaml": FILES["course.yaml"] + check})
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch(address=address, **SWEDE, **WIDE)
        learner.go("p1-c1-s2")
        learner.course.get_by_label("Går lugnt ut").check()
        choose(learner, "en")
        assert learner.course.get_by_label("Walk out calmly").is_checked()
        expect(learner.course.locator("[data-now] [data-attempt]")).to_have_text("Attempt 1 of 2.")
        learner.course.locator("[data-q=q2] input").fill("one one two")
        learner.course.locator("[data-now] [data-hand]").click()
        result = learner.course.locator("[data-now] [data-result]")
        expect(result).to_contain_text("2 of 2")
        choose(learner, "sv")
        expect(result).to_contain_text("2 av 2")
        assert learner.course.get_by_label("Går lugnt ut").is_checked()
        learner.settle()
        assert learner.lms("saved")["score"] == "100"


# Titles and texts of the main language that scripts put into an edition

UNTRANSLATED = [a_page("ett", "En dörr som stängs.\n"), a_page("tva"), a_page("fragor", questions([1, 2]))]


@pytest.fixture(scope="module")
def partial_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Swedish course of which one page alone is in English."""
    folder = tmp_path_factory.mktemp("partly-translated")
    pages = [(about, text.replace("answers:", "reread: ett\nanswers:")) for about, text in UNTRANSLATED]
    files = {
        "pages/start.md": "Hej.\n",
        "glossary.yaml": "- {id: dorr, term: dörrstopp, text: Håller dörren öppen.}\n",
        f"{EN}/translation.yaml": "title: Trial\ntitles: {tva: Two, start: Welcome}\n",
        f"{EN}/pages/tva.md": "A page in English, and a door.\n",
    }
    head = "start: {id: start, title: Start, minutes: 1}\nminutes: 5\ntranslations: [en]\n"
    course = write_small(folder / "course", pages, [a_page("slut")], head=head, files=files)
    with served(unpacked(course, folder)) as address:
        yield address


@pytest.fixture
def reader(launch: Launch, partial_site: str) -> Learner:
    """Someone who reads that course in English."""
    learner = launch(address=partial_site, **WIDE)
    assert language(learner) == "en"
    return learner


def swedish(place: Locator) -> list[str]:
    """The words within a place that are marked as Swedish."""
    place.first.wait_for()
    return [each.strip() for each in place.locator("css=[lang=sv][dir=ltr]").all_inner_texts()]


def test_the_way_back_names_a_page_in_its_own_language(reader: Learner) -> None:
    reader.go("ett")
    reader.go("start")
    row = reader.course.locator("[data-continue]")
    expect(row).to_contain_text("EttPart 1 · Del 1 · 1 min")
    assert swedish(row) == ["Ett", "Del 1"]
    reader.go("tva")
    reader.go("start")
    expect(row).to_contain_text("TwoPart 1 · Del 1 · 1 min")
    assert swedish(row) == ["Del 1"]


def test_what_is_left_is_named_in_its_own_language(reader: Learner) -> None:
    reader.go("klar")
    left = reader.course.locator("[data-remaining] ul")
    expect(left).to_have_text("EttTwoFragorSlut")
    assert swedish(left) == ["Ett", "Fragor", "Slut"]
    reader.go("slut")
    assert swedish(reader.course.locator("#slut [data-left]")) == ["Ett"]
    reader.go("fragor")
    assert swedish(reader.course.locator("#fragor [data-ending=left]")) == ["Ett"]
    assert swedish(reader.course.locator("#fragor .next .fwd")) == ["Del 2", "Slut"]


def test_a_bookmark_has_its_page_s_language(reader: Learner) -> None:
    for page in ("ett", "tva"):
        reader.go(page)
        reader.course.locator("footer [data-bookmark]").click()
    reader.go("start")
    marks = reader.course.locator("#start [data-bookmarks] ul")
    expect(marks).to_have_text("EttTwo")
    assert swedish(marks) == ["Ett"]


def test_a_hit_of_the_search_has_the_language_of_what_was_found(reader: Learner) -> None:
    reader.course.locator("header [data-open=search]").click()
    hits = reader.course.locator("[data-hits] li")
    field = reader.course.locator("[data-find]")
    field.fill("stängs")
    expect(hits).to_have_count(1)
    assert swedish(hits) == ["Del 1", "Ett", "En dörr som stängs."]
    field.fill("english")
    expect(hits).to_have_count(1)
    assert swedish(hits) == ["Del 1"]
    field.fill("dörrstopp")
    expect(hits).to_have_count(1)
    assert swedish(hits) == ["dörrstopp", "Håller dörren öppen."]


def test_the_sum_of_a_check_names_questions_and_pages_in_their_language(reader: Learner) -> None:
    reader.go("fragor")
    for number in (1, 2):
        form = reader.course.locator(f"[data-q=fraga-{number}]")
        form.get_by_label("Nej").check()
        form.locator("[type=submit]").click()
    assert swedish(reader.course.locator("[data-summed] ol")) == ["Fråga 1?", "Ett", "Fråga 2?", "Ett"]
