"""Chromium without a window, from which nothing leaves this machine."""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coursepack.resources import templates_dir

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Route, WebSocketRoute

MOST_WINDOWS = 8
"""Windows that a package may open; further ones are closed."""

# The driver of Playwright would take what there is.
_DRIVER = "--max-old-space-size=96 --max-semi-space-size=1"

# All that is not at an origin of ours goes to a port that nobody listens on: also what no handler is asked of.
_NOWHERE = "http://127.0.0.1:9"
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
)


class NoBrowserError(Exception):
    """There is no Chromium, or it does not start."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with a profile of its own.

    It is the one that the environment variable COURSEPACK_CHROMIUM names, that of the system, or Playwright's own.
    Raises NoBrowserError.
    """
    from playwright.sync_api import Error, sync_playwright

    before = os.environ.get("NODE_OPTIONS")
    os.environ["NODE_OPTIONS"] = f"{before or ''} {_DRIVER}".strip()
    try:
        driver = sync_playwright().start()
    finally:
        if before is None:
            del os.environ["NODE_OPTIONS"]
        else:
            os.environ["NODE_OPTIONS"] = before
    try:
        path = os.environ.get("COURSEPACK_CHROMIUM") or shutil.which("chromium")
        try:
            browser = driver.chromium.launch(
                executable_path=path,
                args=list(_ARGUMENTS),
                # The sandbox of Chromium does not work for root, nor in many containers.
                chromium_sandbox=not (_is_root() or os.environ.get("COURSEPACK_NO_SANDBOX")),
                proxy={"server": _NOWHERE},
            )
        except Error as error:
            raise NoBrowserError(str(error).splitlines()[0]) from None
        yield browser
        with suppress(Error):
            browser.close()
    finally:
        with suppress(Error):
            driver.stop()


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@contextmanager
def killed_after(browser: Browser, seconds: float) -> Iterator[None]:
    """Kills the browser if the block takes more `seconds`: a package may keep it busy without end."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    pid = next(int(each["id"]) for each in processes if each["type"] == "browser")
    session.detach()

    def kill() -> None:
        with suppress(OSError):
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def window(
    browser: Browser, width: int, height: int, own: tuple[str, ...]
) -> Iterator[tuple[BrowserContext, dict[str, str]]]:
    """A profile that knows nothing, whose pages only get what is at an origin of `own`.

    The second value comes to hold the first address that was asked for at each other host.
    """
    from playwright.sync_api import Error

    here = ",".join(urlsplit(each).netloc for each in own)
    context = browser.new_context(
        viewport={"width": width, "height": height},
        service_workers="block",
        proxy={"server": _NOWHERE, "bypass": here},
    )
    ours = "|".join(re.escape(each) for each in own)
    others = re.compile(rf"^(?!(?:{ours})/)(?!data:|blob:|about:|chrome)", re.IGNORECASE)
    refused: dict[str, str] = {}

    def refuse(address: str) -> None:
        host = urlsplit(address).hostname
        if host:
            refused.setdefault(host, address[:300])

    def abort(route: Route) -> None:
        refuse(route.request.url)
        route.abort()

    def close(socket: WebSocketRoute) -> None:
        refuse(socket.url)
        socket.close(code=1001, reason="offline")

    context.route(others, abort)
    context.route_web_socket(re.compile(""), close)
    context.add_init_script(path=templates_dir() / "preview" / "learner.js")
    context.on("dialog", lambda dialog: dialog.accept())
    context.on("page", lambda page: page.close() if len(context.pages) > MOST_WINDOWS else None)
    try:
        yield context, refused
    finally:
        with suppress(Error):
            context.close()
