"""Measures what a learner waits for: the reference course beside a hand-written static page of the same text.

Both are loaded in one throttled Chromium (150 ms, 1.6 Mbit/s, CPU four times slower), in turns, uncompressed,
as a plain LMS serves them. Prints ratios of medians and counts; run by hand: python benchmarks/player.py
"""

from __future__ import annotations

import argparse
import html
import json
import os
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

    def log_message(self, *args: object) -> None:
        """Says nothing."""


_KEPT = {"h1", "h2", "h3", "p", "ul", "ol", "li", "table", "tr", "td", "th", "strong", "em", "blockquote"}
_PARAGRAPHS = {"legend", "summary", "label", "figcaption", "footer", "small"}
_DROPPED = {"svg", "button", "input", "nav", "video", "audio"}


def static_page(document: Path) -> str:
    """All that the course says, as somebody would write it by hand: no menu, no script, a line of style."""
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

    for page in course.iterfind(".//main/section"):
        write(page)
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


def serve(folder: Path) -> tuple[ThreadingHTTPServer, str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Site, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def measure(browser: Browser, pages: int, runs: int) -> dict[str, Any]:
    """The player of a course with so many pages, beside its static page."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        write_course(top / "course", Size(pages=pages, questions=pages // 2, videos=1, sounds=1))
        built = build_package(top / "course", "scorm12", top / "out")
        site = top / "site"
        with zipfile.ZipFile(built.path) as archive:
            archive.extractall(site)
        (site / "static.html").write_text(static_page(site / "index.html"), "utf-8")
        stand_in = (TOP / "templates" / "preview" / "scorm12.js").read_text("utf-8")
        (site / "lms.html").write_text(lms_page(stand_in), "utf-8")
        server, address = serve(site)
        ours, plain = [], []
        for _ in range(runs):
            ours.append(load(browser, f"{address}/lms.html", framed=True))
            plain.append(load(browser, f"{address}/static.html", framed=False))
        server.shutdown()

        def middle(rows: list[dict[str, Any]], key: str) -> float:
            return statistics.median(row[key] for row in rows)

        return {
            "pages": pages,
            "document_kB": round((site / "index.html").stat().st_size / 1000),
            "static_kB": round((site / "static.html").stat().st_size / 1000),
            "first_content_ms": [round(middle(ours, "paint")), round(middle(plain, "paint"))],
            "first_content_x": round(middle(ours, "paint") / middle(plain, "paint"), 2),
            "usable_ms": [round(middle(ours, "usable")), round(middle(plain, "parsed"))],
            "usable_x": round(middle(ours, "usable") / middle(plain, "parsed"), 2),
            "heap_MB": round(middle(ours, "heap") / 1e6, 2),
            "static_heap_MB": round(middle(plain, "heap") / 1e6, 2),
            "requests": sorted({url.rpartition("/")[2] for url in ours[0]["requests"]}),
            "calls_before_first_commit": ours[0]["calls_at_start"],
            "commits_at_start": ours[0]["commits"],
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("COURSEPACK_CHROMIUM", "/usr/bin/chromium"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--enable-precise-memory-info",
            ],
        )
        rows = [measure(browser, pages, arguments.runs) for pages in (40, 400)]
        browser.close()
    json.dump(rows, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
