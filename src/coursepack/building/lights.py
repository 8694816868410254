"""A cover whose parts light up: an SVG drawing that is part of the document, where the player's script reaches it."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset(
    f"{_SVG}{name}"
    for name in (
        *("svg", "g", "title", "desc"),
        *("path", "circle", "ellipse", "rect", "line", "polyline", "polygon"),
    )
)
# They could mean something in the document, or something there could mean them.
_REACHING = ("id", "class", "style")
_LIGHTS = ("data-light", "data-dim")


def drawing_with_lights(path: Path, *, titled: bool = True) -> Markup | None:
    """The drawing as markup; None when nothing in it lights up, or when it does more than draw shapes.

    Its title is in the course's main language: `titled` is False where another one is read.

    That the file holds nothing that runs or loads was checked when the course was read.
    """
    if path.suffix.lower() != ".svg":
        return None
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    root = etree.fromstring(path.read_bytes(), parser)
    elements = list(root.iter())
    if not any(name in each.attrib for each in elements for name in _LIGHTS):
        return None
    if any(each.tag not in _SHAPES or any(name in each.attrib for name in _REACHING) for each in elements):
        return None
    for each in elements:
        each.tag = etree.QName(each).localname
    if not titled:
        for title in root.findall("title"):
            root.remove(title)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    if "preserveAspectRatio" not in root.attrib:
        root.set("preserveAspectRatio", "xMidYMid slice")
    root.set("role", "img")
    etree.cleanup_namespaces(root)
    return Markup(etree.tostring(root, encoding="unicode", method="html", with_tail=False))
