"""What an `imsmanifest.xml` tells: the organizations and their items, with what SCORM says of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from coursepack.inspection.manifest import Found, first, grow, languages_in, named, share, words
from coursepack.inspection.nodes import Node, per_cent, told
from coursepack.rules import ims

if TYPE_CHECKING:
    from lxml.etree import _Element

    from coursepack.package import Package

_COLLECTED = "sequencingcollection"
_RULES = ("preconditionrule", "exitconditionrule", "postconditionrule")


def find(package: Package, root: _Element) -> Found:
    """What the manifest tells. A manifest within another adds its organizations."""
    organizations = ims.elements(package, "organization")
    opened = _default(package, organizations)
    resources = {
        resource.get("identifier"): resource for resource in reversed(ims.elements(package, "resource"))
    }
    collected = {
        element.get("ID"): element
        for collection in named(root, _COLLECTED)
        for element in named(collection, "sequencing")
    }
    is_2004 = ims.standard(package) == ims.SCORM2004

    def make(element: _Element) -> Node:
        resource = resources.get(element.get("identifierref")) if element.get("identifierref") else None
        given = first(element, "sequencing")
        parts = [given, collected.get(given.get("IDRef"))] if given is not None else []
        sequencing = [part for part in parts if part is not None]
        mastery, mark = _mastery(element, sequencing)
        return Node(
            kind=ims.local(element),
            title=words(first(element, "title")),
            identifier=told(element.get("identifier", "")),
            launch=told(_launch(package, element, resource)) if resource is not None else "",
            role=_role(resource),
            mastery=mastery,
            pass_mark=mark,
            prerequisites=words(first(element, "prerequisites")),
            hidden=element.get("isvisible", "").strip() in ("false", "0"),
            default=element is opened,
            sequencing=tuple(_sequencing(element, sequencing)) if is_2004 else (),
        )

    tree, left_out = grow(organizations, lambda element: ims.children(element, "item"), make)
    lom = _lom(package, root, opened)
    return Found(
        title=words(first(opened, "title")) or words(first(lom, "general", "title")),
        identifier=told(root.get("identifier", "")),
        version=told(root.get("version", "")) or words(first(lom, "lifecycle", "version")),
        languages=languages_in(root) or (() if lom is None else languages_in(lom)),
        description=words(first(lom, "general", "description")),
        tree=tree,
        left_out=left_out,
    )


def _lom(package: Package, *elements: _Element | None) -> _Element | None:
    """The metadata of the first element that has some, in the manifest or in a file of their own (CAM 2.2)."""
    for element in elements:
        metadata = first(element, "metadata")
        lom = first(metadata, "lom")
        if lom is not None:
            return lom
        for location in named(metadata, "location"):
            path = ims.path_in(package, location, ims.text(location))
            root = package.manifest_in(path).root if path else None
            if root is not None and ims.local(root).lower() == "lom":
                return root
    return None


def _default(package: Package, organizations: list[_Element]) -> _Element | None:
    """The organization that LMSs open: the one that is named, or else the first."""
    for parent in ims.elements(package, "organizations")[:1]:
        for element in organizations:
            if parent.get("default") and element.get("identifier") == parent.get("default"):
                return element
    return next(iter(organizations), None)


def _role(resource: _Element | None) -> str:
    value = (ims.scormtype(resource) or "").strip().lower() if resource is not None else ""
    return value if value in ("sco", "asset") else ""


def _launch(package: Package, item: _Element, resource: _Element) -> str:
    """The address of an item: its resource's path in the package, with the parameters of both."""
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
    """The mastery score as written and in per cent: that of SCORM 1.2, or else that of 2004."""
    score = words(first(item, "masteryscore"))
    if score:
        return score, share(score, 100)
    for part in sequencing:
        objective = first(part, "objectives", "primaryobjective")
        if objective is not None and _is(objective, "satisfiedByMeasure"):
            # SN 3.10: without a measure all is asked for.
            measure = words(first(objective, "minnormalizedmeasure"))
            return measure, share(measure or "1", 1)
    return "", None


def _is(element: _Element | None, key: str, otherwise: bool = False) -> bool:
    """A truth value of an attribute; `otherwise` when it is not there."""
    value = element.get(key, "").strip() if element is not None else ""
    return value in ("true", "1") if value else otherwise


def _sequencing(element: _Element, parts: list[_Element]) -> Iterator[str]:
    """What SCORM 2004 lets learners and LMS do here, in words."""
    if named(element, "item"):
        yield _movement(next((mode for part in parts for mode in named(part, "controlmode")), None))
    threshold = first(element, "completionthreshold")
    if threshold is not None:
        # The text is the third edition's way to say it.
        least = threshold.get("minProgressMeasure", "1.0") if _is(threshold, "completedByMeasure") else ""
        mark = share(least or ims.text(threshold), 1)
        if mark is not None:
            yield f"completed from {per_cent(mark)} of progress on"
    for part in parts:
        actions = {
            told(action.get("action", "")): None
            for rules in named(part, "sequencingrules")
            for rule in named(rules, *_RULES)
            for action in named(rule, "ruleaction")
        }
        if actions:
            yield f"rules: {', '.join(list(actions)[:5])}"
        for limit in named(part, "limitconditions"):
            if limit.get("attemptLimit"):
                yield f"attempts: at most {told(limit.get('attemptLimit', ''))}"
        for rollup in named(part, "rolluprules"):
            counts = ("rollupObjectiveSatisfied", "rollupProgressCompletion")
            if not any(_is(rollup, key, otherwise=True) for key in counts):
                yield "does not count"
        for delivery in named(part, "deliverycontrols"):
            if not _is(delivery, "tracked", otherwise=True):
                yield "not tracked"
    hidden = [
        told(ims.text(button))
        for interface in named(first(element, "presentation"), "navigationinterface")
        for button in named(interface, "hidelmsui")
    ]
    if hidden:
        yield f"the LMS hides {', '.join(hidden[:7])}"


def _movement(mode: _Element | None) -> str:
    """How learners go from one item to another. The defaults are choice and no flow (SN 3.2)."""
    choice, flow = _is(mode, "choice", otherwise=True), _is(mode, "flow")
    if not choice and not flow:
        return "neither choice nor flow"
    on = "continue, never previous" if _is(mode, "forwardOnly") else "continue and previous"
    return ", ".join(word for word, holds in (("free choice", choice), (on, flow)) if holds)
