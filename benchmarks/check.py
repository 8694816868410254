"""Measures `coursepack check` beside `unzip -tq` and Python itself: a manifest of 10,000 files, a gigabyte of media."""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from run import COURSEPACK, MIB, Row, Use, pairs, report, run

FILES, FILMS = 10_000, 64
FILM = 16 * 1024 * 1024

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Page {number}</title><script src="api.js"></script></head>
<body><h1>Page {number}</h1><img src="media/p{number}.png" alt=""></body>
</html>
"""
_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="bench" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Bench</title>
{items}
</organization></organizations>
<resources>
{resources}
</resources>
</manifest>
"""
_API = "function start() { API.LMSInitialize(''); }\nfunction end() { API.LMSFinish(''); }\n"


def scorm12(files: dict[str, str], pages: int) -> dict[str, str]:
    """A SCORM 1.2 package whose pages are SCOs, which between them list all the files."""
    names = [name for name in files if not name.endswith(".html")]
    share = -(-len(names) // pages)
    items, resources = [], []
    for number in range(pages):
        items.append(
            f'<item identifier="i{number}" identifierref="r{number}"><title>Page {number}</title></item>'
        )
        listed = [f"p{number}.html", *names[number * share : (number + 1) * share]]
        inner = "".join(f'\n<file href="{name}"/>' for name in listed)
        resources.append(
            f'<resource identifier="r{number}" type="webcontent" adlcp:scormtype="sco" href="p{number}.html">'
            f"{inner}\n</resource>"
        )
    manifest = _MANIFEST.format(items="\n".join(items), resources="\n".join(resources))
    return {"imsmanifest.xml": manifest, **files}


def write_files(path: Path) -> None:
    """A package of 10,000 files, a tenth of them pages that are launched, the rest small pictures."""
    pages = FILES // 10
    files = {f"p{number}.html": _PAGE.format(number=number) for number in range(pages)}
    files["api.js"] = _API
    files |= {f"media/p{number}.png": "x" * 200 for number in range(FILES - len(files) - 1)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in scorm12(files, pages).items():
            archive.writestr(name, text)


def write_media(path: Path) -> None:
    """A package of one page and a gigabyte of films, which no zip program makes smaller."""
    noise = random.Random(1).randbytes(FILM)
    films = {f"media/f{number}.mp4": "" for number in range(FILMS)}
    page = _PAGE.format(number=0).replace("media/p0.png", "media/f0.mp4")
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in scorm12({"p0.html": page, "api.js": _API, **films}, 1).items():
            archive.writestr(name, noise if name in films else text)


def check(path: Path) -> Use:
    """`coursepack check` of a package in which nothing is worse than a warning."""
    return run([COURSEPACK, "check", str(path)])


def _passing(path: Path) -> float:
    began = time.perf_counter()
    check(path)
    return time.perf_counter() - began


def rows_of(name: str, path: Path, count: int, limit: float, aim: float) -> Iterator[Row]:
    """Seconds and peak memory for one package, the processor's beside those of an empty Python."""
    nothing = [sys.executable, "-c", "pass"]
    ratio, spread, seconds = pairs(count, lambda: run(nothing), lambda: check(path))
    yield Row(name, ratio, "x python -c pass", limit, aim, spread)
    yield Row(f"{name}, processor", seconds, "s", 2, 1)
    yield Row(f"{name}, time that passes", statistics.median(_passing(path) for _ in range(3)), "s", 2)
    yield Row(f"{name}, peak memory", max(check(path).peak for _ in range(3)) / MIB, "MiB", 150, 100)


def main() -> None:
    """Measures both; exit 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="paired runs of each row (default 5)")
    parser.add_argument("--json", type=Path, help="write the rows to this file, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="coursepack-bench-") as work:
        path = Path(work, "files.zip")
        write_files(path)
        rows = list(rows_of("manifest of 10,000 files", path, given.runs, 100, 50))
        path = Path(work, "media.zip")
        write_media(path)
        rows += rows_of("a gigabyte of media", path, given.runs, 60, 40)
        # Both read the films and compare their checksums.
        unzip = ["unzip", "-tq", str(path)]
        ratio, spread, _ = pairs(given.runs, lambda: run(unzip), lambda: check(path))
        rows.append(Row("a gigabyte of media, beside reading it", ratio, "x unzip -tq", 0.5, 0.2, spread))
    report(rows, given.json)


if __name__ == "__main__":
    main()
