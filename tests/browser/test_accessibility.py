"""Every block in every state: checked by axe, walked through by keyboard, measured, and read as a screen reader reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from conftest import BEGUN, TOP, Launch, Learner
from playwright.sync_api import Frame, expect
from using import (
    BUTTONS,
    answer_all,
    at_once,
    heard,
    listen,
    page_by_page,
    page_ids,
    show_all,
    speak,
    spoken,
    use_all,
    visit_all,
)

Axe = Callable[[Frame], list[str]]

GOLDEN = TOP / "tests/golden/aria"


def sideways(learner: Learner) -> list[str]:
    """What reaches out of the frame, when the document is wider than that."""
    return list(
        learner.course.evaluate("""() => { const root = document.documentElement;
        if (root.scrollWidth <= root.clientWidth) return [];
        return [...document.querySelectorAll("body *")].filter((each) => {
          const { left, right, width } = each.getBoundingClientRect();
          return width && (right > root.clientWidth + 1 || left < -1); })
          .map((each) => each.outerHTML.slice(0, 90)); }""")
    )


@pytest.mark.soak
def test_every_page_passes_axe_as_it_is_met(launch: Launch, showcase: str, axe: Axe) -> None:
    learner = launch(None, address=showcase, viewport={"width": 360, "height": 740})
    assert page_by_page(axe, learner) == []


def test_every_page_passes_axe_when_it_has_been_used(launch: Launch, showcase: str, axe: Axe) -> None:
    options: Any = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"}
    learner = launch(None, address=showcase, **options)
    use_all(learner)
    answer_all(learner, right=None)
    assert page_by_page(axe, learner) == []


# What the learner has chosen, what the device asks for, and the frame.
LOOKS: dict[str, tuple[dict[str, str], dict[str, Any], tuple[int, int]]] = {
    "320": ({}, {}, (320, 640)),
    "320, dark": ({}, {"color_scheme": "dark"}, (320, 640)),
    "360, twice the text": ({"size": "2"}, {}, (360, 640)),
    "1000, high contrast": ({"contrast": "high"}, {}, (1000, 560)),
    "1000, high contrast, dark": ({"contrast": "high", "light": "dark"}, {}, (1000, 560)),
    "1440, forced colours": ({}, {"forced_colors": "active"}, (1440, 900)),
    "1440, forced colours, dark": ({}, {"forced_colors": "active", "color_scheme": "dark"}, (1440, 900)),
    "320, right to left": ({}, {}, (320, 640)),
    "1440, right to left, dark": ({}, {"color_scheme": "dark"}, (1440, 900)),
    "320, in English": ({}, {}, (320, 640)),
    "360, twice the text, in English, dark": ({"size": "2"}, {"color_scheme": "dark"}, (360, 640)),
    "1440, in English, dark": ({}, {"color_scheme": "dark"}, (1440, 900)),
    "320, in Finnish": ({}, {}, (320, 640)),
    "360, twice the text, in Finnish, dark": ({"size": "2"}, {"color_scheme": "dark"}, (360, 640)),
}


def put_on(learner: Learner, look: str) -> None:
    """Gives a learner who has just arrived what they have chosen."""
    chosen = json.dumps(LOOKS[look][0])
    learner.course.evaluate(f"localStorage.setItem('coursepack:look', {json.dumps(chosen)})")
    learner.page.reload()
    learner.wait(BEGUN)
    if "right to left" in look:
        learner.course.evaluate("document.documentElement.dir = 'rtl'")


@pytest.mark.share(3)
@pytest.mark.parametrize("look", LOOKS)
def test_every_look_passes_axe_and_fits_its_frame(
    launch: Launch, showcase: str, translated: str, finnish: str, axe: Axe, look: str
) -> None:
    _, asked, (width, height) = LOOKS[look]
    language = "en" if "in English" in look else "fi" if "in Finnish" in look else "sv"
    address = {"sv": showcase, "en": translated, "fi": finnish}[language]
    learner = launch(None, address=address, viewport={"width": width, "height": height}, luck=0.5, **asked)
    put_on(learner, look)
    learner.wait(f"document.documentElement.lang === '{language}'")
    show_all(learner)
    assert sideways(learner) == []
    use_all(learner)
    answer_all(learner, right=None)
    for kind in ("right", "wrong"):
        assert learner.course.locator(f".fb.{kind}").count() > 1
    learner.course.locator("form:nth-of-type(odd) [data-show]").evaluate_all(
        "(all) => all.map((each) => each.click())"
    )
    assert at_once(axe, learner) == []
    assert sideways(learner) == []


@pytest.mark.share(1)
@pytest.mark.parametrize("look", ["320, dark", "1440, forced colours", "320, right to left"])
def test_a_pool_and_the_check_pass_axe_in_every_state_and_in_both_languages(
    launch: Launch, translated: str, axe: Axe, look: str
) -> None:
    _, asked, (width, height) = LOOKS[look]
    view = {"width": width, "height": height}
    learner = launch(None, address=translated, viewport=view, luck=0.5, locale="sv-SE", **asked)
    put_on(learner, look)

    def answer(*, right: bool) -> None:
        for form in learner.course.locator(".page[data-now] form:visible").all():
            answer_all(learner, right=right, only=str(form.get_attribute("data-q")))

    def check(language: str) -> None:
        """The page as it is, in a language that the learner changes to by the menu."""
        if learner.course.evaluate("document.documentElement.lang") != language:
            speak(learner, language)
            if "right to left" in look:
                learner.course.evaluate("document.documentElement.dir = 'rtl'")
        assert axe(learner.course) == [], (language, learner.now)
        assert sideways(learner) == []

    learner.go("pool")
    answer(right=False)
    check("en")
    learner.go("final-check")
    page = learner.course.locator("#final-check")
    hand = page.locator("[data-hand]")
    hand.click()
    expect(page.locator("[data-gaps]")).to_be_visible()
    check("en")
    for attempt in (1, 2, 3):
        answer(right=attempt == 2)
        hand.click()
        expect(page.locator("[data-result]")).to_have_class("fb wrong" if attempt == 1 else "fb right")
        if attempt != 2:
            check("sv")
        if attempt < 3:
            hand.click()
            expect(page.locator("[data-attempt]")).to_contain_text(str(attempt + 1))
    expect(hand).to_be_hidden()
    check("en")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_not_saved_is_told_and_passes_axe(
    launch: Launch, showcase: str, axe: Axe, scheme: str
) -> None:
    learner = launch(
        address=showcase,
        options={"refuseCommit": True},
        refusals=True,
        settled=False,
        viewport={"width": 320, "height": 640},
        color_scheme=scheme,
    )
    expect(learner.course.locator("[data-alarm]")).to_be_visible(timeout=20_000)
    assert axe(learner.course) == []
    assert sideways(learner) == []
    learner.page.emulate_media(forced_colors="active")
    assert axe(learner.course) == []


# By keyboard

STOP = """(last) => {
  const it = document.activeElement;
  if (!it || it === document.body) return { name: "", wrong: "focus is lost" };
  const name = it.outerHTML.slice(0, 90);
  if (!it.closest(".page[data-now]")) return { name: "", wrong: "" };
  const seen = it.matches(".seg input, .switch input") ? it.closest("label") : it;
  const box = seen.getBoundingClientRect();
  const top = document.querySelector(".top");
  const bar = getComputedStyle(top).position === "sticky" ? top.getBoundingClientRect().bottom : 0;
  // The browser brings a button of its own controls into sight, and not all of a film.
  const fits = box.height < innerHeight - bar && !it.matches("video, audio");
  const [above, below] = [Math.max(box.top, bar), Math.min(box.bottom, innerHeight)];
  const points = [.1, .5, .9].flatMap((x) => [.1, .5, .9].map((y) =>
    document.elementFromPoint(box.left + x * box.width, above + y * (below - above))));
  // In the browser's own controls it is their button that shows it.
  const ringed = !it.matches(":focus") || [it, seen, it.nextElementSibling, it.closest("label")].some((each) => { if (!each) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2; });
  const wrong = box.width < 1 || box.height < 1 ? "it cannot be seen"
    : fits && (box.top < bar - 1 || box.bottom > innerHeight + 1) ? "it is not all in sight"
    : !points.some((each) => each && (seen.contains(each) || each.contains(seen))) ? "something covers it"
    : !ringed ? "nothing shows that it has focus"
    // What lies on a picture lies where the picture has it.
    : last && !it.closest("svg") && box.bottom + scrollY < last ? "it stands above the one before" : "";
  return { name, wrong, y: box.top + scrollY };
}"""


@pytest.mark.share(1)
@pytest.mark.parametrize(
    ("size", "language"), [((320, 640), "sv"), ((1000, 560), "sv"), ((320, 640), "en")], ids=str
)
def test_the_tab_key_goes_down_each_page_and_what_has_focus_is_in_sight(
    launch: Launch, showcase: str, translated: str, size: tuple[int, int], language: str
) -> None:
    address = translated if language == "en" else showcase
    learner = launch(None, address=address, viewport={"width": size[0], "height": size[1]}, luck=0.5)
    learner.wait(f"document.documentElement.lang === '{language}'")
    stops = 0
    for page in page_ids(learner):
        learner.go(page)
        last = 0
        for _ in range(120):
            learner.page.keyboard.press("Tab")
            stop = learner.course.evaluate(f"({STOP})({last})")
            assert stop["wrong"] == "", (page, stop)
            if not stop["name"]:
                break
            last = stop["y"]
            stops += 1
        else:
            pytest.fail(f"the Tab key never left {page}")
    assert stops > 100


# To hand in is pressed as well.
ALL_BUTTONS = f":is({BUTTONS}, [data-hand])"

PRESS = """(buttons) => {
  window.pressed ||= new WeakSet();
  const next = [...document.querySelectorAll(`.page[data-now] :is(${buttons})`)].find((each) =>
    each.checkVisibility() && !window.pressed.has(each) && !each.disabled);
  if (!next) return "";
  window.pressed.add(next);
  next.focus();
  return next.outerHTML.slice(0, 120);
}"""


def test_focus_is_never_lost_by_a_press(launch: Launch, showcase: str) -> None:
    learner = launch(None, address=showcase, viewport={"width": 360, "height": 740}, luck=0.5)
    visit_all(learner)
    answer_all(learner, right=False)
    presses = 0
    for page in page_ids(learner):
        learner.go(page)
        while button := learner.course.evaluate(f"({PRESS})({ALL_BUTTONS!r})"):
            learner.page.keyboard.press("Enter")
            # What waits for a moment before it moves focus has moved it by then.
            learner.rest()
            kept = learner.course.evaluate(
                "document.activeElement !== document.body && document.activeElement.checkVisibility()"
            )
            assert kept, (page, button)
            presses += 1
    assert presses > 20


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_can_be_pressed_is_large_enough(
    launch: Launch, showcase: str, translated: str, language: str
) -> None:
    """44 pixels by design. WCAG 2.5.8 asks for 24, and lets off links in a sentence."""
    address = translated if language == "en" else showcase
    learner = launch(None, address=address, viewport={"width": 320, "height": 640})
    learner.wait(f"document.documentElement.lang === '{language}'")
    use_all(learner)
    show_all(learner)
    small = learner.course.evaluate("""() => [...document.querySelectorAll(
        "main :is(button, summary, input, select, textarea, a[href])")].filter((each) => {
        if (!each.checkVisibility()) return false;
        const it = each.matches("input") ? each.closest("label") || each : each;
        const inline = getComputedStyle(it).display === "inline" || it.matches(".term");
        if (inline && it.closest("p, li, td, th, dd, sup, small")) return false;
        const { width, height } = it.getBoundingClientRect();
        const least = it.closest(".pagefoot, figcaption, .gloss") ? 24 : 44;
        return width < 24 || height < least - .5;
        }).map((each) => `${Math.round(each.getBoundingClientRect().height)} ${each.outerHTML.slice(0, 100)}`)""")
    assert small == []


def test_each_answer_is_told_once(launch: Launch, showcase: str) -> None:
    learner = launch(None, address=showcase, hash="#choice", luck=0.5)
    visit_all(learner)
    # What that led to is said once it is saved.
    learner.wait("document.querySelector('[data-say]').textContent.includes('Du är klar med kursen.')")
    learner.go("choice")
    listen(learner)
    # Those that are asked and answered one by one.
    questions = learner.course.locator(".page:not([data-check]) form:not([data-undrawn])").evaluate_all(
        "(all) => all.map((one) => one.dataset.q)"
    )
    for question in questions:
        form = learner.course.locator(f'form[data-q="{question}"]')
        for right in (False, True):
            answer_all(learner, right=right, only=question)
            told = heard(learner)
            assert len(told) == 1, (question, told)
            # All that is shown of it is told.
            for text in form.locator(".fb strong, .fb p").all_text_contents():
                assert text.strip(" .") in told[0], (question, told)
    assert len(questions) > 5
    # Nothing else speaks by itself: the one voice, and those of the search and of text versions.
    voices = learner.course.evaluate(
        "[...document.querySelectorAll('[role=status], [role=alert], [aria-live], output')].length"
    )
    searches = learner.course.locator("[data-lines], [data-count-said]").count()
    assert voices == 1 + searches
    # Orca drops what changes in a crowd of changes, as a new page is one, but for changes in a section that is live: the
    # element must be a div, and have no role of its own.
    orderly = "div[aria-live=polite][aria-atomic=true]:not([role])"
    assert learner.course.locator(orderly).count() == voices


def test_a_page_is_named_once(launch: Launch, showcase: str) -> None:
    learner = launch(None, address=showcase)
    # Focus goes to the heading: a region of the same name around it would be read before it.
    expect(learner.course.locator("section.page:is([aria-label], [aria-labelledby])")).to_have_count(0)


# As a screen reader has it


@pytest.fixture(scope="module")
def renew(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--renew"))


# What changes from day to day, or whenever a page is added: today, numbers of pages, minutes, and the support code.
VARIES = re.compile(
    r"\b\d+ [A-Za-z]+ 20\d\d|\d+ (?:av|of) \d+(?= (?:sidor|pages|öppnade|opened))|\d+(?= min\b)|\b[0-9A-Z]{4}(?:-[0-9A-Z]{2,4})+"
)


def compare(name: str, told: str, renew: bool) -> None:
    told = VARIES.sub("#", told)
    path = GOLDEN / f"{name}.txt"
    if renew:
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(told, "utf-8")
    assert path.is_file(), f"{path} is not there: run this test with --renew, and read what it writes"
    assert told == path.read_text("utf-8"), f"{name}: run this test with --renew, and read the difference"


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_accessibility_tree_of_every_page_is_as_it_was_read(
    launch: Launch, showcase: str, translated: str, renew: bool, language: str
) -> None:
    address, folder = (translated, "en/") if language == "en" else (showcase, "")
    learner = launch(None, address=address, viewport={"width": 1000, "height": 700}, luck=0.5)
    learner.wait(f"document.documentElement.lang === '{language}'")
    pages = page_ids(learner)

    def told() -> list[str]:
        show_all(learner)
        # Where a page stands in the course, and its neighbours, change with every page that is added.
        return spoken(learner, *(f"#{page}" for page in pages), without=".eyebrow, .next")

    visit_all(learner)
    met = told()
    use_all(learner)
    answer_all(learner, right=False)
    for page, before, used in zip(pages, met, told(), strict=True):
        compare(folder + page, before if used == before else f"{before}\n# Used\n\n{used}", renew)
    if renew:
        known = {GOLDEN / f"{folder}{name}.txt" for name in (*pages, *PARTS, *CHECKS)}
        for path in set((GOLDEN / folder).glob("*.txt")) - known:
            path.unlink()


# A check is handed in without answers; then right, and wrong as often as may be.
CHECKS = ("check-gaps", "check-again", "check-spent")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_accessibility_tree_of_a_check_is_as_it_was_read(
    launch: Launch, translated: str, renew: bool, language: str
) -> None:
    view = {"width": 1000, "height": 700}
    learner = launch(None, address=translated, viewport=view, luck=0.5, locale=language, hash="#final-check")
    learner.wait(f"document.documentElement.lang === '{language}'")
    hand = learner.course.locator("#final-check [data-hand]")

    def look(name: str) -> None:
        told = spoken(learner, "#final-check", without=".eyebrow, .next")[0]
        compare(f"en/{name}" if language == "en" else name, told, renew)

    hand.click()
    look("check-gaps")
    for right in (True, False):
        answer_all(learner, right=right)
        hand.click()
    # Chromium tells of fields that are enabled again what held before.
    learner.settle()
    learner.page.reload()
    learner.wait("document.querySelector('#final-check[data-now] [data-attempt]')?.textContent.includes('3')")
    look("check-again")
    answer_all(learner, right=False)
    expect(hand).to_be_hidden()
    look("check-spent")


PARTS = {
    "header": ("", ".top"),
    "ends": ("", ".page[data-now] .next"),
    "menu": ("menu", "#d-menu"),
    "help": ("help", "#d-help"),
    "search": ("search", "#d-search"),
    "settings": ("settings", "#d-settings"),
    "foot": ("", ".foot"),
}


def test_the_accessibility_tree_around_the_pages_is_as_it_was_read(
    launch: Launch, showcase: str, renew: bool
) -> None:
    learner = launch(None, address=showcase, viewport={"width": 1000, "height": 560}, hash="#video-note")
    for name, (opener, selector) in PARTS.items():
        if opener:
            learner.course.locator(f".top [data-open={opener}]").click()
        if name == "search":
            learner.page.keyboard.type("papperskorg")
            expect(learner.course.locator("[data-hits] li").first).to_be_visible()
            # Told when nothing has been written for a while.
            expect(learner.course.locator("[data-count-said]")).to_have_text("1 träff.")
        compare(name, spoken(learner, selector)[0], renew)
        if opener:
            learner.page.keyboard.press("Escape")
            learner.page.keyboard.press("Escape")
            expect(learner.course.locator("dialog[open]")).to_have_count(0)
