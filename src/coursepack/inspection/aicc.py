"""Reads the description files of an AICC course: its title and units."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from coursepack.inspection.manifest import MOST_NODES, ManifestFacts, percentage
from coursepack.inspection.nodes import Node, printable_text
from coursepack.rules.descriptions import STRUCTURE, TITLES, UNITS, Row, description

if TYPE_CHECKING:
    from coursepack.package import Package


def find(package: Package) -> ManifestFacts:
    """The course and its units, in the order of the course structure file."""
    read = description(package)
    titles = {row.get("system_id").lower(): row.get("title") for row in read.rows(TITLES)}
    order = [member.lower() for row in read.rows(STRUCTURE) for member in row.members]
    places = {member: place for place, member in reversed(list(enumerate(order)))}
    units = sorted(read.rows(UNITS), key=lambda row: places.get(row.get("system_id").lower(), len(places)))
    tree = tuple(_node(row, titles) for row in islice(units, MOST_NODES))
    return ManifestFacts(
        title=printable_text(read.course.get("course_title", "")),
        identifier=printable_text(read.course.get("course_id", "")),
        tree=tree,
        left_out=len(units) - len(tree),
    )


def _node(row: Row, titles: dict[str, str]) -> Node:
    identifier, mastery = row.get("system_id"), row.get("mastery_score")
    return Node(
        "unit",
        title=printable_text(titles.get(identifier.lower(), "")),
        identifier=printable_text(identifier),
        launch=printable_text(row.get("file_name")),
        mastery=printable_text(mastery),
        pass_mark=percentage(mastery, 100),
    )
