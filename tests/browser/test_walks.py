"""Random walks through the showcase, left and launched again at random points: what returns is what was done.

A seed leads to the same walk. A run of all tests walks a little way; `make soak`, or
`COURSEPACK_STEPS=3000 COURSEPACK_SEED=7 pytest tests/browser/test_walks.py`, walks further and elsewhere.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from conftest import Launch, Learner, PoorLine, Sites
from homes import Done, Home, home
from lmss import LMSS
from playwright.sync_api import Browser
from showcase import POOLS
from using import BUTTONS, speak, wish

pytestmark = pytest.mark.long

STEPS = int(os.environ.get("COURSEPACK_STEPS", "20"))
SEED = int(os.environ.get("COURSEPACK_SEED", "0"))

# What the learner sees of an answer, and in which words. A text or number is not kept: only how it was graded.
SEEN = """(form) => [{
  chosen: [...form.querySelectorAll(":checked:not(option)")].map(({ value }) => value),
  matched: [...form.querySelectorAll("select")].map(({ value }) => value),
  order: [...form.querySelectorAll("[data-item]")].map(({ dataset }) => dataset.item),
  fixed: form.querySelector("fieldset").disabled,
  look: form.querySelector(".fb")?.className,
}, {
  told: form.querySelector(".fb strong")?.textContent,
  marks: form.querySelector("[type=text]") ? [] : [...form.querySelectorAll(".mark")].map((one) => one.textContent.trim()),
}]"""

# Answers a question by chance, submits it if it can be, and tells what is then seen.
ANSWER = f"""({{ question, dice, submit }}) => {{
  const form = document.querySelector(`form[data-q="${{question}}"]`);
  const below = (count) => Math.floor(dice.pop() * count);
  if (form.dataset.state) form.requestSubmit();
  const boxes = [...form.querySelectorAll("[type=radio], [type=checkbox]")];
  for (const box of boxes) box.checked = box.type === "checkbox" && below(2) === 1;
  if (boxes.length) boxes[below(boxes.length)].checked = true;
  for (const list of form.querySelectorAll("select")) list.selectedIndex = 1 + below(list.options.length - 1);
  for (const text of form.querySelectorAll("[type=text]")) {{
    const right = form.querySelector("[data-solution]").textContent.split(/ till | to /)[0];
    text.value = [right, "-1", "114 14", "1000"][below(4)];
    text.dispatchEvent(new Event("change", {{ bubbles: true }}));
  }}
  for (const row of form.querySelectorAll("[data-item]")) row.querySelectorAll("button")[below(2)].click();
  form.dispatchEvent(new Event("input", {{ bubbles: true }}));
  if (submit) form.requestSubmit();
  return ({SEEN})(form);
}}"""

PRESS = """({ buttons, dice }) => {
  const all = [...document.querySelectorAll(`.page[data-now] :is(${buttons}, summary)`)].filter((each) =>
    each.checkVisibility() && !each.closest("form"));
  all[Math.floor(dice * all.length)]?.click();
}"""

# Where the learner is in each scenario of the page, and what is chosen there; and in which words.
SCENES = """(() => {
  const plays = [...document.querySelectorAll(".page[data-now] [data-play]")];
  const chosen = (play) => play.querySelector("[aria-pressed=true]");
  return [plays.map((play) => [play.dataset.play, chosen(play)?.dataset.pick]),
    plays.map((play) => [play.querySelector(".scene").textContent, chosen(play)?.textContent])];
})()"""

# What is said of a check that is handed in: its look and its numbers; and its words.
RESULT = """(() => {
  const box = document.querySelector("[data-result]:not([hidden])");
  const lines = box && [...box.children].map((one) => one.textContent);
  return box && [[box.className, lines.join(" ").match(/[0-9]+/g)], lines];
})()"""

WRITING = "document.activeElement.matches('main :is(input, select, textarea)')"

SEEK = """async (at) => {
  const medium = document.querySelector(".page[data-now] :is(video, audio)");
  medium.muted = true;
  await medium.play();
  medium.currentTime = at;
  await new Promise((done) => medium.addEventListener("seeked", done, { once: true }));
  medium.pause();
  return medium.currentTime;
}"""

# What is chosen in the panel, which is furnished when it is opened.
LOOK = """(() => {
  document.querySelector("[data-open=settings]").click();
  const chosen = [...document.querySelectorAll("#d-settings input:checked")].map(({ name, value }) => [name, value]);
  document.querySelector("#d-settings [data-close]").click();
  return Object.fromEntries(chosen);
})()"""


CHECK = "final-check"
SCORED_OF_CHECK = POOLS[CHECK]
ATTEMPTS = 3


@dataclass
class Seen:
    """What was seen of something that was done: what holds in every language, and the words of those it was seen in."""

    facts: Any
    words: dict[str, Any]


@dataclass
class Walk:
    """A learner who does what comes, and what they know to have done."""

    home: Home
    line: PoorLine
    dice: random.Random
    is_slow: bool = False
    """The other language may come late."""
    language: str = "sv"
    """The one that is shown."""
    wish: str = "sv"
    way: list[str] = field(default_factory=list)
    """What was done, in words."""
    at: str = ""
    """The page in view, of whatever kind, and the last of those that are kept."""
    last: str = ""
    opened: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)
    """Pages with a bookmark."""
    asked: dict[str, list[str]] = field(default_factory=dict)
    """Of each page, the questions that are asked on it."""
    answers: dict[str, tuple[str, Seen]] = field(default_factory=dict)
    """By question, the page and what is kept: what was submitted or, on the page of the check, chosen."""
    begun: dict[str, Any] = field(default_factory=dict)
    """What was chosen since and is submitted by nobody: no launch knows of it, but the other language does."""
    submitted: Counter[str] = field(default_factory=Counter)
    handed: list[float] = field(default_factory=list)
    """Scores of the attempts at the check."""
    result: Seen | None = None
    """What the check says when it is handed in."""
    scenes: Seen | None = None
    places: dict[str, float] = field(default_factory=dict)
    look: dict[str, str] = field(default_factory=dict)

    @property
    def learner(self) -> Learner:
        return self.home.learner

    @property
    def pages(self) -> list[str]:
        return list(self.home.pages)

    def evaluate(self, script: str, given: Any = None) -> Any:
        return self.learner.course.evaluate(script, given)

    def see(self, told: list[Any]) -> Seen:
        facts, words = told
        return Seen(facts, {self.language: words})

    def compare_with(self, before: Seen, told: list[Any], what: object) -> None:
        facts, words = told
        assert facts == before.facts, what
        assert words == before.words.setdefault(self.language, words), what

    def form(self, question: str) -> list[Any]:
        return list(self.learner.course.locator(f'form[data-q="{question}"]').evaluate(SEEN))

    def forms(self) -> list[str]:
        """The questions that are asked on the page."""
        return list(
            self.evaluate(
                "[...document.querySelectorAll('.page[data-now] form[data-q]')]"
                ".filter((form) => form.checkVisibility()).map((form) => form.dataset.q)"
            )
        )

    def arrive(self) -> None:
        """Notes where one is. A page asks the same questions whenever it is met."""
        now, before = self.learner.now, self.at
        self.at = now
        if self.language != self.wish and now != before and self.line.good.is_set():
            self.learner.wait(f"document.documentElement.lang === '{self.wish}'")
            self.language = self.wish
        if now in self.pages:
            self.last = now
            self.opened.add(now)
        forms = self.forms()
        assert self.asked.setdefault(now, forms) == forms

    def go(self, page: str) -> None:
        self.learner.go(page)
        self.arrive()

    def step(self) -> str:
        """Does something; tells what."""
        if not self.line.good.is_set() and self.dice.random() < 0.1:
            self.line.good.set()
            self.hear()
            return "have all languages"
        if befallen := self.home.befall():
            return befallen
        chance = self.dice.random()
        now = self.learner.now
        forms = self.forms()
        if now == CHECK and chance < (0.1 if self.result and len(self.handed) == ATTEMPTS else 0.7):
            return self.be_checked(forms)
        if forms and now != CHECK and chance < 0.5:
            return self.answer(self.dice.choice(forms))
        if now in ("audio", "video") and chance < 0.5:
            at = self.dice.randint(2, 15)
            self.places[now] = self.evaluate(SEEK, at)
            return f"seek {at}"
        if now == "scenario" and chance < 0.6:
            self.evaluate(PRESS, {"buttons": "[data-play] button", "dice": self.dice.random()})
            self.scenes = self.see(self.evaluate(SCENES))
            return "choose"
        if chance < 0.76:
            # The last of them may not have come.
            more = ["ordlista", "klar", "om"] if self.line.good.is_set() else []
            page = self.dice.choice([*self.pages, *[CHECK] * 3, *more])
            self.go(page)
            return f"go to {page}"
        if chance < 0.83:
            self.evaluate(PRESS, {"buttons": BUTTONS, "dice": self.dice.random()})
            if now == "scenario":
                self.scenes = self.see(self.evaluate(SCENES))
            self.arrive()
            return "press"
        if chance < 0.86:
            self.evaluate("(part) => scrollTo(0, part * document.body.scrollHeight)", self.dice.random())
            return self.bookmark() if now in self.pages else "scroll"
        if chance < 0.9:
            name = self.dice.choice(("size", "airy", "light", "contrast"))
            choices = self.learner.course.locator(f"#d-settings input[name={name}]")
            choice = choices.nth(self.dice.randrange(choices.count()))
            choice.evaluate("(input) => input.click()")
            self.look = self.evaluate(LOOK)
            return f"set {name}"
        if chance < 0.93:
            dialog = self.dice.choice(("menu", "search", "help", "settings"))
            self.evaluate("(name) => document.querySelector(`[data-open=${name}]`).click()", dialog)
            self.learner.page.keyboard.press("Escape")
            self.evaluate("document.querySelector('dialog[open] [data-close]')?.click()")
            return f"look at {dialog}"
        return self.speak()

    def answer(self, question: str) -> str:
        """Not every answer is submitted, and in the check none by itself."""
        page = self.learner.now
        submit = page != CHECK and self.dice.random() < 0.8
        dice = [self.dice.random() for _ in range(60)]
        told = self.evaluate(ANSWER, {"question": question, "dice": dice, "submit": submit})
        self.begun.pop(question, None)
        self.submitted[question] += submit
        if submit or page == CHECK:
            self.answers[question] = (page, self.see(told))
        else:
            self.begun[question] = self.unsubmitted(question)
        return f"{'answer' if submit else 'begin'} {question}"

    def bookmark(self) -> str:
        """Bookmarks the page, or takes the bookmark away."""
        self.learner.course.wait_for_selector("html[data-later]", state="attached")
        self.evaluate("document.querySelector('[data-bookmark]').click()")
        self.marked ^= {self.at}
        return f"bookmark {self.at}"

    def unsubmitted(self, question: str) -> list[Any]:
        """What is chosen and written. Who comes back to what was submitted before may see again how it was graded."""
        facts, _ = self.form(question)
        del facts["look"]
        fields = self.learner.course.locator(f'form[data-q="{question}"] [type=text]')
        return [facts, [each.input_value() for each in fields.all()]]

    def be_checked(self, forms: list[str]) -> str:
        """Answers a question of the check, hands in what there is, or begins anew where that can be done."""
        button = self.learner.course.locator(f"#{CHECK} [data-hand]")
        if self.result:
            if len(self.handed) == ATTEMPTS:
                assert button.is_hidden()
                return "have no attempt left"
            before = set(self.asked.pop(CHECK))
            button.click()
            self.arrive()
            self.result = None
            # Three of seven were not asked the last time: one at the most is asked again, and what has no right answer.
            again = before & set(self.asked[CHECK])
            assert len(again) <= 2, again
            for question in self.asked[CHECK]:
                facts, words = self.form(question)
                assert [facts["fixed"], words] == [False, {"told": None, "marks": []}], question
                if question != "q-saker":
                    assert [facts["chosen"], any(facts["matched"])] == [[], False], question
                elif question in self.answers:
                    assert facts["chosen"] == self.answers[question][1].facts["chosen"]
            self.answers = {
                question: (page, self.see(self.form(question)) if page == CHECK else seen)
                for question, (page, seen) in self.answers.items()
                if page != CHECK or question == "q-saker"
            }
            return "begin the check anew"
        missing = [each for each in forms if each not in self.answers]
        if self.dice.random() < (0.85 if missing else 0.4):
            return self.answer(self.dice.choice(missing if self.dice.random() < 0.7 and missing else forms))
        button.click()
        # Rows that nobody has moved are an answer.
        gaps = [n for n, each in enumerate(forms, 1) if each not in (*self.answers, "q-turordning")]
        told = self.learner.course.locator(f"#{CHECK} [data-gaps]")
        if gaps:
            assert re.findall(r"\d+", told.inner_text()) == [str(n) for n in gaps]
            assert self.evaluate(RESULT) is None
            return f"hand in without {gaps}"
        assert told.is_hidden()
        told_result = self.evaluate(RESULT)
        right, of = told_result[0][1][:2]
        assert int(of) == SCORED_OF_CHECK
        assert int(right) == self.learner.course.locator(f"#{CHECK} form .fb.right").count()
        self.handed.append(100 * int(right) / SCORED_OF_CHECK)
        self.result = self.see(told_result)
        self.submitted.update(forms)
        for question in forms:
            self.answers[question] = (CHECK, self.see(self.form(question)))
        return f"hand in with {right} right"

    def speak(self) -> str:
        """Changes the language, or asks for one that has not come yet."""
        self.wish = {"sv": "en", "en": "sv"}[self.wish]
        if self.line.good.is_set():
            speak(self.learner, self.wish)
        else:
            wish(self.learner, self.wish)
        self.hear()
        return f"speak {self.wish}"

    def hear(self) -> None:
        """The language is the one that is wished for. What is shown stays but for its words, and so does what nobody has submitted."""
        if not self.line.good.is_set():
            return
        self.learner.wait("document.readyState === 'complete'")
        if self.language != self.wish and self.evaluate(WRITING):
            # The page stays as it is, and the next one comes in that language.
            return
        self.learner.wait(f"document.documentElement.lang === '{self.wish}'")
        self.language = self.wish
        assert self.learner.now == self.at
        assert self.forms() == self.asked[self.at]
        for question, before in self.begun.items():
            assert self.unsubmitted(question) == before, question
        self.compare_page()

    def compare_page(self) -> None:
        """What is seen on the page is what was seen."""
        now = self.learner.now
        for question, (page, before) in self.answers.items():
            if page == now and question not in self.begun:
                self.compare_with(before, self.form(question), question)
        if now == CHECK:
            told = self.evaluate(RESULT)
            assert bool(told) == bool(self.result)
            if self.result:
                self.compare_with(self.result, told, "result")
        if now == "scenario" and self.scenes:
            self.compare_with(self.scenes, self.evaluate(SCENES), "scenes")

    def leave(self) -> None:
        """The course is left and launched again."""
        self.way.append(way := self.dice.choice(self.home.ways))
        self.home.end(way)
        self.begun.clear()
        if way == "move":
            self.look, self.wish = {}, "sv"
        # Whoever loads the course again stays where they are.
        self.launch(at=self.at if self.home.is_loaded else self.last)
        self.home.check(self.done())
        self.compare()

    def done(self) -> Done:
        is_all = self.opened == set(self.pages)
        return Done(self.opened, is_all, max(self.handed, default=None), self.submitted, self.marked)

    def launch(self, at: str) -> None:
        if self.is_slow and self.dice.random() < 0.7:
            self.line.good.clear()
        self.home.open()
        self.language = self.wish if self.line.good.is_set() else "sv"
        self.learner.wait(f"document.documentElement.lang === '{self.language}'")
        # The menu is marked in an idle moment.
        self.learner.rest()
        if not self.line.good.is_set() and self.learner.now != at:
            # That page has not come either.
            self.line.good.set()
            self.learner.wait(f"document.querySelector('.page[data-now]').id === '{at}'")
            self.language = self.wish
            self.learner.wait(f"document.documentElement.lang === '{self.language}'")
            self.learner.rest()
        assert self.learner.now == at
        self.at = at

    def enrol(self) -> None:
        """The learner is given a new registration, of which nothing is known, on a device that keeps the look."""
        self.way.append("enrol")
        self.home.enrol(self.dice.random())
        self.last, self.opened, self.asked, self.answers, self.begun = "", set(), {}, {}, {}
        self.submitted, self.handed, self.result, self.scenes, self.places = Counter(), [], None, None, {}
        self.marked = set()
        self.launch(at="start")
        self.arrive()

    def compare(self) -> None:
        """What returns is what was done."""
        done = self.evaluate(
            "[...document.querySelectorAll('[data-menu-nav] :is(.dot.done, .dot.now)')]"
            ".map((dot) => dot.closest('a').dataset.page)"
        )
        assert set(done) == self.opened
        # The panel is furnished by a script that comes after the player.
        self.learner.course.wait_for_selector("html[data-later]", state="attached")
        assert self.evaluate(LOOK).items() >= self.look.items()
        marked = (
            "[...document.querySelectorAll('[data-menu-nav] [data-bookmarks] a')].map((a) => a.hash.slice(1))"
        )
        assert set(self.evaluate(marked)) == self.marked
        self.compare_page()
        pages = {page for page, _ in self.answers.values()} | ({"scenario"} if self.scenes else set())
        for page in sorted(pages - {self.learner.now}):
            self.go(page)
            self.compare_page()
        for page, at in self.places.items():
            self.go(page)
            text = self.learner.course.locator(".page[data-now] [data-place]").inner_text()
            found = re.search(r"(\d+):(\d+)", text)
            assert found
            assert abs(int(found[1]) * 60 + int(found[2]) - at) <= 1.5, text


# Where, and from which seed on.
WALKS = {"scorm12": 1, "slow scorm2004": 5, "web": 6, "xapi": 4, "cmi5": 11}
# Walks that are known to come to everything, as no other seed promises.
WHOLE = ("scorm12", "xapi")
WHOLE_STEPS = 100
LMS_STEPS = STEPS // 2


@pytest.mark.share(1)
@pytest.mark.parametrize(("where", "seed"), [(where, SEED + first) for where, first in WALKS.items()])
def test_what_returns_is_what_was_done(
    launch: Launch, browser: Browser, translations: Sites, line: PoorLine, where: str, seed: int
) -> None:
    is_whole = where in WHOLE and SEED == 0
    steps = max(STEPS, WHOLE_STEPS) if is_whole else STEPS
    done = walk_in(launch, browser, translations, line, where, seed, steps, leaves=0.06)
    for what in ("answer q-", "hand in with ", "begin the check anew", "speak en", "speak sv"):
        assert what in done or not is_whole, what


@pytest.mark.share(2)
@pytest.mark.parametrize(("lms", "seed"), [(str(each), SEED + at) for at, each in enumerate(LMSS, 20)])
def test_it_returns_in_lmss_of_all_kinds(
    launch: Launch, browser: Browser, translations: Sites, line: PoorLine, lms: str, seed: int
) -> None:
    walk_in(launch, browser, translations, line, lms, seed, LMS_STEPS, leaves=0.12)


def walk_in(
    launch: Launch,
    browser: Browser,
    sites: Sites,
    line: PoorLine,
    where: str,
    seed: int,
    steps: int,
    leaves: float,
) -> str:
    """What was done, in words; `leaves` is how likely the learner is to leave after each step."""
    dice = random.Random(seed)
    device = {"viewport": {"width": 1000, "height": 700}, "locale": "sv-SE", "luck": dice.random()}
    launches = 0
    *slow, standard = where.split()
    with home(standard, launch, browser, sites, seed, **device) as place:
        walk = Walk(place, line, dice, is_slow=bool(slow))
        walk.arrive()
        try:
            for _ in range(steps):
                walk.way.append(walk.step())
                if dice.random() < leaves:
                    walk.leave()
                    launches += 1
                    if len(walk.handed) == ATTEMPTS and dice.random() < 0.5:
                        walk.enrol()
            walk.leave()
        except Exception as error:
            error.add_note(f"seed {seed}, step {len(walk.way)}: {', '.join(walk.way[-12:])}")
            error.add_note(place.account())
            raise
        finally:
            line.good.set()
    assert launches >= steps // 50
    return " ".join(walk.way)
