"""The preview's two servers: the panel, and the site with the stand-in LMS and the package."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route

from coursepack.languages import authors_language
from coursepack.preview.launching import Unit
from coursepack.preview.lms import Lms
from coursepack.preview.panel import words
from coursepack.preview.security import BadRequestError, Guard, PanelGuard, checked, read_json
from coursepack.preview.serving import Content, Line, file_response
from coursepack.profiles import serving
from coursepack.resources import stylesheet, templates_dir
from coursepack.xapi.test_lrs.serve import serve

_BEAT = 15.0
"""Seconds after which an open stream of events says that it is still there."""

_TRACKED = ("xAPI", "cmi5")

_NAME = re.compile(r"[a-z0-9-]+\.js")

_MOST_WAITING = 200
"""Events that a panel may be late; one that is later is asked to load again."""


class Subject(Protocol):
    """What is previewed: a course, or a package of somebody else. Any thread may ask."""

    is_course: bool

    @property
    def standard(self) -> str:
        """SCORM 1.2, SCORM 2004, xAPI, cmi5, or empty for a web site."""

    @property
    def edition(self) -> int:
        """Of SCORM 2004: 3 or 4."""

    @property
    def units(self) -> list[Unit]:
        """What can be launched."""

    @property
    def manifest(self) -> str:
        """The manifest, for the stand-in of Moodle, which reads it itself."""

    @property
    def names(self) -> Collection[str]:
        """The files of the package by their paths."""

    def content(self, name: str) -> Content | None:
        """A file of the package; None when there is no such file."""


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


class Server:
    """Serves a subject. `address` opens the panel, once it runs.

    `routes` are further ones of the panel; `page` makes its document from the token and the origin of the site.
    The LMS's page is in `language`. How files are served is decided by the quirks of the latest launch.
    """

    def __init__(
        self,
        subject: Subject,
        page: Callable[[str, str], tuple[str, str]],
        routes: list[Route],
        language: str,
    ) -> None:
        self.subject = subject
        self.events = Events()
        self.lms = Lms(lambda: self.events.send("calls", {}))
        self.line = Line(Starlette(routes=[Route("/{name:path}", self._file)]))
        self._page, self._language = page, language
        self._serving = serving(())
        self._own = [
            Route("/", self._panel),
            Route("/panel/{name}", _panel_module),
            Route("/panel.css", _panel_style),
            Route("/panel.js", _panel_script),
            Route("/events", self._events),
            Route("/calls.json", self._calls),
            Route("/documents.json", self._documents),
            Route("/lrs", checked(self._act), methods=["POST"]),
            Route("/line", checked(self._set_line), methods=["POST"]),
            *routes,
        ]
        self.panel = PanelGuard(Starlette(routes=self._own))
        self.site = Guard(
            Starlette(
                routes=[
                    Route("/stage", self._stage),
                    Route("/preview/{name}", _site_script),
                    Mount("/package", self.line),
                    Route("/launch", checked(self._launch), methods=["POST"]),
                    Route("/left", _left),
                    Mount("/", self.lms),
                ]
            )
        )
        self.elsewhere = Guard(
            Starlette(routes=[Route("/preview/{name}", _site_script), Mount("/package", self.line)])
        )
        """The package on an origin that is not the LMS's."""

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serves within the block; yields the address that opens the panel."""
        with serve(self.site) as site, serve(self.elsewhere) as elsewhere, serve(self.panel) as panel:
            self.site.origin = self.lms.address = site
            self.elsewhere.origin = elsewhere
            self.panel.origin = panel
            try:
                yield self.panel.address
            finally:
                self.events.end()

    # The panel

    async def _panel(self, _: Request) -> Response:
        page, policy = self._page(self.panel.token, self.site.origin)
        return HTMLResponse(page, headers={"content-security-policy": policy})

    async def _events(self, _: Request) -> Response:
        return StreamingResponse(self.events.stream(), media_type="text/event-stream")

    async def _calls(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        return JSONResponse(self.lms.calls(int(since) if since.isdecimal() and len(since) < 10 else 0))

    async def _documents(self, _: Request) -> Response:
        return JSONResponse(self.lms.documents())

    async def _act(self, request: Request) -> Response:
        given = await read_json(request, do=str)
        self.lms.act(given["do"], bool(given.get("on", True)))
        return JSONResponse({})

    async def _set_line(self, request: Request) -> Response:
        self.line.slow = (await read_json(request, slow=bool))["slow"]
        return JSONResponse({})

    # The site

    async def _stage(self, _: Request) -> Response:
        given = {
            "standard": self.subject.standard,
            "edition": self.subject.edition,
            "units": [unit._asdict() for unit in self.subject.units],
            "manifest": self.subject.manifest,
            "course": self.subject.is_course,
            "panel": self.panel.origin,
            "words": words(self._language)["stage"],
        }
        page = (templates_dir() / "preview" / "stage.html").read_text("utf-8")
        page = page.replace("{{ language }}", authors_language(self._language))
        # The JSON cannot end the script element around it.
        text = json.dumps(given, ensure_ascii=False).replace("<", "\\u003c")
        policy = f"frame-ancestors {self.panel.origin}"
        return HTMLResponse(page.replace("{{ given }}", text), headers={"content-security-policy": policy})

    async def _file(self, request: Request) -> Response:
        serving = self._serving
        name = serving.find(request.path_params["name"], self.subject.names)
        content = None if name is None else await asyncio.to_thread(self.subject.content, name)
        return file_response(request, name or "", content, serving)

    async def _launch(self, request: Request) -> Response:
        given = await read_json(request, unit=int, quirks=list)
        units = self.subject.units
        if not 0 <= given["unit"] < len(units):
            raise BadRequestError("There is no such unit.")
        unit = units[given["unit"]]
        quirks = [name for name in given["quirks"] if isinstance(name, str)]
        self._serving = serving(quirks)
        at = self.elsewhere if "parent-of-other-origin" in quirks else self.site
        url = urljoin(f"{at.origin}/package/", unit.href)
        if self.subject.standard not in _TRACKED:
            return JSONResponse({"url": url})
        mode = str(given.get("mode", ""))
        address = self.lms.launch(self.subject.standard, unit, url, quirks, given.get("fresh") is True, mode)
        return JSONResponse({"url": address})


def _script(name: str, folder: str = "") -> Response:
    path = Path(templates_dir(), "preview", folder, name)
    if not _NAME.fullmatch(name) or not path.is_file():
        return PlainTextResponse("There is no such file.\n", 404)
    return FileResponse(path, media_type="text/javascript; charset=utf-8")


async def _panel_style(_: Request) -> Response:
    return Response(stylesheet("preview/panel.css"), media_type="text/css")


async def _panel_script(_: Request) -> Response:
    return _script("panel.js")


async def _panel_module(request: Request) -> Response:
    return _script(request.path_params["name"], "panel")


async def _site_script(request: Request) -> Response:
    return _script(request.path_params["name"])


async def _left(_: Request) -> Response:
    return HTMLResponse("<!doctype html><html lang=en><title>LMS</title>")
