"""Fixes the order of elements by the schemas, and metadata in the wrong place."""

from __future__ import annotations

from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING

from coursepack.package import local
from coursepack.repair.tree import drop, inner, is_blank, space

if TYPE_CHECKING:
    from lxml.etree import _Element

    from coursepack.repair.tree import Tree

# The sequences of imscp_rootv1p1p2.xsd and imscp_v1p1.xsd, which are the same here; other namespaces come last.
_SCORM = {
    "manifest": ("metadata", "organizations", "resources", "manifest"),
    "metadata": ("schema", "schemaversion"),
    "organizations": ("organization",),
    "organization": ("title", "item", "metadata"),
    "item": ("title", "item", "metadata"),
    "resources": ("resource",),
    "resource": ("metadata", "file", "dependency"),
    "file": ("metadata",),
}
# CourseStructure.xsd; units and blocks share a place, and the texts of an objective can be in any order.
_CMI5 = {
    "courseStructure": ("course", "objectives", "au block"),
    "course": ("title", "description"),
    "objectives": ("objective",),
    "block": ("title", "description", "objectives", "au block"),
    "au": ("title", "description", "objectives", "url", "launchParameters", "entitlementKey"),
}
_REPEATED = frozenset(
    {"item", "file", "dependency", "organization", "resource", "manifest", "au", "block", "objective"}
)

_WITHOUT_METADATA = ("organizations", "resources")


def mend_order(tree: Tree) -> None:
    """Sorts the children of each element in the order of the schema; equal ones keep their order."""
    for name, order in (_CMI5 if tree.name == "cmi5.xml" else _SCORM).items():
        places = {one: place for place, names in enumerate(order) for one in names.split()}
        for parent in tree.named(name):
            if _sort(parent, places):
                tree.report(parent, "The contents of {0} are now in the order of the schema.", name)


def move_metadata(tree: Tree) -> None:
    """Moves metadata from `organizations` or `resources`, which must not have any, to a manifest without."""
    if inner(tree.root, "metadata"):
        return
    for parent, metadata in _misplaced(tree):
        if drop(metadata):
            metadata.tail = tree.root.text if is_blank(tree.root.text) else None
            tree.root.insert(0, metadata)
            tree.report(tree.root, "The metadata in {0} are now the manifest's.", local(parent))
            tree.look_again()
            return


def drop_repeated_metadata(tree: Tree) -> None:
    """Removes metadata from `organizations` and `resources` if it only repeats that of the manifest."""
    own = next(iter(inner(tree.root, "metadata")), None)
    known = {_content(child) for child in own} if own is not None else set()
    for parent, metadata in _misplaced(tree) if known else []:
        if {_content(child) for child in metadata} <= known and drop(metadata):
            message = "The metadata in {0}, which only repeated the manifest's, were removed."
            tree.report(parent, message, local(parent))
    tree.look_again()


def _misplaced(tree: Tree) -> list[tuple[_Element, _Element]]:
    """Metadata where the schemas do not allow it, with its parent."""
    parents = [found for name in _WITHOUT_METADATA for found in tree.named(name)]
    return [(parent, metadata) for parent in parents for metadata in inner(parent, "metadata")]


def _sort(parent: _Element, places: dict[str, int]) -> bool:
    """Sorts an element's children, a comment with what follows it; False when nothing changed.

    White space stays in place. Elements with text between their children are left unchanged, and those with two
    elements where one is allowed, since it is unclear which of them counts.
    """
    nodes = list(parent)
    if len(nodes) < 2 or not all(map(is_blank, (parent.text, *(node.tail for node in nodes)))):
        return False
    single = [local(node) for node in nodes if isinstance(node.tag, str) and space(node) == space(parent)]
    if any(count > 1 and name in places.keys() - _REPEATED for name, count in Counter(single).items()):
        return False
    found: list[tuple[int, list[_Element]]] = []
    group: list[_Element] = []
    reached = -1
    for node in nodes:
        group.append(node)
        if isinstance(node.tag, str):
            is_native = space(node) == space(parent)
            # Elements unknown to the schema stay after the element that they follow.
            reached = places.get(local(node), reached) if is_native else len(places)
            found.append((reached, group))
            group = []
    found.append((len(places), group))
    ordered = [node for _, group in sorted(found, key=itemgetter(0)) for node in group]
    if ordered == nodes:
        return False
    blanks = [node.tail for node in nodes]
    parent[:] = ordered
    for node, blank in zip(ordered, blanks, strict=True):
        node.tail = blank
    return True


def _content(element: _Element) -> object:
    """The content of an element without white space and comments."""
    if not isinstance(element.tag, str):
        return None
    attributes = frozenset((str(key), value) for key, value in element.attrib.items())
    text = " ".join((element.text or "").split())
    return element.tag, attributes, text, tuple(found for child in element if (found := _content(child)))
