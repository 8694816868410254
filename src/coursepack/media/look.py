"""Reads the facts of a film or a sound with FFmpeg."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from coursepack.media.failures import ConversionError

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_FORMATS = "aac,aiff,amr,asf,avi,caf,flac,flv,matroska,mov,mp3,mpeg,mpegts,ogg,wav"
"""Demuxers that are allowed. Others, such as those for playlists, read other files too."""

_OPENED = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}

_HDR = (16, 18)
"""Transfer characteristics of high dynamic range: PQ and HLG (ITU-T H.273, table 3)."""

Turn = tuple[int, int, int, int]
"""How pictures are turned or mirrored: the signs a, b, c, d of x' = ax + cy and y' = bx + dy."""
_UPRIGHT: Turn = (1, 0, 0, 1)


class VideoFacts(NamedTuple):
    """Pictures: `size` is as shown, turned and with square pixels; `rate` in frames, `bits` in bits a second."""

    codec: str
    profile: str
    pixels: str
    size: tuple[int, int]
    turn: Turn
    is_hdr: bool
    rate: float | None
    bits: int | None


class AudioFacts(NamedTuple):
    """Sound: `rate` in samples, `bits` in bits a second."""

    codec: str
    profile: str
    channels: int
    rate: int
    bits: int | None


class Look(NamedTuple):
    """The facts of a file. `seconds` is its stated duration, if there is one."""

    container: str
    seconds: float | None
    video: VideoFacts | None
    audio: AudioFacts | None


def opened(path: str) -> InputContainer:
    """The file, to be read. Raises av.FFmpegError."""
    import av

    # Without `file:`, FFmpeg takes a name with a colon for a URL.
    # Tags can be in any encoding. PyAV 19 reads them as they are and has no such option.
    lenient: dict[str, Any] = (
        {"metadata_errors": "surrogateescape"} if int(av.__version__.split(".")[0]) < 19 else {}
    )
    container: InputContainer = av.open(f"file:{path}", options=_OPENED, **lenient)
    return container


def video_of(container: InputContainer) -> VideoStream | None:
    """The pictures of a film. A cover picture is none."""
    from av.stream import Disposition

    films = (each for each in container.streams.video if Disposition.attached_pic not in each.disposition)
    return next(films, None)


def audio_of(container: InputContainer) -> AudioStream | None:
    """The first sound."""
    return next(iter(container.streams.audio), None)


def look(path: str) -> Look:
    """The facts of a file, whose first frame is decoded. Raises ConversionError and av.FFmpegError."""
    with opened(path) as container:
        video, audio = video_of(container), audio_of(container)
        seconds = container.duration / 1_000_000 if container.duration and container.duration > 0 else None
        return Look(
            container.format.name,
            seconds,
            _video(container, video) if video else None,
            _audio(audio) if audio else None,
        )


def _video(container: InputContainer, stream: VideoStream) -> VideoFacts:
    if stream.codec_context is None:
        raise ConversionError("codec")
    frame = next(container.decode(stream), None)
    if frame is None:
        raise ConversionError("damaged")
    turn = turn_of(frame)
    # PyAV 19 has a type of its own for ratios, which can have no denominator.
    ratio = stream.sample_aspect_ratio
    aspect = Fraction(ratio.numerator, ratio.denominator) if ratio and ratio.denominator else None
    return VideoFacts(
        stream.codec_context.name,
        stream.profile or "",
        frame.format.name,
        shown_size(frame, aspect, turn),
        turn,
        is_hdr(frame),
        float(stream.average_rate) if stream.average_rate else None,
        # Matroska only tells that of the whole file, which is a little more.
        stream.bit_rate or container.bit_rate or None,
    )


def _audio(stream: AudioStream) -> AudioFacts:
    if stream.codec_context is None:
        raise ConversionError("codec")
    return AudioFacts(
        stream.codec_context.name,
        stream.profile or "",
        stream.codec_context.channels,
        stream.codec_context.sample_rate,
        stream.bit_rate,
    )


def is_hdr(frame: VideoFrame) -> bool:
    """True for pictures of high dynamic range."""
    return frame.color_trc in _HDR


def turn_of(frame: VideoFrame) -> Turn:
    """The rotation of a frame in quarter turns, and its mirroring (ISO/IEC 14496-12, 8.3.2). Others are ignored."""
    data: Any = frame.side_data.get("DISPLAYMATRIX")
    if data is None or data.buffer_size < 36:
        return _UPRIGHT
    matrix = struct.unpack("=9i", bytes(data)[:36])
    a, b, c, d = ((value > 0) - (value < 0) for value in (matrix[0], matrix[1], matrix[3], matrix[4]))
    is_quarter = (a == d == 0 and b and c) or (b == c == 0 and a and d)
    return (a, b, c, d) if is_quarter else _UPRIGHT


def shown_size(frame: VideoFrame, aspect: Fraction | None, turn: Turn) -> tuple[int, int]:
    """Width and height as shown, with square pixels and after rotation."""
    width, height = frame.width, frame.height
    # A damaged header can have any value.
    if aspect and Fraction(1, 4) <= aspect <= 4:
        width = max(1, math.floor(width * aspect + Fraction(1, 2)))
    return (height, width) if turn[0] == 0 else (width, height)
