"""Document: a PDF that can be read on the page, with a summary on the page."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from coursepack.course.blocks.block import (
    DataBlock,
    File,
    MediaPath,
    Paragraphs,
    RenderContext,
    Text,
    paragraphs,
)


class Document(DataBlock):
    """Telephones cannot show a document inside a page, and some readers cannot use one, so it has a summary."""

    type: ClassVar[str] = "document"

    src: MediaPath
    title: Text
    summary: Annotated[
        Paragraphs,
        Field(
            description="Say what the document tells, for those who do not open it: a telephone shows it badly, "
            "and a screen reader perhaps not at all."
        ),
    ]

    def files(self) -> Iterator[File]:
        """The document."""
        yield File("document", self.src, ("src",))

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The view with the address and size."""
        return {
            "url": context.names[self.src],
            "title": self.title,
            "summary": paragraphs(self.summary),
            "size": context.weigh(self.src),
        }
