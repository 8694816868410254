"""The panel of the preview in a browser, for tests of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from coursepack.preview.courses import CoursePreview
from coursepack.preview.front import PanelPage
from coursepack.preview.packages import PackagePreview
from coursepack.preview.panel import panel_page, policy, words

WIDTHS = {"wide": (1440, 900), "middle": (1024, 768), "narrow": (390, 844)}

Scheme = Literal["light", "dark"]


@dataclass
class Panel:
    """The panel in a browser, with the course that it shows."""

    page: Page
    folder: Path
    preview: CoursePreview | PackagePreview
    language: str

    @property
    def course(self) -> FrameLocator:
        return self.page.frame_locator("#frame").frame_locator("iframe")

    @property
    def rows(self) -> Locator:
        return self.page.locator("#calls tr")

    @property
    def notes(self) -> Locator:
        """What the log says of acts."""
        return self.page.locator("#calls tr.say")

    def said(self, name: str, **values: str) -> str:
        return str(words(self.language)["script"]["log"][name]).format(**values)

    def act(self, name: str) -> Locator:
        button = self.page.locator(f"[data-act={name}]")
        button.click()
        return button

    def go(self, page: str) -> None:
        """Another page of the course, which is saved."""
        self.course.locator(":root").evaluate("(root, id) => { location.hash = `#${id}`; }", page)
        expect(self.course.locator(f"#{page}")).to_be_visible()

    def write(self, name: str, text: str) -> None:
        (self.folder / "pages" / f"{name}.md").write_text(text, "utf-8")

    def is_launched(self) -> None:
        expect(self.course.locator("h1:visible").first).to_be_visible()
        expect(self.page.locator("#calls tr.save").first).to_be_visible()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)


def panel_in(language: str, lms: str | None = None) -> PanelPage:
    """What makes the panel's document in a language, with an LMS that is chosen first."""
    return lambda token, site: (panel_page(language, token=token, site=site, lms=lms), policy(site))


@contextmanager
def panel_of(
    browser: Browser,
    folder: Path,
    preview: CoursePreview | PackagePreview,
    language: str = "en",
    *,
    width: str = "wide",
    scheme: Scheme = "light",
    **more: Any,
) -> Iterator[Panel]:
    """Opens the panel of a preview. An error in its scripts is an error here; `more` is for the browser's context."""
    wrong: list[str] = []
    size = WIDTHS[width]
    with preview.running() as address:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale=language, **more
        )
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address)
        yield Panel(page, folder, preview, language)
        context.close()
    assert wrong == []
