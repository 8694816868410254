"""Reads the translations of a course, and compares them with the main language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from coursepack.course.blocks import Block
from coursepack.course.model import Course, Definition, Page, Person, Term
from coursepack.problems import Location, Message, Quoted
from coursepack.reading.definition import (
    CONTACTS_FILE,
    COURSE_FILE,
    GLOSSARY_FILE,
    SOURCES_FILE,
    Sources,
    by_id,
    read_optional,
    read_values,
)
from coursepack.reading.draft import Draft, Lists, Pages, TranslatedIds, TranslationDraft
from coursepack.reading.facts import contact_marks
from coursepack.reading.folder import Folder
from coursepack.reading.media import Media
from coursepack.reading.pages import check_pages, page_context, read_pages
from coursepack.reading.rules.rule import apply_rules
from coursepack.reading.yaml_validation import Yaml


class Edition(NamedTuple):
    """The values of another language."""

    definition: Definition
    lists: Lists
    pages: Pages
    stand_ins: Mapping[str, str]
    lacks: frozenset[tuple[str, str]]

    def course(self, main: Course) -> Course:
        """The course in that language, after everything has been validated."""
        return main._replace(
            definition=self.definition,
            pages=tuple(Page(entry, self.pages.blocks[entry.id]) for entry in self.definition.pages),
            glossary=tuple(self.lists.terms or ()),
            contacts=self.lists.contacts,
            sources=self.lists.sources,
            stand_ins=self.stand_ins,
            untranslated=self.lacks,
        )


def read_edition(folder: Folder, media: Media, language: str, place: Location, main: Draft) -> Edition | None:
    """A translation, which course.yaml names at `place`; None when too little of it can be read."""
    from coursepack.reading.rules import translations
    from coursepack.reading.translation import (
        FILE,
        FOLDER,
        Translation,
        missing_words,
        stand_ins,
        translated,
    )

    top = f"{FOLDER}/{language}"
    definition = main.definition
    if not _has(folder, f"{top}/{FILE}", place, COURSE_FILE):
        return None
    words, read = read_values(folder, f"{top}/{FILE}", Translation)
    if words is None or read is None:
        return None
    lists, ids = _read_lists(folder, top, place, main.lists, words.complete)
    entries = {entry.id: entry for entry in definition.pages}
    here = {
        name
        for name, entry in entries.items()
        if name in main.pages.blocks
        and _has(folder, f"{top}/{entry.path}", place, entry.path, words.complete)
    }
    listed = [(name, f"{top}/{entry.path}", place) for name, entry in entries.items() if name in here]
    missing = {(each.kind, name) for each in ids if each.place for name in each.missing}
    borrowed = dict.fromkeys((name for kind, name in missing if kind == "terms"), definition.language)
    context = page_context(entries, lists.terms, language, borrowed)
    known = {**main.pages.known, "contact": lists.contacts}
    pages = read_pages(folder, listed, context, known, f"{top}/pages")
    check_pages(folder, media, pages)
    lacks: set[tuple[str, str]] = set()
    if not words.complete:
        blocks, lacks = _completed(main.pages.blocks, pages.blocks, here)
        pages = pages._replace(blocks=blocks)
        lacks |= {(path[0], path[-1]) for path in missing_words(definition, words)}
        lacks |= missing
    draft = TranslationDraft(main, words, read, ids, pages, top, language, place, frozenset(lacks))
    folder.problems += apply_rules(translations, draft)
    return Edition(
        translated(definition, words, language),
        lists,
        pages,
        {
            own: other
            for name, blocks in pages.blocks.items()
            for own, other in stand_ins(main.pages.blocks[name], blocks)
        },
        frozenset(lacks),
    )


def _completed(
    main: Mapping[str, tuple[Block, ...]], own: Mapping[str, tuple[Block, ...]], here: Collection[str]
) -> tuple[dict[str, tuple[Block, ...]], set[tuple[str, str]]]:
    """The pages of a translation, completed with missing pages and blocks, and the names of these.

    A page that is `here` but could not be read is omitted.
    """
    from coursepack.reading.translation import completed

    pages: dict[str, tuple[Block, ...]] = {}
    lacks: set[tuple[str, str]] = set()
    for name, blocks in main.items():
        if name not in here:
            pages[name] = blocks
            lacks.add(("pages", name))
        elif name in own:
            whole = completed(blocks, own[name])
            pages[name] = whole.blocks if whole else own[name]
            lacks |= {("blocks", f"{name}:{at}") for at in (whole.added if whole else ())}
    return pages, lacks


def _read_lists(
    folder: Folder, top: str, place: Location, main: Lists, is_complete: bool
) -> tuple[Lists, list[TranslatedIds]]:
    """The glossary, the contacts and the sources of a translation in the folder `top`.

    Missing entries are those of the main language.
    """
    terms, contacts = main.terms, main.contacts
    ids: list[TranslatedIds] = []
    name = f"{top}/{GLOSSARY_FILE}"
    known = [each.id for each in main.terms or ()]
    if main.terms and _has(folder, name, place, GLOSSARY_FILE, is_complete):
        terms, read = read_values(folder, name, tuple[Term, ...])
        ids += _ids("terms", terms, known, read)
        has = {each.id for each in terms or ()}
        terms = terms and (*terms, *(each for each in main.terms if each.id not in has))
    elif known and not is_complete:
        ids.append(TranslatedIds("terms", (), known, place))
    name = f"{top}/{CONTACTS_FILE}"
    if main.contacts and _has(folder, name, place, CONTACTS_FILE, is_complete):
        persons, read = read_values(folder, name, tuple[Person, ...])
        ids += _ids("contacts", persons, main.contacts, read)
        folder.marks += contact_marks(persons, read)
        contacts = by_id(persons) if persons is None else {**main.contacts, **by_id(persons)}
    elif main.contacts and not is_complete:
        ids.append(TranslatedIds("contacts", (), main.contacts, place))
    # A source has the title under which it was published, so most need no translation.
    sources, read = read_optional(folder, f"{top}/{SOURCES_FILE}", Sources, {})
    if sources and read:
        own = [(name, read.place((name,), key=True)) for name in sources]
        ids.append(TranslatedIds("sources", own, main.sources, None))
    return Lists(terms, contacts, {**main.sources, **(sources or {})}), ids


def _ids(
    kind: str, items: Sequence[Any] | None, main: Collection[str], read: Yaml | None
) -> Iterator[TranslatedIds]:
    if items is not None and read is not None:
        own = [(each.id, read.place((at, "id"), key=True)) for at, each in enumerate(items)]
        yield TranslatedIds(kind, own, main, read.place(()))


def _has(folder: Folder, name: str, place: Location, main: str, is_complete: bool = True) -> bool:
    """Whether a translation has a file. If it must be complete, a missing file is reported at `place`."""
    if not folder.lacks(name):
        return True
    if not is_complete:
        return False
    folder.say(
        "translation/missing-file",
        Message("there is no file {0}", Quoted(name)),
        place,
        Message("Translate {0} into it.", Quoted(main)),
    )
    return False
