"""What rules read of pages, styles and scripts: where faults stand, and that nothing hostile takes long."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from test_rules import LEAST

from coursepack.package import open_package
from coursepack.problems import Location
from coursepack.rules import check_package
from coursepack.rules.content import MOST_READ, addresses, codes, content, in_comment, tag_place

HEAD = '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>A</title>\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "package"
    path.mkdir()
    for name, text in LEAST.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def test_a_tag_is_found_where_it_stands_past_comments_and_scripts(folder: Path) -> None:
    (folder / "index.html").write_text(
        f'{HEAD}<!--\n<img>\n--><img alt="">\n<script>write("<img>")</script>\n<IMG>\n', encoding="utf-8"
    )
    with open_package(folder) as package:
        second = list(content(package).pages["index.html"].named("img"))[1]
        assert tag_place(package, "index.html", second) == Location("index.html", 7)


def test_scripts_of_a_page_know_their_lines(folder: Path) -> None:
    (folder / "index.html").write_text(
        f"{HEAD}<script>a</script>\n<script type='application/json'>{{}}</script><script>\nb</script>\n",
        encoding="utf-8",
    )
    with open_package(folder) as package:
        found = [(code.line, code.text) for code in codes(package) if code.file == "index.html"]
    assert found == [(3, "a"), (4, "\nb")]


def test_pages_styles_and_scripts_are_read_up_to_five_megabytes(folder: Path) -> None:
    (folder / "large.js").write_bytes(b" " * MOST_READ)
    with open_package(folder) as package:
        read = content(package)
    assert "large.js" not in read.texts
    assert not read.complete


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a(); // x", False), ("  // x", True), ("\n * x", True), ("/* x", True), ("y" * 500 + "x", False)],
)
def test_a_comment_is_known_by_how_its_line_begins(text: str, expected: bool) -> None:
    assert in_comment(text, text.index("x")) is expected


HOSTILE = {
    "open styles": ("index.html", "<style"),
    "open scripts": ("index.html", "<script"),
    "open titles": ("index.html", "<title"),
    "open comments": ("index.html", "<!--"),
    "pictures": ("index.html", "<img src=a>"),
    "tracks": ("index.html", "<video src=a><track>"),
    "remote pictures": ("style.css", "url(http://a/)"),
    "requests": ("player.js", '.open("GET",a'),
    "searches": ("player.js", "API.parent.document "),
    "keys": ("player.js", "AKIAQ7Q7Q7Q7Q7Q7Q7Q7 "),
    "logins": ("player.js", 'Basic "+btoa("a:'),
}


@pytest.mark.parametrize("case", HOSTILE.values(), ids=HOSTILE)
def test_a_file_of_one_thing_over_and_over_is_checked_in_time(case: tuple[str, str], folder: Path) -> None:
    name, thing = case
    text = thing * (1024 * 1024 // len(thing))
    (folder / name).write_text(HEAD + text if name == "index.html" else text, encoding="utf-8")
    begin = time.process_time()
    with open_package(folder) as package:
        check_package(package)
    # Each takes a fraction of a second; what looks again at all for each of them would take minutes.
    assert time.process_time() - begin < 5


def test_addresses_are_kept_up_to_a_number(folder: Path) -> None:
    (folder / "style.css").write_text("".join(f"url({n})" for n in range(30_000)), encoding="utf-8")
    with open_package(folder) as package:
        assert len(addresses(package)) == 20_000
