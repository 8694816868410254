"""The course as a text: one document in each language, and the pictures in it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from coursepack.building.order import Workshop
from coursepack.building.pictures import with_pictures
from coursepack.building.render import package_names, render_text
from coursepack.course.blocks.block import RungName
from coursepack.course.model import Course
from coursepack.course.pictures import picture_conversions
from coursepack.course.variant import Variant, whole
from coursepack.languages import strings
from coursepack.media import usual_folder
from coursepack.reading.media_heads import suffix
from coursepack.release.handover import Handover
from coursepack.resources import stylesheet, templates_dir

_RUNG: RungName = "fragile"
"""That of pictures: it gives them at least 145 pixels per inch on paper."""


class Picture(NamedTuple):
    """A picture in the text: its media type and its bytes."""

    mime: str
    data: bytes

    @property
    def address(self) -> str:
        """The picture as the address of itself."""
        return f"data:{self.mime};base64,{base64.b64encode(self.data).decode()}"


class Text(NamedTuple):
    """The course in one language. `html` is a whole document, `pictures` are by the address that it has for them."""

    course: Course
    html: str
    pictures: Mapping[str, Picture]

    @property
    def language(self) -> str:
        """The code of its language."""
        return self.course.definition.language

    @property
    def whole(self) -> str:
        """The document with its pictures in it."""
        return re.sub(r'(?<=<img src=")[^"]+', lambda found: self.pictures[found[0]].address, self.html)


def texts(handover: Handover) -> Iterator[Text]:
    """The course as text in each of its languages, the main one first.

    Raises CourseError for a picture that cannot be converted, and PackageError if the cache cannot be written.
    """
    main = _prepared(handover).course
    courses = (main, *main.editions)
    templates = templates_dir() / "release" / "edition"
    style = _style()
    for course in courses:
        values = {
            "made": handover.date,
            "css": Markup(style),
            "css_hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            "under": under,
            "others": [_other(each.definition.language) for each in courses if each is not course],
        }
        html = _plain(render_text(course, main, templates, values))
        yield Text(course, *_with_points(html, _pictures(html, main)))


def _other(language: str) -> dict[str, str]:
    """The link to the edition in another language."""
    name = strings(language)["page"]["language_name"]
    return {"language": language, "name": name, "href": f"text-edition.{language}.html"}


def _prepared(handover: Handover) -> Variant:
    """The course with all films and sounds as text, and with pictures that are small enough to be inlined."""
    course = handover.course
    # Without the hint that there is an edition with films: they are in the packages of this release.
    variant = whole(course).changed(texts=frozenset(course.recordings), films_in=None)
    variant = variant.changed(picture_conversions=picture_conversions(course.pictures, _RUNG))
    if not variant.picture_conversions:
        return variant
    from coursepack.media.picture_cache import PictureCache

    folder = handover.cache or usual_folder(handover.folder)
    workshop = Workshop(folder, lambda step, done, total: None)
    (made,) = with_pictures((variant,), PictureCache(folder), workshop)
    return made


def _style() -> str:
    """The style of a screen, and that of paper, which is also that of PDFs."""
    screen = stylesheet("report.css", "release/edition/screen.css")
    paper = (templates_dir() / "release/edition/print.css").read_text("utf-8")
    # Rules for pages are only at the top of a style.
    return f"@media screen {{\n{screen}}}\n@media print {{\n{paper}}}"


def under(html: Markup, level: int) -> Markup:
    """HTML with its headings below one of this level, none of them by more than one level. The deepest one is 6.

    A title of a fold is no heading on a page, so it can be of any level there.
    """
    above = [(1, level)]

    def moved(found: re.Match[str]) -> str:
        given = int(found[2])
        if found[1] == "<h":
            while above[-1][0] >= given:
                above.pop()
            above.append((given, min(6, above[-1][1] + 1)))
        return f"{found[1]}{above[-1][1]}"

    return Markup(re.sub(r"(</?h)([2-6])(?=[ >])", moved, html))


_TERM = re.compile(
    r'<button class="term"[^>]* data-term="([^"]+)"[^>]*>(.*?)<span class="sr">[^<]*</span></button>'
)
_GLOSS = re.compile(r'<span class="gloss".*?<a href="#ordlista">[^<]*</a></span>\n?', re.DOTALL)


def _plain(html: str) -> str:
    """The document with links where pages have buttons, and without what screens need only in a window."""
    html = html.replace("\u00ad", "").replace(' target="_blank" rel="noopener noreferrer"', "")
    html = re.sub(r'<span class="long">([^<]*)</span>', r"\1", html)
    html = re.sub(r'<span class="sr"> \([^<]*\)</span></a>', "</a>", html)
    # One landmark of this name for each page would be too many.
    html = re.sub(r'(<section class="footnotes") aria-label="[^"]*"', r"\1", html)
    html = _TERM.sub(r'<a href="#t-\1">\2</a>', _GLOSS.sub("", html))
    # Some typefaces lack the arrow.
    return re.sub(r'(<a href="#fnref-[^"]*") aria-label="([^"]*)">[^<]*</a>', r"\1>\2</a>", html)


def _pictures(html: str, course: Course) -> dict[str, Picture]:
    """The pictures that the document shows, by the address that it has for them."""
    paths = {name: course.media[src] for src, name in package_names(course).items()}
    shown = sorted(set(re.findall(r'<img src="([^"]+)"', html)))
    return {name: _picture(paths[name]) for name in shown}


_KEPT = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
"""Media types of what all readers of books show, by Pillow's names."""


def _picture(path: Path) -> Picture:
    """A picture; the first one of an animation, which nobody could stop here (WCAG 2.2, 2.2.2)."""
    data = path.read_bytes()
    if suffix(path.name) == "svg":
        return Picture("image/svg+xml", data)
    from PIL import Image

    with Image.open(BytesIO(data)) as image:
        if image.format in _KEPT and not (image.format != "MPO" and getattr(image, "is_animated", False)):
            return Picture(_KEPT[image.format], data)
        target = BytesIO()
        if image.has_transparency_data:
            image.convert("RGBA").save(target, "png")
            return Picture("image/png", target.getvalue())
        image.convert("RGB").save(target, "jpeg", quality=82)
        return Picture("image/jpeg", target.getvalue())


_POINTS = re.compile(
    r'<figure data-points="([^"]+)"><img src="([^"]+)" (alt="[^"]*") width="(\d+)" height="(\d+)">'
)


def _with_points(html: str, pictures: dict[str, Picture]) -> tuple[str, dict[str, Picture]]:
    """The document with drawn numbers in the pictures that have points, which a page puts over them."""

    def drawn(found: re.Match[str]) -> str:
        places, src, alt, width, height = found.groups()
        numbers = [float(number) for number in places.split()]
        svg = _numbered(
            pictures[src], int(width), int(height), list(zip(numbers[::2], numbers[1::2], strict=True))
        )
        name = f"{src}-{hashlib.sha256(svg).hexdigest()[:8]}.svg"
        pictures[name] = Picture("image/svg+xml", svg)
        return f'<figure><img src="{name}" {alt} width="{width}" height="{height}">'

    html = _POINTS.sub(drawn, html)
    used = set(re.findall(r'<img src="([^"]+)"', html))
    return html, {name: picture for name, picture in pictures.items() if name in used}


def _numbered(picture: Picture, width: int, height: int, points: list[tuple[float, float]]) -> bytes:
    radius = max(width, height) * 0.028
    marks = "".join(
        f'<circle cx="{x * width / 100:.1f}" cy="{y * height / 100:.1f}" r="{radius:.1f}" fill="#fff" stroke="#0b5a61" '
        f'stroke-width="{radius / 8:.1f}"/><text x="{x * width / 100:.1f}" y="{y * height / 100 + radius * 0.4:.1f}" '
        f'font-family="sans-serif" font-size="{radius * 1.2:.1f}" font-weight="700" fill="#0b5a61" '
        f'text-anchor="middle">{number}</text>'
        for number, (x, y) in enumerate(points, 1)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image href="{picture.address}" width="{width}" height="{height}"/>{marks}</svg>'
    ).encode()
