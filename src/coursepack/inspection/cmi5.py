"""What a `cmi5.xml` tells: the course, its blocks and its assignable units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.inspection.manifest import MOST_NODES, Found, first, grow, languages_in, named, share, words
from coursepack.inspection.nodes import Node, told
from coursepack.rules.ims import local

if TYPE_CHECKING:
    from lxml.etree import _Element


def find(root: _Element, most: int = MOST_NODES) -> Found:
    """What the manifest tells, with at most so many nodes. The course is the one node at the top of the tree."""
    roots = [root] if local(root) == "courseStructure" else []
    tree, left_out = grow(roots, lambda element: named(element, "block", "au"), _node, most)
    course = first(root, "course")
    return Found(
        title=words(first(course, "title")),
        identifier=told(course.get("id", "")) if course is not None else "",
        languages=languages_in(root),
        description=words(first(course, "description")),
        tree=tree,
        left_out=left_out,
    )


def _node(element: _Element) -> Node:
    kind = local(element).lower()
    if kind not in ("block", "au"):
        course = first(element, "course")
        identifier = course.get("id", "") if course is not None else ""
        return Node("course", title=words(first(course, "title")), identifier=told(identifier))
    node = Node(kind, title=words(first(element, "title")), identifier=told(element.get("id", "")))
    if kind == "block":
        return node
    mastery = told(element.get("masteryScore", ""))
    return Node(
        kind,
        title=node.title,
        identifier=node.identifier,
        type=told(element.get("activityType", "")),
        launch=words(first(element, "url")),
        mastery=mastery,
        pass_mark=share(mastery, 1),
        move_on=told(element.get("moveOn", "")),
        launch_method=told(element.get("launchMethod", "")),
    )
