"""Makes the whole sound of a production: voices, rooms, steps, rain and theme.

    python course_source/studio/voice.py fyra-dorrar
    python course_source/studio/soundtrack.py fyra-dorrar OUT.wav

Needs numpy and ffmpeg. The same lines give the same sound.
"""

import subprocess
import sys
import tempfile
import wave
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scores
import sounds
from numpy import ndarray
from sounds import RATE
from timeline import Line, Timeline, timeline
from voice import MADE, ROOM_AFTER

LOUDNESS = -16  # LUFS as it is heard, from two loudspeakers
HIGHEST_PEAK = 0.6  # -4.4 dB: AAC adds up to 2 dB
LEAST_ABOVE = 15  # dB: a voice above all else
BEFORE_SPEECH = 0.3
# How much the levels of scores.py are lifted, so that steps and rooms carry on a telephone's loudspeaker too.
SOUNDS_LIFT, BEDS_LIFT = 5, 3

# How a sound is changed by where it is: length of the tail, how loud it is, its highest tones; and the door before it.
ROOMS: dict[str, tuple[float, float, float, float]] = {
    "near": (0.25, 0.10, 2600, 0),
    "room": (0.45, 0.22, 1800, 0),
    "corridor": (1.0, 0.35, 2600, 0),
    "far": (1.3, 0.6, 1800, 1400),
    "behind": (1.0, 0.35, 2600, 420),
    "outdoors": (0.6, 0.08, 3000, 0),
}


class Mix:
    """The sounds of a production, each at its time. Levels are dBFS before the final gain: of the peak, for a bed of the root
    mean square. The voices are then at -16 LUFS."""

    def __init__(self, now: Timeline) -> None:
        self.now = now
        self.count = int(now.length * RATE)
        self.voices = np.zeros(self.count, np.float32)
        self.sounds = np.zeros(self.count, np.float32)
        self.theme = np.zeros(self.count, np.float32)

    def chance(self, *what: object) -> np.random.Generator:
        return np.random.default_rng(zlib.crc32(" ".join(map(str, (self.now.film, *what))).encode()))

    def put(self, at: float, make: Callable, level: float, room: str = "room", **how: object) -> None:
        rng = self.chance(make.__name__, round(at, 2))
        dry = make(rng, **how)
        tail, wet, high, door = ROOMS[room]
        wetted = sounds.echo(dry, rng, tail, wet, high)
        if door:
            wetted = sounds.band(wetted, 0, door)
        self.add(
            self.sounds, at, wetted / np.abs(wetted).max() * np.abs(dry).max() * decibels(level + SOUNDS_LIFT)
        )

    def walk(self, times: list[float], level: float, room: str, make: Callable = sounds.step) -> None:
        for at in times:
            self.put(at, make, level, room)

    def passing(self, times: list[float], level: float, room: str, make: Callable = sounds.step) -> None:
        """Somebody comes, passes and goes: the steps in the middle are the loudest."""
        middle = (len(times) - 1) / 2
        for number, at in enumerate(times):
            self.put(at, make, level - 12 * (abs(number - middle) / (middle + 1)) ** 1.4, room)

    def bed(
        self,
        make: Callable,
        level: float,
        start: float = 0,
        end: float = 1e9,
        fades: tuple[float, float] = (0.5, 0.5),
        high: float = 0,
        curve: tuple[tuple[float, float], ...] = (),
    ) -> None:
        """What is there from `start` to `end`; `curve` is how many dB louder or quieter it is at which times."""
        end = min(end, self.now.length)
        first, last = int(start * RATE), int(end * RATE)
        sound = make(self.chance(make.__name__, round(start, 2)))
        if high:
            sound = sounds.bed(sounds.band(sound, 0, high))
        at = np.arange(first, last)
        gain = np.clip((at / RATE - start) / fades[0], 0, 1) * np.clip((end - at / RATE) / fades[1], 0, 1)
        if curve:
            gain = gain * decibels(np.interp(at / RATE, *zip(*curve, strict=True)))
        self.sounds[first:last] += (sound[at % len(sound)] * gain * decibels(level + BEDS_LIFT)).astype(
            np.float32
        )

    def note(self, at: float, name: str, level: float = -22) -> None:
        """A note of the theme. It is gone before anybody speaks."""
        rng = self.chance(name, round(at, 2))
        sound = sounds.peak(sounds.echo(sounds.note(rng, name), rng, 1.6, 0.3, 2400))
        until = min((line.start for line in self.now.lines if line.start > at), default=self.now.length)
        left = until - BEFORE_SPEECH - (at + np.arange(len(sound)) / RATE)
        sound *= np.clip(left / 0.4, 0, 1)
        self.add(self.theme, at, sound * decibels(level))

    def say(self, line: Line) -> None:
        with wave.open(str(MADE / self.now.film / f"{line.no:02d}-{line.role}.wav")) as opened:
            samples = np.frombuffer(opened.readframes(opened.getnframes()), "<i2") / 32768
        if abs(len(samples) / RATE - ROOM_AFTER - line.seconds) > 0.02:
            sys.exit(f"line {line.no} has another length than lines.json says: run voice.py {self.now.film}")
        self.add(self.voices, line.start, samples)

    def add(self, track: ndarray, at: float, sound: ndarray) -> None:
        first = round(at * RATE)
        room = track[first : first + len(sound)]
        room += sound[: len(room)].astype(np.float32)

    def whole(self) -> ndarray:
        at = np.arange(self.count) / RATE
        ends = np.clip(np.minimum(at / 0.4, (self.now.length - at) / 0.5), 0, 1)
        return ((self.sounds + self.theme) * ends + self.voices).astype("<f4")

    def above(self) -> list[tuple[float, Line]]:
        """How many dB each line is above all else that is heard at the same time."""
        told = []
        for line in self.now.lines:
            span = slice(int(line.start * RATE), int(line.end * RATE))
            told.append((level(self.voices[span]) - level(self.sounds[span] + self.theme[span]), line))
        return told


def decibels(level: float) -> float:
    return 10 ** (level / 20)


def level(sound: ndarray) -> float:
    return 10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-12)


def mixed(film: str) -> Mix:
    mix = Mix(timeline(film))
    for line in mix.now.lines:
        mix.say(line)
    scores.SCORES[film](mix, mix.now)
    quietest, line = min(mix.above(), key=lambda each: each[0])
    if quietest < LEAST_ABOVE:
        sys.exit(f"line {line.no} is only {quietest:.1f} dB above the other sounds")
    return mix


def soundtrack(film: str, target: Path) -> None:
    """Writes the sound as WAV: 48 kHz, one channel, LOUDNESS, with peaks that leave room for AAC."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "mix.f32")
        raw.write_bytes(mixed(film).whole().tobytes())
        source = ("-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", str(raw))
        gain = 0.0
        # The limiter takes some of the loudness back, less each time.
        for _ in range(4):
            gain += LOUDNESS - loudness(source, limited(gain))
        exact = ("-fflags", "+bitexact", "-flags:a", "+bitexact")
        ffmpeg(*source, "-af", limited(gain), "-c:a", "pcm_s16le", *exact, "-y", str(target))


def limited(gain: float) -> str:
    # At four times the rate, so that peaks between the samples are seen.
    limiter = f"alimiter=limit={HIGHEST_PEAK}:attack=3:release=60:level=0"
    return f"volume={gain:.2f}dB,aresample={4 * RATE},{limiter},aresample={RATE}"


def loudness(source: tuple[str, ...], filters: str) -> float:
    told = ffmpeg(*source, "-af", f"{filters},ebur128=dualmono=true", "-f", "null", "-")
    return float(told[told.rindex("I:") :].split()[1])


def ffmpeg(*options: str) -> str:
    done = subprocess.run(("ffmpeg", "-nostats", "-hide_banner", *options), capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr.strip()[-2000:])
    return done.stderr


if __name__ == "__main__":
    soundtrack(sys.argv[1], Path(sys.argv[2]))
