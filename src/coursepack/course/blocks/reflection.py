"""Reflection: room for the learner's own thoughts."""

from typing import ClassVar

from coursepack.course.blocks.block import DataBlock, TextWithMath


class Reflection(DataBlock):
    """The text is neither stored nor sent, so this is not a question: it has no answer, and nothing requires one.

    `afterwards` is folded until the learner has thought.
    """

    type: ClassVar[str] = "reflection"

    question: TextWithMath
    afterwards: TextWithMath | None = None
