"""Checks of the endpoint and the credentials that need no request."""

from __future__ import annotations

import base64
import ipaddress
import re
from urllib.parse import quote, urlsplit

from coursepack.problems import Message, parts
from coursepack.xapi.lrs_check.report import Row

ORIGIN = "https://lms.example"
"""The default origin, under a reserved name (RFC 2606)."""


def check_address(url: str, origin: str = ORIGIN) -> Row:
    """Checks an endpoint without sending a request. When the row fails, none should be sent."""
    return read_address(url, origin)[0]


def is_origin(text: str) -> bool:
    """Whether a text is an origin as browsers send it: scheme, host and an optional port."""
    return (
        re.fullmatch(r"https?://[a-z0-9.\-]+(:\d{1,5})?|https?://\[[0-9a-f:.]+\](:\d{1,5})?", text)
        is not None
    )


def basic_authorization(key: str, secret: str) -> str:
    """The value of the Authorization header. Raises ValueError for an invalid key; the message contains no secret."""
    if ":" in key:
        raise ValueError("The key contains a colon, which separates key and secret (RFC 7617 2).")
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def check_authorization(value: str) -> str:
    """A header value, stripped. Raises ValueError for an invalid one; the message does not contain it."""
    value = value.strip()
    if not value or not value.isascii() or not value.isprintable():
        raise ValueError("The value of a header is one line of printable ASCII characters, and not empty.")
    return value


def read_address(url: str, origin: str) -> tuple[Row, str]:
    """A row, and the endpoint with one trailing slash, or an empty string. The row contains no secret."""

    def refuse(seen: str | Message, ask: str | Message) -> tuple[Row, str]:
        return Row("address", "fail", seen, ask), ""

    advice = "Give the endpoint alone, such as https://lrs.example/xapi/."
    try:
        found = urlsplit(url.strip())
        host, port = found.hostname or "", found.port
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError:
        return refuse("this is not an address", advice)
    if "@" in found.netloc:
        return refuse(
            "the address holds a user or password",
            "Leave them out: addresses end up in histories and logs. Set COURSEPACK_LRS_KEY and "
            "COURSEPACK_LRS_SECRET, or enter them at the prompt.",
        )
    if found.scheme not in ("https", "http"):
        has_scheme = bool(found.scheme) and "://" in url
        begins = Message("the address begins with {0}", found.scheme)
        return refuse(begins if has_scheme else "the address has no scheme", advice)
    if not host or port == 0 or re.search(r"[\s\x00-\x1f\x7f\\]", url.strip()):
        return refuse("this is not an address", advice)
    if found.query or found.fragment or url.strip().endswith(("?", "#")):
        return refuse("the address has a query or a fragment", Message("Leave that out. {0}", parts(advice)))
    # Percent-encoded as in browsers.
    path = quote(found.path, safe="/%:@!$&'()*+,;=~-._")
    ending = next(
        (
            name
            for name in ("statements", "about", "activities/state")
            if path.rstrip("/").endswith(f"/{name}")
        ),
        "",
    )
    if ending:
        return refuse(
            Message("the address ends with {0}", f"/{ending}"),
            "Leave that out: packages add it to the endpoint.",
        )
    shown = f"[{host}]" if ":" in host else host
    endpoint = f"{found.scheme}://{shown}{'' if port is None else f':{port}'}{path.rstrip('/')}/"
    notes = [Message("{0}", found.scheme)]
    if not path.endswith("/"):
        notes.append(Message("a slash was added at the end, as packages do"))
    if found.scheme == "https":
        return Row("address", "ok", Message("{0}", parts(*notes, joint=", "))), endpoint
    if _is_here(host):
        notes[0] = Message("http, which browsers allow on this machine only")
        return Row("address", "ok", Message("{0}", parts(*notes, joint=", "))), endpoint
    ask = "Ask for an address with https."
    if origin.startswith("https:"):
        return refuse(
            Message(
                "http: a browser blocks it in the page of {0}, and credentials would be sent unencrypted",
                origin,
            ),
            Message("{0} If the LMS itself uses http, set --origin.", parts(ask)),
        )
    notes[0] = Message("http: credentials and results are sent unencrypted")
    return Row("address", "warn", Message("{0}", parts(*notes, joint=", ")), ask), endpoint


def _is_here(host: str) -> bool:
    """Whether browsers trust the host without TLS (W3C Secure Contexts 3.1)."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
