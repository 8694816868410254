"""The Statements resource of the test LRS (xAPI part 3, 2.1)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from coursepack.xapi.statement import Finding, findings, moment
from coursepack.xapi.test_lrs.equality import Json
from coursepack.xapi.test_lrs.formats import canonical, only_ids
from coursepack.xapi.test_lrs.request import (
    Credential,
    Limits,
    LrsRequest,
    Parameters,
    Refusal,
    parsed,
    time_of,
)
from coursepack.xapi.test_lrs.response import json_response, no_content
from coursepack.xapi.test_lrs.store import Conflict, Query, Store

MOST = 100
"""Statements per answer."""

PUT = Parameters(frozenset({"statementId"}))
POST = Parameters()
_SHAPE = frozenset({"format", "attachments"})
_FILTERS = frozenset({
    *("agent", "verb", "activity", "registration", "related_activities", "related_agents"),
    *("since", "until", "limit", "ascending"),
})  # fmt: skip
GET = Parameters(optional=frozenset({"statementId", "voidedStatementId", "more"}) | _FILTERS | _SHAPE)


@dataclass(frozen=True, slots=True)
class StatementResource:
    """Where statements are stored. With `content`, the rules that only bind their sender count too."""

    store: Store
    limits: Limits
    content: bool
    quirks: frozenset[str]

    def put(self, request: LrsRequest, credential: Credential) -> Response:
        """Stores a statement under the id of the parameters."""
        statement = _statements(request, self.limits)
        if not isinstance(statement, dict):
            raise Refusal(400, "PUT takes one statement, not a list.")
        own = request.parameters["statementId"]
        if str(statement.get("id", own)).lower() != own.lower():
            raise Refusal(400, f"The id {statement['id']!r} is not the parameter 'statementId'.")
        self._add(request, credential, [{"id": own, **statement}])
        return no_content()

    def post(self, request: LrsRequest, credential: Credential) -> Response:
        """Stores a statement or a list, all or none, and returns the ids."""
        statements = _statements(request, self.limits)
        listed = statements if isinstance(statements, list) else [statements]
        if "partial-batch-stored" not in self.quirks:
            return json_response(request, self._add(request, credential, listed))
        stored: list[str] = []
        for statement in listed:
            if isinstance(statement, dict) and self.store.statement(str(statement.get("id"))):
                raise Refusal(409, f"The id {statement['id']} already exists.")
            stored += self._add(request, credential, [statement])
        return json_response(request, stored)

    def _add(self, request: LrsRequest, credential: Credential, statements: list[Any]) -> list[str]:
        found: list[str] = []
        for number, statement in enumerate(statements):
            where = f"[{number}]" if len(statements) > 1 else ""
            for path, message in _findings(request, statement, self.content):
                found.append(str(Finding(f"{where}.{path}".strip("."), message)))
            if (
                len(json.dumps(statement, ensure_ascii=False).encode(errors="replace"))
                > self.limits.statement
            ):
                raise Refusal(413, f"A statement is longer than {self.limits.statement} bytes.")
        if found:
            raise Refusal(400, "\n".join(found[:20]))
        ids = [statement["id"].lower() for statement in statements if "id" in statement]
        if len(set(ids)) < len(ids):
            raise Refusal(400, "Two statements of the list have the same id.")
        if "verb-by-display" in self.quirks and not all(
            "en" in each["verb"].get("display", {}) for each in statements
        ):
            raise Refusal(500, "'NoneType' object has no attribute 'get'")
        refused = credential.deny_statements(statements)
        if refused:
            raise Refusal(403, refused)
        answered = [str(statement.get("id")) for statement in statements]
        if "filtered-statements-faked" in self.quirks:
            statements = [each for each in statements if not each["verb"]["id"].endswith("/experienced")]
        try:
            stored = self.store.put(
                statements, credential.authority, "2.0.0" if request.version.startswith("2.") else "1.0.0"
            )
        except Conflict as conflict:
            raise Refusal(409, str(conflict)) from None
        credential.on_stored(
            [{**statement, "id": own} for statement, own in zip(statements, stored, strict=True)]
        )
        return answered if "filtered-statements-faked" in self.quirks else stored


def _statements(request: LrsRequest, limits: Limits) -> Any:
    if request.content_type == "multipart/mixed":
        raise Refusal(415, "This LRS takes no attachments: statements are sent as application/json.")
    if request.content_type != "application/json":
        raise Refusal(
            400, f"Statements are application/json, not {request.content_type or 'without a type'!r}."
        )
    if len(request.body) > limits.request:
        raise Refusal(413, f"The statements are longer than {limits.request} bytes.")
    return parsed(request.body, "The body")


def _findings(request: LrsRequest, statement: object, content: bool) -> list[Finding]:
    found = findings(statement, request.version, content=content)
    attachments = statement.get("attachments") if isinstance(statement, dict) else None
    for number, attachment in enumerate(attachments if isinstance(attachments, list) else ()):
        # Part 3, 1.5.2.s2: an attachment without data needs a fileUrl.
        if isinstance(attachment, dict) and "fileUrl" not in attachment:
            found.append(
                Finding(
                    f"attachments[{number}]", "Without a fileUrl the data comes along, which is not taken."
                )
            )
    return found


def get(request: LrsRequest, store: Store, address: str) -> Response:
    """Returns a statement by id, or a page of matches with a `more` address below `address`."""
    asked = request.parameters
    if "more" in asked:
        return _page(request, store, address, *_unpacked(asked))
    single = [name for name in ("statementId", "voidedStatementId") if name in asked]
    if not single:
        return _page(request, store, address, dict(asked), None)
    other = sorted(asked.keys() - {single[0]} - _SHAPE)
    if other:
        raise Refusal(400, f"The parameter {other[0]!r} does not go with {single[0]!r}.")
    statement = store.statement(asked[single[0]], voided=single[0] == "voidedStatementId")
    if statement is None:
        raise Refusal(404, f"There is no such statement: {asked[single[0]]}.")
    shaped = _shaped(request, store, asked, statement)
    return json_response(
        request, shaped, modified=moment(statement["stored"]), multipart=asked.get("attachments") == "true"
    )


def _unpacked(asked: Mapping[str, str]) -> tuple[dict[str, str], int]:
    try:
        query, after = json.loads(base64.urlsafe_b64decode(asked["more"]))
        return dict(query), int(after)
    except (ValueError, TypeError):
        raise Refusal(400, "The parameter 'more' is not one of this LRS.") from None


def _page(
    request: LrsRequest, store: Store, address: str, asked: dict[str, str], after: int | None
) -> Response:
    agent = asked.get("agent")
    query = Query(
        agent=parsed(agent.encode(), "The agent") if agent else None,
        verb=asked.get("verb"),
        activity=asked.get("activity"),
        registration=asked.get("registration"),
        related_agents=asked.get("related_agents") == "true",
        related_activities=asked.get("related_activities") == "true",
        since=time_of(asked, "since"),
        until=time_of(asked, "until"),
        ascending=asked.get("ascending") == "true",
        after=after,
    )
    limit = min(int(asked.get("limit", "0")) or MOST, MOST)
    statements, rest = store.find(query, limit)
    more = ""
    if rest is not None:
        packed = base64.urlsafe_b64encode(json.dumps([asked, rest]).encode()).decode()
        more = f"{address}?{urlencode({'more': packed})}"
    times = [at for at in (moment(statement["stored"]) for statement in statements) if at]
    result = {
        "statements": [_shaped(request, store, asked, statement) for statement in statements],
        "more": more,
    }
    return json_response(
        request, result, modified=max(times, default=None), multipart=asked.get("attachments") == "true"
    )


def _shaped(request: LrsRequest, store: Store, asked: Mapping[str, str], statement: Json) -> Json:
    match asked.get("format", "exact"):
        case "ids":
            return only_ids(statement)
        case "canonical":
            return canonical(statement, store, request.headers.get("accept-language", ""))
        case _:
            return statement
