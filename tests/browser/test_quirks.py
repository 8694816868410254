"""What LMSs do to windows and files: a package that is made as many are fails under it, and ours does not.

What they do to calls is tried in `player/test/naive.test.js`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import PROMPT, TOP, Learner, Sites, served, wait_for_frame
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect
from using import opened

from coursepack.package import open_package
from coursepack.profiles import quirks, serving

Files = dict[str, str | bytes]

PATIENCE = 10_000
"""So many milliseconds our package waits for an LMS."""

HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Naive</title><link rel="icon" href="data:,">'
)
# What it can do it does at once, and says so. The names are of SCORM 1.2 or of SCORM 2004.
NAIVE = """<p>A page</p><script>
const {{ api: name, begin, get, set, commit, end, state, status }} = {names};
const api = {find};
if (api[begin]("") !== "true") throw new Error("There is no LMS.");
const pages = JSON.parse(api[get](state) || "[]");
api[set](status, "completed");
api[set](state, JSON.stringify([...pages, "a"]));
api[commit]("");
{then}
document.documentElement.dataset.works = "";
</script>"""
IN_PARENTS = (
    "(() => { let at = window; while (!at[name] && at.parent !== at) at = at.parent; return at[name]; })()"
)
IN_OPENER = "top.opener[name] || parent[name]"
CERTIFICATE = """api[end]("");
setTimeout(() => parent.postMessage("certificate", "*"), 300);"""


@dataclass(frozen=True)
class Version:
    """What is different in the two versions of SCORM."""

    target: str
    lms: str
    names: dict[str, str]

    def naive(self, find: str = IN_PARENTS, then: str = "") -> Files:
        return {"index.html": HEAD + NAIVE.format(names=json.dumps(self.names), find=find, then=then)}


V12 = Version(
    "scorm12",
    "quirky",
    {
        "api": "API",
        "begin": "LMSInitialize",
        "get": "LMSGetValue",
        "set": "LMSSetValue",
        "commit": "LMSCommit",
        "end": "LMSFinish",
        "state": "cmi.suspend_data",
        "status": "cmi.core.lesson_status",
    },
)
V2004 = Version(
    "scorm2004",
    "quirky2004",
    {
        "api": "API_1484_11",
        "begin": "Initialize",
        "get": "GetValue",
        "set": "SetValue",
        "commit": "Commit",
        "end": "Terminate",
        "state": "cmi.suspend_data",
        "status": "cmi.completion_status",
    },
)
BOTH = pytest.mark.parametrize("version", [V12, V2004], ids=lambda version: version.target)


@contextmanager
def site(folder: Path, files: Files, *names: str) -> Iterator[str]:
    """The address of a package of these files, in an LMS with these quirks."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with served(folder, serving=serving(names)) as address:
        yield address


@dataclass
class Room:
    """A browser with an LMS in it."""

    context: BrowserContext
    version: Version
    names: list[str]
    wrong: list[str] = field(default_factory=list)

    def lms(self, address: str, *, before: str = "") -> Page:
        """The LMS's page, in which the course is launched."""
        page = self.context.new_page()
        page.add_init_script(PROMPT)
        page.goto(f"{address}/{self.version.lms}.html")
        if before:
            page.evaluate(before)
        return page

    def launch(self, page: Page) -> None:
        page.evaluate(f"start({{}}, {json.dumps({'quirks': self.names})}, '')")

    def framed(self, address: str, *, before: str = "") -> tuple[Page, Frame]:
        page = self.lms(address, before=before)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.launch(page)
        wait_for_frame(page)
        frame = page.frame("sco")
        assert frame
        frame.wait_for_load_state()
        return page, frame

    def learner(self, address: str, *, before: str = "") -> Learner:
        """A learner in front of our course in a frame."""
        page, frame = self.framed(address, before=before)
        frame.wait_for_selector("html[data-js]", state="attached")
        return Learner(page, address)


@contextmanager
def room(browser: Browser, version: Version, *names: str) -> Iterator[Room]:
    with browser.new_context() as context:
        yield Room(context, version, list(names))


def works(frame: Frame | Page) -> bool:
    """Whether the naive package came to its end."""
    return bool(frame.evaluate("'works' in document.documentElement.dataset"))


def kept(page: Page) -> bool:
    """Whether the LMS has a state."""
    saved = page.evaluate("JSON.parse(JSON.stringify(lms.saved))")
    return bool(saved.get("suspendData") or saved.get("values", {}).get("cmi.suspend_data"))


def saves(learner: Learner, pages: list[str]) -> None:
    """Ours: pages are opened and kept in the LMS, and the learner reads so."""
    learner.go(pages[1])
    expect(learner.course.locator("[data-save]")).to_have_text("Sparat")
    learner.until(lambda: kept(learner.page), "kept")
    assert {*pages[:2]} <= opened(learner)


# Windows


@BOTH
def test_the_naive_package_works_in_a_strict_lms(browser: Browser, version: Version, tmp_path: Path) -> None:
    with site(tmp_path, version.naive()) as address, room(browser, version) as here:
        page, frame = here.framed(address)
        assert (works(frame), kept(page), here.wrong) == (True, True, [])


@BOTH
def test_api_late(browser: Browser, sites: Sites, version: Version, pages: list[str], tmp_path: Path) -> None:
    with site(tmp_path, version.naive()) as address, room(browser, version, "api-late") as here:
        _, frame = here.framed(address)
        assert not works(frame)
    with room(browser, version, "api-late") as here:
        saves(here.learner(sites(version.target)), pages)
        assert here.wrong == []


@BOTH
def test_api_in_opener(
    browser: Browser, sites: Sites, version: Version, pages: list[str], tmp_path: Path
) -> None:
    with site(tmp_path, version.naive()) as address, room(browser, version, "api-in-opener") as here:
        page = here.lms(address)
        with page.expect_popup() as popup:
            here.launch(page)
        popup.value.wait_for_load_state()
        assert not works(popup.value)
    with room(browser, version, "api-in-opener") as here:
        page = here.lms(sites(version.target))
        with page.expect_popup() as popup:
            here.launch(page)
        course = popup.value
        course.wait_for_selector("html[data-js]", state="attached")
        expect(course.locator("[data-save]")).to_have_text("Sparat")
        course.evaluate(f"location.hash = '#{pages[1]}'")
        expect(course.locator(f"#{pages[1]}[data-now]")).to_be_visible()
        expect(course.locator("[data-save]")).to_have_text("Sparat")
        assert kept(page)


@BOTH
def test_parent_of_other_origin(
    browser: Browser, sites: Sites, version: Version, pages: list[str], tmp_path: Path
) -> None:
    with site(tmp_path, version.naive()) as address, room(browser, version, "parent-of-other-origin") as here:
        _, frame = here.framed(address)
        assert not works(frame)
        assert "SecurityError" in here.wrong[0] or "cross-origin" in here.wrong[0]
    with room(browser, version, "parent-of-other-origin") as here:
        learner = here.learner(sites(version.target))
        learner.go(pages[1])
        # There is nothing to save in, and the learner reads so.
        expect(learner.course.locator("[data-outside]")).to_contain_text("bara på den här enheten")
        expect(learner.course.locator("[data-save]")).not_to_have_text("Sparat")
        assert here.wrong == []


def test_opener_nulled(browser: Browser, sites: Sites, pages: list[str], tmp_path: Path) -> None:
    opened_by = "window.opener = { name: 'somebody' }"
    naive = V2004.naive(IN_OPENER)
    with site(tmp_path, naive) as address, room(browser, V2004) as here:
        _, frame = here.framed(address, before=opened_by)
        assert works(frame)
    with site(tmp_path, naive) as address, room(browser, V2004, "opener-nulled") as here:
        _, frame = here.framed(address, before=opened_by)
        assert not works(frame)
    with room(browser, V2004, "opener-nulled") as here:
        saves(here.learner(sites("scorm2004"), before=opened_by), pages)
        assert here.wrong == []


@BOTH
def test_close_on_finish(
    browser: Browser, sites: Sites, version: Version, pages: list[str], tmp_path: Path
) -> None:
    seen = "addEventListener('message', ({ data }) => { window.seen = data })"
    naive = version.naive(then=CERTIFICATE)
    with site(tmp_path, naive) as address:
        with room(browser, version) as here:
            page, _ = here.framed(address, before=seen)
            page.wait_for_function("window.seen === 'certificate'")
        with room(browser, version, "close-on-finish") as here:
            page = here.lms(address, before=seen)
            here.launch(page)
            page.wait_for_function(f"lms.calls.some(({{ name }}) => name === '{version.names['end']}')")
            page.wait_for_function("!document.querySelector('iframe')")
            assert page.evaluate("window.seen") is None
    with room(browser, version, "close-on-finish") as here:
        learner = here.learner(sites(version.target))
        for each in pages:
            learner.go(each)
        learner.settle()
        expect(learner.course.locator("[data-save]")).to_have_text("Sparat")
        assert "completed" in json.dumps(learner.lms("saved"))
        # All is done, and the last page is still there to be read.
        assert learner.now == pages[-1]


@BOTH
def test_mute(browser: Browser, sites: Sites, version: Version, pages: list[str], tmp_path: Path) -> None:
    with site(tmp_path, version.naive()) as address, room(browser, version, "mute") as here:
        _, frame = here.framed(address)
        assert not works(frame)
    with room(browser, version, "mute") as here:
        here.context.clock.install()
        learner = here.learner(sites(version.target))
        learner.go(pages[1])
        learner.page.clock.run_for(PATIENCE)
        # It can be read, and nobody says that anything is kept.
        expect(learner.course.locator("[data-save]")).to_have_text("Skickat")
        assert here.wrong == []


@pytest.mark.parametrize(
    ("quirk", "version"),
    [("only-api-12", V2004), ("only-api-2004", V12)],
    ids=["only-api-12", "only-api-2004"],
)
def test_only_the_other_api(
    browser: Browser, sites: Sites, quirk: str, version: Version, pages: list[str], tmp_path: Path
) -> None:
    with site(tmp_path, version.naive()) as address, room(browser, version, quirk) as here:
        _, frame = here.framed(address)
        assert not works(frame)
    with room(browser, version, quirk) as here:
        here.context.clock.install()
        address = sites(version.target)
        for _ in range(2):
            learner = here.learner(address)
            if learner.now != pages[2]:
                learner.go(pages[2])
            learner.page.clock.run_for(PATIENCE)
            # What was done is kept on the device, and is there again.
            expect(learner.course.locator("[data-save]")).to_have_text("Sparat på enheten")
            assert learner.now == pages[2]
        assert here.wrong == []


# Files

SCRIPT = "document.documentElement.dataset.works = '';"
BIG = "/* " + "words and words " * 100_000 + "*/"


def film() -> bytes:
    return (TOP / "tests/films/h264.mp4").read_bytes()


def page(body: str) -> str:
    return HEAD + body


WORKS = f"<script>{SCRIPT}</script>"

# By quirk: the files of a package that works, but not under it.
NAIVE_FILES: dict[str, Callable[[], Files]] = {
    "flat-file-lookup": lambda: {
        "index.html": page(
            '<script src="data.js"></script><script src="part/data.js"></script>'
            f"<script>if (data === 'part') {SCRIPT}</script>"
        ),
        "data.js": "var data = 'whole';",
        "part/data.js": "var data = 'part';",
    },
    "names-lower-cased": lambda: {
        "index.html": page('<script src="Start.js"></script>'),
        "Start.js": SCRIPT,
    },
    "new-types-unknown": lambda: {
        "index.html": page('<script type="module" src="start.mjs"></script>'),
        "start.mjs": SCRIPT,
    },
    "new-types-refused": lambda: {
        "index.html": page(
            "<script>window.isBusy = true; fetch('data.json').then((answer) => answer.json())"
            f".then(() => {{ {SCRIPT} }}).finally(() => {{ isBusy = false; }})</script>"
        ),
        "data.json": "{}",
    },
    # As players do that get a film piece by piece.
    "no-range": lambda: {
        "index.html": page(
            "<script>window.isBusy = true; fetch('film.mp4', { headers: { Range: 'bytes=8-15' } })"
            ".then((answer) => answer.arrayBuffer()).then(({ byteLength }) => { isBusy = false;"
            f"if (byteLength === 8) {SCRIPT} }})</script>"
        ),
        "film.mp4": film(),
    },
    "csp-self": lambda: {
        "index.html": page(
            "<script>document.write(`<script src=\"${location.origin.replace('127.0.0.1', 'localhost')}/package/lib.js\"></scr` + `ipt>`)</script>"
        ),
        "lib.js": SCRIPT,
    },
}


def loaded(browser: Browser, address: str) -> bool:
    """Whether the naive package works in a tab of its own."""
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{address}/package/index.html")
        tab.wait_for_function("!window.isBusy")
        return works(tab)


@pytest.mark.parametrize("quirk", NAIVE_FILES)
def test_files(browser: Browser, quirk: str, tmp_path: Path) -> None:
    with site(tmp_path, NAIVE_FILES[quirk]()) as address:
        assert loaded(browser, address)
    with site(tmp_path, {}, quirk) as address:
        assert not loaded(browser, address)


def test_other_case(browser: Browser, tmp_path: Path) -> None:
    files: Files = {"index.html": page('<script src="Start.js"></script>'), "start.js": SCRIPT}
    with site(tmp_path, files, "other-case") as address:
        assert not loaded(browser, address)
    with site(tmp_path, {"Start.js": SCRIPT}, "other-case") as address:
        assert loaded(browser, address)


# A file is looked up in one way.
OURS = [{"flat-file-lookup"}, {*NAIVE_FILES, "other-case"} - {"flat-file-lookup"}]


@pytest.mark.parametrize("names", OURS, ids=["flat-file-lookup", "all others"])
def test_our_files(browser: Browser, package: Path, pages: list[str], names: set[str]) -> None:
    """That films play without byte ranges is tried in `test_played_to_the_end.py`."""
    with served(package, serving=serving(names)) as address, room(browser, V12) as here:
        failed: list[str] = []
        here.context.on("response", lambda answer: None if answer.ok else failed.append(answer.url))
        saves(here.learner(address), pages)
        assert (here.wrong, failed) == ([], [])


def bytes_before_text(tab: Page) -> int:
    """What has come of the document and of what it waits for in its head."""
    return int(
        tab.evaluate(
            """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")
            .filter(({ renderBlockingStatus }) => renderBlockingStatus === "blocking")]
            .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""
        )
    )


def test_no_compression(browser: Browser, package: Path, tmp_path: Path) -> None:
    """A page is there within a megabyte, which takes ten seconds on a slow line."""
    naive: Files = {"index.html": page(f'<script src="all.js"></script>{WORKS}'), "all.js": BIG}
    sizes = {}
    for names in ((), ("no-compression",)):
        with site(tmp_path, naive, *names) as address, browser.new_context() as context:
            tab = context.new_page()
            tab.goto(f"{address}/package/index.html")
            sizes[names] = bytes_before_text(tab)
    assert sizes[()] < 100_000
    assert sizes["no-compression",] > 1_000_000
    with served(package, serving=serving(["no-compression"])) as address, browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{address}/package/index.html")
        assert bytes_before_text(tab) < 1_000_000


def test_first_resource(package: Path, tmp_path: Path) -> None:
    for name in ("imsmanifest.xml", "index.html", "player.js", "style.css"):
        shutil.copy(TOP / "tests/packages/scorm12" / name, tmp_path)
    manifest = tmp_path / "imsmanifest.xml"
    shared = '<resources><resource identifier="shared" type="webcontent" href="style.css"><file href="style.css"/></resource>'
    manifest.write_text(manifest.read_text("utf-8").replace("<resources>", shared), "utf-8")
    with open_package(tmp_path) as naive, open_package(package) as ours:
        assert serving([]).launch(naive) == "index.html"
        assert serving(["first-resource"]).launch(naive) == "style.css"
        assert serving(["first-resource"]).launch(ours) == serving([]).launch(ours) == "index.html"


def test_every_quirk_of_windows_and_files_is_tried() -> None:
    script = (TOP / "player/test/naive.test.js").read_text("utf-8")
    in_windows = script.partition("const IN_WINDOWS = [")[2].partition("]")[0]
    named = {name for name in quirks() if f'"{name}"' in in_windows}
    here = Path(__file__).read_text("utf-8")
    for name in named | {quirk.name for quirk in quirks().values() if quirk.simulated == "server"}:
        assert f'"{name}"' in here or f"def test_{name.replace('-', '_')}(" in here, name
