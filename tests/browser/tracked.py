"""Launches of xAPI and cmi5 packages against our own LRS, and what must hold after each."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import Launch, Learner

from coursepack.standin.call import Permit, basic, permit
from coursepack.standin.faults import Faults
from coursepack.standin.launcher import LEARNER, AssignableUnit, Launcher, Session, tincan_address
from coursepack.standin.lrs import lrs
from coursepack.standin.serve import serve
from coursepack.standin.store import Store
from coursepack.statement import cmi5_faults, faults

KEY = basic("course", "secret-of-this-launch")


@dataclass
class Lrs:
    """An LRS on the loopback address, with the faults that a test asks for."""

    store: Store
    faults: Faults
    address: str
    credentials: dict[str, Permit]

    @property
    def statements(self) -> list[dict[str, Any]]:
        return self.store.statements()

    def verbs(self, registration: str | None = None) -> list[str]:
        """The last word of each statement's verb, in the order in which they came."""
        return [
            str(each["verb"]["id"]).rpartition("/")[2]
            for each in self.statements
            if registration is None or each["context"].get("registration") == registration
        ]

    def document(self) -> dict[str, Any]:
        """The resume document that was stored last."""
        for each in reversed(self.faults.sent("PUT", "/activities/state")):
            if each.status in (200, 204) and each.query.get("stateId") == "resume":
                return dict(each.json)
        return {}


@contextmanager
def running(**options: Any) -> Iterator[Lrs]:
    """An LRS that knows one key, which may do everything."""
    credentials = {KEY: permit("course")}
    store = Store()
    app = Faults(lrs(store, credentials=credentials, content=True, **options))
    with serve(app) as address:
        yield Lrs(store, app, address, credentials)
    store.close()
