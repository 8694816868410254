"""How a course looks: what `course.yaml` says of it, whether it can be read, and the style that pages carry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, cast, get_args

from pydantic import BeforeValidator, Field, model_validator

from coursepack.course.blocks.block import Flag, MediaPath, Model, Text, wrong
from coursepack.problems import quoted
from coursepack.resources import templates_dir

ThemeName = Literal["fjord", "lykta", "klar"]
Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")

HIGH_CONTRAST: ThemeName = "klar"
"""The theme that a learner who asks for high contrast gets over any other."""

_COLOUR = r"^#([0-9A-Fa-f]{3}){1,2}$"
_WEIGHT = r"^([1-9][0-9]{0,2}|1000)( ([1-9][0-9]{0,2}|1000))?$"


def _colour(value: Any) -> Any:
    if value is None:
        raise wrong(
            "unquoted-colour", 'is empty: # begins a comment. Put the colour in quotation marks, as "#0b5a61"'
        )
    if not isinstance(value, str) or not re.fullmatch(_COLOUR, value):
        raise wrong("not-a-colour", 'is not a colour like "#0b5a61": {0}', quoted(value))
    return value.lower()


Colour = Annotated[Annotated[str, Field(pattern=_COLOUR)] | None, BeforeValidator(_colour)]
"""Red, green and blue as `#rrggbb`, or `#rgb`. None only where nothing is written."""


class Palette(Model):
    """The colours of a theme for light or for dark; what is not given is the ready theme's."""

    paper: Colour = None
    """The page."""
    surface: Colour = None
    """Header, menu, fields, dialogs."""
    sunken: Colour = None
    """Notes and feedback."""
    ink: Colour = None
    """Text."""
    muted: Colour = None
    """Second text."""
    line: Colour = None
    """Decoration only."""
    edge: Colour = None
    """Outlines of controls."""
    accent: Colour = None
    """What can be done: links, the main button, what is chosen, progress."""
    on_accent: Colour = None
    """Text on the accent."""
    tint: Colour = None
    """Behind what is chosen."""
    right: Colour = None
    wrong: Colour = None
    p1: Colour = None
    """The parts of the course, in turn."""
    p2: Colour = None
    p3: Colour = None
    p4: Colour = None


class Theme(Model):
    """A ready theme, or an author's own that begins with one."""

    base: ThemeName = "fjord"
    light: Palette = Palette()
    dark: Palette = Palette()


def _theme(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value not in get_args(ThemeName):
        raise wrong(
            "unknown-theme",
            "there is no theme {0}. Ready are {1}",
            quoted(value),
            ", ".join(get_args(ThemeName)),
        )
    return {"base": value}


NamedTheme = Annotated[Theme, BeforeValidator(_theme, json_schema_input_type=ThemeName | Theme)]
"""A theme, or just the name of a ready one."""


class Logo(Model):
    """The publisher's mark, in the header and on the start page. `decorative` where the title says the same."""

    src: MediaPath
    alt: Text | None = None
    decorative: Flag = False

    @model_validator(mode="after")
    def _says_what_it_shows(self) -> Self:
        if not self.alt and not self.decorative:
            raise wrong("missing-alt", "logo has neither alt nor decorative: true")
        if self.alt and self.decorative:
            raise wrong("alt-of-decorative", "logo is decorative and yet has alt")
        return self


def _weight(value: Any) -> Any:
    text = str(value) if isinstance(value, int) else value
    if not isinstance(text, str) or not re.fullmatch(_WEIGHT, text):
        raise wrong(
            "not-a-weight", "is not a weight like 700, or 200 900 for a variable font: {0}", quoted(value)
        )
    return text


class FontFile(Model):
    """One file of a typeface. `weight` is 1 to 1000, or the two ends of a variable font's range."""

    src: MediaPath
    weight: Annotated[
        str,
        BeforeValidator(
            _weight,
            json_schema_input_type=Annotated[str, Field(pattern=_WEIGHT)]
            | Annotated[int, Field(ge=1, le=1000)],
        ),
    ] = "400"
    italic: Flag = False


class Typeface(Model):
    """A typeface that the package carries. Its name and licence are told on the page about the course."""

    name: Text
    licence: Text
    files: Annotated[tuple[FontFile, ...], Field(min_length=1)]


class Fonts(Model):
    """Typefaces in place of the system's own: for text, and for headings and stories."""

    text: Typeface | None = None
    headings: Typeface | None = None

    @property
    def typefaces(self) -> tuple[Typeface, ...]:
        """Each once, also where text and headings are set in one."""
        return tuple(dict.fromkeys(face for face in (self.text, self.headings) if face))

    @property
    def files(self) -> Iterator[str]:
        """The files by their path in the course folder, each once."""
        return iter(dict.fromkeys(file.src for face in self.typefaces for file in face.files))


# Contrast


def _pairs() -> Iterator[tuple[str, str, float]]:
    """What stands on what, and the least contrast: 4.5 for text (WCAG 2.2, 1.4.3), 3 for the rest (1.4.11)."""
    for text in ("ink", "muted", "accent"):
        yield from ((text, ground, 4.5) for ground in ("paper", "surface", "sunken", "tint"))
    yield "on-accent", "accent", 4.5
    for word in ("right", "wrong", "p1", "p2", "p3", "p4"):
        yield from ((word, ground, 4.5) for ground in ("paper", "surface", "sunken"))
    # A part's dot and edge on what is chosen.
    yield from ((part, "tint", 3) for part in ("p1", "p2", "p3", "p4"))
    yield from (("edge", ground, 3) for ground in ("paper", "surface", "sunken"))


PAIRS = tuple(_pairs())
"""Every pair of colours that the style uses, the front one first. Turned round the contrast is the same."""


class Faint(NamedTuple):
    """A colour of an author's own that differs too little from its neighbours.

    `pairs` names each with what its contrast is and what it must be, (`accent/tint`, `2.85`, `4.5`), the worst first
    and the front colour of each before the stroke; `cure` is the nearest colour of the same hue that is enough in all,
    or None.
    """

    mode: Mode
    name: str
    pairs: tuple[tuple[str, str, str], ...]
    cure: str | None


def faint(theme: Theme) -> Iterator[Faint]:
    """The author's own colours that cannot be told from what they stand on, or what stands on them.

    Only pairs with a colour of the author's are looked at: the ready themes are known to be good.
    """
    for mode in MODES:
        given = _given(theme, mode)
        if not given:
            continue
        from coursepack.course.colour import contrast

        colours = palette(theme, mode)
        failing: dict[str, list[tuple[float, tuple[str, str, str]]]] = {}
        for front, back, least in PAIRS:
            if front not in given and back not in given:
                continue
            ratio = contrast(colours[front], colours[back])
            if ratio < least:
                # Rounded down: 4.496 is less than 4.5, and must not look like it.
                told = (f"{front}/{back}", f"{int(ratio * 100) / 100:.2f}", f"{least:g}")
                failing.setdefault(front if front in given else back, []).append((ratio, told))
        for name, places in failing.items():
            yield Faint(mode, name, tuple(told for _, told in sorted(places)), _cure(name, colours))


def _cure(name: str, colours: Mapping[str, str]) -> str | None:
    from coursepack.course.colour import contrast, nearest

    neighbours = [
        (colours[back if name == front else front], least)
        for front, back, least in PAIRS
        if name in (front, back)
    ]
    return nearest(
        colours[name],
        lambda colour: all(contrast(colour, other) >= least for other, least in neighbours),
    )


def _given(theme: Theme, mode: Mode) -> dict[str, str]:
    own: Palette = getattr(theme, mode)
    return own.model_dump(by_alias=True, exclude_none=True)


def palette(theme: Theme, mode: Mode) -> dict[str, str]:
    """The colours of a theme by name, for light or dark."""
    return {**tokens()["themes"][theme.base][mode], **_given(theme, mode)}


# Style


@lru_cache(maxsize=1)
def tokens() -> Mapping[str, Any]:
    """Colour, type, space and shape by name, as `templates/theme/tokens.json` holds them."""
    text = (templates_dir() / "theme" / "tokens.json").read_text("utf-8")
    return cast(Mapping[str, Any], json.loads(text))


def style(theme: Theme, fonts: Fonts | None, names: Mapping[str, str], blocks: Iterable[str]) -> str:
    """The style of a document: its tokens, its typefaces, and the rules for its frame and for the blocks in it.

    `names` gives the package paths of files by their paths in the course folder; `blocks` are types of blocks.
    """
    templates = templates_dir()
    files = dict.fromkeys(
        file for block in sorted(blocks) for file in _with_imports(templates / "blocks" / f"{block}.css")
    )
    frame = templates / "theme"
    # What the modes change, such as print, they change after the blocks have had their say.
    rules = "".join(_rules(file) for file in (frame / "style.css", *files, frame / "modes.css"))
    return _squeezed(f"{_faces(fonts, names)}{_tokens(theme, fonts)}{rules}")


_IMPORT = re.compile(r'@import "([^"]+)";\n')


def _with_imports(file: Path) -> Iterator[Path]:
    """A style file after those that it imports; nothing where there is none, since not every block has a style."""
    if file.is_file():
        for name in _IMPORT.findall(file.read_text("utf-8")):
            yield from _with_imports((file.parent / name).resolve())
        yield file.resolve()


def _rules(file: Path) -> str:
    return _IMPORT.sub("", file.read_text("utf-8"))


def _tokens(theme: Theme, fonts: Fonts | None) -> str:
    held = tokens()
    shape = {**held["type"], **held["space"], **held["shape"]}
    for token, role in (("text", "text"), ("head", "headings")):
        face = getattr(fonts, role) if fonts else None
        if face and fonts:
            # A name of our own: the author's could be one that a device has, in another version.
            shape[token] = f"course-{fonts.typefaces.index(face)}, {shape[token]}"
    return (
        f":root {{{_values(shape)}}}"
        f"@media (min-width: 48em) {{:root {{{_values(held['type-from-48em'])}}}}}"
        f"{_colours(theme)}"
    )


def _colours(theme: Theme) -> str:
    """The colours that the device asks for, unless the learner has chosen others.

    The learner's choice stands on the root element: data-light is light or dark, data-contrast high or normal. Print
    has colours of its own.
    """
    light, dark = _ground(theme, "light"), _ground(theme, "dark")
    high = Theme(base=HIGH_CONTRAST)
    high_light, high_dark = _ground(high, "light"), _ground(high, "dark")
    not_light, not_normal = ':not([data-light="light"])', ':not([data-contrast="normal"])'
    is_dark, is_high = '[data-light="dark"]', '[data-contrast="high"]'
    rules = [
        (":root", light),
        ("@media screen", [(is_high, high_light), (is_dark, dark), (is_dark + is_high, high_dark)]),
        (
            "@media screen and (prefers-color-scheme: dark)",
            [(not_light, dark), (not_light + is_high, high_dark)],
        ),
        (
            "@media screen and (prefers-contrast: more)",
            [(not_normal, high_light), (is_dark + not_normal, high_dark)],
        ),
        (
            "@media screen and (prefers-contrast: more) and (prefers-color-scheme: dark)",
            [(not_light + not_normal, high_dark)],
        ),
    ]
    out = []
    for head, body in rules:
        inner = (
            body if isinstance(body, str) else "".join(f":root{each} {{{values}}}" for each, values in body)
        )
        out.append(f"{head} {{{inner}}}")
    return "".join(out)


def _ground(theme: Theme, mode: Mode) -> str:
    # A logo is drawn for light paper.
    plate = "#fff" if mode == "dark" else "none"
    return f"color-scheme: {mode};{_values({**palette(theme, mode), 'plate': plate})}"


def _values(values: Mapping[str, str]) -> str:
    return "".join(f"--{name}: {value};" for name, value in values.items())


def _faces(fonts: Fonts | None, names: Mapping[str, str]) -> str:
    # Swapped: words stand there in the system's own face until the course's has come.
    return "".join(
        f"@font-face {{font-family: course-{number};src: url({names[file.src]}) format('woff2');"
        f"font-weight: {file.weight};font-style: {'italic' if file.italic else 'normal'};font-display: swap}}"
        for number, face in enumerate(fonts.typefaces if fonts else ())
        for file in face.files
    )


def _squeezed(css: str) -> str:
    """Style without comments and needless white space, which no learner need wait for."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = " ".join(css.split())
    for sign in "{};,":
        css = css.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    return css.replace(": ", ":").replace(" > ", ">").replace(";}", "}")
