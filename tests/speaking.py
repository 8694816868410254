"""Sound that resembles speech: syllables of a voice in phrases, with pauses between them."""

from __future__ import annotations

import array
import math
import random
import wave
from collections.abc import Iterable
from pathlib import Path

RATE = 16_000

Phrases = Iterable[tuple[float, float]]
"""When each phrase begins and ends, in seconds."""


def speak(path: Path, phrases: Phrases, seconds: float, level: float = -20.0, noise: float = -75.0) -> Path:
    """Writes a WAV file of one channel. `level` and `noise` are the root mean square of a syllable and of the room, in dB.

    A syllable is a row of pulses from the vocal cords, each of which makes two resonances of the throat ring. As in a
    real voice, its peaks are some 15 dB above its mean.
    """
    rng = random.Random(str(path.name))
    samples = [0.0] * round(seconds * RATE)
    for start, end in phrases:
        at = start
        while at < end - 0.05:
            length = min(rng.uniform(0.14, 0.24), end - at)
            _syllable(samples, at, length, rng)
            at += length + rng.choice((0.03, 0.05, 0.09))
    voiced = [each for each in samples if abs(each) > 1e-4]
    mean = math.sqrt(sum(each * each for each in voiced) / len(voiced)) if voiced else 1.0
    gain, room = 10 ** (level / 20) / mean, 10 ** (noise / 20)
    data = array.array(
        "h", (round(32767 * max(-1.0, min(1.0, each * gain + rng.gauss(0, room)))) for each in samples)
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(data.tobytes())
    return path


def _syllable(samples: list[float], start: float, length: float, rng: random.Random) -> None:
    formants = ((rng.uniform(350, 800), 90.0, 1.0), (rng.uniform(1000, 2200), 120.0, 0.5))
    pitch = rng.uniform(100, 140)
    at = start
    while at < start + length:
        loud = math.sin(math.pi * (at - start) / length) * rng.uniform(0.7, 1.3)
        first = round(at * RATE)
        for n in range(min(200, len(samples) - first)):
            t = n / RATE
            samples[first + n] += loud * sum(
                weight * math.exp(-math.pi * width * t) * math.sin(2 * math.pi * tone * t)
                for tone, width, weight in formants
            )
        at += 1 / (pitch * rng.uniform(0.98, 1.02))


def phrases(count: int, seed: int = 1, start: float = 0.5) -> list[tuple[float, float]]:
    """So many phrases as people speak them: of one to three seconds, with pauses of unequal length."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        end = start + rng.uniform(1.0, 3.0)
        found.append((round(start, 2), round(end, 2)))
        start = end + rng.uniform(0.5, 1.6)
    return found
