"""The allowed contents of an SVG drawing: elements, attributes and styles that draw, and do not run or load anything.

An allowlist, since nobody can list everything that browsers may run in future. SVG 1.1 and 2, without scripts and
foreign content.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from lxml.etree import _Element

SPACE = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"

_ELEMENTS = frozenset(
    """
    a animate animateColor animateMotion animateTransform circle clipPath defs desc ellipse feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow
    feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset
    fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter font font-face font-face-name font-face-src
    g glyph hatch hatchpath hkern image line linearGradient marker mask meshgradient meshpatch meshrow metadata
    missing-glyph mpath path pattern polygon polyline radialGradient rect set stop style svg switch symbol text
    textPath title tref tspan use view vkern
    """.split()
)

_ATTRIBUTES = frozenset(
    """
    accent-height accumulate additive alignment-baseline alphabetic amplitude arabic-form ascent attributeName
    attributeType azimuth baseFrequency baseProfile baseline-shift bbox begin bias by calcMode cap-height class clip
    clip-path clip-rule clipPathUnits color color-interpolation color-interpolation-filters color-profile
    color-rendering contentScriptType contentStyleType cursor cx cy d descent diffuseConstant direction display divisor
    dominant-baseline dur dx dy edgeMode elevation enable-background end exponent fill fill-opacity fill-rule filter
    filterRes filterUnits flood-color flood-opacity focusable font font-family font-feature-settings font-kerning
    font-size font-size-adjust font-stretch font-style font-variant font-variation-settings font-weight fr from fx fy
    g1 g2 glyph-name glyph-orientation-horizontal glyph-orientation-vertical gradientTransform gradientUnits hanging
    height horiz-adv-x horiz-origin-x horiz-origin-y href hreflang id ideographic image-rendering in in2
    inline-size intercept isolation k k1 k2 k3 k4 kernelMatrix kernelUnitLength kerning keyPoints keySplines keyTimes
    lang lengthAdjust letter-spacing lighting-color limitingConeAngle line-height local marker marker-end marker-mid
    marker-start markerHeight markerUnits markerWidth mask mask-type maskContentUnits maskUnits mathematical max media
    method min mix-blend-mode mode name numOctaves offset opacity operator order orient orientation origin overflow
    overline-position overline-thickness paint-order panose-1 path pathLength patternContentUnits patternTransform
    patternUnits pitch pointer-events points pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio
    primitiveUnits r radius refX refY rel rendering-intent repeatCount repeatDur requiredExtensions requiredFeatures
    restart result role rotate rx ry scale seed shape-inside shape-rendering side slope solid-color solid-opacity
    spacing specularConstant specularExponent spreadMethod startOffset stdDeviation stemh stemv stitchTiles stop-color
    stop-opacity strikethrough-position strikethrough-thickness string stroke stroke-alignment stroke-dasharray
    stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width style surfaceScale
    systemLanguage tabindex tableValues target targetX targetY text-align text-anchor text-decoration
    text-decoration-color text-decoration-line text-decoration-style text-indent text-orientation text-overflow
    text-rendering text-transform textLength title to transform transform-box transform-origin type u1 u2
    underline-position underline-thickness unicode unicode-bidi unicode-range units-per-em v-alphabetic v-hanging
    v-ideographic v-mathematical values vector-effect version vert-adv-y vert-origin-x vert-origin-y viewBox viewTarget
    visibility white-space width widths word-spacing writing-mode x x-height x1 x2 xChannelSelector y y1 y2
    yChannelSelector z zoomAndPan
    """.split()
)
_NOT_ANIMATED = frozenset({"class", "href", "id", "media", "style", "target", "type"})
_NO_STYLE = frozenset({"begin", "class", "end", "id", "lang", "name", "role", "title", "unicode"})
"""Attributes whose values browsers do not read as style."""
_DESCRIBING = ("aria-", "data-")

_LINKS = frozenset({"actuate", "arcrole", "href", "role", "show", "title", "type"})
_OF_XML = frozenset({"id", "lang", "space"})

# Private data of drawing programs; browsers ignore it.
_PROGRAMS = (
    "http://creativecommons.org/ns",
    "http://ns.adobe.com/",
    "http://purl.org/dc/",
    "http://sodipodi.sourceforge.net/",
    "http://taptrix.com/",
    "http://vectornator.io",
    "http://web.resource.org/cc/",
    "http://www.bohemiancoding.com/sketch/",
    "http://www.inkscape.org/namespaces/",
    "http://www.serif.com/",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://xmlns.com/foaf/",
    "https://boxy-svg.com",
)

_ESCAPE = r"(?s)\\(?:([0-9a-fA-F]{1,6})\s?|(\n|.))"
_FUNCTION = r"([\w-]+)\("
_RULE = r"@([\w-]+)"
_WITHOUT = re.compile(r"[^(@\\]*+").fullmatch
"""Matches a style that can have no function, rule or escape, as nearly all in a drawing: a number, a colour, a path."""
_DATA = r"data:(?:image/(?:png|jpe?g|gif|webp|avif)|font/\w+|application/(?:x-)?font-[\w-]+)[;,]"
_ADDRESS = rf"(?i)url\(\s*+['\"]?+\s*+(?!#|{_DATA})"
_PICTURE = r"(?i)data:image/(?:png|jpe?g|gif|webp|avif)[;,]"

_FUNCTIONS = frozenset(
    """
    abs acos asin atan atan2 attr blur brightness calc circle clamp color color-mix conic-gradient contrast cos
    cubic-bezier drop-shadow ellipse exp format grayscale has hsl hsla hue-rotate hwb hypot inset invert is lab lang
    lch linear linear-gradient local log matrix matrix3d max min mod not nth-child nth-last-child nth-last-of-type
    nth-of-type oklab oklch opacity path perspective polygon pow radial-gradient rect rem
    repeating-linear-gradient repeating-radial-gradient rgb rgba rotate rotate3d rotatex rotatey rotatez round saturate
    scale scale3d scalex scaley scalez sepia sign sin skew skewx skewy sqrt steps supports tan translate translate3d
    translatex translatey translatez url var where
    """.split()
)
_RULES = frozenset(
    "charset container font-face keyframes layer media property supports -webkit-keyframes".split()
)


class Finding(NamedTuple):
    """Something that does more than draw: its kind, and its name or value."""

    kind: Literal["element", "script", "attribute", "link", "animation", "load", "style"]
    value: str


def finding_of(element: _Element) -> Finding | None:
    """The first part of an element that does more than draw."""
    space, name = _split(element.tag)
    if not (name in _ELEMENTS if space == SPACE else space.startswith(_PROGRAMS)):
        return Finding("element", name)
    if name == "style":
        found = _finding_of_style("".join(map(str, element.itertext())), sheet=True)
        if found:
            return found
    values = ((*_split(key), str(value)) for key, value in element.attrib.items())
    return next(filter(None, (_finding_of_attribute(name, *each) for each in values)), None)


def _split(tag: object) -> tuple[str, str]:
    """Namespace and name."""
    space, _, name = str(tag).rpartition("}")
    return space[1:], name


def _finding_of_attribute(element: str, space: str, name: str, value: str) -> Finding | None:
    if name.startswith("on"):
        return Finding("script", name)
    if space:
        # Browsers ignore attributes of other namespaces.
        is_known = name in {_XLINK: _LINKS, _XML: _OF_XML}.get(space, {name})
    else:
        is_known = name in _ATTRIBUTES or name.startswith(_DESCRIBING)
    if not is_known:
        return Finding("attribute", name)
    if name == "href":
        # Of all data URLs, only those of pictures run nothing.
        is_picture = element in ("image", "feImage") and re.match(_PICTURE, value)
        return None if value.startswith("#") or is_picture else Finding("link", value)
    if name == "attributeName" and (value in _NOT_ANIMATED or value not in _ATTRIBUTES):
        return Finding("animation", value)
    is_style = not (space or name in _NO_STYLE or name.startswith(_DESCRIBING))
    return _finding_of_style(value) if is_style else None


def _finding_of_style(style: str, sheet: bool = False) -> Finding | None:
    """The first load, function or (in a `sheet`) rule that is not known to be harmless."""
    if _WITHOUT(style):
        return None
    plain = _plain(style)
    if re.search(_ADDRESS, plain):
        return Finding("load", "")
    functions = (f"{name}()" for name in re.findall(_FUNCTION, plain) if name.lower() not in _FUNCTIONS)
    rules = (f"@{name}" for name in re.findall(_RULE, plain) if sheet and name.lower() not in _RULES)
    unknown = next(functions, "") or next(rules, "")
    return Finding("style", unknown) if unknown else None


def _plain(style: str) -> str:
    """A style with its escapes decoded (CSS Syntax 4.3.7). Comments stay: they separate words and never join them."""
    return re.sub(_ESCAPE, _unescaped, style) if "\\" in style else style


def _unescaped(escape: re.Match[str]) -> str:
    number, sign = escape.groups()
    if number:
        code = int(number, 16)
        return chr(code) if 0 < code < 0x110000 else "\ufffd"
    return "" if sign == "\n" else str(sign)
