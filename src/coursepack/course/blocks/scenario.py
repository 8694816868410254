"""Scenario: scenes, each with things to say or do, which lead to other scenes until an end."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from coursepack.course.blocks.block import (
    File,
    Flag,
    Id,
    Model,
    PlacedError,
    RenderContext,
    TextWithMath,
    check,
    wrong,
)
from coursepack.course.blocks.content_note import ContentNote
from coursepack.course.blocks.image import Image
from coursepack.course.blocks.question import Option, Question, alike
from coursepack.problems import quoted

ONWARD = "onward"
"""The option that marks that the learner has gone on from the last choice."""

ENDED = "ended"
"""The option that marks that an end was reached once, whatever the learner has tried since."""


class Choice(Model):
    """Something to say or do. `id` is stable: learners' progress is keyed by it."""

    id: Id
    text: TextWithMath
    safe: Flag
    feedback: TextWithMath
    to: Id | None = None
    """The scene that it leads to; the next one by default."""


class Scene(Model):
    """What happens, and the question at its end. A scene without choices is an end."""

    id: Id
    title: Annotated[TextWithMath, Field(max_length=40)] | None = None
    text: TextWithMath
    question: TextWithMath | None = None
    choices: Annotated[tuple[Choice, ...], Field(max_length=6)] = ()


class Scenario(Question):
    """The first of `scenes` is the start. Every choice leads on, and none affects a score.

    The learner's choices are stored as a bit for each choice, and two for the state. SCORM 1.2 has names for 36 scenes
    (RTE 1.2, 3.4.7, CMIFeedback); more than 24 are too many to navigate.
    """

    type: ClassVar[str] = "scenario"
    numbered: ClassVar[bool] = False

    question: Annotated[TextWithMath, Field(alias="title")]
    image: Image | None = None
    note: ContentNote | None = None
    scenes: Annotated[tuple[Scene, ...], Field(min_length=2, max_length=24)]

    @model_validator(mode="after")
    def _leads_to_an_end(self) -> Self:
        errors = [*self._twice(), *self._choices(), *self._lost()]
        # Unreachable scenes and dead ends would follow from those errors.
        check(self, errors or self._way())
        return self

    def _twice(self) -> Iterator[PlacedError]:
        seen: set[str] = set()
        for at, scene in enumerate(self.scenes):
            if scene.id in seen:
                yield (
                    ("scenes", at, "id"),
                    wrong("repeated-id", "the id {0} is used twice here", quoted(scene.id)),
                )
            seen.add(scene.id)
            for place, error in alike(scene.choices, "choices"):
                yield ("scenes", at, *place), error

    def _choices(self) -> Iterator[PlacedError]:
        for at, scene in enumerate(self.scenes):
            if scene.question and not scene.choices:
                yield (
                    ("scenes", at, "question"),
                    wrong("question-without-choices", "the scene has a question and no choices"),
                )
            elif scene.choices and not scene.question:
                yield (
                    ("scenes", at, "choices"),
                    wrong("choices-without-question", "the scene has choices and no question"),
                )
            if len(scene.choices) == 1:
                yield (
                    ("scenes", at, "choices", 0, "id"),
                    wrong("lone-choice", "the scene has one choice only: there is nothing to choose"),
                )

    def _lost(self) -> Iterator[PlacedError]:
        known = list(dict.fromkeys(scene.id for scene in self.scenes))
        last = len(self.scenes) - 1
        for at, scene in enumerate(self.scenes):
            for number, choice in enumerate(scene.choices):
                place = ("scenes", at, "choices", number)
                if choice.to is None and at == last:
                    yield (
                        (*place, "id"),
                        wrong(
                            "no-next-scene", "the choice leads to the next scene, and this is the last one"
                        ),
                    )
                elif choice.to is not None and choice.to not in known:
                    yield (
                        (*place, "to"),
                        wrong(
                            "unknown-scene",
                            "is not a scene of this scenario: {0}. Known: {1}",
                            quoted(choice.to),
                            ", ".join(known),
                        ),
                    )

    def _way(self) -> Iterator[PlacedError]:
        """Scenes that no choice leads to, and scenes from which no choices lead to an end."""
        ways = {scene.id: set(self.leads[scene.id].values()) for scene in self.scenes}
        back: dict[str, set[str]] = {name: set() for name in ways}
        for name, targets in ways.items():
            for target in targets:
                back[target].add(name)
        ends = [scene.id for scene in self.scenes if not scene.choices]
        if not ends:
            yield (
                ("scenes",),
                wrong("no-end", "the scenario has no end: every scene has choices"),
            )
            return
        met, saved = _reached([self.scenes[0].id], ways), _reached(ends, back)
        for at, scene in enumerate(self.scenes):
            if scene.id not in met:
                yield (
                    ("scenes", at, "id"),
                    wrong("unreached-scene", "no choice leads to the scene {0}", quoted(scene.id)),
                )
            if scene.id not in saved:
                yield (
                    ("scenes", at, "id"),
                    wrong("no-way-out", "no choices lead from the scene {0} to an end", quoted(scene.id)),
                )

    @cached_property
    def leads(self) -> Mapping[str, Mapping[str, str]]:
        """The scene that each choice leads to, by scene and choice."""
        found: dict[str, dict[str, str]] = {}
        for scene, following in zip(self.scenes, (*self.scenes[1:], None), strict=True):
            after = following.id if following else ""
            found[scene.id] = {choice.id: choice.to or after for choice in scene.choices}
        return found

    @property
    def is_straight(self) -> bool:
        """True when every learner sees every scene, one after the other."""
        return all(
            set(self.leads[scene.id].values()) == {following.id}
            for scene, following in zip(self.scenes, self.scenes[1:], strict=False)
        )

    @property
    def is_remembered(self) -> bool:
        """True when the state is stored. A scenario behind a content note leaves no trace."""
        return self.note is None

    def files(self) -> Iterator[File]:
        """The picture."""
        for file in self.image.files() if self.image else ():
            yield file._replace(place=("image", *file.place))

    def options(self) -> Iterator[Option]:
        """Each choice of each scene, and the learner's state."""
        for scene in self.scenes:
            for choice in scene.choices:
                yield Option(f"{scene.id}.{choice.id}", right=False)
        yield Option(ONWARD, right=False, mark=True)
        yield Option(ENDED, right=False, mark=True)

    def is_answered(self, held: Collection[str]) -> bool:
        """True when an end was reached."""
        return ENDED in held

    def words(self) -> Mapping[str, str]:
        """The choices, since a performance names only its steps."""
        return {f"{scene.id}.{choice.id}": choice.text for scene in self.scenes for choice in scene.choices}

    def interaction(self, language: str) -> dict[str, Any]:
        """A performance: the scenes with choices, without right answers."""
        steps = [
            {"id": scene.id, "description": {language: scene.question}}
            for scene in self.scenes
            if scene.choices
        ]
        return {"interaction_type": "performance", "steps": steps}

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The fields; scenes and ends with their numbers, each choice with the number of its target."""
        numbers: dict[str, int] = {}
        ends = 0
        for scene in self.scenes:
            ends += not scene.choices
            numbers[scene.id] = len(numbers) - ends + 1 if scene.choices else ends
        is_end = {scene.id: not scene.choices for scene in self.scenes}
        return {
            **Question.view(self, context),
            "image": self.image.view(context) if self.image else None,
            "is_straight": self.is_straight,
            "ends": ends,
            "scenes": [
                {
                    "id": scene.id,
                    "title": scene.title,
                    "text": scene.text,
                    "question": scene.question,
                    "number": numbers[scene.id],
                    "is_end": is_end[scene.id],
                    "choices": [
                        {
                            "id": f"{scene.id}.{choice.id}",
                            "text": choice.text,
                            "safe": choice.safe,
                            "feedback": choice.feedback,
                            "to": to,
                            "number": numbers[to],
                            "to_end": is_end[to],
                        }
                        for choice in scene.choices
                        for to in (self.leads[scene.id][choice.id],)
                    ],
                }
                for scene in self.scenes
            ],
        }


def _reached(start: list[str], ways: Mapping[str, Collection[str]]) -> set[str]:
    """Everything that can be reached from `start`, including it."""
    found, ahead = set(start), list(start)
    while ahead:
        new = set(ways[ahead.pop()]) - found
        found |= new
        ahead += new
    return found
