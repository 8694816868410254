"""Formulas: LaTeX as MathML, and as a line of text where only text is possible. Imports no block model."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from coursepack.problems import Message, Quoted, Reason

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

INLINE = re.compile(r"\$`([^`]+)`\$")
"""A formula inside a text. A lone dollar sign, or one next to a code span, is not a formula."""


LONGEST = 2000
"""Characters of one formula."""
DEEPEST = 60
"""Levels of its MathML."""

# Macro definitions can run for ever; links and styles are not shown.
_REFUSED = {
    *("newcommand", "renewcommand", "newenvironment", "renewenvironment", "def", "let", "require", "unicode"),
    *("href", "style", "class", "cssId", "bbox", "verb", "label", "ref", "eqref", "tag", "notag", "nonumber"),
    *("color", "textcolor", "colorbox", "fcolorbox"),
}
_TAGS = set(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd "
    "mstyle mpadded mphantom menclose mmultiscripts mprescripts none".split()
)
_ATTRIBUTES = set(
    "accent accentunder align columnalign columnlines columnspacing depth displaystyle fence form height largeop "
    "linethickness lspace mathsize mathvariant maxsize minsize movablelimits notation rowlines rowspacing "
    "rspace scriptlevel separator stretchy symmetric voffset width".split()
)
SHOWN = {
    **dict.fromkeys(_TAGS, _ATTRIBUTES),
    "math": {"dir", "display", "aria-label", "alttext"},
    "semantics": set(),
    "annotation": set(),
}
"""Tags and attributes of formulas in HTML."""
_PARTS = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}


def _unbalanced(latex: str) -> Iterator[Message]:
    """Braces and environments that are not closed in the order in which they are opened."""
    opened: list[str] = []
    for match in re.finditer(r"\\(begin|end)\s*\{([^}]*)\}|\\.|[{}]", latex, re.DOTALL):
        sign, name = match[1] or match[0], match[2]
        if sign == "begin":
            opened.append(name)
        elif sign == "{":
            opened.append("{")
        elif sign in ("end", "}"):
            wanted = name if sign == "end" else "{"
            if not opened or opened.pop() != wanted:
                yield Message("the formula closes what is not open: {0}", Quoted(match[0]))
                return
    if opened:
        last = opened[-1] if opened[-1] == "{" else f"\\begin{{{opened[-1]}}}"
        yield Message("the formula never closes {0}", Quoted(last))


def _unfit(latex: str) -> Iterator[Message]:
    """Problems for which the converter is not called."""
    if len(latex) > LONGEST:
        yield Message("the formula has more than {0} characters, which nobody can read", LONGEST)
        return
    yield from _unbalanced(latex)
    for name in re.findall(r"\\([a-zA-Z]+)", latex):
        if name in _REFUSED:
            command = f"\\{name}"
            yield Message("the formula has a command that may not be used here: {0}", Quoted(command))
    for sign in re.findall(r"(?<!\\)\$" if "\\begin" in latex else r"(?<!\\)[$&]", latex):
        yield Message("the formula has a character that has no use here: {0}", Quoted(sign))


@lru_cache(maxsize=256)
def read_math(latex: str) -> tuple[Element | None, tuple[Message, ...]]:
    """The formula as MathML, or its problems."""
    found = tuple(_unfit(latex))
    if found:
        return None, found
    from latex2mathml import commands, exceptions
    from latex2mathml.converter import convert_to_element

    for name in re.findall(r"\\begin\s*\{([^}]*)\}", latex):
        if f"\\{name}" not in commands.MATRICES:
            return None, (Message("the formula has an environment that is not known: {0}", Quoted(name)),)
    errors = [
        kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    expected: tuple[type[Exception], ...] = (
        *errors,
        StopIteration,
        RuntimeError,
        LookupError,
        ValueError,
        TypeError,
    )
    try:
        element = convert_to_element(latex)
    except expected as error:
        # The names of the converter's errors are the reason: either what is missing, or what it failed on.
        why = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Error")).lower()
        return None, (Message("the formula cannot be read as LaTeX: {0}", Reason(repr(why), f"latex {why}")),)
    found = tuple(_odd(element))
    if found:
        return None, found
    _tidy(element)
    _cut(element)
    return element, ()


def _odd(element: Element) -> Iterator[Message]:
    """Problems that the converter ignores: it shows unknown commands, and omits missing parts."""
    level, depth = [element], 0
    while level:
        level, depth = [inner for each in level for inner in each], depth + 1
    if depth > DEEPEST:
        yield Message("the formula nests more than {0} levels", DEEPEST)
        return
    for each in element.iter():
        text = html.unescape(each.text or "")
        if re.match(r"\\[a-zA-Z]", text) and each.tag != "mtext":
            yield Message("the formula has a command that is not known: {0}", Quoted(text))
        elif len(each) != _PARTS.get(each.tag, len(each)):
            yield Message("the formula lacks a part that its command needs: {0}", Quoted(each.tag))
        elif each.tag not in _TAGS:
            yield Message("the formula cannot be shown: {0}", Quoted(each.tag))


def _tidy(parent: Element) -> None:
    """Corrects the converter's output, recursively."""
    for each in parent:
        each.text = html.unescape(each.text or "")
        # It marks some operators as identifiers, which would be set without space around them.
        each.tag = "mo" if each.tag == "mi" and each.text in _SIGNS else each.tag
        each.attrib = {name: value for name, value in each.attrib.items() if name in _ATTRIBUTES}
        _tidy(each)
    children = list(parent)
    for at, each in enumerate(children):
        # An empty identifier before an operator that begins a cell: screen readers would read it.
        if each.tag == "mi" and not each.text and parent.tag == "mtd":
            parent.remove(each)
        # A decimal comma, written 1{,}5, is part of its number.
        elif (
            0 < at < len(children) - 1
            and children[at - 1].tag == children[at + 1].tag == "mn"
            and each.tag == "mrow"
            and [inner.text for inner in each] == [","]
        ):
            children[at + 1].text = f"{children[at - 1].text},{children[at + 1].text}"
            parent.remove(children[at - 1])
            parent.remove(each)


def _cut(element: Element) -> None:
    """Splits a formula into rows that can wrap, after operators outside of brackets.

    No browser breaks a formula by itself.
    """
    row = element[0] if len(element) == 1 and element[0].tag == "mrow" else element
    parts, depth = list(row), 0
    for each in list(element):
        element.remove(each)
    whole = element.makeelement("mrow", {})
    element.append(whole)
    piece = element.makeelement("mrow", {})
    whole.append(piece)
    for at, each in enumerate(parts):
        text = each.text or ""
        depth += (text in _OPENS) - (text in _CLOSES)
        piece.append(each)
        ends = each.tag == "mo" and text not in _CLOSE | _TIMES and not depth and at < len(parts) - 1
        if ends and len(piece) > 1:
            # A browser treats the last operator of a row as a postfix one.
            each.set("form", "infix")
            if all(other.tag in ("mtext", "mspace") for other in piece[:-1]):
                # The space around an operator next to text only is that of the outer row, which has none here.
                piece.insert(len(piece) - 1, element.makeelement("mspace", {"width": "0.25em"}))
                piece.append(element.makeelement("mspace", {"width": "0.25em"}))
            piece = element.makeelement("mrow", {})
            whole.append(piece)


def mathml(element: Element, words: str, *, block: bool = False) -> Markup:
    """A formula as HTML. Its MathML tags and attributes are presentational and run nothing.

    Its text is also an annotation, so that search and other scripts find it in the document.
    """
    label = html.escape(words)
    # The scrollable element around a block has its name. The name of other parents uses only `aria-label`.
    kind = 'display="block"' if block else f'aria-label="{label}"'
    return Markup(
        f'<math dir="ltr" {kind} alttext="{label}"><semantics>{_tags(element)}'
        f"<annotation>{html.escape(words, quote=False)}</annotation></semantics></math>"
    )


def _tags(parent: Element) -> str:
    return "".join(
        "<{0}{1}>{2}{3}</{0}>".format(
            each.tag,
            "".join(f' {name}="{html.escape(value)}"' for name, value in each.attrib.items()),
            html.escape(each.text or "", quote=False),
            _tags(each),
        )
        for each in parent
    )


_RAISED = str.maketrans("0123456789+−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_PRIMES = {"′", "″", "‴", "∘", "°"}
_ACCENTS = {
    "→": "\u20d7",
    "―": "\u0304",
    "¯": "\u0304",
    "^": "\u0302",
    "~": "\u0303",
    "˙": "\u0307",
    "¨": "\u0308",
}
_CLOSE = set("()[]{}|∣‖!/,;:.⟨⟩⌈⌉⌊⌋′″∑∏∫∮√∂∇")
"""Signs without space around them."""
_OPENS = set("([{⟨⌈⌊")
_CLOSES = set(")]}⟩⌉⌋")
_TIMES = set("·×⋅∗÷∘")
_LARGE = set("∑∏∫∮")
_SIGNS = set("+−±∓")
"""Signs of one number, or between two."""


def line(element: Element) -> str:
    """A formula as text: a² + b², (a + b)/2, √(x + 1)."""
    return " ".join(_line(element).split())


def _line(each: Element) -> str:
    parts = list(each)
    if each.tag == "mfrac":
        sign = "/" if each.get("linethickness") != "0" else " "
        return sign.join(map(_one, parts))
    if each.tag == "msqrt":
        return f"√{_whole(parts)}"
    if each.tag == "mroot":
        return f"{_script(parts[1], _RAISED, '')}√{_one(parts[0])}"
    if each.tag in ("msub", "munder"):
        return _one(parts[0]) + _script(parts[1], _LOWERED, "_")
    if each.tag == "mover" and len(_line(parts[0])) == 1 and _line(parts[1]) in _ACCENTS:
        return _line(parts[0]) + _ACCENTS[_line(parts[1])]
    if each.tag in ("msup", "mover"):
        return _one(parts[0]) + _script(parts[1], _RAISED, "^")
    if each.tag in ("msubsup", "munderover"):
        low, high = _script(parts[1], _LOWERED, "_"), _script(parts[2], _RAISED, "^")
        return f"{_one(parts[0])}{low}{high}"
    if each.tag == "mtable":
        return "; ".join(" ".join(_line(cell) for cell in row) for row in parts)
    if each.tag in ("mspace", "mphantom"):
        return " "
    return _row(parts) if parts else (each.text or "")


def _row(parts: list[Element]) -> str:
    row = ""
    for before, each in zip([None, *parts], parts, strict=False):
        text = _line(each)
        if text in _SIGNS and (before is None or (before.tag == "mo" and row[-1] not in ")]}|!")):
            row += text
        elif each.tag == "mo" and text not in _CLOSE and not text.isalpha():
            row += f" {text} "
        elif text in (",", ";"):
            row += f"{text} "
        elif (
            before is not None
            and text[:1].isalnum()
            and (before.tag == "mfrac" or _is_word(before) or (_is_word(each) and before.tag != "mn"))
        ):
            row += f" {text}"
        else:
            row += text
    return row


def _is_word(each: Element) -> bool:
    """True for a word, such as the name of a function, with or without an index."""
    while each.tag in ("msub", "msup", "msubsup", "munder"):
        each = each[0]
    text = each.text or ""
    return not len(each) and each.tag != "mn" and (len(text) > 1 or text in _LARGE)


def _one(each: Element) -> str:
    return _whole([each])


def _whole(parts: list[Element]) -> str:
    """The text in brackets, unless it is one unit without them."""
    while len(parts) == 1 and parts[0].tag in ("mrow", "mstyle", "mpadded"):
        parts = list(parts[0])
    text = _line(parts[0]) if len(parts) == 1 else _row(parts)
    is_word = text.isalpha() and all(each.get("mathvariant") == "normal" for each in parts)
    is_one = len(parts) == 1 and (
        parts[0].tag in ("msqrt", "mroot") if len(parts[0]) else len(text.split()) == 1
    )
    return text if is_one or is_word or _is_bracketed(text) else f"({text})"


def _is_bracketed(text: str) -> bool:
    return text[:1] == "(" and text[-1:] == ")" and not re.search(r"[()]", text[1:-1])


def _script(each: Element, signs: dict[int, int], before: str) -> str:
    text = _line(each).replace(" ", "")
    if text in _PRIMES:
        return text.replace("∘", "°")
    small = text.translate(signs)
    if not any(sign in text for sign in small):
        return small
    return before + _one(each)


class WithMath(str):
    """Text with formulas: plain text except in templates, which show MathML.

    In attributes, templates apply the filter `plain`.
    """

    html: Markup

    @classmethod
    def of(cls, text: str) -> str:
        """The text, unchanged unless it contains formulas. Invalid formulas stay as written."""
        if not INLINE.search(text):
            return text
        parts = [(part, read_math(part)[0] if at % 2 else None) for at, part in enumerate(INLINE.split(text))]
        made = cls("".join(part if formula is None else line(formula) for part, formula in parts))
        made.html = Markup().join(
            part if formula is None else mathml(formula, line(formula)) for part, formula in parts
        )
        return made

    def __html__(self) -> Markup:
        return self.html


def problems_in(text: str) -> Iterator[Message]:
    """The problems of the formulas in a text."""
    for latex in INLINE.findall(text):
        yield from read_math(latex)[1]
