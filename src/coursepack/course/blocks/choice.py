"""Choice: a question with one or more right answers."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from coursepack.course.blocks.block import Flag, Id, Model, PlacedError, TextWithMath, check, wrong
from coursepack.course.blocks.question import GradedQuestion, Option, components, no_right_answer
from coursepack.problems import Message, quoted


class Answer(Model):
    """One answer to choose. `id` is stable: learners' progress is keyed by it."""

    id: Id
    text: TextWithMath
    right: Flag = False
    feedback: TextWithMath | None = None


class Choice(GradedQuestion):
    """`multiple: false` has exactly one right answer; `multiple: true` at least one.

    At most 36 answers, since SCORM 1.2 names a choice by one of `0-9a-z` (RTE 1.2, 3.4.7, CMIFeedback).
    """

    type: ClassVar[str] = "choice"

    multiple: Flag = False
    answers: Annotated[tuple[Answer, ...], Field(min_length=2, max_length=36)]

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        check(self, self._errors())
        return self

    def _errors(self) -> Iterator[PlacedError]:
        right = sum(answer.right for answer in self.answers)
        if right == 0:
            yield ("answers",), no_right_answer()
        if right > 1 and not self.multiple:
            yield (
                ("answers",),
                wrong(
                    "many-right-answers",
                    "question has {0} right answers but not multiple: true",
                    right,
                    hint=Message("Write multiple: true, or leave right: true at one answer only."),
                ),
            )
        seen: set[str] = set()
        for at, answer in enumerate(self.answers):
            if answer.id in seen:
                yield (
                    ("answers", at, "id"),
                    wrong("repeated-id", "the id {0} is used twice here", quoted(answer.id)),
                )
            seen.add(answer.id)

    def options(self) -> Iterator[Option]:
        """The answers."""
        return (Option(answer.id, answer.right) for answer in self.answers)

    def interaction(self, language: str) -> dict[str, Any]:
        """A choice: the right answers, and all answers."""
        return {
            "interaction_type": "choice",
            "correct_responses_pattern": ["[,]".join(answer.id for answer in self.answers if answer.right)],
            "choices": components(self.answers, language),
        }
