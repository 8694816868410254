"""The parser's short cuts change nothing: its tokens are those of the library's own rules."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from coursepack.reading.markdown_parser import PARSER

PLAIN = (
    MarkdownIt("commonmark", {"html": True})
    .enable("table")
    .disable(["lheading", "code"])
    .use(footnote_plugin, inline=False)
    .use(container_plugin, "block", validate=lambda *_: True)
)
# Whatever can begin a block or a mark inside a line, between letters, blanks and ends of lines.
PIECES = [
    *"ab åÖ1.-+*_`~|:!#>&<^\\()[]\"'=\t ",
    *("\n", "\n\n", "  \n", "- ", "1. ", "> ", "## ", "```\n", ":::", "::: note\n", "[^1]", "[^1]: "),
    *("| a | b |\n|---|---|\n", "**", "[a](b)", "![a](b)", "<b>", "</b>", "<!--", "&amp;", "https://a.se"),
    *("[a]: /b\n", "    ", "---", "===", "***", "- a\n", "- b **c**\n\n", "* a\n"),
]


@settings(max_examples=800)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example(">::: note\n>")
@example("- a\n- b\n\nc\n")
@example("- a\n- b\n\n\n- c\n")
@example("- a\n\n  b\n")
@example("::: note\n- a\n- b\n\n:::\n- a\n")
def test_short_cuts_give_the_tokens_and_html_of_the_whole_rules(text: str) -> None:
    ours = PARSER.parse(text, {"docId": "p"})
    # The container plugin reads past the end of a text whose last line does not end.
    theirs = PLAIN.parse(text if text.endswith("\n") else f"{text}\n", {"docId": "p"})
    assert [token.as_dict() for token in ours] == [token.as_dict() for token in theirs]
    # Footnotes are shown in our own way.
    if not any(token.type.startswith("footnote") for token in theirs):
        shown = PLAIN.renderer.render(theirs, PLAIN.options, {})
        assert PARSER.renderer.render(ours, PARSER.options, {}) == shown


def test_ids_in_links_stay_as_they_are() -> None:
    (_, line, _) = PARSER.parse("[a](page:p1-c1-s1) [b](term:ord)", {})
    assert [child.attrs["href"] for child in line.children or [] if child.type == "link_open"] == [
        "page:p1-c1-s1",
        "term:ord",
    ]
