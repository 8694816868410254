"""Rehearsals in a real browser: each planted fault is found and named, and nothing is said of sound packages."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from planted import QUESTION, plant, plant_units
from small import a_page, questions, write_small
from test_preview_strangers import CLIENTS, NAIVE, PACKAGER, PLAYER, Client, run_node

from coursepack import build_package
from coursepack.profiles import PROFILES, quirks
from coursepack.rehearsal import SCENARIOS
from coursepack.rehearsal import rehearse as rehearsing
from coursepack.rehearsal.learner import Limits
from coursepack.rehearsal.rehearse import Rehearsal, rehearse

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests run in containers too, as other browsers of theirs do."""
    monkeypatch.setenv("COURSEPACK_NO_SANDBOX", "1")


def rehearsed_units(path: Path, **options: Any) -> list[Rehearsal]:
    """The rehearsals of all units of a package.

    In a thread of its own: Playwright takes one for each browser that it controls, and other tests have this one.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: list(rehearse(path, **options))).result()


def rehearsed(path: Path, **options: Any) -> Rehearsal:
    """The rehearsal of a package of one unit."""
    (found,) = rehearsed_units(path, **options)
    return found


def rules(found: Rehearsal) -> dict[str, str]:
    """The sentences of the findings by their rules."""
    return {each.rule.removeprefix("rehearsal/"): each.message for each in found.report}


# Planted faults

SAVES_ON_LEAVING = {
    "commit": "",
    "complete": "",
    "ending": 'set(STATUS, "completed"); set(STATE, JSON.stringify(answers)); commit();',
}
BEGINS = 'if (get(STATUS) !== "completed") set(STATUS, "incomplete"); commit();'
NO_QUESTION: dict[int, dict[str, str]] = {2: {}}
COVER = "<style>@media (max-width: 400px) { div { position: fixed; inset: 0; background: white } }</style><div>Ad</div>"


@dataclass(frozen=True)
class Fault:
    """A package with a fault: the rule that names it, and what its sentence must have."""

    rule: str
    says: str
    scenario: str
    changed: dict[str, Any] = field(default_factory=dict)
    edition: str = "1.2"

    def __str__(self) -> str:
        return f"{self.rule}-{self.edition}".replace(" ", "-")


def overflowing(length: int) -> dict[str, Any]:
    return {"pages": {2: {"script": f'parent.set("cmi.suspend_data", "x".repeat({length}));'}}}


FAULTS = [
    Fault("never-completes", "never reports completion", "completes", {"complete": "", "pages": NO_QUESTION}),
    # Both answers of its question are tried.
    Fault("never-completes", "never reports completion", "completes", {"complete": ""}, "2004"),
    Fault(
        "never-completes",
        'cmi.core.lesson_status", "completed"',
        "completes",
        {"complete": 'set(STATUS, "completed"); set(STATUS, "incomplete"); commit();'},
    ),
    Fault("completes-at-once", '"completed"', "completes", {"begin": 'set(STATUS, "completed"); commit();'}),
    Fault(
        "completes-at-once",
        '"completed"',
        "completes",
        {"begin": 'set(STATUS, "completed"); commit();'},
        "2004",
    ),
    Fault("saves-only-on-leaving", "nothing is saved in ", "killed", SAVES_ON_LEAVING),
    Fault("saves-only-on-leaving", "nothing is saved in ", "killed", SAVES_ON_LEAVING, "2004"),
    # RTE 1.2, 3.4.4, and RTE 2004, 4.2.21, of the 4th and the 3rd edition.
    Fault("overflows", "5,000 characters of suspend data", "completes", overflowing(5000)),
    Fault("overflows", "64,001 characters of suspend data", "completes", overflowing(64_001), "2004"),
    Fault("overflows", "4,001 characters of suspend data", "completes", overflowing(4001), "2004 3rd"),
    Fault(
        "calls-home",
        "'https://track.example.com/p.gif'",
        "network",
        {"pages": {1: {"body": '<img src="https://track.example.com/p.gif" alt="">'}}},
    ),
    Fault("dead-end", "'p3.html' was never reached", "completes", {"pages": {2: {"onward": "<p>Stop.</p>"}}}),
    Fault(
        "dead-end",
        "'p4.html' is not in the package",
        "completes",
        {"pages": {3: {"onward": '<a href="p4.html">Next</a>', "script": ""}}, "complete": ""},
    ),
    Fault("loses-place", "'Page 2 on seas'", "resumes", {"resume": '""'}),
    Fault("loses-place", "'Page 2 on seas'", "resumes", {"resume": '""'}, "2004"),
    Fault("loses-answers", "1 answers on the page 'Page 2 on seas'", "resumes", {"begin": BEGINS}),
    Fault(
        "sideways-scroll",
        "pixels wider than a window of 320",
        "narrow",
        {"pages": {1: {"body": '<div style="width: 700px">Wide</div>'}}},
    ),
    Fault(
        "out-of-reach",
        "'Next' is covered in a window of 320 pixels",
        "narrow",
        {"pages": {1: {"body": COVER}}},
    ),
    Fault("throws", "nowhere is not defined", "completes", {"pages": {2: {"script": "nowhere();"}}}),
    Fault(
        "refused-call",
        'cmi.core.lesson_status", "done"',
        "completes",
        {"pages": {2: {"script": 'parent.set("cmi.core.lesson_status", "done");'}}},
    ),
    Fault("no-session", "never speaks to the LMS", "completes", {"files": {"index.html": "<h1>Alone</h1>"}}),
]
"""Each fault is found, and no other is."""


@pytest.mark.share(4)
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found_and_no_other(fault: Fault, tmp_path: Path) -> None:
    package = plant(tmp_path / "made", edition=fault.edition, **fault.changed)
    found = rehearsed(package, only=[fault.scenario])
    assert list(rules(found)) == [fault.rule]
    assert fault.says in rules(found)[fault.rule]
    worst = "failed" if found.report.errors else "warned"
    assert (found.outcomes, found.state) == ({fault.scenario: worst}, worst)


# Sound packages


@pytest.mark.soak
@pytest.mark.parametrize("edition", ["1.2", "2004"])
def test_nothing_is_said_of_a_sound_package(edition: str, tmp_path: Path) -> None:
    found = rehearsed(plant(tmp_path / "made", edition=edition))
    assert rules(found) == {}
    assert found.outcomes == dict.fromkeys(SCENARIOS, "ok")
    assert found.pages == 3


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = [a_page("ett"), a_page("fragor", questions([1])), a_page("slut")]
    return write_small(tmp_path_factory.mktemp("course"), pages)


@pytest.mark.share(1)
@pytest.mark.parametrize("target", ["scorm12", "scorm2004", "scorm2004-3rd", "web", "xapi", "cmi5"])
def test_nothing_is_said_of_our_own_packages(target: str, course: Path, tmp_path: Path) -> None:
    found = rehearsed(build_package(course, target, tmp_path).path)
    assert rules(found) == {}
    alone = {"completes", "killed"} if target == "web" else set()
    assert found.outcomes == {name: "impossible" if name in alone else "ok" for name in SCENARIOS}


TARGETS = {"scorm12": "SCORM 1.2", "scorm2004": "SCORM 2004", "xapi": "xAPI", "cmi5": "cmi5"}
EVERY_LMS = [
    (lms, target)
    for lms, profile in PROFILES.items()
    for target, standard in TARGETS.items()
    if any(quirks()[name].simulated and standard in quirks()[name].standards for name in profile.quirks)
]
# Its API comes late; it takes its API away when it is left; it closes the course; it sends late.
SOME_LMSS = [("openedx", "scorm12"), ("ilias", "scorm12"), ("openolat", "scorm12"), ("frappe", "scorm2004")]
NO_API = "finds no LMS to speak to in {}, but does in a strict one"
NOT_KEPT = "its result is not kept in {}, but is in a strict LMS"
LOST = {
    ("chamilo", "scorm2004"): NO_API,
    ("openolat", "scorm2004"): NO_API,
    ("sakai", "scorm12"): NO_API,
    # It has no documents, and cmi5 begins with one.
    ("ralph", "cmi5"): NO_API,
    # Completed is not enough for them.
    ("frappe", "scorm12"): NOT_KEPT,
    ("openolat", "scorm12"): NOT_KEPT,
}
"""What LMSs lose of each package, whatever it does."""


@pytest.mark.share(1)
@pytest.mark.parametrize(
    ("lms", "target"), EVERY_LMS if os.environ.get("COURSEPACK_LMSS") == "all" else SOME_LMSS
)
def test_no_package_is_blamed_for_an_lms(lms: str, target: str, course: Path, tmp_path: Path) -> None:
    package = build_package(course, target, tmp_path).path
    found = rehearsed(package, systems=[lms], only=["completes", "resumes", "killed"])
    lost = LOST.get((lms, target))
    assert {each.rule for each in found.report} == ({"rehearsal/only-in-lms"} if lost else set())
    assert found.outcomes["completes"] == ("warned" if lost else "ok")
    if lost:
        assert lost.format(PROFILES[lms].title) in {each.message for each in found.report}


@pytest.mark.soak
def test_a_fault_of_a_package_is_one_in_each_lms(tmp_path: Path) -> None:
    package = plant(tmp_path / "made", complete="", pages=NO_QUESTION)
    found = rehearsed(package, systems=["chamilo"], only=["completes"])
    assert (list(rules(found)), found.outcomes) == (["never-completes"], {"completes": "failed"})


@pytest.mark.soak
def test_a_package_that_ends_its_session_may_be_closed(tmp_path: Path) -> None:
    """Sakai closes a package that ends its session, and launches it again."""
    package = plant(tmp_path / "made", edition="2004", complete='set(STATUS, "completed"); commit(); end();')
    found = rehearsed(package, systems=["sakai"], only=["completes", "resumes"])
    assert (rules(found), found.outcomes) == ({}, {"completes": "ok", "resumes": "ok"})


@pytest.mark.share(1)
@pytest.mark.parametrize("version", ["1.2", "2004 4th Edition"])
def test_the_packages_of_others_are_only_blamed_for_what_they_do(version: str, tmp_path: Path) -> None:
    """The frame of the naive course is 600 pixels wide, and all else in it is sound."""
    shutil.copytree(NAIVE / "scorm", tmp_path / "source")
    made = {"zip": True, "outputFolder": str(tmp_path / "made"), "version": "1.0"}
    told = {"version": version, "title": "Fire", "source": str(tmp_path / "source"), "package": made}
    run_node(PACKAGER, json.dumps(told))
    (package,) = (tmp_path / "made").glob("*.zip")
    found = rehearsed(package)
    assert [(str(each.location), each.rule) for each in found.report] == [
        ("index.html", "rehearsal/sideways-scroll")
    ]


@pytest.mark.soak
@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_nothing_is_said_of_what_others_write_for_an_lrs(client: Client, tmp_path: Path) -> None:
    shutil.copytree(NAIVE / client.name, tmp_path / "made")
    shutil.copyfile(PLAYER / "node_modules" / client.script, tmp_path / "made" / client.file)
    assert rules(rehearsed(tmp_path / "made")) == {}


@pytest.mark.soak
def test_a_package_whose_answers_have_to_be_right_is_not_blamed(tmp_path: Path) -> None:
    """The learner knows no right answers: that it does not come to the end says nothing of the package."""
    other = QUESTION.replace("wet", "cold").replace("water wet", "ice cold")
    told = 'parent.answer("", ""); if (parent.answers.wet === "yes" && parent.answers.cold === "no") parent.complete();'
    pages = {3: {"body": other, "script": told}}
    package = plant(
        tmp_path / "made", pages=pages, complete='if (answers.cold === "no") set(STATUS, "completed");'
    )
    found = rehearsed(package, only=["completes"])
    assert rules(found) == {
        "not-to-its-end": "could not be rehearsed to its end: 2 questions were guessed at"
    }
    assert (found.report.ok, found.outcomes) == (True, {"completes": "unfinished"})


def test_a_rehearsal_that_is_cut_short_says_so(tmp_path: Path) -> None:
    found = rehearsed(plant(tmp_path / "made"), only=["completes"], limits=Limits(steps=1))
    assert rules(found) == {"not-to-its-end": "could not be rehearsed to its end: it was left after 1 steps"}


@pytest.mark.soak
def test_a_sound_package_is_sound_in_moodle(tmp_path: Path) -> None:
    found = rehearsed(plant(tmp_path / "made"), systems=["moodle"], only=["completes", "resumes"])
    assert (rules(found), found.system) == ({}, "moodle")


# Several units


@pytest.mark.soak
def test_each_unit_is_rehearsed_by_itself(tmp_path: Path) -> None:
    """One that is no SCO speaks to no LMS (CAM 2004, 2.1.1), so nothing comes of it there."""
    faulty = {"complete": "", "pages": NO_QUESTION}
    package = plant_units(tmp_path / "made", "2004 3rd", Before=None, Fire={}, Water=faulty)
    before, fire, water = rehearsed_units(package, only=["completes", "resumes", "network"])
    assert [each.title for each in (before, fire, water)] == ["Before", "Fire", "Water"]
    assert (rules(before), rules(fire), list(rules(water))) == ({}, {}, ["never-completes"])
    assert before.outcomes == {"completes": "impossible", "resumes": "impossible", "network": "ok"}
    assert fire.outcomes == {"completes": "ok", "resumes": "ok", "network": "ok"}
    assert water.outcomes == {"completes": "failed", "resumes": "ok", "network": "ok"}


def test_nothing_is_said_of_units_of_ours(tmp_path: Path) -> None:
    parts = [a_page("ett"), a_page("fragor", questions([1]))], [a_page("tre"), a_page("fyra")]
    head = "packages: [{id: enheter, separate: true}]"
    package = build_package(
        write_small(tmp_path / "course", *parts, head=head), "cmi5", tmp_path / "out"
    ).path
    found = rehearsed_units(package, only=["completes", "resumes", "killed"])
    assert [(each.title, rules(each), each.pages) for each in found] == [("Del 1", {}, 2), ("Del 2", {}, 2)]


# Hostile packages


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A server of somebody else on this machine: its port, and the beginning of what each has sent that came."""
    heard: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def listen() -> None:
            while True:
                try:
                    each, _ = server.accept()
                except OSError:
                    return
                with each:
                    each.settimeout(5)
                    try:
                        heard.append(each.recv(200))
                    except OSError:
                        heard.append(b"")

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


ASKING = """
const other = "http://127.0.0.1:PORT/";
new Image().src = other + "image";
fetch(other + "fetch", { mode: "no-cors" }).catch(() => {});
navigator.sendBeacon(other + "beacon", "x");
new WebSocket("ws://127.0.0.1:PORT/socket");
new EventSource(other + "events");
for (const rel of ["prefetch", "preload", "prerender", "stylesheet", "manifest", "icon"]) {
  document.head.append(Object.assign(document.createElement("link"), { rel, href: other + rel, as: "script" }));
}
document.body.append(Object.assign(document.createElement("iframe"), { src: other + "frame" }));
new Worker(URL.createObjectURL(new Blob([`fetch("${other}worker").catch(() => {})`])));
const rules = JSON.stringify({ prefetch: [{ urls: [other + "speculation"], eagerness: "immediate" }] });
document.head.append(Object.assign(document.createElement("script"), { type: "speculationrules", textContent: rules }));
addEventListener("pagehide", () => {
  navigator.sendBeacon(other + "last", "x");
  fetch(other + "kept", { keepalive: true, mode: "no-cors", method: "POST", body: "x" }).catch(() => {});
});
window.open(other + "window");
"""


def test_nothing_that_a_package_asks_of_others_gets_out(tmp_path: Path) -> None:
    with listening() as (port, heard):
        package = plant(tmp_path / "made", pages={1: {"script": ASKING.replace("PORT", str(port))}})
        found = rehearsed(package, only=["network"])
    assert heard == []
    assert list(rules(found)) == ["calls-home"]
    assert rules(found)["calls-home"].startswith(f"asks '127.0.0.1' for 'http://127.0.0.1:{port}/")


TAMPERED = """
Array.prototype.push = () => "none";
Map.prototype.values = () => [{ has: false, numbers: [], key: 1 }];
String.prototype.trim = () => 7;
window.setTimeout = () => {};
window.requestAnimationFrame = () => {};
"""


def test_a_package_that_changes_what_it_is_looked_at_with_does_not_break_it(tmp_path: Path) -> None:
    package = plant(tmp_path / "made", pages={1: {"script": TAMPERED}})
    found = rehearsed(package, only=["completes"], limits=Limits(seconds=1))
    assert found.outcomes["completes"] in ("failed", "unfinished")


def test_a_package_cannot_lead_the_lms_away(tmp_path: Path) -> None:
    package = plant(tmp_path / "made", pages={1: {"script": 'top.location.href = "about:blank";'}})
    found = rehearsed(package, only=["completes"])
    assert (list(rules(found)), found.pages) == (["throws"], 3)


def test_a_package_that_never_rests_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "_SPARE", 5.0)
    package = plant(tmp_path / "made", pages={2: {"script": "for (;;);"}})
    found = rehearsed(package, only=["completes", "narrow"], limits=Limits(seconds=3))
    assert rules(found) == {
        "not-to-its-end": "could not be rehearsed to its end: it does not answer any more"
    }
    assert found.report.ok


# The command


def test_the_command_prints_and_counts(tmp_path: Path) -> None:
    wide = plant(tmp_path / "wide", pages={1: {"body": '<div style="width: 700px">Wide</div>'}}, count=2)
    lone = tmp_path / "lone"
    shutil.copytree(plant(tmp_path / "sound", count=2), lone)
    command = [sys.executable, "-m", "coursepack", "rehearse", "--language", "en", "--only", "narrow"]
    told = subprocess.run([*command, lone, wide], capture_output=True, text=True)
    assert told.returncode == 1
    lines = told.stdout.splitlines()
    assert lines[0].startswith(f"{lone}: Planted, SCORM 1.2, a strict LMS, pages: 2, steps: ")
    assert [line.strip() for line in lines[1:3]] == ["320 px", "ok"]
    assert f"  again:   coursepack rehearse {wide} --only narrow" in lines
    assert f"  see it:  coursepack preview {wide}" in lines
    assert lines[-1] == "Do not release yet: 1 of 2 rehearsals failed."
    assert told.stderr.splitlines() == [f"{each}: 320 px ..." for each in (lone, wide)]


def test_the_command_prints_json_with_every_call(tmp_path: Path) -> None:
    package = plant(tmp_path / "made", count=2)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "coursepack",
        "rehearse",
        "--json",
        "--only",
        "completes",
        package,
    ]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 0
    result = json.loads(told.stdout)
    (found,) = result["rehearsals"]
    assert (result["ok"], found["ok"], found["path"], found["lms"]) == (True, True, str(package), None)
    assert (found["standard"], found["unit"], found["scenarios"]) == (
        "SCORM 1.2",
        "Planted",
        {"completes": "ok"},
    )
    assert found["problems"] == []
    calls = [(each["name"], each["given"]) for each in found["timeline"] if each["scenario"] == "completes"]
    assert calls[0] == ("LMSInitialize", [""])
    assert ("LMSSetValue", ["cmi.core.lesson_status", "completed"]) in calls
    assert calls[-1] == ("LMSFinish", [""])
    assert {each["error"] for each in found["timeline"]} == {"0"}
