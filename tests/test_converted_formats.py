"""Films and sounds of every format that is converted, made by the system's FFmpeg and measured by MediaInfo.

MediaInfo shares no code with FFmpeg, which the converter uses and which `test_conversion.py` measures with.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coursepack.course.rungs import RUNGS
from coursepack.media.failures import ConversionError
from coursepack.media.process import convert
from coursepack.reading.media import _CONVERTED as CONVERTED

pytestmark = pytest.mark.long

SECONDS = 1.0
PICTURES = f"-f lavfi -i testsrc2=duration={SECONDS}:size=96x64:rate=25"
TONE = f"-f lavfi -i sine=frequency=440:duration={SECONDS}:sample_rate=48000"

# By extension: how such a file is made, from pictures and a tone.
FILMS = {
    "3gp": "-c:v mpeg4 -c:a aac -ac 1",
    "asf": "-c:v msmpeg4 -c:a wmav2",
    "avi": "-c:v mpeg4 -c:a libmp3lame",
    "flv": "-c:v flv -c:a libmp3lame -ar 44100",
    "m2ts": "-c:v mpeg2video -c:a ac3 -ac 6",
    "m4v": "-c:v mpeg4 -c:a aac",
    "mkv": "-c:v libvpx-vp9 -deadline realtime -c:a libopus",
    "mov": "-c:v prores_ks -c:a pcm_s24be",
    "mpeg": "-c:v mpeg1video -c:a mp2",
    "mpg": "-c:v mpeg2video -c:a mp2",
    "mts": "-c:v libx264 -pix_fmt yuv420p -c:a ac3 -f mpegts",
    "ogv": "-c:v libtheora -c:a libvorbis -ac 2",
    "wmv": "-c:v wmv2 -c:a wmav2",
}
SOUNDS = {
    "aac": "-c:a aac",
    "aif": "-c:a pcm_s16be",
    "aiff": "-c:a pcm_s24be",
    "caf": "-c:a alac",
    "flac": "-c:a flac",
    "m4b": "-c:a aac -f ipod",
    "mka": "-c:a libopus",
    "oga": "-c:a libvorbis -ac 2",
    "wma": "-c:a wmav2",
}


@pytest.fixture(autouse=True)
def programs(extra: None) -> None:
    if not (shutil.which("ffmpeg") and shutil.which("mediainfo")):
        pytest.skip("there is no ffmpeg to make films with, or no mediainfo to measure them")


def make(path: Path, *options: str) -> Path:
    subprocess.run(
        ["ffmpeg", "-v", "error", *" ".join(options).split(), str(path)], check=True, capture_output=True
    )
    return path


def seen(path: Path) -> dict[str, Any]:
    """The file and its tracks by their kind, as MediaInfo tells them."""
    told = subprocess.run(["mediainfo", "--Output=JSON", str(path)], capture_output=True, check=True)
    return {each["@type"]: each for each in json.loads(told.stdout)["media"]["track"]}


def of(track: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(track.get(name) for name in names)


def result(source: Path, is_film: bool = True) -> Path:
    target = source.with_name(f"made.{'mp4' if is_film else 'm4a'}")
    convert(source, target, RUNGS["standard"], is_film)
    return target


def check_film(path: Path, size: tuple[int, int], channels: int, seconds: float = SECONDS) -> None:
    found = seen(path)
    assert of(found["General"], "Format", "IsStreamable") == ("MPEG-4", "Yes")
    film = found["Video"]
    assert of(film, "Format", "Format_Profile", "ChromaSubsampling", "BitDepth") == (
        "AVC",
        "High",
        "4:2:0",
        "8",
    )
    assert of(film, "Width", "Height", "PixelAspectRatio", "Rotation") == (*map(str, size), "1.000", "0.000")
    assert of(
        film, "colour_range", "colour_primaries", "transfer_characteristics", "matrix_coefficients"
    ) == (
        "Limited",
        *("BT.709",) * 3,
    )
    assert float(film["Duration"]) == pytest.approx(seconds, abs=0.13)
    if channels:
        check_sound(found["Audio"], channels, seconds)
    else:
        assert "Audio" not in found


def check_sound(sound: dict[str, Any], channels: int, seconds: float = SECONDS) -> None:
    assert of(sound, "Format", "Format_AdditionalFeatures", "Channels") == ("AAC", "LC", str(channels))
    assert float(sound["Duration"]) == pytest.approx(seconds, abs=0.13)


@pytest.mark.parametrize("ending", CONVERTED[True])
def test_films_of_every_kind_become_the_same(tmp_path: Path, ending: str) -> None:
    made = make(tmp_path / f"film.{ending}", PICTURES, TONE, FILMS[ending])
    check_film(result(made), (96, 64), 2 if "-ac 6" in FILMS[ending] or "-ac 2" in FILMS[ending] else 1)


@pytest.mark.parametrize("ending", sorted({*CONVERTED[False]} - {"amr"}))
def test_sounds_of_every_kind_become_the_same(tmp_path: Path, ending: str) -> None:
    found = seen(result(make(tmp_path / f"sound.{ending}", TONE, SOUNDS[ending]), is_film=False))
    assert "Video" not in found
    check_sound(found["Audio"], 2 if "-ac 2" in SOUNDS[ending] else 1)


# All read AMR, but few write it: not Debian's FFmpeg, and not that of every wheel of PyAV.
ENCODE_AMR = """\
import sys, av
with av.open(sys.argv[1]) as tone, av.open(sys.argv[2], "w") as sound:
    track = sound.add_stream("libopencore_amrnb", rate=8000, layout="mono")
    for frame in tone.decode(audio=0):
        sound.mux(track.encode(frame))
    sound.mux(track.encode(None))
"""


@pytest.fixture
def amr(tmp_path: Path) -> Path:
    """The tone as the sound of old telephones: 8,000 samples a second (RFC 4867)."""
    tone = make(tmp_path / "tone.wav", TONE, "-ar 8000 -ac 1")
    command = [sys.executable, "-c", ENCODE_AMR, str(tone), str(tmp_path / "sound.amr")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if "UnknownCodecError" in done.stderr:
        pytest.skip("there is nothing to write AMR with")
    done.check_returncode()
    return tmp_path / "sound.amr"


def loudest(path: Path) -> float:
    """The highest sample in dB of full scale."""
    command = ["ffmpeg", "-i", str(path), "-af", "volumedetect", "-f", "null", "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return float(told.partition("max_volume: ")[2].split()[0])


def test_a_recording_of_a_telephone_becomes_the_same(amr: Path) -> None:
    made = result(amr, is_film=False)
    check_sound(seen(made)["Audio"], 1)
    # As FFmpeg's own program decodes it.
    assert loudest(made) == pytest.approx(loudest(amr), abs=1)


def test_a_film_of_an_old_telephone_becomes_the_same(amr: Path, tmp_path: Path) -> None:
    pictures = f"-f lavfi -i testsrc2=duration={SECONDS}:size=176x144:rate=15"
    film = make(tmp_path / "film.3gp", pictures, f"-i {amr} -c:v h263 -c:a copy")
    made = result(film)
    check_film(made, (176, 144), 1)
    assert loudest(made) == pytest.approx(loudest(amr), abs=1)


def test_a_silent_recording_of_a_telephone_is_read(tmp_path: Path) -> None:
    # Frames of the rate 4.75 kbit/s: a byte of header and 95 bits (RFC 4867, 5.3).
    (tmp_path / "sound.amr").write_bytes(b"#!AMR\n" + (b"\x04" + bytes(12)) * 50)
    check_sound(seen(result(tmp_path / "sound.amr", is_film=False))["Audio"], 1)


@pytest.mark.parametrize(
    ("turn", "size"),
    [
        ("-display_rotation 90", (64, 96)),
        ("-display_rotation 180", (96, 64)),
        ("-display_rotation 270", (64, 96)),
        ("-display_vflip", (96, 64)),
        ("-display_rotation 90 -display_hflip", (64, 96)),
        # Between quarter turns there is nothing that a player would agree on.
        ("-display_rotation 30", (96, 64)),
    ],
)
def test_films_are_turned_upright(tmp_path: Path, turn: str, size: tuple[int, int]) -> None:
    lying = make(tmp_path / "lying.mov", PICTURES, "-c:v mpeg4")
    check_film(result(make(tmp_path / "film.mov", turn, f"-i {lying} -c copy")), size, 0)


@pytest.mark.parametrize(
    ("layout", "channels"),
    [
        ("mono", 1),
        ("stereo", 2),
        ("2.1", 2),
        ("quad", 2),
        ("5.0", 2),
        ("5.1", 2),
        ("7.1", 2),
        ("octagonal", 2),
    ],
)
def test_sounds_have_one_or_two_channels(tmp_path: Path, layout: str, channels: int) -> None:
    made = make(tmp_path / "sound.mka", TONE, f"-af aformat=channel_layouts={layout} -c:a pcm_s16le")
    check_sound(seen(result(made, is_film=False))["Audio"], channels)


def test_channels_without_a_layout_are_heard(tmp_path: Path) -> None:
    raw = tmp_path / "sound.raw"
    make(raw, TONE, "-ac 4 -f s16le")
    made = make(tmp_path / "sound.caf", f"-f s16le -ch_layout 4C -ar 48000 -i {raw} -c:a pcm_s16le")
    check_sound(seen(result(made, is_film=False))["Audio"], 2)


def lying(tmp_path: Path, name: str) -> Path:
    """Files that are not what they say."""
    film = make(tmp_path / "whole.mp4", PICTURES, TONE, "-c:v mpeg4 -c:a aac")
    data = film.read_bytes()
    film.unlink()
    match name:
        case "zero.mov":
            data = b""
        case "half.mov":
            data = data[: len(data) // 2]
        case "no-index.mov":
            data = data.replace(b"moov", b"none")
        case "no-samples.mov":
            # The index is whole, and nothing is where it says.
            start = data.index(b"mdat") + 4
            data = data[:start] + bytes(data.index(b"moov") - 4 - start) + data[data.index(b"moov") - 4 :]
        case "ten-minutes.mov":
            # ISO/IEC 14496-12, 8.2.2: the length of the whole, in thousandths of a second here.
            at = data.index(b"mvhd") + 20
            data = data[:at] + (600_000).to_bytes(4) + data[at + 4 :]
        case "picture.mov":
            make(tmp_path / "picture.png", "-f lavfi -i color=red:size=96x64", "-frames:v 1")
            data = (tmp_path / "picture.png").read_bytes()
            (tmp_path / "picture.png").unlink()
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", ["zero.mov", "half.mov", "no-index.mov", "no-samples.mov", "picture.mov"])
def test_files_that_are_not_what_they_say_are_errors_and_leave_nothing(tmp_path: Path, name: str) -> None:
    source = lying(tmp_path, name)
    with pytest.raises(ConversionError) as caught:
        result(source)
    assert caught.value.cause in ("damaged", "cut-short")
    assert list(tmp_path.iterdir()) == [source]


def test_a_film_that_says_it_is_longer_is_as_long_as_its_pictures(tmp_path: Path) -> None:
    check_film(result(lying(tmp_path, "ten-minutes.mov")), (96, 64), 1)
