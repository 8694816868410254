"""Callout: a note, a law or a key sentence, set apart from the prose. A `:::` container."""

from __future__ import annotations

from typing import Any, NamedTuple

from markupsafe import Markup

from coursepack.course.blocks.block import Shown

KINDS = ("note", "law", "key")


class Callout(NamedTuple):
    """`kind` is one of KINDS; a key sentence has no title."""

    kind: str
    title: str
    html: str
    type: str = "callout"

    def view(self, _shown: Shown) -> dict[str, Any]:
        """The HTML as it is: it was cleaned when it was read."""
        return {"kind": self.kind, "title": self.title, "html": Markup(self.html)}
