"""Reading packages that are broken, hostile or only odd: nothing is raised, every fault is told exactly."""

from __future__ import annotations

import io
import os
import stat
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coursepack.package import MANIFEST, UnreadableError, open_package
from coursepack.problems import Report
from coursepack.rules import check_package

LEAST = {
    path.name: path.read_bytes() for path in sorted((Path(__file__).parent / "packages/scorm12").iterdir())
}
CLEAN = ""


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of the files, their times fixed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, data)
    return buffer.getvalue()


def with_file(name: str, data: bytes = b"") -> bytes:
    return packed({**LEAST, name: data})


def changed(old: bytes, new: bytes, data: bytes | None = None, count: int = -1) -> bytes:
    """A zip with some bytes changed and no offset moved."""
    data = packed(LEAST) if data is None else data
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new, count)


def central(data: bytes, name: bytes) -> int:
    """Where the record of a file begins in the zip's list."""
    start = data.index(b"PK\1\2")
    while data[start + 46 : start + 46 + len(name)] != name:
        start = data.index(b"PK\1\2", start + 4)
    return start


def patched(data: bytes, position: int, form: str, value: int) -> bytes:
    raw = struct.pack(form, value)
    return data[:position] + raw + data[position + len(raw) :]


def flagged(name: bytes, flags: int, data: bytes) -> bytes:
    """A zip with other flags for a file, in both of its headers."""
    record = central(data, name)
    header = struct.unpack_from("<L", data, record + 42)[0]
    return patched(patched(data, record + 8, "<H", flags), header + 6, "<H", flags)


def as_zip64(data: bytes) -> bytes:
    """The same zip with the records of a very large one."""
    end = data.rindex(b"PK\5\6")
    count, size, offset = struct.unpack_from("<HLL", data, end + 10)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    return data[:end] + record + struct.pack("<4sLQL", b"PK\6\7", 0, end, 1) + data[end:]


def listing(count: int, said: int | None = None) -> bytes:
    """A zip that is nothing but a list of files."""
    record = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *[0] * 7, 1, *[0] * 6) + b"a"
    room = bytes(31)
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, 0, (said or count) & 0xFFFF, count * len(record), len(room), 0
    )
    return room + record * count + end


def renamed_at_its_data() -> bytes:
    data = packed(LEAST)
    header = data.index(b"style.css", data.index(b"PK\3\4", data.index(LEAST["player.js"])))
    return data[:header] + b"stale" + data[header + 5 :]


def moded(mode: int) -> bytes:
    """The least package and a file with a mode, of which the type is a part."""
    data = with_file("a.xsd")
    return patched(data, central(data, b"a.xsd") + 38, "<L", (mode | 0o755) << 16)


def with_comment(comment: bytes) -> bytes:
    data = packed(LEAST)
    return patched(data, len(data) - 2, "<H", len(comment)) + comment


def expanding() -> bytes:
    data = with_file("zeros.xsd", b"0")
    return patched(data, central(data, b"zeros.xsd") + 24, "<L", 200 * 1024 * 1024)


def overlapping() -> bytes:
    data = packed(LEAST)
    return patched(data, central(data, b"index.html") + 42, "<L", 0)


def bzip2() -> bytes:
    data = with_file("a.xsd")
    return patched(data, central(data, b"a.xsd") + 10, "<H", 12)


def manifest(text: str, encoding: str = "utf-8") -> bytes:
    return packed({**LEAST, MANIFEST: text.encode(encoding)})


TEXT = LEAST[MANIFEST].decode()
LATIN1 = TEXT.replace("The least item", "Människan")
LAUGHS = TEXT.replace(
    '<manifest identifier="least"',
    "<!DOCTYPE manifest [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(n + 1)} '{f'&{chr(n)};' * 10}'>" for n in range(97, 110))
    + ']><manifest identifier="least"',
).replace("The least item", "&n;")
DEEP = TEXT.replace("<title>The least item</title>", "<item>" * 10_000 + "</item>" * 10_000)
TAGS = ("<metadata>", "<metadata>" + "<a/>" * 250_000)
PACKED_SIZE = sum(map(len, LEAST.values()))

FILM = b"".join(b"%d" % (n * n) for n in range(100))
DEFLATED_FILM = zlib.compress(FILM, wbits=-15)

Case = tuple[bytes, str]

# What only the bytes of a zip can show, by rule: zips and the exact reports on them.
ZIP_CASES: dict[str, list[Case]] = {
    "container/not-a-zip": [
        (b"", "package.zip: fatal container/not-a-zip: It is neither a zip nor a folder."),
        (b"Not a zip.", "package.zip: fatal container/not-a-zip: It is neither a zip nor a folder."),
    ],
    "container/damaged-zip": [
        (
            packed(LEAST)[:-30],
            (
                "package.zip: fatal container/damaged-zip: It begins as a zip and has no list of files: "
                "it is cut short."
            ),
        ),
        (
            packed(LEAST)[100:],
            (
                "package.zip: fatal container/damaged-zip: Its list of files lies outside the file: "
                "it is cut short."
            ),
        ),
        (
            listing(3, said=2),
            "package.zip: fatal container/damaged-zip: It declares 2 files but lists 3.",
        ),
        (
            patched(packed(LEAST), len(packed(LEAST)) - 18, "<H", 1),
            "package.zip: fatal container/damaged-zip: It is one volume of a zip in several files.",
        ),
        (
            patched(packed(LEAST), central(packed(LEAST), b"style.css") + 20, "<L", 0xFFFFFFFF),
            "package.zip: fatal container/damaged-zip: A zip64 field is missing from its list of files.",
        ),
        (
            patched(packed(LEAST), central(packed(LEAST), b"style.css") + 20, "<L", 5_000_000),
            "package.zip: fatal container/damaged-zip: The data of 'style.css' would lie beyond the end.",
        ),
    ],
    "container/stray-bytes": [
        (
            b"\x7fELF" + packed(LEAST),
            "package.zip: warning container/stray-bytes: There are 4 bytes before it.",
        ),
        (
            packed(LEAST) + b"padding",
            "package.zip: warning container/stray-bytes: There are 7 bytes after it.",
        ),
        (
            b"\x7fELF" + as_zip64(packed(LEAST)) + b"x",
            "package.zip: warning container/needless-zip64: It is written as zip64, which its size does not need.\n"
            "package.zip: warning container/stray-bytes: There are 4 bytes before it and 1 byte after it.",
        ),
        (with_comment(b"A comment."), CLEAN),
    ],
    "container/too-many-files": [
        (
            listing(100_001),
            "package.zip: fatal container/too-many-files: It lists more than 100,000 files.",
        ),
        (
            patched(as_zip64(packed(LEAST)), as_zip64(packed(LEAST)).index(b"PK\6\6") + 32, "<Q", 1_000_000),
            "package.zip: fatal container/too-many-files: It lists 1,000,000 files; at most 100,000 are read.",
        ),
        (packed(LEAST), CLEAN),
    ],
    "container/overlapping-files": [
        (
            overlapping(),
            (
                "package.zip: fatal container/overlapping-files: The data of 'imsmanifest.xml' begin inside those of "
                "'index.html'."
            ),
        ),
        (packed(LEAST), CLEAN),
    ],
    "container/expands-too-far": [
        (
            expanding(),
            (
                f"package.zip: fatal container/expands-too-far: It has {PACKED_SIZE + 1:,} bytes packed and "
                f"{PACKED_SIZE + 200 * 1024 * 1024:,} unpacked."
            ),
        ),
        (packed({**LEAST, "zeros.xsd": bytes(1024 * 1024)}, zipfile.ZIP_DEFLATED), CLEAN),
    ],
    "container/encrypted-file": [
        (
            flagged(b"style.css", 0x0001, packed(LEAST)),
            "package.zip: fatal container/encrypted-file: A password is needed for 'style.css'.",
        ),
        (flagged(b"style.css", 0x0002, packed(LEAST)), CLEAN),
    ],
    "container/unsupported-compression": [
        (
            bzip2(),
            (
                "a.xsd: error container/unsupported-compression: It is compressed by method 12, "
                "not stored or deflated."
            ),
        ),
        (packed(LEAST, zipfile.ZIP_DEFLATED), CLEAN),
    ],
    "container/control-character-in-name": [
        (
            changed(b"aXb.xsd", b"a\0b.xsd", with_file("aXb.xsd")),
            r"a\x00b.xsd: error container/control-character-in-name: The name contains a control character.",
        ),
        (
            changed(b"aXb.xsd", b"a\x1bb.xsd", with_file("aXb.xsd")),
            r"a\x1bb.xsd: error container/control-character-in-name: The name contains a control character.",
        ),
        (with_file("aXb.xsd"), CLEAN),
    ],
    "container/duplicate-name": [
        (
            changed(b"b.xsd", b"a.xsd", packed({**LEAST, "a.xsd": b"", "b.xsd": b""})),
            "a.xsd: warning container/duplicate-name: There are 2 files of this name.",
        ),
        (packed({**LEAST, "a.xsd": b"", "b.xsd": b""}), CLEAN),
        # A folder that is listed twice is one.
        (changed(b"folder-b/", b"folder-a/", packed({**LEAST, "folder-a/": b"", "folder-b/": b""})), CLEAN),
    ],
    "container/name-without-utf8-flag": [
        (
            flagged("å.xsd".encode(), 0, with_file("å.xsd")),
            (
                "package.zip: warning container/awkward-name: LMSs may change or refuse these names: 'å.xsd'.\n"
                "package.zip: warning container/name-without-utf8-flag: The encoding of these names is not declared: "
                "'å.xsd'."
            ),
        ),
        (
            changed("å.xsd".encode(), b"\x86x.xsd", flagged("å.xsd".encode(), 0, with_file("å.xsd"))),
            (
                "package.zip: warning container/awkward-name: LMSs may change or refuse these names: 'åx.xsd'.\n"
                "package.zip: warning container/name-without-utf8-flag: The encoding of these names is not declared: "
                "'åx.xsd'."
            ),
        ),
        (
            with_file("å.xsd"),
            "package.zip: warning container/awkward-name: LMSs may change or refuse these names: 'å.xsd'.",
        ),
    ],
    "container/special-file": [
        (moded(kind), "package.zip: warning container/special-file: Not a regular file: 'a.xsd'.")
        for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK)
    ]
    + [(moded(stat.S_IFREG), CLEAN), (moded(0), CLEAN)],
    "container/privileged-file": [
        (moded(bit | stat.S_IFREG), "package.zip: warning container/privileged-file: Marked to run with other rights: 'a.xsd'.")
        for bit in (stat.S_ISUID, stat.S_ISGID)
    ]
    + [
        (moded(stat.S_ISVTX | stat.S_IFREG), CLEAN),
        # Folders that hand on their group are everyday.
        (moded(stat.S_ISGID | stat.S_IFDIR), CLEAN),
    ],
    "container/needless-zip64": [
        (
            as_zip64(packed(LEAST)),
            "package.zip: warning container/needless-zip64: It is written as zip64, which its size does not need.",
        ),
        (packed(LEAST), CLEAN),
    ],
    "container/unreadable-manifest": [
        (
            changed(b"The least item", b"The worst item"),
            "imsmanifest.xml: fatal container/unreadable-manifest: Its checksum is wrong.",
        ),
        (
            manifest(TEXT + " " * 20 * 1024 * 1024),
            (
                f"imsmanifest.xml: fatal container/unreadable-manifest: It has {20 * 1024 * 1024 + len(TEXT):,} bytes; "
                "at most 20,971,520 are read."
            ),
        ),
        (
            manifest(TEXT.replace(*TAGS)),
            "imsmanifest.xml: fatal container/unreadable-manifest: It has more than 250,000 tags.",
        ),
        (manifest(TEXT + " " * 1024 * 1024), CLEAN),
    ],
    "container/wrong-encoding": [
        (
            manifest(LATIN1, "latin-1"),
            "imsmanifest.xml:11: fatal container/wrong-encoding: It declares UTF-8 but its bytes are not.",
        ),
        (
            manifest("\ufeff" + TEXT.replace("UTF-8", "ISO-8859-1")),
            (
                "imsmanifest.xml: fatal container/wrong-encoding: It declares ISO-8859-1 and begins with the "
                "byte order mark of UTF-8."
            ),
        ),
        (
            manifest(TEXT.replace("UTF-8", "UTF-7")),
            "imsmanifest.xml: fatal container/wrong-encoding: The encoding 'UTF-7' is not known.",
        ),
        (
            manifest(LATIN1.replace("UTF-8", "ISO-8859-1"), "latin-1"),
            "imsmanifest.xml:1: note container/encoding-not-utf8: Its encoding is ISO-8859-1, not UTF-8.",
        ),
        (
            manifest(LATIN1.replace("UTF-8", "UTF-16"), "utf-16"),
            (
                "imsmanifest.xml:1: note container/byte-order-mark: It begins with a byte order mark.\n"
                "imsmanifest.xml:1: note container/encoding-not-utf8: Its encoding is UTF-16, not UTF-8."
            ),
        ),
        (manifest(LATIN1), CLEAN),
    ],
    "container/byte-order-mark": [
        (
            manifest("\ufeff" + TEXT),
            "imsmanifest.xml:1: note container/byte-order-mark: It begins with a byte order mark.",
        ),
        (manifest(TEXT), CLEAN),
    ],
    "container/doctype": [(manifest(LAUGHS), "imsmanifest.xml: fatal container/doctype: It has a DOCTYPE.")],
    "pages/damaged-file": [
        (
            changed(b"sans-serif", b"sons-serif"),
            "style.css: error pages/damaged-file: Its checksum is wrong.",
        ),
        (
            renamed_at_its_data(),
            "style.css: error pages/damaged-file: Its name in the list of files is not the one at its data.",
        ),
        (
            patched(packed(LEAST), central(packed(LEAST), b"style.css") + 24, "<L", 20),
            "style.css: error pages/damaged-file: It has 21 bytes or more, not 20 as listed.",
        ),
        (
            with_file("index.html", LEAST["index.html"].replace(b"<h1>", b"<h1 " + b"a " * 100_000 + b">")),
            "index.html: error pages/damaged-file: It has a tag with more than 100,000 spaces, quotes and slashes.",
        ),
        (
            changed(b"A film.", b"A firm.", with_file("film.xsd", b"A film.")),
            "film.xsd: error pages/damaged-file: Its checksum is wrong.",
        ),
        (
            changed(DEFLATED_FILM, b"\x1b" + DEFLATED_FILM[1:], packed({**LEAST, "a.xsd": FILM}, zipfile.ZIP_DEFLATED)),
            "a.xsd: error pages/damaged-file: Its compressed data are broken.",
        ),
        # Of two with one name, the one that unpacking does not leave is damaged all the same.
        (
            changed(b"b.xsd", b"a.xsd", changed(b"A film.", b"A firm.", packed({**LEAST, "a.xsd": b"A film.", "b.xsd": b""}))),
            "a.xsd: error pages/damaged-file: Its checksum is wrong.\n"
            "a.xsd: warning container/duplicate-name: There are 2 files of this name.",
        ),
        (packed({**LEAST, "film.xsd": FILM}, zipfile.ZIP_DEFLATED), CLEAN),
    ],
}  # fmt: skip
ZIP_RULES = {
    *ZIP_CASES,
    "container/unreadable",
    "container/large-package",
    "container/lone-manifest",
    "cmi5/relative-url",
} - {
    "container/doctype",
    "container/wrong-encoding",
}


def report_on(path: Path) -> str:
    with open_package(path) as package:
        return str(Report.of(check_package(package)))


def report_on_bytes(data: bytes, folder: Path) -> str:
    path = folder / "package.zip"
    path.write_bytes(data)
    return report_on(path)


@pytest.mark.parametrize(
    ("data", "report"),
    [
        pytest.param(*case, id=f"{rule}-{n}")
        for rule, cases in ZIP_CASES.items()
        for n, case in enumerate(cases)
    ],
)
def test_the_report_on_a_zip_is_exact(data: bytes, report: str, tmp_path: Path) -> None:
    assert report_on_bytes(data, tmp_path) == report


def test_a_path_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    assert (
        report_on(tmp_path / "gone.zip")
        == "gone.zip: fatal container/unreadable: It cannot be opened: No such file or directory."
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "package"
    path.mkdir()
    for name, data in LEAST.items():
        (path / name).write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("megabytes", "report"),
    [
        (501, "package: warning container/large-package: It has 501 MB; many LMSs accept at most 500 MB."),
        (499, CLEAN),
    ],
)
def test_a_package_of_more_than_500_megabytes_is_told(folder: Path, megabytes: int, report: str) -> None:
    with (folder / "film.xsd").open("wb") as film:
        film.truncate(megabytes * 1024 * 1024)
    assert report_on(folder) == report


@pytest.mark.parametrize("name", ["imsmanifest.xml", "course 7.xml", "manifest.txt"])
def test_a_single_manifest_is_checked_without_its_files(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(
        TEXT.replace('version="1"', 'version=""').replace('"index.html"', '"gone.html"')
    )
    note = "note container/lone-manifest: The files that it refers to were not checked, since it was given alone."
    assert report_on(tmp_path / name) == f"{name}: {note}"


def test_the_faults_of_a_lone_manifest_are_told_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.xml"
    path.write_text(TEXT.replace(">1.2<", ">1.3.2<"))
    assert report_on(path).splitlines()[1] == (
        "mine.xml:5: warning scorm12/wrong-schemaversion: The schemaversion is '1.3.2', not '1.2'."
    )
    path.write_text(TEXT.replace("</manifest>", ""))
    assert "\nmine.xml:" in report_on(path)
    assert "fatal container/malformed-manifest" in report_on(path)


@pytest.mark.parametrize(
    ("area", "name"), [("xapi", "tincan.xml"), ("cmi5", "cmi5.xml"), ("scorm2004", MANIFEST)]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_lone_manifest_is_known_by_its_outermost_element(
    area: str, name: str, encoding: str, tmp_path: Path
) -> None:
    text = (Path(__file__).parent / "packages" / area / name).read_text()
    path = tmp_path / "any.xml"
    path.write_bytes(text.replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding))
    with open_package(path) as package:
        assert package.is_single_manifest
        assert package.manifest.name == name
        assert package.manifest.root is not None


def test_a_lone_course_structure_of_cmi5_has_whole_addresses_only(tmp_path: Path) -> None:
    text = (Path(__file__).parent / "packages/cmi5/cmi5.xml").read_text()
    path = tmp_path / "cmi5.xml"
    path.write_text(text)
    note = "cmi5.xml: note container/lone-manifest: The files that it refers to were not checked, since it was given alone."
    assert report_on(path).splitlines() == [
        note,
        "cmi5.xml:10: error cmi5/relative-url: 'index.html' leads nowhere without a zip.",
        "    Check the whole package instead.",
    ]
    path.write_text(text.replace(">index.html<", ">https://courses.test/index.html<"))
    assert report_on(path) == note


def test_a_lone_file_that_is_no_xml_is_no_package(tmp_path: Path) -> None:
    (tmp_path / "course.pdf").write_bytes(b"%PDF-1.7")
    assert report_on(tmp_path / "course.pdf").startswith("course.pdf: fatal container/not-a-zip: ")


def test_a_zip_that_is_named_as_xml_is_a_zip(tmp_path: Path) -> None:
    (tmp_path / "course.xml").write_bytes(packed(LEAST))
    assert report_on(tmp_path / "course.xml") == CLEAN


def test_the_start_of_a_file_is_read_whatever_its_length(folder: Path, tmp_path: Path) -> None:
    data = b"0123456789" * 100_000
    (folder / "long.xsd").write_bytes(data)
    (tmp_path / "package.zip").write_bytes(packed({"long.xsd": data}, zipfile.ZIP_DEFLATED))
    for path in (folder, tmp_path / "package.zip"):
        with open_package(path) as package:
            assert package.head("long.xsd", 25) == b"0123456789012345678901234"
            assert len(package.head("long.xsd")) == 64 * 1024
            assert package.head("gone.xsd") == b""


def test_names_with_backslashes_are_found_by_slashes(tmp_path: Path) -> None:
    page = LEAST["index.html"].replace(b'src="', b'src="../').replace(b'href="', b'href="../')
    text = TEXT.replace("index.html", "pages/index.html")
    files = {**LEAST, MANIFEST: text.encode(), "pages\\index.html": page}
    del files["index.html"]
    assert report_on_bytes(packed(files), tmp_path) == (
        r"package.zip: warning container/backslash-in-name: Folders are separated by '\' in 'pages\\index.html'."
    )


def test_a_dot_and_a_slash_before_every_name_change_nothing(tmp_path: Path) -> None:
    assert report_on_bytes(packed({f"./{name}": data for name, data in LEAST.items()}), tmp_path) == CLEAN


def test_the_picture_of_a_folder_of_macos_is_junk(tmp_path: Path) -> None:
    assert report_on_bytes(with_file("media/Icon\r"), tmp_path) == (
        r"package.zip: note container/junk-file: Not part of a course: 'media/Icon\r'."
    )


@pytest.mark.parametrize("encoding", ["gb18030", "shift_jis", "euc-kr", "koi8-r"])
def test_a_manifest_in_another_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    text = TEXT.replace("UTF-8", encoding)
    assert report_on_bytes(manifest(text, encoding), tmp_path) == (
        f"imsmanifest.xml:1: note container/encoding-not-utf8: Its encoding is {encoding}, not UTF-8."
    )


def test_links_and_pipes_in_a_folder_are_told_and_never_opened(folder: Path) -> None:
    (folder / "out.xsd").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("..")
    os.mkfifo(folder / "pipe.xsd")
    (folder / "style.css").unlink()
    os.mkfifo(folder / "style.css")
    assert report_on(folder) == (
        "imsmanifest.xml: note scorm12/undeclared-file: The manifest does not list 'up'.\n"
        "package: warning container/special-file: Not a regular file: 'out.xsd', 'pipe.xsd', 'style.css' and 1 more.\n"
        "style.css: error pages/damaged-file: It is a link or a device, which is not followed."
    )


def test_a_manifest_nested_ten_thousand_deep_is_refused(tmp_path: Path) -> None:
    report = report_on_bytes(manifest(DEEP), tmp_path)
    assert report.startswith("imsmanifest.xml:11:")
    assert "fatal container/malformed-manifest: It is not well-formed XML: Excessive depth" in report


def test_a_bare_surrogate_or_nul_in_the_manifest_is_refused(tmp_path: Path) -> None:
    for sign in ("&#xD800;", "&#0;", "\0"):
        report = report_on_bytes(manifest(TEXT.replace("The least item", sign)), tmp_path)
        assert "fatal container/malformed-manifest" in report


def test_a_hundred_thousand_entries_are_read_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(listing(100_000))
    start = time.process_time()
    with open_package(path) as package:
        assert len(package.entries) == 100_000
    assert time.process_time() - start < 5


def test_a_file_is_read_within_its_limit_only(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(packed(LEAST, zipfile.ZIP_DEFLATED))
    size = len(LEAST["style.css"])
    for path in (folder, tmp_path / "package.zip"):
        with open_package(path) as package:
            assert package.read("style.css", size) == LEAST["style.css"]
            with pytest.raises(UnreadableError, match=rf"It has {size} bytes; at most {size - 1} are read\."):
                package.read("style.css", size - 1)
            with pytest.raises(UnreadableError, match=r"There is no such file\."):
                package.read("../package.zip", size)


def test_a_stream_that_expands_beyond_its_size_is_stopped(tmp_path: Path) -> None:
    data = packed({"zeros": bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    data = patched(data, central(data, b"zeros") + 24, "<L", 100_000)
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    with open_package(path) as package, pytest.raises(UnreadableError, match=r"It has 100,001 bytes or more"):
        package.read("zeros", 1_000_000)


def test_a_zip_in_a_zip_is_a_file_like_any_other(tmp_path: Path) -> None:
    assert report_on_bytes(with_file("inner.xsd", packed({"imsmanifest.xml": b"<x/>"})), tmp_path) == CLEAN


def test_entries_tell_what_the_zip_says(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(packed({"media/": b"", "å.txt": b"aaaaaaaaaaaaaaaa"}, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(path) as archive, open_package(path) as package:
        expected = [(one.filename, one.file_size, one.compress_size, one.CRC) for one in archive.infolist()]
        assert [(one.name, one.size, one.compressed, one.crc) for one in package.entries] == expected
        assert [one.is_folder for one in package.entries] == [True, False]
        assert list(package.files) == ["å.txt"]
        assert package.entries[1].utf8


SMALL = packed(LEAST, zipfile.ZIP_DEFLATED)


def mutated(changes: list[tuple[int, int]], cut: int) -> bytes:
    data = bytearray(SMALL)
    for position, value in changes:
        data[position % len(data)] = value
    return bytes(data[: len(data) - cut])


# Half of the changes fall on the headers, where they do most.
positions = st.integers(0, len(SMALL) - 1) | st.integers(SMALL.index(b"PK\1\2"), len(SMALL) - 1)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(positions, st.integers(0, 255)), max_size=8),
    cut=st.just(0) | st.integers(0, 400),
)
@example(changes=[], cut=0)
def test_no_change_of_bytes_makes_an_exception(
    changes: list[tuple[int, int]], cut: int, tmp_path: Path
) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(mutated(changes, cut))
    with open_package(path) as package:
        problems = check_package(package)
    assert all(str(problem).replace("\n    ", "").isprintable() for problem in problems)
    if mutated(changes, cut) == SMALL:
        assert problems == []


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(LEAST)),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=4)), min_size=1, max_size=6),
)
def test_no_change_of_a_file_makes_an_exception(
    name: str, changes: list[tuple[int, bytes]], tmp_path: Path
) -> None:
    data = LEAST[name]
    for position, value in changes:
        place = position % (len(data) + 1)
        data = data[:place] + value + data[place + len(value) // 2 :]
    path = tmp_path / "package.zip"
    path.write_bytes(packed({**LEAST, name: data}))
    with open_package(path) as package:
        problems = check_package(package)
    assert all(str(problem).replace("\n    ", "").isprintable() for problem in problems)
