"""SCORM 1.2: one content aggregation, with one SCO or one a part (Content Aggregation Model 1.2, section 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from coursepack.lock import STATE_LIMIT
from coursepack.targets.ims import MANIFEST, Dialect, add, manifest
from coursepack.targets.target import Files, Target
from coursepack.variant import Unit, Variant

DIALECT = Dialect(
    schemaversion="1.2",
    namespaces={
        None: "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
        "adlcp": "http://www.adlnet.org/xsd/adlcp_rootv1p2",
    },
    schemas={None: "imscp_rootv1p1p2.xsd", "adlcp": "adlcp_rootv1p2.xsd"},
    scormtype="scormtype",
)


def _describe(item: etree._Element, unit: Unit) -> None:
    definition = unit.course.definition
    check = definition.final_check
    # An LMS compares score and mastery score and overwrites the status: only where both words are wanted.
    if check and check.mastery and definition.status != "completed":
        add(item, DIALECT.name("adlcp", "masteryscore"), str(check.mastery))


def extras(variant: Variant, files: Mapping[str, bytes | Path]) -> Files:
    """The manifest."""
    return {MANIFEST: manifest(variant, files, DIALECT, _describe)}


SCORM12 = Target(
    name="scorm12",
    title="SCORM 1.2",
    adapter="scorm12",
    unit="SCO",
    manifest=MANIFEST,
    state_limit=STATE_LIMIT,
    extras=extras,
    holds_units=True,
    takes_schemas=True,
)
