"""The answers of the stand-in LRS: JSON with an ETag, nothing, or the reason of a refusal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.responses import PlainTextResponse, Response

from coursepack.xapi.test_lrs.request import Call, Refusal


def etag(body: bytes) -> str:
    """The quoted SHA-1 of the bytes, as 1.0.3 part 3, 3.1.s4 wants it."""
    return f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'


def answer(
    call: Call, value: object, *, modified: datetime | None = None, multipart: bool = False
) -> Response:
    """JSON; in a multipart document of one part when attachments were asked for, since none are kept."""
    body = json.dumps(value, ensure_ascii=False).encode()
    kind = "application/json"
    if multipart:
        boundary = hashlib.sha256(body).hexdigest()[:32]
        body = b"\r\n".join([
            f"--{boundary}".encode(), b"Content-Type: application/json", b"", body, f"--{boundary}--".encode(), b"",
        ])  # fmt: skip
        kind = f"multipart/mixed; boundary={boundary}"
    return answer_bytes(call, body, kind, modified)


def answer_bytes(call: Call, body: bytes, kind: str, modified: datetime | None) -> Response:
    """What was asked for, or 304 to one who has it already."""
    headers = {"ETag": etag(body)}
    if modified:
        headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    if headers["ETag"] in _tags(call.headers, "if-none-match"):
        return Response(status_code=304, headers=headers)
    return Response(body, headers={**headers, "Content-Type": kind})


def no_content() -> Response:
    """Done."""
    return Response(status_code=204)


def refusal(refused: Refusal, accept: str) -> Response:
    """The reason, as JSON for whoever asks for JSON and no text (part 3, 3.2.s3.b4)."""
    headers: Mapping[str, str] = refused.headers
    if "application/json" in accept and "text/plain" not in accept:
        body = json.dumps({"error": refused.reason}, ensure_ascii=False)
        return Response(body, refused.status, headers={**headers, "Content-Type": "application/json"})
    return PlainTextResponse(refused.reason, refused.status, headers=dict(headers))


def check_preconditions(call: Call, body: bytes | None) -> bool:
    """Refuses with 412 what does not hold for the document that is there, if any (part 3, 3.1.s4).

    Returns whether the request had a precondition at all.
    """
    match, unmatch = _tags(call.headers, "if-match"), _tags(call.headers, "if-none-match")
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
