"""What follows when questions are answered: the button that leads on, the sum of a check, and the end of a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import Locator, expect
from small import a_page, questions, write_small

SCENARIO = """\
```scenario
id: samtal
title: Samtalet
scenes:
  - id: ett
    text: Hon kommer in.
    question: Vad gör du?
    choices:
      - {id: vanta, text: Väntar, feedback: Hon går., safe: false, to: tva}
      - {id: fraga, text: Frågar, feedback: Hon berättar., safe: true, to: tva}
  - id: tva
    text: Det ringer.
    question: Svarar du?
    choices:
      - {id: ja, text: Ja, feedback: Det tar tid., safe: false, to: slut}
      - {id: nej, text: Nej, feedback: Hon ser att du lyssnar., safe: true, to: slut}
  - id: slut
    title: Samtalet är över
    text: Ring någon du litar på.
```
"""


def form(learner: Learner, number: int) -> Locator:
    return learner.course.locator(f'form[data-q="fraga-{number}"]')


def answer(learner: Learner, number: int, value: str) -> None:
    form(learner, number).locator(f"input[value={value}]").check()
    form(learner, number).locator("button[type=submit]").click()


def buttons(learner: Learner, number: int) -> list[tuple[str, bool]]:
    """The buttons of a question as they stand, and whether each is the filled one."""
    return [
        (str(each.text_content()), "main" in str(each.get_attribute("class")).split())
        for each in form(learner, number).locator(".row button:visible").all()
    ]


def is_focused(learner: Learner, number: int) -> None:
    expect(form(learner, number).locator("legend")).to_be_focused()


@pytest.fixture
def check(launch: Launch, tmp_path: Path) -> Any:
    def start(head: str = "", numbers: tuple[int, ...] = (1, 2, 3), pages: Any = ()) -> Learner:
        folder = write_small(
            tmp_path / "course", [a_page("prov", questions(numbers)), *pages, a_page("sist")], head=head
        )
        context = served(unpacked(folder, tmp_path))
        opened.append(context)
        return launch(address=context.__enter__())

    opened: list[Any] = []
    yield start
    for context in opened:
        context.__exit__(None, None, None)


def test_after_a_right_answer_the_filled_button_leads_to_the_next_question(check: Any, axe: Any) -> None:
    learner = check()
    assert buttons(learner, 1) == [("Svara", True)]
    answer(learner, 1, "a")
    assert buttons(learner, 1) == [("Nästa fråga", True), ("Svara igen", False)]
    # Where Svara was pressed, the next press goes on.
    learner.page.keyboard.press("Enter")
    is_focused(learner, 2)
    answer(learner, 2, "b")
    assert buttons(learner, 2) == [("Försök igen", True), ("Visa rätt svar", False), ("Nästa fråga", False)]
    assert axe(learner.course) == []
    form(learner, 2).get_by_role("button", name="Nästa fråga").click()
    is_focused(learner, 3)
    form(learner, 1).get_by_role("button", name="Svara igen").click()
    assert buttons(learner, 1) == [("Svara", True)]


def test_a_check_ends_with_its_sum_and_leads_on(check: Any, axe: Any) -> None:
    learner = check()
    forward = learner.course.locator("#prov .next .fwd:visible")
    total = learner.course.locator("#prov [data-summed]")
    answer(learner, 1, "a")
    answer(learner, 3, "a")
    # One is left, and the last question's button leads to it.
    expect(total).to_have_count(0)
    assert buttons(learner, 3) == [("Nästa fråga", True), ("Svara igen", False)]
    expect(forward).to_have_class("fwd later")
    form(learner, 3).get_by_role("button", name="Nästa fråga").click()
    is_focused(learner, 2)
    answer(learner, 2, "b")
    expect(total.locator("h2")).to_have_text("2 av 3 rätt")
    expect(total.locator("li")).to_have_text(["Fråga 1?. Rätt", "Fråga 2?. Inte rätt", "Fråga 3?. Rätt"])
    expect(total).to_contain_text("Du kan svara igen så många gånger du vill.")
    expect(forward).to_have_class("fwd")
    answer_again = form(learner, 3).get_by_role("button", name="Svara igen")
    answer_again.click()
    answer(learner, 3, "a")
    form(learner, 3).get_by_role("button", name="Se hur det gick").click()
    expect(total.locator("h2")).to_be_focused()
    assert axe(learner.course) == []
    total.get_by_role("link", name="Fråga 2?").click()
    is_focused(learner, 2)
    form(learner, 2).get_by_role("button", name="Försök igen").click()
    answer(learner, 2, "a")
    expect(total.locator("h2")).to_have_text("3 av 3 rätt")
    learner.settle()
    # It is there again when the page is.
    learner.go("sist")
    learner.go("prov")
    expect(total.locator("h2")).to_have_text("3 av 3 rätt")


def test_the_sum_leads_to_the_pages_that_teach_what_was_not_right(
    launch: Launch, tmp_path: Path, axe: Any
) -> None:
    text = (
        questions((1, 2, 3))
        .replace("Fråga 1?", "Fråga 1?\nreread: ett")
        .replace("Fråga 2?", "Fråga 2?\nreread: tva")
    )
    pages = [a_page("ett"), a_page("tva"), a_page("prov", text)]
    with served(unpacked(write_small(tmp_path / "course", pages), tmp_path)) as address:
        learner = launch(address=address)
        learner.go("prov")
        for number, value in ((1, "a"), (2, "b"), (3, "b")):
            answer(learner, number, value)
        rows = learner.course.locator("#prov [data-summed] li")
        expect(rows).to_have_text(
            ["Fråga 1?. Rätt", "Fråga 2?. Inte rättLäs igen: Tva", "Fråga 3?. Inte rätt"]
        )
        assert axe(learner.course) == []
        rows.get_by_role("link", name="Tva").click()
        expect(learner.course.locator("#h-tva")).to_be_focused()


def test_a_check_with_a_pass_mark_says_what_is_missing(check: Any) -> None:
    learner = check("final-check: {page: prov, mastery: 80}\nstatus: both\n")
    for number, value in ((1, "a"), (2, "a"), (3, "b")):
        answer(learner, number, value)
    total = learner.course.locator("#prov [data-summed]")
    expect(total).to_contain_text("För godkänt krävs 80 procent rätt.")
    form(learner, 3).get_by_role("button", name="Försök igen").click()
    answer(learner, 3, "a")
    expect(total).not_to_contain_text("För godkänt")


def test_a_question_alone_has_no_sum_and_the_page_leads_on(check: Any) -> None:
    learner = check(numbers=(1,))
    forward = learner.course.locator("#prov .next .fwd:visible")
    expect(forward).to_have_class("fwd later")
    answer(learner, 1, "a")
    assert buttons(learner, 1) == [("Svara igen", False)]
    expect(forward).to_have_class("fwd")
    expect(learner.course.locator("[data-summed]")).to_have_count(0)


def test_a_check_that_is_passed_does_not_press_for_another_attempt(check: Any) -> None:
    learner = check("final-check: {page: prov, mastery: 60, feedback: after, attempts: 4}\nstatus: both\n")
    hand = learner.course.locator("[data-hand]")
    result = learner.course.locator("[data-result]")
    forward = learner.course.locator("#prov .next .fwd:visible")

    def hand_in(*values: str) -> None:
        for number, value in enumerate(values, 1):
            form(learner, number).locator(f"input[value={value}]").check()
        hand.click()

    expect(hand).to_have_class("btn main")
    hand_in("a", "b", "b")
    # Not passed: the next thing to do is another attempt.
    expect(hand).to_have_class("btn main")
    expect(result).to_contain_text("Du har 3 försök kvar.")
    expect(forward).to_have_class("fwd later")
    hand.click()
    hand_in("a", "a", "b")
    expect(result).to_contain_text("Godkänt")
    expect(result).to_contain_text("Du har 2 försök kvar.")
    expect(hand).to_have_class("btn")
    expect(forward).to_have_class("fwd")
    hand.click()
    hand_in("a", "a", "a")
    # It cannot be better.
    expect(result).to_contain_text("Du har 3 av 3 rätt.")
    expect(result).not_to_contain_text("försök kvar")


REREAD = [
    a_page("ett"),
    a_page("tva"),
    a_page(
        "prov",
        questions((1, 2, 3, 4))
        .replace("Fråga 1?", "Fråga 1?\nreread: ett")
        .replace("Fråga 2?", "Fråga 2?\nreread: tva")
        .replace("Fråga 3?", "Fråga 3?\nreread: tva"),
    ),
]


@pytest.mark.parametrize("feedback", ["after", "none"])
def test_a_check_that_is_handed_in_tells_what_to_read_again(
    launch: Launch, tmp_path: Path, axe: Any, feedback: str
) -> None:
    head = f"final-check: {{page: prov, mastery: 100, feedback: {feedback}}}\nstatus: both\n"
    with served(unpacked(write_small(tmp_path / "course", REREAD, head=head), tmp_path)) as address:
        learner = launch(address=address)
        learner.go("prov")
        again = learner.course.locator("#prov [data-again]")
        hand = learner.course.locator("[data-hand]")

        def hand_in(*values: str) -> None:
            for number, value in enumerate(values, 1):
                form(learner, number).locator(f"input[value={value}]").check()
            expect(again).to_have_count(0)
            hand.click()

        hand_in("a", "b", "b", "b")
        if feedback == "none":
            # It would tell which answers are not right.
            expect(again).to_have_count(0)
            return
        expect(again.get_by_role("list", name="Läs igen:").get_by_role("link")).to_have_text(["Tva"])
        assert axe(learner.course) == []
        # Below the result, which has the focus: the next stops lead there.
        expect(learner.course.locator("[data-result]")).to_be_focused()
        learner.page.keyboard.press("Tab")
        learner.page.keyboard.press("Enter")
        expect(learner.course.locator("#h-tva")).to_be_focused()
        learner.go("prov")
        expect(again).to_have_count(1)
        hand.click()
        hand_in("a", "a", "a", "a")
        expect(learner.course.locator("[data-result]")).to_contain_text("Godkänt")
        expect(again).to_have_count(0)


def test_a_scenario_ends_with_the_choices_that_were_made(check: Any, axe: Any) -> None:
    learner = check(pages=[a_page("samtal", f"Text.\n\n{SCENARIO}")])
    learner.go("samtal")
    box = learner.course.locator("[data-scenario]")
    forward = learner.course.locator("#samtal .next .fwd:visible")
    expect(forward).to_have_class("fwd later")
    for choice in ("Väntar", "Nej"):
        box.locator(".say").get_by_role("button", name=choice).click()
        box.get_by_role("button", name="Gå vidare").click()
    expect(box.locator("[data-play] h3").first).to_be_focused()
    expect(box.locator(".sum-up")).to_contain_text("Trygga val: 1 av 2.")
    expect(box.locator(".sums li")).to_have_count(2)
    expect(box.locator(".sums li").nth(0)).to_contain_text("Vad gör du?")
    expect(box.locator(".sums p:nth-child(2)")).to_have_text(["Väntar", "Nej"])
    expect(box.locator(".sums li").nth(1)).to_contain_text("Hon ser att du lyssnar.")
    expect(forward).to_have_class("fwd")
    assert axe(learner.course) == []
    box.get_by_role("button", name="Börja om").click()
    expect(box.locator(".sum-up")).to_have_count(0)


@pytest.mark.parametrize("strict", [False, True])
def test_opening_a_page_of_questions_is_not_having_answered_them(check: Any, strict: bool) -> None:
    learner = check("completion: {rule: all-core-pages, questions: answered}\n" if strict else "", (1, 2))
    line = learner.course.locator("[data-progress]")
    link = learner.course.locator('.menu a[data-page="prov"] .sr')
    learner.go("sist")
    if not strict:
        expect(line).to_have_text("Du är klar med kursen.")
        expect(link).to_have_text(". Öppnad")
        return
    expect(line).to_contain_text("1 av 2 sidor klara")
    expect(link).to_have_text(". Frågor kvar")
    expect(learner.course.locator("#sist .next .fwd:visible")).to_have_attribute("href", "#prov")
    learner.go("klar")
    expect(learner.course.locator("[data-remaining] > p")).to_have_text("De här sidorna är inte klara än:")
    expect(learner.course.locator("[data-remaining] a")).to_have_attribute("href", "#prov")
    learner.go("prov")
    answer(learner, 1, "b")
    expect(line).to_contain_text("1 av 2 sidor klara")
    answer(learner, 2, "b")
    expect(line).to_have_text("Du är klar med kursen.")
    learner.go("sist")
    expect(link).to_have_text(". Klar")
    learner.settle()
    assert learner.leave()["status"] == "completed"
