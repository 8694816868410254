"""HTML documents of ours that are files of their own: reports, and the sheets of a release."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import NODE_MODULES
from playwright.sync_api import Browser, Page


@contextmanager
def from_disk(
    browser: Browser, path: Path, width: int = 1440, height: int = 900, scheme: str = "light"
) -> Iterator[Page]:
    """A document in the browser; at the end nothing has gone wrong and nothing was asked for."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    yield page
    assert wrong == []
    assert asked == [path.as_uri()]
    context.close()


def assert_valid_html(path: Path) -> None:
    """Judged by html-validate."""
    validator = NODE_MODULES / ".bin" / "html-validate"
    command = [validator, "--preset", "standard", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("", 0)
