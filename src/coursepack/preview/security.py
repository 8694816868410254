"""Refuses requests to the preview that come from other web sites, and keeps the panel from the package."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coursepack.xapi.test_lrs.faults import SERVER_SEND

MOST_BODY = 1_000_000
"""Bytes of a request to the panel: more than any text that is edited in place."""

TOKEN_HEADER = "x-coursepack-token"  # noqa: S105, the name of a header


class Guard:
    """ASGI middleware that answers only what is asked for at `origin`, which is set once the port is known.

    The Host header must be that of the origin: a name of another site that leads here (DNS rebinding) has another. So
    must Origin, and `Sec-Fetch-Site` must not say that another site asks: neither forms nor scripts of web pages reach
    the preview.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.origin = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request (ASGI)."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        refusal = self.refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = MutableHeaders(scope=message)
                for name, value in self.headers().items():
                    added[name] = value
            await send(message)

        await self.app({**scope, SERVER_SEND: send}, receive, with_headers)

    def headers(self) -> Mapping[str, str]:
        """Headers of each answer."""
        return {"x-content-type-options": "nosniff", "cache-control": "no-store"}

    def refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to a request that is not let through."""
        if headers.getlist("host") != [urlsplit(self.origin).netloc]:
            return _refused("This address is not that of the preview.", 421)
        if any(origin != self.origin for origin in headers.getlist("origin")):
            return _refused("Another web site asked for this.")
        if not self.is_from_here(scope, headers):
            return _refused("Another web site asked for this.")
        return None

    def is_from_here(self, scope: Scope, headers: Headers) -> bool:
        """Whether a page of the preview asks, as browsers say (Fetch Metadata Request Headers)."""
        asker = headers.get("sec-fetch-site", "same-origin")
        # The panel, on another port, frames the stage.
        return asker in ("same-origin", "none") or (
            asker == "same-site" and headers.get("sec-fetch-mode") == "navigate"
        )


class PanelGuard(Guard):
    """The guard of the panel: only a window opened with the key gets in, and only its page may change anything.

    The package is on the same host, where ports do not divide cookies. Hence it needs the token too, which only the
    panel's page holds, and a browser that asks on behalf of another port is refused.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.key = secrets.token_urlsafe(32)
        self.token = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """The address that lets a browser in."""
        return f"{self.origin}/?key={self.key}"

    @property
    def _cookie(self) -> str:
        return f"coursepack-preview-{urlsplit(self.origin).port}"

    def headers(self) -> Mapping[str, str]:
        """Nothing of the panel is for other origins, and no page may frame it."""
        return {
            **super().headers(),
            "cross-origin-resource-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin-allow-popups",
            "referrer-policy": "no-referrer",
            "x-frame-options": "DENY",
        }

    def is_from_here(self, scope: Scope, headers: Headers) -> bool:
        """The package is on another port, and is not let in."""
        return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")

    def refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to a request without the key, or to a change without the token."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("key", [""])[0]
        is_opened = scope["path"] == "/" and secrets.compare_digest(given.encode(), self.key.encode())
        if is_opened and headers.getlist("host") == [urlsplit(self.origin).netloc]:
            # The address in the terminal also opens from a mail or a chat.
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._cookie, self.key, httponly=True, samesite="strict", path="/")
            return answer
        refusal = super().refusal(scope, headers)
        if refusal is not None:
            return refusal
        # The package may have set any cookies beside ours, also some that are none.
        wanted = f"{self._cookie}={self.key}".encode()
        cookies = (each.strip().encode() for each in headers.get("cookie", "").split(";"))
        if not any(secrets.compare_digest(each, wanted) for each in cookies):
            return _refused("Open the address that the terminal shows.")
        if scope["method"] not in ("GET", "HEAD"):
            token = headers.get(TOKEN_HEADER, "")
            if not secrets.compare_digest(token.encode(), self.token.encode()):
                return _refused("Only the panel may change something.")
        return None


def _refused(why: str, status: int = 403) -> Response:
    return PlainTextResponse(why + "\n", status, headers={"x-content-type-options": "nosniff"})


class BadRequestError(Exception):
    """A request whose body is not what was asked for."""


async def read_json(request: Request, **types: type | tuple[type, ...]) -> dict[str, Any]:
    """The JSON object in a request, with these members of these types. Raises BadRequestError."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            raise BadRequestError("The request is too long.")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequestError("The request is not JSON.") from None
    if not isinstance(given, dict):
        raise BadRequestError("The request is no JSON object.")
    for name, kind in types.items():
        if not isinstance(given.get(name), kind):
            raise BadRequestError(f"{name} is missing, or of another type.")
    return given


Endpoint = Callable[[Request], Awaitable[Response]]


def checked(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with 400 and the reason for a request that it cannot use."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except BadRequestError as error:
            return JSONResponse({"error": str(error)}, 400)

    return answer
