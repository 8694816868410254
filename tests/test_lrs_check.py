"""An LRS is tried with what packages need: each fault shows in its own row, and no secret shows anywhere."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml
from click.testing import CliRunner, Result
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from test_layers import SRC

from coursepack.cli import main
from coursepack.problems import Parts
from coursepack.xapi.lrs_check import LrsReport, Row, basic_authorization, check_address, check_lrs, is_origin
from coursepack.xapi.statement import findings as findings_of
from coursepack.xapi.test_lrs.faults import Faults
from coursepack.xapi.test_lrs.lrs import EXPOSED, lrs
from coursepack.xapi.test_lrs.request import Credential, Limits, basic, credential
from coursepack.xapi.test_lrs.serve import serve
from coursepack.xapi.test_lrs.store import Store

pytestmark = pytest.mark.long

KEY, SECRET = "the-key-of-the-course", 'p:ss "w<rd"/å'
AUTH = basic(KEY, SECRET)
EVERY = [
    *("address", "about", "CORS preflight", "authorisation", "statement by tincan", "statements"),
    *("same id again", "delay", "same id, other content", "filter by registration", "batch of 50"),
    *("keepalive size", "state document", "state ETag", "state If-Match", "state If-None-Match"),
    *("large state", "agent profile", "version 1.0.3", "version 2.0.0", "CORS answers"),
    *("CORS exposed headers", "clock", "tidying up"),
]
Layer = Callable[[ASGIApp], ASGIApp]
WORDS = {
    template: other
    for name in ("lrs", "values")
    for template, other in yaml.safe_load((SRC / f"languages/sv/findings/{name}.yaml").read_text("utf-8"))[
        "messages"
    ].items()
}


def untranslated(report: LrsReport) -> list[str]:
    """The sentences of a report, and those within them, that have no Swedish words."""
    waiting = [each for row in report.rows for each in (row.title, row.says, row.advises)]
    found = []
    for message in waiting:
        waiting += [inner for value in message.values if isinstance(value, Parts) for inner in value.messages]
        if message.template not in WORDS and any(sign.isalpha() for sign in message.template):
            found.append(message.template)
    return found


class Site:
    """A served LRS: what it holds, what it was asked, and its address."""

    def __init__(self, layer: Layer = lambda app: app, **options: Any) -> None:
        self.store = Store()
        options = {
            "credentials": {AUTH: credential("course")},
            "exposed": (*EXPOSED, "Retry-After"),
            **options,
        }
        self.faults = Faults(layer(lrs(self.store, content=True, **options)))
        self.url = ""

    def check(self, authorization: str = AUTH, **options: Any) -> LrsReport:
        report = check_lrs(self.url, authorization, **{"timeout": 5.0, **options})
        secrets = (SECRET, AUTH, AUTH.partition(" ")[2], KEY)
        told = json.dumps(report.as_dict(), ensure_ascii=False)
        assert [secret for secret in secrets if secret in told or json.dumps(secret)[1:-1] in told] == []
        assert untranslated(report) == []
        return report


@pytest.fixture
def site() -> Iterator[Callable[..., Site]]:
    with ExitStack() as stack:

        def make(layer: Layer = lambda app: app, **options: Any) -> Site:
            made = Site(layer, **options)
            made.url = stack.enter_context(serve(made.faults))
            stack.callback(made.store.close)
            stack.callback(made.faults.lift)
            return made

        yield make


def bad(report: LrsReport) -> dict[str, str]:
    """The rows that are not well, with their verdicts; each of them asks for something."""
    assert [row for row in report.rows if bool(row.ask) == (row.verdict == "ok")] == []
    return {row.name: row.verdict for row in report.rows if row.verdict != "ok"}


def row(report: LrsReport, name: str) -> Row:
    (found,) = [row for row in report.rows if row.name == name]
    return found


# All is well


def test_a_good_lrs_gives_a_row_for_everything_and_no_complaint(site: Callable[..., Site]) -> None:
    good = site()
    report = good.check()
    assert bad(report) == {}
    assert [row.name for row in report.rows] == EVERY
    assert (report.works, report.warned, report.endpoint) == (True, False, f"{good.url}/")


def test_everything_that_was_written_is_voided_or_deleted(site: Callable[..., Site]) -> None:
    good = site()
    written = good.check().written
    assert written
    statements = good.store.statements()
    voids = [each for each in statements if each["verb"]["id"].endswith("/voided")]
    others = [each for each in statements if each not in voids]
    assert {each["object"]["id"] for each in voids} == {each["id"] for each in others}
    assert (written.statements, written.voided, written.documents) == (len(others), len(others), 0)
    puts = {each.query["stateId"] for each in good.faults.sent("PUT", "/activities/state")}
    deleted = {each.query["stateId"] for each in good.faults.sent("DELETE", "/activities/state")}
    assert puts == deleted == {"resume", "coursepack-large"}


def test_what_is_sent_is_right_by_the_standard_and_about_nobody(site: Callable[..., Site]) -> None:
    good = site()
    written = good.check().written
    assert written
    for noted in good.faults.sent("POST", "/statements"):
        for statement in noted.json:
            assert findings_of(statement, noted.headers["x-experience-api-version"], content=True) == []
            assert statement["actor"]["account"]["homePage"] == "https://coursepack.invalid/"
            assert statement["object"]["id"].removeprefix("urn:uuid:")
            assert statement.get("context", {}).get("registration") in (None, written.registration)
    assert written.activity.startswith("urn:uuid:")


def test_the_sizes_are_those_of_packages_and_browsers(site: Callable[..., Site]) -> None:
    good = site()
    good.check()
    posts = [noted for noted in good.faults.sent("POST", "/statements") if noted.status == 200]
    assert max(len(noted.json) for noted in posts) == 50
    assert max(len(noted.body) for noted in posts) == 65_535
    assert max(len(n.body) for n in good.faults.sent("PUT", "/activities/state")) == 64_000


def test_a_slash_is_added_to_the_address(site: Callable[..., Site]) -> None:
    good = site()
    assert "a slash was added" in row(good.check(), "address").seen
    good.url += "/"
    assert "slash" not in row(good.check(), "address").seen


def test_a_page_of_the_lrs_itself_needs_no_cors(site: Callable[..., Site]) -> None:
    own = site(origins="https://other.example", exposed=())
    report = own.check(origin=own.url)
    assert bad(report) == {}
    assert [each.name for each in report.rows if "CORS" in each.name] == ["CORS"]


@pytest.mark.parametrize("name", [*EVERY, "CORS", "the rest"])
def test_the_page_for_administrators_tells_every_row(name: str) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs/lrs.md").read_text("utf-8")
    assert re.search(rf"^\|.*`{re.escape(name)}`", page, re.MULTILINE)


# Faults of the LRS, each in its row


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"versions": ("2.0.0",)}, {}),
        ({"versions": ("1.0.3",)}, {}),
        ({"versions": ("3.0.0",)}, {"about": "fail", "authorisation": "fail"}),
        ({"exposed": ()}, {"CORS exposed headers": "warn"}),
        ({"exposed": ("Retry-After",)}, {"CORS exposed headers": "warn"}),
        ({"origins": "https://other.example"}, {"CORS preflight": "fail", "CORS answers": "fail", "CORS exposed headers": "ok"}),
        ({"credentials": {}}, {"authorisation": "fail"}),
        ({"credentials": {AUTH: credential("course", "HEAD")}}, {"authorisation": "fail"}),
        ({"limits": Limits(document=10_000)}, {"large state": "warn"}),
        ({"limits": Limits(document=1000)}, {"large state": "fail"}),
        ({"limits": Limits(request=65_000)}, {"keepalive size": "warn"}),
        ({"limits": Limits(request=20_000)}, {"batch of 50": "warn", "keepalive size": "warn", "tidying up": "ok"}),
    ],
)  # fmt: skip
def test_an_option_of_the_lrs_shows_in_its_row(
    site: Callable[..., Site], options: Mapping[str, Any], expected: Mapping[str, str]
) -> None:
    found = bad(site(**options).check())
    assert found == {name: verdict for name, verdict in expected.items() if verdict != "ok"}


def test_an_lrs_that_speaks_two_only_is_spoken_to_in_two(site: Callable[..., Site]) -> None:
    report = site(versions=("2.0.0",)).check()
    assert row(report, "about").seen == "supports 2.0.0; packages use 2.0.0"
    assert [each.name for each in report.rows] == [name for name in EVERY if name != "statement by tincan"]


def test_a_refused_key_ends_the_trial_and_cors_is_told_nevertheless(site: Callable[..., Site]) -> None:
    closed = site()
    report = closed.check(basic(KEY, "another"))
    assert [each.name for each in report.rows] == EVERY[:4]
    assert row(report, "authorisation").seen.startswith("with credentials: 401 Unauthorized")
    assert row(report, "authorisation").ask.startswith("Ask for a key and secret that are valid")
    assert report.written is None
    assert closed.store.statements() == []


def test_a_right_that_is_missing_is_told(site: Callable[..., Site]) -> None:
    report = site(credentials={AUTH: credential("course", "GET")}).check()
    assert bad(report) == {
        "statement by tincan": "fail",
        "statements": "fail",
        "state document": "fail",
    }
    assert row(report, "statements").seen == "POST: 403 Forbidden: This credential may not POST."
    assert row(report, "statements").ask == "Ask that this key allows writing statements."


def test_a_key_that_may_not_read_statements_is_enough(site: Callable[..., Site]) -> None:
    def refuses(call: Any) -> str | None:
        return "write only" if (call.path, call.method) == ("statements", "GET") else None

    report = site(credentials={AUTH: Credential(credential("course").authority, refuses)}).check()
    assert report.works
    assert bad(report) == {"statement by tincan": "warn"}


def test_an_lrs_open_to_all_is_told(site: Callable[..., Site]) -> None:
    class Open(dict[str, Credential]):
        def get(self, key: object, default: object = None) -> Any:
            return credential("anybody")

    def lets_in(app: ASGIApp) -> ASGIApp:
        async def layer(scope: Scope, receive: Receive, send: Send) -> None:
            names = {name for name, _ in scope["headers"]}
            own = [] if b"authorization" in names else [(b"authorization", AUTH.encode())]
            await app({**scope, "headers": [*scope["headers"], *own]}, receive, send)

        return layer

    assert bad(site(lets_in).check()) == {"authorisation": "warn"}


def strangers(status: int, path: str) -> Layer:
    """Answers those who bring no credential with a status, below a path."""

    def around(app: ASGIApp) -> ASGIApp:
        async def layer(scope: Scope, receive: Receive, send: Send) -> None:
            is_known = b"authorization" in {name for name, _ in scope["headers"]}
            if is_known or scope["method"] == "OPTIONS" or not scope["path"].endswith(path):
                await app(scope, receive, send)
                return
            headers = [(b"access-control-allow-origin", b"*")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b"no"})

        return layer

    return around


@pytest.mark.parametrize("status", [400, 404])
def test_a_refusal_by_another_status_is_no_open_door(site: Callable[..., Site], status: int) -> None:
    report = site(strangers(status, "")).check()
    assert bad(report) == {"about": "warn", "authorisation": "warn"} or bad(report) == {
        "authorisation": "warn"
    }
    told = row(report, "authorisation")
    assert told.seen.startswith("refused without credentials, but with another error than 401: ")
    assert "public" not in told.ask


def test_a_state_that_nobody_has_says_nothing_of_strangers(site: Callable[..., Site]) -> None:
    report = site(strangers(404, "/activities/state")).check()
    assert bad(report) == {}
    assert row(report, "authorisation").seen == "401 without credentials, accepted with them"


def in_a_list(app: ASGIApp) -> ASGIApp:
    """Answers as Ralph does: a list also where one statement is asked for, empty when it is not there."""

    async def layer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET" or b"statementId" not in scope["query_string"]:
            await app(scope, receive, send)
            return
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        await app(scope, receive, keep)
        found = sent[0]["status"] == 200
        body = b"".join(message.get("body", b"") for message in sent[1:])
        listed = b'{"statements": [' + (body if found else b"") + b"]}"
        headers = [(name, value) for name, value in sent[0]["headers"] if name != b"content-length"]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": listed})

    return layer


def test_a_list_in_place_of_a_statement_is_no_damaged_statement(site: Callable[..., Site]) -> None:
    report = site(in_a_list).check()
    assert bad(report) == {"statement by tincan": "warn"}
    assert row(report, "statement by tincan").seen == "saved; read by its id, it is returned in a list"


def test_an_lrs_for_statements_alone(site: Callable[..., Site]) -> None:
    """Packages keep progress on the device there; nothing is said to be spoken, kept or allowed that is not."""
    report = site(quirks=["statements-only-lrs"]).check()
    assert bad(report) == {"about": "warn", "state document": "warn", "agent profile": "warn"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"path": "/about", "status": 404}, {"about": "warn"}),
        ({"path": "/agents/profile", "status": 500}, {"agent profile": "warn"}),
        ({"path": "/agents/profile", "status": 404}, {"agent profile": "warn"}),
        ({"path": "/activities/state", "method": "PUT", "status": 404}, {"state document": "warn"}),
        ({"path": "/statements", "method": "POST", "status": 503}, {"statements": "fail", "tidying up": "warn"}),
        ({"path": "/statements", "method": "POST", "status": 429}, {"statements": "fail", "tidying up": "warn"}),
        ({"path": "/activities/state", "status": 500}, {"authorisation": "fail"}),
        ({"path": "/activities/state", "method": "PUT", "status": 500}, {"state document": "fail"}),
        ({"path": "/activities/state", "method": "DELETE", "status": 405}, {"tidying up": "warn"}),
        ({"status": 502, "body": "<html>Bad gateway</html>"}, {"about": "warn", "authorisation": "fail"}),
    ],
)  # fmt: skip
def test_an_error_shows_in_its_row(
    site: Callable[..., Site], rule: Mapping[str, Any], expected: Mapping[str, str]
) -> None:
    faulty = site()
    faulty.faults.add("status", **rule)
    assert bad(faulty.check()) == expected


def test_what_could_not_be_deleted_is_counted(site: Callable[..., Site]) -> None:
    faulty = site()
    faulty.faults.add("status", "DELETE", status=500)
    report = faulty.check()
    assert report.written
    assert report.written.documents == 2
    assert row(report, "tidying up").seen.startswith("DELETE of the state: 500 Internal Server Error")


def test_a_web_page_in_place_of_an_lrs_is_told(site: Callable[..., Site]) -> None:
    web = site()
    web.faults.add("status", status=200, body="<!doctype html><title>Welcome</title>")
    report = web.check()
    assert row(report, "authorisation").as_dict() == {
        "name": "authorisation",
        "verdict": "fail",
        "seen": "no LRS is there: 200 OK, an HTML page",
        "ask": "Ask the host for the exact address of the xAPI endpoint.",
    }
    assert report.rows[-1].name == "authorisation"


def test_a_redirection_is_told_and_not_followed(site: Callable[..., Site]) -> None:
    target, source = site(), site()
    to = target.url.replace("//", f"//{KEY}:hidden@") + f"/about?auth={AUTH}"
    source.faults.add("status", status=301, headers={"Location": to})
    report = source.check()
    (only,) = report.rows
    assert only.verdict == "fail"
    assert only.seen == f"301 Moved Permanently, a redirect to {target.url}/about"
    assert target.faults.requests == []


def test_an_endless_answer_is_not_read_to_its_end(site: Callable[..., Site]) -> None:
    def endless(app: ASGIApp) -> ASGIApp:
        async def layer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] != "/about":
                await app(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(50):
                await send({"type": "http.response.body", "body": b" " * 100_000, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

        return layer

    (only,) = site(endless).check().rows
    assert only.seen == "an answer of more than 2 MB"


def test_json_without_end_of_nesting_is_no_json(site: Callable[..., Site]) -> None:
    deep = site()
    deep.faults.add("status", path="/about", status=200, body="[" * 100_000)
    assert bad(deep.check()) == {"about": "warn"}


def test_an_lrs_that_falls_silent_is_given_up(site: Callable[..., Site]) -> None:
    mute = site()
    mute.faults.add("silent", path="/statements")
    # As long as nothing else takes, however busy the machine is.
    report = mute.check(timeout=1)
    assert bad(report) == {
        "statement by tincan": "fail",
        "statements": "fail",
        "the rest": "fail",
        "tidying up": "warn",
    }
    assert report.written
    assert report.written.voided == 0


def test_an_answer_that_drips_is_cut_off() -> None:
    with drip() as port:
        (only,) = check_lrs(f"http://127.0.0.1:{port}/", AUTH, timeout=0.5).rows
    assert (only.verdict, only.seen) == ("fail", "no answer in 0.5 s")


@contextmanager
def drip() -> Iterator[int]:
    """A server whose answer never ends, a byte at a time, so that no single read takes long."""
    done = threading.Event()

    def work() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not done.wait(0.05):
                    connection.sendall(b"x")
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
            thread.join()


def test_a_cut_connection_is_told(site: Callable[..., Site]) -> None:
    cut = site()
    cut.faults.add("drop", "POST", "/statements", times=1)
    report = cut.check()
    assert bad(report) == {"statements": "fail"}
    assert row(report, "statements").seen == "POST: the connection was closed before an answer"


# Faults that need a layer of their own


def changed(
    change: Callable[[Scope, Message], None], before: Callable[[Scope], None] = lambda _: None
) -> Layer:
    """A layer that changes requests before they come and answers before they go."""

    def around(app: ASGIApp) -> ASGIApp:
        async def layer(scope: Scope, receive: Receive, send: Send) -> None:
            async def sent(message: Message) -> None:
                change(scope, message)
                await send(message)

            before(scope)
            await app(scope, receive, sent)

        return layer

    return around


def without(*names: str) -> Callable[[Scope], None]:
    def before(scope: Scope) -> None:
        scope["headers"] = [each for each in scope["headers"] if each[0].decode() not in names]

    return before


def nothing(_: Scope, __: Message) -> None:
    return


def test_if_match_that_is_ignored_is_told(site: Callable[..., Site]) -> None:
    careless = site(changed(nothing, without("if-match")))
    report = careless.check()
    assert bad(report) == {"state If-Match": "warn"}
    assert row(report, "state If-Match").seen == "an old ETag is accepted too"
    assert report.works


def test_if_none_match_that_is_ignored_is_told(site: Callable[..., Site]) -> None:
    report = site(changed(nothing, without("if-none-match"))).check()
    assert bad(report) == {"state If-None-Match": "warn"}


def test_etags_that_are_altered_on_their_way_are_told(site: Callable[..., Site]) -> None:
    def alter(scope: Scope, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, b'W/"' + value.strip(b'"') + b'-gzip"' if name == b"etag" else value)
                for name, value in message["headers"]
            ]

    report = site(changed(alter)).check()
    assert bad(report) == {"state ETag": "warn"}
    # The SHA-1 of the contents, which 1.0.3 wants as ETag, is accepted.
    assert row(report, "state If-Match").verdict == "ok"


def test_a_missing_etag_is_told(site: Callable[..., Site]) -> None:
    def drop(scope: Scope, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [each for each in message["headers"] if each[0] != b"etag"]

    assert bad(site(changed(drop)).check()) == {"state ETag": "warn"}


def test_an_asterisk_does_not_allow_authorization(site: Callable[..., Site]) -> None:
    def any_header(scope: Scope, message: Message) -> None:
        if scope["method"] == "OPTIONS" and message["type"] == "http.response.start":
            message["headers"] = [
                (name, b"*" if name == b"access-control-allow-headers" else value)
                for name, value in message["headers"]
            ]

    report = site(changed(any_header)).check()
    assert bad(report) == {"CORS preflight": "fail"}
    assert "Authorization is not among the allowed headers" in row(report, "CORS preflight").seen


def test_conditions_that_a_browser_may_not_send_are_told(site: Callable[..., Site]) -> None:
    def few(scope: Scope, message: Message) -> None:
        if scope["method"] == "OPTIONS" and message["type"] == "http.response.start":
            message["headers"] = [
                (name, value.replace(b"If-Match", b"X").replace(b"If-None-Match", b"X"))
                for name, value in message["headers"]
            ]

    assert bad(site(changed(few)).check()) == {"CORS preflight": "warn"}


def test_preflight_that_asks_for_a_credential_is_told(site: Callable[..., Site]) -> None:
    def refuse(scope: Scope, message: Message) -> None:
        if scope["method"] == "OPTIONS" and message["type"] == "http.response.start":
            message["status"] = 401

    report = site(changed(refuse)).check()
    assert bad(report) == {"CORS preflight": "fail"}
    assert "OPTIONS is answered with 401 Unauthorized" in row(report, "CORS preflight").seen


def test_errors_that_a_page_may_not_read_are_told(site: Callable[..., Site]) -> None:
    def hide(scope: Scope, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 401:
            message["headers"] = [each for each in message["headers"] if b"allow-origin" not in each[0]]

    report = site(changed(hide)).check()
    assert bad(report) == {"CORS answers": "warn"}
    assert "with 401" in row(report, "CORS answers").seen


def test_cors_for_what_is_only_wanted_is_a_warning(site: Callable[..., Site]) -> None:
    def hide(scope: Scope, message: Message) -> None:
        if message["type"] == "http.response.start" and scope["path"] == "/about":
            message["headers"] = [each for each in message["headers"] if b"allow-origin" not in each[0]]

    assert bad(site(changed(hide)).check()) == {"CORS preflight": "warn", "CORS answers": "warn"}


def test_about_may_ask_for_the_credential(site: Callable[..., Site]) -> None:
    def guard(app: ASGIApp) -> ASGIApp:
        async def layer(scope: Scope, receive: Receive, send: Send) -> None:
            async def refused(message: Message) -> None:
                is_start = message["type"] == "http.response.start"
                await send({**message, "status": 401} if is_start else message)

            is_known = b"authorization" in dict(scope["headers"]) or scope["method"] == "OPTIONS"
            await app(scope, receive, send if is_known else refused)

        return layer

    report = site(guard).check()
    assert bad(report) == {}
    assert row(report, "about").seen.endswith("(listed with credentials only)")


def test_etags_that_are_never_right_are_told_and_what_follows(site: Callable[..., Site]) -> None:
    def never(scope: Scope) -> None:
        scope["headers"] = [(n, b'"never"' if n == b"if-match" else value) for n, value in scope["headers"]]

    one = site(changed(nothing, never), versions=("1.0.3",)).check()
    assert bad(one) == {"state If-Match": "warn"}
    # 2.0 takes no document without a condition.
    two = site(changed(nothing, never), versions=("2.0.0",)).check()
    assert bad(two) == {"state If-Match": "fail"}


def test_a_registration_that_is_ignored_is_told(site: Callable[..., Site]) -> None:
    def forget(scope: Scope) -> None:
        if scope["path"] == "/activities/state":
            pairs = scope["query_string"].split(b"&")
            scope["query_string"] = b"&".join(each for each in pairs if not each.startswith(b"registration="))

    report = site(changed(nothing, forget)).check()
    assert bad(report) == {"state document": "warn"}
    assert "also returned without a registration" in row(report, "state document").seen


def test_something_that_does_not_speak_http_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def work() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=work)
        thread.start()
        (only,) = check_lrs(f"http://127.0.0.1:{listener.getsockname()[1]}/", AUTH).rows
        thread.join()
    assert (only.verdict, only.seen) == ("fail", "the answer is not HTTP, or truncated")


def test_a_proxy_of_the_environment_is_not_used(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert bad(site().check()) == {}


@pytest.mark.parametrize(
    ("year", "seen"), [(2000, "behind this computer's"), (2100, "ahead of this computer's")]
)
def test_a_clock_that_is_wrong_is_told(site: Callable[..., Site], year: int, seen: str) -> None:
    def shift(scope: Scope, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"].append((b"date", f"01 Jan {year} 00:00:00 -0000".encode()))

    with serve_without_date(site(changed(shift)).faults) as url:
        report = check_lrs(url, AUTH)
    assert bad(report) == {"clock": "warn"}
    assert row(report, "clock").seen.endswith(seen)


def test_a_missing_or_odd_date_is_no_fault(site: Callable[..., Site]) -> None:
    def odd(scope: Scope, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"].append((b"date", b"yesterday"))

    for layer in (changed(nothing), changed(odd)):
        with serve_without_date(site(layer).faults) as url:
            assert row(check_lrs(url, AUTH), "clock").seen == "the answers of the LRS have no date"


@contextmanager
def serve_without_date(app: ASGIApp) -> Iterator[str]:
    """Serves an application that tells the time itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, http="h11", lifespan="off", log_level="error", date_header=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def test_compressed_answers_are_read(site: Callable[..., Site]) -> None:
    assert bad(site(lambda app: GZipMiddleware(app, minimum_size=1)).check()) == {}


def test_an_answer_that_only_says_it_is_compressed_is_told(site: Callable[..., Site]) -> None:
    lying = site()
    lying.faults.add("status", path="/about", status=200, headers={"Content-Encoding": "gzip"}, body="{}")
    (only,) = lying.check().rows
    assert only.seen == "an answer that is declared as gzip, but is not"


def test_statements_that_are_there_late_are_told(site: Callable[..., Site]) -> None:
    late = site()
    late.faults.add("status", "GET", "/statements", status=404)
    threading.Timer(1.5, late.faults.lift).start()
    report = late.check()
    assert report.works
    assert "ms" not in row(report, "statement by tincan").seen


def test_a_state_that_is_empty_must_be_answered_with_404(site: Callable[..., Site]) -> None:
    empty = site()
    empty.faults.add("status", "GET", "/activities/state", status=200)
    report = empty.check()
    assert "an empty answer for a missing document" in row(report, "authorisation").seen
    assert not report.works


def test_secrets_that_an_answer_repeats_are_hidden(site: Callable[..., Site]) -> None:
    parrot = site()
    words = f"\x1b[2J no: {AUTH} {KEY} {SECRET} {json.dumps(SECRET)} \u202e{KEY[:4]}\0{KEY[4:]}"
    parrot.faults.add("status", "*", "/activities/state", status=418, body=words)
    seen = row(parrot.check(), "authorisation").seen
    assert "[hidden]" in seen
    assert seen.isprintable()


# The address


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://key:hush@lrs.example/xapi/", "the address holds a user or password"),
        ("https://hush@lrs.example/xapi/", "the address holds a user or password"),
        ("ftp://lrs.example/", "the address begins with ftp"),
        ("file:///etc/passwd", "the address begins with file"),
        ("lrs.example/xapi", "the address has no scheme"),
        ("key:hush@lrs.example/xapi", "the address has no scheme"),
        ("", "the address has no scheme"),
        ("https:///xapi/", "this is not an address"),
        ("https://lrs.example:port/", "this is not an address"),
        ("https://lrs.example:99999/", "this is not an address"),
        ("https://lrs.example:0/", "this is not an address"),
        ("https://[::1/", "this is not an address"),
        ("https://lrs example/", "this is not an address"),
        ("https://lrs.example/\r\nX: y/", "this is not an address"),
        (f"https://{'x' * 64}.example/", "this is not an address"),
        ("https://lrs.example/xapi/?auth=hush", "the address has a query or a fragment"),
        ("https://lrs.example/xapi/#hush", "the address has a query or a fragment"),
        ("https://lrs.example/xapi/?", "the address has a query or a fragment"),
        ("https://lrs.example/xapi/statements/", "the address ends with /statements"),
        ("http://lrs.example/", "http: a browser blocks it in the page of https://lms.example, and credentials would be sent unencrypted"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_without_a_request(url: str, seen: str) -> None:
    found = check_address(url)
    assert (found.name, found.verdict, found.seen) == ("address", "fail", seen)
    assert found.ask
    assert untranslated(LrsReport("", "", (found,))) == []
    report = check_lrs(url, AUTH)
    assert report.rows == (found,)
    assert "hush" not in json.dumps(report.as_dict())


def test_http_between_pages_of_http_is_possible() -> None:
    assert check_address("http://lrs.example/", "http://lms.example").verdict == "warn"
    assert check_address("http://127.0.0.1:8080/").verdict == "ok"
    assert check_address("http://[::1]/").verdict == "ok"
    assert check_address("http://localhost/").verdict == "ok"


def test_a_port_where_nothing_listens_is_told() -> None:
    # Nobody else is given the port while it is bound.
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        (only,) = check_lrs(f"http://127.0.0.1:{bound.getsockname()[1]}/", AUTH).rows
    assert (only.verdict, only.seen) == ("fail", "nothing listens there")


def test_a_name_that_does_not_exist_is_told() -> None:
    # RFC 2606 2: never in the DNS.
    (only,) = check_lrs("https://nothing.invalid/", AUTH).rows
    assert (only.verdict, only.seen) == ("fail", "the host name is not found")


def test_a_port_without_tls_is_told(site: Callable[..., Site]) -> None:
    plain = site()
    (only,) = check_lrs(plain.url.replace("http:", "https:"), AUTH, timeout=5).rows
    assert (only.verdict, only.seen) == ("fail", "no secure connection (TLS)")


def test_origins_are_what_browsers_send() -> None:
    assert is_origin("https://lms.example")
    assert is_origin("http://[::1]:8080")
    assert not any(
        map(is_origin, ["lms.example", "https://lms.example/", "ftp://lms.example", "https://a b", "*"])
    )


def test_a_key_with_a_colon_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="contains a colon") as caught:
        basic_authorization("a:b", "hush")
    assert "hush" not in str(caught.value)
    assert basic_authorization("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="  # RFC 7617 2


# The command

ENVIRONMENT = {"COURSEPACK_LRS_KEY": KEY, "COURSEPACK_LRS_SECRET": SECRET, "COURSEPACK_LRS_AUTH": ""}
NOTHING = dict.fromkeys(ENVIRONMENT, "")


def run(*arguments: str, environment: Mapping[str, str] = ENVIRONMENT) -> Result:
    result = CliRunner().invoke(main, ["lrs", *arguments], env=dict(environment))
    assert [secret for secret in (SECRET, AUTH, KEY, AUTH.partition(" ")[2]) if secret in result.output] == []
    return result


def test_the_command_prints_a_table_and_exits_with_0(site: Callable[..., Site]) -> None:
    good = site()
    result = run(good.url)
    # On a slow machine the progress is shown.
    assert result.exit_code == 0
    assert all(line.endswith(" ...") for line in result.stderr.splitlines())
    first, *lines = result.stdout.splitlines()
    assert first == f"{good.url}/, from pages of https://lms.example"
    assert [line[6:28].strip() for line in lines[: len(EVERY)]] == EVERY
    assert {line[:6] for line in lines[: len(EVERY)]} == {"ok    "}
    assert lines[-3].startswith(
        "Written: 59 statements by coursepack-lrs of https://coursepack.invalid/ about "
    )
    assert lines[-2].startswith("Statements cannot be deleted: 59 are voided and")
    assert lines[-1] == "Packages work with this LRS: 0 failures, 0 warnings."


def test_a_warning_fails_only_when_strict(site: Callable[..., Site]) -> None:
    hidden = site(exposed=())
    assert run(hidden.url).exit_code == 0
    result = run(hidden.url, "--strict")
    assert result.exit_code == 1
    assert "\nwarn  CORS exposed headers" in result.stdout
    assert "Ask for Access-Control-Expose-Headers: ETag, Retry-After." in result.stdout


def test_a_failure_exits_with_1(site: Callable[..., Site]) -> None:
    result = run(site(credentials={}).url)
    assert result.exit_code == 1
    assert result.stdout.endswith("Packages do not work with this LRS: 1 failure, 0 warnings.\n")


def test_json_tells_the_same(site: Callable[..., Site]) -> None:
    good = site()
    result = run(good.url, "--json", "--origin", "https://LMS.example/")
    told = json.loads(result.stdout)
    assert (told["ok"], told["endpoint"], told["origin"]) == (True, f"{good.url}/", "https://lms.example")
    assert [each["name"] for each in told["rows"]] == EVERY
    assert set(told["rows"][0]) == {"name", "verdict", "seen", "ask"}
    assert told["written"]["voided"] == told["written"]["statements"]


def test_the_whole_header_may_come_from_the_environment(site: Callable[..., Site]) -> None:
    good = site(credentials={"Bearer opaque-token": credential("course")})
    result = run(good.url, environment={**NOTHING, "COURSEPACK_LRS_AUTH": "Bearer opaque-token"})
    assert result.exit_code == 0
    assert "opaque-token" not in result.output


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (NOTHING, "No credentials: set COURSEPACK_LRS_KEY and COURSEPACK_LRS_SECRET, or COURSEPACK_LRS_AUTH."),
        ({**NOTHING, "COURSEPACK_LRS_KEY": KEY}, "No credentials"),
        ({**NOTHING, "COURSEPACK_LRS_KEY": "a:b", "COURSEPACK_LRS_SECRET": "hush"}, "The key contains a colon"),
        ({**NOTHING, "COURSEPACK_LRS_AUTH": "Basic hush\r\nX: y"}, "The value of a header is one line"),
        ({**NOTHING, "COURSEPACK_LRS_AUTH": "Basic hush\u00e5"}, "The value of a header is one line"),
    ],
)  # fmt: skip
def test_a_credential_that_is_missing_or_wrong_is_told(environment: Mapping[str, str], message: str) -> None:
    result = run("https://lrs.example/", environment=environment)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())
    assert "hush" not in result.output


def test_a_bad_address_is_told_before_a_credential_is_asked_for() -> None:
    result = run("https://key:hush@lrs.example/", environment=NOTHING)
    assert result.exit_code == 1
    assert result.stdout.startswith("fail  address  the address holds a user or password\n")
    assert "hush" not in result.output


def test_an_origin_that_is_none_is_told() -> None:
    assert run("https://lrs.example/", "--origin", "lms").exit_code == 2


def test_the_keyboard_gives_the_credential_and_the_screen_does_not_show_it(site: Callable[..., Site]) -> None:
    good = site()
    ours, theirs = pty.openpty()
    environment = {**os.environ, **NOTHING, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "coursepack", "lrs", good.url]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment, start_new_session=True
    ) as process:
        os.close(theirs)
        shown = b""
        for prompt, typed in ((b"Key: ", KEY), (b"Secret: ", SECRET)):
            while not shown.endswith(prompt):
                shown += os.read(ours, 1000)
            os.write(ours, f"{typed}\n".encode())
        assert process.stdout
        printed = process.stdout.read()
    os.close(ours)
    assert process.returncode == 0
    assert b"Packages work with this LRS" in printed
    assert SECRET.encode() not in shown + printed
    assert b"Key" not in printed


# In Swedish


def test_a_sentence_has_the_same_values_in_swedish() -> None:
    for english, other in WORDS.items():
        assert sorted(re.findall(r"\{\d\}", other)) == sorted(re.findall(r"\{\d\}", english)), english


def test_the_command_prints_its_table_in_swedish(site: Callable[..., Site]) -> None:
    good = site(exposed=())
    result = run(good.url, "--language", "sv")
    # On a slow machine the progress is shown.
    assert result.exit_code == 0
    assert all(line.endswith(" ...") for line in result.stderr.splitlines())
    first, *lines = result.stdout.splitlines()
    assert first == f"{good.url}/, från sidor på https://lms.example"
    for line in (
        "ok       about                   stöder 1.0.3, 2.0.0; paketen använder 1.0.3",
        "ok       CORS-förfrågan          en sida från https://lms.example får skicka alla anrop",
        "ok       behörighet              401 utan inloggningsuppgifter, godtas med dem",
        "ok       uttalanden              3 i ett anrop godtas",
        "ok       50 på en gång           godtas i ett anrop",
        "ok       storlek när sidan lämnas  65\xa0535 byte i ett anrop, det mesta som en webbläsare skickar när en sida lämnas",
        "ok       städning                lägesdokument borttagna, uttalanden ogiltigförklarade",
        "Paketen fungerar med den här LRS:en: 0 fel, 1 varning.",
    ):
        assert line.split() in [each.split() for each in lines]
    (at,) = (n for n, line in enumerate(lines) if line.startswith("varning"))
    assert lines[at].endswith(
        "ETag är dold: samtidiga ändringar på två enheter upptäcks inte lika säkert; Retry-After är dold: paketen vet "
        "inte hur länge de ska vänta när LRS:en är upptagen"
    )
    assert lines[at + 1].strip() == "Be om Access-Control-Expose-Headers: ETag, Retry-After."
    written, voided = lines[-3:-1]
    assert written.startswith(
        "Skrivet: 59 uttalanden av coursepack-lrs på https://coursepack.invalid/ om urn:uuid:"
    )
    assert voided == (
        "Uttalanden går inte att ta bort: 59 är ogiltigförklarade och finns kvar i LRS:en, liksom uttalandena som "
        "ogiltigförklarar dem. Lägesdokument som är kvar: 0."
    )


def test_what_an_lrs_answers_is_quoted_in_swedish_sentences(site: Callable[..., Site]) -> None:
    result = run(site(credentials={}).url, "--language", "sv")
    assert result.exit_code == 1
    assert "med inloggningsuppgifter: 401 Unauthorized" in result.stdout
    assert "Be om en nyckel och en hemlighet som gäller för att läsa och skriva läget." in result.stdout
    assert result.stdout.endswith("Paketen fungerar inte med den här LRS:en: 1 fel, 0 varningar.\n")


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        (["https://lrs.example/"], NOTHING, "Inloggningsuppgifter saknas: ange COURSEPACK_LRS_KEY"),
        (["https://lrs.example/"], {**NOTHING, "COURSEPACK_LRS_AUTH": "Basic hush\u00e5"}, "Värdet i ett huvud är en rad"),
        (
            ["https://lrs.example/"],
            {**NOTHING, "COURSEPACK_LRS_KEY": "a:b", "COURSEPACK_LRS_SECRET": "hush"},
            "Nyckeln innehåller ett kolon",
        ),
        (["https://lrs.example/", "--origin", "lms"], NOTHING, "ett ursprung (origin) är ett schema och en värd"),
        (["lrs.example"], NOTHING, "fel adress adressen har inget schema"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_arguments_is_said_in_swedish(
    arguments: list[str], environment: Mapping[str, str], message: str
) -> None:
    result = run(*arguments, "--language", "sv", environment=environment)
    assert result.exit_code != 0
    assert message in " ".join(result.output.split())


def test_the_progress_is_told_in_swedish(site: Callable[..., Site]) -> None:
    steps: list[str] = []
    site().check(progress=lambda what, _done, _total: steps.append(what))
    assert len(steps) == 13
    assert set(steps) <= set(WORDS)


def test_json_is_english_in_every_language() -> None:
    address = "https://key:hush@lrs.example/"
    swedish, english = (
        run(address, "--json", *more, environment=NOTHING).output for more in (["--language", "sv"], [])
    )
    assert swedish == english
    assert json.loads(english)["rows"][0]["seen"] == "the address holds a user or password"
