"""xAPI: `tincan.xml` with one activity to launch, and `statements.js`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from coursepack.course.variant import Variant
from coursepack.targets.statements import COURSE, NAME, iri, statements_js, steps_of
from coursepack.targets.target import Files, Target

MANIFEST = "tincan.xml"
NAMESPACE = "http://projecttincan.com/tincan.xsd"


def manifest(variant: Variant) -> bytes:
    """`tincan.xml` for a variant of one unit.

    The format has one launch, and Moodle reads only the first child of the root's first child. Other activities are
    omitted: each statement has the definition of its activity.
    """
    definition = variant.course.definition
    language = definition.language
    root = etree.Element(f"{{{NAMESPACE}}}tincan", nsmap={None: NAMESPACE})
    activities = etree.SubElement(root, f"{{{NAMESPACE}}}activities")
    activity = etree.SubElement(
        activities, f"{{{NAMESPACE}}}activity", id=iri(definition, *steps_of(variant)), type=COURSE
    )
    for name, text in (
        ("name", variant.title),
        ("description", definition.description),
        ("launch", variant.units[0].launch),
    ):
        # The attribute is `lang` without prefix, as importers read it.
        etree.SubElement(activity, f"{{{NAMESPACE}}}{name}", lang=language).text = text
    etree.indent(root, space="  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def extras(variant: Variant, files: Mapping[str, bytes | Path]) -> Files:
    """The manifest, and `statements.js`."""
    return {MANIFEST: manifest(variant), NAME: statements_js(variant, files)}


XAPI = Target(
    name="xapi",
    title="xAPI",
    adapter="lrs",
    unit="activity",
    manifest=MANIFEST,
    state_limit=None,
    extras=extras,
    connects="https: http:",
    trusts="coursepack",
    tracking="xapi",
)
