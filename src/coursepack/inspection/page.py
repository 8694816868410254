"""Reads the head of an HTML page: title, language and description."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from coursepack.inspection.manifest import ManifestFacts, known_languages
from coursepack.inspection.nodes import Node, printable_text

if TYPE_CHECKING:
    from coursepack.package import Package

_LANGUAGE = re.compile(
    r"""<html\b[^>]{0,2000}?\slang\s{0,9}=\s{0,9}["']?([A-Za-z0-9_-]{1,60})""", re.IGNORECASE
)
_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]{0,2000})", re.IGNORECASE)
_DESCRIPTION = re.compile(
    r"""<meta\s{1,9}name=["']?description["']?\s{1,9}content=(?:"([^"]{0,2000})"|'([^']{0,2000})')""",
    re.IGNORECASE,
)


def find(package: Package, path: str) -> ManifestFacts:
    """Facts of the first 64 kB of a page; empty when it cannot be read."""
    head = package.head(path).decode("utf-8", "replace")
    language, title, description = (
        next((unescape(group) for group in match.groups() if group), "") if match else ""
        for match in (pattern.search(head) for pattern in (_LANGUAGE, _TITLE, _DESCRIPTION))
    )
    return ManifestFacts(
        title=printable_text(title),
        languages=tuple(known_languages([language])),
        description=printable_text(description),
        tree=(Node("page", title=printable_text(title), launch=printable_text(path)),),
    )
