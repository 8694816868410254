"""The showcase: a course that uses every block in every state. Tests and the pictures of the documentation are made of it."""

from __future__ import annotations

import math
import re
import shutil
import wave
from pathlib import Path
from typing import Any

import yaml

from coursepack.course.blocks import DATA_BLOCKS
from coursepack.course.blocks.question import Question

HERE = Path(__file__).parent
MEDIA = HERE.parents[1] / "course_source/media"
EN = HERE / "translations/en"
# The check comes last, as in every course.
PAGES = {
    path.stem: path
    for path in sorted((HERE / "pages").glob("*.md"), key=lambda path: (path.stem == "final-check", path))
}
# Of how many questions with a right answer a learner is asked how many.
POOLS = {"pool": 2, "final-check": 4}
# Parts by the kind of their pages; all but the first are tracks.
PARTS = {"text": "Läsa och titta", "check": "Frågor", "film": "Film och ljud"}
FIRST = {
    "objectives": ["1.1", "1.2"],
    "easy": ["Brinner det? Varna andra.", "Gå ut.", "Ring 112."],
}
"""What the first part says of itself."""
CHAPTERS = {"text": "Innan det brinner", "check": "Pröva vad du kan", "film": "I huset"}
PDF_TEXT = (
    b"/H1<</MCID 0>>BDC BT /F 24 Tf 72 750 Td (Rutin vid brand) Tj ET EMC\n"
    b"/P<</MCID 1>>BDC BT /F 12 Tf 72 715 Td (Larma, varna, g\\345 ut och samlas.) Tj ET EMC\n"
)
PDF_OBJECTS = (
    b"<</Type/Catalog/Pages 2 0 R/Lang(sv)/MarkInfo<</Marked true>>/StructTreeRoot 6 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>/StructParents 0>>",
    b"<</Length %d>>stream\n%bendstream" % (len(PDF_TEXT), PDF_TEXT),
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    b"<</Type/StructTreeRoot/K 7 0 R/ParentTree 10 0 R>>",
    b"<</Type/StructElem/S/Document/P 6 0 R/K[8 0 R 9 0 R]>>",
    b"<</Type/StructElem/S/H1/P 7 0 R/Pg 3 0 R/K 0>>",
    b"<</Type/StructElem/S/P/P 7 0 R/Pg 3 0 R/K 1>>",
    b"<</Nums[0[8 0 R 9 0 R]]>>",
)
# Without a table of where the objects are: readers make one of their own.
PDF = b"".join(
    (
        b"%PDF-1.7\n",
        *(b"%d 0 obj\n%b\nendobj\n" % (number, body) for number, body in enumerate(PDF_OBJECTS, 1)),
        b"trailer<</Root 1 0 R/Size 11>>\nstartxref\n0\n%%EOF\n",
    )
)


def blocks(text: str) -> list[str]:
    """Names of the blocks of a page, in order."""
    return re.findall(r"^(?:```|::: )([\w-]+)", text, re.MULTILINE)


def write_showcase(folder: Path, *, translated: bool = False) -> Path:
    """Writes the course: each page stands in it under its file's name, with its first line as title.

    It is in Swedish; `translated`, in English too.
    """
    left_out = ("*.py", "__pycache__", *(() if translated else ("translations",)))
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns(*left_out))
    course = yaml.safe_load((HERE / "course.yaml").read_text("utf-8"))
    parts: dict[str, list[dict[str, Any]]] = {kind: [] for kind in PARTS}
    for name, path in PAGES.items():
        if name == "start":
            continue
        title, text = _write_page(path, folder / "pages")
        kind = _kind(blocks(text))
        page = {"id": name, "title": title, "minutes": 1}
        page["roles"] = {"choice": ["chef"], "video": ["reception"]}.get(name, [])
        parts[kind].append({**page, "pool": POOLS[name]} if name in POOLS else page)
    course["minutes"] = len(PAGES)
    course["parts"] = [
        {
            "id": kind,
            "title": PARTS[kind],
            "track": kind != "text",
            **(FIRST if kind == "text" else {}),
            "chapters": [{"id": f"{kind}-1", "title": CHAPTERS[kind], "pages": pages}],
        }
        for kind, pages in parts.items()
    ]
    if translated:
        course["translations"] = ["en"]
        words = yaml.safe_load((EN / "translation.yaml").read_text("utf-8"))
        for name in PAGES:
            if name != "start":
                path = EN / f"pages/{name}.md"
                words["titles"][name], _ = _write_page(path, folder / "translations/en/pages")
        _dump(words, folder / "translations/en/translation.yaml")
    _dump(course, folder / "course.yaml")
    _write_media(folder / "media")
    return folder


def _kind(types: list[str]) -> str:
    """The part of a page with blocks of these types."""
    if "scenario" in types:
        return "check"
    if {"video", "audio"} & set(types):
        return "film"
    questions = sum(name in DATA_BLOCKS and issubclass(DATA_BLOCKS[name], Question) for name in types)
    return "check" if types and questions * 2 >= len(types) else "text"


def _write_page(path: Path, folder: Path) -> tuple[str, str]:
    """Writes what follows its first line. Returns the title that stands there, and the rest."""
    title, _, text = path.read_text("utf-8").partition("\n")
    (folder / path.name).write_text(text.lstrip(), "utf-8")
    return title.removeprefix("# "), text


def _dump(definition: dict[str, Any], path: Path) -> None:
    path.write_text(yaml.safe_dump(definition, allow_unicode=True, sort_keys=False), "utf-8")


def _write_media(folder: Path) -> None:
    """The example course's pictures and film, and what is made here: a sound and a document."""
    shutil.copytree(MEDIA, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.md"))
    for name in ("syntolkad", "teckentolkad", "hard"):
        shutil.copy(MEDIA / "det-som-inte-syns.mp4", folder / f"{name}.mp4")
    (folder / "checklista.pdf").write_bytes(PDF)
    rate, seconds = 8000, 20
    with wave.open(str(folder / "larmet.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(rate)
        sound.writeframes(
            bytes(128 + int(40 * math.sin(n * math.tau * 440 / rate)) for n in range(rate * seconds))
        )
