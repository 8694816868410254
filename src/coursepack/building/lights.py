"""A cover whose parts light up: an SVG drawing that is part of the document, where the player's script reaches it."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from coursepack.reading.lights import hindrance, lit_drawing


def drawing_with_lights(path: Path, *, titled: bool = True) -> Markup | None:
    """The drawing as markup; None when nothing in it lights up, or when it does more than draw shapes.

    Its title is in the course's main language: `titled` is False for other languages.

    The reader of the course has checked that the file contains nothing that runs or loads.
    """
    root = lit_drawing(path)
    if root is None or hindrance(root):
        return None
    from lxml import etree

    for each in root.iter():
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
