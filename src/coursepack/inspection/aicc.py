"""Reads the description files of an AICC course: its title and units."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from coursepack.inspection.manifest import MOST_LEVELS, MOST_NODES, ManifestFacts, percentage
from coursepack.inspection.nodes import Node, printable_path, printable_text
from coursepack.rules.descriptions import STRUCTURE, TITLES, UNITS, Row, description, prerequisites

if TYPE_CHECKING:
    from coursepack.package import Package


def find(package: Package) -> ManifestFacts:
    """The course and its units, in the order of the course structure file."""
    read = description(package)
    titles = {row.get("system_id").lower(): row.get("title") for row in read.rows(TITLES)}
    order = [member.lower() for row in read.rows(STRUCTURE) for member in row.members]
    places = {member: place for place, member in reversed(list(enumerate(order)))}
    before = prerequisites(package)
    blocks = {
        member.lower(): row.get("block").lower() for row in read.rows(STRUCTURE) for member in row.members
    }
    units = sorted(read.rows(UNITS), key=lambda row: places.get(row.get("system_id").lower(), len(places)))
    tree = tuple(_node(row, titles, _needed(row, before, blocks)) for row in islice(units, MOST_NODES))
    return ManifestFacts(
        title=printable_text(read.course.get("course_title", "")),
        identifier=printable_text(read.course.get("course_id", "")),
        tree=tree,
        left_out=len(units) - len(tree),
    )


def _needed(row: Row, before: dict[str, str], blocks: dict[str, str]) -> str:
    """The prerequisites of a unit and of the blocks that contain it."""
    found: dict[str, str] = {}
    element = row.get("system_id").lower()
    while element and element not in found and len(found) < MOST_LEVELS:
        found[element] = before.get(element, "")
        element = blocks.get(element, "")
    return " & ".join(filter(None, found.values()))


def _node(row: Row, titles: dict[str, str], needed: str) -> Node:
    identifier, mastery = row.get("system_id"), row.get("mastery_score")
    return Node(
        "unit",
        title=printable_text(titles.get(identifier.lower(), "")),
        identifier=printable_text(identifier),
        launch=printable_path(row.get("file_name")),
        mastery=printable_text(mastery),
        pass_mark=percentage(mastery, 100),
        prerequisites=printable_text(needed),
    )
