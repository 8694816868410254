"""What an update does to those who have begun: derived from ids, slots and the completion rule.

It follows what the new player does with a state of the old package: `player/src/lms/scorm/seal.js` and
`lms/device/course-mark.js` decide whether it is read, `state.js` what it then means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Literal

from coursepack.inspection.nodes import nodes_of
from coursepack.release.diff.contents import COURSE, Contents, Question, Unit
from coursepack.targets import TARGETS

Kind = Literal["safe", "loses", "new", "unknown"]

Reason = Literal[
    "tool", "standard", "course", "identifiers", "unreadable", "misread", "ids", "answers", "completion"
]
"""Why a package must be a new activity: it is made with another tool, for another standard, or is another course; the
LMS would not know its parts; the state could not be read, or would be read as something else; ids of pages or of
answers that decide the result now mean something else; or those who are done would no longer be."""

LOSSES = ("pages", "answers", "submissions", "state", "bookmarks", "positions", "parts")
KEPT = ("completion", "pages", "answers", "submissions", "place", "bookmarks", "positions")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an administrator can do.

    `kind`: `safe`: replace it, nobody loses anything; `loses`: replace it, learners keep `keeps` and lose `loses`;
    `new`: add it as a new activity, because of `reason`; `unknown`: of packages of other tools only the maker knows.
    `keeps` and `loses` are names of `KEPT` and `LOSSES`, in order; of what is counted, `loses` has the number.
    """

    kind: Kind
    reason: Reason | None = None
    keeps: tuple[str, ...] = ()
    loses: Mapping[str, int] = field(default_factory=dict)


def verdict_on(old: Contents, new: Contents) -> Verdict:
    """The verdict on replacing one package by another."""
    families = {old.family, new.family} - {COURSE}
    if len(families) > 1:
        return Verdict("new", "standard")
    if not old.units or not new.units:
        return _of_others(old, new)
    # A folder has no identifiers of a standard yet.
    is_by_id = COURSE in (old.kind, new.kind)
    units = {unit.id if is_by_id else unit.identifier: unit for unit in new.units}
    pairs = [(unit, units.get(unit.id if is_by_id else unit.identifier)) for unit in old.units]
    if not any(after for _, after in pairs):
        return Verdict("new", "identifiers" if _is_same_course(old.units[0], new.units[0]) else "course")
    losses: Counter[str] = Counter()
    for before, after in pairs:
        if after is None:
            losses["parts"] += 1
            continue
        found = _compared(before, after, _keeps_status(families))
        if isinstance(found, str):
            return Verdict("new", found)
        losses += found
    return _summed([unit for unit, _ in pairs], losses)


def _is_same_course(old: Unit, new: Unit) -> bool:
    """Whether two units are of one course: the id of a part begins with that of the course."""
    first, second = sorted((old.id, new.id), key=len)
    return f"{second}-".startswith(f"{first}-")


def _of_others(old: Contents, new: Contents) -> Verdict:
    if old.maker != new.maker and "coursepack" in (old.maker, new.maker):
        return Verdict("new", "tool")
    before, after = ({node.identifier for node in nodes_of(each.tree) if node.launch} for each in (old, new))
    if before and after and not before & after:
        return Verdict("new", "identifiers")
    return Verdict("safe" if _is_same(old, new) else "unknown")


def _is_same(old: Contents, new: Contents) -> bool:
    """Whether all files are the same."""
    sizes, others = ({name: each.size for name, each in one.files.items()} for one in (old, new))
    return sizes == others and all(
        each.checksum() == new.files[name].checksum() for name, each in old.files.items()
    )


def _keeps_status(families: Set[str]) -> bool:
    """Whether the LMS has status and location beside the state: a text of limited length has no room for them."""
    return not families.isdisjoint(each.family for each in TARGETS.values() if each.state_limit)


def _compared(old: Unit, new: Unit, has_status: bool) -> Reason | Counter[str]:
    """What learners of a unit lose, or why it cannot be replaced."""
    keeps_passes = old.notes_passes or not new.demands
    if not is_read(old.marks, new.marks):
        # Where the LMS has the status and the location beside the state; elsewhere all of it is one record.
        keeps_status = old.status != "completed" or not new.demands
        return Counter(state=1) if has_status and keeps_status else "unreadable"
    if _is_misread(old, new):
        return "misread"
    if not keeps_passes:
        return "completion"
    if set(_renumbered(_page_words(old), _page_words(new))) & new.pages.keys():
        return "ids"
    losses: Counter[str] = Counter()
    losses["pages"] = sum(
        name not in new.pages or new.pages[name].slot != page.slot for name, page in old.pages.items()
    )
    unsure = set(_renumbered(_question_words(old), _question_words(new)))
    for name, question in old.questions.items():
        after = new.questions.get(name)
        if after and (name in unsure or _has_other_answers(old, new, name)):
            if _decides(after, new):
                return "answers"
            losses["answers"] += 1
        elif not after or not _slots(question).items() <= _slots(after).items():
            losses["answers"] += 1
    if old.check and old.check.hand and (not new.check or old.check.hand != new.check.hand):
        losses["submissions"] = 1
    numbers = {name: page.bookmark for name, page in new.pages.items()}
    losses["bookmarks"] = any(
        page.bookmark is not None and name in numbers and numbers[name] != page.bookmark
        for name, page in old.pages.items()
    )
    losses["positions"] = _lost_positions(old, new)
    return +losses


def _lost_positions(old: Unit, new: Unit) -> int:
    """The number of films and sounds that begin anew for those who were in the middle of them."""
    if not old.positions:
        return 0
    known = {slot: _stem(path) for path, slot in new.media.items()} if new.positions else {}
    lost = sum(known.get(slot) != _stem(path) for path, slot in old.media.items())
    # Of those that were played, the latest are remembered.
    return lost or max(0, min(old.positions, len(old.media)) - new.positions)


def is_read(old: str, new: str) -> bool:
    """Whether the player of a course with the `marks` `new` reads a state that one with `old` has sealed."""
    quads = len(old) // 2
    return quads > len(new) // 2 or old[-2:] == new[2 * quads - 2 : 2 * quads] or not quads


def _bits(unit: Unit) -> Iterator[tuple[int, Hashable]]:
    """What each bit of the state means."""
    yield from ((page.slot, ("page", page.id)) for page in unit.pages.values())
    for question in unit.questions.values():
        yield from ((slot, ("answer", question.id, answer)) for answer, slot in _slots(question).items())
    yield from ((slot, ("draw", at)) for at, slot in enumerate(unit.draw))
    if unit.check:
        yield from ((slot, ("check", unit.check.page, at)) for at, slot in enumerate(unit.check.hand))


def _slots(question: Question) -> dict[str, int]:
    return {answer: slot for answer, (slot, _) in question.answers.items()}


def _is_misread(old: Unit, new: Unit) -> bool:
    """Whether a bit that a learner can have set means something else now."""
    known = dict(_bits(old))
    # A lock never becomes shorter: lines that the old package does not name can have been something else.
    is_cut = new.slots < old.slots
    return any(
        (slot in known and known[slot] != thing) or (is_cut and slot not in known and slot < old.slots)
        for slot, thing in _bits(new)
    )


def _decides(question: Question, unit: Unit) -> bool:
    """Whether answers to a question decide who is done or passes."""
    check, rule = unit.check, unit.completion["rule"]
    return bool(
        check
        and question.page == check.page
        and question.scored
        and (check.mastery is not None or rule == "score")
    )


def _page_words(unit: Unit) -> dict[str, Hashable]:
    """What a page is recognized by."""
    return {
        name: section.paragraphs or section.title
        for name, section in unit.sections.get(unit.language, {}).items()
        if name in unit.pages
    }


def _question_words(unit: Unit) -> dict[str, Hashable]:
    return {
        name: (asked.text, tuple(sorted(asked.parts.values())))
        for name, asked in unit.asked.get(unit.language, {}).items()
    }


def _renumbered(old: Mapping[str, Hashable], new: Mapping[str, Hashable]) -> Iterator[str]:
    """The names that mean something else now, since what they meant has got another name."""
    counts, names = Counter(old.values()), {words: name for name, words in new.items()}
    for name, words in old.items():
        if name in new and new[name] != words and counts[words] == 1 and names.get(words, name) != name:
            yield name


def _has_other_answers(old: Unit, new: Unit, name: str) -> bool:
    """Whether ids of its answers mean something else now."""
    before, after = (unit.asked.get(unit.language, {}).get(name) for unit in (old, new))
    return bool(before and after and any(True for _ in _renumbered(before.parts, after.parts)))


def _stem(path: str) -> str:
    """A path without its extension, which depends on what a file was converted to."""
    return path.rpartition(".")[0] or path


def _summed(units: list[Unit], losses: Counter[str]) -> Verdict:
    if not losses:
        return Verdict("safe")
    questions = sum(len(unit.questions) for unit in units)
    pages = sum(len(unit.pages) for unit in units)
    has = {
        "completion": True,
        "pages": not losses["state"] and losses["pages"] < pages,
        "answers": not losses["state"] and losses["answers"] < questions,
        "submissions": not (losses["state"] or losses["submissions"])
        and any(unit.check and unit.check.hand for unit in units),
        "place": True,
        "bookmarks": not (losses["state"] or losses["bookmarks"])
        and any(page.bookmark is not None for unit in units for page in unit.pages.values()),
        "positions": not (losses["state"] or losses["positions"]) and any(unit.media for unit in units),
    }
    return Verdict(
        "loses",
        keeps=tuple(name for name in KEPT if has[name]),
        loses={name: losses[name] for name in LOSSES if losses[name]},
    )
