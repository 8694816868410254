"""Serves the files of a package as an LMS does: with their types, and in parts."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse

from coursepack.archive import Excerpt
from coursepack.preview.growing import Growing
from coursepack.serving import Serving

Content = bytes | Path | Excerpt | Growing

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def file_response(request: Request, name: str, content: Content | None, serving: Serving) -> Response:
    """A file of a package as `serving` says, or the part that was asked for (RFC 9110, 14)."""
    if content is None:
        return PlainTextResponse("The package has no such file.\n", 404)
    kind = serving.media_type(name)
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    headers = {"accept-ranges": "bytes" if serving.ranges else "none"}
    if serving.policy:
        headers["content-security-policy"] = serving.policy
    if isinstance(content, Growing):
        return StreamingResponse(content.pieces(), 200, {**headers, "accept-ranges": "none"}, kind)
    if isinstance(content, Excerpt):
        headers |= {"accept-ranges": "none", "content-length": str(content.size)}
        return StreamingResponse((bytes(each) for each in content.chunks()), 200, headers, kind)
    if not serving.ranges:
        # The response to a file on the disk looks at it by itself.
        request.scope["headers"] = [each for each in request.scope["headers"] if each[0] != b"range"]
    if isinstance(content, Path):
        if not content.is_file():
            return PlainTextResponse("The file is gone.\n", 404)
        return FileResponse(content, headers=headers, media_type=kind)
    if "range" in request.headers:
        return _part(request.headers["range"], content, headers, kind)
    if serving.compresses(name) and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = gzip.compress(content, 1), "gzip"
    return Response(content, 200, headers, kind)


def _part(asked: str, content: bytes, headers: dict[str, str], kind: str) -> Response:
    wanted = _RANGE.fullmatch(asked)
    if not wanted or not (wanted[1] or wanted[2]):
        return Response(content, 200, headers, kind)
    size = len(content)
    if wanted[1]:
        start, end = int(wanted[1]), min(int(wanted[2] or size - 1), size - 1)
    else:
        start, end = max(size - int(wanted[2]), 0), size - 1
    if start > end:
        return Response(b"", 416, {"content-range": f"bytes */{size}"})
    headers["content-range"] = f"bytes {start}-{end}/{size}"
    return Response(content[start : end + 1], 206, headers, kind)
