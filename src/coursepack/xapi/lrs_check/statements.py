"""Tries how an LRS takes statements, and whether it gives them back."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from coursepack.xapi.lrs_check.client import LOG, VERSION, Answer, Client
from coursepack.xapi.lrs_check.session import ADL, BATCH, Desk, Json, encoded, seconds_told
from coursepack.xapi.statement import faults

LAST_BYTES = 64 * 1024 - 1
"""What a browser sends at the most while a page is going."""
_FILLING = "https://coursepack.invalid/filling"


def through_tincan(desk: Desk) -> None:
    """The round trip through a client that we did not write; it speaks 1.0 only."""
    if desk.client.version != "1.0.3":
        return
    name, sent = "statement by tincan", desk.statement("initialized")
    remote, answers = _remote(desk.client, sent)
    remote.save_statement(json.loads(json.dumps(sent)))
    desk.note([sent], answers[-1])
    if not answers[-1].ok:
        need = "writing statements"
        desk.say(name, "fail", f"PUT: {desk.told(answers[-1])}", desk.cure(answers[-1], need))
        return
    first, waited = _arrival(desk, sent["id"])
    if first.status in (401, 403):
        desk.say(
            name,
            "warn",
            "saved; this key may not read statements",
            "Nothing, if that is meant: packages only write them. With the right to read, more could be tried.",
        )
        desk.may_read = False
        return
    if desk.lists and first.ok:
        desk.say(
            name,
            "warn",
            "saved; asked for by its id it is answered in a list",
            "Ask that a statement which is asked for by its id is answered alone (2.1.3). Packages do without.",
        )
        return
    try:
        back = remote.retrieve_statement(sent["id"])
    except (AttributeError, TypeError, ValueError) as error:
        desk.say(name, "warn", f"saved; the library cannot read it back: {desk.client.quote(error)}", LOG)
        return
    wrong = _differs(desk, sent, answers[-1])
    if wrong or not back.success:
        desk.say(name, "fail", f"saved, but read back {wrong}", "Show this line to the host.")
    else:
        desk.say(name, "ok", f"saved, and read back by its id after {seconds_told(waited)}")


def listed(desk: Desk) -> None:
    """Several in one request, once more, and with an id that is used already."""
    course = [{"objectType": "Activity", "id": desk.activity}]
    around = {
        "registration": desk.registration,
        "language": "en",
        "contextActivities": {"grouping": course},
    }
    progress = {"https://w3id.org/xapi/cmi5/result/extensions/progress": 50}
    score = {"scaled": 0.8, "raw": 80, "min": 0, "max": 100}
    sent = [
        desk.statement("experienced", context=around),
        desk.statement("progressed", context=around, result={"extensions": progress}),
        desk.statement(
            "completed",
            context=around,
            result={"completion": True, "duration": "PT1M30.25S", "score": score},
        ),
    ]
    answer = desk.post(sent)
    if not answer.ok:
        desk.say("statements", "fail", f"POST: {desk.told(answer)}", desk.cure(answer, "writing statements"))
        desk.may_write = False
        return
    desk.say("statements", "ok", f"{len(sent)} in one request are taken")
    again = desk.post(sent)
    name = "same id again"
    if again.ok:
        desk.say(name, "ok", "a statement that was sent twice is taken once")
    elif again.status == 409:
        desk.say(
            name,
            "warn",
            "409, though the statement is the same; packages take that for arrived",
            "Ask that the very same statement may be sent again (2.1.1).",
        )
    else:
        desk.say(name, "fail", desk.told(again), desk.cure(again, "sending the very same statement again"))
    if desk.may_read:
        _delayed(desk, sent[-1])
    _other_content(desk, sent[0])


def filtered(desk: Desk) -> None:
    """Only reports ask for statements; packages never do."""
    if not (desk.may_write and desk.may_read):
        return
    name, ask = (
        "filter by registration",
        "Ask for filters as xAPI has them (2.1.3): reports rely on them.",
    )
    own = desk.client.ask("GET", "statements", {"registration": desk.registration, "limit": "10"})
    none = desk.client.ask("GET", "statements", {"registration": str(uuid.uuid4()), "limit": "10"})
    if not (own.ok and none.ok):
        wrong = none if own.ok else own
        desk.say(name, "warn", desk.told(wrong), desk.cure(wrong, "reading statements by their registration"))
        return
    found, other = _ids(own.json), _ids(none.json)
    if found is None or other is None:
        desk.say(name, "warn", "the answer is no list of statements", ask)
    elif other:
        desk.say(name, "warn", "statements of other registrations are answered too", ask)
    elif not found & desk.left.keys():
        desk.say(name, "warn", "the statements that were sent are not found", ask)
    else:
        desk.say(name, "ok", "only the statements of the registration")


def batches(desk: Desk) -> None:
    """As many as a package sends at once, and as much as a browser sends when a page is left."""
    if not desk.may_write:
        return
    name = f"batch of {BATCH}"
    many = desk.post([desk.statement() for _ in range(BATCH)])
    if many.ok:
        desk.say(name, "ok", "taken in one request")
    else:
        # Packages halve what is too long, and send what is refused one by one.
        mild = many.status in (400, 403, 413)
        ask = desk.cure(many, f"{BATCH} statements in one request")
        desk.say(name, "warn" if mild else "fail", desk.told(many), ask)
    last = desk.post(_filled(desk, LAST_BYTES))
    name, shown = "keepalive size", f"{LAST_BYTES:,} bytes"
    if last.ok:
        desk.say(name, "ok", f"{shown} in one request, the most that a browser sends when a page is left")
    else:
        seen = f"{shown}: {desk.told(last)}; what is sent on leaving then arrives with the next launch only"
        desk.say(name, "warn", seen, desk.cure(last, "requests of 64 KiB"))


def _arrival(desk: Desk, own: str) -> tuple[Answer, float]:
    """Asks for a statement until it is there, `_LAG` seconds at most; with the seconds that it took."""
    began = time.monotonic()
    while True:
        answer = desk.stored(own)
        waited = time.monotonic() - began
        if answer.status not in (0, 404) or waited > desk.lag:
            return answer, waited
        time.sleep(min(0.1 + waited / 4, 1))


def _differs(desk: Desk, sent: Json, answer: Answer) -> str:
    """What is wrong with a statement that was read back; empty when nothing is."""
    if not answer.ok:
        return f"with {desk.told(answer)}"
    wrong = _difference(sent, answer.json, desk.client.version)
    return f"with {desk.client.quote(wrong)}" if wrong else ""


def _delayed(desk: Desk, sent: Json) -> None:
    name = "delay"
    answer, waited = _arrival(desk, sent["id"])
    if answer.status in (401, 403):
        desk.may_read = False
        ask = "Nothing, if that is meant: packages only write statements."
        desk.say(name, "warn", f"this key may not read statements: {desk.told(answer)}", ask)
    elif wrong := _differs(desk, sent, answer):
        ask = "Show this line to the host: what packages report may not come through."
        desk.say(name, "fail" if answer.ok else "warn", f"a statement was read back {wrong}", ask)
    elif waited > 1:
        ask = "Nothing, if reports may be late; else ask for a shorter delay."
        desk.say(name, "warn", f"a statement can be read {seconds_told(waited)} after it was written", ask)
    else:
        desk.say(name, "ok", f"a statement can be read {seconds_told(waited)} after it was written")


def _other_content(desk: Desk, sent: Json) -> None:
    """Packages rely on an id being taken once: what may be told once has the same id on every device."""
    name = "same id, other content"
    other = {**sent, "verb": {"id": f"{ADL}interacted", "display": {"en": "interacted"}}}
    answer = desk.post([other])
    if answer.status == 409:
        desk.say(name, "ok", "409, and packages take that for arrived")
        return
    ask = "Ask for 409 when an id is used again (2.1.2), with the first statement unchanged."
    if not answer.ok:
        desk.say(name, "warn", desk.told(answer), ask)
        return
    back = desk.stored(sent["id"])
    if not back.ok:
        desk.say(name, "warn", "taken without a word; which of the two was kept cannot be seen", ask)
    elif _difference(sent, back.json, desk.client.version):
        desk.say(name, "warn", "the second one replaced the first", ask)
    else:
        desk.say(name, "ok", "taken without a word, and the first one kept")


def _filled(desk: Desk, size: int) -> list[Json]:
    """Statements that together are as many bytes as that."""
    made = [desk.statement(result={"extensions": {_FILLING: ""}}) for _ in range(4)]
    lack = size - len(encoded(made))
    for number, statement in enumerate(made):
        share = (lack + number) // len(made)
        statement["result"]["extensions"][_FILLING] = "x" * share
    return made


def _remote(client: Client, sent: Json) -> tuple[Any, list[Answer]]:
    """RemoteLRS of tincan over our own client, and the list into which the answers will come.

    By itself it waits without end, and reads without end.
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
            # The library trusts what it reads, down to errors of no class of their own.
            is_fit = answer.ok and (
                request.method != "GET" or not _difference(sent, answer.json, client.version)
            )
            return LRSResponse(success=is_fit, request=request, response=None, data=answer.body)

    remote = Remote(endpoint=client.endpoint, auth=client.authorization, version="1.0.3")
    return remote, answers


def _without_version(statement: str) -> bytes:
    """The library tells 1.0.3, where 1.0.0 is what a statement may tell (part 2, 2.4.10); packages tell none."""
    return encoded({name: value for name, value in json.loads(statement).items() if name != "version"})


def _difference(sent: Json, back: object, version: str) -> str:
    """Where a statement that was read back is malformed or not the one that was sent; empty when nowhere."""
    if not isinstance(back, dict):
        return "no statement"
    found = faults(back, version)
    if found:
        return str(found[0])
    same: Mapping[str, Callable[[Json], object]] = {
        "id": lambda each: str(each.get("id")).lower(),
        "actor": lambda each: each["actor"].get("account"),
        "verb": lambda each: each["verb"]["id"],
        "object": lambda each: each["object"].get("id"),
        "result": lambda each: each.get("result", {}).get("score"),
        "registration": lambda each: str(each.get("context", {}).get("registration")).lower(),
    }
    return next((f"another {name}" for name, part in same.items() if part(sent) != part(back)), "")


def _ids(result: object) -> set[str] | None:
    """The ids in the answer to a query; None when it is none (part 2, 2.5)."""
    listed = result.get("statements") if isinstance(result, dict) else None
    if not isinstance(listed, list):
        return None
    return {str(each.get("id")).lower() for each in listed if isinstance(each, dict)}
