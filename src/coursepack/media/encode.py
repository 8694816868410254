"""Encodes a film as H.264 and AAC in MP4, and a sound as AAC in M4A, within a rung.

Tracks that are within the rung and play everywhere are copied, and sound only if it also has about the level of the
course. Of the metadata, only author and copyright are kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from coursepack.course.rungs import TOLERANCE, Rung
from coursepack.media.failures import ConversionError
from coursepack.media.filters import Filters, SteadySound, layout_of, sound_filters
from coursepack.media.look import AudioFacts, Look, Turn, VideoFacts, audio_of, look, opened, video_of
from coursepack.media.loudness import HIGHEST_PEAK, Level, is_near, level_of, measured, usual_rise
from coursepack.media.x264 import THREADS, preset

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_KEY_FRAME_SECONDS = 2
_MOST_FRAMES = 60
"""Frames a second. Slow motion has more, which older devices cannot decode."""
CLOCK = Fraction(1, 90_000)
_SAMPLE_RATES = (48_000, 44_100, 32_000, 24_000, 22_050, 16_000)
_LEAST_RATE = 48_000
"""Bits a second, with fewer of which this encoder makes speech hard to follow."""
_FRAME_SIZE = 1024
"""Samples of a frame of AAC."""

SKIPS = Fraction(3, 4) / _MOST_FRAMES
"""A frame that comes sooner after another, in seconds, is left out."""

_MOST_RISE = 4.0
"""dB by which the encoder raises peaks at most. What stays further below the highest one needs no trial."""
_TRIES = 6
_SPARE = 0.1
"""dB by which the next trial aims lower than it must, since programs measure true peaks a little differently."""

_CREDITS = ("artist", "album_artist", "author", "copyright")
_COPIED_FROM = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm")
"""Containers whose packets can be copied to MP4."""
_PROFILES = ("Baseline", "Constrained Baseline", "Main", "High")
_MISSING_SHARE, _MISSING_SECONDS = 0.05, 2.0
"""How much shorter than its stated duration a film can be before it counts as cut short."""

OnRead = Callable[[int], object]
"""Callback: the number of bytes of the source that have been read."""


class Pass(NamedTuple):
    """The first or second pass over the pictures of a film, whose rate in bits a second is given.

    What the first learns of the pictures is written to the path `log`, and to others that begin with it.
    """

    number: int
    rate: int
    log: str


def convert(
    source: str, target: str, rung: Rung | None, is_film: bool, on_read: OnRead, passed: Pass | None = None
) -> int:
    """Converts a file; without a rung, its tracks are copied.

    With a pass, pictures are always encoded, and have the quality that its rate allows. Returns the bytes of encoded
    pictures. Raises ConversionError, OSError and av.FFmpegError.
    """
    found = look(source)
    read = _Read(on_read, passes=2 if found.audio and rung else 1)
    plan = _plan_of(source, f"{target}.sound", found.audio, rung, read) if found.audio and rung else None
    write = partial(_written, source, target, found, rung, is_film, plan, passed, read)
    tracks, end = write()
    is_larger = any(track.bytes > track.read for track in tracks if isinstance(track, _Pictures))
    if is_larger and not passed and found.video and _plays_everywhere(found.video):
        # What is well encoded grows even in a smaller size.
        tracks, end = write(copies=True)
    expected = found.seconds or 0.0
    if end < expected - max(_MISSING_SECONDS, _MISSING_SHARE * expected):
        raise ConversionError("cut-short")
    return sum(track.bytes for track in tracks if isinstance(track, _Pictures))


def _written(
    source: str,
    target: str,
    found: Look,
    rung: Rung | None,
    is_film: bool,
    plan: _Plan | None,
    passed: Pass | None,
    read: _Read,
    copies: bool = False,
) -> tuple[list[_Copy | _Pictures | _Sound], float]:
    """Writes the new file, with the pictures as they are if it `copies` them.

    Returns its tracks, and after how many seconds the longest ends.
    """
    import av

    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    form = "mp4" if is_film else "ipod"
    with opened(source) as container, av.open(f"file:{target}", "w", format=form, options=options) as output:
        output.metadata.update(
            # A tag in another encoding has surrogates, which cannot be written.
            {
                name: text.encode(errors="replace").decode()
                for name, text in container.metadata.items()
                if name in _CREDITS
            }
        )
        tracks = list(_tracks(container, output, found, rung, is_film, plan, passed, copies))
        return tracks, _run(container, output, tracks, read)


def _tracks(
    container: InputContainer,
    output: OutputContainer,
    found: Look,
    rung: Rung | None,
    is_film: bool,
    plan: _Plan | None,
    passed: Pass | None,
    copies: bool,
) -> Iterator[_Copy | _Pictures | _Sound]:
    """The tracks of the new file, the pictures first."""
    video, audio = video_of(container), audio_of(container)
    start = Fraction(container.start_time or 0, 1_000_000)
    may_copy = found.container in _COPIED_FROM and start == 0
    if is_film:
        if video is None or found.video is None:
            raise ConversionError("no-pictures")
        if rung is None or (passed is None and may_copy and (copies or _is_within(found.video, rung))):
            yield _Copy(video, output)
        else:
            yield _Pictures(video, output, found.video, rung, start, passed)
    if audio is None or found.audio is None:
        if not is_film:
            raise ConversionError("no-sound")
    elif plan is None or (may_copy and plan.is_near):
        yield _Copy(audio, output)
    else:
        yield _Sound(audio, output, plan, start)


def _is_within(video: VideoFacts, rung: Rung) -> bool:
    """True when every browser plays the pictures, and they are within the rung."""
    return _plays_everywhere(video) and video.bits is not None and rung.holds(video.size, video.bits)


def _plays_everywhere(video: VideoFacts) -> bool:
    return (
        video.codec == "h264"
        and video.profile in _PROFILES
        and video.pixels in ("yuv420p", "yuvj420p")
        and not video.is_hdr
        and (video.rate or 0) <= _MOST_FRAMES * TOLERANCE
    )


def _is_sound_within(audio: AudioFacts, rung: Rung) -> bool:
    is_played = audio.codec == "aac" and audio.profile == "LC" and audio.channels <= 2
    return is_played and audio.bits is not None and rung.holds(None, audio.bits)


def _run(
    container: InputContainer,
    output: OutputContainer,
    tracks: Sequence[_Copy | _Pictures | _Sound],
    read: Callable[[Packet[Any]], object],
) -> float:
    """Reads the source to its end, and returns after how many seconds the longest track ends."""
    import av

    of_stream = {track.source.index: track for track in tracks}
    for packet in container.demux([track.source for track in tracks]):
        track = of_stream[packet.stream.index]
        # Damage in the middle of a file costs some pictures. What it costs in all is seen at the end.
        try:
            made = list(track.made(packet))
        except av.error.InvalidDataError:
            made = []
        output.mux(made)
        read(packet)
    for track in tracks:
        output.mux(list(track.flushed()))
    return max(track.end for track in tracks)


class _Read:
    """Counts the bytes that have been read, those of the sound in `passes`."""

    def __init__(self, on_read: OnRead, passes: int) -> None:
        self._on_read, self._passes = on_read, passes
        self._done = 0.0

    def __call__(self, packet: Packet[Any]) -> None:
        self._done += packet.size / (self._passes if packet.stream.type == "audio" else 1)
        self._on_read(int(self._done))

    def again(self, _packet: Packet[Any]) -> None:
        """Tells of work on what has been read before."""
        self._on_read(int(self._done))


class _Copy:
    """A track whose packets are copied."""

    def __init__(self, source: VideoStream | AudioStream, output: OutputContainer) -> None:
        self.source: Stream = source
        self.end = 0.0
        self._target = output.add_stream_from_template(source)

    def made(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """The packet, as one of the new file."""
        # The last one of a stream is empty.
        if packet.dts is None or packet.pts is None:
            return
        self.end = max(self.end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        packet.stream = self._target
        yield packet

    def flushed(self) -> Iterator[Packet[Any]]:
        """Nothing is left."""
        return iter(())


class KeyFrames:
    """Says which frames are key frames: one every two seconds."""

    def __init__(self) -> None:
        self._next = Fraction(0)

    def has(self, at: Fraction) -> bool:
        """Whether the frame at a time in seconds is one."""
        if at < self._next:
            return False
        self._next = at + _KEY_FRAME_SECONDS
        return True


class _Pictures:
    """A track of pictures that are encoded anew, upright, with square pixels, 8 bits and limited range.

    `read` and `bytes` are the bytes of pictures before and after.
    """

    def __init__(
        self,
        source: VideoStream,
        output: OutputContainer,
        facts: VideoFacts,
        rung: Rung,
        start: Fraction,
        passed: Pass | None,
    ) -> None:
        self.source: Stream = source
        self.end = 0.0
        self.read = self.bytes = 0
        self._stream, self._facts, self._start = source, facts, start
        self._size = fitted(facts.size, rung)
        rate = min(Fraction(facts.rate or 25).limit_denominator(1001), Fraction(_MOST_FRAMES))
        self._target = add_pictures(output, self._size, rate, rung, passed)
        self._filters: Filters | None = None
        self._form: tuple[object, ...] = ()
        self._last: Fraction | None = None
        self._keys = KeyFrames()
        source.thread_type = "AUTO"
        source.codec_context.thread_count = THREADS

    def made(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """What has been encoded by now."""
        self.read += packet.size
        for frame in self._stream.decode(packet):
            for each in self._filtered(frame):
                yield from self._encoded(each)

    def flushed(self) -> Iterator[Packet[Any]]:
        """What the filters and the encoder still hold."""
        if self._filters is None:
            raise ConversionError("damaged")
        for frame in self._filters.passed(None):
            yield from self._encoded(frame)
        yield from self._counted(self._target.encode(None))

    def _filtered(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        form = (frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range)
        if self._filters is None or form != self._form:
            # A film may change its form on the way.
            if self._filters is not None:
                yield from self._filters.passed(None)
            self._filters, self._form = upright(frame, self._facts, self._size), form
        yield from self._filters.passed(frame)

    def _encoded(self, frame: VideoFrame) -> Iterator[Packet[Any]]:
        from av.video.frame import PictureType

        if frame.pts is None or frame.time_base is None:
            return
        at = frame.pts * frame.time_base - self._start
        if at < 0 or (self._last is not None and at < self._last + SKIPS):
            return
        self._last = at
        frame.pict_type = PictureType.I if self._keys.has(at) else PictureType.NONE
        frame.pts, frame.time_base = round(at / CLOCK), CLOCK
        self.end = float(at) + 1 / (self._facts.rate or 25)
        yield from self._counted(self._target.encode(frame))

    def _counted(self, packets: Iterable[Packet[Any]]) -> Iterator[Packet[Any]]:
        for packet in packets:
            self.bytes += packet.size
            yield packet


def add_pictures(
    output: OutputContainer, size: tuple[int, int], rate: Fraction, rung: Rung, passed: Pass | None = None
) -> VideoStream:
    """Adds a track for pictures of that size to a film, with so many frames a second on average."""
    target = output.add_stream("libx264", rate=rate)
    context = target.codec_context
    context.width, context.height = size
    context.pix_fmt = "yuv420p"
    context.time_base = target.time_base = CLOCK
    # With more, x264 gives other bytes each time as soon as the rate is limited.
    context.thread_count = 1
    # ITU-T H.273: BT.709 in limited range, which is what browsers take for granted.
    context.colorspace = context.color_primaries = context.color_trc = 1
    context.color_range = 1
    context.options = {
        **preset(size[0]),
        "crf": str(rung.crf),
        "maxrate": str(rung.video_rate),
        "bufsize": str(2 * rung.video_rate),
        "forced-idr": "1",
        # Key frames are placed by time, since frames need not come evenly.
        "g": "10000",
    }
    if passed:
        context.bit_rate = passed.rate
        context.options = {
            **{name: value for name, value in context.options.items() if name != "crf"},
            "flags": f"+pass{passed.number}",
            "passlogfile": passed.log,
        }
    return target


class _Sound:
    """A track of sound that is encoded anew, with one or two channels, and at another level."""

    def __init__(self, source: AudioStream, output: OutputContainer, plan: _Plan, start: Fraction) -> None:
        self.source: Stream = source
        self.end = 0.0
        self._sound = SteadySound(source, plan.rate, plan.channels, start)
        target = output.add_stream("aac", rate=plan.rate, layout=layout_of(plan.channels))
        target.codec_context.bit_rate = plan.bits * plan.channels
        self._target, self._plan = target, plan
        self._filters: Filters | None = None

    def made(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """What has been encoded by now."""
        for frame in self._sound.frames(packet):
            yield from self._encoded(frame)

    def flushed(self) -> Iterator[Packet[Any]]:
        """What the filters and the encoder still hold."""
        for frame in self._sound.rest():
            yield from self._encoded(frame)
        if self._filters is None:
            raise ConversionError("damaged")
        yield from self._encoded(None)
        yield from self._target.encode(None)

    def _encoded(self, given: AudioFrame | None) -> Iterator[Packet[Any]]:
        if self._filters is None:
            assert given is not None
            levelled = self._plan.level.filters(self._plan.rate)
            self._filters = sound_filters(given, *levelled, ("asetnsamples", f"n={_FRAME_SIZE}:p=0"))
        for frame in self._filters.passed(given):
            self.end = float((frame.pts or 0) * frame.time_base) + frame.samples / self._plan.rate
            yield from self._target.encode(frame)


class _Plan(NamedTuple):
    """How a sound is encoded: samples a second, channels, bits a second for each of them, and its level.

    `is_near`: it plays everywhere, and is within the rung and near the level already.
    """

    rate: int
    channels: int
    bits: int
    level: Level
    is_near: bool


def _plan_of(source: str, aside: str, audio: AudioFacts, rung: Rung, read: _Read) -> _Plan:
    """How the sound is encoded. `aside` is the path of a file that is written for a while."""
    channels = min(audio.channels, 2)
    rate = min(_SAMPLE_RATES, key=lambda rate: (rate < audio.rate, abs(rate - audio.rate)))
    bits = max(_LEAST_RATE, rung.audio_rate * channels // 2) // channels
    found = measured(source, rate, channels, read)
    rise = usual_rise(bits)
    level = level_of(found, rise) if found else Level(0.0, None)
    is_at_level = found is None or is_near(found, level)
    plan = _Plan(rate, channels, bits, level, is_at_level and _is_sound_within(audio, rung))
    if found is None or plan.is_near or found.peak + level.gain < HIGHEST_PEAK - _MOST_RISE:
        return plan
    # How much the encoder raises peaks is only known when it has.
    for number in range(_TRIES):
        above = _peak(source, aside, plan, read) - HIGHEST_PEAK
        if above <= 0:
            break
        above += _SPARE
        if number < _TRIES // 2:
            rise += above
            plan = plan._replace(level=level_of(found, rise))
        else:
            # No limiter helps.
            gain, limit = plan.level
            plan = plan._replace(level=Level(gain - above, None if limit is None else limit - above))
    return plan


def _peak(source: str, aside: str, plan: _Plan, read: _Read) -> float:
    """The true peak in dBTP of what the encoder makes of the sound."""
    import av

    try:
        with opened(source) as container, av.open(f"file:{aside}", "w", format="ipod") as output:
            audio = audio_of(container)
            assert audio is not None
            start = Fraction(container.start_time or 0, 1_000_000)
            _run(container, output, [_Sound(audio, output, plan, start)], read.again)
        found = measured(aside, plan.rate, plan.channels, read.again)
    finally:
        with suppress(OSError):
            os.unlink(aside)
    return found.peak if found else HIGHEST_PEAK


def upright(frame: VideoFrame, facts: VideoFacts, size: tuple[int, int]) -> Filters:
    """Filters for pictures like `frame`: upright in this size, with square pixels, 8 bits and limited range."""
    width, height = size
    if facts.turn[0] == 0:
        width, height = height, width
    scale = f"w={width}:h={height}:{_colours(frame, facts.is_hdr)}"
    source = (
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}"
        f":time_base={frame.time_base}:pixel_aspect=1/1"
    )
    return Filters(
        ("buffer", source),
        # Only frames that are marked as interlaced are changed.
        ("bwdif", "deint=interlaced"),
        ("scale", scale),
        ("format", "pix_fmts=yuv420p"),
        *_turned(facts.turn),
        ("setsar", "1"),
        ("buffersink", ""),
    )


def fitted(size: tuple[int, int], rung: Rung) -> tuple[int, int]:
    """The size within a rung, never larger, in even numbers: 4:2:0 has one colour for two by two pixels."""
    share = min(1.0, rung.longer / max(size), rung.shorter / min(size))
    width, height = (max(2, round(length * share / 2 - 0.01) * 2) for length in size)
    return width, height


def _turned(turn: Turn) -> list[tuple[str, str]]:
    a, b, c, d = turn
    if a == 0:
        way = {(1, -1): "clock", (-1, 1): "cclock", (1, 1): "cclock_flip", (-1, -1): "clock_flip"}[b, c]
        return [("transpose", f"dir={way}")]
    return [(name, "") for name, sign in (("hflip", a), ("vflip", d)) if sign < 0]


def _colours(frame: VideoFrame, is_hdr: bool) -> str:
    """Options of the filter scale: what the colours are, and that they become BT.709 in limited range."""
    # H.273: 2 is unspecified, which players take for BT.601 in small pictures and for BT.709 in others.
    matrix = {1: "bt709", 5: "smpte170m", 6: "smpte170m", 9: "bt2020"}.get(
        frame.colorspace, "bt709" if frame.height >= 720 else "smpte170m"
    )
    is_full = frame.color_range == 2 or frame.format.name.startswith("yuvj")
    # Without these flags, another matrix makes pictures darker.
    options = "flags=bicubic+accurate_rnd+full_chroma_int"
    options += f":in_range={'full' if is_full else 'limited'}:out_range=limited"
    if not frame.format.is_rgb:
        options += f":in_color_matrix={matrix}"
    options += ":out_color_matrix=bt709"
    if is_hdr:
        transfer = "smpte2084" if frame.color_trc == 16 else "arib-std-b67"
        options += (
            f":in_transfer={transfer}:out_transfer=bt709:in_primaries=bt2020:out_primaries=bt709"
            ":intent=relative_colorimetric"
        )
    return options
