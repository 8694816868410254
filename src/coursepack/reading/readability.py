"""LIX: how hard a text is to read by the length of its sentences and words.

C.-H. Björnsson, Läsbarhet, Stockholm: Liber 1968: the words of a sentence on average, and the percentage of words with
more than six letters. Below 30 are children's books, 40 to 50 newspapers, from 60 on the language of agencies.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from coursepack.course.blocks import Block
from coursepack.course.blocks.html import Html

LANGUAGES = ("sv",)
"""The languages of the player that the scale is made for. In Finnish, for one, nearly all words are long."""

# Whatever is not in this encoding is in no Swedish word, and bytes are counted in a tenth of the time of text.
_ENCODING = "cp1252"
_SIGNS = bytes(range(256)).decode(_ENCODING, "replace")
_JOINTS = "\u00ad’':.-"
"""Signs inside words, among them the soft hyphen."""
_CLOSERS = '\u00ad”"’)»'
"""Signs between the end of a sentence and the blank after it, and the soft hyphen."""


def _table(kind: Callable[[str], str]) -> bytes:
    return "".join(map(kind, _SIGNS)).encode()


_LETTERS = _table(lambda sign: "a" if sign.isalpha() else " ")
_WORDS = _table(lambda sign: "a" if sign.isalnum() or sign == "_" else sign if sign == "\n" else " ")
_SENTENCES = _table(
    lambda sign: (
        sign
        if sign in "\n."
        else "!"
        if sign in "!?:"
        else " "
        if sign.isspace()
        else "a"
        if sign in "abcdefghijklmnopqrstuvwxyzåäö0123456789"
        else "A"
        if sign.isalnum() or sign == "_"
        else "-"
    )
)

_BLOCK_END = re.compile(rb"<(?:/(?:p|li|h[2-6]|td|th|caption|footer|dt|dd)|br[^>]*)>")
_UNREAD = re.compile(
    rb'<(?:span class="(?:sr|gloss)".*?</span|code.*?</code|math.*?</math|sup class="footnote.*?</sup|[^>]*)>',
    re.DOTALL,
)
"""What is not read with the text: words for screen readers, explanations of terms, code, formulas, and all tags."""

_SHOWN = re.compile("_with_math|_paragraphs")


class Readability(NamedTuple):
    """The words, the words of more than six letters, and the sentences of a text."""

    words: int = 0
    long_words: int = 0
    sentences: int = 0

    @classmethod
    def of(cls, text: str) -> Readability:
        """That of a plain text. A line ends a sentence, too: it is a heading, or an item of a list."""
        return counted(_encoded(text))

    @property
    def lix(self) -> int:
        """Björnsson's readability index; 0 without words."""
        if not self.words:
            return 0
        # Halves up.
        return int(self.words / self.sentences + 100 * self.long_words / self.words + 0.5)


def _encoded(text: str) -> bytes:
    try:
        # All but a few signs are the same here, and most texts have none of these.
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode(_ENCODING, "ignore")


def counted(text: bytes) -> Readability:
    """The readability of what `said` returns."""
    return upper_bound(text)._replace(sentences=_sentences(text))


def upper_bound(text: bytes) -> Readability:
    """As if each line was one sentence, in half the time: the index is never lower than that of the text."""
    words = text.translate(_WORDS, _JOINTS.encode(_ENCODING))
    lines = sum(1 for line in words.split(b"\n") if line.strip())
    return Readability((words.replace(b"\n", b" ") + b" ").count(b"a "), _long_words(text), lines)


def _long_words(signs: bytes) -> int:
    silent = (_JOINTS + "0123456789_").encode(_ENCODING)
    return (signs.translate(_LETTERS, silent) + b" ").count(b"a" * 7 + b" ")


def _sentences(signs: bytes) -> int:
    text = signs.translate(_SENTENCES, _CLOSERS.encode(_ENCODING))
    # A full stop before a small letter or a digit is that of an abbreviation: 6 kap. 9 §.
    text = text.replace(b". a", b"  a").replace(b". ", b"\n").replace(b"! ", b"\n")
    return sum(1 for line in text.split(b"\n") if line.strip(b" .!-"))


def said(blocks: Iterable[Block]) -> bytes:
    """What learners read of blocks, behind folds and after answers too, to be counted."""
    return b"\n".join(text for block in blocks for text in _texts(block))


def total(parts: Iterable[Readability]) -> Readability:
    """The readability of several texts as one."""
    return Readability(*map(sum, zip(*parts, strict=True))) if (parts := tuple(parts)) else Readability()


def _texts(block: Block) -> Iterator[bytes]:
    if isinstance(block, BaseModel):
        yield from _fields(block)
    else:
        for name in ("title", "html", "items"):
            yield from _contents(getattr(block, name, ""))


def _fields(model: BaseModel) -> Iterator[bytes]:
    for name, is_shown in _field_names(type(model)):
        value = getattr(model, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, BaseModel):
                yield from _fields(each)
            elif is_shown and isinstance(each, str):
                yield _encoded(each)


@cache
def _field_names(model: type[BaseModel]) -> tuple[tuple[str, bool], ...]:
    """The fields of a model, and whether each is text that a page shows: no name, path or alternative text."""
    return tuple(
        # The validators of TextWithMath and Paragraphs are with the field, or nested in its annotation.
        (name, bool(_SHOWN.search(f"{field.annotation} {field.metadata}")))
        for name, field in model.model_fields.items()
    )


def _contents(value: str | tuple[Any, ...]) -> Iterator[bytes]:
    if isinstance(value, str):
        yield _plain(_encoded(value)) if isinstance(value, Html) else _encoded(value)
    else:
        for each in value:
            yield from _contents(each)


def _plain(markup: bytes) -> bytes:
    """The text of HTML from Markdown, each paragraph, heading, item and cell on a line."""
    text = _UNREAD.sub(b"", _BLOCK_END.sub(b"\n", markup.replace(b"\n", b" ")))
    return _encoded(html.unescape(text.decode(_ENCODING, "ignore"))) if b"&" in text else text
