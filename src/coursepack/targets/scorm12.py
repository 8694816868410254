"""SCORM 1.2: one content aggregation, with one SCO or one a part (Content Aggregation Model 1.2, section 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from coursepack.course.lock import STATE_LIMIT
from coursepack.course.variant import Unit, Variant
from coursepack.targets.ims import MANIFEST, Dialect, manifest
from coursepack.targets.lom import IMS
from coursepack.targets.target import Files, Target

DIALECT = Dialect(
    schemaversion="1.2",
    namespaces={
        None: "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
        "adlcp": "http://www.adlnet.org/xsd/adlcp_rootv1p2",
        "imsmd": IMS.space,
    },
    schemas={None: "imscp_rootv1p1p2.xsd", "adlcp": "adlcp_rootv1p2.xsd", "imsmd": "imsmd_rootv1p2p1.xsd"},
    scormtype="scormtype",
    record=IMS,
)


def _describe(item: etree._Element, unit: Unit) -> None:
    """Adds nothing, in particular no mastery score.

    At the end of each session an LMS compares it with the score and overwrites the status (RTE 3.4.4): a learner who
    leaves with attempts left would fail, and some LMSs then close the attempt. The course sets passed and failed.
    """


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
