"""The course on a poor line: usable as soon as its first page has come, and nothing lost meanwhile."""

from __future__ import annotations

from pathlib import Path

from conftest import Launch, PoorLine, served
from playwright.sync_api import expect


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
        learner.go(pages[7])
        assert learner.now == pages[7]
        learner.settle()
        assert learner.leave()["location"] == pages[7]


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
        back.page.wait_for_timeout(300)
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
