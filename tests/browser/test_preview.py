"""The preview in a browser: what is saved is shown in the open document, and each act of the LMS does what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Learner
from playwright.sync_api import Browser, Frame, FrameLocator, Page, expect
from small import a_page, questions, write_small

from coursepack.preview.courses import CoursePreview
from coursepack.preview.run import preview_course

# As little of a panel as launches the course, passes on what was saved, and keeps what it is told.
PANEL = """<!doctype html><html lang="en"><title>Panel</title><meta name="token" content="{token}">
<iframe title="LMS" src="{site}/stage" style="width: 60rem; height: 40rem"></iframe><script>
window.told = []; window.events = [];
const stage = document.querySelector("iframe").contentWindow;
window.ask = (message) => stage.postMessage(message, "{site}");
addEventListener("message", ({{ source, origin, data }}) => {{
  if (source !== stage || origin !== "{site}") return;
  told.push(data);
  if (data.kind === "ready") ask({{ kind: "launch", quirks: [], options: {{}} }});
}});
const stream = new EventSource("/events");
stream.onopen = () => {{ window.isOpen = true; }};
for (const name of ["shown", "problems", "course", "calls"]) stream.addEventListener(name, (event) => {{
  const data = JSON.parse(event.data);
  if (name === "shown") ask(data.how === "reload" ? {{ kind: "reload" }} : {{ kind: "exchange", ...data }});
  events.push({{ name, data }});
}});
</script></html>"""
POLICY = "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-src {site}"


def panel(token: str, site: str) -> tuple[str, str]:
    return PANEL.format(token=token, site=site), POLICY.format(site=site)


@dataclass
class Author:
    """An author with a course in an editor and the preview beside it."""

    folder: Path
    preview: CoursePreview
    page: Page

    @property
    def course(self) -> FrameLocator:
        """The course, also after it has been left and launched again."""
        return self.page.frame_locator("iframe").frame_locator("iframe")

    @property
    def stage(self) -> Frame:
        return next(frame for frame in self.page.frames if frame.url.endswith("/stage"))

    def until(self, condition: Callable[[], object], what: str) -> None:
        Learner(self.page, "").until(condition, what)

    def save(self, name: str, old: str, new: str) -> None:
        """Changes a source, and waits until the preview has shown it."""
        before = len(self.events())
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        self.until(lambda: len(self.events()) > before, f"{name} is not noticed")

    def events(self, name: str = "problems") -> list[Any]:
        return [event["data"] for event in self.page.evaluate("window.events") if event["name"] == name]

    def told(self, kind: str) -> list[Any]:
        return [each for each in self.page.evaluate("window.told") if each["kind"] == kind]

    def calls(self, name: str) -> list[Any]:
        return [call for call in self.told("call") if call["name"] == name]

    def ask(self, **message: Any) -> None:
        self.page.evaluate("(message) => window.ask(message)", message)

    def act(self, name: str, **more: Any) -> None:
        self.ask(kind="act", name=name, **more)

    def go(self, page: str) -> None:
        self.course.locator(":root").evaluate(f"location.hash = {json.dumps('#' + page)}")
        expect(self.course.locator(f"[id='{page}'][data-now]")).to_be_visible()

    def saved(self) -> None:
        """Waits until the LMS has what was done."""
        expect(self.course.locator("[data-save]").first).to_have_attribute("data-state", "yes")

    def launched(self, times: int) -> None:
        """Waits until the course has been launched so often, and has begun."""
        self.until(lambda: len(self.calls("LMSInitialize")) >= times, f"launch {times}")
        self.saved()


LONG = "\n\n".join(f"Stycke {number} av sidan, som är så lång att den rullas." for number in range(60))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small(
        tmp_path / "course",
        [
            a_page("start", "Första sidan.\n"),
            a_page("prov", questions([1, 2])),
            a_page("lang", f"Inledning.\n\n{LONG}\n"),
        ],
        head="lix: {page: 90, course: 90}",
    )


@contextmanager
def previewing(browser: Browser, folder: Path, target: str = "scorm12") -> Iterator[Author]:
    preview = preview_course(folder, target, "en", panel)
    context = browser.new_context()
    with preview.running() as address:
        page = context.new_page()
        page.goto(address)
        author = Author(folder, preview, page)
        author.until(lambda: page.evaluate("window.isOpen"), "the events are heard")
        yield author
        context.close()


@pytest.fixture
def author(browser: Browser, folder: Path) -> Iterator[Author]:
    with previewing(browser, folder) as author:
        author.launched(1)
        yield author


pytestmark = pytest.mark.browser


def test_a_saved_page_is_exchanged_in_the_open_document(author: Author) -> None:
    author.go("lang")
    author.course.locator(":root").evaluate("window.isSame = true")
    author.save("pages/lang.md", "Stycke 30 av sidan", "Stycke trettio på sidan")
    expect(author.course.get_by_text("Stycke trettio på sidan")).to_be_visible()
    assert author.course.locator(":root").evaluate("window.isSame")
    assert author.events("shown")[-1]["how"] == "exchange"
    assert list(author.events("shown")[-1]["pages"]) == ["lang"]
    assert len(author.calls("LMSInitialize")) == 1


def test_place_and_scroll_stay_where_they_were(author: Author) -> None:
    author.go("lang")
    held = "[...document.querySelectorAll('#lang p')].find((p) => p.textContent.startsWith('Stycke 40 '))"
    top = f"Math.round({held}.getBoundingClientRect().top)"
    author.course.locator(":root").evaluate(f"{held}.scrollIntoView()")
    before = author.course.locator(":root").evaluate(top)
    author.save("pages/lang.md", "Inledning.", f"Inledning.\n\n{LONG[:400].replace('Stycke', 'Ny rad')}")
    expect(author.course.get_by_text("Ny rad 3 av sidan")).to_be_attached()
    assert abs(author.course.locator(":root").evaluate(top) - before) <= 1


def test_answers_stay_when_their_page_is_exchanged(author: Author) -> None:
    author.go("prov")
    form = author.course.locator("form[data-q='fraga-1']")
    form.locator("input[value=a]").check()
    form.locator("button[type=submit]").click()
    expect(form).to_have_attribute("data-state", re.compile("."))
    author.course.locator("form[data-q='fraga-2'] input[value=b]").check()
    author.save("pages/prov.md", "Fråga 1?", "Fråga ett?")
    expect(author.course.get_by_text("Fråga ett?")).to_be_visible()
    form = author.course.locator("form[data-q='fraga-1']")
    expect(form).to_have_attribute("data-state", re.compile("."))
    expect(form.locator("input[value=a]")).to_be_checked()
    # Chosen, and not answered yet.
    expect(author.course.locator("form[data-q='fraga-2'] input[value=b]")).to_be_checked()


def test_a_title_is_exchanged_everywhere(author: Author) -> None:
    author.go("prov")
    author.course.locator(":root").evaluate("window.isSame = true")
    author.save("course.yaml", "title: Lang", "title: Långsam")
    expect(author.course.locator("#lang h1")).to_have_text("Långsam")
    expect(author.course.locator("[data-menu-nav] [data-page=lang]")).to_contain_text("Långsam")
    assert author.course.locator(":root").evaluate("window.isSame")
    # The menu of the new elements leads on as that of the old ones did.
    author.go("lang")
    expect(author.course.locator("[data-menu-nav] [aria-current=page]")).to_contain_text("Långsam")


def test_another_list_of_pages_leaves_the_lms_and_comes_back(author: Author) -> None:
    author.go("prov")
    author.saved()
    path = author.folder / "pages/prov.md"
    path.write_text(path.read_text("utf-8") + "\n" + questions([3]).partition("\n\n")[2], "utf-8")
    author.launched(2)
    assert author.events("shown")[-1]["how"] == "reload"
    expect(author.course.locator("#prov[data-now]")).to_be_visible()
    expect(author.course.get_by_text("Fråga 3?")).to_be_visible()
    assert author.told("left")


def test_a_mistake_is_told_and_the_last_good_state_stays(author: Author) -> None:
    author.go("prov")
    author.save("pages/prov.md", "right: true", "rigth: true")
    told = author.events("problems")[-1]
    assert told[0]["severity"] == "error"
    assert told[0]["file"] == "pages/prov.md"
    assert told[0]["line"] == 7
    assert told[0]["message"]
    assert told[0]["hint"]
    assert told[0]["why"]
    assert author.events("shown") == []
    expect(author.course.get_by_text("Fråga 1?")).to_be_visible()
    author.save("pages/prov.md", "rigth: true", "right: true")
    author.until(lambda: author.events("shown"), "the course is shown again")
    assert [each for each in author.events("problems")[-1] if each["severity"] == "error"] == []


def test_leaving_and_coming_back_resumes(author: Author) -> None:
    author.go("prov")
    author.saved()
    author.act("resume")
    author.launched(2)
    expect(author.course.locator("#prov[data-now]")).to_be_visible()
    assert author.calls("LMSFinish")


def test_a_new_attempt_and_another_learner_begin_at_the_beginning(author: Author) -> None:
    for number, act in enumerate(("new", "other"), 2):
        author.go("prov")
        author.saved()
        author.act(act)
        author.launched(number)
        expect(author.course.locator("#prov[data-now]")).to_have_count(0)
    author.act("other")
    author.launched(4)
    expect(author.course.locator("#prov[data-now]")).to_be_visible()


@pytest.mark.parametrize("mode", ["review", "browse"])
def test_the_mode_is_that_of_the_act(author: Author, mode: str) -> None:
    author.act(mode)
    author.until(lambda: len(author.calls("LMSInitialize")) == 2, "a second launch")
    author.until(
        lambda: any(
            call["given"] == ["cmi.core.lesson_mode"] and call["result"] == mode
            for call in author.calls("LMSGetValue")
        ),
        mode,
    )


@pytest.mark.parametrize("fault", ["network", "fail", "expire"])
def test_a_fault_reaches_the_course(author: Author, fault: str) -> None:
    author.act(fault, on=True)
    author.go("prov")
    author.until(
        lambda: any(
            call["name"] in ("LMSCommit", "LMSSetValue") and call["error"] != "0"
            for call in author.told("call")
        ),
        "a call that is refused",
    )
    if fault == "network":
        expect(author.course.locator("[data-save]").first).to_have_attribute("data-state", "no")
        author.act(fault, on=False)
        author.go("lang")
        author.saved()


def test_a_slow_lms_takes_its_time(author: Author) -> None:
    author.act("slow", on=True)
    author.go("prov")
    # The stand-in counts whole milliseconds, of which the first may be nearly over.
    author.until(lambda: any(call["ms"] >= 899 for call in author.calls("LMSCommit")), "a slow commit")


def test_wiping_loses_the_state_and_keeps_the_status(author: Author) -> None:
    author.go("prov")
    author.saved()
    author.act("wipe")
    author.until(lambda: len(author.calls("LMSInitialize")) == 2, "a second launch")
    again = author.calls("LMSInitialize")[1]["n"]

    def read(name: str) -> list[str]:
        return [
            call["result"]
            for call in author.calls("LMSGetValue")
            if call["n"] > again and call["given"] == [name]
        ]

    author.until(lambda: read("cmi.suspend_data"), "the state is asked for")
    assert read("cmi.suspend_data")[0] == ""
    assert read("cmi.core.lesson_status")[0] == "incomplete"


def test_the_panel_hears_of_calls_data_and_pages(author: Author) -> None:
    author.go("prov")
    author.saved()
    page = {"kind": "page", "id": "prov", "title": "Prov", "language": "sv"}
    author.until(lambda: page in author.told("page"), "the page")
    author.until(
        lambda: author.told("data")[-1]["values"].get("cmi.core.lesson_location") == "prov", "the location"
    )
    assert author.told("data")[-1]["state"] == author.told("data")[-1]["values"]["cmi.suspend_data"]
    numbers = [call["n"] for call in author.told("call")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_call_is_another_than_without_the_preview(author: Author) -> None:
    """A course without other languages never asks the LMS for one, although the preview takes the place of editions."""
    asked = {call["given"][0] for call in author.calls("LMSGetValue")}
    assert "cmi.core.lesson_status" in asked
    assert "cmi.student_preference.language" not in asked


@pytest.mark.parametrize("target", ["xapi", "cmi5"])
def test_a_tracked_package_talks_to_the_lrs(browser: Browser, folder: Path, target: str) -> None:
    with previewing(browser, folder, target) as author:
        author.saved()
        author.go("prov")
        author.saved()
        author.until(lambda: author.events("calls"), "the panel is told of requests")

        def verbs() -> list[str]:
            calls = author.page.evaluate("fetch('/calls.json?since=0').then((answer) => answer.json())")
            return [each["verb"]["id"].rpartition("/")[2] for call in calls for each in call["statements"]]

        author.until(lambda: "experienced" in verbs(), "a page that was opened is told of")
        assert verbs()[0] in ("initialized", "attempted")
        author.act("resume")
        author.until(lambda: author.told("left"), "the course is left")
        author.until(lambda: any("/package/" in frame.url for frame in author.page.frames), "a new launch")
        expect(author.course.locator("#prov[data-now]")).to_be_visible()
        author.saved()


@pytest.mark.parametrize("target", ["scorm2004", "web"])
def test_the_other_targets_are_launched(browser: Browser, folder: Path, target: str) -> None:
    with previewing(browser, folder, target) as author:
        expect(author.course.locator(".page[data-now] h1")).to_be_visible()
        if target == "scorm2004":
            author.saved()
            assert author.calls("Initialize")
        author.go("prov")
        author.save("pages/prov.md", "Fråga 1?", "Fråga ett?")
        expect(author.course.get_by_text("Fråga ett?")).to_be_visible()


def test_a_course_waits_for_an_api_that_comes_late(author: Author) -> None:
    author.ask(kind="launch", quirks=["api-late"], options={}, fresh=True)
    author.launched(2)
    author.go("prov")
    author.saved()
    author.until(
        lambda: author.told("data")[-1]["values"].get("cmi.core.lesson_location") == "prov", "the location"
    )


def test_an_api_that_is_late_does_not_come_into_the_next_launch(author: Author) -> None:
    author.page.clock.install()
    pages = len(author.told("page"))
    author.ask(kind="launch", quirks=["api-late", "booleans"], options={}, fresh=True)
    author.until(lambda: len(author.told("page")) > pages, "the first launch")
    author.ask(kind="launch", quirks=[], options={}, fresh=True)
    author.launched(2)
    # Longer than any API is late.
    author.page.clock.fast_forward("01:00")
    assert author.stage.evaluate("API.LMSCommit('')") == "true"


def test_a_course_in_a_window_of_its_own(author: Author) -> None:
    author.ask(kind="launch", quirks=["api-in-opener"], options={}, fresh=True)
    with author.page.expect_popup() as opened:
        author.stage.get_by_role("button", name="Open the course").click()
    window = opened.value
    author.until(lambda: len(author.calls("LMSInitialize")) >= 2, "the API is found in the opener")
    window.evaluate("location.hash = '#prov'")
    expect(window.locator("#prov[data-now]")).to_be_visible()
    expect(window.locator("[data-save]").first).to_have_attribute("data-state", "yes")
    author.save("pages/prov.md", "Fråga 1?", "Fråga ett?")
    expect(window.get_by_text("Fråga ett?")).to_be_visible()
    # When the LMS closes the window, the course still says that it ends.
    author.act("resume")
    author.until(window.is_closed, "the window is closed")
    author.until(lambda: len(author.calls("LMSFinish")) >= 2, "the course has ended")
    with author.page.expect_popup() as opened:
        author.stage.get_by_role("button", name="Open the course").click()
    expect(opened.value.locator("#prov[data-now]")).to_be_visible()
    # The learner closes it.
    opened.value.close(run_before_unload=True)
    author.until(lambda: len(author.calls("LMSFinish")) >= 3, "the course has ended")
    author.ask(kind="launch", quirks=[], options={}, fresh=False)
    author.launched(4)
    expect(author.course.locator("#prov[data-now]")).to_be_visible()


def test_a_window_that_the_browser_blocks_is_told_of(author: Author) -> None:
    author.stage.evaluate("window.open = () => null")
    author.ask(kind="launch", quirks=["api-in-opener"], options={}, fresh=True)
    author.stage.get_by_role("button", name="Open the course").click()
    expect(author.stage.get_by_role("status")).to_contain_text("blocked")


def test_a_course_in_a_frame_of_another_origin_finds_no_api(author: Author) -> None:
    site = author.preview.front.site.origin
    author.ask(kind="launch", quirks=["parent-of-other-origin"], options={}, fresh=True)

    def elsewhere() -> Frame | None:
        frames = (each for each in author.page.frames if "/package/" in each.url)
        return next((each for each in frames if not each.url.startswith(f"{site}/")), None)

    author.until(elsewhere, "the course has another origin")
    course = elsewhere()
    assert course is not None
    expect(course.locator("[data-save]").first).to_have_text("Sparat på enheten")
    assert len(author.calls("LMSInitialize")) == 1
    author.ask(kind="launch", quirks=[], options={}, fresh=True)
    author.launched(2)
