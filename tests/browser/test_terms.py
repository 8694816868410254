"""Words of the glossary open where they stand: by keyboard, said once, never by pointing; and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from conftest import Launch, Learner, sites_of
from playwright.sync_api import Frame, Locator, expect
from small import a_page, write_small
from using import heard, listen

PAGE = """\
Vid [utrymning](term:utrymning) går alla till [samlingsplatsen](term:samlingsplats).

- Ta med dig den som behöver hjälp vid [utrymningen](term:utrymning).
- Ta inte hissen.
"""
GLOSSARY = """\
- {id: utrymning, term: utrymning, text: När alla lämnar huset.}
- {id: samlingsplats, term: samlingsplats, text: Där alla samlas.}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("terms") / "course"
    with sites_of(
        write_small(
            folder, [a_page("sida", PAGE), a_page("andra", "Text.")], files={"glossary.yaml": GLOSSARY}
        )
    ) as address:
        yield address("web")


def term(learner: Learner, words: str) -> Locator:
    return learner.course.get_by_role("button", name=re.compile(f"^{words} ?, visa förklaring$"))


def panel(learner: Learner, word: Locator) -> Locator:
    return learner.course.locator(f"#{word.get_attribute('aria-controls')}")


def test_a_word_opens_below_its_paragraph_is_said_once_and_closes_with_escape(
    launch: Launch, site: str, axe: Callable[[Frame], list[str]]
) -> None:
    learner = launch(None, address=site)
    listen(learner)
    word = term(learner, "utrymning")
    # Pointing at it is not asking for it.
    word.hover()
    expect(panel(learner, word)).to_be_hidden()
    word.focus()
    learner.page.keyboard.press("Enter")
    box = panel(learner, word)
    expect(box).to_be_visible()
    expect(word).to_have_attribute("aria-expanded", "true")
    expect(word).to_be_focused()
    assert heard(learner) == ["utrymning: När alla lämnar huset."]
    paragraph, below = learner.course.locator("#sida .lead").bounding_box(), box.bounding_box()
    assert paragraph
    assert below
    assert 0 <= below["y"] - paragraph["y"] - paragraph["height"] < 40
    assert axe(learner.course) == []

    # Two words of one paragraph may both be open; Escape closes them, wherever the focus is.
    term(learner, "samlingsplatsen").click()
    expect(learner.course.locator(".gloss:visible")).to_have_count(2)
    box.get_by_role("link", name="Hela ordlistan").focus()
    learner.page.keyboard.press("Escape")
    expect(learner.course.locator(".gloss:visible")).to_have_count(0)
    expect(word).to_be_focused()
    learner.page.keyboard.press("Space")
    expect(box).to_be_visible()
    learner.page.keyboard.press("Space")
    expect(box).to_be_hidden()


def test_a_word_of_a_list_opens_in_its_own_row(launch: Launch, site: str) -> None:
    learner = launch(None, address=site)
    word = term(learner, "utrymningen")
    word.click()
    rows = learner.course.locator("#sida > ul:not(.facts) > li")
    expect(rows.nth(0)).to_contain_text("När alla lämnar huset.")
    box, following = panel(learner, word).bounding_box(), rows.nth(1).bounding_box()
    assert box
    assert following
    assert box["y"] + box["height"] <= following["y"]


def test_without_a_script_words_are_explained_where_they_stand(launch: Launch, site: str) -> None:
    learner = launch(None, address=site, java_script_enabled=False)
    expect(learner.course.locator(".gloss:visible")).to_have_count(3)
    learner.course.get_by_role("link", name="Hela ordlistan").first.click()
    expect(learner.course.get_by_role("heading", name="Ordlista")).to_be_in_viewport()
