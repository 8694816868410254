"""Gallery: pictures that belong together, each whole and each with its own words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from coursepack.course.blocks.block import (
    DataBlock,
    File,
    MediaPath,
    Model,
    RenderContext,
    Text,
    TextWithMath,
)


class Picture(Model):
    """A picture among others. It is there to be looked at, so it cannot be decorative (WCAG 1.1.1)."""

    src: MediaPath
    alt: Text
    caption: TextWithMath | None = None

    def view(self, context: RenderContext) -> dict[str, Any]:
        """Its words, address and size."""
        return {**context.picture(self.src), "alt": self.alt, "caption": self.caption}


class Gallery(DataBlock):
    """All pictures stand on the page: none has to be dragged or waited for."""

    type: ClassVar[str] = "gallery"

    pictures: Annotated[tuple[Picture, ...], Field(min_length=2, max_length=24)]

    def files(self) -> Iterator[File]:
        """The pictures."""
        for at, picture in enumerate(self.pictures):
            yield File("picture", picture.src, ("pictures", at, "src"))

    def view(self, context: RenderContext) -> dict[str, Any]:
        """With addresses and sizes."""
        return {"pictures": [picture.view(context) for picture in self.pictures]}
