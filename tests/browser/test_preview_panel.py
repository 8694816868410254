"""The panel of the preview: by keyboard and axe in both languages, and that each act shows what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from panels import WIDTHS, Panel, Scheme, panel_in, panel_of
from playwright.sync_api import Browser, Frame, Page, expect
from small import a_page, questions, write_small

from coursepack.preview.run import preview_course

Axe = Callable[[Frame], list[str]]

DIALOGS = ("lmses", "own", "looks", "problems", "commands")
TABS = ("calls", "data", "state", "page")
TEXT = "Den första sidan har ett stycke.\n"
WRONG = "```choice\nid: q9\nquestion: Vad?\n```\n"


Open = Callable[..., Panel]


@pytest.fixture
def open_panel(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the panel on a small course."""
    folder = write_small(tmp_path / "course", [a_page("p1", TEXT), a_page("p2", questions([1, 2]))])
    with ExitStack() as stack:

        def start(language: str = "en", target: str = "scorm12", **more: Any) -> Panel:
            preview = preview_course(folder, target, language, panel_in(language))
            return stack.enter_context(panel_of(browser, folder, preview, language, **more))

        yield start


def problems(axe: Axe, panel: Panel) -> list[str]:
    """What axe finds in the panel; the course has its own tests."""
    return [each for each in axe(panel.page.main_frame) if "#frame" not in each]


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.share(2)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_panel_passes_axe_in_every_state(
    open_panel: Open, axe: Axe, language: str, scheme: Scheme, width: str
) -> None:
    panel = open_panel(language, width=width, scheme=scheme)
    page = panel.page
    expect(page.locator("#first")).to_be_visible()
    panel.is_launched() if width != "narrow" else expect(panel.course.locator("h1:visible")).to_be_visible()
    assert problems(axe, panel) == []
    assert sideways(page) == 0
    page.locator("#got-it").click()
    expect(page.locator("#first")).to_be_hidden()
    if width == "narrow":
        page.locator("nav [data-pane=lms]").click()
    for tab in TABS[: None if width != "wide" else 3]:
        page.locator(f"#tab-{tab}").click()
        expect(page.locator(f"#panel-{tab}")).to_be_visible()
        assert problems(axe, panel) == [], tab
        assert sideways(page) == 0
    for dialog in DIALOGS:
        page.evaluate("(id) => document.getElementById(id).showModal()", dialog)
        assert problems(axe, panel) == [], dialog
        panel.press("Escape")
        expect(page.locator(f"#{dialog}")).to_be_hidden()
    if width == "narrow":
        page.locator("nav [data-pane=course]").click()
    panel.write("p1", WRONG)
    expect(page.locator("#error")).to_be_visible()
    assert problems(axe, panel) == []
    assert sideways(page) == 0


def test_words_and_numbers_of_the_panel_are_of_its_language(open_panel: Open) -> None:
    panel = open_panel("sv")
    panel.is_launched()
    expect(panel.page.locator("html")).to_have_attribute("lang", "sv")
    expect(panel.notes.first).to_have_text(re.compile(r"0,\d\d\s*Startad i Sträng"))
    expect(panel.page).to_have_title(re.compile("^Förhandsvisning: "))


def test_the_title_of_the_page_is_in_the_language_that_is_read(browser: Browser, tmp_path: Path) -> None:
    folder = write_small(
        tmp_path / "course",
        [a_page("p1", TEXT), a_page("p2", questions([1, 2]))],
        head="translations: [en]",
        files={
            "translations/en/translation.yaml": "title: Trial\ntitles: {p1: First}\n",
            "translations/en/pages/p1.md": "The first page has a paragraph.\n",
        },
    )
    preview = preview_course(folder, "scorm12", "en", panel_in("en"))
    with panel_of(browser, folder, preview) as panel:
        panel.is_launched()
        title = panel.page.locator("#title")
        for language, first in (("en", "First"), ("sv", "P1"), ("en", "First")):
            panel.go("p1")
            panel.course.locator(f"[data-language={language}]").first.dispatch_event("click")
            expect(title).to_have_text(first)
            expect(title).to_have_attribute("lang", language)
        panel.go("p2")
        # It is not translated.
        expect(title).to_have_text("P2")
        expect(title).to_have_attribute("lang", "sv")


# By keyboard


def test_everything_is_reached_by_tab_in_the_order_of_the_panes(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    page.locator("#got-it").click()
    page.locator(".skip").focus()
    seen = ["skip"]
    for _ in range(80):
        panel.press("Tab")
        at = page.evaluate(
            "(() => { const at = document.activeElement; return at.closest('.top, .notes, .stage, .lms, .status, .skip')"
            "?.className.split(' ').pop() ?? ''; })()"
        )
        if not at:
            break
        if seen[-1] != at:
            seen.append(at)
    assert seen == ["skip", "top", "notes", "stage", "lms", "status"]


def test_f6_goes_through_the_panes_also_from_the_course(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    page.locator("#edit").focus()
    for at in ("notes", "frame", "chooser", "sum-button", "edit"):
        if at == "chooser":
            # The course has the keys now, as when somebody has clicked in it.
            panel.course.locator("h1:visible").first.click()
        panel.press("F6")
        expect(page.locator(f"#{at}")).to_be_focused()


def test_commands_are_found_and_done_by_keyboard(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    panel.course.locator("h1:visible").first.click()
    panel.press("Control+k")
    expect(page.locator("#search-commands")).to_be_focused()
    page.keyboard.type("width phone")
    expect(page.locator("#command-list tr:visible")).to_have_count(1)
    panel.press("Enter")
    expect(page.locator("#commands")).to_be_hidden()
    expect(page.locator("button[data-width=phone]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#size")).to_have_text(re.compile("^360 × "))


def test_each_act_is_a_command(open_panel: Open) -> None:
    panel = open_panel()
    panel.press("Control+k")
    acts = panel.page.locator("[data-act]").all_inner_texts()
    commands = panel.page.locator("#command-list button").all_inner_texts()
    assert len(acts) == 10
    assert [each.strip() for each in acts] == commands[-10:]


def test_tabs_are_chosen_by_arrows(open_panel: Open) -> None:
    panel = open_panel()
    page = panel.page
    page.locator("#tab-calls").focus()
    for key, tab in (
        ("ArrowRight", "data"),
        ("End", "state"),
        ("ArrowRight", "calls"),
        ("ArrowLeft", "state"),
    ):
        panel.press(key)
        expect(page.locator(f"#tab-{tab}")).to_be_focused()
        expect(page.locator(f"#panel-{tab}")).to_be_visible()
        expect(page.locator("[role=tabpanel]:visible")).to_have_count(1)


def test_the_panes_of_a_narrow_window_take_turns(open_panel: Open) -> None:
    panel = open_panel(width="narrow")
    page = panel.page
    expect(panel.course.locator("h1:visible")).to_be_visible()
    expect(page.locator("#lms")).to_be_hidden()
    page.locator("#edit").focus()
    panel.press("F6")
    expect(page.locator("#frame")).to_be_focused()
    panel.press("F6")
    expect(page.locator("#chooser")).to_be_focused()
    expect(page.locator("#course")).to_be_hidden()
    expect(page.locator("nav [data-pane=lms]")).to_have_attribute("aria-pressed", "true")


def test_f9_leaves_the_course_alone(open_panel: Open) -> None:
    panel = open_panel()
    for is_alone in (True, False):
        panel.press("F9")
        expect(panel.page.locator("#alone")).to_have_attribute("aria-pressed", str(is_alone).lower())
        expect(panel.page.locator("#lms")).to_be_visible(visible=not is_alone)


def test_the_view_is_kept_in_the_address(open_panel: Open) -> None:
    panel = open_panel()
    page = panel.page
    page.locator("button[data-width=tablet]").click()
    page.locator("#tab-data").click()
    page.reload()
    expect(page.locator("button[data-width=tablet]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#panel-data")).to_be_visible()


# What was saved


def test_a_mistake_is_shown_over_the_last_good_page_and_goes_by_itself(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    panel.go("p1")
    page.locator("#search-calls").focus()
    panel.write("p1", TEXT + WRONG)
    error = page.locator("#error")
    expect(error).to_be_visible()
    expect(page.locator("#error-what")).to_have_text("The field 'answers' is missing")
    expect(page.locator("#error-place")).to_have_text("pages/p1.md:3")
    expect(page.locator("#say")).to_contain_text("It cannot be shown: the field 'answers' is missing.")
    # It takes no focus, and the page behind it is that of before.
    expect(page.locator("#search-calls")).to_be_focused()
    expect(panel.course.get_by_text(TEXT.strip())).to_be_visible()
    panel.press("Escape")
    expect(page.locator("#error-body")).to_be_hidden()
    expect(page.locator("#error-what")).to_be_visible()
    panel.press("F8")
    expect(page.locator("#error-open")).to_be_focused()
    panel.write("p1", TEXT + "\nEtt nytt stycke.\n")
    expect(error).to_be_hidden()
    expect(panel.course.get_by_text("Ett nytt stycke.")).to_be_visible()
    expect(page.locator("#say")).to_have_text(
        re.compile(r"^pages/p1\.md saved \d\d:\d\d:\d\d, shown after \d+\.\d\d s$")
    )


def test_errors_are_gone_through_and_summed_up(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    panel.write("p1", TEXT + WRONG + WRONG.replace("q9", "q8"))
    expect(page.locator("#error-of")).to_have_text("1 of 2")
    expect(page.locator("#sum")).to_have_text("2 errors, 0 warnings")
    panel.press("F8")
    panel.press("F8")
    expect(page.locator("#error-of")).to_have_text("2 of 2")
    expect(page.locator("#error-place")).to_have_text("pages/p1.md:7")
    page.locator("#sum-button").click()
    expect(page.locator("#problem-list li.error")).to_have_count(2)


def test_a_source_is_never_read_as_html(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.write("p1", "```choice\n<img/src=x>: 1\n```\n")
    expect(panel.page.locator("#error")).to_be_visible()
    expect(panel.page.locator("#error img")).to_have_count(0)


# The source


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that writes down what it is asked to open."""
    opened = tmp_path / "opened.txt"
    programs = tmp_path / "bin"
    programs.mkdir()
    code = programs / "code"
    code.write_text(f'#!/bin/sh\necho "$@" >> "{opened}"\n', "utf-8")
    code.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    return opened


@pytest.fixture
def no_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without an editor that the preview knows."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)


def test_a_text_that_is_clicked_with_alt_opens_in_the_editor(open_panel: Open, editor: Path) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.go("p1")
    panel.course.get_by_text(TEXT.strip()).click(modifiers=["Alt"])
    expect(panel.page.locator("#say")).to_have_text("Opened in VS Code: pages/p1.md:1")
    expect(panel.page.locator("#source")).to_be_hidden()
    assert editor.read_text("utf-8") == f"-g {(panel.folder / 'pages/p1.md').resolve()}:1\n"


@pytest.mark.usefixtures("no_editor")
def test_without_an_editor_the_source_is_shown_with_the_line(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.go("p1")
    panel.course.get_by_text(TEXT.strip()).click(modifiers=["Alt"])
    source = panel.page.locator("#source")
    expect(source).to_be_visible()
    expect(panel.page.locator("#source-place")).to_have_text("pages/p1.md:1")
    expect(source.locator(".at")).to_have_text(f"1{TEXT.strip()}")
    panel.press("Escape")
    expect(source).to_be_hidden()


def test_a_mistake_is_underlined_in_its_line_which_opens(open_panel: Open, editor: Path) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    panel.write("p1", TEXT + "\n```choice\nid: q9\nquestion: Vad?\nanswrs: []\n```\n")
    error = page.locator("#error")
    expect(error.locator("mark", has_text=re.compile("^answrs$"))).to_be_visible()
    expect(error.locator(".at.bad")).to_have_text("6answrs: []")
    expect(page.locator("#error-place")).to_have_text("pages/p1.md:6")
    page.locator("#error-open").click()
    expect(page.locator("#say")).to_have_text("Opened in VS Code: pages/p1.md:6")
    assert editor.read_text("utf-8").endswith("pages/p1.md:6\n")


def test_a_misspelt_word_is_corrected_by_a_button_and_the_file_is_otherwise_the_same(
    open_panel: Open,
) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    good = (panel.folder / "pages/p2.md").read_text("utf-8")
    panel.write("p2", good.replace("answers:", "answrs:", 1))
    page.locator("#error-fix").click()
    expect(page.locator("#say")).to_contain_text("Written to pages/p2.md:")
    expect(page.locator("#error")).to_be_hidden()
    assert (panel.folder / "pages/p2.md").read_text("utf-8") == good
    expect(page.locator("#undo")).to_be_visible()


def test_a_mistake_without_a_proposal_has_no_button_for_it(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.write("p1", WRONG)
    expect(panel.page.locator("#error-lines .at")).to_be_visible()
    expect(panel.page.locator("#error-fix")).to_be_hidden()


def test_a_text_is_changed_where_it_is_and_the_change_undone(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    source = panel.folder / "pages/p1.md"
    panel.go("p1")
    panel.press("F2")
    expect(page.locator("#edit")).to_have_attribute("aria-pressed", "true")
    text = panel.course.locator("#p1 p[data-edit]").first
    text.click()
    expect(text).to_be_focused()
    panel.press("End")
    page.keyboard.type(" Och ett ord till.")
    panel.press("Control+Enter")
    expect(page.locator("#say")).to_have_text("Written to pages/p1.md:1: one line changed.")
    assert source.read_text("utf-8") == "Den första sidan har ett stycke. Och ett ord till.\n"
    expect(text).to_have_text("Den första sidan har ett stycke. Och ett ord till.")
    # It is shown again by then, and the way back is still there.
    page.wait_for_function("() => performance.getEntriesByName(location.origin + '/course.json').length > 1")
    page.locator("#undo").click()
    expect(page.locator("#say")).to_contain_text("Undone: pages/p1.md is as it was.")
    assert source.read_text("utf-8") == TEXT
    expect(page.locator("#undo")).to_be_hidden()


def test_texts_can_still_be_changed_when_the_course_was_launched_again(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.go("p1")
    panel.press("F2")
    panel.act("resume")
    expect(panel.notes.last).to_contain_text(panel.said("resume"))
    expect(panel.course.locator("html")).to_have_class(re.compile("cp-edit"))


def test_a_text_that_cannot_be_changed_here_has_a_reason_and_a_way_out(open_panel: Open) -> None:
    panel = open_panel()
    panel.write("p1", "Ett stycke med en formel: $`x`$.\n")
    panel.page.reload()
    panel.is_launched()
    panel.go("p1")
    panel.press("F2")
    panel.course.locator("#p1 p").get_by_text("med en formel").click(position={"x": 4, "y": 4})
    expect(panel.page.locator("#say")).to_contain_text("Nothing was changed.")
    reason = panel.page.locator("#say").inner_text().removeprefix("Nothing was changed. ")
    expect(panel.course.locator(".cp-bar p")).to_have_text(reason)


# The LMS


def test_a_save_is_one_row_with_what_was_written(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    before = panel.rows.count()
    panel.go("p2")
    expect(panel.rows).to_have_count(before + 1)
    row = panel.rows.last
    expect(row.locator("b")).to_have_text("Commit")
    expect(row.locator(".k", has_text="lesson_location")).to_have_count(1)
    expect(row.locator(".v", has_text="p2")).to_have_count(1)
    expect(row.locator(".r")).to_have_text("true")


def test_data_have_what_they_were_and_how_often_they_were_written(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    page.locator("#tab-data").click()
    panel.go("p1")
    row = page.locator("#data tr", has_text="cmi.core.lesson_location")
    expect(row.locator("b")).to_have_text("p1")
    panel.go("p2")
    expect(row.locator("b")).to_have_text("p2")
    expect(row.locator(".was")).to_have_text(re.compile("^was p1, written 2 times$"))
    expect(page.locator("#data tr.new", has_text="student_id")).to_have_count(0)


def test_the_state_is_explained(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    panel.go("p1")
    page.locator("#tab-state").click()
    opened = page.locator("#pages li:not(.no)")
    expect(opened).to_have_count(1)
    panel.go("p2")
    expect(opened).to_have_count(2)
    expect(page.locator("#pages li", has_text="(here)")).to_contain_text("p2")
    raw = page.locator("#raw").inner_text()
    expect(page.locator("#room")).to_have_text(
        re.compile(rf"^{len(raw)} of 4,0\d\d characters\. The course can never need more than \d+\.$")
    )
    expect(page.locator("#means")).to_contain_text("Opened: 2 of 2.")


def test_leaving_and_coming_back_resumes(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.go("p2")
    panel.act("resume")
    expect(panel.notes.last).to_contain_text(panel.said("resume"))
    expect(panel.rows.last.locator("b")).to_have_text(re.compile("Initialize|Commit"))
    expect(panel.course.locator("#p2")).to_be_visible()
    expect(panel.page.locator("#file")).to_have_text("pages/p2.md")


@pytest.mark.parametrize("name", ["new", "other", "wipe"])
def test_a_state_that_is_gone_begins_again(open_panel: Open, name: str) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.go("p2")
    expect(panel.page.locator("#file")).to_have_text("pages/p2.md")
    panel.act(name)
    expect(panel.notes.last).to_contain_text(panel.said(name))
    # The course begins with its cover, and nothing is opened.
    expect(panel.page.locator("#title")).to_have_text("Startsida" if name != "wipe" else "P2")
    panel.page.locator("#tab-state").click()
    expect(panel.page.locator("#pages li:not(.no)")).to_have_count(0 if name != "wipe" else 1)


@pytest.mark.parametrize("name", ["review", "browse"])
def test_a_launch_in_another_mode_says_so_to_the_course(open_panel: Open, name: str) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.act(name)
    expect(panel.notes.last).to_contain_text(panel.said(name))
    panel.page.locator("#tab-data").click()
    row = panel.page.locator("#data tr", has_text="cmi.core.lesson_mode")
    expect(row.locator("b")).to_have_text(name)


def test_the_next_save_fails_and_only_that(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    button = panel.act("fail")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(panel.notes.last).to_contain_text(panel.said("fail_on"))
    panel.go("p2")
    failed = page.locator("#calls tr.bad")
    expect(failed.first.locator(".r")).to_have_text("101 false")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#count-calls")).to_have_text("1 error")
    page.locator("[data-show=errors]").click()
    expect(page.locator("#calls tr:not(.say)")).to_have_count(1)


def test_a_network_that_is_gone_stays_gone_and_comes_back(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    button = panel.act("network")
    expect(button).to_have_attribute("aria-pressed", "true")
    panel.go("p2")
    expect(panel.page.locator("#calls tr.bad").first).to_be_visible()
    panel.act("network")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(panel.notes.last).to_contain_text(panel.said("network_off"))


def test_a_slow_save_has_its_time(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.act("slow")
    expect(panel.notes.last).to_contain_text(panel.said("slow_on"))
    panel.go("p2")
    expect(panel.rows.last.locator(".r .num")).to_have_text(re.compile(r"^\d[\d,]* ms$"))


def test_an_ended_session_refuses_everything(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.act("expire")
    expect(panel.notes.last).to_contain_text(panel.said("expire"))
    panel.go("p2")
    expect(panel.page.locator("#calls tr.bad").first).to_be_visible()


def test_an_lms_is_chosen_with_its_quirks(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    expect(page.locator("#lms-name")).to_have_text("Strict (refuses all it may) · SCORM 1.2")
    page.locator("#chooser").click()
    expect(page.locator("#search-lms")).to_be_focused()
    page.keyboard.type("ilias")
    expect(page.locator("#lms-list label:visible")).to_have_count(1)
    page.locator("#lms-list label:visible").click()
    boxes = page.locator("#lms-quirks input")
    assert boxes.count() > 1
    # Each says how it is known, and when.
    for small in page.locator("#lms-quirks small").all_inner_texts():
        assert re.search(r"\d{4}-\d\d", small), small
    boxes.first.uncheck()
    page.locator("#restart").click()
    expect(page.locator("#lms-name")).to_have_text(re.compile("^ILIAS.* · SCORM 1.2$"))
    expect(panel.notes.last).to_have_text(re.compile("Launched in ILIAS"))
    page.locator("#chooser").click()
    expect(page.locator("#lms-quirks input").first).not_to_be_checked()


OWN_PROFILE = """name: ours
title: Our LMS
quirks: [no-optional-elements, booleans]
facts:
  - id: size
    what: {en: Our LMS takes packages of up to 10 MB.}
    test: {largest: 10 MB}
    severity: error
    source: https://lms.example.org/help
    date: 2026-11
"""


def test_an_own_profile_is_checked_and_launched_in(open_panel: Open, tmp_path: Path) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    page.locator("#chooser").click()
    page.get_by_role("button", name="Own profile").click()
    expect(page.locator("#own-text")).to_be_focused()
    page.locator("#own-text").fill(OWN_PROFILE.replace("booleans", "boleans"))
    page.locator("#own-check").click()
    fault = page.locator("#own-problems li")
    expect(fault).to_have_text("Line 3: 'boleans' is not a quirkDid you mean 'booleans'?")
    fault.get_by_role("button").click()
    expect(page.locator("#own-text")).to_be_focused()
    chosen = page.evaluate(
        "(() => { const at = document.activeElement; return at.value.slice(at.selectionStart, at.selectionEnd); })()"
    )
    assert chosen == "quirks: [no-optional-elements, boleans]"
    file = tmp_path / "ours (1).yaml"
    file.write_text(OWN_PROFILE, "utf-8")
    page.locator("#own-file").set_input_files(file)
    expect(page.locator("#own-text")).to_have_value(OWN_PROFILE)
    expect(fault).to_have_count(0)
    page.locator("#own-check").click()
    expect(page.locator("#own")).to_be_hidden()
    expect(page.locator("#lms-name")).to_have_text("Our LMS · SCORM 1.2")
    expect(panel.notes.last).to_contain_text("Launched in Our LMS.")
    stage = next(each for each in page.frames if each.url.endswith("/stage"))
    # The quirk `booleans`: the answers are no texts.
    stage.wait_for_function("window.API?.LMSCommit('') === true")
    # It is one of them now, until the preview ends.
    page.reload()
    expect(page.locator("#lms-name")).to_have_text("Our LMS · SCORM 1.2")
    page.locator("#chooser").click()
    expect(page.locator("#lms-quirks input:checked")).to_have_count(2)


def test_another_standard_is_shown_by_its_package(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    page.locator("#chooser").click()
    page.locator("#target").select_option("xapi")
    page.locator("#restart").click()
    expect(page.locator("#lms-name")).to_have_text(re.compile("· xAPI$"))
    expect(page.locator("#calls .k", has_text="learner-1").first).to_be_visible()
    expect(page.locator("[data-act=review]")).to_be_disabled()
    page.locator("#calls summary").first.click()
    shown = page.locator("#calls details[open] pre").inner_text()
    assert json.loads(shown)


def test_calls_are_searched_and_exported(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    page.locator("[data-show=all]").click()
    page.locator("#search-calls").fill("lesson_status")
    expect(page.locator("#calls tr:not(.say)", has_not_text="lesson_status")).to_have_count(0)
    expect(page.locator("#calls tr:not(.say)").first).to_be_visible()
    page.locator("#search-calls").fill("no such call")
    expect(page.locator("#no-calls")).to_have_text("Nothing to show with this search and choice.")
    expect(page.locator("#no-calls")).to_be_visible()
    with page.expect_download() as waiting:
        page.locator("#export").click()
    saved = json.loads(Path(waiting.value.path()).read_text("utf-8"))
    assert {each["kind"] for each in saved} == {"call", "note"}
    assert saved[1]["name"] == "LMSInitialize"


# Looks


def test_looks_are_those_of_the_course_and_not_of_the_panel(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    panel.go("p1")
    before = panel.course.locator(":root").evaluate("getComputedStyle(document.documentElement).fontSize")
    page.locator("[data-open=looks]").click()
    for name in ("large", "rtl", "outline"):
        page.locator(f"#looks [name={name}]").check()
    page.locator("#looks [value=dark]").check()
    panel.press("Escape")
    root = panel.course.locator("html")
    expect(root).to_have_attribute("dir", "rtl")
    expect(root).to_have_attribute("data-light", "dark")
    expect(root).to_have_css("font-size", f"{2 * float(before.removesuffix('px')):g}px")
    outline = page.locator("#notes .outline")
    expect(outline.locator("li", has_text="heading 1")).to_have_text(re.compile("^heading 1\\s+P1$"))
    expect(page.locator("html")).to_have_css("font-size", "16px")
    page.locator("[data-open=looks]").click()
    for name in ("large", "rtl", "outline"):
        page.locator(f"#looks [name={name}]").uncheck()
    page.locator("#looks [value=system]").check()
    panel.press("Escape")
    expect(root).to_have_attribute("dir", "ltr")
    expect(root).not_to_have_attribute("data-light", "dark")
    expect(root).to_have_css("font-size", before)
    expect(outline).to_have_count(0)


def test_a_course_without_scripts_is_the_document_alone(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    page.locator("[data-open=looks]").click()
    page.locator("#looks [name=no-scripts]").check()
    panel.press("Escape")
    # Both pages stand below each other, as they do in the document.
    expect(panel.course.locator("#p1")).to_be_visible()
    expect(panel.course.locator("#p2")).to_be_visible()
    page.locator("[data-open=looks]").click()
    page.locator("#looks [name=no-scripts]").uncheck()
    panel.press("Escape")
    expect(panel.course.locator("#p2")).to_be_hidden()


@pytest.mark.share(1)
@pytest.mark.parametrize("target", ["scorm12", "scorm2004", "xapi", "cmi5"])
def test_a_course_without_an_lms_says_that_nothing_is_saved(open_panel: Open, target: str) -> None:
    panel = open_panel(target=target)
    saved = panel.course.locator("[data-save]").first
    expect(saved).to_have_attribute("data-state", "yes")
    page = panel.page
    page.locator("[data-open=looks]").click()
    page.locator("#looks [name=no-saving]").check()
    panel.press("Escape")
    expect(saved).to_have_attribute("data-state", "no")
    page.locator("[data-open=looks]").click()
    page.locator("#looks [name=no-saving]").uncheck()
    panel.press("Escape")
    expect(saved).to_have_attribute("data-state", "yes")


def test_a_slow_line_brings_the_same_package(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    page.locator("[data-open=looks]").click()
    with page.expect_response("**/line") as answer:
        page.locator("#looks [name=slow]").check()
    assert answer.value.ok
    assert panel.preview.front.line.slow
    panel.press("Escape")
    panel.act("resume")
    expect(panel.notes.last).to_contain_text(panel.said("resume"))
    expect(panel.course.locator("h1:visible").first).to_be_visible()
    with page.expect_response("**/line"):
        page.reload()
    assert not panel.preview.front.line.slow


def set_line(panel: Panel, *, lost: bool) -> None:
    panel.page.locator("[data-open=looks]").click()
    with panel.page.expect_response("**/line") as answer:
        panel.page.locator("#looks [name=no-line]").set_checked(lost)
    assert answer.value.ok
    panel.press("Escape")


def test_without_a_line_what_has_not_come_does_not_come(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    shown = panel.course.locator("h1:visible").first
    set_line(panel, lost=True)
    # What is there already stays.
    expect(shown).to_be_visible()
    with panel.page.expect_event("requestfailed", lambda request: "/package/" in request.url):
        panel.act("resume")
    expect(shown).not_to_be_visible()
    set_line(panel, lost=False)
    panel.act("resume")
    expect(shown).to_be_visible()


# What is not to be trusted, and what ends


def test_the_stage_is_only_heard_as_text_and_from_its_own_origin(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    page = panel.page
    html = "<img src=x onerror=alert(1)>"
    stage = next(each for each in page.frames if each.url.endswith("/stage"))
    send = "(message) => parent.postMessage(message, '*')"
    stage.evaluate(send, {"kind": "page", "id": "none", "title": html})
    expect(page.locator("#title")).to_have_text(html)
    call = {"kind": "call", "name": html, "given": [html], "result": html, "error": "101", "ms": 1, "at": 1}
    stage.evaluate(send, call)
    expect(page.locator("#calls tr.bad")).to_contain_text(html)
    expect(page.locator("#calls img, #title img")).to_have_count(0)
    # The course's own frame is not the stage, and the panel does not hear it.
    panel.course.locator(":root").evaluate(
        "(root, m) => top.postMessage(m, '*')", {"kind": "page", "id": "x", "title": "forged"}
    )
    page.evaluate("(m) => postMessage(m, '*')", {"kind": "page", "id": "x", "title": "forged"})
    stage.evaluate(send, {"kind": "page", "id": "none", "title": "after"})
    expect(page.locator("#title")).to_have_text("after")


def test_a_package_cannot_lead_the_panel_away(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    address = panel.page.url
    refused = panel.course.locator(":root").evaluate(
        "(() => { try { top.location.href = 'about:blank'; return ''; } catch (error) { return error.name; } })()"
    )
    assert refused == "SecurityError"
    assert panel.page.url == address


def test_a_preview_that_has_ended_says_so_and_the_page_stays(open_panel: Open) -> None:
    panel = open_panel()
    panel.is_launched()
    panel.page.route("**/events", lambda route: route.abort())
    panel.preview.front.events.end()
    expect(panel.page.locator("#say")).to_have_text("The preview has ended. Start it again in the terminal.")
    expect(panel.page.locator("#status")).to_have_class(re.compile("gone"))
    expect(panel.course.locator("h1:visible").first).to_be_visible()
