"""Previews a course folder: what the panel can ask, and what it is told when something is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coursepack.preview.choosing import profile_routes
from coursepack.preview.facts import course_dict, problem_dicts, state_dict
from coursepack.preview.front import Front
from coursepack.preview.live import Change, Live
from coursepack.preview.security import BadRequestError, checked, read_json
from coursepack.preview.server import Server
from coursepack.preview.sources import source_routes
from coursepack.preview.watching import Watcher
from coursepack.targets import TARGETS


class CoursePreview:
    """A course folder in the preview. Texts are in `language`."""

    def __init__(self, live: Live, server: Server, language: str, front: Front) -> None:
        self.live, self.server, self.language, self.front = live, server, language, front
        server.answer_panel([
            Route("/course.json", self._course),
            *profile_routes(language),
            Route("/target", checked(self._target), methods=["POST"]),
            Route("/state", checked(self._state), methods=["POST"]),
            *source_routes(live.folder, live.marks, language),
        ])  # fmt: skip
        self._watcher = Watcher(live.folder, self.saved)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serves within the block; yields the address that opens the panel."""
        with self.front.running() as address, self.watching():
            yield address

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Shows what is saved within the block."""
        self._watcher.start()
        try:
            yield
        finally:
            self._watcher.stop()

    def saved(self, paths: frozenset[str]) -> None:
        """Shows what was saved."""
        change = self.live.read(paths)
        self.front.events.send("problems", self.problems())
        if self.live.report.ok:
            self.front.events.send("shown", self._shown(change))

    def _shown(self, change: Change) -> dict[str, Any]:
        return {
            "how": "reload" if change.how == "reload" else "exchange",
            "pages": change.pages,
            "course": change.course,
            "file": change.files[0] if change.files else "",
            "files": change.files,
            "seconds": round(change.seconds, 3),
        }

    def problems(self) -> list[dict[str, Any]]:
        """The problems of the newest sources, errors first."""
        found = problem_dicts(self.live.report, self.language)
        order = ("fatal", "error", "warning", "note")
        return sorted(found, key=lambda each: order.index(each["severity"]))

    def facts(self) -> dict[str, Any]:
        """What `course.json` says."""
        shown = self.live.shown
        if shown is None:
            return {"course": None, "problems": self.problems()}
        facts = course_dict(shown.course, shown.target, self.live.report, self.language)
        return {**facts, "problems": self.problems(), "shown_at": self.live.shown_at}

    async def _course(self, _: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self.facts))

    async def _target(self, request: Request) -> Response:
        given = await read_json(request, target=str)
        if given["target"] not in TARGETS:
            raise BadRequestError("There is no such target.")
        await asyncio.to_thread(self.live.switch, TARGETS[given["target"]])
        self.front.events.send("course", {})
        return JSONResponse({"target": self.live.target.name})

    async def _state(self, request: Request) -> Response:
        given = await read_json(request, raw=str)
        shown = self.live.shown
        if shown is None:
            raise BadRequestError("There is no course to read it with.")
        return JSONResponse(await asyncio.to_thread(state_dict, given["raw"], shown.course, self.language))
