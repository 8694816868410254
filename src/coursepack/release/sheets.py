"""The sheets of a release. Each is a function from a `Handover` to documents, imported when it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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


FIRST = "edition"
"""The sheet whose PDFs take longest to make."""


def documents(name: str, handover: Handover) -> Iterator[Document | Printed]:
    """The documents of a sheet by its name, and its PDFs that are to be made, where these can be."""
    module, _, function = SHEETS[name].partition(":")
    sheet = cast(Sheet, getattr(import_module(f"coursepack.release.{module}"), function))
    made: list[Document | Printed] = []
    for each in sheet(handover):
        yield each
        made.append(each)
    if name not in PRINTED or not handover.has_pdf:
        return
    for page in made:
        if isinstance(page, Document) and page.name.endswith(".html"):
            given = pdf.Sheet(page.data.decode(), handover.date)
            yield Printed(f"{page.name.removesuffix('.html')}.pdf", given)
