"""Likert: a statement or question that the learner rates on a scale. No answer is right or wrong."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from coursepack.course.blocks.block import Id, Model, RenderContext, TextWithMath, check
from coursepack.course.blocks.question import Option, Question, alike, components


class Step(Model):
    """One step of the scale. `id` is stable: learners' progress is keyed by it."""

    id: Id
    text: TextWithMath
    feedback: TextWithMath | None = None


class Likert(Question):
    """`scale` goes from one end to the other. The answer does not affect any score."""

    type: ClassVar[str] = "likert"

    scale: Annotated[tuple[Step, ...], Field(min_length=2, max_length=11)]

    @model_validator(mode="after")
    def _is_a_scale(self) -> Self:
        check(self, alike(self.scale, "scale"))
        return self

    def options(self) -> Iterator[Option]:
        """The steps."""
        return (Option(step.id, right=False) for step in self.scale)

    def interaction(self, language: str) -> dict[str, Any]:
        """A likert: the scale, without right answers."""
        return {"interaction_type": "likert", "scale": components(self.scale, language)}

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The fields, and the steps that have feedback."""
        return {**Question.view(self, context), "told": [step for step in self.scale if step.feedback]}
