"""Rehearses a package: launches it, goes through it, leaves it, comes back, in wide and narrow windows."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from coursepack.preview.strangers import Stranger
from coursepack.problems import Problem, Report
from coursepack.profiles import PROFILES
from coursepack.rehearsal import SCENARIOS, judging
from coursepack.rehearsal.browser import chromium, killed_after
from coursepack.rehearsal.learner import NEXT, Control, Learner, Limits, View, Walk, Whole, alike
from coursepack.rehearsal.stage import Call, Stage, StuckError, stage
from coursepack.release import sums
from coursepack.release.rehearsed import State

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LIMITS = Limits()

_WIDE, _NARROW = (1280, 800), (320, 640)
_SPARE = 120.0
"""Seconds beside a walk in which the browser may be busy."""

_QUIET = 1500
"""Milliseconds in which the learner only looks at the first page."""

_MOST_CHOICES = 6

_FOUND_BY = {
    "saves-only-on-leaving": "killed",
    "loses-place": "resumes",
    "loses-answers": "resumes",
    "sideways-scroll": "narrow",
    "out-of-reach": "narrow",
    "calls-home": "network",
}

_WITHOUT_LMS = {"completes", "killed"}
"""What is impossible for a web edition, which may keep its place on the device."""
_ASSET = {*_WITHOUT_LMS, "resumes"}
"""What is impossible for a unit that speaks to no LMS, and keeps nothing."""

_STATES: dict[str, State] = {"note": "unfinished", "warning": "warned", "error": "failed"}
_RANKS = list(get_args(State))


@dataclass
class Rehearsal:
    """The result for one unit of a package in one LMS; `system` is the name of a profile, or empty for a strict LMS."""

    path: str
    standard: str
    title: str
    system: str
    sha256: str | None = None
    """The checksum of the package, if it is a zip."""
    problems: list[Problem] = field(default_factory=list)
    outcomes: dict[str, State] = field(default_factory=dict)
    """By scenario; those that were not asked for are missing."""
    timeline: list[tuple[str, Call]] = field(default_factory=list)
    """All calls to the LMS, each with its scenario."""
    steps: int = 0
    pages: int = 0
    """Of the longest walk."""
    seconds: float = 0.0

    @property
    def state(self) -> State:
        """The worst of the outcomes. What could not be rehearsed is unfinished."""
        worst = max(self.outcomes.values(), key=_RANKS.index)
        is_less = worst in ("impossible", "ok") and "impossible" in self.outcomes.values()
        return "unfinished" if is_less else worst

    @property
    def report(self) -> Report:
        """The findings."""
        return Report.of(self.problems)

    def compare(self, strict: Rehearsal) -> None:
        """What was not found in a strict LMS becomes the doing of this one, and no fault of the package."""
        known = {each.rule for each in strict.problems}
        self.problems = [
            each
            if each.severity == "note" or each.rule in known
            else judging.only_in(self.system, PROFILES[self.system].title, each)
            for each in self.problems
        ]
        faulty = {_scenario_of(each) for each in self.problems if each.severity == "error"}
        for name, state in self.outcomes.items():
            if state == "failed" and name not in faulty:
                self.outcomes[name] = "warned"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "path": self.path,
            "sha256": self.sha256,
            "standard": self.standard,
            "unit": self.title,
            "lms": self.system or None,
            "ok": self.report.ok,
            "scenarios": dict(self.outcomes),
            "steps": self.steps,
            "pages": self.pages,
            "seconds": round(self.seconds, 1),
            "problems": [each.as_dict() for each in self.report],
            "timeline": [{"scenario": name, **call.as_dict()} for name, call in self.timeline],
        }


def rehearse(
    path: Path,
    *,
    systems: Collection[str] = (),
    only: Collection[str] = (),
    limits: Limits = LIMITS,
    language: str = "en",
    progress: Callable[[str], object] = lambda what: None,
) -> Iterator[Rehearsal]:
    """Rehearses each unit of a package in each LMS: names of profiles, by default a strict one.

    `only` has some of `SCENARIOS`. `progress` is told the scenario that begins. Raises UnlaunchableError for what is no
    package, and NoBrowserError.
    """
    wanted = [name for name in SCENARIOS if not only or name in only]
    with Stranger(path) as package:
        digest = sums.of_file(path) if path.is_file() else None

        def one(number: int, system: str) -> Rehearsal:
            title = package.units[number].title or package.facts(language)["title"]
            found = Rehearsal(str(path), package.standard, title, system, digest)
            began = time.monotonic()
            with chromium() as browser:
                _Rehearsing(package, number, found, browser, limits, language, progress).all(wanted)
            if system and any(each.severity != "note" for each in found.problems):
                found.compare(strict(number))
            found.seconds = time.monotonic() - began
            return found

        @cache
        def strict(number: int) -> Rehearsal:
            return one(number, "")

        for system in systems:
            for number in range(len(package.units)):
                yield one(number, system)
        if not systems:
            yield from map(strict, range(len(package.units)))


def _scenario_of(found: Problem) -> str:
    return _FOUND_BY.get(found.rule.partition("/")[2], "completes")


class _Rehearsing:
    """The scenarios of one unit in one LMS."""

    def __init__(
        self,
        package: Stranger,
        unit: int,
        found: Rehearsal,
        browser: Browser,
        limits: Limits,
        language: str,
        progress: Callable[[str], object],
    ) -> None:
        self._package, self._unit, self._found = package, unit, found
        self._browser, self._limits, self._language, self._progress = browser, limits, language, progress
        quirks = list(PROFILES[found.system].quirks) if found.system else []
        self._lms = {"quirks": quirks, "options": {}, "profile": found.system}
        is_asset = package.units[unit].is_asset
        self._impossible = _ASSET if is_asset else set() if package.standard else _WITHOUT_LMS
        self._whole: Whole | None = None
        self._is_complete = False

    def all(self, wanted: Collection[str]) -> None:
        """Rehearses the scenarios."""
        from playwright.sync_api import Error

        impossible = self._impossible
        outcomes: dict[str, State] = {name: "impossible" if name in impossible else "ok" for name in wanted}
        told = set()
        plan = {
            self.completes: {"completes", "network"},
            self.returns: {"resumes", "killed"},
            self.answers: {"resumes"},
            self.narrow: {"narrow"},
        }
        for walk, tried in plan.items():
            if not tried.intersection(wanted) - impossible:
                continue
            scenario = next(name for name in SCENARIOS if name in tried)
            if scenario not in told:
                self._progress(scenario)
            told.add(scenario)
            try:
                walk()
            except (Error, StuckError):
                self._found.problems.append(
                    judging.problem(
                        "not-to-its-end",
                        "note",
                        "could not be rehearsed to its end: it does not answer any more",
                        None,
                        "Nothing was found as far as the learner came.",
                    )
                )
                outcomes |= dict.fromkeys(tried.intersection(wanted), "unfinished")
                if not self._browser.is_connected():
                    break
        kept = []
        for each in dict.fromkeys(self._found.problems):
            scenario = _scenario_of(each)
            if scenario in wanted:
                kept.append(each)
                outcomes[scenario] = max(outcomes[scenario], _STATES[each.severity], key=_RANKS.index)
        self._found.problems = kept
        self._found.outcomes = outcomes

    def completes(self) -> None:
        """Goes through all of it, and leaves."""
        with self._staged("completes", _WIDE) as made:
            learner = Learner(made, self._limits)
            first = learner.view()
            made.page.wait_for_timeout(_QUIET)
            made.rest()
            at_once = next((call for call in made.calls if call.outcome in ("completed", "passed")), None)
            walk = self._go(learner, lambda view, walk: not at_once and _has_result(made))
            learner.view()
            made.leave()
            kept = made.kept()
            self._whole, self._is_complete = Whole.of(walk), judging.is_complete(kept)
            if "completes" not in self._impossible:
                is_over = walk.why == "exhausted" and not self._is_complete
                knows_all = is_over and self._is_never_completed(walk)
                self._found.problems += judging.completed(made, walk, kept, first, at_once, knows_all)
            self._found.problems += judging.told(made, first, not self._found.system)

    def _is_never_completed(self, walk: Walk) -> bool:
        """Whether no answer completes it: there are none, or every answer to the only question has been tried."""
        if not walk.questions or not judging.names_a_result(self._package):
            return True
        if not 0 < walk.choices <= _MOST_CHOICES:
            return False
        for luck in range(1, walk.choices):
            with self._staged("completes", _WIDE) as made:
                self._learner(made, luck=luck).go(lambda view, walk: _has_result(made))
                made.leave()
                if judging.is_complete(made.kept()):
                    return False
        return True

    def returns(self) -> None:
        """Leaves half-way, and comes back to the place."""
        turns = max(1, (self._whole.turns + 1) // 2) if self._whole else 1
        with self._staged("resumes", _WIDE) as made:
            learner = self._learner(made)
            first = learner.view()
            before = made.kept()
            walk = self._go(learner, lambda view, walk: walk.turns >= turns or _has_result(made))
            left = walk.last
            assert left is not None
            learner.view()
            at_kill = made.kept()
            made.leave()
            after = made.kept()
            if walk.why == "stopped":
                self._found.problems += judging.killed(before, at_kill, after, walk)
            if _has_result(made) or (
                (left.page, left.title) == (first.page, first.title) and alike(first, left)
            ):
                return
            made.resume()
            back = learner.view()
            if (back.key, back.marks) == (first.key, first.marks) and not _leads_back(learner, back):
                self._found.problems.append(judging.lost_place(left, back))
            self._others(made)

    def answers(self) -> None:
        """Leaves when questions have been answered, and looks for the answers."""
        if self._whole is not None and not self._whole.questions:
            return
        with self._staged("resumes", _WIDE) as made:
            learner = self._learner(made)
            walk = self._go(learner, lambda view, walk: learner.is_answered(view))
            left = walk.last
            if left is None or walk.why != "stopped":
                return
            made.leave()
            made.resume()
            back = learner.view()
            for _ in range(walk.turns):
                if alike(left, back) or not (lead := _lead(back)):
                    break
                back = learner.press(lead, back)
            if alike(left, back) and (left.page, left.title) == (back.page, back.title):
                self._found.problems += judging.lost_answers(left, back)

    def narrow(self) -> None:
        """Goes through all of it in a window of 320 pixels."""
        with self._staged("narrow", _NARROW) as made:
            walk = self._go(self._learner(made, is_narrow=True), lambda view, walk: _has_result(made))
            made.leave()
            is_complete = judging.is_complete(made.kept())
            self._others(made)
        if not is_complete and walk.blocked and self._whole is None:
            self.completes()
        whole = self._whole
        is_less = whole is not None and walk.why == "exhausted" and not is_complete and (
            self._is_complete or walk.pages < whole.pages
        )  # fmt: skip
        self._found.problems += judging.narrow(walk, whole, is_less)

    def _learner(self, made: Stage, *, is_narrow: bool = False, luck: int = 0) -> Learner:
        # What never came in the first walk is not waited for again.
        waits = self._whole is None or self._is_complete
        return Learner(made, self._limits, is_narrow=is_narrow, luck=luck, waits=waits)

    def _go(self, learner: Learner, until: Callable[[View, Walk], bool]) -> Walk:
        walk = learner.go(until)
        self._found.steps = max(self._found.steps, walk.steps)
        self._found.pages = max(self._found.pages, walk.pages)
        return walk

    def _others(self, made: Stage) -> None:
        """What a further walk shows beside what it is for: other addresses that are asked."""
        known = {
            str(each.says.values[0]) for each in self._found.problems if each.rule == "rehearsal/calls-home"
        }
        self._found.problems += [
            each for each in judging.calls_home(made, None) if str(each.says.values[0]) not in known
        ]

    @contextmanager
    def _staged(self, name: str, size: tuple[int, int]) -> Iterator[Stage]:
        with (
            killed_after(self._browser, self._limits.seconds + _SPARE),
            stage(self._browser, self._package, self._lms, size, self._language) as made,
        ):
            try:
                made.launch(self._unit)
                yield made
            finally:
                self._found.timeline += [(name, call) for call in made.calls]


def _has_result(made: Stage) -> bool:
    return any(call.outcome in ("completed", "passed") for call in made.calls)


def _lead(view: View) -> Control | None:
    """The control that leads on."""
    return next((each for each in view.controls if each.rank == NEXT), None)


def _leads_back(learner: Learner, view: View) -> bool:
    """Whether the first page, shown again, leads on to another page than it did at first: to the one that was left."""
    lead = _lead(view)
    return lead is not None and learner.press(lead, view).key != learner.after(view, lead)
