"""The course as a file on disk, from a plain web server, and without scripts."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import TOP, Launch, unpacked
from documents import assert_valid_html
from playwright.sync_api import expect


def test_opened_from_disk_it_works_and_says_where_progress_is_kept(
    launch: Launch, package: Path, pages: list[str]
) -> None:
    learner = launch(None, address=package.as_uri())
    expect(learner.course.locator("[data-outside]")).to_be_visible()
    expect(learner.course.locator("[data-outside]")).to_contain_text("bara på den här enheten")
    learner.go(pages[2])
    learner.settle()
    learner.page.reload()
    learner.wait(f"document.querySelector('.page[data-now]')?.id === '{pages[2]}'")


def test_erase_forgets_all_on_the_device(launch: Launch, pages: list[str]) -> None:
    learner = launch(None)
    learner.go(pages[3])
    learner.settle()
    assert learner.course.evaluate("JSON.stringify(localStorage)") != "{}"
    learner.course.locator("[data-erase]").click()
    assert learner.course.evaluate("JSON.stringify(localStorage)") == "{}"
    expect(learner.course.locator(".menu .dot.done")).to_have_count(0)


def test_the_film_has_its_captions_from_disk_too(launch: Launch, package: Path, pages: list[str]) -> None:
    learner = launch(None, address=package.as_uri(), hash="#p1-c1-s2")
    cues = learner.course.evaluate(
        """new Promise((done) => { const video = document.querySelector("#p1-c1-s2 video");
        const track = video.textTracks[0]; track.mode = "showing";
        const wait = () => track.cues?.length ? done([...track.cues].map((c) => c.text)) : setTimeout(wait, 20); wait(); })"""
    )
    assert any("tisdag" in cue for cue in cues)


def test_without_scripts_the_whole_course_reads_from_top_to_bottom(launch: Launch, pages: list[str]) -> None:
    learner = launch(None, java_script_enabled=False)
    for page in pages:
        expect(learner.course.locator(f"#h-{page}")).to_be_visible()
    expect(learner.course.get_by_text("sparas inte").first).to_be_visible()
    answers = learner.course.locator('form[data-q="q-p1-01"] details')
    answers.locator("summary").click()
    expect(answers).to_contain_text("inom ett land")
    links = learner.course.locator(".menu a[href^='#p1-']")
    assert links.count() == len(pages) - 1


def test_before_the_script_has_come_the_menu_already_leads_to_pages(launch: Launch, pages: list[str]) -> None:
    learner = launch(None)
    context = learner.page.context
    page = context.new_page()
    page.route("**/player.js", lambda route: route.abort())
    page.goto(f"{learner.address}/package/index.html#{pages[4]}")
    expect(page.locator(f"#h-{pages[4]}")).to_be_visible()


def test_only_what_the_first_page_shows_is_loaded(launch: Launch) -> None:
    learner = launch(None)
    learner.course.wait_for_load_state("networkidle")
    names = [url.rpartition("/package/")[2] for url in learner.requests if not url.startswith("data:")]
    # The cover is part of the document.
    assert sorted(names) == ["index.html", "later.js", "player.js"]


def test_the_document_names_nothing_outside_itself(package: Path) -> None:
    html = (package / "index.html").read_text("utf-8")
    for loading in ('src="http', "src='http", "url(http", '<link rel="stylesheet" href="http'):
        assert loading not in html


def test_the_document_is_valid_html(package: Path) -> None:
    assert_valid_html(package / "index.html")


def test_a_course_in_english_speaks_english(launch: Launch, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(TOP / "templates" / "starter" / "sv", course)
    definition = (course / "course.yaml").read_text("utf-8")
    (course / "course.yaml").write_text(definition.replace("language: sv", "language: en"), "utf-8")
    learner = launch(None, address=unpacked(course, tmp_path).as_uri())
    assert learner.course.evaluate("document.documentElement.lang") == "en"
    expect(learner.course.locator("[data-outside]")).to_contain_text("Opened outside the learning platform")
    form = learner.course.locator("form[data-q]").first
    learner.go(str(form.evaluate("(form) => form.closest('.page').id")))
    form.locator("button[type=submit]").click()
    expect(form.locator("[data-err]")).to_contain_text("Choose an answer first")
    expect(learner.course.locator("[data-save]")).to_contain_text("Saved on this device")
