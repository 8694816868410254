"""Facts that manifests of all standards have, and bounded walks through their trees."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coursepack.inspection.nodes import Node, printable_text
from coursepack.package import local
from coursepack.rules.ims import text
from coursepack.rules.vocabulary import is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml.etree import _Element

MOST_NODES = 2000
MOST_LEVELS = 30
_MOST_LANGUAGES = 50

# RFC 5646 2.2.1: no language subtag in use has more than three letters, unlike `auto` and `none`.
_LANGUAGE_TAG = re.compile(r"(?!und$)[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,5}")
_LANGUAGE_ATTRIBUTES = ("{http://www.w3.org/XML/1998/namespace}lang", "lang", "language")


@dataclass(frozen=True, slots=True)
class ManifestFacts:
    """Facts of a manifest, or of a page without one; missing ones are empty."""

    title: str = ""
    identifier: str = ""
    version: str = ""
    languages: tuple[str, ...] = ()
    description: str = ""
    tree: tuple[Node, ...] = ()
    left_out: int = 0


def build_tree(
    roots: list[_Element],
    inside: Callable[[_Element], list[_Element]],
    make: Callable[[_Element], Node],
    most: int = MOST_NODES,
) -> tuple[tuple[Node, ...], int]:
    """The tree of some elements with at most `most` nodes, and the number of nodes left out."""
    room = most

    def nodes(elements: list[_Element], level: int) -> Iterator[Node]:
        nonlocal room
        for element in elements:
            if not room:
                return
            room -= 1
            below = inside(element) if level < MOST_LEVELS else []
            yield replace(make(element), children=tuple(nodes(below, level + 1)))

    tree = tuple(nodes(roots, 1))
    total = 0
    waiting = list(roots)
    while waiting:
        total += 1
        waiting.extend(inside(waiting.pop()))
    return tree, total - (most - room)


def text_of(element: _Element | None) -> str:
    """The first text of an element or of its children, which have one language each."""
    if element is None:
        return ""
    return printable_text(next(filter(None, map(text, (element, *element))), ""))


def languages_in(root: _Element) -> tuple[str, ...]:
    """The language tags of a manifest's texts and metadata, most frequent first."""
    counts: Counter[str] = Counter()
    for element in root.iter("*"):
        values = [element.get(name, "") for name in _LANGUAGE_ATTRIBUTES]
        if local(element) == "language" and not len(element):
            values.append(text(element))
        counts.update(known_languages(values))
    return tuple(language for language, _ in counts.most_common(_MOST_LANGUAGES))


def known_languages(values: Iterable[str]) -> list[str]:
    """The values that look like language tags."""
    return [value for value in map(str.strip, values) if _LANGUAGE_TAG.fullmatch(value)]


def percentage(value: str, whole: float) -> float | None:
    """A number from 0 to `whole` in per cent; None for anything else."""
    value = value.strip()
    # float() accepts '1e1' and 'nan' too.
    return round(float(value) * 100 / whole, 6) if is_number(value, 0, whole) else None
