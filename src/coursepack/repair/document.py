"""Fixes the text of a manifest: byte order mark, encoding, text before the declaration, and an empty DOCTYPE."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coursepack.package import BYTE_ORDER_MARKS, parse_xml
from coursepack.problems import Message

if TYPE_CHECKING:
    from lxml.etree import _Element

# XML 1.0 F.1: the first '<' without a byte order mark.
_WIDE = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_ENCODINGS = re.compile(
    r"utf-8|utf-16(-[lb]e)?|ascii|iso8859-\d+|cp(125\d|932|949|950)|gb2312|gbk|gb18030|big5|shift_jis|euc_jp|euc_kr"
    r"|koi8-[ru]|mac-roman"
)
_DECLARED = re.compile(r"""(<\?xml\s[^>]{0,100}?encoding\s*=\s*["'])([A-Za-z0-9._-]{1,40})(["'])""")

_PROLOG = r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+"
_QUOTED = r"""\s+(?:"[^"<>]*"|'[^'<>]*')"""
_EMPTY_DOCTYPE = re.compile(
    rf"({_PROLOG})<!DOCTYPE\s+[^\s<>\[\"']+(?:\s+SYSTEM{_QUOTED}|\s+PUBLIC{_QUOTED}{_QUOTED})?"
    r"\s*(?:\[\s*\]\s*)?>[ \t]*\r?\n?",
    re.DOTALL,
)
_ROOT = re.compile(rf"({_PROLOG})<[^\s/<>!?]+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest's text, and what was fixed in it."""

    text: str
    done: tuple[Message, ...] = ()


def mend_document(data: bytes) -> Document | None:
    """A manifest's bytes as text, to be written as UTF-8; None when the encoding is unknown."""
    decoded = _decoded(data)
    if decoded is None:
        return None
    text, codec, mark = decoded
    begins = text.lstrip("\ufeff \t\r\n")
    if not begins.startswith("<"):
        return None
    done = [Message("The byte order mark was removed.")] if mark else []
    if begins != text and begins.startswith("<?xml"):
        text = begins
        done.append(Message("The text before the XML declaration was removed."))
    declared = _DECLARED.match(text)
    name = declared[2] if declared else ""
    if codec != "utf-8":
        done.append(Message("It is now written in UTF-8; it was in {0}.", name or codec.upper()))
    elif name and name.upper() != "UTF-8":
        done.append(Message("It now declares UTF-8, its encoding, instead of {0}.", name))
    if declared and name.upper() != "UTF-8":
        text = f"{declared[1]}UTF-8{text[declared.start(3) :]}"
    doctype = _EMPTY_DOCTYPE.match(text)
    without = f"{doctype[1]}{text[doctype.end() :]}" if doctype else text
    # Even a DOCTYPE without declarations can name a file that declares a used entity.
    if doctype and parsed(without) is not None:
        text = without
        done.append(Message("The DOCTYPE, which declared nothing, was removed."))
    return Document(text, tuple(done))


def _decoded(data: bytes) -> tuple[str, str, bytes] | None:
    """The text, the codec of its bytes, and its byte order mark."""
    mark, codec = next(((mark, name) for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), (b"", ""))
    body = data[len(mark) :]
    if not mark:
        codec = next((name for start, name in _WIDE if body.startswith(start)), "") or _declared_codec(body)
    try:
        return (body.decode(codec), codec, mark) if codec else None
    except UnicodeDecodeError:
        return None


def _declared_codec(body: bytes) -> str:
    """The codec declared by a text in single bytes; empty when unknown."""
    declared = _DECLARED.match(body[:400].decode("ascii", "replace").lstrip())
    try:
        codec = codecs.lookup(declared[2] if declared else "utf-8").name
    except LookupError:
        return ""
    # Text in single bytes cannot be UTF-16: programs declare the encoding of their strings.
    if codec.startswith("utf-16"):
        return "utf-8"
    return codec if _ENCODINGS.fullmatch(codec) else ""


def parsed(text: str) -> _Element | None:
    """The root element, with comments; None when the text has a DOCTYPE, is too large or is not well-formed."""
    root, _ = parse_xml(text, whole=True)
    return root


def written(root: _Element, text: str) -> str:
    """A changed tree as text, with the line endings and everything before the root of the original text."""
    from lxml import etree

    start = _ROOT.match(text)
    parts = [
        etree.tostring(found, encoding="unicode", with_tail=False) for found in (root, *root.itersiblings())
    ]
    lines = "\n".join(parts) + ("\n" if text.endswith("\n") else "")
    if "\r\n" in text:
        lines = lines.replace("\n", "\r\n")
    return f"{start[1] if start else ''}{lines}"


def with_namespace(text: str, prefix: str, uri: str) -> str:
    """The text with a namespace declared on its outermost element; lxml cannot add one to an existing element."""
    root = _ROOT.match(text)
    return f'{root[0]} xmlns:{prefix}="{uri}"{text[root.end() :]}' if root else text
