"""LMSs that fail, each in its own way: nothing that can be kept is lost, and what the learner is told is true."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import (
    ARGUMENTS,
    CHROMIUM,
    PROMPT,
    TOP,
    Learner,
    Sites,
    counting,
    served,
    unpacked,
    wait_for_frame,
)
from lmss import LMSS, PeculiarLms
from playwright.sync_api import Browser, BrowserContext, Page, expect
from using import heard, listen, opened

from coursepack.course.resume import read_resume

pytestmark = pytest.mark.share(1)

Json = dict[str, Any]


@dataclass(frozen=True)
class Version:
    """What is different in the two versions of SCORM."""

    target: str
    lms: str
    api: str
    commit: str
    end: str
    options: Json = field(default_factory=dict)
    """That it always has."""

    def state(self, saved: Json) -> str:
        """The suspend data of what an LMS has kept."""
        return str(saved.get("suspendData") or saved.get("values", {}).get("cmi.suspend_data") or "")

    def status(self, saved: Json) -> str:
        """The status of what an LMS has kept."""
        return str(saved.get("status") or saved.get("values", {}).get("cmi.completion_status") or "")


PATIENCE = 10_000
"""So many milliseconds an LMS is waited for."""

VERSIONS = [
    Version("scorm12", "standin", "API", "LMSCommit", "LMSFinish"),
    Version("scorm2004", "standin2004", "API_1484_11", "Commit", "Terminate"),
]


@pytest.fixture(params=VERSIONS, ids=lambda version: version.target)
def version(request: pytest.FixtureRequest) -> Version:
    return request.param  # type: ignore[no-any-return]


@dataclass
class Device:
    """A browser whose storage lives from launch to launch."""

    context: BrowserContext
    version: Version | PeculiarLms
    address: str
    wrong: list[str] = field(default_factory=list)

    def page(self, address: str, *, is_slow: bool = False) -> Page:
        page = self.context.new_page()
        if not is_slow:
            page.add_init_script(PROMPT)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.goto(address)
        return page

    def take_clock(self) -> None:
        """From now on the test may let time pass at once, in every page that is opened after this."""
        self.context.clock.install()

    def launch(self, saved: Json | None = None, **options: Any) -> Learner:
        """Launches the course in an LMS that has these options."""
        page = self.page(f"{self.address}/{self.version.lms}.html", is_slow="slow" in options)
        options = {**self.version.options, **options}
        page.evaluate(f"start({json.dumps(saved or {})}, {json.dumps(options)}, '')")
        return framed(page, self.address)

    def kept(self, learner: Learner) -> list[str]:
        """What lies on the device that has not arrived."""
        return list(
            learner.course.evaluate(
                "Object.entries(localStorage).filter(([name]) => name.includes(':unsaved')).map(([, text]) => text)"
            )
        )


def framed(page: Page, address: str) -> Learner:
    """The learner in front of a page whose frame holds the course."""
    wait_for_frame(page)
    learner = Learner(page, address)
    learner.course.wait_for_selector("html[data-js]", state="attached")
    return learner


@pytest.fixture
def device(browser: Browser, sites: Sites, version: Version) -> Iterator[Device]:
    address = sites(version.target)
    with browser.new_context() as context:
        device = Device(context, version, address)
        yield device
        assert device.wrong == []


@pytest.fixture(params=LMSS, ids=str)
def peculiar(request: pytest.FixtureRequest) -> PeculiarLms:
    return request.param  # type: ignore[no-any-return]


def become(learner: Learner, **changes: Any) -> None:
    """The LMS is like that from now on."""
    learner.page.evaluate(f"lms.become({json.dumps(changes)})")


def word(learner: Learner, text: str) -> None:
    """Waits until the learner reads exactly this of what is saved, and of what was done until now."""
    place = learner.course.locator("[data-save]")
    expect(place).to_have_text(text)
    # What was done a moment ago is saved in an idle one.
    learner.rest()
    expect(place).to_have_text(text)


def alarm(learner: Learner, *words: str) -> None:
    """The alarm is there, and says all of this."""
    place = learner.course.locator("[data-alarm]")
    expect(place).to_be_visible()
    for each in words:
        expect(place).to_contain_text(each)


def saved_there(learner: Learner, lms: PeculiarLms, page: str) -> Json:
    """What the LMS keeps, once it has that page. Some send it by a timer."""
    pages = "JSON.parse(document.getElementById('course-data').textContent).pages"
    slots = {each["id"]: each["slot"] for each in learner.course.evaluate(pages)}
    saved: Json = {}

    def has_come() -> bool:
        nonlocal saved
        saved = learner.lms("saved")
        state = lms.state(saved)
        return bool(state) and slots[page] in read_resume(state).slots

    learner.until(has_come, page)
    return saved


@pytest.mark.share(3)
def test_what_was_done_is_there_again_in_lmss_of_all_kinds(
    browser: Browser, sites: Sites, peculiar: PeculiarLms, pages: list[str]
) -> None:
    address = sites(peculiar.target)
    with browser.new_context() as here, browser.new_context() as there:
        device = Device(here, peculiar, address)
        learner = device.launch()
        learner.go(pages[1])
        saved = saved_there(learner, peculiar, pages[1])
        expect(learner.course.locator("[data-save]")).to_have_text(re.compile("^(Sparat|Skickat)$"))
        expect(learner.course.locator("[data-alarm]")).to_be_hidden()
        # The window dies.
        learner.page.close()
        back = device.launch(saved)
        assert opened(back) == set(pages[:2])
        back.go(pages[2])
        saved_there(back, peculiar, pages[2])
        saved = back.leave()
        other = Device(there, peculiar, address)
        assert opened(other.launch(saved)) == set(pages[:3])
        assert [*device.wrong, *other.wrong] == []


def test_no_api_in_the_frames_around(device: Device, pages: list[str]) -> None:
    device.take_clock()
    page = device.page(f"{device.address}/{device.version.lms}.html")
    page.evaluate(f"start({{}}, {{}}, ''); delete window.{device.version.api}")
    learner = framed(page, device.address)
    learner.go(pages[2])
    page.clock.run_for(PATIENCE)
    word(learner, "Sparat på enheten")
    expect(learner.course.locator("[data-outside]")).to_contain_text("bara på den här enheten")
    learner.page.reload()
    page.evaluate(f"start({{}}, {{}}, ''); delete window.{device.version.api}")
    learner = framed(page, device.address)
    page.clock.run_for(PATIENCE)
    word(learner, "Sparat på enheten")
    assert learner.now == pages[2]


def test_an_api_that_comes_late(device: Device, pages: list[str]) -> None:
    device.take_clock()
    page = device.page(f"{device.address}/{device.version.lms}.html")
    api = device.version.api
    page.evaluate(f"start({{}}, {{}}, ''); delete window.{api}")
    learner = framed(page, device.address)
    learner.go(pages[1])
    learner.go(pages[2])
    word(learner, "Sparar")
    page.evaluate(f"window.{api} = lms")
    word(learner, "Sparat")
    back = device.launch(learner.leave())
    word(back, "Sparat")
    assert opened(back) == set(pages[:3])


def test_a_parent_of_another_origin(device: Device, pages: list[str]) -> None:
    device.context.clock.install(time=0)
    device.context.clock.pause_at(1000)
    page = device.page(f"{device.address.replace('127.0.0.1', 'localhost')}/{device.version.lms}.html")
    page.evaluate(
        f"""window.{device.version.api} = new Proxy({{}}, {{}}); const sco = document.createElement("iframe");
        sco.name = "sco"; sco.src = "{device.address}/package/index.html"; document.body.append(sco)"""
    )
    learner = framed(page, device.address)
    # A private window refuses storage in such a frame.
    refused = "(() => { try { return !localStorage } catch { return true } })()"
    assert learner.course.evaluate(refused)
    # There is nothing to wait for: an LMS that may still come is waited for longer than this.
    learner.wait("document.readyState === 'complete'")
    page.clock.run_for(PATIENCE // 2)
    expect(learner.course.locator("[data-save]")).to_have_text("Inte sparat")
    alarm(learner, "Inget sparas", "Det finns ingen lärplattform här")
    expect(learner.course.locator("[data-outside]")).to_be_hidden()


@pytest.mark.share(2)
@pytest.mark.parametrize("fault", ["throws", "refuseCommit", "refuseSet"])
def test_calls_that_fail_from_the_middle_on(
    device: Device, pages: list[str], axe: Callable[..., list[str]], fault: str
) -> None:
    device.take_clock()
    learner = device.launch()
    word(learner, "Sparat")
    listen(learner)
    become(learner, **{fault: True})
    learner.go(pages[1])
    word(learner, "Inte sparat")
    if fault == "throws":
        spoken = "Inte sparat. Lärplattformen svarar inte. Du kan fortsätta läsa."
        alarm(learner, "Vi kommer inte fram till den", "Det du gör sparas på den här enheten")
    else:
        spoken = "Inte sparat. Lärplattformen svarar, men tar inte emot det du gör."
        alarm(learner, "Logga in och öppna kursen igen, så kommer allt med.", "finns kvar på den här enheten")
        expect(learner.course.locator("[data-retry]")).to_be_hidden()
    assert axe(learner.course) == []
    learner.go(pages[2])
    # Twice as long as the first pause: what goes on is announced once.
    learner.page.clock.run_for(8000)
    (said,) = heard(learner)
    assert said.startswith(spoken)
    saved = learner.lms("saved")
    learner.page.close()

    back = device.launch(saved)
    word(back, "Sparat")
    assert opened(back) == set(pages[:3])
    saved = back.leave()
    assert device.version.state(saved) != ""

    # What a later launch has read is not kept on the device any more.
    assert device.kept(device.launch(saved)) == []


def test_an_lms_that_answers_again_is_believed_again(device: Device, pages: list[str]) -> None:
    learner = device.launch()
    word(learner, "Sparat")
    become(learner, refuseCommit=True)
    learner.go(pages[1])
    word(learner, "Inte sparat")
    expect(learner.course.locator("[data-say]")).to_contain_text("Inte sparat")
    listen(learner)
    become(learner, refuseCommit=False)
    word(learner, "Sparat")
    expect(learner.course.locator("[data-alarm]")).to_be_hidden()
    assert heard(learner) == ["Sparat igen."]


@pytest.mark.share(3)
@pytest.mark.parametrize("says", ["", True, False])
def test_one_answer_to_everything(device: Device, pages: list[str], says: object) -> None:
    device.take_clock()
    learner = device.launch(says=says)
    word(learner, "Inte sparat" if says is False else "Skickat")
    learner.go(pages[1])
    learner.page.clock.run_for(6000)
    # It never said that it holds anything, and whose it would be is not known either.
    word(learner, "Inte sparat" if says is False else "Skickat")
    assert device.kept(learner) == []


def test_a_state_that_is_lost_at_completion(device: Device, pages: list[str]) -> None:
    learner = device.launch(wipeAtCompletion=True)
    for page in pages[1:]:
        learner.go(page)
    word(learner, "Inte allt sparat")
    alarm(learner, "Lärplattformen sparar inte allt du gör", "Resten finns kvar på den här enheten")
    saved = learner.leave()
    assert (device.version.state(saved), device.version.status(saved)) == ("", "completed")
    back = device.launch(saved)
    word(back, "Sparat")
    assert opened(back) == set(pages)
    expect(back.course.locator("[data-progress]")).to_contain_text("klar")


def test_a_state_that_is_cut_at_4096_characters(browser: Browser, tmp_path: Path) -> None:
    """Pages that went leave their slots behind, so that the first of this course is near the 25,000th."""
    course = tmp_path / "course"
    shutil.copytree(TOP / "templates" / "starter" / "sv", course)
    gone = "".join(f"page gone-{number}\n" for number in range(24_700))
    (course / "course.lock").write_text(
        "# coursepack course.lock, format 1. Written by the build. Commit it. Never change, move or remove a line.\n"
        + gone,
        "utf-8",
    )
    version = VERSIONS[1]
    with served(unpacked(course, tmp_path, version.target)) as address, browser.new_context() as context:
        device = Device(context, version, address)
        learner = device.launch(room=4096)
        learner.go("p1-c1-s1")
        learner.go("p1-c1-s2")
        word(learner, "Inte allt sparat")
        alarm(learner, "Lärplattformen sparar inte allt du gör", "Resten finns kvar på den här enheten")
        saved = learner.leave()
        assert len(version.state(saved)) == 4096
        back = device.launch(saved, room=4096)
        word(back, "Inte allt sparat")
        assert opened(back) == {"p1-c1-s1", "p1-c1-s2"}
        assert device.wrong == []


def test_an_lms_without_anything_optional(device: Device, pages: list[str]) -> None:
    without = {
        "scorm12": [
            "cmi.core.score.min",
            "cmi.core.score.max",
            "cmi.core.lesson_mode",
            "cmi.student_data",
            "cmi.interactions",
            "cmi.objectives",
        ],
        "scorm2004": ["cmi.objectives", "cmi.interactions", "cmi.progress_measure", "cmi.session_time"],
    }[device.version.target]
    learner = device.launch(without=without)
    for page in pages[1:]:
        learner.go(page)
    word(learner, "Sparat")
    expect(learner.course.locator("[data-alarm]")).to_be_hidden()
    saved = learner.leave()
    assert device.version.status(saved) == "completed"
    assert opened(device.launch(saved)) == set(pages)


def test_a_session_that_expires_in_mid_course(
    device: Device, pages: list[str], axe: Callable[..., list[str]]
) -> None:
    device.take_clock()
    learner = device.launch()
    word(learner, "Sparat")
    saved = learner.lms("saved")
    learner.page.evaluate("lms.endSession()")
    learner.go(pages[1])
    word(learner, "Inte sparat")
    alarm(learner, "Du är utloggad från lärplattformen")
    assert axe(learner.course) == []
    calls = len(learner.lms("calls"))
    learner.go(pages[2])
    learner.page.clock.run_for(5000)
    assert len(learner.lms("calls")) == calls
    # Logged in again in another window.
    learner.page.evaluate(
        f"(saved) => {{ window.lms = new lms.constructor(saved); window.{device.version.api} = lms; }}", saved
    )
    learner.course.locator("[data-retry]").click()
    word(learner, "Sparat")
    expect(learner.course.locator("[data-alarm]")).to_be_hidden()
    assert opened(device.launch(learner.leave())) == set(pages[:3])


def test_a_session_that_expires_for_good(device: Device, pages: list[str]) -> None:
    learner = device.launch()
    word(learner, "Sparat")
    saved = learner.lms("saved")
    learner.page.evaluate("lms.endSession()")
    with learner.page.expect_console_message(lambda message: message.text.startswith("coursepack")) as reason:
        learner.go(pages[1])
    # RTE 1.2 3.3, "Not initialized"; RTE 2004 3.1.7.4, "Store Data After Termination".
    call = {"scorm12": "LMSSetValue(cmi.suspend_data): 301", "scorm2004": "SetValue(cmi.suspend_data): 133"}
    assert reason.value.text == f"coursepack: ended, Error: {call[device.version.target]}"
    word(learner, "Inte sparat")
    learner.leave()
    assert opened(device.launch(saved)) == set(pages[:2])


@pytest.mark.soak
def test_commits_that_take_five_seconds(device: Device, pages: list[str]) -> None:
    learner = device.launch(slow=5000)
    word(learner, "Sparat")
    for page in pages[1:5]:
        learner.go(page)
    # The page would stand still for five seconds at each: the LMS is left alone, and the device keeps what was done.
    word(learner, "Sparat på enheten")
    assert len(learner.calls(device.version.commit)) == 1
    assert len(device.kept(learner)) == 1
    assert opened(device.launch(learner.leave())) == set(pages[:5])


def test_the_window_of_the_lms_is_closed_first(device: Device, pages: list[str]) -> None:
    opener = device.page(f"{device.address}/{device.version.lms}.html")
    opener.evaluate(f"window.lms = new StandInLms{'12' if device.version.target == 'scorm12' else '2004'}()")
    with device.context.expect_page() as new:
        opener.evaluate(f"window.{device.version.api} = lms; window.open('/package/index.html')")
    learner = Learner(new.value, device.address, in_frame=False)
    learner.course.wait_for_selector("html[data-js]", state="attached")
    learner.go(pages[1])
    word(learner, "Sparat")
    saved = opener.evaluate("JSON.parse(JSON.stringify(lms.saved))")
    opener.close()
    # Told without anything being saved.
    word(learner, "Inte sparat")
    alarm(learner, "Lärplattformens fönster är stängt", "Det du gör finns kvar på den här enheten")
    learner.go(pages[2])
    assert len(device.kept(learner)) == 1
    learner.page.close(run_before_unload=True)
    assert opened(device.launch(saved)) == set(pages[:3])


def test_a_frame_that_is_removed_without_events(device: Device, pages: list[str]) -> None:
    device.context.add_init_script(
        """const add = EventTarget.prototype.addEventListener; EventTarget.prototype.addEventListener = function (name, ...rest) {
        if (name !== "pagehide" && name !== "visibilitychange") add.call(this, name, ...rest); };"""
    )
    learner = device.launch()
    word(learner, "Sparat")
    # In one go, so that nothing can be saved in between.
    learner.page.evaluate(
        f"""(() => {{ const frame = document.querySelector("iframe"), inside = frame.contentWindow;
        inside.location.hash = "#{pages[2]}"; inside.dispatchEvent(new inside.HashChangeEvent("hashchange")); frame.remove(); }})()"""
    )
    assert device.version.end not in [call["name"] for call in learner.lms("calls")]
    back = device.launch(learner.lms("saved"))
    word(back, "Sparat")
    assert opened(back) == {pages[0], pages[2]}


def test_back_from_the_browsers_cache(device: Device, pages: list[str]) -> None:
    device.take_clock()
    learner = device.launch()
    learner.go(pages[1])
    word(learner, "Sparat")
    learner.course.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert learner.lms("calls")[-1]["name"] == device.version.end
    calls = len(learner.lms("calls"))
    learner.go(pages[2])
    learner.page.clock.run_for(1500)
    assert len(learner.lms("calls")) == calls
    learner.course.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    # This LMS takes one session from a launch.
    word(learner, "Inte sparat")
    alarm(learner, "öppna den igen från lärplattformen")
    learner.go(pages[3])
    saved = learner.leave()
    assert opened(device.launch(saved)) == set(pages[:4])


KEEPING = ["--disable-back-forward-cache"]
"""What Playwright tells a browser, and what one on a learner's desk is not told."""

INSIDE = "document.querySelector('iframe').contentWindow"
"""Playwright does not find the frames of a page that came back."""


def test_back_by_the_browsers_own_button(
    browser: Browser, sites: Sites, version: Version, pages: list[str]
) -> None:
    again = browser.browser_type.launch(executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=KEEPING)
    with again, counting(again.new_context)() as context:
        device = Device(context, version, sites(version.target))
        learner = device.launch()
        learner.go(pages[1])
        word(learner, "Sparat")
        page = learner.page
        page.evaluate(
            f"{INSIDE}.addEventListener('pageshow', (event) => {{ window.kept = event.persisted; }})"
        )
        page.goto(f"{device.address}/elsewhere")
        page.evaluate("history.back()")
        page.wait_for_function("window.kept === true")
        # This LMS takes one session from a launch, and the page's own ended when it was left.
        alarm = f"{INSIDE}.document.querySelector('[data-alarm]:not([hidden])')"
        page.wait_for_function(f"{alarm}?.textContent.includes('öppna den igen från lärplattformen')")
        page.evaluate(f"(id) => {{ {INSIDE}.location.hash = id; }}", pages[2])
        page.wait_for_function(
            f"(id) => {INSIDE}.document.querySelector('[data-now]').id === id", arg=pages[2]
        )
        saved = page.evaluate("lms.saved")
        page.close()
        assert opened(device.launch(saved)) == set(pages[:3])
        assert device.wrong == []


def test_two_tabs(device: Device, pages: list[str]) -> None:
    one = device.launch()
    word(one, "Sparat")
    two = device.launch(one.lms("saved"))
    word(two, "Sparat")
    one.go(pages[1])
    word(one, "Sparat")
    two.go(pages[2])
    word(two, "Sparat")
    one.go(pages[3])
    word(one, "Sparat")
    expected = set(pages[:4])
    assert opened(device.launch(one.leave())) == expected
    # The one that saved first knew of less, and the device has no more of it than the LMS.
    assert opened(device.launch(two.leave())) >= {pages[0], pages[1], pages[2]}


def test_a_shared_device(device: Device, pages: list[str]) -> None:
    first = device.launch(learner="anna@example.org", refuseCommit=True)
    first.go(pages[4])
    word(first, "Inte sparat")
    kept = first.course.evaluate("JSON.stringify(localStorage)")
    assert "anna" not in kept
    assert "Learner" not in kept
    first.page.close()
    second = device.launch(learner="bo@example.org")
    word(second, "Sparat")
    assert second.now == pages[0]
    assert opened(second) == {pages[0]}
    second.leave()
    again = device.launch(learner="anna@example.org")
    word(again, "Sparat")
    assert opened(again) == {pages[0], pages[4]}


def test_an_earlier_attempt_is_asked_about_and_taken_up(
    device: Device, pages: list[str], axe: Callable[..., list[str]]
) -> None:
    learner = device.launch()
    learner.go(pages[1])
    word(learner, "Sparat")
    learner.leave()

    again = device.launch()
    told = again.course.locator("[data-told]")
    expect(told).to_contain_text("På den här enheten finns det du gjorde i kursen förut.")
    assert axe(again.course) == []
    assert opened(again) == {pages[0]}
    again.course.get_by_role("button", name="Ta med det", exact=True).click()
    expect(told).to_be_hidden()
    expect(again.course.locator(":focus")).to_have_text(
        again.course.locator("[data-now] h1").first.inner_text()
    )
    assert opened(again) == set(pages[:2])
    word(again, "Sparat")
    assert opened(device.launch(again.leave())) == set(pages[:2])


def test_an_earlier_attempt_that_is_not_wanted_is_erased(device: Device, pages: list[str]) -> None:
    learner = device.launch()
    learner.go(pages[1])
    word(learner, "Sparat")
    learner.leave()

    again = device.launch()
    again.course.get_by_role("button", name="Radera det från enheten").click()
    expect(again.course.locator("[data-told]")).to_be_hidden()
    word(again, "Sparat")
    once_more = device.launch(again.leave())
    expect(once_more.course.locator("[data-told]")).to_be_hidden()
    assert opened(once_more) == {pages[0]}


def test_a_state_that_nobody_can_read_is_told_and_kept_beside_the_new_one(
    device: Device, pages: list[str], axe: Callable[..., list[str]]
) -> None:
    learner = device.launch()
    learner.go(pages[1])
    word(learner, "Sparat")
    saved = learner.leave()
    there = device.version.state(saved).upper()
    damaged = json.loads(json.dumps(saved).replace(device.version.state(saved), there))

    back = device.launch(damaged)
    told = back.course.locator("[data-told]")
    expect(told).to_contain_text("Det som lärplattformen hade sparat går inte att läsa.")
    expect(told).to_contain_text("läs upp koden som står i menyn")
    assert axe(back.course) == []
    code = back.course.locator("[data-code]").inner_text()
    assert read_resume(code).is_unread
    word(back, "Sparat")
    assert read_resume(device.version.state(back.leave())).aside == there


def test_what_the_device_keeps_is_erased_at_a_press(
    device: Device, pages: list[str], axe: Callable[..., list[str]]
) -> None:
    learner = device.launch(refuseCommit=True)
    learner.go(pages[1])
    word(learner, "Inte sparat")
    assert len(device.kept(learner)) == 1
    listen(learner)
    learner.course.evaluate("document.getElementById('d-settings').showModal()")
    button = learner.course.get_by_role("button", name="Radera från enheten")
    button.scroll_into_view_if_needed()
    assert axe(learner.course) == []
    button.click()
    assert heard(learner)[-1] == "Raderat från enheten. Så länge kursen är öppen sparas inget mer här."
    learner.course.evaluate("document.getElementById('d-settings').close()")
    learner.go(pages[2])
    learner.rest()
    learner.leave()
    # The LMS's page and the course have one origin here.
    names = learner.page.evaluate("Object.keys(localStorage)")
    assert [name for name in names if ":unsaved" in name or ":earlier" in name] == []


NO_COPIES = """() => new Promise((done) => {
  const opening = indexedDB.open("coursepack");
  opening.onsuccess = () => {
    const names = opening.result.transaction("coursepack").objectStore("coursepack").getAllKeys();
    names.onsuccess = () => done(names.result.length === 0);
  };
})"""


def test_an_lms_that_empties_the_local_storage_at_each_login_takes_nothing(
    device: Device, pages: list[str]
) -> None:
    """As Moodle does: lib/amd/src/storage_validation.js."""
    learner = device.launch()
    learner.go(pages[1])
    word(learner, "Sparat")
    saved = learner.lms("saved")
    become(learner, refuseCommit=True)
    learner.go(pages[2])
    word(learner, "Inte sparat")
    # The LMS's page and the course have one origin here.
    learner.page.evaluate("localStorage.clear()")
    learner.page.close()

    page = device.page(f"{device.address}/elsewhere")
    page.evaluate("localStorage.clear()")
    page.close()
    back = device.launch(saved)
    assert opened(back) == set(pages[:3])
    word(back, "Sparat")
    # What is erased is erased there too.
    back.course.evaluate("document.getElementById('d-settings').showModal()")
    back.course.get_by_role("button", name="Radera från enheten").click()
    back.page.wait_for_function(NO_COPIES)
    back.page.evaluate("localStorage.clear()")
    back.page.close()
    anew = device.launch()
    assert opened(anew) == {pages[0]}
    expect(anew.course.locator("[data-told]")).to_be_hidden()
