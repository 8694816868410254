"""Pictures that browsers do not show, or that are large, are converted: real files of every kind, made by Pillow.

What comes out is measured by Pillow, and by the system's FFmpeg, which the converter does not use.
"""

from __future__ import annotations

import math
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import html
from PIL import Image, ImageChops, ImageCms, ImageStat, PngImagePlugin
from strategies import PAGE, MakeCourse, fence
from test_media import ON_THEIR_SIDE
from test_metadata import XMP

import coursepack
from coursepack.checking import check
from coursepack.cli import main
from coursepack.course.pictures import PICTURE_RUNGS, PictureRung
from coursepack.inventory import inventory
from coursepack.languages.messages import translated
from coursepack.media import reads_heic
from coursepack.media.failures import PICTURE_WORDS, ConversionError
from coursepack.media.process import convert_picture
from coursepack.problems import CourseError, Location, PackageError, Problem
from coursepack.reading.media_heads import picture_facts

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[1]
HEIC = ROOT / "tests/films/upright.heic"
SMALL = PictureRung(40, 400_000)


@pytest.fixture
def heic(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra, which the other tests go without."""
    monkeypatch.delitem(sys.modules, "pillow_heif")
    if not reads_heic():
        pytest.skip("the extra media is not installed")


def quarters(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red, green, blue and grey quarters, so that every turn shows."""
    picture = Image.new("RGB", size, (128, 128, 128))
    x, y = size[0] // 2, size[1] // 2
    picture.paste((200, 40, 40), (0, 0, x, y))
    picture.paste((40, 160, 60), (x, 0, size[0], y))
    picture.paste((40, 60, 200), (0, y, x, size[1]))
    return picture.quantize(4) if mode == "P" else picture.convert(mode)


def noise(size: tuple[int, int], seed: int = 1) -> Image.Image:
    """Soft shapes with some grain, as in a photograph."""
    dice = random.Random(seed)
    small = Image.frombytes("RGB", (16, 12), dice.randbytes(16 * 12 * 3))
    grain = Image.frombytes("RGB", size, dice.randbytes(size[0] * size[1] * 3))
    return Image.blend(small.resize(size, Image.Resampling.BICUBIC), grain, 0.03)


def put(path: Path, picture: Image.Image, kind: str, **options: Any) -> Path:
    picture.save(path, kind, **options)
    return path


def results(
    source: Path, rung: PictureRung = PICTURE_RUNGS["standard"], hdr: tuple[int, int] | None = None
) -> list[Path]:
    target = source.with_name("made")
    made = convert_picture(source, target, rung, hdr)
    return [source.with_name(f"made-{number}.{each[0]}") for number, each in enumerate(made)]


def only(
    source: Path, rung: PictureRung = PICTURE_RUNGS["standard"], hdr: tuple[int, int] | None = None
) -> Image.Image:
    """The picture to fall back on."""
    return Image.open(BytesIO(results(source, rung, hdr)[0].read_bytes()))


def near(one: Image.Image, other: Image.Image, most: float = 6) -> bool:
    """Whether pictures look the same: the mean difference of their values is small."""
    assert one.size == other.size
    mode = "RGBA" if "A" in one.getbands() else "RGB"
    difference = ImageChops.difference(one.convert(mode), other.convert(mode))
    return max(ImageStat.Stat(difference).mean) < most


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a.tif": lambda path: quarters().save(path, "TIFF"),
    "lzw.tiff": lambda path: quarters().save(path, "TIFF", compression="tiff_lzw"),
    "jpeg.tif": lambda path: quarters().save(path, "TIFF", compression="jpeg"),
    "cmyk.tif": lambda path: quarters("CMYK").save(path, "TIFF"),
    "alpha.tif": lambda path: quarters("RGBA").save(path, "TIFF"),
    "palette.tif": lambda path: quarters("P").save(path, "TIFF"),
    "lab.tif": lambda path: in_lab(quarters()).save(path, "TIFF"),
    "pages.tif": lambda path: quarters().save(path, "TIFF", save_all=True, append_images=[Image.new("RGB", (64, 48))]),
    "a.bmp": lambda path: quarters().save(path, "BMP"),
    "a.jp2": lambda path: quarters().save(path, "JPEG2000"),
    "a.jfif": lambda path: quarters("CMYK").save(path, "JPEG", quality=95),
    "a.ppm": lambda path: quarters().save(path, "PPM"),
    "a.pcx": lambda path: quarters().save(path, "PCX"),
    "cmyk.jpg": lambda path: quarters("CMYK").save(path, "JPEG", quality=95),
    "lying.jpg": lambda path: quarters().save(path, "TIFF"),
}  # fmt: skip


def in_lab(picture: Image.Image) -> Image.Image:
    return ImageCms.profileToProfile(picture, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB")  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_what_browsers_do_not_show_is_converted(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    FOREIGN[name](path)
    assert picture_facts(path)[:2] == ((64, 48), "foreign")
    made = only(path)
    assert made.format in ("JPEG", "PNG")
    assert made.mode == "RGB"
    assert near(made, quarters())


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [("L", 90, 90), ("1", 1, 255), ("I;16", 23_130, 90), ("I", 23_130, 90), ("F", 1.0, 255)],
)
def test_grey_of_every_depth_keeps_its_value(mode: str, value: Any, expected: int, tmp_path: Path) -> None:
    made = only(put(tmp_path / "a.tif", Image.new(mode, (64, 48), value), "TIFF"))
    assert made.convert("L").getextrema() == (expected, expected)


def png_16(size: tuple[int, int], colour: tuple[int, int, int], more: bytes = b"") -> bytes:
    """A PNG with 16 bits a sample, which Pillow cannot write."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    row = b"\0" + struct.pack(">3H", *(value * 257 for value in colour)) * size[0]
    head = struct.pack(">LLBBBBB", *size, 16, 2, 0, 0, 0)
    rows = zlib.compress(row * size[1], 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_colours_of_16_bits_become_the_same_of_8(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_16((80, 60), (200, 60, 30)))
    made = only(path, SMALL)
    assert made.size == (40, 30)
    assert made.convert("RGB").getpixel((5, 5)) == (200, 60, 30)


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "AVIF"])
def test_a_picture_becomes_upright_as_browsers_turn_it(kind: str, turn: int, tmp_path: Path) -> None:
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = turn
    options: dict[str, Any] = {"tiffinfo": {0x0112: turn}} if kind == "TIFF" else {"exif": exif.tobytes()}
    stored = quarters(size=(320, 240))
    path = put(tmp_path / "a.tif", stored, kind, **options)
    stored.getexif()[0x0112] = turn
    expected = ImageOps.exif_transpose(stored)
    # Of a file that is larger than what comes out, so that something does.
    path.write_bytes(path.read_bytes() + (b"" if kind == "TIFF" else bytes(50_000)))
    made = only(path, PictureRung(160, 400_000))
    assert picture_facts(path).size == expected.size
    assert near(made, expected.resize(made.size, Image.Resampling.LANCZOS))
    assert made.width == (160 if turn < 5 else 120)
    assert 0x0112 not in made.getexif()


@pytest.mark.parametrize("name", ["webp", "late.png"])
def test_a_picture_that_browsers_do_not_turn_stays_as_it_lies(name: str, tmp_path: Path) -> None:
    make, size = ON_THEIR_SIDE[name]
    path = tmp_path / f"a.{name.rpartition('.')[2]}"
    path.write_bytes(make() + bytes(50_000))
    made = only(path, PictureRung(10, 100))
    assert (made.width > made.height) == (size[0] > size[1])


def test_alpha_is_kept(tmp_path: Path) -> None:
    picture = quarters("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    made = only(put(tmp_path / "a.tif", picture, "TIFF"))
    assert (made.format, made.mode) == ("PNG", "RGBA")
    assert near(made, picture, 1)


def test_a_palette_with_a_transparent_colour_keeps_it(tmp_path: Path) -> None:
    picture = quarters("P", (400, 300))
    source = put(tmp_path / "a.png", picture, "PNG", transparency=picture.getpixel((0, 0)), compress_level=0)
    made = only(source, SMALL).convert("RGBA")
    assert made.getpixel((2, 2))[3] == 0
    assert made.getpixel((38, 2))[3] == 255


def test_alpha_without_effect_makes_no_png(tmp_path: Path) -> None:
    assert only(put(tmp_path / "a.tif", noise((64, 48)).convert("RGBA"), "TIFF")).format == "JPEG"


def swapped() -> bytes:
    """The sRGB profile with the columns of red and green exchanged: where it is ignored, red is green."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    table = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * profile[131], 12)}
    red, green = table[b"rXYZ"], table[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_colour_profile_is_applied_and_not_needed_any_more(mode: str, tmp_path: Path) -> None:
    picture = Image.new(mode, (64, 48), (200, 40, 40, 100)[: len(mode)])
    made = only(put(tmp_path / "a.tif", picture, "TIFF", icc_profile=swapped()))
    assert "icc_profile" not in made.info
    red, green, blue, *alpha = made.getpixel((5, 5))
    assert (red, green, blue) == pytest.approx((40, 200, 40), abs=3)
    assert alpha == [100] * (mode == "RGBA")


@pytest.mark.parametrize("profile", [b"no profile", swapped()], ids=["damaged", "of another mode"])
def test_a_profile_that_does_not_fit_is_ignored_as_browsers_do(profile: bytes, tmp_path: Path) -> None:
    made = only(put(tmp_path / "a.tif", Image.new("L", (64, 48), 90), "TIFF", icc_profile=profile))
    assert made.convert("L").getextrema() == (90, 90)


def test_the_gamma_of_a_png_is_applied(tmp_path: Path) -> None:
    # PNG 11.3.2.2: gAMA 100000 says that values are linear light. sRGB writes half of the light as 188.
    gamma = struct.pack(">L4sL", 4, b"gAMA", 100_000)
    path = tmp_path / "a.png"
    path.write_bytes(png_16((80, 60), (128, 128, 128), gamma + struct.pack(">L", zlib.crc32(gamma[4:]))))
    assert only(path, SMALL).convert("L").getpixel((5, 5)) == pytest.approx(187, abs=2)


def test_a_telephone_s_picture_is_converted(heic: None, tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(HEIC.read_bytes())
    assert picture_facts(path)[:2] == ((48, 64), "heic")
    made = only(path)
    assert (made.format, made.size) == ("JPEG", (48, 64))
    # Stored on its side with green on the upper left and blue on the lower right of red: turned a quarter to the right.
    assert made.getpixel((40, 10)) == pytest.approx((20, 160, 60), abs=12)
    assert made.getpixel((8, 54)) == pytest.approx((20, 60, 200), abs=12)
    assert made.getpixel((8, 10)) == pytest.approx((200, 60, 30), abs=12)


@pytest.mark.parametrize(("transfer", "value"), [(16, 0.5807), (18, 0.75)], ids=["PQ", "HLG"])
@pytest.mark.parametrize("share", [1.0, 1.2])
def test_hdr_becomes_sdr_with_white_paper_as_white(
    heic: None, tmp_path: Path, transfer: int, value: float, share: float
) -> None:
    """ITU-R BT.2408, table 1: white paper has 58 per cent of PQ and 75 per cent of HLG."""
    import pillow_heif

    level = round(min(1.0, value * share) * 255)
    source = pillow_heif.from_pillow(Image.new("RGB", (64, 48), (level, level, level)))
    path = tmp_path / "a.heic"
    source.save(path, quality=-1, chroma=444, save_nclx_profile=True, color_primaries=9, transfer_characteristics=transfer, matrix_coefficients=0, full_range_flag=1)  # fmt: skip
    assert only(path).convert("L").getpixel((5, 5)) == pytest.approx(254, abs=3)


def pq(light: float) -> float:
    """The signal of so many cd/m² (ITU-R BT.2100, table 4)."""
    power = (light / 10_000) ** (1305 / 8192)
    return float(((107 / 128 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32))


def hlg(scene: float) -> float:
    """The signal of linear light of the scene, 0 to 1 (ITU-R BT.2100, table 5)."""
    return (
        math.sqrt(3 * scene)
        if scene <= 1 / 12
        else 0.17883277 * math.log(12 * scene - 0.28466892) + 0.55991073
    )


# Gray that reflects 18 % of the light where paper has 203 cd/m². A screen of 1000 cd/m² gives HLG's 1.2th power.
GRAYS = {
    "PQ paper": (16, pq(203), 255),
    "PQ gray": (16, pq(203 * 0.18), 118),
    "HLG paper": (18, hlg((203 / 1000) ** (1 / 1.2)), 255),
    "HLG gray": (18, hlg((203 * 0.18 / 1000) ** (1 / 1.2)), 118),
}
"""The transfer and the signal, and what sRGB has for it: 0.18 of the light is 118 (IEC 61966-2-1)."""


def hdr_png(transfer: int, level: int) -> bytes:
    """A gray PNG with the chunk cICP (PNG 3, 11.3.2.6)."""
    data = BytesIO()
    Image.new("RGB", (64, 48), (level,) * 3).save(data, "PNG")
    chunk = b"cICP" + bytes((9, transfer, 0, 1))
    whole = data.getvalue()
    return whole[:33] + struct.pack(">L", 4) + chunk + struct.pack(">L", zlib.crc32(chunk)) + whole[33:]


@pytest.mark.parametrize("gray", GRAYS)
def test_an_hdr_png_becomes_sdr(tmp_path: Path, gray: str) -> None:
    transfer, signal, expected = GRAYS[gray]
    path = tmp_path / "a.png"
    path.write_bytes(hdr_png(transfer, round(signal * 255)))
    facts = picture_facts(path)
    assert (facts.kind, facts.hdr) == ("foreign", (9, transfer))
    assert only(path, hdr=facts.hdr).convert("L").getpixel((5, 5)) == pytest.approx(expected, abs=4)


@pytest.mark.parametrize("gray", GRAYS)
def test_an_hdr_avif_becomes_sdr(tmp_path: Path, gray: str) -> None:
    """With 10 bits, as cameras write it; made by the system's FFmpeg."""
    if not shutil.which("ffmpeg"):
        pytest.skip("there is no ffmpeg to make pictures with")
    transfer, signal, expected = GRAYS[gray]
    path = tmp_path / "a.avif"
    luma = round(64 + signal * 876)
    tags = {16: "smpte2084", 18: "arib-std-b67"}[transfer]
    source = f"color=gray:s=64x64:d=1:r=1,format=yuv420p10,geq=lum={luma}:cb=512:cr=512"
    source += f",setparams=color_primaries=bt2020:color_trc={tags}:colorspace=bt2020nc:range=tv"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-frames:v", "1", "-c:v", "libaom-av1"]
    command += [
        "-still-picture",
        "1",
        "-color_primaries",
        "bt2020",
        "-color_trc",
        tags,
        "-colorspace",
        "bt2020nc",
    ]
    subprocess.run([*command, str(path)], check=True)
    facts = picture_facts(path)
    assert (facts.kind, facts.hdr) == ("foreign", (9, transfer))
    assert only(path, hdr=facts.hdr).convert("L").getpixel((5, 5)) == pytest.approx(expected, abs=4)


def test_an_hdr_picture_of_a_course_is_converted_and_an_sdr_one_is_not(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    level = round(GRAYS["PQ gray"][1] * 255)
    sdr = saved_of(Image.new("RGB", (64, 48), (118, 118, 118)), "AVIF")
    files = {
        PAGE: image("a.png") + "\n" + image("b.avif"),
        "media/a.png": hdr_png(16, level),
        "media/b.avif": sdr,
    }
    folder = make_course(files)
    (note,) = told(folder)
    assert note.startswith("note media/converted-picture: the build converts 'media/a.png'")
    built = coursepack.build_package(folder, "web", tmp_path / "out")
    packed = files_of(built.path)
    assert packed["media/b.avif"] == sdr
    (made,) = (name for name in packed if name.startswith("media/a."))
    with Image.open(BytesIO(packed[made])) as opened:
        assert opened.convert("L").getpixel((5, 5)) == pytest.approx(118, abs=4)
        assert "cICP" not in str(opened.info)
    assert b"cICP" not in packed[made]


def test_an_animation_in_hdr_is_refused(make_course: MakeCourse) -> None:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    data = saved_of(frames[0], "PNG", save_all=True, append_images=frames[1:])
    chunk = b"cICP" + bytes((9, 16, 0, 1))
    data = data[:33] + struct.pack(">L", 4) + chunk + struct.pack(">L", zlib.crc32(chunk)) + data[33:]
    (error,) = told(make_course({PAGE: image("a.png"), "media/a.png": data}))
    assert (
        error
        == "error media/not-an-image: 'media/a.png': is an animation in HDR, which cannot be shown in SDR"
    )


def test_a_large_photo_becomes_smaller_and_never_larger(tmp_path: Path) -> None:
    source = put(tmp_path / "a.jpg", noise((200, 120)), "JPEG", quality=95)
    (path, *_) = results(source, PictureRung(100, 1000))
    assert Image.open(BytesIO(path.read_bytes())).size == (100, 60)
    assert path.stat().st_size < source.stat().st_size
    # Upright, it is three quarters as wide.
    source = put(tmp_path / "a.jpg", noise((120, 200)), "JPEG", quality=95)
    assert only(source, PictureRung(100, 1000)).size == (75, 125)


def test_nothing_is_made_that_would_not_be_smaller(tmp_path: Path) -> None:
    assert results(put(tmp_path / "a.jpg", noise((64, 48)), "JPEG", quality=30), PictureRung(100, 10)) == []


def test_a_drawing_stays_exact(tmp_path: Path) -> None:
    made = only(put(tmp_path / "a.bmp", quarters(), "BMP"))
    assert made.format == "PNG"
    assert made.convert("RGB").tobytes() == quarters().tobytes()


def test_only_the_author_and_the_rights_are_kept(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B], exif[0x8298], exif[0x010F] = "Anna", "CC BY 4.0", "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    photo = noise((200, 120))
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        options = {"pnginfo": with_xmp(XMP.encode())} if kind == "PNG" else {"xmp": XMP.encode()}
        options |= {"compress_level": 0} if kind == "PNG" else {"quality": 100}
        source = put(tmp_path / "a.png", photo, kind, exif=exif.tobytes(), **options)
        made = only(source, PictureRung(100, 10))
        assert dict(made.getexif()) == {0x013B: "Anna", 0x8298: "CC BY 4.0"}, kind
        assert b"creator" in bytes(made.info["xmp"]), kind


def with_xmp(packet: bytes) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode())
    return info


def test_the_same_bytes_come_out_twice(tmp_path: Path) -> None:
    source = put(tmp_path / "a.tif", noise((200, 120)), "TIFF")
    first = [path.read_bytes() for path in results(source)]
    assert [path.read_bytes() for path in results(source)] == first


# Broken and hostile files


def tiff_bomb() -> bytes:
    """A TIFF of 7,000 x 7,000 pixels, and no data: half a page of text."""
    entries = [(256, 3, 1, 7000), (257, 3, 1, 7000), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (278, 3, 1, 7000), (279, 4, 1, 49_000_000)]  # fmt: skip
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHLL", *each) for each in entries) + bytes(4)  # fmt: skip


def saved(kind: str, **options: Any) -> bytes:
    data = BytesIO()
    noise((64, 48)).save(data, kind, **options)
    return data.getvalue()


BROKEN: dict[str, Callable[[], bytes]] = {
    "cut.tif": lambda: saved("TIFF")[:-2000],
    "cut.bmp": lambda: saved("BMP")[:-2000],
    "cut.jp2": lambda: saved("JPEG2000")[:800],
    "cut.heic": lambda: HEIC.read_bytes()[:-200],
    "bomb.tif": tiff_bomb,
    "text.bmp": lambda: b"BM" + b"This is no picture. " * 20,
    "script.jpg": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_a_failure_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(BROKEN[name]())
    with pytest.raises(ConversionError) as caught:
        convert_picture(path, tmp_path / "made", PICTURE_RUNGS["standard"])
    assert caught.value.cause in ("damaged", "cut-short")
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == [path]


def test_a_picture_is_read_within_limits_of_memory_and_time(tmp_path: Path) -> None:
    source = put(tmp_path / "a.tif", Image.new("RGB", (6000, 6000)), "TIFF", compression="tiff_deflate")
    with pytest.raises(ConversionError) as caught:
        convert_picture(source, tmp_path / "made", PICTURE_RUNGS["standard"], memory=200_000_000)
    assert caught.value.cause in ("memory", "crash")
    with pytest.raises(ConversionError) as caught:
        convert_picture(source, tmp_path / "made", PICTURE_RUNGS["standard"], patience=0.0)
    assert caught.value.cause == "time"


@pytest.mark.parametrize("cause", PICTURE_WORDS)
def test_every_cause_is_told_in_swedish(cause: Any) -> None:
    words, hint = PICTURE_WORDS[cause]
    problem = Problem("media/not-convertible", "error", coursepack.Message("{0}: {1}", "a.tif", words), Location("a"), hint)  # fmt: skip
    swedish = translated(problem, "sv")
    assert swedish.message != problem.message
    assert swedish.hint != problem.hint


# Courses


def told(folder: Path) -> list[str]:
    return [str(each).partition("\n")[0].partition(": ")[2] for each in check(folder)]


def image(name: str) -> str:
    return fence("image", {"src": f"media/{name}", "alt": "A"})


def saved_of(picture: Image.Image, kind: str, **options: Any) -> bytes:
    data = BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def fallback_of(files: dict[str, bytes]) -> tuple[html.HtmlElement, Image.Image]:
    document = html.document_fromstring(files["index.html"].decode())
    (element,) = document.xpath("//figure//img")
    return element, Image.open(BytesIO(files[element.get("src")]))


def test_a_picture_is_converted_and_packed(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({PAGE: image("a.tif"), "media/a.tif": saved_of(quarters(), "TIFF")})
    assert told(folder) == ["note media/converted-picture: the build converts 'media/a.tif' (64 x 48, 0.0 MB)"]  # fmt: skip
    steps: list[tuple[str, int, int]] = []
    built = coursepack.build_package(
        folder, "scorm12", tmp_path / "out", progress=lambda *step: steps.append(step)
    )
    assert built.report.ok
    files = files_of(built.path)
    element, picture = fallback_of(files)
    assert near(picture, quarters())
    assert (element.get("width"), element.get("height")) == ("64", "48")
    assert not any(name.endswith(".tif") for name in files)
    size = (folder / "media/a.tif").stat().st_size
    assert [step for step in steps if step[0] == "converting pictures"] == [("converting pictures", 0, size), ("converting pictures", size, size)]  # fmt: skip
    for name in files:
        if name.startswith("media/"):
            assert name in files["imsmanifest.xml"].decode()


def test_a_small_picture_is_packed_as_it_is(make_course: MakeCourse, tmp_path: Path) -> None:
    data = saved_of(noise((64, 48)), "JPEG")
    folder = make_course({PAGE: image("a.jpg"), "media/a.jpg": data})
    assert told(folder) == []
    files = files_of(coursepack.build_package(folder, "web", tmp_path / "out").path)
    assert files["media/a.jpg"] == data
    assert not (tmp_path / ".coursepack").exists()


def test_nothing_of_the_converter_is_imported_for_small_pictures(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    folder = make_course({PAGE: image("a.jpg"), "media/a.jpg": saved_of(noise((64, 48)), "JPEG")})
    code = f"""
import sys, coursepack
coursepack.build_package({str(folder)!r}, "web", {str(tmp_path / "out")!r})
print([name for name in sys.modules if name.partition(".")[0] in ("PIL", "pillow_heif", "concurrent") or name == "coursepack.media.process"])
"""
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
        == "[]\n"
    )


def test_the_rung_of_the_course_is_that_of_its_pictures(make_course: MakeCourse, tmp_path: Path) -> None:
    data = saved_of(Image.new("RGB", (1300, 20), (9, 9, 9)), "JPEG", quality=100)
    files = {PAGE: image("a.jpg"), "media/a.jpg": data}
    assert told(make_course(files)) == []
    folder = make_course(files, "light")
    with (folder / "course.yaml").open("a") as definition:
        definition.write("media: {rung: fragile}\n")
    assert len(told(folder)) == 1
    built = coursepack.build_package(folder, "web", tmp_path / "out")
    assert fallback_of(files_of(built.path))[1].size == (960, 15)


def test_a_moving_picture_is_not_converted_and_told_when_it_is_large(make_course: MakeCourse) -> None:
    first, *rest = (Image.new("RGB", (2500, 20), colour) for colour in ("red", "green", "blue"))
    for kind, ending in (("GIF", "gif"), ("PNG", "png"), ("WEBP", "webp")):
        data = saved_of(first, kind, save_all=True, append_images=rest, loop=1)
        folder = make_course({PAGE: image(f"a.{ending}"), f"media/a.{ending}": data}, ending)
        assert [each.partition(":")[0] for each in told(folder)] == ["note media/large-picture"], kind


def count_conversions(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    from coursepack.media import process

    converted: list[Path] = []

    def counted(source: Path, *rest: Any) -> Any:
        converted.append(source)
        return convert_picture(source, *rest)

    monkeypatch.setattr(process, "convert_picture", counted)
    return converted


def test_nothing_is_converted_twice(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted = count_conversions(monkeypatch)
    folder = make_course({PAGE: image("a.tif"), "media/a.tif": saved_of(noise((64, 48)), "TIFF")})
    cache = tmp_path / "cache"

    def build(out: str) -> bytes:
        return coursepack.build_package(folder, "scorm12", tmp_path / out, cache=cache).path.read_bytes()

    first = build("one")
    assert build("two") == first
    assert len(converted) == 1
    # An entry that was damaged is made again, and so is one whose list never came.
    entry = min(path for path in cache.iterdir() if path.suffix != ".json")
    whole = entry.read_bytes()
    entry.write_bytes(whole[:-1] + b"x")
    assert build("three") == first
    next(cache.glob("*.json")).unlink()
    assert build("four") == first
    assert entry.read_bytes() == whole
    assert len(converted) == 3


def test_a_picture_that_stays_as_it_is_is_tried_once(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted = count_conversions(monkeypatch)
    data = saved_of(noise((64, 48)), "JPEG", quality=30) + bytes(600_000)
    folder = make_course({PAGE: image("a.jpg"), "media/a.jpg": data})
    monkeypatch.setattr("coursepack.media.pictures._GAIN", 0)
    for out in ("one", "two"):
        files = files_of(coursepack.build_package(folder, "web", tmp_path / out).path)
        assert fallback_of(files)[1].size == (64, 48)
    assert len(converted) == 1


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGINT])
def test_a_build_that_is_stopped_leaves_nothing_half_done(
    make_course: MakeCourse, tmp_path: Path, signal_: signal.Signals
) -> None:
    names = [f"{letter}.tif" for letter in "abcd"]
    folder = make_course({PAGE: "\n".join(image(name) for name in names), **{f"media/{name}": saved_of(noise((400, 300), at), "TIFF") for at, name in enumerate(names)}})  # fmt: skip
    code = f"""\
import os, signal, sys
from coursepack import build_package
# What a shell starts in the background ignores SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)
def progress(step, done, total):
    if step == "converting pictures" and done:
        os.kill(os.getpid(), {signal_.value})
build_package({str(folder)!r}, "web", {str(tmp_path / "out")!r}, progress=progress)
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode != 0
    cache = tmp_path / ".coursepack/media"
    for path in cache.glob("[!.]*.json"):
        assert list(cache.glob(f"{path.stem}-*"))
    assert coursepack.build_package(folder, "web", tmp_path / "out").report.ok


def test_a_file_that_cannot_be_converted_is_an_error_at_its_place(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    folder = make_course({PAGE: image("cut.bmp") + "\n" + image("a.tif"), "media/cut.bmp": BROKEN["cut.bmp"](), "media/a.tif": saved_of(quarters(), "TIFF")})  # fmt: skip
    with pytest.raises(CourseError) as caught:
        coursepack.build_package(folder, "web", tmp_path / "out")
    (problem,) = caught.value.report.errors
    assert str(problem) == (
        f"{PAGE}:2:6: error media/not-convertible: 'media/cut.bmp': is cut short\n    Copy or export it again."
    )


def test_without_the_extra_a_telephone_s_picture_says_what_to_install(make_course: MakeCourse) -> None:
    for name in ("a.heic", "a.jpg"):
        folder = make_course({PAGE: image(name), f"media/{name}": HEIC.read_bytes()}, name)
        (problem,) = check(folder)
        assert problem.rule == "media/unconverted"
        assert "pip install 'coursepack[media]'" in problem.hint


def test_a_telephone_s_picture_is_packed(heic: None, make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({PAGE: image("a.heic"), "media/a.heic": HEIC.read_bytes()})
    assert len(told(folder)) == 1
    element, picture = fallback_of(files_of(coursepack.build_package(folder, "web", tmp_path / "out").path))
    assert (element.get("width"), element.get("height"), picture.size) == ("48", "64", (48, 64))


def test_a_cache_that_cannot_be_written_is_told(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({PAGE: image("a.tif"), "media/a.tif": saved_of(quarters(), "TIFF")})
    (tmp_path / "file").touch()
    with pytest.raises(PackageError, match="package/unwritable"):
        coursepack.build_package(folder, "web", tmp_path / "out", cache=tmp_path / "file")


def test_the_command_tells_of_pictures_in_swedish(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({PAGE: image("a.tif"), "media/a.tif": saved_of(quarters(), "TIFF")})
    options = ["--target", "web", "--out", str(tmp_path / "out"), "--language", "sv"]
    done = CliRunner().invoke(main, ["build", str(folder), *options])
    assert done.exit_code == 0
    assert "bygget konverterar" in done.output
    assert os.listdir(tmp_path / ".coursepack/media")


def test_a_package_with_a_rung_has_smaller_pictures(make_course: MakeCourse, tmp_path: Path) -> None:
    data = saved_of(Image.new("RGB", (1300, 20), (9, 9, 9)), "JPEG", quality=100)
    folder = make_course({PAGE: image("a.jpg"), "media/a.jpg": data})
    with (folder / "course.yaml").open("a") as definition:
        definition.write("packages: [{id: full}, {id: small, rung: fragile}]\n")
    (problem,) = check(folder)
    assert problem.rule == "course/larger-than-rung"
    full, small = coursepack.build_packages(folder, ["web"], tmp_path / "out")
    assert fallback_of(files_of(full.path))[1].size == (1300, 20)
    assert fallback_of(files_of(small.path))[1].size == (960, 15)


def test_the_cache_and_the_list_of_media_know_pictures(
    heic: None, make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "av")
    folder = make_course({PAGE: image("a.tif"), "media/a.tif": saved_of(noise((64, 48)), "TIFF")})
    (medium,) = inventory(coursepack.read_course(folder), folder)
    assert [(each.how, each.size) for each in medium.packed] == [("converted", None)]
    built = coursepack.build_package(folder, "web", tmp_path / "out")
    (medium,) = inventory(coursepack.read_course(folder), folder)
    packed = [data for name, data in files_of(built.path).items() if name.startswith("media/")]
    assert [each.size for each in medium.packed] == [sum(map(len, packed))]
    cache = tmp_path / ".coursepack/media"
    for path in cache.iterdir():
        os.utime(path, (1, 1))
    made = len(list(cache.iterdir()))
    assert CliRunner().invoke(main, ["cache", str(folder), "--prune"]).exit_code == 0
    assert len(list(cache.iterdir())) == made
    (folder / "pages/p1-c1-s1.md").write_text("Text.\n")
    assert CliRunner().invoke(main, ["cache", str(folder), "--prune"]).exit_code == 0
    assert list(cache.iterdir()) == []


# Several files for one picture


def photo(size: tuple[int, int] = (720, 480)) -> Image.Image:
    """A picture with as much detail as a photograph, for which one file is too little."""
    dice = random.Random(2)
    detail = Image.frombytes("L", (60, 40), dice.randbytes(60 * 40)).convert("RGB")
    return Image.blend(noise(size), detail.resize(size, Image.Resampling.BICUBIC), 0.8)


def widths(paths: list[Path], ending: str) -> list[int]:
    return [Image.open(BytesIO(path.read_bytes())).width for path in paths if path.suffix == f".{ending}"]


def test_a_photo_has_three_widths_of_each_format(tmp_path: Path) -> None:
    source = put(tmp_path / "a.jpg", photo(), "JPEG", quality=98)
    paths = results(source, PictureRung(600, 400_000))
    assert widths(paths[:1], "jpg") == [600]
    assert widths(paths, "avif") == widths(paths, "webp") == [600, 400, 200]
    assert sum(path.stat().st_size for path in paths) <= source.stat().st_size
    shown = photo().resize((600, 400), Image.Resampling.LANCZOS)
    for path in paths[1:]:
        made = Image.open(BytesIO(path.read_bytes()))
        assert near(made, shown.resize(made.size, Image.Resampling.LANCZOS), 8)
        assert path.stat().st_size <= paths[0].stat().st_size * 0.9


def test_the_system_s_decoders_read_what_was_made(tmp_path: Path) -> None:
    if not shutil.which("ffmpeg"):
        pytest.skip("there is no ffmpeg to measure with")
    source = put(tmp_path / "a.jpg", photo(), "JPEG", quality=98)
    paths = results(source, PictureRung(600, 400_000))
    shown = photo().resize((600, 400), Image.Resampling.LANCZOS)
    for path in (paths[0], paths[1], paths[4]):
        raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True).stdout  # fmt: skip
        assert near(Image.frombytes("RGB", (600, 400), raw), shown, 8)


@pytest.mark.parametrize("quality", [98, 92, 86, 80])
def test_all_files_together_are_never_larger_than_what_came_in(quality: int, tmp_path: Path) -> None:
    source = put(tmp_path / "a.jpg", photo(), "JPEG", quality=quality)
    paths = results(source, PictureRung(700, 1000))
    assert sum(path.stat().st_size for path in paths) <= source.stat().st_size
    # A browser that reads none of the formats still has one.
    assert not paths or paths[0].suffix == ".jpg"


def test_a_small_picture_is_one_file(tmp_path: Path) -> None:
    assert len(results(put(tmp_path / "a.tif", noise((64, 48)), "TIFF"))) == 1


def test_a_drawing_with_alpha_keeps_it_in_every_file(tmp_path: Path) -> None:
    picture = photo((300, 200)).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    paths = results(put(tmp_path / "a.tif", picture, "TIFF"))
    assert paths[0].suffix == ".png"
    assert len(paths) > 1
    for path in paths:
        made = Image.open(BytesIO(path.read_bytes()))
        # The colour of what is transparent is of no importance.
        assert near(on_white(made), on_white(picture.resize(made.size, Image.Resampling.LANCZOS)), 8)
        assert near(made.getchannel("A"), picture.getchannel("A").resize(made.size), 3)


def on_white(picture: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))


def test_the_document_offers_the_files_by_format_and_width(make_course: MakeCourse, tmp_path: Path) -> None:
    data = saved_of(photo(), "TIFF")
    page = "\n".join(
        [
            image("a.tif"),
            fence("hotspots", {"src": "media/a.tif", "alt": "A", "points": [{"x": 50, "y": 50, "title": "P", "text": "T"}]}),
            fence("gallery", {"pictures": [{"src": "media/a.tif", "alt": "A"}, {"src": "media/b.svg", "alt": "B"}]}),
            fence("before-after", {"before": {"src": "media/a.tif", "alt": "A"}, "after": {"src": "media/a.tif", "alt": "B"}}),
        ]
    )  # fmt: skip
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"/>'
    folder = make_course({PAGE: page, "media/a.tif": data, "media/b.svg": drawing})
    with (folder / "course.yaml").open("a") as definition:
        definition.write("cover: media/a.tif\n")
    built = coursepack.build_package(folder, "scorm12", tmp_path / "out")
    assert not built.report.errors
    files = files_of(built.path)
    document = html.document_fromstring(files["index.html"].decode())
    # Image, hotspots, twice in the gallery, both sides, and the cover on the title page and the closing page.
    pictures = document.xpath("//picture")
    assert len(pictures) == 8
    for picture in pictures:
        assert [each.get("type") for each in picture.xpath(".//source")] == ["image/avif", "image/webp"]
        (shown,) = picture.xpath(".//img")
        assert (shown.get("src"), shown.get("width"), shown.get("height")) == ("media/a.jpg", "720", "480")
        for source in picture.xpath(".//source"):
            assert source.get("sizes").endswith("100vw")
            for candidate in source.get("srcset").split(", "):
                name, width = candidate.split(" ")
                made = Image.open(BytesIO(files[name]))
                assert (made.get_format_mimetype(), f"{made.width}w") == (source.get("type"), width)
    (alone,) = document.xpath("//img[@src='media/b.svg'][1]/parent::figure/parent::li")
    assert not alone.xpath(".//picture")
    manifest = files["imsmanifest.xml"].decode()
    named = [name for name in files if name.startswith("media/")]
    assert len(named) == 8
    assert all(f'"{name}"' in manifest for name in named)


def test_a_poster_and_a_logo_are_one_file_each(make_course: MakeCourse, tmp_path: Path) -> None:
    data = saved_of(photo(), "TIFF")
    page = fence(
        "audio", {"src": "media/a.m4a", "title": "A", "transcript": "media/a.md", "cover": "media/a.tif"}
    )
    folder = make_course({PAGE: page, "media/a.tif": data, "media/b.tif": data, "media/a.md": "Text.\n", "media/a.m4a": (ROOT / "tests/films/aac.m4a").read_bytes()})  # fmt: skip
    with (folder / "course.yaml").open("a") as definition:
        definition.write("logo: {src: media/b.tif, alt: B}\n")
    files = files_of(coursepack.build_package(folder, "web", tmp_path / "out").path)
    assert sorted(name for name in files if name.startswith("media/")) == [
        "media/a.jpg",
        "media/a.m4a",
        "media/b.jpg",
    ]
