"""The preview in Firefox and in WebKit, the engine of Safari: it shows what is saved, and each act does what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from engines import Engine, firefox, home, webkit
from small import a_page, questions, write_small

from coursepack.preview.panel import panel_page, policy, words
from coursepack.preview.run import preview_course

TEXT = "Den första sidan har ett stycke.\n"
WRONG = "```choice\nid: q9\nquestion: Vad?\n```\n"
LOG = words("en")["script"]["log"]

# WebDriver 17.4.2.
ALT, F2, END = "\ue00a", "\ue032", "\ue010"
NOW = "document.querySelector('[data-now]')"


@dataclass
class Author:
    """An author with the panel, in a browser that is not Chromium."""

    engine: Engine
    folder: Path

    def panel(self) -> Engine:
        self.engine.top()
        return self.engine

    def course(self) -> Engine:
        """The document of the course, which is another one after each launch."""
        self.engine.frame()
        self.engine.choose(self.engine.element("iframe"))
        return self.engine

    def write(self, text: str) -> None:
        (self.folder / "pages/p1.md").write_text(text, "utf-8")

    def source(self) -> str:
        return (self.folder / "pages/p1.md").read_text("utf-8")

    def go(self, page: str) -> None:
        course = self.course()
        course.js(f"location.hash = '#{page}'")
        course.wait(f"{NOW}.id === '{page}'")
        self.is_saved()

    def is_saved(self) -> None:
        self.course().wait("document.querySelector('[data-save]').dataset.state === 'yes'")

    def reads(self, selector: str, text: str) -> None:
        """Waits until a text of the panel is this one, or has it in it."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.panel().wait(f"{found} && !{found}.hidden && {found}.textContent.includes({json.dumps(text)})")

    def act(self, name: str) -> None:
        self.panel().click(f"[data-act={name}]")

    def launches(self, name: str, page: str = "") -> None:
        """An act after which the course is launched again, and shows this page, or any."""
        begins = "[...document.querySelectorAll('#calls tr b')].filter((b) => b.textContent === 'Initialize').length"
        before = self.panel().js(f"return {begins}")
        self.act(name)
        self.panel().wait(f"{begins} > {before}")
        self.course().wait(f"{NOW} && ['', {NOW}.id].includes('{page}')")
        self.panel().wait(
            f"[...document.querySelectorAll('#calls tr.say')].pop().textContent.includes({json.dumps(LOG[name])})"
        )

    def holds(self, element: str, value: str) -> None:
        self.panel().wait(
            f"[...document.querySelectorAll('#data tr')].some((row) => row.cells[0].textContent === '{element}'"
            f" && row.querySelector('b').textContent === '{value}')"
        )

    def alt_click(self, selector: str) -> None:
        element = self.engine.element(selector)
        pause = {"type": "pause"}
        keys = [{"type": "keyDown", "value": ALT}, pause, pause, pause, {"type": "keyUp", "value": ALT}]
        mouse = [
            pause,
            {"type": "pointerMove", "origin": element, "x": 0, "y": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
            pause,
        ]
        actions = [
            {"type": "key", "id": "keys", "actions": keys},
            {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": mouse},
        ]
        self.engine.command("PerformActions", {"actions": actions})


@pytest.fixture(params=[firefox, webkit], ids=["firefox", "webkit"])
def author(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Author]:
    folder = write_small(tmp_path / "course", [a_page("p1", TEXT), a_page("p2", questions([1, 2]))])
    preview = preview_course(
        folder,
        "scorm12",
        "en",
        lambda token, site: (panel_page("en", token=token, site=site), policy(site)),
    )
    with home() as place, request.param(Path(place)) as engine, preview.running() as address:
        engine.visit(address)
        engine.wait("document.querySelector('#calls tr.save')")
        yield Author(engine, folder)
        assert engine.console() == []


@pytest.fixture
def no_editor(author: Author, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Author:
    """On a computer without an editor that the preview knows; the browser runs by then."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    return author


def test_writing_is_shown_and_a_mistake_lies_over_it(author: Author) -> None:
    author.go("p1")
    author.course().js("window.isSame = true")
    author.write(TEXT + "\nEtt nytt stycke.\n")
    author.reads("#say", "shown after")
    author.course().wait("document.querySelector('#p1').textContent.includes('Ett nytt stycke.')")
    assert author.engine.js("return window.isSame")
    author.write(TEXT + WRONG)
    author.reads("#error-what", "The field 'answers' is missing")
    author.reads("#error-place", "pages/p1.md:3")
    author.panel().wait("document.querySelector('#error').checkVisibility()")
    # The last good page is behind it.
    assert author.course().js("return document.querySelector('#p1').textContent.includes('Ett nytt stycke.')")
    author.write(TEXT)
    author.panel().wait("!document.querySelector('#error').checkVisibility()")
    author.course().wait("!document.querySelector('#p1').textContent.includes('Ett nytt stycke.')")


@pytest.mark.share(1)
def test_a_text_leads_to_its_source(no_editor: Author) -> None:
    no_editor.go("p1")
    no_editor.alt_click("#p1 p[data-edit]")
    no_editor.reads("#source-place", "pages/p1.md:1")
    no_editor.reads("#source-lines .at", TEXT.strip())
    assert no_editor.engine.js("return document.querySelector('#source').checkVisibility()")


@pytest.mark.share(1)
def test_a_text_is_changed_where_it_is(author: Author) -> None:
    author.go("p1")
    author.panel().press(F2)
    author.panel().wait("document.querySelector('#edit').getAttribute('aria-pressed') === 'true'")
    course = author.course()
    course.wait("document.documentElement.classList.contains('cp-edit')")
    course.click("#p1 p[data-edit]")
    course.wait("document.activeElement.matches('#p1 p')")
    course.press(END, *" Och mer.")
    course.click(".cp-bar button")
    author.reads("#say", "Written to pages/p1.md:1")
    assert author.source() == "Den första sidan har ett stycke. Och mer.\n"
    author.panel().click("#undo")
    author.reads("#say", "Undone")
    assert author.source() == TEXT


@pytest.mark.soak
def test_each_act_does_what_it_says(author: Author) -> None:
    author.go("p2")
    author.panel().click("#tab-data")
    author.holds("cmi.core.lesson_location", "p2")
    author.launches("resume", "p2")
    author.holds("cmi.core.entry", "resume")
    for mode in ("review", "browse"):
        author.launches(mode, "p2")
        author.holds("cmi.core.lesson_mode", mode)
    author.launches("other", "titelsida")
    author.holds("cmi.core.student_id", "learner-2")
    author.launches("other", "p2")
    author.holds("cmi.core.student_id", "learner-1")
    author.launches("wipe", "p2")
    author.launches("new", "titelsida")
    author.holds("cmi.core.entry", "ab-initio")

    # Faults, of which some stay on.
    author.panel().click("#tab-calls")
    refused = "document.querySelectorAll('#calls tr.bad').length"
    author.act("fail")
    author.course().js("location.hash = '#p1'")
    author.panel().wait(f"{refused} === 1")
    author.go("p2")
    author.act("slow")
    author.go("p1")
    author.panel().wait("/\\d ms$/.test([...document.querySelectorAll('#calls tr.save')].pop().textContent)")
    author.act("slow")
    author.act("network")
    before = author.panel().js(f"return {refused}")
    author.course().js("location.hash = '#p2'")
    author.panel().wait(f"{refused} > {before}")
    author.course().wait("document.querySelector('[data-save]').dataset.state === 'no'")
    author.act("network")
    author.go("p1")
    author.act("expire")
    before = author.panel().js(f"return {refused}")
    author.course().js("location.hash = '#p2'")
    author.panel().wait(f"{refused} > {before}")
    author.launches("resume")
    author.go("p1")
