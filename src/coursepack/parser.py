"""The Markdown parser as pages need it: its rules, its own kinds of links, and how it shows footnotes.

Most of a course is plain prose, so what can only be prose is not offered to every rule.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, paragraph, table
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from coursepack.blocks.formula import INLINE

OWN_SCHEMES = ("page:", "term:")
"""Links to a page of the course, and to a word of its glossary."""

_BEGINS = re.compile(r"[\n\\`*_\[<&]")
"""Where a rule inside a line can begin."""


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        """Adds the tokens of a line to `tokens`."""
        if not src or _BEGINS.search(src):
            return super().parse(src, md, env, tokens)
        tokens.append(Token("text", "", 0, content=src))
        return tokens


class _Renderer(RendererHTML):
    def renderToken(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: N802
        """The HTML of a tag."""
        token = tokens[idx]
        if token.hidden:
            return ""
        # Half of all tags close something, and then there is nothing to ask.
        if token.nesting == -1:
            return f"</{token.tag}>\n" if token.block else f"</{token.tag}>"
        return super().renderToken(tokens, idx, options, env)


class _Markdown(MarkdownIt):
    def configure(self, *given: Any, **named: Any) -> MarkdownIt:
        """Puts the parser's own parts in place before its rules are chosen."""
        self.inline = _Inline()
        return super().configure(*given, **named)

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """An id stays as it is; an address is written as browsers want it."""
        return url if url.startswith(OWN_SCHEMES) else super().normalizeLink(url)


def _sentence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line that begins with a letter is the head of a table or a paragraph; every other rule wants a sign."""
    if silent or not state.src[state.bMarks[start] + state.tShift[start]].isalpha():
        return False
    return table(state, start, end, False) or paragraph(state, start, end, False)


def _formula(state: StateInline, silent: bool) -> bool:
    found = INLINE.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("formula", "math", 0).content = found[1]
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
    # Traps: a line of dashes under a sentence made it a heading, and four blanks before it made it code.
    .disable(["lheading", "code"])
    .use(footnote_plugin, inline=False)
    .use(container_plugin, "block", validate=lambda *_: True)
)
PARSER.block.ruler.before("table", "sentence", _sentence)
PARSER.inline.ruler.before("backticks", "formula", _formula)
PARSER.add_render_rule("footnote_block_open", _footnotes_open)
PARSER.add_render_rule("footnote_anchor", _footnote_back)
