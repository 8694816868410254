"""The index and the passport of a release, as they are looked at; and the links of all its pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from documents import assert_valid_html, from_disk
from lxml import html
from playwright.sync_api import Browser, Frame
from without_pdf import without_pdf

from coursepack import release_course

PAGES = ["index.html", "index.en.html", "passport.sv.html", "passport.en.html"]


@pytest.fixture(scope="module")
def release(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the example course, without PDFs, which take long and have no links to other files."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("release")
        without_pdf(patch, folder / "hidden")
        return release_course(sample, folder / "out").path


@pytest.mark.share(2)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_passes_axe_and_does_not_scroll_sideways(
    browser: Browser,
    release: Path,
    axe: Callable[[Frame], list[str]],
    name: str,
    width: int,
    scheme: str,
) -> None:
    with from_disk(browser, release / name, width, scheme=scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert axe(page.main_frame) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_valid_html(release: Path, name: str) -> None:
    assert_valid_html(release / name)


def test_every_link_between_files_leads_to_one(release: Path) -> None:
    pages = sorted(release.rglob("*.html"))
    read = {path: html.fromstring(path.read_bytes()) for path in pages}
    dead = []
    for path, page in read.items():
        for link in page.xpath("//a/@href"):
            address, place = urldefrag(link)
            if urlsplit(address).scheme:
                continue
            target = (path.parent / unquote(address)).resolve() if address else path
            is_there = target.is_file() and target.is_relative_to(release.resolve())
            if not is_there or (place and not read[target].xpath("//*[@id=$id]", id=unquote(place))):
                dead.append(f"{path.name}: {link}")
    assert dead == []
    assert len(pages) >= len(PAGES)
