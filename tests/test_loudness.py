"""What is converted gets the loudness of the course. The system's FFmpeg measures it (EBU R 128), as two equal channels."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from speaking import phrases, speak
from test_conversion import media

from coursepack.course.rungs import RUNGS
from coursepack.media.loudness import Loudness, level_of
from coursepack.media.process import convert

pytestmark = pytest.mark.long

__all__ = ["media"]

VOICES = ("en", "sv", "en-us+f3", "de+m7", "en+croak")
TEXT = "A house needs a foundation! Then there are walls, windows and a roof. Puppets pop, cats scratch, kids kick boxes."


class Heard(NamedTuple):
    loudness: float
    peak: float


def heard(path: Path) -> Heard:
    """Integrated loudness in LUFS and true peak in dBTP. One channel is played by both speakers."""
    both = "aresample=48000,pan=stereo|c0=c0|c1=c0" if channels(path) == 1 else "anull"
    command = ["ffmpeg", "-nostats", "-i", str(path), "-map", "a", "-af", f"{both},ebur128=peak=true:framelog=quiet", "-f", "null", "-"]  # fmt: skip
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    loudness = re.search(r"^ +I: +(\S+) LUFS", told, re.MULTILINE)
    peak = re.search(r"^ +Peak: +(\S+) dBFS", told, re.MULTILINE)
    assert loudness
    assert peak
    return Heard(float(loudness[1]), float(peak[1]))


def channels(path: Path) -> int:
    command = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)]
    streams = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["streams"]
    return int(next(each["channels"] for each in streams if each["codec_type"] == "audio"))


def made(source: Path, target: Path, *options: str) -> Path:
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), *options, str(target)], check=True)
    return target


def converted(source: Path, rung: str = "standard", is_film: bool = False) -> Path:
    target = source.with_name(f"{source.stem}.converted.{'mp4' if is_film else 'm4a'}")
    convert(source, target, RUNGS[rung], is_film)  # type: ignore[index]
    return target


def sums(path: Path, kind: str) -> str:
    """The checksum of the packets of one kind of track."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", f"0:{kind}", "-c", "copy", "-f", "streamhash", "-"]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of speech, of about -19 LUFS."""
    return speak(tmp_path_factory.mktemp("talk") / "talk.wav", phrases(3), 8.0)


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("options", "rung"),
    [
        ("-af volume=-14dB", "standard"),
        ("-af volume=3dB", "fragile"),
        # As a louder program would make it: far beyond full scale.
        ("-af volume=12dB -c:a pcm_f32le", "standard"),
        ("-ac 2 -ar 44100", "light"),
        ("-ac 2 -af volume=6dB", "fragile"),
        ("-af aresample=48000,pan=5.1|FC=c0|LFE=0.5*c0", "standard"),
    ],
)
def test_speech_gets_the_loudness_of_the_course(talk: Path, tmp_path: Path, options: str, rung: str) -> None:
    found = heard(converted(made(talk, tmp_path / "talk.mka", *options.split()), rung))
    assert found.loudness == pytest.approx(-16, abs=0.6)
    assert found.peak <= -1


@pytest.mark.parametrize("voice", VOICES)
def test_voices_get_one_loudness(tmp_path: Path, voice: str) -> None:
    if not shutil.which("espeak-ng"):
        pytest.skip("there is no espeak-ng to speak")
    said = tmp_path / "said.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-w", said, TEXT], check=True)
    found = heard(converted(made(said, tmp_path / "quiet.flac", "-af", "volume=-9dB")))
    assert found.loudness == pytest.approx(-16, abs=0.6)
    assert found.peak <= -1


SHARP = "compand=attacks=0.001:decays=0.05:points=-80/-110|-30/-{}|-12/-{}|0/0"
"""Makes loud syllables louder than the others, so that a limiter has much to do."""


def test_the_encoder_does_not_raise_peaks_above_the_highest(talk: Path, tmp_path: Path) -> None:
    """At 48 kbit/s, AAC raises these peaks by 2.4 dB."""
    sharp = made(talk, tmp_path / "sharp.flac", "-af", f"aresample=24000,{SHARP.format(40, 6)},volume=-2dB")
    found = heard(converted(sharp, "fragile"))
    assert found.peak <= -1
    assert found.loudness == pytest.approx(-16, abs=0.6)


def test_nor_those_of_a_rough_voice(tmp_path: Path) -> None:
    if not shutil.which("espeak-ng"):
        pytest.skip("there is no espeak-ng to speak")
    said = tmp_path / "said.wav"
    subprocess.run(
        [
            "espeak-ng",
            "-v",
            "en+croak",
            "-w",
            said,
            "A house needs a foundation! Then there are walls. Puppets pop, cats scratch, kids kick boxes.",
        ],
        check=True,
    )
    sharp = f"aresample=48000,{SHARP.format(42, 8)},volume=-6dB"
    assert heard(converted(made(said, tmp_path / "sharp.flac", "-af", sharp), "fragile")).peak <= -1


def test_a_trial_leaves_nothing(talk: Path, tmp_path: Path) -> None:
    source = made(talk, tmp_path / "talk.flac", "-af", "volume=3dB")
    target = converted(source, "fragile")
    assert sorted(tmp_path.iterdir()) == sorted([source, target])


def test_a_gain_changes_nothing_else(talk: Path, tmp_path: Path) -> None:
    """The levels of the phrases among each other are those that they had."""
    converted_ = converted(
        made(talk, tmp_path / "quiet.flac", "-af", "volume=-14dB,volume=-6dB:enable='lt(t,3)'")
    )

    def part(path: Path, start: int) -> float:
        cut = made(path, tmp_path / f"{path.stem}{start}.wav", "-ss", str(start), "-t", "3")
        return heard(cut).loudness

    before = [part(tmp_path / "quiet.flac", start) for start in (0, 5)]
    after = [part(converted_, start) for start in (0, 5)]
    assert after[1] - after[0] == pytest.approx(before[1] - before[0], abs=0.3)


def test_one_peak_does_not_make_all_the_rest_quiet(talk: Path, tmp_path: Path) -> None:
    bang = "volume=-10dB,volume=volume=8:eval=frame:enable='between(t,5,5.1)'"
    found = heard(converted(made(talk, tmp_path / "bang.flac", "-af", bang)))
    assert found.loudness == pytest.approx(-16, abs=1)
    assert found.peak <= -1


@pytest.mark.parametrize(
    ("source", "most"),
    [
        # Silence, the noise of a room, and a click: none has speech.
        ("anullsrc=channel_layout=mono:sample_rate=48000:duration=4", -69),
        ("anoisesrc=color=pink:amplitude=0.003:seed=1:duration=4", -50),
        ("aevalsrc='0.02*sin(2*PI*1000*t)*between(t,1,1.2)':duration=2.5", -36),
    ],
)
def test_what_is_no_speech_is_not_made_louder(tmp_path: Path, source: str, most: float) -> None:
    path = tmp_path / "quiet.flac"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, str(path)], check=True)
    assert heard(path).loudness < most
    assert heard(converted(path)).loudness <= heard(path).loudness + 0.3


def test_a_recording_that_is_far_too_quiet_is_made_louder_by_twenty_decibels(
    talk: Path, tmp_path: Path
) -> None:
    path = made(talk, tmp_path / "far.flac", "-af", "volume=-26dB", "-sample_fmt", "s32")
    assert heard(converted(path)).loudness == pytest.approx(heard(path).loudness + 20, abs=0.3)


@pytest.mark.parametrize(
    ("found", "gain", "limit"),
    [
        # Speech: 7 dB of its peaks are above -2 dBTP.
        (Loudness(-28, 5, -7, 600), 12, -2),
        (Loudness(-28, 5, -20, 600), 12, None),
        (Loudness(-10, 5, 0, 600), -6, None),
        # A limiter takes 8 dB and no more.
        (Loudness(-28, 5, -2, 600), 8, -2),
        # The peaks of music stay, and what is too quiet does not become quieter.
        (Loudness(-23, 20, -5, 600), 3, None),
        (Loudness(-18, 20, 0, 600), 0, -2),
        # In some seconds the range of loudness says nothing.
        (Loudness(-23, 20, -5, 10), 7, -2),
    ],
)
def test_how_a_sound_is_brought_to_the_level(found: Loudness, gain: float, limit: float | None) -> None:
    level = level_of(found, 1.0)
    assert (level.gain, level.limit) == (pytest.approx(gain), limit)


@pytest.fixture(scope="module")
def phone(talk: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Films as telephones record them, with H.264 and AAC, of different levels."""
    folder = tmp_path_factory.mktemp("phone")
    film = ["-f", "lavfi", "-i", "testsrc2=duration=8:size=160x120:rate=5", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"]  # fmt: skip
    return {
        name: made(talk, folder / f"{name}.mov", *film, "-af", f"volume={gain}dB")
        for name, gain in (("near", 3.2), ("quiet", -10))
    }


def test_sound_that_is_near_the_level_is_copied(phone: dict[str, Path]) -> None:
    assert abs(heard(phone["near"]).loudness + 16) < 1
    path = converted(phone["near"], is_film=True)
    assert [sums(path, kind) for kind in "va"] == [sums(phone["near"], kind) for kind in "va"]


def test_of_a_film_that_is_too_quiet_only_the_sound_is_encoded(phone: dict[str, Path]) -> None:
    path = converted(phone["quiet"], is_film=True)
    assert sums(path, "v") == sums(phone["quiet"], "v")
    assert heard(path).loudness == pytest.approx(-16, abs=0.6)


def test_the_sound_of_a_file_that_is_only_packed_anew_is_copied(
    phone: dict[str, Path], tmp_path: Path
) -> None:
    convert(phone["quiet"], tmp_path / "film.mp4", None, True)
    assert sums(tmp_path / "film.mp4", "a") == sums(phone["quiet"], "a")


def test_sound_that_changes_its_channels_keeps_its_times(talk: Path, tmp_path: Path) -> None:
    """As a broadcast does between a film in surround sound and the news."""
    parts = [made(talk, tmp_path / f"{n}.aac", "-ac", str(n)) for n in (2, 1)]
    both = tmp_path / "both.aac"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    path = converted(both)
    told = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path], capture_output=True, check=True)  # fmt: skip
    assert float(told.stdout) == pytest.approx(16, abs=0.3)
    assert heard(path).loudness == pytest.approx(-16, abs=0.6)
