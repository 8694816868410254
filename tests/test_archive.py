"""A package is written whole or not at all, in the same bytes wherever it is written, and with little memory."""

from __future__ import annotations

import os
import random
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from permissions import PEAK

from coursepack.archive import Entry, Output, write_zip, zip_size

FILES: dict[str, bytes | Path] = {
    "index.html": b"<p>" * 1000,
    "media/b.png": b"\x89PNG" * 1000,
    "imsmanifest.xml": b"<manifest/>",
    "media/a.mp4": b"film",
    "player.js": b"",
    "x.xsd": b"<xsd/>",
}
WRITE = "import sys; from pathlib import Path; from coursepack.archive import write_zip\n"


def written(tmp_path: Path, name: str = "a.zip") -> bytes:
    write_zip(tmp_path / name, FILES)
    return (tmp_path / name).read_bytes()


def test_the_manifest_is_first_and_the_rest_is_sorted(tmp_path: Path) -> None:
    written(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip") as package:
        assert package.namelist() == [
            *("imsmanifest.xml", "index.html", "media/a.mp4", "media/b.png", "player.js", "x.xsd")
        ]
        assert {name: package.read(name) for name in package.namelist()} == FILES
        assert package.testzip() is None


@pytest.mark.parametrize("files", [FILES, {}, {"media/å.svg": b"<svg/>" * 99, "media/a.jpg": b""}])
def test_the_size_of_a_package_is_known_before_it_is_written(
    tmp_path: Path, files: dict[str, bytes | Path]
) -> None:
    path = tmp_path / "a.zip"
    write_zip(path, files)
    assert zip_size(Output(path, files)) == path.stat().st_size


def test_media_are_stored_and_text_is_deflated(tmp_path: Path) -> None:
    written(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip") as package:
        stored = {info.filename for info in package.infolist() if info.compress_type == zipfile.ZIP_STORED}
    assert stored == {"media/a.mp4", "media/b.png"}


def test_times_modes_and_headers_are_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    data = written(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip") as package:
        for info in package.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            # A file of Unix that all may read: APPNOTE 4.4.2.2 and 4.4.15.
            assert (info.create_system, info.external_attr >> 16) == (3, 0o100644)
            # No data descriptor, no encryption, no zip64: old importers read sizes from the local header.
            assert (info.flag_bits, info.extra, info.extract_version) == (0, b"", 20)
            local = struct.unpack_from("<4s5H3L2H", data, info.header_offset)
            assert local == (
                *(b"PK\3\4", 20, 0, info.compress_type, 0, 33, info.CRC, info.compress_size, info.file_size),
                *(len(info.filename), 0),
            )
    assert b"PK\x06\x06" not in data
    assert b"PK\x07\x08" not in data
    assert data.endswith(struct.pack("<H", 0))


@pytest.mark.parametrize(
    ("epoch", "when"),
    [
        ("1700000000", (2023, 11, 14, 22, 13, 20)),
        ("0", (1980, 1, 1, 0, 0, 0)),
        ("", (1980, 1, 1, 0, 0, 0)),
        ("-5", (1980, 1, 1, 0, 0, 0)),
        ("-" + "9" * 5000, (1980, 1, 1, 0, 0, 0)),
        ("4354819198", (2107, 12, 31, 23, 59, 58)),
        ("4354819200", (2107, 12, 31, 23, 59, 58)),
        ("9" * 20, (2107, 12, 31, 23, 59, 58)),
        ("9" * 5000, (2107, 12, 31, 23, 59, 58)),
    ],
)
def test_the_time_is_source_date_epoch_within_what_a_zip_can_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epoch: str, when: tuple[int, ...]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    written(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip") as package:
        assert {info.date_time for info in package.infolist()} == {when}


# The digits of str.isdigit are more than those of int, and those of int more than ASCII's.
@pytest.mark.parametrize(
    "epoch", ["yesterday", "1.5", "1e9", "1_000", " 1", "1\n", "\u00b2", "\u0663", "0x10"]
)
def test_a_source_date_epoch_that_is_no_number_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(OSError, match="SOURCE_DATE_EPOCH is not a whole number of seconds"):
        written(tmp_path)
    assert files_in(tmp_path) == []


def test_the_same_files_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    first = written(tmp_path)
    names = list(FILES)
    random.Random(7).shuffle(names)
    write_zip(tmp_path / "b.zip", {name: FILES[name] for name in names})
    assert (tmp_path / "b.zip").read_bytes() == first


def test_a_file_on_disk_gives_the_same_bytes_as_its_content(tmp_path: Path) -> None:
    content = random.Random(7).randbytes(3_000_001)
    (tmp_path / "film").write_bytes(content)
    for name in ("media/a.mp4", "a.html"):
        write_zip(tmp_path / "a.zip", {name: content})
        write_zip(tmp_path / "b.zip", {name: tmp_path / "film"})
        with zipfile.ZipFile(tmp_path / "b.zip") as package:
            assert package.read(name) == content
        if name.endswith("mp4"):
            assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.lists(st.text("ab.å", min_size=1, max_size=4), min_size=1, max_size=3)
        .map("/".join)
        .flatmap(lambda stem: st.sampled_from([".html", ".mp4", ".css", ""]).map(lambda end: stem + end)),
        st.binary(max_size=2000),
        max_size=8,
    )
)
def test_whatever_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.zip"
    write_zip(path, files)
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        assert {name: package.read(name) for name in package.namelist()} == files


def test_progress_counts_every_byte(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    (tmp_path / "film").write_bytes(bytes(5_000_000))
    write_zip(
        tmp_path / "a.zip", {"a.mp4": tmp_path / "film", "b.mp4": b"1234"}, lambda *at: heard.append(at)
    )
    assert heard[-1] == (5_000_004, 5_000_004)
    assert heard == sorted(heard)
    assert len(heard) >= 5


def test_an_entry_of_an_earlier_package_is_taken_over_unchanged(tmp_path: Path) -> None:
    entries = write_zip(tmp_path / "a.zip", FILES)
    with (tmp_path / "a.zip").open("rb") as earlier:
        again = {**entries, "new.html": b"new"}
        write_zip(tmp_path / "b.zip", again, earlier=earlier)
    write_zip(tmp_path / "c.zip", {**FILES, "new.html": b"new"})
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "c.zip").read_bytes()


def test_an_earlier_package_that_is_cut_short_is_an_error(tmp_path: Path) -> None:
    entries = write_zip(tmp_path / "a.zip", {"a.mp4": bytes(3_000_000)})
    os.truncate(tmp_path / "a.zip", 1_000_000)
    with (
        (tmp_path / "a.zip").open("rb") as earlier,
        pytest.raises(OSError, match="changed while it was read"),
    ):
        write_zip(tmp_path / "b.zip", entries, earlier=earlier)
    assert not (tmp_path / "b.zip").exists()


def test_what_passes_four_gigabytes_is_told_in_zip64(tmp_path: Path) -> None:
    # Zeros by the megabyte, deflated: four gigabytes in four megabytes. Their checksum is nobody's here.
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    packed = block * 4097 + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    (tmp_path / "packed").write_bytes(packed)
    large = Entry(0, 4097 << 20, len(packed), zlib.DEFLATED, 0)
    with (tmp_path / "packed").open("rb") as earlier:
        write_zip(tmp_path / "a.zip", {"a.html": large, "b.html": b"after"}, earlier=earlier)
    with zipfile.ZipFile(tmp_path / "a.zip") as package:
        assert [info.file_size for info in package.infolist()] == [4097 << 20, 5]
        assert package.read("b.html") == b"after"
        with package.open("a.html") as entry:
            assert entry.read(10) == bytes(10)


# What goes wrong while it is written


@pytest.fixture
def no_nameless_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the system has no O_TMPFILE."""
    monkeypatch.delattr(os, "O_TMPFILE")


@pytest.mark.usefixtures("no_nameless_files")
def test_links_under_any_name_are_not_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names that can be guessed could be taken by somebody else's links."""
    precious = tmp_path / "precious"
    precious.write_text("precious")
    out = tmp_path / "out"
    out.mkdir()
    # The name it used to have; then the one that it has if chance is not on its side.
    (out / ".a.zip.part").symlink_to(precious)
    written(out)
    assert precious.read_text() == "precious"
    monkeypatch.setattr(os, "urandom", bytes)
    (out / f".coursepack-{bytes(8).hex()}").symlink_to(precious)
    with pytest.raises(FileExistsError):
        written(out)
    assert precious.read_text() == "precious"


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_is_gone_leaves_the_earlier_package(tmp_path: Path) -> None:
    before = written(tmp_path)
    with pytest.raises(FileNotFoundError):
        write_zip(tmp_path / "a.zip", {"a.mp4": tmp_path / "gone.mp4"})
    assert (tmp_path / "a.zip").read_bytes() == before
    assert files_in(tmp_path) == ["a.zip"]


def changing(path: Path, size: int):
    """Changes the file's length while it is read, at the first sign of progress."""

    def progress(done: int, total: int) -> None:
        os.truncate(path, size)

    return progress


@pytest.mark.parametrize("size", [1_500_000, 9_000_000])
@pytest.mark.parametrize("name", ["a.mp4", "a.html"])
def test_a_file_that_changes_while_it_is_read_leaves_the_earlier_package(
    tmp_path: Path, size: int, name: str
) -> None:
    before = written(tmp_path)
    film = tmp_path / "film"
    film.write_bytes(bytes(5_000_000))
    with pytest.raises(OSError, match="changed while it was read"):
        write_zip(tmp_path / "a.zip", {name: film}, changing(film, size))
    assert (tmp_path / "a.zip").read_bytes() == before
    assert files_in(tmp_path) == ["a.zip", "film"]


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
try:
    write_zip(Path(sys.argv[1]), {"a.mp4": Path(sys.argv[2])})
except OSError as error:
    print(type(error).__name__, error.errno == 27)
"""


def test_a_full_disk_leaves_the_earlier_package(tmp_path: Path) -> None:
    # A limit to the size of files stands for the disk: the same call fails, with EFBIG for ENOSPC.
    before = written(tmp_path)
    (tmp_path / "film").write_bytes(bytes(5_000_000))
    done = subprocess.run(
        [sys.executable, "-c", WRITE + FULL, tmp_path / "a.zip", tmp_path / "film"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "OSError True\n"
    assert (tmp_path / "a.zip").read_bytes() == before
    assert files_in(tmp_path) == ["a.zip", "film"]


# What a shell starts in the background ignores SIGINT, and so do its children.
ENDLESS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
write_zip(Path(sys.argv[1]), {"a.mp4": Path(sys.argv[2])})
"""


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_write_leaves_the_earlier_package_and_no_half_file(
    tmp_path: Path, sign: signal.Signals
) -> None:
    before = written(tmp_path)
    pipe = tmp_path / "film"
    os.mkfifo(pipe)
    # The film never ends, so the write is in its midst for certain.
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE + ENDLESS, tmp_path / "a.zip", pipe],
        stderr=subprocess.DEVNULL,
    )
    with pipe.open("wb", buffering=0) as film:
        film.write(bytes(4 << 20))
        writer.send_signal(sign)
        assert writer.wait(30) != 0
    assert (tmp_path / "a.zip").read_bytes() == before
    assert files_in(tmp_path) == ["a.zip", "film"]


MEMORY = """
write_zip(Path(sys.argv[1]), {"a.mp4": Path(sys.argv[2]), "a.html": Path(sys.argv[2])})
"""


def peak(tmp_path: Path, size: int) -> int:
    """Kilobytes of memory that writing two files of this size takes at most."""
    with (tmp_path / "film").open("wb") as film:
        film.truncate(size)
    command = [sys.executable, "-c", WRITE + MEMORY + PEAK, tmp_path / "a.zip", tmp_path / "film"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_media_are_streamed(tmp_path: Path) -> None:
    small, large = peak(tmp_path, 2_000_000), peak(tmp_path, 100_000_000)
    assert large - small < 4_096
