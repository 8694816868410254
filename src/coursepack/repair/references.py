"""Fixes references to files in a manifest: paths in another case or with backslashes, and files that are not listed."""

from __future__ import annotations

import posixpath
import unicodedata
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from coursepack.package import MANIFESTS, MAX_MANIFEST, local
from coursepack.problems import Count
from coursepack.repair.names import leads_out
from coursepack.repair.tree import Tree, add, address_path, href_path, inner, inside, words
from coursepack.rules.container import is_junk
from coursepack.rules.rule import several, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

# RFC 2396 3.3, without ':', which some LMSs treat as the end of a scheme.
_PLAIN = "/~!$&'()*+,;=@"
_NO_FILES = (".xsd", ".dtd")
"""Schemas need not be listed; test suites exempt them."""

_MOST_ADDED = MAX_MANIFEST // 2


class _Reference(NamedTuple):
    """A reference to a file in a manifest: in an attribute, or without `key` in the element's text.

    `literal`: importers look up the path as written, so nothing in it may be encoded.
    """

    element: _Element
    key: str
    value: str
    literal: bool


def mend_paths(tree: Tree) -> None:
    """Corrects each path to the name of its file. Paths to no file, to one of several, or with xml:base are kept."""
    if tree.is_moved:
        return
    for reference in _references(tree):
        new = _corrected(tree, reference)
        if not new or new == reference.value:
            continue
        if reference.key:
            reference.element.set(reference.key, new)
        else:
            reference.element.text = new
        tree.report(
            reference.element,
            "The path {0} is now {1}, as the file is named.",
            shortened(reference.value),
            shortened(new),
        )


def mend_junk(tree: Tree) -> None:
    """Removes junk from the lists of files; files that the manifest refers to elsewhere are not junk, and are kept."""
    for reference in _references(tree):
        if local(reference.element) != "file":
            for path in (address_path(reference.value), unquote(address_path(reference.value))):
                if inside(path) in tree.plan.junk:
                    tree.plan.files[inside(path)] = tree.plan.junk.pop(inside(path))
    gone = [file for file in tree.named("file") if href_path(file) in tree.plan.junk]
    for file in gone if not tree.is_moved else []:
        parent = file.getparent()
        if parent is not None and not (file.tail or "").strip():
            tree.report(file, "{0}, which is junk, is no longer listed.", shortened(href_path(file)))
            parent.remove(file)


def mend_lists(tree: Tree) -> None:
    """Lists unlisted start pages as files of their resources, and all other unlisted files under the first SCO."""
    if tree.is_moved:
        return
    listed = {href_path(file) for file in tree.named("file")}
    for resource in tree.named("resource"):
        path = href_path(resource)
        if path in tree.plan.files and path not in listed:
            _list(resource, [path], None)
            tree.report(resource, "{0} is now listed as a file of its resource.", shortened(path))
    sco = next((found for found in tree.launched() if scormtype(found) == "sco"), None)
    extra = sorted(_unlisted(tree))
    # A manifest that is too large to read would be worse than one that does not list every file.
    if sco is None or not extra or sum(len(quote(name)) + 40 for name in extra) > _MOST_ADDED:
        return
    _list(sco, extra, next(reversed(inner(sco, "file")), None))
    where = shortened(sco.get("identifier", ""))
    if len(extra) == 1:
        tree.report(sco, "An unlisted file is now listed under {0}: {1}.", where, several(extra))
    else:
        count = Count(len(extra))
        tree.report(sco, "{0} unlisted files are now listed under {1}: {2}.", count, where, several(extra))


def scormtype(resource: _Element) -> str | None:
    """Whether a resource is a `sco` or an `asset`, in any namespace and case of the attribute name."""
    for key in map(str, resource.attrib):
        if key.rpartition("}")[2].lower() == "scormtype":
            return resource.get(key)
    return None


def _list(resource: _Element, names: list[str], after: _Element | None) -> None:
    if after is None:
        after = next(reversed(inner(resource, "metadata")), None)
    for name in names:
        after = add(resource, "file", after)
        after.set("href", quote(name, safe=_PLAIN))


def _unlisted(tree: Tree) -> Iterator[str]:
    listed = {href_path(element) for name in ("resource", "file") for element in tree.named(name)}
    listed |= {inside(unquote(address_path(words(found)))) for found in tree.elements.get("location", [])}
    for name in tree.plan.files:
        if name in listed or name in MANIFESTS or name.endswith(_NO_FILES) or is_junk(name):
            continue
        # A path that cannot be written, or would not lead back to the file, is better left unlisted.
        if (
            not leads_out(name)
            and posixpath.normpath(name) == name
            and "\\" not in name
            and not _has_control(name)
        ):
            yield name


def _has_control(name: str) -> bool:
    return any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name)


def _references(tree: Tree) -> Iterator[_Reference]:
    if tree.name == MANIFESTS[0]:
        for name in ("resource", "file"):
            for element in tree.named(name):
                yield _Reference(element, "href", element.get("href", "").strip(), literal=False)
        for element in tree.elements.get("location", []):
            yield _Reference(element, "", words(element), literal=False)
        return
    for name in ("url",) if tree.name == "cmi5.xml" else ("launch", "resource"):
        for element in tree.named(name):
            yield _Reference(element, "", words(element), literal=True)


def _corrected(tree: Tree, reference: _Reference) -> str:
    """The path with the actual name of its file; empty when it is already correct, or when there is no such file."""
    path = address_path(reference.value)
    for written in dict.fromkeys((path, unquote(path)) if reference.literal else (unquote(path),)):
        short = inside(written.replace("\\", "/"))
        found = tree.true_name(short) if short else ""
        is_right = found == short and "\\" not in written
        if found and (is_right or inside(written) in tree.plan.files):
            return ""
        if found:
            plain = reference.literal and "%" not in path and not any(sign in found for sign in "%?#")
            return (found if plain else quote(found, safe=_PLAIN)) + reference.value[len(path) :]
    return ""
