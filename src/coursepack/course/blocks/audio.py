"""Audio: sound with a transcript."""

from collections.abc import Iterator
from typing import Any, ClassVar

from coursepack.course.blocks.block import File, FileKind, NamedPicture, RenderContext, TextWithMath
from coursepack.course.blocks.playable import Playable


class Audio(Playable):
    """A sound cannot be without a transcript (WCAG 1.2.1)."""

    type: ClassVar[str] = "audio"
    kind: ClassVar[FileKind] = "sound"

    text: TextWithMath | None = None
    """Text below the title, for example that the voices are synthetic."""
    cover: NamedPicture | None = None
    """A decorative picture; it has no alternative text."""

    def files(self) -> Iterator[File]:
        """The sound, its texts and its cover."""
        yield from Playable.files(self)
        if self.cover:
            yield self.cover.file("cover")

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with the text and the address of the cover."""
        return {
            **Playable.view(self, context),
            "text": self.text,
            "cover": context.names[self.cover.src] if self.cover else None,
            # Of what is text. It is one file.
            "poster": {**context.picture(self.cover.src), "sources": [], "alt": ""} if self.cover else None,
        }
