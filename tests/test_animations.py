"""Moving pictures become films that learners play, and those that nobody can stop are found."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import html
from PIL import Image, features
from strategies import PAGE, MakeCourse

import coursepack
from coursepack.checking import check
from coursepack.cli import main
from coursepack.course.rungs import RUNGS
from coursepack.media.failures import ConversionError
from coursepack.media.process import convert
from coursepack.reading.animations import moving_seconds

KINDS = ["GIF", "PNG", "WEBP", *(["AVIF"] if features.check("avif") else [])]


def moving(
    kind: str, *, loop: int | None = 0, duration: int = 500, size: tuple[int, int] = (64, 36)
) -> bytes:
    """Red, then green, then blue, each for so many milliseconds."""
    first, *rest = (Image.new("RGB", size, colour) for colour in ("red", "lime", "blue"))
    data = BytesIO()
    options: dict[str, Any] = {} if loop is None else {"loop": loop}
    first.save(data, kind, save_all=True, append_images=rest, duration=duration, quality=100, **options)
    return data.getvalue()


@pytest.mark.parametrize(
    ("kind", "loop", "seconds"),
    [
        ("GIF", 0, math.inf),
        # Without the extension that repeats it, a GIF is shown once; with it, once more than it says.
        ("GIF", None, 1.5),
        ("GIF", 2, 4.5),
        ("PNG", 0, math.inf),
        ("PNG", 2, 3.0),
        ("WEBP", 0, math.inf),
        ("WEBP", 3, 4.5),
    ],
)
def test_how_long_a_picture_moves(tmp_path: Path, kind: str, loop: int | None, seconds: float) -> None:
    path = tmp_path / "a"
    path.write_bytes(moving(kind, loop=loop))
    assert moving_seconds(path) == pytest.approx(seconds)


def test_a_frame_without_a_length_lasts_a_tenth_of_a_second(tmp_path: Path) -> None:
    """As in all browsers."""
    path = tmp_path / "a.gif"
    path.write_bytes(moving("GIF", loop=None, duration=0))
    assert moving_seconds(path) == pytest.approx(0.3)


@pytest.mark.parametrize(("loop", "rules"), [(1, []), (5, ["media/unstoppable-animation"])])
def test_only_what_moves_for_more_than_five_seconds_is_found(
    make_course: MakeCourse, loop: int, rules: list[str]
) -> None:
    folder = make_course({PAGE: "![Colours](media/a.gif)\n", "media/a.gif": moving("GIF", loop=loop)})
    assert [each.rule for each in check(folder)] == rules
    if rules:
        assert "moves for 9 seconds" in str(check(folder))


# With the extra


@pytest.fixture
def ffmpeg(extra: None) -> None:
    if not shutil.which("ffmpeg"):
        pytest.skip("there is no ffmpeg to look at films with")


def contents(path: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def probed(path: Path) -> tuple[dict[str, Any], list[float]]:
    """The stream of a film and the times of its frames, as ffprobe tells them."""
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_frames", "-of", "json", str(path)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    (stream,) = told["streams"]
    return stream, [float(each["pts_time"]) for each in told["frames"]]


def shown_at(path: Path, second: float) -> list[int]:
    """The colour of the middle of a film at a time, as ffmpeg shows it."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-vf", "fps=10,crop=2:2,scale=1:1"]
    command += ["-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    pixels = subprocess.run(command, capture_output=True, check=True).stdout
    return list(pixels[3 * round(second * 10) :][:3])


@pytest.mark.parametrize("kind", KINDS)
def test_a_moving_picture_becomes_a_film(tmp_path: Path, ffmpeg: None, kind: str) -> None:
    source, target = tmp_path / "a", tmp_path / "a.mp4"
    source.write_bytes(moving(kind))
    convert(source, target, RUNGS["standard"], True, is_animation=True)
    stream, times = probed(target)
    assert (stream["codec_name"], stream["pix_fmt"]) == ("h264", "yuv420p")
    assert (stream["width"], stream["height"]) == (64, 36)
    assert float(stream["duration"]) == pytest.approx(1.5, abs=0.05)
    assert times[:3] == pytest.approx([0, 0.5, 1.0], abs=0.01)
    for second, colour in ((0.2, [255, 0, 0]), (0.7, [0, 255, 0]), (1.2, [0, 0, 255])):
        assert shown_at(target, second) == pytest.approx(colour, abs=12)


def test_what_is_transparent_is_white(tmp_path: Path, ffmpeg: None) -> None:
    frames = [Image.new("RGBA", (64, 36), (0, 0, 0, 0)), Image.new("RGBA", (64, 36), (0, 0, 0, 255))]
    source, target = tmp_path / "a.png", tmp_path / "a.mp4"
    frames[0].save(source, save_all=True, append_images=frames[1:], duration=500)
    convert(source, target, RUNGS["standard"], True, is_animation=True)
    assert min(shown_at(target, 0.2)) > 245


def test_a_cut_one_is_an_error(tmp_path: Path, extra: None) -> None:
    source = tmp_path / "a.webp"
    source.write_bytes(moving("WEBP")[:60])
    with pytest.raises(ConversionError):
        convert(source, tmp_path / "a.mp4", RUNGS["standard"], True, is_animation=True)


def test_the_page_has_a_film_that_waits_for_the_learner(
    make_course: MakeCourse, tmp_path: Path, ffmpeg: None
) -> None:

    folder = make_course({PAGE: "![Colours](media/a.gif)\n", "media/a.gif": moving("GIF")})
    assert [str(each.message) for each in check(folder)] == ["the build makes a film of 'media/a.gif'"]
    (built,) = coursepack.build_packages(folder, ["scorm12"], tmp_path / "out")
    assert not [each for each in built.report if each.rule.startswith("pages/")]
    files = contents(built.path)
    document = html.fromstring(files["index.html"].decode())
    assert not document.xpath("//img[contains(@src, 'media/a')]")
    (film,) = document.xpath("//video")
    assert film.get("aria-label") == "Colours"
    assert film.get("muted") is not None
    assert film.get("controls") is not None
    assert film.get("autoplay") is None
    assert (film.get("width"), film.get("height")) == ("64", "36")
    (source,) = film.xpath("source/@src")
    assert source == "media/a.mp4"
    (tmp_path / "a.mp4").write_bytes(files[source])
    assert probed(tmp_path / "a.mp4")[0]["codec_name"] == "h264"
    with Image.open(BytesIO(files[film.get("data-poster")])) as poster:
        assert list(poster.convert("RGB").getpixel((30, 10))) == pytest.approx([255, 0, 0], abs=12)  # type: ignore[arg-type]
    assert "media/a.gif" not in files
    assert CliRunner().invoke(main, ["media", str(folder)]).exit_code == 0


def test_a_package_with_a_smaller_rung_and_one_with_a_largest_size_have_it_too(
    make_course: MakeCourse, tmp_path: Path, ffmpeg: None
) -> None:
    folder = make_course({PAGE: "![Colours](media/a.gif)\n", "media/a.gif": moving("GIF", size=(800, 450))})
    with (folder / "course.yaml").open("a") as definition:
        definition.write(
            "packages: [{id: full, max-size: 100MB}, {id: small, rung: fragile}, {id: text, rung: text}]\n"
        )
    built = coursepack.build_packages(folder, ["web"], tmp_path / "out")
    widths = []
    for package in built:
        path = tmp_path / f"{package.variant}.mp4"
        path.write_bytes(contents(package.path)["media/a.mp4"])
        widths.append(probed(path)[0]["width"])
    assert widths == [800, 640, 640]


def test_without_the_extra_it_stays_a_picture(make_course: MakeCourse, tmp_path: Path) -> None:
    data = moving("GIF", loop=None)
    folder = make_course({PAGE: "![Colours](media/a.gif)\n", "media/a.gif": data})
    (built,) = coursepack.build_packages(folder, ["web"], tmp_path / "out")
    assert "media/a.gif" in contents(built.path)
    assert "<video" not in contents(built.path)["index.html"].decode()
