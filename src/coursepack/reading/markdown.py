"""Turns the Markdown of a page into blocks, and mistakes into problems with line and column.

Blocks are imported where they are created: most courses use few of them.
"""

from __future__ import annotations

import codecs
import html
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markupsafe import Markup, escape

from coursepack.course.blocks.html import Html, Link
from coursepack.course.severity import course_problem
from coursepack.languages import strings
from coursepack.languages.hyphenation import hyphenated
from coursepack.problems import Count, Location, Message, Problem, Quoted, nearest
from coursepack.reading.facts import SCHEME, TARGET, Mark, take_marks, without_marks
from coursepack.reading.markdown_parser import PARSER
from coursepack.reading.synonyms import meant_name

if TYPE_CHECKING:
    from coursepack.course.blocks import Block
    from coursepack.course.blocks.block import DataBlock
    from coursepack.reading.yaml_validation import Yaml


LINK_SCHEMES = ("https", "http", "mailto", "tel")

BRACKET_LIMIT = 10_000
"""Opening brackets of one page: parsing time is quadratic in them."""

_HEADED = ("tabs", "steps", "cards", "timeline")
_DIVIDED = ("accordion", *_HEADED)
"""Containers that headings divide."""

_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]")
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]"


def text_of(data: bytes) -> str:
    """The text of an author's file: UTF-8, with or without a byte order mark, with line ends as in editors.

    Raises UnicodeDecodeError.
    """
    text = data.removeprefix(codecs.BOM_UTF8).decode()
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def control_character(text: str) -> re.Match[str] | None:
    """The first control character of a text, other than white space."""
    # None of them is printable: this fast test is nearly always enough, and the pattern is slow to compile.
    return None if text.replace("\n", " ").isprintable() else re.search(_CONTROL, text)


class Words(NamedTuple):
    """The texts that the renderer adds to prose."""

    show_explanation: str
    new_window: str
    glossary: str
    table: str
    footnotes: str
    back: str

    @classmethod
    def of(cls, prose: Mapping[str, str]) -> Words:
        """The texts in the `prose` part of a language's strings."""
        return cls(
            show_explanation=prose["showExplanation"],
            new_window=prose["newWindow"],
            glossary=prose["fullGlossary"],
            table=prose["table"],
            footnotes=prose["footnotes"],
            back=prose["backToText"],
        )


MarkText = Callable[[str, Token, str], tuple[str, str]]
"""What stands before and after a text in a preview, given the file, the token with its lines, and the text.

The text of a token of the type `inline` is its Markdown.
"""


class PageContext(NamedTuple):
    """What a page can refer to: ids of pages, glossary terms as id -> (term, text), texts, and its language.

    `borrowed` holds the languages of terms that are in another one. A preview marks each text with `mark`.
    """

    pages: Collection[str]
    terms: Mapping[str, tuple[str, str]]
    words: Words
    language: str = ""
    borrowed: Mapping[str, str] = {}
    mark: MarkText | None = None


class PageText(NamedTuple):
    """What a page's Markdown says: blocks, the data blocks with their places, the marks of facts, and all problems."""

    blocks: tuple[Block, ...]
    placed: list[Placed]
    marks: list[Mark]
    problems: list[Problem]


class Placed(NamedTuple):
    """A data block and its place; `yaml` finds the places of its fields."""

    block: DataBlock
    location: Location
    yaml: Yaml | None = None


@dataclass(slots=True)
class _Reader:
    file: str
    page: str
    lines: list[str]
    context: PageContext
    problems: list[Problem] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    env: dict[str, Any] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    panels: int = 0
    foreign_html: bool = False

    def say(
        self,
        rule: str,
        token: Token,
        message: str | Message,
        hint: str | Message = "",
        *,
        find: str = "",
    ) -> None:
        """Reports a problem at `find` in the token's lines, or at its first line."""
        self.problems.append(course_problem(f"page/{rule}", message, self.place(token, find), hint))

    def place(self, token: Token, find: str = "", number: int = 1) -> Location:
        """The place of `find` in the token's lines, where it is there for the time `number`, or of its first line."""
        start, end = token.map or (0, 1)
        if find:
            for at in range(start, min(end, len(self.lines))):
                column = self.lines[at].find(find)
                while column >= 0:
                    number -= 1
                    if not number:
                        return Location(self.file, at + 1, column + 1)
                    column = self.lines[at].find(find, column + 1)
        return Location(self.file, start + 1, 1)

    def marked(self, token: Token, text: str) -> str:
        """A plain text of a block, in a preview between its marks."""
        if not text or self.context.mark is None:
            return text
        before, after = self.context.mark(self.file, token, text)
        return f"{before}{text}{after}"

    def unmarked(self, token: Token, text: str) -> str:
        """A plain text of a block without the marks of facts in it, which are kept."""
        plain, found = without_marks(text)
        self.marks += (
            Mark(passage, target, self.place(token, f"{SCHEME}{target})"), self.page)
            for passage, target in found
        )
        return plain


def _take_facts(reader: _Reader, tokens: list[Token]) -> None:
    """Removes the marks of facts from tokens: learners see the passages alone."""
    for line in tokens:
        if line.type == "inline" and SCHEME in line.content:
            line.children = _without_facts(reader, line)


def _without_facts(reader: _Reader, line: Token) -> list[Token]:
    """The tokens of a line without its marks."""
    kept: list[Token] = []
    opened: list[tuple[str, int]] = []
    seen: Counter[str] = Counter()
    found: list[Mark] = []

    def take(passage: str, target: str) -> None:
        seen[target] += 1
        place = reader.place(line, f"{SCHEME}{target})", seen[target])
        found.append(Mark(passage, target, place, reader.page))

    for child in line.children or []:
        if child.type == "fact_open":
            opened.append((child.content, len(kept)))
            continue
        if child.type == "fact_close":
            target, start = opened.pop()
            take(_words(kept[start:]), target)
            continue
        kept.append(child)
        if child.type in ("text", "image") and "](" in child.content:
            for left in TARGET.finditer(child.content):
                take("", left[1])
            if found and not TARGET.search(child.content):
                # The end of a link with a mark in it, which is none for the parser.
                found.append(found[-1]._replace(passage=""))
    reader.marks += found
    return _joined(kept)


def _words(tokens: list[Token]) -> str:
    """What the tokens of a line say, without markup."""
    said = (
        " " if each.type in ("softbreak", "hardbreak") else each.content
        for each in tokens
        if each.type != "html_inline"
    )
    return " ".join("".join(said).split())


def _joined(tokens: list[Token]) -> list[Token]:
    """Tokens of a line with neighbouring texts as one, as the parser leaves them."""
    joined: list[Token] = []
    for token in tokens:
        if token.type == "text" and joined and joined[-1].type == "text":
            joined[-1].content += token.content
        else:
            joined.append(token)
    return joined


def _clean_html(reader: _Reader, token: Token, text: str) -> str:
    """The allowed part of an author's HTML. The rest is reported."""
    # Imported here: most pages are plain Markdown.
    from coursepack.reading.html_fragment import AUTHOR_ATTRIBUTES, AUTHOR_TAGS, LOADING_TAGS, read_fragment

    tags, kept = read_fragment(text)
    for tag, attributes in tags:
        address = (
            attributes.get("src")
            or attributes.get("data")
            or (attributes.get("href") if tag == "link" else "")
        )
        handlers = [name for name in attributes if name.startswith("on")]
        if address and re.match(r"\s*(https?:)?//", address, re.IGNORECASE):
            reader.say(
                "remote-media",
                token,
                Message("<{0}> loads {1} from elsewhere", tag, Quoted(address)),
                "A package loads nothing from elsewhere. Put the file into media/ and use a block for it.",
                find=f"<{tag}",
            )
        elif tag in LOADING_TAGS or handlers:
            what = Message("<{0}> with {1}", tag, handlers[0]) if handlers else Message("<{0}>", tag)
            hint = (
                "Use an image, video or audio block."
                if tag in ("img", "video", "audio")
                else "Write it as Markdown."
            )
            reader.say("unsafe-html", token, Message("{0} may not be used", what), hint, find=f"<{tag}")
        elif tag not in AUTHOR_TAGS:
            reader.say(
                "removed-html",
                token,
                Message("<{0}> is removed; its text stays", tag),
                Message("Allowed: {0}.", ", ".join(sorted(AUTHOR_TAGS))),
                find=f"<{tag}",
            )
        else:
            for name in attributes:
                if name not in AUTHOR_ATTRIBUTES:
                    reader.say(
                        "removed-html",
                        token,
                        Message("the attribute {0} of <{1}> is removed", Quoted(name), tag),
                        Message("Allowed: {0}.", ", ".join(sorted(AUTHOR_ATTRIBUTES))),
                        find=f"<{tag}",
                    )
    return kept


def _html_token(text: str) -> Token:
    return Token("html_inline", "", 0, content=text)


def _term(reader: _Reader, line: Token, children: list[Token], at: int, name: str) -> str:
    """Makes the link at `at` a glossary button; returns the panel that it opens."""
    known = reader.context.terms.get(name)
    if known is None:
        reader.say(
            "dangling-term",
            line,
            Message("the glossary has no term {0}", Quoted(name)),
            nearest(name, reader.context.terms),
            find=f"term:{name}",
        )
        return ""
    reader.panels += 1
    panel = f"g-{reader.page}-{reader.panels}"
    close = next(i for i in range(at, len(children)) if children[i].type == "link_close")
    words = reader.context.words
    children[at] = _html_token(
        f'<button class="term" type="button" data-term="{name}" '
        f'aria-expanded="false" aria-controls="{panel}">'
    )
    children[close] = _html_token(f'<span class="sr">{html.escape(words.show_explanation)}</span></button>')
    term, text = (html.escape(each) for each in known)
    shown = f"<b>{term}</b> {text}"
    if name in reader.context.borrowed:
        language = reader.context.borrowed[name]
        direction = strings(language)["page"]["direction"]
        shown = f'<span lang="{language}" dir="{direction}">{shown}</span>'
    return (
        f'<span class="gloss" id="{panel}" hidden>{shown} '
        f'<a href="#ordlista">{html.escape(words.glossary)}</a></span>\n'
    )


def _link_text(tokens: list[Token]) -> Markup:
    """The HTML of a link's text without its tags."""
    from coursepack.course.blocks.formula import WithMath

    texts: list[str] = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            texts.append(escapeHtml(token.content))
        elif token.type in ("softbreak", "hardbreak"):
            texts.append("\n")
        elif token.type == "formula":
            texts.append(escape(str(WithMath.of(f"$`{token.content}`$"))))
    return Markup("".join(texts).strip())


def _link(reader: _Reader, line: Token, children: list[Token], at: int) -> str:
    """Resolves one link; returns a glossary panel or nothing."""
    token = children[at]
    href = str(token.attrs.get("href", ""))
    if href.startswith("term:"):
        return _term(reader, line, children, at, href[5:])
    if href.startswith("page:"):
        name = href[5:]
        if name not in reader.context.pages:
            reader.say(
                "dangling-link",
                line,
                Message("there is no page {0}", Quoted(name)),
                nearest(name, reader.context.pages),
                find=f"page:{name}",
            )
        token.attrs["href"] = f"#{name}"
        return ""
    scheme = urlsplit(href).scheme
    if scheme not in LINK_SCHEMES:
        reader.say(
            "bad-link",
            line,
            Message("the link leads nowhere: {0}", Quoted(href)),
            "Write page:ID for a page, term:ID for the glossary, or a whole web address; "
            "use a download block for a file.",
            find=href,
        )
    elif scheme in ("http", "https"):
        # A link that opens in the LMS's frame would replace the course.
        token.attrs.update({"target": "_blank", "rel": "noopener noreferrer"})
        close = next(i for i in range(at, len(children)) if children[i].type == "link_close")
        reader.links.append(Link(Markup(escapeHtml(href)), _link_text(children[at + 1 : close])))
        words = html.escape(reader.context.words.new_window)
        children.insert(close, _html_token(f'<span class="sr"> {words}</span>'))
    elif scheme == "tel":
        token.attrs["class"] = "num"
    return ""


def _with_math(reader: _Reader, token: Token, text: str) -> str:
    """A text with its formulas as MathML. Their problems are reported."""
    if "$`" not in text:
        return text
    from coursepack.course.blocks.formula import WithMath, problems_in

    for message in problems_in(text):
        reader.say("bad-math", token, message, find="$`")
    return WithMath.of(text)


def _inline(reader: _Reader, line: Token) -> str:
    """Checks and resolves the inline elements of a paragraph; returns the glossary panels that it needs."""
    children = line.children or []
    if len(children) == 1 and children[0].type == "text" and "[" not in line.content:
        return ""
    panels = ""
    for at, child in enumerate(list(children)):
        if child.type == "html_inline":
            reader.foreign_html = True
            child.content = _clean_html(reader, line, child.content)
        elif child.type == "image":
            reader.say(
                "inline-image",
                line,
                "a picture is inside a line of text",
                "Put it in a separate paragraph, or use an image block.",
                find="![",
            )
        elif child.type == "formula":
            shown = _with_math(reader, line, f"$`{child.content}`$")
            child.type, child.content = "html_inline", escape(shown)
        elif child.type == "text" and (note := _FOOTNOTE.search(child.content)):
            # The parser leaves a reference unchanged when there is no footnote for it.
            reader.say(
                "dangling-footnote",
                line,
                Message("there is no footnote {0}", Quoted(note.group(1))),
                Message("Write it further down, on a line of its own: {0}: the note.", note.group()),
                find=note.group(),
            )
        elif child.type == "link_open":
            here = next(i for i, c in enumerate(children) if c is child) if len(children) > at else at
            panels += _link(reader, line, children, here)
    return panels


def _quotation(tokens: list[Token], close: int) -> None:
    """Turns a last paragraph that begins with a dash into the quotation's source."""
    if close < 3 or tokens[close - 1].type != "paragraph_close" or tokens[close - 3].type != "paragraph_open":
        return
    line = tokens[close - 2]
    first = line.children[0] if line.children else None
    if first is not None and first.type == "text" and first.content.startswith("— "):
        first.content = first.content[2:]
        tokens[close - 3].tag = tokens[close - 1].tag = "footer"


def _hyphenate(reader: _Reader, heading: Token) -> None:
    for child in heading.children or []:
        if child.type == "text":
            child.type, child.content = "html_inline", hyphenated(child.content, reader.context.language)


# The page's policy blocks styles, which would also ignore the direction of the text.
_ALIGNED = {"text-align:right": "end", "text-align:center": "center"}


def _cell(start: Token, line: Token, end: Token) -> None:
    """Sets the scope of a header cell, and the alignment of its text."""
    side = _ALIGNED.get(str(start.attrs.pop("style", "")))
    if side:
        start.attrs["class"] = side
    if start.type == "th_open" and line.content:
        start.attrs["scope"] = "col"
    elif start.type == "th_open":
        # The corner above the row headers is not a header.
        start.tag = end.tag = "td"


_PLAIN = {
    f"{name}_{end}"
    for name in ("paragraph", "heading", "list_item", "bullet_list", "ordered_list")
    for end in ("open", "close")
}
"""Tokens that need no change: most of a page."""


def _begins_block(token: Token) -> bool:
    if token.type != "fence" or not token.info.strip():
        return token.type == "container_block_open"
    from coursepack.course.blocks import DATA_BLOCKS

    return token.info.strip() in DATA_BLOCKS


def _prepare(reader: _Reader, tokens: list[Token], base: int) -> list[Token]:
    """Resolves links and terms, checks headings and HTML, and adds markup."""
    prepared: list[Token] = []
    panels = ""
    for at, token in enumerate(tokens):
        kind = token.type
        if kind in _PLAIN and not panels:
            prepared.append(token)
            continue
        if kind == "inline":
            panels += _inline(reader, token)
            if at and tokens[at - 1].type == "heading_open":
                _hyphenate(reader, token)
        elif kind == "html_block":
            reader.foreign_html = True
            token.content = _clean_html(reader, token, token.content)
        elif _begins_block(token):
            reader.say(
                "nested-block",
                token,
                "a block is inside a list, a quotation or a transcript",
                "Begin it at the start of a line, between two paragraphs of a page.",
            )
        elif kind == "table_open":
            caption = token.meta.get("caption", "")
            label = html.escape(caption or reader.context.words.table)
            # Not a region: several tables of a page would be landmarks of one name.
            prepared.append(
                _html_token(f'<div class="scroll" role="group" tabindex="0" aria-label="{label}">')
            )
            if caption:
                prepared += token, _html_token(f"<caption>{escape(caption)}</caption>\n")
                continue
        elif kind in ("th_open", "td_open"):
            _cell(token, tokens[at + 1], tokens[at + 2])
        elif kind == "blockquote_open":
            token.attrs["class"] = "quote block"
        elif kind == "list_item_close" and panels:
            # A list can be longer than the screen, so a panel at its end would be far from its term.
            prepared.append(_html_token(panels))
            panels = ""
        prepared.append(token)
        if kind == "table_close":
            prepared.append(_html_token("</div>\n"))
        elif kind == "blockquote_close":
            _quotation(prepared, len(prepared) - 1)
        if panels and token.level == base and token.nesting != 1 and kind != "inline":
            prepared.append(_html_token(panels))
            panels = ""
    return prepared


def _render(reader: _Reader, tokens: list[Token], base: int = 0) -> Html:
    return _markup(reader, _prepare(reader, tokens, base))


def _markup(reader: _Reader, prepared: list[Token]) -> Html:
    """The HTML of tokens, with the links that were collected while preparing them."""
    links, reader.links = reader.links, []
    if reader.context.mark is not None:
        prepared = [_with_marks(reader, token) for token in prepared]
    text = str(PARSER.renderer.render(prepared, PARSER.options, reader.env))
    if reader.foreign_html:
        import nh3

        from coursepack.course.blocks.formula import SHOWN
        from coursepack.reading.html_fragment import OWN_ATTRIBUTES, OWN_TAGS

        # Closes tags that an author left open.
        text = nh3.clean(
            text,
            tags=OWN_TAGS | SHOWN.keys(),
            attributes=OWN_ATTRIBUTES | SHOWN,
            url_schemes=set(LINK_SCHEMES),
            link_rel=None,
        )
    return Html.of(text, links)


def _with_marks(reader: _Reader, token: Token) -> Token:
    """A token of a preview with marks around its text."""
    if token.type == "fence":
        return token.copy(content=reader.marked(token, token.content))
    if token.type != "inline" or not token.content or reader.context.mark is None:
        return token
    before, after = (
        Token("text", "", 0, content=sign) for sign in reader.context.mark(reader.file, token, token.content)
    )
    return token.copy(children=[before, *(token.children or []), after])


def _headings(reader: _Reader, tokens: Sequence[Token]) -> None:
    """Headings begin at level two, since the page's title is level one, and no level is skipped.

    Headings that divide a block become one level below the heading before the block, whatever their level.
    """
    section = above = 1
    shift, is_first, is_headed, is_skipped = 0, False, False, False
    for token in tokens:
        if token.type in ("container_block_open", "container_block_close"):
            is_headed = token.nesting == 1 and token.info.strip().partition(" ")[0] in _HEADED
            # Those that remain headings on the page count as its headings.
            shift, is_first, is_skipped = 0, is_headed, token.nesting == 1 and not is_headed
        if token.type not in ("heading_open", "heading_close"):
            continue
        level = int(token.tag[1])
        if token.type == "heading_close":
            token.tag = f"h{min(level + shift, 6)}"
            continue
        if is_skipped and level > 1:
            continue
        if level == 1:
            reader.say(
                "top-heading",
                token,
                "the page has a heading of level 1: that is its title, in course.yaml",
                "Begin with ##.",
            )
        elif is_first:
            shift = section + 1 - level
            above = section
        if level > 1 and level + shift > above + 1:
            reader.say(
                "heading-jump",
                token,
                Message("the heading jumps from level {0} to level {1}", above - shift, level),
                Message("Write {0}.", "#" * (above + 1 - shift)),
            )
        is_first = False
        token.tag = f"h{min(level + shift, 6)}"
        above = max(level + shift, 2)
        section = section if is_headed else above


def _sections(reader: _Reader, name: str, title: str, start: Token, inner: list[Token]) -> None:
    """A block that headings of one level divide; deeper headings are part of the sections."""
    from coursepack.course.blocks.sections import Sections
    from coursepack.course.blocks.tabs import MOST_TABS, Tabs

    items: list[tuple[Html, Html]] = []
    first = inner[0] if inner else start
    if first.type != "heading_open":
        reader.say(
            "text-before-heading",
            first,
            Message("the block {0} does not begin with a heading", Quoted(name)),
            "Each heading begins a part of the block: write one first.",
        )
        return
    level = int(first.tag[1])
    opens: list[int] = []
    for at, token in enumerate(inner):
        if token.type != "heading_open" or token.level != 1:
            continue
        deeper = int(token.tag[1]) - level
        if deeper < 0 or (deeper and name == "accordion"):
            reader.say(
                "heading-jump",
                token,
                Message("the headings of the block {0} are of different levels", Quoted(name)),
                "Use one level.",
            )
        if deeper <= 0 or name == "accordion":
            opens.append(at)
    for here, following in zip(opens, [*opens[1:], len(inner)], strict=True):
        line, body = inner[here + 1], inner[here + 3 : following]
        if not body:
            reader.say("empty-section", inner[here], "there is nothing under the heading")
        if name == "tabs" and any(child.type == "link_open" for child in line.children or []):
            reader.say(
                "link-in-label",
                line,
                "a link is in the name of a tab",
                "The whole name opens the tab. Write the link in the text below.",
                find="[",
            )
        _, heading, _, *panels = _prepare(reader, inner[here : here + 3], 1)
        title_html = _markup(reader, [heading])
        items.append((title_html, _markup(reader, [*panels, *_prepare(reader, body, 1)])))
    if name != "tabs":
        reader.blocks.append(Sections(name, tuple(items), level))
        return
    if not 1 < len(items) <= MOST_TABS:
        reader.say(
            "number-of-tabs",
            start,
            Message("the number of tabs is {0}; it can be two to {1}", len(items), MOST_TABS),
            "Use an accordion, or a page for each.",
        )
    number = sum(isinstance(block, Tabs) for block in reader.blocks) + 1
    reader.blocks.append(Tabs(name, tuple(items), level, f"t-{reader.page}-{number}", title))


def _table(reader: _Reader, title: str, start: Token, inner: list[Token]) -> None:
    from coursepack.course.blocks.table import Table

    if not title:
        reader.say(
            "missing-caption",
            start,
            "the table has no caption",
            "Write what it shows after the word table.",
        )
    kinds = [token.type for token in inner]
    if kinds[:1] != ["table_open"] or kinds.index("table_close") != len(kinds) - 1:
        reader.say(
            "wrong-content",
            inner[0] if inner else start,
            "the block 'table' must hold one table and nothing else",
            "Write other text before or after the block.",
        )
        return
    inner[0].meta["caption"] = title
    for at, token in enumerate(inner):
        if token.type == "td_open" and inner[at - 1].type == "tr_open":
            token.tag = inner[at + 2].tag = "th"
            token.attrs["scope"] = "row"
    reader.blocks.append(Table(_render(reader, inner, 1)))


def _code(reader: _Reader, title: str, start: Token, inner: list[Token]) -> None:
    from coursepack.course.blocks.code import Code

    if [token.type for token in inner] != ["fence"] or not inner[0].content.strip():
        reader.say(
            "wrong-content",
            inner[0] if inner else start,
            "the block 'code' must hold one run of code and nothing else",
            "Write the code between two lines that are ```, and other text before or after the block.",
        )
        return
    text = reader.marked(inner[0], inner[0].content.rstrip("\n"))
    reader.blocks.append(Code(title or inner[0].info.strip(), text))


_ITEM = ("list_item_open", "paragraph_open", "inline", "paragraph_close", "list_item_close")


def _checklist(reader: _Reader, title: str, start: Token, inner: list[Token]) -> None:
    from coursepack.course.blocks.checklist import Checklist

    kinds = tuple(token.type for token in inner)
    lines = inner[3::5]
    if kinds != ("bullet_list_open", *_ITEM * len(lines), "bullet_list_close"):
        reader.say(
            "wrong-content",
            inner[0] if inner else start,
            "the block 'checklist' must hold one list of single paragraphs and nothing else",
            "Begin each item with - and a space. Write other text before or after the block.",
        )
        return
    for line in lines:
        if any(child.type == "link_open" for child in line.children or []):
            reader.say(
                "link-in-label",
                line,
                "a link is in an item of a checklist",
                "The whole item ticks it. Write the link before or after the block.",
                find="[",
            )
    items = tuple(_markup(reader, _prepare(reader, [line], 0)) for line in lines)
    reader.blocks.append(Checklist(title, items))


_SWALLOWED = re.compile(r"^(?:```+[a-z]|:::)", re.MULTILINE)
"""The beginning of another block, which cannot be nested: the block above was not closed."""


def _like_block(name: str) -> Message:
    """A hint: the block that the author probably means."""
    from coursepack.course.blocks import CONTAINERS, DATA_BLOCKS

    found = meant_name(name, (*DATA_BLOCKS, *CONTAINERS))
    if found is None:
        return Message("Known: {0}.", ", ".join(sorted((*DATA_BLOCKS, *CONTAINERS))))
    return Message("Did you mean {0}?", Message("::: {0}" if found in CONTAINERS else "```{0}", found))


def _fences(reader: _Reader, tokens: list[Token]) -> None:
    """Reports code that is never closed and therefore includes the rest of the page."""
    for token in tokens:
        if token.type != "fence" or token.info.strip() or token.map is None:
            continue
        start, last = token.map[0], token.map[1] - 1
        is_closed = start < last and reader.lines[last].strip().startswith(("```", "~~~"))
        if not is_closed or (token.markup == "```" and _SWALLOWED.search(token.content)):
            reader.say(
                "unclosed-code",
                token,
                "code begins here and is never closed, so that the rest of the page is part of it",
                "End it with a line that is ```, or delete this line.",
            )


_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?:[ \t]*[\w-]+:.*\n|[ \t]+.*\n|[ \t]*-.*\n|\s*\n)+?---[ \t]*(?:\n|$)"
)


def _front_matter(reader: _Reader, text: str) -> str:
    """Reports front matter and removes it, but keeps empty lines so that places stay the same."""
    found = _FRONT_MATTER.match(text)
    if not found:
        return text
    count = found[0].rstrip("\n").count("\n") + 1
    reader.problems.append(
        course_problem(
            "page/front-matter",
            "the page begins with front matter, which learners would read",
            Location(reader.file, 1, 1),
            Message("Delete lines 1 to {0}. Title, minutes and the like are in course.yaml.", count),
        )
    )
    return "\n" * count + text[found.end() :]


def _container(reader: _Reader, start: Token, inner: list[Token]) -> None:
    from coursepack.course.blocks import CONTAINERS, DATA_BLOCKS
    from coursepack.course.blocks.callout import Callout

    name, _, title = start.info.strip().partition(" ")
    line = reader.lines[start.map[1]] if start.map and start.map[1] < len(reader.lines) else ""
    is_closed = line.lstrip().startswith(":::")
    if not name:
        reader.say("unopened-block", start, "::: closes a block here, and none is open", "Delete the line.")
        return
    if not is_closed:
        reader.say(
            "unclosed-block",
            start,
            Message("the block {0} is never closed", Quoted(name)),
            "End it with a line that is :::",
        )
    if name not in CONTAINERS:
        hint = _like_block(name)
        if name in DATA_BLOCKS:
            hint = Message("Write it as fenced code: ```{0}", name)
        reader.say(
            "unknown-block", start, Message("there is no block {0}", Quoted(name)), hint, find=name or ":::"
        )
        return
    if not is_closed:
        return
    title = reader.unmarked(start, title.strip())
    if name == "code":
        _code(reader, _with_math(reader, start, reader.marked(start, title)), start, inner)
        return
    nested = next((token for token in inner if _begins_block(token)), None)
    # A line of ::: closes the outer block, so a nested block means that the outer one was not closed.
    if nested is not None and nested.type == "container_block_open" and nested.markup == start.markup:
        reader.say(
            "unclosed-block",
            start,
            Message(
                "the block {0} is not closed before the next one, on line {1}",
                Quoted(name),
                reader.place(nested).line or 1,
            ),
            "End it with a line that is :::",
        )
        return
    if nested is not None:
        reader.say(
            "nested-block", nested, "a block is inside another block", "Close the outer block before it."
        )
        return
    if title and name in ("key", "accordion", "steps", "cards", "timeline"):
        reader.say(
            "unused-title",
            start,
            Message("the block {0} does not support a title: {1}", Quoted(name), Quoted(title)),
            "Write it as a sentence or a heading above the block, or leave it out.",
            find=title,
        )
    title = _with_math(reader, start, reader.marked(start, title))
    if name in _DIVIDED:
        _sections(reader, name, title, start, inner)
        return
    if name in ("table", "checklist"):
        (_table if name == "table" else _checklist)(reader, title, start, inner)
        return
    if not inner:
        reader.say("empty-block", start, Message("the block {0} has no text", Quoted(name)))
        return
    if name == "key" and any(isinstance(b, Callout) and b.kind == "key" for b in reader.blocks):
        reader.say("second-key", start, "the page has a second key sentence")
    reader.blocks.append(Callout(name, title, _render(reader, inner, 1)))


def _data(reader: _Reader, token: Token) -> None:
    from coursepack.course.blocks import CONTAINERS, DATA_BLOCKS
    from coursepack.reading.yaml_validation import read_yaml, validate

    name = token.info.strip()
    assert token.map is not None
    if name not in DATA_BLOCKS:
        hint = _like_block(name)
        if name in CONTAINERS:
            hint = Message("Write it as a container: ::: {0}", name)
        reader.say("unknown-block", token, Message("there is no block {0}", Quoted(name)), hint, find=name)
        return
    start, last = token.map[0], token.map[1] - 1
    # An unclosed fence ends with the page, and can be its last line.
    closed = start < last < len(reader.lines) and reader.lines[last].strip().startswith(("```", "~~~"))
    if not closed or _SWALLOWED.search(token.content):
        reader.say(
            "unclosed-block",
            token,
            Message("the block {0} is never closed", Quoted(name)),
            "End it with a line that is ```",
        )
        return
    first_line = start + (2 if token.content else 1)
    source, problems = read_yaml(token.content, reader.file, first_line)
    reader.problems.extend(problems)
    if source is None:
        return
    reader.marks += take_marks(source, token.content, reader.page)
    block, problems = validate(DATA_BLOCKS[name], source, "page")
    reader.problems.extend(problems)
    if block is not None and not problems:
        reader.blocks.append(block)
        reader.placed.append(Placed(block, reader.place(token), source))


def _picture(reader: _Reader, line: Token) -> None:
    """A paragraph that is one picture becomes an image block."""
    from coursepack.course.blocks.image import Image

    picture = (line.children or [])[0]
    # The parser encodes å and spaces in an address as %C3%A5 and %20; a file name is as the author wrote it.
    alt, src = picture.content.strip(), unquote(str(picture.attrs.get("src", "")))
    if not alt:
        reader.say(
            "missing-alt",
            line,
            "the picture has no alternative text",
            "Write it between the brackets, or use an image block with decorative: true.",
            find="![",
        )
        return
    if not src.strip() or control_character(src):
        reader.say("bad-link", line, Message("the picture's file has no name: {0}", Quoted(src)), find="![")
        return
    title = str(picture.attrs.get("title") or "").strip()
    before = len(reader.problems)
    for text in (alt, title):
        _with_math(reader, line, text)
    if len(reader.problems) > before:
        return
    alt, title = reader.marked(line, alt), reader.marked(line, title)
    block = Image(src=src, alt=alt, caption=title or None)
    reader.blocks.append(block)
    reader.placed.append(Placed(block, reader.place(line, "![")))


def _unfit(text: str, file: str) -> list[Problem]:
    """The reasons not to parse a text: it has a control character, or far too many brackets."""
    brackets = text.count("[")
    if brackets > BRACKET_LIMIT:
        message = Message("has {0} brackets; at most {1} can be read", Count(brackets), Count(BRACKET_LIMIT))
        return [course_problem("page/too-many-brackets", message, Location(file), "Divide the page.")]
    found = control_character(text)
    if not found:
        return []
    line = text.count("\n", 0, found.start())
    column = found.start() - (text.rfind("\n", 0, found.start()) + 1)
    where = Location(file, line + 1, column + 1)
    message = Message("has a control character (U+{0})", f"{ord(found.group()):04X}")
    return [course_problem("page/control-character", message, where, "Delete it.")]


def _runs(tokens: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    """Splits a page into runs of `prose` and separate blocks."""
    prose: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        kind, end = "prose", at + 1
        if token.level:
            pass
        elif token.type == "container_block_open":
            kind = "container"
            while tokens[end].type != "container_block_close" or tokens[end].level:
                end += 1
            end += 1
        elif token.type == "fence" and token.info.strip():
            kind = "data"
        elif token.type == "paragraph_open":
            children = tokens[at + 1].children or []
            if len(children) == 1 and children[0].type == "image":
                kind, end = "picture", at + 3
        if kind == "prose":
            prose.append(token)
        else:
            if prose:
                yield "prose", prose
                prose = []
            yield kind, tokens[at:end]
        at = end
    if prose:
        yield "prose", prose


def _parse(reader: _Reader, text: str) -> list[Token]:
    reader.env.update(docId=reader.page, words=reader.context.words)
    tokens = PARSER.parse(text, reader.env)
    if SCHEME in text:
        _take_facts(reader, tokens)
    _headings(reader, tokens)
    _fences(reader, tokens)
    if tokens and tokens[0].type == "paragraph_open":
        tokens[0].attrs["class"] = "lead"
    return tokens


def read_page(text: str, file: str, page: str, context: PageContext) -> PageText:
    """What a page's Markdown says."""
    from coursepack.course.blocks.prose import Prose

    unfit = _unfit(text, file)
    if unfit:
        return PageText((), [], [], unfit)
    reader = _Reader(file, page, text.split("\n"), context)
    for kind, run in _runs(_parse(reader, _front_matter(reader, text))):
        if kind == "prose":
            reader.blocks.append(Prose(_render(reader, run)))
        elif kind == "container":
            _container(reader, run[0], run[1:-1])
        elif kind == "data":
            _data(reader, run[0])
        else:
            _picture(reader, run[1])
    return PageText(tuple(reader.blocks), reader.placed, reader.marks, reader.problems)


def render_text(text: str, file: str, mark: MarkText | None = None) -> tuple[Html, list[Mark], list[Problem]]:
    """The HTML of Markdown that is only prose, such as a transcript, the marks of facts in it, and its problems.

    `mark` is as in PageContext.
    """
    unfit = _unfit(text, file)
    if unfit:
        return Html(), [], unfit
    words = Words("", "", "", "", "", "")
    reader = _Reader(file, "text", text.split("\n"), PageContext((), {}, words, mark=mark))
    reader.env.update(docId="text", words=words)
    tokens = PARSER.parse(text, reader.env)
    _take_facts(reader, tokens)
    return _render(reader, tokens), [mark._replace(page="") for mark in reader.marks], reader.problems
