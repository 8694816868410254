"""Packages that others' tools make, in the preview: what the course did is what calls, data and state say.

The courses in `naive/` are written as people write them. Their packages are made by simple-scorm-packager; those for xAPI
and cmi5 speak through TinCanJS and @xapi/cmi5.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import TOP, Learner
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from coursepack.preview.packages import PackagePreview
from coursepack.preview.panel import panel_page, policy
from coursepack.preview.strangers import Stranger

pytestmark = [pytest.mark.browser, pytest.mark.share(1)]

NAIVE = Path(__file__).with_name("naive")
PLAYER = TOP / "player"

PACKAGER = 'require("simple-scorm-packager")(JSON.parse(process.argv[1]), () => {});'


def run_node(program: str, *arguments: str) -> None:
    node = shutil.which("node")
    assert node, "the packager needs Node"
    subprocess.run([node, "-e", program, *arguments], cwd=PLAYER, check=True, capture_output=True)


@dataclass(frozen=True)
class Version:
    """What one packager's choice of version says, and the words of that version."""

    name: str
    names: dict[str, str]
    room: str
    unended: int
    """The page of three after a session that was at the second and that the LMS did not see end.

    SCORM 1.2 gives back all that was committed. In SCORM 2004 the course says at its end that it suspends the attempt; an
    attempt that is not suspended is over, and the next launch begins another (RTE 4.2.8).
    """

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


NAMES12 = {
    "begin": "Initialize",
    "end": "Finish",
    "learner": "cmi.core.student_id",
    "location": "cmi.core.lesson_location",
    "status": "cmi.core.lesson_status",
    "mode": "cmi.core.lesson_mode",
    "credit": "cmi.core.credit",
    "score": "cmi.core.score.raw",
    "entry": "cmi.core.entry",
    "unset": "not attempted",
    "done": "passed",
}
NAMES2004 = {
    "begin": "Initialize",
    "end": "Terminate",
    "learner": "cmi.learner_id",
    "location": "cmi.location",
    "status": "cmi.completion_status",
    "mode": "cmi.mode",
    "credit": "cmi.credit",
    "score": "cmi.score.raw",
    "entry": "cmi.entry",
    "unset": "unknown",
    "done": "completed",
}
# RTE 1.2 3.4.4 (CMIString4096), RTE 2004 3rd Edition 4.2.21 and 4th Edition 4.2.21: suspend_data.
VERSIONS = [
    Version("1.2", NAMES12, "4,096", 2),
    Version("2004 3rd Edition", NAMES2004, "4,000", 1),
    Version("2004 4th Edition", NAMES2004, "64,000", 1),
]


@pytest.fixture(scope="module", params=VERSIONS, ids=str)
def version(request: pytest.FixtureRequest) -> Version:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def package(version: Version, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The naive course as simple-scorm-packager packs it. It writes into the folder that it packs."""
    folder = tmp_path_factory.mktemp("packaged")
    shutil.copytree(NAIVE / "scorm", folder / "source")
    told = {
        "version": version.name,
        "title": "Fire safety",
        "source": str(folder / "source"),
        "package": {"zip": True, "outputFolder": str(folder / "made"), "version": "1.0"},
    }
    run_node(PACKAGER, json.dumps(told))
    (made,) = (folder / "made").glob("*.zip")
    return made


@dataclass
class Visitor:
    """Somebody with the panel of the preview, in which somebody else's course runs."""

    page: Page

    @property
    def course(self) -> FrameLocator:
        return self.page.frame_locator("#frame").frame_locator("iframe")

    @property
    def content(self) -> FrameLocator:
        """The page within the naive course."""
        return self.course.frame_locator("iframe")

    @property
    def rows(self) -> Locator:
        return self.page.locator("#calls tr:not(.say)")

    def until(self, condition: object, what: str) -> None:
        Learner(self.page, "").until(condition, what)  # type: ignore[arg-type]

    def press(self, name: str) -> None:
        self.course.get_by_role("button", name=name).click()

    def act(self, name: str) -> Locator:
        button = self.page.locator(f"[data-act={name}]")
        button.click()
        return button

    def launched(self, name: str) -> None:
        """Presses what launches the course again, and waits until it has begun."""
        times = self.page.locator("#calls tr:not(.say)", has_text="Initialize")
        before = times.count()
        self.act(name)
        expect(times).to_have_count(before + 1)
        self.is_shown()

    def is_shown(self) -> None:
        expect(self.course.locator("#place")).not_to_be_empty()

    def at(self, number: int) -> None:
        expect(self.course.locator("#place")).to_have_text(f"Page {number} of 3")

    def tab(self, name: str) -> None:
        self.page.locator(f"#tab-{name}").click()

    def holds(self, element: str, value: str) -> None:
        """The tab of the data says what the LMS has: nothing is empty, or not shown."""
        row = self.page.locator("#data tr").filter(has=self.page.get_by_text(element, exact=True))
        if value:
            expect(row.locator("b")).to_have_text(value)
        else:
            expect(row.locator("b").filter(has_not_text=re.compile("^empty$"))).to_have_count(0)

    def answer(self, value: str) -> None:
        """Goes to the page with the question, and answers."""
        for _ in range(2):
            self.press("Next")
        self.content.locator(f"[value={value}]").check()
        self.content.get_by_role("button", name="Answer").click()
        expect(self.course.locator("#message")).to_have_text("Saved")


@contextmanager
def previewing(browser: Browser, package: Path) -> Iterator[Visitor]:
    wrong: list[str] = []
    with Stranger(package) as stranger, browser.new_context(locale="en") as context:
        preview = PackagePreview(
            stranger, "en", lambda token, site: (panel_page("en", token=token, site=site), policy(site))
        )
        with preview.running() as address:
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.goto(address)
            yield Visitor(page)
            context.close()
    assert wrong == []


@pytest.fixture
def visitor(browser: Browser, package: Path) -> Iterator[Visitor]:
    with previewing(browser, package) as visitor:
        visitor.is_shown()
        yield visitor


def test_what_the_course_does_is_what_is_shown(visitor: Visitor, version: Version) -> None:
    names = version.names
    expect(visitor.page.locator("#title")).to_have_text("Fire safety")
    visitor.at(1)
    visitor.answer("a")
    expect(visitor.page.locator("#calls tr.bad")).to_have_count(0)
    last = visitor.rows.last
    expect(last.locator("b")).to_have_text("Commit")
    for written in ("suspend_data q1=a", "score.raw 100", "score.min 0", "score.max 100"):
        expect(last).to_contain_text(written)
    expect(last.locator(".r")).to_have_text("true")
    visitor.tab("data")
    visitor.holds(names["location"], "2")
    visitor.holds(names["status"], names["done"])
    visitor.holds(names["score"], "100")
    visitor.holds("cmi.suspend_data", "q1=a")
    visitor.tab("state")
    expect(visitor.page.locator("#raw")).to_have_text("q1=a")
    expect(visitor.page.locator("#room")).to_have_text(f"4 of {version.room} characters.")


def test_who_comes_back_finds_all_and_so_does_who_looks(visitor: Visitor, version: Version) -> None:
    visitor.answer("b")
    visitor.press("Previous")
    visitor.launched("resume")
    visitor.at(2)
    names = version.names
    # The course has read neither its score nor its state, and the LMS has both.
    visitor.tab("data")
    visitor.holds(names["entry"], "resume")
    visitor.holds(names["location"], "1")
    visitor.holds(names["score"], "0")
    visitor.tab("state")
    expect(visitor.page.locator("#raw")).to_have_text("q1=b")
    visitor.press("Next")
    expect(visitor.content.locator("[value=b]")).to_be_checked()
    # It said how it was left.
    visitor.tab("calls")
    end = visitor.page.locator("#calls tr", has_text=names["end"])
    expect(end).to_contain_text("exit suspend")
    expect(end.locator(".r")).to_have_text("true")


def test_a_new_attempt_has_nothing_of_the_one_before(visitor: Visitor, version: Version) -> None:
    visitor.answer("a")
    visitor.launched("new")
    visitor.at(1)
    names = version.names
    visitor.tab("data")
    visitor.holds(names["entry"], "ab-initio")
    visitor.holds("cmi.suspend_data", "")
    visitor.holds(names["score"], "")
    # The course has read that nothing was attempted, and said that it is incomplete.
    visitor.holds(names["status"], "incomplete")
    expect(visitor.page.locator("#data tr", has_text=names["status"])).to_contain_text(
        f"was {names['unset']}"
    )


def test_each_learner_has_their_own(visitor: Visitor, version: Version) -> None:
    visitor.answer("a")
    visitor.tab("data")
    for learner, state, place in (("learner-2", "", 1), ("learner-1", "q1=a", 3)):
        visitor.launched("other")
        visitor.at(place)
        visitor.holds(version.names["learner"], learner)
        visitor.holds("cmi.suspend_data", state)


@pytest.mark.share(2)
@pytest.mark.parametrize("mode", ["review", "browse"])
def test_a_mode_is_that_of_the_launch(visitor: Visitor, version: Version, mode: str) -> None:
    visitor.answer("a")
    visitor.launched(mode)
    visitor.tab("data")
    visitor.holds(version.names["mode"], mode)
    visitor.holds(version.names["credit"], "no-credit")
    # And of no other.
    visitor.launched("resume")
    visitor.holds(version.names["mode"], "normal")
    visitor.holds(version.names["credit"], "credit")


def test_after_the_session_nothing_is_kept(visitor: Visitor, version: Version) -> None:
    visitor.press("Next")
    visitor.act("expire")
    visitor.press("Next")
    expect(visitor.course.locator("#message")).to_have_text("Not saved")
    refused = visitor.page.locator("#calls tr.bad")
    # RTE 1.2 3.3: 301, not initialized. RTE 2004 3.1.7: 133 and 143, after termination.
    codes = ("301", "301") if version.name == "1.2" else ("133", "143")
    for row, code in zip(("SetValue", "Commit"), codes, strict=True):
        expect(refused.filter(has_text=row).last.locator(".r")).to_have_text(f"{code} false")
    visitor.launched("resume")
    visitor.at(version.unended)


def test_without_a_network_nothing_arrives_and_with_one_it_does(visitor: Visitor, version: Version) -> None:
    visitor.press("Next")
    visitor.act("network")
    visitor.press("Next")
    expect(visitor.course.locator("#message")).to_have_text("Not saved")
    expect(visitor.page.locator("#calls tr.bad", has_text="Commit").locator(".r")).to_have_text(
        re.compile("^(101|391) false$")
    )
    visitor.launched("resume")
    visitor.at(version.unended)
    # It is still gone.
    visitor.press("Next")
    expect(visitor.course.locator("#message")).to_have_text("Not saved")
    visitor.act("network")
    visitor.press("Previous")
    visitor.press("Next")
    expect(visitor.course.locator("#message")).to_have_text("Saved")
    visitor.launched("resume")
    visitor.at(version.unended + 1)


def test_what_is_set_and_not_sent_is_lost_with_the_network(visitor: Visitor, version: Version) -> None:
    """The end of the session is sent too, so it does not arrive."""
    visitor.press("Next")
    frame = next(each for each in visitor.page.frames if each.url.endswith("/index.html"))
    frame.evaluate("write('location', '2', 'core.lesson_location')")
    visitor.act("network")
    visitor.launched("resume")
    visitor.at(version.unended)
    end = visitor.page.locator("#calls tr", has_text=version.names["end"])
    expect(end).to_have_class(re.compile("bad"))


def test_a_slow_save_takes_its_time(visitor: Visitor) -> None:
    visitor.act("slow")
    visitor.press("Next")
    took = visitor.rows.last.locator(".r .num")
    expect(took).to_have_text(re.compile(r"^\d[\d,]* ms$"))
    # Whole milliseconds are counted, of which the first may be nearly over.
    assert int(re.sub(r"\D", "", took.inner_text())) >= 899


def test_the_next_save_fails_and_no_other(visitor: Visitor) -> None:
    button = visitor.act("fail")
    visitor.press("Next")
    expect(visitor.course.locator("#message")).to_have_text("Not saved")
    expect(button).to_have_attribute("aria-pressed", "false")
    visitor.press("Previous")
    expect(visitor.course.locator("#message")).to_have_text("Saved")
    expect(visitor.page.locator("#calls tr.bad")).to_have_count(1)


def test_the_end_of_a_session_is_a_save_that_can_fail(visitor: Visitor, version: Version) -> None:
    visitor.press("Next")
    frame = next(each for each in visitor.page.frames if each.url.endswith("/index.html"))
    frame.evaluate("write('location', '2', 'core.lesson_location')")
    button = visitor.act("fail")
    visitor.launched("resume")
    visitor.at(version.unended)
    expect(button).to_have_attribute("aria-pressed", "false")
    visitor.press("Next")
    expect(visitor.course.locator("#message")).to_have_text("Saved")


def test_a_state_that_is_wiped_is_gone_alone(visitor: Visitor, version: Version) -> None:
    visitor.answer("a")
    visitor.launched("wipe")
    visitor.at(3)
    expect(visitor.content.locator("[value=a]")).not_to_be_checked()
    visitor.tab("data")
    visitor.holds("cmi.suspend_data", "")
    visitor.holds(version.names["status"], version.names["done"])
    visitor.holds(version.names["score"], "100")
    visitor.tab("state")
    expect(visitor.page.locator("#room")).to_have_text(f"0 of {version.room} characters.")


def test_a_course_of_several_documents_is_followed(visitor: Visitor) -> None:
    """Many packages have each page in a file of its own, and go from one to the next."""
    visitor.page.locator("[data-open=looks]").click()
    visitor.page.locator("#looks [name=large]").check()
    visitor.page.keyboard.press("Escape")
    frame = next(each for each in visitor.page.frames if each.url.endswith("/index.html"))
    before = visitor.course.locator("html").evaluate("(element) => getComputedStyle(element).fontSize")
    frame.evaluate("location.href = 'second.html'")
    expect(visitor.page.locator("#title")).to_have_text("Second")
    expect(visitor.course.locator("html")).to_have_css("font-size", before)
    # And its keys are those of the panel.
    visitor.course.locator("h1").click()
    visitor.page.keyboard.press("F9")
    expect(visitor.page.locator("#alone")).to_have_attribute("aria-pressed", "true")


# xAPI and cmi5


@dataclass(frozen=True)
class Client:
    """A client that others write courses with, and how it says what the naive course does."""

    name: str
    script: str
    """Its file in the npm package."""
    file: str
    """Its file in the naive course."""
    state: str
    """The document of the naive course when it is at the second page."""

    def __str__(self) -> str:
        return self.name


CLIENTS = [
    Client("xapi", "tincanjs/build/tincan-min.js", "tincan.js", "2"),
    Client("cmi5", "@xapi/cmi5/dist/Cmi5.umd.js", "cmi5.js", '{"page":2}'),
]


@pytest.fixture(params=CLIENTS, ids=str)
def client(request: pytest.FixtureRequest) -> Client:
    return request.param  # type: ignore[no-any-return]


DOCUMENT = "/lrs/activities/state"


class Tracked(Visitor):
    """Somebody with a course that speaks to an LRS."""

    def launched(self, name: str) -> None:
        times = self.rows.filter(has_text="initialized")
        before = times.count()
        self.act(name)
        expect(times).to_have_count(before + 1)
        self.is_shown()

    @property
    def registration(self) -> str:
        """The attempt, as the launch says."""
        address = next(each.url for each in self.page.frames if "/package/" in each.url)
        return parse_qs(urlsplit(address).query)["registration"][0]

    def is_saved(self, saved: bool = True) -> None:
        expect(self.course.locator("#message")).to_have_text("Saved" if saved else "Not saved")

    def turn(self, name: str, saved: bool = True) -> None:
        self.course.locator("#message").evaluate("(element) => { element.innerHTML = ''; }")
        self.press(name)
        self.is_saved(saved)


@pytest.fixture
def tracked(browser: Browser, client: Client, tmp_path: Path) -> Iterator[Tracked]:
    shutil.copytree(NAIVE / client.name, tmp_path / "made")
    shutil.copyfile(PLAYER / "node_modules" / client.script, tmp_path / "made" / client.file)
    with previewing(browser, tmp_path / "made") as visitor:
        tracked = Tracked(visitor.page)
        expect(tracked.rows.filter(has_text="initialized")).to_have_count(1)
        tracked.is_shown()
        yield tracked


def test_statements_and_documents_are_those_that_were_sent(tracked: Tracked, client: Client) -> None:
    tracked.turn("Next")
    tracked.turn("112")
    rows = tracked.rows
    expect(rows.filter(has_text="learner-1 passed").locator(".r")).to_have_text(re.compile("^20[04]"))
    expect(rows.filter(has_text="(100 %)")).to_have_count(1)
    expect(rows.filter(has_text=DOCUMENT).locator(".r")).to_have_text("204")
    expect(tracked.page.locator("#calls tr.bad")).to_have_count(0)
    tracked.tab("data")
    tracked.holds("bookmark", client.state)
    tracked.tab("state")
    expect(tracked.page.locator("#raw")).to_have_text(client.state)
    size = len(client.state)
    expect(tracked.page.locator("#room")).to_have_text(f"{size} characters. The standard sets no limit.")


def test_an_lrs_gives_back_what_it_has_of_a_learner_and_an_attempt(tracked: Tracked, client: Client) -> None:
    tracked.turn("Next")
    tracked.launched("resume")
    tracked.at(2)
    tracked.tab("data")
    for act, state, place in (
        ("other", "", 1),
        ("other", client.state, 2),
        ("new", "", 1),
    ):
        tracked.launched(act)
        tracked.at(place)
        tracked.holds("bookmark", state)


def test_an_lrs_after_the_session_refuses_all(tracked: Tracked) -> None:
    tracked.turn("Next")
    tracked.act("expire")
    tracked.turn("Next", saved=False)
    expect(tracked.page.locator("#calls tr.bad").last.locator(".r")).to_have_text("401")
    tracked.launched("resume")
    tracked.at(2)


def test_an_lrs_without_a_network_hears_nothing(tracked: Tracked) -> None:
    tracked.turn("Next")
    tracked.act("network")
    tracked.turn("Next", saved=False)
    expect(tracked.page.locator("#calls tr.bad").last.locator(".r")).to_have_text("–")
    tracked.act("network")
    tracked.turn("Previous")
    tracked.launched("resume")
    tracked.at(2)


def test_an_lrs_can_be_slow(tracked: Tracked, client: Client) -> None:
    tracked.act("slow")
    tracked.turn("Next")
    took = tracked.rows.filter(has_text=DOCUMENT).last.locator(".r .num")
    expect(took).to_have_text(re.compile(r"^\d[\d,]* ms$"))
    assert int(re.sub(r"\D", "", took.inner_text())) >= 899


def test_an_lrs_fails_once(tracked: Tracked) -> None:
    button = tracked.act("fail")
    tracked.turn("Next", saved=False)
    expect(tracked.page.locator("#calls tr.bad").locator(".r")).to_have_text("503")
    expect(button).to_have_attribute("aria-pressed", "false")
    # A document first, and then a statement.
    tracked.turn("112")
    tracked.turn("Previous")
    expect(tracked.page.locator("#calls tr.bad")).to_have_count(1)


def test_an_lrs_that_was_to_fail_and_is_not_does_not(tracked: Tracked) -> None:
    tracked.act("fail")
    button = tracked.act("fail")
    expect(button).to_have_attribute("aria-pressed", "false")
    tracked.turn("Next")
    tracked.turn("112")
    expect(tracked.page.locator("#calls tr.bad")).to_have_count(0)


def test_documents_are_wiped_and_nothing_else(tracked: Tracked, client: Client) -> None:
    tracked.turn("Next")
    registration = f"registration={tracked.registration}"
    tracked.launched("wipe")
    tracked.at(1)
    assert registration == f"registration={tracked.registration}"
    tracked.tab("data")
    tracked.holds("bookmark", "")
    tracked.tab("calls")
    expect(tracked.page.locator("#calls tr.bad")).to_have_count(0)


@pytest.mark.parametrize("client", [CLIENTS[1]], ids=str, indirect=True)
@pytest.mark.parametrize("mode", ["review", "browse"])
def test_a_unit_of_cmi5_is_launched_in_its_mode(tracked: Tracked, mode: str) -> None:
    expect(tracked.course.locator("#mode")).to_have_text("Normal")
    tracked.launched(mode)
    expect(tracked.course.locator("#mode")).to_have_text(mode.title())
    tracked.launched("resume")
    expect(tracked.course.locator("#mode")).to_have_text("Normal")


@pytest.mark.parametrize("client", [CLIENTS[0]], ids=str, indirect=True)
def test_xapi_has_no_modes_of_launch(tracked: Tracked) -> None:
    for mode in ("review", "browse"):
        expect(tracked.page.locator(f"[data-act={mode}]")).to_be_disabled()
