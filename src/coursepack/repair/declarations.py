"""Mends what a SCORM manifest does not say of itself: standard, edition, default organization, what is a SCO."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.problems import Message
from coursepack.repair.references import scormtype
from coursepack.repair.tree import add, inner, local, space, words
from coursepack.rules.rule import shortened

if TYPE_CHECKING:
    from lxml.etree import _Element

    from coursepack.repair.tree import Tree

ADLCP = {"1.2": "http://www.adlnet.org/xsd/adlcp_rootv1p2", "2004": "http://www.adlnet.org/xsd/adlcp_v1p3"}
"""The namespace of ADL's names in each SCORM."""

_IMSCP = {
    "1.2": "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
    "2004": "http://www.imsglobal.org/xsd/imscp_v1p1",
}
_SCORMTYPE = {"1.2": "scormtype", "2004": "scormType"}
_ADLSEQ = "http://www.adlnet.org/xsd/adlseq_v1p3"
_SCHEMA = "ADL SCORM"


def scorm_of(tree: Tree) -> str:
    """`1.2` or `2004`; empty when it is another standard, or when nothing says which for certain."""
    versions = [words(found) for found in _metadata(tree, "schemaversion")]
    version = next(filter(None, versions), "")
    if version == "1.2":
        return "1.2"
    if version.startswith("2004") or version in ("CAM 1.3", "1.3"):
        return "2004"
    schema = next(filter(None, (words(found) for found in _metadata(tree, "schema"))), "")
    if version or schema not in ("", _SCHEMA):
        return ""
    bound = {*tree.root.nsmap.values(), *_used(tree)}
    found = [name for name, uri in ADLCP.items() if uri in bound]
    if not found and schema:
        found = [name for name, uri in _IMSCP.items() if space(tree.root) == uri]
    return found[0] if len(found) == 1 else ""


def wants_scormtype(tree: Tree) -> bool:
    """True when something that is launched does not say whether it is a SCO."""
    return any(scormtype(resource) is None for resource in tree.launched())


def mend_schema(tree: Tree) -> None:
    """Writes `schema` and `schemaversion` where they are absent or empty, when the standard is certain."""
    standard = scorm_of(tree)
    if not standard or not tree.named("manifest"):
        return
    version = "1.2" if standard == "1.2" else _edition(tree)
    metadata = next(iter(inner(tree.root, "metadata")), None)
    values = {name: _metadata(tree, name) for name in ("schema", "schemaversion")}
    if metadata is None:
        metadata = add(tree.root, "metadata", None)
    after: _Element | None = None
    for name, value in (("schema", _SCHEMA), ("schemaversion", version)):
        found = next(iter(values[name]), None)
        if found is None:
            after = add(metadata, name, after, value)
        else:
            after = found
            if words(found) or len(found):
                continue
            found.text = value
        tree.report(tree.root, "The manifest's metadata now name the {0} {1}.", name, shortened(value))


def mend_default(tree: Tree) -> None:
    """Names the first organization as the default one where none is named, or one that is not there."""
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
    """Says of what is launched that it is a SCO, where nothing is said."""
    standard = scorm_of(tree)
    for resource in tree.launched() if standard else []:
        # Under another prefix than this Moodle and its kin would not find it.
        if scormtype(resource) is None and resource.nsmap.get("adlcp") == ADLCP[standard]:
            resource.set(f"{{{ADLCP[standard]}}}{_SCORMTYPE[standard]}", "sco")
            name = shortened(resource.get("identifier", ""))
            tree.report(resource, "The resource {0}, which is launched, now says that it is a SCO.", name)


def _metadata(tree: Tree, name: str) -> list[_Element]:
    """The elements of a name in the manifest's own metadata."""
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
    """The fourth where its own names are used, else the third: more LMSs take it, and nothing in it differs."""
    shared = f"{{{ADLCP['2004']}}}sharedDataGlobalToSystem"
    thresholds = tree.elements.get("completionThreshold", [])
    newer = (
        any(space(found) == ADLCP["2004"] for found in tree.elements.get("data", []))
        or any(space(found) == _ADLSEQ for found in tree.elements.get("objectives", []))
        or any(found.attrib or not words(found) for found in thresholds)
        or any(shared in found.attrib for found in tree.named("organization"))
    )
    return f"2004 {'4th' if newer else '3rd'} Edition"
