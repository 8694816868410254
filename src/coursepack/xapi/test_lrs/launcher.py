"""A cmi5 launcher: the LMS's part before, during and after a session. Section numbers are those of cmi5."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from coursepack.xapi.statement import Launch, cmi5_findings
from coursepack.xapi.statement.cmi5 import (
    ABANDONED,
    CATEGORY,
    COMPLETED,
    CONTEXT,
    INITIALIZED,
    LAUNCHED,
    PASSED,
    SATISFIED,
    SESSION_ID,
    TERMINATED,
    is_defined,
    verb_of,
)
from coursepack.xapi.test_lrs.documents import AGENT_PROFILE, STATE
from coursepack.xapi.test_lrs.equality import Json
from coursepack.xapi.test_lrs.lrs import lrs
from coursepack.xapi.test_lrs.quirks import parse_quirks
from coursepack.xapi.test_lrs.request import Credential, LrsRequest, Refusal
from coursepack.xapi.test_lrs.store import Store, format_timestamp

MoveOn = Literal["NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed"]
Mode = Literal["Normal", "Browse", "Review"]

LAUNCH_DATA, PREFERENCES = "LMS.LaunchData", "cmi5LearnerPreferences"
LEARNER: Mapping[str, Any] = {
    "objectType": "Agent",
    "account": {"homePage": "https://lms.example/", "name": "learner-1"},
}
_AUTHORITY = {"objectType": "Agent", "account": {"homePage": "https://lms.example/", "name": "lms"}}


@dataclass(frozen=True, slots=True)
class AssignableUnit:
    """An assignable unit of a course structure. `url` is where it is served, with its own query if any."""

    id: str
    url: str
    move_on: MoveOn = "NotApplicable"
    mastery_score: float | None = None
    launch_method: Literal["AnyWindow", "OwnWindow"] = "AnyWindow"
    """How the test must open the address."""
    launch_parameters: str | None = None


@dataclass(eq=False, slots=True)
class Session:
    """A launch of a unit. `url` is the launch URL, and `token` the token that the fetch URL returns once."""

    id: str
    unit: AssignableUnit
    launch: Launch
    url: str
    token: str
    at: datetime
    statements: list[Json] = field(default_factory=list)
    """Statements of the unit, in order of arrival."""
    fetched: bool = False
    read: set[str] = field(default_factory=set)
    """The documents that the unit has read of those it must read first."""
    ended: datetime | None = None
    """When the session ended."""
    abandoned: bool = False

    @property
    def authorization(self) -> str:
        """The value of the Authorization header in this session (8.2.2)."""
        return f"Basic {self.token}"


class Launcher:
    """An LMS with one course. `app` serves the LRS under `/lrs` and the fetch URLs under `/fetch`.

    `address` is where the app is served, such as `http://127.0.0.1:40123`; set it before the first launch.
    It is as strict as the strictest LMSs, such as ADL's CATAPULT: it refuses statements before `initialized` was
    stored, also in the same request; repeated statements that are allowed once, also with the same id; and statements
    after `terminated`.

    Without `content` it does not refuse what an LRS must take, such as a duration in milliseconds.
    `quirks` are names of `SUPPORTED`; with `token-expires` a token is valid for `lifetime` seconds. Other options are
    passed to `lrs`.
    """

    def __init__(
        self,
        store: Store,
        units: Sequence[AssignableUnit],
        *,
        quirks: Iterable[str] = (),
        lifetime: float = 3600,
        content: bool = True,
        **options: Any,
    ) -> None:
        self.store, self.units, self.lifetime = store, tuple(units), timedelta(seconds=lifetime)
        self.quirks, self.content = parse_quirks(quirks), content
        self.address = ""
        self.credentials: MutableMapping[str, Credential] = {}
        self.sessions: list[Session] = []
        self._keys: dict[str, Session] = {}
        fetch = Starlette(
            routes=[Route("/{key}", self._fetch, methods=["POST"])],
            middleware=[Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["POST"])],
        )
        self.app = Starlette(
            routes=[
                Mount("/fetch", fetch),
                Mount(
                    "/lrs",
                    lrs(store, credentials=self.credentials, quirks=quirks, content=content, **options),
                ),
            ]
        )

    # Before the session

    def prefer(
        self, actor: Mapping[str, Any] = LEARNER, *, language: str | None = None, audio: str | None = None
    ) -> None:
        """Writes the learner preferences (11): languages such as "sv,en-GB", and audio "on" or "off"."""
        preferences = {"languagePreference": language, "audioPreference": audio}
        body = json.dumps({name: value for name, value in preferences.items() if value is not None})
        owner = AGENT_PROFILE.owner({"agent": json.dumps(actor)})
        self.store.save_document(AGENT_PROFILE.path, owner, PREFERENCES, "application/json", body.encode())

    def launch(
        self,
        unit: AssignableUnit,
        registration: str,
        *,
        actor: Mapping[str, Any] = LEARNER,
        mode: Mode = "Normal",
        return_url: str | None = None,
        template: Mapping[str, Any] | None = None,
    ) -> Session:
        """Starts a session, and abandons an open one of the same registration and actor.

        `template` is merged into the context template.
        """
        assert self.address, "the address is not set"
        for other in self.sessions:
            same = (other.launch.registration, other.launch.actor) == (registration, actor)
            if same and other.ended is None:
                self.abandon(other)
        own = str(uuid.uuid4())
        # 8.1: generated, constant for a unit, and not its id in the course structure.
        activity = f"https://lms.example/activities/{uuid.uuid5(uuid.NAMESPACE_URL, unit.id)}"
        data = {
            "contextTemplate": _merged(
                {
                    "extensions": {SESSION_ID: own},
                    "contextActivities": {"grouping": [{"objectType": "Activity", "id": unit.id}]},
                },
                template or {},
            ),
            "launchMode": mode,
            "moveOn": unit.move_on,
            **_without_none(
                masteryScore=unit.mastery_score, launchParameters=unit.launch_parameters, returnURL=return_url
            ),
        }
        launch = Launch(actor, registration, activity, data)
        key, token = secrets.token_urlsafe(16), secrets.token_urlsafe(24)
        session = Session(own, unit, launch, self._address(unit, launch, key), token, self.store.now())
        owner = STATE.owner({
            "activityId": activity, "agent": json.dumps(actor), "registration": registration,
        })  # fmt: skip
        self.store.save_document(
            STATE.path, owner, LAUNCH_DATA, "application/json", json.dumps(data).encode()
        )
        # 9.3.1, with the extensions of 9.6.3
        self._write(
            session,
            LAUNCHED,
            extensions={
                CONTEXT + "launchmode": mode,
                CONTEXT + "launchurl": unit.url,
                CONTEXT + "moveon": unit.move_on,
                **{
                    CONTEXT + name.lower(): data[name]
                    for name in ("masteryScore", "launchParameters")
                    if name in data
                },
            },
        )
        self._keys[key] = session
        self.sessions.append(session)
        self.credentials[session.authorization] = Credential(
            {"objectType": "Agent", "account": {"homePage": "https://lms.example/sessions/", "name": own}},
            deny_request=lambda request: self._deny_request(session, request),
            deny_statements=lambda statements: self._deny_statements(session, statements),
            on_stored=lambda statements: self._noted(session, statements),
        )
        self._satisfy(session)
        return session

    def _address(self, unit: AssignableUnit, launch: Launch, key: str) -> str:
        scheme, host, path, query, fragment = urlsplit(unit.url)
        parameters = urlencode(
            {
                "endpoint": f"{self.address}/lrs/",
                "fetch": f"{self.address}/fetch/{key}",
                "actor": json.dumps(launch.actor, ensure_ascii=False),
                "registration": launch.registration,
                "activityId": launch.activity,
            },
            quote_via=quote,
        )
        return urlunsplit((scheme, host, path, f"{query}&{parameters}" if query else parameters, fragment))

    async def _fetch(self, request: Request) -> Response:
        """Returns the token, once (8.2)."""
        session = self._keys.get(request.path_params["key"])
        if session is None:
            return JSONResponse({"error-code": "2", "error-text": "There is no such launch."})
        if (session.fetched or session.ended) and "fetch-once" in self.quirks:
            return JSONResponse({"error": "The token was given away."}, 401)
        if session.fetched or session.ended:
            return JSONResponse(
                {"error-code": "1", "error-text": "The token was given away, or the session is over."}
            )
        session.fetched = True
        return JSONResponse({"auth-token": session.token})

    # During the session

    def revoke(self, session: Session) -> None:
        """Revokes the token: the LRS answers 401 from now on."""
        self.credentials.pop(session.authorization, None)

    def _deny_request(self, session: Session, request: LrsRequest) -> str | None:
        if "token-expires" in self.quirks and self.store.now() - session.at > self.lifetime:
            raise Refusal(401, "The token is too old.")
        if session.abandoned:  # 9.3.6
            return "The session was abandoned."
        agent = request.parameters.get("agent")
        if request.path in (STATE.path, AGENT_PROFILE.path) and agent is not None:
            # 8.1: the actor as launched, in every request.
            if json.loads(agent) != session.launch.actor:
                return "The agent is not the actor of the launch."
            own = request.parameters.get("stateId", request.parameters.get("profileId"))
            if request.method == "GET" and own in (LAUNCH_DATA, PREFERENCES):
                session.read.add(own)
            elif request.path == STATE.path and request.method != "GET" and own in (LAUNCH_DATA, None):
                # 10.2.1
                return f"A unit does not change {LAUNCH_DATA}."
        return None

    def _deny_statements(self, session: Session, statements: Sequence[Json]) -> str | None:
        """The statements that an LMS refuses (6.3).

        A known statement of a kind that may be repeated is a retry, and accepted.
        """
        if session.ended:  # 9.3.8
            return "The session is over."
        missing = [name for name in (LAUNCH_DATA, PREFERENCES) if name not in session.read]
        if missing:  # 10, 11
            return f"The unit has not asked for {missing[0]} yet."
        begun = any(map(_begins, session.statements))
        there = {statement["id"]: statement for statement in session.statements}
        news = []
        for statement in statements:
            if not begun and not _begins(statement):  # 9.3
                return "The session has not begun: initialized was not stored yet."
            known = there.get(statement.get("id"))
            if known is not None and is_defined(known):  # 9.3
                return f"The session has {verb_of(known)} already."
            if known is None:
                news.append(statement)
        found = cmi5_findings(
            [*session.statements, *news],
            session.launch,
            earlier=self._earlier(session),
            ended=False,
            content=self.content,
        )
        return "\n".join(map(str, found)) or None

    def _earlier(self, session: Session) -> list[Json]:
        return [
            statement
            for other in self.sessions
            if other is not session
            and (other.unit.id, other.launch.registration, other.launch.actor)
            == (session.unit.id, session.launch.registration, session.launch.actor)
            for statement in other.statements
        ]

    def _noted(self, session: Session, statements: Sequence[Json]) -> None:
        there = {statement["id"] for statement in session.statements}
        news = [statement for statement in statements if statement["id"] not in there]
        session.statements += news
        if any(is_defined(statement) and verb_of(statement) == TERMINATED for statement in news):
            session.ended = self.store.now()
            if "token-dies-on-terminated" in self.quirks:
                self.revoke(session)
        self._satisfy(session)

    # After the session

    def satisfied(self, unit: AssignableUnit, registration: str, actor: Mapping[str, Any] = LEARNER) -> bool:
        """Whether a learner has met the moveOn criterion of a unit (13.1.4)."""
        verbs = {
            verb_of(statement)
            for session in self.sessions
            if (session.unit.id, session.launch.registration, session.launch.actor)
            == (unit.id, registration, actor)
            for statement in session.statements
            if is_defined(statement)
        }
        completed, passed = COMPLETED in verbs, PASSED in verbs
        return {
            "NotApplicable": True,
            "Passed": passed,
            "Completed": completed,
            "CompletedAndPassed": completed and passed,
            "CompletedOrPassed": completed or passed,
        }[unit.move_on]

    def _satisfy(self, session: Session) -> None:
        """Writes `satisfied` for the course, once, when all its units are satisfied (9.3.9)."""
        registration, actor = session.launch.registration, session.launch.actor
        if not all(self.satisfied(unit, registration, actor) for unit in self.units):
            return
        for statement in self.store.statements():
            said = statement.get("context", {}).get("registration"), statement["actor"], verb_of(statement)
            if said == (registration, actor, SATISFIED):
                return
        course = {
            "objectType": "Activity",
            "id": "https://lms.example/courses/1",
            "definition": {"type": "https://w3id.org/xapi/cmi5/activitytype/course"},
        }
        self._write(session, SATISFIED, thing=course)

    def abandon(self, session: Session) -> None:
        """Abandons a session; its statements are refused from now on (9.3.6)."""
        last = max((self._timestamp(statement) for statement in session.statements), default=session.at)
        seconds = max((last - session.at).total_seconds(), 0)
        self._write(session, ABANDONED, result={"duration": f"PT{seconds:.2f}S"})
        session.ended = self.store.now()
        session.abandoned = True

    def _timestamp(self, statement: Json) -> datetime:
        return datetime.fromisoformat(statement["timestamp"])

    def _write(
        self,
        session: Session,
        verb: str,
        *,
        thing: Json | None = None,
        result: Json | None = None,
        extensions: Json | None = None,
    ) -> None:
        """Stores a statement of the LMS, with the context of 9.6."""
        launch = session.launch
        more = {
            "registration": launch.registration,
            "contextActivities": {"category": [{"objectType": "Activity", "id": CATEGORY}]},
            "extensions": extensions or {},
        }
        statement = {
            "id": str(uuid.uuid4()),
            "actor": dict(launch.actor),
            "verb": {"id": verb, "display": {"en": verb.rpartition("/")[2]}},
            "object": thing or {"objectType": "Activity", "id": launch.activity},
            **_without_none(result=result),
            "context": _merged(launch.data["contextTemplate"], more),
            "timestamp": format_timestamp(self.store.now()),
        }
        self.store.put([statement], _AUTHORITY)


def _begins(statement: Mapping[str, Any]) -> bool:
    return is_defined(statement) and verb_of(statement) == INITIALIZED


def tincan_address(
    url: str,
    *,
    endpoint: str,
    auth: str | None,
    actor: Mapping[str, Any] | None = LEARNER,
    registration: str | None = None,
    activity: str | None = None,
    **more: str,
) -> str:
    """The launch URL of a Tin Can package, with the launch data in its query."""
    parameters = _without_none(
        endpoint=endpoint,
        auth=auth,
        actor=None if actor is None else json.dumps(actor, ensure_ascii=False),
        registration=registration,
        activity_id=activity,
    )
    scheme, host, path, query, fragment = urlsplit(url)
    added = urlencode({**parameters, **more}, quote_via=quote)
    return urlunsplit((scheme, host, path, f"{query}&{added}" if query else added, fragment))


def _without_none(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two JSON objects merged: objects recursively, lists joined, other values of `above`."""
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[name] = _merged(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            merged[name] = [*old, *value]
        else:
            merged[name] = value
    return merged
