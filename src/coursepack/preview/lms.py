"""The LMS's side of xAPI and cmi5: the test LRS with a launcher, its faults, and what was asked of it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coursepack.preview.launching import Unit
from coursepack.xapi.test_lrs.documents import STATE
from coursepack.xapi.test_lrs.equality import agent_key
from coursepack.xapi.test_lrs.faults import SERVER_SEND, Faults, RecordedRequest
from coursepack.xapi.test_lrs.launcher import (
    LAUNCH_DATA,
    LEARNER,
    AssignableUnit,
    Launcher,
    Mode,
    tincan_address,
)
from coursepack.xapi.test_lrs.quirks import SUPPORTED
from coursepack.xapi.test_lrs.request import Credential, basic
from coursepack.xapi.test_lrs.store import Store

_SLOW = 0.9
_MODES: Mapping[str, Mode] = {"review": "Review", "browse": "Browse"}
_MOVE_ON = ("NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed")

MOST_CALLS = 2000
"""Requests that are kept, as many as the panel shows."""


def _learner(number: int) -> dict[str, Any]:
    return {**LEARNER, "account": {**LEARNER["account"], "name": f"learner-{number}"}}


class Lms:
    """One course in an LMS with an LRS. `app` is to be served at `address`, which is set once the port is known.

    `on_request` is called after each request to the LRS, in the thread of the server.
    """

    def __init__(self, on_request: Callable[[], object]) -> None:
        self.address = ""
        self._on_request = on_request
        self._number = 0
        self._unit = 0
        self._registrations: dict[int, str] = {}
        self._calls: list[dict[str, Any]] = []
        self._units: dict[str, int] = {}
        self._count = 0
        self._is_offline = self._is_slow = self._is_failing = self._is_wiping = False
        self._fresh(())

    def _fresh(self, quirks: Iterable[str]) -> None:
        """An LRS that knows nothing."""
        self._quirks = frozenset(quirks)
        self._store = Store()
        # It refuses what an LRS may: packages of others keep to less than ours.
        self._launcher = Launcher(self._store, (), quirks=self._quirks, content=False)
        self._faults = Faults(self._launcher.app)
        self._registrations = {}
        self._break()

    def _break(self) -> None:
        """What is wrong with it, as the buttons say."""
        self._faults.lift()
        if self._is_offline:
            self._faults.add("drop")
        self._faults.delay = _SLOW if self._is_slow else 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what is asked of the LRS, and for the tokens of cmi5 (ASGI)."""
        faults, began = self._faults, time.perf_counter()
        before = len(faults.requests)
        if self._is_failing and scope["method"] in ("PUT", "POST") and scope["path"].startswith("/lrs/"):
            self._is_failing = False
            faults.add("status", scope["method"], scope["path"], times=1)

        async def unasked(message: Message) -> None:
            # The LRS is on the package's origin here: for this header the browser would ask for a password.
            if message["type"] == "http.response.start":
                del MutableHeaders(scope=message)["www-authenticate"]
            await send(message)

        try:
            await cast(ASGIApp, faults)({SERVER_SEND: send, **scope}, receive, unasked)
        finally:
            for request in faults.requests[before:]:
                if request.method != "OPTIONS":
                    unit = self._units.get(Headers(scope=scope).get("authorization", ""), self._unit)
                    self._note(request, time.perf_counter() - began, unit)

    def launch(
        self, standard: str, unit: Unit, url: str, quirks: Iterable[str], fresh: bool, mode: str, number: int
    ) -> str:
        """The address of a launch of `unit`, which is served at `url`. A fresh one is a new attempt.

        `number` is that of the unit in the package; each request is told with that of the unit which it comes from.
        """
        self._unit = number
        wanted = SUPPORTED.intersection(quirks)
        if wanted != self._quirks:
            self._fresh(wanted)
        if fresh:
            self._registrations.pop(self._number, None)
        registration = self._registrations.setdefault(self._number, str(uuid.uuid4()))
        actor = _learner(self._number + 1)
        if self._is_wiping:
            self._is_wiping = False
            for owner in self._owners():
                self._store.delete_documents(STATE.path, owner)
        if standard == "xAPI":
            return self._tincan(unit, url, actor, registration, number)
        move_on = unit.move_on if unit.move_on in _MOVE_ON else "NotApplicable"
        assignable = AssignableUnit(
            unit.id or url, url, cast(Any, move_on), unit.mastery, launch_parameters=unit.parameters
        )
        self._launcher.units = (assignable,)
        self._launcher.address = self.address
        session = self._launcher.launch(
            assignable,
            registration,
            actor=actor,
            mode=_MODES.get(mode, "Normal"),
            return_url=f"{self.address}/left",
        )
        self._units[session.authorization] = number
        return session.url

    def _tincan(self, unit: Unit, url: str, actor: Mapping[str, Any], registration: str, number: int) -> str:
        key = basic(f"preview-{number}", registration)
        self._units[key] = number
        authority = {
            "objectType": "Agent",
            "account": {"homePage": "https://lms.example/", "name": "preview"},
        }
        self._launcher.credentials[key] = Credential(authority)
        endpoint = f"{self.address}/lrs/"
        return tincan_address(
            url, endpoint=endpoint, auth=key, actor=actor, registration=registration, activity=unit.id or url
        )

    def act(self, name: str, on: bool) -> None:
        """Does what a button of the panel says: a fault that is on until it is off, or something that happens once."""
        match name:
            case "network":
                self._is_offline = on
                self._break()
            case "slow":
                self._is_slow = on
                self._break()
            case "fail":
                self._is_failing = on
            case "expire":
                for key in list(self._launcher.credentials):
                    self._launcher.credentials.pop(key)
            case "wipe":
                # Once the course has left, which may save: see `launch`.
                self._is_wiping = True
            case "other":
                self._number = 1 - self._number
            case _:
                return

    def _owners(self) -> list[str]:
        """The owners of documents that are the learner's in this attempt, or in any."""
        own = agent_key(_learner(self._number + 1)), self._registrations.get(self._number)
        found = ((owner, json.loads(owner)) for owner in self._store.owners(STATE.path))
        return [owner for owner, (_, agent, attempt) in found if (agent, attempt) in (own, (own[0], None))]

    def documents(self) -> dict[str, Any]:
        """What the State resource holds for the learner: the `values` by id, and as `state` the course's newest."""
        found = [each for owner in self._owners() for each in self._store.documents(STATE.path, owner)]
        texts = {each.id: each.body.decode("utf-8", "replace") for each in found}
        newest = max(
            (each for each in found if each.id != LAUNCH_DATA), key=attrgetter("updated"), default=None
        )
        return {"values": texts, "state": texts[newest.id] if newest else ""}

    def calls(self, since: int) -> list[dict[str, Any]]:
        """The requests after the one with this number."""
        return [call for call in self._calls if call["n"] > since]

    def _note(self, request: RecordedRequest, seconds: float, unit: int) -> None:
        self._count += 1
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        self._calls.append({
            "n": self._count,
            "at": time.time(),
            "method": request.method,
            "url": f"{request.path}?{query}" if query else request.path,
            "status": request.status,
            "body": request.body.decode("utf-8", "replace"),
            "ms": round(1000 * seconds, 1),
            "unit": unit,
            "statements": _statements(request),
        })  # fmt: skip
        del self._calls[:-MOST_CALLS]
        self._on_request()


def _statements(request: RecordedRequest) -> list[dict[str, Any]]:
    """The statements that were sent in a request, as far as they can be read."""
    if request.method not in ("PUT", "POST") or not request.path.endswith("/statements"):
        return []
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        return []
    return [each for each in (given if isinstance(given, list) else [given]) if isinstance(each, dict)]
