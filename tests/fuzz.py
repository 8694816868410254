"""Spoils packages in every way it knows, and sees that no command fails on them.

By hand: `.venv/bin/python tests/fuzz.py 50000 [seed]`, or `tests/fuzz.py --only SEED-NUMBER` for one input again. Inputs
that a command fails on are kept in `build/fuzz/`, named by seed and number, with the reason beside them.

An input depends on its seed and number, and on the packages in `tests/`, alone. It is checked in a process of its own,
so that one that hangs in C, crashes or eats the memory is found too.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from coursepack.checking import CheckResult, check_path
from coursepack.inspection import text as facts_as_text
from coursepack.languages import author_codes
from coursepack.outputs import as_json, plain
from coursepack.outputs.junit import junit
from coursepack.outputs.page import page
from coursepack.outputs.sarif import sarif
from coursepack.outputs.systems import system_lines
from coursepack.problems import PackageError, Report
from coursepack.profiles import PROFILES
from coursepack.release.diff import diff, report
from coursepack.repair import mend
from coursepack.rules import RULES

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / "build/fuzz"

SECONDS = 5
"""What a command may take of processor time; six times as much of any time ends the process."""
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space that the checking process may take, with its libraries and all packages to spoil."""

Files = dict[str, bytes]

MANIFESTS = ("imsmanifest.xml", "cmi5.xml", "tincan.xml")
STATEMENTS = b"window.coursepackStatements="


# What is spoilt


@cache
def bases() -> tuple[Files, ...]:
    """The least packages, those of every case page, and small courses built for every target."""
    from strategies import COURSE, PAGE, QUESTION, write_course
    from test_rules import CASES, LEAST_OF

    from coursepack import TARGETS, build_package

    least = [{name: text.encode() for name, text in files.items()} for files in LEAST_OF.values()]
    cases = [{name: text.encode() for name, text in case.files.items()} for case in CASES]
    built = []
    with tempfile.TemporaryDirectory() as work:
        question = QUESTION.format(id="q1").encode()
        course = write_course(
            Path(work, "course"), {"course.yaml": COURSE.encode(), PAGE: b"Text.\n\n" + question}
        )
        for target in TARGETS:
            with zipfile.ZipFile(build_package(course, target, Path(work, "out")).path) as archive:
                built.append({name: archive.read(name) for name in archive.namelist()})
    # As many of each kind, so that the few are spoilt as often as the many.
    return (*(least + built) * (len(cases) // (len(least) + len(built)) + 1), *cases)


# Values that somebody did not think of

ODD = (
    "", " ", "\n", "\t", "0", "-1", "1e999", "NaN", "-Infinity", "1" * 400, "0.00000001", "٣", "²", "½", "%", "%00", "%zz",
    "%ff", "..", "../..", "/", "//", "//x", "///", "\\", "a\\b", "C:", "c:/x", "file:///etc/passwd", "http://[", "//[::1",
    "https://a:99999999/", "http://\u2100", "javascript:alert(1)", "data:,x", "?", "#", "?#?#", "a?b#c", "&", "a=b&c",
    "?endpoint=1&fetch", "{", "}}", "${x}", "'", '"', "`", "<", "]]>", "\u202e", "\u2028", "\ufeff", "\u0085", "\x7f", "\x9f",
    "å", "e\u0301", "\U0001f600", "\U0010ffff", "ß", "İ", "x" * 81, "x" * 300, "x" * 5000, "a/" * 500, "../" * 300,
    "%2e%2e/", "%2F", "true", "false", "True", "yes", "sco", "asset", "SCO", "1.2", "1.3", "CAM 1.3", "2004 3rd Edition",
    "2004 4th Edition", "2004 5th Edition", "ADL SCORM", "IMS Common Cartridge", "1.0.0", "webcontent", "passed", "P1D",
    "PT", "P1Y2M3DT4H5M6.789S", "PT1H", "0000-00-00", "9999-99-99T99:99:99Z", "2026-02-30", "exit,message", "index.html",
    "imsmanifest.xml", "INDEX.HTML", "player.js", "index.html?a=1#b", "Completed", "OwnWindow", "sv", "en-x", "x-", "i-klingon",
    "urn:uuid:x", "mailto:a", "http://example.com/a", "https://", "http:/x", "a:b", "1:", "[,]", "[.]", "[:]", "1[:]0", "item1[.]",
)  # fmt: skip
NAMES = (
    "", "/", "/etc/passwd", "../x", "a/../../x", "a\\b", "..\\x", "C:\\x", "a\0b", "\0", "a\nb", "a\x1bb", "\x7f", "\u202ex", "con",
    "nul.html", "a" * 300, "a/" * 100, "x" * 65000, "å.html", "e\u0301.js", "\xe9.js", "é.js", "A.html", "a.html", "INDEX.HTML",
    "Index.html", "x.php", ".htaccess", "__MACOSX/._index.html", ".DS_Store", "Thumbs.db", "~$a", ".git/config", "a b.js", "a%20b.js",
    "a#b.css", "a?b.html", "x.css", "x.js", "x.mjs", "x.htm", "x.xhtml", "x.zip", "x.swf", "x.exe", "folder/", "folder/imsmanifest.xml",
    "imsmanifest.xml", "IMSMANIFEST.XML", "cmi5.xml", "tincan.xml", "TinCan.xml", "index.html", "statements.js", "course.yaml",
    "h5p.json", "content/content.json", "content.xml", "contentV3.xml", "course.au", "course.crs", "course.des", "course.cst",
    "adlcp_rootv1p2.xsd", "imscp_v1p1.xsd", "media/a.mp4", "media/a.vtt", "meta.xml", "story.html", "\ud800", ".", "./index.html",
)  # fmt: skip
JSON_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e300, float("inf"), float("nan"), 10**400, "", " ", "x" * 3000, "\ud800", "\u202e", "\0", [], {},
    [[]], [None], {"": ""}, {"a": None}, [1, "1"], {"en": 1}, {"en": "x"}, {"\ud800": "\ud800"}, {"objectType": "SubStatement"},
    {"objectType": []}, "http://adlnet.gov/expapi/verbs/voided", "http://", "mailto:a@b", "numeric", "performance", "choice",
    "matching", "likert", "1[:]0", "{case_matters=true}", "a[,]a", "[.]", "PT1.234S", "2026-01-01T00:00:00-00:00",
)  # fmt: skip
HTML_ODD = (
    b"<", b">", b"</", b"<!--", b"-->", b"<!", b"<![CDATA[", b"]]>", b"<?", b"<?php x ?>", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[2J",
    b"&#0;", b"&#xd800;", b"&#99999999999;", b"&nosuch;", b"<html>", b"</html>", b"<html lang>", b"<html lang='\x1b'>",
    b"<body/>", b"<title>", b"<title></title>", b"<style>", b"</style>", b"<style>a{b:url(x)}", b"<script>", b"<script src=",
    b"</script>", b"<svg><style>", b"<math><mi>", b"<frameset><frame src=x>", b"<base href='//x/'>", b"<base href=http://[>", b"<meta charset>",
    b"<meta charset=utf-7>", b"<meta charset=utf-16>", b"<meta http-equiv=Content-Security-Policy content=\"connect-src 'none';;\">",
    b"<meta name=generator content='coursepack web'>", b'<meta name="generator" content="coursepack scorm99">', b"<img src>", b"<img src=''>",
    b"<img src=http://[>", b"<img src='//[x'>", b"<img src=%>", b"<img src=%00>", b"<img src='../../../x'>", b"<img src='a\x07b'>",
    b"<img src='\n\nx\n'>", b"<img srcset=', ,a 1x,,b'>", b"<img srcset=',\t'>", b"<a href=//x>", b"<a href='/\x1b'>", b"<link rel href=x>",
    b"<link rel=stylesheet href=data:,x>", b"<use xlink:href=#a>", b"<image href=b.png>", b"<object data=c.swf>", b"<embed src=d.swf>",
    b"<p style='background:url(\"x)'>", b"<p style=\"background:url('\\\\\")\">", b"<video poster=e><track>", b"<iframe src=javascript:x>",
    b"<template><img src=t>", b"<noscript><img src=n>", b"<textarea><img src=a>", b"<plaintext>", b"<xmp>", b"<p a=1 a=2 A=3>",
    b"<p \xc3\xa5='\xff'>", b"<x:y z:w=1>", b"<p =x>", b"<p \"'>", b"url(", b"url(\"", b"url('x", b"@import '", b"@import url(", b"/*", b"*/",
    b"url(\x1b)", b"url( '//x' )", b"window.onunload = x", b".on('beforeunload'", b"addEventListener('unload", b"document.write('", b"eval(",
    b"API", b"LMSInitialize", b"endpoint", b"//# sourceMappingURL=", b"\r", b"\r\n", b"\x85", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
)  # fmt: skip


# Files


def spoil_file(rng: random.Random, files: Files) -> None:
    """Does something to one file, or to which files there are."""
    rng.choices(
        (_spoil_xml, _spoil_xml_text, _spoil_page, _spoil_statements, _spoil_bytes, _spoil_list),
        (6, 4, 4, 3, 1, 3),
    )[0](rng, files)


def _one(rng: random.Random, files: Files, *ends: str) -> str | None:
    names = [name for name in files if name.endswith(ends)]
    return rng.choice(names) if names else None


def _spoil_xml(rng: random.Random, files: Files) -> None:
    """Changes the manifest as a tree."""
    name = _one(rng, files, ".xml")
    if name is None:
        return
    try:
        root = etree.fromstring(files[name], etree.XMLParser(resolve_entities=False))
    except (etree.XMLSyntaxError, ValueError):
        return
    for _ in range(rng.choice((1, 1, 1, 2, 5, 20))):
        everything = list(root.iter("*"))
        try:
            rng.choice(_TREE)(rng, rng.choice(everything), everything)
        except (ValueError, TypeError, etree.LxmlError):
            # What lxml does not let stand in a tree is written by the changes of the text.
            continue
    files[name] = etree.tostring(
        root, xml_declaration=True, encoding=rng.choice(("UTF-8",) * 4 + ("UTF-16",))
    )


Tree = Callable[[random.Random, Any, list[Any]], object]


def _drop(_: random.Random, element: Any, __: list[Any]) -> None:
    if element.getparent() is not None:
        element.getparent().remove(element)


def _copied(element: Any) -> Any:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _double(rng: random.Random, element: Any, _: list[Any]) -> None:
    if element.getparent() is not None:
        for _n in range(rng.choice((1, 1, 2, 150))):
            element.addnext(_copied(element))


def _move(rng: random.Random, element: Any, everything: list[Any]) -> None:
    rng.choice(everything).append(_copied(element))


def _wrap(rng: random.Random, element: Any, everything: list[Any]) -> None:
    """Puts an element into itself, some times or many."""
    inner = element
    for _ in range(rng.choice((1, 3, 30, 230))):
        inner = etree.SubElement(inner, rng.choice((element.tag, rng.choice(everything).tag)))


def _rename(rng: random.Random, element: Any, everything: list[Any]) -> None:
    other = rng.choice(everything).tag
    bare = str(element.tag).rpartition("}")[2]
    choices = (
        other,
        bare,
        f"{{urn:x}}{bare}",
        f"{element.tag}x",
        str(element.tag).lower(),
        str(element.tag).upper(),
    )
    element.tag = rng.choice(choices)


def _set(rng: random.Random, element: Any, everything: list[Any]) -> None:
    """Sets an attribute of some element on this one, to an odd value or to one from elsewhere."""
    known = [(key, value) for each in everything for key, value in each.attrib.items()]
    known += [("identifier", ""), ("{http://www.w3.org/XML/1998/namespace}base", "x/"), ("id", "")]
    known += [("{http://www.adlnet.org/xsd/adlcp_v1p3}scormType", "sco"), ("parameters", ""), ("lang", "sv")]
    keys = [str(key) for key, _ in (list(element.attrib.items()) or known)]
    key = rng.choice((rng.choice(keys), rng.choice(known)[0]))
    element.set(key, rng.choice((rng.choice(ODD), rng.choice(known)[1], rng.choice(ODD) + rng.choice(ODD))))


def _unset(rng: random.Random, element: Any, _: list[Any]) -> None:
    if element.attrib:
        del element.attrib[rng.choice(list(element.attrib))]


def _many(rng: random.Random, element: Any, _: list[Any]) -> None:
    for number in range(rng.choice((10, 300))):
        element.set(f"a{number}", rng.choice(ODD))


def _write(rng: random.Random, element: Any, _: list[Any]) -> None:
    element.text = rng.choice((None, *ODD, "x" * 100_000))
    element.tail = rng.choice((None, element.tail, *ODD))


def _scatter(rng: random.Random, element: Any, _: list[Any]) -> None:
    element.insert(
        0, rng.choice((etree.Comment("x"), etree.ProcessingInstruction("x", "y"), etree.Entity("amp")))
    )


_TREE: tuple[Tree, ...] = (
    _drop,
    _double,
    _move,
    _wrap,
    _rename,
    _rename,
    _set,
    _set,
    _set,
    _unset,
    _many,
    _write,
    _write,
    _scatter,
)


def _spoil_xml_text(rng: random.Random, files: Files) -> None:
    """Changes the manifest as text, well-formed or not."""
    name = _one(rng, files, ".xml")
    if name is None:
        return
    text = files[name].decode("utf-8", "surrogateescape")
    start = text.find("<", 2) if text.startswith("<?xml") else 0
    place = rng.randrange(len(text) + 1)
    match rng.randrange(16):
        case 0:
            dtd = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>]>"
            text = (
                rng.choice(("", "\ufeff", "\ufeff\ufeff", " ", "<!---->")) + text[:start] + dtd + text[start:]
            )
            text = text.replace(">", ">" + rng.choice(("&b;", "&c;", "")), rng.randrange(9))
        case 1:
            text = (
                text[:place]
                + rng.choice(("&a;", "&#0;", "&#x1F;", "&#xFFFE;", "&#9999999999;", "&", "&lt;", "&#10;"))
                + text[place:]
            )
        case 2:
            text = (
                text[:place]
                + rng.choice(
                    ("<!-- x -->", "<?x y?>", "<?xml version='1.0'?>", "<![CDATA[<]]>", "<!--", "<?")
                )
                + text[place:]
            )
        case 3:
            text = "\ufeff" * rng.choice((1, 1, 2, 3)) + text
        case 4:
            words = (
                "utf-8",
                "UTF-16",
                "utf-7",
                "latin-1",
                "ascii",
                "cp1252",
                "utf-32",
                "idna",
                "rot13",
                "hex",
                "zlib",
                "mbcs",
                "x",
                "cp037",
            )
            text = text.replace("UTF-8", rng.choice(words), 1)
        case 5:
            codec = rng.choice(
                ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "utf-7", "cp037")
            )
            files[name] = text.encode(codec, "replace")
            return
        case 6:
            text = text[:place]
        case 7:
            text = text[:place] + text[rng.randrange(len(text) + 1) :]
        case 8:
            levels = rng.choice((10, 240, 300, 5000))
            text = text[:place] + "<item>" * levels + "</item>" * levels + text[place:]
        case 9:
            text = text.replace(
                " xmlns", rng.choice((" xmlns:q", " xmlns:xmlns", " ylns", "  xmlns")), rng.choice((1, -1))
            )
        case 10:
            text = text.replace("adlcp", rng.choice(("q", "xml", "ADLCP", "imsss")), rng.choice((1, 2, -1)))
        case 11:
            spaces = [part.partition('"')[0] for part in text.split('="http')[1:]]
            if len(spaces) > 1:
                one, other = rng.sample(spaces, 2)
                text = text.replace(one, "\0").replace(other, one).replace("\0", other)
        case 12:
            text = text.replace("\n", rng.choice(("", "\r", "\r\n", "\n" * 50, "\u2028", "\u0085")))
        case 13:
            quoted = text.split('"')
            if len(quoted) > 2:
                quoted[rng.randrange(len(quoted) // 2) * 2 + 1] = rng.choice(ODD)
                text = '"'.join(quoted)
        case 14:
            text = text[:place] + rng.choice(ODD) * rng.choice((1, 1, 50)) + text[place:]
        case _:
            text = "\n" * rng.choice((1, 100, 70_000)) + text
    files[name] = text.encode("utf-8", rng.choice(("surrogateescape", "replace", "surrogatepass")))


def _spoil_page(rng: random.Random, files: Files) -> None:
    """Puts odd pieces into a page, a style or a script."""
    name = _one(rng, files, ".html", ".htm", ".css", ".js")
    if name is None:
        return
    data = files[name]
    for _ in range(rng.choice((1, 1, 2, 10))):
        place = rng.randrange(len(data) + 1)
        piece = rng.choice(HTML_ODD) * rng.choice((1, 1, 1, 3, 200, 3000))
        match rng.randrange(8):
            case 0:
                piece = b"<a href='%s'>" % rng.choice(ODD).encode()
            case 1:
                piece = b"<img src=\"%s\" alt='%s'>" % (rng.choice(ODD).encode(), rng.choice(ODD).encode())
            case 2:
                piece = rng.randbytes(rng.choice((1, 30, 2000)))
        data = data[:place] + piece + data[rng.choice((place, place, rng.randrange(len(data) + 1))) :]
    files[name] = data[:2_000_000]


def _spoil_statements(rng: random.Random, files: Files) -> None:
    """Puts odd values into what the player tells an LRS."""
    data = files.get("statements.js", b"")
    if not data.startswith(STATEMENTS):
        _spoil_page(rng, files)
        return
    try:
        value = json.loads(data.removeprefix(STATEMENTS).rstrip().removesuffix(b";"))
    except (ValueError, RecursionError):
        return
    for _ in range(rng.choice((1, 1, 2, 6))):
        value = _odd_json(rng, value)
    text = json.dumps(value, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.05:
        text = text.replace("{", rng.choice(('{"a":' * 5000, "[" * 100_000, "{,", "{" + '"a":1,' * 3)), 1)
    files["statements.js"] = STATEMENTS + text.encode("utf-8", "surrogatepass") + b";\n"


def _odd_json(rng: random.Random, value: Any) -> Any:
    """The value with something replaced, dropped or added somewhere in it."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        match rng.randrange(8):
            case 0:
                return {name: inner for name, inner in value.items() if name != key}
            case 1:
                return {
                    **value,
                    rng.choice((key.upper(), key + "s", rng.choice(ODD), "objectType")): rng.choice(JSON_ODD),
                }
            case _:
                return {**value, key: _odd_json(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.7:
        place = rng.randrange(len(value))
        return [*value[:place], _odd_json(rng, value[place]), *value[place + rng.randrange(2) :]]
    return rng.choice((*JSON_ODD, *ODD[:40], [value], {"a": value}, [value] * 150))


def _spoil_bytes(rng: random.Random, files: Files) -> None:
    """Changes, drops or replaces some bytes of any file."""
    if not files:
        return
    name = rng.choice(list(files))
    data = bytearray(files[name])
    match rng.randrange(4):
        case 0:
            data = bytearray(rng.randbytes(rng.choice((0, 1, 100, 5000))))
        case 1:
            del data[rng.randrange(len(data) + 1) :]
        case 2:
            data *= rng.choice((2, 20))
        case _:
            for _ in range(rng.choice((1, 3, 30))):
                if data:
                    data[rng.randrange(len(data))] = rng.randrange(256)
    files[name] = bytes(data[:2_000_000])


def _spoil_list(rng: random.Random, files: Files) -> None:
    """Adds, drops, renames or exchanges files."""
    name = rng.choice(list(files)) if files else "x"
    match rng.randrange(5):
        case 0:
            files.pop(name, None)
        case 1:
            files[rng.choice(NAMES)] = files.pop(name, b"")
        case 2:
            other = rng.choice(list(files) or ["x"])
            files[name], files[other] = files.get(other, b""), files.get(name, b"")
        case 3:
            donor = rng.choice(bases())
            added = rng.choice(list(donor))
            files[added] = donor[added]
        case _:
            for _ in range(rng.choice((1, 1, 5, 60))):
                files[rng.choice(NAMES)] = rng.choice(
                    (
                        b"",
                        b"x",
                        b"{",
                        b"[]",
                        b"{}",
                        b'{"title": "\\u001b"}',
                        b"<x/>",
                        b"<!DOCTYPE x>",
                        files.get(name, b""),
                        rng.randbytes(50),
                    )
                )


# Zips


@dataclass
class Record:
    """A file of a zip, each field of its headers apart, so that each can lie."""

    name: bytes
    data: bytes
    method: int = 0
    flags: int = 0x0800
    crc: int = 0
    size: int = 0
    compressed: int = 0
    attributes: int = 0
    extra: bytes = b""
    comment: bytes = b""
    local_name: bytes | None = None
    local_extra: bytes = b""
    offset: int | None = None


@dataclass
class Ending:
    """What stands after the files of a zip, as differences from the truth or instead of it."""

    count: int = 0
    size: int = 0
    offset: int = 0
    disk: int = 0
    comment: bytes = b""
    zip64: bytes = b""
    before: bytes = b""
    after: bytes = b""


def records_of(rng: random.Random, files: Files) -> list[Record]:
    """An honest record of each file, some deflated."""
    deflates = rng.random() < 0.3
    records = []
    for name, data in files.items():
        packed = data
        if deflates:
            squeeze = zlib.compressobj(1, zlib.DEFLATED, -15)
            packed = squeeze.compress(data) + squeeze.flush()
        raw = name.encode("utf-8", "surrogatepass")[:0xFFFF]
        record = Record(
            raw, packed, 8 if deflates else 0, crc=zlib.crc32(data), size=len(data), compressed=len(packed)
        )
        records.append(record)
    return records


def spoil_zip(rng: random.Random, records: list[Record], ending: Ending) -> None:
    """Makes a header lie, or the list of files strange."""
    if not records:
        return
    record = rng.choice(records)
    numbers = (0, 1, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF, rng.randrange(2**32))
    shorts = (0, 1, 2, 0x7FFF, 0xFFFE, 0xFFFF, rng.randrange(2**16))
    match rng.randrange(21):
        case 0:
            record.crc ^= 1 << rng.randrange(32)
        case 1:
            record.size = rng.choice((*numbers, record.size + 1, max(0, record.size - 1), record.size * 50))
        case 2:
            record.compressed = rng.choice(
                (*numbers, record.compressed + 1, max(0, record.compressed - 1), 0)
            )
        case 3:
            record.offset = rng.choice((*numbers, rng.randrange(4000)))
        case 4:
            record.method = rng.choice((*shorts, 8, 9, 12, 14, 93, 95, 99))
        case 5:
            record.flags = rng.choice((*shorts, 0x0801, 0x0041, 0x0008, 0x2000, 0))
        case 6:
            record.name = rng.choice(NAMES).encode("utf-8", "surrogatepass")
            record.flags = rng.choice((0, 0x0800))
        case 7:
            record.name = rng.randbytes(rng.choice((1, 10, 300, 65_535)))
            record.flags = rng.choice((0, 0x0800))
        case 8:
            record.local_name = rng.choice((b"", b"x", record.name.upper(), rng.randbytes(9)))
        case 9:
            records.append(replace(record))
        case 10:
            records.append(replace(record, name=record.name.swapcase(), local_name=record.name.swapcase()))
        case 11:
            other = rng.choice(records)
            record.name, other.name = other.name, record.name
        case 12:
            values = struct.pack("<3Q", *(rng.choice((0, 1, 2**32, 2**63, 2**64 - 1)) for _ in range(3)))
            record.extra = (
                struct.pack("<2H", 1, rng.choice((24, 16, 8, 0, 0xFFFF)))
                + values[: rng.choice((24, 16, 8, 0))]
            )
            for name in rng.sample(("size", "compressed", "offset"), rng.randrange(4)):
                setattr(record, name, 0xFFFFFFFF)
        case 13:
            record.extra = rng.randbytes(rng.choice((1, 3, 4, 40, 60_000)))
        case 14:
            record.comment = rng.choice((b"PK\5\6", b"PK\1\2" + bytes(50), rng.randbytes(60_000)))
        case 15:
            record.attributes = (
                rng.choice((0o120777, 0o020666, 0o010666, 0o060666, 0o140777, 0o040755, 0xFFFF)) << 16
            )
        case 16:
            records.extend(
                replace(record, name=b"x%d.js" % n, local_name=b"x%d.js" % n)
                for n in range(rng.choice((10, 500)) if len(record.data) < 5000 else 2)
            )
        case 17:
            ending.count = rng.choice((1, -1, 65535, 100_001, rng.randrange(-5, 70_000)))
        case 18:
            ending.size, ending.offset = rng.choice(
                ((1, 0), (-1, 0), (0, 1), (0, -1), (46, 0), (-46, -46), (2**31, 0), (0, 2**31))
            )
        case 19:
            fields = (
                44,
                45,
                45,
                rng.randrange(2),
                0,
                *(rng.choice((0, 1, len(records), 10**6, 2**63)) for _ in range(4)),
            )
            ending.zip64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", *fields) + struct.pack(
                "<4sLQL", b"PK\6\7", 0, rng.choice(numbers), 1
            )
        case _:
            ending.disk = rng.choice((0, 0, 1, 0xFFFF))
            ending.comment = rng.choice(
                (b"", b"x", b"PK\5\6" + bytes(18), rng.randbytes(0xFFFF), b"PK\6\7" + bytes(40))
            )
            ending.before = rng.choice((b"", b"MZ", bytes(1000), b"PK\5\6"))
            ending.after = rng.choice((b"", b"\0", b"x" * 70_000, b"PK\5\6"))


def written(records: list[Record], ending: Ending) -> bytes:
    """The zip of the records as they say they are."""
    body, listed = bytearray(ending.before), bytearray()
    for record in records:
        start = len(body) - len(ending.before) if record.offset is None else record.offset
        name = record.name if record.local_name is None else record.local_name
        sizes = [number & 0xFFFFFFFF for number in (record.crc, record.compressed, record.size)]
        fields = (record.flags & 0xFFFF, record.method, 0, 0x21, *sizes)
        lengths = (len(name), len(record.local_extra))
        body += (
            struct.pack("<4s5H3L2H", b"PK\3\4", 20, *fields, *lengths)
            + name
            + record.local_extra
            + record.data
        )
        lengths_listed = (len(record.name), len(record.extra), len(record.comment))
        last = (0, 0, record.attributes & 0xFFFFFFFF, start & 0xFFFFFFFF)
        listed += struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x314, 20, *fields, *lengths_listed, *last)
        listed += record.name + record.extra + record.comment
    count = (len(records) + ending.count) & 0xFFFF
    size = (len(listed) + ending.size) & 0xFFFFFFFF
    offset = (len(body) - len(ending.before) + ending.offset) & 0xFFFFFFFF
    end = struct.pack("<4s4H2LH", b"PK\5\6", ending.disk, 0, count, count, size, offset, len(ending.comment))
    return bytes(body + listed) + ending.zip64 + end + ending.comment + ending.after


def spoil_raw(rng: random.Random, data: bytes) -> bytes:
    """Changes a zip without a thought for what stands where."""
    place = rng.randrange(len(data))
    match rng.randrange(6):
        case 0:
            return data[:place]
        case 1:
            return data[place:]
        case 2:
            return data[:place] + data[rng.randrange(len(data)) :]
        case 3:
            return data[:place] + rng.randbytes(rng.choice((1, 4, 100))) + data[place:]
        case _:
            spoilt = bytearray(data)
            # Most of what can go wrong stands in the list of files.
            first = max(0, data.find(b"PK\1\2")) if rng.random() < 0.7 else 0
            for _ in range(rng.choice((1, 2, 8, 64))):
                spoilt[rng.randrange(first, len(spoilt))] ^= 1 << rng.randrange(8)
            return bytes(spoilt)


def make(seed: int, number: int, folder: Path) -> Path:
    """Writes the input of that number: a zip, or one in ten times a package folder."""
    rng = random.Random(f"{seed}-{number}")
    files = dict(rng.choice(bases()))
    for _ in range(rng.choice((0, 1, 1, 2, 4))):
        spoil_file(rng, files)
    if rng.random() < 0.1:
        return _make_folder(rng, files, folder / f"{seed}-{number}")
    records, ending = records_of(rng, files), Ending()
    if rng.random() < 0.04:
        inner = written(records, Ending())
        name = rng.choice((b"inner.zip", b"imsmanifest.xml", b"index.html"))
        records = [
            *records_of(rng, files)[:2],
            Record(name, inner, 0, crc=zlib.crc32(inner), size=len(inner), compressed=len(inner)),
        ]
    for _ in range(rng.choice((0, 0, 1, 1, 2, 4))):
        spoil_zip(rng, records, ending)
    data = written(records, ending)
    for _ in range(rng.choice((0, 0, 0, 0, 1, 2))):
        data = spoil_raw(rng, data) or b"\0"
    path = folder / f"{seed}-{number}.zip"
    path.write_bytes(data)
    return path


def _make_folder(rng: random.Random, files: Files, path: Path) -> Path:
    """Writes the files, then puts links, pipes and folders in the place of some.

    Links come last of all: whatever is written after one could be written through it, to anywhere.
    """
    path.mkdir()
    made = []
    for name, data in files.items():
        parts = [part.replace("\0", "0")[:200] for part in name.split("/") if part not in ("", ".", "..")]
        target = path.joinpath(*(parts or ["x"]))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.write(data)
        except (OSError, ValueError):
            # There already, a file where a folder would have to be, or a name that this system does not take.
            continue
        made.append(target)
    if rng.random() < 0.05:
        (path / "deep" / "/".join("d" * rng.choice((50, 700)))).mkdir(parents=True, exist_ok=True)
    if rng.random() < 0.05:
        with Path(os.fsdecode(os.fsencode(path) + b"/\xff\x1b.html")).open("xb") as file:
            file.write(b"x")
    for target in made:
        chance = rng.random()
        if chance < 0.07:
            target.unlink()
        if chance < 0.03:
            target.symlink_to(rng.choice(("/dev/zero", "..", ".", "gone", "index.html")))
        elif chance < 0.05:
            os.mkfifo(target)
        elif chance < 0.07:
            target.mkdir()
    return path


# The oracle


def faults_of(path: Path) -> tuple[list[str], Report]:
    """What the commands do wrong with an input, empty when they do all right, and the report of `check`."""
    faults: list[str] = []
    told: list[CheckResult] = []
    for name, run in (
        ("check", lambda: told.append(check_path(path))),
        ("check again", lambda: told.append(check_path(path))),
        ("check", lambda: faults.extend(faults_in_forms(path))),
        ("inspect", lambda: faults.extend(faults_in_facts(path))),
        ("mend", lambda: faults.extend(faults_in_mending(path))),
        ("diff", lambda: faults.extend(faults_in_changes(path))),
    ):
        began = time.process_time()
        try:
            run()
        except Exception:
            faults.append(f"{name}: {traceback.format_exc()}")
        spent = time.process_time() - began
        if spent > SECONDS:
            faults.append(f"{name} took {spent:.1f} s.")
    if len(told) < 2:
        return faults, Report()
    first, second = told
    if first != second:
        faults.append(f"The report differs when it is made again:\n{first}\n{second}")
    return faults + faults_in(first), first.report


def faults_in_forms(path: Path) -> Iterator[str]:
    """What is wrong in any form of what `check` tells, all systems asked."""
    asked = check_path(path, tuple(PROFILES), look=True)
    whole = [asked.with_systems(wanted=True)]
    yield from faults_in(whole[0])
    for language in author_codes():
        yield from _unprintable(plain.lines(whole[0], language))
        yield from _unprintable(system_lines([asked], language))
    for text in (as_json(whole), sarif(whole)):
        text.encode()
        json.loads(text)
    etree.fromstring(junit(whole).encode(), etree.XMLParser(huge_tree=True))
    by_system = {PROFILES[name].title: [found] for name, found in asked.systems.items()}
    for language in author_codes():
        text = page([asked], [asked.facts], by_system or None, language)
        yield from _unprintable([text])


def faults_in_facts(path: Path) -> Iterator[str]:
    """What is wrong in what `inspect` tells."""
    facts = check_path(path, look=True).facts
    if facts is not None:
        yield from _unprintable([facts_as_text(facts, 80)])
        json.dumps(facts.as_dict(), ensure_ascii=False).encode()


def faults_in_mending(path: Path) -> Iterator[str]:
    """What is wrong in what `mend` does: it refuses, and leaves nothing, or makes a package that can be checked."""
    target = path.with_name("mended.zip")
    try:
        mended = mend(path, target)
    except PackageError as error:
        yield from _unprintable([str(error)])
        if target.exists():
            yield "Something is left of what was refused."
        return
    finally:
        made = target.read_bytes() if target.exists() else b""
        target.unlink(missing_ok=True)
    yield from _unprintable((*mended.lines, *mended.left))
    yield from faults_in(mended.after)
    if not zipfile.is_zipfile(io.BytesIO(made)):
        yield "What it made is no zip."


def faults_in_changes(path: Path) -> Iterator[str]:
    """What is wrong in what `diff` tells of it beside a sound package of ours."""
    sound = path.with_name("sound-to-compare.zip")
    sound.write_bytes(_sound())
    try:
        for old, new in ((sound, path), (path, sound)):
            changes = diff(old, new)
            for language in author_codes():
                yield from _unprintable([report.text(changes, 80, language), report.html(changes, language)])
                yield from _unprintable([report.release_notes(changes, language)])
            json.loads(report.as_json(changes).encode())
    except PackageError as error:
        yield from _unprintable([str(error)])
    finally:
        sound.unlink()


@cache
def _sound() -> bytes:
    """A package that was built, for the first target."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in next(
            files for files in bases() if b"course-data" in files.get("index.html", b"")
        ).items():
            archive.writestr(name, data)
    return made.getvalue()


def _unprintable(texts: Iterable[str]) -> Iterator[str]:
    # Thousands are parted by a no-break space in Swedish.
    lines = (line for text in texts for line in text.replace("\xa0", " ").splitlines())
    return (f"Not printable: {line!r}" for line in lines if not line.isprintable())


def faults_in(result: CheckResult) -> list[str]:
    """What no result may say, whatever the input."""
    systems = {f"for-{name}" for name in PROFILES}
    words = (*result.kinds, result.maker)
    faults = [f"Not printable: {word!r}" for word in words if not word.isprintable()]
    is_course = result.kinds == ("course folder",)
    for problem in result.report:
        place = problem.location
        area = problem.rule.partition("/")[0]
        if problem.rule not in RULES and area not in systems and not is_course:
            faults.append(f"No rule is {problem.rule!r}.")
        if problem.severity not in ("fatal", "error", "warning", "note") or not problem.message:
            faults.append(f"No severity or no message: {problem!r}")
        if not all(part.isprintable() for part in (problem.message, problem.hint, place.file, problem.rule)):
            faults.append(f"Not printable: {problem!r}")
        if any(number is not None and number < 1 for number in (place.line, place.column)):
            faults.append(f"No such place: {problem!r}")
    return faults


# Many inputs


@dataclass
class Outcome:
    """What came of many inputs: how often each rule spoke, the slowest, and the inputs that the check failed on."""

    count: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    slowest: tuple[float, str] = (0, "")
    peak: int = 0
    failures: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.count:,} inputs, {len(self.failures)} failures, {len(self.rules)} rules spoke; "
            f"{1000 * self.seconds / max(1, self.count):.1f} ms an input; slowest {self.slowest[1]} "
            f"with {self.slowest[0]:.2f} s; peak memory {self.peak // 1024} MiB"
        )


def fuzz(count: int, seed: int, told: Callable[[str], object] = lambda _: None) -> Outcome:
    """Checks the inputs 0 to count of a seed. `told` hears of every failure when it is found."""
    outcome = Outcome()
    while outcome.count < count:
        outcome.count = _batch(seed, outcome.count, count, outcome, told)
    return outcome


def _batch(seed: int, first: int, last: int, outcome: Outcome, told: Callable[[str], object]) -> int:
    """Runs inputs in a process of its own until it ends or dies; the number of the next input."""
    command = [sys.executable, str(Path(__file__).resolve()), "--worker", f"{seed},{first},{last}"]
    following = first
    with (
        tempfile.TemporaryDirectory(prefix="coursepack-fuzz-") as work,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=work) as child,
    ):
        assert child.stdout is not None
        for line in child.stdout:
            found = json.loads(line)
            following = found["number"] + 1
            outcome.rules.update(found["rules"])
            outcome.seconds += found["seconds"]
            outcome.peak = max(outcome.peak, found["peak"])
            outcome.slowest = max(outcome.slowest, (found["seconds"], f"{seed}-{found['number']}"))
            if found["faults"]:
                _keep(seed, found["number"], "\n".join(found["faults"]), outcome, told)
    status = child.returncode
    if status and following < last:
        reason = f"The process ended with {status}" + (
            ": no end within the time." if status == -signal.SIGALRM else "."
        )
        _keep(seed, following, reason, outcome, told)
        following += 1
    elif status:
        raise RuntimeError(f"the checking process ended with {status}")
    return following


def _keep(seed: int, number: int, reason: str, outcome: Outcome, told: Callable[[str], object]) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    name = f"{seed}-{number}"
    shutil.rmtree(KEPT / name, ignore_errors=True)
    make(seed, number, KEPT)
    (KEPT / f"{name}.txt").write_text(reason + "\n", "utf-8", "backslashreplace")
    outcome.failures[name] = reason
    told(f"{name}: {reason}")


def _work(seed: int, first: int, last: int) -> Iterator[dict[str, Any]]:
    """Checks inputs in the current folder, within limits of time and memory; what came of each."""
    bases()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for number in range(first, last):
        path = make(seed, number, Path.cwd())
        signal.alarm(6 * SECONDS)
        began = time.process_time()
        faults, report = faults_of(path)
        seconds = time.process_time() - began
        signal.alarm(0)
        rules = sorted({problem.rule for problem in report})
        peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
        yield {"number": number, "faults": faults, "seconds": seconds, "rules": rules, "peak": peak}
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def main() -> None:
    """Exit 1 when the check failed on an input."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--only", help="one input again: its seed and number, such as 1-4711")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        for found in _work(*map(int, given.worker.split(","))):
            print(json.dumps(found), flush=True)
        return
    if given.only:
        seed, number = map(int, given.only.split("-"))
        KEPT.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(KEPT / given.only, ignore_errors=True)
        path = make(seed, number, KEPT)
        print(path)
        faults, report = faults_of(path)
        print("\n".join([*map(str, report), *faults]))
        sys.exit(bool(faults))
    outcome = fuzz(given.count, given.seed, lambda line: print(line, file=sys.stderr, flush=True))
    print(outcome)
    print("\n".join(f"{number:8} {rule}" for rule, number in outcome.rules.most_common()))
    sys.exit(bool(outcome.failures))


if __name__ == "__main__":
    main()
