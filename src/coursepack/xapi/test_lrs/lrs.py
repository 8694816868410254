"""A strict test LRS as a Starlette application: xAPI 1.0.3 part 3 (Communication) and the changes of 2.0."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coursepack.xapi.test_lrs import statements
from coursepack.xapi.test_lrs.documents import RESOURCES, documents
from coursepack.xapi.test_lrs.quirks import parse_quirks
from coursepack.xapi.test_lrs.request import (
    VERSION,
    Credential,
    Limits,
    LrsRequest,
    Parameters,
    Refusal,
    parsed,
)
from coursepack.xapi.test_lrs.response import json_response, refusal_response
from coursepack.xapi.test_lrs.store import Store, format_timestamp

ALLOWED = ("Authorization", "Content-Type", VERSION, "If-Match", "If-None-Match")
EXPOSED = ("ETag", "Last-Modified", "Retry-After", VERSION, "X-Experience-API-Consistent-Through")
_METHODS = ("GET", "PUT", "POST", "DELETE")
_PARAMETERS: Mapping[tuple[str, str], Parameters] = {
    ("statements", "PUT"): statements.PUT,
    ("statements", "POST"): statements.POST,
    ("statements", "GET"): statements.GET,
    ("activities", "GET"): Parameters(frozenset({"activityId"})),
    ("agents", "GET"): Parameters(frozenset({"agent"})),
    ("about", "GET"): Parameters(),
    **{
        (path, method): resource.parameters_of(method)
        for path, resource in RESOURCES.items()
        for method in _METHODS
    },
}


def lrs(
    store: Store,
    *,
    credentials: Mapping[str, Credential],
    versions: Sequence[str] = ("1.0.3", "2.0.0"),
    origins: str | Sequence[str] = "*",
    exposed: Sequence[str] = EXPOSED,
    limits: Limits = Limits(),  # noqa: B008
    content: bool = False,
    quirks: Iterable[str] = (),
) -> Starlette:
    """The LRS, with its resources at the root, so that it can be mounted under any path.

    `credentials` are keyed by the Authorization header and looked up for every request, so they can change while the
    LRS runs. `versions` are the full version numbers it supports. `origins` are allowed by CORS ("*": any) and can read
    the `exposed` headers. With `content`, statements must also follow the rules that only bind their sender. `quirks`
    are names of `SUPPORTED`. Refuses the data of attachments and, for 2.0, the alternate request syntax.
    """
    active = parse_quirks(quirks)
    resource = statements.StatementResource(store, limits, content, active)

    def respond(path: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            body = await _body(request, max(limits.request, limits.document))
            accept = request.headers.get("accept", "")
            try:
                return _answer(path, request, body)
            except Refusal as refused:
                if "error-becomes-412" in active and refused.status not in (404, 409, 412):
                    refused = Refusal(412, "Wrong Response")
                return refusal_response(refused, accept)

        return endpoint

    def _answer(path: str, request: Request, body: bytes) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        method, parameters = request.method, _pairs(request.url.query, strict=False)
        alternate = method == "POST" and "method" in parameters
        if alternate:
            method, parameters, headers, body = _unfolded(parameters, headers, body)
        method = "GET" if method == "HEAD" else method
        if path == "about":
            version = versions[0]
        else:
            version = _version(headers.get(VERSION.lower()), versions)
            if alternate and version.startswith("2."):
                raise Refusal(400, "xAPI 2.0 has no alternate request syntax.")
        lrs_request = LrsRequest(method, path, parameters, headers, body, version)
        # Part 3, 2.8.s5: anyone may read the versions.
        credential = None if path == "about" else _authenticate(credentials, lrs_request)
        if "statements-only-lrs" in active and path != "statements":
            raise Refusal(404, "Not Found")
        if (path, method) not in _PARAMETERS:
            raise Refusal(405, f"{method} is not known here.")
        _PARAMETERS[path, method].check(parameters)
        if credential and (refused := credential.deny_request(lrs_request)):
            raise Refusal(403, refused)
        return _resource(lrs_request, credential, request.url.path)

    def _resource(lrs_request: LrsRequest, credential: Credential | None, address: str) -> Response:
        match lrs_request.path, lrs_request.method:
            case "about", _:
                return json_response(lrs_request, {"version": list(versions)})
            case "statements", "GET":
                return statements.get(lrs_request, store, address)
            case "statements", method:
                assert credential
                if method == "POST" and "post-statements-ignored" in active:
                    return json_response(lrs_request, {"success": True})
                way = resource.put if method == "PUT" else resource.post
                return way(lrs_request, credential)
            case "activities", _:
                own = lrs_request.parameters["activityId"]
                definition = store.definition(own)
                activity = {"objectType": "Activity", "id": own}
                return json_response(
                    lrs_request, {**activity, "definition": definition} if definition else activity
                )
            case "agents", _:
                return json_response(lrs_request, _person(store, lrs_request.parameters["agent"]))
            case path, _:
                return documents(lrs_request, store, RESOURCES[path], limits, active)

    paths = dict.fromkeys(path for path, _ in _PARAMETERS)
    return Starlette(
        routes=[Route(f"/{path}", respond(path), methods=[*_METHODS]) for path in paths],
        middleware=[
            Middleware(_Headers, store=store, versions=versions),
            Middleware(
                CORSMiddleware,
                allow_origins=[]
                if "cors-off" in active
                else [origins]
                if isinstance(origins, str)
                else [*origins],
                allow_methods=_METHODS,
                allow_headers=ALLOWED,
                expose_headers=exposed,
            ),
        ],
    )


class _Headers:
    """Adds the version and, for statements, X-Experience-API-Consistent-Through (part 3, 2.1.3, 3.3)."""

    def __init__(self, app: ASGIApp, store: Store, versions: Sequence[str]) -> None:
        self.app, self.store, self.versions = app, store, versions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(VERSION.lower().encode(), self._version(scope).encode())]
                if scope["path"].endswith("/statements"):
                    through = format_timestamp(self.store.now()).encode()
                    headers.append((b"x-experience-api-consistent-through", through))
                message = {**message, "headers": [*message.get("headers", ()), *headers]}
            await send(message)

        await self.app(scope, receive, sent if scope["type"] == "http" else send)

    def _version(self, scope: Scope) -> str:
        asked = dict(scope.get("headers", ())).get(VERSION.lower().encode(), b"").decode("latin-1")
        try:
            return _version(asked, self.versions)
        except Refusal:
            return self.versions[0]


async def _body(request: Request, most: int) -> bytes:
    """The body, or enough of it to see that it is too large."""
    parts: list[bytes] = []
    length = 0
    async for part in request.stream():
        if length <= most:
            parts.append(part)
        length += len(part)
    return b"".join(parts)


def _pairs(query: str, *, strict: bool) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=strict, errors="strict")
    except ValueError:
        raise Refusal(400, "The parameters are not a query in UTF-8.") from None
    parameters = dict(pairs)
    if len(parameters) < len(pairs):
        raise Refusal(400, "A parameter is there twice.")
    return parameters


def _version(asked: str | None, versions: Sequence[str]) -> str:
    """The supported version of the same minor version as the requested one (part 3, 3.3.s3)."""
    if not asked:
        raise Refusal(400, f"The header {VERSION} is missing.")
    for version in versions:
        line = version.rpartition(".")[0]
        rest = asked.removeprefix(line) if asked.startswith(line) else "no"
        if not rest or (rest[:1] == "." and rest[1:].isdecimal()):
            return version
    raise Refusal(400, f"The header {VERSION} is {asked!r}; this LRS speaks {' and '.join(versions)}.")


def _authenticate(credentials: Mapping[str, Credential], lrs_request: LrsRequest) -> Credential:
    given = lrs_request.headers.get("authorization")
    credential = credentials.get(given) if given else None
    if credential is None:
        reason = (
            "The credential is not known, or not any more."
            if given
            else "The header Authorization is missing."
        )
        raise Refusal(401, reason, WWW_Authenticate='Basic realm="LRS"')
    return credential


# Part 3, 1.3: headers that the alternate request syntax sends as form fields.
_FOLDED = ("authorization", VERSION.lower(), "content-type", "content-length", "if-match", "if-none-match")


def _unfolded(
    parameters: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> tuple[str, dict[str, str], dict[str, str], bytes]:
    if len(parameters) > 1:
        raise Refusal(400, "Beside 'method' all parameters belong in the form.")
    method = parameters["method"]
    if method not in _METHODS:
        raise Refusal(400, f"The parameter 'method' is {method!r}, which is not known.")
    if headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise Refusal(400, "With the parameter 'method' the body is application/x-www-form-urlencoded.")
    form = _pairs(body.decode("latin-1"), strict=bool(body))
    content = form.pop("content", "").encode()
    folded: dict[str, Any] = {name.lower(): form.pop(name) for name in [*form] if name.lower() in _FOLDED}
    outer = {name: value for name, value in headers.items() if name not in ("content-type", "content-length")}
    return method, form, {**outer, **folded}, content


def _person(store: Store, agent: str) -> dict[str, Any]:
    """A Person object: everything known about an agent, as lists (part 3, 2.4)."""
    given = parsed(agent.encode(), "The agent")
    if given.get("objectType") == "Group":
        raise Refusal(400, "The parameter 'agent' is a Group, not an Agent.")
    names = list(dict.fromkeys([*([given["name"]] if "name" in given else []), *store.names(given)]))
    known = {name: [value] for name, value in given.items() if name not in ("objectType", "name")}
    return {"objectType": "Person", **({"name": names} if names else {}), **known}
