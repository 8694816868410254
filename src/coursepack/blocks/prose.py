"""Prose: everything in a page that is plain Markdown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prose:
    """HTML made from the page's Markdown, cleaned; links to pages and terms are resolved."""

    html: str
    type: str = "prose"
