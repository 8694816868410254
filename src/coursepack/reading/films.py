"""Reads the headers of films and sounds: length, size, and codecs that not all browsers play."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from coursepack.problems import Message
from coursepack.reading.boxes import Box, boxes, inside
from coursepack.reading.media_heads import MediaError, suffix

Played = Literal["some", "none"]


class Codec(NamedTuple):
    """A video or audio codec that `some` browsers play, or `none`."""

    name: str | Message
    played: Played


class MediaFacts(NamedTuple):
    """The known properties of a file: seconds, width and height, and codecs that not all browsers play.

    A file that `starts_slowly` must be loaded completely before it plays.
    """

    seconds: float | None = None
    size: tuple[int, int] | None = None
    codecs: tuple[Codec, ...] = ()
    starts_slowly: bool = False


def media_facts(path: Path) -> MediaFacts:
    """Checks that a film or sound has the format of its name, and reads its header. Raises MediaError, OSError."""
    kind = suffix(path.name)
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if kind in ("mp4", "m4a"):
            try:
                return _mp4(file, size)
            except struct.error:
                raise MediaError(
                    "not-media", "is an MP4 file that is cut short", "Copy or export it again."
                ) from None
        if kind == "mp3":
            # An ID3 tag, or the eleven set bits that begin an MPEG audio frame.
            if head[:3] != b"ID3" and not (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0):
                raise MediaError("not-media", "is not an MP3 file")
        elif not head.startswith(_SIGNATURES.get(kind, b"")):
            raise MediaError("not-media", Message("is not a {0} file", kind))
        read = {"mp3": _mp3, "wav": _wav, "webm": _webm}.get(kind, _ogg)
        try:
            return read(file, size)
        except (struct.error, IndexError, ZeroDivisionError, OverflowError):
            return MediaFacts()


_SIGNATURES = {"webm": b"\x1a\x45\xdf\xa3", "ogg": b"OggS", "opus": b"OggS", "wav": b"RIFF"}

# ISO/IEC 14496-12, 8.5.2: sample entries of the registration authority (mp4ra.org); browser support according to MDN,
# "Web video codec guide" and "Web audio codec guide".
_PLAYED_BY_ALL = (b"avc1", b"avc3", b"vp08", b"vp09", b"mp4a", b"Opus", b"fLaC", b".mp3", b"encv", b"enca")
_PLAYED_BY_SOME = {
    b"hvc1": "HEVC",
    b"hev1": "HEVC",
    b"dvh1": "Dolby Vision",
    b"dvhe": "Dolby Vision",
    b"av01": "AV1",
    b"ac-3": "Dolby Digital",
    b"ec-3": "Dolby Digital Plus",
    b"alac": "Apple Lossless",
}
_PLAYED_BY_NONE = {
    b"mp4v": "MPEG-4 Visual",
    b"s263": "H.263",
    b"jpeg": "Motion JPEG",
    b"mjpa": "Motion JPEG",
    b"mjpb": "Motion JPEG",
    b"apch": "ProRes",
    b"apcn": "ProRes",
    b"apcs": "ProRes",
    b"apco": "ProRes",
    b"ap4h": "ProRes",
    b"SVQ3": "Sorenson Video",
    b"samr": "AMR",
    b"sawb": "AMR",
    b"QDM2": "QDesign Music",
}
_HIGH_PROFILES = {110: "H.264 with 10 bits", 122: "H.264 with 4:2:2", 244: "H.264 with 4:4:4"}
"""Profiles of H.264 (ISO/IEC 14496-10, A.2) that only some browsers decode, by their profile_idc."""

_AAC_OR_MP3 = (0x40, 0x66, 0x67, 0x68, 0x69, 0x6B)
"""Object types of ISO/IEC 14496-1, table 5."""


def _mp4(file: BinaryIO, size: int) -> MediaFacts:
    top = boxes(file, 0, size)
    if not top or top[0].kind != b"ftyp":
        raise MediaError("not-media", "is not an MP4 file", "Export it again as MP4 (H.264 and AAC).")
    kinds = [box.kind for box in top]
    if b"moov" not in kinds or not {b"mdat", b"moof"} & set(kinds):
        raise MediaError("not-media", "is an MP4 file that is cut short", "Copy or export it again.")
    movie = top[kinds.index(b"moov")]
    tracks = [box for box in boxes(file, movie.body, movie.end) if box.kind == b"trak"]
    handlers = [(track, _handler(file, track)) for track in tracks]
    shown = next((track for track, handler in handlers if handler == b"vide"), None)
    codecs = [
        codec
        for track, handler in handlers
        if handler in (b"vide", b"soun")
        for codec in _codecs(file, track)
    ]
    return MediaFacts(
        _mp4_seconds(file, movie),
        _shown_size(file, shown) if shown else None,
        tuple(dict.fromkeys(codecs)),
        b"mdat" in kinds and kinds.index(b"moov") > kinds.index(b"mdat"),
    )


def _mp4_seconds(file: BinaryIO, movie: Box) -> float | None:
    head = inside(file, movie, b"mvhd")
    if head is None:
        return None
    file.seek(head.body)
    version = file.read(4)[:1]
    file.read(16 if version == b"\x01" else 8)
    layout = ">IQ" if version == b"\x01" else ">II"
    scale, length = struct.unpack(layout, file.read(struct.calcsize(layout)))
    # A fragmented film has no length here: 0, or all bits set (ISO/IEC 14496-12, 8.2.2).
    unknown = length in (0, (1 << 64) - 1 if version == b"\x01" else (1 << 32) - 1)
    return None if unknown or not scale else length / scale


def _handler(file: BinaryIO, track: Box) -> bytes:
    """The handler type of a track (8.4.3)."""
    box = inside(file, track, b"mdia", b"hdlr")
    if box is None:
        return b""
    file.seek(box.body + 8)
    return file.read(4)


def _shown_size(file: BinaryIO, track: Box) -> tuple[int, int] | None:
    """Displayed width and height (8.3.2): a telephone held upright only sets a rotation."""
    head = inside(file, track, b"tkhd")
    if head is None or head.end - head.body < 84:
        return None
    file.seek(head.end - 44)
    matrix = struct.unpack(">9l", file.read(36))
    width, height = (each >> 16 for each in struct.unpack(">2L", file.read(8)))
    if not width or not height:
        return None
    return (height, width) if matrix[0] == 0 and matrix[1] != 0 else (width, height)


def _codecs(file: BinaryIO, track: Box) -> Iterator[Codec]:
    """Codecs of a track that not all browsers play."""
    table = inside(file, track, b"mdia", b"minf", b"stbl", b"stsd")
    if table is None:
        return
    for entry in boxes(file, table.body + 8, table.end):
        file.seek(entry.body)
        body = file.read(min(entry.end - entry.body, 4096))
        kind = entry.kind
        if kind in (b"avc1", b"avc3") and (at := body.find(b"avcC")) >= 0:
            name = _HIGH_PROFILES.get(body[at + 5])
            if name:
                yield Codec(name, "some")
        elif kind == b"mp4a" and (object_type := _object_type(body)) not in (None, *_AAC_OR_MP3):
            yield Codec(Message("MPEG-4 audio {0}", f"0x{object_type:02X}"), "some")
        elif kind in _PLAYED_BY_SOME:
            yield Codec(_PLAYED_BY_SOME[kind], "some")
        elif kind not in _PLAYED_BY_ALL:
            yield Codec(_PLAYED_BY_NONE.get(kind, kind.decode("latin-1").strip()), "none")


def _object_type(body: bytes) -> int | None:
    """The real format of an audio track: the decoder configuration in `esds` (ISO/IEC 14496-1, 7.2.6.6)."""
    found = re.search(rb"esds.{4}\x03[\x80-\xff]*[\0-\x7f].{3}\x04[\x80-\xff]*[\0-\x7f](.)", body, re.DOTALL)
    return found[1][0] if found else None


# MPEG audio, ISO/IEC 11172-3, 2.4.2.3, and 13818-3: kilobits per second of layer III, samples per second.
_RATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
)
_SAMPLES = (44_100, 48_000, 32_000)


def _mp3(file: BinaryIO, size: int) -> MediaFacts:
    start = 0
    file.seek(0)
    head = file.read(10)
    if head[:3] == b"ID3":
        # ID3v2.4, 3.1: seven bits of each byte, without the header itself.
        start = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False)
        )
    file.seek(start)
    frame = file.read(1024)
    (bits,) = struct.unpack_from(">L", frame)
    version, layer, rate, sampling = bits >> 19 & 3, bits >> 17 & 3, bits >> 12 & 15, bits >> 10 & 3
    if bits >> 21 != 0x7FF or version == 1 or layer != 1 or sampling == 3:
        return MediaFacts()
    samples = _SAMPLES[sampling] / {3: 1, 2: 2, 0: 4}[version]
    for_a_frame = 1152 if version == 3 else 576
    # With a variable bit rate, the first frame has the number of frames.
    info = max(frame.find(b"Xing"), frame.find(b"Info"))
    if 0 < info < 64 and frame[info + 7] & 1:
        (frames,) = struct.unpack_from(">L", frame, info + 8)
        return MediaFacts(frames * for_a_frame / samples)
    if (at := frame.find(b"VBRI")) > 0:
        (frames,) = struct.unpack_from(">L", frame, at + 14)
        return MediaFacts(frames * for_a_frame / samples)
    kilobits = _RATES[0 if version == 3 else 1][rate]
    return MediaFacts((size - start) / (kilobits * 125))


def _wav(file: BinaryIO, size: int) -> MediaFacts:
    """RIFF WAVE: a chunk with the bytes per second, and one with the sound."""
    at, rate = 12, 0
    codecs: tuple[Codec, ...] = ()
    while at + 8 <= size:
        file.seek(at)
        kind, length = struct.unpack("<4sL", file.read(8))
        if kind == b"fmt ":
            form, _, _, rate = struct.unpack("<HHLL", file.read(12))
            # PCM, floating point, and an extensible header with one of them.
            codecs = () if form in (1, 3, 0xFFFE) else (Codec(f"WAV 0x{form:04X}", "some"),)
        elif kind == b"data":
            return MediaFacts(min(length, size - at - 8) / rate, None, codecs)
        at += 8 + length + length % 2
    return MediaFacts(None, None, codecs)


def _ogg(file: BinaryIO, size: int) -> MediaFacts:
    """Ogg (RFC 3533): the last page has the number of samples."""
    file.seek(0)
    head = file.read(256)
    if (at := head.find(b"\x01vorbis")) > 0:
        (samples,) = struct.unpack_from("<L", head, at + 12)
        skipped = 0
    elif (at := head.find(b"OpusHead")) > 0:
        # RFC 7845, 4: always counted at 48 kHz, including samples to skip at the beginning.
        samples, (skipped,) = 48_000, struct.unpack_from("<H", head, at + 10)
    else:
        return MediaFacts()
    file.seek(max(0, size - 66_000))
    tail = file.read()
    last = tail.rfind(b"OggS")
    (counted,) = struct.unpack_from("<q", tail, last + 6)
    return MediaFacts((counted - skipped) / samples)


_IN_WEBM = ("V_VP8", "V_VP9", "A_VORBIS", "A_OPUS")
_SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_INSIDE = (_SEGMENT, _INFO, _TRACKS, 0xAE, 0xE0)
"""Elements that contain others: a track is 0xAE, and its video settings 0xE0 (RFC 9559)."""


def _webm(file: BinaryIO, size: int) -> MediaFacts:
    """Matroska (RFC 9559) up to its first cluster."""
    scale, length = 1_000_000, 0.0
    pixels: dict[int, int] = {}
    names: list[str] = []
    for element, body in _elements(file, size):
        number = int.from_bytes(body[:8])
        if element == 0x2AD7B1:
            scale = number
        elif element == 0x4489:
            (length,) = struct.unpack(">f" if len(body) == 4 else ">d", body)
        elif element in (0xB0, 0xBA):
            pixels.setdefault(element, number)
        elif element == 0x86:
            names.append(body.decode("latin-1").rstrip("\0"))
    codecs = [
        Codec(_named(name), "some") for name in names if name not in _IN_WEBM and name[:2] in ("V_", "A_")
    ]
    return MediaFacts(
        length * scale / 1e9 or None,
        (pixels[0xB0], pixels[0xBA]) if len(pixels) == 2 else None,
        tuple(dict.fromkeys(codecs)),
    )


def _named(codec: str) -> str:
    return {"V_AV1": "AV1", "V_MPEG4/ISO/AVC": "H.264", "V_MPEGH/ISO/HEVC": "HEVC"}.get(codec, codec)


def _elements(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    """The elements with values (RFC 8794, 4 to 6), up to the first cluster."""
    at = 0
    while at + 2 <= size:
        file.seek(at)
        head = file.read(12)
        wide = 9 - head[0].bit_length()
        element = int.from_bytes(head[:wide])
        long = 9 - head[wide].bit_length()
        length = int.from_bytes(head[wide : wide + long]) & ((1 << 7 * long) - 1)
        at += wide + long
        if element == _CLUSTER:
            return
        if element in _INSIDE:
            continue
        if length <= 64:
            file.seek(at)
            yield element, file.read(length)
        at += length
