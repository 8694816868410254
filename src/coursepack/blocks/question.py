"""What every question has in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from coursepack.blocks.block import DataBlock, Id, Model, Reference, Shown, Text


class Option(NamedTuple):
    """Something that an answer may hold, such as a choice, or one thing matched to another.

    `id` is stable: it is a word of `course.lock`, and learners' progress is keyed by it.
    """

    id: str
    right: bool


class Feedback(Model):
    """What the whole question says when answered right, and when not."""

    right: Text | None = None
    wrong: Text | None = None


class Question(DataBlock):
    """A block that the learner answers.

    An answer is the set of options that it holds; it is right when it holds the right ones and no other. Where
    `scored` is false there is no right answer.
    """

    scored: ClassVar[bool] = True

    id: Id
    question: Text
    objective: Text | None = None
    feedback: Feedback = Feedback()
    sources: tuple[Text, ...] = ()

    def options(self) -> Iterator[Option]:
        """Every option, in the order of the page."""
        raise NotImplementedError

    def interaction(self, language: str) -> dict[str, Any]:
        """The question's part of an xAPI activity definition (xAPI 1.0.3 Data, 2.4.4.1 and appendix C)."""
        raise NotImplementedError

    def references(self) -> Iterator[Reference]:
        """The objective and the sources."""
        if self.objective:
            yield Reference("objective", self.objective, ("objective",))
        for at, name in enumerate(self.sources):
            yield Reference("source", name, ("sources", at))

    def view(self, shown: Shown) -> dict[str, Any]:
        """The fields, and which question of the page it is."""
        return {**DataBlock.view(self, shown), "number": shown.number, "of": shown.of}
