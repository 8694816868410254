"""The HTML that authors can write in Markdown, and the cleaning of fragments."""

from __future__ import annotations

import html
from html.parser import HTMLParser

AUTHOR_TAGS = {
    "abbr",
    "span",
    "sub",
    "sup",
    "kbd",
    "br",
    "i",
    "b",
    "em",
    "strong",
    "bdi",
    "cite",
    "q",
    "small",
}
AUTHOR_ATTRIBUTES = {"lang", "dir", "title"}
"""Attributes that authors can write; all others are removed and reported."""

LOADING_TAGS = {
    "script",
    "iframe",
    "object",
    "embed",
    "link",
    "style",
    "base",
    "meta",
    "form",
    "img",
    "video",
    "audio",
}
"""Tags that load or run something: an error, while other tags are a warning."""

OWN_TAGS = AUTHOR_TAGS | set(
    "p h2 h3 h4 h5 h6 ul ol li a blockquote footer code pre hr section div button".split()
    + "table caption thead tbody tr th td".split()
)
OWN_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "id", "lang", "dir", "title", "hidden"},
    "a": {"href", "target", "rel", "aria-label"},
    "button": {"type", "aria-expanded", "aria-controls", "data-term"},
    "div": {"tabindex", "role", "aria-label"},
    "ol": {"start"},
    "section": {"aria-label"},
    "th": {"scope"},
}
"""The tags of rendered prose, including those of authors."""


def read_fragment(text: str) -> tuple[list[tuple[str, dict[str, str | None]]], str]:
    """The opening tags of a fragment with their attributes, and the cleaned fragment.

    Tags are checked one by one, since opening and closing tags are often separate fragments.
    """
    tags = _Tags(text)
    return tags.found, tags.kept


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.kept = ""
        # A marked section is not HTML, and the parser fails on it.
        self.feed(text.replace("<![", "&lt;!["))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag in AUTHOR_TAGS:
            allowed = dict(pair for pair in attrs if pair[0] in AUTHOR_ATTRIBUTES)
            given = "".join(f' {name}="{html.escape(value or "")}"' for name, value in allowed.items())
            self.kept += f"<{tag}{given}>"

    def handle_endtag(self, tag: str) -> None:
        if tag in AUTHOR_TAGS and tag != "br":
            self.kept += f"</{tag}>"

    def handle_data(self, data: str) -> None:
        self.kept += html.escape(data, quote=False)

    def handle_entityref(self, name: str) -> None:
        self.kept += f"&{name};"

    def handle_charref(self, name: str) -> None:
        self.kept += f"&#{name};"
