"""Sends requests to an LRS as a package does, and says in words why no answer came.

Section numbers in this room are those of xAPI 1.0.3, part 3 (Communication), when no other part is named.
"""

from __future__ import annotations

import base64
import binascii
import html
import http.client
import json
import socket
import ssl
import threading
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

VERSION = "X-Experience-API-Version"
PATIENCE = 10.0
"""Seconds that one answer may take."""
_MOST = 2_000_000


@dataclass(frozen=True, slots=True)
class Answer:
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
        """Whether it was done; a page in its place says nothing about that."""
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


class GivenUpError(Exception):
    """The LRS does not answer any more."""


class Client:
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
        self.crossed: list[tuple[str, Answer]] = []
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
    ) -> Answer:
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
    ) -> Answer:
        """Sends one request with these headers and no others of importance; gives up after two without an answer."""
        if self.silences > 1:
            raise GivenUpError
        query = f"?{urlencode(parameters, quote_via=quote)}" if parameters else ""
        kind = http.client.HTTPSConnection if self.is_secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=self.patience)
        # As browsers do: what compresses answers may also change their ETags.
        sent = {"Accept-Encoding": "gzip", "User-Agent": "coursepack", **headers}
        box: list[Answer] = []

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
        if box:
            answer = box[0]
        else:
            # What comes once the connection is cut is no answer, though it may look like one.
            answer = _trouble(TimeoutError(), self.patience)
            _cut(connection)
        self.silences = self.silences + 1 if answer.is_silence else 0
        self.skew = _skew(answer.headers.get("date", ""), self.skew)
        return answer

    def quote(self, words: object, most: int = 160) -> str:
        """Words that the LRS has sent, in one line, without what a terminal would obey and without secrets."""
        text = self._hide(str(words))
        # Once more, since what is taken out may have stood in the middle of a secret.
        text = self._hide(
            " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())
        )
        return text if len(text) <= most else f"{text[:most].rstrip()}..."

    def _hide(self, text: str) -> str:
        for hidden in self._hidden:
            text = text.replace(hidden, "[hidden]")
        return text


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


def _answer(response: http.client.HTTPResponse, content: bytes) -> Answer:
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
    if headers.get("content-encoding", "").lower() == "gzip":
        unzip = zlib.decompressobj(wbits=31)
        try:
            content = unzip.decompress(content, _MOST + 1)
        except zlib.error:
            return Answer(trouble="an answer that says it is compressed, and is not", cure=LOG)
    if len(content) > _MOST:
        return Answer(
            trouble=f"an answer of more than {_MOST // 1_000_000} MB, which was not read", cure=PLACE
        )
    return Answer(response.status, headers, content)


PLACE = "Ask the host for the exact address of the xAPI endpoint."
LOG = "Ask the host to look for the reason in the server's log."
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


def _trouble(error: Exception, patience: float) -> Answer:
    """Why no answer came; of the error's own words only those about a certificate."""
    if isinstance(error, TimeoutError):
        return Answer(
            trouble=f"no answer in {patience:g} seconds",
            cure="Ask the host whether the LRS is reachable from where the learners are, and quick enough.",
            is_silence=True,
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Answer(
            trouble=f"the certificate is not trusted: {error.verify_message}",
            cure="Ask for a certificate that browsers trust, for this very name, with its intermediate certificates.",
        )
    if isinstance(error, ssl.SSLError):
        return Answer(
            trouble="no secure connection came about (TLS)",
            cure="Look for a slip in the address or its port; ask the host for TLS 1.2 or newer.",
        )
    for kind, trouble, cure in _TROUBLES:
        if isinstance(error, kind):
            return Answer(trouble=trouble, cure=cure)
    return Answer(trouble="the host cannot be reached", cure="Look at the network between here and there.")
