"""Tells what is in a package at a glance: what it is, what learners open, when it is done, and where the bytes are.

It judges nothing, and tells of a broken package what can be told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coursepack.detection import kinds_of, maker_of
from coursepack.inspection import aicc, cmi5, page, scorm, xapi
from coursepack.inspection.facts import Facts, text
from coursepack.inspection.manifest import MOST_NODES, Found
from coursepack.inspection.nodes import File, Node, Share, Sizes, nodes_of, size_words, status_of, told
from coursepack.inspection.sizes import sizes_of
from coursepack.package import MANIFEST, WEB_PAGE
from coursepack.rules.standards import standard_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.package import Package

__all__ = ["Facts", "File", "Node", "Share", "Sizes", "inspect", "size_words", "text"]


def inspect(package: Package) -> Facts:
    """What a package that is open tells of itself. Never raises for what it holds."""
    kinds = tuple(map(told, kinds_of(package)))
    standard = standard_of(package)
    opened = standard.launch_files(package)[:MOST_NODES] if standard else ()
    found = _found(package, standard.name if standard else "")
    # Manifests of SCORM seldom say the language; the page that learners open does.
    languages = found.languages or (page.find(package, opened[0]).languages if opened else ())
    return Facts(
        name=told(package.name),
        title=found.title,
        kinds=kinds,
        maker=told(maker_of(package)),
        manifest=package.manifest.name,
        identifier=found.identifier,
        version=found.version,
        languages=languages,
        description=found.description,
        status=status_of(found.tree),
        tree=found.tree,
        left_out=found.left_out,
        launch_files=tuple(map(told, opened)),
        sizes=sizes_of(package),
        faults=tuple(_faults(package, kinds)),
    )


def _found(package: Package, standard: str) -> Found:
    """What the manifest that counts tells, or else the start page; other manifests add their trees."""
    manifest = package.manifest
    if standard == "AICC":
        return aicc.find(package)
    if not manifest.name:
        found = page.find(package, WEB_PAGE)
        # Who knows what opens the start page of what is no course of ours.
        return found if standard else replace(found, tree=())
    found = Found()
    if manifest.root is not None and manifest.name == MANIFEST:
        found = scorm.find(package, manifest.root)
    for name, find in (("cmi5.xml", cmi5.find), ("tincan.xml", xapi.find)):
        root = package.manifest_in(name).root if name in package.files else None
        if root is None:
            continue
        other = find(root, MOST_NODES - sum(1 for _ in nodes_of(found.tree)))
        left_out = found.left_out + other.left_out
        first = other if name == manifest.name else found
        found = replace(first, tree=(*found.tree, *other.tree), left_out=left_out)
    return found


def _faults(package: Package, kinds: tuple[str, ...]) -> Iterator[str]:
    fault = package.manifest.fault
    if package.fault:
        yield told(package.fault.message)
    elif fault and package.manifest.name:
        place = f"{package.manifest.name}:{fault.line}" if fault.line else package.manifest.name
        yield told(f"{place}: {fault.message}")
    elif fault and not kinds:
        yield told(fault.message)
