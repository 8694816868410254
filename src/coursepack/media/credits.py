"""The metadata of pictures that is kept: orientation, author, terms of use, and whether they are synthetic.

Each function takes a block of metadata and returns the part to keep in the same format, or nothing.
"""

from __future__ import annotations

import struct

BLOCK_LIMIT = 10_000_000
"""Bytes of the largest block of metadata that is read; larger ones contain pictures or films."""

_ORIENTATION, _ARTIST, _COPYRIGHT = 0x0112, 0x013B, 0x8298
_SIZES = {2: 1, 3: 2, 129: 1}
"""Bytes of a value by its type: ASCII, SHORT and UTF-8 (Exif 3.0, 4.6.2)."""

_DC = "{http://purl.org/dc/elements/1.1/}"
_PLUS = "{http://ns.useplus.org/ldf/xmp/1.0/}"
# IPTC Photo Metadata Standard 2023.1, Digital Source Type.
_IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_SOURCE_TYPE = f"{{{_IPTC_EXTENSION}}}DigitalSourceType"
_KEPT = (
    _SOURCE_TYPE,
    f"{_DC}creator",
    f"{_DC}rights",
    "{http://ns.adobe.com/photoshop/1.0/}Credit",
    f"{_PLUS}CopyrightOwner",
    f"{_PLUS}Licensor",
)
_KEPT_SPACES = ("{http://ns.adobe.com/xap/1.0/rights/}", "{http://creativecommons.org/ns#}")
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"

# IPTC IIM 4.2: coded character set, by-line, credit, copyright notice.
_DATASETS = ((1, 90), (2, 80), (2, 110), (2, 116))
# Adobe Photoshop File Formats: IPTC, the copyright flag, and its URL.
_IPTC, _RESOURCES = 0x0404, (0x0404, 0x040A, 0x040B)


def exif(block: bytes) -> bytes:
    """Exif 3.0, 4.5: orientation, artist and copyright of the first picture's directory."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return b""
    kept: dict[int, tuple[int, int, bytes]] = {}
    try:
        (start,) = struct.unpack_from(f"{order}L", block, 4)
        (entries,) = struct.unpack_from(f"{order}H", block, start)
        for at in range(start + 2, start + 2 + 12 * entries, 12):
            tag, kind, count = struct.unpack_from(f"{order}HHL", block, at)
            length = count * _SIZES.get(kind, 0)
            if tag not in (_ORIENTATION, _ARTIST, _COPYRIGHT) or not length:
                continue
            place = at + 8 if length <= 4 else struct.unpack_from(f"{order}L", block, at + 8)[0]
            kept[tag] = kind, count, block[place : place + length]
    except struct.error:
        # Browsers use the orientation that can be read before the damage.
        pass
    turned = kept.get(_ORIENTATION)
    if turned and not (turned[:2] == (3, 1) and struct.unpack(f"{order}H", turned[2])[0] in range(2, 9)):
        del kept[_ORIENTATION]
    return _directory(block[:4], order, {tag: kept[tag] for tag in sorted(kept) if any(kept[tag][2])})


def _directory(mark: bytes, order: str, values: dict[int, tuple[int, int, bytes]]) -> bytes:
    if not values:
        return b""
    behind = 8 + 2 + 12 * len(values) + 4
    entries, data = b"", b""
    for tag, (kind, count, value) in values.items():
        place = value.ljust(4, b"\0")
        if len(value) > 4:
            place = struct.pack(f"{order}L", behind + len(data))
            # TIFF 6.0: a value begins at an even offset.
            data += value + b"\0" * (len(value) % 2)
        entries += struct.pack(f"{order}HHL", tag, kind, count) + place
    head = struct.pack(f"{order}LH", 8, len(values))
    return mark + head + entries + bytes(4) + data


def photoshop(block: bytes) -> bytes:
    """Photoshop resources, including the IPTC record."""
    kept = b""
    at = 0
    while block[at : at + 4] == b"8BIM" and at + 12 <= len(block):
        (number,) = struct.unpack_from(">H", block, at + 4)
        name = 1 + block[at + 6]
        start = at + 6 + name + name % 2 + 4
        (length,) = struct.unpack_from(">L", block, start - 4)
        end = start + length + length % 2
        if number == _IPTC:
            iptc = _iptc(block[start : start + length])
            if iptc:
                kept += block[at : start - 4] + struct.pack(">L", len(iptc)) + iptc + b"\0" * (len(iptc) % 2)
        elif number in _RESOURCES:
            kept += block[at:end]
        at = end
    return kept


def _iptc(record: bytes) -> bytes:
    kept = b""
    at = 0
    tells = False
    while record[at : at + 1] == b"\x1c" and at + 5 <= len(record):
        number, dataset, length = struct.unpack_from(">BBH", record, at + 1)
        end = at + 5 + length
        # IIM 1.5: the highest bit is set for a length of more than two bytes, which no credit has.
        if length & 0x8000:
            break
        if (number, dataset) in _DATASETS:
            kept += record[at:end]
            tells = tells or number == 2
        at = end
    return kept if tells else b""


def xmp(packet: bytes, source_type: str = "") -> bytes:
    """XMP (ISO 16684-1): creator, rights, licence and digital source type, or the given one instead.

    An empty packet has none of them. `source_type` is the IRI of a term.
    """
    # Most pictures have none.
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )

    def is_kept(name: object) -> bool:
        return _is_kept(str(name)) and not (source_type and name == _SOURCE_TYPE)

    kept = etree.Element(f"{_RDF}RDF", nsmap={"rdf": _RDF[1:-1]})
    try:
        root = etree.fromstring(packet.strip(b"\0 \t\r\n"), parser)
    except etree.XMLSyntaxError:
        root = kept
    for description in root.iter(f"{_RDF}Description"):
        parent = description.getparent()
        if parent is None or parent.tag != f"{_RDF}RDF":
            continue
        copy = etree.SubElement(kept, f"{_RDF}Description", {f"{_RDF}about": ""})
        for name, value in description.attrib.items():
            if is_kept(name):
                copy.set(name, value)
        copy.extend([each for each in description if is_kept(each.tag)])
        if len(copy.attrib) == 1 and not len(copy):
            kept.remove(copy)
    if source_type:
        own = etree.SubElement(
            kept, f"{_RDF}Description", {f"{_RDF}about": ""}, nsmap={"Iptc4xmpExt": _IPTC_EXTENSION}
        )
        etree.SubElement(own, _SOURCE_TYPE).text = source_type
    if not len(kept):
        return b""
    for each in kept.iter():
        each.tail = None
    etree.cleanup_namespaces(kept)
    text = etree.tostring(kept, encoding="unicode")
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{text}</x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _is_kept(name: str) -> bool:
    return name in _KEPT or name.startswith(_KEPT_SPACES)
