"""Launches of xAPI and cmi5 packages against our own LRS, and what must hold after each."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import uuid
import wave
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from conftest import BEGUN, REST, TOP, VIEWER, Learner
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page
from ralph.models.xapi.base.statements import BaseXapiStatement
from small import a_page, questions, write_small

from coursepack.xapi.statement import cmi5_findings, findings
from coursepack.xapi.statement.cmi5 import is_defined
from coursepack.xapi.test_lrs.documents import STATE
from coursepack.xapi.test_lrs.faults import Faults
from coursepack.xapi.test_lrs.launcher import AssignableUnit, Launcher, tincan_address
from coursepack.xapi.test_lrs.lrs import lrs
from coursepack.xapi.test_lrs.request import Credential, basic, credential
from coursepack.xapi.test_lrs.serve import serve
from coursepack.xapi.test_lrs.store import Store

Json = dict[str, Any]

SECRET = "secret-of-this-launch"
KEY = basic("course", SECRET)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ONCE = {"experienced", "progressed", "completed", "passed"}
"""The last words of the verbs of which a registration has one statement an object (and, if need be, a result)."""


JOURNAL = """(() => { try { return Object.entries(localStorage) } catch { return [] } })().filter(([name, text]) =>
    text && /^coursepack:.*:/.test(name) && name.includes(history.state?.coursepack?.registration || "")
).map(([, text]) => text)"""
"""In a course: the journals of its registration on this device. None where the browser refuses storage.

One that is being erased is empty.
"""


def verb(statement: Json) -> str:
    """The last word of a statement's verb."""
    return str(statement["verb"]["id"]).rpartition("/")[2]


def assert_sound(statements: Sequence[Json]) -> None:
    """Three validators find nothing wrong: our own, the models of ralph, and Learning Locker's rules."""
    # The others know of 1.0 only.
    bare = [{name: value for name, value in each.items() if name != "version"} for each in statements]
    for statement, old in zip(statements, bare, strict=True):
        assert findings(statement, statement.get("version", "1.0.3")) == []
        BaseXapiStatement(**old)
    script = TOP / "tests" / "validate-statements.mjs"
    told = subprocess.run(
        ["node", script], input=json.dumps(bare), capture_output=True, text=True, check=True
    )
    assert json.loads(told.stdout) == [[] for _ in bare]


def assert_sessions(launcher: Launcher) -> None:
    """In every session was told what cmi5 wants of it, and nothing that only one session of a registration may tell."""
    for number, session in enumerate(launcher.sessions):
        whose = (session.unit, session.launch.registration)
        earlier = [
            statement
            for other in launcher.sessions[:number]
            if (other.unit, other.launch.registration) == whose
            for statement in other.statements
        ]
        # A film that was left has the verb too, and is no word of cmi5.
        ended = "terminated" in map(verb, filter(is_defined, session.statements))
        if session.statements:
            assert cmi5_findings(session.statements, session.launch, earlier=earlier, ended=ended) == []


@dataclass
class Lrs:
    """An LRS on the loopback address, with the faults that a test asks for."""

    store: Store
    faults: Faults
    address: str
    credentials: dict[str, Credential]

    @property
    def statements(self) -> list[Json]:
        # By the time that each tells of: what a page sends while it goes arrives in any order.
        return sorted(self.store.statements(), key=lambda each: str(each["timestamp"]))

    def verbs(self, registration: str | None = None) -> list[str]:
        """The last word of each statement's verb, by time."""
        return [
            verb(each)
            for each in self.statements
            if registration is None or each["context"].get("registration") == registration
        ]

    def said(self, word: str) -> list[Json]:
        """The statements whose verb ends with the word, in the order in which they came."""
        return [each for each in self.statements if verb(each) == word]

    def document(self) -> Json:
        """The resume document as it lies in the LRS, of the learner whose course asked for one last."""
        for noted in reversed(self.faults.requests):
            if noted.path.endswith(STATE.path) and noted.query.get("stateId") == "resume":
                found = self.store.document(STATE.path, STATE.owner(noted.query), "resume")
                return dict(json.loads(found.body)) if found else {}
        return {}

    def until(self, condition: Callable[[], object], seconds: float = 30) -> None:
        """Waits until something is so here, whatever has become of the window."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"never so, after {self.verbs()}"
            time.sleep(0.01)

    def assert_nothing_twice(self) -> None:
        """No id came twice, and of what is told once a registration there is one."""
        told = self.statements
        assert max(Counter(each["id"] for each in told).values(), default=1) == 1
        single = Counter(
            json.dumps([verb(each), each["object"]["id"], each["context"].get("registration"), each["actor"]])
            + json.dumps(each.get("result", {}).get("extensions") if verb(each) == "progressed" else None)
            for each in told
            if verb(each) in ONCE and "https://w3id.org/xapi/video" not in json.dumps(each["context"])
        )
        assert [key for key, times in single.items() if times > 1] == []


@contextmanager
def running(*, credentials: dict[str, Credential] | None = None, **options: Any) -> Iterator[Lrs]:
    """An LRS that knows one key, which may do everything. At the end all statements are validated."""
    credentials = {KEY: credential("course")} if credentials is None else credentials
    with closing(Store()) as store:
        app = Faults(lrs(store, credentials=credentials, content=True, **options))
        with serve(app) as address:
            here = Lrs(store, app, address, credentials)
            yield here
            app.lift()
        assert_sound(here.statements)
        here.assert_nothing_twice()


@dataclass(frozen=True)
class Content:
    """A package on a site, and what its document says of the course."""

    address: str
    pages: list[str]
    core: list[str]
    slots: dict[str, int]
    """Of the pages."""
    answers: dict[str, dict[str, int]]
    """Slots by question and answer."""
    names: dict[str, str]
    """Of pages, questions, parts and media, by their ids as activities."""

    @property
    def index(self) -> str:
        return f"{self.address}/package/index.html"

    def about(self, statements: Sequence[Json]) -> list[str]:
        """What each statement is about: its activity's name in the course, or nothing when it is the course."""
        return [self.names.get(each["object"]["id"], "") for each in statements]

    def opened(self, document: Json) -> set[str]:
        """The pages that a resume document counts as opened."""
        return {page for page, slot in self.slots.items() if slot in _bits(document)}

    def chosen(self, document: Json, question: str) -> set[str]:
        """The answers that a resume document holds for a question."""
        return {answer for answer, slot in self.answers[question].items() if slot in _bits(document)}


def _bits(document: Json) -> set[int]:
    letters = str(document.get("state", "...")).split(".")[3]
    return {
        6 * at + bit
        for at, letter in enumerate(letters)
        for bit in range(6)
        if ALPHABET.index(letter) >> (5 - bit) & 1
    }


def content_at(address: str) -> Content:
    """Reads what the package that is served there says of its course."""
    html, told = (
        urlopen(f"{address}/package/{name}").read().decode() for name in ("index.html", "statements.js")
    )
    shapes = json.loads(told.partition("=")[2].rstrip(";\n"))
    start = html.index('id="course-data"')
    data = json.loads(html[html.index(">", start) + 1 : html.index("</script>", start)])
    return Content(
        address,
        [page["id"] for page in data["pages"]],
        [page["id"] for page in data["pages"] if page["core"]],
        {page["id"]: page["slot"] for page in data["pages"]},
        {
            question["id"]: {answer["id"]: answer["slot"] for answer in question["answers"]}
            for question in data["questions"]
        },
        {
            thing.get("object", thing)["id"]: name
            for group in ("parts", "pages", "questions", "media")
            for name, thing in shapes[group].items()
        },
    )


HEAD = """\
completion: {rule: all-core-pages}
final-check: {page: provsida, mastery: 60}
status: both
report: {answers: true, media: true}
"""
FILM = "det-som-inte-syns"
PLAYED = f"""\
```video
src: media/{FILM}.mp4
title: En film
captions: media/{FILM}.vtt
transcript: media/{FILM}.transcript.vtt
described: {{not-needed: Rösten säger det som syns.}}
duration: "2:41"
width: 1280
height: 720
```

```audio
src: media/ton.wav
title: Ett ljud
transcript: media/ton.vtt
duration: "0:01"
```
"""


def write_graded(folder: Path) -> Path:
    """A graded course of a start page and two parts of a page that reports answers, a film and a second of silence."""
    write_small(
        folder,
        [a_page("filmsida", f"Se och hör.\n\n{PLAYED}")],
        [a_page("provsida", questions((1, 2)))],
        head=f"{HEAD}start: {{id: textsida, title: Textsida, minutes: 1}}\nminutes: 3\n",
        files={
            "pages/textsida.md": "Text.\n",
            "media/ton.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nTystnad.\n",
        },
    )
    for name in (f"{FILM}.mp4", f"{FILM}.vtt", f"{FILM}.transcript.vtt"):
        shutil.copy(TOP / "course_source/media" / name, folder / "media")
    with wave.open(str(folder / "media/ton.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes([128]) * 8000)
    return folder


@dataclass
class Tracked(Learner):
    """A learner in front of a course that tells an LRS."""

    console: list[str] = field(default_factory=list)
    """All that was ever said there."""
    failures: list[str] = field(default_factory=list)
    """Requests to the LRS that failed."""

    @property
    def state(self) -> str:
        """What the line says of saving: yes, wait or no."""
        return str(self.course.locator("[data-save]").get_attribute("data-state"))

    def is_settled(self) -> bool:
        """All that was done has arrived, and this device's journal of the registration is empty."""
        settled = f"""async () => {{
            const isEmpty = (text) => {{ const {{ doc, list }} = JSON.parse(text); return !doc && !list.length; }};
            await ({REST})();
            return document.querySelector("[data-save]").dataset.state === "yes" && {JOURNAL}.every(isEmpty);
        }}"""
        # A save that was under way plans the next one when it ends.
        return self.course.evaluate(settled) and self.course.evaluate(settled)

    def settle(self, clock: int = 0) -> None:
        """Waits until that is so.

        Where the device's time is in the test's hands, it goes on by `clock` milliseconds again and again.
        """

        def is_settled() -> bool:
            if clock:
                self.page.clock.run_for(clock)
            return self.is_settled()

        self.until(is_settled, "settled")

    def walk(self, pages: Sequence[str]) -> None:
        """Opens pages by their addresses, and waits until that is saved."""
        for page in pages:
            self.go(page)
        self.settle()

    def answer(self, question: str, *answers: str) -> None:
        """Chooses answers and presses Svara; those of an earlier time are taken back first."""
        form = self.course.locator(f'form[data-q="{question}"]')
        button = form.locator("button[type=submit]")
        if form.get_attribute("data-state") == "answered":
            button.click()
        for value in answers:
            choice = form.locator(f'input[value="{value}"]')
            try:
                choice.check()
            except Error:
                # A notice that came has moved it from under the pointer.
                choice.check()
        button.click()

    def told(self) -> str:
        """What the alarm says; nothing when there is none."""
        alarm = self.course.locator("[data-alarm]")
        return alarm.inner_text() if alarm.is_visible() else ""

    def journal(self) -> list[Json]:
        """What this device keeps for a later launch of the registration, by window."""
        return [json.loads(each) for each in self.course.evaluate(JOURNAL)]

    def kept(self, name: str | None = None) -> list[str]:
        """Ids of the statements that wait there, or of those that are made from the shape of a name."""
        return [
            each["statement"]["id"]
            for left in self.journal()
            for each in left["list"]
            if name in (None, each["name"])
        ]

    def leave(self) -> None:
        """Goes elsewhere with the window or, in an LMS's page, has the frame taken away."""
        if self.in_frame:
            self.page.evaluate("document.querySelector('iframe').remove()")
        else:
            self.page.goto("about:blank")


@dataclass
class Devices:
    """Browsers that open launched courses. At the end nothing may have gone wrong in them."""

    browser: Browser
    learners: list[tuple[Tracked, tuple[str, ...], bool]] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def new(self, **options: Any) -> BrowserContext:
        """A device that knows nothing yet."""
        context = self.browser.new_context(**options)
        self.contexts.append(context)
        return context

    def open(
        self,
        address: str,
        lrs: str,
        device: BrowserContext | None = None,
        *,
        page: Page | None = None,
        frame: str | None = None,
        sandbox: str | None = None,
        settled: bool = True,
        faulty: bool = False,
        lost: str = "",
    ) -> Tracked:
        """Opens a launched course: in a tab of a device, in a page, or in a (sandboxed) frame of the page `frame`.

        `lrs` is where it may send requests to besides its own site. `faulty`: requests to there may fail, and to
        `lost`; otherwise only the question for a document that is not there yet may, and a write that another window
        was faster than.
        """
        page = page or (device or self.new()).new_page()
        site = address.partition("/package/")[0]
        learner = Tracked(page, site, in_frame=frame is not None)
        self.learners.append((learner, (site, lrs, "/".join((frame or address).split("/")[:3])), faulty))
        page.on("console", lambda message: _listen(learner, message, (lrs, lost or lrs)))
        page.on("pageerror", lambda error: learner.wrong.append(str(error)))
        page.on("request", lambda request: learner.requests.append(request.url))
        if frame is None:
            page.goto(address)
        else:
            page.goto(frame)
            page.evaluate(
                """([address, sandbox]) => { const sco = document.createElement("iframe"); sco.name = "sco";
                if (sandbox) sco.sandbox = sandbox;
                sco.src = address; document.body.append(sco); }""",
                [address, sandbox],
            )
            learner.until(lambda: page.frame("sco"))
        learner.course.wait_for_selector("html[data-js]", state="attached")
        if settled:
            learner.wait(BEGUN)
            learner.begin()
            learner.settle()
        return learner

    def check(self) -> None:
        """Asserts that no error, no forbidden request and no secret was seen."""
        for learner, allowed, faulty in self.learners:
            assert learner.wrong == []
            for url in learner.requests:
                assert url.startswith((*allowed, "data:", "blob:", "about:", *VIEWER)), url
            for failure in learner.failures:
                is_usual = STATE.path in failure and re.search(r"status of (404|412) ", failure)
                assert faulty or is_usual, failure
            assert SECRET not in "\n".join(learner.console)
            assert KEY.partition(" ")[2] not in "\n".join(learner.console)


def _listen(learner: Tracked, message: ConsoleMessage, unsteady: tuple[str, ...]) -> None:
    learner.console.append(message.text)
    if message.type not in ("error", "warning"):
        return
    url = message.location["url"]
    if message.text.startswith("Failed to load resource") and url.startswith(unsteady):
        learner.failures.append(f"{message.text} {url}")
    else:
        learner.wrong.append(message.text)


@contextmanager
def devices(browser: Browser) -> Iterator[Devices]:
    """Closes all that was opened."""
    here = Devices(browser)
    try:
        yield here
        here.check()
    finally:
        for context in here.contexts:
            context.close()


@dataclass
class Room:
    """An LRS and the devices of those who learn with it, launched by xAPI."""

    lrs: Lrs
    devices: Devices
    registration: str = field(default_factory=lambda: str(uuid.uuid4()))

    def address(self, content: Content, **launch: Any) -> str:
        """What an LMS opens."""
        whole = {"endpoint": f"{self.lrs.address}/", "auth": KEY, "registration": self.registration, **launch}
        return tincan_address(content.index, **whole)

    def open(
        self,
        content: Content,
        device: BrowserContext | None = None,
        *,
        launch: dict[str, Any] | None = None,
        **how: Any,
    ) -> Tracked:
        """Launches a course; `launch` says what is not as in every launch, and `how` goes to `Devices.open`."""
        return self.devices.open(self.address(content, **(launch or {})), self.lrs.address, device, **how)

    def leave(self, learner: Tracked) -> None:
        """Leaves the course, and waits until the LRS knows."""
        before = self.lrs.verbs().count("terminated")
        learner.leave()
        self.lrs.until(lambda: self.lrs.verbs().count("terminated") > before)


@contextmanager
def room(browser: Browser, **options: Any) -> Iterator[Room]:
    """An LRS with these options, and no device yet."""
    with running(**options) as lrs, devices(browser) as here:
        yield Room(lrs, here)


@dataclass
class Sessions(Room):
    """An LMS with one course, and the devices of those who are launched there by cmi5."""

    launcher: Launcher = field(kw_only=True)

    def address(self, content: Content, **launch: Any) -> str:
        return self.launcher.launch(self.launcher.units[0], self.registration, **launch).url


@contextmanager
def sessions(browser: Browser, content: Content, mastery: float) -> Iterator[Sessions]:
    """Such an LMS, and no device yet. At the end all sessions are validated."""
    unit = AssignableUnit("https://example.org/au", content.index, "CompletedAndPassed", mastery)
    with closing(Store()) as store:
        launcher = Launcher(store, [unit])
        app = Faults(launcher.app)
        with serve(app) as launcher.address, devices(browser) as here:
            yield Sessions(Lrs(store, app, launcher.address, {}), here, launcher=launcher)
            app.lift()
        assert_sessions(launcher)
