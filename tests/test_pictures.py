"""Pictures of every kind: what an author may write, what becomes of it, and what is told when it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html
from strategies import PAGE, MakeCourse, fence

from coursepack import TARGETS, read_course, render_site
from coursepack.course.blocks.before_after import BeforeAfter
from coursepack.course.blocks.hotspots import Hotspots
from coursepack.course.blocks.image import Image
from coursepack.course.severity import severity_of
from coursepack.reading.source import read_folder


def svg(width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="M0 0h9v9z"/></svg>'
    )


def rendered(folder: Path) -> html.HtmlElement:
    index = render_site(read_course(folder), TARGETS["web"])["index.html"]
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
        assert button.get("aria-label") == f"View larger: {picture.get('caption', picture['alt'])}"
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
    assert bool(list(block.findings({"a": before, "b": after}))) == is_wrong
    # A picture that cannot be read is told elsewhere, and only there.
    assert list(block.findings({"a": before})) == []


def test_a_missing_file_is_told_at_its_place_in_the_list(make_course: MakeCourse) -> None:
    page = "```gallery\npictures:\n  - {src: media/a.svg, alt: A}\n  - {src: media/c.svg, alt: C}\n```\n"
    _, report = read_folder(make_course({PAGE: page, "media/a.svg": svg(1, 1)}))
    assert [str(problem).splitlines()[0] for problem in report] == [
        f"{PAGE}:4:11: error media/missing: there is no file 'media/c.svg'"
    ]


HOTSPOTS = {"src": "a", "alt": "A"}


def crowded(sizes: tuple[int, int], *places: tuple[float, float]) -> list[str]:
    points = [{"x": x, "y": y, "title": f"P{n}", "text": "T"} for n, (x, y) in enumerate(places)]
    block = Hotspots.model_validate({**HOTSPOTS, "points": points})
    assert {severity_of(f"page/{finding.rule}") for finding in block.findings({"a": sizes})} <= {"warning"}
    return [
        f"{str(finding.message).partition(',')[0]} | {finding.hint}"
        for finding in block.findings({"a": sizes})
    ]


# A picture of 284 x 284 pixels on the narrowest screen, and points that are 44 across: 15.5 per cent of it.
@pytest.mark.parametrize(
    "places",
    [
        [(50, 50)],
        [(8, 8), (92, 92), (8, 92), (92, 8)],
        [(30, 50), (46, 50)],
        # 11 per cent in both directions are 31 pixels each, and 44.2 on the slant.
        [(30, 30), (41, 41)],
    ],
)
def test_points_that_fingers_can_tell_apart_are_no_problem(places: list[tuple[float, float]]) -> None:
    assert crowded((1000, 1000), *places) == []


def test_points_that_lie_on_each_other_or_stick_out_are_told_with_what_would_do() -> None:
    assert crowded((1000, 1000), (30, 50), (45, 50)) == [
        "points 1 and 2 overlap on a screen 320 pixels wide | "
        "Keep them 16 per cent apart horizontally, or 16 vertically; or merge them."
    ]
    # Half as high: the same pixels are twice as many per cent.
    assert crowded((1000, 500), (50, 8), (50, 92)) == [
        f"point {n} is cut off at the edge of the picture on a screen 320 pixels wide | "
        "Keep 8 per cent away from left and right, and 16 from top and bottom."
        for n in (1, 2)
    ]
    assert crowded((1000, 500), (50, 16), (50, 84)) == []
    # Each pair is told, at its later point.
    assert len(crowded((1000, 1000), (50, 50), (51, 50), (52, 50))) == 3


@pytest.mark.parametrize("size", [(1000, 1000), (1600, 900), (333, 777), (4000, 1000)])
def test_whoever_keeps_to_the_hint_is_not_told_again(size: tuple[int, int]) -> None:
    (told,) = crowded(size, (50, 50), (51, 50))
    sideways = int(told.split("them ")[1].split()[0])
    assert crowded(size, (50 - sideways, 50), (50, 50)) == []
    assert crowded(size, (50 - sideways + 1, 50), (50, 50)) != []


def test_a_point_is_a_link_to_its_row(make_course: MakeCourse) -> None:
    points = [
        {"x": "12.5", "y": 50, "title": "The <door>", "text": "Out & in."},
        {"x": 80, "y": "33.333", "title": "Window", "text": "Lit."},
    ]
    page = fence("hotspots", {"src": "media/a.svg", "alt": "A house", "caption": "C", "points": points})
    document = rendered(make_course({PAGE: page + "\n" + page, "media/a.svg": svg(16, 9)}))
    links = document.xpath("//svg[@role='group']/a")
    rows = document.xpath("//ol[@class='points']/li")
    assert [link.get("href") for link in links] == [f"#{row.get('id')}" for row in rows]
    assert len({row.get("id") for row in rows}) == 4
    assert [link.get("aria-label") for link in links] == ["1. The <door>", "2. Window"] * 2
    assert [words(row) for row in rows[:2]] == ["The <door> Out & in.", "Window Lit."]
    circles = [
        (circle.get("cx"), circle.get("cy")) for circle in document.xpath("//svg[@role='group']//circle")
    ]
    assert circles == [("12.5%", "50%"), ("80%", "33.333%")] * 2


def test_points_of_a_page_that_is_edited_lead_where_they_led(make_course: MakeCourse) -> None:
    """Prose is renewed without its neighbours: what is written before a picture must not change their ids."""
    points = [{"x": 50, "y": 50, "title": "P", "text": "T"}]
    block = fence("hotspots", {"src": "media/a.svg", "alt": "A", "points": points})
    found = [
        rendered(make_course({PAGE: page, "media/a.svg": svg(16, 9)}, name)).xpath(
            "//ol[@class='points']/li/@id"
        )
        for name, page in (("one", block + "\n" + block), ("two", f"Before.\n\n{block}\nBetween.\n\n{block}"))
    ]
    assert found[0] == found[1]
