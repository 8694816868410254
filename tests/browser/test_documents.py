"""A document can be opened, taken away and read on the page; nothing of it is loaded before that is asked for."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import Frame, Locator, expect
from showcase import PDF
from small import a_page, write_small

PAGE = """\
Så gör vi.

```document
src: media/rutin.pdf
title: Rutin vid brand
summary: Larma, varna, gå ut och samlas.
```
"""
PHONE: dict[str, Any] = {"viewport": {"width": 844, "height": 390}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("documents")
    return unpacked(write_small(top / "course", [a_page("sida", PAGE)], files={"media/rutin.pdf": PDF}), top)


@pytest.fixture(scope="module")
def site(package: Path) -> Iterator[str]:
    with served(package) as address:
        yield address


def loads(learner: Learner) -> int:
    return sum("rutin.pdf" in address for address in learner.requests)


def wait_until_loaded(learner: Learner) -> None:
    learner.until(lambda: loads(learner), "the document is asked for")


def fold(learner: Learner) -> Locator:
    return learner.course.locator("#sida summary", has_text="Läs dokumentet här")


def test_a_document_is_loaded_when_it_is_asked_for_and_shown(
    launch: Launch, site: str, axe: Callable[[Frame], list[str]]
) -> None:
    learner = launch(address=site)
    learner.settle()
    assert axe(learner.course) == []
    assert loads(learner) == 0
    fold(learner).focus()
    learner.page.keyboard.press("Enter")
    frame = learner.course.locator("#sida iframe")
    expect(frame).to_be_visible()
    expect(frame).to_have_attribute("title", "Rutin vid brand")
    learner.wait("document.querySelector('#sida iframe').getBoundingClientRect().height > 300")
    wait_until_loaded(learner)
    assert axe(learner.course) == []


def test_a_document_opens_in_a_window_of_its_own_and_can_be_taken_away(launch: Launch, site: str) -> None:
    learner = launch(address=site)
    link = learner.course.get_by_role("link", name=re.compile("Rutin vid brand.*nytt fönster"))
    with learner.page.expect_download() as download:
        learner.course.get_by_role("link", name="Ladda ner Rutin vid brand").click()
    assert Path(download.value.path()).read_bytes() == PDF
    if not learner.page.evaluate("navigator.pdfViewerEnabled"):
        pytest.skip("this Chromium shows no PDF")
    with learner.page.expect_popup() as popup:
        link.click()
    assert popup.value.url.endswith("/package/media/rutin.pdf")


@pytest.mark.parametrize(
    "options", [PHONE, {"viewport": {"width": 320, "height": 640}}], ids=["telephone on its side", "narrow"]
)
def test_where_a_page_shows_no_document_the_links_and_the_gist_are_there(
    launch: Launch, site: str, axe: Callable[[Frame], list[str]], options: Any
) -> None:
    learner = launch(None, address=site, **options)
    expect(fold(learner)).to_be_hidden()
    expect(learner.course.get_by_text("Larma, varna, gå ut och samlas.")).to_be_visible()
    expect(learner.course.locator("#sida .doc a:visible")).to_have_count(2)
    assert learner.course.evaluate("document.documentElement.scrollWidth") == options["viewport"]["width"]
    assert axe(learner.course) == []


def test_a_course_that_can_be_left_fast_can_be_left_beside_a_document(
    launch: Launch, tmp_path: Path, axe: Callable[[Frame], list[str]]
) -> None:
    files = {"media/rutin.pdf": PDF}
    course = write_small(tmp_path / "course", [a_page("sida", PAGE)], head="quick-exit: true", files=files)
    with served(unpacked(course, tmp_path)) as address:
        learner = launch(address=address)
        fold(learner).click()
        button = learner.course.locator("#sida").get_by_role("button", name="Lämna sidan snabbt")
        expect(button.locator("xpath=..")).to_contain_text(
            "Inne i dokumentet går det inte att lämna sidan med Skift."
        )
        assert axe(learner.course) == []
        # The next stop of the Tab key behind the document.
        after = learner.course.locator("#sida iframe, #sida iframe ~ * button").evaluate_all(
            "(all) => all.map((each) => each.nodeName)"
        )
        assert after == ["IFRAME", "BUTTON"]
        button.click()
        expect(learner.course.locator("#sida")).to_be_hidden()
        expect(learner.course.locator(".plain h1")).to_have_text("Anteckningar")


def test_a_course_without_a_fast_way_out_speaks_of_none(launch: Launch, site: str) -> None:
    learner = launch(address=site)
    fold(learner).click()
    expect(learner.course.locator("[data-exit]")).to_have_count(0)


def test_paper_has_the_gist_and_no_frame(launch: Launch, site: str) -> None:
    learner = launch(None, address=site)
    learner.page.emulate_media(media="print")
    expect(learner.course.locator("#sida iframe, #sida .embed")).to_have_count(2)
    expect(learner.course.locator("#sida .embed")).to_be_hidden()
    expect(learner.course.get_by_text("Larma, varna, gå ut och samlas.")).to_be_visible()


def test_a_document_of_a_course_on_a_disk_is_shown_too(launch: Launch, package: Path) -> None:
    learner = launch(None, address=f"file://{package}")
    fold(learner).click()
    expect(learner.course.locator("#sida iframe")).to_be_visible()
    # A refusal by the page's policy would stand on the console, which the fixture looks at.
    wait_until_loaded(learner)


def test_without_a_script_a_document_opens_as_well(launch: Launch, site: str) -> None:
    learner = launch(None, address=site, java_script_enabled=False)
    fold(learner).click()
    expect(learner.course.locator("#sida iframe")).to_be_visible()


def test_the_package_says_what_it_holds(package: Path) -> None:
    assert (package / "media/rutin.pdf").read_bytes() == PDF
    (built,) = package.parent.glob("out/*.zip")
    assert "media/rutin.pdf" in zipfile.ZipFile(built).namelist()
    assert "media/rutin.pdf" in (package / "imsmanifest.xml").read_text("utf-8")
