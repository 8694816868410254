"""The order of a trial: what is tried first, and what is not tried when that has failed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

from coursepack.xapi.lrs_check.address import ORIGIN, check_authorization, read_address
from coursepack.xapi.lrs_check.client import PATIENCE, PLACE, VERSION, Client, GivenUpError
from coursepack.xapi.lrs_check.cors import across, preflight
from coursepack.xapi.lrs_check.report import Trial
from coursepack.xapi.lrs_check.session import ACTOR, Desk
from coursepack.xapi.lrs_check.state import kept, kept_large
from coursepack.xapi.lrs_check.statements import batches, filtered, listed, through_tincan


def try_lrs(
    url: str,
    authorization: str,
    *,
    origin: str = ORIGIN,
    patience: float = PATIENCE,
    progress: Callable[[str, int, int], None] | None = None,
) -> Trial:
    """Asks the LRS all that a package asks, from the page of an LMS at `origin`, and tidies up behind it.

    `authorization` is the value of the Authorization header, `patience` the seconds that an answer may take. Sends
    nothing to any other host, and shows no part of the credential in what it returns. Never raises for what it finds,
    only ValueError for an authorization that no header can hold.
    """
    row, endpoint = read_address(url, origin)
    if not endpoint:
        return Trial("", origin, (row,))
    desk = Desk(Client(endpoint, check_authorization(authorization), origin, patience), row, progress)
    _run(desk)
    return Trial(endpoint, origin, tuple(desk.rows), desk.written())


def _run(desk: Desk) -> None:
    try:
        for number, (name, step) in enumerate(_STEPS):
            if desk.progress:
                desk.progress(f"trying {name}", number, len(_STEPS))
            # Only the first steps say whether to go on.
            if step(desk) is False:
                break
    except GivenUpError:
        desk.say(
            "the rest",
            "fail",
            f"not tried: twice in a row there was no answer in {desk.client.patience:g} seconds",
            "Ask the host for the reason, then try again.",
        )
    finally:
        desk.tidy()


def _about(desk: Desk) -> bool:
    began = time.monotonic()
    answer = desk.client.ask("GET", "about", is_known=False)
    seconds = time.monotonic() - began
    if not answer.status or 300 <= answer.status < 400:
        desk.say("address", "fail", desk.told(answer), desk.cure(answer, "GET about"))
        return False
    seen = f"{desk.address.seen}, answered in {1000 * seconds:.0f} ms"
    desk.say("address", desk.address.verdict, seen, desk.address.ask)
    is_open = answer.status not in (401, 403)
    if not is_open:
        answer = desk.client.ask("GET", "about")
    told = answer.json if answer.ok else None
    found = told.get("version") if isinstance(told, dict) else None
    # 2.8.s4
    desk.versions = [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
    names = ", ".join(desk.client.quote(each, 20) for each in desk.versions[:12])
    if not desk.versions:
        seen = "a list of versions is missing" if answer.ok else desk.told(answer)
        desk.say("about", "warn", f"{seen}; packages then speak 1.0.3", desk.cure(answer, "GET about"))
    elif any(_is_line(each, "1.0") for each in desk.versions):
        desk.say(
            "about",
            "ok",
            f"speaks {names}; packages use 1.0.3{'' if is_open else ' (told with the credential only)'}",
        )
    elif any(_is_line(each, "2.") for each in desk.versions):
        desk.client.version = "2.0.0"
        desk.say("about", "ok", f"speaks {names}; packages use 2.0.0")
    else:
        desk.say("about", "fail", f"speaks {names} only", "Ask for an LRS that speaks xAPI 1.0.3 or 2.0.0.")
    return True


def _authorised(desk: Desk) -> bool:
    """Asks for the state, which every package needs; reading statements is a right that many launches lack."""
    stranger = desk.client.ask("GET", "activities/state", desk.parameters("resume"), is_known=False)
    known = desk.state("GET")
    if stranger.is_page and known.is_page and VERSION.lower() not in known.headers:
        desk.say("authorisation", "fail", f"no LRS is there: {desk.told(known)}", PLACE)
        return False
    if known.status != 404 and (not known.ok or known.json is None):
        # 2.3.s3: what is not there is answered with 404.
        seen = desk.told(known) if not known.ok else "an empty answer for a document that is not there"
        need = "404 for a document that is not there" if known.ok else "reading and writing the state"
        desk.say("authorisation", "fail", f"with the credential: {seen}", desk.cure(known, need))
        return False
    if stranger.status in (401, 403):
        desk.say("authorisation", "ok", f"{stranger.status} without the credential, accepted with it")
        return True
    # A document that is not there is 404 to everybody; statements tell whether strangers see what is.
    look = desk.client.ask("GET", "statements", {"limit": "1"}, is_known=False)
    if stranger.ok or look.ok:
        seen = desk.told(look if look.ok else stranger)
        desk.say(
            "authorisation",
            "warn",
            f"accepted with the credential, and without it: {seen}",
            "Ask that requests without a credential are answered with 401: others' results may lie open.",
        )
    elif look.status in (401, 403):
        desk.say("authorisation", "ok", f"{look.status} without the credential, accepted with it")
    else:
        desk.say(
            "authorisation",
            "warn",
            f"refused without the credential, but as if something else were wrong: {desk.told(stranger)}",
            "Ask for 401 (part 3, 4): from that packages know that the course must be opened anew.",
        )
    return True


def _profile(desk: Desk) -> None:
    asked = {"agent": json.dumps(ACTOR), "profileId": "cmi5LearnerPreferences"}
    answer = desk.client.ask("GET", "agents/profile", asked)
    if answer.status == 404:
        # 2.6: a list of those that there are, be it empty. Without one nobody knows what is not there.
        every = desk.client.ask("GET", "agents/profile", {"agent": asked["agent"]})
        if every.status in (404, 405, 501):
            seen = f"not offered: {desk.told(every)}; only cmi5 packages ask for it"
            desk.say("agent profile", "warn", seen, desk.cure(every, "reading agent profiles"))
            return
    if answer.ok or answer.status == 404:
        desk.say("agent profile", "ok", f"{answer.status} for preferences that nobody has set")
    else:
        seen = f"{desk.told(answer)}; only cmi5 packages ask for it"
        desk.say("agent profile", "warn", seen, desk.cure(answer, "reading agent profiles"))


def _spoken(desk: Desk) -> None:
    for version, line in (("1.0.3", "1.0"), ("2.0.0", "2.")):
        is_used = version == desk.client.version
        answer = desk.client.ask("GET", "activities/state", desk.parameters("resume"), version=version)
        is_spoken = answer.ok or (answer.status == 404 and (desk.offers_state or desk.may_write))
        if is_spoken and desk.may_write and not is_used:
            answer = desk.post([desk.statement()], version)
            is_spoken = answer.ok
        name = f"version {version}"
        if is_spoken:
            desk.say(name, "ok", f"spoken{'; packages use it' if is_used else ''}")
        elif is_used:
            desk.say(name, "fail", desk.told(answer), desk.cure(answer, f"version {version}"))
        elif any(_is_line(each, line) for each in desk.versions):
            seen = f"told by about, but: {desk.told(answer)}"
            desk.say(name, "warn", seen, "Ask that about tells only what is spoken (2.8).")
        else:
            desk.say(name, "ok", f"not spoken, nor needed: packages use {desk.client.version}")


def _clock(desk: Desk) -> None:
    skew = desk.client.skew
    if skew is None:
        desk.say("clock", "ok", "the LRS does not tell its time")
    elif abs(skew) <= 60:
        desk.say("clock", "ok", f"{abs(skew):.0f} seconds from this computer's")
    else:
        way = "ahead of" if skew > 0 else "behind"
        seen = f"{abs(skew):,.0f} seconds {way} this computer's"
        desk.say("clock", "warn", seen, "Set whichever is wrong: reports order results by time.")


def _is_line(version: str, line: str) -> bool:
    return version == line.rstrip(".") or version.startswith(f"{line.rstrip('.')}.")


_STEPS: Sequence[tuple[str, Callable[[Desk], bool | None]]] = (
    ("about", _about),
    ("CORS", preflight),
    ("authorisation", _authorised),
    ("tincan", through_tincan),
    ("statements", listed),
    ("filters", filtered),
    ("batches", batches),
    ("state", kept),
    ("large state", kept_large),
    ("profile", _profile),
    ("versions", _spoken),
    ("CORS", across),
    ("clock", _clock),
)
