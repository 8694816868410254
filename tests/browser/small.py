"""Small Swedish courses for one test file each: what every course needs is written here, and what the test is about there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from strategies import dump

FIRST: dict[str, Any] = {
    "id": "prov-kurs",
    "title": "Prov",
    "description": "En kurs.",
    "language": "sv",
    "version": "1.0.0",
    "publisher": "Test",
    "licence": "CC BY 4.0",
}


ANSWERS = {"a": "Ja", "b": "Nej", "c": "Kanske"}


def a_page(name: str, text: str = "Text.\n", **head: Any) -> tuple[dict[str, Any], str]:
    """A page as `write_small` takes it. Its title is its name, and it takes a minute, unless `head` says otherwise."""
    return {"id": name, "title": name.capitalize(), "minutes": 1, **head}, text


def questions(numbers: Iterable[int], answers: str = "ab") -> str:
    """The text of a page with a question `fraga-N` for each number; of its answers `a` is right."""
    listed = "".join(f"  - {{id: {a}, text: {ANSWERS[a]}{', right: true' * (a == 'a')}}}\n" for a in answers)
    asked = (f"```choice\nid: fraga-{n}\nquestion: Fråga {n}?\nanswers:\n{listed}```\n" for n in numbers)
    return "\n".join(["Frågor.\n", *asked])


def write_small(
    folder: Path,
    *parts: list[tuple[dict[str, Any], str]],
    head: str = "",
    files: Mapping[str, str | bytes] | None = None,
) -> Path:
    """Writes a course of some parts, each of one chapter with the pages given; `head` is more of its `course.yaml`."""
    pages = [each for part in parts for each in part]
    definition = {
        **FIRST,
        "minutes": sum(about["minutes"] for about, _ in pages if about.get("core", True)),
        **(yaml.safe_load(head) or {}),
        "parts": [
            {
                "id": f"del-{number}",
                "title": f"Del {number}",
                "chapters": [
                    {
                        "id": f"kapitel-{number}",
                        "title": f"Kapitel {number}",
                        "pages": [about for about, _ in part],
                    }
                ],
            }
            for number, part in enumerate(parts, 1)
        ],
    }
    written = {f"pages/{about['id']}.md": text for about, text in pages}
    for name, content in {"course.yaml": dump(definition), **written, **(files or {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
