"""Encodes a picture for browsers: upright, in sRGB with 8 bits, and no wider than its rung.

All show one file; most choose from smaller ones in AVIF and WebP, of several widths, by what their screen needs.
Of the metadata, only author, rights and licence are kept.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin, PngImagePlugin, UnidentifiedImageError

from coursepack.course.pictures import PictureRung
from coursepack.media.colours import Colours, in_srgb, plain
from coursepack.media.credits import xmp
from coursepack.media.failures import ConversionError

_FORMATS = "PNG JPEG WEBP AVIF GIF TIFF BMP DIB JPEG2000 PPM PSD PCX".split()
"""Formats that are read, by Pillow's names. Others run programs (EPS), or have no signature (TGA)."""
_SHOWN = "PNG JPEG MPO WEBP AVIF GIF".split()
"""Formats that browsers show. An MPO is a JPEG with more than one picture."""
_EXACT = "PNG GIF TIFF BMP DIB PPM PSD PCX".split()
"""Formats of drawings and screenshots."""
_COLOURS = 1 << 14
"""Colours that a drawing or a screenshot has at most. Its edges would be blurred like those of photographs."""

_GAIN = 0.9
"""The most that a new file may weigh of the one that it replaces: less is gained by encoding again than is lost."""
_FEW = 30_000
"""Bytes up to which one file is enough."""
_HALF = 0.5
"""The most that a JPEG may weigh of a PNG to take its place."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a picture becomes upright, by its orientation (Exif 3.0, 4.6.5.1)."""

_CREDITS = (ExifTags.Base.Artist, ExifTags.Base.Copyright)
_IPTC = {(2, 80): ExifTags.Base.Artist, (2, 116): ExifTags.Base.Copyright}
"""By-line and copyright notice (IPTC IIM 4.2), and the tags of Exif with the same meaning."""


class Made(NamedTuple):
    """A file that was made: its extension, and its width and height in pixels."""

    ending: str
    width: int
    height: int


_File = tuple[Made, bytes]


def convert(source: str, target: str, rung: PictureRung, hdr: Colours | None = None) -> list[Made]:
    """Writes files named `target`, a hyphen, their number in the result, and their extension.

    The first is the one for every browser. Nothing is made when it would not be smaller. `hdr` are the colours of a
    picture of high dynamic range that Pillow does not know as one. Raises ConversionError and
    OSError.
    """
    with warnings.catch_warnings():
        # Browsers show pictures with damaged metadata, and the number of pixels was checked by who reads the course.
        warnings.simplefilter("ignore")
        try:
            encoded = _encoded(source, rung, hdr)
        except (Image.DecompressionBombError, MemoryError):
            raise ConversionError("memory") from None
        except (UnidentifiedImageError, SyntaxError, ValueError, EOFError):
            raise ConversionError("damaged") from None
        except OSError as error:
            # Errors of the system have a number; those of Pillow's decoders have none.
            if error.errno is not None:
                raise
            raise ConversionError("cut-short" if "truncated" in str(error) else "damaged") from None
    for number, (each, data) in enumerate(encoded):
        Path(f"{target}-{number}.{each.ending}").write_bytes(data)
    return [each for each, _ in encoded]


def _formats() -> list[str]:
    """The formats to read: HEIC only with the extra `media`."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return _FORMATS
    register_heif_opener(thumbnails=False)
    return [*_FORMATS, "HEIF"]


def _encoded(source: str, rung: PictureRung, hdr: Colours | None) -> list[_File]:
    """The files to write."""
    with Image.open(source, formats=_formats()) as opened:
        kind, mode, turn = opened.format or "", opened.mode, _turn(opened)
        size = opened.size if turn < 5 else opened.size[::-1]
        width = rung.widest(size)
        if kind in ("JPEG", "MPO"):
            # Decodes fewer pixels, yet twice as many as are needed.
            side = 2 * max(width, width * size[1] // size[0])
            opened.draft(None, (side, side))
        opened.load()
        credit = _credit(opened)
        upright = plain(opened)
        if turn in _TURNS:
            upright = upright.transpose(_TURNS[turn])
        is_drawn = kind in _EXACT and upright.getcolors(_COLOURS) is not None
        picture = in_srgb(_scaled(upright, width), opened.info, hdr)
    most = os.path.getsize(source)
    whole = _fallback(picture, credit, is_drawn)
    for files in _choices(picture, credit, whole, is_drawn):
        if sum(len(data) for _, data in files) <= most:
            return files
    is_shown = kind in _SHOWN and mode != "CMYK" and hdr is None
    return [] if is_shown and len(whole[1]) > most * _GAIN else [whole]


def _choices(
    picture: Image.Image, credit: dict[str, bytes], whole: _File, is_drawn: bool
) -> Iterator[list[_File]]:
    """The files to make of a picture, from the most to the fewest: the first choice that is not too large is taken.

    `whole` is the picture for every browser.
    """
    if len(whole[1]) <= _FEW:
        return
    widths = [picture.width, picture.width * 2 // 3, picture.width // 3]
    pictures = [_scaled(picture, width) for width in widths]
    webp = _smaller([_webp(each, credit, is_drawn) for each in pictures], len(whole[1]))
    most = len((webp or [whole])[0][1]) * _GAIN
    avif = _smaller([_avif(each, credit, is_drawn) for each in pictures], most)
    if webp and avif:
        yield [whole, *avif, *webp]
    best = avif or webp
    if not best:
        return
    yield [whole, *best]
    middle = _fallback(pictures[1], credit, is_drawn)
    yield [middle, *best]
    yield [middle, *(each for each in best if each[0].width < picture.width)]


def _smaller(files: list[_File], most: float) -> list[_File]:
    """The files, widest first, that are smaller enough than the one before.

    None when the widest has more than `most` bytes: without it, a picture would be less sharp on large screens.
    """
    kept: list[_File] = []
    for each in files:
        if 0 < len(each[1]) <= most:
            kept.append(each)
            most = len(each[1]) * _GAIN
        elif not kept:
            break
    return kept


def _webp(picture: Image.Image, credit: dict[str, bytes], is_drawn: bool) -> _File:
    made = Made("webp", *picture.size)
    # WebP, "Image Dimensions": 14 bits.
    if max(picture.size) > 16_383:
        return made, b""
    if not is_drawn:
        return made, _saved(picture, "WEBP", credit, quality=78)
    exact = _saved(picture, "WEBP", credit, lossless=True)
    near = _saved(picture, "WEBP", credit, quality=90, use_sharp_yuv=True)
    return made, exact if len(exact) <= len(near) else near


def _avif(picture: Image.Image, credit: dict[str, bytes], is_drawn: bool) -> _File:
    quality, subsampling = (75, "4:4:4") if is_drawn else (60, "4:2:0")
    # With more threads, the bytes would depend on the machine.
    options = {"speed": 6, "max_threads": 1, "range": "full"}
    data = _saved(picture, "AVIF", credit, quality=quality, subsampling=subsampling, **options)
    return Made("avif", *picture.size), data


def _turn(picture: Image.Image) -> int:
    """The orientation of Exif as browsers apply it, before pixels are decoded. Pillow turns TIFF and HEIC itself."""
    # In a PNG, browsers read Exif only before the pixels, and so does Pillow unless more is requested.
    if picture.format in ("TIFF", "HEIF", "WEBP") or "exif" not in picture.info:
        return 1
    turn = picture.getexif().get(ExifTags.Base.Orientation, 1)
    return turn if turn in _TURNS else 1


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    """The picture in this width, never enlarged."""
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _credit(picture: ImageFile.ImageFile) -> dict[str, bytes]:
    """Author, rights and licence as blocks of Exif and XMP."""
    source = picture.getexif()
    kept = {tag: source[tag] for tag in _CREDITS if isinstance(source.get(tag), str)}
    iptc = IptcImagePlugin.getiptcinfo(picture) or {}
    for dataset, tag in _IPTC.items():
        value = iptc.get(dataset)
        text = b", ".join(value) if isinstance(value, list) else value
        if text and tag not in kept:
            kept[tag] = text.decode(errors="replace")
    blocks = {}
    if kept:
        exif = Image.Exif()
        for tag, text in kept.items():
            exif[tag] = text
        blocks["exif"] = exif.tobytes()
    packet = picture.info.get("xmp")
    rights = xmp(packet.encode() if isinstance(packet, str) else packet) if packet else b""
    return {**blocks, "xmp": rights} if rights else blocks


def _fallback(picture: Image.Image, credit: dict[str, bytes], is_drawn: bool) -> _File:
    """The picture in a format that every browser shows: PNG for alpha and for drawings that are small so, else JPEG."""
    has_alpha = picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255)
    if not has_alpha:
        picture = picture.convert("RGB") if picture.mode == "RGBA" else picture
        quality, subsampling = (90, "4:4:4") if is_drawn else (80, "4:2:0")
        options = {"progressive": True, "optimize": True}
        jpeg = _saved(picture, "JPEG", credit, quality=quality, subsampling=subsampling, **options)
        if not is_drawn:
            return Made("jpg", *picture.size), jpeg
    png = _saved(picture, "PNG", credit, optimize=True)
    if not has_alpha and len(jpeg) < len(png) * _HALF:
        return Made("jpg", *picture.size), jpeg
    return Made("png", *picture.size), png


def _saved(picture: Image.Image, kind: str, credit: dict[str, bytes], **options: Any) -> bytes:
    data = BytesIO()
    # Pillow would copy what it has read of the file.
    picture = picture.copy()
    picture.info = {}
    if kind == "PNG" and "xmp" in credit:
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", credit["xmp"].decode())
        options["pnginfo"] = text
        credit = {name: block for name, block in credit.items() if name != "xmp"}
    picture.save(data, kind, **credit, **options)
    return data.getvalue()
