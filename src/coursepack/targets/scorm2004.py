"""SCORM 2004, 4th and 3rd edition: free choice among SCOs that report their own status (SN 4th edition, 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from lxml import etree

from coursepack.course.lock import STATE_LIMIT
from coursepack.course.model import Course
from coursepack.course.variant import Unit, Variant
from coursepack.targets.ims import MANIFEST, Dialect, add, manifest
from coursepack.targets.lom import IEEE
from coursepack.targets.target import Files, Target

_NAMESPACES: Mapping[str | None, str] = {
    None: "http://www.imsglobal.org/xsd/imscp_v1p1",
    "adlcp": "http://www.adlnet.org/xsd/adlcp_v1p3",
    "adlseq": "http://www.adlnet.org/xsd/adlseq_v1p3",
    "adlnav": "http://www.adlnet.org/xsd/adlnav_v1p3",
    "imsss": "http://www.imsglobal.org/xsd/imsss",
}
_SCHEMAS: Mapping[str | None, str] = {
    None: "imscp_v1p1.xsd",
    "adlcp": "adlcp_v1p3.xsd",
    "adlseq": "adlseq_v1p3.xsd",
    "adlnav": "adlnav_v1p3.xsd",
    "imsss": "imsss_v1p0.xsd",
}
FOURTH = Dialect(
    "2004 4th Edition", {**_NAMESPACES, "lom": IEEE.space}, {**_SCHEMAS, "lom": "lom.xsd"}, "scormType", IEEE
)
# The schemas of the 3rd edition accept a record only together with those of LOM.
THIRD = Dialect("2004 3rd Edition", _NAMESPACES, _SCHEMAS, "scormType")

STATE_LIMIT_4TH = 64_000
"""Characters of suspend data that an LMS must keep (RTE 4th edition, 4.2.23); 4,000 in the 3rd edition."""


def _adlnav(name: str) -> str:
    return FOURTH.name("adlnav", name)


def _imsss(name: str) -> str:
    return FOURTH.name("imsss", name)


def _objectives(sequencing: etree._Element, course: Course) -> None:
    """The primary objective, with the passing score.

    It is the only one: Moodle uses the passing score of an item's last objective, or 1 if that has none. The
    adapter adds an objective for each started part, as a SCO may (RTE 4th edition, 4.2.17).
    """
    primary = add(add(sequencing, "objectives"), "primaryObjective", objectiveID="obj-course")
    check = course.definition.final_check
    if check and check.mastery:
        primary.set("satisfiedByMeasure", "true")
        add(primary, "minNormalizedMeasure", f"{check.mastery / 100:g}")


def _describe(variant: Variant, item: etree._Element, unit: Unit) -> None:
    sequencing = add(item, _imsss("sequencing"))
    if not variant.counts(unit):
        add(
            sequencing,
            "rollupRules",
            rollupObjectiveSatisfied="false",
            rollupProgressCompletion="false",
            objectiveMeasureWeight="0",
        )
    _objectives(sequencing, unit.course)
    # Otherwise the LMS sets a SCO to completed and passed when the learner exits it (SN 1.1, 3.13).
    add(sequencing, "deliveryControls", completionSetByContent="true", objectiveSetByContent="true")
    if len(variant.units) == 1:
        # The course has its own page navigation; the LMS's buttons would exit it.
        presentation = add(item, _adlnav("presentation"))
        interface = add(presentation, "navigationInterface")
        for control in ("continue", "previous"):
            add(interface, "hideLMSUI", control)


def _finish(dialect: Dialect, organization: etree._Element) -> None:
    organization.set(dialect.name("adlseq", "objectivesGlobalToSystem"), "false")
    if dialect is FOURTH:
        organization.set(dialect.name("adlcp", "sharedDataGlobalToSystem"), "false")
    add(add(organization, _imsss("sequencing")), "controlMode", choice="true", flow="true")


def extras(dialect: Dialect, variant: Variant, files: Mapping[str, bytes | Path]) -> Files:
    """The manifest."""
    describe, finish = partial(_describe, variant), partial(_finish, dialect)
    return {MANIFEST: manifest(variant, files, dialect, describe, finish)}


SCORM2004 = Target(
    name="scorm2004",
    title="SCORM 2004 4th Edition",
    adapter="scorm2004",
    unit="SCO",
    manifest=MANIFEST,
    state_limit=STATE_LIMIT_4TH,
    extras=partial(extras, FOURTH),
    holds_units=True,
    takes_schemas=True,
)
SCORM2004_3RD = Target(
    name="scorm2004-3rd",
    title="SCORM 2004 3rd Edition",
    adapter="scorm2004",
    unit="SCO",
    manifest=MANIFEST,
    state_limit=STATE_LIMIT,
    extras=partial(extras, THIRD),
    holds_units=True,
    takes_schemas=True,
)
