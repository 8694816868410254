"""The data protection sheet says what is processed: nothing more and nothing less than an LMS, an LRS and the device get.

Each standard is walked twice: with a course that has every setting on which an item depends, and with one that has none.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import BEGUN, TOP, Learner, Sites, sites_of, wait_for_frame
from playwright.sync_api import Browser, BrowserContext, Page
from small import a_page, questions, write_small
from tracked import Content, Json, Room, Sessions, Tracked, content_at, room, sessions, verb
from using import answer_all, speak

from coursepack.reading.source import read_folder
from coursepack.release.data_protection.items import Item, items, settings
from coursepack.xapi.test_lrs.documents import STATE

FILM = "det-som-inte-syns"
PLAYED = f"""\
Se och hör.

```video
src: media/{FILM}.mp4
title: En film
captions: media/{FILM}.vtt
transcript: media/{FILM}.transcript.vtt
described: media/syn.mp4
```

```audio
src: media/ton.mp3
title: Ett ljud
transcript: media/ton.vtt
```
"""
WRITTEN = """
```fill-in
id: skriven
question: Vad heter numret?
answers:
  - {text: ett ett två, right: true}
```
"""
HEAD = """\
certificate: true
final-check: {page: provsida, mastery: 60}
status: both
report: {answers: true, media: true}
translations: [en]
feedback: kurs@example.org
start: {id: textsida, title: Textsida, minutes: 1}
minutes: 3
"""
WORDS = """\
title: Test
description: A course.
titles: {textsida: Text page, filmsida: Film page, provsida: Check page, del-1: Part 1, kapitel-1: Chapter 1,
  del-2: Part 2, kapitel-2: Chapter 2}
"""
BARE = "start: {id: textsida, title: Textsida, minutes: 1}\nminutes: 3\n"
SEEN = 'await medium.play(); medium.currentTime = 60; await when("seeked");'
MENU, LOOK = "[data-open=menu]", "#d-settings input[name=light]:not(:checked)"

# Notes all that a page of the course writes into the browser, and leaves everything as it is.
NOTE = """(() => {
  if (!location.pathname.startsWith("/package/")) return;
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (name, text) {
    noted(this === sessionStorage ? "sessionStorage" : "localStorage", name, String(text));
    return setItem.call(this, name, text);
  };
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value, name) {
    noted("indexedDB", String(name), JSON.stringify(value));
    return put.call(this, value, name);
  };
  for (const name of ["pushState", "replaceState"]) {
    const as = history[name];
    history[name] = function (state, ...more) {
      noted("history", name, JSON.stringify(state));
      return as.call(this, state, ...more);
    };
  }
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(document, "cookie", { get: () => cookie.get.call(document),
    set: (text) => { noted("cookie", text, ""); cookie.set.call(document, text); } });
})()"""


@dataclass
class Noted:
    """What was written into a browser: kind of storage, key and value."""

    written: list[tuple[str, str, str]] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> BrowserContext:
        context.expose_function("noted", lambda *all: self.written.append(all))
        context.add_init_script(NOTE)
        return context

    def look(self, page: Page) -> None:
        """Takes down what is there: of a page that goes nothing is heard."""
        self.written += [("localStorage", *each) for each in page.evaluate("Object.entries(localStorage)")]

    def keys(self, start: str) -> list[str]:
        """The keys of one kind of storage."""
        return [key for kind, key, _ in self.written if kind == start]


def write_course(folder: Path, is_full: bool) -> Path:
    if not is_full:
        return write_small(
            folder,
            [a_page("filmsida", "Text.\n")],
            [a_page("provsida", questions((1,)))],
            head=BARE,
            files={"pages/textsida.md": "Text.\n"},
        )
    pages = {
        "textsida": "Text.\n",
        "filmsida": PLAYED,
        "provsida": questions((1, 2)) + WRITTEN,
    }
    write_small(
        folder,
        [a_page("filmsida", pages["filmsida"])],
        [a_page("provsida", pages["provsida"])],
        head=HEAD,
        files={
            "pages/textsida.md": pages["textsida"],
            "media/ton.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nTystnad.\n",
            "translations/en/translation.yaml": WORDS,
            **{f"translations/en/pages/{name}.md": text for name, text in pages.items()},
        },
    )
    for name in (f"{FILM}.mp4", f"{FILM}.vtt", f"{FILM}.transcript.vtt"):
        shutil.copy(TOP / "course_source/media" / name, folder / "media")
    shutil.copy(folder / f"media/{FILM}.mp4", folder / "media/syn.mp4")
    shutil.copy(TOP / "tests/films/plain.mp3", folder / "media/ton.mp3")
    return folder


@dataclass
class Walked:
    """A course, its packages, and the items that its sheet has."""

    sites: Sites
    has: frozenset[str]

    @property
    def is_full(self) -> bool:
        return bool(self.has)

    def items(self, target: str) -> list[Item]:
        return list(items(target, self.has, "prov-kurs"))


@pytest.fixture(scope="module", params=["full", "bare"])
def walked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    folder = tmp_path_factory.mktemp(request.param)
    source = write_course(folder / "course", request.param == "full")
    course, report = read_folder(source)
    assert course is not None, report
    with sites_of(source) as sites:
        yield Walked(sites, settings(course))


def test_the_two_courses_have_all_settings_and_none(tmp_path: Path) -> None:
    for is_full in (True, False):
        course, _ = read_folder(write_course(tmp_path / str(is_full), is_full))
        assert course is not None
        known = {"graded", "judged", "answers", "media", "certificate", "translations", "plays", "versions"}
        assert settings(course) == (known if is_full else set())


# What a learner does


def play(learner: Learner, what: str, do: str) -> None:
    learner.course.evaluate(
        f"""async () => {{ const medium = document.querySelector(".page[data-now] {what}"); medium.muted = true;
        const when = (name) => new Promise((done) => medium.addEventListener(name, done, {{ once: true }}));
        const reaches = async (time) => {{ while (medium.currentTime < time) await when("timeupdate"); }};
        {do} }}"""
    )


def look_around(learner: Learner, is_full: bool) -> None:
    """Changes all that the device remembers, and uses the help and the quick exit, of which nothing is kept."""
    learner.course.evaluate(f"document.querySelector('{MENU}').click()")
    learner.course.evaluate(f"document.querySelector('{LOOK}').click()")
    learner.course.evaluate("document.querySelector('[data-bookmark]').click()")
    if not is_full:
        return
    speak(learner, "en")
    speak(learner, "sv")
    learner.go("filmsida")
    learner.wait("document.querySelector('.page[data-now] [data-version]') !== null")
    learner.course.evaluate("document.querySelector('.page[data-now] [data-version]').click()")
    play(learner, "video", 'await medium.play(); await reaches(0.3); medium.pause(); await when("pause");')
    play(learner, "video", SEEN)
    play(learner, "video", 'medium.playbackRate = 1.25; await when("ratechange");')
    play(learner, "audio", 'const end = when("ended"); await medium.play(); await end;')


# What was written


def entries(all_items: Iterable[Item], *places: str) -> dict[str, Item]:
    """The fields of items in some places, each with its item; keys with fewer holes first."""
    found = {each: item for item in all_items if item.at in places for each in item.fields}
    return dict(sorted(found.items(), key=lambda each: each[0].count("<")))


def expression(pattern: str) -> re.Pattern[str]:
    """The keys that a field stands for."""
    pieces = re.split(r"(<\w+>)", pattern)
    holes = {"<window>": "[a-z0-9]+"}
    return re.compile(
        "".join(holes.get(each, ".+") if each.startswith("<") else re.escape(each) for each in pieces)
    )


def assert_device(noted: Noted, all_items: list[Item]) -> None:
    """Each key that was written is one of the sheet's, with what it says of the value; and each of the sheet's was written."""
    known = entries(all_items, "device", "tab")
    patterns = {each: expression(each) for each in known}
    seen: dict[str, set[str]] = {}
    for kind, key, text in noted.written:
        assert kind != "cookie", key
        if kind == "history":
            state = (json.loads(text) or {}).get("coursepack", {})
            if state:
                seen.setdefault("history", set()).update(state)
            continue
        name = f"{kind} {key}"
        matching = [each for each, pattern in patterns.items() if pattern.fullmatch(name)]
        assert matching, name
        value = json.loads(json.loads(text)["text"] if kind == "indexedDB" else text) if "{" in text else {}
        seen.setdefault(matching[0], set()).update(value if isinstance(value, dict) else ())
    for name, item in known.items():
        if name.startswith("history "):
            assert seen.pop("history") == set(name.removeprefix("history ").split(", "))
            continue
        assert name in seen, f"{name} was never written"
        # Of what is put away while a page goes only one copy may be heard of.
        held = set.union(*(seen.get(each, set()) for each in item.fields))
        assert not item.holds or held == set(item.holds), name
    assert "history" not in seen


# SCORM


ELEMENTS = re.compile(r"\.\d+\b")


def walk_alone(context: BrowserContext, address: str, walked: Walked) -> None:
    """A learner without an LMS or LRS, with progress on the device that nobody can read."""
    page = context.new_page()
    page.goto(f"{address}/standin.html")
    page.evaluate("localStorage.setItem('coursepack:prov-kurs', '{\"format\": 99}')")
    page.goto(f"{address}/package/index.html")
    alone = Learner(page, address, in_frame=False)
    alone.course.wait_for_selector("html[data-later]", state="attached")
    alone.begin()
    if walked.is_full:
        alone.go("filmsida")
        play(alone, "video", SEEN)
    alone.go("provsida")
    answer_all(alone, right=True)
    alone.settle()
    page.close()


def calls(learner: Learner, *names: str) -> set[str]:
    """The elements that were named in calls, with n for each index."""
    return {
        ELEMENTS.sub(".n", str(call["given"][0])) for call in learner.lms("calls") if call["name"] in names
    }


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("target", "lms", "get", "set_"),
    [
        ("scorm12", "standin", "LMSGetValue", "LMSSetValue"),
        ("scorm2004", "standin2004", "GetValue", "SetValue"),
    ],
)
def test_scorm(browser: Browser, walked: Walked, target: str, lms: str, get: str, set_: str) -> None:
    address = walked.sites(target)
    noted = Noted()
    written: set[str] = set()
    read: set[str] = set()
    wrong: list[str] = []

    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        noted.listen(context)

        def launch(saved: Any) -> Learner:
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.goto(f"{address}/{lms}.html")
            page.evaluate(f"start({json.dumps(saved)}, {{}}, '')")
            wait_for_frame(page)
            learner = Learner(page, address)
            learner.course.wait_for_selector("html[data-later]", state="attached")
            learner.settle()
            return learner

        def leave(learner: Learner) -> Any:
            saved = learner.leave()
            written.update(calls(learner, set_))
            read.update(calls(learner, get))
            learner.page.close()
            return saved

        learner = launch({})
        learner.go("textsida")
        learner.settle()
        early = learner.lms("saved")
        look_around(learner, walked.is_full)
        learner.go("filmsida")
        learner.go("provsida")
        answer_all(learner, right=True)
        learner.settle()
        if walked.is_full:
            learner.go("klar")
            learner.wait("document.querySelector('[data-learner]').textContent !== ''")
        saved = leave(learner)
        # The LMS said that it had all of it, and has an earlier state.
        leave(launch(early))
        # The learner begins another attempt.
        leave(launch({}))
        # A state that nobody can read.
        leave(launch(json.loads(json.dumps(saved).replace('"1.', '"9.'))))
        walk_alone(context, address, walked)
        assert wrong == []
    known = walked.items(target)
    assert written == set(entries(known, "lms"))
    # Whether an LMS has an element at all says nothing of a learner.
    asked = {each for each in read if not each.endswith(("._children", "._count"))}
    assert asked - written == set(entries(known, "read")) - written
    assert_device(noted, known)


# Web


def test_web(browser: Browser, walked: Walked) -> None:
    address = walked.sites("web")
    noted = Noted()
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = noted.listen(context).new_page()
        page.goto(f"{address}/nowhere.html")
        page.evaluate("localStorage.setItem('coursepack:prov-kurs', '{\"format\": 99}')")
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{address}/package/index.html")
        learner = Learner(page, address, in_frame=False)
        learner.course.wait_for_selector("html[data-later]", state="attached")
        learner.begin()
        look_around(learner, walked.is_full)
        learner.go("provsida")
        answer_all(learner, right=True)
        learner.settle()
        assert [
            url for url in requests if not url.startswith((f"{address}/package/", "data:", "blob:"))
        ] == []
    known = walked.items("web")
    assert entries(known, "lms", "lrs", "every", "state", "read") == {}
    assert_device(noted, known)


# xAPI and cmi5


VIDEO = "https://w3id.org/xapi/video"


def paths(statement: Mapping[str, Any]) -> set[str]:
    """What a statement has: its properties, and those of result and context; extensions by the last word of their names."""
    found = set()
    for name, value in statement.items():
        if name not in ("result", "context"):
            found.add(name)
            continue
        for inner, more in value.items():
            if inner == "extensions":
                found |= {f"{name}.extensions.{each.rpartition('/')[2]}" for each in more}
            else:
                found.add(f"{name}.{inner}")
    return found


def named(statement: Json) -> str:
    """The verb, after the word media for a film or a sound."""
    return f"media {verb(statement)}" if VIDEO in json.dumps(statement["context"]) else verb(statement)


def assert_lrs(here: Room, all_items: list[Item]) -> None:
    # An LMS of cmi5 writes statements itself.
    told = (
        [each for session in here.launcher.sessions for each in session.statements]
        if isinstance(here, Sessions)
        else here.lrs.statements
    )
    (every,) = [item for item in all_items if item.at == "every"]
    common = {*every.fields, *every.holds}
    of_verb: dict[str, set[str]] = {}
    for item in all_items:
        if item.at == "lrs":
            for each in item.fields:
                of_verb.setdefault(each, set()).update(item.holds)
    assert {named(each) for each in told} == set(of_verb)
    seen: dict[str, set[str]] = {}
    for statement in told:
        # What the LRS adds itself (xAPI 1.0.3 Data, 2.4): its own version, when it came, who it believes.
        has = paths(statement) - {"stored", "authority", "version"}
        assert has - common <= of_verb[named(statement)], named(statement)
        seen.setdefault(named(statement), set()).update(has)
    assert common == set.union(*seen.values()) & common
    for item in all_items:
        if item.at == "lrs":
            assert set(item.holds) <= set.union(*(seen[each] for each in item.fields)), item.name
    # The document, and all else that was asked for.
    (document,) = [item for item in all_items if item.at == "state"]
    held = here.lrs.document()
    assert set(held) == set(document.holds)
    may_read = entries(all_items, "read")
    for noted in here.lrs.faults.requests:
        tail = noted.path.rpartition("/lrs/")[2] if "/lrs/" in noted.path else noted.path.lstrip("/")
        if noted.method == "OPTIONS":
            # The browser asks whether it may ask.
            continue
        if noted.path.endswith(STATE.path):
            name = noted.query["stateId"]
            assert name in document.fields or (noted.method == "GET" and name in may_read)
        elif noted.path.endswith("agents/profile"):
            assert (noted.method, noted.query["profileId"] in may_read) == ("GET", True)
        else:
            assert tail.partition("/")[0] in ("statements", "about", "fetch"), noted.path


@pytest.fixture(params=["xapi", "cmi5"])
def target(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def content(walked: Walked, target: str) -> Content:
    return content_at(walked.sites(target))


@pytest.fixture
def here(browser: Browser, content: Content, target: str) -> Iterator[Room]:
    where = room(browser) if target == "xapi" else sessions(browser, content, 0.6)
    with where as found:
        yield found


@pytest.mark.share(2)
def test_lrs(here: Room, walked: Walked, target: str, content: Content) -> None:
    noted = Noted()
    device = noted.listen(here.devices.new(viewport={"width": 1440, "height": 900}))
    launch = {
        "activity_platform": "An LMS",
        "grouping": "https://example.org/all",
        "activity": "https://example.org/act",
    }
    given = launch if target == "xapi" else {}

    def launched(**how: Any) -> Tracked:
        return here.open(content, device, launch=given, faulty=True, **how)

    # The script that tells never comes, and the learner leaves.
    page = device.new_page()
    page.route("**/tracking.js", lambda route: None)
    frame, lost = f"{content.address}/standin.html", f"{content.address}/package/tracking.js"
    learner = here.open(content, page=page, launch=given, frame=frame, settled=False, faulty=True, lost=lost)
    learner.go("filmsida")
    learner.leave()
    page.close()

    learner = launched()
    look_around(learner, walked.is_full)
    # What is told of films alone waits for something to be saved.
    learner.walk(["textsida"])
    here.leave(learner)
    # All is opened, and half of it answered wrong.
    learner = launched()
    learner.go("provsida")
    answer_all(learner, right=False)
    learner.walk(content.pages)
    here.leave(learner)
    learner = launched()
    learner.go("provsida")
    answer_all(learner, right=True)
    learner.settle()
    if walked.is_full:
        learner.go("klar")
    here.leave(learner)
    # The line is down when the learner leaves.
    learner = launched()
    here.lrs.faults.add("drop")
    learner.go("filmsida")
    learner.go("textsida")
    learner.leave()
    learner.page.goto(f"{content.address}/standin.html")
    noted.look(learner.page)
    learner.page.close()
    here.lrs.faults.lift()
    # A window of a later version has left something.
    journal = next(key for key in noted.keys("localStorage") if re.fullmatch(r"coursepack:.+:.+:.+:.+", key))
    by = next(json.loads(text)["by"] for _, key, text in noted.written if key == journal)
    start = journal.rpartition(":")[0]
    left = {"by": by, "doc": json.dumps({"format": 99, "state": "?", "location": "provsida"}), "list": []}
    page = device.new_page()
    page.goto(f"{content.address}/standin.html")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [f"{start}:later", json.dumps(left)])
    page.close()
    learner = launched(settled=False)
    learner.wait(BEGUN)
    here.leave(learner)
    walk_alone(device, content.address, walked)
    known = walked.items(target)
    assert_lrs(here, known)
    assert_device(noted, known)
