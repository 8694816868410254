"""Checks CORS (Fetch standard): whether pages of an LMS on another origin may use the LRS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coursepack.problems import Message, listed, parts
from coursepack.xapi.lrs_check.client import VERSION, Answer
from coursepack.xapi.lrs_check.session import Session

_HEADERS = ("Authorization", VERSION)
_CONDITIONS = ("If-Match", "If-None-Match")
_NEEDED = ("POST statements", "GET activities/state", "PUT activities/state")
_WANTED = ("GET about", "GET agents/profile")
"""Without these, packages speak 1.0.3, and cmi5 packages know no preferences."""
_HIDDEN = {
    "ETag": "ETag is hidden: concurrent changes on two devices cannot be detected as reliably",
    "Retry-After": "Retry-After is hidden: packages do not know how long to wait when the LRS is busy",
}


def check_preflight(session: Session) -> None:
    """The preflight requests of a browser (Fetch 4.8)."""
    if _is_same_origin(session):
        session.add_row(
            "CORS",
            "ok",
            Message("not needed, since the LRS has the origin {0} itself", session.client.origin),
        )
        return
    missing: dict[Message, list[str]] = {}
    bare: set[str] = set()
    for asked in (*_NEEDED, *_WANTED):
        method, _, resource = asked.partition(" ")
        content = () if method == "GET" else ("Content-Type",)
        names = [*_HEADERS, *content, *(_CONDITIONS if method == "PUT" else ())]
        for name, what in _denied(session, method, resource, names):
            if name in _CONDITIONS:
                bare.add(name)
            else:
                missing.setdefault(what, []).append(asked)
    if missing:
        seen = Message(
            "{0}",
            parts(*(Message("{0}: {1}", ", ".join(where), parts(what)) for what, where in missing.items())),
        )
        is_needed = any(asked in _NEEDED for where in missing.values() for asked in where)
        session.add_row("CORS preflight", "fail" if is_needed else "warn", seen, _cors(session))
    elif bare:
        session.add_row(
            "CORS preflight",
            "warn",
            Message("{0} not allowed: one of two devices can overwrite the other", listed(sorted(bare))),
            _cors(session),
        )
    else:
        session.add_row(
            "CORS preflight", "ok", Message("a page from {0} may send all requests", session.client.origin)
        )


def check_answers(session: Session) -> None:
    """Whether a browser would let a page of the origin read the answers."""
    if _is_same_origin(session):
        return
    dark = [
        (what, answer)
        for what, answer in session.client.exchanges
        if what in (*_NEEDED, *_WANTED) and answer.status and not _is_let_in(session, answer)
    ]
    # Every learner gets a 404 before the first document is written.
    lost = dict.fromkeys(what for what, answer in dark if answer.ok or answer.status == 404)
    errors = sorted({answer.status for _, answer in dark})
    name = "CORS answers"
    if lost:
        seen = Message(
            "without Access-Control-Allow-Origin for {0}: {1}", session.client.origin, ", ".join(lost)
        )
        session.add_row(name, "fail" if lost.keys() & {*_NEEDED} else "warn", seen, _cors(session))
    elif errors:
        numbers = ", ".join(map(str, errors))
        seen = Message("no Access-Control-Allow-Origin with {0}: packages cannot read these answers", numbers)
        session.add_row(name, "warn", seen, _cors(session))
    else:
        session.add_row(name, "ok", "all answers can be read by the page, including errors")
    states = [
        answer for what, answer in session.client.exchanges if what == "GET activities/state" and answer.ok
    ]
    asked = states or [answer for _, answer in session.client.exchanges]
    shown = {each for answer in asked for each in _listed_in(answer, "access-control-expose-headers")}
    hidden = [each for each in _HIDDEN if not {each.lower(), "*"} & shown]
    name = "CORS exposed headers"
    if not hidden:
        session.add_row(name, "ok", "ETag and Retry-After can be read by the page")
        return
    seen = Message("{0}", parts(*(_HIDDEN[each] for each in hidden)))
    session.add_row(name, "warn", seen, f"Ask for Access-Control-Expose-Headers: {', '.join(_HIDDEN)}.")


def _denied(
    session: Session, method: str, resource: str, names: Sequence[str]
) -> Iterator[tuple[str, Message]]:
    """What a preflight response does not allow: the header or an empty string, and a description."""
    headers = {
        "Origin": session.client.origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": ",".join(sorted(name.lower() for name in names)),
    }
    answer = session.client.send("OPTIONS", resource, None, None, headers)
    if not answer.ok:
        yield "", Message("OPTIONS is answered with {0}", parts(session.describe(answer)))
        return
    if not _is_let_in(session, answer):
        yield "", Message("Access-Control-Allow-Origin does not name the origin")
        return
    methods = _listed_in(answer, "access-control-allow-methods")
    if method not in ("GET", "POST") and not {method.lower(), "*"} & methods:
        yield "", Message("{0} is not among the allowed methods", method)
    allowed = _listed_in(answer, "access-control-allow-headers")
    for name in names:
        # An asterisk does not include Authorization (Fetch 4.8).
        if not {name.lower(), "*" if name != "Authorization" else ""} & allowed:
            yield name, Message("{0} is not among the allowed headers", name)


def _cors(session: Session) -> Message:
    return Message(
        "Ask for CORS: OPTIONS answered with 204 without credentials, Access-Control-Allow-Origin {0} (or *) in every "
        "answer, including errors, Access-Control-Allow-Methods {1}, Access-Control-Allow-Headers {2}, "
        "Access-Control-Expose-Headers {3}.",
        session.client.origin,
        "GET, PUT, POST, DELETE",
        ", ".join([*_HEADERS, "Content-Type", *_CONDITIONS]),
        ", ".join(_HIDDEN),
    )


def _is_let_in(session: Session, answer: Answer) -> bool:
    return answer.headers.get("access-control-allow-origin", "").strip() in ("*", session.client.origin)


def _is_same_origin(session: Session) -> bool:
    host, port = session.client.host, session.client.port
    own = f"{'https' if session.client.is_secure else 'http'}://{f'[{host}]' if ':' in host else host}"
    usual = 443 if session.client.is_secure else 80
    return session.client.origin in {f"{own}:{port}", *([own] if port == usual else ())}


def _listed_in(answer: Answer, header: str) -> set[str]:
    return {each.strip().lower() for each in answer.headers.get(header, "").split(",") if each.strip()}
