"""Image: a picture with its alternative text, or one that is declared decorative."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from coursepack.blocks.block import Flag, MediaPath, Model, Text


class Image(Model):
    """Give `alt`, or `decorative: true` for a picture that says nothing (WCAG 1.1.1)."""

    type: ClassVar[str] = "image"

    src: MediaPath
    alt: Text | None = None
    decorative: Flag = False
    caption: Text | None = None
    description: Text | None = None
    """What a reader who cannot see the picture needs beyond `alt`; shown on request."""

    @model_validator(mode="after")
    def _says_what_it_shows(self) -> Self:
        if not self.alt and not self.decorative:
            raise PydanticCustomError("missing-alt", "image has neither alt nor decorative: true")
        if self.alt and self.decorative:
            raise PydanticCustomError("alt-of-decorative", "image is decorative and yet has alt")
        return self
