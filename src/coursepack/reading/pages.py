"""Reads the pages of a course or of a translation, and checks their blocks."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from coursepack.course.blocks import Block
from coursepack.course.model import Term
from coursepack.languages import strings
from coursepack.problems import Location, Message, Quoted
from coursepack.reading.definition import Anything
from coursepack.reading.draft import Pages
from coursepack.reading.folder import TEXT_LIMIT, Folder, printable
from coursepack.reading.markdown import PageContext, Placed, Words, read_page
from coursepack.reading.media import Media
from coursepack.reading.rules import pages as rules
from coursepack.reading.rules.rule import apply_rules


def page_context(
    pages: Collection[str],
    terms: Sequence[Term] | None,
    language: str,
    borrowed: Mapping[str, str] | None = None,
) -> PageContext:
    """What the Markdown of a page can refer to: ids of pages, and terms, or any term when None.

    `borrowed` holds the languages of terms that are in another one.
    """
    known = Anything() if terms is None else {term.id: (term.term, term.text) for term in terms}
    return PageContext(set(pages), known, Words.of(strings(language)["prose"]), language, borrowed or {})


def read_pages(
    folder: Folder,
    listed: list[tuple[str, str, Location]],
    context: PageContext,
    known: Mapping[str, Collection[str]],
    top: str | None,
) -> Pages:
    """Reads pages, each given with its id, its file and the place that names it.

    `known` is what their blocks can refer to. `top` is the folder whose files should all be listed, if any.
    """
    pages: dict[str, tuple[Block, ...]] = {}
    placed: list[Placed] = []
    used: dict[str, str] = {}
    for name, given, place in listed:
        if given.startswith("/") or ".." in given.split("/") or "\\" in given:
            folder.say(
                "course/outside", Message("{0} is not a path inside the course folder", Quoted(given)), place
            )
            continue
        file = posixpath.normpath(given)
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
        if not folder.inside(folder.at(file)):
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
        read = folder.kept.once(
            f"page {file}", (text, name, context), partial(read_page, text, file, name, context)
        )
        pages[name] = read.blocks
        placed += read.placed
        folder.marks += read.marks
        folder.problems += read.problems
        if not read.blocks and not read.problems:
            folder.say("page/empty", "the page has no text", Location(file, 1, 1))
    return Pages(pages, placed, tuple(_unlisted(folder, top, used)) if top else (), known)


def _unlisted(folder: Folder, top: str, used: Collection[str]) -> Iterator[str]:
    for below, _, names in os.walk(folder.path / top):
        inside = Path(below).relative_to(folder.path).as_posix()
        for name in sorted(names):
            file = f"{inside}/{name}"
            if name.endswith(".md") and file not in used:
                yield printable(file)


def check_pages(folder: Folder, media: Media, pages: Pages) -> None:
    """Reads the media of pages, and checks their blocks."""
    for block in pages.placed:
        media.read_block(block)
        if block.yaml is None:
            continue
        for finding in block.block.findings(media.sizes):
            place = block.yaml.place(finding.place)
            folder.say(f"page/{finding.rule}", finding.message, place, finding.hint)
    folder.problems += apply_rules(rules, pages)
