"""Tries an LRS with all that an xAPI package asks of it: its address and a credential go in, rows of a table come out.

Section numbers are those of xAPI 1.0.3, part 3 (Communication). What a package needs and what it can do without is
what its player does in `player/src/lms`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import http.client
import ipaddress
import json
import re
import socket
import ssl
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

from coursepack.statement import faults

Verdict = Literal["ok", "warn", "fail"]
Json = dict[str, Any]

VERSION = "X-Experience-API-Version"
ORIGIN = "https://lms.example"
"""Where a browser is said to be when nothing else is told; a reserved name (RFC 2606)."""
PATIENCE = 10.0
"""Seconds that one answer may take."""
BATCH = 50
"""The most statements that a package sends in one request."""
LAST_BYTES = 64 * 1024 - 1
"""What a browser sends at the most while a page is going."""
DOCUMENT_BYTES = 64_000

_MOST = 2_000_000
_LAG = 10.0
_HEADERS = ("Authorization", "Content-Type", VERSION)
_CONDITIONS = ("If-Match", "If-None-Match")
_ASKED = (
    ("GET", "about"),
    ("POST", "statements"),
    ("GET", "activities/state"),
    ("PUT", "activities/state"),
    ("GET", "agents/profile"),
)
_ACTOR: Mapping[str, Any] = {
    "objectType": "Agent",
    "name": "coursepack lrs",
    # A name that nobody can own (RFC 2606).
    "account": {"homePage": "https://coursepack.invalid/", "name": "coursepack-lrs"},
}
_ADL = "http://adlnet.gov/expapi/verbs/"
_FILLING = "https://coursepack.invalid/filling"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `ask` is what the host could change; empty where all is well."""

    name: str
    verdict: Verdict
    seen: str
    ask: str = ""

    def as_dict(self) -> dict[str, str]:
        """The row as plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Written:
    """What the trial has left in the LRS; statements cannot be removed, only voided (part 2, 2.3.2)."""

    actor: str
    activity: str
    registration: str
    statements: int
    voided: int
    documents: int
    """State documents that could not be deleted."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found. A package works when no row fails."""

    endpoint: str
    origin: str
    rows: tuple[Row, ...]
    written: Written | None = None

    @property
    def works(self) -> bool:
        """Whether a package would work with this LRS."""
        return not any(row.verdict == "fail" for row in self.rows)

    @property
    def warned(self) -> bool:
        """Whether something could be better."""
        return any(row.verdict == "warn" for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """The trial as plain values for JSON."""
        return {
            "ok": self.works,
            "endpoint": self.endpoint,
            "origin": self.origin,
            "rows": [row.as_dict() for row in self.rows],
            "written": asdict(self.written) if self.written else None,
        }


# The address


def judge_address(url: str, origin: str = ORIGIN) -> Row:
    """The address as far as it can be judged without a request; fails when no request should be made."""
    return _read_address(url, origin)[0]


def is_origin(text: str) -> bool:
    """Whether the text is an origin as browsers send it: scheme, host and perhaps a port."""
    return (
        re.fullmatch(r"https?://[a-z0-9.\-]+(:\d{1,5})?|https?://\[[0-9a-f:.]+\](:\d{1,5})?", text)
        is not None
    )


def basic_authorization(key: str, secret: str) -> str:
    """The value of the Authorization header; raises ValueError, without either, when there can be none."""
    if ":" in key:
        raise ValueError("The key holds a colon, which divides key and secret (RFC 7617 2).")
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def check_authorization(value: str) -> str:
    """A whole header value as it may be sent; raises ValueError, without the value, for what no header can hold."""
    value = value.strip()
    if not value or not value.isascii() or not value.isprintable():
        raise ValueError("The value of a header is one line of printable ASCII characters, and not empty.")
    return value


def _read_address(url: str, origin: str) -> tuple[Row, str]:
    """A row, and the endpoint with one slash at its end; empty where there is none. Tells no secret part."""

    def refuse(seen: str, ask: str) -> tuple[Row, str]:
        return Row("address", "fail", seen, ask), ""

    whole = "Give the endpoint alone, such as https://lrs.example/xapi/."
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError:
        return refuse("this is not an address", whole)
    if "@" in parts.netloc:
        return refuse(
            "the address holds a user or password",
            "Leave them out: addresses end up in histories and logs. Give them in COURSEPACK_LRS_KEY and "
            "COURSEPACK_LRS_SECRET, or type them when asked.",
        )
    if parts.scheme not in ("https", "http"):
        told = f"the address begins with {parts.scheme}:" if "://" in url else "the address names no scheme"
        return refuse(told.rstrip(":"), whole)
    if not host or re.search(r"[\s\x00-\x1f\x7f\\]", url.strip()):
        return refuse("this is not an address", whole)
    if parts.query or parts.fragment or url.strip().endswith(("?", "#")):
        return refuse("the address goes on after a ? or #", f"Leave that out. {whole}")
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    ending = next(
        (
            name
            for name in ("statements", "about", "activities/state")
            if path.rstrip("/").endswith(f"/{name}")
        ),
        "",
    )
    if ending:
        return refuse(f"the address ends with /{ending}", "Leave that out: packages add it to the endpoint.")
    shown = f"[{host}]" if ":" in host else host
    endpoint = f"{parts.scheme}://{shown}{'' if port is None else f':{port}'}{path.rstrip('/')}/"
    notes = [parts.scheme]
    if not path.endswith("/"):
        notes.append("a slash was added at the end, as packages do")
    if parts.scheme == "https":
        return Row("address", "ok", ", ".join(notes)), endpoint
    if _is_here(host):
        notes[0] = "http, which browsers allow on this machine only"
        return Row("address", "ok", ", ".join(notes)), endpoint
    ask = "Ask for an address with https."
    if origin.startswith("https:"):
        return refuse(
            f"http: a browser blocks it in the page of {origin}, and the credential would travel in the open",
            f"{ask} If the LMS itself is opened by http, say so with --origin.",
        )
    notes[0] = "http: credentials and results travel in the open"
    return Row("address", "warn", ", ".join(notes), ask), endpoint


def _is_here(host: str) -> bool:
    """Whether browsers trust the host without TLS (W3C Secure Contexts 3.1)."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


# Requests


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back. `trouble` says why nothing did; then the status is 0."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    """By names in small letters."""
    body: bytes = b""
    trouble: str = ""
    cure: str = ""
    is_silence: bool = False

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300 and not self.is_page

    @property
    def is_page(self) -> bool:
        """HTML in place of an answer, which the player takes for somebody in between."""
        return self.body.lstrip()[:1] == b"<"

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class _GivenUpError(Exception):
    """The LRS does not answer any more."""


class _Client:
    """Sends requests to one host and to no other: no proxy, no redirection, a limit on time and on length."""

    def __init__(self, endpoint: str, authorization: str, origin: str, patience: float) -> None:
        parts = urlsplit(endpoint)
        self.endpoint, self.is_secure, self.base = endpoint, parts.scheme == "https", parts.path
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if self.is_secure else 80)
        self.skew: float | None = None
        """Seconds by which the LRS's clock is ahead of ours."""
        self.authorization, self.origin, self.patience = authorization, origin, patience
        self.version = "1.0.3"
        self.silences = 0
        self.crossed: list[tuple[str, _Answer]] = []
        """Requests that a browser would have sent from the origin, and their answers."""
        self._hidden = _secrets(authorization)

    def ask(
        self,
        method: str,
        resource: str,
        parameters: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        version: str | None = None,
        is_known: bool = True,
    ) -> _Answer:
        """Asks as a package does; without the credential unless `is_known`."""
        told = {
            VERSION: version or self.version,
            "Origin": self.origin,
            **({"Authorization": self.authorization} if is_known else {}),
            **({} if body is None else {"Content-Type": "application/json"}),
            **(headers or {}),
        }
        answer = self.send(method, resource, parameters, body, told)
        self.crossed.append((f"{method} {resource}", answer))
        return answer

    def send(
        self,
        method: str,
        resource: str,
        parameters: Mapping[str, str] | None,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> _Answer:
        """Sends one request with these headers and no others of importance; gives up after two without an answer."""
        if self.silences > 1:
            raise _GivenUpError
        query = f"?{urlencode(parameters, quote_via=quote)}" if parameters else ""
        kind = http.client.HTTPSConnection if self.is_secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=self.patience)
        # As browsers do: what compresses answers may also change their ETags.
        sent = {"Accept-Encoding": "gzip", "User-Agent": "coursepack", **headers}
        box: list[_Answer] = []

        def work() -> None:
            try:
                connection.request(method, f"{self.base}{resource}{query}", body, sent)
                with connection.getresponse() as response:
                    # A byte more than the limit shows that there is more.
                    content = response.read(_MOST + 1)
                    box.append(_answer(response, content))
            except (OSError, http.client.HTTPException, ValueError) as error:
                box.append(_trouble(error, self.patience))
            finally:
                connection.close()

        # Of itself a socket limits each of its steps only, and the search for the host's number not at all.
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(self.patience)
        if not box:
            _cut(connection)
        answer = box[0] if box else _trouble(TimeoutError(), self.patience)
        self.silences = self.silences + 1 if answer.is_silence else 0
        self.skew = _skew(answer.headers.get("date", ""), self.skew)
        return answer

    def quote(self, words: object, most: int = 160) -> str:
        """Words that the LRS has sent, in one line, without what a terminal would obey and without secrets."""
        text = str(words)
        for hidden in self._hidden:
            text = text.replace(hidden, "[hidden]")
        text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
        return text if len(text) <= most else f"{text[:most].rstrip()}..."


def _secrets(authorization: str) -> list[str]:
    """All forms in which an answer may repeat the credential, the longest first."""
    token = authorization.partition(" ")[2].strip()
    found = {authorization, token}
    try:
        key, _, secret = base64.b64decode(token, validate=True).decode().partition(":")
        found |= {f"{key}:{secret}", secret, key}
    except (binascii.Error, ValueError):
        pass
    forms = {
        form
        for each in found
        for form in (each, quote(each, safe=""), html.escape(each), json.dumps(each)[1:-1])
    }
    return sorted((form for form in forms if form), key=len, reverse=True)


def _cut(connection: http.client.HTTPConnection) -> None:
    """Wakes the thread that waits for an answer; it closes the connection."""
    found = connection.sock
    if found is None:
        return
    try:
        found.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _skew(date: str, earlier: float | None) -> float | None:
    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return earlier
    # "-0000" gives a time without a zone, and means UTC (RFC 5322 3.3).
    return (told.replace(tzinfo=told.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _answer(response: http.client.HTTPResponse, content: bytes) -> _Answer:
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
    if headers.get("content-encoding", "").lower() == "gzip":
        unzip = zlib.decompressobj(wbits=31)
        try:
            content = unzip.decompress(content, _MOST + 1)
        except zlib.error:
            return _Answer(trouble="an answer that says it is compressed, and is not", cure=_LOG)
    if len(content) > _MOST:
        return _Answer(
            trouble=f"an answer of more than {_MOST // 1_000_000} MB, which was not read", cure=_PLACE
        )
    return _Answer(response.status, headers, content)


_PLACE = "Ask the host for the exact address of the xAPI endpoint."
_LOG = "Ask the host to look for the reason in the server's log."
_TROUBLES: Sequence[tuple[type[Exception], str, str]] = (
    (
        socket.gaierror,
        "the name of the host is not found",
        "Look for a slip in the address; ask the host whether the name is known outside its own network.",
    ),
    (
        ConnectionRefusedError,
        "nothing listens there",
        "Look for a slip in the address or its port; ask the host whether the LRS runs.",
    ),
    (
        ConnectionError,
        "the connection was cut before an answer came",
        "Ask the host whether something in front of the LRS cuts requests, or is limited to less.",
    ),
    (
        http.client.HTTPException,
        "the answer is not HTTP, or cut short",
        "Look for a slip in the address or its port; ask the host which of them is the LRS's.",
    ),
)


def _trouble(error: Exception, patience: float) -> _Answer:
    """Why no answer came; of the error's own words only those about a certificate."""
    if isinstance(error, TimeoutError):
        return _Answer(
            trouble=f"no answer in {patience:g} seconds",
            cure="Ask the host whether the LRS is reachable from where the learners are, and quick enough.",
            is_silence=True,
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return _Answer(
            trouble=f"the certificate is not trusted: {error.verify_message}",
            cure="Ask for a certificate that browsers trust, for this very name, with its intermediate certificates.",
        )
    if isinstance(error, ssl.SSLError):
        return _Answer(
            trouble="no secure connection came about (TLS)",
            cure="Look for a slip in the address or its port; ask the host for TLS 1.2 or newer.",
        )
    for kind, trouble, cure in _TROUBLES:
        if isinstance(error, kind):
            return _Answer(trouble=trouble, cure=cure)
    return _Answer(trouble="the host cannot be reached", cure="Look at the network between here and there.")


# The trial


def try_lrs(
    url: str,
    authorization: str,
    *,
    origin: str = ORIGIN,
    patience: float = PATIENCE,
    progress: Callable[[str, int, int], None] | None = None,
) -> Trial:
    """Asks the LRS all that a package asks, from the page of an LMS at `origin`, and tidies up behind it.

    `authorization` is the value of the Authorization header, `patience` the seconds that an answer may take. Never
    raises for what it finds. Sends nothing to any other host, and shows no part of the credential in what it returns.
    """
    row, endpoint = _read_address(url, origin)
    if not endpoint:
        return Trial("", origin, (row,))
    trying = _Trying(_Client(endpoint, check_authorization(authorization), origin, patience), row, progress)
    trying.run()
    return Trial(endpoint, origin, tuple(trying.rows), trying.written())


class _Trying:
    """A trial as it goes on: it must be ended, since it leaves documents and statements behind."""

    def __init__(
        self, client: _Client, address: Row, progress: Callable[[str, int, int], None] | None
    ) -> None:
        self.client, self.address, self.progress = client, address, progress
        self.rows: list[Row] = []
        self.activity, self.registration = f"urn:uuid:{uuid.uuid4()}", str(uuid.uuid4())
        self.lag = min(_LAG, client.patience)
        self.versions: list[str] = []
        self.may_read = self.may_write = True
        self.has_state = False
        self.left: dict[str, None] = {}
        """Ids of the statements that have arrived, or may have."""
        self.voided = 0
        self.documents: dict[str, Mapping[str, str]] = {}

    def say(self, name: str, verdict: Verdict, seen: str, ask: str = "") -> None:
        self.rows.append(Row(name, verdict, seen, "" if verdict == "ok" else ask))

    def told(self, answer: _Answer) -> str:
        """What came in place of what was hoped for."""
        if answer.trouble:
            return answer.trouble
        try:
            phrase = f"{answer.status} {http.HTTPStatus(answer.status).phrase}"
        except ValueError:
            phrase = str(answer.status)
        if 300 <= answer.status < 400:
            # The address alone: its query may hold anything.
            to = re.split(r"[?#]", answer.headers.get("location", ""))[0]
            return (
                f"{phrase}, a redirection to {self.client.quote(re.sub('//[^/]*@', '//', to)) or 'nowhere'}"
            )
        if answer.is_page:
            return f"{phrase}, an HTML page"
        words = self.client.quote(answer.body.decode(errors="replace"))
        return f"{phrase}: {words}" if words else phrase

    def cure(self, answer: _Answer, need: str) -> str:
        """What to ask the host after an answer that was not hoped for."""
        if answer.cure:
            return answer.cure
        match answer.status:
            case 401:
                return f"Ask for a key and secret that are valid for {need}."
            case 403:
                return f"Ask that this key allows {need}."
            case 404 | 405 | 501:
                return f"Ask whether the LRS offers {need}, and whether this is the address of its endpoint."
            case 413:
                return f"Ask for a higher limit on the length of requests, for {need}."
            case 429:
                return "Ask for a higher limit on the number of requests. Packages wait and try again."
            case status if 300 <= status < 400:
                return (
                    "Use the address that it points to: browsers refuse to be redirected with these headers."
                )
            case status if status >= 500:
                return _LOG
        return _PLACE if answer.is_page else f"Show this line to the host: xAPI allows {need}."

    # What is sent

    def parameters(self, state: str, registration: str | None = None) -> dict[str, str]:
        own = self.registration if registration is None else registration
        return {
            "activityId": self.activity,
            "agent": json.dumps(_ACTOR),
            "stateId": state,
            **({"registration": own} if own else {}),
        }

    def state(
        self, method: str, body: bytes | None = None, *, name: str = "resume", **headers: str
    ) -> _Answer:
        """Asks for the document `name`. Headers by their names with _ for -."""
        parameters = self.parameters(name)
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        answer = self.client.ask(method, "activities/state", parameters, body=body, headers=named)
        if method == "PUT" and (answer.ok or answer.status == 0):
            self.documents[name] = parameters
        return answer

    def statement(self, verb: str = "experienced", **more: Any) -> Json:
        """A statement such as packages send."""
        return {
            "id": str(uuid.uuid4()),
            "actor": dict(_ACTOR),
            "verb": {"id": _ADL + verb, "display": {"en": verb}},
            "object": {
                "objectType": "Activity",
                "id": self.activity,
                "definition": {
                    "type": "http://adlnet.gov/expapi/activities/course",
                    "name": {"en": "Trial of this LRS by coursepack"},
                },
            },
            "context": {"registration": self.registration, "language": "en"},
            "timestamp": _now(),
            **more,
        }

    def stored(self, own: str) -> _Answer:
        return self.client.ask("GET", "statements", {"statementId": own})

    # The order of the trial

    def steps(self) -> Iterator[tuple[str, Callable[[], bool]]]:
        """What is tried, each with whether to go on."""
        yield "about", self.about
        yield "preflight", self.preflight
        yield "authorisation", self.authorised
        yield "tincan", self.through_tincan
        yield "statements", self.listed
        yield "filter", self.filtered
        yield "batches", self.batches
        yield "state", self.kept
        yield "large state", self.kept_large
        yield "profile", self.profile
        yield "versions", self.spoken
        yield "CORS", self.across
        yield "clock", self.clock

    def run(self) -> None:
        steps = [*self.steps()]
        try:
            for number, (name, step) in enumerate(steps):
                if self.progress:
                    self.progress(f"trying {name}", number, len(steps))
                if not step():
                    break
        except _GivenUpError:
            self.say(
                "the rest",
                "fail",
                f"not tried: twice in a row there was no answer in {self.client.patience:g} seconds",
                "Ask the host for the reason, then try again.",
            )
        finally:
            self.tidy()

    def about(self) -> bool:
        began = time.monotonic()
        answer = self.client.ask("GET", "about", is_known=False)
        seconds = time.monotonic() - began
        if not answer.status or 300 <= answer.status < 400:
            self.say("address", "fail", self.told(answer), self.cure(answer, "GET about"))
            return False
        seen = f"{self.address.seen}, answered in {1000 * seconds:.0f} ms"
        self.say("address", self.address.verdict, seen, self.address.ask)
        is_open = answer.status not in (401, 403)
        if not is_open:
            answer = self.client.ask("GET", "about")
        told = answer.json if answer.ok else None
        listed = told.get("version") if isinstance(told, dict) else None
        # 2.8.s4
        self.versions = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
        names = ", ".join(self.client.quote(each, 20) for each in self.versions[:12])
        if not self.versions:
            seen = "a list of versions is missing" if answer.ok and not answer.is_page else self.told(answer)
            self.say("about", "warn", f"{seen}; packages then speak 1.0.3", self.cure(answer, "GET about"))
        elif any(_is_line(each, "1.0") for each in self.versions):
            self.say(
                "about",
                "ok",
                f"speaks {names}; packages use 1.0.3{'' if is_open else ' (told with the credential only)'}",
            )
        elif any(_is_line(each, "2.") for each in self.versions):
            self.client.version = "2.0.0"
            self.say("about", "ok", f"speaks {names}; packages use 2.0.0")
        else:
            self.say(
                "about", "fail", f"speaks {names} only", "Ask for an LRS that speaks xAPI 1.0.3 or 2.0.0."
            )
        return True

    def preflight(self) -> bool:
        """What a browser asks before the requests of a page from elsewhere (Fetch 4.8)."""
        if self.is_same_origin():
            self.say(
                "CORS", "ok", f"the LRS is of the origin {self.client.origin} itself, so it is not needed"
            )
            return True
        missing: dict[str, list[str]] = {}
        bare: set[str] = set()
        for method, resource in _ASKED:
            names = [*_HEADERS, *(_CONDITIONS if method == "PUT" else ())]
            for name, what in self.denied(method, resource, names):
                if name in _CONDITIONS:
                    bare.add(name)
                else:
                    missing.setdefault(what, []).append(f"{method} {resource}")
        if missing:
            seen = "; ".join(f"{', '.join(where)}: {what}" for what, where in missing.items())
            self.say("CORS preflight", "fail", seen, self.cors())
        elif bare:
            self.say(
                "CORS preflight",
                "warn",
                f"{' and '.join(sorted(bare))} not allowed: of two devices at once, one may overwrite the other",
                self.cors(),
            )
        else:
            self.say("CORS preflight", "ok", f"a page from {self.client.origin} may send all that it must")
        return True

    def denied(self, method: str, resource: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """What a preflight request does not allow: a header's name or nothing, and words for it."""
        headers = {
            "Origin": self.client.origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": ",".join(sorted(name.lower() for name in names)),
        }
        answer = self.client.send("OPTIONS", resource, None, None, headers)
        if not answer.ok:
            yield "", f"OPTIONS is answered with {self.told(answer)}"
            return
        if not self.is_let_in(answer):
            yield "", "Access-Control-Allow-Origin does not name the origin"
            return
        methods = _listed(answer, "access-control-allow-methods")
        if method not in ("GET", "POST") and not {method.lower(), "*"} & methods:
            yield "", f"{method} is not among the allowed methods"
        allowed = _listed(answer, "access-control-allow-headers")
        for name in names:
            # An asterisk does not stand for Authorization (Fetch 4.8).
            if not {name.lower(), "*" if name != "Authorization" else ""} & allowed:
                yield name, f"{name} is not among the allowed headers"

    def cors(self) -> str:
        return (
            f"Ask for CORS: OPTIONS answered with 204 and without a credential, Access-Control-Allow-Origin "
            f"{self.client.origin} (or *) in every answer, errors too, Access-Control-Allow-Methods GET, PUT, POST, "
            f"DELETE, Access-Control-Allow-Headers {', '.join([*_HEADERS, *_CONDITIONS])}, "
            "Access-Control-Expose-Headers ETag, Retry-After."
        )

    def is_let_in(self, answer: _Answer) -> bool:
        return answer.headers.get("access-control-allow-origin", "").strip() in ("*", self.client.origin)

    def is_same_origin(self) -> bool:
        own = f"{'https' if self.client.is_secure else 'http'}://{self.client.host}"
        port = self.client.port
        usual = 443 if self.client.is_secure else 80
        return self.client.origin in {f"{own}:{port}", *([own] if port == usual else ())}

    def authorised(self) -> bool:
        """Asks for the state, which every package needs; reading statements is a right that many launches lack."""
        stranger = self.client.ask("GET", "activities/state", self.parameters("resume"), is_known=False)
        known = self.state("GET")
        if stranger.is_page and known.is_page and VERSION.lower() not in known.headers:
            self.say("authorisation", "fail", f"no LRS is there: {self.told(known)}", _PLACE)
            return False
        if known.status != 404 and (not known.ok or known.json is None):
            # 2.3.s3: what is not there is answered with 404.
            seen = (
                self.told(known)
                if not known.ok or known.is_page
                else "an empty answer for a document that is not there"
            )
            need = "404 for a document that is not there" if known.ok else "reading and writing the state"
            self.say("authorisation", "fail", f"with the credential: {seen}", self.cure(known, need))
            return False
        if stranger.status in (401, 403):
            self.say("authorisation", "ok", f"{stranger.status} without the credential, accepted with it")
        else:
            self.say(
                "authorisation",
                "warn",
                f"accepted with the credential, and without it: {self.told(stranger)}",
                "Ask that requests without a credential are answered with 401: others' results may lie open.",
            )
        return True

    # Statements

    def arrival(self, own: str) -> tuple[_Answer, float]:
        """Asks for a statement until it is there, `_LAG` seconds at most; with the seconds that it took."""
        began = time.monotonic()
        while True:
            answer = self.stored(own)
            waited = time.monotonic() - began
            if answer.status not in (0, 404) or waited > self.lag:
                return answer, waited
            time.sleep(min(0.1 + waited / 4, 1))

    def through_tincan(self) -> bool:
        """The round trip through a client that we did not write; it speaks 1.0 only."""
        if self.client.version != "1.0.3":
            return True
        name, sent = "statement by tincan", self.statement("initialized")
        remote, answers = _remote(self.client, sent)
        remote.save_statement(json.loads(json.dumps(sent)))
        self.note([sent], answers[-1])
        if not answers[-1].ok:
            need = "writing statements"
            self.say(name, "fail", f"PUT: {self.told(answers[-1])}", self.cure(answers[-1], need))
            return True
        first, waited = self.arrival(sent["id"])
        if first.status in (401, 403):
            self.say(
                name,
                "warn",
                "saved; this key may not read statements",
                "Nothing, if that is meant: packages only write them. With the right to read, more could be tried.",
            )
            self.may_read = False
            return True
        try:
            back = remote.retrieve_statement(sent["id"])
        except (AttributeError, TypeError, ValueError) as error:
            self.say(
                name, "warn", f"saved; the library cannot read it back: {self.client.quote(error)}", _LOG
            )
            return True
        wrong = self.differs(sent, answers[-1])
        if wrong or not back.success:
            self.say(name, "fail", f"saved, but read back {wrong}", "Show this line to the host.")
        else:
            self.say(name, "ok", f"saved, and read back by its id after {_seconds(waited)}")
        return True

    def differs(self, sent: Json, answer: _Answer) -> str:
        """What is wrong with a statement that was read back; empty when nothing is."""
        if not answer.ok:
            return f"with {self.told(answer)}"
        wrong = _difference(sent, answer.json, self.client.version)
        return f"with {self.client.quote(wrong)}" if wrong else ""

    def note(self, statements: Iterable[Json], answer: _Answer) -> None:
        """Remembers what is to be voided: also what may have arrived though no answer came."""
        if answer.ok or answer.status == 0:
            self.left.update((statement["id"], None) for statement in statements)

    def post(self, statements: Sequence[Json], version: str | None = None) -> _Answer:
        answer = self.client.ask("POST", "statements", body=_encoded(statements), version=version)
        self.note(statements, answer)
        return answer

    def listed(self) -> bool:
        course = [{"objectType": "Activity", "id": self.activity}]
        around = {
            "registration": self.registration,
            "language": "en",
            "contextActivities": {"grouping": course},
        }
        progress = {"https://w3id.org/xapi/cmi5/result/extensions/progress": 50}
        score = {"scaled": 0.8, "raw": 80, "min": 0, "max": 100}
        sent = [
            self.statement("experienced", context=around),
            self.statement("progressed", context=around, result={"extensions": progress}),
            self.statement(
                "completed",
                context=around,
                result={"completion": True, "duration": "PT1M30.25S", "score": score},
            ),
        ]
        answer = self.post(sent)
        if not answer.ok:
            self.say(
                "statements", "fail", f"POST: {self.told(answer)}", self.cure(answer, "writing statements")
            )
            self.may_write = False
            return True
        self.say("statements", "ok", f"{len(sent)} in one request are taken")
        again = self.post(sent)
        name = "same id again"
        if again.ok:
            self.say(name, "ok", "a statement that was sent twice is taken once")
        elif again.status == 409:
            self.say(
                name,
                "warn",
                "409, though the statement is the same; packages take that for arrived",
                "Ask that the very same statement may be sent again (2.1.1).",
            )
        else:
            self.say(
                name, "fail", self.told(again), self.cure(again, "sending the very same statement again")
            )
        if self.may_read:
            self.delayed(sent[-1])
        self.other_content(sent[0])
        return True

    def delayed(self, sent: Json) -> None:
        name = "delay"
        answer, waited = self.arrival(sent["id"])
        if answer.status in (401, 403):
            self.may_read = False
            ask = "Nothing, if that is meant: packages only write statements."
            self.say(name, "warn", f"this key may not read statements: {self.told(answer)}", ask)
        elif wrong := self.differs(sent, answer):
            ask = "Show this line to the host: what packages report may not come through."
            self.say(name, "fail" if answer.ok else "warn", f"a statement was read back {wrong}", ask)
        elif waited > 1:
            ask = "Nothing, if reports may be late; else ask for a shorter delay."
            self.say(name, "warn", f"a statement can be read {_seconds(waited)} after it was written", ask)
        else:
            self.say(name, "ok", f"a statement can be read {_seconds(waited)} after it was written")

    def other_content(self, sent: Json) -> None:
        """Packages rely on an id being taken once: what may be told once has the same id on every device."""
        name = "same id, other content"
        other = {**sent, "verb": {"id": f"{_ADL}interacted", "display": {"en": "interacted"}}}
        answer = self.post([other])
        if answer.status == 409:
            self.say(name, "ok", "409, and packages take that for arrived")
            return
        ask = "Ask for 409 when an id is used again (2.1.2), with the first statement unchanged."
        if not answer.ok:
            self.say(name, "warn", self.told(answer), ask)
            return
        back = self.stored(sent["id"])
        if not back.ok:
            self.say(name, "warn", "taken without a word; which of the two was kept cannot be seen", ask)
        elif _difference(sent, back.json, self.client.version):
            self.say(name, "warn", "the second one replaced the first", ask)
        else:
            self.say(name, "ok", "taken without a word, and the first one kept")

    def filtered(self) -> bool:
        if not (self.may_write and self.may_read):
            return True
        name, ask = (
            "filter by registration",
            "Ask for filters as xAPI has them (2.1.3): reports rely on them.",
        )
        own = self.client.ask("GET", "statements", {"registration": self.registration, "limit": "10"})
        none = self.client.ask("GET", "statements", {"registration": str(uuid.uuid4()), "limit": "10"})
        if not (own.ok and none.ok):
            wrong = none if own.ok else own
            self.say(
                name, "warn", self.told(wrong), self.cure(wrong, "reading statements by their registration")
            )
            return True
        found, other = _ids(own.json), _ids(none.json)
        if found is None or other is None:
            self.say(name, "warn", "the answer is no list of statements", ask)
        elif other:
            self.say(name, "warn", "statements of other registrations are answered too", ask)
        elif not found & self.left.keys():
            self.say(name, "warn", "the statements that were sent are not found", ask)
        else:
            self.say(name, "ok", "only the statements of the registration")
        return True

    def batches(self) -> bool:
        if not self.may_write:
            return True
        name = f"batch of {BATCH}"
        many = self.post([self.statement() for _ in range(BATCH)])
        if many.ok:
            self.say(name, "ok", "taken in one request")
        else:
            # Packages halve what is too long, and send what is refused one by one.
            mild = many.status in (400, 403, 413)
            ask = self.cure(many, f"{BATCH} statements in one request")
            self.say(name, "warn" if mild else "fail", self.told(many), ask)
        last = self.post(self.filled(LAST_BYTES))
        name, shown = "keepalive size", f"{LAST_BYTES:,} bytes"
        if last.ok:
            self.say(name, "ok", f"{shown} in one request, the most that a browser sends when a page is left")
        else:
            seen = (
                f"{shown}: {self.told(last)}; what is sent on leaving then arrives with the next launch only"
            )
            self.say(name, "warn", seen, self.cure(last, "requests of 64 KiB"))
        return True

    def filled(self, size: int) -> list[Json]:
        """Statements that together are as many bytes as that."""
        made = [self.statement(result={"extensions": {_FILLING: ""}}) for _ in range(4)]
        lack = size - len(_encoded(made))
        for number, statement in enumerate(made):
            share = (lack + number) // len(made)
            statement["result"]["extensions"][_FILLING] = "x" * share
        return made

    # The state

    def kept(self) -> bool:
        """As packages keep progress: a document that is replaced only if it is still the one that was read."""
        name = "state document"
        first = _encoded({"format": 1, "state": "1.0.0.", "trial": 1})
        put = self.state("PUT", first, If_None_Match="*")
        note = ""
        if put.status == 412:
            put, note = self.state("PUT", first), "; If-None-Match: * is refused though nothing is there"
        if not put.ok:
            self.say(name, "fail", f"PUT: {self.told(put)}", self.cure(put, "writing the state"))
            return True
        began = time.monotonic()
        back = self.state("GET")
        while back.status == 404 and time.monotonic() - began < self.lag:
            time.sleep(0.2)
            back = self.state("GET")
        waited = time.monotonic() - began
        if not back.ok or back.json != json.loads(first):
            seen = self.told(back) if not back.ok else "what is read back is not what was written"
            self.say(
                name,
                "fail",
                f"GET: {seen}",
                self.cure(back, "reading the state at once after it was written"),
            )
            return True
        self.has_state = True
        elsewhere = self.client.ask("GET", "activities/state", self.parameters("resume", ""))
        if elsewhere.ok and elsewhere.json == back.json:
            note += "; it is given out for no registration too"
        if waited > 1:
            note += f"; readable after {_seconds(waited)} only"
        if note:
            ask = "Ask that state is kept apart by registration, is there at once, and honours If-None-Match (2.3)."
            self.say(name, "warn", f"written and read{note}", ask)
        else:
            self.say(name, "ok", "written and read with its registration")
        self.conditional(back)
        return True

    def conditional(self, back: _Answer) -> None:
        tag = back.headers.get("etag", "").strip()
        digest = f'"{hashlib.sha1(back.body, usedforsecurity=False).hexdigest()}"'
        apart = "else of two devices at once, one may overwrite the progress of the other"
        if not tag:
            ask = f"Ask for an ETag in the answers to GET (3.1); {apart}."
            self.say(
                "state ETag",
                "warn",
                "missing; packages try the SHA-1 of the contents, as 1.0.3 defines it",
                ask,
            )
        elif tag.startswith("W/"):
            ask = (
                "Ask that answers of the LRS are not compressed on their way, or that ETags stay as they are."
            )
            self.say("state ETag", "warn", "weak: something in front of the LRS changes its answers", ask)
        else:
            self.say("state ETag", "ok", f"given{', the SHA-1 of the contents' if tag == digest else ''}")
        second, third = (_encoded({"format": 1, "state": "1.0.0.", "trial": number}) for number in (2, 3))
        used, put = "", _Answer()
        # As the player: the ETag that was seen, then the one that 1.0.3 defines.
        for used in dict.fromkeys(filter(None, (tag.removeprefix("W/"), digest))):
            put = self.state("PUT", second, If_Match=used)
            if put.status != 412:
                break
        name, ask = "state If-Match", f"Ask for If-Match on the state as on profiles (3.1); {apart}."
        if not put.ok:
            bare = self.state("PUT", second)
            if bare.ok:
                self.say(
                    name, "warn", f"the right ETag is refused: {self.told(put)}; without it is written", ask
                )
            else:
                seen = f"with the right ETag: {self.told(put)}; without: {self.told(bare)}"
                self.say(name, "fail", seen, self.cure(put, "writing the state with If-Match"))
            return
        stale = self.state("PUT", third, If_Match=used)
        if stale.status == 412:
            self.say(name, "ok", "the right ETag is taken, an old one refused with 412")
        else:
            seen = "an old ETag is taken too" if stale.ok else f"an old ETag: {self.told(stale)}, not 412"
            self.say(name, "warn", seen, ask)
        twice = self.state("PUT", third, If_None_Match="*")
        name, ask = (
            "state If-None-Match",
            f"Ask for If-None-Match on the state as on profiles (3.1); {apart}.",
        )
        if twice.status == 412:
            self.say(name, "ok", "a document that is there is not overwritten as if it were new: 412")
        else:
            seen = "ignored" if twice.ok else f"{self.told(twice)}, not 412"
            self.say(name, "warn", seen, ask)

    def kept_large(self) -> bool:
        if not self.has_state:
            return True
        name, shown = "large state", f"{DOCUMENT_BYTES:,} bytes"
        refused = self.kept_whole("coursepack-large", DOCUMENT_BYTES)
        if refused is None:
            self.say(name, "ok", f"{shown} are kept whole")
            return True
        need = "state documents of 64 kB"
        little = self.kept_whole("coursepack-little", 4000)
        if little is None:
            seen = f"{shown}: {self.told(refused)}; 4,000 bytes are kept, which is enough for most courses"
            self.say(name, "warn", seen, self.cure(refused, need))
        else:
            self.say(name, "fail", f"4,000 bytes: {self.told(little)}", self.cure(little, need))
        return True

    def kept_whole(self, name: str, size: int) -> _Answer | None:
        """The answer that shows that a document of that size is not kept; None when it is."""
        empty = {"format": 1, "state": ""}
        body = _encoded({**empty, "state": "A" * (size - len(_encoded(empty)))})
        put = self.state("PUT", body, name=name, If_None_Match="*")
        if not put.ok:
            return put
        back = self.state("GET", name=name)
        if back.ok and back.json != json.loads(body):
            return _Answer(trouble="it is kept, but not whole", cure=_LOG)
        return None if back.ok else back

    # All else

    def profile(self) -> bool:
        asked = {"agent": json.dumps(_ACTOR), "profileId": "cmi5LearnerPreferences"}
        answer = self.client.ask("GET", "agents/profile", asked)
        if answer.ok or answer.status == 404:
            self.say("agent profile", "ok", f"{answer.status} for preferences that nobody has set")
        else:
            seen = f"{self.told(answer)}; only cmi5 packages ask for it"
            self.say("agent profile", "warn", seen, self.cure(answer, "reading agent profiles"))
        return True

    def spoken(self) -> bool:
        for version, line in (("1.0.3", "1.0"), ("2.0.0", "2.")):
            is_used = version == self.client.version
            answer = self.client.ask("GET", "activities/state", self.parameters("resume"), version=version)
            is_spoken = answer.ok or answer.status == 404
            if is_spoken and self.may_write and not is_used:
                answer = self.post([self.statement()], version)
                is_spoken = answer.ok
            name = f"version {version}"
            if is_spoken:
                self.say(name, "ok", f"spoken{'; packages use it' if is_used else ''}")
            elif is_used:
                self.say(name, "fail", self.told(answer), self.cure(answer, f"version {version}"))
            elif any(_is_line(each, line) for each in self.versions):
                seen = f"told by about, but: {self.told(answer)}"
                self.say(name, "warn", seen, "Ask that about tells only what is spoken (2.8).")
            else:
                self.say(name, "ok", f"not spoken, nor needed: packages use {self.client.version}")
        return True

    def across(self) -> bool:
        """Whether a browser would have shown the answers to a page of the origin."""
        if self.is_same_origin():
            return True
        dark = [
            (what, answer)
            for what, answer in self.client.crossed
            if answer.status and not self.is_let_in(answer)
        ]
        # A document that is not there yet is answered with 404 to every learner.
        needed = dict.fromkeys(what for what, answer in dark if answer.ok or answer.status == 404)
        errors = sorted({answer.status for _, answer in dark})
        name = "CORS answers"
        if needed:
            seen = f"without Access-Control-Allow-Origin for {self.client.origin}: {', '.join(needed)}"
            self.say(name, "fail", seen, self.cors())
        elif errors:
            numbers = ", ".join(map(str, errors))
            seen = f"no Access-Control-Allow-Origin with {numbers}: packages take these for no answer at all"
            self.say(name, "warn", seen, self.cors())
        else:
            self.say(name, "ok", "errors too may be read by the page")
        states = [
            answer for what, answer in self.client.crossed if what == "GET activities/state" and answer.ok
        ]
        asked = states or [answer for _, answer in self.client.crossed]
        shown = {each for answer in asked for each in _listed(answer, "access-control-expose-headers")}
        hidden = [each for each in ("ETag", "Retry-After") if not {each.lower(), "*"} & shown]
        name = "CORS exposed headers"
        if not hidden:
            self.say(name, "ok", "ETag and Retry-After can be read by the page")
            return True
        why = {
            "ETag": "two devices at once cannot be kept apart as safely",
            "Retry-After": "packages do not know how long to wait when the LRS is busy",
        }
        seen = "; ".join(f"{each} is hidden: {why[each]}" for each in hidden)
        self.say(name, "warn", seen, f"Ask for Access-Control-Expose-Headers: {', '.join(why)}.")
        return True

    def clock(self) -> bool:
        skew = self.client.skew
        if skew is None:
            self.say("clock", "ok", "the LRS does not tell its time")
        elif abs(skew) <= 60:
            self.say("clock", "ok", f"{abs(skew):.0f} seconds from this computer's")
        else:
            way = "ahead of" if skew > 0 else "behind"
            seen = f"{abs(skew):,.0f} seconds {way} this computer's"
            self.say("clock", "warn", seen, "Set whichever is wrong: reports order results by time.")
        return True

    # The end

    def tidy(self) -> None:
        """Deletes the documents, and voids the statements."""
        if not (self.documents or self.left):
            return
        self.client.silences = 0
        troubles: list[str] = []
        try:
            for name, parameters in [*self.documents.items()]:
                answer = self.client.ask("DELETE", "activities/state", parameters)
                if answer.ok or answer.status == 404:
                    del self.documents[name]
                else:
                    troubles.append(f"DELETE of the state: {self.told(answer)}")
            ids = [*self.left]
            for start in range(0, len(ids), BATCH):
                some = ids[start : start + BATCH]
                answer = self.client.ask(
                    "POST", "statements", body=_encoded([self.voiding(own) for own in some])
                )
                if answer.ok:
                    self.voided += len(some)
                else:
                    troubles.append(f"voiding: {self.told(answer)}")
        except _GivenUpError:
            troubles.append("no answer any more")
        if troubles:
            ask = "Ask the host to remove what was written, below; packages neither delete nor void."
            self.say("tidying up", "warn", "; ".join(dict.fromkeys(troubles)), ask)
        else:
            self.say("tidying up", "ok", "state documents deleted, statements voided")

    def voiding(self, own: str) -> Json:
        """The statement that voids another (part 2, 2.3.2)."""
        return {
            "id": str(uuid.uuid4()),
            "actor": dict(_ACTOR),
            "verb": {"id": f"{_ADL}voided", "display": {"en": "voided"}},
            "object": {"objectType": "StatementRef", "id": own},
            "timestamp": _now(),
        }

    def written(self) -> Written | None:
        """What is left in the LRS; None when nothing ever was."""
        if not self.rows or not (self.left or self.documents):
            return None
        account = _ACTOR["account"]
        return Written(
            f"{account['name']} of {account['homePage']}",
            self.activity,
            self.registration,
            len(self.left),
            self.voided,
            len(self.documents),
        )


def _remote(client: _Client, sent: Json) -> tuple[Any, list[_Answer]]:
    """RemoteLRS of tincan over our own client, and the list into which the answers will come.

    By itself it waits without end, and reads without end.
    """
    from tincan import LRSResponse, RemoteLRS  # type: ignore[import-untyped]

    answers: list[_Answer] = []

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
    return _encoded({name: value for name, value in json.loads(statement).items() if name != "version"})


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


def _listed(answer: _Answer, header: str) -> set[str]:
    return {each.strip().lower() for each in answer.headers.get(header, "").split(",") if each.strip()}


def _is_line(version: str, line: str) -> bool:
    return version == line.rstrip(".") or version.startswith(f"{line.rstrip('.')}.")


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _seconds(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
