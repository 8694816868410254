"""Runs the steps of the check in order, and stops when a step that the others need has failed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

from coursepack.problems import Count, Message, Number, parts
from coursepack.xapi.lrs_check.address import ORIGIN, check_authorization, read_address
from coursepack.xapi.lrs_check.client import PLACE, TIMEOUT, VERSION, Client, NoAnswerError
from coursepack.xapi.lrs_check.cors import check_answers, check_preflight
from coursepack.xapi.lrs_check.report import LrsReport
from coursepack.xapi.lrs_check.session import ACTOR, Session
from coursepack.xapi.lrs_check.state import check_large_state, check_state
from coursepack.xapi.lrs_check.statements import check_batches, check_filters, check_statements, check_tincan


def check_lrs(
    url: str,
    authorization: str,
    *,
    origin: str = ORIGIN,
    timeout: float = TIMEOUT,
    progress: Callable[[str, int, int], None] | None = None,
) -> LrsReport:
    """Sends an LRS the requests that packages send, as from a page of `origin`, and cleans up afterwards.

    `authorization` is the value of the Authorization header, `timeout` the limit for each answer in seconds. No request
    goes to another host, and no part of the credential is in the report. Raises ValueError for an authorization that
    is invalid in a header, and never because of the answers.
    """
    row, endpoint = read_address(url, origin)
    if not endpoint:
        return LrsReport("", origin, (row,))
    session = Session(Client(endpoint, check_authorization(authorization), origin, timeout), row, progress)
    _run(session)
    return LrsReport(endpoint, origin, tuple(session.rows), session.written())


def _run(session: Session) -> None:
    try:
        for number, (name, step) in enumerate(_STEPS):
            if session.progress:
                session.progress(f"checking {name}", number, len(_STEPS))
            # Only the first steps can end the check.
            if step(session) is False:
                break
    except NoAnswerError:
        session.add_row(
            "the rest",
            "fail",
            Message("skipped after two timeouts of {0} s in a row", Number(f"{session.client.timeout:g}")),
            "Ask the host for the reason, then try again.",
        )
    finally:
        session.clean_up()


def _about(session: Session) -> bool:
    began = time.monotonic()
    answer = session.client.ask("GET", "about", with_credentials=False)
    seconds = time.monotonic() - began
    if not answer.status or 300 <= answer.status < 400:
        session.add_row("address", "fail", session.describe(answer), session.advise(answer, "GET about"))
        return False
    took = Message("answered in {0} ms", f"{1000 * seconds:.0f}")
    seen = Message("{0}, {1}", parts(session.address.says), parts(took))
    session.add_row("address", session.address.verdict, seen, session.address.advises)
    is_open = answer.status not in (401, 403)
    if not is_open:
        answer = session.client.ask("GET", "about")
    body = answer.json if answer.ok else None
    found = body.get("version") if isinstance(body, dict) else None
    # 2.8.s4
    session.versions = [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
    names = ", ".join(session.client.quote(each, 20) for each in session.versions[:12])
    if not session.versions:
        wrong = "no list of versions" if answer.ok else session.describe(answer)
        seen = Message("{0}; packages then use 1.0.3", parts(wrong))
        session.add_row("about", "warn", seen, session.advise(answer, "GET about"))
    elif any(_is_minor_of(each, "1.0") for each in session.versions):
        how = "" if is_open else " (listed with credentials only)"
        session.add_row("about", "ok", Message(f"supports {{0}}; packages use 1.0.3{how}", names))
    elif any(_is_minor_of(each, "2.") for each in session.versions):
        session.client.version = "2.0.0"
        session.add_row("about", "ok", Message("supports {0}; packages use 2.0.0", names))
    else:
        session.add_row(
            "about",
            "fail",
            Message("only supports {0}", names),
            "Ask for an LRS that supports xAPI 1.0.3 or 2.0.0.",
        )
    return True


def _authorised(session: Session) -> bool:
    """Uses the state, which every package needs; many launches have no right to read statements."""
    anonymous = session.client.ask(
        "GET", "activities/state", session.parameters("resume"), with_credentials=False
    )
    known = session.state("GET")
    if anonymous.is_page and known.is_page and VERSION.lower() not in known.headers:
        seen = Message("no LRS is there: {0}", parts(session.describe(known)))
        session.add_row("authorisation", "fail", seen, PLACE)
        return False
    if known.status != 404 and (not known.ok or known.json is None):
        # 2.3.s3: 404 for a document that does not exist.
        wrong = session.describe(known) if not known.ok else "an empty answer for a missing document"
        seen = Message("with credentials: {0}", parts(wrong))
        need = "404 for a missing document" if known.ok else "reading and writing the state"
        session.add_row("authorisation", "fail", seen, session.advise(known, need))
        return False
    if anonymous.status in (401, 403):
        session.add_row(
            "authorisation", "ok", Message("{0} without credentials, accepted with them", anonymous.status)
        )
        return True
    # A missing document is 404 for anyone; statements show whether anonymous requests can read data.
    look = session.client.ask("GET", "statements", {"limit": "1"}, with_credentials=False)
    if anonymous.ok or look.ok:
        session.add_row(
            "authorisation",
            "warn",
            Message(
                "accepted with and without credentials: {0}",
                parts(session.describe(look if look.ok else anonymous)),
            ),
            "Ask that requests without credentials are answered with 401: the results of others may be public.",
        )
    elif look.status in (401, 403):
        session.add_row(
            "authorisation", "ok", Message("{0} without credentials, accepted with them", look.status)
        )
    else:
        session.add_row(
            "authorisation",
            "warn",
            Message(
                "refused without credentials, but with another error than 401: {0}",
                parts(session.describe(anonymous)),
            ),
            "Ask for 401 (part 3, 4), by which packages know that the course must be reopened.",
        )
    return True


def _profile(session: Session) -> None:
    asked = {"agent": json.dumps(ACTOR), "profileId": "cmi5LearnerPreferences"}
    answer = session.client.ask("GET", "agents/profile", asked)
    if answer.status == 404:
        # 2.6: the list of profiles, possibly empty. Without it, a 404 can also mean that there is no such resource.
        every = session.client.ask("GET", "agents/profile", {"agent": asked["agent"]})
        if every.status in (404, 405, 501):
            seen = Message("not supported: {0}; only cmi5 packages use it", parts(session.describe(every)))
            session.add_row("agent profile", "warn", seen, session.advise(every, "reading agent profiles"))
            return
    if answer.ok or answer.status == 404:
        session.add_row("agent profile", "ok", Message("{0} for preferences that are not set", answer.status))
    else:
        seen = Message("{0}; only cmi5 packages use it", parts(session.describe(answer)))
        session.add_row("agent profile", "warn", seen, session.advise(answer, "reading agent profiles"))


def _versions(session: Session) -> None:
    for version, line in (("1.0.3", "1.0"), ("2.0.0", "2.")):
        is_used = version == session.client.version
        answer = session.client.ask("GET", "activities/state", session.parameters("resume"), version=version)
        is_supported = answer.ok or (answer.status == 404 and (session.offers_state or session.may_write))
        if is_supported and session.may_write and not is_used:
            answer = session.post([session.statement()], version)
            is_supported = answer.ok
        name = Message("version {0}", version)
        if is_supported:
            session.add_row(name, "ok", "supported; packages use it" if is_used else "supported")
        elif is_used:
            session.add_row(name, "fail", session.describe(answer), session.advise(answer, name))
        elif any(_is_minor_of(each, line) for each in session.versions):
            seen = Message("listed by about, but: {0}", parts(session.describe(answer)))
            session.add_row(name, "warn", seen, "Ask that about only lists supported versions (2.8).")
        else:
            seen = Message("not supported, and not needed: packages use {0}", session.client.version)
            session.add_row(name, "ok", seen)


def _clock(session: Session) -> None:
    skew = session.client.skew
    if skew is None:
        session.add_row("clock", "ok", "the answers of the LRS have no date")
    elif abs(skew) <= 60:
        session.add_row("clock", "ok", Message("{0} s from this computer's", Count(round(abs(skew)))))
    else:
        way = "ahead of" if skew > 0 else "behind"
        seen = Message(f"{{0}} s {way} this computer's", Count(round(abs(skew))))
        session.add_row("clock", "warn", seen, "Correct the wrong clock: reports sort results by time.")


def _is_minor_of(version: str, line: str) -> bool:
    return version == line.rstrip(".") or version.startswith(f"{line.rstrip('.')}.")


_STEPS: Sequence[tuple[str, Callable[[Session], bool | None]]] = (
    ("about", _about),
    ("CORS", check_preflight),
    ("authorisation", _authorised),
    ("tincan", check_tincan),
    ("statements", check_statements),
    ("filters", check_filters),
    ("batches", check_batches),
    ("state", check_state),
    ("large state", check_large_state),
    ("profile", _profile),
    ("versions", _versions),
    ("CORS", check_answers),
    ("clock", _clock),
)
