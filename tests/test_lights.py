"""Which covers become part of the document, so that parts of them can light up."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursepack.building.lights import drawing_with_lights

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9">{}</svg>'
LIGHT = '<path data-light="1" d="M0 0h1v1z"/>'


@pytest.mark.parametrize(
    ("inside", "is_lit"),
    [
        (LIGHT, True),
        (f"<title>A house</title><g fill='#fff'>{LIGHT}</g>", True),
        ('<path data-dim="all" d="M0 0h1v1z"/>', True),
        # Nothing lights up.
        ('<path d="M0 0h1v1z"/>', False),
        # What could touch the rest of the document: ids, classes, styles and links.
        (f'<g id="start">{LIGHT}</g>', False),
        (f'<g class="page">{LIGHT}</g>', False),
        (f'<g style="display: none">{LIGHT}</g>', False),
        (f"<style>p {{ display: none }}</style>{LIGHT}", False),
        (f'<a href="#om">{LIGHT}</a>', False),
        (f'<use href="#om"/>{LIGHT}', False),
    ],
)
def test_a_drawing_is_part_of_the_document_where_it_only_draws(
    tmp_path: Path, inside: str, is_lit: bool
) -> None:
    path = tmp_path / "cover.svg"
    path.write_text(SVG.format(inside), "utf-8")
    assert (drawing_with_lights(path) is not None) == is_lit


def test_other_pictures_stay_pictures(tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(b"\x89PNG")
    assert drawing_with_lights(path) is None


def test_the_title_is_left_out_where_another_language_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cover.svg"
    path.write_text(SVG.format(f"<title>A house</title>{LIGHT}"), "utf-8")
    titled, untitled = drawing_with_lights(path), drawing_with_lights(path, titled=False)
    assert titled is not None
    assert untitled is not None
    assert "A house" in titled
    assert "title" not in untitled


def test_the_drawing_is_written_without_what_a_document_does_not_need(tmp_path: Path) -> None:
    path = tmp_path / "cover.svg"
    text = f'<?xml version="1.0"?>\n<!-- by hand -->\n{SVG.format(LIGHT)}\n'
    path.write_text(text, "utf-8")
    assert drawing_with_lights(path) == (
        '<svg viewBox="0 0 16 9" preserveAspectRatio="xMidYMid slice" role="img">'
        '<path data-light="1" d="M0 0h1v1z"></path></svg>'
    )
