"""Fixes missing and invalid identifiers, and all references to them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from coursepack.package import local
from coursepack.repair.tree import words
from coursepack.rules.rule import shortened

if TYPE_CHECKING:
    from coursepack.repair.tree import Tree

# XML Namespaces 3, limited to the characters that working packages use.
_NAME = re.compile(r"[^\W\d][\w.\-\u00b7]*")
_BEARERS = ("manifest", "organization", "item", "resource")
# The elements that refer to an identifier, and their attributes; auxiliaryResource is from IMS sequencing.
_REFERENCES = {
    "item": "identifierref",
    "dependency": "identifierref",
    "organizations": "default",
    "auxiliaryResource": "auxiliaryResourceID",
}
# Separators of identifiers in AICC prerequisites.
_SIGNS = re.compile(r'([&|~()=<>{},*"\s]+)')
_MOST_PREREQUISITES = 10_000
_LONGEST = 100
"""The length of a new identifier: Moodle stores 255, and normalizing takes quadratic time in a run of accents."""


def mend_identifiers(tree: Tree) -> None:
    """Turns identifiers into names and adds missing ones. References follow, and elements that shared one still do.

    An identifier with spaces or operators in prerequisites is kept, since its end there is unclear.
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
        # A resource without one is not launched, and would only be reported as unused.
        if not identifier and local(element) != "resource":
            name = _fresh(local(element), taken, counts)
            taken.add(name)
            element.set("identifier", name)
            tree.report(element, "The {0} now has the identifier {1}.", local(element), shortened(name))


def _single(text: str) -> str:
    """Text with white space collapsed."""
    return " ".join(text.split())


def _fresh(identifier: str, taken: set[str], counts: Counter[str]) -> str:
    """An unused name like the identifier, in ASCII, since some LMSs fail on other letters."""
    plain = unicodedata.normalize("NFKD", identifier.strip()[:_LONGEST]).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("_") or "id"
    name = name if re.match("[A-Za-z_]", name) else f"id-{name}"
    found = name
    while found in taken:
        # Counted for each name, since a hostile manifest can have a hundred thousand that become the same.
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
            # Quoted words are statuses, and a number before '*' is a count.
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
