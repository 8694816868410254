"""SCORM 1.2: one content aggregation with one SCO (Content Aggregation Model 1.2, section 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from lxml import etree

from coursepack.lock import STATE_LIMIT
from coursepack.model import Course
from coursepack.targets.target import Files, Target

IMSCP = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
ADLCP = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMAS = {IMSCP: "imscp_rootv1p1p2.xsd", ADLCP: "adlcp_rootv1p2.xsd"}

MANIFEST = "imsmanifest.xml"
LAUNCH = "index.html"


def _adlcp(name: str) -> str:
    return f"{{{ADLCP}}}{name}"


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{IMSCP}}}{name}", attributes)
    element.text = text
    return element


def manifest(course: Course, files: Mapping[str, bytes | Path]) -> bytes:
    """`imsmanifest.xml` for the package's files.

    Importers that do not read namespaces want IMS elements without a prefix, ADL's with the literal
    `adlcp`, and the SCO as the first resource. Identifiers come from the course's id alone, so a new
    version keeps learners' results.
    """
    definition = course.definition
    name = definition.id
    namespaces: dict[str | None, str] = {None: IMSCP, "adlcp": ADLCP}
    present = [f"{space} {file}" for space, file in SCHEMAS.items() if file in files]
    if present:
        namespaces["xsi"] = XSI
    root = etree.Element(f"{{{IMSCP}}}manifest", nsmap=namespaces)
    root.set("identifier", name)
    root.set("version", definition.version)
    if present:
        root.set(f"{{{XSI}}}schemaLocation", " ".join(present))
    metadata = _add(root, "metadata")
    _add(metadata, "schema", "ADL SCORM")
    _add(metadata, "schemaversion", "1.2")
    organizations = _add(root, "organizations", default=f"{name}-org")
    organization = _add(organizations, "organization", identifier=f"{name}-org")
    _add(organization, "title", definition.title)
    item = _add(
        organization, "item", identifier=f"{name}-item", identifierref=f"{name}-sco", isvisible="true"
    )
    _add(item, "title", definition.title)
    check = definition.final_check
    # An LMS compares score and mastery score and overwrites the status: only where both words are wanted.
    if check and check.mastery and definition.status != "completed":
        etree.SubElement(item, _adlcp("masteryscore")).text = str(check.mastery)
    resource = _add(_add(root, "resources"), "resource", identifier=f"{name}-sco", type="webcontent")
    resource.set(_adlcp("scormtype"), "sco")
    resource.set("href", LAUNCH)
    for path in sorted(files, key=lambda p: (p != LAUNCH, p)):
        if not path.endswith((".xsd", ".dtd")):
            _add(resource, "file", href=quote(path))
    etree.indent(root, space="  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def extras(course: Course, files: Mapping[str, bytes | Path]) -> Files:
    """The manifest."""
    return {MANIFEST: manifest(course, files)}


SCORM12 = Target(name="scorm12", title="SCORM 1.2", adapter="scorm12", state_limit=STATE_LIMIT, extras=extras)
