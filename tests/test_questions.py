"""Each kind of question tells what an answer can hold, what is right, and itself in the words of xAPI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from strategies import COURSE, PAGE, MakeCourse, fence

from coursepack import TARGETS, read_course, render_site
from coursepack.building.render import course_data
from coursepack.course.blocks.block import RenderContext
from coursepack.course.blocks.fill_in import FillIn
from coursepack.course.blocks.likert import Likert
from coursepack.course.blocks.matching import Matching
from coursepack.course.blocks.numeric import Numeric
from coursepack.course.blocks.ordering import Ordering
from coursepack.course.blocks.question import Question
from coursepack.course.lock import write_lock
from coursepack.course.variant import variants
from coursepack.reading.source import read_folder
from coursepack.xapi.statement.interaction import interaction_findings

CONTEXT = RenderContext("en", {}, {}, {}, {}, {}, {}, weigh=str, mime=str, main=str, slot=len)
MATCHING = {
    "targets": [{"id": "x", "text": "X"}, {"id": "y", "text": "Y"}, {"id": "z-1", "text": "Z"}],
    "rows": [{"id": "a", "text": "A", "target": "y"}, {"id": "b", "text": "B", "target": "z-1"}],
}
ORDERING = {"items": [{"id": name, "text": name.upper()} for name in ("out", "call", "meet-up")]}
FILL_IN = {
    "answers": [
        {"text": "112", "right": "true"},
        {"text": "ett ett två", "right": "true"},
        {"text": "911", "feedback": "No."},
    ]
}
LIKERT = {"scale": [{"id": "no", "text": "No"}, {"id": "yes", "text": "Yes", "feedback": "Good."}]}

ASKED: list[tuple[type[Question], dict[str, Any], list[str], list[str], dict[str, Any]]] = [
    (
        Matching,
        MATCHING,
        ["a.x", "a.y", "a.z-1", "b.x", "b.y", "b.z-1"],
        ["a.y", "b.z-1"],
        {"interaction_type": "matching", "correct_responses_pattern": ["a[.]y[,]b[.]z-1"]},
    ),
    (
        Ordering,
        ORDERING,
        ["answered", "call.meet-up", "call.out", "meet-up.out"],
        ["answered", "call.meet-up"],
        {"interaction_type": "sequencing", "correct_responses_pattern": ["out[,]call[,]meet-up"]},
    ),
    (
        FillIn,
        FILL_IN,
        ["right", "wrong"],
        ["right"],
        {"interaction_type": "fill-in", "correct_responses_pattern": ["112", "ett ett två"]},
    ),
    (
        FillIn,
        FILL_IN | {"strict": "true"},
        ["right", "wrong"],
        ["right"],
        {
            "interaction_type": "fill-in",
            "correct_responses_pattern": ["{case_matters=true}112", "{case_matters=true}ett ett två"],
        },
    ),
    (
        Numeric,
        {"answer": "11", "tolerance": "0.5"},
        ["right", "low", "high"],
        ["right"],
        {"interaction_type": "numeric", "correct_responses_pattern": ["10.5[:]11.5"]},
    ),
    (
        Numeric,
        {"answer": "-3"},
        ["right", "low", "high"],
        ["right"],
        {"interaction_type": "numeric", "correct_responses_pattern": ["-3"]},
    ),
    (
        Numeric,
        {"max": "0"},
        ["right", "high"],
        ["right"],
        {"interaction_type": "numeric", "correct_responses_pattern": ["[:]0"]},
    ),
    (Likert, LIKERT, ["no", "yes"], [], {"interaction_type": "likert"}),
]


def made(model: type[Question], fields: dict[str, Any]) -> Question:
    return model.model_validate({"id": "q", "question": "Well?", **fields})


@pytest.mark.parametrize(("model", "fields", "options", "right", "told"), ASKED)
def test_a_question_tells_what_an_answer_can_hold_and_itself_to_an_lrs(
    model: type[Question], fields: dict[str, Any], options: list[str], right: list[str], told: dict[str, Any]
) -> None:
    question = made(model, fields)
    assert [option.id for option in question.options()] == options
    assert [option.id for option in question.options() if option.right] == right
    assert question.scored == bool(right)
    interaction = question.interaction("sv")
    assert interaction.items() >= told.items()
    assert ("correct_responses_pattern" in interaction) == question.scored
    camel = {"interaction_type": "interactionType", "correct_responses_pattern": "correctResponsesPattern"}
    definition = {camel.get(name, name): value for name, value in interaction.items()}
    assert list(interaction_findings(definition, "")) == []


def test_things_to_match_order_and_choose_have_their_words_in_the_language_of_the_course() -> None:
    assert made(Likert, LIKERT).interaction("sv")["scale"][0] == {"id": "no", "description": {"sv": "No"}}
    matching = made(Matching, MATCHING).interaction("en")
    assert [row["id"] for row in matching["source"]] == ["a", "b"]
    assert [target["id"] for target in matching["target"]] == ["x", "y", "z-1"]


@pytest.mark.parametrize("count", range(2, 13))
def test_nobody_meets_an_ordering_in_its_right_order_and_everybody_in_the_same(count: int) -> None:
    ids = [f"s{n}" for n in range(count)]
    for name in ("q-1", "q-2", "q-3", "q-4"):
        met = []
        for word in ("Step", "Reworded"):
            items = [{"id": each, "text": f"{word} {each}"} for each in ids]
            question = Ordering.model_validate({"id": name, "question": "?", "items": items})
            met.append([item.id for item in question.view(CONTEXT)["mixed"]])
        assert met[0] != ids
        assert sorted(met[0]) == sorted(ids)
        assert met[0] == met[1]


@pytest.mark.parametrize(
    ("fields", "low", "high"),
    [
        # In binary 0.7 and 0.1 are less than 0.8, and 0.3 less 0.1 is less than 0.2.
        ({"answer": "0.7", "tolerance": "0.1"}, 0.6, 0.8),
        ({"answer": "0.3", "tolerance": "0.1"}, 0.2, 0.4),
        ({"min": "2"}, 2.0, None),
        ({"min": "-1.5", "max": "-1.5"}, -1.5, -1.5),
    ],
)
def test_a_number_is_right_up_to_the_very_ends(
    fields: dict[str, Any], low: float | None, high: float | None
) -> None:
    assert made(Numeric, fields).key() == {"min": low, "max": high}


@pytest.mark.parametrize(
    ("fields", "swedish", "english"),
    [
        ({"answer": "2.5"}, "2,5", "2.5"),
        ({"answer": "-2.5", "tolerance": "0.5"}, "\N{MINUS SIGN}3 till \N{MINUS SIGN}2", "\N{MINUS SIGN}3 to \N{MINUS SIGN}2"),
        ({"min": "1000.5"}, "1000,5 eller mer", "1000.5 or more"),
        ({"max": "10"}, "10 eller mindre", "10 or less"),
    ],
)  # fmt: skip
def test_the_right_number_is_written_as_people_of_the_language_do(
    make_course: MakeCourse, fields: dict[str, Any], swedish: str, english: str
) -> None:
    for language, words in (("sv", swedish), ("en", english)):
        block = fence("numeric", {"id": "q", "question": "How many?", **fields})
        changes = {"course.yaml": COURSE.replace("language: en", f"language: {language}"), PAGE: block}
        document = rendered(make_course(changes, language))
        assert [each.text_content() for each in document.cssselect("[data-solution]")] == [words]


def rendered(folder: Path) -> html.HtmlElement:
    files = render_site(read_course(folder), TARGETS["web"])
    content = files["index.html"]
    assert isinstance(content, bytes)
    return html.document_fromstring(content.decode())


def test_every_answer_can_be_read_without_the_script(make_course: MakeCourse) -> None:
    fields = {"id": "q", "question": "Well?"}
    blocks = [
        fence("matching", {**fields, **MATCHING}),
        fence("ordering", {**fields, "id": "q-2", **ORDERING}),
        fence("fill-in", {**fields, "id": "q-3", "answers": [{"text": "112", "right": True}]}),
        fence("likert", {**fields, "id": "q-4", **LIKERT}),
    ]
    document = rendered(make_course({PAGE: "\n".join(blocks)}))
    told = [" ".join(each.text_content().split()) for each in document.cssselect(".answers > div")]
    assert told == ["A Y B Z", "OUT CALL MEET-UP", "Right: 112", "Yes: Good."]
    # On paper one must see what there is to choose from.
    paper = document.cssselect("[data-q=q] .on-paper li")
    assert [each.text_content() for each in paper] == ["X", "Y", "Z"]


def test_a_reflection_has_nothing_that_could_be_sent_or_kept(make_course: MakeCourse) -> None:
    course = read_course(make_course({PAGE: fence("reflection", {"question": "What do you think?"})}))
    assert course_data(course)["questions"] == []
    assert [slot[0] for slot in course.lock.slots] == ["page"]
    (area,) = rendered_page(course).cssselect("textarea")
    assert area.get("name") is None
    assert area.get("autocomplete") == "off"
    # Browsers that check spelling in the cloud would send it.
    assert area.get("spellcheck") == "false"
    assert not list(area.iterancestors("form"))
    assert "not saved and not sent" in rendered_page(course).text_content()


def rendered_page(course: Any) -> html.HtmlElement:
    content = render_site(course, TARGETS["web"])["index.html"]
    assert isinstance(content, bytes)
    return html.document_fromstring(content.decode())


def test_a_score_needs_a_question_that_can_be_answered_right(make_course: MakeCourse) -> None:
    likert = fence("likert", {"id": "q", "question": "Well?", **LIKERT})
    graded = COURSE + "final-check: {page: p1-c1-s1, mastery: 80}\n"
    _, report = read_folder(make_course({"course.yaml": graded, PAGE: likert}))
    (problem,) = report.errors
    assert (problem.rule, problem.location.line) == ("course/check-without-questions", 17)
    assert "answered right" in problem.message
    _, report = read_folder(make_course({"course.yaml": graded.replace(", mastery: 80", ""), PAGE: likert}))
    assert report.problems == ()


def test_the_player_gets_what_it_grades_a_text_or_number_by(make_course: MakeCourse) -> None:
    blocks = [
        fence("fill-in", {"id": "q-1", "question": "?", **FILL_IN}),
        fence("numeric", {"id": "q-2", "question": "?", "min": "1"}),
        fence("likert", {"id": "q-3", "question": "?", **LIKERT}),
    ]
    data = course_data(read_course(make_course({PAGE: "\n".join(blocks)})))
    keys = [question.get("key") for question in data["questions"]]
    assert json.loads(json.dumps(keys)) == [
        {"texts": ["112", "ett ett två"], "strict": False},
        {"min": 1.0, "max": None},
        None,
    ]


TELLING = "report: {answers: true}\n"


def asked_of(make_course: MakeCourse, *blocks: str, more: str = TELLING) -> dict[str, dict[str, Any]]:
    course = read_course(make_course({"course.yaml": COURSE + more, PAGE: "\n".join(blocks)}))
    return {question["id"]: question for question in course_data(course)["questions"]}


def test_a_report_can_read_questions_and_answers_in_words(make_course: MakeCourse) -> None:
    choice = {
        "id": "q-choice",
        "question": "Vad gör du\n  först?",
        "answers": [
            {"id": "a", "text": "Ringer 112, förstås!", "right": True},
            {"id": "b", "text": "Ringer: 112 förstås"},
            {"id": "c", "text": "\N{FIRE}"},
            {"id": "d-d", "text": "日本"},
            {"id": "e", "text": "Väntar " + "mycket " * 20},
        ],
    }
    matching = {"id": "q-matching", "question": "?", **MATCHING}
    found = asked_of(make_course, fence("choice", choice), fence("matching", matching))
    assert found["q-choice"]["description"] == "{lang=en}Vad gör du först?"
    names = found["q-choice"]["names"]
    # Two that come to the same are told apart; what has no Latin letters keeps its id.
    assert {key: names.get(key) for key in "abc"} == {
        "a": "Ringer_112_forstas",
        "b": "Ringer_112_forstas_2",
        "c": None,
    }
    assert names["d-d"] == "d_d"
    assert (len(names["e"]), names["e"][:13]) == (40, "Vantar_mycket")
    assert found["q-matching"]["names"] == {"a": "A", "b": "B", ".x": "X", ".y": "Y", ".z-1": "Z"}


def test_the_words_of_a_question_fit_into_a_localized_string(make_course: MakeCourse) -> None:
    # RTE 2004 4th edition, 4.2.9: 250 characters; the player counts one beyond the basic plane twice.
    long = {"id": "q-long", "question": "\N{FIRE}" * 200, "scale": LIKERT["scale"]}
    described = asked_of(make_course, fence("likert", long))["q-long"]["description"]
    assert 245 <= len(described.encode("utf-16-le")) // 2 <= 250
    assert described.endswith("\N{FIRE}…")


def test_what_nobody_asked_to_have_told_is_not_in_the_document(make_course: MakeCourse) -> None:
    likert = fence("likert", {"id": "q", "question": "?", **LIKERT})
    course = read_course(make_course({PAGE: likert}))
    data = course_data(course)
    assert "columns" not in data
    assert not {"description", "names"} & data["questions"][0].keys()


def test_a_question_has_its_column_for_ever(make_course: MakeCourse) -> None:
    def likert(name: str) -> str:
        return fence("likert", {"id": name, "question": "?", **LIKERT})

    second = """\
  - id: p2
    title: Second
    chapters:
      - {id: p2-c1, title: Chapter, pages: [{id: p2-c1-s1, title: Page, minutes: 1}]}
"""
    pages = {PAGE: likert("q-1") + "\n" + likert("q-2"), "pages/p2-c1-s1.md": likert("q-3")}
    folder = make_course({"course.yaml": COURSE + second + TELLING, **pages})
    write_lock(folder, read_course(folder).lock)
    # The first goes, and a new one stands before what was there.
    (folder / PAGE).write_text(likert("q-4") + "\n" + likert("q-2"), "utf-8")
    course = read_course(folder)
    assert course_data(course)["columns"] == ["q-1", "q-2", "q-3", "q-4"]
    # In a package of one part those of other parts have none.
    (part,) = variants(course, "p2")
    assert course_data(part.course)["columns"] == ["q-1", "q-3"]
