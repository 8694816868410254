"""A course in another language: the texts of `translations/<language>/` in the structure of the main language.

The main language has the structure: ids, order, minutes, right answers. A translation has only texts, so that progress
is the same in every language.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, Field

from coursepack.course.blocks import Block
from coursepack.course.blocks.block import ID_PATTERN, DataBlock, Flag, Id, Model, Text
from coursepack.course.blocks.playable import Playable
from coursepack.course.model import Definition, PageEntry, Shortcoming

FOLDER = "translations"
FILE = "translation.yaml"

Title = Annotated[Text, Field(max_length=200)]
Path = tuple[int | str, ...]


class AccessibilityWords(Model):
    """The texts of the accessibility statement; its dates and addresses are those of the main language."""

    method: Text
    shortcomings: tuple[Shortcoming, ...] = ()
    burden: Text | None = None
    outside: Text | None = None


class Translation(Model):
    """The texts of `course.yaml` in another language, by the ids there."""

    complete: Flag = False
    """True: missing texts are errors. Otherwise they are shown in the main language."""
    title: Title | None = None
    subtitle: Text | None = None
    short_title: Annotated[Text, Field(max_length=100)] | None = None
    description: Text | None = None
    audience: Text | None = None
    content_note: Annotated[Text, Field(max_length=200)] | None = None
    closing: Text | None = None
    tomorrow: Annotated[tuple[Annotated[Text, Field(max_length=200)], ...], Field(max_length=5)] = ()
    publisher: Text | None = None
    licence: Text | None = None
    titles: dict[Id, Title] = {}
    """Of parts, chapters and pages."""
    descriptions: dict[Id, Text] = {}
    """Of parts."""
    takeaways: dict[Id, Text] = {}
    """Of chapters."""
    easy: dict[Id, tuple[Text, ...]] = {}
    """Of parts."""
    objectives: dict[Text, Text] = {}
    roles: dict[Id, Text] = {}
    packages: dict[Id, Title] = {}
    logo: Text | None = None
    """The alternative text of the logo, if it has one."""
    accessibility: AccessibilityWords | None = None


_FIELDS = (
    *("title", "subtitle", "short_title", "description", "audience"),
    *("content_note", "closing", "tomorrow", "accessibility"),
)


def wanted_words(definition: Definition) -> Mapping[str, tuple[str, ...]]:
    """The ids that have texts, by field."""
    parts = definition.parts
    chapters = [chapter for part in parts for chapter in part.chapters]
    return {
        "titles": (
            *(page.id for page in definition.pages),
            *(part.id for part in parts),
            *(chapter.id for chapter in chapters),
        ),
        "descriptions": tuple(part.id for part in parts if part.description),
        "takeaways": tuple(chapter.id for chapter in chapters if chapter.takeaway),
        "easy": tuple(part.id for part in parts if part.easy),
        "objectives": tuple(objective.id for objective in definition.objectives),
        "roles": tuple(definition.roles),
        "packages": tuple(package.id for package in definition.packages if package.title),
    }


def missing_words(definition: Definition, words: Translation) -> Iterator[tuple[str, ...]]:
    """Texts that the translation lacks: a field, or a field and an id in it."""
    for name in _FIELDS:
        if getattr(definition, name) and not getattr(words, name):
            yield (name.replace("_", "-"),)
    if definition.logo and definition.logo.alt and not words.logo:
        yield ("logo",)
    statement, texts = definition.accessibility, words.accessibility
    if statement and texts:
        for name in ("burden", "outside"):
            if getattr(statement, name) and not getattr(texts, name):
                yield ("accessibility", name)
    for name, ids in wanted_words(definition).items():
        for each in ids:
            if each not in getattr(words, name):
                yield (name, each)


class Completed(NamedTuple):
    """A page whose missing blocks come from the main language, with their places."""

    blocks: tuple[Block, ...]
    added: tuple[int, ...]


def completed(main: Sequence[Block], own: Sequence[Block]) -> Completed | None:
    """A translated page, completed; None when its blocks differ from those of the main language."""
    wanted = own_blocks(main)
    blocks: list[Block] = []
    added: list[int] = []
    at = 0

    def add(until: int) -> None:
        for block in wanted[at:until]:
            added.append(len(blocks))
            blocks.append(block)

    for block in own:
        if block.type != "prose":
            here = next((n for n in range(at, len(wanted)) if _stands_for(block, wanted[n])), None)
            if here is None:
                return None
            add(here)
            at = here + 1
        blocks.append(block)
    add(len(wanted))
    return Completed(tuple(blocks), tuple(added))


def _stands_for(own: Block, main: Block) -> bool:
    return kind_of(own) == kind_of(main) and getattr(own, "id", None) == getattr(main, "id", None)


def translated(definition: Definition, words: Translation, language: str) -> Definition:
    """The definition in another language. Missing texts are those of the main language."""

    def titled(entry: Any, **changes: Any) -> Any:
        return entry.model_copy(update={"title": words.titles.get(entry.id, entry.title), **changes})

    def pages(entries: Sequence[PageEntry]) -> tuple[PageEntry, ...]:
        return tuple(titled(entry) for entry in entries)

    parts = tuple(
        titled(
            part,
            description=words.descriptions.get(part.id, part.description),
            easy=words.easy.get(part.id, part.easy),
            chapters=tuple(
                titled(
                    chapter,
                    takeaway=words.takeaways.get(chapter.id, chapter.takeaway),
                    pages=pages(chapter.pages),
                )
                for chapter in part.chapters
            ),
        )
        for part in definition.parts
    )
    logo, statement = definition.logo, definition.accessibility
    changes = {
        **{
            name: getattr(words, name) or getattr(definition, name)
            for name in (*_FIELDS, "publisher", "licence")
            if name != "accessibility"
        },
        "language": language,
        "objectives": tuple(
            each.model_copy(update={"text": words.objectives.get(each.id, each.text)})
            for each in definition.objectives
        ),
        "roles": {name: words.roles.get(name, title) for name, title in definition.roles.items()},
        "packages": tuple(
            each.model_copy(update={"title": words.packages.get(each.id, each.title)})
            for each in definition.packages
        ),
        "logo": logo and logo.model_copy(update={"alt": words.logo or logo.alt}),
        "accessibility": statement.model_copy(update=dict(words.accessibility))
        if statement and words.accessibility
        else statement,
        "start": definition.start and titled(definition.start),
        "parts": parts,
    }
    return definition.model_copy(update=changes)


class Difference(NamedTuple):
    """A value that differs between the languages, and its place in the block; or the length of a list."""

    path: Path
    main: Any
    other: Any
    is_count: bool = False


def kind_of(block: Block) -> str:
    """The type of a block as authors write it: a callout has its own name."""
    return str(getattr(block, "kind", block.type)) if block.type == "callout" else block.type


def own_blocks(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that a translation must have too. The length and division of prose is up to each language."""
    return [block for block in blocks if block.type != "prose"]


def differences(main: BaseModel, other: BaseModel, path: Path = ()) -> Iterator[Difference]:
    """Different ids, numbers, flags, and numbers of items with ids: everything except texts and file names."""
    free = main.own_to_language if isinstance(main, DataBlock) else ()
    for name, step, is_id in _fields(type(main)):
        if name not in free:
            yield from _differences(getattr(main, name), getattr(other, name), (*path, step), is_id)


@cache
def _fields(model: type[BaseModel]) -> tuple[tuple[str, str, bool], ...]:
    """The fields of a model: the name, as authors write it, and whether it holds ids."""
    # The pattern is in the field's annotation or, for a list, nested in it.
    return tuple(
        (name, field.alias or name, ID_PATTERN in repr(field)) for name, field in model.model_fields.items()
    )


def _differences(main: Any, other: Any, path: Path, is_id: bool) -> Iterator[Difference]:
    if isinstance(main, BaseModel) and type(main) is type(other):
        yield from differences(main, other, path)
    elif isinstance(main, tuple) and isinstance(other, tuple):
        counted = is_id or any(isinstance(each, BaseModel) for each in (*main, *other))
        if counted and len(main) != len(other):
            yield Difference(path, len(main), len(other), is_count=True)
            return
        for at, (one, two) in enumerate(zip(main, other, strict=False)):
            yield from _differences(one, two, (*path, at), is_id)
    elif main != other and (
        is_id or not all(each is None or isinstance(each, str) for each in (main, other))
    ):
        yield Difference(path, main, other)


def stand_ins(main: Sequence[Block], other: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """Films and sounds of a translation, each with the file of the main language that it replaces."""
    for one, two in zip(own_blocks(main), own_blocks(other), strict=False):
        if isinstance(one, Playable) and isinstance(two, Playable):
            yield two.src, one.src
