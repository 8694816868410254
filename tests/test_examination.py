"""Films and sounds are examined from beginning to end: planted faults are found, and nothing is said of sound files.

The files are made by the system's FFmpeg and, where it is there, by espeak-ng, neither of which examines them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from speaking import Phrases, phrases, speak
from strategies import PAGE, VTT, MakeCourse, fence
from test_conversion import media
from test_loudness import heard

import coursepack
from coursepack.building.examining import examined
from coursepack.checking import check
from coursepack.cli import main
from coursepack.course.blocks.block import clock
from coursepack.media.examinations import Examinations
from coursepack.media.failures import ConversionError
from coursepack.media.process import examine_file
from coursepack.problems import Problem
from coursepack.reading.captions import read_placed
from coursepack.reading.drift import Drift, drift_of
from coursepack.reading.source import read_folder

pytestmark = pytest.mark.long

__all__ = ["media"]

CALM = "testsrc2=size=160x120:rate=10"


def flicker(hertz: float, one: str = "black", other: str = "white", seconds: float = 4) -> str:
    """Pictures that change so often from one colour to the other and back, from the second second to the third."""
    change = f"gte(t,2)*lt(t,3)*lt(mod(t*{hertz},1),0.5)"
    return (
        f"color={one}:size=160x120:rate=25:duration={seconds},"
        f"drawbox=color={other}:thickness=fill:enable='{change}'"
    )


def film(path: Path, pictures: str, sound: Path | None = None, *options: str) -> Path:
    inputs = ["-f", "lavfi", "-i", pictures, *(["-i", str(sound)] if sound else [])]
    codecs = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast", "-c:a", "aac", "-shortest"]
    subprocess.run(["ffmpeg", "-v", "error", *inputs, *codecs, *options, "-movflags", "+faststart", str(path)], check=True)  # fmt: skip
    return path


# Pictures


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        (flicker(4), (2,)),
        (flicker(10), (2,)),
        # Dark gray and light gray; red and black; red and a blue that is as dark.
        (flicker(5, "0x404040", "0x909090"), (2,)),
        (flicker(5, "red"), (2,)),
        (flicker(5, "red", "0x0066FF"), (2,)),
        # Three a second are allowed; so are paler ones, small ones, and those between bright pictures (WCAG 2.3.1).
        (flicker(3), ()),
        (flicker(5, "0x404040", "0x505050"), ()),
        (flicker(5).replace("drawbox=", "drawbox=w=30:h=30:"), ()),
        (flicker(5, "0xF4F4F4", "white"), ()),
        # Moving pictures, fast cuts, and noise.
        (f"{CALM}:duration=3", ()),
        ("mandelbrot=size=160x120:rate=25,trim=duration=3", ()),
        ("life=size=160x120:rate=25:mold=10:death_color=#C83232:life_color=#00ff00,trim=duration=3", ()),
        ("color=gray:size=160x120:rate=25:duration=3,noise=alls=60:allf=t", ()),
        ("color=gray:size=160x120:rate=25:duration=3,drawbox=color=white:thickness=fill:enable='lt(mod(t,1),0.5)'", ()),
    ],
)  # fmt: skip
def test_more_than_three_flashes_in_a_second_are_found(
    tmp_path: Path, pictures: str, expected: Sequence[float]
) -> None:
    found = examine_file(film(tmp_path / "film.mp4", pictures))
    assert found.flashes == tuple(pytest.approx(at, abs=0.3) for at in expected)


def test_where_a_film_is_black_is_found(tmp_path: Path) -> None:
    dark = "drawbox=color=black:thickness=fill:enable='between(t,1,4.45)+between(t,6,7.95)+gte(t,9)'"
    found = examine_file(film(tmp_path / "film.mp4", f"{CALM}:duration=12.5,{dark}"))
    assert [each for span in found.black for each in span] == pytest.approx([1, 4.5, 9, 12.5], abs=0.11)


def test_a_black_picture_with_a_title_is_not_black(tmp_path: Path) -> None:
    title = (
        "color=black:size=320x240:rate=5:duration=5,drawbox=x=100:y=110:w=60:h=4:color=white:thickness=fill"
    )
    assert examine_file(film(tmp_path / "film.mp4", title)).black == ()


# Sound


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Phrases, float], Path]:
    folder = tmp_path_factory.mktemp("talk")

    def make(spoken: Phrases, seconds: float) -> Path:
        path = folder / f"{abs(hash((tuple(spoken), seconds)))}.wav"
        return path if path.exists() else speak(path, spoken, seconds)

    return make


def test_when_somebody_speaks_is_found(talk: Callable[[Phrases, float], Path]) -> None:
    spoken = phrases(4)
    found = examine_file(talk(spoken, 12))
    assert found.loudness is not None
    assert found.loudness.integrated == pytest.approx(-18.8, abs=1)
    assert found.seconds == pytest.approx(12, abs=0.1)
    assert [each for span in found.sounds for each in span] == pytest.approx(
        [each for span in spoken for each in span], abs=0.25
    )


def test_silence_is_found_though_the_room_is_heard(talk: Callable[[Phrases, float], Path]) -> None:
    found = examine_file(talk(((0.5, 2.5), (14, 16)), 17))
    (span,) = found.silences
    assert span == pytest.approx((2.5, 14), abs=0.25)


def test_a_film_of_one_picture_is_examined(tmp_path: Path) -> None:
    assert examine_file(film(tmp_path / "film.mp4", "color=white:size=16x16:rate=1:duration=1")).black == ()


def test_a_file_that_is_neither_film_nor_sound_is_told(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"This is no film.\n" * 100)
    with pytest.raises(ConversionError, match="is damaged"):
        examine_file(tmp_path / "film.mp4")


# Captions that are out of step


SPOKEN = phrases(30, seed=7, start=4)


@pytest.mark.parametrize("shift", [-3.5, -2.0, 2.0, 12.0])
def test_captions_that_come_too_early_or_too_late_are_found(shift: float) -> None:
    found = drift_of([(start + shift, end + shift) for start, end in SPOKEN], SPOKEN)
    assert found == pytest.approx(Drift(1.0, -shift), abs=0.1)


@pytest.mark.parametrize("speed", [25 / 24, 24 / 25, 1.02, 0.95])
def test_captions_that_drift_are_found(speed: float) -> None:
    found = drift_of([(start * speed, end * speed) for start, end in SPOKEN], SPOKEN)
    assert found == pytest.approx(Drift(1 / speed, 0), abs=0.01)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("count", [5, 12, 40])
def test_captions_in_step_and_those_of_another_film_are_not_said_to_drift(seed: int, count: int) -> None:
    spoken = phrases(count, seed)
    moved = [(start - 0.3 * (n % 2), end + n % 3) for n, (start, end) in enumerate(spoken)]
    assert drift_of(moved, spoken) is None
    assert drift_of(phrases(count, seed + 100), spoken) is None


# Courses


def webvtt(cues: Phrases) -> str:
    def time(seconds: float) -> str:
        return f"{int(seconds // 60):02d}:{seconds % 60:06.3f}"

    return (
        "WEBVTT\n\n" + "\n\n".join(f"{time(start)} --> {time(end)}\nA house." for start, end in cues) + "\n"
    )


def video(**fields: object) -> str:
    told = {"src": "media/film.mp4", "title": "Film", "captions": "media/film.vtt", "transcript": "media/film.vtt", "described": {"not-needed": "All is said."}}  # fmt: skip
    return fence("video", told | fields)


def findings(folder: Path) -> list[Problem]:
    """What is found after an examination; without one, nothing is."""
    rules = re.compile("media/(flashes|black|long-silence|off-level|captions-|speech-)")
    assert not [each for each in check(folder) if rules.match(each.rule)]
    course, report = read_folder(folder)
    assert course is not None, str(report)
    _, problems = examined(course, folder.parent / ".coursepack/media", lambda *_: None)
    assert problems == []
    return [each for each in check(folder) if rules.match(each.rule)]


def loud(source: Path, gain: float) -> Path:
    target = source.with_name(f"{source.stem}{gain}.wav")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", source, "-af", f"volume={gain}dB", target], check=True
    )
    return target


LENGTH = 42.0
TALK = phrases(12, seed=4, start=2.5)
# A pause of more than ten seconds.
PART = [each for each in TALK if not 10 < each[0] < 24]
BEGIN = [each for each in TALK if each[0] <= 10]
FIRST = next(each for each in TALK if each[0] > 10)


@pytest.mark.share(4)
@pytest.mark.parametrize(
    ("pictures", "gain", "spoken", "cues", "expected"),
    [
        (flicker(5, "0x404040", seconds=42), 3, TALK, TALK, ["media/flashes", "at 0:02"]),
        (f"{CALM},drawbox=color=black:thickness=fill:enable='between(t,20,26)'", 3, TALK, TALK, ["media/black", "0:20–0:26"]),
        (CALM, -14, TALK, TALK, ["media/off-level", "-33 LUFS"]),
        (CALM, 14, TALK, TALK, ["media/off-level", "the level of a course is -16"]),
        (CALM, 3, PART, PART, ["media/long-silence", f"silent at {clock(BEGIN[-1][1] + 0.1)}"]),
        (CALM, 3, TALK, PART, ["media/speech-without-captions", f"from {clock(FIRST[0])}"]),
        (CALM, 3, PART, TALK, ["media/captions-without-sound", f"heard at {clock(FIRST[0])}", "media/long-silence"]),
        (CALM, 3, TALK, [(start - 2, end - 2) for start, end in TALK], ["media/captions-drift", "2.0 seconds too early"]),
        (CALM, 3, TALK, [(start * 0.95, end * 0.95) for start, end in TALK], ["media/captions-drift", "too early"]),
    ],
    ids="flashes black quiet loud silence no-captions no-sound shifted drifting".split(),
)  # fmt: skip
def test_a_planted_fault_is_found_and_no_other(
    make_course: MakeCourse,
    talk: Callable[[Phrases, float], Path],
    tmp_path: Path,
    pictures: str,
    gain: float,
    spoken: Phrases,
    cues: Phrases,
    expected: list[str],
) -> None:
    path = film(tmp_path / "film.mp4", pictures, loud(talk(spoken, LENGTH), gain), "-t", str(LENGTH))
    folder = make_course({PAGE: video(), "media/film.mp4": path.read_bytes(), "media/film.vtt": webvtt(cues)})
    told = "\n".join(f"{each.rule} {each.message}" for each in findings(folder))
    assert [part for part in expected if part not in told] == [], told
    assert told.count("\n") + 1 == sum(part.startswith("media/") for part in expected), told


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("seed", "pictures"),
    list(
        enumerate(
            (
                f"{CALM}",
                "mandelbrot=size=160x120:rate=10",
                "life=size=160x120:rate=10:mold=10:death_color=#C83232:life_color=#00ff00",
                "color=gray:size=160x120:rate=10,noise=alls=60:allf=t",
                # Slides, white and black by turns.
                "color=white:size=160x120:rate=10,drawbox=color=0x101010:thickness=fill:enable='lt(mod(t,5),2.5)'",
            )
        )
    ),
)
def test_nothing_is_said_of_a_sound_film(
    make_course: MakeCourse, talk: Callable[[Phrases, float], Path], tmp_path: Path, seed: int, pictures: str
) -> None:
    spoken = phrases(6, seed + 20)
    length = spoken[-1][1] + 1
    path = film(tmp_path / "film.mp4", pictures, loud(talk(spoken, length), 3), "-t", str(length))
    # Captions come a little early, and stay until the next one or a second longer.
    ends = [start for start, _ in spoken[1:]] + [length]
    cues = [
        (start - 0.2, min(end + 1, later - 0.2)) for (start, end), later in zip(spoken, ends, strict=True)
    ]
    folder = make_course({PAGE: video(), "media/film.mp4": path.read_bytes(), "media/film.vtt": webvtt(cues)})
    assert findings(folder) == []


@pytest.mark.parametrize("voice", ["en", "sv", "en-us+f3", "de+m7", "en+croak"])
def test_nothing_is_said_of_a_voice(make_course: MakeCourse, tmp_path: Path, voice: str) -> None:
    if not shutil.which("espeak-ng"):
        pytest.skip("there is no espeak-ng to speak")
    said, ready = tmp_path / "said.wav", tmp_path / "said.mp3"
    subprocess.run(["espeak-ng", "-v", voice, "-g", "8", "-w", said, " ".join(["A house needs a roof."] * 8)], check=True)  # fmt: skip
    gain = -16 - heard(said).loudness
    subprocess.run(["ffmpeg", "-v", "error", "-i", said, "-af", f"volume={gain}dB", ready], check=True)
    page = fence("audio", {"src": "media/said.mp3", "title": "Sound", "transcript": "media/film.vtt"})
    folder = make_course({PAGE: page, "media/said.mp3": ready.read_bytes(), "media/film.vtt": VTT})
    assert findings(folder) == []


@pytest.mark.soak
def test_the_film_of_the_example_is_in_step_with_its_captions(sample: Path) -> None:
    captions = (sample / "media/det-som-inte-syns.vtt").read_text("utf-8")
    cues, problems = read_placed(captions, "film.vtt")
    assert not problems
    found = examine_file(sample / "media/det-som-inte-syns.mp4")
    for shift in (0.0, 2.5, -2.5):
        moved = [(each.cue.start + shift, each.cue.end + shift) for each in cues]
        drift = drift_of([each for each in moved if each[0] >= 0], found.sounds)
        assert drift == (pytest.approx(Drift(1.0, -shift), abs=0.2) if shift else None)


# The cache


@pytest.fixture
def course(make_course: MakeCourse, tmp_path: Path) -> Path:
    path = film(tmp_path / "film.mp4", flicker(5))
    return make_course(
        {
            PAGE: video(),
            "media/film.mp4": path.read_bytes(),
            "media/film.vtt": VTT.replace("02.000", "01.600"),
        }
    )


def rules(problems: Iterable[Problem]) -> list[str]:
    return [each.rule for each in problems if each.rule == "media/flashes"]


def test_check_takes_what_is_known_from_another_folder(course: Path, tmp_path: Path) -> None:
    def told(*options: str) -> bool:
        return "media/flashes" in CliRunner().invoke(main, ["check", str(course), *options]).stdout

    read, _ = read_folder(course)
    assert read is not None
    examined(read, tmp_path / "other", lambda *_: None)
    assert not told()
    assert told("--cache", str(tmp_path / "other"))
    assert told("--cache", str(tmp_path / "other"), "--json")


def test_a_file_is_examined_once(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, _ = read_folder(course)
    assert read is not None
    steps: list[tuple[str, int, int]] = []
    first, _ = examined(read, tmp_path / "cache", lambda *step: steps.append(step))
    size = (course / "media/film.mp4").stat().st_size
    assert (steps[0], steps[-1]) == (
        ("examining films and sounds", 0, size),
        ("examining films and sounds", size, size),
    )
    monkeypatch.setattr("coursepack.media.process.examine_file", lambda *_: pytest.fail("examined again"))
    assert examined(read, tmp_path / "cache", lambda *_: None)[0] == first
    # A copy has the same contents, and a film that was only touched, too.
    copy = course.with_name("copy")
    shutil.copytree(course, copy)
    os.utime(course / "media/film.mp4", (1, 1))
    for folder in (copy, course):
        again, _ = read_folder(folder)
        assert again is not None
        assert examined(again, tmp_path / "cache", lambda *_: None)[0] == first


def test_what_was_found_is_told_until_the_file_changes(course: Path, tmp_path: Path) -> None:
    read, _ = read_folder(course)
    assert read is not None
    cache = tmp_path / "cache"
    examined(read, cache, lambda *_: None)
    assert rules(read_folder(course, cache)[1]) == ["media/flashes"]
    assert rules(read_folder(course)[1]) == []
    film_ = course / "media/film.mp4"
    film_.write_bytes(film_.read_bytes() + b"\0\0\0\x08free")
    assert rules(read_folder(course, cache)[1]) == []


def test_a_damaged_entry_is_made_again(course: Path, tmp_path: Path) -> None:
    path, cache = course / "media/film.mp4", Examinations(tmp_path / "cache")
    found = cache.made(path, lambda _: None)
    for entry in (tmp_path / "cache/examined").iterdir():
        for damage in (b"", b"[1", b"[1, 2]", b'"text"', b"[[], [], [], [], [], []]"):
            whole = entry.read_bytes()
            entry.write_bytes(damage)
            assert cache.known(path) is None
            assert cache.made(path, lambda _: None) == found
            assert entry.read_bytes() == whole


def test_a_build_tells_what_was_found_since_the_last_one(
    course: Path, tmp_path: Path, age: Callable[[Path], None]
) -> None:
    age(course)

    def told() -> list[str]:
        return rules(
            coursepack.build_package(course, "web", tmp_path / "out", cache=tmp_path / "cache").report
        )

    assert told() == []
    read, _ = read_folder(course)
    assert read is not None
    examined(read, tmp_path / "cache", lambda *_: None)
    assert told() == ["media/flashes"]


def test_a_film_that_cannot_be_examined_is_an_error_at_its_place(course: Path, tmp_path: Path) -> None:
    path = course / "media/film.mp4"
    read, _ = read_folder(course)
    assert read is not None
    path.write_bytes(b"This is no film.\n" * 100)
    (problem,) = examined(read, tmp_path / "cache", lambda *_: None)[1]
    assert str(problem).startswith(f"{PAGE}:2:6: error media/not-convertible: 'media/film.mp4': is damaged")


def test_without_the_extra_what_is_known_is_told(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, _ = read_folder(course)
    assert read is not None
    first, _ = examined(read, tmp_path / "cache", lambda *_: None)
    monkeypatch.setitem(sys.modules, "av", None)
    assert examined(read, tmp_path / "cache", lambda *_: None) == (first, [])
    assert examined(read, tmp_path / "other", lambda *_: None) == ({}, [])
    assert rules(read_folder(course, tmp_path / "cache")[1]) == ["media/flashes"]
