"""Rules for a SCORM 1.2 manifest and its references to files.

Elements are matched by local name, as in LMSs: there are working packages with another namespace, or none.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from coursepack.package import local
from coursepack.problems import Message, Quoted
from coursepack.rules import ims
from coursepack.rules.ims import (
    at,
    elements,
    everything,
    launch_files,
    metadata_values,
    namespace,
    scormtype,
    text,
)
from coursepack.rules.rule import Finding, rule, several, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.package import Package

__all__ = ["LMS_CALLS", "launch_files"]

LMS_CALLS = ("LMSInitialize", "LMSSetValue", ".Initialize(", "API_1484_11", "SCORM_API", "pipwerks")

_IMSCP = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
_ADLCP = "http://www.adlnet.org/xsd/adlcp_rootv1p2"

_ITEM_ELEMENTS = ("prerequisites", "maxtimeallowed", "timelimitaction", "datafromlms", "masteryscore")
_ADLCP_NAMES = (*_ITEM_ELEMENTS, "location", "schema", "schemaversion")

_TIMESPAN = r"\d{2,4}:\d{2}:\d{2}(\.\d{1,2})?"

_shared = partial(ims.shared, __name__)


_UPLOADED = {
    ims.COMMON_CARTRIDGE: "Upload it as a Common Cartridge if the LMS supports that.",
    ims.QTI: "Upload it as questions if the LMS supports QTI.",
    ims.BLACKBOARD: "Restore it in Blackboard as a course.",
    ims.PLAIN: "Upload it as an IMS content package if the LMS supports that.",
    ims.NOTEBOOK: "Upload it as a file; it opens in SMART Notebook.",
}
"""Advice for packages of other standards, by the beginning of the standard's name."""


@rule("warning")
def other_standard(package: Package) -> Iterator[Finding]:
    """The manifest follows a standard that coursepack has no rules for.

    Only the container and the pages are checked, so a report without problems says little. Check it with a tool for
    that standard too.
    """
    standard = ims.standard(package)
    for root in elements(package, "manifest")[:1]:
        if standard not in (ims.SCORM12, ims.SCORM2004):
            hint = next((words for kind, words in _UPLOADED.items() if standard.startswith(kind)), "")
            yield (
                Message("Its kind is {0}; only its container and pages are checked.", standard),
                at(root),
                hint,
            )


wrong_root = _shared("fatal", "CAM 2.3", ims.wrong_root)


@rule("warning", spec="CAM 2.3")
def other_namespace(package: Package) -> Iterator[Finding]:
    """The manifest's elements are not in the namespace of SCORM 1.2.

    Strict importers refuse it; lenient ones ignore namespaces. Write
    `xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"` on `manifest`.
    """
    for root in elements(package, "manifest")[:1]:
        space = namespace(root)
        if space != _IMSCP:
            yield (
                Message("The namespace is {0}, not {1}.", Quoted(space), Quoted(_IMSCP))
                if space
                else "There is no namespace.",
                at(root),
            )
    lost = ims.foreign_element(package)
    if lost is not None:
        yield Message("{0} is not in the namespace of manifest.", local(lost)), at(lost)


prefixed_manifest = _shared("warning", "CAM 2.3", ims.prefixed_manifest)


@rule("warning", spec="CAM 2.3")
def other_adlcp_prefix(package: Package) -> Iterator[Finding]:
    """The ADL namespace is bound to another prefix than `adlcp`.

    Moodle and similar LMSs look for the literal text `adlcp:scormtype`; with another prefix, the course becomes a file
    without tracking. Write `xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"`.
    """
    yield from ims.other_prefix(package, _ADLCP, "adlcp")


@rule("warning", spec="CAM 2.3")
def unknown_adlcp_name(package: Package) -> Iterator[Finding]:
    """A name in the ADL namespace does not exist in SCORM 1.2.

    LMSs ignore it, and its information is lost. The names of SCORM 2004 (`scormType`, `timeLimitAction`,
    `dataFromLMS`) are in lower case in 1.2.
    """
    for element in everything(package):
        if namespace(element) == _ADLCP and local(element) not in _ADLCP_NAMES:
            yield Message("SCORM 1.2 has no element {0}.", shortened("adlcp:" + local(element))), at(element)
        for key in map(str, element.attrib):
            if key.startswith(f"{{{_ADLCP}}}") and key != f"{{{_ADLCP}}}scormtype":
                name = "adlcp:" + key.rpartition("}")[2]
                yield Message("SCORM 1.2 has no attribute {0}.", shortened(name)), at(element)


@rule("warning", spec="CAM 2.3")
def missing_schemaversion(package: Package) -> Iterator[Finding]:
    """The manifest does not declare its version of SCORM.

    LMSs detect the standard by it, and guess without it. Write `<schemaversion>1.2</schemaversion>` in the
    manifest's `metadata`.
    """
    yield from ims.missing_schemaversion(package)


@rule("warning", spec="CAM 2.3")
def wrong_schemaversion(package: Package) -> Iterator[Finding]:
    """The schemaversion is not `1.2`.

    Open edX treats anything else as SCORM 2004, others as 1.2: the course may get the wrong API. Write
    `<schemaversion>1.2</schemaversion>`.
    """
    for root in elements(package, "manifest")[:1]:
        for found in metadata_values(root, "schemaversion"):
            if text(found) != "1.2":
                yield Message("The schemaversion is {0}, not '1.2'.", shortened(text(found))), at(found)


wrong_schema = _shared("note", "CAM 2.3", ims.wrong_schema)
missing_identifier = _shared("warning", "CAM 2.3", ims.missing_identifier)
invalid_identifier = _shared("note", "XML Namespaces 3", ims.invalid_identifier)
duplicate_identifier = _shared("error", "CAM 2.3", ims.duplicate_identifier)
shared_identifier = _shared("note", "CAM 2.3", ims.shared_identifier)
wrong_order = _shared("warning", "CAM 2.3", ims.wrong_order)
missing_part = _shared("error", "CAM 2.3", ims.missing_part)
no_organization = _shared("warning", "CAM 2.3", ims.no_organization)
several_organizations = _shared("warning", "CAM 2.3", ims.several_organizations)
unresolved_default = _shared("warning", "CAM 2.3", ims.unresolved_default)
missing_title = _shared("warning", "CAM 2.3", ims.missing_title)
long_title = _shared("warning", "CAM 2.3", ims.long_title)
organization_without_items = _shared("error", "CAM 2.3", ims.organization_without_items)
unresolved_identifierref = _shared("error", "CAM 2.3", ims.unresolved_identifierref)
unresolved_dependency = _shared("note", "CAM 2.3", ims.unresolved_dependency)
launched_branch = _shared("warning", "", ims.launched_branch)
leaf_without_resource = _shared("warning", "", ims.leaf_without_resource)


@rule("warning", spec="CAM 2.3")
def wrong_isvisible(package: Package) -> Iterator[Finding]:
    """`isvisible` is neither `true` nor `false`.

    LMSs compare the exact word, so anything else may hide the item. Write `isvisible="true"`.
    """
    for item in elements(package, "item"):
        value = item.get("isvisible")
        if value is not None and value not in ("true", "false"):
            yield Message("isvisible is {0}, not 'true' or 'false'.", shortened(value)), at(item)


wrong_parameters = _shared("warning", "CAM 2.3", ims.wrong_parameters)


@rule("error", spec="CAM 2.3")
def wrong_masteryscore(package: Package) -> Iterator[Finding]:
    """The mastery score is not a number from 0 to 100.

    The LMS compares the learner's score with it to set passed or failed. Write a whole number, or omit it if the
    course has no score.
    """
    for element in elements(package, "masteryscore"):
        value = text(element)
        if value and not _is_percent(value):
            yield (
                Message("The mastery score is {0}, not a number from 0 to 100.", shortened(value)),
                at(element),
            )


@rule("note", spec="RTE 3.4.4")
def uses_masteryscore(package: Package) -> Iterator[Finding]:
    """An item has a mastery score.

    At the end of each session, the LMS compares the score with it and overwrites the status that the course has set,
    including `incomplete`. If learners can try again, those who leave in between fail: Moodle then closes the attempt,
    and a later, better score only counts in a new one. A course that reports passed and failed itself needs no mastery
    score. Otherwise, do not report a score before the last try.
    """
    for element in elements(package, "masteryscore"):
        if _is_percent(text(element)):
            yield (
                Message("The mastery score is {0}: the LMS sets passed or failed by it.", text(element)),
                at(element),
            )


@rule("note", spec="CAM 2.3")
def empty_item_element(package: Package) -> Iterator[Finding]:
    """The mastery score or the time allowed is empty.

    LMSs treat it as missing; test suites report it. Write a value, or remove the element.
    """
    for name in ("masteryscore", "maxtimeallowed"):
        for element in elements(package, name):
            if not text(element):
                yield Message("The {0} is empty.", name), at(element)


@rule("warning", spec="RTE 3.4")
def wrong_maxtimeallowed(package: Package) -> Iterator[Finding]:
    """The time allowed is not in the format `HHHH:MM:SS.SS`.

    An LMS cannot read it, and then either sets no limit or ends the course at once. Write two to four digits for
    hours, two for minutes and two for seconds.
    """
    for element in elements(package, "maxtimeallowed"):
        if text(element) and not re.fullmatch(_TIMESPAN, text(element)):
            yield (
                Message("The time allowed is {0}, not like '0001:30:00'.", shortened(text(element))),
                at(element),
            )


@rule("note", spec="CAM 2.3")
def wrong_timelimitaction(package: Package) -> Iterator[Finding]:
    """The time limit action is not one of the four allowed values.

    They are `exit,message`, `exit,no message`, `continue,message` and `continue,no message`, without a space after the
    comma. LMSs ignore other values. Omit the element if there is no limit.
    """
    allowed = [f"{act},{message}" for act in ("exit", "continue") for message in ("message", "no message")]
    for element in elements(package, "timelimitaction"):
        if (element.text or "") not in allowed:
            yield (
                Message("The action is {0}.", shortened(element.text or "")),
                at(element),
                Message("Known: {0}.", "; ".join(allowed)),
            )


@rule("warning", spec="CAM 2.3")
def long_datafromlms(package: Package) -> Iterator[Finding]:
    """The launch data are longer than 255 characters.

    An LMS may truncate them, and the course then starts with incomplete data. Shorten them, or move them to a file.
    """
    for element in elements(package, "datafromlms"):
        length = len(element.text or "")
        if length > 255:
            yield (
                Message("The launch data have {0} characters, at most 255 are allowed.", length),
                at(element),
            )


@rule("warning", spec="CAM 2.3")
def wrong_prerequisites(package: Package) -> Iterator[Finding]:
    """The prerequisites are invalid.

    They need `type="aicc_script"`, at most 200 characters, and identifiers of items in the manifest. Otherwise an LMS
    that evaluates them never unlocks the item.
    """
    items = {item.get("identifier") for item in elements(package, "item")}
    for element in elements(package, "prerequisites"):
        value = text(element)
        if element.get("type") != "aicc_script":
            yield "The type of the prerequisites is not 'aicc_script'.", at(element)
        if len(value) > 200:
            yield (
                Message("The prerequisites have {0} characters, at most 200 are allowed.", len(value)),
                at(element),
            )
            continue
        # Quoted words are statuses, a number before '*' is a count, everything else between operators is an item.
        named = re.split(r"[&|~()=<>{},\s]+|\d+\*", re.sub(r'"[^"]*"', "", value))
        unknown = [name for name in named if name and name not in items]
        if unknown:
            yield Message("No item is {0}.", several(unknown)), at(element)


@rule("note")
def uses_prerequisites(package: Package) -> Iterator[Finding]:
    """An item has prerequisites.

    Many LMSs ignore them, and some evaluate them wrongly. Control the order inside the course.
    """
    for element in elements(package, "prerequisites"):
        yield "The item has prerequisites, which many LMSs ignore.", at(element)


@rule("warning", spec="CAM 2.3")
def repeated_item_element(package: Package) -> Iterator[Finding]:
    """An item has an element twice.

    Prerequisites, mastery score, launch data, time allowed and its action are only allowed once each; of two, LMSs use
    different ones. Keep one of them.
    """
    for item in elements(package, "item"):
        counts = Counter(local(child) for child in item)
        for name in _ITEM_ELEMENTS:
            if counts[name] > 1:
                yield Message("There are {0} {1} in one item.", counts[name], name), at(item)


wrong_resource_type = _shared("warning", "CAM 2.3", ims.wrong_resource_type)


@rule("warning", spec="CAM 2.3")
def missing_scormtype(package: Package) -> Iterator[Finding]:
    """A resource does not declare whether it is a SCO or an asset.

    LMSs treat it as an asset: it is opened without an API for tracking, and counts as completed at once. This is a
    note if no item launches it. Write `adlcp:scormtype="sco"` on launched resources that report results.
    """
    for resource in elements(package, "resource"):
        if scormtype(resource) is None:
            yield ims.of_launched(package, resource, "There is no adlcp:scormtype.")


@rule("warning", spec="CAM 2.3")
def wrong_scormtype(package: Package) -> Iterator[Finding]:
    """`adlcp:scormtype` is neither `sco` nor `asset`.

    Both words are in lower case. An LMS that does not know the value opens the resource without tracking. This is a
    note if no item launches it.
    """
    for resource in elements(package, "resource"):
        value = scormtype(resource)
        if value not in (None, "sco", "asset"):
            message = Message("adlcp:scormtype is {0}, not 'sco' or 'asset'.", shortened(value or ""))
            yield ims.of_launched(package, resource, message)


no_sco = _shared("warning", "", ims.no_sco)
missing_href = _shared("error", "CAM 2.3", ims.missing_href)
file_without_href = _shared("note", "CAM 2.3", ims.file_without_href)
malformed_href = _shared("warning", "RFC 2396 2.4.3", ims.malformed_href)
unencoded_href = _shared("note", "RFC 2396 2.4", ims.unencoded_href)
remote_href = _shared("warning", "", ims.remote_href)
launch_with_query = _shared("warning", "", ims.launch_with_query)
missing_launch_file = _shared("error", "CAM 2.3", ims.missing_launch_file)
missing_file = _shared("note", "CAM 2.3", ims.missing_file)
undeclared_file = _shared("note", "CAM 2.3", ims.undeclared_file)
launch_file_not_listed = _shared("note", "CAM 2.3", ims.launch_file_not_listed)
unused_resource = _shared("note", "", ims.unused_resource)
nested_manifest = _shared("warning", "", ims.nested_manifest)
base_address = _shared("warning", "CAM 2.3", ims.base_address)
missing_metadata_file = _shared("note", "CAM 2.2", ims.missing_metadata_file)
missing_schema_file = _shared("note", "", ims.missing_schema_file)


def _is_percent(value: str) -> bool:
    # float() would also accept '1e1' and 'nan'.
    return re.fullmatch(r"\d{1,3}(\.\d+)?", value) is not None and float(value) <= 100
