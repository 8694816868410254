"""What a course will tell an LRS, put together as the player does it and validated by three validators of statements."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tincan
from hypothesis import given, settings
from ralph.models.xapi.base.statements import BaseXapiStatement
from strategies import COURSE, LEAST, PAGE, QUESTION, VTT, Drawn, MakeCourse, courses, mp4

from coursepack import TARGETS, read_course, render_site
from coursepack.course.variant import variants, whole
from coursepack.targets.statements import iri, statements_js
from coursepack.xapi.statement import Launch, findings, statement_findings

Json = dict[str, Any]

ADL = "http://adlnet.gov/expapi/"
VIDEO = "https://w3id.org/xapi/video"
CMI5 = "https://w3id.org/xapi/cmi5/context/categories/"
REPORTING = "report: {answers: true, media: true}\n"
SEVERAL = (
    QUESTION.format(id="q-2")
    .replace("question:", "multiple: true\nquestion:")
    .replace("This}", "This, right: true}")
)
FILM = "media/A film.mp4"
SOUND = "media/sound.mp3"
PLAYED = (
    f"```video\nsrc: {FILM}\ntitle: A film\ncaptions: media/a.vtt\ntranscript: media/a.vtt\n"
    "described: {not-needed: The voices tell all}\nduration: 0:10\nwidth: 16\nheight: 9\n```\n\n"
    f"```audio\nsrc: {SOUND}\ntitle: A sound\ntranscript: media/a.vtt\nduration: 0:02\n```\n"
)
TELLING = {
    "course.yaml": COURSE + REPORTING,
    PAGE: f"Text.\n\n{QUESTION.format(id='q-1')}\n{SEVERAL}\n{PLAYED}",
    FILM: mp4(10),
    # Two seconds: frames of 417 bytes, each of 26 ms (MPEG-1 Layer III, 128 kbit/s, 44.1 kHz).
    SOUND: (b"\xff\xfb\x90\0" + bytes(413)) * 77,
    "media/a.vtt": VTT,
}


def told(folder: Path, *, cmi5: bool = False, part: str | None = None) -> Json:
    """What stands in `statements.js`."""
    course = read_course(folder)
    (variant,) = variants(course, part)
    text = statements_js(variant, render_site(course, TARGETS["xapi"]), cmi5=cmi5).decode("ascii")
    assert text.startswith("window.coursepackStatements={")
    assert text.endswith("};\n")
    return json.loads(text.removeprefix("window.coursepackStatements=").removesuffix(";\n"))


def group_of(shape: str) -> str:
    known = {"experienced": "pages", "answered": "questions", "partCompleted": "parts"}
    return "media" if shape.startswith("media") else known.get(shape, "course")


def filled(shape: str, thing: Json) -> Json:
    """What the player adds to a result."""
    score = {"scaled": 0.8, "raw": 80, "min": 0, "max": 100}
    at = f"{VIDEO}/extensions/"
    played = {"extensions": {f"{at}time": 1.5, f"{at}progress": 0.15, f"{at}played-segments": "0[.]1.5"}}
    if shape == "answered":
        definition = thing["definition"]
        if definition["interactionType"] == "likert":
            return {"response": definition["scale"][0]["id"]}
        if definition["interactionType"] == "performance":
            # A scenario: a choice for each scene on the way, and none of them right (appendix C, performance).
            return {"response": "[,]".join(f"{step['id']}[.]a" for step in definition["steps"])}
        return {"response": definition["correctResponsesPattern"][0], "success": True}
    if shape == "mediaSeeked":
        return {"extensions": {f"{at}time-from": 1.5, f"{at}time-to": 3}}
    return {
        "progressed": {"extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 50}},
        "completed": {"duration": "PT90S"},
        "partCompleted": {"duration": "PT90S"},
        "passed": {"score": score, "duration": "PT90S"},
        "failed": {"score": score, "duration": "PT90S"},
        "suspended": {"duration": "PT90S"},
        "terminated": {"duration": "PT90S"},
        "mediaPlayed": played,
        "mediaPaused": played,
        "mediaCompleted": {**played, "duration": "PT10S"},
        "mediaTerminated": played,
    }.get(shape, {})


def put_together(data: Json) -> Iterator[tuple[str, Json]]:
    """Every statement that can be made: each shape with everything that it can be about."""
    for name, shape in data["shapes"].items():
        group = group_of(name)
        things = [data["course"]] if group == "course" else data[group].values()
        for place in things:
            thing = place.get("object", place)
            activities = dict(shape.get("context", {}).get("contextActivities", {}))
            activities |= {"parent": place["parent"]} if "parent" in place else {}
            statement = {
                "id": str(uuid.uuid4()),
                "actor": {"objectType": "Agent", "account": {"homePage": "https://lms.test", "name": "7"}},
                "verb": shape["verb"],
                "object": thing,
                "context": {
                    **shape.get("context", {}),
                    "registration": str(uuid.uuid4()),
                    **({"contextActivities": activities} if activities else {}),
                },
                "timestamp": "2026-04-14T12:00:00.000Z",
            }
            result = filled(name, thing) | shape.get("result", {})
            yield name, {**statement, "result": result} if result else statement


def assert_sound(statement: Json) -> None:
    assert findings(statement, content=True) == []
    assert findings(statement, "2.0.0", content=True) == []
    BaseXapiStatement(**statement)
    # The library keeps no UUID but as a value of its own, and adds the version.
    again = tincan.Statement.from_json(json.dumps(statement)).as_version()
    assert again["object"] == statement["object"]
    assert again["verb"] == statement["verb"]


@pytest.mark.parametrize("cmi5", [False, True])
def test_every_statement_that_can_be_made_is_sound(make_course: MakeCourse, cmi5: bool) -> None:
    data = told(make_course(TELLING), cmi5=cmi5)
    made = list(put_together(data))
    assert {name for name, _ in made} == set(data["shapes"])
    for _, statement in made:
        assert_sound(statement)


def test_every_statement_of_the_example_course_is_sound(sample: Path) -> None:
    made = list(put_together(told(sample)))
    assert {name for name, _ in made} >= {"initialized", "experienced", "completed"}
    for _, statement in made:
        assert_sound(statement)


def test_the_verbs_are_the_standards(make_course: MakeCourse) -> None:
    shapes = told(make_course(TELLING))["shapes"]
    # xAPI Vocabulary of ADL; Video Profile 1.0.3.
    assert {name: shape["verb"]["id"] for name, shape in shapes.items()} == {
        "initialized": f"{ADL}verbs/initialized",
        "resumed": f"{ADL}verbs/resumed",
        "experienced": f"{ADL}verbs/experienced",
        "answered": f"{ADL}verbs/answered",
        "progressed": f"{ADL}verbs/progressed",
        "completed": f"{ADL}verbs/completed",
        "partCompleted": f"{ADL}verbs/completed",
        "passed": f"{ADL}verbs/passed",
        "failed": f"{ADL}verbs/failed",
        "suspended": f"{ADL}verbs/suspended",
        "terminated": f"{ADL}verbs/terminated",
        "mediaInitialized": f"{ADL}verbs/initialized",
        "mediaPlayed": f"{VIDEO}/verbs/played",
        "mediaPaused": f"{VIDEO}/verbs/paused",
        "mediaSeeked": f"{VIDEO}/verbs/seeked",
        "mediaCompleted": f"{ADL}verbs/completed",
        "mediaTerminated": f"{ADL}verbs/terminated",
    }


@pytest.mark.parametrize(
    ("language", "display"),
    [("en", {"en": "completed"}), ("sv", {"en": "completed", "sv": "slutförde"})],
)
def test_a_verb_is_called_by_its_name_in_english_and_in_the_languages_of_the_course(
    make_course: MakeCourse, language: str, display: Json
) -> None:
    files = {
        **TELLING,
        "course.yaml": TELLING["course.yaml"].replace("language: en", f"language: {language}"),
    }
    assert told(make_course(files))["shapes"]["completed"]["verb"]["display"] == display


def test_the_results_that_never_differ(make_course: MakeCourse) -> None:
    shapes = told(make_course(TELLING))["shapes"]
    assert {name: shape["result"] for name, shape in shapes.items() if "result" in shape} == {
        "completed": {"completion": True},
        "partCompleted": {"completion": True},
        "passed": {"success": True},
        "failed": {"success": False},
        "mediaCompleted": {"completion": True},
    }


def test_cmi5_s_own_statements_have_its_categories(make_course: MakeCourse) -> None:
    shapes = told(make_course(TELLING), cmi5=True)["shapes"]
    categories = {
        name: [item["id"] for item in shape["context"].get("contextActivities", {}).get("category", [])]
        for name, shape in shapes.items()
    }
    # cmi5 9.6.2: moveon where there is success or completion, and neither in what cmi5 only allows.
    assert categories == {
        "initialized": [f"{CMI5}cmi5"],
        "experienced": [],
        "answered": [],
        "progressed": [],
        "completed": [f"{CMI5}cmi5", f"{CMI5}moveon"],
        "passed": [f"{CMI5}cmi5", f"{CMI5}moveon"],
        "failed": [f"{CMI5}cmi5", f"{CMI5}moveon"],
        "terminated": [f"{CMI5}cmi5"],
        "mediaInitialized": [VIDEO],
        "mediaPlayed": [VIDEO],
        "mediaPaused": [VIDEO],
        "mediaSeeked": [VIDEO],
        "mediaCompleted": [VIDEO],
        "mediaTerminated": [VIDEO],
    }


def test_an_lms_takes_every_statement_of_an_assignable_unit(make_course: MakeCourse) -> None:
    data = told(make_course(TELLING), cmi5=True)
    session = {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": "s-1"}
    mastery = {"https://w3id.org/xapi/cmi5/context/extensions/masteryscore": 0.8}
    for name, statement in put_together(data):
        asked = mastery if name in ("passed", "failed") else {}
        statement["context"]["extensions"] = session | asked
        if name == "failed":
            statement["result"]["score"] = {"scaled": 0.5, "raw": 50, "min": 0, "max": 100}
        launch = Launch(
            actor=statement["actor"],
            registration=statement["context"]["registration"],
            activity=data["course"]["id"],
            data={
                "launchMode": "Normal",
                "moveOn": "CompletedAndPassed",
                "masteryScore": 0.8,
                "contextTemplate": {"extensions": session},
            },
        )
        assert (name, statement_findings(statement, launch)) == (name, [])


def test_a_question_is_an_interaction(make_course: MakeCourse) -> None:
    data = told(make_course(TELLING))
    # xAPI 1.0.3 Data, appendix C.
    assert data["questions"]["q-1"]["object"]["definition"] == {
        "name": {"en": "Which?"},
        "description": {"en": "Which?"},
        "type": f"{ADL}activities/cmi.interaction",
        "interactionType": "choice",
        "correctResponsesPattern": ["b"],
        "choices": [
            {"id": "a", "description": {"en": "This"}},
            {"id": "b", "description": {"en": "That"}},
        ],
    }
    assert data["questions"]["q-2"]["object"]["definition"]["correctResponsesPattern"] == ["a[,]b"]
    page = data["pages"]["p1-c1-s1"]
    assert data["questions"]["q-1"]["parent"] == [{"id": page["object"]["id"], "objectType": "Activity"}]
    assert page["parent"] == [{"id": data["parts"]["p1"]["id"], "objectType": "Activity"}]
    assert data["shapes"]["answered"]["context"]["contextActivities"]["grouping"] == [
        {"id": data["course"]["id"], "objectType": "Activity"}
    ]


def test_media_are_named_by_their_package_path(make_course: MakeCourse) -> None:
    media = told(make_course(TELLING))["media"]
    assert {path: place["object"]["definition"]["type"] for path, place in media.items()} == {
        "media/a-film.mp4": f"{VIDEO}/activity-type/video",
        "media/sound.mp3": "https://w3id.org/xapi/audio/activity-type/audio",
    }


def test_nothing_about_answers_and_media_unless_asked_for(make_course: MakeCourse) -> None:
    data = told(make_course({**TELLING, "course.yaml": COURSE}))
    assert (data["questions"], data["media"]) == ({}, {})
    assert data["report"] == {"answers": False, "media": False}
    assert [name for name in data["shapes"] if name == "answered" or name.startswith("media")] == []


def names(data: Json) -> list[str]:
    return [
        place.get("object", place)["id"]
        for places in ({"": data["course"]}, *(data[g] for g in ("parts", "pages", "questions", "media")))
        for place in places.values()
    ]


def test_a_course_with_an_iri_names_everything_below_it(make_course: MakeCourse) -> None:
    text = COURSE + REPORTING + "iri: https://courses.test/least/\n"
    assert names(told(make_course({**TELLING, "course.yaml": text}))) == [
        "https://courses.test/least/",
        "https://courses.test/least/parts/p1",
        "https://courses.test/least/pages/p1-c1-s1",
        "https://courses.test/least/questions/q-1",
        "https://courses.test/least/questions/q-2",
        "https://courses.test/least/media/a-film.mp4",
        "https://courses.test/least/media/sound.mp3",
    ]


def test_a_course_without_an_iri_has_names_that_never_change(make_course: MakeCourse) -> None:
    old = names(told(make_course(TELLING)))
    # Written down: results are kept under them, so that no later coursepack may make others.
    assert old[:3] == [
        "urn:uuid:716cd264-47c0-5056-a2fe-4343f599cf41",
        "urn:uuid:2bb701b0-20fc-548a-a6e7-78fc7607296f",
        "urn:uuid:d63eb66a-c6f0-5454-92f7-46aa8f36b8d6",
    ]
    assert len(set(old)) == len(old)
    text = (
        TELLING["course.yaml"]
        .replace("1.0.0", "2.0.0")
        .replace("Least course", "Other")
        .replace("Page", "Another")
    )
    assert names(told(make_course({**TELLING, "course.yaml": text}, "new"))) == old
    other = TELLING["course.yaml"].replace("id: least\n", "id: most\n")
    assert set(names(told(make_course({**TELLING, "course.yaml": other}, "other")))).isdisjoint(old)


def test_a_package_of_a_part_is_an_activity_of_its_own(make_course: MakeCourse) -> None:
    folder = make_course(
        {**TELLING, "course.yaml": TELLING["course.yaml"] + "iri: https://courses.test/least\n"}
    )
    full, part = told(folder), told(folder, part="p1")
    assert part["course"]["id"] == "https://courses.test/least/packages/p1"
    assert (part["parts"], part["pages"].keys()) == (full["parts"], full["pages"].keys())


def test_the_same_course_gives_the_same_bytes(make_course: MakeCourse) -> None:
    course = read_course(make_course(TELLING))
    files = render_site(course, TARGETS["xapi"])
    assert statements_js(whole(course), files) == statements_js(whole(course), files)


def test_an_id_with_any_letters_becomes_an_iri(make_course: MakeCourse) -> None:
    course = read_course(make_course({**LEAST, "course.yaml": COURSE + "iri: https://courses.test/least\n"}))
    assert (
        iri(course.definition, "objectives", "1 å/b") == "https://courses.test/least/objectives/1%20%C3%A5/b"
    )


@pytest.mark.long
@settings(max_examples=30)
@given(courses())
def test_every_statement_about_any_course_is_sound(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn
) -> None:
    drawn.definition["report"] = {"answers": True, "media": True}
    folder = drawn.write(tmp_path_factory.mktemp("drawn"))
    for cmi5 in (False, True):
        data = told(folder, cmi5=cmi5)
        assert len(set(names(data))) == len(names(data))
        for _, statement in put_together(data):
            assert_sound(statement)
