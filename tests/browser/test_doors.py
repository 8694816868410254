"""The doors of chapters and parts: how far they are open, the same in words, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import expect
from small import a_page
from test_endings import write

START: dict[str, Any] = {"start": {"id": "start", "title": "Start", "minutes": 1}, "cover": "media/hus.svg"}
ONE_PART = {"ett": [[a_page("a"), a_page("b"), a_page("c")], [a_page("d"), a_page("extra", core=False)]]}
TWO_PARTS = {"ett": [[a_page("a")], [a_page("b")]], "tva": [[a_page("c"), a_page("d")]]}


@pytest.fixture(scope="module")
def one_part(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = write(tmp_path_factory.mktemp("one") / "course", ONE_PART, **START)
    with served(unpacked(folder, tmp_path_factory.mktemp("package"))) as address:
        yield address


def told(learner: Learner, page: str) -> list[str]:
    """What the doors of a page say."""
    texts = learner.course.locator(f"#{page} .street .how").all()
    return [" ".join(str(each.inner_text()).split()) for each in texts]


def opened(learner: Learner, page: str) -> list[float]:
    return list(
        learner.course.locator(f"#{page} .street .door").evaluate_all(
            "(all) => all.map((each) => Number(each.style.getPropertyValue('--open')))"
        )
    )


def test_the_door_of_a_chapter_opens_as_its_pages_are_opened(launch: Launch, one_part: str, axe: Any) -> None:
    learner = launch(address=one_part)
    assert told(learner, "start") == ["3 sidor · 3 min", "2 sidor · 1 min"]
    assert opened(learner, "start") == [0, 0]
    learner.go("a")
    learner.go("start")
    assert told(learner, "start") == ["1 av 3 sidor öppnade · 3 min", "2 sidor · 1 min"]
    ajar, closed = opened(learner, "start")
    assert 0.4 < ajar < 1
    assert closed == 0
    assert axe(learner.course) == []
    # Optional pages are not waited for.
    for page in ("b", "c", "d", "start"):
        learner.go(page)
    assert told(learner, "start") == ["Klart", "Klart"]
    assert opened(learner, "start") == [1, 1]
    learner.go("klar")
    assert told(learner, "klar") == ["Klart", "Klart"]
    assert axe(learner.course) == []
    learner.settle()
    back = launch(address=one_part, saved=learner.leave(), hash="#start")
    assert told(back, "start") == ["Klart", "Klart"]


def test_a_learner_who_has_begun_finds_the_doors_before_the_text(launch: Launch, one_part: str) -> None:
    learner = launch(address=one_part)
    order = """[...document.querySelectorAll('#start > [data-map], #start > p:not(.wide)')]
        .map((each) => each.matches('[data-map]') ? 'doors' : 'text')"""
    assert learner.course.evaluate(order) == ["text", "doors"]
    learner.go("a")
    learner.go("start")
    assert learner.course.evaluate(order) == ["doors", "text"]
    # By keyboard they come after the button, as they stand.
    learner.course.locator("#start [data-continue] a").focus()
    learner.page.keyboard.press("Tab")
    expect(learner.course.locator("#start .street a").first).to_be_focused()
    expect(learner.course.locator("#start [data-continue]")).to_contain_text(
        "A Kapitel 1: Om 1 · 1 min", use_inner_text=True
    )


def test_the_start_page_does_not_move(launch: Launch, one_part: str) -> None:
    learner = launch(address=one_part)
    leaf = "getComputedStyle(document.querySelector('#start .street .door'), '::before').transitionDuration"
    assert learner.course.evaluate(leaf) == "0s"


def test_doors_of_parts_open_as_well_on_the_page_and_in_the_menu(launch: Launch, tmp_path: Path) -> None:
    folder = write(tmp_path / "course", TWO_PARTS, **START)
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch(address=address, viewport={"width": 1440, "height": 900})
        learner.go("a")
        learner.go("b")
        learner.go("c")
        learner.go("start")
        assert told(learner, "start") == ["Klar", "1 av 2 sidor öppnade · 2 min"]
        # The second part has no door.
        assert opened(learner, "start") == [1]
        door = learner.course.locator(".menu .door")
        assert door.evaluate("(each) => each.style.getPropertyValue('--open')") == "1"
        expect(learner.course.locator("#start [data-continue]")).to_contain_text("Del 2 · Tva · 1 min")


def test_without_a_script_the_doors_are_links_to_their_chapters(launch: Launch, one_part: str) -> None:
    learner = launch(None, address=one_part, java_script_enabled=False)
    expect(learner.course.locator("#start .street .how").first).to_have_text(
        "3 sidor · 3 min", use_inner_text=True
    )
    expect(learner.course.locator("#start .street a").nth(1)).to_have_attribute("href", "#d")
