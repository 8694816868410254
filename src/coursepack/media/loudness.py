"""The loudness of sound, and how to bring it to the level that all films and sounds of a course share."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from coursepack.media.filters import Filters, SteadySound, sound_filters
from coursepack.media.look import audio_of, opened

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.packet import Packet

TARGET = -16.0
"""LUFS, as for podcasts: speech that is heard in a noisy room, from the speakers of a telephone."""
NEAR = 1.0
"""LU from the target within which a track is not encoded again."""
HIGHEST_PEAK = -1.0
"""dBTP. A converter of digital sound distorts peaks near full scale, though no sample exceeds it."""

_SILENCE = -50.0
"""LUFS below which there is only the noise of a room, which is not made louder."""
_MOST_GAIN = 20.0
"""dB; more would bring the noise of a recording up to where others speak."""
_SHORT = 3.0
"""Seconds; EBU R 128 needs as many for a short-term loudness. A click or a bell is not made louder."""
_MOST_LIMITED = 8.0
"""dB by which peaks are lowered. What needs more stays quieter, since a limiter would be heard at work."""
_WIDE_RANGE = 15.0
"""LU; what has more is music or a play, whose peaks belong to it."""
_RANGE_SECONDS = 60.0
"""Seconds of sound that have a loudness range (EBU Tech 3342)."""
_ENCODER_PEAKS = ((64_000, 1.0), (0, 2.0))
"""dB by which the encoder of AAC usually raises peaks, from so many bits a second and channel: measured with speech."""
_OVERSAMPLED = 192_000
"""Samples a second, among which the limiter sees the peaks between samples (ITU-R BS.1770-5, annex 2)."""


class Loudness(NamedTuple):
    """Integrated loudness in LUFS, loudness range in LU, and true peak in dBTP (EBU R 128), of so many seconds.

    Silence has a loudness of -70, the least that is measured.
    """

    integrated: float
    range: float
    peak: float
    seconds: float


class Level(NamedTuple):
    """How a track is brought to its level: a gain in dB, and the dBTP to which its peaks are limited, if they are."""

    gain: float
    limit: float | None

    def filters(self, rate: int) -> list[tuple[str, str]]:
        """The filters that do so, for sound with so many samples a second."""
        found = [("volume", f"volume={self.gain:.2f}dB:precision=float")] if self.gain else []
        if self.limit is not None:
            limit = f"limit={10 ** (self.limit / 20):.4f}:level=false:latency=true"
            found += [
                ("aresample", str(_OVERSAMPLED)),
                ("alimiter", limit),
                ("aformat", f"sample_fmts=fltp:sample_rates={rate}"),
            ]
        return found


def usual_rise(rate: int) -> float:
    """The dB by which the encoder usually raises peaks at a rate of bits a second and channel."""
    return next(raised for least, raised in _ENCODER_PEAKS if rate >= least)


def level_of(found: Loudness, rise: float) -> Level:
    """How a track is brought to the target, when the encoder raises its peaks by `rise` dB.

    Speech gets one gain from beginning to end, which leaves its dynamics as they are, and a limiter for the peaks that
    would then be too high. The filter `loudnorm` would change the gain all the time as soon as one peak is too high.
    """
    wanted = min(TARGET - found.integrated, _MOST_GAIN)
    if found.integrated < _SILENCE:
        wanted = 0.0
    elif found.seconds < _SHORT:
        wanted = min(wanted, 0.0)
    limit = HIGHEST_PEAK - rise
    is_wide = found.range > _WIDE_RANGE and found.seconds >= _RANGE_SECONDS
    most_limited = 0.0 if is_wide else _MOST_LIMITED
    # The gain that takes the peaks as high as they may be. What is too quiet does not become quieter.
    gain = min(wanted, max(limit + most_limited - found.peak, 0.0))
    return Level(gain, limit if found.peak + gain > limit else None)


def is_near(found: Loudness, level: Level) -> bool:
    """True when a track can stay as it is: encoding it again would cost more than the change gains."""
    return abs(level.gain) <= NEAR and found.peak <= 0


class Meter:
    """Measures the loudness of sound with one rate and layout.

    One channel is measured as it is heard: from both speakers, so that it is as loud as two equal ones.
    """

    def __init__(self) -> None:
        self._filters: Filters | None = None
        self._read: dict[str, str] = {}
        self._seconds = 0.0

    def hear(self, frame: AudioFrame) -> None:
        """Measures one more frame."""
        if self._filters is None:
            self._filters = sound_filters(frame, ("ebur128", "metadata=1:peak=true:dualmono=true"))
        self._seconds += frame.samples / frame.sample_rate
        for measured in self._filters.passed(frame):
            self._read = measured.metadata or self._read

    @property
    def loudness(self) -> Loudness | None:
        """What has been measured; None without any sound."""
        if not self._read:
            return None
        integrated, wide, peak = (
            float(self._read[f"lavfi.r128.{name}"]) for name in ("I", "LRA", "true_peak")
        )
        return Loudness(max(integrated, -70.0), wide, 20 * math.log10(max(peak, 1e-6)), self._seconds)


def measured(
    path: str, rate: int, channels: int, on_packet: Callable[[Packet[Any]], object]
) -> Loudness | None:
    """The loudness of the sound of a file with that rate and channels, or None if none can be decoded.

    Calls `on_packet` with each packet that has been read. Raises av.FFmpegError.
    """
    import av

    meter = Meter()
    with opened(path) as container:
        stream = audio_of(container)
        assert stream is not None
        sound = SteadySound(stream, rate, channels, Fraction(container.start_time or 0, 1_000_000))
        for packet in container.demux([stream]):
            # A damaged packet costs its frames.
            try:
                for frame in sound.frames(packet):
                    meter.hear(frame)
            except av.error.InvalidDataError:
                pass
            on_packet(packet)
        for frame in sound.rest():
            meter.hear(frame)
    return meter.loudness
