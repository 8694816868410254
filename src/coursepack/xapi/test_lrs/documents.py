"""The document resources of the test LRS: state, activity and agent profiles (xAPI part 3, 2.2 to 2.7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from coursepack.xapi.test_lrs.equality import agent_key
from coursepack.xapi.test_lrs.request import Limits, LrsRequest, Parameters, Refusal, parsed, time_of
from coursepack.xapi.test_lrs.response import bytes_response, check_preconditions, json_response, no_content
from coursepack.xapi.test_lrs.store import Document, Store


@dataclass(frozen=True, slots=True)
class DocumentResource:
    """A document resource: the parameters of the owner, and the one that names a document."""

    path: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    id_parameter: str
    bulk_delete: bool
    """Whether DELETE without an id deletes all documents of the owner."""

    def parameters_of(self, method: str) -> Parameters:
        """The parameters of a method."""
        required, optional = frozenset(self.required), frozenset(self.optional)
        match method:
            case "GET":
                return Parameters(required, optional | {self.id_parameter, "since"})
            case "DELETE" if self.bulk_delete:
                return Parameters(required, optional | {self.id_parameter})
            case _:
                return Parameters(required | {self.id_parameter}, optional)

    def owner(self, parameters: Mapping[str, str]) -> str:
        """A key of the owner that the parameters name."""
        values: list[str | None] = []
        for name in (*self.required, *self.optional):
            value = parameters.get(name)
            if name == "agent" and value is not None:
                agent = parsed(value.encode(), "The agent")
                # Part 3, 2.6.s3: a document belongs to an Agent, never to a Group.
                if agent.get("objectType") == "Group":
                    raise Refusal(400, "The parameter 'agent' is a Group, not an Agent.")
                value = agent_key(agent)
            values.append(value.lower() if name == "registration" and value else value)
        return json.dumps(values)


STATE = DocumentResource(
    "activities/state", ("activityId", "agent"), ("registration",), "stateId", bulk_delete=True
)
ACTIVITY_PROFILE = DocumentResource("activities/profile", ("activityId",), (), "profileId", bulk_delete=False)
AGENT_PROFILE = DocumentResource("agents/profile", ("agent",), (), "profileId", bulk_delete=False)
# With the quirk one-state-id: the state, and the document of the LMS.
_KEPT = ("suspendData", "LMS.LaunchData")
RESOURCES = {resource.path: resource for resource in (STATE, ACTIVITY_PROFILE, AGENT_PROFILE)}


def documents(
    request: LrsRequest,
    store: Store,
    resource: DocumentResource,
    limits: Limits,
    quirks: frozenset[str] = frozenset(),
) -> Response:
    """Answers a request to a document resource."""
    owner = resource.owner(request.parameters)
    own = request.parameters.get(resource.id_parameter)
    if own is None:
        return _list_or_delete_all(request, store, resource, owner)
    if "since" in request.parameters:
        raise Refusal(400, f"The parameter 'since' does not go with {resource.id_parameter!r}.")
    there = store.document(resource.path, owner, own)
    if resource is STATE and "one-state-id" in quirks and own not in _KEPT:
        return json_response(request, {"success": True})
    if request.method == "GET":
        if there is None and resource is STATE and "one-state-id" in quirks:
            return json_response(request, {})
        if there is None and "unknown-state-200" in quirks:
            return json_response(request, {"success": True})
        if there is None:
            raise Refusal(404, f"There is no document {own!r}.")
        return bytes_response(request, there.body, there.type, there.updated)
    stated = check_preconditions(request, there.body if there else None)
    if request.method == "DELETE":
        store.delete_documents(resource.path, owner, own)
        return no_content()
    if len(request.body) > limits.document:
        raise Refusal(413, f"The document is longer than {limits.document} bytes.")
    body, kind = request.body, request.headers.get("content-type", "application/octet-stream")
    if request.content_type == "application/json":
        parsed(body, "The document")
    if request.method == "POST":
        body = _merged(request, there)
    elif (
        there
        and not stated
        and (
            resource is not STATE or request.version.startswith("2.") or "state-put-needs-if-match" in quirks
        )
    ):
        # 3.1.s4.b13; not for the state by 1.0.3 (3.1.s3), but by 2.0.
        raise Refusal(
            409,
            "There is a document already: read it, and send its ETag in If-Match when it may be replaced.",
        )
    store.save_document(resource.path, owner, own, kind, body)
    return no_content()


def _merged(request: LrsRequest, there: Document | None) -> bytes:
    """The stored document with the properties of the request; both must be JSON objects (part 3, 2.2.s7)."""
    kinds = [request.content_type, *([there.type.partition(";")[0].strip().lower()] if there else [])]
    if set(kinds) == {"application/json"}:
        news = parsed(request.body, "The document")
        old = parsed(there.body, "The document that is there") if there else {}
        if isinstance(news, dict) and isinstance(old, dict):
            return json.dumps({**old, **news}, ensure_ascii=False).encode() if there else request.body
    raise Refusal(400, "POST merges JSON objects; one of the documents is none.")


def _list_or_delete_all(
    request: LrsRequest, store: Store, resource: DocumentResource, owner: str
) -> Response:
    if request.method == "DELETE":
        store.delete_documents(resource.path, owner)
        return no_content()
    found = store.documents(resource.path, owner, time_of(request.parameters, "since"))
    newest = max((document.updated for document in found), default=None)
    return json_response(request, [document.id for document in found], modified=newest)
