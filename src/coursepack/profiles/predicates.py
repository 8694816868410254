"""The predicates with which facts about LMSs test packages: a function for each, with the name it has in profiles.

A predicate yields a finding for each place in a package that the LMS refuses or treats differently. Its details are
only values (names, numbers), since the sentence comes from the fact, in the reader's language.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from coursepack.detection import detect_kinds
from coursepack.package import MANIFEST, Package, local
from coursepack.problems import Location, Message, Value
from coursepack.rules import cmi5, ims, pages, vocabulary, xapi
from coursepack.rules.container import is_junk, wrapper_folder
from coursepack.rules.content import addresses, place
from coursepack.rules.ims import at, children, elements, namespace, own, path_of, scormtype, text
from coursepack.rules.rule import Finding, several, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

_MEGABYTE = 1024 * 1024
_UNITS = {"KB": 1024, "MB": _MEGABYTE, "GB": 1024 * _MEGABYTE}
_SIZE = re.compile(r"(\d{1,6}) ?([KMG]B)")
_IMSSS = vocabulary.SPACES["imsss"]
_SEQUENCED = ("sequencingRules", "rollupRule", "mapInfo", "limitConditions", "randomizationControls")
_EDITION = re.compile(r"2004 (\d\w\w Edition)")
_TRUE = ("true", "1")


Shown = tuple[Value | Message, Location] | Finding
"""The part of a package that a fact is about, empty for the whole, and its location."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """`parse` converts a YAML value to a parameter, or raises ValueError with what is expected; `find` tests a package.

    `certain` is false if a package cannot show whether the fact applies: such a fact is a note.
    """

    parse: Callable[[Any], Any]
    find: Callable[[Package, Any], Iterator[Shown]]
    certain: bool = True


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and value and all(isinstance(word, str) and word for word in value):
        return tuple(value)
    raise ValueError("a list of words, as in [one, two]")


def _word(value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError("a word in quotation marks")


def _count(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,6}", value):
        return int(value)
    raise ValueError("a whole number above 0")


def _size(value: Any) -> int:
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if found and int(found[1]):
        return int(found[1]) * _UNITS[found[2]]
    raise ValueError("a size like 250 MB")


def _true(value: Any) -> None:
    if value != "true":
        raise ValueError("true; leave the fact out where it does not hold")


def _is_of(package: Package, standard: str) -> bool:
    """True for a package of a standard, in any edition."""
    return any(kind == standard or kind.startswith(f"{standard} ") for kind in package.cached(detect_kinds))


def is_of_any(package: Package, standards: tuple[str, ...]) -> bool:
    """True for a package of one of these standards, in any edition."""
    return any(_is_of(package, standard) for standard in standards)


def _whole(package: Package) -> Location:
    return Location(package.name)


def _own_files(package: Package) -> Iterator[str]:
    """The names of the files of the course, without those left by operating systems and editors."""
    return (name for name in package.files if not is_junk(name))


def _listed(package: Package, names: list[str]) -> Iterator[Shown]:
    """One finding for all names, if any."""
    if names:
        yield several(names), _whole(package)


def _items(package: Package) -> list[_Element]:
    """The items that launch a resource."""
    return [item for item in elements(package, "item") if item.get("identifierref")]


# The package as a whole


def always(package: Package, _: None) -> Iterator[Shown]:
    """Holds for every package."""
    yield "", _whole(package)


def is_of(package: Package, standards: tuple[str, ...]) -> Iterator[Shown]:
    """Holds for every package of these standards."""
    if is_of_any(package, standards):
        yield "", _whole(package)


def takes(package: Package, standards: tuple[str, ...]) -> Iterator[Shown]:
    """The package follows none of the standards that the LMS supports."""
    kinds = package.cached(detect_kinds)
    if kinds and not is_of_any(package, standards):
        yield ", ".join(kinds), _whole(package)


def editions(package: Package, known: tuple[str, ...]) -> Iterator[Shown]:
    """The package declares an edition of SCORM 2004 that the LMS does not list."""
    for element in elements(package, "schemaversion")[:1]:
        found = _EDITION.fullmatch(text(element))
        if found and found[1] not in known:
            yield f"SCORM {found[0]}", at(element)


def schemaversions(package: Package, known: tuple[str, ...]) -> Iterator[Shown]:
    """The schemaversion of a SCORM package is not one that the LMS knows."""
    root = next(iter(elements(package, "manifest")), None)
    if root is not None and package.manifest.name == MANIFEST and ims.version_in(root) not in known:
        yield shortened(ims.version_in(root)), at(root)


def versions_of_2004(package: Package, known: tuple[str, ...]) -> Iterator[Shown]:
    """The schemaversion of a SCORM 2004 package is not one that the LMS knows."""
    if ims.standard(package) != ims.SCORM2004:
        return
    version = next((text(element) for element in elements(package, "schemaversion")), "")
    for root in elements(package, "manifest")[:1]:
        if version not in known:
            yield shortened(version), at(root)


def largest(package: Package, most: int) -> Iterator[Shown]:
    """The package is larger than the LMS accepts."""
    size = sum(entry.compressed for entry in package.entries)
    if size > most:
        yield f"{size / _MEGABYTE:,.1f} MB > {most / _MEGABYTE:,.0f} MB", _whole(package)


def manifest_at_root(package: Package, _: None) -> Iterator[Shown]:
    """The manifest is in a folder."""
    for _message, location, *_rest in wrapper_folder.find(package):
        yield "", location


def first_manifest_counts(package: Package, _: None) -> Iterator[Shown]:
    """Another `imsmanifest.xml` precedes that of the package in the zip's list of files."""
    named = (name for name in package.files if name.rpartition("/")[2] == MANIFEST)
    first = next(named, "")
    if package.is_zip and package.manifest.name == MANIFEST and first != MANIFEST:
        yield shortened(first), _whole(package)


def well_formed(package: Package, _: None) -> Iterator[Shown]:
    """The manifest is not well-formed XML."""
    fault = package.manifest.fault
    if fault and fault.kind == "malformed":
        yield "", Location(package.manifest.name, fault.line, fault.column)


def utf8_manifest(package: Package, _: None) -> Iterator[Shown]:
    """The manifest declares another encoding than UTF-8."""
    manifest = package.manifest
    if manifest.encoding and manifest.encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
        yield manifest.encoding, Location(manifest.name, 1)


# Names


def forbidden_endings(package: Package, endings: tuple[str, ...]) -> Iterator[Shown]:
    """Files have extensions that the LMS refuses; `*` in an extension matches anything."""

    def is_forbidden(name: str) -> bool:
        _, dot, ending = name.rpartition("/")[2].lower().rpartition(".")
        return bool(dot) and any(fnmatchcase(ending, pattern) for pattern in endings)

    yield from _listed(package, [name for name in package.files if is_forbidden(name)])


def no_structure_of_aicc(package: Package, _: None) -> Iterator[Shown]:
    """A file ends in `.cst`, like the structure of an AICC course, but the package has a manifest."""
    if package.manifest.name:
        yield from forbidden_endings(package, ("cst",))


def forbidden_signs(package: Package, signs: str) -> Iterator[Shown]:
    """Names contain characters that the LMS removes or refuses."""
    yield from _listed(package, [name for name in _own_files(package) if set(name) & set(signs)])


def only_signs(package: Package, signs: str) -> Iterator[Shown]:
    """Names contain other characters than ASCII letters, digits and these."""

    def is_plain(name: str) -> bool:
        return all(sign == "/" or sign in signs or (sign.isascii() and sign.isalnum()) for sign in name)

    yield from _listed(package, [name for name in _own_files(package) if not is_plain(name)])


def ascii_names(package: Package, _: None) -> Iterator[Shown]:
    """Names have non-ASCII letters."""
    yield from _listed(package, [name for name in _own_files(package) if not name.isascii()])


def names_differ(package: Package, _: None) -> Iterator[Shown]:
    """Files in different folders have the same name."""
    count = Counter(name.rpartition("/")[2] for name in _own_files(package))
    yield from _listed(package, [name for name, times in count.items() if times > 1])


def own_host_only(package: Package, _: None) -> Iterator[Shown]:
    """A page or a style loads something from another host."""
    remote = [address for address in addresses(package) if pages.host_of(address.value)]
    if remote:
        hosts = dict.fromkeys(pages.host_of(address.value) for address in remote)
        yield several(list(hosts)), place(package, remote[0])


def longest_name(package: Package, most: int) -> Iterator[Shown]:
    """The name of a file or folder is longer than the LMS accepts."""
    names = [name for name in _own_files(package) if max(map(len, name.split("/"))) > most]
    yield from _listed(package, names)


def longest_path(package: Package, most: int) -> Iterator[Shown]:
    """A path is longer than the LMS accepts."""
    yield from _listed(package, [name for name in _own_files(package) if len(name) > most])


def exact_case(package: Package, _: None) -> Iterator[Shown]:
    """The manifest refers to a file in another case than its name."""
    yield from package.cached(_other_cases)


def _other_cases(package: Package) -> list[Finding]:
    folded = {name.casefold(): name for name in package.files}
    paths = [(element, ims.target(package, element)) for element, _href in ims.hrefs(package)]
    return [
        (f"{shortened(path)}, {shortened(folded[path.casefold()])}", at(element))
        for element, path in paths
        if path and path not in package.files and path.casefold() in folded
    ]


# The manifest of SCORM


def unprefixed_manifest(package: Package, _: None) -> Iterator[Shown]:
    """The manifest's own elements have a prefix."""
    for root in elements(package, "manifest")[:1]:
        if root.prefix:
            yield shortened(f"{root.prefix}:manifest"), at(root)


def default_namespace(package: Package, _: None) -> Iterator[Shown]:
    """The manifest does not declare its namespace as the default one."""
    for root in elements(package, "manifest")[:1]:
        if root.prefix or not namespace(root):
            yield "", at(root)


def usual_prefixes(package: Package, _: None) -> Iterator[Shown]:
    """A namespace of ADL or IMS sequencing is bound to another prefix than the usual one."""
    yield from package.cached(_unusual_prefixes)


def _unusual_prefixes(package: Package) -> list[Finding]:
    spaces = (*vocabulary.PREFIXES.items(), ("http://www.adlnet.org/xsd/adlcp_rootv1p2", "adlcp"))
    return [
        (prefix, location)
        for space, prefix in spaces
        for _message, location, *_rest in ims.other_prefix(package, space, prefix)
    ]


def base_address(package: Package, _: None) -> Iterator[Shown]:
    """`xml:base` changes paths."""
    for _message, location, *_rest in ims.base_address(package):
        yield "", location


def one_organization(package: Package, _: None) -> Iterator[Shown]:
    """There is not exactly one organization."""
    found = elements(package, "organization")
    for root in elements(package, "manifest")[:1]:
        if len(found) != 1:
            yield str(len(found)), at(root)


def default_organization(package: Package, _: None) -> Iterator[Shown]:
    """The default organization does not exist."""
    for _message, location, *_rest in ims.unresolved_default(package):
        yield "", location


def titles_everywhere(package: Package, _: None) -> Iterator[Shown]:
    """An organization or an item has no title."""
    for _message, location, *_rest in ims.missing_title(package):
        yield "", location


def titles_at_most(package: Package, most: int) -> Iterator[Shown]:
    """A title is longer than the LMS can store."""
    for title in elements(package, "title"):
        if len(text(title)) > most:
            yield f"{len(text(title))} > {most}", at(title)


def identifiers_at_most(package: Package, most: int) -> Iterator[Shown]:
    """An identifier is longer than the LMS stores."""
    for element in ims.identified(package):
        length = len(element.get("identifier", ""))
        if length > most:
            yield f"{length} > {most}", at(element)


def manifest_identifier_at_most(package: Package, most: int) -> Iterator[Shown]:
    """The manifest's identifier is longer than the part that the LMS uses."""
    for root in elements(package, "manifest")[:1]:
        identifier = root.get("identifier", "")
        if len(identifier) > most:
            yield shortened(identifier[:most]), at(root)


def forbidden_in_resource_identifiers(package: Package, signs: str) -> Iterator[Shown]:
    """A resource's identifier contains characters that the LMS cannot resolve."""
    for resource in elements(package, "resource"):
        identifier = resource.get("identifier", "")
        if set(identifier) & set(signs):
            yield shortened(identifier), at(resource)


def references_resolve(package: Package, _: None) -> Iterator[Shown]:
    """An item points to a resource that does not exist."""
    for _message, location, *_rest in ims.unresolved_identifierref(package):
        yield "", location


def isvisible_explicit(package: Package, _: None) -> Iterator[Shown]:
    """An item that launches a resource does not have `isvisible="true"`."""
    for item in _items(package):
        if item.get("isvisible") not in _TRUE:
            yield shortened(item.get("identifier", "")), at(item)


def first_resource_launches(package: Package, _: None) -> Iterator[Shown]:
    """The first resource with an address is not the one that the first item launches."""
    launched = package.cached(ims.launched)
    first = next((resource for resource in elements(package, "resource") if own(resource, "href")), None)
    if launched and first is not None and first is not launched[0]:
        yield shortened(own(first, "href")), at(first)


def plain_launch(package: Package, _: None) -> Iterator[Shown]:
    """The address of a start page has a query or a fragment."""
    for resource in package.cached(ims.launched):
        href = own(resource, "href")
        if path_of(href) != href:
            yield shortened(href), at(resource)


def no_parameters(package: Package, _: None) -> Iterator[Shown]:
    """An item passes parameters to its start page."""
    for item in elements(package, "item"):
        if own(item, "parameters"):
            yield shortened(own(item, "parameters")), at(item)


def sco_marked(package: Package, _: None) -> Iterator[Shown]:
    """A launched resource is not marked as a SCO."""
    for resource in package.cached(ims.launched):
        if scormtype(resource) != "sco":
            yield shortened(own(resource, "href")), at(resource)


def scormtype_everywhere(package: Package, _: None) -> Iterator[Shown]:
    """A launched resource does not declare whether it is a SCO or an asset."""
    for resource in package.cached(ims.launched):
        if not scormtype(resource):
            yield shortened(own(resource, "href")), at(resource)


def one_sco(package: Package, _: None) -> Iterator[Shown]:
    """More than one item launches a resource."""
    found = _items(package)
    if len(found) > 1:
        yield str(len(found)), at(found[1])


def mastery_overrides(package: Package, _: None) -> Iterator[Shown]:
    """The manifest has a mastery score."""
    for element in elements(package, "masteryscore"):
        if text(element):
            yield text(element), at(element)
    for element in _sequencing(package, "minNormalizedMeasure"):
        above = element.getparent()
        if text(element) and above is not None and above.get("satisfiedByMeasure") in _TRUE:
            yield text(element), at(element)


def measure_on_last_objective(package: Package, _: None) -> Iterator[Shown]:
    """The last objective of an item has another passing measure than its primary objective, or none."""
    for objectives in _sequencing(package, "objectives"):
        measures = [_measure(one) for one in objectives if local(one) in ("primaryObjective", "objective")]
        primary = next((_measure(one) for one in objectives if local(one) == "primaryObjective"), "")
        if primary and measures[-1] != primary:
            yield f"{primary}, {measures[-1] or '1.0'}", at(objectives)


def _measure(objective: _Element) -> str:
    return next((text(child) for child in objective if local(child) == "minNormalizedMeasure"), "")


def sequencing_rules(package: Package, _: None) -> Iterator[Shown]:
    """SCORM 2004 sequencing that an LMS without sequencing ignores; one finding for each kind of rule."""
    for name in _SEQUENCED:
        for element in _sequencing(package, name)[:1]:
            yield f"imsss:{name}", at(element)


def delivery_controls(package: Package, _: None) -> Iterator[Shown]:
    """An item of SCORM 2004 lets the LMS set its completion or success."""
    if ims.standard(package) != ims.SCORM2004:
        return
    shared = {
        element.get("ID"): element for element in _sequencing(package, "sequencing") if element.get("ID")
    }
    for item in _items(package):
        said: dict[str, str] = {}
        for sequencing in (child for child in item if child.tag == f"{{{_IMSSS}}}sequencing"):
            for source in (shared.get(sequencing.get("IDRef")), sequencing):
                for controls in () if source is None else source:
                    if controls.tag == f"{{{_IMSSS}}}deliveryControls":
                        said |= {str(key): str(value) for key, value in controls.attrib.items()}
        wanted = ("completionSetByContent", "objectiveSetByContent")
        missing = [name for name in wanted if said.get(name) not in _TRUE]
        if missing:
            yield ", ".join(missing), at(item)


def _sequencing(package: Package, name: str) -> list[_Element]:
    """The elements of IMS sequencing with a name."""
    return [element for element in ims.everything(package) if element.tag == f"{{{_IMSSS}}}{name}"]


def resume_state(package: Package, most: dict[str, int]) -> Iterator[Shown]:
    """The number of characters of suspend data that the LMS stores, by standard."""
    for standard, characters in most.items():
        if _is_of(package, standard):
            yield f"{standard}: {characters}", _whole(package)


def _state(value: Any) -> dict[str, int]:
    if isinstance(value, dict) and value:
        return {str(standard): _count(characters) for standard, characters in value.items()}
    raise ValueError("a number for each standard, as in {SCORM 1.2: 4096}")


# xAPI and cmi5


def first_activity_launches(package: Package, _: None) -> Iterator[Shown]:
    """The first element of the first element of tincan.xml is not the launched activity."""
    root = package.manifest.root
    if root is None or package.manifest.name != xapi.MANIFEST:
        return
    activities = next(iter(root), None)
    first = None if activities is None else next(iter(activities), None)
    if first is None or local(first) != "activity" or not any(local(child) == "launch" for child in first):
        place = root if first is None else first
        yield shortened(local(place)), Location(package.manifest.name, place.sourceline)


def _units(package: Package) -> list[_Element]:
    root = package.manifest.root
    if root is None or package.manifest.name != cmi5.MANIFEST:
        return []
    return [element for element in root.iter("{*}au") if namespace(element) == namespace(root)]


def launch_without_fragment(package: Package, _: None) -> Iterator[Shown]:
    """The address of a launch in tincan.xml has a fragment."""
    root = package.manifest.root
    if root is None or package.manifest.name != xapi.MANIFEST:
        return
    for launch in root.iter("{*}launch"):
        if "#" in text(launch):
            yield shortened(text(launch)), Location(package.manifest.name, launch.sourceline)


# The rules for faults against the schema of a descriptor; others do not make it invalid.
_INVALID = (
    cmi5.other_namespace,
    cmi5.missing_course,
    cmi5.no_au,
    cmi5.empty_block,
    cmi5.empty_objectives,
    cmi5.wrong_order,
    cmi5.unknown_element,
    cmi5.unknown_attribute,
    cmi5.stray_text,
    cmi5.missing_title,
    cmi5.missing_description,
    cmi5.missing_id,
    cmi5.missing_url,
    cmi5.wrong_moveon,
    cmi5.wrong_masteryscore,
    cmi5.wrong_launchmethod,
)
_INVALID_TINCAN = (
    xapi.other_namespace,
    xapi.no_activity,
    xapi.activities_not_first,
    xapi.missing_activity_id,
    xapi.missing_activity_type,
    xapi.missing_name,
)


def valid_descriptor(package: Package, _: None) -> Iterator[Shown]:
    """`cmi5.xml` or `tincan.xml` is not valid against its schema; one finding for each kind of fault."""
    by_name = {cmi5.MANIFEST: _INVALID, xapi.MANIFEST: _INVALID_TINCAN}
    for invalid in by_name.get(package.manifest.name, ()):
        for _message, location, *_rest in islice(invalid.find(package), 1):
            yield invalid.name.rpartition("/")[2].replace("-", " "), location


def one_au(package: Package, _: None) -> Iterator[Shown]:
    """The course has more than one assignable unit."""
    found = _units(package)
    if len(found) > 1:
        yield str(len(found)), Location(package.manifest.name, found[1].sourceline)


def no_move_on(package: Package, refused: tuple[str, ...]) -> Iterator[Shown]:
    """An assignable unit has a moveOn criterion that the LMS does not support."""
    for unit in _units(package):
        if unit.get("moveOn") in refused:
            yield str(unit.get("moveOn")), Location(package.manifest.name, unit.sourceline)


def literal_urls(package: Package, _: None) -> Iterator[Shown]:
    """The address of an assignable unit is percent-encoded, and so differs from the file name."""
    for unit in _units(package):
        for url in children(unit, "url"):
            path = path_of(text(url))
            if path not in package.files and unquote(path) in package.files:
                yield shortened(path), Location(package.manifest.name, url.sourceline)


PREDICATES: dict[str, Predicate] = {
    "always": Predicate(_true, always, certain=False),
    "for-standards": Predicate(_words, is_of),
    "resume-state": Predicate(_state, resume_state, certain=False),
    "standards": Predicate(_words, takes),
    "editions": Predicate(_words, editions),
    "versions-of-2004": Predicate(_words, versions_of_2004),
    "schemaversions": Predicate(_words, schemaversions),
    "largest": Predicate(_size, largest),
    "manifest-at-root": Predicate(_true, manifest_at_root),
    "first-manifest-counts": Predicate(_true, first_manifest_counts),
    "well-formed": Predicate(_true, well_formed),
    "utf8-manifest": Predicate(_true, utf8_manifest),
    "forbidden-endings": Predicate(_words, forbidden_endings),
    "no-structure-of-aicc": Predicate(_true, no_structure_of_aicc),
    "forbidden-signs": Predicate(_word, forbidden_signs),
    "only-signs": Predicate(_word, only_signs),
    "ascii-names": Predicate(_true, ascii_names),
    "names-differ": Predicate(_true, names_differ),
    "own-host-only": Predicate(_true, own_host_only),
    "longest-name": Predicate(_count, longest_name),
    "longest-path": Predicate(_count, longest_path),
    "exact-case": Predicate(_true, exact_case),
    "unprefixed-manifest": Predicate(_true, unprefixed_manifest),
    "default-namespace": Predicate(_true, default_namespace),
    "usual-prefixes": Predicate(_true, usual_prefixes),
    "no-base-address": Predicate(_true, base_address),
    "one-organization": Predicate(_true, one_organization),
    "default-organization": Predicate(_true, default_organization),
    "titles-everywhere": Predicate(_true, titles_everywhere),
    "titles-at-most": Predicate(_count, titles_at_most),
    "identifiers-at-most": Predicate(_count, identifiers_at_most),
    "manifest-identifier-at-most": Predicate(_count, manifest_identifier_at_most),
    "forbidden-in-resource-identifiers": Predicate(_word, forbidden_in_resource_identifiers),
    "references-resolve": Predicate(_true, references_resolve),
    "isvisible-explicit": Predicate(_true, isvisible_explicit),
    "first-resource-launches": Predicate(_true, first_resource_launches),
    "plain-launch": Predicate(_true, plain_launch),
    "no-parameters": Predicate(_true, no_parameters),
    "sco-marked": Predicate(_true, sco_marked),
    "scormtype-everywhere": Predicate(_true, scormtype_everywhere),
    "one-sco": Predicate(_true, one_sco),
    "mastery-overrides": Predicate(_true, mastery_overrides),
    "measure-on-last-objective": Predicate(_true, measure_on_last_objective),
    "no-sequencing": Predicate(_true, sequencing_rules),
    "delivery-controls": Predicate(_true, delivery_controls),
    "first-activity-launches": Predicate(_true, first_activity_launches),
    "launch-without-fragment": Predicate(_true, launch_without_fragment),
    "valid-descriptor": Predicate(_true, valid_descriptor),
    "one-au": Predicate(_true, one_au),
    "no-move-on": Predicate(_words, no_move_on),
    "literal-urls": Predicate(_true, literal_urls),
}
"""All predicates by their name in profiles, where the parameter follows the name."""
