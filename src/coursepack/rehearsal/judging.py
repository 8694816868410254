"""What a rehearsal finds: what happened, where, the call that shows it, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coursepack.preview.server import Subject
from coursepack.preview.strangers import ROOM
from coursepack.problems import Category, Count, Location, Message, Problem, Quoted, Severity
from coursepack.rehearsal.learner import NEXT, OTHER, View, Walk, Whole
from coursepack.rehearsal.stage import Call, Stage

_FINE = ("0", "403")
"""What is no refusal: that an element has no value yet is an answer (RTE 2004, 3.1.7.7)."""

_TOLD = re.compile(rb"completed|passed", re.IGNORECASE)
_TEXTS = (".js", ".mjs", ".html", ".htm", ".xhtml", ".json")


def problem(
    name: str,
    severity: Severity,
    says: Message | str,
    at: View | str | None,
    advises: str,
    category: Category = "function",
) -> Problem:
    """A finding of a rehearsal at a page of the package."""
    page = at.page if isinstance(at, View) else at or ""
    return Problem(f"rehearsal/{name}", severity, says, Location(page), advises, category)


def completed(
    stage: Stage, walk: Walk, kept: dict[str, str], first: View, at_once: Call | None, knows_all: bool
) -> Iterator[Problem]:
    """What is wrong with how it completes.

    `kept` is what the LMS has after the learner has left, and `knows_all` whether no other answers could complete it.
    """
    if at_once is not None and (walk.turns or walk.questions or walk.unplayed):
        yield problem(
            "completes-at-once",
            "error",
            Message("is completed before anything was done: {0}", Quoted(str(at_once))),
            first,
            "Report it when the learner has done what is asked for.",
        )
    if is_complete(kept):
        return
    called = [call for call in stage.calls if stage.is_scorm or call.name.endswith("/statements")]
    outcome = next((call for call in stage.calls if call.outcome), None)
    last = walk.last
    if not called:
        yield problem(
            "no-session",
            "error",
            "never speaks to the LMS, which knows nothing of it",
            first,
            "Initialize a session when it is launched.",
        )
    elif outcome is not None:
        yield problem(
            "never-completes",
            "error",
            Message("reports its result, and the LMS has not kept it: {0}", Quoted(str(outcome))),
            last,
            "Commit when the result is set, and finish the session.",
        )
    elif walk.why in ("steps", "seconds") or walk.unplayed:
        yield _unended(walk, walk.last)
    elif walk.why == "exhausted":
        yield _ended(stage, walk, last, knows_all)


def is_complete(kept: dict[str, str]) -> bool:
    """Whether an LMS has a result: completed, passed or failed."""
    return any(kept.get(name) in ("completed", "passed", "failed") for name in ("status", "success"))


def _ended(stage: Stage, walk: Walk, last: View | None, knows_all: bool) -> Problem:
    """Nothing was left to do, and there is no result."""
    subject = stage.server.subject
    if not knows_all:
        return problem(
            "not-to-its-end",
            "note",
            Message(
                "could not be rehearsed to its end: {0} questions were guessed at", Count(walk.questions)
            ),
            last,
            "It may need right answers. Go through it yourself with `coursepack preview`.",
        )
    title = Quoted(last.title if last else "")
    gone = last is not None and last.page.partition("#")[0] in stage.missing
    pages = {name for name in subject.names if name.lower().endswith((".html", ".htm"))}
    seen = {
        each.path.partition("/package/")[2].partition("#")[0]
        for view in walk.views.values()
        for each in view.seen
    }
    # Where there are several units, it may be a page of another one.
    unseen = sorted(pages - seen) if len(subject.units) == 1 else []
    leads = last is not None and any(each.rank in (NEXT, OTHER) for each in last.controls)
    cure = "Let each page lead on, or report completion there."
    if gone:
        says = Message("there is no way on: {0} is not in the package", Quoted(last.page if last else ""))
    elif walk.dead:
        says = Message("there is no way on from the page {0}: {1} leads nowhere", title, Quoted(walk.dead[0]))
    elif unseen and not leads:
        says = Message(
            "there is no way on from the page {0}, and {1} was never reached", title, Quoted(unseen[0])
        )
    elif walk.left_over and not leads:
        says = Message(
            "there is no way on from the page {0}, and back to {1} neither", title, Quoted(walk.left_over[0])
        )
    else:
        return problem(
            "never-completes",
            "error",
            Message("was gone through in {0} steps, and never reports completion", Count(walk.steps)),
            last,
            "Report completion when the learner has done what is asked for, and commit.",
        )
    return problem("dead-end", "error", says, last, cure)


def _unended(walk: Walk, last: View | None) -> Problem:
    if walk.unplayed:
        says = Message(
            "could not be rehearsed to its end: {0} films or sounds did not end", Count(walk.unplayed)
        )
    else:
        says = Message("could not be rehearsed to its end: it was left after {0} steps", Count(walk.steps))
    return problem("not-to-its-end", "note", says, last, "Nothing was found as far as the learner came.")


def names_a_result(subject: Subject) -> bool:
    """Whether any text of the package names a result that can be reported: otherwise, no answer can complete it."""
    for name in subject.names:
        content = subject.content(name) if name.lower().endswith(_TEXTS) else None
        # What is too large to be bytes is not looked at, and may name one.
        if content is not None and (not isinstance(content, bytes) or _TOLD.search(content)):
            return True
    return False


def told(stage: Stage, first: View | None, is_strict: bool) -> Iterator[Problem]:
    """What is wrong with the calls and requests of a walk that was left at its end."""
    room = ROOM.get((stage.server.subject.standard, stage.server.subject.edition), 0)
    over = None
    for call in stage.calls:
        if room and call.name.endswith("SetValue") and call.given[:1] == ("cmi.suspend_data",):
            length = len(call.given[-1])
            if length > room and (over is None or length > over[0]):
                over = length, call
    if over is not None:
        yield problem(
            "overflows",
            "error",
            Message(
                "writes {0} characters of suspend data at step {1}; the standard has room for {2}",
                Count(over[0]),
                Count(over[1].step),
                Count(room),
            ),
            first,
            "Store less: an LMS cuts it off or refuses it, and the learner's work is lost.",
        )
    yield from calls_home(stage, first)
    if stage.thrown and not stage.hosts:
        yield problem(
            "throws",
            "warning",
            Message("a script fails at step {0}: {1}", Count(stage.thrown[0][0]), Quoted(stage.thrown[0][1])),
            first,
            "Mend the script, or catch the error.",
        )
    if not stage.is_scorm:
        return
    ended = next((n for n, call in enumerate(stage.calls) if _is(call, "Finish", "Terminate")), None)
    bad = (call for call in stage.calls[:ended] if call.error not in _FINE and not _is_over(call, room))
    refused = next(bad, None)
    if refused is not None and is_strict:
        yield problem(
            "refused-call",
            "warning",
            Message(
                "a call is refused at step {0}, error {1}: {2}",
                Count(refused.step),
                refused.error,
                Quoted(str(refused)),
            ),
            first,
            "Call it as the standard says: other LMSs refuse it too.",
        )
    # An LMS can take its API away before a document that is left can call it.
    if ended is None and is_strict and any(_is(call, "Initialize") for call in stage.calls):
        yield problem(
            "not-ended",
            "warning",
            "the session is not ended when the learner leaves",
            first,
            "Finish the session when the document is left.",
        )


def calls_home(stage: Stage, first: View | None) -> Iterator[Problem]:
    """The other servers that were asked; `first` is the page of it."""
    for host, address in sorted(stage.hosts.items()):
        says = Message("asks {0} for {1}", Quoted(host), Quoted(address))
        yield problem("calls-home", "error", says, first, "Put what it needs into the package.", "privacy")


_ONLY_IN = {
    "no-session": "finds no LMS to speak to in {0}, but does in a strict one",
    "never-completes": "its result is not kept in {0}, but is in a strict LMS",
    "dead-end": "there is no way on in {0}, but there is in a strict LMS",
    "saves-only-on-leaving": "nothing is kept in {0} until the learner leaves; in a strict LMS it is",
    "loses-place": "a second launch begins anew in {0}, but not in a strict LMS",
    "loses-answers": "answers are gone after a second launch in {0}, but not in a strict LMS",
    "throws": "a script fails in {0}, but not in a strict LMS",
}


def only_in(system: str, title: str, found: Problem) -> Problem:
    """What was found in the LMS of a profile with that title, and not in a strict LMS, as a fact about that LMS."""
    template = _ONLY_IN.get(found.rule.partition("/")[2], "behaves differently in {0} than in a strict LMS")
    says = Message(template, title)
    cure = Message("`coursepack quirks {0}` tells what is known of that LMS.", system)
    return Problem("rehearsal/only-in-lms", "warning", says, found.location, cure, found.category)


def _is(call: Call, *names: str) -> bool:
    return call.is_done and call.name.removeprefix("LMS") in names


def _is_over(call: Call, room: int) -> bool:
    return call.given[:1] == ("cmi.suspend_data",) and len(call.given[-1]) > room


def killed(
    before: dict[str, str], at_kill: dict[str, str], after: dict[str, str], walk: Walk
) -> Iterator[Problem]:
    """Compares what the LMS had at the launch, when the window was killed, and when it was left politely instead."""
    if at_kill != before or not walk.steps:
        return
    gained = sorted(name for name, value in after.items() if at_kill.get(name) != value)
    if gained:
        says = Message(
            "nothing is saved in {0} steps until the learner leaves: a closed tab or an empty battery loses all of it",
            Count(walk.steps),
        )
        cure = "Save when a page is turned and when an answer is given, and not only in `unload`."
        yield problem("saves-only-on-leaving", "error", says, walk.last, cure)


def lost_place(left: View, back: View) -> Problem:
    """The second launch begins like the first."""
    return problem(
        "loses-place",
        "error",
        Message("a second launch begins anew, and not at the page {0} that was left", Quoted(left.title)),
        back,
        "Save the place, and go there when the LMS says that it is resumed.",
    )


def lost_answers(left: View, back: View) -> Iterator[Problem]:
    """Answers that were there when the learner left, and are not there when the page is shown again."""
    now = back.answers
    lost = [key for key, value in left.answers.items() if value and now.get(key) == ""]
    if lost:
        yield problem(
            "loses-answers",
            "error",
            Message(
                "{0} answers on the page {1} are gone after a second launch",
                Count(len(lost)),
                Quoted(left.title),
            ),
            back,
            "Save each answer, and show it when the LMS says that it is resumed.",
        )


def narrow(walk: Walk, wide: Whole | None, is_less: bool) -> Iterator[Problem]:
    """What breaks in a window of 320 pixels. `is_less` says that less could be done there than in a wide one."""
    for page, more in walk.wide.items():
        says = Message("is {0} pixels wider than a window of 320", Count(more))
        cure = "Let text and pictures become narrower, and wide tables scroll for themselves."
        yield problem("sideways-scroll", "error", says, page, cure, "accessibility")
    if not is_less or wide is None:
        return
    cure = "Let nothing cover the controls, and keep them inside of a narrow window."
    unreached = {name: found for name, found in walk.blocked.items() if name not in wide.blocked}
    for name, (view, why, by) in unreached.items():
        if why == "covered":
            says = Message("{0} is covered in a window of 320 pixels: {1}", Quoted(name), Quoted(by))
        else:
            says = Message("{0} is outside of a window of 320 pixels", Quoted(name))
        yield problem("out-of-reach", "error", says, view, cure, "accessibility")
        return
    if walk.why == "exhausted":
        title = Quoted(walk.last.title if walk.last else "")
        says = Message("there is no way on from the page {0} in a window of 320 pixels", title)
        yield problem("out-of-reach", "error", says, walk.last, cure, "accessibility")
