"""What a learner does with the page in view: bookmarks it, copies a link to it, writes a mail about it. And the help on keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import Launch, Learner, Sites, sites_of, unpacked
from playwright.sync_api import Browser, Frame, Locator, expect
from small import a_page, write_small
from using import speak

from coursepack.course.resume import read_resume

Axe = Callable[[Frame], list[str]]

HEAD = """
start: {id: start, title: Välkommen, minutes: 1}
minutes: 4
short-title: Utbildning
feedback: kurs@example.org
"""
# What a frame without the permission answers.
REFUSE = "void (navigator.clipboard.writeText = () => Promise.reject(new Error('NotAllowedError')))"


@pytest.fixture(scope="module")
def marked_sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    folder = write_small(
        tmp_path_factory.mktemp("tools") / "course",
        [a_page("ett"), a_page("tva", title="Två & tre"), a_page("fyra")],
        head=HEAD,
        files={"pages/start.md": "Välkommen.\n"},
    )
    with sites_of(folder, tmp_path_factory.mktemp("packages")) as sites:
        yield sites


def button(learner: Learner, name: str = "Bokmärk sidan") -> Locator:
    return learner.course.get_by_role("group", name="Den här sidan").get_by_role("button", name=name)


def told(learner: Learner) -> Locator:
    return learner.course.locator("[data-tools-told]")


def listed(learner: Learner, place: str) -> list[str]:
    """The titles in a list of bookmarks that can be seen; none where the list cannot."""
    return [
        each.inner_text()
        for each in learner.course.locator(f"{place} [data-bookmarks] a").all()
        if each.is_visible()
    ]


def test_a_page_that_is_bookmarked_is_found_in_the_menu_and_on_the_start_page(
    launch: Launch, marked_sites: Sites
) -> None:
    learner = launch(address=marked_sites("scorm12"), viewport={"width": 1440, "height": 900})
    assert listed(learner, "[data-menu-nav]") == listed(learner, "#start") == []
    expect(learner.course.get_by_role("heading", name="Bokmärken")).to_have_count(0)
    learner.go("fyra")
    button(learner).click()
    expect(button(learner)).to_have_attribute("aria-pressed", "true")
    words = "Sidan är bokmärkt. Du hittar den under Bokmärken i menyn."
    expect(told(learner)).to_have_text(words)
    expect(learner.course.locator("[data-say]")).to_have_text(words)
    learner.go("tva")
    # What was told is about another page.
    expect(told(learner)).to_have_text("")
    expect(button(learner)).to_have_attribute("aria-pressed", "false")
    button(learner).click()
    # In the order of the course.
    assert listed(learner, "[data-menu-nav]") == ["Två & tre", "Fyra"]
    learner.go("start")
    assert listed(learner, "#start") == ["Två & tre", "Fyra"]
    learner.course.locator("#start [data-bookmarks]").get_by_role("link", name="Fyra").click()
    learner.wait("document.querySelector('[data-now]').id === 'fyra'")
    button(learner).click()
    expect(told(learner)).to_have_text("Bokmärket är borttaget.")
    assert listed(learner, "[data-menu-nav]") == ["Två & tre"]


def test_bookmarks_are_kept_in_the_lms_and_cost_nothing_without_any(
    launch: Launch, marked_sites: Sites
) -> None:
    learner = launch(address=marked_sites("scorm12"))
    learner.go("ett")
    button(learner).click()
    learner.settle()
    marked = learner.leave()
    # The start page is the first of the lock, and this one the second: 01000.
    assert ".-8." in marked["suspendData"]
    assert read_resume(marked["suspendData"]).bookmarks == {1}
    again = launch(address=marked_sites("scorm12"), saved=marked)
    expect(button(again)).to_have_attribute("aria-pressed", "true")
    button(again).click()
    again.settle()
    plain = again.leave()["suspendData"]
    assert len(plain) == len(marked["suspendData"]) - len("-8")
    assert read_resume(plain).bookmarks == set()


def test_what_was_bookmarked_in_one_tab_and_taken_away_in_another_is_gone_in_both(
    browser: Browser, marked_sites: Sites
) -> None:
    context = browser.new_context()
    try:
        here, there = (Learner(context.new_page(), marked_sites("web"), in_frame=False) for _ in range(2))
        for learner in (here, there):
            learner.page.goto(f"{learner.address}/package/index.html#ett")
            learner.wait("document.documentElement.hasAttribute('data-later')")
            learner.settle()
        button(here).click()
        here.settle()
        # The other tab learns of it with its next save.
        there.go("tva")
        expect(there.course.locator("[data-menu-nav] [data-bookmarks] a")).to_have_count(1)
        there.go("ett")
        button(there).click()
        there.settle()
        here.go("fyra")
        expect(here.course.locator("[data-menu-nav] [data-bookmarks] a")).to_have_count(0)
    finally:
        context.close()


def test_bookmarks_are_named_in_the_language_that_is_shown(launch: Launch, translated: str) -> None:
    learner = launch(address=translated, locale="sv-SE", viewport={"width": 1440, "height": 900})
    learner.go("audio")
    button(learner).click()
    (swedish,) = listed(learner, "[data-menu-nav]")
    speak(learner, "en")
    (english,) = listed(learner, "[data-menu-nav]")
    assert english == learner.course.locator("#audio").get_attribute("data-title") != swedish
    expect(learner.course.get_by_role("button", name="Bookmark this page")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_by_keyboard_focus_stays_on_what_was_pressed(launch: Launch, marked_sites: Sites) -> None:
    learner = launch(address=marked_sites("scorm12"))
    learner.go("ett")
    for state in ("true", "false"):
        button(learner).focus()
        learner.page.keyboard.press("Space")
        expect(button(learner)).to_have_attribute("aria-pressed", state)
        expect(button(learner)).to_be_focused()


def test_pages_that_belong_to_no_part_have_no_bookmark(launch: Launch, marked_sites: Sites) -> None:
    learner = launch(address=marked_sites("scorm12"))
    learner.go("om")
    expect(button(learner)).to_have_count(0)
    learner.go("ett")
    expect(button(learner)).to_be_visible()


def test_a_link_to_the_page_is_copied_without_what_a_launch_added(
    launch: Launch, marked_sites: Sites
) -> None:
    address = marked_sites("web")
    learner = launch(
        None,
        address=address,
        path="/package/index.html?auth=secret",
        permissions=["clipboard-read", "clipboard-write"],
    )
    learner.go("tva")
    button(learner, "Kopiera länk till sidan").click()
    expect(told(learner)).to_have_text("Länken är kopierad.")
    assert learner.page.evaluate("navigator.clipboard.readText()") == f"{address}/package/index.html#tva"
    expect(learner.course.locator("[data-address]")).to_be_hidden()


def test_a_link_that_cannot_be_copied_is_there_to_be_copied_by_hand(
    launch: Launch, marked_sites: Sites
) -> None:
    address = marked_sites("web")
    learner = launch(None, address=address)
    learner.go("tva")
    learner.page.evaluate(REFUSE)
    button(learner, "Kopiera länk till sidan").click()
    expect(told(learner)).to_contain_text("Länken kunde inte kopieras.")
    field = learner.course.get_by_label("Sidans adress")
    expect(field).to_be_focused()
    assert learner.page.evaluate("getSelection().toString()") == f"{address}/package/index.html#tva"
    learner.go("ett")
    expect(field).to_be_hidden()


def test_in_an_lms_and_from_disk_no_link_is_offered(
    launch: Launch, marked_sites: Sites, tmp_path: Path
) -> None:
    """An address in an LMS opens nothing for anybody else, nor does one of a file."""
    learner = launch(address=marked_sites("scorm12"))
    learner.go("ett")
    expect(button(learner, "Kopiera länk till sidan")).to_have_count(0)
    folder = tmp_path / "course"
    write_small(folder, [a_page("ett")])
    disk = launch(None, address=unpacked(folder, tmp_path, "web").as_uri())
    expect(button(disk)).to_be_visible()
    expect(button(disk, "Kopiera länk till sidan")).to_have_count(0)
    # And nobody is written to where the course has no address.
    expect(disk.course.locator("a[href^='mailto:']")).to_have_count(0)


def test_a_mail_about_the_page_has_course_page_and_version_and_nothing_else(
    launch: Launch, marked_sites: Sites
) -> None:
    learner = launch(address=marked_sites("scorm12"))
    learner.go("tva")
    link = learner.course.get_by_role("link", name="Tyck till om sidan")
    mail = urlsplit(link.get_attribute("href") or "")
    assert (mail.scheme, mail.path) == ("mailto", "kurs@example.org")
    # The neutral title: whoever sees the mail is not to see what the course is about.
    assert parse_qs(mail.query) == {"subject": ["Synpunkt: Två & tre (Utbildning, version 1.0.0)"]}
    expect(link).to_have_accessible_description(
        "Tyck till öppnar ditt mejlprogram med ett nytt mejl till kurs@example.org. "
        "Inget skickas förrän du själv skickar det, och dina svar följer inte med."
    )


def test_a_question_mark_shows_the_keys(launch: Launch, marked_sites: Sites) -> None:
    learner = launch(address=marked_sites("scorm12"))
    keys = learner.course.get_by_role("dialog", name="Tangentbord")
    heading = learner.course.locator("#ett h1")
    learner.go("ett")
    heading.focus()
    learner.page.keyboard.press("?")
    expect(keys).to_be_visible()
    expect(keys.locator("[data-close]")).to_be_focused()
    expect(keys.locator("dt")).to_have_text(
        ["Tabb", "Retur", "Mellanslag", "Piltangenter", "Home, End", "Esc", "?"]
    )
    learner.page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(heading).to_be_focused()
    # In a field it is a letter like others.
    learner.course.locator(".top [data-open=search]").click()
    learner.page.keyboard.press("?")
    expect(learner.course.locator("[data-find]")).to_have_value("?")
    expect(keys).to_be_hidden()


def test_the_question_mark_can_be_switched_off(launch: Launch, marked_sites: Sites) -> None:
    """WCAG 2.1.4."""
    learner = launch(None, address=marked_sites("web"))
    keys = learner.course.get_by_role("dialog", name="Tangentbord")
    learner.course.locator(".top [data-open=settings]").click()
    learner.course.get_by_label("Frågetecken (?) visar tangenterna").uncheck()
    learner.page.keyboard.press("Escape")
    learner.page.reload()
    learner.wait("document.documentElement.hasAttribute('data-later')")
    learner.page.keyboard.press("?")
    expect(keys).to_be_hidden()
    # The panel still has them.
    learner.course.locator(".top [data-open=settings]").click()
    learner.course.get_by_role("button", name="Visa tangenterna").click()
    expect(keys).to_be_visible()


def test_behind_the_quick_exit_no_key_shows_the_course(launch: Launch) -> None:
    learner = launch()
    keys = learner.course.locator("#d-keys")
    learner.course.locator("h1").first.focus()
    learner.page.keyboard.press("?")
    # This course has the quick exit.
    expect(keys.locator("dt", has_text="Skift, tre gånger")).to_be_visible()
    learner.page.keyboard.press("Escape")
    learner.course.locator(".top [data-exit]").click()
    learner.page.keyboard.press("?")
    expect(keys).to_be_hidden()


@pytest.mark.share(2)
@pytest.mark.parametrize(("width", "size"), [(320, "1"), (360, "2"), (1440, "1")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_of_it_passes_axe_and_fits(
    launch: Launch, marked_sites: Sites, axe: Axe, width: int, size: str, scheme: str
) -> None:
    learner = launch(
        None, address=marked_sites("web"), viewport={"width": width, "height": 740}, color_scheme=scheme
    )
    learner.course.evaluate(f"document.documentElement.style.setProperty('--size', '{size}')")
    learner.course.evaluate("dispatchEvent(new Event('resize'))")
    learner.go("tva")
    button(learner).click()
    learner.page.evaluate(REFUSE)
    button(learner, "Kopiera länk till sidan").click()
    expect(learner.course.locator("[data-address]")).to_be_visible()
    for dialog in ("", "menu", "settings", "keys"):
        if dialog and (dialog != "menu" or width < 1200):
            learner.course.evaluate(f"document.querySelector('[data-open={dialog}]').click()")
            expect(learner.course.locator(f"#d-{dialog}")).to_be_visible()
        assert axe(learner.course) == []
        assert learner.course.evaluate("document.documentElement.scrollWidth <= innerWidth")
        learner.page.keyboard.press("Escape")
