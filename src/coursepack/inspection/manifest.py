"""What a manifest tells, whatever its standard, and how its tree is walked within bounds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coursepack.inspection.nodes import Node, told
from coursepack.rules.ims import local, text
from coursepack.rules.vocabulary import is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml.etree import _Element

MOST_NODES = 2000
MOST_LEVELS = 30
_MOST_LANGUAGES = 50

_LANGUAGE_TAG = re.compile(r"(?!x-|none$|und$)[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,5}")
_LANGUAGE_ATTRIBUTES = ("{http://www.w3.org/XML/1998/namespace}lang", "lang", "language")


@dataclass(frozen=True, slots=True)
class Found:
    """What a manifest, or a page without one, tells of its package; what it does not tell is empty."""

    title: str = ""
    identifier: str = ""
    version: str = ""
    languages: tuple[str, ...] = ()
    description: str = ""
    tree: tuple[Node, ...] = ()
    left_out: int = 0


def grow(
    roots: list[_Element],
    inside: Callable[[_Element], list[_Element]],
    make: Callable[[_Element], Node],
    most: int = MOST_NODES,
) -> tuple[tuple[Node, ...], int]:
    """The tree below some elements in their order, and how many more there are than the `most` that it may hold."""
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


def named(element: _Element | None, *names: str) -> list[_Element]:
    """An element's children of some local names, whatever their namespace and case."""
    return [] if element is None else [child for child in element if local(child).lower() in names]


def first(element: _Element | None, *way: str) -> _Element | None:
    """The first element on a way of local names below another."""
    for name in way:
        element = next(iter(named(element, name)), None)
    return element


def words(element: _Element | None) -> str:
    """A text that stands in an element or, in several languages, in its children: the first that is not empty."""
    if element is None:
        return ""
    return told(next(filter(None, map(text, (element, *element))), ""))


def languages_in(root: _Element) -> tuple[str, ...]:
    """The language tags of a manifest's texts and metadata, the most used first."""
    counts: Counter[str] = Counter()
    for element in root.iter("*"):
        values = [element.get(name, "") for name in _LANGUAGE_ATTRIBUTES]
        if local(element) == "language" and not len(element):
            values.append(text(element))
        counts.update(known_languages(values))
    return tuple(language for language, _ in counts.most_common(_MOST_LANGUAGES))


def known_languages(values: Iterable[str]) -> list[str]:
    """Those of some values that look like a language tag."""
    return [value for value in map(str.strip, values) if _LANGUAGE_TAG.fullmatch(value)]


def share(value: str, whole: float) -> float | None:
    """A number from 0 to `whole` as one from 0 to 100; None for anything else."""
    value = value.strip()
    # float() would take '1e1' and 'nan' too.
    return round(float(value) * 100 / whole, 6) if is_number(value, 0, whole) else None
