"""Reading aloud, with voices as browsers have them: headless ones have none, so the tests bring their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import Frame, Locator, expect
from small import a_page, questions, write_small

# A synthesizer as the Web Speech API describes it: it says one thing at a time and nothing by itself, and `done()` ends it.
SYNTH = """((voices) => {
  let saying = null;
  window.said = [];
  window.voices = voices;
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  Object.defineProperty(window, "speechSynthesis", { value: {
    onvoiceschanged: null,
    getVoices: () => window.voices,
    get speaking() { return saying !== null; },
    speak(utterance) {
      saying = utterance;
      said.push({ text: utterance.text.replace(/\\s+/g, " ").trim(), voice: utterance.voice?.name, lang: utterance.lang });
    },
    cancel() { const cut = saying; saying = null; cut?.onerror?.({ error: "canceled" }); },
    done() { const ended = saying; saying = null; ended?.onend?.(); },
  }});
})"""
REMOTE = {"name": "Google svenska", "lang": "sv-SE", "localService": False, "default": True}
SWEDISH = {"name": "Alva", "lang": "sv_SE", "localService": True, "default": False}
ENGLISH = {"name": "Amy", "lang": "en-GB", "localService": True, "default": True}

TEXT = """Ett ord om [kaffe](term:kaffe).[^1]

## Rubrik

- Första
- Andra med [en länk](https://example.org)

::: accordion
### Fäll ut

Detta syns inte.
:::

[^1]: En not.
"""


@pytest.fixture(scope="module")
def spoken_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = write_small(
        tmp_path_factory.mktemp("spoken") / "course",
        [a_page("ett", TEXT), a_page("fragor", questions([1])), a_page("tre")],
        head="quick-exit: true\nminutes: 4\nstart: {id: start, title: Start, minutes: 1}",
        files={"pages/start.md": "Text.\n", "glossary.yaml": "- {id: kaffe, term: Kaffe, text: En dryck.}\n"},
    )
    with served(unpacked(folder, tmp_path_factory.mktemp("package"), "web")) as address:
        yield address


@pytest.fixture
def hear(launch: Launch, spoken_site: str) -> Callable[..., Learner]:
    """Opens the course in a browser with these voices."""

    def start(*voices: dict[str, Any], **options: Any) -> Learner:
        learner = launch(None, address=spoken_site, **options)
        learner.page.context.add_init_script(f"{SYNTH}({json.dumps(voices)})")
        learner.page.reload()
        learner.wait("document.documentElement.hasAttribute('data-later')")
        learner.go("ett")
        learner.settle()
        return learner

    return start


def panel(learner: Learner) -> Locator:
    return learner.course.locator("#d-settings [data-read]")


def bar(learner: Learner) -> Locator:
    return learner.course.get_by_role("group", name="Uppläsning")


def begin(learner: Learner) -> None:
    learner.course.locator(".top [data-open=settings]").click()
    panel(learner).click()


def said(learner: Learner) -> list[str]:
    return [each["text"] for each in learner.course.evaluate("said")]


def go_on(learner: Learner, times: int = 1) -> None:
    for _ in range(times):
        learner.course.evaluate("speechSynthesis.done()")


def marked(learner: Learner) -> list[str]:
    return [each.inner_text() for each in learner.course.locator("[data-reading-now]").all()]


def is_speaking(learner: Learner) -> bool:
    return bool(learner.course.evaluate("speechSynthesis.speaking"))


@pytest.mark.parametrize(
    "voices", [(), (REMOTE,), (REMOTE, ENGLISH)], ids=["none", "remote", "another language"]
)
def test_without_a_voice_of_the_device_in_the_page_s_language_nothing_is_offered(
    hear: Callable[..., Learner], voices: tuple[dict[str, Any], ...]
) -> None:
    learner = hear(*voices)
    learner.course.locator(".top [data-open=settings]").click()
    expect(learner.course.get_by_role("group", name="Tangentbord")).to_be_visible()
    expect(panel(learner)).to_be_hidden()
    expect(bar(learner)).to_be_hidden()


def test_the_page_is_read_in_order_by_the_local_voice_and_what_is_read_is_marked(
    hear: Callable[..., Learner],
) -> None:
    learner = hear(REMOTE, SWEDISH, ENGLISH)
    begin(learner)
    expect(bar(learner)).to_be_visible()
    assert marked(learner) == ["Ett"]
    wanted = ["Ett", "Ett ord om kaffe.", "Rubrik", "Första", "Andra med en länk", "Fäll ut", "En not."]
    for number, text in enumerate(wanted, 1):
        assert said(learner) == wanted[:number]
        (seen,) = marked(learner)
        assert seen.startswith(text.rstrip("."))
        go_on(learner)
    assert marked(learner) == []
    assert not is_speaking(learner)
    assert {each["voice"] for each in learner.course.evaluate("said")} == {"Alva"}
    expect(bar(learner).get_by_role("button", name="Läs upp sidan")).to_be_visible()


def test_of_a_question_its_words_and_answers_are_read_and_no_buttons(hear: Callable[..., Learner]) -> None:
    learner = hear(SWEDISH)
    learner.go("fragor")
    begin(learner)
    go_on(learner, 20)
    assert said(learner) == ["Fragor", "Frågor.", "Fråga 1?", "Välj ett svar.", "Ja", "Nej"]


def test_a_pause_goes_on_where_it_was_and_a_new_page_begins_anew(hear: Callable[..., Learner]) -> None:
    learner = hear(SWEDISH)
    begin(learner)
    go_on(learner)
    bar(learner).get_by_role("button", name="Pausa").click()
    assert not is_speaking(learner)
    assert [each[:16] for each in marked(learner)] == ["Ett ord om kaffe"]
    bar(learner).get_by_role("button", name="Fortsätt läsa upp").click()
    assert said(learner) == ["Ett", "Ett ord om kaffe.", "Ett ord om kaffe."]
    learner.page.keyboard.press("Escape")
    assert not is_speaking(learner)
    bar(learner).get_by_role("button", name="Fortsätt läsa upp").click()
    learner.go("tre")
    assert not is_speaking(learner)
    assert marked(learner) == []
    bar(learner).get_by_role("button", name="Läs upp sidan").click()
    assert said(learner)[-1] == "Tre"


def test_focus_stays_where_it_is_while_the_page_is_read(hear: Callable[..., Learner]) -> None:
    learner = hear(SWEDISH)
    opener = learner.course.locator(".top [data-open=settings]")
    begin(learner)
    expect(opener).to_be_focused()
    go_on(learner, 3)
    expect(opener).to_be_focused()
    # The next stops after what opened the panel are the help, the exit, and what reads.
    pause = bar(learner).get_by_role("button", name="Pausa")
    pause.focus()
    learner.page.keyboard.press("Enter")
    expect(bar(learner).get_by_role("button", name="Fortsätt läsa upp")).to_be_focused()
    bar(learner).get_by_role("button", name="Stäng uppläsningen").click()
    expect(bar(learner)).to_be_hidden()
    expect(learner.course.locator("#ett h1")).to_be_focused()


def test_leaving_the_page_fast_silences_it_at_once(hear: Callable[..., Learner]) -> None:
    learner = hear(SWEDISH)
    begin(learner)
    assert is_speaking(learner)
    learner.course.locator(".top [data-exit]").click()
    assert not is_speaking(learner)


def test_a_page_that_is_unloaded_is_silent(hear: Callable[..., Learner]) -> None:
    learner = hear(SWEDISH)
    begin(learner)
    learner.course.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert not is_speaking(learner)


def test_voices_may_come_late_and_go(hear: Callable[..., Learner]) -> None:
    learner = hear()
    learner.course.locator(".top [data-open=settings]").click()
    expect(panel(learner)).to_be_hidden()
    learner.course.evaluate(f"voices.push({json.dumps(SWEDISH)})")
    learner.course.evaluate("speechSynthesis.onvoiceschanged()")
    expect(panel(learner)).to_be_visible()
    learner.course.evaluate("void (voices.length = 0)")
    learner.course.evaluate("speechSynthesis.onvoiceschanged()")
    expect(panel(learner)).to_be_hidden()


def test_an_utterance_that_fails_is_a_pause(hear: Callable[..., Learner]) -> None:
    learner = hear(SWEDISH)
    begin(learner)
    learner.course.evaluate("speechSynthesis.cancel()")
    expect(bar(learner).get_by_role("button", name="Fortsätt läsa upp")).to_be_visible()


@pytest.mark.parametrize(("width", "size"), [(320, "1"), (360, "2"), (1440, "1")])
def test_it_passes_axe_fits_and_is_seen_in_forced_colours(
    hear: Callable[..., Learner], axe: Callable[[Frame], list[str]], width: int, size: str
) -> None:
    learner = hear(SWEDISH, viewport={"width": width, "height": 740}, forced_colors="active")
    learner.course.evaluate(f"document.documentElement.style.setProperty('--size', '{size}')")
    learner.course.evaluate("dispatchEvent(new Event('resize'))")
    learner.course.evaluate("document.querySelector('[data-open=settings]').click()")
    panel(learner).click()
    go_on(learner, 2)
    assert axe(learner.course) == []
    assert learner.course.evaluate("document.documentElement.scrollWidth <= innerWidth")
    style = "getComputedStyle(document.querySelector('[data-reading-now]')).outlineStyle"
    assert learner.course.evaluate(style) == "solid"
