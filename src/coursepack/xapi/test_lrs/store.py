"""Storage of the test LRS in SQLite: statements, documents, and the definitions of activities and agents."""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from coursepack.xapi.statement.xapi import VOIDED
from coursepack.xapi.test_lrs.equality import (
    Json,
    activities_of,
    agent_key,
    agents_of,
    same_statement,
    with_members,
)

_TABLES = """
CREATE TABLE IF NOT EXISTS statements (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, stored INTEGER NOT NULL, verb TEXT NOT NULL,
    registration TEXT, target TEXT, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS targets ON statements (target);
CREATE TABLE IF NOT EXISTS named (
    number INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, near INTEGER NOT NULL,
    PRIMARY KEY (kind, name, near, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    resource TEXT NOT NULL, owner TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, body BLOB NOT NULL,
    updated INTEGER NOT NULL, PRIMARY KEY (resource, owner, id));
CREATE TABLE IF NOT EXISTS known (
    kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, name));
"""

# Part 2, 2.3.2: a voiding statement cannot be voided.
_IS_VOIDED = (
    f"(verb <> '{VOIDED}' AND EXISTS (SELECT 1 FROM statements AS v WHERE v.target = statements.id"  # noqa: S608
    f" AND v.verb = '{VOIDED}'))"
)


class Conflict(Exception):  # noqa: N818
    """The id belongs to another statement."""


class Document(NamedTuple):
    """A stored document. `updated` is in UTC."""

    id: str
    type: str
    body: bytes
    updated: datetime


@dataclass(frozen=True, slots=True)
class Query:
    """A query for statements; None matches any. Times are in UTC, and `since` is exclusive."""

    agent: Mapping[str, Any] | None = None
    verb: str | None = None
    activity: str | None = None
    registration: str | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: datetime | None = None
    until: datetime | None = None
    ascending: bool = False
    after: int | None = None
    """The number of the last statement of the previous page."""


def _micro(at: datetime) -> int:
    return round((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)


def _instant(micro: int) -> datetime:
    return datetime.fromtimestamp(micro / 1_000_000, UTC)


def format_timestamp(at: datetime) -> str:
    """A time as an xAPI timestamp, in milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Store:
    """The storage, in a file or, without a path, in memory. Thread-safe. What is not closed closes with the store."""

    def __init__(
        self, path: Path | str = ":memory:", *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.now = now
        self._lock = threading.RLock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._close = weakref.finalize(self, self._database.close)
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Closes the database."""
        with self._lock:
            self._close()

    # Statements

    def put(self, statements: Sequence[Json], authority: Json, version: str = "1.0.0") -> list[str]:
        """Stores valid statements, all or none, and returns their ids.

        Sets id, stored, timestamp, authority and version. A known statement is left unchanged. Raises Conflict when
        the id belongs to another statement.
        """
        with self._lock, self._database:
            self._database.execute("BEGIN")
            return [self._put(statement, authority, version) for statement in statements]

    def _put(self, statement: Json, authority: Json, version: str) -> str:
        own = statement.get("id") or str(uuid.uuid4())
        there = self._row("SELECT body FROM statements WHERE id = ?", own.lower())
        if there:
            if not same_statement(json.loads(there[0]), statement):
                raise Conflict(f"The id {own} belongs to another statement.")
            return str(own)
        at = self.now()
        # Part 2, 2.4.8 to 2.4.10 and 2.4.6.2.s4
        complete = {
            "timestamp": format_timestamp(at),
            "version": version,
            **_with_lists(statement),
            "id": own,
            "stored": format_timestamp(at),
            "authority": authority,
        }
        thing = complete["object"]
        target = thing["id"].lower() if thing.get("objectType") == "StatementRef" else None
        registration = complete.get("context", {}).get("registration")
        number = self._database.execute(
            "INSERT INTO statements (id, stored, verb, registration, target, body) VALUES (?, ?, ?, ?, ?, ?)",
            (
                own.lower(),
                _micro(at) // 1000 * 1000,
                complete["verb"]["id"],
                registration.lower() if registration else None,
                target,
                json.dumps(complete, ensure_ascii=False),
            ),
        ).lastrowid
        self._name(number, complete)
        self._learn(complete)
        return str(own)

    def _name(self, number: int | None, statement: Json) -> None:
        """Indexes a statement by its activities and agents, direct and related."""
        thing = statement["object"]
        kind = thing.get("objectType", "Activity")
        near = [
            *with_members(statement["actor"]),
            *(with_members(thing) if kind in ("Agent", "Group") else ()),
        ]
        rows = {("agent", agent_key(agent), 1) for agent in near}
        rows |= {("agent", agent_key(agent), 0) for agent in agents_of(statement)}
        rows |= {("activity", activity["id"], 0) for activity in activities_of(statement)}
        if kind == "Activity":
            rows.add(("activity", thing["id"], 1))
        self._database.executemany(
            "INSERT INTO named (number, kind, name, near) VALUES (?, ?, ?, ?)",
            [(number, *row) for row in rows if row[1] is not None],
        )

    def _learn(self, statement: Json) -> None:
        """Records the activities, verbs and agents of a statement (part 2, 2.4.4.1.s4; part 3, 2.4, 2.5)."""
        for activity in activities_of(statement):
            self._merge("activity", activity["id"], activity.get("definition", {}))
        verbs = [statement["verb"]]
        if statement["object"].get("objectType") == "SubStatement":
            verbs.append(statement["object"]["verb"])
        for verb in verbs:
            self._merge("verb", verb["id"], {"display": verb.get("display", {})})
        for agent in agents_of(statement):
            key = agent_key(agent)
            if key and "name" in agent:
                self._merge("agent", key, {"names": {agent["name"]: True}})

    def _merge(self, kind: str, name: str, news: Json) -> None:
        """Merges texts and extensions; other values are replaced."""
        known = self._known(kind, name)
        for key, value in news.items():
            united = key in ("name", "description", "extensions", "display", "names")
            known[key] = {**known.get(key, {}), **value} if united else value
        self._database.execute(
            "INSERT INTO known VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (kind, name, json.dumps(known, ensure_ascii=False)),
        )

    def _known(self, kind: str, name: str) -> Json:
        row = self._row("SELECT body FROM known WHERE kind = ? AND name = ?", kind, name)
        return dict(json.loads(row[0])) if row else {}

    def definition(self, activity: str) -> Json:
        """The definition of an activity, merged from its statements."""
        return self._known("activity", activity)

    def display(self, verb: str) -> Json:
        """The displays of a verb by language."""
        return dict(self._known("verb", verb).get("display", {}))

    def names(self, agent: Mapping[str, Any]) -> list[str]:
        """The names of an agent."""
        return list(self._known("agent", agent_key(agent) or "").get("names", {}))

    def statement(self, own: str, *, voided: bool = False) -> Json | None:
        """A statement by id, of the voided ones or of the others."""
        row = self._row(f"SELECT body FROM statements WHERE id = ? AND {_IS_VOIDED} = ?", own.lower(), voided)  # noqa: S608
        return dict(json.loads(row[0])) if row else None

    def statements(self) -> list[Json]:
        """All statements, voided ones included, in order of arrival."""
        return [json.loads(row[0]) for row in self._rows("SELECT body FROM statements ORDER BY number")]

    def find(self, query: Query, limit: int) -> tuple[list[Json], int | None]:
        """At most `limit` statements, newest first by default, and where the next page begins, if any.

        A statement that refers to a match is a match too, recursively (part 3, 2.1.3.s3).
        """
        wanted: list[str] = []
        values: list[object] = []
        for name, wanted_value in (("verb", query.verb), ("registration", query.registration)):
            if wanted_value is not None:
                wanted.append(f"{name} = ?")
                values.append(wanted_value.lower() if name == "registration" else wanted_value)
        agent = agent_key(query.agent) or "" if query.agent else None
        for kind, own, broad in (
            ("agent", agent, query.related_agents),
            ("activity", query.activity, query.related_activities),
        ):
            if own is not None:
                wanted.append("number IN (SELECT number FROM named WHERE kind = ? AND name = ? AND near = ?)")
                values += [kind, own, 0 if broad else 1]
        within: list[str] = [f"NOT {_IS_VOIDED}"]
        for limits, value in (
            ("stored > ?", query.since and _micro(query.since)),
            ("stored <= ?", query.until and _micro(query.until)),
            (f"number {'>' if query.ascending else '<'} ?", query.after),
        ):
            if value is not None:
                within.append(limits)
                values.append(value)
        rows = self._rows(
            "WITH RECURSIVE hit (own) AS ("  # noqa: S608, values are bound
            f"SELECT id FROM statements WHERE {' AND '.join(wanted) or '1'} "
            "UNION SELECT id FROM statements JOIN hit ON target = own) "
            f"SELECT number, body FROM statements WHERE id IN hit AND {' AND '.join(within)} "
            f"ORDER BY number {'ASC' if query.ascending else 'DESC'} LIMIT ?",
            *values,
            limit + 1,
        )
        more = rows[limit - 1][0] if len(rows) > limit else None
        return [json.loads(body) for _, body in rows[:limit]], more

    # Documents, by resource and owner (the key of the agent, activity and registration)

    def document(self, resource: str, owner: str, own: str) -> Document | None:
        """A document, or None."""
        row = self._row(
            "SELECT * FROM documents WHERE resource = ? AND owner = ? AND id = ?", resource, owner, own
        )
        return Document(row[2], row[3], row[4], _instant(row[5])) if row else None

    def documents(self, resource: str, owner: str, since: datetime | None = None) -> list[Document]:
        """The documents of an owner, or those updated after a time."""
        rows = self._rows(
            "SELECT * FROM documents WHERE resource = ? AND owner = ? AND updated > ? ORDER BY id",
            *(resource, owner, _micro(since) if since else -1),
        )
        return [Document(row[2], row[3], row[4], _instant(row[5])) for row in rows]

    def owners(self, resource: str) -> list[str]:
        """The owners of documents of a resource."""
        rows = self._rows("SELECT DISTINCT owner FROM documents WHERE resource = ? ORDER BY owner", resource)
        return [row[0] for row in rows]

    def save_document(self, resource: str, owner: str, own: str, kind: str, body: bytes) -> None:
        """Stores a document, and replaces an older one."""
        with self._lock:
            self._database.execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)",
                (resource, owner, own, kind, body, _micro(self.now())),
            )

    def delete_documents(self, resource: str, owner: str, own: str | None = None) -> None:
        """Deletes a document, or all of an owner."""
        with self._lock:
            self._database.execute(
                "DELETE FROM documents WHERE resource = ? AND owner = ? AND (? IS NULL OR id = ?)",
                (resource, owner, own, own),
            )

    def _row(self, sql: str, *values: object) -> Any:
        rows = self._rows(sql, *values)
        return rows[0] if rows else None

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self._lock, closing(self._database.execute(sql, values)) as cursor:
            return cursor.fetchall()


def _with_lists(statement: Json) -> Json:
    """A statement whose context activities are all lists (part 2, 2.4.6.2.s4)."""
    result = dict(statement)
    if "contextActivities" in result.get("context", {}):
        listed: dict[str, Iterable[Json]] = {
            name: value if isinstance(value, list) else [value]
            for name, value in result["context"]["contextActivities"].items()
        }
        result["context"] = {**result["context"], "contextActivities": listed}
    if result["object"].get("objectType") == "SubStatement":
        result["object"] = _with_lists(result["object"])
    return result
