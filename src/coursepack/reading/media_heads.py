"""Checks pictures and fonts: their format and their size.

Reads headers and the ends of parts, rarely a whole file: a course can have gigabytes of media.
"""

from __future__ import annotations

import os
import re
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple

from coursepack.problems import Message, Quoted
from coursepack.reading.boxes import boxes

if TYPE_CHECKING:
    from PIL import Image

    from coursepack.reading.heif import Colours

IMAGE_TYPES = ("svg", "png", "jpg", "jpeg", "webp", "avif", "gif")
VIDEO_TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
AUDIO_TYPES = {
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
}
MEDIA_TYPES = {**VIDEO_TYPES, **AUDIO_TYPES}
FONT_TYPES = ("woff2",)
DOWNLOAD_TYPES = ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt", "rtf", "epub", "ics")

CONVERTED_IMAGE_TYPES = "heic heif hif tif tiff bmp jp2 j2k jpf jpx ppm pgm pbm pnm psd pcx jfif".split()
"""Extensions of pictures that browsers do not open, and the build converts."""

_SHOWN = ("PNG", "JPEG", "MPO", "WEBP", "AVIF", "GIF")
"""Formats that browsers show, by Pillow's names; MPO is a JPEG with more than one picture."""
_CONVERTED = ("TIFF", "BMP", "DIB", "JPEG2000", "PPM", "PSD", "PCX")
"""Formats that the build converts."""

_HEIC = (b"heic", b"heix", b"heim", b"heis")
"""Brands of HEIC (ISO/IEC 23008-12, annex B)."""

SVG_LIMIT = 2_000_000
PIXEL_LIMIT = 50_000_000


class MediaError(Exception):
    """The file does not have the format of its name, or cannot be packed. `rule` is the name of the problem."""

    def __init__(self, rule: str, message: str | Message, hint: str | Message = "") -> None:
        super().__init__(str(message))
        self.rule, self.hint = rule, hint
        self.message = message if isinstance(message, Message) else Message(message)


def suffix(path: str) -> str:
    """The file name's extension in lower case, without the dot."""
    return path.rpartition("/")[2].rpartition(".")[2].lower()


class PictureFacts(NamedTuple):
    """Width and height in pixels, as shown, and how browsers show the picture.

    `drawing`: at any size. `moving`: as an animation. `still`: as it is. `foreign`: not, or in wrong colours. `heic`:
    not, and what reads it is in the extra `media`. `hdr` are the colours of one of high dynamic range.
    """

    size: tuple[int, int]
    kind: Literal["drawing", "moving", "still", "foreign", "heic"]
    hdr: Colours | None = None


def picture_facts(path: Path) -> PictureFacts:
    """What a picture is. Raises MediaError, OSError."""
    if suffix(path.name) == "svg":
        return PictureFacts(_svg_size(path), "drawing")
    with path.open("rb") as file:
        if _is_cut(file, path.stat().st_size):
            raise MediaError("not-an-image", "is a picture that is cut short")
        size = _jpeg_size(file)
        facts = PictureFacts(size, "still") if size else _heic_facts(file)
    facts = facts or _pillow_facts(path)
    width, height = facts.size
    if width * height > PIXEL_LIMIT:
        raise MediaError(
            "too-many-pixels", Message("the picture has {0} x {1} pixels", width, height), "Make it smaller."
        )
    return facts


def _heic_facts(file: BinaryIO) -> PictureFacts | None:
    """The facts of a HEIC picture; None for another one."""
    file.seek(0)
    length, kind = struct.unpack(">L4s", file.read(8).ljust(8, b"\0"))
    brands = file.read(min(max(0, length - 8), 256)) if kind == b"ftyp" else b""
    if not any(brands[at : at + 4] in _HEIC for at in range(0, len(brands), 4)):
        return None
    # Few courses have any.
    from coursepack.reading.heif import heif_size

    size = heif_size(file)
    if size is None:
        raise MediaError("not-an-image", "is not a picture that can be read")
    return PictureFacts(size, "heic")


def _is_cut(file: BinaryIO, size: int) -> bool:
    """True when the format shows that bytes are missing at a picture's end. Extra bytes there do no harm."""
    file.seek(0)
    head = file.read(12)
    if head.startswith(b"\x89PNG"):
        return _is_cut_png(file, size)
    if head.startswith(b"\xff\xd8"):
        return _is_cut_jpeg(file, size)
    if head.startswith(b"GIF8"):
        return _is_cut_gif(file)
    if head.startswith(b"RIFF"):
        # Some writers omit the padding byte at the end.
        return int.from_bytes(head[4:8], "little") + 7 > size
    if head[4:8] != b"ftyp":
        return False
    found = boxes(file, 0, size)
    return not found or found[-1].end != size


def _is_cut_png(file: BinaryIO, size: int) -> bool:
    """PNG 5.3: chunks with their lengths, up to IEND."""
    at = 8
    while at + 12 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        at += 12 + length
        if kind == b"IEND":
            return bool(at > size)
    return True


def _is_cut_jpeg(file: BinaryIO, size: int) -> bool:
    """ISO/IEC 10918-1, B.1.1.3: an end-of-image marker after the scans, which cannot contain these bytes."""
    end = 2
    for kind, start, length in jpeg_segments(file):
        end = start + length
        if kind == 0xDA:
            file.seek(max(end, size - 2))
            return file.read(2) != b"\xff\xd9" and not _holds(file, end, b"\xff\xd9")
    return end >= size


def jpeg_segments(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """The segments of a JPEG before its pixels: marker, start and length of the contents (ISO/IEC 10918-1, B.1.1).

    Ends after the header of the first scan, or where something else than a segment is. The length of a damaged one can
    be below zero.
    """
    at = 2
    while True:
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            return
        if head[1] == 0xFF:  # any number of fill bytes may precede a marker
            at += 1
            continue
        length = int.from_bytes(head[2:])
        yield head[1], at + 4, length - 2
        if head[1] == 0xDA:
            return
        at += 2 + length


def _jpeg_size(file: BinaryIO) -> tuple[int, int] | None:
    """Width and height of a common JPEG; None for other pictures, and for those that may lie on their side.

    ISO/IEC 10918-1, B.2.2: a frame of eight bits a sample, baseline or progressive, in grey or in three colours.
    """
    file.seek(0)
    if file.read(2) != b"\xff\xd8":
        return None
    for kind, start, length in jpeg_segments(file):
        file.seek(start)
        body = file.read(max(0, length))
        if kind in (0xC0, 0xC2):
            bits, height, width, colours = struct.unpack(">BHHB", body[:6].ljust(6, b"\0"))
            is_common = bits == 8 and colours in (1, 3) and len(body) == 6 + 3 * colours
            return (width, height) if is_common and width and height else None
        # Tables and comments, JFIF and colour profiles do not turn a picture; Exif may.
        if kind not in (0xDB, 0xC4, 0xDD, 0xFE) and not body.startswith((b"JFIF\0", b"ICC_PROFILE\0")):
            return None
    return None


def _holds(file: BinaryIO, start: int, mark: bytes) -> bool:
    """True when a file contains `mark` after `start`."""
    file.seek(start)
    last = b""
    while part := file.read(1 << 16):
        if mark in last + part:
            return True
        last = part[1 - len(mark) :]
    return False


def _is_cut_gif(file: BinaryIO) -> bool:
    """GIF 89a, appendix B: blocks, each of sub-blocks up to an empty one. The trailer itself can be missing."""
    file.seek(10)
    flags = file.read(3)[:1]
    _skip_colours(file, flags)
    while (kind := file.read(1)) in (b"!", b","):
        if kind == b"!":
            file.read(1)
        else:
            _skip_colours(file, file.read(9)[8:])
            file.read(1)
        while (length := file.read(1)) != b"\0":
            if not length or len(file.read(length[0])) < length[0]:
                return True
    return False


def _skip_colours(file: BinaryIO, flags: bytes) -> None:
    """Skips a colour table when its flag is set; it has 2 to 256 colours of three bytes."""
    if flags and flags[0] & 0x80:
        file.seek(3 << (flags[0] & 7) + 1, os.SEEK_CUR)


def _pillow_facts(path: Path) -> PictureFacts:
    """The facts as Pillow reads them from the header. No pixel is decoded."""
    # Importing takes longer than checking the pictures of most courses, and drawings do not need it.
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Pillow's pixel limit is higher, and browsers show pictures with damaged metadata.
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                if picture.format not in (*_SHOWN, *_CONVERTED):
                    raise MediaError(
                        "not-an-image",
                        Message("is a picture that browsers do not show ({0})", str(picture.format)),
                    )
                width, height = picture.size
                kind = _kind(picture)
                hdr = _hdr(path) if picture.format in ("PNG", "AVIF") else None
                # EXIF orientation 5 to 8 means that the picture lies on its side; browsers rotate it, except WebP. In a
                # PNG they read it only before the pixels, and so does Pillow unless more is requested. Pillow has
                # applied it in a TIFF.
                is_turned = picture.format not in ("WEBP", "TIFF") and "exif" in picture.info
                if is_turned and picture.getexif().get(0x0112) in (5, 6, 7, 8):
                    width, height = height, width
    except Image.DecompressionBombError:
        raise MediaError("too-many-pixels", "the picture has too many pixels", "Make it smaller.") from None
    except (UnidentifiedImageError, SyntaxError, ValueError, struct.error):
        raise MediaError("not-an-image", "is not a picture that can be read") from None
    except OSError as error:
        # Errors of the system have a number; Pillow's "truncated" has none.
        if error.errno is not None:
            raise
        raise MediaError("not-an-image", "is a picture that is cut short") from None
    if hdr is None:
        return PictureFacts((width, height), kind)
    if kind == "moving":
        raise MediaError(
            "not-an-image", "is an animation in HDR, which cannot be shown in SDR", "Export it in SDR."
        )
    # Not all browsers show HDR, and some show it pale.
    return PictureFacts((width, height), "foreign", hdr)


def _kind(picture: Image.Image) -> Literal["moving", "still", "foreign"]:
    # Browsers have no profiles of printers, and show CMYK in colours that differ from those on paper.
    if picture.format in _CONVERTED or picture.mode == "CMYK":
        return "foreign"
    return "moving" if picture.format != "MPO" and getattr(picture, "is_animated", False) else "still"


def _hdr(path: Path) -> Colours | None:
    """The colours of a PNG or AVIF of high dynamic range."""
    from coursepack.reading.hdr import hdr_colours

    with path.open("rb") as file:
        return hdr_colours(file)


def _length(value: str | None) -> int | None:
    match = re.fullmatch(r"\s*(\d{1,9}(?:\.\d+)?)(px)?\s*", value or "")
    return round(float(match.group(1))) if match else None


def _unsafe(kind: str, value: str) -> MediaError:
    """The error for an element of a drawing."""
    hint = "Save it as plain SVG."
    if kind == "element":
        return MediaError("unsafe-svg", Message("the drawing holds <{0}>", value), hint)
    if kind == "script":
        return MediaError("unsafe-svg", Message("the drawing has a script ({0})", value), hint)
    if kind == "attribute":
        return MediaError("unsafe-svg", Message("the drawing has the attribute {0}", value), hint)
    if kind == "link":
        return MediaError(
            "unsafe-svg", Message("the drawing loads {0}", Quoted(value)), "Embed the picture or draw it."
        )
    if kind == "animation":
        return MediaError("unsafe-svg", Message("the drawing changes {0}", Quoted(value)), hint)
    if kind == "load":
        return MediaError("unsafe-svg", "the drawing's style loads other files", hint)
    return MediaError("unsafe-svg", Message("the drawing's style uses {0}", value), hint)


def _svg_size(path: Path) -> tuple[int, int]:
    from lxml import etree

    from coursepack.package import why_not_xml
    from coursepack.reading.svg import SPACE, finding_of

    if path.stat().st_size > SVG_LIMIT:
        raise MediaError("too-large", Message("the drawing is larger than {0} MB", SVG_LIMIT // 1_000_000))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        words, line, _ = why_not_xml(error, parser)
        raise MediaError("not-an-image", Message("is not SVG: {0} (line {1})", words, line or 1)) from None
    if root.tag != f"{{{SPACE}}}svg":
        raise MediaError("not-an-image", "is not SVG: the root element is not svg")
    if any(isinstance(node, etree._ProcessingInstruction) for node in root.itersiblings(preceding=True)):
        raise MediaError("unsafe-svg", "the drawing names a style sheet", "Save it as plain SVG.")
    tree = root.getroottree()
    # Browsers add the attributes that a DOCTYPE declares to elements, but this parser does not.
    if tree.docinfo.internalDTD is not None and re.search(b"<!(ATTLIST|ELEMENT)", etree.tostring(tree)):
        raise MediaError("unsafe-svg", "the drawing declares attributes", "Save it as plain SVG.")
    for element in root.iter():
        found = finding_of(element) if isinstance(element.tag, str) else None
        if found:
            raise _unsafe(*found)
        if isinstance(element, etree._Entity):
            raise MediaError("unsafe-svg", "the drawing uses entities", "Save it as plain SVG.")
    width, height = _length(root.get("width")), _length(root.get("height"))
    if width and height:
        return width, height
    box = (root.get("viewBox") or "").replace(",", " ").split()
    try:
        width, height = round(float(box[2])), round(float(box[3]))
    except (IndexError, ValueError, OverflowError):
        width = height = 0
    if width <= 0 or height <= 0:
        raise MediaError("no-size", "the drawing has neither a viewBox nor width and height")
    return width, height


def check_font(path: Path) -> int:
    """The size in bytes of a font in WOFF 2.0. Raises MediaError, OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
    # WOFF 2.0, 4.1: the signature, the flavour, and the length of the whole file.
    if head[:4] != b"wOF2":
        raise MediaError("not-a-font", "is not a WOFF2 font", "Convert it to WOFF2.")
    if head[8:] != size.to_bytes(4):
        raise MediaError("not-a-font", "is a font that is cut short", "Copy or convert it again.")
    return size
