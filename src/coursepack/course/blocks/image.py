"""Image: a picture with its alternative text, or one that is declared decorative."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from pydantic import model_validator

from coursepack.course.blocks.block import (
    DataBlock,
    File,
    Flag,
    MediaPath,
    Paragraphs,
    RenderContext,
    Text,
    TextWithMath,
    WithOrigin,
    paragraphs,
    wrong,
)


class Image(DataBlock, WithOrigin):
    """Give `alt`, or `decorative: true` for a picture without information (WCAG 1.1.1)."""

    type: ClassVar[str] = "image"

    src: MediaPath
    alt: Text | None = None
    decorative: Flag = False
    caption: TextWithMath | None = None
    description: Paragraphs | None = None
    """Details that are too long for `alt`, such as the values of a diagram; shown on request."""

    @model_validator(mode="after")
    def _says_what_it_shows(self) -> Self:
        if not self.alt and not self.decorative:
            raise wrong("missing-alt", "image has neither alt nor decorative: true")
        if self.alt and self.decorative:
            raise wrong("alt-of-decorative", "image is decorative but has alt")
        return self

    def files(self) -> Iterator[File]:
        """The picture."""
        yield File("picture", self.src, ("src",), **self.made(), can_play=True)

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with the address and size."""
        first = next(iter(context.stills.get(self.src, ())), None)
        return {
            **context.picture(self.src),
            # Of a moving picture: its first picture.
            "poster": context.names[first.src] if first else None,
            "alt": self.alt or "",
            "caption": self.caption,
            **self.made(),
            "description": paragraphs(self.description),
        }
