"""`coursepack verify`: whatever was changed in a release is named, by file and by what it is."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner, Result
from strategies import COURSE, PAGE, SVG, write_course

from coursepack import (
    CourseError,
    Release,
    ReleasedFile,
    Report,
    Verified,
    release_course,
    verify_release,
)
from coursepack.archive import write_zip
from coursepack.cli import main
from coursepack.release import sheets, verify
from coursepack.release.zip_faults import shown_parts
from coursepack.release.zip_parts import Part, What, differing_parts

pytestmark = pytest.mark.long

DATED = f"{COURSE}dates: {{published: 2026-11-24}}\n"
PASSPORT = {"passport": sheets.SHEETS["passport"]}
ZIP = "packages/least-1.0.0-scorm12.zip"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_course(tmp_path_factory.mktemp("verify") / "course", {"course.yaml": DATED})


@pytest.fixture(scope="module")
def whole(course: Path) -> Path:
    """A release that no test changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SOURCE_DATE_EPOCH")
        patch.setattr(sheets, "SHEETS", PASSPORT)
        return release_course(course, course.parent / "release").path


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(sheets, "SHEETS", PASSPORT)


@pytest.fixture
def release(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / whole.name))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, arguments)])


def told(found: Verified) -> list[str]:
    return [f"{each.location}: {each.rule}: {each.message}" for each in found.report]


def flip(path: Path, position: int, bits: int = 1) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= bits
    path.write_bytes(data)


# By the sums


def test_a_release_that_nobody_changed_is_right(release: Path) -> None:
    found = verify_release(release)
    assert told(found) == []
    assert len(found.files) == len((release / "SHA256SUMS").read_text().splitlines())
    done = run(release)
    assert (done.exit_code, done.stdout) == (
        0,
        f"{len(found.files)} files are what SHA256SUMS says.\n"
        "Nothing was changed since the sums were written. They do not show by whom.\n",
    )


@pytest.mark.parametrize("name", ["index.html", ZIP])
def test_a_changed_file_is_named(release: Path, name: str) -> None:
    flip(release / name, 1000)
    found = verify_release(release)
    (line,) = told(found)
    assert line.startswith(f"{name}: verify/changed-file: is not what the sums say")
    assert name not in found.files
    done = run(release)
    assert done.exit_code == 1
    assert done.stdout.endswith("Do not use it before you know why it differs.\n")


def test_a_missing_file_and_one_too_many_are_named(release: Path) -> None:
    (release / "index.html").rename(release / "Index.html")
    assert told(verify_release(release)) == [
        "Index.html: verify/unlisted-file: is not in the sums",
        "index.html: verify/missing-file: is missing",
    ]


def test_a_link_is_not_followed(release: Path, tmp_path: Path) -> None:
    (release / "index.html").rename(tmp_path / "elsewhere.html")
    (release / "index.html").symlink_to(tmp_path / "elsewhere.html")
    shutil.move(release / "packages", tmp_path / "packages")
    (release / "packages").symlink_to(tmp_path / "packages")
    lines = told(verify_release(release))
    assert "index.html: verify/unreadable-file: cannot be read, or is a link" in lines
    assert f"{ZIP}: verify/missing-file: is missing" in lines


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (1, lambda text: text.replace("  index.html", " index.html")),
        (2, lambda text: text.replace("\n", "\n\n", 1)),
        (1, lambda text: "x" + text),
        (2, lambda text: text.splitlines()[0] + "\n" + text),
        (1, lambda text: text.replace("index.html", "index\\.html")),
        (1, lambda text: text.replace("index.html", "index\0.html")),
    ],
)
def test_damaged_sums_are_named_by_line(release: Path, line: int, change: object) -> None:
    sums = release / "SHA256SUMS"
    assert callable(change)
    sums.write_text(change(sums.read_text()))
    (where,) = told(verify_release(release))
    assert where.startswith(f"SHA256SUMS:{line}: verify/malformed-sums: ")


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "packages/../../secret.txt"])
def test_no_name_leads_out_of_the_folder(release: Path, name: str) -> None:
    (release.parent / "secret.txt").write_text("secret")
    with (release / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  {name}\n")
    assert told(verify_release(release)) == [f"{name}: verify/missing-file: is missing"]


def test_without_sums_there_is_nothing_to_compare_with(release: Path) -> None:
    (release / "SHA256SUMS").unlink()
    name = release.name
    assert told(verify_release(release)) == [f"{name}: verify/no-sums: there is no SHA256SUMS here"]


def test_a_package_is_compared_with_the_sums_above_it_or_beside_it(release: Path) -> None:
    assert verify_release(release / ZIP).files == (ZIP,)
    flip(release / "index.html", 0)
    assert told(verify_release(release / ZIP)) == []
    beside = release.parent / "beside"
    beside.mkdir()
    shutil.copy(release / ZIP, beside)
    alone = beside / Path(ZIP).name
    assert [each.rule for each in verify_release(alone).report] == ["verify/no-sums"]
    (beside / "SHA256SUMS").write_text(
        "".join(
            line.replace("packages/", "") + "\n" for line in (release / "SHA256SUMS").read_text().splitlines()
        )
    )
    assert verify_release(alone).files == (alone.name,)
    flip(alone, 5000)
    assert [each.rule for each in verify_release(alone).report] == ["verify/changed-file"]


# By the source


def test_a_release_is_made_again_from_its_source(release: Path, course: Path) -> None:
    found = verify_release(release, source=course)
    assert told(found) == []
    assert sorted(found.rebuilt) == sorted((*found.files, "SHA256SUMS"))
    told_by_command = run(release, "--source", course).stdout
    assert f"{len(found.rebuilt)} files were made again from the source: the same" in told_by_command


def test_what_differs_from_the_source_is_named(release: Path, course: Path) -> None:
    data = (release / "index.html").read_bytes()
    flip(release / "index.html", data.index(b"<title>"))
    line = data[: data.index(b"<title>")].count(b"\n") + 1
    sums = release / "SHA256SUMS"
    # A hexadecimal digit of the sum of the package for SCORM 1.2.
    flip(sums, sums.read_bytes().index(ZIP.encode()) - 10)
    lines = told(verify_release(release, source=course))
    assert f"index.html: verify/other-source: differs from what the source gives: line {line}" in lines
    assert f"SHA256SUMS: verify/other-source: differs from what the source gives: the sum of '{ZIP}'" in lines


def test_a_page_that_was_changed_in_the_source_is_named(release: Path, course: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(course, tmp_path / "other"))
    (other / PAGE).write_text("Other words.\n")
    lines = told(verify_release(release / ZIP, source=other))
    assert lines == [
        f"{ZIP}: verify/other-source: differs from what the source gives: the content of 'index.html'"
    ]


def test_a_source_with_errors_is_an_error(release: Path, tmp_path: Path) -> None:
    other = write_course(tmp_path / "other", {"course.yaml": "id: x\n"})
    with pytest.raises(CourseError):
        verify_release(release, source=other)
    done = run(release, "--source", other, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["ok"] is False


def test_a_package_of_another_course_is_named(release: Path, course: Path) -> None:
    os.rename(release / ZIP, release / "packages/other.zip")
    lines = told(verify_release(release / "packages/other.zip", source=course))
    assert lines == [
        "packages/other.zip: verify/unknown-package: the release of the source has no package of this name",
        "packages/other.zip: verify/unlisted-file: is not in the sums",
    ]


def test_what_is_not_made_from_the_source_is_named(release: Path, course: Path) -> None:
    (release / "more.pdf").write_bytes(b"%PDF")
    lines = told(verify_release(release, source=course))
    assert lines == [
        "more.pdf: verify/not-rebuilt: is not made from the source here",
        "more.pdf: verify/unlisted-file: is not in the sums",
    ]


def test_the_result_as_json(release: Path, course: Path) -> None:
    done = run(release / ZIP, "--source", course, "--json")
    assert json.loads(done.stdout) == {
        "path": (release / ZIP).as_posix(),
        "ok": True,
        "files": [ZIP],
        "rebuilt": [ZIP],
        "signed_by": None,
        "comment": None,
        "problems": [],
    }


def test_the_date_is_that_of_the_release(course: Path, tmp_path: Path) -> None:
    release = release_course(course, tmp_path, date=datetime.date(2025, 3, 1)).path
    assert told(verify_release(release, source=course)) == []
    passport = release / "passport.json"
    passport.write_text(passport.read_text().replace("2025-03-01", "1990-01-01"))
    lines = told(verify_release(release, source=course))
    assert (
        f"{ZIP}: verify/other-source: differs from what the source gives: the time of 'index.html'" in lines
    )


@pytest.mark.share(2)
@pytest.mark.parametrize("text", ["", "[1]", '{"date": 5}', '{"date": "soon"}', "[" * 100_000])
def test_a_damaged_passport_is_only_damaged(release: Path, course: Path, text: str) -> None:
    (release / "passport.json").write_text(text)
    lines = told(verify_release(release, source=course))
    assert [line.split(": ")[1] for line in lines] == ["verify/changed-file", "verify/other-source"]


# The parts of a zip, at the offsets of APPNOTE 4.3

FILES = {"a.html": b"<p>A</p>" * 40, "media/b.png": b"\x89PNG" * 9, "media/\u00e5.svg": SVG.encode()}


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    write_zip(tmp_path / "ours.zip", FILES, first="media/b.png")
    shutil.copy(tmp_path / "ours.zip", tmp_path / "found.zip")
    return tmp_path / "ours.zip", tmp_path / "found.zip"


def offsets(path: Path) -> Iterator[tuple[int, Part]]:
    """Bytes of every kind, with the part that they belong to."""
    data = path.read_bytes()
    with zipfile.ZipFile(path) as package:
        central = package.start_dir
        for info in package.infolist():
            name = info.filename
            local, length = info.header_offset, len(name.encode())
            for at, what in (
                *((0, "header"), (4, "header"), (6, "header"), (8, "header"), (10, "time"), (12, "time")),
                *((14, "checksum"), (18, "size"), (22, "size"), (26, "header"), (28, "header"), (30, "name")),
                *((30 + length, "content"), (30 + length + info.compress_size - 1, "content")),
            ):
                yield local + at, Part(what, name)  # type: ignore[arg-type]
            for at, what in (
                *(
                    (0, "header"),
                    (4, "attributes"),
                    (6, "header"),
                    (8, "header"),
                    (10, "header"),
                    (12, "time"),
                ),
                *((14, "time"), (16, "checksum"), (20, "size"), (24, "size"), (28, "header"), (30, "header")),
                *((32, "comment"), (34, "place"), (36, "attributes"), (38, "attributes"), (42, "place")),
                *((46, "name"), (46 + length - 1, "name")),
            ):
                yield central + at, Part(what, name)  # type: ignore[arg-type]
            central += 46 + length
    end = len(data) - 22
    assert central == end
    for at in (0, 4, 6, 8, 10, 12, 16):
        yield end + at, Part("end")
    yield end + 20, Part("comment")


def test_every_part_has_words() -> None:
    whole = {"end", "order", "length", "before", "after", "between", "list"}
    assert set(verify.OF_ZIP) == whole | {"comment"}
    assert set(verify.OF_ENTRY) == set(get_args(What)) - whole


def test_a_changed_byte_of_a_released_package_is_named(
    release: Path, whole: Path, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By file and by what it is, whatever the sums say."""
    names = [path.relative_to(whole).as_posix() for path in whole.rglob("*") if path.is_file()]
    files = tuple(ReleasedFile(name, 0, "") for name in sorted(names) if name != "SHA256SUMS")
    made = Release(whole, datetime.date(2026, 11, 24), (), files, {}, Report(), False, None, None, ())
    monkeypatch.setattr(verify, "release_course", lambda *_, **__: made)
    kinds: dict[tuple[str, bool], tuple[int, Part]] = {}
    for position, part in offsets(release / ZIP):
        kinds.setdefault((part.what, bool(part.entry)), (position, part))
    assert len(kinds) == 11
    for position, part in kinds.values():
        flip(release / ZIP, position)
        words = verify.OF_ENTRY[part.what] if part.entry else verify.OF_ZIP[part.what]
        said = words.format(repr(part.entry))
        assert told(verify_release(release, source=course)) == [
            f"{ZIP}: verify/changed-file: is not what the sums say",
            f"{ZIP}: verify/other-source: differs from what the source gives: {said}",
        ]
        flip(release / ZIP, position)


def test_every_kind_of_byte_is_named(pair: tuple[Path, Path]) -> None:
    ours, found = pair
    assert list(differing_parts(ours, found)) == []
    for position, part in offsets(ours):
        flip(found, position)
        assert list(differing_parts(ours, found)) == [part], position
        flip(found, position)


def test_every_single_byte_belongs_to_one_part(pair: tuple[Path, Path]) -> None:
    ours, found = pair
    data = ours.read_bytes()
    for position in range(len(data)):
        found.write_bytes(data[:position] + bytes([data[position] ^ 0x80]) + data[position + 1 :])
        assert len(list(differing_parts(ours, found))) == 1, position


def rewrite(path: Path, files: dict[str, bytes], first: str | None = "media/b.png") -> None:
    path.unlink()
    write_zip(path, files, first=first)


def test_files_that_are_missing_too_many_or_changed_are_named(pair: tuple[Path, Path]) -> None:
    ours, found = pair
    rewrite(found, {**FILES, "virus.exe": b"MZ"})
    assert list(differing_parts(ours, found)) == [Part("unknown", "virus.exe")]
    rewrite(found, {name: data for name, data in FILES.items() if name != "a.html"})
    assert list(differing_parts(ours, found)) == [Part("missing", "a.html")]
    rewrite(found, {**FILES, "a.html": b"<p>Another</p>"})
    assert list(differing_parts(ours, found)) == [Part("content", "a.html")]


def test_another_order_is_named(pair: tuple[Path, Path]) -> None:
    ours, found = pair
    rewrite(found, FILES, first=None)
    assert found.stat().st_size == ours.stat().st_size
    assert list(differing_parts(ours, found)) == [Part("order")]


def test_a_comment_is_named(pair: tuple[Path, Path]) -> None:
    ours, found = pair
    with zipfile.ZipFile(found, "a") as package:
        package.comment = b"Click here"
    assert list(differing_parts(ours, found)) == [Part("comment")]


def test_what_was_put_between_is_named(pair: tuple[Path, Path]) -> None:
    ours, found = pair
    found.write_bytes(b"#!/bin/sh\n" + found.read_bytes())
    assert list(differing_parts(ours, found)) == [Part("length")]
    found.write_bytes(ours.read_bytes()[:-30])
    # No list of files is left.
    assert {part.what for part in differing_parts(ours, found)} == {"missing"}


def test_a_zip_that_declares_too_much_is_not_unpacked(pair: tuple[Path, Path]) -> None:
    ours, found = pair
    data = bytearray(found.read_bytes())
    # Sizes of 4 GB in the list of files: nothing is read by them.
    start = struct.unpack_from("<L", data, len(data) - 6)[0]
    struct.pack_into("<2L", data, start + 20, 0xFFFFFFFE, 0xFFFFFFFE)
    found.write_bytes(data)
    assert list(differing_parts(ours, found)) == [Part("size", "media/b.png")]


# What a zip shows by itself


def test_a_zip_shows_every_kind_of_byte_that_was_changed(pair: tuple[Path, Path]) -> None:
    ours, found = pair
    assert list(shown_parts(ours)) == []
    for position, part in offsets(ours):
        flip(found, position)
        shown = list(shown_parts(found))
        assert part.what in [each.what for each in shown], (position, part, shown)
        # Of two names, nothing shows which is the right one.
        assert part in shown or part.what == "name", (position, part, shown)
        assert len(shown) == 1, (position, part, shown)
        flip(found, position)


def test_a_zip_shows_every_single_byte_that_was_changed(pair: tuple[Path, Path]) -> None:
    ours, found = pair
    with zipfile.ZipFile(ours) as package:
        ends = {
            info.header_offset + 30 + len(info.filename.encode()) + info.compress_size - 1
            for info in package.infolist()
            if info.compress_type
        }
    data = ours.read_bytes()
    for position in range(len(data)):
        for bits in (1, 0x80, 0xFF):
            found.write_bytes(data[:position] + bytes([data[position] ^ bits]) + data[position + 1 :])
            # The last byte of deflated data has bits that mean nothing.
            assert list(shown_parts(found)) or (position in ends and bits == 0x80), (position, bits)


def test_a_zip_shows_bytes_that_belong_to_no_file(pair: tuple[Path, Path]) -> None:
    ours, found = pair
    data = ours.read_bytes()
    found.write_bytes(b"#!/bin/sh\n" + data)
    assert list(shown_parts(found)) == [Part("before")]
    found.write_bytes(data + b"more")
    assert list(shown_parts(found)) == [Part("after")]
    with zipfile.ZipFile(ours) as package:
        central = package.start_dir
    moved = bytearray(data[:central] + b"more" + data[central:])
    struct.pack_into("<L", moved, len(moved) - 6, central + 4)
    found.write_bytes(moved)
    assert list(shown_parts(found)) == [Part("between")]
    found.write_bytes(data[:-30])
    assert list(shown_parts(found)) == [Part("end")]


def test_a_zip_shows_a_comment_and_another_order(pair: tuple[Path, Path]) -> None:
    _, found = pair
    with zipfile.ZipFile(found, "a") as package:
        package.comment = b"Click here"
    assert list(shown_parts(found)) == [Part("comment")]
    found.unlink()
    with zipfile.ZipFile(found, "w") as package:
        for name in ("b", "d", "c"):
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100644 << 16
            package.writestr(info, b"x")
    assert list(shown_parts(found)) == [Part("order")]


def test_a_file_that_was_exchanged_with_its_checksum_only_differs(release: Path) -> None:
    path = release / ZIP
    with zipfile.ZipFile(path) as package:
        files = {name: package.read(name) for name in package.namelist()}
        first = package.namelist()[0]
    files["index.html"] += b" "
    rewrite(path, files, first)
    assert told(verify_release(release)) == [f"{ZIP}: verify/changed-file: is not what the sums say"]


def test_what_a_zip_shows_is_told_in_both_languages(release: Path) -> None:
    at = next(at for at, part in offsets(release / ZIP) if part == Part("attributes", "index.html"))
    flip(release / ZIP, at)
    assert told(verify_release(release)) == [
        f"{ZIP}: verify/changed-file: is not what the sums say, as the zip shows: the attributes of 'index.html'"
    ]
    assert "och zip-filen visar var: attributen för" in " ".join(
        run(release, "--language", "sv").stdout.split()
    )


def test_a_zip_packed_by_another_program_is_told_briefly(release: Path) -> None:
    path = release / ZIP
    with zipfile.ZipFile(path) as package:
        files = {name: package.read(name) for name in package.namelist()}
    files |= {f"z{number}.js": b"" for number in range(4)}
    with zipfile.ZipFile(path, "w") as package:
        for name, data in files.items():
            package.writestr(name, data)
    (line,) = told(verify_release(release))
    assert line.count("the attributes of") == 5
    assert line.endswith(f"; and {len(files) - 5} more")


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6" + b"\xff" * 18, b"PK\5\6" + b"\0" * 18])
def test_what_is_no_zip_of_ours_is_only_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "found.zip").write_bytes(data)
    list(shown_parts(tmp_path / "found.zip"))


def test_a_zip_shows_an_extra_field_and_a_file_that_is_not_counted(tmp_path: Path) -> None:
    found = tmp_path / "found.zip"
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as package:
        info = zipfile.ZipInfo("a")
        info.external_attr = 0o100644 << 16
        info.extra = b"\xfe\xca\0\0"
        package.writestr(info, b"x" * 100)
    assert list(shown_parts(found)) == [Part("extra", "a")]
    found.unlink()
    write_zip(found, FILES)
    data = bytearray(found.read_bytes())
    struct.pack_into("<2H", data, len(data) - 14, 2, 2)
    found.write_bytes(data)
    assert list(shown_parts(found)) == [Part("list")]
