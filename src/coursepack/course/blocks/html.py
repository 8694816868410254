"""HTML from Markdown, and the links in it."""

from collections.abc import Iterable
from typing import NamedTuple, Self

from markupsafe import Markup


class Link(NamedTuple):
    """A link out of the course: its address and its text, both as HTML."""

    address: Markup
    text: Markup


class Html(Markup):
    """Cleaned HTML from Markdown. `links` are its links out of the course, in order."""

    links: tuple[Link, ...] = ()

    @classmethod
    def of(cls, html: str, links: Iterable[Link]) -> Self:
        """HTML with the links in it."""
        made = cls(html)
        made.links = tuple(links)
        return made
