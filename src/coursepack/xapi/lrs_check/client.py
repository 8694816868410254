"""Sends requests to an LRS as packages do, and describes failures.

Section numbers in this package refer to xAPI 1.0.3, part 3 (Communication), unless another part is named.
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

from coursepack.problems import Message, Number, Reason

VERSION = "X-Experience-API-Version"
TIMEOUT = 10.0
"""Limit for an answer, in seconds."""
_MOST = 2_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the LRS. Without one, the status is 0 and `error` says why."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: bytes = b""
    error: str | Message = ""
    advice: str = ""
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        """Whether the request succeeded; an HTML page does not count as success."""
        return 200 <= self.status < 300 and not self.is_page

    @property
    def is_page(self) -> bool:
        """Whether the body is HTML, which the player attributes to a proxy."""
        return self.body.lstrip()[:1] == b"<"

    @property
    def json(self) -> Any:
        """The body parsed as JSON, or None."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class NoAnswerError(Exception):
    """The LRS has stopped answering."""


class Client:
    """An HTTP client for one host, without proxies or redirects, with limits on time and size."""

    def __init__(self, endpoint: str, authorization: str, origin: str, timeout: float) -> None:
        parts = urlsplit(endpoint)
        self.endpoint, self.is_secure, self.base = endpoint, parts.scheme == "https", parts.path
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if self.is_secure else 80)
        self.skew: float | None = None
        """Clock of the LRS minus ours, in seconds."""
        self.authorization, self.origin, self.timeout = authorization, origin, timeout
        self.version = "1.0.3"
        self.timeouts = 0
        self.exchanges: list[tuple[str, Answer]] = []
        """Requests that a browser would have sent from the origin, with their answers."""
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
        with_credentials: bool = True,
    ) -> Answer:
        """Sends a request with the headers of a package."""
        sent = {
            VERSION: version or self.version,
            "Origin": self.origin,
            **({"Authorization": self.authorization} if with_credentials else {}),
            **({} if body is None else {"Content-Type": "application/json"}),
            **(headers or {}),
        }
        answer = self.send(method, resource, parameters, body, sent)
        self.exchanges.append((f"{method} {resource}", answer))
        return answer

    def send(
        self,
        method: str,
        resource: str,
        parameters: Mapping[str, str] | None,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> Answer:
        """Sends a request with these headers. Raises NoAnswerError after two timeouts in a row."""
        if self.timeouts > 1:
            raise NoAnswerError
        query = f"?{urlencode(parameters, quote_via=quote)}" if parameters else ""
        kind = http.client.HTTPSConnection if self.is_secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=self.timeout)
        # As browsers do: a proxy that compresses answers can change their ETags.
        sent = {"Accept-Encoding": "gzip", "User-Agent": "coursepack", **headers}
        box: list[Answer] = []

        def work() -> None:
            try:
                connection.request(method, f"{self.base}{resource}{query}", body, sent)
                with connection.getresponse() as response:
                    # One byte above the limit shows that there is more.
                    content = response.read(_MOST + 1)
                    box.append(_answer(response, content))
            except (OSError, http.client.HTTPException, ValueError) as error:
                box.append(_failed(error, self.timeout))
            finally:
                connection.close()

        # A socket timeout limits each operation, not the whole exchange, and not the DNS lookup.
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(self.timeout)
        if box:
            answer = box[0]
        else:
            # Data read after the connection is closed is not an answer.
            answer = _failed(TimeoutError(), self.timeout)
            _cut(connection)
        self.timeouts = self.timeouts + 1 if answer.timed_out else 0
        self.skew = _skew(answer.headers.get("date", ""), self.skew)
        return answer

    def quote(self, words: object, most: int = 160) -> str:
        """Text from the LRS as one line, without control characters and secrets."""
        text = self._hide(str(words))
        # Twice, since a removed character can have split a secret.
        text = self._hide(
            " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())
        )
        return text if len(text) <= most else f"{text[:most].rstrip()}..."

    def _hide(self, text: str) -> str:
        for hidden in self._hidden:
            text = text.replace(hidden, "[hidden]")
        return text


def _secrets(authorization: str) -> list[str]:
    """The forms in which an answer can repeat the credentials, longest first."""
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
    """Wakes the waiting thread, which then closes the connection."""
    found = connection.sock
    if found is None:
        return
    try:
        found.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _skew(date: str, earlier: float | None) -> float | None:
    try:
        server_time = parsedate_to_datetime(date)
    except ValueError:
        return earlier
    # "-0000" gives a time without a zone, and means UTC (RFC 5322 3.3).
    return (server_time.replace(tzinfo=server_time.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _answer(response: http.client.HTTPResponse, content: bytes) -> Answer:
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
    if headers.get("content-encoding", "").lower() == "gzip":
        unzip = zlib.decompressobj(wbits=31)
        try:
            content = unzip.decompress(content, _MOST + 1)
        except zlib.error:
            return Answer(error="an answer that is declared as gzip, but is not", advice=LOG)
    if len(content) > _MOST:
        return Answer(error=Message("an answer of more than {0} MB", _MOST // 1_000_000), advice=PLACE)
    return Answer(response.status, headers, content)


PLACE = "Ask the host for the exact address of the xAPI endpoint."
LOG = "Ask the host to look for the reason in the server's log."
_ERRORS: Sequence[tuple[type[Exception], str, str]] = (
    (
        socket.gaierror,
        "the host name is not found",
        "Check the address; ask the host whether the name resolves outside its own network.",
    ),
    (
        ConnectionRefusedError,
        "nothing listens there",
        "Check the address and its port; ask the host whether the LRS is running.",
    ),
    (
        ConnectionError,
        "the connection was closed before an answer",
        "Ask the host whether a proxy in front of the LRS rejects or limits requests.",
    ),
    (
        http.client.HTTPException,
        "the answer is not HTTP, or truncated",
        "Check the address and its port; ask the host for those of the LRS.",
    ),
)


def _failed(error: Exception, timeout: float) -> Answer:
    """An answer that describes the error. Only certificate errors are quoted."""
    if isinstance(error, TimeoutError):
        return Answer(
            error=Message("no answer in {0} s", Number(f"{timeout:g}")),
            advice="Ask the host whether the LRS is reachable for learners, and fast enough.",
            timed_out=True,
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Answer(
            error=Message(
                "the certificate is not trusted: {0}",
                Reason(error.verify_message, f"openssl {error.verify_code}"),
            ),
            advice="Ask for a certificate that browsers trust, for this host name, with its intermediate certificates.",
        )
    if isinstance(error, ssl.SSLError):
        return Answer(
            error="no secure connection (TLS)",
            advice="Check the address and its port; ask the host for TLS 1.2 or newer.",
        )
    for kind, message, advice in _ERRORS:
        if isinstance(error, kind):
            return Answer(error=message, advice=advice)
    return Answer(error="the host cannot be reached", advice="Check the network connection.")
