"""Each learner is asked some questions of a pool: the same ones wherever it is drawn, and nothing else counts them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from strategies import COURSE, PAGE, QUESTION, MakeCourse, fence

from coursepack import TARGETS, read_course, render_site
from coursepack.building.render import course_data
from coursepack.course.lock import DRAW, Lock, longest_state
from coursepack.course.model import completion_sentence
from coursepack.course.resume import read_resume
from coursepack.progress import decode, describe
from coursepack.progress.pool import drawn
from coursepack.reading.source import read_folder

ROOT = Path(__file__).resolve().parents[1]

DRAW_ALL = """
import { drawn } from "%s";
import { readFileSync } from "node:fs";
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((given) => drawn(...given))));
"""
PLAY = """
import { EMPTY, answer, asked, chosen, encode, result, seeded, settle } from "%s";
import { readFileSync } from "node:fs";
const { course, luck, wrong } = JSON.parse(readFileSync(0, "utf8"));
let state = seeded(course, EMPTY, luck);
const page = course.pages[0].id;
asked(course, state, page).forEach((question, at) => {
  const right = question.answers.filter((answer) => answer.right).map(({ id }) => id);
  state = settle(course, answer(state, question, at < wrong ? ["a"] : right));
});
console.log(JSON.stringify({
  state: encode(state), asked: asked(course, state, page).map(({ id }) => id), ...result(course, state),
}));
"""
LIKERT = fence(
    "likert",
    {"id": "view", "question": "You?", "scale": [{"id": "a", "text": "No"}, {"id": "b", "text": "Yes"}]},
)


def node(script: str, given: object) -> str:
    found = shutil.which("node")
    assert found, "the player's own code draws, and needs Node"
    command = [found, "--input-type=module", "-e", script]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    return done.stdout


def pooled(pool: int, questions: int, more: str = "") -> dict[str, str]:
    """A course whose only page asks some of its questions."""
    page = "minutes: 1}"
    return {
        "course.yaml": more + COURSE.replace(page, f"minutes: 1, pool: {pool}}}"),
        PAGE: "\n".join(["Text.\n", *(QUESTION.format(id=f"q-{n}") for n in range(questions))]),
    }


@settings(max_examples=20)
@given(
    st.lists(
        st.lists(st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?", fullmatch=True), unique=True, min_size=1, max_size=12).flatmap(
            lambda ids: st.tuples(
                st.just(ids),
                st.integers(1, len(ids)),
                st.integers(1, 4095),
                st.integers(0, 127),
                st.lists(st.sampled_from(ids), unique=True),
            )
        ),
        min_size=1,
        max_size=30,
    )
)  # fmt: skip
def test_support_draws_what_the_player_draws(
    cases: list[tuple[list[str], int, int, int, list[str]]],
) -> None:
    told = json.loads(node(DRAW_ALL % (ROOT / "player/src/drawn.js").as_uri(), cases))
    assert told == [drawn(*case) for case in cases]


@pytest.mark.parametrize("luck", [0, 0.37, 0.999])
@pytest.mark.parametrize("wrong", [0, 1, 3])
def test_a_state_tells_the_questions_that_were_asked_and_their_score(
    make_course: MakeCourse, luck: float, wrong: int
) -> None:
    rule = "completion: {rule: score}\nfinal-check: {page: p1-c1-s1, mastery: 60}\n"
    course = read_course(make_course(pooled(3, 8, rule)))
    script = PLAY % (ROOT / "player/src/state.js").as_uri()
    done = json.loads(node(script, {"course": course_data(course), "luck": luck, "wrong": wrong}))
    held = decode(read_resume(done["state"]), course)
    assert [each.question.id for each in held.answers if each.asked] == done["asked"]
    assert len(done["asked"]) == 3
    assert held.score == done["score"] == {0: 100, 1: 66.67, 3: 0}[wrong]
    assert held.is_complete == done["completed"] == (wrong < 2)
    assert held.unanswered == ()
    assert "Questions answered: 3 of 3" in describe(held, "en")


def test_questions_of_a_pool_that_a_learner_does_not_meet_are_not_missed(make_course: MakeCourse) -> None:
    rule = "completion: {rule: check-submitted}\nfinal-check: {page: p1-c1-s1}\n"
    course = read_course(make_course(pooled(2, 5, rule)))
    # The last digit of the number alone: it is 1.
    bits = "".join("1" if slot == DRAW[-1] else "0" for slot in course.lock.slots)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    whole = bits.ljust(-(-len(bits) // 6) * 6, "0")
    text = "1.0.0." + "".join(letters[int(whole[at : at + 6], 2)] for at in range(0, len(whole), 6))
    held = decode(read_resume(text), course)
    assert set(held.unanswered) == set(drawn([f"q-{n}" for n in range(5)], 2, 1, 0, ()))
    assert [each["asked"] for each in held.as_dict()["questions"]].count(True) == 2


def test_the_lock_has_twelve_digits_when_there_is_a_pool_and_none_else(make_course: MakeCourse) -> None:
    assert not set(DRAW) & set(read_course(make_course()).lock.slots)
    course = read_course(make_course(pooled(1, 2)))
    assert course.lock.slots[-12:] == DRAW
    assert [len(slot) for slot in DRAW] == [2] * 12
    assert course_data(course)["draw"] == [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
    # A page and four answers make a character, with the twelve it is three.
    assert longest_state(course.lock) - longest_state(Lock(course.lock.slots[:5])) == 2


@pytest.mark.parametrize(
    ("language", "rule", "expected"),
    [
        ("sv", "check-submitted", "Kursen är klar när alla frågor som ställs på sidan ”Page” har besvarats."),
        ("en", "check-submitted", "The course is complete when every question that is asked on the page “Page” has been answered."),
        ("sv", "score", "Kursen är klar när minst 60 procent av frågorna som ställs på sidan ”Page” är rätt besvarade."),
        ("en", "score", "The course is complete when at least 60 per cent of the questions that are asked on the page “Page” are answered right."),
        ("sv", "all-core-pages", "Kursen är klar när alla sidor har öppnats."),
    ],
)  # fmt: skip
def test_the_rule_is_told_of_what_is_asked(
    make_course: MakeCourse, language: str, rule: str, expected: str
) -> None:
    more = f"completion: {{rule: {rule}}}\nfinal-check: {{page: p1-c1-s1, mastery: 60}}\n"
    definition = read_course(make_course(pooled(2, 3, more))).definition
    assert completion_sentence(definition, language) == expected


def test_what_is_not_scored_is_no_part_of_the_pool(make_course: MakeCourse) -> None:
    files = pooled(2, 2)
    files[PAGE] += "\n" + LIKERT
    _, report = read_folder(make_course(files))
    assert [str(problem).split("\n")[0] for problem in report.problems] == [
        "course.yaml:16:59: error course/pool-too-large: asks 2 questions of a pool, but the page 'p1-c1-s1' has 2 "
        "with a right answer"
    ]
    files[PAGE] += "\n" + QUESTION.format(id="q-3")
    document = render_site(read_course(make_course(files)), TARGETS["web"])["index.html"]
    assert isinstance(document, bytes)
    page = html.document_fromstring(document.decode()).get_element_by_id("p1-c1-s1")
    assert "3 questions" in page.xpath("string(p[contains(@class, 'kind')])")
    assert page.xpath("string(p[contains(@class, 'drawn-note')])") == (
        "Each learner is asked 2 of the 3 questions that have a right answer. All of them are shown here."
    )


@pytest.mark.parametrize(("pool", "said"), [("0", "must be at least 1"), ("two", "is not a number"), ("1.5", "whole number")])  # fmt: skip
def test_a_pool_is_a_whole_number_from_one(make_course: MakeCourse, pool: str, said: str) -> None:
    files = pooled(1, 2)
    files["course.yaml"] = files["course.yaml"].replace("pool: 1", f"pool: {pool}")
    _, report = read_folder(make_course(files))
    (problem,) = report.problems
    assert said in problem.message
    assert (problem.location.line, problem.location.column) == (16, 59)
