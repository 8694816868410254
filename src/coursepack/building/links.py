"""Collects from the HTML of pages what the page of resources lists."""

from __future__ import annotations

import re
from typing import NamedTuple

_LINK = re.compile(r'<a href="(https?://[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
# Of a formula its words stay.
_FURNITURE = re.compile(r'<span class="sr">.*?</span>|<math.*?<annotation>|<[^>]*>', re.DOTALL)


class Link(NamedTuple):
    """A link that leads out of the course, as it stands in HTML."""

    address: str
    text: str


def outside_links(html: str) -> list[Link]:
    """Every outside link of a page, in its order."""
    return [Link(address, _FURNITURE.sub("", inner).strip()) for address, inner in _LINK.findall(html)]
