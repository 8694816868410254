"""Rules for people that a document names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coursepack.problems import Location, Message, Names, Quoted
from coursepack.reading.rules.rule import Finding, rule

_SHOWN = 3


class Document(NamedTuple):
    """A document, the people that it names, and the place of its own name."""

    src: str
    people: Sequence[str]
    place: Location


@rule("media", "note", category="privacy")
def document_with_names(document: Document) -> Iterator[Finding]:
    """A document names its author, or who saved it last.

    Programs write the name of the account into every document, and all who take the course can read it there. It may be
    meant so. Otherwise remove it in the program that wrote the document: in Word, File, Info, Inspect Document; when a
    PDF is exported, without the document's properties.
    """
    if document.people:
        names = Names(", ".join(document.people[:_SHOWN]), max(len(document.people) - _SHOWN, 0))
        yield (
            Message("{0} names {1} in its properties", Quoted(document.src), names),
            document.place,
            "Remove the name in the program that wrote the document, unless it is to be published.",
        )
