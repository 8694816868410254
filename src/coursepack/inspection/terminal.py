"""Formats facts for a terminal, without colours; only names can exceed the width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from coursepack.inspection.nodes import Node, Sizes, size_words
from coursepack.languages import authors, format_of
from coursepack.languages.messages import sentence
from coursepack.problems import Message

LEAST_WIDTH = 40

_LABEL = 13


def said(message: Message | str, language: str) -> str:
    """A message of an inspection in a language; a text is a message without values."""
    message = message if isinstance(message, Message) else Message(message)
    return sentence(message, language, "inspect", "container")


def size_in(size: int, language: str) -> str:
    """A size as text."""
    if size < 1000:
        return said(Message("1 byte" if size == 1 else "{0} bytes", size), language)
    return format_of(language).number(size_words(size))


def wrapped(text: str, width: int, start: str = "", then: str = "") -> list[str]:
    """A text wrapped to lines with these indents; longer words get a line of their own."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=start,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [start.rstrip()]


def field(name: str, values: Iterable[str], width: int, language: str) -> Iterator[str]:
    """Lines for some values, the first after their name; none without values."""
    start = f"  {said(name, language):{_LABEL}}"
    for value in filter(None, values):
        yield from wrapped(value, width, start, " " * len(start))
        start = " " * len(start)


def tree_lines(tree: Iterable[Node], width: int, language: str) -> Iterator[str]:
    """The tree with branches, and a description below each title."""
    waiting = [(node, "  ", last) for node, last in _with_last(tree)]
    while waiting:
        node, before, last = waiting.pop()
        # The branches take at most half of a line.
        shown = before if len(before) < width // 2 else before[: width // 2 - 3] + "..."
        below = shown + ("   " if last else "│  ")
        title = node.title or said(f"({node.kind} without a title)", language)
        name = f"{title} [{node.identifier}]" if node.identifier else title
        yield from wrapped(name, width, shown + ("└─ " if last else "├─ "), below)
        if node.words:
            stem = below + ("│  " if node.children else "   ")
            yield from wrapped(", ".join(said(each, language) for each in node.words), width, stem, stem)
        inside = before + ("   " if last else "│  ")
        waiting.extend((child, inside, final) for child, final in _with_last(node.children))


def _with_last(nodes: Iterable[Node]) -> list[tuple[Node, bool]]:
    """Nodes in reverse order, each with whether it is the last one."""
    return [(node, not number) for number, node in enumerate(reversed(tuple(nodes)))]


def kind_lines(sizes: Sizes, language: str) -> Iterator[str]:
    """A line for each kind of file: size, share and number of files."""
    # All files can be empty.
    whole = max(1, sizes.unpacked)
    for share in sizes.by_kind:
        is_least = 200 * share.size < sizes.unpacked
        part = said("<1%" if is_least else Message("{0}%", f"{100 * share.size / whole:.0f}"), language)
        kind, size = said(share.kind, language), size_in(share.size, language)
        yield f"  {kind:{_LABEL}}{size:>10} {part:>5}  {files_words(share.files, language)}"


def files_words(count: int, language: str) -> str:
    """A number of files as text."""
    one, many = authors(language)["counted"]["file"]
    return f"{format_of(language).number(f'{count:,}')} {one if count == 1 else many}"
