"""What goes wrong between a course and an LRS: nothing is lost, nothing comes twice, and the learner is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import CHROMIUM, Sites, counting, sites_of
from playwright.sync_api import Browser, BrowserContext, expect
from playwright.sync_api import Error as PlaywrightError
from tracked import KEY, Content, Room, Tracked, content_at, room, write_graded

from coursepack.xapi.test_lrs.request import basic, credential

pytestmark = pytest.mark.share(2)

POST, PUT = ("POST", "/statements"), ("PUT", "/activities/state")
AWAY = "Vi kommer inte fram till den."
AGAIN = "Stäng kursen och öppna den igen från lärplattformen"
FIRST_PAUSE = 4_000
"""Milliseconds until the player tries again, which doubles from then on."""


@pytest.fixture
def here(browser: Browser) -> Iterator[Room]:
    with room(browser) as here:
        yield here


@pytest.fixture(scope="session")
def example(sites: Sites) -> Content:
    return content_at(sites("xapi"))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Content]:
    with sites_of(write_graded(tmp_path_factory.mktemp("graded") / "course")) as address:
        yield content_at(address("xapi"))


def clocked(here: Room) -> BrowserContext:
    """A device whose time can be moved on."""
    device = here.devices.new()
    device.clock.install()
    return device


def unsaved(learner: Tracked, why: str = AWAY) -> None:
    """Waits until the learner has been told, in words."""
    learner.until(lambda: learner.state == "no", "not saved")
    expect(learner.course.locator("[data-save]")).to_have_text("Inte sparat")
    expect(learner.course.locator("[data-alarm]")).to_contain_text(why)


def saved_again(learner: Tracked, clock: int = 0) -> None:
    """Waits until all is saved and the learner sees that; `clock`: while time goes on, and without anybody's help."""
    learner.settle(clock)
    expect(learner.course.locator("[data-save]")).to_have_text("Sparat")
    expect(learner.course.locator("[data-alarm]")).to_be_hidden()


def assert_all_is_there(here: Room, content: Content, pages: Collection[str]) -> None:
    """Every page that was opened is told of once and counts, and no other."""
    # What a page sends as it goes arrives in any order.
    here.lrs.until(lambda: len(here.lrs.said("experienced")) >= len(pages))
    here.lrs.until(lambda: content.opened(here.lrs.document()) >= set(pages))
    assert sorted(content.about(here.lrs.said("experienced"))) == sorted(pages)
    assert content.opened(here.lrs.document()) == set(pages)


def leave_unheard(here: Room, learner: Tracked) -> list[str]:
    """Leaves the course while the LRS refuses everything; returns what the device keeps of it.

    Waits until all that the page sends as it goes was refused: what is on its way still would be taken when the fault is
    over. A fault that cuts connections will not do, since Chromium sends such a request anew.
    """
    kept, told, before = learner.kept(), here.lrs.statements, len(here.lrs.faults.requests)
    assert kept

    def is_refused() -> bool:
        sent = here.lrs.faults.requests[before:]
        told = b"".join(each.body for each in sent if each.method == "POST")
        last = [b"/terminated", *(each.encode() for each in kept)]
        return any(each.method == "PUT" for each in sent) and all(each in told for each in last)

    learner.leave()
    here.lrs.until(is_refused)
    assert here.lrs.statements == told
    return kept


# Faults of the LRS and of the way to it


def test_an_lrs_that_is_away_for_a_while(here: Room, example: Content) -> None:
    learner = here.open(example, clocked(here), faulty=True)
    here.lrs.faults.add("drop")
    learner.go(example.pages[1])
    unsaved(learner)
    expect(learner.course.locator("[data-say]")).to_contain_text("Inte sparat")
    learner.go(example.pages[2])
    assert here.lrs.verbs() == ["initialized", "experienced"]
    here.lrs.faults.lift()
    saved_again(learner, FIRST_PAUSE)
    expect(learner.course.locator("[data-say]")).to_have_text("Sparat igen.")
    here.leave(learner)
    assert_all_is_there(here, example, example.pages[:3])
    assert here.lrs.verbs()[-2:] == ["suspended", "terminated"]


def test_a_learner_may_ask_to_save_now(here: Room, example: Content) -> None:
    learner = here.open(example, faulty=True)
    here.lrs.faults.add("drop")
    learner.go(example.pages[1])
    unsaved(learner)
    here.lrs.faults.lift()
    learner.course.locator("[data-retry]").click()
    saved_again(learner)
    here.leave(learner)
    assert_all_is_there(here, example, example.pages[:2])


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("what", [POST, PUT], ids=["statements", "state"])
def test_an_lrs_that_fails(here: Room, example: Content, status: int, what: tuple[str, str]) -> None:
    learner = here.open(example, clocked(here), faulty=True)
    here.lrs.faults.add("status", *what, status=status)
    learner.go(example.pages[1])
    unsaved(learner)
    here.lrs.faults.lift()
    saved_again(learner, FIRST_PAUSE)
    here.leave(learner)
    assert_all_is_there(here, example, example.pages[:2])


@pytest.mark.parametrize("what", [POST, PUT], ids=["statements", "state"])
def test_too_many_requests_wait_as_long_as_they_are_told(
    here: Room, example: Content, what: tuple[str, str]
) -> None:
    learner = here.open(example, clocked(here), faulty=True)
    # Time goes on by itself too: a busy machine may take a while to look.
    headers = {"Retry-After": "600", "Access-Control-Expose-Headers": "Retry-After"}
    here.lrs.faults.add("status", *what, status=429, headers=headers, times=1)
    learner.go(example.pages[1])
    unsaved(learner)
    asked = len(learner.requests)
    learner.page.clock.fast_forward(500_000)
    learner.rest()
    assert len(learner.requests) == asked
    learner.page.clock.fast_forward(100_000)
    saved_again(learner)
    here.leave(learner)
    assert_all_is_there(here, example, example.pages[:2])


@pytest.mark.parametrize("what", [POST, PUT], ids=["statements", "state"])
def test_an_answer_that_never_comes(here: Room, example: Content, what: tuple[str, str]) -> None:
    learner = here.open(example, clocked(here), faulty=True)
    silence = here.lrs.faults.add("silent", *what)
    learner.go(example.pages[1])
    learner.until(lambda: learner.state == "wait", "saving takes its time")
    here.lrs.until(lambda: here.lrs.faults.sent(*what)[-1].status is None)
    learner.page.clock.fast_forward(20_000)
    unsaved(learner)
    learner.go(example.pages[2])
    here.lrs.faults.lift(silence)
    saved_again(learner, FIRST_PAUSE)
    here.leave(learner)
    assert_all_is_there(here, example, example.pages[:3])


@pytest.mark.parametrize("what", [POST, PUT], ids=["statements", "state"])
def test_an_answer_that_is_lost_after_all_was_stored(
    here: Room, graded: Content, what: tuple[str, str]
) -> None:
    learner = here.open(graded, clocked(here), faulty=True)
    loss = here.lrs.faults.add("lose", *what)
    learner.go("provsida")
    learner.answer("fraga-1", "b")
    if what == POST:
        unsaved(learner)
        here.lrs.faults.lift(loss)
    # Whether a document arrived can be looked up at once.
    saved_again(learner, FIRST_PAUSE)
    here.leave(learner)
    assert_all_is_there(here, graded, ["textsida", "provsida"])
    assert graded.about(here.lrs.said("answered")) == ["fraga-1"]


def test_an_lms_that_empties_the_local_storage_at_each_login_takes_nothing(
    here: Room, example: Content
) -> None:
    """As Moodle does, whose pages have the course's origin: lib/amd/src/storage_validation.js."""
    device = clocked(here)
    learner = here.open(example, device, faulty=True)
    here.lrs.faults.add("drop")
    learner.go(example.pages[1])
    unsaved(learner)
    learner.page.close()
    here.lrs.faults.lift()
    page = device.new_page()
    page.goto(f"{example.address}/package/player.js")
    page.evaluate("localStorage.clear()")
    page.close()
    back = here.open(example, device)
    saved_again(back)
    here.leave(back)
    assert_all_is_there(here, example, example.pages[:2])


def test_a_key_that_is_spent_in_mid_course(here: Room, graded: Content) -> None:
    device = clocked(here)
    learner = here.open(graded, device, faulty=True)
    learner.walk(["filmsida"])
    del here.lrs.credentials[KEY]
    learner.go("provsida")
    learner.answer("fraga-1", "a")
    unsaved(learner, AGAIN)
    expect(learner.course.locator("[data-alarm]")).to_contain_text("finns kvar på den här enheten")
    learner.answer("fraga-2", "b")
    # Asking again and again would not help, and lock accounts.
    learner.until(lambda: len(learner.kept("answered")) == 2)
    learner.rest()
    asked = len(learner.requests)
    learner.page.clock.fast_forward(120_000)
    learner.rest()
    assert len(learner.requests) == asked
    kept = leave_unheard(here, learner)

    fresh = basic("course", "another-secret")
    here.lrs.credentials[fresh] = credential("course")
    back = here.open(graded, device, launch={"auth": fresh}, faulty=True)
    assert back.now == "provsida"
    expect(back.course.locator('form[data-q="fraga-2"] input:checked')).to_have_value("b")
    assert set(kept) <= {each["id"] for each in here.lrs.statements}
    here.leave(back)
    assert_all_is_there(here, graded, graded.pages)
    assert graded.about(here.lrs.said("answered")) == ["fraga-1", "fraga-2"]


# Windows that close


def closed(learner: Tracked) -> None:
    learner.page.close(run_before_unload=True)


def elsewhere(learner: Tracked) -> None:
    learner.page.goto("about:blank")


def reloaded(learner: Tracked) -> None:
    learner.page.reload()


@pytest.mark.parametrize("way", [closed, elsewhere, reloaded])
def test_a_window_that_closes_at_once_after_an_answer(
    here: Room, graded: Content, way: Callable[[Tracked], None]
) -> None:
    learner = here.open(graded)
    learner.go("provsida")
    learner.answer("fraga-1", "a")
    learner.answer("fraga-2", "b")
    way(learner)
    here.lrs.until(lambda: "terminated" in here.lrs.verbs())
    here.lrs.until(lambda: graded.chosen(here.lrs.document(), "fraga-2") == {"b"})
    assert graded.about(here.lrs.said("answered")) == ["fraga-1", "fraga-2"]
    assert_all_is_there(here, graded, ["textsida", "provsida"])
    assert "suspended" in here.lrs.verbs()


def lms_page(content: Content) -> str:
    """A page of another site, which holds frames."""
    return content.address.replace("127.0.0.1", "localhost") + "/standin.html"


def test_a_frame_that_the_lms_takes_away_at_once_after_an_answer(here: Room, graded: Content) -> None:
    learner = here.open(graded, frame=lms_page(graded))
    learner.go("provsida")
    learner.answer("fraga-1", "a")
    learner.answer("fraga-2", "b")
    here.leave(learner)
    here.lrs.until(lambda: graded.chosen(here.lrs.document(), "fraga-2") == {"b"})
    assert graded.about(here.lrs.said("answered")) == ["fraga-1", "fraga-2"]
    assert_all_is_there(here, graded, ["textsida", "provsida"])


def test_what_could_not_be_sent_when_the_window_closed_comes_with_the_next_launch(
    here: Room, graded: Content
) -> None:
    device = here.devices.new()
    learner = here.open(graded, device, faulty=True)
    here.lrs.faults.add("status")
    learner.go("provsida")
    learner.answer("fraga-1", "a")
    unsaved(learner)
    kept = leave_unheard(here, learner)
    here.lrs.faults.lift()
    back = here.open(graded, device, faulty=True)
    assert back.now == "provsida"
    expect(back.course.locator('form[data-q="fraga-1"] input:checked')).to_have_value("a")
    ids = [each["id"] for each in here.lrs.statements]
    assert [each for each in ids if each in kept] == kept
    here.leave(back)
    assert_all_is_there(here, graded, ["textsida", "provsida"])
    assert here.lrs.verbs().count("terminated") == 2
    assert here.lrs.verbs().count("initialized") == 2


@pytest.mark.parametrize("fault", ["away", "away-from-the-start", "spent"])
def test_a_window_that_dies_while_nothing_arrives(here: Room, graded: Content, fault: str) -> None:
    device = here.devices.new()
    if fault == "away-from-the-start":
        here.lrs.faults.add("drop")
    learner = here.open(graded, device, settled=False, faulty=True)
    if fault == "away-from-the-start":
        unsaved(learner)
    else:
        learner.settle()
    if fault == "away":
        here.lrs.faults.add("drop")
    if fault == "spent":
        del here.lrs.credentials[KEY]
    learner.go("provsida")
    unsaved(learner, AGAIN if fault == "spent" else AWAY)
    learner.answer("fraga-1", "a")
    learner.until(lambda: learner.kept("answered"))
    # The document is kept when the browser has a moment to spare.
    learner.until(
        lambda: any(
            left["doc"] and graded.chosen(json.loads(left["doc"]), "fraga-1") for left in learner.journal()
        )
    )
    with suppress(PlaywrightError):
        learner.page.goto("chrome://crash")
    here.lrs.faults.lift()
    here.lrs.credentials[KEY] = credential("course")
    back = here.open(graded, device, faulty=True)
    assert back.now == "provsida"
    expect(back.course.locator('form[data-q="fraga-1"] input:checked')).to_have_value("a")
    here.leave(back)
    assert_all_is_there(here, graded, ["textsida", "provsida"])
    assert graded.about(here.lrs.said("answered")) == ["fraga-1"]


def test_whoever_goes_on_before_the_lrs_has_answered_has_seen_the_first_page(
    here: Room, graded: Content
) -> None:
    here.lrs.faults.add("silent")
    learner = here.open(graded, here.devices.new(), settled=False, faulty=True)
    # Whoever asks for another page before the script has begun is shown that one first.
    learner.wait("document.documentElement.hasAttribute('data-js')")
    learner.go("provsida")
    here.lrs.faults.lift()
    learner.settle()
    here.leave(learner)
    assert_all_is_there(here, graded, ["textsida", "provsida"])
    back = here.open(graded, here.devices.new(), faulty=True)
    assert back.now == "provsida"


def test_more_than_a_closing_window_can_send(here: Room, graded: Content) -> None:
    device = clocked(here)
    learner = here.open(graded, device, faulty=True)
    busy = here.lrs.faults.add("status", *POST, status=503)
    learner.go("provsida")
    learner.course.evaluate(
        """() => { const form = document.querySelector('form[data-q="fraga-1"]');
        const inputs = form.querySelectorAll("input");
        for (let at = 0; at < 80; at += 1) {
            inputs[at % 2].checked = true; form.requestSubmit(); form.requestSubmit(); } }"""
    )
    unsaved(learner)
    kept = learner.kept()
    assert len(kept) > 80
    here.lrs.faults.lift(busy)
    before = len(here.lrs.faults.requests)
    here.leave(learner)
    here.lrs.until(lambda: here.lrs.faults.sent(*PUT)[-1].status == 204)
    sent = [each for each in here.lrs.faults.requests[before:] if each.method != "OPTIONS"]
    # Fetch standard, keepalive: 64 KiB for all that is on its way.
    assert 0 < sum(len(each.body) for each in sent) < 64 * 1024
    assert len(here.lrs.said("answered")) < 80
    assert "suspended" in here.lrs.verbs()
    back = here.open(graded, device, faulty=True)
    assert set(kept) <= {each["id"] for each in here.lrs.statements}
    assert len(here.lrs.said("answered")) == 80
    here.leave(back)
    assert_all_is_there(here, graded, ["textsida", "provsida"])


# Several at once


def test_two_tabs_at_once(here: Room, example: Content) -> None:
    device = here.devices.new()
    one = here.open(example, device, faulty=True)
    other = here.open(example, device, faulty=True)
    for at in range(1, 5):
        one.go(example.pages[at])
        other.go(example.pages[at + 4])
    one.settle()
    other.settle()
    assert example.opened(here.lrs.document()) == set(example.pages[:9])
    # Each knows what was done in the other once it has saved after it.
    one.walk(example.pages[9:10])
    expect(one.course.locator("[data-progress]")).to_contain_text("10 av 11")
    here.leave(one)
    other.go(example.pages[10])
    here.lrs.until(lambda: example.opened(here.lrs.document()) == set(example.pages))
    expect(other.course.locator("[data-progress]")).to_contain_text("klar")
    here.leave(other)
    # What was on its way when a tab was closed may come with the next launch.
    back = here.open(example, device, faulty=True)
    here.leave(back)
    assert_all_is_there(here, example, example.pages)
    assert here.lrs.verbs().count("completed") == 2
    assert here.lrs.verbs().count("terminated") == here.lrs.verbs().count("initialized") == 3


def test_what_another_device_told_first_takes_nothing_along(here: Room, example: Content) -> None:
    one, other = (here.open(example, faulty=True) for _ in range(2))
    busy = here.lrs.faults.add("status", *POST, status=503)
    one.go(example.pages[1])
    unsaved(one)
    here.lrs.faults.lift(busy)
    other.walk(example.pages[1:2])
    # The LRS knows that page's id with another time, and refuses whatever comes along with it.
    here.leave(one)
    here.lrs.until(lambda: 409 in {each.status for each in here.lrs.faults.sent(*POST)})
    assert "suspended" in here.lrs.verbs()
    here.leave(other)
    assert_all_is_there(here, example, example.pages[:2])


def test_what_no_window_saw_whole_is_completed_all_the_same(here: Room, example: Content) -> None:
    one = here.open(example, faulty=True)
    device = here.devices.new()
    other = here.open(example, device, faulty=True)
    one.walk(example.pages[1:6])
    busy = here.lrs.faults.add("status", *POST, status=503)
    for page in example.pages[6:]:
        other.go(page)
    unsaved(other)
    here.lrs.until(lambda: example.opened(here.lrs.document()) == set(example.pages))
    here.lrs.faults.lift(busy)
    here.leave(other)
    here.leave(one)
    back = here.open(example, device, faulty=True)
    expect(back.course.locator("[data-progress]")).to_contain_text("klar")
    here.leave(back)
    assert_all_is_there(here, example, example.pages)
    assert sorted(example.about(here.lrs.said("completed"))) == ["", "p1"]


def test_two_devices_that_answer_different_questions(here: Room, graded: Content) -> None:
    one, other = (here.open(graded, faulty=True) for _ in range(2))
    for learner in (one, other):
        learner.walk(["provsida"])
    one.answer("fraga-1", "a")
    one.settle()
    other.answer("fraga-2", "b")
    other.settle()
    assert 412 in {each.status for each in here.lrs.faults.sent(*PUT)}
    for learner in (one, other):
        here.leave(learner)
    assert [graded.chosen(here.lrs.document(), f"fraga-{n}") for n in (1, 2)] == [{"a"}, {"b"}]
    assert sorted(graded.about(here.lrs.said("answered"))) == ["fraga-1", "fraga-2"]
    assert_all_is_there(here, graded, ["textsida", "provsida"])


def test_two_devices_that_answer_the_same_question(here: Room, graded: Content) -> None:
    one, other = (here.open(graded, faulty=True) for _ in range(2))
    for learner in (one, other):
        learner.walk(["provsida"])
    other.answer("fraga-1", "a")
    one.answer("fraga-1", "b")
    # Whoever saves last did not answer last.
    one.settle()
    other.settle()
    one.walk(["textsida"])
    other.walk(["textsida"])
    for learner in (other, one):
        here.leave(learner)
    assert graded.chosen(here.lrs.document(), "fraga-1") == {"b"}
    back = here.open(graded)
    back.walk(["provsida"])
    expect(back.course.locator('form[data-q="fraga-1"] input:checked')).to_have_value("b")
    here.leave(back)
    assert [each["result"]["response"] for each in here.lrs.said("answered")] in (["a", "b"], ["b", "a"])


# Browsers that keep nothing


def settings(**profile: Any) -> str:
    """Chromium's file of settings."""
    return json.dumps({"profile": profile})


def set_to(chosen: str, browser: Browser, here: Room, folder: Path) -> BrowserContext:
    """A device whose browser has these settings."""
    (folder / "Default").mkdir()
    (folder / "Default/Preferences").write_text(chosen, "utf-8")
    device = counting(browser.browser_type.launch_persistent_context)(
        folder, executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
    )
    here.devices.contexts.append(device)
    return device


KEEPING = "(() => { try { return localStorage.length; } catch (error) { return error.name; } })()"


@pytest.mark.parametrize(
    ("chosen", "in_frame"),
    [
        (settings(default_content_setting_values={"cookies": 2}), False),
        (settings(block_third_party_cookies=True, cookie_controls_mode=1), True),
    ],
    ids=["no-site", "no-frame-of-another-site"],
)
def test_a_browser_that_is_set_to_keep_nothing(
    browser: Browser, here: Room, graded: Content, tmp_path: Path, chosen: str, in_frame: bool
) -> None:
    device = set_to(chosen, browser, here, tmp_path)
    frame = lms_page(graded) if in_frame else None
    learner = here.open(graded, device, frame=frame)
    assert learner.course.evaluate(KEEPING) == "SecurityError"
    learner.walk(["filmsida"])
    learner.go("provsida")
    learner.answer("fraga-1", "b")
    here.leave(learner)
    here.lrs.until(lambda: graded.chosen(here.lrs.document(), "fraga-1") == {"b"})
    assert_all_is_there(here, graded, graded.pages)
    back = here.open(graded, device, frame=frame, faulty=True)
    assert back.now == "provsida"
    # What cannot be kept anywhere is lost with the window, and the learner hears that.
    del here.lrs.credentials[KEY]
    back.answer("fraga-2", "a")
    unsaved(back, "webbläsaren sparar inget på den här enheten")


def test_a_frame_of_another_site_that_may_keep_nothing(here: Room, graded: Content) -> None:
    learner = here.open(graded, frame=lms_page(graded), sandbox="allow-scripts allow-forms", faulty=True)
    learner.walk(["filmsida"])
    learner.go("provsida")
    learner.answer("fraga-1", "b")
    here.leave(learner)
    here.lrs.until(lambda: graded.chosen(here.lrs.document(), "fraga-1") == {"b"})
    assert_all_is_there(here, graded, graded.pages)
    back = here.open(graded, frame=lms_page(graded), sandbox="allow-scripts allow-forms", faulty=True)
    assert back.now == "provsida"
    here.lrs.faults.add("drop", *POST)
    back.answer("fraga-2", "a")
    unsaved(back)
    here.lrs.faults.lift()
    back.course.locator("[data-retry]").click()
    saved_again(back)
    here.leave(back)
    assert graded.about(here.lrs.said("answered")) == ["fraga-1", "fraga-2"]


def test_a_frame_of_another_site_keeps_its_journal(
    browser: Browser, here: Room, graded: Content, tmp_path: Path
) -> None:
    # As browsers are set by themselves; a window that is private from the start lets no such frame keep anything.
    device = set_to(settings(cookie_controls_mode=0), browser, here, tmp_path)
    learner = here.open(graded, device, frame=lms_page(graded), faulty=True)
    here.lrs.faults.add("status")
    learner.go("provsida")
    learner.answer("fraga-1", "a")
    unsaved(learner)
    leave_unheard(here, learner)
    here.lrs.faults.lift()
    back = here.open(graded, device, frame=lms_page(graded), faulty=True)
    assert back.now == "provsida"
    here.leave(back)
    assert_all_is_there(here, graded, ["textsida", "provsida"])
    assert graded.about(here.lrs.said("answered")) == ["fraga-1"]


# A start without a line


def test_an_lrs_that_is_away_at_the_start(here: Room, graded: Content) -> None:
    device = clocked(here)
    before = here.open(graded, here.devices.new())
    before.walk(["filmsida"])
    here.leave(before)
    here.lrs.faults.add("drop")
    learner = here.open(graded, device, settled=False, faulty=True)
    unsaved(learner)
    learner.go("provsida")
    learner.answer("fraga-1", "b")
    here.lrs.faults.lift()
    saved_again(learner, FIRST_PAUSE)
    assert learner.now == "provsida"
    expect(learner.course.locator("[data-progress]")).to_contain_text("3 av 3 sidor öppnade")
    expect(learner.course.locator('form[data-q="fraga-1"] input:checked')).to_have_value("b")
    here.leave(learner)
    assert_all_is_there(here, graded, graded.pages)
    assert graded.about(here.lrs.said("answered")) == ["fraga-1"]
    assert here.lrs.verbs().count("initialized") == 2


@pytest.mark.parametrize("ending", ["leaves", "dies"])
def test_what_was_done_before_the_script_came_that_tells_comes_with_the_next_launch(
    here: Room, graded: Content, ending: str
) -> None:
    device = here.devices.new()
    dies = ending == "dies"
    # It never comes; or it cannot, which the player notices.
    page = device.new_page()
    page.route("**/tracking.js", lambda route: route.abort() if dies else None)
    # In a frame, since a window that is opened waits for all scripts.
    frame = f"{graded.address}/standin.html"
    lost = f"{graded.address}/package/tracking.js"
    learner = here.open(graded, page=page, frame=frame, settled=False, faulty=True, lost=lost)
    if dies:
        unsaved(learner)
    learner.go("provsida")
    learner.answer("fraga-1", "a")
    if dies:
        learner.until(lambda: "sparas på den här enheten" in learner.told())
        with suppress(PlaywrightError):
            page.goto("chrome://crash")
    else:
        learner.leave()
    assert here.lrs.statements == []
    back = here.open(graded, device)
    assert back.now == "provsida"
    expect(back.course.locator('form[data-q="fraga-1"] input:checked')).to_have_value("a")
    here.leave(back)
    assert_all_is_there(here, graded, ["textsida", "provsida"])
    assert graded.about(here.lrs.said("answered")) == ["fraga-1"]


def test_what_was_done_without_a_line_from_start_to_end_comes_with_the_next_launch(
    here: Room, graded: Content
) -> None:
    device = here.devices.new()
    here.lrs.faults.add("drop")
    learner = here.open(graded, device, settled=False, faulty=True)
    unsaved(learner)
    learner.go("provsida")
    learner.answer("fraga-1", "a")
    assert learner.kept("answered")
    learner.leave()
    here.lrs.faults.lift()
    assert here.lrs.statements == []
    back = here.open(graded, device, faulty=True)
    assert back.now == "provsida"
    expect(back.course.locator('form[data-q="fraga-1"] input:checked')).to_have_value("a")
    here.leave(back)
    assert_all_is_there(here, graded, ["textsida", "provsida"])
    assert graded.about(here.lrs.said("answered")) == ["fraga-1"]


def test_whoever_waits_for_the_lrs_on_the_first_page_is_taken_to_the_place_that_was_left(
    here: Room, graded: Content
) -> None:
    device = clocked(here)
    before = here.open(graded, device)
    before.walk(["filmsida"])
    here.leave(before)
    here.lrs.faults.add("drop")
    learner = here.open(graded, device, settled=False, faulty=True)
    unsaved(learner)
    assert learner.now == "textsida"
    here.lrs.faults.lift()
    saved_again(learner, FIRST_PAUSE)
    assert learner.now == "filmsida"
    here.leave(learner)
    assert here.lrs.document()["location"] == "filmsida"
