"""Posters that the build takes from films: at the second that the author names, or one that it chooses."""

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
from strategies import COURSE, PAGE, SVG, VTT, MakeCourse, fence
from test_inventory import listed as listed_media
from test_media import raster

import coursepack
from coursepack.cli import main
from coursepack.course.rungs import RUNGS
from coursepack.media.failures import ConversionError
from coursepack.media.process import take_frame
from coursepack.reading.source import read_folder

pytestmark = pytest.mark.long

STANDARD = RUNGS["standard"]
RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)
PACKAGES = "packages:\n  - id: full\n  - {id: light, title: Light, rung: light}\n  - {id: text, title: Text, rung: text}\n"


def ffmpeg(*words: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *words], check=True)


@pytest.fixture(autouse=True)
def with_ffmpeg() -> None:
    if not shutil.which("ffmpeg"):
        pytest.skip("there is no ffmpeg to make films with")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red, green and blue for two seconds each, 1920 x 1080, with one key frame."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    inputs = [
        word
        for colour in ("red", "lime", "blue")
        for word in ("-f", "lavfi", "-i", f"color={colour}:size=1920x1080:rate=10:duration=2")
    ]
    join = "[0][1][2]concat=n=3,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p[v]"
    tags = ("-metadata", "artist=Anna", "-metadata", "location=+59.3293+018.0686/")
    how = (
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "999",
        "-sc_threshold",
        "0",
        "-colorspace",
        "bt709",
    )
    sound = ("-f", "lavfi", "-i", "sine=duration=6")
    words = ("-filter_complex", join, "-map", "[v]", "-map", "3:a", *how, "-c:a", "aac", *tags)
    ffmpeg(*inputs, *sound, *words, "-movflags", "+faststart", str(path))
    return path


def video(**fields: object) -> str:
    told = {"src": "media/film.mp4", "title": "The walls", "captions": "media/film.vtt", "transcript": "media/film.vtt", "described": {"not-needed": "All is said."}}  # fmt: skip
    return fence("video", told | fields)


def phone(**fields: object) -> str:
    """The film as a telephone made it, which is converted."""
    return video(src="media/phone.mov", **fields)


Make = Callable[..., Path]


@pytest.fixture
def course(make_course: MakeCourse, film: Path) -> Make:
    def make(page: str, head: str = "", **files: str | bytes) -> Path:
        media: dict[str, str | bytes] = {"media/film.mp4": film.read_bytes(), "media/film.vtt": VTT}
        # Converted: browsers do not know the name.
        media["media/phone.mov"] = film.read_bytes()
        media["media/poster.svg"] = SVG
        return make_course({"course.yaml": COURSE + head, PAGE: page, **media, **files})

    return make


def built(folder: Path, target: str = "scorm12") -> dict[str, Mapping[str, bytes]]:
    """The files of each package, by its name."""
    found = {}
    for each in coursepack.build_packages(folder, [target], folder.parent / "out"):
        assert each.report.ok
        with zipfile.ZipFile(each.path) as package:
            found[each.variant] = {name: package.read(name) for name in package.namelist()}
    return found


def poster_of(files: Mapping[str, bytes]) -> bytes | None:
    """The poster of the only film of a package."""
    (shown,) = html.fromstring(files["index.html"]).xpath("//video")
    name = shown.get("data-poster")
    return files[name] if name else None


def colour(picture: bytes | Path) -> tuple[int, ...]:
    with Image.open(BytesIO(picture) if isinstance(picture, bytes) else picture) as opened:
        return opened.convert("RGB").getpixel((opened.width // 2, opened.height // 2))  # type: ignore[return-value]


def near(expected: tuple[int, ...]) -> object:
    return pytest.approx(expected, abs=12)


def told(report: coursepack.Report) -> list[str]:
    return [
        f"{each.location}: {each.severity} {each.rule}"
        for each in report
        if "poster" in each.rule or each.severity == "error"
    ]


# What the author names


@pytest.mark.parametrize(
    ("poster", "expected"),
    [("1.5", RED), ("0:02", GREEN), ("0:03.9", GREEN), ("4", BLUE), ("0:00:05", BLUE), ("0", RED)],
)
def test_the_poster_is_what_the_film_shows_at_the_time(
    course: Make, extra: None, poster: str, expected: tuple[int, ...]
) -> None:
    poster_file = poster_of(built(course(video(poster=poster)))["full"])
    assert poster_file
    assert colour(poster_file) == near(expected)


@pytest.mark.parametrize(
    ("poster", "expected"),
    [
        ("0:06", ["pages/p1-c1-s1.md:8:9: error media/late-poster"]),
        ("72", ["pages/p1-c1-s1.md:8:9: error media/late-poster"]),
        ("5.9", []),
        ("-1", ["pages/p1-c1-s1.md:8:9: error page/not-a-time"]),
        ("1,5", ["pages/p1-c1-s1.md:8:9: error page/not-a-time"]),
        ("0.12.5", ["pages/p1-c1-s1.md:8:9: error page/not-a-time"]),
        ("5 s", ["pages/p1-c1-s1.md:8:9: error media/unknown-type"]),
    ],
)
def test_a_time_that_the_film_does_not_have_is_an_error(
    course: Make, extra: None, poster: str, expected: list[str]
) -> None:
    assert told(read_folder(course(video(poster=poster)))[1]) == expected


def test_the_time_past_the_end_is_said_with_the_length(course: Make, extra: None) -> None:
    (problem,) = read_folder(course(video(poster="1:12")))[1].errors
    assert str(problem.says) == "the poster is at 1:12, and 'media/film.mp4' ends at 0:06"


def test_without_the_extra_a_line_says_what_to_install(course: Make) -> None:
    folder = course(video(poster="0:02"))
    (problem,) = (each for each in read_folder(folder)[1] if "poster" in each.rule)
    assert str(problem).splitlines() == [
        "pages/p1-c1-s1.md:8:9: warning media/untaken-poster: "
        "the poster of 'media/film.mp4' is not taken from the film",
        "    Install what takes it: pip install 'coursepack[media]'. Or name a picture.",
    ]
    # The course is built for all that.
    assert poster_of(built(folder)["full"]) is None


def test_without_the_extra_nothing_is_said_of_a_film_without_a_poster(course: Make) -> None:
    folder = course(video())
    assert told(read_folder(folder)[1]) == []
    assert poster_of(built(folder)["full"]) is None


@pytest.mark.parametrize("words", [{"poster": "media/poster.jpg"}, {}], ids=["named", "none"])
def test_a_finished_film_is_the_same_bytes_with_and_without_the_extra(
    course: Make, monkeypatch: pytest.MonkeyPatch, words: dict[str, str]
) -> None:
    folder = course(video(**words), **{"media/poster.jpg": raster("JPEG", (320, 180))})
    without = built(folder)
    shutil.rmtree(folder.parent / "out")
    monkeypatch.delitem(__import__("sys").modules, "av")
    assert built(folder) == without
    assert not (folder.parent / ".coursepack/media").exists()


# What the package has


def test_it_is_as_large_as_the_film_of_the_package_and_no_larger(course: Make, extra: None) -> None:
    packages = built(course(video(poster="0:02"), PACKAGES))
    sizes = {}
    for name in ("full", "light"):
        poster = poster_of(packages[name])
        assert poster
        with Image.open(BytesIO(poster)) as opened:
            assert opened.format == "JPEG"
            sizes[name] = opened.size
    assert sizes == {"full": (1280, 720), "light": (960, 540)}


def test_a_film_that_is_text_has_the_poster_that_the_author_names_and_no_other(
    course: Make, extra: None
) -> None:
    named = built(course(video(poster="0:02"), PACKAGES))["text"]
    pictures = html.fromstring(named["index.html"]).xpath("//*[@class='stills']//img")
    assert pictures[0].get("alt") == "Picture for the film The walls"
    assert colour(named[pictures[0].get("src")]) == near(GREEN)
    with Image.open(BytesIO(named[pictures[0].get("src")])) as opened:
        assert opened.size == (640, 360)
    chosen = built(course(video(), PACKAGES))["text"]
    assert len(html.fromstring(chosen["index.html"]).xpath("//*[@class='stills']//img")) == len(pictures) - 1


def test_it_is_what_the_film_is_and_says_nothing_of_people(course: Make, extra: None) -> None:
    poster = poster_of(built(course(video(poster="0:02", origin="synthetic")))["full"])
    assert poster
    with Image.open(BytesIO(poster)) as opened:
        assert opened.getexif()[0x013B] == "Anna"
    assert b"59.3293" not in poster
    assert b"trainedAlgorithmicMedia" in poster


def test_blocks_that_show_one_film_can_have_posters_of_their_own(course: Make, extra: None) -> None:
    page = "\n".join([video(poster="0:01"), "Text.", "", video(poster="0:05")])
    files = built(course(page))["full"]
    films = html.fromstring(files["index.html"]).xpath("//video")
    assert [colour(files[each.get("data-poster")]) for each in films] == [near(RED), near(BLUE)]


def test_a_build_takes_it_once_and_pruning_keeps_it(
    course: Make, extra: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = course(video(poster="0:02"))
    first = built(folder)
    cache = folder.parent / ".coursepack/media"
    for path in cache.iterdir():
        os.utime(path, (1, 1))
    assert CliRunner().invoke(main, ["cache", str(folder), "--prune"]).exit_code == 0

    def never(*_given: object) -> None:
        raise AssertionError

    monkeypatch.setattr("coursepack.media.process._run", never)
    shutil.rmtree(folder.parent / "out")
    assert built(folder) == first


def test_it_is_a_task_of_the_plan(course: Make, extra: None, tmp_path: Path) -> None:
    folder = course(video(poster="0:02"))
    words = ["plan", str(folder), "--cache", str(tmp_path / "cache")]
    (task, _) = json.loads(CliRunner().invoke(main, [*words, "--json"]).stdout)["tasks"]
    assert (task["kind"], Path(task["inputs"][0]).name, task["cached"]) == ("frame", "film.mp4", False)
    assert CliRunner().invoke(main, [*words, "--run", task["id"]]).exit_code == 0
    assert json.loads(CliRunner().invoke(main, [*words, "--json"]).stdout)["tasks"][0]["cached"]


def test_the_list_of_media_says_where_the_poster_is_from(course: Make, extra: None) -> None:
    page = "\n".join(
        [phone(poster="0:02.5"), "Text.", "", phone(), "", "Text.", "", phone(poster="media/poster.svg")]
    )
    folder = course(page)

    def listed() -> list[dict[str, object]]:
        found = listed_media(folder)
        return list(next(each["posters"] for each in found.values() if each["kind"] == "film"))

    def taken(size: tuple[int, int]) -> list[dict[str, object]]:
        file = {"packages": [], "file": "media/poster.svg", "second": None, "size": None}
        return [
            file,
            {"packages": ["full"], "file": None, "second": 2.5, "size": size[0] or None},
            {"packages": ["full"], "file": None, "second": None, "size": size[1] or None},
        ]

    assert listed() == taken((0, 0))
    films = html.fromstring((files := built(folder)["full"])["index.html"]).xpath("//video")
    at, chosen, named = (each.get("data-poster") for each in films)
    assert named == "media/poster.svg"
    assert listed() == taken((len(files[at]), len(files[chosen])))
    lines = CliRunner().invoke(main, ["media", str(folder)]).stdout
    assert "\n  Poster          media/poster.svg\n                  taken from the film at 0:02, " in lines
    assert "\n                  chosen from the film, " in lines


def test_a_film_that_cannot_be_read_is_an_error_with_its_name(course: Make, extra: None, film: Path) -> None:
    folder, content = course(video(poster="0:02")), film.read_bytes()
    at = content.index(b"mdat") + 4
    (folder / "media/film.mp4").write_bytes(content[:at] + bytes(len(content) - at))
    with pytest.raises(coursepack.CourseError, match=r"media/film\.mp4"):
        built(folder)


# What the build chooses


def scenes(tmp_path: Path, *parts: str, name: str = "film.mkv", how: str = "-c:v libx264 -g 10") -> Path:
    """A film of parts, each a source of FFmpeg with its own filters, 640 x 360 with 10 frames a second."""
    inputs = [word for part in parts for word in ("-f", "lavfi", "-i", part)]
    join = "".join(f"[{number}]" for number in range(len(parts)))
    ffmpeg(
        *inputs,
        "-filter_complex",
        f"{join}concat=n={len(parts)},format=yuv420p",
        *how.split(),
        str(tmp_path / name),
    )
    return tmp_path / name


def chosen(path: Path, tmp_path: Path) -> float:
    (found,) = take_frame(path, tmp_path / "made", None, STANDARD)
    return found.second


def sharp(seconds: float) -> str:
    return f"testsrc2=size=640x360:rate=10:duration={seconds}"


def blurred(seconds: float) -> str:
    return f"{sharp(seconds)},gblur=sigma=12"


def black(seconds: float) -> str:
    return f"color=black:size=640x360:rate=10:duration={seconds}"


@pytest.mark.parametrize(
    "how", ["-c:v libx264 -g 10", "-c:v libx264 -g 999 -sc_threshold 0", "-c:v mpeg2video"]
)
def test_a_poster_is_neither_black_nor_blurred(tmp_path: Path, extra: None, how: str) -> None:
    path = scenes(tmp_path, black(4), blurred(4), sharp(6), black(4), how=how)
    assert 8 <= chosen(path, tmp_path) < 14


def test_a_poster_is_no_title_between_two_scenes(tmp_path: Path, extra: None) -> None:
    """A title has the sharpest edges, but is like nothing else in the film."""
    title = "color=black:size=640x360:rate=10:duration=2,drawgrid=w=40:h=40:t=2:color=white"
    path = scenes(tmp_path, title, sharp(8), title)
    assert 2 <= chosen(path, tmp_path) < 10


def test_a_film_that_is_black_all_over_has_a_poster_for_all_that(tmp_path: Path, extra: None) -> None:
    assert 0 <= chosen(scenes(tmp_path, black(3)), tmp_path) <= 3


@pytest.mark.parametrize("name", ["film.ts", "film.avi", "film.flv", "film.wmv", "film.mpg"])
def test_any_container_has_one(tmp_path: Path, extra: None, name: str) -> None:
    how = {"film.ts": "-c:v libx264 -g 10", "film.flv": "-c:v flv1"}.get(
        name, "-c:v mpeg2video" if name == "film.mpg" else "-c:v mpeg4"
    )
    rate = " -r 25" if name == "film.mpg" else ""
    path = scenes(tmp_path, black(3), sharp(5), name=name, how=how + rate)
    assert 3 <= chosen(path, tmp_path) < 8
    # It is of the same film.
    assert colour(tmp_path / "made-0.jpg") != near(BLACK)


def test_the_same_film_has_the_same_poster(tmp_path: Path, extra: None) -> None:
    path = scenes(tmp_path, black(1), sharp(6))
    take_frame(path, tmp_path / "one", None, STANDARD)
    take_frame(path, tmp_path / "two", None, STANDARD)
    assert (tmp_path / "one-0.jpg").read_bytes() == (tmp_path / "two-0.jpg").read_bytes()


def test_pictures_that_end_before_the_sound_have_their_last_one(tmp_path: Path, extra: None) -> None:
    path = tmp_path / "film.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=red:size=64x64:rate=10:duration=1"),
        *("-f", "lavfi", "-i", "sine=duration=5", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        str(path),
    )
    take_frame(path, tmp_path / "made", 4.5, STANDARD)
    assert colour(tmp_path / "made-0.jpg") == near(RED)


def test_a_sound_has_none(tmp_path: Path, extra: None) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=duration=1", str(tmp_path / "a.wav"))
    with pytest.raises(ConversionError, match="has no pictures"):
        take_frame(tmp_path / "a.wav", tmp_path / "made", None, STANDARD)
