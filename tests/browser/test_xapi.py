"""A learner takes courses that tell an LRS: what is told, when, and to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from conftest import Sites, sites_of
from playwright.sync_api import Browser, expect
from tracked import KEY, SECRET, Content, Json, Room, Tracked, content_at, room, verb, write_graded

VIDEO = "https://w3id.org/xapi/video"
AT = f"{VIDEO}/extensions/"
LEARNER = {"objectType": "Agent", "account": {"homePage": "https://lms.example/", "name": "learner-1"}}


@pytest.fixture
def here(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Room]:
    """An LRS, and learners before it; a parameter holds options of the LRS."""
    with room(browser, **getattr(request, "param", {})) as here:
        yield here


@pytest.fixture(scope="session")
def example(sites: Sites) -> Content:
    return content_at(sites("xapi"))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Content]:
    with sites_of(write_graded(tmp_path_factory.mktemp("graded") / "course")) as address:
        yield content_at(address("xapi"))


def assert_in_order(statements: list[Json]) -> None:
    times = [datetime.fromisoformat(each["timestamp"]) for each in statements]
    assert times == sorted(set(times))


def results(statement: Json) -> Json:
    """Without the durations, which vary."""
    return {name: value for name, value in statement.get("result", {}).items() if name != "duration"}


def form(learner: Tracked, question: str) -> Any:
    return learner.course.locator(f'form[data-q="{question}"]')


def chosen(learner: Tracked, question: str) -> list[str]:
    inputs = form(learner, question).locator("input:checked")
    return list(inputs.evaluate_all("(all) => all.map((one) => one.value)"))


# The whole way


def test_every_page_and_answer_is_there_again_on_this_device_and_on_another(
    here: Room, example: Content
) -> None:
    *pages, last = example.pages
    device = here.devices.new()
    learner = here.open(example, device)
    learner.walk(pages[1:])
    learner.walk([last])
    learner.answer("q-p1-01", "c")
    learner.answer("q-p1-05", "a", "b")
    learner.settle()
    here.leave(learner)
    assert example.opened(here.lrs.document()) == set(example.pages)
    first = len(here.lrs.statements)
    for again in (device, here.devices.new()):
        back = here.open(example, again)
        assert back.now == last
        assert [chosen(back, f"q-p1-0{n}") for n in (1, 2, 5)] == [["c"], [], ["a", "b"]]
        expect(form(back, "q-p1-01").locator(".fb")).to_contain_text("Inte riktigt")
        expect(form(back, "q-p1-05").locator(".fb")).to_contain_text("Det stämmer")
        expect(back.course.locator(".menu .dot.done")).to_have_count(len(pages))
        expect(back.course.locator("[data-progress]")).to_contain_text("klar")
        here.leave(back)
    # A course that is completed is not resumed, and what was told once is not told again.
    assert here.lrs.verbs()[first:] == ["initialized", "terminated"] * 2


def test_what_is_told_of_a_whole_course_in_its_order(here: Room, example: Content) -> None:
    learner = here.open(example)
    for page in example.pages[1:]:
        learner.walk([page])
    learner.answer("q-p1-01", "b")
    learner.settle()
    here.leave(learner)
    told = here.lrs.statements
    assert_in_order(told)
    words = here.lrs.verbs()
    # Eleven pages, of which each but the first makes another tenth, then the part and the course. No answer: the course
    # does not report any.
    middle = ["experienced", "progressed"] * 9 + ["experienced", "completed", "completed"]
    assert words == ["initialized", "experienced", *middle, "terminated"]
    assert example.about(here.lrs.said("experienced")) == example.pages
    part, course = here.lrs.said("completed")
    assert example.about([part, course]) == ["p1", ""]
    assert course["object"] == told[0]["object"]
    assert results(course) == {"completion": True}
    progress = [each["result"]["extensions"] for each in here.lrs.said("progressed")]
    assert progress == [
        {"https://w3id.org/xapi/cmi5/result/extensions/progress": 100 * done // 11} for done in range(2, 11)
    ]
    for each in told:
        assert each["actor"] == LEARNER
        assert each["context"]["registration"] == here.registration
        assert each["context"]["language"] == "sv"
        assert each["object"]["definition"]["name"]["sv"]
    assert told[0]["object"]["definition"]["name"] == {"sv": "Se, förstå, agera"}
    second = here.lrs.said("experienced")[1]["object"]["definition"]
    assert second["name"] == {"sv": "Varför en samlad bild?"}


def test_leaving_in_the_middle_suspends_and_coming_back_resumes(here: Room, example: Content) -> None:
    learner = here.open(example)
    learner.walk(example.pages[1:4])
    here.leave(learner)
    assert here.lrs.verbs()[-2:] == ["suspended", "terminated"]

    def is_told() -> bool:
        """Each session's own: hundredths of seconds, rounded."""
        durations = [float(each["result"]["duration"][2:-1]) for each in here.lrs.said("terminated")]
        return sum(durations) == pytest.approx(here.lrs.document()["time"] / 1000, abs=0.02)

    # The document may come after the statements.
    here.lrs.until(is_told)
    before = here.lrs.document()["time"]
    elsewhere = here.open(example)
    assert elsewhere.now == example.pages[3]
    expect(elsewhere.course.locator("[data-progress]")).to_contain_text("4 av 11")
    here.leave(elsewhere)
    assert here.lrs.verbs()[-4:] == ["initialized", "resumed", "suspended", "terminated"]
    here.lrs.until(lambda: here.lrs.document()["time"] > before)
    here.lrs.until(is_told)


def test_help_and_leaving_fast_are_nobodys_business(here: Room, example: Content) -> None:
    learner = here.open(example)
    learner.walk(example.pages[1:3])
    told = len(here.lrs.statements)
    sent = len(learner.requests)
    learner.course.locator("[data-open=help]").first.click()
    learner.page.keyboard.press("Escape")
    learner.course.locator(".top [data-exit]").click()
    assert learner.course.title() == "Anteckningar"
    learner.course.get_by_role("button").click()
    learner.course.locator("a.skip").first.evaluate("(link) => link.click()")
    learner.rest()
    assert len(learner.requests) == sent
    here.leave(learner)
    assert here.lrs.verbs()[told:] == ["suspended", "terminated"]
    assert "exit" not in json.dumps(here.lrs.document())


# Grades, answers, films


def test_half_right_is_failed_on_leaving_and_all_right_is_passed(here: Room, graded: Content) -> None:
    learner = here.open(graded)
    learner.walk(graded.pages)
    learner.answer("fraga-1", "a")
    learner.answer("fraga-2", "b")
    learner.settle()
    assert "failed" not in here.lrs.verbs()
    here.leave(learner)
    half = {"scaled": 0.5, "raw": 50, "min": 0, "max": 100}
    assert here.lrs.verbs()[-2:] == ["failed", "terminated"]
    (failed,) = here.lrs.said("failed")
    assert results(failed) == {"score": half, "success": False}
    assert graded.about(here.lrs.said("completed")) == ["del-1", "del-2", ""]
    course = here.lrs.said("completed")[2]
    assert course["result"]["completion"] is True
    before = len(here.lrs.statements)

    back = here.open(graded)
    back.answer("fraga-2", "a")
    back.settle()
    here.leave(back)
    assert here.lrs.verbs()[before:] == ["initialized", "answered", "passed", "terminated"]
    (passed,) = here.lrs.said("passed")
    assert results(passed) == {"score": {**half, "scaled": 1, "raw": 100}, "success": True}
    assert passed["object"] == failed["object"] == course["object"]

    # Once passed is passed, whatever is answered later.
    again = here.open(graded)
    again.answer("fraga-1", "b")
    again.settle()
    here.leave(again)
    assert here.lrs.verbs()[-3:] == ["initialized", "answered", "terminated"]


def test_answers_are_told_where_the_course_asks_for_it(here: Room, graded: Content) -> None:
    learner = here.open(graded)
    learner.go("provsida")
    for value in "bab":
        learner.answer("fraga-1", value)
    learner.settle()
    here.leave(learner)
    told = here.lrs.said("answered")
    assert graded.about(told) == ["fraga-1"] * 3
    assert [results(each) for each in told] == [
        {"response": value, "success": value == "a"} for value in "bab"
    ]
    definition = told[0]["object"]["definition"]
    assert definition["interactionType"] == "choice"
    assert definition["correctResponsesPattern"] == ["a"]
    assert [each["description"]["sv"] for each in definition["choices"]] == ["Ja", "Nej"]


def play(learner: Tracked, what: str, do: str) -> None:
    """Does something with a film or sound of the page; `medium` is its element."""
    learner.course.evaluate(
        f"""async () => {{ const medium = document.querySelector(".page[data-now] {what}"); medium.muted = true;
        const when = (name) => new Promise((done) => medium.addEventListener(name, done, {{ once: true }}));
        const reaches = async (time) => {{ while (medium.currentTime < time) await when("timeupdate"); }};
        {do} }}"""
    )


def media_statements(here: Room) -> list[Json]:
    return [each for each in here.lrs.statements if VIDEO in json.dumps(each["context"])]


def test_a_film_in_parts_is_told_as_the_video_profile_says(here: Room, graded: Content) -> None:
    learner = here.open(graded)
    learner.go("filmsida")
    play(learner, "video", 'await medium.play(); await reaches(0.3); medium.pause(); await when("pause");')
    play(learner, "video", 'medium.currentTime = 2; await when("seeked");')
    play(learner, "video", "await medium.play(); await reaches(medium.currentTime + 0.3);")
    here.leave(learner)
    learner.until(lambda: len(media_statements(here)) == 6)
    told = media_statements(here)
    assert_in_order(told)
    assert [verb(each) for each in told] == [
        "initialized", "played", "paused", "seeked", "played", "terminated",
    ]  # fmt: skip
    started, first, paused, sought, second, left = told
    assert len({each["context"]["extensions"][f"{AT}session-id"] for each in told}) == 1
    for each in told:
        assert each["context"]["contextActivities"]["category"] == [{"id": VIDEO, "objectType": "Activity"}]
        assert each["context"]["extensions"][f"{AT}length"] == pytest.approx(160.8, abs=0.5)
        assert each["object"]["definition"]["type"] == f"{VIDEO}/activity-type/video"
        assert each["object"]["definition"]["name"] == {"sv": "En film"}
    assert "result" not in started
    assert first["result"] == {"extensions": {f"{AT}time": 0}}
    stopped = paused["result"]["extensions"]
    assert stopped[f"{AT}played-segments"] == f"0[.]{stopped[f'{AT}time']}"
    length = paused["context"]["extensions"][f"{AT}length"]
    assert stopped[f"{AT}progress"] == pytest.approx(stopped[f"{AT}time"] / length, abs=0.001)
    assert sought["result"] == {"extensions": {f"{AT}time-from": stopped[f"{AT}time"], f"{AT}time-to": 2}}
    again = second["result"]["extensions"][f"{AT}time"]
    ended = left["result"]["extensions"]
    # When it was told that the film plays, it may have played for a while on a busy machine.
    assert 2 <= again < ended[f"{AT}time"]
    parts = [stopped[f"{AT}played-segments"], f"{again}[.]{ended[f'{AT}time']}"]
    assert ended[f"{AT}played-segments"] == "[,]".join(parts)


def test_a_sound_is_completed_once_and_only_when_all_was_heard(here: Room, graded: Content) -> None:
    learner = here.open(graded)
    learner.go("filmsida")
    # As slowly as it can be played, so that what is leapt over has not been heard before, however busy the machine is.
    slowly = "medium.playbackRate = 0.0625; await medium.play();"
    leap = 'medium.currentTime = 0.8; await when("seeked"); const end = when("ended"); medium.playbackRate = 1; await end;'
    play(learner, "audio", f"{slowly} {leap}")
    learner.walk(["textsida", "filmsida"])
    words = [verb(each) for each in media_statements(here)]
    assert words[:3] == ["initialized", "played", "seeked"]
    assert "completed" not in words
    whole = """medium.currentTime = 0; await when("seeked"); const end = when("ended"); await medium.play(); await end;"""
    play(learner, "audio", whole)
    play(learner, "audio", whole)
    here.leave(learner)
    # What was on its way may come after that.
    learner.until(lambda: {"completed", "terminated"} <= {verb(each) for each in media_statements(here)})
    (completed,) = [each for each in media_statements(here) if verb(each) == "completed"]
    assert completed["result"]["completion"] is True
    # The browser may count the end of a second a few milliseconds early.
    assert completed["result"]["extensions"][f"{AT}progress"] == pytest.approx(1, abs=0.005)
    assert completed["result"]["extensions"][f"{AT}time"] == pytest.approx(1, abs=0.01)


def test_a_course_that_does_not_report_films_tells_nothing_of_them(here: Room, example: Content) -> None:
    learner = here.open(example)
    learner.go("p1-c1-s2")
    play(learner, "video", 'await medium.play(); await reaches(0.2); medium.pause(); await when("pause");')
    learner.settle()
    here.leave(learner)
    assert media_statements(here) == []


# The launch


COPIES = """new Promise((done) => {
  const opening = indexedDB.open("coursepack");
  opening.onsuccess = () => {
    const all = opening.result.transaction("coursepack").objectStore("coursepack").getAll();
    all.onsuccess = () => done(JSON.stringify(all.result));
  };
})"""


def assert_no_secret(learner: Tracked) -> None:
    """The launch's key is nowhere that others look."""
    page = learner.page
    seen = {
        "address": page.url,
        "storage": page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"),
        "cookies": json.dumps(page.context.cookies()),
        "copies": page.evaluate(COPIES),
        "document": page.evaluate("document.documentElement.outerHTML"),
        "name": page.evaluate("window.name"),
    }
    secrets = (SECRET, KEY.partition(" ")[2], "Basic%20", "learner-1")
    assert [name for name, text in seen.items() if any(secret in text for secret in secrets)] == []
    assert page.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))") == ["coursepack"]


def test_the_key_is_in_no_place_that_lasts_and_a_reload_still_has_it(here: Room, example: Content) -> None:
    learner = here.open(example, settled=False)
    learner.settle()
    assert_no_secret(learner)
    # While something waits in the journal.
    away = here.lrs.faults.add("status", "POST", "/statements", status=503)
    learner.failures.clear()
    learner.go(example.pages[2])
    learner.until(lambda: learner.state == "no")
    assert learner.journal()
    assert_no_secret(learner)
    here.lrs.faults.lift(away)
    learner.page.reload()
    learner.course.wait_for_selector("html[data-js]", state="attached")
    learner.settle()
    assert learner.now == example.pages[2]
    expect(learner.course.locator("[data-outside]")).to_be_hidden()
    expect(learner.course.locator("[data-save]")).to_have_text("Sparat")
    assert_no_secret(learner)
    learner.walk(example.pages[3:5])
    learner.page.go_back()
    learner.wait(f"document.querySelector('.page[data-now]').id === {json.dumps(example.pages[3])}")
    learner.page.reload()
    learner.course.wait_for_selector("html[data-js]", state="attached")
    learner.walk([example.pages[6]])
    assert_no_secret(learner)
    here.leave(learner)
    learner.failures.clear()
    assert set(example.about(here.lrs.said("experienced"))) == {
        *example.pages[:1],
        *example.pages[2:5],
        example.pages[6],
    }
    for noted in here.lrs.faults.requests:
        assert noted.headers.get("referer", "").rstrip("/") in ("", example.address)


@pytest.mark.share(2)
@pytest.mark.parametrize(
    "here",
    [
        {},
        {"versions": ["1.0.3"]},
        {"versions": ["2.0.0"]},
        {"exposed": []},
        {"exposed": [], "versions": ["2.0.0"]},
    ],
    ids=["both", "1.0.3", "2.0", "hidden-etag", "2.0-hidden-etag"],
    indirect=True,
)
def test_any_lrs_keeps_what_two_devices_did(here: Room, example: Content) -> None:
    one = here.open(example, faulty=True)
    other = here.open(example, faulty=True)
    one.walk(example.pages[1:3])
    other.walk(example.pages[3:5])
    one.walk(example.pages[5:6])
    here.leave(one)
    here.leave(other)
    assert example.opened(here.lrs.document()) == set(example.pages[:6])
    assert sorted(example.about(here.lrs.said("experienced"))) == sorted(example.pages[:6])
    back = here.open(example, faulty=True)
    expect(back.course.locator(".menu .dot.done")).to_have_count(5)
    here.leave(back)
    assert not [
        each for each in here.lrs.faults.requests if each.status in (401, 403) or (each.status or 500) >= 500
    ]


@pytest.mark.parametrize("status", [404, 500])
def test_an_lrs_that_says_nothing_of_itself(here: Room, example: Content, status: int) -> None:
    here.lrs.faults.add("status", "GET", "/about", status=status)
    learner = here.open(example, faulty=True)
    learner.walk(example.pages[1:2])
    here.leave(learner)
    assert here.lrs.verbs()[-1] == "terminated"
    assert example.opened(here.lrs.document()) == set(example.pages[:2])


def test_an_endpoint_without_a_slash_at_its_end(here: Room, example: Content) -> None:
    learner = here.open(example, launch={"endpoint": here.lrs.address})
    here.leave(learner)
    assert here.lrs.verbs()[0] == "initialized"


def test_a_launch_in_the_hash(here: Room, example: Content) -> None:
    address = here.address(example).replace("?", "#", 1)
    learner = here.devices.open(address, here.lrs.address)
    assert learner.now == example.pages[0]
    assert_no_secret(learner)
    learner.walk(example.pages[1:2])
    learner.page.reload()
    learner.course.wait_for_selector("html[data-js]", state="attached")
    learner.settle()
    assert learner.now == example.pages[1]
    here.leave(learner)
    assert "resumed" in here.lrs.verbs()


def test_a_link_into_the_course_goes_along_with_the_launch(here: Room, example: Content) -> None:
    learner = here.devices.open(f"{here.address(example)}#{example.pages[4]}", here.lrs.address)
    assert learner.now == example.pages[4]
    assert learner.page.url == f"{example.index}#{example.pages[4]}"
    here.leave(learner)
    assert example.about(here.lrs.said("experienced")) == [example.pages[4]]


def test_an_actor_as_it_was_written_in_0_9(here: Room, example: Content) -> None:
    account = {"accountServiceHomePage": "https://lms.example/", "accountName": "learner-1"}
    learner = here.open(example, launch={"actor": {"name": ["En Elev"], "account": [account]}})
    here.leave(learner)
    homepage = {"homePage": "https://lms.example/", "name": "learner-1"}
    assert {json.dumps(each["actor"], sort_keys=True) for each in here.lrs.statements} == {
        json.dumps({"name": "En Elev", "account": homepage}, sort_keys=True)
    }


def test_without_a_registration_the_learner_is_still_known(here: Room, example: Content) -> None:
    learner = here.open(example, launch={"registration": None})
    learner.walk(example.pages[1:3])
    here.leave(learner)
    back = here.open(example, launch={"registration": None})
    assert back.now == example.pages[2]
    here.leave(back)
    assert all("registration" not in each["context"] for each in here.lrs.statements)
    assert example.about(here.lrs.said("experienced")) == example.pages[:3]


def test_two_registrations_are_two_courses(here: Room, example: Content) -> None:
    device = here.devices.new()
    first = here.open(example, device)
    first.walk(example.pages[1:3])
    here.leave(first)
    other = "6c1fa1a6-2c0f-4b4c-9d6a-6b1f2a9d8e11"
    second = here.open(example, device, launch={"registration": other})
    assert second.now == example.pages[0]
    here.leave(second)
    assert here.lrs.verbs(other) == ["initialized", "experienced", "suspended", "terminated"]


def test_the_lms_may_name_the_activity_and_what_it_belongs_to(here: Room, example: Content) -> None:
    own, program = "https://lms.example/activities/7", "https://lms.example/programs/1"
    learner = here.open(
        example, launch={"activity": own, "grouping": program, "activity_platform": "Lärplattformen"}
    )
    learner.walk(example.pages[1:2])
    here.leave(learner)
    told = here.lrs.statements
    assert told[0]["object"]["id"] == own
    assert told[0]["object"]["definition"]["name"] == {"sv": "Se, förstå, agera"}
    for each in told:
        groups = [activity["id"] for activity in each["context"]["contextActivities"]["grouping"]]
        assert program in groups
        assert each["context"]["platform"] == "Lärplattformen"
        assert each["object"]["id"] == own or own in groups
    (put, *_) = here.lrs.faults.sent("PUT", "/activities/state")
    assert put.query["activityId"] == own


def test_without_a_key_the_learner_is_asked_to_open_the_course_again(here: Room, example: Content) -> None:
    learner = here.open(example, launch={"auth": None}, settled=False, faulty=True)
    learner.until(lambda: learner.state == "no")
    expect(learner.course.locator("[data-alarm]")).to_contain_text("öppna den igen från lärplattformen")
    learner.go(example.pages[3])
    assert here.lrs.statements == []


@pytest.mark.parametrize("missing", ["endpoint", "actor"])
def test_without_an_endpoint_or_a_learner_the_device_keeps_progress(
    here: Room, example: Content, missing: str
) -> None:
    learner = here.open(example, launch={missing: None})
    expect(learner.course.locator("[data-outside]")).to_be_visible()
    expect(learner.course.locator("[data-save]")).to_have_text("Sparat på enheten")
    learner.walk(example.pages[1:3])
    learner.page.reload()
    learner.course.wait_for_selector("html[data-js]", state="attached")
    learner.settle()
    assert learner.now == example.pages[2]
    assert SECRET not in learner.page.url
    assert here.lrs.faults.requests == []
