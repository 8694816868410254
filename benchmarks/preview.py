"""Measures how soon `coursepack preview` shows the example course, in a Chromium that runs already.

Each time counts from the start of the process. In turns with it, a document of the same size and without scripts is
loaded from a server that is there: what no preview can be faster than.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.request import HTTPCookieProcessor, build_opener

from playwright.sync_api import BrowserContext, Page, sync_playwright
from run import COURSEPACK, ENVIRONMENT

TOP = Path(__file__).resolve().parents[1]
LIMIT = 1.0

# The moments of each frame are written down in it, in seconds since 1970, so that watching costs nothing.
WATCH = """
window.moments = {};
const note = (name, at = performance.now()) => { moments[name] ??= (performance.timeOrigin + at) / 1000; };
new PerformanceObserver((list) => { for (const { name, startTime } of list.getEntries())
  if (name === "first-contentful-paint") note("paint", startTime); }).observe({ type: "paint", buffered: true });
new MutationObserver((_, watch) => { if (!document.documentElement?.hasAttribute("data-js")) return;
  note("player"); watch.disconnect(); }).observe(document, { subtree: true, attributes: true, childList: true });
addEventListener("DOMContentLoaded", () => note("parsed"));
addEventListener("message", ({ data }) => {
  if (["LMSInitialize", "Initialize"].includes(data?.name) && data.result === "true") note("session");
});
"""
TICK = os.sysconf("SC_CLK_TCK")


class Visit(NamedTuple):
    """Seconds from the start, and seconds of the processor of the server and of the browser until then."""

    address: float
    begun: float
    server: float
    browser: float


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Says nothing."""


def _used(pids: list[int]) -> float:
    """Seconds of processor that processes have used so far."""
    ticks = 0
    for pid in pids:
        try:
            ticks += sum(
                map(int, Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13])
            )
        except OSError:
            continue
    return ticks / TICK


def _browsers() -> list[int]:
    """The processes of the Chromium that this process has started."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            before, _, after = file.read_text("utf-8", "replace").rpartition(")")
        except OSError:
            continue
        parents[int(file.parent.name)] = int(after.split()[1])
        names[int(file.parent.name)] = before.partition("(")[2]

    def ours(pid: int) -> bool:
        return pid == os.getpid() or (pid in parents and ours(parents[pid]))

    return [pid for pid, name in names.items() if name.startswith("chrom") and ours(pid)]


def _wait(tab: Page, found: Callable[[], float]) -> float:
    end = time.monotonic() + 60
    while not (moment := found()):
        if time.monotonic() > end:
            raise TimeoutError("The course does not begin.")
        tab.wait_for_timeout(20)
    return moment


@contextmanager
def _previewing(target: str) -> Iterator[tuple[subprocess.Popen[str], str, float]]:
    """A preview in a process of its own, its address, and when it was started."""
    command = [COURSEPACK, "preview", str(TOP / "course_source"), "--target", target]
    began = time.time()
    # It is opened here.
    given = {**ENVIRONMENT, "BROWSER": "true"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=given
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().rpartition(" ")[2].strip(), began
        finally:
            process.terminate()


def preview(context: BrowserContext, tab: Page, target: str) -> Visit:
    """One preview until its course has begun: its page is seen, and the panel knows of the session."""
    before = _used(_browsers())
    with _previewing(target) as (process, address, began):
        at = time.time()
        tab.goto(address, wait_until="commit")

        def begun() -> float:
            course = next((each for each in tab.frames if "/package/" in each.url), None)
            if course is None or course.url == "about:blank":
                return 0
            inside, panel = course.evaluate("window.moments || {}"), tab.evaluate("window.moments || {}")
            if not {"paint", "player"} <= inside.keys() or "session" not in panel:
                return 0
            return float(max(inside["paint"], inside["player"], panel["session"]))

        moment = _wait(tab, begun)
        used = _used([process.pid])
        return Visit(at - began, moment - began, used, _used(_browsers()) - before)


def blank(tab: Page, address: str) -> Visit:
    """A document that is there, until it has been parsed and painted."""
    before, began = _used(_browsers()), time.time()
    tab.goto(address, wait_until="commit")

    def shown() -> float:
        moments = tab.evaluate("window.moments || {}")
        return float(max(moments["paint"], moments["parsed"])) if {"paint", "parsed"} <= moments.keys() else 0

    moment = _wait(tab, shown)
    return Visit(0, moment - began, 0, _used(_browsers()) - before)


def document(target: str) -> bytes:
    """The document of the course as the preview serves it, without its scripts."""
    with _previewing(target) as (_, address, _):
        opener = build_opener(HTTPCookieProcessor())
        page = opener.open(address).read().decode()
        site = page.partition('data-site="')[2].partition('"')[0]
        body = b'{"unit": 0, "quirks": []}'
        opener.open(f"{site}/launch", body).read()
        text: bytes = opener.open(f"{site}/package/index.html").read()
        return text.replace(b"<script", b"<template").replace(b"</script", b"</template")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--target", default="scorm12", help="scorm12 or scorm2004")
    arguments = parser.parse_args()
    visits: list[Visit] = []
    blanks: list[Visit] = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        Path(name, "index.html").write_bytes(document(arguments.target))
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=name))
        Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("COURSEPACK_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_init_script(WATCH)
        # The first of each warms up the files and the browser.
        for _ in range(arguments.runs + 1):
            for measure, into in (
                (lambda tab: preview(context, tab, arguments.target), visits),
                (lambda tab: blank(tab, f"http://127.0.0.1:{server.server_address[1]}/"), blanks),
            ):
                tab = context.new_page()
                into.append(measure(tab))
                tab.close()
        browser.close()
        server.shutdown()
        server.server_close()
    for what, rows in (("preview", visits[1:]), ("blank document", blanks[1:])):
        address, begun, used, browsed = (statistics.median(column) for column in zip(*rows, strict=True))
        least = min(row.begun for row in rows)
        print(
            f"{what:16}address {address:5.2f} s  shown {begun:5.2f} s (least {least:.2f})  "
            f"processor: server {used:5.2f} s, browser {browsed:5.2f} s"
        )
    sys.exit(statistics.median(row.begun for row in visits[1:]) > LIMIT)


if __name__ == "__main__":
    main()
