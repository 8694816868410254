"""Choice: a question with one right answer, or several."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from coursepack.blocks.block import Flag, Id, Model, Text


class Answer(Model):
    """One answer to choose. `id` is stable: learners' progress is keyed by it."""

    id: Id
    text: Text
    right: Flag = False
    feedback: Text | None = None


class Feedback(Model):
    """What the whole question says when answered right, and when not."""

    right: Text | None = None
    wrong: Text | None = None


class Choice(Model):
    """`multiple: false` has exactly one right answer; `multiple: true` at least one.

    At most 36 answers, since SCORM 1.2 names a choice by one of `0-9a-z` (RTE 1.2, 3.4.7, CMIFeedback).
    """

    type: ClassVar[str] = "choice"

    id: Id
    question: Text
    multiple: Flag = False
    objective: Text | None = None
    answers: Annotated[tuple[Answer, ...], Field(min_length=2, max_length=36)]
    feedback: Feedback = Feedback()
    sources: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        right = sum(answer.right for answer in self.answers)
        if right == 0:
            raise PydanticCustomError("no-right-answer", "question has no answer with right: true")
        if right > 1 and not self.multiple:
            raise PydanticCustomError(
                "many-right-answers",
                "question has {right} right answers but not multiple: true",
                {"right": right},
            )
        seen: set[str] = set()
        for answer in self.answers:
            if answer.id in seen:
                raise PydanticCustomError(
                    "repeated-id", "question has two answers with the id {id}", {"id": repr(answer.id)}
                )
            seen.add(answer.id)
        return self
