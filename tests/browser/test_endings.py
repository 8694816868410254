"""The end of a chapter, a part and the course: what is told above the link that leads on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import Locator, expect
from small import FIRST, a_page, questions
from strategies import dump
from test_lights import HOUSE, shown
from using import heard, listen

# Part 1 has three chapters, the last of which is optional but for its first page; part 2 has no door.
PARTS = {
    "ett": [
        [a_page("a"), a_page("b"), a_page("c")],
        [a_page("d")],
        [a_page("e"), a_page("extra", core=False)],
    ],
    "tva": [[a_page("f")]],
}
LIT = {"cover": "media/hus.svg", "start": {"id": "start", "title": "Start", "minutes": 1}}


def write(folder: Path, parts: Any, **head: Any) -> Path:
    """A course whose parts have chapters of these pages; the second part has no door."""
    pages = [page for chapters in parts.values() for chapter in chapters for page in chapter]
    listed = [
        {
            "id": name,
            "title": name.capitalize(),
            **({} if name == "ett" else {"icon": "none"}),
            "chapters": [
                {
                    "id": f"{name}-{at}",
                    "title": f"Om {at}",
                    **({"takeaway": f"Kom ihåg {name}."} if at == 1 else {}),
                    "pages": [about for about, _ in chapter],
                }
                for at, chapter in enumerate(chapters, 1)
            ],
        }
        for name, chapters in parts.items()
    ]
    definition = {
        **FIRST,
        "minutes": sum(about.get("core", True) for about, _ in pages) + ("start" in head),
        **head,
        "parts": listed,
    }
    files = {f"pages/{about['id']}.md": text for about, text in pages}
    if "start" in head:
        files |= {"media/hus.svg": HOUSE, "pages/start.md": "Välkommen.\n"}
    for name, text in {"course.yaml": dump(definition), **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def plain_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = write(tmp_path_factory.mktemp("plain") / "course", PARTS)
    with served(unpacked(folder, tmp_path_factory.mktemp("package"))) as address:
        yield address


@pytest.fixture(scope="module")
def lit_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    parts = {"ett": [[a_page("a"), a_page("b")], [a_page("c")], [a_page("d")]]}
    folder = write(tmp_path_factory.mktemp("lit") / "course", parts, **LIT)
    with served(unpacked(folder, tmp_path_factory.mktemp("package"))) as address:
        yield address


def ending(learner: Learner) -> Locator:
    """What the end of the page in view tells."""
    return learner.course.locator("[data-now] [data-ending]:visible")


def read(learner: Learner, *pages: str) -> None:
    for page in pages:
        learner.go(page)


def test_the_end_of_a_chapter_is_told_on_its_last_page(launch: Launch, plain_site: str, axe: Any) -> None:
    learner = launch(address=plain_site)
    read(learner, "a", "b")
    expect(ending(learner)).to_have_count(0)
    learner.go("c")
    expect(ending(learner)).to_have_count(1)
    expect(ending(learner).locator("h2")).to_have_text("Kapitel 1 är klart")
    expect(ending(learner).locator("p")).to_have_text(["Klara kapitel: 1 av 4.", "Kom ihåg ett."])
    # There is no picture of lights where the cover has none.
    expect(ending(learner).locator(".hero, .door")).to_have_count(0)
    # It stands above the way on.
    assert learner.course.evaluate(
        "document.querySelector('[data-now] .ending:not([hidden])').compareDocumentPosition("
        "document.querySelector('[data-now] .next')) & Node.DOCUMENT_POSITION_FOLLOWING"
    )
    expect(learner.course.locator("#c .next .fwd small")).to_have_text("Nästa kapitel · Om 2")
    assert axe(learner.course) == []
    read(learner, "d", "e", "f", "klar")
    taken = learner.course.locator(".takeaways li")
    expect(taken).to_have_text(["Kom ihåg ett. Om 1", "Kom ihåg tva. Om 1"])
    assert axe(learner.course) == []


def test_pages_that_are_left_of_a_chapter_are_told_on_its_last_page(
    launch: Launch, plain_site: str, axe: Any
) -> None:
    learner = launch(address=plain_site)
    learner.course.evaluate("location.hash = '#c'")
    expect(ending(learner)).to_have_text("En sida kvar i kapitlet: B")
    assert axe(learner.course) == []
    ending(learner).get_by_role("link").click()
    expect(learner.course.locator("#h-b")).to_be_focused()
    # Done here, it is told here.
    expect(ending(learner).locator("h2")).to_have_text("Kapitel 1 är klart")
    learner.go("c")
    expect(ending(learner).locator("h2")).to_have_text("Kapitel 1 är klart")
    # Optional pages are not waited for.
    read(learner, "f", "extra")
    expect(ending(learner)).to_have_text("En sida kvar i kapitlet: E")


def test_the_end_of_a_part_has_its_door_which_opens_when_it_is_in_sight(
    launch: Launch, plain_site: str, axe: Any
) -> None:
    learner = launch(address=plain_site)
    read(learner, "b", "c", "e", "extra")
    # The part is not done as long as one of its chapters is not.
    expect(ending(learner).locator("h2")).to_have_text("Kapitel 3 är klart")
    # Done in another chapter than its last, it has no door there, and is told all the same.
    read(learner, "d")
    expect(ending(learner).locator("h2")).to_have_text("Kapitel 2 är klart")
    expect(ending(learner).locator("[data-tally]")).to_have_text("Klara kapitel: 3 av 4. Del 1 är klar.")
    read(learner, "extra")
    expect(ending(learner).locator("h2")).to_have_text("Del 1 är klar")
    expect(ending(learner)).to_contain_text(
        "Dörren står öppen. Du kan gå vidare, eller gå tillbaka när du vill."
    )
    expect(learner.course.locator("#extra .next .fwd small")).to_have_text("Nästa del · Tva")
    ending(learner).scroll_into_view_if_needed()
    expect(ending(learner)).to_have_class("ending block wide seen")
    assert axe(learner.course) == []
    # The other part has no door, and so there is none to be open.
    learner.go("f")
    expect(ending(learner).locator("h2")).to_have_text("Del 2 är klar")
    expect(ending(learner)).not_to_contain_text("Dörren")
    # It is told again when the course is opened again.
    learner.settle()
    back = launch(address=plain_site, saved=learner.leave(), hash="#extra")
    expect(ending(back).locator("h2")).to_have_text("Del 1 är klar")


def test_a_light_goes_on_when_the_end_of_its_chapter_is_in_sight(
    launch: Launch, lit_site: str, axe: Any
) -> None:
    learner = launch(address=lit_site, viewport={"width": 360, "height": 300})
    listen(learner)
    read(learner, "a", "b")
    expect(ending(learner).locator("[data-tally]")).to_have_text("Ett ljus till lyser. 1 av 3.")
    # The picture tells what is so, before anything moves.
    expect(ending(learner).locator("svg")).to_have_attribute("aria-label", "Ett hus. Klara kapitel: 1 av 3.")
    assert shown(learner) == ["dim all"]
    ending(learner).locator(".hero").scroll_into_view_if_needed()
    expect(ending(learner)).to_have_class("ending block wide seen")
    assert shown(learner) == ["1", "dim all"]
    assert axe(learner.course) == []
    # Once a visit.
    read(learner, "a", "b")
    assert shown(learner) == ["1", "dim all"]
    read(learner, "c", "start")
    assert shown(learner) == ["1", "2", "dim all"]
    # Nothing is announced but that the course is done.
    assert heard(learner) == []


def test_a_chapter_that_is_finished_on_another_page_than_its_last_ends_there(
    launch: Launch, plain_site: str, axe: Any
) -> None:
    learner = launch(address=plain_site, hash="#c")
    expect(ending(learner)).to_have_text("2 sidor kvar i kapitlet. Den första: A")
    read(learner, "a")
    expect(ending(learner)).to_have_count(0)
    read(learner, "b")
    expect(ending(learner).locator("h2")).to_have_text("Kapitel 1 är klart")
    expect(ending(learner).locator("p")).to_have_text(["Klara kapitel: 1 av 4.", "Kom ihåg ett."])
    assert learner.course.evaluate(
        "document.querySelector('[data-now] .ending:not([hidden])').compareDocumentPosition("
        "document.querySelector('[data-now] .next')) & Node.DOCUMENT_POSITION_FOLLOWING"
    )
    assert axe(learner.course) == []
    # It is also where it would have been, and on no page that had nothing to do with it.
    read(learner, "a")
    expect(ending(learner)).to_have_count(0)
    for page in ("c", "b"):
        read(learner, page)
        expect(ending(learner).locator("h2")).to_have_text("Kapitel 1 är klart")
    assert learner.course.locator("#c [data-ending], #b [data-ending]").count() == 2
    # On another visit it is on the last page alone.
    learner.settle()
    back = launch(address=plain_site, saved=learner.leave(), hash="#b")
    expect(ending(back)).to_have_count(0)
    read(back, "c")
    expect(ending(back).locator("h2")).to_have_text("Kapitel 1 är klart")


def test_a_course_that_is_finished_on_another_page_than_its_last_says_so_there_and_once(
    launch: Launch, lit_site: str, axe: Any
) -> None:
    learner = launch(address=lit_site)
    listen(learner)
    read(learner, "d", "c", "b")
    learner.settle()
    read(learner, "a")
    expect(ending(learner).locator("h2")).to_have_text("Kapitel 1 är klart")
    expect(ending(learner).locator("[data-tally]")).to_have_text(
        "Ett ljus till lyser. 3 av 3. Du är klar med kursen."
    )
    ending(learner).locator(".hero").scroll_into_view_if_needed()
    learner.wait("document.querySelector('#a .seen')")
    assert shown(learner) == ["1", "2", "3", "all"]
    assert axe(learner.course) == []
    ending(learner).get_by_role("link").focus()
    learner.page.keyboard.press("Enter")
    expect(learner.course.locator("#h-klar")).to_be_focused()
    read(learner, "d")
    expect(ending(learner).locator("h2")).to_have_text("Alla ljus lyser")
    assert heard(learner) == ["Du är klar med kursen. Tack för att du tog dig tid."]


def test_at_the_end_of_the_course_all_lights_are_on(launch: Launch, lit_site: str, axe: Any) -> None:
    learner = launch(address=lit_site)
    read(learner, "a", "b", "c", "d")
    learner.settle()
    learner.go("start")
    learner.go("d")
    expect(ending(learner).locator("h2")).to_have_text("Alla ljus lyser")
    expect(ending(learner).locator("p")).to_have_text("Kapitel 3 är klart. Du är klar med kursen.")
    ending(learner).locator(".hero").scroll_into_view_if_needed()
    learner.wait("document.querySelector('#d .seen')")
    assert shown(learner) == ["1", "2", "3", "all"]
    assert axe(learner.course) == []


def test_where_nothing_is_to_move_the_light_is_on_from_the_start(launch: Launch, lit_site: str) -> None:
    learner = launch(address=lit_site, viewport={"width": 360, "height": 300}, reduced_motion="reduce")
    read(learner, "a", "b")
    assert shown(learner) == ["1", "dim all"]


def test_a_chapter_of_questions_ends_when_they_are_answered(launch: Launch, tmp_path: Path) -> None:
    parts = {"ett": [[a_page("a"), a_page("prov", questions([1]))], [a_page("b")]]}
    folder = write(tmp_path / "course", parts, completion={"rule": "all-core-pages", "questions": "answered"})
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch(address=address)
        read(learner, "a", "prov")
        # What is left is the question on this page, which is in sight.
        expect(ending(learner)).to_have_count(0)
        form = learner.course.locator('form[data-q="fraga-1"]')
        form.locator("input[value=b]").check()
        form.locator("button[type=submit]").click()
        expect(ending(learner).locator("h2")).to_have_text("Kapitel 1 är klart")
        learner.course.evaluate("location.hash = '#b'")
        # The end of the course leads on by itself, and a course of words has no lights.
        expect(ending(learner).locator("h2")).to_have_text("Kapitel 2 är klart")


def test_a_course_of_one_chapter_has_no_end_of_a_chapter(launch: Launch, tmp_path: Path) -> None:
    folder = write(tmp_path / "course", {"ett": [[a_page("a"), a_page("b")]]})
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch(address=address)
        for page in ("b", "a", "b"):
            learner.go(page)
            expect(ending(learner)).to_have_count(0)
