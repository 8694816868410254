"""Flat shapes as SVG on 1600 x 900, the palette, and the two curves that everything moves by.

Letters become outlines, so that a picture is the same wherever it is drawn.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache

import uharfbuzz
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

NIGHT, DEEP, TEAL, MIST, FOG, SAND = "#12343a", "#1c474e", "#2f646a", "#86a8a4", "#c6d4cd", "#eadfc9"
LAMP, PALE, CLAY, INK, CREAM = "#f2b950", "#f8d893", "#b4583c", "#0c2328", "#fff8ea"
GLASS, CLAY_DARK, TEAL_UP, BLACK, SUN = "#1b4047", "#9c4830", "#3a7377", "#0a1e22", "#fff2cf"

FONTS = "/usr/share/fonts/truetype/noto"
SERIF, SANS = f"{FONTS}/NotoSerif-Regular.ttf", f"{FONTS}/NotoSans-Bold.ttf"

Point = tuple[float, float]


def number(value: float) -> str:
    """In hundredths: what moves slowly must not move in jumps."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def opaque(opacity: float) -> str:
    return "" if opacity >= 1 else f' opacity="{opacity:.3g}"'


def rect(
    x: float, y: float, width: float, height: float, fill: str, radius: float = 0, opacity: float = 1
) -> str:
    if opacity <= 0 or width <= 0 or height <= 0:
        return ""
    place = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    corners = f' rx="{number(radius)}"' if radius else ""
    return f'<rect {place}{corners} fill="{fill}"{opaque(opacity)}/>'


def circle(x: float, y: float, radius: float, fill: str, opacity: float = 1) -> str:
    if opacity <= 0:
        return ""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"{opaque(opacity)}/>'


def ellipse(x: float, y: float, across: float, down: float, fill: str, opacity: float = 1) -> str:
    if opacity <= 0:
        return ""
    place = f'cx="{number(x)}" cy="{number(y)}" rx="{number(across)}" ry="{number(down)}"'
    return f'<ellipse {place} fill="{fill}"{opaque(opacity)}/>'


def path(outline: str, fill: str, opacity: float = 1) -> str:
    return f'<path d="{outline}" fill="{fill}"{opaque(opacity)}/>' if opacity > 0 else ""


def outline_of(corners: Iterable[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in corners) + "z"


def polygon(corners: Iterable[Point], fill: str, opacity: float = 1) -> str:
    return path(outline_of(corners), fill, opacity)


def line(outline: str, colour: str, width: float, opacity: float = 1) -> str:
    if opacity <= 0 or not outline:
        return ""
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{outline}" fill="none" stroke="{colour}" stroke-width="{number(width)}" {ends}{opaque(opacity)}/>'


def moved(
    parts: str,
    x: float = 0,
    y: float = 0,
    scale: float = 1,
    turn: float = 0,
    flip: bool = False,
    opacity: float = 1,
) -> str:
    if opacity <= 0 or not parts:
        return ""
    change = f"translate({number(x)} {number(y)})"
    if turn:
        change += f" rotate({turn:.3f})"
    if scale != 1 or flip:
        change += f" scale({-scale if flip else scale:.5g} {scale:.5g})"
    return f'<g transform="{change}"{opaque(opacity)}>{parts}</g>'


def squeezed(parts: str, x: float, y: float, across: float, turn: float = 0) -> str:
    """Around (x, y), as narrow as something that is seen from the side."""
    return f'<g transform="translate({number(x)} {number(y)}) rotate({turn:.3f}) scale({across:.5g} 1)">{parts}</g>'


def clipped(parts: str, outline: str, name: str) -> str:
    """Only what lies within `outline`. `name` is the clip's own in its picture."""
    return f'<clipPath id="{name}"><path d="{outline}"/></clipPath><g clip-path="url(#{name})">{parts}</g>'


@cache
def _font(file: str) -> tuple[TTFont, uharfbuzz.Font]:
    return TTFont(file), uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(file)))


@cache
def _lettering(text: str, file: str) -> tuple[str, float]:
    """The outlines of a text in the font's own units, and its width in them."""
    letters, shaper = _font(file)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(shaper, buffer)
    glyphs, drawn, x = letters.getGlyphSet(), "", 0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        pen = SVGPathPen(glyphs)
        glyphs[letters.getGlyphName(info.codepoint)].draw(pen)
        drawn += f'<path transform="translate({x + place.x_offset} 0)" d="{pen.getCommands()}"/>'
        x += place.x_advance
    return drawn, x


def words(
    text: str,
    x: float,
    y: float,
    size: float,
    font: str = SERIF,
    colour: str = CREAM,
    anchor: str = "start",
    opacity: float = 1,
) -> str:
    """One line of text on the baseline `y`."""
    if opacity <= 0 or not text:
        return ""
    drawn, width = _lettering(text, font)
    scale = size / _font(font)[0]["head"].unitsPerEm
    left = x - (width * scale / 2 if anchor == "middle" else 0)
    change = f"translate({number(left)} {number(y)}) scale({scale:.5f} {-scale:.5f})"
    return f'<g transform="{change}" fill="{colour}"{opaque(opacity)}>{drawn}</g>'


def mix(first: str, second: str, part: float) -> str:
    part = min(max(part, 0.0), 1.0)
    pairs = ((int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * part):02x}" for low, high in pairs)


def out(time: float, start: float, length: float) -> float:
    """From 0 to 1, quick and then slow: for what is touched."""
    part = min(max((time - start) / length, 0.0), 1.0)
    return 1 - (1 - part) ** 3


def both(time: float, start: float, length: float) -> float:
    """From 0 to 1, slow, quick and slow: for weight and light."""
    part = min(max((time - start) / length, 0.0), 1.0)
    return part * part * part * (part * (6 * part - 15) + 10)


def along(time: float, start: float, length: float) -> float:
    """From 0 to 1 at one speed: for weather and for what walks."""
    return min(max((time - start) / length, 0.0), 1.0)


def swing(time: float, start: float, size: float, fade: float = 1.1, beats: float = 0.8) -> float:
    """What hangs and has been touched: to and fro, less and less."""
    past = time - start
    return size * math.exp(-fade * past) * math.sin(2 * math.pi * beats * past) if past > 0 else 0.0


def push(parts: str, part: float, most: float = 0.02, x: float = 800, y: float = 430) -> str:
    """The camera comes nearer to (x, y), by `most` when `part` is 1."""
    scale = 1 + most * part
    return moved(parts, x * (1 - scale), y * (1 - scale), scale)


def picture(parts: str, title: str = "") -> str:
    label = f"<title>{title}</title>" if title else ""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900" width="1600" height="900">{label}{parts}</svg>'


def veil(opacity: float) -> str:
    return rect(0, 0, 1600, 900, NIGHT, opacity=opacity)


def first_card(
    time: float, at: Sequence[float], bar: tuple[float, float, float, float], leave: float = 5.6
) -> str:
    """The first card. The lamp bar draws itself, the two lines come as they are read (`at`), and at `leave` they go and
    the bar becomes the light of the next picture: `bar` is its x, y, width and height there."""
    go, gone = both(time, leave, 0.9), 1 - out(time, leave - 0.1, 0.4)
    begun = (160.0, 356.0, 120 * out(time, 0.3, 0.8), 10.0)
    lamp = rect(*(a + (b - a) * go for a, b in zip(begun, bar, strict=True)), LAMP)
    texts = ("Personerna är påhittade.", "Bild och röst är syntetiska.")
    lines = "".join(
        words(text, 160, y, 64, opacity=out(time, start - 0.1, 0.6) * gone)
        for text, y, start in zip(texts, (470, 558), at, strict=True)
    )
    return veil(1) + lamp + lines
