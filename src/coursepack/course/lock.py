"""`course.lock`: gives each page, answer, film and sound a permanent slot in the resume state.

The resume state is a row of bits. The place of a bit is its line in `course.lock`. Lines are only appended, so adding,
moving or removing a page never shifts a learner's progress. Numbers are among the bits, a line for each digit. The bits
are followed by bookmarks, and then by the positions of films and sounds, as far as there is room.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coursepack.atomic import leftovers, locked_folder, write_atomically
from coursepack.course.severity import course_problem
from coursepack.problems import Count, CourseError, Location, Message, Problem, Quoted, Reason, Report

NAME = "course.lock"
HEADER = (
    "# coursepack course.lock, format 1. Written by the build. Commit it. "
    "Never change, move or remove a line.\n"
)

STATE_LIMIT = 4000
"""Characters of resume state that a course may use at most. SCORM 1.2 grants 4,096 (RTE 1.2, 3.4.7,
CMIString4096); some systems truncate it to 4,000."""

POSITIONS = 12
"""Most films and sounds whose positions are stored: those that were played last."""

POSITION_DIGITS = 3
"""Digits of a position in whole seconds, base 36: nearly thirteen hours."""

SEAL = 12
"""Characters of the longest seal, which follows the state and shows that the LMS returned it unchanged."""

Slot = tuple[str, ...]
"""`("page", id)`, `("answer", question id, answer id)`, `("media", path)`, and digits of numbers: `("draw", digit)`,
`("check", page, digit)`."""

DRAW: tuple[Slot, ...] = tuple(("draw", str(digit)) for digit in range(1, 13))
"""Binary digits, highest first, of the seed that draws a learner's questions; 0 until it is set."""

TURN_DIGITS = 8
BEST_DIGITS = 14
MOST_ATTEMPTS = 2 ** (TURN_DIGITS - 1)
"""Most submissions of a final check: its turn counter grows by one with each, and with each new attempt."""


def turn_slots(page: str) -> tuple[Slot, ...]:
    """The binary digits of the turn counter of the final check on a page."""
    return tuple(("check", page, f"turn-{digit}") for digit in range(1, TURN_DIGITS + 1))


def best_slots(page: str) -> tuple[Slot, ...]:
    """The binary digits of the best score of the final check on a page, in hundredths of a per cent."""
    return tuple(("check", page, f"best-{digit}") for digit in range(1, BEST_DIGITS + 1))


def media_slot(src: str) -> Slot:
    """The slot of a film or sound; white space divides lines of the lock, so it is escaped in the path."""
    return "media", re.sub(r"[\s%]", lambda found: f"%{ord(found[0]):02X}", src)


@dataclass(frozen=True, slots=True)
class Lock:
    """The slots in order."""

    slots: tuple[Slot, ...] = ()

    def index(self) -> dict[Slot, int]:
        """The place of each slot."""
        return {slot: place for place, slot in enumerate(self.slots)}

    def extended(self, wanted: Iterable[Slot]) -> Lock:
        """The lock with all wanted slots: known ones keep their places, new ones are appended."""
        return Lock(tuple(dict.fromkeys((*self.slots, *wanted))))

    def lines(self) -> Iterator[str]:
        """The lines of the file, one for each slot."""
        return (" ".join(slot) for slot in self.slots)

    def __str__(self) -> str:
        return HEADER + "".join(f"{line}\n" for line in self.lines())


def read_lock(folder: Path) -> Lock:
    """Reads `course.lock`; without the file there are no slots. Raises CourseError."""
    path = folder / NAME
    try:
        # A build would replace the link with a file, and leave its target unchanged.
        if path.is_symlink():
            raise OSError("it is a link")
        # Opening a pipe would block for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError("it is not a file")
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return Lock()
    except (OSError, UnicodeDecodeError) as error:
        why = Reason.of(error) if isinstance(error, OSError) else Reason("it is not UTF-8")
        raise CourseError(
            Report.of(
                [course_problem("lock/unreadable", Message("cannot be read: {0}", why), Location(NAME))]
            )
        ) from None
    problems: list[Problem] = []
    slots: dict[Slot, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        slot = tuple(line.split())
        if not slot or line.startswith("#"):
            continue
        where = Location(NAME, number, 1)
        if (slot[0], len(slot)) not in (("page", 2), ("answer", 3), ("media", 2), ("draw", 2), ("check", 3)):
            problems.append(
                course_problem(
                    "lock/bad-line",
                    Message("is not a line of the lock: {0}", Quoted(line[:80])),
                    where,
                    "Restore the file from version control. Never edit it by hand.",
                )
            )
        elif slot in slots:
            problems.append(
                course_problem(
                    "lock/repeated-line",
                    Message("{0} is on line {1} already", Quoted(line), slots[slot]),
                    where,
                    "Keep the order of the released version and remove the duplicate.",
                )
            )
        else:
            slots[slot] = number
    if problems:
        raise CourseError(Report.of(problems))
    return Lock(tuple(slots))


def write_lock(folder: Path, lock: Lock) -> None:
    """Writes `course.lock` atomically. Raises OSError."""
    write_atomically(folder / NAME, str(lock).encode())


def extend_lock(folder: Path, lock: Lock) -> int | None:
    """Appends the missing lines of `lock` to `course.lock`, and returns their number.

    Returns None when another build has appended other lines since the course was read: it must be read again. Raises
    OSError and CourseError.
    """
    with locked_folder(folder):
        kept, slots = read_lock(folder).slots, lock.slots
        if kept[: len(slots)] == slots:
            return 0
        if slots[: len(kept)] != kept:
            return None
        for left in leftovers(folder):
            left.unlink(missing_ok=True)
        write_lock(folder, lock)
        return len(slots) - len(kept)


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    """A number in base 36, as the player writes the last page's slot."""
    text = ""
    while number >= 36:
        number, rest = divmod(number, 36)
        text = _DIGITS[rest] + text
    return _DIGITS[number] + text


def _longest_progress(lock: Lock) -> int:
    """Characters of `1.<flags>.<last page>.<bits>` and the seal, with the last page in the last slot and all bits."""
    pages = [place for place, slot in enumerate(lock.slots) if slot[0] == "page"]
    last = base36(pages[-1]) if pages else ""
    return len("1.3.") + len(last) + len(".") + -(-len(lock.slots) // 6) + SEAL


def _longest_position(lock: Lock) -> int:
    """Characters of `<slot>-<seconds>` and its separator, for the film or sound in the last slot."""
    farthest = max((place for place, slot in enumerate(lock.slots) if slot[0] == "media"), default=0)
    return len(base36(farthest)) + len("-") + POSITION_DIGITS + len(".")


def _longest_bookmarks(lock: Lock) -> int:
    """Characters of `-` and a bit for each page of the lock, five per character; 0 without room for them."""
    pages = sum(slot[0] == "page" for slot in lock.slots)
    length = len("-") + -(-pages // 5)
    return length if _longest_progress(lock) + length <= STATE_LIMIT else 0


def bookmarks(lock: Lock) -> dict[str, int]:
    """The number of each page among the bookmarks of the resume state: its place among the pages of the lock.

    Progress comes first: if it does not leave room for the bookmarks of all pages, there are none.
    """
    pages = (slot[1] for slot in lock.slots if slot[0] == "page")
    return {page: number for number, page in enumerate(pages)} if _longest_bookmarks(lock) else {}


def positions(lock: Lock) -> int:
    """The number of films and sounds whose positions the resume state stores.

    Progress and bookmarks come first: positions get what their longest forms leave of `STATE_LIMIT`.
    """
    media = sum(slot[0] == "media" for slot in lock.slots)
    taken = _longest_progress(lock) + _longest_bookmarks(lock)
    return min(POSITIONS, media, max(0, STATE_LIMIT - taken) // _longest_position(lock))


def longest_state(lock: Lock) -> int:
    """Characters of the longest resume state that a course with this lock can reach.

    That is `1.<flags>.<last page>.<bits>.-<bookmarks>_<positions>.<seal>` with the longest of each.
    """
    return _longest_progress(lock) + _longest_bookmarks(lock) + positions(lock) * _longest_position(lock)


def state_problems(lock: Lock, limit: int | None) -> list[Problem]:
    """The error for a course whose resume state can exceed `limit` characters, with what takes most of it."""
    length = _longest_progress(lock)
    if limit is None or length <= limit:
        return []
    pages = sum(slot[0] == "page" for slot in lock.slots)
    answers: dict[str, int] = {}
    for slot in lock.slots:
        if slot[0] == "answer":
            answers[slot[1]] = answers.get(slot[1], 0) + 1
    total = sum(answers.values())
    media = sum(slot[0] == "media" for slot in lock.slots)
    numbers = length, limit, len(lock.slots), pages, total, len(answers)
    message = Message(
        "the longest resume state is {0} characters; {1} are sure to be kept. "
        "Its {2} bits, six a character; pages: {3}, answers: {4}, questions: {5}",
        *map(Count, numbers),
    )
    if media:
        message = Message("{0}, films and sounds: {1}", message, Count(media))
    if answers and total >= pages:
        costly = sorted(answers, key=lambda name: (-answers[name], name))[:3]
        most = ", ".join(f"{name} ({answers[name]})" for name in costly)
        hint = Message(
            "Answers cost most; the questions with most of them: {0}. Divide the course into several.", most
        )
    else:
        hint = Message("Pages cost most. Divide the course into several.")
    return [course_problem("course/state-too-long", message, Location(NAME), hint)]
