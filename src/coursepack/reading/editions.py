"""Reads the translations of a course, and compares them with the main language."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any, NamedTuple

from coursepack.course.blocks import Block
from coursepack.course.blocks.block import DataBlock
from coursepack.course.model import Course, Definition, Page, PageEntry, Person, Term
from coursepack.problems import Location, Message, Quoted, Value, nearest, quoted
from coursepack.reading.definition import (
    CONTACTS_FILE,
    COURSE_FILE,
    GLOSSARY_FILE,
    SOURCES_FILE,
    Lists,
    Sources,
    YamlPath,
    by_id,
    read_optional,
    read_values,
)
from coursepack.reading.folder import Folder
from coursepack.reading.markdown import Placed
from coursepack.reading.media import Media
from coursepack.reading.pages import Pages, check_blocks, check_unused, page_context, read_pages
from coursepack.reading.yaml_validation import Yaml


class Main(NamedTuple):
    """What has been read of the main language."""

    definition: Definition
    lists: Lists
    pages: Pages


class Edition(NamedTuple):
    """What has been read of another language."""

    definition: Definition
    lists: Lists
    pages: Pages
    stand_ins: Mapping[str, str]

    def course(self, main: Course) -> Course:
        """The course in that language, once everything is known to be right."""
        return replace(
            main,
            definition=self.definition,
            pages=tuple(Page(entry, self.pages.blocks[entry.id]) for entry in self.definition.pages),
            glossary=tuple(self.lists.terms or ()),
            contacts=self.lists.contacts,
            sources=self.lists.sources,
            stand_ins=self.stand_ins,
        )


def read_edition(folder: Folder, media: Media, language: str, place: Location, main: Main) -> Edition | None:
    """A translation, compared with the main language; None when there is too little of it to go on."""
    from coursepack.reading.translation import FILE, FOLDER, Translation, stand_ins, translated

    top = f"{FOLDER}/{language}"
    definition = main.definition
    if not _has(folder, f"{top}/{FILE}", place, COURSE_FILE):
        return None
    words, read = read_values(folder, f"{top}/{FILE}", Translation)
    if words is None or read is None:
        return None
    _check_words(folder, definition, words, read)
    lists = _read_lists(folder, top, place, main.lists)
    listed = [
        (entry.id, f"{top}/{entry.path}", place)
        for entry in definition.pages
        if entry.id in main.pages.blocks and _has(folder, f"{top}/{entry.path}", place, entry.path)
    ]
    entries = {entry.id: entry for entry in definition.pages}
    pages = read_pages(folder, listed, page_context(entries, lists.terms, language))
    check_unused(folder, pages.files, folder.path / top / "pages")
    known = {
        "contact": lists.contacts,
        "source": main.lists.sources,
        "objective": [objective.id for objective in definition.objectives],
    }
    check_blocks(folder, media, pages.placed, known)
    for name, blocks in pages.blocks.items():
        _check_same_blocks(
            folder, f"{top}/{entries[name].path}", blocks, pages.placed, main.pages, entries[name]
        )
    return Edition(
        translated(definition, words, language),
        lists,
        pages,
        {
            own: other
            for name, blocks in pages.blocks.items()
            for own, other in stand_ins(main.pages.blocks[name], blocks)
        },
    )


def _read_lists(folder: Folder, top: str, place: Location, main: Lists) -> Lists:
    """The glossary, the contacts and the sources of a translation in the folder `top`."""
    terms, contacts = main.terms, main.contacts
    name = f"{top}/{GLOSSARY_FILE}"
    if main.terms and _has(folder, name, place, GLOSSARY_FILE):
        terms, read = read_values(folder, name, tuple[Term, ...])
        _check_same(folder, main.terms, terms, read)
    name = f"{top}/{CONTACTS_FILE}"
    if main.contacts and _has(folder, name, place, CONTACTS_FILE):
        persons, read = read_values(folder, name, tuple[Person, ...])
        _check_same(folder, list(main.contacts.values()), persons, read)
        contacts = by_id(persons)
    # A source bears the title that it was published under, so that most need no translation.
    sources, read = read_optional(folder, f"{top}/{SOURCES_FILE}", Sources, {})
    for each in sources or ():
        if each not in main.sources and read is not None:
            _say_unknown(folder, read, (each,), main.sources)
    return Lists(terms, contacts, {**main.sources, **(sources or {})})


def _has(folder: Folder, name: str, place: Location, main: str) -> bool:
    """Whether a file of a translation is there; that it is missing is told at `place`."""
    if not folder.lacks(name):
        return True
    folder.say(
        "translation/missing-file",
        Message("there is no file {0}", Quoted(name)),
        place,
        Message("Translate {0} into it.", Quoted(main)),
    )
    return False


def _check_words(folder: Folder, definition: Definition, words: Any, read: Yaml) -> None:
    from coursepack.reading.translation import missing_words, unknown_words

    for path in missing_words(definition, words):
        folder.say(
            "translation/missing-words",
            Message("{0} has no words for {1}", quoted(path[0]), quoted(path[1]))
            if path[1:]
            else Message("the words of {0} are missing", quoted(path[0])),
            read.place(path),
            "Translate what course.yaml says.",
        )
    for path, known in unknown_words(definition, words):
        _say_unknown(folder, read, path, known)
    statement, own = definition.accessibility, words.accessibility
    if statement and own and len(statement.shortcomings) != len(own.shortcomings):
        folder.say(
            "translation/other-value",
            Message(
                "names {0} shortcomings, and course.yaml {1}",
                len(own.shortcomings),
                len(statement.shortcomings),
            ),
            read.place(("accessibility", "shortcomings")),
        )


def _say_unknown(
    folder: Folder, read: Yaml, path: YamlPath, known: Collection[str], name: str | None = None
) -> None:
    """Of an id, which is the last step to it unless it is the value there."""
    name = name or str(path[-1])
    folder.say(
        "translation/unknown-id",
        Message("the main language has no {0} here", Quoted(name)),
        read.place(path, key=True),
        nearest(name, known),
    )


def _check_same(folder: Folder, main: Sequence[Any], own: Sequence[Any] | None, read: Yaml | None) -> None:
    """That a glossary or contacts have the ids that those of the main language have."""
    if own is None or read is None:
        return
    ids = [each.id for each in own]
    wanted = [each.id for each in main]
    for name in wanted:
        if name not in ids:
            folder.say(
                "translation/missing-words",
                Message("has no entry {0}, which the main language has", Quoted(name)),
                read.place(()),
            )
    for at, name in enumerate(ids):
        if name in ids[:at] or name not in wanted:
            _say_unknown(folder, read, (at, "id"), wanted, name)


def _check_same_blocks(
    folder: Folder, file: str, own: Sequence[Block], placed: Sequence[Placed], main: Pages, entry: PageEntry
) -> None:
    """That a page has the blocks of the main language, and that they differ in words only."""
    from coursepack.reading.translation import differences, kind_of, own_blocks

    def where(block: Block, file: str, placed: Sequence[Placed], path: YamlPath = ()) -> Location:
        for each in placed:
            if each.block is block:
                return each.yaml.place(path) if each.yaml else each.location
        return Location(file, 1, 1)

    one, two = own_blocks(main.blocks[entry.id]), own_blocks(own)
    for number, (first, second) in enumerate(zip_longest(one, two), 1):
        kinds = [kind_of(block) if block else "" for block in (first, second)]
        if kinds[0] != kinds[1]:
            if second is None:
                message = Message(
                    "block {0} is missing: {1} has {2} there", number, entry.path, Quoted(kinds[0])
                )
            elif first is None:
                message = Message(
                    "block {0} is {1}, and {2} has no more blocks", number, Quoted(kinds[1]), entry.path
                )
            else:
                message = Message(
                    "block {0} is {1}, and in {2} it is {3}",
                    number,
                    Quoted(kinds[1]),
                    entry.path,
                    Quoted(kinds[0]),
                )
            folder.say(
                "translation/other-blocks",
                message,
                where(second, file, placed) if second else Location(file, 1, 1),
                "A page has the same blocks in the same order in every language. Prose may differ.",
            )
            return
        if not isinstance(first, DataBlock) or not isinstance(second, DataBlock):
            sections = [len(getattr(block, "items", ())) for block in (first, second)]
            if sections[0] != sections[1]:
                folder.say(
                    "translation/other-blocks",
                    Message(
                        "the {0} has {1} sections, and in {2} it has {3}",
                        kinds[0],
                        sections[1],
                        entry.path,
                        sections[0],
                    ),
                    Location(file, 1, 1),
                )
            continue
        for path, there, here, is_count in differences(first, second):
            name = next(step for step in reversed(path) if isinstance(step, str))
            told = where(first, entry.path, main.placed, path)
            if is_count:
                message = Message(
                    "{0} has {1} entries, and at {2} it has {3}", Quoted(name), here, str(told), there
                )
            elif here is None:
                message = Message("{0} is missing, and at {1} it is there", Quoted(name), str(told))
            elif there is None:
                message = Message("{0} is there, and at {1} it is missing", Quoted(name), str(told))
            else:
                message = Message(
                    "{0} is {1}, and at {2} it is {3}",
                    Quoted(name),
                    _written(here),
                    str(told),
                    _written(there),
                )
            folder.say(
                "translation/other-value",
                message,
                where(second, file, placed, path),
                "A translation has other words and nothing else. Write what the main language has.",
            )


def _written(value: Any) -> Value:
    """A value as an author writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, (int, float)) else quoted(value)
