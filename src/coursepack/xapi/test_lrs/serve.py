"""Serves an application on the loopback address in a thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


def listening() -> socket.socket:
    """A socket that listens on the loopback address, at a port of the system's choice."""
    listener = socket.create_server(("127.0.0.1", 0))
    # What is accepted inherits it. Without, the body of an answer waits some 40 ms for the acknowledgement of its head
    # (RFC 896): asyncio only sees to sockets that were made with the number of the protocol.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@contextmanager
def serve(app: ASGIApp) -> Iterator[str]:
    """Serves within the block; yields the address without a trailing slash, such as `http://127.0.0.1:40123`."""
    with listening() as listener:
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            # Configured anew for each, it would for a moment tell everything of the others.
            log_config=None,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
