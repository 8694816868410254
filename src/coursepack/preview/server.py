"""Serves what is previewed: launches, the files of the package, and what was asked of the LRS."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from coursepack.preview.front import Front
from coursepack.preview.launching import Unit, first_resource
from coursepack.preview.security import BadRequestError, checked, read_json
from coursepack.preview.serving import Content, file_response
from coursepack.serving import serving

if TYPE_CHECKING:
    from coursepack.preview.lms import Lms

_TRACKED = ("xAPI", "cmi5")


class Subject(Protocol):
    """What is previewed: a course, or a package of somebody else. Any thread may ask."""

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


class Server:
    """Serves a subject behind `front`. The panel waits for its answers until `answer_panel`.

    How files are served is decided by the quirks of the latest launch.
    """

    def __init__(self, subject: Subject, front: Front) -> None:
        self.subject = subject
        self._front = front
        self._serving = serving(())
        front.package.become(Starlette(routes=[Route("/{name:path}", self._file)]))
        front.rest_of_site.become(
            Starlette(
                routes=[
                    Route("/launch", checked(self._launch), methods=["POST"]),
                    Route("/left", _left),
                    Mount("/", self._to_lms),
                ]
            )
        )

    def answer_panel(self, routes: list[Route]) -> None:
        """Answers the panel, also by these routes."""
        self._front.rest_of_panel.become(
            Starlette(
                routes=[
                    Route("/calls.json", self._calls),
                    Route("/documents.json", self._documents),
                    Route("/lrs", checked(self._act), methods=["POST"]),
                    *routes,
                ]
            )
        )

    @cached_property
    def lms(self) -> Lms:
        """The LMS's side of xAPI and cmi5, which SCORM need not wait for."""
        from coursepack.preview.lms import Lms

        return Lms(lambda: self._front.events.send("calls", {}))

    async def _to_lms(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.lms(scope, receive, send)

    async def _calls(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        return JSONResponse(self.lms.calls(int(since) if since.isdecimal() and len(since) < 10 else 0))

    async def _documents(self, _: Request) -> Response:
        return JSONResponse(self.lms.documents())

    async def _act(self, request: Request) -> Response:
        given = await read_json(request, do=str)
        self.lms.act(given["do"], bool(given.get("on", True)))
        return JSONResponse({})

    async def _file(self, request: Request) -> Response:
        serving = self._serving
        name = serving.find(request.path_params["name"], self.subject.names)
        content = None if name is None else await asyncio.to_thread(self.subject.content, name)
        return file_response(request, name or "", content, serving)

    async def _launch(self, request: Request) -> Response:
        given = await read_json(request, unit=int, quirks=list)
        units, number = self.subject.units, given["unit"]
        if not 0 <= number < len(units):
            raise BadRequestError("There is no such unit.")
        unit = units[number]
        quirks = [name for name in given["quirks"] if isinstance(name, str)]
        if "first-resource" in quirks and self.subject.standard not in _TRACKED:
            unit = unit._replace(href=first_resource(self.subject.manifest) or unit.href)
        self._serving = serving(quirks)
        at = self._front.elsewhere if "parent-of-other-origin" in quirks else self._front.site
        url = urljoin(f"{at.origin}/package/", unit.href)
        if self.subject.standard in _TRACKED:
            mode = str(given.get("mode", ""))
            self.lms.address = self._front.site.origin
            launched = (self.subject.standard, unit, url, quirks, given.get("fresh") is True, mode)
            url = self.lms.launch(*launched, number)
        return JSONResponse({
            "url": url,
            "standard": self.subject.standard,
            "edition": self.subject.edition,
            "id": unit.id,
            "title": unit.title,
            "options": unit.options,
            "manifest": self.subject.manifest,
        })  # fmt: skip


async def _left(_: Request) -> Response:
    return HTMLResponse("<!doctype html><html lang=en><title>LMS</title>")
