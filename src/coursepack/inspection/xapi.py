"""What a `tincan.xml` tells: its activities, and which of them is launched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursepack.inspection.manifest import MOST_NODES, Found, first, grow, languages_in, named, words
from coursepack.inspection.nodes import Node, told
from coursepack.rules.ims import text

if TYPE_CHECKING:
    from lxml.etree import _Element


def find(root: _Element, most: int = MOST_NODES) -> Found:
    """What the manifest tells, with at most so many nodes; title and id are those of the activity that is launched."""
    activities = [activity for top in named(root, "activities") for activity in named(top, "activity")]
    tree, left_out = grow(activities, lambda _: [], _node, most)
    main = next((activity for activity in activities if _launch(activity)), next(iter(activities), None))
    return Found(
        title=words(first(main, "name")),
        identifier=told(main.get("id", "")) if main is not None else "",
        languages=languages_in(root),
        description=words(first(main, "description")),
        tree=tree,
        left_out=left_out,
    )


def _node(activity: _Element) -> Node:
    return Node(
        kind="activity",
        title=words(first(activity, "name")),
        identifier=told(activity.get("id", "")),
        type=told(activity.get("type", "")),
        launch=told(_launch(activity)),
    )


def _launch(activity: _Element) -> str:
    return next(filter(None, map(text, named(activity, "launch", "resource"))), "")
