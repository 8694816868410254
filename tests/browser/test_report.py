"""The report for people in a real Chromium: opened from disk, at a phone's width and a desk's, light, dark and printed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import TOP, Learner
from documents import assert_valid_html, from_disk
from playwright.sync_api import Browser, Frame, expect

from coursepack.checking import CheckResult, check_path
from coursepack.inspection import Facts, inspect
from coursepack.outputs.page import page as report
from coursepack.problems import Location, Problem

SIZES = {"360x640": (360, 640), "1440x900": (1440, 900)}


def with_facts(path: Path) -> tuple[CheckResult, Facts]:
    return check_path(path), inspect(path)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report in each language on a broken package with a deep tree and long names, a sound one and a course."""
    folder = tmp_path_factory.mktemp("report")
    least = TOP / "tests/packages/scorm12"
    manifest = (least / "imsmanifest.xml").read_text("utf-8").replace("index.html", "Index.html", 1)
    deep = "".join(f'<item identifier="deep{n}"><title>{"Level" * 12}{n}</title>' for n in range(25))
    manifest = manifest.replace("</organization>", f"{deep}{'</item>' * 25}</organization>")
    broken = folder / f"{'a-very-long-name-' * 6}.zip"
    with zipfile.ZipFile(broken, "w") as package:
        package.writestr("imsmanifest.xml", manifest)
        for name in ("index.html", "player.js", "style.css"):
            package.write(least / name, name)
        package.writestr("media/film.mp4", b"x" * 90_000)
        package.writestr("media/picture.png", b"x" * 20_000)
        package.writestr(f"{'deep/' * 30}.DS_Store", b"x")
    known = [with_facts(broken), with_facts(TOP / "tests/packages/cmi5")]
    course = check_path(TOP / "course_source")
    place = Location(broken.name)
    refused = Problem(
        "for-x/size", "error", "Packages above 100 MB are refused.", place, "Source: the host (2026-04)."
    )
    told = Problem("for-x/window", "note", "It opens a window of its own.", place)
    table = {"Moodle": [[], [told], None], "A system with a long name": [[refused, told], [], None]}
    written = {}
    for language in ("en", "sv"):
        written[language] = folder / f"{language}.html"
        text = report(
            [*(each for each, _ in known), course], [*(facts for _, facts in known), None], table, language
        )
        written[language].write_text(text, "utf-8")
    return written


@pytest.mark.share(3)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_report_passes_axe_and_does_not_scroll_sideways(
    browser: Browser,
    reports: dict[str, Path],
    axe: Callable[[Frame], list[str]],
    language: str,
    size: str,
    scheme: str,
) -> None:
    with from_disk(browser, reports[language], *SIZES[size], scheme) as page:
        for _ in ("folded", "open"):
            assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size][0]
            assert axe(page.main_frame) == []
            page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")


def test_nothing_is_lost_at_400_per_cent_or_with_text_of_twice_the_size(
    browser: Browser, reports: dict[str, Path]
) -> None:
    with from_disk(browser, reports["sv"]) as page:
        for width, size in ((320, "100%"), (720, "200%")):
            page.set_viewport_size({"width": width, "height": 640})
            page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
            assert page.evaluate("document.documentElement.scrollWidth") == width


def test_everything_is_reached_by_keyboard_and_the_first_stop_skips(
    browser: Browser, reports: dict[str, Path]
) -> None:
    with from_disk(browser, reports["en"]) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
        page.keyboard.press("Enter")
        expect(page.locator("#content")).to_be_focused()
        fold = page.locator(".warning .rule details").first
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert fold.evaluate("fold => fold.open")
        assert fold.locator("p").first.is_visible()


def test_print_shows_what_is_folded(browser: Browser, reports: dict[str, Path]) -> None:
    with from_disk(browser, reports["en"]) as page:
        why = page.locator(".warning .rule details > p").first
        visible = "node => node.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })"
        assert page.locator(".error .rule details > p").first.evaluate(visible)
        assert not why.evaluate(visible)
        page.emulate_media(media="print")
        assert why.evaluate(visible)
        assert why.evaluate("node => node.getBoundingClientRect().height") > 0
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_the_policy_lets_nothing_in(browser: Browser, reports: dict[str, Path]) -> None:
    page = browser.new_page()
    page.goto(reports["en"].as_uri())
    page.evaluate(
        """() => {
        window.told = [];
        document.addEventListener("securitypolicyviolation", (e) => told.push(e.effectiveDirective));
        const script = document.createElement("script"); script.textContent = "window.slipped = true";
        document.head.append(script);
        const picture = document.createElement("img"); picture.src = "https://example.org/a.png";
        document.body.append(picture);
        const style = document.createElement("style"); style.textContent = "p { color: red }"; document.head.append(style);
        }"""
    )
    reader = Learner(page, "file:", in_frame=False)
    for refused in ("script-src-elem", "img-src", "style-src-elem"):
        reader.wait(f"told.includes('{refused}')")
    assert not page.evaluate("window.slipped")
    page.close()


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_report_is_valid_html(reports: dict[str, Path], language: str) -> None:
    assert_valid_html(reports[language])
