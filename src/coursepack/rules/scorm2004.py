"""Rules for a SCORM 2004 manifest, its sequencing and its references to files.

The rules follow the fourth edition, and also accept the third and the second.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING

from coursepack.package import local
from coursepack.problems import Count, Message, Quoted
from coursepack.rules import ims
from coursepack.rules.ims import (
    at,
    children,
    elements,
    everything,
    launch_files,
    launched,
    metadata_values,
    namespace,
    own,
    scormtype,
    target,
    text,
)
from coursepack.rules.rule import Finding, Minor, rule, shortened
from coursepack.rules.vocabulary import (
    ACTIONS,
    ATTRIBUTES,
    BOOLEAN,
    BUTTONS,
    CONTENT,
    GLOBAL_OBJECTIVES,
    KNOWN,
    NUMBERS,
    ORDERED,
    PLACES,
    PLAIN_ATTRIBUTES,
    PREFIXES,
    REQUIRED,
    SHARED_DATA,
    SPACES,
    WITH_TEXT,
    fits,
    hint,
    is_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from coursepack.package import Package

__all__ = ["LMS_CALLS", "launch_files"]

LMS_CALLS = ("API_1484_11", ".Initialize(", "SCORM_API", "pipwerks")

_IMSCP = "http://www.imsglobal.org/xsd/imscp_v1p1"
_OLD_ADLCP = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"

_EDITIONS = {"2004 4th Edition": 4, "2004 3rd Edition": 3, "CAM 1.3": 2, "1.3": 2}

_FOR_SCOS = ("adlcp:timeLimitAction", "adlcp:dataFromLMS", "adlcp:data")
_FRAGILE = (
    "imsss:preConditionRule",
    "imsss:exitConditionRule",
    "imsss:postConditionRule",
    "imsss:rollupRule",
    "imsss:mapInfo",
    "adlseq:mapInfo",
)
_LONGEST = {"version": 20, "structure": 200, "href": 2000, _XML_BASE: 2000}

_shared = partial(ims.shared, __name__)


@rule("warning", spec="CAM 3.4")
def other_namespace(package: Package) -> Iterator[Finding]:
    """The manifest's elements are not in the namespaces of SCORM 2004.

    Strict importers refuse it, and lenient ones may ignore elements in the wrong namespace. Write
    `xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"` and
    `xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"` on `manifest`.
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
    for element in everything(package):
        names = (str(element.tag), *map(str, element.attrib))
        if any(name.startswith(f"{{{_OLD_ADLCP}}}") for name in names):
            yield (
                Message("The namespace of ADL's names is SCORM 1.2's, {0}.", Quoted(_OLD_ADLCP)),
                at(element),
            )
            return


prefixed_manifest = _shared("warning", "CAM 3.4", ims.prefixed_manifest)


@rule("warning", spec="CAM 3.4")
def other_adlcp_prefix(package: Package) -> Iterator[Finding]:
    """The ADL namespace is bound to another prefix than `adlcp`.

    Moodle and similar LMSs look for the literal text `adlcp:scormType`; with another prefix, the course becomes a file
    without tracking. Write `xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"`.
    """
    yield from ims.other_prefix(package, SPACES["adlcp"], "adlcp")


@rule("warning", spec="CAM 5.1")
def other_sequencing_prefix(package: Package) -> Iterator[Finding]:
    """Sequencing or navigation has other prefixes than `imsss`, `adlseq` and `adlnav`.

    This is valid XML, but Moodle and similar LMSs look for these literal names and ignore the rest. Use the usual
    prefixes.
    """
    for prefix in ("imsss", "adlseq", "adlnav"):
        yield from ims.other_prefix(package, SPACES[prefix], prefix)


@rule("warning", spec="CAM 3.4")
def unknown_name(package: Package) -> Iterator[Finding]:
    """An element or attribute does not exist in SCORM 2004.

    LMSs ignore it, and its information is lost. Names of SCORM 1.2 (`scormtype`, `datafromlms`, `masteryscore`,
    `prerequisites`) are spelled differently in 2004, or were removed. `persistState` was also removed, but nothing is
    lost without it, so it is a note.
    """
    for element in everything(package):
        name = _name(element)
        if ":" in name and name not in KNOWN:
            yield Message("SCORM 2004 has no element {0}.", shortened(name)), at(element)
            continue
        plain = ATTRIBUTES.get(name, ()) if name in KNOWN else PLAIN_ATTRIBUTES.get(name)
        if plain is None:
            continue
        for key in map(str, element.attrib):
            space, _, word = key[1:].rpartition("}") if key.startswith("{") else ("", "", key)
            if space in PREFIXES and key not in PLACES:
                message = Message("SCORM 2004 has no attribute {0}.", shortened(f"{PREFIXES[space]}:{word}"))
                yield Minor(message, at(element)) if word == "persistState" else (message, at(element))
            elif not space and word not in plain:
                yield Message("{0} has no attribute {1}.", name, shortened(word)), at(element)


@rule("warning", spec="CAM 3.4")
def newer_than_edition(package: Package) -> Iterator[Finding]:
    """A feature of the fourth edition is used in a package of an earlier edition.

    An LMS that observes the edition refuses it or ignores it. Set the schemaversion to `2004 4th Edition`, or remove
    the feature.
    """
    if package.cached(_edition) == 4:
        return
    for name in ("adlcp:data", "adlseq:objectives"):
        for element in _named(package, name):
            yield Message("{0} came with the fourth edition.", name), at(element)
    for element in _named(package, "adlcp:completionThreshold"):
        if element.attrib:
            yield "The attributes of adlcp:completionThreshold came with the fourth edition.", at(element)
    for element in everything(package):
        if SHARED_DATA in element.attrib:
            name = "adlcp:sharedDataGlobalToSystem"
            yield Message("{0} came with the fourth edition.", name), at(element)


@rule("warning", spec="CAM 3.4")
def missing_schemaversion(package: Package) -> Iterator[Finding]:
    """The manifest does not declare its version of SCORM.

    LMSs detect the standard by it: Moodle treats a package without one as SCORM 1.2 and offers the wrong API. Write
    `<schemaversion>2004 4th Edition</schemaversion>` in the manifest's `metadata`.
    """
    yield from ims.missing_schemaversion(package)


@rule("warning", spec="CAM 3.4")
def wrong_schemaversion(package: Package) -> Iterator[Finding]:
    """The schemaversion is not one that LMSs know.

    LMSs compare the exact text, and many treat a package with another one as SCORM 1.2: the course gets the wrong API.
    Write `2004 4th Edition` or `2004 3rd Edition`.
    """
    for root in elements(package, "manifest")[:1]:
        for found in metadata_values(root, "schemaversion"):
            if text(found) not in _EDITIONS:
                yield (
                    Message("The schemaversion is {0}.", shortened(text(found))),
                    at(found),
                    Message("Known: {0}.", "2004 4th Edition; 2004 3rd Edition"),
                )


@rule("note")
def old_edition(package: Package) -> Iterator[Finding]:
    """The package follows the second edition or an older one.

    LMSs are hardly tested with it any more, and the third edition corrected its sequencing. Create the package again as
    `2004 3rd Edition` or `2004 4th Edition`.
    """
    for root in elements(package, "manifest")[:1]:
        for found in metadata_values(root, "schemaversion"):
            if _EDITIONS.get(text(found)) == 2:
                yield Message("The schemaversion is {0}.", shortened(text(found))), at(found)


wrong_schema = _shared("note", "CAM 3.4", ims.wrong_schema)
missing_identifier = _shared("warning", "CAM 3.4", ims.missing_identifier)
invalid_identifier = _shared("note", "XML Namespaces 3", ims.invalid_identifier)
duplicate_identifier = _shared("error", "CAM 3.4", ims.duplicate_identifier)
shared_identifier = _shared("note", "CAM 3.4", ims.shared_identifier)
wrong_order = _shared("warning", "CAM 3.4", ims.wrong_order)
missing_part = _shared("error", "CAM 3.4", ims.missing_part)
no_organization = _shared("warning", "CAM 3.4", ims.no_organization)
several_organizations = _shared("warning", "CAM 3.4", ims.several_organizations)
unresolved_default = _shared("warning", "CAM 3.4", ims.unresolved_default)
missing_title = _shared("warning", "CAM 3.4", ims.missing_title)
long_title = _shared("warning", "CAM 3.4", ims.long_title)
organization_without_items = _shared("error", "CAM 3.4", ims.organization_without_items)
unresolved_identifierref = _shared("error", "CAM 3.4", ims.unresolved_identifierref)
unresolved_dependency = _shared("note", "CAM 3.4", ims.unresolved_dependency)
# The sequencing of 2004 only delivers leaves.
launched_branch = _shared("warning", "CAM 3.4", ims.launched_branch)
leaf_without_resource = _shared("warning", "CAM 3.4", ims.leaf_without_resource)
wrong_parameters = _shared("warning", "CAM 3.4", ims.wrong_parameters)


@rule("note", spec="CAM 3.4")
def parameters_without_resource(package: Package) -> Iterator[Finding]:
    """An item has `parameters` but no resource.

    They are appended to the address of a resource, so they have no effect here. Move them to the launched item.
    """
    for item in elements(package, "item"):
        if item.get("parameters") and not item.get("identifierref"):
            yield "The item has parameters and no resource.", at(item)


@rule("warning", spec="CAM 3.4")
def long_value(package: Package) -> Iterator[Finding]:
    """A value is longer than LMSs must be able to store.

    An LMS may truncate it, or refuse the package. All must accept at least 20 characters of `version`, 200 of
    `structure`, 2,000 of an address, and 4,000 of `adlcp:dataFromLMS`. Shorten it.
    """
    for element in everything(package):
        for key, most in _LONGEST.items():
            length = len(element.get(key, ""))
            if length > most:
                name = key.rpartition("}")[2]
                yield (
                    Message(
                        "{0} has {1} characters, at most {2} are kept.", name, Count(length), Count(most)
                    ),
                    at(element),
                )
    for element in _named(package, "adlcp:dataFromLMS"):
        length = len(element.text or "")
        if length > 4000:
            yield (
                Message("The launch data have {0} characters, at most 4,000 are kept.", Count(length)),
                at(element),
            )


@rule("warning", spec="CAM 3.4")
def wrong_isvisible(package: Package) -> Iterator[Finding]:
    """`isvisible` is neither `true` nor `false`.

    Anything else may hide the item. Write `isvisible="true"`, since some LMSs hide items without it.
    """
    for item in elements(package, "item"):
        value = item.get("isvisible")
        if value is not None and not re.fullmatch(BOOLEAN, value.strip()):
            yield Message("isvisible is {0}, not 'true' or 'false'.", shortened(value)), at(item)


@rule("warning", spec="CAM 5.1")
def wrong_value(package: Package) -> Iterator[Finding]:
    """An attribute of ADL or of sequencing has an invalid value.

    Values are words from a list, `true` or `false`, numbers in a range, durations or times. An LMS that cannot read
    the value refuses the package or uses the default. Write one of the values in the hint.
    """
    for name, attributes in ATTRIBUTES.items():
        for element in _named(package, name):
            for key, allowed in attributes.items():
                value = element.get(key)
                if value is not None and not fits(value, allowed):
                    yield (
                        Message("{0} of {1} is {2}.", key, name, shortened(value)),
                        at(element),
                        hint(allowed),
                    )
    for element in everything(package):
        for key in (SHARED_DATA, GLOBAL_OBJECTIVES):
            value = element.get(key)
            if value is not None and not fits(value, BOOLEAN):
                word = key.rpartition("}")[2]
                yield Message("{0} is {1}.", word, shortened(value)), at(element), hint(BOOLEAN)


@rule("warning", spec="CAM 5.1")
def missing_attribute(package: Package) -> Iterator[Finding]:
    """A sequencing element lacks a required attribute.

    A map needs its target, a condition its name, the action of a rule its name. An LMS refuses the package or ignores
    the element. Add the attribute, or remove the element.
    """
    for name, keys in REQUIRED.items():
        for element in _named(package, name):
            for key in keys:
                if element.get(key) is None:
                    yield Message("{0} has no {1}.", name, key), at(element)


@rule("warning", spec="CAM 3.4")
def misplaced_attribute(package: Package) -> Iterator[Finding]:
    """An attribute of ADL is on an element where it has no meaning.

    `adlcp:scormType` belongs to `resource`; `adlseq:objectivesGlobalToSystem` and
    `adlcp:sharedDataGlobalToSystem` belong to `organization`. Elsewhere, LMSs ignore it and use the default. Move it.
    """
    for element in everything(package):
        for key, place in PLACES.items():
            if key in element.attrib and _name(element) != place:
                word = key.rpartition("}")[2]
                yield (
                    Message("{0} is on {1}, not on {2}.", word, shortened(_name(element)), place),
                    at(element),
                )


@rule("warning", spec="CAM 5.1")
def misplaced_element(package: Package) -> Iterator[Finding]:
    """An element of ADL or of sequencing is in the wrong place, or out of order.

    LMSs ignore elements in the wrong place. A wrong order is a note. In `imsss:sequencing` the order is
    controlMode, sequencingRules, limitConditions, auxiliaryResources, rollupRules, objectives, randomizationControls,
    deliveryControls, then elements of ADL.
    """
    for parent in everything(package):
        name = _name(parent)
        order = CONTENT.get(name, ())
        reached = 0
        previous = ""
        for child in parent:
            found = _name(child)
            if name not in KNOWN and found not in KNOWN:
                continue
            # unknown-name reports the outermost element of an unknown branch.
            if found not in order:
                if found in KNOWN or ":" not in found:
                    yield Message("{0} is not allowed in {1}.", shortened(found), name), at(child)
            elif name in ORDERED and found.startswith("imsss:") and order.index(found) < reached:
                yield Minor(Message("{0} must come before {1} in {2}.", found, previous, name), at(child))
            else:
                reached, previous = order.index(found), found


@rule("note", spec="CAM 3.4")
def stray_text(package: Package) -> Iterator[Finding]:
    """There is text where only elements are allowed.

    It is a typing error, or a value that belongs in an attribute. Test suites report it, and LMSs ignore it. Remove
    it.
    """
    for name, named in package.cached(_by_name).items():
        if name in WITH_TEXT or (name not in KNOWN and name not in PLAIN_ATTRIBUTES):
            continue
        for element in named:
            for found in (element.text, *(child.tail for child in element)):
                if found and found.strip():
                    words = shortened(" ".join(found.split()))
                    yield Message("The text {0} is not allowed in {1}.", words, name), at(element)


@rule("warning", spec="CAM 5.1")
def wrong_number(package: Package) -> Iterator[Finding]:
    """An element of ADL or of sequencing is missing, or occurs too often.

    `adlcp:data` needs a map, a collection needs a sequencing, and most other elements are only allowed once: of two,
    LMSs use different ones. Add what is missing, or keep one.
    """
    for (name, inner), (least, most) in NUMBERS.items():
        for element in _named(package, name):
            count = sum(_name(child) == inner for child in element)
            if count < least:
                yield Message("There is no {0} in {1}.", inner, name), at(element)
            elif most is not None and count > most:
                yield Message("There are {0} {1} in {2}.", count, inner, name), at(element)
    for root in elements(package, "manifest"):
        count = sum(_name(child) == "imsss:sequencingCollection" for child in root)
        if count > 1:
            yield (
                Message("There are {0} {1} in {2}.", count, "imsss:sequencingCollection", "manifest"),
                at(root),
            )


@rule("warning", spec="CAM 3.4")
def repeated_item_element(package: Package) -> Iterator[Finding]:
    """An item or an organization has an element twice.

    Each element of ADL and IMS sequencing is only allowed once; of two, LMSs use different ones. Keep one of them.
    """
    for parent in (*elements(package, "organization"), *elements(package, "item")):
        counts = Counter(_name(child) for child in parent)
        for name in CONTENT["item"]:
            if counts[name] > 1:
                yield (
                    Message("There are {0} {1} in one {2}.", counts[name], name, Message(local(parent))),
                    at(parent),
                )


@rule("note", spec="CAM 3.4")
def ignored_item_element(package: Package) -> Iterator[Finding]:
    """An item has an element that is only for launched items.

    Launch data, shared data and the time limit action are for items that point to a SCO, and `adlnav:presentation` is
    for items that point to a resource. Elsewhere, LMSs ignore them, and test suites report them. Move them to the
    launched item.
    """
    resources = {resource.get("identifier"): resource for resource in elements(package, "resource")}
    for item in elements(package, "item"):
        reference = item.get("identifierref")
        resource = resources.get(reference)
        is_asset = resource is not None and scormtype(resource) == "asset"
        for child in item:
            name = _name(child)
            if (not reference or is_asset) and name in _FOR_SCOS:
                yield Message("{0} has no effect: the item points to no SCO.", name), at(child)
            elif not reference and name == "adlnav:presentation":
                yield Message("{0} has no effect: the item points to no resource.", name), at(child)


@rule("note", spec="CAM 3.4")
def wrong_time_limit_action(package: Package) -> Iterator[Finding]:
    """The time limit action is not one of the four allowed values.

    They are `exit,message`, `exit,no message`, `continue,message` and `continue,no message`, without a space after the
    comma. Omit the element if there is no limit.
    """
    allowed = [f"{act},{message}" for act in ("exit", "continue") for message in ("message", "no message")]
    for element in _named(package, "adlcp:timeLimitAction"):
        if (element.text or "") not in allowed:
            yield (
                Message("The action is {0}.", shortened(element.text or "")),
                at(element),
                Message("Known: {0}.", "; ".join(allowed)),
            )


@rule("warning", spec="CAM 3.4")
def wrong_completion_threshold(package: Package) -> Iterator[Finding]:
    """The completion threshold is ambiguous or cannot be read.

    In the third edition, it is a number from 0 to 1 as text; in the fourth, the text is empty and `minProgressMeasure`
    has the number. An LMS of one edition does not read the form of the other. Use the form of the package's edition.
    """
    for element in _named(package, "adlcp:completionThreshold"):
        value = text(element)
        if value and element.attrib:
            yield "The completion threshold has both text and attributes.", at(element)
        elif (value or package.cached(_edition) < 4) and not element.attrib and not is_number(value, 0, 1):
            yield (
                Message("The completion threshold is {0}, not a number from 0 to 1.", shortened(value)),
                at(element),
            )


@rule("warning", spec="CAM 3.4")
def old_completion_threshold(package: Package) -> Iterator[Finding]:
    """The completion threshold has the form of the third edition.

    An LMS of the fourth edition may ignore a number in the text. Write
    `<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.8"/>`.
    """
    if package.cached(_edition) < 4:
        return
    for element in _named(package, "adlcp:completionThreshold"):
        if text(element) and not element.attrib:
            yield "The completion threshold is written as text, not in minProgressMeasure.", at(element)


@rule("warning", spec="CAM 5.2")
def wrong_hide_lms_ui(package: Package) -> Iterator[Finding]:
    """`adlnav:hideLMSUI` names a button that does not exist.

    The LMS then refuses the package, or shows a button that the course also has. The buttons are continue, previous,
    exit, exitAll, abandon, abandonAll and suspendAll, each in its own element.
    """
    for element in _named(package, "adlnav:hideLMSUI"):
        if text(element) not in BUTTONS:
            yield (
                Message("There is no button {0}.", shortened(text(element))),
                at(element),
                Message("Known: {0}.", ", ".join(BUTTONS)),
            )


wrong_resource_type = _shared("warning", "CAM 3.4", ims.wrong_resource_type)


@rule("warning", spec="CAM 3.4")
def missing_scormtype(package: Package) -> Iterator[Finding]:
    """A resource does not declare whether it is a SCO or an asset.

    LMSs treat it as an asset: it is opened without an API for tracking, and counts as completed at once. This is a
    note if no item launches it. Write `adlcp:scormType="sco"` on launched resources that report results.
    """
    for resource in elements(package, "resource"):
        if scormtype(resource) is None:
            yield ims.of_launched(package, resource, "There is no adlcp:scormType.")


@rule("warning", spec="CAM 3.4")
def wrong_scormtype(package: Package) -> Iterator[Finding]:
    """`adlcp:scormType` is neither `sco` nor `asset`.

    Both words are in lower case. An LMS that does not know the value opens the resource without tracking. This is a
    note if no item launches it.
    """
    for resource in elements(package, "resource"):
        value = scormtype(resource)
        if value not in (None, "sco", "asset"):
            message = Message("adlcp:scormType is {0}, not 'sco' or 'asset'.", shortened(value or ""))
            yield ims.of_launched(package, resource, message)


no_sco = _shared("warning", "", ims.no_sco)
missing_href = _shared("error", "CAM 3.4", ims.missing_href)
file_without_href = _shared("note", "CAM 3.4", ims.file_without_href)
malformed_href = _shared("warning", "RFC 3986 3.3", ims.malformed_href)
unencoded_href = _shared("note", "RFC 3986 2.1", ims.unencoded_href)
remote_href = _shared("warning", "", ims.remote_href)
launch_with_query = _shared("warning", "CAM 3.4", ims.launch_with_query)


@rule("warning", spec="CAM 3.4")
def launch_without_extension(package: Package) -> Iterator[Finding]:
    """The file that an item launches has no extension.

    Servers recognize a page by `.html`; without it, browsers offer to save the file. Rename it, for example to
    `index.html`.
    """
    for resource in package.cached(launched):
        path = target(package, resource)
        if path and "." not in path.rpartition("/")[2]:
            yield Message("{0} has no extension.", shortened(path)), at(resource)


missing_launch_file = _shared("error", "CAM 3.4", ims.missing_launch_file)
missing_file = _shared("note", "CAM 3.4", ims.missing_file)
undeclared_file = _shared("note", "CAM 3.4", ims.undeclared_file)
launch_file_not_listed = _shared("note", "CAM 3.4", ims.launch_file_not_listed)
unused_resource = _shared("note", "", ims.unused_resource)


@rule("note", spec="CAM 3.4")
def wrong_dependency(package: Package) -> Iterator[Finding]:
    """A dependency names no resource, or has contents.

    It declares that a resource needs the files of another, which only `identifierref` names. Write it, or remove the
    dependency.
    """
    for element in elements(package, "dependency"):
        if not element.get("identifierref"):
            yield "The dependency has no identifierref.", at(element)
        if len(element):
            yield Message("The dependency contains {0}.", shortened(local(element[0]))), at(element)


nested_manifest = _shared("warning", "", ims.nested_manifest)
base_address = _shared("warning", "CAM 3.4", ims.base_address)


@rule("warning", spec="CAM 3.4")
def malformed_base(package: Package) -> Iterator[Finding]:
    """`xml:base` is not the address of a folder inside the package.

    It is prepended to paths unchanged: it must not contain backslashes or start with a slash, and must end with one.
    Otherwise no file is found. Or better, remove it and write full paths in every `href`.
    """
    for element in everything(package):
        base = element.get(_XML_BASE)
        if base and not ims.REMOTE.match(base) and (ims.is_malformed(base) or not base.endswith("/")):
            yield (
                Message("xml:base is {0}, which is not a folder inside the package.", shortened(base)),
                at(element),
            )


missing_metadata_file = _shared("note", "CAM 3.4", ims.missing_metadata_file)
missing_schema_file = _shared("note", "", ims.missing_schema_file)


@rule("error", spec="CAM 5.1")
def wrong_sequencing_reference(package: Package) -> Iterator[Finding]:
    """A sequencing is referred to by a wrong ID, or has an ID where it cannot be referred to.

    Those in `imsss:sequencingCollection` have a unique `ID`; items and organizations refer to one of them by `IDRef`.
    An LMS that does not find it uses the defaults.
    """
    taken = {element.get("identifier", "") for element in ims.identified(package)}
    collected: set[str] = set()
    for element in _named(package, "imsss:sequencing"):
        name = own(element, "ID")
        if not _is_collected(element):
            if name:
                yield (
                    Message("The ID {0} is outside imsss:sequencingCollection.", shortened(name)),
                    at(element),
                )
            continue
        if "IDRef" in element.attrib:
            yield "A sequencing of the collection refers to another.", at(element)
        if not name:
            yield "A sequencing of the collection has no ID.", at(element)
        elif name in collected or name in taken:
            yield Message("The ID {0} is taken.", shortened(name)), at(element)
        elif not ims.is_name(name):
            yield Message("The ID {0} is not a valid identifier.", shortened(name)), at(element)
        collected.add(name)
    for element in _named(package, "imsss:sequencing"):
        reference = own(element, "IDRef")
        if reference and not _is_collected(element) and reference not in collected:
            yield Message("No sequencing of the collection is {0}.", shortened(reference)), at(element)


@rule("warning", spec="CAM 5.1")
def wrong_objectives(package: Package) -> Iterator[Finding]:
    """The objectives of an item cannot be distinguished, or none is the primary one.

    `imsss:objectives` has exactly one `primaryObjective`; every objective has a unique `objectiveID`, and the primary
    one needs it if it is mapped. An LMS that cannot distinguish them stores results in the wrong place.
    """
    for parent in _named(package, "imsss:objectives"):
        primary = _inner(parent, "imsss:primaryObjective")
        if len(primary) != 1:
            yield Message("There are {0} primary objectives, not 1.", len(primary)), at(parent)
        names = Counter(own(element, "objectiveID") for element in _objectives(parent))
        for name, count in names.items():
            if name and count > 1:
                yield Message("{0} objectives are {1}.", count, shortened(name)), at(parent)
        for element in primary:
            if _inner(element, "imsss:mapInfo") and not own(element, "objectiveID"):
                yield "The primary objective is mapped and has no objectiveID.", at(element)


@rule("error", spec="CAM 5.1")
def conflicting_maps(package: Package) -> Iterator[Finding]:
    """Two maps of an item read or write the same value.

    An objective can read its status from one global objective, and its measure from one. Of the objectives of an item,
    one can write the status of a global objective, and one its measure. Which of two is used is undefined. A map reads
    unless it has `readSatisfiedStatus="false"` and `readNormalizedMeasure="false"`.
    """
    for parent in _named(package, "imsss:objectives"):
        written: Counter[tuple[str, str]] = Counter()
        for objective in _objectives(parent):
            maps = _inner(objective, "imsss:mapInfo")
            for what, word in (("SatisfiedStatus", "status"), ("NormalizedMeasure", "measure")):
                reading = [element for element in maps if _is_true(element, f"read{what}", default=True)]
                if len(reading) > 1:
                    yield (
                        Message("{0} maps of one objective read its {1}.", len(reading), word),
                        at(objective),
                    )
                written.update(
                    (own(element, "targetObjectiveID"), word)
                    for element in maps
                    if _is_true(element, f"write{what}", default=False)
                )
        for (name, word), count in written.items():
            if count > 1:
                yield Message("{0} maps write the {1} of {2}.", count, word, shortened(name)), at(parent)


@rule("error", spec="CAM 5.1")
def wrong_measure(package: Package) -> Iterator[Finding]:
    """The pass mark of an objective is not a number from -1 to 1.

    The LMS compares the scaled score with it: 80 per cent is `0.8`. If an LMS cannot read it, nobody can pass.
    """
    for element in _named(package, "imsss:minNormalizedMeasure"):
        value = text(element)
        # In the schema, the value of an empty one is 1.
        if value and not is_number(value, -1, 1):
            yield Message("The pass mark is {0}, not a number from -1 to 1.", shortened(value)), at(element)


@rule("warning", spec="CAM 5.1")
def other_last_measure(package: Package) -> Iterator[Finding]:
    """The last objective of an item has another pass mark than the primary one, or none.

    The pass mark of a SCO is that of its primary objective. Moodle uses that of the last one, or 100 per cent if it
    has none, so learners need another score than the course declares. Remove the other objectives from the manifest,
    since a SCO can add them at runtime; or give all of them the same `minNormalizedMeasure`, and
    `satisfiedByMeasure="true"` to the primary one alone.
    """
    for parent in _named(package, "imsss:objectives"):
        marked = [
            _inner(each, "imsss:minNormalizedMeasure") for each in _inner(parent, "imsss:primaryObjective")
        ]
        others = [each for each in parent if _name(each) in ("imsss:primaryObjective", "imsss:objective")]
        if len(marked) != 1 or not marked[0]:
            continue
        asked, found = _measure(marked[0]), _measure(_inner(others[-1], "imsss:minNormalizedMeasure"))
        if found != asked:
            yield (
                Message("The primary objective requires {0}, the last one {1}.", f"{asked:g}", f"{found:g}"),
                at(others[-1]),
            )


@rule("error", spec="CAM 5.1")
def wrong_sequencing_rule(package: Package) -> Iterator[Finding]:
    """A sequencing rule has no condition, or not exactly one action of its kind.

    Precondition rules: skip, disabled, hiddenFromChoice, stopForwardTraversal. Exit rules: exit. Postcondition rules:
    exitParent, exitAll, retry, retryAll, continue, previous, but neither exitParent nor previous in the organization's
    own sequencing. An LMS refuses the package or ignores the rule.
    """
    for kind, allowed in ACTIONS.items():
        for element in _named(package, f"imsss:{kind}"):
            conditions = _inner(element, "imsss:ruleConditions")
            if len(conditions) != 1 or not _inner(conditions[0], "imsss:ruleCondition"):
                yield Message("{0} needs one ruleConditions with a condition.", kind), at(element)
            actions = _inner(element, "imsss:ruleAction")
            if len(actions) != 1:
                yield Message("{0} has {1} actions, not 1.", kind, len(actions)), at(element)
            for action in actions:
                word = own(action, "action")
                if word and word not in allowed:
                    yield (
                        Message("{0} has no action {1}.", kind, shortened(word)),
                        at(action),
                        Message("Known: {0}.", ", ".join(allowed)),
                    )
                elif word in ("exitParent", "previous") and _is_of_organization(element):
                    yield (
                        Message(
                            "The organization's own sequencing cannot have the action {0}.", Quoted(word)
                        ),
                        at(action),
                    )


@rule("error", spec="CAM 5.1")
def unknown_referenced_objective(package: Package) -> Iterator[Finding]:
    """A condition refers to an objective that the item does not have.

    The condition is then always unknown, and the rule never applies. Set `referencedObjective` to the
    `objectiveID` of an objective of the same item; a global objective is reached by a map.
    """
    known: dict[str, set[str]] = defaultdict(set)
    own_names: dict[_Element, set[str]] = {}
    for sequencing in _named(package, "imsss:sequencing"):
        own_names[sequencing] = set(_objective_names(sequencing))
        known[_shared_name(sequencing)] |= own_names[sequencing]
    for condition in _named(package, "imsss:ruleCondition"):
        reference = own(condition, "referencedObjective")
        # condition, conditions, rule, rules, sequencing
        above = _above(condition, 4)
        if not reference or above not in own_names:
            continue
        shared_name = _shared_name(above)
        if reference not in own_names[above] and not (shared_name and reference in known[shared_name]):
            yield Message("No objective of the item is {0}.", shortened(reference)), at(condition)


@rule("error", spec="CAM 5.1")
def wrong_rollup_rule(package: Package) -> Iterator[Finding]:
    """A rollup rule has no condition, or not exactly one action.

    It defines when an item counts as satisfied or completed because of its children, and needs `rollupConditions` with
    a condition and one `rollupAction`. An LMS refuses the package or ignores the rule.
    """
    for element in _named(package, "imsss:rollupRule"):
        conditions = _inner(element, "imsss:rollupConditions")
        if len(conditions) != 1 or not _inner(conditions[0], "imsss:rollupCondition"):
            yield "The rollup rule needs one rollupConditions with a condition.", at(element)
        actions = _inner(element, "imsss:rollupAction")
        if len(actions) != 1:
            yield Message("The rollup rule has {0} actions, not 1.", len(actions)), at(element)


@rule("warning", spec="SN 3")
def unreliable_sequencing(package: Package) -> Iterator[Finding]:
    """The sequencing uses auxiliary resources or time limits.

    LMSs need not support either, so a limit may or may not apply. Remove them.
    """
    for element in _named(package, "imsss:auxiliaryResource"):
        yield "LMSs need not support auxiliary resources.", at(element)
    for element in _named(package, "imsss:limitConditions"):
        for key in map(str, element.attrib):
            if key != "attemptLimit" and key in ATTRIBUTES["imsss:limitConditions"]:
                yield Message("LMSs need not support {0}.", key), at(element)
    for name in ("imsss:ruleCondition", "imsss:rollupCondition"):
        for element in _named(package, name):
            word = own(element, "condition")
            if word in ("timeLimitExceeded", "outsideAvailableTimeRange"):
                yield Message("LMSs need not support the condition {0}.", word), at(element)


@rule("warning", spec="SN 3.2")
def unreachable_children(package: Package) -> Iterator[Finding]:
    """Neither choice nor flow leads into an organization or an item.

    With `choice="false"` and without `flow="true"`, learners cannot open anything in it. Write `flow="true"` in
    its `imsss:controlMode`, or allow choice.
    """
    collected = {own(element, "ID"): element for element in _named(package, "imsss:sequencing")}
    for parent in (*elements(package, "organization"), *elements(package, "item")):
        if not children(parent, "item"):
            continue
        for sequencing in _inner(parent, "imsss:sequencing")[:1]:
            modes = _inner(sequencing, "imsss:controlMode")
            reference = own(sequencing, "IDRef")
            if not modes and reference in collected:
                modes = _inner(collected[reference], "imsss:controlMode")
            for mode in modes[:1]:
                choice = _is_true(mode, "choice", default=True)
                if not choice and not _is_true(mode, "flow", default=False):
                    yield Message("Nothing in this {0} can be opened.", local(parent)), at(mode)


@rule("note")
def uses_sequencing(package: Package) -> Iterator[Finding]:
    """The course relies on sequencing rules, randomization or global objectives.

    Several LMSs, including Docebo and Moodle, support them partly or not at all. Control the order inside the course.
    """
    used = [found for name in _FRAGILE for found in _named(package, name)[:1]]
    used += [
        element
        for element in _named(package, "imsss:randomizationControls")
        if any(own(element, key) not in ("", "never") for key in ("randomizationTiming", "selectionTiming"))
    ][:1]
    if used:
        names = ", ".join(_name(element) for element in used)
        yield Message("It uses {0}, which many LMSs ignore.", names), at(used[0])


def _name(element: _Element) -> str:
    """An element's name with the usual prefix; without one for content packaging and other namespaces."""
    prefix = PREFIXES.get(namespace(element))
    return f"{prefix}:{local(element)}" if prefix else local(element)


def _by_name(package: Package) -> dict[str, list[_Element]]:
    found: dict[str, list[_Element]] = defaultdict(list)
    for element in everything(package):
        found[_name(element)].append(element)
    return found


def _named(package: Package, name: str) -> list[_Element]:
    """The elements with a prefixed name."""
    return package.cached(_by_name).get(name, [])


def _inner(element: _Element, name: str) -> list[_Element]:
    return [child for child in element if _name(child) == name]


def _edition(package: Package) -> int:
    """2, 3 or 4; 4 for an unknown or missing version."""
    versions = (text(found) for found in elements(package, "schemaversion"))
    return next((_EDITIONS[version] for version in versions if version in _EDITIONS), 4)


def _is_true(element: _Element, name: str, *, default: bool) -> bool:
    value = own(element, name)
    return value in ("true", "1") if value else default


def _is_collected(sequencing: _Element) -> bool:
    parent = sequencing.getparent()
    return parent is not None and _name(parent) == "imsss:sequencingCollection"


def _above(element: _Element, steps: int) -> _Element | None:
    found: _Element | None = element
    for _ in range(steps):
        found = None if found is None else found.getparent()
    return found


def _is_of_organization(rule: _Element) -> bool:
    # rule, rules, sequencing, organization
    above = _above(rule, 3)
    return above is not None and _name(above) == "organization"


def _objectives(parent: _Element) -> list[_Element]:
    return [*_inner(parent, "imsss:primaryObjective"), *_inner(parent, "imsss:objective")]


def _measure(marks: list[_Element]) -> float:
    """The pass mark; 1, the value in the schema, when it is empty, missing or not a number."""
    value = text(marks[0]) if marks else ""
    return float(value) if is_number(value, -1, 1) else 1


def _objective_names(sequencing: _Element) -> list[str]:
    found = (
        own(objective, "objectiveID")
        for parent in _inner(sequencing, "imsss:objectives")
        for objective in _objectives(parent)
    )
    return [name for name in found if name]


def _shared_name(sequencing: _Element) -> str:
    """The ID of a sequencing in the collection, or that it refers to; empty when there is none."""
    return own(sequencing, "ID") if _is_collected(sequencing) else own(sequencing, "IDRef")
