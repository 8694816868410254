"""Matching: rows, each to be matched to one of the same targets."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from coursepack.course.blocks.block import Id, Model, PlacedError, RenderContext, TextWithMath, check, wrong
from coursepack.course.blocks.question import GradedQuestion, Option, alike, components
from coursepack.problems import quoted


class Target(Model):
    """A target of rows. `id` is stable: learners' progress is keyed by it."""

    id: Id
    text: Annotated[TextWithMath, Field(max_length=100)]


class Row(Model):
    """A row, and the id of its right target. `feedback` is shown when the row was matched to another."""

    id: Id
    text: TextWithMath
    target: Id
    feedback: TextWithMath | None = None


class Matching(GradedQuestion):
    """Each row belongs to one target; a target may belong to several rows, or to none.

    The whole answer is stored, a bit for each row and target. At most 12 of either, since that takes 144 bits, and
    more rows are tedious. SCORM 1.2 allows 36 (RTE 1.2, 3.4.7, CMIFeedback).
    """

    type: ClassVar[str] = "matching"

    targets: Annotated[tuple[Target, ...], Field(min_length=2, max_length=12)]
    rows: Annotated[tuple[Row, ...], Field(min_length=2, max_length=12)]

    @model_validator(mode="after")
    def _can_be_matched(self) -> Self:
        check(self, [*alike(self.targets, "targets"), *alike(self.rows, "rows"), *self._lost()])
        return self

    def _lost(self) -> Iterator[PlacedError]:
        known = [target.id for target in self.targets]
        for at, row in enumerate(self.rows):
            if row.target not in known:
                yield (
                    ("rows", at, "target"),
                    wrong(
                        "unknown-target",
                        "is not a target of this question: {0}. Known: {1}",
                        quoted(row.target),
                        ", ".join(known),
                    ),
                )

    def options(self) -> Iterator[Option]:
        """Each row with each target."""
        return (
            Option(f"{row.id}.{target.id}", target.id == row.target)
            for row in self.rows
            for target in self.targets
        )

    def interaction(self, language: str) -> dict[str, Any]:
        """A matching: the right pairs, and the rows and targets."""
        return {
            "interaction_type": "matching",
            "correct_responses_pattern": ["[,]".join(f"{row.id}[.]{row.target}" for row in self.rows)],
            "source": components(self.rows, language),
            "target": components(self.targets, language),
        }

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The fields, the text of each row's target, whether each is used once, and the wrong options."""
        texts = {target.id: target.text for target in self.targets}
        used = sorted(row.target for row in self.rows)
        mistaken: dict[str, list[str]] = {}
        for option in self.options():
            if not option.right:
                mistaken.setdefault(option.id.partition(".")[0], []).append(option.id)
        return {
            **GradedQuestion.view(self, context),
            "solution": [(row, texts[row.target]) for row in self.rows],
            "once": used == sorted(texts),
            "mistaken": {row: " ".join(options) for row, options in mistaken.items()},
        }
