from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from coursepack.profiles.quirks import quirks
from coursepack.xapi.statement import findings
from coursepack.xapi.test_lrs.launcher import LEARNER, AssignableUnit, Launcher, Session, tincan_address
from coursepack.xapi.test_lrs.quirks import SUPPORTED
from coursepack.xapi.test_lrs.store import Store, format_timestamp

REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"
ADDRESS = "http://lms.test"
UNIT = AssignableUnit(
    "https://example.org/course/au",
    "https://content.example/au/index.html?lang=sv#p1",
    "CompletedAndPassed",
    0.8,
)
CMI5 = "https://w3id.org/xapi/cmi5/context/"
ADL, LMS = "http://adlnet.gov/expapi/verbs/", "https://w3id.org/xapi/adl/verbs/"


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=10)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Iterator[Store]:
    store = Store(now=clock)
    yield store
    store.close()


def launcher(store: Store, *units: AssignableUnit, **options: Any) -> Launcher:
    launcher = Launcher(store, units or [UNIT], **options)
    launcher.address = ADDRESS
    return launcher


class Unit:
    """A unit that does as told, by nothing but the address that it is opened with."""

    def __init__(self, launcher: Launcher, session: Session) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(session.url).query).items()}
        self.fetch, self.actor = query["fetch"], json.loads(query["actor"])
        self.registration, self.activity = query["registration"], query["activityId"]
        self.http = TestClient(launcher.app, base_url=query["endpoint"])
        self.now = launcher.store.now
        self.template: dict[str, Any] = {}

    def ask(self) -> Unit:
        """All that comes before the first statement."""
        token = self.http.post(self.fetch).json()["auth-token"]
        self.http.headers |= {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}
        self.data = self.http.get("activities/state", params=self.state).json()
        self.template = self.data["contextTemplate"]
        self.http.get("agents/profile", params=self.profile)
        return self

    def begin(self) -> Unit:
        assert self.ask().send(self.said("initialized")) == (200, "")
        return self

    @property
    def state(self) -> dict[str, str]:
        whose = {
            "activityId": self.activity,
            "agent": json.dumps(self.actor),
            "registration": self.registration,
        }
        return {**whose, "stateId": "LMS.LaunchData"}

    @property
    def profile(self) -> dict[str, str]:
        return {"agent": json.dumps(self.actor), "profileId": "cmi5LearnerPreferences"}

    def said(self, verb: str, **result: Any) -> dict[str, Any]:
        """A right statement of cmi5's."""
        extensions = dict(self.template.get("extensions", {}))
        if verb in ("passed", "failed") and "masteryScore" in self.data:
            extensions[CMI5 + "extensions/masteryscore"] = self.data["masteryScore"]
        categories = ["cmi5", "moveon"] if {"success", "completion"} & result.keys() else ["cmi5"]
        listed = dict(self.template.get("contextActivities", {}))
        return {
            "id": str(uuid4()),
            "actor": self.actor,
            "verb": {"id": ADL + verb, "display": {"en": verb}},
            "object": {"objectType": "Activity", "id": self.activity},
            **({"result": result} if result else {}),
            "context": {
                **self.template,
                "registration": self.registration,
                "contextActivities": {
                    **listed,
                    "category": [{"id": f"{CMI5}categories/{name}"} for name in categories],
                },
                "extensions": extensions,
            },
            "timestamp": format_timestamp(self.now()),
        }

    def send(self, *statements: dict[str, Any]) -> tuple[int, str]:
        answer = self.http.post("statements", json=list(statements))
        return answer.status_code, "" if answer.status_code == 200 else answer.text

    def complete(self) -> tuple[int, str]:
        return self.send(self.said("completed", completion=True, duration="PT5S"))

    def pass_(self) -> tuple[int, str]:
        return self.send(self.said("passed", success=True, duration="PT5S", score={"scaled": 0.9}))

    def end(self) -> tuple[int, str]:
        return self.send(self.said("terminated", duration="PT9S"))


def of_lms(store: Store) -> list[str]:
    """The verbs of the LMS's own statements, each of them a right one."""
    own = [
        statement for statement in store.statements() if statement["authority"]["account"]["name"] == "lms"
    ]
    for statement in own:
        sent = {
            name: value for name, value in statement.items() if name not in ("stored", "authority", "version")
        }
        assert findings(sent, content=True) == []
    return [statement["verb"]["id"] for statement in own]


# Launching (8.1, 9.3.1, 10)


def test_the_address_has_all_that_a_unit_needs(store: Store) -> None:
    session = launcher(store).launch(UNIT, REGISTRATION)
    address = urlsplit(session.url)
    assert address._replace(query="").geturl() == "https://content.example/au/index.html#p1"
    query = parse_qs(address.query, strict_parsing=True)
    assert set(query) == {"lang", "endpoint", "fetch", "actor", "registration", "activityId"}
    assert query["endpoint"] == [f"{ADDRESS}/lrs/"]
    assert query["fetch"][0].startswith(f"{ADDRESS}/fetch/")
    assert json.loads(query["actor"][0]) == LEARNER
    assert query["registration"] == [REGISTRATION]
    # 8.1: not the unit's own id.
    assert query["activityId"] != [UNIT.id]


def test_the_activity_is_the_same_in_every_launch(store: Store) -> None:
    lms = launcher(store)
    assert lms.launch(UNIT, REGISTRATION).launch.activity == lms.launch(UNIT, str(uuid4())).launch.activity


def test_launch_data_lies_ready(store: Store) -> None:
    lms = launcher(store)
    unit = AssignableUnit(UNIT.id, UNIT.url, "Passed", 0.75, launch_parameters="a=1")
    session = lms.launch(
        unit, REGISTRATION, return_url="https://lms.example/back", mode="Browse",
        template={"platform": "LMS", "contextActivities": {"grouping": [{"id": "https://lms.example/class"}]}},
    )  # fmt: skip
    data = Unit(lms, session)
    token = data.http.post(data.fetch).json()["auth-token"]
    headers = {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}
    assert data.http.get("activities/state", params=data.state, headers=headers).json() == {
        "contextTemplate": {
            "extensions": {CMI5 + "extensions/sessionid": session.id},
            "contextActivities": {
                "grouping": [{"objectType": "Activity", "id": UNIT.id}, {"id": "https://lms.example/class"}]
            },
            "platform": "LMS",
        },
        "launchMode": "Browse",
        "moveOn": "Passed",
        "masteryScore": 0.75,
        "launchParameters": "a=1",
        "returnURL": "https://lms.example/back",
    }


def test_launched_is_said_before(store: Store) -> None:
    session = launcher(store).launch(UNIT, REGISTRATION)
    assert of_lms(store) == [ADL + "launched"]
    [launched] = store.statements()
    assert launched["object"]["id"] == session.launch.activity
    context = launched["context"]
    assert context["registration"] == REGISTRATION
    assert context["contextActivities"] == {
        "grouping": [{"objectType": "Activity", "id": UNIT.id}],
        "category": [{"objectType": "Activity", "id": CMI5 + "categories/cmi5"}],
    }
    assert context["extensions"] == {
        CMI5 + "extensions/sessionid": session.id,
        CMI5 + "extensions/launchmode": "Normal",
        CMI5 + "extensions/launchurl": UNIT.url,
        CMI5 + "extensions/moveon": "CompletedAndPassed",
        CMI5 + "extensions/masteryscore": 0.8,
    }


# The token (8.2)


def test_the_token_is_given_away_once(store: Store) -> None:
    lms = launcher(store)
    unit = Unit(lms, lms.launch(UNIT, REGISTRATION))
    assert unit.http.get(unit.fetch).status_code == 405
    answer = unit.http.post(unit.fetch, headers={"Origin": "https://content.example"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert set(answer.json()) == {"auth-token"}
    assert answer.headers["access-control-allow-origin"] == "*"
    again = unit.http.post(unit.fetch)
    assert (again.status_code, again.json()["error-code"]) == (200, "1")
    assert unit.http.post(f"{ADDRESS}/fetch/unknown").json()["error-code"] == "2"


def test_the_token_can_be_revoked(store: Store) -> None:
    lms = launcher(store)
    session = lms.launch(UNIT, REGISTRATION)
    unit = Unit(lms, session).begin()
    lms.revoke(session)
    assert unit.complete() == (401, "The credential is not known, or not any more.")


# Quirks


def test_a_quirk_is_known_by_its_name(store: Store) -> None:
    with pytest.raises(ValueError, match="There is no quirk 'token-dies'"):
        Launcher(store, [UNIT], quirks=["token-dies"])
    assert quirks().keys() >= SUPPORTED


def test_a_key_may_be_refused_by_status_the_second_time(store: Store) -> None:
    lms = launcher(store, quirks=["fetch-once"])
    unit = Unit(lms, lms.launch(UNIT, REGISTRATION)).begin()
    assert unit.http.post(unit.fetch).status_code == 401


def test_a_key_may_be_good_for_a_time(store: Store, clock: Clock) -> None:
    lms = launcher(store, quirks=["token-expires"], lifetime=60)
    unit = Unit(lms, lms.launch(UNIT, REGISTRATION)).begin()
    clock.at += timedelta(seconds=58)
    assert unit.complete() == (200, "")
    clock.at += timedelta(seconds=2)
    assert unit.end() == (401, "The token is too old.")


def test_a_key_may_die_with_terminated(store: Store) -> None:
    lms = launcher(store, quirks=["token-dies-on-terminated"])
    unit = Unit(lms, lms.launch(UNIT, REGISTRATION)).begin()
    resume = {**unit.state, "stateId": "resume"}
    assert unit.http.put("activities/state", params=resume, json={}).status_code == 204
    assert unit.end() == (200, "")
    assert unit.http.put("activities/state", params=resume, json={}).status_code == 401


# A session, from beginning to end


def test_a_whole_session(store: Store) -> None:
    lms = launcher(store)
    session = lms.launch(UNIT, REGISTRATION)
    unit = Unit(lms, session).begin()
    assert unit.complete() == (200, "")
    assert not lms.satisfied(UNIT, REGISTRATION)
    assert unit.pass_() == (200, "")
    assert lms.satisfied(UNIT, REGISTRATION)
    assert unit.end() == (200, "")
    assert of_lms(store) == [ADL + "launched", LMS + "satisfied"]
    satisfied = next(s for s in store.statements() if s["verb"]["id"] == LMS + "satisfied")
    assert satisfied["object"]["definition"] == {"type": "https://w3id.org/xapi/cmi5/activitytype/course"}
    assert satisfied["context"]["extensions"] == {CMI5 + "extensions/sessionid": session.id}
    assert [statement["verb"]["id"].rpartition("/")[2] for statement in session.statements] == [
        "initialized", "completed", "passed", "terminated",
    ]  # fmt: skip


def test_preferences_are_there_when_the_learner_has_some(store: Store) -> None:
    lms = launcher(store)
    unit = Unit(lms, lms.launch(UNIT, REGISTRATION)).begin()
    assert unit.http.get("agents/profile", params=unit.profile).status_code == 404
    lms.prefer(language="sv,en-GB", audio="off")
    assert unit.http.get("agents/profile", params=unit.profile).json() == {
        "languagePreference": "sv,en-GB",
        "audioPreference": "off",
    }


MOVES = [
    ("NotApplicable", set(), True),
    ("Completed", {"passed"}, False),
    ("Completed", {"completed"}, True),
    ("Passed", {"completed"}, False),
    ("Passed", {"passed"}, True),
    ("CompletedAndPassed", {"completed"}, False),
    ("CompletedAndPassed", {"passed"}, False),
    ("CompletedAndPassed", {"completed", "passed"}, True),
    ("CompletedOrPassed", set(), False),
    ("CompletedOrPassed", {"completed"}, True),
    ("CompletedOrPassed", {"passed"}, True),
]


@pytest.mark.parametrize(("move_on", "done", "satisfied"), MOVES)
def test_move_on(store: Store, move_on: Any, done: set[str], satisfied: bool) -> None:
    au = AssignableUnit(UNIT.id, UNIT.url, move_on, 0.8)
    lms = launcher(store, au)
    unit = Unit(lms, lms.launch(au, REGISTRATION)).begin()
    if "completed" in done:
        unit.complete()
    if "passed" in done:
        unit.pass_()
    assert lms.satisfied(au, REGISTRATION) == satisfied
    assert not lms.satisfied(au, str(uuid4())) or move_on == "NotApplicable"
    assert of_lms(store).count(LMS + "satisfied") == satisfied


def test_a_course_of_two_units_is_satisfied_by_both(store: Store) -> None:
    units = [
        AssignableUnit(f"https://example.org/au/{n}", f"https://content.example/{n}", "Completed")
        for n in (1, 2)
    ]
    lms = launcher(store, *units)
    for number, au in enumerate(units):
        assert of_lms(store).count(LMS + "satisfied") == 0
        unit = Unit(lms, lms.launch(au, REGISTRATION)).begin()
        assert unit.complete() == (200, "")
        assert unit.end() == (200, "")
        assert [lms.satisfied(one, REGISTRATION) for one in units] == [True, number == 1]
    assert of_lms(store).count(LMS + "satisfied") == 1


# What an LMS refuses (6.3)


def test_nothing_before_launch_data_and_preferences_are_read(store: Store) -> None:
    lms = launcher(store)
    session = lms.launch(UNIT, REGISTRATION)
    unit = Unit(lms, session)
    unit.data, unit.template = dict(session.launch.data), session.launch.data["contextTemplate"]
    unit.http.headers |= {"Authorization": session.authorization, "X-Experience-API-Version": "1.0.3"}
    assert unit.send(unit.said("initialized")) == (403, "The unit has not asked for LMS.LaunchData yet.")
    unit.http.get("activities/state", params=unit.state)
    assert unit.send(unit.said("initialized")) == (
        403,
        "The unit has not asked for cmi5LearnerPreferences yet.",
    )
    unit.http.get("agents/profile", params=unit.profile)
    assert unit.send(unit.said("initialized")) == (200, "")


def test_what_breaks_cmi5_is_refused_with_the_reason(store: Store) -> None:
    lms = launcher(store)
    unit = Unit(lms, lms.launch(UNIT, REGISTRATION)).begin()
    low = unit.said("passed", success=True, duration="PT5S", score={"scaled": 0.79})
    assert unit.send(low) == (403, "[1].result.score.scaled: The score 0.79 is below the mastery score 0.8.")
    assert unit.complete() == (200, "")
    status, reason = unit.complete()
    assert (status, reason) == (
        403, '[2].verb.id: The verb "http://adlnet.gov/expapi/verbs/completed" already occurs in [1].',
    )  # fmt: skip
    voiding = {**unit.said("voided"), "object": {"objectType": "StatementRef", "id": str(uuid4())}}
    assert unit.send(voiding)[0] == 403


def test_in_review_nothing_is_graded(store: Store) -> None:
    lms = launcher(store)
    unit = Unit(lms, lms.launch(UNIT, REGISTRATION, mode="Review")).begin()
    assert unit.complete() == (403, '[1].verb.id: In the mode "Review" there is nothing to grade.')
    assert unit.end() == (200, "")


def test_completed_is_said_once_in_a_registration(store: Store) -> None:
    lms = launcher(store)
    first = Unit(lms, lms.launch(UNIT, REGISTRATION)).begin()
    assert (first.complete(), first.end()) == ((200, ""), (200, ""))
    second = Unit(lms, lms.launch(UNIT, REGISTRATION)).begin()
    assert second.complete() == (
        403, '[1].verb.id: The registration already has the verb "http://adlnet.gov/expapi/verbs/completed".',
    )  # fmt: skip
    other = Unit(lms, lms.launch(UNIT, str(uuid4()))).begin()
    assert other.complete() == (200, "")


def test_what_may_come_once_is_refused_when_it_comes_again_even_under_its_id(store: Store) -> None:
    """As ADL's player does; what may come often is only sent once more."""
    lms = launcher(store)
    session = lms.launch(UNIT, REGISTRATION)
    unit = Unit(lms, session).begin()
    completed = unit.said("completed", completion=True, duration="PT5S")
    assert unit.send(completed) == (200, "")
    again = unit.send(completed, unit.said("terminated", duration="PT9S"))
    assert again == (403, "The session has http://adlnet.gov/expapi/verbs/completed already.")
    seen = {**unit.said("experienced"), "object": {"objectType": "Activity", "id": "https://example.org/p1"}}
    seen["context"] = {**seen["context"], "contextActivities": unit.template["contextActivities"]}
    assert unit.send(seen) == (200, "")
    assert unit.send(seen, unit.said("terminated", duration="PT9S")) == (200, "")
    assert len(session.statements) == 4


def test_nothing_comes_with_initialized(store: Store) -> None:
    """As ADL's player does: it looks at what it stored before."""
    lms = launcher(store)
    unit = Unit(lms, lms.launch(UNIT, REGISTRATION)).ask()
    first, last = unit.said("initialized"), unit.said("terminated", duration="PT1S")
    refused = (403, "The session has not begun: initialized was not stored yet.")
    assert unit.send(first, last) == refused
    assert unit.send(last) == refused
    assert (unit.send(first), unit.send(last)) == ((200, ""), (200, ""))


def test_nothing_comes_after_the_end(store: Store) -> None:
    lms = launcher(store)
    unit = Unit(lms, lms.launch(UNIT, REGISTRATION)).begin()
    assert unit.end() == (200, "")
    assert unit.complete() == (403, "The session is over.")


def test_a_unit_leaves_launch_data_and_others_alone(store: Store) -> None:
    lms = launcher(store)
    unit = Unit(lms, lms.launch(UNIT, REGISTRATION)).begin()
    assert unit.http.put("activities/state", params=unit.state, json={}).status_code == 403
    assert unit.http.delete("activities/state", params=unit.state).status_code == 403
    whose = {name: value for name, value in unit.state.items() if name != "stateId"}
    assert unit.http.delete("activities/state", params=whose).status_code == 403
    other = {**unit.state, "stateId": "resume"}
    assert unit.http.put("activities/state", params=other, json={"a": 1}).status_code == 204
    assert unit.http.get("activities/state", params=other).json() == {"a": 1}
    agent = json.dumps({"mbox": "mailto:other@example.org"})
    answer = unit.http.get("activities/state", params={**other, "agent": agent})
    assert (answer.status_code, answer.text) == (403, "The agent is not the actor of the launch.")


# Sessions that are left open (9.3.6)


def test_an_open_session_is_abandoned_at_the_next_launch(store: Store, clock: Clock) -> None:
    lms = launcher(store)
    first = Unit(lms, session := lms.launch(UNIT, REGISTRATION)).begin()
    clock.at += timedelta(seconds=30)
    assert first.complete() == (200, "")
    lms.launch(UNIT, str(uuid4()))
    lms.launch(
        UNIT,
        REGISTRATION,
        actor={"objectType": "Agent", "account": {"homePage": "https://x.example/", "name": "2"}},
    )
    assert LMS + "abandoned" not in of_lms(store)
    second = lms.launch(UNIT, REGISTRATION)
    assert of_lms(store).count(LMS + "abandoned") == 1
    abandoned = next(s for s in store.statements() if s["verb"]["id"] == LMS + "abandoned")
    assert abandoned["object"]["id"] == session.launch.activity
    assert abandoned["context"]["extensions"] == {CMI5 + "extensions/sessionid": session.id}
    # From launched to the last that was heard.
    assert 30 < float(abandoned["result"]["duration"].removeprefix("PT").removesuffix("S")) < 31
    assert first.end() == (403, "The session was abandoned.")
    assert first.http.get("activities/state", params=first.state).status_code == 403
    assert Unit(lms, second).begin().end() == (200, "")
    lms.launch(UNIT, REGISTRATION)
    assert of_lms(store).count(LMS + "abandoned") == 1


# "Tin Can"


def test_the_address_of_a_tincan_package() -> None:
    address = tincan_address(
        "https://content.example/index.html?x=1#p1",
        endpoint="https://lrs.example/xapi/",
        auth="Basic YTpi",
        registration=REGISTRATION,
        activity="https://example.org/kurs/å",
        grouping="https://example.org/class",
    )
    assert urlsplit(address)._replace(query="").geturl() == "https://content.example/index.html#p1"
    assert "+" not in address
    assert parse_qs(urlsplit(address).query, strict_parsing=True) == {
        "x": ["1"],
        "endpoint": ["https://lrs.example/xapi/"],
        "auth": ["Basic YTpi"],
        "actor": [json.dumps(LEARNER)],
        "registration": [REGISTRATION],
        "activity_id": ["https://example.org/kurs/å"],
        "grouping": ["https://example.org/class"],
    }
    least = tincan_address("https://content.example/", endpoint="https://lrs.example/", auth=None, actor=None)
    assert parse_qs(urlsplit(least).query) == {"endpoint": ["https://lrs.example/"]}
