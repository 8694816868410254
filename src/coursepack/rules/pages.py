"""Rules for what learners open: the start page and the package's styles and scripts, read but never run."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from coursepack.package import Package, UnreadableError
from coursepack.problems import Location
from coursepack.rules.ims import launch_files, path_of
from coursepack.rules.rule import Finding, rule, shortened
from coursepack.rules.standards import standard_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# All files together: a judgement must not take longer than the build it follows.
_MOST_READ = 5 * 1024 * 1024

# libxml2 takes quadratic time for the attributes of one tag.
_MOST_IN_A_TAG = 100_000
_SEPARATOR = re.compile(r"""[\s"'/]""")
_LONG_START = re.compile(rf"[^<]{{{_MOST_IN_A_TAG},}}")
_LONG_PART = re.compile(rf"<[^<]{{{_MOST_IN_A_TAG},}}")

_PAGE = (".html", ".htm", ".xhtml")
_SCRIPT = (".js", ".mjs")
_STYLE = (".css",)

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CSS_ADDRESS = re.compile(
    r"""url\(\s*+(?:"([^"\n]*)"|'([^'\n]*)'|([^"'()\s]*))\s*+\)|@import\s++(?:"([^"\n]*)"|'([^'\n]*)')""",
    re.IGNORECASE,
)
_UNLOAD = re.compile(
    r"""(?:addEventListener|\.on|\.bind|attachEvent)\(\s*+["'](?:on)?(?:before)?unload["']"""
    r"""|\bon(?:before)?unload\s*=(?!=)"""
)
_REMOTE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_NO_FILE = re.compile(r"#|[A-Za-z][A-Za-z0-9+.-]+:|//")

# Elements that load what they name; a link that is followed by hand is no load.
_LOADING = {
    "src": None,
    "poster": ("video",),
    "data": ("object",),
    "background": ("body",),
    "href": ("link", "image", "use"),
    "{http://www.w3.org/1999/xlink}href": ("image", "use"),
    "xlink:href": ("image", "use"),
}
_STYLE_ELEMENT = re.compile(r"<style\b[^>]*>(.*?)(?:</style|\Z)", re.DOTALL | re.IGNORECASE)
_HEAD_END = re.compile(r"</head\b|<body\b|<svg\b", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^>]*>([^<]*)", re.IGNORECASE)
_WATCHED = frozenset({*_LOADING, "srcset", "style"})
_LOADING_RELATIONS = re.compile(
    r"\b(stylesheet|icon|preload|modulepreload|prefetch|manifest)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Sources:
    """What was read of a package: texts by name, parsed start pages, and what could not be read."""

    texts: dict[str, str]
    pages: dict[str, _Page]
    damaged: dict[str, str]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Address:
    """An address that a file loads, and where it stands when that is known."""

    file: str
    line: int | None
    value: str


@rule("error")
def damaged_file(package: Package) -> Iterator[Finding]:
    """A page, style or script cannot be read out of the package.

    Its data, size, checksum or name are not what the zip's list says, so that LMSs refuse the package or
    serve a broken file. Make the package anew.
    """
    for name, reason in package.once(_read).damaged.items():
        yield reason, Location(name)


@rule("warning")
def remote_reference(package: Package) -> Iterator[Finding]:
    """A page or style loads something from another server.

    The course then breaks without a network, when that server changes, or where hosts forbid it, and tells
    a third party who learns. Put the file in the package.
    """
    for address in package.once(_addresses):
        if _REMOTE.match(address.value):
            yield f"{shortened(address.value)} is on another server.", _place(package, address)


@rule("warning")
def missing_reference(package: Package) -> Iterator[Finding]:
    """A page or style refers to a file that is not in the package.

    Something will not show or not work. Add the file, or correct the address: upper and lower case count.
    """
    for address in package.once(_addresses):
        if _NO_FILE.match(address.value):
            continue
        path = unquote(path_of(address.value))
        whole = posixpath.normpath(posixpath.join(posixpath.dirname(address.file), path))
        if path and whole not in package.files:
            yield f"{shortened(address.value)} is not in the package.", _place(package, address)


@rule("warning")
def unload_handler(package: Package) -> Iterator[Finding]:
    """A script waits for `unload` or `beforeunload`.

    Browsers no longer send them reliably, on phones hardly ever, so that results saved there are lost. Save
    while the course runs, and last on `pagehide` and `visibilitychange`.
    """
    for name, text in package.once(_read).texts.items():
        # The plain search spares most pages the slow one.
        if "unload" in text and not name.lower().endswith(_STYLE):
            for match in _UNLOAD.finditer(text):
                yield (
                    f"{shortened(match[0].strip())} is not reliable.",
                    Location(name, _line(text, match.start())),
                )


@rule("warning", spec="RTE 3.2")
def no_lms_call(package: Package) -> Iterator[Finding]:
    """No script of the package seems to speak to an LMS.

    A SCO must at least call `LMSInitialize` and `LMSFinish`, in SCORM 2004 `Initialize` and `Terminate`; in xAPI
    and cmi5 it reads where to send statements from its own address. Otherwise the LMS records nothing. Add
    the calls, or ignore this when the script is made so that they cannot be found in its text.
    """
    read = package.once(_read)
    standard = package.once(standard_of)
    calls = standard.lms_calls if standard else ()
    if (
        calls
        and read.complete
        and read.pages
        # Scripts before the pages that hold a whole course.
        and not any(call in text for text in sorted(read.texts.values(), key=len) for call in calls)
    ):
        yield f"No trace of {calls[0]} was found in its pages and scripts.", Location(next(iter(read.pages)))


@rule("warning", spec="WCAG 2.2 3.1.1")
def missing_language(package: Package) -> Iterator[Finding]:
    """The start page does not say which language it is in.

    Screen readers then read it aloud with the wrong voice. Write `<html lang="sv">`.
    """
    for name, page in package.once(_read).pages.items():
        if not page.language:
            yield "The html element has no lang.", Location(name)


@rule("warning", spec="WCAG 2.2 2.4.2")
def missing_page_title(package: Package) -> Iterator[Finding]:
    """The start page has no title.

    It names the window and the tab, and screen readers say it first. Write a `<title>` in the page's head.
    """
    read = package.once(_read)
    for name in read.pages:
        text = read.texts[name]
        end = _HEAD_END.search(text)
        if not any(title[1].strip() for title in _TITLE.finditer(text, 0, end.start() if end else len(text))):
            yield "The page has no title.", Location(name)


@rule("warning", spec="HTML 4.2.5.4")
def missing_charset(package: Package) -> Iterator[Finding]:
    """The start page does not say how its letters are encoded.

    LMSs seldom say it for the page, and browsers then guess, so that å, ä and ö come out wrong. Write
    `<meta charset="utf-8">` first in the page's head.
    """
    for name, page in package.once(_read).pages.items():
        if not page.has_charset:
            yield "The page does not declare its encoding.", Location(name)


def _read(package: Package) -> _Sources:
    """Reads the start pages, then styles and scripts, up to the limit. Never media."""
    standard = package.once(standard_of)
    launched = standard.launch_files(package) if standard else launch_files(package)
    starts = [name for name in launched if name.lower().endswith(_PAGE)]
    others = sorted(name for name in package.files if name.lower().endswith(_SCRIPT + _STYLE))
    texts: dict[str, str] = {}
    raws: dict[str, bytes] = {}
    damaged: dict[str, str] = {}
    left = _MOST_READ
    complete = True
    for name in dict.fromkeys((*starts, *others)):
        if package.files[name].size > left:
            complete = False
            continue
        left -= package.files[name].size
        try:
            raw = package.read(name, _MOST_READ)
            texts[name] = raw.decode("utf-8", "replace")
        except UnreadableError as error:
            damaged[name] = error.fault.message
            complete = False
            continue
        if name in starts:
            # Bytes that are no UTF-8 would make libxml2 guess another encoding for the whole page.
            raws[name] = texts[name].encode() if "\ufffd" in texts[name] else raw
    for name in starts:
        if _has_endless_tag(texts.get(name, "")):
            del texts[name]
            damaged[name] = f"It has a tag with more than {_MOST_IN_A_TAG:,} blanks, quotes and slashes."
            complete = False
    pages = {
        name: root for name in starts if name in texts and (root := _parse_page(raws.pop(name))) is not None
    }
    return _Sources(texts, pages, damaged, complete)


def _has_endless_tag(text: str) -> bool:
    return any(
        len(_SEPARATOR.findall(match[0])) > _MOST_IN_A_TAG
        for match in (_LONG_START.match(text), *_LONG_PART.finditer(text))
        if match
    )


class _Page:
    """What a start page's tags say, gathered while libxml2 reads them: a tree of a whole course is large."""

    def __init__(self) -> None:
        self.is_page = self.has_charset = False
        self.language = ""
        self.loaded: dict[str, None] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Hears of every tag."""
        if tag == "html":
            self.is_page = True
            self.language = attributes.get("lang", "").strip()
        elif tag == "meta":
            content = attributes.get("content", "").lower()
            self.has_charset |= bool(attributes.get("charset")) or "charset=" in content
        elif not _WATCHED.isdisjoint(attributes):
            self.loaded.update(dict.fromkeys(_loaded(tag, attributes)))

    def close(self) -> _Page:
        """What was gathered."""
        return self


def _loaded(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """The addresses that a tag loads."""
    for key in _WATCHED.intersection(attributes):
        value = attributes[key].strip()
        if key == "srcset":
            yield from (part.split()[0] for part in re.split(r",\s", value) if part.split())
        elif key == "style":
            yield from (address for _, address in _style_addresses(value))
        elif _loads(tag, key, attributes):
            yield value


def _loads(tag: str, key: str, attributes: Mapping[str, str]) -> bool:
    if tag == "link":
        return _LOADING_RELATIONS.search(attributes.get("rel", "")) is not None
    only = _LOADING[key]
    return only is None or tag in only


def _parse_page(raw: bytes) -> _Page | None:
    # lxml takes longer to import than most packages to judge.
    from lxml import etree

    # The types know no parser without a tree.
    parser = cast("Any", etree.HTMLParser)(
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        target=_Page(),
    )
    try:
        page = cast("_Page", etree.fromstring(raw, parser))
    except etree.XMLSyntaxError:
        return None
    # A page without any content has no element at all.
    return page if page.is_page else None


def _addresses(package: Package) -> list[_Address]:
    """What the start pages and styles load, each address once a file."""
    read = package.once(_read)
    found: dict[tuple[str, str], _Address] = {}
    for name, page in read.pages.items():
        for value in page.loaded:
            found[name, value] = _Address(name, None, value)
        text = read.texts[name]
        for style in _STYLE_ELEMENT.finditer(text):
            above = _line(text, style.start(1)) - 1
            for line, value in _style_addresses(style[1]):
                found.setdefault((name, value), _Address(name, above + line, value))
    for name, text in read.texts.items():
        if name.lower().endswith(_STYLE):
            for line, value in _style_addresses(text):
                found.setdefault((name, value), _Address(name, line, value))
    return list(found.values())


def _place(package: Package, address: _Address) -> Location:
    """Where an address stands. In a page it is looked for only now: hardly any is told."""
    if address.line is not None:
        return Location(address.file, address.line)
    text = package.once(_read).texts[address.file]
    written = re.escape(address.value).replace(r"\&", "&(?:amp;)?")
    at = re.search(rf"""[=("',]\s*{written}""", text)
    return Location(address.file, _line(text, at.end()) if at else 1)


def _style_addresses(text: str) -> Iterator[tuple[int, str]]:
    # Comments are blanked, not cut, so that lines still count.
    plain = _COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), text)
    line, counted = 1, 0
    for match in _CSS_ADDRESS.finditer(plain):
        line, counted = line + plain.count("\n", counted, match.start()), match.start()
        value = next((part for part in match.groups() if part), "")
        if value and not value.lower().startswith("data:"):
            yield line, value


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
