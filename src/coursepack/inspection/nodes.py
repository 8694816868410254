"""The values of an inspection: the tree of what learners open, and the sizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coursepack.problems import Message, Number, Quoted, Reason, Value, parts
from coursepack.rules.rule import printable

MOST_SIGNS = 200
"""The length at which texts from a package are cut."""

_ROLES = {"sco": "SCO", "asset": "asset"}
_MOVE_ON = {
    "": "satisfied without being opened",
    "NotApplicable": "satisfied without being opened",
    "Passed": "satisfied when passed",
    "Completed": "satisfied when completed",
    "CompletedAndPassed": "satisfied when completed and passed",
    "CompletedOrPassed": "satisfied when completed or passed",
}
_ADL_TYPES = "http://adlnet.gov/expapi/activities/"


def printable_text(text: str) -> str:
    """A text with white space collapsed and control characters escaped, cut when it is long."""
    words = " ".join(text[: 4 * MOST_SIGNS].split())
    shown = printable(words[: MOST_SIGNS + 1])
    return shown if len(shown) <= MOST_SIGNS else shown[: MOST_SIGNS - 3] + "..."


def printable_path(path: str) -> str:
    """A path with control characters escaped; a long one is cut in the middle, to keep its extension."""
    shown = printable(path if len(path) <= 4 * MOST_SIGNS else path[:MOST_SIGNS] + path[-MOST_SIGNS:])
    return shown if len(shown) <= MOST_SIGNS else f"{shown[:98]}...{shown[-99:]}"


def size_words(size: int) -> str:
    """A size as text: `812 bytes`, `1.2 kB`, `34 MB`; a kB is 1,000 bytes."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    number, unit = size / 1000, "kB"
    # A value that rounds to 1,000 gets the next unit.
    for larger in ("MB", "GB", "TB"):
        if number < 999.5:
            break
        number, unit = number / 1000, larger
    return f"{number:.1f} {unit}" if number < 9.95 else f"{number:,.0f} {unit}"


def printable_message(message: str | Message) -> Message:
    """A message whose values are printable texts."""
    if isinstance(message, str):
        return Message(printable_text(message))
    return Message(message.template, *map(_printable_value, message.values))


def _printable_value(value: Value) -> Value:
    if isinstance(value, str):
        return printable_text(value)
    return value._replace(text=printable_text(value.text)) if isinstance(value, (Quoted, Reason)) else value


def percent(number: float) -> Number:
    """A percentage, such as `80` or `66.7`."""
    return Number(f"{round(number, 2):g}")


@dataclass(frozen=True, slots=True)
class Node:
    """An item that learners open, or that contains such items.

    `kind`: organization or item (SCORM), activity (xAPI), course, block or au (cmi5), unit (AICC), page (no manifest).
    `role` is sco, asset or empty. `launch` is a file or URL with its parameters, or empty. `mastery` is the text of the
    manifest, `pass_mark` the same from 0 to 100. Missing texts are empty.
    """

    kind: str
    title: str = ""
    identifier: str = ""
    type: str = ""
    launch: str = ""
    role: str = ""
    mastery: str = ""
    pass_mark: float | None = None
    prerequisites: str = ""
    hidden: bool = False
    default: bool = False
    sequencing: tuple[Message, ...] = ()
    move_on: str = ""
    launch_method: str = ""
    children: tuple[Node, ...] = ()

    @property
    def words(self) -> tuple[Message, ...]:
        """Phrases that describe it, for the line below its title."""
        return tuple(self._words())

    def _words(self) -> Iterator[Message]:
        if self.kind == "organization" and not self.default:
            yield Message("not the default, so most LMSs never open it")
        if self.type:
            yield Message("{0}", self.type.removeprefix(_ADL_TYPES))
        if self.launch and self.kind == "item":
            yield Message(_ROLES.get(self.role, "neither SCO nor asset"))
        if self.launch:
            yield Message("opens {0}", self.launch)
        if self.kind == "au" or self.mastery or self.pass_mark is not None:
            yield self.status
        if self.prerequisites:
            yield Message("only after {0}", self.prerequisites)
        if self.hidden:
            yield Message("hidden")
        if self.launch_method == "OwnWindow":
            yield Message("in its own window")
        yield from self.sequencing

    @property
    def status(self) -> Message:
        """When it is completed or passed."""
        if self.kind == "page":
            # Only web editions have no manifest.
            return Message("nothing is reported to an LMS")
        mark = None if self.pass_mark is None else percent(self.pass_mark)
        if self.kind == "au":
            if self.move_on not in _MOVE_ON:
                return Message("moveOn is {0}, which cmi5 does not know", self.move_on)
            words = Message(_MOVE_ON[self.move_on])
            return (
                Message("{0}, at {1} per cent or more", words, mark)
                if mark and "Passed" in self.move_on
                else words
            )
        if mark:
            return Message("passed at {0} per cent or more", mark)
        if self.mastery:
            return Message("passed at {0} or more, which no LMS understands", self.mastery)
        if self.kind == "item" and self.role != "sco":
            # Moodle and others treat it as an asset.
            return Message("opened; nothing more is reported to the LMS")
        return Message("completed when the course reports it")


@dataclass(frozen=True, slots=True)
class Share:
    """The files of a kind: their number, and their size unpacked in bytes."""

    kind: str
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class File:
    """A file: its path in the package, and its size unpacked in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes in bytes, largest first. `packed` is the size of the zip, or None for a folder."""

    packed: int | None
    unpacked: int
    files: int
    by_kind: tuple[Share, ...]
    largest: tuple[File, ...]


def nodes_of(tree: Iterable[Node]) -> Iterator[Node]:
    """All nodes of a tree, parents first."""
    for node in tree:
        yield node
        yield from nodes_of(node.children)


def status_of(tree: Iterable[Node]) -> tuple[Message, ...]:
    """The statuses of what learners open, with counts when they differ."""
    counts = Counter(node.status for node in nodes_of(tree) if node.launch or node.kind == "au")
    if len(counts) < 2:
        return tuple(counts)
    total = counts.total()
    return tuple(
        Message("{0} of {1}: {2}", count, total, parts(status)) for status, count in counts.most_common()
    )
