"""Reads `imsmanifest.xml`: organizations and items, with their SCORM settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from coursepack.inspection.manifest import ManifestFacts, build_tree, languages_in, percentage, text_of
from coursepack.inspection.nodes import Node, percent, printable_path, printable_text
from coursepack.package import children_named, first, local
from coursepack.problems import Message, parts
from coursepack.rules import ims

if TYPE_CHECKING:
    from lxml.etree import _Element

    from coursepack.package import Package

_COLLECTED = "sequencingcollection"
_RULES = ("preconditionrule", "exitconditionrule", "postconditionrule")


def find(package: Package, root: _Element) -> ManifestFacts:
    """The facts of the manifest, including the organizations of submanifests."""
    organizations = ims.elements(package, "organization")
    opened = _default(package, organizations)
    resources = {
        resource.get("identifier"): resource for resource in reversed(ims.elements(package, "resource"))
    }
    collected = {
        element.get("ID"): element
        for collection in children_named(root, _COLLECTED)
        for element in children_named(collection, "sequencing")
    }
    is_2004 = ims.standard(package) == ims.SCORM2004

    def make(element: _Element) -> Node:
        resource = resources.get(element.get("identifierref")) if element.get("identifierref") else None
        given = first(element, "sequencing")
        parts = [given, collected.get(given.get("IDRef"))] if given is not None else []
        sequencing = [part for part in parts if part is not None]
        mastery, mark = _mastery(element, sequencing)
        return Node(
            kind=local(element),
            title=text_of(first(element, "title")),
            identifier=printable_text(element.get("identifier", "")),
            launch=printable_path(_launch(package, element, resource)) if resource is not None else "",
            role=_role(resource),
            mastery=mastery,
            pass_mark=mark,
            prerequisites=text_of(first(element, "prerequisites")),
            hidden=element.get("isvisible", "").strip() in ("false", "0"),
            default=element is opened,
            sequencing=tuple(_sequencing(element, sequencing)) if is_2004 else (),
        )

    tree, left_out = build_tree(organizations, lambda element: ims.children(element, "item"), make)
    lom = _lom(package, root, opened)
    return ManifestFacts(
        title=text_of(first(opened, "title")) or text_of(first(lom, "general", "title")),
        identifier=printable_text(root.get("identifier", "")),
        version=printable_text(root.get("version", "")) or text_of(first(lom, "lifecycle", "version")),
        languages=languages_in(root) or (() if lom is None else languages_in(lom)),
        description=text_of(first(lom, "general", "description")),
        tree=tree,
        left_out=left_out,
    )


def _lom(package: Package, *elements: _Element | None) -> _Element | None:
    """The first LOM of these elements, in the manifest or in a separate file (CAM 2.2)."""
    for element in elements:
        metadata = first(element, "metadata")
        lom = first(metadata, "lom")
        if lom is not None:
            return lom
        for location in children_named(metadata, "location"):
            path = ims.path_in(package, location, ims.text(location))
            root = package.manifest_in(path).root if path else None
            if root is not None and local(root).lower() == "lom":
                return root
    return None


def _default(package: Package, organizations: list[_Element]) -> _Element | None:
    """The organization that LMSs open: the default, or else the first."""
    for parent in ims.elements(package, "organizations")[:1]:
        for element in organizations:
            if parent.get("default") and element.get("identifier") == parent.get("default"):
                return element
    return next(iter(organizations), None)


def _role(resource: _Element | None) -> str:
    value = (ims.scormtype(resource) or "").strip().lower() if resource is not None else ""
    return value if value in ("sco", "asset") else ""


def _launch(package: Package, item: _Element, resource: _Element) -> str:
    """The launch URL of an item: the path of its resource, with the parameters of both."""
    href = ims.own(resource, "href")
    if not href:
        return ""
    path = ims.path_of(href)
    address = (ims.target(package, resource) or path) + href[len(path) :]
    parameters = ims.own(item, "parameters")
    if not parameters or parameters.startswith("#"):
        return address + parameters
    return f"{address}{'&' if '?' in address else '?'}{parameters.lstrip('?&')}"


def _mastery(item: _Element, sequencing: list[_Element]) -> tuple[str, float | None]:
    """The mastery score as written and in per cent, of SCORM 1.2 or else of 2004."""
    score = text_of(first(item, "masteryscore"))
    if score:
        return score, percentage(score, 100)
    for part in sequencing:
        objective = first(part, "objectives", "primaryobjective")
        if objective is not None and _is(objective, "satisfiedByMeasure"):
            # SN 3.10: the default is 1.
            measure = text_of(first(objective, "minnormalizedmeasure"))
            return measure, percentage(measure or "1", 1)
    return "", None


def _is(element: _Element | None, key: str, otherwise: bool = False) -> bool:
    """A boolean attribute; `otherwise` when it is missing."""
    value = element.get(key, "").strip() if element is not None else ""
    return value in ("true", "1") if value else otherwise


def _sequencing(element: _Element, given: list[_Element]) -> Iterator[Message]:
    """Describes the sequencing of SCORM 2004."""
    if children_named(element, "item"):
        yield _movement(next((mode for part in given for mode in children_named(part, "controlmode")), None))
    threshold = first(element, "completionthreshold")
    if threshold is not None:
        # The third edition has the measure as text.
        least = threshold.get("minProgressMeasure", "1.0") if _is(threshold, "completedByMeasure") else ""
        mark = percentage(least or ims.text(threshold), 1)
        if mark is not None:
            yield Message("completed at {0} per cent of progress or more", percent(mark))
    for part in given:
        actions = {
            printable_text(action.get("action", "")): None
            for rules in children_named(part, "sequencingrules")
            for rule in children_named(rules, *_RULES)
            for action in children_named(rule, "ruleaction")
        }
        if actions:
            yield Message("rules: {0}", ", ".join(list(actions)[:5]))
        for limit in children_named(part, "limitconditions"):
            if limit.get("attemptLimit"):
                yield Message("attempts: at most {0}", printable_text(limit.get("attemptLimit", "")))
        for rollup in children_named(part, "rolluprules"):
            counts = ("rollupObjectiveSatisfied", "rollupProgressCompletion")
            if not any(_is(rollup, key, otherwise=True) for key in counts):
                yield Message("does not count")
        for delivery in children_named(part, "deliverycontrols"):
            if not _is(delivery, "tracked", otherwise=True):
                yield Message("not tracked")
    hidden = [
        printable_text(ims.text(button))
        for interface in children_named(first(element, "presentation"), "navigationinterface")
        for button in children_named(interface, "hidelmsui")
    ]
    if hidden:
        yield Message("the LMS hides {0}", ", ".join(hidden[:7]))


def _movement(mode: _Element | None) -> Message:
    """Describes the control mode. The defaults are choice and no flow (SN 3.2)."""
    choice, flow = _is(mode, "choice", otherwise=True), _is(mode, "flow")
    if not choice and not flow:
        return Message("neither choice nor flow")
    on = "continue, never previous" if _is(mode, "forwardOnly") else "continue and previous"
    found = [word for word, holds in (("free choice", choice), (on, flow)) if holds]
    return Message("{0}", parts(*found, joint=", "))
