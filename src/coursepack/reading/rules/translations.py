"""Rules for translations: complete texts, and no other differences from the main language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from coursepack.course.blocks import Block
from coursepack.course.blocks.block import DataBlock
from coursepack.course.model import PageEntry
from coursepack.languages import strings
from coursepack.problems import Location, Message, Names, Quoted, Value, nearest, quoted
from coursepack.reading.draft import TranslationDraft, YamlPath
from coursepack.reading.markdown import Placed
from coursepack.reading.rules.rule import Finding, rule
from coursepack.reading.translation import differences, kind_of, own_blocks, wanted_words
from coursepack.reading.translation import missing_words as missing


@rule("translation")
def missing_words(translation: TranslationDraft) -> Iterator[Finding]:
    """A text of the main language has no translation.

    A translation with complete: true must have all texts. Write it under the same field and the same id.
    """
    if not translation.words.complete:
        return
    for path in missing(translation.main.definition, translation.words):
        yield (
            Message("{0} has no words for {1}", quoted(path[0]), quoted(path[1]))
            if path[1:]
            else Message("the words of {0} are missing", quoted(path[0])),
            translation.read.place(path),
            "Translate what course.yaml says.",
        )
    for listed in translation.ids:
        for name in listed.missing:
            if listed.place:
                message = Message("has no entry {0}, which the main language has", Quoted(name))
                yield message, listed.place


@rule("translation", "warning")
def incomplete(translation: TranslationDraft) -> Iterator[Finding]:
    """The translation of the course is incomplete.

    Learners read the rest in the main language, which is marked for screen readers. Translate it when you can. With
    `complete: true` in translation.yaml, missing texts are errors, so that nothing is forgotten later.
    """
    if translation.words.complete or not translation.lacks:
        return
    definition = translation.main.definition
    pages = [entry.id for entry in definition.pages]
    own = [name for name in pages if ("pages", name) not in translation.lacks]
    others = len(translation.lacks) - (len(pages) - len(own))
    name = strings(translation.language)["page"]["language_name"]
    names = [entry.path for entry in definition.pages if ("pages", entry.id) in translation.lacks]
    message = (
        Message("{0}: {1} of 1 page translated", name, len(own))
        if len(pages) == 1
        else Message("{0}: {1} of {2} pages translated", name, len(own), len(pages))
    )
    if others == 1:
        message = Message("{0}, 1 other text missing", message)
    elif others:
        message = Message("{0}, {1} other texts missing", message, others)
    yield (
        message,
        translation.place,
        Message(
            "Learners read these pages in the main language: {0}.",
            Names(", ".join(names[:5]), max(len(names) - 5, 0)),
        )
        if names
        else "Learners read the rest in the main language.",
    )


@rule("translation", "note")
def same_words(translation: TranslationDraft) -> Iterator[Finding]:
    """A page has the same text in both languages.

    Often it was copied to be translated later, but is marked as translated. Translate it, or delete the file: learners
    then read the page in the main language, which is marked as such.
    """
    entries = {entry.id: entry for entry in translation.main.definition.pages}
    for name, blocks in translation.pages.blocks.items():
        if ("pages", name) in translation.lacks:
            continue
        added = {text for kind, text in translation.lacks if kind == "blocks"}
        own = [
            text for at, block in enumerate(blocks) if f"{name}:{at}" not in added for text in _texts(block)
        ]
        main = {text for block in translation.main.pages.blocks[name] for text in _texts(block)}
        same = sum(text in main for text in own)
        if same:
            path = entries[name].path
            if len(own) == 1:
                message = Message("its text is that of {0}", path)
            elif same == 1:
                message = Message("1 of {0} texts is that of {1}", len(own), path)
            else:
                message = Message("{0} of {1} texts are those of {2}", same, len(own), path)
            yield message, Location(f"{translation.folder}/{path}", 1, 1)


_LEAST_WORDS = 4
"""Shorter texts can be the same in two languages."""


def _texts(block: Block) -> list[str]:
    """The texts of a block for learners."""
    if isinstance(block, DataBlock):
        found = _strings(block.model_dump())
    else:
        html = str(getattr(block, "html", ""))
        found = [re.sub("<[^>]*>", "", part) for part in re.split(r"</(?:p|li|h\d|td|th)>", html)]
    return [text.strip() for text in found if len(text.split()) >= _LEAST_WORDS]


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for each in inner for text in _strings(each)]


@rule("translation")
def unknown_id(translation: TranslationDraft) -> Iterator[Finding]:
    """The translation has a text for something that the main language does not have, or has more than once.

    A translation has only texts: the main language has the structure. Correct the id, or remove the text.
    """

    def unknown(name: str, known: Collection[str], place: Location) -> Finding:
        return Message("the main language has no {0} here", Quoted(name)), place, nearest(name, known)

    for field, known in wanted_words(translation.main.definition).items():
        for name in getattr(translation.words, field):
            if name not in known:
                yield unknown(name, known, translation.read.place((field, name), key=True))
    for listed in translation.ids:
        seen: set[str] = set()
        for name, place in listed.own:
            if name in seen or name not in listed.main:
                yield unknown(name, listed.main, place)
            seen.add(name)


class _Pair(NamedTuple):
    """A block of the main language's page `entry`, and the corresponding block in the translation's `file`."""

    entry: PageEntry
    file: str
    number: int
    main: Block | None
    own: Block | None

    @property
    def kinds(self) -> tuple[str, str]:
        """The kinds of both blocks."""
        return kind_of(self.main) if self.main else "", kind_of(self.own) if self.own else ""


def _pairs(translation: TranslationDraft) -> Iterator[_Pair]:
    """The blocks of each page in pairs, up to the first two of different kinds."""
    entries = {entry.id: entry for entry in translation.main.definition.pages}
    for name, blocks in translation.pages.blocks.items():
        entry = entries[name]
        both = zip_longest(own_blocks(translation.main.pages.blocks[name]), own_blocks(blocks))
        for number, (main, own) in enumerate(both, 1):
            pair = _Pair(entry, f"{translation.folder}/{entry.path}", number, main, own)
            yield pair
            if pair.kinds[0] != pair.kinds[1]:
                break


def _place(block: Block | None, file: str, placed: Sequence[Placed], path: YamlPath = ()) -> Location:
    for each in placed:
        if each.block is block:
            return each.yaml.place(path) if each.yaml else each.location
    return Location(file, 1, 1)


@rule("translation")
def other_blocks(translation: TranslationDraft) -> Iterator[Finding]:
    """A page does not have the same blocks in both languages.

    Learners who change the language on a page must find the same pictures, films and questions. Use the blocks of the
    main language in the same order. Prose can be divided freely.
    """
    for pair in _pairs(translation):
        main, own = pair.kinds
        if main == own:
            if isinstance(pair.main, DataBlock):
                continue
            sections = [len(getattr(block, "items", ())) for block in (pair.main, pair.own)]
            if sections[0] != sections[1]:
                there, here = sections
                path = pair.entry.path
                message = (
                    Message("the {0} has 1 section, and in {1} it has {2}", main, path, there)
                    if here == 1
                    else Message("the {0} has {1} sections, and in {2} it has {3}", main, here, path, there)
                )
                yield message, Location(pair.file, 1, 1)
            continue
        if not own:
            message = Message(
                "block {0} is missing: {1} has {2} there", pair.number, pair.entry.path, Quoted(main)
            )
        elif not main:
            message = Message(
                "block {0} is {1}, and {2} has no more blocks", pair.number, Quoted(own), pair.entry.path
            )
        else:
            message = Message(
                "block {0} is {1}, and in {2} it is {3}",
                pair.number,
                Quoted(own),
                pair.entry.path,
                Quoted(main),
            )
        yield (
            message,
            _place(pair.own, pair.file, translation.pages.placed),
            "A page has the same blocks in the same order in every language. Prose may differ.",
        )


@rule("translation")
def other_value(translation: TranslationDraft) -> Iterator[Finding]:
    """A translation differs from the main language by more than its texts.

    Progress is stored once for all languages: ids, right answers, numbers and the number of answers must be the same.
    Write what the main language has; if that is wrong, change both.
    """
    statement, own = translation.main.definition.accessibility, translation.words.accessibility
    if statement and own and len(statement.shortcomings) != len(own.shortcomings):
        there, here = len(statement.shortcomings), len(own.shortcomings)
        message = (
            Message("names 1 shortcoming, and course.yaml {0}", there)
            if here == 1
            else Message("names {0} shortcomings, and course.yaml {1}", here, there)
        )
        yield message, translation.read.place(("accessibility", "shortcomings"))
    for pair in _pairs(translation):
        if pair.kinds[0] != pair.kinds[1]:
            continue
        if not isinstance(pair.main, DataBlock) or not isinstance(pair.own, DataBlock):
            continue
        for path, there, here, is_count in differences(pair.main, pair.own):
            name = Quoted(next(step for step in reversed(path) if isinstance(step, str)))
            place = str(_place(pair.main, pair.entry.path, translation.main.pages.placed, path))
            if is_count and here == 1:
                message = Message("{0} has 1 entry, and at {1} it has {2}", name, place, there)
            elif is_count:
                message = Message("{0} has {1} entries, and at {2} it has {3}", name, here, place, there)
            elif here is None:
                message = Message("{0} is missing, and at {1} it is there", name, place)
            elif there is None:
                message = Message("{0} is there, and at {1} it is missing", name, place)
            else:
                message = Message(
                    "{0} is {1}, and at {2} it is {3}", name, _written(here), place, _written(there)
                )
            yield (
                message,
                _place(pair.own, pair.file, translation.pages.placed, path),
                "A translation differs only in its texts. Write what the main language has.",
            )


def _written(value: Any) -> Value:
    """A value as an author writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, (int, float)) else quoted(value)
