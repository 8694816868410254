"""Reads what a picture says about its author and its rights."""

from __future__ import annotations

from pathlib import Path

from coursepack.inspection.nodes import printable_text
from coursepack.inventory.medium import Credit
from coursepack.reading.media_heads import IMAGE_TYPES, suffix

_DC = "{http://purl.org/dc/elements/1.1/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_WEB = "{http://ns.adobe.com/xap/1.0/rights/}WebStatement"
_LICENCE = ("{http://creativecommons.org/ns#}license", "{http://web.resource.org/cc/}license")

# Exif 3.0, 4.6.5: Artist and Copyright.
_ARTIST, _COPYRIGHT = 0x013B, 0x8298


def credit_of(path: Path) -> Credit:
    """The credit in the metadata of a picture; empty for other files. Raises OSError."""
    kind = suffix(path.name)
    if kind not in IMAGE_TYPES:
        return Credit()
    if kind == "svg":
        return _of_xmp(path.read_bytes())
    from PIL import Image

    with Image.open(path) as picture:
        found, exif = _of_xmp(picture.info.get("xmp", b"")), picture.getexif()
    return Credit(
        found.author or _text(exif.get(_ARTIST)), found.rights or _text(exif.get(_COPYRIGHT)), found.licence
    )


def _of_xmp(packet: bytes) -> Credit:
    """The credit in XMP (ISO 16684-1), or in the RDF of a drawing."""
    # Most pictures have none.
    if b"rdf-syntax-ns#" not in packet:
        return Credit()
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(packet.strip(b"\0 \t\r\n"), parser)
    except etree.XMLSyntaxError:
        return Credit()
    values: dict[str, str] = {}
    for element in root.iter("{*}*"):
        value = element.get(f"{_RDF}resource") or " ".join(" ".join(element.itertext("{*}*")).split())
        values.setdefault(str(element.tag), value)
        for name, text in element.attrib.items():
            values.setdefault(str(name), str(text))
    licence = next((values[name] for name in (*_LICENCE, _WEB) if values.get(name)), "")
    return Credit(_text(values.get(f"{_DC}creator")), _text(values.get(f"{_DC}rights")), _text(licence))


def _text(value: object) -> str:
    """A text of metadata on one line, without control characters, at most 200 characters long."""
    return printable_text(str(value or ""))
