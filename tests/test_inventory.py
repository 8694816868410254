"""`coursepack media`: what goes in, what comes out, where each file is used, and what is missing."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from speaking import phrases, speak
from strategies import COURSE, PAGE, SVG, VTT, MakeCourse, fence

from coursepack import build_package
from coursepack.cli import main

FILMS = Path(__file__).parent / "films"
TEXTS: dict[str, str | bytes] = {"media/film.vtt": VTT, "media/film.md": "Two voices.\n"}
FILM = {
    "src": "media/film.mp4",
    "title": "Film",
    "captions": "media/film.vtt",
    "transcript": "media/film.md",
    "described": {"not-needed": "The voice tells all."},
}
SOUND = {"src": "media/tone.mp3", "title": "Sound", "transcript": "media/film.md", "duration": "0:01"}


def media(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["media", *map(str, arguments)])


def listed(*arguments: object) -> dict[str, dict[str, Any]]:
    """The media by file, as their schema has them."""
    schema = (
        importlib.resources.files("coursepack.inventory").joinpath("media.schema.json").read_text("utf-8")
    )
    result = media(*arguments, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    jsonschema.Draft202012Validator(json.loads(schema)).validate(told)
    return {each["file"]: each for each in told["media"]}


def film(name: str) -> bytes:
    return (FILMS / name).read_bytes()


def test_each_file_is_listed_once_with_all_its_uses(make_course: MakeCourse) -> None:
    page = fence("image", {"src": "media/a.svg", "alt": "A"}) * 2 + "\n"
    page += fence("download", {"src": "media/list.csv", "title": "List"})
    course = make_course(
        {
            "course.yaml": f"{COURSE}cover: media/a.svg\n",
            PAGE: page,
            "media/a.svg": SVG,
            "media/list.csv": "a;b\n",
        }
    )
    found = listed(course)
    assert list(found) == ["media/a.svg", "media/list.csv"]
    assert found["media/a.svg"]["uses"] == [
        {"page": None, "kind": "cover"},
        {"page": "p1-c1-s1", "kind": "picture"},
    ]
    assert (found["media/a.svg"]["kind"], found["media/a.svg"]["pixels"]) == ("picture", [16, 9])
    assert found["media/list.csv"]["uses"] == [{"page": "p1-c1-s1", "kind": "download"}]


def test_a_finished_film_is_kept_and_has_its_texts(make_course: MakeCourse) -> None:
    changes = {**TEXTS, "media/film.mp4": film("h264.mp4"), PAGE: fence("video", FILM)}
    found = listed(make_course(changes))["media/film.mp4"]
    assert found["packed"][0]["how"] == "kept"
    assert found["size"] == len(film("h264.mp4"))
    assert found["captions"] == [{"language": "en", "file": "media/film.vtt"}]
    assert found["transcripts"] == [{"language": "en", "file": "media/film.md"}]
    assert (found["described"], found["not_described"]) == ([], "The voice tells all.")
    # Only FFmpeg can tell.
    assert found["codecs"] == []
    assert found["missing"] == ["origin"]


def test_other_versions_of_a_film_are_films_and_belong_to_it(make_course: MakeCourse) -> None:
    versions = {"described": "media/described.mp4", "signed": "media/signed.mp4"}
    files = {name: film("h264.mp4") for name in ("media/film.mp4", *versions.values())}
    course = make_course({**TEXTS, **files, PAGE: fence("video", FILM | versions)})
    found = listed(course)
    for use, name in versions.items():
        assert found["media/film.mp4"][use] == [{"language": "en", "file": name}]
        assert found[name]["kind"] == "film"
        assert found[name]["uses"] == [{"page": "p1-c1-s1", "kind": use}]
        assert "captions" not in found[name]["missing"]
    assert "  Signed          media/signed.mp4 (en)\n" in media(course, "--language", "en").stdout


def test_a_sound_without_captions_lacks_them(make_course: MakeCourse) -> None:
    changes = {**TEXTS, "media/tone.mp3": film("plain.mp3"), PAGE: fence("audio", SOUND)}
    course = make_course(changes)
    assert listed(course)["media/tone.mp3"]["missing"] == ["captions", "origin"]
    assert "  Missing         captions, origin\n" in media(course, "--language", "en").stdout
    changes[PAGE] = fence("audio", {**SOUND, "captions": "media/film.vtt", "origin": "recorded"})
    assert listed(make_course(changes, "other"))["media/tone.mp3"]["missing"] == []


def test_what_is_packed_is_as_large_as_told(make_course: MakeCourse, tmp_path: Path) -> None:
    """The camera's metadata are not packed."""
    made = BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "Camera"  # Model
    exif[0x013B], exif[0x8298] = "Anna Berg", "CC BY 4.0"
    Image.new("RGB", (40, 30)).save(made, "JPEG", exif=exif)
    page = fence("image", {"src": "media/a.jpg", "alt": "A"})
    course = make_course({PAGE: page, "media/a.jpg": made.getvalue()})
    found = listed(course)["media/a.jpg"]
    build_package(course, "web", tmp_path / "out")
    (packed,) = (tmp_path / "out").glob("*/media/a.jpg")
    assert found["packed"] == [
        {
            "packages": ["full"],
            "how": "kept",
            "rung": None,
            "size": packed.stat().st_size,
            "most": packed.stat().st_size,
            "film": None,
        }
    ]
    assert found["size"] == len(made.getvalue()) > packed.stat().st_size
    assert found["credit"] == {"author": "Anna Berg", "rights": "CC BY 4.0", "licence": ""}


def test_credit_is_read_from_xmp_and_from_drawings(make_course: MakeCourse) -> None:
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:cc="http://creativecommons.org/ns#"><rdf:Description rdf:about="">'
        "<dc:creator><rdf:Seq><rdf:li>Bo Ek</rdf:li></rdf:Seq></dc:creator>"
        '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">Free to use</rdf:li></rdf:Alt></dc:rights>'
        '<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/></rdf:Description></rdf:RDF>'
    )
    made = BytesIO()
    packet = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{rdf}</x:xmpmeta>'.encode()
    Image.new("RGB", (4, 4)).save(made, "WEBP", xmp=packet)
    page = fence("image", {"src": "media/a.webp", "alt": "A"}) + "\n"
    page += fence("image", {"src": "media/b.svg", "alt": "B"})
    drawing = SVG.replace("<path", f"<metadata>{rdf}</metadata><path")
    course = make_course({PAGE: page, "media/a.webp": made.getvalue(), "media/b.svg": drawing})
    expected = {
        "author": "Bo Ek",
        "rights": "Free to use",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
    }
    found = listed(course)
    assert (found["media/a.webp"]["credit"], found["media/b.svg"]["credit"]) == (expected, expected)


def test_a_film_to_convert_can_be_as_large_as_its_rung(
    make_course: MakeCourse, tmp_path: Path, extra: None
) -> None:
    changes = {**TEXTS, "media/film.mp4": film("hevc.mp4"), PAGE: fence("video", {**FILM, "rung": "light"})}
    course = make_course(changes)
    found = listed(course)["media/film.mp4"]
    # 0.7 Mbit/s of pictures and 96 kbit/s of sound.
    most = int(found["seconds"] * 796_000 / 8)
    assert found["packed"] == [
        {"packages": ["full"], "how": "converted", "rung": "light", "size": None, "most": most, "film": None}
    ]
    assert found["codecs"][0] == "hevc"
    build_package(course, "web", tmp_path / "out")
    (packed,) = (tmp_path / "out").glob("*/media/film.mp4")
    size = packed.stat().st_size
    assert listed(course)["media/film.mp4"]["packed"] == [
        {
            "packages": ["full"],
            "how": "converted",
            "rung": "light",
            "size": size,
            "most": size,
            "film": None,
        }
    ]
    # Another cache does not have it.
    assert listed(course, "--cache", tmp_path / "other")["media/film.mp4"]["packed"][0]["size"] is None
    assert not list((tmp_path / "other").glob("*.mp4"))


def test_the_loudness_and_the_findings_of_media_are_listed(
    make_course: MakeCourse, tmp_path: Path, extra: None
) -> None:
    quiet = speak(tmp_path / "quiet.wav", phrases(3), 8.0, level=-40.0)
    page = fence("audio", {**SOUND, "src": "media/quiet.wav", "duration": "0:08"})
    course = make_course({**TEXTS, PAGE: page, "media/quiet.wav": quiet.read_bytes()})
    # 20 dB quieter than in test_examination.py.
    assert listed(course)["media/quiet.wav"]["loudness"] == pytest.approx(-38.8, abs=1)
    result = media(course, "--language", "en")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[3].endswith("  0:08   −39")
    assert "media/off-level: 'media/quiet.wav' has a loudness of -39 LUFS" in result.stdout


def test_a_late_index_is_moved(make_course: MakeCourse, extra: None) -> None:
    changes = {**TEXTS, "media/film.mp4": film("late.mp4"), PAGE: fence("video", FILM)}
    size = len(film("late.mp4"))
    found = listed(make_course(changes))["media/film.mp4"]["packed"]
    assert found == [
        {"packages": ["full"], "how": "indexed", "rung": None, "size": None, "most": size, "film": None}
    ]


LONG = "media/a-folder-with-a-long-name/and-another-one/with-a-picture-of-the-house-by-the-river.svg"


@pytest.mark.parametrize(("language", "head"), [("en", "File  "), ("sv", "Fil   ")])
def test_the_table_fits_eighty_columns(make_course: MakeCourse, language: str, head: str) -> None:
    page = fence("image", {"src": LONG, "alt": "A"}) + "\n" + fence("video", FILM)
    texts = {**TEXTS, "media/film.vtt": VTT.replace("02.000", "01.500")}
    course = make_course({**texts, PAGE: page, LONG: SVG, "media/film.mp4": film("h264.mp4")})
    lines = media(course, "--language", language).stdout.splitlines()
    table = lines[2:5]
    assert table[0].startswith(head)
    assert {len(line) for line in table} <= set(range(40, 81))
    assert any(line.startswith("...") and "the-river.svg " in line for line in table)
    # All of a name is with what is known of the file.
    assert [line for line in lines if len(line) > 80] == [LONG]


def test_a_course_with_errors_lists_nothing(make_course: MakeCourse) -> None:
    course = make_course({PAGE: fence("image", {"src": "media/none.svg", "alt": "A"})})
    result = media(course)
    assert result.exit_code == 1
    assert "media/missing" in result.stdout
    told = json.loads(media(course, "--json").stdout)
    assert (told["ok"], told["media"]) == (False, [])
    assert [each["rule"] for each in told["problems"]] == ["media/missing"]


def test_a_course_without_media_says_so(make_course: MakeCourse) -> None:
    assert media(make_course(), "--language", "en").stdout == "0 files: 0 bytes in\n"


def test_the_course_in_the_working_folder_is_listed(
    make_course: MakeCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes: Mapping[str, str | bytes] = {
        PAGE: fence("image", {"src": "media/a.svg", "alt": "A"}),
        "media/a.svg": SVG,
    }
    monkeypatch.chdir(make_course(changes))
    assert list(listed()) == ["media/a.svg"]


def test_the_origin_of_a_file_is_what_any_of_its_blocks_says(make_course: MakeCourse) -> None:
    picture = {"src": "media/a.svg", "alt": "A"}
    page = fence("image", picture) + "\n"
    page += fence("image", {**picture, "origin": "synthetic", "made-with": "A model"})
    course = make_course({PAGE: page, "media/a.svg": SVG})
    found = listed(course)["media/a.svg"]
    assert (found["origin"], found["made_with"], found["missing"]) == ("synthetic", "A model", [])
    assert "  Origin          synthetic, A model\n" in media(course, "--language", "en").stdout
    assert "  Ursprung        syntetisk, A model\n" in media(course, "--language", "sv").stdout


def test_a_logo_and_a_download_lack_no_origin(make_course: MakeCourse) -> None:
    page = fence("download", {"src": "media/list.csv", "title": "List"})
    course = make_course(
        {
            "course.yaml": f"{COURSE}logo: {{src: media/a.svg, alt: A}}\n",
            PAGE: page,
            "media/a.svg": SVG,
            "media/list.csv": "a;b\n",
        }
    )
    assert [each["missing"] for each in listed(course).values()] == [[], []]


def test_each_package_tells_what_it_holds(make_course: MakeCourse, extra: None) -> None:
    packages = "packages:\n  - {id: full, parts: [p1]}\n  - {id: light, parts: [p1], rung: fragile}\n"
    size = len(film("h264.mp4")) + 2_000_000
    changes = {
        **TEXTS,
        "course.yaml": f"{COURSE}{packages}",
        # Longer than its pictures need, so that its rate is above that of the rung.
        "media/film.mp4": film("h264.mp4") + (2_000_000).to_bytes(4) + b"free" + bytes(1_999_992),
        PAGE: fence("video", FILM),
    }
    course = make_course(changes)
    kept, converted = listed(course)["media/film.mp4"]["packed"]
    assert kept == {
        "packages": ["full"],
        "how": "kept",
        "rung": None,
        "size": size,
        "most": size,
        "film": None,
    }
    assert (converted["packages"], converted["rung"], converted["size"]) == (["light"], "fragile", None)
    shown = media(course, "--language", "en").stdout
    assert shown.startswith("1 file: 2.0 MB in\n  full: 2.0 MB out\n  light: at most ")
    assert (
        "  Out             full: unchanged, 2.0 MB\n                  light: converted to fragile, at most "
        in shown
    )


def test_captions_that_are_made_from_a_transcript_are_not_missing(make_course: MakeCourse) -> None:
    block = {**FILM, "captions": None, "transcript": "media/film.vtt", "origin": "recorded"}
    course = make_course({**TEXTS, "media/film.mp4": film("h264.mp4"), PAGE: fence("video", block)})
    found = listed(course)["media/film.mp4"]
    assert (found["missing"], found["captions"]) == ([], [{"language": "en", "file": "media/film.vtt"}])
