"""A learner is asked some questions of a pool, the same ones for good; without script and on paper all of them stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import Frame, expect
from small import a_page, questions, write_small

HEAD = """\
completion: {rule: score}
final-check: {page: fragesida, mastery: 60}
"""
NUMBER_OF_QUESTIONS = 9


def write(top: Path, count: int) -> Path:
    """The package of the course with that many questions to draw of."""
    asked = a_page("fragesida", questions(range(1, count + 1)), pool=3)
    return unpacked(write_small(top / "course", [a_page("textsida"), asked], head=HEAD), top)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(write(tmp_path_factory.mktemp("pool"), NUMBER_OF_QUESTIONS)) as address:
        yield address


def asked(learner: Learner) -> list[str]:
    """Ids of the questions that can be seen, in their order."""
    forms = learner.course.locator("form[data-q]")
    return [str(form.get_attribute("data-q")) for form in forms.all() if form.is_visible()]


def submit(learner: Learner, name: str, answer: str) -> None:
    form = learner.course.locator(f'form[data-q="{name}"]')
    form.locator(f"input[value={answer}]").check()
    form.get_by_role("button", name="Svara").click()


def test_a_learner_is_asked_the_same_questions_at_every_launch(launch: Launch) -> None:
    learner = launch()
    learner.go("fragesida")
    first = asked(learner)
    assert len(first) == 3
    numbers = learner.course.locator("form:not([data-undrawn]) .no").all_inner_texts()
    assert numbers == ["Fråga 1 av 3", "Fråga 2 av 3", "Fråga 3 av 3"]
    assert "3 frågor" in learner.course.locator("#fragesida > .kind").first.inner_text()
    learner.settle()
    back = launch(saved=learner.leave())
    assert asked(back) == first


def test_learners_are_asked_different_questions(launch: Launch) -> None:
    drawn = set()
    for _ in range(6):
        learner = launch()
        learner.go("fragesida")
        drawn.add(tuple(asked(learner)))
    # Of 84 draws: that six learners get one and the same is less likely than one in a thousand million.
    assert len(drawn) > 1


def test_the_score_is_of_what_was_asked(launch: Launch) -> None:
    learner = launch()
    learner.go("fragesida")
    one, two, three = asked(learner)
    submit(learner, one, "a")
    submit(learner, two, "b")
    learner.settle()
    assert learner.lms("saved")["score"] == ""
    submit(learner, three, "a")
    learner.settle()
    expect(learner.course.locator("[data-progress]")).to_contain_text("Du är klar med kursen.")
    saved = learner.leave()
    assert saved["status"] == "completed"
    assert saved["score"] == "66.67"


def test_a_later_version_with_more_questions_asks_the_answered_ones_still(
    launch: Launch, tmp_path: Path
) -> None:
    with served(write(tmp_path, NUMBER_OF_QUESTIONS)) as address:
        learner = launch(address=address)
        learner.go("fragesida")
        first = asked(learner)
        for name in first:
            submit(learner, name, "b")
        learner.settle()
        saved = learner.leave()
    with served(write(tmp_path, 4 * NUMBER_OF_QUESTIONS)) as address:
        back = launch(address=address, saved=saved)
        assert asked(back) == first
        expect(back.course.locator("form:not([data-undrawn]) .fb.wrong")).to_have_count(3)


def test_all_questions_stand_on_paper_and_without_script(launch: Launch) -> None:
    note = "Varje deltagare får 3 av de 9 frågor som har ett rätt svar. Här står alla."
    learner = launch()
    learner.go("fragesida")
    assert not learner.course.get_by_text(note).is_visible()
    learner.page.emulate_media(media="print")
    assert len(asked(learner)) == NUMBER_OF_QUESTIONS
    assert learner.course.get_by_text(note).is_visible()
    assert len([n for n in learner.course.locator(".no").all() if n.is_visible()]) == 3
    plain = launch(None, hash="#fragesida", java_script_enabled=False)
    assert len(asked(plain)) == NUMBER_OF_QUESTIONS
    assert plain.course.get_by_text(note).is_visible()


def test_what_is_not_asked_is_hidden_from_the_search(launch: Launch) -> None:
    learner = launch()
    learner.go("fragesida")
    shown = asked(learner)
    hidden = next(f"fraga-{n}" for n in range(1, 10) if f"fraga-{n}" not in shown)
    for name, hits in ((shown[0], "1 träff."), (hidden, "Inga sidor med")):
        learner.course.get_by_role("button", name="Sök").first.click()
        learner.course.locator("[data-find]").fill(name.replace("fraga-", "Fråga ") + "?")
        expect(learner.course.locator("[data-count]")).to_contain_text(hits)
        learner.course.locator("#d-search [data-close]").first.click()


def test_the_page_is_accessible(launch: Launch, axe: Callable[[Frame], list[str]]) -> None:
    learner = launch()
    learner.go("fragesida")
    assert axe(learner.course) == []
