"""The title page that the build makes for a course without a start page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Launch, Learner, Sites, sites_of
from playwright.sync_api import Frame, Locator, expect
from small import a_page, write_small

PARTS = ([a_page("ett"), a_page("tva", minutes=3, roles=["skola"])], [a_page("tre"), a_page("fyra")])
HEAD = "subtitle: Om dörrar\nroles: {skola: Skola}\ncertificate: true\nquick-exit: true\ntranslations: [en]\n"
ENGLISH = "title: Trial\ntitles: {ett: One}\n"


@pytest.fixture(scope="module")
def titled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    folder = tmp_path_factory.mktemp("title-page")
    files = {"translations/en/translation.yaml": ENGLISH}
    with sites_of(write_small(folder / "course", *PARTS, head=HEAD, files=files), folder) as address:
        yield address


def main_button(learner: Learner) -> Locator:
    return learner.course.locator("#titelsida > .go a.btn.main:visible")


def row(learner: Learner) -> Locator:
    """The main button, and where it leads."""
    return learner.course.locator("#titelsida > .go:visible")


@pytest.mark.parametrize(("lms", "target"), [("standin", "scorm12"), ("standin2004", "scorm2004")])
def test_nothing_is_kept_of_the_title_page(launch: Launch, titled: Sites, lms: str, target: str) -> None:
    learner = launch(lms, address=titled(target), greeting=True, locale="sv-SE")
    assert learner.now == "titelsida"
    learner.settle()
    expect(learner.course.locator("[data-progress]")).to_contain_text("0 av 4")
    saved = learner.leave()
    # An LMS may take a session without a status for a completed one (RTE 1.2, 3.4.4).
    status = saved["status"] if lms == "standin" else saved["values"]["cmi.completion_status"]
    assert status == "incomplete"
    again = launch(lms, saved, address=titled(target), greeting=True, locale="sv-SE")
    assert again.now == "titelsida"
    expect(main_button(again)).to_have_text("Börja", use_inner_text=True)


def test_it_begins_leads_back_and_on_to_the_certificate(launch: Launch, titled: Sites) -> None:
    learner = launch(address=titled("scorm12"), greeting=True, locale="sv-SE")
    expect(row(learner)).to_have_count(1)
    expect(row(learner)).to_have_text("Börja Ett 1 min", use_inner_text=True)
    main_button(learner).click()
    expect(learner.course.locator("#h-ett")).to_be_focused()
    learner.go("tva")
    learner.go("titelsida")
    expect(row(learner)).to_have_count(1)
    expect(row(learner)).to_contain_text("Fortsätt där du var")
    expect(row(learner)).to_contain_text("TvaDel 1 · Del 1 · 3 min")
    expect(main_button(learner)).to_have_attribute("href", "#tva")
    learner.settle()
    saved = learner.leave()
    # Who comes back is taken to the page that was read last.
    learner = launch(address=titled("scorm12"), saved=saved, locale="sv-SE")
    assert learner.now == "tva"
    for page in ("tre", "fyra"):
        learner.go(page)
    learner.go("titelsida")
    expect(main_button(learner)).to_have_attribute("href", "#klar")
    expect(main_button(learner)).to_have_text("Du är klar: se ditt intyg", use_inner_text=True)


def test_its_address_opens_it_and_leaves_the_place_alone(launch: Launch, titled: Sites) -> None:
    learner = launch(address=titled("scorm12"), locale="sv-SE")
    learner.go("tre")
    learner.settle()
    saved = learner.leave()
    learner = launch(address=titled("scorm12"), saved=saved, hash="#titelsida", locale="sv-SE")
    assert learner.now == "titelsida"
    expect(main_button(learner)).to_have_attribute("href", "#tre")
    learner.settle()
    assert learner.leave()["location"] == "tre"


def test_it_changes_language_where_it_stands(launch: Launch, titled: Sites) -> None:
    learner = launch(None, address=titled("web"), greeting=True, locale="sv-SE")
    learner.course.locator("#titelsida [data-language=en]").click()
    expect(learner.course.locator("#titelsida h1")).to_have_text("Trial")
    assert learner.now == "titelsida"
    expect(row(learner)).to_have_text("Begin One 1 min", use_inner_text=True)
    assert learner.page.title() == "Start page – Trial"
    link = learner.course.locator("[data-menu-nav] [data-page=titelsida]")
    expect(link).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_it_passes_axe_and_its_button_is_in_the_first_window(
    launch: Launch, titled: Sites, axe: Callable[[Frame], list[str]], width: int, scheme: str
) -> None:
    options: Any = {"viewport": {"width": width, "height": 780}, "color_scheme": scheme}
    learner = launch(None, address=titled("web"), greeting=True, **options)
    expect(main_button(learner)).to_be_in_viewport(ratio=1)
    assert axe(learner.course) == []


def test_by_keyboard_its_button_is_the_first_stop_of_the_page(launch: Launch, titled: Sites) -> None:
    learner = launch(None, address=titled("web"), greeting=True, locale="sv-SE")
    learner.course.locator("#titelsida h1").focus()
    learner.page.keyboard.press("Tab")
    expect(main_button(learner)).to_be_focused()
    learner.page.keyboard.press("Enter")
    expect(learner.course.locator("#h-ett")).to_be_focused()
