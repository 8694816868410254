"""Reads the pages of a course or of a translation, and checks their blocks."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from coursepack.course.blocks import Block
from coursepack.course.blocks.question import Question
from coursepack.course.model import Term
from coursepack.languages import strings
from coursepack.problems import Location, Message, Quoted, nearest
from coursepack.reading.definition import Anything
from coursepack.reading.folder import TEXT_LIMIT, Folder, printable
from coursepack.reading.markdown import PageContext, Placed, Words, read_page
from coursepack.reading.media import Media


class Pages(NamedTuple):
    """The pages that could be read: blocks by page id, data blocks with their places, and the page of each file."""

    blocks: Mapping[str, tuple[Block, ...]]
    placed: Sequence[Placed]
    files: Mapping[str, str]


def page_context(pages: Collection[str], terms: Sequence[Term] | None, language: str) -> PageContext:
    """What the Markdown of a page may refer to: ids of pages, and terms, which are any when None."""
    known = Anything() if terms is None else {term.id: (term.term, term.text) for term in terms}
    return PageContext(set(pages), known, Words.of(strings(language)["prose"]))


def read_pages(folder: Folder, listed: list[tuple[str, str, Location]], context: PageContext) -> Pages:
    """Reads pages, each listed with its id, its file and the place that names it."""
    pages: dict[str, tuple[Block, ...]] = {}
    placed: list[Placed] = []
    used: dict[str, str] = {}
    for name, given, place in listed:
        pure = PurePosixPath(given)
        if pure.is_absolute() or ".." in pure.parts or "\\" in given:
            folder.say(
                "course/outside", Message("{0} is not a path inside the course folder", Quoted(given)), place
            )
            continue
        file = pure.as_posix()
        if folder.lacks(file):
            folder.say(
                "course/missing-page",
                Message("the page {0} has no file {1}", Quoted(name), file),
                place,
                "Write it, or name its file with file:.",
            )
            continue
        if file in used:
            folder.say(
                "course/shared-file", Message("{0} is the page {1} already", file, Quoted(used[file])), place
            )
            continue
        used[file] = name
        if not folder.inside(folder.path / file):
            folder.say(
                "course/outside",
                Message("{0} is a link to a place outside the course folder", Quoted(file)),
                place,
            )
            continue
        text = folder.text(file, place, TEXT_LIMIT, "page")
        if text is None:
            continue
        if not text.strip():
            folder.say("page/empty", "the page has no text", Location(file, 1, 1))
            continue
        blocks, found, problems = read_page(text, file, name, context)
        pages[name] = blocks
        placed += found
        folder.problems += problems
        if not blocks and not problems:
            folder.say("page/empty", "the page has no text", Location(file, 1, 1))
    return Pages(pages, placed, used)


def check_unused(folder: Folder, used: Mapping[str, str], top: Path) -> None:
    """That every file below `top` is of a page."""
    for below, _, names in os.walk(top):
        inside = Path(below).relative_to(folder.path).as_posix()
        for name in sorted(names):
            file = f"{inside}/{name}"
            if name.endswith(".md") and file not in used:
                folder.say(
                    "course/unused-page",
                    "no page of course.yaml has this file",
                    Location(printable(file)),
                    "Add the page to course.yaml, or delete the file.",
                )


def check_blocks(
    folder: Folder, media: Media, placed: Sequence[Placed], known: Mapping[str, Collection[str]]
) -> None:
    """Reads the media of data blocks, and checks each block and what it refers to.

    `known` holds the ids of contacts, sources and objectives, by kind.
    """
    seen: dict[str, Location] = {}
    for each in placed:
        media.read_block(each)
        _check_block(folder, media, each, seen, known)


def _check_block(
    folder: Folder,
    media: Media,
    placed: Placed,
    seen: dict[str, Location],
    known: Mapping[str, Collection[str]],
) -> None:
    block, read = placed.block, placed.yaml
    if read is None:
        return
    for finding in block.findings(media.sizes):
        place = read.place(finding.place)
        folder.say(f"page/{finding.rule}", finding.message, place, finding.hint)
    if isinstance(block, Question):
        place = read.place(("id",))
        if block.id in seen:
            folder.say(
                "page/repeated-id",
                Message("the question id {0} is used at {1} already", Quoted(block.id), str(seen[block.id])),
                place,
                "Every question of the course has an id of its own.",
            )
        seen.setdefault(block.id, place)
    for kind, name, at in block.references():
        if name not in known[kind]:
            folder.say(
                f"page/unknown-{kind}",
                Message("there is no {0} {1}", Message(kind), Quoted(name)),
                read.place(at),
                nearest(name, known[kind]),
            )
