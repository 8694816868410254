"""The panel Anpassa: it acts at once, on this device only, and what was chosen is there before the first page is painted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Launch, Learner
from playwright.sync_api import Browser, Locator, expect
from using import press_shift_three_times

from coursepack.course.theme import Theme, ThemeName, palette

WIDE: Any = {"width": 1000, "height": 700}
PHONE: Any = {"width": 360, "height": 640}
KEY = "coursepack:look"


def root(learner: Learner, expression: str) -> Any:
    return learner.course.evaluate(f"getComputedStyle(document.documentElement).{expression}")


def panel(learner: Learner) -> Locator:
    return learner.course.locator("#d-settings")


def opened(learner: Learner) -> Locator:
    learner.course.locator(".top [data-open=settings]").click()
    expect(panel(learner)).to_be_visible()
    return panel(learner)


def choose(learner: Learner, group: str, choice: str) -> None:
    panel(learner).get_by_role("group", name=group).get_by_role("radio", name=choice, exact=True).check()


def paper(learner: Learner) -> str:
    red, green, blue = learner.course.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    )
    return f"#{red:02x}{green:02x}{blue:02x}"


def wanted(theme: ThemeName, mode: Any) -> str:
    return palette(Theme(base=theme), mode)["paper"]


def test_by_keyboard_alone_and_focus_returns_and_it_is_remembered(launch: Launch) -> None:
    learner = launch(None, viewport=WIDE)
    button = learner.course.locator(".top [data-open=settings]")
    button.focus()
    keyboard = learner.page.keyboard
    keyboard.press("Enter")
    expect(panel(learner)).to_be_visible()
    expect(panel(learner).locator("[data-close]")).to_be_focused()
    keyboard.press("Tab")
    expect(panel(learner).get_by_role("radio", name="100 %")).to_be_focused()
    keyboard.press("ArrowRight")
    # At once: a quarter more than the 16 pixels of a browser that nobody has changed.
    assert root(learner, "fontSize") == "20px"
    keyboard.press("Tab")
    keyboard.press("ArrowRight")
    keyboard.press("Tab")
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    assert paper(learner) == wanted("fjord", "dark")
    for _ in range(2):
        keyboard.press("Tab")
    keyboard.press("Space")
    keyboard.press("Escape")
    expect(panel(learner)).to_be_hidden()
    expect(button).to_be_focused()
    learner.page.reload()
    learner.wait("document.documentElement.hasAttribute('data-js')")
    assert root(learner, "fontSize") == "20px"
    # Body text from 48 em is 1.125 rem, its lines 1.62, and airy ones 1.18 of that.
    line = float(learner.course.evaluate("parseFloat(getComputedStyle(document.body).lineHeight)"))
    assert line == pytest.approx(1.125 * 20 * 1.62 * 1.18, abs=0.1)
    assert paper(learner) == wanted("fjord", "dark")
    opened(learner)
    for name in (
        "125 %",
        "Luftigt",
        "Mörkt",
        "Normal",
        "Lugnt läge",
        "Lämna sidan snabbt med tre tryck på Skift",
    ):
        expect(panel(learner).get_by_label(name, exact=True)).to_be_checked()


def test_a_phone_has_it_in_the_menu_and_focus_returns_there(launch: Launch) -> None:
    learner = launch(None, viewport=PHONE)
    expect(learner.course.locator(".top [data-open=settings]")).to_be_hidden()
    learner.course.locator("[data-open=menu]").click()
    learner.course.locator("#d-menu [data-open=settings]").click()
    expect(panel(learner)).to_be_visible()
    expect(learner.course.locator("#d-menu")).to_be_hidden()
    learner.page.keyboard.press("Escape")
    expect(panel(learner)).to_be_hidden()
    expect(learner.course.locator("[data-open=menu]")).to_be_focused()


def test_the_whole_panel_can_be_reached_at_four_hundred_per_cent(launch: Launch) -> None:
    """1280 by 1024 pixels four times as large are 320 by 256 (WCAG 1.4.10)."""
    learner = launch(None, viewport={"width": 320, "height": 256})
    learner.course.locator("[data-open=menu]").click()
    learner.course.locator("#d-menu [data-open=settings]").click()
    last = panel(learner).get_by_label("Lämna sidan snabbt med tre tryck på Skift")
    last.focus()
    box = last.bounding_box()
    assert box
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 256


def test_focus_is_not_lost_when_larger_text_makes_the_button_move_into_the_menu(launch: Launch) -> None:
    learner = launch(None, viewport=WIDE)
    opened(learner)
    choose(learner, "Textstorlek", "200 %")
    learner.page.keyboard.press("Escape")
    expect(learner.course.locator(".top [data-open=settings]")).to_be_hidden()
    expect(learner.course.locator("[data-open=menu]")).to_be_focused()


# The device's light, the device's contrast, what the learner chose of each, and the colours that are to be seen.
LOOKS: list[tuple[Any, Any, str, str, ThemeName, str]] = [
    ("light", "no-preference", "", "", "fjord", "light"),
    ("dark", "no-preference", "", "", "fjord", "dark"),
    ("light", "no-preference", "Mörkt", "", "fjord", "dark"),
    ("dark", "no-preference", "Ljust", "", "fjord", "light"),
    ("light", "more", "", "", "klar", "light"),
    ("dark", "more", "", "", "klar", "dark"),
    ("dark", "more", "Ljust", "", "klar", "light"),
    ("light", "more", "Mörkt", "", "klar", "dark"),
    ("dark", "more", "", "Normal", "fjord", "dark"),
    ("light", "more", "Mörkt", "Normal", "fjord", "dark"),
    ("light", "no-preference", "", "Hög", "klar", "light"),
    ("dark", "no-preference", "", "Hög", "klar", "dark"),
    ("light", "no-preference", "Mörkt", "Hög", "klar", "dark"),
    ("dark", "no-preference", "Ljust", "Hög", "klar", "light"),
]


def test_light_and_contrast_follow_the_device_until_the_learner_chooses(launch: Launch) -> None:
    learner = launch(None, viewport=WIDE)
    opened(learner)
    for light, contrast, chosen_light, chosen_contrast, theme, mode in LOOKS:
        learner.page.emulate_media(color_scheme=light, contrast=contrast)
        choose(learner, "Ljus", chosen_light or "Som enheten")
        # What the device asks for is shown as chosen; to choose it means to go on following.
        choose(learner, "Kontrast", chosen_contrast or ("Hög" if contrast == "more" else "Normal"))
        seen = (paper(learner), root(learner, "colorScheme"))
        assert seen == (wanted(theme, mode), mode), (light, contrast, chosen_light, chosen_contrast)


def test_what_the_device_does_by_itself_is_not_remembered(launch: Launch) -> None:
    learner = launch(None, viewport=WIDE)
    opened(learner)
    choose(learner, "Kontrast", "Hög")
    assert json.loads(learner.course.evaluate(f"localStorage.getItem('{KEY}')")) == {"contrast": "high"}
    choose(learner, "Kontrast", "Normal")
    assert learner.course.evaluate(f"localStorage.getItem('{KEY}')") is None
    learner.page.emulate_media(contrast="more")
    expect(panel(learner).get_by_label("Hög")).to_be_checked()
    assert paper(learner) == wanted("klar", "light")


def test_calm_mode_stops_all_motion_and_an_uncalm_device_s_learner_may_want_it(launch: Launch) -> None:
    learner = launch(None, viewport=WIDE)
    moves = "getComputedStyle(document.querySelector('#d-settings')).animationName !== 'none'"
    calm = opened(learner).get_by_label("Lugnt läge")
    expect(calm).not_to_be_checked()
    assert learner.course.evaluate(moves)
    calm.check()
    assert not learner.course.evaluate(moves)
    calm.uncheck()
    learner.page.emulate_media(reduced_motion="reduce")
    expect(calm).to_be_checked()
    assert not learner.course.evaluate(moves)
    calm.uncheck()
    assert learner.course.evaluate(moves)


def test_shift_three_times_can_be_turned_off(launch: Launch) -> None:
    learner = launch(None, viewport=WIDE)
    opened(learner).get_by_label("Lämna sidan snabbt med tre tryck på Skift").uncheck()
    press_shift_three_times(learner)
    assert learner.course.evaluate("document.title") != "Anteckningar"
    panel(learner).get_by_label("Lämna sidan snabbt med tre tryck på Skift").check()
    press_shift_three_times(learner)
    assert learner.course.evaluate("document.title") == "Anteckningar"


def test_the_lms_is_told_nothing_of_it(launch: Launch) -> None:
    learner = launch(viewport=WIDE)
    learner.settle()
    before = len(learner.lms("calls"))
    opened(learner)
    choose(learner, "Textstorlek", "200 %")
    choose(learner, "Kontrast", "Hög")
    panel(learner).get_by_label("Lugnt läge").check()
    panel(learner).locator("[data-close]").click()
    learner.settle()
    assert len(learner.lms("calls")) == before


@pytest.mark.parametrize(
    "kept", ["", "null", "7", '"x"', "{", '{"size": "90", "light": "pink", "shift": 5, "x": "y"}']
)
def test_what_cannot_be_chosen_is_not_believed(browser: Browser, site: str, kept: str) -> None:
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(f"localStorage.setItem('{KEY}', {json.dumps(kept)})")
    learner = Learner(context.new_page(), site, in_frame=False)
    learner.page.on("pageerror", lambda error: learner.wrong.append(str(error)))
    learner.page.goto(f"{site}/package/index.html")
    learner.wait("document.documentElement.hasAttribute('data-js')")
    assert learner.wrong == []
    assert root(learner, "fontSize") == "16px"
    assert paper(learner) == wanted("fjord", "light")
    assert not {"light", "shift"} & set(learner.course.evaluate("({...document.documentElement.dataset})"))
    context.close()


CHOSEN = {"size": "1.25", "light": "dark"}


def test_it_is_there_before_the_first_page_is_painted(browser: Browser, site: str) -> None:
    """That is, before the player has come."""
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(f"localStorage.setItem('{KEY}', {json.dumps(json.dumps(CHOSEN))})")
    learner = Learner(context.new_page(), site, in_frame=False)
    learner.page.route("**/player.js", lambda route: None)
    learner.page.goto(f"{site}/package/index.html", wait_until="commit")
    learner.page.wait_for_selector(".page[data-now] h1", state="attached")
    assert not learner.course.evaluate("document.documentElement.hasAttribute('data-js')")
    assert root(learner, "fontSize") == "20px"
    assert paper(learner) == wanted("fjord", "dark")
    context.close()


def test_where_the_script_in_the_head_is_refused_the_player_does_it(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(f"localStorage.setItem('{KEY}', {json.dumps(json.dumps(CHOSEN))})")
    learner = Learner(context.new_page(), site, in_frame=False)

    def strict(route: Any) -> None:
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": "script-src 'self'"}
        route.fulfill(response=answer, headers=headers)

    learner.page.route("**/index.html", strict)
    refused: list[str] = []
    learner.page.on("console", lambda message: refused.append(message.text))
    learner.page.goto(f"{site}/package/index.html")
    learner.wait("document.documentElement.hasAttribute('data-js')")
    assert any("inline script" in text for text in refused)
    assert root(learner, "fontSize") == "20px"
    assert paper(learner) == wanted("fjord", "dark")
    context.close()
