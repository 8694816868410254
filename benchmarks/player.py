"""Measures what a learner waits for: the example course beside a hand-written static page of its first page's text.

Both are loaded in one throttled Chromium (150 ms, 1.6 Mbit/s, CPU four times slower), in turns, compressed as web
servers do; so are courses of 40 and of 400 pages. Then pages are changed 500 times. Prints figures beside their limits,
and exits with 1 when one is passed; run by hand: python benchmarks/player.py
"""

from __future__ import annotations

import argparse
import gzip
import html
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import lxml.html
from playwright.sync_api import Browser, Frame, sync_playwright
from reference import Size, write_course

from coursepack import build_package

TOP = Path(__file__).resolve().parents[1]
LATENCY_MS, BYTES_A_SECOND, SLOWER = 150, 1_600_000 / 8, 4

# The moments are written down in the page itself, so that watching costs nothing.
WATCH = """
window.moments = {};
new PerformanceObserver((list) => { for (const e of list.getEntries())
  if (e.name === "first-contentful-paint") moments.paint = e.startTime; }).observe({ type: "paint", buffered: true });
document.addEventListener("DOMContentLoaded", () => { moments.parsed = performance.now(); });
new MutationObserver((_, watch) => { if (!document.documentElement?.hasAttribute("data-js")) return;
  moments.usable = performance.now(); watch.disconnect(); }).observe(document, { subtree: true, attributes: true,
  childList: true });
"""


class _Site(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, plain: bool, **rest: Any) -> None:
        self.plain = plain
        super().__init__(*args, **rest)

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if self.plain or file.suffix not in (".html", ".js", ".svg"):
            super().do_GET()
            return
        body = gzip.compress(file.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Says nothing."""


_KEPT = {"h1", "h2", "h3", "p", "ul", "ol", "li", "table", "tr", "td", "th", "strong", "em", "blockquote"}
_PARAGRAPHS = {"legend", "summary", "label", "figcaption", "footer", "small"}
_DROPPED = {"svg", "button", "input", "nav", "video", "audio"}


def static_page(document: Path) -> str:
    """What the first page says, as somebody would write it by hand: no menu, no script, a line of style."""
    course = lxml.html.parse(str(document)).getroot()
    out = [
        "<!doctype html><html lang=sv><meta charset=utf-8><title>Kurs</title><style>body{max-width:40em}</style>"
    ]

    def write(element: lxml.html.HtmlElement) -> None:
        tag = element.tag if isinstance(element.tag, str) else "svg"
        if tag not in _DROPPED:
            name = "p" if tag in _PARAGRAPHS else tag if tag in _KEPT else ""
            out.append(f"<{name}>" if name else "")
            out.append(html.escape((element.text or "").strip(), quote=False))
            for child in element:
                write(child)
            out.append(f"</{name}>" if name else " ")
        out.append(html.escape(element.tail or "", quote=False))

    write(course.find(".//main/section"))
    return "".join(out)


def lms_page(stand_in: str) -> str:
    """A page that is the LMS and frames the course."""
    return (
        f"<!doctype html><title>LMS</title><link rel=icon href='data:,'><script>{stand_in}\n"
        "window.API = window.lms = new StandInLms12({}, {});</script>"
        "<iframe name=sco src=/index.html style='width:1200px;height:800px;border:0'></iframe>"
    )


def _wait(frame: Frame, expression: str) -> None:
    """Waits until an expression is true. The page's own policy lets nothing be evaluated from inside."""
    end = time.monotonic() + 120
    while not frame.evaluate(f"Boolean({expression})"):
        if time.monotonic() > end:
            raise TimeoutError(expression)
        frame.page.wait_for_timeout(20)


def load(browser: Browser, address: str, framed: bool) -> dict[str, Any]:
    """One throttled visit with an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    throttle = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": BYTES_A_SECOND}
    session.send("Network.emulateNetworkConditions", {**throttle, "uploadThroughput": BYTES_A_SECOND})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address, wait_until="load", timeout=120_000)
    frame = page.frame("sco") if framed else page.main_frame
    assert frame is not None
    if framed:
        _wait(frame, "window.moments && moments.usable")
        page.wait_for_timeout(1500)
    else:
        _wait(frame, "moments.paint && moments.parsed")
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    result = dict(frame.evaluate("moments"))
    result["heap"] = session.send("Runtime.getHeapUsage")["usedSize"]
    result["requests"] = [
        url for url in requests if not url.startswith("data:") and not url.endswith("/lms.html")
    ]
    if framed:
        calls = page.evaluate("lms.calls.map((call) => call.name)")
        result["calls_at_start"] = calls.index("LMSCommit") if "LMSCommit" in calls else len(calls)
        result["commits"] = calls.count("LMSCommit")
    context.close()
    return result


def serve(folder: Path, plain: bool) -> tuple[ThreadingHTTPServer, str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Site, directory=str(folder), plain=plain))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


WANDER = """async ([ids, times]) => {
  for (let n = 1; n <= times; n += 1) {
    const changed = new Promise((done) => addEventListener("hashchange", done, { once: true }));
    location.hash = "#" + ids[n % ids.length];
    await changed;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  }
}"""


def changes(browser: Browser, address: str) -> dict[str, float]:
    """Milliseconds of a page change, painted, on the slow CPU, and the heap before and after 500 more."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    page.goto(f"{address}/lms.html", wait_until="load")
    frame = page.frame("sco")
    assert frame is not None
    _wait(frame, "window.moments && moments.usable")
    # What the start has left for later is no part of a page change.
    page.wait_for_timeout(1500)
    ids = frame.evaluate("[...document.querySelectorAll('.page')].map(({ id }) => id)")

    def wander(times: int) -> None:
        frame.evaluate(WANDER, [ids, times])

    def heap() -> float:
        page.wait_for_timeout(1500)
        # The stand-in keeps every call.
        page.evaluate("lms.calls.length = 0")
        session.send("HeapProfiler.enable")
        session.send("HeapProfiler.collectGarbage")
        return session.send("Runtime.getHeapUsage")["usedSize"] / 1e6

    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy() -> float:
        told = session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(each["value"] for each in told if each["name"] == "TaskDuration")

    def change(times: int) -> float:
        """Milliseconds of the processor that one page change takes, were it slower."""
        before = busy()
        wander(times)
        return SLOWER * (busy() - before) / times

    first, again = change(len(ids)), change(200)
    # The browser keeps compiled code, and the last fifty places of its history: what comes after is what counts.
    wander(1000)
    early = heap()
    wander(500)
    late = heap()
    result = {
        "first": first,
        "again": again,
        "early": early,
        "late": late,
    }
    context.close()
    return result


def _site(top: Path, course: Path) -> Path:
    """The course's package unpacked, with an LMS around it, beside the static page."""
    built = build_package(course, "scorm12", top / "out")
    site = top / "site"
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(site)
    (site / "static.html").write_text(static_page(site / "index.html"), "utf-8")
    stand_in = (TOP / "templates" / "preview" / "scorm12.js").read_text("utf-8")
    (site / "lms.html").write_text(lms_page(stand_in), "utf-8")
    return site


def measure(
    browser: Browser, pages: int | None, runs: int, *, by_turns: bool = False, plain: bool = False
) -> dict[str, Any]:
    """The player of the example course, or of a course with so many pages."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        if pages is None:
            shutil.copytree(TOP / "course_source", top / "course")
        else:
            write_course(top / "course", Size(pages=pages, questions=pages // 2, videos=1, sounds=1))
        server, address = serve(_site(top, top / "course"), plain)
        ours, static = [], []
        for _ in range(runs):
            ours.append(load(browser, f"{address}/lms.html", framed=True))
            if by_turns:
                static.append(load(browser, f"{address}/static.html", framed=False))

        # Not the least: the first bytes of a throttled line come early now and then.
        def usual(rows: list[dict[str, Any]], key: str) -> float:
            return statistics.median(row[key] for row in rows)

        told: dict[str, Any] = {key: usual(ours, key) for key in ("paint", "usable", "heap", "commits")}
        told["calls"] = ours[0]["calls_at_start"]
        if by_turns:
            told["static"] = {key: usual(static, key) for key in ("paint", "parsed", "heap")}
            if not plain:
                told["changes"] = changes(browser, address)
        server.shutdown()
        server.server_close()
        return told


def rows(browser: Browser, runs: int) -> list[tuple[str, float, float, str]]:
    """Name, figure, limit and what lies behind it."""
    course = measure(browser, None, runs, by_turns=True)
    plain = measure(browser, None, runs, by_turns=True, plain=True)
    short, long = (measure(browser, pages, runs) for pages in (40, 400))
    static, change = course["static"], course["changes"]

    def behind(ours: str, theirs: str) -> str:
        pairs = [f"{each[ours]:.0f} and {each['static'][theirs]:.0f} ms" for each in (course, plain)]
        return f"{pairs[0]}; {pairs[1]} uncompressed"

    return [
        (
            "first content, x static page",
            course["paint"] / static["paint"],
            1.5,
            behind("paint", "paint"),
        ),
        (
            "usable, x static page",
            course["usable"] / static["parsed"],
            2,
            behind("usable", "parsed"),
        ),
        ("page change the first time, ms", change["first"], 50, "of the slow processor"),
        ("page change, ms", change["again"], 50, "of the slow processor"),
        ("heap, MB", course["heap"] / 1e6, 3, f"static page: {static['heap'] / 1e6:.2f}"),
        (
            "heap grown by 500 page changes, MB",
            change["late"] - change["early"],
            0.1,
            f"{change['late']:.2f} and {change['early']:.2f} MB",
        ),
        (
            "400 pages usable, x 40 pages",
            long["usable"] / short["usable"],
            1.5,
            f"{long['usable']:.0f} and {short['usable']:.0f} ms",
        ),
        (
            "calls of 400 pages at start, x those of 40",
            long["calls"] / short["calls"],
            1,
            f"{long['calls']} and {short['calls']}, {long['commits']:.0f} and {short['commits']:.0f} commits",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("COURSEPACK_CHROMIUM") or shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--enable-precise-memory-info",
            ],
        )
        measured = rows(browser, arguments.runs)
        browser.close()
    for name, value, limit, behind in measured:
        verdict = "too much" if value > limit else "within"
        print(f"{name:44}{value:8.2f}  limit {limit:<5g} {verdict:9} {behind}")
    sys.exit(any(value > limit for _, value, limit, _ in measured))


if __name__ == "__main__":
    main()
