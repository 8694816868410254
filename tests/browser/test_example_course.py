"""The example course as learners take it, whole, in every standard: each page, answer, way through a scenario, and film."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import TOP, Launch, Learner, Sites, sites_of
from homes import Done, Home, home
from playwright.sync_api import Browser, Frame
from using import answer_all, page_by_page, page_ids, use_all

from coursepack import read_course
from coursepack.course.blocks.scenario import Scenario
from coursepack.course.model import Course

pytestmark = pytest.mark.long

STANDARDS = ("scorm12", "scorm2004", "xapi", "cmi5", "web")

# Each question, and what is said of its answer: right, wrong, or that there is nothing right.
FORMS = """() => [...document.querySelectorAll("form[data-q]")].map((form) => [form.dataset.q,
  form.querySelector(".fb")?.className ?? "", form.querySelector(".fb")?.textContent.trim() ?? ""])"""

# Silent and as fast as the browser can: what is not seen at its own speed has been decoded all the same.
PLAY = """async (fast) => {
  const media = [...document.querySelectorAll(".page[data-now] :is(video, audio)")];
  for (const go of document.querySelectorAll(".page[data-now] [data-note] [data-go]")) go.click();
  for (const medium of media) {
    medium.muted = true;
    if (medium.readyState < 1) {
      medium.load();
      await new Promise((done) => medium.addEventListener("loadedmetadata", done, { once: true }));
    }
    const ended = new Promise((done) => medium.addEventListener("ended", done, { once: true }));
    // The player remembers the speed that a learner has chosen, which this is not.
    addEventListener("ratechange", (event) => event.stopImmediatePropagation(), { capture: true });
    await medium.play();
    if (fast) medium.playbackRate = 16;
    else medium.currentTime = medium.duration - 0.5;
    await ended;
  }
  return media.map((medium) => [medium.currentSrc.split("/").pop(), medium.ended, Boolean(medium.error)]);
}"""

LEADING_NOWHERE = """() => [...document.querySelectorAll("a[href^='#']:not([hidden] *)")]
  .map((link) => link.getAttribute("href")).filter((href) => !document.getElementById(href.slice(1)))"""

# Moves the rows of every question about an order to where they belong, by their buttons, and submits it.
ARRANGE = """() => {
  const { questions } = JSON.parse(document.getElementById("course-data").textContent);
  for (const { id, answers } of questions.filter(({ kind }) => kind === "ordering")) {
    const form = document.querySelector(`form[data-q="${id}"]`);
    if (form.dataset.state) form.requestSubmit();
    const comesFirst = (one, other) => {
      const pair = [one, other].sort();
      return answers.find((each) => each.id === pair.join(".")).right === (pair[0] === one);
    };
    const rows = () => [...form.querySelectorAll("[data-item]")];
    for (let moved = true; moved; ) {
      const late = rows().find((row, at, all) => at && comesFirst(row.dataset.item, all[at - 1].dataset.item));
      late?.querySelector("[data-move='-1']").click();
      moved = Boolean(late);
    }
    form.requestSubmit();
  }
}"""

# Goes one way through a scenario by its buttons; tells the scene at which it ended, and what was said of each choice.
WALK = """async ([name, way]) => {
  const box = document.querySelector(`[data-scenario="${name}"]`);
  const again = box.querySelector("[data-again]");
  if (!again.hidden) again.click();
  const told = [];
  for (const text of way) {
    const button = [...box.querySelectorAll(".say button")].find((each) => each.textContent.trim() === text);
    button.click();
    told.push(box.querySelector("[data-fb]").textContent.trim());
    box.querySelector("[data-go]").click();
  }
  return [box.querySelector("[data-play] .scene").textContent.trim(), told];
}"""


def ways(scenario: Scenario) -> Iterator[list[tuple[str, str]]]:
    """Every way from the first scene to an end, without going round, each choice as its text and its feedback."""
    scenes = {scene.id: scene for scene in scenario.scenes}
    following = {
        scene.id: after.id for scene, after in zip(scenario.scenes, scenario.scenes[1:], strict=False)
    }

    def beyond(at: str, met: tuple[str, ...]) -> Iterator[list[tuple[str, str]]]:
        if not scenes[at].choices:
            yield []
        for choice in scenes[at].choices or ():
            to = choice.to or following[at]
            if to not in met:
                for rest in beyond(to, (*met, to)):
                    yield [(choice.text, choice.feedback), *rest]

    yield from beyond(scenario.scenes[0].id, (scenario.scenes[0].id,))


@pytest.fixture(scope="module")
def course() -> Course:
    return read_course(TOP / "course_source")


@pytest.fixture(scope="module")
def scenarios(course: Course) -> dict[str, list[Scenario]]:
    """The scenarios of each page that has one."""
    found = {
        page.entry.id: [block for block in page.blocks if isinstance(block, Scenario)]
        for page in course.pages
    }
    found = {page: blocks for page, blocks in found.items() if blocks}
    # One for each profession.
    assert len(found) == 5
    return found


def walk_all(learner: Learner, scenarios: dict[str, list[Scenario]]) -> None:
    for page, blocks in scenarios.items():
        learner.go(page)
        for block in blocks:
            ends = {scene.text for scene in block.scenes if not scene.choices}
            for way in ways(block):
                at, told = learner.course.evaluate(WALK, [block.id, [text for text, _ in way]])
                assert at in ends, (page, way)
                for heard, (_, feedback) in zip(told, way, strict=True):
                    assert feedback in heard


def take(place: Home, scenarios: dict[str, list[Scenario]], films: int, fast: bool = False) -> None:
    """Opens each page, plays each film and sound to its end, answers each question wrong and then right.

    Leaves at the end and comes again. A package of one part has the scenarios of that part.
    """
    learner = place.learner
    forms = [name for name, *_ in learner.course.evaluate(FORMS)]
    played = []
    for page in place.pages:
        learner.go(page)
        played += learner.course.evaluate(PLAY, fast)
    assert len({name for name, *_ in played}) == films
    assert all(ended and not failed for _, ended, failed in played), played
    answer_all(learner, right=False)
    assert {name: state for name, state, _ in learner.course.evaluate(FORMS)} == dict.fromkeys(
        forms, "fb wrong"
    )
    answer_all(learner, right=True)
    learner.course.evaluate(ARRANGE)
    states = learner.course.evaluate(FORMS)
    assert {name: state for name, state, _ in states} == dict.fromkeys(forms, "fb right")
    assert all(said for *_, said in states)
    walk_all(learner, {page: blocks for page, blocks in scenarios.items() if page in place.pages})
    learner.go(list(place.pages)[-1])
    come_again(place)
    # The course reports no answers.
    place.check(Done(set(place.pages), True, None, Counter(), set()))


def come_again(place: Home) -> None:
    place.learner.settle()
    place.end("leave")
    place.open()


@pytest.mark.share(1)
@pytest.mark.parametrize("standard", STANDARDS)
def test_the_whole_course_is_taken_kept_and_found_again(
    launch: Launch,
    browser: Browser,
    whole: Sites,
    scenarios: dict[str, list[Scenario]],
    standard: str,
) -> None:
    with home(standard, launch, browser, whole, 0, luck=0.5, locale="sv-SE") as place:
        # Three films and two reportages.
        take(place, scenarios, 5, fast=standard == "web")


# Each part in a standard of its own: that all standards take the same pages is shown by the whole course.
@pytest.mark.parametrize(
    ("part", "standard", "films"),
    [("p1", "scorm12", 1), ("p2", "xapi", 1), ("p3", "scorm2004", 2), ("p4", "cmi5", 1)],
)
def test_a_part_alone_is_taken_kept_and_found_again(
    launch: Launch,
    browser: Browser,
    course: Course,
    scenarios: dict[str, list[Scenario]],
    tmp_path: Path,
    part: str,
    standard: str,
    films: int,
) -> None:
    with (
        sites_of(TOP / "course_source", tmp_path, part=part) as sites,
        home(standard, launch, browser, sites, 0, luck=0.5, locale="sv-SE") as place,
    ):
        assert set(place.pages) == {page.entry.id for page in course.pages if page.entry.id.startswith(part)}
        assert place.learner.course.evaluate(LEADING_NOWHERE) == []
        take(place, scenarios, films)


@pytest.mark.parametrize("track", ["p2", "p3"])
def test_whoever_takes_one_track_has_the_other_one_left(
    launch: Launch, browser: Browser, whole: Sites, track: str
) -> None:
    with home("scorm12", launch, browser, whole, 0, luck=0.5, locale="sv-SE") as place:
        other = {page for page in place.pages if page.startswith({"p2": "p3", "p3": "p2"}[track])}
        way = [page for page in place.pages if page not in other]
        for page in way:
            place.learner.go(page)
        come_again(place)
        place.check(Done(set(way), False, None, Counter(), set()))
        for page in sorted(other):
            place.learner.go(page)
        come_again(place)
        place.check(Done(set(place.pages), True, None, Counter(), set()))


@pytest.mark.share(1)
@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(360, "light", "sv-SE"), (1280, "dark", "sv-SE"), (360, "dark", "en-GB")]
)
def test_no_page_has_a_violation_at_any_size_in_either_light_or_language(
    launch: Launch,
    whole: Sites,
    axe: Callable[[Frame], list[str]],
    width: int,
    scheme: str,
    locale: str,
) -> None:
    options: Any = {
        "viewport": {"width": width, "height": 800},
        "color_scheme": scheme,
        "locale": locale,
    }
    learner = launch(None, address=whole("web"), **options)
    use_all(learner)
    answer_all(learner, right=None)
    for page in page_ids(learner):
        learner.go(page)
        assert learner.course.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), page
    assert page_by_page(axe, learner) == []
