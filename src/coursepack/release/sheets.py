"""The sheets of a release. Each is a function from a `Handover` to documents, imported when it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import cast

from coursepack.release import pdf
from coursepack.release.handover import Document, Handover
from coursepack.release.printing import Printed

Sheet = Callable[[Handover], Iterable[Document | Printed]]

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


def documents(name: str, handover: Handover) -> tuple[Document | Printed, ...]:
    """The documents of a sheet by its name, and its PDFs that are to be made, where these can be."""
    module, _, function = SHEETS[name].partition(":")
    sheet = cast(Sheet, getattr(import_module(f"coursepack.release.{module}"), function))
    made = tuple(sheet(handover))
    if name not in PRINTED or pdf.missing():
        return made
    pages = [each for each in made if isinstance(each, Document) and each.name.endswith(".html")]
    return *made, *(
        Printed(f"{page.name.removesuffix('.html')}.pdf", pdf.Sheet(page.data.decode(), handover.date))
        for page in pages
    )
