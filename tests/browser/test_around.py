"""What stands around the pages: search, the support code, the certificate, and paper."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Launch, Learner, Sites
from playwright.sync_api import Frame, expect

from coursepack import read_course
from coursepack.course.resume import read_resume
from coursepack.progress import decode

Axe = Callable[[Frame], list[str]]


def focused(learner: Learner) -> str:
    """The words of what has focus."""
    return plain(str(learner.course.evaluate("document.activeElement.textContent.trim()")))


def plain(text: str) -> str:
    """A text without its soft hyphens."""
    return text.replace("\u00ad", "")


def marked(learner: Learner) -> list[str]:
    """What is marked on the page as sought."""
    return [
        plain(text)
        for text in learner.course.evaluate(
            "[...(CSS.highlights.get('found') || [])].map((range) => range.toString())"
        )
    ]


def seek(learner: Learner, words: str, opener: str = ".top [data-open=search]") -> None:
    """Opens the search and writes, as by keyboard."""
    learner.course.locator(opener).focus()
    learner.page.keyboard.press("Enter")
    learner.wait("document.activeElement?.matches('[data-find]')")
    learner.page.keyboard.type(words)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_word_is_found_marked_and_led_to_by_keyboard(
    launch: Launch, pages: list[str], axe: Axe, scheme: str
) -> None:
    learner = launch(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    seek(learner, "stodtelefon")
    # In Swedish ö is a letter of its own.
    expect(learner.course.locator("[data-count]")).to_have_text(
        "Inga sidor med ”stodtelefon”. Pröva ett kortare ord."
    )
    for _ in range(len("stodtelefon")):
        learner.page.keyboard.press("Backspace")
    learner.page.keyboard.type("STÖDTELEFON")
    hits = learner.course.locator("[data-hits] li")
    expect(hits.first).to_be_visible()
    assert axe(learner.course) == []
    count = hits.count()
    said = "1 träff." if count == 1 else f"{count} träffar."
    expect(learner.course.locator("[data-count]")).to_have_text(said)
    # Read out once, when the learner has stopped writing.
    expect(learner.course.locator("[data-count-said]")).to_have_text(said)
    for at in range(count):
        expect(hits.nth(at).locator("mark").first).to_contain_text("tödtelefon")
    learner.page.keyboard.press("Enter")
    page = learner.course.evaluate("document.activeElement.hash.slice(1)")
    assert page in (*pages, "om")
    learner.page.keyboard.press("Enter")
    learner.wait(f"document.getElementById('{page}').hasAttribute('data-now')")
    expect(learner.course.locator("dialog[open]")).to_have_count(0)
    assert "stödtelefon" in focused(learner).lower()
    assert learner.course.evaluate("document.activeElement.closest('.page').id") == page
    assert {text.lower() for text in marked(learner)} == {"stödtelefon"}
    title = learner.course.locator(".page[data-now]").get_attribute("data-title")
    expect(learner.course.locator("[data-say]")).to_contain_text(str(title))
    top, height = learner.course.evaluate(
        "[document.activeElement.getBoundingClientRect().top, document.querySelector('.top').offsetHeight]"
    )
    assert top > height
    # On the next page nothing is marked, and focus is on its heading as ever.
    other = next(each for each in pages[1:] if each != page)
    learner.go(other)
    assert marked(learner) == []
    assert learner.course.evaluate("document.activeElement.id") == f"h-{other}"


def test_on_a_phone_the_search_is_in_the_menu_and_gives_focus_back(launch: Launch, axe: Axe) -> None:
    learner = launch(viewport={"width": 320, "height": 640})
    expect(learner.course.locator(".top [data-open=search]")).to_be_hidden()
    learner.course.locator("[data-open=menu]").click()
    seek(learner, "oro", "#d-menu [data-open=search]")
    expect(learner.course.locator("#d-menu")).not_to_have_attribute("open", "")
    expect(learner.course.locator("[data-hits] li").first).to_be_visible()
    assert axe(learner.course) == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert learner.course.evaluate(wide) <= 0
    learner.page.keyboard.press("Escape")
    learner.page.keyboard.press("Escape")
    expect(learner.course.locator("dialog[open]")).to_have_count(0)
    learner.wait("document.activeElement.dataset.open === 'menu'")


def test_a_word_of_the_glossary_is_led_to_in_it(launch: Launch) -> None:
    learner = launch(viewport={"width": 1440, "height": 900})
    seek(learner, "målsägande")
    learner.course.locator("[data-hits] a", has_text="målsägande").first.click()
    learner.wait("document.getElementById('ordlista').hasAttribute('data-now')")
    learner.wait("document.activeElement.matches('dt, dd')")
    assert "målsägande" in focused(learner).lower()
    # Another word of the page that is shown already.
    seek(learner, "palermo")
    learner.course.locator("[data-hits] a", has_text="palermo").first.click()
    learner.wait(
        "document.activeElement.matches('dt, dd') && /palermo/i.test(document.activeElement.textContent)"
    )
    assert learner.now == "ordlista"


def test_a_word_on_the_page_that_is_shown_is_led_to_there(launch: Launch, pages: list[str]) -> None:
    learner = launch(viewport={"width": 1440, "height": 900})
    learner.go(pages[1])
    seek(learner, "exploatering")
    learner.course.locator(f"[data-hits] a[href='#{pages[1]}']").click()
    learner.wait(
        "document.activeElement.closest('.page') && /exploatering/i.test(document.activeElement.textContent)"
    )
    assert learner.now == pages[1]
    assert marked(learner)


def test_a_hit_opens_what_is_folded_around_it(launch: Launch) -> None:
    learner = launch(viewport={"width": 1440, "height": 900})
    # A word of the first fold of an accordion, on the third page.
    seek(learner, "krigstjänst")
    learner.course.locator("[data-hits] a[href='#p1-c1-s3']").click()
    learner.wait("document.getElementById('p1-c1-s3').hasAttribute('data-now')")
    learner.wait(
        "document.activeElement.closest('details') && /krigstjänst/.test(document.activeElement.textContent)"
    )
    assert learner.course.evaluate("document.activeElement.closest('details').open")


def test_reasons_that_the_learner_has_not_been_given_yet_are_not_found(launch: Launch) -> None:
    learner = launch(viewport={"width": 1440, "height": 900})
    # Only the reason to an answer speaks of them.
    expect(learner.course.locator("main")).to_contain_text("maktförhållanden")
    seek(learner, "maktförhållanden")
    expect(learner.course.locator("[data-count]")).to_contain_text("Inga sidor med")


@pytest.mark.parametrize("words", ["körs", "hastighet", "brandfilt"])
def test_what_is_said_at_every_question_and_film_is_not_found(
    launch: Launch, showcase: str, words: str
) -> None:
    learner = launch(address=showcase, viewport={"width": 1440, "height": 900})
    seek(learner, words)
    expect(learner.course.locator("[data-count]")).to_contain_text("Inga sidor med")


def test_no_key_of_the_browser_is_taken(launch: Launch) -> None:
    learner = launch()
    taken = learner.course.evaluate(
        """["f", "g", "k", "p", "/"].flatMap((key) => [{ ctrlKey: true }, { metaKey: true }, {}].map((how) =>
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how }))))"""
    )
    assert all(taken)
    expect(learner.course.locator("dialog[open]")).to_have_count(0)


def test_the_menu_s_code_tells_what_the_lms_holds(launch: Launch, first_part: Path, pages: list[str]) -> None:
    learner = launch(viewport={"width": 1440, "height": 900})
    for page in pages[1:4]:
        learner.go(page)
    learner.settle()
    code = learner.course.locator("[data-code]").inner_text()
    course = read_course(first_part)
    told = decode(read_resume(code), course)
    kept = decode(read_resume(learner.leave()["suspendData"]), course)
    assert told.opened == kept.opened == set(pages[:4])
    assert told.last == kept.last
    assert told.last is not None
    assert told.last.id == pages[3]


def test_without_scripts_neither_search_nor_code_is_offered(launch: Launch, package: Path) -> None:
    learner = launch(None, address=package.as_uri(), java_script_enabled=False)
    for place in ("[data-open=search]", ".support"):
        offered = learner.page.locator(place).all()
        assert offered
        for each in offered:
            expect(each).to_be_hidden()


# The course that is complete


def complete(learner: Learner, pages: list[str]) -> None:
    for page in pages[1:]:
        learner.go(page)
    learner.settle()


@pytest.mark.parametrize("lms", ["standin", "standin2004"])
def test_the_certificate_shows_the_lms_s_name_once_complete_and_keeps_it_nowhere(
    launch: Launch, sites: Sites, pages: list[str], axe: Axe, lms: str
) -> None:
    target = "scorm2004" if lms.endswith("2004") else "scorm12"
    learner = launch(lms, address=sites(target), viewport={"width": 1440, "height": 900})
    asked = {"scorm12": "cmi.core.student_name", "scorm2004": "cmi.learner_name"}[target]

    def reads() -> int:
        return sum(call["given"][:1] == [asked] for call in learner.lms("calls"))

    learner.settle()
    learner.go("klar")
    expect(learner.course.locator("#klar")).to_contain_text("Kursen är klar när alla sidor har öppnats.")
    # What is left is a press away.
    left = learner.course.locator("[data-remaining] a")
    assert [each.get_attribute("href") for each in left.all()] == [f"#{page}" for page in pages[1:]]
    heading = learner.course.locator("#h-klar")
    expect(heading).to_have_text("När du är klar", use_inner_text=True)
    expect(learner.course.locator(".certificate")).to_be_hidden()
    assert axe(learner.course) == []
    complete(learner, pages)
    assert reads() == 0
    # The line at the top leads there.
    learner.course.locator("[data-progress] a").focus()
    learner.page.keyboard.press("Enter")
    learner.wait("document.getElementById('klar').hasAttribute('data-now')")
    expect(heading).to_have_text("Du är klar med kursen", use_inner_text=True)
    assert learner.course.evaluate("document.title") == "Du är klar med kursen – Grundutbildning"
    # That of the part in the menu, and those of the four chapters on the start page and here.
    doors = learner.course.locator(".menu .door, .street .door")
    assert (
        doors.evaluate_all("(all) => all.map((each) => each.style.getPropertyValue('--open'))") == ["1"] * 9
    )
    # What the line at the top says stands here too.
    saved = learner.course.locator("#klar [data-saved]")
    expect(saved).to_have_text(str(learner.course.locator("[data-save]").text_content()))
    expect(saved).to_have_text("Sparat")
    expect(learner.course.locator("[data-learner]")).to_have_text("First Learner")
    expect(learner.course.locator("[data-today]")).to_have_text(re.compile(r"^\d+ [a-z]+ \d{4}$"))
    expect(learner.course.locator("[data-named]")).to_be_visible()
    assert reads() == 1
    assert axe(learner.course) == []
    kept = learner.course.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    calls = json.dumps([call for call in learner.lms("calls") if "Set" in call["name"]])
    assert "First" not in kept + calls
    learner.page.emulate_media(media="print")
    expect(learner.course.locator(".certificate")).to_be_visible()
    for other in (".top", "#klar h1", "#klar .lead", "[data-print]:visible"):
        assert learner.course.locator(other).locator("visible=true").count() == 0


def test_the_printed_certificate_fills_a_sheet_of_its_own(launch: Launch, pages: list[str]) -> None:
    # What the margins leave of a landscape A4, in pixels of 1/96 inch: 273 by 186 mm.
    width, height = 273 / 25.4 * 96, 186 / 25.4 * 96
    learner = launch(None, viewport={"width": round(width), "height": round(height)}, color_scheme="dark")
    complete(learner, pages)
    learner.go("klar")
    sheets = learner.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1
    (box,) = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", sheets)
    assert [round(float(side)) for side in box] == [842, 595]
    learner.page.emulate_media(media="print")
    paper = learner.course.locator(".certificate")
    frame = paper.bounding_box()
    assert frame is not None
    assert frame["width"] == pytest.approx(width, abs=2)
    assert height - 12 < frame["height"] <= height
    text = paper.locator("> div").bounding_box()
    assert text is not None
    assert text["height"] <= frame["height"]
    expect(paper).to_contain_text("Intyg")
    middles = [each.bounding_box() for each in paper.locator("> div > p:not(:empty)").all()]
    for each in middles:
        assert each is not None
        assert each["x"] + each["width"] / 2 == pytest.approx(text["x"] + text["width"] / 2, abs=1)
        assert text["y"] < each["y"]


def test_without_an_lms_the_name_is_left_to_be_written_by_hand(
    launch: Launch, pages: list[str], axe: Axe
) -> None:
    learner = launch(None, viewport={"width": 320, "height": 640}, color_scheme="dark")
    complete(learner, pages)
    learner.go("klar")
    expect(learner.course.locator("[data-learner]")).to_have_text("")
    expect(learner.course.locator("[data-named]")).to_be_hidden()
    assert axe(learner.course) == []
    assert (
        learner.course.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        <= 0
    )


# Paper


def test_the_whole_course_is_printed_unfolded_and_is_then_as_it_was(launch: Launch, pages: list[str]) -> None:
    learner = launch(viewport={"width": 1440, "height": 900})
    learner.go("om")
    before = learner.course.evaluate("document.querySelector('main').innerHTML")
    learner.course.evaluate(
        """() => {
        // Pictures are waited for as long as they take, and not for some seconds at the most.
        window.setTimeout = () => 0;
        window.print = () => {
        dispatchEvent(new Event("beforeprint"));
        const shown = (each) => getComputedStyle(each).display !== "none";
        window.printed = {
          all: document.documentElement.dataset.print,
          folded: document.querySelectorAll("main details:not([open]):not(.answers)").length,
          papers: [...document.querySelectorAll("main .paper")].map((each) => each.textContent),
          waiting: [...document.querySelectorAll("main img")].filter((each) => !each.complete).length,
        };
        dispatchEvent(new Event("afterprint"));
        }; }"""
    )
    learner.course.locator("[data-print=all]").click()
    learner.wait("window.printed")
    printed = learner.course.evaluate("window.printed")
    assert (printed["all"], printed["folded"], printed["waiting"]) == ("all", 0, 0)
    # A film cannot be printed: its title and its file in the package stand in its place.
    assert printed["papers"] == ["Film: Det som inte syns (media/det-som-inte-syns.mp4)"]
    learner.wait("!document.documentElement.hasAttribute('data-print')")
    after = learner.course.evaluate("document.querySelector('main').innerHTML")
    assert after.replace('loading="eager"', 'loading="lazy"') == before
    # On paper, with all of it asked for, every page stands there.
    learner.page.emulate_media(media="print")
    learner.course.evaluate("document.documentElement.dataset.print = 'all'")
    for page in (*pages, "ordlista", "om"):
        expect(learner.course.locator(f"#h-{page}")).to_be_visible()


def test_a_page_is_printed_alone(launch: Launch, pages: list[str]) -> None:
    learner = launch(viewport={"width": 1440, "height": 900})
    learner.go(pages[2])
    learner.course.evaluate(
        "window.print = () => { window.printed = document.documentElement.dataset.print || 'page' }"
    )
    learner.course.locator(".foot [data-print=page]").click()
    learner.wait("window.printed === 'page'")
    # Firefox leaves an empty sheet before a page that is to begin on a new one. Only a course has pages that are.
    learner.page.emulate_media(media="print")
    breaks = "[...document.querySelectorAll('.page')].map((each) => getComputedStyle(each).breakBefore)"
    assert set(learner.course.evaluate(breaks)) == {"auto"}
    learner.course.evaluate("document.documentElement.dataset.print = 'all'")
    first, *others = learner.course.evaluate(breaks)
    assert (first, set(others)) == ("auto", {"page"})
