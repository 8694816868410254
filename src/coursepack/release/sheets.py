"""The sheets of a release. Each is a function from a `Handover` to documents, imported when it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import cast

from coursepack.release import pdf
from coursepack.release.handover import Document, Handover

Sheet = Callable[[Handover], Iterable[Document]]

SHEETS: Mapping[str, str] = {
    "administrator": "sheet:documents",
    "accessibility": "accessibility:documents",
    "data-protection": "data_protection:documents",
    "edition": "edition:documents",
    "diff": "diff.sheet:documents",
    "passport": "passport:passport",
}
"""The sheets in the order of the index: module and function of each. Its words there are in `release/index.json`."""


PRINTED = ("administrator",)
"""The sheets whose pages are PDFs too, where these can be made."""


def documents(name: str, handover: Handover) -> tuple[Document, ...]:
    """The documents of a sheet by its name, and their PDFs. Raises OSError when a PDF is not made."""
    module, _, function = SHEETS[name].partition(":")
    sheet = cast(Sheet, getattr(import_module(f"coursepack.release.{module}"), function))
    made = tuple(sheet(handover))
    pages = [each for each in made if each.name.endswith(".html")]
    if name not in PRINTED or not pages or pdf.missing():
        return made
    printed = pdf.pdfs([pdf.Sheet(each.data.decode(), handover.date) for each in pages])
    return *made, *(
        Document(f"{page.name.removesuffix('.html')}.pdf", each.reading)
        for page, each in zip(pages, printed, strict=True)
    )
