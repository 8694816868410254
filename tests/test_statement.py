from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from ralph.models.xapi.base.statements import BaseXapiStatement

from coursepack.xapi.statement import (
    Finding,
    Launch,
    activity_findings,
    agent_findings,
    cmi5_findings,
    findings,
    statement_findings,
)

NOTHING = object()

# What the sender of a statement can say, nearly all of it.
FULL: dict[str, Any] = {
    "id": "3f1b6a52-0d7e-4b1c-9a55-5f0a4de2c001",
    "actor": {"objectType": "Agent", "account": {"homePage": "https://lms.example/", "name": "4711"}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered", "sv-SE": "svarade"}},
    "object": {
        "objectType": "Activity",
        "id": "https://example.org/course/q1",
        "definition": {
            "name": {"sv": "Fråga 1"},
            "description": {"sv": "Vad gör du först?"},
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "moreInfo": "https://example.org/more",
            "interactionType": "choice",
            "correctResponsesPattern": ["a[,]b"],
            "choices": [{"id": "a", "description": {"sv": "Larma"}}, {"id": "b"}, {"id": "c"}],
            "extensions": {"https://example.org/x": None},
        },
    },
    "result": {
        "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
        "success": False,
        "completion": True,
        "response": "a[,]c",
        "duration": "PT1M30.25S",
        "extensions": {"https://example.org/y": {"deep": [None, {"a b": 1}]}},
    },
    "context": {
        "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
        "instructor": {"mbox": "mailto:teacher@example.org"},
        "team": {"objectType": "Group", "name": "B", "member": [{"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}]},
        "contextActivities": {
            "parent": [{"objectType": "Activity", "id": "https://example.org/course/check"}],
            "grouping": [{"id": "https://example.org/course"}],
            "category": [],
        },
        "revision": "1.2",
        "platform": "Example LMS",
        "language": "sv",
        "statement": {"objectType": "StatementRef", "id": "8f87ccde-bb56-4c2e-ab83-44982ef22df0"},
        "extensions": {"https://example.org/z": True},
    },
    "timestamp": "2026-03-01T12:00:00.123Z",
    "attachments": [
        {
            "usageType": "https://example.org/certificate",
            "display": {"en": "Certificate"},
            "contentType": "application/pdf",
            "length": 27,
            "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
            "fileUrl": "https://example.org/certificate.pdf",
        }
    ],
}  # fmt: skip
LEAST: dict[str, Any] = {
    "actor": {"mbox": "mailto:xapi@adlnet.gov"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/created"},
    "object": {"id": "http://example.adlnet.gov/xapi/example/activity"},
}
PERSON = {"mbox": "mailto:xapi@adlnet.gov"}
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided", "display": {"en": "voided"}}
REFERENCE = {"objectType": "StatementRef", "id": "8f87ccde-bb56-4c2e-ab83-44982ef22df0"}
SUB = {**LEAST, "objectType": "SubStatement", "timestamp": "2030-01-01T00:00:00Z"}


def steps(path: str) -> list[str | int]:
    return [int(step) if step.isdigit() else step for step in re.split(r"\.|\[|\]\.?", path) if step]


def changed(statement: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at a path, or with NOTHING there."""
    whole = copy.deepcopy(statement)
    *way, last = steps(path)
    inner: Any = whole
    for step in way:
        inner = inner[step]
    if value is NOTHING:
        del inner[last]
    else:
        inner[last] = value
    return whole


def ralph_takes(statement: dict[str, Any]) -> bool:
    try:
        BaseXapiStatement.model_validate(copy.deepcopy(statement))
    except (ValidationError, ValueError, AttributeError, TypeError, KeyError):
        return False
    return True


# Good statements. The second opinion refuses empty values and lists, which the standard only advises against.

GOOD: dict[str, dict[str, Any]] = {
    "full": changed(FULL, "context.contextActivities.category", NOTHING),
    "least": LEAST,
    "group with an identifier": {**LEAST, "actor": {"objectType": "Group", "openid": "https://me.example/"}},
    "group of members": {**LEAST, "actor": {"objectType": "Group", "member": [PERSON, PERSON]}},
    "an agent as the object": {**LEAST, "object": {"objectType": "Agent", **PERSON}},
    "a group as the object": {**LEAST, "object": {"objectType": "Group", "name": "B", **PERSON}},
    "a statement as the object": {**LEAST, "object": REFERENCE},
    "a SubStatement": {**LEAST, "object": SUB},
    "voiding": {**LEAST, "verb": VOIDED, "object": REFERENCE},
    "an activity outside its list, as in 0.95": {
        **LEAST,
        "context": {"contextActivities": {"parent": {"id": "https://example.org/"}}},
    },
    "what the LRS sets": {
        **LEAST,
        "stored": "2026-03-01T12:00:00Z",
        "authority": {"objectType": "Agent", **PERSON},
        "version": "1.0.3",
    },
    "an authority of two": {**LEAST, "authority": {"objectType": "Group", "member": [PERSON, PERSON]}},
    "an IRI beyond ASCII": changed(LEAST, "verb.id", "http://example.com/فعل/خواندن"),
    "a URN": changed(LEAST, "object.id", "urn:uuid:6690e6c9-3ef0-4ed3-8b37-7f3964730bee"),
    "a UUID in capitals": {**LEAST, "id": "6690E6C9-3EF0-4ED3-8B37-7F3964730BEE"},
    **{f"score {name}": {**LEAST, "result": {"score": score}} for name, score in {
        "-1": {"scaled": -1}, "without ends": {"raw": 1000.5}, "at the end": {"raw": 10, "min": 0, "max": 10},
    }.items()},
    **{f"duration {value}": {**LEAST, "result": {"duration": value}} for value in (
        "PT4H35M59.14S", "P3Y1M29DT4H35M59.14S", "P3Y", "P4W", "PT0S", "P1D", "PT16559.14S", "PT1.5H", "P0.5Y",
    )},
    **{f"timestamp {value}": {**LEAST, "timestamp": value} for value in (
        "2015-11-18T12:17:00+00:00", "2013-05-18T05:32:34.804+02:00", "2020-02-29T23:59:59Z",
        "2015-11-18T12:17:00.123456789Z", "2015-11-18T12:17:00-05:30",
    )},
    **{f"language {value}": {**LEAST, "context": {"language": value}} for value in (
        "en", "tlh", "sv-SE", "zh-Hant-TW", "sr-Latn", "de-CH-1996", "en-US-x-twain", "i-klingon", "es-419",
    )},
    **{f"response {kind}: {response}": {
        **LEAST,
        "object": {"id": "https://example.org/q", "definition": {"interactionType": kind, **lists}},
        "result": {"response": response},
    } for kind, response, lists in (
        ("true-false", "true", {"correctResponsesPattern": ["false"]}),
        ("choice", "golf[,]tetris", {}),
        ("fill-in", "Bob's your uncle", {"correctResponsesPattern": ["{case_matters=false}{lang=en}Bob"]}),
        ("long-fill-in", "a[,]b", {}),
        ("matching", "ben[.]3[,]chris[.]2", {"source": [{"id": "ben"}, {"id": "chris"}], "target": [{"id": "2"}, {"id": "3"}]}),
        ("performance", "pong[.]1:[,]dg[.]:10[,]lunch[.]", {"steps": [{"id": "pong"}, {"id": "dg"}, {"id": "lunch"}]}),
        ("performance", "{order_matters=false}pong[.]0", {"steps": [{"id": "pong"}]}),
        ("sequencing", "tim[,]mike[,]ells", {"choices": [{"id": "tim"}, {"id": "mike"}, {"id": "ells"}]}),
        ("likert", "likert_3", {"scale": [{"id": "likert_3"}]}),
        ("numeric", "4[:]", {"correctResponsesPattern": ["[:]4", "1[:]1", "-4.5"]}),
        ("other", "(35.937432,-86.868896)", {}),
    )},
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_good_statement_has_no_fault(name: str) -> None:
    assert findings(GOOD[name]) == []


@pytest.mark.parametrize("name", GOOD)
def test_a_second_opinion_of_a_good_statement(name: str) -> None:
    assert ralph_takes(GOOD[name])


@pytest.mark.parametrize("statement", [FULL, *(GOOD[name] for name in ("a SubStatement", "voiding"))])
def test_what_1_0_3_takes_2_0_takes_too(statement: dict[str, Any]) -> None:
    assert findings(statement, "2.0.0") == []


def test_the_full_statement_is_one_that_content_may_send() -> None:
    assert findings(FULL, content=True) == []
    assert findings(FULL, "2.0.0", content=True) == []


# Bad statements: what is changed in FULL, where it is found, what it says, and whether the second opinion sees it.

BAD: list[tuple[str, Any, str, str, bool]] = [
    # 2.2: structure
    ("actor", NOTHING, "actor", "The property 'actor' is missing.", True),
    ("verb", NOTHING, "verb", "The property 'verb' is missing.", True),
    ("object", NOTHING, "object", "The property 'object' is missing.", True),
    ("Actor", {}, "Actor", "The property \"Actor\" is not known here; 'actor' is similar.", True),
    ("result.score.scale", 1, "result.score.scale", "The property \"scale\" is not known here; 'scaled' is similar.", True),
    ("context.mood", "good", "context.mood", 'The property "mood" is not known here.', True),
    ("result", None, "result", "The value is null, which is only allowed inside extensions.", True),
    ("object.definition.name", None, "object.definition.name", "The value is null, which is only allowed inside extensions.", True),
    ("verb.display.sv", None, "verb.display.sv", "Text belongs here, not null.", True),
    ("context.contextActivities.grouping[0]", None, "context.contextActivities.grouping[0]", "An object belongs here, not null.", True),
    ("result", [], "result", "An object belongs here, not [].", True),
    ("result.score.raw", "5", "result.score.raw", 'A number belongs here, not "5".', False),
    ("result.success", "true", "result.success", 'true or false belongs here, not "true".', True),
    ("result.completion", 1, "result.completion", "true or false belongs here, not 1.", True),
    ("result.response", 3, "result.response", "Text belongs here, not 3.", True),
    # 2.4.1, 4.4
    ("id", "fd41c918-b88b-4b20-a0a5-a4c32391aaa", "id", '"fd41c918-b88b-4b20-a0a5-a4c32391aaa" is not a UUID.', True),
    ("id", "{fd41c918-b88b-4b20-a0a5-a4c32391aaa0}", "id", '"{fd41c918-b88b-4b20-a0a5-a4c32391aaa0}" is not a UUID.', False),
    ("id", "", "id", '"" is not a UUID.', True),
    ("context.registration", 5, "context.registration", "5 is not a UUID.", True),
    # 2.4.2
    ("actor", {}, "actor", "Exactly one of mbox, mbox_sha1sum, openid and account belongs here; there is none.", True),
    ("actor.mbox", "mailto:a@b.se", "actor", "Exactly one of mbox, mbox_sha1sum, openid and account belongs here; there is mbox and account.", True),
    ("actor", {"mbox": "a@example.org"}, "actor.mbox", "\"a@example.org\" is not an e-mail address after 'mailto:'.", True),
    ("actor", {"mbox": "mailto:a"}, "actor.mbox", "\"mailto:a\" is not an e-mail address after 'mailto:'.", True),
    ("actor", {"mbox_sha1sum": "12ab"}, "actor.mbox_sha1sum", '"12ab" is not a SHA-1 in hexadecimal.', True),
    ("actor", {"openid": "me.example"}, "actor.openid", '"me.example" is not an absolute IRI.', False),
    ("actor.account.homePage", "lms.example", "actor.account.homePage", '"lms.example" is not an absolute IRI.', True),
    ("actor.account.name", NOTHING, "actor.account.name", "The property 'name' is missing.", True),
    ("actor.account.name", 4711, "actor.account.name", "Text belongs here, not 4711.", True),
    ("actor.objectType", "agent", "actor.objectType", 'The value is "agent", not "Agent".', True),
    ("actor.name", ["A"], "actor.name", 'Text belongs here, not ["A"].', True),
    ("context.team.member", NOTHING, "context.team", "Exactly one of mbox, mbox_sha1sum, openid and account belongs here; there is none.", True),
    ("context.team.objectType", NOTHING, "context.team.objectType", "The property 'objectType' is missing.", True),
    ("context.team.member[0]", {"objectType": "Group", "member": []}, "context.team.member[0].objectType", 'The value is "Group", not "Agent".', True),
    # 2.4.3
    ("verb.id", NOTHING, "verb.id", "The property 'id' is missing.", True),
    ("verb.id", "answered", "verb.id", '"answered" is not an absolute IRI.', True),
    ("verb.id", "http://", "verb.id", '"http://" is not an absolute IRI.', False),
    ("verb.id", "http://example.org/a b", "verb.id", '"http://example.org/a b" is not an absolute IRI.', True),
    ("verb.id", "http://example.org/%zz", "verb.id", '"http://example.org/%zz" is not an absolute IRI.', True),
    # 4.2
    ("verb.display", "answered", "verb.display", 'Texts by language belong here, not "answered".', True),
    ("verb.display", {"en_US": "x"}, "verb.display.en_US", '"en_US" is not a language tag.', False),
    ("verb.display", {"englishlanguage": "x"}, "verb.display.englishlanguage", '"englishlanguage" is not a language tag.', True),
    ("verb.display", {"en": 1}, "verb.display.en", "Text belongs here, not 1.", True),
    ("context.language", "a-1", "context.language", '"a-1" is not a language tag.', True),
    # 2.4.4
    ("object.id", "course", "object.id", '"course" is not an absolute IRI.', True),
    ("object.id", NOTHING, "object.id", "The property 'id' is missing.", True),
    ("object.objectType", "activity", "object.objectType", '"activity" is not a kind of object.', True),
    ("object", PERSON, "object.id", "The property 'id' is missing.", False),
    ("object", {"objectType": "StatementRef", "id": "1"}, "object.id", '"1" is not a UUID.', True),
    ("object.definition", [], "object.definition", "An object belongs here, not [].", True),
    ("object.definition.type", "question", "object.definition.type", '"question" is not an absolute IRI.', True),
    ("object.definition.moreInfo", "more.html", "object.definition.moreInfo", '"more.html" is not an absolute IRI.', True),
    ("object.definition.title", {}, "object.definition.title", 'The property "title" is not known here.', True),
    ("object.definition.extensions", {"x": 1}, "object.definition.extensions.x", '"x" is not an absolute IRI.', True),
    ("object.definition.interactionType", "multiple", "object.definition.interactionType", '"multiple" is not a kind of interaction.', True),
    ("object.definition.correctResponsesPattern", "a", "object.definition.correctResponsesPattern", 'A list belongs here, not "a".', True),
    ("object.definition.correctResponsesPattern[0]", 1, "object.definition.correctResponsesPattern[0]", "Text belongs here, not 1.", True),
    ("object.definition.choices", {}, "object.definition.choices", "A list belongs here, not {}.", True),
    ("object.definition.choices[1].id", "a", "object.definition.choices[1].id", 'The id "a" already exists.', True),
    ("object.definition.choices[1]", {}, "object.definition.choices[1].id", "The property 'id' is missing.", True),
    ("object.definition.choices[0].text", "x", "object.definition.choices[0].text", 'The property "text" is not known here.', True),
    ("object.definition.scale", [{"id": "a"}], "object.definition.scale", 'An interaction of the kind "choice" has no such list.', False),
    ("object.definition.interactionType", NOTHING, "object.definition.choices", "The property requires an interactionType.", True),
    # 2.4.4.1.s10
    ("object.definition.correctResponsesPattern", ["a[,]d"], "object.definition.correctResponsesPattern[0]", 'The id "d" is not among the components.', False),
    ("result.response", "a,c", "result.response", 'The id "a,c" is not among the components.', False),
    ("result.response", "a[,]", "result.response", "An id in the response is empty.", False),
    # 2.4.4.3
    ("object", {"objectType": "SubStatement", **LEAST, "id": FULL["id"]}, "object.id", 'The property "id" is not known here.', True),
    ("object", {"objectType": "SubStatement", **LEAST, "object": SUB}, "object.object", "A SubStatement is inside another.", True),
    ("object", {"objectType": "SubStatement", **LEAST, "version": "1.0.0"}, "object.version", 'The property "version" is not known here.', True),
    # 2.4.5
    ("result.score.scaled", 1.01, "result.score.scaled", "The score 1.01 is not from -1 to 1.", True),
    ("result.score.raw", 11, "result.score.raw", "The score 11 is outside the lowest and the highest.", True),
    ("result.score.raw", -1, "result.score.raw", "The score -1 is outside the lowest and the highest.", False),
    ("result.score.min", 10, "result.score.min", "The lowest score 10 is not below the highest, 10.", True),
    ("result.score", 0.5, "result.score", "An object belongs here, not 0.5.", True),
    ("result.score.scaled", True, "result.score.scaled", "A number belongs here, not true.", True),
    *((("result.duration", value, "result.duration", f'"{value}" is not a duration.', seen) for value, seen in (
        ("P4W1D", False), ("PT", True), ("P", True), ("1:30", True), ("PT1,5M3S", True), ("P1H", True), ("PA1H0M0S", True),
        ("P16559.14S", True), ("P0001-00-00T00:00:00", True), ("-PT1S", False), ("pt1s", True),
    ))),
    ("result.extensions", [], "result.extensions", "An object belongs here, not [].", True),
    # 2.4.6
    ("context.contextActivities.children", [], "context.contextActivities.children", 'The property "children" is not known here.', True),
    ("context.contextActivities.parent[0].id", "check", "context.contextActivities.parent[0].id", '"check" is not an absolute IRI.', True),
    ("context.contextActivities.parent", "https://example.org", "context.contextActivities.parent", 'A list belongs here, not "https://example.org".', True),
    ("context.instructor", {"name": "T"}, "context.instructor", "Exactly one of mbox, mbox_sha1sum, openid and account belongs here; there is none.", True),
    ("context.team", PERSON, "context.team.objectType", "The property 'objectType' is missing.", True),
    ("context.statement.objectType", "Statement", "context.statement.objectType", 'The value is "Statement", not "StatementRef".', True),
    ("context.contextAgents", [], "context.contextAgents", "The property \"contextAgents\" is not known here; 'contextActivities' is similar.", True),
    ("object", {"objectType": "Agent", **PERSON}, "context.revision", "The property belongs to Activities only.", True),
    # 2.4.7, 4.5
    *((("timestamp", value, "timestamp", f'"{value}" is not a timestamp.', seen) for value, seen in (
        ("2008-09-15T15:53:00.601-00:00", False), ("2008-09-15T15:53:00.601-0000", False), ("2008-09-15T15:53:00.601-00", True),
        ("01/011/2015", True), ("2026-02-29T00:00:00Z", True), ("2026-01-01T25:00:00Z", True), ("2026-01-01", False),
        ("2026-01-01 10:00:00Z", False), ("2026-01-01t10:00:00z", False), ("now", True), ("", True),
    ))),
    ("timestamp", 1700000000, "timestamp", "1700000000 is not a timestamp.", False),
    # 2.4.8 to 2.4.10
    ("stored", "yesterday", "stored", '"yesterday" is not a timestamp.', True),
    ("authority", {"objectType": "Group", "member": [PERSON]}, "authority", "A group as an authority has exactly two members.", False),
    ("version", "1.1.0", "version", '"1.1.0" is not a version of statements here.', True),
    ("version", "2.0.0", "version", '"2.0.0" is not a version of statements here.', True),
    ("version", "1.0", "version", '"1.0" is not a version of statements here.', True),
    # 2.4.11
    ("attachments", {}, "attachments", "A list belongs here, not {}.", True),
    ("attachments[0].usageType", NOTHING, "attachments[0].usageType", "The property 'usageType' is missing.", True),
    ("attachments[0].contentType", "pdf", "attachments[0].contentType", '"pdf" is not a media type.', False),
    ("attachments[0].length", 1.5, "attachments[0].length", "A whole number from 0 belongs here, not 1.5.", True),
    ("attachments[0].sha2", "abc", "attachments[0].sha2", '"abc" is not a SHA-2 in hexadecimal.', False),
    ("attachments[0].fileUrl", "a.pdf", "attachments[0].fileUrl", '"a.pdf" is not an absolute IRI.', True),
    # 2.3.2
    ("verb", VOIDED, "object.objectType", "What is voided is not a StatementRef.", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "value", "path", "message", "seen"), BAD, ids=[f"{n}-{row[0]}" for n, row in enumerate(BAD)]
)
def test_a_bad_statement_has_this_fault(change: str, value: Any, path: str, message: str, seen: bool) -> None:
    statement = changed(FULL, change, value)
    assert Finding(path, message) in findings(statement)
    assert ralph_takes(statement) == (not seen)


@pytest.mark.parametrize(
    ("kind", "response", "message"),
    [
        ("true-false", "True", "The response \"True\" is neither 'true' nor 'false'."),
        ("likert", "", "An id in the response is empty."),
        ("numeric", "four", 'The response "four" is neither a number nor a range.'),
        ("numeric", "[:]", 'The response "[:]" is neither a number nor a range.'),
        ("numeric", "4[:]1", 'The range "4[:]1" ends before it begins.'),
        ("matching", "a[.]b[.]c", "\"a[.]b[.]c\" is not a pair joined by '[.]'."),
        ("performance", "pong", "\"pong\" is not a pair joined by '[.]'."),
        ("sequencing", "a[,][,]b", "An id in the response is empty."),
    ],
)
def test_a_response_in_another_form(kind: str, response: str, message: str) -> None:
    statement = {
        **LEAST,
        "object": {"id": "https://example.org/q", "definition": {"interactionType": kind}},
        "result": {"response": response},
    }
    assert findings(statement) == [Finding("result.response", message)]


@pytest.mark.parametrize(
    ("change", "value", "path", "message"),
    [
        ("id", NOTHING, "id", "The property 'id' is missing."),
        ("id", "6690e6c9-3ef0-1ed3-8b37-7f3964730bee", "id", '"6690e6c9-3ef0-1ed3-8b37-7f3964730bee" is not a UUID of version 4 in small letters.'),
        ("id", FULL["id"].upper(), "id", f'"{FULL["id"].upper()}" is not a UUID of version 4 in small letters.'),
        ("timestamp", NOTHING, "timestamp", "The property 'timestamp' is missing."),
        ("timestamp", "2026-03-01T12:00:00", "timestamp", '"2026-03-01T12:00:00" is not a timestamp in the form of RFC 3339.'),
        ("timestamp", "2026-03-01T12:00:00+01:00", "timestamp", '"2026-03-01T12:00:00+01:00" is not in UTC.'),
        ("stored", "2026-03-01T12:00:00Z", "stored", "The LRS sets this property."),
        ("authority", PERSON, "authority", "The LRS sets this property."),
        ("version", "1.0.3", "version", 'Content that sends a version must send 1.0.0, not "1.0.3".'),
        ("verb.display", NOTHING, "verb.display", "The property 'display' is missing."),
        ("verb.display", {}, "verb.display", "The verb has no display in any language."),
        ("context.contextActivities.parent", {"id": "https://example.org/"}, "context.contextActivities.parent", 'A list belongs here, not {"id": "https://example.org/"}.'),
        ("object.definition.choices[2].id", "c d", "object.definition.choices[2].id", 'The id "c d" is empty or holds white space.'),
        ("result.duration", "PT1.125S", "result.duration", '"PT1.125S" is finer than a hundredth of a second.'),
    ],
)  # fmt: skip
def test_what_content_must_keep_beside(change: str, value: Any, path: str, message: str) -> None:
    statement = changed(FULL, change, value)
    assert Finding(path, message) in findings(statement, content=True)
    assert Finding(path, message) not in findings(statement)


def test_a_question_says_its_kind() -> None:
    definition = {"type": "http://adlnet.gov/expapi/activities/cmi.interaction"}
    assert activity_findings({"id": "https://example.org/q", "definition": definition}) == [
        Finding("definition.interactionType", "The property 'interactionType' is missing.")
    ]


def test_an_activity_alone() -> None:
    assert activity_findings(FULL["object"]) == []
    assert activity_findings("q1") == [Finding("", 'An object belongs here, not "q1".')]


def test_a_value_in_a_message_is_cut() -> None:
    [finding] = findings({**LEAST, "id": "x" * 1000})
    assert finding.message == f'"{"x" * 56}... is not a UUID.'
    [finding] = findings({**LEAST, "y" * 1000: 1})
    assert len(finding.path) == 80
    assert str(finding).startswith("y" * 77 + "...: The property ")


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        (PERSON, []),
        ({"objectType": "Group", **PERSON}, []),
        ({"objectType": "Group", "member": [PERSON]}, [Finding("", "A group without an identifier cannot be queried.")]),
        ([], [Finding("", "An object belongs here, not [].")]),
    ],
)  # fmt: skip
def test_an_agent_in_a_parameter(agent: object, found: list[Finding]) -> None:
    assert agent_findings(agent) == found


# xAPI 2.0

RELATED = {"objectType": "contextAgent", "agent": PERSON, "relevantTypes": ["https://example.org/helper"]}


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (RELATED, []),
        ({"objectType": "contextAgent", "agent": PERSON}, []),
        ({**RELATED, "objectType": "agent"}, [Finding("context.contextAgents[0].objectType", 'The value is "agent", not "contextAgent".')]),
        ({**RELATED, "agent": {"key": 1}}, [
            Finding("context.contextAgents[0].agent.key", 'The property "key" is not known here.'),
            Finding("context.contextAgents[0].agent", "Exactly one of mbox, mbox_sha1sum, openid and account belongs here; there is none."),
        ]),
        ({**RELATED, "relevantTypes": []}, [Finding("context.contextAgents[0].relevantTypes", "The list is empty.")]),
        ({**RELATED, "relevantTypes": ["abc"]}, [Finding("context.contextAgents[0].relevantTypes[0]", '"abc" is not an absolute IRI.')]),
    ],
)  # fmt: skip
def test_context_agents_of_2_0(entry: dict[str, Any], found: list[Finding]) -> None:
    assert findings({**LEAST, "context": {"contextAgents": [entry]}}, "2.0.0") == found


def test_context_groups_of_2_0() -> None:
    group = {"objectType": "contextGroup", "group": {"objectType": "Group", "member": [PERSON]}}
    assert findings({**LEAST, "context": {"contextGroups": [group]}}, "2.0.0") == []
    assert findings({**LEAST, "context": {"contextGroups": [{**group, "group": PERSON}]}}, "2.0.0") == [
        Finding("context.contextGroups[0].group.objectType", "The property 'objectType' is missing.")
    ]


@pytest.mark.parametrize(
    ("timestamp", "good"),
    [
        ("2008-09-15 15:53:00.601+00:00", True),
        ("2008-09-15T15:53:00.601Z", True),
        ("2008-09-15T15:53:00.601", False),
        ("2008-09-15T15:53Z", False),
        ("2008-09-15T15:53:00+01", False),
        ("2008-09-15T15:53:00-00:00", False),
    ],
)
def test_timestamps_of_2_0(timestamp: str, good: bool) -> None:
    assert (findings({**LEAST, "timestamp": timestamp}, "2.0.0") == []) == good


# Properties

TEXT = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12)
IRI = st.builds("https://example.org/{}".format, st.from_regex(r"[a-z0-9/._~-]{0,12}", fullmatch=True))
MAP = st.dictionaries(st.sampled_from(["en", "sv", "sv-SE", "zh-Hant"]), TEXT, min_size=1)
AGENT = st.one_of(
    st.builds(
        lambda name: {"mbox": f"mailto:{name}@example.org"}, st.from_regex(r"[a-z]{1,8}", fullmatch=True)
    ),
    st.builds(lambda home, name: {"account": {"homePage": home, "name": name}}, IRI, TEXT),
)
ACTIVITY = st.builds(
    lambda own, name, kind: {"id": own, "definition": {"name": name, "type": kind}}, IRI, MAP, IRI
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
STATEMENT = st.fixed_dictionaries(
    {"actor": AGENT, "verb": st.builds(lambda own, words: {"id": own, "display": words}, IRI, MAP), "object": ACTIVITY},
    optional={
        "id": st.uuids(version=4).map(str),
        "result": st.fixed_dictionaries(
            {"success": st.booleans()},
            optional={
                "score": st.builds(lambda scaled: {"scaled": scaled}, st.floats(-1, 1)),
                "response": TEXT,
                "extensions": st.dictionaries(IRI, JSON, min_size=1, max_size=2),
            },
        ),
        "context": st.fixed_dictionaries(
            {"registration": st.uuids().map(str)},
            optional={
                "contextActivities": st.dictionaries(
                    st.sampled_from(["parent", "grouping", "category", "other"]), st.lists(ACTIVITY, max_size=2), min_size=1
                )
            },
        ),
        "timestamp": st.datetimes().map(lambda at: f"{at.isoformat(timespec='milliseconds')}Z"),
    },
)  # fmt: skip


def places(value: Any, path: str = "") -> list[str]:
    """The paths of all properties outside extensions."""
    if isinstance(value, list):
        return [place for number, inner in enumerate(value) for place in places(inner, f"{path}[{number}]")]
    if not isinstance(value, dict):
        return []
    found = []
    for name, inner in value.items():
        place = f"{path}.{name}" if path else name
        found += [place, *([] if name == "extensions" else places(inner, place))]
    return found


@given(STATEMENT)
def test_any_good_statement_is_good_to_both(statement: dict[str, Any]) -> None:
    assert findings(statement) == []
    assert ralph_takes(statement)


@given(STATEMENT, st.data())
def test_null_is_found_wherever_it_is(statement: dict[str, Any], data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(places(statement)))
    assert place in [finding.path for finding in findings(changed(statement, place, None))]


@given(STATEMENT, st.data())
def test_any_json_in_any_place_is_validated(statement: dict[str, Any], data: st.DataObject) -> None:
    place, value = data.draw(st.sampled_from(places(statement))), data.draw(JSON)
    for version in ("1.0.3", "2.0.0"):
        for finding in findings(changed(statement, place, value), version, content=True):
            assert finding.message.endswith(".")
            assert len(finding.message) < 250
            assert "\n" not in finding.message


@given(JSON)
def test_any_json_is_validated(value: Any) -> None:
    assert findings(value) != []
    assert activity_findings(value) != []
    assert agent_findings(value) != []


# cmi5

CMI5 = "https://w3id.org/xapi/cmi5/context/"
SESSION = {f"{CMI5}extensions/sessionid": "s-1"}
GROUPING = [{"objectType": "Activity", "id": "https://example.org/au"}]
LAUNCH = Launch(
    FULL["actor"],
    FULL["context"]["registration"],
    "https://lms.example/activities/1",
    {
        "contextTemplate": {
            "extensions": SESSION,
            "contextActivities": {"grouping": GROUPING},
            "language": "sv",
        },
        "launchMode": "Normal",
        "moveOn": "CompletedAndPassed",
        "masteryScore": 0.8,
    },
)
RESULTS: dict[str, dict[str, Any]] = {
    "initialized": {},
    "completed": {"completion": True, "duration": "PT5S"},
    "passed": {"success": True, "duration": "PT5S", "score": {"scaled": 0.8, "raw": 8, "min": 0, "max": 10}},
    "failed": {"success": False, "duration": "PT5S", "score": {"scaled": 0.79}},
    "terminated": {"duration": "PT9S"},
    "experienced": {"extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 50}},
}


def said(verb: str, second: int, /, **changes: Any) -> dict[str, Any]:
    """A right statement of the session; `changes` are by path, with `__` for the dots."""
    defined = verb != "experienced"
    categories = ["cmi5"] if defined else []
    categories += ["moveon"] if verb in ("completed", "passed", "failed") else []
    statement: dict[str, Any] = {
        "id": f"00000000-0000-4000-8000-{second:012}",
        "actor": FULL["actor"],
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}", "display": {"en": verb}},
        "object": {
            "objectType": "Activity",
            "id": LAUNCH.activity if defined else "https://example.org/page",
        },
        "result": copy.deepcopy(RESULTS[verb]),
        "context": {
            "registration": LAUNCH.registration,
            "language": "sv",
            "contextActivities": {
                "grouping": GROUPING,
                "category": [{"id": f"{CMI5}categories/{name}"} for name in categories],
            },
            "extensions": {**SESSION},
        },
        "timestamp": f"2026-03-01T12:00:{second:02}.000Z",
    }
    if verb in ("passed", "failed"):
        statement["context"]["extensions"][f"{CMI5}extensions/masteryscore"] = 0.8
    for path, value in changes.items():
        statement = changed(statement, path.replace("__", "."), value)
    return statement


WHOLE = [
    said("initialized", 0),
    said("experienced", 1),
    said("completed", 2),
    said("passed", 2),
    said("terminated", 3),
]


def test_a_right_session_has_no_fault() -> None:
    assert cmi5_findings(WHOLE, LAUNCH) == []
    # The order is that of the timestamps, not that of arrival.
    assert cmi5_findings(WHOLE[::-1], LAUNCH) == []
    assert cmi5_findings(WHOLE[:2], LAUNCH, ended=False) == []
    assert cmi5_findings([], LAUNCH, ended=False) == []


PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
OTHER_LAUNCH = {"contextTemplate": {}, "launchMode": "Normal", "moveOn": "Completed"}


@pytest.mark.parametrize(
    ("statement", "path", "message"),
    [
        # 9.1, 9.7: the general rules say it first
        (said("completed", 2, id=NOTHING), "[1].id", "The property 'id' is missing."),
        (said("completed", 2, timestamp="2026-03-01T13:00:02+01:00"), "[1].timestamp", '"2026-03-01T13:00:02+01:00" is not in UTC.'),
        # 8.1, 9.2
        (said("experienced", 2, actor={"mbox": "mailto:a@b.se"}), "[1].actor", 'The actor {"mbox": "mailto:a@b.se"} is not the one of the launch.'),
        # 9.6.1
        (said("experienced", 2, context__registration=FULL["id"]), "[1].context.registration", f'The registration "{FULL["id"]}" is not the one of the launch.'),
        # 9.6.3.1, 10.2.1
        (said("experienced", 2, context__extensions={}), f"[1].context.extensions.{CMI5}extensions/sessionid", "The property of the contextTemplate is missing."),
        (said("experienced", 2, context__extensions={f"{CMI5}extensions/sessionid": "s-2"}), f"[1].context.extensions.{CMI5}extensions/sessionid", 'The contextTemplate says "s-1", not "s-2".'),
        (said("experienced", 2, context__language="en"), "[1].context.language", 'The contextTemplate says "sv", not "en".'),
        (said("experienced", 2, context__contextActivities__grouping=[]), "[1].context.contextActivities.grouping", '{"objectType": "Activity", "id": "https://example.org/au"} of the contextTemplate is missing.'),
        # 6.3
        (said("experienced", 2, verb=VOIDED, object=REFERENCE), "[1].verb.id", "A unit voids nothing."),
        # 9.3.9
        (said("experienced", 2, verb__id="https://w3id.org/xapi/adl/verbs/satisfied"), "[1].verb.id", 'The verb "https://w3id.org/xapi/adl/verbs/satisfied" is reserved for the LMS.'),
        # 7.1.3
        (said("initialized", 2, verb__id="http://adlnet.gov/expapi/verbs/experienced"), "[1].verb.id", 'cmi5 does not define the verb "http://adlnet.gov/expapi/verbs/experienced", but the statement has its category.'),
        # 9.4
        (said("completed", 2, object__id="https://example.org/au"), "[1].object.id", 'The object "https://example.org/au" is not the activity of the launch.'),
        # 9.5
        (said("completed", 2, result__completion=NOTHING, context__contextActivities__category=[{"id": f"{CMI5}categories/cmi5"}]), "[1].result.completion", "With this verb the property must be true."),
        (said("completed", 2, result__success=True), "[1].result.success", "With this verb the property must not be there."),
        (said("completed", 2, result__duration=NOTHING), "[1].result.duration", "With this verb the duration is needed."),
        (said("completed", 2, result__score={"scaled": 1}), "[1].result.score", "With this verb there is no score."),
        (said("passed", 2, result__success=False), "[1].result.success", "With this verb the property must be true."),
        (said("passed", 2, result__completion=True), "[1].result.completion", "With this verb the property must not be there."),
        (said("failed", 2, result__success=True), "[1].result.success", "With this verb the property must be false."),
        (said("failed", 2, result__score={"scaled": -0.5}), "[1].result.score.scaled", "The score -0.5 is not from 0 to 1."),
        (said("passed", 2, result__score={"scaled": 1, "raw": 10, "max": 10}), "[1].result.score.raw", "A raw score needs the lowest and the highest beside it."),
        (said("passed", 2, result__score__raw=8.5), "[1].result.score.raw", "The score 8.5 is not a whole number."),
        # 9.3.4, 9.3.5
        (said("passed", 2, result__score={"scaled": 0.79}), "[1].result.score.scaled", "The score 0.79 is below the mastery score 0.8."),
        (said("failed", 2, result__score={"scaled": 0.8}), "[1].result.score.scaled", "The score 0.8 is not below the mastery score 0.8."),
        # 9.6.3.2
        (said("passed", 2, context__extensions={**SESSION, f"{CMI5}extensions/masteryscore": 0.7}), f"[1].context.extensions.{CMI5}extensions/masteryscore", "The mastery score is 0.8, not 0.7."),
        (said("failed", 2, context__extensions={**SESSION}), f"[1].context.extensions.{CMI5}extensions/masteryscore", "The mastery score is 0.8, not null."),
        # 9.6.2.2
        (said("completed", 2, context__contextActivities__category=[{"id": f"{CMI5}categories/cmi5"}]), "[1].context.contextActivities.category", "The moveon category is missing."),
        (said("experienced", 2, context__contextActivities__category=[{"id": f"{CMI5}categories/moveon"}]), "[1].context.contextActivities.category", "The moveon category does not belong here."),
        # 9.5.5.1
        (said("experienced", 2, result__extensions={PROGRESS: 101}), f"[1].result.extensions.{PROGRESS}", "The progress 101 is not a whole number from 0 to 100."),
        (said("experienced", 2, result__extensions={PROGRESS: 50.0}), f"[1].result.extensions.{PROGRESS}", "The progress 50.0 is not a whole number from 0 to 100."),
        # 9.3
        (said("initialized", 2), "[1].verb.id", 'The verb "http://adlnet.gov/expapi/verbs/initialized" already occurs in [0].'),
        (said("experienced", 9), "[1].timestamp", "The statement is after the one with the verb terminated."),
    ],
)  # fmt: skip
def test_a_wrong_statement_in_a_session(statement: dict[str, Any], path: str, message: str) -> None:
    found = cmi5_findings([said("initialized", 1), statement, said("terminated", 3)], LAUNCH)
    assert found == [Finding(path, message)]


def test_a_session_begins_with_initialized() -> None:
    assert cmi5_findings([said("experienced", 0), said("initialized", 1)], LAUNCH, ended=False) == [
        Finding("[0].timestamp", "The statement is before the one with the verb initialized.")
    ]
    assert cmi5_findings([said("experienced", 0)], LAUNCH, ended=False) == [
        Finding("", "The session has no statement with the verb initialized.")
    ]


def test_a_session_ends_with_terminated() -> None:
    assert cmi5_findings([said("initialized", 0)], LAUNCH) == [
        Finding("", "The session has no statement with the verb terminated.")
    ]


def test_a_session_is_passed_or_failed() -> None:
    both = [said("initialized", 0), said("failed", 1), said("passed", 2), said("terminated", 3)]
    assert cmi5_findings(both, LAUNCH) == [Finding("[2].verb.id", "The session has both passed and failed.")]


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_where_nothing_is_graded(mode: str) -> None:
    launch = Launch(LAUNCH.actor, LAUNCH.registration, LAUNCH.activity, {**LAUNCH.data, "launchMode": mode})
    assert cmi5_findings([WHOLE[0], WHOLE[1], WHOLE[4]], launch) == []
    assert cmi5_findings([WHOLE[0], WHOLE[2], WHOLE[4]], launch) == [
        Finding("[1].verb.id", f'In the mode "{mode}" there is nothing to grade.')
    ]


def test_a_verb_of_cmi5_outside_its_category_is_allowed() -> None:
    film = said(
        "experienced", 1, verb__id="http://adlnet.gov/expapi/verbs/completed", result={"completion": True}
    )
    assert cmi5_findings([WHOLE[0], film, WHOLE[4]], LAUNCH) == []


def test_who_is_not_known_by_an_account() -> None:
    launch = Launch(PERSON, LAUNCH.registration, LAUNCH.activity, LAUNCH.data)
    assert statement_findings(said("initialized", 0, actor=PERSON), launch) == [
        Finding("actor", "The actor is not known by an account.")
    ]


def test_one_statement_alone() -> None:
    assert statement_findings(WHOLE[2], LAUNCH) == []
    bare = said("completed", 2, id=NOTHING, timestamp=NOTHING)
    assert statement_findings(bare, LAUNCH) == [
        Finding("id", "The unit gives every statement an id."),
        Finding("timestamp", "Every statement has a timestamp."),
    ]


def test_completed_and_passed_once_in_a_registration() -> None:
    verb = "http://adlnet.gov/expapi/verbs/"
    assert cmi5_findings(WHOLE, LAUNCH, earlier=[said("completed", 2)]) == [
        Finding(f"[1].result.extensions.{PROGRESS}", "No progress can be reported after completed."),
        Finding("[2].verb.id", f'The registration already has the verb "{verb}completed".'),
    ]
    failed = [said("initialized", 0), said("failed", 1), said("terminated", 2)]
    assert cmi5_findings(failed, LAUNCH, earlier=[said("failed", 1)]) == []
    assert cmi5_findings(failed, LAUNCH, earlier=[said("passed", 1)]) == [
        Finding("[1].verb.id", "The registration is passed already.")
    ]


def test_the_statement_rules_need_no_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys, coursepack.xapi.statement; "
        "print([name for name in ('pydantic', 'lxml', 'starlette', 'sqlite3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_faults_can_be_told_as_json() -> None:
    assert json.loads(json.dumps(findings({}))) == [
        ["actor", "The property 'actor' is missing."],
        ["verb", "The property 'verb' is missing."],
        ["object", "The property 'object' is missing."],
    ]


@pytest.mark.parametrize("wrong", [{}, [], None, 1])
def test_an_id_of_any_kind_is_told_and_breaks_nothing(wrong: object) -> None:
    definition = {
        "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
        "interactionType": "choice",
        "choices": [{"id": wrong, "description": {"en": "A"}}],
        "correctResponsesPattern": ["a"],
    }
    paths = [finding.path for finding in activity_findings({"id": "urn:example:q", "definition": definition})]
    assert "definition.choices[0].id" in paths
