"""What a photograph, film or sound tells of people stays out of packages; what is shown stays as it is."""

from __future__ import annotations

import base64
import json
import os
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image, ImageOps, PngImagePlugin
from strategies import PAGE, MakeCourse, box, fence

from coursepack import TARGETS, build_package, build_packages, read_course, render_site
from coursepack.building.metadata import pieces_of, without_metadata

PLACE = "59.3293"
SECRETS = (b"Hemma hos Anna", b"SECRET", b"2024:05:17", b"GPSLatitude", b"Pixel 8", b"iPhone")
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="SECRET Core 5"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="SECRET"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 exif:GPSLatitude="59,19.76N" xmpRights:WebStatement="https://example.org/licence" photoshop:City="SECRET">
<dc:creator><rdf:Seq><rdf:li>Åsa Bild</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Hemma hos Anna</rdf:li></rdf:Alt></dc:description>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">CC BY 4.0</rdf:li></rdf:Alt></dc:rights>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def icc() -> bytes:
    """The colour profile that Pillow has of its own."""
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(turned: int | None = 6, credit: bool = True) -> Image.Exif:
    """What a telephone writes: where, when and with what, how it was held, and who had set their name in it."""
    told = Image.Exif()
    if turned:
        told[0x0112] = turned
    told[0x010E] = "Hemma hos Anna"
    told[0x010F] = "Google"
    told[0x0110] = "Pixel 8"
    told[0x0132] = "2024:05:17 08:30:00"
    if credit:
        told[0x013B] = "Åsa Bild"
        told[0x8298] = "CC BY 4.0"
    told.get_ifd(0x8769)[0x9003] = "2024:05:17 08:30:00"
    gps = told.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (59.0, 19.0, 45.5), "E", (18.0, 4.0, 7.0)
    return told


def noise(mode: str = "RGB", seed: int = 0) -> Image.Image:
    """A picture in which every part of it shows, the same each time: 60 by 40."""
    return Image.frombytes("L", (60, 40), Random(seed).randbytes(60 * 40)).convert(mode)


def saved(kind: str, picture: Image.Image | None = None, **options: Any) -> bytes:
    data = BytesIO()
    (picture or noise()).save(data, kind, **options)
    return data.getvalue()


def cleaned(data: bytes) -> bytes:
    pieces = pieces_of(BytesIO(data), len(data))
    return b"".join(p if isinstance(p, bytes) else data[p[0] : p[0] + p[1]] for p in pieces)


def segment(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body


def iptc() -> bytes:
    """Photoshop's segment with an IPTC record: where it was taken, by whom, and whose it is."""
    datasets = [
        (1, 90, b"\x1b%G"),
        (2, 90, b"SECRET town"),
        (2, 80, "Åsa Bild".encode()),
        (2, 116, b"CC BY 4.0"),
    ]
    record = b"".join(
        struct.pack(">BBBH", 0x1C, number, dataset, len(text)) + text for number, dataset, text in datasets
    )
    thumbnail = b"8BIM\x04\x0c\0\0" + struct.pack(">L", 6) + b"SECRET"
    whole = (
        thumbnail + b"8BIM\x04\x04\0\0" + struct.pack(">L", len(record)) + record + b"\0" * (len(record) % 2)
    )
    return segment(0xED, b"Photoshop 3.0\0" + whole)


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


PHOTOGRAPHS: dict[str, Callable[[], bytes]] = {
    "jpg": lambda: saved("JPEG", exif=exif(), icc_profile=icc(), comment=b"SECRET", xmp=XMP.encode()),
    "progressive.jpg": lambda: saved("JPEG", exif=exif(), progressive=True, icc_profile=icc()),
    "cmyk.jpg": lambda: saved("JPEG", noise("CMYK"), exif=exif()),
    "grey.jpg": lambda: saved("JPEG", noise("L"), exif=exif()),
    "iptc.jpg": lambda: with_segments(saved("JPEG", exif=exif()), iptc()),
    "restarts.jpg": lambda: saved("JPEG", exif=exif(), restart_marker_rows=1),
    "mpo.jpg": lambda: saved("MPO", exif=exif(), save_all=True, append_images=[noise()]),
    "png": lambda: saved("PNG", exif=exif(), icc_profile=icc(), pnginfo=texts()),
    "transparent.png": lambda: saved("PNG", noise("L").convert("P"), exif=exif(), transparency=3),
    "webp": lambda: saved("WEBP", exif=exif(), icc_profile=icc(), xmp=XMP.encode()),
    "lossless.webp": lambda: saved("WEBP", noise("RGBA"), exif=exif(), lossless=True),
    "moving.webp": lambda: saved("WEBP", exif=exif(), save_all=True, append_images=[noise()]),
    "avif": lambda: saved("AVIF", exif=exif(), icc_profile=icc(), xmp=XMP.encode()),
    "gif": lambda: saved("GIF", noise("P"), comment=b"SECRET", save_all=True, append_images=[noise("P", 1)], loop=0),
}  # fmt: skip


def texts() -> PngImagePlugin.PngInfo:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Asa Bild")
    told.add_text("Comment", "SECRET")
    told.add_text("Description", "SECRET", zip=True)
    told.add_itxt("XML:com.adobe.xmp", XMP, zip=True)
    return told


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_photograph_shows_the_same_and_tells_nothing_of_people(name: str) -> None:
    data = PHOTOGRAPHS[name]()
    kept = cleaned(data)
    before, after = opened(data), opened(kept)
    assert after.size == before.size == (60, 40)
    assert after.mode == before.mode
    assert getattr(after, "n_frames", 1) == (1 if "mpo" in name else getattr(before, "n_frames", 1))
    for frame in range(getattr(after, "n_frames", 1)):
        for picture in (before, after):
            picture.seek(frame)
            # Pillow's `tobytes` takes the mode from before the frame is read, and a frame can change it.
            picture.load()
        assert after.tobytes() == before.tobytes()
    assert after.info.get("icc_profile") == before.info.get("icc_profile")
    assert after.info.get("transparency") == before.info.get("transparency")
    assert dict(after.getexif().get_ifd(0x8825)) == {}
    assert dict(after.getexif().get_ifd(0x8769)) == {}
    for secret in SECRETS:
        assert secret not in kept
    # The test would pass on a photograph that told nothing.
    assert any(secret in data for secret in SECRETS)


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_to_clean_a_photograph_again_changes_nothing(name: str) -> None:
    kept = cleaned(PHOTOGRAPHS[name]())
    assert cleaned(kept) == kept


@pytest.mark.parametrize("name", ["jpg", "progressive.jpg", "png", "webp"])
def test_a_photograph_is_turned_as_it_was(name: str) -> None:
    data = PHOTOGRAPHS[name]()
    kept = opened(cleaned(data))
    assert kept.getexif()[0x0112] == 6
    assert ImageOps.exif_transpose(kept).tobytes() == ImageOps.exif_transpose(opened(data)).tobytes()


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_only_a_photograph_that_is_turned_has_a_block_for_it(turned: int, kind: str) -> None:
    kept = opened(cleaned(saved(kind, exif=exif(turned, credit=False))))
    assert dict(kept.getexif()) == ({} if turned == 1 else {0x0112: turned})


@pytest.mark.parametrize("name", ["jpg", "png", "webp"])
def test_who_made_a_photograph_and_under_which_licence_is_kept(name: str) -> None:
    kept = opened(cleaned(PHOTOGRAPHS[name]()))
    told = dict(kept.getexif())
    assert told.keys() == {0x0112, 0x013B, 0x8298}
    assert told[0x8298] == "CC BY 4.0"
    packet = kept.info["xmp"] if "xmp" in kept.info else kept.info["XML:com.adobe.xmp"].encode()
    words = etree.fromstring(packet)
    assert [text for text in words.itertext() if text.strip()] == ["Åsa Bild", "CC BY 4.0"]
    assert b"https://example.org/licence" in packet


def test_the_iptc_record_keeps_who_and_whose() -> None:
    kept = cleaned(PHOTOGRAPHS["iptc.jpg"]())
    from PIL import IptcImagePlugin

    assert IptcImagePlugin.getiptcinfo(Image.open(BytesIO(kept))) == {
        (1, 90): b"\x1b%G",
        (2, 80): "Åsa Bild".encode(),
        (2, 116): b"CC BY 4.0",
    }


def test_the_small_picture_of_jfif_is_left_out() -> None:
    """It may show what was cut away from the large one."""
    jpeg = saved("JPEG")
    assert jpeg[2:4] == b"\xff\xe0"
    head = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1" + b"\2\1" + b"SECRET")
    data = jpeg[:2] + head + segment(0xE0, b"JFXX\0\x13SECRET") + jpeg[20:]
    assert b"SECRET" not in cleaned(data)
    assert opened(cleaned(data)).tobytes() == opened(jpeg).tobytes()


@pytest.mark.parametrize("name", ["jpg", "progressive.jpg", "restarts.jpg", "png", "webp", "gif"])
def test_what_stands_behind_a_photograph_is_left_out(name: str) -> None:
    """A telephone puts a film there; a program that cut a picture may have left the rest of the old one."""
    data = PHOTOGRAPHS[name]()
    assert cleaned(data + b"SECRET" * 100_000) == cleaned(data)


def test_a_picture_without_metadata_is_packed_as_it_is(tmp_path: Path) -> None:
    for name, data in {
        "a.jpg": saved("JPEG", icc_profile=icc()),
        "b.png": saved("PNG", icc_profile=icc(), dpi=(300, 300)),
        "c.webp": saved("WEBP", icc_profile=icc()),
        "d.gif": saved("GIF", noise("P")),
        "e.avif": saved("AVIF"),
        "f.jpg": b"no picture",
        "g.jpg": b"",
    }.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert without_metadata({name: path}, {}) == {name: path}


def test_a_picture_in_a_drawing_has_no_metadata_either(tmp_path: Path) -> None:
    photograph = PHOTOGRAPHS["jpg"]()
    text = base64.b64encode(photograph).decode()
    broken = "\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    path = tmp_path / "a.svg"
    path.write_text(f'<svg><image href="data:image/jpeg;base64,{broken}"/><path d="M0 0"/></svg>')
    (content,) = without_metadata({"a.svg": path}, {}).values()
    assert not isinstance(content, bytes | Path)
    (image, after) = etree.fromstring(b"".join(content.chunks()))
    assert after.get("d") == "M0 0"
    assert base64.b64decode(image.get("href").partition(",")[2]) == cleaned(photograph)


@given(st.sampled_from(sorted(PHOTOGRAPHS)), st.integers(0, 5000), st.binary(min_size=1, max_size=4))
@settings(max_examples=150)
def test_a_damaged_picture_hinders_nothing(name: str, at: int, damage: bytes) -> None:
    data = PHOTOGRAPHS[name]()
    at = min(at, len(data) - 1)
    cleaned(data[:at] + damage + data[at + len(damage) :])
    cleaned(data[:at])


# Films and sounds


def film(*inner: bytes, behind: bytes = b"") -> bytes:
    return (
        box(b"ftyp", b"isom\0\0\0\0isom")
        + box(b"moov", box(b"mvhd", bytes(100)), box(b"trak", box(b"tkhd", bytes(84))), *inner)
        + box(b"mdat", b"film")
        + behind
    )


LOCATION = box(b"\xa9xyz", b"\0\x12\x15\xc7+59.3293+018.0686/")
ITUNES = box(
    b"meta",
    bytes(4) + box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9)),
    box(b"ilst", box(b"\xa9xyz", box(b"data", bytes(8) + b"+59.3293")), box(b"cprt", box(b"data", bytes(8) + b"CC BY"))),
)  # fmt: skip
QUICKTIME = box(
    b"meta",
    box(b"hdlr", bytes(8) + b"mdta" + bytes(13)),
    box(b"keys", bytes(4) + b"\0\0\0\1" + box(b"mdta", b"com.apple.quicktime.location.ISO6709")),
    box(b"ilst", box(b"\0\0\0\1", box(b"data", bytes(8) + b"+59.3293+018.0686/"))),
)


@pytest.mark.parametrize(
    ("data", "credit"),
    [
        (film(box(b"udta", LOCATION, box(b"\xa9cpy", b"\0\5\x15\xc7CC BY"))), b"CC BY"),
        (film(box(b"udta", box(b"loci", b"+59.3293"))), b""),
        (film(box(b"udta", ITUNES)), b"CC BY"),
        (film(QUICKTIME), b""),
        (film(box(b"udta", QUICKTIME)), b""),
        (film(box(b"trak", box(b"udta", LOCATION))), b""),
        (film(behind=box(b"uuid", bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC") + b"+59.3293")), b""),
        (film(behind=box(b"udta", LOCATION)), b""),
    ],
)
def test_a_film_does_not_tell_where_it_was_taken(data: bytes, credit: bytes) -> None:
    assert PLACE.encode() in data
    kept = cleaned(data)
    assert PLACE.encode() not in kept
    assert credit in kept
    # Others tell where the pictures and sounds are: nothing has moved.
    assert len(kept) == len(data)
    assert kept.index(b"mdat") == data.index(b"mdat")
    assert kept[: data.index(b"tkhd")] == data[: data.index(b"tkhd")]


# Packages


def photo_course(make_course: MakeCourse, data: bytes) -> Path:
    page = fence("image", {"src": "media/Photo.jpg", "alt": "A photograph."})
    return make_course({PAGE: page, "media/Photo.jpg": data})


def packed(path: Path) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read("media/photo.jpg")


def test_no_package_holds_metadata_of_people(make_course: MakeCourse, tmp_path: Path) -> None:
    data = PHOTOGRAPHS["jpg"]()
    folder = photo_course(make_course, data)
    built = build_packages(folder, list(TARGETS), tmp_path / "build")
    assert {packed(each.path) for each in built} == {cleaned(data)}
    (web,) = (each for each in built if each.folder)
    assert (web.folder / "media/photo.jpg").read_bytes() == cleaned(data)
    assert render_site(read_course(folder), TARGETS["web"])["media/photo.jpg"] == cleaned(data)
    assert (folder / "media/Photo.jpg").read_bytes() == data


def test_a_later_build_takes_over_a_cleaned_photograph(
    make_course: MakeCourse, tmp_path: Path, age: Callable[[Path], None]
) -> None:
    folder = photo_course(make_course, PHOTOGRAPHS["jpg"]())
    age(folder)
    first = build_package(folder, "scorm12", tmp_path / "build").path.read_bytes()
    page = folder / PAGE
    page.write_text(page.read_text() + "\nMore.\n")
    age(folder)
    later = build_package(folder, "scorm12", tmp_path / "build").path.read_bytes()
    assert later != first
    shutil.copytree(folder, tmp_path / "copy")
    assert build_package(tmp_path / "copy", "scorm12", tmp_path / "again").path.read_bytes() == later
    photograph = folder / "media/Photo.jpg"
    photograph.write_bytes(PHOTOGRAPHS["progressive.jpg"]())
    os.utime(photograph, (1, 1))
    assert packed(build_package(folder, "scorm12", tmp_path / "build").path) == cleaned(
        photograph.read_bytes()
    )


# How a picture was made

SYNTHETIC = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CAPTURED = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
_DESCRIPTION = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"
_SOURCE_TYPE = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"


def source_types(picture: bytes) -> list[str]:
    """The digital source types in the XMP of a picture, as Pillow finds it."""
    with Image.open(BytesIO(picture)) as opened:
        opened.load()
        packet = opened.info.get("xmp", b"")
    if not packet:
        return []
    found = []
    for description in etree.fromstring(packet).iter(_DESCRIPTION):
        found += [description.get(_SOURCE_TYPE), *(each.text for each in description.iter(_SOURCE_TYPE))]
    return [each for each in found if each]


def marked(data: bytes) -> bytes:
    pieces = pieces_of(BytesIO(data), len(data), SYNTHETIC)
    return b"".join(p if isinstance(p, bytes) else data[p[0] : p[0] + p[1]] for p in pieces)


def with_source_type(form: str) -> bytes:
    """XMP that says that the picture was captured, as an attribute or as an element."""
    space = 'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    if form == "attribute":
        return XMP.replace(
            "photoshop:City", f'{space} Iptc4xmpExt:DigitalSourceType="{CAPTURED}" photoshop:City'
        ).encode()
    element = f"<Iptc4xmpExt:DigitalSourceType {space}>{CAPTURED}</Iptc4xmpExt:DigitalSourceType>"
    return XMP.replace("<dc:creator>", f"{element}<dc:creator>").encode()


def png_with_xmp(packet: bytes, *, packed: bool = False) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode(), zip=packed)
    return saved("PNG", pnginfo=info)


TO_MARK: dict[str, Callable[[], bytes]] = {
    "plain.jpg": lambda: saved("JPEG"),
    "plain.png": lambda: saved("PNG"),
    "simple.webp": lambda: saved("WEBP"),
    "simple-lossless.webp": lambda: saved("WEBP", noise("RGB"), lossless=True),
    "odd.webp": lambda: saved("WEBP", noise().resize((161, 1))),
    "no-jfif.jpg": lambda: with_segments(b"\xff\xd8" + saved("JPEG")[20:]),
    "xmp.png": lambda: png_with_xmp(XMP.encode()),
    "packed-xmp.png": lambda: png_with_xmp(XMP.encode(), packed=True),
    "damaged-xmp.jpg": lambda: saved("JPEG", xmp=b"<x:xmpmeta"),
    **{
        f"{form}.{kind}": lambda form=form, kind=kind: saved(  # type: ignore[misc]
            kind.upper(), xmp=with_source_type(form)
        )
        for form in ("attribute", "element")
        for kind in ("jpeg", "webp")
    },
    **{
        name: make
        for name, make in PHOTOGRAPHS.items()
        if name.endswith(("jpg", "png", "webp"))
    },
}  # fmt: skip


@pytest.mark.parametrize("name", TO_MARK)
def test_a_synthetic_picture_says_so_and_looks_the_same(name: str) -> None:
    picture = TO_MARK[name]()
    packed = marked(picture)
    assert source_types(packed) == [SYNTHETIC]
    assert not [secret for secret in SECRETS if secret in packed]
    with Image.open(BytesIO(picture)) as before, Image.open(BytesIO(packed)) as after:
        assert (before.size, before.mode) == (after.size, after.mode)
        assert before.info.get("icc_profile") == after.info.get("icc_profile")
        assert ImageOps.exif_transpose(before).tobytes() == ImageOps.exif_transpose(after).tobytes()
    # Marking it again changes nothing.
    assert marked(packed) == packed


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
@pytest.mark.parametrize("form", ["attribute", "element"])
def test_credit_stays_beside_the_mark(kind: str, form: str) -> None:
    packed = marked(saved(kind.upper(), xmp=with_source_type(form)))
    assert "Åsa Bild".encode() in packed
    assert b"https://example.org/licence" in packed
    assert CAPTURED.encode() not in packed


@pytest.mark.parametrize("form", ["attribute", "element"])
def test_what_a_picture_says_of_its_origin_is_kept(form: str) -> None:
    for picture in (
        saved("JPEG", xmp=with_source_type(form)),
        png_with_xmp(with_source_type(form)),
        saved("WEBP", xmp=with_source_type(form)),
    ):
        assert source_types(cleaned(picture)) == [CAPTURED]


def test_credit_that_fills_a_segment_makes_room_for_the_mark() -> None:
    long = XMP.replace("CC BY 4.0", "x" * 64_500).encode()
    assert source_types(marked(saved("JPEG", xmp=long))) == [SYNTHETIC]


def test_exiftool_reads_the_mark(tmp_path: Path) -> None:
    """The tool by which photographers' metadata are read."""
    tool = shutil.which("exiftool")
    if not tool:
        pytest.skip("there is no exiftool")
    for name in (
        "plain.jpg",
        "no-jfif.jpg",
        "plain.png",
        "png",
        "simple.webp",
        "simple-lossless.webp",
        "webp",
    ):
        path = tmp_path / (name if "." in name else f"a.{name}")
        path.write_bytes(marked(TO_MARK[name]()))
    command = [tool, "-j", "-validate", "-XMP-iptcExt:DigitalSourceType#", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert len(found) == 7
    assert {each["DigitalSourceType"] for each in found} == {SYNTHETIC}
    assert {each["SourceFile"]: each["Validate"] for each in found if each["Validate"] != "OK"} == {}
