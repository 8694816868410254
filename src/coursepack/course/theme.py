"""The look of a course: its settings in `course.yaml`, the contrast of its colours, and the style of pages."""

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
"""The theme for learners who choose high contrast."""

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
"""Red, green and blue as `#rrggbb` or `#rgb`. None only when it is not given."""


class Palette(Model):
    """The light or dark colours of a theme; missing ones are those of the built-in theme."""

    paper: Colour = None
    """The page."""
    surface: Colour = None
    """Header, menu, fields, dialogs."""
    sunken: Colour = None
    """Notes and feedback."""
    ink: Colour = None
    """Text."""
    muted: Colour = None
    """Secondary text."""
    line: Colour = None
    """Decoration only."""
    edge: Colour = None
    """Outlines of controls."""
    accent: Colour = None
    """Interactive elements: links, the main button, selection, progress."""
    on_accent: Colour = None
    """Text on the accent."""
    tint: Colour = None
    """Background of the selection."""
    right: Colour = None
    wrong: Colour = None
    p1: Colour = None
    """The parts of the course, in turn."""
    p2: Colour = None
    p3: Colour = None
    p4: Colour = None


class Theme(Model):
    """A built-in theme, or an author's own based on one."""

    base: ThemeName = "fjord"
    light: Palette = Palette.model_construct()
    dark: Palette = Palette.model_construct()


def _theme(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value not in get_args(ThemeName):
        raise wrong(
            "unknown-theme",
            "there is no theme {0}. Known: {1}",
            quoted(value),
            ", ".join(get_args(ThemeName)),
        )
    return {"base": value}


NamedTheme = Annotated[Theme, BeforeValidator(_theme, json_schema_input_type=ThemeName | Theme)]
"""A theme, or the name of a built-in one."""


class Logo(Model):
    """The publisher's logo, in the header and on the start page. `decorative` when the title has the same text."""

    src: MediaPath
    alt: Text | None = None
    decorative: Flag = False

    @model_validator(mode="after")
    def _says_what_it_shows(self) -> Self:
        if not self.alt and not self.decorative:
            raise wrong("missing-alt", "logo has neither alt nor decorative: true")
        if self.alt and self.decorative:
            raise wrong("alt-of-decorative", "logo is decorative but has alt")
        return self


def _weight(value: Any) -> Any:
    text = str(value) if isinstance(value, int) else value
    if not isinstance(text, str) or not re.fullmatch(_WEIGHT, text):
        raise wrong(
            "not-a-weight", "is not a weight like 700, or 200 900 for a variable font: {0}", quoted(value)
        )
    return text


class FontFile(Model):
    """One file of a typeface. `weight` is 1 to 1000, or the range of a variable font."""

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
    """A typeface in the package. The page about the course shows its name and licence."""

    name: Text
    licence: Text
    files: Annotated[tuple[FontFile, ...], Field(min_length=1)]


class Fonts(Model):
    """Typefaces instead of the system's: for text, and for headings and stories."""

    text: Typeface | None = None
    headings: Typeface | None = None

    @property
    def typefaces(self) -> tuple[Typeface, ...]:
        """The typefaces, each once, even if text and headings share one."""
        return tuple(dict.fromkeys(face for face in (self.text, self.headings) if face))

    @property
    def files(self) -> Iterator[str]:
        """The files by their path in the course folder, each once."""
        return iter(dict.fromkeys(file.src for face in self.typefaces for file in face.files))


# Contrast


def _pairs() -> Iterator[tuple[str, str, float]]:
    """Foreground, background and minimum contrast: 4.5 for text (WCAG 2.2, 1.4.3), 3 for the rest (1.4.11)."""
    for text in ("ink", "muted", "accent"):
        yield from ((text, ground, 4.5) for ground in ("paper", "surface", "sunken", "tint"))
    yield "on-accent", "accent", 4.5
    for word in ("right", "wrong", "p1", "p2", "p3", "p4"):
        yield from ((word, ground, 4.5) for ground in ("paper", "surface", "sunken"))
    # The dot and the edge of a part on the selection.
    yield from ((part, "tint", 3) for part in ("p1", "p2", "p3", "p4"))
    yield from (("edge", ground, 3) for ground in ("paper", "surface", "sunken"))


PAIRS = tuple(_pairs())
"""The pairs of colours that the style uses, foreground first. The contrast is the same in reverse."""


class Faint(NamedTuple):
    """An author's colour with too little contrast.

    `pairs` has each failing pair with its contrast and the minimum, (`accent/tint`, `2.85`, `4.5`), the worst first,
    the foreground before the slash; `cure` is the nearest colour of the same hue with enough contrast in all, or None.
    """

    mode: Mode
    name: str
    pairs: tuple[tuple[str, str, str], ...]
    cure: str | None


def faint(theme: Theme) -> Iterator[Faint]:
    """The author's colours with too little contrast to their backgrounds or foregrounds.

    Only pairs with an author's colour are checked: the built-in themes have enough contrast.
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
                # Rounded down: 4.496 is less than 4.5, and must not be shown as 4.5.
                pair = (f"{front}/{back}", f"{int(ratio * 100) / 100:.2f}", f"{least:g}")
                failing.setdefault(front if front in given else back, []).append((ratio, pair))
        for name, places in failing.items():
            yield Faint(mode, name, tuple(pair for _, pair in sorted(places)), _cure(name, colours))


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
    named = ((name.replace("_", "-"), getattr(own, name)) for name in Palette.model_fields)
    return {name: colour for name, colour in named if colour}


def palette(theme: Theme, mode: Mode) -> dict[str, str]:
    """The colours of a theme by name, for light or dark."""
    return {**tokens()["themes"][theme.base][mode], **_given(theme, mode)}


# Style


@lru_cache(maxsize=1)
def tokens() -> Mapping[str, Any]:
    """Colour, type, space and shape by name, from `templates/theme/tokens.json`."""
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
    # Modes such as print override the blocks.
    rules = "".join(_rules(file) for file in (frame / "style.css", *files, frame / "modes.css"))
    return _squeezed(f"{_faces(fonts, names)}{_tokens(theme, fonts)}{rules}")


_IMPORT = re.compile(r'@import "([^"]+)";\n')


def _with_imports(file: Path) -> Iterator[Path]:
    """A style file after those that it imports; empty without a file, since not every block has a style."""
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
            # Not the author's name, since a device could have another version of that font.
            shape[token] = f"course-{fonts.typefaces.index(face)}, {shape[token]}"
    return (
        f":root {{{_values(shape)}}}"
        f"@media (min-width: 48em) {{:root {{{_values(held['type-from-48em'])}}}}}"
        f"{_colours(theme)}"
    )


def _colours(theme: Theme) -> str:
    """The colours of the device's preference, unless the learner has chosen others.

    The learner's choice is on the root element: data-light is light or dark, data-contrast high or normal. Print has
    its own colours.
    """
    high = tokens()["themes"][HIGH_CONTRAST]
    light, dark = (_ground(palette(theme, mode), mode) for mode in MODES)
    high_light, high_dark = (_ground(high[mode], mode) for mode in MODES)
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


def _ground(colours: Mapping[str, str], mode: Mode) -> str:
    # A logo is drawn for light paper.
    plate = "#fff" if mode == "dark" else "none"
    return f"color-scheme: {mode};{_values({**colours, 'plate': plate})}"


def _values(values: Mapping[str, str]) -> str:
    return "".join(f"--{name}: {value};" for name, value in values.items())


def _faces(fonts: Fonts | None, names: Mapping[str, str]) -> str:
    # swap: text is shown in the system's typeface until the font has loaded.
    return "".join(
        f"@font-face {{font-family: course-{number};src: url({names[file.src]}) format('woff2');"
        f"font-weight: {file.weight};font-style: {'italic' if file.italic else 'normal'};font-display: swap}}"
        for number, face in enumerate(fonts.typefaces if fonts else ())
        for file in face.files
    )


def _squeezed(css: str) -> str:
    """CSS without comments and redundant white space, which learners would have to load."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = " ".join(css.split())
    for sign in "{};,":
        css = css.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    return css.replace(": ", ":").replace(" > ", ">").replace(";}", "}")
