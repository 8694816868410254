"""Pictures of every kind: what an author may write, what becomes of it, and what is told when it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html
from strategies import PAGE, MakeCourse, fence

from coursepack import TARGETS, load_course, render_site
from coursepack.blocks.before_after import BeforeAfter
from coursepack.blocks.image import Image
from coursepack.source import read_course


def svg(width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="M0 0h9v9z"/></svg>'
    )


def rendered(folder: Path) -> html.HtmlElement:
    index = render_site(load_course(folder), TARGETS["web"])["index.html"]
    assert isinstance(index, bytes)
    return html.document_fromstring(index.decode())


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("One\n  line,\nfolded.", ["One line, folded."]),
        ("First.\n\nSecond\nline.\n   \n\n\nThird.\n", ["First.", "Second line.", "Third."]),
    ],
)
def test_an_empty_line_begins_a_new_paragraph_of_a_description(written: str, expected: list[str]) -> None:
    image = Image.model_validate({"src": "media/a.svg", "alt": "A", "description": written})
    assert image.description is not None
    assert image.description.split("\n\n") == expected


def test_a_description_is_not_part_of_the_caption_that_names_the_figure(make_course: MakeCourse) -> None:
    page = fence("image", {"src": "media/a.svg", "alt": "A", "caption": "C", "description": "D.\n\nE <b>."})
    page += "\n" + fence("image", {"src": "media/a.svg", "alt": "B", "description": "F."})
    document = rendered(make_course({PAGE: page, "media/a.svg": svg(16, 9)}))
    first, second = document.xpath("//figure")
    assert words(first) == "C"
    assert [words(p) for p in first.xpath("following-sibling::details/p")] == ["D.", "E <b>."]
    # A caption that holds nothing but the words of a button would be the picture's name.
    assert second.xpath(".//figcaption") == []
    assert words(second.xpath("following-sibling::details")[0]) == "Longer description of the picture F."


def test_each_picture_of_a_gallery_has_its_own_words_and_a_larger_view(make_course: MakeCourse) -> None:
    pictures = [
        {"src": "media/a.svg", "alt": "An <a>.", "caption": "Capital & small"},
        {"src": "media/b.svg", "alt": "A b."},
    ]
    page = (
        fence("gallery", {"pictures": pictures}) + "\nBetween.\n\n" + fence("gallery", {"pictures": pictures})
    )
    document = rendered(make_course({PAGE: page, "media/a.svg": svg(16, 9), "media/b.svg": svg(3, 4)}))
    items = document.xpath("//ul[@aria-label='Pictures']/li")
    assert len(items) == 4
    ids = document.xpath("//dialog/@id")
    assert len(set(ids)) == len(ids)
    for item, picture in zip(items, pictures * 2, strict=True):
        (button,) = item.xpath("button")
        (dialog,) = item.xpath("dialog")
        assert dialog.get("id") == f"d-{button.get('data-open')}"
        # The same file twice is loaded once.
        assert item.xpath(".//img/@src") == [picture["src"]] * 2
        assert item.xpath(".//img/@alt") == [picture["alt"]] * 2
        assert button.get("aria-label") == f"Show larger: {picture.get('caption', picture['alt'])}"
    assert [words(h2) for h2 in document.xpath("//dialog//h2")][-2:] == ["Picture 1 of 2", "Picture 2 of 2"]
    assert items[1].xpath(".//figcaption") == []
    assert [(img.get("width"), img.get("height")) for img in items[1].xpath("figure/img")] == [("3", "4")]


def test_a_before_and_after_is_two_pictures_with_a_named_slider(make_course: MakeCourse) -> None:
    fields = {
        "before": {"src": "media/a.svg", "alt": "Shut.", "label": "Monday"},
        "after": {"src": "media/b.svg", "alt": "Open."},
        "caption": "A door & its week",
    }
    files = {PAGE: fence("before-after", fields), "media/a.svg": svg(16, 9), "media/b.svg": svg(32, 18)}
    document = rendered(make_course(files))
    assert document.xpath("//figure/img/@alt") == ["Shut.", "Open."]
    assert [words(caption) for caption in document.xpath("//figcaption")] == ["Monday", "After"]
    (slider,) = document.xpath("//input[@type='range']")
    assert slider.get("aria-label") == "Compare Monday and After"
    assert "A door & its week" in document.text_content()


@pytest.mark.parametrize(
    ("before", "after", "is_wrong"),
    [
        ((1600, 900), (800, 450), False),
        # 1000 x 667 is what becomes of 1500 x 1000 in a program that rounds.
        ((1500, 1000), (1000, 667), False),
        ((1000, 667), (1500, 1000), False),
        ((1600, 900), (1600, 902), True),
        ((900, 1600), (1600, 900), True),
    ],
)
def test_pictures_that_do_not_cover_each_other_cannot_be_compared(
    before: tuple[int, int], after: tuple[int, int], is_wrong: bool
) -> None:
    block = BeforeAfter.model_validate(
        {
            "before": {"src": "a", "alt": "A"},
            "after": {"src": "b", "alt": "B"},
        }
    )
    assert bool(list(block.misfits({"a": before, "b": after}))) == is_wrong
    # A picture that cannot be read is told elsewhere, and only there.
    assert list(block.misfits({"a": before})) == []


def test_a_missing_file_is_told_at_its_place_in_the_list(make_course: MakeCourse) -> None:
    page = "```gallery\npictures:\n  - {src: media/a.svg, alt: A}\n  - {src: media/c.svg, alt: C}\n```\n"
    _, report = read_course(make_course({PAGE: page, "media/a.svg": svg(1, 1)}))
    assert [str(problem).splitlines()[0] for problem in report] == [
        f"{PAGE}:4:11: error media/missing: there is no file 'media/c.svg'"
    ]
