"""Tries the state documents of an LRS, in which packages keep a learner's progress."""

from __future__ import annotations

import hashlib
import json
import time

from coursepack.xapi.lrs_check.client import LOG, Answer
from coursepack.xapi.lrs_check.session import Desk, encoded, seconds_told

DOCUMENT_BYTES = 64_000


def kept(desk: Desk) -> None:
    """As packages keep progress: a document that is replaced only if it is still the one that was read."""
    name = "state document"
    first = encoded({"format": 1, "state": "1.0.0.", "trial": 1})
    put = desk.state("PUT", first, If_None_Match="*")
    note = ""
    if put.status == 412:
        put, note = desk.state("PUT", first), "; If-None-Match: * is refused though nothing is there"
    if put.status in (404, 405):
        desk.offers_state = False
        seen = f"not offered: {desk.told(put)}; progress then lies on the learner's device, and cmi5 does not work"
        desk.say(name, "warn", seen, desk.cure(put, "writing the state"))
        return
    if not put.ok:
        desk.say(name, "fail", f"PUT: {desk.told(put)}", desk.cure(put, "writing the state"))
        return
    began = time.monotonic()
    back = desk.state("GET")
    while back.status == 404 and time.monotonic() - began < desk.lag:
        time.sleep(0.2)
        back = desk.state("GET")
    waited = time.monotonic() - began
    if not back.ok or back.json != json.loads(first):
        seen = desk.told(back) if not back.ok else "what is read back is not what was written"
        desk.say(
            name,
            "fail",
            f"GET: {seen}",
            desk.cure(back, "reading the state at once after it was written"),
        )
        return
    desk.has_state = True
    elsewhere = desk.client.ask("GET", "activities/state", desk.parameters("resume", ""))
    if elsewhere.ok and elsewhere.json == back.json:
        note += "; it is given out for no registration too"
    if waited > 1:
        note += f"; readable after {seconds_told(waited)} only"
    if note:
        ask = (
            "Ask that state is kept apart by registration, is there at once, and honours If-None-Match (2.3)."
        )
        desk.say(name, "warn", f"written and read{note}", ask)
    else:
        desk.say(name, "ok", "written and read with its registration")
    _conditional(desk, back)


def _conditional(desk: Desk, back: Answer) -> None:
    tag = back.headers.get("etag", "").strip()
    digest = f'"{hashlib.sha1(back.body, usedforsecurity=False).hexdigest()}"'
    apart = "else of two devices at once, one may overwrite the progress of the other"
    if not tag:
        ask = f"Ask for an ETag in the answers to GET (3.1); {apart}."
        desk.say(
            "state ETag",
            "warn",
            "missing; packages try the SHA-1 of the contents, as 1.0.3 defines it",
            ask,
        )
    elif tag.startswith("W/"):
        ask = "Ask that answers of the LRS are not compressed on their way, or that ETags stay as they are."
        desk.say("state ETag", "warn", "weak: something in front of the LRS changes its answers", ask)
    else:
        desk.say("state ETag", "ok", f"given{', the SHA-1 of the contents' if tag == digest else ''}")
    second, third = (encoded({"format": 1, "state": "1.0.0.", "trial": number}) for number in (2, 3))
    used, put = "", Answer()
    # As the player: the ETag that was seen, then the one that 1.0.3 defines.
    for used in dict.fromkeys(filter(None, (tag.removeprefix("W/"), digest))):
        put = desk.state("PUT", second, If_Match=used)
        if put.status != 412:
            break
    name, ask = "state If-Match", f"Ask for If-Match on the state as on profiles (3.1); {apart}."
    if not put.ok:
        bare = desk.state("PUT", second)
        if bare.ok:
            desk.say(name, "warn", f"the right ETag is refused: {desk.told(put)}; without it is written", ask)
        else:
            seen = f"with the right ETag: {desk.told(put)}; without: {desk.told(bare)}"
            desk.say(name, "fail", seen, desk.cure(put, "writing the state with If-Match"))
        return
    stale = desk.state("PUT", third, If_Match=used)
    if stale.status == 412:
        desk.say(name, "ok", "the right ETag is taken, an old one refused with 412")
    else:
        seen = "an old ETag is taken too" if stale.ok else f"an old ETag: {desk.told(stale)}, not 412"
        desk.say(name, "warn", seen, ask)
    twice = desk.state("PUT", third, If_None_Match="*")
    name, ask = (
        "state If-None-Match",
        f"Ask for If-None-Match on the state as on profiles (3.1); {apart}.",
    )
    if twice.status == 412:
        desk.say(name, "ok", "a document that is there is not overwritten as if it were new: 412")
    else:
        seen = "ignored" if twice.ok else f"{desk.told(twice)}, not 412"
        desk.say(name, "warn", seen, ask)


def kept_large(desk: Desk) -> None:
    """A document that is as long as none of ours should ever be."""
    if not desk.has_state:
        return
    name, shown = "large state", f"{DOCUMENT_BYTES:,} bytes"
    refused = _kept_whole(desk, "coursepack-large", DOCUMENT_BYTES)
    if refused is None:
        desk.say(name, "ok", f"{shown} are kept whole")
        return
    need = "state documents of 64 kB"
    little = _kept_whole(desk, "coursepack-little", 4000)
    if little is None:
        seen = f"{shown}: {desk.told(refused)}; 4,000 bytes are kept, which is enough for most courses"
        desk.say(name, "warn", seen, desk.cure(refused, need))
    else:
        desk.say(name, "fail", f"4,000 bytes: {desk.told(little)}", desk.cure(little, need))


def _kept_whole(desk: Desk, name: str, size: int) -> Answer | None:
    """The answer that shows that a document of that size is not kept; None when it is."""
    empty = {"format": 1, "state": ""}
    body = encoded({**empty, "state": "A" * (size - len(encoded(empty)))})
    put = desk.state("PUT", body, name=name, If_None_Match="*")
    if not put.ok:
        return put
    back = desk.state("GET", name=name)
    if back.ok and back.json != json.loads(body):
        return Answer(trouble="it is kept, but not whole", cure=LOG)
    return None if back.ok else back
