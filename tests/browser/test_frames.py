"""What learners see, in every frame and mode: nothing cut off, nothing covered, no accessibility violation."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import BEGUN, Launch, Learner
from playwright.sync_api import Frame, expect
from using import press_shift_three_times

SIZES = {"phone": (320, 640), "low": (1000, 560), "desktop": (1440, 900)}


def sideways(learner: Learner) -> int:
    """How many pixels the document is wider than its frame."""
    return int(
        learner.course.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


@pytest.mark.share(1)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe_and_does_not_scroll_sideways(
    launch: Launch, pages: list[str], axe: Callable[[Frame], list[str]], size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    learner = launch(None, viewport={"width": width, "height": height}, color_scheme=scheme)
    for page in [*pages[1:], "ordlista", "om", pages[0]]:
        learner.go(page)
        assert sideways(learner) <= 0, page
        assert axe(learner.course) == [], page


# What the learner has chosen, what the device asks for, and the frame.
LOOKS: dict[str, tuple[dict[str, str], dict[str, Any], tuple[int, int]]] = {
    "high contrast": ({"contrast": "high"}, {}, (1000, 700)),
    "high contrast, dark": ({"contrast": "high", "light": "dark"}, {}, (320, 640)),
    "forced colours": ({}, {"forced_colors": "active"}, (1000, 700)),
    "forced colours, dark": ({}, {"forced_colors": "active", "color_scheme": "dark"}, (320, 640)),
    "large text": ({"size": "2", "airy": "1.36"}, {}, (320, 640)),
    "large text, wide": ({"size": "2"}, {"color_scheme": "dark"}, (1440, 900)),
    "right to left": ({}, {}, (320, 640)),
    "right to left, wide": ({}, {"color_scheme": "dark"}, (1440, 900)),
    "four times as large": ({}, {}, (320, 256)),
}


def looking(launch: Launch, name: str, **options: Any) -> Learner:
    """A learner for whom the course looks as `LOOKS` tells."""
    chosen, asked, (width, height) = LOOKS[name]
    learner = launch(None, viewport={"width": width, "height": height}, **asked, **options)
    learner.course.evaluate(f"localStorage.setItem('coursepack:look', '{json.dumps(chosen)}')")
    learner.page.reload()
    learner.wait(BEGUN)
    if name.startswith("right to left"):
        learner.course.evaluate("document.documentElement.dir = 'rtl'")
    return learner


@pytest.mark.share(2)
@pytest.mark.parametrize("look", LOOKS)
def test_every_look_passes_axe_on_pages_in_dialogs_and_with_answers(
    launch: Launch, axe: Callable[[Frame], list[str]], look: str
) -> None:
    learner = looking(launch, look)
    # Text with a term and a picture, a film, a table, questions, the words, about.
    for page in ("start-valkommen", "p1-c1-s1", "p1-c1-s2", "p1-c3-s2", "p1-c4-s2", "ordlista", "om"):
        learner.go(page)
        assert sideways(learner) <= 0, page
        assert axe(learner.course) == [], page
    learner.go("p1-c4-s2")
    form = learner.course.locator('form[data-q="q-p1-01"]')
    for answer in ("a", "b"):
        form.locator(f"input[value={answer}]").check()
        form.locator("button[type=submit]").click()
        assert axe(learner.course) == [], answer
    for name in ("menu", "help", "settings"):
        button = learner.course.locator(f".top [data-open={name}]")
        if name == "menu" and button.get_attribute("aria-haspopup") is None:
            continue
        if not button.is_visible():
            learner.course.locator("[data-open=menu]").click()
            button = learner.course.locator(f"#d-menu [data-open={name}]")
        button.click()
        dialog = learner.course.locator(f"#d-{name}")
        expect(dialog).to_be_visible()
        # It fades in.
        learner.wait("document.getAnimations().length === 0")
        assert dialog.evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0, name
        assert axe(learner.course) == [], name
        learner.page.keyboard.press("Escape")


def test_right_to_left_everything_stands_on_the_other_side(launch: Launch) -> None:
    learner = looking(launch, "right to left, wide", hash="#p1-c1-s1")
    left = "(e) => e.getBoundingClientRect().left"
    side, main, menu, leave = (
        learner.course.locator(name).first.evaluate(left)
        for name in (".side", "main", "[data-open=menu]", ".top [data-exit]")
    )
    assert side > main
    assert menu > leave
    arrow = learner.course.locator("[data-now] .next .turn").first
    assert arrow.evaluate("(e) => new DOMMatrix(getComputedStyle(e).transform).a") == -1
    learner.course.locator(".top [data-open=help]").click()
    assert learner.course.locator("#d-help").evaluate(left) == 0


def test_at_four_hundred_per_cent_nothing_stands_in_the_way_of_the_text(
    launch: Launch, pages: list[str]
) -> None:
    learner = looking(launch, "four times as large")
    for page in [*pages[1:], pages[0]]:
        learner.go(page)
        assert sideways(learner) <= 0, page
        learner.course.evaluate("scrollTo(0, document.body.scrollHeight)")
        stuck = learner.course.evaluate(
            """[...document.querySelectorAll("body *")].filter((e) => ["sticky", "fixed"].includes(getComputedStyle(e).position)
            && e.checkVisibility()).map((e) => e.className)"""
        )
        assert stuck == []


def test_in_a_frame_as_tall_as_its_content_a_dialog_opens_beside_its_button(launch: Launch) -> None:
    """Some LMSs make the frame as tall as the page; its middle is then off the screen."""
    learner = launch(None, viewport={"width": 1000, "height": 4000}, screen={"width": 1000, "height": 800})
    learner.go("p1-c4-s2")
    # With room below, the footer is where the page ends.
    for name, where in (("help", ".top"), ("help", ".foot"), ("settings", ".top")):
        button = learner.course.locator(f"{where} [data-open={name}]")
        button.click()
        dialog = learner.course.locator(f"#d-{name}")
        expect(dialog).to_be_visible()
        # It moves into its place.
        dialog.evaluate("(it) => Promise.all(it.getAnimations().map(({ finished }) => finished))")
        beside, box = button.bounding_box(), dialog.bounding_box()
        assert beside
        assert box
        assert box["y"] - 8 <= beside["y"] <= box["y"] + box["height"], (name, where)
        assert box["height"] < 1200, name
        assert 0 < box["y"] < 4000 - box["height"]
        learner.page.keyboard.press("Escape")
        expect(button).to_be_focused()


def test_nothing_to_use_lies_under_a_phone_s_notch(launch: Launch) -> None:
    """A phone on its side: the notch to the left, the bar for the thumb below."""
    learner = launch(None, viewport={"width": 740, "height": 360}, hash="#p1-c4-s2")
    insets = {"top": 10, "left": 50, "right": 40, "bottom": 20}
    session = learner.page.context.new_cdp_session(learner.page)
    session.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    covered = """(within) => [...document.querySelectorAll(within + " :is(a, button, input, summary)")].filter((e) => {
        const box = (e.closest("label") || e).getBoundingClientRect();
        return e.checkVisibility() && box.width > 1 && (box.left < 50 || box.right > innerWidth - 40);
        }).map((e) => e.outerHTML.slice(0, 80))"""
    for within in (".top", "[data-now]", ".foot"):
        assert learner.course.evaluate(covered, within) == [], within
    assert (
        learner.course.evaluate("document.querySelector('[data-open=menu]').getBoundingClientRect().top")
        >= 10
    )
    for name in ("menu", "help", "settings"):
        if name == "settings":
            learner.course.locator("[data-open=menu]").click()
        learner.course.locator(f":is(.top, #d-menu) [data-open={name}]:visible").last.click()
        expect(learner.course.locator(f"#d-{name}")).to_be_visible()
        assert learner.course.evaluate(covered, f"#d-{name}") == [], name
        learner.page.keyboard.press("Escape")


def test_text_twice_as_large_still_fits_a_phone(launch: Launch, pages: list[str]) -> None:
    learner = launch(None, viewport={"width": 360, "height": 640})
    learner.course.evaluate(
        "document.documentElement.style.fontSize = '200%'; dispatchEvent(new Event('resize'))"
    )
    learner.wait("document.documentElement.hasAttribute('data-large')")
    for page in [*pages[1:], pages[0]]:
        learner.go(page)
        assert sideways(learner) <= 0, page


def test_wider_text_spacing_loses_nothing(launch: Launch, pages: list[str]) -> None:
    """WCAG 1.4.12: line height 1.5, paragraphs 2, letters 0.12 and words 0.16 of the font size."""
    learner = launch(None, viewport={"width": 320, "height": 640})
    # The page's own policy lets no style element in; a learner's style comes from outside of it, as this one does.
    learner.course.evaluate(
        """() => { const sheet = new CSSStyleSheet(); document.adoptedStyleSheets = [sheet]; sheet.replaceSync(
        `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
        p { margin-bottom: 2em !important }`); }"""
    )
    for page in [*pages[1:], pages[0]]:
        learner.go(page)
        assert sideways(learner) <= 0, page


@pytest.mark.parametrize("size", SIZES)
def test_what_has_focus_is_never_covered_by_the_header(launch: Launch, pages: list[str], size: str) -> None:
    width, height = SIZES[size]
    learner = launch(None, viewport={"width": width, "height": height})
    learner.go("p1-c4-s2")
    stops = 0
    for _ in range(60):
        learner.page.keyboard.press("Tab")
        stops += learner.course.evaluate("!!document.activeElement?.closest('.page[data-now]')")
        covered = learner.course.evaluate(
            """(() => { const it = document.activeElement; if (!it || it === document.body) return "";
            const box = it.getBoundingClientRect(), top = document.querySelector(".top");
            if (top.contains(it) || it.closest("dialog")) return "";
            const bar = getComputedStyle(top).position === "sticky" ? top.getBoundingClientRect().bottom : 0;
            return box.height && box.bottom <= bar + 1 && box.top >= 0 ? it.outerHTML.slice(0, 90) : ""; })()"""
        )
        assert covered == ""
    assert stops > 10


def test_targets_are_large_enough_to_touch(launch: Launch, pages: list[str]) -> None:
    """WCAG 2.5.8 asks for 24 pixels; links inside a sentence are exempt."""
    learner = launch(None, viewport={"width": 320, "height": 640})
    for page in [*pages[1:], pages[0]]:
        learner.go(page)
        small = learner.course.evaluate(
            """[...document.querySelectorAll("a[href], button, summary, input")].filter((e) => {
            const b = e.getBoundingClientRect(); if (!b.width || e.closest("p, li:not(.opts li), td, .gloss, sup") &&
            getComputedStyle(e).display.startsWith("inline") || e.matches(".skip, .opt input")) return false;
            return b.height < 24 || b.width < 24; }).map((e) => e.outerHTML.slice(0, 80))"""
        )
        assert small == [], page


def test_forced_colours_keep_every_state_visible(launch: Launch) -> None:
    learner = launch(None, forced_colors="active", hash="#p1-c4-s2")
    option = learner.course.locator('form[data-q="q-p1-01"] .opt').first
    before = option.evaluate("(e) => getComputedStyle(e).outlineStyle")
    option.click()
    assert (before, option.evaluate("(e) => getComputedStyle(e).outlineStyle")) == ("none", "solid")


def test_reduced_motion_stops_all_motion(launch: Launch) -> None:
    learner = launch(None, reduced_motion="reduce")
    moving = learner.course.evaluate(
        """[...document.querySelectorAll("*")].filter((e) => { const s = getComputedStyle(e);
        return parseFloat(s.transitionDuration) > 0 || (s.animationName !== "none" && parseFloat(s.animationDuration) > 0);
        }).length"""
    )
    assert moving == 0


def test_the_menu_is_a_dialog_on_a_phone_and_gives_focus_back(launch: Launch, pages: list[str]) -> None:
    learner = launch(None, viewport={"width": 360, "height": 640})
    button = learner.course.locator("[data-open=menu]")
    button.focus()
    learner.page.keyboard.press("Enter")
    menu = learner.course.locator("#d-menu")
    expect(menu).to_be_visible()
    learner.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    learner.page.keyboard.press("Enter")
    menu.locator(f"a[href='#{pages[2]}']").click()
    expect(menu).to_be_hidden()
    assert learner.now == pages[2]


def test_a_dialog_that_is_opened_again_at_once_stays_open(launch: Launch) -> None:
    learner = launch(None, viewport={"width": 360, "height": 640})
    # A browser tells of the first closing after the second opening.
    learner.course.evaluate(
        """() => { const button = document.querySelector("[data-open=menu]"); button.click();
        document.querySelector("#d-menu [data-close]").click(); button.click();
        return new Promise((done) => document.querySelector("#d-menu").addEventListener("close", done)); }"""
    )
    expect(learner.course.locator("#d-menu")).to_be_visible()
    learner.page.keyboard.press("Escape")
    expect(learner.course.locator("#d-menu")).to_be_hidden()
    expect(learner.course.locator("[data-open=menu]")).to_be_focused()


def test_the_standing_menu_follows_the_page_and_the_page_stays_at_its_top(
    launch: Launch, pages: list[str]
) -> None:
    learner = launch(None, viewport={"width": 1440, "height": 480})
    for page in (pages[-1], pages[1]):
        learner.go(page)
        learner.wait(
            """(() => {
            const link = document.querySelector("[data-side] [aria-current]");
            const [it, menu] = [link, link.closest("nav")].map((each) => each.getBoundingClientRect());
            return it.top >= menu.top && it.bottom <= menu.bottom;
            })()"""
        )
        assert learner.course.evaluate("scrollY") == 0


def test_help_is_one_step_away_with_numbers_to_call(launch: Launch) -> None:
    learner = launch(None, viewport={"width": 360, "height": 640})
    learner.course.locator(".top [data-open=help]").click()
    panel = learner.course.locator("#d-help")
    expect(panel.locator("a[href='tel:112']")).to_be_visible()
    expect(panel.locator("a[href='tel:020390000']")).to_be_visible()
    learner.page.keyboard.press("Escape")
    expect(learner.course.locator(".top [data-open=help]")).to_be_focused()


def test_leaving_fast_hides_the_course_and_tells_the_lms_nothing(launch: Launch, pages: list[str]) -> None:
    learner = launch()
    learner.go(pages[2])
    learner.settle()
    before = len(learner.lms("calls"))
    learner.course.locator(".top [data-exit]").click()
    assert learner.course.evaluate("document.title") == "Anteckningar"
    # Whoever does not see the screen hears where they are, and does not go back by pressing once more.
    assert learner.course.evaluate("document.activeElement.textContent") == "Anteckningar"
    assert "exploatering" not in learner.course.locator("body").inner_text()
    assert len(learner.lms("calls")) == before
    learner.course.get_by_role("button", name="Visa föregående").click()
    assert learner.now == pages[2]


def test_shift_three_times_leaves_fast(launch: Launch) -> None:
    learner = launch(None)
    press_shift_three_times(learner)
    assert learner.course.evaluate("document.title") == "Anteckningar"


def test_a_glossary_term_opens_in_place_and_closes_with_escape(launch: Launch, pages: list[str]) -> None:
    learner = launch(None)
    for page in pages[1:]:
        learner.go(page)
        term = learner.course.locator(f"#{page} .term").first
        if term.count():
            break
    term.click()
    expect(term).to_have_attribute("aria-expanded", "true")
    panel = learner.course.locator(f"#{term.get_attribute('aria-controls')}")
    expect(panel).to_be_visible()
    learner.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(term).to_have_attribute("aria-expanded", "false")


def test_svara_with_nothing_chosen_says_so_and_moves_to_the_first_answer(launch: Launch) -> None:
    learner = launch(None, hash="#p1-c4-s2")
    form = learner.course.locator('form[data-q="q-p1-01"]')
    form.locator("button[type=submit]").click()
    expect(form.locator("[data-err]")).to_be_visible()
    expect(form.locator("input").first).to_be_focused()


def test_a_wrong_answer_is_explained_and_may_be_tried_again(launch: Launch, axe: Any) -> None:
    learner = launch(None, hash="#p1-c4-s2")
    form = learner.course.locator('form[data-q="q-p1-01"]')
    form.locator("input[value=a]").check()
    form.locator("button[type=submit]").click()
    expect(form.locator(".opt.wrong")).to_contain_text("Ditt svar, inte rätt")
    expect(form.locator(".opt.wrong .why")).to_contain_text("inom ett land")
    expect(learner.course.locator("[data-say]")).to_contain_text("Inte riktigt")
    assert axe(learner.course) == []
    form.locator("input[value=b]").check()
    expect(form.locator(".opt.wrong")).to_have_count(0)
    form.locator("button[type=submit]").click()
    expect(form.locator(".opt.right")).to_contain_text("Ditt svar, rätt")
    assert axe(learner.course) == []


def test_print_shows_the_page_without_the_frame(launch: Launch, pages: list[str]) -> None:
    learner = launch(None, hash=f"#{pages[3]}")
    learner.page.emulate_media(media="print")
    expect(learner.course.locator(f"#h-{pages[3]}")).to_be_visible()
    for furniture in (".top", ".line", ".side", f"#{pages[3]} .next"):
        expect(learner.course.locator(furniture)).to_be_hidden()
    expect(learner.course.locator(f"#h-{pages[2]}")).to_be_hidden()


def test_the_whole_course_prints_with_every_picture_and_all_that_is_folded(
    launch: Launch, pages: list[str]
) -> None:
    learner = launch(None, hash="#om")
    learner.course.evaluate(
        """() => {
        // Pictures are waited for as long as they take, and not for some seconds at the most.
        window.setTimeout = () => 0;
        window.print = () => { dispatchEvent(new Event("beforeprint"));
        window.printed = { all: document.documentElement.dataset.print,
          folded: document.querySelectorAll("main details:not([open], .answers)").length,
          missing: [...document.querySelectorAll("main img")].filter((e) => !e.complete || !e.naturalWidth).length };
        dispatchEvent(new Event("afterprint")); }; }"""
    )
    learner.course.get_by_role("button", name="Skriv ut hela kursen").click()
    learner.wait("window.printed")
    assert learner.course.evaluate("window.printed") == {"all": "all", "folded": 0, "missing": 0}
    assert not learner.course.evaluate("document.documentElement.hasAttribute('data-print')")
    learner.page.emulate_media(media="print")
    learner.course.evaluate("document.documentElement.dataset.print = 'all'")
    for page in pages:
        expect(learner.course.locator(f"#h-{page}")).to_be_visible()


def test_paper_is_white_with_black_text_whatever_the_screen_shows(launch: Launch) -> None:
    learner = looking(launch, "high contrast, dark", hash="#p1-c1-s1")
    learner.page.emulate_media(media="print")
    colours = learner.course.evaluate(
        "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


@pytest.mark.parametrize("language", ["sv", "fi", "en"])
def test_the_header_is_two_lines_on_the_smallest_phone(
    launch: Launch, showcase: str, finnish: str, translated: str, language: str
) -> None:
    address = {"sv": showcase, "fi": finnish, "en": translated}[language]
    learner = launch(address=address, viewport={"width": 320, "height": 640})
    learner.wait(f"document.documentElement.lang === '{language}'")
    learner.go("choice")
    learner.settle()

    def heights() -> list[float]:
        return list(
            learner.course.evaluate(
                "['.top', '.line'].map((each) => document.querySelector(each).getBoundingClientRect().height)"
            )
        )

    # A row of buttons of 44 pixels and its line, and a line of text.
    assert heights() == [57, 36]
    exit_name = {"sv": "Lämna sidan snabbt", "fi": "Poistu nopeasti", "en": "Exit this page"}[language]
    expect(learner.course.locator(".top [data-exit]")).to_have_accessible_name(exit_name)
    # What is left out is in the menu.
    expect(learner.course.locator("[data-progress]")).not_to_contain_text("min", use_inner_text=True)
    expect(learner.course.locator("[data-part-left]").first).to_contain_text("min")
    learner.page.set_viewport_size({"width": 640, "height": 640})
    expect(learner.course.locator("[data-progress]")).to_contain_text("min", use_inner_text=True)


@pytest.mark.parametrize("dialog", ["menu", "help"])
def test_help_and_the_exit_are_a_press_away_in_a_sheet(
    launch: Launch, site: str, axe: Any, dialog: str
) -> None:
    learner = launch(address=site, viewport={"width": 360, "height": 640})
    learner.course.locator(f".top [data-open={dialog}]").click()
    sheet = learner.course.locator(f"#d-{dialog}")
    assert axe(learner.course) == []
    # Wherever the sheet is scrolled to.
    for end in (0, 10_000):
        sheet.evaluate(f"(each) => [each, ...each.children].forEach((one) => one.scrollTo(0, {end}))")
        expect(sheet.locator("[data-exit]")).to_be_in_viewport(ratio=1)
    if dialog == "menu":
        sheet.locator("[data-open=help]").click()
        expect(learner.course.locator("#d-help")).to_be_visible()
        learner.page.keyboard.press("Escape")
        expect(learner.course.locator(".top [data-open=menu]")).to_be_focused()
        learner.course.locator(".top [data-open=menu]").click()
    sheet.locator("[data-exit]").click()
    expect(learner.course.locator(".plain")).to_be_visible()
