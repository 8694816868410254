"""Where the course leads a learner who has come to its end, and back to its start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import Locator, expect
from small import a_page, questions, write_small

PAGES = [a_page("ett"), a_page("tva"), a_page("extra", core=False), a_page("tre"), a_page("fyra")]
START = "start: {id: start, title: Välkommen, minutes: 1}\n"
GREETING = {"pages/start.md": "Välkommen.\n"}


@pytest.fixture(scope="module")
def onward_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = write_small(
        tmp_path_factory.mktemp("onward") / "course",
        PAGES,
        head=f"{START}certificate: true\nminutes: 5\n",
        files=GREETING,
    )
    with served(unpacked(folder, tmp_path_factory.mktemp("package"))) as address:
        yield address


@pytest.fixture
def learner(launch: Launch, onward_site: str) -> Learner:
    return launch(address=onward_site)


def forward(learner: Learner) -> Locator:
    """The links that lead on at the foot of the page."""
    return learner.course.locator(".page[data-now] .next .fwd:visible")


def main_button(learner: Learner) -> Locator:
    """What the start page asks a learner to do."""
    return learner.course.locator("#start > .go a.btn.main:visible")


def test_the_last_page_leads_to_what_is_left_and_then_to_the_closing_page(learner: Learner) -> None:
    learner.go("ett")
    learner.go("fyra")
    # Beside core pages nothing is asked for, so "extra" is no step on the way.
    expect(forward(learner)).to_have_count(1)
    expect(forward(learner)).to_have_attribute("href", "#tva")
    expect(forward(learner)).to_contain_text("Tva")
    forward(learner).click()
    learner.wait("document.querySelector('[data-now]').id === 'tva'")
    learner.go("tre")
    # Every page but the last leads to the one after it, also when all is done.
    expect(forward(learner)).to_have_attribute("href", "#fyra")
    learner.go("fyra")
    expect(forward(learner)).to_have_attribute("href", "#klar")
    expect(forward(learner)).to_contain_text("Du är klar med kursen")
    forward(learner).click()
    expect(learner.course.locator("#h-klar")).to_be_focused()
    expect(learner.course.locator("#h-klar")).to_have_text("Du är klar med kursen", use_inner_text=True)


def test_the_start_page_leads_back_on_and_to_the_certificate(
    learner: Learner, launch: Launch, onward_site: str
) -> None:
    expect(main_button(learner)).to_have_text("Börja", use_inner_text=True)
    learner.go("ett")
    learner.go("tva")
    learner.go("start")
    expect(main_button(learner)).to_have_attribute("href", "#tva")
    expect(main_button(learner)).to_have_text("Fortsätt där du var", use_inner_text=True)
    learner.go("fyra")
    learner.go("start")
    # The last page is over: nobody is led to it again while another one is left.
    expect(main_button(learner)).to_have_attribute("href", "#tre")
    expect(learner.course.locator("[data-continue]")).to_contain_text("Tre")
    learner.go("tre")
    learner.settle()
    learner.go("start")
    expect(main_button(learner)).to_have_text("Du är klar: se ditt intyg", use_inner_text=True)
    main_button(learner).click()
    expect(learner.course.locator("#h-klar")).to_be_focused()
    learner.settle()
    # And so it is when the course is opened again.
    saved = learner.leave()
    back = launch(address=onward_site, saved=saved, hash="#start")
    expect(main_button(back)).to_have_text("Du är klar: se ditt intyg", use_inner_text=True)
    back.go("fyra")
    expect(forward(back)).to_have_attribute("href", "#klar")


def test_without_a_certificate_the_start_page_leads_to_the_end(launch: Launch, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "course", [a_page("ett")], head=f"{START}minutes: 2\n", files=GREETING)
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch(address=address)
        learner.go("ett")
        learner.go("start")
        expect(main_button(learner)).to_have_text("Du är klar med kursen", use_inner_text=True)
        expect(main_button(learner)).to_have_attribute("href", "#klar")


def test_a_check_that_is_not_passed_is_what_is_left(launch: Launch, tmp_path: Path) -> None:
    head = "final-check: {page: prov, mastery: 100}\ncompletion: {rule: score}\n"
    folder = write_small(
        tmp_path / "course", [a_page("ett"), a_page("prov", questions([1, 2])), a_page("sist")], head=head
    )
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch(address=address)
        for page in ("ett", "prov", "sist"):
            learner.go(page)
        expect(forward(learner)).to_have_attribute("href", "#prov")
        learner.go("prov")
        for number in (1, 2):
            form = learner.course.locator(f'form[data-q="fraga-{number}"]')
            form.locator("input[value=a]").check()
            form.locator("button[type=submit]").click()
        learner.go("sist")
        expect(forward(learner)).to_have_attribute("href", "#klar")


def test_the_tracks_that_nobody_asks_for_are_not_what_is_left(launch: Launch, tmp_path: Path) -> None:
    parts = [[a_page(name)] for name in ("ett", "tva", "tre", "fyra")]
    head = "completion: {rule: parts, parts: [del-1, del-4], tracks: 1, of: [del-2, del-3]}\n"
    folder = write_small(tmp_path / "course", *parts, head=head)
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch(address=address)
        learner.go("fyra")
        expect(forward(learner)).to_have_attribute("href", "#tva")
        learner.go("tre")
        learner.go("fyra")
        expect(forward(learner)).to_have_attribute("href", "#klar")


WAY_ON = ".skip, main .ahead, main .btn.main, [data-print]"


@pytest.mark.parametrize("size", [(360, 740), (1440, 900)], ids=str)
def test_a_learner_comes_by_keyboard_from_the_start_to_the_certificate(
    launch: Launch, site: str, pages: list[str], size: tuple[int, int]
) -> None:
    """One press of the Tab key a page, and at most twelve beside these."""
    learner = launch(address=site, viewport={"width": size[0], "height": size[1]})
    way: list[str] = []
    presses = 0
    while "#klar [data-print]" not in way:
        learner.page.keyboard.press("Tab")
        presses += 1
        assert presses <= len(pages) + 12, way
        stop = learner.course.evaluate(f"document.activeElement.matches({WAY_ON!r})")
        if not stop:
            continue
        if learner.course.evaluate("document.activeElement.matches('#klar [data-print]')"):
            break
        # The address is another before the page is.
        place = "document.querySelector('[data-now]').id + ' ' + document.activeElement.id"
        before = learner.course.evaluate(place)
        way.append(learner.now)
        learner.page.keyboard.press("Enter")
        learner.wait(f"{place} !== {before!r}")
    assert list(dict.fromkeys(way)) == [*pages, "klar"]
    expect(learner.course.locator("#klar [data-print]")).to_be_focused()
