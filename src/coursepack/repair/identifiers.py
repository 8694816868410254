"""Mends identifiers that are missing or no names, and with them all that refers to them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from coursepack.repair.tree import local, words
from coursepack.rules.rule import shortened

if TYPE_CHECKING:
    from coursepack.repair.tree import Tree

# XML Namespaces 3, in the signs that working packages use
_NAME = re.compile(r"[^\W\d][\w.\-\u00b7]*")
_BEARERS = ("manifest", "organization", "item", "resource")
# Who refers to an identifier, and by which attribute; auxiliaryResource is of IMS sequencing.
_REFERENCES = {
    "item": "identifierref",
    "dependency": "identifierref",
    "organizations": "default",
    "auxiliaryResource": "auxiliaryResourceID",
}
# What parts identifiers in prerequisites, as AICC writes them
_SIGNS = re.compile(r'([&|~()=<>{},*"\s]+)')
_MOST_PREREQUISITES = 10_000
_LONGEST = 100
"""Of a new identifier: Moodle keeps 255, and normalising takes quadratic time in a run of accents."""


def mend_identifiers(tree: Tree) -> None:
    """Makes identifiers names and writes missing ones; every reference follows, and what shared one still shares it.

    One with blanks or signs in it stays when it is part of prerequisites: where it ends there, nobody can tell.
    """
    bearers = [found for name in _BEARERS for found in tree.named(name)]
    old = [found.get("identifier", "") for found in bearers]
    taken = {*old, *(found.get("ID", "") for found in tree.elements.get("sequencing", []))}
    scripts = {words(found) for found in tree.elements.get("prerequisites", [])}
    together = "\n".join(scripts)
    counts: Counter[str] = Counter()
    new: dict[str, str] = {}
    for identifier in filter(None, dict.fromkeys(old)):
        is_clear = (
            not _SIGNS.search(identifier)
            or _single(identifier) in scripts
            or (len(together) <= _MOST_PREREQUISITES and _single(identifier) not in together)
        )
        if is_clear and not _NAME.fullmatch(identifier):
            new[identifier] = _fresh(identifier, taken, counts)
            taken.add(new[identifier])
    for element, identifier in zip(bearers, old, strict=True):
        if identifier in new:
            element.set("identifier", new[identifier])
            tree.report(
                element,
                "The {0} {1} is now {2}, and so is what refers to it.",
                local(element),
                shortened(identifier),
                shortened(new[identifier]),
            )
    if new:
        _follow(tree, new)
    for element, identifier in zip(bearers, old, strict=True):
        # A resource without one is launched by nothing, and would only be told of as unused.
        if not identifier and local(element) != "resource":
            name = _fresh(local(element), taken, counts)
            taken.add(name)
            element.set("identifier", name)
            tree.report(element, "The {0} now has the identifier {1}.", local(element), shortened(name))


def _single(text: str) -> str:
    """Text with its white space made single blanks."""
    return " ".join(text.split())


def _fresh(identifier: str, taken: set[str], counts: Counter[str]) -> str:
    """A name like the identifier, in ASCII, since some LMSs stumble over other letters, and not yet taken."""
    plain = unicodedata.normalize("NFKD", identifier.strip()[:_LONGEST]).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("_") or "id"
    name = name if re.match("[A-Za-z_]", name) else f"id-{name}"
    found = name
    while found in taken:
        # Counted on for each name, since a hostile manifest has a hundred thousand that become the same.
        counts[name] += 1
        found = f"{name}-{counts[name] + 1}"
    return found


def _follow(tree: Tree, new: dict[str, str]) -> None:
    for name, key in _REFERENCES.items():
        for element in tree.elements.get(name, []):
            reference = element.get(key, "")
            if reference in new:
                element.set(key, new[reference])
    scripts = {_single(identifier): name for identifier, name in new.items()}
    for element in tree.elements.get("prerequisites", []):
        text = words(element)
        if text in scripts:
            element.text = scripts[text]
        elif any(part in scripts for part in _SIGNS.split(text)):
            # Quoted words are statuses, and a number before '*' counts.
            quoted = text.split('"')
            quoted[::2] = [_replaced(part, scripts) for part in quoted[::2]]
            element.text = '"'.join(quoted)


def _replaced(script: str, new: dict[str, str]) -> str:
    parts = _SIGNS.split(script)
    for place in range(0, len(parts), 2):
        counts = parts[place].isdigit() and parts[place + 1 : place + 2] and parts[place + 1].startswith("*")
        if not counts:
            parts[place] = new.get(parts[place], parts[place])
    return "".join(parts)
