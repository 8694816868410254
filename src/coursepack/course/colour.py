"""Colours as numbers: the contrast of two, and the nearest colour with enough contrast."""

from __future__ import annotations

from collections.abc import Callable

Lab = tuple[float, float, float]
"""Lightness from 0 to 1, and two axes of hue: Björn Ottosson's OKLab, in which distance is perceived difference."""

_STEPS = 512
"""Number of lightness steps in the search for a colour."""


def _channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of `#rgb` or `#rrggbb` as light, 0 to 1: the sRGB transfer function (IEC 61966-2-1)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    values = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours in either order, 1 to 21 (WCAG 2.2, "contrast ratio")."""

    def luminance(colour: str) -> float:
        red, green, blue = _channels(colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def nearest(colour: str, fits: Callable[[str], bool]) -> str | None:
    """The colour of the same hue nearest to `colour` that `fits`; None when no lightness fits."""
    lightness, a, b = _lab(colour)
    found: list[tuple[float, str]] = []
    for end in (0, 1):
        # From the colour itself to black, and to white.
        for step in range(_STEPS + 1):
            candidate = _hex(lightness + (end - lightness) * step / _STEPS, a, b)
            if fits(candidate):
                found.append((_distance(colour, candidate), candidate))
                break
    return min(found)[1] if found else None


def _distance(one: str, other: str) -> float:
    return sum((x - y) ** 2 for x, y in zip(_lab(one), _lab(other), strict=True))


def _lab(colour: str) -> Lab:
    red, green, blue = _channels(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _hex(lightness: float, a: float, b: float) -> str:
    """The colour in sRGB: less saturated if this lightness requires it."""
    for part in range(64, -1, -1):
        light = _light(lightness, a * part / 64, b * part / 64)
        if part == 0 or all(-1e-4 <= value <= 1.0001 for value in light):
            break
    values = (min(max(value, 0), 1) for value in light)
    coded = (v * 12.92 if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in values)
    return "#" + "".join(f"{round(value * 255):02x}" for value in coded)


def _light(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
