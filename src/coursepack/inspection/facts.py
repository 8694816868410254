"""The facts of a package as values, JSON and text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from coursepack.inspection.nodes import Node, Sizes
from coursepack.inspection.terminal import (
    LEAST_WIDTH,
    field,
    files_words,
    kind_lines,
    said,
    size_in,
    tree_lines,
    wrapped,
)
from coursepack.languages import ENGLISH, authors, format_of, kind_words
from coursepack.problems import Count, Message

_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a package; docs/inspect.md describes the fields.

    Texts are safe for a terminal and at most 200 characters long; missing ones are empty. The tree has at most 2,000
    nodes and 30 levels, `left_out` counts the others. `faults` say why facts are missing. A Message is in English as
    `str(message)`; `text` writes all of them in Swedish too.
    """

    name: str
    title: str
    kinds: tuple[str, ...]
    maker: str
    manifest: str
    identifier: str
    version: str
    languages: tuple[str, ...]
    description: str
    status: tuple[Message, ...]
    reports: tuple[Message, ...]
    tree: tuple[Node, ...]
    left_out: int
    launch_files: tuple[str, ...]
    sizes: Sizes
    faults: tuple[Message, ...]

    def as_dict(self) -> dict[str, Any]:
        """The facts as plain values for JSON, by name of field."""
        plain: dict[str, Any] = _plain(self)
        return plain

    def __str__(self) -> str:
        return text(self)


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return str(value)
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def text(facts: Facts, width: int = 80, language: str = ENGLISH) -> str:
    """The facts as text, wrapped to `width` columns (at least 40); long names are not broken.

    `language` is `en` or `sv`.
    """
    return "\n".join(_lines(facts, max(width, LEAST_WIDTH), language))


def _lines(facts: Facts, width: int, language: str) -> Iterator[str]:
    yield from wrapped(facts.title or facts.name, width)
    made = authors(language)["terminal"]["made"].format(maker=facts.maker) if facts.maker else ""
    kinds = [kind_words(kind, language) for kind in facts.kinds]
    kind = format_of(language).listed(kinds) if kinds else said("not a known kind of package", language)
    yield from wrapped(f"{kind}{made}", width)
    yield ""
    for fault in facts.faults:
        yield from field("Fault", [said(fault, language)], width, language)
    more = len(facts.launch_files) - _MOST_SHOWN
    opened = (*facts.launch_files[:_MOST_SHOWN], _more(more, language) if more > 0 else "")
    for name, values in (
        ("Package", (facts.name,)),
        ("Manifest", (facts.manifest,)),
        ("Identifier", (facts.identifier,)),
        ("Version", (facts.version,)),
        ("Language", (", ".join(facts.languages),)),
        ("Description", (facts.description,)),
        ("Status", [said(status, language) for status in facts.status]),
        ("Reports", (", ".join(said(what, language) for what in facts.reports),)),
        ("Opens", opened),
        ("Size", (_sizes(facts.sizes, language),)),
    ):
        yield from field(name, values, width, language)
    if facts.tree:
        yield from ("", said("Contents", language))
        yield from tree_lines(facts.tree, width, language)
    if facts.left_out:
        yield f"  {_more(facts.left_out, language)}"
    sizes = facts.sizes
    if sizes.by_kind:
        yield from ("", said("Bytes by kind", language), *kind_lines(sizes, language))
        yield from ("", said("Largest files", language))
        yield from (f"  {size_in(file.size, language):>10}  {file.path}" for file in sizes.largest)


def _more(number: int, language: str) -> str:
    return said(Message("and {0} more", Count(number)), language)


def _sizes(sizes: Sizes, language: str) -> str:
    found = [said(Message("{0} unpacked", size_in(sizes.unpacked, language)), language)]
    if sizes.packed is not None:
        found.insert(0, said(Message("{0} zipped", size_in(sizes.packed, language)), language))
    return ", ".join((*found, files_words(sizes.files, language)))
