"""Gallery: pictures that belong together, each uncropped and with its own texts."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from coursepack.course.blocks.block import (
    DataBlock,
    File,
    MediaPath,
    RenderContext,
    Text,
    TextWithMath,
    WithOrigin,
)


class Picture(WithOrigin):
    """A picture of the gallery. It is content, so it cannot be decorative (WCAG 1.1.1)."""

    src: MediaPath
    alt: Text
    caption: TextWithMath | None = None

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The texts, the address and the size."""
        return {
            **context.picture(self.src),
            "alt": self.alt,
            "caption": self.caption,
            **self.made(),
        }


class Gallery(DataBlock):
    """All pictures are on the page: no dragging or waiting."""

    type: ClassVar[str] = "gallery"

    pictures: Annotated[tuple[Picture, ...], Field(min_length=2, max_length=24)]

    def files(self) -> Iterator[File]:
        """The pictures."""
        for at, picture in enumerate(self.pictures):
            place = ("pictures", at, "src")
            yield File("picture", picture.src, place, **picture.made())

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with addresses and sizes."""
        return {"pictures": [picture.view(context) for picture in self.pictures]}
