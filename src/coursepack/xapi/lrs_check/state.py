"""Checks the State resource, where packages store progress."""

from __future__ import annotations

import hashlib
import json
import time

from coursepack.xapi.lrs_check.client import LOG, Answer
from coursepack.xapi.lrs_check.session import Session, encoded, format_seconds

DOCUMENT_BYTES = 64_000


def check_state(session: Session) -> None:
    """Writes, reads and replaces a document as packages do."""
    name = "state document"
    first = encoded({"format": 1, "state": "1.0.0.", "trial": 1})
    put = session.state("PUT", first, If_None_Match="*")
    note = ""
    if put.status == 412:
        put, note = session.state("PUT", first), "; If-None-Match: * is refused although there is no document"
    if put.status in (404, 405):
        session.offers_state = False
        seen = (
            f"not supported: {session.describe(put)}; progress is then stored on the learner's device, "
            "and cmi5 does not work"
        )
        session.add_row(name, "warn", seen, session.advise(put, "writing the state"))
        return
    if not put.ok:
        session.add_row(
            name, "fail", f"PUT: {session.describe(put)}", session.advise(put, "writing the state")
        )
        return
    began = time.monotonic()
    back = session.state("GET")
    while back.status == 404 and time.monotonic() - began < session.max_delay:
        time.sleep(0.2)
        back = session.state("GET")
    waited = time.monotonic() - began
    if not back.ok or back.json != json.loads(first):
        seen = session.describe(back) if not back.ok else "the document is not the one that was written"
        session.add_row(
            name,
            "fail",
            f"GET: {seen}",
            session.advise(back, "reading the state immediately after writing it"),
        )
        return
    session.has_state = True
    elsewhere = session.client.ask("GET", "activities/state", session.parameters("resume", ""))
    if elsewhere.ok and elsewhere.json == back.json:
        note += "; it is also returned without a registration"
    if waited > 1:
        note += f"; only readable after {format_seconds(waited)}"
    if note:
        ask = "Ask that state is separate for each registration, readable at once, and honours If-None-Match (2.3)."
        session.add_row(name, "warn", f"written and read{note}", ask)
    else:
        session.add_row(name, "ok", "written and read with its registration")
    _conditional(session, back)


def _conditional(session: Session, back: Answer) -> None:
    tag = back.headers.get("etag", "").strip()
    digest = f'"{hashlib.sha1(back.body, usedforsecurity=False).hexdigest()}"'
    apart = "otherwise one of two devices can overwrite the progress of the other"
    if not tag:
        ask = f"Ask for an ETag in the answers to GET (3.1); {apart}."
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
            "state ETag", "ok", f"present{', the SHA-1 of the contents' if tag == digest else ''}"
        )
    second, third = (encoded({"format": 1, "state": "1.0.0.", "trial": number}) for number in (2, 3))
    used, put = "", Answer()
    # As in the player: the ETag that was received, then the one that 1.0.3 defines.
    for used in dict.fromkeys(filter(None, (tag.removeprefix("W/"), digest))):
        put = session.state("PUT", second, If_Match=used)
        if put.status != 412:
            break
    name, ask = "state If-Match", f"Ask for If-Match on the state as on profiles (3.1); {apart}."
    if not put.ok:
        bare = session.state("PUT", second)
        if bare.ok:
            session.add_row(
                name,
                "warn",
                f"the current ETag is refused: {session.describe(put)}; accepted without If-Match",
                ask,
            )
        else:
            seen = f"with the current ETag: {session.describe(put)}; without: {session.describe(bare)}"
            session.add_row(name, "fail", seen, session.advise(put, "writing the state with If-Match"))
        return
    stale = session.state("PUT", third, If_Match=used)
    if stale.status == 412:
        session.add_row(name, "ok", "the current ETag is accepted, an old one refused with 412")
    else:
        seen = (
            "an old ETag is accepted too" if stale.ok else f"an old ETag: {session.describe(stale)}, not 412"
        )
        session.add_row(name, "warn", seen, ask)
    twice = session.state("PUT", third, If_None_Match="*")
    name, ask = (
        "state If-None-Match",
        f"Ask for If-None-Match on the state as on profiles (3.1); {apart}.",
    )
    if twice.status == 412:
        session.add_row(name, "ok", "an existing document is not overwritten: 412")
    else:
        seen = "ignored" if twice.ok else f"{session.describe(twice)}, not 412"
        session.add_row(name, "warn", seen, ask)


def check_large_state(session: Session) -> None:
    """Writes a document larger than packages write."""
    if not session.has_state:
        return
    name, shown = "large state", f"{DOCUMENT_BYTES:,} bytes"
    refused = _store_document(session, "coursepack-large", DOCUMENT_BYTES)
    if refused is None:
        session.add_row(name, "ok", f"{shown} are stored completely")
        return
    need = "state documents of 64 kB"
    little = _store_document(session, "coursepack-little", 4000)
    if little is None:
        seen = (
            f"{shown}: {session.describe(refused)}; 4,000 bytes are stored, which is enough for most courses"
        )
        session.add_row(name, "warn", seen, session.advise(refused, need))
    else:
        session.add_row(
            name, "fail", f"4,000 bytes: {session.describe(little)}", session.advise(little, need)
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
