"""Checks whether an LRS stores statements and returns them."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from coursepack.problems import Count, Message, parts
from coursepack.xapi.lrs_check.client import LOG, VERSION, Answer, Client
from coursepack.xapi.lrs_check.session import ADL, BATCH, Json, Session, duration, encoded
from coursepack.xapi.statement import findings

LAST_BYTES = 64 * 1024 - 1
"""The limit of browsers for requests that outlive a page."""
_FILLING = "https://coursepack.invalid/filling"


def check_tincan(session: Session) -> None:
    """A round trip with a third-party client, which only supports 1.0."""
    if session.client.version != "1.0.3":
        return
    name, sent = "statement by tincan", session.statement("initialized")
    remote, answers = _remote(session.client, sent)
    remote.save_statement(json.loads(json.dumps(sent)))
    session.remember([sent], answers[-1])
    if not answers[-1].ok:
        need = "writing statements"
        session.add_row(
            name,
            "fail",
            Message("PUT: {0}", parts(session.describe(answers[-1]))),
            session.advise(answers[-1], need),
        )
        return
    first, waited = _arrival(session, sent["id"])
    if first.status in (401, 403):
        session.add_row(
            name,
            "warn",
            "saved; this key may not read statements",
            "Nothing, if this is intended: packages only write them. With the right to read, more can be checked.",
        )
        session.may_read = False
        return
    if session.lists and first.ok:
        session.add_row(
            name,
            "warn",
            "saved; read by its id, it is returned in a list",
            "Ask that a statement that is read by its id is not returned in a list (2.1.3). Packages do not need this.",
        )
        return
    try:
        remote.retrieve_statement(sent["id"])
    except (AttributeError, TypeError, ValueError) as error:
        session.add_row(
            name,
            "warn",
            Message("saved; the library cannot read it back: {0}", session.client.quote(error)),
            LOG,
        )
        return
    wrong = _differs(session, sent, answers[-1])
    if wrong:
        seen = Message("saved, but read back with {0}", parts(wrong))
        session.add_row(name, "fail", seen, "Show this line to the host.")
    else:
        session.add_row(
            name, "ok", Message("saved, and read back by its id after {0}", parts(duration(waited)))
        )


def check_statements(session: Session) -> None:
    """Several statements in one request, the same ones again, and other content under a used id."""
    course = [{"objectType": "Activity", "id": session.activity}]
    context = {
        "registration": session.registration,
        "language": "en",
        "contextActivities": {"grouping": course},
    }
    progress = {"https://w3id.org/xapi/cmi5/result/extensions/progress": 50}
    score = {"scaled": 0.8, "raw": 80, "min": 0, "max": 100}
    sent = [
        session.statement("experienced", context=context),
        session.statement("progressed", context=context, result={"extensions": progress}),
        session.statement(
            "completed",
            context=context,
            result={"completion": True, "duration": "PT1M30.25S", "score": score},
        ),
    ]
    answer = session.post(sent)
    if not answer.ok:
        session.add_row(
            "statements",
            "fail",
            Message("POST: {0}", parts(session.describe(answer))),
            session.advise(answer, "writing statements"),
        )
        session.may_write = False
        return
    session.add_row("statements", "ok", Message("{0} in one request are accepted", len(sent)))
    again = session.post(sent)
    name = "same id again"
    if again.ok:
        session.add_row(name, "ok", "a statement that was sent twice is accepted")
    elif again.status == 409:
        session.add_row(
            name,
            "warn",
            "409, although the statement is the same; packages treat it as stored",
            "Ask that the same statement can be sent again (2.1.1).",
        )
    else:
        session.add_row(
            name,
            "fail",
            session.describe(again),
            session.advise(again, "sending the same statement again"),
        )
    if session.may_read:
        _delayed(session, sent[-1])
    _other_content(session, sent[0])


def check_filters(session: Session) -> None:
    """Queries, which reports need; packages never send one."""
    if not (session.may_write and session.may_read):
        return
    name, ask = (
        "filter by registration",
        "Ask for the filters of xAPI (2.1.3): reports rely on them.",
    )
    own = session.client.ask("GET", "statements", {"registration": session.registration, "limit": "10"})
    none = session.client.ask("GET", "statements", {"registration": str(uuid.uuid4()), "limit": "10"})
    if not (own.ok and none.ok):
        wrong = none if own.ok else own
        session.add_row(
            name,
            "warn",
            session.describe(wrong),
            session.advise(wrong, "reading statements by their registration"),
        )
        return
    found, other = _ids(own.json), _ids(none.json)
    if found is None or other is None:
        session.add_row(name, "warn", "the answer is not a list of statements", ask)
    elif other:
        session.add_row(name, "warn", "statements of other registrations are returned too", ask)
    elif not found & session.left.keys():
        session.add_row(name, "warn", "the statements that were sent are not found", ask)
    else:
        session.add_row(name, "ok", "only the statements of the registration")


def check_batches(session: Session) -> None:
    """The largest batch of a package, and the largest request that a browser sends when a page is left."""
    if not session.may_write:
        return
    name = Message("batch of {0}", BATCH)
    many = session.post([session.statement() for _ in range(BATCH)])
    if many.ok:
        session.add_row(name, "ok", "accepted in one request")
    else:
        # Packages halve a batch that is too large, and send refused statements one by one.
        mild = many.status in (400, 403, 413)
        ask = session.advise(many, Message("{0} statements in one request", BATCH))
        session.add_row(name, "warn" if mild else "fail", session.describe(many), ask)
    last = session.post(_filled(session, LAST_BYTES))
    size = Count(LAST_BYTES)
    if last.ok:
        seen = Message("{0} bytes in one request, the most that a browser sends when a page is left", size)
        session.add_row("keepalive size", "ok", seen)
    else:
        seen = Message(
            "{0} bytes: {1}; what is sent when a page is left arrives at the next launch",
            *(size, parts(session.describe(last))),
        )
        session.add_row("keepalive size", "warn", seen, session.advise(last, "requests of 64 KiB"))


def _arrival(session: Session, own: str) -> tuple[Answer, float]:
    """Polls for a statement for at most `_MAX_DELAY` seconds; returns the answer and the seconds it took."""
    began = time.monotonic()
    while True:
        answer = session.fetch_statement(own)
        waited = time.monotonic() - began
        if answer.status not in (0, 404) or waited > session.max_delay:
            return answer, waited
        time.sleep(min(0.1 + waited / 4, 1))


def _differs(session: Session, sent: Json, answer: Answer) -> Message:
    """What is wrong with a statement that was read back; empty when nothing is."""
    if not answer.ok:
        return session.describe(answer)
    return session.quoted(_difference(sent, answer.json, session.client.version))


def _delayed(session: Session, sent: Json) -> None:
    name = "delay"
    answer, waited = _arrival(session, sent["id"])
    if answer.status in (401, 403):
        session.may_read = False
        ask = "Nothing, if that is meant: packages only write statements."
        seen = Message("this key may not read statements: {0}", parts(session.describe(answer)))
        session.add_row(name, "warn", seen, ask)
    elif wrong := _differs(session, sent, answer):
        ask = "Show this line to the host: what packages report may not come through."
        seen = Message("a statement was read back with {0}", parts(wrong))
        session.add_row(name, "fail" if answer.ok else "warn", seen, ask)
    else:
        seen = Message("a statement can be read {0} after it was written", parts(duration(waited)))
        ask = "Nothing, if reports may be late; else ask for a shorter delay."
        session.add_row(name, "warn" if waited > 1 else "ok", seen, ask)


def _other_content(session: Session, sent: Json) -> None:
    """Packages rely on ids being unique: a statement that may be sent once has the same id on every device."""
    name = "same id, other content"
    other = {**sent, "verb": {"id": f"{ADL}interacted", "display": {"en": "interacted"}}}
    answer = session.post([other])
    if answer.status == 409:
        session.add_row(name, "ok", "409, which packages treat as stored")
        return
    ask = "Ask for 409 when an id is used again (2.1.2), with the first statement unchanged."
    if not answer.ok:
        session.add_row(name, "warn", session.describe(answer), ask)
        return
    back = session.fetch_statement(sent["id"])
    if not back.ok:
        session.add_row(name, "warn", "accepted; which of the two was kept cannot be determined", ask)
    elif _difference(sent, back.json, session.client.version):
        session.add_row(name, "warn", "the second one replaced the first", ask)
    else:
        session.add_row(name, "ok", "accepted, and the first one kept")


def _filled(session: Session, size: int) -> list[Json]:
    """Statements of `size` bytes in all."""
    made = [session.statement(result={"extensions": {_FILLING: ""}}) for _ in range(4)]
    lack = size - len(encoded(made))
    for number, statement in enumerate(made):
        share = (lack + number) // len(made)
        statement["result"]["extensions"][_FILLING] = "x" * share
    return made


def _remote(client: Client, sent: Json) -> tuple[Any, list[Answer]]:
    """RemoteLRS of tincan over our own client, and the list that collects the answers.

    Its own client limits neither time nor size.
    """
    from tincan import LRSResponse, RemoteLRS  # type: ignore[import-untyped]

    answers: list[Answer] = []

    class Remote(RemoteLRS):  # type: ignore[misc]
        def _send_request(self, request: Any) -> Any:
            headers = {VERSION: self.version, "Authorization": self.auth, **request.headers}
            content = getattr(request, "content", None)
            body = None if content is None else _without_version(content)
            answer = client.send(request.method, request.resource, request.query_params, body, headers)
            answers.append(answer)
            # The library does not validate what it reads.
            is_fit = answer.ok and (
                request.method != "GET" or not _difference(sent, answer.json, client.version)
            )
            return LRSResponse(success=is_fit, request=request, response=None, data=answer.body)

    remote = Remote(endpoint=client.endpoint, auth=client.authorization, version="1.0.3")
    return remote, answers


def _without_version(statement: str) -> bytes:
    """Removes `version`: the library writes 1.0.3, where only 1.0.0 is valid (part 2, 2.4.10)."""
    return encoded({name: value for name, value in json.loads(statement).items() if name != "version"})


def _difference(sent: Json, back: object, version: str) -> Message:
    """How a statement that was read back differs from the one that was sent; empty when it does not."""
    if not isinstance(back, dict):
        return Message("no statement")
    found = findings(back, version)
    if found:
        return Message("{0}: {1}", found[0].path, found[0].says) if found[0].path else found[0].says
    same: Mapping[str, Callable[[Json], object]] = {
        "id": lambda each: str(each.get("id")).lower(),
        "actor": lambda each: each["actor"].get("account"),
        "verb": lambda each: each["verb"]["id"],
        "object": lambda each: each["object"].get("id"),
        "result": lambda each: each.get("result", {}).get("score"),
        "registration": lambda each: str(each.get("context", {}).get("registration")).lower(),
    }
    differing = next((name for name, part in same.items() if part(sent) != part(back)), "")
    return Message("another {0}", differing) if differing else Message("")


def _ids(result: object) -> set[str] | None:
    """The ids in a StatementResult, or None when the body is not one (part 2, 2.5)."""
    listed = result.get("statements") if isinstance(result, dict) else None
    if not isinstance(listed, list):
        return None
    return {str(each.get("id")).lower() for each in listed if isinstance(each, dict)}
