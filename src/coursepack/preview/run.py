"""Previews a course folder or a package: what the panel can ask, and what it is told when something is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coursepack.package import MANIFESTS
from coursepack.preview.facts import course_dict, problem_dicts, profiles_list, state_dict
from coursepack.preview.live import Change, Live
from coursepack.preview.security import BadRequestError, checked, read_json
from coursepack.preview.server import Server
from coursepack.preview.sources import source_routes
from coursepack.preview.strangers import Stranger
from coursepack.preview.watching import Watcher
from coursepack.reading.definition import COURSE_FILE
from coursepack.targets import TARGETS
from coursepack.targets.target import Target

Page = Callable[[str, str], tuple[str, str]]
"""The panel's document and its policy, from its token and the origin of the site."""


class PackagePreview:
    """A package in the preview. `lms` is the profile that is chosen first; texts are in `language`."""

    def __init__(self, package: Stranger, language: str, page: Page, lms: str | None = None) -> None:
        self._package, self._language, self._lms = package, language, lms
        routes = [Route("/course.json", self._facts), _profiles_route(language)]
        self.server = Server(package, page, routes, language)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serves within the block; yields the address that opens the panel."""
        with self.server.running() as address:
            yield address

    async def _facts(self, _: Request) -> Response:
        return JSONResponse({**self._package.facts(self._language), "lms": self._lms, "problems": []})


class CoursePreview:
    """A course folder in the preview. `lms` is the profile that is chosen first; texts are in `language`."""

    def __init__(self, live: Live, language: str, page: Page, lms: str | None = None) -> None:
        self.live, self.language, self.lms = live, language, lms
        self.server = Server(
            live,
            page,
            [
                Route("/course.json", self._course),
                _profiles_route(language),
                Route("/target", checked(self._target), methods=["POST"]),
                Route("/state", checked(self._state), methods=["POST"]),
                *source_routes(live.folder, live.marks, language),
            ],
            language,
        )
        self._watcher = Watcher(live.folder, self.saved)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serves within the block; yields the address that opens the panel."""
        with self.server.running() as address:
            self._watcher.start()
            try:
                yield address
            finally:
                self._watcher.stop()

    def saved(self, paths: frozenset[str]) -> None:
        """Shows what was saved."""
        change = self.live.read(paths)
        self.server.events.send("problems", self.problems())
        if self.live.report.ok:
            self.server.events.send("shown", self._shown(change))

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
        return {**facts, "lms": self.lms, "problems": self.problems(), "shown_at": self.live.shown_at}

    async def _course(self, _: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self.facts))

    async def _target(self, request: Request) -> Response:
        given = await read_json(request, target=str)
        if given["target"] not in TARGETS:
            raise BadRequestError("There is no such target.")
        await asyncio.to_thread(self.live.switch, TARGETS[given["target"]])
        self.server.events.send("course", {})
        return JSONResponse({"target": self.live.target.name})

    async def _state(self, request: Request) -> Response:
        given = await read_json(request, raw=str)
        shown = self.live.shown
        if shown is None:
            raise BadRequestError("There is no course to read it with.")
        return JSONResponse(await asyncio.to_thread(state_dict, given["raw"], shown.course, self.language))


def _profiles_route(language: str) -> Route:
    async def profiles(_: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(profiles_list, language))

    return Route("/profiles.json", profiles)


def preview_course(
    folder: Path, target: Target | str, language: str, page: Page, lms: str | None = None
) -> CoursePreview:
    """The preview of a course folder, read once."""
    live = Live(folder, TARGETS[target] if isinstance(target, str) else target)
    live.read()
    return CoursePreview(live, language, page, lms)


def is_package(path: Path) -> bool:
    """Whether a path is to be shown as a package: a file, or a folder with a manifest and no course."""
    if not path.is_dir():
        return True
    return not (path / COURSE_FILE).exists() and any((path / name).is_file() for name in MANIFESTS)
