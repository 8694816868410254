"""Tries whether an LRS lets the pages of an LMS elsewhere ask it: CORS, as the Fetch standard has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coursepack.xapi.lrs_check.client import VERSION, Answer
from coursepack.xapi.lrs_check.session import Desk

_HEADERS = ("Authorization", VERSION)
_CONDITIONS = ("If-Match", "If-None-Match")
_NEEDED = ("POST statements", "GET activities/state", "PUT activities/state")
_WANTED = ("GET about", "GET agents/profile")
"""Without these, packages speak 1.0.3, and cmi5 packages know no preferences."""


def preflight(desk: Desk) -> None:
    """What a browser asks before the requests of a page from elsewhere (Fetch 4.8)."""
    if _is_same_origin(desk):
        desk.say("CORS", "ok", f"the LRS is of the origin {desk.client.origin} itself, so it is not needed")
        return
    missing: dict[str, list[str]] = {}
    bare: set[str] = set()
    for asked in (*_NEEDED, *_WANTED):
        method, _, resource = asked.partition(" ")
        content = () if method == "GET" else ("Content-Type",)
        names = [*_HEADERS, *content, *(_CONDITIONS if method == "PUT" else ())]
        for name, what in _denied(desk, method, resource, names):
            if name in _CONDITIONS:
                bare.add(name)
            else:
                missing.setdefault(what, []).append(asked)
    if missing:
        seen = "; ".join(f"{', '.join(where)}: {what}" for what, where in missing.items())
        is_needed = any(asked in _NEEDED for where in missing.values() for asked in where)
        desk.say("CORS preflight", "fail" if is_needed else "warn", seen, _cors(desk))
    elif bare:
        desk.say(
            "CORS preflight",
            "warn",
            f"{' and '.join(sorted(bare))} not allowed: of two devices at once, one may overwrite the other",
            _cors(desk),
        )
    else:
        desk.say("CORS preflight", "ok", f"a page from {desk.client.origin} may send all that it must")


def across(desk: Desk) -> None:
    """Whether a browser would have shown the answers to a page of the origin."""
    if _is_same_origin(desk):
        return
    dark = [
        (what, answer)
        for what, answer in desk.client.crossed
        if what in (*_NEEDED, *_WANTED) and answer.status and not _is_let_in(desk, answer)
    ]
    # A document that is not there yet is answered with 404 to every learner.
    lost = dict.fromkeys(what for what, answer in dark if answer.ok or answer.status == 404)
    errors = sorted({answer.status for _, answer in dark})
    name = "CORS answers"
    if lost:
        seen = f"without Access-Control-Allow-Origin for {desk.client.origin}: {', '.join(lost)}"
        desk.say(name, "fail" if lost.keys() & {*_NEEDED} else "warn", seen, _cors(desk))
    elif errors:
        numbers = ", ".join(map(str, errors))
        seen = f"no Access-Control-Allow-Origin with {numbers}: packages take these for no answer at all"
        desk.say(name, "warn", seen, _cors(desk))
    else:
        desk.say(name, "ok", "errors too may be read by the page")
    states = [answer for what, answer in desk.client.crossed if what == "GET activities/state" and answer.ok]
    asked = states or [answer for _, answer in desk.client.crossed]
    shown = {each for answer in asked for each in _listed_in(answer, "access-control-expose-headers")}
    hidden = [each for each in ("ETag", "Retry-After") if not {each.lower(), "*"} & shown]
    name = "CORS exposed headers"
    if not hidden:
        desk.say(name, "ok", "ETag and Retry-After can be read by the page")
        return
    why = {
        "ETag": "two devices at once cannot be kept apart as safely",
        "Retry-After": "packages do not know how long to wait when the LRS is busy",
    }
    seen = "; ".join(f"{each} is hidden: {why[each]}" for each in hidden)
    desk.say(name, "warn", seen, f"Ask for Access-Control-Expose-Headers: {', '.join(why)}.")


def _denied(desk: Desk, method: str, resource: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a preflight request does not allow: a header's name or nothing, and words for it."""
    headers = {
        "Origin": desk.client.origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": ",".join(sorted(name.lower() for name in names)),
    }
    answer = desk.client.send("OPTIONS", resource, None, None, headers)
    if not answer.ok:
        yield "", f"OPTIONS is answered with {desk.told(answer)}"
        return
    if not _is_let_in(desk, answer):
        yield "", "Access-Control-Allow-Origin does not name the origin"
        return
    methods = _listed_in(answer, "access-control-allow-methods")
    if method not in ("GET", "POST") and not {method.lower(), "*"} & methods:
        yield "", f"{method} is not among the allowed methods"
    allowed = _listed_in(answer, "access-control-allow-headers")
    for name in names:
        # An asterisk does not stand for Authorization (Fetch 4.8).
        if not {name.lower(), "*" if name != "Authorization" else ""} & allowed:
            yield name, f"{name} is not among the allowed headers"


def _cors(desk: Desk) -> str:
    return (
        f"Ask for CORS: OPTIONS answered with 204 and without a credential, Access-Control-Allow-Origin "
        f"{desk.client.origin} (or *) in every answer, errors too, Access-Control-Allow-Methods GET, PUT, POST, "
        f"DELETE, Access-Control-Allow-Headers {', '.join([*_HEADERS, 'Content-Type', *_CONDITIONS])}, "
        "Access-Control-Expose-Headers ETag, Retry-After."
    )


def _is_let_in(desk: Desk, answer: Answer) -> bool:
    return answer.headers.get("access-control-allow-origin", "").strip() in ("*", desk.client.origin)


def _is_same_origin(desk: Desk) -> bool:
    host, port = desk.client.host, desk.client.port
    own = f"{'https' if desk.client.is_secure else 'http'}://{f'[{host}]' if ':' in host else host}"
    usual = 443 if desk.client.is_secure else 80
    return desk.client.origin in {f"{own}:{port}", *([own] if port == usual else ())}


def _listed_in(answer: Answer, header: str) -> set[str]:
    return {each.strip().lower() for each in answer.headers.get(header, "").split(",") if each.strip()}
