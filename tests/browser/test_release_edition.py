"""The text edition as a page, in a browser: everybody can read it, on every screen, and it asks for nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Frame
from showcase import write_showcase

from coursepack import read_course
from coursepack.problems import Report
from coursepack.release.edition.text import texts
from coursepack.release.handover import Handover

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_showcase(tmp_path_factory.mktemp("edition") / "course")
    handover = Handover(read_course(folder), folder, (), Report(()), datetime.date(2026, 12, 1))
    path = folder.parent / "text-edition.sv.html"
    path.write_text(next(iter(texts(handover))).whole, "utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_passes_axe_and_asks_for_nothing(
    browser: Browser,
    edition: Path,
    axe: Callable[[Frame], list[str]],
    scheme: Literal["light", "dark"],
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("request", lambda request: asked.append(request.url.partition(",")[0]))
    page.goto(edition.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert axe(page.main_frame) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert wrong == []
    assert {address for address in asked if not address.startswith("data:image/")} == {edition.as_uri()}
    context.close()


def test_answers_are_folded_on_a_screen_and_printed(browser: Browser, edition: Path) -> None:
    page = browser.new_page()
    page.goto(edition.as_uri())
    answers = page.locator("details.after > div").first
    assert not answers.is_visible()
    page.emulate_media(media="print")
    assert answers.is_visible()
    page.close()
