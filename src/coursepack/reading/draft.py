"""The values of a course before they are validated: the subjects of its rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from coursepack.course.blocks import Block
from coursepack.course.blocks.question import Question
from coursepack.course.model import Definition, PageEntry, Person, Source, Term
from coursepack.problems import Location
from coursepack.reading.markdown import Placed
from coursepack.reading.yaml_validation import Yaml

if TYPE_CHECKING:
    from coursepack.reading.translation import Translation

YamlPath = tuple[int | str, ...]


class Lists(NamedTuple):
    """The lists that course.yaml and pages refer to by id. A list with errors has every id."""

    terms: Sequence[Term] | None
    contacts: Mapping[str, Person]
    sources: Mapping[str, Source]


class Pages(NamedTuple):
    """The pages that could be read.

    `blocks` are those of each page by id, `placed` the data blocks with their places. `unlisted` are the files in the
    folder of pages that belong to no page. `known` are the ids that blocks can refer to, by kind: contacts, sources,
    objectives, pages.
    """

    blocks: Mapping[str, tuple[Block, ...]]
    placed: Sequence[Placed]
    unlisted: Sequence[str]
    known: Mapping[str, Collection[str]]


class Draft(NamedTuple):
    """A course whose definition is valid. `read` finds places in course.yaml; `fonts` are sizes in bytes by file."""

    definition: Definition
    read: Yaml
    lists: Lists
    pages: Pages
    fonts: Mapping[str, int]

    def at(self, *path: int | str) -> Location:
        """The place of the value at `path` in course.yaml."""
        return self.read.place(path)

    def questions(self, page: str) -> list[Question]:
        """The questions of a page whose answers are stored."""
        blocks = self.pages.blocks.get(page, ())
        return [block for block in blocks if isinstance(block, Question) and block.is_remembered]


class TranslatedIds(NamedTuple):
    """The ids of a list in a translation with their places, and those of the main language.

    `kind` is terms, contacts or sources. `place` is that of the list if it must be complete.
    """

    kind: str
    own: Sequence[tuple[str, Location]]
    main: Collection[str]
    place: Location | None

    @property
    def missing(self) -> list[str]:
        """The ids of the main language that the translation does not have."""
        own = {name for name, _ in self.own}
        return [name for name in self.main if name not in own]


class TranslationDraft(NamedTuple):
    """A translation whose texts are valid. `read` finds places in translation.yaml, `folder` is the translation's.

    `ids` are those of its glossary, contacts and sources, if they are valid. `place` is that of the language in
    course.yaml, `lacks` is what stays in the main language, as in Course.
    """

    main: Draft
    words: Translation
    read: Yaml
    ids: Sequence[TranslatedIds]
    pages: Pages
    folder: str
    language: str
    place: Location
    lacks: frozenset[tuple[str, str]]


def page_entries(definition: Definition) -> Iterator[tuple[YamlPath, PageEntry]]:
    """All pages with their places in course.yaml."""
    if definition.start:
        yield ("start",), definition.start
    for p, part in enumerate(definition.parts):
        for c, chapter in enumerate(part.chapters):
            for s, page in enumerate(chapter.pages):
                yield ("parts", p, "chapters", c, "pages", s), page
