"""Fixes wrong and missing declarations in a SCORM manifest: standard, edition, default organization, SCOs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coursepack.package import local
from coursepack.problems import Message
from coursepack.repair.references import scormtype
from coursepack.repair.tree import add, drop, inner, space, words
from coursepack.rules.rule import shortened

if TYPE_CHECKING:
    from lxml.etree import _Element

    from coursepack.repair.tree import Tree

ADLCP = {"1.2": "http://www.adlnet.org/xsd/adlcp_rootv1p2", "2004": "http://www.adlnet.org/xsd/adlcp_v1p3"}
"""The ADL namespace of each SCORM version."""

_IMSCP = {
    "1.2": "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
    "2004": "http://www.imsglobal.org/xsd/imscp_v1p1",
}
_SCORMTYPE = {"1.2": "scormtype", "2004": "scormType"}
_ADLSEQ = "http://www.adlnet.org/xsd/adlseq_v1p3"
_SCHEMA = "ADL SCORM"
_VERSIONS = {
    "1.2": "1.2",
    "2004 4th Edition": "2004",
    "2004 3rd Edition": "2004",
    "CAM 1.3": "2004",
    "1.3": "2004",
}
"""The exact schemaversions that LMSs know, and their standards."""

_OTHER_SCHEMAS = ("cartridge", "qti", "question")

_ACTION = {"1.2": "timelimitaction", "2004": "timeLimitAction"}
_EMPTY_MEANS_NONE = {
    "1.2": ("masteryscore", "maxtimeallowed", "timelimitaction"),
    "2004": ("timeLimitAction",),
}
_ACTIONS = frozenset(f"{act},{says}" for act in ("exit", "continue") for says in ("message", "no message"))


def scorm_of(tree: Tree) -> str:
    """`1.2` or `2004`; empty when it is another standard, or uncertain."""
    version, schema = _said(tree, "schemaversion"), _said(tree, "schema")
    if any(other in schema.lower() for other in _OTHER_SCHEMAS):
        return ""
    if version in _VERSIONS:
        return _VERSIONS[version]
    if version.startswith("2004"):
        return "2004"
    used = _used(tree)
    found = [name for name, uri in ADLCP.items() if uri in used]
    if not found and (not _is_scorm(schema) or (version and not _meant(version))):
        return ""
    found = found or [name for name, uri in ADLCP.items() if uri in tree.root.nsmap.values()]
    if not found and schema and not version:
        found = [name for name, uri in _IMSCP.items() if space(tree.root) == uri]
    standard = found[0] if len(found) == 1 else ""
    # A person has to decide if the schemaversion names one standard and the elements are from the other.
    return standard if _meant(version) in ("", standard) else ""


def wants_scormtype(tree: Tree) -> bool:
    """True when a resource does not declare whether it is a SCO."""
    return any(scormtype(resource) is None for resource in tree.named("resource"))


def mend_schema(tree: Tree) -> None:
    """Writes `schema` and `schemaversion` as LMSs expect them, if the standard is certain."""
    standard = scorm_of(tree)
    if not standard or not tree.named("manifest"):
        return
    metadata = next(iter(inner(tree.root, "metadata")), None)
    known = {"schema": (_SCHEMA,), "schemaversion": tuple(v for v, of in _VERSIONS.items() if of == standard)}
    values = {name: _metadata(tree, name) for name in known}
    is_adl = ADLCP[standard] in {*tree.root.nsmap.values(), *_used(tree)}
    if metadata is None:
        metadata = add(tree.root, "metadata", None)
    after: _Element | None = None
    for name, value in (("schema", _SCHEMA), ("schemaversion", _version(tree, standard))):
        if not values[name]:
            after = add(metadata, name, after, value)
            tree.report(tree.root, "The manifest's metadata now name the {0} {1}.", name, shortened(value))
        for found in values[name]:
            after, was = found, words(found)
            if was in known[name] or len(found) or (name == "schema" and not (_is_scorm(was) or is_adl)):
                continue
            found.text = value
            if was:
                message = "The {0} is now {1}, not {2}."
                tree.report(found, message, name, shortened(value), shortened(was))
            else:
                tree.report(
                    tree.root, "The manifest's metadata now name the {0} {1}.", name, shortened(value)
                )


def mend_default(tree: Tree) -> None:
    """Sets the first organization as the default if none is named, or one that does not exist."""
    for parent in tree.named("organizations")[:1]:
        names = [found.get("identifier", "") for found in inner(parent, "organization")]
        default = parent.get("default", "")
        if names and names[0] and default not in names:
            parent.set("default", names[0])
            was = Message(", not {0}", shortened(default)) if default else Message("")
            tree.report(
                parent, "The default organization is now the first, {0}{1}.", shortened(names[0]), was
            )


def mend_scormtype(tree: Tree) -> None:
    """Declares launched resources as SCOs and others as assets, where the type is missing."""
    standard = scorm_of(tree)
    launched = set(tree.launched())
    for resource in tree.named("resource") if standard else []:
        # Moodle and similar LMSs only find it with this prefix.
        if scormtype(resource) is not None or resource.nsmap.get("adlcp") != ADLCP[standard]:
            continue
        kind = "sco" if resource in launched else "asset"
        resource.set(f"{{{ADLCP[standard]}}}{_SCORMTYPE[standard]}", kind)
        name = shortened(resource.get("identifier", ""))
        if kind == "sco":
            tree.report(resource, "The resource {0}, which is launched, is now declared as a SCO.", name)
        else:
            tree.report(
                resource, "The resource {0}, which no item launches, is now declared as an asset.", name
            )


def mend_values(tree: Tree) -> None:
    """Removes empty time limits and mastery scores, and corrects the time limit action."""
    standard = scorm_of(tree)
    if not standard:
        return
    for name in _EMPTY_MEANS_NONE[standard]:
        for element in _of_adl(tree, name, standard):
            line = element.sourceline
            if not words(element) and not len(element) and not element.attrib and drop(element):
                tree.report_at(line, "The {0}, which was empty, was removed.", name)
    name = _ACTION[standard]
    for element in _of_adl(tree, name, standard):
        action = re.sub(r"\s*,\s*", ",", words(element).lower())
        if action in _ACTIONS and action != element.text:
            was, element.text = words(element), action
            tree.report(element, "The {0} is now {1}, not {2}.", name, shortened(action), shortened(was))


def _of_adl(tree: Tree, name: str, standard: str) -> list[_Element]:
    """The elements with an ADL name, in its namespace or, in SCORM 1.2, in one that LMSs accept instead."""
    spaces = (ADLCP[standard], *((space(tree.root), "") if standard == "1.2" else ()))
    return [found for found in tree.elements.get(name, []) if space(found) in spaces]


def _said(tree: Tree, name: str) -> str:
    """The first text of a metadata element of the manifest, or empty."""
    return next(filter(None, map(words, _metadata(tree, name))), "")


def _meant(version: str) -> str:
    """The standard meant by a misspelt schemaversion, or empty."""
    found = re.search(r"2004|(?<![\d.])1\.[23](?!\d)", version)
    return "" if found is None else "1.2" if found[0] == "1.2" else "2004"


def _is_scorm(schema: str) -> bool:
    """True for the ADL schema in any spelling, and for none."""
    return re.sub("[^a-z]", "", schema.lower()) in ("", "adlscorm", "scorm", "adl")


def _version(tree: Tree, standard: str) -> str:
    """The schemaversion to write: the declared edition, or the one detected by the names in the manifest."""
    if standard == "1.2":
        return "1.2"
    said = re.search(r"2004\D{0,5}([34])", _said(tree, "schemaversion"))
    return f"2004 {'4th' if said[1] == '4' else '3rd'} Edition" if said else _edition(tree)


def _metadata(tree: Tree, name: str) -> list[_Element]:
    """The elements with a name in the manifest's own metadata."""
    return [
        child
        for metadata in inner(tree.root, "metadata")
        for child in metadata
        if isinstance(child.tag, str) and local(child) == name
    ]


def _used(tree: Tree) -> set[str]:
    """The namespaces of elements and attributes."""
    found = set()
    for elements in tree.elements.values():
        for element in elements:
            found.add(space(element))
            found.update(str(key)[1:].partition("}")[0] for key in element.attrib if str(key).startswith("{"))
    return found


def _edition(tree: Tree) -> str:
    """The fourth if its names are used, otherwise the third: more LMSs accept it, and nothing differs."""
    shared = f"{{{ADLCP['2004']}}}sharedDataGlobalToSystem"
    thresholds = tree.elements.get("completionThreshold", [])
    newer = (
        any(space(found) == ADLCP["2004"] for found in tree.elements.get("data", []))
        or any(space(found) == _ADLSEQ for found in tree.elements.get("objectives", []))
        or any(found.attrib or not words(found) for found in thresholds)
        or any(shared in found.attrib for found in tree.named("organization"))
    )
    return f"2004 {'4th' if newer else '3rd'} Edition"
