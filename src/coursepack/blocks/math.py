"""Math: a formula, written as LaTeX and shown as MathML. It is made at build time: the player knows nothing of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from markupsafe import Markup
from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from coursepack.blocks.block import DataBlock, Shown, Text, check

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST = 2000
"""Characters of one formula."""
DEEPEST = 60
"""Levels of its MathML."""

# What defines words of its own can run for ever, and what leads elsewhere or brings a look of its own is not shown.
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
    "accent accentunder align columnalign columnlines columnspacing depth displaystyle fence height largeop "
    "linethickness lspace mathsize mathvariant maxsize minsize movablelimits notation rowlines rowspacing "
    "rspace scriptlevel separator stretchy symmetric voffset width".split()
)
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


def _unbalanced(latex: str) -> Iterator[PydanticCustomError]:
    """Braces and environments that are not closed in the order in which they were opened."""
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
                yield PydanticCustomError(
                    "bad-math", "closes what is not open: {value}", {"value": repr(match[0])}
                )
                return
    if opened:
        last = opened[-1] if opened[-1] == "{" else f"\\begin{{{opened[-1]}}}"
        yield PydanticCustomError("bad-math", "never closes {value}", {"value": repr(last)})


def _unfit(latex: str) -> Iterator[PydanticCustomError]:
    """What is not given to the converter at all."""
    if len(latex) > LONGEST:
        message = "has more than {value} characters, which nobody can read"
        yield PydanticCustomError("bad-math", message, {"value": LONGEST})
        return
    yield from _unbalanced(latex)
    for name in re.findall(r"\\([a-zA-Z]+)", latex):
        if name in _REFUSED:
            message = "has a command that may not be used here: {value}"
            yield PydanticCustomError("bad-math", message, {"value": repr(f"\\{name}")})
    for sign in re.findall(r"(?<!\\)\$" if "\\begin" in latex else r"(?<!\\)[$&]", latex):
        message = "has a sign that has no use here: {value}"
        yield PydanticCustomError("bad-math", message, {"value": repr(sign)})


@lru_cache(maxsize=256)
def read_math(latex: str) -> tuple[Element | None, tuple[PydanticCustomError, ...]]:
    """The formula as MathML, or what is wrong with it."""
    faults = tuple(_unfit(latex))
    if faults:
        return None, faults
    from latex2mathml import commands, exceptions
    from latex2mathml.converter import convert_to_element

    for name in re.findall(r"\\begin\s*\{([^}]*)\}", latex):
        if f"\\{name}" not in commands.MATRICES:
            message = "has an environment that is not known: {value}"
            return None, (PydanticCustomError("bad-math", message, {"value": repr(name)}),)
    told = [
        kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    stumbles: tuple[type[Exception], ...] = (
        *told,
        StopIteration,
        RuntimeError,
        LookupError,
        ValueError,
        TypeError,
    )
    try:
        element = convert_to_element(latex)
    except stumbles as error:
        # The converter's own mistakes name what it missed, the others are what it stumbles over.
        why = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Error")).lower()
        message = "cannot be read as LaTeX: {value}"
        return None, (PydanticCustomError("bad-math", message, {"value": repr(why)}),)
    faults = tuple(_odd(element))
    return (None if faults else element), faults


def _odd(element: Element) -> Iterator[PydanticCustomError]:
    """What the converter let pass: it shows commands that it does not know, and leaves out what is missing."""
    level, depth = [element], 0
    while level:
        level, depth = [inner for each in level for inner in each], depth + 1
    if depth > DEEPEST:
        message = "nests more than {value} levels"
        yield PydanticCustomError("bad-math", message, {"value": DEEPEST})
        return
    for each in element.iter():
        text = html.unescape(each.text or "")
        if re.match(r"\\[a-zA-Z]", text) and each.tag != "mtext":
            yield PydanticCustomError(
                "bad-math", "has a command that is not known: {value}", {"value": repr(text)}
            )
        elif len(each) != _PARTS.get(each.tag, len(each)):
            message = "lacks a part that its command needs: {value}"
            yield PydanticCustomError("bad-math", message, {"value": repr(each.tag)})
        elif each.tag not in _TAGS:
            yield PydanticCustomError("bad-math", "cannot be shown: {value}", {"value": repr(each.tag)})


def mathml(element: Element, alt: str) -> Markup:
    """A formula as HTML. Tags and attributes are those of MathML that show something and do nothing."""
    inner = "".join(_tags(element))
    return Markup(f'<math dir="ltr" display="block" alttext="{html.escape(alt)}">{inner}</math>')


def _comma(children: list[Element], at: int) -> bool:
    """True where a decimal comma stands, which is written 1{,}5."""
    row = children[at]
    return (
        0 < at < len(children) - 1
        and children[at - 1].tag == children[at + 1].tag == "mn"
        and row.tag == "mrow"
        and [html.unescape(each.text or "") for each in row] == [","]
    )


def _tags(parent: Element) -> Iterator[str]:
    children = list(parent)
    for at, each in enumerate(children):
        # The converter puts a letter without a letter before a sign that begins a cell: it would be read out as one.
        if each.tag == "mi" and not each.text and parent.tag == "mtd":
            continue
        if at and _comma(children, at - 1):
            continue
        text = html.unescape(each.text or "")
        if at + 1 < len(children) and _comma(children, at + 1):
            text += "," + html.unescape(children[at + 2].text or "")
        if _comma(children, at):
            continue
        given = "".join(
            f' {name}="{html.escape(value)}"' for name, value in each.attrib.items() if name in _ATTRIBUTES
        )
        yield f"<{each.tag}{given}>{html.escape(text, quote=False)}{''.join(_tags(each))}</{each.tag}>"


def _formula(value: Any) -> Any:
    if isinstance(value, str):
        if not value.strip():
            raise PydanticCustomError("empty-value", "is empty")
        return value.strip()
    return value


class Math(DataBlock):
    """`alt` is the formula in words, for those who cannot see it and whose reader does not know MathML."""

    type: ClassVar[str] = "math"

    latex: Annotated[str, BeforeValidator(_formula)]
    alt: Text

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        check(self, ((("latex",), fault) for fault in read_math(self.latex)[1]))
        return self

    def view(self, _shown: Shown) -> dict[str, Any]:
        """The formula as HTML, and in words."""
        element, _ = read_math(self.latex)
        assert element is not None
        return {"html": mathml(element, self.alt), "alt": self.alt}
