from __future__ import annotations

import copy
import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import tincan
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from tincan.documents import AgentProfileDocument, StateDocument

from coursepack.xapi.statement import moment
from coursepack.xapi.test_lrs.faults import Faults
from coursepack.xapi.test_lrs.lrs import lrs
from coursepack.xapi.test_lrs.request import Credential, Limits, basic, credential
from coursepack.xapi.test_lrs.serve import listening, serve
from coursepack.xapi.test_lrs.store import Store

AUTH, READER = basic("course", "secret"), basic("reader", "secret")
LEARNER = {"objectType": "Agent", "mbox": "mailto:learner@example.org"}
COURSE = "https://example.org/course"
VERBS = "http://adlnet.gov/expapi/verbs/"
REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"


class Clock:
    """A time that moves on by a second whenever somebody looks."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store(now=Clock())
    yield store
    store.close()


def client(store: Store, **options: Any) -> TestClient:
    """A client that sends what every request needs."""
    credentials = options.pop(
        "credentials", {AUTH: credential("course"), READER: credential("reader", "GET")}
    )
    headers = {"Authorization": AUTH, "X-Experience-API-Version": options.pop("version", "1.0.3")}
    return TestClient(lrs(store, credentials=credentials, **options), headers=headers)


@pytest.fixture
def lms(store: Store) -> TestClient:
    return client(store)


def said(verb: str = "experienced", thing: Any = COURSE, **more: Any) -> dict[str, Any]:
    """A statement; `thing` is an object or an activity's id."""
    return {
        "id": str(uuid4()),
        "actor": LEARNER,
        "verb": {"id": VERBS + verb, "display": {"en": verb}},
        "object": {"id": thing} if isinstance(thing, str) else thing,
        **more,
    }


def told(lms: TestClient, **query: Any) -> list[str]:
    """The ids of the statements that match."""
    answer = lms.get("/statements", params=query)
    assert answer.status_code == 200, answer.text
    return [statement["id"] for statement in answer.json()["statements"]]


def reference(statement: dict[str, Any]) -> dict[str, Any]:
    return {"objectType": "StatementRef", "id": statement["id"]}


# Storing (part 3, 2.1.1, 2.1.2)


def test_post_stores_one_statement_and_answers_its_id(lms: TestClient, store: Store) -> None:
    statement = said(timestamp="2026-02-01T10:00:00.500Z")
    answer = lms.post("/statements", json=statement)
    assert (answer.status_code, answer.json()) == (200, [statement["id"]])
    [there] = store.statements()
    assert there == {
        **statement,
        "stored": there["stored"],
        "authority": {
            "objectType": "Agent",
            "account": {"homePage": "https://lrs.example/", "name": "course"},
        },
        "version": "1.0.0",
    }
    assert moment(there["stored"])


def test_post_stores_a_list_in_its_order(lms: TestClient, store: Store) -> None:
    statements = [said(), said("completed"), said()]
    ids = [statement["id"] for statement in statements]
    assert lms.post("/statements", json=statements).json() == ids
    assert [statement["id"] for statement in store.statements()] == ids
    assert lms.post("/statements", json=[]).json() == []


def test_an_id_and_a_time_are_given_to_a_statement_without(lms: TestClient, store: Store) -> None:
    statement = {name: value for name, value in said().items() if name != "id"}
    [own] = lms.post("/statements", json=statement).json()
    [there] = store.statements()
    assert there["id"] == own
    assert there["timestamp"] == there["stored"]


def test_what_the_lrs_sets_is_set_anew(lms: TestClient, store: Store) -> None:
    lms.post("/statements", json=said(stored="2000-01-01T00:00:00Z", authority=LEARNER, version="1.0.2"))
    [there] = store.statements()
    assert there["stored"] > "2026"
    assert there["authority"]["account"]["name"] == "course"
    # Part 2, 2.4.10: a statement keeps the version with which it was accepted.
    assert there["version"] == "1.0.2"


def test_a_batch_is_stored_whole_or_not_at_all(lms: TestClient, store: Store) -> None:
    answer = lms.post("/statements", json=[said(), said(result={"score": {"scaled": 2}})])
    assert (answer.status_code, answer.text) == (
        400,
        "[1].result.score.scaled: The score 2 is not from -1 to 1.",
    )
    there = said()
    lms.post("/statements", json=there)
    answer = lms.post("/statements", json=[said(), {**there, "verb": {"id": VERBS + "failed"}}])
    assert (answer.status_code, answer.text) == (409, f"The id {there['id']} belongs to another statement.")
    assert len(store.statements()) == 1


def test_an_id_twice_in_a_batch_is_refused(lms: TestClient) -> None:
    statement = said()
    again = {**statement, "id": statement["id"].upper()}
    answer = lms.post("/statements", json=[statement, again])
    assert (answer.status_code, answer.text) == (400, "Two statements of the list have the same id.")


def test_put_stores_under_the_id_in_the_address(lms: TestClient, store: Store) -> None:
    statement = said()
    own = statement.pop("id")
    answer = lms.put("/statements", params={"statementId": own}, json=statement)
    assert (answer.status_code, answer.content) == (204, b"")
    assert store.statement(own) == store.statements()[0]
    answer = lms.put("/statements", params={"statementId": own}, json={**statement, "id": str(uuid4())})
    assert answer.status_code == 400
    assert "is not the parameter 'statementId'" in answer.text
    assert lms.put("/statements", params={"statementId": own}, json=[statement]).status_code == 400
    assert lms.put("/statements", json=statement).text == "The parameter 'statementId' is missing."


SAME: list[tuple[str, dict[str, Any]]] = [
    ("nothing", {}),
    ("the words of the verb", {"verb": {"id": VERBS + "experienced", "display": {"sv": "såg"}}}),
    ("the definition of the activity", {"object": {"objectType": "Activity", "id": COURSE, "definition": {}}}),
    ("the zone of the time", {"timestamp": "2026-02-01T11:00:00+01:00"}),
    ("what the LRS sets", {"stored": "2026-02-01T10:00:00Z", "version": "1.0.0"}),
    ("the order of members", {"context": {"team": {"objectType": "Group", "member": [{"mbox": "mailto:b@x.se"}, {"mbox": "mailto:a@x.se"}]}}}),
]  # fmt: skip
OTHER: list[tuple[str, dict[str, Any]]] = [
    ("the actor", {"actor": {"mbox": "mailto:other@example.org"}}),
    ("the verb", {"verb": {"id": VERBS + "completed"}}),
    ("the object", {"object": {"id": COURSE + "/2"}}),
    ("the kind of object", {"object": {"objectType": "Agent", "mbox": "mailto:other@example.org"}}),
    ("the time", {"timestamp": "2026-02-01T10:00:01Z"}),
    ("a result", {"result": {"success": True}}),
    ("a SubStatement", {"object": {"objectType": "SubStatement", "actor": LEARNER, "verb": {"id": VERBS + "x"}, "object": {"id": COURSE}}}),
    ("a reference", {"object": {"objectType": "StatementRef", "id": REGISTRATION}}),
    ("the activities beside it", {"context": {"contextActivities": {"parent": {"id": COURSE}}}}),
    # Part 2, 2.3.1: a duration is a text.
    ("the writing of a duration", {"result": {"duration": "PT60S"}}),
]  # fmt: skip
FIRST = {
    "timestamp": "2026-02-01T10:00:00Z",
    "context": {
        "team": {"objectType": "Group", "member": [{"mbox": "mailto:a@x.se"}, {"mbox": "mailto:b@x.se"}]}
    },
}


@pytest.mark.parametrize(("name", "change"), SAME)
def test_the_same_statement_again_changes_nothing(
    lms: TestClient, store: Store, name: str, change: dict[str, Any]
) -> None:
    statement = said(**FIRST)
    lms.post("/statements", json=statement)
    before = store.statements()
    again = {**copy.deepcopy(statement), **change}
    assert (answer := lms.post("/statements", json=again)).json() == [statement["id"]], answer.text
    assert lms.put("/statements", params={"statementId": statement["id"]}, json=again).status_code == 204
    assert store.statements() == before


@pytest.mark.parametrize(("name", "change"), OTHER)
def test_another_statement_under_the_same_id_is_a_conflict(
    lms: TestClient, store: Store, name: str, change: dict[str, Any]
) -> None:
    statement = said(**FIRST, result={"duration": "PT1M"}) if "duration" in name else said(**FIRST)
    lms.post("/statements", json=statement)
    assert lms.post("/statements", json={**statement, **change}).status_code == 409
    assert (
        lms.put(
            "/statements", params={"statementId": statement["id"]}, json={**statement, **change}
        ).status_code
        == 409
    )
    assert len(store.statements()) == 1


# The form of requests (part 3, 3.2.s3)


@pytest.mark.parametrize(
    ("body", "kind", "status", "reason"),
    [
        (b"{", "application/json", 400, "The body is not JSON"),
        (b'{"id":1,"id":2}', "application/json", 400, "The body has the property 'id' twice."),
        (
            b'{"result":{"score":{"raw":NaN}}}',
            "application/json",
            400,
            "The body contains NaN, which is not JSON.",
        ),
        (b"\xff", "application/json", 400, "The body is not JSON"),
        (b'"\\ud800"', "application/json", 400, "The body is not JSON"),
        (b"[1e400]", "application/json", 400, "The body contains the number 1e400, which is too large."),
        (b"[" * 100_000, "application/json", 400, "The body is not JSON"),
        (b"1", "application/json", 400, "An object belongs here, not 1."),
        (b"{}", "text/plain", 400, "Statements are application/json, not 'text/plain'."),
        (b"--x", "multipart/mixed; boundary=x", 415, "This LRS takes no attachments"),
    ],
)
def test_a_malformed_body_is_refused(
    lms: TestClient, body: bytes, kind: str, status: int, reason: str
) -> None:
    answer = lms.post("/statements", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.text.startswith(reason)


def test_a_reason_comes_as_json_to_who_asks_for_it(lms: TestClient) -> None:
    answer = lms.post("/statements", json={}, headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"].startswith("actor: The property 'actor' is missing.")


ATTACHMENT = {
    "usageType": "https://example.org/certificate",
    "display": {"en": "Certificate"},
    "contentType": "text/plain",
    "length": 27,
    "sha2": hashlib.sha256(b"x").hexdigest(),
}


def test_an_attachment_is_elsewhere_or_refused(lms: TestClient) -> None:
    there = {**ATTACHMENT, "fileUrl": "https://example.org/c.txt"}
    assert lms.post("/statements", json=said(attachments=[there])).status_code == 200
    answer = lms.post("/statements", json=said(attachments=[ATTACHMENT]))
    assert (answer.status_code, answer.text) == (
        400, "attachments[0]: Without a fileUrl the data comes along, which is not taken.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "query", "reason"),
    [
        ("statements", {"Agent": "x"}, "The parameter 'Agent' is not known here; 'agent' is."),
        ("statements", {"foo": "x"}, "The parameter 'foo' is not known here."),
        ("statements", {"statementid": "x"}, "The parameter 'statementid' is not known here; 'statementId' is."),
        ("statements", {"verb": "completed"}, "The parameter 'verb' is 'completed', which is not an absolute IRI."),
        ("statements", {"registration": "1"}, "The parameter 'registration' is '1', which is not a UUID."),
        ("statements", {"since": "now"}, "The parameter 'since' is 'now', which is not a timestamp."),
        ("statements", {"limit": "-1"}, "The parameter 'limit' is '-1', which is not a whole number from 0."),
        ("statements", {"ascending": "1"}, "The parameter 'ascending' is '1', which is not one of true, false."),
        ("statements", {"format": "all"}, "The parameter 'format' is 'all', which is not one of ids, exact, canonical."),
        ("statements", {"agent": "{}"}, "The parameter 'agent' is not an Agent: Exactly one of mbox, mbox_sha1sum, openid and account belongs here; there is none."),
        ("statements", {"agent": "{"}, "The parameter 'agent' is not JSON: "),
        ("statements", {"statementId": REGISTRATION, "voidedStatementId": REGISTRATION}, "The parameter 'voidedStatementId' does not go with 'statementId'."),
        ("statements", {"statementId": REGISTRATION, "limit": "1"}, "The parameter 'limit' does not go with 'statementId'."),
        ("statements", {"more": "x"}, "The parameter 'more' is not one of this LRS."),
        ("activities/state", {"activityId": COURSE, "stateId": "x"}, "The parameter 'agent' is missing."),
        ("activities/state", {"activityId": "course", "agent": json.dumps(LEARNER)}, "The parameter 'activityId' is 'course', which is not an absolute IRI."),
        ("activities/state", {"activityId": COURSE, "agent": '{"objectType":"Group","mbox":"mailto:g@x.se"}'}, "The parameter 'agent' is a Group, not an Agent."),
        ("activities/state", {"activityId": COURSE, "agent": json.dumps(LEARNER), "stateId": "x", "since": "2026-01-01T00:00:00Z"}, "The parameter 'since' does not go with 'stateId'."),
        ("agents", {}, "The parameter 'agent' is missing."),
        ("agents", {"agent": '{"objectType":"Group","mbox":"mailto:g@x.se"}'}, "The parameter 'agent' is a Group, not an Agent."),
        ("activities", {"activityId": COURSE, "x": "1"}, "The parameter 'x' is not known here."),
        ("about", {"x": "1"}, "The parameter 'x' is not known here."),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused(lms: TestClient, path: str, query: dict[str, str], reason: str) -> None:
    answer = lms.get(f"/{path}", params=query)
    assert answer.status_code == 400
    assert answer.text.startswith(reason)


def test_a_parameter_twice_is_refused(lms: TestClient) -> None:
    assert lms.get("/statements?limit=1&limit=2").text == "A parameter is there twice."


def test_parameters_are_utf_8(lms: TestClient) -> None:
    assert lms.get("/activities/state?stateId=%FF").text == "The parameters are not a query in UTF-8."


@pytest.mark.parametrize("depth", [100, 300, 900, 980, 1000, 3000, 10_000, 200_000])
def test_a_deep_value_is_taken_or_refused(lms: TestClient, depth: int) -> None:
    before, after = json.dumps(said(result={"extensions": {"https://example.org/deep": 0.5}})).split("0.5")
    body = before + "[" * depth + "]" * depth + after
    answer = lms.post("/statements", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in ({200} if depth < 500 else {200, 400})
    assert lms.get("/statements").status_code == 200


def test_what_is_not_there(lms: TestClient) -> None:
    assert lms.get("/nothing").status_code == 404
    assert lms.delete("/statements").status_code == 405
    assert lms.put("/about", json={}).status_code == 405
    assert lms.patch("/statements", json={}).status_code == 405


def test_too_much_is_refused(store: Store) -> None:
    lms = client(store, limits=Limits(statement=400, request=700, document=100))
    assert lms.post("/statements", json=said()).status_code == 200
    answer = lms.post("/statements", json=said(result={"response": "x" * 400}))
    assert (answer.status_code, answer.text) == (413, "A statement is longer than 400 bytes.")
    answer = lms.post("/statements", json=[said() for _ in range(4)])
    assert (answer.status_code, answer.text) == (413, "The statements are longer than 700 bytes.")
    answer = lms.put("/activities/state", params=STATE, content=b"x" * 101)
    assert (answer.status_code, answer.text) == (413, "The document is longer than 100 bytes.")


# Version (part 3, 3.3)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("1.0", "1.0.3"), ("1.0.0", "1.0.3"), ("1.0.9", "1.0.3"), ("2.0.0", "2.0.0"), ("2.0", "2.0.0")],
)
def test_a_version_of_the_same_line_is_taken(store: Store, asked: str, answered: str) -> None:
    answer = client(store, version=asked).get("/statements")
    assert (answer.status_code, answer.headers["x-experience-api-version"]) == (200, answered)


@pytest.mark.parametrize("asked", ["", "0.95", "1.1.0", "1.00", "1", "1.0.x", "2.1.0", "3.0.0"])
def test_another_version_is_refused(store: Store, asked: str) -> None:
    answer = client(store, version=asked).get("/statements")
    assert (answer.status_code, answer.headers["x-experience-api-version"]) == (400, "1.0.3")
    assert answer.text.startswith("The header X-Experience-API-Version is ")


def test_an_lrs_of_one_version(store: Store) -> None:
    assert client(store, versions=["2.0.0"]).get("/statements").status_code == 400
    later = client(store, versions=["2.0.0"], version="2.0.0")
    later.post("/statements", json=said())
    assert store.statements()[0]["version"] == "2.0.0"
    assert later.get("/about").json() == {"version": ["2.0.0"]}


def test_each_version_validates_in_its_own_way(store: Store) -> None:
    entry = {"objectType": "contextAgent", "agent": {"mbox": "mailto:helper@example.org"}}
    statement = said(context={"contextAgents": [entry]})
    assert client(store).post("/statements", json=statement).status_code == 400
    later = client(store, version="2.0.0")
    assert later.post("/statements", json=statement).status_code == 200
    agent = json.dumps(entry["agent"])
    assert told(later, agent=agent) == []
    assert told(later, agent=agent, related_agents="true") == [statement["id"]]


def test_only_what_content_may_send(store: Store) -> None:
    lms = client(store, content=True)
    answer = lms.post("/statements", json=said())
    assert (answer.status_code, answer.text) == (400, "timestamp: The property 'timestamp' is missing.")
    assert lms.post("/statements", json=said(timestamp="2026-02-01T10:00:00.000Z")).status_code == 200


# Who may (part 3, 4)


def test_about_is_for_everybody(store: Store) -> None:
    answer = TestClient(lrs(store, credentials={})).get("/about")
    assert (answer.status_code, answer.json()) == (200, {"version": ["1.0.3", "2.0.0"]})
    assert answer.headers["x-experience-api-version"] == "1.0.3"


def test_nothing_else_is(store: Store) -> None:
    stranger = TestClient(lrs(store, credentials={}), headers={"X-Experience-API-Version": "1.0.3"})
    for path in (
        "statements",
        "activities",
        "activities/state",
        "activities/profile",
        "agents",
        "agents/profile",
    ):
        answer = stranger.get(f"/{path}")
        assert (answer.status_code, answer.text) == (401, "The header Authorization is missing.")
        assert answer.headers["www-authenticate"] == 'Basic realm="LRS"'
    answer = stranger.get("/statements", headers={"Authorization": basic("course", "wrong")})
    assert (answer.status_code, answer.text) == (401, "The credential is not known, or not any more.")


def test_a_credential_may_have_fewer_rights(lms: TestClient) -> None:
    headers = {"Authorization": READER}
    assert lms.get("/statements", headers=headers).status_code == 200
    answer = lms.post("/statements", json=said(), headers=headers)
    assert (answer.status_code, answer.text) == (403, "This credential may not POST.")


def test_a_credential_can_be_revoked(store: Store) -> None:
    credentials = {AUTH: credential("course")}
    lms = client(store, credentials=credentials)
    assert lms.get("/statements").status_code == 200
    del credentials[AUTH]
    assert lms.get("/statements").status_code == 401


def test_a_credential_may_deny_statements(store: Store) -> None:
    stored: list[str] = []
    strict = Credential(
        LEARNER,
        deny_statements=lambda statements: (
            "No failures." if any("failed" in s["verb"]["id"] for s in statements) else None
        ),
        on_stored=lambda statements: stored.extend(s["id"] for s in statements),
    )
    lms = client(store, credentials={AUTH: strict})
    answer = lms.post("/statements", json=[said(), said("failed")])
    assert (answer.status_code, answer.text) == (403, "No failures.")
    assert stored == []
    [own] = lms.post("/statements", json=said()).json()
    assert stored == [own]
    assert store.statements()[0]["authority"] == LEARNER


# Asking (part 3, 2.1.3)


def test_one_statement_by_its_id(lms: TestClient) -> None:
    statement = said()
    lms.post("/statements", json=statement)
    answer = lms.get("/statements", params={"statementId": statement["id"].upper()})
    assert answer.json()["id"] == statement["id"]
    assert parsedate_to_datetime(answer.headers["last-modified"]) == moment(answer.json()["stored"])
    assert lms.get("/statements", params={"statementId": str(uuid4())}).status_code == 404


def test_the_newest_come_first(lms: TestClient) -> None:
    ids = lms.post("/statements", json=[said() for _ in range(3)]).json()
    assert told(lms) == ids[::-1]
    assert told(lms, ascending="true") == ids


def test_filters(lms: TestClient) -> None:
    helper = {"mbox": "mailto:helper@example.org"}
    account = {"account": {"name": "1", "homePage": "https://lms.example/"}}
    team = {"objectType": "Group", "name": "B", "member": [helper]}
    statements = {
        "plain": said(),
        "completed": said("completed"),
        "other": said(thing=COURSE + "/other", actor=account),
        "parent": said(thing=COURSE + "/page", context={"contextActivities": {"parent": {"id": COURSE}}}),
        "registered": said(context={"registration": REGISTRATION.upper()}),
        "instructed": said(context={"instructor": helper}),
        "team": said(actor=team),
        "met": said(thing={"objectType": "Agent", **helper}),
        "planned": said(thing={"objectType": "SubStatement", "actor": helper, "verb": {"id": VERBS + "passed"}, "object": {"id": COURSE + "/exam"}}),
    }  # fmt: skip
    lms.post("/statements", json=list(statements.values()))

    def names(**query: str) -> set[str]:
        found = told(lms, **query)
        return {name for name, statement in statements.items() if statement["id"] in found}

    assert names() == set(statements)
    assert names(verb=VERBS + "completed") == {"completed"}
    assert names(activity=COURSE + "/other") == {"other"}
    assert names(activity=COURSE) == {"plain", "completed", "registered", "instructed", "team"}
    assert names(activity=COURSE, related_activities="true") == {
        "plain",
        "completed",
        "registered",
        "instructed",
        "team",
        "parent",
    }
    assert names(activity=COURSE + "/exam") == set()
    assert names(activity=COURSE + "/exam", related_activities="true") == {"planned"}
    assert names(registration=REGISTRATION) == {"registered"}
    assert names(agent=json.dumps({"account": {"homePage": "https://lms.example/", "name": "1"}})) == {
        "other"
    }
    assert names(agent=json.dumps(helper)) == {"team", "met"}
    assert names(agent=json.dumps(helper), related_agents="true") == {"team", "met", "instructed", "planned"}
    assert names(agent=json.dumps(helper), verb=VERBS + "completed") == set()
    course = {"objectType": "Agent", "account": {"homePage": "https://lrs.example/", "name": "course"}}
    assert names(agent=json.dumps(course)) == set()
    assert names(agent=json.dumps(course), related_agents="true") == set(statements)


def test_since_and_until(lms: TestClient, store: Store) -> None:
    ids = lms.post("/statements", json=[said() for _ in range(3)]).json()
    times = [statement["stored"] for statement in store.statements()]
    assert len(set(times)) == 3
    assert told(lms, since=times[0]) == [ids[2], ids[1]]
    assert told(lms, until=times[1]) == [ids[1], ids[0]]
    assert told(lms, since=times[0], until=times[1]) == [ids[1]]
    zoned = (moment(times[1]) or datetime.now(UTC)).astimezone().isoformat()
    assert told(lms, until=zoned) == [ids[1], ids[0]]


@pytest.mark.parametrize("ascending", ["true", "false"])
def test_the_rest_is_elsewhere(store: Store, ascending: str) -> None:
    whole = TestClient(
        Starlette(routes=[Mount("/xapi", lrs(store, credentials={AUTH: credential("course")}))]),
        headers={"Authorization": AUTH, "X-Experience-API-Version": "1.0.3"},
    )
    ids = whole.post("/xapi/statements", json=[said() for _ in range(5)]).json()
    whole.post("/xapi/statements", json=said("completed"))
    answer = whole.get(
        "/xapi/statements", params={"limit": 2, "ascending": ascending, "verb": VERBS + "experienced"}
    )
    pages = [answer.json()]
    while pages[-1]["more"]:
        # Part 2, 2.5: a path on the same host.
        assert pages[-1]["more"].startswith("/xapi/statements?")
        pages.append(whole.get(pages[-1]["more"]).json())
    assert [[statement["id"] for statement in page["statements"]] for page in pages] == (
        [ids[0:2], ids[2:4], ids[4:]] if ascending == "true" else [ids[4:2:-1], ids[2:0:-1], ids[:1]]
    )


def test_no_more_than_a_hundred_at_once(lms: TestClient) -> None:
    ids = lms.post("/statements", json=[said() for _ in range(101)]).json()
    for limit in ("0", "500"):
        first = lms.get("/statements", params={"limit": limit}).json()
        assert len(first["statements"]) == 100
        rest = lms.get(first["more"]).json()
        assert ([statement["id"] for statement in rest["statements"]], rest["more"]) == ([ids[0]], "")


def test_a_statement_about_one_that_matches_matches(lms: TestClient) -> None:
    first = said("completed")
    second = said("commented", reference(first), actor={"mbox": "mailto:b@example.org"})
    third = said("responded", reference(second), actor={"mbox": "mailto:c@example.org"})
    lms.post("/statements", json=[third, second, first, said()])
    wanted = [first["id"], second["id"], third["id"]]
    assert told(lms, verb=VERBS + "completed") == wanted
    assert told(lms, verb=VERBS + "completed", limit="2") == wanted[:2]
    assert told(lms, verb=VERBS + "responded") == [third["id"]]


def test_forms_of_a_statement(lms: TestClient) -> None:
    definition = {
        "name": {"sv": "Kurs", "en": "Course"},
        "type": "http://adlnet.gov/expapi/activities/course",
    }
    member = {"objectType": "Agent", "name": "H", "mbox": "mailto:h@example.org"}
    statement = said(
        thing={"objectType": "Activity", "id": COURSE, "definition": definition},
        actor={"objectType": "Group", "name": "B", "member": [member]},
        context={
            "contextActivities": {"grouping": {"id": COURSE + "/2", "definition": {"name": {"en": "Two"}}}}
        },
    )
    lms.post("/statements", json=statement)
    lms.post(
        "/statements", json=said(thing={"id": COURSE, "definition": {"description": {"sv": "Om brand"}}})
    )
    exact = lms.get("/statements", params={"statementId": statement["id"]}).json()
    # Part 2, 2.4.6.2.s4: always a list.
    assert exact["context"]["contextActivities"]["grouping"] == [
        statement["context"]["contextActivities"]["grouping"]
    ]
    assert (exact["object"], exact["actor"], exact["verb"]) == (
        statement["object"],
        statement["actor"],
        statement["verb"],
    )
    ids = lms.get("/statements", params={"statementId": statement["id"], "format": "ids"}).json()
    assert ids["object"] == {"objectType": "Activity", "id": COURSE}
    assert ids["actor"] == {
        "objectType": "Group",
        "member": [{"objectType": "Agent", "mbox": "mailto:h@example.org"}],
    }
    assert ids["verb"] == {"id": VERBS + "experienced"}
    assert ids["context"]["contextActivities"]["grouping"] == [{"id": COURSE + "/2"}]
    query = {"statementId": statement["id"], "format": "canonical"}
    canonical = lms.get(
        "/statements", params=query, headers={"Accept-Language": "fr, sv;q=0.8, en;q=0.2"}
    ).json()
    assert canonical["object"]["definition"] == {
        "name": {"sv": "Kurs"},
        "description": {"sv": "Om brand"},
        "type": "http://adlnet.gov/expapi/activities/course",
    }
    assert canonical["actor"] == statement["actor"]
    assert canonical["context"]["contextActivities"]["grouping"][0]["definition"] == {"name": {"en": "Two"}}


@pytest.mark.parametrize(
    ("languages", "chosen"),
    [
        ("en-GB, sv;q=0.5", "en-GB"),
        ("sv", "sv-SE"),
        ("fr", "sv-SE"),
        ("", "sv-SE"),
        ("sv;q=x, en", "en-GB"),
        ("sv;q=0, en", "en-GB"),
    ],
)
def test_each_text_is_in_the_language_that_suits_best(lms: TestClient, languages: str, chosen: str) -> None:
    texts = {"sv-SE": "Larma", "en-GB": "Raise the alarm"}
    question = {
        "name": texts,
        "interactionType": "choice",
        "choices": [{"id": "a", "description": texts}, {"id": "b"}],
    }
    planned = {"objectType": "SubStatement", "actor": LEARNER, "verb": {"id": VERBS + "answered", "display": texts}, "object": {"id": COURSE + "/q", "definition": question}}  # fmt: skip
    met = {"objectType": "Agent", "name": "M", "mbox": "mailto:m@example.org"}
    context = {"instructor": {"name": "T", "mbox": "mailto:t@example.org"}}
    lms.post("/statements", json=[said("planned", planned), said("met", met, context=context)])
    query, headers = {"format": "canonical", "ascending": "true"}, {"Accept-Language": languages}
    first, second = lms.get("/statements", params=query, headers=headers).json()["statements"]
    assert first["object"]["verb"]["display"] == {chosen: texts[chosen]}
    assert first["object"]["object"]["definition"] == {
        "name": {chosen: texts[chosen]},
        "interactionType": "choice",
        "choices": [{"id": "a", "description": {chosen: texts[chosen]}}, {"id": "b"}],
    }
    assert (second["object"], second["context"]) == (met, context)
    ids = lms.get("/statements", params={"format": "ids"}).json()["statements"][0]
    assert ids["object"] == {"objectType": "Agent", "mbox": "mailto:m@example.org"}
    assert ids["context"] == {"instructor": {"mbox": "mailto:t@example.org"}}


def test_attachments_are_asked_for_in_parts(lms: TestClient) -> None:
    statement = said()
    lms.post("/statements", json=statement)
    for query in ({"statementId": statement["id"]}, {}):
        answer = lms.get("/statements", params={**query, "attachments": "true"})
        assert answer.headers["content-type"].startswith("multipart/mixed; boundary=")
        head, _, body = answer.content.partition(b"\r\n\r\n")
        assert head.endswith(b"Content-Type: application/json")
        assert statement["id"] in json.dumps(json.loads(body.split(b"\r\n")[0]))


def test_what_every_answer_tells(lms: TestClient, store: Store) -> None:
    before = store.now()
    for answer in (
        lms.get("/statements"),
        lms.post("/statements", json={}),
        lms.post("/statements", json=said()),
    ):
        through = moment(answer.headers["x-experience-api-consistent-through"])
        assert through
        assert through > before
        assert answer.headers["x-experience-api-version"] == "1.0.3"
    assert "x-experience-api-consistent-through" not in lms.get("/about").headers
    assert lms.get("/nothing").headers["x-experience-api-version"] == "1.0.3"


def test_head_is_get_without_the_body(lms: TestClient) -> None:
    lms.post("/statements", json=said())
    answer, head = lms.get("/statements"), lms.head("/statements")
    assert head.status_code == 200
    assert head.headers["etag"] == answer.headers["etag"]


# Voiding (part 2, 2.3.2; part 3, 2.1.4)


def test_a_voided_statement_is_hidden(lms: TestClient) -> None:
    statement = said()
    voiding = said("voided", reference(statement))
    lms.post("/statements", json=[statement, voiding])
    assert told(lms) == [voiding["id"]]
    # The voiding statement targets one that matches, even though that one is hidden.
    assert told(lms, activity=COURSE) == [voiding["id"]]
    assert lms.get("/statements", params={"statementId": statement["id"]}).status_code == 404
    answer = lms.get("/statements", params={"voidedStatementId": statement["id"]})
    assert (answer.status_code, answer.json()["id"]) == (200, statement["id"])
    assert lms.get("/statements", params={"voidedStatementId": voiding["id"]}).status_code == 404


def test_what_voids_is_never_voided(lms: TestClient) -> None:
    statement = said()
    voiding = said("voided", reference(statement))
    lms.post("/statements", json=[voiding, said("voided", reference(voiding)), statement])
    assert lms.get("/statements", params={"statementId": voiding["id"]}).status_code == 200
    assert lms.get("/statements", params={"statementId": statement["id"]}).status_code == 404


# Documents (part 3, 2.2, 2.3, 2.6, 2.7, 3.1)

STATE = {
    "activityId": COURSE,
    "agent": json.dumps(LEARNER),
    "registration": REGISTRATION,
    "stateId": "resume",
}
ACTIVITY_PROFILE = {"activityId": COURSE, "profileId": "p"}
AGENT_PROFILE = {"agent": json.dumps(LEARNER), "profileId": "p"}
RESOURCES = [
    ("/activities/state", STATE),
    ("/activities/profile", ACTIVITY_PROFILE),
    ("/agents/profile", AGENT_PROFILE),
]


@pytest.mark.parametrize(("path", "query"), RESOURCES)
def test_a_document_comes_back_as_it_was_sent(lms: TestClient, path: str, query: dict[str, str]) -> None:
    assert lms.get(path, params=query).status_code == 404
    body = b"\x00\xff text"
    answer = lms.put(path, params=query, content=body, headers={"Content-Type": "image/x-odd"})
    assert (answer.status_code, answer.content) == (204, b"")
    answer = lms.get(path, params=query)
    assert (answer.content, answer.headers["content-type"]) == (body, "image/x-odd")
    assert answer.headers["etag"] == f'"{hashlib.sha1(body).hexdigest()}"'
    assert parsedate_to_datetime(answer.headers["last-modified"]).year == 2026
    assert lms.delete(path, params=query).status_code == 204
    assert lms.get(path, params=query).status_code == 404


def test_a_state_is_one_learner_s_in_one_registration(lms: TestClient) -> None:
    lms.put("/activities/state", params=STATE, json={"a": 1})
    for change in (
        {"activityId": COURSE + "/2"},
        {"agent": json.dumps({"mbox": "mailto:other@example.org"})},
        {"registration": str(uuid4())},
        {"stateId": "Resume"},
    ):
        assert lms.get("/activities/state", params={**STATE, **change}).status_code == 404
    without = {name: value for name, value in STATE.items() if name != "registration"}
    assert lms.get("/activities/state", params=without).status_code == 404
    same = {
        **STATE,
        "registration": REGISTRATION.upper(),
        "agent": json.dumps({"mbox": LEARNER["mbox"], "name": "L"}),
    }
    assert lms.get("/activities/state", params=same).json() == {"a": 1}


@pytest.mark.parametrize(("path", "query"), RESOURCES)
def test_names_of_documents(lms: TestClient, store: Store, path: str, query: dict[str, str]) -> None:
    which = "stateId" if "stateId" in query else "profileId"
    whose = {name: value for name, value in query.items() if name != which}
    assert lms.get(path, params=whose).json() == []
    lms.put(path, params={**whose, which: "b"}, content=b"1")
    between = store.now().isoformat()
    lms.put(path, params={**whose, which: "a"}, content=b"1")
    answer = lms.get(path, params=whose)
    assert answer.json() == ["a", "b"]
    assert "last-modified" in answer.headers
    assert lms.get(path, params={**whose, "since": between}).json() == ["a"]


def test_all_states_are_deleted_at_once_but_profiles_are_not(lms: TestClient) -> None:
    lms.put("/activities/state", params=STATE, content=b"1")
    lms.put("/activities/state", params={**STATE, "stateId": "other"}, content=b"1")
    whose = {name: value for name, value in STATE.items() if name != "stateId"}
    assert lms.delete("/activities/state", params=whose).status_code == 204
    assert lms.get("/activities/state", params=whose).json() == []
    assert (
        lms.delete("/activities/profile", params={"activityId": COURSE}).text
        == "The parameter 'profileId' is missing."
    )


@pytest.mark.parametrize(("path", "query"), RESOURCES)
def test_post_merges_objects(lms: TestClient, path: str, query: dict[str, str]) -> None:
    assert lms.post(path, params=query, json={"x": "foo", "y": {"a": 1}}).status_code == 204
    assert lms.post(path, params=query, json={"x": "bash", "y": {"b": 2}, "z": "faz"}).status_code == 204
    assert lms.get(path, params=query).json() == {"x": "bash", "y": {"b": 2}, "z": "faz"}


@pytest.mark.parametrize(
    ("there", "kind", "news", "news_kind"),
    [
        (b"[1]", "application/json", b"{}", "application/json"),
        (b"{}", "application/json", b"[1]", "application/json"),
        (b"{}", "text/plain", b"{}", "application/json"),
        (b"{}", "application/json", b"{}", "text/plain"),
    ],
)
def test_post_merges_nothing_else(
    lms: TestClient, there: bytes, kind: str, news: bytes, news_kind: str
) -> None:
    lms.put("/activities/state", params=STATE, content=there, headers={"Content-Type": kind})
    answer = lms.post("/activities/state", params=STATE, content=news, headers={"Content-Type": news_kind})
    assert (answer.status_code, answer.text) == (
        400,
        "POST merges JSON objects; one of the documents is none.",
    )
    assert lms.get("/activities/state", params=STATE).content == there


def test_post_begins_with_an_object(lms: TestClient) -> None:
    assert lms.post("/activities/state", params=STATE, json=[1]).status_code == 400
    assert lms.post("/activities/state", params=STATE, content=b"text").status_code == 400
    assert lms.get("/activities/state", params=STATE).status_code == 404


def test_a_document_that_is_not_what_it_says(lms: TestClient) -> None:
    answer = lms.put(
        "/activities/state", params=STATE, content=b"{", headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(("path", "query"), RESOURCES)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_preconditions(lms: TestClient, path: str, query: dict[str, str], method: str) -> None:
    def send(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {} if method == "DELETE" else {"json": {"a": 2}}
        return lms.request(method, path, params=query, headers=named, **body).status_code

    assert send(If_Match='"1234"') == 412
    assert send(If_Match="*") == 412
    assert lms.get(path, params=query).status_code == 404
    lms.put(path, params=query, json={"a": 1}, headers={"If-None-Match": "*"})
    etag = lms.get(path, params=query).headers["etag"]
    assert send(If_None_Match="*") == 412
    assert send(If_Match="1234") == 412
    assert lms.get(path, params=query).json() == {"a": 1}
    assert send(If_Match=f'"1234", {etag}') == 204
    assert (lms.get(path, params=query).status_code == 404) == (method == "DELETE")


@pytest.mark.parametrize(("path", "query"), RESOURCES)
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_put_over_a_document_without_a_precondition(
    store: Store, path: str, query: dict[str, str], version: str
) -> None:
    lms = client(store, version=version)
    assert lms.put(path, params=query, json={"a": 1}).status_code == 204
    answer = lms.put(path, params=query, json={"a": 2})
    # 1.0.3 spares the state; 2.0 does not.
    if path == "/activities/state" and version == "1.0.3":
        assert answer.status_code == 204
    else:
        assert answer.status_code == 409
        assert "If-Match" in answer.text
        assert lms.get(path, params=query).json() == {"a": 1}


def test_a_document_that_one_has_already(lms: TestClient) -> None:
    lms.put("/activities/state", params=STATE, json={"a": 1})
    etag = lms.get("/activities/state", params=STATE).headers["etag"]
    answer = lms.get("/activities/state", params=STATE, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


# Activities and agents (part 3, 2.4, 2.5)


def test_an_activity_with_all_that_was_said_of_it(lms: TestClient) -> None:
    assert lms.get("/activities", params={"activityId": COURSE}).json() == {
        "objectType": "Activity",
        "id": COURSE,
    }
    kind = "http://adlnet.gov/expapi/activities/course"
    parts = (
        {
            "id": COURSE,
            "definition": {"name": {"sv": "Kurs"}, "type": kind, "extensions": {"https://x.example/1": 1}},
        },
        {"id": COURSE, "definition": {"name": {"en": "Course"}, "extensions": {"https://x.example/2": 2}}},
    )
    lms.post(
        "/statements",
        json=[
            said(thing=parts[0]),
            said(thing="https://example.org/q", context={"contextActivities": {"parent": [parts[1]]}}),
        ],
    )
    answer = lms.get("/activities", params={"activityId": COURSE})
    assert answer.json()["definition"] == {
        "name": {"sv": "Kurs", "en": "Course"},
        "type": kind,
        "extensions": {"https://x.example/1": 1, "https://x.example/2": 2},
    }
    assert answer.headers["etag"] == f'"{hashlib.sha1(answer.content).hexdigest()}"'


def test_a_person_has_every_name_of_the_agent(lms: TestClient) -> None:
    agent = {"mbox": LEARNER["mbox"]}
    assert lms.get("/agents", params={"agent": json.dumps(agent)}).json() == {
        "objectType": "Person",
        "mbox": [LEARNER["mbox"]],
    }
    lms.post("/statements", json=[said(actor={**agent, "name": name}) for name in ("Ann", "Anna", "Ann")])
    answer = lms.get("/agents", params={"agent": json.dumps({**agent, "name": "A"})})
    assert answer.json() == {"objectType": "Person", "name": ["A", "Ann", "Anna"], "mbox": [LEARNER["mbox"]]}


# Browsers of other origins (part 3, 1.3; the Fetch standard)


def preflight(lms: TestClient, headers: str, method: str = "PUT") -> httpx2.Response:
    return lms.options(
        "/activities/state",
        headers={
            "Origin": "https://content.example",
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )


def test_a_browser_may_ask_from_another_origin(lms: TestClient) -> None:
    answer = preflight(lms, "authorization,content-type,if-match,if-none-match,x-experience-api-version")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert preflight(lms, "x-odd").status_code == 400
    assert preflight(lms, "authorization", "PATCH").status_code == 400
    for answer in (
        lms.get("/statements", headers={"Origin": "https://content.example"}),
        lms.get("/statements", headers={"Origin": "https://content.example", "Authorization": "no"}),
    ):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-expose-headers"] == (
            "ETag, Last-Modified, Retry-After, X-Experience-API-Version, X-Experience-API-Consistent-Through"
        )


def test_only_some_origins_and_headers(store: Store) -> None:
    lms = client(store, origins=["https://content.example"], exposed=[])
    answer = lms.get("/statements", headers={"Origin": "https://content.example"})
    assert answer.headers["access-control-allow-origin"] == "https://content.example"
    assert "access-control-expose-headers" not in answer.headers
    answer = lms.get("/statements", headers={"Origin": "https://other.example"})
    assert "access-control-allow-origin" not in answer.headers


# The alternate request syntax (part 3, 1.3)


def form(lms: TestClient, method: str, path: str = "/statements", **fields: str) -> httpx2.Response:
    return lms.post(f"{path}?method={method}", data=fields)


def test_a_request_in_a_form(store: Store) -> None:
    lms = TestClient(lrs(store, credentials={AUTH: credential("course")}))
    headers = {"Authorization": AUTH, "X-Experience-API-Version": "1.0.3"}
    statement = said()
    answer = form(
        lms, "PUT", **headers, **{"Content-Type": "application/json"}, statementId=statement["id"],
        content=json.dumps(statement),
    )  # fmt: skip
    assert answer.status_code == 204, answer.text
    assert form(lms, "GET", **headers, statementId=statement["id"]).json()["id"] == statement["id"]
    assert form(lms, "GET", statementId=statement["id"]).status_code == 400
    assert form(lms, "PATCH", **headers).status_code == 400
    assert lms.post("/statements?method=GET&limit=1", data=headers).status_code == 400
    assert lms.post("/statements?method=GET", json={}, headers=headers).status_code == 400


def test_2_0_has_no_requests_in_forms(store: Store) -> None:
    answer = form(client(store, version="2.0.0"), "GET", limit="1")
    assert (answer.status_code, answer.text) == (400, "xAPI 2.0 has no alternate request syntax.")


# Keeping


def test_a_store_in_a_file_remembers(tmp_path: Path) -> None:
    statement = said()
    store = Store(tmp_path / "lrs.sqlite")
    lms = client(store)
    lms.post("/statements", json=statement)
    lms.put("/activities/state", params=STATE, json={"a": 1})
    store.close()
    store = Store(tmp_path / "lrs.sqlite")
    lms = client(store)
    assert told(lms) == [statement["id"]]
    assert lms.get("/activities/state", params=STATE).json() == {"a": 1}
    store.close()


def test_many_at_the_same_time() -> None:
    store = Store()
    with serve(lrs(store, credentials={AUTH: credential("course")})) as url:

        def send() -> None:
            headers = {"Authorization": AUTH, "X-Experience-API-Version": "1.0.3"}
            with httpx2.Client(base_url=url, headers=headers) as lms:
                for _ in range(10):
                    assert lms.post("/statements", json=[said(), said()]).status_code == 200
                    store.statements()

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(store.statements()) == 80
    store.close()


# Another's client


@pytest.fixture
def remote(store: Store) -> Iterator[tincan.RemoteLRS]:
    # The client knows of no 2.0.
    with serve(lrs(store, credentials={AUTH: credential("course")}, versions=["1.0.3"])) as url:
        yield tincan.RemoteLRS(endpoint=url, version="1.0.3", username="course", password="secret")


def test_another_s_client_stores_and_asks(remote: tincan.RemoteLRS) -> None:
    about = remote.about()
    assert about.content.version == ["1.0.3"]
    statement = tincan.Statement(
        actor={"mbox": "mailto:learner@example.org"},
        verb={"id": VERBS + "completed", "display": {"en": "completed"}},
        object={"id": COURSE, "definition": {"name": {"en": "Course"}}},
        result={"score": {"scaled": 0.5}, "duration": timedelta(seconds=90), "success": True},
        context={"registration": REGISTRATION},
    )
    saved = remote.save_statement(statement)
    assert saved.success, saved.data
    found = remote.retrieve_statement(statement.id)
    assert found.success
    assert found.content.result.duration == timedelta(seconds=90)
    saved = remote.save_statements(
        [tincan.Statement.from_json(statement.to_json()), json.loads(json.dumps(said()))]
    )
    assert saved.success, saved.data
    result = remote.query_statements({"verb": tincan.Verb(id=VERBS + "completed"), "limit": 1})
    assert result.success, result.data
    assert [str(one.id) for one in result.content.statements] == [str(statement.id)]
    result = remote.query_statements({"limit": 1})
    assert result.content.more
    rest = remote.more_statements(result.content)
    assert rest.success
    assert [str(one.id) for one in rest.content.statements] == [str(statement.id)]


def test_another_s_client_keeps_documents(remote: tincan.RemoteLRS) -> None:
    agent, activity = tincan.Agent(mbox="mailto:learner@example.org"), tincan.Activity(id=COURSE)
    # The client stores a state without its registration.
    state = StateDocument(
        agent=agent, activity=activity, id="resume", content=bytearray(b'{"a":1}'),
        content_type="application/json",
    )  # fmt: skip
    assert remote.save_state(state).success
    found = remote.retrieve_state(activity, agent, "resume")
    assert (found.success, bytes(found.content.content)) == (True, b'{"a":1}')
    assert remote.retrieve_state_ids(activity, agent).content == ["resume"]
    stale = StateDocument(
        agent=agent, activity=activity, id="resume", content=bytearray(b"{}"),
        content_type="application/json", etag='"1234"',
    )  # fmt: skip
    assert remote.save_state(stale).response.status == 412
    assert remote.clear_state(activity, agent).success
    assert remote.retrieve_state_ids(activity, agent).content == []
    profile = AgentProfileDocument(agent=agent, id="p", content=bytearray(b"1"))
    assert remote.save_agent_profile(profile).success
    assert remote.save_agent_profile(profile).response.status == 409


# Faults on demand


@pytest.fixture
def faulty(store: Store) -> Iterator[tuple[Faults, httpx2.Client]]:
    faults = Faults(lrs(store, credentials={AUTH: credential("course")}))
    headers = {"Authorization": AUTH, "X-Experience-API-Version": "1.0.3"}
    with serve(faults) as url, httpx2.Client(base_url=url, headers=headers, timeout=30) as lms:
        yield faults, lms


def test_a_status_instead_of_an_answer(faulty: tuple[Faults, httpx2.Client], store: Store) -> None:
    faults, lms = faulty
    faults.add(
        "status", "POST", "/statements", status=503, headers={"Retry-After": "7"}, body="busy", times=1
    )
    answer = lms.post("/statements", json=said())
    assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (503, "busy", "7")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert store.statements() == []
    assert lms.get("/statements").status_code == 200
    assert lms.post("/statements", json=said()).status_code == 200


def test_a_cut_connection(faulty: tuple[Faults, httpx2.Client], store: Store) -> None:
    faults, lms = faulty
    rule = faults.add("drop", path="/statements")
    with pytest.raises(httpx2.TransportError):
        lms.post("/statements", json=said())
    assert store.statements() == []
    assert lms.get("/about").status_code == 200
    faults.lift(rule)
    assert lms.post("/statements", json=said()).status_code == 200


def test_a_lost_answer(faulty: tuple[Faults, httpx2.Client], store: Store) -> None:
    faults, lms = faulty
    faults.add("lose", "POST")
    with pytest.raises(httpx2.TransportError):
        lms.post("/statements", json=said())
    assert len(store.statements()) == 1
    assert [noted.status for noted in faults.requests] == [None]


def test_no_answer(faulty: tuple[Faults, httpx2.Client], store: Store) -> None:
    faults, lms = faulty
    faults.add("silent", "POST")
    with pytest.raises(httpx2.ReadTimeout):
        lms.post("/statements", json=said(), timeout=httpx2.Timeout(30, read=0.2))

    def lift_when_asked() -> None:
        while len(faults.requests) < 2:
            time.sleep(0.01)
        faults.lift()

    thread = threading.Thread(target=lift_when_asked, daemon=True)
    thread.start()
    with pytest.raises(httpx2.RemoteProtocolError):
        lms.post("/statements", json=said())
    thread.join()
    assert store.statements() == []


def test_requests_are_noted_without_their_secrets(faulty: tuple[Faults, httpx2.Client]) -> None:
    faults, lms = faulty
    statement = said()
    lms.post("/statements", json=statement)
    lms.get("/activities/state", params=STATE)
    [posted] = faults.sent("POST", "/statements")
    assert (posted.status, posted.json, posted.headers["authorization"]) == (200, statement, "Basic ...")
    [asked] = faults.sent("GET", "/state")
    assert (asked.status, asked.query) == (404, STATE)
    assert AUTH.removeprefix("Basic ") not in repr(faults.requests)


def test_without_a_server_a_cut_connection_is_an_error(store: Store) -> None:
    faults = Faults(lrs(store, credentials={}))
    faults.add("drop")
    with pytest.raises(ConnectionResetError):
        TestClient(faults).get("/about")


# Quirks


def test_an_lrs_that_keeps_statements_only(store: Store) -> None:
    lms = client(store, quirks=["statements-only-lrs"])
    statuses = [lms.get(f"/{path}", params=STATE).status_code for path in ("activities/state", "about")]
    assert statuses == [404, 404]
    assert lms.put("/activities/state", params=STATE, json={}).status_code == 404
    assert lms.post("/statements", json=said()).status_code == 200


def test_an_lrs_that_answers_for_documents_that_are_not_there(store: Store) -> None:
    lms = client(store, quirks=["unknown-state-200"])
    answer = lms.get("/activities/state", params=STATE)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    lms.put("/activities/state", params=STATE, json={"a": 1})
    assert lms.get("/activities/state", params=STATE).json() == {"a": 1}


def test_an_lrs_that_keeps_one_document(store: Store) -> None:
    lms = client(store, quirks=["one-state-id"])
    own = {**STATE, "stateId": "suspendData"}
    assert lms.get("/activities/state", params=own).json() == {}
    for parameters, status, kept in ((STATE, 200, {"success": True}), (own, 204, {"a": 1})):
        assert lms.put("/activities/state", params=parameters, json={"a": 1}).status_code == status
        assert lms.get("/activities/state", params=parameters).json() == kept


def test_an_lrs_that_replaces_under_a_condition_only(store: Store) -> None:
    lms = client(store, quirks=["state-put-needs-if-match"])
    assert lms.put("/activities/state", params=STATE, json={"a": 1, "b": 1}).status_code == 204
    assert lms.put("/activities/state", params=STATE, json={"a": 2}).status_code == 409
    assert lms.post("/activities/state", params=STATE, json={"a": 2}).status_code == 204
    answer = lms.get("/activities/state", params=STATE)
    assert answer.json() == {"a": 2, "b": 1}
    headers = {"If-Match": answer.headers["etag"]}
    assert lms.put("/activities/state", params=STATE, json={}, headers=headers).status_code == 204


def test_an_lrs_whose_errors_all_look_the_same(store: Store) -> None:
    lms = client(store, quirks=["error-becomes-412"])
    answer = lms.post("/statements", json={})
    assert (answer.status_code, answer.text) == (412, "Wrong Response")
    assert lms.get("/activities/state", params=STATE).status_code == 404
    assert lms.get("/statements", headers={"Authorization": "Basic x"}).status_code == 412


def test_an_lrs_that_stores_by_put_only(store: Store) -> None:
    lms = client(store, quirks=["post-statements-ignored"])
    statement = said()
    answer = lms.post("/statements", json=statement)
    assert (answer.status_code, answer.json(), store.statements()) == (200, {"success": True}, [])
    assert lms.put("/statements", params={"statementId": statement["id"]}, json=statement).status_code == 204
    assert len(store.statements()) == 1


def test_an_lrs_that_reads_the_verb_from_its_english_display(store: Store) -> None:
    lms = client(store, quirks=["verb-by-display"])
    swedish = said()
    swedish["verb"]["display"] = {"sv": "upplevde"}
    assert lms.post("/statements", json=swedish).status_code == 500
    assert lms.post("/statements", json=said()).status_code == 200


def test_an_lrs_that_drops_statements_unseen(store: Store) -> None:
    lms = client(store, quirks=["filtered-statements-faked"])
    statements = [said(), said("completed")]
    assert lms.post("/statements", json=statements).json() == [each["id"] for each in statements]
    assert [each["verb"]["id"] for each in store.statements()] == [f"{VERBS}completed"]


def test_an_lrs_that_stores_one_by_one(store: Store) -> None:
    lms = client(store, quirks=["partial-batch-stored"])
    one, other, last = said(), said(), said()
    assert lms.post("/statements", json=other).status_code == 200
    assert lms.post("/statements", json=[one, other, last]).status_code == 409
    assert [each["id"] for each in store.statements()] == [other["id"], one["id"]]


def test_an_lrs_that_lets_no_page_in(store: Store) -> None:
    lms = client(store, quirks=["cors-off"])
    headers = {"Origin": "https://lms.example", "Access-Control-Request-Method": "POST"}
    answers = [lms.options("/statements", headers=headers), lms.get("/about", headers=headers)]
    assert ["access-control-allow-origin" in each.headers for each in answers] == [False, False]


def test_the_body_of_an_answer_does_not_wait_for_the_acknowledgement_of_its_head() -> None:
    with (
        listening() as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
