"""Callout: a note, a law or a key sentence, set apart from the prose. A `:::` container."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("note", "law", "key")


@dataclass(frozen=True, slots=True)
class Callout:
    """`kind` is one of KINDS; a key sentence has no title."""

    kind: str
    title: str
    html: str
    type: str = "callout"
