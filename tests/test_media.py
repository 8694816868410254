"""A media file is what its name says and whole, or an error tells why not."""

from __future__ import annotations

import contextlib
import struct
import tempfile
import warnings
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from strategies import SVG, mp4

from coursepack.reading.films import media_facts
from coursepack.reading.media_heads import MediaError, picture_facts


def raster(kind: str, size: tuple[int, int] = (3, 2), **options: object) -> bytes:
    data = BytesIO()
    Image.new("RGB", size).save(data, kind, **options)
    return data.getvalue()


def put(tmp_path: Path, name: str, data: bytes | str) -> Path:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def image_size(path: Path) -> tuple[int, int]:
    return picture_facts(path).size


def fault(look, path: Path) -> str:
    with pytest.raises(MediaError) as caught:
        look(path)
    return f"{caught.value.rule}: {caught.value}"


@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.jpg", "JPEG"), ("A.JPEG", "JPEG"), ("a.webp", "WEBP"), ("a.gif", "GIF"), ("a.avif", "AVIF")])  # fmt: skip
def test_a_picture_s_size_is_read(tmp_path: Path, name: str, kind: str) -> None:
    assert image_size(put(tmp_path, name, raster(kind, (30, 20)))) == (30, 20)


def test_a_photo_that_lies_on_its_side_is_measured_as_it_is_shown(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert image_size(put(tmp_path, "a.jpg", raster("JPEG", (30, 20), exif=exif))) == (20, 30)


def test_a_photo_with_damaged_metadata_is_measured_as_it_lies(tmp_path: Path) -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01"  # one tag, of which nothing follows
    assert image_size(put(tmp_path, "a.jpg", raster("JPEG", (30, 20), exif=exif))) == (30, 20)


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {"progressive": True}), ("JPEG", {"quality": 95, "optimize": True}), ("PNG", {"interlace": 1})],
)
def test_the_size_of_every_kind_of_jpeg_and_png_is_read(
    tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    assert image_size(put(tmp_path, "a.jpg", raster(kind, (300, 17), **options))) == (300, 17)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_s_size_is_read_past_profile_comment_and_fill_bytes(tmp_path: Path, mode: str) -> None:
    data = BytesIO()
    Image.new(mode, (300, 17)).save(data, "JPEG", icc_profile=bytes(100_000), comment=b"of a camera")
    # ISO/IEC 10918-1, B.1.1.2: any marker may follow bytes of ones.
    filled = data.getvalue().replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1)
    for whole in (data.getvalue(), filled):
        assert image_size(put(tmp_path, "a.jpg", whole)) == (300, 17)


# Damage can turn the number of the orientation into bytes.
@example([(43, 1)], True)
# Damage can make it larger than Pillow opens.
@example([(163, 18), (165, 151)], False)
@given(st.lists(st.tuples(st.integers(2, 650), st.integers(0, 255)), min_size=1, max_size=3), st.booleans())
def test_a_damaged_jpeg_has_the_size_that_pillow_reads(changes: list[tuple[int, int]], turns: bool) -> None:
    data = bytearray(raster("JPEG", (300, 17), **({"exif": turned()} if turns else {})))
    for at, byte in changes:
        data[at] = byte
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = put(Path(folder), "a.jpg", bytes(data))
        try:
            with Image.open(path) as picture:
                upright = picture.getexif().get(0x0112) not in (5, 6, 7, 8)
                size = picture.size if upright else picture.size[::-1]
        except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError):
            return
        with contextlib.suppress(MediaError):
            assert image_size(path) == size


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("left", [3, 20, 40])
def test_a_picture_that_is_cut_in_its_head_is_refused(tmp_path: Path, kind: str, left: int) -> None:
    assert fault(image_size, put(tmp_path, "a.png", raster(kind)[:left])).startswith("not-an-image: ")


WHOLE = {
    "png": lambda: raster("PNG", (300, 200)),
    "interlaced.png": lambda: raster("PNG", (300, 200), interlace=1),
    "jpg": lambda: raster("JPEG", (300, 200), quality=95),
    "turned.jpg": lambda: raster("JPEG", (300, 200), exif=turned()),
    "progressive.jpg": lambda: raster("JPEG", (300, 200), progressive=True),
    "gif": lambda: raster("GIF", (300, 200)),
    "webp": lambda: raster("WEBP", (300, 200), lossless=True),
    "avif": lambda: raster("AVIF", (300, 200)),
}


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 3
    return exif


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("left", [0.5, 0.9, 0.99])
def test_a_picture_that_is_cut_short_is_refused(name: str, left: float, tmp_path: Path) -> None:
    data = WHOLE[name]()
    path = put(tmp_path, f"a.{name}", data)
    assert image_size(path) == (300, 200)
    path.write_bytes(data[: int(len(data) * left)])
    assert fault(image_size, path) == "not-an-image: is a picture that is cut short"


def on_its_side(kind: str, **options: Any) -> bytes:
    """A picture of 300 by 200 that was taken upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return raster(kind, (300, 200), exif=exif, **options)


def late(png: bytes) -> bytes:
    """A PNG whose Exif stands behind its pixels."""
    start = png.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(png[start : start + 4])
    return png[:start] + png[end:-12] + png[start:end] + png[-12:]


ON_THEIR_SIDE = {
    "jpg": (lambda: on_its_side("JPEG"), (200, 300)),
    "png": (lambda: on_its_side("PNG"), (200, 300)),
    "late.png": (lambda: late(on_its_side("PNG")), (300, 200)),
    "webp": (lambda: on_its_side("WEBP"), (300, 200)),
    "lossless.webp": (lambda: on_its_side("WEBP", lossless=True), (300, 200)),
    "avif": (lambda: on_its_side("AVIF"), (200, 300)),
}
"""Pictures that were taken upright, and how large browsers show them: a browser's test compares it."""


@pytest.mark.parametrize("name", ON_THEIR_SIDE)
def test_the_size_of_a_picture_is_that_of_browsers(name: str, tmp_path: Path) -> None:
    make, size = ON_THEIR_SIDE[name]
    assert image_size(put(tmp_path, f"a.{name}", make())) == size


@pytest.mark.parametrize("name", ["png", "jpg", "turned.jpg", "gif", "webp"])
@pytest.mark.parametrize("more", [b"x", bytes(100_000)], ids=["a byte", "a film behind it"])
def test_what_stands_behind_a_picture_does_no_harm(name: str, more: bytes, tmp_path: Path) -> None:
    assert image_size(put(tmp_path, f"a.{name}", WHOLE[name]() + more)) == (300, 200)


def test_a_gif_without_its_last_byte_is_shown(tmp_path: Path) -> None:
    """Browsers show it, and programs have written such files."""
    data = raster("GIF", (300, 200))
    assert data[-1:] == b";"
    assert image_size(put(tmp_path, "a.gif", data[:-1])) == (300, 200)


@pytest.mark.parametrize("kind", ["ICO", "TGA", "EPS", "PDF"])
def test_a_picture_that_is_neither_shown_nor_converted_is_refused(tmp_path: Path, kind: str) -> None:
    assert fault(image_size, put(tmp_path, "a.png", raster(kind))).startswith("not-an-image: ")


@pytest.mark.parametrize("name", ["a.heic", "a.jpg"])
def test_a_picture_of_a_telephone_is_known_under_any_name(tmp_path: Path, name: str) -> None:
    data = (Path(__file__).parent / "films/upright.heic").read_bytes()
    assert picture_facts(put(tmp_path, name, data))[:2] == ((48, 64), "heic")


@settings(max_examples=300)
@given(changes=st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), max_size=4))
def test_a_damaged_picture_of_a_telephone_ends_in_a_size_or_a_fault(tmp_path_factory, changes) -> None:
    data = (Path(__file__).parent / "films/upright.heic").read_bytes()
    for at, new in changes:
        data = data[:at] + new + data[at + len(new) :]
    with contextlib.suppress(MediaError):
        picture_facts(put(tmp_path_factory.getbasetemp(), "a.heic", data))


def png_of(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(7_072, 7_072), (10_000, 10_000), (100_000, 100_000)])
def test_a_picture_bomb_is_refused_by_its_head(tmp_path: Path, width: int, height: int) -> None:
    assert fault(image_size, put(tmp_path, "a.png", png_of(width, height))).startswith("too-many-pixels: ")


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('viewBox="0 0 16 9"', (16, 9)),
        ('viewBox="-5,-5,16.4,9.6"', (16, 10)),
        ('width="32" height="18px" viewBox="0 0 16 9"', (32, 18)),
        ('width="100%" height="100%" viewBox="0 0 16 9"', (16, 9)),
        ('width="2em" height="1em" viewBox="0 0 16 9"', (16, 9)),
    ],
)
def test_a_drawing_s_size_is_read(tmp_path: Path, head: str, size: tuple[int, int]) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {head}/>'
    assert image_size(put(tmp_path, "a.svg", svg)) == size


@pytest.mark.parametrize("head", ["", 'viewBox="0 0"', 'viewBox="0 0 a b"', 'viewBox="0 0 inf 1"', 'viewBox="0 0 nan 1"', 'viewBox="0 0 1e999 1"', 'viewBox="0 0 0 0"', f'width="{"9" * 400}" height="1"', 'viewBox="0 0 -1 -1"'])  # fmt: skip
def test_a_drawing_without_a_size_is_refused(tmp_path: Path, head: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {head}/>'
    assert fault(image_size, put(tmp_path, "a.svg", svg)).startswith("no-size: ")


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<g><script href='a.js'/></g>",
        "<path onload='x()'/>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        "<image href='https://example.org/a.png'/>",
        "<image xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='//example.org/a.png'/>",
        "<a href='javascript:alert(1)'><path/></a>",
        "<use href='other.svg#a'/>",
        "<style>@import 'https://example.org/a.css'</style>",
        "<style>path{fill:url(https://example.org/a)}</style>",
        "<path style='fill:url( \"//example.org/a\")'/>",
        "<image href='data:text/html,x'/>",
        "<path fill='url(https://example.org/a.svg#b)'/>",
        "<path style='fill:URL(//example.org/a)'/>",
        "<style><!-- a -->@import '//example.org/a.css'</style>",
        "<style>\\40 import '//example.org/a.css'</style>",
        "<path style='fill:u\\72l(//example.org/a)'/>",
        "<path fill='\\75 \\72 \\6c(//example.org/a)'/>",
        "<path style='background:image-set(\"//example.org/a.png\" 1x)'/>",
        "<path style='background:-webkit-image-set(\"//example.org/a.png\" 1x)'/>",
        '<style>path{background:src("//example.org/a")}</style>',
        "<style>@namespace 'a';</style>",
        "<a href='#a'><animate attributeName='href' to='javascript:alert(1)'/><path/></a>",
        "<use href='#a'><set attributeName='xlink:href' to='data:,x'/></use>",
        "<animate attributeName='onclick' to='alert(1)'/>",
        "<animate attributeName='fill' to='url(//example.org/a)'/>",
        "<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
        "<img xmlns='http://www.w3.org/1999/xhtml' src='//example.org/a'/>",
        "<style xmlns='http://www.w3.org/1999/xhtml'>@import '//example.org/a'</style>",
        "<x xmlns='urn:other'/>",
        "<video href='#a'/>",
        "<handler/>",
        "<path foo='a'/>",
        "<g xml:base='//example.org/'/>",
        "<use href='data:image/svg+xml,x'/>",
        "<image href=' javascript:alert(1)'/>",
        "<image href='data:image/svg+xml,x'/>",
    ],
)
def test_a_drawing_that_runs_or_loads_something_is_refused(tmp_path: Path, inner: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{inner}</svg>'
    assert fault(image_size, put(tmp_path, "a.svg", svg)).startswith("unsafe-svg: ")


@pytest.mark.parametrize("inner", ["<use href='#a'/>", "<path style='fill:url(#a)'/>", "<style>path{fill:url(\"#a\")}</style>", "<image href='data:image/png;base64,AA=='/>", "<path transform='translate(1 2) rotate(3)' fill='rgb(1,2,3)' style='fill:var(--a);filter:url(#b)'/>", "<style>@media print{path{fill:hsl(1 2% 3%)}} a:not(.b){fill:url(data:image/png;base64,AA)}</style>", "<circle r='1'><animate attributeName='r' values='1;2' dur='1s'/></circle>", "<metadata xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:RDF rdf:about='x'/></metadata>", "<g xmlns:i='http://www.inkscape.org/namespaces/inkscape' i:label='url(x)' id='a(b)' aria-label='f(x)' data-x='url(x)'/>"])  # fmt: skip
def test_a_drawing_may_use_what_it_holds(tmp_path: Path, inner: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{inner}</svg>'
    assert image_size(put(tmp_path, "a.svg", svg)) == (1, 1)


def test_a_drawing_with_a_style_sheet_of_its_own_is_refused(tmp_path: Path) -> None:
    svg = '<?xml version="1.0"?>\n<?xml-stylesheet href="https://example.org/a.css"?>\n' + SVG
    assert fault(image_size, put(tmp_path, "a.svg", svg)).startswith("unsafe-svg: ")


def test_a_drawing_that_declares_attributes_is_refused(tmp_path: Path) -> None:
    svg = '<!DOCTYPE svg [<!ATTLIST path onload CDATA "alert(1)">]>' + SVG
    assert fault(image_size, put(tmp_path, "a.svg", svg)) == "unsafe-svg: the drawing declares attributes"


def test_a_drawing_with_the_doctype_of_svg_is_read(tmp_path: Path) -> None:
    doctype = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert image_size(put(tmp_path, "a.svg", doctype + SVG)) == (16, 9)


def test_the_drawings_of_the_courses_are_read() -> None:
    root = Path(__file__).parents[1]
    drawings = [*root.glob("course_source/media/*.svg"), *root.glob("tests/showcase/media/*.svg")]
    assert len(drawings) > 8
    for path in drawings:
        assert image_size(path)


def test_a_drawing_with_entities_is_refused_unexpanded(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))
    bomb = f'<!DOCTYPE svg [<!ENTITY a0 "x">{entities}]>' + SVG.replace("<path", "<text>&a29;</text><path")
    assert fault(image_size, put(tmp_path, "a.svg", bomb)).partition(":")[0] in ("unsafe-svg", "not-an-image")


def test_a_drawing_does_not_read_other_files(tmp_path: Path) -> None:
    put(tmp_path, "secret.txt", "secret")
    svg = f'<!DOCTYPE svg [<!ENTITY a SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>' + SVG.replace(
        "<path", "<text>&a;</text><path"
    )
    assert fault(image_size, put(tmp_path, "a.svg", svg)).startswith("unsafe-svg: ")


def test_a_drawing_of_three_megabytes_is_refused(tmp_path: Path) -> None:
    svg = SVG + "<!--" + "x" * 3_000_000 + "-->"
    assert fault(image_size, put(tmp_path, "a.svg", svg)) == "too-large: the drawing is larger than 2 MB"


SAMPLES = [raster("PNG"), raster("JPEG"), raster("GIF"), raster("WEBP"), SVG.encode(), mp4(10)]


@settings(max_examples=300)
@given(
    sample=st.sampled_from(SAMPLES),
    name=st.sampled_from(["a.png", "a.jpg", "a.svg", "a.mp4"]),
    changes=st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=6)), max_size=4),
    cut=st.integers(0, 1000),
)
def test_a_damaged_file_ends_in_a_size_or_a_fault(tmp_path_factory, sample, name, changes, cut) -> None:
    for at, new in changes:
        sample = sample[:at] + new + sample[at + len(new) :]
    path = put(tmp_path_factory.getbasetemp(), name, sample[: cut or None])
    # Pillow warns of damaged metadata, which a browser does not read.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(MediaError, OSError):
            media_facts(path) if name == "a.mp4" else image_size(path)
