"""Summarizes a package: its standard, what learners open, completion criteria and sizes.

It does not check anything, and describes as much of a broken package as it can.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coursepack.detection import detect_kinds, detect_maker, folder_of_manifest
from coursepack.inspection import aicc, cmi5, page, reports, scorm, xapi
from coursepack.inspection.facts import Facts, text
from coursepack.inspection.manifest import MOST_NODES, ManifestFacts
from coursepack.inspection.nodes import (
    File,
    Node,
    Share,
    Sizes,
    nodes_of,
    printable_message,
    printable_path,
    printable_text,
    size_words,
    status_of,
)
from coursepack.inspection.sizes import sizes_of
from coursepack.inspection.terminal import said, size_in
from coursepack.package import MANIFEST, WEB_PAGE, open_package
from coursepack.problems import Message, parts
from coursepack.rules.standards import standard_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursepack.package import Package

__all__ = [
    "Facts",
    "File",
    "Node",
    "Share",
    "Sizes",
    "facts_of",
    "inspect",
    "said",
    "size_in",
    "size_words",
    "text",
]


def inspect(path: str | Path) -> Facts:
    """The facts of a package: a zip, a folder or a single manifest.

    Never raises because of the contents: `faults` says why facts are missing, also when there is no package.
    """
    with open_package(Path(path)) as package:
        return facts_of(package)


def facts_of(package: Package) -> Facts:
    """The facts of an open package. Never raises because of its contents."""
    kinds = tuple(map(printable_text, detect_kinds(package)))
    is_wrapped = any(kind.endswith(" in a folder") for kind in kinds)
    folder = folder_of_manifest(package) if is_wrapped else ""
    inner = _inside(package, folder) if folder else package
    standard = standard_of(inner)
    opened = standard.launch_files(inner)[:MOST_NODES] if standard else ()
    found = _found(inner, standard.name if standard else "")
    # SCORM manifests seldom have a language; the launched page does.
    languages = found.languages or (page.find(inner, opened[0]).languages if opened else ())
    return Facts(
        name=printable_text(package.name),
        title=found.title,
        kinds=kinds,
        maker=printable_text(detect_maker(package)),
        manifest=printable_path(folder + inner.manifest.name) if inner.manifest.name else "",
        identifier=found.identifier,
        version=found.version,
        languages=languages,
        description=found.description,
        status=status_of(found.tree),
        reports=reports.find(inner, standard.name if standard else ""),
        tree=found.tree,
        left_out=found.left_out,
        launch_files=tuple(printable_path(folder + name) for name in opened),
        sizes=sizes_of(package),
        faults=tuple(_faults(inner, kinds, folder)),
    )


def _inside(package: Package, folder: str) -> Package:
    """The package in a folder of another package; `folder` ends with a slash."""
    return package.under_other_names(
        {name.removeprefix(folder): entry for name, entry in package.files.items() if name.startswith(folder)}
    )


def _found(package: Package, standard: str) -> ManifestFacts:
    """Facts of the main manifest, or else of the start page, with the trees of other manifests."""
    manifest = package.manifest
    if standard == "AICC":
        return aicc.find(package)
    if not manifest.name:
        found = page.find(package, WEB_PAGE)
        # Only in our own web editions, learners certainly open the start page.
        return found if standard else replace(found, tree=())
    found = ManifestFacts()
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


def _faults(package: Package, kinds: tuple[str, ...], folder: str) -> Iterator[Message]:
    fault = package.manifest.fault
    if package.fault:
        yield printable_message(package.fault.message)
    elif fault and package.manifest.name:
        name = folder + package.manifest.name
        place = f"{name}:{fault.line}" if fault.line else name
        yield Message("{0}: {1}", printable_text(place), parts(printable_message(fault.message)))
    elif fault and not kinds:
        yield printable_message(fault.message)
