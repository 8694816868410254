"""A learner takes the example course in two LMSs: our strict stand-in, and scorm-again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import LMS_STARTS, Launch, Learner, Sites
from playwright.sync_api import expect

RIGHT = {
    "q-p1-01": ["b"],
    "q-p1-02": ["b"],
    "q-p1-03": ["a"],
    "q-p1-04": ["b"],
    "q-p1-05": ["a", "b"],
    "q-p1-06": ["b"],
}
"""The knowledge check's right answers, as the course's outline gives them."""


def tab_to(learner: Learner, selector: str, limit: int = 120) -> None:
    """Moves focus with the Tab key until it stands on the element."""
    for _ in range(limit):
        learner.page.keyboard.press("Tab")
        if learner.course.evaluate(f"document.activeElement?.matches({json.dumps(selector)})"):
            return
    pytest.fail(f"the Tab key never came to {selector} on {learner.now}")


def go_on(learner: Learner) -> None:
    """Follows the page's link to the next one, by keyboard."""
    before = learner.now
    tab_to(
        learner,
        f"#{before} .next .fwd, #{before} > .go:not([data-continue]) > a.btn.main, #{before} > p > a.btn",
    )
    learner.page.keyboard.press("Enter")
    learner.wait(f"!document.getElementById({json.dumps(before)}).hasAttribute('data-now')")


def answer(learner: Learner, question: str, answers: list[str]) -> None:
    """Chooses answers and presses Svara, by keyboard."""
    group = f'form[data-q="{question}"]'
    inputs = learner.course.locator(f"{group} input")
    values = inputs.evaluate_all("(all) => all.map((one) => one.value)")
    radio = inputs.first.get_attribute("type") == "radio"
    tab_to(learner, f"{group} input")
    if radio:
        # A group of radio buttons is one stop; the first press of an arrow from the first one chooses the second.
        learner.page.keyboard.press("Space")
        for _ in range(values.index(answers[0])):
            learner.page.keyboard.press("ArrowDown")
    else:
        for value in values:
            if value in answers:
                learner.page.keyboard.press("Space")
            if value != values[-1]:
                learner.page.keyboard.press("Tab")
    tab_to(learner, f"{group} button[type=submit]")
    learner.page.keyboard.press("Enter")


def status(saved: Any) -> str:
    """The word for what was completed, where each LMS keeps it."""
    if "cmi" in saved:
        cmi = saved["cmi"]
        return str(cmi["core"]["lesson_status"] if "core" in cmi else cmi["completion_status"])
    return str(saved["status"] if "status" in saved else saved["values"]["cmi.completion_status"])


def target_of(lms: str) -> str:
    return "scorm2004" if lms.endswith("2004") else "scorm12"


every_lms = pytest.mark.parametrize("lms", sorted(LMS_STARTS))


@pytest.mark.share(1)
@every_lms
def test_every_page_by_keyboard_then_away_and_back(
    launch: Launch, sites: Sites, pages: list[str], lms: str, axe: Any
) -> None:
    address = sites(target_of(lms))
    learner = launch(lms, address=address)
    visited = [learner.now]
    assert learner.now == pages[0]
    for following in pages[1:]:
        assert axe(learner.course) == [], learner.now
        go_on(learner)
        visited.append(learner.now)
        assert learner.now == following
        # The new page's heading has focus, so a screen reader says where one is.
        assert learner.course.evaluate("document.activeElement.id") == f"h-{following}"
    for question, answers in RIGHT.items():
        answer(learner, question, answers)
        expect(learner.course.locator(f'form[data-q="{question}"] .fb')).to_contain_text("Det stämmer")
    assert axe(learner.course) == []
    learner.settle()
    saved = learner.leave()
    assert visited == pages
    assert status(saved) == "completed"

    back = launch(lms, saved=saved, address=address)
    assert back.now == pages[-1]
    for question, answers in RIGHT.items():
        chosen = back.course.locator(f'form[data-q="{question}"] input:checked')
        assert chosen.evaluate_all("(all) => all.map((one) => one.value)") == answers
        expect(back.course.locator(f'form[data-q="{question}"] .fb')).to_contain_text("Det stämmer")
    expect(back.course.locator(".menu .dot.done")).to_have_count(len(pages) - 1)
    back.settle()
    assert status(back.leave()) == "completed"


@pytest.mark.share(1)
@every_lms
def test_leaving_in_the_middle_suspends_and_resumes_there(
    launch: Launch, sites: Sites, pages: list[str], lms: str
) -> None:
    address = sites(target_of(lms))
    learner = launch(lms, address=address)
    for _ in range(3):
        go_on(learner)
    learner.settle()
    saved = learner.leave()
    assert status(saved) == "incomplete"

    back = launch(lms, saved=saved, address=address)
    assert back.now == pages[3]
    expect(back.course.locator("[data-progress]")).to_contain_text(f"4 av {len(pages)}")


def test_what_is_done_survives_a_window_that_dies(launch: Launch, pages: list[str]) -> None:
    """Nothing is called at the end: what was committed on the way must be enough."""
    learner = launch()
    go_on(learner)
    learner.settle()
    saved = learner.lms("saved")
    assert launch(saved=saved).now == pages[1]


def test_few_calls_at_the_start_and_one_commit_a_page(launch: Launch, pages: list[str]) -> None:
    learner = launch()
    learner.settle()
    calls = [call["name"] for call in learner.lms("calls")]
    before_first_save = calls[: calls.index("LMSCommit")] if "LMSCommit" in calls else calls
    started = [
        c
        for c in learner.lms("calls")[: len(before_first_save)]
        if c["given"][:1] != ["cmi.suspend_data"] or c["name"] == "LMSGetValue"
    ]
    assert started[0]["name"] == "LMSInitialize"
    # Nine at the start; the first page's own state, place and time come with the first save.
    with_save = ["cmi.core.lesson_location", "cmi.core.session_time"]
    assert len([c for c in started if c["name"] == "LMSGetValue" or c["given"][0] not in with_save]) <= 9
    for number, _ in enumerate(pages[1:4], 1):
        before = len(learner.calls("LMSCommit"))
        go_on(learner)
        learner.settle()
        assert len(learner.calls("LMSCommit")) - before <= 1, number


def test_finish_is_called_once_and_nothing_after_it(launch: Launch) -> None:
    learner = launch()
    go_on(learner)
    learner.settle()
    learner.leave()
    names = [call["name"] for call in learner.lms("calls")]
    assert names.count("LMSFinish") == 1
    assert names[-1] == "LMSFinish"
    exits = [call["given"][1] for call in learner.calls("LMSSetValue") if call["given"][0] == "cmi.core.exit"]
    assert exits[-1] == "suspend"


def test_a_deep_link_wins_over_the_saved_page(launch: Launch, pages: list[str]) -> None:
    learner = launch()
    go_on(learner)
    learner.settle()
    saved = learner.leave()
    assert launch(saved=saved, hash=f"#{pages[5]}").now == pages[5]


def test_a_new_page_begins_at_the_top_of_the_frame(launch: Launch, pages: list[str]) -> None:
    learner = launch(hash=f"#{pages[2]}")
    two_frames = (
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY))))"
    )
    assert learner.course.evaluate(two_frames) == 0
    for page in (pages[3], pages[8]):
        learner.course.locator(f".menu a[href='#{page}']").click()
        learner.wait(f"document.querySelector('.page[data-now]').id === {json.dumps(page)}")
        assert learner.course.evaluate(two_frames) == 0
    learner.course.evaluate("history.back()")
    learner.wait(f"document.querySelector('.page[data-now]').id === {json.dumps(pages[3])}")
    assert learner.course.evaluate(two_frames) == 0


def test_the_back_button_goes_to_the_page_before(launch: Launch, pages: list[str]) -> None:
    learner = launch()
    go_on(learner)
    go_on(learner)
    learner.course.evaluate("history.back()")
    learner.wait(f"document.querySelector('.page[data-now]').id === {json.dumps(pages[1])}")


def test_a_completed_course_whose_state_was_wiped_stays_completed(launch: Launch, pages: list[str]) -> None:
    learner = launch(saved={"status": "completed", "launched": True})
    expect(learner.course.locator("[data-progress]")).to_contain_text("klar")
    go_on(learner)
    learner.settle()
    assert learner.leave()["status"] == "completed"
    assert not [c for c in learner.calls("LMSSetValue") if c["given"][0] == "cmi.core.lesson_status"]


@pytest.mark.parametrize("mode", ["review", "browse"])
def test_review_and_browse_tell_what_they_are_and_take_no_status(
    launch: Launch, axe: Callable[..., list[str]], mode: str
) -> None:
    learner = launch(
        saved={"status": "incomplete", "launched": True}, options={"mode": mode, "credit": "no-credit"}
    )
    told = learner.course.locator("[data-told]")
    line = learner.course.locator("[data-save]")
    if mode == "review":
        expect(told).to_contain_text("tar kanske inte emot fler resultat i det här försöket")
        expect(told).to_contain_text("Starta ett nytt försök")
        expect(line).to_contain_text("Skickat")
    else:
        expect(told).to_contain_text("Det här är en förhandsvisning. Inget du gör nu sparas eller räknas.")
        expect(line).to_contain_text("Inte sparat")
    assert axe(learner.course) == []
    go_on(learner)
    if mode == "review":
        learner.settle()
    learner.leave()
    elements = {call["given"][0] for call in learner.calls("LMSSetValue")}
    assert "cmi.core.lesson_status" not in elements
    assert not any(element.startswith("cmi.core.score") for element in elements)
    assert ("cmi.suspend_data" in elements) == (mode == "review")


def test_who_looks_again_at_a_course_that_is_done_and_not_graded_is_not_worried(launch: Launch) -> None:
    learner = launch(
        saved={"status": "completed", "launched": True}, options={"mode": "review", "credit": "no-credit"}
    )
    expect(learner.course.locator("[data-progress]")).to_contain_text("klar")
    expect(learner.course.locator("[data-save]")).to_contain_text("Skickat")
    expect(learner.course.locator("[data-told]")).to_be_hidden()


def test_a_commit_that_fails_is_told_and_what_comes_after_is_saved(launch: Launch) -> None:
    learner = launch(options={"refuseCommit": True}, refusals=True)
    learner.wait("document.querySelector('[data-save]').dataset.state === 'no'")
    expect(learner.course.locator("[data-save]")).to_contain_text("Inte sparat")
    expect(learner.course.locator("[data-alarm]")).to_be_visible()
    expect(learner.course.locator("[data-say]")).to_contain_text("Inte sparat")


def test_no_status_word_and_no_score_without_a_graded_check(launch: Launch, pages: list[str]) -> None:
    learner = launch(hash=f"#{pages[-1]}")
    answer(learner, "q-p1-01", ["a"])
    expect(learner.course.locator('form[data-q="q-p1-01"] .fb')).to_contain_text("Inte riktigt")
    learner.settle()
    learner.leave()
    sets = learner.calls("LMSSetValue")
    assert not [call for call in sets if call["given"][0].startswith("cmi.core.score")]
    assert {c["given"][1] for c in sets if c["given"][0] == "cmi.core.lesson_status"} == {"incomplete"}


FIRST_PAGE = "p1-c1-s1"


def stops_before(learner: Learner, selector: str) -> int:
    """How often the Tab key is pressed in the page itself until it comes to an element."""
    tab_to(learner, "#innehall *")
    stops = 0
    while not learner.course.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
        learner.page.keyboard.press("Tab")
        stops += 1
        assert stops < 120, f"the Tab key never came to {selector}"
    return stops


@pytest.mark.parametrize("size", [(360, 740), (390, 844), (768, 1024), (1440, 900)], ids=str)
def test_the_first_screen_leads_on_by_one_main_button(
    launch: Launch, site: str, size: tuple[int, int]
) -> None:
    learner = launch(address=site, viewport={"width": size[0], "height": size[1]})
    main = learner.course.locator(".page[data-now] .btn.main:visible")
    expect(main).to_have_count(1)
    expect(main).to_have_text("Börja")
    row = learner.course.locator(".page[data-now] .go:visible")
    expect(row).to_contain_text("Varför en samlad bild?")
    expect(row).to_contain_text("3 min")
    box = row.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size[1]
    assert stops_before(learner, ".go > .btn.main") == 0
    learner.page.keyboard.press("Enter")
    learner.wait(f"document.getElementById('{FIRST_PAGE}').hasAttribute('data-now')")
    # Who comes back goes on from there, and does not begin.
    learner.go("start-valkommen")
    expect(main).to_have_count(1)
    expect(main).to_have_text("Fortsätt där du var", use_inner_text=True)
    assert learner.course.locator(".page[data-now] .go:visible").bounding_box() is not None
