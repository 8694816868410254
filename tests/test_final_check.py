"""A final check that is handed in: its places in the lock, its rule in words, and what helps a learner."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from strategies import COURSE, PAGE, QUESTION, MakeCourse, fence, write_course

from coursepack import TARGETS, read_course, render_site
from coursepack.building.render import course_data
from coursepack.course.lock import best_slots, longest_state, turn_slots
from coursepack.course.model import completion_sentence
from coursepack.course.resume import read_resume
from coursepack.languages.messages import translated
from coursepack.progress import decode, describe
from coursepack.reading.source import read_folder

ROOT = Path(__file__).resolve().parents[1]

PLAY = """
import { EMPTY, asked, attemptsLeft, beginAgain, best, draft, encode, handIn, result, seeded, settle, turn }
  from "%s/state.js";
import { supportCode } from "%s/code.js";
import { readFileSync } from "node:fs";
const { course, luck, attempts } = JSON.parse(readFileSync(0, "utf8"));
let state = seeded(course, EMPTY, luck);
const page = course.check.page;
attempts.forEach(({ right, isHandedIn }, n) => {
  if (n > 0) state = settle(course, beginAgain(course, state));
  asked(course, state, page).forEach((question, at) => {
    state = settle(course, draft(course, state, question, [at < right ? "b" : "a"]));
  });
  if (isHandedIn) state = settle(course, handIn(course, state));
});
console.log(JSON.stringify({
  state: encode(state), code: supportCode(course, state), asked: asked(course, state, page).map(({ id }) => id),
  turn: turn(course, state), best: best(course, state), ...result(course, state),
}));
"""


def checked(
    more: str, questions: int = 3, pool: str = "", rule: str = "score", status: str = "completed"
) -> dict[str, str]:
    """A course whose only page is its final check."""
    head = f"completion: {{rule: {rule}}}\nfinal-check: {{page: p1-c1-s1, {more}}}\n"
    return {
        "course.yaml": head + COURSE.replace("minutes: 1}", f"minutes: 1{pool}}}") + f"status: {status}\n",
        PAGE: "\n".join(["Text.\n", *(QUESTION.format(id=f"q-{n}") for n in range(questions))]),
    }


def play(course: dict[str, Any], luck: float, *attempts: tuple[int, bool]) -> dict[str, Any]:
    """What the player holds after the attempts: so many answers right, and handed in or not."""
    node = shutil.which("node")
    assert node, "the player's own code decides, and needs Node"
    source = (ROOT / "player/src").as_uri()
    steps = [{"right": right, "isHandedIn": is_handed_in} for right, is_handed_in in attempts]
    done = subprocess.run(
        [node, "--input-type=module", "-e", PLAY % (source, source)],
        input=json.dumps({"course": course, "luck": luck, "attempts": steps}),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


@settings(max_examples=20)
@given(
    luck=st.floats(0, 1, exclude_max=True),
    pool=st.none() | st.integers(1, 3),
    attempts=st.none() | st.integers(5, 9),
    before=st.lists(st.integers(0, 4), max_size=4),
    last=st.tuples(st.integers(0, 4), st.booleans()),
)
def test_whatever_was_tried_a_state_and_a_code_tell_it_as_the_player_does(
    tmp_path_factory: pytest.TempPathFactory,
    luck: float,
    pool: int | None,
    attempts: int | None,
    before: list[int],
    last: tuple[int, bool],
) -> None:
    more = "mastery: 60, feedback: none" + (f", attempts: {attempts}" if attempts else "")
    folder = tmp_path_factory.mktemp("check")
    course = read_course(write_course(folder, checked(more, 4, f", pool: {pool}" if pool else "")))
    done = play(course_data(course), luck, *((right, True) for right in before), last)
    for text in (done["state"], done["code"]):
        held = decode(read_resume(text), course)
        assert held.handed_in is not None
        assert [each.question.id for each in held.answers if each.asked] == done["asked"]
        assert held.handed_in.times == len(before) + last[1]
        assert held.handed_in.is_open == (not last[1])
        assert held.score == done["score"]
        assert held.is_complete == done["completed"]
        describe(held, "en")
        describe(held, "sv")


def test_what_helps_a_learner_tells_attempts_in_words(make_course: MakeCourse) -> None:
    course = read_course(make_course(checked("mastery: 60, feedback: after, attempts: 2")))
    values = course_data(course)

    def told(*attempts: tuple[int, bool]) -> str:
        return describe(decode(read_resume(play(values, 0, *attempts)["state"]), course), "en")

    assert "Submissions of the final check: 0 of 2.\nAn attempt is under way: 3 of 3" in told((3, False))
    once = told((1, True))
    assert "Score: 33.33 %, required: 60 %.\nSubmissions of the final check: 1 of 2.\n" in once
    assert "No attempts left." not in once
    assert "Submissions of the final check: 2 of 2.\nNo attempts left." in told((1, True), (0, True))
    assert "Complete: yes." in told((1, True), (3, True))


def test_values_for_programs_hold_the_attempts(make_course: MakeCourse) -> None:
    course = read_course(make_course(checked("mastery: 60, feedback: after, attempts: 2")))
    done = play(course_data(course), 0, (2, True), (0, False))
    values = decode(read_resume(done["state"]), course).as_dict()["completion"]
    assert values["handed_in"] == {"times": 1, "attempts": 2, "best": 66.67, "is_open": True}
    plain = read_course(make_course(checked("mastery: 60")))
    assert decode(read_resume("1.0.."), plain).as_dict()["completion"]["handed_in"] is None


def test_the_lock_has_a_line_for_each_digit(make_course: MakeCourse) -> None:
    course = read_course(make_course(checked("mastery: 60, feedback: after")))
    assert course.lock.slots[-22:] == turn_slots("p1-c1-s1") + best_slots("p1-c1-s1")
    assert [slot[2] for slot in turn_slots("x")] == [f"turn-{n}" for n in range(1, 9)]
    # 10,000 hundredths of a per cent, and 128 attempts of two turns each.
    assert 2 ** len(best_slots("x")) > 10_000
    assert 2 ** len(turn_slots("x")) == 2 * 128
    # A page, six answers and 22 digits: five characters after `1.3.0.`, then a bookmark and the seal.
    assert longest_state(course.lock) == len("1.3.0.") + 5 + len(".-g.1234567890")
    each = read_course(make_course(checked("mastery: 60")))
    assert not any(slot[0] == "check" for slot in each.lock.slots)


def test_the_longest_state_that_is_reached_is_as_long_as_was_computed(make_course: MakeCourse) -> None:
    course = read_course(make_course(checked("mastery: 60, feedback: none", 4, ", pool: 2")))
    tries = [(0, True)] * 126 + [(2, True), (2, True)]
    assert len(play(course_data(course), 0.999, *tries)["state"]) <= longest_state(course.lock)


@pytest.mark.parametrize(
    ("rule", "language", "expected"),
    [
        ("score", "sv", "Kursen är klar när svaren på sidan ”Page” har lämnats in med minst 60 procent rätt."),
        ("score", "en", "The course is complete when the answers on the page “Page” have been handed in with at least 60 per cent right."),
        ("check-submitted", "sv", "Kursen är klar när svaren på sidan ”Page” har lämnats in."),
        ("check-submitted", "en", "The course is complete when the answers on the page “Page” have been handed in."),
    ],
)  # fmt: skip
def test_the_rule_is_told_of_handing_in(
    make_course: MakeCourse, rule: str, language: str, expected: str
) -> None:
    for pool in ("", ", pool: 2"):
        files = checked("mastery: 60, feedback: after", pool=pool, rule=rule)
        assert completion_sentence(read_course(make_course(files)).definition, language) == expected


@pytest.mark.parametrize(
    ("more", "status", "swedish", "english"),
    [
        (
            "mastery: 60, feedback: after",
            "both",
            "Dessutom krävs minst 60 procent rätt på sidan ”Page”.",
            "In addition, at least 60 per cent must be right on the page “Page”.",
        ),
        (
            "mastery: 60, feedback: after, attempts: 3",
            "passed",
            "Dessutom krävs minst 60 procent rätt på sidan ”Page”, eller att alla försök är använda.",
            "In addition, at least 60 per cent must be right on the page “Page”, or all attempts must have been used.",
        ),
        ("mastery: 60, feedback: after", "completed", "", ""),
        ("feedback: after", "passed", "", ""),
    ],
)
def test_where_a_pass_is_asked_for_the_rule_says_so(
    make_course: MakeCourse, more: str, status: str, swedish: str, english: str
) -> None:
    files = checked(more, rule="check-submitted", status=status)
    definition = read_course(make_course(files)).definition
    rule = {
        "sv": "Kursen är klar när svaren på sidan ”Page” har lämnats in.",
        "en": "The course is complete when the answers on the page “Page” have been handed in.",
    }
    assert completion_sentence(definition, "sv") == f"{rule['sv']} {swedish}".strip()
    assert completion_sentence(definition, "en") == f"{rule['en']} {english}".strip()


@pytest.mark.parametrize(
    ("more", "rule", "is_early"),
    [
        ("mastery: 60", "all-core-pages", True),
        ("mastery: 60, feedback: after", "check-submitted", True),
        ("mastery: 60", "check-submitted", True),
        # Handed in once, the score is final.
        ("mastery: 60, feedback: after, attempts: 1", "check-submitted", False),
        ("mastery: 60, feedback: after, attempts: 1", "all-core-pages", True),
        ("mastery: 60", "score", False),
        ("feedback: after", "check-submitted", False),
    ],
)
@pytest.mark.parametrize("status", ["completed", "passed"])
def test_a_course_that_is_complete_before_it_is_passed_is_a_warning(
    make_course: MakeCourse, more: str, rule: str, is_early: bool, status: str
) -> None:
    files = checked(more, rule=rule, status=status)
    course, report = read_folder(make_course(files))
    assert course is not None
    # With the other words an LMS is told "incomplete" until the check is passed.
    is_early = is_early and status == "completed"
    assert [problem.rule for problem in report] == ["course/complete-before-passed"] * is_early
    for problem in report:
        assert (str(problem.location), problem.severity) == ("course.yaml:2:40", "warning")
        assert translated(problem, "sv").message.startswith("med status: completed får lärplattformen veta")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("attempts: 3", "course.yaml:2:41: error course/attempts-not-counted: attempts are counted only when the page is handed in, with feedback: after or none"),
        ("attempts: 0, feedback: none", "course.yaml:2:41: error course/out-of-range: 'attempts' must be at least 1"),
        ("attempts: 129, feedback: none", "course.yaml:2:41: error course/out-of-range: 'attempts' must be at most 128"),
        ("attempts: tre, feedback: none", "course.yaml:2:41: error course/not-a-number: 'attempts' is not a number: 'tre'"),
        ("feedback: later", "course.yaml:2:41: error course/unknown-value: 'feedback' cannot be 'later'"),
        ("feedback: none, review: true", "course.yaml:2:55: error course/nothing-to-review: there is nothing to review with feedback: none"),
        ("review: false", "course.yaml:2:39: error course/nothing-to-review: there is nothing to review with feedback: each"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_an_error_at_its_place(make_course: MakeCourse, more: str, expected: str) -> None:
    _, report = read_folder(make_course(checked(more, rule="check-submitted")))
    assert [str(problem).split("\n")[0] for problem in report.problems] == [expected]


def test_a_learner_who_may_never_complete_the_course_is_a_warning(make_course: MakeCourse) -> None:
    course, report = read_folder(make_course(checked("mastery: 60, feedback: after, attempts: 2")))
    (problem,) = report.problems
    assert (str(problem.location), problem.severity) == ("course.yaml:2:71", "warning")
    assert problem.rule == "course/attempts-run-out"
    assert course is not None
    assert translated(problem, "sv").message == (
        "med regeln 'score' och attempts: 2 kan den som inte blir godkänd aldrig bli klar med kursen"
    )


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ("mastery: 60, feedback: after", "score"),
        ("mastery: 60, feedback: after, attempts: 2", "check-submitted"),
        ("mastery: 60, feedback: after, attempts: 2", "all-core-pages"),
    ],
)
def test_who_has_attempts_left_or_need_not_pass_can_complete_the_course(
    make_course: MakeCourse, more: str, rule: str
) -> None:
    _, report = read_folder(make_course(checked(more, rule=rule)))
    assert "course/attempts-run-out" not in {problem.rule for problem in report}


def test_a_check_that_nobody_can_answer_right_is_an_error(make_course: MakeCourse) -> None:
    files = checked("feedback: none", rule="check-submitted")
    files[PAGE] = fence("likert", {"id": "q", "question": "?", "scale": [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}]})  # fmt: skip
    _, report = read_folder(make_course(files))
    assert [problem.rule for problem in report.problems] == ["course/check-without-questions"]


@pytest.mark.parametrize(
    ("more", "wanted", "unwanted"),
    [
        ("mastery: 60, feedback: after, attempts: 3", ["You need 60 per cent right to pass.", "You have 3 attempts", "which answers are right"], []),
        ("feedback: none, attempts: 1", ["You have one attempt.", "but not which"], ["to pass"]),
        ("feedback: after", ["You can do it again as often as you like."], ["attempts,", "to pass"]),
    ],
)  # fmt: skip
def test_the_terms_stand_before_the_questions(
    make_course: MakeCourse, more: str, wanted: list[str], unwanted: list[str]
) -> None:
    course = read_course(make_course(checked(more, rule="check-submitted")))
    document = render_site(course, TARGETS["web"])["index.html"]
    assert isinstance(document, bytes)
    page = html.document_fromstring(document.decode()).get_element_by_id("p1-c1-s1")
    terms, end = page.find_class("hand")
    text = " ".join(terms.text_content().split())
    assert all(each in text for each in wanted)
    assert not any(each in text for each in unwanted)
    order = list(page.iterdescendants())
    questions = [order.index(form) for form in page.iterdescendants("form")]
    assert order.index(terms) < questions[0]
    assert questions[-1] < order.index(end)
