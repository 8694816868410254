"""Video: a film with captions, transcript, poster and duration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from coursepack.blocks.block import File, FileKind, MediaPath, Pixels, Shown
from coursepack.blocks.playable import Playable


class Video(Playable):
    """A film cannot be without captions (WCAG 1.2.2) and a transcript that tells the picture too (1.2.3)."""

    type: ClassVar[str] = "video"
    kind: ClassVar[FileKind] = "film"

    captions: MediaPath
    width: Pixels
    height: Pixels
    poster: MediaPath | None = None

    def files(self) -> Iterator[File]:
        """The film, its words and its poster."""
        yield from Playable.files(self)
        if self.poster:
            yield File("picture", self.poster, ("poster",))

    def view(self, shown: Shown) -> dict[str, Any]:
        """With its size and its poster's address."""
        return {
            **Playable.view(self, shown),
            "width": self.width,
            "height": self.height,
            "poster": shown.names[self.poster] if self.poster else None,
        }
