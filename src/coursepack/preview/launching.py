"""What a manifest says of each unit that an LMS launches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urljoin

from coursepack.package import children_named, first, local, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
MOST_UNITS = 500


class Unit(NamedTuple):
    """A unit. `href` is its address below the package, with its query, or another site's.

    `options` are those of the stand-ins for SCORM (`templates/preview`). An asset of SCORM speaks to no LMS. The
    others are of xAPI and cmi5.
    """

    id: str
    title: str
    href: str
    options: dict[str, Any] = {}
    move_on: str = "NotApplicable"
    mastery: float | None = None
    parameters: str | None = None
    is_asset: bool = False


def units_of(standard: str, root: _Element) -> list[Unit]:
    """The units of a manifest, at most `MOST_UNITS`, in order."""
    find = {"xAPI": _of_tincan, "cmi5": _of_cmi5}.get(standard, _of_scorm)
    found: list[Unit] = []
    for unit in find(root):
        if len(found) == MOST_UNITS:
            break
        found.append(unit)
    return found


def first_resource(manifest: str) -> str:
    """The address below the package of the first resource of a SCORM manifest that has one; empty without any."""
    root = parse_xml(manifest)[0] if manifest else None
    for resource in _named(root, "resource") if root is not None else ():
        if _own(resource, "href"):
            return _address(resource)
    return ""


def _address(resource: _Element) -> str:
    return urljoin(_base(resource), _own(resource, "href").replace("\\", "/"))


def _named(root: _Element, *names: str) -> Iterator[_Element]:
    wanted = {name.lower() for name in names}
    for element in root.iter("*"):
        if local(element).lower() in wanted:
            yield element


def _own(element: _Element | None, name: str) -> str:
    """An attribute with or without a namespace."""
    if element is None:
        return ""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2].lower() == name.lower():
            return str(value).strip()
    return ""


def _text(element: _Element | None) -> str:
    """All text in an element; empty without one."""
    return "" if element is None else "".join(map(str, element.itertext())).strip()


def _of_scorm(root: _Element) -> Iterator[Unit]:
    resources = {_own(each, "identifier"): each for each in reversed(list(_named(root, "resource")))}
    organizations = list(_named(root, "organization"))
    wanted = _own(next(_named(root, "organizations"), None), "default")
    chosen = next((each for each in organizations if wanted and _own(each, "identifier") == wanted), None)
    items = _named(chosen if chosen is not None else organizations[0], "item") if organizations else iter(())
    for item in items:
        resource = resources.get(_own(item, "identifierref"))
        href = _own(resource, "href")
        if resource is None or not href:
            continue
        parameters = _own(item, "parameters")
        joint = "" if not parameters or parameters[0] in "#?" else "&" if "?" in href else "?"
        address = _address(resource) + joint + parameters
        is_asset = _own(resource, "scormtype").lower() == "asset"
        title = _text(first(item, "title"))
        yield Unit(_own(item, "identifier"), title, address, _scorm_options(item), is_asset=is_asset)


def _base(element: _Element) -> str:
    """The base of the addresses in an element: xml:base of it and of all around it."""
    bases = [str(each.get(_XML_BASE, "")) for each in (element, *element.iterancestors())]
    base = ""
    for each in reversed(bases):
        base = urljoin(base, each)
    return base


def _scorm_options(item: _Element) -> dict[str, Any]:
    options: dict[str, Any] = {}
    mastery = _text(first(item, "masteryscore"))
    data = _text(first(item, "datafromlms"))
    threshold = first(item, "completionthreshold")
    if data:
        options["launchData"] = data
    if mastery:
        options["mastery"] = mastery
    if threshold is not None:
        options["threshold"] = _own(threshold, "minProgressMeasure") or _text(threshold) or "1.0"
    objectives = first(item, "sequencing", "objectives")
    if objectives is not None:
        ids = [
            _own(each, "objectiveID") for each in children_named(objectives, "primaryobjective", "objective")
        ]
        options["objectives"] = [each for each in ids if each]
        primary = first(objectives, "primaryobjective")
        if _own(primary, "satisfiedByMeasure") in ("true", "1"):
            # SN 3.10: the default is 1.
            options["mastery"] = _text(first(primary, "minnormalizedmeasure")) or "1"
    return options


def _of_tincan(root: _Element) -> Iterator[Unit]:
    for activity in _named(root, "activity"):
        launch = _text(first(activity, "launch"))
        if launch:
            yield Unit(_own(activity, "id"), _text(first(activity, "name")), launch)


def _of_cmi5(root: _Element) -> Iterator[Unit]:
    for unit in _named(root, "au"):
        try:
            mastery = float(_own(unit, "masteryScore"))
        except ValueError:
            mastery = cast(Any, None)
        yield Unit(
            _own(unit, "id"),
            _text(first(unit, "title", "langstring")) or _text(first(unit, "title")),
            _text(first(unit, "url")),
            {},
            _own(unit, "moveOn") or "NotApplicable",
            mastery,
            _text(first(unit, "launchparameters")) or None,
        )
