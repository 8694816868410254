"""How pictures, films and sounds were made: said by the author, told to learners, and written into packed pictures."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import html
from PIL import Image
from strategies import COURSE, PAGE, SVG, VTT, MakeCourse, box, fence, mp4

from coursepack import build_package, render_site
from coursepack.checking import check_path
from coursepack.reading.source import read_course

TERM = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MARKED = "media: {mark-synthetic: true}\n"
FILM = {
    "src": "media/film.mp4",
    "title": "The house",
    "captions": "media/film.vtt",
    "transcript": "media/film.md",
    "described": {"not-needed": "The voice tells all."},
    "width": 16,
    "height": 9,
}
SOUND = {"src": "media/tone.m4a", "title": "The voice", "transcript": "media/film.md"}
FILES: dict[str, str | bytes] = {
    "media/film.vtt": VTT,
    "media/film.md": "A voice.\n",
    "media/a.svg": SVG,
    "media/b.svg": SVG,
    "media/film.mp4": mp4(),
    "media/tone.m4a": mp4(),
}
SYNTHETIC = {"origin": "synthetic", "made-with": "Model 5"}
PICTURE = {"src": "media/a.svg", "alt": "A"}


def saved(kind: str, **options: Any) -> bytes:
    data = BytesIO()
    Image.frombytes("RGB", (40, 30), Random(0).randbytes(40 * 30 * 3)).save(data, kind, **options)
    return data.getvalue()


def document(course: Path) -> html.HtmlElement:
    index = render_site(read_course(course), "web")["index.html"]
    assert isinstance(index, bytes)
    return html.document_fromstring(index.decode())


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def disclosed(course: Path) -> list[str]:
    """The list on the page about the course."""
    (heading,) = document(course).xpath("//section[@id='om']/h2[.='About the pictures and sounds']") or [None]
    return [] if heading is None else [words(item) for item in heading.xpath("following-sibling::ul[1]/li")]


def film_course(make_course: MakeCourse, page: str, more: str = "", name: str = "course") -> Path:
    return make_course({**FILES, PAGE: page, "course.yaml": f"{COURSE}{more}"}, name)


BLOCKS = {
    "image": fence("image", {**PICTURE, **SYNTHETIC}),
    "gallery": fence("gallery", {"pictures": [{**PICTURE, **SYNTHETIC}, {"src": "media/b.svg", "alt": "B"}]}),
    "before-after": fence(
        "before-after", {"before": {**PICTURE, **SYNTHETIC}, "after": {"src": "media/b.svg", "alt": "B"}}
    ),
    "hotspots": fence(
        "hotspots", {**PICTURE, **SYNTHETIC, "points": [{"x": 50, "y": 50, "title": "T", "text": "U"}]}
    ),
    "scenario": fence(
        "scenario",
        {
            "id": "s",
            "title": "S",
            "image": {**PICTURE, **SYNTHETIC},
            "scenes": [
                {
                    "id": "a",
                    "text": "It begins.",
                    "question": "What now?",
                    "choices": [
                        {"id": "x", "text": "This", "feedback": "Yes.", "safe": True},
                        {"id": "y", "text": "That", "feedback": "No.", "safe": False},
                    ],
                },
                {"id": "b", "text": "It ends."},
            ],
        },
    ),
    "video": fence("video", {**FILM, **SYNTHETIC}),
    "audio": fence("audio", {**SOUND, **SYNTHETIC}),
}
KINDS = {"video": "film The house", "audio": "sound The voice"}


@pytest.mark.parametrize("kind", BLOCKS)
def test_the_page_about_the_course_lists_what_is_synthetic(make_course: MakeCourse, kind: str) -> None:
    course = film_course(make_course, BLOCKS[kind])
    what = KINDS.get(kind, "picture")
    assert disclosed(course) == [f"Page: {what}. Artificially generated: Model 5"]
    # The mark beside it is by choice.
    (page,) = document(course).xpath("//section[@id='p1-c1-s1']")
    assert "Artificially" not in words(page)


@pytest.mark.parametrize("kind", BLOCKS)
def test_what_is_synthetic_is_marked_where_the_course_asks_for_it(make_course: MakeCourse, kind: str) -> None:
    course = film_course(make_course, BLOCKS[kind], MARKED)
    (page,) = document(course).xpath("//section[@id='p1-c1-s1']")
    marks = [words(each) for each in page.xpath(".//span[@class='made']")]
    # A picture of a gallery is in its dialog too.
    assert marks == ["Artificially generated: Model 5"] * (2 if kind == "gallery" else 1)
    # It is beside what it is about, and read with it.
    (first, *_) = page.xpath(".//span[@class='made']/ancestor::*[self::figure or @data-playable]")
    assert first.xpath(".//img[@src='media/a.svg'] | .//video | .//audio")


def test_what_is_recorded_or_drawn_is_neither_listed_nor_marked(make_course: MakeCourse) -> None:
    page = fence("image", {**PICTURE, "origin": "drawn", "made-with": "A pencil"})
    page += "\n" + fence("audio", {**SOUND, "origin": "recorded"})
    course = film_course(make_course, page, MARKED)
    assert disclosed(course) == []
    assert "Artificially" not in words(document(course))


def test_an_edited_picture_is_altered_and_may_name_no_tool(make_course: MakeCourse) -> None:
    course = film_course(make_course, fence("image", {**PICTURE, "origin": "edited"}))
    assert disclosed(course) == ["Page: picture. Artificially altered"]


def test_cover_poster_and_the_cover_of_a_sound_say_it_beside_their_path(make_course: MakeCourse) -> None:
    page = fence("video", {**FILM, "poster": {"src": "media/b.svg", **SYNTHETIC}}) + "\n"
    page += fence("audio", {**SOUND, "cover": {"src": "media/c.svg", "origin": "edited"}})
    course = film_course(make_course, page, "cover: {src: media/a.svg, origin: synthetic}\n")
    (course / "media/c.svg").write_text(SVG)
    assert disclosed(course) == [
        "Start page: picture. Artificially generated",
        "Page: picture. Artificially generated: Model 5",
        "Page: picture. Artificially altered",
    ]


def test_a_tool_without_an_origin_is_an_error(make_course: MakeCourse) -> None:
    course = film_course(make_course, fence("image", {**PICTURE, "made-with": "Model 5"}))
    (problem,) = check_path(course).report
    assert (problem.rule, problem.message) == ("page/missing-field", "the field 'origin' is missing")


@pytest.mark.parametrize(
    ("language", "mark"),
    [("sv", "Artificiellt skapat: Model 5"), ("fi", "Keinotekoisesti tuotettu: Model 5")],
)
def test_other_languages_say_it_in_theirs(make_course: MakeCourse, language: str, mark: str) -> None:
    course = film_course(make_course, BLOCKS["image"], MARKED)
    (course / "course.yaml").write_text(f"{COURSE}{MARKED}".replace("language: en", f"language: {language}"))
    assert words(document(course)).count(mark) == 2


def test_packed_pictures_say_what_they_are(make_course: MakeCourse, tmp_path: Path) -> None:
    """All targets have them, and a picture that was only drawn stays as it is."""
    page = "\n".join(
        fence("image", {"src": f"media/{name}", "alt": "A", "origin": origin})
        for name, origin in (
            ("a.jpg", "synthetic"),
            ("b.png", "edited"),
            ("c.webp", "synthetic"),
            ("d.jpg", "drawn"),
        )
    )
    pictures = {
        "a.jpg": saved("JPEG"),
        "b.png": saved("PNG"),
        "c.webp": saved("WEBP"),
        "d.jpg": saved("JPEG"),
    }
    course = make_course({PAGE: page, **{f"media/{name}": data for name, data in pictures.items()}})
    expected = {
        "a.jpg": ["trainedAlgorithmicMedia"],
        "b.png": ["compositeWithTrainedAlgorithmicMedia"],
        "c.webp": ["trainedAlgorithmicMedia"],
        "d.jpg": [],
    }
    for target in ("scorm12", "web"):
        built = build_package(course, target, tmp_path / "out")
        with zipfile.ZipFile(built.path) as archive:
            packed = {name: archive.read(f"media/{name}") for name in pictures}
        terms = {name: re.findall(rf"{TERM}(\w+)", data.decode("latin-1")) for name, data in packed.items()}
        assert terms == expected
        assert packed["d.jpg"] == pictures["d.jpg"]
    assert render_site(read_course(course), "web")["media/a.jpg"] == packed["a.jpg"]


def test_a_changed_origin_is_packed_by_the_next_build(
    make_course: MakeCourse, tmp_path: Path, age: Any
) -> None:
    """The file itself is unchanged, and would come from the earlier package."""

    def built(origin: str) -> bytes:
        (course / PAGE).write_text(
            fence("image", {"src": "media/a.jpg", "alt": "A", **({"origin": origin} if origin else {})})
        )
        age(course)
        with zipfile.ZipFile(build_package(course, "web", tmp_path / "out").path) as archive:
            return archive.read("media/a.jpg")

    picture = saved("JPEG")
    course = make_course({"media/a.jpg": picture, PAGE: "Text.\n"})
    assert built("") == picture
    assert b"/trainedAlgorithmicMedia" in built("synthetic")
    assert b"/compositeWithTrainedAlgorithmicMedia" in built("edited")
    assert built("") == picture


def xmp(term: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f' Iptc4xmpExt:DigitalSourceType="{TERM}{term}"/></rdf:RDF></x:xmpmeta>'
    ).encode()


@pytest.mark.parametrize("kind", ["jpeg", "webp", "avif"])
def test_a_picture_from_a_generator_is_found(make_course: MakeCourse, kind: str) -> None:
    page = fence("image", {"src": f"media/a.{kind}", "alt": "A"})
    for term, rules in (("trainedAlgorithmicMedia", ["media/undeclared-synthetic"]), ("digitalCapture", [])):
        course = make_course({PAGE: page, f"media/a.{kind}": saved(kind.upper(), xmp=xmp(term))}, term)
        assert [problem.rule for problem in check_path(course).report] == rules


@pytest.mark.parametrize("where", ["uuid", "moov"])
def test_a_film_from_a_generator_is_found(make_course: MakeCourse, where: str) -> None:
    """XMP and C2PA manifests are boxes of the type uuid."""
    film = mp4()
    told = xmp("trainedAlgorithmicMedia")
    if where == "uuid":
        film += box(b"uuid", bytes(16), told)
    else:
        index = film.index(b"moov") - 4
        size = int.from_bytes(film[index : index + 4])
        inner = film[index + 8 : index + size] + box(b"udta", box(b"XMP_", told))
        film = film[:index] + box(b"moov", inner) + film[index + size :]
    page = fence("video", FILM)
    course = make_course({**FILES, PAGE: page, "media/film.mp4": film})
    assert [problem.rule for problem in check_path(course).report] == ["media/undeclared-synthetic"]
    (course / PAGE).write_text(fence("video", {**FILM, "origin": "synthetic"}))
    assert check_path(course).report.problems == ()
