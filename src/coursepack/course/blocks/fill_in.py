"""Fill-in: a question that is answered with a word or a few."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from coursepack.course.blocks.block import Flag, Model, PlacedError, Text, TextWithMath, check, wrong
from coursepack.course.blocks.question import GradedQuestion, Option, no_right_answer
from coursepack.problems import quoted


class Wording(Model):
    """An answer that learners can write: one that is accepted, or one that has its own feedback."""

    text: Annotated[Text, Field(max_length=250)]
    right: Flag = False
    feedback: TextWithMath | None = None


class FillIn(GradedQuestion):
    """`strict: true` compares case and spaces; otherwise `Nio Noll` equals `nionoll`.

    Only whether the answer was right is stored, not the text. SCORM 2004 grants a text 250 characters (RTE 2004,
    4.2.9.1).
    """

    type: ClassVar[str] = "fill-in"
    own_to_language: ClassVar[tuple[str, ...]] = ("answers",)

    answers: Annotated[tuple[Wording, ...], Field(min_length=1, max_length=20)]
    strict: Flag = False

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if not any(answer.right for answer in self.answers):
            raise no_right_answer()
        check(self, self._useless())
        return self

    def _useless(self) -> Iterator[PlacedError]:
        seen: set[str] = set()
        for at, answer in enumerate(self.answers):
            text = answer.text if self.strict else "".join(answer.text.split()).lower()
            if text in seen:
                yield (
                    ("answers", at, "text"),
                    wrong(
                        "repeated-answer",
                        "the answer {0} is here already. Unless strict is true, case and spaces make no "
                        "difference",
                        quoted(answer.text),
                    ),
                )
            elif not (answer.right or answer.feedback):
                yield (
                    ("answers", at),
                    wrong(
                        "idle-answer",
                        "the answer {0} does nothing. Write right: true, or its feedback",
                        quoted(answer.text),
                    ),
                )
            seen.add(text)

    def options(self) -> Iterator[Option]:
        """Whether the answer is right."""
        yield Option("right", right=True)
        yield Option("wrong", right=False)

    def key(self) -> dict[str, Any]:
        """The accepted answers."""
        return {"texts": self._accepted(), "strict": self.strict}

    def interaction(self, language: str) -> dict[str, Any]:
        """A fill-in: each text that is accepted. By default, case does not matter (appendix C)."""
        case = "{case_matters=true}" if self.strict else ""
        return {
            "interaction_type": "fill-in",
            "correct_responses_pattern": [case + text for text in self._accepted()],
        }

    def _accepted(self) -> list[str]:
        return [answer.text for answer in self.answers if answer.right]
