"""Packages of the rung `text`: pictures and text in place of films, and text in place of sounds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import html
from PIL import Image
from strategies import COURSE, PAGE, SVG, MakeCourse, fence

import coursepack
from coursepack.cli import main
from coursepack.media.process import take_stills
from coursepack.result import built_fields, built_of

FILMS = Path(__file__).parent / "films"
TEXT = """\
WEBVTT

00:00.000 --> 00:01.000
<v Picture>A red wall.

00:01.000 --> 00:02.000
<v Kim>Hello.

00:04.000 --> 00:05.000
<v Picture>A blue wall.
"""
CHAPTERS = "WEBVTT\n\n00:00.000 --> 00:02.000\nBegin\n\n00:02.000 --> 00:06.000\nGo on\n"
SAID = "WEBVTT\n\n00:00.500 --> 00:02.000\n<v Kim>Hello.\n"
BOTH = "packages:\n  - id: full\n  - {id: text, title: Least course as text, rung: text}\n"


@pytest.fixture(autouse=True)
def media(extra: None) -> None:
    if not shutil.which("ffmpeg"):
        pytest.skip("there is no ffmpeg to make films with")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Black for a second, then walls of three colours, each with a white box of its own, for two seconds each."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    scenes = [
        f"color={colour}:size=320x180:rate=10:duration=2,drawbox=x={left}:y=20:w=120:h=120:color=white:t=fill"
        for colour, left in (("red", 10), ("green", 100), ("blue", 190))
    ]
    scenes[0] = f"{scenes[0]},drawbox=enable='lt(t,1)':color=black:t=fill"
    inputs = [word for scene in scenes for word in ("-f", "lavfi", "-i", scene)]
    command = ["ffmpeg", "-v", "error", *inputs, "-f", "lavfi", "-i", "sine=duration=6", "-filter_complex"]
    command += ["[0][1][2]concat=n=3,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p[v]"]
    command += ["-map", "[v]", "-map", "3:a", "-c:v", "libx264", "-colorspace", "bt709", "-c:a", "aac"]
    tags = ["-metadata", "artist=Anna", "-metadata", "location=+59.3293+018.0686/", "-movflags", "+faststart"]
    subprocess.run([*command, *tags, str(path)], check=True)
    return path.read_bytes()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sound") / "sound.m4a"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=3", "-b:a", "128k", str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


def video(**fields: object) -> str:
    told = {"src": "media/film.mp4", "title": "The walls", "captions": "media/film.vtt", "transcript": "media/film.text.vtt", "described": {"not-needed": "All is said."}}  # fmt: skip
    return fence("video", told | fields)


def audio(**fields: object) -> str:
    return fence(
        "audio", {"src": "media/sound.m4a", "title": "The call", "transcript": "media/film.vtt"} | fields
    )


Make = Callable[..., Path]


@pytest.fixture
def course(make_course: MakeCourse, film: bytes, sound: bytes) -> Make:
    def make(page: str, head: str = BOTH, **files: str | bytes) -> Path:
        media = {"media/film.mp4": film, "media/sound.m4a": sound, "media/film.vtt": SAID}
        texts = {"media/film.text.vtt": TEXT, "media/chapters.vtt": CHAPTERS, "media/poster.svg": SVG}
        return make_course({"course.yaml": COURSE + head, PAGE: page, **media, **texts, **files})

    return make


def built(folder: Path, target: str = "scorm12") -> dict[str, Mapping[str, bytes]]:
    """The files of each package, by its name."""
    packages = coursepack.build_packages(folder, [target], folder.parent / "out")
    assert all(each.report.ok for each in packages)
    return {each.variant: contents(each.path) for each in packages}


def contents(path: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def page_of(files: Mapping[str, bytes]) -> html.HtmlElement:
    document = html.fromstring(files["index.html"].decode())
    return document.get_element_by_id("p1-c1-s1")


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def colour(picture: bytes) -> list[int]:
    """That of the lower left corner, where the box never is."""
    with Image.open(BytesIO(picture)) as opened:
        return list(opened.convert("RGB").getpixel((4, opened.height - 5)))  # type: ignore[arg-type]


def test_a_film_is_pictures_and_its_text_version(course: Make) -> None:
    packages = built(course(video()))
    assert "media/film.mp4" in packages["full"]
    files = packages["text"]
    assert not [name for name in files if name.endswith(".mp4")]
    page = page_of(files)
    assert not page.xpath(".//video | .//audio | .//track | .//*[@data-playable]")
    assert "Hello." in words(page)
    assert "A red wall." in words(page)
    pictures = page.xpath(".//div[@class='stills']//img")
    assert len(pictures) == 3
    assert all(each.get("src") in files for each in pictures)
    red, green, blue = (colour(files[each.get("src")]) for each in pictures)
    # CSS's red, green and blue, each a little changed by two encoders.
    assert red == pytest.approx([255, 0, 0], abs=12)
    assert green == pytest.approx([0, 128, 0], abs=12)
    assert blue == pytest.approx([0, 0, 255], abs=12)


def test_a_picture_has_what_is_seen_as_alternative_text(course: Make) -> None:
    pictures = page_of(built(course(video()))["text"]).xpath(".//div[@class='stills']//img")
    assert [each.get("alt") for each in pictures] == ["A red wall.", "Picture from the film", "A blue wall."]


def test_what_browsers_do_not_play_is_pictures_and_text_too(course: Make, tmp_path: Path) -> None:
    inputs = [
        "-f",
        "lavfi",
        "-i",
        "testsrc=duration=1:size=160x90:rate=5",
        "-f",
        "lavfi",
        "-i",
        "sine=duration=1",
    ]
    outputs = [
        *("-map", "0:v", "-c:v", "mpeg4", str(tmp_path / "film.mov")),
        *("-map", "1:a", str(tmp_path / "sound.flac")),
    ]
    subprocess.run(["ffmpeg", "-v", "error", *inputs, *outputs], check=True)
    page = video(src="media/film.mov", captions=None) + "\n" + audio(src="media/sound.flac")
    originals = {f"media/{path.name}": path.read_bytes() for path in tmp_path.glob("*.*")}
    files = built(course(page, "media: {rung: text}\n", **originals))["full"]
    assert [Path(name).suffix for name in files if name.startswith("media/")] == [".jpg"]
    assert words(page_of(files)).count("Hello.") == 2


def test_a_film_with_chapters_has_a_picture_of_each(course: Make) -> None:
    files = built(course(video(chapters="media/chapters.vtt", poster="media/poster.svg")))["text"]
    page = page_of(files)
    assert [words(each) for each in page.xpath(".//figcaption")] == ["Begin", "Go on"]
    poster, first, second = page.xpath(".//div[@class='stills']//img")
    assert (poster.get("src"), poster.get("alt")) == ("media/poster.svg", "Picture for the film The walls")
    # The first begins in black.
    assert colour(files[first.get("src")]) == pytest.approx([255, 0, 0], abs=12)
    assert colour(files[second.get("src")]) == pytest.approx([0, 128, 0], abs=12)


def test_a_page_says_what_is_missing_and_where_it_is(course: Make) -> None:
    text = words(page_of(built(course(video()))["text"]))
    assert "This edition of the course has pictures and text in place of the film (0:06)." in text
    assert "You find it in “Least course”." in text
    same = words(page_of(built(course(video(), "packages: [{id: full}, {id: text, rung: text}]\n"))["text"]))
    assert "You find it in the edition of the course that has films and sounds." in same
    alone = words(page_of(built(course(video(), "media: {rung: text}\n"))["full"]))
    assert "in place of the film" in alone
    assert "You find it" not in alone


@pytest.mark.parametrize("target", ["xapi", "cmi5", "web"])
def test_the_description_of_the_package_says_it_too(course: Make, target: str) -> None:
    packages = built(course(video() + "\n" + audio()), target)
    said = "This edition has pictures and text in place of films and sounds."
    place = {"xapi": "tincan.xml", "cmi5": "cmi5.xml", "web": "index.html"}[target]
    assert f"As little as a course can be. {said}" in packages["text"][place].decode()
    assert said not in packages["full"][place].decode()


def test_a_translation_says_it_in_its_language(course: Make) -> None:
    head = BOTH + "translations: [sv]\n"
    sv = "title: Kurs\ndescription: Nästan ingenting.\ntitles: {p1: Del, p1-c1: Kapitel, p1-c1-s1: Sida}\n"
    sv += "packages: {text: Kursen som text}\n"
    files = {"translations/sv/translation.yaml": sv, f"translations/sv/{PAGE}": video(title="Väggarna")}
    document = built(course(video(), head, **files))["text"]["index.html"].decode()
    assert "Den här utgåvan av kursen har bilder och text i stället för filmen (0:06)." in document
    assert "Du hittar originalet i ”Kurs”." in document
    assert "Nästan ingenting. Den här utgåvan har bilder och text i stället för filmer." in document


@pytest.mark.parametrize(
    ("head", "is_kept"),
    [
        ("packages: [{id: text, rung: text}]", False),
        ("packages: [{id: text, rung: text, sound: true}]", True),
        ("media: {rung: text}", False),
        ("media: {rung: text, sound: true}", True),
        ("media: {sound: true}\npackages: [{id: text, rung: text}]", True),
        ("media: {sound: true}\npackages: [{id: text, rung: text, sound: false}]", False),
    ],
)
def test_sounds_are_text_unless_the_author_wants_them(course: Make, head: str, is_kept: bool) -> None:
    (files,) = built(course(audio(), head + "\n")).values()
    page = page_of(files)
    assert ("media/sound.m4a" in files) is is_kept
    assert bool(page.xpath(".//audio")) is is_kept
    assert "Hello." in words(page)
    assert ("This edition of the course has text in place of the sound (0:03)." in words(page)) is not is_kept


def test_a_sound_that_is_text_is_not_told_to_be_synthetic(course: Make) -> None:
    made = {"origin": "synthetic", "made-with": "Voice 5"}
    files = built(course(video(**made) + "\n" + audio(**made)))
    told = {
        name: words(html.fromstring(each["index.html"].decode())).count("Artificially generated: Voice 5")
        for name, each in files.items()
    }
    # Pictures of the film are in both.
    assert told == {"full": 2, "text": 1}


def test_one_film_alone_can_be_text(course: Make, film: bytes) -> None:
    other = video(src="media/other.mp4", title="Another")
    page = video(rung="text") + "\n" + other
    files = built(course(page, "", **{"media/other.mp4": film}))["full"]
    assert [name for name in files if name.endswith(".mp4")] == ["media/other.mp4"]
    assert len(page_of(files).xpath(".//video")) == 1


def test_other_versions_of_a_film_are_left_out(course: Make, film: bytes) -> None:
    page = video(described="media/described.mp4", signed="media/signed.mp4")
    versions = {"media/described.mp4": film, "media/signed.mp4": film}
    files = built(course(page, **versions))["text"]
    assert not [name for name in files if name.endswith(".mp4")]


def test_what_players_need_is_left_out(course: Make) -> None:
    def style(files: Mapping[str, bytes]) -> str:
        return "".join(html.fromstring(files["index.html"].decode()).xpath("//style/text()"))

    packages = built(course(video() + "\n" + audio()))
    for rule in (".tools select", ".seek label", ".jumps", ".film video", ".sound .said"):
        assert rule in style(packages["full"])
        assert rule not in style(packages["text"])
    assert ".stills" not in style(packages["full"])
    assert ".stills" in style(packages["text"])


def test_the_page_is_a_text(course: Make) -> None:
    def icon(files: Mapping[str, bytes]) -> str:
        return str(page_of(files).xpath(".//p[@class='kind']//use/@href")[0])

    packages = built(course(video()))
    assert (icon(packages["full"]), icon(packages["text"])) == ("#i-film", "#i-text")


def test_progress_has_the_same_places_in_both(course: Make) -> None:
    packages = built(course(video()))

    def data(files: Mapping[str, bytes]) -> dict[str, object]:
        document = html.fromstring(files["index.html"].decode())
        found = json.loads(document.get_element_by_id("course-data").text)
        return {name: found[name] for name in ("slots", "pages", "marks", "positions", "completion")}

    assert data(packages["full"]) == data(packages["text"])


def test_nothing_is_reported_of_a_film_that_is_not_there(course: Make) -> None:
    packages = built(course(video(), BOTH + "report: {media: true}\n"), "xapi")

    def told(files: Mapping[str, bytes]) -> list[str]:
        script = files["statements.js"].decode()
        return list(json.loads(script[script.index("=") + 1 : script.rindex(";")])["media"])

    assert told(packages["full"]) == ["media/film.mp4"]
    assert told(packages["text"]) == []


def test_a_content_note_comes_before_the_text(course: Make) -> None:
    note = {"about": "Walls.", "summary": "Some walls."}
    page = page_of(built(course(video(note=note)))["text"])
    (button,) = page.xpath(".//*[@data-note]//button[@data-text]")
    assert words(button) == "Read the film as text"
    assert not page.xpath(".//button[@data-go]")
    (behind,) = page.xpath(".//*[@data-note]/following-sibling::*[1]")
    assert "noted" in behind.get("class")
    # What gets the focus when the note is closed.
    assert behind.xpath(".//*[contains(@class, 'words')]//h2[@tabindex='-1']")


def test_pictures_keep_the_author_and_not_the_place(course: Make) -> None:
    files = built(course(video(origin="synthetic")))["text"]
    pictures = [content for name, content in files.items() if name.endswith(".jpg")]
    for each in pictures:
        with Image.open(BytesIO(each)) as opened:
            assert opened.getexif()[0x013B] == "Anna"
        assert b"59.3293" not in each
        # They are as synthetic as the film.
        assert b"trainedAlgorithmicMedia" in each


def test_a_build_takes_pictures_once(course: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = course(video())
    first = built(folder)["text"]
    taken: list[object] = []
    monkeypatch.setattr("coursepack.media.process.take_stills", lambda *given: taken.append(given))
    shutil.rmtree(folder.parent / "out")
    assert built(folder)["text"] == first
    assert taken == []


def test_pruning_keeps_pictures_that_are_used(course: Make) -> None:
    folder = course(video())
    built(folder)
    cache = folder.parent / ".coursepack/media"
    for path in cache.iterdir():
        os.utime(path, (1, 1))
    before = sorted(path.name for path in cache.iterdir())
    assert before
    assert CliRunner().invoke(main, ["cache", str(folder), "--prune"]).exit_code == 0
    assert sorted(path.name for path in cache.iterdir()) == before


def test_without_the_extra_there_is_the_poster(course: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("reading.media", "building.conversion"):
        monkeypatch.setattr(f"coursepack.{place}.is_installed", lambda: False)
    files = built(course(video(poster="media/poster.svg")))["text"]
    (picture,) = page_of(files).xpath(".//div[@class='stills']//img")
    assert picture.get("src") == "media/poster.svg"


def test_the_build_says_what_a_film_became(course: Make, tmp_path: Path) -> None:
    folder = course(video() + "\n" + audio())
    result = CliRunner().invoke(main, ["build", str(folder), "--target", "web", "--out", str(tmp_path / "o")])
    assert "  media/film.mp4: text and 3 pictures, " in result.stdout
    assert "  media/sound.m4a: text; as handed in " in result.stdout
    package = coursepack.build_packages(folder, ["web"], tmp_path / "o")[1]
    film, sound = package.texts
    assert (film.src, film.pictures, film.whole) == (
        "media/film.mp4",
        3,
        (folder / "media/film.mp4").stat().st_size,
    )
    assert 0 < film.size < 60_000
    assert (sound.pictures, sound.size) == (0, 0)
    assert built_of(json.loads(json.dumps(built_fields(package)))) == package


def test_the_inventory_lists_the_pictures(course: Make) -> None:
    folder = course(video())
    runner = CliRunner()

    def packed() -> list[dict[str, object]]:
        listed = json.loads(runner.invoke(main, ["media", str(folder), "--json"]).stdout)["media"]
        return list(next(each["packed"] for each in listed if each["file"] == "media/film.mp4"))

    (text,) = (each for each in packed() if each["how"] == "text")
    assert (text["packages"], text["rung"], text["size"]) == (["text"], "text", None)
    built(folder)
    (text,) = (each for each in packed() if each["how"] == "text")
    assert isinstance(text["size"], int)
    assert "text: text and pictures, " in runner.invoke(main, ["media", str(folder)]).stdout


def test_a_broken_film_is_an_error_with_its_name(course: Make, film: bytes) -> None:
    folder = course(video())
    # The index is whole, and what it points at is not.
    at = film.index(b"mdat") + 4
    (folder / "media/film.mp4").write_bytes(film[:at] + bytes(len(film) - at))
    with pytest.raises(coursepack.CourseError, match=r"media/film\.mp4"):
        built(folder)


# The pictures themselves


def made(tmp_path: Path, command: str) -> Path:
    path = tmp_path / "made.mkv"
    subprocess.run(["ffmpeg", "-v", "error", *command.split(), str(path)], check=True)
    return path


def test_a_film_that_shows_one_thing_has_one_picture(tmp_path: Path) -> None:
    path = made(
        tmp_path, "-f lavfi -i testsrc=duration=3:size=160x90:rate=5 -vf trim=end_frame=1,loop=14:1 -c:v ffv1"
    )
    assert len(take_stills(path, tmp_path / "made", [], 6)) == 1


def test_a_film_that_shows_nothing_has_a_picture_of_each_chapter_alone(tmp_path: Path) -> None:
    path = made(tmp_path, "-f lavfi -i color=black:duration=3:size=160x90:rate=5 -c:v ffv1")
    seconds = [each.second for each in take_stills(path, tmp_path / "made", [0.0, 1.0], 6)]
    assert seconds == pytest.approx([0.0, 1.0], abs=0.25)


def test_a_picture_is_upright_and_at_most_as_wide_as_the_rung_fragile(tmp_path: Path) -> None:
    path = tmp_path / "turned.mov"
    flat = tmp_path / "flat.mov"
    source = "testsrc2=duration=0.4:size=1280x720:rate=5"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", str(flat)], check=True
    )
    subprocess.run(
        ["ffmpeg", "-v", "error", "-display_rotation", "-90", "-i", str(flat), "-c", "copy", str(path)],
        check=True,
    )
    made = take_stills(path, tmp_path / "made", [0.0, 0.2], 6)
    assert [each[:3] for each in made] == [("jpg", 360, 640)] * 2
    with Image.open(tmp_path / "made-1.jpg") as opened:
        assert opened.size == (360, 640)
