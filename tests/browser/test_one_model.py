"""One course, one model of what a learner has done: whatever the standard, the same steps lead to the same place.

The same random steps are taken in the course as SCORM 1.2, SCORM 2004, xAPI, cmi5 and web package, with a break in the
middle. What the learner sees, and what each LMS holds, must be what a model of a few lines says.
"""

from __future__ import annotations

import json
import random
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from conftest import PROMPT, Learner, served, wait_for_frame
from playwright.sync_api import Browser, Page
from small import a_page, questions, write_small

from coursepack import build_packages
from coursepack.xapi.test_lrs.launcher import AssignableUnit, Launcher, Session, tincan_address
from coursepack.xapi.test_lrs.lrs import lrs
from coursepack.xapi.test_lrs.request import basic, credential
from coursepack.xapi.test_lrs.serve import serve
from coursepack.xapi.test_lrs.store import Store

pytestmark = pytest.mark.long

HEAD = """\
completion: {rule: all-core-pages}
final-check: {page: prov, mastery: 60}
status: both
report: {answers: true}
"""
PAGES = ("ett", "mer", "tva", "tre", "prov")
CORE = {"ett", "tva", "tre", "prov"}
QUESTIONS = (1, 2, 3, 4)
MASTERY = 60
TARGETS = ("scorm12", "scorm2004", "xapi", "cmi5", "web")

Step = tuple[str] | tuple[int, str]
"""To open a page, or to give a question an answer on the page with the questions."""


@dataclass
class Model:
    """What a learner has done, and what follows from it."""

    now: str = "ett"
    opened: set[str] = field(default_factory=lambda: {"ett"})
    answers: dict[int, str] = field(default_factory=dict)
    completed: bool = False
    passed: bool = False
    best: float | None = None
    """The best score that was ever told."""
    best_pass: float | None = None
    """The best since it was passed."""
    graded: float | None = None
    """The score with which it was passed, or left failed."""

    def take(self, step: Step) -> None:
        if len(step) == 1:
            self.now = step[0]
            self.opened.add(self.now)
        else:
            self.take(("prov",))
            self.answers[step[0]] = step[1]
        self.completed = self.completed or self.opened >= CORE
        score = self.score
        if self.completed and not self.passed and score is not None and score >= MASTERY:
            self.passed, self.graded = True, score
        if score is not None:
            self.best = max(score, self.best or 0)
            if self.passed and score >= MASTERY:
                self.best_pass = max(score, self.best_pass or 0)

    @property
    def score(self) -> float | None:
        """Per cent, once all is answered."""
        if set(self.answers) != set(QUESTIONS):
            return None
        return 100 * list(self.answers.values()).count("a") / len(QUESTIONS)

    def leave(self) -> None:
        score = self.score
        if not self.passed and score is not None and score < MASTERY:
            self.graded = score


def steps(seed: int) -> tuple[list[Step], list[Step]]:
    """What is done before the break, and after it."""
    dice = random.Random(seed)

    def some() -> Iterator[Step]:
        for _ in range(3):
            yield (dice.choice(PAGES),)
            if dice.random() < 0.7:
                yield (dice.choice(QUESTIONS), dice.choice("aaabc"))

    first, second = list(some()), list(some())
    # Mostly all is answered in the end, and now and then before the break.
    rest: list[Step] = [(number, dice.choice("aaab")) for number in QUESTIONS]
    return (first + rest, second) if dice.random() < 0.5 else (first, second + rest)


@dataclass
class Holding:
    """What an LMS holds: None where it has no place for it."""

    completed: bool | None
    passed: bool
    score: float | None = None


@dataclass
class Lms:
    """Where the course is launched from, and the LMS's words for what it was told."""

    open: Callable[[Page], Learner]
    leave: Callable[[Learner], None]
    holding: Callable[[], Holding]
    score: Callable[[Model], float | None]
    """Which score it is told of, when."""
    travels: bool = True
    """Another device knows it all."""
    waits: bool = False
    """It takes completed for the end, and so is told of it only with the pass."""


def is_shown(learner: Learner) -> Learner:
    learner.wait("document.querySelector('[data-save]')?.dataset.state === 'yes'")
    learner.begin()
    return learner


@contextmanager
def scorm(
    address: str,
    name: str,
    mastery: str,
    holding: Callable[[Any], Holding],
    score: Callable[[Model], float | None],
) -> Iterator[Lms]:
    saved: Any = None

    def open_(page: Page) -> Learner:
        learner = Learner(page, address)
        learner.page.goto(f"{address}/{name}.html")
        learner.page.evaluate(f"start({json.dumps(saved or {})}, {json.dumps({'mastery': mastery})}, '')")
        wait_for_frame(learner.page)
        return is_shown(learner)

    def leave(learner: Learner) -> None:
        nonlocal saved
        saved = learner.leave()
        assert learner.lms("refused") == []

    yield Lms(open_, leave, lambda: holding(saved), score, waits=True)


def held_by_scorm12(saved: Any) -> Holding:
    """One word for both: what is passed is completed too, and of what is failed nothing else is known (RTE 3.4.4)."""
    status, score = saved["status"], saved["score"]
    completed = None if status == "failed" else status in ("passed", "completed")
    return Holding(completed, status == "passed", float(score) if score else None)


def held_by_scorm2004(saved: Any) -> Holding:
    values = saved["values"]
    completed = values["cmi.completion_status"] == "completed"
    score = values.get("cmi.score.raw")
    # The LMS itself takes success from the score (RTE 4.2.22.1), whether or not the course is completed.
    passed = completed and values.get("cmi.success_status") == "passed"
    return Holding(completed, passed, None if score is None else float(score))


def held_by_statements(store: Store) -> Holding:
    """What the statements about the course say; of those with a grade, the last one counts."""
    verbs = [
        (str(each["verb"]["id"]).rpartition("/")[2], each.get("result", {}).get("score", {}).get("scaled"))
        for each in store.statements()
        if each["object"]["id"] == ACTIVITY
        or each["object"]["id"].startswith("https://lms.example/activities/")
    ]
    graded = [(verb, scaled) for verb, scaled in verbs if verb in ("passed", "failed")]
    said = [verb for verb, _ in verbs]
    assert said.count("completed") <= 1
    assert said.count("passed") <= 1
    return Holding(
        "completed" in said,
        bool(graded) and graded[-1][0] == "passed",
        100 * graded[-1][1] if graded else None,
    )


ACTIVITY = "https://example.org/prov-kurs"


def away(learner: Learner, store: Store) -> None:
    """Leaves, and waits until the LRS has heard the last of it."""
    before = ends(store)
    learner.page.goto("about:blank")
    until(lambda: ends(store) > before)


def ends(store: Store) -> int:
    return sum(str(each["verb"]["id"]).endswith("/terminated") for each in store.statements())


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextmanager
def xapi(address: str) -> Iterator[Lms]:
    key, registration = basic("course", "secret"), str(uuid.uuid4())
    with (
        closing(Store()) as store,
        serve(lrs(store, credentials={key: credential("course")}, content=True)) as url,
    ):
        launched = tincan_address(
            f"{address}/package/index.html",
            endpoint=f"{url}/",
            auth=key,
            registration=registration,
            activity=ACTIVITY,
        )

        def open_(page: Page) -> Learner:
            learner = Learner(page, address, in_frame=False)
            learner.page.goto(launched)
            return is_shown(learner)

        yield Lms(open_, lambda it: away(it, store), lambda: held_by_statements(store), lambda it: it.graded)


@contextmanager
def cmi5(address: str) -> Iterator[Lms]:
    unit = AssignableUnit(
        "https://example.org/au", f"{address}/package/index.html", "CompletedAndPassed", MASTERY / 100
    )
    registration = str(uuid.uuid4())
    sessions: list[Session] = []
    with closing(Store()) as store:
        launcher = Launcher(store, [unit])
        with serve(launcher.app) as launcher.address:

            def open_(page: Page) -> Learner:
                sessions.append(launcher.launch(unit, registration))
                learner = Learner(page, address, in_frame=False)
                learner.page.goto(sessions[-1].url)
                return is_shown(learner)

            def holding() -> Holding:
                held = held_by_statements(store)
                assert launcher.satisfied(unit, registration) == (held.completed and held.passed)
                return held

            yield Lms(open_, lambda it: away(it, store), holding, lambda it: it.graded)


@contextmanager
def web(address: str) -> Iterator[Lms]:
    kept = ""

    def open_(page: Page) -> Learner:
        learner = Learner(page, address, in_frame=False)
        learner.page.goto(f"{address}/package/index.html")
        return is_shown(learner)

    def leave(learner: Learner) -> None:
        nonlocal kept
        learner.page.goto(f"{address}/package/player.js")
        kept = json.loads(learner.page.evaluate("localStorage['coursepack:prov-kurs']"))["state"]

    yield Lms(
        open_,
        leave,
        lambda: Holding(bool(int(kept[2]) & 1), bool(int(kept[2]) & 2)),
        lambda _: None,
        travels=False,
    )


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Where the course is served, by target: all of them are built in one run."""
    top = tmp_path_factory.mktemp("one-model")
    write_small(
        top / "course",
        [a_page("ett"), a_page("mer", core=False), a_page("tva")],
        [a_page("tre"), a_page("prov", questions(QUESTIONS, answers="abc"))],
        head=HEAD,
    )
    with ExitStack() as stack:
        found = {}
        for built in build_packages(top / "course", TARGETS, top / "out"):
            assert built.report.ok, str(built.report)
            with zipfile.ZipFile(built.path) as archive:
                archive.extractall(top / built.target)
            found[built.target] = stack.enter_context(served(top / built.target))
        yield found


@pytest.fixture
def lmss(addresses: dict[str, str]) -> Iterator[dict[str, Lms]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(made)
            for name, made in {
                # This LMS has a mastery score, and takes any score for the end of it (RTE 3.4.4): it is told of none before.
                "scorm12": scorm(
                    addresses["scorm12"],
                    "standin",
                    "60",
                    held_by_scorm12,
                    lambda it: it.best_pass,
                ),
                "scorm2004": scorm(
                    addresses["scorm2004"], "standin2004", "0.6", held_by_scorm2004, lambda it: it.best
                ),
                "xapi": xapi(addresses["xapi"]),
                "cmi5": cmi5(addresses["cmi5"]),
                "web": web(addresses["web"]),
            }.items()
        }


def take(learner: Learner, step: Step) -> None:
    """Does as a learner does, and lets it be saved before the next step."""
    if len(step) == 1:
        learner.go(step[0])
    else:
        learner.go("prov")
        form = learner.course.locator(f'form[data-q="fraga-{step[0]}"]')
        if form.get_attribute("data-state") == "answered":
            form.locator("button[type=submit]").click()
        form.locator(f"input[value={step[1]}]").check()
        form.locator("button[type=submit]").click()
    learner.settle()


def seen(learner: Learner) -> tuple[str, set[str], str]:
    """The page in view, the pages that are ticked (it counts too), and the line of progress."""
    # The menu is marked in an idle moment.
    learner.rest()
    done = learner.course.locator(".menu [data-page]:has(.dot.done), .menu [data-page][aria-current]")
    ticked = set(done.evaluate_all("(all) => all.map((one) => one.dataset.page)"))
    return learner.now, ticked, learner.course.locator("[data-progress]").first.inner_text()


def restored(learner: Learner) -> dict[int, str]:
    """The answers that stand on the page with the questions."""
    learner.go("prov")
    checked = learner.course.locator("form[data-q] input:checked")
    pairs = checked.evaluate_all("(all) => all.map((one) => [one.form.dataset.q, one.value])")
    return {int(question.rpartition("-")[2]): answer for question, answer in pairs}


@pytest.mark.share(1)
@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(0, id="completed-then-passed-and-better"),
        pytest.param(23, id="passed-then-worse"),
        pytest.param(33, id="mastered-before-completed"),
        pytest.param(36, id="failed-then-completed-and-worse"),
    ],
)
def test_the_same_steps_lead_to_the_same_place(browser: Browser, lmss: dict[str, Lms], seed: int) -> None:
    told: dict[str, list[object]] = {name: [] for name in lmss}
    contexts = [browser.new_context(), browser.new_context()]
    # Two devices; what the courses keep there lies apart, since each has an origin of its own.
    for context in contexts:
        context.add_init_script(PROMPT)
    here, there = (context.new_page() for context in contexts)
    for name, lms in lmss.items():
        model = Model()
        for half, page in zip(steps(seed), (here, there if lms.travels else here), strict=True):
            learner = lms.open(page)
            if told[name]:
                # Back again.
                assert seen(learner)[:2] == (model.now, model.opened), name
                told[name].append(seen(learner))
                model.take(("prov",))
                assert restored(learner) == model.answers, name
            for step in half:
                model.take(step)
                take(learner, step)
            told[name].append(seen(learner))
            # The course asks for a pass too.
            line = "Du är klar" if model.completed and model.passed else f"{len(model.opened & CORE)} av 4"
            assert seen(learner)[2].startswith(line), name
            lms.leave(learner)
            model.leave()
            held = lms.holding()
            assert held.completed in (model.passed if lms.waits else model.completed, None), name
            assert (held.passed, held.score) == (model.passed, lms.score(model)), name
        back = lms.open(page)
        assert seen(back)[:2] == (model.now, model.opened), name
        assert restored(back) == model.answers, name
    for context in contexts:
        context.close()
    # Word for word.
    assert all(each == told["web"] for each in told.values()), told
