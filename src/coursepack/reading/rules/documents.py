"""Rules for PDF documents: the law has the same requirements for them as for the pages that offer them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from coursepack.problems import Location, Message, Quoted
from coursepack.reading.rules.rule import Finding, rule

if TYPE_CHECKING:
    from coursepack.reading.pdf import Pdf


class Document(NamedTuple):
    """A PDF document, and the place of its name."""

    src: str
    pdf: Pdf
    place: Location


@rule("media", "warning")
def untagged_pdf(document: Document) -> Iterator[Finding]:
    """A PDF document has no tags.

    Tags mark headings, lists and tables, and the reading order. Without them a screen reader has words without
    structure, and the law requires them of public bodies (EN 301 549, 10.1.3.1). Word, LibreOffice and InDesign can
    write tags: look for accessible, tagged or PDF/UA among the export options.
    """
    if not document.pdf.is_tagged:
        yield (
            Message(
                "{0} has no tags: a screen reader finds neither headings nor a reading order",
                Quoted(document.src),
            ),
            document.place,
            "Export it with tags; programs call that an accessible or structured PDF.",
        )


@rule("media", "warning")
def pdf_without_language(document: Document) -> Iterator[Finding]:
    """A PDF document does not declare its language.

    A screen reader can then read Swedish with an English voice, which is incomprehensible (EN 301 549, 10.3.1.1). Set
    the language in the program that writes the document, and export it again.
    """
    if not document.pdf.has_language:
        yield (
            Message("{0} does not say which language it is in", Quoted(document.src)),
            document.place,
            "Set the document's language before you export it.",
        )
