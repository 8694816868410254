"""A cmi5 package in our strict launcher, session after session, when all goes well and when it does not.

Section numbers are those of the cmi5 specification (Quartz). Whatever a test does, at its end every statement of every
session was checked by our own rules and by those of others, nothing was told twice, and nobody was told a secret.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urljoin, urlsplit
from urllib.request import urlopen

import pytest
from conftest import BEGUN, Learner, PoorLine, Sites, served, unpacked, wait_for_frame
from lxml import etree
from playwright.sync_api import Browser, BrowserContext, expect
from small import a_page, questions, write_small
from tracked import assert_sessions, assert_sound
from translated import FILES, write_translated

from coursepack.xapi.statement.cmi5 import CATEGORY, CONTEXT, MASTERY_SCORE, MOVE_ON, PROGRESS, SESSION_ID
from coursepack.xapi.test_lrs.faults import Faults
from coursepack.xapi.test_lrs.launcher import AssignableUnit, Launcher, Session
from coursepack.xapi.test_lrs.serve import serve
from coursepack.xapi.test_lrs.store import Store

HEAD = """\
iri: https://example.org/prov-kurs
completion: {rule: all-core-pages}
final-check: {page: prov, mastery: 60}
status: both
report: {answers: true}
"""
PAGES = ("ett", "tva", "tre", "prov")
XML = "{https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd}"


def write_course(folder: Path, more: str = "", count: int = 4) -> Path:
    asked = a_page("prov", questions(range(1, count + 1)))
    return write_small(folder, [a_page("ett"), a_page("tva")], [a_page("tre"), asked], head=HEAD + more)


def imported(address: str, package: Path) -> list[AssignableUnit]:
    """The package's units, as an LMS reads them from its cmi5.xml."""
    units = []
    for au in etree.parse(package / "cmi5.xml").iter(f"{XML}au"):
        url, mastery = au.findtext(f"{XML}url"), au.get("masteryScore")
        units.append(
            AssignableUnit(
                au.get("id"), f"{address}/package/{url}", au.get("moveOn"), mastery and float(mastery)
            )
        )
    return units


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[AssignableUnit]]:
    """The one unit of a graded course."""
    top = tmp_path_factory.mktemp("graded")
    package = unpacked(write_course(top / "course"), top, "cmi5")
    with served(package) as address:
        yield imported(address, package)


def page_names(url: str) -> dict[str, str]:
    """Ids of a package's pages by their IRIs, as it says itself."""
    with urlopen(urljoin(url, "statements.js")) as script:
        text = script.read().decode()
    pages = json.loads(text[text.index("{") : text.rindex("}") + 1])["pages"]
    return {each["object"]["id"]: name for name, each in pages.items()}


def word(statement: dict[str, Any]) -> str:
    """The last word of a statement's verb."""
    return str(statement["verb"]["id"]).rpartition("/")[2]


def verbs(session: Session) -> list[str]:
    """What a session told, in the order of the timestamps, as it came: the two must be the same (9.3)."""
    told = sorted(session.statements, key=lambda each: each["timestamp"])
    assert told == session.statements
    return [word(each) for each in told]


def fetch_of(session: Session) -> str:
    """The path of the address that gives the key."""
    return urlsplit(parse_qs(urlsplit(session.url).query)["fetch"][0]).path


def told(session: Session, verb: str) -> list[dict[str, Any]]:
    return [each for each in session.statements if word(each) == verb]


@dataclass
class Lms:
    """The LMS of one test, with one registration and the learners that it sent to the course."""

    launcher: Launcher
    faults: Faults
    browser: Browser
    pages: dict[str, str]
    """Ids of the pages by their IRIs."""
    registration: str = field(default_factory=lambda: str(uuid.uuid4()))
    learners: list[Learner] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    may_refuse: bool = False
    """403 is part of what the test tries."""

    def device(self, **options: Any) -> BrowserContext:
        """A browser in which nothing has been kept."""
        context = self.browser.new_context(**options)
        self.contexts.append(context)
        return context

    def launch(self, unit: int = 0, **options: Any) -> Session:
        return self.launcher.launch(self.launcher.units[unit], self.registration, **options)

    def follow(
        self,
        session: Session,
        device: BrowserContext | None = None,
        *,
        in_frame: bool = False,
        comes: Literal["load", "commit"] = "load",
    ) -> Learner:
        """Opens the launched address as a learner who clicks it, and waits until the course has started.

        With `commit`, the document may still be coming.
        """
        page = (device or self.device()).new_page()
        learner = Learner(page, session.unit.url.partition("/package/")[0], in_frame=in_frame)
        self.learners.append(learner)
        page.on("console", lambda message: self._hear(learner, message.type, message.text))
        page.on("pageerror", lambda error: learner.wrong.append(str(error)))
        page.on("request", lambda request: learner.requests.append(request.url))
        if in_frame:
            page.set_content(f'<iframe name="sco" title="AU" src="{escape(session.url)}"></iframe>')
            wait_for_frame(page)
        else:
            page.goto(session.url, wait_until=comes)
        learner.wait(BEGUN)
        learner.begin()
        return learner

    def _hear(self, learner: Learner, kind: str, text: str) -> None:
        self.said.append(text)
        # The browser itself says so of any request that fails, and some are meant to.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            learner.wrong.append(text)

    def until(self, true: Callable[[], object], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, self.account()
            time.sleep(0.01)

    def account(self) -> str:
        """What came to pass, for whoever reads of a failure."""
        sessions = [[word(each) for each in session.statements] for session in self.launcher.sessions]
        asked = [(each.method, each.path.rpartition("/")[2], each.status) for each in self.faults.requests]
        return f"{sessions}\n{asked[-30:]}"

    def opened(self, session: Session) -> list[str]:
        """The pages of whose first opening a session told, in order."""
        return [self.pages[each["object"]["id"]] for each in told(session, "experienced")]

    def read(self, learner: Learner, session: Session, *pages: str) -> None:
        """Goes to pages that were not opened before; the LMS hears of each."""
        for page in pages:
            learner.go(page)
            self.until(lambda page=page: page in self.opened(session))

    def leave(self, learner: Learner, session: Session) -> None:
        """Goes elsewhere, as the back button of the LMS would; the LMS hears of it."""
        learner.page.goto("about:blank")
        self.until(lambda: session.ended)
        assert word(session.statements[-1]) == "terminated", self.account()

    def document(self) -> dict[str, Any]:
        """The resume document that was stored last."""
        puts = self.faults.sent("PUT", "/activities/state")
        return next((dict(each.json) for each in reversed(puts) if each.status == 204), {})

    def all_told(self) -> list[dict[str, Any]]:
        return [each for session in self.launcher.sessions for each in session.statements]

    def check(self) -> None:
        assert_sessions(self.launcher)
        ids = [each["id"] for each in self.all_told()]
        assert len(ids) == len(set(ids))
        for verb in ("experienced", "completed", "passed"):
            objects = [each["object"]["id"] for each in self.all_told() if word(each) == verb]
            assert len(objects) == len(set(objects)), verb
        answers = {each.status for each in self.faults.sent("POST", "/statements")}
        # 401 where a key was revoked; 409 where something arrived and nobody heard of it, so that it was sent again.
        # What a window sends last is refused where the next launch has abandoned its session meanwhile (9.3.6).
        may_refuse = self.may_refuse or any(session.abandoned for session in self.launcher.sessions)
        assert not answers & ({400, 413} if may_refuse else {400, 403, 413}), self.account()
        for learner in self.learners:
            assert learner.wrong == []
            ours = (learner.address, self.launcher.address, "data:", "blob:", "about:")
            assert [url for url in learner.requests if not url.startswith(ours)] == []
        secrets = self.secrets()
        assert [text for text in self.said if any(secret in text for secret in secrets)] == []

    def secrets(self) -> set[str]:
        """What opens the LRS, and who the learner is."""
        keys = {fetch_of(session).rpartition("/")[2] for session in self.launcher.sessions}
        tokens = {session.token for session in self.launcher.sessions}
        return keys | tokens | {"learner-1"}


Lmss = Callable[..., Lms]


@pytest.fixture(scope="module")
def heard() -> Iterator[list[dict[str, Any]]]:
    """What all LMSs were told, for the validators that are slow to start: they look at it once."""
    statements: list[dict[str, Any]] = []
    yield statements
    assert_sound(statements)


@pytest.fixture
def lmss(browser: Browser, heard: list[dict[str, Any]]) -> Iterator[Lmss]:
    """Makes LMSs with the units and options that are given; each is checked when the test is over."""
    with ExitStack() as stack:
        made: list[Lms] = []

        def make(units: list[AssignableUnit], **options: Any) -> Lms:
            store = Store()
            stack.callback(store.close)
            launcher = Launcher(store, units, **options)
            faults = Faults(launcher.app)
            launcher.address = stack.enter_context(serve(faults))
            made.append(Lms(launcher, faults, browser, page_names(units[0].url)))
            return made[-1]

        yield make
        for lms in made:
            for context in lms.contexts:
                context.close()
            heard += lms.all_told()
            lms.check()


@pytest.fixture
def lms(lmss: Lmss, graded: list[AssignableUnit]) -> Lms:
    """An LMS with the graded course."""
    return lmss(graded)


def submit(learner: Learner, answers: str) -> None:
    """Answers the questions of the check from the first on; "a" is right. The page with them must be in view."""
    for number, answer in enumerate(answers, 1):
        form = learner.course.locator(f'form[data-q="fraga-{number}"]')
        form.locator(f"input[value={answer}]").check()
        form.locator("button[type=submit]").click()


def passed_by_two(lms: Lms, session: Session) -> None:
    """Waits until the LMS knows of the pass by which two wrong answers became right. The first of them made it.

    What is on its way still when the session ends may come after its end, and is refused.
    """
    lms.until(lambda: told(session, "passed") and len(told(session, "answered")) == 2)


def ticked(learner: Learner) -> set[str]:
    """Pages that the menu shows as opened, and the one in view."""
    # The menu is marked in an idle moment.
    learner.rest()
    done = learner.course.locator(".menu [data-page]:has(.dot.done), .menu [data-page][aria-current]")
    return set(done.evaluate_all("(all) => all.map((one) => one.dataset.page)"))


def retry(learner: Learner) -> None:
    """Presses the alarm's button. Once is enough, also where a save that is to fail is under way still."""
    learner.course.locator("[data-retry]").dispatch_event("click")
    quiet(learner)


def load_again(learner: Learner) -> None:
    learner.page.reload()
    learner.wait(BEGUN)


def quiet(learner: Learner) -> None:
    """Everything is saved, and there is no alarm."""
    learner.wait("document.querySelector('[data-save]').dataset.state === 'yes'")
    expect(learner.course.locator("[data-alarm]")).to_be_hidden()


def browse(lms: Lms, device: BrowserContext) -> None:
    """Looks around, of which nothing but the session is told."""
    session = lms.launch(mode="Browse")
    learner = lms.follow(session, device)
    quiet(learner)
    lms.leave(learner, session)
    assert verbs(session) == ["initialized", "terminated"]


def asked_anew(learner: Learner) -> None:
    """The learner is asked to open the course from the LMS again, and can go on reading."""
    learner.wait("document.querySelector('[data-alarm]').dataset.cause === 'relaunch'")
    expect(learner.course.locator("[data-alarm]")).to_be_visible()
    expect(learner.course.locator("[data-alarm] p")).to_contain_text("öppna den igen från lärplattformen")
    expect(learner.course.locator("[data-save]")).to_contain_text("Inte sparat")


# Sessions in which all goes well


def test_the_whole_of_the_example_course(lmss: Lmss, sites: Sites, pages: list[str]) -> None:
    unit = AssignableUnit("https://example.org/au", f"{sites('cmi5')}/package/index.html", "Completed")
    lms = lmss([unit])
    lms.launcher.prefer(language="en-GB,sv", audio="off")
    session = lms.launch()
    learner = lms.follow(session)
    lms.until(lambda: "experienced" in map(word, session.statements))
    # 11.2
    assert set(
        learner.course.locator("video, audio").evaluate_all("(all) => all.map((one) => one.muted)")
    ) == {True}
    lms.read(learner, session, *pages[1:-1])
    assert not lms.launcher.satisfied(unit, lms.registration)
    lms.read(learner, session, pages[-1])
    lms.until(lambda: told(session, "completed"))
    assert lms.launcher.satisfied(unit, lms.registration)
    lms.leave(learner, session)

    order = verbs(session)
    assert order[0] == "initialized"
    assert order[-1] == "terminated"
    assert lms.opened(session) == pages
    assert {verb: order.count(verb) for verb in set(order)} == {
        "initialized": 1,
        "experienced": len(pages),
        "progressed": order.count("progressed"),
        "completed": 1,
        "terminated": 1,
    }
    # Every tenth of the course that was reached on the way, and none with or after completed (9.5.5.1).
    shares = [each["result"]["extensions"][PROGRESS] for each in told(session, "progressed")]
    assert shares == sorted(set(shares))
    assert 1 <= len(shares) <= 9
    (completed,) = told(session, "completed")
    assert completed["result"].keys() == {"completion", "duration"}
    assert [each["id"] for each in completed["context"]["contextActivities"]["category"]] == [
        CATEGORY,
        MOVE_ON,
    ]

    asked = [
        (each.method, each.path.rpartition("/")[2] if "/fetch/" not in each.path else "fetch", each.query)
        for each in lms.faults.requests
        if each.method != "OPTIONS"
    ]
    calls = [
        (method, query.get("stateId") or query.get("profileId") or name) for method, name, query in asked
    ]
    # 8.2, 10, 11, 9.3.2: the key once and by POST, then what the LMS wrote down, and not a word before that.
    assert calls[:3] == [("POST", "fetch"), ("GET", "LMS.LaunchData"), ("GET", "cmi5LearnerPreferences")]
    assert calls.count(("POST", "fetch")) == 1
    assert lms.faults.requests[0].body == b"" or lms.faults.requests[0].method == "OPTIONS"
    said = [word(each) for each in lms.launcher.store.statements()]
    assert said[0] == "launched"
    assert said.count("satisfied") == 1
    assert said.index("satisfied") > said.index("completed")


def test_a_translated_course_speaks_the_language_that_the_learner_prefers(lmss: Lmss, tmp_path: Path) -> None:
    course = FILES["course.yaml"] + "report: {answers: true}\n"
    package = unpacked(write_translated(tmp_path / "course", {"course.yaml": course}), tmp_path, "cmi5")
    with served(package) as address:
        (unit,) = imported(address, package)
        lms = lmss([unit])
        lms.launcher.prefer(language="fr,sv-SE,en", audio="off")
        session = lms.launch()
        learner = lms.follow(session)
        lms.until(lambda: "experienced" in map(word, session.statements))
        # 11.1: the browser is set to English.
        learner.wait("document.documentElement.lang === 'sv'")
        learner.go("p1-c1-s2")
        learner.course.locator("[data-menu-nav] [data-language=en]").dispatch_event("click")
        learner.wait("document.documentElement.lang === 'en'")
        learner.course.get_by_label("Walk out calmly").check()
        learner.course.locator("[data-q=q1] [type=submit]").click()
        lms.until(lambda: "answered" in map(word, session.statements))
        (answered,) = (each for each in session.statements if word(each) == "answered")
        assert answered["context"]["language"] == "en"
        defined = answered["object"]["definition"]
        assert defined["name"] == {"sv": "Vad gör du?", "en": "What do you do?"}
        assert defined["choices"][1]["description"] == {"sv": "Går lugnt ut", "en": "Walk out calmly"}
        assert learner.course.evaluate("document.querySelector('[data-save]').textContent") in (
            "Saved",
            "Saving",
        )
        lms.leave(learner, session)


def test_a_graded_course_is_completed_and_passed(lms: Lms) -> None:
    (unit,) = lms.launcher.units
    assert (unit.move_on, unit.mastery_score) == ("CompletedAndPassed", 0.6)
    session = lms.launch()
    learner = lms.follow(session)
    lms.read(learner, session, *PAGES[1:])
    lms.until(lambda: told(session, "completed"))
    assert not lms.launcher.satisfied(unit, lms.registration)
    submit(learner, "abaa")
    lms.until(lambda: told(session, "passed"))
    assert lms.launcher.satisfied(unit, lms.registration)
    lms.leave(learner, session)
    assert [verb for verb in verbs(session) if verb != "progressed"] == [
        "initialized",
        *["experienced"] * 4,
        "completed",
        *["answered"] * 4,
        "passed",
        "terminated",
    ]
    (passed,) = told(session, "passed")
    assert passed["result"]["score"] == {"scaled": 0.75, "raw": 75, "min": 0, "max": 100}
    assert passed["context"]["extensions"][MASTERY_SCORE] == 0.6
    assert "success" not in passed["context"]
    assert [
        (each["result"]["response"], each["result"]["success"]) for each in told(session, "answered")
    ] == [
        ("a", True),
        ("b", False),
        ("a", True),
        ("a", True),
    ]
    for each in session.statements:
        assert each["actor"] == session.launch.actor
        assert each["context"]["registration"] == lms.registration
        assert each["context"]["extensions"][SESSION_ID] == session.id


def test_a_score_that_is_no_whole_per_cent(lmss: Lmss, tmp_path: Path) -> None:
    """9.5.1: raw is an integer, and what is told must not contradict the mastery score."""
    package = unpacked(write_course(tmp_path / "course", count=3), tmp_path, "cmi5")
    with served(package) as address:
        (unit,) = imported(address, package)
        lms = lmss([replace(unit, mastery_score=0.6667)])
        session = lms.launch()
        learner = lms.follow(session)
        lms.read(learner, session, *PAGES[1:])
        submit(learner, "aab")
        lms.until(lambda: told(session, "passed"))
        lms.leave(learner, session)
        assert told(session, "passed")[0]["result"]["score"]["scaled"] == 0.6667


@pytest.mark.parametrize(
    ("mastery", "answers", "verb", "scaled"),
    [(0.4, "aabb", "passed", 0.5), (0.9, "aaab", "failed", 0.75), (None, "aaab", "passed", 0.75)],
)
def test_the_mastery_score_of_the_lms_decides(
    lmss: Lmss, graded: list[AssignableUnit], mastery: float | None, answers: str, verb: str, scaled: float
) -> None:
    """The course itself asks for 60 per cent; 10.2.4, 9.3.4, 9.3.5."""
    lms = lmss([replace(graded[0], mastery_score=mastery)])
    session = lms.launch()
    learner = lms.follow(session)
    lms.read(learner, session, *PAGES[1:])
    submit(learner, answers)
    lms.until(lambda: len(told(session, "answered")) == 4)
    lms.leave(learner, session)
    assert {word(each) for each in session.statements} & {"passed", "failed"} == {verb}
    (graded,) = told(session, verb)
    assert graded["result"]["score"]["scaled"] == scaled
    assert graded["context"]["extensions"].get(MASTERY_SCORE) == mastery


def test_failed_on_leaving_then_passed_in_the_next_session(lms: Lms) -> None:
    device = lms.device()
    first = lms.launch()
    learner = lms.follow(first, device)
    lms.read(learner, first, *PAGES[1:])
    submit(learner, "aabb")
    lms.until(lambda: len(told(first, "answered")) == 4)
    assert "failed" not in verbs(first)
    lms.leave(learner, first)
    assert verbs(first)[-2:] == ["failed", "terminated"]
    (failed,) = told(first, "failed")
    assert failed["result"]["score"]["scaled"] == 0.5
    assert failed["context"]["extensions"][MASTERY_SCORE] == 0.6
    assert not lms.launcher.satisfied(first.unit, lms.registration)

    second = lms.launch()
    learner = lms.follow(second, device)
    assert learner.now == "prov"
    submit(learner, "aaaa")
    passed_by_two(lms, second)
    lms.leave(learner, second)
    assert lms.launcher.satisfied(first.unit, lms.registration)

    # Completed and passed are told once a registration, and after passed no failed (9.3).
    third = lms.launch()
    learner = lms.follow(third, device)
    submit(learner, "bbbb")
    lms.until(lambda: len(told(third, "answered")) == 4)
    lms.leave(learner, third)
    assert set(verbs(third)) == {"initialized", "answered", "terminated"}


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_browse_and_review_tell_of_the_session_alone(lms: Lms, mode: Any) -> None:
    """10.2.2: the course can be read to its end, and nothing is graded."""
    session = lms.launch(mode=mode)
    learner = lms.follow(session)
    for page in PAGES:
        learner.go(page)
    submit(learner, "aaaa")
    expect(learner.course.locator('form[data-q="fraga-4"] .fb')).to_contain_text("Det stämmer")
    quiet(learner)
    lms.leave(learner, session)
    assert verbs(session) == ["initialized", "terminated"]


def test_what_waits_is_not_told_while_browsing(lms: Lms) -> None:
    device = lms.device()
    first = lms.launch()
    learner = lms.follow(first, device)
    lms.read(learner, first, "tva")
    lms.launcher.revoke(first)
    learner.go("tre")
    asked_anew(learner)
    learner.page.goto("about:blank")

    browse(lms, device)
    last = lms.launch()
    learner = lms.follow(last, device)
    lms.until(lambda: lms.opened(last) == ["tre"])
    lms.leave(learner, last)


def test_the_context_template_is_in_every_statement(lms: Lms) -> None:
    """10.2.1: whatever the LMS put there, with nothing of it changed."""
    template = {
        "platform": "Lms",
        "revision": "7",
        "language": "en-GB",
        "contextActivities": {
            "grouping": [{"objectType": "Activity", "id": "https://lms.example/course"}],
            "category": [{"objectType": "Activity", "id": "https://lms.example/profile"}],
            "other": [{"objectType": "Activity", "id": "https://lms.example/term"}],
        },
        "extensions": {"https://lms.example/group": {"name": "A", "members": [1, 2]}},
    }
    session = lms.launch(template=template)
    learner = lms.follow(session)
    lms.read(learner, session, *PAGES[1:])
    submit(learner, "aaaa")
    lms.until(lambda: told(session, "passed"))
    lms.leave(learner, session)
    kinds = {"initialized", "experienced", "progressed", "completed", "answered", "passed", "terminated"}
    assert set(verbs(session)) == kinds
    for each in session.statements:
        context = each["context"]
        assert (context["platform"], context["revision"], context["language"]) == ("Lms", "7", "en-GB")
        assert context["extensions"].items() >= {**template["extensions"], SESSION_ID: session.id}.items()  # type: ignore[dict-item]
        listed = {kind: [each["id"] for each in all_] for kind, all_ in context["contextActivities"].items()}
        assert {"https://lms.example/course", session.unit.id} <= set(listed["grouping"])
        assert "https://lms.example/profile" in listed["category"]
        assert listed["other"] == ["https://lms.example/term"]
        assert not [name for name in context["extensions"] if name.startswith(CONTEXT + "launch")]


def test_a_unit_with_a_query_of_its_own(lmss: Lmss, graded: list[AssignableUnit]) -> None:
    lms = lmss([replace(graded[0], url=f"{graded[0].url}?skin=dark&unit=1#tva")])
    session = lms.launch()
    learner = lms.follow(session)
    assert learner.now == "tva"
    lms.read(learner, session, "tre")
    assert learner.course.evaluate("location.search") == "?skin=dark&unit=1"
    lms.leave(learner, session)
    assert lms.opened(session) == ["tva", "tre"]


@pytest.mark.parametrize("status", [403, 500])
def test_preferences_that_are_denied_are_no_error(lms: Lms, status: int) -> None:
    """11: a 403 is no error; a course with neither sound of its own nor other languages needs none of them."""
    lms.faults.add("status", "GET", "/agents/profile", status=status)
    session = lms.launch()
    # The launcher does not hear of it.
    session.read.add("cmi5LearnerPreferences")
    learner = lms.follow(session)
    lms.read(learner, session, "tva")
    quiet(learner)
    lms.leave(learner, session)


def test_each_part_is_a_unit_with_a_session_of_its_own(lmss: Lmss, tmp_path: Path) -> None:
    course = write_course(tmp_path / "course", "packages: [{id: units, separate: true}]\n")
    package = unpacked(course, tmp_path, "cmi5")
    with served(package) as address:
        units = imported(address, package)
        assert [(unit.move_on, unit.mastery_score) for unit in units] == [
            ("Completed", None),
            ("CompletedAndPassed", 0.6),
        ]
        lms = lmss(units)
        device = lms.device()
        one = lms.launch(0)
        learner = lms.follow(one, device)
        assert learner.now == "ett"
        lms.read(learner, one, "tva")
        lms.until(lambda: told(one, "completed"))
        lms.leave(learner, one)
        assert [lms.launcher.satisfied(unit, lms.registration) for unit in units] == [True, False]

        two = lms.launch(1)
        learner = lms.follow(two, device)
        assert learner.now == "tre"
        lms.read(learner, two, "prov")
        submit(learner, "aaaa")
        lms.until(lambda: told(two, "passed"))
        lms.leave(learner, two)
        assert [lms.launcher.satisfied(unit, lms.registration) for unit in units] == [True, True]
        assert two.launch.activity != one.launch.activity
        for session, pages in ((one, ["ett", "tva"]), (two, ["tre", "prov"])):
            assert lms.opened(session) == pages
            assert {each["object"]["id"] for each in told(session, "completed")} == {session.launch.activity}
        assert [word(each) for each in lms.launcher.store.statements()].count("satisfied") == 1


def test_the_next_session_resumes_here_and_on_another_device(lms: Lms) -> None:
    device = lms.device()
    first = lms.launch()
    learner = lms.follow(first, device)
    lms.read(learner, first, "prov", "tva")
    learner.go("prov")
    submit(learner, "ab")
    lms.until(lambda: len(told(first, "answered")) == 2)
    learner.go("tva")
    lms.leave(learner, first)
    for place in (device, lms.device(), device):
        session = lms.launch()
        learner = lms.follow(session, place)
        quiet(learner)
        assert learner.now == "tva"
        lms.until(lambda learner=learner: ticked(learner) == {"ett", "tva", "prov"})
        learner.go("prov")
        checked = learner.course.locator("form[data-q] input:checked")
        assert checked.evaluate_all("(all) => all.map((one) => one.value)") == ["a", "b"]
        learner.go("tva")
        lms.leave(learner, session)
        assert verbs(session) == ["initialized", "terminated"]


@pytest.mark.parametrize("way", ["window", "frame"])
def test_leaving_at_once_after_an_answer(lms: Lms, way: str) -> None:
    """The window is closed, or the LMS takes the frame away, while the answer is on its way."""
    device = lms.device()
    session = lms.launch()
    learner = lms.follow(session, device, in_frame=way == "frame")
    lms.read(learner, session, *PAGES[1:])
    submit(learner, "aaaa")
    if way == "window":
        learner.page.close(run_before_unload=True)
    else:
        learner.page.evaluate("document.querySelector('iframe').remove()")
    lms.until(lambda: session.ended)
    assert len(told(session, "answered")) == 4
    assert verbs(session)[-2:] == ["passed", "terminated"]

    again = lms.launch()
    learner = lms.follow(again, device)
    quiet(learner)
    lms.leave(learner, again)
    assert verbs(again) == ["initialized", "terminated"]


@pytest.mark.parametrize("when", ["at once", "sent", "answered"])
def test_closing_a_slow_lms_after_handing_in(lms: Lms, when: str) -> None:
    """What was reached is under way still: it is not sent again, and the end of the session is not refused for it."""
    session = lms.launch()
    learner = lms.follow(session)
    lms.read(learner, session, *PAGES[1:])
    lms.faults.delay = 0.6
    answered = len(lms.faults.requests)
    if when == "sent":
        with learner.page.expect_request(lambda request: request.method in ("POST", "PUT")):
            submit(learner, "aaaa")
    else:
        submit(learner, "aaaa")
    if when == "answered":
        lms.until(lambda: len(lms.faults.requests) > answered)
    learner.page.close(run_before_unload=True)
    lms.until(lambda: session.ended)
    lms.until(lambda: told(session, "passed"))
    assert verbs(session)[-1] == "terminated"
    assert len(told(session, "answered")) == 4
    assert lms.launcher.satisfied(session.unit, lms.registration)


@pytest.mark.parametrize(
    "quirks",
    [
        ["token-dies-on-terminated", "fetch-once"],
        ["post-statements-ignored", "one-state-id", "verb-by-display", "unknown-state-200"],
        ["state-put-needs-if-match"],
        ["error-becomes-412"],
        ["partial-batch-stored"],
    ],
    ids="+".join,
)
def test_lmss_as_single_ones_are(lmss: Lmss, graded: list[AssignableUnit], quirks: list[str]) -> None:
    """All is told once, and the course goes on here and on another device."""
    lms = lmss(graded, quirks=quirks, exposed=())
    device = lms.device()
    first = lms.launch()
    learner = lms.follow(first, device)
    lms.read(learner, first, *PAGES[1:])
    submit(learner, "aabb")
    lms.until(lambda: len(told(first, "answered")) == 4)
    quiet(learner)
    expect(learner.course.locator("[data-save]")).to_have_text("Sparat")
    lms.leave(learner, first)
    for place, answers in ((lms.device(), "aaaa"), (device, "")):
        session = lms.launch()
        learner = lms.follow(session, place)
        quiet(learner)
        assert learner.now == "prov"
        assert ticked(learner) == set(PAGES)
        if answers:
            submit(learner, answers)
            passed_by_two(lms, session)
        lms.leave(learner, session)
    assert lms.launcher.satisfied(first.unit, lms.registration)


def test_a_key_that_is_too_old_in_mid_course(lmss: Lmss, graded: list[AssignableUnit]) -> None:
    lms = lmss(graded, quirks=["token-expires"])
    device = lms.device()
    first = lms.launch()
    learner = lms.follow(first, device)
    lms.read(learner, first, "tva")
    lms.launcher.lifetime = timedelta(0)
    learner.go("prov")
    submit(learner, "aaaa")
    asked_anew(learner)
    learner.page.close(run_before_unload=True)
    lms.launcher.lifetime = timedelta(hours=1)
    second = lms.launch()
    learner = lms.follow(second, device)
    lms.until(lambda: len(told(second, "answered")) == 4)
    assert lms.opened(second) == ["prov"]
    lms.leave(learner, second)


# Keys that are spent, and sessions that are over


@pytest.mark.parametrize("answer", ["used", "forbidden", "no launch data"])
def test_a_key_that_is_spent_leaves_what_was_done_to_the_next_launch(lms: Lms, answer: str) -> None:
    """8.2.3: nothing is sent. What was learned meanwhile is told by the next launch, as of that session."""
    device = lms.device()
    spent = lms.launch()
    if answer == "used":
        spent.fetched = True
    elif answer == "forbidden":
        lms.faults.add("status", "POST", fetch_of(spent), status=403)
    else:
        # 10: without it there is no session.
        lms.faults.add("status", "GET", "/activities/state", status=404)
    learner = lms.follow(spent, device)
    asked_anew(learner)
    learner.go("tva")
    learner.go("prov")
    submit(learner, "a")
    learner.page.goto("about:blank")
    assert lms.faults.sent("POST", "/statements") == []
    lms.faults.lift()

    session = lms.launch()
    learner = lms.follow(session, device)
    assert learner.now == "prov"
    lms.until(lambda: lms.opened(session) == ["ett", "tva", "prov"] and told(session, "answered"))
    quiet(learner)
    lms.leave(learner, session)
    assert verbs(session)[0] == "initialized"


def test_a_key_that_is_not_to_be_had_yet_is_asked_for_again(lms: Lms) -> None:
    away = lms.faults.add("status", "POST", status=500)
    session = lms.launch()
    learner = lms.follow(session)
    learner.wait("document.querySelector('[data-alarm]').dataset.cause === 'silent'")
    learner.go("tva")
    lms.faults.lift(away)
    retry(learner)
    lms.until(lambda: lms.opened(session) == ["ett", "tva"])
    quiet(learner)
    lms.leave(learner, session)


def test_a_key_that_is_revoked_in_mid_course(lms: Lms) -> None:
    device = lms.device()
    first = lms.launch()
    learner = lms.follow(first, device)
    lms.read(learner, first, "tva")
    lms.launcher.revoke(first)
    learner.go("tre")
    asked_anew(learner)
    learner.go("prov")
    submit(learner, "aaaa")
    learner.page.goto("about:blank")
    sent = list(first.statements)

    second = lms.launch()
    learner = lms.follow(second, device)
    assert learner.now == "prov"
    lms.until(lambda: told(second, "passed"))
    quiet(learner)
    lms.leave(learner, second)
    assert first.statements == sent
    assert verbs(second)[0] == "initialized"
    assert lms.opened(second) == ["tre", "prov"]
    assert len(told(second, "answered")) == 4
    assert lms.launcher.satisfied(second.unit, lms.registration)


def test_launched_again_while_an_earlier_tab_is_still_open(lms: Lms) -> None:
    """The LMS abandons the earlier session (9.3.6): that tab tells so, and what is done in it is not lost."""
    lms.may_refuse = True
    device = lms.device()
    first = lms.launch()
    old = lms.follow(first, device)
    lms.read(old, first, "tva")
    second = lms.launch()
    new = lms.follow(second, device)
    assert new.now == "tva"
    lms.read(new, second, "prov")
    old.go("tre")
    asked_anew(old)
    old.page.close(run_before_unload=True)
    lms.leave(new, second)
    assert lms.opened(second) == ["prov"]

    third = lms.launch()
    learner = lms.follow(third, device)
    lms.until(lambda: lms.opened(third) == ["tre"])
    lms.until(lambda: told(third, "completed"))
    assert ticked(learner) == set(PAGES)
    lms.leave(learner, third)


def test_a_page_that_is_loaded_again_keeps_its_key(lms: Lms) -> None:
    """8.2: the key is given once. Its session ended when the page went, and nothing may follow its end (9.3)."""
    device = lms.device()
    session = lms.launch()
    learner = lms.follow(session, device)
    lms.read(learner, session, "tva")
    # What is under way when a page goes can arrive after `terminated`, and is then refused and told in the next session.
    quiet(learner)
    load_again(learner)
    assert learner.now == "tva"
    assert (
        len([each for each in lms.faults.requests if "/fetch/" in each.path and each.method == "POST"]) == 1
    )
    lms.until(lambda: session.ended)
    learner.go("tre")
    asked_anew(learner)
    learner.page.goto("about:blank")
    # The document is no statement: what was done is safe with the LMS.
    lms.until(lambda: lms.document().get("location") == "tre")
    assert verbs(session)[-1] == "terminated"
    assert lms.opened(session) == ["ett", "tva"]

    following = lms.launch()
    learner = lms.follow(following, device)
    assert learner.now == "tre"
    lms.until(lambda: lms.opened(following) == ["tre"])
    quiet(learner)
    lms.leave(learner, following)


def test_a_page_that_broke_down_goes_on_with_its_session(lms: Lms) -> None:
    """Nothing was ended, so nothing begins anew."""
    device = lms.device()
    # A page that breaks down is not told that it goes.
    device.add_init_script(
        """addEventListener("pagehide", (event) => { if (window.name === "breaks") event.stopImmediatePropagation() });"""
    )
    session = lms.launch()
    learner = lms.follow(session, device)
    lms.read(learner, session, "tva")
    learner.page.evaluate("window.name = 'breaks'")
    load_again(learner)
    learner.page.evaluate("window.name = ''")
    lms.read(learner, session, "tre")
    quiet(learner)
    lms.leave(learner, session)
    assert lms.opened(session) == ["ett", "tva", "tre"]
    assert verbs(session).count("initialized") == 1


# An LRS that is away


@pytest.mark.parametrize(
    ("kind", "status"),
    [("drop", 0), ("status", 500), ("status", 429), ("lose", 0)],
    ids=lambda each: str(each),
)
def test_an_lrs_that_fails_and_comes_back(lms: Lms, kind: Any, status: int) -> None:
    session = lms.launch()
    learner = lms.follow(session)
    lms.read(learner, session, "tva")
    lms.faults.add(kind, path="/statements", status=status)
    lms.faults.add(kind, path="/activities/state", status=status)
    learner.go("tre")
    learner.wait("document.querySelector('[data-alarm]').dataset.cause === 'silent'")
    learner.go("prov")
    submit(learner, "aaaa")
    lms.faults.lift()
    retry(learner)
    lms.until(lambda: told(session, "passed"))
    lms.leave(learner, session)
    assert lms.opened(session) == list(PAGES)
    assert len(told(session, "answered")) == 4


def test_an_impatient_learner(lms: Lms) -> None:
    """The button is pressed twice, and the line says in the end that all is saved."""
    session = lms.launch()
    learner = lms.follow(session)
    lms.read(learner, session, "tva")
    away = lms.faults.add("status", path="/statements", status=500)
    learner.go("tre")
    learner.wait("document.querySelector('[data-alarm]').dataset.cause === 'silent'")
    lms.faults.lift(away)
    learner.course.evaluate("for (const _ of [1, 2]) document.querySelector('[data-retry]').click()")
    lms.until(lambda: "tre" in lms.opened(session))
    quiet(learner)
    # What pressing twice has set going has ended, and the line still says that all is saved.
    learner.rest()
    quiet(learner)
    lms.leave(learner, session)


@pytest.mark.parametrize("kind", ["status", "lose"])
def test_an_lrs_that_fails_while_the_learner_leaves(lms: Lms, kind: Any) -> None:
    # What arrived unheard is sent once more, apart from the end of the session.
    lms.may_refuse = kind == "lose"
    device = lms.device()
    first = lms.launch()
    learner = lms.follow(first, device)
    lms.read(learner, first, "tva")
    lms.faults.add(kind, path="/statements")
    learner.go("tre")
    learner.go("prov")
    submit(learner, "aaaa")
    learner.wait("document.querySelector('[data-alarm]').dataset.cause === 'silent'")
    before = len(lms.faults.sent("POST", "/statements"))
    learner.page.goto("about:blank")
    # All in one request, whose answer is no or does not come. What is on its way still would be taken afterwards.
    lms.until(
        lambda: any(b"/terminated" in each.body for each in lms.faults.sent("POST", "/statements")[before:])
    )
    assert bool(first.ended) == bool(told(first, "passed")) == (kind == "lose")
    lms.faults.lift()

    # More often than a refused statement is tried.
    for _ in range(5):
        session = lms.launch()
        learner = lms.follow(session, device)
        assert learner.now == "prov"
        quiet(learner)
        lms.leave(learner, session)
        assert lms.launcher.satisfied(session.unit, lms.registration)
    assert sorted(
        lms.pages[each["object"]["id"]] for each in lms.all_told() if word(each) == "experienced"
    ) == sorted(PAGES)
    assert [word(each) for each in lms.all_told()].count("answered") == 4


def test_what_was_done_without_the_script_that_tells_is_told_in_the_next_session(lms: Lms) -> None:
    device = lms.device()
    device.route("**/tracking.js", lambda route: route.abort())
    session = lms.launch()
    learner = lms.follow(session, device)
    learner.wait("document.querySelector('[data-save]').dataset.state === 'no'")
    learner.go("prov")
    submit(learner, "a")
    learner.page.goto("about:blank")
    device.unroute("**/tracking.js")

    # Looking around forgets nothing.
    browse(lms, device)
    again = lms.launch()
    back = lms.follow(again, device)
    lms.until(lambda: told(again, "answered"))
    assert back.now == "prov"
    assert ticked(back) == {"ett", "prov"}
    lms.leave(back, again)
    assert lms.opened(again) == ["ett", "prov"]
    assert session.statements == []


def test_a_browser_that_keeps_nothing(lms: Lms) -> None:
    """As in a frame whose storage is blocked; the LRS has it all."""
    device = lms.device()
    device.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name,
        { get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } });"""
    )
    session = lms.launch()
    learner = lms.follow(session, device)
    lms.read(learner, session, *PAGES[1:])
    submit(learner, "aabb")
    lms.until(lambda: len(told(session, "answered")) == 4)
    quiet(learner)
    lms.leave(learner, session)
    assert verbs(session)[-2:] == ["failed", "terminated"]

    again = lms.launch()
    learner = lms.follow(again, device)
    assert learner.now == "prov"
    submit(learner, "aaaa")
    passed_by_two(lms, again)
    # Loaded again, nobody knows whether the session was ended.
    load_again(learner)
    lms.until(lambda: again.ended)
    assert verbs(again)[-1] == "terminated"
    submit(learner, "b")
    asked_anew(learner)


def test_the_launch_leaves_no_trace(lms: Lms) -> None:
    session = lms.launch()
    learner = lms.follow(session)
    lms.read(learner, session, "tva", "prov")
    lms.faults.add("status", status=500)
    submit(learner, "ab")
    learner.wait("document.querySelector('[data-alarm]').dataset.cause === 'silent'")
    assert learner.page.url == f"{session.unit.url}#prov"
    kept = learner.course.evaluate(
        """JSON.stringify([document.documentElement.outerHTML, document.cookie, window.name, { ...localStorage },
        { ...sessionStorage }, Object.keys(history.state)])"""
    )
    # The answers wait in the journal, so it was looked at.
    assert "fraga-2" in kept.partition("coursepack:")[2]
    assert [secret for secret in lms.secrets() if secret in kept] == []
    lms.faults.lift()
    retry(learner)
    lms.leave(learner, session)


def test_the_way_back_to_the_lms(lms: Lms) -> None:
    """10.2.6: the learner goes there in the same window, once the session is ended."""
    back = f"{lms.launcher.address}/lrs/about"
    session = lms.launch(return_url=back)
    learner = lms.follow(session)
    lms.read(learner, session, "tva")
    link = learner.course.locator("[data-leave]").first
    expect(link).to_have_text("Tillbaka till lärplattformen")
    link.click()
    learner.page.wait_for_url(back)
    lms.until(lambda: session.ended)
    assert verbs(session)[-1] == "terminated"


def test_the_way_back_is_also_on_a_closing_page_that_comes_late(lmss: Lmss, tmp_path: Path) -> None:
    package = unpacked(write_course(tmp_path / "course"), tmp_path, "cmi5")
    line = PoorLine('id="klar"')
    with served(package, line) as address:
        lms = lmss(imported(address, package))
        back = f"{lms.launcher.address}/lrs/about"
        session = lms.launch(return_url=back)
        learner = lms.follow(session, comes="commit")
        lms.until(lambda: "experienced" in verbs(session))
        line.good.set()
        learner.go("klar")
        expect(learner.course.locator("#klar [data-leave]")).to_have_attribute("href", back)
        lms.leave(learner, session)
