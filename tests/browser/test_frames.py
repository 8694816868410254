"""What learners see, in every frame and mode: nothing cut off, nothing covered, no accessibility violation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Launch, Learner
from playwright.sync_api import Frame, expect

SIZES = {"phone": (320, 640), "low": (1000, 560), "desktop": (1440, 900)}


def sideways(learner: Learner) -> int:
    """How many pixels the document is wider than its frame."""
    return int(
        learner.course.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


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


def test_text_twice_as_large_still_fits_a_phone(launch: Launch, pages: list[str]) -> None:
    learner = launch(None, viewport={"width": 360, "height": 640})
    learner.course.evaluate(
        "document.documentElement.style.fontSize = '200%'; dispatchEvent(new Event('resize'))"
    )
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
    for _ in range(60):
        learner.page.keyboard.press("Tab")
        covered = learner.course.evaluate(
            """(() => { const it = document.activeElement; if (!it || it === document.body) return "";
            const box = it.getBoundingClientRect(), top = document.querySelector(".top");
            if (top.contains(it) || it.closest("dialog")) return "";
            const bar = getComputedStyle(top).position === "sticky" ? top.getBoundingClientRect().bottom : 0;
            return box.height && box.bottom <= bar + 1 && box.top >= 0 ? it.outerHTML.slice(0, 90) : ""; })()"""
        )
        assert covered == ""


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
    assert "exploatering" not in learner.course.locator("body").inner_text()
    assert len(learner.lms("calls")) == before
    learner.course.get_by_role("button", name="Visa föregående").click()
    assert learner.now == pages[2]


def test_shift_three_times_leaves_fast(launch: Launch) -> None:
    learner = launch(None)
    for _ in range(3):
        learner.page.keyboard.press("Shift")
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
    expect(form.locator(".fb")).to_contain_text("inom ett land")
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
