"""Checks the State resource, where packages store progress."""

from __future__ import annotations

import hashlib
import json
import time

from coursepack.problems import Count, Message, parts
from coursepack.xapi.lrs_check.client import LOG, Answer
from coursepack.xapi.lrs_check.session import Session, duration, encoded

DOCUMENT_BYTES, LITTLE_BYTES = 64_000, 4000


def check_state(session: Session) -> None:
    """Writes, reads and replaces a document as packages do."""
    name = "state document"
    first = encoded({"format": 1, "state": "1.0.0.", "trial": 1})
    put = session.state("PUT", first, If_None_Match="*")
    notes: list[str | Message] = []
    if put.status == 412:
        put = session.state("PUT", first)
        notes.append("If-None-Match: * is refused although there is no document")
    if put.status in (404, 405):
        session.offers_state = False
        seen = Message(
            "not supported: {0}; progress is then stored on the learner's device, and cmi5 does not work",
            parts(session.describe(put)),
        )
        session.add_row(name, "warn", seen, session.advise(put, "writing the state"))
        return
    if not put.ok:
        session.add_row(
            name,
            "fail",
            Message("PUT: {0}", parts(session.describe(put))),
            session.advise(put, "writing the state"),
        )
        return
    began = time.monotonic()
    back = session.state("GET")
    while back.status == 404 and time.monotonic() - began < session.max_delay:
        time.sleep(0.2)
        back = session.state("GET")
    waited = time.monotonic() - began
    if not back.ok or back.json != json.loads(first):
        wrong = session.describe(back) if not back.ok else "the document is not the one that was written"
        session.add_row(
            name,
            "fail",
            Message("GET: {0}", parts(wrong)),
            session.advise(back, "reading the state immediately after writing it"),
        )
        return
    session.has_state = True
    elsewhere = session.client.ask("GET", "activities/state", session.parameters("resume", ""))
    if elsewhere.ok and elsewhere.json == back.json:
        notes.append("it is also returned without a registration")
    if waited > 1:
        notes.append(Message("only readable after {0}", parts(duration(waited))))
    if notes:
        ask = "Ask that state is separate for each registration, readable at once, and honours If-None-Match (2.3)."
        session.add_row(name, "warn", Message("written and read; {0}", parts(*notes)), ask)
    else:
        session.add_row(name, "ok", "written and read with its registration")
    _conditional(session, back)


def _conditional(session: Session, back: Answer) -> None:
    tag = back.headers.get("etag", "").strip()
    digest = f'"{hashlib.sha1(back.body, usedforsecurity=False).hexdigest()}"'
    if not tag:
        ask = (
            "Ask for an ETag in the answers to GET (3.1); otherwise one of two devices can overwrite the progress of "
            "the other."
        )
        session.add_row(
            "state ETag",
            "warn",
            "missing; packages use the SHA-1 of the contents, as defined by 1.0.3",
            ask,
        )
    elif tag.startswith("W/"):
        ask = "Ask that no proxy compresses the answers of the LRS, or that it leaves ETags unchanged."
        session.add_row("state ETag", "warn", "weak: a proxy in front of the LRS changes its answers", ask)
    else:
        session.add_row(
            "state ETag", "ok", "present, the SHA-1 of the contents" if tag == digest else "present"
        )
    second, third = (encoded({"format": 1, "state": "1.0.0.", "trial": number}) for number in (2, 3))
    used, put = "", Answer()
    # As in the player: the ETag that was received, then the one that 1.0.3 defines.
    for used in dict.fromkeys(filter(None, (tag.removeprefix("W/"), digest))):
        put = session.state("PUT", second, If_Match=used)
        if put.status != 412:
            break
    name = "state If-Match"
    ask = (
        "Ask for If-Match on the state as on profiles (3.1); otherwise one of two devices can overwrite the progress "
        "of the other."
    )
    if not put.ok:
        bare = session.state("PUT", second)
        if bare.ok:
            session.add_row(
                name,
                "warn",
                Message(
                    "the current ETag is refused: {0}; accepted without If-Match",
                    parts(session.describe(put)),
                ),
                ask,
            )
        else:
            seen = Message(
                "with the current ETag: {0}; without: {1}",
                parts(session.describe(put)),
                parts(session.describe(bare)),
            )
            session.add_row(name, "fail", seen, session.advise(put, "writing the state with If-Match"))
        return
    stale = session.state("PUT", third, If_Match=used)
    if stale.status == 412:
        session.add_row(name, "ok", "the current ETag is accepted, an old one refused with 412")
    else:
        refusal = Message("an old ETag: {0}, not 412", parts(session.describe(stale)))
        session.add_row(name, "warn", "an old ETag is accepted too" if stale.ok else refusal, ask)
    twice = session.state("PUT", third, If_None_Match="*")
    name = "state If-None-Match"
    ask = (
        "Ask for If-None-Match on the state as on profiles (3.1); otherwise one of two devices can overwrite the "
        "progress of the other."
    )
    if twice.status == 412:
        session.add_row(name, "ok", "an existing document is not overwritten: 412")
    else:
        refusal = Message("{0}, not 412", parts(session.describe(twice)))
        session.add_row(name, "warn", "ignored" if twice.ok else refusal, ask)


def check_large_state(session: Session) -> None:
    """Writes a document larger than packages write."""
    if not session.has_state:
        return
    name, size = "large state", Count(DOCUMENT_BYTES)
    refused = _store_document(session, "coursepack-large", DOCUMENT_BYTES)
    if refused is None:
        session.add_row(name, "ok", Message("{0} bytes are stored completely", size))
        return
    need = "state documents of 64 kB"
    little = _store_document(session, "coursepack-little", LITTLE_BYTES)
    if little is None:
        seen = Message(
            "{0} bytes: {1}; {2} bytes are stored, which is enough for most courses",
            *(size, parts(session.describe(refused)), Count(LITTLE_BYTES)),
        )
        session.add_row(name, "warn", seen, session.advise(refused, need))
    else:
        session.add_row(
            name,
            "fail",
            Message("{0} bytes: {1}", Count(LITTLE_BYTES), parts(session.describe(little))),
            session.advise(little, need),
        )


def _store_document(session: Session, name: str, size: int) -> Answer | None:
    """The answer to a failed round trip of a document of that size, or None on success."""
    empty = {"format": 1, "state": ""}
    body = encoded({**empty, "state": "A" * (size - len(encoded(empty)))})
    put = session.state("PUT", body, name=name, If_None_Match="*")
    if not put.ok:
        return put
    back = session.state("GET", name=name)
    if back.ok and back.json != json.loads(body):
        return Answer(error="it is stored, but not completely", advice=LOG)
    return None if back.ok else back
