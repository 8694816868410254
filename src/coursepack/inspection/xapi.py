"""Reads `tincan.xml`: its activities, and the one that is launched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.inspection.manifest import MOST_NODES, ManifestFacts, build_tree, languages_in, text_of
from coursepack.inspection.nodes import Node, printable_text
from coursepack.package import children_named, first
from coursepack.rules.ims import text

if TYPE_CHECKING:
    from lxml.etree import _Element


def find(root: _Element, most: int = MOST_NODES) -> ManifestFacts:
    """The facts of the manifest, with at most `most` nodes; title and id are those of the launched activity."""
    activities = [
        activity for top in children_named(root, "activities") for activity in children_named(top, "activity")
    ]
    tree, left_out = build_tree(activities, lambda _: [], _node, most)
    main = next((activity for activity in activities if _launch(activity)), next(iter(activities), None))
    return ManifestFacts(
        title=text_of(first(main, "name")),
        identifier=printable_text(main.get("id", "")) if main is not None else "",
        languages=languages_in(root),
        description=text_of(first(main, "description")),
        tree=tree,
        left_out=left_out,
    )


def _node(activity: _Element) -> Node:
    return Node(
        kind="activity",
        title=text_of(first(activity, "name")),
        identifier=printable_text(activity.get("id", "")),
        type=printable_text(activity.get("type", "")),
        launch=printable_text(_launch(activity)),
    )


def _launch(activity: _Element) -> str:
    return next(filter(None, map(text, children_named(activity, "launch", "resource"))), "")
