"""Tells all panels that are open what has happened, by server-sent events."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

_BEAT = 15.0
"""Seconds after which an open stream of events says that it is still there."""

_MOST_WAITING = 200
"""Events that a panel may be late; one that is later is asked to load again."""


class Events:
    """Sends events to all panels that are open. Any thread may send."""

    def __init__(self) -> None:
        self._queues: dict[asyncio.Queue[str | None], asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()

    def send(self, name: str, data: Any) -> None:
        """Sends an event with JSON data."""
        text = f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        self._put(text)

    def end(self) -> None:
        """Ends all streams."""
        self._put(None)

    def _put(self, text: str | None) -> None:
        with self._lock:
            for queue, loop in self._queues.items():
                # A panel whose server is closing hears no more.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(_offer, queue, text)

    async def stream(self) -> AsyncIterator[str]:
        """The events from now on (server-sent events)."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(_MOST_WAITING)
        with self._lock:
            self._queues[queue] = asyncio.get_running_loop()
        try:
            yield ": here\n\n"
            while True:
                try:
                    text = await asyncio.wait_for(queue.get(), _BEAT)
                except TimeoutError:
                    text = ": here\n\n"
                if text is None:
                    return
                yield text
        finally:
            with self._lock:
                del self._queues[queue]


def _offer(queue: asyncio.Queue[str | None], text: str | None) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        text = None
    queue.put_nowait(text)
