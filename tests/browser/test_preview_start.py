"""The panel without a course: it says how to start, and opens the course or package whose path is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from panels import panel_in
from playwright.sync_api import Browser, FrameLocator, Page, expect
from small import a_page, questions, write_small

from coursepack import build_package
from coursepack.preview.front import Front
from coursepack.preview.opening import Opener
from coursepack.preview.panel import words

pytestmark = pytest.mark.browser

Axe = Callable[..., list[str]]
Open = Callable[..., Page]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small(tmp_path / "course", [a_page("p1", "First page.\n"), a_page("p2", questions([1]))])


@pytest.fixture
def open_panel(browser: Browser) -> Iterator[Open]:
    """Opens the panel of a preview without a course."""
    with ExitStack() as stack:

        def start(language: str = "en", width: int = 1440) -> Page:
            front = Front(panel_in(language), language, is_course=True)
            opener = stack.enter_context(closing(Opener(front, "scorm12", language)))
            opener.show_nothing()
            address = stack.enter_context(front.running())
            context = browser.new_context(viewport={"width": width, "height": 900}, locale=language)
            stack.callback(context.close)
            page = context.new_page()
            page.goto(address)
            return page

        yield start


def course(page: Page) -> FrameLocator:
    return page.frame_locator("#frame").frame_locator("iframe")


@pytest.mark.share(2)
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["en", "sv"])
def test_it_says_how_to_start(open_panel: Open, axe: Axe, language: str, width: int) -> None:
    page = open_panel(language, width)
    start = page.locator("#start")
    expect(start.get_by_role("heading")).to_have_text(words(language)["page"]["start"])
    expect(start.locator("code", has_text="coursepack new course_source")).to_be_visible()
    expect(start.locator("#start-from code")).to_have_text(str(Path.cwd()))
    expect(page.locator("#empty")).to_be_hidden()
    assert axe(page.main_frame) == []
    page.locator("#start button").click()
    expect(page.locator("#start-why")).not_to_be_empty()
    assert axe(page.main_frame) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_a_course_is_opened_with_keys_alone(open_panel: Open, folder: Path) -> None:
    page = open_panel()
    field = page.get_by_label(words("en")["page"]["start_path"])
    for _ in range(40):
        if field.evaluate("field => field === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type(f" {folder} ")
    page.keyboard.press("Enter")
    expect(course(page).locator("h1:visible")).to_have_count(1)
    expect(page.locator("#start")).to_be_hidden()
    course(page).locator(":root").evaluate("() => { location.hash = '#p1'; }")
    expect(course(page).get_by_text("First page.")).to_be_visible()
    # It is watched as if it had been there from the start.
    (folder / "pages/p1.md").write_text("Written since.\n", "utf-8")
    expect(course(page).get_by_text("Written since.")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "sv"])
def test_what_cannot_be_opened_is_said_and_the_next_path_is(
    open_panel: Open, folder: Path, tmp_path: Path, language: str
) -> None:
    page = open_panel(language)
    field, why = page.locator("#start-path"), page.locator("#start-why")
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("no zip", "utf-8")
    for name in ("none", "empty", "text.zip"):
        path = tmp_path / name
        field.fill(str(path))
        field.press("Enter")
        expect(why).to_contain_text(str(path))
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(str(build_package(folder, "scorm12", tmp_path / "out").path))
    page.locator("#start button").click()
    expect(course(page).locator("h1:visible").first).to_be_visible()
    # A package is no source that can be edited.
    expect(page.locator("#edit")).to_be_disabled()


def test_each_window_of_the_panel_shows_what_one_has_opened(open_panel: Open, folder: Path) -> None:
    page = open_panel()
    expect(page.locator("#start")).to_be_visible()
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#start")).to_be_visible()
    page.locator("#start-path").fill(str(folder))
    page.locator("#start button").click()
    expect(page).to_have_title(re.compile(": "))
    expect(course(other).locator("h1:visible")).to_have_count(1)
