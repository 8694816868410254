"""Previews a course folder or a package: what the panel can ask, and what it is told when something is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coursepack.package import MANIFESTS
from coursepack.preview.choosing import profile_routes
from coursepack.preview.facts import course_dict, problem_dicts, state_dict
from coursepack.preview.front import Front, PanelPage
from coursepack.preview.live import Change, Live
from coursepack.preview.security import BadRequestError, checked, read_json
from coursepack.preview.server import Server
from coursepack.preview.sources import source_routes
from coursepack.preview.strangers import Stranger
from coursepack.preview.watching import Watcher
from coursepack.reading.definition import COURSE_FILE
from coursepack.targets import TARGETS
from coursepack.targets.target import Target


class PackagePreview:
    """A package in the preview. Texts are in `language`."""

    def __init__(self, package: Stranger, language: str, page: PanelPage) -> None:
        self._package, self._language = package, language
        routes = [Route("/course.json", self._facts), *profile_routes(language)]
        self.front = Front(page, language, is_course=False)
        self.server = Server(package, self.front, routes)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serves within the block; yields the address that opens the panel."""
        with self.front.running() as address:
            yield address

    async def _facts(self, _: Request) -> Response:
        return JSONResponse({**self._package.facts(self._language), "problems": []})


class CoursePreview:
    """A course folder in the preview. Texts are in `language`."""

    def __init__(self, live: Live, language: str, front: Front) -> None:
        self.live, self.language, self.front = live, language, front
        self.server = Server(
            live,
            front,
            [
                Route("/course.json", self._course),
                *profile_routes(language),
                Route("/target", checked(self._target), methods=["POST"]),
                Route("/state", checked(self._state), methods=["POST"]),
                *source_routes(live.folder, live.marks, language),
            ],
        )
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


def preview_course(
    folder: Path, target: Target | str, language: str, page: PanelPage | Front
) -> CoursePreview:
    """The preview of a course folder, read once. In place of `page`, a front may have begun to serve it."""
    live = Live(folder, TARGETS[target] if isinstance(target, str) else target)
    live.read()
    front = page if isinstance(page, Front) else Front(page, language, is_course=True)
    preview = CoursePreview(live, language, front)
    live.finish()
    return preview


def is_package(path: Path) -> bool:
    """Whether a path is to be shown as a package: a file, or a folder with a manifest and no course."""
    if not path.is_dir():
        return True
    return not (path / COURSE_FILE).exists() and any((path / name).is_file() for name in MANIFESTS)
