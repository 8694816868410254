"""A page's Markdown becomes blocks whose HTML says what the author wrote, and nothing that an author may not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from markupsafe import escape

from coursepack.course.blocks.callout import Callout
from coursepack.course.blocks.checklist import Checklist
from coursepack.course.blocks.code import Code
from coursepack.course.blocks.image import Image
from coursepack.course.blocks.prose import Prose
from coursepack.course.blocks.sections import Sections
from coursepack.course.blocks.table import Table
from coursepack.course.blocks.tabs import Tabs
from coursepack.reading.markdown import PageContext, Words, read_page, render_text

WORDS = Words(", explain", "(new window)", "Whole glossary", "Table", "Notes", "Back")
CONTEXT = PageContext({"p1", "p2"}, {"fire": ("fire", "Hot & <bright>")}, WORDS)


def read(text: str):
    page = read_page(text, "p1.md", "p1", CONTEXT)
    return page.blocks, page.placed, page.problems


def prose(text: str) -> str:
    """The HTML of a page that is prose only and has no problem."""
    (block,), _, problems = read(text)
    assert problems == []
    assert isinstance(block, Prose)
    return block.html


def test_the_first_paragraph_is_the_lead() -> None:
    assert prose("One.\n\nTwo.\n") == '<p class="lead">One.</p>\n<p>Two.</p>\n'


def test_a_link_to_a_page_is_a_link_in_the_document() -> None:
    assert prose("[Two](page:p2)\n") == '<p class="lead"><a href="#p2">Two</a></p>\n'


def test_a_web_link_opens_a_window_and_says_so() -> None:
    assert prose("[Law](https://example.org/a?b=1&c=å)\n") == (
        '<p class="lead"><a href="https://example.org/a?b=1&amp;c=%C3%A5" target="_blank" '
        'rel="noopener noreferrer">Law<span class="sr"> (new window)</span></a></p>\n'
    )


def test_a_telephone_link_stays_in_the_window() -> None:
    assert prose("[112](tel:112)\n") == '<p class="lead"><a href="tel:112" class="num">112</a></p>\n'


@pytest.mark.parametrize(
    "text",
    [
        "A [fire](term:fire).\n",
        "- A [fire](term:fire)\n",
        "| a |\n| --- |\n| [fire](term:fire) |\n",
        "> A [fire](term:fire)\n",
        "Text.\n\n## A [fire](term:fire)\n",
        "Text.[^1]\n\n[^1]: A [fire](term:fire)\n",
        "Text.\n\n::: note\nA [fire](term:fire)\n:::\n",
        "Text.\n\n::: accordion\n### Fold\nA [fire](term:fire)\n:::\n",
        "Text.\n\n::: accordion\n### A [fire](term:fire)\nText.\n:::\n",
        "Text.\n\n::: steps\n## A [fire](term:fire)\nText.\n:::\n",
        "Text.\n\n::: table a\n| a |\n| --- |\n| [fire](term:fire) |\n:::\n",
        "Text.\n\n::: tabs\n## One\nA [fire](term:fire)\n## Two\n- [fire](term:fire)\n:::\n",
        "A [fire](term:fire) and <b>a</b> [fire](term:fire).\n\nA [*fire*](term:fire)\n",
    ],
    ids=[
        "paragraph",
        "list",
        "table",
        "quotation",
        "heading",
        "footnote",
        "note",
        "fold",
        "fold title",
        "step title",
        "table block",
        "tab",
        "html",
    ],
)
def test_a_term_opens_one_panel_that_explains_it(text: str) -> None:
    blocks, _, problems = read(text)
    assert problems == []
    document = html.fromstring(f"<main>{''.join(markup(block) for block in blocks)}</main>")
    buttons = document.xpath("//button")
    assert len(buttons) == text.count("term:")
    for button in buttons:
        (panel,) = document.xpath(f"//span[@id='{button.get('aria-controls')}']")
        assert panel.text_content().strip() == "fire Hot & <bright> Whole glossary"
        assert panel.get("hidden") is not None
        # A panel inside a heading would be read as a part of it, and one inside a table would stretch it.
        assert not panel.xpath("ancestor::h2 | ancestor::h3 | ancestor::table")
    assert len({button.get("aria-controls") for button in buttons}) == len(buttons)


def test_a_term_of_a_list_opens_at_the_end_of_its_own_row() -> None:
    (block,), _, _ = read("- A [fire](term:fire)\n- Another\n\n1. One\n\n   - [Fire](term:fire)\n   - Two\n")
    document = html.fromstring(f"<main>{markup(block)}</main>")
    rows = [panel.getparent() for panel in document.xpath("//span[@class='gloss']")]
    assert [row.tag for row in rows] == ["li", "li"]
    for row in rows:
        assert row[-1].get("class") == "gloss"
        assert row.xpath(".//button/@aria-controls") == [row[-1].get("id")]


def markup(block: object) -> str:
    match block:
        case Prose(html=text) | Callout(html=text) | Table(html=text):
            return text
        case Checklist(items=items):
            return "".join(f"<p>{item}</p>" for item in items)
        case Code(text=text):
            return f"<pre>{escape(text)}</pre>"
        case Sections(items=items):
            return "".join(f"<h3>{title}</h3><div>{body}</div>" for title, body in items)
    raise AssertionError(block)


def test_a_quotation_names_its_source_below() -> None:
    assert prose("Text.\n\n> Words.\n>\n> — Somebody\n").endswith(
        '<blockquote class="quote block">\n<p>Words.</p>\n<footer>Somebody</footer>\n</blockquote>\n'
    )


def test_a_table_scrolls_by_itself_and_names_its_columns() -> None:
    table = html.fragment_fromstring(prose("| a | b |\n| --- | ---: |\n| 1 | 2 |\n").strip())
    assert dict(table.attrib) == {"class": "scroll", "role": "group", "tabindex": "0", "aria-label": "Table"}
    assert [dict(cell.attrib) for cell in table.xpath(".//th")] == [
        {"scope": "col"},
        {"scope": "col", "class": "end"},
    ]
    assert [dict(cell.attrib) for cell in table.xpath(".//td")] == [{}, {"class": "end"}]


def test_the_sides_of_columns_are_told_without_styles_which_the_page_refuses() -> None:
    text = prose("| a | b | c | d |\n| --- | :--- | :---: | ---: |\n| 1 | 2 | 3 | 4 |\n")
    assert "style" not in text
    assert html.fromstring(text).xpath("//td/@class") == ["center", "end"]


def test_a_table_block_has_a_caption_and_names_its_rows() -> None:
    (_, block), _, problems = read(
        "Text.\n\n::: table Men & <women>\n| | *a* |\n| --- | ---: |\n| one | [fire](term:fire) |\n| two | 2 |\n:::\n"
    )
    assert problems == []
    assert isinstance(block, Table)
    box = html.fragment_fromstring(f"<main>{block.html}</main>")[0]
    assert dict(box.attrib) == {
        "class": "scroll",
        "role": "group",
        "tabindex": "0",
        "aria-label": "Men & <women>",
    }
    (table,) = box.xpath("table")
    assert table[0].tag == "caption"
    assert table[0].text == "Men & <women>"
    # The corner names nothing.
    assert [
        (cell.tag, dict(cell.attrib), cell.text_content())
        for cell in table.xpath(".//thead//*[self::th or self::td]")
    ] == [
        ("td", {}, ""),
        ("th", {"class": "end", "scope": "col"}, "a"),
    ]
    assert [(cell.get("scope"), cell.text) for cell in table.xpath("./tbody//th")] == [
        ("row", "one"),
        ("row", "two"),
    ]
    assert [cell.get("class") for cell in table.xpath("./tbody//td")] == ["end", "end"]


@pytest.mark.parametrize(
    ("written", "label", "text"),
    [
        ("::: code A file\n```\na: <b>\n\n  c &amp; *d*\n```\n:::\n", "A file", "a: <b>\n\n  c &amp; *d*"),
        ("::: code\n```yaml\na\n```\n:::\n", "yaml", "a"),
        ("::: code\n~~~~\n```choice\nid: a\n```\n~~~~\n:::\n", "", "```choice\nid: a\n```"),
    ],
)
def test_code_is_what_was_written(written: str, label: str, text: str) -> None:
    (_, block), placed, problems = read(f"Text.\n\n{written}")
    assert problems == []
    assert placed == []
    assert block == Code(label, text)


def test_code_of_the_kind_of_a_block_is_no_block() -> None:
    (_, block), placed, problems = read("Text.\n\n::: code\n```image\nsrc: a\n```\n:::\n")
    assert (block, placed, problems) == (Code("image", "src: a"), [], [])


def test_a_checklist_has_its_items_in_order() -> None:
    for text in ("- One *two*\n- Three\n", "* One *two*\n\n* Three\n"):
        (_, block), _, problems = read(f"Text.\n\n::: checklist Before\n{text}:::\n")
        assert problems == []
        assert block == Checklist("Before", ("One <em>two</em>", "Three"))


def test_a_footnote_and_its_place_lead_to_each_other() -> None:
    document = html.fromstring(prose("One.[^a] Again.[^a] Two.[^b]\n\n[^a]: A\n[^b]: B\n"))
    targets = {element.get("id") for element in document.xpath("//*[@id]")}
    links = [link.get("href") for link in document.xpath("//a")]
    assert len(links) == 6
    assert {link.removeprefix("#") for link in links} <= targets
    assert document.xpath("//section/@aria-label") == ["Notes"]
    assert set(document.xpath("//section//a/@aria-label")) == {"Back"}


def test_a_paragraph_of_one_picture_is_an_image_block() -> None:
    (block,), (placed,), problems = read('![A *house*](<media/Blått hus.svg> "The house")\n')
    assert problems == []
    assert block == Image(src="media/Blått hus.svg", alt="A *house*", caption="The house")
    assert str(placed.location) == "p1.md:1:1"


def test_an_accordion_has_a_fold_a_heading() -> None:
    (_, block), _, problems = read(
        "Text.\n\n::: accordion\n### *One*\n1\n\n### Two\n- 2\n\n#### Two b\n:::\n".replace(
            "\n#### Two b", ""
        )
    )
    assert problems == []
    assert block == Sections(
        "accordion", (("<em>One</em>", "<p>1</p>\n"), ("Two", "<ul>\n<li>2</li>\n</ul>\n")), 3
    )


@pytest.mark.parametrize("kind", ["steps", "cards", "timeline"])
def test_headings_of_one_level_divide_and_deeper_ones_belong_to_the_text(kind: str) -> None:
    (_, block), _, problems = read(f"Text.\n\n::: {kind}\n## One\n1\n\n### One b\n2\n\n## *Two*\n- 3\n:::\n")
    assert problems == []
    assert block == Sections(
        kind,
        (("One", "<p>1</p>\n<h3>One b</h3>\n<p>2</p>\n"), ("<em>Two</em>", "<ul>\n<li>3</li>\n</ul>\n")),
        2,
    )


def test_each_block_of_tabs_of_a_page_has_ids_of_its_own() -> None:
    one = "::: tabs {}\n## One\n1\n## Two\n2\n:::\n\n"
    (_, *blocks), _, problems = read("Text.\n\n" + one.format("Choose a door") + one.format(""))
    assert problems == []
    items = (("One", "<p>1</p>\n"), ("Two", "<p>2</p>\n"))
    assert blocks == [Tabs("tabs", items, 2, "t-p1-1", "Choose a door"), Tabs("tabs", items, 2, "t-p1-2", "")]


@pytest.mark.parametrize("kind", ["tabs", "steps", "cards", "timeline"])
@pytest.mark.parametrize("written", ["##", "###", "####"])
@pytest.mark.parametrize(("above", "level"), [("Text.", 2), ("## Above", 3), ("## A\n\n### Above", 4)])
def test_headings_of_a_block_follow_the_heading_above_it(
    kind: str, written: str, above: str, level: int
) -> None:
    deeper = f"{written}# Deeper\n3" if written != "####" else "3"
    block = f"::: {kind}\n{written} One\n1\n\n{written} Two\n2\n\n{deeper}\n:::\n\n"
    blocks, _, problems = read(f"{above}\n\n{block}{block}## After\n")
    assert problems == []
    for each in blocks[1:3]:
        assert each.level == level
        if written != "####":
            assert f"<h{level + 1}>Deeper</h{level + 1}>" in each.items[1][1]
    assert blocks[3].html == "<h2>After</h2>\n"


def test_a_heading_after_a_block_follows_the_one_before_it() -> None:
    block = "::: steps\n#### One\n1\n:::\n\n"
    assert rules(f"## Above\n\n{block}### After\n") == []
    assert rules(f"## Above\n\n{block}##### After\n") == ["error page/heading-jump"]
    assert rules("Text.\n\n::: steps\n## One\n1\n\n#### Deeper\n2\n:::\n") == ["error page/heading-jump"]


def test_a_comment_is_not_on_the_page() -> None:
    blocks, _, problems = read("Before <!-- not yet --> after.\n\n<!-- a note\nof two lines -->\n")
    assert problems == []
    assert "note" not in str(blocks)
    assert "yet" not in str(blocks)


def test_a_page_without_a_block_has_none() -> None:
    assert read("[a]: https://example.org\n") == ((), [], [])


# What an author may not write


def rules(text: str) -> list[str]:
    return [f"{problem.severity} {problem.rule}" for problem in read(text)[2]]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('<span lang="en">grooming</span>', '<span lang="en">grooming</span>'),
        ("H<sub>2</sub>O and 1<br>2", "H<sub>2</sub>O and 1<br>2"),
        ("&lt;b&gt; &amp; &copy; <kbd>&lt;</kbd>", "&lt;b&gt; &amp; © <kbd>&lt;</kbd>"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("a <!-- secret --> word", "a  word"),
        ('<abbr title="a &quot; b">c</abbr>', '<abbr title="a &quot; b">c</abbr>'),
    ],
)
def test_words_in_html_are_kept_whole(given: str, kept: str) -> None:
    assert prose(f"Text.\n\n{given}\n") == f'<p class="lead">Text.</p>\n<p>{kept}</p>\n'


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href="https://example.org">x</a>', "x"),
        ('<span style="background:url(//example.org/a.png)">x</span>', "<span>x</span>"),
        ('<span id="om" class="page" hidden>x</span>', "<span>x</span>"),
        ('<button class="term" data-term="fire">x</button>', "x"),
        ("<u>x</u>", "x"),
        ("<svg><a>x</a></svg>", "x"),
    ],
)
@pytest.mark.parametrize(
    "place", ["{}", "## {}", "> {}", "- {}", "::: note\n{}\n:::", "::: accordion\n### {}\nText.\n:::"]
)
def test_what_is_said_to_be_taken_out_is_taken_out(place: str, given: str, kept: str) -> None:
    text = place.format(given)
    blocks, _, problems = read(f"Text.\n\n{text}\n")
    assert {problem.rule for problem in problems} == {"page/removed-html"}
    clean, _, none = read(f"Text.\n\n{place.format(kept)}\n")
    assert none == []
    assert [markup(block) for block in blocks] == [markup(block) for block in clean]


def test_a_block_of_html_is_cleaned_too() -> None:
    table = '<table><tr><td style="background:url(https://example.org/a.png)" id="om">x</td></tr></table>'
    (block,), _, problems = read(f"Text.\n\n{table}\n")
    assert {problem.rule for problem in problems} == {"page/removed-html"}
    assert block.html == '<p class="lead">Text.</p>\nx\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>alert(1)</script>", "error page/unsafe-html"),
        ("<b onmouseover='x()'>x</b>", "error page/unsafe-html"),
        ("<STYLE>p{}</STYLE>", "error page/unsafe-html"),
        ("<iframe srcdoc='x'></iframe>", "error page/unsafe-html"),
        ("<img src=x onerror=alert(1)>", "error page/unsafe-html"),
        ("<img\nsrc='HTTPS://example.org/a.png'>", "error page/remote-media"),
        ("<link rel=stylesheet href=//example.org/a.css>", "error page/remote-media"),
        ("<object data=https://example.org></object>", "error page/remote-media"),
        ("<base href=https://example.org>", "error page/unsafe-html"),
        ("<meta http-equiv=refresh>", "error page/unsafe-html"),
        ("<form action=x>", "error page/unsafe-html"),
        ("[x](http:foo)", ""),
        ("[x](data:text/html,x)", ""),
        ("[x](#p2)", "error page/bad-link"),
        ("[x](media/a.pdf)", "error page/bad-link"),
        ("[x](ftp://example.org)", "error page/bad-link"),
        ("![](media/a.svg)", "error page/missing-alt"),
        ("![a]()", "error page/bad-link"),
        ("![a](media/%00.svg)", "error page/bad-link"),
        ("Word ![a](media/a.svg)", "error page/inline-image"),
        ("- ![a](media/a.svg)", "error page/inline-image"),
        ("[^1]: ![a](media/a.svg)\n\nText.[^1]", "error page/inline-image"),
        ("> ::: note\n> x\n> :::", "error page/nested-block"),
        ("- ```choice\n  id: a\n  ```", "error page/nested-block"),
        ("Text.[^1]\n\n[^1]: Note\n\n    ```choice\n    id: a\n    ```", "error page/nested-block"),
        ("::: note\n# x\n:::", "error page/top-heading"),
        ("::: accordion\n# x\nText.\n:::", "error page/top-heading"),
        ("### x", "error page/heading-jump"),
        ("::: accordion\n:::", "error page/text-before-heading"),
        ("<div><![foo[ x", "warning page/removed-html"),
        ("A word.[^9]", "error page/dangling-footnote"),
        ("| a[^9] |\n| --- |", "error page/dangling-footnote"),
        ("`[^9]`", ""),
        ("\x1b[31m", "error page/control-character"),
    ],
)  # fmt: skip
def test_what_may_not_be_written_is_told(text: str, expected: str) -> None:
    assert rules(f"Text.\n\n{text}\n") == ([expected] if expected else [])


def test_more_brackets_than_any_author_writes_are_refused_before_they_cost_time() -> None:
    assert rules("[" * 2_000_000) == ["error page/too-many-brackets"]


def test_dashes_under_a_sentence_make_no_heading() -> None:
    assert "<h2>" not in prose("Text.\n\nA sentence.\n---\n")


def test_blanks_before_a_sentence_make_no_code() -> None:
    assert prose("Text.\n\n    A sentence.\n").endswith("<p>A sentence.</p>\n")


def test_an_address_that_runs_a_script_is_no_link() -> None:
    (block,), _, _ = read("[x](javascript:alert(1)) <javascript:alert(1)> [y](&#106;avascript:alert(1))\n")
    assert html.fromstring(block.html).xpath("//a") == []


def test_deeply_nested_markdown_is_read_in_a_moment() -> None:
    for text in (
        "![" * 500 + "a" + "](b)" * 500,
        ">" * 5000 + "x",
        "\n".join(" " * 2 * n + "- a" for n in range(300)),
    ):
        read(text)


# Any Markdown

SNIPPETS = st.sampled_from([
    "a", " ", "\n", "\n\n", "#", "## ", "> ", "- ", "1. ", "*", "**", "`", "```", "::: note", ":::", "::: accordion\n### ", "::: steps\n## ", "::: tabs a\n## ", "::: table a\n| a |\n| - |\n| ", "::: checklist\n- ", "::: code\n```\n", "|", "\n| - |\n",
    "[", "](page:p2)", "](term:fire)", "](fact:LAW)", "](fact:", "](https://example.org)", "](javascript:x)", "![", "](media/a.svg)", "[^1]", "[^1]: ",
    "<b>", "</b>", "<span lang='en'>", "<div>", "<a href='javascript:x'>", "<td style='x'>", "<p id='om'>", "<!--", "-->", "<![CDATA[",
    "<script", "onclick=x", ">", "\"", "'", "&", "&lt;", "&#60;", "\\", "    ", "\t", "— ", "<x:y z>", "<?", "?>", "<textarea>", "<svg>",
])  # fmt: skip
ALLOWED = set(
    "main p h2 h3 h4 h5 h6 ul ol li a blockquote footer code pre hr section div button table caption thead tbody tr th td "
    "abbr span sub sup kbd br i b em strong bdi cite q small".split()
)


@settings(max_examples=150)
@given(st.lists(SNIPPETS, max_size=30).map("".join))
def test_any_markdown_gives_html_that_is_closed_and_harmless(text: str) -> None:
    blocks, _, problems = read(text)
    for problem in problems:
        assert problem.location.line is not None
        assert 1 <= problem.location.line <= text.count("\n") + 1
    if any(problem.severity == "error" for problem in problems):
        return
    together = "".join(
        markup(block)
        for block in blocks
        if isinstance(block, Prose | Callout | Sections | Table | Checklist | Code)
    )
    page = html.fragment_fromstring(f"<main>{together}</main>")
    ids = page.xpath("//@id")
    assert len(set(ids)) == len(ids)
    assert {link[1:] for link in page.xpath("//a/@href") if link.startswith("#")} <= {*ids, "p2", "ordlista"}
    assert set(page.xpath("//@aria-controls")) <= set(ids)
    for block in blocks:
        if isinstance(block, Prose | Callout | Sections | Table | Checklist | Code):
            whole = markup(block)
            document = html.fragment_fromstring(f"<main>{whole}</main>")
            assert {element.tag for element in document.iter() if isinstance(element.tag, str)} <= ALLOWED
            for element in document.iter():
                assert not [name for name in element.attrib if name.startswith("on") or name == "src"]
                if element.tag == "a":
                    assert element.get("href").startswith(("#", "https://"))
                assert element.get("style") is None


@settings(max_examples=60)
@given(st.lists(SNIPPETS, max_size=20).map("".join))
def test_any_transcript_in_markdown_is_read(text: str) -> None:
    body, _, problems = render_text(text, "a.md")
    assert isinstance(body, str)
    for problem in problems:
        assert 1 <= (problem.location.line or 0) <= text.count("\n") + 1
