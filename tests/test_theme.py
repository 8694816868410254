"""A look can be read: contrasts are those of the design, and an author's own colours are checked at their place."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import COURSE, PAGE, QUESTION, SVG, MakeCourse
from typefaces import woff2

from coursepack import TARGETS, read_course, render_site
from coursepack.checking import check
from coursepack.course.colour import contrast, nearest
from coursepack.course.model import Definition
from coursepack.course.theme import MODES, PAIRS, Palette, Theme, ThemeName, palette, style, tokens
from coursepack.outputs.plain import report_lines
from coursepack.reading.rules.structure import FONTS_LIMIT
from coursepack.reading.source import read_folder

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
BLOCKS = [path.stem for path in (TEMPLATES / "blocks").glob("*.html")]

# The design's table: the pair, the least, and the contrast in fjord, lykta and klar, each in light and in dark.
TABLE = """\
ink on paper 4.5 14.2 14.5 14.6 14.8 21.0 21.0
ink on surface 4.5 15.5 13.0 15.5 13.7 21.0 21.0
ink on sunken 4.5 13.0 11.6 13.1 12.4 18.4 17.4
ink on tint 4.5 12.8 9.7 12.7 10.4 16.9 13.0
muted on paper 4.5 6.8 8.8 6.7 8.7 17.0 17.6
muted on surface 4.5 7.4 7.9 7.1 8.0 17.0 17.6
muted on sunken 4.5 6.2 7.0 6.0 7.2 15.0 14.6
muted on tint 4.5 6.1 5.9 5.8 6.1 13.7 10.9
accent on paper 4.5 7.3 9.6 6.8 10.1 11.8 16.2
accent on surface 4.5 7.9 8.5 7.2 9.3 11.8 16.2
accent on sunken 4.5 6.6 7.6 6.1 8.4 10.3 13.4
accent on tint 4.5 6.5 6.4 5.9 7.1 9.5 10.0
on-accent on accent 4.5 7.9 8.7 7.3 9.6 11.8 16.2
right on surface 4.5 7.0 8.7 7.0 9.3 10.1 17.1
right on sunken 4.5 5.9 7.8 5.9 8.4 8.8 14.2
right on paper 4.5 6.4 9.8 6.6 10.1 10.1 17.1
wrong on surface 4.5 7.5 8.1 7.8 8.6 10.1 12.7
wrong on sunken 4.5 6.3 7.3 6.6 7.7 8.8 10.5
wrong on paper 4.5 6.9 9.1 7.3 9.3 10.1 12.7
p1 on paper 4.5 6.8 9.0 6.8 9.0 11.8 13.8
p1 on surface 4.5 7.4 8.0 7.3 8.4 11.8 13.8
p2 on paper 4.5 6.8 8.7 6.9 8.8 12.6 13.4
p2 on surface 4.5 7.5 7.8 7.3 8.2 12.6 13.4
p3 on paper 4.5 6.2 9.3 6.3 9.4 11.2 15.3
p3 on surface 4.5 6.8 8.3 6.7 8.7 11.2 15.3
p4 on paper 4.5 5.8 9.9 5.9 10.0 10.7 16.5
p4 on surface 4.5 6.4 8.8 6.3 9.2 10.7 16.5
edge on paper 3 3.9 5.4 3.8 5.2 21.0 21.0
edge on surface 3 4.2 4.8 4.1 4.8 21.0 21.0
edge on sunken 3 3.6 4.3 3.4 4.4 18.4 17.4
"""
READY: list[tuple[ThemeName, str]] = list(itertools.product(("fjord", "lykta", "klar"), ("light", "dark")))


def rows() -> list[tuple[str, str, float, list[float]]]:
    found = []
    for line in TABLE.splitlines():
        front, _, back, least, *ratios = line.split()
        found.append((front, back, float(least), [float(ratio) for ratio in ratios]))
    return found


# Contrast


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#ffffff", "#000000", 21),
        ("#fff", "#000", 21),
        ("#123456", "#123456", 1),
        # The grey that WCAG's own examples name as the palest on white that is enough.
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#ffffff", "#12343a", 13.3),
        ("#e9efe9", "#12343a", 11.4),
    ],
)
def test_a_contrast_is_as_wcag_computes_it_whichever_stands_on_which(
    one: str, other: str, ratio: float
) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.05)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(("theme", "mode"), READY)
def test_the_ready_themes_have_the_contrasts_of_the_design(theme: ThemeName, mode: str) -> None:
    colours = palette(Theme(base=theme), mode)  # type: ignore[arg-type]
    computed = [
        f"{front} on {back} {contrast(colours[front], colours[back]):.1f}" for front, back, _, _ in rows()
    ]
    at = READY.index((theme, mode))
    assert computed == [f"{front} on {back} {ratios[at]:.1f}" for front, back, _, ratios in rows()]


def test_every_pair_of_the_design_is_checked_and_no_less_strictly() -> None:
    least = {(front, back): needed for front, back, needed in PAIRS}
    for front, back, needed, _ in rows():
        assert least[front, back] >= needed


@pytest.mark.parametrize(("theme", "mode"), READY)
def test_the_ready_themes_are_above_the_least_in_every_pair(theme: ThemeName, mode: str) -> None:
    colours = palette(Theme(base=theme), mode)  # type: ignore[arg-type]
    assert [pair for pair in PAIRS if contrast(colours[pair[0]], colours[pair[1]]) < pair[2]] == []


@settings(max_examples=60)
@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_a_colour_that_does_can_be_found_on_any_ground(colour: int, ground: int) -> None:
    """Black or white differs from any colour by at least the root of 21, which is 4.58."""
    back = f"#{ground:06x}"
    found = nearest(f"#{colour:06x}", lambda each: contrast(each, back) >= 4.5)
    assert found
    assert contrast(found, back) >= 4.5


def test_the_nearest_colour_is_itself_when_it_does() -> None:
    assert nearest("#0b5a61", lambda _: True) == "#0b5a61"


@pytest.mark.parametrize("ground", ["#f7f5f0", "#12191b"])
@pytest.mark.parametrize("grey", [0x00, 0x55, 0x8C, 0xC8, 0xFF])
def test_the_nearest_grey_is_the_first_that_does(grey: int, ground: str) -> None:
    """Of greys there are few enough to try them all."""
    fits = [each for each in range(256) if contrast(f"#{each:02x}{each:02x}{each:02x}", ground) >= 4.5]
    wanted = min(fits, key=lambda each: abs(each - grey))
    found = nearest(f"#{grey:02x}" + f"{grey:02x}" * 2, lambda each: contrast(each, ground) >= 4.5)
    assert found
    # A step of lightness is not always a step of grey.
    assert all(abs(int(found[at : at + 2], 16) - wanted) <= 1 for at in (1, 3, 5))


def test_no_colour_does_where_the_grounds_contradict_each_other() -> None:
    grounds = ("#000000", "#ffffff", "#777777")
    assert nearest("#0b5a61", lambda each: all(contrast(each, back) >= 4.5 for back in grounds)) is None


# What an author writes


def told(make_course: MakeCourse, look: str, **files: str | bytes) -> list[str]:
    extra = {name.replace("__", "/", 1).replace("_", "."): content for name, content in files.items()}
    return str(read_folder(make_course({"course.yaml": COURSE + look, **extra}))[1]).splitlines()


# The lines of COURSE; what a test adds stands below.
AT = COURSE.count("\n") + 1


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        ("theme: lykta\n", []),
        ("theme: {base: klar}\n", []),
        ("theme: {}\n", []),
        ('theme: {light: {accent: "#064"}, dark: {accent: "#8FD"}}\n', []),
        ("theme: fjrod\n", [f"course.yaml:{AT}:8: error course/unknown-theme: there is no theme 'fjrod'. Known: fjord, lykta, klar"]),
        ("theme: {base: night}\n", [f"course.yaml:{AT}:15: error course/unknown-value: 'base' cannot be 'night'", "    Known: fjord, klar, lykta."]),
        ("theme: {light: {acent: x}}\n", [f"course.yaml:{AT}:17: error course/unknown-field: there is no field 'acent' here", "    Did you mean 'accent'?"]),
        ("theme:\n  light:\n    accent: #0b5a61\n", [f"course.yaml:{AT + 2}:12: error course/unquoted-colour: 'accent' is empty: # begins a comment. Put the colour in quotation marks, as \"#0b5a61\""]),
        ("theme: {light: {accent: teal}}\n", [f"course.yaml:{AT}:25: error course/not-a-colour: 'accent' is not a colour like \"#0b5a61\": 'teal'"]),
        ('theme: {light: {accent: "#0b5a6"}}\n', [f"course.yaml:{AT}:25: error course/not-a-colour: 'accent' is not a colour like \"#0b5a61\": '#0b5a6'"]),
        ("logo: {src: media/house.svg}\n", [f"course.yaml:{AT}:7: error course/missing-alt: logo has neither alt nor decorative: true"]),
        ("logo: {src: media/house.svg, alt: A, decorative: true}\n", [f"course.yaml:{AT}:7: error course/alt-of-decorative: logo is decorative but has alt"]),
        ("logo: {src: media/gone.svg, alt: A}\n", [f"course.yaml:{AT}:13: error media/missing: there is no file 'media/gone.svg'", "    Known: house.svg."]),
        ("fonts: {text: {name: A, licence: B, files: []}}\n", [f"course.yaml:{AT}:44: error course/too-few: 'files' needs at least 1"]),
        ("fonts: {text: {name: A, files: [{src: a.woff2}]}}\n", [f"course.yaml:{AT}:15: error course/missing-field: the field 'licence' is missing"]),
        ("fonts: {text: {name: A, licence: B, files: [{src: a.woff2, weight: bold}]}}\n", [f"course.yaml:{AT}:68: error course/not-a-weight: 'weight' is not a weight like 700, or 200 900 for a variable font: 'bold'"]),
        ("fonts: {text: {name: A, licence: B, files: [{src: media/a.ttf}]}}\n", [f"course.yaml:{AT}:51: error media/unknown-type: 'media/a.ttf' is not a font", "    Known endings: woff2."]),
        ("fonts: {headings: {name: A, licence: B, files: [{src: media/text.woff2}]}}\n", [f"course.yaml:{AT}:55: error media/not-a-font: 'media/text.woff2': is not a WOFF2 font", "    Convert it to WOFF2."]),
        ("fonts: {headings: {name: A, licence: B, files: [{src: media/cut.woff2}]}}\n", [f"course.yaml:{AT}:55: error media/not-a-font: 'media/cut.woff2': is a font that is cut short", "    Copy or convert it again."]),
        ("fonts: {headings: {name: A, licence: B, files: [{src: media/good.woff2, weight: 200 900, italic: true}]}}\n", []),
    ],
)  # fmt: skip
def test_a_problem_in_the_looks_is_told_at_its_place(
    make_course: MakeCourse, look: str, expected: list[str]
) -> None:
    font = woff2(10)
    found = told(make_course, look, media__house_svg=SVG, media__text_woff2="woff", media__cut_woff2=font[:-1], media__good_woff2=font)  # fmt: skip
    if look.startswith("logo: {src: media/gone"):
        # Which files are near depends on the folder; the place and the fault do not.
        assert found[0] == expected[0]
    else:
        assert found == expected


def test_too_little_contrast_is_an_error_with_the_ratio_the_least_and_the_nearest_that_does(
    make_course: MakeCourse,
) -> None:
    found = told(make_course, 'theme:\n  light: {accent: "#88bbbb"}\n')
    head, hint = found
    assert head.startswith(
        f"course.yaml:{AT + 1}:19: error course/low-contrast: the contrast of 'accent' is too low in light: "
    )
    # By hand, from the luminances: #88bbbb 0.4436; white 1; paper 0.9137; sunken 0.8299; tint 0.8162.
    assert head.endswith(
        "accent/tint 1.75 < 4.5, accent/sunken 1.78 < 4.5, accent/paper 1.95 < 4.5, accent/surface 2.12 < 4.5, "
        "on-accent/accent 2.12 < 4.5"
    )
    nearest_one = re.fullmatch(
        r"    The nearest colour of this hue with enough contrast is '(#[0-9a-f]{6})'\.", hint
    )
    assert nearest_one
    assert told(make_course, f'theme:\n  light: {{accent: "{nearest_one[1]}"}}\n') == []


def test_swedish_has_its_own_words_for_a_mode_and_its_own_decimals(make_course: MakeCourse) -> None:
    course = COURSE + 'theme:\n  light: {accent: "#88bbbb"}\n  dark: {tint: "#4c585a"}\n'
    told = report_lines(check(make_course({"course.yaml": course})), "sv")
    light, dark = [line for line in told if "course/low-contrast" in line]
    assert "kontrasten för 'accent' är för låg i ljust läge: accent/tint 1,75 < 4,5, " in light
    assert "kontrasten för 'tint' är för låg i mörkt läge: muted/tint 3," in dark


def test_a_ground_is_blamed_for_what_stands_on_it(make_course: MakeCourse) -> None:
    head, hint = told(make_course, 'theme: {dark: {tint: "#4c585a"}}\n')
    assert (
        f"course.yaml:{AT}:22: error course/low-contrast: the contrast of 'tint' is too low in dark: " in head
    )
    assert "muted/tint 3" in head
    assert "p1/tint" not in head
    assert "The nearest colour of this hue with enough contrast is" in hint


def test_of_two_colours_of_the_author_s_the_one_in_front_is_blamed(make_course: MakeCourse) -> None:
    found = told(make_course, 'theme: {light: {paper: "#ffffff", muted: "#999999"}}\n')
    assert [line for line in found if "error" in line] == [
        f"course.yaml:{AT}:42: error course/low-contrast: the contrast of 'muted' is too low in light: "
        "muted/tint 2.35 < 4.5, muted/sunken 2.39 < 4.5, muted/paper 2.84 < 4.5, muted/surface 2.84 < 4.5"
    ]


def test_where_no_colour_does_the_others_are_named(make_course: MakeCourse) -> None:
    found = told(make_course, 'theme: {light: {accent: "#777777", on-accent: "#777777", paper: "#777777"}}\n')
    assert "    No colour of this hue has enough contrast with the others: change those as well." in found


@pytest.mark.parametrize("line", ["line", "plate"])
def test_decoration_may_be_as_faint_as_it_likes(line: str) -> None:
    assert line not in {name for pair in PAIRS for name in pair[:2]}


def test_large_fonts_are_a_warning_with_their_sizes(make_course: MakeCourse) -> None:
    big = woff2(10, padding=FONTS_LIMIT)
    look = (
        "fonts:\n  text:\n    {name: A, licence: B, files: [{src: media/a.woff2}]}\n"
        "  headings:\n    {name: A, licence: B, files: [{src: media/a.woff2}]}\n"
    )
    found = told(make_course, look, media__a_woff2=big)
    assert found[0] == (
        f"course.yaml:{AT + 1}:3: warning course/large-fonts: the fonts are {len(big) / 1000:.0f} kB together, "
        f"which is more than 100 kB: media/a.woff2 {len(big) / 1000:.0f} kB"
    )
    assert len(found) == 2
    assert told(make_course, look, media__a_woff2=woff2(10)) == []


# The style


def test_the_names_of_themes_and_colours_are_those_of_the_tokens() -> None:
    assert list(tokens()["themes"]) == list(get_args(ThemeName))
    names = [field.alias or name for name, field in Palette.model_fields.items()]
    for theme in tokens()["themes"].values():
        assert list(theme) == list(MODES)
        for colours in theme.values():
            assert list(colours) == names
            assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours.values())


def test_every_token_is_used_and_every_value_used_is_a_token() -> None:
    css = style(Theme(), None, {}, BLOCKS)
    defined = set(re.findall(r"[{;](--[\w-]+):", css))
    used = set(re.findall(r"var\((--[\w-]+)", css))
    # What the script gives, and what other rules give to one element.
    assert used - defined == {"--done", "--at"}
    assert defined - used == set()


def test_rules_hold_no_colour_of_their_own() -> None:
    """But for film, the neutral page, print, shadows, the end of a chapter, and a picture's ground."""
    # Reports, sheets and the preview look the same whatever the course's theme.
    files = [
        path
        for path in TEMPLATES.rglob("*.css")
        if path.name not in ("tokens.css", "report.css") and not {"release", "preview"} & {*path.parts}
    ]
    rules = "\n".join(path.read_text("utf-8").partition("@media print")[0] for path in files)
    found = [
        line.strip()
        for line in rules.splitlines()
        if re.search(r"#[0-9a-f]{3,6}\b(?=[ ;,)])", line)
        and not re.match(r"\s*(#|\.film|\.sound|\.plain|\.ending|\.doorway)", line)
    ]
    assert found == []


def packed(css: str) -> int:
    return len(gzip.compress(css.encode(), 9))


def test_the_style_stays_within_its_budget(sample: Path) -> None:
    for theme in get_args(ThemeName):
        assert packed(style(Theme(base=theme), None, {}, BLOCKS)) <= 14_000
    # The example course has nearly every block, its first part those of most courses.
    course = read_course(sample)
    first = {entry.id for entry in course.definition.parts[0].pages}
    blocks = {block.type for page in course.pages if page.entry.id in first for block in page.blocks}
    assert len(blocks) > 10
    assert packed(style(course.definition.theme, course.definition.fonts, {}, blocks)) <= 12_000


def test_a_document_has_the_styles_of_its_blocks_and_no_others(make_course: MakeCourse) -> None:
    def css_of(name: str, page: str) -> str:
        index = render_site(read_course(make_course({PAGE: page}, name)), TARGETS["web"])["index.html"]
        assert isinstance(index, bytes)
        return re.findall("<style>(.*?)</style>", index.decode(), re.DOTALL)[0]

    plain, asked, shown = (
        css_of("plain", "Text.\n"),
        css_of("asked", QUESTION.format(id="q-1")),
        css_of("shown", "What $`x^2`$ is.\n\n::: steps\n## One\nText.\n## Two\nText.\n:::\n"),
    )
    assert len(plain) < min(len(asked), len(shown))
    for selector, those in ((".opt{", [asked]), ("msqrt", [shown]), (".steps>li::before", [shown])):
        assert [css for css in (plain, asked, shown) if selector in css] == those, selector
    # What choice imports is there once, and before what the modes change.
    assert asked.count(".opt:hover{") == 1
    assert asked.index(".opt:hover{") < asked.index("@media print")
    assert "@import" not in plain + asked + shown


def test_every_style_of_a_block_stands_beside_its_template() -> None:
    # What several blocks include stands one folder up.
    included = {path.stem for path in TEMPLATES.glob("*.html")}
    assert {path.stem for path in (TEMPLATES / "blocks").glob("*.css")} <= included | set(BLOCKS)


def test_an_author_s_colours_are_in_the_style_and_a_learner_can_still_ask_for_high_contrast() -> None:
    own = Theme.model_validate({"base": "lykta", "light": {"accent": "#064064"}})
    css = style(own, None, {}, BLOCKS)
    assert css.count("--accent:#064064") == 1
    lykta, klar = tokens()["themes"]["lykta"], tokens()["themes"]["klar"]
    assert lykta["light"]["accent"] not in css
    assert css.count(f"--accent:{lykta['dark']['accent']}") == 2
    assert css.count(f"--accent:{klar['light']['accent']}") == 2
    assert css.count(f"--accent:{klar['dark']['accent']}") == 4


def test_a_package_carries_its_fonts_and_logo_once_and_only_then_may_a_page_load_fonts(
    make_course: MakeCourse,
) -> None:
    look = (
        "logo: {src: media/Our Logo.svg, alt: Publisher}\nfonts:\n"
        "  text: {name: A, licence: B, files: [{src: media/a.woff2}, {src: media/b.woff2, weight: 700, italic: true}]}\n"
        "  headings: {name: A, licence: B, files: [{src: media/a.woff2}, {src: media/b.woff2, weight: 700, italic: true}]}\n"
    )
    media = {"media/Our Logo.svg": SVG, "media/a.woff2": woff2(10), "media/b.woff2": woff2(20)}
    files = render_site(read_course(make_course({"course.yaml": COURSE + look, **media})), TARGETS["web"])
    assert set(files) == {
        *("index.html", "player.js", "later.js"),
        *("media/our-logo.svg", "media/a.woff2", "media/b.woff2"),
    }
    page = files["index.html"]
    assert isinstance(page, bytes)
    assert re.findall(r"@font-face *{[^}]*}", page.decode()) == [
        "@font-face{font-family:course-0;src:url(media/a.woff2) format('woff2');font-weight:400;font-style:normal;"
        "font-display:swap}",
        "@font-face{font-family:course-0;src:url(media/b.woff2) format('woff2');font-weight:700;font-style:italic;"
        "font-display:swap}",
    ]
    assert b"font-src 'self' file:;" in page
    plain = render_site(read_course(make_course({}, "plain")), TARGETS["web"])["index.html"]
    assert isinstance(plain, bytes)
    assert b"font-src" not in plain
    assert b"@font-face" not in plain


def test_a_ready_theme_by_name_is_the_same_as_spelt_out(make_course: MakeCourse) -> None:
    themes = [
        read_course(make_course({"course.yaml": COURSE + look}, name)).definition.theme
        for name, look in [("a", "theme: klar\n"), ("b", "theme: {base: klar}\n")]
    ]
    assert themes[0] == themes[1] == Theme(base="klar")


def test_tokens_can_be_read_by_a_person() -> None:
    text = (TEMPLATES / "theme/tokens.json").read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_the_default_theme_is_fjord() -> None:
    assert Definition.model_fields["theme"].default == Theme(base="fjord")
