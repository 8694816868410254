"""What every question has in common."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

from pydantic_core import PydanticCustomError

from coursepack.course.blocks.block import (
    DataBlock,
    Id,
    Model,
    PlacedError,
    Reference,
    RenderContext,
    Text,
    TextWithMath,
    wrong,
)
from coursepack.problems import Message, quoted


class Option(NamedTuple):
    """Something that an answer may hold, such as a choice, or one thing matched to another.

    `id` is stable: it is a word of `course.lock`, and learners' progress is keyed by it. A `mark` is kept with the
    answer and is nothing that was chosen.
    """

    id: str
    right: bool
    mark: bool = False


class Named(Protocol):
    """Something of a question that learners choose, match or order."""

    @property
    def id(self) -> str:
        """Stable: learners' progress is keyed by it."""

    @property
    def text(self) -> str:
        """What learners read."""


class Feedback(Model):
    """What the whole question says when answered right, and when not."""

    right: TextWithMath | None = None
    wrong: TextWithMath | None = None


class Question(DataBlock):
    """A block that the learner answers.

    An answer is the set of options that it holds; where the question is `scored` it is right when it holds the right
    ones and no other.
    """

    scored: ClassVar[bool] = False
    numbered: ClassVar[bool] = True
    """False: it is not counted among the questions of its page."""

    id: Id
    question: TextWithMath
    objective: Text | None = None
    sources: tuple[Text, ...] = ()

    @property
    def is_remembered(self) -> bool:
        """False: what the learner does with it is kept nowhere, and told to nobody."""
        return True

    def options(self) -> Iterator[Option]:
        """Every option, in the order of the page."""
        raise NotImplementedError

    def key(self) -> dict[str, Any]:
        """What the player needs to grade an answer beside the options, as JSON."""
        return {}

    def is_answered(self, held: Collection[str]) -> bool:
        """Whether an answer that holds these options is one."""
        return bool(held)

    def words(self) -> Mapping[str, str]:
        """What learners read of options, by id, where an LRS is not told it."""
        return {}

    def interaction(self, language: str) -> dict[str, Any]:
        """The question's part of an xAPI activity definition (xAPI 1.0.3 Data, 2.4.4.1 and appendix C)."""
        raise NotImplementedError

    def references(self) -> Iterator[Reference]:
        """The objective and the sources."""
        if self.objective:
            yield Reference("objective", self.objective, ("objective",))
        for at, name in enumerate(self.sources):
            yield Reference("source", name, ("sources", at))

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The fields, and which question of the page it is."""
        return {**DataBlock.view(self, context), "number": context.number, "of": context.of}


class GradedQuestion(Question):
    """A question with a right answer."""

    scored: ClassVar[bool] = True

    feedback: Feedback = Feedback()
    reread: Id | None = None
    """The page that teaches what is asked: the sum of a check leads there when the answer was not right."""

    def references(self) -> Iterator[Reference]:
        """The objective, the sources, and the page to read again."""
        yield from super().references()
        if self.reread:
            yield Reference("page", self.reread, ("reread",))


def no_right_answer() -> PydanticCustomError:
    """The error of a question that nobody could answer right."""
    return wrong(
        "no-right-answer",
        "question has no answer with right: true",
        hint=Message("Write right: true at each answer that is right."),
    )


def alike(items: Sequence[Named], field: str) -> Iterator[PlacedError]:
    """Things in a list of a question that have one id, or that learners could not tell apart."""
    ids: set[str] = set()
    texts: set[str] = set()
    for at, item in enumerate(items):
        if item.id in ids:
            yield (
                (field, at, "id"),
                wrong("repeated-id", "the id {0} is used twice here", quoted(item.id)),
            )
        if item.text.casefold() in texts:
            yield (
                (field, at, "text"),
                wrong(
                    "repeated-text",
                    "the text {0} stands here twice. Nobody could tell one from the other",
                    quoted(item.text),
                ),
            )
        ids.add(item.id)
        texts.add(item.text.casefold())


def components(items: Sequence[Named], language: str) -> list[dict[str, Any]]:
    """Things to choose, match or order, as xAPI lists them."""
    return [{"id": item.id, "description": {language: item.text}} for item in items]
