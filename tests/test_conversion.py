"""Films and sounds that browsers do not play are converted: real files, made and measured by the system's FFmpeg.

What comes in is made by `ffmpeg`, and what comes out is told by `ffprobe`, neither of which the converter uses.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from strategies import PAGE, SVG, VTT, MakeCourse, fence

import coursepack
from coursepack.checking import check
from coursepack.cli import main
from coursepack.course.rungs import RUNGS
from coursepack.languages.messages import translated
from coursepack.media import is_installed
from coursepack.media.failures import CAUSES, WORDS, ConversionError
from coursepack.media.process import convert, look_at
from coursepack.problems import CourseError, Location, PackageError, Problem

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[1]

PICTURES = "-f lavfi -i testsrc2=duration=1.2:size=160x120:rate=10"
TONE = "-f lavfi -i sine=frequency=440:duration=1.2"
FULL = "scale=out_color_matrix=bt709:out_range=pc,format=yuv444p,setparams=range=pc:colorspace=bt709"
ORANGE = "color=0xC04020:size=160x120:duration=0.4:rate=5,format=gbrp"
HEVC = "-c:v libx265 -x265-params log-level=none -tag:v hvc1"

# How each file is made; `{name}` stands for another one.
MADE = {
    "phone.mov": f"{PICTURES} {TONE} {HEVC} -c:a aac -ac 2 -metadata location=+59.3293+018.0686/ -metadata artist=Anna",
    # Held upright: the same pictures, to be turned a quarter to the right.
    "upright.mov": "-display_rotation -90 -i {phone.mov} -c copy",
    "mirrored.mov": "-display_hflip -i {phone.mov} -c copy",
    "avc.mov": f"{PICTURES} {TONE} -c:v libx264 -pix_fmt yuv420p -g 10 -c:a aac -ac 1",
    "turned.mov": "-display_rotation -90 -i {avc.mov} -c copy",
    "silent.avi": f"{PICTURES} -c:v mpeg4",
    "old.wmv": f"{PICTURES} {TONE} -c:v wmv2 -c:a wmav2",
    # Odd sides, colours of full range, six channels.
    "odd.mkv": f"-f lavfi -i testsrc=duration=1.2:size=161x121:rate=10,{FULL} {TONE} -c:v ffv1 -c:a flac -ac 6",
    "orange.mkv": f"-f lavfi -i {ORANGE},scale=out_color_matrix=bt601:out_range=tv,format=yuv420p -c:v ffv1",
    "full-orange.mkv": f"-f lavfi -i {ORANGE},{FULL} -c:v ffv1",
    # Frames of 0.1 s, then of 0.4 s.
    "uneven.mkv": f"{PICTURES.replace('1.2', '6')} -vf select='lt(t,1)+not(mod(n,4))' -fps_mode vfr {HEVC}",
    "wide.mov": "-f lavfi -i testsrc2=duration=0.4:size=1920x1080:rate=5 -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    "coarse.mov": "-f lavfi -i testsrc2=duration=1.2:size=1280x720:rate=10 -c:v libx264 -crf 45 -pix_fmt yuv420p",
    "thin.mpg": f"{PICTURES.replace('160x120', '352x288')} -c:v mpeg2video -aspect 16:9",
    # Paper, and gray that reflects 18 % of the light.
    **{
        f"{name}.mov": f"-f lavfi -i color=gray:s=64x64:d=0.4:r=5,format=yuv420p10,geq=lum={luma}:cb=512:cr=512 "
        f"{HEVC.replace('none', f'none:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc')}"
        f" -color_primaries bt2020 -color_trc {transfer} -colorspace bt2020nc"
        for name, luma, transfer in [("pq-paper", 573, "smpte2084"), ("pq-gray", 424, "smpte2084"), ("hlg-paper", 721, "arib-std-b67"), ("hlg-gray", 446, "arib-std-b67")]
    },
    "noise.mkv": "-f lavfi -i testsrc2=size=640x360:rate=25:duration=4,noise=alls=40:allf=t -c:v mpeg4 -q:v 4",
    "tone.flac": TONE,
    "lossless.m4a": f"{TONE} -c:a alac",
    # Two blocks in a packet, of which only the first has a time.
    "dictaphone.wav": f"{TONE.replace('1.2', '3.2')} -c:a adpcm_ms",
}  # fmt: skip


@pytest.fixture(autouse=True)
def media(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra, which the other tests go without."""
    monkeypatch.delitem(sys.modules, "av")
    if not is_installed():
        pytest.skip("the extra media is not installed")
    if not shutil.which("ffmpeg"):
        pytest.skip("there is no ffmpeg to make films with")


Made = Callable[[str], Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A file of MADE; each is made once."""
    folder = tmp_path_factory.mktemp("made")

    def make(name: str) -> Path:
        path = folder / name
        if not path.exists():
            command = [str(make(word[1:-1])) if word.startswith("{") else word for word in MADE[name].split()]
            subprocess.run(["ffmpeg", "-v", "error", *command, str(path)], check=True)
        return path

    return make


def probed(path: Path) -> dict[str, Any]:
    """The streams of a file by their kind, and its tags, as ffprobe tells them."""
    told = subprocess.run(
        [
            "ffprobe",
            "-v",
            "error",
            "-show_streams",
            "-show_format",
            "-show_packets",
            "-of",
            "json",
            str(path),
        ],
        capture_output=True,
        check=True,
    )
    found = json.loads(told.stdout)
    return {
        **{each["codec_type"]: each for each in found["streams"]},
        "tags": found["format"].get("tags", {}),
        "packets": found["packets"],
    }


def boxes_of(path: Path) -> list[str]:
    data = path.read_bytes()
    at, found = 0, []
    while at < len(data):
        found.append(data[at + 4 : at + 8].decode())
        at += int.from_bytes(data[at : at + 4])
    return found


def result(source: Path, tmp_path: Path, rung: str = "standard", is_film: bool = True) -> Path:
    target = tmp_path / ("made.mp4" if is_film else "made.m4a")
    convert(source, target, RUNGS[rung], is_film)  # type: ignore[index]
    return target


@pytest.mark.share(4)
@pytest.mark.parametrize(
    ("name", "size", "channels"),
    [
        ("phone.mov", (160, 120), 2),
        ("upright.mov", (120, 160), 2),
        ("mirrored.mov", (160, 120), 2),
        ("avc.mov", (160, 120), 1),
        ("silent.avi", (160, 120), 0),
        ("old.wmv", (160, 120), 1),
        ("odd.mkv", (160, 120), 2),
        ("wide.mov", (1280, 720), 0),
        # As wide as sixteen ninths of its height.
        ("thin.mpg", (512, 288), 0),
    ],
)
def test_a_film_becomes_what_every_browser_plays(
    made: Made, tmp_path: Path, name: str, size: tuple[int, int], channels: int
) -> None:
    path = result(made(name), tmp_path)
    found = probed(path)
    film, sound = found["video"], found.get("audio", {})
    assert (film["codec_name"], film["profile"], film["pix_fmt"]) == ("h264", "High", "yuv420p")
    assert (film["width"], film["height"]) == size
    assert film.get("sample_aspect_ratio", "1:1") == "1:1"
    assert "side_data_list" not in film
    assert (sound.get("codec_name"), sound.get("channels", 0)) == ("aac" if channels else None, channels)
    assert float(film["duration"]) == pytest.approx(0.4 if name == "wide.mov" else 1.2, abs=0.11)
    assert boxes_of(path)[:2] == ["ftyp", "moov"]


def first_picture(path: Path, width: int, height: int) -> bytes:
    """The first picture of a film as it is shown: bytes of red, green and blue."""
    told = subprocess.run(
        [*("ffmpeg", "-v", "error", "-i", str(path), "-frames:v", "1"), *("-vf", f"scale={width}:{height}"), *("-pix_fmt", "rgb24", "-f", "rawvideo", "-")],
        capture_output=True, check=True,
    )  # fmt: skip
    return told.stdout


@pytest.mark.parametrize("name", ["phone.mov", "upright.mov", "mirrored.mov", "turned.mov"])
def test_the_pictures_stay_as_they_were_shown(made: Made, tmp_path: Path, name: str) -> None:
    """FFmpeg's own command turns pictures as players do."""
    size = (12, 16) if name in ("upright.mov", "turned.mov") else (16, 12)
    before = first_picture(made(name), *size)
    after = first_picture(result(made(name), tmp_path), *size)
    assert sum(abs(one - other) for one, other in zip(before, after, strict=True)) / len(before) < 8
    # A picture that is turned the other way is seen.
    assert (
        sum(abs(one - other) for one, other in zip(before, reversed(after), strict=False)) / len(before) > 20
    )


@pytest.mark.parametrize("name", ["orange.mkv", "full-orange.mkv"])
def test_colours_stay_as_they_were(made: Made, tmp_path: Path, name: str) -> None:
    """Of either matrix and of either range; each rounds a little."""
    assert list(first_picture(result(made(name), tmp_path), 1, 1)) == pytest.approx([0xC0, 0x40, 0x20], abs=3)


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("pq-paper", 245, 255), ("pq-gray", 103, 133), ("hlg-paper", 245, 255), ("hlg-gray", 103, 133)],
)
def test_pictures_of_high_dynamic_range_keep_their_white_and_their_gray(
    made: Made, tmp_path: Path, name: str, least: int, most: int
) -> None:
    """Paper has 203 cd/m² (ITU-R BT.2408, table 1), which is 148 as it is in PQ, and 191 in HLG: a dim gray.

    0.18 of its light is 118 in sRGB; BT.709 and how players show it leave some room.
    """
    path = result(made(f"{name}.mov"), tmp_path)
    film = probed(path)["video"]
    assert (film["color_transfer"], film["color_primaries"], film["color_space"]) == ("bt709",) * 3
    assert all(least <= each <= most for each in first_picture(path, 4, 4))


def test_frames_keep_their_times_and_a_key_frame_comes_each_two_seconds(made: Made, tmp_path: Path) -> None:
    packets = probed(result(made("uneven.mkv"), tmp_path))["packets"]
    times = sorted(float(each["pts_time"]) for each in packets)
    assert times == pytest.approx([n / 10 for n in range(10)] + [n * 0.4 for n in range(3, 15)], abs=0.002)
    keys = sorted(float(each["pts_time"]) for each in packets if "K" in each["flags"])
    assert max(later - one for one, later in zip(keys, [*keys[1:], 6.0], strict=True)) <= 2.4


def test_what_is_within_the_rung_is_copied(made: Made, tmp_path: Path) -> None:
    def sums(path: Path) -> str:
        command = ["ffmpeg", "-v", "error", "-i", str(path), "-c", "copy", "-f", "streamhash", "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert sums(result(made("avc.mov"), tmp_path)) == sums(made("avc.mov"))


@pytest.mark.parametrize(("rung", "size"), [("light", (960, 540)), ("fragile", (640, 360))])
def test_a_rung_is_the_most_that_a_film_has(
    made: Made, tmp_path: Path, rung: str, size: tuple[int, int]
) -> None:
    film = probed(result(made("wide.mov"), tmp_path, rung))["video"]
    assert (film["width"], film["height"]) == size


def test_a_film_never_becomes_larger(made: Made, tmp_path: Path) -> None:
    """Pictures that were encoded at less quality than ours have, and are wider than the rung."""
    before, after = probed(made("coarse.mov")), probed(result(made("coarse.mov"), tmp_path, "light"))
    one, other = (sum(int(each["size"]) for each in found["packets"]) for found in (before, after))
    assert other <= one
    assert after["video"]["width"] == 1280


@pytest.mark.parametrize("name", ["tone.flac", "lossless.m4a"])
def test_a_sound_becomes_aac(made: Made, tmp_path: Path, name: str) -> None:
    found = probed(result(made(name), tmp_path, is_film=False))
    assert "video" not in found
    assert (found["audio"]["codec_name"], found["audio"]["channels"]) == ("aac", 1)
    assert float(found["audio"]["duration"]) == pytest.approx(1.2, abs=0.05)


def test_sound_whose_frames_have_no_times_of_their_own_is_whole(made: Made, tmp_path: Path) -> None:
    found = probed(result(made("dictaphone.wav"), tmp_path, is_film=False))
    assert float(found["audio"]["duration"]) == pytest.approx(3.2, abs=0.05)


def test_where_a_film_was_made_is_left_out_and_who_made_it_stays(made: Made, tmp_path: Path) -> None:
    assert "59.3293" in str(probed(made("phone.mov"))["tags"])
    path = result(made("phone.mov"), tmp_path)
    assert b"59.3293" not in path.read_bytes()
    assert probed(path)["tags"]["artist"] == "Anna"


def test_a_tag_in_another_encoding_stops_nothing(made: Made, tmp_path: Path) -> None:
    tagged = tmp_path / "tagged.mov"
    artist = "artist=Åsa".encode("latin-1")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", made("phone.mov"), "-metadata", artist, tagged], check=True
    )
    assert probed(result(tagged, tmp_path))["tags"]["artist"].endswith("sa")


# What is at the limit of its rate goes other ways in the encoder.
@pytest.mark.share(1)
@pytest.mark.parametrize("name", ["phone.mov", "noise.mkv"])
def test_the_same_file_gives_the_same_bytes(made: Made, tmp_path: Path, name: str) -> None:
    for folder in "abc":
        (tmp_path / folder).mkdir()
    results = {result(made(name), tmp_path / folder).read_bytes() for folder in "abc"}
    assert len(results) == 1


# Rows of 16 blocks, of which the encoder takes as many at once, and others.
@pytest.mark.parametrize("size", ["256x144", "480x848"])
def test_what_was_in_memory_does_not_change_the_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    """It is what glibc is told to write there."""
    source = tmp_path / "film.mkv"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=12:duration=2"]
    subprocess.run([*command, "-c:v", "ffv1", str(source)], check=True)
    results = set()
    for fill in ("37", "90", "200"):
        monkeypatch.setenv("MALLOC_PERTURB_", fill)
        (tmp_path / fill).mkdir()
        results.add(result(source, tmp_path / fill).read_bytes())
    assert len(results) == 1


_ENCODED = """\
import hashlib, sys, av
from coursepack.media import x264
def encoded(options):
    container = av.open(sys.argv[1])
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 256, 144, "yuv420p"
    encoder.time_base, encoder.thread_count, encoder.options = container.streams[0].time_base, 1, options
    packets = [packet for frame in container.decode(video=0) for packet in encoder.encode(frame)]
    return hashlib.sha256(b"".join(map(bytes, [*packets, *encoder.encode(None)]))).hexdigest()
print(encoded(x264.preset(256)), encoded({**x264.preset(256), **x264._without_unsound()}))
"""


def test_where_all_processors_give_the_same_bytes_the_encoder_uses_all_instructions(tmp_path: Path) -> None:
    source = tmp_path / "film.mkv"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=256x144:rate=12:duration=2"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", "-c:v", "ffv1", str(source)], check=True)
    told = subprocess.run(
        [sys.executable, "-c", _ENCODED, str(source)], check=True, capture_output=True, text=True
    )
    one, other = told.stdout.split()
    assert one == other


# What cannot be converted


def broken(made: Made, name: str) -> bytes:
    """Bytes of a file that is broken in some way."""
    match name:
        case "cut.mov":
            return made("phone.mov").read_bytes()[:5000]
        case "cut.mkv":
            whole = made("uneven.mkv").read_bytes()
            return whole[: len(whole) // 3]
        case "text.mov":
            return b"This is no film.\n" * 100
        case "list.mkv":
            return b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"
    return made("tone.flac").read_bytes()


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("cut.mov", "damaged"),
        ("cut.mkv", "cut-short"),
        ("text.mov", "damaged"),
        # A list of other files is no film, and none of them is read.
        ("list.mkv", "damaged"),
        ("sound.mov", "no-pictures"),
    ],
)
def test_a_broken_file_says_what_is_wrong_and_leaves_nothing(
    made: Made, tmp_path: Path, name: str, cause: str
) -> None:
    source = tmp_path / name
    source.write_bytes(broken(made, name))
    with pytest.raises(ConversionError) as caught:
        result(source, tmp_path)
    assert caught.value.cause == cause
    assert list(tmp_path.iterdir()) == [source]


def test_a_sound_needs_sound(made: Made, tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match="has no sound"):
        result(made("silent.avi"), tmp_path, is_film=False)


def test_a_film_may_not_take_all_memory_or_all_time(made: Made, tmp_path: Path) -> None:
    target = tmp_path / "made.mp4"
    with pytest.raises(ConversionError) as caught:
        convert(made("wide.mov"), target, RUNGS["standard"], True, memory=150_000_000)
    assert caught.value.cause in ("memory", "crash")
    with pytest.raises(ConversionError) as caught:
        convert(made("wide.mov"), target, RUNGS["standard"], True, patience=0.0)
    assert caught.value.cause == "time"


def test_a_crash_of_the_converter_is_an_error(made: Made, tmp_path: Path) -> None:
    """As a fault of a decoder would end it: the process gets the signal of one while it works."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not children.exists():
        pytest.skip("this system does not list the children of a process")

    def kill(_done: int) -> None:
        for child in children.read_text().split():
            if b"coursepack.media.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGSEGV)

    with pytest.raises(ConversionError, match="crash"):
        convert(made("wide.mov"), tmp_path / "made.mp4", RUNGS["standard"], True, kill)


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_is_told_in_swedish(cause: Any) -> None:
    words, hint = WORDS[cause]
    problem = Problem("media/not-convertible", "error", coursepack.Message("{0}: {1}", "a.mov", words), Location("a"), hint)  # fmt: skip
    swedish = translated(problem, "sv")
    assert swedish.message != problem.message
    assert swedish.hint != problem.hint or not hint


# Courses


def film(name: str = "film.mov", **fields: object) -> str:
    told = {"src": f"media/{name}", "title": "Film", "captions": "media/film.vtt", "transcript": "media/film.vtt", "described": {"not-needed": "All is said."}}  # fmt: skip
    return fence("video", told | fields)


def course_of(make_course: MakeCourse, files: Mapping[str, Path], page: str, head: str = "") -> Path:
    definition = (
        (ROOT / "tests/strategies.py").read_text("utf-8").partition('COURSE = """\\\n')[2].partition('"""')[0]
    )
    return make_course(
        {
            "course.yaml": definition + head,
            PAGE: page,
            "media/film.vtt": VTT.replace("02.000", "01.600"),
            "media/poster.svg": SVG,
            **{f"media/{name}": path.read_bytes() for name, path in files.items()},
        }
    )


def told(folder: Path) -> list[str]:
    return [f"{each.severity} {each.rule}" for each in check(folder) if not each.rule.startswith("captions")]


def packed(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read(name)


def test_a_film_of_a_telephone_is_converted_and_packed(
    made: Made, make_course: MakeCourse, tmp_path: Path
) -> None:
    folder = course_of(make_course, {"film.mov": made("upright.mov")}, film())
    assert told(folder) == ["note media/converted"]
    steps: list[tuple[str, int, int]] = []
    built = coursepack.build_package(
        folder, "scorm12", tmp_path / "out", progress=lambda *step: steps.append(step)
    )
    assert built.report.ok
    (tmp_path / "packed.mp4").write_bytes(packed(built.path, "media/film.mp4"))
    assert probed(tmp_path / "packed.mp4")["video"]["codec_name"] == "h264"
    document = packed(built.path, "index.html").decode()
    assert '"media/film.mp4"' in document
    assert 'width="120" height="160"' in document
    assert "video/mp4" in document
    converting = [(done, total) for step, done, total in steps if step == "converting films and sounds"]
    assert converting[0][0] == 0
    assert converting[-1][0] == converting[-1][1] == made("upright.mov").stat().st_size
    # The learner's place in the film stays with the name that the author gave it.
    assert "media media/film.mov" in (folder / "course.lock").read_text("utf-8")
    # The film and its poster, each with its checksums.
    kept = sorted(path.suffix for path in (tmp_path / ".coursepack/media").iterdir())
    assert kept == [".jpg", ".json", ".json", ".mp4"]


def count_conversions(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    from coursepack.media import process

    converted: list[Path] = []

    def counted(source: Path, *rest: Any) -> None:
        converted.append(source)
        convert(source, *rest)

    monkeypatch.setattr(process, "convert", counted)
    return converted


def test_nothing_is_converted_twice(
    made: Made, make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted = count_conversions(monkeypatch)
    folder = course_of(make_course, {"film.mov": made("avc.mov")}, film())
    cache = tmp_path / "cache"

    def build(out: str) -> Path:
        return coursepack.build_package(folder, "scorm12", tmp_path / out, cache=cache).path

    first = build("one").read_bytes()
    (folder / PAGE).write_text(f"More.\n\n{film()}", "utf-8")
    build("one")
    (folder / PAGE).write_text(film(), "utf-8")
    assert build("two").read_bytes() == first
    assert len(converted) == 1
    # An entry that was damaged is made again, and so is one whose checksum never came.
    (entry,) = cache.glob("*.mp4")
    whole = entry.read_bytes()
    entry.write_bytes(whole[:-1] + b"x")
    assert build("three").read_bytes() == first
    entry.with_suffix(".json").unlink()
    assert build("four").read_bytes() == first
    assert entry.read_bytes() == whole
    assert len(converted) == 3
    # Another rung is another file.
    (folder / PAGE).write_text(film(rung="fragile"), "utf-8")
    build("one")
    assert len(converted) == 4


def test_a_film_that_was_converted_is_looked_at_again_only_when_it_has_changed(
    made: Made, make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coursepack.media import process

    looked: list[Path] = []

    def counted(path: Path) -> Any:
        looked.append(path)
        return look_at(path)

    monkeypatch.setattr(process, "look_at", counted)
    folder = course_of(make_course, {"film.mov": made("avc.mov")}, film())
    assert told(folder) == ["note media/converted"]
    # A check leaves nothing beside the course.
    assert not (tmp_path / ".coursepack").exists()
    for out in ("one", "two", "three"):
        assert coursepack.build_package(folder, "web", tmp_path / out).report.ok
    # The cache is there from the end of the first build on.
    assert len(looked) == 3
    shutil.copy(made("phone.mov"), folder / "media/film.mov")
    assert told(folder) == ["note media/converted"]
    assert len(looked) == 4


def test_what_a_killed_build_has_left_is_not_used_and_goes(
    made: Made, make_course: MakeCourse, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    old, young = cache / ".coursepack-0.mp4", cache / ".coursepack-1.mp4"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    folder = course_of(make_course, {"film.mov": made("avc.mov")}, film())
    coursepack.build_package(folder, "web", tmp_path / "out", cache=cache)
    # Another machine may still be writing the young one.
    assert sorted(cache.glob(".*")) == [young]


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGINT])
def test_a_build_that_is_stopped_leaves_nothing_half_done(
    made: Made, make_course: MakeCourse, tmp_path: Path, signal_: signal.Signals
) -> None:
    folder = course_of(make_course, {"film.mov": made("phone.mov")}, film(poster="media/poster.svg"))
    command = [sys.executable, "-c", f"""\
import os, signal, sys
from coursepack import build_package
# A shell's job in the background ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)
def progress(step, done, total):
    if done:
        os.kill(os.getpid(), {signal_.value})
build_package({str(folder)!r}, "web", {str(tmp_path / "out")!r}, progress=progress)
"""]  # fmt: skip
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    # What was nearly done when the interrupt came may be whole.
    left = {path.suffix for path in (tmp_path / ".coursepack/media").glob("[!.]*")}
    assert left in ([set()] if signal_ == signal.SIGKILL else [set(), {".mp4", ".json"}])
    assert coursepack.build_package(folder, "web", tmp_path / "out").report.ok


def test_a_file_that_cannot_be_converted_is_an_error_at_its_place(
    made: Made, make_course: MakeCourse, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(broken(made, "cut.mkv"))
    folder = course_of(make_course, {"film.mkv": cut}, film("film.mkv"))
    with pytest.raises(CourseError) as caught:
        coursepack.build_package(folder, "web", tmp_path / "out")
    (problem,) = caught.value.report.errors
    assert str(problem) == (
        "pages/p1-c1-s1.md:2:6: error media/not-convertible: 'media/film.mkv': is cut short\n"
        "    Copy or export it again."
    )
    assert not list((tmp_path / "out").glob("*.zip"))


@pytest.mark.parametrize(
    ("name", "page", "expected"),
    [
        ("film.mov", film(), "error media/not-convertible"),
        ("a.wma", fence("audio", {"src": "media/a.wma", "title": "A", "transcript": "media/film.vtt"}), "error media/not-convertible"),
        ("film.mp4", film("film.mp4"), "error media/not-media"),
    ],
)  # fmt: skip
def test_a_file_that_is_something_else_is_an_error_of_the_check(
    make_course: MakeCourse, tmp_path: Path, name: str, page: str, expected: str
) -> None:
    text = tmp_path / "text"
    text.write_bytes(b"This is no film.\n" * 100)
    assert told(course_of(make_course, {name: text}, page)) == [expected]


def test_an_empty_film_is_told_as_any_empty_file(make_course: MakeCourse, tmp_path: Path) -> None:
    (tmp_path / "none").touch()
    assert told(course_of(make_course, {"film.mov": tmp_path / "none"}, film())) == ["error media/empty"]


def test_the_name_may_say_another_format_than_the_file_has(made: Made, make_course: MakeCourse) -> None:
    assert told(course_of(make_course, {"film.mov": made("silent.avi")}, film())) == ["note media/converted"]


@pytest.mark.parametrize(
    ("head", "fields", "expected"),
    [
        ("", {}, []),
        ("media: {rung: standard}\n", {}, ["note media/converted"]),
        ("", {"rung": "light"}, ["note media/converted"]),
        ("media: {rung: tiny}\n", {}, ["error course/unknown-value"]),
    ],
)
def test_a_finished_film_is_converted_only_when_its_author_names_a_rung(
    made: Made,
    make_course: MakeCourse,
    tmp_path: Path,
    head: str,
    fields: dict[str, object],
    expected: list[str],
) -> None:
    wide = tmp_path / "wide.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(made("wide.mov")), "-c", "copy", "-movflags", "+faststart", str(wide)], check=True)  # fmt: skip
    folder = course_of(make_course, {"film.mp4": wide}, film("film.mp4", **fields), head)
    assert told(folder) == expected


def test_of_a_finished_film_only_the_index_is_moved(
    made: Made, make_course: MakeCourse, tmp_path: Path
) -> None:
    late = tmp_path / "late.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(made("wide.mov")), "-c", "copy", str(late)], check=True
    )
    assert boxes_of(late)[-1] == "moov"
    folder = course_of(make_course, {"film.mp4": late}, film("film.mp4"))
    assert told(folder) == ["note media/converted"]
    coursepack.build_package(folder, "web", tmp_path / "out")
    (path,) = (tmp_path / ".coursepack/media").glob("*.mp4")
    assert boxes_of(path)[:2] == ["ftyp", "moov"]
    assert (probed(path)["video"]["width"], probed(path)["video"]["height"]) == (1920, 1080)


def test_without_the_extra_the_error_says_what_to_install(
    made: Made, make_course: MakeCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = course_of(make_course, {"film.mov": made("avc.mov")}, film())
    monkeypatch.setitem(sys.modules, "av", None)
    (problem,) = check(folder)
    assert problem.rule == "media/unconverted"
    assert "pip install 'coursepack[media]'" in problem.hint


def test_two_files_that_become_one_name_are_told_apart(
    made: Made, make_course: MakeCourse, tmp_path: Path
) -> None:
    pages = film("film.mov") + "\n" + film("film.mp4")
    folder = course_of(
        make_course, {"film.mov": made("avc.mov"), "film.mp4": ROOT / "tests/films/h264.mp4"}, pages
    )
    built = coursepack.build_package(folder, "web", tmp_path / "out")
    with zipfile.ZipFile(built.path) as package:
        films = [name for name in package.namelist() if name.endswith(".mp4")]
    assert len(films) == 2
    assert "media/film.mp4" in films


def test_a_site_has_converted_films_too(made: Made, make_course: MakeCourse) -> None:
    folder = course_of(make_course, {"film.mov": made("avc.mov")}, film())
    site = coursepack.render_site(coursepack.read_course(folder), "web")
    assert "media/film.mp4" in site
    assert "media/film.mov" not in site


def test_a_cache_that_cannot_be_written_is_told(made: Made, make_course: MakeCourse, tmp_path: Path) -> None:
    folder = course_of(make_course, {"film.mov": made("avc.mov")}, film())
    (tmp_path / "file").touch()
    with pytest.raises(PackageError, match="package/unwritable"):
        coursepack.build_package(folder, "web", tmp_path / "out", cache=tmp_path / "file")


def test_the_command_keeps_what_it_converts_where_it_is_told(
    made: Made, make_course: MakeCourse, tmp_path: Path
) -> None:
    folder = course_of(make_course, {"film.mov": made("avc.mov")}, film())
    options = ["--target", "web", "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "kept")]
    done = CliRunner().invoke(main, ["build", str(folder), *options, "--language", "sv"])
    assert done.exit_code == 0
    assert "bygget konverterar 'media/film.mov' till MP4 med H.264 och AAC" in done.output.replace("”", "'")
    assert len(list((tmp_path / "kept").glob("*.mp4"))) == 1


def test_a_film_is_looked_at_in_another_process(made: Made) -> None:
    found = look_at(made("upright.mov"))
    assert found.video is not None
    assert found.audio is not None
    assert (found.video.codec, found.video.size, found.video.rate) == ("hevc", (120, 160), 10)
    assert (found.audio.codec, found.audio.channels, found.seconds) == (
        "aac",
        2,
        pytest.approx(1.2, abs=0.05),
    )
    assert "av" not in sys.modules


# Packages with a rung


@pytest.fixture(scope="module")
def wide(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished film that is larger than the rung light."""
    path = tmp_path_factory.mktemp("wide") / "wide.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(made("wide.mov")), "-c", "copy", "-movflags", "+faststart", "-fflags", "+bitexact", str(path)], check=True)  # fmt: skip
    return path


def size_in(path: Path, name: str, tmp_path: Path) -> tuple[int, int]:
    (tmp_path / "packed.mp4").write_bytes(packed(path, name))
    found = probed(tmp_path / "packed.mp4")["video"]
    return found["width"], found["height"]


def test_each_package_has_films_of_its_rung(
    wide: Path, make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted = count_conversions(monkeypatch)
    packages = "packages: [{id: full}, {id: light, rung: light}, {id: lean, title: L, rung: light}, {id: fragile, rung: fragile}]\n"
    folder = course_of(make_course, {"film.mp4": wide}, film("film.mp4"), packages)
    assert told(folder) == ["note course/larger-than-rung"] * 3
    steps: list[tuple[str, int, int]] = []
    full, light, lean, fragile = coursepack.build_packages(
        folder, ("web",), tmp_path / "out", progress=lambda *step: steps.append(step)
    )
    assert packed(full.path, "media/film.mp4") == wide.read_bytes()
    assert size_in(light.path, "media/film.mp4", tmp_path) == (960, 540)
    assert size_in(fragile.path, "media/film.mp4", tmp_path) == (640, 360)
    # Its page says so too.
    assert 'width="960" height="540"' in packed(light.path, "index.html").decode()
    assert packed(lean.path, "media/film.mp4") == packed(light.path, "media/film.mp4")
    assert len(converted) == 2
    counted = [(done, total) for step, done, total in steps if step.startswith("converting")]
    assert counted[-1] == (2 * wide.stat().st_size,) * 2
    # A second build in another folder gives the same bytes.
    again = coursepack.build_packages(folder, ("web",), tmp_path / "other")
    assert [each.path.read_bytes() for each in again] == [
        each.path.read_bytes() for each in (full, light, lean, fragile)
    ]
    assert len(converted) == 2


@pytest.mark.parametrize(
    ("own", "package", "size"),
    [("fragile", "light", (640, 360)), ("standard", "light", (960, 540)), ("light", "standard", (960, 540))],
)
def test_of_two_rungs_the_smaller_one_counts(
    wide: Path, make_course: MakeCourse, tmp_path: Path, own: str, package: str, size: tuple[int, int]
) -> None:
    packages = f"packages: [{{id: full, rung: {package}}}]\n"
    folder = course_of(make_course, {"film.mp4": wide}, film("film.mp4", rung=own), packages)
    built = coursepack.build_package(folder, "web", tmp_path / "out")
    assert size_in(built.path, "media/film.mp4", tmp_path) == size


def test_a_file_of_a_package_is_named_by_what_it_is_there(
    made: Made, make_course: MakeCourse, tmp_path: Path
) -> None:
    webm = tmp_path / "wide.webm"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(made("wide.mov")), "-c:v", "libvpx", "-b:v", "2M", str(webm)], check=True)  # fmt: skip
    packages = "packages: [{id: light, rung: light}, {id: full}]\n"
    folder = course_of(make_course, {"film.webm": webm}, film("film.webm"), packages)
    light, full = coursepack.build_packages(folder, ("web",), tmp_path / "out")
    for built, name, mime in ((light, "film.mp4", "video/mp4"), (full, "film.webm", "video/webm")):
        document = packed(built.path, "index.html").decode()
        assert f'"media/{name}"' in document
        assert mime in document
        assert packed(built.path, f"media/{name}")


def test_a_sound_has_the_rung_of_its_package(made: Made, make_course: MakeCourse, tmp_path: Path) -> None:
    loud = tmp_path / "loud.m4a"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=duration=2", "-ac", "2", "-c:a", "aac", "-b:a", "256k", "-movflags", "+faststart", "-fflags", "+bitexact", str(loud)], check=True)  # fmt: skip
    sound = fence("audio", {"src": "media/loud.m4a", "title": "Sound", "transcript": "media/film.vtt"})
    packages = "packages: [{id: full}, {id: fragile, rung: fragile}]\n"
    folder = course_of(make_course, {"loud.m4a": loud}, sound, packages)
    full, fragile = coursepack.build_packages(folder, ("web",), tmp_path / "out")
    assert packed(full.path, "media/loud.m4a") == loud.read_bytes()
    # 64 kbit/s of two seconds.
    assert len(packed(fragile.path, "media/loud.m4a")) < 20_000


TWO_PARTS = """\
  - {id: p2, title: More, chapters: [{id: c2, title: More, pages: [{id: more, title: More, minutes: 1}]}]}
"""


@pytest.mark.parametrize("part", ["p1", "p2"])
def test_only_what_a_package_shows_is_converted_for_it(
    made: Made, make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    converted = count_conversions(monkeypatch)
    folder = course_of(
        make_course, {"film.mov": made("avc.mov"), "old.wmv": made("old.wmv")}, film(), TWO_PARTS
    )
    (folder / "pages/more.md").write_text(film("old.wmv"), "utf-8")
    name, source = {"p1": ("film.mp4", "film.mov"), "p2": ("old.mp4", "old.wmv")}[part]
    built = coursepack.build_package(folder, "web", tmp_path / "out", part=part)
    assert [path.name for path in converted] == [source]
    with zipfile.ZipFile(built.path) as package:
        held = {each for each in package.namelist() if each.startswith("media/")}
    assert held == {f"media/{name}", f"media/{source}-poster.jpg"}


def test_a_part_is_built_as_packages_say(wide: Path, make_course: MakeCourse, tmp_path: Path) -> None:
    packages = "packages: [{id: p1, parts: [p1], rung: light}]\n"
    folder = course_of(make_course, {"film.mp4": wide}, film("film.mp4"), packages)
    built = coursepack.build_package(folder, "web", tmp_path / "out", part="p1")
    assert size_in(built.path, "media/film.mp4", tmp_path) == (960, 540)


def test_a_changed_rung_builds_the_package_again(wide: Path, make_course: MakeCourse, tmp_path: Path) -> None:
    folder = course_of(
        make_course, {"film.mp4": wide}, film("film.mp4"), "packages: [{id: full, rung: light}]\n"
    )
    course = folder / "course.yaml"
    for rung, size in (("light", (960, 540)), ("fragile", (640, 360)), ("light", (960, 540))):
        course.write_text(
            course.read_text("utf-8").partition("packages:")[0] + f"packages: [{{id: full, rung: {rung}}}]\n",
            "utf-8",
        )
        built = coursepack.build_package(folder, "web", tmp_path / "out")
        assert size_in(built.path, "media/film.mp4", tmp_path) == size


def test_without_the_extra_a_package_with_a_rung_says_what_to_install(
    wide: Path, make_course: MakeCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = "packages: [{id: full}, {id: light, rung: light}, {id: fragile, rung: fragile}]\n"
    folder = course_of(make_course, {"film.mp4": wide}, film("film.mp4"), packages)
    monkeypatch.setitem(sys.modules, "av", None)
    (problem,) = check(folder).errors
    assert problem.rule == "media/unconverted"
    assert str(problem.location) == "pages/p1-c1-s1.md:2:6"
    assert "pip install 'coursepack[media]'" in problem.hint
