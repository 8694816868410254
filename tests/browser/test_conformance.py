"""What the conformance table says was tried, and the sheets themselves: on a phone and a desk, light, dark and on paper."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import NODE_MODULES, Launch
from documents import assert_valid_html, from_disk
from playwright.sync_api import Browser, Frame, expect
from showcase import write_showcase
from using import page_ids, show_all, use_all

from coursepack import build_packages
from coursepack.reading.source import read_folder
from coursepack.release import accessibility, data_protection
from coursepack.release.handover import Handover
from coursepack.result import reported

SIZES = {"360": (360, 740), "1280": (1280, 900)}
NAMES = [
    f"{name}.{language}.html"
    for name in ("accessibility-statement", "conformance", "data-protection")
    for language in ("sv", "en")
]

# They are experiments of axe-core, which it does not run by itself.
LOOK = """async (rule) => (await axe.run(document, { runOnly: [rule], resultTypes: ["violations"] })).violations
  .flatMap((each) => each.nodes.map((node) => `${node.target} ${node.failureSummary}`))"""


def fails(frame: Frame, rule: str) -> list[str]:
    frame.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8"))
    return [str(each) for each in frame.evaluate(LOOK, rule)]


@pytest.mark.share(1)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_is_read_on_a_button_is_part_of_its_name(
    launch: Launch, showcase: str, translated: str, language: str
) -> None:
    learner = launch(None, address=translated if language == "en" else showcase)
    learner.wait(f"document.documentElement.lang === '{language}'")
    use_all(learner)
    show_all(learner)
    assert fails(learner.course, "label-content-name-mismatch") == []
    # The rule finds what is wrong.
    learner.course.evaluate(
        """() => { const button = document.createElement("button"); button.textContent = "Spela filmen";
        button.ariaLabel = "Starta"; document.querySelector("main").append(button); }"""
    )
    assert len(fails(learner.course, "label-content-name-mismatch")) == 1


FOCUS = """() => {
  const seen = () => JSON.stringify([location.hash, document.querySelectorAll("dialog[open]").length,
    [...document.querySelectorAll("form, details, [aria-expanded], [aria-pressed], input")].map((each) =>
      [each.dataset.state, each.open, each.ariaExpanded, each.ariaPressed, each.checked])]);
  const before = seen();
  const stops = [...document.querySelectorAll(".page[data-now] :is(a[href], button, input, select, textarea, summary)")];
  for (const each of stops.filter((stop) => stop.checkVisibility())) {
    each.focus();
    if (seen() !== before) return each.outerHTML;
  }
  return stops.length;
}"""


def test_focus_alone_changes_nothing(launch: Launch, showcase: str) -> None:
    learner = launch(None, address=showcase)
    stops = 0
    for page in page_ids(learner):
        learner.go(page)
        found = learner.course.evaluate(FOCUS)
        assert isinstance(found, int), found
        stops += found
    assert stops > 100


def test_each_page_has_a_title_of_its_own(launch: Launch, showcase: str) -> None:
    learner = launch(None, address=showcase)
    titles = []
    for page in page_ids(learner):
        learner.go(page)
        titles.append(learner.course.evaluate("document.title"))
    assert all(titles)
    assert len(set(titles)) == len(titles)


def test_nothing_is_locked_to_one_orientation(launch: Launch, showcase: str) -> None:
    learner = launch(None, address=showcase, viewport={"width": 390, "height": 844})
    assert fails(learner.course, "css-orientation-lock") == []


def test_the_first_link_leads_past_what_is_on_each_page(launch: Launch, showcase: str) -> None:
    """WCAG 2.4.1."""
    learner = launch(None, address=showcase, viewport={"width": 1280, "height": 900})
    page = page_ids(learner)[1]
    learner.go(page)
    learner.page.reload()
    learner.page.keyboard.press("Tab")
    link = learner.course.locator(":focus")
    expect(link).to_have_text("Hoppa till innehållet")
    expect(link).to_be_in_viewport()
    learner.page.keyboard.press("Enter")
    # Whatever the way there goes through, the next stop is on the page, and it is the page that was shown.
    learner.page.keyboard.press("Tab")
    expect(learner.course.locator(f"main #{page}[data-now] :focus")).to_have_count(1)
    assert [fails(learner.course, rule) for rule in ("bypass", "landmark-one-main", "region")] == [[], [], []]


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sheets of a course with every block, of the example course's words."""
    folder = tmp_path_factory.mktemp("sheets")
    source = write_showcase(folder / "course", translated=True)
    packages = tuple(build_packages(source, out=folder / "packages"))
    course, _ = read_folder(source)
    assert course is not None
    given = Handover(course, source, packages, reported(packages), datetime.date(2026, 12, 1))
    out = folder / "out"
    out.mkdir()
    for document in (*accessibility.documents(given), *data_protection.documents(given)):
        (out / document.name).write_bytes(document.data)
    return out


@pytest.mark.share(3)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_sheets_pass_axe_and_fit(
    browser: Browser, sheets: Path, axe: Callable[[Frame], list[str]], name: str, size: str, scheme: str
) -> None:
    with from_disk(browser, sheets / name, *SIZES[size], scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size][0]
        assert axe(page.main_frame) == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_sheet_is_cut_off_on_paper(browser: Browser, sheets: Path, name: str) -> None:
    # The width of A4 between its margins.
    page = browser.new_page(viewport={"width": 680, "height": 900})
    page.emulate_media(media="print")
    page.goto((sheets / name).as_uri())
    wide = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter((each) =>
        each.checkVisibility() && each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert wide == []
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    page.close()


@pytest.mark.parametrize("name", NAMES)
def test_sheets_are_valid_html(sheets: Path, name: str) -> None:
    assert_valid_html(sheets / name)
