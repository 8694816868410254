"""Any course that loads resumes: the player's own code keeps what a learner did, and can meet the course's rule."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import COURSE, Drawn, MakeCourse, courses

from coursepack import read_course
from coursepack.building.render import course_data
from coursepack.course.resume import marks

ROOT = Path(__file__).resolve().parents[1]

TAKE = """
import { EMPTY, answer, chosen, decode, encode, handIn, has, result, settle, visit } from "%s";
import { readFileSync } from "node:fs";
const { course, steps, isHandedIn } = JSON.parse(readFileSync(0, "utf8"));
const pages = new Map(course.pages.map((page) => [page.id, page]));
const questions = new Map(course.questions.map((question) => [question.id, question]));
let state = EMPTY;
for (const [id, answers] of steps) {
  state = answers ? answer(state, questions.get(id), answers) : visit(state, pages.get(id));
  // The learner leaves and comes back after every step.
  state = decode(encode(settle(course, state)));
}
state = decode(encode(settle(course, isHandedIn ? handIn(course, state) : state)));
console.log(JSON.stringify({
  visited: course.pages.filter((page) => has(state, page.slot)).map(({ id }) => id),
  answers: Object.fromEntries(course.questions.map((question) => [question.id, chosen(state, question)])),
  last: course.pages.find((page) => page.slot === state.last)?.id ?? null,
  ...result(course, state),
}));
"""

Step = tuple[str, list[str] | None]


def take(course: dict[str, Any], steps: list[Step], is_handed_in: bool = False) -> dict[str, Any]:
    """What the player holds after the steps: a page that is opened, or a question with the answers chosen.

    At the end a final check is handed in, where that is asked for and the course has one that is.
    """
    node = shutil.which("node")
    assert node, "the player's own code decides, and needs Node"
    done = subprocess.run(
        [node, "--input-type=module", "-e", TAKE % (ROOT / "player/src/state.js").as_uri()],
        input=json.dumps({"course": course, "steps": steps, "isHandedIn": is_handed_in}),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def data_of(drawn: Drawn) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return course_data(read_course(drawn.write(Path(folder) / "course")))


@settings(max_examples=15)
@given(drawn=courses(), data=st.data())
def test_any_course_gives_back_what_was_done_in_it(drawn: Drawn, data: st.DataObject) -> None:
    course = data_of(drawn)
    opening = st.sampled_from([(page["id"], None) for page in course["pages"]])
    answering = [
        st.tuples(
            st.just(question["id"]),
            st.lists(st.sampled_from([a["id"] for a in question["answers"]]), min_size=1, unique=True),
        )
        for question in course["questions"]
    ]
    steps: list[Step] = data.draw(st.lists(st.one_of(opening, *answering), min_size=1, max_size=12))
    held = take(course, steps)
    opened = [name for name, answers in steps if answers is None]
    latest = {name: set(answers) for name, answers in steps if answers is not None}
    assert set(held["visited"]) == set(opened)
    assert held["last"] == (opened[-1] if opened else None)
    assert {name: set(chosen) for name, chosen in held["answers"].items() if chosen} == latest


@settings(max_examples=15)
@given(drawn=courses())
def test_whoever_opens_every_page_and_answers_right_completes_any_course(drawn: Drawn) -> None:
    course = data_of(drawn)
    steps: list[Step] = [(page["id"], None) for page in course["pages"]]
    for question in course["questions"]:
        right = [answer["id"] for answer in question["answers"] if answer["right"]]
        # A scenario is answered once an end of it was reached.
        any_answer = "ended" if question["kind"] == "scenario" else question["answers"][0]["id"]
        steps.append((question["id"], right if question["scored"] else [any_answer]))
    held = take(course, steps, is_handed_in=True)
    assert held["completed"]
    assert not held["failed"]
    assert held["score"] == (100 if (course["check"] or {}).get("mastery") else None)


def test_a_track_without_core_pages_is_not_done_from_the_start(make_course: MakeCourse) -> None:
    page = "          - {{id: {id}, title: Page, minutes: 1, core: {core}}}\n"
    part = COURSE[COURSE.index("  - id: p1") : COURSE.index("          - {id")]
    tracks = "".join(
        part.replace("p1", name).replace("title: Part", "title: Part\n    track: true")
        + page.format(id=f"{name}-s1", core=core)
        for name, core in (("p2", "true"), ("p3", "false"))
    )
    rule = "completion: {rule: parts, tracks: 1}\n"
    pages = {f"pages/{name}-s1.md": "Text.\n" for name in ("p2", "p3")}
    course = course_data(read_course(make_course({"course.yaml": rule + COURSE + tracks, **pages})))
    assert not take(course, [])["completed"]
    assert take(course, [("p2-s1", None)])["completed"]


@settings(max_examples=10)
@given(drawn=courses())
def test_nobody_completes_a_course_by_starting_it(drawn: Drawn) -> None:
    assert not take(data_of(drawn), [])["completed"]


UNSEAL = """
import { encode } from "%s/../state.js";
import { seal, unsealed } from "%s/scorm/seal.js";
import { read, write, NOTHING } from "%s/device/progress-record.js";
import { readFileSync } from "node:fs";
const [before, after] = JSON.parse(readFileSync(0, "utf8")).map((marks) => ({ marks }));
const doc = write({ ...NOTHING, location: "a" }, before);
const found = unsealed(after, seal(before, "1.0.1.Q", "AA", 1, ""));
console.log(JSON.stringify([found && encode(found.state), read(doc, after)?.location ?? null]));
"""


def test_the_state_of_a_course_whose_lock_has_grown_for_years_is_its_own() -> None:
    """Two digits count at most 4,095 hashes of four lines each."""
    lines = [f"page page-{number}" for number in range(24_700)]
    another = [*lines[:16_000], "page another", *lines[16_001:]]
    lms = (ROOT / "player/src/lms").as_uri()

    def returns(before: list[str], after: list[str]) -> Any:
        node = shutil.which("node")
        assert node
        done = subprocess.run(
            [node, "--input-type=module", "-e", UNSEAL % (lms, lms, lms)],
            input=json.dumps([marks(before), marks(after)]),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    for earlier in (100, 16_380, 16_384, 20_000, 24_700):
        assert returns(lines[:earlier], lines) == ["1.0.1.Q", "a"]
    assert returns(lines, another) == [None, None]
