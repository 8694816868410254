"""Words of the glossary open where they stand: by keyboard, said once, never by pointing; and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import Frame, Locator, expect

COURSE = """\
id: ord
title: Ord
description: En kurs med ord som behöver förklaras.
language: sv
version: 1.0.0
publisher: Test
licence: CC BY 4.0
minutes: 1
parts:
  - id: del
    title: Del
    chapters:
      - id: kapitel
        title: Kapitel
        pages:
          - {id: sida, title: Sida, minutes: 1}
"""
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
    top: Path = tmp_path_factory.mktemp("terms")
    for name, text in {"course.yaml": COURSE, "pages/sida.md": PAGE, "glossary.yaml": GLOSSARY}.items():
        (top / "course" / name).parent.mkdir(parents=True, exist_ok=True)
        (top / "course" / name).write_text(text, "utf-8")
    with served(unpacked(top / "course", top, "web")) as address:
        yield address


def term(learner: Learner, words: str) -> Locator:
    return learner.course.get_by_role("button", name=re.compile(f"^{words} ?, visa förklaring$"))


def panel(learner: Learner, word: Locator) -> Locator:
    return learner.course.locator(f"#{word.get_attribute('aria-controls')}")


def test_a_word_opens_below_its_paragraph_is_said_once_and_closes_with_escape(
    launch: Launch, site: str, axe: Callable[[Frame], list[str]]
) -> None:
    learner = launch(None, address=site)
    learner.course.evaluate("""() => {
        window.heard = [];
        new MutationObserver(([{ target }]) => target.textContent && window.heard.push(target.textContent))
            .observe(document.querySelector("[data-say]"), { childList: true });
    }""")
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
    learner.page.wait_for_timeout(150)
    assert learner.course.evaluate("window.heard") == ["utrymning: När alla lämnar huset."]
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
    rows = learner.course.locator("#sida li")
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
