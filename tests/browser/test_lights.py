"""The windows of a cover: they light up a chapter at a time, and it is morning when the course is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Launch, Learner, served, unpacked
from playwright.sync_api import expect
from small import a_page, write_small
from using import heard, listen

HOUSE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90" width="160" height="90"><title>Ett hus</title>
<path fill="#123" d="M0 0h160v90H0z"/>
<g data-light="1" fill="#fc6"><path d="M10 20h20v20H10z"/></g>
<path data-light="2" fill="#fc6" d="M50 20h20v20H50z"/>
<path data-light="3" fill="#fc6" d="M90 20h20v20H90z"/>
<circle data-dim="all" cx="140" cy="20" r="8" fill="#ffe"/>
<path data-light="all" fill="#fed" d="M0 70h160v20H0z"/>
</svg>
"""
START = "start: {id: start, title: Välkommen, minutes: 1}\ncover: media/hus.svg\ncertificate: true\n"
FILES = {"pages/start.md": "Välkommen.\n", "media/hus.svg": HOUSE}
PARTS = [[a_page("ett"), a_page("mer", core=False)], [a_page("tva"), a_page("tre")], [a_page("fyra")]]


@pytest.fixture(scope="module")
def lights_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = write_small(
        tmp_path_factory.mktemp("lights") / "course", *PARTS, head=f"{START}minutes: 5\n", files=FILES
    )
    with served(unpacked(folder, tmp_path_factory.mktemp("package"))) as address:
        yield address


def shown(learner: Learner) -> list[str]:
    """What of the cover is seen, once nothing moves any more."""
    return list(
        learner.course.evaluate(
            """async () => { const frame = () => new Promise((done) => requestAnimationFrame(done));
            // What is to light up has been told so after a frame, and begins to in the next.
            await frame().then(frame);
            await Promise.allSettled(document.getAnimations().map((each) => each.finished));
            return [...document.querySelectorAll("[data-now] .hero svg [data-light], [data-now] .hero svg [data-dim]")]
            .filter((each) => getComputedStyle(each).opacity === "1")
            .map(({ dataset }) => dataset.light || `dim ${dataset.dim}`); }"""
        )
    )


def test_a_window_lights_up_when_its_chapter_is_done(launch: Launch, lights_site: str, axe: Any) -> None:
    learner = launch(address=lights_site)
    assert shown(learner) == ["dim all"]
    picture = learner.course.locator("#start .hero svg")
    expect(picture).to_have_attribute("aria-label", "Ett hus. Klara kapitel: 0 av 3.")
    learner.go("tva")
    learner.go("start")
    assert shown(learner) == ["dim all"]
    learner.go("tre")
    learner.go("start")
    assert shown(learner) == ["2", "dim all"]
    expect(picture).to_have_attribute("aria-label", "Ett hus. Klara kapitel: 1 av 3.")
    assert axe(learner.course) == []
    # What is optional is not waited for.
    learner.go("ett")
    learner.settle()
    saved = learner.leave()
    back = launch(address=lights_site, saved=saved, hash="#start")
    assert shown(back) == ["1", "2", "dim all"]


def test_it_is_morning_when_the_course_is_done_and_that_is_said_once(
    launch: Launch, lights_site: str, axe: Any
) -> None:
    learner = launch(address=lights_site)
    listen(learner)
    for page in ("ett", "tva", "tre", "fyra"):
        learner.go(page)
    learner.wait("document.documentElement.hasAttribute('data-complete')")
    learner.settle()
    # There is one such picture, which comes along to the page that shows it.
    learner.go("klar")
    assert shown(learner) == ["1", "2", "3", "all"]
    expect(learner.course.locator("#klar .hero svg")).to_have_attribute(
        "aria-label", "Ett hus. Klara kapitel: 3 av 3."
    )
    assert axe(learner.course) == []
    learner.go("start")
    assert shown(learner) == ["1", "2", "3", "all"]
    learner.go("mer")
    learner.settle()
    said = [text for text in heard(learner) if "klar med kursen" in text]
    assert said == ["Du är klar med kursen. Tack för att du tog dig tid."]


def test_nothing_moves_where_that_is_asked_for(launch: Launch, lights_site: str) -> None:
    moving = "getComputedStyle(document.querySelector('.hero [data-light]')).transitionDuration"
    for wish, seconds in (("no-preference", "0.9s"), ("reduce", "0s")):
        learner = launch(address=lights_site, reduced_motion=wish)
        learner.go("ett")
        learner.go("start")
        learner.wait(f"{moving} === '{seconds}'")


def test_a_cover_of_fewer_windows_lights_them_by_share(launch: Launch, tmp_path: Path) -> None:
    house = HOUSE.replace('<path data-light="3" fill="#fc6" d="M90 20h20v20H90z"/>\n', "")
    parts = [[a_page(name)] for name in ("a", "b", "c", "d")]
    folder = write_small(
        tmp_path / "course", *parts, head=f"{START}minutes: 5\n", files={**FILES, "media/hus.svg": house}
    )
    with served(unpacked(folder, tmp_path)) as address:
        learner = launch(address=address)
        for page, lit in (("d", ["dim all"]), ("b", ["1", "dim all"]), ("a", ["1", "dim all"])):
            learner.go(page)
            learner.go("start")
            assert shown(learner) == lit


def test_without_a_script_the_cover_is_as_it_was_drawn(launch: Launch, lights_site: str) -> None:
    learner = launch(None, address=lights_site, java_script_enabled=False)
    hidden = learner.course.locator("#start .hero svg [data-light], #start .hero svg [data-dim]")
    assert hidden.count() == 5
    for each in hidden.all():
        expect(each).to_have_css("opacity", "1")
