"""Numeric: a question that is answered with a number."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from coursepack.course.blocks.block import PlacedError, RenderContext, TextWithMath, check, number, wrong
from coursepack.course.blocks.question import Feedback, GradedQuestion, Option
from coursepack.languages import format_of

Amount = Annotated[float, Field(ge=-1e9, le=1e9), BeforeValidator(number)]


class NumericFeedback(Feedback):
    """Feedback that also covers numbers that are too low or too high."""

    low: TextWithMath | None = None
    high: TextWithMath | None = None


class Numeric(GradedQuestion):
    """The right answer is a number, plus or minus `tolerance`, or from `min` to `max`, one of which is optional.

    Only whether the answer was right, too low or too high is stored, not the number.
    """

    type: ClassVar[str] = "numeric"

    answer: Amount | None = None
    tolerance: Annotated[float, Field(gt=0, le=1e9), BeforeValidator(number)] | None = None
    min: Amount | None = None
    max: Amount | None = None
    feedback: NumericFeedback = NumericFeedback.model_construct()

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if self.answer is None and self.min is None and self.max is None:
            raise wrong("no-right-answer", "question has neither answer nor min nor max")
        check(self, self._odd())
        return self

    def _odd(self) -> Iterator[PlacedError]:
        for name in ("min", "max"):
            if self.answer is not None and getattr(self, name) is not None:
                yield (
                    (name,),
                    wrong(
                        "answer-and-range",
                        "question has both an answer and {0}. Keep the answer, or min and max",
                        name,
                    ),
                )
        if self.tolerance is not None and self.answer is None:
            yield (
                ("tolerance",),
                wrong("tolerance-without-answer", "a tolerance needs an answer. Change min and max instead"),
            )
        if self.min is not None and self.max is not None and self.min > self.max:
            yield (
                ("max",),
                wrong("empty-range", "must be at least min, which is {0}", f"{self.min:g}"),
            )

    def options(self) -> Iterator[Option]:
        """Whether the number is right, too low or too high."""
        low, high = self._range()
        yield Option("right", right=True)
        if low is not None:
            yield Option("low", right=False)
        if high is not None:
            yield Option("high", right=False)

    def key(self) -> dict[str, Any]:
        """The lowest and highest right number; null without a limit."""
        low, high = self._range()
        return {name: None if end is None else float(end) for name, end in (("min", low), ("max", high))}

    def interaction(self, language: str) -> dict[str, Any]:
        """A numeric: the number or the range, which can be open at one end (appendix C)."""
        low, high = (None if end is None else _plain(end) for end in self._range())
        pattern = low if low is not None and low == high else f"{low or ''}[:]{high or ''}"
        return {"interaction_type": "numeric", "correct_responses_pattern": [pattern]}

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The fields, the right answer in words, and whether it can be negative."""
        low, high = self._range()
        ends = (None if end is None else _plain(end) for end in (low, high))
        return {
            **GradedQuestion.view(self, context),
            "solution": format_of(context.language).interval(*ends),
            "negative": low is None or low < 0,
        }

    def _range(self) -> tuple[Decimal | None, Decimal | None]:
        # In binary, 0.7 + 0.1 is less than the 0.8 that a learner writes.
        answer, tolerance, low, high = (
            None if value is None else Decimal(repr(value))
            for value in (self.answer, self.tolerance or 0.0, self.min, self.max)
        )
        if answer is not None and tolerance is not None:
            return answer - tolerance, answer + tolerance
        return low, high


def _plain(value: Decimal) -> str:
    """A number without exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
