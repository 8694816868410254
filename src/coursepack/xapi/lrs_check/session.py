"""What the steps of a check share: requests, rows, and cleaning up."""

from __future__ import annotations

import http
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from coursepack.problems import Message, Number, Quoted, parts
from coursepack.xapi.lrs_check.client import LOG, PLACE, Answer, Client, NoAnswerError
from coursepack.xapi.lrs_check.report import Row, Verdict, Written

Json = dict[str, Any]

BATCH = 50
"""The most statements that a package sends in one request."""
_MAX_DELAY = 10.0
ACTOR: Mapping[str, Any] = {
    "objectType": "Agent",
    "name": "coursepack lrs",
    # A reserved name (RFC 2606).
    "account": {"homePage": "https://coursepack.invalid/", "name": "coursepack-lrs"},
}
ADL = "http://adlnet.gov/expapi/verbs/"


class Session:
    """The state of a check: its client, its rows, and what it has to clean up."""

    def __init__(
        self, client: Client, address: Row, progress: Callable[[str, int, int], None] | None
    ) -> None:
        self.client, self.address, self.progress = client, address, progress
        self.rows: list[Row] = []
        self.activity, self.registration = f"urn:uuid:{uuid.uuid4()}", str(uuid.uuid4())
        self.max_delay = min(_MAX_DELAY, client.timeout)
        self.versions: list[str] = []
        self.may_read = self.may_write = True
        self.has_state = False
        self.offers_state = True
        self.lists = False
        """Whether the LRS wraps a single statement in a list."""
        self.left: dict[str, None] = {}
        """Ids of statements that were stored, or may have been."""
        self.voided = 0
        self.documents: dict[str, Mapping[str, str]] = {}

    def add_row(
        self, name: str | Message, verdict: Verdict, seen: str | Message, ask: str | Message = ""
    ) -> None:
        """Adds a row; `ask` is dropped when the verdict is ok."""
        self.rows.append(Row(name, verdict, seen, "" if verdict == "ok" else ask))

    def describe(self, answer: Answer) -> Message:
        """Describes an unexpected answer."""
        if answer.error:
            return Message("{0}", parts(answer.error))
        try:
            phrase = f"{answer.status} {http.HTTPStatus(answer.status).phrase}"
        except ValueError:
            phrase = str(answer.status)
        if 300 <= answer.status < 400:
            # Without the query, which can contain secrets.
            to = re.split(r"[?#]", answer.headers.get("location", ""))[0]
            address = self.client.quote(re.sub("//[^/]*@", "//", to))
            if not address:
                return Message("{0}, a redirect to nowhere", phrase)
            return Message("{0}, a redirect to {1}", phrase, address)
        if answer.is_page:
            return Message("{0}, an HTML page", phrase)
        words = self.client.quote(answer.body.decode(errors="replace"))
        return Message("{0}: {1}", phrase, words) if words else Message("{0}", phrase)

    def advise(self, answer: Answer, need: str | Message) -> Message:
        """What to ask the host of the LRS after an unexpected answer."""
        if answer.advice:
            return Message(answer.advice)
        wanted = parts(need)
        match answer.status:
            case 401:
                return Message("Ask for a key and secret that are valid for {0}.", wanted)
            case 403:
                return Message("Ask that this key allows {0}.", wanted)
            case 404 | 405 | 501:
                return Message("Ask whether the LRS supports {0}, and whether this is its endpoint.", wanted)
            case 413:
                return Message("Ask for a higher limit on the length of requests, for {0}.", wanted)
            case 429:
                return Message("Ask for a higher rate limit. Packages wait and retry.")
            case status if 300 <= status < 400:
                return Message(
                    "Use the address of the redirect: browsers do not follow redirects with these headers."
                )
            case status if status >= 500:
                return Message(LOG)
        return (
            Message(PLACE)
            if answer.is_page
            else Message("Show this line to the host: xAPI allows {0}.", wanted)
        )

    def quoted(self, message: Message) -> Message:
        """A message with texts of the LRS among its values, safe to show."""
        quote = self.client.quote
        values = (
            Quoted(quote(value.text))
            if isinstance(value, Quoted)
            else quote(value)
            if isinstance(value, str)
            else value
            for value in message.values
        )
        return Message(message.template, *values)

    def parameters(self, state: str, registration: str | None = None) -> dict[str, str]:
        """Parameters of a state document; an empty registration is left out."""
        own = self.registration if registration is None else registration
        return {
            "activityId": self.activity,
            "agent": json.dumps(ACTOR),
            "stateId": state,
            **({"registration": own} if own else {}),
        }

    def state(
        self, method: str, body: bytes | None = None, *, name: str = "resume", **headers: str
    ) -> Answer:
        """Sends a request for the state document `name`. Header names use _ for -."""
        parameters = self.parameters(name)
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        answer = self.client.ask(method, "activities/state", parameters, body=body, headers=named)
        if method == "PUT" and (answer.ok or answer.status == 0):
            self.documents[name] = parameters
        return answer

    def statement(self, verb: str = "experienced", **more: Any) -> Json:
        """A statement as packages send it."""
        return {
            "id": str(uuid.uuid4()),
            "actor": dict(ACTOR),
            "verb": {"id": ADL + verb, "display": {"en": verb}},
            "object": {
                "objectType": "Activity",
                "id": self.activity,
                "definition": {
                    "type": "http://adlnet.gov/expapi/activities/course",
                    "name": {"en": "Trial of this LRS by coursepack"},
                },
            },
            "context": {"registration": self.registration, "language": "en"},
            "timestamp": now(),
            **more,
        }

    def fetch_statement(self, own: str) -> Answer:
        """Reads a statement by id, also from an LRS that wraps it in a list."""
        answer = self.client.ask("GET", "statements", {"statementId": own})
        result = answer.json if answer.ok else None
        listed = result.get("statements") if isinstance(result, dict) else None
        if not isinstance(listed, list):
            return answer
        self.lists = True
        mine = [each for each in listed if isinstance(each, dict) and str(each.get("id")).lower() == own]
        return replace(answer, body=encoded(mine[0])) if mine else replace(answer, status=404)

    def remember(self, statements: Iterable[Json], answer: Answer) -> None:
        """Remembers statements to void, including those that may have been stored without an answer."""
        if answer.ok or answer.status == 0:
            self.left.update((statement["id"], None) for statement in statements)

    def post(self, statements: Sequence[Json], version: str | None = None) -> Answer:
        """Sends statements in one request, and remembers them."""
        answer = self.client.ask("POST", "statements", body=encoded(statements), version=version)
        self.remember(statements, answer)
        return answer

    def clean_up(self) -> None:
        """Deletes the documents, and voids the statements."""
        if not (self.documents or self.left):
            return
        self.client.timeouts = 0
        errors: list[Message] = []
        try:
            for name, parameters in [*self.documents.items()]:
                answer = self.client.ask("DELETE", "activities/state", parameters)
                if answer.ok or answer.status == 404:
                    del self.documents[name]
                else:
                    errors.append(Message("DELETE of the state: {0}", parts(self.describe(answer))))
            ids = [*self.left]
            for start in range(0, len(ids), BATCH):
                some = ids[start : start + BATCH]
                answer = self.client.ask(
                    "POST", "statements", body=encoded([self.voiding_statement(own) for own in some])
                )
                if answer.ok:
                    self.voided += len(some)
                else:
                    errors.append(Message("voiding: {0}", parts(self.describe(answer))))
        except NoAnswerError:
            errors.append(Message("the LRS stopped answering"))
        if errors:
            ask = "Ask the host to remove what was written (below); packages neither delete nor void."
            self.add_row("tidying up", "warn", Message("{0}", parts(*dict.fromkeys(errors))), ask)
        else:
            self.add_row("tidying up", "ok", "state documents deleted, statements voided")

    def voiding_statement(self, own: str) -> Json:
        """A statement that voids another (part 2, 2.3.2)."""
        return {
            "id": str(uuid.uuid4()),
            "actor": dict(ACTOR),
            "verb": {"id": f"{ADL}voided", "display": {"en": "voided"}},
            "object": {"objectType": "StatementRef", "id": own},
            "timestamp": now(),
        }

    def written(self) -> Written | None:
        """What is left in the LRS, or None when nothing was written."""
        if not self.rows or not (self.left or self.documents):
            return None
        account = ACTOR["account"]
        return Written(
            account["name"],
            account["homePage"],
            self.activity,
            self.registration,
            len(self.left),
            self.voided,
            len(self.documents),
        )


def encoded(value: object) -> bytes:
    """JSON as bytes."""
    return json.dumps(value, ensure_ascii=False).encode()


def duration(seconds: float) -> Message:
    """A duration in milliseconds or seconds."""
    if seconds < 1:
        return Message("{0} ms", f"{1000 * seconds:.0f}")
    return Message("{0} s", Number(f"{seconds:.1f}"))


def now() -> str:
    """The current time as a timestamp (part 2, 4.5)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
