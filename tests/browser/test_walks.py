"""Random walks through the showcase, left and launched again at random points: what returns is what was done.

A seed leads to the same walk. `COURSEPACK_STEPS=3000 pytest tests/browser/test_walks.py` walks further than a run of all tests does.
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from conftest import Launch, Learner
from using import BUTTONS

STEPS = int(os.environ.get("COURSEPACK_STEPS", "150"))

# What the learner sees of an answer. A text or number is not kept: only how it was judged.
SEEN = """(form) => ({
  chosen: [...form.querySelectorAll(":checked:not(option)")].map(({ value }) => value),
  matched: [...form.querySelectorAll("select")].map(({ value }) => value),
  order: [...form.querySelectorAll("[data-item]")].map(({ dataset }) => dataset.item),
  told: form.querySelector(".fb strong")?.textContent,
  marks: form.querySelector("[type=text]") ? [] : [...form.querySelectorAll(".mark")].map((one) => one.textContent.trim()),
})"""

# Answers a question by chance, and tells what is then seen.
ANSWER = f"""({{ question, dice }}) => {{
  const form = document.querySelector(`form[data-q="${{question}}"]`);
  const below = (count) => Math.floor(dice.pop() * count);
  if (form.dataset.state) form.requestSubmit();
  const boxes = [...form.querySelectorAll("[type=radio], [type=checkbox]")];
  for (const box of boxes) box.checked = box.type === "checkbox" && below(2) === 1;
  if (boxes.length) boxes[below(boxes.length)].checked = true;
  for (const list of form.querySelectorAll("select")) list.selectedIndex = 1 + below(list.options.length - 1);
  for (const text of form.querySelectorAll("[type=text]")) {{
    const right = form.querySelector("[data-solution]").textContent.split(" till ")[0];
    text.value = [right, "-1", "114 14", "1000"][below(4)];
  }}
  for (const row of form.querySelectorAll("[data-item]")) row.querySelectorAll("button")[below(2)].click();
  form.dispatchEvent(new Event("input"));
  form.requestSubmit();
  return ({SEEN})(form);
}}"""

PRESS = """({ buttons, dice }) => {
  const all = [...document.querySelectorAll(`.page[data-now] :is(${buttons}, summary)`)].filter((each) =>
    each.checkVisibility() && !each.closest("form"));
  all[Math.floor(dice * all.length)]?.click();
}"""

# What is played of each scenario of the page, and what is chosen in it.
SCENES = """[...document.querySelectorAll(".page[data-now] [data-play]")].map((play) =>
  [play.querySelector(".scene").textContent, play.querySelector("[aria-pressed=true]")?.textContent ?? ""])"""

SEEK = """async (at) => {
  const medium = document.querySelector(".page[data-now] :is(video, audio)");
  medium.muted = true;
  await medium.play();
  medium.currentTime = at;
  await new Promise((done) => medium.addEventListener("seeked", done, { once: true }));
  medium.pause();
  return medium.currentTime;
}"""

# A window that dies is told nothing: what listens for its end is not called.
DEAF = """["pagehide", "beforeunload", "unload", "visibilitychange"].forEach((name) =>
  addEventListener(name, (event) => event.stopImmediatePropagation(), { capture: true }))"""

IDLE = "new Promise((done) => requestIdleCallback(() => setTimeout(done, 0)))"

LOOK = """Object.fromEntries([...document.querySelectorAll("#d-settings input:checked")].map(({ name, value }) => [name, value]))"""


@dataclass
class Walk:
    """A learner who does what comes, and what they know to have done."""

    learner: Learner
    dice: random.Random
    pages: list[str]
    last: str = ""
    opened: set[str] = field(default_factory=set)
    asked: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    scenes: list[list[str]] | None = None
    places: dict[str, float] = field(default_factory=dict)
    look: dict[str, str] = field(default_factory=dict)

    def evaluate(self, script: str, given: Any = None) -> Any:
        return self.learner.course.evaluate(script, given)

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
        now = self.learner.now
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
        chance = self.dice.random()
        forms = self.forms()
        if forms and chance < 0.5:
            question = self.dice.choice(forms)
            dice = [self.dice.random() for _ in range(60)]
            seen = self.evaluate(ANSWER, {"question": question, "dice": dice})
            self.answers[question] = (self.learner.now, seen)
            return f"answer {question}"
        if self.learner.now in ("audio", "video") and chance < 0.5:
            at = self.dice.randint(2, 15)
            self.places[self.learner.now] = self.evaluate(SEEK, at)
            return f"seek {at}"
        if self.learner.now == "scenario" and chance < 0.6:
            self.evaluate(PRESS, {"buttons": "[data-play] button", "dice": self.dice.random()})
            self.scenes = self.evaluate(SCENES)
            return "choose"
        if chance < 0.8:
            page = self.dice.choice([*self.pages, "ordlista", "klar", "om"])
            self.go(page)
            return f"go to {page}"
        if chance < 0.87:
            self.evaluate(PRESS, {"buttons": BUTTONS, "dice": self.dice.random()})
            self.scenes = self.evaluate(SCENES) or self.scenes
            self.arrive()
            return "press"
        if chance < 0.91:
            self.evaluate("(part) => scrollTo(0, part * document.body.scrollHeight)", self.dice.random())
            return "scroll"
        if chance < 0.95:
            name = self.dice.choice(("size", "airy", "light", "contrast"))
            choices = self.learner.course.locator(f"#d-settings input[name={name}]")
            choice = choices.nth(self.dice.randrange(choices.count()))
            choice.evaluate("(input) => input.click()")
            self.look = self.evaluate(LOOK)
            return f"set {name}"
        dialog = self.dice.choice(("menu", "search", "help", "settings"))
        self.evaluate("(name) => document.querySelector(`[data-open=${name}]`).click()", dialog)
        self.learner.page.keyboard.press("Escape")
        self.evaluate("document.querySelector('dialog[open] [data-close]')?.click()")
        return f"look at {dialog}"

    def leave(self, properly: bool) -> None:
        """The course is left and launched again. Improperly: the window dies, and nothing is done at its end."""
        page = self.learner.page
        if properly:
            saved = self.learner.leave()
        else:
            # What was done is written down in the first idle moment after it.
            self.evaluate(IDLE)
            saved = self.learner.lms("saved")
            self.evaluate(DEAF)
        page.reload()
        page.evaluate(f"start({json.dumps(saved)}, {{}}, '')")
        while page.frame("sco") is None:
            page.wait_for_timeout(10)
        self.learner.course.wait_for_selector("html[data-js]", state="attached")
        self.learner.wait("document.querySelector('[data-save]').dataset.state")
        # The menu is marked in an idle moment.
        self.evaluate(IDLE)

    def compare(self) -> None:
        """What returns is what was done."""
        assert self.learner.now == self.last
        done = self.evaluate(
            "[...document.querySelectorAll('[data-menu-nav] :is(.dot.done, .dot.now)')]"
            ".map((dot) => dot.closest('a').dataset.page)"
        )
        assert set(done) == self.opened
        assert self.evaluate(LOOK).items() >= self.look.items()
        for question, (page, before) in self.answers.items():
            if self.learner.now != page:
                self.go(page)
            seen = self.learner.course.locator(f'form[data-q="{question}"]').evaluate(SEEN)
            assert seen == before, question
        if self.scenes:
            if self.learner.now != "scenario":
                self.go("scenario")
            assert self.evaluate(SCENES) == self.scenes
        for page, at in self.places.items():
            self.go(page)
            text = self.learner.course.locator(".page[data-now] [data-place]").inner_text()
            minutes, seconds = text.split()[3].rstrip(".").split(":")
            assert abs(int(minutes) * 60 + int(seconds) - at) <= 1.5, text


@pytest.mark.parametrize("seed", [1, 2])
def test_what_returns_is_what_was_done(launch: Launch, showcase: str, seed: int) -> None:
    dice = random.Random(seed)
    learner = launch(address=showcase, viewport={"width": 1000, "height": 700})
    ids = learner.course.evaluate(
        "JSON.parse(document.getElementById('course-data').textContent).pages.map(({ id }) => id)"
    )
    walk = Walk(learner, dice, ids)
    walk.arrive()
    way: list[str] = []
    launches = 0
    try:
        for _ in range(STEPS):
            way.append(walk.step())
            if dice.random() < 0.06:
                properly = dice.random() < 0.7
                way.append("leave" if properly else "die")
                walk.leave(properly)
                walk.compare()
                launches += 1
    except Exception as error:
        error.add_note(f"seed {seed}, step {len(way)}: {', '.join(way[-12:])}")
        raise
    assert launches > STEPS / 40
    assert walk.answers
