"""Reads course.yaml, and the other definition files that pages and course.yaml refer to."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import Field

from coursepack.course.model import Definition, Person, Source, SourceId, Term
from coursepack.problems import Location, Message, Problem, Quoted, Reason
from coursepack.reading.draft import Lists
from coursepack.reading.facts import Mark, contact_marks, take_marks
from coursepack.reading.folder import Folder, printable
from coursepack.reading.rules.structure import repeated_ids
from coursepack.reading.yaml_validation import Yaml, read_yaml, validate

T = TypeVar("T")

COURSE_FILE = "course.yaml"
GLOSSARY_FILE = "glossary.yaml"
CONTACTS_FILE = "contacts.yaml"
SOURCES_FILE = "sources.yaml"
YAML_LIMIT = 20_000_000
Sources = dict[Annotated[SourceId, Field()], Source]


def read_definition(folder: Folder) -> tuple[Definition | None, Yaml | None]:
    """course.yaml, and its source to find places in; None for what cannot be read."""
    what = _no_folder(folder.path)
    if what:
        place = Location(printable(folder.path.as_posix()))
        folder.say("course/missing-folder", what, place)
        return None, None
    if folder.lacks(COURSE_FILE):
        other = folder.alike(COURSE_FILE)
        folder.say(
            "course/missing-file",
            "the course folder has no course.yaml",
            Location(COURSE_FILE),
            Message("Rename {0} to {1}.", Quoted(other), COURSE_FILE)
            if other
            else "Is this the course's folder? Start a new course with: coursepack new FOLDER",
        )
        return None, None
    return read_values(folder, COURSE_FILE, Definition)


def _no_folder(folder: Path) -> str | Message:
    """The reason why a folder cannot be read, or empty."""
    try:
        return "" if stat.S_ISDIR(folder.stat().st_mode) else "is not a folder"
    except FileNotFoundError:
        return "does not exist"
    except OSError as error:
        return Message("cannot be read: {0}", Reason.of(error))


def read_values(folder: Folder, name: str, model: type[T]) -> tuple[T | None, Yaml | None]:
    """The value of a definition file, and its source to find places in; None for what cannot be read."""
    if not folder.inside(folder.at(name)):
        message = Message("{0} is a link to a place outside the course folder", Quoted(name))
        folder.say("course/outside", message, Location(name), "Copy the file.")
        return None, None
    text = folder.text(name, Location(name), YAML_LIMIT, "course")
    if text is None:
        return None, None
    found = folder.kept.once(f"values {name}", (text, model), partial(_values, text, name, model))
    folder.problems += found.problems
    folder.marks += found.marks
    return found.value, found.read


class _Values(NamedTuple):
    """What a definition file says, with the marks of facts and the problems in it."""

    value: Any
    read: Yaml | None
    marks: Sequence[Mark] = ()
    problems: Sequence[Problem] = ()


def _values(text: str, name: str, model: Any) -> _Values:
    read, problems = read_yaml(text, name)
    if read is None:
        return _Values(None, None, (), problems)
    marks = take_marks(read, text)
    value, wrong = validate(model, read, "course")
    return _Values(value, read, tuple(marks), (*problems, *wrong))


def read_optional(folder: Folder, name: str, model: Any, none: Any) -> tuple[Any, Yaml | None]:
    """An optional definition file: `none` when it is missing, and None when it has errors."""
    if folder.lacks(name):
        other = folder.alike(name)
        if other:
            folder.say(
                "course/misnamed-file",
                "no file of this name is read",
                Location(printable(other)),
                Message("Rename {0} to {1}.", Quoted(other), name),
            )
        return none, None
    return read_values(folder, name, model)


def read_lists(folder: Folder) -> Lists:
    """The glossary, the contacts and the sources of a course."""
    terms, read = read_optional(folder, GLOSSARY_FILE, tuple[Term, ...], ())
    _check_unique(folder, terms, read, "terms")
    persons, read = read_optional(folder, CONTACTS_FILE, tuple[Person, ...], ())
    _check_unique(folder, persons, read, "contacts")
    folder.marks += contact_marks(persons, read)
    sources, _ = read_optional(folder, SOURCES_FILE, Sources, {})
    return Lists(terms, by_id(persons), Anything() if sources is None else sources)


def _check_unique(folder: Folder, items: Sequence[Any] | None, read: Yaml | None, what: str) -> None:
    if items is not None and read is not None:
        for message, place in repeated_ids(items, read, what):
            folder.say("course/repeated-id", message, place)


def by_id(items: Sequence[Any] | None) -> Any:
    """A list by id; a list with errors has every id."""
    return Anything() if items is None else {item.id: item for item in items}


class Anything(Mapping[str, Any]):
    """Contains every name: when a definition file has errors, pages can refer to anything in it."""

    def __getitem__(self, name: str) -> Any:
        return ("", "")

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def page_stubs(data: Any) -> Iterator[tuple[str, str]]:
    """Ids and files of pages in a definition with errors, so that its pages are read too."""
    if isinstance(data, dict):
        if isinstance(data.get("id"), str) and "minutes" in data and "title" in data and "parts" not in data:
            file = data.get("file")
            yield data["id"], file if isinstance(file, str) else f"pages/{data['id']}.md"
        for value in data.values():
            yield from page_stubs(value)
    elif isinstance(data, list):
        for value in data:
            yield from page_stubs(value)
