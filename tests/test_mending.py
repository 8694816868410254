"""Mending: each fault alone, all together, and that nothing that was right or cannot be known is touched."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from strategies import MakeCourse
from test_rules import CASES, schema_for

from coursepack import build_package
from coursepack.checking import check, check_path
from coursepack.cli import main
from coursepack.languages.messages import sentence
from coursepack.problems import PackageError, Problem, Quoted
from coursepack.repair import Mended, mend, mendable

PACKAGES = Path(__file__).parent / "packages"
LEAST = {
    folder.name: {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*")}
    for folder in sorted(PACKAGES.iterdir())
}
MANIFESTS = {
    "scorm12": "imsmanifest.xml",
    "scorm2004": "imsmanifest.xml",
    "xapi": "tincan.xml",
    "cmi5": "cmi5.xml",
}
MANIFEST = "imsmanifest.xml"
Files = dict[str, bytes]


def packed_bytes(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def packed(path: Path, files: Mapping[str, bytes]) -> Path:
    path.write_bytes(packed_bytes(files))
    return path


def unpacked(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def changed(area: str, *changes: tuple[str, str]) -> Files:
    """The least package of an area with words of its manifest changed."""
    name = MANIFESTS[area]
    text = LEAST[area][name].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {**LEAST[area], name: text.encode()}


def mended(folder: Path, files: Mapping[str, bytes]) -> tuple[Mended, Files]:
    source = packed(folder / "in.zip", files)
    before = source.read_bytes()
    result = mend(source, folder / "out.zip")
    assert source.read_bytes() == before
    return result, unpacked(folder / "out.zip")


# Each fault alone: what the package is made from the least one, and the lines


def wrapped(files: Files) -> Files:
    return {f"course/v1/{name}": data for name, data in files.items()}


JUNK = ("__MACOSX/._index.html", ".DS_Store", "media/Thumbs.db", "desktop.ini", "._style.css", "Icon\r")

SCORM12 = LEAST["scorm12"]
ALONE: dict[str, tuple[Files, list[str]]] = {
    "wrapper": (wrapped(SCORM12), ["in.zip: The folder 'course/v1' around everything was removed."]),
    "wrapper of xAPI": (
        wrapped(LEAST["xapi"]),
        ["in.zip: The folder 'course/v1' around everything was removed."],
    ),
    "wrapper with junk beside it": (
        {**wrapped(SCORM12), "__MACOSX/course/._v1": b"x"},
        [
            "in.zip: The folder 'course/v1' around everything was removed.",
            "in.zip: Junk was left out: '__MACOSX/course/._v1'.",
        ],
    ),
    "junk": (
        {**SCORM12, **dict.fromkeys(JUNK, b"x")},
        ["in.zip: Junk was left out: '.DS_Store', '._style.css', 'Icon\\r' and 3 more."],
    ),
    "junk that is listed": (
        {
            **changed("scorm12", ("      <file", '      <file href=".DS_Store"/>\n      <file')),
            ".DS_Store": b"",
        },
        [
            *["in.zip: Junk was left out: '.DS_Store'."],
            *[
                f"imsmanifest.xml:{line}: '.DS_Store', which is junk, is no longer listed."
                for line in (17, 19, 21)
            ],
        ],
    ),
    "junk of cmi5": ({**LEAST["cmi5"], "Thumbs.db": b"x"}, ["in.zip: Junk was left out: 'Thumbs.db'."]),
    "manifest in another case": (
        {("IMSManifest.XML" if name == MANIFEST else name): data for name, data in SCORM12.items()},
        ["in.zip: 'IMSManifest.XML' is now named 'imsmanifest.xml'."],
    ),
    "path in another case": (
        changed("scorm12", ('href="index.html"', 'href="Index.HTML"'), ("player.js", "Player.js")),
        [
            "imsmanifest.xml:16: The path 'Index.HTML' is now 'index.html', as the file is named.",
            "imsmanifest.xml:17: The path 'Index.HTML' is now 'index.html', as the file is named.",
            "imsmanifest.xml:18: The path 'Player.js' is now 'player.js', as the file is named.",
        ],
    ),
    "launch of xAPI in another case": (
        changed("xapi", (">index.html<", ">Index.html?a=B<")),
        ["tincan.xml:7: The path 'Index.html?a=B' is now 'index.html?a=B', as the file is named."],
    ),
    "url of cmi5 with backslash": (
        {
            **changed("cmi5", (">index.html<", r">.\index.html<")),
        },
        [r"cmi5.xml:10: The path '.\\index.html' is now 'index.html', as the file is named."],
    ),
    "backslashes": (
        {
            **changed("scorm12", ("</resource>", '  <file href="media\\a b.txt"/>\n    </resource>')),
            "media\\a b.txt": b"x",
            "media\\": b"",
        },
        [
            r"in.zip: Folders are now separated by '/', not '\': 'media\\a b.txt', 'media\\'.",
            r"imsmanifest.xml:20: The path 'media\\a b.txt' is now 'media/a%20b.txt', as the file is named.",
        ],
    ),
    "files that are not listed": (
        {**SCORM12, "a & b.txt": b"x", "media/å.txt": b"x", "extra.xsd": b"x"},
        [
            "imsmanifest.xml:16: 2 unlisted files are now listed under 'sco': 'a & b.txt', 'media/å.txt'.",
        ],
    ),
    "start page that is not listed": (
        changed("scorm12", ('<file href="index.html"/>\n      ', "")),
        ["imsmanifest.xml:16: 'index.html' is now listed as a file of its resource."],
    ),
    "no scormtype": (
        changed("scorm12", (' adlcp:scormtype="sco"', "")),
        ["imsmanifest.xml:16: The resource 'sco', which is launched, is now declared as a SCO."],
    ),
    "no scormType and no prefix": (
        changed(
            "scorm12",
            (' adlcp:scormtype="sco"', ""),
            (' xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"', ""),
        ),
        ["imsmanifest.xml:16: The resource 'sco', which is launched, is now declared as a SCO."],
    ),
    "no scormType": (
        changed("scorm2004", (' adlcp:scormType="sco"', "")),
        ["imsmanifest.xml:27: The resource 'sco', which is launched, is now declared as a SCO."],
    ),
    "byte order mark": (
        {**SCORM12, MANIFEST: b"\xef\xbb\xbf" + SCORM12[MANIFEST]},
        ["imsmanifest.xml: The byte order mark was removed."],
    ),
    "byte order mark of xAPI": (
        {**LEAST["xapi"], "tincan.xml": b"\xef\xbb\xbf" + LEAST["xapi"]["tincan.xml"]},
        ["tincan.xml: The byte order mark was removed."],
    ),
    "ISO-8859-1": (
        {
            **SCORM12,
            MANIFEST: changed("scorm12", ("UTF-8", "ISO-8859-1"), ("least item", "låsta kursen"))[MANIFEST]
            .decode()
            .encode("latin-1"),
        },
        ["imsmanifest.xml: It is now written in UTF-8; it was in ISO-8859-1."],
    ),
    "UTF-16": (
        {**SCORM12, MANIFEST: changed("scorm12", ("UTF-8", "UTF-16"))[MANIFEST].decode().encode("utf-16")},
        [
            "imsmanifest.xml: The byte order mark was removed.",
            "imsmanifest.xml: It is now written in UTF-8; it was in UTF-16.",
        ],
    ),
    "UTF-16 without a mark": (
        {**SCORM12, MANIFEST: changed("scorm12", ("UTF-8", "UTF-16"))[MANIFEST].decode().encode("utf-16-be")},
        ["imsmanifest.xml: It is now written in UTF-8; it was in UTF-16."],
    ),
    "UTF-16 declared in UTF-8": (
        changed("scorm12", ("UTF-8", "utf-16"), ("least item", "låsta kursen")),
        ["imsmanifest.xml: It now declares UTF-8, its encoding, instead of utf-16."],
    ),
    "Shift JIS": (
        {
            **SCORM12,
            MANIFEST: changed("scorm12", ("UTF-8", "Shift_JIS"), ("least item", "日本語"))[MANIFEST]
            .decode()
            .encode("shift_jis"),
        },
        ["imsmanifest.xml: It is now written in UTF-8; it was in Shift_JIS."],
    ),
    "white space before the declaration": (
        {**SCORM12, MANIFEST: b"\r\n " + SCORM12[MANIFEST]},
        ["imsmanifest.xml: The text before the XML declaration was removed."],
    ),
    "DOCTYPE": (
        changed("scorm12", ("?>\n", '?>\n<!-- a > b -->\n<!DOCTYPE manifest PUBLIC "-//A" "a.dtd" [ ]>\n')),
        ["imsmanifest.xml: The DOCTYPE, which declared nothing, was removed."],
    ),
    "identifiers": (
        changed(
            "scorm12",
            ('"least"', '"1 least"'),
            ('"course"', '"Säker kurs, del 1"'),
            ('"item"', '"item 1"'),
            ('"sco"', '"{sco}"'),
            ('adlcp:scormtype="{sco}"', 'adlcp:scormtype="sco"'),
        ),
        [
            "imsmanifest.xml:2: The manifest '1 least' is now 'id-1_least', and so is what refers to it.",
            "imsmanifest.xml:8: The organization 'Säker kurs, del 1' is now 'Saker_kurs_del_1', "
            "and so is what refers to it.",
            "imsmanifest.xml:10: The item 'item 1' is now 'item_1', and so is what refers to it.",
            "imsmanifest.xml:16: The resource '{sco}' is now 'sco', and so is what refers to it.",
        ],
    ),
    "no schemaversion": (
        changed("scorm12", ("    <schemaversion>1.2</schemaversion>\n", "")),
        ["imsmanifest.xml:2: The manifest's metadata now name the schemaversion '1.2'."],
    ),
    "no metadata": (
        changed(
            "scorm2004",
            (
                "  <metadata>\n    <schema>ADL SCORM</schema>\n"
                "    <schemaversion>2004 4th Edition</schemaversion>\n  </metadata>\n",
                "",
            ),
        ),
        [
            "imsmanifest.xml:2: The manifest's metadata now name the schema 'ADL SCORM'.",
            "imsmanifest.xml:2: The manifest's metadata now name the schemaversion '2004 4th Edition'.",
        ],
    ),
    "no default": (
        changed("scorm12", (' default="course"', "")),
        ["imsmanifest.xml:7: The default organization is now the first, 'course'."],
    ),
    "metadata among the resources": (
        changed(
            "scorm12",
            (
                "  <metadata>\n    <schema>ADL SCORM</schema>\n    <schemaversion>1.2</schemaversion>\n  </metadata>\n",
                "",
            ),
            (
                "<resources>",
                "<resources>\n    <metadata>\n      <schema>ADL SCORM</schema>\n"
                "      <schemaversion>1.2</schemaversion>\n    </metadata>",
            ),
        ),
        ["imsmanifest.xml:2: The metadata in resources are now the manifest's."],
    ),
    "metadata that are repeated": (
        changed("scorm12", ("<resources>", "<resources><metadata><schema>ADL  SCORM</schema></metadata>")),
        [
            "imsmanifest.xml:15: The metadata in resources, which only repeated the manifest's, were removed.",
        ],
    ),
    "metadata after the launch data": (
        changed(
            "scorm12",
            (
                "      </item>",
                "        <adlcp:datafromlms>a</adlcp:datafromlms><!-- kept -->\n        <metadata/>\n      </item>",
            ),
        ),
        ["imsmanifest.xml:10: The contents of item are now in the order of the schema."],
    ),
    "items before the title": (
        changed(
            "scorm2004",
            ("      <title>The least course</title>\n", ""),
            ("      </item>\n", "      </item>\n      <title>The least course</title>\n"),
        ),
        ["imsmanifest.xml:8: The contents of organization are now in the order of the schema."],
    ),
    "resources before the organizations": (
        {
            **SCORM12,
            MANIFEST: re.sub(
                rb"(?s)(  <organizations.*</organizations>\n)(  <resources>.*</resources>\n)",
                rb"\2\1",
                SCORM12[MANIFEST],
            ),
        },
        ["imsmanifest.xml:2: The contents of manifest are now in the order of the schema."],
    ),
    "url before the title in cmi5": (
        {
            **LEAST["cmi5"],
            "cmi5.xml": re.sub(
                rb"(?s)(<au [^>]*>)(.*)(\s*<url>.*?</url>)", rb"\1\3\2", LEAST["cmi5"]["cmi5.xml"]
            ),
        },
        ["cmi5.xml:7: The contents of au are now in the order of the schema."],
    ),
    "no identifiers": (
        changed("scorm12", ('identifier="course"', 'identifier=""'), (' identifier="item"', "")),
        [
            "imsmanifest.xml:8: The organization now has the identifier 'organization'.",
            "imsmanifest.xml:10: The item now has the identifier 'item'.",
            "imsmanifest.xml:7: The default organization is now the first, 'organization', not 'course'.",
        ],
    ),
    "schema in other words": (
        changed("scorm12", (">ADL SCORM<", ">ADLSCORM<"), (">1.2<", "> SCORM 1.2 <")),
        [
            "imsmanifest.xml:4: The schema is now 'ADL SCORM', not 'ADLSCORM'.",
            "imsmanifest.xml:5: The schemaversion is now '1.2', not 'SCORM 1.2'.",
        ],
    ),
    "edition in other words": (
        changed("scorm2004", ("2004 4th Edition", "SCORM 2004 4th edition")),
        [
            "imsmanifest.xml:5: The schemaversion is now '2004 4th Edition', not 'SCORM 2004 4th edition'.",
        ],
    ),
    "schema of content packaging over SCORM's names": (
        changed("scorm12", (">ADL SCORM<", ">IMS Content<"), (">1.2<", ">1.1.3<")),
        [
            "imsmanifest.xml:4: The schema is now 'ADL SCORM', not 'IMS Content'.",
            "imsmanifest.xml:5: The schemaversion is now '1.2', not '1.1.3'.",
        ],
    ),
    "empty action at the end of the time": (
        changed("scorm12", ("      </item>", "        <adlcp:timelimitaction/>\n      </item>")),
        ["imsmanifest.xml:12: The timelimitaction, which was empty, was removed."],
    ),
    "empty mastery score and time": (
        changed(
            "scorm12",
            ("      </item>", "<adlcp:maxtimeallowed> </adlcp:maxtimeallowed><adlcp:masteryscore/></item>"),
        ),
        [
            "imsmanifest.xml:12: The masteryscore, which was empty, was removed.",
            "imsmanifest.xml:12: The maxtimeallowed, which was empty, was removed.",
        ],
    ),
    "blank in the action at the end of the time": (
        changed(
            "scorm2004",
            (
                "        <title>The least item</title>",
                "        <title>The least item</title>"
                "<adlcp:timeLimitAction>Exit, no message</adlcp:timeLimitAction>",
            ),
        ),
        ["imsmanifest.xml:11: The timeLimitAction is now 'exit,no message', not 'Exit, no message'."],
    ),
    "no scormtype of what is not launched": (
        changed(
            "scorm12",
            (
                "    </resource>",
                '<dependency identifierref="common"/></resource>'
                '<resource identifier="common" type="webcontent"><file href="player.js"/></resource>',
            ),
        ),
        [
            "imsmanifest.xml:20: The resource 'common', which no item launches, is now declared as an asset.",
        ],
    ),
    "wrapper with a text beside it": (
        {**{f"course/{name}": data for name, data in SCORM12.items()}, "Read me.TXT": b"x", "licence": b"x"},
        [
            "in.zip: The folder 'course' around the course was removed; files next to it were kept: "
            "'Read me.TXT', 'licence'.",
            "imsmanifest.xml:16: 2 unlisted files are now listed under 'sco': 'Read me.TXT', 'licence'.",
        ],
    ),
    "dangling default": (
        changed("scorm12", ('default="course"', 'default="Course"')),
        ["imsmanifest.xml:7: The default organization is now the first, 'course', not 'Course'."],
    ),
}


@pytest.mark.parametrize("name", ALONE)
def test_a_fault_alone_is_mended_and_told(name: str, tmp_path: Path) -> None:
    files, lines = ALONE[name]
    result, _ = mended(tmp_path, files)
    assert sorted(result.lines) == sorted(lines)
    rules = {problem.rule for problem in result.after.report}
    assert rules - {"container/awkward-name", "xapi/launch-with-query"} == set()
    assert result.before.report.problems
    assert result.after.report == check(tmp_path / "out.zip")


@pytest.mark.parametrize("name", ALONE)
def test_what_was_mended_is_told_in_swedish_too(name: str, tmp_path: Path) -> None:
    result, _ = mended(tmp_path, ALONE[name][0])
    for remark in result.done:
        told = sentence(remark.says, "sv", "mend")
        assert told != str(remark.says)
        assert all(str(value) in told for value in remark.says.values if isinstance(value, Quoted))


# What tools write


PACKAGER = """
const pack = require("./node_modules/simple-scorm-packager");
pack(JSON.parse(process.argv[1]), () => {});
"""


def packaged(folder: Path, version: str, **options: object) -> Path:
    """A package that the packager from the npm registry makes of a page."""
    source = folder / "source"
    source.mkdir()
    for name in ("index.html", "player.js", "style.css"):
        (source / name).write_bytes(SCORM12[name])
    told = {
        "version": version,
        "title": "Brand & rök",
        "language": "sv",
        "source": str(source),
        "package": {"zip": True, "outputFolder": str(folder / "made"), "version": "1.0"},
        **options,
    }
    node = shutil.which("node")
    assert node, "the packager needs Node"
    player = Path(__file__).resolve().parents[1] / "player"
    subprocess.run([node, "-e", PACKAGER, json.dumps(told)], cwd=player, check=True, capture_output=True)
    (made,) = (folder / "made").glob("*.zip")
    return made


@pytest.mark.parametrize(
    ("version", "area"),
    [("1.2", "scorm12"), ("2004 3rd Edition", "scorm2004"), ("2004 4th Edition", "scorm2004")],
)
@pytest.mark.parametrize(
    "options",
    [
        {"organization": "The makers", "identifier": "kurs", "masteryScore": 80},
        # What makers of packages of H5P hand it: an identifier that is none, and nobody's name.
        {"organization": "", "identifier": "00", "masteryScore": 100},
        {},
    ],
    ids=["full", "as for H5P", "by itself"],
)  # fmt: skip
def test_what_the_packager_misplaces_is_valid_afterwards(
    version: str, area: str, options: dict[str, object], tmp_path: Path
) -> None:
    source = packaged(tmp_path, version, **options)
    before = check(source)
    assert f"{area}/wrong-order" in {problem.rule for problem in before}
    schema = schema_for(area, unpacked(source)[MANIFEST].decode())
    assert not schema.validate(manifest_tree(unpacked(source)[MANIFEST]))
    result = mend(source, tmp_path / "out.zip")
    assert schema.validate(manifest_tree(unpacked(tmp_path / "out.zip")[MANIFEST])), schema.error_log
    left = {problem.rule for problem in result.after.report if problem.severity != "note"}
    assert {rule for rule in left if rule.startswith(area)} == set()
    assert_word_is_kept(result, previewed(source))


def manifest_tree(data: bytes) -> etree._ElementTree[etree._Element]:
    return etree.fromstring(data).getroottree()


def test_the_command_speaks_swedish(tmp_path: Path) -> None:
    source = packed(tmp_path / "in.zip", {**LEAST["scorm12"], "Thumbs.db": b"x", "send.php": b"x"})
    target = tmp_path / "out.zip"
    first, again = (
        CliRunner().invoke(main, ["mend", str(source), str(target), "--language", "sv"]) for _ in range(2)
    )
    assert first.output.splitlines() == [
        "Lagat:",
        "  in.zip: Skräpfiler togs inte med: 'Thumbs.db'.",
        "  imsmanifest.xml:16: En fil som inte räknades upp står nu under 'sco': 'send.php'.",
        "Lämnat som det är:",
        "  out.zip: varning container/executable-file: En del driftmiljöer vägrar ta emot paket med 'send.php'.",
        f"{target}: 0 fel, 1 varning",
    ]
    assert again.output.splitlines()[0] == (
        f"{target}: allvarligt fel mend/target-exists: Filen finns redan och skrivs inte över."
    )


def test_each_finding_says_whether_it_can_be_repaired(tmp_path: Path) -> None:
    files = changed("scorm12", (' default="course"', ""), ("least item", "least item \U0001f600")) | {
        "send.php": b"x"
    }
    source = packed(tmp_path / "in.zip", files)
    run = CliRunner().invoke
    assert run(main, ["check", str(source), "--language", "sv"]).output.splitlines()[1:] == [
        "imsmanifest.xml: upplysning scorm12/undeclared-file: Manifestet listar inte 'send.php'.",
        "    `coursepack mend` lagar det här.",
        "imsmanifest.xml:7: varning scorm12/unresolved-default: Attributet default saknas.",
        "    `coursepack mend` lagar det här.",
        "in.zip: varning container/executable-file: En del driftmiljöer vägrar ta emot paket med 'send.php'.",
        "0 fel, 2 varningar, 1 upplysning",
    ]
    told = json.loads(run(main, ["check", str(source), "--json"]).output)
    assert [problem["mendable"] for problem in told["problems"]] == [True, True, False]
    assert told["packages"][0]["problems"] == told["problems"]


def test_what_cannot_be_mended_at_all_is_not_said_to_be_mendable(tmp_path: Path) -> None:
    lone = tmp_path / MANIFEST
    lone.write_bytes(changed("scorm12", (' default="course"', ""))[MANIFEST])
    text = tmp_path / "text.zip"
    text.write_bytes(b"text")
    for path in (lone, text, tmp_path / "nowhere"):
        assert check(path).problems
        assert previewed(path) == frozenset()


@pytest.mark.parametrize("name", ALONE)
def test_what_was_mended_needs_no_mending(name: str, tmp_path: Path) -> None:
    mended(tmp_path, ALONE[name][0])
    again = mend(tmp_path / "out.zip", tmp_path / "again.zip")
    assert again.lines == ()
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "out.zip").read_bytes()


@pytest.mark.parametrize("area", LEAST)
def test_a_clean_package_is_written_as_it_is(area: str, tmp_path: Path) -> None:
    result, files = mended(tmp_path, LEAST[area])
    assert (result.lines, result.left) == ((), ())
    assert files == LEAST[area]
    assert result.before.kinds == result.after.kinds


def test_a_folder_is_mended_into_a_zip(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    for name, data in {**wrapped(SCORM12), ".DS_Store": b"x"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    result = mend(folder, tmp_path / "out.zip")
    assert result.lines == (
        "package: The folder 'course/v1' around everything was removed.",
        "package: Junk was left out: '.DS_Store'.",
    )
    assert unpacked(tmp_path / "out.zip") == SCORM12
    assert (folder / ".DS_Store").exists()


def test_all_faults_together(tmp_path: Path) -> None:
    manifest = (
        b"\xef\xbb\xbf"
        + changed(
            "scorm12",
            ('encoding="UTF-8"', 'encoding="utf-16"'),
            ("?>\n", "?>\n<!DOCTYPE manifest>\n<!-- kept -->\n"),
            ('"course"', '"my course"'),
            (' default="my course"', ""),
            ('identifier="sco"', 'identifier="1"'),
            ('identifierref="sco"', 'identifierref="1"'),
            (' adlcp:scormtype="sco"', ""),
            ("    <schema>ADL SCORM</schema>\n", ""),
            ("    <schemaversion>1.2</schemaversion>\n", ""),
            ('href="player.js"', 'href="Player.js"'),
            ('href="style.css"', 'href=".\\style.css"'),
        )[MANIFEST]
    )
    files = {f"course/{name}": data for name, data in SCORM12.items() if name != MANIFEST}
    files |= {
        "course\\IMSManifest.xml": manifest,
        "course\\media\\a.txt": b"a",
        "__MACOSX/._course": b"x",
        "course/.DS_Store": b"x",
    }
    result, new = mended(tmp_path, files)
    assert result.left == ()
    assert sorted(new) == ["imsmanifest.xml", "index.html", "media/a.txt", "player.js", "style.css"]
    assert next(iter(new)) == MANIFEST
    assert (
        new[MANIFEST].decode()
        == """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- kept -->
<manifest xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" identifier="least" version="1">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>1.2</schemaversion>
  </metadata>
  <organizations default="my_course">
    <organization identifier="my_course">
      <title>The least course</title>
      <item identifier="item" identifierref="id-1" isvisible="true">
        <title>The least item</title>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="id-1" type="webcontent" href="index.html" adlcp:scormtype="sco">
      <file href="index.html"/>
      <file href="player.js"/>
      <file href="style.css"/>
      <file href="media/a.txt"/>
    </resource>
  </resources>
</manifest>
"""
    )


# What is left


def left_rules(result: Mended) -> list[str]:
    return [line.split(": ")[1].split()[1] for line in result.left]


def test_what_stands_around_a_zip_is_left_out(tmp_path: Path) -> None:
    source = tmp_path / "package.zip"
    source.write_bytes(b"#!/bin/sh\n" + packed_bytes(changed("scorm12")) + b"more")
    result = mend(source, tmp_path / "mended.zip")
    assert result.lines == ("package.zip: The bytes before or after the zip were left out.",)
    assert str(result.after.report) == ""


def test_a_damaged_film_is_left_and_said(tmp_path: Path) -> None:
    files = changed(
        "scorm12", ('<file href="style.css"/>', '<file href="style.css"/><file href="film.mp4"/>')
    )
    source = packed(tmp_path / "package.zip", files)
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("film.mp4", b"A film.")
    source.write_bytes(source.read_bytes().replace(b"A film.", b"A firm."))
    result = mend(source, tmp_path / "mended.zip")
    assert left_rules(result) == ["pages/damaged-file"]
    assert [str(one.location) for one in result.before.report] == ["film.mp4"]


def test_programs_are_left_and_said(tmp_path: Path) -> None:
    files = changed("scorm12", ("</resource>", '<file href="send.php"/></resource>')) | {"send.php": b"<?php"}
    result, new = mended(tmp_path, files)
    assert new == files
    assert result.lines == ()
    assert result.left == (
        "out.zip: warning container/executable-file: Some hosts refuse packages with 'send.php'.",
    )


def test_a_doctype_that_declares_something_is_left(tmp_path: Path) -> None:
    manifest = changed("scorm12", ("?>\n", "?>\n<!DOCTYPE manifest [<!ENTITY a 'b'>]>\n"))
    result, new = mended(tmp_path, {**manifest, ".DS_Store": b""})
    assert new == manifest
    assert result.lines == ("in.zip: Junk was left out: '.DS_Store'.",)
    assert left_rules(result) == ["container/doctype"]


def test_a_doctype_whose_entities_are_used_is_left(tmp_path: Path) -> None:
    files = changed(
        "scorm12", ("?>\n", '?>\n<!DOCTYPE manifest SYSTEM "a.dtd">\n'), ("least item", "&eacute;")
    )
    result, new = mended(tmp_path, files)
    assert new == files
    assert result.lines == ()


@pytest.mark.parametrize(
    "manifest",
    [
        SCORM12[MANIFEST].replace(b"least item", b"l\xe5sta"),
        SCORM12[MANIFEST].replace(b"UTF-8", b"ISO-8859-99"),
        SCORM12[MANIFEST].replace(b"</manifest>", b""),
        b"\xff\xfe" + SCORM12[MANIFEST],
    ],
    ids=["not UTF-8", "unknown encoding", "not well-formed", "wrong mark"],
)
def test_a_manifest_that_nobody_can_read_is_left(manifest: bytes, tmp_path: Path) -> None:
    files = {**SCORM12, MANIFEST: manifest}
    result, new = mended(tmp_path, {**wrapped(files), "Thumbs.db": b""})
    assert new == files
    assert len(result.lines) == 2
    assert [line.split()[1] for line in result.left] == ["fatal"]


def test_a_missing_file_is_left(tmp_path: Path) -> None:
    files = changed("scorm12", ("</resource>", '<file href="Gone\\a.js"/><file href="gone.js"/></resource>'))
    result, new = mended(tmp_path, files)
    assert new == files
    assert left_rules(result) == ["scorm12/malformed-href", "scorm12/missing-file"]


def test_of_two_files_that_differ_in_case_none_is_chosen(tmp_path: Path) -> None:
    files = {**changed("scorm12", ("player.js", "PLAYER.js")), "Player.js": b"x"}
    del files["style.css"]
    result, new = mended(tmp_path, files)
    assert b'"PLAYER.js"' in new[MANIFEST]
    assert not any("path" in line for line in result.lines)


def test_paths_under_a_base_address_are_left(tmp_path: Path) -> None:
    files = changed("scorm12", ("<resources>", '<resources xml:base="./">'), ("player.js", "Player.js"))
    result, new = mended(tmp_path, files)
    assert (result.lines, new) == ((), files)


def test_a_start_page_that_is_listed_under_another_resource_is_left(tmp_path: Path) -> None:
    common = '<resource identifier="common" type="webcontent" adlcp:scormtype="asset"><file href="index.html"/></resource>'
    files = changed(
        "scorm12",
        ('<file href="index.html"/>\n      ', ""),
        ("</resource>", '<dependency identifierref="common"/></resource>'),
        ("</resources>", f"{common}</resources>"),
    )
    result, new = mended(tmp_path, files)
    assert (result.lines, new) == ((), files)


def test_a_standard_that_nothing_tells_is_not_written(tmp_path: Path) -> None:
    metadata = "    <schema>ADL SCORM</schema>\n    <schemaversion>1.2</schemaversion>\n"
    space = ' xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
    files = changed("scorm12", (metadata, ""), (' adlcp:scormtype="sco"', ""), (space, ""))
    result, new = mended(tmp_path, files)
    assert (result.lines, new) == ((), files)


def test_the_third_edition_is_written_where_nothing_asks_for_the_fourth(tmp_path: Path) -> None:
    files = changed(
        "scorm2004",
        ("    <schemaversion>2004 4th Edition</schemaversion>\n", ""),
        (' adlcp:sharedDataGlobalToSystem="false"', ""),
    )
    result, _ = mended(tmp_path, files)
    assert result.lines == (
        "imsmanifest.xml:2: The manifest's metadata now name the schemaversion '2004 3rd Edition'.",
    )
    assert result.left == ()


@pytest.mark.parametrize(
    "files",
    [
        changed("scorm12", ("<resources>", "<resources><metadata><schema>Another</schema></metadata>")),
        changed("scorm12", ("</organizations>", "</organizations><metadata/>")),
        changed("scorm12", (">1.2<", ">SCORM 2004<")),
        changed("scorm12", (">ADL SCORM<", ">IMS Question<"), (">1.2<", ">SCORM 1.2<")),
        changed("cmi5", ("<url>", "<title/><url>")),
    ],
    ids=["other metadata", "second metadata", "other standard", "other schema", "second title"],
)
def test_what_only_a_person_can_decide_is_left(files: Files, tmp_path: Path) -> None:
    result, new = mended(tmp_path, files)
    assert (result.lines, new) == ((), files)
    assert result.after.report.problems == result.before.report.problems


@pytest.mark.parametrize("beside", ["index.txt", "start.html", "film.mp4", "extra/notes.txt"])
def test_a_folder_with_more_than_a_text_about_it_beside_it_is_left(beside: str, tmp_path: Path) -> None:
    files = {f"course/{name}": data for name, data in {**SCORM12, "INDEX.txt": b"x"}.items()} | {beside: b"x"}
    result, new = mended(tmp_path, files)
    assert (result.lines, new) == ((), files)
    assert left_rules(result) == ["container/wrapper-folder"]


def test_a_link_is_neither_followed_nor_taken_over(tmp_path: Path) -> None:
    source = packed(tmp_path / "in.zip", SCORM12)
    with zipfile.ZipFile(source, "a") as archive:
        info = zipfile.ZipInfo("link.xsd")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "style.css")
    result = mend(source, tmp_path / "out.zip")
    assert unpacked(tmp_path / "out.zip") == SCORM12
    assert result.left == ("in.zip: Links are not followed or copied: 'link.xsd'.",)


def test_names_that_lead_out_are_left(tmp_path: Path) -> None:
    result, new = mended(tmp_path, {**SCORM12, "..\\evil.txt": b"x"})
    assert new == {**SCORM12, "..\\evil.txt": b"x"}
    assert "container/path-outside-package" in left_rules(result)


# Names


def test_accents_become_one_sign_with_their_letter(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "bild å.txt")
    files = changed("scorm12", ("</resource>", f'<file href="{apart}"/></resource>')) | {apart: b"x"}
    result, new = mended(tmp_path, files)
    assert "bild å.txt" in new
    assert result.lines == (
        "in.zip: Accented letters in names are now one character each: 'bild å.txt'.",
        f"imsmanifest.xml:20: The path '{apart}' is now 'bild%20%C3%A5.txt', as the file is named.",
    )


@pytest.mark.parametrize(
    "written", ["a\u030a.txt", "a%CC%8A.txt", "a&#778;.txt", "a&#x030A;.txt", "a\\u030a.txt"]
)
def test_accents_that_a_page_may_write_apart_are_left(written: str, tmp_path: Path) -> None:
    page = SCORM12["index.html"] + f"<!-- {written} -->".encode()
    result, new = mended(tmp_path, {**SCORM12, "index.html": page, "a\u030a.txt": b"x"})
    assert "a\u030a.txt" in new
    assert result.left[0].startswith("in.zip: These names write accents apart from their letters")


def test_names_are_said_to_be_utf8(tmp_path: Path) -> None:
    source = packed(tmp_path / "in.zip", {**SCORM12, "å.xsd": b"x"})
    data = source.read_bytes()
    for signature, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        for at in range(len(data)):
            if data[at : at + 4] == signature:
                data = data[: at + place] + b"\0\0" + data[at + place + 2 :]
    source.write_bytes(data)
    result = mend(source, tmp_path / "out.zip")
    assert result.lines == ("in.zip: The zip now says that names are UTF-8: 'å.xsd'.",)
    assert unpacked(tmp_path / "out.zip")["å.xsd"] == b"x"


def test_of_two_files_with_one_name_the_last_is_kept(tmp_path: Path) -> None:
    source = packed(tmp_path / "in.zip", SCORM12)
    with zipfile.ZipFile(source, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("style.css", "p {}")
    result = mend(source, tmp_path / "out.zip")
    assert result.lines == ("in.zip: Of 2 files named 'style.css', the last was kept, as when unpacking.",)
    assert unpacked(tmp_path / "out.zip") == {**SCORM12, "style.css": b"p {}"}


# References follow


def test_prerequisites_follow_identifiers(tmp_path: Path) -> None:
    item = '<item identifier="{}" identifierref="sco" isvisible="true"><title>T</title>{}</item>'
    script = '<adlcp:prerequisites type="aicc_script">{}</adlcp:prerequisites>'
    files = changed(
        "scorm12",
        ('identifier="item"', 'identifier="1"'),
        (
            "</item>",
            "</item>"
            + item.format("2 b", script.format("1"))
            + item.format("c", script.format('1*{1,c}&amp;1="2"')),
        ),
    )
    result, new = mended(tmp_path, files)
    manifest = new[MANIFEST].decode()
    assert ">id-1<" in manifest
    assert '>1*{id-1,c}&amp;id-1="2"<' in manifest
    assert 'identifier="id-2_b"' in manifest
    assert "scorm12/wrong-prerequisites" not in {problem.rule for problem in result.after.report}


def test_an_identifier_that_cannot_be_told_in_prerequisites_is_left(tmp_path: Path) -> None:
    script = '<adlcp:prerequisites type="aicc_script">my item&amp;my item</adlcp:prerequisites>'
    files = changed(
        "scorm12", ('identifier="item"', 'identifier="my item"'), ("      </item>", f"{script}</item>")
    )
    result, new = mended(tmp_path, files)
    assert (result.lines, new) == ((), files)


def test_identifiers_stay_apart_and_stay_shared(tmp_path: Path) -> None:
    files = changed(
        "scorm12",
        ('identifier="least"', 'identifier="a_b"'),
        ('"course"', '"a b"'),
        ('identifier="item"', 'identifier="a,b"'),
        ('identifier="sco"', 'identifier="a b"'),
        ('identifierref="sco"', 'identifierref="a b"'),
    )
    _, new = mended(tmp_path, files)
    manifest = new[MANIFEST].decode()
    assert 'default="a_b-2"' in manifest
    assert '<organization identifier="a_b-2"' in manifest
    assert '<item identifier="a_b-3" identifierref="a_b-2"' in manifest


def test_what_is_not_mended_stays_as_it_was_written(tmp_path: Path) -> None:
    text = changed("scorm12", (' default="course"', ""))[MANIFEST].decode()
    text = text.replace("<organizations", "<!-- kept --><?and this?><organizations").replace(
        "least item", "<![CDATA[A & B]]>"
    )
    text = text.replace("?>\n", "?>\n\n<!-- first -->\n", 1) + "<!-- last -->\n"
    _, new = mended(tmp_path, {**SCORM12, MANIFEST: text.replace("\n", "\r\n").encode()})
    assert (
        new[MANIFEST].decode().replace("\r\n", "\n").splitlines()[4:]
        == text.replace("<organizations", '<organizations default="course"').splitlines()[4:]
    )
    assert new[MANIFEST].startswith(
        b'<?xml version="1.0" encoding="UTF-8"?>\r\n\r\n<!-- first -->\r\n<manifest'
    )
    assert b"\n" not in new[MANIFEST].replace(b"\r\n", b"")


# Refusals


def refusal(source: Path, target: Path) -> str:
    with pytest.raises(PackageError) as caught:
        mend(source, target)
    return str(caught.value).replace(f"{target.parent.as_posix()}/", "")


def test_what_exists_is_never_written_over(tmp_path: Path) -> None:
    source = packed(tmp_path / "in.zip", SCORM12)
    told = "fatal mend/target-exists: It already exists and is not overwritten."
    assert refusal(source, source) == f"in.zip: {told}"
    target = tmp_path / "out.zip"
    target.symlink_to("nowhere")
    assert refusal(source, target) == f"out.zip: {told}"
    assert target.is_symlink()


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"text", "container/not-a-zip"),
        (b"PK\3\4 cut short", "container/damaged-zip"),
        (None, "container/unreadable"),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes | None, rule: str, tmp_path: Path) -> None:
    source = tmp_path / "in.zip"
    if data is not None:
        source.write_bytes(data)
    assert refusal(source, tmp_path / "out.zip").startswith(f"in.zip: fatal {rule}: ")
    assert not (tmp_path / "out.zip").exists()


def test_a_course_a_lone_manifest_and_a_place_in_the_source_are_refused(tmp_path: Path) -> None:
    course = tmp_path / "course"
    course.mkdir()
    (course / "course.yaml").write_text("id: a", encoding="utf-8")
    told = "fatal mend/no-package: It is a course, not a package: build it."
    assert refusal(course, tmp_path / "out.zip") == f"course: {told}"
    told = "fatal mend/target-in-source: It would be inside the package that is mended."
    assert refusal(PACKAGES / "scorm12", PACKAGES / "scorm12/out.zip") == f"out.zip: {told}"
    told = "fatal mend/no-package: It is neither a zip nor a folder."
    assert refusal(PACKAGES / "scorm12" / MANIFEST, tmp_path / "out.zip").endswith(told)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    source = packed(tmp_path / "in.zip", SCORM12)
    told = refusal(source, tmp_path / "no/folder/out.zip")
    assert told == "out.zip: fatal mend/unwritable: It cannot be written: No such file or directory."


def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / MANIFEST).write_bytes(SCORM12[MANIFEST])
    try:
        (folder / os.fsdecode(b"\xff.txt")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    told = refusal(folder, tmp_path / "out.zip")
    assert told.startswith("package: fatal mend/unwritable-name: The name '\\udcff.txt' cannot be written")


def test_a_damaged_manifest_and_lost_data_are_told(tmp_path: Path) -> None:
    source = packed(tmp_path / "in.zip", {MANIFEST: b"x" * 1000, "a.txt": b"y"})
    data = source.read_bytes()
    source.write_bytes(data.replace(b"PK\3\4", b"PK\3\5", 1))
    assert "container/unreadable-manifest" in refusal(source, tmp_path / "out.zip")
    source.write_bytes(data[::-1].replace(b"\4\3KP", b"\5\3KP", 1)[::-1])
    told = "in.zip: fatal container/damaged-zip: The data of 'a.txt' are not where the list of files says."
    assert refusal(source, tmp_path / "out.zip") == told


# Bounds


@pytest.mark.long
def test_media_are_not_held_in_memory(tmp_path: Path) -> None:
    source = tmp_path / "in.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for name, data in SCORM12.items():
            archive.writestr(f"course/{name}", data)
        with archive.open("course/film.mp4", "w", force_zip64=False) as film:
            for _ in range(100):
                film.write(os.urandom(1 << 20))
    tracemalloc.start()
    try:
        mend(source, tmp_path / "out.zip")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "out.zip") as new:
        assert new.getinfo("film.mp4").CRC == old.getinfo("course/film.mp4").CRC
        assert new.testzip() is None


def test_long_runs_of_accents_and_blanks_take_no_time(tmp_path: Path) -> None:
    accents = "\u0315\u0300" * 30_000
    text = changed("scorm12", ('"item"', f'"1{accents * 5}"'), ("?>\n", "?>" + " " * 500_000))[MANIFEST]
    files = {**SCORM12, MANIFEST: text, f"{accents[:30_000]}.js": accents.encode(), "a\u030a.txt": b""}
    result, new = mended(tmp_path, files)
    assert "\u00e5.txt" in new
    assert len(result.lines) == 3


def test_our_own_package_comes_out_byte_for_byte(make_course: MakeCourse, tmp_path: Path) -> None:
    source = build_package(make_course(), "scorm12", tmp_path).path
    assert mend(source, tmp_path / "out.zip").lines == ()
    assert (tmp_path / "out.zip").read_bytes() == source.read_bytes()


def test_what_was_mended_a_thousand_times_is_told_shortly(tmp_path: Path) -> None:
    names = [f"f{number}.txt" for number in range(1200)]
    listed = "".join(f'<file href="{name.upper()}"/>' for name in names)
    files = changed("scorm12", ("</resource>", f"{listed}</resource>")) | dict.fromkeys(names, b"x")
    result, _ = mended(tmp_path, files)
    assert result.lines[-1] == "And 200 more were mended."
    assert len(result.lines) == 1001
    assert result.left == ()


# Anything


def spans(text: str) -> list[str]:
    """The pieces of a manifest that are worth spoiling: tags, attributes, values and texts."""
    return sorted({*re.findall(r"<[^>]*>|[\w:]+=\"[^\"]*\"|\"[^\"]*\"|>[^<]+<", text)})


ODD = (
    "",
    "1 a",
    "Index.html",
    "a\\b",
    "å",
    "sco",
    "course",
    "%41",
    "../a",
    "&amp;",
    "<x/>",
    "2004 4th Edition",
    "\u0301",
)
PIECES = (
    "<adlcp:timelimitaction/>\n",
    "<adlcp:timeLimitAction> Exit , message</adlcp:timeLimitAction>\n",
    "<adlcp:masteryscore></adlcp:masteryscore>\n",
    "<metadata><schema>ADL SCORM</schema></metadata>\n",
    '<resource identifier="more" type="webcontent"/>\n',
    "<description/><!-- kept -->\n",
)
NAMES = ("Index.HTML", "a\\b.txt", "A/b.txt", "Thumbs.db", "x/imsmanifest.xml", "TINCAN.xml", "e\u0301.txt", "å.js",
         "a b.php", "..\\c", "CON ", ".DS_Store", "a//b", "./d.txt", "q.bak", "[1].txt", "50%.txt", "a#b?.txt")  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> Files:
    area = draw(st.sampled_from(sorted(MANIFESTS)))
    name = MANIFESTS[area]
    text = LEAST[area][name].decode()
    for _ in range(draw(st.integers(0, 3))):
        piece = draw(st.sampled_from(spans(text)))
        new = draw(
            st.sampled_from(["", piece * 2, *(f'"{odd}"' for odd in ODD), *(f">{odd}<" for odd in ODD)])
        )
        text = text.replace(piece, new, draw(st.sampled_from([1, -1])))
    lines = text.splitlines(keepends=True)
    for _ in range(draw(st.integers(0, 2))):
        moved = lines.pop(draw(st.integers(1, len(lines) - 1)))
        lines.insert(draw(st.integers(1, len(lines))), moved)
    for _ in range(draw(st.integers(0, 2))):
        lines.insert(draw(st.integers(2, len(lines))), draw(st.sampled_from(PIECES)))
    text = "".join(lines)
    codec = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    files = {**LEAST[area], name: text.encode(codec, "replace")}
    for odd in draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True)):
        files[odd] = b"x"
    if draw(st.booleans()):
        moved = draw(st.sampled_from(sorted(files)))
        files[draw(st.sampled_from([moved.upper(), f"b\\{moved}", f"b/{moved}"]))] = files.pop(moved)
    if draw(st.booleans()):
        files = {f"w/{each}": data for each, data in files.items()}
        for each in draw(
            st.lists(st.sampled_from(["readme.txt", "LICENSE", "a.html", "INDEX.pdf"]), max_size=2)
        ):
            files[each] = b"x"
    return files


@pytest.mark.long
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=spoilt())
def test_nothing_becomes_worse(files: Files, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("any")
    source = packed(folder / "in.zip", files)
    data = source.read_bytes()
    try:
        result = mend(source, folder / "out.zip")
    except PackageError:
        assert source.read_bytes() == data
        assert not (folder / "out.zip").exists()
        return
    assert source.read_bytes() == data
    assert_no_worse(result)
    assert_word_is_kept(result, previewed(source))
    assert_schemas_agree(result, unpacked(folder / "out.zip"))
    again = mend(folder / "out.zip", folder / "again.zip")
    assert again.lines == ()


UNREACHED = {"missing-launch-file", "malformed-href", "malformed-launch", "malformed-url"}


def assert_no_worse(result: Mended) -> None:
    """Nothing is found that was not there. What is fatal hides the rest, and a page that is not found is not checked."""
    before = {problem.rule for problem in result.before.report}
    if any(problem.severity == "fatal" for problem in result.before.report):
        return
    new = {problem.rule for problem in result.after.report} - before
    if UNREACHED & {rule.partition("/")[2] for rule in before}:
        new = {rule for rule in new if not rule.startswith(("pages/", "content/"))}
    assert new == set()


# Of each element that something was done to, the rules whose finding is gone.
MENDS = {
    "The metadata in {0} are now the manifest's.": {"wrong-order"},
    "The metadata in {0}, which only repeated the manifest's, were removed.": {"wrong-order"},
    "The contents of {0} are now in the order of the schema.": {"wrong-order"},
    "The {0} {1} is now {2}, and so is what refers to it.": {"invalid-identifier"},
    "The {0} now has the identifier {1}.": {"missing-identifier"},
    "The {0} is now {1}, not {2}.": {
        *("wrong-schema", "wrong-schemaversion", "wrong-timelimitaction", "wrong-time-limit-action"),
    },
    "The {0}, which was empty, was removed.": {
        *("empty-item-element", "wrong-timelimitaction", "wrong-time-limit-action", "wrong-value"),
    },
    "The resource {0}, which is launched, is now declared as a SCO.": {"missing-scormtype"},
    "The resource {0}, which no item launches, is now declared as an asset.": {"missing-scormtype"},
    "The default organization is now the first, {0}{1}.": {"unresolved-default"},
    "The folder {0} around everything was removed.": {"wrapper-folder", "missing-manifest"},
    "The folder {0} around the course was removed; files next to it were kept: {1}.": {"wrapper-folder"},
    "The byte order mark was removed.": {"byte-order-mark"},
}


def previewed(path: Path) -> frozenset[Problem]:
    """What a check says that mending would repair."""
    return check_path(path, mendable=mendable).mendable


def assert_word_is_kept(result: Mended, told: frozenset[Problem]) -> None:
    """What was said to be repaired is not found again, in the words that it was found in or in others."""
    after = {(problem.rule, problem.message) for problem in result.after.report}
    assert told <= set(result.before.report)
    assert {(problem.rule, problem.message) for problem in told} & after == set()
    # What is fatal hides the rest.
    if any(problem.severity == "fatal" for problem in result.before.report):
        return
    gone = [p.rule.partition("/")[2] for p in result.before.report if (p.rule, p.message) not in after]
    for template, rules in MENDS.items():
        done = [remark for remark in result.done if remark.says.template == template]
        # One of a package's findings may tell of several elements in one line.
        assert min(len(done), 1) <= sum(rule in rules for rule in gone), template


def assert_schemas_agree(result: Mended, files: Files) -> None:
    """A manifest of which no rule finds anything any more is valid by the official schemas too."""
    area = {"SCORM 1.2": "scorm12", "SCORM 2004": "scorm2004"}.get(
        result.after.kinds[0][:10] if result.after.kinds else ""
    )
    found = {p.rule for p in result.after.report if p.rule.startswith(f"{area}/") or p.severity == "fatal"}
    if area is None or found - {f"{area}/undeclared-file", f"{area}/unused-resource"}:
        return
    schema = schema_for(area, files[MANIFEST].decode())
    schema.validate(manifest_tree(files[MANIFEST]))
    # The words of metadata records are for catalogues, and no rule asks for all that their schema does.
    # Text between elements is told in SCORM 2004 only, and stays.
    errors = [error for error in schema.error_log if "/imsmd_" not in error.message]
    assert [error for error in errors if error.type_name != "SCHEMAV_CVC_COMPLEX_TYPE_2_3"] == []


@settings(max_examples=100)
@given(st.data())
def test_damaged_zips_end_in_a_package_or_an_error(data: st.DataObject) -> None:
    whole = packed_bytes({**wrapped(SCORM12), "a\\b.txt": b"x", ".DS_Store": b""})
    places = st.integers(0, len(whole) - 1)
    raw = bytearray(whole)
    for place in data.draw(st.lists(places, min_size=1, max_size=4)):
        raw[place] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.zip"), Path(folder, "out.zip")
        source.write_bytes(raw)
        try:
            mend(source, target)
        except PackageError:
            assert not target.exists()
        assert source.read_bytes() == raw


@pytest.mark.long
@pytest.mark.share(1)
@pytest.mark.parametrize("share", range(4))
def test_no_case_of_any_rule_becomes_worse(tmp_path: Path, share: int) -> None:
    for number, case in enumerate(CASES[share::4]):
        files = {name: text.encode() for name, text in case.files.items()}
        source, target, again = (tmp_path / f"{number}-{name}.zip" for name in ("in", "out", "again"))
        result = mend(packed(source, files), target)
        assert_no_worse(result)
        assert_word_is_kept(result, previewed(source))
        assert_schemas_agree(result, unpacked(target))
        assert mend(target, again).lines == (), str(case)
