"""The common base of questions."""

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
    """A possible part of an answer, such as a choice, or a matched pair.

    `id` is stable: it is part of `course.lock`, and learners' progress is keyed by it. A `mark` is stored with the
    answer but was not chosen.
    """

    id: str
    right: bool
    mark: bool = False


class Named(Protocol):
    """A part of a question that learners choose, match or order."""

    @property
    def id(self) -> str:
        """Stable: learners' progress is keyed by it."""

    @property
    def text(self) -> str:
        """The text for learners."""


class Feedback(Model):
    """The feedback on the whole question when answered right, and when not."""

    right: TextWithMath | None = None
    wrong: TextWithMath | None = None


class Question(DataBlock):
    """A block that the learner answers.

    An answer is a set of options. If the question is `scored`, it is right when it has all right options and no
    others.
    """

    scored: ClassVar[bool] = False
    numbered: ClassVar[bool] = True
    """False: it does not count as one of the questions of its page."""

    id: Id
    question: TextWithMath
    objective: Text | None = None
    sources: tuple[Text, ...] = ()

    @property
    def is_remembered(self) -> bool:
        """False: the learner's actions are neither stored nor reported."""
        return True

    def options(self) -> Iterator[Option]:
        """Every option, in the order of the page."""
        raise NotImplementedError

    def key(self) -> dict[str, Any]:
        """What the player needs in addition to the options to grade an answer, as JSON."""
        return {}

    def is_answered(self, held: Collection[str]) -> bool:
        """Whether these options are an answer."""
        return bool(held)

    def words(self) -> Mapping[str, str]:
        """The texts of options by id, if the xAPI definition does not have them."""
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
        """The fields, and the question's number on the page."""
        return {**DataBlock.view(self, context), "number": context.number, "of": context.of}


class GradedQuestion(Question):
    """A question with a right answer."""

    scored: ClassVar[bool] = True

    feedback: Feedback = Feedback.model_construct()
    reread: Id | None = None
    """The page that teaches what is asked: the sum of a check leads there when the answer was not right."""

    def references(self) -> Iterator[Reference]:
        """The objective, the sources, and the page to read again."""
        yield from super().references()
        if self.reread:
            yield Reference("page", self.reread, ("reread",))


def no_right_answer() -> PydanticCustomError:
    """The error for a question that cannot be answered right."""
    return wrong(
        "no-right-answer",
        "question has no answer with right: true",
        hint=Message("Write right: true at each answer that is right."),
    )


def alike(items: Sequence[Named], field: str) -> Iterator[PlacedError]:
    """Items in a list of a question with the same id or the same text."""
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
                    "the text {0} is used twice here. Learners could not tell them apart",
                    quoted(item.text),
                ),
            )
        ids.add(item.id)
        texts.add(item.text.casefold())


def components(items: Sequence[Named], language: str) -> list[dict[str, Any]]:
    """Items to choose, match or order, as interaction components of xAPI."""
    return [{"id": item.id, "description": {language: item.text}} for item in items]
