"""Packages made to hurt whoever reads them: each ends in a finding, within seconds and within a bounded memory.

What `test_package` and the case pages have already is not repeated here. Each package is checked in a process of its own, whose
address space is limited, so that a bomb that goes off ends that process alone.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from test_package import LEAST, TEXT, as_zip64, central, listing, packed, patched, with_file

from coursepack import repair as mending
from coursepack.package import MANIFEST, UnreadableError, open_package
from coursepack.problems import PackageError
from coursepack.repair import mend

pytestmark = pytest.mark.long

MEGABYTE = 1024 * 1024
MEMORY = 512 * MEGABYTE
"""Bytes of address space that a check may take, the interpreter with its libraries included."""
SECONDS = 30
"""Of processor time. The longest take two, and six times as much on a busy machine; what grows out of proportion takes minutes."""

_JUDGE = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
from coursepack.checking import check
began = time.process_time()
report = check(sys.argv[1])
print(time.process_time() - began)
print(report)
"""


def checked(path: Path, memory: int = MEMORY) -> list[str]:
    """The lines of the report on a path, without hints."""
    done = subprocess.run(
        [sys.executable, "-c", _JUDGE, path, str(memory)],
        text=True,
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seconds, *lines = done.stdout.splitlines()
    assert float(seconds) < SECONDS
    return [line for line in lines if line and not line.startswith("    ")]


def rules_in(lines: list[str]) -> list[str]:
    return sorted({line.split(": ")[1].split()[1] for line in lines})


def least_of(area: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (Path(__file__).parent / "packages" / area).iterdir()}


def manifest(text: str) -> bytes:
    return packed({**LEAST, MANIFEST: text.encode()}, zipfile.ZIP_DEFLATED)


def changed(old: str, new: str) -> bytes:
    assert TEXT.count(old) == 1
    return manifest(TEXT.replace(old, new))


# Bombs


@cache
def zeros(size: int) -> bytes:
    """So many zeros, deflated without ever having been there."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    pieces = [squeeze.compress(bytes(MEGABYTE)) for _ in range(size // MEGABYTE)]
    return b"".join(pieces) + squeeze.flush()


def with_packed(name: str, data: bytes, size: int) -> bytes:
    """The least package with a file whose deflated data are these, and which is said to be of that size."""
    whole = packed({**LEAST, name: data})
    header = struct.unpack_from("<L", whole, central(whole, name.encode()) + 42)[0]
    for place in (header + 8, central(whole, name.encode()) + 10):
        whole = patched(whole, place, "<H", zipfile.ZIP_DEFLATED)
    for place in (header + 22, central(whole, name.encode()) + 24):
        whole = patched(whole, place, "<L", size)
    return whole


def forty_two() -> bytes:
    """Sixteen zips in each of sixteen zips, four deep, and gigabytes of zeros in the innermost."""
    inner = with_packed("zeros.xsd", zeros(64 * MEGABYTE), 0xFFFFFFFE)
    for _ in range(4):
        inner = packed({f"{number}.zip": inner for number in range(16)}, zipfile.ZIP_DEFLATED)
    return inner


def quoted(count: int) -> bytes:
    """Many entries for one and the same data."""
    data = packed({"zeros.xsd": zeros(MEGABYTE)})
    start, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    size = (end - start) * count
    ending = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, 0)
    return data[:start] + data[start:end] * count + ending


def test_zips_in_zips_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(with_file("inner.xsd", forty_two()))
    assert checked(path) == []
    path.write_bytes(forty_two())
    assert rules_in(checked(path)) == ["container/missing-manifest"]


@pytest.mark.parametrize("name", [MANIFEST, "index.html", "player.js", "zeros.xsd"])
def test_a_bomb_that_says_how_large_it_is_is_not_unpacked(name: str, tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(with_packed(name, zeros(500 * MEGABYTE), 500 * MEGABYTE))
    assert rules_in(checked(path)) == ["container/expands-too-far"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        (MANIFEST, "container/unreadable-manifest"),
        ("index.html", "pages/damaged-file"),
        ("player.js", "pages/damaged-file"),
    ],
)
def test_a_bomb_that_lies_is_stopped_where_it_should_have_ended(name: str, rule: str, tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(with_packed(name, zeros(500 * MEGABYTE), 600_000))
    lines = checked(path)
    assert rules_in(lines) == [rule]
    assert lines[0].endswith("It has 600,001 bytes or more, not 600,000 as listed.")


def test_ten_thousand_names_for_the_same_data_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(quoted(10_000))
    assert rules_in(checked(path)) == ["container/overlapping-files"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (lambda: listing(300_000), "It lists more than 100,000 files."),
        (lambda: as_zip64(listing(300_000)), "It lists more than 100,000 files."),
        (lambda: listing(1_000_000), "Its list of files alone takes 47,000,000 bytes."),
    ],
    ids=["many", "zip64", "a million"],
)
def test_entries_up_to_a_million_are_refused(data: Callable[[], bytes], message: str, tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(data())
    assert checked(path) == [f"package.zip: fatal container/too-many-files: {message}"]


def test_no_zip_that_is_cut_short_is_taken_for_a_whole_one(tmp_path: Path) -> None:
    data = packed(LEAST, zipfile.ZIP_DEFLATED)
    path = tmp_path / "package.zip"
    for end in range(0, len(data), len(data) // 7):
        path.write_bytes(data[:end])
        expected = "container/not-a-zip" if end < 4 else "container/damaged-zip"
        assert rules_in(checked(path)) == [expected]


def with_films(path: Path, count: int, size: int, checksum: int) -> None:
    """Writes the least package and films of so many zeros, whose bytes take no room on the disk."""
    data = packed(LEAST)
    start, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    listed = data[start:end]
    with path.open("wb") as file:
        file.write(data[:start])
        for number in range(count):
            name = b"film%d.xsd" % number
            fields = (0, 0, 0, 0x21, checksum, size, size, len(name), 0)
            listed += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *fields, 0, 0, 0, 0, file.tell()) + name
            file.write(struct.pack("<4s5H3L2H", b"PK\3\4", 20, *fields) + name)
            file.seek(size, os.SEEK_CUR)
        place, entries = file.tell(), len(LEAST) + count
        file.write(listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, entries, entries, len(listed), place, 0))


LARGE = "package.zip: warning container/large-package: It has {} MB; many LMSs accept at most 500 MB."


def test_films_of_a_gigabyte_are_never_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    size = 256 * MEGABYTE
    checksum = zlib.crc32(bytes(size))
    with_films(path, 4, size, checksum)
    assert checked(path, 200 * MEGABYTE) == [LARGE.format(1024)]
    with_films(path, 1, size, checksum ^ 1)
    assert checked(path, 200 * MEGABYTE) == ["film0.xsd: error pages/damaged-file: Its checksum is wrong."]


def test_of_more_than_two_gigabytes_not_every_checksum_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    with_films(path, 1, 3 * 1024 * MEGABYTE, 1)
    assert checked(path, 200 * MEGABYTE) == [
        LARGE.format(3072),
        "package.zip: note pages/files-not-judged: Not all checksums were compared.",
    ]


def test_a_bomb_among_media_is_unpacked_no_further_than_listed(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(with_packed("zeros.xsd", zeros(500 * MEGABYTE), 600_000))
    message = "It has 600,001 bytes or more, not 600,000 as listed."
    assert checked(path) == [f"zeros.xsd: error pages/damaged-file: {message}"]


# Names


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("../../a.xsd", ["container/path-outside-package"]),
        ("a/../../a.xsd", ["container/path-outside-package"]),
        ("/etc/a.xsd", ["container/path-outside-package"]),
        ("..\\..\\a.xsd", ["container/backslash-in-name", "container/path-outside-package"]),
        (
            "C:\\a.xsd",
            ["container/awkward-name", "container/backslash-in-name", "container/path-outside-package"],
        ),
    ],
)
def test_names_that_lead_out_are_told_and_nothing_is_written(
    name: str, rules: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(packed({**LEAST, name: b"x"}))
    assert rules_in(checked(path)) == rules
    assert os.listdir(tmp_path) == ["package.zip"]


@pytest.mark.share(2)
@pytest.mark.parametrize(
    "name",
    [
        lambda n: f"{n}" + "a" * 65_000 + ".xsd",
        lambda n: f"{n}" + "\u0301\u0323" * 15_000 + ".xsd",
        lambda n: f"{n}" + "a/" * 32_000 + "a.xsd",
        lambda n: "con/" * 16_000 + f"{n}.xsd",
    ],
    ids=["letters", "accents", "folders", "devices"],
)
def test_hundreds_of_names_of_65_000_bytes_are_only_long(name: Callable[[int], str], tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(packed({**LEAST, **{name(number): b"" for number in range(350)}}))
    assert "container/long-path" in rules_in(checked(path))


# Links


def test_a_manifest_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    data = packed(LEAST)
    path = tmp_path / "package.zip"
    mode = (stat.S_IFLNK | 0o777) << 16
    path.write_bytes(patched(data, central(data, MANIFEST.encode()) + 38, "<L", mode))
    folder = tmp_path / "package"
    folder.mkdir()
    (tmp_path / "outside.xml").write_text(TEXT, "utf-8")
    (folder / MANIFEST).symlink_to(tmp_path / "outside.xml")
    for each in (path, folder):
        lines = checked(each)
        assert "container/unreadable-manifest" in rules_in(lines)
        assert any("It is a link or a device, which is not followed." in line for line in lines)


def test_a_folder_that_holds_itself_is_walked_once(tmp_path: Path) -> None:
    for name, data in LEAST.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "a.xsd").symlink_to(".")
    (tmp_path / "b.xsd").symlink_to("a.xsd")
    (tmp_path / "c.xsd").symlink_to("c.xsd")
    assert rules_in(checked(tmp_path)) == ["container/special-file"]


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A package folder with two thousand folders in each other, a file half way down and one at the bottom."""
    for name, data in LEAST.items():
        (tmp_path / name).write_bytes(data)
    home = os.open(".", os.O_RDONLY)
    try:
        os.chdir(tmp_path)
        for level in range(2000):
            os.mkdir("d")
            os.chdir("d")
            if level in (999, 1999):
                Path("a.xsd").touch()
        yield tmp_path
    finally:
        os.fchdir(home)
        os.close(home)
        # Python's own rmtree calls itself for each folder, as pytest would when it clears up.
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)


def test_a_folder_two_thousand_folders_deep_is_walked(deep: Path) -> None:
    upper, lower = checked(deep)
    assert upper.endswith(
        "/a.xsd: warning container/long-path: The path has 2005 characters, its longest name 5."
    )
    assert lower.endswith(
        "/a.xsd: warning container/long-path: The path has 4005 characters, its longest name 5."
    )


def test_a_pipe_is_no_package(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    assert checked(tmp_path / "pipe.zip") == [
        "pipe.zip: fatal container/unreadable: It is neither a file nor a folder."
    ]


# Files that are exchanged while a package folder is read


@pytest.fixture
def impatient() -> Iterator[None]:
    """Ends a test that would wait for somebody to write into a pipe."""

    def stop(*_: object) -> None:
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def exchanged_for_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def exchanged_for_a_link(path: Path) -> None:
    """The other file is as large, so that no size tells."""
    secret = path.parent.parent / "secret"
    secret.write_bytes(b"s" * path.stat().st_size)
    path.unlink()
    path.symlink_to(secret)


def exchanged_for_a_linked_folder(path: Path) -> None:
    """The same again, by a link in place of the folder that the file is in."""
    other = path.parent.parent.parent / "other"
    shutil.copytree(path.parent, other)
    shutil.rmtree(path.parent)
    path.parent.symlink_to(other)


EXCHANGES = {
    "player.js": exchanged_for_a_pipe,
    "style.css": exchanged_for_a_link,
    "a/film.xsd": exchanged_for_a_linked_folder,
}


@pytest.fixture
def package_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "a").mkdir(parents=True)
    for name, data in {**LEAST, "a/film.xsd": b"film"}.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("name", EXCHANGES)
def test_a_file_that_was_exchanged_is_neither_read_nor_waited_for(name: str, package_folder: Path) -> None:
    with open_package(package_folder) as package:
        EXCHANGES[name](package_folder / name)
        with pytest.raises(UnreadableError, match="It changed while it was read"):
            package.read(name, MEGABYTE)
        assert package.head(name) == b""


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("name", EXCHANGES)
def test_a_file_that_was_exchanged_is_not_mended(
    name: str, package_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exchange(*args: object) -> object:
        EXCHANGES[name](package_folder / name)
        return contents(*args)

    contents = mending.contents
    monkeypatch.setattr(mending, "contents", exchange)
    target = package_folder.parent / "mended.zip"
    with pytest.raises(PackageError, match="It changed while it was read"):
        mend(package_folder, target)
    assert not target.exists()


@pytest.mark.usefixtures("impatient")
def test_a_zip_that_was_exchanged_is_not_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "package.zip", tmp_path / "mended.zip"
    source.write_bytes(with_file("__MACOSX/a"))

    def exchange(*args: object) -> object:
        exchanged_for_a_pipe(source)
        return mend_names(*args)

    mend_names = mending.mend_names
    monkeypatch.setattr(mending, "mend_names", exchange)
    mend(source, target)
    assert rules_in(checked(target)) == []


def test_a_folder_that_becomes_a_link_is_not_walked(
    package_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, walked = os.scandir, []

    def scandir(path: object) -> object:
        walked.append(path)
        if len(walked) == 2:
            monkeypatch.setattr(os, "scandir", real)
            exchanged_for_a_linked_folder(package_folder / "a/film.xsd")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with open_package(package_folder) as package:
        assert "a/film.xsd" not in package.files


# XML

SECRET = "root:x:0:0"
ENTITIES = "<!DOCTYPE manifest [<!ENTITY a 'haha'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 20}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


EXTERNAL = "<!DOCTYPE manifest [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize(
    ("before", "doctype"),
    [
        ("", f"{ENTITIES}]>"),
        ("", EXTERNAL),
        ("", "<!DOCTYPE manifest [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p; <!ENTITY i 'x'>]>"),
        ("", "<!DOCTYPE manifest SYSTEM 'file:///dev/zero'>"),
        ("", "<!DOCTYPE manifest PUBLIC 'x' 'http://127.0.0.1:9/x.dtd'>"),
        ("", "<!DOCTYPE manifest [<!ENTITY i '&i;'>]>"),
        ("<!-- <!DOCTYPE x> -->\n", EXTERNAL),
        ("<?x <y>?>", EXTERNAL),
        ("<!---->" * 100_000, EXTERNAL),
        # The parser takes off a byte order mark of its own.
        ("\ufeff\ufeff", EXTERNAL),
        ("\ufeff\ufeff", f"{ENTITIES}]>"),
    ],
    ids=[
        *("expansion", "external", "parameter", "subset", "public", "itself"),
        *("comment", "instruction", "comments", "marks", "marks-expansion"),
    ],
)
def test_no_entity_of_a_manifest_is_ever_read(before: str, doctype: str, tmp_path: Path) -> None:
    text = TEXT[TEXT.index("<manifest") :].replace("The least item", "&i;")
    # In an attribute, too, where a parser that leaves entities alone expands them all the same.
    text = before + doctype + text.replace('identifier="least"', 'identifier="&i;"')
    path = tmp_path / "package.zip"
    path.write_bytes(manifest(text))
    lines = checked(path)
    assert rules_in(lines) == ["container/doctype"]
    assert SECRET not in "".join(lines)


def test_no_entity_of_a_page_is_read(tmp_path: Path) -> None:
    page = LEAST["index.html"].decode()
    page = f"{ENTITIES.replace('manifest', 'html')}<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{page}".replace(
        "<h1>", '<h1><img src="&x;&i;.png" alt="">&x;&i;'
    )
    path = tmp_path / "package.zip"
    path.write_bytes(packed({**LEAST, "index.html": page.encode()}))
    lines = checked(path)
    assert "pages/missing-reference" in rules_in(lines)
    assert SECRET not in "".join(lines)
    assert "haha" not in "".join(lines)


def test_a_manifest_of_100_megabytes_is_not_read(tmp_path: Path) -> None:
    text = TEXT.replace("</manifest>", " " * 100 * MEGABYTE + "</manifest>").encode()
    message = f"It has {len(text):,} bytes; at most 20,971,520 are read."
    line = f"imsmanifest.xml: fatal container/unreadable-manifest: {message}"
    path = tmp_path / "package.zip"
    path.write_bytes(packed({**LEAST, MANIFEST: text}))
    assert line in checked(path, 200 * MEGABYTE)
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / MANIFEST).write_bytes(text)
    assert line in checked(folder, 200 * MEGABYTE)
    assert line in checked(folder / MANIFEST, 200 * MEGABYTE)


def nested(levels: int) -> bytes:
    return LEAST["index.html"].replace(b"<h1>", b"<div>" * levels + b"<h1>")


@pytest.mark.parametrize("name", ["index.html", "player.js", "style.css"])
def test_a_page_ten_thousand_levels_deep_is_only_read_as_far_as_it_goes(name: str, tmp_path: Path) -> None:
    data = nested(10_000) if name == "index.html" else LEAST[name] + b"{[(" * 10_000
    path = tmp_path / "package.zip"
    path.write_bytes(packed({**LEAST, name: data}))
    assert checked(path) == []


# What takes no room and much time


def files_listed(count: int) -> str:
    return "".join(f'<file href="a{number}"/>' for number in range(count))


SLOW_MANIFESTS: dict[str, Callable[[], str]] = {
    "a base of megabytes for all files": lambda: TEXT.replace(
        "<resources", f'<resources xml:base="{"x/" * 4_000_000}"'
    ).replace("</resource>", f"{files_listed(100_000)}</resource>"),
    "prefixes by the thousand": lambda: TEXT.replace(
        "<manifest", "<manifest " + " ".join(f'xmlns:p{number}="u:{number}"' for number in range(20_000))
    ).replace("</resource>", '<adlcp:x adlcp:y="1"/>' * 200_000 + "</resource>"),
    "attributes by the thousand": lambda: TEXT.replace(
        "</resource>", "<x " + " ".join(f'adlcp:a{number}=""' for number in range(500_000)) + "/></resource>"
    ),
    "elements by the thousand": lambda: TEXT.replace("</resource>", "<file/>" * 240_000 + "</resource>"),
    "a title of megabytes": lambda: TEXT.replace("The least item", "x " * 4_000_000),
}


@pytest.mark.share(2)
@pytest.mark.parametrize("text", SLOW_MANIFESTS.values(), ids=SLOW_MANIFESTS)
def test_a_manifest_that_is_long_to_check_is_checked_in_time(text: Callable[[], str], tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(packed({**LEAST, MANIFEST: text().encode()}))
    assert checked(path) != []


PAGE = LEAST["index.html"]
SLOW_PAGES: dict[str, Callable[[], bytes]] = {
    "style begun": lambda: PAGE.replace(b"<h1>", b"<style " * 600_000 + b"<h1>"),
    "styles": lambda: PAGE.replace(b"<h1>", b"<style></style>" * 300_000 + b"<h1>"),
    "scripts": lambda: PAGE.replace(b"<h1>", b"<script></script>" * 250_000 + b"<h1>"),
    "title begun": lambda: PAGE.replace(b"<title", b"<title " * 600_000 + b"<title"),
    "handlers begun": lambda: PAGE.replace(b"<h1>", b"<a onx" * 600_000 + b"<h1>"),
    "addresses": lambda: PAGE.replace(
        b"<h1>", b"=a " * 500_000 + b"".join(b'<img src="%d">' % n for n in range(9000)) + b"<h1>"
    ),
    "comments begun": lambda: PAGE.replace(b"<h1>", b"<!--" * 1_000_000 + b"<h1>"),
    "addresses begun": lambda: PAGE.replace(b"<h1>", b"<style>" + b"url( " * 900_000 + b"</style><h1>"),
    "attribute of megabytes": lambda: PAGE.replace(b"<h1>", b"<a " + b"a" * 4_500_000 + b"><h1>"),
    "tags": lambda: PAGE.replace(b"<h1>", b"<img src>" * 450_000 + b"<h1>"),
}


@pytest.mark.share(4)
@pytest.mark.parametrize("area", ["scorm12", "web"])
@pytest.mark.parametrize("name", SLOW_PAGES)
def test_a_page_that_is_long_to_check_is_checked_in_time(name: str, area: str, tmp_path: Path) -> None:
    page = SLOW_PAGES[name]()
    if area == "web":
        page = page.replace(b"<head>", b'<head><meta name="generator" content="coursepack web">')
    path = tmp_path / "package.zip"
    path.write_bytes(packed({**least_of(area), "index.html": page}))
    checked(path)


START = b"window.coursepackStatements="
COURSE = json.loads(least_of("xapi")["statements.js"].removeprefix(START).rstrip().removesuffix(b";"))[
    "course"
]
# Made when they are asked for: they take megabytes.
SLOW_COURSES: dict[str, Callable[[], dict[str, object]]] = {
    "properties that are near known ones": lambda: {
        **COURSE,
        **{f"definitio{number}": 1 for number in range(200_000)},
    },
    "a property of megabytes": lambda: {**COURSE, "definition" * 400_000: 1},
    "patterns of what cannot be chosen": lambda: defined(
        interactionType="choice",
        correctResponsesPattern=["b"] * 200_000,
        choices=[{"id": f"a{number}"} for number in range(100_000)],
    ),
    "the same choice again and again": lambda: defined(
        interactionType="choice", choices=[{"id": "a"}] * 300_000
    ),
    "a number of megabytes": lambda: defined(
        interactionType="numeric", correctResponsesPattern=["9" * 2_000_000 + "[:]1"]
    ),
}


def defined(**definition: object) -> dict[str, object]:
    return {"id": COURSE["id"], "definition": definition}


@pytest.mark.parametrize("course", SLOW_COURSES.values(), ids=SLOW_COURSES)
def test_statements_that_are_long_to_check_are_checked_in_time(
    course: Callable[[], dict[str, object]], tmp_path: Path
) -> None:
    files = least_of("xapi")
    told = json.loads(files["statements.js"].removeprefix(START).rstrip().removesuffix(b";"))
    files["statements.js"] = START + json.dumps({**told, "course": course()}).encode() + b";"
    path = tmp_path / "package.zip"
    path.write_bytes(packed(files))
    assert rules_in(checked(path)) == ["xapi/wrong-activity"]


def test_statements_ten_thousand_levels_deep_are_refused(tmp_path: Path) -> None:
    files = least_of("xapi")
    files["statements.js"] = START + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b";"
    path = tmp_path / "package.zip"
    path.write_bytes(packed(files))
    assert rules_in(checked(path)) == ["xapi/damaged-statements"]
