"""The Markdown parser for pages: its rules, its kinds of links, and its footnotes.

Most of a course is plain prose, so text that can only be prose skips most rules.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, mdTrim
from markdown_it.parser_inline import ParserInline
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, paragraph, table
from markdown_it.rules_core import StateCore, text_join
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from coursepack.course.blocks.formula import INLINE
from coursepack.reading.facts import SCHEME, TARGET

OWN_SCHEMES = ("page:", "term:")
"""Links to a page of the course, and to a term of its glossary."""

_BEGINNINGS = "\n\\`*_[<&"
"""The characters with which inline rules begin."""

_ITEM = r" [^\W\d_][^\n]*\n"
_ITEMS = re.compile(rf"([-+*]){_ITEM}(?:\1{_ITEM})*+(?=\n?(?:\Z|(?<=\n\n)(?!\1)\S))")
"""A list whose items are a line of prose each, up to its end: a blank line with no more of the list after it."""


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        """Adds the tokens of a line to `tokens`."""
        # Searching for one character after another is faster than a pattern, and than a generator.
        for sign in _BEGINNINGS:
            if sign in src:
                return super().parse(src, md, env, tokens)
        if not src:
            return tokens
        tokens.append(Token("text", "", 0, {}, None, 0, None, src))
        return tokens


class _Renderer(RendererHTML):
    def renderInline(self, tokens: Sequence[Token], options: Any, env: Any) -> str:  # noqa: N802
        """The HTML of a line."""
        if len(tokens) == 1 and tokens[0].type == "text":
            text = tokens[0].content
            # Most lines have nothing to escape, and four searches are faster than four replacements.
            return escapeHtml(text) if "&" in text or "<" in text or ">" in text or '"' in text else text
        return super().renderInline(tokens, options, env)

    def renderToken(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: N802
        """The HTML of a tag."""
        token = tokens[idx]
        if token.hidden:
            return ""
        # Half of all tags are closing tags, which need no further checks.
        if token.nesting == -1:
            return f"</{token.tag}>\n" if token.block else f"</{token.tag}>"
        # Most of the others open a line of text.
        if token.nesting == 1 and not token.attrs and tokens[idx + 1].type == "inline":
            return f"\n<{token.tag}>" if idx and tokens[idx - 1].hidden else f"<{token.tag}>"
        return super().renderToken(tokens, idx, options, env)


class _Markdown(MarkdownIt):
    def configure(self, *given: Any, **named: Any) -> MarkdownIt:
        """Replaces parts of the parser before its rules are configured."""
        self.inline = _Inline()
        return super().configure(*given, **named)

    def parse(self, src: str, env: Any = None) -> list[Token]:
        """Parses a text. The container plugin reads past the end of a text without a final line end."""
        return super().parse(src if src.endswith("\n") else f"{src}\n", env)

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """Ids are unchanged; addresses are encoded for browsers."""
        return url if url.startswith(OWN_SCHEMES) else super().normalizeLink(url)


def _prose(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A sentence, or a list of them: all other rules need another character."""
    if silent:
        return False
    first = state.src[state.bMarks[start] + state.tShift[start]]
    if first.isalpha():
        return _sentence(state, start, end)
    return first in "-+*" and _items(state, start, end)


def _sentence(state: StateBlock, start: int, end: int) -> bool:
    """A line that begins with a letter is a table header or a paragraph."""
    if not _ends_here(state, start):
        return table(state, start, end, False) or paragraph(state, start, end, False)
    state.line = start + 1
    _line(state, start, state.bMarks[start] + state.tShift[start], state.level, False)
    return True


def _line(state: StateBlock, at: int, first: int, level: int, hidden: bool) -> None:
    """Adds a paragraph of one line, from its character `first` on."""
    text = mdTrim(state.src[first : state.eMarks[at]])
    # A course has tens of thousands of them, and keywords take longer.
    state.tokens += (
        Token("paragraph_open", "p", 1, {}, [at, at + 1], level, None, "", "", "", {}, True, hidden),
        Token("inline", "", 0, {}, [at, at + 1], level + 1, [], text, "", "", {}, True),
        Token("paragraph_close", "p", -1, {}, None, level, None, "", "", "", {}, True, hidden),
    )


def _items(state: StateBlock, start: int, end: int) -> bool:
    """A list of single lines, which most lists are: the whole rule would parse each item as a text of its own."""
    if state.blkIndent or state.tShift[start] or state.parentType not in ("root", "container"):
        return False
    found = _ITEMS.match(state.src, state.bMarks[start])
    if not found:
        return False
    level, mark, last = state.level, found[1], start + found[0].count("\n") - 1
    state.line = last + 1
    if state.line < end and state.isEmpty(state.line):
        state.line += 1
    state.tokens.append(
        Token("bullet_list_open", "ul", 1, {}, [start, state.line], level, None, "", mark, "", {}, True)
    )
    for at in range(start, last + 1):
        place = [at, state.line if at == last else at + 1]
        state.tokens.append(
            Token("list_item_open", "li", 1, {}, place, level + 1, None, "", mark, "", {}, True)
        )
        _line(state, at, state.bMarks[at] + 2, level + 2, True)
        state.tokens.append(
            Token("list_item_close", "li", -1, {}, None, level + 1, None, "", mark, "", {}, True)
        )
    state.tokens.append(Token("bullet_list_close", "ul", -1, {}, None, level, None, "", mark, "", {}, True))
    return True


def _ends_here(state: StateBlock, start: int) -> bool:
    """True when a paragraph certainly has one line, as most do: nothing follows, or the next item."""
    following = start + 1
    if following >= state.lineMax or state.isEmpty(following):
        return True
    first = state.bMarks[following] + state.tShift[following]
    return (
        0 <= state.sCount[following] < state.blkIndent
        and state.sCount[following] - state.listIndent < 4
        and state.src[first] in "-+*"
        and state.src[first + 1 : first + 2] == " "
    )


def _joined(state: StateCore) -> None:
    """Joins adjacent text tokens. A line with one text has none."""
    whole = state.tokens
    state.tokens = [
        token
        for token in whole
        if token.children and (len(token.children) > 1 or token.children[0].type != "text")
    ]
    text_join(state)
    state.tokens = whole


def _formula(state: StateInline, silent: bool) -> bool:
    found = INLINE.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("formula", "math", 0).content = found[1]
    state.pos = found.end()
    return True


def _fact(state: StateInline, silent: bool) -> bool:
    """A passage with the mark of a fact. Unlike the text of a link, it can have links in it."""
    start, most = state.pos, state.posMax
    if state.src[start] != "[" or SCHEME not in state.src:
        return False
    end = state.md.helpers.parseLinkLabel(state, start)
    found = TARGET.match(state.src, end, most) if end >= 0 else None
    if not found:
        return False
    if not silent:
        state.pos, state.posMax = start + 1, end
        state.push("fact_open", "", 1).content = found[1]
        state.md.inline.tokenize(state)
        state.push("fact_close", "", -1)
        state.posMax = most
    state.pos = found.end()
    return True


def _footnotes_open(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return f'<section class="footnotes" aria-label="{html.escape(env["words"].footnotes)}">\n<ol>\n'


def _footnote_back(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    note = tokens[at].meta
    name = f"{env['docId']}-{note['id'] + 1}" + (f":{note['subId']}" if note["subId"] > 0 else "")
    return f' <a href="#fnref-{name}" aria-label="{html.escape(env["words"].back)}">↩\ufe0e</a>'


PARSER = (
    _Markdown("commonmark", {"html": True}, renderer_cls=_Renderer)
    .enable("table")
    # Traps: a line of dashes under a sentence would make it a heading, and four spaces before it code.
    .disable(["lheading", "code"])
    # Line ends are already uniform, and no text contains NUL.
    .disable("normalize")
    .use(footnote_plugin, inline=False)
    .use(container_plugin, "block", validate=lambda *_: True)
)
PARSER.core.ruler.at("text_join", _joined)
PARSER.block.ruler.before("table", "prose", _prose)
PARSER.inline.ruler.before("backticks", "formula", _formula)
PARSER.inline.ruler.before("link", "fact", _fact)
PARSER.add_render_rule("footnote_block_open", _footnotes_open)
PARSER.add_render_rule("footnote_anchor", _footnote_back)
