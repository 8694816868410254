"""Where a course is launched, left in the ways that learners have, and launched again: a home for each standard."""

from __future__ import annotations

import json
import random
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from conftest import BEGUN, Launch, Learner, Sites, lucky, wait_for_frame, watch
from lmss import LMSS, PeculiarLms
from playwright.sync_api import Browser, BrowserContext
from tracked import Content, Room, Tracked, content_at, room, sessions, verb

from coursepack.course.resume import read_resume
from coursepack.xapi.test_lrs.faults import Kind

WAYS = ("leave", "close", "reload", "die")
"""The learner leaves the course, closes its tab, or loads it again; or the window dies."""

# What listens for the end of a window that dies is not called.
DEAF = """["pagehide", "beforeunload", "unload", "visibilitychange"].forEach((name) =>
  addEventListener(name, (event) => event.stopImmediatePropagation(), { capture: true }))"""

# An LMS outlives the windows that it opens.
KEEP = """() => {
  const keep = () => { localStorage.lms = JSON.stringify({ saved: lms.saved, refused: lms.refused }); };
  for (const name of ["LMSCommit", "LMSFinish", "Commit", "Terminate"]) {
    const call = lms[name];
    if (call) lms[name] = (...given) => { const told = call.apply(lms, given); keep(); return told; };
  }
  // What it sends by a timer too.
  addEventListener("pagehide", keep);
  keep();
}"""

OPENING = "document.querySelector('[data-save]')?.dataset.state"
"""In a course: it has begun to ask for what was done before."""

KEPT = "Object.entries(localStorage).find(([name]) => /^coursepack:[^:]*$/.test(name))?.[1]"


@dataclass
class Done:
    """What a learner did since they were enrolled."""

    opened: set[str]
    """Pages."""
    is_all: bool
    """There are no others."""
    best: float | None
    """Per cent in the check."""
    submitted: Counter[str]
    """How often each question was answered."""
    marked: set[str]
    """Pages with a bookmark."""

    @property
    def is_passed(self) -> bool:
        return self.is_all and (self.best or 0) >= 60


class Home:
    """Keeps on the device alone what is done, as the web edition does. Others do better."""

    ways = WAYS
    learner: Learner

    def __init__(self, launch: Launch, address: str, **device: Any) -> None:
        self.launch, self.address, self.device = launch, address, device
        self.is_loaded = False
        """The window shows the course already."""
        self.first()
        pages = self.learner.course.evaluate(
            "JSON.parse(document.getElementById('course-data').textContent).pages"
        )
        self.pages: dict[str, int] = {each["id"]: each["slot"] for each in pages}
        self.bookmarks: dict[str, int] = {each["id"]: each["bookmark"] for each in pages}

    def first(self) -> None:
        """Opens the course on a device that knows nothing."""
        self.learner = self.launch(None, address=self.address, **self.device)

    def end(self, way: str) -> None:
        """The window's time is over."""
        page = self.learner.page
        if way == "die":
            # What was done is written down in the first idle moment after it.
            self.learner.rest()
            self.learner.course.evaluate(DEAF)
        self.is_loaded = way in ("reload", "die") and not self.learner.in_frame
        if way == "leave" and self.learner.in_frame:
            page.evaluate("document.querySelector('iframe').remove()")
        elif way == "leave":
            page.goto("about:blank")
        elif way == "close":
            with page.expect_event("close"):
                page.close(run_before_unload=True)
            self.learner.page = page.context.new_page()
            watch(self.learner.page, self.learner)
        else:
            page.reload(wait_until="load" if self.learner.in_frame else "commit")

    def open(self) -> None:
        """The course is launched again."""
        if not self.is_loaded:
            self.learner.page.goto(f"{self.address}/package/index.html", wait_until="commit")
        self.begun()

    def begun(self) -> None:
        self.learner.course.wait_for_selector("html[data-js]", state="attached")
        # On a slow line the page that was left may not have come, and nothing is restored before it has.
        self.learner.wait(f"{BEGUN} || {OPENING} && document.readyState === 'loading'")

    def befall(self) -> str:
        """What comes without the learner's doing; told in words, if there was anything."""
        return ""

    def enrol(self, luck: float) -> None:
        """The learner begins anew: at the next launch nothing is known of them."""
        self.learner.course.evaluate("document.querySelector('[data-erase]').click()")
        self.learner.page.context.add_init_script(lucky(luck))
        self.end("leave")

    def account(self) -> str:
        """What came to pass, for whoever reads of a failure."""
        return self.kept()

    def kept(self) -> str:
        """Where what was done is kept lies this."""
        return str(self.learner.course.evaluate(KEPT))

    def check(self, done: Done) -> None:
        """Whoever keeps it knows what was done."""
        known = read_resume(self.kept())
        assert {page for page, slot in self.pages.items() if slot in known.slots} == done.opened
        assert known.bookmarks == {self.bookmarks[page] for page in done.marked}
        assert (known.completed, known.passed) == (done.is_all, done.is_passed)


class Scorm(Home):
    """In a strict LMS. The learner may go on on another device."""

    ways = (*WAYS, "move")
    refuses = False
    """Calls may be refused."""

    def __init__(
        self,
        launch: Launch,
        address: str,
        lms: str,
        options: Mapping[str, Any] = MappingProxyType({}),
        **device: Any,
    ) -> None:
        self.lms, self.options = lms, dict(options)
        self.saved: dict[str, Any] = {}
        self.has_moved = False
        super().__init__(launch, address, **device)

    def first(self) -> None:
        # Each session is asked for what was refused in it when it ends.
        self.learner = self.launch(
            self.lms, self.saved, self.options, address=self.address, refusals=True, **self.device
        )
        self.learner.page.evaluate(KEEP)

    def end(self, way: str) -> None:
        super().end("leave" if way == "move" else way)
        page = self.learner.page
        page.goto(f"{self.address}/{self.lms}.html")
        told = json.loads(page.evaluate("localStorage.lms"))
        assert self.refuses or told["refused"] == []
        self.saved = told["saved"]
        self.has_moved = way == "move"

    def open(self) -> None:
        if self.has_moved:
            self.learner.page.close()
            self.first()
            return
        self.learner.page.evaluate(f"start({json.dumps(self.saved)}, {json.dumps(self.options)}, '')")
        self.learner.page.evaluate(KEEP)
        wait_for_frame(self.learner.page)
        self.begun()

    def enrol(self, luck: float) -> None:
        self.end("leave")
        self.saved = {}
        self.device["luck"] = luck
        self.learner.page.context.add_init_script(lucky(luck))

    def kept(self) -> str:
        return str(self.saved["suspendData"])

    def told(self) -> list[str]:
        """The status, and the score in per cent."""
        return [self.saved["status"], self.saved["score"]]

    def expected(self, done: Done) -> list[str]:
        return [
            "completed" if done.is_all else "incomplete",
            "" if done.best is None else f"{done.best:g}",
        ]

    def check(self, done: Done) -> None:
        super().check(done)
        assert self.told() == self.expected(done)


class Scorm2004(Scorm):
    """In an LMS that speaks SCORM 2004."""

    def kept(self) -> str:
        return str(self.saved["values"]["cmi.suspend_data"])

    def told(self) -> list[str]:
        values = self.saved["values"]
        return [values["cmi.completion_status"], values.get("cmi.score.raw", "")]


class Peculiar(Scorm):
    """In an LMS as a single one is."""

    def __init__(self, launch: Launch, address: str, peculiar: PeculiarLms, **device: Any) -> None:
        self.peculiar = peculiar
        self.refuses = not peculiar.is_moodle
        if {"state-dropped-when-done", "post-per-set-unordered"}.intersection(peculiar.quirks):
            # Nothing but the device knows all of it then.
            self.ways = WAYS
        super().__init__(launch, address, peculiar.lms, peculiar.options, **device)

    def end(self, way: str) -> None:
        # What has not reached the LMS when it is left reaches it by the next launch only.
        awaited = {"commit-noop-debounced", "post-per-set-unordered"}.intersection(self.peculiar.quirks)
        if awaited or "sync-xhr-blocked-at-dismissal" in self.peculiar.quirks:
            self.learner.rest()
        if awaited:
            # Timers go off in their order.
            self.learner.page.evaluate("new Promise((done) => setTimeout(done, QuirkyLms.REQUEST))")
        super().end(way)

    def kept(self) -> str:
        return self.peculiar.state(self.saved)

    def told(self) -> list[str]:
        return [self.peculiar.read(self.saved, name) for name in ("status", "score")]

    def expected(self, done: Done) -> list[str]:
        status, score = super().expected(done)
        quirks = self.peculiar.quirks
        if "completed-not-enough" in quirks and self.peculiar.target == "scorm12":
            status = "incomplete"
        if "only-suspend-data-kept" in quirks:
            score = ""
        if "best-score-int" in quirks:
            score = score.partition(".")[0]
        if done.is_all and "review-drops-writes" in quirks:
            # The best of those before it was completed.
            score = self.told()[1]
        return [status, score]

    def check(self, done: Done) -> None:
        if "post-per-set-unordered" in self.peculiar.quirks:
            # What was sent first may have come last: the LMS has an earlier state.
            slots = read_resume(self.kept()).slots
            assert {page for page, slot in self.pages.items() if slot in slots} <= done.opened
        else:
            super().check(done)


class Tracking(Home):
    """Before an LRS, to which the line may fail. The course is now in a tab and now in a frame."""

    ways = (*WAYS, "move")
    resources = ("", "/statements", "/activities/state")
    """What may fail; the first: everything."""
    learner: Tracked

    def __init__(self, room: Room, content: Content, dice: random.Random, **device: Any) -> None:
        self.room, self.content, self.dice = room, content, dice
        self.is_down = False
        super().__init__(room.open, content.address, **device)

    def first(self) -> None:
        self.tabs = self.new_device()
        self.open()

    def new_device(self) -> BrowserContext:
        options = {name: each for name, each in self.device.items() if name != "luck"}
        device = self.room.devices.new(**options)
        device.add_init_script(lucky(self.device["luck"]))
        return device

    def end(self, way: str) -> None:
        if way == "move":
            # What cannot be sent waits on the device.
            self.mend()
            self.room.leave(self.learner)
            self.tabs.close()
            self.tabs = self.new_device()
            self.is_loaded = False
            return
        super().end(way)
        if not self.is_loaded:
            self.learner.page.close()

    def open(self) -> None:
        if self.is_loaded:
            self.learner.course.wait_for_selector("html[data-js]", state="attached")
        else:
            frame = self.dice.choice([None, f"{self.address}/standin.html"])
            self.learner = self.room.open(self.content, self.tabs, frame=frame, settled=False, faulty=True)
        if self.is_down:
            self.learner.page.wait_for_timeout(self.dice.randint(0, 500))
        self.mend()

    def befall(self) -> str:
        chance = self.dice.random()
        if self.is_down and chance < 0.15:
            self.mend()
            return "have a line"
        if self.is_down or chance > 0.05:
            return ""
        kinds: tuple[Kind, ...] = ("drop", "status", "silent", "lose")
        kind, method = self.dice.choice(kinds), self.dice.choice(("*", "GET", "PUT", "POST"))
        path = self.dice.choice(self.resources)
        self.room.lrs.faults.add(kind, method, path)
        self.is_down = True
        return f"meet {kind} {method} {path}"

    def mend(self) -> None:
        """The line is good again, and the learner has everything saved."""
        self.room.lrs.faults.lift()
        self.is_down = False
        # What is told of films alone waits for something to be saved. Whoever asks again and again finds the course saving
        # forever where the LRS takes its time.
        patience = 0.1
        while not self.learner.is_settled():
            self.learner.course.evaluate("document.querySelector('[data-retry]').click()")
            try:
                self.learner.until(self.learner.is_settled, "settled", patience)
            except AssertionError:
                patience *= 2
                if patience > 60:
                    raise

    def enrol(self, luck: float) -> None:
        self.mend()
        self.end("leave")
        self.room.registration = str(uuid.uuid4())
        self.device["luck"] = luck
        self.tabs.add_init_script(lucky(luck))

    def account(self) -> str:
        asked = [(each.method, each.path, each.status) for each in self.room.lrs.faults.requests]
        return f"{self.kept()}\n{asked[-30:]}"

    def kept(self) -> str:
        return json.dumps(self.room.lrs.document())

    def check(self, done: Done) -> None:
        super().check(done)
        told = [
            each
            for each in self.room.lrs.statements
            if each["context"].get("registration") == self.room.registration
        ]

        def about(word: str) -> list[str]:
            return sorted(self.content.about([each for each in told if verb(each) == word]))

        assert about("experienced") == sorted(done.opened)
        # Where a scenario ended is told too.
        answered = [each for each in about("answered") if not each.startswith("sc-")]
        assert answered == sorted(done.submitted.elements())
        assert about("passed") == [""] * done.is_passed
        assert about("completed").count("") == done.is_all


class Sessional(Tracking):
    """In an LMS that launches it by cmi5: whoever loads the course again has left its session."""

    # The key is given once: who loses it has to launch the course again.
    resources = ("/statements", "/activities/state")

    def end(self, way: str) -> None:
        super().end(way)
        if self.is_loaded:
            # Chromium may never close a window that has just begun to load. The line may be down.
            self.learner.wait(OPENING)
            self.learner.page.close()
            self.is_loaded = False


@contextmanager
def home(
    where: str, launch: Launch, browser: Browser, sites: Sites, seed: int, **device: Any
) -> Iterator[Home]:
    """Where a course of a standard is launched, or in one of the LMSs. A learner is there already."""
    peculiar = next((each for each in LMSS if str(each) == where), None)
    standard = peculiar.target if peculiar else where
    address = sites(standard)
    if standard == "xapi":
        with room(browser) as here:
            yield Tracking(here, content_at(address), random.Random(seed), **device)
    elif standard == "cmi5":
        content = content_at(address)
        with sessions(browser, content, 0.6) as lms:
            yield Sessional(lms, content, random.Random(seed), **device)
    elif standard == "web":
        yield Home(launch, address, **device)
    elif peculiar:
        yield Peculiar(launch, address, peculiar, **device)
    else:
        made = {"scorm12": Scorm, "scorm2004": Scorm2004}[standard]
        yield made(launch, address, {"scorm12": "standin", "scorm2004": "standin2004"}[standard], **device)
