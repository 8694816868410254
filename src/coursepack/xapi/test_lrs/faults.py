"""Faults on demand: a layer around an application that fails as networks and servers fail, and notes every request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal["status", "drop", "silent", "lose"]


@dataclass(eq=False, slots=True)
class Rule:
    """One fault. While it stands, requests of its method whose path ends so meet it, `times` times at most."""

    kind: Kind
    method: str = "*"
    path: str = ""
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """A request as it came, and the status that its sender saw; None when it got no answer."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By names in small letters; credentials are not kept."""
    body: bytes
    status: int | None

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Faults:
    """The layer. Rules are added and lifted, and requests read, from any thread while the application runs.

    - `status`: answered without asking the application, with this status, headers and body; a browser of any origin may
      read the answer, and of its headers those that `Access-Control-Expose-Headers` names.
    - `drop`: the connection is cut before the application hears of the request.
    - `silent`: no answer, until the rule is lifted and the connection cut.
    - `lose`: the application does it, and the answer is lost with the connection.

    Preflight requests are never met. Chromium sends a request anew when a connection that it had used before is cut.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.pace = 0.0
        """Seconds for whatever changes something: one request at a time, in the order in which they came."""
        self._turn = asyncio.Lock()
        self.rules: list[Rule] = []
        self.requests: list[Noted] = []

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
        """Lets a fault happen from now on; of several that match, the one added last."""
        rule = Rule(kind, method, path, status, headers or {}, body, times)
        self.rules.append(rule)
        return rule

    def lift(self, *rules: Rule) -> None:
        """Ends some faults, or all; whoever waits for an answer is cut off."""
        self.rules = [rule for rule in self.rules if rules and rule not in rules]

    def sent(self, method: str, path: str) -> list[Noted]:
        """The requests so far of a method whose path ends so."""
        return [noted for noted in self.requests if noted.method == method and noted.path.endswith(path)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, by ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        rule = self._met(scope)
        unread = [body]

        async def again() -> Message:
            if not unread:
                return await receive()
            unread.clear()
            return {"type": "http.request", "body": body, "more_body": False}

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Noted before the sender sees the answer, so that whoever has it finds it here.
                self._note(scope, body, message["status"])
            await send(message)

        async def nothing(_: Message) -> None:
            return

        match rule and rule.kind:
            case None if self.pace and scope["method"] in ("POST", "PUT"):
                async with self._turn:
                    await asyncio.sleep(self.pace)
                    await self.app(scope, again, noting)
            case None:
                await self.app(scope, again, noting)
            case "status":
                assert rule
                await _answer(rule, scope, noting)
            case kind:
                if kind == "lose":
                    await self.app(scope, again, nothing)
                self._note(scope, body, None)
                while kind == "silent" and rule in self.rules:
                    try:
                        await asyncio.wait_for(receive(), 0.02)
                        return
                    except TimeoutError:
                        continue
                await _cut(receive, send)

    def _met(self, scope: Scope) -> Rule | None:
        for rule in reversed(self.rules):
            fits = rule.method in ("*", scope["method"]) and scope["path"].endswith(rule.path)
            if fits and scope["method"] != "OPTIONS" and rule.times != 0:
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def _note(self, scope: Scope, body: bytes, status: int | None) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        if "authorization" in headers:
            headers["authorization"] = headers["authorization"].partition(" ")[0] + " ..."
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        self.requests.append(Noted(scope["method"], scope["path"], query, headers, body, status))


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


async def _cut(receive: Receive, send: Send) -> None:
    """Closes the connection without an answer.

    ASGI has no message for it. The server's own function for sending knows the transport; without a server, as under
    a test client, the caller gets the exception that a socket would raise.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
