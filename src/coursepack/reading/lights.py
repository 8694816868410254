"""Covers with lights: SVG drawings that become part of the document, where the player's script reaches them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coursepack.reading.svg import SPACE

if TYPE_CHECKING:
    from lxml.etree import _Element

_SHAPES = frozenset(
    f"{{{SPACE}}}{name}"
    for name in (
        *("svg", "g", "title", "desc"),
        *("path", "circle", "ellipse", "rect", "line", "polyline", "polygon"),
    )
)
# They could mean something in the document, or something there could mean them.
_REACHING = ("id", "class", "style")
_LIGHTS = ("data-light", "data-dim")


class Hindrance(NamedTuple):
    """What keeps a drawing out of the document: an element, or an attribute, and its line."""

    element: str
    attribute: str
    line: int


def lit_drawing(path: Path) -> _Element | None:
    """The drawing of a file in which something lights up; None of any other file. Raises OSError.

    The file was read as a picture before: it is XML, and holds nothing that runs or loads.
    """
    if path.suffix.lower() != ".svg":
        return None
    data = path.read_bytes()
    if not any(name.encode() in data for name in _LIGHTS):
        return None
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    root = etree.fromstring(data, parser)
    return root if any(name in each.attrib for each in root.iter() for name in _LIGHTS) else None


def hindrance(root: _Element) -> Hindrance | None:
    """The first thing in a drawing that does more than draw shapes."""
    for each in root.iter():
        if each.tag not in _SHAPES:
            return Hindrance(str(each.tag).rpartition("}")[2], "", each.sourceline or 1)
        attribute = next((name for name in _REACHING if name in each.attrib), "")
        if attribute:
            return Hindrance("", attribute, each.sourceline or 1)
    return None
