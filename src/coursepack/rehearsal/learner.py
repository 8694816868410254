"""A learner who goes through all of a package that can be gone through, without knowing any right answer."""

from __future__ import annotations

import hashlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from coursepack.rehearsal.stage import Stage

if TYPE_CHECKING:
    from playwright.sync_api import Frame

SUBMIT, NEXT, OTHER = 1, 2, 3
"""Ranks of controls: what sends an answer, what leads on, and all others. What leads back or out has a higher one."""

_ATTEMPTS = 4
"""How often a question that stays unanswered is answered again, each time otherwise."""

_TRIES = 3
"""How often a control that is on many pages is tried."""

_SETTLES = 10.0
"""Seconds in which a document comes to rest."""

_WAITS, _WAITS_FOR_NEXT = 5.0, 40.0
"""Seconds in which nothing changes before there is no way on; more of them where a button that leads on is disabled."""

_LOOK: dict[str, type] = {"path": str, "title": str, "text": str, "controls": list, "questions": list}
_LOOK |= {"answers": dict, "off": list, "media": int, "marks": str}
_CONTROL = {"number": int, "key": str, "name": str, "rank": int, "link": bool}
_QUESTION = {"numbers": list, "key": str, "kind": str}
"""What `templates/preview/learner.js` tells, and of which types."""

Why = Literal["", "exhausted", "steps", "seconds", "stopped"]


class Limits(NamedTuple):
    """How long a walk may be: in steps of the learner, and in seconds."""

    steps: int = 2000
    seconds: float = 600.0


class Seen(NamedTuple):
    """What a learner sees in one document."""

    frame: Frame
    path: str
    title: str
    text: str
    controls: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    answers: dict[str, str]
    off: list[str]
    media: int
    marks: str


class Control(NamedTuple):
    """A control in one of the documents of a view."""

    seen: Seen
    number: int
    key: str
    name: str
    rank: int
    link: bool


@dataclass(frozen=True)
class View:
    """What a learner sees at one time, in all documents. Views with the same texts are the same."""

    seen: tuple[Seen, ...]
    key: str

    @property
    def page(self) -> str:
        """The path of the innermost document in the package."""
        return self.seen[-1].path.partition("/package/")[2] if self.seen else ""

    @property
    def title(self) -> str:
        """What a learner would call it."""
        return next((each.title for each in reversed(self.seen) if each.title), "") or self.page

    @property
    def controls(self) -> list[Control]:
        """All controls, those first that a learner tries first."""
        found = [
            Control(seen, each["number"], f"{each['key']}", each["name"], each["rank"], each["link"])
            for seen in self.seen
            for each in seen.controls
        ]
        return sorted(found, key=lambda each: each.rank)

    @property
    def answers(self) -> dict[str, str]:
        """The answers that are shown, by their fields."""
        return {key: value for seen in self.seen for key, value in seen.answers.items()}

    @property
    def marks(self) -> tuple[str, ...]:
        """How all elements are marked, where the text alone does not say what was done."""
        return tuple(seen.marks for seen in self.seen)

    @property
    def off(self) -> list[str]:
        """The names of the controls that would lead on, and are disabled."""
        return [name for seen in self.seen for name in seen.off]


@dataclass
class Walk:
    """How far the learner came."""

    why: Why = ""
    steps: int = 0
    views: dict[str, View] = field(default_factory=dict)
    """In the order in which they were seen first."""
    last: View | None = None
    questions: int = 0
    """Questions that were answered."""
    choices: int = 0
    """How many answers there are to choose from, if there is only one question."""
    unplayed: int = 0
    """Films and sounds that did not come to their end."""
    blocked: dict[str, tuple[View, str, str]] = field(default_factory=dict)
    """Controls that nobody can press, by name: where, why, and by what they are covered."""
    left_over: list[str] = field(default_factory=list)
    """The names of controls that were seen, and could not be reached any more."""
    dead: list[str] = field(default_factory=list)
    """The names of the controls of the last view that should have led on, and did not."""
    wide: dict[str, int] = field(default_factory=dict)
    """Documents that are wider than their window, by path, with the pixels."""
    turns: int = 0
    """How often the learner has come to a document or a text that is another one."""

    @property
    def pages(self) -> int:
        """Documents that were seen, each title counted for itself."""
        return len({(view.page, view.title) for view in self.views.values()})


class Whole(NamedTuple):
    """What later walks are compared with: a walk without its documents, which hold all that was in the browser."""

    turns: int
    questions: int
    pages: int
    blocked: frozenset[str]

    @classmethod
    def of(cls, walk: Walk) -> Whole:
        """The summary of a walk."""
        return cls(walk.turns, walk.questions, walk.pages, frozenset(walk.blocked))


def alike(one: View, other: View) -> bool:
    """Whether the second has most of the words of the first, as with feedback added."""
    words, others = ({word for seen in view.seen for word in seen.text.split()} for view in (one, other))
    return len(words & others) > 0.6 * len(words)


def _has(told: object, shape: Mapping[str, type]) -> bool:
    if not isinstance(told, dict) or not shape.keys() <= told.keys():
        return False
    return all(isinstance(told[name], kind) for name, kind in shape.items())


def _is_look(told: Any) -> bool:
    return (
        _has(told, _LOOK)
        and all(_has(each, _CONTROL) for each in told["controls"])
        and all(_has(each, _QUESTION) and each["numbers"] for each in told["questions"])
        and all(isinstance(each, str) for each in told["off"])
    )


class Learner:
    """Goes through the package on a stage."""

    def __init__(
        self, stage: Stage, limits: Limits, *, is_narrow: bool = False, luck: int = 0, waits: bool = True
    ) -> None:
        """With another `luck`, other answers are chosen first. With `waits`, a disabled button is waited for."""
        self._stage, self._limits, self._is_narrow, self._luck = stage, limits, is_narrow, luck
        self._tried: set[tuple[str, str]] = set()
        self._links: set[str] = set()
        self._times: Counter[str] = Counter()
        self._answered: Counter[tuple[str, str]] = Counter()
        self._read: set[tuple[str, str]] = set()
        self._ways: dict[str, dict[str, str]] = {}
        self._has_answered = False
        self._waits = waits
        self.walk = Walk()

    # Seeing

    def view(self) -> View:
        """What is to be seen now, once it has come to rest."""
        self._settle()
        return self._look()

    def _look(self) -> View:
        seen = []
        for frame in self._stage.frames():
            found = self._do(frame, "look")
            # A package can change what its script works with.
            if _is_look(found):
                # Only ever compared.
                found["marks"] = hashlib.sha256(found["marks"].encode("utf-8", "replace")).hexdigest()
                seen.append(Seen(frame=frame, **found))
        mark = hashlib.sha256(repr([(each.path, each.text) for each in seen]).encode("utf-8", "replace"))
        return View(tuple(seen), mark.hexdigest())

    def _do(self, frame: Frame, name: str, *given: object) -> Any:
        """Has the script in a document do something; None if the document is gone, or has no such script."""
        from playwright.sync_api import Error

        try:
            return frame.evaluate(
                '([name, ...given]) => window[Symbol.for("coursepack.learner")]?.[name](...given)',
                [name, *given],
            )
        except Error:
            if not self._stage.page.context.browser or not self._stage.page.context.browser.is_connected():
                raise
            return None

    def _settle(self) -> None:
        end = time.monotonic() + min(_SETTLES, self._limits.seconds)
        while True:
            self._stage.rest()
            frames = self._stage.frames()
            states = [self._do(frame, "settle") for frame in frames]
            if (all(states) and frames == self._stage.frames()) or time.monotonic() > end:
                break
        self._stage.rest()

    # Going

    def go(self, until: Callable[[View, Walk], bool] = lambda view, walk: False) -> Walk:
        """Goes on until nothing is left, or `until` says so, which is asked before anything is done in a view."""
        walk, end = self.walk, time.monotonic() + self._limits.seconds
        walk.why = ""
        view = self._arrive(self.view(), None, "")
        while not walk.why:
            if until(view, walk):
                walk.why = "stopped"
            elif walk.steps >= self._limits.steps:
                walk.why = "steps"
            elif time.monotonic() > end:
                walk.why = "seconds"
            else:
                after = self._step(view)
                if after is None:
                    after = self._wait(view, end)
                if after is None:
                    walk.why = "exhausted"
                else:
                    view = after
        self._stage.hear()
        walk.last = view
        walk.left_over = list(self._untried_elsewhere(view))
        return walk

    def _arrive(self, view: View, before: View | None, key: str) -> View:
        """Notes a view, and by which control one comes to it."""
        walk = self.walk
        is_new = view.key not in walk.views
        walk.views[view.key] = view
        if before is not None:
            self._ways.setdefault(before.key, {})[key] = view.key
            if (before.page, before.title) != (view.page, view.title) or (is_new and not alike(before, view)):
                walk.turns += 1
        if is_new and self._is_narrow:
            for seen in view.seen:
                more = self._do(seen.frame, "overflow")
                # A pixel can come from rounding.
                if isinstance(more, int | float) and more > 1:
                    walk.wide.setdefault(seen.path.partition("/package/")[2], int(more))
        return view

    def _step(self, view: View) -> View | None:
        """Does one thing; None when nothing is left."""
        walk = self.walk
        for seen in view.seen:
            for question in seen.questions:
                mark = (view.key, question["key"])
                attempt = self._answered[mark]
                if attempt < _ATTEMPTS:
                    self._answered[mark] += 1
                    self._count()
                    self._answer(seen, question, attempt)
                    return self._arrive(self.view(), view, question["key"])
            if seen.media:
                self._count()
                left = self._do(seen.frame, "play")
                walk.unplayed += left if isinstance(left, int) else 0
                return self._arrive(self.view(), view, "media")
            if (seen.path, seen.text) not in self._read:
                self._read.add((seen.path, seen.text))
                self._do(seen.frame, "read")
                after = self.view()
                if after.key != view.key:
                    return self._arrive(after, view, "read")
        for control in self._untried(view):
            self._tried.add((view.key, control.key))
            if self._press(view, control):
                self._note(control)
                return self._arrive(self.view(), view, control.key)
        return self._towards_untried(view)

    def _count(self) -> None:
        self.walk.steps += 1
        self._stage.step += 1

    def _note(self, control: Control) -> None:
        self._times[control.key] += 1
        if control.link:
            self._links.add(control.key)
        if control.rank not in (SUBMIT, OTHER):
            self._has_answered = False

    def _answer(self, seen: Seen, question: dict[str, Any], attempt: int) -> None:
        numbers = question["numbers"]
        if question["kind"] in ("select", "text"):
            self._do(seen.frame, "fill", numbers[0], attempt)
        else:
            self._click(seen.frame, numbers[(self._luck + attempt) % len(numbers)])
        if not attempt:
            self.walk.questions += 1
            is_choice = question["kind"] == "radio"
            self.walk.choices = len(numbers) if is_choice and self.walk.questions == 1 else 0
        self._has_answered = True

    def _click(self, frame: Frame, number: int) -> dict[str, Any] | None:
        """Presses a control; what is in the way when nobody can."""
        place = self._do(frame, "place", number)
        if not isinstance(place, dict) or not {"x", "y"} <= place.keys():
            return place if isinstance(place, dict) else {"why": "gone", "by": ""}
        from playwright.sync_api import Error

        try:
            frame.page.mouse.click(place["x"], place["y"])
        except Error:
            # The window was closed by that.
            if not frame.page.is_closed():
                raise
        return None

    def _press(self, view: View, control: Control) -> bool:
        found = self._click(control.seen.frame, control.number)
        if found is None:
            self._count()
            return True
        if found.get("why") in ("outside", "covered"):
            self.walk.blocked.setdefault(control.name, (view, str(found["why"]), str(found.get("by") or "")))
        return False

    def _rank(self, control: Control) -> int:
        return OTHER if control.rank == SUBMIT and not self._has_answered else control.rank

    def _untried(self, view: View) -> Iterator[Control]:
        for control in sorted(view.controls, key=self._rank):
            if (view.key, control.key) in self._tried or control.key in self._links:
                continue
            if not control.link and control.rank not in (SUBMIT, NEXT) and self._times[control.key] >= _TRIES:
                continue
            yield control

    def _untried_elsewhere(self, here: View) -> Iterator[str]:
        for view in self.walk.views.values():
            if view.key != here.key and (view.page, view.title) != (here.page, here.title):
                for control in self._untried(view):
                    if control.link and control.rank <= OTHER:
                        yield control.name

    def _towards_untried(self, view: View) -> View | None:
        """Goes back a known way towards a view in which something is left."""
        ways = deque((key, after) for key, after in self._ways.get(view.key, {}).items())
        known = {view.key}
        while ways:
            first, at = ways.popleft()
            if at in known:
                continue
            known.add(at)
            if any(True for _ in self._untried(self.walk.views[at])):
                control = next((each for each in view.controls if each.key == first), None)
                if control is not None and self._press(view, control):
                    return self._arrive(self.view(), view, control.key)
            ways.extend((first, after) for after in self._ways.get(at, {}).values())
        return None

    def _wait(self, view: View, end: float) -> View | None:
        """Waits for something to happen by itself; None when nothing does."""
        patience = _WAITS_FOR_NEXT if view.off and self._waits else _WAITS
        until = min(end, time.monotonic() + patience)
        names = [control.key for control in view.controls]
        while time.monotonic() < until:
            self._stage.page.wait_for_timeout(200)
            self._stage.rest()
            now = self._look()
            if now.key != view.key or [control.key for control in now.controls] != names:
                return self._arrive(now, view, "time")
        ways = self._ways.get(view.key, {})
        self.walk.dead = [
            *view.off,
            *(
                each.name
                for each in view.controls
                if each.rank == NEXT
                and (view.key, each.key) in self._tried
                and ways.get(each.key, view.key) == view.key
            ),
        ]
        return None

    # Coming back

    def is_answered(self, view: View) -> bool:
        """Whether all questions of a view are answered, and the answers are sent where there is a button for it."""
        if not any(view.answers.values()) or any(seen.questions for seen in view.seen):
            return False
        return not any(each.rank == SUBMIT for each in self._untried(view))

    def after(self, view: View, control: Control) -> str:
        """The key of the view to which a control has led."""
        return self._ways.get(view.key, {}).get(control.key, "")

    def press(self, control: Control, view: View) -> View:
        """Presses one control; returns what is seen then."""
        self._press(view, control)
        return self.view()
