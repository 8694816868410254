"""The line between the course and the server of the package, which may be a slow one, or lost."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coursepack.xapi.test_lrs.faults import SERVER_SEND, cut

_SLOW_LINE = 0.75e6 / 8
"""Bytes a second, as on a poor mobile network."""

_PIECE = 4096


class Line:
    """ASGI middleware: a line to the package that all of its files share.

    `slow` is like a poor mobile network. When it is `lost`, connections are closed without an answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.slow = self.lost = False
        self._free = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request (ASGI)."""
        if self.lost:
            await cut(receive, scope.get(SERVER_SEND, send))
            return

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
