"""Links to pages that are in other packages become plain text, and all else stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from showcase import write_showcase

from coursepack import TARGETS, read_course, render_site
from coursepack.building.dead_links import without_dead_links

ABSENT = {"tile"}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p>See <a href="#tile">the tile</a>.</p>', "<p>See the tile.</p>"),
        ('<a href="#tile">the <em>tile</em></a> &amp; <a href="#wall">wall</a>', 'the <em>tile</em> &amp; <a href="#wall">wall</a>'),
        ('<a title="5 > 4" href="#tile">tile</a>', "tile"),
        ('<a href="#wall">wall</a> <a href="#tile">a</a><a href="#tile">b</a>', '<a href="#wall">wall</a> ab'),
        ('<a href="https://example.org/#tile" target="_blank">tile</a>', '<a href="https://example.org/#tile" target="_blank">tile</a>'),
        ('<code>&lt;a href="#tile"&gt;</code> <a href="#wall">w</a>', '<code>&lt;a href="#tile"&gt;</code> <a href="#wall">w</a>'),
    ],
)  # fmt: skip
def test_a_dead_link_leaves_its_words(html: str, expected: str) -> None:
    assert without_dead_links(html, ABSENT) == expected


def test_what_has_no_dead_links_stays_as_it_is(tmp_path: Path) -> None:
    course = read_course(write_showcase(tmp_path / "course"))
    index = render_site(course, TARGETS["web"])["index.html"]
    assert isinstance(index, bytes)
    body = index.decode().partition("<main")[2].partition("</main>")[0]
    assert body.count("<a ") > 50
    assert without_dead_links(body, ABSENT) == body
