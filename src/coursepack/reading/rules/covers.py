"""Rules for the cover of a course."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coursepack.problems import Location, Message
from coursepack.reading.lights import Hindrance
from coursepack.reading.rules.rule import Finding, rule


class Cover(NamedTuple):
    """A drawing with lights, and what keeps it from being part of the document, if anything does."""

    src: str
    hindrance: Hindrance | None


@rule("course", "warning")
def cover_without_lights(cover: Cover) -> Iterator[Finding]:
    """The cover has lights that never light up.

    Parts of a drawing can only be lit in the document itself, where an id, a class, a style or a link could touch
    something else. A drawing of shapes alone becomes part of it; any other is shown as a picture. Save it as plain SVG,
    with colours as attributes (`fill="#fa0"`), without gradients, texts and pictures.
    """
    if cover.hindrance:
        element, attribute, line = cover.hindrance
        yield (
            Message("<{0}> keeps the lights of the cover from lighting up", element)
            if element
            else Message("the attribute {0} keeps the lights of the cover from lighting up", attribute),
            Location(cover.src, line),
            "Use shapes alone, without id, class and style: write colours as attributes such as fill.",
        )
