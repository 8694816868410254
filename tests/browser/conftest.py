"""A real Chromium, a real package unpacked from its zip, and an LMS page around it."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect, sync_playwright
from showcase import write_showcase

from coursepack import build_package
from coursepack.profiles import Serving, serving

pytest.register_assert_rewrite("homes", "tracked", "using")
# As patient as `Learner.wait`: a machine that others use as well may take six times as long as another.
expect.set_options(timeout=30_000)

TOP = Path(__file__).resolve().parents[2]
NODE_MODULES = TOP / "player" / "node_modules"
CHROMIUM = os.environ.get("COURSEPACK_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"

LMS_PAGE = """<!doctype html><html lang="en"><title>LMS</title><link rel="icon" href="data:,">
<style>html, body {{ margin: 0; height: 100% }} iframe {{ border: 0; width: 100%; height: 100% }}</style>
{scripts}<script>window.start = (saved, options, hash) => {{
let href = "index.html";
let base = location.origin;
{start}
const course = base + "/package/" + href + hash;
if (window.lms.place === "window") {{ window.open(course, "sco"); return; }}
const sco = document.createElement("iframe"); sco.name = "sco"; sco.title = "SCO";
sco.src = course; document.body.append(sco); }};</script><body></body></html>"""

STAND_IN = "window.lms = new {name}(saved, options); window.{api} = window.lms;"

# What a profile says of it stands in `options.quirks`.
QUIRKY = """const quirks = QuirkyLms.playable("{version}", options.quirks);
window.lms = new QuirkyLms({name}, "{version}", quirks, saved, options);
lms.enter(window);
if (lms.place === "other origin") base = base.replace("127.0.0.1", "localhost");
for (const name of ["beforeunload", "pagehide"]) addEventListener(name, () => lms.become({{ leaving: true }}));
"""

# Its page tells the player when it goes, as Moodle's does. The manifest is the package's own.
MOODLE = """window.server = new MoodleServer(MoodleManifest.read(manifest), saved, options.settings);
window.player = server.launch(options);
window.lms = player.api;
window.{api} = lms;
href = player.item.href;
for (const name of ["beforeunload", "pagehide"]) addEventListener(name, () => player.hide());
addEventListener("pageshow", () => player.show());
document.onvisibilitychange = () => document.visibilityState === "hidden" ? player.hide() : player.show();
"""

# Written by others: it checks our calls too, but leniently, so the values it keeps are looked at by the tests. An
# element that was never set answers with 403, which is no refusal (RTE 2004, 3.1.7.7).
SCORM_AGAIN = """
const api = new {name}({{ autocommit: false, logLevel: 5, ...options }});
if (saved && saved.cmi) api.loadFromJSON(saved.cmi, "");
window.calls = [];
window.{api} = new Proxy(api, {{ get: (api, name) => typeof api[name] !== "function" ? api[name] : (...given) => {{
  const result = api[name](...given);
  if (/^(LMS|[A-Z])/.test(String(name))) {{
    window.calls.push({{ name, given, result, error: String(api.lastErrorCode || "0") }});
  }}
  return result;
}} }});
window.lms = {{ get saved() {{ return JSON.parse(JSON.stringify(api.renderCMIToJSONObject())); }},
  get calls() {{ return window.calls; }},
  get refused() {{ return window.calls.filter((c) => c.error !== "0" && c.error !== "403"); }} }};
"""

# By name of the LMS: its script, and how it is started.
STAND_INS = TOP / "templates/preview"
LMS_SCRIPTS = {
    "standin": [STAND_INS / "scorm12.js"],
    "again": [NODE_MODULES / "scorm-again/dist/scorm12.min.js"],
    "standin2004": [STAND_INS / "scorm2004.js"],
    "again2004": [NODE_MODULES / "scorm-again/dist/scorm2004.min.js"],
    "quirky": [STAND_INS / "scorm12.js", STAND_INS / "quirks.js"],
    "quirky2004": [STAND_INS / "scorm2004.js", STAND_INS / "quirks.js"],
    "moodle": [STAND_INS / "moodle.js"],
    "moodle2004": [STAND_INS / "moodle.js"],
}
LMS_STARTS = {
    "standin": STAND_IN.format(name="StandInLms12", api="API"),
    "again": SCORM_AGAIN.format(name="Scorm12API", api="API"),
    "standin2004": STAND_IN.format(name="StandInLms2004", api="API_1484_11"),
    "again2004": SCORM_AGAIN.format(name="Scorm2004API", api="API_1484_11"),
}
# Those that are like single LMSs, and keep what they keep in forms of their own.
PECULIAR_STARTS = {
    "quirky": QUIRKY.format(name="StandInLms12", version="1.2"),
    "quirky2004": QUIRKY.format(name="StandInLms2004", version="2004"),
    "moodle": MOODLE.format(api="API"),
    "moodle2004": MOODLE.format(api="API_1484_11"),
}


# Two pages of the browser's own address field are loaded for every window, which cost more than a course does, and a
# process is kept ready for a next page that no test goes to. The last switch of this name counts, so what Playwright
# turns off stands here too.
TURNED_OFF = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)

# A browser may put off what was left for an idle moment behind what was left for one later, so that nothing which asks for
# such a moment itself can tell when all the others have come.
COUNT_IDLE = """(() => {
  const { requestIdleCallback } = window;
  let left = 0;
  window.requestIdleCallback = (work, options) => {
    left += 1;
    return requestIdleCallback((deadline) => { try { work(deadline); } finally { left -= 1; } }, options);
  };
  window.isIdle = () => left === 0;
})()"""
REST = """async () => {
  do await new Promise((done) => requestIdleCallback(() => setTimeout(done, 0), { timeout: 2000 }));
  while (!window.isIdle());
}"""

# A player leaves an LMS alone whose calls take long. Those of the tests take no time, however long a busy machine does.
PROMPT = """(() => {
  const { performance } = window;
  const now = performance.now.bind(performance);
  let moment = null;
  performance.now = () => {
    if (moment === null) {
      moment = now();
      queueMicrotask(() => { moment = null; });
    }
    return moment;
  };
})()"""

BEGUN = "['yes', 'no'].includes(document.querySelector('[data-save]')?.dataset.state)"
"""In a course: what was done before has been restored, or cannot be. While an LMS is slow to answer it is neither."""

VIEWER = ("chrome:", "chrome-extension:")
"""The browser's viewer of documents loads its parts from the browser itself."""


PLAIN = serving(["no-compression"])
"""What a busy machine need not do."""


@dataclass
class PoorLine:
    """A line on which the document comes up to `mark`, if there is one, and the rest once `good` is set.

    A mark is a text of the document, or a number of bytes.

    So it is with the file of the package that is `held`, which does not begin to come before.
    """

    mark: str | int = ""
    held: str = ""
    good: threading.Event = field(default_factory=threading.Event)


class _Site(BaseHTTPRequestHandler):
    """Serves the unpacked package below /package/, and the LMS pages."""

    protocol_version = "HTTP/1.1"

    def __init__(
        self, *args: Any, package: Path, line: PoorLine | None, serving: Serving, **rest: Any
    ) -> None:
        self.package, self.line, self.serving = package, line, serving
        super().__init__(*args, **rest)

    def do_GET(self) -> None:
        name = self.path.split("?")[0].removeprefix("/")
        lms, _, kind = name.partition(".")
        if lms in LMS_SCRIPTS and kind == "html":
            self.send(self.lms_page(lms).encode(), "text/html")
        elif name.startswith("lms/"):
            scripts = {each.name: each for of_one in LMS_SCRIPTS.values() for each in of_one}
            self.send(scripts[name[4:]].read_bytes(), "text/javascript")
        elif name == "package/index.html" and self.line and self.line.mark:
            self.trickle((self.package / "index.html").read_bytes(), self.line)
        elif name.startswith("package/"):
            if self.line and name == f"package/{self.line.held}":
                self.line.good.wait(60)
            self.send_file(unquote(name.removeprefix("package/")))
        else:
            self.send_error(404)

    def send_file(self, path: str) -> None:
        """Sends a file of the package as the LMS serves it."""
        names = {
            file.relative_to(self.package).as_posix() for file in self.package.rglob("*") if file.is_file()
        }
        found = self.serving.find(path, names)
        if found is None:
            self.send_error(404)
            return
        file, kind = self.package / found, self.serving.media_type(found)
        if self.serving.ranges and "Range" in self.headers:
            self.send_part(file, kind, self.headers["Range"])
            return
        body = file.read_bytes()
        headers = {"Content-Security-Policy": self.serving.policy} if self.serving.policy else {}
        if self.serving.compresses(found) and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
        self.send(body, kind, headers)

    def lms_page(self, lms: str) -> str:
        scripts = "".join(f'<script src="/lms/{each.name}"></script>' for each in LMS_SCRIPTS[lms])
        if lms.startswith("moodle"):
            manifest = json.dumps((self.package / "imsmanifest.xml").read_text("utf-8"))
            # No tag of it may end the script.
            scripts += "<script>const manifest = {};</script>".format(manifest.replace("</", "<\\/"))
        start = {**LMS_STARTS, **PECULIAR_STARTS}[lms]
        return LMS_PAGE.format(scripts=scripts, start=start)

    def send(self, body: bytes, kind: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        for header in headers.items():
            self.send_header(*header)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_part(self, file: Path, kind: str, wanted: str) -> None:
        """Sends a range of bytes, as web servers do: without it no film can be wound."""
        body = file.read_bytes()
        start, _, end = wanted.removeprefix("bytes=").partition("-")
        part = body[int(start) : int(end) + 1 if end else None]
        self.send_response(206)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Range", f"bytes {start}-{int(start) + len(part) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def trickle(self, body: bytes, line: PoorLine) -> None:
        """Sends the document up to a mark, and the rest when the line is good again."""
        cut = line.mark if isinstance(line.mark, int) else body.index(line.mark.encode())
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])
        self.wfile.flush()
        line.good.wait(60)
        self.wfile.write(body[cut:])

    def handle(self) -> None:
        # The learner may leave while something is loading.
        with suppress(BrokenPipeError, ConnectionResetError):
            super().handle()

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@contextmanager
def served(package: Path, line: PoorLine | None = None, serving: Serving = PLAIN) -> Iterator[str]:
    """The address of a site with the package, on the loopback interface, whose files come as `serving` says."""
    site = partial(_Site, package=package, line=line, serving=serving)
    server = ThreadingHTTPServer(("127.0.0.1", 0), site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        if line:
            line.good.set()
        server.shutdown()
        server.server_close()


def unpacked(course: Path, folder: Path, target: str = "scorm12", part: str | None = None) -> Path:
    """The package of the course or of one part, built and unpacked as an LMS would."""
    built = build_package(course, target, folder / "out", part=part)
    assert built.report.ok, str(built.report)
    place = folder / ("package" if target == "scorm12" else target)
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(place)
    return place


@contextmanager
def sites_of(
    course: Path,
    folder: Path | None = None,
    line: PoorLine | None = None,
    part: str | None = None,
    **known: str,
) -> Iterator[Sites]:
    """The address of a course or of one part by target; each package is built when it is first asked for, unless it is known."""
    with ExitStack() as stack:

        def address(target: str) -> str:
            if target not in known:
                package = unpacked(course, folder or course.parent, target, part)
                known[target] = stack.enter_context(served(package, line))
            return known[target]

        yield address


@pytest.fixture(scope="session")
def first_part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example course's start page and first part in Swedish, which is as much as most tests need to walk through.

    As in a package of that part, what leads to other parts is plain text.
    """
    folder = tmp_path_factory.mktemp("first-part") / "course_source"
    shutil.copytree(
        TOP / "course_source", folder, ignore=shutil.ignore_patterns("studio", "tools", "translations")
    )
    course = folder / "course.yaml"
    head, others, _ = course.read_text("utf-8").partition("  - id: p2\n")
    assert others
    head = re.sub(r"^(final-check|translations):.*\n", "", head, flags=re.MULTILINE)
    course.write_text(re.sub(r"^minutes: .*", "minutes: 40", head, flags=re.MULTILINE), "utf-8")
    for page in (folder / "pages").glob("*.md"):
        if page.name.startswith(("p2-", "p3-", "p4-")):
            page.unlink()
            continue
        text = page.read_text("utf-8")
        page.write_text(re.sub(r"\[([^]]*)\]\(page:p[2-4]-[^)]*\)", r"\1", text), "utf-8")
    return folder


@pytest.fixture(scope="session")
def package(first_part: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(first_part, tmp_path_factory.mktemp("course"))


def page_ids(package: Path) -> list[str]:
    """Ids of a package's pages in order."""
    html = (package / "index.html").read_text("utf-8")
    start = html.index('id="course-data"')
    data = json.loads(html[html.index(">", start) + 1 : html.index("</script>", start)])
    return [page["id"] for page in data["pages"]]


@pytest.fixture(scope="session")
def pages(package: Path) -> list[str]:
    """Ids of the pages of the example course's first part in order."""
    return page_ids(package)


@pytest.fixture(scope="session")
def site(package: Path) -> Iterator[str]:
    with served(package) as address:
        yield address


@pytest.fixture(scope="session")
def sites(first_part: Path, tmp_path_factory: pytest.TempPathFactory, site: str) -> Iterator[Sites]:
    """The address of the same part as another target's package, which is built when it is first asked for."""
    with sites_of(first_part, tmp_path_factory.mktemp("sites"), scorm12=site) as address:
        yield address


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The address of the whole example course as a target's package, which is built when it is first asked for."""
    with sites_of(TOP / "course_source", tmp_path_factory.mktemp("whole")) as address:
        yield address


ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Only the headless one in tools/setup rounds the width of letters without it.
    "--font-render-hinting=none",
    f"--disable-features={TURNED_OFF}",
]


def counting(new: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """Makes contexts in which `Learner.rest` knows of all that is left for an idle moment."""

    def made(*given: Any, **options: Any) -> BrowserContext:
        context = new(*given, **options)
        context.add_init_script(COUNT_IDLE)
        return context

    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"there is no Chromium at {CHROMIUM}; run make test, or set COURSEPACK_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(browser, "new_context", counting(browser.new_context))
            yield browser
        browser.close()


@pytest.fixture(scope="session")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the course that uses every block in every state."""
    folder = tmp_path_factory.mktemp("showcase")
    with served(unpacked(write_showcase(folder / "course"), folder)) as address:
        yield address


@pytest.fixture(scope="session")
def finnish(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the same course with the words of the player in Finnish."""
    folder = tmp_path_factory.mktemp("finnish-showcase")
    course = write_showcase(folder / "course") / "course.yaml"
    course.write_text(course.read_text("utf-8").replace("language: sv", "language: fi"), "utf-8")
    with served(unpacked(course.parent, folder)) as address:
        yield address


@pytest.fixture(scope="session")
def line() -> PoorLine:
    """The line to the same course in Swedish and English; where it is poor, the English comes late."""
    line = PoorLine("<noscript data-edition")
    line.good.set()
    return line


@pytest.fixture(scope="session")
def translations(tmp_path_factory: pytest.TempPathFactory, line: PoorLine) -> Iterator[Sites]:
    """The address of that course as a target's package, which is built when it is first asked for."""
    folder = tmp_path_factory.mktemp("translated-showcase")
    with sites_of(write_showcase(folder / "course", translated=True), line=line) as address:
        yield address


@pytest.fixture(scope="session")
def translated(translations: Sites) -> str:
    """The address of its package for SCORM 1.2."""
    return translations("scorm12")


@dataclass
class Learner:
    """A learner in front of a launched course: the LMS's page, the course's frame, and all that went wrong."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    in_frame: bool = True

    @property
    def course(self) -> Frame:
        if not self.in_frame:
            return self.page.main_frame
        frame = self.page.frame("sco")
        assert frame is not None
        return frame

    @property
    def now(self) -> str:
        """The id of the page that is shown."""
        return str(self.course.locator(".page[data-now]").get_attribute("id"))

    def lms(self, name: str) -> Any:
        return self.page.evaluate(f"JSON.parse(JSON.stringify(window.lms.{name}))")

    def calls(self, name: str) -> list[Any]:
        return [call for call in self.lms("calls") if call["name"] == name]

    def wait(self, expression: str, seconds: float = 30) -> None:
        """Waits until an expression is true in the course.

        Asked again and again from outside: a function that waits inside would have to be evaluated there, which the
        page's own policy refuses.
        """
        self.until(lambda: self.course.evaluate(expression), expression, seconds)

    def until(self, condition: Callable[[], object], what: str = "", seconds: float = 30) -> None:
        """Waits until something is so, inside the course or outside of it.

        What takes long is asked for more seldom: who asks takes the time of those that are waited for.
        """
        end = time.monotonic() + seconds
        pause = 5.0
        while not condition():
            assert time.monotonic() < end, f"never so: {what or condition}"
            self.page.wait_for_timeout(pause)
            pause = min(1.2 * pause, 50)

    def go(self, page: str) -> None:
        """Goes to a page by its address."""
        self.course.evaluate(f"location.hash = {json.dumps('#' + page)}")
        self.wait(f"document.getElementById({json.dumps(page)})?.hasAttribute('data-now')")

    def begin(self) -> None:
        """Goes on from the title page that the build makes, if that is shown, as its main button does."""
        if self.now == "titelsida":
            first = str(self.course.locator("#titelsida .go .main").last.get_attribute("href"))
            self.go(first.removeprefix("#"))

    def settle(self) -> None:
        """Waits until what was done has been saved."""
        is_saved = "document.querySelector('[data-save]')?.dataset.state === 'yes'"
        self.wait(is_saved)
        # An idle save may still be planned.
        self.rest()
        self.wait(is_saved)

    def rest(self) -> None:
        """Waits until all that was left for an idle moment is done, and what waits for a page to be laid out.

        A browser that thinks of a gesture is never idle.
        """
        self.course.evaluate(
            f"""new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then({REST})"""
        )

    def leave(self) -> Any:
        """Takes the course's frame away as an LMS does; returns what the LMS has kept."""
        self.page.evaluate("document.querySelector('iframe').remove()")
        return self.lms("saved")


def wait_for_frame(page: Page, seconds: float = 30) -> None:
    """Waits until an LMS's page has the course's frame."""
    end = time.monotonic() + seconds
    while page.frame("sco") is None:
        assert time.monotonic() < end, "the course's frame never came"
        page.wait_for_timeout(10)


def lucky(luck: float) -> str:
    """Lets chance always say this in a browser, but for what windows name themselves by."""
    return f"Math.random = () => {luck} + crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 52"


def watch(page: Page, learner: Learner) -> None:
    """Takes down what goes wrong in a page, and what it asks for."""
    page.on("console", lambda m: learner.wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: learner.wrong.append(str(error)))
    page.on("request", lambda request: learner.requests.append(request.url))
    page.on(
        "requestfailed",
        lambda r: (
            learner.wrong.append(f"{r.url} {r.failure}")
            # Media are cut off when a page is left, and so is what has not come wholly of a document and of the script
            # that nothing waits for; "csp" is how a browser without scripts tells of one.
            if "media/" not in r.url
            and (
                r.failure != "net::ERR_ABORTED"
                or not (r.is_navigation_request() or r.url.endswith("/later.js"))
            )
            and r.failure != "csp"
            and not r.url.startswith(VIEWER)
            else None
        ),
    )


Launch = Callable[..., Learner]
Sites = Callable[[str], str]


@pytest.fixture
def launch(browser: Browser, site: str) -> Iterator[Launch]:
    """Launches the course in an LMS of `LMS_STARTS`, or in none: `launch(lms, saved=..., options=..., hash=...)`.

    Which questions of a pool a learner is asked is left to chance, unless `luck` says what it says. Where the build made
    a title page, the learner goes on to the first page, unless the course is not `settled` or is to be `greeting`.

    At the end the test fails for any error on the console, any request that left the package, and any
    call that the strict stand-in refused unless `refusals` says so.
    """
    learners: list[tuple[Learner, bool]] = []
    contexts: list[BrowserContext] = []

    def start(
        lms: str | None = "standin",
        saved: Any = None,
        options: Any = None,
        hash: str = "",
        address: str = site,
        refusals: bool = False,
        settled: bool = True,
        path: str = "/package/index.html",
        luck: float | None = None,
        greeting: bool = False,
        **context_options: Any,
    ) -> Learner:
        context = browser.new_context(**context_options)
        contexts.append(context)
        context.add_init_script(PROMPT)
        if luck is not None:
            context.add_init_script(lucky(luck))
        page = context.new_page()
        learner = Learner(page, address, in_frame=lms is not None)
        learners.append((learner, refusals))
        watch(page, learner)
        if lms is None and address.startswith("file:"):
            page.goto(f"{address}/index.html{hash}")
        elif lms is None:
            page.goto(f"{address}{path}{hash}")
        else:
            page.goto(f"{address}/{lms}.html")
            page.evaluate(
                f"start({json.dumps(saved or {})}, {json.dumps(options or {})}, {json.dumps(hash)})"
            )
            wait_for_frame(page)
        if context_options.get("java_script_enabled", True):
            learner.course.wait_for_selector("html[data-js]", state="attached")
            if settled:
                learner.wait(f"{BEGUN} && document.documentElement.hasAttribute('data-later')")
                if not greeting and not hash:
                    learner.begin()
        return learner

    yield start
    for learner, refusals in learners:
        assert learner.wrong == []
        ours = (learner.address, "data:", "blob:", *VIEWER)
        left = [url for url in learner.requests if not url.startswith(ours)]
        assert left == []
        if learner.in_frame and not refusals:
            assert learner.lms("refused") == []
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """Runs axe-core in a frame, with the rules named or with all; returns one line a violation.

    A course has all its pages in its document, and axe takes as long for those that are not shown: they are taken out for
    as long as it looks, but for their ids, to which links lead.
    Frames in it are asked one by one: where there is no axe in them, half a second would be waited for an answer.
    """
    script = (NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8")

    def run(frame: Frame, *rules: str) -> list[str]:
        if not frame.evaluate("typeof axe === 'object'"):
            frame.evaluate(script)
        # What happens to lie half under the header is not small: from the top nothing does. What comes in by fading
        # would be checked half faded, and what is measured when it is shown has been after a frame.
        found = frame.evaluate(
            """async (rules) => { const at = window.scrollY; window.scrollTo(0, 0);
            const frame = () => new Promise((done) => requestAnimationFrame(done));
            const faded = () => Promise.allSettled(document.getAnimations().map((each) => each.finished));
            await Promise.race([frame().then(frame).then(faded), new Promise((done) => setTimeout(done, 5000))]);
            const away = document.querySelector(".page[data-now]") ? document.querySelectorAll(".page:not([data-now])") : [];
            const named = (id) => Object.assign(document.createElement("div"), { id });
            const back = [...away].map((page) => { const place = named(page.id); place.style.display = "none";
              place.append(...[...page.querySelectorAll("[id]")].map(({ id }) => named(id)));
              page.replaceWith(place); return () => place.replaceWith(page); });
            return axe.run(document, { iframes: false, resultTypes: ["violations"], runOnly: rules.length ? rules :
            ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((r) => r.violations.flatMap((v) =>
            v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary}`)))
            .finally(() => { for (const put of back) put(); window.scrollTo(0, at); }); }""",
            rules,
        )
        return [str(each) for each in found]

    return run
