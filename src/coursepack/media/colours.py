"""Brings pictures of any depth and colour space to sRGB with 8 bits, which every browser shows the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageFilter

_SHOWN_MODES = ("L", "RGB", "RGBA", "CMYK", "LAB")
_WHITE = 203.0
"""Luminance in cd/m² of white paper in HDR (ITU-R BT.2408, 3). What is brighter becomes white."""
_HLG_PEAK, _HLG_GAMMA = 1000.0, 1.2
"""The screen that HLG is made for, in cd/m², and its system gamma (ITU-R BT.2100, table 5)."""
_STEPS = 33
"""Steps of a table of colours in each direction."""

# ITU-T H.273, tables 2 and 3.
_BT2020, _P3 = 9, 12
_PQ, _HLG = 16, 18

_TO_SRGB = {
    _BT2020: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    _P3: ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),
}
"""Matrices from linear light of other primaries to that of sRGB."""


def plain(picture: Image.Image) -> Image.Image:
    """The picture with 8 bits a sample, without a palette: grey, RGB with or without alpha, CMYK or Lab."""
    if picture.mode.startswith("I;16"):
        return _to_8_bits(picture.convert("I"), 65_535)
    if picture.mode in ("I", "F"):
        highest = _highest(picture)
        # Such files have no stated range beyond 16 bits.
        return _to_8_bits(picture, 65_535 if 255 < highest <= 65_535 else highest)
    has_alpha = picture.mode in ("LA", "La", "PA", "RGBa") or "transparency" in picture.info
    if has_alpha and picture.mode != "RGBA":
        return picture.convert("RGBA")
    if picture.mode == "1":
        return picture.convert("L")
    return picture if picture.mode in _SHOWN_MODES else picture.convert("RGB")


def _highest(picture: Image.Image) -> float:
    """The highest value of a picture of one band."""
    extrema: Any = picture.getextrema()
    return float(extrema[1])


def _to_8_bits(picture: Image.Image, highest: float) -> Image.Image:
    return picture.point(lambda value: value * (255 / (highest or 1)) + 0.5).convert("L")


Colours = tuple[int, int]
"""Primaries and transfer characteristics by their numbers (ITU-T H.273, tables 2 and 3)."""


def in_srgb(picture: Image.Image, info: dict[Any, Any], hdr: Colours | None = None) -> Image.Image:
    """A plain picture in sRGB; `info` is what Pillow has read of its file, and `hdr` takes precedence."""
    if hdr:
        return _of_code(picture.convert("RGB") if picture.mode == "L" else picture, *hdr)
    if picture.mode == "LAB":
        return _transformed(picture, ImageCms.createProfile("LAB"))
    profile, coded = info.get("icc_profile"), info.get("nclx_profile")
    if profile:
        return _of_profile(picture, profile)
    if coded and picture.mode in ("RGB", "RGBA"):
        return _of_code(picture, coded["color_primaries"], coded["transfer_characteristics"])
    if picture.mode == "CMYK":
        return picture.convert("RGB")
    gamma = info.get("gamma")
    # PNG 11.3.2.2: sRGB takes precedence over gAMA.
    if gamma and "srgb" not in info and abs(gamma - 1 / 2.2) > 0.02:
        return _each(picture, lambda value: 255 * (value / 255) ** (1 / 2.2 / gamma))
    return picture


def _of_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = picture.convert("RGB") if alpha else picture
    try:
        colours = _transformed(colours, ImageCms.ImageCmsProfile(BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError):
        # Browsers ignore a profile that is damaged or of another colour space.
        colours = colours.convert("RGB")
    if alpha:
        colours.putalpha(alpha)
    return colours


def _transformed(picture: Image.Image, profile: Any) -> Image.Image:
    """The picture in sRGB. Raises PyCMSError."""
    made = ImageCms.profileToProfile(
        picture,
        profile,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert made is not None
    return made


def _each(picture: Image.Image, change: Callable[[float], float]) -> Image.Image:
    """The picture with each value of each colour changed, and alpha as it is."""
    table = [min(255, max(0, round(change(value)))) for value in range(256)]
    bands = [
        band if name == "A" else band.point(table)
        for name, band in zip(picture.getbands(), picture.split(), strict=True)
    ]
    return Image.merge(picture.mode, bands)


def _of_code(picture: Image.Image, primaries: int, transfer: int) -> Image.Image:
    """The picture of the colours that H.273 numbers, in sRGB."""
    light = {_PQ: _pq, _HLG: _hlg}.get(transfer)
    matrix = _TO_SRGB.get(primaries)
    if light is None and matrix is None:
        return picture

    def changed(red: float, green: float, blue: float) -> tuple[float, float, float]:
        linear = (
            light((red, green, blue)) if light else tuple(_from_srgb(value) for value in (red, green, blue))
        )
        if matrix:
            linear = tuple(
                sum(factor * value for factor, value in zip(row, linear, strict=True)) for row in matrix
            )
        one, two, three = (_to_srgb(value) for value in linear)
        return one, two, three

    return picture.filter(ImageFilter.Color3DLUT.generate(_STEPS, changed))


_Colour = tuple[float, ...]


def _pq(colour: _Colour) -> _Colour:
    """Linear light, 1 for white paper, of PQ (BT.2100, table 4)."""

    def linear(value: float) -> float:
        power = value ** (32 / 2523)
        return float(
            10_000
            / _WHITE
            * (max(power - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * power)) ** (16384 / 2610)
        )

    return tuple(linear(value) for value in colour)


def _hlg(colour: _Colour) -> _Colour:
    """Linear light, 1 for white paper, of HLG (BT.2100, table 5)."""

    def scene(value: float) -> float:
        return (
            value**2 / 3 if value <= 0.5 else (math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
        )

    red, green, blue = (scene(value) for value in colour)
    luminance = 0.2627 * red + 0.6780 * green + 0.0593 * blue
    factor = _HLG_PEAK / _WHITE * luminance ** (_HLG_GAMMA - 1)
    return red * factor, green * factor, blue * factor


def _from_srgb(value: float) -> float:
    """Linear light (IEC 61966-2-1)."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _to_srgb(value: float) -> float:
    # Not limited to 1: the table is interpolated first.
    value = max(0.0, value)
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
