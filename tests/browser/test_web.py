"""The web edition: any static host, any sub-path, or the disk; progress on the device alone."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Launch, Learner, served
from playwright.sync_api import Browser, Request, expect

from coursepack import build_package


@pytest.fixture(scope="module")
def folder(first_part: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example course as the folder that a build leaves."""
    built = build_package(first_part, "web", tmp_path_factory.mktemp("web"))
    assert built.report.ok, str(built.report)
    assert built.folder
    return built.folder


@pytest.fixture(scope="module")
def web_site(folder: Path) -> Iterator[str]:
    with served(folder) as address:
        yield address


def kept(learner: Learner) -> dict[str, str]:
    """What lies on the device."""
    return dict(json.loads(str(learner.course.evaluate("JSON.stringify(localStorage)"))))


def test_it_says_that_progress_is_kept_here_and_misses_no_lms(
    launch: Launch, web_site: str, pages: list[str]
) -> None:
    learner = launch(None, address=web_site)
    notice = learner.course.locator("[data-outside]")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("Framsteg sparas bara på den här enheten.")
    assert "utanför lärplattformen" not in notice.inner_text()
    # It comes when the page can be read already, and pushes nothing down.
    assert notice.evaluate(
        "(it) => it.previousElementSibling.matches('.shell') && it.nextElementSibling.matches('.foot')"
    )
    learner.go(pages[3])
    learner.settle()
    expect(learner.course.locator("[data-save]")).to_have_text("Sparat på enheten")


@pytest.mark.parametrize("place", ["", "kurser/2026/"])
def test_any_host_and_any_sub_path_will_do(
    launch: Launch, folder: Path, tmp_path: Path, pages: list[str], place: str
) -> None:
    shutil.copytree(folder, tmp_path / "host" / place, dirs_exist_ok=True)
    with served(tmp_path / "host") as address:
        site = f"{address}/package/{place}"
        learner = launch(None, address=address, path=f"/package/{place}index.html")
        learner.go(pages[2])
        learner.settle()
        learner.page.reload()
        learner.course.wait_for_selector("html[data-js]", state="attached")
        learner.wait(f"document.querySelector('.page[data-now]').id === {json.dumps(pages[2])}")
        assert all(url.startswith((site, "data:")) for url in learner.requests)
        learner.page.goto("about:blank")


def test_from_disk_it_keeps_progress_and_plays(launch: Launch, folder: Path, pages: list[str]) -> None:
    learner = launch(None, address=folder.as_uri())
    learner.go("p1-c1-s2")
    learner.settle()
    learner.wait(
        """(() => { const film = document.querySelector("#p1-c1-s2 video"); film.muted = true;
        film.preload = "metadata"; if (!film.seen) { film.seen = true; film.load(); } return film.readyState > 0; })()"""
    )
    learner.page.reload()
    learner.course.wait_for_selector("html[data-js]", state="attached")
    learner.wait("document.querySelector('.page[data-now]').id === 'p1-c1-s2'")


def test_erase_forgets_all_on_the_device(launch: Launch, web_site: str, pages: list[str]) -> None:
    learner = launch(None, address=web_site)
    learner.go(pages[4])
    learner.settle()
    assert list(kept(learner)) == ["coursepack:se-forsta-agera"]
    learner.course.locator("[data-erase]").click()
    assert kept(learner) == {}
    learner.page.goto("about:blank")
    learner.page.go_back()
    learner.course.wait_for_selector("html[data-js]", state="attached")
    expect(learner.course.locator(".menu .dot.done")).to_have_count(0)


def test_two_tabs_unite_what_was_done_in_them(browser: Browser, web_site: str, pages: list[str]) -> None:
    context = browser.new_context()
    first, second = (Learner(context.new_page(), web_site, in_frame=False) for _ in range(2))
    for learner in (first, second):
        learner.page.goto(f"{web_site}/package/index.html")
        learner.course.wait_for_selector("html[data-js]", state="attached")
        learner.settle()
    first.go(pages[2])
    first.settle()
    second.go(pages[5])
    second.settle()
    first.go(pages[3])
    first.settle()
    third = Learner(context.new_page(), web_site, in_frame=False)
    third.page.goto(f"{web_site}/package/index.html")
    third.wait("document.querySelector('[data-save]')?.dataset.state === 'yes'")
    opened = {pages[0], pages[2], pages[3], pages[5]}
    expect(third.course.locator("[data-progress]")).to_contain_text(f"{len(opened)} av {len(pages)}")
    context.close()


def test_a_device_that_keeps_nothing_is_told_of(browser: Browser, web_site: str, pages: list[str]) -> None:
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    learner = Learner(context.new_page(), web_site, in_frame=False)
    learner.page.goto(f"{web_site}/package/index.html")
    learner.wait("document.querySelector('[data-save]')?.dataset.state === 'no'")
    expect(learner.course.locator("[data-alarm]")).to_contain_text("Inget sparas.")
    learner.go(pages[2])
    context.close()


POLICY = (
    "default-src 'none'; script-src 'self' file: 'sha256-[^']+'; style-src 'sha256-[^']+' 'sha256-[^']+'; "
    "img-src 'self' file: data:; media-src 'self' file: data:; connect-src ({connect}); "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types ({trusts})"
)


@pytest.mark.parametrize(
    ("target", "connect", "trusts"),
    [
        *[(target, "'none'", "'none'") for target in ("scorm12", "scorm2004", "web")],
        *[(target, "https: http:", "coursepack") for target in ("xapi", "cmi5")],
    ],
)
def test_every_page_has_a_strict_policy(
    first_part: Path, tmp_path: Path, target: str, connect: str, trusts: str
) -> None:
    built = build_package(first_part, target, tmp_path)
    with zipfile.ZipFile(built.path) as package:
        head = package.read("index.html").decode().partition("<title>")[0]
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', head)
    assert found
    assert re.fullmatch(POLICY.format(connect=re.escape(connect), trusts=trusts), found[1])


def test_no_request_tells_where_the_learner_is(browser: Browser, web_site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    page.goto(f"{web_site}/package/index.html")
    page.wait_for_selector("html[data-js]", state="attached")
    asked = {request.resource_type: request.all_headers() for request in requests}
    assert "script" in asked
    assert [kind for kind, headers in asked.items() if "referer" in headers] == []
    context.close()


def test_the_policy_lets_nothing_in_and_nothing_out(browser: Browser, web_site: str) -> None:
    context = browser.new_context()
    learner = Learner(context.new_page(), web_site, in_frame=False)
    learner.page.goto(f"{web_site}/package/index.html")
    learner.page.wait_for_selector("html[data-js]", state="attached")
    # Scripts in the page's own world: what somebody has slipped into it could do no more.
    turned = learner.course.evaluate(
        """async () => {
        window.told = [];
        document.addEventListener("securitypolicyviolation", (e) => told.push(e.effectiveDirective));
        const script = document.createElement("script"); script.append("window.slipped = true");
        document.head.append(script);
        const picture = document.createElement("img"); picture.src = "https://example.org/a.png";
        document.body.append(picture);
        const frame = document.createElement("iframe"); frame.src = "https://example.org/"; document.body.append(frame);
        const style = document.createElement("style"); style.textContent = "p { color: red }"; document.head.append(style);
        await fetch("https://example.org/").catch(() => {});
        await fetch(location.href).catch(() => {});
        try { document.body.insertAdjacentHTML("beforeend", "<b>text</b>"); } catch (error) { return error.name; }
        }"""
    )
    assert turned == "TypeError"
    for refused in ("require-trusted-types-for", "img-src", "frame-src", "style-src-elem", "connect-src"):
        learner.wait(f"told.includes('{refused}')")
    assert not learner.course.evaluate("window.slipped")
    context.close()
