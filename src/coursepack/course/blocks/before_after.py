"""Before and after: two pictures of the same thing, one uncovered over the other as far as the learner wants."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from coursepack.course.blocks.block import (
    DataBlock,
    File,
    Finding,
    MediaPath,
    RenderContext,
    Text,
    TextWithMath,
    WithOrigin,
)
from coursepack.problems import Message


class Side(WithOrigin):
    """One of the two pictures. `label` names the time or the subject."""

    src: MediaPath
    alt: Text
    label: Annotated[TextWithMath, Field(max_length=40)] | None = None

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The texts, the address and the size."""
        return {
            **context.picture(self.src),
            "alt": self.alt,
            "label": self.label,
            **self.made(),
        }


class BeforeAfter(DataBlock):
    """The texts of the pictures must also describe the differences, or only some learners get them."""

    type: ClassVar[str] = "before-after"

    before: Side
    after: Side
    caption: TextWithMath | None = None

    def files(self) -> Iterator[File]:
        """Both pictures."""
        for name, side in (("before", self.before), ("after", self.after)):
            yield File("picture", side.src, (name, "src"), **side.made())

    def findings(self, sizes: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
        """Pictures of different proportions would not cover each other."""
        if self.before.src not in sizes or self.after.src not in sizes:
            return
        (wide, high), (width, height) = sizes[self.before.src], sizes[self.after.src]
        # A difference of one pixel, from rounding when a picture was scaled, is invisible.
        if abs(wide * height - width * high) > max(wide, high, width, height):
            yield Finding(
                ("after", "src"),
                "other-proportions",
                Message(
                    "the pictures have different proportions: {0} x {1} and {2} x {3}",
                    wide,
                    high,
                    width,
                    height,
                ),
                "Crop one of them, so that they show the same things at the same places.",
            )

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with addresses and sizes."""
        return {
            "before": self.before.view(context),
            "after": self.after.view(context),
            "caption": self.caption,
        }
