"""The least course, and Hypothesis strategies for any valid one."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from coursepack.languages import codes

MakeCourse = Callable[..., Path]

COURSE = """\
id: least
title: Least course
description: As little as a course can be.
language: en
version: 1.0.0
publisher: Publisher
licence: CC BY 4.0
minutes: 1
parts:
  - id: p1
    title: Part
    chapters:
      - id: p1-c1
        title: Chapter
        pages:
          - {id: p1-c1-s1, title: Page, minutes: 1}
"""
PAGE = "pages/p1-c1-s1.md"
LEAST: dict[str, str] = {"course.yaml": COURSE, PAGE: "Text.\n"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><path d="M0 0h16v9z"/></svg>\n'
VTT = "WEBVTT\n\n00:00.500 --> 00:02.000\n<v Kim>Hello.\n"
QUESTION = """\
```choice
id: {id}
question: Which?
answers:
  - {{id: a, text: This}}
  - {{id: b, text: That, right: true}}
```
"""


def write_course(folder: Path, changes: Mapping[str, str | bytes] | None = None) -> Path:
    """Writes the least course with some files added or replaced."""
    for name, content in {**LEAST, **(changes or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def box(kind: bytes, *inner: bytes) -> bytes:
    body = b"".join(inner)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def mp4(seconds: float = 10, *, scale: int = 1000, last: bool = False, version: int = 0) -> bytes:
    """The boxes of an MP4 that tell its length; `last` puts the index behind the media."""
    if version:
        times = struct.pack(">B3xQQIQ", 1, 0, 0, scale, int(seconds * scale))
    else:
        times = struct.pack(">B3xIIII", 0, 0, 0, scale, int(seconds * scale))
    index, media = box(b"moov", box(b"mvhd", times + bytes(80))), box(b"mdat", bytes(64))
    return box(b"ftyp", b"isom\0\0\2\0isomiso2") + (media + index if last else index + media)


@dataclass(frozen=True)
class Drawn:
    """A course that was drawn: what to write, and what must come back."""

    definition: dict[str, Any]
    files: dict[str, str | bytes]

    @property
    def title(self) -> str:
        return " ".join(self.definition["title"].split())

    def write(self, folder: Path) -> Path:
        return write_course(folder, {**self.files, "course.yaml": dump(self.definition)})


def dump(value: Any) -> str:
    """YAML on lines that are never broken, so that no line of a text begins like a fence."""
    return yaml.safe_dump(value, allow_unicode=True, width=1 << 30, sort_keys=False)


# What YAML and XML can hold: no control characters, no lone surrogates, no ends of lines but \n.
_characters = st.characters(
    exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp"), exclude_characters="\ufeff"
)
texts = st.text(_characters | st.sampled_from("<>&\"'åäöÅ{}%#:- "), min_size=1, max_size=40).filter(str.strip)
_words = st.lists(
    st.sampled_from("a och kursen Åsa lär 12 sidor, (se) é måste! 50 % är".split()), min_size=1, max_size=8
)
sentences = _words.map(lambda words: " ".join(words).capitalize() + ".")
names = st.text("abAB åÖ_-.0日", min_size=1, max_size=12).filter(lambda name: name.strip(". ") == name)


def _choice(draw: st.DrawFn, name: str) -> str:
    count = draw(st.integers(2, 5))
    multiple = draw(st.booleans())
    right = draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=count if multiple else 1))
    answers = [
        {"id": f"a{n}", "text": draw(texts), "right": n in right, "feedback": draw(texts)}
        for n in range(count)
    ]
    return fence("choice", {"id": name, "question": draw(texts), "multiple": multiple, "answers": answers})


def _scenario(draw: st.DrawFn, name: str) -> str:
    """Each scene has a choice that leads to the next one, and others that lead anywhere."""
    count = draw(st.integers(1, 3))
    scenes: list[dict[str, Any]] = []
    for n in range(count):
        choices = [
            {
                "id": f"c-{m}",
                "text": f"{m}. {draw(texts)}",
                "safe": draw(st.booleans()),
                "feedback": draw(texts),
            }
            for m in range(draw(st.integers(2, 3)))
        ]
        for choice in choices[1:]:
            choice["to"] = f"s{draw(st.integers(0, count))}"
        scenes.append({"id": f"s{n}", "text": draw(texts), "question": draw(texts), "choices": choices})
    scenes.append({"id": f"s{count}", "text": draw(texts)})
    return fence("scenario", {"id": name, "title": draw(texts), "scenes": scenes})


def _question(draw: st.DrawFn, name: str, *, scored: bool = False) -> str:
    """A question of any kind."""
    kinds = [
        "choice",
        "matching",
        "ordering",
        "fill-in",
        "numeric",
        *([] if scored else ["likert", "scenario"]),
    ]
    kind = draw(st.sampled_from(kinds))
    if kind == "choice":
        return _choice(draw, name)
    if kind == "scenario":
        return _scenario(draw, name)
    fields: dict[str, Any] = {"id": name, "question": draw(texts)}
    if kind == "matching":
        count = draw(st.integers(2, 4))
        fields["targets"] = [{"id": f"t-{n}", "text": f"{n}. {draw(texts)}"} for n in range(count)]
        fields["rows"] = [
            {"id": f"r{n}", "text": f"{n}. {draw(texts)}", "target": f"t-{draw(st.integers(0, count - 1))}"}
            for n in range(draw(st.integers(2, 4)))
        ]
    elif kind == "fill-in":
        fields["answers"] = [
            {"text": f"{n}. {draw(texts)}", "right": n == 0, "feedback": draw(texts)}
            for n in range(draw(st.integers(1, 3)))
        ]
        fields["strict"] = draw(st.booleans())
    elif kind == "numeric":
        fields["answer"] = draw(st.integers(-5000, 5000)) / 100
        fields["tolerance"] = draw(st.integers(1, 500)) / 100
    else:
        steps = [{"id": f"s-{n}", "text": f"{n}. {draw(texts)}"} for n in range(draw(st.integers(2, 5)))]
        fields["items" if kind == "ordering" else "scale"] = steps
    return fence(kind, fields)


def fence(kind: str, fields: Mapping[str, Any]) -> str:
    return f"```{kind}\n{dump(dict(fields))}```\n"


@st.composite
def courses(draw: st.DrawFn) -> Drawn:
    """Any valid course of a few pages."""
    parts: list[dict[str, Any]] = []
    for p in range(1, draw(st.integers(1, 3)) + 1):
        chapters = []
        for c in range(1, draw(st.integers(1, 2)) + 1):
            pages = [
                {
                    "id": f"p{p}-c{c}-s{s}",
                    "title": draw(texts),
                    "minutes": draw(st.sampled_from([0.5, 1, 2.5, 30])),
                    # At least one page of each part is core, so that every rule can be met.
                    "core": s == 1 or draw(st.booleans()),
                }
                for s in range(1, draw(st.integers(1, 2)) + 1)
            ]
            chapters.append({"id": f"p{p}-c{c}", "title": draw(texts), "pages": pages})
        parts.append(
            {"id": f"p{p}", "title": draw(texts), "track": draw(st.booleans()), "chapters": chapters}
        )
    pages = [page for part in parts for chapter in part["chapters"] for page in chapter["pages"]]
    tracks = [part["id"] for part in parts if part["track"]]
    checked = draw(st.sampled_from(pages))
    check = checked["id"]
    pool = draw(st.none() | st.integers(1, 2))
    if pool:
        checked["pool"] = pool
    mastery = draw(st.none() | st.integers(1, 100))
    rules: list[dict[str, Any]] = [
        {"rule": "all-core-pages"},
        {"rule": "all-core-pages", "questions": "answered"},
        {"rule": "parts", "parts": [parts[0]["id"]], "tracks": draw(st.integers(0, len(tracks)))},
        {"rule": "check-submitted"},
    ]
    rules += [{"rule": "score"}] if mastery else []
    definition = {
        "id": "drawn",
        "title": draw(texts),
        "description": draw(texts),
        "language": draw(st.sampled_from(codes())),
        "version": draw(st.sampled_from(["1", "0.1.0", "2.0.0-rc.1+7"])),
        "publisher": draw(texts),
        "licence": draw(texts),
        "minutes": sum(page["minutes"] for page in pages if page["core"]),
        "completion": draw(st.sampled_from(rules)),
        "final-check": {"page": check}
        | ({"mastery": mastery} if mastery else {})
        | draw(st.sampled_from([{}, {"feedback": "after"}, {"feedback": "none", "attempts": 2}])),
        "status": draw(st.sampled_from(["completed", "passed", *(["both"] if mastery else [])])),
        "parts": parts,
    }
    files: dict[str, str | bytes] = {
        "glossary.yaml": dump([{"id": "ord", "term": draw(texts), "text": draw(texts)}]),
        "contacts.yaml": dump(
            [{"id": "hjalp", "name": draw(texts), "phone": "112", "checked": "2026-04-14"}]
        ),
    }
    for page in pages:
        files[f"pages/{page['id']}.md"] = _page(draw, page["id"], pages, files, page["id"] == check, pool)

    return Drawn(definition, files)


def _page(
    draw: st.DrawFn,
    page: str,
    pages: list[dict[str, Any]],
    files: dict[str, str | bytes],
    asks: bool,
    pool: int | None,
) -> str:
    other = draw(st.sampled_from(pages))["id"]
    picture = f"media/{draw(names)}.svg"
    files[picture] = SVG
    pieces = [
        f"## {draw(sentences)}\n\n{draw(sentences)}\n",
        f"- {draw(sentences)}\n- Gå till [sidan](page:{other}).\n",
        f"{draw(sentences)} Ett [ord](term:ord) och [ett till](term:ord).\n",
        f"| a | b |\n| --- | ---: |\n| {draw(sentences)} | 2 |\n",
        f"> {draw(sentences)}\n>\n> — {draw(sentences)}\n",
        f"{draw(sentences)}[^1]\n\n[^1]: {draw(sentences)}\n",
        f"::: note {draw(sentences)}\n{draw(sentences)}\n:::\n",
        f"::: accordion\n### {draw(sentences)}\n{draw(sentences)}\n\n### {draw(sentences)}\n- {draw(sentences)}\n:::\n",
        f'{draw(sentences)} <span lang="en">{draw(sentences)}</span>\n',
        fence("image", {"src": picture, "alt": draw(texts), "caption": draw(texts)}),
        fence("image", {"src": picture, "decorative": True}),
        fence(
            "gallery",
            {"pictures": [{"src": picture, "alt": draw(texts), "caption": draw(texts)} for _ in range(2)]},
        ),
        fence(
            "hotspots",
            {
                "src": picture,
                "alt": draw(texts),
                "points": [
                    {
                        "x": 12.5 + 25 * n,
                        "y": draw(st.integers(15, 85)),
                        "title": draw(texts),
                        "text": draw(texts),
                    }
                    for n in range(draw(st.integers(1, 4)))
                ],
            },
        ),
        fence("before-after", {name: {"src": picture, "alt": draw(texts)} for name in ("before", "after")}),
        fence("contact", {"contacts": ["hjalp"]}),
    ]
    chosen = draw(st.lists(st.sampled_from(range(len(pieces))), unique=True, max_size=5))
    body = [f"{draw(sentences)}\n", *(pieces[n] for n in chosen)]
    # Without a question that can be answered right there would be no score; a pool holds more of them than it asks.
    needed = 0 if not asks else pool + 1 if pool else 1
    for n in range(needed + draw(st.integers(0, 1))):
        body.append(_question(draw, f"q-{page}-{n}", scored=n < needed))
    return "\n".join(body)
