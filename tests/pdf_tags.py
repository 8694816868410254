"""The structure of tagged PDFs (ISO 32000-1, 14.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf


def tags(document: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    """The tags of a document, in the order in which they are read."""
    ahead: list[Any] = [document.Root.StructTreeRoot.K]
    while ahead:
        each = ahead.pop(0)
        if isinstance(each, pikepdf.Array):
            ahead[:0] = list(each)
        elif isinstance(each, pikepdf.Dictionary) and "/S" in each:
            yield str(each.S), each
            ahead[:0] = [each.K] if "/K" in each else []
