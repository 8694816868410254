"""Download: a file to save."""

from collections.abc import Iterator
from typing import Any, ClassVar

from coursepack.course.blocks.block import DataBlock, File, MediaPath, RenderContext, Text, TextWithMath


class Download(DataBlock):
    """The learner sees the file's kind and size."""

    type: ClassVar[str] = "download"

    src: MediaPath
    title: Text
    description: TextWithMath | None = None

    def files(self) -> Iterator[File]:
        """The file."""
        yield File("download", self.src, ("src",))

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with the address, size and kind."""
        return {
            "url": context.names[self.src],
            "title": self.title,
            "description": self.description,
            "size": context.weigh(self.src),
            "format": self.src.rpartition(".")[2].upper(),
        }
