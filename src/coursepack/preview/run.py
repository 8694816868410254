"""Begins the preview of a course folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coursepack.preview.front import Front, PanelPage
from coursepack.preview.live import Live
from coursepack.preview.server import Server
from coursepack.targets import TARGETS
from coursepack.targets.target import Target

if TYPE_CHECKING:
    from coursepack.preview.courses import CoursePreview


def preview_course(
    folder: Path, target: Target | str, language: str, page: PanelPage | Front
) -> CoursePreview:
    """The preview of a course folder, read once. In place of `page`, a front may have begun to serve it."""
    front = page if isinstance(page, Front) else Front(page, language, is_course=True)
    live = Live(folder, TARGETS[target] if isinstance(target, str) else target)
    live.read()
    server = Server(live, front)
    # From here on the course can be launched. What it takes to show the rest beside it is made in the meantime.
    live.finish()
    from coursepack.preview.courses import CoursePreview

    return CoursePreview(live, server, language, front)
