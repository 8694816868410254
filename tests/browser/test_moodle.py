"""A graded course in Moodle's player, with the manifest of its package: what the learner did, what is read, and what counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from conftest import PROMPT, Learner, Sites, sites_of, wait_for_frame, watch
from lmss import MOODLES, PeculiarLms
from playwright.sync_api import Browser, BrowserContext, Locator, expect
from small import a_page, questions, write_small
from using import opened

Json = dict[str, Any]

HEAD = """\
report: {answers: true}
completion: {rule: all-core-pages}
status: both
final-check: {page: provsida, mastery: 60, feedback: after, attempts: 3}
"""
UNITS = """\
report: {answers: true}
completion: {rule: all-core-pages}
packages: [{id: units, separate: true}]
"""


@pytest.fixture(params=MOODLES, ids=str)
def moodle(request: pytest.FixtureRequest) -> PeculiarLms:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The address of a course of a page and a check of two questions, by target."""
    course = write_small(
        tmp_path_factory.mktemp("graded") / "course",
        [a_page("textsida"), a_page("provsida", questions((1, 2)))],
        head=HEAD,
    )
    with sites_of(course) as address:
        yield address


@dataclass
class Room:
    """A learner in one Moodle, who comes back day after day to the same device."""

    moodle: PeculiarLms
    address: str
    context: BrowserContext
    settings: Json = field(default_factory=dict)
    saved: Json = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def launch(self, **launch: Any) -> Learner:
        page = self.context.new_page()
        learner = Learner(page, self.address, self.wrong)
        watch(page, learner)
        page.goto(f"{self.address}/{self.moodle.lms}.html")
        options = json.dumps({"settings": self.settings, **launch})
        page.evaluate(f"start({json.dumps(self.saved)}, {options}, '')")
        self.begun(learner)
        return learner

    def begun(self, learner: Learner) -> None:
        wait_for_frame(learner.page)
        learner.course.wait_for_selector("html[data-js]", state="attached")

    def leave(self, learner: Learner) -> None:
        """The activity is left by its own link."""
        self.saved = learner.leave()
        learner.page.close()

    def read(self, name: str) -> str:
        return self.moodle.read(self.saved, name)

    @property
    def told(self) -> tuple[str, str, str, Any]:
        """Status, success, score and grade."""
        is_2004 = self.moodle.target == "scorm2004"
        success = self.read("success").replace("unknown", "") if is_2004 else ""
        return self.read("status"), success, self.read("score"), self.saved["grade"]

    @property
    def answers(self) -> dict[str, tuple[str, str]]:
        """What the report of the LMS has of each question: the answer and the result."""
        values = next(iter(self.saved["attempts"][-1].values()))
        response = "learner_response" if self.moodle.target == "scorm2004" else "student_response"
        records = (
            name.removesuffix(".id") for name in values if re.fullmatch(r"cmi\.interactions\.\d+\.id", name)
        )
        return {
            values[f"{record}.id"]: (values[f"{record}.{response}"], values[f"{record}.result"])
            for record in records
        }

    @property
    def passed(self) -> tuple[str, str, str, Any]:
        return (
            ("completed", "passed", "100", 100)
            if self.moodle.target == "scorm2004"
            else ("passed", "", "100", 100)
        )


@contextmanager
def room(browser: Browser, moodle: PeculiarLms, address: str, **settings: Any) -> Iterator[Room]:
    with browser.new_context(locale="sv-SE") as context:
        context.add_init_script(PROMPT)
        here = Room(moodle, address, context, settings)
        yield here
        assert here.wrong == []


def answer(learner: Learner, first: str, second: str) -> None:
    """Reads all there is, and hands in the check: `a` is right."""
    learner.go("textsida")
    learner.go("provsida")
    again = learner.course.get_by_role("button", name="Gör ett nytt försök")
    if again.is_visible():
        again.click()
    for number, chosen in ((1, first), (2, second)):
        learner.course.locator(f'form[data-q="fraga-{number}"] input[value={chosen}]').check()
    learner.course.get_by_role("button", name="Lämna in").click()
    expect(learner.course.locator("[data-result]")).to_be_visible()


def word(learner: Learner, *texts: str) -> None:
    """Waits until the learner reads one of these of what is saved."""
    place = learner.course.locator("[data-save]")

    def is_read() -> bool:
        return place.inner_text() in texts

    learner.until(is_read, f"{texts}")
    # What was done a moment ago may not have been told yet.
    learner.rest()
    learner.until(is_read, f"{texts}")


def both_right(moodle: PeculiarLms) -> dict[str, tuple[str, str]]:
    """The report of a learner who answered `a` twice. SCORM 2004 has the words of the answer, 1.2 its letter."""
    given = "Ja" if moodle.target == "scorm2004" else "a"
    return {"fraga-1": (given, "correct"), "fraga-2": (given, "correct")}


def settle(learner: Learner) -> None:
    word(learner, "Sparat", "Skickat")


def alarm(learner: Learner) -> Locator:
    return learner.course.locator("[data-alarm]")


def notice(learner: Learner) -> Locator:
    return learner.course.locator("[data-told]")


def test_failed_on_one_day_and_passed_on_the_next(
    browser: Browser, moodle: PeculiarLms, graded: Sites
) -> None:
    with room(browser, moodle, graded(moodle.target), doneBy=["passed"]) as here:
        learner = here.launch()
        if moodle.target == "scorm2004":
            assert learner.page.evaluate("lms.GetValue('cmi.scaled_passing_score')") == "0.6"
        answer(learner, "a", "b")
        settle(learner)
        here.leave(learner)
        assert here.told == ("incomplete", "", "50", 50)
        assert not here.saved["isDone"]
        learner = here.launch()
        settle(learner)
        assert learner.page.evaluate("player.mode") == "normal"
        expect(notice(learner)).to_be_hidden()
        answer(learner, "a", "a")
        settle(learner)
        here.leave(learner)
        assert here.told == here.passed
        assert here.saved["isDone"]


def test_who_looks_again_is_told_that_it_may_not_count_and_loses_nothing(
    browser: Browser, moodle: PeculiarLms, graded: Sites
) -> None:
    with room(browser, moodle, graded(moodle.target)) as here:
        learner = here.launch()
        answer(learner, "a", "a")
        settle(learner)
        here.leave(learner)
        assert here.told == here.passed
        learner = here.launch()
        word(learner, "Skickat")
        assert learner.page.evaluate("player.mode") == "review"
        expect(notice(learner)).to_contain_text("tar kanske inte emot fler resultat")
        expect(notice(learner)).to_contain_text("Starta ett nytt försök")
        expect(learner.course.get_by_text("Ditt svar skickas").filter(visible=True)).to_have_count(0)
        learner.go("provsida")
        word(learner, "Skickat")
        here.leave(learner)
        assert here.told == here.passed


def test_attempts_that_are_used_up_have_failed(browser: Browser, moodle: PeculiarLms, graded: Sites) -> None:
    with room(browser, moodle, graded(moodle.target), doneBy=["passed"]) as here:
        learner = here.launch()
        for second in "abb":
            answer(learner, "b", second)
        settle(learner)
        here.leave(learner)
        is_2004 = moodle.target == "scorm2004"
        assert here.told == (("completed", "failed", "50", 50) if is_2004 else ("failed", "", "50", 50))
        assert not here.saved["isDone"]


def test_a_preview_is_called_one_and_completes_nothing(
    browser: Browser, moodle: PeculiarLms, graded: Sites
) -> None:
    with room(browser, moodle, graded(moodle.target), doneBy=["completed", "passed"]) as here:
        learner = here.launch(browse=True)
        expect(notice(learner)).to_contain_text("Det här är en förhandsvisning")
        answer(learner, "a", "a")
        learner.rest()
        expect(learner.course.locator("[data-save]")).not_to_have_text("Sparat")
        here.leave(learner)
        assert (here.read("score"), here.read("state")) == ("", "")
        assert here.read("status") == ("browsed" if moodle.target == "scorm12" else "")
        assert not here.saved["isDone"]
        learner = here.launch()
        settle(learner)
        assert learner.page.evaluate("player.mode") == "normal"
        expect(notice(learner)).to_be_hidden()


def test_who_is_logged_out_reads_what_helps_and_a_new_launch_has_everything(
    browser: Browser, moodle: PeculiarLms, graded: Sites
) -> None:
    with room(browser, moodle, graded(moodle.target)) as here:
        learner = here.launch()
        settle(learner)
        learner.page.evaluate("server.logOut()")
        answer(learner, "a", "a")
        word(learner, "Inte sparat")
        expect(alarm(learner)).to_contain_text("Logga in och öppna kursen igen")
        expect(alarm(learner)).to_contain_text("finns kvar på den här enheten")
        expect(alarm(learner)).not_to_contain_text("kommer inte fram")
        # Logged in again in another window: this page has the key of before.
        learner.page.evaluate("server.logIn()")
        learner.go("textsida")
        word(learner, "Inte sparat")
        here.leave(learner)
        assert here.read("score") == ""
        learner = here.launch()
        settle(learner)
        here.leave(learner)
        assert here.told == here.passed
        assert here.answers == both_right(moodle)


def test_off_line_nothing_is_saved_and_on_line_again_everything_is_sent(
    browser: Browser, moodle: PeculiarLms, graded: Sites
) -> None:
    with room(browser, moodle, graded(moodle.target)) as here:
        learner = here.launch()
        settle(learner)
        here.context.set_offline(True)
        learner.page.evaluate("lms.become({ offline: true })")
        answer(learner, "a", "a")
        word(learner, "Inte sparat")
        expect(alarm(learner)).to_be_visible()
        # Also where the result is read, and where the learner could think that all is done.
        expect(learner.course.locator(".hand .save")).to_have_text("Inte sparat")
        learner.go("klar")
        may_close = learner.course.get_by_text("Du kan stänga kursen")
        expect(may_close).to_be_hidden()
        expect(learner.course.locator("#klar > .save")).to_have_text("Inte sparat")
        learner.page.evaluate("lms.become({ offline: false })")
        here.context.set_offline(False)
        settle(learner)
        expect(alarm(learner)).to_be_hidden()
        expect(may_close).to_be_visible()
        here.leave(learner)
        assert here.told == here.passed
        assert here.answers == both_right(moodle)


def test_what_is_lost_without_anybody_knowing_comes_with_the_next_launch(
    browser: Browser, moodle: PeculiarLms, graded: Sites
) -> None:
    with room(browser, moodle, graded(moodle.target)) as here:
        learner = here.launch()
        settle(learner)
        # The server does not answer, and the device thinks itself on line.
        learner.page.evaluate("lms.become({ offline: true })")
        answer(learner, "a", "a")
        settle(learner)
        here.leave(learner)
        assert here.read("score") == ""
        learner = here.launch()
        settle(learner)
        expect(learner.course.locator("[data-progress]")).to_contain_text("klar")
        here.leave(learner)
        assert here.told == here.passed
        assert here.answers == both_right(moodle)


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The address of a course of two units, by target."""
    parts = [[a_page(f"sida-{part}1", questions((part,))), a_page(f"sida-{part}2")] for part in (1, 2)]
    course = write_small(tmp_path_factory.mktemp("units") / "course", *parts, head=UNITS)
    with sites_of(course) as address:
        yield address


def test_opening_a_unit_completes_nothing(browser: Browser, moodle: PeculiarLms, units: Sites) -> None:
    with room(browser, moodle, units(moodle.target), doneBy=["completed", "passed"]) as here:
        learner = here.launch()
        settle(learner)
        here.leave(learner)
        assert not here.saved["isDone"]


REOPEN = """(id) => {
  player.choose(id);
  document.querySelector("iframe").contentWindow.location = "/package/" + player.item.href;
}"""


def test_a_unit_in_a_page_that_is_used_up_says_what_helps_and_keeps_what_is_done(
    browser: Browser, moodle: PeculiarLms, units: Sites
) -> None:
    with room(browser, moodle, units(moodle.target)) as here:
        learner = here.launch()
        first, second = learner.page.evaluate("server.course.scos.map(({ id }) => id)")[-2:]
        here.leave(learner)
        learner = here.launch(sco=first)
        learner.course.locator("form input[value=a]").check()
        learner.course.get_by_role("button", name="Svara").click()
        settle(learner)
        # SCORM 2004: the object of the page is dead. SCORM 1.2: it throws for a unit whose answers were sent from here.
        again = second if moodle.target == "scorm2004" else first
        with learner.page.expect_event("framenavigated"):
            learner.page.evaluate(REOPEN, again)
        here.begun(learner)
        word(learner, "Inte sparat")
        expect(alarm(learner)).to_contain_text("avslutar du först aktiviteten")
        expect(alarm(learner)).to_contain_text("finns kvar på den här enheten")
        expect(alarm(learner)).not_to_contain_text("utloggad")
        part = 1 if again == first else 2
        learner.go(f"sida-{part}1")
        learner.course.locator("form input[value=b]").check()
        learner.course.get_by_role("button", name="Svara", exact=True).click()
        last = f"sida-{part}2"
        learner.go(last)
        word(learner, "Inte sparat")
        here.leave(learner)
        learner = here.launch(sco=again)
        settle(learner)
        assert last in opened(learner)
        learner.go(f"sida-{part}1")
        expect(learner.course.locator("form input[value=b]")).to_be_checked()
