"""Opens what is previewed: a course folder or a package, at first and whenever the panel asks for another one."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from coursepack.languages.messages import sentence
from coursepack.preview.front import Front
from coursepack.problems import Message, parts


class NotShownError(Exception):
    """There is nothing to show at a path. `reason` is a sentence."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Opener:
    """Shows one course folder or package after the other behind `front`. Any thread may call it.

    `target` is the standard of a course's package; texts are in `language`. To be closed.
    """

    def __init__(self, front: Front, target: str, language: str) -> None:
        self._front, self._target, self._language = front, target, language
        self._shown = ExitStack()
        self._lock = threading.Lock()
        front.ask_to_open = self.asked

    def close(self) -> None:
        """Ends what is shown."""
        with self._lock:
            self._shown.close()

    def show_nothing(self) -> None:
        """Shows how to start, until something is opened."""
        from coursepack.preview.choosing import profile_routes

        front = self._front
        front.package.become(Starlette())
        front.rest_of_site.become(Starlette())
        routes = [Route("/course.json", _nothing), *profile_routes(self._language)]
        front.rest_of_panel.become(Starlette(routes=routes))

    def show_course(self, folder: Path) -> None:
        """Shows a course folder, as it is and as it is saved."""
        from coursepack.preview.run import preview_course

        with self._lock:
            self._front.is_course = True
            course = preview_course(folder, self._target, self._language, self._front)
            with ExitStack() as stack:
                stack.enter_context(course.watching())
                self._now(stack)

    def show_package(self, path: Path) -> None:
        """Shows a package. Raises NotShownError."""
        from coursepack.preview.packages import PackagePreview
        from coursepack.preview.strangers import Stranger, UnlaunchableError

        with self._lock, ExitStack() as stack:
            try:
                package = stack.enter_context(Stranger(path))
            except UnlaunchableError as error:
                raise NotShownError(
                    Message("{0} cannot be shown: {1}", str(path), parts(error.reason))
                ) from None
            self._front.is_course = False
            PackagePreview(package, self._language, self._front)
            self._now(stack)

    def asked(self, given: str) -> dict[str, str]:
        """What the panel is answered that asks for a path: nothing, or in `refused` why it is not shown."""
        try:
            self._show(given.strip())
        except NotShownError as error:
            return {"refused": sentence(error.reason, self._language, "preview")}
        # Each panel that is open loads itself again.
        self._front.events.send("opened", {})
        return {}

    def _show(self, given: str) -> None:
        if not given:
            raise NotShownError(Message("Write the path of a course folder or a package."))
        path = Path(os.path.expanduser(given))
        # Unlike the method of a path, it takes any text.
        if not os.path.exists(path):
            raise NotShownError(Message("{0} does not exist.", given))
        if is_course(path):
            self.show_course(path)
        elif is_package(path):
            self.show_package(path)
        else:
            raise NotShownError(
                Message("{0} is no course and no package: it has no course.yaml and no manifest.", given)
            )

    def _now(self, stack: ExitStack) -> None:
        """What is in the stack is shown from now on, and what was before is not."""
        before, self._shown = self._shown, stack.pop_all()
        before.close()


def is_course(path: Path) -> bool:
    """Whether a path is a course folder."""
    return (path / "course.yaml").is_file()


def is_package(path: Path) -> bool:
    """Whether a path is to be shown as a package: a file, or a folder with a manifest and no course."""
    from coursepack.package import MANIFESTS

    return not path.is_dir() or (not is_course(path) and any((path / name).is_file() for name in MANIFESTS))


async def _nothing(_: Request) -> Response:
    return JSONResponse({"course": None, "problems": [], "folder": os.getcwd()})
