"""Formulas in sentences and questions: seen whole in any width and on paper, named, found, and told in words."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Launch, served, unpacked
from PIL import Image
from playwright.sync_api import Frame, expect
from strategies import PAGE, write_course
from test_math import EVERYWHERE, FILES
from using import heard, listen

LONG = " + ".join(f"a_{{{n}}}" for n in range(1, 31))
WIDE = r"\frac{\text{the whole way from the door to the stairs in metres}}{t}"
SUMS = f"\n\nThe sum $`{LONG} = 0`$ in a sentence, and $`v = {WIDE}`$.\n\n```math\nlatex: |\n  {LONG} = 0\nalt: A long sum that is zero\n```\n"
BEYOND = """() => { const right = document.querySelector(".page[data-now]").getBoundingClientRect().right;
return [...document.querySelectorAll("math, semantics > mrow > mrow")].filter((each) => each.getBoundingClientRect().right > right + 1)
.map((each) => each.outerHTML); }"""


@pytest.fixture(scope="module")
def formulas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("formulas")
    course = write_course(folder / "course", {**FILES, PAGE: EVERYWHERE + SUMS})
    with served(unpacked(course, folder)) as address:
        yield address


@pytest.mark.parametrize("width", [320, 1440])
def test_a_long_formula_goes_on_in_the_next_line(
    launch: Launch, formulas: str, axe: Callable[[Frame], list[str]], width: int
) -> None:
    learner = launch(address=formulas, viewport={"width": width, "height": 800})
    assert learner.course.evaluate("document.documentElement.scrollWidth") == width
    assert learner.course.evaluate(BEYOND) == []
    assert axe(learner.course) == []
    scroll = learner.course.evaluate(
        "[...document.querySelectorAll('main semantics > mrow > mrow')].filter((it) => it.scrollWidth > it.clientWidth + 1"
        " && getComputedStyle(it).overflowX === 'auto').map((it) => it.textContent.slice(0, 9))"
    )
    assert scroll == (["the\xa0whole"] if width == 320 else [])
    # Safari gives focus to nothing that scrolls but what asks for it.
    stops = learner.course.locator("main mrow[tabindex='0']")
    expect(stops).to_have_count(len(scroll))
    for stop in stops.all():
        expect(stop).to_have_accessible_name("v = (the whole way from the door to the stairs in metres)/t")
    learner.course.evaluate("document.documentElement.style.fontSize = '200%'")
    assert learner.course.evaluate("document.documentElement.scrollWidth") == width


def test_on_paper_no_formula_is_cut(launch: Launch, formulas: str) -> None:
    learner = launch(None, address=formulas, viewport={"width": 640, "height": 900})
    learner.page.emulate_media(media="print")
    lines = learner.course.evaluate(
        """() => [...document.querySelectorAll("semantics > mrow")].filter((row) => row.children.length > 29)
        .map((row) => new Set([...row.children].map((piece) => piece.getBoundingClientRect().bottom)).size)"""
    )
    assert len(lines) == 2
    assert min(lines) > 1
    assert learner.course.evaluate(BEYOND) == []


@pytest.mark.parametrize("options", [{}, {"forced_colors": "active"}], ids=["colours", "forced"])
def test_a_root_has_its_sign_where_no_font_does(launch: Launch, formulas: str, options: Any) -> None:
    learner = launch(address=formulas, **options)
    root = learner.course.locator("table msqrt").first
    root.scroll_into_view_if_needed()
    box, inner = root.bounding_box(), root.locator("> *").first.bounding_box()
    assert box
    assert inner
    width = inner["x"] - box["x"]
    # Below the line above it.
    below = {"x": box["x"], "y": box["y"] + 4, "width": width, "height": box["height"] - 4}
    with Image.open(io.BytesIO(learner.page.screenshot(clip=below))) as picture:  # type: ignore[arg-type]
        assert len(picture.convert("L").getcolors() or ()) > 2


def test_what_is_shown_and_said_of_an_answer_has_formulas_in_words(launch: Launch, formulas: str) -> None:
    learner = launch(address=formulas)
    listen(learner)
    form = learner.course.locator("form[data-q=q1]")
    form.get_by_role("radio", name="2/5").check()
    form.locator("[type=submit]").click()
    # That the course is complete may be said at the same moment.
    assert heard(learner)[-1] == "Not quite. Not 2/5. No, y²."
    assert form.locator(".why").inner_text() == "Not 2/5."
    assert form.locator(".fb p").all_inner_texts() == ["No, y²."]
    form.locator("[data-show]").click()
    assert heard(learner) == ["Right answer: 5/6"]
    scenario = learner.course.locator("[data-scenario=q8]")
    assert scenario.locator(".scene").inner_text() == "It is x²."
    scenario.get_by_role("button", name="Say x²").click()
    assert heard(learner) == ["Safe choice. Good x²."]


def test_search_finds_a_formula_by_its_words_and_leads_to_it(launch: Launch, formulas: str) -> None:
    learner = launch(address=formulas, viewport={"width": 1280, "height": 800})
    learner.course.locator(".top [data-open=search]").click()
    field = learner.course.locator("[data-find]")
    field.press_sequentially("b² = c²")
    hit = learner.course.locator("[data-hits] li")
    expect(hit).to_have_count(1)
    expect(hit).to_contain_text("Where a² + b² = c² holds")
    hit.locator("a").click()
    learner.wait("document.activeElement.textContent.startsWith('Where')")


def test_a_browser_that_cannot_lay_out_formulas_shows_their_words(launch: Launch, formulas: str) -> None:
    learner = launch(address=formulas)
    # What the style has for those browsers holds here for once.
    learner.course.evaluate(
        """() => { const [sheet] = document.styleSheets;
        const old = [...sheet.cssRules].find((rule) => /^not \\(math-style/.test(rule.conditionText));
        for (const rule of old.cssRules) sheet.insertRule(rule.cssText, sheet.cssRules.length); }"""
    )
    shown = learner.course.locator("main").inner_text()
    assert "\nA long sum that is zero\n" in shown
    assert "in a sentence, and v = (the whole way from the door to the stairs in metres)/t." in shown
