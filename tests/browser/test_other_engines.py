"""One learner's way through a SCORM 1.2 package in Firefox and in WebKit, the engine of Safari."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engines import Engine, firefox, home, webkit

# What goes wrong in the course is told by the window that its frame begins with: the course takes that one over.
START = """start(JSON.parse(arguments[0]), {}, "");
window.wrong = [];
const { contentWindow } = document.querySelector("iframe");
contentWindow.addEventListener("error", ({ message, target }) => wrong.push(message || target.src), true);
contentWindow.addEventListener("unhandledrejection", ({ reason }) => wrong.push(String(reason)));
contentWindow.addEventListener("securitypolicyviolation", (each) => {
  wrong.push(`${each.effectiveDirective} ${each.blockedURI}`);
});
contentWindow.isHeard = true;"""
# Where the film was when it gave way to its other version, and the time of the first picture that came into sight.
SWITCH = """const film = document.querySelector("#video video");
let at = null;
const pressed = performance.now();
window.step = null;
film.addEventListener("pause", () => { at = film.currentTime; }, { once: true });
const see = (_, { mediaTime }) => {
  if (getComputedStyle(film).objectPosition === "50% 50%") window.step = [at, mediaTime, (performance.now() - pressed) / 1000];
  else film.requestVideoFrameCallback(see);
};
film.addEventListener("loadstart", () => film.requestVideoFrameCallback(see), { once: true });
document.querySelector("#video [data-version=signed]").click();"""
SAVED = "document.querySelector('[data-save]')?.dataset.state === 'yes'"


def go(engine: Engine, page: str) -> None:
    engine.js(f"location.hash = '#{page}'")
    engine.wait(f"document.activeElement.id === 'h-{page}'")


def heard(engine: Engine) -> str:
    """What was said since this was asked last: one message, once."""
    engine.wait("window.heard.length")
    (said,) = engine.js("return window.heard.splice(0)")
    return str(said)


def focused(engine: Engine) -> str:
    return str(engine.js("return document.activeElement.textContent || document.activeElement.value"))


def launch(engine: Engine, address: str, saved: str = "{}") -> None:
    engine.visit(f"{address}/standin.html")
    engine.js(START, saved)
    engine.frame()
    engine.wait(SAVED)
    assert engine.js("return window.isHeard")
    engine.js("""window.heard = [];
        const region = document.querySelector("[data-say]");
        new MutationObserver(() => { if (region.textContent) window.heard.push(region.textContent); })
            .observe(region, { childList: true, characterData: true, subtree: true });""")


def use(engine: Engine) -> None:
    """Every kind of question by mouse or keys, and what engines are known to do in ways of their own."""
    go(engine, "choice")
    engine.click("[data-q=q-forst] [type=submit]")
    assert heard(engine) == "Välj ett svar först."
    engine.click("[data-q=q-forst] label:first-child")
    engine.click("[data-q=q-forst] [type=submit]")
    assert heard(engine).startswith("Inte riktigt.")
    engine.press("Enter")
    engine.press("Down", "Tab", "Enter")
    assert heard(engine).startswith("Det stämmer.")
    assert focused(engine) == "Nästa fråga"

    go(engine, "fill-in")
    engine.js("document.querySelector('#fill-in input').focus()")
    engine.press(*"112", "Enter")
    assert heard(engine).startswith("Det stämmer.")

    go(engine, "likert")
    engine.click("#likert label:nth-child(2)")
    engine.click("#likert [type=submit]")
    assert heard(engine).startswith("Tack")

    go(engine, "matching")
    engine.js("document.querySelector('#matching select').focus()")
    engine.press("Down", "Tab", "Down", "Tab", "Down", "Tab", "Enter")
    assert heard(engine).startswith("1 av 3 är rätt.")

    go(engine, "numeric")
    engine.js("document.querySelector('#numeric input').focus()")
    engine.press("3", "Enter")
    assert heard(engine).startswith("Det stämmer.")

    go(engine, "ordering")
    engine.click("#ordering li:first-child [data-move='1']")
    assert heard(engine) == "Plats 2 av 4"
    # Focus has gone with what was moved.
    engine.press("Enter")
    assert heard(engine) == "Plats 3 av 4"

    go(engine, "scenario")
    engine.click("#scenario .say button")
    assert heard(engine).startswith("Tryggt val.")

    go(engine, "tabs")
    engine.click("#tabs [role=tab]")
    engine.press("Right")
    assert focused(engine) == "Kök"
    assert engine.js(
        "return [...document.querySelectorAll('#tabs [role=tabpanel]')].map((one) => one.id)"
    ) == [engine.js("return document.activeElement.getAttribute('aria-controls')")]

    # A search field of Safari keeps the key to itself.
    engine.click(".top [data-open=search]")
    engine.press(*"eld")
    engine.wait("document.querySelectorAll('.hits li').length > 0")
    engine.press("Escape")
    engine.wait("!document.querySelector('dialog[open]')")
    assert focused(engine).strip() == "Sök"

    engine.press("Shift", "Shift", "Shift")
    assert focused(engine) == "Anteckningar"
    engine.click("main.plain button")

    go(engine, "video")
    film = "document.querySelector('#video video')"
    engine.js(f"{film}.muted = true; {film}.play()")
    engine.wait(f"{film}.currentTime > 0.5")
    # A slow machine plays on before it tells.
    engine.js(f"{film}.playbackRate = 0.25")
    for file in ("teckentolkad", "det-som-inte-syns"):
        engine.js(SWITCH)
        engine.wait("window.step")
        at, seen, took = engine.js("return window.step")
        assert at - 0.2 <= seen <= at + 0.2 + took / 4
        assert engine.js(f"return {film}.currentSrc").endswith(f"/{file}.mp4")
    engine.js(f"{film}.pause()")

    # Firefox gives sounds with captions the height of a film.
    go(engine, "audio")
    assert engine.js("return document.querySelector('#audio audio').offsetHeight") == 54


def answers(engine: Engine) -> dict[str, list[str]]:
    """What every form of the course holds, by its question."""
    for page in ("choice", "fill-in", "likert", "matching", "numeric", "ordering", "scenario"):
        go(engine, page)
    return dict(
        engine.js("""return [...document.querySelectorAll("form[data-q]")].map((form) => [form.dataset.q, [
            form.dataset.state || "",
            form.querySelector(".fb strong")?.textContent || "",
            ...[...form.querySelectorAll(":checked")].map(({ value }) => value),
            ...(form.dataset.state ? [...form.querySelectorAll("[data-item]")].map(({ dataset }) => dataset.item) : []),
        ]])""")
    )


def goes_and_comes_back(engine: Engine, address: str, saved: str) -> bool:
    """Whether the browser has kept the page. It may do without, for one when a film or a sound is still loading."""
    launch(engine, address, saved)
    # WebKit 2.50 takes what is not loaded before it is played for loading.
    engine.wait("""[...document.querySelectorAll("video, audio")]
        .every(({ networkState, preload }) => networkState !== 2 || preload === "none")""")
    engine.top()
    engine.js("window.isHere = true; addEventListener('pageshow', () => { window.isBack = true; })")
    engine.visit(f"{address}/again.html")
    engine.command("Back", {})
    engine.wait("location.pathname === '/standin.html'")
    is_kept = bool(engine.js("return window.isHere"))
    if is_kept:
        engine.wait("window.isBack")
    return is_kept


@pytest.mark.parametrize("browser", [firefox, webkit], ids=["firefox", "webkit"])
def test_a_course_is_learnt_left_and_gone_on_with(browser: object, showcase: str) -> None:
    assert callable(browser)
    with home() as folder, browser(Path(folder)) as engine:
        launch(engine, showcase)
        use(engine)
        before = answers(engine)
        assert sum(state == "answered" for state, *_ in before.values()) >= 5
        go(engine, "audio")
        engine.wait(SAVED)
        progress = engine.js("return document.querySelector('[data-progress]').textContent")

        # Away as an LMS does it, and back on another day.
        engine.top()
        assert engine.js("return window.wrong") == []
        engine.js("document.querySelector('iframe').remove()")
        saved = json.dumps(engine.js("return window.lms.saved"))
        assert engine.js("return window.lms.refused") == []
        launch(engine, showcase, saved)
        assert engine.js("return document.querySelector('[data-now]').id") == "audio"
        assert engine.js("return document.querySelector('[data-progress]').textContent") == progress
        assert answers(engine) == before

        # Away and back within the browser, which has kept the page: its session in the LMS is over, and it says so.
        assert any(goes_and_comes_back(engine, showcase, saved) for _ in range(3))
        engine.frame()
        engine.wait("document.querySelector('[data-save]').dataset.state === 'no'")
        assert engine.js("return document.querySelector('[data-alarm]').hidden") is False
        engine.top()
        assert engine.js("return window.wrong") == []
        assert engine.console() == []
