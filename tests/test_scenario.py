"""A scenario without dead ends is taken, and no other; what a learner did in it is kept and told as it was."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from pydantic import ValidationError
from strategies import COURSE, PAGE, SVG, MakeCourse, fence

from coursepack import TARGETS, read_course, render_site
from coursepack.building.render import course_data
from coursepack.course.blocks.block import RenderContext
from coursepack.course.blocks.scenario import Scenario
from coursepack.course.lock import longest_state
from coursepack.course.resume import Resume
from coursepack.course.variant import variants
from coursepack.progress.decoding import decode
from coursepack.progress.description import describe
from coursepack.reading.source import read_folder
from coursepack.targets.statements import statements_js
from coursepack.xapi.statement.interaction import interaction_findings, response_findings

CONTEXT = RenderContext("en", {}, {}, {}, {}, {}, {}, weigh=str, mime=str, main=str, slot=len)


def scene(name: str, *targets: str | None) -> dict[str, Any]:
    """A scene whose choices lead there; None: to the next one. Without targets it is an end."""
    if not targets:
        return {"id": name, "text": f"{name} is the end."}
    choices = [
        {"id": f"c{n}", "text": f"Choice {n}", "safe": str(n == 0).lower(), "feedback": f"Why {n}."}
        | ({"to": target} if target else {})
        for n, target in enumerate(targets)
    ]
    return {"id": name, "text": f"In {name}.", "question": f"What in {name}?", "choices": choices}


def made(*scenes: dict[str, Any]) -> Scenario:
    return Scenario.model_validate({"id": "sc", "title": "Practice", "scenes": scenes})


STRAIGHT = (scene("a", None, None), scene("b", None, None, None), scene("end"))
BRANCHED = (scene("a", "b", "lost"), scene("b", "found", "a"), scene("found"), scene("lost"))


def faults(*scenes: dict[str, Any]) -> list[str]:
    try:
        made(*scenes)
    except ValidationError as error:
        return [" ".join((each["type"], *map(str, each["loc"]))) for each in error.errors()]
    return []


@given(
    st.integers(2, 7).flatmap(
        lambda count: st.lists(
            st.just([]) | st.lists(st.integers(0, count - 1), min_size=2, max_size=3),
            min_size=count,
            max_size=count,
        )
    )
)
@settings(max_examples=400)
def test_scenes_are_taken_when_all_are_met_and_each_leads_to_an_end_and_never_else(
    ways: list[list[int]],
) -> None:
    # By walking, step by step, where the build follows the choices back from the ends.
    def met_from(start: int) -> set[int]:
        here = {start}
        for _ in ways:
            here |= {to for at in here for to in ways[at]}
        return here

    ends = {n for n, to in enumerate(ways) if not to}
    expected = []
    for n in range(len(ways)):
        expected += [f"unreached-scene scenes {n} id"] if n not in met_from(0) else []
        expected += [f"no-way-out scenes {n} id"] if not met_from(n) & ends else []
    scenes = [scene(f"s{n}", *(f"s{to}" for to in targets)) for n, targets in enumerate(ways)]
    assert faults(*scenes) == (expected if ends else ["no-end scenes"])


def test_a_choice_without_target_leads_to_the_next_scene() -> None:
    assert made(*STRAIGHT).leads == {
        "a": {"c0": "b", "c1": "b"},
        "b": {"c0": "end", "c1": "end", "c2": "end"},
        "end": {},
    }


@pytest.mark.parametrize(
    ("scenes", "straight"),
    [
        (STRAIGHT, True),
        (BRANCHED, False),
        # One that all meet, and in whose middle some go round.
        ((scene("a", None, None), scene("b", None, "a"), scene("end")), False),
        ((scene("a", "c", "c"), scene("b", "end", "end"), scene("c", "b", "b"), scene("end")), False),
    ],
)
def test_only_where_every_learner_meets_every_scene_in_order_there_are_steps(
    scenes: tuple[dict[str, Any], ...], straight: bool
) -> None:
    assert made(*scenes).is_straight is straight


def test_what_is_kept_is_a_bit_for_each_choice_and_two_for_where_one_is() -> None:
    options = list(made(*BRANCHED).options())
    assert [option.id for option in options] == ["a.c0", "a.c1", "b.c0", "b.c1", "onward", "ended"]
    assert [option.id for option in options if option.mark] == ["onward", "ended"]
    assert not any(option.right for option in options)


def test_an_lrs_is_told_a_performance_of_the_scenes() -> None:
    interaction = made(*BRANCHED).interaction("en")
    definition = {"interactionType": interaction["interaction_type"], "steps": interaction["steps"]}
    assert definition == {
        "interactionType": "performance",
        "steps": [
            {"id": "a", "description": {"en": "What in a?"}},
            {"id": "b", "description": {"en": "What in b?"}},
        ],
    }
    assert list(interaction_findings(definition, "")) == []
    assert list(response_findings("a[.]c0[,]b[.]c1", "", definition)) == []


def test_scenes_and_ends_have_numbers_of_their_own() -> None:
    view = made(*BRANCHED).view(CONTEXT)
    assert [(each["id"], each["number"], each["is_end"]) for each in view["scenes"]] == [
        ("a", 1, False),
        ("b", 2, False),
        ("found", 1, True),
        ("lost", 2, True),
    ]
    assert [(c["to"], c["number"], c["to_end"]) for each in view["scenes"] for c in each["choices"]] == [
        ("b", 2, False),
        ("lost", 2, True),
        ("found", 1, True),
        ("a", 1, False),
    ]


def scenario_page(*scenes: dict[str, Any], **more: Any) -> str:
    return fence("scenario", {"id": "sc", "title": "Practice", "scenes": list(scenes), **more})


def test_the_document_tells_every_path_as_text(make_course: MakeCourse) -> None:
    picture = {"src": "media/door.svg", "alt": "A door"}
    course = read_course(make_course({PAGE: scenario_page(*BRANCHED, image=picture), "media/door.svg": SVG}))
    document = html.fromstring(bytes(render_site(course, TARGETS["web"])["index.html"]).decode())
    (told,) = document.cssselect(".told > div")
    words = " ".join(told.text_content().split())
    assert words == (
        "Step 1 In a. What in a? "
        "Choice 0 Safe choice. Why 0. This choice leads to step 2. "
        "Choice 1 There is a safer way. Why 1. This choice leads to end 2. "
        "Step 2 In b. What in b? "
        "Choice 0 Safe choice. Why 0. This choice leads to end 1. "
        "Choice 1 There is a safer way. Why 1. This choice leads to step 1. "
        "End 1 found is the end. End 2 lost is the end."
    )
    (image,) = document.cssselect(".scenario img")
    assert (image.get("alt"), image.get("src")) == ("A door", "media/door.svg")
    # What is played begins as the first scene.
    assert [each.text for each in document.cssselect("[data-play] :is(.scene, h3)")] == [
        "In a.",
        "What in a?",
    ]
    assert document.cssselect(".trail") == []
    # Its page is one of its own kind, and has no questions to be counted.
    assert "Scenario" in document.cssselect("#p1-c1-s1 > .kind")[0].text_content()


def test_a_scenario_is_not_counted_among_the_questions_of_its_page(make_course: MakeCourse) -> None:
    asked = "".join(
        fence(
            "likert",
            {"id": name, "question": name, "scale": [{"id": "n", "text": "No"}, {"id": "y", "text": "Yes"}]},
        )
        for name in ("q-1", "q-2")
    )
    course = read_course(make_course({PAGE: scenario_page(*STRAIGHT) + asked}))
    document = html.fromstring(bytes(render_site(course, TARGETS["web"])["index.html"]).decode())
    assert [each.text for each in document.cssselect(".no")] == ["Question 1 of 2", "Question 2 of 2"]
    assert [li.text for li in document.cssselect(".trail li")] == ["Step 1", "Step 2"]
    assert [each["kind"] for each in course_data(course)["questions"]] == ["scenario", "likert", "likert"]


CHECKED = COURSE + "final-check: {page: p1-c1-s1}\ncompletion: {rule: check-submitted}\n"


@pytest.mark.parametrize(
    ("held", "told", "complete"),
    [
        ((), "  sc: no answer", False),
        (("a.c0", "onward", "b.c1"), "  sc: started\n    a.c0: Choice 0\n    b.c1: Choice 1", False),
        (("a.c1", "onward", "ended"), "  sc: answered\n    a.c1: Choice 1", True),
        # Begun again.
        (("ended",), "  sc: answered", True),
    ],
)
def test_whoever_reached_an_end_has_answered(
    make_course: MakeCourse, held: tuple[str, ...], told: str, complete: bool
) -> None:
    course = read_course(make_course({"course.yaml": CHECKED, PAGE: scenario_page(*BRANCHED)}))
    places = course.lock.index()
    slots = frozenset(places["answer", "sc", name] for name in held)
    progress = decode(Resume("state", False, False, None, slots), course)
    assert describe(progress, "en").endswith(told)
    assert progress.is_met is complete
    assert progress.unanswered == (() if complete else ("sc",))


def test_the_bound_of_the_resume_state_includes_scenarios(make_course: MakeCourse) -> None:
    without = read_course(make_course({PAGE: "Text.\n"})).lock
    course = make_course(
        {PAGE: scenario_page(*(scene(f"s{n}", *[None] * 6) for n in range(23)), scene("end"))}
    )
    lock = read_course(course).lock
    assert len(lock.slots) - len(without.slots) == 23 * 6 + 2
    # Six bits a character, beside the page's own.
    assert longest_state(lock) - longest_state(without) == (23 * 6 + 2 + 1 + 5) // 6 - 1


def test_a_scenes_place_in_the_lock_stays_when_scenes_are_put_between(make_course: MakeCourse) -> None:
    course = make_course({PAGE: scenario_page(*STRAIGHT)})
    before = read_course(course).lock
    (course / "course.lock").write_text(str(before), "utf-8")
    (course / PAGE).write_text(scenario_page(STRAIGHT[0], scene("new", None, None), *STRAIGHT[1:]), "utf-8")
    after = read_course(course).lock
    assert after.slots[: len(before.slots)] == before.slots
    added = after.slots[len(before.slots) :]
    assert added == (("answer", "sc", "new.c0"), ("answer", "sc", "new.c1"))
    assert all(one < other for one, other in pairwise(after.index().values()))


NOTED = {"note": {"about": "Somebody is afraid.", "summary": "A neighbour knocks and asks for help."}}


def test_a_scenario_with_a_content_note_leaves_no_trace(make_course: MakeCourse) -> None:
    reported = COURSE + "report: {answers: true}\n"
    course = read_course(make_course({"course.yaml": reported, PAGE: scenario_page(*BRANCHED, **NOTED)}))
    assert course_data(course)["questions"] == []
    assert course.lock.slots == (("page", "p1-c1-s1"),)
    (variant,) = variants(course)
    assert b'"questions":{}' in statements_js(variant, {})
    document = html.fromstring(bytes(render_site(course, TARGETS["web"])["index.html"]).decode())
    assert document.cssselect(".note p")[0].text == "Somebody is afraid."
    assert document.cssselect(".noted [data-choice]")
    # Nothing is sent, and nothing is said of it.
    assert "sent" not in document.cssselect(".scenario .hint")[0].text_content()


def test_no_rule_can_wait_for_a_scenario_that_leaves_no_trace(make_course: MakeCourse) -> None:
    course = make_course({"course.yaml": CHECKED, PAGE: scenario_page(*BRANCHED, **NOTED)})
    assert [problem.rule for problem in read_folder(course)[1]] == ["course/check-without-questions"]
