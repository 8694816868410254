"""Rules for metadata records (LOM) that stand in a manifest: nothing fails by them, and catalogues read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coursepack.rules.ims import at, local, text
from coursepack.rules.rule import Finding, rule, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from coursepack.package import Package

_MOST_ELEMENTS = 50_000
_LEVELS = ("very low", "low", "medium", "high", "very high")
# CAM 1.2, 2.2.2.2, and IEEE 1484.12.1: the words of the vocabulary named LOMv1.0, in small letters.
_TERMS = {
    "structure": (
        *("collection", "mixed", "linear", "hierarchical", "networked", "branched", "parceled", "atomic"),
    ),
    "status": ("draft", "final", "revised", "unavailable"),
    "interactivitytype": ("active", "expositive", "mixed", "undefined"),
    "interactivitylevel": _LEVELS,
    "semanticdensity": _LEVELS,
    "difficulty": ("very easy", "easy", "medium", "difficult", "very difficult"),
    "intendedenduserrole": ("teacher", "author", "learner", "manager"),
    "cost": ("yes", "no"),
    "copyrightandotherrestrictions": ("yes", "no"),
    "learningresourcetype": (
        *("exercise", "simulation", "questionnaire", "diagram", "figure", "graph", "index", "slide", "table"),
        *("narrative text", "exam", "experiment", "problemstatement", "problem statement", "selfassesment"),
        *("self assessment", "lecture"),
    ),
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,6}|x-none")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d.{0,20})?)?)?")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@rule("note", spec="CAM 2.2")
def unknown_term(package: Package) -> Iterator[Finding]:
    """A word in the metadata is not in the vocabulary that the metadata name.

    Catalogues that sort by such words leave the course out. Take a word of LOMv1.0, or name another vocabulary.
    """
    for element in _records(package):
        words = _TERMS.get(local(element).lower())
        if words and _said(element, "source") == "lomv1.0":
            value = _said(element, "value")
            if value and value not in words:
                yield f"{shortened(value)} is no word of LOMv1.0 for {local(element)}.", at(element)


@rule("note", spec="BCP 47")
def wrong_language(package: Package) -> Iterator[Finding]:
    """A language in the metadata is no language tag.

    Catalogues then do not know in what language a text is. Write `sv` or `en-GB`, with a hyphen and no underscore.
    """
    for element in _records(package):
        value = element.get(_XML_LANG) or element.get("language") or ""
        if local(element).lower() == "language":
            value = value or text(element)
        if value and not _LANGUAGE.fullmatch(value):
            yield f"{shortened(value)} is no language tag.", at(element)


@rule("note", spec="CAM 2.2")
def wrong_date(package: Package) -> Iterator[Finding]:
    """A date in the metadata is not written as the standard wants it.

    Catalogues then cannot sort by it. Write year, month and day with hyphens, such as 2026-11-25.
    """
    for element in _records(package):
        if local(element).lower() == "datetime" and text(element) and not _DATE.fullmatch(text(element)):
            yield f"{shortened(text(element))} is no date.", at(element)


def _records(package: Package) -> list[_Element]:
    return package.once(_read)


def _read(package: Package) -> list[_Element]:
    """The elements of all records in the manifest."""
    root = package.manifest.root
    found: list[_Element] = []
    for record in root.iter() if root is not None else ():
        if local(record).lower() != "lom":
            continue
        for element in record.iter():
            if isinstance(element.tag, str) and len(found) < _MOST_ELEMENTS:
                found.append(element)
    return found


def _said(element: _Element, name: str) -> str:
    """What the child of that name says, itself or in its own child, in small letters."""
    for child in element:
        if isinstance(child.tag, str) and local(child).lower() == name:
            inner = next((text(each) for each in child if isinstance(each.tag, str) and text(each)), "")
            return (text(child) or inner).lower()
    return ""
