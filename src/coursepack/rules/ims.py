"""The common parts of SCORM 1.2 and SCORM 2004: the tree of the manifest, its paths, and faults of both standards.

Elements are matched by local name, as in LMSs: there are working packages with another namespace, or none.
`shared` turns the functions that yield findings into rules of a standard.
"""

from __future__ import annotations

import posixpath
import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from coursepack.package import MANIFEST, MANIFESTS, Package, local
from coursepack.problems import Location, Message, Quoted, Severity
from coursepack.rules.container import is_junk
from coursepack.rules.rule import Finding, Minor, Rule, several, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

SCORM12, SCORM2004, COMMON_CARTRIDGE = "SCORM 1.2", "SCORM 2004", "IMS Common Cartridge"
QTI, BLACKBOARD, PLAIN = "IMS QTI", "Blackboard course archive", "plain IMS content package"
NOTEBOOK = "SMART Notebook file"

_MOST_LOOKED_AT = 1000
# A manifest can bind hundreds of thousands of prefixes, each for everything inside.
_MOST_PREFIXES = 1_000_000
_LONGEST_BASE = 10_000

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"

# The names of SCORM 1.2 that are found in any namespace.
_ADLCP_ELEMENTS = frozenset(
    {
        "location",
        "prerequisites",
        "maxtimeallowed",
        "timelimitaction",
        "datafromlms",
        "masteryscore",
    }
)
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
    "title": (),
    "schema": (),
    "schemaversion": (),
}
_REPEATED = frozenset({"item", "file", "dependency", "organization", "resource", "manifest"})

_NAME = r"[^\W\d][\w.\-\u00b7]*"
_PARAMETERS = r"#[^#]*|\??[^?#=&]+=[^?#&]*(&[^?#=&]+=[^?#&]*)*(#[^#]*)?"
_NOT_URI = re.compile(r"%(?![0-9A-Fa-f]{2})|[\[\]]|#.*#")
_LOCAL_DISK = re.compile(r"file:|[A-Za-z]:", re.IGNORECASE)
_UNENCODED = re.compile(r"""[^A-Za-z0-9\-._~!$&'()*+,;=:@/?#%]""")
# One letter and a colon is a drive, not a scheme.
REMOTE = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:|//", re.IGNORECASE)


def standard(package: Package) -> str:
    """The standard of `imsmanifest.xml`; empty without one. SCORM 1.2 unless it names another."""
    return package.cached(_standard)


def _standard(package: Package) -> str:
    if package.manifest.name != MANIFEST:
        return ""
    root = package.manifest.root
    return SCORM12 if root is None else standard_in(root)


def standard_in(root: _Element) -> str:
    """The standard of a parsed manifest, with the version for a Common Cartridge or QTI.

    It is detected by the schemaversion, as in LMSs, and then by the namespaces.
    """
    if local(root) != "manifest":
        return SCORM12
    version, schema = version_in(root).lower(), _said(root, "schema").lower()
    spaces = " ".join(str(space).lower() for space in _spaces(root))
    if "smarttech.com/2006-01/notebook" in spaces:
        # It claims to be SCORM 2004, but contains drawings that browsers cannot open as a course.
        return NOTEBOOK
    if "2004" in version or version in ("cam 1.3", "1.3"):
        return SCORM2004
    if "common cartridge" in schema or "/imscc" in spaces:
        number = re.match(r"1\.\d", version) or re.search(r"(?<=/imsccv)1p\d", spaces)
        return f"{COMMON_CARTRIDGE} {number[0].replace('p', '.')}" if number else COMMON_CARTRIDGE
    if version != "1.2" and re.search("adl(cp|seq|nav)_v1p3", spaces):
        return SCORM2004
    if version == "1.2" or re.search("adl|scorm", schema) or "adlnet" in spaces:
        return SCORM12
    resources = list(islice((one for one in root.iter() if local(one) == "resource"), _MOST_LOOKED_AT))
    if any(scormtype(resource) for resource in resources):
        return SCORM12
    types = [resource.get("type", "") for resource in resources]
    if "blackboard.com" in spaces or any(kind.startswith("course/x-bb") for kind in types):
        return BLACKBOARD
    questions = next((kind for kind in types if kind.startswith("imsqti")), "qti" if "qti" in schema else "")
    if questions:
        number = re.search(r"v(\d)p(\d)", questions) or re.search(r"v(\d)\.(\d)", schema)
        return f"{QTI} {number[1]}.{number[2]}" if number else QTI
    # LMSs treat a manifest without namespace and metadata as SCORM 1.2.
    return PLAIN if schema or "/imscp" in spaces else SCORM12


def version_in(root: _Element) -> str:
    """The schemaversion of a parsed manifest, or empty."""
    return _said(root, "schemaversion")


def _said(root: _Element, name: str) -> str:
    """The text of a metadata element of the manifest, or else of the first element with that name."""
    said = metadata_values(root, name) or list(
        islice(
            (one for one in root.iter() if local(one) == name and namespace(one) == namespace(root)),
            1,
        )
    )
    return text(said[0]) if said else ""


def _spaces(root: _Element) -> set[str]:
    """The namespaces declared on the manifest element, and those of the first elements."""
    used = {namespace(one) for one in islice(root.iter(), _MOST_LOOKED_AT)}
    return used.union(space for space in root.nsmap.values() if space)


def launch_files(package: Package) -> tuple[str, ...]:
    """The files that items launch, each once, in the order of the items."""
    found: dict[str, None] = {}
    for resource in package.cached(launched):
        path = _launch_path(package, resource)
        if path is not None and path in package.files:
            found[path] = None
    return tuple(found)


def _launch_path(package: Package, resource: _Element) -> str | None:
    """The path of a launched resource, with backslashes as slashes, as in browsers; None without one."""
    href = own(resource, "href").replace("\\", "/")
    # Some file names contain unencoded characters that an address would encode.
    return href if href in package.files else path_in(package, resource, href)


def shared(area: str, severity: Severity, spec: str, find: Callable[[Package], Iterator[Finding]]) -> Rule:
    """A rule of the module `area` for a fault that several standards share."""
    name = find.__name__.replace("_", "-")
    return Rule(f"{area.rpartition('.')[2]}/{name}", severity, spec, find)


def namespace(element: _Element) -> str:
    """An element's namespace, or empty."""
    return str(element.tag)[1:].partition("}")[0] if str(element.tag).startswith("{") else ""


def text(element: _Element) -> str:
    """An element's own text, with white space collapsed."""
    return " ".join((element.text or "").split())


def at(element: _Element) -> Location:
    """The location of an element of the manifest."""
    return Location(MANIFEST, element.sourceline)


def _elements(package: Package) -> dict[str, list[_Element]]:
    """The elements of the manifest by local name, in order, without metadata records, whose names differ."""
    found: dict[str, list[_Element]] = {}
    root = package.manifest.root
    waiting = [] if root is None else [root]
    while waiting:
        element = waiting.pop()
        name = local(element)
        if root is not None and (_is_native(element, root) or name in _ADLCP_ELEMENTS):
            found.setdefault(name, []).append(element)
        else:
            found.setdefault("", []).append(element)
        if name != "lom":
            waiting.extend(reversed(element))
    return found


def elements(package: Package, name: str) -> list[_Element]:
    """The elements of the manifest with a name, in order."""
    return package.cached(_elements).get(name, [])


def everything(package: Package) -> Iterator[_Element]:
    """All elements of the manifest outside metadata records."""
    for found in package.cached(_elements).values():
        yield from found


def children(element: _Element, name: str) -> list[_Element]:
    """An element's children with a name, in its namespace or in one that LMSs accept instead."""
    return [child for child in element if local(child) == name and _is_native(child, element)]


def _is_native(element: _Element, root: _Element) -> bool:
    """True for an element of content packaging. Some tools lose its namespace below the top, or write another."""
    space = namespace(element)
    return not space or space == namespace(root) or "/imscp_" in space


def foreign_element(package: Package) -> _Element | None:
    """The first content packaging element in another namespace than `manifest`."""
    root = package.manifest.root
    return next(
        (
            element
            for name in _ORDER
            for element in elements(package, name)
            if root is not None and namespace(element) != namespace(root)
        ),
        None,
    )


def identified(package: Package) -> list[_Element]:
    """The elements that need an identifier, in document order."""
    found = [
        element
        for name in ("manifest", "organization", "item", "resource")
        for element in elements(package, name)
    ]
    return sorted(found, key=lambda element: element.sourceline or 0)


def metadata_values(root: _Element, name: str) -> list[_Element]:
    """The elements with a name in the manifest's own metadata."""
    return [child for metadata in children(root, "metadata") for child in metadata if local(child) == name]


def scormtype(resource: _Element) -> str | None:
    """The SCORM type, in any namespace and case of the attribute name, as Moodle reads it."""
    names = (str(key) for key in resource.attrib)
    found = next((name for name in names if name.rpartition("}")[2].lower() == "scormtype"), None)
    return None if found is None else resource.get(found)


def launched(package: Package) -> list[_Element]:
    """The resources that items point to, each once, in the order of the items.

    Without an organization: all resources with an address, as in Moodle and Open edX.
    """
    if not elements(package, "organization"):
        return [resource for resource in elements(package, "resource") if own(resource, "href")]
    resources = {resource.get("identifier"): resource for resource in reversed(elements(package, "resource"))}
    found = [
        resources.get(item.get("identifierref"))
        for item in elements(package, "item")
        if item.get("identifierref")
    ]
    return list(dict.fromkeys(resource for resource in found if resource is not None))


def locations(package: Package) -> list[_Element]:
    """The elements that refer to a metadata file."""
    return [element for element in elements(package, "location") if text(element)]


def own(element: _Element, name: str) -> str:
    """An attribute without surrounding white space, or empty."""
    return element.get(name, "").strip()


def hrefs(package: Package) -> Iterator[tuple[_Element, str]]:
    """Resources and files with their `href`, if they have one."""
    for element in (*elements(package, "resource"), *elements(package, "file")):
        href = own(element, "href")
        if href:
            yield element, href


def is_name(text: str) -> bool:
    """True for a valid identifier: a name without a colon (Namespaces in XML, NCName)."""
    # Nearly all are ASCII, where Python identifiers differ by two characters, and the pattern is slow to compile.
    if text.isascii():
        return text.replace(".", "_").replace("-", "_").isidentifier() and text[0] not in ".-"
    return re.fullmatch(_NAME, text) is not None


def is_malformed(href: str) -> bool:
    """True for an invalid relative address, which LMSs interpret in different ways."""
    return "\\" in href or href.startswith("/") or bool(_LOCAL_DISK.match(href) or _NOT_URI.search(href))


def path_of(address: str) -> str:
    """An address without its query and fragment."""
    return address.partition("#")[0].partition("?")[0]


def target(package: Package, element: _Element) -> str | None:
    """The path in the package that an element's `href` refers to; None when there is none."""
    return package.cached(_targets).get(element)


def _targets(package: Package) -> dict[_Element, str]:
    found = {element: path_in(package, element, href) for element, href in hrefs(package)}
    return {element: path for element, path in found.items() if path is not None}


def path_in(package: Package, element: _Element, href: str) -> str | None:
    """The path in the package that an address refers to; None when it is empty, remote or outside the package."""
    if not href or REMOTE.match(href):
        return None
    whole = path_of(href)
    if package.cached(_bases):
        base = package.cached(_whole_bases).get(element, "")
        if len(base) == _LONGEST_BASE:
            return None
        whole = base + whole
    path = posixpath.normpath(unquote(whole))
    return None if path.startswith(("../", "/")) or path in ("..", ".") else path


def _bases(package: Package) -> list[_Element]:
    return [element for element in everything(package) if element.get(_XML_BASE) is not None]


def _whole_bases(package: Package) -> dict[_Element, str]:
    """The effective base of each element, limited in length: thousands of files may share one of megabytes."""
    found: dict[_Element | None, str] = {None: ""}
    for element in package.manifest.root.iter() if package.manifest.root is not None else ():
        above, own_base = found[element.getparent()], element.get(_XML_BASE, "")
        found[element] = (above + own_base)[:_LONGEST_BASE] if own_base else above
    return {element: base for element, base in found.items() if element is not None}


def other_prefix(package: Package, space: str, prefix: str) -> Iterator[Finding]:
    """A finding for the first element that uses a namespace with another prefix than `prefix`."""
    start = f"{{{space}}}"
    looked_at = 0
    for element in everything(package):
        names = (str(element.tag), *map(str, element.attrib))
        if any(name.startswith(start) for name in names):
            spaces = element.nsmap
            looked_at += len(spaces)
            if looked_at > _MOST_PREFIXES:
                return
            prefixes = [found for found, bound in spaces.items() if bound == space]
            if prefix not in prefixes:
                yield (
                    Message("The prefix is {0}, not {1}.", Quoted(prefixes[0] or ""), Quoted(prefix)),
                    at(element),
                )
                return


def missing(package: Package, element: _Element) -> Iterator[Finding]:
    """A finding when the file that an element's `href` refers to is not in the package."""
    path = target(package, element)
    if (
        path is None
        or path in package.files
        or package.is_single_manifest
        or is_malformed(own(element, "href"))
    ):
        return
    yield Message("{0} is not in the package.", shortened(path)), at(element), alike(package, path)


def alike(package: Package, path: str) -> str | Message:
    """A hint when the path exists in another case."""
    alike = package.cached(_by_folded_name).get(path.casefold())
    return Message("Did you mean {0}? Names are case-sensitive.", Quoted(alike)) if alike else ""


def _by_folded_name(package: Package) -> dict[str, str]:
    return {name.casefold(): name for name in package.files}


def wrong_root(package: Package) -> Iterator[Finding]:
    """The manifest's outermost element is not `manifest`.

    It is not a content package then, whatever its file name. Create the package with a tool that exports SCORM.
    """
    root = package.manifest.root
    if root is not None and local(root) != "manifest":
        yield Message("The outermost element is {0}, not 'manifest'.", shortened(local(root))), at(root)


def prefixed_manifest(package: Package) -> Iterator[Finding]:
    """The manifest's own elements have a namespace prefix.

    This is valid XML, but Moodle and similar LMSs look for the literal names `manifest`, `item` and `resource`, and
    find nothing to open. Make it the default namespace: `xmlns="..."` and no prefix.
    """
    for root in elements(package, "manifest")[:1]:
        if root.prefix:
            yield Message("'{0}:manifest' has a prefix.", root.prefix), at(root)


def wrong_schema(package: Package) -> Iterator[Finding]:
    """The manifest's `metadata` does not name the schema `ADL SCORM`.

    Test suites use it to distinguish a SCORM package from a plain content package; LMSs use the schemaversion. Write
    `<schema>ADL SCORM</schema>`.
    """
    for root in elements(package, "manifest")[:1]:
        found = metadata_values(root, "schema")
        # If both are missing, missing-schemaversion reports both.
        if not found and metadata_values(root, "schemaversion"):
            yield "There is no schema.", at(root)
        for element in found:
            if text(element) != "ADL SCORM":
                yield Message("The schema is {0}, not 'ADL SCORM'.", shortened(text(element))), at(element)


def missing_schemaversion(package: Package) -> Iterator[Finding]:
    """A finding for a manifest without a schemaversion; it names the schema if that is missing too."""
    for root in elements(package, "manifest")[:1]:
        if not metadata_values(root, "schemaversion"):
            yield (
                "There is no schemaversion."
                if metadata_values(root, "schema")
                else "There is neither a schemaversion nor a schema.",
                at(root),
            )


def missing_identifier(package: Package) -> Iterator[Finding]:
    """An element that needs an `identifier` has none.

    LMSs store results and find resources by identifier. They do not use that of an organization, which is a note. Add
    an identifier that stays the same when the course is built again.
    """
    for element in identified(package):
        if not element.get("identifier"):
            finding = Minor(Message("{0} has no identifier.", local(element)), at(element))
            yield finding if local(element) == "organization" else finding[:2]


def invalid_identifier(package: Package) -> Iterator[Finding]:
    """An `identifier` is not a valid XML name.

    It must start with a letter or '_' and contain only letters, digits, '.', '-' and '_'. Test suites report others;
    spaces and commas break prerequisites. Derive identifiers from the short id of the course, not from titles.
    """
    for element in identified(package):
        identifier = element.get("identifier")
        if identifier and not is_name(identifier):
            yield Message("{0} is not a valid identifier.", shortened(identifier)), at(element)


def duplicate_identifier(package: Package) -> Iterator[Finding]:
    """Two elements of one kind have the same `identifier`.

    The LMS confuses them: results of one item overwrite those of the other, or the wrong file is opened. Give each its
    own.
    """
    for element, first in package.cached(_repeated):
        if local(first) == local(element):
            yield _is_taken(element, first), at(element)


def shared_identifier(package: Package) -> Iterator[Finding]:
    """Two elements of different kinds have the same `identifier`.

    Items, resources and organizations share one set of identifiers. LMSs distinguish them; test suites report it. Give
    each its own.
    """
    for element, first in package.cached(_repeated):
        if local(first) != local(element):
            yield _is_taken(element, first), at(element)


def _is_taken(element: _Element, first: _Element) -> Message:
    return Message(
        "{0} is already the identifier of the {1} in line {2}.",
        shortened(element.get("identifier", "")),
        local(first),
        first.sourceline or 0,
    )


def _repeated(package: Package) -> list[tuple[_Element, _Element]]:
    """Elements with the identifier of an earlier element, and that element: one of the same kind if possible."""
    seen: dict[str, dict[str, _Element]] = {}
    found = []
    for element in identified(package):
        identifier = element.get("identifier")
        if identifier:
            kinds = seen.setdefault(identifier, {})
            if kinds:
                first = local(element) if local(element) in kinds else next(iter(kinds))
                found.append((element, kinds[first]))
            kinds.setdefault(local(element), element)
    return found


def wrong_order(package: Package) -> Iterator[Finding]:
    """Elements are in another order or number than the schema allows.

    If there are two where one is allowed, it depends on the LMS which one it reads. Another order is a note: test
    suites report it, LMSs ignore it. In `manifest`: metadata, organizations, resources. In `organization` and `item`:
    title, items, metadata, then elements in the ADL namespace. In `resource`: metadata, files, dependencies.
    """
    for name, order in _ORDER.items():
        for parent in elements(package, name):
            reached = 0
            previous = ""
            for child in parent:
                native = namespace(child) == namespace(parent)
                place = order.index(local(child)) if native and local(child) in order else len(order)
                if native and place == len(order):
                    yield Minor(
                        Message("{0} is not allowed in {1}.", shortened(local(child)), name), at(child)
                    )
                elif place < reached:
                    yield Minor(
                        Message("{0} must come before {1} in {2}.", local(child), previous, name),
                        at(child),
                    )
                elif native and local(child) == previous and previous not in _REPEATED:
                    yield Message("There is more than one {0} in {1}.", previous, name), at(child)
                else:
                    reached, previous = place, local(child)


def missing_part(package: Package) -> Iterator[Finding]:
    """The manifest lacks `organizations` or `resources`.

    Both are required: one is the table of contents, the other the list of files. Without them, there is nothing to
    open.
    """
    for root in elements(package, "manifest")[:1]:
        for name in ("organizations", "resources"):
            if not children(root, name):
                yield Message("There is no {0} element.", name), at(root)


def no_organization(package: Package) -> Iterator[Finding]:
    """`organizations` is empty.

    The package is then a bundle of resources without a table of contents. Moodle creates a SCO for each resource with
    an address, with the identifier as the title; Open edX opens the first; OpenOlat refuses the package; others show
    nothing to open. Add an organization with an item for each page that is launched.
    """
    for parent in elements(package, "organizations")[:1]:
        if not children(parent, "organization"):
            yield "There is no organization.", at(parent)


def several_organizations(package: Package) -> Iterator[Finding]:
    """There is more than one organization.

    Nearly every LMS only shows the default one, so the others cannot be reached. Keep one.
    """
    for parent in elements(package, "organizations")[:1]:
        found = children(parent, "organization")
        if len(found) > 1:
            yield Message("There are {0} organizations.", len(found)), at(parent)


def unresolved_default(package: Package) -> Iterator[Finding]:
    """`organizations` does not name its default organization, or names one that does not exist.

    Most LMSs then use the first, some report an error. Set `default` to the identifier of the
    organization.
    """
    for parent in elements(package, "organizations")[:1]:
        found = [child.get("identifier") for child in children(parent, "organization")]
        default = parent.get("default")
        if found and default not in found:
            yield (
                Message("No organization is {0}.", shortened(default)) if default else "There is no default.",
                at(parent),
            )


def missing_title(package: Package) -> Iterator[Finding]:
    """An organization or an item has no title.

    Learners see the title in the LMS. Open edX fails on an item without one; others show an empty
    line.
    """
    for element in (*elements(package, "organization"), *elements(package, "item")):
        if not any(text(title) for title in children(element, "title")):
            yield Message("The {0} has no title.", local(element)), at(element)


def long_title(package: Package) -> Iterator[Finding]:
    """A title is longer than 200 characters.

    SCORM does not guarantee more, and Moodle's import fails with a database error at 256. Shorten it.
    """
    for title in elements(package, "title"):
        if len(text(title)) > 200:
            yield (
                Message("The title has {0} characters, at most 200 are allowed.", len(text(title))),
                at(title),
            )


def organization_without_items(package: Package) -> Iterator[Finding]:
    """An organization has no items.

    An item is what learners open; without one, there is nothing to launch. Add an item that points to the
    course's resource.
    """
    found = elements(package, "organization")
    # An empty organization next to another is never opened.
    for element in found if not elements(package, "item") else ():
        if not children(element, "item"):
            yield "The organization has no item.", at(element)


def unresolved_identifierref(package: Package) -> Iterator[Finding]:
    """An item points to a resource that does not exist.

    The LMS shows the item, and opening it fails. Set `identifierref` to the exact `identifier` of a resource.
    """
    yield from _unresolved(package, "item")


def unresolved_dependency(package: Package) -> Iterator[Finding]:
    """A dependency points to a resource that does not exist.

    LMSs do not notice; test suites report it. Set `identifierref` to the
    `identifier` of a resource, or remove the dependency.
    """
    yield from _unresolved(package, "dependency")


def _unresolved(package: Package, name: str) -> Iterator[Finding]:
    known = {
        element.get("identifier") for kind in ("resource", "manifest") for element in elements(package, kind)
    }
    for element in elements(package, name):
        reference = element.get("identifierref")
        if reference and reference not in known:
            yield Message("No resource is {0}.", shortened(reference)), at(element)


def launched_branch(package: Package) -> Iterator[Finding]:
    """An item that contains items points to a resource itself.

    SCORM 1.2 does not define what should happen, and 2004 forbids it; some LMSs never open the resource. Give it an
    item of its own.
    """
    for item in elements(package, "item"):
        if item.get("identifierref") and children(item, "item"):
            yield "The item has items in it and points to a resource.", at(item)


def leaf_without_resource(package: Package) -> Iterator[Finding]:
    """An item has neither items nor a resource.

    It is an empty heading, and some importers fail on it. Point it to a resource or remove it.
    """
    for item in elements(package, "item"):
        if not item.get("identifierref") and not children(item, "item"):
            yield "The item points to no resource.", at(item)


def wrong_parameters(package: Package) -> Iterator[Finding]:
    """`parameters` cannot be appended to an address.

    Allowed are `#place`, `?name=value&name=value` and the same without '?', URL-encoded and at most 1,000
    characters. With others, the LMS opens an address that does not exist.
    """
    for item in elements(package, "item"):
        value = item.get("parameters", "")
        if value and (len(value) > 1000 or not re.fullmatch(_PARAMETERS, value) or _UNENCODED.search(value)):
            yield Message("The parameters {0} cannot be appended to an address.", shortened(value)), at(item)


def wrong_resource_type(package: Package) -> Iterator[Finding]:
    """A resource's `type` is not `webcontent`.

    It is the only type in SCORM. Importers may skip resources with another type, or none. This is a note if no item
    launches the resource.
    """
    for resource in elements(package, "resource"):
        value = resource.get("type")
        if value != "webcontent":
            words = (
                Message("The type is {0}, not 'webcontent'.", shortened(value))
                if value
                else "There is no type."
            )
            yield of_launched(package, resource, words)


def of_launched(package: Package, resource: _Element, message: str | Message) -> Finding:
    """A finding about a resource: a note where no item launches it."""
    return (message, at(resource)) if resource in package.cached(_launched) else Minor(message, at(resource))


def _launched(package: Package) -> frozenset[_Element]:
    return frozenset(package.cached(launched))


def no_sco(package: Package) -> Iterator[Finding]:
    """No launched resource is a SCO.

    Assets do not communicate with the LMS: it records no progress, score or time. Mark the launched resource as a SCO.
    """
    found = package.cached(launched)
    if found and all(scormtype(resource) == "asset" for resource in found):
        yield "Every launched resource is an asset.", at(found[0])


def missing_href(package: Package) -> Iterator[Finding]:
    """A resource that an item points to has no `href`; or, without an organization, no resource has one.

    The LMS does not know which file to open. Set `href` to the path of the start page.
    """
    if not elements(package, "organization") and not package.cached(launched):
        for resources in elements(package, "resources")[:1]:
            yield "No resource has an href.", at(resources)
    for resource in package.cached(launched):
        if not own(resource, "href"):
            yield "The resource has no href.", at(resource)


def file_without_href(package: Package) -> Iterator[Finding]:
    """A file has no `href`, or a SCO that no item points to.

    It is unclear which file is meant, and test suites report it. Write the path, or remove the element.
    """
    starts = set(package.cached(launched))
    for resource in elements(package, "resource"):
        if scormtype(resource) == "sco" and resource not in starts and not own(resource, "href"):
            yield "The resource has no href.", at(resource)
    for file in elements(package, "file"):
        if not own(file, "href"):
            yield "The file has no href.", at(file)


def malformed_href(package: Package) -> Iterator[Finding]:
    """A path is not written as a relative address inside the package.

    Not allowed are backslashes, a slash at the beginning, '..' that leads out of the package, a bare '%', '[' or ']',
    and a second '#'. LMSs interpret such paths in different ways, and most find no file. This is a note if the file is
    not launched. Write it relative to the manifest, with '/'.
    """
    for element, href in hrefs(package):
        if REMOTE.match(href):
            continue
        if is_malformed(href) or target(package, element) is None:
            message = Message("{0} is not a relative address inside the package.", shortened(href))
            yield of_launched(package, element, message)


def unencoded_href(package: Package) -> Iterator[Finding]:
    """A path has spaces or non-ASCII letters that are not percent-encoded.

    Some LMSs encode it twice, some not at all. Write a space as `%20`, or better, rename the file.
    """
    found: dict[str, _Element] = {}
    for element, href in hrefs(package):
        if _UNENCODED.search(href) and not is_malformed(href):
            found.setdefault(href, element)
    if found:
        verb = "is" if len(found) == 1 else "are"
        yield (
            Message("{0} {1} not percent-encoded.", several(list(found)), verb),
            at(next(iter(found.values()))),
        )


def remote_href(package: Package) -> Iterator[Finding]:
    """A resource or a file is on another server.

    A start page on another server cannot access the LMS's API, since the browser isolates the two. For other files,
    this is a note. Put the files in the package.
    """
    for element, href in hrefs(package):
        if REMOTE.match(href):
            yield of_launched(package, element, Message("{0} is not in the package.", shortened(href)))


def launch_with_query(package: Package) -> Iterator[Finding]:
    """The address of the start page has a query or a fragment.

    Some importers look for a file with that whole name. Move it to the item's `parameters`.
    """
    for resource in package.cached(launched):
        href = own(resource, "href")
        if re.search("[?#]", href) and not REMOTE.match(href):
            yield Message("{0} has more than a path.", shortened(href)), at(resource)


def missing_launch_file(package: Package) -> Iterator[Finding]:
    """The file that an item launches is not in the package.

    Learners get an error page. Names are case-sensitive; a backslash counts as a slash here, as in browsers.
    """
    for resource in package.cached(launched):
        href = own(resource, "href")
        if not href or REMOTE.match(href) or package.is_single_manifest:
            continue
        path = _launch_path(package, resource)
        if path is None:
            yield Message("{0} leads out of the package.", shortened(href)), at(resource)
        elif path not in package.files:
            yield Message("{0} is not in the package.", shortened(path)), at(resource), alike(package, path)


def missing_file(package: Package) -> Iterator[Finding]:
    """A file in the manifest's list is not in the package.

    LMSs do not look for it. The list is out of date, or something in the course will not load; other rules report what
    pages need at the start. Names are case-sensitive.
    """
    starts = {target(package, resource) for resource in package.cached(launched)}
    for element in (*elements(package, "resource"), *elements(package, "file")):
        if target(package, element) not in starts:
            yield from missing(package, element)


def undeclared_file(package: Package) -> Iterator[Finding]:
    """The package contains files that the manifest does not list.

    Most LMSs unpack them anyway, some only copy listed files. List every file under its resource, and remove those
    that are not used.
    """
    listed = {target(package, element) for element, _ in hrefs(package)}
    listed |= {path_in(package, element, text(element)) for element in package.cached(locations)}
    extra = [
        name
        for name in package.files
        if name not in listed
        and name not in MANIFESTS
        and not name.endswith((".xsd", ".dtd"))
        and not is_junk(name)
    ]
    if extra:
        yield Message("The manifest does not list {0}.", several(extra)), Location(MANIFEST)


def launch_file_not_listed(package: Package) -> Iterator[Finding]:
    """A resource's start page is not among the files that the manifest lists.

    Importers that only copy listed files omit it. Add `<file href="..."/>` with the same path.
    """
    # A file listed for another resource is copied too; shared files have their own resource, which others depend on.
    files = {target(package, file) for file in elements(package, "file")}
    for resource in elements(package, "resource"):
        path = target(package, resource)
        if path in package.files and path not in files:
            yield Message("{0} is not listed as a file.", shortened(path or "")), at(resource)


def unused_resource(package: Package) -> Iterator[Finding]:
    """No item and no dependency points to a resource.

    Learners cannot reach it. Point an item to it, or remove it.
    """
    used = {
        element.get("identifierref")
        for element in (*elements(package, "item"), *elements(package, "dependency"))
    }
    for resource in elements(package, "resource"):
        identifier = resource.get("identifier")
        if used and identifier and identifier not in used:
            yield Message("Nothing points to the resource {0}.", shortened(identifier)), at(resource)


def nested_manifest(package: Package) -> Iterator[Finding]:
    """There is a manifest inside the manifest.

    SCORM allows it, but hardly any LMS reads it. Move its items and resources to the outer one.
    """
    for element in elements(package, "manifest")[1:]:
        yield "There is a manifest in the manifest.", at(element)


def base_address(package: Package) -> Iterator[Finding]:
    """`xml:base` changes the paths of the manifest.

    Moodle only reads it on `resource`, and Open edX ignores it, so files are not found. Write full paths in every
    `href`.
    """
    for element in package.cached(_bases):
        yield Message("xml:base is {0}.", shortened(element.get(_XML_BASE, ""))), at(element)


def missing_metadata_file(package: Package) -> Iterator[Finding]:
    """A metadata file that the manifest refers to is not in the package.

    Test suites report it; LMSs rarely read it. Add the file or remove `adlcp:location`.
    """
    for element in package.cached(locations):
        if not package.is_single_manifest and path_in(package, element, text(element)) not in package.files:
            yield Message("{0} is not in the package.", shortened(text(element))), at(element)


def missing_schema_file(package: Package) -> Iterator[Finding]:
    """`xsi:schemaLocation` names schema files that are not in the package.

    ADL's test suite requires them at the top of the package. LMSs do not read them. Either add them or remove the
    attribute.
    """
    missing = [
        name
        for element in everything(package)
        for name in element.get(_SCHEMA_LOCATION, "").split()[1::2]
        if not REMOTE.match(name) and name not in package.files
    ]
    if missing and not package.is_single_manifest:
        yield Message("Not in the package: {0}.", several(sorted(set(missing)))), Location(MANIFEST)
