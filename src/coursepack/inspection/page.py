"""What the head of an HTML page tells: its title, its language and its description."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from coursepack.inspection.manifest import Found, known_languages
from coursepack.inspection.nodes import Node, told

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


def find(package: Package, path: str) -> Found:
    """What the page tells in its first 64 kB; nothing when it cannot be read."""
    head = package.head(path).decode("utf-8", "replace")
    language, title, description = (
        next((unescape(group) for group in match.groups() if group), "") if match else ""
        for match in (pattern.search(head) for pattern in (_LANGUAGE, _TITLE, _DESCRIPTION))
    )
    return Found(
        title=told(title),
        languages=tuple(known_languages([language])),
        description=told(description),
        tree=(Node("page", title=told(title), launch=told(path)),),
    )
