"""Reads pages, styles and scripts for the rules, within limits and without running them; locates faults."""

from __future__ import annotations

import posixpath
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import unquote

from coursepack.package import Package, UnreadableError
from coursepack.problems import Count, Location, Message
from coursepack.rules.ims import launch_files, path_of
from coursepack.rules.rule import Finding, several
from coursepack.rules.standards import standard_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# For all files: a check must not take longer than the build before it.
MOST_READ = 5 * 1024 * 1024
_MOST_FILES = 2_000

# libxml2 takes quadratic time for the attributes of one tag.
_MOST_IN_A_TAG = 100_000
_SEPARATOR = r"""[\s"'/]"""
_LONG_START = re.compile(rf"[^<]{{{_MOST_IN_A_TAG},}}")
_LONG_PART = re.compile(rf"<[^<]{{{_MOST_IN_A_TAG},}}")
# A tag whose end is the same for all parsers: it is followed by text or a script.
_SOUND_TAG = r"""</?[A-Za-z][\w:-]*+(?:\s++[A-Za-z_:][\w:.-]*+(?:="[^"<>]*+"|='[^'<>]*+')?+)*+\s*+/?>"""
# Tags of all pages, and addresses of all files: each takes much more memory than in its file.
_MOST_KEPT = 20_000

PAGE = (".html", ".htm", ".xhtml")
SCRIPT = (".js", ".mjs")
STYLE = (".css",)

REMOTE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_NO_FILE = re.compile(r"#|[A-Za-z][A-Za-z0-9+.-]+:|//")
# Addresses with placeholders that a script fills.
_TEMPLATE = re.compile(r"\{\{|\$\{|<%|\{%|\[\[|%%")

_FORWARD = r"""(?i)url\s*+=\s*+["']?+([^"'\s]++)"""
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CSS_ADDRESS = re.compile(
    r"""url\(\s*+(?:"([^"\n]*)"|'([^'\n]*)'|([^"'()\s]*))\s*+\)|@import\s++(?:"([^"\n]*)"|'([^'\n]*)')""",
    re.IGNORECASE,
)
_IMPORT = r"(?i)@import\s*+\Z"
# No '<' in a tag: a page of open tags alone would otherwise be read once for each of them.
_STYLE_ELEMENT = re.compile(r"<(?i:style)\b[^<>]*>((?:[^<]++|<(?!/(?i:style)))*+)")
_SCRIPT_ELEMENT = re.compile(r"<(?i:script)\b([^<>]*)>((?:[^<]++|<(?!/(?i:script)))*+)")
# A script element with a type that no browser runs contains data or a template.
DATA_TYPE = re.compile(
    r"""\btype\s*+=\s*+["']?+(?!["']|\s|module|(?:text|application)/(?:x-)?(?:java|ecma|j)script)""",
    re.IGNORECASE,
)
_DOCUMENT = r"(?i)<!doctype\s+html|<html\b"
_FONT = re.compile(
    r"\.(?:woff2?|ttf|otf|eot)\Z|\A(?:https?:)?//(?:fonts\.|use\.typekit\.net/)", re.IGNORECASE
)

# Elements that load what they refer to; links that learners follow do not.
_LOADING = {
    "src": None,
    "poster": ("video",),
    "data": ("object",),
    "background": ("body",),
    "href": ("link", "image", "use"),
    "{http://www.w3.org/1999/xlink}href": ("image", "use"),
    "xlink:href": ("image", "use"),
}
_WATCHED = frozenset({*_LOADING, "srcset", "style"})
_LOADING_RELATIONS = re.compile(
    r"\b(stylesheet|icon|preload|modulepreload|prefetch|manifest)\b", re.IGNORECASE
)
_KINDS = {
    "script": "script",
    "iframe": "frame",
    "frame": "frame",
    **dict.fromkeys(("img", "image", "video", "audio", "source", "track", "body", "input"), "medium"),
}
_KEPT = frozenset("img video audio iframe frame object embed applet input meta h1 h2 h3 h4 h5 h6".split())

_BARE = frozenset("p li ul ol span b strong em small dt dd dl div section td tr th".split())
"""Tags that no rule needs without attributes; they are most of a page."""

_DATA = "window.coursepackStatements="
"""How a script of our own begins that only holds data: words of the course are no code."""

_NO_HANDLERS = ("on", "one", "once", "only")

_PLACES = r"<!--.*?(?:-->|\Z)|<script\b.*?(?:</script|\Z)|<({})\b"

# How far back to search for the start of a comment; a script in one line has none.
_BEFORE = 200


class Tag(NamedTuple):
    """A start tag of a page. `inside` is for media: `source` for each source element, and the kinds of its tracks."""

    name: str
    attributes: dict[str, str]
    inside: list[str]

    def get(self, key: str) -> str:
        """An attribute without surrounding white space, or empty."""
        return self.attributes.get(key, "").strip()


class Code(NamedTuple):
    """JavaScript: a file, or the text of a page from `line`."""

    file: str
    line: int
    text: str

    def at(self, position: int) -> Location:
        """The location of a position in the text."""
        return Location(self.file, self.line + self.text.count("\n", 0, position))


class Address(NamedTuple):
    """An address that a file loads, its kind, and its line when that is known.

    `kind` is script, style, font, frame, medium, background (a picture in a style), link (an icon or something
    preloaded) or other. `path` is the path in the package that it refers to, or empty.
    """

    file: str
    line: int | None
    value: str
    kind: str
    path: str


class Content(NamedTuple):
    """The contents of a package that were read.

    `texts` has every file by name; `pages` the parsed documents; `starts` those that learners open first; `damaged`
    the files that could not be read, and why; `left_out` those beyond the limit. `complete` is false when anything is
    missing.
    """

    texts: dict[str, str]
    pages: dict[str, Page]
    starts: dict[str, Page]
    damaged: dict[str, str | Message]
    left_out: tuple[str, ...]
    complete: bool


class Page:
    """The tags of a page, collected while libxml2 parses it: the tree of a whole course is large."""

    def __init__(self, room: int) -> None:
        self.is_page = self.has_charset = False
        self.language = self.base = ""
        self.loaded: dict[str, str] = {}
        """Addresses, and the kind of each."""
        self.tags: list[Tag] = []
        """The tags that rules need, in order, at most `room`."""
        self.handlers = 0
        self._room = room

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Called for each start tag."""
        # Most tags of a page are bare, or show an icon that is part of it.
        is_icon = tag == "use" and len(attributes) == 1 and attributes.get("href", "").startswith("#")
        if is_icon or (tag in _BARE and not attributes):
            return
        if tag == "html":
            self.is_page = True
            self.language = attributes.get("lang", "").strip()
        elif tag == "base":
            self.base = self.base or attributes.get("href", "").strip()
        elif tag == "meta":
            content = attributes.get("content", "").lower()
            self.has_charset |= bool(attributes.get("charset")) or "charset=" in content
        elif not _WATCHED.isdisjoint(attributes):
            for value, kind in _loaded(tag, attributes):
                self.loaded.setdefault(value, kind)
        if tag in _KEPT and len(self.tags) < self._room:
            self.tags.append(Tag(tag, dict(attributes), []))
        elif tag in ("source", "track") and self.tags:
            kind = attributes.get("kind", "subtitles").lower()
            self.tags[-1].inside.append(kind if tag == "track" else tag)
        for key in attributes:
            if key.startswith("on") and key not in _NO_HANDLERS:
                self.handlers += 1

    def close(self) -> Page:
        """Called at the end; returns the page."""
        return self

    def named(self, *names: str) -> Iterator[Tag]:
        """The tags with these names, in order."""
        return (tag for tag in self.tags if tag.name in names)


def content(package: Package) -> Content:
    """Reads the start pages, then styles and scripts, then other pages, up to the limit; never media."""
    return package.cached(_read)


def addresses(package: Package) -> list[Address]:
    """The addresses that pages and styles load, each once per file."""
    return package.cached(_addresses)


def opened(package: Package) -> frozenset[str]:
    """The pages that are opened at the start: those that are launched, and those they forward to or show in frames."""
    return package.cached(_opened)


def codes(package: Package) -> list[Code]:
    """All scripts, including the script elements of pages."""
    return package.cached(_codes)


def summed(message: str | Message, places: Iterable[Location]) -> Iterator[Finding]:
    """One finding for a fault in several places: at the first, with the others listed."""
    first, *others = dict.fromkeys(places) or [None]
    if first is not None:
        also = several([str(place) for place in others])
        whole = message if isinstance(message, Message) else Message(message)
        yield Message("{0} Also in {1}.", whole, also) if others else whole, first


def found_in(codes: Iterable[Code], word: str, pattern: str) -> Iterator[Location]:
    """The first match of a pattern outside of comments, for each script.

    `word` is part of every match: a plain search for it saves most scripts the slow search, and most packages the
    compilation of the pattern.
    """
    for code in codes:
        if word in code.text:
            found = re.finditer(pattern, code.text)
            match = next((match for match in found if not in_comment(code.text, match.start())), None)
            if match:
                yield code.at(match.start())


def in_comment(text: str, position: int) -> bool:
    """True when the line of a position starts like a comment."""
    begin = text.rfind("\n", max(0, position - _BEFORE), position) + 1
    return text[begin or max(0, position - _BEFORE) : position].lstrip().startswith(("//", "*", "/*"))


def place(package: Package, address: Address) -> Location:
    """The location of an address. In a page, it is only searched for here, since few addresses are reported."""
    if address.line is not None:
        return Location(address.file, address.line)
    text = content(package).texts[address.file]
    written = re.escape(address.value).replace(r"\&", "&(?:amp;)?")
    at = re.search(rf"""[=("',]\s*{written}""", text)
    return Location(address.file, line_of(text, at.end()) if at else 1)


def tag_place(package: Package, file: str, tag: Tag) -> Location:
    """The location of a tag in a page, found by counting: the parser does not know it, and few are reported."""
    read = content(package)
    text = read.texts[file]
    number = next(i for i, other in enumerate(read.pages[file].named(tag.name)) if other is tag)
    pattern = re.compile(_PLACES.format(tag.name), re.DOTALL | re.IGNORECASE)
    found = (match for match in pattern.finditer(text) if match[1])
    match = next(islice(found, number, None), None)
    return Location(file, line_of(text, match.start()) if match else None)


def line_of(text: str, position: int) -> int:
    """The line number of a position, from 1."""
    return text.count("\n", 0, position) + 1


def launch_files_of(package: Package) -> tuple[str, ...]:
    """The files that learners open first, by the package's standard."""
    return package.cached(_launch_files)


def _launch_files(package: Package) -> tuple[str, ...]:
    standard = package.cached(standard_of)
    return standard.launch_files(package) if standard else launch_files(package)


def _read(package: Package) -> Content:
    starts = [name for name in launch_files_of(package) if name.lower().endswith(PAGE)]
    programs = sorted(name for name in package.files if name.lower().endswith(SCRIPT + STYLE))
    others = sorted(name for name in package.files if name.lower().endswith(PAGE))
    texts: dict[str, str] = {}
    raws: dict[str, bytes] = {}
    damaged: dict[str, str | Message] = {}
    left_out: list[str] = []
    left = MOST_READ
    for number, name in enumerate(dict.fromkeys((*starts, *programs, *others))):
        if package.files[name].size > left or number >= _MOST_FILES:
            left_out.append(name)
            continue
        left -= package.files[name].size
        try:
            raw = package.read(name, MOST_READ)
            texts[name] = raw.decode("utf-8", "replace")
        except UnreadableError as error:
            damaged[name] = error.fault.message
            continue
        if name in starts or (
            name.lower().endswith(PAGE) and re.search(_DOCUMENT, texts[name][:_MOST_IN_A_TAG])
        ):
            # Invalid UTF-8 would make libxml2 guess another encoding for the whole page.
            raws[name] = texts[name].encode() if "\ufffd" in texts[name] else raw
    for name in list(raws):
        if _has_endless_tag(texts[name]):
            del texts[name], raws[name]
            damaged[name] = Message(
                "It has a tag with more than {0} spaces, quotes and slashes.", Count(_MOST_IN_A_TAG)
            )
    pages: dict[str, Page] = {}
    room = _MOST_KEPT
    for name in list(raws):
        page = _parse_page(raws.pop(name), room)
        if page is not None:
            pages[name] = page
            room -= len(page.tags)
    first = {name: pages[name] for name in starts if name in pages}
    return Content(texts, pages, first, damaged, tuple(left_out), not (damaged or left_out))


def _has_endless_tag(text: str) -> bool:
    parts = (match[0] for match in (_LONG_START.match(text), *_LONG_PART.finditer(text)) if match)
    tags = (sound[0] if (sound := re.match(_SOUND_TAG, part)) else part for part in parts)
    return any(len(re.findall(_SEPARATOR, tag)) > _MOST_IN_A_TAG for tag in tags)


def _loaded(tag: str, attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The addresses that a tag loads, with their kinds."""
    for key in _WATCHED.intersection(attributes):
        value = attributes[key].strip()
        if key == "srcset":
            yield from ((part.split()[0], "medium") for part in re.split(r",\s", value) if part.split())
        elif key == "style":
            yield from ((address, kind) for _, address, kind in _style_addresses(value))
        elif _loads(tag, key, attributes):
            yield value, _kind(tag, key, value, attributes)


def _loads(tag: str, key: str, attributes: Mapping[str, str]) -> bool:
    if tag == "link":
        return _LOADING_RELATIONS.search(attributes.get("rel", "")) is not None
    only = _LOADING[key]
    return only is None or tag in only


def _kind(tag: str, key: str, value: str, attributes: Mapping[str, str]) -> str:
    if tag == "link":
        if attributes.get("as") == "font" or _FONT.search(path_of(value)):
            return "font"
        return "style" if "stylesheet" in attributes.get("rel", "").lower() else "link"
    if tag == "script" and ("nomodule" in attributes or not _is_run(attributes)):
        return "link"
    return "medium" if key == "poster" else _KINDS.get(tag, "other")


def _is_run(attributes: Mapping[str, str]) -> bool:
    """True for a script element with a type that browsers run."""
    return not DATA_TYPE.search(f'type="{attributes.get("type", "").strip()}"')


def _parse_page(raw: bytes, room: int) -> Page | None:
    # lxml takes longer to import than checking most packages.
    from lxml import etree

    # The type stubs do not support parsers without a tree.
    parser = cast("Any", etree.HTMLParser)(
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        target=Page(room),
    )
    try:
        page = cast("Page", etree.fromstring(raw, parser))
    except etree.XMLSyntaxError:
        return None
    # A page without content has no elements.
    return page if page.is_page else None


def _addresses(package: Package) -> list[Address]:
    read = content(package)
    found: dict[tuple[str, str], Address] = {}

    def add(name: str, base: str, line: int | None, value: str, kind: str) -> None:
        if len(found) < _MOST_KEPT and not _TEMPLATE.search(value):
            path = _path(posixpath.dirname(name), base, value)
            found.setdefault((name, value), Address(name, line, value, kind, path))

    for name, page in read.pages.items():
        for value, kind in page.loaded.items():
            add(name, page.base, None, value, kind)
        text = read.texts[name]
        above, counted = 0, 0
        for style in _STYLE_ELEMENT.finditer(text):
            above, counted = above + text.count("\n", counted, style.start(1)), style.start(1)
            for line, value, kind in _style_addresses(style[1]):
                add(name, page.base, above + line, value, kind)
    for name, text in read.texts.items():
        if name.lower().endswith(STYLE):
            for line, value, kind in _style_addresses(text):
                add(name, "", line, value, kind)
    return list(found.values())


def _opened(package: Package) -> frozenset[str]:
    read = content(package)
    inner: dict[str, list[str]] = {}
    for address in addresses(package):
        if address.kind == "frame":
            inner.setdefault(address.file, []).append(address.path)
    for name, page in read.pages.items():
        for tag in page.named("meta"):
            forward = (
                re.search(_FORWARD, tag.get("content"))
                if tag.get("http-equiv").lower() == "refresh"
                else None
            )
            if forward:
                inner.setdefault(name, []).append(_path(posixpath.dirname(name), page.base, forward[1]))
    found: set[str] = set()
    waiting = list(read.starts)
    while waiting:
        name = waiting.pop()
        if name not in found and name in read.pages:
            found.add(name)
            waiting += inner.get(name, ())
    return frozenset(found)


def _path(folder: str, base: str, value: str) -> str:
    """The path in the package that an address refers to; browsers treat a backslash as a slash."""
    path = unquote(path_of(value.replace("\\", "/")))
    if not path or path.startswith("/") or any(_NO_FILE.match(part) for part in (value, base)):
        return ""
    return posixpath.normpath(posixpath.join(folder, posixpath.dirname(unquote(path_of(base))), path))


def _codes(package: Package) -> list[Code]:
    read = content(package)
    found: list[Code] = []
    for name, text in read.texts.items():
        if name.lower().endswith(SCRIPT):
            if not text.startswith(_DATA):
                found.append(Code(name, 1, text))
        elif name.lower().endswith(PAGE):
            line, counted = 1, 0
            for script in islice(_SCRIPT_ELEMENT.finditer(text), _MOST_FILES):
                if script[2].strip() and not DATA_TYPE.search(script[1]):
                    line, counted = line + text.count("\n", counted, script.start(2)), script.start(2)
                    found.append(Code(name, line, script[2]))
    return found


def _style_addresses(text: str) -> Iterator[tuple[int, str, str]]:
    # Comments are blanked, not removed, to keep the line numbers.
    plain = _COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), text)
    line, counted = 1, 0
    for match in _CSS_ADDRESS.finditer(plain):
        line, counted = line + plain.count("\n", counted, match.start()), match.start()
        value = next((part for part in match.groups() if part), "")
        if value and not value.lower().startswith("data:"):
            before = plain[max(0, match.start() - _BEFORE) : match.start()]
            imported = match[4] or match[5] or re.search(_IMPORT, before)
            kind = "font" if _FONT.search(path_of(value)) else "style" if imported else "background"
            yield line, value, kind
