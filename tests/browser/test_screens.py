"""What learners meet on their way, at three widths in light and dark mode: checked by axe, and nothing wider than the frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Launch, Learner
from playwright.sync_api import expect
from test_accessibility import sideways
from using import answer_all


def on_the_way(learner: Learner) -> Iterator[str]:
    """Names of the states that a learner of the example course comes to."""
    course = learner.course
    yield "start, new"
    if course.locator("html[data-wide]").count() == 0:
        course.locator(".top [data-open=menu]").click()
        yield "menu"
        learner.page.keyboard.press("Escape")
    course.locator(".top [data-open=help]").click()
    yield "help"
    learner.page.keyboard.press("Escape")
    learner.go("p1-c1-s2")
    yield "content note"
    course.locator("[data-now] [data-text]").click()
    yield "film as text"
    learner.go("p1-c1-s3")
    expect(course.locator("[data-now] [data-ending=left]")).to_be_visible()
    yield "page left"
    learner.go("p1-c1-s1")
    expect(course.locator("[data-now] .ending:visible h2")).to_have_text("Kapitel 1 är klart")
    yield "chapter done on another page"
    learner.go("p1-c1-s3")
    expect(course.locator("[data-now] .ending:visible h2")).to_have_text("Kapitel 1 är klart")
    yield "chapter done"
    learner.go("p1-c4-s1")
    yield "contacts"
    learner.go("start-valkommen")
    yield "start, returning"
    learner.go("p1-c4-s2")
    answer_all(learner, right=None)
    expect(course.locator("[data-now] [data-summed]")).to_be_visible()
    yield "check done"
    for page in ("p1-c2-s1", "p1-c2-s2", "p1-c2-s3", "p1-c3-s1", "p1-c3-s2", "start-valkommen"):
        learner.go(page)
    yield "start, done"
    learner.go("p1-c4-s2")
    expect(course.locator("[data-now] .ending:visible h2")).to_have_text("Alla ljus lyser")
    yield "last page"
    learner.go("klar")
    yield "closing page"


def in_the_showcase(learner: Learner) -> Iterator[str]:
    """States of blocks that the example course does not have."""
    course = learner.course
    for page in ("tabs", "cards"):
        learner.go(page)
        yield page
    learner.go("scenario")
    box = course.locator("#scenario [data-scenario]").first
    while not box.locator(".sum-up").count():
        box.locator(".say button").first.click()
        box.get_by_role("button", name="Gå vidare").click()
    yield "scenario ended"
    learner.go("timeline")
    for page in course.locator('.menu a[data-page="timeline"]').locator("xpath=ancestor::ul//a").all():
        learner.go(str(page.get_attribute("data-page")))
    expect(course.locator("#timeline .ending:visible h2")).to_have_text("Del 1 är klar")
    yield "part done"


@pytest.mark.share(2)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(360, 740), (768, 1024), (1440, 900)], ids=str)
@pytest.mark.parametrize("states", [on_the_way, in_the_showcase])
def test_every_state_passes_axe_and_fits_its_frame(
    launch: Launch,
    site: str,
    showcase: str,
    axe: Any,
    states: Callable[[Learner], Iterator[str]],
    size: tuple[int, int],
    scheme: Any,
) -> None:
    address = site if states is on_the_way else showcase
    view: Any = {"width": size[0], "height": size[1]}
    learner = launch(None, address=address, viewport=view, color_scheme=scheme, reduced_motion="reduce")
    for name in states(learner):
        assert axe(learner.course) == [], name
        assert sideways(learner) == [], name
