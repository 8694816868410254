"""Math: a formula, written as LaTeX and shown as MathML. It is converted at build time, without the player."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, model_validator

from coursepack.course.blocks.block import DataBlock, RenderContext, Text, check, wrong
from coursepack.course.blocks.formula import mathml, read_math


def _formula(value: Any) -> Any:
    if isinstance(value, str):
        if not value.strip():
            raise wrong("empty-value", "is empty")
        return value.strip()
    return value


class Math(DataBlock):
    """`alt` is the formula in words, for screen readers that do not support MathML."""

    type: ClassVar[str] = "math"

    latex: Annotated[str, BeforeValidator(_formula)]
    alt: Text

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        check(self, ((("latex",), wrong("bad-math", "{0}", message)) for message in read_math(self.latex)[1]))
        return self

    def view(self, _context: RenderContext) -> dict[str, Any]:
        """The formula as HTML, and its text."""
        element, _ = read_math(self.latex)
        assert element is not None
        return {"html": mathml(element, self.alt, block=True), "alt": self.alt}
