"""A package in the stand-in LMS of the preview, as a rehearsal launches and leaves it, and what it told the LMS."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from coursepack.preview.front import Front
from coursepack.preview.server import Server
from coursepack.rehearsal.browser import window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Frame, Page

    from coursepack.preview.server import Subject

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Rehearsal</title>
<link rel="icon" href="data:,"><style>html, body, iframe {{ display: block; margin: 0; border: 0;
width: 100%; height: 100%; overflow: hidden }}</style>
<iframe title="LMS" src="{site}/stage"
sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-modals allow-downloads"></iframe><script>
const stage = document.querySelector("iframe").contentWindow;
const told = [];
const ask = (message) => stage.postMessage(message, "{site}");
addEventListener("message", ({{ source, origin, data }}) => {{
  if (source !== stage || origin !== "{site}" || told.length >= {most}) return;
  const given = Array.isArray(data?.given) && data.given.slice(0, 9).map((each) => String(each).slice(0, {length}));
  told.push(given ? {{ ...data, given }} : data);
}});
</script></html>"""
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; frame-src {site}"

_PATIENCE = 60.0
"""Seconds for what our own page does. A machine that is so slow cannot rehearse."""

_MOST_CALLS, _MOST_TEXT = 10_000, 100_000
"""Calls that are heard, and characters of what they are given: a package can make any."""

_VERBS = ("completed", "passed", "failed")
_BEGUN_OR_LEFT = ("launched", "initialized", "terminated")
_MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"

_ELEMENTS = {
    "suspendData": "state",
    "cmi.suspend_data": "state",
    "location": "place",
    "cmi.core.lesson_location": "place",
    "cmi.location": "place",
    "status": "status",
    "cmi.core.lesson_status": "status",
    "cmi.completion_status": "status",
    "cmi.success_status": "success",
    "score": "score",
    "cmi.core.score.raw": "score",
    "cmi.score.raw": "score",
    "cmi.score.scaled": "score",
}
"""What is compared of what an LMS keeps, by the names that the stand-ins have for it."""

_UNTOLD = ("", "not attempted", "incomplete", "unknown", "browsed", "not-initialized")


_LATE = 5
"""Seconds in which a package finds an API that comes late."""

_SENDS_LATE = {"commit-noop-debounced", "post-per-set-unordered"}
_SENT = 500
"""Milliseconds in which LMSs with these quirks have sent what they were told. A learner stays as long as that."""


class StuckError(Exception):
    """The package or the browser does not answer any more."""


class Call(NamedTuple):
    """A call to the LMS, or a request to the LRS. `at` is in seconds since the launch."""

    step: int
    at: float
    name: str
    given: tuple[str, ...]
    result: str
    error: str
    outcome: str = ""
    """The result that it reports, and that was accepted: completed, passed or failed."""
    tells: bool = True
    """Whether an LRS learns more by it than that the course was begun or left."""

    def __str__(self) -> str:
        shown = ", ".join(json.dumps(each, ensure_ascii=False) for each in self.given)
        return f"{self.name}({shown})" if len(shown) <= 100 else f"{self.name}({shown[:97]}...)"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        hidden = ("outcome", "tells")
        return {key: value for key, value in self._asdict().items() if key not in hidden}

    @property
    def is_done(self) -> bool:
        """Whether it was accepted."""
        return self.error == "0"


def _set_outcome(name: str, given: tuple[str, ...], error: str) -> str:
    """The result that a call of SCORM reports."""
    if error != "0" or not name.endswith("SetValue") or len(given) != 2:
        return ""
    return given[1] if _ELEMENTS.get(given[0]) in ("status", "success") and given[1] in _VERBS else ""


def _stated(statement: Mapping[str, Any], activity: str, is_cmi5: bool) -> tuple[str, str]:
    """The last word of the verb of a statement, and the result that it reports for the whole activity."""
    verb = statement.get("verb")
    word = str(verb.get("id")).rpartition("/")[2] if isinstance(verb, dict) else ""
    if is_cmi5:
        # cmi5 9.6.2: only statements with this category count.
        is_ours = _MOVE_ON in json.dumps(statement.get("context"))
    else:
        about = statement.get("object")
        is_ours = isinstance(about, dict) and about.get("id") == activity
    result = statement.get("result")
    is_complete = isinstance(result, dict) and result.get("completion") is True
    outcome = word if word in _VERBS else "completed" if is_complete else ""
    return word, outcome if is_ours else ""


class Stage:
    """The LMS's page with the package in one window. `step` is the number of what the learner does now."""

    def __init__(
        self,
        server: Server,
        origins: tuple[str, str],
        context: BrowserContext,
        lms: dict[str, Any],
        refused: dict[str, str],
    ) -> None:
        """The package is served at one of the two `origins`."""
        self.server, self.context = server, context
        self.step = 0
        self.calls: list[Call] = []
        self.hosts = refused
        """The first address that was asked for at each host that is not the package's."""
        self.thrown: list[tuple[int, str]] = []
        self.missing: dict[str, int] = {}
        """Files that the package has not, by their paths, and the step at which they were asked for."""
        self._roots = tuple(f"{each}/package/" for each in origins)
        self._lms = lms
        self._others: list[dict[str, Any]] = []
        self._waiting = 0
        self._asked_of_lrs = 0
        self._unit = 0
        self._began = time.monotonic()
        self.page: Page = context.new_page()
        context.on("request", lambda request: self._count(request.resource_type, 1))
        context.on("requestfinished", lambda request: self._count(request.resource_type, -1))
        context.on("requestfailed", lambda request: self._count(request.resource_type, -1))
        context.on("response", lambda response: self._answered(response.status, response.url))
        context.on("weberror", lambda error: self.thrown.append((self.step, str(error.error)[:300])))

    def open(self, address: str) -> None:
        """Opens the LMS's page."""
        self.page.goto(address)
        self._wait_for("ready")

    @property
    def is_scorm(self) -> bool:
        """Whether it is called; else it is sent requests."""
        return self.server.subject.standard.startswith("SCORM")

    def _count(self, kind: str, more: int) -> None:
        if kind not in ("media", "eventsource", "websocket"):
            self._waiting = max(0, self._waiting + more)

    def _answered(self, status: int, address: str) -> None:
        root = next((each for each in self._roots if address.startswith(each)), None)
        if root is not None and status == 404:
            self.missing.setdefault(address.removeprefix(root).partition("?")[0], self.step)

    # Asking the page

    def ask(self, **message: Any) -> None:
        """Sends a message to the stage."""
        self.page.evaluate("(message) => ask(message)", message)

    def hear(self) -> None:
        """Takes in what the package has told since."""
        for told in self.page.evaluate("() => told.splice(0)"):
            if not isinstance(told, dict):
                continue
            if told.get("kind") == "call":
                if len(self.calls) < _MOST_CALLS:
                    self.calls.append(self._call(told))
            else:
                self._others.append(told)
        for call in self.server.lms.calls(self._asked_of_lrs):
            self._asked_of_lrs = call["n"]
            self.calls.append(self._request(call))

    def _request(self, call: Mapping[str, Any]) -> Call:
        standard = self.server.subject.standard
        activity = self.server.subject.units[self._unit].id
        said = [_stated(each, activity, standard == "cmi5") for each in call["statements"]]
        is_done = call["status"] < 400
        outcome = next((word for _, word in said if word), "") if is_done else ""
        tells = any(word not in _BEGUN_OR_LEFT for word, _ in said)
        name = f"{call['method']} {call['url'].partition('?')[0]}"
        at = round(time.monotonic() - self._began, 2)
        error = "0" if is_done else str(call["status"])
        return Call(self.step, at, name, (call["body"],), str(call["status"]), error, outcome, tells)

    def _call(self, told: dict[str, Any]) -> Call:
        given = told.get("given")
        texts = tuple(str(each) for each in given) if isinstance(given, list) else ()
        at = round(time.monotonic() - self._began, 2)
        name, error = str(told.get("name")), str(told.get("error"))
        outcome = _set_outcome(name, texts, error)
        return Call(self.step, at, name, texts, str(told.get("result")), error, outcome)

    def _wait_for(self, kind: str) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE
        while True:
            self.hear()
            found = next((each for each in self._others if each.get("kind") == kind), None)
            if found is not None:
                self._others.clear()
                return found
            if time.monotonic() > end:
                raise StuckError
            self.page.wait_for_timeout(10)

    # Launching and leaving

    def launch(self, unit: int) -> None:
        """Launches a unit in a new attempt."""
        self._unit = unit
        self._begin({"kind": "launch", "unit": unit, "fresh": True, **self._lms})

    def resume(self) -> None:
        """Launches it again, with what the LMS has kept."""
        self._begin({"kind": "act", "name": "resume"})

    def _begin(self, message: dict[str, Any]) -> None:
        self._began = time.monotonic()
        self.ask(**message)
        end = time.monotonic() + _PATIENCE
        while not self.frames():
            self.page.wait_for_timeout(20)
            stage = next((frame for frame in self.page.frames if frame.url.endswith("/stage")), None)
            # An LMS that opens a window of its own.
            if stage is not None and stage.locator("main:not([hidden]) button").count():
                stage.locator("main button").click()
                self.page.wait_for_timeout(200)
            if time.monotonic() > end:
                raise StuckError
        if "api-late" in self._lms["quirks"]:
            self._await_api(len(self.calls))

    def _await_api(self, before: int) -> None:
        """Waits until the package has found the API, or does not look for it any more."""
        end = time.monotonic() + _LATE
        while len(self.calls) == before and time.monotonic() < end:
            self.page.wait_for_timeout(50)
            self.hear()

    def leave(self) -> None:
        """Leaves as the LMS's own button does: the package's document goes, with its events."""
        self._await_sending()
        self.ask(kind="act", name="leave")
        self._wait_for("left")
        self.rest()

    def _await_sending(self) -> None:
        if _SENDS_LATE.intersection(self._lms["quirks"]):
            self.page.wait_for_timeout(_SENT)

    def rest(self) -> None:
        """Waits until nothing more is loaded or sent, at most some seconds."""
        end = time.monotonic() + 8
        self.page.wait_for_timeout(10)
        while self._waiting and time.monotonic() < end:
            self.page.wait_for_timeout(10)
        self.hear()

    # What is there

    def frames(self) -> list[Frame]:
        """The documents of the package, in frames and in windows of its own."""
        return [frame for page in self.context.pages for frame in page.frames if self._is_package(frame)]

    def _is_package(self, frame: Frame | None) -> bool:
        if frame is None or frame.is_detached():
            return False
        if frame.url.startswith(self._roots):
            return True
        return frame.url.startswith(("about:srcdoc", "blob:")) and self._is_package(frame.parent_frame)

    def kept(self) -> dict[str, str]:
        """What the LMS has of the learner: state, place, status, success and score, as far as they say anything."""
        if not self.is_scorm:
            return self._kept_by_lrs()
        self._await_sending()
        self.ask(kind="kept")
        found: dict[str, str] = {}

        def gather(value: Any) -> None:
            if isinstance(value, list):
                for each in value:
                    gather(each)
            elif isinstance(value, dict):
                for key, inner in value.items():
                    name = _ELEMENTS.get(key)
                    if name is None:
                        gather(inner)
                    elif isinstance(inner, str | int | float) and str(inner) not in _UNTOLD:
                        found[name] = str(inner)

        gather(self._wait_for("kept").get("kept"))
        return found

    def _kept_by_lrs(self) -> dict[str, str]:
        self.hear()
        found: dict[str, str] = {}
        for call in self.calls:
            if not call.is_done or not call.name.startswith(("PUT", "POST")):
                continue
            if call.name.endswith("/activities/state") and call.given[0]:
                found["state"] = call.given[0]
            if call.outcome or (call.tells and call.name.endswith("/statements")):
                found["status"] = call.outcome or found.get("status", "experienced")
        return found


@contextmanager
def stage(
    browser: Browser, subject: Subject, lms: dict[str, Any], size: tuple[int, int], language: str
) -> Iterator[Stage]:
    """A package in an LMS that knows nothing of the learner, in a window of a size in CSS pixels.

    `lms` has `quirks`, `options` and `profile` as the stage is launched with.
    """

    def page(_: str, site: str) -> tuple[str, str]:
        return _PAGE.format(site=site, most=_MOST_CALLS, length=_MOST_TEXT), _POLICY.format(site=site)

    front = Front(page, language, is_course=False)
    server = Server(subject, front)
    # The page that frames the stage asks for the calls.
    server.answer_panel([])
    with front.running() as address:
        own = (front.panel.origin, front.site.origin, front.elsewhere.origin)
        with window(browser, *size, own) as (context, refused):
            made = Stage(server, (front.site.origin, front.elsewhere.origin), context, lms, refused)
            made.open(address)
            yield made
