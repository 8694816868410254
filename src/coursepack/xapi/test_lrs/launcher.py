"""A cmi5 launcher: what an LMS does before, during and after a unit's session; section numbers are cmi5's."""

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

from coursepack.xapi.statement import Launch, cmi5_faults
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
from coursepack.xapi.test_lrs.quirks import quirks_named
from coursepack.xapi.test_lrs.request import Call, Permit, Refusal
from coursepack.xapi.test_lrs.store import Store, written

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
    """An assignable unit as a course structure tells it. `url` is where it is served, with its own query if any."""

    id: str
    url: str
    move_on: MoveOn = "NotApplicable"
    mastery_score: float | None = None
    launch_method: Literal["AnyWindow", "OwnWindow"] = "AnyWindow"
    """Binds whoever opens the address."""
    launch_parameters: str | None = None


@dataclass(eq=False, slots=True)
class Session:
    """One launch of one unit. `url` is the address to open, and `token` what its fetch address gives away once."""

    id: str
    unit: AssignableUnit
    launch: Launch
    url: str
    token: str
    at: datetime
    statements: list[Json] = field(default_factory=list)
    """What the unit has sent, in the order in which it came."""
    fetched: bool = False
    read: set[str] = field(default_factory=set)
    """The documents that a unit must ask for before it begins."""
    ended: datetime | None = None
    """When the LMS heard the last of it."""
    abandoned: bool = False

    @property
    def authorization(self) -> str:
        """The value of the Authorization header in this session (8.2.2)."""
        return f"Basic {self.token}"


class Launcher:
    """An LMS with one course of some units. `app` serves the LRS under `/lrs` and the fetch addresses under `/fetch`.

    `address` is where the app is served, such as `http://127.0.0.1:40123`; it must be set before the first launch.
    It refuses what the strictest players refuse, such as ADL's CATAPULT: what comes before `initialized` was stored,
    also in one request with it; what may come once and comes again, also under its id; statements after terminated.

    `quirks` are names of `PLAYED`; with `token-expires` a key is good for `lifetime` seconds. All else is an option of
    `lrs`.
    """

    def __init__(
        self,
        store: Store,
        units: Sequence[AssignableUnit],
        *,
        quirks: Iterable[str] = (),
        lifetime: float = 3600,
        **options: Any,
    ) -> None:
        self.store, self.units, self.lifetime = store, tuple(units), timedelta(seconds=lifetime)
        self.quirks = quirks_named(quirks)
        self.address = ""
        self.credentials: MutableMapping[str, Permit] = {}
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
                    lrs(store, credentials=self.credentials, quirks=quirks, **{"content": True, **options}),
                ),
            ]
        )

    # Before the session

    def prefer(
        self, actor: Mapping[str, Any] = LEARNER, *, language: str | None = None, audio: str | None = None
    ) -> None:
        """Writes the learner's preferences (11): languages such as "sv,en-GB", and "on" or "off" for sound."""
        told = {"languagePreference": language, "audioPreference": audio}
        body = json.dumps({name: value for name, value in told.items() if value is not None})
        owner = AGENT_PROFILE.owner({"agent": json.dumps(actor)})
        self.store.keep(AGENT_PROFILE.path, owner, PREFERENCES, "application/json", body.encode())

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
        """Begins a session: a session of the registration that is still open is abandoned, the rest is written anew.

        `template` is laid over the context template.
        """
        assert self.address, "the address is not set"
        for other in self.sessions:
            same = (other.launch.registration, other.launch.actor) == (registration, actor)
            if same and other.ended is None:
                self.abandon(other)
        own = str(uuid.uuid4())
        # 8.1: generated, always the same for a unit, and not its own id.
        activity = f"https://lms.example/activities/{uuid.uuid5(uuid.NAMESPACE_URL, unit.id)}"
        data = {
            "contextTemplate": _laid_over(
                {
                    "extensions": {SESSION_ID: own},
                    "contextActivities": {"grouping": [{"objectType": "Activity", "id": unit.id}]},
                },
                template or {},
            ),
            "launchMode": mode,
            "moveOn": unit.move_on,
            **_present(
                masteryScore=unit.mastery_score, launchParameters=unit.launch_parameters, returnURL=return_url
            ),
        }
        launch = Launch(actor, registration, activity, data)
        key, token = secrets.token_urlsafe(16), secrets.token_urlsafe(24)
        session = Session(own, unit, launch, self._address(unit, launch, key), token, self.store.now())
        owner = STATE.owner({
            "activityId": activity, "agent": json.dumps(actor), "registration": registration,
        })  # fmt: skip
        self.store.keep(STATE.path, owner, LAUNCH_DATA, "application/json", json.dumps(data).encode())
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
        self.credentials[session.authorization] = Permit(
            {"objectType": "Agent", "account": {"homePage": "https://lms.example/sessions/", "name": own}},
            refuses=lambda call: self._refuses(session, call),
            judges=lambda statements: self._judges(session, statements),
            noted=lambda statements: self._noted(session, statements),
        )
        self._satisfy(session)
        return session

    def _address(self, unit: AssignableUnit, launch: Launch, key: str) -> str:
        scheme, host, path, query, fragment = urlsplit(unit.url)
        told = urlencode(
            {
                "endpoint": f"{self.address}/lrs/",
                "fetch": f"{self.address}/fetch/{key}",
                "actor": json.dumps(launch.actor, ensure_ascii=False),
                "registration": launch.registration,
                "activityId": launch.activity,
            },
            quote_via=quote,
        )
        return urlunsplit((scheme, host, path, f"{query}&{told}" if query else told, fragment))

    async def _fetch(self, request: Request) -> Response:
        """Gives the token away once (8.2)."""
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
        """Ends what the session's token may: from now on the LRS answers 401."""
        self.credentials.pop(session.authorization, None)

    def _refuses(self, session: Session, call: Call) -> str | None:
        if "token-expires" in self.quirks and self.store.now() - session.at > self.lifetime:
            raise Refusal(401, "The token is too old.")
        if session.abandoned:  # 9.3.6
            return "The session was abandoned."
        agent = call.parameters.get("agent")
        if call.path in (STATE.path, AGENT_PROFILE.path) and agent is not None:
            # 8.1: the actor as launched, in every request.
            if json.loads(agent) != session.launch.actor:
                return "The agent is not the actor of the launch."
            own = call.parameters.get("stateId", call.parameters.get("profileId"))
            if call.method == "GET" and own in (LAUNCH_DATA, PREFERENCES):
                session.read.add(own)
            elif call.path == STATE.path and call.method != "GET" and own in (LAUNCH_DATA, None):
                # 10.2.1
                return f"A unit does not change {LAUNCH_DATA}."
        return None

    def _judges(self, session: Session, statements: Sequence[Json]) -> str | None:
        """What an LMS refuses (6.3).

        A statement that is there already and may come more than once is only sent once more.
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
        found = cmi5_faults(
            [*session.statements, *news], session.launch, earlier=self._earlier(session), ended=False
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
        """Whether a learner has done with a unit what its moveOn wants (13.1.4)."""
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
        """Says that the course is satisfied once all its units are, and says it once (9.3.9)."""
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
        """Ends a session that its unit has left open; nothing more is taken from it (9.3.6)."""
        last = max((self._heard(statement) for statement in session.statements), default=session.at)
        seconds = max((last - session.at).total_seconds(), 0)
        self._write(session, ABANDONED, result={"duration": f"PT{seconds:.2f}S"})
        session.ended = self.store.now()
        session.abandoned = True

    def _heard(self, statement: Json) -> datetime:
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
        """Stores a statement of the LMS's own, with what 9.6 wants in each."""
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
            **_present(result=result),
            "context": _laid_over(launch.data["contextTemplate"], more),
            "timestamp": written(self.store.now()),
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
    """The address that opens a "Tin Can" package: everything that the course must know stands in its query."""
    told = _present(
        endpoint=endpoint,
        auth=auth,
        actor=None if actor is None else json.dumps(actor, ensure_ascii=False),
        registration=registration,
        activity_id=activity,
    )
    scheme, host, path, query, fragment = urlsplit(url)
    added = urlencode({**told, **more}, quote_via=quote)
    return urlunsplit((scheme, host, path, f"{query}&{added}" if query else added, fragment))


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two JSON objects as one: objects inside are united, lists joined, all else is as above."""
    whole = dict(below)
    for name, value in above.items():
        old = whole.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            whole[name] = _laid_over(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            whole[name] = [*old, *value]
        else:
            whole[name] = value
    return whole
