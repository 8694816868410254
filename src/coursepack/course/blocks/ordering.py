"""Ordering: steps to put in the right order."""

import hashlib
from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from coursepack.course.blocks.block import Id, Model, RenderContext, TextWithMath, check
from coursepack.course.blocks.question import GradedQuestion, Option, alike, components

ANSWERED = "answered"
"""The option that every answer contains: an order can consist of no other."""


class Item(Model):
    """One thing to order. `id` is stable: learners' progress is keyed by it."""

    id: Id
    text: TextWithMath


class Ordering(GradedQuestion):
    """`items` are in the right order; learners see them in another, the same for all.

    The order of each pair is a bit, so that the whole answer is stored, and graded again when the right order is
    corrected. At most 12 items, which take 67 bits. SCORM 1.2 allows 36 (RTE 1.2, 3.4.7, CMIFeedback).
    """

    type: ClassVar[str] = "ordering"

    items: Annotated[tuple[Item, ...], Field(min_length=2, max_length=12)]

    @model_validator(mode="after")
    def _can_be_ordered(self) -> Self:
        check(self, alike(self.items, "items"))
        return self

    def options(self) -> Iterator[Option]:
        """That there is an answer, and for each sorted pair of ids whether the first item precedes the second."""
        yield Option(ANSWERED, right=True)
        place = {item.id: at for at, item in enumerate(self.items)}
        for one, other in combinations(sorted(place), 2):
            yield Option(f"{one}.{other}", place[one] < place[other])

    def interaction(self, language: str) -> dict[str, Any]:
        """A sequencing: the right order, and the items."""
        return {
            "interaction_type": "sequencing",
            "correct_responses_pattern": ["[,]".join(item.id for item in self.items)],
            "choices": components(self.items, language),
        }

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The fields, and the items in the order that learners see."""
        return {**GradedQuestion.view(self, context), "mixed": self._mixed()}

    def _mixed(self) -> tuple[Item, ...]:
        """The items in a pseudorandom order that is the same in every build, and is not the right one."""
        mixed = sorted(self.items, key=lambda item: hashlib.sha256(f"{self.id} {item.id}".encode()).digest())
        return tuple(mixed) if tuple(mixed) != self.items else (*mixed[1:], mixed[0])
