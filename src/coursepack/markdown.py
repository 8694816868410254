"""Turns one page's Markdown into blocks, and every mistake into a problem at its line and column."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from coursepack.blocks import CONTAINERS, DATA_BLOCKS, Accordion, Block, Callout, Prose
from coursepack.blocks.image import Image
from coursepack.definition import Yaml, read_yaml, validate
from coursepack.problems import Location, Problem, Severity, nearest

_PARSER = (
    MarkdownIt("commonmark", {"html": True})
    .enable("table")
    .use(footnote_plugin, inline=False)
    .use(container_plugin, "block", validate=lambda *_: True)
)


def _footnotes_open(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return f'<section class="footnotes" aria-label="{html.escape(env["words"].footnotes)}">\n<ol>\n'


def _footnote_back(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    note = tokens[at].meta
    name = f"{env['docId']}-{note['id'] + 1}" + (f":{note['subId']}" if note["subId"] > 0 else "")
    return f' <a href="#fnref-{name}" aria-label="{html.escape(env["words"].back)}">↩\ufe0e</a>'


_PARSER.add_render_rule("footnote_block_open", _footnotes_open)
_PARSER.add_render_rule("footnote_anchor", _footnote_back)

LINK_SCHEMES = ("https", "http", "mailto", "tel")

# What authors may write as HTML; everything else is taken out and told.
_AUTHOR_TAGS = {
    "abbr",
    "span",
    "sub",
    "sup",
    "kbd",
    "br",
    "i",
    "b",
    "em",
    "strong",
    "bdi",
    "cite",
    "q",
    "small",
}
_AUTHOR_ATTRIBUTES = {"lang", "dir", "title"}
_LOADING_TAGS = {
    "script",
    "iframe",
    "object",
    "embed",
    "link",
    "style",
    "base",
    "meta",
    "form",
    "img",
    "video",
    "audio",
}
_OWN_TAGS = _AUTHOR_TAGS | set(
    "p h2 h3 h4 h5 h6 ul ol li a blockquote footer code pre hr section div button".split()
    + "table thead tbody tr th td".split()
)
_OWN_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "id", "lang", "dir", "title", "hidden"},
    "a": {"href", "target", "rel", "aria-label"},
    "button": {"type", "aria-expanded", "aria-controls", "data-term"},
    "div": {"tabindex", "role", "aria-label"},
    "ol": {"start"},
    "section": {"aria-label"},
    "th": {"scope", "style"},
    "td": {"style"},
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Words:
    """The few words that the renderer itself puts into prose."""

    show_explanation: str
    new_window: str
    glossary: str
    table: str
    footnotes: str
    back: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a page may refer to: ids of pages, glossary terms as id -> (term, text), and words."""

    pages: Collection[str]
    terms: Mapping[str, tuple[str, str]]
    words: Words


@dataclass(frozen=True, slots=True)
class Placed:
    """A data block and where it stands; `yaml` finds the place of each field."""

    block: Any
    location: Location
    yaml: Yaml | None = None


@dataclass(slots=True)
class _Reader:
    file: str
    page: str
    lines: list[str]
    around: Surroundings
    problems: list[Problem] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    env: dict[str, Any] = field(default_factory=dict)
    panels: int = 0
    foreign_html: bool = False

    def say(
        self,
        rule: str,
        token: Token,
        message: str,
        hint: str = "",
        *,
        find: str = "",
        severity: Severity = "error",
    ) -> None:
        """Tells a problem at `find` inside the token's lines, or at the token's first line."""
        self.problems.append(Problem(f"page/{rule}", severity, message, self.place(token, find), hint))

    def place(self, token: Token, find: str = "") -> Location:
        start, end = token.map or (0, 1)
        if find:
            for number in range(start, min(end, len(self.lines))):
                column = self.lines[number].find(find)
                if column >= 0:
                    return Location(self.file, number + 1, column + 1)
        return Location(self.file, start + 1, 1)


class _Tags(HTMLParser):
    """Lists the tags of an HTML fragment with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def _check_html(reader: _Reader, token: Token, text: str) -> None:
    for tag, attributes in _Tags(text).found:
        address = (
            attributes.get("src")
            or attributes.get("data")
            or (attributes.get("href") if tag == "link" else "")
        )
        handlers = [name for name in attributes if name.startswith("on")]
        if address and re.match(r"\s*(https?:)?//", address):
            reader.say(
                "remote-media",
                token,
                f"<{tag}> loads {address!r} from elsewhere",
                "A package loads nothing from elsewhere. Put the file into media/ and use a block for it.",
                find=f"<{tag}",
            )
        elif tag in _LOADING_TAGS or handlers:
            what = f"<{tag}>" + (f" with {handlers[0]}" if handlers else "")
            hint = (
                "Use an image, video or audio block."
                if tag in ("img", "video", "audio")
                else "Write it as Markdown."
            )
            reader.say("unsafe-html", token, f"{what} may not be used", hint, find=f"<{tag}")
        elif tag not in _AUTHOR_TAGS:
            reader.say(
                "removed-html",
                token,
                f"<{tag}> is taken out; its text stays",
                "Allowed: " + ", ".join(sorted(_AUTHOR_TAGS)) + ".",
                find=f"<{tag}",
                severity="warning",
            )
        else:
            for name in attributes:
                if name not in _AUTHOR_ATTRIBUTES:
                    reader.say(
                        "removed-html",
                        token,
                        f"the attribute {name!r} of <{tag}> is taken out",
                        "Allowed: " + ", ".join(sorted(_AUTHOR_ATTRIBUTES)) + ".",
                        find=f"<{tag}",
                        severity="warning",
                    )


def _html_token(text: str) -> Token:
    return Token("html_inline", "", 0, content=text)


def _term(reader: _Reader, line: Token, children: list[Token], at: int, name: str) -> str:
    """Makes the link at `at` a glossary button; returns the panel that it opens."""
    known = reader.around.terms.get(name)
    if known is None:
        reader.say(
            "dangling-term",
            line,
            f"the glossary has no term {name!r}",
            nearest(name, reader.around.terms),
            find=f"term:{name}",
        )
        return ""
    reader.panels += 1
    panel = f"g-{reader.page}-{reader.panels}"
    close = next(i for i in range(at, len(children)) if children[i].type == "link_close")
    words = reader.around.words
    children[at] = _html_token(
        f'<button class="term" type="button" data-term="{name}" '
        f'aria-expanded="false" aria-controls="{panel}">'
    )
    children[close] = _html_token(f'<span class="sr">{html.escape(words.show_explanation)}</span></button>')
    term, text = known
    return (
        f'<span class="gloss" id="{panel}" hidden><b>{html.escape(term)}</b> {html.escape(text)} '
        f'<a href="#ordlista">{html.escape(words.glossary)}</a></span>\n'
    )


def _link(reader: _Reader, line: Token, children: list[Token], at: int) -> str:
    """Resolves one link; returns a glossary panel or nothing."""
    token = children[at]
    href = str(token.attrs.get("href", ""))
    if href.startswith("term:"):
        return _term(reader, line, children, at, href[5:])
    if href.startswith("page:"):
        name = href[5:]
        if name not in reader.around.pages:
            reader.say(
                "dangling-link",
                line,
                f"there is no page {name!r}",
                nearest(name, reader.around.pages),
                find=f"page:{name}",
            )
        token.attrs["href"] = f"#{name}"
        return ""
    scheme = urlsplit(href).scheme
    if scheme not in LINK_SCHEMES:
        reader.say(
            "bad-link",
            line,
            f"the link leads nowhere: {href!r}",
            "Write page:ID for a page, term:ID for the glossary, or a whole web address; "
            "use a download block for a file.",
            find=href,
        )
    elif scheme in ("http", "https"):
        # A link that opened inside the LMS's frame would put the course away.
        token.attrs.update({"target": "_blank", "rel": "noopener noreferrer"})
        close = next(i for i in range(at, len(children)) if children[i].type == "link_close")
        words = html.escape(reader.around.words.new_window)
        children.insert(close, _html_token(f'<span class="sr"> {words}</span>'))
    elif scheme == "tel":
        token.attrs["class"] = "num"
    return ""


def _inline(reader: _Reader, line: Token) -> str:
    """Checks and resolves what stands inside one line of prose; returns the glossary panels it needs."""
    children = line.children or []
    panels = ""
    for at, child in enumerate(list(children)):
        if child.type == "html_inline":
            reader.foreign_html = True
            _check_html(reader, line, child.content)
        elif child.type == "image":
            reader.say(
                "inline-image",
                line,
                "a picture stands inside a line of text",
                "Put it in a paragraph of its own, or use an image block.",
                find="![",
            )
        elif child.type == "link_open":
            here = next(i for i, c in enumerate(children) if c is child) if len(children) > at else at
            panels += _link(reader, line, children, here)
    return panels


def _quotation(tokens: list[Token], close: int) -> None:
    """Makes a last paragraph that begins with a dash the quotation's source."""
    if close < 3 or tokens[close - 1].type != "paragraph_close" or tokens[close - 3].type != "paragraph_open":
        return
    line = tokens[close - 2]
    first = line.children[0] if line.children else None
    if first is not None and first.type == "text" and first.content.startswith("— "):
        first.content = first.content[2:]
        tokens[close - 3].tag = tokens[close - 1].tag = "footer"


def _prepare(reader: _Reader, tokens: list[Token], base: int) -> list[Token]:
    """Resolves links and terms, checks headings and HTML, and adds what our markup needs."""
    prepared: list[Token] = []
    panels = ""
    for token in tokens:
        kind = token.type
        if kind == "inline":
            panels += _inline(reader, token)
        elif kind == "html_block":
            reader.foreign_html = True
            _check_html(reader, token, token.content)
        elif kind == "table_open":
            label = html.escape(reader.around.words.table)
            prepared.append(
                _html_token(f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">')
            )
        elif kind == "th_open":
            token.attrs["scope"] = "col"
        elif kind == "blockquote_open":
            token.attrs["class"] = "quote block"
        prepared.append(token)
        if kind == "table_close":
            prepared.append(_html_token("</div>\n"))
        elif kind == "blockquote_close":
            _quotation(prepared, len(prepared) - 1)
        if panels and token.level == base and token.nesting != 1 and kind != "inline":
            prepared.append(_html_token(panels))
            panels = ""
    return prepared


def _render(reader: _Reader, tokens: list[Token], base: int = 0) -> str:
    text = str(_PARSER.renderer.render(_prepare(reader, tokens, base), _PARSER.options, reader.env))
    if reader.foreign_html:
        text = nh3.clean(
            text, tags=_OWN_TAGS, attributes=_OWN_ATTRIBUTES, url_schemes=set(LINK_SCHEMES), link_rel=None
        )
    return text


def _headings(reader: _Reader, tokens: Sequence[Token]) -> None:
    """Headings begin at level two, since the page's title is level one, and go down one step at a time."""
    above, inside = 1, False
    for token in tokens:
        if token.type.startswith("container_block"):
            inside = token.nesting == 1
        if token.type != "heading_open" or inside:
            continue
        level = int(token.tag[1])
        if level == 1:
            reader.say(
                "top-heading",
                token,
                "a page has no heading of level 1: its title stands in course.yaml",
                "Begin with ##.",
            )
        elif level > above + 1:
            reader.say(
                "heading-jump",
                token,
                f"the heading jumps from level {above} to level {level}",
                f"Write {'#' * (above + 1)}.",
            )
        above = max(level, 2)


def _accordion(reader: _Reader, start: Token, inner: list[Token]) -> None:
    items: list[tuple[str, str]] = []
    opens = [i for i, token in enumerate(inner) if token.type == "heading_open" and token.level == 1]
    if not opens or opens[0] != 0:
        at = inner[0] if inner else start
        reader.say("text-outside-fold", at, "an accordion begins with a heading; each heading starts a fold")
        return
    for here, following in zip(opens, [*opens[1:], len(inner)], strict=True):
        level = inner[here].tag
        if level != inner[opens[0]].tag:
            reader.say(
                "heading-jump",
                inner[here],
                "the folds of an accordion have headings of one level",
                "Use one level.",
            )
        body = inner[here + 3 : following]
        if not body:
            reader.say("empty-fold", inner[here], "the fold has no text")
        title = str(
            _PARSER.renderer.render(
                _prepare(reader, inner[here + 1 : here + 2], 9), _PARSER.options, reader.env
            )
        )
        items.append((title, _render(reader, body, 1)))
    reader.blocks.append(Accordion(tuple(items)))


def _container(reader: _Reader, start: Token, inner: list[Token]) -> None:
    name, _, title = start.info.strip().partition(" ")
    line = reader.lines[start.map[1]] if start.map and start.map[1] < len(reader.lines) else ""
    if not line.lstrip().startswith(":::"):
        reader.say(
            "unclosed-block", start, f"the block {name!r} is never closed", "End it with a line that is :::"
        )
    if name not in CONTAINERS:
        hint = nearest(name, (*CONTAINERS, *DATA_BLOCKS))
        if name in DATA_BLOCKS:
            hint = f"Write it as fenced code: ```{name}"
        reader.say("unknown-block", start, f"there is no block {name!r}", hint, find=name or ":::")
        return
    if any(token.type == "container_block_open" for token in inner):
        nested = next(token for token in inner if token.type == "container_block_open")
        reader.say(
            "nested-block", nested, "a block stands inside another block", "Close the first one before."
        )
        return
    for token in inner:
        if token.type == "fence" and token.info.strip() in DATA_BLOCKS:
            reader.say(
                "nested-block", token, "a block stands inside another block", "Move it out of the container."
            )
            return
    if name == "accordion":
        _accordion(reader, start, inner)
        return
    if not inner:
        reader.say("empty-block", start, f"the block {name!r} has no text")
        return
    if name == "key" and title:
        reader.say(
            "title-of-key", start, "a key sentence has no title", "Write the sentence on the next line."
        )
    if name == "key" and any(isinstance(b, Callout) and b.kind == "key" for b in reader.blocks):
        reader.say("second-key", start, "a page has one key sentence at the most", severity="warning")
    reader.blocks.append(Callout(name, title.strip(), _render(reader, inner, 1)))


def _data(reader: _Reader, token: Token) -> None:
    name = token.info.strip()
    assert token.map is not None
    if name not in DATA_BLOCKS:
        hint = nearest(name, (*DATA_BLOCKS, *CONTAINERS))
        if name in CONTAINERS:
            hint = f"Write it as a container: ::: {name}"
        reader.say("unknown-block", token, f"there is no block {name!r}", hint, find=name)
        return
    if len(reader.lines) <= token.map[1] - 1 or not reader.lines[token.map[1] - 1].strip().startswith(
        ("```", "~~~")
    ):
        reader.say(
            "unclosed-block", token, f"the block {name!r} is never closed", "End it with a line that is ```"
        )
    source, problems = read_yaml(token.content, reader.file, token.map[0] + 2)
    reader.problems.extend(problems)
    if source is None:
        return
    block, problems = validate(DATA_BLOCKS[name], source, "page")
    reader.problems.extend(problems)
    if block is not None and not problems:
        reader.blocks.append(block)  # type: ignore[arg-type]
        reader.placed.append(Placed(block, reader.place(token), source))


def _picture(reader: _Reader, line: Token) -> None:
    """A paragraph that is one picture becomes an image block."""
    picture = (line.children or [])[0]
    alt, src = picture.content.strip(), str(picture.attrs.get("src", ""))
    if not alt:
        reader.say(
            "missing-alt",
            line,
            "the picture has no alternative text",
            "Write it between the brackets, or use an image block with decorative: true.",
            find="![",
        )
        return
    block = Image(
        src=src, alt=alt, caption=str(picture.attrs["title"]) if picture.attrs.get("title") else None
    )
    reader.blocks.append(block)
    reader.placed.append(Placed(block, reader.place(line, "![")))


def read_page(
    text: str, file: str, page: str, around: Surroundings
) -> tuple[tuple[Block, ...], list[Placed], list[Problem]]:
    """Blocks of a page's Markdown, the data blocks with their places, and what is wrong."""
    lines = text.split("\n")
    reader = _Reader(file, page, lines, around)
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start())
        column = control.start() - (text.rfind("\n", 0, control.start()) + 1)
        where = Location(file, line + 1, column + 1)
        message = f"has a control character (U+{ord(control.group()):04X})"
        return (), [], [Problem("page/control-character", "error", message, where, "Delete it.")]
    reader.env.update(docId=page, words=around.words)
    tokens = _PARSER.parse(text, reader.env)
    _headings(reader, tokens)
    if tokens and tokens[0].type == "paragraph_open":
        tokens[0].attrs["class"] = "lead"
    prose: list[Token] = []

    def flush() -> None:
        if prose:
            reader.blocks.append(Prose(_render(reader, prose)))
            prose.clear()

    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "container_block_open":
            flush()
            end = next(
                i
                for i in range(at, len(tokens))
                if tokens[i].type == "container_block_close" and tokens[i].level == 0
            )
            _container(reader, token, tokens[at + 1 : end])
            at = end + 1
        elif token.type == "fence" and token.info.strip():
            flush()
            _data(reader, token)
            at += 1
        elif (
            token.type == "paragraph_open"
            and len(tokens[at + 1].children or []) == 1
            and (tokens[at + 1].children or [])[0].type == "image"
        ):
            flush()
            _picture(reader, tokens[at + 1])
            at += 3
        else:
            prose.append(token)
            at += 1
    flush()
    return tuple(reader.blocks), reader.placed, reader.problems


def render_text(text: str, file: str) -> tuple[str, list[Problem]]:
    """HTML of Markdown that is prose only, such as a transcript, and what is wrong with it."""
    words = Words("", "", "", "", "", "")
    reader = _Reader(file, "text", text.split("\n"), Surroundings((), {}, words))
    reader.env.update(docId="text", words=words)
    return _render(reader, _PARSER.parse(text, reader.env)), reader.problems
