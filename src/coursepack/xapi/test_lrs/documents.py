"""The document resources of the stand-in LRS: state and the two kinds of profiles (xAPI part 3, 2.2 to 2.7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from coursepack.xapi.test_lrs.equality import agent_key
from coursepack.xapi.test_lrs.request import Call, Limits, Refusal, Takes, parsed, time_of
from coursepack.xapi.test_lrs.response import answer, answer_bytes, check_preconditions, no_content
from coursepack.xapi.test_lrs.store import Document, Store


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind of documents: the parameters that tell whose they are, and the one that tells which."""

    path: str
    whose: tuple[str, ...]
    perhaps: tuple[str, ...]
    which: str
    together: bool
    """Whether all documents of an owner can be deleted at once."""

    def takes(self, method: str) -> Takes:
        """The parameters of a method."""
        required, optional = frozenset(self.whose), frozenset(self.perhaps)
        match method:
            case "GET":
                return Takes(required, optional | {self.which, "since"})
            case "DELETE" if self.together:
                return Takes(required, optional | {self.which})
            case _:
                return Takes(required | {self.which}, optional)

    def owner(self, parameters: Mapping[str, str]) -> str:
        """Whose documents a request with these parameters is about."""
        told: list[str | None] = []
        for name in (*self.whose, *self.perhaps):
            value = parameters.get(name)
            if name == "agent" and value is not None:
                agent = parsed(value.encode(), "The agent")
                # Part 3, 2.6.s3: a document belongs to an Agent, never to a Group.
                if agent.get("objectType") == "Group":
                    raise Refusal(400, "The parameter 'agent' is a Group, not an Agent.")
                value = agent_key(agent)
            told.append(value.lower() if name == "registration" and value else value)
        return json.dumps(told)


STATE = Shelf("activities/state", ("activityId", "agent"), ("registration",), "stateId", together=True)
ACTIVITY_PROFILE = Shelf("activities/profile", ("activityId",), (), "profileId", together=False)
AGENT_PROFILE = Shelf("agents/profile", ("agent",), (), "profileId", together=False)
# With the quirk one-state-id: the one, and what the LMS itself wrote.
_KEPT = ("suspendData", "LMS.LaunchData")
SHELVES = {shelf.path: shelf for shelf in (STATE, ACTIVITY_PROFILE, AGENT_PROFILE)}


def documents(
    call: Call, store: Store, shelf: Shelf, limits: Limits, quirks: frozenset[str] = frozenset()
) -> Response:
    """Answers any request to a document resource."""
    owner = shelf.owner(call.parameters)
    own = call.parameters.get(shelf.which)
    if own is None:
        return _together(call, store, shelf, owner)
    if "since" in call.parameters:
        raise Refusal(400, f"The parameter 'since' does not go with {shelf.which!r}.")
    there = store.document(shelf.path, owner, own)
    if shelf is STATE and "one-state-id" in quirks and own not in _KEPT:
        return answer(call, {"success": True})
    if call.method == "GET":
        if there is None and shelf is STATE and "one-state-id" in quirks:
            return answer(call, {})
        if there is None and "unknown-state-200" in quirks:
            return answer(call, {"success": True})
        if there is None:
            raise Refusal(404, f"There is no document {own!r}.")
        return answer_bytes(call, there.body, there.type, there.updated)
    stated = check_preconditions(call, there.body if there else None)
    if call.method == "DELETE":
        store.drop(shelf.path, owner, own)
        return no_content()
    if len(call.body) > limits.document:
        raise Refusal(413, f"The document is longer than {limits.document} bytes.")
    body, kind = call.body, call.headers.get("content-type", "application/octet-stream")
    if call.content_type == "application/json":
        parsed(body, "The document")
    if call.method == "POST":
        body = _merged(call, there)
    elif (
        there
        and not stated
        and (shelf is not STATE or call.version.startswith("2.") or "state-put-needs-if-match" in quirks)
    ):
        # 3.1.s4.b13; 1.0.3 spares the state (3.1.s3), 2.0 does not.
        raise Refusal(
            409,
            "There is a document already: read it, and send its ETag in If-Match when it may be replaced.",
        )
    store.keep(shelf.path, owner, own, kind, body)
    return no_content()


def _merged(call: Call, there: Document | None) -> bytes:
    """The sent properties over those that are there; both documents must be JSON objects (part 3, 2.2.s7)."""
    kinds = [call.content_type, *([there.type.partition(";")[0].strip().lower()] if there else [])]
    if set(kinds) == {"application/json"}:
        news = parsed(call.body, "The document")
        old = parsed(there.body, "The document that is there") if there else {}
        if isinstance(news, dict) and isinstance(old, dict):
            return json.dumps({**old, **news}, ensure_ascii=False).encode() if there else call.body
    raise Refusal(400, "POST merges JSON objects; one of the documents is none.")


def _together(call: Call, store: Store, shelf: Shelf, owner: str) -> Response:
    if call.method == "DELETE":
        store.drop(shelf.path, owner)
        return no_content()
    found = store.documents(shelf.path, owner, time_of(call.parameters, "since"))
    newest = max((document.updated for document in found), default=None)
    return answer(call, [document.id for document in found], modified=newest)
