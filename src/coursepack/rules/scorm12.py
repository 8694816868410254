"""Rules for a SCORM 1.2 manifest and what it says about the files.

Elements are matched by their local names, as LMSs do: working packages exist with another namespace or none.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote

from coursepack.package import MANIFEST, Package
from coursepack.problems import Location
from coursepack.rules.container import is_junk
from coursepack.rules.rule import Finding, rule, several, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_IMSCP = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
_ADLCP = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"

_ADLCP_ELEMENTS = (
    "location",
    "prerequisites",
    "maxtimeallowed",
    "timelimitaction",
    "datafromlms",
    "masteryscore",
)
_ITEM_ELEMENTS = _ADLCP_ELEMENTS[1:]
# The imscp schema's sequences.
_ORDER = {
    "manifest": ("metadata", "organizations", "resources", "manifest"),
    "metadata": ("schema", "schemaversion"),
    "organization": ("title", "item", "metadata"),
    "item": ("title", "item", "metadata"),
    "resource": ("metadata", "file", "dependency"),
    "organizations": ("organization",),
    "resources": ("resource",),
    "file": ("metadata",),
}
_REPEATED = frozenset({"item", "file", "dependency", "organization", "resource", "manifest"})

_NCNAME = re.compile(r"[^\W\d][\w.\-\u00b7]*")
_TIMESPAN = re.compile(r"\d{2,4}:\d{2}:\d{2}(\.\d{1,2})?")
_PARAMETERS = re.compile(r"#[^#]*|\??[^?#=&]+=[^?#&]*(&[^?#=&]+=[^?#&]*)*(#[^#]*)?")
_NOT_URI = re.compile(r"%(?![0-9A-Fa-f]{2})|[\[\]]|#.*#")
_LOCAL_DISK = re.compile(r"file:|[A-Za-z]:", re.IGNORECASE)
_UNENCODED = re.compile(r"""[^A-Za-z0-9\-._~!$&'()*+,;=:@/?#%]""")
# One letter and a colon is a drive.
_REMOTE = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:|//", re.IGNORECASE)


def is_scorm12(package: Package) -> bool:
    """True unless the manifest says that it is of another standard."""
    return _named_standard(package) == ""


def _named_standard(package: Package) -> str:
    """The standard that the manifest names, when it is not SCORM 1.2."""
    root = package.manifest.root
    if root is None or _local(root) != "manifest":
        return ""
    version = next((_text(found) for found in package.once(_tree).get("schemaversion", ())), "")
    schema = next((_text(found) for found in package.once(_tree).get("schema", ())), "")
    if version.startswith("2004") or version in ("CAM 1.3", "1.3"):
        return "SCORM 2004"
    if "common cartridge" in schema.lower():
        return "IMS Common Cartridge"
    spaces = set(root.nsmap.values())
    if not version and any(
        space and space.startswith("http://www.adlnet.org/xsd/adlcp_v1p3") for space in spaces
    ):
        return "SCORM 2004"
    return ""


def launch_files(package: Package) -> tuple[str, ...]:
    """The files that items of the manifest launch, each once, in the order of the items."""
    found: dict[str, None] = {}
    for resource in package.once(_launched):
        path = _target(package, resource)
        if path is not None and path in package.files:
            found[path] = None
    return tuple(found)


@rule("warning")
def other_standard(package: Package) -> Iterator[Finding]:
    """The manifest is of a standard that has no rules here.

    Only the container and the pages are judged then, so that a clean report says little. Judge it with a tool
    for that standard too.
    """
    standard = _named_standard(package)
    for root in _all(package, "manifest")[:1]:
        if standard:
            yield f"It is a package of {standard}; only its container and pages are judged.", _at(root)


@rule("fatal", spec="CAM 2.3")
def wrong_root(package: Package) -> Iterator[Finding]:
    """The manifest's outermost element is not `manifest`.

    Then it is no content package at all, whatever its file name. Make the package with a tool that writes
    SCORM 1.2.
    """
    root = package.manifest.root
    if root is not None and _local(root) != "manifest":
        yield f"The outermost element is {shortened(_local(root))}, not 'manifest'.", _at(root)


@rule("warning", spec="CAM 2.3")
def other_namespace(package: Package) -> Iterator[Finding]:
    """The manifest's elements are not in the namespace of SCORM 1.2.

    Strict importers refuse it; lenient ones go by the bare names. Write
    `xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"` on `manifest`.
    """
    for root in _all(package, "manifest")[:1]:
        space = _namespace(root)
        if space != _IMSCP:
            yield (
                f"The namespace is {space!r}, not {_IMSCP!r}." if space else "There is no namespace.",
                _at(root),
            )


@rule("error", spec="CAM 2.3")
def prefixed_manifest(package: Package) -> Iterator[Finding]:
    """The manifest's own elements are written with a prefix.

    It is correct XML, but Moodle and its kin look for the literal names `manifest`, `item` and `resource`
    and find nothing to open. Make the namespace the default one: `xmlns="..."` and no prefix.
    """
    for root in _all(package, "manifest")[:1]:
        if root.prefix:
            yield f"'{root.prefix}:manifest' has a prefix.", _at(root)


@rule("error", spec="CAM 2.3")
def other_adlcp_prefix(package: Package) -> Iterator[Finding]:
    """The ADL namespace is bound to another prefix than `adlcp`.

    Moodle and its kin look for the literal text `adlcp:scormtype`; under another prefix the course becomes
    a mere file without tracking. Write `xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"`.
    """
    for element in _everything(package):
        names = [str(element.tag), *map(str, element.attrib)]
        if any(name.startswith(f"{{{_ADLCP}}}") for name in names):
            prefixes = [prefix for prefix, space in element.nsmap.items() if space == _ADLCP]
            if "adlcp" not in prefixes:
                yield f"The prefix is {prefixes[0] or ''!r}, not 'adlcp'.", _at(element)
                return


@rule("warning", spec="CAM 2.3")
def unknown_adlcp_name(package: Package) -> Iterator[Finding]:
    """A name in the ADL namespace is not one of SCORM 1.2's.

    It is ignored, so that what it should say is lost. Spellings of SCORM 2004 (`scormType`,
    `timeLimitAction`, `dataFromLMS`) are all in lower case in 1.2.
    """
    known = (*_ADLCP_ELEMENTS, "schema", "schemaversion")
    for element in _everything(package):
        if _namespace(element) == _ADLCP and _local(element) not in known:
            yield f"SCORM 1.2 has no element {shortened('adlcp:' + _local(element))}.", _at(element)
        for key in map(str, element.attrib):
            if key.startswith(f"{{{_ADLCP}}}") and key != f"{{{_ADLCP}}}scormtype":
                name = "adlcp:" + key.rpartition("}")[2]
                yield f"SCORM 1.2 has no attribute {shortened(name)}.", _at(element)


@rule("warning", spec="CAM 2.3")
def missing_schemaversion(package: Package) -> Iterator[Finding]:
    """The manifest does not say which version of SCORM it is written for.

    LMSs tell the standard by it, and guess without it. Write `<schemaversion>1.2</schemaversion>` in the
    manifest's `metadata`.
    """
    for root in _all(package, "manifest")[:1]:
        if not _metadata_values(root, "schemaversion"):
            yield "There is no schemaversion.", _at(root)


@rule("error", spec="CAM 2.3")
def wrong_schemaversion(package: Package) -> Iterator[Finding]:
    """The schemaversion is not `1.2`.

    Open edX takes anything else for SCORM 2004, others take it for 1.2: the course gets the wrong
    interface. Write `<schemaversion>1.2</schemaversion>`.
    """
    for root in _all(package, "manifest")[:1]:
        for found in _metadata_values(root, "schemaversion"):
            if _text(found) != "1.2":
                yield f"The schemaversion is {shortened(_text(found))}, not '1.2'.", _at(found)


@rule("warning", spec="CAM 2.3")
def wrong_schema(package: Package) -> Iterator[Finding]:
    """The manifest's `metadata` does not name the schema `ADL SCORM`.

    Importers and test suites look there to know a SCORM package from a plain content package. Write
    `<schema>ADL SCORM</schema>`.
    """
    for root in _all(package, "manifest")[:1]:
        found = _metadata_values(root, "schema")
        if not found:
            yield "There is no schema.", _at(root)
        for element in found:
            if _text(element) != "ADL SCORM":
                yield f"The schema is {shortened(_text(element))}, not 'ADL SCORM'.", _at(element)


@rule("error", spec="CAM 2.3")
def missing_identifier(package: Package) -> Iterator[Finding]:
    """An element that needs an `identifier` has none.

    LMSs store results and find resources by identifiers. Give the element one that stays the same when the
    course is built again.
    """
    for element in _identified(package):
        if not element.get("identifier"):
            yield f"{_local(element)} has no identifier.", _at(element)


@rule("warning", spec="XML Namespaces 3")
def invalid_identifier(package: Package) -> Iterator[Finding]:
    """An `identifier` is not a name as XML understands it.

    It must begin with a letter or '_' and hold only letters, digits, '.', '-' and '_'. Strict importers
    refuse others; blanks and commas break prerequisites. Make identifiers from the course's own short id,
    not from titles.
    """
    for element in _identified(package):
        identifier = element.get("identifier")
        if identifier and not _NCNAME.fullmatch(identifier):
            yield f"{shortened(identifier)} is not a valid identifier.", _at(element)


@rule("error", spec="CAM 2.3")
def duplicate_identifier(package: Package) -> Iterator[Finding]:
    """Two elements have the same `identifier`.

    References and stored results then lead to the wrong one. Identifiers are unique in the whole manifest,
    also between items and resources.
    """
    seen: dict[str, _Element] = {}
    for element in _identified(package):
        identifier = element.get("identifier")
        if identifier and identifier in seen:
            first = f"the {_local(seen[identifier])} in line {seen[identifier].sourceline}"
            yield f"{shortened(identifier)} is already the identifier of {first}.", _at(element)
        elif identifier:
            seen[identifier] = element


@rule("warning", spec="CAM 2.3")
def wrong_order(package: Package) -> Iterator[Finding]:
    """Elements stand in another order or number than the schema allows.

    Strict importers refuse it. In `manifest`: metadata, organizations, resources. In `organization` and
    `item`: title, items, metadata, then what is in the ADL namespace. In `resource`: metadata, files,
    dependencies.
    """
    for name, order in _ORDER.items():
        for parent in _all(package, name):
            reached = 0
            previous = ""
            for child in parent:
                own = _namespace(child) == _namespace(parent)
                place = order.index(_local(child)) if own and _local(child) in order else len(order)
                if own and place == len(order):
                    yield f"{shortened(_local(child))} is not allowed in {name}.", _at(child)
                elif place < reached:
                    yield f"{_local(child)} must stand before {previous} in {name}.", _at(child)
                elif own and _local(child) == previous and previous not in _REPEATED:
                    yield f"There is more than one {previous} in {name}.", _at(child)
                else:
                    reached, previous = place, _local(child)


@rule("error", spec="CAM 2.3")
def missing_part(package: Package) -> Iterator[Finding]:
    """The manifest lacks `organizations` or `resources`.

    Both must be there: the one is the table of contents, the other the list of files. Without them there is
    nothing to open.
    """
    for root in _all(package, "manifest")[:1]:
        for name in ("organizations", "resources"):
            if not _children(root, name):
                yield f"There is no {name} element.", _at(root)


@rule("warning", spec="CAM 2.3")
def no_organization(package: Package) -> Iterator[Finding]:
    """`organizations` is empty.

    The package is then a bundle of resources without a table of contents. Most LMSs show nothing to open.
    Add an organization with an item for each page that is launched.
    """
    for parent in _all(package, "organizations")[:1]:
        if not _children(parent, "organization"):
            yield "There is no organization.", _at(parent)


@rule("warning", spec="CAM 2.3")
def several_organizations(package: Package) -> Iterator[Finding]:
    """There is more than one organization.

    Nearly every LMS shows the default one only, so that the others are never reached. Keep one.
    """
    for parent in _all(package, "organizations")[:1]:
        found = _children(parent, "organization")
        if len(found) > 1:
            yield f"There are {len(found)} organizations.", _at(parent)


@rule("warning", spec="CAM 2.3")
def unresolved_default(package: Package) -> Iterator[Finding]:
    """`organizations` does not name its default organization, or names one that is not there.

    Most LMSs then take the first, some report an error. Set `default` to the identifier of the
    organization.
    """
    for parent in _all(package, "organizations")[:1]:
        found = [child.get("identifier") for child in _children(parent, "organization")]
        default = parent.get("default")
        if found and default not in found:
            yield (
                f"No organization is {shortened(default)}." if default else "There is no default.",
                _at(parent),
            )


@rule("error", spec="CAM 2.3")
def missing_title(package: Package) -> Iterator[Finding]:
    """An organization or an item has no title.

    The title is what learners see in the LMS. Open edX fails on an item without one; others show an empty
    line.
    """
    for element in (*_all(package, "organization"), *_all(package, "item")):
        if not any(_text(title) for title in _children(element, "title")):
            yield f"The {_local(element)} has no title.", _at(element)


@rule("error", spec="CAM 2.3")
def long_title(package: Package) -> Iterator[Finding]:
    """A title is longer than 200 characters.

    The schema ends there, and Moodle's import stops with a database error at 256. Shorten it.
    """
    for title in _all(package, "title"):
        if len(_text(title)) > 200:
            yield f"The title has {len(_text(title))} characters, at most 200 are allowed.", _at(title)


@rule("error", spec="CAM 2.3")
def organization_without_items(package: Package) -> Iterator[Finding]:
    """An organization has no items.

    An item is what learners open; without one there is nothing to launch. Add an item that points to the
    course's resource.
    """
    for element in _all(package, "organization"):
        if not _children(element, "item"):
            yield "The organization has no item.", _at(element)


@rule("error", spec="CAM 2.3")
def unresolved_identifierref(package: Package) -> Iterator[Finding]:
    """An item or a dependency points to a resource that is not there.

    The LMS shows the item, and opening it fails. Set `identifierref` to the `identifier` of a resource,
    letter for letter.
    """
    known = {
        element.get("identifier") for name in ("resource", "manifest") for element in _all(package, name)
    }
    for element in (*_all(package, "item"), *_all(package, "dependency")):
        reference = element.get("identifierref")
        if reference and reference not in known:
            yield f"No resource is {shortened(reference)}.", _at(element)


@rule("warning")
def launched_branch(package: Package) -> Iterator[Finding]:
    """An item with items in it points to a resource itself.

    SCORM 1.2 leaves open what should happen, 2004 forbids it; some LMSs never open it. Give the page an
    item of its own.
    """
    for item in _all(package, "item"):
        if item.get("identifierref") and _children(item, "item"):
            yield "The item has items in it and points to a resource.", _at(item)


@rule("warning")
def leaf_without_resource(package: Package) -> Iterator[Finding]:
    """An item has neither items in it nor a resource.

    It is a heading over nothing; some importers fail on it. Point it to a resource or remove it.
    """
    for item in _all(package, "item"):
        if not item.get("identifierref") and not _children(item, "item"):
            yield "The item points to no resource.", _at(item)


@rule("error", spec="CAM 2.3")
def wrong_isvisible(package: Package) -> Iterator[Finding]:
    """`isvisible` is neither `true` nor `false`.

    LMSs compare the word, so that anything else may hide the item. Write `isvisible="true"`.
    """
    for item in _all(package, "item"):
        value = item.get("isvisible")
        if value is not None and value not in ("true", "false"):
            yield f"isvisible is {shortened(value)}, not 'true' or 'false'.", _at(item)


@rule("error", spec="CAM 2.3")
def wrong_parameters(package: Package) -> Iterator[Finding]:
    """`parameters` cannot be joined to an address.

    Allowed are `#place`, `?name=value&name=value` and the same without '?', URL-encoded and at most 1,000
    characters. Others lead the LMS to an address that does not exist.
    """
    for item in _all(package, "item"):
        value = item.get("parameters", "")
        if value and (len(value) > 1000 or not _PARAMETERS.fullmatch(value) or _UNENCODED.search(value)):
            yield f"The parameters {shortened(value)} do not fit in an address.", _at(item)


@rule("error", spec="CAM 2.3")
def wrong_masteryscore(package: Package) -> Iterator[Finding]:
    """The mastery score is not a number from 0 to 100.

    The LMS compares the learner's score with it to decide passed or failed. Write a whole number, and none
    at all when the course has no score.
    """
    for element in _all(package, "masteryscore"):
        value = _text(element)
        # float() would take '1e1' and 'nan' too.
        if not re.fullmatch(r"\d{1,3}(\.\d+)?", value) or float(value) > 100:
            yield f"The mastery score is {shortened(value)}, not a number from 0 to 100.", _at(element)


@rule("error", spec="RTE 3.4")
def wrong_maxtimeallowed(package: Package) -> Iterator[Finding]:
    """The time allowed is not written as `HHHH:MM:SS.SS`.

    An LMS cannot read it, and then limits nothing or ends the course at once. Two to four digits of hours,
    two of minutes, two of seconds.
    """
    for element in _all(package, "maxtimeallowed"):
        if not _TIMESPAN.fullmatch(_text(element)):
            yield f"The time allowed is {shortened(_text(element))}, not like '0001:30:00'.", _at(element)


@rule("warning", spec="CAM 2.3")
def wrong_timelimitaction(package: Package) -> Iterator[Finding]:
    """The action at the end of the time is not one of the four that exist.

    They are `exit,message`, `exit,no message`, `continue,message` and `continue,no message`, without a
    blank after the comma. Leave the element out when there is no limit.
    """
    allowed = [f"{act},{message}" for act in ("exit", "continue") for message in ("message", "no message")]
    for element in _all(package, "timelimitaction"):
        if (element.text or "") not in allowed:
            yield (
                f"The action is {shortened(element.text or '')}.",
                _at(element),
                f"Known: {'; '.join(allowed)}.",
            )


@rule("error", spec="CAM 2.3")
def long_datafromlms(package: Package) -> Iterator[Finding]:
    """The launch data are longer than 255 characters.

    An LMS may cut them, and the course then starts with half of what it needs. Shorten them, or put them in
    a file.
    """
    for element in _all(package, "datafromlms"):
        length = len(element.text or "")
        if length > 255:
            yield f"The launch data have {length} characters, at most 255 are allowed.", _at(element)


@rule("error", spec="CAM 2.3")
def wrong_prerequisites(package: Package) -> Iterator[Finding]:
    """The prerequisites cannot be understood.

    They need `type="aicc_script"`, have at most 200 characters, and name items of the manifest. An LMS that
    reads them would otherwise lock the item for ever.
    """
    items = {item.get("identifier") for item in _all(package, "item")}
    for element in _all(package, "prerequisites"):
        value = _text(element)
        if element.get("type") != "aicc_script":
            yield "The type of the prerequisites is not 'aicc_script'.", _at(element)
        if len(value) > 200:
            yield f"The prerequisites have {len(value)} characters, at most 200 are allowed.", _at(element)
            continue
        # Quoted words are statuses, a number before '*' counts, everything else between the signs is an item.
        named = re.split(r"[&|~()=<>{},\s]+|\d+\*", re.sub(r'"[^"]*"', "", value))
        unknown = [name for name in named if name and name not in items]
        if unknown:
            yield f"No item is {several(unknown)}.", _at(element)


@rule("warning")
def uses_prerequisites(package: Package) -> Iterator[Finding]:
    """An item has prerequisites.

    Many LMSs ignore them and some evaluate them wrongly, so that nobody can rely on them. Keep the order
    inside the course.
    """
    for element in _all(package, "prerequisites"):
        yield "The item has prerequisites, which many LMSs ignore.", _at(element)


@rule("error", spec="CAM 2.3")
def repeated_item_element(package: Package) -> Iterator[Finding]:
    """An item says the same thing twice.

    Prerequisites, mastery score, launch data, time allowed and its action may each stand once; LMSs differ
    in which of two they take. Keep one of them.
    """
    for item in _all(package, "item"):
        counts = Counter(_local(child) for child in item)
        for name in _ITEM_ELEMENTS:
            if counts[name] > 1:
                yield f"There are {counts[name]} {name} in one item.", _at(item)


@rule("warning", spec="CAM 2.3")
def wrong_resource_type(package: Package) -> Iterator[Finding]:
    """A resource's `type` is not `webcontent`.

    It is the only type that SCORM 1.2 knows; importers skip resources of another type or none.
    """
    for resource in _all(package, "resource"):
        value = resource.get("type")
        if value != "webcontent":
            yield (
                f"The type is {shortened(value)}, not 'webcontent'." if value else "There is no type.",
                _at(resource),
            )


@rule("warning", spec="CAM 2.3")
def missing_scormtype(package: Package) -> Iterator[Finding]:
    """A resource does not say whether it is a SCO or an asset.

    LMSs take it for an asset: it is opened without an interface for tracking, and counts as completed at
    once. Write `adlcp:scormtype="sco"` on what is launched and reports.
    """
    for resource in _all(package, "resource"):
        if _scormtype(resource) is None:
            yield "There is no adlcp:scormtype.", _at(resource)


@rule("error", spec="CAM 2.3")
def wrong_scormtype(package: Package) -> Iterator[Finding]:
    """`adlcp:scormtype` is neither `sco` nor `asset`.

    Both words are in lower case. An LMS that does not know the word opens the resource without tracking.
    """
    for resource in _all(package, "resource"):
        value = _scormtype(resource)
        if value not in (None, "sco", "asset"):
            yield f"adlcp:scormtype is {shortened(value or '')}, not 'sco' or 'asset'.", _at(resource)


@rule("warning")
def no_sco(package: Package) -> Iterator[Finding]:
    """Nothing that learners open is a SCO.

    Assets have no contact with the LMS: it records no progress, no score and no time. Write
    `adlcp:scormtype="sco"` on the resource that is launched.
    """
    launched = package.once(_launched)
    if launched and all(_scormtype(resource) == "asset" for resource in launched):
        yield "Every launched resource is an asset.", _at(launched[0])


@rule("error", spec="CAM 2.3")
def missing_href(package: Package) -> Iterator[Finding]:
    """A SCO, or a resource that an item points to, has no `href`; or a file has none.

    The LMS does not know which file to open. Write the path of the start page as `href`.
    """
    launched = set(package.once(_launched))
    for resource in _all(package, "resource"):
        if not _own(resource, "href") and (resource in launched or _scormtype(resource) == "sco"):
            yield "The resource has no href.", _at(resource)
    for file in _all(package, "file"):
        if not _own(file, "href"):
            yield "The file has no href.", _at(file)


@rule("error", spec="RFC 2396 2.4.3")
def malformed_href(package: Package) -> Iterator[Finding]:
    """A path is not written as a relative address inside the package.

    No backslash, no slash at the beginning, no '..' that leaves the package, no bare '%', '[' or ']', no
    second '#'. Each LMS makes something else of such a path, and most find nothing. Write it relative to
    the manifest, with '/'.
    """
    for element, href in _hrefs(package):
        if _REMOTE.match(href):
            continue
        if _is_malformed(href) or _target(package, element) is None:
            yield f"{shortened(href)} is no relative address inside the package.", _at(element)


@rule("warning", spec="RFC 2396 2.4")
def unencoded_href(package: Package) -> Iterator[Finding]:
    """A path has blanks or letters outside ASCII that are not percent-encoded.

    Some LMSs encode it twice, some not at all. Write a blank as `%20`; better, rename the file.
    """
    for element, href in _hrefs(package):
        if _UNENCODED.search(href) and not _is_malformed(href):
            yield f"{shortened(href)} is not percent-encoded.", _at(element)


@rule("warning")
def remote_href(package: Package) -> Iterator[Finding]:
    """A resource or a file is an address on another server.

    A start page elsewhere cannot reach the LMS's interface, since the browser keeps the two apart. Put the
    files in the package.
    """
    for element, href in _hrefs(package):
        if _REMOTE.match(href):
            yield f"{shortened(href)} is not in the package.", _at(element)


@rule("warning")
def launch_with_query(package: Package) -> Iterator[Finding]:
    """The address of the start page has a query or a fragment.

    Some importers look for a file of that whole name. Put it in the item's `parameters`.
    """
    for resource in package.once(_launched):
        href = _own(resource, "href")
        if re.search("[?#]", href) and not _REMOTE.match(href):
            yield f"{shortened(href)} has more than a path.", _at(resource)


@rule("error", spec="CAM 2.3")
def missing_launch_file(package: Package) -> Iterator[Finding]:
    """The file that an item launches is not in the package.

    Learners get an error page. Names are compared letter by letter, upper and lower case apart.
    """
    for resource in package.once(_launched):
        yield from _missing(package, resource)


@rule("warning", spec="CAM 2.3")
def missing_file(package: Package) -> Iterator[Finding]:
    """A file that the manifest lists is not in the package.

    Something in the course will not load, or the list is out of date. Names are compared letter by letter,
    upper and lower case apart.
    """
    launched = {_target(package, resource) for resource in package.once(_launched)}
    for element in (*_all(package, "resource"), *_all(package, "file")):
        if _target(package, element) not in launched:
            yield from _missing(package, element)


@rule("warning", spec="CAM 2.3")
def undeclared_file(package: Package) -> Iterator[Finding]:
    """The package holds files that the manifest does not list.

    Most LMSs unpack them all the same, some copy only what is listed. List every file under its resource,
    and leave out what is not used.
    """
    listed = {_target(package, element) for element, _ in _hrefs(package)}
    listed |= {_path(package, element, _text(element)) for element in package.once(_locations)}
    extra = [
        name
        for name in package.files
        if name not in listed
        and name != MANIFEST
        and not name.endswith((".xsd", ".dtd"))
        and not is_junk(name)
    ]
    if extra:
        yield f"The manifest does not list {several(extra)}.", Location(MANIFEST)


@rule("warning", spec="CAM 2.3")
def launch_file_not_listed(package: Package) -> Iterator[Finding]:
    """A resource's own start page is not among its files.

    Importers that copy only listed files leave it behind. Add `<file href="..."/>` with the same path.
    """
    for resource in _all(package, "resource"):
        path = _target(package, resource)
        files = {_target(package, file) for file in _children(resource, "file")}
        if path in package.files and path not in files:
            yield f"{shortened(path or '')} is not listed as a file of its resource.", _at(resource)


@rule("warning")
def unused_resource(package: Package) -> Iterator[Finding]:
    """No item and no dependency points to a resource.

    Learners never reach it. Point an item to it, or remove it.
    """
    used = {
        element.get("identifierref") for element in (*_all(package, "item"), *_all(package, "dependency"))
    }
    for resource in _all(package, "resource"):
        identifier = resource.get("identifier")
        if used and identifier and identifier not in used:
            yield f"Nothing points to the resource {shortened(identifier)}.", _at(resource)


@rule("warning")
def nested_manifest(package: Package) -> Iterator[Finding]:
    """There is a manifest in the manifest.

    SCORM 1.2 allows it and hardly any LMS reads it. Put its items and resources in the outer one.
    """
    for element in _all(package, "manifest")[1:]:
        yield "There is a manifest in the manifest.", _at(element)


@rule("warning", spec="CAM 2.3")
def base_address(package: Package) -> Iterator[Finding]:
    """`xml:base` moves the paths of the manifest.

    Moodle reads it on `resource` only, Open edX nowhere: files are then not found. Write whole paths in
    every `href`.
    """
    for element in package.once(_bases):
        yield f"xml:base is {shortened(element.get(_XML_BASE, ''))}.", _at(element)


@rule("warning", spec="CAM 2.2")
def missing_metadata_file(package: Package) -> Iterator[Finding]:
    """A metadata file that the manifest names is not in the package.

    Test suites report it; LMSs seldom read it. Add the file or remove `adlcp:location`.
    """
    for element in package.once(_locations):
        if _path(package, element, _text(element)) not in package.files:
            yield f"{shortened(_text(element))} is not in the package.", _at(element)


@rule("warning")
def missing_schema_file(package: Package) -> Iterator[Finding]:
    """`xsi:schemaLocation` names schema files that are not in the package.

    ADL's test suite wants them at the top of the package. LMSs do not read them: either add them or remove
    the attribute.
    """
    missing = [
        name
        for element in _everything(package)
        for name in element.get(_SCHEMA_LOCATION, "").split()[1::2]
        if not _REMOTE.match(name) and name not in package.files
    ]
    if missing:
        yield f"Not in the package: {several(sorted(set(missing)))}.", Location(MANIFEST)


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _namespace(element: _Element) -> str:
    return str(element.tag)[1:].partition("}")[0] if str(element.tag).startswith("{") else ""


def _text(element: _Element) -> str:
    return " ".join((element.text or "").split())


def _at(element: _Element) -> Location:
    return Location(MANIFEST, element.sourceline)


def _tree(package: Package) -> dict[str, list[_Element]]:
    """The manifest's elements by local name, in order; not those in metadata records, whose names differ."""
    found: dict[str, list[_Element]] = {}
    root = package.manifest.root
    waiting = [] if root is None else [root]
    while waiting:
        element = waiting.pop()
        name = _local(element)
        if root is not None and (_namespace(element) == _namespace(root) or name in _ADLCP_ELEMENTS):
            found.setdefault(name, []).append(element)
        else:
            found.setdefault("", []).append(element)
        if name != "lom":
            waiting.extend(reversed(element))
    return found


def _all(package: Package, name: str) -> list[_Element]:
    return package.once(_tree).get(name, [])


def _everything(package: Package) -> Iterator[_Element]:
    for elements in package.once(_tree).values():
        yield from elements


def _children(element: _Element, name: str) -> list[_Element]:
    space = _namespace(element)
    return [child for child in element if _local(child) == name and _namespace(child) == space]


def _identified(package: Package) -> list[_Element]:
    """The elements that must have an identifier, in the order of the manifest."""
    found = [
        element
        for name in ("manifest", "organization", "item", "resource")
        for element in _all(package, name)
    ]
    return sorted(found, key=lambda element: element.sourceline or 0)


def _metadata_values(root: _Element, name: str) -> list[_Element]:
    return [child for metadata in _children(root, "metadata") for child in metadata if _local(child) == name]


def _scormtype(resource: _Element) -> str | None:
    """The value whatever the namespace and case of the name, as Moodle reads it."""
    names = (str(key) for key in resource.attrib)
    found = next((name for name in names if name.rpartition("}")[2].lower() == "scormtype"), None)
    return None if found is None else resource.get(found)


def _launched(package: Package) -> list[_Element]:
    """The resources that items point to, each once, in the order of the items."""
    resources = {resource.get("identifier"): resource for resource in reversed(_all(package, "resource"))}
    found = [
        resources.get(item.get("identifierref"))
        for item in _all(package, "item")
        if item.get("identifierref")
    ]
    return list(dict.fromkeys(resource for resource in found if resource is not None))


def _locations(package: Package) -> list[_Element]:
    return [element for element in _all(package, "location") if _text(element)]


def _own(element: _Element, name: str) -> str:
    return element.get(name, "").strip()


def _hrefs(package: Package) -> Iterator[tuple[_Element, str]]:
    for element in (*_all(package, "resource"), *_all(package, "file")):
        href = _own(element, "href")
        if href:
            yield element, href


def _is_malformed(href: str) -> bool:
    return "\\" in href or href.startswith("/") or bool(_LOCAL_DISK.match(href) or _NOT_URI.search(href))


def path_of(address: str) -> str:
    """An address without its query and fragment."""
    return address.partition("#")[0].partition("?")[0]


def _target(package: Package, element: _Element) -> str | None:
    """The path in the package that an element's `href` means; None when there is none."""
    return package.once(_targets).get(element)


def _targets(package: Package) -> dict[_Element, str]:
    found = {element: _path(package, element, href) for element, href in _hrefs(package)}
    return {element: path for element, path in found.items() if path is not None}


def _path(package: Package, element: _Element, href: str) -> str | None:
    """The path in the package that an address means; None when it is empty, remote or leads out of it."""
    if not href or _REMOTE.match(href):
        return None
    whole = path_of(href)
    if package.once(_bases):
        bases = [above.get(_XML_BASE, "") for above in (element, *element.iterancestors())]
        whole = "".join((*reversed(bases), whole))
    path = posixpath.normpath(unquote(whole))
    return None if path.startswith(("../", "/")) or path in ("..", ".") else path


def _bases(package: Package) -> list[_Element]:
    return [element for element in _everything(package) if element.get(_XML_BASE) is not None]


def _missing(package: Package, element: _Element) -> Iterator[Finding]:
    path = _target(package, element)
    if path is None or path in package.files or _is_malformed(_own(element, "href")):
        return
    alike = package.once(_by_folded_name).get(path.casefold())
    hint = f"Did you mean {alike!r}? Upper and lower case count." if alike else ""
    yield f"{shortened(path)} is not in the package.", _at(element), hint


def _by_folded_name(package: Package) -> dict[str, str]:
    return {name.casefold(): name for name in package.files}
