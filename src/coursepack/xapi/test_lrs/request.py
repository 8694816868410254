"""A request to the test LRS: credentials, strict parsing of parameters, and refusals."""

from __future__ import annotations

import base64
import difflib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from coursepack.xapi.statement import agent_findings, is_iri, is_uuid, moment
from coursepack.xapi.test_lrs.equality import Json

VERSION = "X-Experience-API-Version"


class Refusal(Exception):  # noqa: N818
    """An error status and its reason."""

    def __init__(self, status: int, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class LrsRequest:
    """A request whose version is known. `path` is that of the resource, such as `activities/state`."""

    method: str
    path: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    version: str

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def _anything(_: object) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Credential:
    """What a credential may do. The `deny_` functions return None, or the reason of a 403.

    `authority` is the authority of its statements. `deny_request` sees every request, `deny_statements` the valid
    statements of a request, and `on_stored` those that were stored.
    """

    authority: Json
    deny_request: Callable[[LrsRequest], str | None] = _anything
    deny_statements: Callable[[Sequence[Json]], str | None] = _anything
    on_stored: Callable[[Sequence[Json]], object] = _anything


def credential(name: str, *methods: str) -> Credential:
    """A credential for all methods, or only for some."""
    authority = {"objectType": "Agent", "account": {"homePage": "https://lrs.example/", "name": name}}

    def refuses(request: LrsRequest) -> str | None:
        return None if request.method in methods else f"This credential may not {request.method}."

    return Credential(authority, refuses) if methods else Credential(authority)


def basic(user: str, password: str) -> str:
    """The Authorization header for a user and password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Limits(NamedTuple):
    """Size limits in bytes; larger requests are answered with 413."""

    statement: int = 1_000_000
    request: int = 5_000_000
    """Of all statements of a request."""
    document: int = 5_000_000


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a method of a resource."""

    required: frozenset[str] = field(default_factory=frozenset)
    optional: frozenset[str] = field(default_factory=frozenset)

    def check(self, parameters: Mapping[str, str]) -> None:
        """Raises Refusal for unknown, missing and malformed parameters (part 3, 3.2.s3)."""
        known = self.required | self.optional
        for name, value in parameters.items():
            if name not in known:
                near = [other for other in known if other.lower() == name.lower()]
                near = near or difflib.get_close_matches(name, known, 1)
                raise Refusal(
                    400, f"The parameter {name!r} is not known here{f'; {near[0]!r} is' if near else ''}."
                )
            _VALUES.get(name, _anything)(value)
        for name in sorted(self.required):
            if name not in parameters:
                raise Refusal(400, f"The parameter {name!r} is missing.")


def _refuse(name: str, value: str, kind: str) -> None:
    raise Refusal(400, f"The parameter {name!r} is {value!r}, which is not {kind}.")


def _iri(name: str) -> Callable[[str], None]:
    return lambda value: None if is_iri(value) else _refuse(name, value, "an absolute IRI")


def _uuid(name: str) -> Callable[[str], None]:
    return lambda value: None if is_uuid(value) else _refuse(name, value, "a UUID")


def _time(name: str) -> Callable[[str], None]:
    return lambda value: None if moment(value) else _refuse(name, value, "a timestamp")


def _one_of(name: str, *values: str) -> Callable[[str], None]:
    return lambda value: None if value in values else _refuse(name, value, f"one of {', '.join(values)}")


def _count(value: str) -> None:
    if not (value.isascii() and value.isdigit()):
        _refuse("limit", value, "a whole number from 0")


def _agent(value: str) -> None:
    found = agent_findings(parsed(value.encode(), "The parameter 'agent'"))
    if found:
        raise Refusal(400, f"The parameter 'agent' is not an Agent: {found[0]}")


# Part 2, 2.2.s4.b4: parameters follow the same rules as the values in statements.
_VALUES: Mapping[str, Callable[[str], Any]] = {
    "activityId": _iri("activityId"),
    "activity": _iri("activity"),
    "agent": _agent,
    "ascending": _one_of("ascending", "true", "false"),
    "attachments": _one_of("attachments", "true", "false"),
    "format": _one_of("format", "ids", "exact", "canonical"),
    "limit": _count,
    "registration": _uuid("registration"),
    "related_activities": _one_of("related_activities", "true", "false"),
    "related_agents": _one_of("related_agents", "true", "false"),
    "since": _time("since"),
    "statementId": _uuid("statementId"),
    "until": _time("until"),
    "verb": _iri("verb"),
    "voidedStatementId": _uuid("voidedStatementId"),
}


def parsed(body: bytes, what: str) -> Any:
    """Parsed JSON. Raises Refusal for malformed JSON, duplicate properties, NaN and infinite numbers."""

    def once(pairs: list[tuple[str, Any]]) -> Json:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise Refusal(400, f"{what} has the property {twice!r} twice.")
        return found

    def never(word: str) -> None:
        raise Refusal(400, f"{what} contains {word}, which is not JSON.")

    def finite(digits: str) -> float:
        number = float(digits)
        if not math.isfinite(number):
            raise Refusal(400, f"{what} contains the number {digits[:20]}, which is too large.")
        return number

    try:
        value = json.loads(body.decode(), object_pairs_hook=once, parse_constant=never, parse_float=finite)
        # A lone surrogate is valid JSON, but cannot be encoded.
        json.dumps(value, ensure_ascii=False).encode()
        return value
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"{what} is not JSON: {error}.") from None


def time_of(parameters: Mapping[str, str], name: str) -> datetime | None:
    """A checked parameter as a time."""
    return moment(parameters.get(name))
