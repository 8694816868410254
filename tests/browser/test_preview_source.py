"""From a text in the preview to its place in the source, and a text that is changed where it is shown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import Learner
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect
from small import a_page, questions, write_small
from strategies import SVG

from coursepack.preview.courses import CoursePreview
from coursepack.preview.panel import panel_page, policy
from coursepack.preview.run import preview_course

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for an editor is a shell script")

PAGE = """\
Första stycket på sidan.

## Brandskyddsdokumentation och annat

Rök är **farligare** än
eld för de flesta.

Ett stycke med en [länk](page:prov) och [en till](https://example.org) i sig.

Talet $`x`$ är okänt.

```image
src: media/a.svg
alt: En skylt
caption: En grön skylt över dörren.
```

::: accordion
## En fråga som är vikt

Ett svar som är dolt.
:::
"""


@contextmanager
def opened(browser: Browser, folder: Path, language: str) -> Iterator[tuple[CoursePreview, Page]]:
    preview = preview_course(
        folder,
        "scorm12",
        language,
        lambda token, site: (panel_page(language, token=token, site=site), policy(site)),
    )
    with preview.running() as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        try:
            page.goto(address)
            yield preview, page
        finally:
            page.close()


class Author:
    """An author who has the preview of a course open."""

    def __init__(self, folder: Path, preview: CoursePreview, page: Page, started: Path) -> None:
        self.folder, self.page, self.started = folder, page, started
        self.until = Learner(page, "").until
        expect(self.course.locator("[data-save]").first).to_have_attribute("data-state", "yes")

    @property
    def course(self) -> FrameLocator:
        """The course, also after it has been left and launched again."""
        return self.page.frame_locator("#frame").frame_locator("iframe")

    def text(self, words: str) -> Locator:
        """The marked element on the page that has these words."""
        return self.course.locator("[data-now] [data-source]", has_text=words).last

    def go(self, page: str) -> None:
        self.course.locator(":root").evaluate(f"location.hash = {json.dumps('#' + page)}")
        expect(self.course.locator(f"[id='{page}'][data-now]")).to_be_visible()

    def edit(self) -> None:
        self.page.keyboard.press("F2")
        expect(self.page.locator("#edit")).to_have_attribute("aria-pressed", "true")
        expect(self.course.locator("html.cp-edit")).to_have_count(1)

    def source(self, name: str = "pages/start.md") -> str:
        return (self.folder / name).read_text("utf-8")

    def opened(self) -> list[Any]:
        """What the author's editor was started with, each time."""
        return [json.loads(line) for line in self.started.read_text("utf-8").splitlines()] if self.started.exists() else []  # fmt: skip


@pytest.fixture
def author(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Author]:
    programs, started = tmp_path / "bin", tmp_path / "started"
    programs.mkdir()
    script = f'#!/usr/bin/env python3\nimport json, sys\nopen({str(started)!r}, "a").write(json.dumps(sys.argv[1:]) + "\\n")\n'
    (programs / "code").write_text(script, "utf-8")
    (programs / "code").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    folder = write_small(
        tmp_path / "course",
        [a_page("start", PAGE), a_page("prov", questions([1]))],
        head="lix: {page: 90, course: 90}",
    )
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media/a.svg").write_text(SVG, "utf-8")
    with opened(browser, folder, "sv") as (preview, page):
        yield Author(folder, preview, page, started)


def test_alt_and_a_click_open_the_line(author: Author) -> None:
    author.go("start")
    author.text("eld för de flesta").click(modifiers=["Alt"])
    author.until(author.opened, "no editor")
    assert author.opened() == [["-g", f"{(author.folder / 'pages/start.md').resolve()}:5"]]
    expect(author.page.locator("#say")).to_contain_text("VS Code")
    expect(author.course.locator(".cp-flash")).to_have_text("Rök är farligare än eld för de flesta.")


def test_alt_and_a_click_on_a_link_a_picture_and_a_field_do_nothing_else(author: Author) -> None:
    author.go("start")
    author.course.get_by_role("link", name="länk").click(modifiers=["Alt"])
    author.until(lambda: len(author.opened()) == 1, "no editor")
    author.course.get_by_role("img", name="En skylt").click(modifiers=["Alt"])
    author.until(lambda: len(author.opened()) == 2, "no editor")
    expect(author.course.locator("[id=start][data-now]")).to_be_visible()
    author.go("prov")
    author.course.locator("[data-now] .opt").first.click(modifiers=["Alt"])
    author.until(lambda: len(author.opened()) == 3, "no editor")
    expect(author.course.locator("[data-now] .opt input").first).not_to_be_checked()
    lines = [int(given[1].rpartition(":")[2]) for given in author.opened()]
    assert lines[:2] == [8, 14]
    assert author.opened()[2][1].rpartition(":")[0].endswith("pages/prov.md")


def test_alt_outlines_what_is_under_the_pointer(author: Author) -> None:
    author.go("start")
    author.text("Första stycket").hover()
    author.page.keyboard.down("Alt")
    expect(author.text("Första stycket")).to_have_css("outline-style", "solid")
    author.page.keyboard.up("Alt")
    expect(author.text("Första stycket")).to_have_css("outline-style", "none")


def test_alt_and_enter_open_what_was_pointed_at(author: Author) -> None:
    author.go("start")
    author.text("Första stycket").click()
    author.page.keyboard.press("Alt+Enter")
    author.until(author.opened, "no editor")
    assert author.opened()[0][1].endswith("pages/start.md:1")


def test_without_an_editor_the_panel_shows_the_line(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    (Path(os.environ["PATH"].partition(os.pathsep)[0]) / "code").unlink()
    monkeypatch.setenv("PATH", os.environ["PATH"].partition(os.pathsep)[0])
    author.go("start")
    author.text("eld för de flesta").click(modifiers=["Alt"])
    expect(author.page.locator("#source")).to_be_visible()
    expect(author.page.locator("#source .at")).to_contain_text("Rök är **farligare** än")


def test_a_text_is_changed_where_it_is_shown(author: Author) -> None:
    author.go("start")
    author.edit()
    text = author.text("Första stycket")
    text.click()
    expect(text).to_be_focused()
    expect(text).to_have_attribute("contenteditable", "plaintext-only")
    author.page.keyboard.press("End")
    author.page.keyboard.type(" Och *mer*.")
    author.page.keyboard.press("Control+Enter")
    author.until(lambda: "Och" in author.source(), "nothing is written")
    assert author.source() == PAGE.replace("på sidan.", "på sidan. Och \\*mer\\*.")
    expect(author.text("Och *mer*.")).to_be_visible()
    expect(author.course.locator(".cp-bar")).to_have_count(0)
    expect(author.page.locator("#say")).to_contain_text("pages/start.md")
    author.page.locator("#undo").click()
    author.until(lambda: author.source() == PAGE, "nothing is undone")
    expect(author.text("Första stycket på sidan.")).to_be_visible()


def test_a_text_with_links_keeps_them(author: Author) -> None:
    author.go("start")
    author.edit()
    text = author.text("Ett stycke med en")
    text.click(position={"x": 5, "y": 5})
    # Neither what only screen readers say, nor a link that would lead on.
    expect(text).to_have_text("Ett stycke med en länk och en till i sig.")
    expect(text.locator("u")).to_have_text(["länk", "en till"])
    author.page.keyboard.press("End")
    author.page.keyboard.type(" Mer.")
    author.page.keyboard.press("Control+Enter")
    author.until(lambda: "Mer." in author.source(), "nothing is written")
    assert author.source() == PAGE.replace("i sig.", "i sig. Mer.")
    expect(author.text("i sig. Mer.").get_by_role("link")).to_have_count(2)


def test_escape_leaves_the_source_and_the_page_as_they_were(author: Author) -> None:
    author.go("start")
    author.edit()
    text = author.text("eld för de flesta")
    text.click()
    author.page.keyboard.type("Helt annat. ")
    author.page.keyboard.press("Escape")
    expect(text).to_have_text("Rök är farligare än eld för de flesta.")
    expect(text.locator("strong")).to_have_text("farligare")
    expect(author.course.locator(".cp-bar")).to_have_count(0)
    assert author.source() == PAGE


def test_a_heading_has_the_authors_letters_while_it_is_edited(author: Author) -> None:
    author.go("start")
    author.edit()
    heading = author.course.get_by_role("heading", level=2, name="dokumentation").first
    shown = heading.text_content() or ""
    assert "\u00ad" in shown
    heading.click()
    editor = author.course.locator(".cp-now")
    expect(editor).to_have_text("Brandskyddsdokumentation och annat")
    author.page.keyboard.press("End")
    author.page.keyboard.type(" mer")
    author.course.get_by_role("button", name="Spara").click()
    author.until(
        lambda: "## Brandskyddsdokumentation och annat mer\n" in author.source(), "nothing is written"
    )


def test_an_alternative_text_and_a_folded_title_are_changed_in_a_field(author: Author) -> None:
    author.go("start")
    author.edit()
    author.course.get_by_role("img", name="En skylt").click()
    author.course.get_by_label("Alternativ text").fill("En grön skylt: utgång")
    author.page.keyboard.press("Control+Enter")
    author.until(lambda: 'alt: "En grön skylt: utgång"\n' in author.source(), "nothing is written")
    expect(author.course.get_by_role("img", name="En grön skylt: utgång")).to_be_visible()
    author.course.get_by_text("En fråga som är vikt").click()
    author.course.get_by_label("Text", exact=True).fill("En fråga till")
    author.page.keyboard.press("Control+Enter")
    author.until(lambda: "## En fråga till\n" in author.source(), "nothing is written")


def test_what_cannot_be_changed_says_why(author: Author) -> None:
    author.go("start")
    author.edit()
    author.text("är okänt").click(position={"x": 5, "y": 5})
    expect(author.course.locator(".cp-bar")).to_contain_text(
        "Texten innehåller en formel, och den skulle tappas."
    )
    author.course.get_by_role("button", name="Stäng").click()
    expect(author.course.locator(".cp-bar")).to_have_count(0)
    assert author.source() == PAGE


def test_a_draft_that_is_left_is_kept_and_marked(author: Author) -> None:
    author.go("start")
    author.edit()
    text = author.text("Första stycket")
    text.click()
    author.page.keyboard.press("End")
    author.page.keyboard.type(" Utkast.")
    author.text("eld för de flesta").click()
    draft = author.course.locator(".cp-draft")
    expect(draft).to_have_text("Första stycket på sidan. Utkast.")
    draft.click()
    author.page.keyboard.press("Control+Enter")
    author.until(lambda: "sidan. Utkast.\n" in author.source(), "nothing is written")


def test_a_text_that_changes_on_disk_while_it_is_edited_is_not_overwritten(author: Author) -> None:
    author.go("start")
    author.edit()
    author.text("Första stycket").click()
    author.page.keyboard.type("Mitt. ")
    changed = PAGE.replace("Första stycket", "Någon annans stycke")
    (author.folder / "pages/start.md").write_text(changed, "utf-8")
    field = author.course.locator(".cp-bar textarea")
    expect(field).to_be_visible()
    assert "Mitt." in field.input_value()
    assert author.source() == changed


def test_texts_are_edited_by_keys_alone(author: Author) -> None:
    author.go("start")
    author.edit()
    text = author.text("Första stycket")
    expect(text).to_have_attribute("tabindex", "0")
    text.focus()
    author.page.keyboard.press("Enter")
    author.page.keyboard.press("End")
    author.page.keyboard.type(" Mer?")
    author.page.keyboard.press("Control+Enter")
    author.until(lambda: "sidan. Mer?\n" in author.source(), "nothing is written")
    expect(author.text("Första stycket på sidan. Mer?")).to_be_focused()


def test_links_and_buttons_work_while_texts_are_edited(author: Author) -> None:
    author.go("start")
    author.edit()
    author.course.locator("[id=start] .next .fwd, [id=start] .go a").last.click()
    expect(author.course.locator("[id=prov][data-now]")).to_be_visible()
    # The mode stays when the course is launched again.
    author.page.get_by_role("button", name="Lämna och kom tillbaka").click()
    expect(author.course.locator("html.cp-edit")).to_have_count(1)


# In a window of its own

OWN_PROFILE = """name: ours
title: Ours
quirks: [api-in-opener]
facts:
  - id: large-package
    what: {en: It takes packages of up to 10 MB.}
    test: {largest: 10 MB}
    severity: error
    source: https://lms.example.org/help
    date: 2026-11
"""


@pytest.fixture
def window(author: Author) -> Page:
    """The course in the window of its own that some LMSs open."""
    page = author.page
    page.locator("#chooser").click()
    page.locator("#lmses [data-open=own]").click()
    page.locator("#own-text").fill(OWN_PROFILE)
    page.locator("#own-check").click()
    with page.expect_popup() as opened:
        page.frame_locator("#frame").get_by_role("button", name="Öppna kursen").click()
    window = opened.value
    expect(window.locator("[data-save]").first).to_have_attribute("data-state", "yes")
    # The panel hears keys of the window when it knows the course in it, and it then names the page.
    for name in ("prov", "start"):
        window.evaluate(f"location.hash = '#{name}'")
        expect(page.locator("#title")).to_have_text(name.capitalize())
    return window


def test_alt_and_a_click_open_the_line_from_a_window_of_its_own(author: Author, window: Page) -> None:
    window.locator("[data-now] [data-source]", has_text="eld för de flesta").last.click(modifiers=["Alt"])
    author.until(author.opened, "no editor")
    assert author.opened() == [["-g", f"{(author.folder / 'pages/start.md').resolve()}:5"]]


def test_a_text_is_changed_in_a_window_of_its_own(author: Author, window: Page) -> None:
    window.keyboard.press("F2")
    expect(author.page.locator("#edit")).to_have_attribute("aria-pressed", "true")
    text = window.locator("[data-now] [data-source]", has_text="Första stycket").last
    expect(window.locator("html.cp-edit")).to_have_count(1)
    text.click()
    expect(text).to_be_focused()
    window.keyboard.press("End")
    window.keyboard.type(" Och mer.")
    window.keyboard.press("Control+Enter")
    author.until(lambda: "Och mer." in author.source(), "nothing is written")
    assert author.source() == PAGE.replace("på sidan.", "på sidan. Och mer.")
    expect(window.locator(".cp-bar")).to_have_count(0)
    expect(window.get_by_text("Och mer.")).to_be_visible()


def test_looks_are_those_of_a_window_of_its_own_too(author: Author, window: Page) -> None:
    author.page.locator("[data-open=looks]").click()
    before = window.locator("html").evaluate("(element) => parseFloat(getComputedStyle(element).fontSize)")
    author.page.locator("#looks [name=large]").check()
    expect(window.locator("html")).not_to_have_css("font-size", f"{before:g}px")
    author.page.locator("#looks [name=large]").uncheck()
    expect(window.locator("html")).to_have_css("font-size", f"{before:g}px")
    author.page.locator("#looks [name=light][value=dark]").check()
    expect(window.locator("html")).to_have_attribute("data-light", "dark")
