"""Makes links to pages of other packages plain text."""

from __future__ import annotations

from collections.abc import Collection
from html.parser import HTMLParser


def without_dead_links(html: str, absent: Collection[str]) -> str:
    """A fragment of a document in which links to absent pages are replaced by their text."""
    reader = _Reader(absent)
    reader.feed(html)
    reader.close()
    return "".join(reader.kept)


class _Reader(HTMLParser):
    """Copies everything except the tags of dead links. Links are never nested."""

    def __init__(self, absent: Collection[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._dead = {f"#{name}" for name in absent}
        self._is_dead = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._is_dead = dict(attrs).get("href") in self._dead
        if not (tag == "a" and self._is_dead):
            self.kept.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kept.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if not (tag == "a" and self._is_dead):
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.kept.append(data)

    def handle_entityref(self, name: str) -> None:
        self.kept.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.kept.append(f"&#{name};")
