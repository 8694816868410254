"""Reflection: room for the learner's own thoughts."""

from __future__ import annotations

from typing import ClassVar

from coursepack.course.blocks.block import DataBlock, TextWithMath


class Reflection(DataBlock):
    """What is written is neither kept nor sent, so this is no question: it has no answer, and nothing waits for one.

    `afterwards` is for when the learner has thought, and is folded until then.
    """

    type: ClassVar[str] = "reflection"

    question: TextWithMath
    afterwards: TextWithMath | None = None
