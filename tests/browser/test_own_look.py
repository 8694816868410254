"""A course with colours, a logo and typefaces of its own: they are there, and what the page may load grows by no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import Frame, expect
from strategies import COURSE, QUESTION, write_course
from typefaces import woff2

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path fill="#123" d="M0 0h120v40H0z"/></svg>\n'
OWN = """\
theme:
  base: lykta
  light: {accent: "#064064"}
  dark: {accent: "#9ad0f5", on-accent: "#06202e"}
logo: {src: media/Our logo.svg, alt: Example Town}
fonts:
  text: {name: Wide, licence: OFL 1.1, files: [{src: media/wide.woff2, weight: 200 900}]}
  headings: {name: Narrow, licence: OFL 1.1, files: [{src: media/narrow.woff2}]}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    course = write_course(
        folder / "course",
        {
            "course.yaml": COURSE + OWN,
            "pages/p1-c1-s1.md": "The lead.\n\n::: note Note\nText.\n:::\n\n" + QUESTION.format(id="q-1"),
            "media/Our logo.svg": LOGO,
            "media/wide.woff2": woff2(900),
            "media/narrow.woff2": woff2(100),
        },
    )
    return unpacked(course, folder, "web")


def wide(learner: Learner, selector: str) -> float:
    """How wide a line of ten letters is there, in its own font size."""
    return float(
        learner.course.evaluate(
            """(selector) => { const it = document.createElement("span"); it.textContent = "abcdefghij";
            it.style.cssText = "position: absolute; letter-spacing: 0"; document.querySelector(selector).append(it);
            const width = it.getBoundingClientRect().width / parseFloat(getComputedStyle(it).fontSize);
            it.remove(); return width; }""",
            selector,
        )
    )


@pytest.mark.parametrize("at", ["served", "disk"])
def test_its_own_typefaces_logo_and_colours_are_there(launch: Launch, own: Path, at: str) -> None:
    with served(own) as site:
        learner = launch(
            None, address=site if at == "served" else f"file://{own}", viewport={"width": 1200, "height": 800}
        )
        learner.wait("document.fonts.status === 'loaded'")
        # Letters are 0.9 and 0.1 of the font size wide, which none of the system's are.
        assert wide(learner, "[data-now] .hint") == pytest.approx(9, abs=0.1)
        assert wide(learner, "[data-now] h1") == pytest.approx(1, abs=0.1)
        logo = learner.course.get_by_role("img", name="Example Town").first
        expect(logo).to_be_visible()
        assert logo.evaluate("(e) => e.naturalWidth") > 0
        accent = "getComputedStyle(document.querySelector('[data-q] [type=submit]')).backgroundColor"
        assert learner.course.evaluate(accent) == "rgb(6, 64, 100)"
        learner.page.emulate_media(color_scheme="dark")
        assert learner.course.evaluate(accent) == "rgb(154, 208, 245)"
        learner.go("om")
        about = learner.course.locator("#om")
        expect(about).to_contain_text("Wide, OFL 1.1")
        expect(about).to_contain_text("Narrow, OFL 1.1")


@pytest.mark.parametrize("asked", [{}, {"color_scheme": "dark"}, {"contrast": "more"}])
def test_its_own_look_passes_axe(
    launch: Launch, own: Path, axe: Callable[[Frame], list[str]], asked: dict[str, Any]
) -> None:
    with served(own) as site:
        learner = launch(None, address=site, viewport={"width": 1200, "height": 800}, **asked)
        assert axe(learner.course) == []
        form = learner.course.locator("form[data-q]")
        form.locator("input").first.check()
        form.locator("[type=submit]").click()
        assert axe(learner.course) == []
