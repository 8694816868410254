"""The films and reportages of the example course: what is said, what is read, and what follows when a voice is recorded."""

from __future__ import annotations

import importlib
import json
import math
import re
import shutil
import sys
import wave
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
STUDIO = ROOT / "course_source/studio"
MEDIA = ROOT / "course_source/media"
FILMS = ("det-som-inte-syns", "fyra-dorrar", "samtalet")
REPORTAGES = ("hon-fragade-en-gang-till", "passet-lag-i-chefens-lada")
LINES = json.loads((STUDIO / "lines.json").read_text("utf-8"))

productions = pytest.mark.parametrize("film", FILMS + REPORTAGES)


class Cue(NamedTuple):
    start: float
    end: float
    text: str


def cues(path: Path) -> list[Cue]:
    blocks = path.read_text("utf-8").split("\n\n")[1:]
    return [
        Cue(*map(seconds, times.split(" --> ")), text.strip())
        for times, text in (block.split("\n", 1) for block in blocks)
    ]


def seconds(clock: str) -> float:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def lines(film: str) -> list[dict]:
    return [row for row in LINES if row["film"] == film]


def said(film: str) -> str:
    return " ".join(row["text"].replace(" | ", " ") for row in lines(film))


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The module voice and what it imports, from a copy of the studio."""
    shutil.copytree(STUDIO, tmp_path / "course_source/studio", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "course_source/media").mkdir()
    monkeypatch.syspath_prepend(tmp_path / "course_source/studio")
    before = set(sys.modules)
    yield importlib.import_module("voice")
    for name in set(sys.modules) - before:
        del sys.modules[name]


@productions
def test_captions_say_what_is_said(film: str) -> None:
    told = [cue.text for cue in cues(MEDIA / f"{film}.vtt") if not cue.text.startswith("(")]
    assert " ".join(re.sub(r"^[A-ZÅÄÖ]+( \d)?: ", "", text).replace("\n", " ") for text in told) == said(film)


@productions
def test_the_text_version_says_what_is_said(film: str) -> None:
    told = [re.fullmatch(r"<v ([^>]+)>(.*)", cue.text) for cue in cues(MEDIA / f"{film}.transcript.vtt")]
    assert " ".join(each[2] for each in told if each and each[1] not in {"Bild", "Ljud"}) == said(film)
    assert None not in told


@productions
def test_what_one_person_says_is_one_paragraph(film: str) -> None:
    speakers = [cue.text.split(">")[0] for cue in cues(MEDIA / f"{film}.transcript.vtt")]
    assert all(a != b for a, b in pairwise(speakers))


@productions
def test_text_version_and_captions_tell_of_the_same_sounds(film: str) -> None:
    heard = [cue.text.replace("\n", " ")[1:-1] for cue in cues(MEDIA / f"{film}.vtt") if cue.text[0] == "("]
    told = [cue.text for cue in cues(MEDIA / f"{film}.transcript.vtt") if cue.text.startswith("<v Ljud>")]
    assert " ".join(text.removeprefix("<v Ljud>") for text in told) == " ".join(heard)
    assert heard


@pytest.mark.parametrize(
    ("film", "numbers"),
    [
        ("det-som-inte-syns", ["112", "020-39 00 00"]),
        ("fyra-dorrar", ["020-39 00 00", "112"]),
        ("samtalet", ["020-39 00 00", "112"]),
        ("hon-fragade-en-gang-till", ["116 111"]),
        ("passet-lag-i-chefens-lada", ["020-39 00 00", "112"]),
    ],
)
def test_telephone_numbers_are_digits(film: str, numbers: list[str]) -> None:
    texts = [said(film), *((MEDIA / f"{film}{kind}.vtt").read_text("utf-8") for kind in ("", ".transcript"))]
    for text in texts:
        # The times of a WebVTT file have digits too.
        found = re.findall(r"(?<![\d:.])(?:\d{3}-\d\d \d\d \d\d|\d{3} \d{3}|\d{3})(?![\d:.]\d| -->)", text)
        assert found == numbers
        assert not re.search(r"\b(noll|ett,? ett)\b", text, re.IGNORECASE)


@productions
def test_captions_are_in_step_with_the_lines(film: str) -> None:
    """Each line has a caption from where it begins, and none stays for more than a moment after the next has begun."""
    told = cues(MEDIA / f"{film}.vtt")
    for row in lines(film):
        (first,) = (cue for cue in told if abs(cue.start - row["start"]) < 0.005)
        assert not first.text.startswith("(")
    assert all(a.end <= b.start for a, b in pairwise(told))
    assert all(1 <= cue.end - cue.start <= 7 for cue in told)
    assert max(len(line) for cue in told for line in cue.text.split("\n")) <= 37


@productions
def test_captions_and_text_version_are_those_of_the_lines(film: str, studio: ModuleType) -> None:
    studio.captions.write(film)
    for kind in ("", ".transcript"):
        name = f"{film}{kind}.vtt"
        assert (MEDIA / name).read_text("utf-8") == (studio.captions.MEDIA / name).read_text("utf-8")


@productions
def test_sounds_are_told_of_while_nobody_speaks(film: str) -> None:
    for cue in cues(MEDIA / f"{film}.vtt"):
        if cue.text.startswith("("):
            assert not [
                row for row in lines(film) if row["start"] <= cue.start < row["start"] + row["seconds"]
            ]


@productions
def test_lines_follow_one_another(film: str) -> None:
    clock = 0.0
    for row in lines(film):
        assert row["start"] == pytest.approx(clock + row["pause"], abs=0.006)
        assert row["marks"] == sorted(row["marks"])
        assert len(row["marks"]) == row["text"].count(" | ") + 1
        clock = row["start"] + row["seconds"]


@pytest.mark.parametrize("film", ["det-som-inte-syns", *FILMS, *REPORTAGES])
def test_a_production_is_one_to_four_minutes(film: str, studio: ModuleType) -> None:
    assert 60 <= studio.timeline(film).length <= 240


def test_a_recorded_line_replaces_a_spoken_one_by_its_name(studio: ModuleType) -> None:
    row = lines("fyra-dorrar")[5]
    assert studio.recording(row) is None
    recorded = studio.RECORDED / "fyra-dorrar/06-rost-1.flac"
    recorded.parent.mkdir(parents=True)
    recorded.touch()
    assert studio.recording(row) == recorded


def test_times_and_captions_follow_the_length_of_a_line(studio: ModuleType) -> None:
    film = "hon-fragade-en-gang-till"
    before, other = studio.timeline(film), studio.timeline("samtalet")
    measured = {line.no: (line.seconds, list(line.marks)) for line in before.lines}
    measured[3] = (measured[3][0] + 2, [0.0, 5.0])
    studio.retime(film, measured)
    studio.captions.write(film)

    after = studio.timeline(film)
    moved = [round(b.start - a.start, 2) for a, b in zip(before.lines, after.lines, strict=True)]
    assert moved == [0] * 3 + [2] * (len(moved) - 3)
    assert [round(b.start - a.start, 2) for a, b in zip(before.shots, after.shots, strict=True)] == [0] + [
        2
    ] * 6
    told = cues(studio.captions.MEDIA / f"{film}.vtt")
    assert after.line(4).start in [cue.start for cue in told]
    assert studio.timeline("samtalet") == other


def test_phrases_begin_after_the_pauses_that_are_heard(studio: ModuleType, tmp_path: Path) -> None:
    tone = [round(9000 * math.sin(at / 20)) for at in range(48000)]
    silence = [0] * 24000
    # A breath within the second phrase, shorter than the pause before it.
    sound = [*tone, *silence, *tone[:24000], *silence[:8000], *tone[:24000], *[0] * round(0.12 * 48000)]
    with wave.open(str(tmp_path / "line.wav"), "wb") as target:
        target.setparams((1, 2, 48000, 0, "NONE", ""))
        target.writeframes(array("h", sound).tobytes())
    length, marks = studio.measure(tmp_path / "line.wav", "Hon sa det. | Och han, han hörde.")
    assert length == pytest.approx(2.67, abs=0.01)
    assert marks == pytest.approx([0, 1.5], abs=0.02)


def test_numbers_are_spelled_for_the_voice(studio: ModuleType) -> None:
    assert studio.spelled("020-39 00 00") == "noll tjugo, | trettinio, | noll noll, | noll noll"
    assert not [row for row in LINES if re.search(r"\d", studio.spelled(row["text"]))]
