"""The manifest that SCORM 1.2 and 2004 share: IMS Content Packaging with one organization and a SCO for each unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from lxml import etree

from coursepack.course.variant import Unit, Variant
from coursepack.targets.lom import Form, add_record

XSI = "http://www.w3.org/2001/XMLSchema-instance"
MANIFEST = "imsmanifest.xml"


class Dialect(NamedTuple):
    """What differs: the version, the namespaces by prefix (None: Content Packaging), their schema files, and the form
    of the metadata record, if there is one.
    """

    schemaversion: str
    namespaces: Mapping[str | None, str]
    schemas: Mapping[str | None, str]
    scormtype: str
    record: Form | None = None

    def name(self, prefix: str | None, local: str) -> str:
        """A qualified name for lxml."""
        return f"{{{self.namespaces[prefix]}}}{local}"


def add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    """Adds a child in the parent's namespace, or one with a qualified name."""
    if not name.startswith("{"):
        name = f"{{{etree.QName(parent).namespace}}}{name}"
    element = etree.SubElement(parent, name, attributes)
    element.text = text
    return element


def manifest(
    variant: Variant,
    files: Mapping[str, bytes | Path],
    dialect: Dialect,
    describe: Callable[[etree._Element, Unit], None],
    finish: Callable[[etree._Element], None] = lambda organization: None,
) -> bytes:
    """`imsmanifest.xml` for the package's files.

    Importers that ignore namespaces expect IMS elements without a prefix, ADL elements with the usual prefixes,
    and the SCO as the first resource. Identifiers depend only on the ids in the course, so a new version keeps
    learners' results. `describe(item, unit)` and `finish(organization)` add the elements of an edition.
    """
    name = variant.id
    namespaces = dict(dialect.namespaces)
    present = [f"{namespaces[p]} {file}" for p, file in dialect.schemas.items() if file in files]
    if present:
        namespaces["xsi"] = XSI
    root = etree.Element(dialect.name(None, "manifest"), nsmap=namespaces)
    root.set("identifier", name)
    root.set("version", variant.course.definition.version)
    if present:
        root.set(f"{{{XSI}}}schemaLocation", " ".join(present))
    metadata = add(root, "metadata")
    add(metadata, "schema", "ADL SCORM")
    add(metadata, "schemaversion", dialect.schemaversion)
    if dialect.record:
        add_record(metadata, variant, dialect.record)
    organizations = add(root, "organizations", default=f"{name}-org")
    organization = add(organizations, "organization", identifier=f"{name}-org")
    add(organization, "title", variant.title)
    resources = add(root, "resources")
    for unit in variant.units:
        mark = name if unit.id is None else f"{name}-{unit.id}"
        item = add(
            organization, "item", identifier=f"{mark}-item", identifierref=f"{mark}-sco", isvisible="true"
        )
        add(item, "title", unit.title)
        describe(item, unit)
        resource = add(resources, "resource", identifier=f"{mark}-sco", type="webcontent")
        resource.set(dialect.name("adlcp", dialect.scormtype), "sco")
        resource.set("href", unit.launch)
        add(resource, "file", href=unit.launch)
    finish(organization)
    # Listed once, under the first SCO: importers serve every file of the package to all of them.
    launched = {unit.launch for unit in variant.units}
    for path in sorted(files.keys() - launched):
        if not path.endswith((".xsd", ".dtd")):
            add(resources[0], "file", href=quote(path))
    etree.indent(root, space="  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
