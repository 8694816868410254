"""Reads `cmi5.xml`: the course, its blocks and its assignable units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.inspection.manifest import (
    MOST_NODES,
    ManifestFacts,
    build_tree,
    languages_in,
    percentage,
    text_of,
)
from coursepack.inspection.nodes import Node, printable_text
from coursepack.package import children_named, first, local

if TYPE_CHECKING:
    from lxml.etree import _Element


def find(root: _Element, most: int = MOST_NODES) -> ManifestFacts:
    """The facts of the manifest, with at most `most` nodes. The course is the root of the tree."""
    roots = [root] if local(root) == "courseStructure" else []
    tree, left_out = build_tree(roots, lambda element: children_named(element, "block", "au"), _node, most)
    course = first(root, "course")
    return ManifestFacts(
        title=text_of(first(course, "title")),
        identifier=printable_text(course.get("id", "")) if course is not None else "",
        languages=languages_in(root),
        description=text_of(first(course, "description")),
        tree=tree,
        left_out=left_out,
    )


def _node(element: _Element) -> Node:
    kind = local(element).lower()
    if kind not in ("block", "au"):
        course = first(element, "course")
        identifier = course.get("id", "") if course is not None else ""
        return Node("course", title=text_of(first(course, "title")), identifier=printable_text(identifier))
    node = Node(
        kind, title=text_of(first(element, "title")), identifier=printable_text(element.get("id", ""))
    )
    if kind == "block":
        return node
    mastery = printable_text(element.get("masteryScore", ""))
    return Node(
        kind,
        title=node.title,
        identifier=node.identifier,
        type=printable_text(element.get("activityType", "")),
        launch=text_of(first(element, "url")),
        mastery=mastery,
        pass_mark=percentage(mastery, 1),
        move_on=printable_text(element.get("moveOn", "")),
        launch_method=printable_text(element.get("launchMethod", "")),
    )
