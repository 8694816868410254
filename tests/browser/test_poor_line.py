"""The course on a poor line: usable as soon as its first page has come, and nothing lost meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Launch, Learner, PoorLine, served, unpacked, wait_for_frame
from playwright.sync_api import Browser, Locator, expect
from translated import write_translated
from using import opened, speak


def half(pages: list[str]) -> PoorLine:
    """Everything before the sixth page comes at once."""
    return PoorLine(f'<section class="page hue-1" id="{pages[5]}"')


def test_pages_that_have_come_can_be_read_and_are_saved(
    launch: Launch, package: Path, pages: list[str]
) -> None:
    line = half(pages)
    with served(package, line) as address:
        learner = launch(address=address)
        assert learner.course.evaluate("document.readyState") == "loading"
        learner.go(pages[2])
        learner.settle()
        assert learner.lms("saved")["location"] == pages[2]
        line.good.set()
        # What comes after a page has been shown is filled when the next one is.
        learner.wait("document.readyState === 'complete'")
        learner.go(pages[7])
        assert learner.now == pages[7]
        learner.settle()
        # The closing page, which came late, knows as much as the menu.
        learner.rest()
        doors = learner.course.locator("#klar .door, nav .door")
        said = doors.evaluate_all("(all) => all.map((each) => +each.style.getPropertyValue('--open'))")
        # Two of the part's ten pages; one of the first chapter's three and of the third's two.
        assert said == pytest.approx(
            [0.4 + 0.4 * share if share else 0 for share in (2 / 10, 1 / 3, 0, 1 / 2, 0)]
        )
        assert learner.leave()["location"] == pages[7]


def test_the_player_works_wherever_the_document_stops(launch: Launch, package: Path) -> None:
    html = (package / "index.html").read_bytes()
    script = html.index(b'<script async src="later.js">')
    tags = [found.start() for found in re.finditer(rb"<[a-z]", html) if found.start() > script]
    # The last door of the last list, whose items the script takes apart, and places all over the document.
    end = html.index(b"</ol>", html.rindex(b"data-doors="))
    within = [at for at in tags if html.rindex(b"<li", 0, end) < at < end]
    for at in [*within, *tags[:: len(tags) // 6]]:
        line = PoorLine(at)
        with served(package, line) as address:
            learner = launch(address=address)
            assert learner.course.evaluate("document.readyState") == "loading"
            learner.rest()
            line.good.set()
            learner.wait("document.readyState === 'complete'")
            assert learner.wrong == [], html[at : at + 60]


def test_a_page_asked_for_too_early_is_shown_when_it_has_come(
    launch: Launch, package: Path, pages: list[str]
) -> None:
    line = half(pages)
    with served(package, line) as address:
        learner = launch(address=address)
        learner.course.locator(f".menu a[href='#{pages[8]}']").click()
        assert learner.now == pages[0]
        line.good.set()
        learner.wait(f"document.querySelector('.page[data-now]').id === '{pages[8]}'")


def test_the_first_page_counts_also_when_the_next_is_asked_for_before_it_has_come(
    browser: Browser, package: Path, pages: list[str]
) -> None:
    line = half(pages)
    with served(package, line) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/standin.html")
        # The LMS answers after the learner has gone on.
        page.evaluate("start({}, {}, ''); delete window.API")
        wait_for_frame(page)
        learner = Learner(page, address)
        learner.course.wait_for_selector("html[data-js]", state="attached")
        learner.course.locator(f".menu a[href='#{pages[8]}']").click()
        assert learner.now == pages[0]
        page.evaluate("window.API = lms")
        page.wait_for_function("lms.calls.some(({ given }) => given[0] === 'cmi.suspend_data')")
        line.good.set()
        learner.wait(f"document.querySelector('.page[data-now]').id === '{pages[8]}'")
        learner.settle()
        assert opened(learner) == {pages[0], pages[8]}


def test_a_linked_page_is_shown_when_it_has_come_also_where_the_lms_does_not_open(
    launch: Launch, package: Path, pages: list[str]
) -> None:
    line = half(pages)
    with served(package, line) as address:
        learner = launch(
            address=address,
            hash=f"#{pages[8]}",
            options={"refuseInitialize": True},
            refusals=True,
            settled=False,
        )
        expect(learner.course.locator("[data-save]")).to_have_attribute("data-state", "no")
        assert learner.now == pages[0]
        line.good.set()
        learner.wait(f"document.querySelector('.page[data-now]').id === '{pages[8]}'")


def test_resume_waits_for_the_page_and_its_answers(launch: Launch, package: Path, pages: list[str]) -> None:
    with served(package) as address:
        learner = launch(address=address, hash=f"#{pages[-1]}")
        form = learner.course.locator('form[data-q="q-p1-01"]')
        form.locator("input[value=b]").check()
        form.locator("button[type=submit]").click()
        learner.settle()
        saved = learner.leave()
    line = half(pages)
    with served(package, line) as address:
        back = launch(address=address, saved=saved, settled=False)
        back.page.wait_for_function("lms.calls.some(({ given }) => given[0] === 'cmi.suspend_data')")
        assert back.course.evaluate("document.readyState") == "loading"
        line.good.set()
        back.wait(f"document.querySelector('.page[data-now]').id === '{pages[-1]}'")
        expect(back.course.locator('form[data-q="q-p1-01"] input:checked')).to_have_value("b")
        assert back.leave()["suspendData"] == saved["suspendData"]


def test_whoever_leaves_before_their_page_has_come_has_left_no_other_place(
    launch: Launch, package: Path, pages: list[str]
) -> None:
    with served(package) as address:
        learner = launch(address=address, hash=f"#{pages[-1]}")
        learner.settle()
        saved = learner.leave()
    with served(package, half(pages)) as address:
        back = launch(address=address, saved=saved, settled=False)
        back.course.locator("[data-save]").wait_for(state="attached")
        # The session is open, and what the LMS has kept is read.
        back.page.wait_for_function("lms.calls.some(({ given }) => given[0] === 'cmi.suspend_data')")
        back.rest()
        assert back.calls("LMSInitialize")
        assert back.leave()["suspendData"] == saved["suspendData"]


def test_what_comes_after_leaving_fast_stays_hidden(launch: Launch, package: Path, pages: list[str]) -> None:
    line = half(pages)
    with served(package, line) as address:
        learner = launch(address=address, hash=f"#{pages[8]}", settled=False)
        learner.course.locator(".top [data-exit]").click()
        line.good.set()
        learner.course.wait_for_load_state("load")
        assert learner.course.evaluate("document.title") == "Anteckningar"
        assert "exploatering" not in learner.course.locator("body").inner_text()
        learner.course.get_by_role("button").click()
        assert learner.now == pages[8]
        expect(learner.course.locator(f"#h-{pages[8]}")).to_be_visible()


# What comes after the player


@pytest.fixture
def held(package: Path) -> Iterator[tuple[PoorLine, str]]:
    """A line on which all has come but what no first page needs, and the address there."""
    line = PoorLine(held="later.js")
    with served(package, line) as address:
        yield line, address


def awaiting(learner: Learner, within: str) -> Locator:
    return learner.course.locator(f"{within} .awaiting")


def test_nothing_waits_for_what_no_first_page_needs(
    launch: Launch, held: tuple[PoorLine, str], pages: list[str]
) -> None:
    _, address = held
    learner = launch(address=address, settled=False)
    learner.wait("document.readyState === 'interactive'")
    learner.settle()
    learner.go(pages[-1])
    form = learner.course.locator('form[data-q="q-p1-01"]')
    form.locator("input[value=b]").check()
    form.locator("button[type=submit]").click()
    expect(form.locator(".fb")).to_be_visible()
    learner.settle()
    assert learner.leave()["location"] == pages[-1]


def test_a_search_that_was_begun_before_its_script_had_come_is_answered_when_it_has(
    launch: Launch, held: tuple[PoorLine, str]
) -> None:
    line, address = held
    learner = launch(address=address, settled=False, viewport={"width": 1440, "height": 900})
    learner.course.locator(".top [data-open=search]").click()
    expect(awaiting(learner, "#d-search")).to_have_text(
        "Den här delen har inte laddats än. Ladda om sidan om det dröjer."
    )
    field = learner.course.locator("[data-find]")
    expect(field).to_be_focused()
    learner.page.keyboard.type("stödtelefon")
    line.good.set()
    hits = learner.course.locator("[data-hits] a")
    expect(hits.first).to_be_visible()
    expect(awaiting(learner, "#d-search")).to_be_hidden()
    expect(field).to_be_focused()
    expect(field).to_have_value("stödtelefon")
    hits.first.click()
    expect(learner.course.locator("dialog[open]")).to_have_count(0)
    learner.wait("/stödtelefon/i.test(document.activeElement.textContent)")


def test_the_open_panel_of_settings_is_there_when_its_script_has_come(
    launch: Launch, held: tuple[PoorLine, str]
) -> None:
    line, address = held
    learner = launch(address=address, settled=False, viewport={"width": 1440, "height": 900})
    learner.course.locator(".top [data-open=settings]").click()
    panel = learner.course.locator("#d-settings")
    expect(awaiting(learner, "#d-settings")).to_be_visible()
    # What would do nothing is not offered.
    expect(panel.locator("input:visible")).to_have_count(0)
    line.good.set()
    dark = panel.get_by_role("radio", name="Mörkt", exact=True)
    dark.check()
    assert learner.course.evaluate("document.documentElement.dataset.light") == "dark"
    expect(awaiting(learner, "#d-settings")).to_be_hidden()


def test_code_and_certificate_of_a_course_that_is_complete_already_come_late(
    launch: Launch, held: tuple[PoorLine, str], pages: list[str]
) -> None:
    line, address = held
    learner = launch(address=address, settled=False, viewport={"width": 1440, "height": 900})
    learner.settle()
    for page in pages[1:]:
        learner.go(page)
    learner.settle()
    support, printing = learner.course.locator(".support"), learner.course.locator("#klar [data-print]")
    learner.go("klar")
    expect(learner.course.locator(".certificate")).to_be_visible()
    expect(awaiting(learner, "#klar")).to_be_visible()
    for late in (support, printing):
        expect(late).to_be_hidden()
    line.good.set()
    expect(learner.course.locator("[data-learner]")).to_have_text("First Learner")
    expect(learner.course.locator("[data-today]")).not_to_have_text("")
    expect(learner.course.locator("[data-code]")).to_have_text(re.compile("^[0-9A-Z]{4}-"))
    for late in (support, printing):
        expect(late).to_be_visible()
    expect(awaiting(learner, "#klar")).to_be_hidden()


def test_a_language_that_was_chosen_meanwhile_is_searched_and_so_is_the_next(
    launch: Launch, tmp_path: Path
) -> None:
    line = PoorLine(held="later.js")
    with served(unpacked(write_translated(tmp_path / "course"), tmp_path), line) as address:
        learner = launch(
            address=address, settled=False, locale="sv-SE", viewport={"width": 1440, "height": 900}
        )
        learner.settle()
        speak(learner, "en")
        learner.course.locator(".top [data-open=search]").click()
        expect(awaiting(learner, "#d-search")).to_contain_text("This part has not loaded yet.")
        learner.page.keyboard.type("doors")
        line.good.set()
        hits = learner.course.locator("[data-hits] a")
        expect(hits).to_have_text("Doors")
        learner.page.keyboard.press("Escape")
        learner.page.keyboard.press("Escape")
        learner.course.locator(".top [data-open=settings]").click()
        airy = learner.course.locator("#d-settings [name=airy]")
        airy.nth(1).check()
        learner.page.keyboard.press("Escape")
        speak(learner, "sv")
        # The panel of another language shows the same choice.
        learner.course.locator(".top [data-open=settings]").click()
        expect(airy.nth(1)).to_be_checked()
        learner.page.keyboard.press("Escape")
        learner.course.locator(".top [data-open=search]").click()
        learner.page.keyboard.type("dörr")
        expect(hits.first).to_contain_text("örr")


def test_where_it_never_comes_the_buttons_say_so_and_all_else_works(
    browser: Browser, site: str, pages: list[str]
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.route("**/later.js", lambda route: route.abort())
    page.goto(f"{site}/package/index.html")
    for name in ("search", "settings"):
        page.locator(f".top [data-open={name}]").click()
        expect(page.locator(f"#d-{name} .awaiting")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator(f".menu a[href='#{pages[1]}']").click()
    expect(page.locator(f"#h-{pages[1]}")).to_be_visible()
    expect(page.locator("[data-save]")).to_have_attribute("data-state", "yes")
    assert wrong == []
    # It is all there when the page is loaded anew, with what was done.
    page.unroute("**/later.js")
    page.reload()
    page.locator(".top [data-open=search]").click()
    page.keyboard.type("stödtelefon")
    expect(page.locator("[data-hits] a").first).to_be_visible()
    context.close()


def test_it_does_nothing_where_the_player_has_not_come(browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.route("**/player.js", lambda route: route.abort())
    page.goto(f"{site}/package/index.html")
    expect(page.locator("html[data-later]")).to_have_count(0)
    assert wrong == []
    context.close()


def test_pages_that_come_while_the_search_is_open_are_searched_too(
    launch: Launch, package: Path, pages: list[str]
) -> None:
    line = half(pages)
    with served(package, line) as address:
        learner = launch(address=address, viewport={"width": 1440, "height": 900})
        assert learner.course.evaluate("document.readyState") == "loading"
        learner.course.locator(".top [data-open=search]").click()
        # A word of the glossary, which comes last.
        learner.page.keyboard.type("palermo")
        expect(learner.course.locator("[data-count]")).to_contain_text("palermo")
        before = learner.course.locator("[data-hits] li").count()
        line.good.set()
        expect(learner.course.locator("[data-hits] a[href^='#t-']").first).to_be_visible()
        assert learner.course.locator("[data-hits] li").count() > before


def test_from_disk_it_comes_as_well(launch: Launch, package: Path) -> None:
    learner = launch(None, address=f"file://{package}", viewport={"width": 1440, "height": 900})
    learner.course.locator(".top [data-open=search]").click()
    learner.page.keyboard.type("stödtelefon")
    expect(learner.course.locator("[data-hits] a").first).to_be_visible()
    expect(learner.course.locator("[data-code]")).not_to_have_text("")
