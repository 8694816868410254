"""Accordion: headings that fold their text. A `:::` container."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accordion:
    """`items` are pairs of heading (HTML of one line) and body (HTML)."""

    items: tuple[tuple[str, str], ...]
    type: str = "accordion"
