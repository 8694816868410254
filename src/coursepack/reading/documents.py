"""Who a document names: people find their way into documents without anybody having written them there."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

from coursepack.reading.media_heads import MediaError, suffix

_OFFICE = ("docx", "xlsx", "pptx")
_OPEN = ("odt", "ods", "odp")
_MOST_READ = 1_000_000

# ECMA-376-2, 11, and OpenDocument 1.3, part 3, 4.3.
_NAMING = (
    "{http://purl.org/dc/elements/1.1/}creator",
    "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}lastModifiedBy",
    "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}initial-creator",
)


def people_in(path: Path) -> tuple[str, ...]:
    """The people that a PDF or an office document names as its author or editor; none of one that cannot be read.

    Raises OSError.
    """
    kind = suffix(path.name)
    if kind == "pdf":
        from coursepack.reading.pdf import read_pdf

        with suppress(MediaError):
            found = read_pdf(path)
            return (found.author,) if found and found.author else ()
    elif kind in (*_OFFICE, *_OPEN):
        with suppress(
            zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, ValueError, zlib.error, EOFError
        ):
            name = "docProps/core.xml" if kind in _OFFICE else "meta.xml"
            with zipfile.ZipFile(path) as file, file.open(name) as part:
                return _named(part.read(_MOST_READ))
    return ()


def _named(data: bytes) -> tuple[str, ...]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return ()
    texts = (" ".join((each.text or "").split()) for each in root.iter(*_NAMING))
    return tuple(dict.fromkeys(text for text in texts if text))
