"""What the preview serves at once, while a course is still being read: the panel, the stage, and their scripts.

All else is answered by applications that come later. Nothing here knows of courses, so that it takes little to import.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from coursepack.languages import authors_language
from coursepack.preview.events import Events
from coursepack.preview.line import Line
from coursepack.preview.panel import words
from coursepack.preview.security import BadRequestError, Guard, PanelGuard, checked, read_json
from coursepack.resources import stylesheet, templates_dir
from coursepack.xapi.test_lrs.serve import serve

PanelPage = Callable[[str, str], tuple[str, str]]
"""The panel's document and its policy, from its token and the origin of the site."""

_NAME = re.compile(r"[a-z0-9-]+\.js")


class Later:
    """An ASGI application that lets requests wait until there is one that answers them, which can be replaced."""

    def __init__(self) -> None:
        self._app: Future[ASGIApp] = Future()

    def become(self, app: ASGIApp) -> None:
        """Answers by `app` from now on, and what has been waiting. Any thread may call it, one at a time."""
        if self._app.done():
            self._app = Future()
        self._app.set_result(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request (ASGI)."""
        # A client that goes must not take the application away from the others.
        app = await asyncio.shield(asyncio.wrap_future(self._app))
        await app(scope, receive, send)


class Front:
    """The preview's servers. `page` makes the panel's document; the stage is in `language`.

    `is_course` is False for a package of somebody else. `ask_to_open` is called with the path that a panel asks for:
    see `Opener.asked`.

    `rest_of_panel`, `rest_of_site` and `package` answer what it does not know itself, once they have become something.
    """

    def __init__(self, page: PanelPage, language: str, *, is_course: bool) -> None:
        self.events = Events()
        self.rest_of_panel, self.rest_of_site, self.package = Later(), Later(), Later()
        self.line = Line(self.package)
        self._page, self._language, self.is_course = page, language, is_course
        self.ask_to_open: Callable[[str], dict[str, str]] | None = None
        self.panel = PanelGuard(
            Starlette(
                routes=[
                    Route("/", self._panel),
                    Route("/panel/{name}", _panel_module),
                    Route("/panel.css", _panel_style),
                    Route("/panel.js", _panel_script),
                    Route("/events", self._events),
                    Route("/line", checked(self._set_line), methods=["POST"]),
                    Route("/show", checked(self._show), methods=["POST"]),
                    Mount("/", self.rest_of_panel),
                ]
            )
        )
        scripts, package = Route("/preview/{name}", _site_script), Mount("/package", self.line)
        self.site = Guard(
            Starlette(routes=[Route("/stage", self._stage), scripts, package, Mount("/", self.rest_of_site)])
        )
        self.elsewhere = Guard(Starlette(routes=[scripts, package]))
        """The package on an origin that is not the LMS's."""

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serves within the block; yields the address that opens the panel."""
        with serve(self.site) as site, serve(self.elsewhere) as elsewhere, serve(self.panel) as panel:
            self.site.origin, self.elsewhere.origin, self.panel.origin = site, elsewhere, panel
            try:
                yield self.panel.address
            finally:
                self.events.end()

    async def _panel(self, _: Request) -> Response:
        page, policy = self._page(self.panel.token, self.site.origin)
        return HTMLResponse(page, headers={"content-security-policy": policy})

    async def _events(self, _: Request) -> Response:
        return StreamingResponse(self.events.stream(), media_type="text/event-stream")

    async def _set_line(self, request: Request) -> Response:
        given = await read_json(request, slow=bool, lost=bool)
        self.line.slow, self.line.lost = given["slow"], given["lost"]
        return JSONResponse({})

    async def _show(self, request: Request) -> Response:
        given = await read_json(request, path=str)
        if self.ask_to_open is None:
            raise BadRequestError("This preview shows one thing only.")
        return JSONResponse(await asyncio.to_thread(self.ask_to_open, given["path"]))

    async def _stage(self, _: Request) -> Response:
        given = {
            "course": self.is_course,
            "panel": self.panel.origin,
            "words": words(self._language)["stage"],
        }
        page = (templates_dir() / "preview" / "stage.html").read_text("utf-8")
        page = page.replace("{{ language }}", authors_language(self._language))
        # The JSON cannot end the script element around it.
        text = json.dumps(given, ensure_ascii=False).replace("<", "\\u003c")
        policy = f"frame-ancestors {self.panel.origin}"
        return HTMLResponse(page.replace("{{ given }}", text), headers={"content-security-policy": policy})


def _script(name: str, folder: str = "") -> Response:
    path = Path(templates_dir(), "preview", folder, name)
    if not _NAME.fullmatch(name) or not path.is_file():
        return PlainTextResponse("There is no such file.\n", 404)
    # Small ones of this machine: handing them to another thread takes longer than reading them.
    return Response(path.read_bytes(), media_type="text/javascript; charset=utf-8")


async def _panel_style(_: Request) -> Response:
    return Response(stylesheet("preview/panel.css"), media_type="text/css")


async def _panel_script(_: Request) -> Response:
    return _script("panel.js")


async def _panel_module(request: Request) -> Response:
    return _script(request.path_params["name"], "panel")


async def _site_script(request: Request) -> Response:
    return _script(request.path_params["name"])
