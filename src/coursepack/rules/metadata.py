"""Rules for metadata records (LOM) in a manifest and in separate files, which catalogues and test suites read.

No LMS is known to refuse a package because of them.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from coursepack.package import local
from coursepack.problems import Location, Message
from coursepack.rules.ims import SCORM12, locations, path_in, standard, text
from coursepack.rules.rule import Finding, rule, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from coursepack.package import Package

_MOST_ELEMENTS = 50_000
_MOST_FILES = 200
_MOST_IN_FILES = 5 * 1024 * 1024
_LEVELS = ("very low", "low", "medium", "high", "very high")
# CAM 1.2, 2.2.2.2, and IEEE 1484.12.1: the terms of the vocabulary LOMv1.0, in lower case.
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
_TERMS |= {
    # With the terms of IEEE, which separates accessibility and restrictions, and adds one.
    "purpose": (
        *("discipline", "idea", "prerequisite", "educational objective", "educational level", "skill level"),
        *("security level", "accessibility restrictions", "accessibility", "restrictions", "competency"),
    ),
    "kind": (
        *("ispartof", "haspart", "isversionof", "hasversion", "isformatof", "hasformat", "references"),
        *("isreferencedby", "isbasedon", "isbasisfor", "requires", "isrequiredby"),
    ),
}
_LANGUAGE = r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,6}|x-none"
_DATE = r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d.{0,20})?)?)?"
_PERIODS = ("duration", "typicallearningtime")
_ALWAYS = (
    *("general/title", "general/description", "metametadata/metadatascheme", "technical/format"),
    *("technical/location", "rights/cost", "rights/copyrightandotherrestrictions"),
)
_OF_COURSES = (
    *("general/catalogentry", "general/keyword", "lifecycle/version", "lifecycle/status"),
    *("classification/purpose", "classification/description", "classification/keyword"),
)
# CAM 1.2, 2.2.4: what a record of each kind must have.
_MANDATORY = {
    "manifest": (*_ALWAYS, *_OF_COURSES),
    "organization": (*_ALWAYS, *_OF_COURSES),
    "sco": (*_ALWAYS, *_OF_COURSES),
    "asset": _ALWAYS,
    "file": _ALWAYS,
}
_SCORMTYPE = "{http://www.adlnet.org/xsd/adlcp_rootv1p2}scormtype"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class _Record(NamedTuple):
    """A record: its file, its elements (the first is the record), and the element that it describes."""

    file: str
    elements: tuple[_Element, ...]
    about: _Element | None

    def at(self, element: _Element) -> Location:
        """The location of one of its elements."""
        return Location(self.file, element.sourceline)


@rule("note", spec="CAM 2.2")
def damaged_record(package: Package) -> Iterator[Finding]:
    """A metadata file of the manifest is not a metadata record.

    Test suites report it, and catalogues cannot read it. It must be XML whose outermost element is `lom`. Correct it,
    or remove `adlcp:location`.
    """
    for path, fault in package.cached(_files).damaged.items():
        yield fault, Location(path)


@rule("note", spec="CAM 2.2")
def incomplete_record(package: Package) -> Iterator[Finding]:
    """A record claims to follow SCORM 1.2, but lacks elements that SCORM 1.2 requires.

    ADL's test suite reports it; LMSs do not. Add the elements, or remove the record: a package needs none.
    """
    if standard(package) != SCORM12:
        return
    for record in package.cached(_records):
        paths = {path for element in record.elements if (path := _path(element))}
        schemes = (
            text(each) for each in record.elements if _path(each, 3).startswith("metametadata/metadatascheme")
        )
        if not any("adl scorm 1.2" in scheme.lower() for scheme in schemes):
            continue
        missing = [wanted for wanted in _MANDATORY.get(_level(record.about), ()) if wanted not in paths]
        if missing:
            yield Message("It lacks {0}.", ", ".join(missing)), record.at(record.elements[0])


@rule("note", spec="CAM 2.2")
def unknown_term(package: Package) -> Iterator[Finding]:
    """A term in the metadata is not in the vocabulary that the metadata names.

    Catalogues that sort by such terms leave the course out. Use a term of LOMv1.0, or name another vocabulary.
    """
    for record in package.cached(_records):
        for element in record.elements:
            words = _TERMS.get(local(element).lower())
            if words and _said(element, "source") == "lomv1.0":
                value = _said(element, "value")
                if value and value not in words:
                    yield (
                        Message("{0} is not a term of LOMv1.0 for {1}.", shortened(value), local(element)),
                        record.at(element),
                    )


@rule("note", spec="BCP 47")
def wrong_language(package: Package) -> Iterator[Finding]:
    """A language in the metadata is not a language tag.

    Catalogues then do not know the language of a text. Write `sv` or `en-GB`, with a hyphen, not an underscore.
    """
    for record in package.cached(_records):
        for element in record.elements:
            value = element.get(_XML_LANG) or element.get("language") or ""
            # Objects without a language, such as pictures, have `none`.
            if local(element).lower() == "language" and text(element) != "none":
                value = value or text(element)
            if value and not re.fullmatch(_LANGUAGE, value):
                yield Message("{0} is not a language tag.", shortened(value)), record.at(element)


@rule("note", spec="CAM 2.2")
def wrong_date(package: Package) -> Iterator[Finding]:
    """A date in the metadata is not in the format of the standard.

    Catalogues then cannot sort by it. Write year, month and day with hyphens, such as 2026-11-25.
    """
    for record in package.cached(_records):
        for element in record.elements:
            value = text(element)
            is_date = local(element).lower() == "datetime" and not _is_period(element)
            if is_date and value and not re.fullmatch(_DATE, value):
                yield Message("{0} is not a date.", shortened(value)), record.at(element)


@rule("note", spec="CAM 2.2")
def wrong_duration(package: Package) -> Iterator[Finding]:
    """A duration in the metadata is not in the format of the standard.

    Catalogues then cannot show how long the course takes. Write hours and minutes as in PT1H30M.
    """
    for record in package.cached(_records):
        # Most packages have no record, and do not need the vocabulary of SCORM 2004.
        from coursepack.rules.vocabulary import DURATION

        for element in record.elements:
            value = text(element)
            is_length = local(element).lower() in ("datetime", "duration") and _is_period(element)
            if is_length and value and not re.fullmatch(DURATION, value):
                yield Message("{0} is not a duration.", shortened(value)), record.at(element)


def _is_period(element: _Element) -> bool:
    above = element.getparent()
    return above is not None and local(above).lower() in _PERIODS


def _path(element: _Element, most: int = 2) -> str:
    """The names of an element and its ancestors in the record, outermost first; empty when more than `most`."""
    names: list[str] = []
    each: _Element | None = element
    while each is not None and local(each).lower() != "lom":
        names.append(local(each).lower())
        if len(names) > most:
            return ""
        each = each.getparent()
    return "/".join(reversed(names))


def _level(about: _Element | None) -> str:
    """The kind of element that a record describes: `sco` and `asset` for a resource, else the element's name."""
    name = local(about) if about is not None else ""
    if name == "resource" and about is not None:
        return "sco" if about.get(_SCORMTYPE, "").lower() == "sco" else "asset"
    return name


class _Files(NamedTuple):
    """The records in separate files, each with the element that refers to it, and what is wrong with others."""

    records: tuple[tuple[str, _Element, _Element], ...]
    damaged: dict[str, str | Message]


def _files(package: Package) -> _Files:
    records: list[tuple[str, _Element, _Element]] = []
    damaged: dict[str, str | Message] = {}
    left = _MOST_IN_FILES
    for element in package.cached(locations)[:_MOST_FILES]:
        path = path_in(package, element, text(element))
        if path is None or path not in package.files or package.files[path].size > left:
            continue
        left -= package.files[path].size
        read = package.manifest_in(path)
        if read.root is None:
            damaged[path] = read.fault.message if read.fault else ""
        elif local(read.root).lower() != "lom":
            damaged[path] = Message("The outermost element is {0}, not 'lom'.", shortened(local(read.root)))
        else:
            records.append((path, read.root, element))
    return _Files(tuple(records), damaged)


def _records(package: Package) -> list[_Record]:
    root = package.manifest.root
    inline = [
        (package.manifest.name, each, each)
        for each in (root.iter() if root is not None else ())
        if isinstance(each.tag, str) and local(each).lower() == "lom"
    ]
    left = _MOST_ELEMENTS
    found: list[_Record] = []
    for file, record, named in (*inline, *package.cached(_files).records):
        elements = tuple(islice((each for each in record.iter() if isinstance(each.tag, str)), left))
        left -= len(elements)
        if elements:
            # `metadata` contains both the record and the element that refers to its file.
            metadata = named.getparent()
            found.append(_Record(file, elements, metadata.getparent() if metadata is not None else None))
    return found


def _said(element: _Element, name: str) -> str:
    """The text of the child with that name, or of its child, in lower case."""
    for child in element:
        if isinstance(child.tag, str) and local(child).lower() == name:
            inner = next((text(each) for each in child if isinstance(each.tag, str) and text(each)), "")
            return (text(child) or inner).lower()
    return ""
