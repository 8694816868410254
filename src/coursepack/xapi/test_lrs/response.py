"""Responses of the test LRS: JSON with an ETag, no content, or an error."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.responses import PlainTextResponse, Response

from coursepack.xapi.test_lrs.request import LrsRequest, Refusal


def etag(body: bytes) -> str:
    """The quoted SHA-1 of the bytes (1.0.3 part 3, 3.1.s4)."""
    return f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'


def json_response(
    request: LrsRequest, value: object, *, modified: datetime | None = None, multipart: bool = False
) -> Response:
    """A JSON response, wrapped in multipart/mixed when attachments are requested; none are ever stored."""
    body = json.dumps(value, ensure_ascii=False).encode()
    kind = "application/json"
    if multipart:
        boundary = hashlib.sha256(body).hexdigest()[:32]
        body = b"\r\n".join([
            f"--{boundary}".encode(), b"Content-Type: application/json", b"", body, f"--{boundary}--".encode(), b"",
        ])  # fmt: skip
        kind = f"multipart/mixed; boundary={boundary}"
    return bytes_response(request, body, kind, modified)


def bytes_response(request: LrsRequest, body: bytes, kind: str, modified: datetime | None) -> Response:
    """A response with these bytes, or 304 when If-None-Match names their ETag."""
    headers = {"ETag": etag(body)}
    if modified:
        headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    if headers["ETag"] in _tags(request.headers, "if-none-match"):
        return Response(status_code=304, headers=headers)
    return Response(body, headers={**headers, "Content-Type": kind})


def no_content() -> Response:
    """A 204 response."""
    return Response(status_code=204)


def refusal_response(refused: Refusal, accept: str) -> Response:
    """An error response, as JSON for clients that accept JSON and not text (part 3, 3.2.s3.b4)."""
    headers: Mapping[str, str] = refused.headers
    if "application/json" in accept and "text/plain" not in accept:
        body = json.dumps({"error": refused.reason}, ensure_ascii=False)
        return Response(body, refused.status, headers={**headers, "Content-Type": "application/json"})
    return PlainTextResponse(refused.reason, refused.status, headers=dict(headers))


def check_preconditions(request: LrsRequest, body: bytes | None) -> bool:
    """Raises a 412 Refusal when a precondition does not hold for the current document (part 3, 3.1.s4).

    Returns whether the request had a precondition.
    """
    match, unmatch = _tags(request.headers, "if-match"), _tags(request.headers, "if-none-match")
    own = None if body is None else etag(body)
    if match and (own is None or not {"*", own} & set(match)):
        raise Refusal(
            412, f"If-Match does not hold: the document's ETag is {own or 'none, it is not there'}."
        )
    if unmatch and own is not None and {"*", own} & set(unmatch):
        raise Refusal(412, f"If-None-Match does not hold: there is a document with the ETag {own}.")
    return bool(match or unmatch)


def _tags(headers: Mapping[str, str], name: str) -> list[str]:
    return [tag.strip() for tag in headers.get(name, "").split(",") if tag.strip()]
