"""Callout: a note, a law or a key sentence, set apart from the prose. A `:::` container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from coursepack.blocks.block import Shown

KINDS = ("note", "law", "key")


@dataclass(frozen=True, slots=True)
class Callout:
    """`kind` is one of KINDS; a key sentence has no title."""

    kind: str
    title: str
    html: str
    type: str = "callout"

    def view(self, _shown: Shown) -> dict[str, Any]:
        """The HTML as it is: it was cleaned when it was read."""
        return {"kind": self.kind, "title": self.title, "html": Markup(self.html)}
