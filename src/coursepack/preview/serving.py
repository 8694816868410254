"""Serves the files of a package as an LMS does: with their types, and in parts."""

from __future__ import annotations

import asyncio
import mimetypes
import re
import time
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coursepack.archive import Excerpt

Content = bytes | Path | Excerpt

_TYPES = {
    "html": "text/html; charset=utf-8",
    "htm": "text/html; charset=utf-8",
    "xhtml": "application/xhtml+xml",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json",
    "xml": "application/xml",
    "xsd": "application/xml",
    "svg": "image/svg+xml",
    "vtt": "text/vtt; charset=utf-8",
    "woff2": "font/woff2",
    "woff": "font/woff",
    "webp": "image/webp",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "m4a": "audio/mp4",
    "wasm": "application/wasm",
}
"""Types that do not depend on the machine; others are those that it knows."""

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


_SLOW_LINE = 0.75e6 / 8
"""Bytes a second, as on a poor mobile network."""

_PIECE = 4096


class Line:
    """ASGI middleware: a line to the package that all of its files share. `slow` is like a poor mobile network."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.slow = False
        self._free = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request (ASGI)."""

        async def slowly(message: Message) -> None:
            body = message.get("body", b"")
            if not self.slow or message["type"] != "http.response.body":
                await send(message)
                return
            for at in range(0, max(len(body), 1), _PIECE):
                piece = body[at : at + _PIECE]
                self._free = max(self._free, time.monotonic()) + len(piece) / _SLOW_LINE
                await asyncio.sleep(self._free - time.monotonic())
                more = message.get("more_body", False) or at + _PIECE < len(body)
                await send({"type": "http.response.body", "body": piece, "more_body": more})

        await self.app(scope, receive, slowly)


def media_type(name: str) -> str:
    """The type of a file by its name."""
    ending = name.rpartition(".")[2].lower()
    return _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def file_response(request: Request, name: str, content: Content | None) -> Response:
    """A file of a package, or the part that was asked for (RFC 9110, 14)."""
    if content is None:
        return PlainTextResponse("The package has no such file.\n", 404)
    kind = media_type(name)
    if isinstance(content, Path):
        if not content.is_file():
            return PlainTextResponse("The file is gone.\n", 404)
        return FileResponse(content, media_type=kind)
    if isinstance(content, Excerpt):
        headers = {"content-length": str(content.size)}
        return StreamingResponse((bytes(each) for each in content.chunks()), 200, headers, kind)
    return _bytes_response(request, content, kind)


def _bytes_response(request: Request, content: bytes, kind: str) -> Response:
    headers = {"accept-ranges": "bytes"}
    wanted = _RANGE.fullmatch(request.headers.get("range", ""))
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
