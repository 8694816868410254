"""Previews a package: what the panel can ask about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coursepack.preview.choosing import profile_routes
from coursepack.preview.front import Front, PanelPage
from coursepack.preview.server import Server
from coursepack.preview.strangers import Stranger


class PackagePreview:
    """A package in the preview. Texts are in `language`. In place of `page`, a front may have begun to serve it."""

    def __init__(self, package: Stranger, language: str, page: PanelPage | Front) -> None:
        self._package, self._language = package, language
        routes = [Route("/course.json", self._facts), *profile_routes(language)]
        self.front = page if isinstance(page, Front) else Front(page, language, is_course=False)
        self.server = Server(package, self.front)
        self.server.answer_panel(routes)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serves within the block; yields the address that opens the panel."""
        with self.front.running() as address:
            yield address

    async def _facts(self, _: Request) -> Response:
        return JSONResponse({**self._package.facts(self._language), "problems": []})
