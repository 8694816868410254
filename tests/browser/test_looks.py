"""How pages look: one left edge, buttons of one height side by side, and headings whose words are broken by hyphens."""

from __future__ import annotations

import json

import pytest
from conftest import BEGUN, Launch, Learner, Sites
from playwright.sync_api import expect
from using import answer_all, show_all, use_all

ASTRAY = """() => [...document.querySelectorAll(".page")].flatMap((page) => {
  const edge = page.querySelector("h1").getBoundingClientRect().left;
  return [...page.children]
    .filter((each) => !each.matches(".full, .ahead, script, svg") && each.getBoundingClientRect().width > 1)
    .filter((each) => Math.abs(each.getBoundingClientRect().left - edge) > 1)
    .map((each) => page.id + " " + each.outerHTML.slice(0, 80)); })"""
"""What does not begin where the heading of its page does. A link that is hidden until it has focus may be anywhere."""

UNEQUAL = """() => [...document.querySelectorAll("body *")].flatMap((row) => {
  const buttons = [...row.children].filter((each) => each.matches(".btn") && each.checkVisibility())
    .map((each) => each.getBoundingClientRect());
  return buttons.some((one) => buttons.some((other) => one.top < other.bottom && other.top < one.bottom
    && Math.abs(one.height - other.height) > 0.5)) ? [row.outerHTML.slice(0, 200)] : []; })"""
"""Rows with buttons beside each other that differ in height."""

TORN = """() => [...document.querySelectorAll("h1, h2, h3, h4, legend, summary, .ask, .next span")].flatMap((heading) => {
  const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
  const torn = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const range = new Range();
    let before = null;
    for (let at = 0; at < node.data.length; at += 1) {
      const letter = /\\p{L}/u.test(node.data[at]);
      if (!letter) { before = null; continue; }
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      // The first letter after a hyphen that was put in has the hyphen's box too.
      const box = [...range.getClientRects()].pop();
      if (box && before && box.top >= before.bottom - 1) torn.push(node.data);
      before = box || before;
    }
  }
  return torn; })"""
"""Headings in which two letters that follow each other stand on different lines."""


@pytest.mark.share(2)
@pytest.mark.parametrize("width", [360, 768, 1000, 1440])
def test_all_that_stands_on_a_page_begins_at_one_edge(launch: Launch, showcase: str, width: int) -> None:
    learner = launch(None, address=showcase, viewport={"width": width, "height": 800})
    use_all(learner)
    show_all(learner)
    assert learner.course.evaluate(ASTRAY) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_buttons_beside_each_other_are_equally_high(launch: Launch, showcase: str, width: int) -> None:
    learner = launch(None, address=showcase, viewport={"width": width, "height": 800}, luck=0.5)
    use_all(learner)
    answer_all(learner, right=False)
    show_all(learner)
    assert learner.course.locator("[data-show]:visible").count() > 1
    assert learner.course.evaluate(UNEQUAL) == []


def larger(learner: Learner, size: str) -> None:
    """The learner's own choice of text size."""
    learner.course.evaluate(
        f"localStorage.setItem('coursepack:look', {json.dumps(json.dumps({'size': size}))})"
    )
    learner.page.reload()
    learner.wait(BEGUN)


@pytest.mark.share(2)
@pytest.mark.parametrize(("width", "size"), [(320, "1"), (360, "1"), (360, "2"), (320, "2"), (768, "2")])
def test_a_word_of_a_heading_is_broken_by_a_hyphen_or_not_at_all(
    launch: Launch, site: str, showcase: str, width: int, size: str
) -> None:
    for address in (site, showcase):
        learner = launch(None, address=address, viewport={"width": width, "height": 800})
        larger(learner, size)
        show_all(learner)
        assert learner.course.evaluate(TORN) == []


def test_a_word_that_fits_on_a_line_is_not_broken(launch: Launch, site: str) -> None:
    learner = launch(None, address=site, viewport={"width": 360, "height": 800})
    show_all(learner)
    lines = """() => [...document.querySelectorAll(".page .long")].filter((each) => {
      const size = parseFloat(getComputedStyle(each).lineHeight);
      return each.checkVisibility() && each.getBoundingClientRect().height > 1.5 * size; }).map((each) => each.textContent)"""
    assert learner.course.locator(".page .long:visible").count() > 10
    assert learner.course.evaluate(lines) == []


def test_no_word_of_a_link_is_without_its_underline(launch: Launch, site: str) -> None:
    learner = launch(None, address=site)
    show_all(learner)
    bare = """() => [...document.querySelectorAll(".page a .long")].filter((each) => each.checkVisibility()
      && getComputedStyle(each.closest("a")).textDecorationLine === "underline"
      // Nothing of a line under the text around it is drawn in an inline block (CSS Text Decoration 3, 2.1).
      && getComputedStyle(each).display !== "inline").map((each) => each.textContent)"""
    assert learner.course.locator(".page .prev .long:visible").count() > 1
    assert learner.course.evaluate(bare) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_no_line_begins_with_the_mark_of_a_note(launch: Launch, site: str, width: int) -> None:
    learner = launch(None, address=site, viewport={"width": width, "height": 800})
    show_all(learner)
    begin = """() => [...document.querySelectorAll(".footnote-ref")].filter((mark) => {
      const range = new Range();
      range.setStart(mark.previousSibling, mark.previousSibling.length - 1);
      range.setEnd(mark.previousSibling, mark.previousSibling.length);
      return mark.getBoundingClientRect().top > range.getBoundingClientRect().bottom; }).map((mark) => mark.closest("p").textContent)"""
    assert learner.course.locator(".footnote-ref:visible").count() > 1
    assert learner.course.evaluate(begin) == []


def test_four_cards_stand_two_and_two(launch: Launch, whole: Sites) -> None:
    learner = launch(None, address=whole("web"), viewport={"width": 1280, "height": 800}, locale="sv-SE")
    show_all(learner)
    columns = """() => [...document.querySelectorAll(".cards")].filter((cards) => cards.children.length === 4)
      .map((cards) => new Set([...cards.children].map((card) => card.offsetLeft)).size)"""
    found = learner.course.evaluate(columns)
    assert len(found) > 2
    assert set(found) == {2}


def test_a_word_with_soft_hyphens_is_found(launch: Launch, site: str) -> None:
    learner = launch(None, address=site, viewport={"width": 1440, "height": 900})
    learner.course.locator(".top [data-open=search]").click()
    learner.page.keyboard.type("barnpornografibrott")
    learner.course.locator("[data-hits] a[href='#p1-c3-s2']").click()
    learner.wait("document.getElementById('p1-c3-s2').hasAttribute('data-now')")
    focused = "document.activeElement.textContent.replace(/\\u00ad/g, '').trim()"
    learner.wait(f"{focused} === 'Barnpornografibrott'")
    assert learner.course.evaluate("[...CSS.highlights.get('found')].length") > 1


def test_figures_of_questions_stand_on_the_line(launch: Launch, showcase: str) -> None:
    learner = launch(None, address=showcase)
    show_all(learner)
    styles = "(all) => [...new Set(all.map((each) => getComputedStyle(each).fontVariantNumeric))]"
    assert learner.course.locator(".q legend, .q .opt, .q .rows > li, .q .hint").evaluate_all(styles) == [
        "lining-nums"
    ]


def test_search_and_settings_are_first_in_the_menu_of_a_phone(launch: Launch, showcase: str) -> None:
    learner = launch(None, address=showcase, viewport={"width": 360, "height": 740})
    learner.go("steps")
    learner.course.locator(".top [data-open=menu]").click()
    names = []
    for _ in range(3):
        names.append(learner.course.evaluate("document.activeElement.textContent"))
        learner.page.keyboard.press("Tab")
    assert names == ["Stäng", "Sök", "Anpassa"]
    # Also when the menu has been brought to the page that is shown.
    for name in ("search", "settings"):
        expect(learner.course.locator(f"#d-menu [data-open={name}]")).to_be_in_viewport()


def test_what_comes_next_is_met_before_what_was(launch: Launch, showcase: str) -> None:
    learner = launch(None, address=showcase, viewport={"width": 360, "height": 740})
    learner.go("steps")
    links = learner.course.locator(".page[data-now] .next a:visible")
    assert [each.get_attribute("class") for each in links.all()] == ["fwd", "prev"]
    forward, back = (each.bounding_box() for each in links.all())
    assert forward is not None
    assert back is not None
    assert forward["y"] + forward["height"] <= back["y"]


def test_all_folds_of_a_block_are_opened_and_closed_at_once(launch: Launch, showcase: str) -> None:
    learner = launch(None, address=showcase)
    learner.go("accordion")
    button = learner.course.locator(".page[data-now] [data-unfold]").first
    folds = learner.course.locator(".page[data-now] .block:has([data-unfold])").first.locator("details")
    assert folds.count() > 1
    for name, others, is_open in (("Öppna alla", "Stäng alla", True), ("Stäng alla", "Öppna alla", False)):
        expect(button).to_have_text(name, use_inner_text=True)
        button.click()
        expect(button).to_have_text(others, use_inner_text=True)
        assert folds.evaluate_all("(all) => all.map((each) => each.open)") == [is_open] * folds.count()
