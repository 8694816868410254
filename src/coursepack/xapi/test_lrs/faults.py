"""ASGI middleware that simulates faults of networks and servers, and records every request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SERVER_SEND = "coursepack.server_send"
"""Middleware around this that wraps `send` keeps the server's own under this key of the scope."""

Kind = Literal["status", "drop", "silent", "lose"]


@dataclass(eq=False, slots=True)
class Rule:
    """A fault for requests with this method and end of path, for at most `times` requests."""

    kind: Kind
    method: str = "*"
    path: str = ""
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    times: int | None = None


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request and the status that the client received, or None."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By lower-case name, without credentials."""
    body: bytes
    status: int | None

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Faults:
    """The middleware. Any thread may add and lift rules and read requests while the application runs.

    - `status`: answers with this status, headers and body, readable for any origin, without calling the application.
    - `drop`: closes the connection without calling the application.
    - `silent`: does not answer until the rule is lifted, then closes the connection.
    - `lose`: calls the application, then closes the connection instead of answering.

    Preflight requests are not affected. Chromium repeats a request when a reused connection is closed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.delay = 0.0
        """Seconds before each POST and PUT; these are then handled one at a time, in order of arrival."""
        self._turn = asyncio.Lock()
        self.rules: list[Rule] = []
        self.requests: list[RecordedRequest] = []

    def add(
        self,
        kind: Kind,
        method: str = "*",
        path: str = "",
        *,
        status: int = 503,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        times: int | None = None,
    ) -> Rule:
        """Adds a fault; the last one that matches applies."""
        rule = Rule(kind, method, path, status, headers or {}, body, times)
        self.rules.append(rule)
        return rule

    def lift(self, *rules: Rule) -> None:
        """Removes some faults, or all; requests that wait for an answer are closed."""
        self.rules = [rule for rule in self.rules if rules and rule not in rules]

    def sent(self, method: str, path: str) -> list[RecordedRequest]:
        """Requests so far with this method and end of path."""
        return [noted for noted in self.requests if noted.method == method and noted.path.endswith(path)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        rule = self._match(scope)
        unread = [body]

        async def again() -> Message:
            if not unread:
                return await receive()
            unread.clear()
            return {"type": "http.request", "body": body, "more_body": False}

        async def recording(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Before the client gets the answer, so that the request is here by then.
                self._record(scope, body, message["status"])
            await send(message)

        async def nothing(_: Message) -> None:
            return

        match rule and rule.kind:
            case None if self.delay and scope["method"] in ("POST", "PUT"):
                async with self._turn:
                    await asyncio.sleep(self.delay)
                    await self.app(scope, again, recording)
            case None:
                await self.app(scope, again, recording)
            case "status":
                assert rule
                await _answer(rule, scope, recording)
            case kind:
                if kind == "lose":
                    await self.app(scope, again, nothing)
                self._record(scope, body, None)
                while kind == "silent" and rule in self.rules:
                    try:
                        await asyncio.wait_for(receive(), 0.02)
                        return
                    except TimeoutError:
                        continue
                await cut(receive, scope.get(SERVER_SEND, send))

    def _match(self, scope: Scope) -> Rule | None:
        for rule in reversed(self.rules):
            fits = rule.method in ("*", scope["method"]) and scope["path"].endswith(rule.path)
            if fits and scope["method"] != "OPTIONS" and rule.times != 0:
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def _record(self, scope: Scope, body: bytes, status: int | None) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        if "authorization" in headers:
            headers["authorization"] = headers["authorization"].partition(" ")[0] + " ..."
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        self.requests.append(RecordedRequest(scope["method"], scope["path"], query, headers, body, status))


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(rule: Rule, scope: Scope, send: Send) -> None:
    headers = {"content-type": "text/plain; charset=utf-8", "access-control-allow-origin": "*"} | {
        name.lower(): value for name, value in rule.headers.items()
    }
    body = b"" if scope["method"] == "HEAD" else rule.body.encode()
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": rule.status, "headers": [*encoded, length]})
    await send({"type": "http.response.body", "body": body})


async def cut(receive: Receive, send: Send) -> None:
    """Closes the connection without an answer.

    ASGI has no message for this, so it uses the transport behind uvicorn's `send`. Without a server, as in a test
    client, it raises the exception of a closed socket.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
