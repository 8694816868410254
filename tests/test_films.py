"""What a film or a sound tells of itself: its length, its size and who plays it.

The files in `films` are real ones of FFmpeg 9: `ffmpeg -f lavfi -i testsrc=duration=1:size=32x16:rate=1 -c:v libx265
-tag:v hvc1 -bitexact -movflags +faststart hevc.mp4`, and others with the codec that their name says.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PAGE, SVG, VTT, MakeCourse, box, fence, mp4
from test_media import fault, put, raster

from coursepack import TARGETS, read_course, render_site
from coursepack.languages.messages import translated
from coursepack.reading.films import media_facts
from coursepack.reading.media_heads import MediaError
from coursepack.reading.source import read_folder

FILMS = Path(__file__).parent / "films"


PLAYED = sorted(path for path in FILMS.iterdir() if path.suffix not in (".gif", ".heic"))


@pytest.mark.parametrize("path", PLAYED, ids=lambda path: path.name)
def test_how_long_a_film_or_sound_is_comes_from_the_file(path: Path) -> None:
    # An MP3 has a frame of silence before and after, 72 milliseconds each at 8 kHz.
    assert media_facts(path).seconds == pytest.approx(1, abs=0.16 if path.suffix == ".mp3" else 0.03)


@pytest.mark.parametrize(
    ("name", "size"),
    [("h264.mp4", (32, 16)), ("upright.mp4", (16, 32)), ("vp9.webm", (32, 16)), ("av1.webm", (64, 64)), ("aac.m4a", None), ("plain.mp3", None)],
)  # fmt: skip
def test_how_large_a_film_is_comes_from_the_file(name: str, size: tuple[int, int] | None) -> None:
    assert media_facts(FILMS / name).size == size


CODECS = {
    "hevc.mp4": ("HEVC", "some"),
    "ten-bits.mp4": ("H.264 with 10 bits", "some"),
    "av1.webm": ("AV1", "some"),
    "alac.m4a": ("Apple Lossless", "some"),
    "ac3.mp4": ("Dolby Digital", "some"),
    "adpcm.wav": ("WAV 0x0002", "some"),
    "mpeg4.mp4": ("MPEG-4 Visual", "none"),
}


@pytest.mark.parametrize("path", sorted(FILMS.iterdir()), ids=lambda path: path.name)
def test_a_codec_that_not_all_browsers_play_is_found(path: Path) -> None:
    assert media_facts(path).codecs == ((CODECS[path.name],) if path.name in CODECS else ())


def film(**fields: object) -> str:
    told = {"src": "media/film.mp4", "title": "Film", "captions": "media/film.vtt", "transcript": "media/film.vtt", "described": {"not-needed": "All is said."}}  # fmt: skip
    return fence("video", told | fields)


def course_with(make_course: MakeCourse, page: str, name: str, file: str = "film.mp4") -> Path:
    media = {f"media/{file}": (FILMS / name).read_bytes(), "media/film.vtt": VTT, "media/house.svg": SVG}
    return make_course({PAGE: page, **media})


def test_a_film_needs_no_length_and_no_size_on_its_page(make_course: MakeCourse) -> None:
    folder = course_with(make_course, film(), "upright.mp4")
    document = render_site(read_course(folder), TARGETS["web"])["index.html"]
    assert isinstance(document, bytes)
    assert b'width="16" height="32"' in document
    assert b'<span class="num">0:01</span>' in document


def test_a_sound_needs_no_length_on_its_page(make_course: MakeCourse) -> None:
    page = fence("audio", {"src": "media/a.mp3", "title": "Sound", "transcript": "media/film.vtt"})
    document = render_site(read_course(course_with(make_course, page, "plain.mp3", "a.mp3")), TARGETS["web"])
    assert b'<p class="num">0:01</p>' in bytes(document["index.html"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"duration": "0:01", "width": 32, "height": 16}, []),
        ({"width": 32}, []),
        ({"width": 320, "height": 160}, ["8:8: error page/wrong-size", "9:9: error page/wrong-size"]),
        ({"duration": "0:10"}, ["8:11: error media/wrong-duration"]),
    ],
)
def test_what_a_page_says_otherwise_than_the_film_is_an_error(
    make_course: MakeCourse, fields: dict[str, object], expected: list[str]
) -> None:
    _, report = read_folder(course_with(make_course, film(**fields), "h264.mp4"))
    found = [f"{each.location.line}:{each.location.column}: {each.severity} {each.rule}" for each in report]
    assert [each for each in found if "captions" not in each] == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        # The film has 32 x 16 pixels.
        ((320, 160), []),
        ((320, 165), []),
        ((320, 180), ["8:9: warning page/poster-shape"]),
        ((160, 320), ["8:9: warning page/poster-shape"]),
    ],
)
def test_a_poster_of_another_shape_than_its_film_is_told(
    make_course: MakeCourse, size: tuple[int, int], expected: list[str]
) -> None:
    folder = course_with(make_course, film(poster="media/poster.jpg"), "h264.mp4")
    (folder / "media/poster.jpg").write_bytes(raster("JPEG", size))
    _, report = read_folder(folder)
    found = [f"{each.location.line}:{each.location.column}: {each.severity} {each.rule}" for each in report]
    assert [each for each in found if "captions" not in each and "origin" not in each] == expected


def test_what_a_film_does_not_tell_must_be_on_its_page(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: film(), "media/film.mp4": mp4(0), "media/film.vtt": VTT})
    missing = [str(each.says) for each in read_folder(folder)[1] if each.rule == "page/missing-field"]
    assert missing == [f"the field {name!r} is missing" for name in ("duration", "height", "width")]
    folder = make_course({PAGE: film(duration="0:10", width=16, height=9), "media/film.mp4": mp4(0), "media/film.vtt": VTT})  # fmt: skip
    assert read_folder(folder)[1].ok


@pytest.mark.parametrize(
    ("name", "rule"), [("hevc.mp4", "media/seldom-played-codec"), ("mpeg4.mp4", "media/unplayed-codec")]
)
def test_a_film_that_not_all_browsers_play_is_told(make_course: MakeCourse, name: str, rule: str) -> None:
    _, report = read_folder(course_with(make_course, film(), name))
    (problem,) = (each for each in report if "codec" in each.rule)
    assert (problem.rule, problem.severity) == (rule, "warning" if name == "hevc.mp4" else "error")
    assert problem.location.line == 2


def test_a_codec_is_named_in_swedish(make_course: MakeCourse) -> None:
    folder = make_course(
        {PAGE: film(), "media/film.vtt": VTT, "media/film.mp4": (FILMS / "ten-bits.mp4").read_bytes()}
    )
    told = [
        translated(problem, "sv").message for problem in read_folder(folder)[1] if "codec" in problem.rule
    ]
    assert told == ["'media/film.mp4' har H.264 med 10 bitar, som bara vissa webbläsare spelar"]


@given(st.sampled_from(sorted(FILMS.iterdir())), st.integers(0, 4000), st.binary(min_size=1, max_size=8))
@settings(max_examples=200)
def test_a_damaged_film_ends_in_facts_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, path: Path, at: int, damage: bytes
) -> None:
    data = path.read_bytes()
    place = tmp_path_factory.getbasetemp() / f"damaged{path.suffix}"
    for each in (data[:at] + damage + data[at + len(damage) :], data[:at]):
        place.write_bytes(each)
        with suppress(MediaError):
            media_facts(place)


@pytest.mark.parametrize("version", [0, 1])
def test_the_length_of_a_film_is_read(tmp_path: Path, version: int) -> None:
    assert media_facts(put(tmp_path, "a.mp4", mp4(138.4, version=version))).seconds == pytest.approx(138.4)


def test_a_film_with_a_large_box_is_read(tmp_path: Path) -> None:
    long = struct.pack(">I4sQ", 1, b"free", 16)
    data = mp4(10)
    assert media_facts(put(tmp_path, "a.mp4", data[:24] + long + data[24:])).seconds == 10


def test_a_film_in_fragments_tells_no_length(tmp_path: Path) -> None:
    assert media_facts(put(tmp_path, "a.mp4", mp4(0))).seconds is None


def test_a_film_of_unknown_length_tells_none(tmp_path: Path) -> None:
    unknown = mp4(0).replace(struct.pack(">II", 1000, 0), struct.pack(">II", 1000, 0xFFFFFFFF))
    assert media_facts(put(tmp_path, "a.mp4", unknown)).seconds is None


@pytest.mark.parametrize(
    "data",
    [b"", b"text", b"\0" * 100, mp4(10)[:40], box(b"ftyp", b"isom"), box(b"moov", b"") + mp4(10), b"\x1a\x45\xdf\xa3" * 9],
    ids=["empty", "text", "zeros", "cut", "head only", "no ftyp first", "WebM"],
)  # fmt: skip
def test_what_is_no_mp4_is_refused(tmp_path: Path, data: bytes) -> None:
    assert fault(media_facts, put(tmp_path, "a.mp4", data)).startswith("not-media: ")


def test_a_film_whose_index_comes_last_starts_slowly(tmp_path: Path) -> None:
    facts = media_facts(put(tmp_path, "a.mp4", mp4(10, last=True)))
    assert (facts.starts_slowly, facts.seconds) == (True, 10)


@pytest.mark.parametrize(
    ("name", "right"),
    [("a.mp3", b"ID3\x03"), ("a.mp3", b"\xff\xfb\x90"), ("a.ogg", b"OggS"), ("a.opus", b"OggS"), ("a.wav", b"RIFF"), ("a.webm", b"\x1a\x45\xdf\xa3"), ("a.m4a", mp4(1))],
)  # fmt: skip
def test_a_sound_is_known_by_its_head(tmp_path: Path, name: str, right: bytes) -> None:
    media_facts(put(tmp_path, name, right + b"\0" * 20))
    assert fault(media_facts, put(tmp_path, name, b"text text text")).startswith("not-media: ")
    if not name.endswith("m4a"):
        assert fault(media_facts, put(tmp_path, name, right[:1])).startswith("not-media: ")
