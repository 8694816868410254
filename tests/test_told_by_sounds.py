"""What a sound or a WebM film tells of people stays out of packages; what is heard and shown stays as it is.

The files in `told` are real ones of FFmpeg 7.1 with all that it writes: `ffmpeg -f lavfi -i sine=duration=1 -metadata
title=SECRET -metadata artist=Asa ... -write_bext 1 sound.wav`. What it does not write is added here.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursepack.archive import CHUNK
from coursepack.building.metadata import pieces_of, without_metadata

HERE = Path(__file__).parent
TOLD = sorted((HERE / "told").iterdir())
PLAIN = HERE / "films"


def cleaned(data: bytes) -> bytes:
    pieces = pieces_of(io.BytesIO(data), len(data))
    return b"".join(p if isinstance(p, bytes) else data[p[0] : p[0] + p[1]] for p in pieces)


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_credit_licence_and_loudness_are_all_that_a_sound_tells(path: Path) -> None:
    data = path.read_bytes()
    kept = cleaned(data)
    assert b"SECRET" in data
    for secret in (b"SECRET", b"2024", b"59.3293"):
        assert secret not in kept
    assert b"Asa" in kept
    assert b"CC-BY" in kept
    # FFmpeg writes no such chunk into a WAV.
    assert (b"-3.20_dB" in kept) == (path.suffix != ".wav")
    assert cleaned(kept) == kept


@pytest.mark.parametrize(
    "path", [path for path in TOLD if path.suffix in (".ogg", ".opus", ".webm")], ids=lambda path: path.name
)
def test_nothing_moves_in_a_file_that_tells_where_its_parts_are(path: Path) -> None:
    assert len(cleaned(path.read_bytes())) == path.stat().st_size


def ogg_pages(data: bytes) -> list[bytes]:
    pages, at = [], 0
    while at < len(data):
        segments = data[at + 26]
        end = at + 27 + segments + sum(data[at + 27 : at + 27 + segments])
        pages.append(data[at:end])
        at = end
    return pages


def ogg_checksum(page: bytes) -> int:
    """RFC 3533, 6: the polynomial 0x04c11db7, bit by bit."""
    value = 0
    for byte in page[:22] + bytes(4) + page[26:]:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 1 << 31 else 0)) & 0xFFFFFFFF
    return value


@pytest.mark.parametrize("name", ["sound.ogg", "sound.opus"])
def test_each_page_of_ogg_has_its_checksum(name: str) -> None:
    data = (HERE / "told" / name).read_bytes()
    for page in ogg_pages(cleaned(data)):
        assert int.from_bytes(page[22:26], "little") == ogg_checksum(page)


def frame(name: bytes, content: bytes, flags: bytes = b"\0\0") -> bytes:
    return name + struct.pack(">L", len(content)) + flags + content


def id3(*frames: bytes, flags: int = 0, major: int = 3) -> bytes:
    body = b"".join(frames)
    length = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([major, 0, flags]) + length + body


def ape(**items: str) -> bytes:
    body = b"".join(
        struct.pack("<LL", len(value.encode()), 0) + name.encode() + b"\0" + value.encode()
        for name, value in items.items()
    )
    # APEv2: version, length with the footer, items, and flags: with a head, and this is the head.
    head, foot = (
        b"APETAGEX" + struct.pack("<LLLL8x", 2000, len(body) + 32, len(items), flags << 29)
        for flags in (5, 4)
    )
    return head + body + foot


SOUND = (PLAIN / "constant.mp3").read_bytes()
FRAMES = SOUND[SOUND.index(b"\xff\xe3") :]
ARTIST = frame(b"TPE1", b"\0Asa")
USER_TEXT = b"TX" + b"XX"


@pytest.mark.parametrize(
    ("before", "behind", "kept"),
    [
        (id3(ARTIST), b"", (id3(ARTIST), b"")),
        (id3(ARTIST, frame(b"APIC", b"\0image/png\0\3\0SECRET")), b"", (id3(ARTIST), b"")),
        (id3(frame(b"TIT2", b"\0SECRET")), b"", (b"", b"")),
        (id3(frame(USER_TEXT, b"\1\xff\xfe" + "REPLAYGAIN_TRACK_GAIN\0-3 dB".encode("utf-16-le"))), b"", None),
        (id3(frame(USER_TEXT, b"\0SECRET\0REPLAYGAIN_TRACK_GAIN")), b"", (b"", b"")),
        (id3(frame(b"COMM", b"\0engiTunSMPB\0 00000000 00000210")), b"", None),
        (id3(frame(b"COMM", b"\0eng\0SECRET iTunSMPB")), b"", (b"", b"")),
        (id3(ARTIST, frame(b"TPE1", b"SECRET", b"\0\x80")), b"", (id3(ARTIST), b"")),
        # Unsynchronised: a zero is put behind each byte of set bits.
        (id3(frame(b"PRIV", b"SECRET\xff"), b"\0", ARTIST, flags=0x80), b"", (id3(ARTIST), b"")),
        (id3(frame(b"TIT2", b"\0SECRET")) + id3(ARTIST), b"", (id3(ARTIST), b"")),
        (b"", b"TAG" + b"SECRET".ljust(30, b"\0") + b"Asa".ljust(30, b"\0") + bytes(64) + b"\x0c", (b"", b"TAG" + bytes(30) + b"Asa".ljust(30, b"\0") + bytes(64) + b"\xff")),
        (b"", b"TAG" + b"SECRET".ljust(125, b"\0"), (b"", b"")),
        (b"", ape(Title="SECRET"), (b"", b"")),
        (b"", ape(Title="SECRET") + b"TAG" + b"SECRET".ljust(125, b"\0"), (b"", b"")),
        (b"", ape(Artist="Asa", MP3GAIN_UNDO="+000,+000,N"), None),
        (b"", b"LYRICSBEGININD00003SECRET000025LYRICS200", (b"", b"")),
    ],
)  # fmt: skip
def test_of_the_tags_of_an_mp3_credits_and_loudness_stay(
    before: bytes, behind: bytes, kept: tuple[bytes, bytes] | None
) -> None:
    data = before + FRAMES + behind
    before, behind = kept or (before, behind)
    assert cleaned(data) == before + FRAMES + behind


def test_items_of_an_ape_tag_are_chosen_one_by_one() -> None:
    kept = cleaned(FRAMES + ape(Title="SECRET", Artist="Asa"))
    assert b"SECRET" not in kept
    assert kept.startswith(FRAMES)
    body = kept[len(FRAMES) : -32]
    assert body == struct.pack("<LL", 3, 0) + b"Artist\0Asa"
    # APEv2: version, length with the footer, items, and no head.
    assert kept[-32:] == b"APETAGEX" + struct.pack("<LLLL8x", 2000, len(body) + 32, 1, 0)


def chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<L", len(body)) + body + b"\0" * (len(body) % 2)


def wave(*chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<L", 4 + len(b"".join(chunks))) + b"WAVE" + b"".join(chunks)


FORMAT = chunk(b"fmt ", struct.pack("<HHLLHH", 1, 1, 8000, 8000, 1, 8))
DATA = chunk(b"data", bytes(range(101)))


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (wave(FORMAT, DATA), wave(FORMAT, DATA)),
        (wave(chunk(b"bext", b"SECRET"), FORMAT, chunk(b"iXML", b"<SECRET/>"), DATA), wave(FORMAT, DATA)),
        (
            wave(FORMAT, chunk(b"LIST", b"INFO" + chunk(b"INAM", b"SECRET\0") + chunk(b"IART", b"Asa\0")), DATA),
            wave(FORMAT, chunk(b"LIST", b"INFO" + chunk(b"IART", b"Asa\0")), DATA),
        ),
        (wave(FORMAT, DATA, chunk(b"id3 ", id3(ARTIST, frame(b"TIT2", b"\0SECRET")))), wave(FORMAT, DATA, chunk(b"id3 ", id3(ARTIST)))),
        (wave(FORMAT, DATA, chunk(b"LIST", b"adtlSECRET")) + b"SECRET", wave(FORMAT, DATA)),
    ],
)  # fmt: skip
def test_of_the_chunks_of_a_wav_those_of_the_sound_and_credits_stay(data: bytes, kept: bytes) -> None:
    assert cleaned(data) == kept


def test_a_wav_that_was_never_finished_stays_as_it_is() -> None:
    data = b"RIFF\xff\xff\xff\xffWAVE" + FORMAT + b"data\xff\xff\xff\xff" + bytes(range(100))
    assert cleaned(data) == data


def element(name: str, body: bytes) -> bytes:
    return bytes.fromhex(name) + (len(body) | 1 << 56).to_bytes(8) + body


def test_attachments_of_a_webm_become_room_without_being_read(tmp_path: Path) -> None:
    film = (HERE / "told/film.webm").read_bytes()
    # The size of the segment is told in eight bytes behind its id.
    at = film.index(bytes.fromhex("18538067")) + 4
    attachment = element("1941A469", b"SECRET" * 100_000)
    size = int.from_bytes(film[at + 1 : at + 8]) + len(attachment)
    path = tmp_path / "a.webm"
    path.write_bytes(film[:at] + b"\1" + size.to_bytes(7) + film[at + 8 :] + attachment)
    (content,) = without_metadata({"a.webm": path}, {}).values()
    assert not isinstance(content, bytes | Path)
    assert content.size == path.stat().st_size
    kept = b"".join(content.chunks())
    assert b"SECRET" not in kept
    assert kept[: len(film)] == film[:at] + b"\1" + size.to_bytes(7) + cleaned(film)[at + 8 :]
    assert kept[len(film) : len(film) + 2] == b"\xec\x01"
    assert all(len(piece) <= CHUNK for piece in content.pieces if isinstance(piece, bytes))


@pytest.mark.parametrize("name", ["pcm.wav", "adpcm.wav"])
def test_a_sound_that_tells_nothing_is_packed_as_it_is(name: str) -> None:
    path = PLAIN / name
    assert without_metadata({name: path}, {}) == {name: path}


SAMPLES: dict[str, Callable[[], bytes]] = {path.name: path.read_bytes for path in TOLD}


@given(st.sampled_from(sorted(SAMPLES)), st.integers(0, 4000), st.binary(min_size=1, max_size=4))
@settings(max_examples=200)
def test_a_damaged_sound_hinders_nothing(name: str, at: int, damage: bytes) -> None:
    data = SAMPLES[name]()
    at = min(at, len(data) - 1)
    for spoilt in (data[:at] + damage + data[at + len(damage) :], data[:at]):
        pieces = pieces_of(io.BytesIO(spoilt), len(spoilt))
        assert all(isinstance(piece, bytes) or 0 <= piece[0] <= sum(piece) <= len(spoilt) for piece in pieces)
